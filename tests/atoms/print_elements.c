/* Prints "number symbol covalent-radius mass" of all elements, for elements_ase.py. */
#include "adatom/structure.h"

#include <stdio.h>

int main(void)
{
    for (int number = 1; number <= ADATOM_ELEMENT_COUNT; number++) {
        printf("%d %s %.17g %.17g\n", number, adatom_element_symbol(number),
               adatom_element_covalent_radius(number), adatom_element_mass(number));
    }
    return 0;
}
