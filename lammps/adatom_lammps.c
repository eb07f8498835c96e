/* adatom-lammps: LAMMPS in a process of its own, for the evaluator lammps:FILE.
 *
 * This program is linked with liblammps, which is under the GNU General Public License: what is
 * built from this file may be passed on under that licence only. The library adatom does not link
 * it; the two talk over a socket, as src/energy/lammps_protocol.h says. */
#include "energy/child_side.h"
#include "energy/lammps_protocol.h"

#include "KIM_Log.h"
#include "KIM_LogVerbosity.h"
#include <lammps/library.h>

#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct lammps_session {
    void *lammps;
    int atom_count;
    bool skewed;   /* the box that is there has tilts, if only of zero */
    char *message; /* [capacity], what was received or is to be sent, zero byte behind */
    size_t size, capacity;
    unsigned long computed;
} lammps_session;

static bool reserve(lammps_session *session, size_t size)
{
    if (size < session->capacity) {
        return true;
    }
    char *grown = realloc(session->message, size + 1);
    if (grown == NULL) {
        return false;
    }
    session->message = grown;
    session->capacity = size + 1;
    return true;
}

static void close_lammps(lammps_session *session)
{
    if (session->lammps != NULL) {
        lammps_close(session->lammps);
        session->lammps = NULL;
    }
    session->atom_count = 0;
}

/* What LAMMPS prints goes to the standard output, where its errors are looked for. */
static bool open_lammps(lammps_session *session)
{
    static char name[] = "adatom-lammps", log[] = "-log", none[] = "none", quiet[] = "-nocite";
    char *arguments[] = {name, log, none, quiet, NULL};
    close_lammps(session);
    session->lammps = lammps_open_no_mpi(4, arguments, NULL);
    return session->lammps != NULL ? adatom_child_answer(ADATOM_LAMMPS_OPEN, NULL, 0)
                                   : adatom_child_refuse("LAMMPS could not be opened");
}

static bool run_command(lammps_session *session)
{
    lammps_command(session->lammps, session->message);
    const char *units = lammps_extract_global(session->lammps, "units");
    return units != NULL ? adatom_child_answer(ADATOM_LAMMPS_COMMAND, units, strlen(units))
                         : adatom_child_refuse("LAMMPS does not tell its units");
}

/* Atoms of the given types and places in the box that is there. */
static bool create_atoms(const lammps_session *session, int count)
{
    const adatom_lammps_atom *atoms = (const adatom_lammps_atom *)session->message;
    int *types = calloc((size_t)count, sizeof *types);
    double *positions = calloc((size_t)count, 3 * sizeof *positions);
    bool made = types != NULL && positions != NULL;
    for (int i = 0; made && i < count; i++) {
        types[i] = (int)atoms[i].type;
        memcpy(positions + 3 * i, atoms[i].position, sizeof atoms[i].position);
    }
    if (made) {
        lammps_create_atoms(session->lammps, count, NULL, types, positions, NULL, NULL, 0);
        made = lammps_get_natoms(session->lammps) == count;
    }
    free(types);
    free(positions);
    return made;
}

static bool take_atoms(lammps_session *session)
{
    const size_t count = session->size / sizeof(adatom_lammps_atom);
    if (count == 0 || count > INT_MAX / 3 || session->size % sizeof(adatom_lammps_atom) != 0) {
        return adatom_child_refuse("the atoms have a wrong size");
    }
    if (!create_atoms(session, (int)count)) {
        return adatom_child_refuse("LAMMPS did not take all atoms");
    }
    session->atom_count = (int)count;
    session->skewed = lammps_extract_setting(session->lammps, "triclinic") == 1;
    return adatom_child_answer(ADATOM_LAMMPS_ATOMS, NULL, 0);
}

static void set_box(const lammps_session *session, const adatom_lammps_box *wanted)
{
    adatom_lammps_box box;
    int periodic[3], changes;
    lammps_extract_box(session->lammps, box.low, box.high, &box.xy, &box.yz, &box.xz, periodic,
                       &changes);
    if (memcmp(&box, wanted, sizeof box) == 0) {
        return;
    }
    char command[512], tilts[128] = "";
    if (session->skewed) {
        snprintf(tilts, sizeof tilts, "xy final %.17g xz final %.17g yz final %.17g", wanted->xy,
                 wanted->xz, wanted->yz);
    }
    snprintf(command, sizeof command,
             "change_box all x final %.17g %.17g y final %.17g %.17g z final %.17g %.17g %s "
             "units box",
             wanted->low[0], wanted->high[0], wanted->low[1], wanted->high[1], wanted->low[2],
             wanted->high[2], tilts);
    lammps_command(session->lammps, command);
}

