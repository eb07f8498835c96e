/* adatom: extended XYZ files, as ASE writes and reads them. Units: Å, eV, eV/Å. */
#ifndef ADATOM_EXTXYZ_H
#define ADATOM_EXTXYZ_H

#include "adatom/structure.h"

/* One structure of a file with what was computed for it. */
typedef struct adatom_frame {
    adatom_structure *structure;
    bool has_energy;
    double energy;       /* eV */
    double (*forces)[3]; /* [atom_count][3], eV/Å, or NULL */
    size_t info_count;   /* further key=value pairs of the comment line, in file order */
    char **info_keys;    /* [info_count] */
    char **info_values;  /* [info_count], without quotes */
    double *energies;    /* [atom_count], eV, the atoms' shares of the energy, or NULL */
    bool has_stress;
    double stress[3][3]; /* eV/Å^3, dE/d(strain) / volume: positive under tension */
} adatom_frame;

typedef struct adatom_frames {
    size_t count;
    adatom_frame *frames;
} adatom_frames;

/* Reads all frames. INVALID_INPUT says "FILE:LINE: what was expected", or why the file cannot be
 * opened; IO_FAILED if reading it fails.
 *
 * Understood: Lattice, pbc, Properties with species or Z, pos and forces in any order among columns
 * that are read over, energies, stress (9 numbers, or 6: xx yy zz yz xz xy), energy (also
 * total_energy, potential_energy, dft_energy, ref_energy; upper and lower case), values in "", '',
 * [] and {}, backslashes, keys without a value (their value is "T"), plain XYZ (the free text
 * becomes the info "comment"), VEC lines. With Lattice and without pbc, all directions are
 * periodic. Numbers must be finite. */
ADATOM_API adatom_status adatom_extxyz_read(const char *path, adatom_frames *out);
/* Names that stand for the usual ones, which then are read over; NULL: the usual ones. */
typedef struct adatom_extxyz_keys {
    const char *energy;            /* of the comment line */
    const char *forces, *energies; /* of Properties */
} adatom_extxyz_keys;
/* The same with other names; keys may be NULL. */
ADATOM_API adatom_status adatom_extxyz_read_keys(const char *path, const adatom_extxyz_keys *keys,
                                                 adatom_frames *out);
/* The same from memory; name stands for the file in messages. */
ADATOM_API adatom_status adatom_extxyz_parse(const char *text, size_t length, const char *name,
                                             adatom_frames *out);
ADATOM_API void adatom_frames_clear(adatom_frames *frames);

/* Writes the frames to path: a new file beside it is written, flushed and renamed, so that path is
 * never half written. Numbers have the digits to read back to the same bits. INVALID_INPUT if a
 * frame holds what cannot be read back (NaN, a line break in an info); IO_FAILED names path. */
ADATOM_API adatom_status adatom_extxyz_write(const char *path, const adatom_frame *frames,
                                             size_t count);

/* ---- a file that grows by one frame at a time, such as the results of work that takes long */

typedef struct adatom_extxyz_log adatom_extxyz_log;

/* Opens the file, or makes it, for one process at a time. *kept are its frames; half a frame at its
 * end, left by a process that was killed, is cut off. INVALID_INPUT as adatom_extxyz_read;
 * IO_FAILED if it cannot be written or another process has it. */
ADATOM_API adatom_status adatom_extxyz_log_open(const char *path, adatom_frames *kept,
                                                adatom_extxyz_log **out);
/* Adds a frame to the end: it outlives this process from now on. Errors as adatom_extxyz_write; the
 * frames before stay. */
ADATOM_API adatom_status adatom_extxyz_log_add(adatom_extxyz_log *log, const adatom_frame *frame);
ADATOM_API void adatom_extxyz_log_close(adatom_extxyz_log *log);

#endif
