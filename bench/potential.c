/* What energy and forces of silicon cost with a network 25-10-1 of spherical Bessel descriptors, on
 * one core, beside the potential of Stillinger and Weber through the KIM API: microseconds per atom
 * of CPU time, by turns, and medians of the ratios of neighbouring turns. The KIM API's model is
 * measured where it is called (the linker wraps KIM_Model_Compute): like ours here, it is given the
 * neighbours. Weights are random, which costs as much as any.
 *
 *   bench_potential                 the table
 *   bench_potential FOLDER          writes the potentials there for LAMMPS (potential.py) */
#include "adatom/evaluator.h"
#include "adatom/potential.h"
#include "atoms/neighbors.h"
#include "base/random.h"
#include "potential/model.h"
#include "silicon.h"
#include "timing.h"

#include <KIM_SimulatorHeaders.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

enum { CELLS = 5, ATOMS = 8 * CELLS * CELLS * CELLS, ROUNDS = 31 };

static const double cutoffs[2] = {3.7711, 6};
static const char *const names[2] = {"Bench_Si_4A", "Bench_Si_6A"};

static double kim_seconds; /* within KIM_Model_Compute */

int __real_KIM_Model_Compute(const KIM_Model *model, const KIM_ComputeArguments *arguments);
int __wrap_KIM_Model_Compute(const KIM_Model *model, const KIM_ComputeArguments *arguments);

int __wrap_KIM_Model_Compute(const KIM_Model *model, const KIM_ComputeArguments *arguments)
{
    const double start = seconds();
    const int failed = __real_KIM_Model_Compute(model, arguments);
    kim_seconds += seconds() - start;
    return failed;
}

static void check(adatom_status status)
{
    if (status != ADATOM_OK) {
        fprintf(stderr, "bench_potential: %s\n", adatom_error_message());
        exit(1);
    }
}

static adatom_potential *make_potential(double cutoff)
{
    const int silicon = 14, hidden = 10;
    char spec[80];
    adatom_potential *potential;
    adatom_random random;
    snprintf(spec, sizeof spec, "bessel:cutoff=%g,n_max=4,l_max=4", cutoff);
    check(adatom_potential_create(spec, &silicon, 1, 1, &hidden, ADATOM_ACTIVATION_TANH, 1,
                                  &potential));
    adatom_random_seed(&random, 1, 0);
    adatom_dense_initialize(&potential->elements[0].dense, &random, potential->elements[0].weights);
    for (size_t i = 0; i < potential->elements[0].count; i++) {
        potential->elements[0].factors[i] = 0.01; /* values as large as those of a trained one */
    }
    potential->energy_factor = 1e-6; /* and atoms that hardly move */
    return potential;
}

/* ---- neighbours given */

typedef struct given {
    const adatom_potential *potential;
    adatom_potential_workspace *workspace;
    adatom_neighbor_list *list;
    double (*vectors)[3], (*forces)[3];
    int *types;
} given;

static void prepare(given *job, const adatom_potential *potential, const adatom_structure *silicon)
{
    job->potential = potential;
    check(adatom_potential_workspace_create(potential, &job->workspace));
    check(adatom_neighbor_list_create(silicon, adatom_potential_cutoff(potential), &job->list));
    const size_t pairs = job->list->first[ATOMS];
    job->vectors = calloc(pairs, sizeof *job->vectors);
    job->forces = calloc(pairs, sizeof *job->forces);
    job->types = calloc(pairs, sizeof *job->types);
    for (size_t p = 0; p < pairs; p++) {
        memcpy(job->vectors[p], job->list->neighbors[p].vector, sizeof job->vectors[p]);
    }
}

static void release(given *job)
{
    adatom_potential_workspace_free(job->workspace);
    adatom_neighbor_list_free(job->list);
    free(job->vectors);
    free(job->forces);
    free(job->types);
}

static double run_given(void *state)
{
    given *job = state;
    double energy;
    const double start = seconds();
    for (size_t i = 0; i < ATOMS; i++) {
        const size_t first = job->list->first[i];
        const adatom_environment environment = {.count = job->list->first[i + 1] - first,
                                                .vectors = (const double(*)[3])job->vectors + first,
                                                .types = job->types + first};
        check(adatom_potential_center(job->potential, job->workspace, &environment, -1, &energy,
                                      job->forces + first));
    }
    return seconds() - start;
}

/* ---- whole evaluations */

typedef struct whole {
    const adatom_structure *structure;
    adatom_potential_engine *engine; /* or */
    adatom_evaluator *evaluator;
    double (*forces)[3];
} whole;

