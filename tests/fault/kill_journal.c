/* kill_journal.c - kill -9 and power cuts, again and again, on one journal.
 *
 *   kill_journal [ROUNDS [SEED]]
 *
 * In each round a child opens the journal and submits records without pause, and tells the parent
 * what has been acknowledged. It ends in one of three ways: killed by the parent after some number
 * of answers; killed by its own disk before the nth write or fsync; or by a power cut there, which
 * also loses a random part of what was not synced. Then the parent opens the journal and holds it
 * against everything that was ever acknowledged: each record once, under its number, and the chain
 * unbroken. Sources send again what was not answered, and some of what was.
 *
 * A failing seed is a regression test: it runs again with the same arguments. */
#include "tests/fault/fault_vfs.h"
#include "tests/fault/journal_rig.h"

#include <inttypes.h>
#include <signal.h>
#include <sys/wait.h>

#define RECORDS_MAX    200000
#define OUTSTANDING    64
#define ANSWERS_MAX    3000 /* in one round, when the parent kills */
#define OPERATIONS_MAX 400  /* when the disk does */
#define SENT_AGAIN     100

static int64_t acknowledged[RECORDS_MAX]; /* seq by record; 0 = not yet */
static int records;			  /* how far the sources have come */

struct answer {
	int64_t record, seq;
};

struct round {
	int from;
	enum fault_kind kind; /* NONE: the parent kills */
	int64_t nth;
};

/* --- the child --- */

static void
submit_numbered(struct rig *rig, int64_t number)
{
	char id[24], bytes[400];
	uint8_t digest[VG_SHA256_LEN];
	struct vg_record record;

	(void)snprintf(id, sizeof(id), "e%" PRId64, number);
	(void)snprintf(bytes, sizeof(bytes), "{\"n\":%" PRId64 ",\"x\":\"%0*d\"}", number,
		       (int)(number * 37 % 300) + 1, 0);
	record = rig_record(id, bytes, digest);
	record.received_ms = number;
	record.context = (void *)(intptr_t)number;
	VG_ASSERT(vg_journal_submit(rig->journal, &record, &rig->err) == 0);
}

static void
child(struct rig *rig, const struct round *round, int pipe_fd)
{
	struct vg_record_result result[OUTSTANDING];
	struct answer answer[OUTSTANDING];
	int64_t next = round->from, got = round->from;

	fault_arm(round->kind, round->nth, false);
	VG_ASSERT(rig_open(rig) == 0);
	for (;;) {
		size_t count;

		while (next - got < OUTSTANDING && next < RECORDS_MAX)
			submit_numbered(rig, next++);
		count = rig_take(rig, result, OUTSTANDING);
		VG_ASSERT(count > 0);
		for (size_t i = 0; i < count; i++) {
			VG_ASSERT(result[i].outcome == VG_RECORD_DURABLE ||
				  result[i].outcome == VG_RECORD_REPEAT);
			answer[i] = (struct answer){(intptr_t)result[i].context, result[i].seq};
		}
		got += (int64_t)count;
		VG_ASSERT(write(pipe_fd, answer, count * sizeof(answer[0])) ==
			  (ssize_t)(count * sizeof(answer[0])));
	}
}

/* --- the parent --- */

static void
take_answer(const struct answer *answer)
{
	int64_t *seq = &acknowledged[answer->record];

	if (*seq != 0 && *seq != answer->seq) {
		(void)fprintf(stderr,
			      "record %" PRId64 " was row %" PRId64 ", now it is row %" PRId64 "\n",
			      answer->record, *seq, answer->seq);
		exit(1);
	}
	*seq = answer->seq;
	if (answer->record >= records)
		records = (int)answer->record + 1;
}

/* Reads answers to the end of the child; kills it after `limit` of them (0 = it dies by itself). */
static int
listen_to_child(pid_t pid, int pipe_fd, int limit)
{
	struct answer answer;
	int count = 0;

	while (read(pipe_fd, &answer, sizeof(answer)) == (ssize_t)sizeof(answer)) {
		take_answer(&answer);
		if (++count == limit)
			VG_ASSERT(kill(pid, SIGKILL) == 0);
	}
	return count;
}

