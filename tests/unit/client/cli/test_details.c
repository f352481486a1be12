/* Every sentence with which the daemon refuses is known here in Dutch: the sources are read for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "file.h"
#include "problem.h"
#include "texts.h"

enum { SOURCE_MOST = 1024 * 1024, TEXT_MOST = 2048, REFUSALS_AT_LEAST = 60 };

static const char directory[] = "daemon/app";

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

static const char *skip_space(const char *at)
{
    while (isspace((unsigned char)*at))
        at++;
    return at;
}

/* String literals that stand one after another at `at`, as one text. Where they end; NULL where none begins.
 */
static const char *literal_at(const char *at, char text[TEXT_MOST])
{
    size_t n = 0;
    at = skip_space(at);
    if (*at != '"')
        return NULL;
    while (*at == '"') {
        for (at++; *at && *at != '"' && n < TEXT_MOST - 1; at++) {
            if (*at == '\\')
                at++;
            text[n++] = *at;
        }
        assert_int_equal(*at, '"');
        at = skip_space(at + 1);
    }
    text[n] = '\0';
    return at;
}

/* Codes whose text goes to a person as the whole reason. */
static bool is_refusal(const char *at)
{
    static const char *const codes[] = {"ERR_STATE_NOT_ALLOWED,", "ERR_NOT_YOURS,",  "ERR_WRONG_ROLE,",
                                        "ERR_SAME_PERSON,",       "ERR_TAKEN,",      "ERR_NOT_FOUND,",
                                        "ERR_VERSION,",           "ERR_MEDIA_TYPE,", "ERR_MISTYPED_ID,"};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (strncmp(at, codes[i], strlen(codes[i])) == 0)
            return true;
    return false;
}

/* What a program prints, with values in it, goes to no person at a client. */
static bool is_sentence(const char *text)
{
    size_t n = strlen(text);
    return n > 1 && isupper((unsigned char)text[0]) && strchr(text, ' ') && text[n - 1] == '.' &&
           !strchr(text, '%');
}

static size_t check_text(const char *file, const char *text)
{
    const char *dutch = text_detail(DUTCH, text);
    if (!is_sentence(text))
        return 0;
    if (!dutch || strcmp(dutch, text) == 0 || !text_detail(ENGLISH, text))
        fail_msg("client/cli/texts_details.c has no Dutch for what %s says: %s", file, text);
    return 1;
}

static size_t check_source(struct arena *arena, const char *name)
{
    char text[TEXT_MOST];
    struct slice source;
    struct err err;
    size_t count = 0;
    const char *path = arena_printf(arena, "%s/%s", directory, name);
    assert_true(file_read(path, SOURCE_MOST, arena, &source, &err));
    bool faults = strcmp(name, "media.c") == 0; /* its sentences are all refusals of a file */
    for (const char *at = arena_text(arena, source); *at; at++) {
        if (faults && *at == '\'' && at[1] && at[2] == '\'')
            at += 3; /* '"' begins no text */
        if (faults && *at == '"') {
            at = literal_at(at, text) - 1;
            count += check_text(name, text);
            continue;
        }
        if (!is_refusal(at))
            continue;
        const char *behind = skip_space(strchr(at, ',') + 1);
        if (strncmp(behind, "NULL,", 5) == 0) /* the reason of a refusal, for the log */
            behind += 5;
        if (literal_at(behind, text))
            count += check_text(name, text);
    }
    return count;
}

static void every_refusal_has_dutch(void **state)
{
    size_t count = 0;
    struct dirent *entry;
    DIR *dir = opendir(directory);
    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        size_t n = strlen(entry->d_name);
        if (n > 2 && strcmp(entry->d_name + n - 2, ".c") == 0)
            count += check_source(*state, entry->d_name);
    }
    closedir(dir);
    assert_true(count >= REFUSALS_AT_LEAST); /* the reading itself finds them */
}

static void a_state_is_told_with_what_makes_it_possible(void **state)
{
    static const struct {
        const char *command, *state, *command_told;
    } cases[] = {{"pass-on", "waiting-list", "first-contact"},
                 {"complete", "accepted", "first-contact"},
                 {"report", "planned", "sent"},
                 {"accept", "declined", "wijzer reopen"},
                 {"complete", "received", "wijzer accept"},
                 {"answer", "received", "wijzer message"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *detail =
            arena_printf(*state, "The step is in state %s, from which this is not possible.", cases[i].state);
        struct slice word = text_state_of(detail);
        assert_true(slice_is(word, cases[i].state));
        const char *hint = text_hint(*state, DUTCH, cases[i].command, word);
        assert_non_null(hint);
        assert_non_null(strstr(hint, cases[i].command_told));
    }
    assert_null(text_state_of("The step has ended: there is nothing left to pick up.").ptr);
    assert_null(text_hint(*state, DUTCH, "complete", SLICE_NONE));
}

static void what_was_expected_is_told_in_dutch(void **state)
{
    static const struct {
        const char *detail, *dutch;
    } cases[] = {
        {"expected at most 2000 characters", "hooguit 2000 tekens"},
        {"expected at least 6 characters", "minstens 6 tekens"},
        {"expected a number from 1 to 500", "een getal, van 1 tot en met 500"},
        {"expected text on one line, without control characters and hidden ones; it is empty",
         "tekst op één regel, zonder verborgen tekens"},
        {"a mail address such as team@example.org", "een e-mailadres, bijvoorbeeld team@example.org"},
        {"a date from today to ten years ahead", "een dag van vandaag tot tien jaar verder"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(text_expected(*state, DUTCH, cases[i].detail), cases[i].dutch);
    assert_null(text_expected(*state, DUTCH, "expected a mystery"));
    assert_string_equal(text_member(DUTCH, "/text"), "de tekst");
    assert_null(text_member(DUTCH, "/textile"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_refusal_has_dutch, setup, teardown),
        cmocka_unit_test_setup_teardown(a_state_is_told_with_what_makes_it_possible, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_expected_is_told_in_dutch, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
