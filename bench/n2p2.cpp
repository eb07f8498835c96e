/* What energy and forces of silicon cost in n2p2 with 24 symmetry functions and a network 24-10-1, beside
 * potential.c: microseconds of CPU time per atom on one core, neighbours given. n2p2 is not part of Debian; with its
 * sources in N2P2 and libeigen3-dev:
 *
 *   g++ -O3 -march=native -std=c++11 -I N2P2/src/libnnp -I /usr/include/eigen3 bench/n2p2.cpp N2P2/src/libnnp/[!m]*.cpp -o bench_n2p2
 *   bench_n2p2 FOLDER       an empty folder for its input files
 */
#include "Mode.h"
#include "Structure.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <random>
#include <string>
#include <vector>

static double seconds()
{
    timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return time.tv_sec + 1e-9 * time.tv_nsec;
}

/* Sixteen radial functions and eight of angles, as silicon is usually given; random weights. */
static void write_input(const std::string &folder, double cutoff)
{
    std::ofstream input(folder + "/input.nn");
    input << "number_of_elements 1\nelements Si\nglobal_hidden_layers_short 1\nglobal_nodes_short 10\n"
             "global_activation_short t l\ncutoff_type 1\nscale_symmetry_functions\n";
    for (int i = 0; i < 16; i++) {
        input << "symfunction_short Si 2 Si " << 0.01 * (1 << i / 2) << " " << (i % 2) * 1.5 << " " << cutoff << "\n";
    }
    for (int i = 0; i < 8; i++) {
        input << "symfunction_short Si 3 Si Si " << (i < 4 ? 0.01 : 0.1) << " " << (i % 2 ? 1 : -1) << " "
              << (i / 2 % 2 ? 4 : 1) << " " << cutoff << "\n";
    }
    std::ofstream scaling(folder + "/scaling.data"), weights(folder + "/weights.014.data");
    for (int i = 1; i <= 24; i++) {
        scaling << "1 " << i << " 0.0 1.0 0.5 0.2\n";
    }
    std::mt19937 random(1);
    std::uniform_real_distribution<double> uniform(-0.5, 0.5);
    for (int i = 0; i < 24 * 10 + 10 + 10 + 1; i++) {
        weights << uniform(random) << "\n";
    }
}

static nnp::Structure make_silicon(const nnp::ElementMap &elements, int cells)
{
    static const double basis[8][3] = {{0, 0, 0},          {0, 0.5, 0.5},      {0.5, 0, 0.5},
                                       {0.5, 0.5, 0},      {0.25, 0.25, 0.25}, {0.25, 0.75, 0.75},
                                       {0.75, 0.25, 0.75}, {0.75, 0.75, 0.25}};
    const double a = 5.431;
    std::mt19937 random(1);
    std::normal_distribution<double> move(0, 0.08);
    std::vector<std::string> lines = {"begin"};
    char line[200];
    for (int x = 0; x < 3; x++) {
        std::snprintf(line, sizeof line, "lattice %g %g %g", x == 0 ? cells * a : 0, x == 1 ? cells * a : 0,
                      x == 2 ? cells * a : 0);
        lines.push_back(line);
    }
    for (int i = 0; i < 8 * cells * cells * cells; i++) {
        const int cell[3] = {i / 8 % cells, i / 8 / cells % cells, i / 8 / cells / cells};
        double at[3];
        for (int x = 0; x < 3; x++) {
            at[x] = a * (cell[x] + basis[i % 8][x]) + move(random);
        }
        std::snprintf(line, sizeof line, "atom %.10f %.10f %.10f Si 0 0 0 0 0", at[0], at[1], at[2]);
        lines.push_back(line);
    }
    lines.insert(lines.end(), {"energy 0", "charge 0", "end"});
    nnp::Structure silicon;
    silicon.setElementMap(elements);
    silicon.readFromLines(lines);
    return silicon;
}

int main(int count, char **words)
{
    const std::string folder = count > 1 ? words[1] : ".";
    for (double cutoff : {3.7711, 6.0}) {
        write_input(folder, cutoff);
        nnp::Mode mode;
        mode.log.writeToStdout = false;
        mode.initialize();
        mode.loadSettingsFile(folder + "/input.nn");
        mode.setupGeneric();
        mode.setupSymmetryFunctionScaling(folder + "/scaling.data");
        mode.setupSymmetryFunctionStatistics(false, false, false, false);
        mode.setupNeuralNetworkWeights(folder + "/");
        nnp::Structure silicon = make_silicon(mode.elementMap, 5);
        silicon.calculateNeighborList(cutoff);
        std::vector<double> times;
        for (int round = 0; round < 15; round++) {
            const double start = seconds();
            mode.calculateSymmetryFunctionGroups(silicon, true);
            mode.calculateAtomicNeuralNetworks(silicon, true);
            mode.calculateEnergy(silicon);
            mode.calculateForces(silicon);
            times.push_back(seconds() - start);
        }
        std::sort(times.begin(), times.end());
        std::printf("n2p2, 24 symmetry functions, %.2f A   %6.2f us per atom\n", cutoff,
                    1e6 * times[times.size() / 2] / (double)silicon.numAtoms);
    }
    return 0;
}
