#include "predict/image_spec.h"

#include "base/error.h"
#include "base/memory.h"
#include "io/number_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char keys[] = "grid=64+64 or spacing=0.2 with dimensions=2 and multiple=1, "
                           "width=0.2, "
                           "channels=one or channels=species, species=C+N";

static adatom_status refuse(const char *part)
{
    char shown[ADATOM_TEXT_SHOWN_SIZE];
    adatom_text_shown(part, strlen(part), shown);
    return adatom_fail(ADATOM_INVALID_INPUT, "image: \"%s\"; expected %s", shown, keys);
}

static bool read_number(const char *text, size_t length, double low, double high, double *out)
{
    return adatom_number_from_text(text, length, out) && *out >= low && *out <= high;
}

static adatom_status read_grid(const char *part, const char *value, adatom_potential_image *out)
{
    int count = 0;
    for (const char *at = value; at != NULL; count++) {
        const size_t length = strcspn(at, "+");
        double number;
        if (count == 3 || !read_number(at, length, 1, ADATOM_IMAGE_SIZE_MAX, &number) ||
            number != floor(number)) {
            return refuse(part);
        }
        out->grid[count] = (int)number;
        at = at[length] == '+' ? at + length + 1 : NULL;
    }
    out->dimensions = count;
    return count >= 2 ? ADATOM_OK : refuse(part);
}

static adatom_status read_species(const char *part, const char *value, adatom_potential_image *out)
{
    for (const char *at = value; at != NULL;) {
        char symbol[4] = "";
        const size_t length = strcspn(at, "+");
        if (length < sizeof symbol) {
            memcpy(symbol, at, length);
        }
        const int number = adatom_element_number(symbol);
        bool known = false;
        for (size_t s = 0; s < out->species_count; s++) {
            known = known || out->species[s] == number;
        }
        if (number == 0 || known) {
            return refuse(part);
        }
        out->species[out->species_count++] = number;
        at = at[length] == '+' ? at + length + 1 : NULL;
    }
    return ADATOM_OK;
}

static adatom_status read_part(const char *part, adatom_potential_image *out)
{
    const size_t length = strcspn(part, "=");
    const char *value = part[length] == '=' ? part + length + 1 : part + length;
    double number;
    if (strncmp(part, "grid=", 5) == 0) {
        return read_grid(part, value, out);
    }
    if (strncmp(part, "species=", 8) == 0) {
        return read_species(part, value, out);
    }
    if (strcmp(part, "channels=one") == 0 || strcmp(part, "channels=species") == 0) {
        out->by_species = value[0] == 's';
        return ADATOM_OK;
    }
    if (strncmp(part, "width=", 6) == 0 && read_number(value, strlen(value), 1e-3, 100, &number)) {
        out->width = number;
        return ADATOM_OK;
    }
    if (strncmp(part, "spacing=", 8) == 0 &&
        read_number(value, strlen(value), 1e-3, 100, &number)) {
        out->spacing = number;
        return ADATOM_OK;
    }
    if (strncmp(part, "multiple=", 9) == 0 && read_number(value, strlen(value), 1, 64, &number) &&
        number == floor(number)) {
        out->multiple = (int)number;
        return ADATOM_OK;
    }
    if (strcmp(part, "dimensions=2") == 0 || strcmp(part, "dimensions=3") == 0) {
        out->dimensions = value[0] - '0';
        return ADATOM_OK;
    }
    return refuse(part);
}

static adatom_status read_parts(char *text, adatom_potential_image *out)
{
    for (char *part = text; part != NULL && *text != '\0';) {
        char *comma = strchr(part, ',');
        if (comma != NULL) {
            *comma = '\0';
        }
        ADATOM_TRY(read_part(part, out));
        part = comma != NULL ? comma + 1 : NULL;
    }
    if ((out->grid[0] > 0) == (out->spacing > 0)) {
        return adatom_fail(ADATOM_INVALID_INPUT, "image: expected one of grid= and spacing=");
    }
    if (out->multiple > 0 && out->grid[0] > 0) {
        return adatom_fail(ADATOM_INVALID_INPUT, "image: multiple= goes with spacing=");
    }
    return ADATOM_OK;
}

static adatom_status take_species(const adatom_frames *frames, adatom_potential_image *out)
{
    bool seen[ADATOM_ELEMENT_COUNT + 1] = {false};
    for (size_t f = 0; frames != NULL && f < frames->count; f++) {
        const adatom_structure *structure = frames->frames[f].structure;
        for (size_t i = 0; i < structure->atom_count; i++) {
            seen[structure->atomic_numbers[i]] = true;
        }
    }
    for (int z = 1; z <= ADATOM_ELEMENT_COUNT; z++) {
        if (seen[z]) {
            out->species[out->species_count++] = z;
        }
    }
    return out->species_count > 0
               ? ADATOM_OK
               : adatom_fail(ADATOM_INVALID_INPUT, "image: there are no atoms, thus no channels");
}

adatom_status adatom_image_spec_read(const char *spec, const adatom_frames *frames,
                                     adatom_potential_image *out)
{
    adatom_potential_image image = {.dimensions = 2, .width = 0.2};
    if (strncmp(spec, "image:", 6) != 0) {
        return refuse(spec);
    }
    char *text;
    ADATOM_TRY(adatom_duplicate_text(spec + 6, &text));
    const adatom_status status = read_parts(text, &image);
    free(text);
    ADATOM_TRY(status);
    if (image.by_species && image.species_count == 0) {
        ADATOM_TRY(take_species(frames, &image));
    }
    *out = image;
    return ADATOM_OK;
}

adatom_status adatom_image_spec_print(const adatom_potential_image *image, char **out)
{
    char number[ADATOM_NUMBER_TEXT_SIZE];
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    if (stream == NULL) {
        return adatom_fail(ADATOM_OUT_OF_MEMORY, "out of memory for a spec");
    }
    fputs("image:", stream);
    for (int d = 0; image->grid[0] > 0 && d < image->dimensions; d++) {
        fprintf(stream, "%s%d", d == 0 ? "grid=" : "+", image->grid[d]);
    }
    if (image->grid[0] == 0) {
        adatom_number_to_text(image->spacing, number);
        fprintf(stream, "spacing=%s,dimensions=%d", number, image->dimensions);
        if (image->multiple > 1) {
            fprintf(stream, ",multiple=%d", image->multiple);
        }
    }
    adatom_number_to_text(image->width, number);
    fprintf(stream, ",width=%s,channels=%s", number, image->by_species ? "species" : "one");
    for (size_t s = 0; image->by_species && s < image->species_count; s++) {
        fprintf(stream, "%s%s", s == 0 ? ",species=" : "+",
                adatom_element_symbol(image->species[s]));
    }
    if (fclose(stream) != 0) {
        free(text);
        return adatom_fail(ADATOM_OUT_OF_MEMORY, "out of memory for a spec");
    }
    *out = text;
    return ADATOM_OK;
}
