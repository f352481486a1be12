/* Every raw request that must be refused, and every shape that must not, each fed whole, cut in two at every
 * byte, and byte by byte: the parser must say the same each time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transcript.h"

enum { BODY_LIMIT = 1000 };

static void assert_same_however_cut(const char *name, struct slice raw, const char *whole,
                                    size_t whole_length)
{
    size_t stride = raw.len > 4096 ? 61 : 1; /* the heads of 16 KB */
    for (size_t first = 0; first < raw.len; first += first ? stride : 1) {
        size_t length; /* `first` 0 stands for byte by byte */
        char *cut = transcript_of(raw, first ? first : 1, first ? raw.len : 1, BODY_LIMIT, &length);
        if (length != whole_length || memcmp(cut, whole, length) != 0)
            fail_msg("%s, cut after %zu bytes:\n%s\nwhole:\n%s", name, first, cut, whole);
        free(cut);
    }
}

static bool ends_with(struct slice text, struct slice end)
{
    return text.len >= end.len && memcmp(text.ptr + text.len - end.len, end.ptr, end.len) == 0;
}

/* `want` is the end of the transcript. */
static void assert_transcript(const char *name, struct slice raw, struct slice want)
{
    size_t length;
    char *whole = transcript_of(raw, raw.len, raw.len, BODY_LIMIT, &length);
    if (!ends_with(slice_make(whole, length), want))
        fail_msg("%s:\n%s\nwanted:\n%s", name, whole, want.ptr);
    assert_same_however_cut(name, raw, whole, length);
    free(whole);
}

struct row {
    const char *name;
    struct slice raw, want;
};
#define ROW(name, raw, want)                                                                                 \
    {                                                                                                        \
        name, {raw, sizeof(raw) - 1},                                                                        \
        {                                                                                                    \
            want, sizeof(want) - 1                                                                           \
        }                                                                                                    \
    }
#define GET(fields) "GET / HTTP/1.1\r\nHost: a\r\n" fields "\r\n"
#define POST(fields, body) "POST / HTTP/1.1\r\nHost: a\r\n" fields "\r\n" body
#define TARGET(target) "GET " target " HTTP/1.1\r\nHost: a\r\n\r\n"
#define CHUNKED(body) POST("Transfer-Encoding: chunked\r\n", body)
#define MALFORMED "refused malformed-request\n"
#define VERSION "refused http-version-not-supported\n"
#define LARGE "refused body-too-large\n"
#define CODING "refused coding-not-implemented\n"
#define METHOD "refused method-not-implemented\n"
#define EXPECTATION "refused expectation-failed\n"

static void assert_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_transcript(rows[i].name, rows[i].raw, rows[i].want);
}
#define ASSERT_ROWS(rows) assert_rows(rows, sizeof(rows) / sizeof(rows)[0])

static void test_refuses_malformed_fields(void **state)
{
    static const struct row rows[] = {
        ROW("space before the colon", GET("Content-Type : a\r\n"), MALFORMED),
        ROW("tab before the colon", GET("Content-Type\t: a\r\n"), MALFORMED),
        ROW("length with space before the colon", POST("Content-Length : 28\r\n", ""), MALFORMED),
        ROW("empty name", GET(": a\r\n"), MALFORMED),
        ROW("no colon", GET("Accept\r\n"), MALFORMED),
        ROW("name with a bracket", GET("A(b: c\r\n"), MALFORMED),
        ROW("name with a quote", GET("A\"b: c\r\n"), MALFORMED),
        ROW("name beyond ASCII", GET("Caf\xc3\xa9: c\r\n"), MALFORMED),
        ROW("NUL in a value", GET("A: b\0c\r\n"), MALFORMED),
        ROW("NUL in a name", GET("A\0: c\r\n"), MALFORMED),
        ROW("control in a value", GET("A: b\x01\r\n"), MALFORMED),
        ROW("escape in a value", GET("A: \x1b[0m\r\n"), MALFORMED),
        ROW("delete in a value", GET("A: b\x7f\r\n"), MALFORMED),
        ROW("folded with a space", GET("A: b\r\n c\r\n"), MALFORMED),
        ROW("folded with a tab", GET("A: b\r\n\tc\r\n"), MALFORMED),
        ROW("space before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", MALFORMED),
    };
    (void)state;
    ASSERT_ROWS(rows);
}

