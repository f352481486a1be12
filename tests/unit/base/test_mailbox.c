#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <poll.h>
#include <pthread.h>
#include <sched.h>

#include "mailbox.h"

static bool is_readable(const struct mailbox *mailbox)
{
    struct pollfd ready = {.fd = mailbox_fd(mailbox), .events = POLLIN};
    return poll(&ready, 1, 0) == 1;
}

static void keeps_the_order(void **state)
{
    (void)state;
    struct mailbox *mailbox = mailbox_new(3);
    struct mail mail;
    assert_false(mailbox_receive(mailbox, &mail));
    for (int64_t round = 0; round < 10; round++) { /* wraps around */
        assert_true(mailbox_send(mailbox, (struct mail){1, round, state}));
        assert_true(mailbox_send(mailbox, (struct mail){2, round, NULL}));
        assert_true(mailbox_receive(mailbox, &mail));
        assert_true(mail.kind == 1 && mail.value == round && mail.object == state);
        assert_true(mailbox_receive(mailbox, &mail));
        assert_true(mail.kind == 2 && mail.value == round && mail.object == NULL);
        assert_false(mailbox_receive(mailbox, &mail));
    }
    mailbox_free(&mailbox);
    assert_null(mailbox);
    mailbox_free(&mailbox);
}

static void full_refuses_and_loses_nothing(void **state)
{
    (void)state;
    struct mailbox *mailbox = mailbox_new(2);
    struct mail mail = {0, 0, NULL};
    assert_true(mailbox_send(mailbox, (struct mail){1, 0, NULL}));
    assert_true(mailbox_send(mailbox, (struct mail){2, 0, NULL}));
    assert_false(mailbox_send(mailbox, (struct mail){3, 0, NULL}));
    assert_true(mailbox_receive(mailbox, &mail) && mail.kind == 1);
    assert_true(mailbox_send(mailbox, (struct mail){4, 0, NULL}));
    assert_true(mailbox_receive(mailbox, &mail) && mail.kind == 2);
    assert_true(mailbox_receive(mailbox, &mail) && mail.kind == 4);
    assert_false(mailbox_receive(mailbox, &mail));
    mailbox_free(&mailbox);
}

static void stays_readable_until_drained(void **state)
{
    (void)state;
    struct mailbox *mailbox = mailbox_new(4);
    struct mail mail;
    assert_false(is_readable(mailbox));
    mailbox_send(mailbox, (struct mail){1, 0, NULL});
    mailbox_send(mailbox, (struct mail){2, 0, NULL});
    assert_true(is_readable(mailbox));
    assert_true(mailbox_receive(mailbox, &mail));
    assert_true(is_readable(mailbox)); /* one is left: a receiver that takes a few per turn comes back */
    assert_true(mailbox_receive(mailbox, &mail));
    assert_false(mailbox_receive(mailbox, &mail));
    assert_false(is_readable(mailbox));
    mailbox_free(&mailbox);
}

enum { SENDERS = 4, MAILS = 20000 };

struct sender {
    struct mailbox *mailbox;
    int number;
    pthread_t thread;
};

static void *send_all(void *argument)
{
    struct sender *sender = argument;
    for (int64_t i = 0; i < MAILS; i++)
        while (!mailbox_send(sender->mailbox, (struct mail){sender->number, i, sender}))
            sched_yield();
    return NULL;
}

/* Four senders, a small mailbox, a receiver that sleeps in poll(): all arrive, each sender's in order, and no
 * wake-up is lost (else the poll times out). */
static void four_senders_lose_nothing(void **state)
{
    (void)state;
    struct mailbox *mailbox = mailbox_new(64);
    struct sender senders[SENDERS];
    int64_t next[SENDERS] = {0}, total = 0;
    for (int i = 0; i < SENDERS; i++) {
        senders[i] = (struct sender){.mailbox = mailbox, .number = i};
        assert_int_equal(pthread_create(&senders[i].thread, NULL, send_all, &senders[i]), 0);
    }
    while (total < (int64_t)SENDERS * MAILS) {
        struct pollfd ready = {.fd = mailbox_fd(mailbox), .events = POLLIN};
        assert_int_equal(poll(&ready, 1, 20000), 1);
        struct mail mail;
        while (mailbox_receive(mailbox, &mail)) {
            assert_in_range(mail.kind, 0, SENDERS - 1);
            assert_ptr_equal(mail.object, &senders[mail.kind]);
            assert_true(mail.value == next[mail.kind]);
            next[mail.kind]++;
            total++;
        }
    }
    for (int i = 0; i < SENDERS; i++) {
        pthread_join(senders[i].thread, NULL);
        assert_true(next[i] == MAILS);
    }
    mailbox_free(&mailbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_order),
        cmocka_unit_test(full_refuses_and_loses_nothing),
        cmocka_unit_test(stays_readable_until_drained),
        cmocka_unit_test(four_senders_lose_nothing),
    };
    return cmocka_run_group_tests_name("mailbox", tests, NULL, NULL);
}
