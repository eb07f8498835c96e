#include "energy/lammps_instance.h"

#include "adatom/sys/evaluator.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double skin = 0.1; /* Å that neighbour lists reach beyond the cutoff radius */

/* CODATA 2018; the kilocalorie is the thermochemical one. */
static const adatom_lammps_units all_units[] = {
    {"metal", 1, 1, 1},
    {"real", 1, 4184 / 96485.33212, 1},
    {"electron", 0.529177210903, 27.211386245988, 1},
    {"si", 1e10, 1 / 1.602176634e-19, 1 / 1.66053906660e-27},
    {"cgs", 1e8, 1e-7 / 1.602176634e-19, 1e-3 / 1.66053906660e-27},
    {"micro", 1e4, 1e-15 / 1.602176634e-19, 1e-15 / 1.66053906660e-27},
    {"nano", 10, 1e-21 / 1.602176634e-19, 1e-21 / 1.66053906660e-27},
};

/* Cuts a place in LAMMPS's sources, such as " (src/pair.cpp:254)", off the end of the line. */
static void cut_place(char *line)
{
    char *place = strrchr(line, '(');
    if (place != NULL && place > line && place[-1] == ' ' && strstr(place, ".cpp:") != NULL) {
        place[-1] = '\0';
    }
}

/* The last line that begins with "ERROR". */
static bool find_error(const char *output, char *line, size_t size)
{
    const char *found = NULL;
    for (const char *c = output; *c != '\0';) {
        found = strncmp(c, "ERROR", 5) == 0 ? c : found;
        c += strcspn(c, "\n");
        c += *c == '\n';
    }
    if (found != NULL) {
        snprintf(line, size, "%.*s", (int)strcspn(found, "\n"), found);
        cut_place(line);
    }
    return found != NULL;
}

/* Its argument is the folder from which the names of files count. */
static const adatom_child_program lammps_program = {
    .name = "adatom-lammps",
    .need = "which lammps:FILE runs in: build it where the Debian package liblammps-dev is "
            "installed",
    .who = "LAMMPS",
    .magic = ADATOM_LAMMPS_MAGIC,
    .protocol = ADATOM_LAMMPS_PROTOCOL,
    .find_error = find_error};

static adatom_status ask(adatom_lammps_instance *instance, uint32_t kind, const void *request,
                         size_t size, void *answer, size_t capacity, size_t *answer_size)
{
    const adatom_status status =
        adatom_child_ask(instance->process, kind, request, size, instance->time_limit, answer,
                         capacity, answer_size);
    if (status != ADATOM_OK) {
        adatom_lammps_instance_stop(instance);
    }
    return status;
}

static adatom_status send_command(adatom_lammps_instance *instance, const char *text)
{
    size_t size = 0;
    ADATOM_SYS_TRY(ask(instance, ADATOM_LAMMPS_COMMAND, text, strlen(text), instance->unit_name,
                       sizeof instance->unit_name - 1, &size));
    instance->unit_name[size] = '\0';
    return ADATOM_OK;
}

static adatom_status command(adatom_lammps_instance *instance, const char *format, ...)
    ADATOM_PRINTF(2, 3);

static adatom_status command(adatom_lammps_instance *instance, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return send_command(instance, text);
}

/* The lines of the script that stand before, or after, the box. */
static adatom_status send_lines(adatom_lammps_instance *instance, bool before_box)
{
    const adatom_lammps_script *script = instance->script;
    for (size_t i = 0; i < script->line_count; i++) {
        const adatom_lammps_line *line = &script->lines[i];
        if (line->before_box != before_box) {
            continue;
        }
        const adatom_status status = send_command(instance, line->text);
        if (status == ADATOM_EVALUATION_FAILED) {
            return adatom_sys_fail(ADATOM_INVALID_INPUT, "%s:%d: %s", script->path, line->number,
                                   adatom_error_message());
        }
        ADATOM_SYS_TRY(status);
    }
    return ADATOM_OK;
}

static adatom_status find_units(adatom_lammps_instance *instance)
{
    const char *name = instance->unit_name;
    char known[128] = "";
    for (size_t i = 0; i < sizeof all_units / sizeof all_units[0]; i++) {
        if (strcmp(all_units[i].name, name) == 0) {
            instance->units = &all_units[i];
            return ADATOM_OK;
        }
        const size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, " %s", all_units[i].name);
    }
    return adatom_sys_fail(ADATOM_INVALID_INPUT,
                           "%s: units %s: energies in eV cannot be made of them; known:%s",
                           instance->script->path, name, known);
}

