#include "uuid.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

const char *uuid_print(unsigned char b[16], unsigned version, char out[UUID_TEXT])
{
    b[6] = (unsigned char)((b[6] & 0x0F) | version << 4);
    b[8] = (unsigned char)((b[8] & 0x3F) | 0x80);
    snprintf(out, UUID_TEXT, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0],
             b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
    return out;
}

const char *uuid_new(char out[UUID_TEXT])
{
    unsigned char b[16];
    if (getrandom(b, sizeof b, 0) != (ssize_t)sizeof b) {
        fputs("wijzer: the kernel gives no random bytes\n", stderr);
        abort();
    }
    return uuid_print(b, 4, out);
}

bool uuid_is(struct slice text)
{
    static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    if (text.len != UUID_TEXT - 1)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (shape[i] == '-' ? text.ptr[i] != '-' : !strchr("0123456789abcdef", text.ptr[i]))
            return false;
    return true;
}
