/* sink.c - the thread between the journal, the core's objects and PostgreSQL.
 *
 * The thread owns the connection and works in rounds: write given objects that the ledger already
 * covers, else the next chunk of the ledger, else ask for objects, else wait on two descriptors.
 * The order is the point: a figure is never in PostgreSQL before its evidence. The loop thread only
 * leaves numbers and rows under the lock. While PostgreSQL is away the thread holds neither rows
 * nor an open journal. */
#include "daemon/store/sink.h"

#include "daemon/store/store.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define RETRY_MIN_MS 250
#define RETRY_MAX_MS 10000
#define OBJECTS_EVERY_MS                                                                           \
	500 /* pause between batches of objects: a busy ticket is written once, not at every       \
	       change */
#define ASK_AGAIN_MS   1000
#define STOP_WITHIN_MS 5000

struct vg_sink {
	pthread_t thread;
	int wake_fd;   /* the loop to the thread */
	int notify_fd; /* the thread to the loop */
	char *conninfo, *journal_path;
	char instance[33];

	pthread_mutex_t lock; /* guards what follows, to the blank line */
	struct vg_sink_state state;
	int64_t offered_seq;
	bool stopping, ended, wanted, given;
	struct vg_rows rows; /* when given */
	struct vg_pg *pg;    /* for vg_sink_stop alone */

	/* The thread's own. */
	struct vg_store store;
	struct vg_chunk chunk;
	struct vg_journal_reader *reader;
	int64_t objects_at_ms; /* not before this, of the monotonic clock */
	int64_t retry_ms;
};

static int64_t
now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
signal_fd(int fd)
{
	uint64_t one = 1;

	/* A full counter (EAGAIN) is readable already. */
	(void)!write(fd, &one, sizeof(one));
}

static void
clear_fd(int fd)
{
	uint64_t count;

	(void)!read(fd, &count, sizeof(count));
}

/* What the loop has left, taken at once. */
struct glance {
	bool stopping, given;
	int64_t offered_seq;
};

static struct glance
look(struct vg_sink *sink)
{
	struct glance seen;

	(void)pthread_mutex_lock(&sink->lock);
	seen = (struct glance){sink->stopping, sink->given, sink->offered_seq};
	(void)pthread_mutex_unlock(&sink->lock);
	return seen;
}

/* The only place where status and text are changed. */
static void
set_state(struct vg_sink *sink, enum vg_sink_status status, const char *text)
{
	bool changed;

	(void)pthread_mutex_lock(&sink->lock);
	changed = sink->state.status != status || strcmp(sink->state.text, text) != 0;
	sink->state.status = status;
	(void)snprintf(sink->state.text, sizeof(sink->state.text), "%.*s",
		       (int)sizeof(sink->state.text) - 1, text);
	(void)pthread_mutex_unlock(&sink->lock);
	if (changed)
		signal_fd(sink->notify_fd);
}

static void
show_position(struct vg_sink *sink, uint64_t transactions, uint64_t rows)
{
	(void)pthread_mutex_lock(&sink->lock);
	sink->state.ledger_seq = sink->store.position.seq;
	sink->state.read_seq = sink->store.position.read_seq;
	sink->state.transactions += transactions;
	sink->state.rows += rows;
	(void)pthread_mutex_unlock(&sink->lock);
	signal_fd(sink->notify_fd);
}

/* Takes the given rows if they end at or before `covered_seq`; the caller frees them. */
static bool
take_given(struct vg_sink *sink, int64_t covered_seq, struct vg_rows *out)
{
	bool taken;

	(void)pthread_mutex_lock(&sink->lock);
	taken = sink->given && sink->rows.to_seq <= covered_seq;
	if (taken) {
		*out = sink->rows;
		memset(&sink->rows, 0, sizeof(sink->rows));
		sink->given = false;
	}
	(void)pthread_mutex_unlock(&sink->lock);
	return taken;
}

static void
want_objects(struct vg_sink *sink, bool wanted)
{
	(void)pthread_mutex_lock(&sink->lock);
	sink->wanted = wanted && !sink->given;
	wanted = sink->wanted;
	(void)pthread_mutex_unlock(&sink->lock);
	if (wanted)
		signal_fd(sink->notify_fd);
}

