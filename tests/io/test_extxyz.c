/* Extended XYZ: the dialect of ASE is understood, and what is written reads back to the same bits.
 */
#include "temporary_folder.h"

#include "random_frames.h"

static void parse(const char *text, adatom_frames *frames)
{
    if (adatom_extxyz_parse(text, strlen(text), "in.xyz", frames) != ADATOM_OK) {
        fail_msg("%s", adatom_error_message());
    }
}

static void assert_vector(const double vector[3], double x, double y, double z)
{
    assert_true(vector[0] == x && vector[1] == y && vector[2] == z);
}

static const char *info(const adatom_frame *frame, const char *key)
{
    for (size_t i = 0; i < frame->info_count; i++) {
        if (strcmp(frame->info_keys[i], key) == 0) {
            return frame->info_values[i];
        }
    }
    return "(absent)";
}

static void reads_what_ase_writes(void **state)
{
    (void)state;
    adatom_frames frames;
    parse("2\n"
          "Lattice=\"8.5 0.0 0.0 1.5 7.4 0.0 0.0 0.5 10.0\" "
          "Properties=species:S:1:pos:R:3:tags:I:1:forces:R:3 "
          "name=\"a \\\"b\\\"\" energy=-12.5 stress=\"1 0.25 0 0.25 2 0 0 0 3\" pbc=\"T T F\"\n"
          "C        0.00000000       0.10000000       5.00000000        7      1.00000000      "
          "-2.00000000       0.5\n"
          "Au       1.00000000       0.20000000       5.00000000        8      0.00000000      "
          "-0.00000000       1e3\n",
          &frames);
    assert_int_equal(frames.count, 1);
    const adatom_frame *frame = &frames.frames[0];
    const adatom_structure *structure = frame->structure;
    assert_int_equal(structure->atom_count, 2);
    assert_int_equal(structure->atomic_numbers[0], 6);
    assert_int_equal(structure->atomic_numbers[1], 79);
    assert_vector(structure->cell[0], 8.5, 0.0, 0.0); /* rows are the lattice vectors */
    assert_vector(structure->cell[1], 1.5, 7.4, 0.0);
    assert_vector(structure->cell[2], 0.0, 0.5, 10.0);
    assert_true(structure->periodic[0] && structure->periodic[1] && !structure->periodic[2]);
    assert_vector(structure->positions[1], 1.0, 0.2, 5.0);
    assert_vector(frame->forces[0], 1.0, -2.0, 0.5);
    assert_vector(frame->forces[1], 0.0, 0.0, 1000.0);
    assert_true(frame->has_energy && frame->energy == -12.5);
    assert_true(frame->has_stress);
    assert_vector(frame->stress[0], 1, 0.25, 0);
    assert_vector(frame->stress[2], 0, 0, 3);
    assert_int_equal(frame->info_count, 1);
    assert_string_equal(info(frame, "name"), "a \"b\"");
    adatom_frames_clear(&frames);
}

static void reads_plain_xyz(void **state)
{
    (void)state;
    adatom_frames frames;
    parse("\xef\xbb\xbf"
          "1\r\n  Bob's \"best\" structure, at last \r\nCU 1 2 3 0.5 "
          "extra\r\n\r\n1\n\nc\t-1.\t.5\t1e-3\n  \n\n",
          &frames);
    assert_int_equal(frames.count, 2);
    const adatom_frame *frame = &frames.frames[0];
    assert_string_equal(info(frame, "comment"), "Bob's \"best\" structure, at last");
    assert_int_equal(frame->structure->atomic_numbers[0], 29);
    assert_vector(frame->structure->positions[0], 1.0, 2.0, 3.0);
    assert_false(frame->structure->periodic[0] || frame->has_energy);
    assert_null(frame->forces);
    assert_int_equal(frames.frames[1].info_count, 0);
    assert_vector(frames.frames[1].structure->positions[0], -1.0, 0.5, 1e-3);
    adatom_frames_clear(&frames);
}

static void reads_every_form_of_key_and_value(void **state)
{
    (void)state;
    adatom_frames frames;
    parse("0\n"
          "a=1 b = 2 c='x y' d=\"q=\\\\\" e={1 2 3} f=[1, 2] g=[[1,2],[3,4]] flag h=p=q \"key "
          "x\"=1 i=\"\" j=u\\ v  last\n",
          &frames);
    const adatom_frame *frame = &frames.frames[0];
    const char *const expected[][2] = {
        {"a", "1"},    {"b", "2"},    {"c", "x y"},         {"d", "q=\\"}, {"e", "1 2 3"},
        {"f", "1, 2"}, {"flag", "T"}, {"g", "[1,2],[3,4]"}, {"h", "p=q"},  {"key x", "1"},
        {"i", ""},     {"j", "u v"},  {"last", "T"},
    };
    assert_int_equal(frame->info_count, sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < frame->info_count; i++) {
        assert_string_equal(info(frame, expected[i][0]), expected[i][1]);
    }
    adatom_frames_clear(&frames);
}

