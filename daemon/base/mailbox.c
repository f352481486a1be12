#include "mailbox.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "arena.h"

struct mailbox {
    pthread_mutex_t lock; /* guards head, count, mails */
    unsigned capacity, head, count;
    int fd;
    struct mail mails[];
};

struct mailbox *mailbox_new(unsigned capacity)
{
    int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (fd < 0)
        return NULL;
    struct mailbox *mailbox = xcalloc(1, sizeof *mailbox + capacity * sizeof mailbox->mails[0]);
    pthread_mutex_init(&mailbox->lock, NULL);
    mailbox->capacity = capacity;
    mailbox->fd = fd;
    return mailbox;
}

void mailbox_free(struct mailbox **mailbox)
{
    if (!*mailbox)
        return;
    close((*mailbox)->fd);
    pthread_mutex_destroy(&(*mailbox)->lock);
    xfree(*mailbox);
}

bool mailbox_send(struct mailbox *mailbox, struct mail mail)
{
    pthread_mutex_lock(&mailbox->lock);
    bool room = mailbox->count < mailbox->capacity;
    if (room)
        mailbox->mails[(mailbox->head + mailbox->count++) % mailbox->capacity] = mail;
    pthread_mutex_unlock(&mailbox->lock);
    if (room) {
        uint64_t one = 1;
        ssize_t n = write(mailbox->fd, &one, sizeof one);
        (void)n; /* EAGAIN: the counter is full, so the receiver is awake already */
    }
    return room;
}

int mailbox_fd(const struct mailbox *mailbox)
{
    return mailbox->fd;
}

bool mailbox_receive(struct mailbox *mailbox, struct mail *out)
{
    pthread_mutex_lock(&mailbox->lock);
    bool any = mailbox->count > 0;
    if (any) {
        *out = mailbox->mails[mailbox->head];
        mailbox->head = (mailbox->head + 1) % mailbox->capacity;
        mailbox->count--;
    } else {
        /* Reset the wake-up while nobody can send, so that none is lost. */
        uint64_t wakeups;
        ssize_t n = read(mailbox->fd, &wakeups, sizeof wakeups);
        (void)n;
    }
    pthread_mutex_unlock(&mailbox->lock);
    return any;
}
