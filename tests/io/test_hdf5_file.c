/* HDF5 files: arrays come back, and no file that is cut short, foreign or wrong gets in. */
#include "temporary_folder.h"

#include "io/hdf5_file.h"
#include "io/text_file.h"

#include <hdf5.h>

static const float weights[2][3] = {{1.0f, -2.5f, 3e-30f}, {4.0f, 5.0f, -0.0f}};
static const uint64_t random_state[4] = {UINT64_MAX, 0, 1, 0x0123456789abcdefu};
static const size_t weight_dims[] = {2, 3}, state_dims[] = {4};

static void put_contents(adatom_hdf5_writer *writer)
{
    const double energy = -1.0 / 3.0;
    const size_t empty_dims[] = {0, 3};
    assert_int_equal(adatom_hdf5_put(writer, "network/layer_0/weights", ADATOM_HDF5_FLOAT, 2,
                                     weight_dims, weights),
                     0);
    assert_int_equal(
        adatom_hdf5_put(writer, "random/state", ADATOM_HDF5_UINT64, 1, state_dims, random_state),
        0);
    assert_int_equal(adatom_hdf5_put(writer, "energy", ADATOM_HDF5_DOUBLE, 0, NULL, &energy), 0);
    assert_int_equal(
        adatom_hdf5_put(writer, "replay/positions", ADATOM_HDF5_DOUBLE, 2, empty_dims, NULL), 0);
    assert_int_equal(adatom_hdf5_put_text(writer, "version", "0.1.0 \xce\xbb"), 0);
    assert_int_equal(adatom_hdf5_put_text(writer, "note", ""), 0);
}

static adatom_status write_file(const char *name)
{
    adatom_hdf5_writer *writer;
    assert_int_equal(adatom_hdf5_create(in_folder(name), &writer), ADATOM_OK);
    put_contents(writer);
    return adatom_hdf5_commit(writer);
}

static adatom_hdf5_reader *open_file(const char *name)
{
    adatom_hdf5_reader *reader = NULL;
    if (adatom_hdf5_open(in_folder(name), &reader) != ADATOM_OK) {
        fail_msg("%s", adatom_error_message());
    }
    return reader;
}

static void assert_message(const char *name, const char *rest)
{
    char expected[2 * PATH_SIZE];
    snprintf(expected, sizeof expected, "%s: %s", in_folder(name), rest);
    assert_string_equal(adatom_error_message(), expected);
}

static void arrays_come_back(void **state)
{
    (void)state;
    assert_int_equal(write_file("all.h5"), ADATOM_OK);
    adatom_hdf5_reader *reader = open_file("all.h5");
    float read_weights[2][3];
    uint64_t read_state[4];
    double energy, nothing = 7.0;
    size_t dims[2];
    assert_int_equal(adatom_hdf5_shape(reader, "network/layer_0/weights", 2, dims), ADATOM_OK);
    assert_memory_equal(dims, weight_dims, sizeof weight_dims);
    assert_int_equal(adatom_hdf5_get(reader, "network/layer_0/weights", ADATOM_HDF5_FLOAT, 2, dims,
                                     read_weights),
                     0);
    assert_memory_equal(read_weights, weights, sizeof weights);
    assert_int_equal(
        adatom_hdf5_get(reader, "random/state", ADATOM_HDF5_UINT64, 1, state_dims, read_state), 0);
    assert_memory_equal(read_state, random_state, sizeof random_state);
    assert_int_equal(adatom_hdf5_get(reader, "energy", ADATOM_HDF5_DOUBLE, 0, NULL, &energy),
                     ADATOM_OK);
    assert_true(energy == -1.0 / 3.0);
    assert_int_equal(adatom_hdf5_shape(reader, "replay/positions", 2, dims), ADATOM_OK);
    assert_true(dims[0] == 0 && dims[1] == 3);
    assert_int_equal(
        adatom_hdf5_get(reader, "replay/positions", ADATOM_HDF5_DOUBLE, 2, dims, &nothing),
        ADATOM_OK);
    assert_true(nothing == 7.0);
    char *text;
    assert_int_equal(adatom_hdf5_get_text(reader, "version", &text), ADATOM_OK);
    assert_string_equal(text, "0.1.0 \xce\xbb");
    free(text);
    assert_int_equal(adatom_hdf5_get_text(reader, "note", &text), ADATOM_OK);
    assert_string_equal(text, "");
    free(text);
    adatom_hdf5_close(reader);
    adatom_hdf5_close(NULL);
}

