#include "predict/network_text.h"

#include "base/error.h"
#include "base/memory.h"
#include "io/number_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { OUTPUTS_MAX = 65536, STRIDE_MAX = 16 };

static const char *const activation_names[] = {
#define ACTIVATION_NAME(NAME, name) #name,
    ADATOM_CONVNET_ACTIVATIONS(ACTIVATION_NAME)
#undef ACTIVATION_NAME
};

typedef struct reading {
    yaml_document_t *document;
    const char *name;
    adatom_convnet *out;
} reading;

static adatom_status refuse(const reading *from, const yaml_node_t *node, const char *expected)
{
    return adatom_fail(ADATOM_INVALID_INPUT, "%s:%zu: expected %s", from->name,
                       node->start_mark.line + 1, expected);
}

static const char *text_of(const yaml_node_t *node)
{
    return node != NULL && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value
                                                          : "";
}

static bool is_text(const yaml_node_t *node, const char *text)
{
    return strcmp(text_of(node), text) == 0;
}

static adatom_status read_count(const reading *from, const yaml_node_t *node, int most, int *out)
{
    const char *text = text_of(node);
    double number;
    if (!adatom_number_from_text(text, strlen(text), &number) || number != floor(number) ||
        number < 1 || number > most) {
        char expected[64];
        snprintf(expected, sizeof expected, "a whole number from 1 to %d", most);
        return refuse(from, node, expected);
    }
    *out = (int)number;
    return ADATOM_OK;
}

static adatom_status read_activation(const reading *from, const yaml_node_t *node,
                                     adatom_convnet_activation *out)
{
    for (int a = 0; a < ADATOM_CONVNET_ACTIVATION_COUNT; a++) {
        if (is_text(node, activation_names[a])) {
            *out = (adatom_convnet_activation)a;
            return ADATOM_OK;
        }
    }
    return refuse(from, node, "one of relu, linear, leaky, tanh, squareplus");
}

static adatom_status read_pair(const reading *from, const yaml_node_t *key,
                               const yaml_node_t *value, adatom_convnet_layer *layer)
{
    const bool convolution = layer->kind == ADATOM_CONVNET_CONVOLUTION;
    if (is_text(key, "activation")) {
        return read_activation(from, value, &layer->activation);
    }
    if (is_text(key, convolution ? "filters" : "neurons")) {
        return read_count(from, value, OUTPUTS_MAX, &layer->outputs);
    }
    if (convolution && is_text(key, "width")) {
        return read_count(from, value, ADATOM_CONVNET_WIDTH_MAX, &layer->width);
    }
    if (convolution && is_text(key, "stride")) {
        return read_count(from, value, STRIDE_MAX, &layer->stride);
    }
    if (convolution && is_text(key, "edges") &&
        (is_text(value, "zero") || is_text(value, "periodic"))) {
        layer->periodic = is_text(value, "periodic");
        return ADATOM_OK;
    }
    return refuse(from, key,
                  convolution ? "filters, width, stride, edges: zero or periodic, or activation"
                              : "neurons or activation");
}

static adatom_status read_layer(const reading *from, const yaml_node_t *kind,
                                const yaml_node_t *values)
{
    adatom_convnet *network = from->out;
    adatom_convnet_layer layer = {.stride = 1};
    if (is_text(kind, "copies") && is_text(values, "shifted") && network->layer_count == 0) {
        network->copies = true;
        return ADATOM_OK;
    }
    layer.kind = is_text(kind, "dense") ? ADATOM_CONVNET_DENSE : ADATOM_CONVNET_CONVOLUTION;
    if ((!is_text(kind, "dense") && !is_text(kind, "conv")) || values->type != YAML_MAPPING_NODE) {
        return refuse(from, kind,
                      "conv: {filters: N, width: W}, dense: {neurons: N}, sum or, first of all, "
                      "copies: shifted");
    }
    for (yaml_node_pair_t *pair = values->data.mapping.pairs.start;
         pair < values->data.mapping.pairs.top; pair++) {
        ADATOM_TRY(read_pair(from, yaml_document_get_node(from->document, pair->key),
                             yaml_document_get_node(from->document, pair->value), &layer));
    }
    const bool convolution = layer.kind == ADATOM_CONVNET_CONVOLUTION;
    if (layer.outputs == 0 || (convolution && layer.width == 0)) {
        return refuse(from, kind, convolution ? "filters and width" : "neurons");
    }
    network->layers[network->layer_count++] = layer;
    return ADATOM_OK;
}