/* A LAMMPS with the first lines of the script; the box can be made. */
static adatom_status begin(adatom_lammps_instance *instance, const adatom_lammps_frame *frame)
{
    static const char *const boundaries[] = {"f f f", "p f f", "p p f", "p p p"};
    char nothing[1];
    size_t size;
    ADATOM_SYS_TRY(ask(instance, ADATOM_LAMMPS_OPEN, "", 0, nothing, 0, &size));
    ADATOM_SYS_TRY(command(instance, "units metal"));
    ADATOM_SYS_TRY(send_lines(instance, true));
    ADATOM_SYS_TRY(command(instance, "atom_modify map array sort 0 0"));
    ADATOM_SYS_TRY(command(instance, "boundary %s", boundaries[frame->periodic_count]));
    ADATOM_SYS_TRY(command(instance, "box tilt large"));
    ADATOM_SYS_TRY(find_units(instance));
    /* The lists are made anew for each structure. */
    return command(instance, "neighbor %.17g bin", skin / instance->units->length);
}

static void scale_box(const adatom_lammps_frame *frame, double factor, adatom_lammps_box *box)
{
    *box = frame->box;
    for (int x = 0; x < 3; x++) {
        box->low[x] *= factor;
        box->high[x] *= factor;
    }
    box->xy *= factor;
    box->xz *= factor;
    box->yz *= factor;
}

static adatom_status make_box(adatom_lammps_instance *instance, const adatom_lammps_frame *frame)
{
    adatom_lammps_box scaled;
    scale_box(frame, 1 / instance->units->length, &scaled);
    const adatom_lammps_box *box = &scaled;
    if (frame->skewed) {
        ADATOM_SYS_TRY(command(instance,
                               "region adatom prism %.17g %.17g %.17g %.17g %.17g %.17g %.17g "
                               "%.17g %.17g units box",
                               box->low[0], box->high[0], box->low[1], box->high[1], box->low[2],
                               box->high[2], box->xy, box->xz, box->yz));
    } else {
        ADATOM_SYS_TRY(command(
            instance, "region adatom block %.17g %.17g %.17g %.17g %.17g %.17g units box",
            box->low[0], box->high[0], box->low[1], box->high[1], box->low[2], box->high[2]));
    }
    return command(instance, "create_box %d adatom", instance->script->type_count);
}

static adatom_status send_atoms(adatom_lammps_instance *instance, size_t atom_count,
                                const int *types, const double (*positions)[3])
{
    adatom_lammps_atom *atoms;
    ADATOM_SYS_TRY(adatom_sys_allocate(atom_count, sizeof *atoms, &atoms));
    for (size_t i = 0; i < atom_count; i++) {
        for (int x = 0; x < 3; x++) {
            atoms[i].position[x] = positions[i][x] / instance->units->length;
        }
        atoms[i].type = types[i];
    }
    char nothing[1];
    size_t size = 0;
    const adatom_status status =
        ask(instance, ADATOM_LAMMPS_ATOMS, atoms, atom_count * sizeof *atoms, nothing, 0, &size);
    free(atoms);
    return status;
}

static adatom_status set_masses(adatom_lammps_instance *instance)
{
    for (int type = 1; type <= instance->script->type_count; type++) {
        const double mass = adatom_element_mass(instance->script->elements[type]);
        ADATOM_SYS_TRY(command(instance, "mass %d %.17g", type, mass / instance->units->mass));
    }
    return ADATOM_OK;
}

static adatom_status build(adatom_lammps_instance *instance, const adatom_lammps_frame *frame,
                           size_t atom_count, const int *types, const double (*positions)[3])
{
    if (instance->process == NULL) {
        ADATOM_SYS_TRY(
            adatom_child_start(&lammps_program, instance->script->folder, &instance->process));
    }
    ADATOM_SYS_TRY(begin(instance, frame));
    ADATOM_SYS_TRY(make_box(instance, frame));
    ADATOM_SYS_TRY(send_atoms(instance, atom_count, types, positions));
    ADATOM_SYS_TRY(set_masses(instance));
    ADATOM_SYS_TRY(send_lines(instance, false));
    ADATOM_SYS_TRY(command(instance, "thermo_style custom step pe"));
    return command(instance, "thermo_modify norm no flush no");
}

static bool fits(const adatom_lammps_instance *instance, const adatom_lammps_frame *frame,
                 size_t atom_count, const int *types)
{
    return instance->process != NULL && instance->has_atoms && instance->skewed == frame->skewed &&
           instance->periodic_count == frame->periodic_count &&
           instance->atom_count == atom_count &&
           memcmp(instance->types, types, atom_count * sizeof *types) == 0;
}

adatom_status adatom_lammps_instance_set(adatom_lammps_instance *instance,
                                         const adatom_lammps_frame *frame, size_t atom_count,
                                         const int *types, const double (*positions)[3])
{
    if (fits(instance, frame, atom_count, types)) {
        return ADATOM_OK;
    }
    instance->has_atoms = instance->has_computes = false;
    ADATOM_SYS_TRY(adatom_sys_grow(&instance->types, &instance->type_capacity, atom_count,
                                   sizeof *instance->types));
    ADATOM_SYS_TRY(build(instance, frame, atom_count, types, positions));
    memcpy(instance->types, types, atom_count * sizeof *types);
    instance->has_atoms = true;
    instance->skewed = frame->skewed;
    instance->periodic_count = frame->periodic_count;
    instance->atom_count = atom_count;
    return ADATOM_OK;
}

