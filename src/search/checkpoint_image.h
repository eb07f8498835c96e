/* adatom: what the agent sees of an atom, written for those who want to look at it. */
#ifndef ADATOM_SEARCH_CHECKPOINT_IMAGE_H
#define ADATOM_SEARCH_CHECKPOINT_IMAGE_H

#include "io/hdf5_file.h"
#include "search/run.h"

/* Writes /image of a checkpoint; docs/search.md lists it. Resuming does not need it. */
adatom_status adatom_checkpoint_put_image(adatom_hdf5_writer *writer, const adatom_run *run);

#endif
