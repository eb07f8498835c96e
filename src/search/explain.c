#include "adatom/explain.h"

#include "base/error.h"
#include "base/memory.h"
#include "io/hdf5_file.h"
#include "nn/relevance.h"
#include "search/checkpoint.h"
#include "search/seeds.h"
#include "search/snap.h"
#include "search/stop.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The tau of Eq. 3. */
static const double stabilizer = 1e-9;

/* The agent of a checkpoint and the state that it looks at. */
typedef struct inquiry {
    char path[ADATOM_PATH_SIZE], folder[ADATOM_PATH_SIZE];
    adatom_search_options options;
    adatom_problem *problem;
    adatom_team *team;
    adatom_agent *agent;
    int *actions;
    int count;
    adatom_image_atom *atoms; /* [atom_count]: what is seen of each */
    size_t *owners;           /* of the points that are seen */
} inquiry;

/* -- opening */

static adatom_status find_files(const char *path, inquiry *c)
{
    struct stat found;
    if (stat(path, &found) == 0 && S_ISDIR(found.st_mode)) {
        snprintf(c->folder, sizeof c->folder, "%s", path);
        return adatom_folder_path(path, ADATOM_RUN_CHECKPOINT, c->path);
    }
    const char *slash = strrchr(path, '/');
    snprintf(c->path, sizeof c->path, "%s", path);
    snprintf(c->folder, sizeof c->folder, "%.*s", slash != NULL ? (int)(slash - path + 1) : 1,
             slash != NULL ? path : ".");
    return ADATOM_OK;
}

static adatom_status read_options(inquiry *c)
{
    char *text, *absolute = realpath(c->folder, NULL);
    const adatom_status status = adatom_checkpoint_options(c->path, &text);
    if (status != ADATOM_OK) {
        free(absolute);
        return status;
    }
    c->options = adatom_search_options_default();
    const adatom_status parsed =
        adatom_options_parse(adatom_search_option_table(), text, strlen(text), c->path,
                             absolute != NULL ? absolute : ".", NULL, 0, &c->options);
    free(text);
    free(absolute);
    return parsed;
}

static adatom_status read_weights(inquiry *c)
{
    adatom_hdf5_reader *reader;
    const size_t count = c->agent->network->weight_count;
    ADATOM_TRY(adatom_hdf5_open(c->path, &reader));
    const adatom_status status =
        adatom_hdf5_get(reader, "/agent/weights", ADATOM_HDF5_FLOAT, 1, &count, c->agent->weights);
    adatom_hdf5_close(reader);
    return status;
}

static adatom_status open_case(const char *path, inquiry *c)
{
    ADATOM_TRY(find_files(path, c));
    ADATOM_TRY(read_options(c));
    ADATOM_TRY(adatom_problem_create(&c->options, &c->problem));
    ADATOM_TRY(adatom_team_create(1, &c->team));
    ADATOM_TRY(adatom_agent_create(c->problem, &c->options, c->team, &c->agent));
    const size_t steps = (size_t)c->problem->step_count;
    ADATOM_TRY(adatom_allocate(steps, sizeof *c->actions, &c->actions));
    ADATOM_TRY(adatom_allocate(c->problem->start->atom_count + steps, sizeof *c->atoms, &c->atoms));
    return read_weights(c);
}

static void close_case(inquiry *c)
{
    adatom_agent_free(c->agent);
    adatom_team_free(c->team);
    adatom_problem_free(c->problem);
    free(c->actions);
    free(c->atoms);
    free(c->owners);
    free(c);
}

/* -- the state */

/* The whole build with the best property that the replay buffer has. */
static adatom_status find_best(const inquiry *c, size_t count, const double *properties,
                               const int32_t *step_counts, const int32_t *actions, int32_t *best)
{
    const size_t steps = (size_t)c->problem->step_count;
    const int limit = c->problem->map_count * adatom_problem_pixels(c->problem);
    size_t found = count;
    for (size_t i = 0; i < count; i++) {
        const bool whole = step_counts[i] > 0 && step_counts[i] <= c->problem->step_count &&
                           adatom_stop_is_whole(c->problem, actions + i * steps, step_counts[i]);
        if (whole && (found == count || properties[i] < properties[found])) {
            found = i;
        }
    }
    if (found == count) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: has no whole build, give a structure",
                           c->path);
    }
    for (size_t i = 0; i < steps; i++) {
        best[i] = actions[found * steps + i];
        if (best[i] < 0 || best[i] >= limit) {
            return adatom_fail(ADATOM_INVALID_INPUT, "%s: action %d is outside the grid", c->path,
                               (int)best[i]);
        }
    }
    return ADATOM_OK;
}

