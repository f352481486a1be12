/* The numeric text of a peer's address, as logs and caps use it: "127.0.0.1", "2001:db8::1". */
#ifndef WIJZER_ADDRESS_H
#define WIJZER_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

enum { ADDRESS_TEXT = 46 };

/* Writes NUL-terminated text; "" for a family other than IPv4 and IPv6. An IPv4 address inside IPv6 (RFC 4291
 * 2.5.5.2) is written as the IPv4 address it is, so that one client has one text on every listener. */
void address_text(const struct sockaddr *address, char out[ADDRESS_TEXT]);
/* The same for the other side of a socket; "" where there is none. */
void address_of_peer(int fd, char out[ADDRESS_TEXT]);

/* Whether it is one of the public internet: none of this machine, link, private or shared networks, special
 * use (RFC 6890), multicast; nor an IPv6 address that carries such an IPv4 address. */
bool address_is_public(const struct sockaddr *address);

#endif
