/* A small history, tampered with in every way: what is found, and how it is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "history.h"

/* Findings written down: "word log/block/id/about; ". */
struct findings {
    char text[4096];
    size_t used;
};

static void on_finding(void *arg, const struct seal_finding *finding)
{
    struct findings *findings = arg;
    int n = snprintf(findings->text + findings->used, sizeof findings->text - findings->used,
                     "%s %.*s/%s/%lld/%lld/%lld; ", seal_fault_word(finding->fault),
                     SLICE_FMT(finding->region_code), seal_logs[finding->log].name, (long long)finding->block,
                     (long long)finding->id, (long long)finding->about);
    findings->used += (size_t)n;
    assert_true(findings->used < sizeof findings->text);
}

static FILE *scratch(void)
{
    return tmpfile();
}

struct question {
    const struct seal_key *key; /* NULL: the history's */
    const struct seal_root *roots;
    size_t root_count;
    struct seal_summary summary; /* of the first log, afterwards */
};

static void ask(const struct history *history, bool is_reversed, size_t chunk, struct question *question,
                struct findings *findings)
{
    const struct seal_key *key = question->key ? question->key : history->key;
    struct seal_verify_options options = {.keys = &key,
                                          .key_count = 1,
                                          .roots = question->roots,
                                          .root_count = question->root_count,
                                          .scratch = scratch,
                                          .chunk = chunk,
                                          .on_finding = on_finding,
                                          .arg = findings};
    const struct seal_summary *summaries;
    struct seal_verify *verify = seal_verify_new(&options);
    char *dump = history_dump(history, is_reversed);
    struct err err;
    memset(findings, 0, sizeof *findings);
    assert_true(seal_verify_feed(verify, slice_of(dump), &err));
    assert_true(seal_verify_end(verify, &err));
    if (seal_verify_summaries(verify, &summaries))
        question->summary = summaries[0];
    assert_true((seal_verify_findings(verify) > 0) == (findings->used > 0));
    seal_verify_free(&verify);
    free(dump);
}

/* Whatever the order of the tables and however little fits in memory. */
static void check_question(const struct history *history, struct question *question, const char *expected)
{
    struct findings findings;
    ask(history, true, 0, question, &findings);
    assert_non_null(strstr(findings.text, expected)); /* blocks are told before the region's code is known */
    for (size_t chunk = 1; chunk < 30; chunk += 4) {
        ask(history, false, chunk, question, &findings);
        assert_string_equal(findings.text, expected);
    }
}

static void check(const struct history *history, const char *expected)
{
    struct question question = {.key = NULL};
    struct findings findings;
    ask(history, false, 0, &question, &findings);
    assert_string_equal(findings.text, expected);
    for (size_t chunk = 1; chunk < 30; chunk += 4) {
        ask(history, false, chunk, &question, &findings);
        assert_string_equal(findings.text, expected);
    }
}

static void test_whole(void **state)
{
    struct history history;
    struct question question = {.key = NULL};
    (void)state;
    history_make(&history);
    check_question(&history, &question, "");
    assert_int_equal(question.summary.blocks, 3);
    assert_int_equal(question.summary.sealed, HISTORY_ROWS);
    assert_int_equal(question.summary.unsealed, 0);
    assert_true(digest_equal(&question.summary.hash, &history.blocks[2].hash));
    /* one more, not sealed yet */
    history.rows[history.row_count++] = (struct history_row){30, 120, 1200, "2026-11-28 10:20:00+00", "new"};
    check_question(&history, &question, "");
    assert_int_equal(question.summary.unsealed, 1);
    history_free(&history);
}

static void test_changed(void **state)
{
    struct history history;
    (void)state;
    history_make(&history);
    memcpy(history.rows[5].kind, "other", 6);
    check(&history, "changed deurne/event/2/15/102; ");
    history_free(&history);
}

static void test_swapped(void **state)
{
    struct history history;
    (void)state;
    history_make(&history);
    struct history_row held = history.rows[2];
    history.rows[2] = history.rows[9];
    history.rows[9] = held;
    check(&history, ""); /* where a row stands in the table means nothing */
    history.rows[2].id = history.rows[9].id;
    history.rows[9].id = 19;
    check(&history, "changed deurne/event/1/12/101; changed deurne/event/3/19/104; ");
    history_free(&history);
}

static void test_removed(void **state)
{
    struct history history;
    (void)state;
    history_make(&history);
    history.rows[5] = history.rows[--history.row_count];
    check(&history, "removed deurne/event/2/15/102; ");
    history_free(&history);
}

