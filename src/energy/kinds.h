/* adatom: all kinds of evaluators, one line each.
 *
 *   X(name, usage, description)
 *
 * name stands before the colon of a spec, usage says what stands after it. The file of the kind
 * defines adatom_kind_NAME. */
#ifndef ADATOM_ENERGY_KINDS_H
#define ADATOM_ENERGY_KINDS_H

#include "adatom/sys/evaluator.h"

#define ADATOM_EVALUATOR_KINDS(X)                                                                  \
    X(kim, "MODEL", "portable models of the KIM API, in process")                                  \
    X(xtb, "gfn2, gfn1 or gfn0", "extended tight binding, in process through libxtb")              \
    X(lj, "epsilon=E,sigma=S,cutoff=R", "Lennard-Jones, eV and Å, shifted to 0 at the cutoff")     \
    X(command, "PROGRAM ARGUMENT ...", "any program that answers in extended XYZ")                 \
    X(ipi, "NAME or HOST:PORT", "any client of the i-PI protocol: GPAW, CP2K, LAMMPS, ASE ...")    \
    X(lammps, "FILE", "any potential of LAMMPS, as a fragment of its script")                      \
    X(model, "FILE.h5[,threads=N]", "a potential or a network on images of adatom train")          \
    X(plugin, "FILE.so[,KEY=VALUE...]", "an evaluator of one's own, loaded at run time")           \
    X(process, "SPEC", "any other evaluator in a process of its own, which may crash or hang")

#define ADATOM_DECLARE_KIND(name, usage, description)                                              \
    extern const adatom_evaluator_kind adatom_kind_##name;
ADATOM_EVALUATOR_KINDS(ADATOM_DECLARE_KIND)
#undef ADATOM_DECLARE_KIND

#endif
