/* What a file is: taken where name, declared type and content agree and nothing else is in it; whole, cut
 * short at every byte, with something before or behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "media.h"

static const unsigned char png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0,    0, 0, 13,
                                    'I',  'H', 'D', 'R', 0,    0,    0,    1,    0,    0, 0, 1,
                                    8,    6,   0,   0,   0,    0x1f, 0x15, 0xc4, 0x89, 0, 0, 0,
                                    0,    'I', 'E', 'N', 'D',  0xae, 0x42, 0x60, 0x82};
static const unsigned char jpeg[] = {0xff, 0xd8, 0xff, 0xe0, 0, 4,    'J',  'F',  0xff, 0xda, 0,
                                     3,    1,    0x12, 0xff, 0, 0x34, 0xff, 0xd3, 0x56, 0xff, 0xd9};
static const char pdf[] = "%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n";
#define DOCX "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#define ODT "application/vnd.oasis.opendocument.text"

/* ---- a ZIP archive, stored ---- */

struct pack {
    char bytes[4096], directory[2048];
    size_t used, listed;
    unsigned count;
};

static size_t put(char *at, uint32_t value, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        at[i] = (char)(value >> 8 * i);
    return count;
}

static void pack_add(struct pack *pack, const char *name, const char *text)
{
    size_t n = strlen(name), m = strlen(text);
    char *local = pack->bytes + pack->used, *entry = pack->directory + pack->listed;
    memset(local, 0, 30);
    memset(entry, 0, 46);
    memcpy(local, "PK\3\4", 4);
    put(local + 18, (uint32_t)m, 4);
    put(local + 22, (uint32_t)m, 4);
    put(local + 26, (uint32_t)n, 2);
    memcpy(local + 30, name, n);
    memcpy(local + 30 + n, text, m);
    memcpy(entry, "PK\1\2", 4);
    put(entry + 20, (uint32_t)m, 4);
    put(entry + 24, (uint32_t)m, 4);
    put(entry + 28, (uint32_t)n, 2);
    put(entry + 42, (uint32_t)pack->used, 4);
    memcpy(entry + 46, name, n);
    pack->used += 30 + n + m;
    pack->listed += 46 + n;
    pack->count++;
}

static struct slice pack_end(struct pack *pack)
{
    size_t start = pack->used;
    memcpy(pack->bytes + start, pack->directory, pack->listed);
    char *end = pack->bytes + start + pack->listed;
    memset(end, 0, 22);
    memcpy(end, "PK\5\6", 4);
    put(end + 8, pack->count, 2);
    put(end + 10, pack->count, 2);
    put(end + 12, (uint32_t)pack->listed, 4);
    put(end + 16, (uint32_t)start, 4);
    return slice_make(pack->bytes, start + pack->listed + 22);
}

static struct slice docx_with(struct pack *pack, const char *name)
{
    *pack = (struct pack){.used = 0};
    pack_add(pack, "[Content_Types].xml", "<Types/>");
    pack_add(pack, "_rels/.rels", "<Relationships/>");
    pack_add(pack, "word/document.xml", "<document/>");
    if (name)
        pack_add(pack, name, "x");
    return pack_end(pack);
}

static struct slice odt_with(struct pack *pack, const char *first, const char *says, const char *name)
{
    *pack = (struct pack){.used = 0};
    pack_add(pack, first, says);
    pack_add(pack, "content.xml", "<content/>");
    pack_add(pack, "META-INF/manifest.xml", "<manifest/>");
    if (name)
        pack_add(pack, name, "x");
    return pack_end(pack);
}

/* ---- */

static const char *fault(const char *type, const char *name, struct slice content)
{
    const struct media *media = media_find(slice_of(type));
    assert_non_null(media);
    /* In memory of its own, so that a byte too far is seen. */
    char *copy = malloc(content.len ? content.len : 1);
    memcpy(copy, content.ptr ? content.ptr : "", content.len);
    const char *why = media_fault(media, slice_of(name), slice_make(copy, content.len));
    free(copy);
    return why;
}

