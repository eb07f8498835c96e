/* Any potential of LAMMPS (Thompson et al., Comput. Phys. Commun. 271, 108171 (2022); lammps.org),
 * defined by a fragment of a LAMMPS script.
 *
 * LAMMPS runs in the program adatom-lammps: it is under the GPL, and an error in it ends the
 * process. Atoms are sorted by type, so that one composition finds its atoms in LAMMPS again
 * whatever the order in which its atoms come. */
#include "energy/kinds.h"

#include "energy/lammps_instance.h"

#include <stdlib.h>
#include <string.h>

typedef struct lammps_potential {
    adatom_lammps_script *script;
    adatom_lammps_instance instance;
    size_t *order;          /* [atom_count]: atom i of LAMMPS is atom order[i] of the structure */
    int *types;             /* [atom_count], sorted */
    double (*positions)[3]; /* of the structure, in the frame of LAMMPS */
    double (*sorted)[3];    /* those, or forces, in the order of LAMMPS */
    double *energies;       /* in the order of LAMMPS */
    size_t order_capacity, type_capacity, position_capacity, sorted_capacity, energy_capacity;
} lammps_potential;

typedef struct lammps_arguments {
    const char *file, *elements;
    double time_limit; /* s, for each answer of LAMMPS */
} lammps_arguments;

static adatom_status read_arguments(const adatom_spec_argument *arguments, size_t count,
                                    lammps_arguments *found)
{
    for (size_t i = 0; i < count; i++) {
        const adatom_spec_argument *argument = &arguments[i];
        if (strcmp(argument->key, "file") == 0 || argument->key[0] == '\0') {
            found->file = argument->value;
        } else if (strcmp(argument->key, "elements") == 0) {
            found->elements = argument->value;
        } else if (strcmp(argument->key, "time_limit") == 0) {
            ADATOM_SYS_TRY(adatom_sys_number(argument, 1e-3, 1e6, &found->time_limit));
        } else {
            return adatom_sys_fail(ADATOM_INVALID_INPUT,
                                   "lammps has no argument \"%s\"; known: file elements time_limit",
                                   argument->key);
        }
    }
    if (found->file == NULL) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT,
                               "lammps wants a fragment of a LAMMPS script that defines a "
                               "potential: lammps:FILE");
    }
    return ADATOM_OK;
}

static void destroy(void *state)
{
    lammps_potential *potential = state;
    if (potential == NULL) {
        return;
    }
    adatom_lammps_instance_clear(&potential->instance);
    adatom_lammps_script_free(potential->script);
    free(potential->order);
    free(potential->types);
    free(potential->positions);
    free(potential->sorted);
    free(potential->energies);
    free(potential);
}

static adatom_status make_room(lammps_potential *potential, size_t count)
{
    ADATOM_SYS_TRY(adatom_sys_grow(&potential->order, &potential->order_capacity, count,
                                   sizeof *potential->order));
    ADATOM_SYS_TRY(adatom_sys_grow(&potential->types, &potential->type_capacity, count,
                                   sizeof *potential->types));
    ADATOM_SYS_TRY(adatom_sys_grow(&potential->positions, &potential->position_capacity, count,
                                   sizeof *potential->positions));
    ADATOM_SYS_TRY(adatom_sys_grow(&potential->energies, &potential->energy_capacity, count,
                                   sizeof *potential->energies));
    return adatom_sys_grow(&potential->sorted, &potential->sorted_capacity, count,
                           sizeof *potential->sorted);
}

/* Gives the script to LAMMPS with one atom of each element, so that what is wrong with it is said
 * at once. */
static adatom_status try_script(lammps_potential *potential)
{
    const size_t count = (size_t)potential->script->type_count;
    const double side = 60, spacing = 0.25; /* Å */
    adatom_lammps_frame frame = {.periodic_count = 3, .box = {.high = {side, side, side}}};
    ADATOM_SYS_TRY(make_room(potential, count));
    for (size_t i = 0; i < count; i++) {
        potential->types[i] = (int)i + 1;
        for (int x = 0; x < 3; x++) {
            potential->positions[i][x] = spacing * (double)(i + 1);
        }
    }
    return adatom_lammps_instance_set(&potential->instance, &frame, count, potential->types,
                                      (const double(*)[3])potential->positions);
}

