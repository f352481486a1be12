/* Verification of client certificates: shared by the handshake and by the check of live connections. */
#ifndef WIJZER_TLS_VERIFY_H
#define WIJZER_TLS_VERIFY_H

#include <openssl/x509.h>

#include "tls.h"

enum { TLS_SERIAL_BYTES = 24 };

/* The reason among ours for one of OpenSSL's (X509_V_ERR_...). */
enum tls_refusal tls_refusal_of(int error);

/* OpenSSL's verify callback. A CA of the chain needs no CRL of its own (a client's certificate does, where
 * CRLs are loaded), but where there is one it counts. In a handshake a refusal is logged with serial and
 * reason, and counted. */
int tls_verify(int ok, X509_STORE_CTX *store);

/* The serial as upper-case hex, as `openssl x509 -serial` shows it; "" where it is longer than RFC 5280
 * allows. */
void tls_serial_text(const X509 *certificate, char out[2 * TLS_SERIAL_BYTES + 1]);

/* Prefix and name as text; false where the name is empty, too long, or anything but visible ASCII. */
bool tls_name_text(const ASN1_IA5STRING *name, const char *prefix, char out[TLS_SAN]);

#endif
