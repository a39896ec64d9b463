/* audit.c - rows of the access log.
 *
 * The hard thing is that anybody can be refused as often as he likes, and every row is for ever: so
 * the first of its kind is written at once, and those that follow within a minute are one row. */
#include "daemon/sign/audit.h"

#include "core/ut.h"
#include "daemon/live/live.h"
#include "lib/base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GATHER_MS INT64_C(60000)
#define KEY_LEN	  500 /* bytes; a longer text is cut */
#define OTHERS	  "more kinds than are told apart"

struct gathered {
	char key[KEY_LEN]; /* who and about, parted by a line feed */
	char who[VG_NAME_MAX + 1];
	enum vg_by by;
	int64_t count, since_ms;
	UT_hash_handle hh;
};

struct vg_refusals {
	struct vg_live *live;
	struct gathered *gathered;
};

const char *
vg_by_word(enum vg_by by)
{
	static const char *const words[] = {"nobody", "socket", "token", "session", "proxy"};

	return words[by];
}

static void
note(struct vg_live *live, const struct vg_access_body *body)
{
	const struct vg_event event = {
		.kind = VG_KIND_ACCESS_NOTED,
		.occurred_ms = vg_live_now_ms(live),
		.source = VG_OWN_SOURCE,
		.event_id = "",
		.actor = "",
		.municipality = "",
		.import = "",
		.body.access = *body,
	};
	struct vg_err err = {0};
	int rc = vg_live_submit_event(live, &event, NULL, NULL, true, NULL, NULL, &err);

	if (rc != 0)
		vg_log(VG_LOG_ERROR, "access.not_noted",
		       VG_LOG_TEXT("what", vg_access_words[body->what]),
		       VG_LOG_TEXT("who", body->who), VG_LOG_TEXT("about", body->about),
		       VG_LOG_TEXT("why", vg_err_text(&err, rc)));
}

void
vg_audit_note(struct vg_live *live, enum vg_access_what what, const char *who, enum vg_by by,
	      const char *about)
{
	const struct vg_access_body body = {
		.what = what, .who = who, .by = vg_by_word(by), .about = about, .count = 1};

	note(live, &body);
}

void
vg_audit_export(struct vg_live *live, const char *who, enum vg_by by, const char *file)
{
	vg_audit_note(live, VG_ACCESS_EXPORTED, who, by, file);
}

/* Refusals. */

struct vg_refusals *
vg_audit_refusals_new(struct vg_live *live)
{
	struct vg_refusals *refusals = calloc(1, sizeof(*refusals));

	if (refusals != NULL)
		refusals->live = live;
	return refusals;
}

static void
write_gathered(struct vg_refusals *refusals, struct gathered *gathered)
{
	const struct vg_access_body body = {.what = VG_ACCESS_REFUSED,
					    .who = gathered->who,
					    .by = vg_by_word(gathered->by),
					    .about = strchr(gathered->key, '\n') + 1,
					    .count = gathered->count};

	if (gathered->count > 0)
		note(refusals->live, &body);
	gathered->count = 0;
}

static void
let_go(struct vg_refusals *refusals, struct gathered *gathered)
{
	HASH_DEL(refusals->gathered, gathered);
	free(gathered);
}

void
vg_audit_refusals_free(struct vg_refusals *refusals)
{
	if (refusals == NULL)
		return;
	while (refusals->gathered != NULL)
		let_go(refusals, refusals->gathered);
	free(refusals);
}

static struct gathered *
begin(struct vg_refusals *refusals, const char *key, const char *who, enum vg_by by)
{
	struct gathered *gathered = calloc(1, sizeof(*gathered));

	if (gathered == NULL)
		return NULL;
	(void)snprintf(gathered->key, sizeof(gathered->key), "%s", key);
	(void)snprintf(gathered->who, sizeof(gathered->who), "%s", who);
	gathered->by = by;
	HASH_ADD_STR(refusals->gathered, key, gathered);
	if (gathered->hh.tbl != NULL)
		return gathered;
	free(gathered);
	return NULL;
}

/* The first of its kind is written at once. */
void
vg_audit_refused(struct vg_refusals *refusals, const char *who, enum vg_by by, const char *about,
		 int64_t now_ms)
{
	struct gathered *gathered;
	char key[KEY_LEN];

	if (HASH_COUNT(refusals->gathered) >= VG_REFUSALS_MAX) {
		who = "";
		about = OTHERS;
	}
	(void)snprintf(key, sizeof(key), "%s\n%s", who, about);
	HASH_FIND_STR(refusals->gathered, key, gathered);
	if (gathered == NULL && (gathered = begin(refusals, key, who, by)) == NULL)
		return;
	gathered->count++;
	if (gathered->since_ms != 0)
		return;
	gathered->since_ms = now_ms;
	write_gathered(refusals, gathered);
}

void
vg_audit_turn(struct vg_refusals *refusals, int64_t now_ms)
{
	struct gathered *gathered, *next;

	HASH_ITER(hh, refusals->gathered, gathered, next)
	{
		if (now_ms - gathered->since_ms < GATHER_MS)
			continue;
		write_gathered(refusals, gathered);
		let_go(refusals, gathered);
	}
}
