/* informs.c - what is known of informs.
 *
 * A hash of ids in order of arrival, so that the oldest is first. The hard thing is the restart:
 * rows are read from the newest backwards, in pieces, until they are old enough or the table is
 * full, so that a start after a storm takes no longer than the table is large. */
#include "daemon/intake/informs.h"

#include "core/ut.h"
#include "lib/journal/journal.h"
#include "lib/json/event_json.h"

#include <stdlib.h>
#include <string.h>

#define PIECE 32 /* rows read at a time */

struct entry {
	struct vg_inform view;
	UT_hash_handle hh;
	struct vg_informs *table;
	int64_t at_ms;
	char id[];
};

struct vg_informs {
	struct entry *first; /* uthash: in order of arrival */
	size_t waiting_bytes;
	void *owner;
};

struct vg_informs *
vg_informs_new(void *owner)
{
	struct vg_informs *informs = calloc(1, sizeof(*informs));

	if (informs != NULL)
		informs->owner = owner;
	return informs;
}

static void
drop_answer(struct entry *entry)
{
	entry->table->waiting_bytes -= entry->view.answer_length;
	free(entry->view.answer);
	entry->view.answer = NULL;
	entry->view.answer_length = 0;
}

static void
forget(struct entry *entry)
{
	drop_answer(entry);
	HASH_DEL(entry->table->first, entry);
	free(entry);
}

void
vg_informs_free(struct vg_informs *informs)
{
	if (informs == NULL)
		return;
	while (informs->first != NULL)
		forget(informs->first);
	free(informs);
}

size_t
vg_informs_count(const struct vg_informs *informs)
{
	return HASH_COUNT(informs->first);
}

/* From the oldest on, those whose time is over. */
static void
expire(struct vg_informs *informs, int64_t now_ms)
{
	while (informs->first != NULL && informs->first->view.durable &&
	       now_ms - informs->first->at_ms > VG_INFORMS_KNOWN_MS)
		forget(informs->first);
}

struct vg_inform *
vg_informs_find(struct vg_informs *informs, const char *id, int64_t now_ms)
{
	struct entry *entry;

	expire(informs, now_ms);
	HASH_FIND_STR(informs->first, id, entry);
	return entry == NULL ? NULL : &entry->view;
}

static bool
make_room(struct vg_informs *informs)
{
	struct entry *entry, *next;

	if (HASH_COUNT(informs->first) < VG_INFORMS_MAX)
		return true;
	HASH_ITER(hh, informs->first, entry, next)
	{
		if (entry->view.durable) {
			forget(entry);
			return true;
		}
	}
	return false;
}

int
vg_informs_add(struct vg_informs *informs, const char *id, int64_t now_ms, struct vg_inform **out,
	       struct vg_err *err)
{
	size_t length = strlen(id);
	struct entry *entry;

	if (!make_room(informs))
		return vg_err_set(err, VG_EFULL, "snmp: %d informs wait already", VG_INFORMS_MAX);
	entry = calloc(1, sizeof(*entry) + length + 1);
	if (entry == NULL)
		return vg_err_set(err, VG_ENOMEM, "snmp: out of memory");
	memcpy(entry->id, id, length + 1);
	entry->table = informs;
	entry->view.owner = informs->owner;
	entry->at_ms = now_ms;
	HASH_ADD_KEYPTR(hh, informs->first, entry->id, length, entry);
	if (entry->hh.tbl == NULL) {
		free(entry);
		return vg_err_set(err, VG_ENOMEM, "snmp: out of memory");
	}
	*out = &entry->view;
	return 0;
}

/* --- one --- */

static struct entry *
entry_of(struct vg_inform *inform)
{
	return (struct entry *)(void *)inform; /* its first member */
}

int
vg_inform_keep_answer(struct vg_inform *inform, const struct vg_datagram_path *path,
		      const uint8_t *bytes, size_t length)
{
	struct entry *entry = entry_of(inform);

	drop_answer(entry);
	if (entry->table->waiting_bytes + length > VG_INFORMS_ANSWERS_MAX)
		return VG_EFULL;
	inform->answer = malloc(length);
	if (inform->answer == NULL)
		return VG_ENOMEM;
	memcpy(inform->answer, bytes, length);
	inform->answer_length = length;
	inform->path = *path;
	entry->table->waiting_bytes += length;
	return 0;
}

