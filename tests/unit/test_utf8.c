/* Where a text stops being UTF-8. */
#include "lib/base/utf8.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

static const struct {
	const char *text;
	size_t valid; /* bytes before the first that is wrong */
} cases[] = {
	{"", 0},
	{"abc", 3},
	{"\xc3\xa5", 2},		      /* å */
	{"\xe2\x82\xac\xf0\x9f\x98\x80!", 8}, /* €, a face */
	{"\xf4\x8f\xbf\xbf", 4},	      /* U+10FFFF */
	{"\xed\x9f\xbf\xee\x80\x80", 6},      /* on both sides of the surrogates */
	{"a\xe5"
	 "b",
	 1},			     /* Latin-1 */
	{"ab\xc3", 2},		     /* cut short */
	{"ab\xe2\x82", 2},	     /* cut short */
	{"\x80", 0},		     /* no beginning */
	{"\xc0\xaf", 0},	     /* overlong */
	{"\xe0\x9f\xbf", 0},	     /* overlong */
	{"\xf0\x8f\xbf\xbf", 0},     /* overlong */
	{"\xed\xa0\x80", 0},	     /* a surrogate */
	{"\xf4\x90\x80\x80", 0},     /* above the last */
	{"\xf8\x88\x80\x80\x80", 0}, /* five bytes */
	{"a\xf0\x9f\x98(", 1},	     /* a wrong last byte */
};

static void
a_text_is_valid_up_to_its_first_wrong_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (vg_utf8_valid(cases[i].text, strlen(cases[i].text)) != cases[i].valid)
			fail_msg("case %zu: %zu, expected %zu", i,
				 vg_utf8_valid(cases[i].text, strlen(cases[i].text)),
				 cases[i].valid);
}

static void
what_lies_behind_the_length_is_not_read(void **state)
{
	(void)state;
	assert_int_equal(vg_utf8_valid("\xc3\xa5", 1), 0);
	assert_int_equal(vg_utf8_valid("a\0b", 3), 3); /* NUL is a character */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_is_valid_up_to_its_first_wrong_byte),
		cmocka_unit_test(what_lies_behind_the_length_is_not_read),
	};
	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
