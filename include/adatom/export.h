/* adatom: which symbols the shared library shows. */
#ifndef ADATOM_EXPORT_H
#define ADATOM_EXPORT_H

#if defined(__GNUC__)
#define ADATOM_API __attribute__((visibility("default")))
#define ADATOM_PRINTF(text, first) __attribute__((format(printf, text, first)))
#define ADATOM_MUST_CHECK __attribute__((warn_unused_result))
#else
#define ADATOM_API
#define ADATOM_PRINTF(text, first)
#define ADATOM_MUST_CHECK
#endif

#endif
