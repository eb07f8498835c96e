/* Every instruction set against the plain loops, on sizes that fill no register. */
#include "descriptor/density_kernel.h"
#include "specimens.h"

static const char *const specs[] = {
    "bessel:cutoff=4,n_max=4,l_max=4",
    "bessel:cutoff=4,n_max=0,l_max=0",
    "bessel:cutoff=4,n_max=8,l_max=2,blocks=species",
    "bessel:cutoff=4,n_max=2,l_max=9,blocks=pairs",
    "bessel:cutoff=4,n_max=15,l_max=5,blocks=both,weights=1+-2,species=Si+O",
    "bessel:cutoff=4,n_max=6,l_max=6,radial=triangular,blocks=species",
    "soap:cutoff=4,n_max=4,l_max=4,sigma=0.4",
    "soap:cutoff=4,n_max=3,l_max=0",
    "bessel:cutoff=4,n_max=0,l_max=3,radial=triangular",
    "soap:cutoff=4,n_max=9,l_max=3,sigma=0.3,basis=bessel",
};

enum { NEIGHBORS_MAX = 41 };

typedef struct surroundings {
    double vectors[NEIGHBORS_MAX][3];
    int types[NEIGHBORS_MAX];
} surroundings;

/* Some beyond the cutoff, some of no type that counts. */
static void fill_surroundings(adatom_random *random, size_t count, surroundings *around)
{
    for (size_t j = 0; j < count; j++) {
        double squared = 0;
        do {
            squared = 0;
            for (int x = 0; x < 3; x++) {
                around->vectors[j][x] = 9 * adatom_random_uniform(random) - 4.5;
                squared += around->vectors[j][x] * around->vectors[j][x];
            }
        } while (squared < 0.5);
        around->types[j] = (int)adatom_random_below(random, 7) % 3 - (j % 11 == 10);
        around->types[j] = around->types[j] > 1 ? 0 : around->types[j];
    }
    if (count > 0) { /* along the axis on which x and y vanish */
        around->vectors[0][0] = around->vectors[0][1] = 0;
        around->vectors[0][2] = -2;
    }
}

static void compare(const adatom_density_isa *isa, const adatom_descriptor *descriptor,
                    const adatom_environment *environment)
{
    const size_t count = adatom_descriptor_count(descriptor, 0), pairs = environment->count;
    double *expected = calloc(count, sizeof *expected), *values = calloc(count, sizeof *values);
    double *slopes = calloc(count, sizeof *slopes);
    double(*plain)[3] = calloc(pairs * count + 1, sizeof *plain);
    double(*gradients)[3] = calloc(pairs * count + 1, sizeof *gradients);
    double(*forces)[3] = calloc(pairs + 1, sizeof *forces);
    adatom_density_workspace *workspace;
    void *state;
    assert_int_equal(
        adatom_density_plain(adatom_density_of(descriptor), environment, expected, plain),
        ADATOM_OK);
    assert_int_equal(adatom_density_workspace_create(adatom_density_of(descriptor), &state),
                     ADATOM_OK);
    workspace = state;
    workspace->isa = isa;
    assert_int_equal(adatom_density_values(NULL, workspace, environment, values), ADATOM_OK);
    const double scale = fmax(1, magnitude(expected, count));
    for (size_t v = 0; v < count; v++) {
        assert_close(values[v], expected[v], 1e-12 * scale);
        slopes[v] = sin((double)v + 1);
    }
    adatom_density_contract(NULL, workspace, environment, slopes, forces);
    adatom_density_gradients(NULL, workspace, environment, gradients);
    const double steep = fmax(1, magnitude(plain[0], 3 * pairs * count));
    for (size_t j = 0; j < pairs; j++) {
        for (int x = 0; x < 3; x++) {
            double force = 0;
            for (size_t v = 0; v < count; v++) {
                assert_close(gradients[j * count + v][x], plain[j * count + v][x], 1e-10 * steep);
                force += slopes[v] * plain[j * count + v][x];
            }
            assert_close(forces[j][x], force, 1e-10 * steep * sqrt((double)count));
        }
    }
    adatom_density_workspace_free(workspace);
    free(expected);
    free(values);
    free(slopes);
    free(plain);
    free(gradients);
    free(forces);
}

static void kernels_are_the_plain_loops(void **state)
{
    (void)state;
    static const size_t counts[] = {0, 1, 7, 8, 9, NEIGHBORS_MAX};
    adatom_random random;
    adatom_random_seed(&random, 5, 0);
    for (size_t s = 0; s < sizeof specs / sizeof specs[0]; s++) {
        adatom_descriptor *descriptor = make_descriptor(specs[s]);
        for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
            surroundings around;
            fill_surroundings(&random, counts[c], &around);
            const adatom_environment environment = {.type = (int)(c % 2),
                                                    .count = counts[c],
                                                    .vectors = (const double(*)[3])around.vectors,
                                                    .types = around.types};
            for (int i = 0; adatom_density_isa_available(i) != NULL; i++) {
                compare(adatom_density_isa_available(i), descriptor, &environment);
            }
        }
        adatom_descriptor_free(descriptor);
    }
}

/* A workspace that has seen a large environment and then a small one remembers nothing. */
static void workspaces_forget(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 6, 0);
    for (size_t s = 0; s < sizeof specs / sizeof specs[0]; s++) {
        adatom_descriptor *descriptor = make_descriptor(specs[s]);
        const size_t count = adatom_descriptor_count(descriptor, 0);
        double *fresh = calloc(count, sizeof *fresh), *used = calloc(count, sizeof *used);
        surroundings small, large;
        fill_surroundings(&random, 5, &small);
        fill_surroundings(&random, NEIGHBORS_MAX, &large);
        const adatom_environment few = {0, 5, (const double(*)[3])small.vectors, small.types};
        const adatom_environment many = {1, NEIGHBORS_MAX, (const double(*)[3])large.vectors,
                                         large.types};
        adatom_descriptor_workspace *workspace;
        for (int round = 0; round < 2; round++) {
            assert_int_equal(adatom_descriptor_workspace_create(descriptor, &workspace), ADATOM_OK);
            if (round == 1) {
                assert_int_equal(adatom_descriptor_values(descriptor, workspace, &many, used),
                                 ADATOM_OK);
            }
            assert_int_equal(
                adatom_descriptor_values(descriptor, workspace, &few, round == 0 ? fresh : used),
                ADATOM_OK);
            adatom_descriptor_workspace_free(workspace);
        }
        assert_memory_equal(fresh, used, count * sizeof *fresh);
        free(fresh);
        free(used);
        adatom_descriptor_free(descriptor);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_are_the_plain_loops),
        cmocka_unit_test(workspaces_forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
