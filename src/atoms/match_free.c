/* Structures without a cell: the best assignment of equal atoms, rotation and reflection. */
#include "base/error.h"
#include "base/random.h"
#include "atoms/match_private.h"

#include <math.h>
#include <string.h>

/* Distances of three atoms that may be the same in both structures differ by no more, Å. */
static const double similar = 0.5;

/* Random rotations to begin with where nothing is near. */
enum { STARTS = 120 };

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
static adatom_status assign_free(adatom_comparison *c, const double rotation[3][3], double sign,
                                 double *mean_square)
{
    for (size_t i = 0; i < c->count; i++) {
        turn(rotation, sign, c->first[i], c->turned[i]);
        for (size_t j = 0; j < c->count; j++) {
            double sum = c->first_numbers[i] != c->second_numbers[j] ? ADATOM_MATCH_FORBIDDEN : 0;
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

static adatom_status improve_free(adatom_comparison *c, double rotation[3][3], double sign)
{
    double last = INFINITY;
    for (int round = 0; round < ADATOM_MATCH_ROUNDS; round++) {
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

static double distance_of(const double a[3], const double b[3])
{
    const double d[3] = {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
    return sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
}

/* Twice the area of the triangle. */
static double area_of(const double a[3], const double b[3], const double c[3])
{
    const double ab = distance_of(a, b), ac = distance_of(a, c), bc = distance_of(b, c);
    const double cosine = ab > 0 && ac > 0 ? (ab * ab + ac * ac - bc * bc) / (2 * ab * ac) : 1;
    return ab * ac * sqrt(fmax(1 - cosine * cosine, 0));
}

/* Three atoms of the first structure that are far apart: of the middle, of that, and of both. */
static void choose_triple(const adatom_comparison *c, size_t triple[3])
{
    static const double middle[3] = {0, 0, 0};
    memset(triple, 0, 3 * sizeof *triple);
    for (int place = 0; place < 3; place++) {
        double most = -1;
        for (size_t i = 0; i < c->count; i++) {
            const double *from = c->first[triple[0]];
            const double far = place == 0   ? distance_of(c->first[i], middle)
                               : place == 1 ? distance_of(c->first[i], from)
                                            : area_of(c->first[i], from, c->first[triple[1]]);
            if (far > most) {
                most = far;
                triple[place] = i;
            }
        }
    }
}

/* Can atom j of the second structure be the triple's atom `place`, where the others before it are?
 */
static bool triple_fits(const adatom_comparison *c, const size_t triple[3], const size_t others[3],
                        int place, size_t j)
{
    if (c->first_numbers[triple[place]] != c->second_numbers[j]) {
        return false;
    }
    for (int before = 0; before < place; before++) {
        const double own = distance_of(c->first[triple[place]], c->first[triple[before]]);
        const double other = distance_of(c->second[j], c->second[others[before]]);
        if (others[before] == j || fabs(own - other) > similar) {
            return false;
        }
    }
    return true;
}

/* Are the atoms, turned, near enough to those of the second structure to become the best? */
static bool is_promising(const adatom_comparison *c, const double rotation[3][3], double sign)
{
    const double hopeless = 4 * fmin(c->best, 1) * (double)c->count;
    double sum = 0;
    for (size_t i = 0; i < c->count; i++) {
        double turned[3], nearest = INFINITY;
        turn(rotation, sign, c->first[i], turned);
        for (size_t j = 0; j < c->count; j++) {
            if (c->first_numbers[i] == c->second_numbers[j]) {
                nearest = fmin(nearest, distance_of(turned, c->second[j]));
            }
        }
        sum += nearest * nearest;
        if (sum > hopeless) {
            return false;
        }
    }
    return true;
}

static adatom_status try_triple(adatom_comparison *c, const size_t triple[3],
                                const size_t others[3])
{
    for (int mirrored = 0; mirrored < 2; mirrored++) {
        const double sign = mirrored == 1 ? -1 : 1;
        double points[3][3], targets[3][3], rotation[3][3];
        for (int place = 0; place < 3; place++) {
            for (int x = 0; x < 3; x++) {
                points[place][x] = sign * c->first[triple[place]][x];
                targets[place][x] = c->second[others[place]][x];
            }
        }
        adatom_superimpose(3, (const double(*)[3])points, (const double(*)[3])targets, rotation);
        if (is_promising(c, (const double(*)[3])rotation, sign)) {
            ADATOM_TRY(improve_free(c, rotation, sign));
        }
    }
    return ADATOM_OK;
}

/* Lays three atoms on all that are as far from each other: where the structures are similar, one of
 * these is the superposition. */
static adatom_status compare_triples(adatom_comparison *c)
{
    size_t triple[3], others[3] = {0};
    choose_triple(c, triple);
    for (others[0] = 0; others[0] < c->count; others[0]++) {
        if (!triple_fits(c, triple, others, 0, others[0])) {
            continue;
        }
        for (others[1] = 0; others[1] < c->count; others[1]++) {
            if (!triple_fits(c, triple, others, 1, others[1])) {
                continue;
            }
            for (others[2] = 0; others[2] < c->count; others[2]++) {
                if (triple_fits(c, triple, others, 2, others[2])) {
                    ADATOM_TRY(try_triple(c, triple, others));
                }
            }
        }
    }
    return ADATOM_OK;
}

adatom_status adatom_compare_free(adatom_comparison *c, const adatom_structure *first,
                                  const adatom_structure *second)
{
    center(first, c->first);
    center(second, c->second);
    if (c->count >= 3) {
        ADATOM_TRY(compare_triples(c));
    }
    adatom_random random;
    adatom_random_seed(&random, 1, 0);
    for (int start = 0; start < STARTS && c->best > ADATOM_MATCH_SAME * ADATOM_MATCH_SAME;
         start++) {
        double rotation[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
        if (start >= 2) {
            random_rotation(&random, rotation);
        }
        ADATOM_TRY(improve_free(c, rotation, start % 2 == 0 ? 1 : -1));
    }
    return ADATOM_OK;
}
