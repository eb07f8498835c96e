/* A Morse potential for molecules of any elements, as an evaluator that adatom loads at run time:
 *
 *   E = sum over pairs of D [(1 - exp(-a (r - r0)))^2 - 1]
 *
 * D in eV, a in 1/Å, r0 in Å; it knows no cell. */
#include <adatom/sys/evaluator.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct morse {
    double D, a, r0;
} morse;

static adatom_status read_argument(morse *model, const adatom_spec_argument *argument)
{
    if (strcmp(argument->key, "D") == 0) {
        return adatom_sys_number(argument, 0, 1e3, &model->D);
    }
    if (strcmp(argument->key, "a") == 0) {
        return adatom_sys_number(argument, 1e-3, 1e3, &model->a);
    }
    if (strcmp(argument->key, "r0") == 0) {
        return adatom_sys_number(argument, 1e-3, 1e3, &model->r0);
    }
    return adatom_sys_fail(ADATOM_INVALID_INPUT, "morse has no argument \"%s\"; known: D a r0",
                           argument->key);
}

static adatom_status create(const adatom_spec_argument *arguments, size_t count, void **state)
{
    morse model = {.D = 1, .a = 1, .r0 = 1}, *kept;
    for (size_t i = 0; i < count; i++) {
        ADATOM_SYS_TRY(read_argument(&model, &arguments[i]));
    }
    ADATOM_SYS_TRY(adatom_sys_allocate(1, sizeof *kept, &kept));
    *kept = model;
    *state = kept;
    return ADATOM_OK;
}

static double pair(const morse *model, const double from[3], const double to[3], double force[3])
{
    const double vector[3] = {to[0] - from[0], to[1] - from[1], to[2] - from[2]};
    const double r = sqrt(vector[0] * vector[0] + vector[1] * vector[1] + vector[2] * vector[2]);
    const double decay = exp(-model->a * (r - model->r0));
    const double slope = 2 * model->D * model->a * (1 - decay) * decay;
    for (int x = 0; x < 3; x++) {
        force[x] = slope * vector[x] / r; /* on the first atom */
    }
    return model->D * ((1 - decay) * (1 - decay) - 1);
}

static adatom_status compute(void *state, const adatom_structure *structure, double *energy,
                             double (*forces)[3])
{
    if (structure->periodic[0] || structure->periodic[1] || structure->periodic[2]) {
        return adatom_sys_fail(ADATOM_UNSUPPORTED, "morse knows molecules only, no periodic cells");
    }
    double sum = 0, force[3];
    for (size_t i = 0; i < structure->atom_count; i++) {
        for (int x = 0; forces != NULL && x < 3; x++) {
            forces[i][x] = 0;
        }
        for (size_t k = 0; k < i; k++) {
            sum += pair(state, structure->positions[i], structure->positions[k], force);
            for (int x = 0; forces != NULL && x < 3; x++) {
                forces[i][x] += force[x];
                forces[k][x] -= force[x];
            }
        }
    }
    *energy = sum;
    return ADATOM_OK;
}

ADATOM_PLUGIN = {.create = create, .free = free, .compute = compute};
