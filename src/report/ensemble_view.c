#include "report/ensemble_view.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static const char *last_part(const char *folder)
{
    const char *part = folder;
    for (const char *at = folder; *at != '\0'; at++) {
        if (at[0] == '/' && at[1] != '\0' && at[1] != '/') {
            part = at + 1;
        }
    }
    return part;
}

static adatom_status fill(adatom_ensemble_view *view)
{
    ADATOM_TRY(adatom_members_read(view->folder, &view->members));
    for (size_t i = 0; i < view->members.count; i++) {
        view->successes += view->members.members[i].success;
    }
    for (adatom_axis axis = 0; axis < ADATOM_AXIS_COUNT; axis++) {
        ADATOM_TRY(adatom_members_curve(&view->members, axis, &view->curves[axis]));
        view->medians[axis] = adatom_success_median(&view->curves[axis]);
    }
    ADATOM_TRY(adatom_energy_course_create(view->folder, &view->members, &view->course));
    ADATOM_TRY(adatom_found_structures_read(view->folder, &view->members, &view->found));
    view->atom_count = view->found.count > 0 ? view->found.list[0].structure->atom_count : 0;
    return ADATOM_OK;
}

adatom_status adatom_ensemble_view_read(const char *folder, const char *label,
                                        adatom_ensemble_view *out)
{
    memset(out, 0, sizeof *out);
    out->folder = folder;
    out->label = label != NULL ? label : last_part(folder);
    const adatom_status status = fill(out);
    if (status != ADATOM_OK) {
        adatom_ensemble_view_clear(out);
    }
    return status;
}

void adatom_ensemble_view_clear(adatom_ensemble_view *view)
{
    adatom_members_clear(&view->members);
    for (adatom_axis axis = 0; axis < ADATOM_AXIS_COUNT; axis++) {
        adatom_success_curve_clear(&view->curves[axis]);
    }
    adatom_energy_course_clear(&view->course);
    adatom_found_structures_clear(&view->found);
}

adatom_status adatom_ensemble_views_isomers(const adatom_ensemble_views *views, adatom_isomers *out)
{
    adatom_isomer_source *sources;
    ADATOM_TRY(adatom_allocate(views->count, sizeof *sources, &sources));
    for (size_t i = 0; i < views->count; i++) {
        sources[i] = (adatom_isomer_source){.found = &views->list[i].found,
                                            .agents = views->list[i].members.count};
    }
    const adatom_status status = adatom_isomers_create(sources, views->count, out);
    free(sources);
    return status;
}
