/*
 * Who a client is, sealed and hashed for the database. Fields are sealed under the client's own key with the
 * client's id as their record, texts with the note's. What is searched exactly is found by keyed hashes of
 * its normal form, so everything that searches must hash by these functions. Pure; memory is the arena's.
 */
#ifndef WIJZER_PERSON_H
#define WIJZER_PERSON_H

#include "stock.h"
#include "wire.h"

/* HMAC-SHA-256 by the region's index key, 64 hexadecimal digits; of what is absent or empty: absent. */
/* Lower case, one space between words. */
struct slice person_hash_name(const struct keyring *keyring, struct slice name, int birth_year,
                              struct arena *arena);
/* Digits alone; a number of the Netherlands as it is dialled there: 0031 and +31 become 0. */
struct slice person_hash_phone(const struct keyring *keyring, struct slice phone, struct arena *arena);
/* Lower case. */
struct slice person_hash_email(const struct keyring *keyring, struct slice email, struct arena *arena);

struct person { /* all as they are stored; absent where there is none */
    int64_t client_id, note_id;
    struct slice name, phone, email, bsn, text;
    struct slice name_hash, phone_hash, email_hash;
};

/* Of a referral, with the ids and under the key of a filled order. */
bool person_seal(const struct keyring *keyring, const struct stock_order *order,
                 const struct wire_referral *referral, struct arena *arena, struct person *out,
                 struct err *err);

#endif