/* The output is looked at only after an error. */
static void forget_output(lammps_session *session)
{
    if (++session->computed % 256 == 0) {
        fflush(stdout);
        if (ftruncate(STDOUT_FILENO, 0) != 0) {
            clearerr(stdout); /* a terminal or a pipe: nothing is kept there */
        }
    }
}

/* Virial and energies of the atoms, as COMPUTE_ALL sends them; false if LAMMPS has none. */
static bool gather_more(lammps_session *session, double *virial, double *energies)
{
    static char energy_name[] = "c_" ADATOM_LAMMPS_ENERGIES;
    const double *pressure = lammps_extract_compute(session->lammps, ADATOM_LAMMPS_PRESSURE,
                                                    LMP_STYLE_GLOBAL, LMP_TYPE_VECTOR);
    const double *unit = lammps_extract_global(session->lammps, "nktv2p");
    adatom_lammps_box box;
    int periodic[3], changes;
    lammps_extract_box(session->lammps, box.low, box.high, &box.xy, &box.yz, &box.xz, periodic,
                       &changes);
    if (pressure == NULL || unit == NULL) {
        return false;
    }
    double volume = 1;
    for (int x = 0; x < 3; x++) {
        volume *= box.high[x] - box.low[x];
    }
    for (int i = 0; i < 6; i++) {
        virial[i] = pressure[i] * volume / *unit;
    }
    if (lammps_extract_compute(session->lammps, ADATOM_LAMMPS_ENERGIES, LMP_STYLE_ATOM,
                               LMP_TYPE_VECTOR) == NULL) {
        return false;
    }
    lammps_gather(session->lammps, energy_name, 1, 1, energies);
    return true;
}

static bool compute(lammps_session *session, uint32_t kind)
{
    static char position_name[] = "x", force_name[] = "f";
    const size_t bytes = (size_t)session->atom_count * 3 * sizeof(double);
    if (session->atom_count == 0 || session->size != sizeof(adatom_lammps_box) + bytes) {
        return adatom_child_refuse("the positions have a wrong size");
    }
    adatom_lammps_box box;
    memcpy(&box, session->message, sizeof box);
    char *positions = session->message + sizeof box;
    /* First, or LAMMPS would lose the atoms outside of the new box. */
    lammps_scatter_atoms(session->lammps, position_name, 1, 3, positions);
    set_box(session, &box);
    lammps_scatter_atoms(session->lammps, position_name, 1, 3, positions);
    lammps_command(session->lammps, "run 0 post no");
    const double *energy =
        lammps_extract_compute(session->lammps, "thermo_pe", LMP_STYLE_GLOBAL, LMP_TYPE_SCALAR);
    if (energy == NULL || lammps_get_natoms(session->lammps) != session->atom_count) {
        return adatom_child_refuse("LAMMPS gives no energy of all atoms");
    }
    const double total = *energy;
    size_t size = sizeof total + bytes;
    const size_t more = 6 * sizeof total + bytes / 3;
    if (!reserve(session, size + more)) {
        return adatom_child_refuse("no memory for the answer");
    }
    double *results = (double *)session->message;
    results[0] = total;
    lammps_gather_atoms(session->lammps, force_name, 1, 3, results + 1);
    if (kind == ADATOM_LAMMPS_COMPUTE_ALL) {
        double *virial = results + 1 + 3 * session->atom_count;
        size += more;
        if (!gather_more(session, virial, virial + 6)) {
            return adatom_child_refuse("LAMMPS gives no virial or no energies of atoms");
        }
    }
    forget_output(session);
    return adatom_child_answer(kind, session->message, size);
}