static adatom_status create(const adatom_spec_argument *arguments, size_t count, void **state)
{
    lammps_arguments found = {.time_limit = 60};
    ADATOM_SYS_TRY(read_arguments(arguments, count, &found));
    lammps_potential *potential;
    ADATOM_SYS_TRY(adatom_sys_allocate(1, sizeof *potential, &potential));
    adatom_status status =
        adatom_lammps_script_read(found.file, found.elements, &potential->script);
    if (status == ADATOM_OK) {
        potential->instance.script = potential->script;
        potential->instance.time_limit = found.time_limit;
        status = try_script(potential);
    }
    if (status != ADATOM_OK) {
        destroy(potential);
        return status;
    }
    *state = potential;
    return ADATOM_OK;
}

static adatom_status unknown_element(const adatom_lammps_script *script, int number)
{
    char known[512] = "";
    for (int type = 1; type <= script->type_count; type++) {
        strncat(known, " ", sizeof known - strlen(known) - 1);
        strncat(known, adatom_element_symbol(script->elements[type]),
                sizeof known - strlen(known) - 1);
    }
    return adatom_sys_fail(ADATOM_INVALID_INPUT, "%s has no atom type for %s; it has:%s",
                           script->path, adatom_element_symbol(number), known);
}

/* Counts the atoms of each type and sorts them, those of one type in the order of the structure. */
static adatom_status sort_atoms(lammps_potential *potential, const adatom_structure *structure)
{
    const adatom_lammps_script *script = potential->script;
    size_t next[ADATOM_ELEMENT_COUNT + 2] = {0}; /* of each type, the place of its next atom */
    for (size_t i = 0; i < structure->atom_count; i++) {
        const int type = script->types[structure->atomic_numbers[i]];
        if (type == 0) {
            return unknown_element(script, structure->atomic_numbers[i]);
        }
        next[type + 1]++;
    }
    for (int type = 1; type <= script->type_count; type++) {
        next[type + 1] += next[type];
    }
    for (size_t i = 0; i < structure->atom_count; i++) {
        const int type = script->types[structure->atomic_numbers[i]];
        potential->types[next[type]] = type;
        potential->order[next[type]++] = i;
    }
    return ADATOM_OK;
}

/* Energies and forces of the sorted atoms go to where the structure has them. */
static void put_back(const lammps_potential *potential, const adatom_lammps_frame *frame,
                     size_t count, const adatom_properties *sorted, adatom_properties *properties)
{
    properties->energy = sorted->energy;
    for (size_t i = 0; i < count && properties->forces != NULL; i++) {
        double *force = properties->forces[potential->order[i]];
        memcpy(force, sorted->forces[i], sizeof sorted->forces[i]);
        adatom_lammps_frame_turn_back(frame, force);
    }
    properties->has_energies = properties->energies != NULL && sorted->has_energies;
    for (size_t i = 0; i < count && properties->has_energies; i++) {
        properties->energies[potential->order[i]] = sorted->energies[i];
    }
    properties->has_virial = sorted->has_virial;
    if (sorted->has_virial) {
        memcpy(properties->virial, sorted->virial, 3 * sizeof *sorted->virial);
        adatom_lammps_frame_turn_matrix_back(frame, properties->virial);
    }
}

static adatom_status compute_properties(void *state, const adatom_structure *structure,
                                        adatom_properties *properties)
{
    lammps_potential *potential = state;
    const size_t count = structure->atom_count;
    adatom_lammps_frame frame;
    ADATOM_SYS_TRY(make_room(potential, count));
    ADATOM_SYS_TRY(sort_atoms(potential, structure));
    ADATOM_SYS_TRY(adatom_lammps_frame_make(structure, &frame, potential->positions));
    for (size_t i = 0; i < count; i++) {
        memcpy(potential->sorted[i], potential->positions[potential->order[i]],
               sizeof potential->sorted[i]);
    }
    const double(*positions)[3] = (const double(*)[3])potential->sorted;
    ADATOM_SYS_TRY(adatom_lammps_instance_set(&potential->instance, &frame, count, potential->types,
                                              positions));
    double virial[3][3];
    adatom_properties sorted = {.forces = potential->sorted,
                                .energies =
                                    properties->energies != NULL ? potential->energies : NULL,
                                .virial = properties->virial != NULL ? virial : NULL};
    ADATOM_SYS_TRY(
        adatom_lammps_instance_compute(&potential->instance, &frame, positions, &sorted));
    put_back(potential, &frame, count, &sorted, properties);
    return ADATOM_OK;
}

const adatom_evaluator_kind adatom_kind_lammps = {
    .create = create, .free = destroy, .compute_properties = compute_properties};
