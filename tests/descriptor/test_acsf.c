/* Symmetry functions in registers against the plain loops, for every cutoff function. */
#include "descriptor/acsf_kernel.h"
#include "specimens.h"

enum { NEIGHBORS_MAX = 23 };

static const char *const functions[] = {"hard",  "cos",   "tanhu", "tanh", "exp",
                                        "poly1", "poly2", "poly3", "poly4"};
static const char *const rest = "alpha=0.2,g2_eta=0+0.1+4,g2_shift=0+2,g3_kappa=1.5,g4_eta=0.05+0."
                                "3,g4_lambda=-1+1,g4_zeta=1+4+16,"
                                "g5_eta=0.2+0.3,g5_lambda=-1+0.5,g5_zeta=1+2.5,species=Si+O";

static void compare(const adatom_descriptor *descriptor, const adatom_environment *environment)
{
    const adatom_acsf *acsf = descriptor->state;
    const size_t count = adatom_descriptor_count(descriptor, environment->type);
    double *expected = calloc(count, sizeof *expected), *values = calloc(count, sizeof *values);
    double *slopes = calloc(count, sizeof *slopes);
    double plain[NEIGHBORS_MAX][3], forces[NEIGHBORS_MAX][3];
    void *workspace;
    adatom_acsf_lanes *lanes;
    assert_int_equal(adatom_acsf_workspace_create(acsf, &workspace), ADATOM_OK);
    assert_int_equal(adatom_acsf_lanes_create(acsf, &lanes), ADATOM_OK);
    assert_int_equal(adatom_acsf_plain_values(acsf, workspace, environment, expected), ADATOM_OK);
    for (size_t v = 0; v < count; v++) {
        slopes[v] = sin((double)v + 1);
    }
    adatom_acsf_plain_contract(acsf, workspace, environment, slopes, plain);
    const double scale = fmax(1, magnitude(expected, count));
    const double steep = fmax(1, magnitude(plain[0], 3 * environment->count));
    for (int i = 0; adatom_acsf_isa_available(i) != NULL; i++) {
        assert_int_equal(adatom_acsf_lanes_place(lanes, environment), ADATOM_OK);
        adatom_acsf_isa_available(i)->values(lanes, environment, values);
        adatom_acsf_isa_available(i)->contract(lanes, environment, slopes, forces);
        for (size_t v = 0; v < count; v++) {
            assert_close(values[v], expected[v], 1e-13 * scale);
        }
        for (size_t j = 0; j < 3 * environment->count; j++) {
            assert_close(forces[j / 3][j % 3], plain[j / 3][j % 3], 1e-12 * steep);
        }
    }
    adatom_acsf_workspace_free(workspace);
    adatom_acsf_lanes_free(lanes);
    free(expected);
    free(values);
    free(slopes);
}

static void kernels_are_the_plain_loops(void **state)
{
    (void)state;
    static const size_t counts[] = {0, 1, 2, 8, 9, NEIGHBORS_MAX};
    adatom_random random;
    adatom_random_seed(&random, 3, 0);
    for (size_t f = 0; f < sizeof functions / sizeof functions[0]; f++) {
        char spec[400];
        snprintf(spec, sizeof spec, "acsf:cutoff=4,function=%s,%s", functions[f], rest);
        adatom_descriptor *descriptor = make_descriptor(spec);
        for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
            double vectors[NEIGHBORS_MAX][3];
            int types[NEIGHBORS_MAX];
            for (size_t j = 0; j < counts[c]; j++) {
                for (int x = 0; x < 3; x++) {
                    vectors[j][x] = 6 * adatom_random_uniform(&random) - 3 + (x == 0);
                }
                types[j] = (int)adatom_random_below(&random, 2) - (j % 7 == 6);
            }
            const adatom_environment environment = {(int)(c % 2), counts[c],
                                                    (const double(*)[3])vectors, types};
            compare(descriptor, &environment);
        }
        adatom_descriptor_free(descriptor);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(kernels_are_the_plain_loops)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
