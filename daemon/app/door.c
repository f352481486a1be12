#include "door.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>

#include "arena.h"

static bool make_authority(struct door *door, const struct config *config, const struct clock *clock,
                           struct err *err)
{
    struct authority_options options = {.certificate = config->enrol_ca_certificate,
                                        .key = config->enrol_ca_key,
                                        .client_ca = config->tls_client_ca,
                                        .days = config->certificate_days};
    if (!config->enrol_ca_certificate)
        return true;
    door->authority = authority_new(&options, clock, err);
    return door->authority != NULL;
}

static bool make_tls(struct door *door, const struct config *config, const struct clock *clock,
                     struct tls_counts *counts, struct err *err)
{
    struct tls_options options = {.certificate = config->tls_certificate,
                                  .key = config->tls_key,
                                  .sent_along = config->web_ca,
                                  .counts = counts};
    if (!config->web_listen)
        return true;
    door->tls = tls_context_new(&options, clock, err);
    return door->tls != NULL;
}

/* The CA by which those who join know the service: its certificate as text, and its pin. */
static bool read_ca(struct door *door, const char *file, struct err *err)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    char *text = NULL;
    BIO *in = BIO_new_file(file, "r"), *out = BIO_new(BIO_s_mem());
    X509 *ca = in ? PEM_read_bio_X509(in, NULL, NULL, NULL) : NULL;
    bool good = ca && out && X509_digest(ca, EVP_sha256(), digest, &length) == 1 &&
                length >= SPELL_PIN_BYTES && PEM_write_bio_X509(out, ca) == 1;
    if (good) {
        long size = BIO_get_mem_data(out, &text);
        char *copy = xcalloc(1, (size_t)size + 1);
        memcpy(copy, text, (size_t)size);
        door->ca = copy;
        spell(digest, SPELL_PIN_BYTES, SPELL_PIN, door->pin);
    }
    X509_free(ca);
    BIO_free(in);
    BIO_free(out);
    ERR_clear_error();
    return good || err_set(err, ERR_TLS, "%s: no usable CA certificate", file);
}

struct door *door_new(const struct config *config, const struct clock *clock, struct tls_counts *counts,
                      struct err *err)
{
    struct door *door = xcalloc(1, sizeof *door);
    atomic_init(&door->references, 1);
    if (!make_authority(door, config, clock, err) || !make_tls(door, config, clock, counts, err) ||
        (config->web_listen && !read_ca(door, config->web_ca, err)))
        door_release(&door);
    return door;
}

struct door *door_hold(struct door *door)
{
    atomic_fetch_add_explicit(&door->references, 1, memory_order_relaxed);
    return door;
}

void door_release(struct door **door)
{
    struct door *mine = *door;
    *door = NULL;
    if (!mine || atomic_fetch_sub_explicit(&mine->references, 1, memory_order_acq_rel) != 1)
        return;
    tls_context_release(&mine->tls);
    authority_release(&mine->authority);
    free((void *)(uintptr_t)mine->ca);
    free(mine);
}
