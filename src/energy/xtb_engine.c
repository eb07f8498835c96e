#include "energy/xtb_engine.h"

#include "adatom/sys/evaluator.h"

#ifdef ADATOM_HAVE_XTB

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "xtb.h"

/* CODATA 2018 */
static const double bohr = 0.529177210903;     /* Å */
static const double hartree = 27.211386245988; /* eV */

/* The library's Fortran modules hold variables that all its objects share. */
static pthread_mutex_t library_lock = PTHREAD_MUTEX_INITIALIZER;

/* Of the OpenMP runtime and the linear algebra (OpenBLAS, or another that has no such calls) that
 * libxtb is linked with. Their sums have a fixed order only within one thread, and a process that
 * never starts their threads can be forked. Where many processes share the cores, threads that
 * wait for each other in each of thousands of small products stand still. */
int omp_get_max_threads(void);
void omp_set_num_threads(int count);
__attribute__((weak)) int openblas_get_num_threads(void);
__attribute__((weak)) void openblas_set_num_threads(int count);

typedef struct thread_counts {
    int parallel, algebra;
} thread_counts;

static thread_counts limit_threads(void)
{
    const bool has_algebra = openblas_get_num_threads != NULL && openblas_set_num_threads != NULL;
    const thread_counts before = {.parallel = omp_get_max_threads(),
                                  .algebra = has_algebra ? openblas_get_num_threads() : 0};
    omp_set_num_threads(1);
    if (before.algebra > 1) {
        openblas_set_num_threads(1);
    }
    return before;
}

static void restore_threads(thread_counts before)
{
    omp_set_num_threads(before.parallel);
    if (before.algebra > 1) {
        openblas_set_num_threads(before.algebra);
    }
}

struct adatom_xtb_engine {
    adatom_xtb_settings settings;
    char *parameter_file; /* NULL: the library's own */
    /* For the structure of the last calculation; NULL after a failure. */
    xtb_TEnvironment environment;
    xtb_TMolecule molecule;
    xtb_TCalculator calculator;
    size_t atom_count;
    int *atomic_numbers;
    bool periodic[3];
    double (*coordinates)[3]; /* bohr; then the gradient, hartree/bohr; then the forces, eV/Å */
    double virial[3][3];      /* hartree, dE/d(strain); of what is periodic */
    size_t number_capacity, coordinate_capacity;
};

/* A file in one of the folders of a list such as XTBPATH's, NULL if there is none. */
static adatom_status find_in_folders(const char *folders, const char *name, char **path)
{
    *path = NULL;
    while (folders != NULL && *path == NULL) {
        const size_t length = strcspn(folders, ":");
        const size_t size = length + strlen(name) + 2;
        char *candidate;
        ADATOM_SYS_TRY(adatom_sys_allocate(size, 1, &candidate));
        snprintf(candidate, size, "%.*s/%s", (int)length, folders, name);
        if (length > 0 && access(candidate, R_OK) == 0) {
            *path = candidate;
        } else {
            free(candidate);
        }
        folders = folders[length] == ':' ? folders + length + 1 : NULL;
    }
    return ADATOM_OK;
}

/* The parameters of GFN0 are not compiled into the library. */
static adatom_status find_parameters(char **path)
{
    const char *const name = "param_gfn0-xtb.txt";
    ADATOM_SYS_TRY(find_in_folders(getenv("XTBPATH"), name, path));
    if (*path == NULL) {
        ADATOM_SYS_TRY(find_in_folders("/usr/share/xtb:/usr/local/share/xtb", name, path));
    }
    if (*path == NULL) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT,
                               "xtb:gfn0 needs the file %s, which is neither in XTBPATH nor in "
                               "/usr/share/xtb (the Debian package xtb holds it)",
                               name);
    }
    return ADATOM_OK;
}

