/* The extended tight-binding methods GFN2-xTB (Bannwarth, Ehlert and Grimme, J. Chem. Theory
 * Comput. 15, 1652 (2019)), GFN1-xTB (Grimme, Bannwarth and Shushkov, ibid. 13, 1989 (2017)) and
 * GFN0-xTB (Pracht et al., ChemRxiv 8326202 (2019)) through libxtb, in process. */
#include "energy/kinds.h"

#include "energy/cloud.h"
#include "energy/xtb_cell.h"
#include "energy/xtb_engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Radon, the last element with parameters. */
enum { LAST_ELEMENT = 86 };
/* The memory grows with the square of the number of atoms, and libxtb ends the process where it
 * finds none. */
enum { ATOMS_MAX = 1000 };
/* Closer atoms fall into each other: at 0.001 Å by 100 000 eV. */
static const double least_distance = 0.1; /* Å */

typedef struct xtb_method {
    adatom_xtb_settings settings;
    adatom_xtb_engine *engine;
    adatom_cloud *contacts; /* finds atoms that are too close */
    double (*positions)[3];
    size_t position_capacity;
} xtb_method;

static adatom_status read_integer(const adatom_spec_argument *argument, int minimum, int maximum,
                                  int *out)
{
    double number;
    ADATOM_SYS_TRY(adatom_sys_number(argument, minimum, maximum, &number));
    if (number != floor(number)) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT,
                               "evaluator argument %s=%s is not a whole number", argument->key,
                               argument->value);
    }
    *out = (int)number;
    return ADATOM_OK;
}

static adatom_status read_method(const char *name, int *method)
{
    static const char *const names[] = {"gfn0", "gfn1", "gfn2"};
    for (int i = 0; i < 3; i++) {
        if (strcmp(name, names[i]) == 0) {
            *method = i;
            return ADATOM_OK;
        }
    }
    return adatom_sys_fail(ADATOM_INVALID_INPUT, "xtb has no method \"%s\"; known: gfn2 gfn1 gfn0",
                           name);
}

static adatom_status read_argument(adatom_xtb_settings *settings,
                                   const adatom_spec_argument *argument)
{
    const char *key = argument->key;
    if (key[0] == '\0' || strcmp(key, "method") == 0) {
        return read_method(argument->value, &settings->method);
    }
    if (strcmp(key, "charge") == 0) {
        return read_integer(argument, -100, 100, &settings->charge);
    }
    if (strcmp(key, "unpaired") == 0) {
        return read_integer(argument, 0, 100, &settings->unpaired);
    }
    if (strcmp(key, "electronic_temperature") == 0) {
        return adatom_sys_number(argument, 0, 1e5, &settings->electronic_temperature);
    }
    if (strcmp(key, "accuracy") == 0) {
        return adatom_sys_number(argument, 1e-4, 1e3, &settings->accuracy);
    }
    if (strcmp(key, "max_iterations") == 0) {
        return read_integer(argument, 1, 100000, &settings->max_iterations);
    }
    return adatom_sys_fail(ADATOM_INVALID_INPUT,
                           "xtb has no argument \"%s\"; known: method charge unpaired "
                           "electronic_temperature accuracy max_iterations",
                           key);
}

static adatom_status read_settings(const adatom_spec_argument *arguments, size_t count,
                                   adatom_xtb_settings *settings)
{
    *settings = (adatom_xtb_settings){.method = -1,
                                      .unpaired = -1,
                                      .electronic_temperature = 3000,
                                      .accuracy = 1,
                                      .max_iterations = 250};
    for (size_t i = 0; i < count; i++) {
        ADATOM_SYS_TRY(read_argument(settings, &arguments[i]));
    }
    if (settings->method < 0) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT,
                               "xtb wants a method: xtb:gfn2, xtb:gfn1 or xtb:gfn0");
    }
    return ADATOM_OK;
}

static void destroy(void *state)
{
    xtb_method *xtb = state;
    adatom_xtb_engine_free(xtb->engine);
    adatom_cloud_free(xtb->contacts);
    free(xtb->positions);
    free(xtb);
}

static adatom_status create(const adatom_spec_argument *arguments, size_t count, void **state)
{
    adatom_xtb_settings settings;
    ADATOM_SYS_TRY(read_settings(arguments, count, &settings));
    xtb_method *xtb;
    ADATOM_SYS_TRY(adatom_sys_allocate(1, sizeof *xtb, &xtb));
    xtb->settings = settings;
    const adatom_cloud_list list = {least_distance, false};
    adatom_status status = adatom_xtb_engine_create(&settings, &xtb->engine);
    if (status == ADATOM_OK) {
        status = adatom_cloud_create(&list, 1, least_distance, &xtb->contacts);
    }
    if (status != ADATOM_OK) {
        destroy(xtb);
        return status;
    }
    *state = xtb;
    return ADATOM_OK;
}

