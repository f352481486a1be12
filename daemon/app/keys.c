#include "keys.h"

bool keys_token(const struct config *config, struct keyring_token *out)
{
    *out = (struct keyring_token){.module = config->pkcs11_module,
                                  .token = config->pkcs11_token,
                                  .key = config->pkcs11_key,
                                  .pin_file = config->pkcs11_pin_file};
    return config->pkcs11_module != NULL;
}

const struct keyrings *keys_read(const struct config *config, struct err *err)
{
    struct keyring_token token;
    return keyrings_read(config->region_keys, keys_token(config, &token) ? &token : NULL, err);
}
