/* Each kind of bad extended XYZ is refused with one line that says where and what was expected. */
#include "temporary_folder.h"

#include "adatom/extxyz.h"

#include <math.h>

typedef struct refusal {
    const char *text, *message;
} refusal;

static void assert_refused(const char *text, size_t length, const char *message)
{
    adatom_frames frames = {.count = 77};
    const adatom_status status = adatom_extxyz_parse(text, length, "in.xyz", &frames);
    assert_int_equal(status, ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(), message);
    assert_int_equal(frames.count, 77);
}

static void assert_all_refused(const refusal *refusals, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert_refused(refusals[i].text, strlen(refusals[i].text), refusals[i].message);
    }
}

#define ASSERT_ALL_REFUSED(refusals)                                                               \
    assert_all_refused(refusals, sizeof(refusals) / sizeof(refusals)[0])

static void wrong_counts(void **state)
{
    (void)state;
    const refusal refusals[] = {
        {"", "in.xyz:1: expected the number of atoms, the file is empty"},
        {"\n \n", "in.xyz:1: expected the number of atoms, the file is empty"},
        {"C 0 0 0\n", "in.xyz:1: expected the number of atoms, found \"C 0 0 0\""},
        {"-1\n\n", "in.xyz:1: expected the number of atoms, found \"-1\""},
        {"1.0\n\nC 0 0 0\n", "in.xyz:1: expected the number of atoms, found \"1.0\""},
        {"1 1\n\nC 0 0 0\n", "in.xyz:1: expected the number of atoms, found \"1 1\""},
        {"\033[31m\n", "in.xyz:1: expected the number of atoms, found \"?[31m\""},
        {"1", "in.xyz:1: expected the comment line after this line, the file ends"},
        {"3\n\nC 0 0 0\nC 1 0 0\n", "in.xyz:4: expected 3 atoms, the file ends after 2"},
        {"1000000000000000000\n\nC 0 0 0\n",
         "in.xyz:3: expected 1000000000000000000 atoms, the file ends after 1"},
        {"18446744073709551615\n\n",
         "in.xyz:2: expected 18446744073709551615 atoms, the file ends after 0"},
        {"18446744073709551616\n\n",
         "in.xyz:1: expected the number of atoms, found \"18446744073709551616\""},
        {"1\n\nC 0 0 0\nC 1 0 0\n", "in.xyz:4: expected the number of atoms, found \"C 1 0 0\""},
        {"1\n\nC 0 0 0\n2\n\nC 0 0 0\n", "in.xyz:6: expected 2 atoms, the file ends after 1"},
    };
    ASSERT_ALL_REFUSED(refusals);
}

static void bad_atoms(void **state)
{
    (void)state;
    const refusal refusals[] = {
        {"1\n\nC 0 0\n",
         "in.xyz:3: atom 1 of 1: expected 4 columns (species:S:1:pos:R:3), found 3"},
        {"2\n\nC 0 0 0\n\n",
         "in.xyz:4: atom 2 of 2: expected 4 columns (species:S:1:pos:R:3), found 0"},
        {"1\nProperties=species:S:1:pos:R:3:forces:R:3\nC 0 0 0 1 2\n",
         "in.xyz:3: atom 1 of 1: expected 7 columns (species:S:1:pos:R:3:forces:R:3), found 6"},
        {"1\n\nQq 0 0 0\n", "in.xyz:3: expected the symbol of an element, found \"Qq\""},
        {"1\n\nX 0 0 0\n", "in.xyz:3: expected the symbol of an element, found \"X\""},
        {"1\n\nCarbon 0 0 0\n", "in.xyz:3: expected the symbol of an element, found \"Carbon\""},
        {"1\nProperties=Z:I:1:pos:R:3\n0 0 0 0\n",
         "in.xyz:3: expected an atomic number from 1 to 118, found \"0\""},
        {"1\nProperties=Z:I:1:pos:R:3\n119 0 0 0\n",
         "in.xyz:3: expected an atomic number from 1 to 118, found \"119\""},
        {"1\n\nC 0 nan 0\n", "in.xyz:3: position: expected a finite number, found \"nan\""},
        {"1\n\nC 0 0 -inf\n", "in.xyz:3: position: expected a finite number, found \"-inf\""},
        {"1\n\nC 0 0 1e999\n", "in.xyz:3: position: expected a finite number, found \"1e999\""},
        {"1\n\nC 0 0 0x1p3\n", "in.xyz:3: position: expected a finite number, found \"0x1p3\""},
        {"1\n\nC 0 0 1,5\n", "in.xyz:3: position: expected a finite number, found \"1,5\""},
        {"1\n\nC 0 0 1.0.0\n", "in.xyz:3: position: expected a finite number, found \"1.0.0\""},
        {"1\nProperties=species:S:1:pos:R:3:forces:R:3\nC 0 0 0 1 2 NaN\n",
         "in.xyz:3: force: expected a finite number, found \"NaN\""},
        {"1\n\nC 0 0 0\nVEC1 1 0\n",
         "in.xyz:4: lattice vector: expected a finite number, found \"\""},
        {"1\n\nC 0 0 0\nVEC2 1 0 0\n", "in.xyz:4: expected at most VEC1, VEC2, VEC3 in this order"},
        {"1\nLattice=\"1 0 0 0 1 0 0 0 1\"\nC 0 0 0\nVEC1 1 0 0\n",
         "in.xyz:4: expected Lattice or VEC lines, found both"},
    };
    ASSERT_ALL_REFUSED(refusals);
}