static adatom_status read_builds(adatom_hdf5_reader *reader, inquiry *c)
{
    size_t count, dims[2];
    double *properties = NULL;
    int32_t *step_counts = NULL, *actions = NULL;
    adatom_status status;
    ADATOM_TRY(adatom_hdf5_shape(reader, "/replay/properties", 1, &count));
    dims[0] = count;
    dims[1] = (size_t)c->problem->step_count;
    ADATOM_TRY_ELSE(status, done, adatom_allocate(count, sizeof *properties, &properties));
    ADATOM_TRY_ELSE(status, done, adatom_allocate(count, sizeof *step_counts, &step_counts));
    ADATOM_TRY_ELSE(status, done, adatom_allocate(count * dims[1], sizeof *actions, &actions));
    ADATOM_TRY_ELSE(
        status, done,
        adatom_hdf5_get(reader, "/replay/properties", ADATOM_HDF5_DOUBLE, 1, &count, properties));
    ADATOM_TRY_ELSE(
        status, done,
        adatom_hdf5_get(reader, "/replay/step_counts", ADATOM_HDF5_INT32, 1, &count, step_counts));
    ADATOM_TRY_ELSE(
        status, done,
        adatom_hdf5_get(reader, "/replay/actions", ADATOM_HDF5_INT32, 2, dims, actions));
    status = find_best(c, count, properties, step_counts, actions, c->actions);
done:
    free(properties);
    free(step_counts);
    free(actions);
    return status;
}

static adatom_status take_build(const adatom_explain_question *question, inquiry *c)
{
    adatom_hdf5_reader *reader;
    ADATOM_TRY(adatom_hdf5_open(c->path, &reader));
    const adatom_status status = read_builds(reader, c);
    adatom_hdf5_close(reader);
    ADATOM_TRY(status);
    const int atoms = adatom_stop_atoms(c->problem, c->actions, c->problem->step_count);
    const int most = atoms < c->problem->step_count ? atoms : atoms - 1; /* it stopped, or not */
    c->count = question->has_step ? question->step : atoms - 1;
    if (c->count < 0 || c->count > most) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "step %d, expected 0 to %d atoms before the action", c->count, most);
    }
    return ADATOM_OK;
}

static adatom_status find_state(const adatom_explain_question *question, inquiry *c)
{
    if (question->structure == NULL) {
        return take_build(question, c);
    }
    ADATOM_TRY(adatom_seed_part(c->agent, question->structure, c->actions, &c->count));
    return c->count < c->problem->step_count
               ? ADATOM_OK
               : adatom_fail(ADATOM_INVALID_INPUT,
                             "the structure is whole: no atom is left to place");
}

/* -- the action */

static adatom_status take_greedy(const inquiry *c, adatom_explanation *made)
{
    const int count = c->problem->species_count * adatom_problem_pixels(c->problem);
    int best = -1;
    for (int i = 0; i < count; i++) {
        if (made->allowed[i] && (best < 0 || made->q[i] > made->q[best])) {
            best = i;
        }
    }
    if (best < 0) {
        return adatom_fail(ADATOM_INVALID_INPUT, "no place is allowed for the next atom");
    }
    const adatom_placement at = adatom_problem_placement(c->problem, best);
    made->action[0] = at.species;
    memcpy(made->action + 1, at.pixel, sizeof at.pixel);
    made->greedy = !(made->may_stop && made->stop > made->q[best]);
    return ADATOM_OK;
}

static adatom_status take_given(const inquiry *c, const adatom_explain_question *question,
                                adatom_explanation *made)
{
    adatom_placement at = {.species = 0};
    while (at.species < c->problem->species_count &&
           c->problem->species[at.species] != question->element) {
        at.species++;
    }
    if (at.species == c->problem->species_count) {
        const char *symbol = adatom_element_symbol(question->element);
        return adatom_fail(ADATOM_INVALID_INPUT, "the agent does not place %s",
                           symbol != NULL ? symbol : "such an element");
    }
    (void)adatom_snap(c->problem, question->place, at.pixel);
    if (!adatom_grid_holds(&c->problem->grid, at.pixel)) {
        return adatom_fail(ADATOM_INVALID_INPUT, "the place %g, %g, %g is not on the grid",
                           question->place[0], question->place[1], question->place[2]);
    }
    made->action[0] = at.species;
    memcpy(made->action + 1, at.pixel, sizeof at.pixel);
    return ADATOM_OK;
}

/* -- relevance */

/* What is seen of an atom from the action's place. */
static adatom_status see_atom(inquiry *c, const adatom_image_atom *atom, size_t owner,
                              const int centre[3], adatom_point_list *seen, size_t *capacity)
{
    const adatom_turn turn = adatom_turn_identity();
    int reach[3];
    for (int i = 0; i < 3; i++) {
        reach[i] = adatom_network_reach(c->agent->network, i);
    }
    const size_t before = seen->count;
    ADATOM_TRY(adatom_view_around(&c->problem->grid, atom, 1, centre, &turn, reach, seen));
    ADATOM_TRY(adatom_grow(&c->owners, capacity, seen->count, sizeof *c->owners));
    for (size_t i = before; i < seen->count; i++) {
        c->owners[i] = owner;
    }
    return ADATOM_OK;
}

