/* adatom: the constants of dynamics in fs, Å, eV, K and u.
 *
 * CODATA 2018 (Rev. Mod. Phys. 93, 025010 (2021)): the electronvolt and k_B are exact, u is
 * 1.660 539 066 60(50) e-27 kg. */
#ifndef ADATOM_SAMPLE_UNITS_H
#define ADATOM_SAMPLE_UNITS_H

/* k_B in eV/K. */
#define ADATOM_BOLTZMANN (1.380649e-23 / 1.602176634e-19)

/* One eV/u in (Å/fs)^2, 9.648 533 e-3; one eV/(Å u) is as many Å/fs^2. */
#define ADATOM_EV_PER_U (1.602176634e-19 / 1.66053906660e-27 * 1e-10)

#endif