static void bad_comment_lines(void **state)
{
    (void)state;
    const refusal refusals[] = {
        {"0\nLattice=\"1 0 0 0 1 0 0 0\"\n", "in.xyz:2: Lattice: expected 9 numbers, found 8"},
        {"0\nLattice=\"1 0 0 0 1 0 0 0 1 2\"\n", "in.xyz:2: Lattice: expected 9 numbers, found 10"},
        {"0\nLattice=\"1 0 0 0 a 0 0 0 1\"\n",
         "in.xyz:2: Lattice: expected a finite number, found \"a\""},
        {"0\nLattice=\"1 0 0 0 inf 0 0 0 1\"\n",
         "in.xyz:2: Lattice: expected a finite number, found \"inf\""},
        {"0\nLattice=\"1 0 0 0 1 0 0 0 1\n", "in.xyz:2: expected a closing \" in the comment line"},
        {"0\nLattice=[1 0 0 0 1 0 0 0 1\n", "in.xyz:2: expected a closing ] in the comment line"},
        {"0\nLattice={1 0 0 0 1 0 0 0 1\n", "in.xyz:2: expected a closing } in the comment line"},
        {"0\nLattice='1 0 0 0 1 0 0 0 1\n", "in.xyz:2: expected a closing ' in the comment line"},
        {"0\n=5 Properties=species:S:1:pos:R:3\n",
         "in.xyz:2: expected a key before = in the comment line"},
        {"0\npbc=\"T T\"\n", "in.xyz:2: pbc: expected three of T and F, found \"T T\""},
        {"0\npbc=\"T T x\"\n", "in.xyz:2: pbc: expected three of T and F, found \"T T x\""},
        {"0\nenergy=low\n", "in.xyz:2: energy: expected a finite number, found \"low\""},
        {"0\nenergy=nan\n", "in.xyz:2: energy: expected a finite number, found \"nan\""},
        {"0\nTotal_Energy=\"1 2\"\n", "in.xyz:2: Total_Energy: expected 1 number, found 2"},
        {"0\nProperties=species:S:1\n", "in.xyz:2: Properties: expected pos:R:3"},
        {"0\nProperties=pos:R:3\n", "in.xyz:2: Properties: expected species:S:1 or Z:I:1"},
        {"0\nProperties=species:S:1:pos:R:2\n",
         "in.xyz:2: Properties: expected pos:R:3, found pos:R:2"},
        {"0\nProperties=species:S:1:pos:S:3\n",
         "in.xyz:2: Properties: expected pos:R:3, found pos:S:3"},
        {"0\nProperties=species:S:1:pos:R:3:pos:R:3\n", "in.xyz:2: Properties: pos is there twice"},
        {"0\nProperties=species:S\n", "in.xyz:2: Properties: expected name:type:columns with type "
                                      "R, I, S or L, found \"species:S\""},
        {"0\nProperties=species:Q:1:pos:R:3\n",
         "in.xyz:2: Properties: expected name:type:columns with type R, I, S or L, found "
         "\"species:Q:1:pos:R:3\""},
        {"0\nProperties=species:S:1:pos:R:3:a:R:99999999\n",
         "in.xyz:2: Properties: expected name:type:columns with type R, I, S or L, found "
         "\"species:S:1:pos:R:3:a:R:99999999\""},
    };
    ASSERT_ALL_REFUSED(refusals);
    assert_refused("1\na\0b\nC 0 0 0\n", 14, "in.xyz:2: expected text, found a zero byte");
}

