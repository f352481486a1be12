/* Which addresses a webhook may reach. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "address.h"

static bool is_public(const char *text)
{
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
        return address_is_public((const struct sockaddr *)&four);
    assert_int_equal(inet_pton(AF_INET6, text, &six.sin6_addr), 1);
    return address_is_public((const struct sockaddr *)&six);
}

static void inside_is_not_public(void **state)
{
    static const char *const inside[] = {"0.0.0.0",
                                         "10.0.0.1",
                                         "10.255.255.255",
                                         "100.64.0.1",
                                         "100.127.255.255",
                                         "127.0.0.1",
                                         "127.255.0.1",
                                         "169.254.169.254",
                                         "172.16.0.1",
                                         "172.31.255.255",
                                         "192.0.0.8",
                                         "192.0.2.1",
                                         "192.88.99.1",
                                         "192.168.1.1",
                                         "198.18.0.1",
                                         "198.19.255.255",
                                         "198.51.100.1",
                                         "203.0.113.9",
                                         "224.0.0.1",
                                         "240.0.0.1",
                                         "255.255.255.255",
                                         "::",
                                         "::1",
                                         "::ffff:127.0.0.1",
                                         "::ffff:10.0.0.1",
                                         "64:ff9b::7f00:1",
                                         "64:ff9b::a00:1",
                                         "64:ff9b:1::1",
                                         "100::1",
                                         "2001::1",
                                         "2001:db8::1",
                                         "2002:7f00:1::",
                                         "2002:a00:1::",
                                         "3fff::1",
                                         "fc00::1",
                                         "fdff::1",
                                         "fe80::1",
                                         "fec0::1",
                                         "ff02::1",
                                         "::127.0.0.1"};
    (void)state;
    for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++)
        if (is_public(inside[i]))
            fail_msg("%s", inside[i]);
}

static void outside_is_public(void **state)
{
    static const char *const outside[] = {
        "1.1.1.1",        "9.255.255.255",       "11.0.0.1",        "100.63.255.255", "100.128.0.0",
        "128.0.0.1",      "172.15.0.1",          "172.32.0.1",      "192.167.0.1",    "198.20.0.1",
        "223.255.255.1",  "2a02:898::1",         "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101",
        "2002:101:101::", "2001:4860:4860::8888"};
    (void)state;
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++)
        if (!is_public(outside[i]))
            fail_msg("%s", outside[i]);
    struct sockaddr other = {.sa_family = AF_UNIX};
    assert_false(address_is_public(&other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(inside_is_not_public),
                                       cmocka_unit_test(outside_is_public)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
