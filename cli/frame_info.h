/* adatom: the further key=value pairs of a frame. */
#ifndef ADATOM_CLI_FRAME_INFO_H
#define ADATOM_CLI_FRAME_INFO_H

#include "cli.h"

/* NULL if there is none. */
const char *cli_frame_info(const adatom_frame *frame, const char *key);
adatom_status cli_frame_add_info(adatom_frame *frame, const char *key, const char *value);
void cli_frame_drop_info(adatom_frame *frame, const char *key);
void cli_frame_clear_infos(adatom_frame *frame);

#endif
