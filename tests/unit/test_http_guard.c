/* The reader of HTTP heads: what must pass, and each refusal with its status. */
#include "daemon/http/head.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static char bytes[64 * 1024];

static int
parse(const char *text, struct vg_head *head, struct vg_err *err)
{
	size_t length = strlen(text);

	assert_true(length < sizeof(bytes));
	memcpy(bytes, text, length + 1);
	return vg_head_parse(bytes, length, head, err);
}

static void
a_plain_request_is_read(void **state)
{
	struct vg_head head;
	struct vg_err err;

	(void)state;
	assert_int_equal(parse("POST /api/v1/tickets/V-1/correct?a=b%20c&d=e+f HTTP/1.1\r\n"
			       "Host: x\r\ncontent-length: 12\r\nX-Y:\t z \r\n\r\n",
			       &head, &err),
			 0);
	assert_int_equal(head.method, VG_POST);
	assert_string_equal(head.path, "/api/v1/tickets/V-1/correct");
	assert_int_equal(head.segments, 5);
	assert_string_equal(head.segment[3], "V-1");
	assert_string_equal(vg_head_query(&head, "a"), "b c");
	assert_string_equal(vg_head_query(&head, "d"), "e f");
	assert_null(vg_head_query(&head, "x"));
	assert_int_equal(head.content_length, 12);
	assert_string_equal(vg_head_header(&head, "x-y"), "z");
	assert_true(head.keep_alive);
	assert_false(head.chunked);
}

static void
framing_is_read(void **state)
{
	struct vg_head head;
	struct vg_err err;

	(void)state;
	assert_int_equal(parse("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n"
			       "Expect: 100-continue\r\nConnection: Close\r\n\r\n",
			       &head, &err),
			 0);
	assert_true(head.chunked);
	assert_false(head.keep_alive);
	assert_int_equal(head.content_length, -1);
	assert_int_equal(parse("GET / HTTP/1.0\r\n\r\n", &head, &err), 0);
	assert_false(head.keep_alive);
}

static void
doubtful_heads_are_refused(void **state)
{
	static const struct {
		const char *text;
		int status;
	} cases[] = {
		{"GET /\r\n\r\n", 400},
		{"GET / HTTP/1.1 x\r\nHost: x\r\n\r\n", 400},
		{"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		{"\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		{"get / HTTP/1.1\r\nHost: x\r\n\r\n", 405},
		{"DELETE / HTTP/1.1\r\nHost: x\r\n\r\n", 405},
		{"GET / HTTP/1.2\r\nHost: x\r\n\r\n", 505},
		{"GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		{"GET * HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		{"GET /a%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		{"GET /a%0d HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		{"GET /a%2 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		{"GET /a%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		{"GET /../a HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		{"GET /%2E%2e/a HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		{"GET /1/2/3/4/5/6/7/8/9 HTTP/1.1\r\nHost: x\r\n\r\n", 414},
		{"GET /?a HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		{"GET /?a=1&a=2 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		{"GET /?a=%0a HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		{"GET / HTTP/1.1\r\n\r\n", 400},
		{"GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", 400},
		{"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400},
		{"GET / HTTP/1.1\r\n: x\r\nHost: x\r\n\r\n", 400},
		{"GET / HTTP/1.1\r\nHost: x\r\nnothing\r\n\r\n", 400},
		{"GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", 400},
		{"GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n", 400},
		{"GET / HTTP/1.1\r\nHost: x\rA: b\r\n\r\n", 400},
		{"GET / HTTP/1.1\r\nHost: x\001\r\n\r\n", 400},
		{"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\n", 400},
		{"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400},
		{"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x1\r\n\r\n", 400},
		{"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\n", 400},
		{"POST / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n", 400},
		{"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999999999\r\n\r\n", 400},
		{"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
		 400},
		{"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: "
		 "chunked\r\n\r\n",
		 400},
		{"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501},
		{"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n", 501},
		{"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
		 "Transfer-Encoding: chunked\r\n\r\n",
		 400},
		{"POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
		{"POST / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n", 417},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vg_head head;
		struct vg_err err = {0};
		int status = parse(cases[i].text, &head, &err);

		if (status != cases[i].status)
			print_error("case %zu: %s\n", i, cases[i].text);
		assert_int_equal(status, cases[i].status);
		assert_true(err.text[0] != '\0');
	}
}

static void
sixty_five_headers_are_too_many(void **state)
{
	char text[4096] = "GET / HTTP/1.1\r\nHost: x\r\n";
	struct vg_head head;
	struct vg_err err;
	size_t used = strlen(text);

	(void)state;
	for (int i = 0; i < VG_HEADERS_MAX - 1; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "A%d: b\r\n", i);
	memcpy(text + used, "\r\n", 3);
	assert_int_equal(parse(text, &head, &err), 0);
	memcpy(text + used, "B: c\r\n\r\n", 9);
	assert_int_equal(parse(text, &head, &err), 431);
}

static void
chunk_sizes_are_plain_hex(void **state)
{
	(void)state;
	assert_int_equal(vg_chunk_size("0"), 0);
	assert_int_equal(vg_chunk_size("1f"), 31);
	assert_int_equal(vg_chunk_size("FFFFFFFF"), 0xffffffffLL);
	assert_int_equal(vg_chunk_size(""), -1);
	assert_int_equal(vg_chunk_size("100000000"), -1);
	assert_int_equal(vg_chunk_size("0x5"), -1);
	assert_int_equal(vg_chunk_size("-1"), -1);
	assert_int_equal(vg_chunk_size("5;a=b"), -1);
	assert_int_equal(vg_chunk_size("5 "), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_request_is_read),
		cmocka_unit_test(framing_is_read),
		cmocka_unit_test(doubtful_heads_are_refused),
		cmocka_unit_test(sixty_five_headers_are_too_many),
		cmocka_unit_test(chunk_sizes_are_plain_hex),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
