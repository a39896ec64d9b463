/* Syslog as it comes: both RFCs, the habits of makers, broken lines, alarms, TCP framing. */
#include "lib/syslog/syslog.h"

#include "lib/civil/civil.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define RECEIVED 1795337654000 /* 2026-11-22T08:54:14Z, 09:54:14 here */
#define NONE	 "-"

/* host | app | procid | msgid | msg, and the time as the process's zone writes it. */
static char *
written(const struct vg_syslog *m)
{
	static char text[9000];
	char at[32] = NONE;

	if (m->at_ms >= 0)
		(void)vg_civil_iso(m->at_ms, at, sizeof(at));
	(void)snprintf(text, sizeof(text), "%s|%s|%s|%s|%s|%s", at, m->host, m->app, m->procid,
		       m->msgid, m->msg);
	return text;
}

static struct vg_syslog *
parsed(const char *line)
{
	static struct vg_syslog message;

	vg_syslog_parse(&message, line, strlen(line), RECEIVED);
	return &message;
}

static const struct {
	const char *line;
	int pri; /* -1 = bare */
	const char *want;
} lines[] = {
	/* RFC 5424's own examples */
	{"<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \xEF\xBB\xBF'su root' "
	 "failed",
	 34, "2003-10-12T00:14:15+02:00|mymachine.example.com|su||ID47|'su root' failed"},
	{"<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time", 165,
	 "2003-08-24T14:14:15+02:00|192.0.2.1|myproc|8710||%% It's time"},
	{"<165>1 2003-10-11T22:14:15.003Z HOST evntslog - ID47 [exampleSDID@32473 iut=\"3\" "
	 "eventSource=\"Application\"] text",
	 165, "2003-10-12T00:14:15+02:00|host|evntslog||ID47|text"},
	{"<13>1 - - - - - -", 13, "-|||||"},
	{"<13>1 - - - - - ", 13, "-|||||"},
	{"<13>1 - h a", 13, "-|h|a|||"},
	/* no structured data, or broken: all of it is message */
	{"<13>1 2026-11-22T09:00:00Z h a 1 m text [not] data", 13,
	 "2026-11-22T10:00:00+01:00|h|a|1|m|text [not] data"},
	{"<13>1 2026-11-22T09:00:00Z h a 1 m [id x=\"1] text", 13,
	 "2026-11-22T10:00:00+01:00|h|a|1|m|[id x=\"1] text"},
	{"<13>1 2026-11-22T09:00:00Z h a 1 m [id x=\"1\"]text", 13,
	 "2026-11-22T10:00:00+01:00|h|a|1|m|[id x=\"1\"]text"},
	/* RFC 3164 */
	{"<34>Oct 11 22:14:15 mymachine su: 'su root' failed", 34,
	 "2026-10-11T22:14:15+02:00|mymachine|su|||'su root' failed"},
	{"<13>Feb  5 17:32:18 10.0.0.99 Use the BFG!", 13,
	 "2027-02-05T17:32:18+01:00|10.0.0.99||||Use the BFG!"},
	{"<86>Nov 22 09:54:13 db1 sshd[4711]: Failed password", 86,
	 "2026-11-22T09:54:13+01:00|db1|sshd|4711||Failed password"},
	{"<86>Nov  2 09:54:13 db1 postfix/smtpd[12]: x", 86,
	 "2026-11-02T09:54:13+01:00|db1|postfix/smtpd|12||x"},
	{"<30>Nov 22 09:54:13 sshd[12]: no host", 30,
	 "2026-11-22T09:54:13+01:00||sshd|12||no host"},
	{"<30>Nov 22 09:54:13 su: no host", 30, "2026-11-22T09:54:13+01:00||su|||no host"},
	{"<30>Nov 22 09:54:13 lonely", 30, "2026-11-22T09:54:13+01:00|||||lonely"},
	{"<30>sshd[12]: no time", 30, "-||sshd|12||no time"},
	{"<30>no time, no tag", 30, "-|||||no time, no tag"},
	{"<30>see http://x", 30, "-|||||see http://x"},
	{"<30>a[b c]: x", 30, "-|||||a[b c]: x"},
	{"<3>Nov 22 09:54:13 h kernel: [   12.5] md0: x", 3,
	 "2026-11-22T09:54:13+01:00|h|kernel|||[   12.5] md0: x"},
	{"<0>Nov 31 09:54:13 h a: no such day", 0, "-|h|a|||no such day"},
	{"<0>Feb 29 09:54:13 h a: no such day near", 0, "-|h|a|||no such day near"},
	{"<30>Nov 22 09:54:13 Message forwarded from aix1: inetd[9]: x", 30,
	 "2026-11-22T09:54:13+01:00|aix1|inetd|9||x"},
	/* a time as RFC 5424 writes it */
	{"<13>2026-11-22T09:54:13.5+01:00 web1 nginx: x", 13,
	 "2026-11-22T09:54:13+01:00|web1|nginx|||x"},
	{"<166>2026-11-22T08:54:13.123Z ESX1 Hostd: info hostd[1] x", 166,
	 "2026-11-22T09:54:13+01:00|esx1|Hostd|||info hostd[1] x"},
	/* years and zones */
	{"<13>Nov 22 2025 09:54:13 h a: x", 13, "2025-11-22T09:54:13+01:00|h|a|||x"},
	{"<13>Nov 22 09:54:13 2025 h a: x", 13, "2025-11-22T09:54:13+01:00|h|a|||x"},
	{"<13>Nov 22 2025 09:54:13+03:00 h a: x", 13, "2025-11-22T07:54:13+01:00|h|a|||x"},
	{"<13>Nov 22 09:54:13-0500 h a: x", 13, "2026-11-22T15:54:13+01:00|h|a|||x"},
	{"<13>Nov 22 09:54:13Z h a: x", 13, "2026-11-22T10:54:13+01:00|h|a|||x"},
	{"<13>Nov 22 09:54:13 2024", 13, "2026-11-22T09:54:13+01:00|||||2024"},
	/* Cisco */
	{"<189>29: *Mar  1 18:48:50.483 UTC: %SYS-5-CONFIG_I: Configured", 189,
	 "-||||SYS-5-CONFIG_I|%SYS-5-CONFIG_I: Configured"},
	{"<187>000045: .Nov 22 08:50:00.120 UTC: %LINK-3-UPDOWN: Interface Gi0/1", 187,
	 "2026-11-22T09:50:00+01:00||||LINK-3-UPDOWN|%LINK-3-UPDOWN: Interface Gi0/1"},
	{"<187>45: sw1: Nov 22 09:50:00 CET: %LINK-3-UPDOWN: x", 187,
	 "2026-11-22T09:50:00+01:00|sw1|||LINK-3-UPDOWN|%LINK-3-UPDOWN: x"},
	{"<187>sw1: 45: Nov 22 2026 09:50:00.1 CEST: %LINK-3-UPDOWN: x", 187,
	 "2026-11-22T08:50:00+01:00|sw1|||LINK-3-UPDOWN|%LINK-3-UPDOWN: x"},
	{"<187>45: 00:00:46: %LINK-3-UPDOWN: x", 187, "-||||LINK-3-UPDOWN|%LINK-3-UPDOWN: x"},
	{"<187>45: 1y2w: %LINK-3-UPDOWN: x", 187, "-||||LINK-3-UPDOWN|%LINK-3-UPDOWN: x"},
	{"<166>Nov 22 2026 09:54:13 asa1 : %ASA-6-302013: Built", 166,
	 "2026-11-22T09:54:13+01:00|asa1|||ASA-6-302013|%ASA-6-302013: Built"},
	{"<166>Nov 22 2026 09:54:13: %ASA-6-302013: Built", 166,
	 "2026-11-22T09:54:13+01:00||||ASA-6-302013|%ASA-6-302013: Built"},
	{"<189>Nov 22 09:54:13 nx1: %ETHPORT-5-IF_DOWN: x", 189,
	 "2026-11-22T09:54:13+01:00|nx1|||ETHPORT-5-IF_DOWN|%ETHPORT-5-IF_DOWN: x"},
	/* Huawei, Fortinet */
	{"<189>Nov 22 2026 09:54:13+01:00 S1 %%01IFNET/4/LINK_STATE(l)[1]:x", 189,
	 "2026-11-22T09:54:13+01:00|s1|||01IFNET/4/LINK_STATE(l)|%%01IFNET/4/LINK_STATE(l)[1]:x"},
	{"<189>date=2026-11-22 time=09:54:13 devname=f1", 189,
	 "-|||||date=2026-11-22 time=09:54:13 devname=f1"},
	/* hardly a message */
	{"", -1, "-|||||"},
	{"hello", -1, "-|||||hello"},
	{"<192>x", -1, "-|||||<192>x"},
	{"<>x", -1, "-|||||<>x"},
	{"<1234>x", -1, "-|||||<1234>x"},
	{"<13", -1, "-|||||<13"},
	{"<13>", 13, "-|||||"},
	{"<13>a\tb\x1b[0m\r\n\n", 13, "-|||||a b [0m"},
	{"<13>\xC3\xA5 \xE5 \xED\xA0\x80", 13,
	 "-|||||\xC3\xA5 \xEF\xBF\xBD \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
};

static void
a_line_is_understood(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		const struct vg_syslog *m = parsed(lines[i].line);

		assert_int_equal(m->form == VG_SYSLOG_BARE, lines[i].pri < 0);
		if (lines[i].pri >= 0)
			assert_int_equal(m->facility * 8 + m->severity, lines[i].pri);
		if (strcmp(written(m), lines[i].want) != 0)
			fail_msg("%s\nhas  %s\nwant %s", lines[i].line, written(m), lines[i].want);
	}
}

