/* adatom: small Fourier transforms in registers, exp(-2 pi i n k / radix), input and output in
 * natural order. Loops have constant bounds and are unrolled by the compiler. */
#ifndef ADATOM_NN_LANES_BUTTERFLIES_H
#define ADATOM_NN_LANES_BUTTERFLIES_H

#include "nn/lanes/lanes.h"

#define BUTTERFLY_UNROLL _Pragma("GCC unroll 16")

/* v * (cosine - i sine) */
LANES_INLINE clanes clanes_turn(clanes v, float cosine, float sine)
{
    return (clanes){v.re * cosine + v.im * sine, v.im * cosine - v.re * sine};
}

LANES_INLINE clanes clanes_add(clanes a, clanes b)
{
    return (clanes){a.re + b.re, a.im + b.im};
}

LANES_INLINE clanes clanes_subtract(clanes a, clanes b)
{
    return (clanes){a.re - b.re, a.im - b.im};
}

/* -i v */
LANES_INLINE clanes clanes_minus_i(clanes v)
{
    return (clanes){v.im, -v.re};
}

LANES_INLINE void butterfly2(clanes v[2])
{
    const clanes a = v[0], b = v[1];
    v[0] = clanes_add(a, b);
    v[1] = clanes_subtract(a, b);
}

LANES_INLINE void butterfly3(clanes v[3])
{
    const float sine = 0.866025403784438647f;
    const clanes sum = clanes_add(v[1], v[2]);
    const clanes difference = {(v[1].re - v[2].re) * sine, (v[1].im - v[2].im) * sine};
    const clanes centre = {v[0].re - sum.re * 0.5f, v[0].im - sum.im * 0.5f};
    v[0] = clanes_add(v[0], sum);
    v[1] = (clanes){centre.re + difference.im, centre.im - difference.re};
    v[2] = (clanes){centre.re - difference.im, centre.im + difference.re};
}

LANES_INLINE void butterfly4(clanes v[4])
{
    const clanes a = clanes_add(v[0], v[2]), b = clanes_subtract(v[0], v[2]);
    const clanes c = clanes_add(v[1], v[3]), d = clanes_minus_i(clanes_subtract(v[1], v[3]));
    v[0] = clanes_add(a, c);
    v[1] = clanes_add(b, d);
    v[2] = clanes_subtract(a, c);
    v[3] = clanes_subtract(b, d);
}

LANES_INLINE void butterfly5(clanes v[5])
{
    const float c1 = 0.309016994374947424f, c2 = -0.809016994374947424f;
    const float s1 = 0.951056516295153572f, s2 = 0.587785252292473129f;
    const clanes a1 = clanes_add(v[1], v[4]), b1 = clanes_subtract(v[1], v[4]);
    const clanes a2 = clanes_add(v[2], v[3]), b2 = clanes_subtract(v[2], v[3]);
    const clanes p1 = {v[0].re + a1.re * c1 + a2.re * c2, v[0].im + a1.im * c1 + a2.im * c2};
    const clanes p2 = {v[0].re + a1.re * c2 + a2.re * c1, v[0].im + a1.im * c2 + a2.im * c1};
    const clanes q1 = {b1.re * s1 + b2.re * s2, b1.im * s1 + b2.im * s2};
    const clanes q2 = {b1.re * s2 - b2.re * s1, b1.im * s2 - b2.im * s1};
    v[0] = (clanes){v[0].re + a1.re + a2.re, v[0].im + a1.im + a2.im};
    v[1] = (clanes){p1.re + q1.im, p1.im - q1.re};
    v[4] = (clanes){p1.re - q1.im, p1.im + q1.re};
    v[2] = (clanes){p2.re + q2.im, p2.im - q2.re};
    v[3] = (clanes){p2.re - q2.im, p2.im + q2.re};
}

/* radix = A * B with A and B coprime: no twiddles. Input (B n1 + A n2) mod radix, output by the
 * Chinese remainder theorem: k mod A = k1, k mod B = k2, with E1 = 1 mod A, 0 mod B and E2 the
 * other way. */
