/*
 * Who is at the other end of a connection: (issuing CA, SAN) of the verified certificate, looked up in the
 * database, deny by default. The answer is kept with the connection for account-ttl and then asked again, so
 * a changed role or a closed account takes effect on connections that stay open.
 */
#ifndef WIJZER_SESSION_H
#define WIJZER_SESSION_H

#include "call.h"

/* Fills call->account, now or after asking the database, and then calls on_known; refuses the call itself
 * (403 with a log line that names the certificate's serial, 429, 503) where it cannot. */
void session_identify(struct call *call, void (*on_known)(struct call *call));

/* The next request on this connection asks again. For connections that are open. */
void session_forget(struct conn *conn);

#endif