/* Waits for the loop, for PostgreSQL (pg_fd, -1 = none) or for the time. */
static void
wait_for(struct vg_sink *sink, int pg_fd, int64_t timeout_ms)
{
	struct pollfd fds[2] = {{.fd = sink->wake_fd, .events = POLLIN},
				{.fd = pg_fd, .events = POLLIN}};

	(void)poll(fds, 2, (int)timeout_ms);
	clear_fd(sink->wake_fd);
}

/* Waits until the retry is due; offers do not shorten it. */
static void
back_off(struct vg_sink *sink)
{
	int64_t until_ms = now_ms() + sink->retry_ms, left_ms;

	sink->retry_ms = 2 * sink->retry_ms < RETRY_MAX_MS ? 2 * sink->retry_ms : RETRY_MAX_MS;
	while ((left_ms = until_ms - now_ms()) > 0 && !look(sink).stopping)
		wait_for(sink, -1, left_ms);
}

static void
disconnect(struct vg_sink *sink)
{
	struct vg_rows rows;

	(void)pthread_mutex_lock(&sink->lock);
	sink->pg = NULL;
	(void)pthread_mutex_unlock(&sink->lock);
	vg_store_close(&sink->store);
	vg_journal_reader_close(sink->reader);
	sink->reader = NULL;
	vg_chunk_free(&sink->chunk);
	want_objects(sink, false);
	if (take_given(sink, INT64_MAX, &rows))
		vg_rows_free(&rows);
}

static int
connect_and_join(struct vg_sink *sink, struct vg_err *err)
{
	int rc;

	if ((rc = vg_store_open(&sink->store, sink->conninfo, err)) != 0)
		return rc;
	(void)pthread_mutex_lock(&sink->lock);
	sink->pg = sink->store.pg;
	(void)pthread_mutex_unlock(&sink->lock);
	if ((rc = vg_journal_reader_open(&sink->reader, sink->journal_path, err)) != 0)
		return rc;
	show_position(sink, 0, 0);
	sink->objects_at_ms = 0;
	return vg_store_join(&sink->store, sink->reader, sink->instance, err);
}

static int
write_chunk(struct vg_sink *sink, int64_t to_seq, struct vg_err *err)
{
	int rc;

	if (to_seq - sink->store.position.seq > VG_CHUNK_ROWS_MAX)
		set_state(sink, VG_SINK_CATCHING_UP, "");
	if ((rc = vg_chunk_read(&sink->chunk, sink->reader, &sink->store.position, to_seq, err)) !=
	    0)
		return rc;
	if (sink->chunk.count == 0)
		return vg_err_set(err, VG_EBROKEN,
				  "the journal has no row after %" PRId64 ", though %" PRId64
				  " is durable",
				  sink->store.position.seq, to_seq);
	if ((rc = vg_store_write_chunk(&sink->store, &sink->chunk, sink->instance, err)) != 0)
		return rc;
	show_position(sink, 1, sink->chunk.count);
	sink->retry_ms = RETRY_MIN_MS;
	return 0;
}

static int
write_objects(struct vg_sink *sink, const struct vg_rows *rows, struct vg_err *err)
{
	uint64_t written = 0;
	size_t i;
	int rc;

	sink->objects_at_ms = rows->more ? 0 : now_ms() + OBJECTS_EVERY_MS;
	if (rows->from_seq != sink->store.position.read_seq || rows->to_seq <= rows->from_seq)
		return 0; /* asked for before a reconnect, or nothing new */
	if ((rc = vg_store_write_objects(&sink->store, rows, err)) != 0)
		return rc;
	for (i = 0; i < VG_TABLE_COUNT; i++)
		written += rows->table[i].rows;
	show_position(sink, 1, written);
	sink->retry_ms = RETRY_MIN_MS;
	return 0;
}