#define COPRIME_BUTTERFLY(radix, A, B, E1, E2)                                                     \
    LANES_INLINE void butterfly##radix(clanes v[radix])                                            \
    {                                                                                              \
        clanes between[radix];                                                                     \
        BUTTERFLY_UNROLL for (int n2 = 0; n2 < B; n2++)                                            \
        {                                                                                          \
            clanes part[A];                                                                        \
            BUTTERFLY_UNROLL for (int n1 = 0; n1 < A; n1++)                                        \
            {                                                                                      \
                part[n1] = v[(B * n1 + A * n2) % radix];                                           \
            }                                                                                      \
            butterfly##A(part);                                                                    \
            BUTTERFLY_UNROLL for (int k1 = 0; k1 < A; k1++)                                        \
            {                                                                                      \
                between[k1 * B + n2] = part[k1];                                                   \
            }                                                                                      \
        }                                                                                          \
        BUTTERFLY_UNROLL for (int k1 = 0; k1 < A; k1++)                                            \
        {                                                                                          \
            butterfly##B(between + k1 * B);                                                        \
            BUTTERFLY_UNROLL for (int k2 = 0; k2 < B; k2++)                                        \
            {                                                                                      \
                v[(E1 * k1 + E2 * k2) % radix] = between[k1 * B + k2];                             \
            }                                                                                      \
        }                                                                                          \
    }

COPRIME_BUTTERFLY(6, 2, 3, 3, 4)
COPRIME_BUTTERFLY(10, 2, 5, 5, 6)
COPRIME_BUTTERFLY(12, 3, 4, 4, 9)

LANES_INLINE void butterfly8(clanes v[8])
{
    const float half = 0.707106781186547524f;
    clanes even[4] = {v[0], v[2], v[4], v[6]}, odd[4] = {v[1], v[3], v[5], v[7]};
    butterfly4(even);
    butterfly4(odd);
    odd[1] = clanes_turn(odd[1], half, half);
    odd[2] = clanes_minus_i(odd[2]);
    odd[3] = clanes_turn(odd[3], -half, half);
    BUTTERFLY_UNROLL for (int k = 0; k < 4; k++)
    {
        v[k] = clanes_add(even[k], odd[k]);
        v[k + 4] = clanes_subtract(even[k], odd[k]);
    }
}

LANES_INLINE void butterfly9(clanes v[9])
{
    static const float cosine[3][3] = {{1, 1, 1},
                                       {1, 0.766044443118978035f, 0.173648177666930349f},
                                       {1, 0.173648177666930349f, -0.939692620785908384f}};
    static const float sine[3][3] = {{0, 0, 0},
                                     {0, 0.642787609686539327f, 0.984807753012208059f},
                                     {0, 0.984807753012208059f, 0.342020143325668733f}};
    clanes between[9];
    BUTTERFLY_UNROLL for (int n2 = 0; n2 < 3; n2++)
    {
        clanes part[3] = {v[n2], v[3 + n2], v[6 + n2]};
        butterfly3(part);
        BUTTERFLY_UNROLL for (int k1 = 0; k1 < 3; k1++)
        {
            between[k1 * 3 + n2] =
                n2 * k1 == 0 ? part[k1] : clanes_turn(part[k1], cosine[n2][k1], sine[n2][k1]);
        }
    }
    BUTTERFLY_UNROLL for (int k1 = 0; k1 < 3; k1++)
    {
        butterfly3(between + 3 * k1);
        BUTTERFLY_UNROLL for (int k2 = 0; k2 < 3; k2++)
        {
            v[k1 + 3 * k2] = between[3 * k1 + k2];
        }
    }
}

LANES_INLINE void butterfly16(clanes v[16])
{
    static const float cosine[10] = {1,
                                     0.923879532511286756f,
                                     0.707106781186547524f,
                                     0.382683432365089772f,
                                     0,
                                     0,
                                     -0.707106781186547524f,
                                     0,
                                     0,
                                     -0.923879532511286756f};
    static const float sine[10] = {0,
                                   0.382683432365089772f,
                                   0.707106781186547524f,
                                   0.923879532511286756f,
                                   1,
                                   0,
                                   0.707106781186547524f,
                                   0,
                                   0,
                                   -0.382683432365089772f};
    clanes between[16];
    BUTTERFLY_UNROLL for (int n2 = 0; n2 < 4; n2++)
    {
        clanes part[4] = {v[n2], v[4 + n2], v[8 + n2], v[12 + n2]};
        butterfly4(part);
        BUTTERFLY_UNROLL for (int k1 = 0; k1 < 4; k1++)
        {
            between[k1 * 4 + n2] =
                n2 * k1 == 0 ? part[k1] : clanes_turn(part[k1], cosine[n2 * k1], sine[n2 * k1]);
        }
    }
    BUTTERFLY_UNROLL for (int k1 = 0; k1 < 4; k1++)
    {
        butterfly4(between + 4 * k1);
        BUTTERFLY_UNROLL for (int k2 = 0; k2 < 4; k2++)
        {
            v[k1 + 4 * k2] = between[4 * k1 + k2];
        }
    }
}

#endif
