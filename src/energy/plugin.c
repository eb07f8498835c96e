/* An evaluator in a shared object, which is loaded at run time. */
#include "energy/kinds.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct plugin {
    void *library;
    const adatom_evaluator_kind *kind;
    void *state; /* of the kind */
    bool has_state;
} plugin;

static void destroy(void *state)
{
    plugin *loaded = state;
    if (loaded->has_state) {
        loaded->kind->free(loaded->state);
    }
    if (loaded->library != NULL) {
        dlclose(loaded->library);
    }
    free(loaded);
}

/* A name without "/" is a file of this folder, not one of the system's libraries. */
static adatom_status open_library(const char *name, plugin *loaded)
{
    char *path;
    const size_t size = strlen(name) + 3;
    ADATOM_SYS_TRY(adatom_sys_allocate(size, 1, &path));
    snprintf(path, size, "%s%s", strchr(name, '/') == NULL ? "./" : "", name);
    FILE *file = fopen(path, "rb");
    if (file != NULL) {
        fclose(file);
        /* It stays: not all that a plug-in draws in bears to be loaded and unloaded again. */
        loaded->library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    }
    free(path);
    if (file == NULL) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT, "plugin: there is no file %s", name);
    }
    if (loaded->library == NULL) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT, "plugin: %s cannot be loaded: %s", name,
                               dlerror());
    }
    return ADATOM_OK;
}

static adatom_status find_kind(const char *name, plugin *loaded)
{
    const int *abi = dlsym(loaded->library, "adatom_plugin_abi");
    if (abi == NULL) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT,
                               "plugin: %s has no adatom_plugin_abi; it ends in ADATOM_PLUGIN = "
                               "{...} of adatom/sys/evaluator.h",
                               name);
    }
    if (*abi != ADATOM_PLUGIN_ABI) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT,
                               "plugin: %s was built for version %d of the interface, this adatom "
                               "has %d: build it again",
                               name, *abi, ADATOM_PLUGIN_ABI);
    }
    loaded->kind = dlsym(loaded->library, "adatom_plugin");
    if (loaded->kind == NULL) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT, "plugin: %s has no adatom_plugin", name);
    }
    const adatom_evaluator_kind *kind = loaded->kind;
    if (kind->create == NULL || kind->free == NULL || kind->compute == NULL) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT,
                               "plugin: %s lacks one of create, free and compute", name);
    }
    return ADATOM_OK;
}

static adatom_status load(const adatom_spec_argument *arguments, size_t count, plugin *loaded)
{
    const char *name = arguments[0].value;
    ADATOM_SYS_TRY(open_library(name, loaded));
    ADATOM_SYS_TRY(find_kind(name, loaded));
    ADATOM_SYS_TRY(loaded->kind->create(arguments + 1, count - 1, &loaded->state));
    loaded->has_state = true;
    return ADATOM_OK;
}

static adatom_status create(const adatom_spec_argument *arguments, size_t count, void **state)
{
    if (count == 0 || arguments[0].key[0] != '\0') {
        return adatom_sys_fail(ADATOM_INVALID_INPUT,
                               "plugin wants a file: plugin:FILE.so,key=value");
    }
    plugin *loaded;
    ADATOM_SYS_TRY(adatom_sys_allocate(1, sizeof *loaded, &loaded));
    const adatom_status status = load(arguments, count, loaded);
    if (status != ADATOM_OK) {
        destroy(loaded);
        return status;
    }
    *state = loaded;
    return ADATOM_OK;
}

static adatom_status compute(void *state, const adatom_structure *structure, double *energy,
                             double (*forces)[3])
{
    const plugin *loaded = state;
    return loaded->kind->compute(loaded->state, structure, energy, forces);
}

static adatom_status compute_properties(void *state, const adatom_structure *structure,
                                        adatom_properties *properties)
{
    const plugin *loaded = state;
    return loaded->kind->compute_properties(loaded->state, structure, properties);
}

static adatom_status compute_many(void *state, adatom_evaluator_job *const *jobs, size_t count,
                                  const adatom_batch_watch *watch)
{
    const plugin *loaded = state;
    return loaded->kind->compute_many(loaded->state, jobs, count, watch);
}

static bool number(void *state, const char *name, double *value)
{
    const plugin *loaded = state;
    return loaded->kind->number != NULL && loaded->kind->number(loaded->state, name, value);
}

static const adatom_evaluator_kind *behind(const void *state)
{
    return ((const plugin *)state)->kind;
}

const adatom_evaluator_kind adatom_kind_plugin = {.create = create,
                                                  .free = destroy,
                                                  .compute = compute,
                                                  .compute_many = compute_many,
                                                  .compute_properties = compute_properties,
                                                  .number = number,
                                                  .behind = behind};
