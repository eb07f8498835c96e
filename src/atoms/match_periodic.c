/* Structures in a cell: the best assignment of equal atoms, translation and map of the lattices. */
#include "atoms/cell.h"
#include "atoms/match_private.h"
#include "base/error.h"

#include <math.h>
#include <string.h>

/* How a lattice can lie on another: first = operation second, nearly. */
typedef struct lattice_pair {
    const bool *periodic;
    double first[3][3], second[3][3]; /* scalar products of the lattice vectors */
    double tolerance;
} lattice_pair;

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

static bool operation_fits(const lattice_pair *pair, const double operation[3][3])
{
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
            double product = 0;
            for (int a = 0; a < 3; a++) {
                for (int b = 0; b < 3; b++) {
                    product += operation[i][a] * pair->second[a][b] * operation[j][b];
                }
            }
            const double size = sqrt(pair->first[i][i] * pair->first[j][j]);
            if (!(fabs(product - pair->first[i][j]) < pair->tolerance * size)) {
                return false;
            }
        }
    }
    return true;
}

/* The next matrix of -1, 0, 1 that maps the second lattice onto the first and each open direction
 * onto itself; *code counts them. */
static bool next_operation(int *code, const lattice_pair *pair, double operation[3][3])
{
    for (; *code < 19683; (*code)++) {
        int rest = *code;
        bool fits = true;
        for (int i = 0; i < 9; i++, rest /= 3) {
            operation[i / 3][i % 3] = rest % 3 == 2 ? -1 : rest % 3;
            fits = fits &&
                   (operation[i / 3][i % 3] == 0 || pair->periodic[i / 3] == pair->periodic[i % 3]);
        }
        const double(*o)[3] = (const double(*)[3])operation;
        const double volume = o[0][0] * (o[1][1] * o[2][2] - o[1][2] * o[2][1]) -
                              o[0][1] * (o[1][0] * o[2][2] - o[1][2] * o[2][0]) +
                              o[0][2] * (o[1][0] * o[2][1] - o[1][1] * o[2][0]);
        if (fits && fabs(volume) == 1 && operation_fits(pair, o)) {
            (*code)++;
            return true;
        }
    }
    return false;
}

/* Of the first lattice, in the basis of the second, against the second. */
static adatom_status strain_between(const double first[3][3], const double second[3][3],
                                    const double operation[3][3], double *strain)
{
    double back[3][3], inverse[3][3], stretch[3][3] = {{0}}, sum = 0;
    ADATOM_TRY(adatom_cell_invert(operation, back));
    ADATOM_TRY(adatom_cell_invert(second, inverse));
    for (int i = 0; i < 3; i++) { /* second stretch = back first */
        for (int x = 0; x < 3; x++) {
            for (int a = 0; a < 3; a++) {
                for (int b = 0; b < 3; b++) {
                    stretch[i][x] += inverse[i][a] * back[a][b] * first[b][x];
                }
            }
        }
    }
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
            double product = i == j ? -1 : 0;
            for (int x = 0; x < 3; x++) {
                product += stretch[i][x] * stretch[j][x];
            }
            sum += 0.25 * product * product;
        }
    }
    *strain = sqrt(sum);
    return ADATOM_OK;
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

/* Of all pairs of atoms, with the turned structure moved by `offset`; false where even the nearest
 * atoms are so far that this cannot become the best. */
static bool find_costs(adatom_comparison *c, const double metric[3][3], const bool periodic[3],
                       const double offset[3])
{
    const double hopeless = 4 * c->best * (double)c->count;
    double sum = 0;
    for (size_t i = 0; i < c->count; i++) {
        double nearest = INFINITY;
        for (size_t j = 0; j < c->count; j++) {
            double d[3];
            for (int x = 0; x < 3; x++) {
                d[x] = c->second[j][x] - c->turned[i][x] - offset[x];
            }
            const bool equal = c->first_numbers[i] == c->second_numbers[j];
            const double square = fold(metric, periodic, d);
            c->costs[i * c->count + j] = square + (equal ? 0 : ADATOM_MATCH_FORBIDDEN);
            nearest = equal ? fmin(nearest, square) : nearest;
        }
        sum += nearest;
        if (sum > hopeless) {
            return false;
        }
    }
    return true;
}

/* Assigns, then moves by the mean of what is left. */
static adatom_status assign_periodic(adatom_comparison *c, const double metric[3][3],
                                     const bool periodic[3], double strain, double offset[3])
{
    double last = INFINITY;
    for (int round = 0; round < ADATOM_MATCH_ROUNDS; round++) {
        if (!find_costs(c, metric, periodic, offset)) {
            break;
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
        if (sum < c->best) {
            c->best = sum;
            c->strain = strain;
        }
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

/* One way for the lattices to lie on each other, moved so that each atom in turn lies on a rare
 * one.
 */
static adatom_status compare_turned(adatom_comparison *c, const lattice_pair *pair, size_t rare,
                                    const double operation[3][3], double strain)
{
    for (size_t i = 0; i < c->count; i++) {
        for (int x = 0; x < 3; x++) {
            c->turned[i][x] = c->first[i][0] * operation[0][x] + c->first[i][1] * operation[1][x] +
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
        ADATOM_TRY(
            assign_periodic(c, (const double(*)[3])pair->second, pair->periodic, strain, offset));
    }
    return ADATOM_OK;
}

adatom_status adatom_compare_periodic(adatom_comparison *c, const adatom_structure *first,
                                      const adatom_structure *second, double tolerance)
{
    double cells[2][3][3], inverse[3][3], operation[3][3];
    lattice_pair pair = {.periodic = first->periodic, .tolerance = tolerance};
    ADATOM_TRY(adatom_cell_complete((const double(*)[3])first->cell, first->periodic, cells[0]));
    ADATOM_TRY(adatom_cell_complete((const double(*)[3])second->cell, first->periodic, cells[1]));
    ADATOM_TRY(adatom_cell_invert((const double(*)[3])cells[0], inverse));
    to_fractions(first, (const double(*)[3])inverse, c->first);
    ADATOM_TRY(adatom_cell_invert((const double(*)[3])cells[1], inverse));
    to_fractions(second, (const double(*)[3])inverse, c->second);
    metric_of((const double(*)[3])cells[0], pair.first);
    metric_of((const double(*)[3])cells[1], pair.second);
    const size_t rare = rare_atom(first);
    int code = 0;
    while (c->best > 1e-10 && next_operation(&code, &pair, operation)) {
        double strain;
        ADATOM_TRY(strain_between((const double(*)[3])cells[0], (const double(*)[3])cells[1],
                                  (const double(*)[3])operation, &strain));
        ADATOM_TRY(compare_turned(c, &pair, rare, (const double(*)[3])operation, strain));
    }
    return ADATOM_OK;
}
