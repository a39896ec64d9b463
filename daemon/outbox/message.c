/* message.c - the words of a notification.
 *
 * It says what has to be done, about which ticket, until when, and what the caller wrote; never who
 * the caller is, since Vinga does not know that. */
#include "daemon/outbox/message.h"

#include "daemon/outbox/signal_message.h"

#include "lib/civil/civil.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct about {
	struct vg_ticket_view view;
	char id[32];
	const char *code, *municipality, *service; /* "" = none */
	char due[40];				   /* local time; "" = none */
	bool again;
};

static const char *
or_empty(const char *text)
{
	return text == NULL ? "" : text;
}

/* False when the ticket is gone (its import was revoked). */
static bool
look_up(const struct vg_core *core, const struct vg_notification *notification, int64_t now_ms,
	struct about *out)
{
	const struct vg_ticket *ticket = vg_core_ticket(core, notification->ticket);
	const struct vg_municipality *municipality = NULL;
	const struct vg_service *service = NULL;

	memset(out, 0, sizeof(*out));
	(void)snprintf(out->id, sizeof(out->id), "V-%" PRId64, notification->ticket);
	out->again = notification->delivered_ms >= 0;
	out->code = out->municipality = out->service = "";
	if (ticket == NULL)
		return false;
	vg_ticket_view(core, ticket, now_ms, &out->view, NULL, NULL);
	out->code = or_empty(out->view.text[VG_TF_MUNICIPALITY]);
	out->service = or_empty(out->view.text[VG_TF_SERVICE]);
	if (out->view.agreement != NULL) {
		municipality = vg_agreement_municipality(out->view.agreement, out->code);
		service = vg_agreement_service(out->view.agreement, out->service);
	}
	out->municipality = municipality == NULL ? out->code : municipality->name;
	out->service = service == NULL ? out->service : service->name;
	if (out->view.resolution.due_ms >= 0)
		(void)vg_civil_iso(out->view.resolution.due_ms, out->due, sizeof(out->due));
	return true;
}

char *
vg_message_json(const struct vg_core *core, const struct vg_notification *notification,
		const char *note, int64_t now_ms)
{
	struct about about;
	json_t *object;
	char *text;

	if (notification->signal > 0)
		return vg_signal_message_json(core, notification, now_ms);
	(void)look_up(core, notification, now_ms, &about);
	object = json_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:i, s:s?, s:s?}",
			   "kind", "ticket.escalated", "ticket", about.id, "notification",
			   (json_int_t)notification->id, "duty", notification->duty, "municipality",
			   about.code, "municipality_name", about.municipality, "service",
			   about.service, "priority", or_empty(about.view.priority), "status",
			   vg_word(VG_TF_STATUS, about.view.status), "again", about.again,
			   "attempt", notification->attempts + 1, "due",
			   *about.due != '\0' ? about.due : NULL, "note", note);
	text = object == NULL ? NULL : json_dumps(object, JSON_SORT_KEYS | JSON_COMPACT);
	json_decref(object);
	return text;
}

void
vg_message_subject(const struct vg_core *core, const struct vg_notification *notification,
		   int64_t now_ms, char *out, size_t size)
{
	struct about about;

	if (notification->signal > 0) {
		vg_signal_message_subject(core, notification, now_ms, out, size);
		return;
	}
	(void)look_up(core, notification, now_ms, &about);
	(void)snprintf(out, size, "Vinga: %s till andra linjen, kommun %.20s%s%.20s%s", about.id,
		       *about.code != '\0' ? about.code : "okand",
		       *or_empty(about.view.priority) != '\0' ? ", " : "",
		       or_empty(about.view.priority), about.again ? " (igen)" : "");
}

char *
vg_message_mail(const struct vg_core *core, const struct vg_notification *notification,
		const char *note, int64_t now_ms)
{
	struct about about;
	char *text = NULL;

	if (notification->signal > 0)
		return vg_signal_message_mail(core, notification, now_ms);
	(void)look_up(core, notification, now_ms, &about);
	if (asprintf(&text,
		     "Ett ärende har lämnats till andra linjen%s.\r\n\r\n"
		     "Ärende:    %s\r\nKommun:    %s %s\r\nTjänst:    %s\r\nPrioritet: "
		     "%s\r\nÅtgärdas senast: %s\r\n\r\n"
		     "%s%s\r\n\r\n"
		     "Kvittera med: vinga ticket ack %s\r\n"
		     "Meddelandet upprepas tills ärendet är kvitterat, om avtalet säger det.\r\n",
		     about.again ? " och är ännu inte kvitterat" : "", about.id, about.code,
		     about.municipality, *about.service != '\0' ? about.service : "-",
		     *or_empty(about.view.priority) != '\0' ? about.view.priority : "-",
		     *about.due != '\0' ? about.due : "inget mål",
		     note != NULL ? "Första linjen skrev:\r\n" : "", note != NULL ? note : "",
		     about.id) < 0)
		return NULL;
	return text;
}
