#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "json_in.h"
#include "wire.h"

#define VALID_CLIENT "{\"name\":\"J. Jansen\",\"birthYear\":1950,\"area\":\"5751\",\"phone\":\"06 12345678\"}"
#define VALID "{\"domains\":[\"social-network\"],\"client\":" VALID_CLIENT "}"

static int new_arena(void **state)
{
    *state = arena_new(0);
    return 0;
}

static int free_arena(void **state)
{
    arena_free((struct arena **)state);
    return 0;
}

static bool same(struct slice a, struct slice b)
{
    return !a.ptr == !b.ptr && slice_equal(a, b);
}

/* ---- the bodies about rights, whose decoders are alike ---- */

#define DECODER(kind)                                                                                        \
    static bool decode_##kind(struct slice json, struct arena *arena, struct issues *issues,                 \
                              struct err *err)                                                               \
    {                                                                                                        \
        struct wire_##kind out;                                                                              \
        return wire_decode_##kind(json, arena, &out, issues, err);                                           \
    }
DECODER(emergency)
DECODER(review)
DECODER(client_answer)
DECODER(correction)
DECODER(restriction)
DECODER(retention)
DECODER(bsn)
DECODER(key_change)
DECODER(pick_up)
DECODER(reopening)
DECODER(call_back)
DECODER(called_back)
DECODER(text_message)
DECODER(message_mark)
DECODER(capacity)
DECODER(confirmation)
DECODER(group)
static bool decode_group_change(struct slice json, struct arena *arena, struct issues *issues,
                                struct err *err)
{
    struct wire_group out;
    return wire_decode_group_change(json, arena, &out, issues, err);
}
DECODER(evidence)
DECODER(place)
DECODER(attendance)
DECODER(closure)
DECODER(closure_end)
DECODER(assumption)
DECODER(goal)
DECODER(goal_score)
DECODER(goal_end)
DECODER(contract)

static const struct {
    const char *kind;
    bool (*decode)(struct slice json, struct arena *arena, struct issues *issues, struct err *err);
} client_kinds[] = {{"emergency", decode_emergency},
                    {"review", decode_review},
                    {"client-answer", decode_client_answer},
                    {"correct", decode_correction},
                    {"restrict", decode_restriction},
                    {"retention", decode_retention},
                    {"bsn", decode_bsn},
                    {"key-change", decode_key_change},
                    {"pick-up", decode_pick_up},
                    {"reopen", decode_reopening},
                    {"call-back", decode_call_back},
                    {"called-back", decode_called_back},
                    {"message", decode_text_message},
                    {"message-mark", decode_message_mark},
                    {"capacity", decode_capacity},
                    {"confirm", decode_confirmation},
                    {"prove", decode_evidence},
                    {"group", decode_group},
                    {"group-change", decode_group_change},
                    {"place", decode_place},
                    {"attendance", decode_attendance},
                    {"closure", decode_closure},
                    {"closure-end", decode_closure_end},
                    {"assumption", decode_assumption},
                    {"goal", decode_goal},
                    {"goal-score", decode_goal_score},
                    {"goal-end", decode_goal_end},
                    {"contract", decode_contract}};

/* ---- bodies.json: what is wrong with a body, shared with the tests of the contract ---- */

static const char *const kinds[] = {
    [MOVE_ACCEPT] = "accept",     [MOVE_DECLINE] = "decline", [MOVE_REPORT] = "report",
    [MOVE_COMPLETE] = "complete", [MOVE_ANSWER] = "answer",   [MOVE_REASSIGN] = "reassign"};

static const char *const rights_kinds[RIGHTS_KINDS] = {
    [RIGHTS_INVITE] = "invite",     [RIGHTS_ROLE] = "role",   [RIGHTS_REVOKE] = "revoke",
    [RIGHTS_IDENTITY] = "identity", [RIGHTS_ENROL] = "enrol", [RIGHTS_RENEW] = "renew"};

static bool decode(const char *kind, struct slice json, struct arena *arena, struct issues *issues,
                   struct err *err)
{
    struct wire_referral referral;
    struct wire_move move;
    struct wire_rights rights;
    if (strcmp(kind, "referral") == 0)
        return wire_decode_referral(json, arena, &referral, issues, err);
    struct wire_consent consent;
    struct wire_withdrawal withdrawal;
    struct wire_search search;
    if (strcmp(kind, "consent") == 0)
        return wire_decode_consent(json, arena, &consent, issues, err);
    if (strcmp(kind, "withdrawal") == 0)
        return wire_decode_withdrawal(json, arena, &withdrawal, issues, err);
    if (strcmp(kind, "search") == 0)
        return wire_decode_search(json, arena, &search, issues, err);
    if (strcmp(kind, "nothing") == 0)
        return wire_decode_nothing(json, arena, issues, err);
    for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kind, kinds[i]) == 0)
            return wire_decode_move(json, (enum wire_move_kind)i, arena, &move, issues, err);
    for (unsigned i = 0; i < RIGHTS_KINDS; i++)
        if (strcmp(kind, rights_kinds[i]) == 0)
            return wire_decode_rights(json, (enum wire_rights_kind)i, arena, &rights, issues, err);
    for (unsigned i = 0; i < sizeof client_kinds / sizeof client_kinds[0]; i++)
        if (strcmp(kind, client_kinds[i].kind) == 0)
            return client_kinds[i].decode(json, arena, issues, err);
    fail_msg("unknown kind %s", kind);
    return false;
}

