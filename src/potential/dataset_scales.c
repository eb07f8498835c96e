/* How inputs and targets are standardised. */
#include "potential/dataset_internal.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Below it a number does not vary. */
static const double smallest_deviation = 1e-10;

/* ---- inputs: mean 0 and variance 1 */

static void add_values(const adatom_described *described, adatom_drawn_atom atom, double *counts)
{
    const int type = adatom_described_type(described, atom);
    adatom_potential_element *element = &described->potential->elements[type];
    const double *row = described->values[atom.frame] + atom.atom * described->columns;
    counts[type]++;
    for (size_t i = 0; i < element->count; i++) {
        element->means[i] += row[i];
    }
}

/* factors hold the sums of squares meanwhile. */
static void add_squares(const adatom_described *described, adatom_drawn_atom atom)
{
    const int type = adatom_described_type(described, atom);
    adatom_potential_element *element = &described->potential->elements[type];
    const double *row = described->values[atom.frame] + atom.atom * described->columns;
    for (size_t i = 0; i < element->count; i++) {
        const double deviation = row[i] - element->means[i];
        element->factors[i] += deviation * deviation;
    }
}

static void fit_inputs(const adatom_described *described, const adatom_drawn_atom *atoms,
                       size_t count, double *counts)
{
    adatom_potential *potential = described->potential;
    for (size_t t = 0; t < potential->element_count; t++) {
        adatom_potential_element *element = &potential->elements[t];
        memset(element->means, 0, element->count * sizeof(double));
        memset(element->factors, 0, element->count * sizeof(double));
        counts[t] = 0;
    }
    for (size_t a = 0; a < count; a++) {
        add_values(described, atoms[a], counts);
    }
    for (size_t t = 0; t < potential->element_count; t++) {
        for (size_t i = 0; i < potential->elements[t].count; i++) {
            potential->elements[t].means[i] /= fmax(counts[t], 1);
        }
    }
    for (size_t a = 0; a < count; a++) {
        add_squares(described, atoms[a]);
    }
    for (size_t t = 0; t < potential->element_count; t++) {
        for (size_t i = 0; i < potential->elements[t].count; i++) {
            double *factor = &potential->elements[t].factors[i];
            const double deviation = sqrt(*factor / fmax(counts[t], 1));
            *factor = deviation > smallest_deviation ? 1 / deviation : 0;
        }
    }
}

/* ---- targets: the mean of each element, and a unit */

static void fit_atom_targets(const adatom_described *described, const adatom_drawn_atom *atoms,
                             size_t count, const double *counts)
{
    adatom_potential *potential = described->potential;
    const adatom_frame *frames = described->request->frames->frames;
    for (size_t t = 0; t < potential->element_count; t++) {
        potential->elements[t].offset = 0;
    }
    for (size_t a = 0; a < count; a++) {
        const int type = adatom_described_type(described, atoms[a]);
        potential->elements[type].offset +=
            frames[atoms[a].frame].energies[atoms[a].atom] / fmax(counts[type], 1);
    }
    double squares = 0;
    for (size_t a = 0; a < count; a++) {
        const int type = adatom_described_type(described, atoms[a]);
        const double deviation =
            frames[atoms[a].frame].energies[atoms[a].atom] - potential->elements[type].offset;
        squares += deviation * deviation;
    }
    const double deviation = sqrt(squares / fmax((double)count, 1));
    potential->energy_factor = deviation > smallest_deviation ? deviation : 1;
}

/* Solves the symmetric positive system in place by Gauss-Jordan; n is the number of elements. */
static void solve(size_t n, double *matrix, double *right)
{
    for (size_t k = 0; k < n; k++) {
        for (size_t i = 0; i < n; i++) {
            const double factor = i != k ? matrix[i * n + k] / matrix[k * n + k] : 0;
            for (size_t j = 0; i != k && j < n; j++) {
                matrix[i * n + j] -= factor * matrix[k * n + j];
            }
            right[i] -= factor * right[k];
        }
    }
    for (size_t k = 0; k < n; k++) {
        right[k] /= matrix[k * n + k];
    }
}

