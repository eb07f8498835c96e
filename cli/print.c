/* What several commands print about structures. */
#include "cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Tolerance for bonds as in J. Chem. Phys. 151, 054111 (2019), Å. */
static const double bond_tolerance = 0.2;

enum { COORDINATION_MAX = 12, LINE_SIZE = 256 };

/* Characters of a UTF-8 text. */
static int column_count(const char *text)
{
    int count = 0;
    for (; *text != '\0'; text++) {
        count += ((unsigned char)*text & 0xc0) != 0x80;
    }
    return count;
}

void cli_print_row(const char *name, const char *format, ...)
{
    const int padding = 19 - column_count(name);
    printf("%s%*s ", name, padding > 0 ? padding : 0, "");
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
}

void cli_print_structure(const adatom_structure *structure)
{
    char formula[128];
    adatom_structure_formula(structure, formula, sizeof formula);
    cli_print_row("structure", "%s, %zu atoms", formula, structure->atom_count);
    for (int i = 0; i < 3; i++) {
        const double *row = structure->cell[i];
        cli_print_row(i == 0 ? "cell, \303\205" : "", "%10.4f %10.4f %10.4f   %s", row[0], row[1],
                      row[2], structure->periodic[i] ? "periodic" : "not periodic");
    }
}

const adatom_frame *cli_best_frame(const adatom_frames *frames)
{
    const adatom_frame *best = NULL;
    for (size_t i = 0; i < frames->count; i++) {
        const adatom_frame *frame = &frames->frames[i];
        if (best == NULL || !best->has_energy ||
            (frame->has_energy && frame->energy < best->energy)) {
            best = frame;
        }
    }
    return best;
}

/* "24 with 3, 2 with 4"; what has more than COORDINATION_MAX neighbours stands with that number. */
static void describe_coordination(const adatom_bond_graph *graph, char *line)
{
    size_t atoms[COORDINATION_MAX + 1] = {0};
    for (size_t i = 0; i < graph->atom_count; i++) {
        const int neighbors = graph->coordination[i];
        atoms[neighbors < COORDINATION_MAX ? neighbors : COORDINATION_MAX]++;
    }
    size_t used = 0;
    line[0] = '\0';
    for (int n = 0; n <= COORDINATION_MAX && used < LINE_SIZE; n++) {
        if (atoms[n] > 0) {
            used += (size_t)snprintf(line + used, LINE_SIZE - used, "%s%zu with %d%s",
                                     used > 0 ? ", " : "", atoms[n], n,
                                     n == COORDINATION_MAX ? " or more" : "");
        }
    }
}

/* "12 of 6 atoms, 1 of 8 atoms" */
static void describe_rings(const size_t *rings, char *line)
{
    size_t used = 0;
    snprintf(line, LINE_SIZE, "none");
    for (int size = 3; size <= ADATOM_RING_SIZE_MAX && used < LINE_SIZE; size++) {
        if (rings[size] > 0) {
            used += (size_t)snprintf(line + used, LINE_SIZE - used, "%s%zu of %d atoms",
                                     used > 0 ? ", " : "", rings[size], size);
        }
    }
}

/* In a sheet of hexagons each atom belongs to three of them: two atoms per ring. */
static bool is_honeycomb(const adatom_bond_graph *graph, const size_t *rings)
{
    for (size_t i = 0; i < graph->atom_count; i++) {
        if (graph->coordination[i] != 3) {
            return false;
        }
    }
    for (int size = 3; size <= ADATOM_RING_SIZE_MAX; size++) {
        if (size != 6 && rings[size] > 0) {
            return false;
        }
    }
    return rings[6] > 0 && 2 * rings[6] == graph->atom_count;
}

static void print_graph(const adatom_bond_graph *graph, const size_t *rings)
{
    char line[LINE_SIZE];
    describe_coordination(graph, line);
    cli_print_row("atoms by neighbours", "%s", line);
    describe_rings(rings, line);
    cli_print_row("rings", "%s", line);
    if (is_honeycomb(graph, rings)) {
        printf("honeycomb: every atom has 3 neighbours, ");
        if (rings[6] == 1) {
            printf("the only ring is a hexagon\n");
        } else {
            printf("all %zu rings are hexagons\n", rings[6]);
        }
    }
}

adatom_status cli_print_bonds(const adatom_structure *structure)
{
    adatom_bond_graph *graph;
    adatom_status status = adatom_bond_graph_create(structure, bond_tolerance, &graph);
    if (status != ADATOM_OK) {
        return status;
    }
    size_t rings[ADATOM_RING_SIZE_MAX + 1] = {0};
    status = adatom_bond_graph_rings(graph, rings);
    if (status == ADATOM_OK) {
        print_graph(graph, rings);
    }
    adatom_bond_graph_free(graph);
    return status;
}
