/* Any bytes as the layers of a network on images: refused with one line, or read, and what was read
 * can be written and reads back the same; no size of images makes it anything but refused or a
 * network with so many weights. */
#include "predict/network_text.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void require_refusal(adatom_status status)
{
    require(status == ADATOM_INVALID_INPUT && adatom_error_message()[0] != '\0');
    require(strchr(adatom_error_message(), '\n') == NULL);
}

static void check_round_trip(const adatom_convnet *network)
{
    char *text;
    adatom_convnet back = {.layer_count = 0};
    require(adatom_network_text_print(network, &text) == ADATOM_OK);
    require(adatom_network_text_read(text, strlen(text), "back", &back) == ADATOM_OK);
    require(back.copies == network->copies && back.layer_count == network->layer_count);
    require(memcmp(back.layers, network->layers,
                   (size_t)network->layer_count * sizeof network->layers[0]) == 0);
    free(text);
}

static void check_size(adatom_convnet network, int dimensions, int channels, int length)
{
    network.dimensions = dimensions;
    network.channels = channels;
    network.size[0] = network.size[1] = length;
    network.size[2] = dimensions == 3 ? length : 1;
    const adatom_status status = adatom_convnet_resolve(&network);
    if (status != ADATOM_OK) {
        require_refusal(status);
        return;
    }
    require(network.weight_count <= (size_t)1 << 31 && adatom_convnet_outputs(&network) > 0);
    if (network.weight_count < 100000) {
        float *weights = malloc((network.weight_count + 1) * sizeof *weights);
        require(weights != NULL);
        adatom_convnet_start(&network, 1, weights);
        free(weights);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = malloc(size + 1);
    adatom_convnet network = {.layer_count = 0};
    require(text != NULL);
    memcpy(text, bytes, size);
    const adatom_status status = adatom_network_text_read(text, size, "fuzz", &network);
    if (status != ADATOM_OK) {
        require_refusal(status);
    } else {
        check_round_trip(&network);
        check_size(network, 2, 1, 12);
        check_size(network, 2, 118, 4096);
        check_size(network, 3, 1, 7);
    }
    free(text);
    return 0;
}
