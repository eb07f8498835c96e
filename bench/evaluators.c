/* What an evaluation costs beyond the engine's own work, for 24 atoms. The engine's work is
 * measured where it is called: KIM_Model_Compute is wrapped by the linker, and the i-PI client at
 * the other end of the unix socket answers without any work. */
#include "adatom/evaluator.h"
#include "energy/cloud.h"

#include <KIM_SimulatorHeaders.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { ATOMS = 24, ROUNDS = 21, CALLS = 400 };

static double engine_seconds; /* within KIM_Model_Compute */

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

int __real_KIM_Model_Compute(const KIM_Model *model, const KIM_ComputeArguments *arguments);
int __wrap_KIM_Model_Compute(const KIM_Model *model, const KIM_ComputeArguments *arguments);

int __wrap_KIM_Model_Compute(const KIM_Model *model, const KIM_ComputeArguments *arguments)
{
    const double start = now();
    const int failed = __real_KIM_Model_Compute(model, arguments);
    engine_seconds += now() - start;
    return failed;
}

static void check(adatom_status status)
{
    if (status != ADATOM_OK) {
        fprintf(stderr, "bench_evaluators: %s\n", adatom_error_message());
        exit(1);
    }
}

/* Three by two rectangular cells of graphene. */
static adatom_structure *make_sheet(void)
{
    static const double places[4][2] = {{0, 0}, {0.5, 1.0 / 6}, {0.5, 0.5}, {0, 2.0 / 3}};
    const double cell[2] = {2.46, 4.26};
    adatom_structure *sheet;
    check(adatom_structure_create(ATOMS, &sheet));
    for (int i = 0; i < ATOMS; i++) {
        sheet->atomic_numbers[i] = 6;
        sheet->positions[i][0] = (places[i % 4][0] + i / 4 % 3) * cell[0] + 0.02 * (i % 5);
        sheet->positions[i][1] = (places[i % 4][1] + i / 12) * cell[1];
        sheet->positions[i][2] = 6;
    }
    sheet->cell[0][0] = 3 * cell[0];
    sheet->cell[1][1] = 2 * cell[1];
    sheet->cell[2][2] = 12;
    sheet->periodic[0] = sheet->periodic[1] = true;
    return sheet;
}

static int by_size(const void *first, const void *second)
{
    const double a = *(const double *)first, b = *(const double *)second;
    return (a > b) - (a < b);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, by_size);
    return values[count / 2];
}

/* Microseconds per call in all, and of these beyond the engine; medians of the rounds. */
static void measure(adatom_evaluator *evaluator, const adatom_structure *structure, int calls,
                    double *total, double *beyond)
{
    double totals[ROUNDS], beyonds[ROUNDS], energy, forces[ATOMS][3];
    for (int round = -1; round < ROUNDS; round++) { /* the first one warms up */
        engine_seconds = 0;
        const double start = now();
        for (int i = 0; i < calls; i++) {
            check(adatom_evaluator_compute(evaluator, structure, &energy, forces));
        }
        const double seconds = now() - start;
        if (round >= 0) {
            totals[round] = 1e6 * seconds / calls;
            beyonds[round] = 1e6 * (seconds - engine_seconds) / calls;
        }
    }
    *total = median(totals, ROUNDS);
    *beyond = median(beyonds, ROUNDS);
}

static void show_model(const char *spec, const adatom_structure *structure)
{
    adatom_evaluator *evaluator;
    double total, beyond;
    check(adatom_evaluator_create(spec, &evaluator));
    measure(evaluator, structure, CALLS, &total, &beyond);
    printf("%-52s %9.1f us %9.1f us\n", spec, total, beyond);
    adatom_evaluator_free(evaluator);
}

/* Lennard-Jones is within adatom; what is not its own work is the images and their lists. */
static void show_lennard_jones(const adatom_structure *structure)
{
    const double cutoff_radius = 3;
    const adatom_cloud_list list = {cutoff_radius, false};
    adatom_cloud *cloud;
    adatom_evaluator *evaluator;
    double rounds[ROUNDS], total, ignored;
    check(adatom_cloud_create(&list, 1, cutoff_radius, &cloud));
    for (int round = 0; round < ROUNDS; round++) {
        const double start = now();
        for (int i = 0; i < CALLS; i++) {
            check(adatom_cloud_build(cloud, structure));
        }
        rounds[round] = 1e6 * (now() - start) / CALLS;
    }
    adatom_cloud_free(cloud);
    check(adatom_evaluator_create("lj:cutoff=3", &evaluator));
    measure(evaluator, structure, CALLS, &total, &ignored);
    adatom_evaluator_free(evaluator);
    printf("%-52s %9.1f us %9.1f us\n", "lj:cutoff=3", total, median(rounds, ROUNDS));
}