static void reads_columns_in_any_order(void **state)
{
    (void)state;
    adatom_frames frames;
    parse("1\nProperties=forces:R:3:label:S:2:Z:I:1:mask:L:1:pos:R:3:species:S:1 x=1\n"
          "1 2 3 any thing 79 T 4 5 6 Xx\n",
          &frames);
    const adatom_frame *frame = &frames.frames[0];
    assert_int_equal(frame->structure->atomic_numbers[0], 79);
    assert_vector(frame->structure->positions[0], 4.0, 5.0, 6.0);
    assert_vector(frame->forces[0], 1.0, 2.0, 3.0);
    adatom_frames_clear(&frames);
}

static void reads_cells_in_every_form(void **state)
{
    (void)state;
    adatom_frames frames;
    parse("0\nLattice={1 0 0 0 2 0 0 0 3} x=1\n"
          "0\nLattice=[[1,0,0],[0,2,0],[0,0,3]] pbc=[T, F, T]\n"
          "0\nLattice='1 0 0 0 2 0 0 0 3' pbc=\"1 0 1\"\n"
          "0\npbc=F a=1\n"
          "1\nold cell\nC 0 0 0\nVEC1 1 0 0\nVEC2 0 2 0\n"
          "0\nLattice=\"1 0 0 0 2 0 0 0 3\" pbc=\"True False True\"\n",
          &frames);
    assert_int_equal(frames.count, 6);
    const bool expected[6][3] = {{true, true, true},    {true, false, true}, {true, false, true},
                                 {false, false, false}, {true, true, false}, {true, false, true}};
    for (int i = 0; i < 6; i++) {
        const adatom_structure *structure = frames.frames[i].structure;
        assert_memory_equal(structure->periodic, expected[i], sizeof expected[i]);
        assert_vector(structure->cell[0], i == 3 ? 0.0 : 1.0, 0.0, 0.0);
        assert_vector(structure->cell[1], 0.0, i == 3 ? 0.0 : 2.0, 0.0);
        assert_vector(structure->cell[2], 0.0, 0.0, i == 3 || i == 4 ? 0.0 : 3.0);
    }
    adatom_frames_clear(&frames);
}

static void finds_the_energy_under_its_common_names(void **state)
{
    (void)state;
    static const char *const comments[] = {
        "energy=-3.5",     "Energy=-3.5",     "total_energy=-3.5",          "potential_energy=-3.5",
        "DFT_energy=-3.5", "REF_energy=-3.5", "total_energy=7 energy=-3.5", "energy=1 ENERGY=-3.5"};
    for (size_t i = 0; i < sizeof comments / sizeof comments[0]; i++) {
        char text[128];
        snprintf(text, sizeof text, "0\n%s free_energy=9\n", comments[i]);
        adatom_frames frames;
        parse(text, &frames);
        assert_true(frames.frames[0].has_energy && frames.frames[0].energy == -3.5);
        assert_string_equal(info(&frames.frames[0], "free_energy"), "9");
        adatom_frames_clear(&frames);
    }
}

static void six_numbers_of_stress_stand_as_voigt_has_them(void **state)
{
    (void)state;
    adatom_frames frames;
    parse("0\nstress=[1, 2, 3, 4, 5, 6] energy=1\n", &frames);
    assert_true(frames.frames[0].has_stress);
    assert_vector(frames.frames[0].stress[0], 1, 6, 5);
    assert_vector(frames.frames[0].stress[1], 6, 2, 4);
    assert_vector(frames.frames[0].stress[2], 5, 4, 3);
    adatom_frames_clear(&frames);
}

/* ---- round trip */

static void assert_same_frame(const adatom_frame *a, const adatom_frame *b)
{
    const size_t count = a->structure->atom_count;
    assert_int_equal(b->structure->atom_count, count);
    assert_memory_equal(a->structure->atomic_numbers, b->structure->atomic_numbers,
                        count * sizeof(int));
    assert_memory_equal(a->structure->positions, b->structure->positions,
                        count * 3 * sizeof(double));
    assert_memory_equal(a->structure->cell, b->structure->cell, sizeof a->structure->cell);
    assert_memory_equal(a->structure->periodic, b->structure->periodic,
                        sizeof a->structure->periodic);
    assert_int_equal(a->has_energy, b->has_energy);
    assert_memory_equal(&a->energy, &b->energy, sizeof a->energy);
    assert_int_equal(a->forces == NULL, b->forces == NULL);
    if (a->forces != NULL) {
        assert_memory_equal(a->forces, b->forces, count * 3 * sizeof(double));
    }
    assert_int_equal(a->energies == NULL, b->energies == NULL);
    if (a->energies != NULL) {
        assert_memory_equal(a->energies, b->energies, count * sizeof(double));
    }
    assert_int_equal(a->has_stress, b->has_stress);
    assert_memory_equal(a->stress, b->stress, sizeof a->stress);
    assert_int_equal(a->info_count, b->info_count);
    for (size_t i = 0; i < a->info_count; i++) {
        assert_string_equal(a->info_keys[i], b->info_keys[i]);
        assert_string_equal(a->info_values[i], b->info_values[i]);
    }
}

