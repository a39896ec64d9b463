/* journal.c - the queue in, the results out, and the thread between them.
 *
 * The thread commits what is queued as soon as the last commit has ended: groups grow with the load
 * and there is no waiting time. The hard thing is what may be said when. A result is handed out
 * only after its COMMIT has returned; a group that failed is rolled back as a whole and everybody
 * in it is told so; and after an error that cannot be trusted (a failed fsync) nothing is written
 * again. */
#include "lib/journal/journal.h"

#include "core/ut.h"
#include "lib/journal/db.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define ROW_OVERHEAD 256 /* bytes that a row takes in the file besides its texts, about */

/* What is to be done between groups. */
struct chores {
	bool probe; /* submit found the file full: look again */
	bool trim;
	int64_t trim_seq, trim_now_ms;
	bool forget;
	int64_t forget_title_seq;
	int64_t forget_note[VG_JOURNAL_FORGET_MAX];
	size_t forget_notes;
	bool blocked; /* the last attempt failed: wait for something new before the next one */
};

struct vg_journal {
	pthread_t thread;
	int fd;
	int64_t keep_ms;

	/* The thread's own. */
	struct vg_jdb *db;
	struct chores todo;
	struct vg_err trouble; /* what failed last; code 0 once a group has succeeded again */

	pthread_mutex_t lock; /* guards all below */
	pthread_cond_t work;
	struct vg_jdb_item *queue, *done;
	size_t held, held_bytes; /* submitted, result not yet taken */
	int64_t pending_bytes;	 /* submitted, not yet committed */
	bool stopping;
	struct chores asked;
	struct vg_journal_state state;
};

/* --- the thread --- */

static bool
any(const struct chores *chores)
{
	return !chores->blocked && (chores->probe || chores->trim || chores->forget);
}

/* Moves what was asked for to what is to be done; newer numbers replace older ones. */
static void
take_chores(struct vg_journal *journal)
{
	struct chores *asked = &journal->asked, *todo = &journal->todo;

	if (!any(asked))
		return;
	todo->blocked = false;
	todo->probe |= asked->probe;
	if (asked->trim) {
		todo->trim = true;
		todo->trim_seq = asked->trim_seq;
		todo->trim_now_ms = asked->trim_now_ms;
	}
	if (asked->forget) {
		todo->forget = true;
		if (asked->forget_title_seq > todo->forget_title_seq)
			todo->forget_title_seq = asked->forget_title_seq;
		for (size_t i = 0; i < asked->forget_notes; i++)
			if (todo->forget_notes < VG_JOURNAL_FORGET_MAX)
				todo->forget_note[todo->forget_notes++] = asked->forget_note[i];
	}
	asked->probe = asked->trim = asked->forget = false;
	asked->forget_notes = 0;
}

/* Waits for records or chores. Returns false when the journal is to end and nothing is left. */
static bool
await(struct vg_journal *journal, struct vg_jdb_item **group)
{
	struct vg_jdb_item *item;
	bool more;

	*group = NULL;
	(void)pthread_mutex_lock(&journal->lock);
	while (journal->queue == NULL && !journal->stopping && !any(&journal->asked) &&
	       !any(&journal->todo))
		(void)pthread_cond_wait(&journal->work, &journal->lock);
	take_chores(journal);
	for (int i = 0; i < VG_JOURNAL_GROUP_MAX && (item = journal->queue) != NULL; i++) {
		DL_DELETE(journal->queue, item);
		DL_APPEND(*group, item);
	}
	if (journal->stopping)
		journal->todo.trim = false; /* asked for again by the next start */
	more = *group != NULL || any(&journal->todo) || !journal->stopping;
	(void)pthread_mutex_unlock(&journal->lock);
	return more;
}

/* Whether only own records are still taken; called with the lock held. */
static bool
at_maximum(const struct vg_journal_state *state)
{
	return state->bytes >= state->bytes_max - state->bytes_max / 20;
}

/* What others may know of the file and of its troubles; called with the lock held. */
static void
publish(struct vg_journal *journal)
{
	struct vg_journal_state *state = &journal->state;
	const struct vg_jdb *db = journal->db;

	state->bytes = vg_jdb_bytes(db);
	state->failed = db->dead;
	state->full = !state->failed && (journal->trouble.code != 0 || at_maximum(state));
	(void)snprintf(state->why, sizeof(state->why), "%.*s", (int)sizeof(state->why) - 1,
		       journal->trouble.text);
	if (state->full && journal->trouble.code == 0)
		(void)snprintf(state->why, sizeof(state->why),
			       "the journal holds %" PRId64 " of at most %" PRId64 " bytes",
			       state->bytes, state->bytes_max);
	if (db->stale)
		return; /* its numbers are those of a transaction that was rolled back */
	state->first_seq = db->first_seq;
	state->last_seq = db->last_seq;
	memcpy(state->head, db->lane[0].head, sizeof(state->head));
}

