/* Addresses of peers. */
#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "fixture.h"

static struct access_address v4(const char *text)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    assert_int_equal(inet_pton(AF_INET, text, &address.sin_addr), 1);
    return access_address_of((const struct sockaddr *)&address);
}

static struct access_address v6(const char *text)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6};
    assert_int_equal(inet_pton(AF_INET6, text, &address.sin6_addr), 1);
    return access_address_of((const struct sockaddr *)&address);
}

static void test_address_is_the_same_by_either_family_and_no_other(void **state)
{
    (void)state;
    const struct access_address peer = v4("10.1.2.3");
    const struct access_address mapped = v6("::ffff:10.1.2.3");
    const struct access_address local = v6("::1");
    const struct access_address local_v4 = v4("127.0.0.1");
    const struct access_address other = v6("fd00::1:2:a0b:c0d");
    assert_true(access_same(&peer, &mapped));
    assert_false(access_same(&peer, &local));
    assert_false(access_same(&local_v4, &local));
    assert_false(access_same(&other, &local));
}

static void test_address_in_words_is_the_family_it_came_by(void **state)
{
    (void)state;
    char text[INET6_ADDRSTRLEN];
    const struct access_address mapped = v6("::ffff:10.1.2.3");
    const struct access_address other = v6("fd00::7f00:1");
    assert_string_equal(access_text(&mapped, text), "10.1.2.3");
    assert_string_equal(access_text(&other, text), "fd00::7f00:1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_address_is_the_same_by_either_family_and_no_other),
        cmocka_unit_test(test_address_in_words_is_the_family_it_came_by),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
