/* adatom: vectors of ADATOM_DOUBLES doubles, by the compilers' vector extension.
 *
 * This header and its neighbours in this folder are compiled once per instruction set
 * (density_*.c); all functions are static. */
#ifndef ADATOM_DOUBLES
#error "define ADATOM_DOUBLES (2, 4 or 8) before including this header"
#endif
#ifndef ADATOM_DESCRIPTOR_LANES_VECTOR_H
#define ADATOM_DESCRIPTOR_LANES_VECTOR_H

#include <math.h>

#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#endif

enum { LANES = ADATOM_DOUBLES };

typedef double vec __attribute__((vector_size(8 * ADATOM_DOUBLES), may_alias));
typedef double vec_unaligned
    __attribute__((vector_size(8 * ADATOM_DOUBLES), aligned(8), may_alias));

/* Where the number of rounds is known; clang finds out itself and warns where it is not. */
#ifdef __clang__
#define LANES_UNROLL(rounds)
#else
#define LANES_PRAGMA(text) _Pragma(#text)
#define LANES_UNROLL(rounds) LANES_PRAGMA(GCC unroll rounds)
#endif

#define LANES_INLINE static inline __attribute__((always_inline))

LANES_INLINE vec vec_set(double value)
{
    return (vec){0} + value;
}

LANES_INLINE vec vec_load(const double *from)
{
    return *(const vec_unaligned *)from;
}

LANES_INLINE void vec_store(double *to, vec v)
{
    *(vec_unaligned *)to = v;
}

LANES_INLINE vec vec_sqrt(vec v)
{
#if ADATOM_DOUBLES == 8 && defined(__AVX512F__)
    return (vec)_mm512_sqrt_pd((__m512d)v);
#elif ADATOM_DOUBLES == 4 && defined(__AVX2__)
    return (vec)_mm256_sqrt_pd((__m256d)v);
#else
    for (int i = 0; i < LANES; i++) {
        v[i] = sqrt(v[i]);
    }
    return v;
#endif
}

/* Rows become columns. */
LANES_INLINE void vec_transpose(vec v[ADATOM_DOUBLES])
{
#if ADATOM_DOUBLES == 8
    vec a[8], b[8];
    for (int i = 0; i < 8; i += 2) {
        a[i] = __builtin_shufflevector(v[i], v[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        a[i + 1] = __builtin_shufflevector(v[i], v[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    for (int i = 0; i < 8; i += 4) {
        for (int k = 0; k < 2; k++) {
            b[i + k] = __builtin_shufflevector(a[i + k], a[i + k + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            b[i + k + 2] =
                __builtin_shufflevector(a[i + k], a[i + k + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
    }
    for (int k = 0; k < 4; k++) {
        v[k] = __builtin_shufflevector(b[k], b[k + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        v[k + 4] = __builtin_shufflevector(b[k], b[k + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
#elif ADATOM_DOUBLES == 4
    const vec a = __builtin_shufflevector(v[0], v[1], 0, 4, 2, 6);
    const vec b = __builtin_shufflevector(v[0], v[1], 1, 5, 3, 7);
    const vec c = __builtin_shufflevector(v[2], v[3], 0, 4, 2, 6);
    const vec d = __builtin_shufflevector(v[2], v[3], 1, 5, 3, 7);
    v[0] = __builtin_shufflevector(a, c, 0, 1, 4, 5);
    v[1] = __builtin_shufflevector(b, d, 0, 1, 4, 5);
    v[2] = __builtin_shufflevector(a, c, 2, 3, 6, 7);
    v[3] = __builtin_shufflevector(b, d, 2, 3, 6, 7);
#else
    const vec a = __builtin_shufflevector(v[0], v[1], 0, 2);
    v[1] = __builtin_shufflevector(v[0], v[1], 1, 3);
    v[0] = a;
#endif
}

/* Sine and cosine of x in 0 .. pi, to 2e-16: the Taylor series in y = x - pi / 2, sin x = cos y.
 * Even and odd powers of y^2 in two chains, for they are short of nothing but time. */
LANES_INLINE void vec_sincos(vec x, vec *sine, vec *cosine)
{
    const vec y = (x - 1.5707963267948966) - 6.123233995736766e-17;
    const vec z = y * y, w = z * z;
    const vec even =
        1 + w * (1.0 / 24 + w * (1.0 / 40320 +
                                 w * (1.0 / 479001600 + w * (1.0 / 20922789888000.0 +
                                                             w * (1.0 / 2432902008176640000.0)))));
    const vec odd =
        0.5 +
        w * (1.0 / 720 + w * (1.0 / 3628800 + w * (1.0 / 87178291200.0 +
                                                   w * (1.0 / 6402373705728000.0 +
                                                        w * (1.0 / 1124000727777607680000.0)))));
    *sine = even - z * odd;
    const vec sine_even =
        1 + w * (1.0 / 120 + w * (1.0 / 362880 + w * (1.0 / 6227020800.0 +
                                                      w * (1.0 / 355687428096000.0 +
                                                           w * (1.0 / 51090942171709440000.0)))));
    const vec sine_odd =
        1.0 / 6 + w * (1.0 / 5040 + w * (1.0 / 39916800 + w * (1.0 / 1307674368000.0 +
                                                               w * (1.0 / 121645100408832000.0))));
    *cosine = y * (z * sine_odd - sine_even);
}

#endif
