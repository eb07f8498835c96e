#include "generate/consistency.h"

#include "base/error.h"
#include "base/memory.h"
#include "nn/dense_float.h"

#include <stdlib.h>
#include <string.h>

struct adatom_consistency {
    double weight;
    size_t columns, members, weight_count;
    adatom_dense_float *net;
    float *weights;          /* [members][weight_count] */
    float *factors, *shifts; /* [columns], from the cvae's scaling to the judge's */
    float factor, shift;     /* from the judge's scaled property to the cvae's */
};

/* Of two factors of scaling; 0 where what is scaled back does not change. */
static double ratio(double to, double from)
{
    return from > 0 ? to / from : 0;
}

static adatom_status fill(const adatom_generator *cvae, const adatom_generator *judge, int samples,
                          adatom_team *team, adatom_consistency *c)
{
    c->columns = cvae->columns.count;
    c->members = (size_t)judge->members;
    ADATOM_TRY(adatom_dense_float_create(&judge->decoder, samples, team, &c->net));
    c->weight_count = adatom_dense_float_count(c->net);
    ADATOM_TRY(adatom_allocate_aligned(c->members * c->weight_count, sizeof(float), &c->weights));
    ADATOM_TRY(adatom_allocate(c->columns, sizeof(float), &c->factors));
    ADATOM_TRY(adatom_allocate(c->columns, sizeof(float), &c->shifts));
    for (size_t m = 0; m < c->members; m++) {
        adatom_dense_float_pack(c->net, judge->weights + m * adatom_generator_weights(judge),
                                c->weights + m * c->weight_count);
    }
    const adatom_scaling *own = &cvae->columns, *theirs = &judge->columns;
    for (size_t k = 0; k < c->columns; k++) {
        c->factors[k] = (float)ratio(theirs->factors[k], own->factors[k]);
        c->shifts[k] = (float)((own->offsets[k] - theirs->offsets[k]) * theirs->factors[k]);
    }
    c->factor = (float)ratio(cvae->property.factors[0], judge->property.factors[0]);
    c->shift = (float)((judge->property.offsets[0] - cvae->property.offsets[0]) *
                       cvae->property.factors[0]);
    return ADATOM_OK;
}

adatom_status adatom_consistency_create(const adatom_generator *cvae, const adatom_generator *judge,
                                        double weight, int samples, adatom_team *team,
                                        adatom_consistency **out)
{
    adatom_consistency *c;
    ADATOM_TRY(adatom_allocate(1, sizeof *c, &c));
    c->weight = weight;
    const adatom_status status = fill(cvae, judge, samples, team, c);
    if (status != ADATOM_OK) {
        adatom_consistency_free(c);
        return status;
    }
    *out = c;
    return ADATOM_OK;
}

void adatom_consistency_free(adatom_consistency *c)
{
    if (c != NULL) {
        adatom_dense_float_free(c->net);
        free(c->weights);
        free(c->factors);
        free(c->shifts);
        free(c);
    }
}

static void add_slopes(const adatom_consistency *c, const adatom_judgement *judgement,
                       const float *through)
{
    const size_t stride = adatom_dense_float_input_stride(c->net);
    for (size_t s = 0; s < judgement->count; s++) {
        float *to = judgement->slopes + s * judgement->stride;
        for (size_t k = 0; k < c->columns; k++) {
            to[k] += through[s * stride + k] * c->factors[k];
        }
    }
}

static double member_loss(adatom_consistency *c, const float *weights,
                          const adatom_judgement *judgement)
{
    const size_t stride = adatom_dense_float_output_stride(c->net);
    float *slopes = adatom_dense_float_slopes(c->net);
    const float share = (float)c->weight;
    double loss = 0;
    const float *outputs = adatom_dense_float_forward(c->net, weights, (int)judgement->count);
    for (size_t s = 0; s < judgement->count; s++) {
        const float wanted = judgement->wanted[s * judgement->wanted_stride];
        const float error = outputs[s * stride] * c->factor + c->shift - wanted;
        slopes[s * stride] = 2 * share * error * c->factor;
        loss += (double)(share * error * error);
    }
    if (judgement->slopes != NULL) {
        add_slopes(c, judgement,
                   adatom_dense_float_backward(c->net, weights, (int)judgement->count, NULL, true));
    }
    return loss;
}

double adatom_consistency_loss(adatom_consistency *c, const adatom_judgement *judgement)
{
    const size_t stride = adatom_dense_float_input_stride(c->net);
    float *inputs = adatom_dense_float_inputs(c->net);
    for (size_t s = 0; s < judgement->count; s++) {
        const float *row = judgement->rows + s * judgement->stride;
        for (size_t k = 0; k < c->columns; k++) {
            inputs[s * stride + k] = row[k] * c->factors[k] + c->shifts[k];
        }
    }
    if (judgement->slopes != NULL) {
        memset(judgement->slopes, 0, judgement->count * judgement->stride * sizeof(float));
    }
    return member_loss(c, c->weights + (size_t)judgement->member * c->weight_count, judgement);
}
