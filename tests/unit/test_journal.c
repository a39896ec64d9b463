/* The journal: identity, numbers, chains, maxima, reading beside writing, damage. */
#include "tests/fault/journal_rig.h"

#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <sys/stat.h>

#include <cmocka.h>

static int
setup(void **state)
{
	static struct rig rig;

	rig_make(&rig);
	*state = &rig;
	return 0;
}

static int
teardown(void **state)
{
	rig_remove(*state);
	return 0;
}

static struct rig *
opened(void **state)
{
	struct rig *rig = *state;

	if (rig_open(rig) != 0)
		fail_msg("%s", rig->err.text);
	return rig;
}

/* Another connection to the file, for looking into it, damaging it, and holding the writer up. */
static sqlite3 *
side_door(const struct rig *rig, const char *sql)
{
	sqlite3 *door = NULL;

	assert_int_equal(sqlite3_open(rig->path, &door), SQLITE_OK);
	(void)sqlite3_busy_timeout(door, RIG_WAIT_MS);
	if (sqlite3_exec(door, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(door));
	return door;
}

static void
alter(const struct rig *rig, const char *sql)
{
	assert_int_equal(sqlite3_close(side_door(rig, sql)), SQLITE_OK);
}

static int64_t
ask(const struct rig *rig, const char *sql)
{
	sqlite3 *door = side_door(rig, "");
	sqlite3_stmt *statement = NULL;
	int64_t answer;

	assert_int_equal(sqlite3_prepare_v2(door, sql, -1, &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	answer = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	assert_int_equal(sqlite3_close(door), SQLITE_OK);
	return answer;
}

/* While this is held, what is submitted collects in the queue: one group when it is released. */
static sqlite3 *
hold_writer(const struct rig *rig)
{
	return side_door(rig, "BEGIN IMMEDIATE");
}

static void
release_writer(sqlite3 *door)
{
	assert_int_equal(sqlite3_exec(door, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(door), SQLITE_OK);
}

static struct vg_journal_state
state_of(struct rig *rig)
{
	struct vg_journal_state state;

	vg_journal_get_state(rig->journal, &state);
	return state;
}

/* Chores are asynchronous; a record that is committed after them shows that they have run. */
static struct vg_journal_state
after_chores(struct rig *rig)
{
	assert_int_equal(rig_put_text(rig, "", "{}").outcome, VG_RECORD_DURABLE);
	assert_int_equal(rig_put_text(rig, "", "{}").outcome, VG_RECORD_DURABLE);
	return state_of(rig);
}

/* --- identity --- */

static void
results_come_in_order_and_with_context(void **state)
{
	struct rig *rig = opened(state);
	struct vg_record_result result[700];
	char id[16], bytes[32];
	uint8_t digest[VG_SHA256_LEN];
	size_t got = 0;

	for (int i = 0; i < 700; i++) {
		struct vg_record record;

		(void)snprintf(id, sizeof(id), "e%d", i);
		(void)snprintf(bytes, sizeof(bytes), "{\"n\":%d}", i);
		record = rig_record(id, bytes, digest);
		record.context = (void *)(intptr_t)i;
		assert_int_equal(vg_journal_submit(rig->journal, &record, &rig->err), 0);
	}
	while (got < 700) {
		size_t more = rig_take(rig, result + got, 100);

		assert_true(more > 0 && more <= 100);
		got += more;
	}
	for (int i = 0; i < 700; i++) {
		assert_int_equal(result[i].outcome, VG_RECORD_DURABLE);
		assert_int_equal(result[i].seq, i + 1);
		assert_int_equal((intptr_t)result[i].context, i);
	}
	assert_int_equal(vg_journal_results(rig->journal, result, 700), 0);
	assert_int_equal(state_of(rig).records, 700);
	assert_int_equal(state_of(rig).queued, 0);
}

static void
repeat_gets_the_first_number(void **state)
{
	struct rig *rig = opened(state);
	struct vg_record_result result;

	assert_int_equal(rig_put_text(rig, "a", "{\"x\":1}").seq, 1);
	assert_int_equal(rig_put_text(rig, "b", "{\"x\":1}").seq, 2);
	rig_close(rig);
	opened(state);
	result = rig_put_text(rig, "a", "{\"x\":1}");
	assert_int_equal(result.outcome, VG_RECORD_REPEAT);
	assert_int_equal(result.seq, 1);
	result = rig_put_text(rig, "b", "{\"x\":2}");
	assert_int_equal(result.outcome, VG_RECORD_CONFLICT);
	assert_int_equal(result.seq, 2);
	assert_int_equal(state_of(rig).last_seq, 2);
	assert_int_equal(state_of(rig).repeats, 1);
	assert_int_equal(state_of(rig).conflicts, 1);
}

static void
repeat_within_a_group_is_recognised(void **state)
{
	struct rig *rig = opened(state);
	struct vg_record_result result[5];
	static const struct {
		const char *id, *bytes;
		enum vg_record_outcome outcome;
		int64_t seq;
	} cases[] = {
		{"", "{}", VG_RECORD_DURABLE, 1}, /* the thread may take this one alone */
		{"a", "{\"x\":1}", VG_RECORD_DURABLE, 2},  {"a", "{\"x\":1}", VG_RECORD_REPEAT, 2},
		{"a", "{\"x\":2}", VG_RECORD_CONFLICT, 2}, {"b", "{\"x\":1}", VG_RECORD_DURABLE, 3},
	};
	sqlite3 *door = hold_writer(rig);
	uint8_t digest[VG_SHA256_LEN];

	for (int i = 0; i < 5; i++) {
		struct vg_record record = rig_record(cases[i].id, cases[i].bytes, digest);

		assert_int_equal(vg_journal_submit(rig->journal, &record, &rig->err), 0);
	}
	assert_int_equal(state_of(rig).queued, 5);
	release_writer(door);
	for (size_t got = 0; got < 5;) {
		size_t more = rig_take(rig, result + got, 5 - got);

		assert_true(more > 0);
		got += more;
	}
	for (int i = 0; i < 5; i++) {
		assert_int_equal(result[i].outcome, cases[i].outcome);
		assert_int_equal(result[i].seq, cases[i].seq);
	}
	assert_in_range(state_of(rig).commits, 1, 2);
}

static void
same_id_of_another_source_is_another_event(void **state)
{
	struct rig *rig = opened(state);
	uint8_t digest[VG_SHA256_LEN];
	struct vg_record record = rig_record("1", "{}", digest);

	assert_int_equal(rig_put(rig, &record).seq, 1);
	record.source = "jira-148";
	record.event_id = "91";
	assert_int_equal(rig_put(rig, &record).seq, 2);
}

static void
empty_id_is_never_a_repeat(void **state)
{
	struct rig *rig = opened(state);

	assert_int_equal(rig_put_text(rig, "", "{}").seq, 1);
	assert_int_equal(rig_put_text(rig, "", "{}").seq, 2);
	assert_int_equal(ask(rig, "SELECT count(*) FROM seen"), 0);
}

static void
identity_that_expires_is_forgotten_after_its_time(void **state)
{
	struct rig *rig = opened(state);
	uint8_t digest[VG_SHA256_LEN];
	struct vg_record record = rig_record("inform", "{}", digest);

	record.identity_ms = RIG_DAY_MS;
	assert_int_equal(rig_put(rig, &record).outcome, VG_RECORD_DURABLE);
	record.received_ms = 1000 + RIG_DAY_MS - 1;
	assert_int_equal(rig_put(rig, &record).outcome, VG_RECORD_REPEAT);
	record.received_ms = 1000 + RIG_DAY_MS;
	assert_int_equal(rig_put(rig, &record).outcome, VG_RECORD_DURABLE);
	record.received_ms++;
	assert_int_equal(rig_put(rig, &record).outcome, VG_RECORD_REPEAT);
	vg_journal_trim(rig->journal, 0, 0, 1000 + 2 * RIG_DAY_MS);
	(void)after_chores(rig);
	assert_int_equal(ask(rig, "SELECT count(*) FROM seen"), 0);
}

/* --- numbers and chains --- */

static void
received_never_runs_backwards(void **state)
{
	struct rig *rig = opened(state);
	uint8_t digest[VG_SHA256_LEN];
	struct vg_record record = rig_record("", "{}", digest);

	record.received_ms = 5000;
	assert_int_equal(rig_put(rig, &record).received_ms, 5000);
	record.received_ms = 4000;
	record.lane = "alarm";
	assert_int_equal(rig_put(rig, &record).received_ms, 5000);
	rig_close(rig);
	opened(state);
	record.received_ms = 3000;
	assert_int_equal(rig_put(rig, &record).received_ms, 5000);
	record.received_ms = 6000;
	assert_int_equal(rig_put(rig, &record).received_ms, 6000);
}

struct chain {
	int64_t next_seq, rows;
	struct {
		char name[8];
		uint8_t head[32];
	} lane[3];
};

/* d and h as architecture 3 defines them, byte by byte and without the code under test. */
static bool
check_link(const struct vg_journal_row *row, void *arg)
{
	struct chain *chain = arg;
	uint8_t text[512], d[32], both[64];

	assert_int_equal(row->seq, chain->next_seq);
	for (int i = 0; i < 8; i++) {
		text[i] = (uint8_t)(row->seq >> (56 - 8 * i));
		text[8 + i] = (uint8_t)(row->received_ms >> (56 - 8 * i));
	}
	memcpy(text + 16, row->bytes, row->length);
	vg_sha256(text, 16 + row->length, d);
	assert_memory_equal(row->d, d, 32);
	for (int i = 0; i < 3; i++) {
		if (strcmp(chain->lane[i].name, row->lane) != 0)
			continue;
		memcpy(both, chain->lane[i].head, 32);
		memcpy(both + 32, d, 32);
		vg_sha256(both, 64, chain->lane[i].head);
		assert_memory_equal(row->h, chain->lane[i].head, 32);
		chain->rows++;
	}
	chain->next_seq++;
	return true;
}

static void
each_lane_has_its_own_chain(void **state)
{
	static const char *const lanes[] = {"main", "alarm", "probe-1"};
	struct chain chain = {.next_seq = 1, .lane = {{"main"}, {"alarm"}, {"probe-1"}}};
	struct rig *rig = opened(state);
	struct vg_journal_reader *reader;
	struct vg_record_result result[600];
	uint8_t digest[VG_SHA256_LEN];
	char bytes[40];

	for (int i = 0, got = 0; i < 600; i++) {
		struct vg_record record;

		(void)snprintf(bytes, sizeof(bytes), "{\"å\":%d}", i);
		record = rig_record("", bytes, digest);
		record.lane = lanes[i * 7 % 5 % 3];
		record.received_ms = 1000 + i % 50;
		assert_int_equal(vg_journal_submit(rig->journal, &record, &rig->err), 0);
		while (i == 599 && got < 600)
			got += (int)rig_take(rig, result, 600);
	}
	assert_int_equal(vg_journal_reader_open(&reader, rig->path, &rig->err), 0);
	assert_int_equal(vg_journal_read(reader, 0, 600, 1000, check_link, &chain, &rig->err), 600);
	vg_journal_reader_close(reader);
	assert_int_equal(chain.rows, 600);
	assert_memory_equal(state_of(rig).head, chain.lane[0].head, 32);
}

static void
reopening_continues_numbers_and_chain(void **state)
{
	struct chain chain = {.next_seq = 1, .lane = {{"main"}}};
	struct rig *rig = *state;
	struct vg_journal_state before, after;
	struct vg_journal_reader *reader;

	for (int i = 1; i <= 5; i++) {
		opened(state);
		assert_int_equal(rig_put_text(rig, "", "{}").seq, i);
		before = state_of(rig);
		rig_close(rig);
	}
	opened(state);
	after = state_of(rig);
	assert_int_equal(after.first_seq, 1);
	assert_int_equal(after.last_seq, 5);
	assert_memory_equal(after.head, before.head, 32);
	assert_string_equal(after.instance, before.instance);
	assert_int_equal(strlen(after.instance), 32);
	assert_int_equal(vg_journal_reader_open(&reader, rig->path, &rig->err), 0);
	assert_int_equal(vg_journal_read(reader, 0, 9, 9, check_link, &chain, &rig->err), 5);
	vg_journal_reader_close(reader);
}

static int
after_row_1000(struct vg_jdb *file, struct vg_journal_start *start, void *arg, struct vg_err *err)
{
	uint8_t digest[32];
	char long_id[200] = {0};

	(void)arg;
	vg_sha256("{}", 2, digest);
	start->after_seq = 1000;
	start->received_ms = 7777;
	memset(start->head, 0xab, sizeof(start->head));
	memset(long_id, 'x', sizeof(long_id) - 1);
	assert_int_equal(vg_journal_remember(file, "jira-1489", long_id, 41, digest, 0, err), 0);
	return vg_journal_remember(file, "jira-1489", "known", 42, digest, 0, err);
}

static int
not_now(struct vg_jdb *file, struct vg_journal_start *start, void *arg, struct vg_err *err)
{
	assert_int_equal(after_row_1000(file, start, arg, err), 0);
	return vg_err_set(err, VG_EIO, "the ledger is away");
}

static void
restarted_journal_continues_from_given_head(void **state)
{
	struct chain chain = {.next_seq = 1001, .lane = {{"main"}}};
	struct rig *rig = *state;
	struct vg_journal_reader *reader;

	memset(chain.lane[0].head, 0xab, sizeof(chain.lane[0].head));
	rig->options.on_new = after_row_1000;
	opened(state);
	assert_int_equal(state_of(rig).first_seq, 1001);
	assert_int_equal(state_of(rig).last_seq, 1000);
	assert_memory_equal(state_of(rig).head, chain.lane[0].head, 32);
	assert_int_equal(rig_put_text(rig, "", "{}").received_ms, 7777);
	rig_close(rig);
	rig->options.on_new = not_now; /* for a new file only */
	opened(state);
	assert_int_equal(rig_put_text(rig, "", "{}").seq, 1002);
	assert_int_equal(vg_journal_reader_open(&reader, rig->path, &rig->err), 0);
	assert_int_equal(vg_journal_read(reader, 0, 9999, 9, check_link, &chain, &rig->err), 2);
	vg_journal_reader_close(reader);
}

static void
restarted_journal_knows_what_it_was_told(void **state)
{
	struct rig *rig = *state;
	struct vg_record_result result;
	char long_id[200] = {0};

	rig->options.on_new = after_row_1000;
	opened(state);
	memset(long_id, 'x', sizeof(long_id) - 1);
	result = rig_put_text(rig, "known", "{}");
	assert_int_equal(result.outcome, VG_RECORD_REPEAT);
	assert_int_equal(result.seq, 42);
	result = rig_put_text(rig, long_id, "{}");
	assert_int_equal(result.outcome, VG_RECORD_REPEAT);
	assert_int_equal(result.seq, 41);
	assert_int_equal(rig_put_text(rig, long_id, "{ }").outcome, VG_RECORD_CONFLICT);
	assert_int_equal(state_of(rig).last_seq, 1000);
}

static void
file_that_could_not_be_begun_is_begun_anew(void **state)
{
	struct rig *rig = *state;

	rig->options.on_new = not_now;
	assert_int_equal(rig_open(rig), VG_EIO);
	assert_string_equal(rig->err.text, "the ledger is away");
	rig->options.on_new = after_row_1000;
	opened(state);
	assert_int_equal(state_of(rig).last_seq, 1000);
}

/* --- maxima --- */

static void
queue_is_bounded_by_count(void **state)
{
	struct rig *rig = opened(state);
	static struct vg_record_result result[VG_JOURNAL_QUEUE_MAX];
	uint8_t digest[VG_SHA256_LEN];
	struct vg_record record = rig_record("", "{}", digest);
	size_t got = 0;

	for (int i = 0; i < VG_JOURNAL_QUEUE_MAX; i++)
		assert_int_equal(vg_journal_submit(rig->journal, &record, &rig->err), 0);
	assert_int_equal(vg_journal_submit(rig->journal, &record, &rig->err), VG_EFULL);
	assert_non_null(strstr(rig->err.text, "queue is full (65536 records"));
	assert_true((got = rig_take(rig, result, 1)) == 1);
	assert_int_equal(vg_journal_submit(rig->journal, &record, &rig->err), 0);
	while (got < VG_JOURNAL_QUEUE_MAX + 1) {
		size_t more = rig_take(rig, result, VG_JOURNAL_QUEUE_MAX);

		assert_true(more > 0);
		got += more;
	}
	assert_int_equal(state_of(rig).records, VG_JOURNAL_QUEUE_MAX + 1);
}

static void
queue_and_record_are_bounded_by_bytes(void **state)
{
	struct rig *rig = *state;
	size_t length = VG_JOURNAL_RECORD_MAX - 100;
	char *bytes = calloc(1, VG_JOURNAL_RECORD_MAX + 1);
	uint8_t digest[VG_SHA256_LEN];
	struct vg_record record = rig_record("", "", digest);
	struct vg_record_result result;
	sqlite3 *door;

	rig->options.bytes_max = 1 << 30;
	opened(state);
	memset(bytes, 'x', VG_JOURNAL_RECORD_MAX);
	record.bytes = bytes;
	record.length = VG_JOURNAL_RECORD_MAX;
	assert_int_equal(vg_journal_submit(rig->journal, &record, &rig->err), VG_ELIMIT);
	record.length = length;
	door = hold_writer(rig);
	for (int i = 0; i < 7; i++)
		assert_int_equal(vg_journal_submit(rig->journal, &record, &rig->err), 0);
	record.length = VG_JOURNAL_RECORD_MAX - 1000;
	for (int i = 0; vg_journal_submit(rig->journal, &record, &rig->err) == 0; i++)
		assert_true(i < 1);
	assert_int_equal(rig->err.code, VG_EFULL);
	release_writer(door);
	for (int i = 0; i < 7; i++) {
		assert_int_equal(rig_take(rig, &result, 1), 1);
		assert_int_equal(result.outcome, VG_RECORD_DURABLE);
	}
	free(bytes);
}

static int64_t
disk_bytes(const struct rig *rig)
{
	char wal[100];
	struct stat file, beside;

	(void)snprintf(wal, sizeof(wal), "%s-wal", rig->path);
	assert_int_equal(stat(rig->path, &file), 0);
	return file.st_size + (stat(wal, &beside) == 0 ? beside.st_size : 0);
}

/* Puts records until one is refused; returns how many were taken. */
static int
fill(struct rig *rig, struct vg_record *record)
{
	struct vg_record_result result;
	int count = 0;

	while ((result = rig_put(rig, record)).outcome == VG_RECORD_DURABLE)
		count++;
	assert_int_equal(result.error, VG_EFULL);
	return count;
}

static void
maximum_keeps_five_percent_for_own_records(void **state)
{
	struct rig *rig = *state;
	char *bytes = calloc(1, 40000);
	uint8_t digest[VG_SHA256_LEN];
	struct vg_record record;
	struct vg_journal_state full;
	int taken, own;

	rig->options.bytes_max = VG_JOURNAL_BYTES_MIN;
	opened(state);
	memset(bytes, 'x', 39999);
	record = rig_record("", bytes, digest);
	taken = fill(rig, &record);
	assert_in_range(taken, 340, 410);
	record.own = true;
	own = fill(rig, &record);
	assert_in_range(own, 10, 30);
	full = state_of(rig);
	assert_true(full.full);
	assert_false(full.failed);
	assert_non_null(strstr(full.why, "of at most 16777216 bytes"));
	assert_true(full.bytes <= VG_JOURNAL_BYTES_MIN);
	assert_true(disk_bytes(rig) <= VG_JOURNAL_BYTES_MIN + (2 << 20));

	/* PostgreSQL has taken everything: the oldest rows go, and intake goes on by itself. */
	vg_journal_trim(rig->journal, 300, 300, 1000 + 15 * RIG_DAY_MS);
	while (rig_put(rig, &record).outcome == VG_RECORD_FAILED)
		assert_true(state_of(rig).last_seq == taken + own);
	(void)after_chores(rig);
	record.own = false;
	assert_int_equal(rig_put(rig, &record).outcome, VG_RECORD_DURABLE);
	assert_false(state_of(rig).full);
	assert_int_equal(state_of(rig).first_seq, 301);
	free(bytes);
}

/* A reader that never ends its transaction keeps the WAL from being reset (pitfalls J5). */
static void
stuck_reader_cannot_make_the_wal_grow_past_the_maximum(void **state)
{
	struct rig *rig = *state;
	uint8_t digest[VG_SHA256_LEN];
	struct vg_record record = rig_record("", "{}", digest);
	struct vg_record_result result;
	sqlite3 *reader;

	rig->options.bytes_max = VG_JOURNAL_BYTES_MIN;
	opened(state);
	assert_int_equal(rig_put(rig, &record).seq, 1);
	reader = side_door(rig, "BEGIN; SELECT count(*) FROM ledger");
	(void)fill(rig, &record);
	assert_true(disk_bytes(rig) <= VG_JOURNAL_BYTES_MIN);
	assert_true(ask(rig, "PRAGMA page_count") < 200); /* it is all WAL */
	assert_int_equal(sqlite3_close(reader), SQLITE_OK);
	while ((result = rig_put(rig, &record)).outcome == VG_RECORD_FAILED)
		assert_int_equal(result.error, VG_EFULL);
	assert_true(disk_bytes(rig) < VG_JOURNAL_BYTES_MIN / 8);
}

static void
lanes_are_bounded(void **state)
{
	struct rig *rig = opened(state);
	uint8_t digest[VG_SHA256_LEN];
	struct vg_record record = rig_record("", "{}", digest);
	struct vg_record_result result;
	char lane[VG_JOURNAL_LANE_MAX + 2];

	for (int i = 1; i < VG_JOURNAL_LANES_MAX; i++) {
		(void)snprintf(lane, sizeof(lane), "probe-%d", i);
		record.lane = lane;
		assert_int_equal(rig_put(rig, &record).outcome, VG_RECORD_DURABLE);
	}
	record.lane = "one-too-many";
	result = rig_put(rig, &record);
	assert_int_equal(result.outcome, VG_RECORD_FAILED);
	assert_int_equal(result.error, VG_ELIMIT);
	memset(lane, 'x', sizeof(lane));
	lane[sizeof(lane) - 1] = '\0';
	record.lane = lane;
	assert_int_equal(vg_journal_submit(rig->journal, &record, &rig->err), VG_ELIMIT);
	record.lane = "probe-7";
	assert_int_equal(rig_put(rig, &record).seq, VG_JOURNAL_LANES_MAX);
	rig_close(rig);
	opened(state);
}

/* --- trimming and forgetting --- */

static void
trim_keeps_what_is_young_or_not_yet_elsewhere(void **state)
{
	struct rig *rig = opened(state);
	static struct vg_record_result result[5000];
	struct vg_journal_state now;
	uint8_t digest[VG_SHA256_LEN];
	struct vg_record record = rig_record("", "{}", digest);

	record.title = "rubrik";
	for (int i = 0; i < 5000; i++) {
		record.received_ms = i; /* row n was received at n - 1 */
		assert_int_equal(vg_journal_submit(rig->journal, &record, &rig->err), 0);
	}
	for (size_t got = 0; got < 5000;)
		got += rig_take(rig, result, 5000);
	vg_journal_trim(rig->journal, 4000, 3000, 14 * RIG_DAY_MS);
	now = after_chores(rig);
	assert_int_equal(now.first_seq, 1); /* nothing is older than keep_ms */
	vg_journal_trim(rig->journal, 4000, 3000, 14 * RIG_DAY_MS + 2500);
	for (int i = 0; i < 3; i++)
		now = after_chores(rig);
	assert_int_equal(now.first_seq, 2501);
	vg_journal_trim(rig->journal, 4000, 3000, 15 * RIG_DAY_MS);
	now = after_chores(rig);
	assert_int_equal(now.first_seq, 3001);
	assert_int_equal(ask(rig, "SELECT min(seq) FROM ledger"), 3001);
	assert_int_equal(ask(rig, "SELECT min(seq) FROM side_title"), 3001);
	assert_int_equal(ask(rig, "PRAGMA freelist_count"), 0);
	vg_journal_trim(rig->journal, 9999, 9999, 15 * RIG_DAY_MS);
	for (int i = 0; i < 4; i++)
		now = after_chores(rig);
	rig_close(rig);
	opened(state);
	assert_int_equal(state_of(rig).last_seq, now.last_seq);
}

static void
numbers_are_not_given_again_when_all_rows_are_gone(void **state)
{
	struct rig *rig = opened(state);
	struct vg_journal_state empty;

	for (int i = 0; i < 3; i++)
		assert_int_equal(rig_put_text(rig, "", "{}").seq, i + 1);
	vg_journal_trim(rig->journal, 3, 3, 15 * RIG_DAY_MS);
	rig_close(rig);
	opened(state);
	vg_journal_trim(rig->journal, 3, 3, 15 * RIG_DAY_MS);
	do
		empty = state_of(rig);
	while (empty.first_seq != 4);
	assert_int_equal(empty.last_seq, 3);
	rig_close(rig);
	opened(state);
	assert_int_equal(state_of(rig).first_seq, 4);
	assert_int_equal(rig_put_text(rig, "", "{}").seq, 4);
	assert_int_equal(state_of(rig).first_seq, 4);
}

static bool
collect_side(const struct vg_journal_row *row, void *arg)
{
	char *text = arg;
	size_t used = strlen(text);

	(void)snprintf(text + used, 100 - used, "%" PRId64 ":%s/%s ", row->seq,
		       row->title != NULL ? row->title : "-", row->note != NULL ? row->note : "-");
	return true;
}

static void
side_texts_are_forgotten_on_request(void **state)
{
	struct rig *rig = opened(state);
	static const int64_t notes[] = {1, 3};
	struct vg_journal_reader *reader;
	uint8_t digest[VG_SHA256_LEN];
	struct vg_record record = rig_record("", "{}", digest);
	char text[100] = "";

	record.title = "t";
	record.note = "n";
	for (int i = 0; i < 3; i++)
		assert_int_equal(rig_put(rig, &record).outcome, VG_RECORD_DURABLE);
	vg_journal_forget_side(rig->journal, 2, notes, 1);
	vg_journal_forget_side(rig->journal, 0, notes + 1, 1);
	(void)after_chores(rig);
	assert_int_equal(vg_journal_reader_open(&reader, rig->path, &rig->err), 0);
	assert_int_equal(vg_journal_read(reader, 0, 3, 9, collect_side, text, &rig->err), 3);
	vg_journal_reader_close(reader);
	assert_string_equal(text, "1:-/- 2:-/n 3:t/- ");
}

/* --- reading --- */

struct follower {
	const char *path;
	int64_t last, to;
};

static bool
follow_row(const struct vg_journal_row *row, void *arg)
{
	struct follower *follower = arg;

	VG_ASSERT(row->seq == follower->last + 1);
	VG_ASSERT(row->length == 11 && strcmp(row->bytes, "{\"row\":123}") == 0);
	VG_ASSERT(strcmp(row->municipality, "1489") == 0 && row->title == NULL);
	follower->last = row->seq;
	return true;
}

static void *
follow(void *arg)
{
	struct follower *follower = arg;
	struct vg_journal_reader *reader = NULL;

	VG_ASSERT(vg_journal_reader_open(&reader, follower->path, NULL) == 0);
	while (follower->last < follower->to)
		VG_ASSERT(vg_journal_read(reader, follower->last, follower->to, 1000, follow_row,
					  follower, NULL) >= 0);
	vg_journal_reader_close(reader);
	return NULL;
}

static void
reader_follows_while_the_writer_writes(void **state)
{
	struct rig *rig = opened(state);
	struct follower follower = {.path = rig->path, .to = 20000};
	struct vg_record_result result[512];
	uint8_t digest[VG_SHA256_LEN];
	struct vg_record record = rig_record("", "{\"row\":123}", digest);
	pthread_t thread;
	int sent = 0, got = 0;

	assert_int_equal(pthread_create(&thread, NULL, follow, &follower), 0);
	while (got < follower.to) {
		while (sent < follower.to && sent - got < 512) {
			assert_int_equal(vg_journal_submit(rig->journal, &record, &rig->err), 0);
			sent++;
		}
		got += (int)rig_take(rig, result, 512);
	}
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(follower.last, follower.to);
}

static bool
stop_at_second(const struct vg_journal_row *row, void *arg)
{
	(void)arg;
	return row->seq < 2;
}

static void
reading_has_limits_and_can_be_stopped(void **state)
{
	struct rig *rig = opened(state);
	struct follower follower = {.to = 0};
	struct vg_journal_reader *reader;

	assert_int_equal(vg_journal_reader_open(&reader, "/tmp/vinga-none/journal.db", &rig->err),
			 VG_ENOTFOUND);
	assert_int_equal(vg_journal_reader_open(&reader, rig->path, &rig->err), 0);
	assert_int_equal(vg_journal_read(reader, 0, 9, 9, follow_row, &follower, &rig->err), 0);
	for (int i = 0; i < 600; i++)
		(void)rig_put_text(rig, "", "{\"row\":123}");
	assert_int_equal(vg_journal_read(reader, 0, 600, 9, stop_at_second, NULL, &rig->err), 2);
	assert_int_equal(vg_journal_read(reader, 0, 600, 300, follow_row, &follower, &rig->err),
			 300);
	assert_int_equal(vg_journal_read(reader, 300, 310, 300, follow_row, &follower, &rig->err),
			 10);
	vg_journal_reader_close(reader);

	/* also beside no writer, and a row that is missing is not passed over in silence */
	rig_close(rig);
	alter(rig, "DELETE FROM ledger WHERE seq = 5");
	assert_int_equal(vg_journal_reader_open(&reader, rig->path, &rig->err), 0);
	follower.last = 0;
	assert_int_equal(vg_journal_read(reader, 0, 600, 9, follow_row, &follower, &rig->err),
			 VG_EBROKEN);
	assert_non_null(strstr(rig->err.text, "rows 5 to 5 are missing"));
	vg_journal_reader_close(reader);
}

/* --- damage, and files that are not ours --- */

/* Changes the last place in the file where `from` stands; both are of one length. */
static void
change_bytes(const struct rig *rig, const char *from, const char *to)
{
	char *content = NULL, *found = NULL;
	size_t length = strlen(from), size;
	FILE *file = fopen(rig->path, "r+b");

	assert_non_null(file);
	(void)fseek(file, 0, SEEK_END);
	size = (size_t)ftell(file);
	content = malloc(size);
	rewind(file);
	assert_int_equal(fread(content, 1, size, file), size);
	for (size_t i = 0; i + length <= size; i++)
		if (memcmp(content + i, from, length) == 0)
			found = content + i;
	assert_non_null(found);
	(void)fseek(file, found - content, SEEK_SET);
	assert_int_equal(fwrite(to, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
	free(content);
}

static void
changed_byte_in_a_new_row_is_found(void **state)
{
	struct rig *rig = opened(state);

	(void)rig_put_text(rig, "", "{\"row\":1}");
	(void)rig_put_text(rig, "", "{\"row\":2}");
	rig_close(rig);
	change_bytes(rig, "{\"row\":2}", "{\"row\":3}");
	assert_int_equal(rig_open(rig), VG_EBROKEN);
	assert_non_null(strstr(rig->err.text, "row 2: d does not fit its bytes"));
	change_bytes(rig, "{\"row\":3}", "{\"row\":2}");
	opened(state);
}

static const struct damage {
	const char *sql, *words;
} damages[] = {
	{"UPDATE ledger SET h = d WHERE seq = 2", "row 2: h does not continue"},
	{"UPDATE ledger SET h = d WHERE seq = 3", "row 3: h does not continue"},
	{"UPDATE ledger SET received_ms = 1001 WHERE seq = 1", "row 1: d does not fit"},
	{"UPDATE ledger SET lane = 'x' WHERE seq = 3", "row 3: its lane is not"},
	{"UPDATE lane SET head = zeroblob(32)", "lane main ends at row 3 by table lane"},
	{"UPDATE lane SET seq = 2", "row 3: is newer than every lane"},
	{"DELETE FROM ledger WHERE seq = 2", "row 2: is missing"},
	{"DELETE FROM ledger WHERE seq = 3", "row 3: is missing"},
	{"DELETE FROM lane", "lane main is missing"},
};

static void
damage_is_named(void **state)
{
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		struct rig *rig = opened(state);

		for (int row = 0; row < 3; row++)
			(void)rig_put_text(rig, "", "{}");
		rig_close(rig);
		alter(rig, damages[i].sql);
		assert_int_equal(rig_open(rig), VG_EBROKEN);
		if (strstr(rig->err.text, damages[i].words) == NULL)
			fail_msg("%s gives: %s", damages[i].sql, rig->err.text);
		assert_int_equal(unlink(rig->path), 0);
	}
}

static void
damaged_page_is_found(void **state)
{
	struct rig *rig = opened(state);
	int fd;

	for (int i = 0; i < 2000; i++)
		(void)rig_put_text(rig, "", "{\"row\":123}");
	rig_close(rig);
	fd = open(rig->path, O_WRONLY);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, "\xff\xff\xff\xff\xff\xff\xff\xff", 8, 12 * 4096), 8);
	assert_int_equal(close(fd), 0);
	assert_int_equal(rig_open(rig), VG_EBROKEN);
}

static void
other_files_are_refused(void **state)
{
	struct rig *rig = *state;
	FILE *file;

	alter(rig, "CREATE TABLE address(name)");
	assert_int_equal(rig_open(rig), VG_EINVALID);
	assert_non_null(strstr(rig->err.text, "another program's database"));
	assert_int_equal(unlink(rig->path), 0);

	file = fopen(rig->path, "w");
	for (int i = 0; i < 1000; i++)
		(void)fputs("this is no database\n", file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(rig_open(rig), VG_EBROKEN);
	assert_int_equal(unlink(rig->path), 0);

	opened(state);
	rig_close(rig);
	alter(rig, "UPDATE meta SET value = '3' WHERE key = 'format'");
	assert_int_equal(rig_open(rig), VG_EINVALID);
	assert_non_null(strstr(rig->err.text, "format \"3\", this program knows format 2"));
}

static void
a_file_of_the_first_format_is_renewed(void **state)
{
	struct rig *rig = opened(state);

	assert_int_equal(rig_put_text(rig, "1", "{}").seq, 1);
	rig_close(rig);
	alter(rig,
	      "ALTER TABLE lane DROP COLUMN sealed_seq; ALTER TABLE lane DROP COLUMN open_rows;"
	      "UPDATE meta SET value = '1' WHERE key = 'format'");
	opened(state);
	assert_int_equal(rig_put_text(rig, "1", "{}").outcome, VG_RECORD_REPEAT);
	assert_int_equal(rig_put_text(rig, "2", "{}").seq, 2);
	assert_int_equal(ask(rig, "SELECT value FROM meta WHERE key = 'format'"), 2);
}

static struct vg_journal_lane
lane_of(struct rig *rig, const char *name)
{
	struct vg_journal_reader *reader;
	struct vg_journal_lane lane;

	assert_int_equal(vg_journal_reader_open(&reader, rig->path, &rig->err), 0);
	assert_int_equal(vg_journal_read_lane(reader, name, &lane, &rig->err), 0);
	vg_journal_reader_close(reader);
	return lane;
}

static void
a_lane_knows_its_rows_since_the_last_seal(void **state)
{
	struct rig *rig = opened(state);
	uint8_t digest[VG_SHA256_LEN];
	struct vg_record record = rig_record("", "{}", digest), seal = record;

	assert_int_equal(lane_of(rig, "probe:a").open_rows, 0);
	record.lane = "probe:a";
	for (int i = 0; i < 3; i++)
		(void)rig_put(rig, &record);
	assert_int_equal(lane_of(rig, "probe:a").open_rows, 3);
	seal.sealed_lane = "probe:a";
	seal.sealed_seq = 2;
	seal.sealed_rows = 2;
	(void)rig_put(rig, &seal);
	rig_close(rig);
	opened(state);
	assert_int_equal(lane_of(rig, "probe:a").open_rows, 1);
	assert_int_equal(lane_of(rig, "probe:a").sealed_seq, 2);
	(void)rig_put(rig, &record);
	assert_int_equal(lane_of(rig, "probe:a").open_rows, 2);
	assert_int_equal(lane_of(rig, "probe:a").seq, 5);
}

static int
with_a_probe_lane(struct vg_jdb *file, struct vg_journal_start *start, void *arg,
		  struct vg_err *err)
{
	struct vg_journal_lane lane = {.seq = 900, .sealed_seq = 800, .open_rows = 7};
	char name[VG_JOURNAL_LANE_MAX + 2];

	(void)arg;
	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	start->after_seq = 1000;
	memset(lane.head, 0xcd, sizeof(lane.head));
	assert_int_equal(vg_journal_continue(file, name, &lane, err), VG_ELIMIT);
	return vg_journal_continue(file, "probe:a", &lane, err);
}

static void
a_restarted_journal_goes_on_with_its_lanes(void **state)
{
	struct chain chain = {.next_seq = 1001, .lane = {{"probe:a"}}};
	struct rig *rig = *state;
	uint8_t digest[VG_SHA256_LEN];
	struct vg_record record = rig_record("", "{}", digest);
	struct vg_journal_reader *reader;

	memset(chain.lane[0].head, 0xcd, sizeof(chain.lane[0].head));
	rig->options.on_new = with_a_probe_lane;
	opened(state);
	record.lane = "probe:a";
	assert_int_equal(rig_put(rig, &record).seq, 1001);
	assert_int_equal(lane_of(rig, "probe:a").sealed_seq, 800);
	assert_int_equal(lane_of(rig, "probe:a").open_rows, 8);
	assert_int_equal(vg_journal_reader_open(&reader, rig->path, &rig->err), 0);
	assert_int_equal(vg_journal_read(reader, 0, 9999, 9, check_link, &chain, &rig->err), 1);
	vg_journal_reader_close(reader);
}

static void
bad_options_are_named(void **state)
{
	struct rig *rig = *state;

	rig->options.bytes_max = VG_JOURNAL_BYTES_MIN - 1;
	assert_int_equal(rig_open(rig), VG_EINVALID);
	assert_non_null(strstr(rig->err.text, "at least 16777216"));
	rig->options.bytes_max = VG_JOURNAL_BYTES_MIN;
	rig->options.keep_ms = -1;
	assert_int_equal(rig_open(rig), VG_EINVALID);
	rig->options.keep_ms = 0;
	rig->options.path = "/nonexistent/journal.db";
	assert_int_equal(rig_open(rig), VG_EIO);
	assert_non_null(strstr(rig->err.text, "No such file or directory"));
}

static void
file_is_for_its_owner_only(void **state)
{
	struct rig *rig = opened(state);
	struct stat file;

	assert_int_equal(stat(rig->path, &file), 0);
	assert_int_equal(file.st_mode & 0777, 0600);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		T(results_come_in_order_and_with_context),
		T(repeat_gets_the_first_number),
		T(repeat_within_a_group_is_recognised),
		T(same_id_of_another_source_is_another_event),
		T(empty_id_is_never_a_repeat),
		T(identity_that_expires_is_forgotten_after_its_time),
		T(received_never_runs_backwards),
		T(each_lane_has_its_own_chain),
		T(reopening_continues_numbers_and_chain),
		T(restarted_journal_continues_from_given_head),
		T(restarted_journal_knows_what_it_was_told),
		T(file_that_could_not_be_begun_is_begun_anew),
		T(queue_is_bounded_by_count),
		T(queue_and_record_are_bounded_by_bytes),
		T(maximum_keeps_five_percent_for_own_records),
		T(stuck_reader_cannot_make_the_wal_grow_past_the_maximum),
		T(lanes_are_bounded),
		T(a_lane_knows_its_rows_since_the_last_seal),
		T(a_restarted_journal_goes_on_with_its_lanes),
		T(a_file_of_the_first_format_is_renewed),
		T(trim_keeps_what_is_young_or_not_yet_elsewhere),
		T(numbers_are_not_given_again_when_all_rows_are_gone),
		T(side_texts_are_forgotten_on_request),
		T(reader_follows_while_the_writer_writes),
		T(reading_has_limits_and_can_be_stopped),
		T(changed_byte_in_a_new_row_is_found),
		T(damage_is_named),
		T(damaged_page_is_found),
		T(other_files_are_refused),
		T(bad_options_are_named),
		T(file_is_for_its_owner_only),
	};

	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