/* Everybody in a group that failed gets the same answer. */
static void
fail_group(struct vg_jdb_item *group, int code)
{
	struct vg_jdb_item *item;

	DL_FOREACH(group, item)
	{
		item->result = (struct vg_record_result){.context = item->record.context,
							 .outcome = VG_RECORD_FAILED,
							 .error = code};
	}
}

static void
count_result(struct vg_journal_state *state, const struct vg_record_result *result)
{
	switch (result->outcome) {
	case VG_RECORD_DURABLE:
		state->records++;
		break;
	case VG_RECORD_REPEAT:
		state->repeats++;
		break;
	case VG_RECORD_CONFLICT:
		state->conflicts++;
		break;
	case VG_RECORD_FAILED:
		break;
	}
}

/* Hands the results over; with them the state that they lead to becomes visible. */
static void
deliver(struct vg_journal *journal, struct vg_jdb_item *group, bool committed)
{
	static const uint64_t one = 1;
	struct vg_jdb_item *item;

	(void)pthread_mutex_lock(&journal->lock);
	DL_FOREACH(group, item)
	{
		journal->state.queued--;
		journal->pending_bytes -= (int64_t)item->bytes;
		count_result(&journal->state, &item->result);
	}
	journal->state.commits += committed;
	DL_CONCAT(journal->done, group);
	publish(journal);
	/* Cannot fail: the counter is cleared whenever the results have been taken. */
	VG_ASSERT(write(journal->fd, &one, sizeof(one)) == sizeof(one));
	(void)pthread_mutex_unlock(&journal->lock);
}

static void
commit_group(struct vg_journal *journal, struct vg_jdb_item *group)
{
	struct vg_err err = {0};
	int rc = VG_EIO;

	if (!journal->db->dead) {
		rc = vg_jdb_append(journal->db, group, &err);
		if (rc != 0)
			journal->trouble = err;
		else
			journal->trouble = (struct vg_err){0};
		if (rc == 0 && vg_jdb_measure(journal->db, &err) != 0)
			journal->trouble = err;
	}
	if (rc != 0)
		fail_group(group, rc);
	deliver(journal, group, rc == 0);
}

/* One step of each chore that is due. */
static int
do_chores(struct vg_journal *journal, struct vg_err *err)
{
	struct chores *todo = &journal->todo;
	bool probe = todo->probe;
	int rc = 0;

	todo->probe = false;
	if (todo->trim && !todo->blocked)
		rc = vg_jdb_trim(journal->db, todo->trim_seq, todo->trim_now_ms - journal->keep_ms,
				 todo->trim_now_ms, &todo->trim, err);
	if (rc == 0 && todo->forget && !todo->blocked) {
		rc = vg_jdb_forget(journal->db, todo->forget_title_seq, todo->forget_note,
				   todo->forget_notes, &todo->forget, err);
		if (rc == 0)
			todo->forget_notes = 0;
	}
	if (rc == 0)
		rc = vg_jdb_checkpoint(journal->db, probe, err);
	if (rc == 0)
		rc = vg_jdb_measure(journal->db, err);
	return rc;
}

static void
keep_house(struct vg_journal *journal)
{
	struct vg_jdb *db = journal->db;
	struct vg_err err = {0};

	if (db->dead || (!any(&journal->todo) && db->wal_pages <= db->wal_pages_max))
		return;
	if (do_chores(journal, &err) != 0) {
		journal->todo.blocked = true;
		journal->trouble = err;
	}
	(void)pthread_mutex_lock(&journal->lock);
	publish(journal);
	(void)pthread_mutex_unlock(&journal->lock);
}

static void *
run(void *arg)
{
	struct vg_journal *journal = arg;
	struct vg_jdb_item *group;

	while (await(journal, &group)) {
		if (group != NULL)
			commit_group(journal, group);
		keep_house(journal);
	}
	return NULL;
}

/* Signals are the loop thread's: this one is born with all of them blocked. */
static int
start_thread(struct vg_journal *journal)
{
	sigset_t all, before;
	int rc;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&journal->thread, NULL, run, journal);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc == 0)
		(void)pthread_setname_np(journal->thread, "journal");
	return -rc;
}

/* --- open and close --- */

