/* Tickets of alarms: made by a person's word, or by themselves from the agreement's
 * alarm_ticket_severity up; and the ticket of an accepted major incident.
 *
 * The ticket's reference is the alarm's own name, "A-12", or the proposal's, "F-12", under the
 * daemon's source, and its event is known by that name too: so there is never a second one,
 * whatever was lost or asked for twice. */
#ifndef VG_ALARM_TICKET_H
#define VG_ALARM_TICKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VG_ALARM_TICKETS_MAX 100 /* under way at a time; the rest follows when they are durable */

struct vg_api;
struct vg_call;

/* What struct vg_api remembers for it; all zero at first. */
struct vg_alarm_tickets {
	int64_t seen_seq;   /* changes up to this row were looked at */
	int64_t sweep_from; /* all open alarms are being looked at, from this one on; INT64_MAX =
			       they were */
	int64_t again_ms;   /* when they are to be again, since one was hidden or not submitted */
	size_t in_flight;
};

/* Makes the tickets that are due. To be called after each applied group of events: looks at what
 * has changed since the call before, and at all open alarms the first time and when something may
 * have ended that hid one. */
void vg_alarm_ticket_turn(struct vg_api *api);

/* POST /api/v1/alarms/{id}/ticket with an empty object: 201 with the ticket, 200 when there is one.
 */
void vg_post_alarm_ticket(struct vg_call *call);

#endif
