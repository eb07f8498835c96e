/* Potentials in HDF5 and in text: what is read back gives the same energies to the bit. */
#include "../io/temporary_folder.h"
#include "random_potential.h"

#include "potential/files.h"
#include "potential/text.h"

#include <stdio.h>

static double energy_of(const adatom_potential *potential)
{
    adatom_potential_engine *engine = make_engine(potential, 1);
    adatom_structure *structure = make_structure(9, 5, 11);
    adatom_potential_result result = {.forces = NULL};
    assert_int_equal(adatom_potential_compute(engine, structure, -1, &result), ADATOM_OK);
    adatom_structure_free(structure);
    adatom_potential_engine_free(engine);
    return result.energy;
}

static void test_hdf5(void **state)
{
    (void)state;
    adatom_potential *potential = make_potential(2), *read = NULL;
    const char *path = in_folder("model.h5");
    assert_int_equal(adatom_potential_write(potential, path), ADATOM_OK);
    assert_int_equal(adatom_potential_read(path, &read), ADATOM_OK);
    const double a = energy_of(potential), b = energy_of(read);
    assert_memory_equal(&a, &b, sizeof a);
    assert_int_equal(adatom_potential_members(read), 2);
    assert_true(adatom_potential_cutoff(read) == 3.5);
    adatom_potential_free(read);
    adatom_potential_free(potential);
}

static char *text_of(const adatom_potential *potential)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    adatom_potential_print(potential, stream);
    fclose(stream);
    return text;
}

static void test_text(void **state)
{
    (void)state;
    adatom_potential *potential = make_potential(2), *read = NULL;
    char *text = text_of(potential);
    assert_int_equal(adatom_potential_parse(text, "model", &read), ADATOM_OK);
    const double a = energy_of(potential), b = energy_of(read);
    assert_memory_equal(&a, &b, sizeof a);
    adatom_potential_free(read);
    adatom_potential_free(potential);
    free(text);
}

/* Cut anywhere, it is refused; no crash, no leak. */
static void test_text_is_checked(void **state)
{
    (void)state;
    adatom_potential *potential = make_potential(1), *read = NULL;
    char *text = text_of(potential);
    const size_t length = strlen(text);
    for (size_t cut = 0; cut + 30 < length; cut += cut < 300 ? 1 : 97) {
        char *part = strndup(text, cut);
        assert_int_equal(adatom_potential_parse(part, "model", &read), ADATOM_INVALID_INPUT);
        free(part);
    }
    assert_int_equal(adatom_potential_parse("adatom-potential 2\n", "m", &read),
                     ADATOM_INVALID_INPUT);
    assert_null(read);
    free(text);
    adatom_potential_free(potential);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hdf5),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_text_is_checked),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