/* RFC 7396, into a copy. */
static json_t *merge(const json_t *target, json_t *patch)
{
    if (!json_is_object(patch))
        return json_incref(patch);
    json_t *merged = json_is_object(target) ? json_deep_copy(target) : json_object();
    const char *name;
    json_t *value;
    json_object_foreach(patch, name, value)
    {
        if (json_is_null(value))
            json_object_del(merged, name);
        else
            json_object_set_new(merged, name, merge(json_object_get(merged, name), value));
    }
    return merged;
}

static void compare_issues(size_t index, const struct issues *issues, const json_t *expected)
{
    for (size_t i = 0; i < issues->count && i < json_array_size(expected); i++) {
        const json_t *pair = json_array_get(expected, i);
        const char *pointer = json_string_value(json_array_get(pair, 0));
        const char *code = json_string_value(json_array_get(pair, 1));
        if (!slice_is(issues->list[i].pointer, pointer) || strcmp(issues->list[i].code, code) != 0)
            fail_msg("case %zu, issue %zu: expected %s %s, got %.*s %s", index, i, pointer, code,
                     SLICE_FMT(issues->list[i].pointer), issues->list[i].code);
        assert_true(issues->list[i].detail.len > 0);
    }
    if (issues->count != json_array_size(expected))
        fail_msg("case %zu: %zu issues, expected %zu", index, issues->count, json_array_size(expected));
}

static void bodies_of_the_list(void **state)
{
    json_t *root = json_load_file("tests/unit/proto/bodies.json", 0, NULL);
    assert_non_null(root);
    const json_t *cases = json_object_get(root, "cases"), *one;
    size_t index;
    assert_true(json_array_size(cases) > 100);
    json_array_foreach(cases, index, one)
    {
        const char *kind = json_string_value(json_object_get(one, "kind"));
        json_t *patch = json_object_get(one, "patch");
        const json_t *valid = json_object_get(json_object_get(root, "valid"), kind);
        json_t *body = patch ? merge(valid, patch) : json_incref(json_object_get(one, "body"));
        char *text = json_dumps(body, JSON_ENCODE_ANY);
        struct issues issues;
        struct err err = {0};
        bool good = decode(kind, slice_of(text), *state, &issues, &err);
        compare_issues(index, &issues, json_object_get(one, "issues"));
        assert_int_equal(good, issues.count == 0);
        assert_int_equal(err.code, good ? ERR_NONE : ERR_INVALID_BODY);
        free(text);
        json_decref(body);
    }
    json_decref(root);
}

/* ---- what is not JSON at all ---- */

#define TEXT(literal)                                                                                        \
    {                                                                                                        \
        (literal), sizeof(literal) - 1                                                                       \
    }

static void expect_malformed(struct arena *arena, struct slice json, const char *where)
{
    struct wire_referral out;
    struct issues issues;
    struct err err = {0};
    bool good = wire_decode_referral(json, arena, &out, &issues, &err);
    if (good || err.code != ERR_MALFORMED_JSON)
        fail_msg("taken, or taken for JSON: %.*s", SLICE_FMT(json));
    assert_int_equal(issues.count, 0);
    assert_int_equal(strncmp(err.text, "line ", 5), 0);
    if (where && strncmp(err.text, where, strlen(where)) != 0)
        fail_msg("expected %s, got %s", where, err.text);
    assert_null(strstr(err.text, "secret"));
}

