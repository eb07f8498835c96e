#include "search/reward.h"

#include <math.h>

void adatom_reward_scale(const double *energies, size_t count, double window, double *rewards)
{
    double lowest = INFINITY, highest = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        if (isfinite(energies[i])) {
            lowest = fmin(lowest, energies[i]);
            highest = fmax(highest, energies[i]);
        }
    }
    const double width = window > 0 ? window : highest - lowest;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(energies[i])) {
            rewards[i] = -1;
        } else if (energies[i] <= lowest) {
            rewards[i] = 1;
        } else {
            rewards[i] = fmax(-1, 1 - 2 * (energies[i] - lowest) / width);
        }
    }
}
