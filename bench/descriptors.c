/* Descriptors of silicon on one core: microseconds per atom for the values, and for values with
 * contracted forces, the neighbours given. Peers' figures, measured on this kind of machine:
 *   sb_desc, 15 spherical Bessel values, 3.77 Å                    18 (values)
 *   DScribe, SOAP gto n4 l4, 3.77 / 6 Å                            12 / 25 (values)
 *   n2p2, 24 symmetry functions, 3.77 / 6 Å                        4.4 / 113 (with forces)
 */
#include "adatom/descriptor.h"
#include "atoms/neighbors.h"
#include "silicon.h"
#include "timing.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { CELLS = 5, ATOMS = 8 * CELLS * CELLS * CELLS, REPEATS = 15 };

typedef struct job {
    adatom_descriptor *descriptor;
    adatom_descriptor_workspace *workspace;
    adatom_neighbor_list *list;
    double (*vectors)[3];
    int *types;
    double (*forces)[3];
    double *values, *slopes;
} job;

static double sweep(job *work, bool forces)
{
    double sum = 0;
    for (size_t i = 0; i < ATOMS; i++) {
        const size_t first = work->list->first[i];
        const adatom_environment environment = {.count = work->list->first[i + 1] - first,
                                                .vectors =
                                                    (const double(*)[3])work->vectors + first,
                                                .types = work->types + first};
        if (adatom_descriptor_values(work->descriptor, work->workspace, &environment,
                                     work->values) != ADATOM_OK) {
            exit(1);
        }
        if (forces) {
            adatom_descriptor_contract(work->descriptor, work->workspace, &environment,
                                       work->slopes, work->forces);
            sum += work->forces[0][0];
        }
        sum += work->values[0];
    }
    return sum;
}

/* Median of the microseconds per atom. */
static double measure(job *work, bool forces)
{
    double times[REPEATS];
    static volatile double sink;
    sink = sweep(work, forces);
    for (int i = 0; i < REPEATS; i++) {
        const double start = seconds();
        sink = sink + sweep(work, forces);
        times[i] = (seconds() - start) / ATOMS * 1e6;
    }
    return median(times, REPEATS);
}

static int prepare(job *work, const char *spec, const adatom_structure *silicon)
{
    const int species = 14;
    if (adatom_descriptor_create(spec, &species, 1, &work->descriptor) != ADATOM_OK ||
        adatom_descriptor_workspace_create(work->descriptor, &work->workspace) != ADATOM_OK ||
        adatom_neighbor_list_create(silicon, adatom_descriptor_cutoff(work->descriptor),
                                    &work->list) != ADATOM_OK) {
        fprintf(stderr, "%s\n", adatom_error_message());
        return 1;
    }
    const size_t pairs = work->list->first[ATOMS];
    const size_t count = adatom_descriptor_count(work->descriptor, 0);
    work->vectors = calloc(pairs, sizeof *work->vectors);
    work->types = calloc(pairs, sizeof *work->types);
    work->forces = calloc(pairs, sizeof *work->forces);
    work->values = calloc(count, sizeof *work->values);
    work->slopes = calloc(count, sizeof *work->slopes);
    for (size_t p = 0; p < pairs; p++) {
        memcpy(work->vectors[p], work->list->neighbors[p].vector, sizeof work->vectors[p]);
    }
    for (size_t v = 0; v < count; v++) {
        work->slopes[v] = 0.1 * (double)(v % 7) - 0.3;
    }
    return 0;
}

static int run(const char *name, const char *spec, const adatom_structure *silicon)
{
    job work = {.descriptor = NULL};
    if (prepare(&work, spec, silicon) != 0) {
        return 1;
    }
    printf("%-34s %6zu %10.1f %9.3f %9.3f\n", name, adatom_descriptor_count(work.descriptor, 0),
           (double)work.list->first[ATOMS] / ATOMS, measure(&work, false), measure(&work, true));
    adatom_descriptor_workspace_free(work.workspace);
    adatom_descriptor_free(work.descriptor);
    adatom_neighbor_list_free(work.list);
    free(work.vectors);
    free(work.types);
    free(work.forces);
    free(work.values);
    free(work.slopes);
    return 0;
}

int main(void)
{
    static const char *const rows[][2] = {
        {"Bessel n4 l4, 3.77 Å", "bessel:cutoff=3.7711,n_max=4,l_max=4"},
        {"Bessel n4 l4, 6 Å", "bessel:cutoff=6,n_max=4,l_max=4"},
        {"Bessel n3 l3, 3.77 Å", "bessel:cutoff=3.7711,n_max=3,l_max=3"},
        {"Bessel triangular n4, 3.77 Å", "bessel:cutoff=3.7711,n_max=4,l_max=4,radial=triangular"},
        {"SOAP n4 l4, 3.77 Å", "soap:cutoff=3.7711,n_max=4,l_max=4,sigma=0.5"},
        {"SOAP n4 l4, 6 Å", "soap:cutoff=6,n_max=4,l_max=4,sigma=0.5"},
        {"24 symmetry functions, 3.77 Å",
         "acsf:cutoff=3.7711,function=cos,g2_eta=0.01+0.05+0.2+0.5+1+2+4+8,g4_eta=0.01+0.05,"
         "g4_lambda=-1+1,g4_zeta=1+2+4+16"},
        {"24 symmetry functions, 6 Å",
         "acsf:cutoff=6,function=cos,g2_eta=0.01+0.05+0.2+0.5+1+2+4+8,g4_eta=0.01+0.05,"
         "g4_lambda=-1+1,g4_zeta=1+2+4+16"},
    };
    adatom_structure *silicon = make_silicon(CELLS);
    int failed = silicon == NULL;
    printf("%-34s %6s %10s %9s %9s\n", "µs per atom", "values", "neighbours", "values", "+forces");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && !failed; i++) {
        failed = run(rows[i][0], rows[i][1], silicon);
    }
    adatom_structure_free(silicon);
    return failed;
}
