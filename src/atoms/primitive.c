#include "atoms/primitive.h"

#include "atoms/cell.h"
#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { IMAGES = 125 };

typedef struct lattice_vector {
    double v[3], square;
} lattice_vector;

typedef struct reduction {
    const adatom_structure *structure;
    double tolerance;
    double inverse[3][3];
    size_t count; /* of vectors that map the structure onto itself, 0 included */
    size_t capacity;
    double (*translations)[3];
    lattice_vector *vectors; /* [count * IMAGES], the shortest first */
} reduction;

/* Folds a vector to the shortest by the fractions, which is enough to see whether it is near 0. */
static double folded_square(const double cell[3][3], const double inverse[3][3], const double d[3])
{
    double fractions[3], square = 0;
    for (int k = 0; k < 3; k++) {
        const double f = d[0] * inverse[0][k] + d[1] * inverse[1][k] + d[2] * inverse[2][k];
        fractions[k] = f - floor(f + 0.5);
    }
    for (int x = 0; x < 3; x++) {
        const double r =
            fractions[0] * cell[0][x] + fractions[1] * cell[1][x] + fractions[2] * cell[2][x];
        square += r * r;
    }
    return square;
}

/* Is there an equal atom where atom i goes? */
static bool lands_on_atom(const reduction *r, size_t i, const double translation[3])
{
    const adatom_structure *s = r->structure;
    for (size_t j = 0; j < s->atom_count; j++) {
        double d[3];
        for (int x = 0; x < 3; x++) {
            d[x] = s->positions[i][x] + translation[x] - s->positions[j][x];
        }
        if (s->atomic_numbers[j] == s->atomic_numbers[i] &&
            folded_square((const double(*)[3])s->cell, (const double(*)[3])r->inverse, d) <
                r->tolerance * r->tolerance) {
            return true;
        }
    }
    return false;
}

static adatom_status find_translations(reduction *r)
{
    const adatom_structure *s = r->structure;
    for (size_t j = 0; j < s->atom_count; j++) {
        double t[3];
        bool all = s->atomic_numbers[j] == s->atomic_numbers[0];
        for (int x = 0; x < 3; x++) {
            t[x] = s->positions[j][x] - s->positions[0][x];
        }
        for (size_t i = 0; i < s->atom_count && all; i++) {
            all = lands_on_atom(r, i, t);
        }
        if (all) {
            ADATOM_TRY(
                adatom_grow(&r->translations, &r->capacity, r->count + 1, sizeof *r->translations));
            memcpy(r->translations[r->count++], t, sizeof t);
        }
    }
    return ADATOM_OK;
}

static int by_length(const void *a, const void *b)
{
    const double first = ((const lattice_vector *)a)->square;
    const double second = ((const lattice_vector *)b)->square;
    return (first > second) - (first < second);
}

static adatom_status list_vectors(reduction *r)
{
    ADATOM_TRY(adatom_allocate(r->count * IMAGES, sizeof *r->vectors, &r->vectors));
    for (size_t n = 0; n < r->count * IMAGES; n++) {
        const int image = (int)(n % IMAGES);
        const int shift[3] = {image % 5 - 2, image / 5 % 5 - 2, image / 25 - 2};
        lattice_vector *to = &r->vectors[n];
        for (int x = 0; x < 3; x++) {
            to->v[x] = r->translations[n / IMAGES][x];
            for (int i = 0; i < 3; i++) {
                to->v[x] += shift[i] * r->structure->cell[i][x];
            }
            to->square += to->v[x] * to->v[x];
        }
    }
    qsort(r->vectors, r->count * IMAGES, sizeof *r->vectors, by_length);
    return ADATOM_OK;
}

/* The shortest vectors that span the volume of the smallest cell; false if there are none. */
static bool choose_cell(const reduction *r, double cell[3][3])
{
    const size_t vectors = r->count * IMAGES;
    const double volume =
        adatom_cell_volume((const double(*)[3])r->structure->cell) / (double)r->count;
    size_t first = 0;
    while (first < vectors && r->vectors[first].square < r->tolerance * r->tolerance) {
        first++;
    }
    for (size_t c = first + 2; c < vectors; c++) {
        for (size_t b = first + 1; b < c; b++) {
            for (size_t a = first; a < b; a++) {
                memcpy(cell[0], r->vectors[a].v, sizeof cell[0]);
                memcpy(cell[1], r->vectors[b].v, sizeof cell[1]);
                memcpy(cell[2], r->vectors[c].v, sizeof cell[2]);
                const double found = adatom_cell_volume((const double(*)[3])cell);
                if (fabs(found - volume) < 0.1 * volume) {
                    return true;
                }
            }
        }
    }
    return false;
}

/* The atoms of the small cell; INVALID_INPUT where they are not as many as its share. */
static adatom_status fill_cell(const reduction *r, const double cell[3][3], adatom_structure *out)
{
    const adatom_structure *s = r->structure;
    double inverse[3][3];
    size_t kept = 0;
    ADATOM_TRY(adatom_cell_invert(cell, inverse));
    memcpy(out->cell, cell, sizeof out->cell);
    for (size_t i = 0; i < s->atom_count; i++) {
        bool known = false;
        for (size_t j = 0; j < kept && !known; j++) {
            double d[3];
            for (int x = 0; x < 3; x++) {
                d[x] = s->positions[i][x] - out->positions[j][x];
            }
            known = out->atomic_numbers[j] == s->atomic_numbers[i] &&
                    folded_square(cell, (const double(*)[3])inverse, d) <
                        4 * r->tolerance * r->tolerance;
        }
        if (!known && kept == out->atom_count) {
            return ADATOM_INVALID_INPUT;
        }
        if (!known) {
            out->atomic_numbers[kept] = s->atomic_numbers[i];
            memcpy(out->positions[kept++], s->positions[i], sizeof s->positions[i]);
        }
    }
    return kept == out->atom_count ? ADATOM_OK : ADATOM_INVALID_INPUT;
}

static adatom_status reduce(reduction *r, adatom_structure **out)
{
    double cell[3][3];
    ADATOM_TRY(adatom_cell_invert((const double(*)[3])r->structure->cell, r->inverse));
    ADATOM_TRY(find_translations(r));
    ADATOM_TRY(list_vectors(r));
    const size_t atoms = r->structure->atom_count;
    if (atoms % r->count != 0 || !choose_cell(r, cell)) {
        return adatom_structure_copy(r->structure, out);
    }
    adatom_structure *small;
    ADATOM_TRY(adatom_structure_create(atoms / r->count, &small));
    memcpy(small->periodic, r->structure->periodic, sizeof small->periodic);
    if (fill_cell(r, (const double(*)[3])cell, small) != ADATOM_OK) {
        adatom_structure_free(small);
        return adatom_structure_copy(r->structure, out);
    }
    *out = small;
    return ADATOM_OK;
}

adatom_status adatom_structure_primitive(const adatom_structure *structure, double tolerance,
                                         adatom_structure **out)
{
    if (structure->atom_count == 0) {
        return adatom_structure_copy(structure, out);
    }
    reduction r = {.structure = structure, .tolerance = tolerance};
    const adatom_status status = reduce(&r, out);
    free(r.translations);
    free(r.vectors);
    return status;
}
