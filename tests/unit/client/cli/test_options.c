#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "commands.h"
#include "file.h"
#include "program.h"

static int setup(void **state)
{
    *state = arena_new(0);
    return 0;
}

static int teardown(void **state)
{
    struct arena *arena = *state;
    arena_free(&arena);
    return 0;
}

enum { ARGUMENTS = 40 };

/* The line cut at spaces, as main gets it. */
static int arguments(struct arena *arena, const char *line, char *argv[ARGUMENTS])
{
    int argc = 0;
    for (struct slice rest = slice_of(line); rest.ptr && argc < ARGUMENTS;)
        argv[argc++] = arena_text(arena, slice_cut(&rest, ' '));
    return argc;
}

/* Parses and checks as the program does; NULL when all is well, else what is wrong. */
static const struct complaint *wrong_with(struct arena *arena, const char *line, struct options *options)
{
    char *argv[ARGUMENTS];
    const char *unknown;
    size_t used;
    struct complaint *complaint = arena_alloc(arena, sizeof *complaint);
    int argc = arguments(arena, line, argv);
    if (!options_parse(argc, argv, arena, options, &unknown, complaint))
        return complaint;
    const struct command *command = command_find(options->words, options->word_count, &used);
    assert_non_null(command);
    return command_check(command, used, options, unknown, ENGLISH, complaint) ? NULL : complaint;
}

static void flags_and_words_in_any_order(void **state)
{
    struct options o;
    assert_null(
        wrong_with(*state, "wijzer --json decline --text=full 7KX3-9MTF capacity --to a,b --to c", &o));
    assert_int_equal(o.word_count, 2);
    assert_string_equal(o.words[0], "7KX3-9MTF");
    assert_string_equal(o.words[1], "capacity");
    assert_true(option_given(&o, FLAG_JSON));
    assert_string_equal(option_text(&o, FLAG_TEXT), "full");
    assert_int_equal(o.flags[FLAG_TO].count, 3);
    assert_string_equal(o.flags[FLAG_TO].values[2], "c");
    assert_null(option_text(&o, FLAG_CODE));
    assert_null(wrong_with(*state, "wijzer answer 7KX3-9MTF -- --yes", &o));
    assert_string_equal(o.words[1], "--yes");
    assert_null(wrong_with(*state, "wijzer accept 7KX3-9MTF --text -", &o));
    assert_string_equal(option_text(&o, FLAG_TEXT), "-");
    assert_null(wrong_with(*state, "wijzer accept 7KX3-9MTF --text --no", &o));
    assert_string_equal(option_text(&o, FLAG_TEXT), "--no");
    assert_null(wrong_with(*state, "wijzer accept -h", &o)); /* help wants nothing else */
}

static void the_version_as_everywhere(void **state)
{
    struct options o;
    const char *unknown;
    struct complaint complaint;
    char *argv[] = {(char[]){"wijzer"}, (char[]){"--version"}, (char[]){"9"}};
    assert_true(options_parse(2, argv, *state, &o, &unknown, &complaint));
    assert_int_equal(o.word_count, 1);
    assert_string_equal(o.words[0], "version");
    assert_true(options_parse(3, argv, *state, &o, &unknown, &complaint)); /* of a rule table */
    assert_int_equal(o.word_count, 0);
    assert_string_equal(option_text(&o, FLAG_VERSION), "9");
}

