/*
 * A letter on its way: what is said by mail (RFC 5322, no content) and by webhook (Standard Webhooks), how an
 * answer is to be taken, and when it is tried again. Pure; memory is the arena's.
 */
#ifndef WIJZER_LETTER_H
#define WIJZER_LETTER_H

#include "arena.h"
#include "clock.h"
#include "keyring.h"

enum letter_fate { LETTER_SENT, LETTER_RETRY, LETTER_DEAD, LETTER_GONE };
/* The word of the database: sent, retry, dead, gone. */
const char *letter_fate_word(enum letter_fate fate);

/* Of an HTTP status: 2xx is delivered, 410 ends the subscription, anything else is tried again. */
enum letter_fate letter_fate_http(long status);
/* Of the last SMTP code of a dialogue that failed: 5xx is final, but for what is wrong with our own access
 * (530, 535, 538); anything else is tried again. */
enum letter_fate letter_fate_smtp(long code);

/* A plain mail address: one "@", visible ASCII without anything that means something in a header or to a mail
 * server, a domain with a dot, at most 254. */
bool letter_is_address(struct slice address);

struct mail_letter {
    const char *from, *to; /* letter_is_address() */
    const char *id;        /* region and number: the same at every attempt */
    struct slice kinds;    /* as the database writes an array: {notice,step} */
    int64_t count;
    moment now;
};

/* The whole message, lines ended by CRLF. */
struct slice letter_mail(const struct mail_letter *letter, struct arena *arena);

enum { LETTER_SECRET = 32 };
/* "v1,BASE64": HMAC-SHA-256 over "ID.TIMESTAMP.BODY"; timestamp in seconds. */
const char *letter_signature(const unsigned char secret[LETTER_SECRET], const char *id, int64_t timestamp,
                             struct slice body, struct arena *arena);

/* Microseconds until attempt `attempt` + 1 (the first is 1): 1, 5, 30, 120, 480 and from then on 1440 times
 * `unit`, and by `chance` up to a fifth less or more. */
int64_t letter_wait(int64_t attempt, int64_t unit, uint32_t chance);

#endif
