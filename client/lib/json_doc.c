#include "json_doc.h"

json_t *document_parse(struct slice text, struct err *err)
{
    json_error_t error;
    json_t *document = json_loadb(text.ptr ? text.ptr : "", text.len, JSON_REJECT_DUPLICATES, &error);
    if (!document)
        err_set(err, ERR_MALFORMED_JSON, "line %d, column %d: %s", error.line, error.column, error.text);
    return document;
}

const json_t *document_at(const json_t *document, const char *path)
{
    struct slice rest = slice_of(path);
    while (document && rest.ptr) {
        struct slice name = slice_cut(&rest, '.');
        document = json_object_getn(document, name.ptr, name.len);
    }
    return json_is_null(document) ? NULL : document;
}

const char *document_text(const json_t *document, const char *path)
{
    const char *text = json_string_value(document_at(document, path));
    return text ? text : "";
}

int64_t document_number(const json_t *document, const char *path, int64_t otherwise)
{
    const json_t *value = document_at(document, path);
    return json_is_integer(value) ? (int64_t)json_integer_value(value) : otherwise;
}

bool document_true(const json_t *document, const char *path)
{
    return json_is_true(document_at(document, path));
}

bool document_moment(const json_t *document, const char *path, moment *at)
{
    return moment_parse(slice_of(document_text(document, path)), at);
}

const json_t *document_list(const json_t *document, const char *path)
{
    const json_t *value = document_at(document, path);
    return json_is_array(value) ? value : NULL;
}
