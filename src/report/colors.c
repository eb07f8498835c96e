#include "report/picture.h"

#include <math.h>
#include <stddef.h>

#define RGB(hex)                                                                                   \
    {                                                                                              \
        ((hex) >> 16 & 255) / 255.0, ((hex) >> 8 & 255) / 255.0, ((hex)&255) / 255.0               \
    }

const adatom_color adatom_color_ink = RGB(0x1c2733);
const adatom_color adatom_color_muted = RGB(0x5d6b78);
const adatom_color adatom_color_line = RGB(0xdde3e8);
const adatom_color adatom_color_pale = RGB(0xf5f7f9); /* as --pale of the style sheet */
const adatom_color adatom_color_explore = RGB(0x8fb0cc);
const adatom_color adatom_color_greedy = RGB(0xe08a1e);
const adatom_color adatom_color_best = RGB(0x123a63);
const adatom_color adatom_color_target = RGB(0x18875a);
const adatom_color adatom_color_template = RGB(0x00a3a3);
const adatom_color adatom_color_build = RGB(0x4a7fb0);
const adatom_color adatom_color_evaluate = RGB(0xe3a33b);
const adatom_color adatom_color_train = RGB(0x5fa777);

static double between(double from, double to, double share)
{
    return from + (to - from) * share;
}

adatom_color adatom_color_mix(adatom_color from, adatom_color to, double share)
{
    return (adatom_color){between(from.red, to.red, share), between(from.green, to.green, share),
                          between(from.blue, to.blue, share)};
}

typedef struct element_color {
    int atomic_number;
    adatom_color color;
} element_color;

adatom_color adatom_color_element(int atomic_number)
{
    static const element_color known[] = {
        {1, RGB(0xe4e8ec)},  {5, RGB(0xe9a48f)},  {6, RGB(0x4d5660)},  {7, RGB(0x3d62d6)},
        {8, RGB(0xd8352f)},  {9, RGB(0x7fc95c)},  {13, RGB(0xb3a5b4)}, {14, RGB(0xd9b36c)},
        {15, RGB(0xef8a1d)}, {16, RGB(0xe6c72e)}, {17, RGB(0x3fbf3f)}, {22, RGB(0xa9adb3)},
        {26, RGB(0xcf6a3c)}, {28, RGB(0x53b257)}, {29, RGB(0xc27b3e)}, {30, RGB(0x7c80b4)},
        {35, RGB(0x9c3428)}, {44, RGB(0x3a8f8f)}, {46, RGB(0x2b7285)}, {47, RGB(0xb4b9c0)},
        {53, RGB(0x8a2f95)}, {78, RGB(0xbfc3d2)}, {79, RGB(0xe9bf3a)},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].atomic_number == atomic_number) {
            return known[i].color;
        }
    }
    /* The others: a hue of their own, pale, from the golden angle. */
    const double hue = 2.399963 * atomic_number;
    return (adatom_color){0.66 + 0.2 * cos(hue), 0.66 + 0.2 * cos(hue - 2.0944),
                          0.66 + 0.2 * cos(hue + 2.0944)};
}

static double companded(double linear)
{
    const double value = linear < 0 ? 0 : linear > 1 ? 1 : linear;
    return value <= 0.0031308 ? 12.92 * value : 1.055 * pow(value, 1 / 2.4) - 0.055;
}

/* OKLab to sRGB (B. Ottosson, "A perceptual color space for image processing", 2020). */
static adatom_color from_oklab(double lightness, double a, double b)
{
    const double l = pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
    const double m = pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
    const double s = pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
    return (adatom_color){companded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
                          companded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
                          companded(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)};
}

adatom_color adatom_color_diverging(double value)
{
    const double side = value < -1 ? -1 : value > 1 ? 1 : value;
    const double far = fabs(side);
    const double lightness = 0.975 - 0.565 * far;
    const double chroma = 0.19 * far * (1.55 - 0.70 * far) / 1.0;
    const double hue = side < 0 ? 4.49 - 0.12 * (1 - far) : 0.45 + 0.55 * (1 - far);
    return from_oklab(lightness, chroma * cos(hue), chroma * sin(hue));
}
