/* What every evaluator must hold to: forces are the slope of the energy, and the energy knows
 * nothing of origins and cells. */
#ifndef ADATOM_TESTS_ENERGIES_H
#define ADATOM_TESTS_ENERGIES_H

#include "../atoms/crystals.h"

#include "adatom/evaluator.h"

enum { ATOMS_MAX = 1024 };

static inline adatom_evaluator *open_evaluator(const char *spec)
{
    adatom_evaluator *evaluator = NULL;
    const adatom_status status = adatom_evaluator_create(spec, &evaluator);
    if (status != ADATOM_OK) {
        print_error("%s\n", adatom_error_message());
    }
    assert_int_equal(status, ADATOM_OK);
    return evaluator;
}

static inline double energy_of(adatom_evaluator *evaluator, const adatom_structure *structure)
{
    double energy = NAN;
    const adatom_status status = adatom_evaluator_compute(evaluator, structure, &energy, NULL);
    if (status != ADATOM_OK) {
        print_error("%s\n", adatom_error_message());
    }
    assert_int_equal(status, ADATOM_OK);
    return energy;
}

/* All forces against central differences of the energy; their sum must vanish. */
static inline void check_forces(adatom_evaluator *evaluator, adatom_structure *structure,
                                double tolerance)
{
    const double step = 1e-5;
    static double forces[ATOMS_MAX][3];
    double energy = NAN, sum[3] = {0, 0, 0};
    assert_true(structure->atom_count <= ATOMS_MAX);
    assert_int_equal(adatom_evaluator_compute(evaluator, structure, &energy, forces), ADATOM_OK);
    assert_near(energy, energy_of(evaluator, structure), 1e-9 * (1 + fabs(energy)));
    for (size_t i = 0; i < structure->atom_count; i++) {
        for (int x = 0; x < 3; x++) {
            double *place = &structure->positions[i][x];
            const double before = *place;
            *place = before + step;
            const double above = energy_of(evaluator, structure);
            *place = before - step;
            const double below = energy_of(evaluator, structure);
            *place = before;
            assert_near(forces[i][x], (below - above) / (2 * step), tolerance);
            sum[x] += forces[i][x];
        }
    }
    for (int x = 0; x < 3; x++) {
        assert_near(sum[x], 0, 1e-8);
    }
}

/* (1 + strain) applied to the atoms and the cell. */
static inline adatom_structure *strained(const adatom_structure *structure, int x, int y,
                                         double strain)
{
    adatom_structure *copy;
    assert_int_equal(adatom_structure_copy(structure, &copy), ADATOM_OK);
    for (size_t i = 0; i < copy->atom_count; i++) {
        copy->positions[i][x] += strain * structure->positions[i][y];
    }
    for (int k = 0; k < 3; k++) {
        copy->cell[k][x] += strain * structure->cell[k][y];
    }
    return copy;
}

/* The virial against central differences of the energy, and the energies of the atoms, where
 * with_energies says that there are some, against their sum. */
static inline void check_properties(adatom_evaluator *evaluator, const adatom_structure *structure,
                                    bool with_energies, double tolerance)
{
    const double step = 1e-5;
    static double forces[ATOMS_MAX][3], same_forces[ATOMS_MAX][3], energies[ATOMS_MAX];
    double virial[3][3], sum = 0, energy;
    adatom_properties properties = {.forces = forces, .energies = energies, .virial = virial};
    assert_true(structure->atom_count <= ATOMS_MAX);
    assert_int_equal(adatom_evaluator_compute_properties(evaluator, structure, &properties),
                     ADATOM_OK);
    assert_true(properties.has_virial);
    assert_int_equal(properties.has_energies, with_energies);
    for (int i = 0; i < 9; i++) {
        adatom_structure *more = strained(structure, i / 3, i % 3, step);
        adatom_structure *less = strained(structure, i / 3, i % 3, -step);
        const double slope = (energy_of(evaluator, more) - energy_of(evaluator, less)) / (2 * step);
        assert_near(virial[i / 3][i % 3], -slope, tolerance);
        adatom_structure_free(more);
        adatom_structure_free(less);
    }
    assert_int_equal(adatom_evaluator_compute(evaluator, structure, &energy, same_forces),
                     ADATOM_OK);
    assert_near(properties.energy, energy, 1e-9 * (1 + fabs(energy)));
    for (size_t i = 0; i < structure->atom_count; i++) {
        sum += energies[i];
        for (int x = 0; x < 3; x++) {
            assert_near(forces[i][x], same_forces[i][x], 1e-9);
        }
    }
    if (with_energies) {
        assert_near(sum, energy, 1e-8 * (1 + fabs(energy)));
    }
}

