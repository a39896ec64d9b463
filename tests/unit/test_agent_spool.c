/* The agent's spool and batches: nothing lost, nothing twice, a maximum, and what happens there. */
#include "agents/spool.h"

#include "lib/base/log.h"

#include <fcntl.h>
#include <jansson.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define MIB (INT64_C(1) << 20)

struct rig {
	char directory[64], path[80];
	struct vg_spool *spool;
	struct vg_batch batch;
	struct vg_err err;
};

static void
open_it(struct rig *rig, int64_t bytes_max)
{
	if (vg_spool_open(&rig->spool, rig->path, bytes_max, &rig->err) != 0)
		fail_msg("%s", rig->err.text);
}

static int
set_up(void **state)
{
	static struct rig rig;

	memset(&rig, 0, sizeof(rig));
	(void)snprintf(rig.directory, sizeof(rig.directory), "/tmp/vinga-spool-XXXXXX");
	assert_non_null(mkdtemp(rig.directory));
	(void)snprintf(rig.path, sizeof(rig.path), "%s/spool.db", rig.directory);
	open_it(&rig, 64 * MIB);
	*state = &rig;
	return 0;
}

static int
tear_down(void **state)
{
	static const char *const names[] = {"", "-wal", "-shm", ".broken", ".broken-wal"};
	struct rig *rig = *state;
	char path[120];

	vg_spool_close(rig->spool);
	vg_batch_fini(&rig->batch);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", rig->path, names[i]);
		(void)unlink(path);
	}
	return rmdir(rig->directory);
}

static bool
add(struct rig *rig, int64_t at_ms, const char *text)
{
	struct vg_check_result result = {.state = VG_CHECK_OK, .latency_ms = at_ms % 2 ? 12 : -1};
	const struct vg_agent_sample sample = {.probe = "web", .at_ms = at_ms, .result = &result};

	vg_check_text(&result, "%s", text);
	return vg_batch_add(&rig->batch, &sample);
}

static void
put_one(struct rig *rig, int64_t at_ms)
{
	assert_true(add(rig, at_ms, "fine"));
	if (vg_spool_put(rig->spool, &rig->batch, at_ms + 5, &rig->err) != 0)
		fail_msg("%s", rig->err.text);
	vg_batch_clear(&rig->batch);
}

/* In a process that is killed right after: `first` samples are kept, then `second` more, and one
 * is not. */
static void
keep_and_die(struct rig *rig, int64_t first, int64_t second)
{
	pid_t child;
	int how;

	vg_spool_close(rig->spool); /* the lock is a process's own */
	rig->spool = NULL;
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		open_it(rig, 64 * MIB);
		for (int64_t i = 0; i < first; i++)
			VG_ASSERT(add(rig, 1000 + i, "first"));
		VG_ASSERT(vg_spool_keep(rig->spool, &rig->batch, NULL) == 0);
		for (int64_t i = 0; i < second; i++)
			VG_ASSERT(add(rig, 2000 + i, "second"));
		VG_ASSERT(vg_spool_keep(rig->spool, &rig->batch, NULL) == 0);
		VG_ASSERT(add(rig, 3000, "too late"));
		(void)kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(child, &how, 0), child);
	assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL);
	open_it(rig, 64 * MIB);
}