/* Asks for objects when the read model is behind and their time has come. */
static void
ask(struct vg_sink *sink)
{
	if (sink->store.position.read_seq == sink->store.position.seq ||
	    now_ms() < sink->objects_at_ms)
		return;
	sink->objects_at_ms = now_ms() + ASK_AGAIN_MS;
	want_objects(sink, true);
}

/* Everything that was offered is written: waits. */
static int
idle(struct vg_sink *sink, bool given, struct vg_err *err)
{
	bool behind = sink->store.position.read_seq < sink->store.position.seq;
	int64_t pause_ms = sink->objects_at_ms - now_ms();

	set_state(sink, behind ? VG_SINK_CATCHING_UP : VG_SINK_CURRENT, "");
	wait_for(sink, vg_pg_fd(sink->store.pg),
		 !behind || given ? -1
		 : pause_ms > 0	  ? pause_ms
				  : 0);
	if (vg_pg_alive(sink->store.pg))
		return 0;
	sink->retry_ms = RETRY_MIN_MS;
	return vg_err_set(err, VG_EIO, "pg: the server has closed the connection");
}

/* Rounds until stopped (0) or something fails. */
static int
work(struct vg_sink *sink, struct vg_err *err)
{
	struct glance seen;
	struct vg_rows rows;
	int rc = 0;

	set_state(sink, VG_SINK_CATCHING_UP, "");
	while (rc == 0 && !(seen = look(sink)).stopping) {
		if (take_given(sink, sink->store.position.seq, &rows)) {
			rc = write_objects(sink, &rows, err);
			vg_rows_free(&rows);
			continue;
		}
		if (!seen.given)
			ask(sink);
		if (sink->store.position.seq < seen.offered_seq)
			rc = write_chunk(sink, seen.offered_seq, err);
		else
			rc = idle(sink, seen.given, err);
	}
	return rc;
}

/* After an error for which a person is needed: the thread only waits for its end. */
static void
park(struct vg_sink *sink, enum vg_sink_status status, const char *text)
{
	set_state(sink, status, text);
	while (!look(sink).stopping)
		wait_for(sink, -1, -1);
}

/* One connection's life. Returns when it has ended; says why in the state. */
static void
live_once(struct vg_sink *sink)
{
	struct vg_err err = {0};
	char text[VG_ERR_TEXT_MAX + 64];
	bool joined;
	int rc;

	rc = connect_and_join(sink, &err);
	joined = rc == 0;
	if (joined)
		rc = work(sink, &err);
	disconnect(sink);
	if (rc == 0)
		return;
	if (rc == VG_EBROKEN) {
		(void)snprintf(text, sizeof(text), "%.200s; intake goes on, see `vinga doctor`",
			       err.text);
		park(sink, VG_SINK_GAP, text);
	} else if (joined && (rc == VG_EINVALID || rc == VG_EDENIED)) {
		(void)snprintf(text, sizeof(text),
			       "%.200s; nothing is skipped: mend it and restart", err.text);
		park(sink, VG_SINK_REFUSED, text);
	} else {
		(void)snprintf(text, sizeof(text), "%.200s; next try in %" PRId64 " ms",
			       vg_err_text(&err, rc), sink->retry_ms);
		set_state(sink, VG_SINK_CONNECTING, text);
		back_off(sink);
	}
}

static void *
run_thread(void *arg)
{
	struct vg_sink *sink = arg;

	while (!look(sink).stopping)
		live_once(sink);
	(void)pthread_mutex_lock(&sink->lock);
	sink->ended = true;
	(void)pthread_mutex_unlock(&sink->lock);
	signal_fd(sink->notify_fd);
	return NULL;
}

static void
sink_free(struct vg_sink *sink)
{
	if (sink->wake_fd >= 0)
		(void)close(sink->wake_fd);
	if (sink->notify_fd >= 0)
		(void)close(sink->notify_fd);
	(void)pthread_mutex_destroy(&sink->lock);
	free(sink->conninfo);
	free(sink->journal_path);
	free(sink);
}

/* Signals are the loop thread's. */
static int
start_thread(struct vg_sink *sink)
{
	sigset_t all, before;
	int rc;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&sink->thread, NULL, run_thread, sink);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -rc;
}

