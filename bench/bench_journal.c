/* bench_journal.c - durable records a second, against bare SQLite in the same run.
 *
 *   bench_journal [DIRECTORY [SECONDS]]
 *
 * Rows of 400 bytes. The limit: the same number of rows per commit into a table (seq, bytes) with
 * the same settings, by one thread that does nothing else. The journal besides recognises repeats,
 * hashes, keeps its indexes, and hands every record over between two threads and back. */
#include "lib/crypto/crypto.h"
#include "lib/journal/journal.h"

#include <inttypes.h>
#include <poll.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ROW_BYTES 400
#define MOST	  256 /* outstanding */

static double
now_s(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
execute(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return;
	(void)fprintf(stderr, "bench_journal: %s: %s\n", sql, sqlite3_errmsg(db));
	exit(1);
}

static void
remove_database(const char *path)
{
	static const char *const suffix[] = {"", "-wal", "-shm"};
	char file[512];

	for (size_t i = 0; i < sizeof(suffix) / sizeof(suffix[0]); i++) {
		(void)snprintf(file, sizeof(file), "%s%s", path, suffix[i]);
		(void)unlink(file);
	}
}

/* Rows a second of bare SQLite, `group` to a commit. */
static double
bare(const char *path, int group, double seconds)
{
	char bytes[ROW_BYTES];
	sqlite3_stmt *insert = NULL;
	sqlite3 *db = NULL;
	int64_t rows = 0;
	double start, spent;

	memset(bytes, 'x', sizeof(bytes));
	if (sqlite3_open(path, &db) != SQLITE_OK) {
		(void)fprintf(stderr, "bench_journal: %s: %s\n", path, sqlite3_errmsg(db));
		exit(1);
	}
	execute(db,
		"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4096;"
		"CREATE TABLE t(seq INTEGER PRIMARY KEY, bytes TEXT NOT NULL) STRICT");
	VG_ASSERT(sqlite3_prepare_v2(db, "INSERT INTO t VALUES (?1, ?2)", -1, &insert, NULL) ==
		  SQLITE_OK);
	start = now_s();
	do {
		execute(db, "BEGIN IMMEDIATE");
		for (int i = 0; i < group; i++) {
			(void)sqlite3_bind_int64(insert, 1, ++rows);
			(void)sqlite3_bind_text(insert, 2, bytes, ROW_BYTES, SQLITE_STATIC);
			VG_ASSERT(sqlite3_step(insert) == SQLITE_DONE);
			(void)sqlite3_reset(insert);
		}
		execute(db, "COMMIT");
	} while ((spent = now_s() - start) < seconds);
	sqlite3_finalize(insert);
	(void)sqlite3_close(db);
	remove_database(path);
	return (double)rows / spent;
}

static void
submit(struct vg_journal *journal, int64_t number)
{
	char bytes[ROW_BYTES + 1], id[32];
	uint8_t digest[VG_SHA256_LEN];
	struct vg_record record = {.lane = VG_LANE_MAIN,
				   .source = "bench",
				   .event_id = id,
				   .repeat_digest = digest,
				   .received_ms = number,
				   .kind = "ticket.reported",
				   .municipality = "1489",
				   .occurred_ms = number,
				   .bytes = bytes,
				   .length = ROW_BYTES};
	struct vg_err err;

	(void)snprintf(id, sizeof(id), "bench-%" PRId64, number);
	(void)snprintf(bytes, sizeof(bytes), "{\"n\":%0*" PRId64 "}", ROW_BYTES - 6, number);
	vg_sha256(bytes, ROW_BYTES, digest);
	if (vg_journal_submit(journal, &record, &err) != 0) {
		(void)fprintf(stderr, "bench_journal: %s\n", err.text);
		exit(1);
	}
}

/* Durable records a second with so many submitted and not yet answered. */
static double
durable(const char *path, int outstanding, double seconds, double *per_commit)
{
	struct vg_journal_options options = {.path = path, .bytes_max = 8LL << 30};
	struct vg_record_result result[MOST];
	struct vg_journal_state state;
	struct vg_journal *journal;
	int64_t sent = 0, got = 0;
	double start, spent;
	struct vg_err err;

	if (vg_journal_open(&journal, &options, &err) != 0) {
		(void)fprintf(stderr, "bench_journal: %s\n", err.text);
		exit(1);
	}
	start = now_s();
	do {
		struct pollfd wait = {.fd = vg_journal_fd(journal), .events = POLLIN};
		size_t count;

		while (sent - got < outstanding)
			submit(journal, sent++);
		(void)poll(&wait, 1, -1);
		count = vg_journal_results(journal, result, MOST);
		for (size_t i = 0; i < count; i++)
			VG_ASSERT(result[i].outcome == VG_RECORD_DURABLE);
		got += (int64_t)count;
	} while ((spent = now_s() - start) < seconds);
	vg_journal_get_state(journal, &state);
	*per_commit = (double)state.records / (double)state.commits;
	vg_journal_close(journal);
	remove_database(path);
	return (double)got / spent;
}

int
main(int argc, char **argv)
{
	static const int outstanding[] = {1, 32, 256};
	const char *directory = argc > 1 ? argv[1] : "/var/tmp";
	double seconds = argc > 2 ? strtod(argv[2], NULL) : 3;
	char path[400];

	(void)snprintf(path, sizeof(path), "%s/vinga-bench-%d.db", directory, (int)getpid());
	(void)printf("outstanding  records/s  per commit  bare SQLite  ratio\n");
	for (size_t i = 0; i < sizeof(outstanding) / sizeof(outstanding[0]); i++) {
		double per_commit;
		double limit = bare(path, outstanding[i], seconds);
		double ours = durable(path, outstanding[i], seconds, &per_commit);

		(void)printf("%11d  %9.0f  %10.1f  %11.0f  %5.2f\n", outstanding[i], ours,
			     per_commit, limit, ours / limit);
		(void)fflush(stdout);
	}
	return 0;
}
