/* adatom: a bond graph in words. */
#include "report/specimens.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct sentence_text {
    char *text;
    size_t size;
} sentence_text;

static void say(sentence_text *sentence, const char *format, ...) ADATOM_PRINTF(2, 3);

static void say(sentence_text *sentence, const char *format, ...)
{
    const size_t length = strlen(sentence->text);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(sentence->text + length, sentence->size - length, format, arguments);
    va_end(arguments);
}

static const char *number_word(size_t number)
{
    static const char *const words[] = {"no",    "one",   "two",  "three", "four",   "five",  "six",
                                        "seven", "eight", "nine", "ten",   "eleven", "twelve"};
    return number < sizeof words / sizeof words[0] ? words[number] : "many";
}

static void say_rings(sentence_text *sentence, size_t size, size_t count)
{
    static const char *const names[] = {"",         "",        "",         "triangle", "square",
                                        "pentagon", "hexagon", "heptagon", "octagon"};
    const char *plural = count == 1 ? "" : "s";
    if (size < sizeof names / sizeof names[0]) {
        say(sentence, "%s%s", names[size], plural);
    } else {
        say(sentence, "ring%s of %zu", plural, size);
    }
}

/* The one value that all atoms have, or -1. */
static int common_coordination(const adatom_bond_graph *graph)
{
    for (size_t i = 1; i < graph->atom_count; i++) {
        if (graph->coordination[i] != graph->coordination[0]) {
            return -1;
        }
    }
    return graph->atom_count > 0 ? graph->coordination[0] : -1;
}

/* By coordination and the rings per atom: in the square and the triangular lattice there are longer
 * rings too. NULL for anything else. */
static const char *lattice_name(const adatom_specimen *specimen, int coordination,
                                size_t ring_total)
{
    const size_t atoms = specimen->structure->atom_count, *rings = specimen->rings;
    if (specimen->pieces != 1) {
        return NULL;
    }
    if (coordination == 3 && 2 * rings[6] == atoms && rings[6] == ring_total) {
        return "honeycomb";
    }
    if (coordination == 4 && rings[4] == atoms && rings[3] == 0) {
        return "square lattice";
    }
    return coordination == 6 && rings[3] == 2 * atoms ? "triangular lattice" : NULL;
}

static void say_coordination(sentence_text *sentence, const adatom_bond_graph *graph)
{
    enum { COORDINATION_MAX = 64 };
    size_t counts[COORDINATION_MAX + 1] = {0};
    for (size_t i = 0; i < graph->atom_count; i++) {
        const int coordination = graph->coordination[i];
        counts[coordination < COORDINATION_MAX ? coordination : COORDINATION_MAX]++;
    }
    size_t left = graph->atom_count;
    for (int kinds = 0; left > 0 && kinds < 3; kinds++) {
        size_t most = 0;
        for (size_t c = 1; c <= COORDINATION_MAX; c++) {
            most = counts[c] > counts[most] ? c : most;
        }
        const char *verb = counts[most] == 1 ? "has" : "have";
        if (kinds == 0) {
            say(sentence, "%zu atom%s %s %s neighbour%s", counts[most],
                counts[most] == 1 ? "" : "s", verb, number_word(most), most == 1 ? "" : "s");
        } else {
            say(sentence, ", %zu %s %s", counts[most], verb, number_word(most));
        }
        left -= counts[most];
        counts[most] = 0;
    }
    if (left > 0) {
        say(sentence, ", %zu other%s", left, left == 1 ? "" : "s");
    }
}

static void say_all_rings(sentence_text *sentence, const size_t *rings, size_t total)
{
    if (total == 0) {
        say(sentence, "; no rings");
        return;
    }
    const char *separator = "; ";
    for (size_t size = 3; size <= ADATOM_RING_SIZE_MAX; size++) {
        if (rings[size] > 0) {
            say(sentence, "%s%zu ", separator, rings[size]);
            say_rings(sentence, size, rings[size]);
            separator = ", ";
        }
    }
}

void adatom_specimen_describe(const adatom_specimen *specimen, char *text, size_t size)
{
    sentence_text sentence = {text, size};
    text[0] = '\0';
    size_t total = 0, common_ring = 0;
    for (size_t s = 3; s <= ADATOM_RING_SIZE_MAX; s++) {
        total += specimen->rings[s];
        common_ring = specimen->rings[s] > 0 ? s : common_ring;
    }
    const int coordination = common_coordination(specimen->graph);
    const bool one_ring_size = total > 0 && specimen->rings[common_ring] == total;
    const char *lattice = lattice_name(specimen, coordination, total);
    if (lattice != NULL) {
        say(&sentence, "%s: ", lattice);
    }
    if (coordination >= 0 && specimen->structure->atom_count > 1) {
        say(&sentence, "every atom has %s neighbour%s", number_word((size_t)coordination),
            coordination == 1 ? "" : "s");
    } else {
        say_coordination(&sentence, specimen->graph);
    }
    if (one_ring_size && total > 1) {
        say(&sentence, ", all %zu rings are ", total);
        say_rings(&sentence, common_ring, total);
    } else if (total <= specimen->structure->atom_count) {
        /* More rings than atoms: close packing, where rings say nothing. */
        say_all_rings(&sentence, specimen->rings, total);
    }
    if (specimen->pieces > 1) {
        say(&sentence, "; %zu separate pieces", specimen->pieces);
    }
}