static void test_inserted(void **state)
{
    struct history history;
    (void)state;
    history_make(&history);
    history.rows[history.row_count++] = (struct history_row){30, 120, 1090, "2026-11-28 10:09:00+00", "new"};
    check(&history, "inserted deurne/event/0/30/120; ");
    history.rows[history.row_count - 1].tx = 1200; /* as if new, but dated before */
    check(&history, "");
    memcpy(history.rows[history.row_count - 1].at, "2026-11-28 10:00:59+00", 23);
    check(&history, "inserted deurne/event/0/30/120; ");
    history.rows[history.row_count - 1].id = 15; /* under a number that is taken */
    check(&history, "double deurne/event/2/15/120; ");
    history_free(&history);
}

static void test_renumbered(void **state)
{
    struct history history;
    (void)state;
    history_make(&history);
    history.rows[5].id = 99;
    check(&history, "removed deurne/event/2/15/102; inserted deurne/event/0/99/102; ");
    history_free(&history);
}

static void test_block_gone(void **state)
{
    struct history history;
    (void)state;
    history_make(&history);
    history.blocks[1] = history.blocks[2];
    history.block_count = 2;
    check(&history,
          "block-missing deurne/event/2/0/0; inserted deurne/event/0/14/102; inserted deurne/event/0/15/102; "
          "inserted deurne/event/0/16/103; inserted deurne/event/0/17/103; ");
    /* and the last one numbered and signed anew */
    struct err err;
    struct seal_key *forger = seal_key_new(&err);
    history.blocks[1].block.number = 2;
    history_seal(&history, 1, forger);
    check(&history,
          "key-unknown deurne/event/2/0/0; inserted deurne/event/0/14/102; inserted deurne/event/0/15/102; "
          "inserted deurne/event/0/16/103; inserted deurne/event/0/17/103; ");
    seal_key_free(&forger);
    history_free(&history);
}

static void test_all_gone(void **state)
{
    struct history history;
    (void)state;
    history_make(&history);
    history.block_count = 0;
    check(&history, "not-sealed deurne/event/0/0/0; ");
    history_free(&history);
}

/* Whoever changes row and leaf has to forge the block too. */
static void test_forged(void **state)
{
    struct history history;
    struct err err;
    (void)state;
    history_make(&history);
    memcpy(history.rows[5].kind, "other", 6);
    history.blocks[1].leaves[1] = history_leaf(&history.rows[5]);
    check(&history, "block-broken deurne/event/2/0/0; "); /* root */
    struct seal_block *block = &history.blocks[1].block;
    seal_block_fill(block, history.blocks[1].ids, history.blocks[1].abouts, history.blocks[1].leaves,
                    PER_BLOCK);
    check(&history, "block-broken deurne/event/2/0/0; signature-wrong deurne/event/2/0/0; chain-broken "
                    "deurne/event/3/0/0; ");
    struct seal_key *forger = seal_key_new(&err);
    history_seal(&history, 1, forger);
    check(&history, "key-unknown deurne/event/2/0/0; chain-broken deurne/event/3/0/0; ");
    history_seal(&history, 2, forger);
    check(&history, "key-unknown deurne/event/2/0/0; key-unknown deurne/event/3/0/0; ");
    memcpy(history.blocks[2].block.key_id, seal_key_id(history.key), SEAL_KEY_ID);
    history.blocks[2].hash = seal_block_hash(&history.blocks[2].block);
    check(&history, "key-unknown deurne/event/2/0/0; signature-wrong deurne/event/3/0/0; ");
    seal_key_free(&forger);
    history_free(&history);
}

static void test_reordered(void **state)
{
    struct history history;
    (void)state;
    history_make(&history);
    struct history_block *made = &history.blocks[1];
    int64_t id = made->ids[1];
    struct digest leaf = made->leaves[1];
    made->ids[1] = made->ids[2];
    made->leaves[1] = made->leaves[2];
    made->ids[2] = id;
    made->leaves[2] = leaf;
    check(&history, "block-broken deurne/event/2/0/0; block-broken deurne/event/2/0/0; signature-wrong "
                    "deurne/event/2/0/0; "
                    "reordered deurne/event/2/15/103; chain-broken deurne/event/3/0/0; ");
    history_seal(&history, 1, history.key); /* even if it were signed */
    history_seal(&history, 2, history.key);
    check(&history, "reordered deurne/event/2/15/103; ");
    history_free(&history);
}

static void test_blocks_moved(void **state)
{
    struct history history;
    (void)state;
    history_make(&history);
    history.blocks[1].block.number = 3;
    history.blocks[2].block.number = 2;
    for (size_t i = 1; i < 3; i++)
        history.blocks[i].hash = seal_block_hash(&history.blocks[i].block);
    check(&history, "signature-wrong deurne/event/3/0/0; signature-wrong deurne/event/2/0/0; "
                    "chain-broken deurne/event/2/0/0; chain-broken deurne/event/3/0/0; chain-broken "
                    "deurne/event/3/0/0; ");
    history_free(&history);
}

