/*
 * wijzerd: options and commands. The daemon itself is serve.c.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app.h"
#include "door.h"
#include "keys.h"
#include "keys_command.h"
#include "logfile.h"
#include "matrix.h"
#include "migrate.h"
#include "rebuild_command.h"
#include "sandbox.h"
#include "seal_plain.h"
#include "seal_command.h"
#include "sealer.h"
#include "serve.h"
#include "tls.h"

enum { EXIT_USAGE = 2 };

static const char usage[] =
    "wijzerd: the daemon that coordinates referral chains\n"
    "\n"
    "  wijzerd [-c FILE]                 serve until SIGTERM; SIGHUP reloads\n"
    "  wijzerd [-c FILE] migrate         bring the database to this program's schema\n"
    "  wijzerd [-c FILE] keys WORD...    the keys of regions: new, rotate, rewrap, retire, check\n"
    "  wijzerd [-c FILE] seal WORD...    sealed history: key, status, root, verify (wijzerd seal --help)\n"
    "  wijzerd [-c FILE] rebuild --check whether the state is what the events say (wijzerd rebuild --help)\n"
    "  wijzerd [-c FILE] --check         check configuration and certificates, and stop\n"
    "  wijzerd [-c FILE] --show-config   print every setting with its origin, and stop\n"
    "  wijzerd --route-matrix            print who may ask what (Markdown), and stop\n"
    "  wijzerd --version | --help\n"
    "\n"
    "  -c, --config FILE   configuration, default /etc/wijzer/wijzerd.conf\n"
    "\n"
    "Exit status: 0 done, 1 failed, 2 wrong use. See wijzerd(8), wijzerd.conf(5).\n";

struct options {
    const char *path;
    const char *command; /* NULL: serve */
    char *const *words;  /* behind the command */
    int word_count;
};

static int complain(const struct err *err)
{
    fprintf(stderr, "wijzerd: %s\n", err->text);
    return EXIT_FAILURE;
}

static int run_check(const struct config *config, const struct options *options)
{
    struct err err;
    bool is_locked;
    struct clock clock = clock_system(config->clock_offset);
    struct tls_options files = {.certificate = config->tls_certificate,
                                .key = config->tls_key,
                                .client_ca = config->tls_client_ca,
                                .crl = config->tls_crl};
    if (!config_is_complete(config, &err))
        return complain(&err);
    struct tls_context *tls = tls_context_new(&files, &clock, &err);
    if (!tls)
        return complain(&err);
    tls_context_release(&tls);
    struct door *door = door_new(config, &clock, NULL, &err);
    if (!door)
        return complain(&err);
    door_release(&door);
    const struct keyrings *keyrings = keys_start(&is_locked, &err) ? keys_read(config, &err) : NULL;
    if (!keyrings)
        return complain(&err);
    keyrings_release(&keyrings);
    if (!sealer_check(config, &err))
        return complain(&err);
    printf("%s: in order\n", options->path);
    return EXIT_SUCCESS;
}

static int run_show(const struct config *config, const struct options *options)
{
    (void)options;
    config_show(config, stdout);
    return EXIT_SUCCESS;
}

static int run_migrate(const struct config *config, const struct options *options)
{
    struct err err;
    bool is_locked;
    int64_t sealed = 0;
    (void)options;
    if (!migrate(config, &err) || !keys_start(&is_locked, &err) || !seal_plain(config, &sealed, &err))
        return complain(&err);
    printf("the database has schema '%s', the key database '%s'\n", app_schema_version,
           app_keys_schema_version);
    if (sealed)
        printf("sealed %lld rows that held plain text\n", (long long)sealed);
    return EXIT_SUCCESS;
}

/* Where the system does not let us lock it, the daemon serves and says so. */
static bool start_keys(struct err *err)
{
    bool is_locked;
    if (!keys_start(&is_locked, err))
        return false;
    if (!is_locked)
        log_event(
            EV_NOTICE,
            LOG_T("text", "keys may reach the swap: the limit of locked memory (ulimit -l) is below 8 MiB"));
    return true;
}

