#include "atoms/match.h"

#include "atoms/cell.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Rotations to begin with, and rounds of assignment and rotation from each at most. */
enum { STARTS = 120, ROUNDS = 30 };

typedef struct comparison {
    size_t count;
    const int *first_numbers, *second_numbers;
    double (*first)[3], (*second)[3]; /* free: from the centres; periodic: fractional */
    double (*turned)[3], (*paired)[3];
    double *costs;
    size_t *column_of;
    double best; /* mean square */
} comparison;

static adatom_status allocate(comparison *c, const adatom_structure *first,
                              const adatom_structure *second)
{
    c->count = first->atom_count;
    c->first_numbers = first->atomic_numbers;
    c->second_numbers = second->atomic_numbers;
    c->best = INFINITY;
    ADATOM_TRY(adatom_allocate(c->count, sizeof *c->first, &c->first));
    ADATOM_TRY(adatom_allocate(c->count, sizeof *c->second, &c->second));
    ADATOM_TRY(adatom_allocate(c->count, sizeof *c->turned, &c->turned));
    ADATOM_TRY(adatom_allocate(c->count, sizeof *c->paired, &c->paired));
    ADATOM_TRY(adatom_allocate(c->count * c->count, sizeof *c->costs, &c->costs));
    return adatom_allocate(c->count, sizeof *c->column_of, &c->column_of);
}

static void clear(comparison *c)
{
    free(c->first);
    free(c->second);
    free(c->turned);
    free(c->paired);
    free(c->costs);
    free(c->column_of);
}

static bool same_elements(const adatom_structure *first, const adatom_structure *second)
{
    size_t counts[ADATOM_ELEMENT_COUNT + 1] = {0}, others[ADATOM_ELEMENT_COUNT + 1] = {0};
    if (first->atom_count != second->atom_count) {
        return false;
    }
    for (size_t i = 0; i < first->atom_count; i++) {
        counts[first->atomic_numbers[i]]++;
        others[second->atomic_numbers[i]]++;
    }
    return memcmp(counts, others, sizeof counts) == 0;
}

/* Larger than any sum of squares, so that unequal atoms are never paired. */
static const double forbidden = 1e12;

/* ---- free structures */

static void center(const adatom_structure *structure, double (*out)[3])
{
    double mean[3] = {0, 0, 0};
    for (size_t i = 0; i < structure->atom_count; i++) {
        for (int x = 0; x < 3; x++) {
            mean[x] += structure->positions[i][x] / (double)structure->atom_count;
        }
    }
    for (size_t i = 0; i < structure->atom_count; i++) {
        for (int x = 0; x < 3; x++) {
            out[i][x] = structure->positions[i][x] - mean[x];
        }
    }
}

static void turn(const double rotation[3][3], double sign, const double from[3], double to[3])
{
    for (int x = 0; x < 3; x++) {
        to[x] =
            sign * (rotation[x][0] * from[0] + rotation[x][1] * from[1] + rotation[x][2] * from[2]);
    }
}

static void random_rotation(adatom_random *random, double rotation[3][3])
{
    double points[2][3], targets[2][3];
    for (int i = 0; i < 2; i++) {
        for (int x = 0; x < 3; x++) {
            points[i][x] = adatom_random_normal(random);
            targets[i][x] = adatom_random_normal(random);
        }
    }
    adatom_superimpose(2, (const double(*)[3])points, (const double(*)[3])targets, rotation);
}

/* The assignment with the first structure turned; the mean square distance. */
static adatom_status assign_free(comparison *c, const double rotation[3][3], double sign,
                                 double *mean_square)
{
    for (size_t i = 0; i < c->count; i++) {
        turn(rotation, sign, c->first[i], c->turned[i]);
        for (size_t j = 0; j < c->count; j++) {
            double sum = c->first_numbers[i] != c->second_numbers[j] ? forbidden : 0;
            for (int x = 0; x < 3; x++) {
                const double d = c->turned[i][x] - c->second[j][x];
                sum += d * d;
            }
            c->costs[i * c->count + j] = sum;
        }
    }
    ADATOM_TRY(adatom_assign(c->count, c->costs, c->column_of));
    double sum = 0;
    for (size_t i = 0; i < c->count; i++) {
        sum += c->costs[i * c->count + c->column_of[i]];
    }
    *mean_square = sum / (double)c->count;
    return ADATOM_OK;
}

