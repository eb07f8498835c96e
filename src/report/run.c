#include "report/run.h"

#include "adatom/extxyz.h"
#include "base/error.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct run_path {
    char text[4096];
} run_path;

static adatom_status join_path(const char *folder, const char *name, run_path *out)
{
    const int length = snprintf(out->text, sizeof out->text, "%s/%s", folder, name);
    if (length < 0 || (size_t)length >= sizeof out->text) {
        return adatom_fail(ADATOM_INVALID_INPUT, "the name of the folder is too long");
    }
    return ADATOM_OK;
}

/* The message without the folder, which the page names already. */
static adatom_status note_problem(const adatom_run *run, adatom_status status, char *problem)
{
    if (status == ADATOM_OK || status == ADATOM_OUT_OF_MEMORY) {
        return status;
    }
    const char *message = adatom_error_message();
    const size_t length = strlen(run->folder);
    if (strncmp(message, run->folder, length) == 0 && message[length] == '/') {
        message += length + 1;
    }
    (void)snprintf(problem, ADATOM_PROBLEM_SIZE, "%s", message);
    return ADATOM_OK;
}

static adatom_status read_best(const char *path, adatom_specimen *out)
{
    adatom_frames frames = {0};
    ADATOM_TRY(adatom_extxyz_read(path, &frames));
    if (frames.count == 0) {
        adatom_frames_clear(&frames);
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: no structure in it", path);
    }
    adatom_frame *frame = &frames.frames[frames.count - 1];
    adatom_structure *structure = frame->structure;
    frame->structure = NULL;
    const bool has_energy = frame->has_energy;
    const double energy = frame->energy;
    adatom_frames_clear(&frames);
    return adatom_specimen_create(structure, has_energy, energy, -1, out);
}

static adatom_status copy_lowest(adatom_run *run)
{
    const adatom_specimen *lowest = &run->specimens.specimens[0];
    adatom_structure *structure = NULL;
    ADATOM_TRY(adatom_structure_copy(lowest->structure, &structure));
    ADATOM_TRY(adatom_specimen_create(structure, lowest->has_energy, lowest->energy,
                                      lowest->episode, &run->best));
    run->has_best = true;
    return ADATOM_OK;
}

static adatom_status read_structures(adatom_run *run)
{
    run_path path;
    ADATOM_TRY(join_path(run->folder, "candidates.db", &path));
    ADATOM_TRY(note_problem(run, adatom_specimens_read(path.text, &run->specimens),
                            run->specimens_problem));
    ADATOM_TRY(join_path(run->folder, "best.extxyz", &path));
    const adatom_status status = read_best(path.text, &run->best);
    run->has_best = status == ADATOM_OK;
    ADATOM_TRY(note_problem(run, status, run->best_problem));
    if (!run->has_best && run->specimens.count > 0) {
        return copy_lowest(run);
    }
    return ADATOM_OK;
}

static adatom_status read_parts(adatom_run *run)
{
    run_path path;
    ADATOM_TRY(join_path(run->folder, "run.yaml", &path));
    ADATOM_TRY(note_problem(run, adatom_run_settings_read(path.text, &run->settings),
                            run->settings_problem));
    ADATOM_TRY(join_path(run->folder, "log.csv", &path));
    ADATOM_TRY(note_problem(run, adatom_run_log_read(path.text, &run->log), run->log_problem));
    ADATOM_TRY(join_path(run->folder, "checkpoint.h5", &path));
    ADATOM_TRY(note_problem(run, adatom_snapshots_read(path.text, &run->snapshots),
                            run->snapshots_problem));
    ADATOM_TRY(note_problem(run, adatom_representation_read(path.text, &run->representation),
                            run->representation_problem));
    return read_structures(run);
}

static adatom_status check_folder(const char *folder)
{
    run_path settings, log;
    ADATOM_TRY(join_path(folder, "run.yaml", &settings));
    ADATOM_TRY(join_path(folder, "log.csv", &log));
    if (access(settings.text, F_OK) != 0 && access(log.text, F_OK) != 0) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "%s: expected the folder of a run, with run.yaml and log.csv", folder);
    }
    return ADATOM_OK;
}

adatom_status adatom_run_read(const char *folder, adatom_run *out)
{
    ADATOM_TRY(check_folder(folder));
    adatom_run run = {.folder = folder};
    const adatom_status status = read_parts(&run);
    if (status != ADATOM_OK) {
        adatom_report_run_clear(&run);
        return status;
    }
    *out = run;
    return ADATOM_OK;
}

void adatom_report_run_clear(adatom_run *run)
{
    adatom_run_settings_clear(&run->settings);
    adatom_run_log_clear(&run->log);
    adatom_snapshots_clear(&run->snapshots);
    adatom_representation_clear(&run->representation);
    adatom_specimens_clear(&run->specimens);
    adatom_specimen_clear(&run->best);
}

size_t adatom_run_atom_count(const adatom_run *run)
{
    if (run->has_best) {
        return run->best.structure->atom_count;
    }
    return run->snapshots.count > 0 ? run->snapshots.snapshots[0].atom_count : 0;
}