static int run_serve(const struct config *config, const struct options *options)
{
    struct err err;
    if (!config_is_complete(config, &err) || !sandbox_is_told_user(config, &err))
        return complain(&err);
    int log = logfile_open(config->log_file, &err);
    if (log < 0)
        return complain(&err);
    log_open(log, (enum log_level)config->log_level);
    if (!start_keys(&err))
        return complain(&err);
    switch (schema_check(config, &err)) {
    case SCHEMA_FITS:
        break;
    case SCHEMA_DIFFERS:
        return complain(&err);
    case SCHEMA_UNREACHABLE: /* serve 503 until it is there */
        log_error(EV_NOTICE, &err);
        break;
    }
    return serve(config_hold(config), options->path, log, &err) ? EXIT_SUCCESS : complain(&err);
}

static int run_keys(const struct config *config, const struct options *options)
{
    struct err err;
    bool is_locked;
    return keys_start(&is_locked, &err) ? keys_command(config, options->words, options->word_count)
                                        : complain(&err);
}

static const struct {
    const char *name;
    bool has_words;
    int (*run)(const struct config *config, const struct options *options);
} commands[] = {{"serve", false, run_serve},
                {"migrate", false, run_migrate},
                {"keys", true, run_keys},
                {"check", false, run_check},
                {"show-config", false, run_show}};

static int run_command(const struct options *options)
{
    struct err err;
    const char *name = options->command ? options->command : "serve";
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(name, commands[i].name) != 0)
            continue;
        if (options->word_count && !commands[i].has_words) {
            fprintf(stderr, "wijzerd: too many words; see wijzerd --help\n");
            return EXIT_USAGE;
        }
        const struct config *config = config_read(options->path, &err);
        if (!config)
            return complain(&err);
        int status = commands[i].run(config, options);
        config_release(&config);
        return status;
    }
    fprintf(stderr, "wijzerd: unknown command '%s'; see wijzerd --help\n", name);
    return EXIT_USAGE;
}

/* Commands that have options of their own. */
static const struct {
    const char *name;
    int (*run)(int argc, char **argv, const char *path);
} own_commands[] = {{"seal", seal_command}, {"rebuild", rebuild_command}};

enum { OWN_COMMANDS = sizeof own_commands / sizeof own_commands[0] };

/* Which of them is asked for, and where its word stands; OWN_COMMANDS: none. */
static size_t find_own(int argc, char **argv, const char **path, int *at)
{
    static const struct option longs[] = {{"config", required_argument, NULL, 'c'}, {NULL, 0, NULL, 0}};
    size_t found = 0;
    opterr = 0;
    while (getopt_long(argc, argv, "+c:", longs, NULL) == 'c')
        *path = optarg;
    while (found < OWN_COMMANDS && (optind >= argc || strcmp(argv[optind], own_commands[found].name) != 0))
        found++;
    *at = optind;
    opterr = 1;
    optind = 0; /* from the beginning */
    return found;
}

int main(int argc, char **argv)
{
    static const struct option longs[] = {
        {"config", required_argument, NULL, 'c'}, {"check", no_argument, NULL, 'k'},
        {"show-config", no_argument, NULL, 's'},  {"config-manual", no_argument, NULL, 'm'},
        {"route-matrix", no_argument, NULL, 'r'}, {"version", no_argument, NULL, 'V'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0}};
    struct options options = {.path = "/etc/wijzer/wijzerd.conf"};
    int at;
    size_t own = find_own(argc, argv, &options.path, &at);
    if (own < OWN_COMMANDS)
        return own_commands[own].run(argc - at, argv + at, options.path);
    for (int c; (c = getopt_long(argc, argv, "c:h", longs, NULL)) != -1;)
        switch (c) {
        case 'c':
            options.path = optarg;
            break;
        case 'k':
            options.command = "check";
            break;
        case 's':
            options.command = "show-config";
            break;
        case 'm':
            config_manual(stdout);
            return EXIT_SUCCESS;
        case 'r':
            matrix_print(stdout);
            return EXIT_SUCCESS;
        case 'V':
            printf("wijzerd %s, schema %s\n", WIJZER_VERSION, app_schema_version);
            return EXIT_SUCCESS;
        case 'h':
            fputs(usage, stdout);
            return EXIT_SUCCESS;
        default:
            fputs("See wijzerd --help.\n", stderr);
            return EXIT_USAGE;
        }
    if (optind < argc && !options.command)
        options.command = argv[optind++];
    options.words = argv + optind;
    options.word_count = argc - optind;
    return run_command(&options);
}
