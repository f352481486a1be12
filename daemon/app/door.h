/*
 * The door for those who have no certificate yet: what web-listen serves with, and the CA that gives
 * certificates. Immutable and counted; a reload builds a new one whole and tests it before it is used.
 * Without the settings for joining it is there too, and shut.
 */
#ifndef WIJZER_DOOR_H
#define WIJZER_DOOR_H

#include "authority.h"
#include "config.h"
#include "spell.h"

struct door {
    atomic_uint references;
    struct tls_context *tls;     /* of web-listen, without client certificates; NULL: there is none */
    struct authority *authority; /* NULL: nothing is issued */
    const char *ca;              /* the text of web-ca; NULL */
    char pin[SPELL_TEXT];        /* of the CA in it; "" */
};

/* Returned with one reference; NULL with *err. `counts` outlives its connections. */
struct door *door_new(const struct config *config, const struct clock *clock, struct tls_counts *counts,
                      struct err *err);
struct door *door_hold(struct door *door);
void door_release(struct door **door);

#endif
