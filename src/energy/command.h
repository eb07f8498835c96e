/* adatom: the parts of the back-end that runs a program for each energy. */
#ifndef ADATOM_ENERGY_COMMAND_H
#define ADATOM_ENERGY_COMMAND_H

#include "adatom/sys/evaluator.h"

/* What the spec says. */
typedef struct adatom_command_line {
    char **words; /* [word_count + 1], the program and its arguments, then NULL */
    size_t word_count;
    char *path; /* of the program */
    double time_limit;
    bool gives_forces;
    bool uses_files; /* else standard input and output */
    char *storage;   /* the texts of the words */
} adatom_command_line;

/* Reads "[option=value ...] PROGRAM ARGUMENT ..." and looks the program up. INVALID_INPUT if there
 * is none. Clear it also after a failure. */
adatom_status adatom_command_line_read(const char *text, adatom_command_line *line);
void adatom_command_line_clear(adatom_command_line *line);

/* The structure as one frame of extended XYZ; compute="energy forces" and the like says what is
 * wanted: forces, stress and energies where they are not NULL. Numbers read back to the same bits.
 * Free with free(). */
adatom_status adatom_command_write(const adatom_structure *structure,
                                   const adatom_properties *wanted, char **text, size_t *length);

/* Reads what is not NULL from one frame of extended XYZ that holds the atoms of the structure in
 * their order and places; forces must be there, energies of atoms and a stress, from which the
 * virial is made, may. EVALUATION_FAILED names the program and the line and says what was expected.
 * The results may be NaN or infinite. */
adatom_status adatom_command_read(const char *program, const char *text, size_t length,
                                  const adatom_structure *structure, adatom_properties *properties);

/* The number of that name in the comment line of the frame; false if there is none. */
bool adatom_command_number(const char *text, size_t length, const char *name, double *value);

typedef struct adatom_command_task {
    const char *path;
    char *const *words; /* words[0] stands for the program in messages */
    const char *input;
    size_t input_length;
    double time_limit;   /* s */
    size_t output_limit; /* bytes of its standard output; 0: what it writes there is dropped */
} adatom_command_task;

/* Runs the program to its end. *output is what it wrote to its standard output; free with free().
 * EVALUATION_FAILED if it cannot be started, ends with another status than 0 or by a signal, goes
 * past a limit, or writes nothing where something is to be kept; with the last line that it wrote
 * to its standard error. When the call returns, no process of the program's process group runs. */
adatom_status adatom_command_run(const adatom_command_task *task, char **output, size_t *length);

/* A folder for one run, with the structure in it. */
typedef struct adatom_command_files {
    char *folder, *input, *output; /* paths */
} adatom_command_files;

/* Makes the folder and writes the input. Remove it also after a failure. */
adatom_status adatom_command_files_make(const char *text, size_t length,
                                        adatom_command_files *files);
/* What the program wrote. EVALUATION_FAILED if it is absent, empty or longer than limit. */
adatom_status adatom_command_files_read(const adatom_command_files *files, const char *program,
                                        size_t limit, char **text, size_t *length);
/* Removes the folder and all that the program left in it. */
void adatom_command_files_remove(adatom_command_files *files);
/* The words with {input} and {output} replaced, then NULL; free with adatom_command_words_free. */
adatom_status adatom_command_files_name(const adatom_command_files *files, char *const *words,
                                        size_t count, char ***out);
void adatom_command_words_free(char **words);

#endif