static void missing_files(void **state)
{
    (void)state;
    adatom_frames frames;
    assert_int_equal(adatom_extxyz_read("/nonexistent/in.xyz", &frames), ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(),
                        "/nonexistent/in.xyz: cannot open: No such file or directory");
}

/* A message shows 47 characters at most, whatever was found. */
static void foreign_text_is_cut(void **state)
{
    (void)state;
    for (size_t length = 40; length < 60; length++) {
        char text[64], message[128];
        memset(text, 'z', length);
        const size_t whole = length <= 47 ? length : 44;
        snprintf(message, sizeof message,
                 "in.xyz:1: expected the number of atoms, found \"%.*s%s\"", (int)whole, text,
                 length <= 47 ? "" : "...");
        assert_refused(text, length, message);
    }
}

/* Every beginning of a file is either whole frames or refused. */
static void cut_short_anywhere(void **state)
{
    (void)state;
    static const char text[] =
        "2\nLattice=\"8 0 0 0 7 0 0 0 9\" Properties=species:S:1:pos:R:3:forces:R:3 energy=-1.5 "
        "a='b \\' c' d={1 2} pbc=\"T T F\"\nC 0 0 0 1 2 3\nH 1 1 1 4 5 6\n1\nplain\nAu 1 2 3\n";
    int whole = 0;
    for (size_t length = 0; length < sizeof text; length++) {
        char *copy =
            malloc(length > 0 ? length : 1); /* of this size, so that reading over the end shows */
        assert_non_null(copy);
        memcpy(copy, text, length);
        adatom_frames frames;
        if (adatom_extxyz_parse(copy, length, "in.xyz", &frames) == ADATOM_OK) {
            whole++;
            adatom_frames_clear(&frames);
        } else {
            assert_int_equal(strncmp(adatom_error_message(), "in.xyz:", 7), 0);
        }
        free(copy);
    }
    assert_in_range(whole, 2, 8);
}

/* ---- writing */

static adatom_status write_one(const char *path, double x, const char *key, const char *value)
{
    int number = 6;
    double position[1][3] = {{x, 0.0, 0.0}};
    adatom_structure structure = {
        .atom_count = 1, .atomic_numbers = &number, .positions = position};
    char *keys[] = {(char *)(uintptr_t)key}, *values[] = {(char *)(uintptr_t)value};
    const adatom_frame frame = {
        .structure = &structure, .info_count = 1, .info_keys = keys, .info_values = values};
    return adatom_extxyz_write(path, &frame, 1);
}

static void unwritable_content(void **state)
{
    (void)state;
    const char *path = in_folder("out.xyz");
    assert_int_equal(write_one(path, 1.0, "key", "value"), ADATOM_OK);
    assert_int_equal(write_one(path, NAN, "key", "value"), ADATOM_INVALID_INPUT);
    assert_non_null(strstr(adatom_error_message(),
                           "out.xyz: structure 1 cannot be written: a position is not finite"));
    assert_int_equal(write_one(path, 1.0, "key", "two\nlines"), ADATOM_INVALID_INPUT);
    assert_int_equal(write_one(path, 1.0, "Lattice", "1"), ADATOM_INVALID_INPUT);
    adatom_frames frames;
    assert_int_equal(adatom_extxyz_read(path, &frames), ADATOM_OK);
    assert_string_equal(frames.frames[0].info_values[0], "value");
    adatom_frames_clear(&frames);
}

static void unwritable_places(void **state)
{
    (void)state;
    assert_int_equal(write_one("/dev/full", 1.0, "key", "value"), ADATOM_IO_FAILED);
    assert_string_equal(adatom_error_message(), "/dev/full: cannot write: No space left on device");
    assert_int_equal(write_one(in_folder("out.xyz"), 1.0, "key", "value"), ADATOM_OK);
    assert_int_equal(write_one(in_folder("out.xyz/below"), 1.0, "key", "value"), ADATOM_IO_FAILED);
    assert_non_null(strstr(adatom_error_message(), "out.xyz/below: cannot write: Not a directory"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_counts),        cmocka_unit_test(bad_atoms),
        cmocka_unit_test(bad_comment_lines),   cmocka_unit_test(missing_files),
        cmocka_unit_test(foreign_text_is_cut), cmocka_unit_test(cut_short_anywhere),
        cmocka_unit_test(unwritable_content),  cmocka_unit_test(unwritable_places),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