static double run_engine(void *state)
{
    whole *job = state;
    adatom_potential_result result = {.forces = job->forces};
    const double start = seconds();
    check(adatom_potential_compute(job->engine, job->structure, -1, &result));
    return seconds() - start;
}

/* What of it the model itself needs. */
static double run_kim(void *state)
{
    whole *job = state;
    double energy;
    kim_seconds = 0;
    check(adatom_evaluator_compute(job->evaluator, job->structure, &energy, job->forces));
    return kim_seconds;
}

/* ---- tables */

typedef struct row {
    char name[64];
    double (*run)(void *state);
    void *state;
    double times[ROUNDS], ratios[ROUNDS];
} row;

/* The first row is what the others are compared with. */
static void measure(row *rows, int count)
{
    for (int round = -1; round < ROUNDS; round++) { /* the first one warms up */
        for (int r = 0; r < count; r++) {
            const double time = rows[r].run(rows[r].state) * 1e6 / ATOMS;
            if (round >= 0) {
                rows[r].times[round] = time;
                rows[r].ratios[round] = time / rows[0].times[round];
            }
        }
    }
    printf("%-58s %8s %8s\n", "energy and forces, 1000 atoms of silicon", "us/atom", "ratio");
    for (int r = 0; r < count; r++) {
        printf("%-58s %8.3f %8.2f\n", rows[r].name, median(rows[r].times, ROUNDS),
               median(rows[r].ratios, ROUNDS));
    }
}

static void compare(adatom_potential *const potentials[2])
{
    adatom_structure *silicon = make_silicon(CELLS);
    static double forces[ATOMS][3];
    given centers[2];
    whole kim = {.structure = silicon, .forces = forces}, engines[2] = {kim, kim};
    check(adatom_evaluator_create("kim:SW_StillingerWeber_1985_Si", &kim.evaluator));
    row rows[5] = {{"Stillinger-Weber of the KIM API", run_kim, &kim, {0}, {0}}};
    for (int p = 0; p < 2; p++) {
        prepare(&centers[p], potentials[p], silicon);
        check(adatom_potential_engine_create(potentials[p], 1, &engines[p].engine));
        rows[1 + p] = (row){.run = run_given, .state = &centers[p]};
        rows[3 + p] = (row){.run = run_engine, .state = &engines[p]};
        snprintf(rows[1 + p].name, sizeof rows->name, "25-10-1, %g A, %.1f neighbours", cutoffs[p],
                 (double)centers[p].list->first[ATOMS] / ATOMS);
        snprintf(rows[3 + p].name, sizeof rows->name, "  with the search for neighbours, %g A",
                 cutoffs[p]);
    }
    measure(rows, 5);
    for (int p = 0; p < 2; p++) {
        release(&centers[p]);
        adatom_potential_engine_free(engines[p].engine);
    }
    adatom_evaluator_free(kim.evaluator);
    adatom_structure_free(silicon);
}

static double peak_bytes(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return 1024.0 * (double)usage.ru_maxrss;
}

/* From small to large, so that the peak is what the last one needed. */
static void scale(const adatom_potential *potential)
{
    const double before = peak_bytes();
    printf("\n%-12s %10s %16s\n", "atoms", "us/atom", "bytes per atom");
    for (int cells = 5; cells <= 50; cells += cells < 10 ? 5 : cells < 20 ? 10 : 15) {
        adatom_structure *silicon = make_silicon(cells);
        const double atoms = 8.0 * cells * cells * cells;
        double(*forces)[3] = calloc((size_t)atoms, sizeof *forces);
        whole job = {.structure = silicon, .forces = forces};
        check(adatom_potential_engine_create(potential, 1, &job.engine));
        double best = run_engine(&job);
        for (int i = 0; i < (cells < 20 ? 20 : 2); i++) {
            const double again = run_engine(&job);
            best = again < best ? again : best;
        }
        printf("%-12.0f %10.3f %16.0f\n", atoms, best * 1e6 / atoms,
               (peak_bytes() - before) / atoms);
        adatom_potential_engine_free(job.engine);
        adatom_structure_free(silicon);
        free(forces);
    }
}

int main(int count, char **words)
{
    adatom_potential *potentials[2];
    for (int p = 0; p < 2; p++) {
        potentials[p] = make_potential(cutoffs[p]);
        if (count > 1) {
            check(adatom_potential_export_kim(potentials[p], names[p], words[1]));
        }
    }
    if (count == 1) {
        compare(potentials);
        scale(potentials[0]);
    }
    for (int p = 0; p < 2; p++) {
        adatom_potential_free(potentials[p]);
    }
    return 0;
}