/* amounts[t]: how many atoms of each type. */
static void count_types(const adatom_described *described, size_t frame, double *amounts)
{
    memset(amounts, 0, described->potential->element_count * sizeof *amounts);
    const size_t atoms = described->request->frames->frames[frame].structure->atom_count;
    for (size_t atom = 0; atom < atoms; atom++) {
        amounts[adatom_described_type(described, (adatom_drawn_atom){frame, atom})]++;
    }
}

/* Least squares of E = sum_t amount_t offset_t; a trace of the identity settles what the
 * stoichiometries leave open. */
static adatom_status fit_offsets(const adatom_described *described)
{
    adatom_potential *potential = described->potential;
    const size_t n = potential->element_count;
    const adatom_frames *frames = described->request->frames;
    double *matrix;
    ADATOM_TRY(adatom_allocate(n * n + 2 * n, sizeof *matrix, &matrix));
    double *right = matrix + n * n, *amounts = right + n, trace = 0;
    for (size_t f = 0; f < frames->count; f++) {
        count_types(described, f, amounts);
        for (size_t i = 0; i < n; i++) {
            right[i] += amounts[i] * frames->frames[f].energy;
            trace += amounts[i] * amounts[i];
            for (size_t j = 0; j < n; j++) {
                matrix[i * n + j] += amounts[i] * amounts[j];
            }
        }
    }
    for (size_t i = 0; i < n; i++) {
        matrix[i * n + i] += 1e-9 * trace + 1e-300;
    }
    solve(n, matrix, right);
    for (size_t i = 0; i < n; i++) {
        potential->elements[i].offset = right[i];
    }
    free(matrix);
    return ADATOM_OK;
}

/* An atom's energy varies by about the deviation of the structures' energies, as of independent
 * atoms, or by what the forces do over a third of an Ångström. */
static void fit_unit(const adatom_described *described)
{
    adatom_potential *potential = described->potential;
    const adatom_frames *frames = described->request->frames;
    double squares = 0, force_squares = 0, components = 0;
    for (size_t f = 0; f < frames->count; f++) {
        const adatom_frame *frame = &frames->frames[f];
        double energy = frame->energy;
        const size_t atoms = frame->structure->atom_count;
        for (size_t a = 0; a < atoms; a++) {
            const int type = adatom_described_type(described, (adatom_drawn_atom){f, a});
            energy -= potential->elements[type].offset;
            for (int x = 0; described->request->with_forces && x < 3; x++) {
                force_squares += frame->forces[a][x] * frame->forces[a][x];
                components++;
            }
        }
        squares += energy * energy / (double)atoms;
    }
    const double of_energies = sqrt(squares / fmax((double)frames->count, 1));
    const double of_forces = 0.3 * sqrt(force_squares / fmax(components, 1));
    const double unit = fmax(of_energies, of_forces);
    potential->energy_factor = unit > smallest_deviation ? unit : 1;
}

static adatom_status list_all_atoms(const adatom_frames *frames, adatom_drawn_atom **atoms,
                                    size_t *count)
{
    *count = 0;
    for (size_t f = 0; f < frames->count; f++) {
        *count += frames->frames[f].structure->atom_count;
    }
    ADATOM_TRY(adatom_allocate(*count, sizeof **atoms, atoms));
    size_t next = 0;
    for (size_t f = 0; f < frames->count; f++) {
        for (size_t a = 0; a < frames->frames[f].structure->atom_count; a++) {
            (*atoms)[next++] = (adatom_drawn_atom){f, a};
        }
    }
    return ADATOM_OK;
}

adatom_status adatom_dataset_fit_scales(const adatom_described *described,
                                        const adatom_drawn_atom *atoms, size_t count)
{
    double counts[ADATOM_POTENTIAL_ELEMENTS_MAX];
    if (atoms != NULL) {
        fit_inputs(described, atoms, count, counts);
        fit_atom_targets(described, atoms, count, counts);
        return ADATOM_OK;
    }
    adatom_drawn_atom *all;
    ADATOM_TRY(list_all_atoms(described->request->frames, &all, &count));
    fit_inputs(described, all, count, counts);
    free(all);
    ADATOM_TRY(fit_offsets(described));
    fit_unit(described);
    return ADATOM_OK;
}
