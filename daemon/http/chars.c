#include "chars.h"

#define NAME (CHAR_TEXT | CHAR_TOKEN | CHAR_TARGET | CHAR_HOST)
#define MARK (CHAR_TEXT | CHAR_TOKEN | CHAR_TARGET)
#define PATH (CHAR_TEXT | CHAR_TARGET)
#define WORD (CHAR_TEXT | CHAR_TOKEN)

const unsigned char http_chars[256] = {
    ['\t'] = CHAR_TEXT,
    [' '] = CHAR_TEXT,
    ['!'] = MARK,
    ['"'] = CHAR_TEXT,
    ['#'] = WORD,
    ['$' ... '\''] = MARK, /* $ % & ' */
    ['(' ... ')'] = PATH,
    ['*' ... '+'] = MARK,
    [','] = PATH,
    ['-' ... '.'] = NAME,
    ['/'] = PATH,
    ['0' ... '9'] = NAME,
    [':' ... ';'] = PATH,
    ['<'] = CHAR_TEXT,
    ['='] = PATH,
    ['>'] = CHAR_TEXT,
    ['?' ... '@'] = PATH,
    ['A' ... 'Z'] = NAME,
    ['[' ... ']'] = CHAR_TEXT, /* [ \ ] */
    ['^'] = WORD,
    ['_'] = NAME,
    ['`'] = WORD,
    ['a' ... 'z'] = NAME,
    ['{'] = CHAR_TEXT,
    ['|'] = WORD,
    ['}'] = CHAR_TEXT,
    ['~'] = NAME,
    [0x80 ... 0xff] = CHAR_TEXT,
};

bool chars_are(struct slice text, enum http_char kind)
{
    for (size_t i = 0; i < text.len; i++)
        if (!char_is(text.ptr[i], kind))
            return false;
    return text.len > 0;
}

int char_hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
