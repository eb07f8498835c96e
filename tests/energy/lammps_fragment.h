/* Fragments of LAMMPS scripts in a fresh folder, and what evaluators make of them. */
#ifndef ADATOM_TESTS_LAMMPS_FRAGMENT_H
#define ADATOM_TESTS_LAMMPS_FRAGMENT_H

#include "energies.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PATH_BYTES = 128, SPEC_BYTES = 256 };

static const char bn_tersoff[] = "pair_style tersoff\npair_coeff * * BNC.tersoff B N\n";

typedef struct fragment {
    char folder[PATH_BYTES], path[PATH_BYTES + 16];
} fragment;

static inline fragment write_fragment(const char *text)
{
    fragment made = {.folder = "/tmp/adatom-lammps-XXXXXX"};
    assert_non_null(mkdtemp(made.folder));
    snprintf(made.path, sizeof made.path, "%s/potential.lmp", made.folder);
    FILE *stream = fopen(made.path, "w");
    assert_non_null(stream);
    assert_true(fputs(text, stream) >= 0);
    assert_int_equal(fclose(stream), 0);
    return made;
}

/* Refuses, and fails the test, if anything else has appeared in the folder. */
static inline void remove_fragment(const fragment *made)
{
    assert_int_equal(unlink(made->path), 0);
    assert_int_equal(rmdir(made->folder), 0);
}

/* The evaluator of the fragment; more: further arguments, such as ",elements=Ar". */
static inline adatom_evaluator *open_fragment(const fragment *made, const char *more)
{
    char spec[SPEC_BYTES];
    snprintf(spec, sizeof spec, "lammps:file=%s%s", made->path, more);
    return open_evaluator(spec);
}

/* Opening it fails; line is what is said after "FILE:". */
static inline void expect_no_fragment(const char *text, const char *more, const char *line)
{
    const fragment made = write_fragment(text);
    char spec[SPEC_BYTES], whole[1024];
    snprintf(spec, sizeof spec, "lammps:file=%s%s", made.path, more);
    snprintf(whole, sizeof whole, "%s:%s", made.path, line);
    expect_no_evaluator(spec, ADATOM_INVALID_INPUT, whole);
    remove_fragment(&made);
}

static inline void expect_failure(adatom_evaluator *evaluator, const adatom_structure *structure,
                                  adatom_status status, const char *line)
{
    double energy = -1;
    assert_int_equal(adatom_evaluator_compute(evaluator, structure, &energy, NULL), status);
    if (line != NULL) {
        assert_string_equal(adatom_error_message(), line);
    }
    assert_near(energy, -1, 0);
}

/* Sheet of boron and nitrogen, shaken. */
static inline adatom_structure *make_boron_nitride(int copies_a, int copies_b)
{
    adatom_structure *sheet = make_oblique_graphene(copies_a, copies_b);
    for (size_t i = 0; i < sheet->atom_count; i++) {
        sheet->atomic_numbers[i] = i % 2 == 0 ? 5 : 7;
    }
    shake(sheet, 0.1, 8);
    return sheet;
}

#endif
