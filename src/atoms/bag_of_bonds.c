#include "adatom/bonds.h"

#include "atoms/cell.h"
#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

/* A cell in the shape that shortest distances are looked for in. */
typedef struct periods {
    double cell[3][3], inverse[3][3];
    double heights[3]; /* Å */
    bool periodic[3];
} periods;

static adatom_status find_periods(const adatom_structure *structure, periods *out)
{
    periods found = {0};
    ADATOM_TRY(adatom_cell_complete(structure->cell, structure->periodic, found.cell));
    ADATOM_TRY(adatom_cell_invert(found.cell, found.inverse));
    for (int i = 0; i < 3; i++) {
        found.heights[i] = adatom_cell_height(found.cell, i);
        found.periodic[i] = structure->periodic[i];
    }
    *out = found;
    return ADATOM_OK;
}

static double length_of(const double vector[3])
{
    return sqrt(vector[0] * vector[0] + vector[1] * vector[1] + vector[2] * vector[2]);
}

/* The vector moved by whole periods to where its fractional coordinates are at most 1/2; these are
 * left in fractions. */
static void move_near(const periods *p, double vector[3], double fractions[3])
{
    double whole[3];
    for (int i = 0; i < 3; i++) {
        fractions[i] = 0;
        for (int k = 0; k < 3; k++) {
            fractions[i] += vector[k] * p->inverse[k][i];
        }
        whole[i] = p->periodic[i] ? round(fractions[i]) : 0;
        fractions[i] -= whole[i];
    }
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 3; k++) {
            vector[k] -= whole[i] * p->cell[i][k];
        }
    }
}

/* Length of the shortest of the vector's periodic copies. A copy as short as one that is known has
 * fractional coordinates of at most that length over the height of the cell. */
static double shortest_copy(const periods *p, double vector[3])
{
    double fractions[3];
    int low[3] = {0, 0, 0}, high[3] = {0, 0, 0};
    move_near(p, vector, fractions);
    double shortest = length_of(vector);
    for (int i = 0; i < 3; i++) {
        if (p->periodic[i]) {
            low[i] = (int)ceil(-shortest / p->heights[i] - fractions[i]);
            high[i] = (int)floor(shortest / p->heights[i] - fractions[i]);
        }
    }
    for (int a = low[0]; a <= high[0]; a++) {
        for (int b = low[1]; b <= high[1]; b++) {
            for (int c = low[2]; c <= high[2]; c++) {
                double copy[3];
                for (int k = 0; k < 3; k++) {
                    copy[k] = vector[k] + a * p->cell[0][k] + b * p->cell[1][k] + c * p->cell[2][k];
                }
                shortest = fmin(shortest, length_of(copy));
            }
        }
    }
    return shortest;
}

typedef struct pair {
    int elements;
    double value;
} pair;

static int compare(const void *first, const void *second)
{
    const pair *a = first, *b = second;
    if (a->elements != b->elements) {
        return a->elements < b->elements ? -1 : 1;
    }
    return (a->value < b->value) - (a->value > b->value);
}

static adatom_status take_pair(const adatom_structure *structure, const periods *p, size_t i,
                               size_t j, pair *out)
{
    const int a = structure->atomic_numbers[i], b = structure->atomic_numbers[j];
    double vector[3];
    for (int k = 0; k < 3; k++) {
        vector[k] = structure->positions[j][k] - structure->positions[i][k];
    }
    const double distance = shortest_copy(p, vector);
    if (!(distance > 0)) {
        return adatom_fail(ADATOM_INVALID_INPUT, "atoms %zu and %zu are in the same place", i + 1,
                           j + 1);
    }
    *out =
        (pair){.elements = a < b ? 1000 * a + b : 1000 * b + a, .value = (double)a * b / distance};
    return ADATOM_OK;
}

static adatom_status take_pairs(const adatom_structure *structure, pair *pairs)
{
    periods p;
    size_t count = 0;
    ADATOM_TRY(find_periods(structure, &p));
    for (size_t i = 0; i < structure->atom_count; i++) {
        for (size_t j = i + 1; j < structure->atom_count; j++) {
            ADATOM_TRY(take_pair(structure, &p, i, j, &pairs[count]));
            count++;
        }
    }
    qsort(pairs, count, sizeof *pairs, compare);
    return ADATOM_OK;
}

static adatom_status fill(const adatom_structure *structure, adatom_bag_of_bonds *bag)
{
    const size_t atoms = structure->atom_count;
    const size_t count = atoms < 2        ? 0
                         : atoms % 2 == 0 ? atoms / 2 * (atoms - 1)
                                          : (atoms - 1) / 2 * atoms;
    pair *pairs;
    ADATOM_TRY(adatom_allocate(count, sizeof *bag->elements, &bag->elements));
    ADATOM_TRY(adatom_allocate(count, sizeof *bag->values, &bag->values));
    ADATOM_TRY(adatom_allocate(count, sizeof *pairs, &pairs));
    const adatom_status status = take_pairs(structure, pairs);
    for (size_t i = 0; i < count; i++) {
        bag->elements[i] = pairs[i].elements;
        bag->values[i] = pairs[i].value;
    }
    bag->count = count;
    free(pairs);
    return status;
}

adatom_status adatom_bag_of_bonds_create(const adatom_structure *structure,
                                         adatom_bag_of_bonds **out)
{
    adatom_bag_of_bonds *bag;
    ADATOM_TRY(adatom_allocate(1, sizeof *bag, &bag));
    const adatom_status status = fill(structure, bag);
    if (status != ADATOM_OK) {
        adatom_bag_of_bonds_free(bag);
        return status;
    }
    *out = bag;
    return ADATOM_OK;
}

void adatom_bag_of_bonds_free(adatom_bag_of_bonds *bag)
{
    if (bag == NULL) {
        return;
    }
    free(bag->elements);
    free(bag->values);
    free(bag);
}

double adatom_bag_of_bonds_distance(const adatom_bag_of_bonds *a, const adatom_bag_of_bonds *b)
{
    double sum = 0;
    size_t i = 0, j = 0;
    while (i < a->count || j < b->count) {
        const bool of_a = i < a->count && (j == b->count || a->elements[i] <= b->elements[j]);
        const bool of_b = j < b->count && (i == a->count || b->elements[j] <= a->elements[i]);
        const double difference = (of_a ? a->values[i] : 0) - (of_b ? b->values[j] : 0);
        sum += difference * difference;
        i += of_a;
        j += of_b;
    }
    return sqrt(sum);
}
