/*
 * What somebody writes about a client on its way into the database: the database says whose it is (and
 * refuses strangers, keeping that they tried), an id is taken from the stock, and the texts are sealed under
 * the client's key. Lives in the call's arena; one at a time for a call.
 */
#ifndef WIJZER_NOTE_H
#define WIJZER_NOTE_H

#include "call.h"
#include "vault.h"

struct note_text {
    const char *field; /* "text", "reason", ...; NULL: none */
    struct slice words;
    const char *sealed; /* as a parameter; NULL where there are no words */
};

enum { NOTE_TEXTS = 3 };

struct note {
    struct note_text texts[NOTE_TEXTS];
    /* Sealed, with its id: the handler goes on. Where the key is gone, or cannot be had now, it was answered.
     */
    void (*on_sealed)(struct call *call, struct note *note);
    /* Nobody whose client this is; NULL: 404 is answered. */
    void (*on_stranger)(struct call *call, struct note *note);
    const char *id; /* as a parameter; NULL where there are no words */
    /* the note's own */
    struct call *call;
    int64_t client_id;
    struct stock_order order;
    struct vault_wish wish;
};

/* Asks `statement` (column client_id; null: a stranger) with `params`, then seals. */
void note_seal(struct call *call, struct note *note, enum store_statement statement,
               const char *const *params);

#endif