static void
a_missing_year_is_the_nearest(void **state)
{
	static const struct {
		int64_t received_ms;
		const char *line, *want;
	} cases[] = {
		/* received at 00:10 on New Year's Day of 2027, and late on the eve before */
		{1798758600000, "<13>Dec 31 23:59:59 h a: x", "2026-12-31T23:59:59+01:00|h|a|||x"},
		{1798757400000, "<13>Jan  1 00:00:30 h a: x", "2027-01-01T00:00:30+01:00|h|a|||x"},
		/* 29 February, in March of a leap year and the day before */
		{1835431200000, "<13>Feb 29 12:00:00 h a: x", "2028-02-29T12:00:00+01:00|h|a|||x"},
		{1835344800000, "<13>Feb 29 12:00:00 h a: x", "2028-02-29T12:00:00+01:00|h|a|||x"},
	};
	static struct vg_syslog m;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		vg_syslog_parse(&m, cases[i].line, strlen(cases[i].line), cases[i].received_ms);
		assert_string_equal(written(&m), cases[i].want);
	}
}

static void
rules_see_every_value(void **state)
{
	static const char *const want[][2] = {{"facility", "local4"}, {"severity", "notice"},
					      {"host", "h"},	      {"app", "a"},
					      {"procid", "7"},	      {"msgid", "M"},
					      {"ex@1.iut", "3"},      {"ex@1.q", "a\"b]c\\d\\e"},
					      {"two.empty", NULL},    {"two.x", " y "},
					      {"msg", "text"}};
	const struct vg_syslog *m =
		parsed("<165>1 - H a 7 M [ex@1 iut=\"3\" q=\"a\\\"b\\]c\\\\d\\e\"][two "
		       "empty=\"\" x=\" y \"][three] text");
	size_t seen = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		const char *value = vg_syslog_value(m, want[i][0]);

		assert_int_equal(value == NULL, want[i][1] == NULL);
		if (value != NULL) {
			assert_string_equal(value, want[i][1]);
			seen++;
		}
	}
	assert_int_equal(m->values, seen);
	assert_int_equal(m->values_cut, 0);
}