adatom_status adatom_xtb_engine_create(const adatom_xtb_settings *settings, adatom_xtb_engine **out)
{
    adatom_xtb_engine *engine;
    ADATOM_SYS_TRY(adatom_sys_allocate(1, sizeof *engine, &engine));
    engine->settings = *settings;
    if (settings->method == 0) {
        const adatom_status status = find_parameters(&engine->parameter_file);
        if (status != ADATOM_OK) {
            free(engine);
            return status;
        }
    }
    *out = engine;
    return ADATOM_OK;
}

static void drop_objects(adatom_xtb_engine *engine)
{
    xtb_delCalculator(&engine->calculator);
    xtb_delMolecule(&engine->molecule);
    if (engine->environment != NULL) {
        xtb_delEnvironment(&engine->environment);
    }
}

void adatom_xtb_engine_free(adatom_xtb_engine *engine)
{
    if (engine == NULL) {
        return;
    }
    pthread_mutex_lock(&library_lock);
    drop_objects(engine);
    pthread_mutex_unlock(&library_lock);
    free(engine->parameter_file);
    free(engine->atomic_numbers);
    free(engine->coordinates);
    free(engine);
}

/* The library's log has a line "-2- source: message" for each failure, the first at the bottom; the
 * first comes first in the one line of ours. */
static void flatten_log(char *log, char *line, size_t size)
{
    size_t used = 0;
    line[0] = '\0';
    for (char *newline; used < size && log[0] != '\0'; *newline = '\0') {
        newline = strrchr(log, '\n');
        const char *message = newline != NULL ? newline + 1 : log;
        message += message[0] == '-' ? strcspn(message, " ") : 0;
        message += strspn(message, " ");
        used += (size_t)snprintf(line + used, size - used, "%s%s", used > 0 ? "; " : "", message);
        newline = newline != NULL ? newline : log;
    }
}

/* Drains the errors of the library, if any, and gives up the objects that they may have spoilt. */
static adatom_status check_environment(adatom_xtb_engine *engine)
{
    if (xtb_checkEnvironment(engine->environment) == 0) {
        return ADATOM_OK;
    }
    char log[2048] = "", line[900];
    const int size = sizeof log;
    xtb_getError(engine->environment, log, &size);
    flatten_log(log, line, sizeof line);
    drop_objects(engine);
    return adatom_sys_fail(ADATOM_EVALUATION_FAILED, "xtb:gfn%d failed: %s",
                           engine->settings.method, line);
}

static bool is_same_molecule(const adatom_xtb_engine *engine, const adatom_structure *structure)
{
    const size_t count = structure->atom_count;
    return engine->molecule != NULL && engine->atom_count == count &&
           memcmp(engine->atomic_numbers, structure->atomic_numbers,
                  count * sizeof *engine->atomic_numbers) == 0 &&
           memcmp(engine->periodic, structure->periodic, sizeof engine->periodic) == 0;
}

static adatom_status remember_molecule(adatom_xtb_engine *engine, const adatom_structure *structure)
{
    const size_t count = structure->atom_count;
    ADATOM_SYS_TRY(adatom_sys_grow(&engine->atomic_numbers, &engine->number_capacity, count,
                                   sizeof *engine->atomic_numbers));
    memcpy(engine->atomic_numbers, structure->atomic_numbers,
           count * sizeof *engine->atomic_numbers);
    memcpy(engine->periodic, structure->periodic, sizeof engine->periodic);
    engine->atom_count = count;
    return ADATOM_OK;
}

static void load_parameters(adatom_xtb_engine *engine)
{
    const adatom_xtb_settings *settings = &engine->settings;
    const xtb_TEnvironment environment = engine->environment;
    engine->calculator = xtb_newCalculator();
    if (settings->method == 0) {
        xtb_loadGFN0xTB(environment, engine->molecule, engine->calculator, engine->parameter_file);
    } else if (settings->method == 1) {
        xtb_loadGFN1xTB(environment, engine->molecule, engine->calculator, NULL);
    } else {
        xtb_loadGFN2xTB(environment, engine->molecule, engine->calculator, NULL);
    }
    if (xtb_checkEnvironment(environment) == 0) {
        xtb_setElectronicTemp(environment, engine->calculator, settings->electronic_temperature);
        xtb_setAccuracy(environment, engine->calculator, settings->accuracy);
        xtb_setMaxIter(environment, engine->calculator, settings->max_iterations);
    }
}

