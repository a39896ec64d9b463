/* Forms as browsers send them: which value a field has, and what is no text. */
#include "daemon/status/form.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

static void
a_field_is_decoded(void **state)
{
	static const struct {
		const char *bytes, *name, *want; /* want NULL = refused */
	} cases[] = {
		{"text=Hej", "text", "Hej"},
		{"a=1&text=en+rad%0D%0A2&b=2", "text", "en rad\n2"},
		{"text=%C3%A5%c3%a4%C3%B6%26%3d", "text", "åäö&="},
		{"", "text", ""},
		{"text", "text", ""},
		{"text=", "text", ""},
		{"kontext=x", "text", ""},
		{"text=a=b", "text", "a=b"},
		{"text=1&text=2", "text", "1"},
		{"&&text=x&", "text", "x"},
		{"text=0123456789", "text", "0123456789"},
		{"text=01234567890", "text", NULL},
		{"text=%4", "text", NULL},
		{"text=%4G", "text", NULL},
		{"text=%00", "text", NULL},
		{"text=%1B[2J", "text", NULL},
		{"text=%FF", "text", NULL},
		{"text=%C3", "text", NULL},
		{"text=%C0%AF", "text", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char out[11];
		const bool taken = vg_form_field(cases[i].bytes, strlen(cases[i].bytes),
						 cases[i].name, out, sizeof(out));

		if (taken != (cases[i].want != NULL))
			fail_msg("%s: %s", cases[i].bytes, taken ? "taken" : "refused");
		if (taken)
			assert_string_equal(out, cases[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_field_is_decoded)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
