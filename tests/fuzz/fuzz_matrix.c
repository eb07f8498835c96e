/* Tables of features: any bytes are read as a NumPy array or as text, or refused with one line;
 * what is read has rows of finite numbers, as many as it says. */
#include "adatom/status.h"
#include "io/matrix.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void check_values(const adatom_matrix *matrix)
{
    require(matrix->rows > 0 && matrix->columns > 0);
    for (size_t i = 0; i < matrix->rows * matrix->columns; i++) {
        require(isfinite(matrix->values[i]));
    }
}

static void read_as(const char *path, const uint8_t *bytes, size_t size)
{
    adatom_matrix matrix;
    const adatom_status status = adatom_matrix_parse(path, (const char *)bytes, size, &matrix);
    require(status == ADATOM_OK || status == ADATOM_INVALID_INPUT);
    if (status == ADATOM_OK) {
        check_values(&matrix);
        adatom_matrix_clear(&matrix);
    } else {
        require(strncmp(adatom_error_message(), path, strlen(path)) == 0);
        require(strchr(adatom_error_message(), '\n') == NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    read_as("fuzz.npy", bytes, size);
    read_as("fuzz.csv", bytes, size);
    return 0;
}