/* Moving all atoms together, or atoms by lattice vectors, changes neither energy nor forces. */
static inline void check_translations(adatom_evaluator *evaluator,
                                      const adatom_structure *structure)
{
    static double forces[ATOMS_MAX][3], moved_forces[ATOMS_MAX][3];
    double energy, moved_energy;
    adatom_structure *moved;
    assert_int_equal(adatom_structure_copy(structure, &moved), ADATOM_OK);
    for (size_t i = 0; i < moved->atom_count; i++) {
        for (int x = 0; x < 3; x++) {
            moved->positions[i][x] += 0.77 - 0.4 * x;
            for (int k = 0; k < 3; k++) {
                const double cells = (double)((i + 2 * (size_t)k) % 5) - 2;
                moved->positions[i][x] +=
                    structure->periodic[k] ? cells * structure->cell[k][x] : 0;
            }
        }
    }
    assert_int_equal(adatom_evaluator_compute(evaluator, structure, &energy, forces), ADATOM_OK);
    assert_int_equal(adatom_evaluator_compute(evaluator, moved, &moved_energy, moved_forces),
                     ADATOM_OK);
    assert_near(moved_energy, energy, 1e-9);
    for (size_t i = 0; i < structure->atom_count; i++) {
        for (int x = 0; x < 3; x++) {
            assert_near(moved_forces[i][x], forces[i][x], 1e-8);
        }
    }
    adatom_structure_free(moved);
}

/* counts[0] * counts[1] * counts[2] copies of the cell have that many times the energy. */
static inline void check_extensivity(adatom_evaluator *evaluator, const adatom_structure *structure,
                                     const int counts[3])
{
    adatom_structure *copies = repeat(structure, counts);
    const double times = counts[0] * counts[1] * counts[2];
    assert_near(energy_of(evaluator, copies), times * energy_of(evaluator, structure),
                1e-9 * times);
    adatom_structure_free(copies);
}

/* Several workers give what one evaluator gives, to the bit; the structure is shaken for each job.
 */
static inline void check_pool(const char *spec, const adatom_structure *structure, int workers)
{
    enum { JOBS = 12 };
    adatom_evaluator_pool *pool = NULL;
    adatom_evaluator *alone = open_evaluator(spec);
    adatom_evaluator_job jobs[JOBS] = {{.structure = NULL}};
    adatom_structure *copies[JOBS];
    static double forces[JOBS][ATOMS_MAX][3], expected[ATOMS_MAX][3];
    assert_int_equal(adatom_evaluator_pool_create(spec, workers, &pool), ADATOM_OK);
    assert_int_equal(adatom_evaluator_pool_workers(pool), workers);
    for (int i = 0; i < JOBS; i++) {
        assert_int_equal(adatom_structure_copy(structure, &copies[i]), ADATOM_OK);
        shake(copies[i], 0.05, (uint64_t)i);
        jobs[i].structure = copies[i];
        jobs[i].forces = forces[i];
    }
    assert_int_equal(adatom_evaluator_pool_compute(pool, jobs, JOBS), ADATOM_OK);
    for (int i = 0; i < JOBS; i++) {
        double energy = 0;
        assert_string_equal(jobs[i].message, "");
        assert_int_equal(adatom_evaluator_compute(alone, copies[i], &energy, expected), ADATOM_OK);
        assert_memory_equal(&jobs[i].energy, &energy, sizeof energy);
        assert_memory_equal(forces[i], expected, structure->atom_count * sizeof expected[0]);
        adatom_structure_free(copies[i]);
    }
    adatom_evaluator_pool_free(pool);
    adatom_evaluator_free(alone);
}

static inline void expect_no_evaluator(const char *spec, adatom_status status, const char *line)
{
    adatom_evaluator *evaluator = NULL;
    assert_int_equal(adatom_evaluator_create(spec, &evaluator), status);
    assert_string_equal(adatom_error_message(), line);
    assert_null(evaluator);
}

#endif