static void malformed_documents(void **state)
{
    static const struct {
        struct slice json;
        const char *where; /* how the text starts; NULL: whatever the parser says */
    } cases[] = {
        {TEXT(""), "line 1, column 1: the body is empty"},
        {TEXT(" \n\t"), NULL},
        {TEXT("{"), NULL},
        {TEXT("}"), NULL},
        {TEXT("{]"), NULL},
        {TEXT("[1,]"), NULL},
        {TEXT("[,1]"), NULL},
        {TEXT("{\"a\":1,}"), NULL},
        {TEXT("{\"a\" 1}"), NULL},
        {TEXT("{a:1}"), NULL},
        {TEXT("{'a':1}"), NULL},
        {TEXT("{\"a\":1 \"b\":2}"), NULL},
        {TEXT("{1:1}"), NULL},
        {TEXT("{\"a\":secret}"), NULL},
        {TEXT("{\"secret\":\"secret}"), NULL},
        {TEXT("{\"a\":\"secret\n\"}"), "line 1, column 13: a control character in a string"},
        {TEXT("{\"a\":\"secret\t\"}"), "line 1, column 13: a control character in a string"},
        {TEXT("{\"a\":\"\x1f\"}"), "line 1, column 7: a control character in a string"},
        {TEXT("{\"a\":1}\x0c"), "line 1, column 8: a control character"},
        {TEXT("\x01{}"), "line 1, column 1: a control character"},
        {TEXT("{}{}"), NULL},
        {TEXT("{} x"), NULL},
        {TEXT("{},"), NULL},
        {TEXT("{}\0"), "line 1, column 3: a NUL byte"},
        {TEXT(VALID "\0"), "line 1, column 114: a NUL byte"},
        {TEXT(VALID "\n\0\0"), "line 2, column 1: a NUL byte"},
        {TEXT("\0{}"), "line 1, column 1: a NUL byte"},
        {TEXT("{\"a\0\":1}"), "line 1, column 4: a NUL byte"},
        {TEXT("{\"a\":\"x\0\"}"), "line 1, column 8: a NUL byte"},
        {TEXT("{\"a\":\"\\u0000\"}"), NULL},
        {TEXT("{\"\\u0000\":1}"), NULL},
        {TEXT("\xEF\xBB\xBF{}"), "line 1, column 1: a byte order mark"},
        {TEXT("\xFF\xFE{\0}\0"), "line 1, column 1: not UTF-8"},
        {TEXT("{\"a\":\"\x80\"}"), "line 1, column 7: not UTF-8"},
        {TEXT("{\"a\":\"\xC3\"}"), "line 1, column 7: not UTF-8"},
        {TEXT("{\"\xC3\xA9\":\"\xC0\xAF\"}"), "line 1, column 7: not UTF-8"},
        {TEXT("{\"a\":\n\"\xED\xA0\x80\"}"), "line 2, column 2: not UTF-8"},
        {TEXT("{\"a\":\"\xF4\x90\x80\x80\"}"), "line 1, column 7: not UTF-8"},
        {TEXT("{\"a\":\"\xE2\x82"), "line 1, column 7: not UTF-8"},
        {TEXT("{\"a\":\"\\uD800\"}"), NULL},
        {TEXT("{\"a\":\"\\uDC00\"}"), NULL},
        {TEXT("{\"a\":\"\\uD800\\u0041\"}"), NULL},
        {TEXT("{\"a\":\"\\uD800\\uD800\"}"), NULL},
        {TEXT("{\"a\":\"\\uDC00\\uD800\"}"), NULL},
        {TEXT("{\"a\":\"\\uD80\"}"), NULL},
        {TEXT("{\"a\":\"\\x41\"}"), NULL},
        {TEXT("{\"a\":\"\\"), NULL},
        {TEXT("{\"a\":\"\\\"}"), NULL},
        {TEXT("{\"a\":1e400}"), "line 1, column 10: a number is too large"},
        {TEXT("{\"a\":-1e400}"), NULL},
        {TEXT("{\"a\":12345678901234567890}"), NULL},
        {TEXT("{\"a\":-99999999999999999999}"), NULL},
        {TEXT("{\"a\":9223372036854775808}"), NULL},
        {TEXT("{\"a\":01}"), NULL},
        {TEXT("{\"a\":+1}"), NULL},
        {TEXT("{\"a\":.5}"), NULL},
        {TEXT("{\"a\":1.}"), NULL},
        {TEXT("{\"a\":0x10}"), NULL},
        {TEXT("{\"a\":1e}"), NULL},
        {TEXT("{\"a\":-}"), NULL},
        {TEXT("{\"a\":NaN}"), NULL},
        {TEXT("{\"a\":Infinity}"), NULL},
        {TEXT("{\"a\":True}"), NULL},
        {TEXT("{\"a\":nul}"), NULL},
        {TEXT("{\"a\":1} // secret"), NULL},
        {TEXT("/* secret */{}"), NULL},
        {TEXT("{\"a\":1,\"a\":1}"), "line 1, column 10: a name occurs twice"},
        {TEXT("{\"text\":\"\",\n \"te\\u0078t\":\"\"}"), NULL},
        {TEXT("{\"b\":[{\"x\":1,\"x\":2}]}"), NULL},
        {TEXT("[[[[[[[[[1]]]]]]]]]"), "line 1, column 9: nested too deep"},
        {TEXT("{\"a\":[{\"a\":[{\"a\":[{\"a\":[{}]}]}]}]}"), "line 1, column 25: nested too deep"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_malformed(*state, cases[i].json, cases[i].where);
}

static void depth_bombs(void **state)
{
    static const char *const openings[] = {"[", "{\"a\":", "[{\"a\":"};
    for (size_t i = 0; i < sizeof openings / sizeof openings[0]; i++) {
        size_t unit = strlen(openings[i]), size = 100000 * unit;
        char *bomb = arena_alloc(*state, size);
        for (size_t at = 0; at < size; at += unit)
            memcpy(bomb + at, openings[i], unit);
        expect_malformed(*state, slice_make(bomb, size), "line 1, column ");
    }
}

/* Eight levels are JSON (though not a referral); brackets inside texts do not count. */
static void depth_that_is_taken(void **state)
{
    static const char *const texts[] = {"[[[[[[[[1]]]]]]]]",
                                        "{\"text\":\"[[[[[[[[[[[[{{{{{{{{{{\\\"[[[[\\\\\"}",
                                        "[[],[],[],[],[],[],[],[],[],[],[]]"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct wire_referral out;
        struct issues issues;
        struct err err;
        assert_false(wire_decode_referral(slice_of(texts[i]), *state, &out, &issues, &err));
        assert_int_equal(err.code, ERR_INVALID_BODY);
    }
}

/* Every prefix of a good body is refused, and read from memory of just that size. */
static void every_prefix_is_refused(void **state)
{
    for (size_t n = 0; n < sizeof VALID - 1; n++) {
        char *copy = malloc(n + (n == 0));
        assert_non_null(copy);
        memcpy(copy, VALID, n);
        expect_malformed(*state, slice_make(copy, n), NULL);
        free(copy);
    }
}

/* Any one byte put in the place of any other: refused or taken, never something else. */
static void every_changed_byte(void **state)
{
    (void)state;
    for (size_t at = 0; at < sizeof VALID - 1; at++)
        for (int byte = 0; byte < 256; byte += 3) {
            char text[] = VALID;
            struct arena *arena = arena_new(0);
            struct wire_referral out;
            struct issues issues;
            struct err err = {0};
            text[at] = (char)byte;
            if (wire_decode_referral(slice_make(text, sizeof VALID - 1), arena, &out, &issues, &err))
                assert_int_equal(issues.count, 0);
            else
                assert_true(err.code == ERR_MALFORMED_JSON
                                ? issues.count == 0
                                : err.code == ERR_INVALID_BODY && issues.count > 0);
            arena_free(&arena);
        }
}

/* ---- limits in characters ---- */

static struct slice repeat(struct arena *arena, const char *unit, size_t times)
{
    size_t size = strlen(unit);
    char *text = arena_alloc(arena, size * times + 1);
    for (size_t i = 0; i < times; i++)
        memcpy(text + i * size, unit, size);
    return slice_make(text, size * times);
}

static const char *first_code(struct arena *arena, const struct wire_referral *referral)
{
    struct wire_referral out;
    struct issues issues;
    struct err err;
    struct slice json = wire_encode_referral(referral, arena);
    return wire_decode_referral(json, arena, &out, &issues, &err) ? "" : issues.list[0].code;
}

static void limits_count_characters(void **state)
{
    struct wire_referral referral = {.domains = {slice_of("housing")},
                                     .domain_count = 1,
                                     .client = {.name = slice_of("J"),
                                                .birth_year = 1950,
                                                .area = slice_of("5751"),
                                                .phone = slice_of("0612345678")},
                                     .situation.lvb = -1};
    static const char *const units[] = {"a", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x8C\xB7"};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        struct wire_referral long_name = referral, long_text = referral;
        long_name.client.name = repeat(*state, units[i], 200);
        assert_string_equal(first_code(*state, &long_name), "");
        long_name.client.name = repeat(*state, units[i], 201);
        assert_string_equal(first_code(*state, &long_name), "too-long");
        long_text.text = repeat(*state, units[i], 2000);
        assert_string_equal(first_code(*state, &long_text), "");
        long_text.text = repeat(*state, units[i], 2001);
        assert_string_equal(first_code(*state, &long_text), "too-long");
    }
    struct wire_referral blank = referral;
    blank.text = repeat(*state, " ", 2001);
    assert_string_equal(first_code(*state, &blank), "too-long");
    struct wire_referral email = referral;
    email.client.email = slice_of(arena_printf(*state, "%.*s@b", SLICE_FMT(repeat(*state, "a", 252))));
    assert_string_equal(first_code(*state, &email), "");
    email.client.email = slice_of(arena_printf(*state, "%.*s@b", SLICE_FMT(repeat(*state, "a", 253))));
    assert_string_equal(first_code(*state, &email), "too-long");
}

static void more_problems_than_are_told(void **state)
{
    char *text = arena_printf(*state, "{");
    for (int i = 0; i < 200; i++)
        text = arena_printf(*state, "%s\"x%d\":1,", text, i);
    text = arena_printf(*state, "%s\"y\":1}", text);
    struct wire_move out;
    struct issues issues;
    struct err err;
    assert_false(wire_decode_move(slice_of(text), MOVE_REPORT, *state, &out, &issues, &err));
    assert_int_equal(issues.count, ISSUES_MAX);
}

/* What is told of a body never repeats what stands in it, but for names of fields. */
static void details_do_not_repeat_content(void **state)
{
    static const char body[] =
        "{\"domains\":[\"SECRET\",\"SECRET\"],\"icpc\":[\"SECRET\"],\"text\":\"SECRET\\u0001\","
        "\"urgency\":\"SECRET\",\"client\":{\"name\":\"SECRET\\n\",\"birthYear\":\"SECRET\","
        "\"area\":\"SECRET\",\"phone\":\"SECRET\",\"email\":\"SECRET\",\"language\":\"SECRET\"}}";
    struct wire_referral out;
    struct issues issues;
    struct err err;
    assert_false(wire_decode_referral(slice_of(body), *state, &out, &issues, &err));
    assert_int_equal(issues.count, 11);
    struct slice json = problem_json(*state, err.code, NULL, &issues);
    assert_null(memmem(json.ptr, json.len, "SECRET", 6));
    assert_null(strstr(err.text, "SECRET"));
}

static void err_may_be_null(void **state)
{
    struct wire_referral out;
    struct issues issues;
    assert_false(wire_decode_referral(slice_of("{"), *state, &out, &issues, NULL));
    assert_false(wire_decode_referral(slice_of("{}"), *state, &out, &issues, NULL));
    assert_int_equal(issues.count, 2);
}

/* ---- round trips ---- */

static void assert_same_referral(const struct wire_referral *a, const struct wire_referral *b)
{
    assert_int_equal(a->domain_count, b->domain_count);
    for (size_t i = 0; i < a->domain_count; i++)
        assert_true(same(a->domains[i], b->domains[i]));
    assert_int_equal(a->icpc_count, b->icpc_count);
    for (size_t i = 0; i < a->icpc_count; i++)
        assert_true(same(a->icpc[i], b->icpc[i]));
    assert_true(same(a->client.name, b->client.name));
    assert_int_equal(a->client.birth_year, b->client.birth_year);
    assert_true(same(a->client.area, b->client.area));
    assert_true(same(a->client.phone, b->client.phone));
    assert_true(same(a->client.email, b->client.email));
    assert_true(same(a->client.language, b->client.language));
    assert_true(same(a->text, b->text));
    assert_true(same(a->urgency, b->urgency));
    assert_true(same(a->situation.mobility, b->situation.mobility));
    assert_true(same(a->situation.digital_skill, b->situation.digital_skill));
    assert_true(same(a->situation.occupation, b->situation.occupation));
    assert_true(same(a->situation.household, b->situation.household));
    assert_int_equal(a->situation.lvb, b->situation.lvb);
}

static void a_referral_with_everything(void **state)
{
    struct wire_referral sent = {
        .domains = {slice_of("social-network"), slice_of("finances")},
        .domain_count = 2,
        .icpc = {slice_of("Z04"), slice_of("Z01")},
        .icpc_count = 2,
        .client = {.name = slice_of("Zo\xC3\xAB \"van\" \\ der / Berg \xF0\x9F\x8C\xB7"),
                   .birth_year = 1950,
                   .area = slice_of("5751"),
                   .phone = slice_of("+31 (0)6-12345678"),
                   .email = slice_of("zoe@voorbeeld.example"),
                   .language = slice_of("en")},
        .text = slice_of("regel 1\n\tregel 2 \"</script>\" \\u0041 \xE2\x80\xA8"),
        .urgency = slice_of("soon"),
        .situation = {.mobility = slice_of("limited"),
                      .digital_skill = slice_of("some"),
                      .occupation = slice_of("retired"),
                      .household = slice_of("alone"),
                      .lvb = 1}};
    struct wire_referral got;
    struct issues issues;
    struct err err;
    struct slice json = wire_encode_referral(&sent, *state);
    assert_int_equal(json.ptr[json.len], '\0');
    assert_true(wire_decode_referral(json, *state, &got, &issues, &err));
    assert_same_referral(&sent, &got);
}

static void defaults_of_a_referral(void **state)
{
    struct wire_referral got;
    struct issues issues;
    struct err err;
    assert_true(wire_decode_referral(slice_of(" \r\n" VALID "\n"), *state, &got, &issues, &err));
    assert_true(slice_is(got.urgency, "routine"));
    assert_true(slice_is(got.client.language, "nl"));
    assert_true(slice_is(got.text, ""));
    assert_null(got.client.email.ptr);
    assert_int_equal(got.icpc_count, 0);
    assert_true(slice_is(got.domains[0], "social-network"));
    assert_null(got.situation.mobility.ptr);
    assert_null(got.situation.household.ptr);
    assert_int_equal(got.situation.lvb, -1);
    /* Unknown is left out again. */
    assert_null(strstr(wire_encode_referral(&got, *state).ptr, "situation"));
}

/* What is chosen comes back as it was; nothing at all is not the same as no choice. */
static void a_consent(void **state)
{
    struct wire_choice choices[] = {{.organisation = slice_of("levgroep"),
                                     .step = slice_of("first"),
                                     .fields = {slice_of("name"), slice_of("phone")},
                                     .field_count = 2},
                                    {.kind = slice_of("welfare"), .field_count = 0}};
    struct wire_consent sent = {choices, 2}, got;
    struct wire_referral referral;
    struct issues issues;
    struct err err;
    struct slice json = wire_encode_consent(&sent, *state);
    assert_true(wire_decode_consent(json, *state, &got, &issues, &err));
    assert_int_equal(got.choice_count, 2);
    assert_true(slice_is(got.choices[0].organisation, "levgroep"));
    assert_true(slice_is(got.choices[0].step, "first"));
    assert_int_equal(wire_fields(&got.choices[0]), 1 | 8);
    assert_true(slice_is(got.choices[1].kind, "welfare"));
    assert_null(got.choices[1].step.ptr);
    assert_int_equal(wire_fields(&got.choices[1]), 0);
    assert_string_equal(wire_encode_consent(&got, *state).ptr, json.ptr);

    assert_true(wire_decode_referral(slice_of(VALID), *state, &referral, &issues, &err));
    assert_null(referral.consent.choices);
    assert_null(strstr(wire_encode_referral(&referral, *state).ptr, "consent"));
    referral.consent = (struct wire_consent){choices, 0};
    json = wire_encode_referral(&referral, *state);
    assert_non_null(strstr(json.ptr, "\"consent\":{\"choices\":[]}"));
    assert_true(wire_decode_referral(json, *state, &referral, &issues, &err));
    assert_non_null(referral.consent.choices);
    assert_int_equal(referral.consent.choice_count, 0);
}

/* Of a preview: each party its own, and what it does not get is null. */
static void a_disclosure(void **state)
{
    struct wire_referral referral;
    struct issues issues;
    struct err err;
    assert_true(wire_decode_referral(slice_of(VALID), *state, &referral, &issues, &err));
    struct wire_named domain = {slice_of("social-network"), slice_of("Sociaal netwerk")};
    struct wire_party parties[] = {
        {{slice_of("levgroep"), slice_of("LEVgroep")}, slice_of("welfare"), 1 | 64},
        {{slice_of("tom"), slice_of("Tom")}, slice_of("alliance"), 0}};
    struct wire_disclosure disclosure = {slice_of("own-choice"), parties, 2, &referral, &domain};
    struct wire_receipt receipt = {.disclosure = &disclosure};
    const char *json = wire_encode_preview(&receipt, *state).ptr;
    assert_non_null(strstr(
        json, "\"disclosure\":{\"basis\":\"own-choice\",\"parties\":[{\"organisation\":{\"code\":"
              "\"levgroep\",\"name\":\"LEVgroep\"},\"kind\":\"welfare\",\"fields\":[\"name\",\"domains\"]"));
    assert_non_null(strstr(json, "\"birthYear\":null,\"area\":null,\"phone\":null"));
    assert_non_null(strstr(
        json, "\"domains\":[{\"code\":\"social-network\",\"label\":\"Sociaal netwerk\"}],\"icpc\":null"));
    assert_non_null(strstr(json, "\"kind\":\"alliance\",\"fields\":[],"));
    assert_non_null(strstr(json, "\"client\":null,\"domains\":null"));
    assert_null(strstr(json, "06 12345678"));
}

/* The same recipient twice, where the schema sees no twins because the fields differ. */
static void choices_about_one_recipient(void **state)
{
    static const char *const bodies[] = {
        "{\"choices\":[{\"kind\":\"team\",\"fields\":[\"name\"]},{\"kind\":\"team\",\"fields\":[]}]}",
        "{\"choices\":[{\"kind\":\"team\",\"step\":\"first\",\"fields\":[\"name\"]},{\"kind\":\"team\","
        "\"fields\":[]}]}"};
    struct wire_consent got;
    struct issues issues;
    struct err err;
    assert_false(wire_decode_consent(slice_of(bodies[0]), *state, &got, &issues, &err));
    assert_int_equal(issues.count, 1);
    assert_true(slice_is(issues.list[0].pointer, "/choices/1"));
    assert_string_equal(issues.list[0].code, "duplicate");
    assert_true(wire_decode_consent(slice_of(bodies[1]), *state, &got, &issues, &err));
}

static void searches_and_withdrawals(void **state)
{
    struct wire_search search = {.name = slice_of("Zo\xC3\xAB"), .birth_year = 1950}, found;
    struct wire_withdrawal withdrawal = {.kind = slice_of("team")}, taken;
    struct issues issues;
    struct err err;
    assert_true(wire_decode_search(wire_encode_search(&search, *state), *state, &found, &issues, &err));
    assert_true(slice_equal(found.name, search.name));
    assert_int_equal(found.birth_year, 1950);
    assert_true(
        wire_decode_withdrawal(wire_encode_withdrawal(&withdrawal, *state), *state, &taken, &issues, &err));
    assert_true(slice_is(taken.kind, "team"));
    assert_null(taken.organisation.ptr);
}

/* False is an answer, and is not the same as left out. */
static void no_is_not_unknown(void **state)
{
    static const char *const bodies[] = {"\"situation\":{\"mildIntellectualDisability\":false}",
                                         "\"situation\":{\"mildIntellectualDisability\":true}",
                                         "\"situation\":{\"occupation\":\"school\"}"};
    static const int expected[] = {0, 1, -1};
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct wire_referral got;
        struct issues issues;
        struct err err;
        struct slice json = slice_of(
            arena_printf(*state, "{\"domains\":[\"housing\"],\"client\":" VALID_CLIENT ",%s}", bodies[i]));
        assert_true(wire_decode_referral(json, *state, &got, &issues, &err));
        assert_int_equal(got.situation.lvb, expected[i]);
        assert_non_null(strstr(wire_encode_referral(&got, *state).ptr, bodies[i]));
    }
}

/* Escapes are resolved: what comes out is the text itself. */
static void escapes_are_read(void **state)
{
    struct wire_move got;
    struct issues issues;
    struct err err;
    struct slice json = slice_of("{\"text\":\"\\u00e9 \\ud83c\\udf37 \\/ \\n \\u200d\"}");
    assert_true(wire_decode_move(json, MOVE_ANSWER, *state, &got, &issues, &err));
    assert_true(slice_is(got.text, "\xC3\xA9 \xF0\x9F\x8C\xB7 / \n \xE2\x80\x8D"));
}

static void moves_and_their_states(void **state)
{
    static const struct {
        enum wire_move_kind kind;
        const char *json, *state;
    } cases[] = {
        {MOVE_ACCEPT, "{}", "accepted"},
        {MOVE_ACCEPT, "{\"text\":\"We bellen.\"}", "accepted"},
        {MOVE_DECLINE, "{\"code\":\"capacity\"}", "declined"},
        {MOVE_DECLINE, "{\"code\":\"other\",\"text\":\"Anders.\"}", "declined"},
        {MOVE_DECLINE, "{\"code\":\"capacity\",\"offerings\":[\"walking-group\"]}", "declined-forwarded"},
        {MOVE_REPORT, "{\"state\":\"no-show\"}", "no-show"},
        {MOVE_REPORT,
         "{\"state\":\"paused\",\"text\":\"a\",\"reason\":\"b\",\"date\":\"2026-12-01\",\"channel\":"
         "\"phone\","
         "\"offerings\":[\"a\",\"b\"]}",
         "paused"},
        {MOVE_COMPLETE, "{\"outcome\":\"reached\"}", "done-goal-reached"},
        {MOVE_COMPLETE, "{\"outcome\":\"partly\",\"text\":\"x\"}", "done-partly"},
        {MOVE_COMPLETE, "{\"outcome\":\"not-reached\",\"reason\":\"Verhuisd\"}", "done-not-reached"},
        {MOVE_ANSWER, "{\"text\":\"Ja.\"}", "received"},
        {MOVE_REASSIGN, "{\"reason\":\"Stil.\",\"offerings\":[\"a\"]}", "reassigned"},
        {MOVE_REASSIGN, "{\"reason\":\"Stil.\",\"offerings\":[]}", "reassigned"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct wire_move move;
        struct issues issues;
        struct err err;
        assert_true(wire_decode_move(slice_of(cases[i].json), cases[i].kind, *state, &move, &issues, &err));
        assert_int_equal(move.kind, cases[i].kind);
        assert_true(slice_is(move.state, cases[i].state));
        struct slice json = wire_encode_move(&move, *state);
        assert_string_equal(json.ptr, cases[i].json);
    }
}

static void blank_texts_are_left_out(void **state)
{
    struct wire_move move;
    struct issues issues;
    struct err err;
    struct slice json = slice_of("{\"state\":\"paused\",\"text\":\" \\n\",\"reason\":\"\\u00a0\"}");
    assert_true(wire_decode_move(json, MOVE_REPORT, *state, &move, &issues, &err));
    assert_null(move.text.ptr);
    assert_null(move.reason.ptr);
    assert_null(move.date.ptr);
    assert_null(move.channel.ptr);
    assert_null(move.decline_code.ptr);
}

static void nothing_at_all(void **state)
{
    struct issues issues;
    struct err err;
    assert_true(wire_decode_nothing(SLICE_NONE, *state, &issues, &err));
    assert_true(wire_decode_nothing(slice_of("{}"), *state, &issues, &err));
    assert_false(wire_decode_nothing(slice_of("null"), *state, &issues, &err));
    assert_int_equal(err.code, ERR_INVALID_BODY);
    assert_false(wire_decode_nothing(slice_of(" "), *state, &issues, &err));
    assert_int_equal(err.code, ERR_MALFORMED_JSON);
}

/* ---- answers ---- */

static struct wire_receipt some_receipt(void)
{
    struct wire_receipt receipt = {
        .referral_id = 1000,
        .step_id = 1001,
        .created_at = INT64_C(1795425165123456),
        .decision = {3,
                     12,
                     slice_of("R01"),
                     slice_of("Omdat \"dichtbij\" telt."),
                     {slice_of("coffee-mornings"), slice_of("Koffieochtenden")},
                     {slice_of("welfare-deurne"), slice_of("Welzijn Deurne")},
                     {0},
                     {0},
                     {0}},
        .next = {{slice_of("welfare-deurne"), slice_of("Welzijn Deurne")},
                 {slice_of("deliver"), slice_of("Bezorgen")},
                 INT64_C(1795622400000000)},
    };
    return receipt;
}

#define DECISION_START                                                                                       \
    "\"decision\":{\"table\":3,\"version\":12,\"rule\":\"R01\",\"reason\":\"Omdat \\\"dichtbij\\\" telt.\","
#define DECISION_END                                                                                         \
    "\"organisation\":{\"code\":\"welfare-deurne\",\"name\":\"Welzijn Deurne\"},\"evidence\":null,"          \
    "\"room\":null,\"offered\":null},"
#define NEXT                                                                                                 \
    "\"next\":{\"who\":{\"code\":\"welfare-deurne\",\"name\":\"Welzijn "                                     \
    "Deurne\"},\"what\":{\"code\":\"deliver\",\"label\":"                                                    \
    "\"Bezorgen\"},\"by\":\"2026-11-25T16:00:00Z\"}"

static void a_receipt(void **state)
{
    struct wire_receipt receipt = some_receipt();
    assert_string_equal(
        wire_encode_receipt(&receipt, *state).ptr,
        "{\"id\":\"GXGP-2X3J\",\"stepId\":\"5XMX-JGY5\",\"createdAt\":\"2026-11-23T09:12:45."
        "123456Z\"," DECISION_START
        "\"offering\":{\"code\":\"coffee-mornings\",\"name\":\"Koffieochtenden\"}," DECISION_END NEXT "}");
    receipt.decision.offered =
        slice_of("[{\"organisation\":{\"code\":\"a\",\"name\":\"A\"},\"offering\":null}]");
    assert_non_null(
        strstr(wire_encode_receipt(&receipt, *state).ptr,
               "\"offered\":[{\"organisation\":{\"code\":\"a\",\"name\":\"A\"},\"offering\":null}]},"));
}

static void a_preview(void **state)
{
    struct wire_receipt receipt = some_receipt();
    receipt.decision.offering = (struct wire_named){0};
    assert_string_equal(wire_encode_preview(&receipt, *state).ptr,
                        "{" DECISION_START "\"offering\":null," DECISION_END NEXT ",\"candidates\":[]}");

    const struct wire_candidate candidates[] = {
        {{slice_of("coffee-mornings"), slice_of("Koffieochtenden")},
         {slice_of("welfare-deurne"), slice_of("Welzijn Deurne")},
         slice_of("R01"),
         slice_of("Dichtbij."),
         70,
         slice_of("open"),
         slice_of("2026-11-20"),
         slice_of("stale"),
         slice_of("{\"asOf\":\"2026-03-01\"}")},
        {{slice_of("jpf"), slice_of("Join us")},
         {slice_of("join-us"), slice_of("Join us")},
         slice_of("R02"),
         slice_of("Samen."),
         50,
         SLICE_NONE,
         SLICE_NONE,
         SLICE_NONE,
         SLICE_NONE},
    };
    receipt.candidates = candidates;
    receipt.candidate_count = 2;
    assert_string_equal(
        wire_encode_preview(&receipt, *state).ptr,
        "{" DECISION_START "\"offering\":null," DECISION_END NEXT
        ",\"candidates\":[{\"offering\":{\"code\":\"coffee-mornings\",\"name\":\"Koffieochtenden\"},"
        "\"organisation\":{\"code\":\"welfare-deurne\",\"name\":\"Welzijn Deurne\"},\"rule\":\"R01\","
        "\"reason\":\"Dichtbij.\",\"weight\":70,\"capacity\":\"open\",\"asOf\":\"2026-11-20\",\"freshness\":"
        "\"stale\",\"evidence\":{\"asOf\":\"2026-03-01\"}},"
        "{\"offering\":{\"code\":\"jpf\",\"name\":\"Join us\"},"
        "\"organisation\":{\"code\":\"join-us\",\"name\":\"Join us\"},\"rule\":\"R02\","
        "\"reason\":\"Samen.\",\"weight\":50,\"capacity\":null,\"asOf\":null,\"freshness\":null,\"evidence\":"
        "null}]}");
    /* What is kept for ever has none. */
    assert_null(strstr(wire_encode_receipt(&receipt, *state).ptr, "candidates"));
}

/* Any text comes out as JSON that says the same, also where the buffer must grow. */
static void texts_in_a_receipt(void **state)
{
    char every[0x80];
    for (int i = 1; i < 0x80; i++)
        every[i - 1] = (char)i;
    every[0x7F] = '\0';
    struct slice texts[] = {slice_of(every),
                            slice_of(""),
                            slice_of("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x8C\xB7"),
                            repeat(*state, "\"", 5000),
                            repeat(*state, "\x01", 5000),
                            repeat(*state, "a\n", 5000)};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct wire_receipt receipt = some_receipt();
        receipt.decision.reason = texts[i];
        struct slice json = wire_encode_receipt(&receipt, *state);
        json_t *root = json_loadb(json.ptr, json.len, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(root);
        const json_t *reason = json_object_get(json_object_get(root, "decision"), "reason");
        assert_true(slice_equal(slice_make(json_string_value(reason), json_string_length(reason)), texts[i]));
        json_decref(root);
    }
}

static void numbers_in_a_receipt(void **state)
{
    struct wire_receipt receipt = some_receipt();
    receipt.decision.table = -2147483647 - 1;
    receipt.decision.version = 0;
    assert_non_null(
        strstr(wire_encode_receipt(&receipt, *state).ptr, "\"table\":-2147483648,\"version\":0,"));
}

static void too_many_values_are_not_parsed(void **state)
{
    (void)state;
    size_t length = 2 * (size_t)JSON_VALUES + 4;
    char *text = malloc(length);
    struct err err;
    for (size_t i = 0; i < length; i++)
        text[i] = i % 2 ? '1' : ',';
    text[0] = '[';
    text[length - 1] = ']';
    assert_null(json_in_read(slice_make(text, length), &err));
    assert_int_equal(err.code, ERR_MALFORMED_JSON);
    assert_non_null(strstr(err.text, "too many values"));
    free(text);
}

/* ---- the citizen service number ---- */

static bool is_bsn(const char *number, struct arena *arena)
{
    struct wire_referral referral;
    struct issues issues;
    struct err err;
    const char *json =
        arena_printf(arena,
                     "{\"domains\":[\"finances\"],\"client\":{\"name\":\"J.\",\"birthYear\":1950,"
                     "\"area\":\"5751\",\"phone\":\"123456\",\"bsn\":\"%s\"}}",
                     number);
    bool good = wire_decode_referral(slice_of(json), arena, &referral, &issues, &err);
    if (good)
        assert_true(slice_is(referral.client.bsn, number));
    for (size_t i = 0; !good && i < issues.count; i++)
        assert_null(memmem(issues.list[i].detail.ptr, issues.list[i].detail.len, number, strlen(number)));
    return good;
}

/* Numbers of test persons of the population register; the same with one digit changed or two swapped. */
static void the_eleven_test(void **state)
{
    static const char *const good[] = {"123456782", "111222333", "999990019", "000000012"};
    static const char *const bad[] = {"123456789", "123456781",  "213456782", "999990018",
                                      "000000000", "1234567820", "12345678",  "-23456782"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(is_bsn(good[i], *state));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(is_bsn(bad[i], *state));
}

/* ---- rules that look at two fields ---- */

static void fields_that_contradict(void **state)
{
    static const struct {
        const char *kind, *json, *pointer;
    } cases[] = {
        {"correct", "{\"email\":\"a@b\",\"noEmail\":true}", "/noEmail"},
        {"retention",
         "{\"law\":\"access-log\",\"startEvent\":\"loop-closed\",\"years\":5,\"validFrom\":\"2027-01-01\"}",
         "/startEvent"},
        {"retention", "{\"law\":\"wgbo\",\"startEvent\":\"logged\",\"years\":5,\"validFrom\":\"2027-01-01\"}",
         "/startEvent"},
        {"bsn", "{\"ground\":\"Wabvpz\"}", "/recipients"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct issues issues;
        struct err err;
        assert_false(decode(cases[i].kind, slice_of(cases[i].json), *state, &issues, &err));
        assert_int_equal(issues.count, 1);
        assert_true(slice_is(issues.list[0].pointer, cases[i].pointer));
    }
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, new_arena, free_arena)
    const struct CMUnitTest tests[] = {
        T(bodies_of_the_list),
        T(malformed_documents),
        T(depth_bombs),
        T(depth_that_is_taken),
        T(every_prefix_is_refused),
        T(every_changed_byte),
        T(limits_count_characters),
        T(more_problems_than_are_told),
        T(details_do_not_repeat_content),
        T(err_may_be_null),
        T(a_referral_with_everything),
        T(defaults_of_a_referral),
        T(no_is_not_unknown),
        T(a_consent),
        T(a_disclosure),
        T(choices_about_one_recipient),
        T(searches_and_withdrawals),
        T(escapes_are_read),
        T(moves_and_their_states),
        T(blank_texts_are_left_out),
        T(nothing_at_all),
        T(a_receipt),
        T(a_preview),
        T(texts_in_a_receipt),
        T(numbers_in_a_receipt),
        T(too_many_values_are_not_parsed),
        T(the_eleven_test),
        T(fields_that_contradict),
    };
    return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
