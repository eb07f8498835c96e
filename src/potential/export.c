/* A potential as a portable model of the KIM API. */
#include "adatom/potential.h"

#include "adatom/version.h"
#include "base/error.h"
#include "io/text_file.h"
#include "potential/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_SIZE = 4096, NAME_LENGTH_MAX = 200 };

static const char parameter_file[] = "potential.txt";

/* What KIM takes: a C identifier. */
static adatom_status check_name(const char *name)
{
    bool good = isalpha((unsigned char)name[0]) != 0 && strlen(name) <= NAME_LENGTH_MAX;
    for (const char *c = name; *c != '\0'; c++) {
        good = good && (isalnum((unsigned char)*c) || *c == '_');
    }
    return good ? ADATOM_OK
                : adatom_fail(ADATOM_INVALID_INPUT,
                              "\"%.80s\": expected a name of letters, digits and _ for the model",
                              name);
}

static adatom_status create_file(const char *folder, const char *name, adatom_text_file **out)
{
    char path[PATH_SIZE];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) {
        return adatom_fail(ADATOM_INVALID_INPUT, "the name of the folder is too long");
    }
    return adatom_text_file_create(path, out);
}

static adatom_status write_parameters(const adatom_potential *potential, const char *folder)
{
    adatom_text_file *file;
    ADATOM_TRY(create_file(folder, parameter_file, &file));
    adatom_potential_print(potential, adatom_text_file_stream(file));
    return adatom_text_file_commit(file);
}

static void print_build(const adatom_potential *potential, const char *name, FILE *stream)
{
    fprintf(stream,
            "# A potential of adatom %s as a portable model of the KIM API:\n"
            "#   kim-api-collections-management install user FOLDER\n"
            "# after the driver that it needs, adatom_potential_driver.\n"
            "cmake_minimum_required(VERSION 3.10)\n"
            "list(APPEND CMAKE_PREFIX_PATH $ENV{KIM_API_CMAKE_PREFIX_DIR})\n"
            "find_package(KIM-API-ITEMS 2.2 REQUIRED CONFIG)\n"
            "kim_api_items_setup_before_project(ITEM_TYPE \"portableModel\")\n"
            "project(%s)\n"
            "kim_api_items_setup_after_project(ITEM_TYPE \"portableModel\")\n"
            "add_kim_api_model_library(\n"
            "  NAME ${PROJECT_NAME}\n"
            "  DRIVER_NAME \"adatom_potential_driver\"\n"
            "  PARAMETER_FILES \"%s\")\n",
            adatom_version(), name, parameter_file);
    const char *line = potential->provenance;
    while (*line != '\0') {
        const size_t length = strcspn(line, "\n");
        fprintf(stream, "# %.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
}

static adatom_status write_build(const adatom_potential *potential, const char *name,
                                 const char *folder)
{
    adatom_text_file *file;
    ADATOM_TRY(create_file(folder, "CMakeLists.txt", &file));
    print_build(potential, name, adatom_text_file_stream(file));
    return adatom_text_file_commit(file);
}

adatom_status adatom_potential_export_kim(const adatom_potential *potential, const char *name,
                                          const char *folder)
{
    ADATOM_TRY(check_name(name));
    char path[PATH_SIZE];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) {
        return adatom_fail(ADATOM_INVALID_INPUT, "the name of the folder is too long");
    }
    if (mkdir(path, 0777) != 0 && errno != EEXIST) {
        return adatom_fail(ADATOM_IO_FAILED, "%s: cannot create: %s", path, strerror(errno));
    }
    ADATOM_TRY(write_parameters(potential, path));
    return write_build(potential, name, path);
}
