#include "hosts.h"

enum { MILLISECOND = 1000 };

/* What is the same for every host, with the arena the texts live in. */
struct parameters {
    struct pg_hosts *hosts;
    struct arena *arena;
};

static bool has_parameter(const struct pg_hosts *hosts, const char *keyword)
{
    for (unsigned i = 0; i < hosts->parameter_count; i++)
        if (strcmp(hosts->keywords[i], keyword) == 0)
            return true;
    return false;
}

/* A keyword given twice counts by its first value. */
static void add_parameter(struct parameters *to, const char *keyword, const char *value)
{
    struct pg_hosts *hosts = to->hosts;
    if (!value || has_parameter(hosts, keyword) || hosts->parameter_count == HOST_PARAMETERS_MAX)
        return;
    hosts->keywords[hosts->parameter_count] = arena_text(to->arena, slice_of(keyword));
    hosts->values[hosts->parameter_count++] = arena_text(to->arena, slice_of(value));
}

static long long milliseconds(int64_t microseconds)
{
    return microseconds < MILLISECOND ? 1 : (long long)(microseconds / MILLISECOND);
}

/* Settings travel in the start packet, so that they cost no round trip. A lock that is not to be had is told
 * at half the time of the statement, while there is time left to answer. */
static const char *server_options(struct arena *arena, const char *given, const struct pg_options *options)
{
    return arena_printf(arena,
                        "%s -c search_path= -c jit=off -c statement_timeout=%lld -c lock_timeout=%lld "
                        "-c idle_in_transaction_session_timeout=%lld",
                        given ? given : "", milliseconds(options->job_timeout),
                        milliseconds(options->job_timeout / 2), milliseconds(options->job_timeout));
}

static bool is_list(const char *keyword)
{
    return strcmp(keyword, "host") == 0 || strcmp(keyword, "hostaddr") == 0 || strcmp(keyword, "port") == 0;
}

static const char *option_value(const PQconninfoOption *options, const char *keyword)
{
    for (; options->keyword; options++)
        if (strcmp(options->keyword, keyword) == 0)
            return options->val && options->val[0] ? options->val : NULL;
    return NULL;
}

/* Ours first, then what the conninfo says, then what we would like where it says nothing. */
static void fill_parameters(struct parameters *to, const PQconninfoOption *parsed,
                            const struct pg_options *options)
{
    static const char *const wishes[][2] = {{"keepalives", "1"},
                                            {"keepalives_idle", "30"},
                                            {"keepalives_interval", "10"},
                                            {"keepalives_count", "3"}};
    add_parameter(to, "application_name", options->application_name);
    add_parameter(to, "client_encoding", "UTF8");
    add_parameter(to, "options", server_options(to->arena, option_value(parsed, "options"), options));
    for (const PQconninfoOption *o = parsed; o->keyword; o++)
        if (!is_list(o->keyword))
            add_parameter(to, o->keyword, o->val);
    for (size_t i = 0; i < sizeof wishes / sizeof wishes[0]; i++)
        add_parameter(to, wishes[i][0], wishes[i][1]);
    add_parameter(to, "tcp_user_timeout",
                  arena_printf(to->arena, "%lld", milliseconds(2 * options->job_timeout)));
}

static unsigned count_elements(const char *list)
{
    unsigned n = list ? 1 : 0;
    for (; list && *list; list++)
        n += *list == ',';
    return n;
}

/* Element `index`, or NULL if it is empty or there is no list; a list of one serves every host. */
static const char *list_element(struct arena *arena, const char *list, unsigned index)
{
    struct slice rest = slice_of(list), element = SLICE_NONE;
    unsigned skip = count_elements(list) == 1 ? 0 : index;
    for (unsigned i = 0; i <= skip; i++)
        element = slice_cut(&rest, ',');
    return element.len ? arena_text(arena, element) : NULL;
}

