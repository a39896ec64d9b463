/* signal_message.c - the words of a notification about a signal: what is wrong, where, since when.
 */
#include "daemon/outbox/signal_message.h"

#include "lib/civil/civil.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define PLACES_SHOWN 10 /* municipalities that a mail names */

/* $ is the service, @ the window, the record or the agent; the subject's words are ASCII. */
static const struct {
	const char *text, *subject;
} words[VG_SIGNAL_KIND_COUNT] = {
	[VG_SIGNAL_OUTAGE] = {"Tjänsten $ är nere.", "tjanst nere: $"},
	[VG_SIGNAL_WINDOW_ENDING] = {"Servicefönstret @ slutar snart, och tjänsten $ är "
				     "fortfarande nere.",
				     "@ slutar snart, nere: $"},
	[VG_SIGNAL_WINDOW_OVERRUN] = {"Servicefönstret @ har gått över sin tid (tjänst: $). "
				      "Tiden efter dess slut räknas som avbrott.",
				      "@ drar over tiden: $"},
	[VG_SIGNAL_CONTRADICTION] = {"Avbrottet @ är öppet, men mätningen säger att tjänsten "
				     "$ fungerar.",
				     "@ oppet, men matningen sager uppe: $"},
	[VG_SIGNAL_AGENT_SILENT] = {"Agenten @ har tystnat. Det som bara den mäter är omätt.",
				    "agent tyst: @"},
	[VG_SIGNAL_NETWORK] = {"Agenten @ når inte sina referenser: felet ligger i dess eget "
			       "nät.",
			       "natfel hos agent: @"},
	[VG_SIGNAL_ALARM] = {"Tjänsten $ har ett kritiskt larm.", "kritiskt larm: $"},
};
/* of alarms on what no service is known to need */
static const char unmapped_text[] = "Det finns ett kritiskt larm på en resurs utan känd tjänst.";

struct about {
	const struct vg_signal *signal; /* NULL = gone */
	const char *service;		/* name, or id; "-" = none */
	char text[400];
	char since[40];
	bool again;
};

