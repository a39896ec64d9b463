/* desk.c - how often somebody may write to us, and what those wrote who wait for an answer.
 *
 * Who writes is known by address alone, kept for an hour in memory and nowhere else. Behind a proxy
 * on this machine it is the address that the proxy names. */
#include "daemon/status/sheet.h"

#include "lib/redact/redact.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define PER_HOUR    5
#define HOUR_MS	    (INT64_C(60) * 60 * 1000)
#define WRITERS_MAX 4096 /* addresses within an hour; past it nobody new may write */
#define ADDRESS_MAX 64

struct writer {
	char address[ADDRESS_MAX];
	int64_t at_ms[PER_HOUR]; /* when, a ring; 0 = never */
	size_t next;
};
struct written {
	int64_t id; /* 0 = free */
	char *text;
};
struct vg_feedback_desk {
	size_t writers;
	struct writer writer[WRITERS_MAX];
	struct written written[VG_FEEDBACK_OPEN_MAX];
};

struct vg_feedback_desk *
vg_feedback_desk_new(void)
{
	return calloc(1, sizeof(struct vg_feedback_desk));
}

void
vg_feedback_desk_free(struct vg_feedback_desk *desk)
{
	for (size_t i = 0; desk != NULL && i < VG_FEEDBACK_OPEN_MAX; i++)
		free(desk->written[i].text);
	free(desk);
}

/* --- how often --- */

/* One writer is an IPv4 address, or an IPv6 network of 64 bits. */
static void
name_peer(const struct sockaddr_storage *peer, char out[ADDRESS_MAX])
{
	const unsigned char *byte;

	if (peer->ss_family == AF_INET) {
		byte = (const unsigned char *)&((const struct sockaddr_in *)peer)->sin_addr;
		(void)snprintf(out, ADDRESS_MAX, "%d.%d.%d.%d", byte[0], byte[1], byte[2], byte[3]);
		return;
	}
	byte = ((const struct sockaddr_in6 *)peer)->sin6_addr.s6_addr;
	(void)snprintf(out, ADDRESS_MAX, "%02x%02x:%02x%02x:%02x%02x:%02x%02x", byte[0], byte[1],
		       byte[2], byte[3], byte[4], byte[5], byte[6], byte[7]);
}

static void
name_writer(const struct vg_request *request, char out[ADDRESS_MAX])
{
	const char *named = vg_head_header(vg_request_head(request), "X-Forwarded-For");
	struct sockaddr_storage peer;
	const char *last;

	if (vg_request_is_local(request) && named != NULL) {
		last = strrchr(named, ',');
		last = last != NULL ? last + 1 : named;
		(void)snprintf(out, ADDRESS_MAX, "%s", last + strspn(last, " "));
	} else if (vg_request_peer(request, &peer)) {
		name_peer(&peer, out);
	} else {
		(void)snprintf(out, ADDRESS_MAX, "local");
	}
}

static bool
is_idle(const struct writer *writer, int64_t now_ms)
{
	const size_t newest = (writer->next + PER_HOUR - 1) % PER_HOUR;

	return writer->at_ms[newest] + HOUR_MS <= now_ms;
}

/* The writer's row, or one that was idle for an hour, or a new one; NULL = there is no room. */
static struct writer *
row_of(struct vg_feedback_desk *desk, const char *address, int64_t now_ms)
{
	struct writer *free_row = NULL;

	for (size_t i = 0; i < desk->writers; i++) {
		if (strcmp(desk->writer[i].address, address) == 0)
			return &desk->writer[i];
		if (is_idle(&desk->writer[i], now_ms))
			free_row = &desk->writer[i];
	}
	if (free_row == NULL && desk->writers < WRITERS_MAX)
		free_row = &desk->writer[desk->writers++];
	if (free_row != NULL) {
		*free_row = (struct writer){.next = 0};
		(void)snprintf(free_row->address, sizeof(free_row->address), "%s", address);
	}
	return free_row;
}

bool
vg_feedback_desk_lets(struct vg_feedback_desk *desk, const struct vg_request *request,
		      int64_t now_ms)
{
	char address[ADDRESS_MAX];
	struct writer *writer;

	name_writer(request, address);
	writer = row_of(desk, address, now_ms);
	if (writer == NULL ||
	    (writer->at_ms[writer->next] != 0 && writer->at_ms[writer->next] + HOUR_MS > now_ms))
		return false;
	writer->at_ms[writer->next] = now_ms;
	writer->next = (writer->next + 1) % PER_HOUR;
	return true;
}

/* --- what was written --- */

/* What was answered is not kept any longer. */
static bool
is_settled(const struct vg_core *core, int64_t id)
{
	const struct vg_feedback *feedback = vg_feedback(core, id);

	return feedback == NULL || feedback->answered_ms != -1;
}

void
vg_feedback_desk_keep(struct vg_feedback_desk *desk, const struct vg_core *core, int64_t id,
		      const char *text)
{
	struct written *place = NULL;
	size_t length, hits;

	for (size_t i = 0; i < VG_FEEDBACK_OPEN_MAX && place == NULL; i++)
		if (desk->written[i].id == 0 || is_settled(core, desk->written[i].id))
			place = &desk->written[i];
	if (place == NULL)
		return;
	free(place->text);
	place->text = vg_redact_mask(text, strlen(text), &vg_redact_default, &length, &hits);
	place->id = place->text != NULL ? id : 0;
}

const char *
vg_feedback_desk_text(const struct vg_feedback_desk *desk, int64_t id)
{
	for (size_t i = 0; i < VG_FEEDBACK_OPEN_MAX; i++)
		if (desk->written[i].id == id)
			return desk->written[i].text;
	return NULL;
}