static adatom_status see_atoms(inquiry *c, const int centre[3], adatom_point_list *seen)
{
    const adatom_problem *problem = c->problem;
    size_t capacity = 0;
    for (size_t i = 0; i < problem->seen_count; i++) {
        ADATOM_TRY(see_atom(c, &problem->seen[i], problem->seen_atoms[i], centre, seen, &capacity));
    }
    for (int i = 0; i < c->count; i++) {
        const adatom_placement at = adatom_problem_placement(problem, c->actions[i]);
        const adatom_image_atom atom = adatom_image_atom_on(at.species, at.pixel);
        ADATOM_TRY(
            see_atom(c, &atom, problem->start->atom_count + (size_t)i, centre, seen, &capacity));
    }
    return ADATOM_OK;
}

static adatom_status find_relevance(inquiry *c, adatom_explanation *made)
{
    adatom_point_list seen = {0};
    double *shares = NULL;
    adatom_relevance total;
    adatom_status status;
    ADATOM_TRY_ELSE(status, done, see_atoms(c, made->action + 1, &seen));
    ADATOM_TRY_ELSE(status, done, adatom_allocate(seen.count, sizeof *shares, &shares));
    ADATOM_TRY_ELSE(status, done,
                    adatom_network_relevance(c->agent->network, c->agent->weights, seen.points,
                                             seen.count, made->action[0], stabilizer, shares,
                                             &total));
    for (size_t i = 0; i < seen.count; i++) {
        made->relevance[c->owners[i]] += shares[i];
    }
    made->value = total.output;
    made->empty = total.background;
    made->biases = total.biases;
done:
    adatom_point_list_clear(&seen);
    free(shares);
    return status;
}

/* -- all of it */

static void describe_grid(const adatom_problem *problem, adatom_explanation *made)
{
    const adatom_grid *grid = &problem->grid;
    made->template_count = problem->start->atom_count;
    made->species_count = problem->species_count;
    memcpy(made->species, problem->species, sizeof made->species);
    made->dimensions = grid->dimensions;
    memcpy(made->shape, grid->shape, sizeof made->shape);
    memcpy(made->origin, grid->origin, sizeof made->origin);
    memcpy(made->vectors, grid->vectors, sizeof made->vectors);
    memcpy(made->periodic, grid->periodic, sizeof made->periodic);
}

/* What the agent expects of building no further. */
static void find_stop(const inquiry *c, adatom_explanation *made)
{
    made->may_stop = c->count > 0 && adatom_builder_may_stop(c->agent->builder);
    if (made->may_stop) {
        made->stop = made->q[adatom_stop_after(c->problem, c->actions, c->count)];
    }
}

static adatom_status explain(inquiry *c, const adatom_explain_question *question,
                             adatom_explanation *made)
{
    ADATOM_TRY(find_state(question, c));
    describe_grid(c->problem, made);
    const size_t maps = (size_t)c->problem->map_count * (size_t)adatom_problem_pixels(c->problem);
    ADATOM_TRY(adatom_problem_structure(c->problem, c->actions, c->count, &made->structure));
    ADATOM_TRY(adatom_allocate(maps, sizeof *made->q, &made->q));
    ADATOM_TRY(adatom_allocate(maps, sizeof *made->allowed, &made->allowed));
    ADATOM_TRY(
        adatom_allocate(made->structure->atom_count, sizeof *made->relevance, &made->relevance));
    ADATOM_TRY(adatom_agent_look(c->agent, c->actions, c->count, made->q, made->allowed));
    find_stop(c, made);
    ADATOM_TRY(question->element == 0 ? take_greedy(c, made) : take_given(c, question, made));
    return find_relevance(c, made);
}

adatom_status adatom_explain(const char *path, const adatom_explain_question *question,
                             adatom_explanation **out)
{
    inquiry *c;
    adatom_explanation *made = NULL;
    ADATOM_TRY(adatom_allocate(1, sizeof *c, &c));
    adatom_status status = open_case(path, c);
    if (status == ADATOM_OK) {
        status = adatom_allocate(1, sizeof *made, &made);
    }
    if (status == ADATOM_OK) {
        status = explain(c, question, made);
    }
    close_case(c);
    if (status != ADATOM_OK) {
        adatom_explanation_free(made);
        return status;
    }
    *out = made;
    return ADATOM_OK;
}

void adatom_explanation_free(adatom_explanation *explanation)
{
    if (explanation == NULL) {
        return;
    }
    adatom_structure_free(explanation->structure);
    free(explanation->q);
    free(explanation->allowed);
    free(explanation->relevance);
    free(explanation);
}