/* Electrons that the methods treat; those of an f shell belong to the core. */
static int valence_electrons(int number)
{
    static const int core[][2] = {{86, 78}, {79, 68}, {71, 54}, {54, 46}, {47, 36},
                                  {36, 28}, {29, 18}, {18, 10}, {10, 2},  {2, 0}};
    if (number >= 58 && number <= 71) {
        return 3;
    }
    int electrons = 0;
    for (size_t i = 0; i < sizeof core / sizeof core[0] && number <= core[i][0]; i++) {
        electrons = number - core[i][1];
    }
    return electrons;
}

/* A lower bound of the orbitals: s, s and p, or s, p and d. */
static int orbitals(int number)
{
    const bool has_d = (number >= 21 && number <= 29) || (number >= 39 && number <= 47) ||
                       (number >= 57 && number <= 79);
    return number <= 2 ? 1 : has_d ? 9 : 4;
}

static adatom_status check_atoms(const xtb_method *xtb, const adatom_structure *structure)
{
    if (structure->atom_count > ATOMS_MAX) {
        return adatom_sys_fail(ADATOM_UNSUPPORTED,
                               "xtb:gfn%d takes up to %d atoms, this structure has %zu",
                               xtb->settings.method, ATOMS_MAX, structure->atom_count);
    }
    for (size_t i = 0; i < structure->atom_count; i++) {
        if (structure->atomic_numbers[i] > LAST_ELEMENT) {
            return adatom_sys_fail(
                ADATOM_INVALID_INPUT, "xtb:gfn%d does not know %s; it knows H to Rn",
                xtb->settings.method, adatom_element_symbol(structure->atomic_numbers[i]));
        }
    }
    return ADATOM_OK;
}

/* The number of unpaired electrons to calculate with. libxtb writes beyond its arrays if there are
 * more electrons of one spin than orbitals. */
static adatom_status count_unpaired(const adatom_xtb_settings *settings,
                                    const adatom_structure *structure, int *unpaired)
{
    int electrons = -settings->charge, places = 0;
    for (size_t i = 0; i < structure->atom_count; i++) {
        electrons += valence_electrons(structure->atomic_numbers[i]);
        places += orbitals(structure->atomic_numbers[i]);
    }
    if (electrons < 1) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT,
                               "xtb: a charge of %d leaves no valence electrons", settings->charge);
    }
    const int wanted = settings->unpaired < 0 ? electrons % 2 : settings->unpaired;
    if (wanted > electrons || (electrons - wanted) % 2 != 0 || (electrons + wanted) / 2 > places) {
        return adatom_sys_fail(ADATOM_INVALID_INPUT,
                               "xtb: %d unpaired electrons do not go with %d valence electrons",
                               wanted, electrons);
    }
    *unpaired = wanted;
    return ADATOM_OK;
}

static adatom_status check_contacts(const xtb_method *xtb, const adatom_structure *structure)
{
    ADATOM_SYS_TRY(adatom_cloud_build(xtb->contacts, structure));
    for (int i = 0; i < xtb->contacts->atom_count; i++) {
        int count = 0;
        const int *found = adatom_cloud_neighbors(xtb->contacts, 0, i, &count);
        if (count > 0) {
            return adatom_sys_fail(
                ADATOM_EVALUATION_FAILED, "xtb:gfn%d: atoms %d and %d are less than %g Å apart",
                xtb->settings.method, i + 1, xtb->contacts->owner[found[0]] + 1, least_distance);
        }
    }
    return ADATOM_OK;
}

static adatom_status compute_properties(void *state, const adatom_structure *structure,
                                        adatom_properties *properties)
{
    xtb_method *xtb = state;
    adatom_xtb_cell cell;
    int unpaired = 0;
    ADATOM_SYS_TRY(check_atoms(xtb, structure));
    ADATOM_SYS_TRY(count_unpaired(&xtb->settings, structure, &unpaired));
    ADATOM_SYS_TRY(adatom_sys_grow(&xtb->positions, &xtb->position_capacity, structure->atom_count,
                                   sizeof *xtb->positions));
    ADATOM_SYS_TRY(adatom_xtb_place(xtb->settings.method, structure, &cell, xtb->positions));
    const bool is_periodic = cell.periodic[0] || cell.periodic[1] || cell.periodic[2];
    if (is_periodic && xtb->settings.charge != 0) {
        return adatom_sys_fail(ADATOM_UNSUPPORTED, "xtb: a periodic cell must be neutral");
    }
    ADATOM_SYS_TRY(check_contacts(xtb, structure));
    return adatom_xtb_engine_compute(xtb->engine, structure, &cell,
                                     (const double(*)[3])xtb->positions, unpaired, properties);
}

const adatom_evaluator_kind adatom_kind_xtb = {.create = create,
                                               .free = destroy,
                                               .one_at_a_time = true,
                                               .compute_properties = compute_properties};
