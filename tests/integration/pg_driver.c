/* pg_driver.c - one connection of lib/pg driven from standard input, for test_pg.sh.
 *
 * Each line is a word and its text: "query SQL", "first SQL" (ends after one row), "exec SQL",
 * "copy SQL" (sends one row "1<tab>a"), "ledger AFTER TO". Each answer is one line. The connection
 * stays the same, so that an error must leave it fit for the next line. */
#include "lib/crypto/crypto.h"
#include "lib/pg/pg.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENOUGH (-1)

struct rows_seen {
	int count, stop_after;
	int64_t first, last;
};

static int
on_row(int columns, const char *const *names, const char *const *values, void *arg)
{
	struct rows_seen *seen = arg;
	int i;

	for (i = 0; i < columns; i++)
		(void)printf("%s=%s ", names[i], values[i] != NULL ? values[i] : "(null)");
	return ++seen->count == seen->stop_after ? ENOUGH : 0;
}

static int
on_ledger_row(const struct vg_ledger_row *row, void *arg)
{
	struct rows_seen *seen = arg;
	uint8_t d[VG_SHA256_LEN];

	vg_ledger_digest(row->seq, row->received_ms, row->bytes, row->length, d);
	if (memcmp(d, row->d, sizeof(d)) != 0 || (seen->count > 0 && row->seq != seen->last + 1))
		return ENOUGH;
	if (seen->count++ == 0)
		seen->first = row->seq;
	seen->last = row->seq;
	return 0;
}

static const char *
code_name(int code)
{
	switch (code) {
	case 0:
		return "ok";
	case ENOUGH:
		return "enough";
	case VG_EIO:
		return "later";
	case VG_EINVALID:
		return "invalid";
	case VG_EDENIED:
		return "denied";
	default:
		return "other";
	}
}

static int
obey(struct vg_pg *pg, const char *word, const char *text, struct vg_err *err)
{
	const char *const params[] = {"7", NULL};
	struct rows_seen seen = {.stop_after = strcmp(word, "first") == 0 ? 1 : -1};
	int64_t after_seq, to_seq, affected = -1;
	int rc;

	if (strcmp(word, "query") == 0 || strcmp(word, "first") == 0)
		return vg_pg_query(pg, text, params, 2, on_row, &seen, err);
	if (strcmp(word, "copy") == 0)
		return vg_pg_copy(pg, text, "1\ta\n", 4, err);
	if (strcmp(word, "exec") == 0) {
		rc = vg_pg_exec(pg, text, NULL, 0, &affected, err);
		(void)printf("affected=%" PRId64 " ", affected);
		return rc;
	}
	if (sscanf(text, "%" SCNd64 " %" SCNd64, &after_seq, &to_seq) != 2)
		return VG_EINVALID;
	rc = vg_pg_ledger(pg, after_seq, to_seq, on_ledger_row, &seen, err);
	(void)printf("count=%d first=%" PRId64 " last=%" PRId64 " ", seen.count, seen.first,
		     seen.last);
	return rc;
}

int
main(int argc, char **argv)
{
	char line[1000], *text;
	struct vg_err err = {0};
	struct vg_pg *pg;
	int rc;

	if (argc != 2)
		return 2;
	if ((rc = vg_pg_open(&pg, argv[1], "pg_driver", &err)) != 0) {
		(void)printf("%s %s\n", code_name(rc), err.text);
		return 0;
	}
	while (fgets(line, sizeof(line), stdin) != NULL && (text = strchr(line, ' ')) != NULL) {
		*text++ = '\0';
		err = (struct vg_err){0};
		rc = obey(pg, line, text, &err);
		(void)printf("%s %s\n", code_name(rc), err.text);
		(void)fflush(stdout);
	}
	vg_pg_close(pg);
	return 0;
}
