/* Any program that reads a structure as extended XYZ and answers with its energy and forces. It is
 * started once for each structure, without a shell. */
#include "energy/command.h"

#include "energy/kinds.h"

#include <locale.h>
#include <stdlib.h>

typedef struct command {
    adatom_command_line line;
    locale_t plain; /* numbers with a decimal point, whatever the user's language */
    char *answer;   /* the latest one, or NULL */
    size_t answer_length;
} command;

static void destroy(void *state)
{
    command *self = state;
    adatom_command_line_clear(&self->line);
    if (self->plain != (locale_t)0) {
        freelocale(self->plain);
    }
    free(self->answer);
    free(self);
}

static adatom_status create(const adatom_spec_argument *arguments, size_t count, void **state)
{
    command *self;
    ADATOM_SYS_TRY(adatom_sys_allocate(1, sizeof *self, &self));
    adatom_status status =
        adatom_command_line_read(count > 0 ? arguments[0].value : "", &self->line);
    if (status == ADATOM_OK) {
        self->plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
        if (self->plain == (locale_t)0) {
            status = adatom_sys_fail(ADATOM_OUT_OF_MEMORY, "command: no memory for a locale");
        }
    }
    if (status != ADATOM_OK) {
        destroy(self);
        return status;
    }
    *state = self;
    return ADATOM_OK;
}

/* A frame needs far less; a program that repeats itself without end must not fill the memory. */
static size_t output_limit(const adatom_structure *structure)
{
    return ((size_t)1 << 20) + 4096 * structure->atom_count;
}

typedef struct text {
    char *start;
    size_t length;
} text;

static adatom_status answer_by_streams(const command *self, size_t limit, text question,
                                       text *answer)
{
    const adatom_command_task task = {.path = self->line.path,
                                      .words = self->line.words,
                                      .input = question.start,
                                      .input_length = question.length,
                                      .time_limit = self->line.time_limit,
                                      .output_limit = limit};
    return adatom_command_run(&task, &answer->start, &answer->length);
}

static adatom_status run_on_files(const command *self, const adatom_command_files *files)
{
    char **words, *unused = NULL;
    size_t length;
    ADATOM_SYS_TRY(
        adatom_command_files_name(files, self->line.words, self->line.word_count, &words));
    const adatom_command_task task = {
        .path = self->line.path, .words = words, .time_limit = self->line.time_limit};
    const adatom_status status = adatom_command_run(&task, &unused, &length);
    adatom_command_words_free(words);
    free(unused);
    return status;
}

static adatom_status answer_by_files(const command *self, size_t limit, text question, text *answer)
{
    adatom_command_files files = {0};
    adatom_status status = adatom_command_files_make(question.start, question.length, &files);
    if (status == ADATOM_OK) {
        status = run_on_files(self, &files);
    }
    if (status == ADATOM_OK) {
        status = adatom_command_files_read(&files, self->line.words[0], limit, &answer->start,
                                           &answer->length);
    }
    adatom_command_files_remove(&files);
    return status;
}

static adatom_status evaluate(command *self, const adatom_structure *structure,
                              adatom_properties *properties)
{
    text question, answer;
    ADATOM_SYS_TRY(adatom_command_write(structure, properties, &question.start, &question.length));
    const size_t limit = output_limit(structure);
    const adatom_status status = self->line.uses_files
                                     ? answer_by_files(self, limit, question, &answer)
                                     : answer_by_streams(self, limit, question, &answer);
    free(question.start);
    ADATOM_SYS_TRY(status);
    const adatom_status read_status = adatom_command_read(self->line.words[0], answer.start,
                                                          answer.length, structure, properties);
    free(self->answer);
    self->answer = answer.start;
    self->answer_length = answer.length;
    return read_status;
}

static adatom_status compute_properties(void *state, const adatom_structure *structure,
                                        adatom_properties *properties)
{
    command *self = state;
    if (properties->forces != NULL && !self->line.gives_forces) {
        return adatom_sys_fail(ADATOM_UNSUPPORTED, "%s gives no forces (forces=no)",
                               self->line.words[0]);
    }
    const locale_t before = uselocale(self->plain);
    const adatom_status status = evaluate(self, structure, properties);
    uselocale(before);
    return status;
}

static bool number(void *state, const char *name, double *value)
{
    const command *self = state;
    const locale_t before = uselocale(self->plain);
    const bool found = self->answer != NULL &&
                       adatom_command_number(self->answer, self->answer_length, name, value);
    uselocale(before);
    return found;
}

const adatom_evaluator_kind adatom_kind_command = {.create = create,
                                                   .free = destroy,
                                                   .whole_text = true,
                                                   .number = number,
                                                   .compute_properties = compute_properties};