#define BYTES(array) slice_make((const char *)(array), sizeof(array))
#define TEXT(text) slice_make(text, sizeof(text) - 1)

struct sample {
    const char *type, *name;
    struct slice content;
};

static size_t samples(struct pack packs[2], struct sample out[6])
{
    out[0] = (struct sample){"application/pdf", "brief.pdf", TEXT(pdf)};
    out[1] = (struct sample){"image/png", "foto.PNG", BYTES(png)};
    out[2] = (struct sample){"image/jpeg", "foto.jpeg", BYTES(jpeg)};
    out[3] =
        (struct sample){"text/plain; charset=UTF-8", "brief.txt", TEXT("Geachte collega,\r\n\tTot zover.\n")};
    out[4] = (struct sample){DOCX, "brief.docx", docx_with(&packs[0], NULL)};
    out[5] = (struct sample){
        ODT, "brief.odt", odt_with(&packs[1], "mimetype", "application/vnd.oasis.opendocument.text", NULL)};
    return 6;
}

static void what_it_says_it_is(void **state)
{
    struct pack packs[2];
    struct sample all[6];
    size_t count = samples(packs, all);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        const char *why = fault(all[i].type, all[i].name, all[i].content);
        if (why)
            fail_msg("%s: %s", all[i].name, why);
        for (size_t k = 0; k < count;
             k++) /* under another's type and name it is nothing; text in a document is none either */
            if (k != i)
                assert_non_null(fault(all[k].type, all[k].name, all[i].content));
        assert_non_null(fault(all[i].type, all[(i + 1) % count].name, all[i].content));
    }
}

static void cut_short_and_made_longer(void **state)
{
    struct pack packs[2];
    struct sample all[6];
    size_t count = samples(packs, all);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        struct slice content = all[i].content;
        bool is_text = i == 3, ends_in_line = i == 0 || is_text;
        for (size_t n = 0; n < content.len - ends_in_line; n++)
            if (!is_text || n == 0)
                assert_non_null(fault(all[i].type, all[i].name, slice_make(content.ptr, n)));
        char *longer = malloc(content.len + 40);
        memcpy(longer, "PK\3\4", 4);
        memcpy(longer + 4, content.ptr, content.len);
        assert_non_null(fault(all[i].type, all[i].name, slice_make(longer, content.len + 4)));
        memcpy(longer, content.ptr, content.len);
        memcpy(longer + content.len, "\1<script>", 9);
        assert_non_null(fault(all[i].type, all[i].name, slice_make(longer, content.len + 9)));
        free(longer);
    }
}

/* Two files in one: each is right by itself. */
static void two_in_one(void **state)
{
    struct pack packs[2], zip;
    struct sample all[6];
    struct slice archive = docx_with(&zip, NULL);
    (void)state;
    samples(packs, all);
    for (size_t i = 0; i < 4; i++) {
        char *both = malloc(all[i].content.len + archive.len + 8);
        size_t n = all[i].content.len;
        memcpy(both, all[i].content.ptr, n);
        memcpy(both + n, archive.ptr, archive.len);
        assert_non_null(fault(all[i].type, all[i].name, slice_make(both, n + archive.len)));
        assert_non_null(fault(DOCX, "x.docx", slice_make(both, n + archive.len)));
        free(both);
    }
    /* A PDF whose end stands in the comment of an archive. */
    char mixed[5000];
    memcpy(mixed, "%PDF-1.7\n", 9);
    memcpy(mixed + 9, archive.ptr, archive.len);
    memcpy(mixed + 9 + archive.len, "%%EOF\n", 6);
    put(mixed + 9 + archive.len - 2, 6, 2);
    assert_string_equal(fault("application/pdf", "x.pdf", slice_make(mixed, 9 + archive.len + 6)),
                        "The file is an archive besides.");
}

