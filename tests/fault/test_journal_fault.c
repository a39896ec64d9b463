/* The journal on a failing disk: what was acknowledged stays, what was not is not there twice. */
#include "tests/fault/fault_vfs.h"
#include "tests/fault/journal_rig.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define RECORDS 40

/* What became of the records of a test; record n carries the bytes {"n":n}. */
struct fate {
	int64_t seq[RECORDS]; /* of the durable ones, else 0 */
	int durable, failed, refused;
	int error; /* of the last that failed or was refused */
};

static int
setup(void **state)
{
	static struct rig rig;

	rig_make(&rig);
	rig.options.bytes_max = VG_JOURNAL_BYTES_MIN;
	*state = &rig;
	return 0;
}

static int
teardown(void **state)
{
	(void)fault_disarm();
	rig_remove(*state);
	return 0;
}

static void
put_numbered(struct rig *rig, int from, int to, struct fate *fate)
{
	struct vg_record_result result;
	char bytes[32], id[16];

	for (int i = from; i < to; i++) {
		(void)snprintf(id, sizeof(id), "e%d", i);
		(void)snprintf(bytes, sizeof(bytes), "{\"n\":%d}", i);
		result = rig_put_text(rig, id, bytes);
		if (result.outcome == VG_RECORD_DURABLE || result.outcome == VG_RECORD_REPEAT) {
			fate->seq[i] = result.seq;
			fate->durable++;
		} else {
			fate->failed++;
			fate->error = result.error;
		}
	}
}

struct check {
	const struct fate *fate;
	int64_t next_seq;
	uint8_t head[VG_SHA256_LEN];
	int found[RECORDS];
};

static bool
check_row(const struct vg_journal_row *row, void *arg)
{
	struct check *check = arg;
	uint8_t d[VG_SHA256_LEN];
	int n = -1;

	assert_int_equal(row->seq, check->next_seq++);
	vg_ledger_digest(row->seq, row->received_ms, row->bytes, row->length, d);
	assert_memory_equal(row->d, d, sizeof(d));
	vg_ledger_chain(check->head, d, check->head);
	assert_memory_equal(row->h, check->head, sizeof(check->head));
	assert_int_equal(sscanf(row->bytes, "{\"n\":%d}", &n), 1);
	assert_in_range(n, 0, RECORDS - 1);
	assert_int_equal(check->found[n]++, 0);
	if (check->fate->seq[n] != 0)
		assert_int_equal(row->seq, check->fate->seq[n]);
	return true;
}

/* Every acknowledged record is there once, under its number, and the chain holds. Returns how many
 * rows there are. */
static int64_t
check_rows(struct rig *rig, const struct fate *fate)
{
	struct check check = {.fate = fate, .next_seq = 1};
	struct vg_journal_reader *reader;
	int64_t rows;

	assert_int_equal(vg_journal_reader_open(&reader, rig->path, &rig->err), 0);
	rows = vg_journal_read(reader, 0, INT64_MAX, INT64_MAX, check_row, &check, &rig->err);
	vg_journal_reader_close(reader);
	assert_true(rows >= 0);
	for (int i = 0; i < RECORDS; i++)
		assert_true(fate->seq[i] == 0 || check.found[i] == 1);
	return rows;
}

static struct vg_journal_state
state_of(struct rig *rig)
{
	struct vg_journal_state state;

	vg_journal_get_state(rig->journal, &state);
	return state;
}

static void
open_well(struct rig *rig)
{
	if (rig_open(rig) != 0)
		fail_msg("%s", rig->err.text);
}

/* One write in the middle fails: its group is refused, the journal goes on by itself. */
static void
each_write_may_fail(void **state, enum fault_kind kind, int error)
{
	int64_t failed = 1;

	for (int64_t nth = 1; failed > 0; nth++) {
		struct rig *rig = *state;
		struct fate fate = {0};

		open_well(rig);
		put_numbered(rig, 0, 5, &fate);
		fault_arm(kind, nth, false);
		put_numbered(rig, 5, 10, &fate);
		failed = fault_disarm();
		assert_int_equal(fate.failed, failed);
		if (failed > 0)
			assert_int_equal(fate.error, error);
		put_numbered(rig, 10, 15, &fate);
		assert_int_equal(fate.failed, failed);
		assert_false(state_of(rig).full || state_of(rig).failed);
		assert_int_equal(check_rows(rig, &fate), 15 - failed);
		put_numbered(rig, 0, 15, &fate); /* sources send again */
		assert_int_equal(check_rows(rig, &fate), 15);
		rig_close(rig);
		open_well(rig);
		assert_int_equal(check_rows(rig, &fate), 15);
		rig_close(rig);
		assert_int_equal(unlink(rig->path), 0);
		assert_true(nth < 200);
	}
}

static void
failing_write_costs_its_group_only(void **state)
{
	each_write_may_fail(state, FAULT_WRITE, VG_EIO);
}

static void
short_write_costs_its_group_only(void **state)
{
	each_write_may_fail(state, FAULT_SHORT_WRITE, VG_EIO);
}