static void
limits_hold(void **state)
{
	static char line[VG_SYSLOG_BYTES_MAX + 100];
	static struct vg_syslog m;
	size_t used;

	(void)state;
	memset(line, 'x', sizeof(line));
	memcpy(line, "<13>", 4);
	vg_syslog_parse(&m, line, sizeof(line), RECEIVED);
	assert_int_equal(strlen(vg_syslog_value(&m, "msg")), VG_MESSAGE_VALUE_MAX);
	memset(line, 0xC3, sizeof(line)); /* each byte becomes three */
	vg_syslog_parse(&m, line, sizeof(line), RECEIVED);
	assert_int_equal(strlen(m.msg), VG_MESSAGE_VALUE_MAX / 3 * 3);
	used = (size_t)snprintf(line, sizeof(line), "<13>1 - h a p m [id");
	for (int i = 0; i < VG_SYSLOG_PARAMS_MAX + 3; i++)
		used += (size_t)snprintf(line + used, sizeof(line) - used, " p%d=\"%d\"", i, i);
	used += (size_t)snprintf(line + used, sizeof(line) - used, "] the text");
	vg_syslog_parse(&m, line, used, RECEIVED);
	assert_int_equal(m.values, VG_MESSAGE_VALUES_MAX);
	assert_int_equal(m.values_cut, 3);
	assert_string_equal(vg_syslog_value(&m, "msg"), "the text");
	/* a name of 33 bytes is none */
	vg_syslog_parse(&m, "<13>1 - h a p m [abcdefghijabcdefghijabcdefghijabc] x", 53, RECEIVED);
	assert_string_equal(m.msg, "[abcdefghijabcdefghijabcdefghijabc] x");
}