/* Signals stand in order of their id. */
static const struct vg_signal *
find_signal(const struct vg_core *core, int64_t id)
{
	const struct vg_signal *signal;
	size_t low = 0, high = 1;

	while ((signal = vg_core_item(core, VG_OBJECT_SIGNAL, high)) != NULL && signal->id < id)
		high *= 2;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		signal = vg_core_item(core, VG_OBJECT_SIGNAL, middle);
		if (signal != NULL && signal->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	signal = vg_core_item(core, VG_OBJECT_SIGNAL, low);
	return signal != NULL && signal->id == id ? signal : NULL;
}

static const char *
service_name(const struct vg_core *core, const char *id)
{
	const struct vg_agreement *agreement = vg_core_agreement_latest(core);
	const struct vg_service *service =
		agreement == NULL ? NULL : vg_agreement_service(agreement, id);

	return service != NULL ? service->name : *id != '\0' ? id : "-";
}

static void
fill(const char *words_of, const char *service, const char *subject, char *out, size_t size)
{
	size_t used = 0;

	*out = '\0';
	for (const char *at = words_of; *at != '\0' && used + 1 < size; at++) {
		if (*at == '$' || *at == '@')
			(void)snprintf(out + used, size - used, "%s",
				       *at == '$' ? service : subject);
		else
			(void)snprintf(out + used, size - used, "%c", *at);
		used += strlen(out + used);
	}
}

static bool
is_unmapped(const struct vg_signal *signal)
{
	return signal->kind == VG_SIGNAL_ALARM && *signal->service == '\0';
}

static void
look_up(const struct vg_core *core, const struct vg_notification *notification, struct about *out)
{
	memset(out, 0, sizeof(*out));
	out->again = notification->delivered_ms >= 0;
	out->service = "-";
	out->signal = find_signal(core, notification->signal);
	if (out->signal == NULL)
		return;
	out->service = service_name(core, out->signal->service);
	(void)vg_civil_iso(out->signal->from_ms, out->since, sizeof(out->since));
	fill(is_unmapped(out->signal) ? unmapped_text : words[out->signal->kind].text, out->service,
	     out->signal->subject, out->text, sizeof(out->text));
}

/* "1489 Alingsås, 1480 Göteborg and so on" */
static void
list_places(const struct vg_core *core, const char *ids, char *out, size_t size)
{
	const struct vg_agreement *agreement = vg_core_agreement_latest(core);
	const struct vg_municipality *municipality;
	size_t used = 0;
	char code[16];

	(void)snprintf(out, size, "%s", *ids == '\0' ? "-" : "");
	for (int i = 0; *ids != '\0' && used < size; i++) {
		const size_t length = strcspn(ids, " ");

		if (i == PLACES_SHOWN) {
			(void)snprintf(out + used, size - used, " med flera");
			return;
		}
		(void)snprintf(code, sizeof(code), "%.*s", (int)length, ids);
		municipality =
			agreement == NULL ? NULL : vg_agreement_municipality(agreement, code);
		used += (size_t)snprintf(out + used, size - used, "%s%s %.60s", i > 0 ? ", " : "",
					 code, municipality == NULL ? "" : municipality->name);
		ids += length;
		ids += *ids == ' ';
	}
}

static json_t *
ids_json(const char *ids)
{
	json_t *list = json_array();

	for (; *ids != '\0'; ids += *ids == ' ') {
		const size_t length = strcspn(ids, " ");

		json_array_append_new(list, json_stringn(ids, length));
		ids += length;
	}
	return list;
}

char *
vg_signal_message_json(const struct vg_core *core, const struct vg_notification *notification,
		       int64_t now_ms)
{
	struct about about;
	json_t *object;
	char kind[40], *text;

	(void)now_ms;
	look_up(core, notification, &about);
	if (about.signal == NULL)
		return NULL;
	(void)snprintf(kind, sizeof(kind), "signal.%s",
		       vg_signal_name((enum vg_signal_kind)about.signal->kind));
	object = json_pack("{s:s, s:I, s:I, s:s, s:s, s:s, s:s, s:o, s:s, s:b, s:b, s:i, s:s}",
			   "kind", kind, "signal", (json_int_t)about.signal->id, "notification",
			   (json_int_t)notification->id, "duty", notification->duty, "service",
			   about.signal->service, "service_name", about.service, "subject",
			   about.signal->subject, "municipalities",
			   ids_json(about.signal->municipalities), "since", about.since, "over",
			   about.signal->to_ms != -1, "again", about.again, "attempt",
			   notification->attempts + 1, "text", about.text);
	text = object == NULL ? NULL : json_dumps(object, JSON_SORT_KEYS | JSON_COMPACT);
	json_decref(object);
	return text;
}

char *
vg_signal_message_mail(const struct vg_core *core, const struct vg_notification *notification,
		       int64_t now_ms)
{
	struct about about;
	char places[1024], *text = NULL;

	(void)now_ms;
	look_up(core, notification, &about);
	if (about.signal == NULL)
		return NULL;
	list_places(core, about.signal->municipalities, places, sizeof(places));
	if (asprintf(&text,
		     "%s%s\r\n\r\n"
		     "Tjänst:   %s\r\nGäller:   %s\r\nKommuner: %s\r\nSedan:    %s\r\n\r\n"
		     "Läget nu visas av: vinga %s\r\n"
		     "Meddelandet upprepas tills läget är över, om avtalet säger det.\r\n",
		     about.text, about.again ? " (upprepas)" : "", about.service,
		     *about.signal->subject != '\0' ? about.signal->subject : "-", places,
		     about.since,
		     about.signal->kind == VG_SIGNAL_ALARM ? "alarm list" : "status") < 0)
		return NULL;
	return text;
}

void
vg_signal_message_subject(const struct vg_core *core, const struct vg_notification *notification,
			  int64_t now_ms, char *out, size_t size)
{
	struct about about;
	size_t used;

	(void)now_ms;
	look_up(core, notification, &about);
	(void)snprintf(out, size, "Vinga: ");
	used = strlen(out);
	if (about.signal == NULL)
		return;
	fill(words[about.signal->kind].subject,
	     *about.signal->service != '\0' ? about.signal->service : "-", about.signal->subject,
	     out + used, size - used);
	used = strlen(out);
	if (about.again)
		(void)snprintf(out + used, size - used, " (igen)");
}
