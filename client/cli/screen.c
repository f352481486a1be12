#include "screen.h"

#include <langinfo.h>
#include <stdlib.h>
#include <unistd.h>

enum { LABEL_WIDTH = 13, WRAP = 96 };

struct screen screen_of(FILE *file, struct arena *arena, enum language language, moment now)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    bool plain = (no_color && *no_color) || !term || strcmp(term, "dumb") == 0;
    return (struct screen){.file = file,
                           .arena = arena,
                           .language = language,
                           .colour = !plain && isatty(fileno(file)),
                           .utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
                           .now = now};
}

static const struct {
    char mark;
    const char *sequence;
} styles[] = {{'b', "\033[1m"}, {'w', "\033[1;31m"}, {'g', "\033[32m"}, {'d', "\033[2m"}, {'/', "\033[0m"}};

static const char *style_of(char mark)
{
    for (size_t i = 0; i < sizeof styles / sizeof styles[0]; i++)
        if (styles[i].mark == mark)
            return styles[i].sequence;
    return "";
}

/* Length of the first UTF-8 sequence, 0 when it is none; *point becomes its code point. */
static size_t first_point(const char *text, uint32_t *point)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t n = p[0] < 0x80 ? 1 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    if (strnlen(text, n) < n || !slice_is_utf8(slice_make(text, n)))
        return 0;
    *point = n == 1 ? p[0] : (uint32_t)(p[0] & (0x7F >> n));
    for (size_t i = 1; i < n; i++)
        *point = *point << 6 | (p[i] & 0x3F);
    return n;
}

/* Code points that move the cursor, hide text, or turn its direction. */
static bool is_harmful(uint32_t point)
{
    bool is_control = point < 0x20 || (point >= 0x7F && point < 0xA0);
    bool is_separator = point == 0x2028 || point == 0x2029;
    bool is_tag = point >= 0xE0000 && point <= 0xE0FFF;
    return is_control || is_separator || is_tag || utf8_point_hides(point);
}

static void put_harmless(FILE *file, const char *value)
{
    for (const char *p = value; *p;) {
        uint32_t point = 0;
        size_t n = first_point(p, &point);
        if (*p == '\n' || *p == '\t' || *p == '\r')
            fputc(' ', file);
        else if (n == 0 || is_harmful(point))
            fputc('?', file);
        else
            fwrite(p, 1, n, file);
        p += n ? n : 1;
    }
}

static const char *value_of(const char *const *values, char digit)
{
    for (char i = '1'; values && *values; values++, i++)
        if (i == digit)
            return *values;
    return "";
}

static void fill(FILE *file, const char *template, const char *const *values, bool colour)
{
    for (const char *p = template; *p; p++) {
        bool token = p[0] == '{' && p[1] && p[2] == '}';
        if (!token) {
            fputc(*p, file);
            continue;
        }
        if (p[1] >= '1' && p[1] <= '9')
            put_harmless(file, value_of(values, p[1]));
        else if (colour)
            fputs(style_of(p[1]), file);
        p += 2;
    }
}

void screen_put(const struct screen *screen, enum text text, const char *const *values)
{
    fill(screen->file, text_template(screen->language, text), values, screen->colour);
}

void screen_say(const struct screen *screen, enum text text, const char *const *values)
{
    screen_put(screen, text, values);
    screen_newline(screen);
}

void screen_newline(const struct screen *screen)
{
    fputc('\n', screen->file);
}

static const char *written(struct arena *arena, FILE *file, char **bytes, const size_t *length)
{
    fclose(file);
    const char *copy = arena_text(arena, slice_make(*bytes, *length));
    xfree(*bytes);
    return copy;
}

static FILE *memory(char **bytes, size_t *length)
{
    FILE *file = open_memstream(bytes, length);
    if (!file)
        abort();
    return file;
}

const char *screen_text(const struct screen *screen, enum text text, const char *const *values)
{
    char *bytes;
    size_t length;
    FILE *file = memory(&bytes, &length);
    fill(file, text_template(screen->language, text), values, false);
    return written(screen->arena, file, &bytes, &length);
}

const char *text_harmless(struct arena *arena, const char *value)
{
    char *bytes;
    size_t length;
    FILE *file = memory(&bytes, &length);
    put_harmless(file, value);
    return written(arena, file, &bytes, &length);
}

const char *text_padding(struct arena *arena, const char *text, size_t width)
{
    size_t used = slice_utf8_length(slice_of(text));
    return arena_printf(arena, "%*s", used < width ? (int)(width - used) : 0, "");
}

void screen_label(const struct screen *screen, enum text label)
{
    const char *text = text_template(screen->language, label);
    size_t used = slice_utf8_length(slice_of(text));
    fprintf(screen->file, "  %s%*s", text, used < LABEL_WIDTH ? (int)(LABEL_WIDTH - used) : 1, "");
}

void screen_field(const struct screen *screen, enum text label, const char *value)
{
    if (!*value)
        return;
    screen_label(screen, label);
    screen_block(screen, LABEL_WIDTH + 2, false, value);
}

/* How much of `line` fits in `width` columns, broken at a space where there is one. */
static size_t fitting(struct slice line, size_t width)
{
    size_t columns = 0, at_space = 0, i = 0;
    for (; i < line.len; i++) {
        if (((unsigned char)line.ptr[i] & 0xC0) == 0x80)
            continue;
        if (line.ptr[i] == ' ')
            at_space = i;
        if (columns++ == width)
            return at_space ? at_space : i;
    }
    return line.len;
}

static void block_line(const struct screen *screen, size_t indent, bool *first, struct slice line)
{
    const char *rest = text_harmless(screen->arena, arena_text(screen->arena, line));
    do {
        size_t n = fitting(slice_make(rest, strlen(rest)), WRAP - indent);
        fprintf(screen->file, "%*s%.*s\n", *first ? (int)indent : 0, "", (int)n, rest);
        *first = true;
        for (rest += n; *rest == ' ';)
            rest++;
    } while (*rest);
}

void screen_block(const struct screen *screen, size_t indent, bool first, const char *text)
{
    for (struct slice rest = slice_of(text); rest.ptr;)
        block_line(screen, indent, &first, slice_cut(&rest, '\n'));
}

const char *screen_count(const struct screen *screen, int64_t number, enum text one, enum text many)
{
    return screen_text(screen, number == 1 ? one : many,
                       VALUES(arena_printf(screen->arena, "%lld", (long long)number)));
}
