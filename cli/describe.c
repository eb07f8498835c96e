/* adatom describe: descriptors of the structures of a file. */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "max,min" */
static int take_pools(const char *text, adatom_describe_options *options)
{
    static const char *const names[] = {"mean", "max", "min"}; /* as adatom_pooling */
    for (const char *at = text; at != NULL;) {
        const size_t length = strcspn(at, ",");
        int pooling = 0;
        while (pooling < 3 &&
               (strlen(names[pooling]) != length || strncmp(names[pooling], at, length) != 0)) {
            pooling++;
        }
        if (pooling == 3 || options->pool_count == ADATOM_POOL_COUNT_MAX) {
            return cli_wrong_use("--pool: %.40s, expected up to %d of mean, max, min", text,
                                 ADATOM_POOL_COUNT_MAX);
        }
        options->pools[options->pool_count++] = (adatom_pooling)pooling;
        at = at[length] == ',' ? at + length + 1 : NULL;
    }
    return 0;
}

static int describe_images(const cli_arguments *arguments, const adatom_frames *frames)
{
    if (arguments->gradients || arguments->pool != NULL) {
        return cli_wrong_use("describe: --gradients and --pool are for descriptors of atoms");
    }
    adatom_image_summary summary;
    const adatom_status status = adatom_describe_images(
        arguments->descriptor, frames, cli_threads(arguments), arguments->output, &summary);
    if (status == ADATOM_OK && !arguments->quiet) {
        cli_print_row("images", "%zu", frames->count);
        cli_print_row("channels", "%d", summary.channels);
        cli_print_row("pixels", "%d x %d x %d", summary.size[0], summary.size[1], summary.size[2]);
    }
    return cli_status(status);
}

int cli_describe(const cli_arguments *arguments)
{
    if (arguments->descriptor == NULL || arguments->output == NULL) {
        return cli_wrong_use("describe: %s is missing",
                             arguments->descriptor == NULL ? "-d SPEC" : "-o OUT");
    }
    adatom_describe_options options = adatom_describe_options_default();
    options.spec = arguments->descriptor;
    options.gradients = arguments->gradients;
    options.threads = cli_threads(arguments);
    if (arguments->pool != NULL && take_pools(arguments->pool, &options) != 0) {
        return 2;
    }
    adatom_frames frames;
    adatom_status status = adatom_extxyz_read(arguments->files[0], &frames);
    if (status != ADATOM_OK) {
        return cli_status(status);
    }
    if (strncmp(arguments->descriptor, "image:", strlen("image:")) == 0) {
        const int exit_status = describe_images(arguments, &frames);
        adatom_frames_clear(&frames);
        return exit_status;
    }
    adatom_describe_summary summary;
    status = adatom_describe_frames(&options, &frames, arguments->output, &summary);
    if (status == ADATOM_OK && !arguments->quiet) {
        cli_print_row("structures", "%zu", frames.count);
        cli_print_row(options.pool_count > 0 ? "rows" : "atoms", "%zu", summary.rows);
        cli_print_row("values", "%zu", summary.columns);
        if (options.gradients) {
            cli_print_row("blocks", "%zu", summary.block_count);
        }
    }
    adatom_frames_clear(&frames);
    return cli_status(status);
}