static int
check_options(const struct vg_journal_options *options, struct vg_err *err)
{
	if (options->bytes_max < VG_JOURNAL_BYTES_MIN)
		return vg_err_set(err, VG_EINVALID,
				  "the journal's maximum is %" PRId64
				  " bytes; it must be at least %d",
				  options->bytes_max, VG_JOURNAL_BYTES_MIN);
	if (options->keep_ms < 0)
		return vg_err_set(err, VG_EINVALID,
				  "the journal's time to keep rows must not be negative");
	if (sqlite3_threadsafe() == 0)
		return vg_err_set(err, VG_EINVALID, "this SQLite was built without threads");
	return 0;
}

static void
free_items(struct vg_jdb_item *items)
{
	struct vg_jdb_item *item, *next;

	DL_FOREACH_SAFE(items, item, next)
	free(item);
}

static void
journal_free(struct vg_journal *journal)
{
	vg_jdb_close(journal->db);
	free_items(journal->queue);
	free_items(journal->done);
	if (journal->fd >= 0)
		(void)close(journal->fd);
	(void)pthread_cond_destroy(&journal->work);
	(void)pthread_mutex_destroy(&journal->lock);
	free(journal);
}

int
vg_journal_open(struct vg_journal **out, const struct vg_journal_options *options,
		struct vg_err *err)
{
	struct vg_journal *journal;
	int rc;

	VG_ASSERT(out != NULL && options != NULL && options->path != NULL);
	if ((rc = check_options(options, err)) != 0)
		return rc;
	if ((journal = calloc(1, sizeof(*journal))) == NULL)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	VG_ASSERT(pthread_mutex_init(&journal->lock, NULL) == 0);
	VG_ASSERT(pthread_cond_init(&journal->work, NULL) == 0);
	journal->keep_ms = options->keep_ms;
	journal->state.bytes_max = options->bytes_max;
	journal->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (journal->fd < 0) {
		rc = vg_err_set(err, -errno, "no eventfd for the journal: %s", strerror(errno));
		goto fail;
	}
	if ((rc = vg_jdb_open(&journal->db, options, err)) != 0)
		goto fail;
	memcpy(journal->state.instance, journal->db->instance, sizeof(journal->state.instance));
	publish(journal);
	if ((rc = start_thread(journal)) != 0) {
		(void)vg_err_set(err, rc, "no thread for the journal: %s", strerror(-rc));
		goto fail;
	}
	*out = journal;
	return 0;
fail:
	journal_free(journal);
	return rc;
}

void
vg_journal_close(struct vg_journal *journal)
{
	if (journal == NULL)
		return;
	(void)pthread_mutex_lock(&journal->lock);
	journal->stopping = true;
	(void)pthread_cond_signal(&journal->work);
	(void)pthread_mutex_unlock(&journal->lock);
	(void)pthread_join(journal->thread, NULL);
	journal_free(journal);
}

/* --- submit and results --- */

static size_t
text_size(const char *text)
{
	return text != NULL ? strlen(text) + 1 : 0;
}

/* Copies a text to *at, moves *at past it, and returns the copy; NULL stays NULL. */
static const char *
copy_text(char **at, const char *text)
{
	size_t size = text_size(text);
	char *copy = *at;

	if (text == NULL)
		return NULL;
	memcpy(copy, text, size);
	*at += size;
	return copy;
}

static struct vg_jdb_item *
item_new(const struct vg_record *record, size_t size)
{
	struct vg_jdb_item *item = malloc(sizeof(*item) + size);
	struct vg_record *copy;
	char *at;

	if (item == NULL)
		return NULL;
	memset(item, 0, sizeof(*item));
	item->bytes = sizeof(*item) + size + ROW_OVERHEAD;
	item->result.context = record->context;
	memcpy(item->repeat_digest, record->repeat_digest, sizeof(item->repeat_digest));
	at = item->text;
	copy = &item->record;
	*copy = *record;
	copy->repeat_digest = item->repeat_digest;
	copy->lane = copy_text(&at, record->lane);
	copy->source = copy_text(&at, record->source);
	copy->event_id = copy_text(&at, record->event_id);
	copy->kind = copy_text(&at, record->kind);
	copy->municipality = copy_text(&at, record->municipality);
	copy->title = copy_text(&at, record->title);
	copy->note = copy_text(&at, record->note);
	copy->sealed_lane = copy_text(&at, record->sealed_lane);
	copy->bytes = memcpy(at, record->bytes, record->length);
	return item;
}

static size_t
record_size(const struct vg_record *record)
{
	return text_size(record->lane) + text_size(record->source) + text_size(record->event_id) +
	       text_size(record->kind) + text_size(record->municipality) +
	       text_size(record->title) + text_size(record->note) + text_size(record->sealed_lane) +
	       record->length;
}