static int
run_child(struct rig *rig, const struct round *round)
{
	int ends[2], status, count;
	pid_t pid;

	VG_ASSERT(pipe(ends) == 0);
	(void)fflush(NULL);
	VG_ASSERT((pid = fork()) >= 0);
	if (pid == 0) {
		(void)close(ends[0]);
		child(rig, round, ends[1]);
	}
	(void)close(ends[1]);
	count = listen_to_child(pid, ends[0], round->kind == FAULT_NONE ? (int)round->nth : 0);
	(void)close(ends[0]);
	VG_ASSERT(waitpid(pid, &status, 0) == pid);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) {
		(void)fprintf(stderr, "the child ended by itself: status %d\n", status);
		exit(1);
	}
	return count;
}

struct walk {
	int64_t next_seq;
	uint8_t head[VG_SHA256_LEN];
	int64_t found[RECORDS_MAX]; /* seq by record */
};

static bool
walk_row(const struct vg_journal_row *row, void *arg)
{
	struct walk *walk = arg;
	uint8_t d[VG_SHA256_LEN];
	int64_t number = strtoll(row->event_id + 1, NULL, 10);

	VG_ASSERT(row->seq == walk->next_seq++);
	vg_ledger_digest(row->seq, row->received_ms, row->bytes, row->length, d);
	VG_ASSERT(memcmp(d, row->d, sizeof(d)) == 0);
	vg_ledger_chain(walk->head, d, walk->head);
	VG_ASSERT(memcmp(walk->head, row->h, sizeof(walk->head)) == 0);
	VG_ASSERT(number >= 0 && number < RECORDS_MAX && walk->found[number] == 0);
	walk->found[number] = row->seq;
	return true;
}

/* Holds the whole journal against what was acknowledged. Returns its rows. */
static int64_t
compare(struct rig *rig)
{
	static struct walk walk;
	struct vg_journal_reader *reader = NULL;
	int64_t rows;

	memset(&walk, 0, sizeof(walk));
	walk.next_seq = 1;
	if (rig_open(rig) != 0 || vg_journal_reader_open(&reader, rig->path, &rig->err) != 0 ||
	    (rows = vg_journal_read(reader, 0, INT64_MAX, INT64_MAX, walk_row, &walk, &rig->err)) <
		    0) {
		(void)fprintf(stderr, "%s\n", rig->err.text);
		exit(1);
	}
	vg_journal_reader_close(reader);
	rig_close(rig);
	for (int i = 0; i < RECORDS_MAX; i++)
		if (acknowledged[i] != 0 && walk.found[i] != acknowledged[i]) {
			(void)fprintf(stderr,
				      "record %d was acknowledged as row %" PRId64
				      ", and is row %" PRId64 "\n",
				      i, acknowledged[i], walk.found[i]);
			exit(1);
		}
	return rows;
}

int
main(int argc, char **argv)
{
	static const enum fault_kind kinds[] = {FAULT_NONE, FAULT_KILL, FAULT_POWER_CUT};
	int rounds = argc > 1 ? atoi(argv[1]) : 30;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 20261122, random = seed;
	int64_t rows = 0, answers = 0;
	struct rig rig;

	rig_make(&rig);
	fault_install();
	for (int i = 0; i < rounds && records < RECORDS_MAX - ANSWERS_MAX; i++) {
		struct round round = {.kind = kinds[i % 3]};
		uint64_t most = round.kind == FAULT_NONE ? ANSWERS_MAX : OPERATIONS_MAX;

		round.from = records > SENT_AGAIN ? records - SENT_AGAIN : 0;
		round.nth = 1 + (int64_t)(fault_random(&random) % most);
		fault_seed(fault_random(&random));
		answers += run_child(&rig, &round);
		rows = compare(&rig);
	}
	(void)printf("%d rounds, seed %" PRIu64 ": %" PRId64 " answers, %" PRId64
		     " rows, %d records "
		     "acknowledged, none lost, none twice\n",
		     rounds, seed, answers, rows, records);
	rig_remove(&rig);
	return 0;
}