static adatom_status make_molecule(adatom_xtb_engine *engine, const adatom_structure *structure,
                                   const double *lattice, int unpaired)
{
    drop_objects(engine);
    ADATOM_SYS_TRY(remember_molecule(engine, structure));
    const int count = (int)structure->atom_count;
    const double charge = engine->settings.charge;
    engine->environment = xtb_newEnvironment();
    xtb_setVerbosity(engine->environment, XTB_VERBOSITY_MUTED);
    engine->molecule = xtb_newMolecule(engine->environment, &count, engine->atomic_numbers,
                                       &engine->coordinates[0][0], &charge, &unpaired, lattice,
                                       lattice != NULL ? engine->periodic : NULL);
    ADATOM_SYS_TRY(check_environment(engine));
    load_parameters(engine);
    return check_environment(engine);
}

/* Energy and gradient in the library's units. Each calculation starts from its own guess of the
 * charges: from the last ones it would be faster, but end elsewhere within the tolerance. */
static adatom_status run_calculation(adatom_xtb_engine *engine, double *energy)
{
    xtb_TResults results = xtb_newResults();
    xtb_singlepoint(engine->environment, engine->molecule, engine->calculator, results);
    if (xtb_checkEnvironment(engine->environment) == 0) {
        xtb_getEnergy(engine->environment, results, energy);
        xtb_getGradient(engine->environment, results, &engine->coordinates[0][0]);
        xtb_getVirial(engine->environment, results, &engine->virial[0][0]);
    }
    xtb_delResults(&results);
    return check_environment(engine);
}

static adatom_status compute_locked(adatom_xtb_engine *engine, const adatom_structure *structure,
                                    const double *lattice, int unpaired, double *energy)
{
    if (is_same_molecule(engine, structure)) {
        xtb_updateMolecule(engine->environment, engine->molecule, &engine->coordinates[0][0],
                           lattice);
        ADATOM_SYS_TRY(check_environment(engine));
    } else {
        ADATOM_SYS_TRY(make_molecule(engine, structure, lattice, unpaired));
    }
    return run_calculation(engine, energy);
}

/* Molecules are given to the library turned by 1 rad about an axis askew: in its gradient
 * (scf_module, build_dSDQH0_noreset) it divides by overlaps and drops those that vanish, though not
 * their slopes. Atoms that share a coordinate, as on a grid, have such overlaps. */
static void find_turn(bool is_periodic, double turn[3][3])
{
    const double axis[3] = {sqrt(1.0 / 6), sqrt(2.0 / 6), sqrt(3.0 / 6)};
    const double angle = is_periodic ? 0 : 1;
    for (int i = 0; i < 3; i++) {
        const int j = (i + 1) % 3, k = (i + 2) % 3;
        turn[i][i] = cos(angle) + axis[i] * axis[i] * (1 - cos(angle));
        turn[i][j] = axis[i] * axis[j] * (1 - cos(angle)) - axis[k] * sin(angle);
        turn[i][k] = axis[i] * axis[k] * (1 - cos(angle)) + axis[j] * sin(angle);
    }
}

static void set_coordinates(adatom_xtb_engine *engine, size_t count, const double (*positions)[3],
                            const double turn[3][3])
{
    for (size_t i = 0; i < count; i++) {
        for (int x = 0; x < 3; x++) {
            engine->coordinates[i][x] =
                (turn[x][0] * positions[i][0] + turn[x][1] * positions[i][1] +
                 turn[x][2] * positions[i][2]) /
                bohr;
        }
    }
}