/* Whether there is room for it; called with the lock held. */
static int
admit(struct vg_journal *journal, const struct vg_jdb_item *item, struct vg_err *err)
{
	const struct vg_journal_state *state = &journal->state;
	int64_t bytes_max = state->bytes_max;

	if (state->failed)
		return vg_err_set(err, VG_EIO, "the journal has stopped: %s", state->why);
	if (journal->held >= VG_JOURNAL_QUEUE_MAX ||
	    journal->held_bytes + item->bytes > VG_JOURNAL_QUEUE_BYTES_MAX)
		return vg_err_set(err, VG_EFULL,
				  "the journal's queue is full (%zu records, %zu bytes)",
				  journal->held, journal->held_bytes);
	if (!item->record.own)
		bytes_max -= bytes_max / 20;
	if (state->bytes + journal->pending_bytes + (int64_t)item->bytes > bytes_max) {
		journal->asked.probe = true;
		(void)pthread_cond_signal(&journal->work);
		return vg_err_set(err, VG_EFULL,
				  "the journal is at its maximum (%" PRId64 " of %" PRId64
				  " bytes)",
				  state->bytes, bytes_max);
	}
	return 0;
}

int
vg_journal_submit(struct vg_journal *journal, const struct vg_record *record, struct vg_err *err)
{
	struct vg_jdb_item *item;
	size_t size;
	int rc;

	VG_ASSERT(record->lane != NULL && record->source != NULL && record->event_id != NULL &&
		  record->kind != NULL && record->bytes != NULL && record->repeat_digest != NULL);
	size = record_size(record);
	if (size > VG_JOURNAL_RECORD_MAX)
		return vg_err_set(err, VG_ELIMIT, "a record of %zu bytes; at most %d are taken",
				  size, VG_JOURNAL_RECORD_MAX);
	if (strlen(record->lane) > VG_JOURNAL_LANE_MAX)
		return vg_err_set(err, VG_ELIMIT, "lane \"%.20s...\" is longer than %d bytes",
				  record->lane, VG_JOURNAL_LANE_MAX);
	if ((item = item_new(record, size)) == NULL)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	(void)pthread_mutex_lock(&journal->lock);
	if ((rc = admit(journal, item, err)) == 0) {
		DL_APPEND(journal->queue, item);
		journal->held++;
		journal->held_bytes += item->bytes;
		journal->pending_bytes += (int64_t)item->bytes;
		journal->state.queued++;
		(void)pthread_cond_signal(&journal->work);
	}
	(void)pthread_mutex_unlock(&journal->lock);
	if (rc != 0)
		free(item);
	return rc;
}

int
vg_journal_fd(const struct vg_journal *journal)
{
	return journal->fd;
}

size_t
vg_journal_results(struct vg_journal *journal, struct vg_record_result *out, size_t max)
{
	struct vg_jdb_item *taken = NULL, *item;
	uint64_t cleared;
	size_t count = 0;

	(void)pthread_mutex_lock(&journal->lock);
	while (count < max && (item = journal->done) != NULL) {
		DL_DELETE(journal->done, item);
		DL_APPEND(taken, item);
		journal->held--;
		journal->held_bytes -= item->bytes;
		out[count++] = item->result;
	}
	if (journal->done == NULL)
		VG_ASSERT(read(journal->fd, &cleared, sizeof(cleared)) > 0 || errno == EAGAIN);
	(void)pthread_mutex_unlock(&journal->lock);
	free_items(taken);
	return count;
}

/* --- chores and state --- */

void
vg_journal_trim(struct vg_journal *journal, int64_t committed_seq, int64_t checkpoint_seq,
		int64_t now_ms)
{
	(void)pthread_mutex_lock(&journal->lock);
	journal->asked.trim = true;
	journal->asked.trim_seq = committed_seq < checkpoint_seq ? committed_seq : checkpoint_seq;
	journal->asked.trim_now_ms = now_ms;
	(void)pthread_cond_signal(&journal->work);
	(void)pthread_mutex_unlock(&journal->lock);
}

void
vg_journal_forget_side(struct vg_journal *journal, int64_t up_to_seq_title, const int64_t *note_seq,
		       size_t notes)
{
	struct chores *asked = &journal->asked;

	(void)pthread_mutex_lock(&journal->lock);
	asked->forget = true;
	if (up_to_seq_title > asked->forget_title_seq)
		asked->forget_title_seq = up_to_seq_title;
	for (size_t i = 0; i < notes && asked->forget_notes < VG_JOURNAL_FORGET_MAX; i++)
		asked->forget_note[asked->forget_notes++] = note_seq[i];
	(void)pthread_cond_signal(&journal->work);
	(void)pthread_mutex_unlock(&journal->lock);
}

void
vg_journal_get_state(struct vg_journal *journal, struct vg_journal_state *out)
{
	(void)pthread_mutex_lock(&journal->lock);
	*out = journal->state;
	(void)pthread_mutex_unlock(&journal->lock);
}
