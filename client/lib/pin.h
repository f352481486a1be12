/*
 * Knowing a service by the pin of its CA (proto/spell.h), for who has its certificate not yet: of the chain
 * that the server shows, the certificate that the pin is of becomes the one that is believed, and the chain
 * is verified by it as usual. What a pin is of cannot be made to fit: it is 90 bits of a SHA-256.
 */
#ifndef WIJZER_PIN_H
#define WIJZER_PIN_H

#include <openssl/x509.h>

#include "slice.h"

/* For SSL_CTX_set_cert_verify_callback(); `pin` is its 20 letters, without dashes. */
int pin_verify(X509_STORE_CTX *store, void *pin);

#endif
