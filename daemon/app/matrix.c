#include "matrix.h"

#include "routes.h"

static const struct {
    unsigned bit;
    const char *word;
} roles[] = {{ROLE_REFERRER, "referrer"},
             {ROLE_WORKER, "worker"},
             {ROLE_COORDINATOR, "coordinator"},
             {ROLE_STEWARD, "steward"}},
  demands[] = {{DEMANDS_KEY, "key"},
               {DEMANDS_MATCH, "match"},
               {DEMANDS_JSON, "json"},
               {DEMANDS_FILE, "file"},
               {DEMANDS_CODE, "code"}};

enum {
    ANYBODY = DEMANDS_NOBODY | DEMANDS_CODE,
    ROLES = sizeof roles / sizeof roles[0],
    DEMANDS = sizeof demands / sizeof demands[0]
};

static const char prose[] =
    "# Routes\n"
    "\n"
    "Who may ask what. Whatever is not here is refused: an unknown path by 404, another method by 405, a "
    "role without a\n"
    "`yes` by 403 before the body is read. `anyone` needs no account (on the API a certificate all the "
    "same).\n"
    "\n"
    "`key`: Idempotency-Key. `match`: If-Match. `json`: a JSON body. `file`: a file as the body. `code`: "
    "that of an invitation, in the "
    "body. Body: most\n"
    "bytes of it. Listener: `api` (client certificate), `web` (none); on the other one the path is unknown.\n"
    "\n"
    "Printed by `wijzerd --route-matrix` from the table in `routes.c`. After a change there:\n"
    "`build/dev/daemon/app/wijzerd --route-matrix > daemon/app/ROUTES.md`. `tests/system/matrix.test.mjs` "
    "holds this file\n"
    "against the table, and the table against a live daemon.\n"
    "\n";

static void print_head(FILE *out)
{
    fputs("| listener | method | path |", out);
    for (size_t i = 0; i < ROLES; i++)
        fprintf(out, " %s |", roles[i].word);
    fputs(" demands | body |\n|---|---|---|", out);
    for (size_t i = 0; i < ROLES; i++)
        fputs("---|", out);
    fputs("---|---|\n", out);
}

static void print_route(const struct route *route, FILE *out)
{
    static const char *const listeners[] = {[API] = "api", [WEB] = "web", [BOTH] = "both"};
    fprintf(out, "| %s | %s | `%s` |", listeners[route->listeners], call_method_word(route->method),
            route->path);
    for (size_t i = 0; i < ROLES; i++)
        fprintf(out, " %s |",
                route->demands & ANYBODY      ? "anyone"
                : route->roles & roles[i].bit ? "yes"
                                              : "-");
    for (size_t i = 0, n = 0; i < DEMANDS; i++)
        if (route->demands & demands[i].bit)
            fprintf(out, "%s%s", n++ ? ", " : " ", demands[i].word);
    fprintf(out, " | %u |\n", (unsigned)route->body_limit);
}

void matrix_print(FILE *out)
{
    fputs(prose, out);
    print_head(out);
    for (unsigned i = 0; i < route_count; i++)
        print_route(&routes[i], out);
}