static void all_types_come_back(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        adatom_hdf5_type type;
        size_t size;
    } types[] = {{"f", ADATOM_HDF5_FLOAT, 4},  {"d", ADATOM_HDF5_DOUBLE, 8},
                 {"i", ADATOM_HDF5_INT32, 4},  {"l", ADATOM_HDF5_INT64, 8},
                 {"u", ADATOM_HDF5_UINT64, 8}, {"b", ADATOM_HDF5_UINT8, 1}};
    const unsigned char bits[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    adatom_hdf5_writer *writer;
    assert_int_equal(adatom_hdf5_create(in_folder("types.h5"), &writer), ADATOM_OK);
    for (int i = 0; i < 6; i++) {
        const size_t dims[] = {16 / types[i].size};
        assert_int_equal(adatom_hdf5_put(writer, types[i].name, types[i].type, 1, dims, bits),
                         ADATOM_OK);
    }
    assert_int_equal(adatom_hdf5_commit(writer), ADATOM_OK);
    adatom_hdf5_reader *reader = open_file("types.h5");
    for (int i = 0; i < 6; i++) {
        unsigned char read[16] = {0};
        const size_t dims[] = {16 / types[i].size};
        assert_int_equal(adatom_hdf5_get(reader, types[i].name, types[i].type, 1, dims, read),
                         ADATOM_OK);
        assert_memory_equal(read, bits, sizeof bits);
        const adatom_hdf5_type other = types[(i + 1) % 6].type;
        assert_int_equal(adatom_hdf5_get(reader, types[i].name, other, 1, dims, read),
                         ADATOM_INVALID_INPUT);
    }
    assert_message("types.h5", "b: expected values of type float");
    adatom_hdf5_close(reader);
}

static void names_are_found(void **state)
{
    (void)state;
    assert_int_equal(write_file("names.h5"), ADATOM_OK);
    adatom_hdf5_reader *reader = open_file("names.h5");
    assert_int_equal(adatom_hdf5_has(reader, "network/layer_0/weights"), 1);
    assert_int_equal(adatom_hdf5_has(reader, "network"), 1);
    assert_int_equal(adatom_hdf5_has(reader, "network/layer_1/weights"), 0);
    assert_int_equal(adatom_hdf5_has(reader, "energy/below"), 0);
    assert_int_equal(adatom_hdf5_has(reader, ""), 0);
    adatom_hdf5_close(reader);
}

static void wrong_requests_are_refused(void **state)
{
    (void)state;
    assert_int_equal(write_file("wrong.h5"), ADATOM_OK);
    adatom_hdf5_reader *reader = open_file("wrong.h5");
    float values[6];
    size_t dims[3] = {3, 2, 1};
    char *text;
    assert_int_equal(adatom_hdf5_get(reader, "weights", ADATOM_HDF5_FLOAT, 2, dims, values),
                     ADATOM_INVALID_INPUT);
    assert_message("wrong.h5", "weights is missing");
    assert_int_equal(
        adatom_hdf5_get(reader, "network/layer_0/weights", ADATOM_HDF5_FLOAT, 2, dims, values),
        ADATOM_INVALID_INPUT);
    assert_message("wrong.h5", "network/layer_0/weights: expected the shape [3, 2], found [2, 3]");
    assert_int_equal(adatom_hdf5_shape(reader, "network/layer_0/weights", 3, dims),
                     ADATOM_INVALID_INPUT);
    assert_message("wrong.h5",
                   "network/layer_0/weights: expected 3 dimensions, found the shape [2, 3]");
    assert_int_equal(adatom_hdf5_get(reader, "network/layer_0/weights", ADATOM_HDF5_INT32, 2,
                                     weight_dims, values),
                     ADATOM_INVALID_INPUT);
    assert_message("wrong.h5", "network/layer_0/weights: expected values of type int32");
    assert_int_equal(adatom_hdf5_shape(reader, "network", 2, dims), ADATOM_INVALID_INPUT);
    assert_message("wrong.h5", "network: expected an array");
    assert_int_equal(adatom_hdf5_get_text(reader, "energy", &text), ADATOM_INVALID_INPUT);
    assert_message("wrong.h5", "energy: expected a text");
    adatom_hdf5_close(reader);
}

