/* sink_driver.c - runs a journal and a sink for test_sink.sh. The first word says what to do:
 *
 * fill FILE COUNT [AFTER_SEQ HEAD_HEX]
 *	Makes the journal longer; a new one begins after AFTER_SEQ.
 * run FILE CONNINFO [WHEN COMMAND]...
 *	Copies all of it in small offers, then prints the state.
 * rush FILE CONNINFO
 *	The same with everything offered at once.
 * stall FILE CONNINFO COMMAND
 *	Stops a sink whose server has been frozen by COMMAND.
 *
 * WHEN is a sequence (COMMAND is started in the background once so much is offered) or "away" (once
 * the sink says that PostgreSQL is away). broken_at tells where the ledger stood when it last went
 * away. The objects are a toy: row s changes ticket s % TICKETS, whose reference then is "r<s>". */
#include "daemon/store/sink.h"
#include "lib/crypto/crypto.h"
#include "lib/journal/journal.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TICKETS		  50
#define OBJECTS_PER_BATCH 20
#define OFFER_STEP	  97
#define PATIENCE_MS	  60000
#define HOOKS_MAX	  16

struct hook {
	const char *when, *command;
	bool done;
};

static _Noreturn void
fail(const char *what, const struct vg_err *err)
{
	(void)fprintf(stderr, "sink_driver: %s: %s\n", what, err->text);
	exit(2);
}

static int
on_new(struct vg_jdb *file, struct vg_journal_start *start, void *arg, struct vg_err *err)
{
	(void)file;
	(void)err;
	*start = *(const struct vg_journal_start *)arg;
	return 0;
}

static struct vg_journal *
open_journal(const char *path, int64_t after_seq, const uint8_t *head)
{
	struct vg_journal_start start = {.after_seq = after_seq};
	struct vg_journal_options options = {.bytes_max = INT64_C(1) << 30,
					     .keep_ms = INT64_MAX / 2,
					     .on_new = on_new,
					     .arg = &start};
	struct vg_journal *journal;
	struct vg_err err = {0};

	if (head != NULL)
		memcpy(start.head, head, sizeof(start.head));
	options.path = path;
	if (vg_journal_open(&journal, &options, &err) != 0)
		fail("open journal", &err);
	return journal;
}

static void
wait_results(struct vg_journal *journal, size_t count)
{
	struct vg_record_result results[256];
	struct pollfd fd = {.fd = vg_journal_fd(journal), .events = POLLIN};
	size_t i, got;

	while (count > 0 && poll(&fd, 1, PATIENCE_MS) > 0) {
		got = vg_journal_results(journal, results, 256);
		for (i = 0; i < got; i++)
			if (results[i].outcome != VG_RECORD_DURABLE)
				exit(2);
		count -= got;
	}
}

/* Bytes hold what COPY would stumble over. The reception times cross a month's end on the way. */
static int
fill(const char *path, int64_t count, int64_t after_seq, const uint8_t *head)
{
	struct vg_journal *journal = open_journal(path, after_seq, head);
	struct vg_journal_state state;
	struct vg_err err = {0};
	int64_t seq, i;

	vg_journal_get_state(journal, &state);
	for (i = 0; i < count; i++) {
		char id[40], bytes[200];
		struct vg_record record = {.lane = VG_LANE_MAIN,
					   .source = "test\\tool",
					   .event_id = id,
					   .repeat_digest = state.head,
					   .kind = "ticket.reported",
					   .bytes = bytes};

		seq = (state.last_seq > after_seq ? state.last_seq : after_seq) + i + 1;
		(void)snprintf(id, sizeof(id), "e%" PRId64, seq);
		record.length =
			(size_t)snprintf(bytes, sizeof(bytes),
					 "{\"text\":\"tab \t, back\\\\slash \\. \\N, line\nfeed, "
					 "r\xc3\xa4ksm\xc3\xb6rg\xc3\xa5s %" PRId64 "\"}",
					 seq);
		record.received_ms = INT64_C(1793487600000) + seq * 1000; /* 2026-10-31 23:00 UTC */
		record.occurred_ms = record.received_ms - 5000;
		record.municipality = seq % 3 == 0 ? NULL : "1489";
		record.title = seq % 10 == 0 ? "Skrivaren\tst\xc3\xa5r\\n" : NULL;
		if (vg_journal_submit(journal, &record, &err) != 0)
			fail("submit", &err);
		if (i % 256 == 255)
			wait_results(journal, 256);
	}
	wait_results(journal, (size_t)(count % 256));
	vg_journal_close(journal);
	return 0;
}

static void
print_into(char **out, size_t *length, const char *text)
{
	size_t more = strlen(text);

	*out = realloc(*out, *length + more + 1);
	if (*out == NULL)
		abort();
	memcpy(*out + *length, text, more + 1);
	*length += more;
}

/* As vg_rows_collect does it: ascending by changed_seq, a few at a time. The newest rows are the
 * tickets' last changes. */
static void
collect(int64_t after_seq, int64_t core_seq, struct vg_rows *out)
{
	struct vg_rows_table *table = &out->table[VG_TABLE_TICKET_REF];
	int64_t seq = core_seq - TICKETS > after_seq ? core_seq - TICKETS : after_seq;

	memset(out, 0, sizeof(*out));
	out->from_seq = after_seq;
	out->to_seq = after_seq;
	for (seq++; seq <= core_seq && out->objects < OBJECTS_PER_BATCH; seq++) {
		int64_t ticket = seq % TICKETS;
		char text[80];

		(void)snprintf(text, sizeof(text), "%" PRId64 "\n", ticket);
		print_into(&table->keys, &table->keys_length, text);
		(void)snprintf(text, sizeof(text), "%" PRId64 "\t1489\ttest\tr%" PRId64 "\n",
			       ticket, seq);
		print_into(&table->copy, &table->length, text);
		table->rows++;
		out->objects++;
		out->to_seq = seq;
	}
	out->more = seq <= core_seq;
}

