/* `wijzer help`, --help, version, and the shell completion: all made of the tables. */
#include "program.h"

enum { COMMAND_WIDTH = 14, FLAG_WIDTH = 28 };

static void put_line(const struct screen *screen, const char *left, size_t width, const char *right)
{
    const char *padded = arena_printf(screen->arena, "%s%s", left, text_padding(screen->arena, left, width));
    screen_say(screen, HELP_LINE, VALUES(padded, right));
}

void help_all(const struct screen *screen)
{
    screen_say(screen, HELP_HEAD, NULL);
    screen_say(screen, HELP_USAGE, NULL);
    screen_newline(screen);
    screen_say(screen, HELP_COMMANDS, NULL);
    for (size_t i = 0; i < command_count; i++)
        put_line(screen, commands[i].name, COMMAND_WIDTH, commands[i].help[screen->language]);
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

/* The words that can follow "feedback": the second words of commands. */
static void put_second_words(FILE *file)
{
    for (size_t i = 0; i < command_count; i++) {
        struct slice rest = slice_of(commands[i].name);
        struct slice first = slice_cut(&rest, ' ');
        if (rest.ptr)
            fprintf(file, "    %.*s) words=\"%.*s\" ;;\n", SLICE_FMT(first), SLICE_FMT(rest));
    }
}

static void put_completion(FILE *file)
{
    fputs("# Completion of wijzer(1) for bash, made of its table of commands: wijzer help completion\n"
          "_wijzer() {\n"
          "  local current=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
          "  local commands=\"",
          file);
    for (size_t i = 0; i < command_count; i++)
        if (!strchr(commands[i].name, ' '))
            fprintf(file, "%s%s", i ? " " : "", commands[i].name);
    fputs("\"\n  local always=\"", file);
    for (enum flag flag = FLAG_END + 1; flag <= FLAG_LAST_GLOBAL; flag++)
        fprintf(file, "%s%s", flag > FLAG_END + 1 ? " " : "", flag_kind(flag)->name);
    fputs(
        "\"\n  local flags=\"$always\" words=\"\" name=\"${COMP_WORDS[1]}\"\n"
        "  case \"$previous\" in\n"
        "    --file) COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n"
        "    --profile) COMPREPLY=($(compgen -d -- \"$current\")); return ;;\n"
        "    --lang) COMPREPLY=($(compgen -W \"nl en\" -- \"$current\")); return ;;\n"
        "    --urgency) COMPREPLY=($(compgen -W \"routine soon\" -- \"$current\")); return ;;\n"
        "    --outcome) COMPREPLY=($(compgen -W \"reached partly not-reached\" -- \"$current\")); return ;;\n"
        "    --channel) COMPREPLY=($(compgen -W \"phone visit email letter video\" -- \"$current\")); return "
        ";;\n"
        "    --status) COMPREPLY=($(compgen -W \"open closed\" -- \"$current\")); return ;;\n"
        "  esac\n"
        "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
        "    COMPREPLY=($(compgen -W \"$commands $always\" -- \"$current\")); return\n"
        "  fi\n"
        "  case \"$name\" in\n",
        file);
    put_second_words(file);
    fputs("    vocabulary) words=\"domains states decline-codes offerings organisations\" ;;\n"
          "    help) words=\"$commands exit-codes completion\" ;;\n"
          "  esac\n"
          "  [ \"$COMP_CWORD\" -gt 2 ] && case \" $words \" in *\" ${COMP_WORDS[2]} \"*) "
          "name=\"$name ${COMP_WORDS[2]}\" ;; esac\n"
          "  [ \"$COMP_CWORD\" -gt 2 ] && words=\"\"\n"
          "  case \"$name\" in\n",
          file);
    for (size_t i = 0; i < command_count; i++)
        put_completion_flags(file, &commands[i]);
    fputs("  esac\n"
          "  COMPREPLY=($(compgen -W \"$words $flags\" -- \"$current\"))\n"
          "}\n"
          "complete -F _wijzer wijzer\n",
          file);
}

int run_help(struct program *program)
{
    const struct screen *out = &program->out;
    size_t used;
    const char *const *words = program->options.words;
    if (program->options.word_count == 0) {
        help_all(out);
    } else if (strcmp(words[0], "exit-codes") == 0) {
        help_exit_codes(out);
    } else if (strcmp(words[0], "completion") == 0) {
        put_completion(out->file);
    } else {
        const struct command *command = command_find(words, program->options.word_count, &used);
        if (!command)
            return program_reject(program, SAY_UNKNOWN_COMMAND, VALUES(words[0]));
        help_command(out, command);
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