static adatom_status improve_free(comparison *c, double rotation[3][3], double sign)
{
    double last = INFINITY;
    for (int round = 0; round < ROUNDS; round++) {
        double now;
        ADATOM_TRY(assign_free(c, (const double(*)[3])rotation, sign, &now));
        if (now >= last - 1e-14) {
            break;
        }
        last = now;
        for (size_t i = 0; i < c->count; i++) {
            for (int x = 0; x < 3; x++) {
                c->turned[i][x] = sign * c->first[i][x];
                c->paired[i][x] = c->second[c->column_of[i]][x];
            }
        }
        adatom_superimpose(c->count, (const double(*)[3])c->turned, (const double(*)[3])c->paired,
                           rotation);
    }
    c->best = fmin(c->best, last);
    return ADATOM_OK;
}

static adatom_status compare_free(comparison *c, const adatom_structure *first,
                                  const adatom_structure *second)
{
    center(first, c->first);
    center(second, c->second);
    adatom_random random;
    adatom_random_seed(&random, 1, 0);
    for (int start = 0; start < STARTS && c->best > 1e-10; start++) {
        double rotation[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
        if (start >= 2) {
            random_rotation(&random, rotation);
        }
        ADATOM_TRY(improve_free(c, rotation, start % 2 == 0 ? 1 : -1));
    }
    return ADATOM_OK;
}

/* ---- periodic structures */

/* Scalar products of the lattice vectors. */
static void metric_of(const double cell[3][3], double metric[3][3])
{
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
            metric[i][j] =
                cell[i][0] * cell[j][0] + cell[i][1] * cell[j][1] + cell[i][2] * cell[j][2];
        }
    }
}

/* The next matrix of -1, 0, 1 that maps the lattice onto itself and each open direction onto
 * itself; *code counts them. */
static bool next_operation(int *code, const bool periodic[3], const double metric[3][3],
                           double operation[3][3])
{
    for (; *code < 19683; (*code)++) {
        int rest = *code;
        bool fits = true;
        for (int i = 0; i < 9; i++, rest /= 3) {
            operation[i / 3][i % 3] = rest % 3 == 2 ? -1 : rest % 3;
            fits = fits && (operation[i / 3][i % 3] == 0 || periodic[i / 3] == periodic[i % 3]);
        }
        for (int i = 0; i < 3 && fits; i++) {
            for (int j = 0; j < 3; j++) {
                double product = 0;
                for (int a = 0; a < 3; a++) {
                    for (int b = 0; b < 3; b++) {
                        product += operation[i][a] * metric[a][b] * operation[j][b];
                    }
                }
                fits =
                    fits && fabs(product - metric[i][j]) < 1e-4 * sqrt(metric[i][i] * metric[j][j]);
            }
        }
        if (fits) {
            (*code)++;
            return true;
        }
    }
    return false;
}

/* The vector between two places, by fractions, folded to the nearest image; its square, Å^2. */
static double fold(const double metric[3][3], const bool periodic[3], double d[3])
{
    double best = INFINITY, nearest[3] = {0, 0, 0};
    for (int x = 0; x < 3; x++) {
        d[x] -= periodic[x] ? floor(d[x] + 0.5) : 0;
    }
    for (int image = 0; image < 27; image++) {
        const int shift[3] = {image % 3 - 1, image / 3 % 3 - 1, image / 9 - 1};
        double e[3], square = 0;
        bool allowed = true;
        for (int x = 0; x < 3; x++) {
            allowed = allowed && (periodic[x] || shift[x] == 0);
            e[x] = d[x] + shift[x];
        }
        for (int i = 0; i < 9; i++) {
            square += e[i / 3] * metric[i / 3][i % 3] * e[i % 3];
        }
        if (allowed && square < best) {
            best = square;
            memcpy(nearest, e, sizeof nearest);
        }
    }
    memcpy(d, nearest, sizeof nearest);
    return best;
}