static void test_twice(void **state)
{
    struct history history;
    (void)state;
    history_make(&history);
    history.blocks[3] = history.blocks[2];
    history.block_count = 4;
    check(&history,
          "block-double deurne/event/3/0/0; chain-broken deurne/event/3/0/0; double deurne/event/3/18/104; "
          "double deurne/event/3/19/104; double deurne/event/3/20/105; double deurne/event/3/21/105; ");
    history.blocks[3].block.number = 4;
    history.blocks[3].block.horizon = 1116;
    history_seal(&history, 3, history.key);
    check(&history,
          "double deurne/event/4/18/104; double deurne/event/4/19/104; double deurne/event/4/20/105; "
          "double deurne/event/4/21/105; ");
    history_free(&history);
}

static void test_rolled_back(void **state)
{
    struct history history;
    (void)state;
    history_make(&history);
    struct seal_root roots[] = {{slice_of("deurne"), SEAL_EVENT, 2, history.blocks[1].hash},
                                {slice_of("deurne"), SEAL_EVENT, 3, history.blocks[2].hash}};
    struct question question = {.roots = roots, .root_count = 2};
    check_question(&history, &question, "");
    /* back to block 2, and its rows */
    history.block_count = 2;
    history.row_count = 8;
    check(&history, "");
    check_question(&history, &question, "rolled-back deurne/event/3/0/0; ");
    /* and then it went on otherwise */
    history_free(&history);
    history_make(&history);
    roots[0].hash = history.blocks[1].hash;
    roots[1].hash.bytes[0] ^= 1;
    check_question(&history, &question, "rolled-back deurne/event/3/0/0; ");
    roots[1] = (struct seal_root){slice_of("helmond"), SEAL_EVENT, 1, history.blocks[0].hash};
    check_question(&history, &question, "rolled-back helmond/event/1/0/0; ");
    history_free(&history);
}

static void check_text(const char *text, const char *why)
{
    struct findings findings = {.used = 0};
    struct seal_verify_options options = {.scratch = scratch, .on_finding = on_finding, .arg = &findings};
    struct seal_verify *verify = seal_verify_new(&options);
    struct err err;
    assert_false(seal_verify_feed(verify, slice_of(text), &err) && seal_verify_end(verify, &err));
    assert_non_null(strstr(err.text, why));
    seal_verify_free(&verify);
}

static void test_no_history(void **state)
{
    (void)state;
    check_text("", "no rows of table data.seal");
    check_text("COPY data.seal (a) FROM stdin;\n\\.\n", "no rows of table data.event");
    check_text("COPY data.seal (a) FROM stdin;\n1\n\\.\n", "lacks columns");
    check_text("COPY data.event (region_id, event_id, tx, at, \"Odd\") FROM stdin;\n1\t1\t1\t1\t1\n\\.\n",
               "cannot be sealed");
    check_text("COPY data.event (region_id, event_id, tx, at) FROM stdin;\n", "cut off");
}

static void test_unreadable(void **state)
{
    struct history history;
    struct question question = {.key = NULL};
    struct findings findings;
    (void)state;
    history_make(&history);
    history.blocks[1].block.count = 5; /* one more than there are */
    history.blocks[1].ids[4] = 40;
    char *dump = history_dump(&history, false);
    char *leaves = strstr(dump, "{14,15,16,17,40}");
    assert_non_null(leaves);
    memcpy(leaves, "{14,15,16,17,4x}", 16);
    struct seal_verify_options options = {.scratch = scratch, .on_finding = on_finding, .arg = &findings};
    struct seal_verify *verify = seal_verify_new(&options);
    struct err err;
    memset(&findings, 0, sizeof findings);
    assert_true(seal_verify_feed(verify, slice_of(dump), &err) && seal_verify_end(verify, &err));
    assert_non_null(strstr(findings.text, "block-broken deurne/event/2/0/0; "));
    seal_verify_free(&verify);
    free(dump);
    (void)question;
    history_free(&history);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_whole),        cmocka_unit_test(test_changed),
                                       cmocka_unit_test(test_swapped),      cmocka_unit_test(test_removed),
                                       cmocka_unit_test(test_inserted),     cmocka_unit_test(test_renumbered),
                                       cmocka_unit_test(test_block_gone),   cmocka_unit_test(test_all_gone),
                                       cmocka_unit_test(test_forged),       cmocka_unit_test(test_reordered),
                                       cmocka_unit_test(test_blocks_moved), cmocka_unit_test(test_twice),
                                       cmocka_unit_test(test_rolled_back),  cmocka_unit_test(test_no_history),
                                       cmocka_unit_test(test_unreadable)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