static void test_refuses_bare_line_ends(void **state)
{
    static const struct row rows[] = {
        ROW("bare LF after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", MALFORMED),
        ROW("bare LF after a field", "GET / HTTP/1.1\r\nHost: a\nA: b\r\n\r\n", MALFORMED),
        ROW("bare LF at the end", "GET / HTTP/1.1\r\nHost: a\r\n\n", MALFORMED),
        ROW("bare LF before the request", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", MALFORMED),
        ROW("bare CR in a value", GET("A: b\rc\r\n"), MALFORMED),
        ROW("bare CR as a line end", "GET / HTTP/1.1\rHost: a\r\n\r\n", MALFORMED),
        ROW("two CR", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", MALFORMED),
        ROW("CR in the target", "GET /\ra HTTP/1.1\r\nHost: a\r\n\r\n", MALFORMED),
        ROW("two empty lines first", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", MALFORMED),
        ROW("bare LF in a chunk size", CHUNKED("1\na\r\n0\r\n\r\n"), MALFORMED),
        ROW("bare LF after a chunk", CHUNKED("1\r\na\n0\r\n\r\n"), MALFORMED),
        ROW("bare LF in the trailers", CHUNKED("0\r\nA: b\n\r\n"), MALFORMED),
    };
    (void)state;
    ASSERT_ROWS(rows);
}

static void test_refuses_doubtful_lengths(void **state)
{
    static const struct row rows[] = {
        ROW("two lengths", POST("Content-Length: 1\r\nContent-Length: 2\r\n", "ab"), MALFORMED),
        ROW("two equal lengths", POST("Content-Length: 1\r\ncontent-length: 1\r\n", "a"), MALFORMED),
        ROW("a list", POST("Content-Length: 5,5\r\n", "hello"), MALFORMED),
        ROW("plus", POST("Content-Length: +5\r\n", "hello"), MALFORMED),
        ROW("minus", POST("Content-Length: -5\r\n", "hello"), MALFORMED),
        ROW("hexadecimal", POST("Content-Length: 0x5\r\n", "hello"), MALFORMED),
        ROW("fraction", POST("Content-Length: 5.0\r\n", "hello"), MALFORMED),
        ROW("inner space", POST("Content-Length: 1 1\r\n", "hello"), MALFORMED),
        ROW("empty", POST("Content-Length:\r\n", ""), MALFORMED),
        ROW("over 64 bit", POST("Content-Length: 18446744073709551617\r\n", "a"), MALFORMED),
        ROW("over 63 bit", POST("Content-Length: 9223372036854775808\r\n", "a"), MALFORMED),
        ROW("GET with a body", GET("Content-Length: 1\r\n") "a", MALFORMED),
        ROW("HEAD with a body", "HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na", MALFORMED),
        ROW("DELETE with a body", "DELETE / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na", MALFORMED),
        ROW("GET with a chunked body", GET("Transfer-Encoding: chunked\r\n") "0\r\n\r\n", MALFORMED),
        ROW("over the limit", POST("Content-Length: 1001\r\n", ""), LARGE),
    };
    (void)state;
    ASSERT_ROWS(rows);
}

static void test_refuses_doubtful_codings(void **state)
{
    static const struct row rows[] = {
        ROW("gzip", POST("Transfer-Encoding: gzip\r\n", ""), CODING),
        ROW("gzip, chunked", POST("Transfer-Encoding: gzip, chunked\r\n", ""), CODING),
        ROW("chunked, identity", POST("Transfer-Encoding: chunked, identity\r\n", ""), CODING),
        ROW("xchunked", POST("Transfer-Encoding: xchunked\r\n", ""), CODING),
        ROW("chunked twice in a list", POST("Transfer-Encoding: chunked, chunked\r\n", ""), MALFORMED),
        ROW("chunked in two fields",
            POST("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), MALFORMED),
        ROW("Chunked", POST("Transfer-Encoding: Chunked\r\n", "0\r\n\r\n"), MALFORMED),
        ROW("with a parameter", POST("Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n"), MALFORMED),
        ROW("quoted", POST("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"), MALFORMED),
        ROW("empty", POST("Transfer-Encoding:\r\n", ""), MALFORMED),
        ROW("vertical tab",
            POST("Transfer-Encoding: \x0b"
                 "chunked\r\n",
                 "0\r\n\r\n"),
            MALFORMED),
        ROW("with a length", POST("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
            MALFORMED),
        ROW("with a length behind", POST("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
            MALFORMED),
        ROW("on HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            MALFORMED),
    };
    (void)state;
    ASSERT_ROWS(rows);
}

static void test_refuses_doubtful_chunks(void **state)
{
    static const struct row rows[] = {
        ROW("hexadecimal mark", CHUNKED("0x5\r\nhello\r\n0\r\n\r\n"), MALFORMED),
        ROW("plus", CHUNKED("+5\r\nhello\r\n0\r\n\r\n"), MALFORMED),
        ROW("minus", CHUNKED("-5\r\nhello\r\n0\r\n\r\n"), MALFORMED),
        ROW("empty size", CHUNKED("\r\nhello\r\n0\r\n\r\n"), MALFORMED),
        ROW("extension without size", CHUNKED(";a=b\r\nhello\r\n0\r\n\r\n"), MALFORMED),
        ROW("space before", CHUNKED(" 5\r\nhello\r\n0\r\n\r\n"), MALFORMED),
        ROW("space behind", CHUNKED("5 \r\nhello\r\n0\r\n\r\n"), MALFORMED),
        ROW("not hexadecimal", CHUNKED("5g\r\nhello\r\n0\r\n\r\n"), MALFORMED),
        ROW("overflow", CHUNKED("10000000000000005\r\nhello\r\n0\r\n\r\n"), MALFORMED),
        ROW("overflow of 16 digits", CHUNKED("ffffffffffffffff\r\nhello\r\n0\r\n\r\n"), MALFORMED),
        ROW("data too long", CHUNKED("5\r\nhello!\r\n0\r\n\r\n"), MALFORMED),
        ROW("data too short", CHUNKED("5\r\nhell\r\n0\r\n\r\n"), MALFORMED),
        ROW("no CRLF after data", CHUNKED("5\r\nhello0\r\n\r\n"), MALFORMED),
        ROW("control in an extension", CHUNKED("5;a=\x01\r\nhello\r\n0\r\n\r\n"), MALFORMED),
        ROW("malformed trailer", CHUNKED("0\r\nA : b\r\n\r\n"), MALFORMED),
        ROW("folded trailer", CHUNKED("0\r\nA: b\r\n c\r\n\r\n"), MALFORMED),
        ROW("one chunk over the limit", CHUNKED("3e9\r\n"), LARGE),
        ROW("two chunks over the limit", CHUNKED("1\r\na\r\n3e8\r\n"), "[a]\n" LARGE),
    };
    (void)state;
    ASSERT_ROWS(rows);
}

static void test_refuses_doubtful_hosts(void **state)
{
    static const struct row rows[] = {
        ROW("none", "GET / HTTP/1.1\r\n\r\n", MALFORMED),
        ROW("two", GET("Host: a\r\n"), MALFORMED),
        ROW("two on HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", MALFORMED),
        ROW("space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", MALFORMED),
        ROW("user", "GET / HTTP/1.1\r\nHost: user@a\r\n\r\n", MALFORMED),
        ROW("user and password", "GET / HTTP/1.1\r\nHost: user:pass@a\r\n\r\n", MALFORMED),
        ROW("empty", "GET / HTTP/1.1\r\nHost:\r\n\r\n", MALFORMED),
        ROW("list", "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", MALFORMED),
        ROW("path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", MALFORMED),
        ROW("port in letters", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", MALFORMED),
        ROW("port too high", "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", MALFORMED),
        ROW("port absent", "GET / HTTP/1.1\r\nHost: a:\r\n\r\n", MALFORMED),
        ROW("port alone", "GET / HTTP/1.1\r\nHost: :80\r\n\r\n", MALFORMED),
        ROW("open bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", MALFORMED),
        ROW("empty brackets", "GET / HTTP/1.1\r\nHost: []\r\n\r\n", MALFORMED),
        ROW("name in brackets", "GET / HTTP/1.1\r\nHost: [host]\r\n\r\n", MALFORMED),
    };
    (void)state;
    ASSERT_ROWS(rows);
}

static void test_refuses_doubtful_targets(void **state)
{
    static const struct row rows[] = {
        ROW("absolute form", TARGET("http://a/"), MALFORMED),
        ROW("authority form", TARGET("a:80"), MALFORMED),
        ROW("asterisk form", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", MALFORMED),
        ROW("relative", TARGET("a"), MALFORMED),
        ROW("empty", TARGET(""), MALFORMED),
        ROW("space", TARGET("/a b"), MALFORMED),
        ROW("two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", MALFORMED),
        ROW("tab", TARGET("/\ta"), MALFORMED),
        ROW("fragment", TARGET("/a#b"), MALFORMED),
        ROW("non-ASCII", TARGET("/caf\xc3\xa9"), MALFORMED),
        ROW("non-ASCII query", TARGET("/?caf\xc3\xa9"), MALFORMED),
        ROW("backslash", TARGET("/a\\b"), MALFORMED),
        ROW("brace", TARGET("/{a}"), MALFORMED),
        ROW("NUL", TARGET("/a\0b"), MALFORMED),
        ROW("escaped NUL", TARGET("/admin%00/public"), MALFORMED),
        ROW("escaped NUL in the query", TARGET("/?a=%00"), MALFORMED),
        ROW("escaped slash", TARGET("/a%2Fb"), MALFORMED),
        ROW("escaped slash, lower case", TARGET("/a%2fb"), MALFORMED),
        ROW("escaped control", TARGET("/a%0d%0ab"), MALFORMED),
        ROW("escaped tab", TARGET("/a%09b"), MALFORMED),
        ROW("escaped delete", TARGET("/a%7Fb"), MALFORMED),
        ROW("escaped malformed UTF-8", TARGET("/a%ff"), MALFORMED),
        ROW("escaped overlong slash", TARGET("/a%c0%af"), MALFORMED),
        ROW("bad escape", TARGET("/a%zz"), MALFORMED),
        ROW("short escape", TARGET("/a%2"), MALFORMED),
        ROW("lone percent", TARGET("/a%"), MALFORMED),
        ROW("signed escape", TARGET("/a%+1"), MALFORMED),
        ROW("bad escape in the query", TARGET("/?a=%g0"), MALFORMED),
        ROW("short escape in the query", TARGET("/?a=%4"), MALFORMED),
        ROW("parent", TARGET("/a/../b"), MALFORMED),
        ROW("parent at the end", TARGET("/a/.."), MALFORMED),
        ROW("parent, escaped", TARGET("/a/%2e%2E/b"), MALFORMED),
        ROW("parent, half escaped", TARGET("/a/.%2e"), MALFORMED),
        ROW("this segment", TARGET("/a/./b"), MALFORMED),
    };
    (void)state;
    ASSERT_ROWS(rows);
}

static void test_refuses_versions_and_methods(void **state)
{
    static const struct row rows[] = {
        ROW("HTTP/1.9", "GET / HTTP/1.9\r\nHost: a\r\n\r\n", VERSION),
        ROW("HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", VERSION),
        ROW("HTTP/0.9 by name", "GET / HTTP/0.9\r\n\r\n", VERSION),
        ROW("HTTP/2.0 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", VERSION),
        ROW("HTTP/0.9", "GET /\r\n", MALFORMED),
        ROW("HTTP/1.10", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", MALFORMED),
        ROW("HTTP/1", "GET / HTTP/1\r\nHost: a\r\n\r\n", MALFORMED),
        ROW("http/1.1", "GET / http/1.1\r\nHost: a\r\n\r\n", MALFORMED),
        ROW("space after the version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", MALFORMED),
        ROW("tab for a space", "GET\t/\tHTTP/1.1\r\nHost: a\r\n\r\n", MALFORMED),
        ROW("space first", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", MALFORMED),
        ROW("TLS hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", MALFORMED),
        ROW("unknown method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", METHOD),
        ROW("method in lower case", "get / HTTP/1.1\r\nHost: a\r\n\r\n", METHOD),
        ROW("CONNECT", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", METHOD),
        ROW("TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", METHOD),
        ROW("method that is no token", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", MALFORMED),
        ROW("other expectation", POST("Content-Length: 1\r\nExpect: tea\r\n", "a"), EXPECTATION),
        ROW("expectation in a list", POST("Content-Length: 1\r\nExpect: 100-continue, tea\r\n", "a"),
            EXPECTATION),
        ROW("a second expectation", POST("Content-Length: 1\r\nExpect: tea\r\nExpect: 100-continue\r\n", "a"),
            EXPECTATION),
    };
    (void)state;
    ASSERT_ROWS(rows);
}

static void test_accepts_good_requests(void **state)
{
    static const struct row rows[] = {
        ROW("simplest", GET(""), "GET / 1.1 length=0\n  Host=a\ndone\n"),
        ROW("an empty line before", "\r\n" GET(""), "GET / 1.1 length=0\n  Host=a\ndone\n"),
        ROW("HTTP/1.0 closes", "GET /a HTTP/1.0\r\n\r\n", "GET /a 1.0 length=0 close\ndone\n"),
        ROW("HTTP/1.0 kept alive", "GET /a HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
            "GET /a 1.0 length=0\n  Connection=Keep-Alive\ndone\n"),
        ROW("HTTP/1.1 closes", GET("Connection: x, Close\r\n"),
            "GET / 1.1 length=0 close\n  Host=a\n  Connection=x, Close\ndone\n"),
        ROW("close wins", "GET /a HTTP/1.0\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n",
            "GET /a 1.0 length=0 close\n  Connection=keep-alive\n  Connection=close\ndone\n"),
        ROW("query", TARGET("/a?b=c&d=%2F%41"), "GET /a ?b=c&d=%2F%41 1.1 length=0\n  Host=a\ndone\n"),
        ROW("empty query", TARGET("/a?"), "GET /a ? 1.1 length=0\n  Host=a\ndone\n"),
        ROW("question in the query", TARGET("/a?b?c"), "GET /a ?b?c 1.1 length=0\n  Host=a\ndone\n"),
        ROW("escaped path", TARGET("/caf%C3%A9/%41?%42"),
            "GET /caf\xc3\xa9/A ?%42 1.1 length=0\n  Host=a\ndone\n"),
        ROW("dots in a segment", TARGET("/a..b/...//.c"), "GET /a..b/...//.c 1.1 length=0\n  Host=a\ndone\n"),
        ROW("host with port", "GET / HTTP/1.1\r\nHost: a.example:8443\r\n\r\n",
            "GET / 1.1 length=0\n  Host=a.example:8443\ndone\n"),
        ROW("IPv6 host with port", "GET / HTTP/1.1\r\nHost: [::1]:8443\r\n\r\n",
            "GET / 1.1 length=0\n  Host=[::1]:8443\ndone\n"),
        ROW("IPv6 host with IPv4", "GET / HTTP/1.1\r\nHost: [::ffff:127.0.0.1]\r\n\r\n",
            "GET / 1.1 length=0\n  Host=[::ffff:127.0.0.1]\ndone\n"),
        ROW("spaces around a value", GET("A: \t b  c \t\r\nB:\r\n"),
            "GET / 1.1 length=0\n  Host=a\n  A=b  c\n  B=\ndone\n"),
        ROW("obs-text in a value", GET("A: \xe9\r\n"), "GET / 1.1 length=0\n  Host=a\n  A=\xe9\ndone\n"),
        ROW("GET with length 0", GET("Content-Length: 0\r\n"),
            "GET / 1.1 length=0\n  Host=a\n  Content-Length=0\ndone\n"),
        ROW("POST without a body", POST("", ""), "POST / 1.1 length=0\n  Host=a\ndone\n"),
        ROW("POST", POST("Content-Length: 5\r\n", "hello"),
            "POST / 1.1 length=5 body\n  Host=a\n  Content-Length=5\n[hello]\ndone\n"),
        ROW("POST with any bytes", POST("Content-Length: 4\r\n", "\0\r\n\xff"), "\n[\0\r\n\xff]\ndone\n"),
        ROW("POST, unfinished", POST("Content-Length: 5\r\n", "hell"), "\n[hellmore\n"),
        ROW("expects", POST("Content-Length: 1\r\nExpect: 100-Continue\r\n", "a"),
            "POST / 1.1 length=1 body expects\n  Host=a\n  Content-Length=1\n  "
            "Expect=100-Continue\n[a]\ndone\n"),
        ROW("expects without a body", GET("Expect: 100-continue\r\n"),
            "GET / 1.1 length=0\n  Host=a\n  Expect=100-continue\ndone\n"),
        ROW("expects on HTTP/1.0", "POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\na",
            "POST / 1.0 length=1 body close\n  Content-Length=1\n  Expect=100-continue\n[a]\ndone\n"),
        ROW("unfinished head", "GET / HTTP/1.1\r\nHost", "more\n"),
        ROW("only an empty line", "\r\n", ""),
    };
    (void)state;
    ASSERT_ROWS(rows);
}

static void test_accepts_chunks_and_pipelines(void **state)
{
    static const struct row rows[] = {
        ROW("chunked", CHUNKED("5\r\nhello\r\n0\r\n\r\n"),
            "POST / 1.1 length=0 body chunked\n  Host=a\n  Transfer-Encoding=chunked\n[hello]\ndone\n"),
        ROW("several chunks", CHUNKED("5\r\nhello\r\n0006\r\n\r\nyou!\r\n00\r\n\r\n"),
            "[hello\r\nyou!]\ndone\n"),
        ROW("hexadecimal in both cases", CHUNKED("a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n"),
            "[01234567890123456789]\ndone\n"),
        ROW("empty", CHUNKED("0\r\n\r\n"), "  Transfer-Encoding=chunked\ndone\n"),
        ROW("extension ignored", CHUNKED("5;a=b;c=\"0\"\r\nhello\r\n0;d\r\n\r\n"), "[hello]\ndone\n"),
        ROW("trailers ignored", CHUNKED("0\r\nContent-Length: 5\r\nHost: b\r\n\r\n"),
            "POST / 1.1 length=0 body chunked\n  Host=a\n  Transfer-Encoding=chunked\ndone\n"),
        ROW("exactly the limit", CHUNKED("1\r\na\r\n00\r\n\r\n"), "[a]\ndone\n"),
        ROW("two requests", GET("") TARGET("/b"),
            "GET / 1.1 length=0\n  Host=a\ndone\nGET /b 1.1 length=0\n  Host=a\ndone\n"),
        ROW("after a body", POST("Content-Length: 1\r\n", "a") TARGET("/b"),
            "[a]\ndone\nGET /b 1.1 length=0\n  Host=a\ndone\n"),
        ROW("after a chunked body", CHUNKED("1\r\na\r\n0\r\nA: b\r\n\r\n") TARGET("/b"),
            "[a]\ndone\nGET /b 1.1 length=0\n  Host=a\ndone\n"),
        ROW("good, then bad", GET("") "BAD\r\n", "done\n" MALFORMED),
    };
    (void)state;
    ASSERT_ROWS(rows);
}

/* `before`, `count` times `filling`, `after`. */
static struct slice filled(struct arena *arena, const char *before, const char *filling, size_t count,
                           const char *after)
{
    size_t n = strlen(filling), at = strlen(before);
    char *text = arena_alloc(arena, at + count * n + strlen(after) + 1);
    memcpy(text, before, at);
    for (size_t i = 0; i < count; i++, at += n)
        memcpy(text + at, filling, n);
    memcpy(text + at, after, strlen(after));
    return slice_make(text, at + strlen(after));
}

static void test_keeps_limits(void **state)
{
    static const struct {
        const char *name, *before, *filling, *after, *want;
        size_t count;
    } rows[] = {
        {"longest target", "GET /", "a", " HTTP/1.1\r\nHost: a\r\n\r\n", "done\n", HTTP_TARGET_MAX - 1},
        {"target too long", "GET /", "a", " HTTP/1.1\r\nHost: a\r\n\r\n", "refused target-too-long\n",
         HTTP_TARGET_MAX},
        {"endless target", "GET /", "a", "", "refused target-too-long\n", 4000},
        {"endless method", "", "A", "", "refused target-too-long\n", 4000},
        {"most fields", "GET / HTTP/1.1\r\nHost: a\r\n", "A: b\r\n", "\r\n", "done\n", HTTP_FIELDS - 1},
        {"too many fields", "GET / HTTP/1.1\r\nHost: a\r\n", "A: b\r\n", "\r\n", "refused head-too-large\n",
         HTTP_FIELDS},
        /* 16 + 9 + 3 + n + 2 + 2 bytes */
        {"largest head", "GET / HTTP/1.1\r\nHost: a\r\nA: ", "a", "\r\n\r\n", "done\n", HTTP_HEAD_MAX - 32},
        {"head too large", "GET / HTTP/1.1\r\nHost: a\r\nA: ", "a", "\r\n\r\n", "refused head-too-large\n",
         HTTP_HEAD_MAX - 31},
        {"endless field", "GET / HTTP/1.1\r\nHost: a\r\nA: ", "a", "", "refused head-too-large\n",
         HTTP_HEAD_MAX},
        {"largest body", POST("Content-Length: 1000\r\n", ""), "a", "", "done\n", BODY_LIMIT},
        {"largest chunk", CHUNKED("3e8\r\n"), "a", "\r\n0\r\n\r\n", "done\n", BODY_LIMIT},
        {"too many small chunks", CHUNKED(""), "1\r\na\r\n", "0\r\n\r\n", LARGE, BODY_LIMIT + 1},
        {"endless extension", CHUNKED("1;"), "a", "", MALFORMED, 2000},
        {"too many extensions", CHUNKED(""), "1;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\na\r\n",
         "0\r\n\r\n", LARGE, 500},
        {"too many trailers", CHUNKED("0\r\n"), "A: b\r\n", "\r\n", "refused head-too-large\n",
         HTTP_FIELDS + 1},
        {"endless trailer", CHUNKED("0\r\nA:"), "b", "", "refused head-too-large\n", HTTP_HEAD_MAX},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *arena = arena_new(0);
        struct slice raw = filled(arena, rows[i].before, rows[i].filling, rows[i].count, rows[i].after);
        assert_transcript(rows[i].name, raw, slice_of(rows[i].want));
        arena_free(&arena);
    }
}

/* An attacker chooses how heads are cut; the arena must not grow with that. */
static void test_memory_is_bounded(void **state)
{
    (void)state;
    struct arena *scratch = arena_new(0), *arena = arena_new(0);
    struct slice raw = filled(scratch, "GET / HTTP/1.1\r\nHost: a\r\nA: ", "a", HTTP_HEAD_MAX, ""), piece;
    struct http_parser *parser = http_parser_new(arena);
    enum err_code refusal;
    enum http_event event = HTTP_NEED_MORE;
    for (size_t i = 0; i < raw.len && event == HTTP_NEED_MORE; i++) {
        struct slice byte = slice_make(raw.ptr + i, 1);
        event = http_parser_feed(parser, &byte, &piece, &refusal);
    }
    assert_int_equal(event, HTTP_REFUSED);
    assert_int_equal(refusal, ERR_HEAD_TOO_LARGE);
    assert_true(arena_size(arena) < 5 * HTTP_HEAD_MAX);
    arena_free(&arena);
    arena_free(&scratch);
}

/* Without http_parser_limit() no body byte is taken, and a refusal stays a refusal. */
static void test_takes_no_body_unasked(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    struct http_parser *parser = http_parser_new(arena);
    struct slice input = slice_of(POST("Content-Length: 1\r\n", "a")), piece;
    enum err_code refusal;
    assert_int_equal(http_parser_feed(parser, &input, &piece, &refusal), HTTP_HEAD_DONE);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(http_parser_feed(parser, &input, &piece, &refusal), HTTP_REFUSED);
        assert_int_equal(refusal, ERR_TOO_LARGE);
        assert_int_equal(input.len, 1);
    }
    arena_free(&arena);
}

static void test_finds_fields(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    struct http_parser *parser = http_parser_new(arena);
    struct slice input = slice_of(GET("If-Match: \"3\"\r\nif-match: \"4\"\r\nEmpty:\r\n")), piece;
    enum err_code refusal;
    assert_int_equal(http_parser_feed(parser, &input, &piece, &refusal), HTTP_HEAD_DONE);
    const struct http_head *head = http_parser_head(parser);
    assert_true(slice_is(http_field(head, "IF-MATCH"), "\"3\""));
    assert_true(slice_is(http_field(head, "empty"), ""));
    assert_null(http_field(head, "If-Matc").ptr);
    assert_true(slice_is(head->target, "/"));
    arena_free(&arena);
}

static void test_unescapes(void **state)
{
    static const struct {
        const char *text, *want; /* NULL: refused */
    } rows[] = {
        {"", ""},      {"a+b", "a+b"}, {"%41b%2F", "Ab/"}, {"caf%c3%A9", "caf\xc3\xa9"}, {"%00", NULL},
        {"a%0", NULL}, {"a%xy", NULL}, {"%ff", NULL},      {"%ed%a0%80", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char out[32];
        struct slice decoded = SLICE_NONE;
        bool good = http_unescape(slice_of(rows[i].text), out, &decoded);
        assert_int_equal(good, rows[i].want != NULL);
        if (good)
            assert_true(slice_is(decoded, rows[i].want));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refuses_malformed_fields),
        cmocka_unit_test(test_refuses_bare_line_ends),
        cmocka_unit_test(test_refuses_doubtful_lengths),
        cmocka_unit_test(test_refuses_doubtful_codings),
        cmocka_unit_test(test_refuses_doubtful_chunks),
        cmocka_unit_test(test_refuses_doubtful_hosts),
        cmocka_unit_test(test_refuses_doubtful_targets),
        cmocka_unit_test(test_refuses_versions_and_methods),
        cmocka_unit_test(test_accepts_good_requests),
        cmocka_unit_test(test_accepts_chunks_and_pipelines),
        cmocka_unit_test(test_keeps_limits),
        cmocka_unit_test(test_memory_is_bounded),
        cmocka_unit_test(test_takes_no_body_unasked),
        cmocka_unit_test(test_finds_fields),
        cmocka_unit_test(test_unescapes),
    };
    return cmocka_run_group_tests_name("parser", tests, NULL, NULL);
}