/* False when nobody listens any more. */
static bool serve(lammps_session *session, uint32_t kind)
{
    if (kind == ADATOM_LAMMPS_OPEN) {
        return open_lammps(session);
    }
    if (session->lammps == NULL) {
        return adatom_child_refuse("LAMMPS is not open");
    }
    switch (kind) {
    case ADATOM_LAMMPS_COMMAND:
        return run_command(session);
    case ADATOM_LAMMPS_ATOMS:
        return take_atoms(session);
    case ADATOM_LAMMPS_COMPUTE:
    case ADATOM_LAMMPS_COMPUTE_ALL:
        return compute(session, kind);
    default:
        return adatom_child_refuse("unknown request");
    }
}

static void serve_all(lammps_session *session)
{
    for (;;) {
        adatom_child_header header;
        if (!adatom_child_receive(&header, sizeof header) || header.size > ADATOM_CHILD_BYTES_MAX ||
            !reserve(session, header.size) ||
            !adatom_child_receive(session->message, header.size)) {
            return;
        }
        session->size = header.size;
        session->message[header.size] = '\0';
        if (!serve(session, header.kind)) {
            return;
        }
    }
}

static bool begins_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* Started below mpirun, the process must not take itself for one of the ranks there. */
static void leave_the_ranks(void)
{
    static const char *const of_ranks[] = {"PMIX_",          "PMI_",         "OMPI_COMM_WORLD_",
                                           "OMPI_MCA_orte_", "OMPI_MCA_ess", "OMPI_UNIVERSE_"};
    extern char **environ;
    for (char **entry = environ; *entry != NULL;) {
        bool of_rank = false;
        for (size_t i = 0; i < sizeof of_ranks / sizeof of_ranks[0]; i++) {
            of_rank = of_rank || begins_with(*entry, of_ranks[i]);
        }
        char name[256];
        const size_t length = strcspn(*entry, "=");
        if (!of_rank || length >= sizeof name) {
            entry++;
            continue;
        }
        memcpy(name, *entry, length);
        name[length] = '\0';
        entry = unsetenv(name) == 0 ? environ : entry + 1;
    }
}

/* One process, alone: no daemon beside it, no folder in /tmp, no search for networks. */
static void set_environment(void)
{
    leave_the_ranks();
    setenv("OMPI_MCA_ess_singleton_isolated", "1", 1);
    setenv("OMPI_MCA_orte_create_session_dirs", "0", 1);
    setenv("OMPI_MCA_btl", "self", 1);
    setenv("OMPI_MCA_pml", "ob1", 1);
    setenv("OMPI_MCA_osc", "^ucx", 1);
    setenv("OMP_NUM_THREADS", "1", 0);
    if (access("/usr/share/lammps/potentials", X_OK) == 0) {
        setenv("LAMMPS_POTENTIALS", "/usr/share/lammps/potentials", 0);
    }
}

/* LAMMPS calls exit() after an error. Its words are all that counts; what it and its libraries
 * leave behind is the system's to collect. */
static void end_after_error(void)
{
    fflush(stdout);
    _exit(1);
}

/* Argument: the folder from which the names of files count. */
int main(int argument_count, char **arguments)
{
    int type;
    socklen_t size = sizeof type;
    if (argument_count != 2 ||
        getsockopt(ADATOM_CHILD_SOCKET, SOL_SOCKET, SO_TYPE, &type, &size) != 0) {
        fputs("adatom-lammps is started by adatom, for the evaluator lammps:FILE\n", stderr);
        return 2;
    }
    if (chdir(arguments[1]) != 0) {
        printf("ERROR: %s: %s\n", arguments[1], strerror(errno));
        return 1;
    }
    signal(SIGINT, SIG_IGN); /* the evaluation that runs is wanted still */
    signal(SIGTERM, SIG_IGN);
    set_environment();
    atexit(end_after_error);
    KIM_Log_PushDefaultVerbosity(KIM_LOG_VERBOSITY_silent); /* else a file kim.log appears */
    lammps_mpi_init();
    const adatom_child_hello hello = {ADATOM_LAMMPS_MAGIC, ADATOM_LAMMPS_PROTOCOL};
    lammps_session session = {0};
    if (adatom_child_answer(ADATOM_CHILD_HELLO, &hello, sizeof hello)) {
        serve_all(&session);
    }
    close_lammps(&session);
    lammps_mpi_finalize();
    _exit(0);
}
