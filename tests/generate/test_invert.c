/* Structures are found from their fingerprints, by every method; the same for any number of
 * threads; nothing is found for a fingerprint that no structure has. */
#include "atoms/match.h"
#include "generate/invert.h"
#include "random_cluster.h"

static adatom_status invert(const adatom_reconstruct_options *options, int threads,
                            adatom_inversion *inversion)
{
    adatom_team *team;
    assert_int_equal(adatom_team_create(threads, &team), ADATOM_OK);
    const adatom_status status = adatom_invert(options, team, inversion, 1, NULL, NULL);
    adatom_team_free(team);
    return status;
}

static adatom_global *fingerprint_of(const char *spec, const char *pools,
                                     const adatom_structure *structure, double **target)
{
    adatom_global *fingerprint;
    adatom_global_kind kind = {.descriptor = spec, .by_element = true};
    assert_int_equal(adatom_global_pools(pools, &kind), ADATOM_OK);
    assert_int_equal(adatom_global_create(&kind, structure, &fingerprint), ADATOM_OK);
    *target = test_malloc(fingerprint->columns * sizeof **target);
    assert_int_equal(adatom_global_values(fingerprint, structure, *target), ADATOM_OK);
    return fingerprint;
}

static void check_solved(const char *spec, const char *pools, const adatom_structure *structure,
                         int method, int iterations)
{
    double *target, rmsd;
    adatom_global *fingerprint = fingerprint_of(spec, pools, structure, &target);
    adatom_reconstruct_options options = adatom_reconstruct_options_default();
    options.optimizer_method = method;
    options.optimizer_iterations = iterations;
    options.optimizer_hops = 60;
    adatom_inversion inversion = {.fingerprint = fingerprint, .target = target};
    assert_int_equal(invert(&options, 2, &inversion), ADATOM_OK);
    assert_true(inversion.loss < options.verdict_solved);
    assert_true(inversion.shortest > 0.97 * adatom_inversion_minimum(&options, structure));
    assert_int_equal(adatom_structure_distance(inversion.structure, structure, &rmsd), ADATOM_OK);
    assert_true(rmsd < 0.1);
    adatom_structure_free(inversion.structure);
    adatom_global_free(fingerprint);
    test_free(target);
}

static void test_every_method_finds_a_cluster(void **state)
{
    (void)state;
    adatom_structure *cluster = random_cluster(5, 3);
    check_solved(small_functions, "max,min", cluster, 0, 20);
    check_solved(small_functions, "max,min", cluster, 1, 150);
    check_solved(small_functions, "max,min", cluster, 2, 300);
    adatom_structure_free(cluster);
}

static void test_other_descriptors_find_it_too(void **state)
{
    (void)state;
    adatom_structure *cluster = random_cluster(4, 8);
    check_solved("soap:cutoff=6,n_max=4,l_max=3", "max,min", cluster, 0, 20);
    check_solved("soap:cutoff=6,n_max=4,l_max=3", "none", cluster, 0, 20);
    check_solved("bessel:cutoff=6,n_max=4,l_max=3", "none", cluster, 0, 20);
    check_solved("bessel:cutoff=6,n_max=4,l_max=3", "mean,max", cluster, 0, 20);
    adatom_structure_free(cluster);
}

/* Rock salt, four atoms of each element in the cubic cell. */
static adatom_structure *rock_salt(void)
{
    adatom_structure *s;
    assert_int_equal(adatom_structure_create(8, &s), ADATOM_OK);
    for (size_t i = 0; i < 8; i++) {
        const int x = (int)i & 1, y = (int)i >> 1 & 1, z = (int)i >> 2;
        const double place[3] = {2.8 * x + 0.1, 2.8 * y + 0.2, 2.8 * z - 0.1};
        memcpy(s->positions[i], place, sizeof place);
        s->atomic_numbers[i] = (x + y + z) % 2 == 0 ? 11 : 17;
    }
    for (int i = 0; i < 3; i++) {
        s->cell[i][i] = 5.6;
        s->periodic[i] = true;
    }
    return s;
}

static void test_a_crystal_is_found(void **state)
{
    (void)state;
    adatom_structure *crystal = rock_salt();
    check_solved(
        "acsf:cutoff=5,g2_eta=0.1+1+4,g2_shift=0+2.5+4,g5_eta=0.1,g5_lambda=-1+1,g5_zeta=1+4",
        "max,min", crystal, 0, 20);
    adatom_structure_free(crystal);
}

/* Two more crystals: diamond, of eight atoms, and rutile. */
static adatom_structure *make_crystal(size_t count, const double edges[3], const int *numbers,
                                      const double (*fractions)[3])
{
    adatom_structure *s;
    assert_int_equal(adatom_structure_create(count, &s), ADATOM_OK);
    for (size_t i = 0; i < count; i++) {
        s->atomic_numbers[i] = numbers[i];
        for (int x = 0; x < 3; x++) {
            s->positions[i][x] = edges[x] * fractions[i][x];
        }
    }
    for (int i = 0; i < 3; i++) {
        s->cell[i][i] = edges[i];
        s->periodic[i] = true;
    }
    return s;
}

static adatom_structure *diamond(void)
{
    static const double edges[3] = {3.567, 3.567, 3.567};
    static const int numbers[8] = {6, 6, 6, 6, 6, 6, 6, 6};
    static const double fractions[8][3] = {{0, 0, 0},       {.5, .5, 0},     {.5, 0, .5},
                                           {0, .5, .5},     {.25, .25, .25}, {.75, .75, .25},
                                           {.75, .25, .75}, {.25, .75, .75}};
    return make_crystal(8, edges, numbers, fractions);
}

