#include "file_kinds.h"

#include <string.h>
#include <strings.h>

static const struct {
    const char *end, *type, *parameters;
} kinds[] = {{".pdf", "application/pdf", ""},
             {".png", "image/png", ""},
             {".jpg", "image/jpeg", ""},
             {".jpeg", "image/jpeg", ""},
             {".txt", "text/plain", "text/plain; charset=utf-8"},
             {".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ""},
             {".odt", "application/vnd.oasis.opendocument.text", ""}};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

const char *file_kind_type(const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < KINDS; i++) {
        size_t m = strlen(kinds[i].end);
        if (n > m && strcasecmp(name + n - m, kinds[i].end) == 0)
            return *kinds[i].parameters ? kinds[i].parameters : kinds[i].type;
    }
    return NULL;
}

const char *file_kind_word(const char *type)
{
    for (size_t i = 0; i < KINDS; i++)
        if (strcmp(type, kinds[i].type) == 0)
            return kinds[i].end + 1;
    return type;
}