/* Forces, eV/Å, from the gradient, which stands where the coordinates were; in its place. */
static void make_forces(adatom_xtb_engine *engine, size_t count, const double turn[3][3])
{
    for (size_t i = 0; i < count; i++) {
        double gradient[3];
        memcpy(gradient, engine->coordinates[i], sizeof gradient);
        for (int x = 0; x < 3; x++) {
            engine->coordinates[i][x] =
                -(turn[0][x] * gradient[0] + turn[1][x] * gradient[1] + turn[2][x] * gradient[2]) *
                hartree / bohr;
        }
    }
}

/* That of a crystal is the library's; a molecule's follows from its forces. */
static void get_virial(const adatom_xtb_engine *engine, const adatom_structure *structure,
                       bool is_periodic, const double (*forces)[3], double virial[3][3])
{
    double sum[3][3] = {{0}};
    for (int i = 0; i < 9 && is_periodic; i++) {
        sum[i / 3][i % 3] = -engine->virial[i / 3][i % 3] * hartree;
    }
    for (size_t a = 0; a < structure->atom_count && !is_periodic; a++) {
        for (int i = 0; i < 9; i++) {
            sum[i / 3][i % 3] += (structure->positions[a][i / 3] - structure->positions[0][i / 3]) *
                                 forces[a][i % 3];
        }
    }
    for (int i = 0; i < 9; i++) {
        virial[i / 3][i % 3] = (sum[i / 3][i % 3] + sum[i % 3][i / 3]) / 2;
    }
}

adatom_status adatom_xtb_engine_compute(adatom_xtb_engine *engine,
                                        const adatom_structure *structure,
                                        const adatom_xtb_cell *cell, const double (*positions)[3],
                                        int unpaired, adatom_properties *properties)
{
    const size_t count = structure->atom_count;
    const bool is_periodic = cell->periodic[0] || cell->periodic[1] || cell->periodic[2];
    double lattice[3][3], turn[3][3];
    ADATOM_SYS_TRY(adatom_sys_grow(&engine->coordinates, &engine->coordinate_capacity, count,
                                   sizeof *engine->coordinates));
    find_turn(is_periodic, turn);
    set_coordinates(engine, count, positions, (const double(*)[3])turn);
    for (int i = 0; i < 9; i++) {
        lattice[i / 3][i % 3] = cell->lattice[i / 3][i % 3] / bohr;
    }
    pthread_mutex_lock(&library_lock);
    const thread_counts threads = limit_threads();
    const adatom_status status = compute_locked(
        engine, structure, is_periodic ? &lattice[0][0] : NULL, unpaired, &properties->energy);
    restore_threads(threads);
    pthread_mutex_unlock(&library_lock);
    ADATOM_SYS_TRY(status);
    properties->energy *= hartree;
    make_forces(engine, count, (const double(*)[3])turn);
    if (properties->forces != NULL) {
        memcpy(properties->forces, engine->coordinates, count * sizeof *engine->coordinates);
    }
    /* That of GFN1 in a cell the library leaves at zero. */
    properties->has_virial =
        properties->virial != NULL && (!is_periodic || engine->settings.method == 0);
    if (properties->has_virial) {
        get_virial(engine, structure, is_periodic, (const double(*)[3])engine->coordinates,
                   properties->virial);
    }
    return ADATOM_OK;
}

#else

adatom_status adatom_xtb_engine_create(const adatom_xtb_settings *settings, adatom_xtb_engine **out)
{
    (void)settings;
    (void)out;
    return adatom_sys_fail(ADATOM_UNSUPPORTED, "this build has no xtb: it was made without libxtb "
                                               "(the Debian package libxtb-dev)");
}

void adatom_xtb_engine_free(adatom_xtb_engine *engine)
{
    (void)engine;
}

adatom_status adatom_xtb_engine_compute(adatom_xtb_engine *engine,
                                        const adatom_structure *structure,
                                        const adatom_xtb_cell *cell, const double (*positions)[3],
                                        int unpaired, adatom_properties *properties)
{
    (void)engine;
    (void)structure;
    (void)cell;
    (void)positions;
    (void)unpaired;
    (void)properties;
    return ADATOM_UNSUPPORTED;
}

#endif
