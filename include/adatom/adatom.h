/* adatom: learns, searches and generates atomic structures. This header gathers the public API. */
#ifndef ADATOM_ADATOM_H
#define ADATOM_ADATOM_H

#include "adatom/bonds.h"
#include "adatom/descriptor.h"
#include "adatom/ensemble.h"
#include "adatom/evaluator.h"
#include "adatom/explain.h"
#include "adatom/extxyz.h"
#include "adatom/generate.h"
#include "adatom/image.h"
#include "adatom/options.h"
#include "adatom/potential.h"
#include "adatom/reconstruct.h"
#include "adatom/relax.h"
#include "adatom/report.h"
#include "adatom/sample.h"
#include "adatom/search.h"
#include "adatom/status.h"
#include "adatom/structure.h"
#include "adatom/symmetry.h"
#include "adatom/train.h"
#include "adatom/version.h"

#endif
