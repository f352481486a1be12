/*
 * The head of an answer as text (RFC 9112 §4, RFC 9110 §6.6.1). Internal to this directory.
 */
#ifndef WIJZER_REPLY_H
#define WIJZER_REPLY_H

#include "request.h"

/* Memory is the arena's. Content-Length tells reply->body.len also where the body will not follow (HEAD);
 * `minor` is the request's version: HTTP/1.0 wants to be told that the connection stays. */
struct slice reply_head(struct http_server *server, struct arena *arena, const struct http_reply *reply,
                        int minor, bool keep_alive);

#endif
