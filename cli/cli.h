/* adatom: what the commands of the command line share. */
#ifndef ADATOM_CLI_H
#define ADATOM_CLI_H

#include "adatom/adatom.h"

enum { CLI_LABELS_MAX = 32 };

/* What the user said. The texts are those of argv, but for the overrides. */
typedef struct cli_arguments {
    const char *command; /* or NULL */
    char **files;        /* [file_count], what follows the command */
    int file_count;
    const char *output;     /* -o, or NULL */
    const char *evaluator;  /* -e, or NULL */
    const char *descriptor; /* -d, or NULL */
    const char *pool;       /* --pool, or NULL */
    bool gradients;         /* --gradients */
    char **overrides;       /* [override_count] of --set, --seed and --threads, in that order */
    size_t override_count;
    int retries;                        /* --retries */
    int agents, jobs;                   /* --agents, --jobs; 0: not given */
    const char *target;                 /* --target, or NULL */
    const char *labels[CLI_LABELS_MAX]; /* [label_count] of --label */
    int label_count;
    const char *kim;      /* --kim, or NULL */
    const char *place;    /* --at, or NULL */
    int step;             /* --step */
    bool stop_on_failure; /* --on-failure stop */
    bool quiet, help, version;
    bool given[128]; /* by the letter or digit of the option in options.def */
} cli_arguments;

typedef struct cli_command {
    const char *name, *arguments, *own_options, *summary, *description;
    int (*run)(const cli_arguments *arguments); /* returns the exit status */
} cli_command;

/* The commands, ended by one without a name. */
extern const cli_command cli_commands[];

/* Fills *arguments (free with cli_arguments_clear in any case); exit status 0, or that of an error.
 */
int cli_arguments_parse(int count, char **words, cli_arguments *arguments);
/* What --threads says, 0 for all cores. */
int cli_threads(const cli_arguments *arguments);
void cli_arguments_clear(cli_arguments *arguments);
/* Wrong use, unless `count` files and no option that the command does not have were given. */
int cli_arguments_check(const cli_arguments *arguments, const cli_command *command);

/* Prints --help, of one command or (NULL) of all. */
void cli_print_help(const cli_command *command);

/* Each prints one line "adatom: ..." on stderr and returns the exit status. */
int cli_wrong_use(const char *format, ...) ADATOM_PRINTF(1, 2);
int cli_failed(const char *format, ...) ADATOM_PRINTF(1, 2);
int cli_status(adatom_status status); /* 0 and no line for ADATOM_OK */

/* One function per command. */
int cli_search(const cli_arguments *arguments);
int cli_resume(const cli_arguments *arguments);
int cli_report(const cli_arguments *arguments);
int cli_explain(const cli_arguments *arguments);
int cli_info(const cli_arguments *arguments);
int cli_evaluate(const cli_arguments *arguments);
int cli_describe(const cli_arguments *arguments);
int cli_sample(const cli_arguments *arguments);
int cli_ensemble(const cli_arguments *arguments);
int cli_train(const cli_arguments *arguments);
int cli_predict(const cli_arguments *arguments);
int cli_export(const cli_arguments *arguments);
int cli_reconstruct(const cli_arguments *arguments);
int cli_generate(const cli_arguments *arguments);

/* From now on Ctrl-C and SIGTERM ask for an end in good order; the next one ends the program at
 * once. */
void cli_watch_signals(void);
bool cli_is_stop_requested(void *unused);

/* Prints formula, number of atoms and cell of a structure. */
void cli_print_structure(const adatom_structure *structure);
/* Prints neighbours and rings, and says so if it is a honeycomb. */
adatom_status cli_print_bonds(const adatom_structure *structure);
/* One row of a table: a name, then what the format says. */
void cli_print_row(const char *name, const char *format, ...) ADATOM_PRINTF(2, 3);
/* The lines of what a training or a prediction came to. */
void cli_print_result(const adatom_train_result *result);
/* Draws the table of the result, if it has one. */
adatom_status cli_draw_predictions(const adatom_train_result *result, bool quiet);
/* The frame of lowest energy, or the last one; NULL if there is none. */
const adatom_frame *cli_best_frame(const adatom_frames *frames);

#endif