static void assert_not_opened(const char *name, const char *rest)
{
    adatom_hdf5_reader *reader = NULL;
    assert_int_equal(adatom_hdf5_open(in_folder(name), &reader), ADATOM_INVALID_INPUT);
    assert_message(name, rest);
    assert_null(reader);
}

static void other_files_are_refused(void **state)
{
    (void)state;
    assert_int_equal(adatom_text_file_write(in_folder("text.h5"), "text", 4), ADATOM_OK);
    assert_int_equal(adatom_text_file_write(in_folder("empty.h5"), "", 0), ADATOM_OK);
    assert_not_opened("text.h5", "expected an HDF5 file");
    assert_not_opened("empty.h5", "expected an HDF5 file");
    assert_not_opened("none.h5", "cannot open: No such file or directory");
    assert_not_opened("text.h5/below", "cannot open: Not a directory");
    assert_not_opened(".", "expected an HDF5 file");
}

static void files_cut_short_are_refused(void **state)
{
    (void)state;
    char *bytes;
    size_t length;
    assert_int_equal(write_file("cut.h5"), ADATOM_OK);
    assert_int_equal(adatom_text_file_read(in_folder("cut.h5"), 1 << 20, &bytes, &length),
                     ADATOM_OK);
    for (size_t kept = 0; kept < length; kept += kept < 200 || kept + 200 > length ? 1 : 61) {
        assert_int_equal(adatom_text_file_write(in_folder("cut.h5"), bytes, kept), ADATOM_OK);
        adatom_hdf5_reader *reader = NULL;
        assert_int_equal(adatom_hdf5_open(in_folder("cut.h5"), &reader), ADATOM_INVALID_INPUT);
    }
    assert_message("cut.h5", "the HDF5 file is cut short or damaged");
    free(bytes);
}

/* One bit of an array changes on the disk: it is not read as if nothing were. */
static void flipped_bits_are_noticed(void **state)
{
    (void)state;
    char *bytes;
    size_t length;
    assert_int_equal(write_file("flipped.h5"), ADATOM_OK);
    assert_int_equal(adatom_text_file_read(in_folder("flipped.h5"), 1 << 20, &bytes, &length),
                     ADATOM_OK);
    char *place = memmem(bytes, length, random_state, sizeof random_state);
    assert_non_null(place);
    for (size_t byte = 0; byte < sizeof random_state; byte++) {
        uint64_t read_state[4];
        place[byte] ^= 0x10;
        assert_int_equal(adatom_text_file_write(in_folder("flipped.h5"), bytes, length), ADATOM_OK);
        adatom_hdf5_reader *reader = open_file("flipped.h5");
        assert_int_equal(
            adatom_hdf5_get(reader, "random/state", ADATOM_HDF5_UINT64, 1, state_dims, read_state),
            ADATOM_INVALID_INPUT);
        assert_message("flipped.h5", "random/state cannot be read, the file is damaged");
        adatom_hdf5_close(reader);
        place[byte] ^= 0x10;
    }
    free(bytes);
}

