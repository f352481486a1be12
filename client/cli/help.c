/* `wijzer help`, --help, version, and the shell completion: all made of the tables. */
#include "program.h"

enum { COMMAND_WIDTH = 20, FLAG_WIDTH = 28 };

static void put_line(const struct screen *screen, const char *left, size_t width, const char *right)
{
    const char *padded = arena_printf(screen->arena, "%s%s", left, text_padding(screen->arena, left, width));
    screen_say(screen, HELP_LINE, VALUES(padded, right));
}

static void put_command(const struct screen *screen, const struct command *command)
{
    put_line(screen, command->name, COMMAND_WIDTH, command->help[screen->language]);
}

void help_all(const struct screen *screen)
{
    screen_say(screen, HELP_HEAD, NULL);
    screen_say(screen, HELP_USAGE, NULL);
    for (const struct command_group *group = command_groups; group < command_groups + COMMAND_GROUPS;
         group++) {
        screen_newline(screen);
        screen_say(screen, group->heading, NULL);
        for (const struct command *command = group->commands; command->name; command++)
            put_command(screen, command);
    }
    screen_newline(screen);
    screen_say(screen, HELP_MORE, NULL);
}

static void put_flag(const struct screen *screen, enum flag flag)
{
    const struct flag_kind *kind = flag_kind(flag);
    const char *value = kind->value[screen->language];
    put_line(screen, value ? arena_printf(screen->arena, "%s %s", kind->name, value) : kind->name, FLAG_WIDTH,
             kind->help[screen->language]);
}

/* The commands of two words that begin with this one. */
static void put_seconds(const struct screen *screen, const char *word)
{
    size_t length = strlen(word);
    const struct command *command;
    for (size_t i = 0; (command = command_at(i)); i++)
        if (strncmp(command->name, word, length) == 0 && command->name[length] == ' ')
            put_command(screen, command);
}

void help_group(const struct screen *screen, const char *word)
{
    screen_say(screen, HELP_GROUP, VALUES(word));
    put_seconds(screen, word);
    screen_newline(screen);
    screen_say(screen, HELP_GROUP_MORE, VALUES(word));
}

void help_command(const struct screen *screen, const struct command *command)
{
    screen_say(screen, HELP_SYNOPSIS, VALUES(command->name, command->arguments[screen->language]));
    screen_block(screen, 2, true, command->help[screen->language]);
    if (command->flags[0] != FLAG_END) {
        screen_newline(screen);
        screen_say(screen, HELP_FLAGS, NULL);
    }
    for (const enum flag *flag = command->flags; *flag != FLAG_END; flag++)
        put_flag(screen, *flag);
    if (command_is_group(command->name)) {
        screen_newline(screen);
        screen_say(screen, HELP_SUBCOMMANDS, NULL);
        put_seconds(screen, command->name);
    }
    screen_newline(screen);
    screen_say(screen, HELP_FLAGS_ALWAYS, NULL);
    for (enum flag flag = FLAG_END + 1; flag <= FLAG_LAST_GLOBAL; flag++)
        put_flag(screen, flag);
}

static void help_exit_codes(const struct screen *screen)
{
    screen_say(screen, HELP_EXIT_CODES, NULL);
    for (int code = 0; code < EXIT_CODES; code++)
        put_line(screen, arena_printf(screen->arena, "%d", code), 2,
                 text_template(screen->language, (enum text)(EXIT_TEXT_0 + code)));
}

/* ---- completion for bash ---- */

static void put_completion_flags(FILE *file, const struct command *command)
{
    fprintf(file, "    \"%s\") flags=\"", command->name);
    for (const enum flag *flag = command->flags; *flag != FLAG_END; flag++)
        fprintf(file, "%s ", flag_kind(*flag)->name);
    fputs("$always\" ;;\n", file);
}

static struct slice first_word(const struct command *command)
{
    struct slice rest = slice_of(command->name);
    return slice_cut(&rest, ' ');
}

/* Whether no command before it in the table begins with the same word. */
static bool is_first_of_word(const struct command *command)
{
    const struct command *before;
    for (size_t i = 0; (before = command_at(i)) != command; i++)
        if (slice_equal(first_word(before), first_word(command)))
            return false;
    return true;
}

/* The words that can follow "feedback": the second words of commands. */
static void put_second_words(FILE *file)
{
    const struct command *command, *same;
    for (size_t i = 0; (command = command_at(i)); i++) {
        const char *before = " words=\"", *after = "";
        struct slice first = first_word(command);
        for (size_t k = i; is_first_of_word(command) && (same = command_at(k)); k++) {
            if (!slice_equal(first_word(same), first) || same->name[first.len] != ' ')
                continue;
            if (!*after)
                fprintf(file, "    %.*s)", SLICE_FMT(first));
            fprintf(file, "%s%s", before, same->name + first.len + 1);
            before = " ";
            after = "\" ;;\n";
        }
        fputs(after, file);
    }
}

