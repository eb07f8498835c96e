#include "search/design.h"

#include "adatom/bonds.h"
#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* -- reading */

enum { WORD_SIZE = 24 };

/* The words of one motif, one after the other. */
typedef struct reader {
    const char *rest, *end; /* of the motif */
    char word[WORD_SIZE];   /* the current one; "" at the end */
} reader;

static adatom_status refuse(const reader *r, const char *expected)
{
    return adatom_fail(ADATOM_INVALID_INPUT,
                       "design.motif: %s%s%s, expected %s; a motif is such as \"O bound to 2 C\" "
                       "or \"C bound to 1 C and 2 O\"",
                       r->word[0] != '\0' ? "\"" : "", r->word[0] != '\0' ? r->word : "it ends",
                       r->word[0] != '\0' ? "\"" : "", expected);
}

static void next_word(reader *r)
{
    size_t length = 0;
    while (r->rest < r->end && *r->rest == ' ') {
        r->rest++;
    }
    if (r->rest < r->end && *r->rest == ',') {
        r->word[length++] = *r->rest++;
    } else {
        while (r->rest < r->end && *r->rest != ' ' && *r->rest != ',') {
            const bool fits = length < WORD_SIZE - 1;
            r->word[fits ? length : WORD_SIZE - 2] = *r->rest++;
            length += fits;
        }
    }
    r->word[length] = '\0';
}

static bool take(reader *r, const char *word)
{
    const bool is_it = strcmp(r->word, word) == 0;
    if (is_it) {
        next_word(r);
    }
    return is_it;
}

static adatom_status take_element(reader *r, int *element)
{
    *element = adatom_element_number(r->word);
    if (*element == 0) {
        return refuse(r, "an element");
    }
    next_word(r);
    return ADATOM_OK;
}

/* "2", "two", "a", or nothing for one. */
static adatom_status take_amount(reader *r, int *amount)
{
    static const char *const words[] = {"one", "two", "three", "four", "five", "six"};
    *amount = 1;
    for (int i = 0; i < 6; i++) {
        if (take(r, words[i])) {
            *amount = i + 1;
            return ADATOM_OK;
        }
    }
    if (take(r, "a") || take(r, "an") || r->word[0] < '0' || r->word[0] > '9') {
        return ADATOM_OK;
    }
    if (r->word[0] == '0' || strlen(r->word) > 2 ||
        strspn(r->word, "0123456789") != strlen(r->word)) {
        return refuse(r, "a number from 1 to 99");
    }
    *amount = (int)strtol(r->word, NULL, 10);
    next_word(r);
    return ADATOM_OK;
}

static adatom_status add_neighbor(reader *r, adatom_motif *motif)
{
    int amount, element;
    ADATOM_TRY(take_amount(r, &amount));
    ADATOM_TRY(take_element(r, &element));
    for (int i = 0; i < motif->count; i++) {
        if (motif->neighbors[i] == element) {
            motif->amounts[i] += amount;
            return ADATOM_OK;
        }
    }
    if (motif->count == ADATOM_PARTS_MAX) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "design.motif: more than %d elements around one atom", ADATOM_PARTS_MAX);
    }
    motif->neighbors[motif->count] = element;
    motif->amounts[motif->count++] = amount;
    return ADATOM_OK;
}

static adatom_status read_motif(const char *text, const char *end, adatom_motif *motif)
{
    reader r = {.rest = text, .end = end};
    next_word(&r);
    if (!take(&r, "a")) {
        (void)take(&r, "an");
    }
    ADATOM_TRY(take_element(&r, &motif->element));
    if (!take(&r, "bound") && !take(&r, "connected")) {
        return refuse(&r, "\"bound to\"");
    }
    if (!take(&r, "to")) {
        return refuse(&r, "\"bound to\"");
    }
    motif->exactly = take(&r, "exactly");
    do {
        ADATOM_TRY(add_neighbor(&r, motif));
    } while (take(&r, "and") || (take(&r, ",") && (take(&r, "and") || true)));
    return r.word[0] == '\0' ? ADATOM_OK : refuse(&r, "\"and\", or the end");
}

adatom_status adatom_design_read(const adatom_search_options *options, adatom_design *design)
{
    adatom_design read = {.lambda = options->design_lambda,
                          .tolerance = options->design_bond_tolerance};
    const char *text = options->design_motif;
    while (text[strspn(text, " ")] != '\0') {
        const size_t length = strcspn(text, ";");
        if (read.count == ADATOM_MOTIFS_MAX) {
            return adatom_fail(ADATOM_INVALID_INPUT, "design.motif: more than %d motifs",
                               ADATOM_MOTIFS_MAX);
        }
        ADATOM_TRY(read_motif(text, text + length, &read.motifs[read.count++]));
        text += length;
        text += *text == ';';
    }
    *design = read;
    return ADATOM_OK;
}

/* -- looking for motifs */

/* How many neighbours of the element each atom has. */
static void count_neighbors(const adatom_structure *structure, const adatom_bond_graph *graph,
                            int element, int *counts)
{
    memset(counts, 0, structure->atom_count * sizeof *counts);
    for (size_t b = 0; b < graph->bond_count; b++) {
        const adatom_bond *bond = &graph->bonds[b];
        counts[bond->first] += structure->atomic_numbers[bond->second] == element;
        counts[bond->second] += structure->atomic_numbers[bond->first] == element;
    }
}

/* scratch [2][atom_count]. */
static bool has_motif(const adatom_motif *motif, const adatom_structure *structure,
                      const adatom_bond_graph *graph, int *scratch)
{
    const size_t count = structure->atom_count;
    int *missing = scratch, *counts = scratch + count;
    memset(missing, 0, count * sizeof *missing);
    for (int i = 0; i < motif->count; i++) {
        count_neighbors(structure, graph, motif->neighbors[i], counts);
        for (size_t a = 0; a < count; a++) {
            missing[a] |=
                motif->exactly ? counts[a] != motif->amounts[i] : counts[a] < motif->amounts[i];
        }
    }
    int all = 0;
    for (int i = 0; i < motif->count; i++) {
        all += motif->amounts[i];
    }
    for (size_t a = 0; a < count; a++) {
        if (structure->atomic_numbers[a] == motif->element && !missing[a] &&
            (!motif->exactly || graph->coordination[a] == all)) {
            return true;
        }
    }
    return false;
}

adatom_status adatom_design_fits(const adatom_design *design, const adatom_structure *structure,
                                 bool *fits)
{
    adatom_bond_graph *graph;
    int *scratch = NULL;
    ADATOM_TRY(adatom_bond_graph_create(structure, design->tolerance, &graph));
    const adatom_status status =
        adatom_allocate(structure->atom_count, 2 * sizeof *scratch, &scratch);
    if (status == ADATOM_OK) {
        bool all = true;
        for (int i = 0; i < design->count; i++) {
            all = all && has_motif(&design->motifs[i], structure, graph, scratch);
        }
        *fits = all;
    }
    free(scratch);
    adatom_bond_graph_free(graph);
    return status;
}

double adatom_design_strengthen(const adatom_design *design, double value)
{
    return value - design->lambda * fabs(value);
}
