#include "adatom/structure.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

adatom_status adatom_structure_create(size_t atom_count, adatom_structure **out)
{
    adatom_structure *structure;
    ADATOM_TRY(adatom_allocate(1, sizeof *structure, &structure));
    structure->atom_count = atom_count;
    adatom_status status =
        adatom_allocate(atom_count, sizeof *structure->atomic_numbers, &structure->atomic_numbers);
    if (status == ADATOM_OK) {
        status = adatom_allocate(atom_count, sizeof *structure->positions, &structure->positions);
    }
    if (status != ADATOM_OK) {
        adatom_structure_free(structure);
        return status;
    }
    *out = structure;
    return ADATOM_OK;
}

adatom_status adatom_structure_copy(const adatom_structure *structure, adatom_structure **out)
{
    const size_t count = structure->atom_count;
    adatom_structure *copy;
    ADATOM_TRY(adatom_structure_create(count, &copy));
    if (count > 0) {
        memcpy(copy->atomic_numbers, structure->atomic_numbers,
               count * sizeof *copy->atomic_numbers);
        memcpy(copy->positions, structure->positions, count * sizeof *copy->positions);
    }
    memcpy(copy->cell, structure->cell, sizeof copy->cell);
    memcpy(copy->periodic, structure->periodic, sizeof copy->periodic);
    *out = copy;
    return ADATOM_OK;
}

void adatom_structure_free(adatom_structure *structure)
{
    if (structure == NULL) {
        return;
    }
    free(structure->atomic_numbers);
    free(structure->positions);
    free(structure);
}

typedef struct formula_text {
    char *text;
    size_t size, length;
} formula_text;

static void add_to_formula(formula_text *formula, const char *symbol, size_t count)
{
    if (count == 0 || formula->length >= formula->size) {
        return;
    }
    char *end = formula->text + formula->length;
    const size_t room = formula->size - formula->length;
    const int added = count == 1 ? snprintf(end, room, "%s", symbol)
                                 : snprintf(end, room, "%s%zu", symbol, count);
    formula->length += added > 0 ? (size_t)added : 0;
}

/* The atomic numbers in the alphabetic order of their symbols. */
static void sort_by_symbol(int order[ADATOM_ELEMENT_COUNT])
{
    for (int i = 0; i < ADATOM_ELEMENT_COUNT; i++) {
        int j = i;
        for (;
             j > 0 && strcmp(adatom_element_symbol(order[j - 1]), adatom_element_symbol(i + 1)) > 0;
             j--) {
            order[j] = order[j - 1];
        }
        order[j] = i + 1;
    }
}

void adatom_structure_formula(const adatom_structure *structure, char *text, size_t size)
{
    enum { HYDROGEN = 1, CARBON = 6 };
    size_t counts[ADATOM_ELEMENT_COUNT + 1] = {0};
    for (size_t i = 0; i < structure->atom_count; i++) {
        const int number = structure->atomic_numbers[i];
        counts[adatom_element_symbol(number) != NULL ? number : 0]++;
    }
    if (size > 0) {
        text[0] = '\0';
    }
    formula_text formula = {text, size, 0};
    if (counts[CARBON] > 0) { /* Hill: carbon and hydrogen first, if there is carbon */
        add_to_formula(&formula, "C", counts[CARBON]);
        add_to_formula(&formula, "H", counts[HYDROGEN]);
        counts[CARBON] = counts[HYDROGEN] = 0;
    }
    int order[ADATOM_ELEMENT_COUNT];
    sort_by_symbol(order);
    for (int i = 0; i < ADATOM_ELEMENT_COUNT; i++) {
        add_to_formula(&formula, adatom_element_symbol(order[i]), counts[order[i]]);
    }
}