static void what_is_wrong_is_said(void **state)
{
    static const struct {
        const char *line;
        enum text text;
        const char *value, *meant;
    } cases[] = {
        {"wijzer refer --birthyear 1950", SAY_UNKNOWN_FLAG, "--birthyear", "--birth-year"},
        {"wijzer refer --domian=x", SAY_UNKNOWN_FLAG, "--domian", "--domain"},
        {"wijzer inbox -x", SAY_UNKNOWN_FLAG, "-x", NULL},
        {"wijzer inbox --unread", SAY_FLAG_ELSEWHERE, "--unread", NULL},
        {"wijzer refer --name a --name b", SAY_FLAG_TWICE, "--name", NULL},
        {"wijzer refer --name", SAY_FLAG_VALUE, "--name", NULL},
        {"wijzer inbox --json=yes", SAY_FLAG_NO_VALUE, "--json", NULL},
        {"wijzer decline", SAY_MISSING, "decline", NULL},
        {"wijzer feedback open", SAY_MISSING, "feedback open", NULL},
        {"wijzer pick-up a b", SAY_TOO_MANY_WORDS, "b", NULL},
        {"wijzer report a b c d", SAY_TOO_MANY_WORDS, "d", NULL},
        {"wijzer report a b c d e f g h i j", SAY_TOO_MANY_WORDS, "d", NULL},
        {"wijzer rules lsit", SAY_UNKNOWN_SECOND, "rules", "list"},
        {"wijzer rules zwaluw", SAY_UNKNOWN_SECOND, "rules", NULL},
        {"wijzer rules show", SAY_MISSING, "rules show", NULL},
        {"wijzer rules check --since 2026-01-01", SAY_FLAG_ELSEWHERE, "--since", NULL},
        {"wijzer rules publish 8 --acknowlegde x", SAY_UNKNOWN_FLAG, "--acknowlegde", "--acknowledge"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct options o;
        const struct complaint *complaint = wrong_with(*state, cases[i].line, &o);
        assert_non_null(complaint);
        assert_int_equal(complaint->text, cases[i].text);
        assert_string_equal(complaint->values[0], cases[i].value);
        if (cases[i].meant)
            assert_string_equal(complaint->meant, cases[i].meant);
        else
            assert_null(complaint->meant);
    }
}

static void a_flag_holds_so_many_values(void **state)
{
    struct options o;
    const char *line = "wijzer refer --domain a";
    for (int i = 1; i < OPTION_VALUES; i++)
        line = arena_printf(*state, "%s,a", line);
    assert_null(wrong_with(*state, line, &o));
    assert_int_equal(o.flags[FLAG_DOMAIN].count, OPTION_VALUES);
    const struct complaint *complaint = wrong_with(*state, arena_printf(*state, "%s,a", line), &o);
    assert_int_equal(complaint->text, SAY_FLAG_TOO_OFTEN);
}

/* Of a what-if the commas belong to the value. */
static void some_values_stay_whole(void **state)
{
    struct options o;
    assert_null(wrong_with(
        *state, "wijzer rules explain 7KX3-9MTF --what-if domains=a,b --what-if age=28 --why-not x", &o));
    assert_int_equal(o.flags[FLAG_WHAT_IF].count, 2);
    assert_string_equal(o.flags[FLAG_WHAT_IF].values[0], "domains=a,b");
    assert_null(wrong_with(*state, "wijzer rules publish 8 --acknowledge a,b --acknowledge c", &o));
    assert_int_equal(o.flags[FLAG_ACKNOWLEDGE].count, 3);
}

static void commands_are_found_by_their_longest_name(void **state)
{
    size_t used;
    const char *const open[] = {"feedback", "open", "7KX3-9MTF"};
    const char *const list[] = {"feedback", "opne"};
    const char *const other[] = {"open", "feedback"};
    assert_string_equal(command_find(open, 3, &used)->name, "feedback open");
    assert_int_equal(used, 2);
    assert_string_equal(command_find(list, 2, &used)->name, "feedback");
    assert_int_equal(used, 1);
    assert_string_equal(command_find(open, 1, &used)->name, "feedback");
    assert_null(command_find(other, 2, &used));
    assert_null(command_find(open, 0, &used));
    const char *const rules[] = {"rules", "show", "3"};
    assert_string_equal(command_find(rules, 3, &used)->name, "rules show");
    assert_string_equal(command_find(rules, 1, &used)->name, "rules");
    assert_string_equal(command_suggest("fedback", *state), "feedback");
    assert_string_equal(command_suggest("rulse", *state), "rules");
    assert_null(command_suggest("zwaluw", *state));
}

static void pointers_lead_to_flags(void **state)
{
    (void)state;
    static const enum flag flags[] = {FLAG_DOMAIN, FLAG_BIRTH_YEAR, FLAG_TEXT, FLAG_END};
    assert_int_equal(flag_of_pointer(flags, "/domains"), FLAG_DOMAIN);
    assert_int_equal(flag_of_pointer(flags, "/domains/3"), FLAG_DOMAIN);
    assert_int_equal(flag_of_pointer(flags, "/client/birthYear"), FLAG_BIRTH_YEAR);
    assert_int_equal(flag_of_pointer(flags, "/client/phone"), FLAG_END); /* not a flag of this command */
    assert_int_equal(flag_of_pointer(flags, "/domainsX"), FLAG_END);
    assert_int_equal(flag_of_pointer(flags, ""), FLAG_END);
}

/* What a service may complain of in any request of a command is told by the flag that was typed. */
static void every_request_leads_to_flags(void **state)
{
    (void)state;
    static const struct {
        const char *command, *pointer;
        enum flag flag;
    } cases[] = {
        {"client find", "/name", FLAG_NAME},
        {"client find", "/birthYear", FLAG_BIRTH_YEAR},
        {"client find", "/phone", FLAG_PHONE},
        {"client find", "/email", FLAG_EMAIL},
        {"client correct", "/name", FLAG_NAME},
        {"client correct", "/birthYear", FLAG_BIRTH_YEAR},
        {"client correct", "/area", FLAG_AREA},
        {"client correct", "/phone", FLAG_PHONE},
        {"client correct", "/email", FLAG_EMAIL},
        {"client correct", "/noEmail", FLAG_EMAIL},
        {"client correct", "/language", FLAG_LANGUAGE},
        {"invite", "/organisation", FLAG_ORGANISATION},
        {"invite", "/role", FLAG_ROLE},
        {"invite", "/name", FLAG_NAME},
        {"invite", "/account", FLAG_ACCOUNT},
        {"consent change", "/choices/0/organisation", FLAG_SHARE},
        {"consent preview", "/consent/choices/0/fields/1", FLAG_SHARE},
        {"consent withdraw", "/organisation", FLAG_ORGANISATION},
        {"consent withdraw", "/kind", FLAG_KIND},
        {"access-log", "?since", FLAG_SINCE},
        {"access-log", "?until", FLAG_UNTIL},
        {"access-log", "?account", FLAG_ACCOUNT},
        {"access-log", "?client", FLAG_CLIENT},
        {"retention propose", "/law", FLAG_LAW},
        {"retention propose", "/startEvent", FLAG_START},
        {"retention propose", "/years", FLAG_YEARS},
        {"retention propose", "/validFrom", FLAG_FROM},
        {"retention propose", "/kinds/0", FLAG_KINDS},
        {"bsn propose", "/ground", FLAG_GROUND},
        {"bsn propose", "/recipients/2", FLAG_RECIPIENTS},
        {"keys propose", "/key", FLAG_RETIRE},
        {"emergency", "/reason", FLAG_REASON},
        {"emergency review", "/verdict", FLAG_VERDICT},
        {"emergency review", "/text", FLAG_TEXT},
        {"told", "/helped", FLAG_HELPED},
        {"closure", "?from", FLAG_FROM},
        {"closure", "?to", FLAG_TO},
        {"closure", "?by", FLAG_BY},
        {"partners", "?to", FLAG_TO},
        {"movement", "?by", FLAG_BY},
        {"savings", "?from", FLAG_FROM},
        {"savings assume", "/outcome", FLAG_OUTCOME},
        {"savings assume", "/domain", FLAG_DOMAIN},
        {"savings assume", "/amount", FLAG_AMOUNT},
        {"savings assume", "/source", FLAG_SOURCE},
        {"savings assume", "/effectiveFrom", FLAG_FROM},
        {"overview", "?from", FLAG_FROM},
        {"contract set", "/form", FLAG_FORM},
        {"contract set", "/milestones/1", FLAG_MILESTONE},
        {"contract set", "/organisation", FLAG_ORGANISATION},
        {"report", "/story", FLAG_STORY},
        {"account revoke", "/serial", FLAG_SERIAL},
        {"identity add", "/issuer", FLAG_ISSUER},
        {"chain", "?organisation", FLAG_ORGANISATION},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct command *command;
        for (size_t k = 0; (command = command_at(k)) && strcmp(command->name, cases[i].command) != 0;)
            k++;
        assert_non_null(command);
        assert_int_equal(flag_of_pointer(command->flags, cases[i].pointer), cases[i].flag);
    }
}

static void first_words_of_commands(void **state)
{
    struct complaint complaint;
    static const char *const groups[] = {"consent", "client", "account", "identity", "rules", "retention"};
    static const char *const others[] = {"consen", "inbox", "consent show", "show", ""};
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        assert_true(command_is_group(groups[i]));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(command_is_group(others[i]));
    command_unknown((const char *const[]){"consent", "shwo"}, 2, NULL, *state, &complaint);
    assert_int_equal(complaint.text, SAY_UNKNOWN_SECOND);
    assert_string_equal(complaint.values[1], "shwo");
    assert_string_equal(complaint.meant, "show");
    command_unknown((const char *const[]){"fedback", "show"}, 2, NULL, *state, &complaint);
    assert_int_equal(complaint.text, SAY_UNKNOWN_COMMAND);
    assert_string_equal(complaint.meant, "feedback");
    command_unknown(NULL, 0, "--zwaluw", *state, &complaint);
    assert_int_equal(complaint.text, SAY_UNKNOWN_COMMAND);
    assert_string_equal(complaint.values[0], "--zwaluw");
}

static const char *whole_file(struct arena *arena, const char *path)
{
    struct slice text;
    assert_true(file_read(path, 1 << 20, arena, &text, NULL));
    return text.ptr;
}

static void the_tables_are_whole(void **state)
{
    bool used[FLAG_COUNT] = {0};
    (void)state;
    const struct command *c;
    for (size_t i = 0; (c = command_at(i)); i++) {
        assert_true(c->run && c->least <= c->most && c->flags[COMMAND_FLAGS - 1] == FLAG_END);
        assert_true(*c->help[DUTCH] && *c->help[ENGLISH] && c->arguments[DUTCH] && c->arguments[ENGLISH]);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(c->name, command_at(k)->name);
        for (const enum flag *flag = c->flags; *flag != FLAG_END; flag++)
            used[*flag] = true;
    }
    for (enum flag flag = FLAG_END + 1; flag < FLAG_COUNT; flag++) {
        const struct flag_kind *kind = flag_kind(flag);
        assert_true(flag <= FLAG_LAST_GLOBAL || used[flag]);
        assert_int_equal(flag_find(slice_of(kind->name)), flag);
        assert_true(*kind->help[DUTCH] && *kind->help[ENGLISH]);
        assert_int_equal(kind->value[DUTCH] != NULL, kind->value[ENGLISH] != NULL);
    }
}

/* The manual names every command, every flag (mdoc writes "Fl -json") and every exit code. */
static void the_manual_is_complete(void **state)
{
    struct arena *arena = *state;
    const char *manual = whole_file(arena, "client/cli/wijzer.1");
    const struct command *command;
    for (size_t i = 0; (command = command_at(i)); i++) {
        const char *line = arena_printf(arena, ".It Cm %s", command->name);
        if (!strstr(manual, line))
            fail_msg("wijzer.1 says nothing of the command \"%s\"", command->name);
    }
    for (enum flag flag = FLAG_END + 1; flag < FLAG_COUNT; flag++) {
        const char *word = arena_printf(arena, "Fl %s", flag_kind(flag)->name + 1);
        if (!strstr(manual, word))
            fail_msg("wijzer.1 says nothing of the flag %s", flag_kind(flag)->name);
    }
    for (int code = 0; code < EXIT_CODES; code++)
        assert_non_null(strstr(manual, arena_printf(arena, "\n.It %d\n", code)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(flags_and_words_in_any_order, setup, teardown),
        cmocka_unit_test_setup_teardown(the_version_as_everywhere, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_said, setup, teardown),
        cmocka_unit_test_setup_teardown(a_flag_holds_so_many_values, setup, teardown),
        cmocka_unit_test_setup_teardown(some_values_stay_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(commands_are_found_by_their_longest_name, setup, teardown),
        cmocka_unit_test_setup_teardown(pointers_lead_to_flags, setup, teardown),
        cmocka_unit_test_setup_teardown(every_request_leads_to_flags, setup, teardown),
        cmocka_unit_test_setup_teardown(first_words_of_commands, setup, teardown),
        cmocka_unit_test_setup_teardown(the_tables_are_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(the_manual_is_complete, setup, teardown),
    };
    return cmocka_run_group_tests_name("client command line", tests, NULL, NULL);
}