static json_t *
take(struct rig *rig)
{
	struct vg_spooled spooled;
	json_t *body;

	if (vg_spool_peek(rig->spool, &spooled, &rig->err) != 0)
		return NULL;
	assert_int_equal(strlen(spooled.body), spooled.length);
	body = json_loads(spooled.body, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(body);
	assert_int_equal(json_integer_value(json_object_get(body, "batch")), spooled.number);
	free(spooled.body);
	assert_int_equal(vg_spool_delete(rig->spool, spooled.number, &rig->err), 0);
	return body;
}

static struct vg_spool_state
state_of(struct rig *rig)
{
	struct vg_spool_state out;

	assert_int_equal(vg_spool_get_state(rig->spool, &out, &rig->err), 0);
	return out;
}

static void
a_batch_is_the_body_that_the_daemon_takes(void **state)
{
	static const char want[] = "\"batch\":1,\"sent_ms\":1700000000999,\"samples\":["
				   "[\"web\",1700000000001,\"ok\",12,\"a \\\"b\\\" \\\\ å\"],"
				   "[\"web\",1700000000002,\"ok\",null,\"x y\"]]}";
	struct rig *rig = *state;
	struct vg_spooled spooled;
	char start[60];

	assert_true(add(rig, 1700000000001, "a \"b\" \\ å"));
	assert_true(add(rig, 1700000000002, "x\ny"));
	assert_int_equal(vg_spool_put(rig->spool, &rig->batch, 1700000000999, &rig->err), 0);
	assert_int_equal(vg_spool_peek(rig->spool, &spooled, &rig->err), 0);
	(void)snprintf(start, sizeof(start), "{\"boot_id\":\"%s\",", vg_spool_boot_id(rig->spool));
	assert_memory_equal(spooled.body, start, strlen(start));
	assert_string_equal(spooled.body + strlen(start), want);
	free(spooled.body);
}

static void
a_batch_is_full_at_a_thousand_samples_or_250_kib(void **state)
{
	struct rig *rig = *state;
	char text[VG_CHECK_TEXT_MAX + 1];
	int64_t count = 0;
	char *body;

	while (add(rig, count + 1, "short"))
		count++;
	assert_int_equal(count, VG_BATCH_SAMPLES_MAX);
	vg_batch_clear(&rig->batch);
	memset(text, '"', sizeof(text) - 1); /* each takes two bytes */
	text[sizeof(text) - 1] = '\0';
	for (count = 0; add(rig, 1700000000000 + count, text);)
		count++;
	assert_in_range(count, 500, VG_BATCH_SAMPLES_MAX - 1);
	body = vg_batch_body(&rig->batch, vg_spool_boot_id(rig->spool), INT64_MAX, INT64_MAX,
			     &(struct vg_span){INT64_MAX, INT64_MAX, INT64_MAX});
	assert_in_range(strlen(body), VG_BATCH_BYTES_MAX - 1000, 256 << 10);
	free(body);
}

static void
batches_come_out_in_order_and_survive_a_restart(void **state)
{
	struct rig *rig = *state;
	char boot_id[40];
	json_t *body;

	(void)snprintf(boot_id, sizeof(boot_id), "%s", vg_spool_boot_id(rig->spool));
	for (int64_t i = 1; i <= 20; i++)
		put_one(rig, i * 1000);
	json_decref(take(rig));
	vg_spool_close(rig->spool);
	open_it(rig, 64 * MIB);
	assert_string_equal(vg_spool_boot_id(rig->spool), boot_id);
	put_one(rig, 21000);
	for (int64_t i = 2; i <= 21; i++) {
		body = take(rig);
		assert_int_equal(json_integer_value(json_object_get(body, "batch")), i);
		assert_null(json_object_get(body, "dropped"));
		json_decref(body);
	}
	assert_null(take(rig));
}

static void
a_number_is_never_given_again(void **state)
{
	struct rig *rig = *state;
	json_t *body;

	put_one(rig, 1000);
	json_decref(take(rig));
	vg_spool_close(rig->spool);
	open_it(rig, 64 * MIB);
	put_one(rig, 2000);
	body = take(rig);
	assert_int_equal(json_integer_value(json_object_get(body, "batch")), 2);
	json_decref(body);
}

static void
what_was_kept_survives_a_kill(void **state)
{
	struct rig *rig = *state;
	json_t *body, *samples;

	put_one(rig, 500);
	keep_and_die(rig, 3, 2);
	assert_int_equal(vg_spool_resume(rig->spool, &rig->batch, &rig->err), 0);
	assert_int_equal(rig->batch.span.count, 5);
	assert_int_equal(rig->batch.span.from_ms, 1000);
	assert_int_equal(rig->batch.span.to_ms, 2001);
	put_one(rig, 4000); /* goes on where the killed one was */
	json_decref(take(rig));
	body = take(rig);
	samples = json_object_get(body, "samples");
	assert_int_equal(json_array_size(samples), 6);
	assert_string_equal(json_string_value(json_array_get(json_array_get(samples, 4), 4)),
			    "second");
	assert_string_equal(json_string_value(json_array_get(json_array_get(samples, 5), 4)),
			    "fine");
	json_decref(body);
	assert_null(take(rig));
}

/* Put, or lost and counted: either way it does not come back. */
static void
what_was_kept_comes_once(void **state)
{
	struct rig *rig = *state;
	json_t *body;

	assert_true(add(rig, 1000, "put"));
	assert_int_equal(vg_spool_keep(rig->spool, &rig->batch, &rig->err), 0);
	put_one(rig, 1001);
	assert_int_equal(vg_spool_resume(rig->spool, &rig->batch, &rig->err), 0);
	assert_int_equal(rig->batch.length, 0);
	assert_true(add(rig, 2000, "lost"));
	assert_int_equal(vg_spool_keep(rig->spool, &rig->batch, &rig->err), 0);
	vg_spool_lose(rig->spool, &rig->batch.span);
	vg_batch_clear(&rig->batch);
	assert_true(add(rig, 3000, "after"));
	assert_int_equal(vg_spool_keep(rig->spool, &rig->batch, &rig->err), 0);
	vg_batch_clear(&rig->batch);
	vg_spool_close(rig->spool); /* with nothing put */
	open_it(rig, 64 * MIB);
	assert_int_equal(vg_spool_resume(rig->spool, &rig->batch, &rig->err), 0);
	assert_int_equal(rig->batch.span.count, 1);
	assert_int_equal(rig->batch.span.from_ms, 3000);
	put_one(rig, 4000);
	json_decref(take(rig));
	body = take(rig);
	assert_int_equal(json_integer_value(json_array_get(json_object_get(body, "dropped"), 0)),
			 1);
	json_decref(body);
}

static void
fill_batch(struct rig *rig, int64_t from_ms)
{
	char text[VG_CHECK_TEXT_MAX + 1];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (int64_t i = 0; i < 500; i++)
		assert_true(add(rig, from_ms + i, text));
	assert_int_equal(vg_spool_put(rig->spool, &rig->batch, from_ms, &rig->err), 0);
	vg_batch_clear(&rig->batch);
}

/* 120 KiB a batch into 1 MiB: the oldest go, but not the one that is under way, and every sample is
 * either in a batch or counted as dropped in one. */
static void
past_its_maximum_the_oldest_go_and_are_counted(void **state)
{
	struct rig *rig = *state;
	int64_t seen = 0, dropped = 0, first_dropped_ms = INT64_MAX;
	struct vg_spooled held;
	json_t *body;

	vg_spool_close(rig->spool);
	open_it(rig, MIB);
	fill_batch(rig, 1000);
	assert_int_equal(vg_spool_peek(rig->spool, &held, &rig->err), 0);
	for (int64_t i = 2; i <= 40; i++) {
		fill_batch(rig, i * 1000);
		assert_in_range(state_of(rig).bytes, 0, MIB + 200 * 1024);
	}
	assert_in_range(state_of(rig).batches, 5, 9);
	vg_spool_close(rig->spool); /* what is dropped is remembered over a restart */
	open_it(rig, MIB);
	put_one(rig, 41000);
	body = take(rig);
	assert_int_equal(json_integer_value(json_object_get(body, "batch")), held.number);
	for (; body != NULL; body = take(rig)) {
		json_t *told = json_object_get(body, "dropped");

		seen += (int64_t)json_array_size(json_object_get(body, "samples"));
		if (told != NULL) {
			int64_t from_ms = json_integer_value(json_array_get(told, 1));

			dropped += json_integer_value(json_array_get(told, 0));
			first_dropped_ms = from_ms < first_dropped_ms ? from_ms : first_dropped_ms;
			assert_true(json_integer_value(json_array_get(told, 2)) < 41000);
		}
		json_decref(body);
	}
	assert_int_equal(seen + dropped, 40 * 500 + 1);
	assert_int_equal(first_dropped_ms, 2000);
	free(held.body);
}

static void
what_could_not_be_put_is_told_with_the_next_batch(void **state)
{
	struct rig *rig = *state;
	json_t *body, *told;

	vg_spool_lose(rig->spool, &(struct vg_span){3, 100, 300});
	vg_spool_lose(rig->spool, &(struct vg_span){2, 50, 60});
	put_one(rig, 1000);
	put_one(rig, 2000);
	body = take(rig);
	told = json_object_get(body, "dropped");
	assert_int_equal(json_integer_value(json_array_get(told, 0)), 5);
	assert_int_equal(json_integer_value(json_array_get(told, 1)), 50);
	assert_int_equal(json_integer_value(json_array_get(told, 2)), 300);
	json_decref(body);
	body = take(rig);
	assert_null(json_object_get(body, "dropped"));
	json_decref(body);
}

static void
refused_batches_are_kept_aside_up_to_a_hundred(void **state)
{
	struct rig *rig = *state;
	struct vg_spooled spooled;
	sqlite3 *door;
	sqlite3_stmt *row;

	for (int64_t i = 1; i <= VG_SPOOL_REFUSED_MAX + 20; i++) {
		put_one(rig, i * 1000);
		assert_int_equal(vg_spool_peek(rig->spool, &spooled, &rig->err), 0);
		free(spooled.body);
		assert_int_equal(
			vg_spool_refuse(rig->spool, spooled.number, 5, "why not", &rig->err), 0);
	}
	assert_int_equal(state_of(rig).batches, 0);
	vg_spool_close(rig->spool);
	assert_int_equal(sqlite3_open(rig->path, &door), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(door,
					    "SELECT count(*), min(number), max(why) FROM refused",
					    -1, &row, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(row), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int64(row, 0), VG_SPOOL_REFUSED_MAX);
	assert_int_equal(sqlite3_column_int64(row, 1), 21);
	assert_string_equal((const char *)sqlite3_column_text(row, 2), "why not");
	(void)sqlite3_finalize(row);
	assert_int_equal(sqlite3_close(door), SQLITE_OK);
	open_it(rig, 64 * MIB);
}

static void
a_second_process_is_kept_out(void **state)
{
	struct rig *rig = *state;
	struct vg_spool *second = NULL;

	assert_int_equal(vg_spool_open(&second, rig->path, 64 * MIB, &rig->err), VG_ECONFLICT);
	assert_non_null(strstr(rig->err.text, "another process has it open"));
	put_one(rig, 1000);
}

static void
a_broken_file_is_set_aside_and_a_new_one_begun(void **state)
{
	struct rig *rig = *state;
	char boot_id[40], aside[100];
	struct stat file;
	int fd;

	(void)snprintf(boot_id, sizeof(boot_id), "%s", vg_spool_boot_id(rig->spool));
	for (int64_t i = 1; i <= 100; i++)
		put_one(rig, i * 1000);
	vg_spool_close(rig->spool);
	fd = open(rig->path, O_WRONLY);
	assert_true(fd >= 0);
	for (off_t at = 4096; at < 40960; at += 512)
		assert_int_equal(pwrite(fd, "nonsense", 8, at), 8);
	(void)close(fd);
	vg_log_to(open("/dev/null", O_WRONLY));
	open_it(rig, 64 * MIB);
	assert_string_not_equal(vg_spool_boot_id(rig->spool), boot_id);
	assert_int_equal(state_of(rig).batches, 0);
	put_one(rig, 1000);
	(void)snprintf(aside, sizeof(aside), "%s.broken", rig->path);
	assert_int_equal(stat(aside, &file), 0);
}

static void
another_programs_database_is_left_alone(void **state)
{
	struct rig *rig = *state;
	struct vg_spool *other = NULL;
	char path[100];
	sqlite3 *door;

	(void)snprintf(path, sizeof(path), "%s/other.db", rig->directory);
	assert_int_equal(sqlite3_open(path, &door), SQLITE_OK);
	assert_int_equal(sqlite3_exec(door, "CREATE TABLE t(a)", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(door), SQLITE_OK);
	assert_int_equal(vg_spool_open(&other, path, MIB, &rig->err), VG_EINVALID);
	assert_int_equal(unlink(path), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_batch_is_the_body_that_the_daemon_takes, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_batch_is_full_at_a_thousand_samples_or_250_kib,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(batches_come_out_in_order_and_survive_a_restart,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_number_is_never_given_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_was_kept_survives_a_kill, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_was_kept_comes_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(past_its_maximum_the_oldest_go_and_are_counted,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_could_not_be_put_is_told_with_the_next_batch,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(refused_batches_are_kept_aside_up_to_a_hundred,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_second_process_is_kept_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_broken_file_is_set_aside_and_a_new_one_begun,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(another_programs_database_is_left_alone, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