/* Box and positions, with room for an answer of so many bytes. */
static adatom_status fill_request(adatom_lammps_instance *instance,
                                  const adatom_lammps_frame *frame, const double (*positions)[3],
                                  size_t answer_size)
{
    const size_t count = 3 * instance->atom_count;
    adatom_lammps_box box;
    const size_t request_size = sizeof box + count * sizeof(double);
    ADATOM_SYS_TRY(adatom_sys_grow(&instance->request, &instance->request_capacity,
                                   answer_size > request_size ? answer_size : request_size, 1));
    scale_box(frame, 1 / instance->units->length, &box);
    memcpy(instance->request, &box, sizeof box);
    double *scaled = (double *)(instance->request + sizeof box);
    for (size_t i = 0; i < count; i++) {
        scaled[i] = positions[i / 3][i % 3] / instance->units->length;
    }
    return ADATOM_OK;
}

/* From now on LAMMPS keeps account of both in each evaluation. */
static adatom_status define_computes(adatom_lammps_instance *instance)
{
    if (!instance->has_computes) {
        ADATOM_SYS_TRY(command(instance, "compute " ADATOM_LAMMPS_ENERGIES " all pe/atom"));
        ADATOM_SYS_TRY(
            command(instance, "compute " ADATOM_LAMMPS_PRESSURE " all pressure NULL virial"));
        instance->has_computes = true;
    }
    return ADATOM_OK;
}

/* Not every potential of LAMMPS keeps account of its atoms: their energies must add up. */
static void take_energies(const double *energies, size_t count, double unit,
                          adatom_properties *properties)
{
    const double tolerance = 1e-6;
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        properties->energies[i] = energies[i] * unit;
        sum += properties->energies[i];
    }
    properties->has_energies =
        fabs(sum - properties->energy) <= tolerance * (1 + fabs(properties->energy));
}

static void take_results(const adatom_lammps_instance *instance, const double *results,
                         adatom_properties *properties)
{
    static const int places[3][3] = {{0, 3, 4}, {3, 1, 5}, {4, 5, 2}};
    const adatom_lammps_units *units = instance->units;
    const size_t count = instance->atom_count;
    const double *virial = results + 1 + 3 * count;
    properties->energy = results[0] * units->energy;
    for (size_t i = 0; i < 3 * count && properties->forces != NULL; i++) {
        properties->forces[i / 3][i % 3] = results[1 + i] * units->energy / units->length;
    }
    properties->has_virial = properties->virial != NULL;
    for (int i = 0; i < 9 && properties->has_virial; i++) {
        properties->virial[i / 3][i % 3] = virial[places[i / 3][i % 3]] * units->energy;
    }
    if (properties->energies != NULL) {
        take_energies(virial + 6, count, units->energy, properties);
    }
}

adatom_status adatom_lammps_instance_compute(adatom_lammps_instance *instance,
                                             const adatom_lammps_frame *frame,
                                             const double (*positions)[3],
                                             adatom_properties *properties)
{
    const bool with_more = properties->energies != NULL || properties->virial != NULL;
    const size_t count = instance->atom_count;
    const size_t numbers = 1 + 3 * count + (with_more ? 6 + count : 0);
    const size_t wanted = numbers * sizeof(double);
    size_t size = 0;
    if (with_more) {
        ADATOM_SYS_TRY(define_computes(instance));
    }
    ADATOM_SYS_TRY(fill_request(instance, frame, positions, wanted));
    /* The answer takes the place of the request. */
    ADATOM_SYS_TRY(ask(instance, with_more ? ADATOM_LAMMPS_COMPUTE_ALL : ADATOM_LAMMPS_COMPUTE,
                       instance->request, sizeof frame->box + 3 * count * sizeof(double),
                       instance->request, wanted, &size));
    if (size != wanted) {
        adatom_lammps_instance_stop(instance);
        return adatom_sys_fail(ADATOM_EVALUATION_FAILED, "adatom-lammps sends too little");
    }
    take_results(instance, (const double *)instance->request, properties);
    return ADATOM_OK;
}

void adatom_lammps_instance_stop(adatom_lammps_instance *instance)
{
    adatom_child_stop(instance->process);
    instance->process = NULL;
    instance->has_atoms = false;
}

void adatom_lammps_instance_clear(adatom_lammps_instance *instance)
{
    adatom_lammps_instance_stop(instance);
    free(instance->types);
    free(instance->request);
    instance->types = NULL;
    instance->request = NULL;
}
