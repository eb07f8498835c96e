/* Motifs: their words, and the structures that have them. */
#include "search_example.h"

#include "search/design.h"

static adatom_status read_motif(const char *text, adatom_design *design)
{
    adatom_search_options options = adatom_search_options_default();
    snprintf(options.design_motif, sizeof options.design_motif, "%s", text);
    return adatom_design_read(&options, design);
}

static adatom_design design_of(const char *text)
{
    adatom_design design;
    const adatom_status status = read_motif(text, &design);
    assert_string_equal(status == ADATOM_OK ? "" : adatom_error_message(), "");
    return design;
}

static void expect_refused(const char *text, const char *message)
{
    adatom_design design = {.count = 77};
    assert_int_equal(read_motif(text, &design), ADATOM_INVALID_INPUT);
    assert_non_null(strstr(adatom_error_message(), message));
    assert_int_equal(design.count, 77);
}

static void words_in_several_forms(void **state)
{
    (void)state;
    static const char *const same[] = {"C bound to 1 C and 2 O", "a C connected to a C, two O",
                                       "C bound to O, C, and O", "  C bound to 2 O and C ;"};
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        const adatom_design design = design_of(same[i]);
        assert_int_equal(design.count, 1);
        const adatom_motif *motif = &design.motifs[0];
        assert_int_equal(motif->element, 6);
        assert_false(motif->exactly);
        assert_int_equal(motif->count, 2);
        const int carbon = motif->neighbors[0] == 6 ? 0 : 1;
        assert_int_equal(motif->neighbors[carbon], 6);
        assert_int_equal(motif->amounts[carbon], 1);
        assert_int_equal(motif->neighbors[1 - carbon], 8);
        assert_int_equal(motif->amounts[1 - carbon], 2);
    }
    assert_int_equal(design_of("").count, 0);
    assert_int_equal(design_of("O bound to exactly 2 C; C bound to 3 H").count, 2);
    assert_true(design_of("an O bound to exactly 2 C").motifs[0].exactly);
}

static void words_that_are_no_motif(void **state)
{
    (void)state;
    expect_refused("Xx bound to C", "design.motif: \"Xx\", expected an element");
    expect_refused("O near 2 C", "\"near\", expected \"bound to\"");
    expect_refused("O bound to", "it ends, expected an element");
    expect_refused("O bound to 2", "it ends, expected an element");
    expect_refused("O bound to 0 C", "\"0\", expected a number from 1 to 99");
    expect_refused("O bound to 2 C or H", "\"or\", expected \"and\", or the end");
    expect_refused("O bound to 2x C", "\"2x\", expected a number from 1 to 99");
    expect_refused("O bound to an_endless_word_that_does_not_fit_in", "expected an element");
    expect_refused("H bound to H; H bound to H; H bound to H; H bound to H; H bound to H; "
                   "H bound to H; H bound to H; H bound to H; H bound to H",
                   "more than 8 motifs");
}

typedef struct atom {
    const char *symbol;
    double x, y;
} atom;

static adatom_structure *molecule_of(const atom *atoms, size_t count)
{
    adatom_structure *made;
    assert_int_equal(adatom_structure_create(count, &made), ADATOM_OK);
    for (size_t i = 0; i < count; i++) {
        made->atomic_numbers[i] = adatom_element_number(atoms[i].symbol);
        made->positions[i][0] = atoms[i].x;
        made->positions[i][1] = atoms[i].y;
    }
    return made;
}

static bool fits(const char *motif, const adatom_structure *structure)
{
    const adatom_design design = design_of(motif);
    bool fits = false;
    assert_int_equal(adatom_design_fits(&design, structure, &fits), ADATOM_OK);
    return fits;
}

/* Dimethyl ether without its H, and formic acid without. */
static void atoms_with_these_neighbours(void **state)
{
    (void)state;
    const atom ether[] = {{"C", -1.2, 0.7}, {"O", 0, 0}, {"C", 1.2, 0.7}};
    const atom acid[] = {{"O", -1.05, 0.6}, {"C", 0, 0}, {"O", 1.1, 0.7}, {"C", 0, -1.5}};
    adatom_structure *a = molecule_of(ether, 3), *b = molecule_of(acid, 4);
    assert_true(fits("O bound to 2 C", a));
    assert_true(fits("O bound to C", a)); /* at least one */
    assert_false(fits("O bound to exactly C", a));
    assert_false(fits("O bound to 3 C", a));
    assert_false(fits("O bound to 2 C and H", a));
    assert_false(fits("C bound to C", a));
    assert_false(fits("O bound to 2 C", b));
    assert_true(fits("C bound to 1 C and 2 O", b));
    assert_true(fits("C bound to exactly 1 C and 2 O", b));
    assert_false(fits("C bound to exactly 2 O", b));
    assert_false(fits("C bound to O and 2 C", b));
    assert_true(fits("C bound to 2 O; O bound to C", b));
    assert_false(fits("C bound to 2 O; O bound to H", b));
    a->positions[0][0] = -1.6; /* 1.75 Å: beyond 0.76 + 0.66 + 0.2 */
    assert_false(fits("O bound to 2 C", a));
    adatom_structure_free(a);
    adatom_structure_free(b);
}

/* Two C in a row, each C bound to the other twice, once over the border of the cell. */
static void bonds_over_the_border_count(void **state)
{
    (void)state;
    const atom row[] = {{"C", 0, 0}, {"O", 1.4, 0}};
    adatom_structure *chain = molecule_of(row, 2);
    chain->cell[0][0] = 2.8;
    assert_false(fits("O bound to 2 C", chain));
    chain->periodic[0] = true;
    assert_true(fits("O bound to 2 C", chain));
    assert_true(fits("O bound to exactly 2 C", chain));
    assert_false(fits("O bound to 3 C", chain));
    adatom_structure_free(chain);
}

/* Eq. 5: E (1 + lambda); what is above zero becomes better, too. */
static void good_properties_become_better(void **state)
{
    (void)state;
    adatom_design design = design_of("O bound to 2 C");
    assert_true(fabs(adatom_design_strengthen(&design, -50) + 60) < 1e-12);
    assert_true(fabs(adatom_design_strengthen(&design, 50) - 40) < 1e-12);
    design.lambda = 0;
    assert_true(adatom_design_strengthen(&design, -50) == -50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_in_several_forms),
        cmocka_unit_test(words_that_are_no_motif),
        cmocka_unit_test(atoms_with_these_neighbours),
        cmocka_unit_test(bonds_over_the_border_count),
        cmocka_unit_test(good_properties_become_better),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
