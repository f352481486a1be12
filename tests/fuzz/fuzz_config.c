// links: app
// runs: 80000
/* A configuration is refused with a message that can be shown, or it is taken; and what is shown of it can be
 * read again and says the same, but for passwords, which are not shown. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config.h"

static const struct config *read_bytes(const void *bytes, size_t size, struct err *err)
{
    char path[64];
    int fd = memfd_create("config", MFD_CLOEXEC);
    if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    const struct config *config = config_read(path, err);
    close(fd);
    return config;
}

static void check_refusal(const struct err *err)
{
    if (err->code != ERR_CONFIG || !err->text[0] || !slice_is_utf8(slice_of(err->text)))
        abort();
}

static void check_shown(const struct config *config)
{
    char *text = NULL, differing[512];
    size_t size = 0;
    struct err err;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        abort();
    config_show(config, out);
    fclose(out);
    const struct config *again = read_bytes(text, size, &err);
    if (!again) {
        fprintf(stderr, "%s\n", err.text);
        abort();
    }
    bool is_covered = strstr(text, "=********") != NULL;
    if (!is_covered && config_restart_keys(config, again, differing, sizeof differing)[0])
        abort();
    config_release(&again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err;
    const struct config *config = read_bytes(data, size, &err);
    if (!config) {
        check_refusal(&err);
        return 0;
    }
    check_shown(config);
    config_release(&config);
    return 0;
}
