#include "adatom/structure.h"

#include <string.h>

typedef struct element {
    const char *symbol;
    double covalent_radius; /* Å */
    double mass;            /* u */
} element;

/* Covalent radii: Cordero et al., Dalton Trans. 2008, 2832 (sp3 C, low-spin Mn, Fe and Co); 0.2 Å
 * beyond Cm, where there is none. Masses: IUPAC 2016; those of the longest-lived isotope for
 * elements without a standard atomic weight. */
static const element elements[ADATOM_ELEMENT_COUNT] = {
    {"H", 0.31, 1.008},         {"He", 0.28, 4.002602},    {"Li", 1.28, 6.94},
    {"Be", 0.96, 9.0121831},    {"B", 0.84, 10.81},        {"C", 0.76, 12.011},
    {"N", 0.71, 14.007},        {"O", 0.66, 15.999},       {"F", 0.57, 18.998403163},
    {"Ne", 0.58, 20.1797},      {"Na", 1.66, 22.98976928}, {"Mg", 1.41, 24.305},
    {"Al", 1.21, 26.9815385},   {"Si", 1.11, 28.085},      {"P", 1.07, 30.973761998},
    {"S", 1.05, 32.06},         {"Cl", 1.02, 35.45},       {"Ar", 1.06, 39.948},
    {"K", 2.03, 39.0983},       {"Ca", 1.76, 40.078},      {"Sc", 1.70, 44.955908},
    {"Ti", 1.60, 47.867},       {"V", 1.53, 50.9415},      {"Cr", 1.39, 51.9961},
    {"Mn", 1.39, 54.938044},    {"Fe", 1.32, 55.845},      {"Co", 1.26, 58.933194},
    {"Ni", 1.24, 58.6934},      {"Cu", 1.32, 63.546},      {"Zn", 1.22, 65.38},
    {"Ga", 1.22, 69.723},       {"Ge", 1.20, 72.63},       {"As", 1.19, 74.921595},
    {"Se", 1.20, 78.971},       {"Br", 1.20, 79.904},      {"Kr", 1.16, 83.798},
    {"Rb", 2.20, 85.4678},      {"Sr", 1.95, 87.62},       {"Y", 1.90, 88.90584},
    {"Zr", 1.75, 91.224},       {"Nb", 1.64, 92.90637},    {"Mo", 1.54, 95.95},
    {"Tc", 1.47, 97.90721},     {"Ru", 1.46, 101.07},      {"Rh", 1.42, 102.9055},
    {"Pd", 1.39, 106.42},       {"Ag", 1.45, 107.8682},    {"Cd", 1.44, 112.414},
    {"In", 1.42, 114.818},      {"Sn", 1.39, 118.71},      {"Sb", 1.39, 121.76},
    {"Te", 1.38, 127.6},        {"I", 1.39, 126.90447},    {"Xe", 1.40, 131.293},
    {"Cs", 2.44, 132.90545196}, {"Ba", 2.15, 137.327},     {"La", 2.07, 138.90547},
    {"Ce", 2.04, 140.116},      {"Pr", 2.03, 140.90766},   {"Nd", 2.01, 144.242},
    {"Pm", 1.99, 144.91276},    {"Sm", 1.98, 150.36},      {"Eu", 1.98, 151.964},
    {"Gd", 1.96, 157.25},       {"Tb", 1.94, 158.92535},   {"Dy", 1.92, 162.5},
    {"Ho", 1.92, 164.93033},    {"Er", 1.89, 167.259},     {"Tm", 1.90, 168.93422},
    {"Yb", 1.87, 173.054},      {"Lu", 1.87, 174.9668},    {"Hf", 1.75, 178.49},
    {"Ta", 1.70, 180.94788},    {"W", 1.62, 183.84},       {"Re", 1.51, 186.207},
    {"Os", 1.44, 190.23},       {"Ir", 1.41, 192.217},     {"Pt", 1.36, 195.084},
    {"Au", 1.36, 196.966569},   {"Hg", 1.32, 200.592},     {"Tl", 1.45, 204.38},
    {"Pb", 1.46, 207.2},        {"Bi", 1.48, 208.9804},    {"Po", 1.40, 208.98243},
    {"At", 1.50, 209.98715},    {"Rn", 1.50, 222.01758},   {"Fr", 2.60, 223.01974},
    {"Ra", 2.21, 226.02541},    {"Ac", 2.15, 227.02775},   {"Th", 2.06, 232.0377},
    {"Pa", 2.00, 231.03588},    {"U", 1.96, 238.02891},    {"Np", 1.90, 237.04817},
    {"Pu", 1.87, 244.06421},    {"Am", 1.80, 243.06138},   {"Cm", 1.69, 247.07035},
    {"Bk", 0.20, 247.07031},    {"Cf", 0.20, 251.07959},   {"Es", 0.20, 252.083},
    {"Fm", 0.20, 257.09511},    {"Md", 0.20, 258.09843},   {"No", 0.20, 259.101},
    {"Lr", 0.20, 262.11},       {"Rf", 0.20, 267.122},     {"Db", 0.20, 268.126},
    {"Sg", 0.20, 271.134},      {"Bh", 0.20, 270.133},     {"Hs", 0.20, 269.1338},
    {"Mt", 0.20, 278.156},      {"Ds", 0.20, 281.165},     {"Rg", 0.20, 281.166},
    {"Cn", 0.20, 285.177},      {"Nh", 0.20, 286.182},     {"Fl", 0.20, 289.19},
    {"Mc", 0.20, 289.194},      {"Lv", 0.20, 293.204},     {"Ts", 0.20, 293.208},
    {"Og", 0.20, 294.214},
};

static const element *find_element(int atomic_number)
{
    const bool known = atomic_number >= 1 && atomic_number <= ADATOM_ELEMENT_COUNT;
    return known ? &elements[atomic_number - 1] : NULL;
}

const char *adatom_element_symbol(int atomic_number)
{
    const element *found = find_element(atomic_number);
    return found != NULL ? found->symbol : NULL;
}

int adatom_element_number(const char *symbol)
{
    for (int i = 0; symbol != NULL && i < ADATOM_ELEMENT_COUNT; i++) {
        if (strcmp(symbol, elements[i].symbol) == 0) {
            return i + 1;
        }
    }
    return 0;
}

double adatom_element_covalent_radius(int atomic_number)
{
    const element *found = find_element(atomic_number);
    return found != NULL ? found->covalent_radius : 0.2;
}

double adatom_element_mass(int atomic_number)
{
    const element *found = find_element(atomic_number);
    return found != NULL ? found->mass : 0;
}
