#include "energy/kim_library.h"

#include "adatom/sys/evaluator.h"

#include "KIM_Log.h"
#include "KIM_SimulatorHeaders.h"

#include <ctype.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* The library keeps its default verbosity and its list of loaded models in global variables. */
static pthread_mutex_t library_lock = PTHREAD_MUTEX_INITIALIZER;

void adatom_kim_enter(void)
{
    pthread_mutex_lock(&library_lock);
    KIM_Log_PushDefaultVerbosity(KIM_LOG_VERBOSITY_silent);
}

void adatom_kim_leave(void)
{
    KIM_Log_PopDefaultVerbosity();
    pthread_mutex_unlock(&library_lock);
}

enum { NAME_LENGTH = 256 };

typedef struct name_search {
    const char *wanted;
    char found[NAME_LENGTH];   /* "" if none */
    char nearest[NAME_LENGTH]; /* without its suffix; "" if none is similar */
    int distance;              /* of the nearest to what was wanted */
} name_search;

/* Length of the part of a model's name before "__MO_" or "__SM_". */
static size_t short_length(const char *name)
{
    const char *suffix = strstr(name, "__MO_");
    suffix = suffix != NULL ? suffix : strstr(name, "__SM_");
    return suffix != NULL ? (size_t)(suffix - name) : strlen(name);
}

/* Edits that turn one name into the other, upper and lower case alike (Levenshtein). */
static int edit_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    int row[NAME_LENGTH + 1];
    for (size_t j = 0; j <= b_length; j++) {
        row[j] = (int)j;
    }
    for (size_t i = 1; i <= a_length; i++) {
        int diagonal = row[0];
        row[0] = (int)i;
        for (size_t j = 1; j <= b_length; j++) {
            const bool same = tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[j - 1]);
            int best = diagonal + !same;
            diagonal = row[j];
            best = best < row[j] + 1 ? best : row[j] + 1;
            row[j] = best < row[j - 1] + 1 ? best : row[j - 1] + 1;
        }
    }
    return row[b_length];
}

static void compare_name(name_search *search, const char *name)
{
    const size_t length = short_length(name), wanted_length = short_length(search->wanted);
    if (strlen(name) >= NAME_LENGTH || wanted_length >= NAME_LENGTH) {
        return;
    }
    const bool same_model =
        strcmp(name, search->wanted) == 0 ||
        (strlen(search->wanted) == length && memcmp(name, search->wanted, length) == 0);
    if (same_model && strcmp(name, search->found) > 0) { /* a later version sorts behind */
        snprintf(search->found, sizeof search->found, "%s", name);
    }
    const int distance = edit_distance(name, length, search->wanted, wanted_length);
    if (distance < search->distance) {
        search->distance = distance;
        memcpy(search->nearest, name, length);
        search->nearest[length] = '\0';
    }
}

static void search_names(KIM_Collections *collections, KIM_CollectionItemType type,
                         name_search *search)
{
    int count = 0;
    if (KIM_Collections_CacheListOfItemNamesByType(collections, type, &count)) {
        return;
    }
    for (int i = 0; i < count; i++) {
        const char *name;
        if (!KIM_Collections_GetItemNameByType(collections, i, &name)) {
            compare_name(search, name);
        }
    }
}

static adatom_status fail_to_find(const name_search *search)
{
    char nearest[NAME_LENGTH + 32] = "";
    if (search->nearest[0] != '\0' && search->distance <= (int)strlen(search->wanted) / 2) {
        snprintf(nearest, sizeof nearest, "; the nearest installed is %s", search->nearest);
    }
    return adatom_sys_fail(ADATOM_INVALID_INPUT,
                           "no KIM model \"%s\" is installed (the Debian package openkim-models "
                           "holds the models)%s",
                           search->wanted, nearest);
}

static adatom_status find_model(KIM_Collections *collections, const char *name, char **full_name)
{
    name_search portable = {.wanted = name, .distance = NAME_LENGTH};
    search_names(collections, KIM_COLLECTION_ITEM_TYPE_portableModel, &portable);
    if (portable.found[0] != '\0') {
        ADATOM_SYS_TRY(adatom_sys_allocate(NAME_LENGTH, 1, full_name));
        memcpy(*full_name, portable.found, NAME_LENGTH);
        return ADATOM_OK;
    }
    name_search simulator = {.wanted = name, .distance = NAME_LENGTH};
    search_names(collections, KIM_COLLECTION_ITEM_TYPE_simulatorModel, &simulator);
    if (simulator.found[0] != '\0') {
        return adatom_sys_fail(
            ADATOM_UNSUPPORTED,
            "the KIM model \"%s\" runs only inside a certain simulator; portable "
            "models (__MO_) are needed",
            name);
    }
    return fail_to_find(&portable);
}

adatom_status adatom_kim_find_model(const char *name, char **full_name)
{
    KIM_Collections *collections;
    if (KIM_Collections_Create(&collections)) {
        return adatom_sys_fail(ADATOM_EVALUATION_FAILED,
                               "the KIM API cannot list its models: its configuration is broken");
    }
    const adatom_status status = find_model(collections, name, full_name);
    KIM_Collections_Destroy(&collections);
    return status;
}