/* --- alarms --- */

#define ALARM "<165>1 2026-11-22T08:00:00Z mx.example.org evntslog - ID47 "

static void
an_alarm_says_itself_what_it_is(void **state)
{
	struct vg_syslog_alarm buffer = {0};
	struct vg_notice notice;

	(void)state;
	assert_true(vg_syslog_alarm(&buffer,
				    parsed(ALARM "[alarm resource=\"su root\" "
						 "probableCause=\"unauthorizedAccessAttempt\" "
						 "perceivedSeverity=\"major\" "
						 "eventType=\"operationalViolation\"] for "
						 "19121212-1212"),
				    "192.0.2.7", RECEIVED, &notice));
	assert_string_equal(notice.resource, "mx.example.org/su root");
	assert_string_equal(notice.type, "unauthorized-access-attempt");
	assert_int_equal(notice.severity, VG_SEVERITY_MAJOR);
	assert_int_equal(notice.category, VG_ALARM_SECURITY);
	assert_int_equal(notice.at_ms, RECEIVED - 54 * 60000 - 14000);
	assert_string_equal(notice.text, "for [PNR]");
	assert_string_equal(notice.peer, "192.0.2.7");
	assert_non_null(strstr(notice.detail, "\nalarm.resource = su root\n"));
	assert_null(strstr(notice.detail, "1212-1212"));
	assert_true(vg_syslog_alarm(&buffer,
				    parsed("<165>1 2027-11-22T08:00:00Z - - - - [alarm "
					   "resource=\"eth0\" probableCause=\"lossOfSignal\" "
					   "perceivedSeverity=\"CLEARED\"]"),
				    "192.0.2.7", RECEIVED, &notice));
	assert_string_equal(notice.resource, "192.0.2.7/eth0");
	assert_string_equal(notice.type, "loss-of-signal");
	assert_string_equal(notice.text, "lossOfSignal");
	assert_int_equal(notice.severity, VG_SEVERITY_CLEARED);
	assert_int_equal(notice.category, VG_ALARM_OTHER);
	assert_int_equal(notice.at_ms, RECEIVED); /* never later than it came */
	vg_syslog_alarm_fini(&buffer);
}

static void
half_an_alarm_is_none(void **state)
{
	static const char *const halves[] = {
		"[alarm probableCause=\"x\" perceivedSeverity=\"major\"]",
		"[alarm resource=\"x\" perceivedSeverity=\"major\"]",
		"[alarm resource=\"x\" probableCause=\"y\"]",
		"[alarm resource=\"x\" probableCause=\"y\" perceivedSeverity=\"bad\"]",
		"[alarms resource=\"x\" probableCause=\"y\" perceivedSeverity=\"major\"]",
		"-",
	};
	struct vg_syslog_alarm buffer = {0};
	struct vg_notice notice;

	(void)state;
	for (size_t i = 0; i < sizeof(halves) / sizeof(halves[0]); i++) {
		char line[200];

		(void)snprintf(line, sizeof(line), ALARM "%s text", halves[i]);
		assert_false(vg_syslog_alarm(&buffer, parsed(line), "::1", RECEIVED, &notice));
	}
	vg_syslog_alarm_fini(&buffer);
}

static void
long_names_are_cut_at_a_character(void **state)
{
	struct vg_syslog_alarm buffer = {0};
	struct vg_notice notice;
	char line[2000] = ALARM "[alarm resource=\"", *at = line + strlen(line);

	(void)state;
	for (int i = 0; i < 300; i++, at += 2)
		memcpy(at, "\xC3\xA5", 2);
	(void)snprintf(at, sizeof(line) - (size_t)(at - line),
		       "\" probableCause=\"%0300d\" perceivedSeverity=\"minor\"]", 7);
	assert_true(vg_syslog_alarm(&buffer, parsed(line), "::1", RECEIVED, &notice));
	assert_int_equal(strlen(notice.resource), 199); /* "mx.example.org/" and whole letters */
	assert_true(strlen(notice.type) <= VG_SYSLOG_ALARM_NAME_MAX);
	vg_syslog_alarm_fini(&buffer);
}