static void
run_hooks(struct hook *hooks, size_t count, int64_t offered_seq, bool away)
{
	char command[1000];
	size_t i;

	for (i = 0; i < count; i++) {
		bool now = strcmp(hooks[i].when, "away") == 0
				   ? away
				   : offered_seq >= strtoll(hooks[i].when, NULL, 10);

		if (hooks[i].done || !now)
			continue;
		hooks[i].done = true;
		(void)snprintf(command, sizeof(command), "%s &", hooks[i].command);
		if (system(command) != 0)
			exit(2);
	}
}

static struct vg_sink *
start_sink(const char *path, const char *conninfo, int64_t *last_seq)
{
	struct vg_journal *journal = open_journal(path, 0, NULL);
	struct vg_journal_state state;
	struct vg_sink_options options = {
		.conninfo = conninfo, .journal_path = path, .instance = state.instance};
	struct vg_sink *sink;
	struct vg_err err = {0};

	vg_journal_get_state(journal, &state);
	vg_journal_close(journal);
	*last_seq = state.last_seq;
	if (vg_sink_start(&sink, &options, &err) != 0)
		fail("start sink", &err);
	return sink;
}

static int
run(const char *path, const char *conninfo, int64_t step, struct hook *hooks, size_t hook_count)
{
	static const char *const names[] = {"connecting", "catching_up", "current", "gap",
					    "refused"};
	int64_t last_seq, after_seq, offered = 0;
	struct vg_sink *sink = start_sink(path, conninfo, &last_seq);
	struct pollfd fd = {.fd = vg_sink_fd(sink), .events = POLLIN};
	struct vg_sink_state state = {0};
	struct vg_rows rows;
	int64_t broken_at = 0;
	bool away = false;

	while (poll(&fd, 1, PATIENCE_MS) > 0) {
		if (vg_sink_wants(sink, &after_seq)) {
			collect(after_seq, offered, &rows);
			vg_sink_give(sink, &rows);
		}
		vg_sink_get_state(sink, &state);
		if (offered < state.ledger_seq)
			offered = state.ledger_seq;
		offered = step < last_seq - offered ? offered + step : last_seq;
		vg_sink_offer(sink, offered);
		away = state.status == VG_SINK_CONNECTING && state.text[0] != '\0';
		if (away)
			broken_at = state.ledger_seq;
		run_hooks(hooks, hook_count, offered, away);
		if (state.status == VG_SINK_GAP || state.status == VG_SINK_REFUSED ||
		    (state.status == VG_SINK_CURRENT && state.read_seq == last_seq))
			break;
	}
	vg_sink_stop(sink);
	(void)printf("%s ledger=%" PRId64 " read=%" PRId64 " broken_at=%" PRId64 " %s\n",
		     names[state.status], state.ledger_seq, state.read_seq, broken_at, state.text);
	return 0;
}

static int
stall(const char *path, const char *conninfo, const char *command)
{
	struct vg_sink_state state = {0};
	struct timespec from, to;
	int64_t last_seq;
	struct vg_sink *sink = start_sink(path, conninfo, &last_seq);
	struct pollfd fd = {.fd = vg_sink_fd(sink), .events = POLLIN};
	int64_t after_seq;

	while (state.status != VG_SINK_CURRENT && poll(&fd, 1, PATIENCE_MS) > 0) {
		(void)vg_sink_wants(sink, &after_seq);
		vg_sink_get_state(sink, &state);
	}
	if (system(command) != 0)
		return 2;
	vg_sink_offer(sink, last_seq);
	(void)clock_gettime(CLOCK_MONOTONIC, &from);
	vg_sink_stop(sink);
	(void)clock_gettime(CLOCK_MONOTONIC, &to);
	(void)printf("%s\n", to.tv_sec - from.tv_sec <= 6 ? "stopped" : "too slow");
	return 0;
}

int
main(int argc, char **argv)
{
	struct hook hooks[HOOKS_MAX];
	uint8_t head[32];
	size_t count = 0;
	int i;

	if (argc == 4 && strcmp(argv[1], "fill") == 0)
		return fill(argv[2], strtoll(argv[3], NULL, 10), 0, NULL);
	if (argc == 6 && strcmp(argv[1], "fill") == 0 && vg_unhex(argv[5], head, sizeof(head)) == 0)
		return fill(argv[2], strtoll(argv[3], NULL, 10), strtoll(argv[4], NULL, 10), head);
	if (argc == 5 && strcmp(argv[1], "stall") == 0)
		return stall(argv[2], argv[3], argv[4]);
	if (argc == 4 && strcmp(argv[1], "rush") == 0)
		return run(argv[2], argv[3], INT64_MAX, NULL, 0);
	if (argc < 4 || argc % 2 != 0 || strcmp(argv[1], "run") != 0 || argc > 4 + 2 * HOOKS_MAX)
		return 2;
	for (i = 4; i + 1 < argc; i += 2)
		hooks[count++] = (struct hook){argv[i], argv[i + 1], false};
	return run(argv[2], argv[3], OFFER_STEP, hooks, count);
}
