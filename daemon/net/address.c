#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>

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
