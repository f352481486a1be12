#include "file_kinds.h"
#include "render.h"

void render_unread(const struct screen *screen, const json_t *step)
{
    if (document_number(step, "unread", 0) <= 0)
        return;
    screen_label(screen, LABEL_MESSAGES);
    screen_say(screen, SAY_STEP_UNREAD,
               VALUES(render_number(screen, step, "unread"), document_text(step, "id")));
}

void render_unread_line(const struct screen *screen, const json_t *step, const char *below)
{
    if (document_number(step, "unread", 0) > 0)
        screen_say(screen, SAY_STEP_UNREAD_BELOW,
                   VALUES(below, render_number(screen, step, "unread"), document_text(step, "id")));
}

static const char *when_of(const struct screen *screen, const json_t *document)
{
    moment at;
    return document_moment(document, "at", &at) ? text_when(screen->arena, screen->language, at, screen->now)
                                                : "";
}

static const char *who_of(const struct screen *screen, const json_t *document)
{
    return arena_printf(screen->arena, "%s (%s)", document_text(document, "by.name"),
                        document_text(document, "by.organisation.name"));
}

static void put_message(const struct screen *screen, const json_t *message)
{
    const json_t *readers = document_list(message, "readBy");
    const char *names = "";
    for (size_t i = 0; i < json_array_size(readers); i++)
        names = arena_printf(screen->arena, "%s%s%s", names, i ? ", " : "",
                             document_text(json_array_get(readers, i), "name"));
    screen_newline(screen);
    screen_say(screen, SAY_MESSAGE,
               VALUES(render_number(screen, message, "number"), who_of(screen, message),
                      when_of(screen, message),
                      document_true(message, "unread") ? screen_text(screen, SAY_MESSAGE_NEW, NULL) : ""));
    if (document_at(message, "text"))
        screen_block(screen, 2, true, document_text(message, "text"));
    else
        screen_say(screen, SAY_MESSAGE_HIDDEN, NULL);
    if (*names)
        screen_say(screen, SAY_MESSAGE_READ, VALUES(names));
}

void render_messages(const struct screen *screen, const json_t *items)
{
    if (json_array_size(items) == 0) {
        screen_say(screen, SAY_MESSAGES_EMPTY, NULL);
        return;
    }
    screen_say(screen, SAY_MESSAGES_HEAD, VALUES(arena_printf(screen->arena, "%zu", json_array_size(items))));
    for (size_t i = 0; i < json_array_size(items); i++)
        put_message(screen, json_array_get(items, i));
}

static const char *size_of(const struct screen *screen, const json_t *file)
{
    int64_t size = document_number(file, "size", 0);
    return size < 10000 ? arena_printf(screen->arena, "%lld bytes", (long long)size)
                        : arena_printf(screen->arena, "%lld kB", (long long)size / 1000);
}

void render_attachments(const struct screen *screen, const json_t *document)
{
    const json_t *files = document_list(document, "items");
    if (json_array_size(files) == 0) {
        screen_say(screen, SAY_ATTACHMENTS_EMPTY, NULL);
        return;
    }
    screen_say(screen, SAY_ATTACHMENTS_HEAD,
               VALUES(arena_printf(screen->arena, "%zu", json_array_size(files))));
    for (size_t i = 0; i < json_array_size(files); i++) {
        const json_t *file = json_array_get(files, i);
        const char *name =
            document_at(file, "name")
                ? document_text(file, "name")
                : screen_text(screen,
                              document_true(file, "erased") ? SAY_ATTACHMENT_GONE : SAY_NOT_SHARED_WITH_YOU,
                              NULL);
        screen_say(screen, SAY_ATTACHMENT,
                   VALUES(render_number(screen, file, "number"), name,
                          file_kind_word(document_text(file, "mediaType")), size_of(screen, file),
                          who_of(screen, file), when_of(screen, file)));
    }
}