static void random_structures_come_back_to_the_bit(void **state)
{
    (void)state;
    adatom_frames written = {0}, read;
    assert_int_equal(make_random_frames(20240611, 300, &written), ADATOM_OK);
    const char *path = in_folder("random.xyz");
    assert_int_equal(adatom_extxyz_write(path, written.frames, written.count), ADATOM_OK);
    assert_int_equal(adatom_extxyz_read(path, &read), ADATOM_OK);
    assert_int_equal(read.count, written.count);
    for (size_t i = 0; i < read.count; i++) {
        assert_same_frame(&written.frames[i], &read.frames[i]);
    }
    adatom_frames_clear(&written);
    adatom_frames_clear(&read);
}

/* ---- a file that grows */

static long size_of(const char *path)
{
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    assert_int_equal(fseek(stream, 0, SEEK_END), 0);
    const long size = ftell(stream);
    fclose(stream);
    return size;
}

/* Opens the log, expects the first `kept` frames in it, and adds one more if it is not NULL. */
static void add_to_log(const char *path, const adatom_frames *written, size_t kept,
                       const adatom_frame *more)
{
    adatom_extxyz_log *log, *second = NULL;
    adatom_frames found = {0}, none = {0};
    assert_int_equal(adatom_extxyz_log_open(path, &found, &log), ADATOM_OK);
    assert_int_equal(found.count, kept);
    for (size_t i = 0; i < kept; i++) {
        assert_same_frame(&written->frames[i], &found.frames[i]);
    }
    assert_int_equal(adatom_extxyz_log_open(path, &none, &second), ADATOM_IO_FAILED);
    assert_null(second);
    if (more != NULL) {
        assert_int_equal(adatom_extxyz_log_add(log, more), ADATOM_OK);
    }
    adatom_frames_clear(&found);
    adatom_extxyz_log_close(log);
}

/* A file that was cut anywhere is good up to the last whole frame, and goes on from there. */
static void a_log_survives_being_cut(void **state)
{
    (void)state;
    enum { COUNT = 4 };
    adatom_frames written = {0};
    assert_int_equal(make_random_frames(5, COUNT, &written), ADATOM_OK);
    const char *path = in_folder("log.xyz");
    long ends[COUNT + 1] = {0};
    for (size_t i = 0; i < COUNT; i++) {
        add_to_log(path, &written, i, &written.frames[i]);
        ends[i + 1] = size_of(path);
    }
    for (size_t i = COUNT; i-- > 0;) {
        const long lengths[] = {ends[i + 1] - 1, (ends[i] + ends[i + 1]) / 2, ends[i] + 1};
        for (int k = 0; k < 3; k++) {
            assert_int_equal(truncate(path, lengths[k]), 0);
            add_to_log(path, &written, i, NULL);
            assert_int_equal(size_of(path), ends[i]);
        }
    }
    adatom_frames_clear(&written);
}

static void extreme_numbers_come_back_to_the_bit(void **state)
{
    (void)state;
    const double values[] = {-0.0, 5e-324,   2.2250738585072014e-308, 1.7976931348623157e308,
                             0.1,  1.0 / 3.0};
    int numbers[2] = {1, 118};
    double positions[2][3];
    memcpy(positions, values, sizeof positions);
    adatom_structure structure = {
        .atom_count = 2, .atomic_numbers = numbers, .positions = positions};
    const adatom_frame frame = {.structure = &structure, .has_energy = true, .energy = -0.0};
    adatom_frames read;
    assert_int_equal(adatom_extxyz_write(in_folder("extreme.xyz"), &frame, 1), ADATOM_OK);
    assert_int_equal(adatom_extxyz_read(in_folder("extreme.xyz"), &read), ADATOM_OK);
    assert_same_frame(&frame, &read.frames[0]);
    adatom_frames_clear(&read);
}

static void many_small_frames_are_read_quickly(void **state)
{
    (void)state;
    const size_t count = 50000;
    static const char frame[] = "1\nx=1\nC 0 0 0\n";
    char *text = malloc(count * (sizeof frame - 1));
    assert_non_null(text);
    for (size_t i = 0; i < count; i++) {
        memcpy(text + i * (sizeof frame - 1), frame, sizeof frame - 1);
    }
    adatom_frames frames;
    assert_int_equal(adatom_extxyz_parse(text, count * (sizeof frame - 1), "in.xyz", &frames),
                     ADATOM_OK);
    assert_int_equal(frames.count, count);
    adatom_frames_clear(&frames);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_ase_writes),
        cmocka_unit_test(reads_plain_xyz),
        cmocka_unit_test(reads_every_form_of_key_and_value),
        cmocka_unit_test(reads_columns_in_any_order),
        cmocka_unit_test(reads_cells_in_every_form),
        cmocka_unit_test(finds_the_energy_under_its_common_names),
        cmocka_unit_test(random_structures_come_back_to_the_bit),
        cmocka_unit_test(six_numbers_of_stress_stand_as_voigt_has_them),
        cmocka_unit_test(a_log_survives_being_cut),
        cmocka_unit_test(extreme_numbers_come_back_to_the_bit),
        cmocka_unit_test(many_small_frames_are_read_quickly),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
