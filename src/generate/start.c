#include "generate/start.h"

#include <math.h>

enum { TRIES = 300 };

/* Loose by up to this factor: clusters are also flat, or in parts. */
static const double loosest = 1.5;

static double ball_radius(const adatom_structure *structure, adatom_random *random)
{
    double volume = 0; /* of balls of the covalent radii, which fill 74 % of a close packing */
    for (size_t i = 0; i < structure->atom_count; i++) {
        const double r = adatom_element_covalent_radius(structure->atomic_numbers[i]);
        volume += r * r * r / 0.74;
    }
    return cbrt(volume) * (1 + (loosest - 1) * adatom_random_uniform(random));
}

static void point_in_ball(double radius, adatom_random *random, double point[3])
{
    double square;
    do {
        square = 0;
        for (int x = 0; x < 3; x++) {
            point[x] = 2 * adatom_random_uniform(random) - 1;
            square += point[x] * point[x];
        }
    } while (square > 1);
    for (int x = 0; x < 3; x++) {
        point[x] *= radius;
    }
}

static void point_in_cell(const adatom_structure *structure, adatom_random *random, double point[3])
{
    point[0] = point[1] = point[2] = 0;
    for (int i = 0; i < 3; i++) {
        const double s = adatom_random_uniform(random);
        for (int x = 0; x < 3; x++) {
            point[x] += s * structure->cell[i][x];
        }
    }
}

/* Images by one lattice vector count, too. */
static bool is_near(const adatom_structure *structure, const double a[3], const double b[3],
                    double minimum)
{
    for (int image = 0; image < 27; image++) {
        const int shift[3] = {image % 3 - 1, image / 3 % 3 - 1, image / 9 - 1};
        double square = 0;
        bool allowed = true;
        for (int i = 0; i < 3; i++) {
            allowed = allowed && (structure->periodic[i] || shift[i] == 0);
        }
        for (int x = 0; x < 3 && allowed; x++) {
            const double d = b[x] - a[x] + shift[0] * structure->cell[0][x] +
                             shift[1] * structure->cell[1][x] + shift[2] * structure->cell[2][x];
            square += d * d;
        }
        if (allowed && square < minimum * minimum) {
            return true;
        }
    }
    return false;
}

void adatom_random_positions(const adatom_structure *structure, double radius, double minimum,
                             adatom_random *random, double (*positions)[3])
{
    const bool *periodic = structure->periodic;
    const bool ball = !periodic[0] && !periodic[1] && !periodic[2];
    const double size = !ball ? 0 : radius > 0 ? radius : ball_radius(structure, random);
    for (size_t i = 0; i < structure->atom_count; i++) {
        bool near = true;
        for (int tries = 0; tries < TRIES && near; tries++) {
            if (ball) {
                point_in_ball(size, random, positions[i]);
            } else {
                point_in_cell(structure, random, positions[i]);
            }
            near = false;
            for (size_t j = 0; j < i && !near; j++) {
                near = is_near(structure, positions[i], positions[j], minimum);
            }
        }
    }
}
