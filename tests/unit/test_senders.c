/* Which networks may send. */
#include "daemon/intake/senders.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static union vg_address
address_of(const char *text)
{
	union vg_address out = {0};

	if (inet_pton(AF_INET, text, &out.v4.sin_addr) == 1)
		out.any.sa_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &out.v6.sin6_addr) == 1)
		out.any.sa_family = AF_INET6;
	else
		fail_msg("%s", text);
	return out;
}

static const struct {
	const char *list, *address;
	bool allowed;
} cases[] = {
	{"", "127.0.0.1", false},
	{"127.0.0.0/8 ::1", "127.9.9.9", true},
	{"127.0.0.0/8 ::1", "128.0.0.0", false},
	{"127.0.0.0/8 ::1", "::1", true},
	{"127.0.0.0/8 ::1", "::2", false},
	{"  10.20.16.0/20  ", "10.20.31.255", true},
	{"10.20.16.0/20", "10.20.32.0", false},
	{"192.0.2.7", "192.0.2.7", true},
	{"192.0.2.7", "192.0.2.6", false},
	{"192.0.2.7", "::ffff:192.0.2.7", true},
	{"0.0.0.0/0", "203.0.113.9", true},
	{"0.0.0.0/0", "2001:db8::1", false},
	{"::/0", "2001:db8::1", true},
	{"2001:db8::/33", "2001:db8:7fff::1", true},
	{"2001:db8::/33", "2001:db8:8000::1", false},
};

static void
only_what_lies_in_a_network_is_heard(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		union vg_address address = address_of(cases[i].address);
		struct vg_senders senders;

		assert_int_equal(vg_senders_parse(&senders, cases[i].list, NULL), 0);
		if (vg_senders_allow(&senders, &address) != cases[i].allowed)
			fail_msg("%s in \"%s\"", cases[i].address, cases[i].list);
	}
}

static void
what_is_no_network_is_refused(void **state)
{
	static const char *const wrong[] = {"example.org",
					    "10.0.0.0/33",
					    "::1/129",
					    "10.0.0.0/-1",
					    "10.0.0.0/+8",
					    "10.0.0.0/",
					    "10.0.0/8",
					    "10.0.0.0/8,::1",
					    "10.0.0.0/8x",
					    "1111:2222:3333:4444:5555:6666:7777:8888/"
					    "0000000000128"};
	struct vg_senders senders;
	char much[VG_SENDERS_MAX * 8 + 16] = "";

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct vg_err err = {0};

		assert_int_equal(vg_senders_parse(&senders, wrong[i], &err), VG_EINVALID);
		assert_non_null(strstr(err.text, wrong[i]));
	}
	for (int i = 0; i < VG_SENDERS_MAX; i++)
		(void)snprintf(much + strlen(much), sizeof(much) - strlen(much), "1.1.1.1 ");
	assert_int_equal(vg_senders_parse(&senders, much, NULL), 0);
	(void)snprintf(much + strlen(much), sizeof(much) - strlen(much), "1.1.1.1 ");
	assert_int_equal(vg_senders_parse(&senders, much, NULL), VG_EINVALID);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_lies_in_a_network_is_heard),
		cmocka_unit_test(what_is_no_network_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
