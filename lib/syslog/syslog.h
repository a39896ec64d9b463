/* Syslog: lines as they come from everywhere, RFC 5424 and what goes by the name of RFC 3164.
 *
 * Nothing is refused: what cannot be read as a header stands in the message. Invalid UTF-8 becomes
 * U+FFFD, control characters become spaces, so every text is one readable line. */
#ifndef VG_SYSLOG_H
#define VG_SYSLOG_H

#include "lib/alarm/rules.h"
#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VG_SYSLOG_BYTES_MAX  8192			 /* of one message; what is longer is cut */
#define VG_SYSLOG_PARAMS_MAX (VG_MESSAGE_VALUES_MAX - 7) /* of structured data */
#define VG_SYSLOG_NAME_MAX   32 /* bytes of SD-ID and PARAM-NAME, as RFC 5424 has it */

enum vg_syslog_form {
	VG_SYSLOG_BARE,	   /* no "<PRI>": user.notice, as RFC 3164 4.3.3 says */
	VG_SYSLOG_RFC3164, /* "<PRI>", then whatever its sender thought right */
	VG_SYSLOG_RFC5424,
};

/* A message. Its strings lie in it, so it is not copied; "" = not said. */
struct vg_syslog {
	enum vg_syslog_form form;
	int facility, severity; /* 0 to 23; 0 to 7 */
	int64_t at_ms;		/* as its sender says; -1 = it does not, or has no clock */
	const char *host;	/* in lower case */
	const char *app, *procid, *msgid, *msg;
	/* What a rule sees, without empty ones: facility and severity as words, host, app, procid,
	 * msgid, "<sd-id>.<param>" as they came, msg. A value is cut at VG_MESSAGE_VALUE_MAX. */
	size_t values, values_cut; /* cut: left out */
	struct vg_message_value value[VG_MESSAGE_VALUES_MAX];
	/* where they lie */
	size_t params;
	char text[3 * VG_SYSLOG_BYTES_MAX + 1];
	char names[VG_SYSLOG_PARAMS_MAX][2 * VG_SYSLOG_NAME_MAX + 2];
};

/* Reads a message of at most VG_SYSLOG_BYTES_MAX bytes; further ones are not looked at. received_ms
 * gives the year, and the day, that a time without them means (the nearest); such a time is local
 * to the process's zone, which must be set (vg_civil_set_zone). */
void vg_syslog_parse(struct vg_syslog *out, const char *bytes, size_t length, int64_t received_ms);

/* "kern" ... "local7"; "emerg" ... "debug". */
const char *vg_syslog_facility_word(int facility);
const char *vg_syslog_severity_word(int severity);
/* NULL = it has none of that name. */
const char *vg_syslog_value(const struct vg_syslog *message, const char *name);

/* A line that says itself what alarm it is: RFC 5674's element "alarm" with resource, probableCause
 * and perceivedSeverity. The buffer keeps the notice's strings. */
#define VG_SYSLOG_ALARM_NAME_MAX 200 /* bytes of resource and type; more are cut */
struct vg_syslog_alarm {
	char resource[VG_SYSLOG_ALARM_NAME_MAX + 1], type[VG_SYSLOG_ALARM_NAME_MAX + 1];
	char detail[VG_NOTICE_DETAIL_MAX + 1];
	char *masked_text, *masked_detail; /* owned */
};
/* Fills in *out but id, and service and municipality as empty; at_ms is never after received_ms.
 * `peer` is who sent it, and whom it is about when the line names no host. False: it has no such
 * element, or a member of it is missing or unknown (or memory is out): rules decide then. */
bool vg_syslog_alarm(struct vg_syslog_alarm *buffer, const struct vg_syslog *message,
		     const char *peer, int64_t received_ms, struct vg_notice *out);
void vg_syslog_alarm_fini(struct vg_syslog_alarm *buffer);

/* Messages over TCP (RFC 6587): counted ("12 <13>hello ...") or ended by a newline or NUL. The
 * first byte of a connection tells which; a digit begins a count. */
enum vg_syslog_framing { VG_FRAMING_UNKNOWN, VG_FRAMING_COUNTED, VG_FRAMING_LINES };
/* Zeroed at the start of a connection. */
struct vg_syslog_stream {
	enum vg_syslog_framing framing;
	bool in_message; /* COUNTED: behind the count */
	size_t digits;
	size_t left; /* COUNTED: bytes of this message that are still to come */
	bool cut;    /* this message was longer than VG_SYSLOG_BYTES_MAX */
	size_t length;
	char message[VG_SYSLOG_BYTES_MAX];
};
/* `cut`: it was longer than it is here. */
typedef void vg_syslog_message_cb(const char *bytes, size_t length, bool cut, void *arg);
/* Takes what was read, in pieces of any size. VG_EPROTO: a count was expected and something else
 * came; nothing after it can be read. Empty messages are left out. */
VG_MUST_CHECK int vg_syslog_stream_take(struct vg_syslog_stream *stream, const char *bytes,
					size_t length, vg_syslog_message_cb *on_message, void *arg,
					struct vg_err *err);
/* The connection has ended: a last line without newline is a message. False: it ended within a
 * counted one. */
bool vg_syslog_stream_end(struct vg_syslog_stream *stream, vg_syslog_message_cb *on_message,
			  void *arg);

#endif
