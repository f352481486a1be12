/* Random bytes that are the same in every search, in the place of libcrypto's: include it in one file. */
#ifndef WIJZER_FUZZ_RANDOM_H
#define WIJZER_FUZZ_RANDOM_H

#include <stdint.h>

#include <openssl/rand.h>

int RAND_bytes(unsigned char *out, int size)
{
    static uint64_t state = 1;
    for (int i = 0; i < size; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        out[i] = (unsigned char)(state >> 56);
    }
    return 1;
}

int RAND_priv_bytes(unsigned char *out, int size)
{
    return RAND_bytes(out, size);
}

#endif