/* --- TCP --- */

struct heard {
	char text[200];
	size_t count, cuts, longest;
};

static void
hear(const char *bytes, size_t length, bool cut, void *arg)
{
	struct heard *heard = arg;
	size_t used = strlen(heard->text);

	heard->count++;
	heard->cuts += cut ? 1 : 0;
	heard->longest = length > heard->longest ? length : heard->longest;
	if (length < 50)
		(void)snprintf(heard->text + used, sizeof(heard->text) - used, "[%.*s]",
			       (int)length, bytes);
}

static const struct {
	const char *bytes, *want;
	int rc;
	bool whole; /* it ends between messages */
} streams[] = {
	{"<13>one\n<13>two\r\n\n<13>three", "[<13>one][<13>two\r][<13>three]", 0, true},
	{"7 <13>one7 <13>two", "[<13>one][<13>two]", 0, true},
	{"9 <13>a\nb\nc7 <13>two", "[<13>a\nb\nc][<13>two]", 0, true},
	{"7 <13>one\n7 <13>two\n", "[<13>one][<13>two]", 0, true},
	{"0 7 <13>two", "[<13>two]", 0, true},
	{"7 <13>one7 <13>t", "[<13>one]", 0, false},
	{"7 <13>one7", "[<13>one]", 0, false},
	{"7 <13>onex", "[<13>one]", VG_EPROTO, false},
	{"7x<13>one", "", VG_EPROTO, false},
	{"1234567890 x", "", VG_EPROTO, false},
	{"hello\n", "[hello]", 0, true},
	{"", "", 0, true},
};

/* However the bytes are cut into pieces, the messages are the same. */
static void
a_stream_is_cut_into_messages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++)
		for (size_t piece = 1; piece <= 20; piece++) {
			static struct vg_syslog_stream stream;
			struct heard heard = {0};
			struct vg_err err = {0};
			size_t length = strlen(streams[i].bytes);
			int rc = 0;

			memset(&stream, 0, sizeof(stream));
			for (size_t at = 0; at < length && rc == 0; at += piece)
				rc = vg_syslog_stream_take(&stream, streams[i].bytes + at,
							   length - at < piece ? length - at
									       : piece,
							   hear, &heard, &err);
			assert_int_equal(rc, streams[i].rc);
			assert_int_equal(rc != 0, err.text[0] != '\0');
			if (rc == 0)
				assert_int_equal(vg_syslog_stream_end(&stream, hear, &heard),
						 streams[i].whole);
			assert_string_equal(heard.text, streams[i].want);
		}
}

static void
a_long_message_is_cut_and_the_next_one_is_whole(void **state)
{
	static struct vg_syslog_stream stream;
	static char bytes[3 * VG_SYSLOG_BYTES_MAX];

	(void)state;
	for (int counted = 0; counted < 2; counted++) {
		struct heard heard = {0};
		size_t used = 0;

		memset(&stream, 0, sizeof(stream));
		if (counted)
			used = (size_t)snprintf(bytes, sizeof(bytes), "%d ",
						VG_SYSLOG_BYTES_MAX + 100);
		memset(bytes + used, 'x', VG_SYSLOG_BYTES_MAX + 100);
		used += VG_SYSLOG_BYTES_MAX + 100;
		used += (size_t)snprintf(bytes + used, sizeof(bytes) - used, "%s",
					 counted ? "3 end" : "\nend\n");
		assert_int_equal(vg_syslog_stream_take(&stream, bytes, used, hear, &heard, NULL),
				 0);
		assert_int_equal(heard.count, 2);
		assert_int_equal(heard.cuts, 1);
		assert_int_equal(heard.longest, VG_SYSLOG_BYTES_MAX);
		assert_string_equal(heard.text, "[end]");
	}
}

static int
set_zone(void **state)
{
	(void)state;
	return vg_civil_set_zone("Europe/Stockholm", NULL);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_understood),
		cmocka_unit_test(a_missing_year_is_the_nearest),
		cmocka_unit_test(rules_see_every_value),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(an_alarm_says_itself_what_it_is),
		cmocka_unit_test(half_an_alarm_is_none),
		cmocka_unit_test(long_names_are_cut_at_a_character),
		cmocka_unit_test(a_stream_is_cut_into_messages),
		cmocka_unit_test(a_long_message_is_cut_and_the_next_one_is_whole),
	};

	return cmocka_run_group_tests(tests, set_zone, NULL);
}