static void what_hides_in_text(void **state)
{
    static const char *const bad[] = {"<!DOCTYPE html><p>x",
                                      "\xef\xbb\xbf \n<HTML>",
                                      "  <svg onload=x>",
                                      "#!/bin/sh\nrm",
                                      "Hallo <SCRIPT>x</script>",
                                      "see javascript:x",
                                      "%PDF-1.7",
                                      "{\\rtf1",
                                      "<?php x",
                                      "a\1b",
                                      "caf\xe9",
                                      "\xed\xa0\x80",
                                      "MZ\x90\3",
                                      "\x7f\x45LF"};
    static const char *const good[] = {
        "1 < 2 en 3 > 2", "\xef\xbb\xbfHallo", "Zo\xc3\xabven", "<3", "j", "<"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (!fault("text/plain", "x.txt", slice_of(bad[i])))
            fail_msg("'%s' was taken", bad[i]);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_null(fault("text/plain", "x.txt", slice_of(good[i])));
    assert_non_null(fault("text/plain", "x.txt", slice_make("a\0b", 3)));
    assert_non_null(fault("text/plain", "x.txt", SLICE_NONE));
}

static void pictures(void **state)
{
    unsigned char bytes[sizeof png], photo[2 * sizeof jpeg + 2] = {0};
    (void)state;
    for (size_t i = 8; i < sizeof png; i++) { /* no byte of it may change */
        memcpy(bytes, png, sizeof png);
        bytes[i] ^= 0x20;
        if (!fault("image/png", "x.png", BYTES(bytes)))
            fail_msg("byte %zu", i);
    }
    memcpy(photo, jpeg, sizeof jpeg);
    memcpy(photo + sizeof jpeg, jpeg, sizeof jpeg);
    assert_null(fault("image/jpeg", "x.jpg", BYTES(photo))); /* a small one behind it, filled up with zeros */
    photo[sizeof photo - 1] = 'P';
    assert_non_null(fault("image/jpeg", "x.jpg", BYTES(photo)));
}

static void documents(void **state)
{
    static const char *const bad[] = {
        "word/vbaProject.bin", "word/activeX/x.xml", "../x", "a/../b", "/etc/passwd", "a\\b", "c:x", "a/./b"};
    struct pack pack;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (!fault(DOCX, "x.docx", docx_with(&pack, bad[i])))
            fail_msg("%s was taken", bad[i]);
    assert_null(fault(DOCX, "x.docx", docx_with(&pack, "word/styles.xml")));
    assert_non_null(fault(ODT, "x.odt", odt_with(&pack, "mimetype", ODT, "Basic/Standard/x.xml")));
    assert_non_null(fault(ODT, "x.odt", odt_with(&pack, "mimetype", "application/epub+zip", NULL)));
    assert_non_null(fault(ODT, "x.odt", odt_with(&pack, "a", ODT, "mimetype")));
    struct slice good = docx_with(&pack, NULL);
    size_t end = good.len - 22, directory = end - pack.listed;
    static const struct {
        size_t at, directory, bytes;
        uint32_t value;
    } changes[] = {{6, 1, 2, 1},         /* encrypted */ {10, 1, 2, 12}, /* bzip2 */
                   {24, 1, 4, 1u << 28}, /* a bomb */ {42, 1, 4, 1},     /* somewhere else */
                   {28, 1, 2, 0xffff},   {20, 1, 4, 1u << 20},
                   {4, 0, 2, 1},         {10, 0, 2, 2},
                   {12, 0, 4, 0},        {16, 0, 4, 1},
                   {20, 0, 2, 1}};
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        docx_with(&pack, NULL);
        size_t at = (changes[i].directory ? directory + (changes[i].at == 6 ? 2 : 0) : end) + changes[i].at;
        put(pack.bytes + at, changes[i].value, (unsigned)changes[i].bytes);
        if (!fault(DOCX, "x.docx", slice_make(pack.bytes, good.len)))
            fail_msg("change %zu was taken", i);
    }
}

