/* titles.c - titles of open tickets, in memory.
 *
 * The hard thing is to forget: nothing tells when a ticket is closed for good, and nobody may wait
 * while all are looked through. So room is made a few at a time, when it is needed. */
#include "daemon/api/titles.h"

#include "core/core.h"
#include "core/ut.h"

#include <stdlib.h>
#include <string.h>

#define LOOKED_AT 16 /* titles, for each that room is made for */

struct title {
	int64_t ticket, seq;
	size_t bytes;
	char *text;
	UT_hash_handle hh;
};

struct vg_titles {
	const struct vg_core *core;
	struct title *all; /* by ticket, the oldest first */
	size_t bytes;
};

struct vg_titles *
vg_titles_new(const struct vg_core *core)
{
	struct vg_titles *titles = calloc(1, sizeof(*titles));

	if (titles != NULL)
		titles->core = core;
	return titles;
}

static void
drop(struct vg_titles *titles, struct title *title)
{
	HASH_DEL(titles->all, title);
	titles->bytes -= title->bytes;
	free(title->text);
	free(title);
}

void
vg_titles_free(struct vg_titles *titles)
{
	struct title *title, *next;

	if (titles == NULL)
		return;
	HASH_ITER(hh, titles->all, title, next)
	{
		drop(titles, title);
	}
	free(titles);
}

static struct title *
find(const struct vg_titles *titles, int64_t ticket)
{
	struct title *title;

	HASH_FIND(hh, titles->all, &ticket, sizeof(ticket), title);
	return title;
}

const char *
vg_titles_get(const struct vg_titles *titles, int64_t ticket)
{
	const struct title *title = find(titles, ticket);

	return title == NULL ? NULL : title->text;
}

static bool
is_open(const struct vg_titles *titles, int64_t id)
{
	const struct vg_ticket *ticket = vg_core_ticket(titles->core, id);
	struct vg_ticket_view view;

	if (ticket == NULL || vg_ticket_id(ticket) != id)
		return false;
	vg_ticket_view(titles->core, ticket, INT64_MAX, &view, NULL, NULL);
	return view.open;
}

static bool
has_room(const struct vg_titles *titles, size_t bytes)
{
	return HASH_COUNT(titles->all) < VG_TITLES_MAX &&
	       titles->bytes + bytes <= VG_TITLES_BYTES_MAX;
}

/* Adds it as the newest; false = out of memory, and it is freed. */
static bool
add(struct vg_titles *titles, struct title *title)
{
	HASH_ADD(hh, titles->all, ticket, sizeof(title->ticket), title);
	if (title->hh.tbl != NULL) {
		titles->bytes += title->bytes;
		return true;
	}
	free(title->text);
	free(title);
	return false;
}

/* The oldest: closed, it goes; open, it becomes the newest, so that the next is looked at. */
static bool
make_room(struct vg_titles *titles, size_t bytes)
{
	for (int i = 0; i < LOOKED_AT && !has_room(titles, bytes) && titles->all != NULL; i++) {
		struct title *oldest = titles->all;

		if (!is_open(titles, oldest->ticket)) {
			drop(titles, oldest);
			continue;
		}
		HASH_DEL(titles->all, oldest);
		titles->bytes -= oldest->bytes;
		(void)add(titles, oldest);
	}
	return has_room(titles, bytes);
}

void
vg_titles_put(struct vg_titles *titles, int64_t ticket, int64_t seq, const char *title)
{
	struct title *old = find(titles, ticket), *new;
	const size_t bytes = strlen(title) + 1;

	if (old != NULL && old->seq > seq)
		return;
	if (old != NULL)
		drop(titles, old);
	if (*title == '\0' || !is_open(titles, ticket) || !make_room(titles, bytes) ||
	    (new = calloc(1, sizeof(*new))) == NULL)
		return;
	*new = (struct title){.ticket = ticket, .seq = seq, .bytes = bytes, .text = strdup(title)};
	if (new->text == NULL)
		free(new);
	else
		(void)add(titles, new);
}
