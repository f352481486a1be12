#include "token.h"

#include <dlfcn.h>
#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <p11-kit/pkcs11.h>

#include "arena.h"
#include "secret.h"

enum { SLOTS = 64, WAY = 32 };

struct token {
    const struct keyring_token *settings;
    void *module;
    CK_FUNCTION_LIST *call;
    bool is_started; /* by us, so that we end it */
    bool has_session;
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE key;
};

/* Those that a person can do something about; the others are told by number. */
static const char *reason_of(CK_RV code)
{
    static const struct {
        CK_RV code;
        const char *text;
    } table[] = {
        {CKR_PIN_INCORRECT, "the PIN is wrong"},
        {CKR_PIN_LEN_RANGE, "the PIN is too short or too long"},
        {CKR_PIN_LOCKED, "the PIN is locked"},
        {CKR_TOKEN_NOT_PRESENT, "the token is not there"},
        {CKR_TOKEN_NOT_RECOGNIZED, "the token is not recognised"},
        {CKR_USER_PIN_NOT_INITIALIZED, "the token has no user PIN"},
        {CKR_MECHANISM_INVALID, "it does not do AES-GCM (CKM_AES_GCM)"},
        {CKR_KEY_FUNCTION_NOT_PERMITTED, "its key may not encrypt and decrypt"},
        {CKR_KEY_TYPE_INCONSISTENT, "its key is not an AES key"},
        {CKR_ENCRYPTED_DATA_INVALID, "another key wrapped it, for another purpose, or it was changed"},
        {CKR_ENCRYPTED_DATA_LEN_RANGE, "another key wrapped it, for another purpose, or it was changed"}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].code == code)
            return table[i].text;
    return "the module refuses";
}

static bool complain(const struct token *token, const char *what, CK_RV code, struct err *err)
{
    return err_set(err, ERR_CONFIG, "token %s: %s: %s (PKCS#11 0x%lx)", token->settings->token, what,
                   reason_of(code), (unsigned long)code);
}

static bool load(struct token *token, struct err *err)
{
    const char *file = token->settings->module;
    token->module = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    void *symbol = token->module ? dlsym(token->module, "C_GetFunctionList") : NULL;
    if (!symbol)
        return err_set(err, ERR_CONFIG, "%s: not a PKCS#11 module that can be loaded", file);
    CK_C_GetFunctionList functions;
    memcpy(&functions, &symbol, sizeof functions); /* ISO C has no cast from object to function */
    CK_RV code = functions(&token->call);
    if (code != CKR_OK || token->call->version.major != 2)
        return err_set(err, ERR_CONFIG, "%s: not a module of PKCS#11 version 2", file);
    CK_C_INITIALIZE_ARGS how = {.flags = CKF_OS_LOCKING_OK};
    code = token->call->C_Initialize(&how);
    token->is_started = code == CKR_OK;
    return code == CKR_OK || code == CKR_CRYPTOKI_ALREADY_INITIALIZED || complain(token, "start", code, err);
}

/* PKCS#11 pads labels with blanks. */
static bool is_label(const unsigned char *label, size_t size, const char *name)
{
    while (size && label[size - 1] == ' ')
        size--;
    return slice_is(slice_make((const char *)label, size), name);
}

static bool find_slot(struct token *token, CK_SLOT_ID *slot, struct err *err)
{
    CK_SLOT_ID slots[SLOTS];
    CK_ULONG count = SLOTS;
    CK_RV code = token->call->C_GetSlotList(CK_TRUE, slots, &count);
    if (code != CKR_OK)
        return complain(token, "slots", code, err);
    for (CK_ULONG i = 0; i < count; i++) {
        CK_TOKEN_INFO about;
        if (token->call->C_GetTokenInfo(slots[i], &about) == CKR_OK &&
            is_label(about.label, sizeof about.label, token->settings->token)) {
            *slot = slots[i];
            return true;
        }
    }
    return err_set(err, ERR_CONFIG, "%s: has no token with the label '%s'", token->settings->module,
                   token->settings->token);
}

static bool log_in(struct token *token, struct err *err)
{
    size_t len;
    char *text = secret_read(token->settings->pin_file, &len, err);
    if (!text)
        return false;
    struct slice rest = slice_make(text, len), pin = slice_cut(&rest, '\n');
    CK_RV code = token->call->C_Login(token->session, CKU_USER, (unsigned char *)(uintptr_t)pin.ptr, pin.len);
    secret_free(text, SECRET_FILE);
    return code == CKR_OK || code == CKR_USER_ALREADY_LOGGED_IN || complain(token, "login", code, err);
}

static bool start_session(struct token *token, struct err *err)
{
    CK_SLOT_ID slot;
    if (!find_slot(token, &slot, err))
        return false;
    CK_RV code = token->call->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &token->session);
    token->has_session = code == CKR_OK;
    return code == CKR_OK || complain(token, "session", code, err);
}

