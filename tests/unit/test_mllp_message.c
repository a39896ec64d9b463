/* HL7 over MLLP: what is sent, byte for byte, and what is made of answers. */
#include "agents/checks/mllp_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define STAMP "20261122050607"
#define MSH   "\x0bMSH|^~\\&|PEER|||||||ACK|1|P|2.4\r"
#define END   "\x1c\r"

static const struct {
	const char *message, *want;
} requests[] = {
	{vg_mllp_built_in, "\x0bMSH|^~\\&|VINGA||||" STAMP "||NMQ^N01|ID|D|2.4\rNCK|0\r" END},
	{"MSH|^~\\&|A|B|C|D|1|S|ADT^A04|old|T|2.3\nEVN|A04\n",
	 "\x0bMSH|^~\\&|A|B|C|D|" STAMP "|S|ADT^A04|ID|T|2.3\rEVN|A04\r" END},
	{"MSH|^~\\&|||||1||ADT^A04|old|T|2.3\r\nEVN|A04",
	 "\x0bMSH|^~\\&|||||" STAMP "||ADT^A04|ID|T|2.3\rEVN|A04\r" END},
	{"MSH#^~\\&#######ADT|x#", "\x0bMSH#^~\\&#####" STAMP "##ADT|x#ID\r" END},
	{"MSH|^~\\&|||||||ADT|", "\x0bMSH|^~\\&|||||" STAMP "||ADT|ID\r" END},
};

static void
a_request_is_framed_and_stamped(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		struct vg_err err = {0};
		char *bytes = NULL;
		size_t length = 0;

		assert_int_equal(
			vg_mllp_request(&bytes, &length, requests[i].message, STAMP, "ID", &err),
			0);
		assert_int_equal(length, strlen(requests[i].want));
		assert_memory_equal(bytes, requests[i].want, length);
		free(bytes);
	}
}

static void
what_is_no_message_is_not_sent(void **state)
{
	static const char *const messages[] = {
		"",
		"hello",
		"MSH",
		"MSH|^~\\&|||||1||ADT",
		"EVN|A04\rMSH|^~\\&|||||1||ADT|7",
		"\x0bMSH|^~\\&|||||1||ADT|7|T\r\x1c\r",
		"MSH|^~\\&|||||1||ADT|7|T\r\x1c\r",
	};
	struct vg_err err = {0};
	char *bytes = NULL, *much;
	size_t length = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		assert_int_equal(vg_mllp_request(&bytes, &length, messages[i], STAMP, "ID", &err),
				 VG_EINVALID);
		assert_null(bytes);
	}
	much = malloc(VG_MLLP_MESSAGE_MAX + 2);
	assert_non_null(much);
	memset(much, 'x', VG_MLLP_MESSAGE_MAX + 1);
	much[VG_MLLP_MESSAGE_MAX + 1] = '\0';
	assert_int_equal(vg_mllp_request(&bytes, &length, much, STAMP, "ID", &err), VG_ELIMIT);
	free(much);
}

static const struct {
	const char *bytes, *code, *control_id, *error;
} answers[] = {
	{MSH "MSA|AA|ID\r" END, "AA", "ID", NULL},
	{MSH "MSA|AE|ID|a text that may name somebody\rERR|||207\r" END, "AE", "ID", NULL},
	{MSH "SFT|x\rMSA|CR|\r" END, "CR", "", NULL},
	{MSH "MSA|AR|ID" END, "AR", "ID", NULL},
	{"\x0bMSH#^~\\&\rMSA#AA#ID\r" END, "AA", "ID", NULL},
	{MSH "MSA|AA|ID\r" END "more", "AA", "ID", NULL},
	{"", NULL, NULL, "closed without an answer"},
	{"\x0b", NULL, NULL, "the answer is no MLLP frame"},
	{MSH "MSA|AA|ID\r\x1c", NULL, NULL, "the answer is no MLLP frame"},
	{MSH "MSA|AA|ID\r\x1cx", NULL, NULL, "the answer is no MLLP frame"},
	{"MSH|^~\\&|\rMSA|AA|ID\r" END, NULL, NULL, "the answer is no MLLP frame"},
	{"\x0b" END, NULL, NULL, "the answer is no HL7 message"},
	{"\x0bMSA|AA|ID\r" END, NULL, NULL, "the answer is no HL7 message"},
	{MSH END, NULL, NULL, "the answer has no MSA segment"},
	{MSH "MSA" END, NULL, NULL, "the answer has no MSA segment"},
	{MSH "MSA#AA#ID\r" END, NULL, NULL, "the answer has no MSA segment"},
	{MSH "MSA|XX|ID\r" END, NULL, NULL, "the answer has no acknowledgement code"},
	{MSH "MSA|A\r" END, NULL, NULL, "the answer has no acknowledgement code"},
	{MSH "MSA|AA\r" END, NULL, NULL, "the answer has another message's control id"},
	{MSH "MSA|AA|123456789012345678901\r" END, NULL, NULL,
	 "the answer has another message's control id"},
};

static void
answers_are_read_or_said_to_be_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct vg_mllp_ack ack = {0};
		struct vg_err err = {0};
		int rc = vg_mllp_ack_parse(answers[i].bytes, strlen(answers[i].bytes), &ack, &err);

		if (answers[i].error != NULL) {
			assert_int_equal(rc, VG_EPROTO);
			assert_string_equal(err.text, answers[i].error);
			continue;
		}
		assert_int_equal(rc, 0);
		assert_string_equal(ack.code, answers[i].code);
		assert_string_equal(ack.control_id, answers[i].control_id);
	}
}

static void
a_frame_is_complete_with_its_two_last_bytes(void **state)
{
	static const char whole[] = MSH "MSA|AA|ID\r" END;

	(void)state;
	for (size_t length = 0; length < sizeof(whole) - 1; length++)
		assert_false(vg_mllp_complete(whole, length));
	assert_true(vg_mllp_complete(whole, sizeof(whole) - 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_framed_and_stamped),
		cmocka_unit_test(what_is_no_message_is_not_sent),
		cmocka_unit_test(answers_are_read_or_said_to_be_wrong),
		cmocka_unit_test(a_frame_is_complete_with_its_two_last_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
