/*
 * wijzerd: options and commands. The daemon itself is serve.c.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app.h"
#include "door.h"
#include "logfile.h"
#include "matrix.h"
#include "migrate.h"
#include "sandbox.h"
#include "serve.h"
#include "tls.h"

enum { EXIT_USAGE = 2 };

static const char usage[] =
    "wijzerd: the daemon that coordinates referral chains\n"
    "\n"
    "  wijzerd [-c FILE]                 serve until SIGTERM; SIGHUP reloads\n"
    "  wijzerd [-c FILE] migrate         bring the database to this program's schema\n"
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
};

static int complain(const struct err *err)
{
    fprintf(stderr, "wijzerd: %s\n", err->text);
    return EXIT_FAILURE;
}

static int run_check(const struct config *config, const char *path)
{
    struct err err;
    struct clock clock = clock_system(config->clock_offset);
    struct tls_options options = {.certificate = config->tls_certificate,
                                  .key = config->tls_key,
                                  .client_ca = config->tls_client_ca,
                                  .crl = config->tls_crl};
    if (!config_is_complete(config, &err))
        return complain(&err);
    struct tls_context *tls = tls_context_new(&options, &clock, &err);
    if (!tls)
        return complain(&err);
    tls_context_release(&tls);
    struct door *door = door_new(config, &clock, NULL, &err);
    if (!door)
        return complain(&err);
    door_release(&door);
    printf("%s: in order\n", path);
    return EXIT_SUCCESS;
}

static int run_show(const struct config *config, const char *path)
{
    (void)path;
    config_show(config, stdout);
    return EXIT_SUCCESS;
}

static int run_migrate(const struct config *config, const char *path)
{
    struct err err;
    (void)path;
    if (!migrate(config, &err))
        return complain(&err);
    printf("the database has schema '%s'\n", app_schema_version);
    return EXIT_SUCCESS;
}

static int run_serve(const struct config *config, const char *path)
{
    struct err err;
    if (!config_is_complete(config, &err) || !sandbox_is_told_user(config, &err))
        return complain(&err);
    int log = logfile_open(config->log_file, &err);
    if (log < 0)
        return complain(&err);
    log_open(log, (enum log_level)config->log_level);
    switch (schema_check(config, &err)) {
    case SCHEMA_FITS:
        break;
    case SCHEMA_DIFFERS:
        return complain(&err);
    case SCHEMA_UNREACHABLE: /* serve 503 until it is there */
        log_error(EV_NOTICE, &err);
        break;
    }
    return serve(config_hold(config), path, log, &err) ? EXIT_SUCCESS : complain(&err);
}

static const struct {
    const char *name;
    int (*run)(const struct config *config, const char *path);
} commands[] = {
    {"serve", run_serve}, {"migrate", run_migrate}, {"check", run_check}, {"show-config", run_show}};

static int run_command(const struct options *options)
{
    struct err err;
    const char *name = options->command ? options->command : "serve";
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(name, commands[i].name) != 0)
            continue;
        const struct config *config = config_read(options->path, &err);
        if (!config)
            return complain(&err);
        int status = commands[i].run(config, options->path);
        config_release(&config);
        return status;
    }
    fprintf(stderr, "wijzerd: unknown command '%s'; see wijzerd --help\n", name);
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    static const struct option longs[] = {
        {"config", required_argument, NULL, 'c'}, {"check", no_argument, NULL, 'k'},
        {"show-config", no_argument, NULL, 's'},  {"config-manual", no_argument, NULL, 'm'},
        {"route-matrix", no_argument, NULL, 'r'}, {"version", no_argument, NULL, 'V'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0}};
    struct options options = {.path = "/etc/wijzer/wijzerd.conf"};
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
    if (optind < argc) {
        fprintf(stderr, "wijzerd: too many words; see wijzerd --help\n");
        return EXIT_USAGE;
    }
    return run_command(&options);
}