/* ---- over a unix socket */

static void take(int handle, void *bytes, size_t size)
{
    for (size_t got = 0; got < size;) {
        const ssize_t part = recv(handle, (char *)bytes + got, size - got, 0);
        if (part <= 0) {
            pthread_exit(NULL); /* the server has gone */
        }
        got += (size_t)part;
    }
}

static void say(int handle, const char *word)
{
    char header[13];
    snprintf(header, sizeof header, "%-12s", word);
    if (send(handle, header, 12, MSG_NOSIGNAL) != 12) {
        pthread_exit(NULL);
    }
}

static void answer(int handle)
{
    static const char zeros[8 + 4 + ATOMS * 24 + 72 + 4];
    char message[sizeof zeros];
    const int32_t atoms = ATOMS;
    memcpy(message, zeros, sizeof zeros);
    memcpy(message + 8, &atoms, sizeof atoms);
    say(handle, "FORCEREADY");
    if (send(handle, message, sizeof message, MSG_NOSIGNAL) != (ssize_t)sizeof message) {
        pthread_exit(NULL);
    }
}

/* A client whose energies and forces are zero. */
static void *serve(void *name)
{
    struct sockaddr_un place = {.sun_family = AF_UNIX};
    snprintf(place.sun_path, sizeof place.sun_path, "/tmp/ipi_%s", (const char *)name);
    const int handle = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(handle, (const struct sockaddr *)&place, sizeof place) != 0) {
        perror(place.sun_path);
        exit(1);
    }
    char header[12], structure[144 + 4 + ATOMS * 24];
    for (bool has_data = false;;) {
        take(handle, header, sizeof header);
        if (memcmp(header, "STATUS", 6) == 0) {
            say(handle, has_data ? "HAVEDATA" : "READY");
        } else if (memcmp(header, "POSDATA", 7) == 0) {
            take(handle, structure, sizeof structure);
            has_data = true;
        } else if (memcmp(header, "GETFORCE", 8) == 0) {
            answer(handle);
            has_data = false;
        } else {
            close(handle);
            return NULL;
        }
    }
}

static void show_socket(const adatom_structure *structure)
{
    char name[64], spec[80];
    adatom_evaluator *evaluator;
    pthread_t client;
    double total, beyond;
    snprintf(name, sizeof name, "adatom-bench-%ld", (long)getpid());
    snprintf(spec, sizeof spec, "ipi:%s", name);
    check(adatom_evaluator_create(spec, &evaluator));
    if (pthread_create(&client, NULL, serve, name) != 0) {
        exit(1);
    }
    measure(evaluator, structure, CALLS, &total, &beyond);
    adatom_evaluator_free(evaluator);
    pthread_join(client, NULL);
    printf("%-52s %9.1f us %9.1f us\n", "ipi:NAME, unix socket, a client without work", total,
           beyond);
}

/* ---- a batch */

static void show_pool(const adatom_structure *structure, int workers)
{
    static adatom_evaluator_job jobs[CALLS * 4];
    static double forces[CALLS * 4][ATOMS][3];
    const int count = CALLS * 4;
    adatom_evaluator_pool *pool;
    double rounds[ROUNDS];
    for (int i = 0; i < count; i++) {
        jobs[i] = (adatom_evaluator_job){.structure = structure, .forces = forces[i]};
    }
    check(adatom_evaluator_pool_create("kim:Tersoff_LAMMPS_AlbeNordlundAverback_2002_PtC", workers,
                                       &pool));
    for (int round = 0; round < ROUNDS; round++) {
        const double start = now();
        check(adatom_evaluator_pool_compute(pool, jobs, (size_t)count));
        rounds[round] = 1e6 * (now() - start) / count;
    }
    adatom_evaluator_pool_free(pool);
    printf("  as a batch of %d, %d worker%-28s %9.1f us\n", count, workers, workers > 1 ? "s" : "",
           median(rounds, ROUNDS));
}

int main(void)
{
    adatom_structure *sheet = make_sheet();
    printf("%-52s %12s %12s\n", "evaluation with forces, 24 atoms", "in all", "beyond it");
    show_lennard_jones(sheet);
    show_model("kim:Tersoff_LAMMPS_AlbeNordlundAverback_2002_PtC", sheet);
    show_pool(sheet, 1);
    show_pool(sheet, 2);
    for (int i = 0; i < ATOMS; i++) {
        sheet->atomic_numbers[i] = 14;
        for (int x = 0; x < 3; x++) {
            sheet->positions[i][x] *= 1.6;
        }
    }
    for (int x = 0; x < 3; x++) {
        sheet->cell[x][x] *= 1.6;
    }
    show_model("kim:SW_StillingerWeber_1985_Si", sheet);
    show_socket(sheet);
    adatom_structure_free(sheet);
    return 0;
}
