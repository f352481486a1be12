/* The numeric text of a peer's address, as logs and caps use it: "127.0.0.1", "2001:db8::1". */
#ifndef WIJZER_ADDRESS_H
#define WIJZER_ADDRESS_H

#include <sys/socket.h>

enum { ADDRESS_TEXT = 46 };

/* Writes NUL-terminated text; "" for a family other than IPv4 and IPv6. An IPv4 address inside IPv6 (RFC 4291
 * 2.5.5.2) is written as the IPv4 address it is, so that one client has one text on every listener. */
void address_text(const struct sockaddr *address, char out[ADDRESS_TEXT]);
/* The same for the other side of a socket; "" where there is none. */
void address_of_peer(int fd, char out[ADDRESS_TEXT]);

#endif