/* With the turned structure moved by `offset`; assigns, then moves by the mean of what is left. */
static adatom_status assign_periodic(comparison *c, const double metric[3][3],
                                     const bool periodic[3], double offset[3])
{
    double last = INFINITY;
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < c->count; i++) {
            for (size_t j = 0; j < c->count; j++) {
                double d[3];
                for (int x = 0; x < 3; x++) {
                    d[x] = c->second[j][x] - c->turned[i][x] - offset[x];
                }
                c->costs[i * c->count + j] =
                    fold(metric, periodic, d) +
                    (c->first_numbers[i] != c->second_numbers[j] ? forbidden : 0);
            }
        }
        ADATOM_TRY(adatom_assign(c->count, c->costs, c->column_of));
        double sum = 0, mean[3] = {0, 0, 0};
        for (size_t i = 0; i < c->count; i++) {
            double d[3];
            for (int x = 0; x < 3; x++) {
                d[x] = c->second[c->column_of[i]][x] - c->turned[i][x] - offset[x];
            }
            sum += fold(metric, periodic, d) / (double)c->count;
            for (int x = 0; x < 3; x++) {
                mean[x] += d[x] / (double)c->count;
            }
        }
        if (!(sum < last - 1e-14)) {
            break;
        }
        last = sum;
        c->best = fmin(c->best, sum);
        for (int x = 0; x < 3; x++) {
            offset[x] += mean[x];
        }
    }
    return ADATOM_OK;
}

/* An atom of the rarest element. */
static size_t rare_atom(const adatom_structure *structure)
{
    size_t counts[ADATOM_ELEMENT_COUNT + 1] = {0}, rarest = 0;
    for (size_t i = 0; i < structure->atom_count; i++) {
        counts[structure->atomic_numbers[i]]++;
    }
    for (size_t i = 1; i < structure->atom_count; i++) {
        if (counts[structure->atomic_numbers[i]] < counts[structure->atomic_numbers[rarest]]) {
            rarest = i;
        }
    }
    return rarest;
}

static void to_fractions(const adatom_structure *structure, const double inverse[3][3],
                         double (*out)[3])
{
    for (size_t i = 0; i < structure->atom_count; i++) {
        for (int k = 0; k < 3; k++) {
            out[i][k] = structure->positions[i][0] * inverse[0][k] +
                        structure->positions[i][1] * inverse[1][k] +
                        structure->positions[i][2] * inverse[2][k];
        }
    }
}

static adatom_status compare_periodic(comparison *c, const adatom_structure *first,
                                      const adatom_structure *second)
{
    double cell[3][3], inverse[3][3], metric[3][3], operation[3][3];
    ADATOM_TRY(adatom_cell_complete((const double(*)[3])first->cell, first->periodic, cell));
    ADATOM_TRY(adatom_cell_invert((const double(*)[3])cell, inverse));
    metric_of((const double(*)[3])cell, metric);
    to_fractions(first, (const double(*)[3])inverse, c->first);
    to_fractions(second, (const double(*)[3])inverse, c->second);
    const size_t rare = rare_atom(first);
    int code = 0;
    while (c->best > 1e-10 &&
           next_operation(&code, first->periodic, (const double(*)[3])metric, operation)) {
        for (size_t i = 0; i < c->count; i++) {
            for (int x = 0; x < 3; x++) {
                c->turned[i][x] = c->first[i][0] * operation[0][x] +
                                  c->first[i][1] * operation[1][x] +
                                  c->first[i][2] * operation[2][x];
            }
        }
        for (size_t j = 0; j < c->count && c->best > 1e-10; j++) {
            double offset[3];
            if (c->second_numbers[j] != c->first_numbers[rare]) {
                continue;
            }
            for (int x = 0; x < 3; x++) {
                offset[x] = c->second[j][x] - c->turned[rare][x];
            }
            ADATOM_TRY(assign_periodic(c, (const double(*)[3])metric, first->periodic, offset));
        }
    }
    return ADATOM_OK;
}

/* ---- */

static bool comparable(const adatom_structure *first, const adatom_structure *second)
{
    for (int i = 0; i < 3; i++) {
        for (int x = 0; x < 3 && first->periodic[i]; x++) {
            if (fabs(first->cell[i][x] - second->cell[i][x]) > 1e-6) {
                return false;
            }
        }
        if (first->periodic[i] != second->periodic[i]) {
            return false;
        }
    }
    return same_elements(first, second);
}

adatom_status adatom_structure_distance(const adatom_structure *first,
                                        const adatom_structure *second, double *rmsd)
{
    if (!comparable(first, second)) {
        *rmsd = INFINITY;
        return ADATOM_OK;
    }
    if (first->atom_count == 0) {
        *rmsd = 0;
        return ADATOM_OK;
    }
    comparison c = {0};
    adatom_status status = allocate(&c, first, second);
    if (status == ADATOM_OK) {
        status = first->periodic[0] || first->periodic[1] || first->periodic[2]
                     ? compare_periodic(&c, first, second)
                     : compare_free(&c, first, second);
    }
    if (status == ADATOM_OK) {
        *rmsd = sqrt(c.best);
    }
    clear(&c);
    return status;
}