int
vg_sink_start(struct vg_sink **out, const struct vg_sink_options *options, struct vg_err *err)
{
	struct vg_sink *sink = calloc(1, sizeof(*sink));
	int rc;

	VG_ASSERT(options->instance != NULL && options->instance[0] != '\0');
	*out = NULL;
	if (sink == NULL)
		return vg_err_set(err, VG_ENOMEM, "sink: out of memory");
	(void)pthread_mutex_init(&sink->lock, NULL);
	sink->retry_ms = RETRY_MIN_MS;
	(void)snprintf(sink->instance, sizeof(sink->instance), "%s", options->instance);
	sink->conninfo = strdup(options->conninfo);
	sink->journal_path = strdup(options->journal_path);
	sink->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	sink->notify_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (sink->conninfo == NULL || sink->journal_path == NULL)
		rc = VG_ENOMEM;
	else if (sink->wake_fd < 0 || sink->notify_fd < 0)
		rc = -errno;
	else
		rc = start_thread(sink);
	if (rc != 0) {
		sink_free(sink);
		return vg_err_set(err, rc, "sink: cannot start: %s", vg_err_text(NULL, rc));
	}
	*out = sink;
	return 0;
}

static bool
has_ended(struct vg_sink *sink)
{
	bool ended;

	(void)pthread_mutex_lock(&sink->lock);
	ended = sink->ended;
	(void)pthread_mutex_unlock(&sink->lock);
	return ended;
}

void
vg_sink_stop(struct vg_sink *sink)
{
	int64_t until_ms = now_ms() + STOP_WITHIN_MS, left_ms;

	if (sink == NULL)
		return;
	(void)pthread_mutex_lock(&sink->lock);
	sink->stopping = true;
	(void)pthread_mutex_unlock(&sink->lock);
	signal_fd(sink->wake_fd);
	while (!has_ended(sink) && (left_ms = until_ms - now_ms()) > 0) {
		struct pollfd fd = {.fd = sink->notify_fd, .events = POLLIN};

		(void)poll(&fd, 1, (int)left_ms);
		clear_fd(sink->notify_fd);
	}
	(void)pthread_mutex_lock(&sink->lock);
	if (!sink->ended && sink->pg != NULL)
		vg_pg_interrupt(sink->pg);
	(void)pthread_mutex_unlock(&sink->lock);
	(void)pthread_join(sink->thread, NULL);
	sink_free(sink);
}

int
vg_sink_fd(const struct vg_sink *sink)
{
	return sink->notify_fd;
}

void
vg_sink_offer(struct vg_sink *sink, int64_t durable_seq)
{
	bool more;

	(void)pthread_mutex_lock(&sink->lock);
	more = durable_seq > sink->offered_seq;
	if (more)
		sink->offered_seq = durable_seq;
	(void)pthread_mutex_unlock(&sink->lock);
	if (more)
		signal_fd(sink->wake_fd);
}

bool
vg_sink_wants(struct vg_sink *sink, int64_t *after_seq)
{
	bool wanted;

	clear_fd(sink->notify_fd);
	(void)pthread_mutex_lock(&sink->lock);
	wanted = sink->wanted;
	*after_seq = sink->state.read_seq;
	(void)pthread_mutex_unlock(&sink->lock);
	return wanted;
}

void
vg_sink_give(struct vg_sink *sink, struct vg_rows *rows)
{
	bool taken;

	(void)pthread_mutex_lock(&sink->lock);
	taken = sink->wanted && rows->from_seq == sink->state.read_seq;
	if (taken) {
		sink->rows = *rows;
		sink->given = true;
		sink->wanted = false;
	}
	(void)pthread_mutex_unlock(&sink->lock);
	if (!taken)
		vg_rows_free(rows);
	memset(rows, 0, sizeof(*rows));
	if (taken)
		signal_fd(sink->wake_fd);
}

void
vg_sink_get_state(struct vg_sink *sink, struct vg_sink_state *out)
{
	(void)pthread_mutex_lock(&sink->lock);
	*out = sink->state;
	(void)pthread_mutex_unlock(&sink->lock);
}
