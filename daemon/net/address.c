#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

void address_text(const struct sockaddr *address, char out[ADDRESS_TEXT])
{
    const void *bytes = NULL;
    int family = address->sa_family;
    if (family == AF_INET) {
        bytes = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
    } else if (family == AF_INET6) {
        const struct in6_addr *six = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
        bytes = six;
        if (IN6_IS_ADDR_V4MAPPED(six)) {
            family = AF_INET;
            bytes = six->s6_addr + 12;
        }
    }
    if (!bytes || !inet_ntop(family, bytes, out, ADDRESS_TEXT))
        out[0] = '\0';
}

void address_of_peer(int fd, char out[ADDRESS_TEXT])
{
    struct sockaddr_storage peer = {.ss_family = AF_UNSPEC};
    socklen_t length = sizeof peer;
    out[0] = '\0';
    if (fd >= 0 && getpeername(fd, (struct sockaddr *)&peer, &length) == 0)
        address_text((const struct sockaddr *)&peer, out);
}

/* ---- what lies inside ---- */

static const struct {
    uint32_t network;
    int bits;
} inside_four[] = {{0x00000000, 8},  {0x0a000000, 8},  {0x64400000, 10}, {0x7f000000, 8},  {0xa9fe0000, 16},
                   {0xac100000, 12}, {0xc0000000, 24}, {0xc0000200, 24}, {0xc0586300, 24}, {0xc0a80000, 16},
                   {0xc6120000, 15}, {0xc6336400, 24}, {0xcb007100, 24}, {0xe0000000, 4},  {0xf0000000, 4}};

static bool is_public_four(uint32_t address)
{
    for (size_t i = 0; i < sizeof inside_four / sizeof inside_four[0]; i++)
        if ((address ^ inside_four[i].network) >> (32 - inside_four[i].bits) == 0)
            return false;
    return true;
}

static uint32_t four_at(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* Global unicast is 2000::/3; in it are Teredo, documentation and 6to4, and before it the translated ones. */
static bool is_public_six(const struct in6_addr *address)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    static const uint8_t translated[12] = {0, 0x64, 0xff, 0x9b};
    const uint8_t *bytes = address->s6_addr;
    uint32_t head = four_at(bytes);
    if (memcmp(bytes, mapped, 12) == 0 || memcmp(bytes, translated, 12) == 0)
        return is_public_four(four_at(bytes + 12));
    if (head >> 16 == 0x2002)
        return is_public_four(four_at(bytes + 2));
    return head >> 29 == 1 && head >> 9 != 0x20010000 >> 9 && head != 0x20010db8 &&
           head >> 12 != 0x3fff0000 >> 12;
}

bool address_is_public(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return is_public_four(ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr));
    return address->sa_family == AF_INET6 &&
           is_public_six(&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
}