/* A file may claim any shape; only one whose bytes are there gets through. */
static void claimed_shapes_are_checked(void **state)
{
    (void)state;
    const hsize_t huge[] = {1u << 30, 1u << 30, 1u << 30}, chunk[] = {1, 1, 16};
    const hid_t file = H5Fcreate(in_folder("huge.h5"), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(creation, 3, chunk);
    const hid_t space = H5Screate_simple(3, huge, NULL);
    const hid_t array =
        H5Dcreate2(file, "huge", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    assert_true(array >= 0);
    H5Lcreate_external("other.h5", "/secret", file, "external", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/huge", file, "soft", H5P_DEFAULT, H5P_DEFAULT);
    H5Dclose(array);
    H5Sclose(space);
    H5Pclose(creation);
    H5Fclose(file);
    adatom_hdf5_reader *reader = open_file("huge.h5");
    size_t dims[3];
    assert_int_equal(adatom_hdf5_shape(reader, "huge", 3, dims), ADATOM_INVALID_INPUT);
    assert_message("huge.h5", "huge cannot be read, the file is damaged");
    assert_int_equal(adatom_hdf5_has(reader, "external"), 0);
    assert_int_equal(adatom_hdf5_has(reader, "soft"), 0);
    adatom_hdf5_close(reader);
}

static void nothing_is_seen_before_commit(void **state)
{
    (void)state;
    assert_int_equal(adatom_text_file_write(in_folder("kept.h5"), "old", 3), ADATOM_OK);
    adatom_hdf5_writer *first, *second;
    assert_int_equal(adatom_hdf5_create(in_folder("kept.h5"), &first), ADATOM_OK);
    assert_int_equal(adatom_hdf5_create(in_folder("kept.h5"), &second), ADATOM_OK);
    put_contents(first);
    put_contents(second);
    adatom_hdf5_abandon(first);
    assert_not_opened("kept.h5", "expected an HDF5 file");
    assert_int_equal(adatom_hdf5_commit(second), ADATOM_OK);
    adatom_hdf5_close(open_file("kept.h5"));
    adatom_hdf5_abandon(NULL);
}

static void equal_contents_give_equal_bytes(void **state)
{
    (void)state;
    char *first, *second;
    size_t first_length, second_length;
    assert_int_equal(write_file("1.h5"), ADATOM_OK);
    assert_int_equal(write_file("2.h5"), ADATOM_OK);
    assert_int_equal(adatom_text_file_read(in_folder("1.h5"), 1 << 20, &first, &first_length),
                     ADATOM_OK);
    assert_int_equal(adatom_text_file_read(in_folder("2.h5"), 1 << 20, &second, &second_length),
                     ADATOM_OK);
    assert_int_equal(first_length, second_length);
    assert_memory_equal(first, second, first_length);
    free(first);
    free(second);
}

static void a_full_disk_leaves_the_old_file(void **state)
{
    (void)state;
    assert_int_equal(write_file("full.h5"), ADATOM_OK);
    for (rlim_t room = 0; room < 2000; room += 500) {
        disk_is_full_after(room);
        const adatom_status status = write_file("full.h5");
        disk_has_room();
        assert_int_equal(status, ADATOM_IO_FAILED);
        assert_message("full.h5", "cannot write: File too large");
        adatom_hdf5_close(open_file("full.h5"));
    }
    assert_int_equal(write_file("full.h5/below"), ADATOM_IO_FAILED);
    assert_message("full.h5/below", "cannot write: Not a directory");
    adatom_hdf5_writer *writer;
    assert_int_equal(adatom_hdf5_create("/dev/full", &writer), ADATOM_OK);
    put_contents(writer);
    assert_int_equal(adatom_hdf5_commit(writer), ADATOM_IO_FAILED);
    assert_string_equal(adatom_error_message(), "/dev/full: cannot write: No space left on device");
}

/* The caller's own use of HDF5 keeps its way of printing errors. */
static void error_printing_is_given_back(void **state)
{
    (void)state;
    H5E_auto2_t before, after;
    void *context;
    assert_true(H5Eget_auto2(H5E_DEFAULT, &before, &context) >= 0);
    adatom_hdf5_reader *reader;
    assert_int_equal(adatom_hdf5_open(in_folder("none.h5"), &reader), ADATOM_INVALID_INPUT);
    assert_true(H5Eget_auto2(H5E_DEFAULT, &after, &context) >= 0);
    assert_true(before != NULL && before == after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrays_come_back),
        cmocka_unit_test(all_types_come_back),
        cmocka_unit_test(names_are_found),
        cmocka_unit_test(wrong_requests_are_refused),
        cmocka_unit_test(other_files_are_refused),
        cmocka_unit_test(files_cut_short_are_refused),
        cmocka_unit_test(flipped_bits_are_noticed),
        cmocka_unit_test(claimed_shapes_are_checked),
        cmocka_unit_test(nothing_is_seen_before_commit),
        cmocka_unit_test(equal_contents_give_equal_bytes),
        cmocka_unit_test(a_full_disk_leaves_the_old_file),
        cmocka_unit_test(error_printing_is_given_back),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