/* What may stand behind a flag that has words of its own. */
static void put_values(FILE *file)
{
    static const struct {
        enum flag flag;
        const char *words;
    } values[] = {
        {FLAG_LANG, "nl en"},
        {FLAG_URGENCY, "routine soon"},
        {FLAG_OUTCOME, "reached partly not-reached"},
        {FLAG_HELPED, "yes partly no not-known"},
        {FLAG_BY, "region referrer partner area domain"},
        {FLAG_FORM, "at-once daily end-only standard"},
        {FLAG_MILESTONE, "accepted first-contact started ended story"},
        {FLAG_CHANNEL, "phone visit email letter video sms"},
        {FLAG_RESULT, "no-answer voicemail wrong-number message-left not-home spoke"},
        {FLAG_HOW_ENDED, "reached partly not-reached dropped"},
        {FLAG_STATUS, "open closed"},
        {FLAG_MOBILITY, "independent limited housebound"},
        {FLAG_DIGITAL_SKILL, "good some none"},
        {FLAG_LVB, "yes no"},
        {FLAG_OCCUPATION, "working school unemployed retired unable"},
        {FLAG_HOUSEHOLD, "alone couple family single-parent with-others"},
        {FLAG_WISH, "group one-to-one at-home nearby daytime evening weekend online same-gender interpreter"},
        {FLAG_ROLE, "referrer worker coordinator steward"},
        {FLAG_TABLE, "$tables"}};
    fputs("    --file|--facts|--output|--ca) COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n"
          "    --profile) COMPREPLY=($(compgen -d -- \"$current\")); return ;;\n",
          file);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        fprintf(file, "    %s) COMPREPLY=($(compgen -W \"%s\" -- \"$current\")); return ;;\n",
                flag_kind(values[i].flag)->name, values[i].words);
}

static void put_completion(FILE *file)
{
    fputs("# Completion of wijzer(1) for bash, made of its table of commands: wijzer help completion\n"
          "_wijzer() {\n"
          "  local current=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
          "  local commands=\"",
          file);
    const struct command *command;
    for (size_t i = 0; (command = command_at(i)); i++)
        if (is_first_of_word(command))
            fprintf(file, "%s%.*s", i ? " " : "", SLICE_FMT(first_word(command)));
    fputs("\"\n  local always=\"", file);
    for (enum flag flag = FLAG_END + 1; flag <= FLAG_LAST_GLOBAL; flag++)
        fprintf(file, "%s%s", flag > FLAG_END + 1 ? " " : "", flag_kind(flag)->name);
    fputs("\"\n  local flags=\"$always\" words=\"\" name=\"${COMP_WORDS[1]}\"\n"
          "  local tables=\"exclusion approach offering fields promises declines feedback\"\n"
          "  case \"$previous\" in\n",
          file);
    put_values(file);
    fputs("  esac\n"
          "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
          "    COMPREPLY=($(compgen -W \"$commands $always\" -- \"$current\")); return\n"
          "  fi\n"
          "  case \"$name\" in\n",
          file);
    put_second_words(file);
    fputs("    vocabulary) words=\"domains states decline-codes evidence offerings organisations\" ;;\n"
          "    help) words=\"$commands exit-codes completion\" ;;\n"
          "  esac\n"
          "  [ \"$COMP_CWORD\" -gt 2 ] && case \" $words \" in *\" ${COMP_WORDS[2]} \"*) "
          "name=\"$name ${COMP_WORDS[2]}\" ;; esac\n"
          "  [ \"$COMP_CWORD\" -gt 2 ] && words=\"\"\n"
          "  case \"$name\" in\n",
          file);
    for (size_t i = 0; (command = command_at(i)); i++)
        put_completion_flags(file, command);
    fputs("  esac\n"
          "  COMPREPLY=($(compgen -W \"$words $flags\" -- \"$current\"))\n"
          "  case \"$name\" in\n"
          "    \"rules eval\"|\"rules import\") COMPREPLY+=($(compgen -f -- \"$current\")) ;;\n"
          "    \"rules show\"|\"rules edit\"|\"rules export\"|\"rules check\"|\"rules rollback\")\n"
          "      COMPREPLY+=($(compgen -W \"$tables\" -- \"$current\")) ;;\n"
          "  esac\n"
          "}\n"
          "complete -F _wijzer wijzer\n",
          file);
}

int run_help(struct program *program)
{
    const struct screen *out = &program->out;
    struct complaint complaint;
    size_t used, count = program->options.word_count;
    const char *const *words = program->options.words;
    if (count == 0) {
        help_all(out);
    } else if (strcmp(words[0], "exit-codes") == 0) {
        help_exit_codes(out);
    } else if (strcmp(words[0], "completion") == 0) {
        put_completion(out->file);
    } else {
        const struct command *command = command_find(words, count, &used);
        command_unknown(words, count, NULL, program->arena, &complaint);
        if (!command && (count > 1 || !command_is_group(words[0])))
            return program_complain(program, &complaint);
        if (command)
            help_command(out, command);
        else
            help_group(out, words[0]);
    }
    return EXIT_DONE;
}

int run_version(struct program *program)
{
    if (program->json)
        fprintf(program->out.file, "{\"version\":\"%s\"}\n", WIJZER_VERSION);
    else
        screen_say(&program->out, SAY_VERSION, VALUES(WIJZER_VERSION));
    return EXIT_DONE;
}
