#include "energy/child_program.h"

#include "adatom/sys/evaluator.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The program in the folder, of which only so many bytes count. */
static bool look_in(const char *folder, int length, const char *below, const char *name, char *path,
                    size_t size)
{
    const int written = snprintf(path, size, "%.*s%s/%s", length, folder, below, name);
    return written > 0 && (size_t)written < size && access(path, X_OK) == 0;
}

/* The folder of the file that this code is in: the library, or a program that holds it. */
static const char *own_folder(int *length)
{
    static const char own_place[] = "";
    Dl_info info;
    const char *file = dladdr(own_place, &info) != 0 ? info.dli_fname : NULL;
    const char *slash = file != NULL ? strrchr(file, '/') : NULL;
    *length = slash != NULL ? (int)(slash - file) + 1 : 0;
    return slash != NULL ? file : "";
}

adatom_status adatom_child_find_program(const char *name, const char *need, char *path, size_t size)
{
    const char *wanted = getenv("ADATOM_LIBEXEC");
    if (wanted != NULL && *wanted != '\0') {
        return look_in(wanted, (int)strlen(wanted), "", name, path, size)
                   ? ADATOM_OK
                   : adatom_sys_fail(ADATOM_UNSUPPORTED,
                                     "there is no %s in %s, which ADATOM_LIBEXEC names", name,
                                     wanted);
    }
    int length;
    const char *own = own_folder(&length);
    if ((length > 0 && (look_in(own, length, ADATOM_LIBEXEC_FROM_LIBRARY, name, path, size) ||
                        look_in(own, length, ".", name, path, size))) ||
        look_in(ADATOM_LIBEXEC_FOLDER, sizeof ADATOM_LIBEXEC_FOLDER - 1, "", name, path, size)) {
        return ADATOM_OK;
    }
    return adatom_sys_fail(ADATOM_UNSUPPORTED, "this build has no %s, %s", name, need);
}
