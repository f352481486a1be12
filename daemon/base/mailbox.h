/*
 * A bounded mailbox: many threads send, one thread receives. The receiver waits on mailbox_fd() for
 * reading (an eventfd) and then drains. Messages are small structs copied by value; whoever sends a
 * pointer in one gives away what it points to (or a reference to it). Sending never blocks: a full
 * mailbox refuses, and the sender keeps what it wanted to give.
 */
#ifndef WIJZER_MAILBOX_H
#define WIJZER_MAILBOX_H

#include <stdbool.h>
#include <stdint.h>

struct mail {
    int kind;      /* of the receiver's own enum */
    int64_t value; /* a descriptor, a number */
    void *object;
};

struct mailbox;

/* Returns owned; NULL only if the system has no descriptor left. */
struct mailbox *mailbox_new(unsigned capacity);
/* What lies unread inside is the receiver's to drain first. */
void mailbox_free(struct mailbox **mailbox);
bool mailbox_send(struct mailbox *mailbox, struct mail mail);
/* Receiver's thread only. */
int mailbox_fd(const struct mailbox *mailbox);
bool mailbox_receive(struct mailbox *mailbox, struct mail *out);

#endif
