#include "adatom/report.h"

#include "base/error.h"
#include "base/memory.h"
#include "io/number_text.h"
#include "io/text_file.h"
#include "report/ensemble_page.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static adatom_status write_svg(const char *folder, const char *name, double height,
                               adatom_picture_draw *draw, const void *context)
{
    char path[ADATOM_ENSEMBLE_PATH_SIZE];
    const adatom_picture picture = {
        .width = ADATOM_CHART_WIDTH, .height = height, .draw = draw, .context = context};
    ADATOM_TRY(adatom_ensemble_path(folder, name, path));
    return adatom_picture_write(&picture, path);
}

static adatom_status write_pictures(const char *folder, const adatom_ensemble_views *views,
                                    const adatom_isomers *isomers)
{
    static const char *const names[ADATOM_AXIS_COUNT] = {"success.svg", "success-evaluations.svg",
                                                         "success-cpu-hours.svg"};
    for (adatom_axis axis = 0; axis < ADATOM_AXIS_COUNT; axis++) {
        const adatom_success_chart chart = {.views = views, .axis = axis};
        ADATOM_TRY(
            write_svg(folder, names[axis], ADATOM_CHART_HEIGHT, adatom_success_draw, &chart));
    }
    ADATOM_TRY(write_svg(folder, "energy.svg", ADATOM_CHART_HEIGHT, adatom_course_draw, views));
    if (views->count > 1) {
        const adatom_isomers_chart chart = {.views = views, .isomers = isomers};
        return write_svg(folder, "isomers.svg", adatom_isomers_height(&chart), adatom_isomers_draw,
                         &chart);
    }
    return write_svg(folder, "structures.svg", adatom_found_height(&views->list[0]),
                     adatom_found_draw, &views->list[0]);
}

static void write_page(adatom_page *page, const adatom_ensemble_views *views,
                       const adatom_isomers *isomers)
{
    adatom_page_open(page, views->list[0].label);
    adatom_ensemble_page_head(page, views);
    adatom_ensemble_page_success(page, views);
    adatom_ensemble_page_tests(page, views);
    adatom_ensemble_page_energy(page, views);
    adatom_ensemble_page_structures(page, views, isomers);
    adatom_ensemble_page_agents(page, views);
    adatom_page_close(page);
}

/* A label as a field of a table: quoted, quotes doubled. */
static void add_field(adatom_page *page, const char *text)
{
    adatom_page_add(page, "\"");
    for (const char *at = text; *at != '\0'; at++) {
        adatom_page_add_bytes(page, at, 1);
        if (*at == '"') {
            adatom_page_add(page, "\"");
        }
    }
    adatom_page_add(page, "\"");
}

static adatom_status add_comparisons(adatom_page *table, const adatom_ensemble_views *views)
{
    adatom_page_add(table, "first,second,axis,chi_squared,p\n");
    for (size_t i = 0; i < views->count; i++) {
        for (size_t k = i + 1; k < views->count; k++) {
            for (adatom_axis axis = 0; axis < ADATOM_AXIS_COUNT; axis++) {
                adatom_log_rank test;
                ADATOM_TRY(adatom_ensemble_compare(views, i, k, axis, &test));
                add_field(table, views->list[i].label);
                adatom_page_add(table, ",");
                add_field(table, views->list[k].label);
                adatom_page_print(table, ",%s,%.9g,%.9g\n", adatom_axis_names[axis],
                                  test.chi_squared, test.p);
            }
        }
    }
    return table->status;
}

static adatom_status add_isomer_rows(adatom_page *table, const adatom_ensemble_views *views,
                                     const adatom_isomers *isomers)
{
    adatom_page_add(table, "rank,pieces,symmetry,energy,forms,ensemble,agents,share,builds\n");
    for (size_t i = 0; i < isomers->count; i++) {
        const adatom_isomer *now = &isomers->list[i];
        for (size_t k = 0; k < views->count; k++) {
            const double agents = (double)views->list[k].members.count;
            adatom_page_print(table, "%zu,%s,%s,%.9g,%zu,", i + 1, now->lowest->pieces,
                              now->lowest->symmetry, now->lowest->energy, now->structures);
            add_field(table, views->list[k].label);
            adatom_page_print(table, ",%zu,%.4g,%zu\n", now->shares[k].agents,
                              agents > 0 ? (double)now->shares[k].agents / agents : 0,
                              now->shares[k].builds);
        }
    }
    return table->status;
}

/* Writes the table, if all went well with it, and clears it. */
static adatom_status write_table(const char *folder, const char *name, adatom_status status,
                                 adatom_page *table)
{
    char path[ADATOM_ENSEMBLE_PATH_SIZE];
    if (status == ADATOM_OK) {
        status = adatom_ensemble_path(folder, name, path);
    }
    if (status == ADATOM_OK) {
        status = adatom_text_file_write(path, table->text, table->length);
    }
    adatom_page_clear(table);
    return status;
}

static adatom_status write_tables(const char *folder, const adatom_ensemble_views *views,
                                  const adatom_isomers *isomers)
{
    adatom_page pairs = {0}, found = {0};
    ADATOM_TRY(write_table(folder, "comparison.csv", add_comparisons(&pairs, views), &pairs));
    return write_table(folder, "isomers.csv", add_isomer_rows(&found, views, isomers), &found);
}

static adatom_status write_with(const char *folder, const adatom_ensemble_views *views,
                                const adatom_isomers *isomers)
{
    adatom_page page = {0};
    ADATOM_TRY(write_pictures(folder, views, isomers));
    if (views->count > 1) {
        ADATOM_TRY(write_tables(folder, views, isomers));
    }
    write_page(&page, views, isomers);
    return write_table(folder, "report.html", page.status, &page);
}

static adatom_status write_all(const char *folder, const adatom_ensemble_views *views)
{
    adatom_isomers isomers;
    ADATOM_TRY(adatom_ensemble_views_isomers(views, &isomers));
    const adatom_status status = write_with(folder, views, &isomers);
    adatom_isomers_clear(&isomers);
    return status;
}

static adatom_status read_views(const char *const *folders, const char *const *labels, size_t count,
                                adatom_ensemble_views *views)
{
    ADATOM_TRY(adatom_allocate(count, sizeof *views->list, &views->list));
    for (; views->count < count; views->count++) {
        ADATOM_TRY(adatom_ensemble_view_read(folders[views->count],
                                             labels != NULL ? labels[views->count] : NULL,
                                             &views->list[views->count]));
    }
    return ADATOM_OK;
}

adatom_status adatom_report_ensembles(const char *const *folders, const char *const *labels,
                                      size_t count, const char *output)
{
    adatom_ensemble_views views = {.count = 0};
    if (count == 0) {
        return adatom_fail(ADATOM_INVALID_INPUT, "report: no ensemble is given");
    }
    if (mkdir(output, 0777) != 0 && errno != EEXIST) {
        return adatom_fail(ADATOM_IO_FAILED, "%s: cannot make the folder: %s", output,
                           strerror(errno));
    }
    adatom_plain_numbers numbers = adatom_plain_numbers_begin();
    adatom_status status = read_views(folders, labels, count, &views);
    if (status == ADATOM_OK) {
        status = write_all(output, &views);
    }
    for (size_t i = 0; i < views.count; i++) {
        adatom_ensemble_view_clear(&views.list[i]);
    }
    free(views.list);
    adatom_plain_numbers_end(&numbers);
    return status;
}