static const char *host_label(struct arena *arena, const struct pg_host *host)
{
    const char *name = host->host ? host->host : host->hostaddr;
    return arena_printf(arena, "%s:%s", name ? name : "local", host->port ? host->port : "default");
}

static bool split_lists(struct parameters *to, const char *host, const char *hostaddr, const char *port,
                        struct err *err)
{
    unsigned hosts = count_elements(host), addresses = count_elements(hostaddr), ports = count_elements(port);
    unsigned count = hosts ? hosts : addresses ? addresses : 1;
    if (hosts && addresses && hosts != addresses)
        return err_set(err, ERR_CONFIG, "conninfo: %u hosts but %u hostaddrs", hosts, addresses);
    if (ports > 1 && ports != count)
        return err_set(err, ERR_CONFIG, "conninfo: %u hosts but %u ports", count, ports);
    if (count > HOSTS_MAX)
        return err_set(err, ERR_CONFIG, "conninfo: more than %d hosts", HOSTS_MAX);
    for (unsigned i = 0; i < count; i++) {
        struct pg_host *one = &to->hosts->list[i];
        one->host = hosts ? list_element(to->arena, host, i) : NULL;
        one->hostaddr = addresses ? list_element(to->arena, hostaddr, i) : NULL;
        one->port = list_element(to->arena, port, i);
        one->label = host_label(to->arena, one);
    }
    to->hosts->count = count;
    return true;
}

/* The lists as the conninfo has them; without any host those of the environment (PGHOST and so on), unless a
 * service file will name them. */
static bool fill_hosts(struct parameters *to, const PQconninfoOption *parsed, struct err *err)
{
    const char *host = option_value(parsed, "host"), *hostaddr = option_value(parsed, "hostaddr");
    const char *port = option_value(parsed, "port");
    PQconninfoOption *defaults = option_value(parsed, "service") ? NULL : PQconndefaults();
    if (defaults && !host && !hostaddr) {
        host = option_value(defaults, "host");
        hostaddr = option_value(defaults, "hostaddr");
    }
    if (defaults && !port)
        port = option_value(defaults, "port");
    bool ok = split_lists(to, host, hostaddr, port, err);
    PQconninfoFree(defaults);
    return ok;
}

bool hosts_parse(struct pg_hosts *hosts, struct arena *arena, const struct pg_options *options,
                 struct err *err)
{
    struct parameters to = {hosts, arena};
    char *message = NULL;
    PQconninfoOption *parsed = PQconninfoParse(options->conninfo ? options->conninfo : "", &message);
    if (!parsed) {
        err_set(err, ERR_CONFIG, "conninfo: %.*s", message ? (int)strcspn(message, "\n") : 0,
                message ? message : "");
        PQfreemem(message);
        return false;
    }
    hosts->parameter_count = 0;
    fill_parameters(&to, parsed, options);
    bool ok = fill_hosts(&to, parsed, err);
    PQconninfoFree(parsed);
    /* With several hosts a standby would do for libpq, but not for us: everything here may write. */
    if (ok && hosts->count > 1)
        add_parameter(&to, "target_session_attrs", "read-write");
    return ok;
}

PGconn *hosts_connect(const struct pg_hosts *hosts, unsigned index)
{
    const struct pg_host *host = &hosts->list[index];
    const char *keywords[HOST_PARAMETERS_MAX + 4], *values[HOST_PARAMETERS_MAX + 4];
    const char *const own[][2] = {{"host", host->host}, {"hostaddr", host->hostaddr}, {"port", host->port}};
    unsigned n = 0;
    for (unsigned i = 0; i < hosts->parameter_count; i++, n++) {
        keywords[n] = hosts->keywords[i];
        values[n] = hosts->values[i];
    }
    for (size_t i = 0; i < 3; i++, n++) {
        keywords[n] = own[i][0];
        values[n] = own[i][1];
    }
    keywords[n] = values[n] = NULL;
    return PQconnectStartParams(keywords, values, 0);
}