static void
full_disk_is_said_and_ends_by_itself(void **state)
{
	struct rig *rig = *state;
	struct fate fate = {0};

	each_write_may_fail(state, FAULT_FULL, VG_EFULL);
	open_well(rig);
	put_numbered(rig, 0, 5, &fate);
	fault_arm(FAULT_FULL, 1, true);
	put_numbered(rig, 5, 10, &fate);
	assert_int_equal(fate.failed, 5);
	assert_int_equal(fate.error, VG_EFULL);
	assert_true(state_of(rig).full);
	assert_false(state_of(rig).failed);
	assert_non_null(strstr(state_of(rig).why, "full"));
	assert_int_equal(state_of(rig).last_seq, 5);
	assert_int_equal(fault_disarm(), 5);
	put_numbered(rig, 5, 10, &fate);
	assert_int_equal(fate.durable, 10);
	assert_false(state_of(rig).full);
	assert_string_equal(state_of(rig).why, "");
}

/* After a failed fsync nothing is acknowledged, until the file has been opened anew. */
static void
failing_sync_is_final(void **state)
{
	int64_t failed = 1;

	for (int64_t nth = 1; failed > 0; nth++) {
		struct rig *rig = *state;
		struct fate fate = {0};

		open_well(rig);
		put_numbered(rig, 0, 5, &fate);
		fault_arm(FAULT_SYNC, nth, false);
		put_numbered(rig, 5, 15, &fate);
		failed = fault_disarm();
		assert_int_equal(fate.durable, failed > 0 ? 4 + nth : 15);
		assert_int_equal(state_of(rig).failed, failed > 0);
		put_numbered(rig, 15, 20, &fate);
		if (failed > 0) {
			assert_int_equal(fate.failed, 16 - nth);
			assert_int_equal(fate.error, VG_EIO);
			assert_non_null(strstr(state_of(rig).why, "disk I/O error"));
			assert_non_null(strstr(rig->err.text, "the journal has stopped"));
		}
		rig_close(rig);
		open_well(rig);
		assert_true(check_rows(rig, &fate) >= fate.durable);
		put_numbered(rig, 0, 20, &fate);
		assert_int_equal(check_rows(rig, &fate), 20);
		rig_close(rig);
		assert_int_equal(unlink(rig->path), 0);
		assert_true(nth < 200);
	}
}

/* A file that was only half made is finished by the next start. */
static void
opening_may_fail_at_any_operation(void **state)
{
	static const enum fault_kind kinds[] = {FAULT_WRITE, FAULT_FULL, FAULT_SYNC};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		int64_t failed = 1;

		for (int64_t nth = 1; failed > 0; nth++) {
			struct rig *rig = *state;
			struct fate fate = {0};
			int rc;

			fault_arm(kinds[i], nth, false);
			rc = rig_open(rig);
			failed = fault_disarm();
			assert_true(rc == 0 ? failed == 0 : rc == VG_EIO || rc == VG_EFULL);
			if (rc != 0)
				open_well(rig);
			put_numbered(rig, 0, 3, &fate);
			assert_int_equal(check_rows(rig, &fate), 3);
			rig_close(rig);
			assert_int_equal(unlink(rig->path), 0);
			assert_true(nth < 200);
		}
	}
}

/* Trimming and checkpoints fail as well; intake does not suffer from it longer than the fault. */
static void
failing_chores_leave_the_rows_alone(void **state)
{
	int64_t failed = 1;

	for (int64_t nth = 1; failed > 0; nth++) {
		struct rig *rig = *state;
		struct fate fate = {0};
		struct vg_journal_state now;

		rig->options.keep_ms = 0;
		open_well(rig);
		put_numbered(rig, 0, 10, &fate);
		fault_arm(FAULT_WRITE, nth, true);
		vg_journal_trim(rig->journal, 4, 4, RIG_DAY_MS);
		do /* until it has been tried: rows gone, or trouble told */
			now = state_of(rig);
		while (now.first_seq == 1 && !now.full);
		failed = fault_disarm();
		put_numbered(rig, 10, 20, &fate);
		assert_int_equal(fate.durable, 20);
		vg_journal_trim(rig->journal, 4, 4, RIG_DAY_MS);
		do
			now = state_of(rig);
		while (now.first_seq != 5);
		assert_false(now.failed);
		rig_close(rig);
		open_well(rig);
		assert_int_equal(state_of(rig).first_seq, 5);
		assert_int_equal(state_of(rig).last_seq, 20);
		rig_close(rig);
		assert_int_equal(unlink(rig->path), 0);
		assert_true(nth < 200);
	}
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		T(failing_write_costs_its_group_only),	 T(short_write_costs_its_group_only),
		T(full_disk_is_said_and_ends_by_itself), T(failing_sync_is_final),
		T(opening_may_fail_at_any_operation),	 T(failing_chores_leave_the_rows_alone),
	};

	fault_install();
	return cmocka_run_group_tests_name("journal_fault", tests, NULL, NULL);
}