static void declared_types(void **state)
{
    (void)state;
    assert_non_null(media_find(slice_of("Image/PNG")));
    assert_non_null(media_find(slice_of("text/plain ; charset=utf-8")));
    static const char *const bad[] = {"",
                                      "text/html",
                                      "image/svg+xml",
                                      "application/zip",
                                      "image/png; x=y",
                                      "text/plain; charset=latin1",
                                      "text/plain; charset=utf-8; x=y",
                                      "text/plain;",
                                      "application/octet-stream",
                                      "png"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (media_find(slice_of(bad[i])))
            fail_msg("'%s' was taken", bad[i]);
    assert_null(media_find(SLICE_NONE));
}

static void names(void **state)
{
    static const struct {
        const char *field, *name; /* NULL: refused */
    } table[] = {{"attachment; filename=\"brief.pdf\"", "brief.pdf"},
                 {"ATTACHMENT ;\tFileName=brief.pdf ", "brief.pdf"},
                 {"attachment; filename=\"een \\a brief.pdf\"", "een a brief.pdf"},
                 {"attachment; filename*=UTF-8''zo%C3%AB.txt", "zo\xc3\xab.txt"},
                 {"attachment; filename=\"zo_.txt\"; filename*=utf-8'nl'zo%c3%ab.txt", "zo\xc3\xab.txt"},
                 {"attachment; filename*=UTF-8''a; filename=b", "a"},
                 {"", NULL},
                 {"attachment", NULL},
                 {"inline; filename=a", NULL},
                 {"attachment filename=a", NULL},
                 {"attachment; filename=", NULL},
                 {"attachment; filename=\"\"", NULL},
                 {"attachment; filename=\"a", NULL},
                 {"attachment; filename=\"a\\", NULL},
                 {"attachment; filename=a; filename=b", NULL},
                 {"attachment; filename=a;", NULL},
                 {"attachment; filename=a b", NULL},
                 {"attachment; filename=a; size=3", NULL},
                 {"attachment; filename*=ISO-8859-1''a", NULL},
                 {"attachment; filename*=UTF-8''%e9", NULL},
                 {"attachment; filename*=UTF-8''%4", NULL},
                 {"attachment; filename*=UTF-8''%zz", NULL},
                 {"attachment; filename*=UTF-8'a", NULL},
                 {"attachment; filename*=UTF-8''%00", NULL},
                 {"attachment; filename*=UTF-8''a%2Fb", NULL},
                 {"attachment; filename*=UTF-8''a%E2%80%AEfdp.exe", NULL},
                 {"attachment; filename=\"../../etc/passwd\"", NULL},
                 {"attachment; filename=\"a\\\\b\"", NULL},
                 {"attachment; filename=\"c:x\"", NULL},
                 {"attachment; filename=.profile", NULL},
                 {"attachment; filename=\"a.\"", NULL},
                 {"attachment; filename=\" a\"", NULL},
                 {"attachment; filename=\"caf\xc3\xa9\"", NULL}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct slice name;
        bool ok = media_name(slice_of(table[i].field), *state, &name);
        if (ok != (table[i].name != NULL) || (ok && !slice_is(name, table[i].name)))
            fail_msg("%s: %.*s", table[i].field, SLICE_FMT(ok ? name : slice_of("refused")));
        if (!ok)
            continue;
        struct slice again; /* what goes out can be read back */
        assert_true(media_name(slice_of(media_disposition(name, *state)), *state, &again));
        assert_true(slice_equal(again, name));
    }
    char *longest = arena_printf(*state, "attachment; filename=%0120d", 1),
         *longer = arena_printf(*state, "attachment; filename=%0121d", 1);
    struct slice name;
    assert_true(media_name(slice_of(longest), *state, &name));
    assert_false(media_name(slice_of(longer), *state, &name));
    assert_string_equal(media_disposition(slice_of("zo\xc3\xab \"x\".txt"), *state),
                        "attachment; filename=\"zo_ _x_.txt\"; filename*=UTF-8''zo%C3%AB%20%22x%22.txt");
}

static int set_up(void **state)
{
    *state = arena_new(0);
    return 0;
}

static int tear_down(void **state)
{
    arena_free((struct arena **)state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_says_it_is), cmocka_unit_test(cut_short_and_made_longer),
        cmocka_unit_test(two_in_one),         cmocka_unit_test(what_hides_in_text),
        cmocka_unit_test(pictures),           cmocka_unit_test(documents),
        cmocka_unit_test(declared_types),     cmocka_unit_test_setup_teardown(names, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
