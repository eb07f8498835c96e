/* Looking into the folder of a run. */
#ifndef ADATOM_TESTS_SEARCH_RUN_FOLDER_H
#define ADATOM_TESTS_SEARCH_RUN_FOLDER_H

#include "../io/temporary_folder.h"

#include "io/database.h"
#include "io/text_file.h"

/* The log without its last four columns, the seconds; free with free(). */
static inline char *log_without_seconds(const char *run)
{
    char path[PATH_SIZE + 16], *text;
    size_t length;
    snprintf(path, sizeof path, "%s/log.csv", run);
    assert_int_equal(adatom_text_file_read(path, (size_t)1 << 26, &text, &length), ADATOM_OK);
    char *to = text;
    for (char *line = text; *line != '\0';) {
        char *end = strchr(line, '\n');
        assert_non_null(end); /* no line is cut short */
        int commas = 0;
        for (char *c = line; c < end; c++) {
            commas += *c == ',';
            if (commas < 7) {
                *to++ = *c;
            }
        }
        assert_in_range(commas, 10, 11); /* with a property or without */
        *to++ = '\n';
        line = end + 1;
    }
    *to = '\0';
    return text;
}

static inline void expect_same_log(const char *run, const char *other)
{
    char *a = log_without_seconds(run), *b = log_without_seconds(other);
    assert_string_equal(a, b);
    free(a);
    free(b);
}

static inline void expect_same_file(const char *run, const char *other, const char *name)
{
    char path[2 * PATH_SIZE], *a, *b;
    size_t length_a, length_b;
    snprintf(path, sizeof path, "%s/%s", run, name);
    assert_int_equal(adatom_text_file_read(path, (size_t)1 << 26, &a, &length_a), ADATOM_OK);
    snprintf(path, sizeof path, "%s/%s", other, name);
    assert_int_equal(adatom_text_file_read(path, (size_t)1 << 26, &b, &length_b), ADATOM_OK);
    assert_int_equal(length_a, length_b);
    assert_memory_equal(a, b, length_a);
    free(a);
    free(b);
}

/* Rows of candidates.db. */
static inline size_t candidate_count(const char *run)
{
    char path[PATH_SIZE + 16];
    adatom_database_best *rows;
    size_t count;
    snprintf(path, sizeof path, "%s/candidates.db", run);
    assert_int_equal(adatom_database_lowest(path, "episode", 100000, &rows, &count), ADATOM_OK);
    for (size_t i = 0; i < count; i++) {
        adatom_structure_free(rows[i].structure);
    }
    free(rows);
    return count;
}

#endif
