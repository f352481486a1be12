/* Where an organisation hears outside Wijzer that there is something for it, and what became of what went
 * out. */
#include "program.h"
#include "render_rights.h"
#include "wire.h"

/* ---- as people read it ---- */

static const char *word(const struct screen *screen, const char *code)
{
    static const struct {
        const char *code;
        enum text text;
    } words[] = {{"notice", KIND_NOTICE},     {"step", KIND_STEP},          {"feedback", KIND_FEEDBACK},
                 {"question", KIND_QUESTION}, {"message", KIND_MESSAGE},    {"waiting", DELIVERY_WAITING},
                 {"sent", DELIVERY_SENT},     {"dropped", DELIVERY_DROPPED}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(code, words[i].code) == 0)
            return screen_text(screen, words[i].text, NULL);
    return code;
}

static const char *kinds_text(const struct screen *screen, const json_t *kinds)
{
    const char *text = "";
    for (size_t i = 0; i < json_array_size(kinds); i++)
        text = arena_printf(screen->arena, "%s%s%s", text, i ? ", " : "",
                            word(screen, json_string_value(json_array_get(kinds, i))));
    return text;
}

static void put_subscription(const struct screen *screen, const json_t *one)
{
    const char *address = document_text(one, "address");
    screen_put(screen, *address ? SAY_SUBSCRIPTION : SAY_SUBSCRIPTION_OTHERS,
               VALUES(document_text(one, "id"), document_text(one, "channel"),
                      *address ? address : document_text(one, "organisation.name"),
                      kinds_text(screen, document_at(one, "kinds"))));
    if (*address && document_true(one, "personal")) {
        screen_put(screen, SAY_SPACE, NULL);
        screen_put(screen, SAY_SUBSCRIPTION_PERSONAL, NULL);
    }
    screen_newline(screen);
}

void render_subscribed(const struct screen *screen, const json_t *one)
{
    screen_say(screen, SAY_SUBSCRIBED, VALUES(document_text(one, "id")));
    put_subscription(screen, one);
    if (document_at(one, "secret")) {
        screen_say(screen, SAY_SECRET, NULL);
        screen_say(screen, HELP_LINE, VALUES("", document_text(one, "secret")));
    }
}

static void put_head(const struct screen *screen, const json_t *items, bool more, enum text head,
                     enum text empty)
{
    const char *count = arena_printf(screen->arena, "%zu%s", json_array_size(items), more ? "+" : "");
    screen_say(screen, json_array_size(items) ? head : empty, VALUES(count));
}

void render_subscriptions(const struct screen *screen, const json_t *items, bool more)
{
    bool all = false; /* of others as well */
    for (size_t i = 0; i < json_array_size(items); i++)
        all = all || !document_at(json_array_get(items, i), "address");
    put_head(screen, items, more, all ? SAY_SUBSCRIPTIONS_ALL : SAY_SUBSCRIPTIONS_HEAD,
             SAY_SUBSCRIPTIONS_EMPTY);
    for (size_t i = 0; i < json_array_size(items); i++)
        put_subscription(screen, json_array_get(items, i));
}

static void render_unsubscribed(const struct screen *screen, const json_t *one)
{
    screen_say(screen, SAY_UNSUBSCRIBED, VALUES(document_text(one, "id")));
}

static bool put_delivery(const struct screen *screen, const json_t *one)
{
    const char *state = document_text(one, "state");
    bool is_dead = strcmp(state, "dead") == 0;
    screen_put(screen, SAY_DELIVERY,
               VALUES(document_text(one, "id"), render_short(screen, one, "at"),
                      word(screen, document_text(one, "kind")), document_text(one, "channel"),
                      document_text(one, "organisation.name"), is_dead ? "" : word(screen, state)));
    if (is_dead)
        screen_put(screen, DELIVERY_DEAD, NULL);
    if (*document_text(one, "error")) {
        screen_put(screen, SAY_SPACE, NULL);
        screen_put(screen, SAY_DELIVERY_ERROR, VALUES(document_text(one, "error")));
    }
    screen_newline(screen);
    return is_dead;
}

