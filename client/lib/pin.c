#include "pin.h"

#include <openssl/evp.h>
#include <openssl/ssl.h>

#include "spell.h"

static bool is_pinned(const X509 *certificate, const char *pin)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    char shown[SPELL_TEXT], letters[SPELL_TEXT];
    if (X509_digest(certificate, EVP_sha256(), digest, &length) != 1 || length < SPELL_PIN_BYTES)
        return false;
    spell(digest, SPELL_PIN_BYTES, SPELL_PIN, shown);
    return spell_read(slice_of(shown), SPELL_PIN, letters) && strcmp(letters, pin) == 0;
}

/* Borrowed; NULL: the server does not show it. */
static X509 *find_pinned(const STACK_OF(X509) * shown, const char *pin)
{
    for (int i = 0; i < sk_X509_num(shown); i++)
        if (is_pinned(sk_X509_value(shown, i), pin))
            return sk_X509_value(shown, i);
    return NULL;
}

/* By this one CA alone, as a server's. OpenSSL's error, or X509_V_OK. */
static int verify_by(X509 *ca, X509 *leaf, STACK_OF(X509) * shown)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *check = X509_STORE_CTX_new();
    int error = X509_V_ERR_OUT_OF_MEM;
    if (store && check && X509_STORE_add_cert(store, ca) == 1 &&
        X509_STORE_CTX_init(check, store, leaf, shown) == 1) {
        X509_STORE_CTX_set_default(check, "ssl_server");
        X509_STORE_CTX_set_flags(check, X509_V_FLAG_PARTIAL_CHAIN);
        error = X509_verify_cert(check) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(check);
    }
    X509_STORE_CTX_free(check);
    X509_STORE_free(store);
    return error;
}

int pin_verify(X509_STORE_CTX *store, void *pin)
{
    STACK_OF(X509) *shown = X509_STORE_CTX_get0_untrusted(store);
    X509 *leaf = X509_STORE_CTX_get0_cert(store), *ca = find_pinned(shown, pin);
    int error = ca && leaf ? verify_by(ca, leaf, shown) : X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
    X509_STORE_CTX_set_error(store, error);
    return error == X509_V_OK;
}