void
vg_inform_settle(struct vg_inform *inform)
{
	drop_answer(entry_of(inform));
	inform->durable = true;
}

void
vg_inform_fail(struct vg_inform *inform)
{
	forget(entry_of(inform));
}

/* --- the restart --- */

struct found {
	int64_t at_ms;
	char *id;
};
struct refill {
	int64_t from_ms;
	bool reached; /* a row of before from_ms has been seen */
	size_t bytes, count, size;
	struct found *found;
	int error;
};

static int
find_id(struct refill *refill, int64_t at_ms, const char *id)
{
	struct found *grown;

	if (*id == '\0' || refill->count >= VG_INFORMS_MAX)
		return 0;
	if (refill->count == refill->size) {
		size_t size = refill->size == 0 ? 256 : 2 * refill->size;

		grown = reallocarray(refill->found, size, sizeof(*grown));
		if (grown == NULL)
			return VG_ENOMEM;
		refill->found = grown;
		refill->size = size;
	}
	refill->found[refill->count].at_ms = at_ms;
	refill->found[refill->count].id = strdup(id);
	return refill->found[refill->count++].id == NULL ? VG_ENOMEM : 0;
}

static bool
on_row(const struct vg_journal_row *row, void *arg)
{
	static const char mark[] = "\"id\":";
	struct refill *refill = arg;
	struct vg_parsed_event parsed;

	refill->bytes += row->length;
	if (row->received_ms < refill->from_ms) {
		refill->reached = true;
		return true;
	}
	if (strcmp(row->kind, vg_kind_name(VG_KIND_ALARMS_REPORTED)) != 0 ||
	    memmem(row->bytes, row->length, mark, sizeof(mark) - 1) == NULL)
		return true;
	refill->error = vg_event_parse(row->bytes, row->length, &parsed, NULL);
	if (refill->error != 0)
		return false;
	for (size_t i = 0; i < parsed.event.body.notices.count && refill->error == 0; i++)
		refill->error =
			find_id(refill, row->received_ms, parsed.event.body.notices.notice[i].id);
	vg_parsed_event_free(&parsed);
	return refill->error == 0;
}

static int
read_backwards(struct refill *refill, struct vg_journal_reader *reader, int64_t seq,
	       struct vg_err *err)
{
	while (seq > 0 && !refill->reached && refill->count < VG_INFORMS_MAX &&
	       refill->bytes < VG_INFORMS_REFILL_MAX) {
		int64_t after = seq > PIECE ? seq - PIECE : 0;
		int64_t rows = vg_journal_read(reader, after, seq, PIECE, on_row, refill, err);

		if (rows < 0)
			return (int)rows;
		if (refill->error != 0)
			return vg_err_set(err, refill->error, "snmp: informs of row %lld on",
					  (long long)after + 1);
		if (rows == 0)
			break; /* the journal begins after it */
		seq = after;
	}
	return 0;
}

static int
by_time(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return (x->at_ms > y->at_ms) - (x->at_ms < y->at_ms);
}

static int
take_found(struct vg_informs *informs, struct refill *refill, struct vg_err *err)
{
	struct vg_inform *inform;
	int rc = 0;

	if (refill->count > 0)
		qsort(refill->found, refill->count, sizeof(*refill->found), by_time);
	for (size_t i = 0; i < refill->count && rc == 0; i++) {
		const struct found *found = &refill->found[i];

		if (vg_informs_find(informs, found->id, found->at_ms) != NULL)
			continue;
		rc = vg_informs_add(informs, found->id, found->at_ms, &inform, err);
		if (rc == 0)
			vg_inform_settle(inform);
	}
	return rc;
}

int
vg_informs_refill(struct vg_informs *informs, const char *journal_path, int64_t last_seq,
		  int64_t now_ms, struct vg_err *err)
{
	struct refill refill = {.from_ms = now_ms - VG_INFORMS_KNOWN_MS};
	struct vg_journal_reader *reader = NULL;
	int rc = vg_journal_reader_open(&reader, journal_path, err);

	if (rc == 0)
		rc = read_backwards(&refill, reader, last_seq, err);
	if (rc == 0)
		rc = take_found(informs, &refill, err);
	for (size_t i = 0; i < refill.count; i++)
		free(refill.found[i].id);
	free(refill.found);
	if (reader != NULL)
		vg_journal_reader_close(reader);
	return rc;
}