static adatom_status read_item(const reading *from, const yaml_node_t *item)
{
    adatom_convnet *network = from->out;
    if (network->layer_count == ADATOM_CONVNET_LAYERS_MAX) {
        return refuse(from, item, "at most 64 layers");
    }
    if (is_text(item, "sum")) {
        network->layers[network->layer_count++] =
            (adatom_convnet_layer){.kind = ADATOM_CONVNET_SUM};
        return ADATOM_OK;
    }
    if (item->type != YAML_MAPPING_NODE ||
        item->data.mapping.pairs.top - item->data.mapping.pairs.start != 1) {
        return refuse(from, item, "one layer, such as conv: {filters: 16, width: 4}");
    }
    const yaml_node_pair_t *pair = item->data.mapping.pairs.start;
    return read_layer(from, yaml_document_get_node(from->document, pair->key),
                      yaml_document_get_node(from->document, pair->value));
}

static adatom_status read_list(const reading *from)
{
    const yaml_node_t *root = yaml_document_get_root_node(from->document);
    if (root == NULL || root->type != YAML_SEQUENCE_NODE) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s:1: expected a list of layers", from->name);
    }
    for (yaml_node_item_t *item = root->data.sequence.items.start;
         item < root->data.sequence.items.top; item++) {
        ADATOM_TRY(read_item(from, yaml_document_get_node(from->document, *item)));
    }
    return ADATOM_OK;
}

adatom_status adatom_network_text_read(const char *text, size_t length, const char *name,
                                       adatom_convnet *out)
{
    yaml_parser_t parser;
    yaml_document_t document;
    adatom_convnet network = {.layer_count = 0};
    if (yaml_parser_initialize(&parser) == 0) {
        return adatom_fail(ADATOM_OUT_OF_MEMORY, "out of memory");
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    if (yaml_parser_load(&parser, &document) == 0) {
        const adatom_status status =
            adatom_fail(ADATOM_INVALID_INPUT, "%s:%zu: %s", name, parser.problem_mark.line + 1,
                        parser.problem != NULL ? parser.problem : "expected YAML");
        yaml_parser_delete(&parser);
        return status;
    }
    const reading from = {&document, name, &network};
    const adatom_status status = read_list(&from);
    yaml_document_delete(&document);
    yaml_parser_delete(&parser);
    ADATOM_TRY(status);
    out->copies = network.copies;
    out->layer_count = network.layer_count;
    memcpy(out->layers, network.layers, sizeof network.layers);
    return ADATOM_OK;
}

static void print_layer(const adatom_convnet_layer *layer, FILE *stream)
{
    if (layer->kind == ADATOM_CONVNET_SUM) {
        fputs("- sum\n", stream);
        return;
    }
    if (layer->kind == ADATOM_CONVNET_DENSE) {
        fprintf(stream, "- dense: {neurons: %d", layer->outputs);
    } else {
        fprintf(stream, "- conv: {filters: %d, width: %d, stride: %d, edges: %s", layer->outputs,
                layer->width, layer->stride, layer->periodic ? "periodic" : "zero");
    }
    fprintf(stream, ", activation: %s}\n", activation_names[layer->activation]);
}

adatom_status adatom_network_text_print(const adatom_convnet *network, char **out)
{
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    if (stream == NULL) {
        return adatom_fail(ADATOM_OUT_OF_MEMORY, "out of memory");
    }
    if (network->copies) {
        fputs("- copies: shifted\n", stream);
    }
    for (int l = 0; l < network->layer_count; l++) {
        print_layer(&network->layers[l], stream);
    }
    if (fclose(stream) != 0) {
        free(text);
        return adatom_fail(ADATOM_OUT_OF_MEMORY, "out of memory");
    }
    *out = text;
    return ADATOM_OK;
}
