#include "json_in.h"

static void refuse(struct slice json, size_t offset, const char *what, struct err *err)
{
    size_t line = 1, start = 0;
    for (size_t i = 0; i < offset; i++)
        if (json.ptr[i] == '\n') {
            line++;
            start = i + 1;
        }
    size_t column = slice_utf8_length(slice_make(json.ptr + start, offset - start)) + 1;
    err_set(err, ERR_MALFORMED_JSON, "line %zu, column %zu: %s", line, column, what);
}

/* Where the first sequence starts that is not UTF-8. */
static size_t utf8_error(struct slice json)
{
    size_t at = 0;
    while (at < json.len) {
        unsigned char lead = (unsigned char)json.ptr[at];
        size_t n = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        if (n > json.len - at || !slice_is_utf8(slice_make(json.ptr + at, n)))
            break;
        at += n;
    }
    return at;
}

static const char *control_error(char c, bool in_string)
{
    if (c == '\0')
        return "a NUL byte";
    if (in_string)
        return "a control character in a string; write it as \\n, \\t or \\u00xx";
    return c == '\t' || c == '\n' || c == '\r' ? NULL : "a control character";
}

/* What can be told without a grammar: control characters, the depth, which bounds the parser's recursion, and
 * the number of values, which bounds its memory. */
static const char *scan(struct slice json, size_t *at)
{
    bool in_string = false;
    unsigned depth = 0;
    size_t values = 0;
    for (size_t i = 0; i < json.len; i++) {
        char c = json.ptr[i];
        *at = i;
        if ((unsigned char)c < 0x20 && control_error(c, in_string))
            return control_error(c, in_string);
        if (c == '"')
            in_string = !in_string;
        else if (in_string)
            i += c == '\\' && i + 1 < json.len && (unsigned char)json.ptr[i + 1] >= 0x20;
        else if ((c == ',' || c == '[' || c == '{') && ++values > JSON_VALUES)
            return "too many values; at most 3,000,000 are taken";
        else if ((c == '[' || c == '{') && ++depth > JSON_DEPTH)
            return "nested too deep; at most 8 levels are taken";
        else if ((c == ']' || c == '}') && depth > 0)
            depth--;
    }
    return NULL;
}

static const char *words_for(enum json_error_code code)
{
    static const struct {
        enum json_error_code code;
        const char *words;
    } table[] = {
        {json_error_premature_end_of_input, "the document ends too early"},
        {json_error_end_of_input_expected, "something follows the document"},
        {json_error_null_character, "\\u0000 is not taken"},
        {json_error_null_byte_in_key, "\\u0000 is not taken"},
        {json_error_duplicate_key, "a name occurs twice in one object"},
        {json_error_numeric_overflow, "a number is too large"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].code == code)
            return table[i].words;
    return "not JSON";
}

json_t *json_in_read(struct slice json, struct err *err)
{
    size_t at = 0;
    const char *wrong = NULL;
    if (json.len == 0)
        wrong = "the body is empty";
    else if (slice_starts(json, "\xEF\xBB\xBF"))
        wrong = "a byte order mark; plain UTF-8 is taken";
    else if (!slice_is_utf8(json)) {
        at = utf8_error(json);
        wrong = "not UTF-8";
    } else
        wrong = scan(json, &at);
    if (wrong) {
        refuse(json, at, wrong, err);
        return NULL;
    }

    json_error_t problem;
    json_t *root = json_loadb(json.ptr, json.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &problem);
    if (root && (size_t)problem.position == json.len)
        return root;
    if (root) {
        json_decref(root);
        refuse(json, (size_t)problem.position, "something follows the document", err);
    } else
        err_set(err, ERR_MALFORMED_JSON, "line %d, column %d: %s", problem.line,
                problem.column > 0 ? problem.column : 1, words_for(json_error_code(&problem)));
    return NULL;
}
