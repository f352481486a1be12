#include "json_fact.h"

#include "question.h"

void out_text_or_null(struct json_out *out, const char *name, struct slice text)
{
    if (text.ptr)
        out_text(out, name, text);
    else
        out_null(out, name);
}

void out_fact(struct json_out *out, const char *name, const struct fact *fact)
{
    switch (fact->kind) {
    case FACT_WORD:
        out_text(out, name, fact->word);
        return;
    case FACT_WORDS:
        out_open(out, name, '[');
        for (uint32_t i = 0; i < fact->count; i++)
            out_text(out, NULL, fact->words[i]);
        out_close(out, ']');
        return;
    case FACT_NUMBER:
        out_integer(out, name, key_integer(fact->key));
        return;
    case FACT_BOOLEAN:
        out_bool(out, name, fact->boolean);
        return;
    default:
        out_null(out, name);
    }
}
