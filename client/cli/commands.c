#include "commands.h"

#include "program.h"
#include "suggest.h"

const struct command_group command_groups[COMMAND_GROUPS] = {
    {HELP_REFERRING, commands_refer}, {HELP_HELPING, commands_steps}, {HELP_PLACES, commands_places},
    {HELP_CHAIN, commands_chain},     {HELP_RULES, commands_rules},   {HELP_NOTICES, commands_notices},
    {HELP_RIGHTS, commands_rights},   {HELP_ACCESS, commands_access}, {HELP_PROGRAM, commands_program},
};

const struct command *command_at(size_t index)
{
    for (size_t group = 0; group < COMMAND_GROUPS; group++)
        for (const struct command *command = command_groups[group].commands; command->name; command++)
            if (index-- == 0)
                return command;
    return NULL;
}

const struct command *command_find(const char *const *words, size_t count, size_t *used)
{
    const struct command *found = NULL;
    *used = 0;
    const struct command *command;
    for (size_t i = 0; (command = command_at(i)); i++) {
        struct slice rest = slice_of(command->name);
        size_t matched = 0;
        while (rest.ptr && matched < count && slice_is(slice_cut(&rest, ' '), words[matched]))
            matched++;
        /* All words of the name were there exactly when nothing of it remains and none failed. */
        size_t length = 1 + (strchr(command->name, ' ') != NULL);
        if (matched == length && matched > *used) {
            found = command;
            *used = matched;
        }
    }
    return found;
}

const char *command_suggest(const char *word, struct arena *arena)
{
    size_t count = 0;
    while (command_at(count))
        count++;
    const char **names = arena_array(arena, count, sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = strchr(command_at(i)->name, ' ') ? NULL : command_at(i)->name;
    return suggest_word(word, names, count);
}

static const char *suggest_flag(const struct command *command, const char *typed)
{
    const char *names[FLAG_COUNT] = {0};
    for (enum flag flag = FLAG_END + 1; flag < FLAG_COUNT; flag++)
        if (flag <= FLAG_LAST_GLOBAL || flag_among(command->flags, flag))
            names[flag] = flag_kind(flag)->name;
    return suggest_word(typed, names, FLAG_COUNT);
}

enum { SECOND_WORDS = 64 };

/* The second words of commands such as "feedback open". */
static size_t second_words(const char *first, const char *names[SECOND_WORDS])
{
    size_t count = 0, length = strlen(first);
    const struct command *command;
    for (size_t i = 0; (command = command_at(i)) && count < SECOND_WORDS; i++)
        if (strncmp(command->name, first, length) == 0 && command->name[length] == ' ')
            names[count++] = command->name + length + 1;
    return count;
}

bool command_is_group(const char *word)
{
    const char *names[SECOND_WORDS];
    return second_words(word, names) > 0;
}

/* Says which second word was perhaps meant; false where there are no such commands. */
static bool is_unknown_second(const char *first, const char *word, struct complaint *complaint)
{
    const char *names[SECOND_WORDS];
    size_t count = second_words(first, names);
    if (count == 0)
        return false;
    *complaint = (struct complaint){
        .text = SAY_UNKNOWN_SECOND, .values = {first, word}, .meant = suggest_word(word, names, count)};
    return true;
}

void command_unknown(const char *const *words, size_t count, const char *unknown, struct arena *arena,
                     struct complaint *complaint)
{
    const char *word = count ? words[0] : unknown;
    if (count < 2 || !is_unknown_second(words[0], words[1], complaint))
        *complaint = (struct complaint){SAY_UNKNOWN_COMMAND, {word}, command_suggest(word, arena)};
}

static bool complain(struct complaint *complaint, enum text text, const char *first, const char *second,
                     const char *third)
{
    *complaint = (struct complaint){.text = text, .values = {first, second, third}};
    return false;
}

static bool check_flags(const struct command *command, const struct options *options, const char *unknown,
                        struct complaint *complaint)
{
    if (unknown) {
        complain(complaint, SAY_UNKNOWN_FLAG, unknown, command->name, NULL);
        complaint->meant = suggest_flag(command, unknown);
        return false;
    }
    for (enum flag flag = FLAG_LAST_GLOBAL + 1; flag < FLAG_COUNT; flag++)
        if (option_given(options, flag) && !flag_among(command->flags, flag))
            return complain(complaint, SAY_FLAG_ELSEWHERE, flag_kind(flag)->name, command->name, NULL);
    return true;
}

bool command_check(const struct command *command, size_t used, struct options *options, const char *unknown,
                   enum language language, struct complaint *complaint)
{
    const char *synopsis = command->arguments[language];
    if (!check_flags(command, options, unknown, complaint))
        return false;
    options->word_count -= used;
    memmove(options->words, options->words + used, options->word_count * sizeof options->words[0]);
    if (option_given(options, FLAG_HELP))
        return true;
    if (options->word_count > command->most && command->most == 0 &&
        is_unknown_second(command->name, options->words[0], complaint))
        return false;
    if (options->word_count > command->most)
        return complain(complaint, SAY_TOO_MANY_WORDS, options->words[command->most], command->name,
                        synopsis);
    if (options->word_count < command->least)
        return complain(complaint, SAY_MISSING, command->name, synopsis, NULL);
    return true;
}
