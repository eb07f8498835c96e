/* The assignment problem, and the superposition of two sets of points. */
#include "atoms/match.h"
#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* ---- assignment: rows enter one by one, each by the cheapest path to a free column */

typedef struct assignment {
    size_t count;
    const double *costs;
    double *row_prices, *column_prices, *slack; /* [count + 1], from 1; 0 stands for none */
    size_t *row_of, *before;
    bool *seen;
} assignment;

static void enter_row(assignment *a, size_t row)
{
    size_t column = 0;
    a->row_of[0] = row;
    for (size_t j = 0; j <= a->count; j++) {
        a->slack[j] = INFINITY;
        a->seen[j] = false;
    }
    do {
        const size_t from = a->row_of[column];
        size_t next = 0;
        double step = INFINITY;
        a->seen[column] = true;
        for (size_t j = 1; j <= a->count; j++) {
            if (a->seen[j]) {
                continue;
            }
            const double reduced =
                a->costs[(from - 1) * a->count + j - 1] - a->row_prices[from] - a->column_prices[j];
            if (reduced < a->slack[j]) {
                a->slack[j] = reduced;
                a->before[j] = column;
            }
            if (a->slack[j] < step || next == 0) {
                step = a->slack[j];
                next = j;
            }
        }
        for (size_t j = 0; j <= a->count; j++) {
            if (a->seen[j]) {
                a->row_prices[a->row_of[j]] += step;
                a->column_prices[j] -= step;
            } else {
                a->slack[j] -= step;
            }
        }
        column = next;
    } while (a->row_of[column] != 0);
    while (column != 0) {
        const size_t before = a->before[column];
        a->row_of[column] = a->row_of[before];
        column = before;
    }
}

adatom_status adatom_assign(size_t count, const double *costs, size_t *column_of)
{
    assignment a = {.count = count, .costs = costs};
    const size_t size = count + 1;
    double *numbers = NULL;
    size_t *places = NULL;
    bool *seen = NULL;
    adatom_status status = adatom_allocate(3 * size, sizeof *numbers, &numbers);
    if (status == ADATOM_OK) {
        status = adatom_allocate(2 * size, sizeof *places, &places);
    }
    if (status == ADATOM_OK) {
        status = adatom_allocate(size, sizeof *seen, &seen);
    }
    if (status == ADATOM_OK) {
        a.row_prices = numbers;
        a.column_prices = numbers + size;
        a.slack = numbers + 2 * size;
        a.row_of = places;
        a.before = places + size;
        a.seen = seen;
        for (size_t row = 1; row <= count; row++) {
            enter_row(&a, row);
        }
        for (size_t j = 1; j <= count; j++) {
            column_of[a.row_of[j] - 1] = j - 1;
        }
    }
    free(numbers);
    free(places);
    free(seen);
    return status;
}

/* ---- superposition */

/* Eigenvector of the largest eigenvalue of a symmetric 4 x 4 matrix, by Jacobi's rotations. */
static void largest_eigenvector(double m[4][4], double vector[4])
{
    double v[4][4] = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};
    for (int sweep = 0; sweep < 30; sweep++) {
        for (int p = 0; p < 3; p++) {
            for (int q = p + 1; q < 4; q++) {
                if (fabs(m[p][q]) < 1e-300) {
                    continue;
                }
                const double theta = (m[q][q] - m[p][p]) / (2 * m[p][q]);
                const double t = (theta < 0 ? -1 : 1) / (fabs(theta) + sqrt(theta * theta + 1));
                const double c = 1 / sqrt(t * t + 1), s = t * c;
                for (int k = 0; k < 4; k++) {
                    const double a = m[k][p], b = m[k][q];
                    m[k][p] = c * a - s * b;
                    m[k][q] = s * a + c * b;
                }
                for (int k = 0; k < 4; k++) {
                    const double a = m[p][k], b = m[q][k];
                    m[p][k] = c * a - s * b;
                    m[q][k] = s * a + c * b;
                    const double x = v[k][p], y = v[k][q];
                    v[k][p] = c * x - s * y;
                    v[k][q] = s * x + c * y;
                }
            }
        }
    }
    int best = 0;
    for (int i = 1; i < 4; i++) {
        best = m[i][i] > m[best][best] ? i : best;
    }
    for (int k = 0; k < 4; k++) {
        vector[k] = v[k][best];
    }
}

void adatom_superimpose(size_t count, const double (*points)[3], const double (*targets)[3],
                        double rotation[3][3])
{
    double s[3][3] = {{0}};
    for (size_t i = 0; i < count; i++) {
        for (int x = 0; x < 3; x++) {
            for (int y = 0; y < 3; y++) {
                s[x][y] += points[i][x] * targets[i][y];
            }
        }
    }
    double m[4][4] = {
        {s[0][0] + s[1][1] + s[2][2], s[1][2] - s[2][1], s[2][0] - s[0][2], s[0][1] - s[1][0]},
        {0, s[0][0] - s[1][1] - s[2][2], s[0][1] + s[1][0], s[2][0] + s[0][2]},
        {0, 0, s[1][1] - s[0][0] - s[2][2], s[1][2] + s[2][1]},
        {0, 0, 0, s[2][2] - s[0][0] - s[1][1]}};
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < i; j++) {
            m[i][j] = m[j][i];
        }
    }
    double q[4];
    largest_eigenvector(m, q);
    const double w = q[0], x = q[1], y = q[2], z = q[3];
    const double turned[3][3] = {
        {w * w + x * x - y * y - z * z, 2 * (x * y - w * z), 2 * (x * z + w * y)},
        {2 * (x * y + w * z), w * w - x * x + y * y - z * z, 2 * (y * z - w * x)},
        {2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z}};
    memcpy(rotation, turned, sizeof turned);
}
