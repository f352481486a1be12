#include "person.h"

#include "feel_regex.h"
#include "text.h"

static struct slice hash(const struct keyring *keyring, const char *text, struct arena *arena)
{
    char *hex = arena_alloc(arena, HASH_TEXT);
    keyring_hash(keyring, slice_of(text), hex);
    return slice_make(hex, HASH_TEXT - 1);
}

static bool is_ascii(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80)
            return false;
    return true;
}

/* Lower case, and one space for any number of them between words. */
static struct slice normal(struct slice text, struct arena *arena)
{
    struct text out = text_new(arena);
    struct slice rest = slice_trim(text);
    bool ascii = is_ascii(rest);
    for (size_t at = 0; at < rest.len;) {
        uint32_t rune = ascii ? (unsigned char)rest.ptr[at++] : rune_next(rest, &at);
        bool is_blank = rune == ' ' || rune == '\t' || rune == 0xA0;
        if (!is_blank)
            text_add_rune(&out, rune_lower(rune));
        else if (out.len && out.bytes[out.len - 1] != ' ')
            text_add_char(&out, ' ');
    }
    return text_slice(&out);
}

struct slice person_hash_name(const struct keyring *keyring, struct slice name, int birth_year,
                              struct arena *arena)
{
    if (!name.len)
        return SLICE_NONE;
    struct slice words = normal(name, arena);
    return hash(keyring, arena_printf(arena, "name|%.*s|%d", SLICE_FMT(words), birth_year), arena);
}

struct slice person_hash_phone(const struct keyring *keyring, struct slice phone, struct arena *arena)
{
    static const char *const abroad[] = {"+31", "0031"};
    struct text out = text_new(arena);
    struct slice rest = slice_trim(phone);
    if (!rest.len)
        return SLICE_NONE;
    text_add_words(&out, "phone|");
    for (size_t i = 0; i < sizeof abroad / sizeof abroad[0]; i++)
        if (slice_starts(rest, abroad[i])) {
            size_t length = strlen(abroad[i]);
            rest = slice_make(rest.ptr + length, rest.len - length);
            text_add_char(&out, '0');
            break;
        }
    for (size_t i = 0; i < rest.len; i++)
        if (rest.ptr[i] >= '0' && rest.ptr[i] <= '9')
            text_add_char(&out, rest.ptr[i]);
    return hash(keyring, arena_text(arena, text_slice(&out)), arena);
}

struct slice person_hash_email(const struct keyring *keyring, struct slice email, struct arena *arena)
{
    if (!email.len)
        return SLICE_NONE;
    struct slice words = normal(email, arena);
    return hash(keyring, arena_printf(arena, "email|%.*s", SLICE_FMT(words)), arena);
}

bool person_seal(const struct keyring *keyring, const struct stock_order *order,
                 const struct wire_referral *referral, struct arena *arena, struct person *out,
                 struct err *err)
{
    const struct wire_client *client = &referral->client;
    *out = (struct person){.client_id = order->client_id, .note_id = order->note_id};
    const struct {
        const char *field;
        int64_t record_id;
        struct slice plain, *sealed;
    } fields[] = {{"name", order->client_id, client->name, &out->name},
                  {"phone", order->client_id, client->phone, &out->phone},
                  {"email", order->client_id, client->email, &out->email},
                  {"bsn", order->client_id, client->bsn, &out->bsn},
                  {"text", order->note_id, referral->text, &out->text}};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (fields[i].plain.len && !client_key_seal(order->key, fields[i].record_id, fields[i].field,
                                                    fields[i].plain, arena, fields[i].sealed, err))
            return false;
    out->name_hash = person_hash_name(keyring, client->name, client->birth_year, arena);
    out->phone_hash = person_hash_phone(keyring, client->phone, arena);
    out->email_hash = person_hash_email(keyring, client->email, arena);
    return true;
}
