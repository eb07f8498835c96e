/* adatom explain: what an agent expects, and which atoms that is due to. */
#include "cli.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SYMBOL_SIZE = 4 };

/* "C,1.5,2,6" */
static int read_place(const char *text, adatom_explain_question *question)
{
    char symbol[SYMBOL_SIZE], end;
    const size_t length = strcspn(text, ",");
    snprintf(symbol, sizeof symbol, "%.*s", (int)(length < SYMBOL_SIZE ? length : 0), text);
    question->element = adatom_element_number(symbol);
    if (question->element == 0 || text[length] != ',' ||
        sscanf(text + length + 1, "%lf,%lf,%lf%c", &question->place[0], &question->place[1],
               &question->place[2], &end) != 3 ||
        !isfinite(question->place[0] + question->place[1] + question->place[2])) {
        return cli_wrong_use("--at: %.40s, expected an element and a place in \303\205, such as "
                             "C,1.5,2,6",
                             text);
    }
    return 0;
}

static void print_explanation(const adatom_explanation *e)
{
    double place[3];
    for (int k = 0; k < 3; k++) {
        place[k] = e->origin[k];
        for (int i = 0; i < 3; i++) {
            place[k] += e->action[1 + i] * e->vectors[i][k];
        }
    }
    cli_print_row("action", "%s at %.3f %.3f %.3f \303\205%s",
                  adatom_element_symbol(e->species[e->action[0]]), place[0], place[1], place[2],
                  e->greedy ? ", the greedy one" : "");
    cli_print_row("Q-value", "%.6f", e->value);
    if (e->may_stop) {
        cli_print_row("of stopping", "%.6f", e->stop);
    }
    cli_print_row("of the atoms", "%.6f", e->value - e->empty - e->biases);
    cli_print_row("of empty space", "%.6f", e->empty);
    cli_print_row("of biases", "%.6f", e->biases);
    printf("\n%6s  %-2s %10s %10s %10s  %s\n", "atom", "", "x", "y", "z", "relevance");
    for (size_t a = 0; a < e->structure->atom_count; a++) {
        const double *at = e->structure->positions[a];
        printf("%6zu  %-2s %10.4f %10.4f %10.4f  %9.6f%s\n", a + 1,
               adatom_element_symbol(e->structure->atomic_numbers[a]), at[0], at[1], at[2],
               e->relevance[a], a < e->template_count ? "  template" : "");
    }
}

static adatom_status explain(const cli_arguments *arguments, adatom_explain_question *question)
{
    const char *path = arguments->output != NULL ? arguments->output : "explain.svg";
    adatom_explanation *explanation;
    adatom_status status = adatom_explain(arguments->files[0], question, &explanation);
    if (status != ADATOM_OK) {
        return status;
    }
    status = adatom_report_explanation(explanation, path);
    if (status == ADATOM_OK && !arguments->quiet) {
        print_explanation(explanation);
        cli_print_row("\npicture", "%s", path);
    }
    adatom_explanation_free(explanation);
    return status;
}

static int explain_structure(const cli_arguments *arguments, adatom_explain_question *question)
{
    adatom_frames frames;
    const adatom_status read = adatom_extxyz_read(arguments->files[1], &frames);
    if (read != ADATOM_OK) {
        return cli_status(read);
    }
    if (frames.count != 1) {
        adatom_frames_clear(&frames);
        return cli_wrong_use("%s: expected one structure", arguments->files[1]);
    }
    question->structure = frames.frames[0].structure;
    const int exit_status = cli_status(explain(arguments, question));
    adatom_frames_clear(&frames);
    return exit_status;
}

int cli_explain(const cli_arguments *arguments)
{
    adatom_explain_question question = {.has_step = arguments->given['s'], .step = arguments->step};
    if (arguments->place != NULL) {
        const int exit_status = read_place(arguments->place, &question);
        if (exit_status != 0) {
            return exit_status;
        }
    }
    if (arguments->file_count < 2) {
        return cli_status(explain(arguments, &question));
    }
    return question.has_step ? cli_wrong_use("explain: --step has no meaning with a structure")
                             : explain_structure(arguments, &question);
}
