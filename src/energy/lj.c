/* The Lennard-Jones potential for all elements alike:
 *
 *   E = sum over pairs closer than R of v(r) - v(R),   v(r) = 4 E [(S/r)^12 - (S/r)^6]
 *
 * so the energy is continuous at the cutoff, the force is not. */
#include "energy/kinds.h"

#include "energy/cloud.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct lennard_jones {
    double epsilon;       /* eV, default 1 */
    double sigma;         /* Å, default 1 */
    double cutoff_radius; /* Å, default 3 sigma */
    adatom_cloud *cloud;
} lennard_jones;

static adatom_status read_argument(lennard_jones *model, const adatom_spec_argument *argument)
{
    if (strcmp(argument->key, "epsilon") == 0) {
        return adatom_sys_number(argument, 0, 1e6, &model->epsilon);
    }
    if (strcmp(argument->key, "sigma") == 0) {
        return adatom_sys_number(argument, 1e-3, 1e3, &model->sigma);
    }
    if (strcmp(argument->key, "cutoff") == 0) {
        return adatom_sys_number(argument, 1e-3, 1e4, &model->cutoff_radius);
    }
    return adatom_sys_fail(ADATOM_INVALID_INPUT,
                           "lj has no argument \"%s\"; known: epsilon sigma cutoff",
                           argument->key[0] != '\0' ? argument->key : argument->value);
}

static void destroy(void *state)
{
    lennard_jones *model = state;
    adatom_cloud_free(model->cloud);
    free(model);
}

static adatom_status create(const adatom_spec_argument *arguments, size_t count, void **state)
{
    lennard_jones model = {.epsilon = 1, .sigma = 1};
    for (size_t i = 0; i < count; i++) {
        ADATOM_SYS_TRY(read_argument(&model, &arguments[i]));
    }
    if (model.cutoff_radius == 0) {
        model.cutoff_radius = 3 * model.sigma;
    }
    lennard_jones *kept;
    ADATOM_SYS_TRY(adatom_sys_allocate(1, sizeof *kept, &kept));
    *kept = model;
    const adatom_cloud_list list = {model.cutoff_radius, false};
    const adatom_status status = adatom_cloud_create(&list, 1, model.cutoff_radius, &kept->cloud);
    if (status != ADATOM_OK) {
        free(kept);
        return status;
    }
    *state = kept;
    return ADATOM_OK;
}

/* v(r), and -v'(r) / r, the factor of the vector in the force. */
static double pair_energy(const lennard_jones *model, double distance, double *force_factor)
{
    const double attraction = pow(model->sigma / distance, 6);
    const double repulsion = attraction * attraction;
    *force_factor = 4 * model->epsilon * (12 * repulsion - 6 * attraction) / (distance * distance);
    return 4 * model->epsilon * (repulsion - attraction);
}

/* Half the energy of an atom's pairs, each of which stands at both of its atoms, and the force;
 * half of their virial is added. */
static double atom_energy(const lennard_jones *model, int atom, double at_cutoff, double force[3],
                          double virial[3][3])
{
    const double(*places)[3] = (const double(*)[3])model->cloud->coordinates;
    int count = 0;
    const int *neighbors = adatom_cloud_neighbors(model->cloud, 0, atom, &count);
    double sum = 0;
    for (int n = 0; n < count; n++) {
        double vector[3], squared = 0, factor;
        for (int x = 0; x < 3; x++) {
            vector[x] = places[neighbors[n]][x] - places[atom][x];
            squared += vector[x] * vector[x];
        }
        sum += pair_energy(model, sqrt(squared), &factor) - at_cutoff;
        for (int x = 0; x < 3; x++) {
            force[x] -= factor * vector[x];
            for (int y = 0; y < 3; y++) {
                virial[x][y] += factor * vector[x] * vector[y] / 2;
            }
        }
    }
    return sum / 2;
}

static adatom_status compute_properties(void *state, const adatom_structure *structure,
                                        adatom_properties *properties)
{
    const lennard_jones *model = state;
    ADATOM_SYS_TRY(adatom_cloud_build(model->cloud, structure));
    double unused;
    const double at_cutoff = pair_energy(model, model->cutoff_radius, &unused);
    double sum = 0, virial[3][3] = {{0}};
    for (int i = 0; i < model->cloud->atom_count; i++) {
        double force[3] = {0, 0, 0};
        const double own = atom_energy(model, i, at_cutoff, force, virial);
        sum += own;
        if (properties->forces != NULL) {
            memcpy(properties->forces[i], force, sizeof force);
        }
        if (properties->energies != NULL) {
            properties->energies[i] = own;
        }
    }
    properties->energy = sum;
    properties->has_energies = properties->energies != NULL;
    properties->has_virial = properties->virial != NULL;
    if (properties->virial != NULL) {
        memcpy(properties->virial, virial, sizeof virial);
    }
    return ADATOM_OK;
}

const adatom_evaluator_kind adatom_kind_lj = {
    .create = create, .free = destroy, .compute_properties = compute_properties};