static bool find_key(struct token *token, struct err *err)
{
    CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    CK_KEY_TYPE type = CKK_AES;
    CK_ATTRIBUTE wanted[] = {
        {CKA_CLASS, &class, sizeof class},
        {CKA_KEY_TYPE, &type, sizeof type},
        {CKA_LABEL, (void *)(uintptr_t)token->settings->key, strlen(token->settings->key)}};
    CK_OBJECT_HANDLE found[2];
    CK_ULONG count = 0;
    CK_RV code = token->call->C_FindObjectsInit(token->session, wanted, 3);
    if (code == CKR_OK) {
        code = token->call->C_FindObjects(token->session, found, 2, &count);
        token->call->C_FindObjectsFinal(token->session);
    }
    if (code != CKR_OK)
        return complain(token, "search", code, err);
    if (count != 1)
        return err_set(err, ERR_CONFIG, "token %s: %s AES key with the label '%s'", token->settings->token,
                       count ? "more than one" : "no", token->settings->key);
    token->key = found[0];
    return true;
}

struct token *token_open(const struct keyring_token *settings, struct err *err)
{
    struct token *token = xcalloc(1, sizeof *token);
    token->settings = settings;
    if (!load(token, err) || !start_session(token, err) || !log_in(token, err) || !find_key(token, err))
        token_close(&token);
    return token;
}

void token_close(struct token **token)
{
    struct token *own = *token;
    *token = NULL;
    if (!own)
        return;
    if (own->has_session) {
        own->call->C_Logout(own->session);
        own->call->C_CloseSession(own->session);
    }
    if (own->is_started)
        own->call->C_Finalize(NULL);
    if (own->module)
        dlclose(own->module);
    free(own);
}

static CK_GCM_PARAMS gcm_of(unsigned char *nonce, struct slice purpose)
{
    return (CK_GCM_PARAMS){.iv_ptr = nonce,
                           .iv_len = GCM_NONCE,
                           .iv_bits = GCM_NONCE * 8,
                           .aad_ptr = (unsigned char *)(uintptr_t)purpose.ptr,
                           .aad_len = purpose.len,
                           .tag_bits = GCM_TAG * 8};
}

bool token_wrap(struct token *token, struct slice purpose, const unsigned char key[KEY_SIZE],
                unsigned char wrapped[TOKEN_WRAPPED], struct err *err)
{
    CK_GCM_PARAMS parameters = gcm_of(wrapped, purpose);
    CK_MECHANISM mechanism = {CKM_AES_GCM, &parameters, sizeof parameters};
    CK_ULONG size = KEY_SIZE + GCM_TAG;
    if (RAND_bytes(wrapped, GCM_NONCE) != 1)
        return err_set(err, ERR_INTERNAL, "no random bytes");
    CK_RV code = token->call->C_EncryptInit(token->session, &mechanism, token->key);
    if (code == CKR_OK)
        code = token->call->C_Encrypt(token->session, (unsigned char *)(uintptr_t)key, KEY_SIZE,
                                      wrapped + GCM_NONCE, &size);
    if (code != CKR_OK)
        return complain(token, "wrap", code, err);
    return size == KEY_SIZE + GCM_TAG ||
           err_set(err, ERR_CONFIG, "token %s: wraps to %lu bytes", token->settings->token, size);
}

bool token_unwrap(struct token *token, struct slice purpose, const unsigned char wrapped[TOKEN_WRAPPED],
                  unsigned char key[KEY_SIZE], struct err *err)
{
    unsigned char *room = secret_alloc(TOKEN_WRAPPED, err); /* some modules want room for the tag as well */
    unsigned char copy[TOKEN_WRAPPED];
    CK_GCM_PARAMS parameters = gcm_of(copy, purpose);
    CK_MECHANISM mechanism = {CKM_AES_GCM, &parameters, sizeof parameters};
    CK_ULONG size = TOKEN_WRAPPED;
    if (!room)
        return false;
    memcpy(copy, wrapped, TOKEN_WRAPPED);
    CK_RV code = token->call->C_DecryptInit(token->session, &mechanism, token->key);
    if (code == CKR_OK)
        code = token->call->C_Decrypt(token->session, copy + GCM_NONCE, KEY_SIZE + GCM_TAG, room, &size);
    bool is_whole = code == CKR_OK && size == KEY_SIZE;
    if (is_whole)
        memcpy(key, room, KEY_SIZE);
    secret_free(room, TOKEN_WRAPPED);
    if (code != CKR_OK)
        return complain(token, "unwrap", code, err);
    return is_whole ||
           err_set(err, ERR_CONFIG, "token %s: unwraps to %lu bytes", token->settings->token, size);
}
