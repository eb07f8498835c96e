/* The list of the search's options: its defaults are those of the paper, and each entry is whole.
 */
#include "adatom/search.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Extended Data Table 1, first column: pristine graphene. */
static void defaults_are_those_of_the_paper(void **state)
{
    (void)state;
    const adatom_search_options options = adatom_search_options_default();
    assert_true(options.policy_epsilon_0 + options.policy_epsilon_nu == 0.10);
    assert_true(options.policy_epsilon_nu == 0.05);
    assert_true(options.policy_nu == 0.02);
    assert_int_equal(options.training_batch, 64);
    assert_true(options.reward_delta_e == 2.0);
    assert_true(options.policy_c1 == 0.5);
    assert_true(options.policy_c2 == 0); /* not used */
    assert_true(options.training_learning_rate == 1e-3);
    assert_true(options.network_filter_width == 3);
    assert_true(options.grid_spacing == 0.2);
    assert_int_equal(options.relax_steps, 0);
}

static void every_entry_is_whole(void **state)
{
    (void)state;
    const adatom_option_table *table = adatom_search_option_table();
    assert_int_equal(table->size, sizeof(adatom_search_options));
    assert_non_null(adatom_option_find(table, table->shorthand));
    for (size_t i = 0; i < table->count; i++) {
        const adatom_option_field *field = &table->fields[i];
        const char *text = field->description;
        if (strlen(text) < 5 || text[strlen(text) - 1] != '.') {
            fail_msg("%s: its description is no sentence", field->path);
        }
        if (adatom_option_find(table, field->path) != field) {
            fail_msg("%s stands twice", field->path);
        }
        assert_true(field->minimum <= field->maximum);
        assert_non_null(field->unit);
        assert_non_null(field->symbol);
    }
}

/* Defaults lie within their ranges, or they would not be read back. */
static void defaults_read_back(void **state)
{
    (void)state;
    const adatom_option_table *table = adatom_search_option_table();
    const adatom_search_options options = adatom_search_options_default();
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    assert_non_null(stream);
    const adatom_status written = adatom_options_write(table, &options, stream);
    fclose(stream);
    assert_int_equal(written, ADATOM_OK);
    adatom_search_options back;
    memset(&back, 0, sizeof back);
    if (adatom_options_parse(table, text, length, "defaults", NULL, NULL, 0, &back) != ADATOM_OK) {
        fail_msg("%s", adatom_error_message());
    }
    assert_memory_equal(&back, &options, sizeof back);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_those_of_the_paper),
        cmocka_unit_test(every_entry_is_whole),
        cmocka_unit_test(defaults_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
