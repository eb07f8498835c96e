/* adatom: vectors of ADATOM_LANES floats, by the compilers' vector extension.
 *
 * This header and its neighbours in this folder are compiled once per instruction set (isa_*.c);
 * all functions are static. */
#ifndef ADATOM_LANES
#error "define ADATOM_LANES (4, 8 or 16) before including this header"
#endif
#ifndef ADATOM_NN_LANES_LANES_H
#define ADATOM_NN_LANES_LANES_H

#include <stdint.h>

#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#endif

enum { LANES = ADATOM_LANES };

typedef float lanes __attribute__((vector_size(4 * ADATOM_LANES), may_alias));
typedef float lanes_unaligned __attribute__((vector_size(4 * ADATOM_LANES), aligned(4), may_alias));
typedef int32_t lanes_int __attribute__((vector_size(4 * ADATOM_LANES), may_alias));

#define LANES_INLINE static inline __attribute__((always_inline))

/* A complex number per lane. In the trainer the two parts are two real samples. */
typedef struct clanes {
    lanes re, im;
} clanes;

LANES_INLINE lanes lanes_zero(void)
{
    return (lanes){0};
}

/* {0} + value would be an addition, for the sake of -0. */
LANES_INLINE lanes lanes_set(float value)
{
#if ADATOM_LANES == 16 && defined(__AVX512F__)
    return (lanes)_mm512_set1_ps(value);
#elif ADATOM_LANES == 8 && defined(__AVX2__)
    return (lanes)_mm256_set1_ps(value);
#elif ADATOM_LANES == 4
    return (lanes){value, value, value, value};
#else
    return (lanes){0} + value;
#endif
}

LANES_INLINE lanes lanes_load(const float *from)
{
    return *(const lanes_unaligned *)from;
}

/* Stores the first `count` lanes. */
LANES_INLINE void lanes_store_some(float *to, lanes v, int count)
{
#if ADATOM_LANES == 16 && defined(__AVX512F__)
    _mm512_mask_storeu_ps(to, (__mmask16)((1u << count) - 1u), (__m512)v);
#elif ADATOM_LANES == 8 && defined(__AVX2__)
    const __m256i index = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    _mm256_maskstore_ps(to, _mm256_cmpgt_epi32(_mm256_set1_epi32(count), index), (__m256)v);
#else
    for (int i = 0; i < count; i++) {
        to[i] = v[i];
    }
#endif
}

LANES_INLINE float lanes_sum(lanes v)
{
    float sum = 0;
    for (int i = 0; i < LANES; i++) {
        sum += v[i];
    }
    return sum;
}

/* Adds neighbouring pairs: the low half comes from a, the high half from b. */
LANES_INLINE lanes lanes_add_pairs(lanes a, lanes b)
{
#if ADATOM_LANES == 16
    const lanes even =
        __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    const lanes odd =
        __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
#elif ADATOM_LANES == 8
    const lanes even = __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14);
    const lanes odd = __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
#elif ADATOM_LANES == 4
    const lanes even = __builtin_shufflevector(a, b, 0, 2, 4, 6);
    const lanes odd = __builtin_shufflevector(a, b, 1, 3, 5, 7);
#endif
    return even + odd;
}

/* Lane k of the result is the sum over the lanes of v[k]; v is used up. */
LANES_INLINE lanes lanes_sums(lanes v[ADATOM_LANES])
{
#pragma GCC unroll 8
    for (int count = LANES / 2; count >= 1; count /= 2) {
#pragma GCC unroll 8
        for (int i = 0; i < count; i++) {
            v[i] = lanes_add_pairs(v[2 * i], v[2 * i + 1]);
        }
    }
    return v[0];
}

/* Leaky ReLU; *positive gets one bit per lane, set where the slope is 1. */
LANES_INLINE lanes lanes_leaky(lanes v, lanes leak, uint16_t *positive)
{
#if ADATOM_LANES == 16 && defined(__AVX512F__)
    const __mmask16 mask = _mm512_cmp_ps_mask((__m512)v, _mm512_setzero_ps(), _CMP_GT_OQ);
    *positive = mask;
    return (lanes)_mm512_mask_mul_ps((__m512)v, (__mmask16)~mask, (__m512)v, (__m512)leak);
#elif ADATOM_LANES == 8 && defined(__AVX2__)
    const __m256 mask = _mm256_cmp_ps((__m256)v, _mm256_setzero_ps(), _CMP_GT_OQ);
    *positive = (uint16_t)_mm256_movemask_ps(mask);
    return (lanes)_mm256_blendv_ps((__m256)(v * leak), (__m256)v, mask);
#else
    uint16_t bits = 0;
    lanes result = v * leak;
    for (int i = 0; i < LANES; i++) {
        if (v[i] > 0) {
            bits |= (uint16_t)(1u << i);
            result[i] = v[i];
        }
    }
    *positive = bits;
    return result;
#endif
}

/* Its derivative times g. */
LANES_INLINE lanes lanes_leaky_gradient(lanes g, lanes leak, uint16_t positive)
{
#if ADATOM_LANES == 16 && defined(__AVX512F__)
    return (lanes)_mm512_mask_mul_ps((__m512)g, (__mmask16)~positive, (__m512)g, (__m512)leak);
#else
    lanes_int bits;
    for (int i = 0; i < LANES; i++) {
        bits[i] = 1 << i;
    }
    const lanes_int set = ((lanes_int){0} + (int32_t)positive) & bits;
    const lanes_int mask = set != 0;
    return (lanes)(((lanes_int)g & mask) | ((lanes_int)(g * leak) & ~mask));
#endif
}

/* Leaky ReLU where the slope need not be remembered: leak is in [0, 1]. */
LANES_INLINE lanes lanes_leaky_only(lanes v, lanes leak)
{
    const lanes scaled = v * leak;
    const lanes_int mask = v > scaled;
    return (lanes)(((lanes_int)v & mask) | ((lanes_int)scaled & ~mask));
}

/* tanh to 3e-7: 1 - 2 / (exp(2 x) + 1), the exponential by 2^n and a polynomial (its Taylor series
 * in the remainder, |r| <= ln(2) / 2). */
LANES_INLINE lanes lanes_tanh(lanes x)
{
    const lanes limit = lanes_set(9.0f);
    lanes_int above = x > limit, below = x < -limit;
    x = (lanes)(((lanes_int)limit & above) | ((lanes_int)(-limit) & below) |
                ((lanes_int)x & ~(above | below)));
    const lanes magic = lanes_set(12582912.0f);  /* 1.5 * 2^23: adding it rounds to an integer */
    const lanes scaled = x * 2.885390081777927f; /* 2 / ln 2 */
    const lanes rounded = (scaled + magic) - magic;
    const lanes r = x * 2.0f - rounded * 0.693145751953125f - rounded * 1.428606765330187e-6f;
    lanes p = lanes_set(1.0f / 5040.0f);
    p = p * r + 1.0f / 720.0f;
    p = p * r + 1.0f / 120.0f;
    p = p * r + 1.0f / 24.0f;
    p = p * r + 1.0f / 6.0f;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    const lanes_int exponent = __builtin_convertvector(rounded, lanes_int) << 23;
    const lanes power = (lanes)((lanes_int)p + exponent);
    return 1.0f - 2.0f / (power + 1.0f);
}

#endif