static adatom_structure *rutile(void)
{
    static const double edges[3] = {4.594, 4.594, 2.959};
    static const int numbers[6] = {22, 22, 8, 8, 8, 8};
    static const double fractions[6][3] = {{0, 0, 0},       {.5, .5, .5},     {.305, .305, 0},
                                           {.695, .695, 0}, {.195, .805, .5}, {.805, .195, .5}};
    return make_crystal(6, edges, numbers, fractions);
}

/* Known are the fingerprint, the atoms and a cell that is a tenth too large and skewed. */
static void check_cell(adatom_structure *crystal)
{
    static const double strain[3][3] = {{1.06, 0.04, 0}, {0, 1.02, -0.03}, {0.02, 0, 1.02}};
    adatom_structure *wrong;
    assert_int_equal(adatom_structure_copy(crystal, &wrong), ADATOM_OK);
    memset(wrong->positions, 0, wrong->atom_count * sizeof *wrong->positions);
    for (int i = 0; i < 3; i++) {
        for (int x = 0; x < 3; x++) {
            wrong->cell[i][x] = crystal->cell[i][i] * strain[i][x];
        }
    }
    adatom_global *fingerprint;
    adatom_global_kind kind = {.descriptor =
                                   "acsf:cutoff=5,g2_eta=0.1+1+4,g2_shift=0+2+3+4,g5_eta=0.1,"
                                   "g5_lambda=-1+1,g5_zeta=1+4",
                               .by_element = true,
                               .free_cell = true};
    assert_int_equal(adatom_global_pools("max,min", &kind), ADATOM_OK);
    assert_int_equal(adatom_global_create(&kind, wrong, &fingerprint), ADATOM_OK);
    double *target = test_malloc(fingerprint->columns * sizeof *target), rmsd, stretch;
    assert_int_equal(adatom_global_values(fingerprint, crystal, target), ADATOM_OK);
    const adatom_reconstruct_options options = adatom_reconstruct_options_default();
    adatom_inversion inversion = {.fingerprint = fingerprint, .target = target};
    assert_int_equal(invert(&options, 2, &inversion), ADATOM_OK);
    assert_true(inversion.loss < options.verdict_solved);
    assert_int_equal(adatom_structure_compare(inversion.structure, crystal, 0.1, &rmsd, &stretch),
                     ADATOM_OK);
    assert_true(rmsd < 0.1);
    assert_true(stretch < 0.02);
    adatom_structure_free(inversion.structure);
    adatom_structure_free(crystal);
    adatom_structure_free(wrong);
    adatom_global_free(fingerprint);
    test_free(target);
}

static void test_cells_are_found_from_wrong_ones(void **state)
{
    (void)state;
    check_cell(rock_salt());
    check_cell(diamond());
    check_cell(rutile());
}

static void test_threads_change_nothing(void **state)
{
    (void)state;
    double *target;
    adatom_structure *cluster = random_cluster(6, 21);
    adatom_global *fingerprint = fingerprint_of(small_functions, "max,min", cluster, &target);
    adatom_reconstruct_options options = adatom_reconstruct_options_default();
    options.optimizer_starts = 32;
    options.optimizer_hops = 4;
    options.verdict_solved = 1e-9;
    adatom_inversion one = {.fingerprint = fingerprint, .target = target}, four = one;
    assert_int_equal(invert(&options, 1, &one), ADATOM_OK);
    assert_int_equal(invert(&options, 4, &four), ADATOM_OK);
    assert_true(one.loss == four.loss);
    assert_true(one.iterations == four.iterations);
    assert_memory_equal(one.structure->positions, four.structure->positions,
                        6 * sizeof *one.structure->positions);
    adatom_structure_free(one.structure);
    adatom_structure_free(four.structure);
    adatom_structure_free(cluster);
    adatom_global_free(fingerprint);
    test_free(target);
}

static void test_an_invalid_fingerprint_has_no_structure(void **state)
{
    (void)state;
    double *target;
    adatom_structure *cluster = random_cluster(5, 2);
    adatom_global *fingerprint = fingerprint_of(small_functions, "max,min", cluster, &target);
    for (size_t c = 0; c < fingerprint->columns; c++) {
        target[c] = c < fingerprint->columns / 2 ? 0.1 : 0.9; /* smallest above largest */
    }
    adatom_reconstruct_options options = adatom_reconstruct_options_default();
    options.optimizer_hops = 10;
    adatom_inversion inversion = {.fingerprint = fingerprint, .target = target};
    assert_int_equal(invert(&options, 1, &inversion), ADATOM_OK);
    assert_true(inversion.loss > options.verdict_doubtful);
    adatom_structure_free(inversion.structure);
    adatom_structure_free(cluster);
    adatom_global_free(fingerprint);
    test_free(target);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_method_finds_a_cluster),
        cmocka_unit_test(test_other_descriptors_find_it_too),
        cmocka_unit_test(test_a_crystal_is_found),
        cmocka_unit_test(test_cells_are_found_from_wrong_ones),
        cmocka_unit_test(test_threads_change_nothing),
        cmocka_unit_test(test_an_invalid_fingerprint_has_no_structure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
