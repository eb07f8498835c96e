#include "nn/activation.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

static const char *const names[] = {
#define ACTIVATION_NAME(NAME, name) #name,
    ADATOM_ACTIVATION_LIST(ACTIVATION_NAME)
#undef ACTIVATION_NAME
};

const char *adatom_activation_name(adatom_activation activation)
{
    return (unsigned)activation < ADATOM_ACTIVATION_COUNT ? names[activation] : NULL;
}

adatom_status adatom_activation_find(const char *name, adatom_activation *out)
{
    for (int i = 0; i < ADATOM_ACTIVATION_COUNT; i++) {
        if (strcmp(name, names[i]) == 0) {
            *out = (adatom_activation)i;
            return ADATOM_OK;
        }
    }
#define ACTIVATION_KNOWN(NAME, known) " " #known
    return adatom_fail(ADATOM_INVALID_INPUT, "unknown activation \"%.40s\"; known:%s", name,
                       ADATOM_ACTIVATION_LIST(ACTIVATION_KNOWN));
#undef ACTIVATION_KNOWN
}

/* 1 / (1 + exp(-a)) without overflow. */
static double sigmoid(double a)
{
    const double e = exp(-fabs(a));
    return (a >= 0 ? 1 : e) / (1 + e);
}

/* One number: the value, its slope and its curvature. */
typedef struct jet {
    double value, slope, curvature;
} jet;

static inline jet jet_tanh(double a)
{
    const double y = tanh(a), slope = 1 - y * y;
    return (jet){y, slope, -2 * y * slope};
}

static inline jet jet_sigmoid(double a)
{
    const double y = sigmoid(a), slope = y * (1 - y);
    return (jet){y, slope, slope * (1 - 2 * y)};
}

static inline jet jet_relu(double a)
{
    return a > 0 ? (jet){a, 1, 0} : (jet){0, 0, 0};
}

static inline jet jet_softplus(double a)
{
    const double s = sigmoid(a);
    return (jet){fmax(a, 0) + log1p(exp(-fabs(a))), s, s * (1 - s)};
}

static inline jet jet_silu(double a)
{
    const double s = sigmoid(a), slope = s * (1 - s);
    return (jet){a * s, s + a * slope, slope * (2 + a * (1 - 2 * s))};
}

static inline jet jet_linear(double a)
{
    return (jet){a, 1, 0};
}

#define APPLY(function)                                                                            \
    for (size_t i = 0; i < count; i++) {                                                           \
        const jet at = function(values[i]);                                                        \
        values[i] = at.value;                                                                      \
        slopes[i] = at.slope;                                                                      \
        curvatures[i] = at.curvature;                                                              \
    }

void adatom_activation_apply(adatom_activation activation, size_t count, double *restrict values,
                             double *restrict slopes, double *restrict curvatures)
{
    switch (activation) {
    case ADATOM_ACTIVATION_TANH:
        APPLY(jet_tanh);
        break;
    case ADATOM_ACTIVATION_SIGMOID:
        APPLY(jet_sigmoid);
        break;
    case ADATOM_ACTIVATION_RELU:
        APPLY(jet_relu);
        break;
    case ADATOM_ACTIVATION_SOFTPLUS:
        APPLY(jet_softplus);
        break;
    case ADATOM_ACTIVATION_SILU:
        APPLY(jet_silu);
        break;
    default:
        APPLY(jet_linear);
    }
}
