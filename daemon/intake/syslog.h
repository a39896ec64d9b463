/* Syslog over UDP and TCP into notices of alarms, source "syslog".
 *
 * A line that says itself what alarm it is (RFC 5674) is a notice; of all others rules decide, and
 * a line that no rule fits is counted and not kept. Whoever reaches the listener could write
 * anybody's name, so only the networks of a setting are heard. Loop thread only. */
#ifndef VG_INTAKE_SYSLOG_H
#define VG_INTAKE_SYSLOG_H

#include "daemon/intake/notices.h"

#define VG_SYSLOG_CONNECTIONS_MAX 1000 /* over TCP; of one address VG_SYSLOG_PER_ADDRESS_MAX */
#define VG_SYSLOG_PER_ADDRESS_MAX 64
#define VG_SYSLOG_IDLE_S	  3600 /* after which a silent connection is closed */

struct vg_syslog_listener;
struct vg_syslog_options {
	struct event_base *base;
	struct vg_live *live;
	struct vg_notices *notices;
	/* "udp:127.0.0.1:8514 tcp:[::1]:8514", "udp:systemd:NAME"; several by space */
	const char *listen;
	const char *from; /* networks, see senders.h */
};
/* Since the start. */
struct vg_syslog_counts {
	int64_t lines;		 /* read */
	int64_t notices;	 /* that a rule fitted, or that were alarms by themselves */
	int64_t unknown;	 /* that no rule fitted: not kept */
	int64_t ignored;	 /* that a rule calls nothing */
	int64_t cut;		 /* longer than VG_SYSLOG_BYTES_MAX */
	int64_t refused;	 /* datagrams and connections of networks that may not send */
	int64_t dropped;	 /* datagrams, by the kernel */
	int64_t lost;		 /* notices that the collector had no room for */
	int64_t broken;		 /* connections that ended within a message, or broke the framing */
	int64_t connections;	 /* open now */
	int64_t connections_cut; /* closed at once: over a limit */
};

VG_MUST_CHECK int vg_syslog_listener_new(struct vg_syslog_listener **out,
					 const struct vg_syslog_options *options,
					 struct vg_err *err);
/* Messages that have come whole are with the collector by then. NULL is allowed. */
void vg_syslog_listener_free(struct vg_syslog_listener *listener);
void vg_syslog_listener_get_counts(const struct vg_syslog_listener *listener,
				   struct vg_syslog_counts *out);

#endif