void render_deliveries(const struct screen *screen, const json_t *items, bool more)
{
    bool is_dead = false;
    put_head(screen, items, more, SAY_DELIVERIES_HEAD, SAY_DELIVERIES_EMPTY);
    for (size_t i = 0; i < json_array_size(items); i++)
        is_dead = put_delivery(screen, json_array_get(items, i)) || is_dead;
    if (is_dead)
        screen_say(screen, SAY_DELIVERY_DEAD, NULL);
    if (more)
        screen_say(screen, SAY_MORE, NULL);
}

static void render_dead(const struct screen *screen, const json_t *items, bool more)
{
    if (json_array_size(items) == 0)
        screen_say(screen, SAY_NONE_DEAD, NULL);
    else
        render_deliveries(screen, items, more);
}

static void render_redelivered(const struct screen *screen, const json_t *one)
{
    screen_say(screen, SAY_REDELIVERED,
               VALUES(arena_printf(screen->arena, "%lld",
                                   (long long)json_integer_value(json_object_get(one, "redelivered")))));
}

/* ---- commands ---- */

static int post(struct program *program, const char *path, struct slice body,
                void (*render)(const struct screen *screen, const json_t *document), const char *look)
{
    struct answer answer;
    program_post(program, path, body, NULL, &answer);
    if (!answer_is_good(&answer))
        return program_explain(program, &answer, look);
    const json_t *document = program_document(program, answer.body);
    if (program->json || !document)
        program_print(program, answer.body);
    else
        render(&program->out, document);
    return EXIT_DONE;
}

int run_subscribe(struct program *program)
{
    const struct option *about = &program->options.flags[FLAG_ABOUT];
    struct wire_subscription read;
    struct issues issues;
    struct err err;
    json_t *members =
        json_pack("{ssss}", "channel", program->options.words[0], "address", program->options.words[1]);
    json_t *kinds = json_array();
    for (size_t i = 0; i < about->count; i++)
        json_array_append_new(kinds, json_string(about->values[i]));
    if (about->count)
        json_object_set(members, "kinds", kinds);
    if (option_given(&program->options, FLAG_PERSONAL))
        json_object_set_new(members, "personal", json_true());
    json_decref(kinds);
    char *text = members ? json_dumps(members, JSON_COMPACT) : NULL;
    struct slice body = text ? arena_slice(program->arena, slice_of(text)) : slice_of("{}");
    free(text);
    json_decref(members);
    if (!wire_decode_subscription(body, program->arena, &read, &issues, &err))
        return program_invalid(program, &err, &issues);
    return post(program, "/subscriptions", body, render_subscribed, "subscriptions");
}

/* All of them: there are no pages. */
static void show_subscriptions(const struct screen *screen, const json_t *document)
{
    render_subscriptions(screen, document_at(document, "items"), false);
}

int run_subscriptions(struct program *program)
{
    return program_show(program, "/subscriptions", show_subscriptions);
}

int run_unsubscribe(struct program *program)
{
    const char *id = program_id(program, program->options.words[0]);
    return id ? post(program, arena_printf(program->arena, "/subscriptions/%s/_end", id), slice_of("{}"),
                     render_unsubscribed, "subscriptions")
              : EXIT_INPUT;
}

int run_deliveries(struct program *program)
{
    bool dead = option_given(&program->options, FLAG_DEAD);
    return program_list(program, &(struct list){"/deliveries", dead ? "&dead=true" : "",
                                                dead ? render_dead : render_deliveries});
}

int run_redeliver(struct program *program)
{
    const char *id = NULL;
    if (option_given(&program->options, FLAG_ALL) == (program->options.word_count > 0))
        return program_reject(program, SAY_MISSING,
                              VALUES(program->command->name, program->command->arguments[program->language]));
    if (program->options.word_count && !(id = program_id(program, program->options.words[0])))
        return EXIT_INPUT;
    return post(program,
                id ? arena_printf(program->arena, "/deliveries/%s/_redeliver", id) : "/deliveries/_redeliver",
                slice_of("{}"), render_redelivered, "deliveries");
}
