// links: net
// runs: 150000
/* A certificate request from anybody. What is taken has a strong key, at most one name of each kind, all of
 * it visible ASCII, and reads the same again; what is refused has a reason and leaves nothing behind. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "csr.h"

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static bool is_plain(const char *text)
{
    for (; *text; text++)
        if (*text <= ' ' || *text >= 0x7f)
            return false;
    return true;
}

static void check_taken(struct slice pem, const struct csr *csr)
{
    struct csr again;
    int kind = EVP_PKEY_get_base_id(csr->key);
    demand(pem.len <= CSR_MAX && strlen(csr->key_hash) == CSR_HASH - 1);
    demand(kind == EVP_PKEY_EC || kind == EVP_PKEY_ED25519 ||
           (kind == EVP_PKEY_RSA && EVP_PKEY_get_bits(csr->key) >= 2048));
    demand(is_plain(csr->san) && is_plain(csr->name));
    demand(csr_may_be(csr, "urn:x") == ((!csr->san[0] || strcmp(csr->san, "urn:x") == 0) &&
                                        (!csr->name[0] || strcmp(csr->name, "urn:x") == 0)));
    demand(csr_read(pem, &again) == CSR_GOOD && strcmp(again.key_hash, csr->key_hash) == 0 &&
           strcmp(again.san, csr->san) == 0);
    csr_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice pem = slice_make((const char *)data, size);
    struct csr csr;
    enum csr_fault fault = csr_read(pem, &csr);
    if (fault == CSR_GOOD)
        check_taken(pem, &csr);
    else
        demand(!csr.key && csr_fault_text(fault)[0] && csr_fault_word(fault)[0]);
    csr_free(&csr);
    return 0;
}
