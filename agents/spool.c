/* spool.c - batches on disk until they are confirmed.
 *
 * Each change is one transaction that is flushed before it counts. The hard thing is that the count
 * of what was dropped may itself be dropped: each batch carries the count that it told, and when it
 * goes unsent, its samples and that count go back to what the next batch tells. */
#include "agents/spool.h"

#include "lib/base/log.h"
#include "lib/crypto/crypto.h"

#include <sqlite3.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>

#define APPLICATION_ID "1447510355" /* "VGAS": whose file it is */
#define BOOT_ID_BYTES  16

enum statement {
	BEGIN,
	COMMIT,
	PUT,
	FIRST,
	OLDEST_OTHER,
	DELETE,
	REFUSE,
	TRIM_REFUSED,
	KEEP,
	KEPT,
	FORGET,
	GET_LOST,
	SET_LOST,
	USED_PAGES,
	COUNT,
	STATEMENTS
};

static const char *const sql[STATEMENTS] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[PUT] = "INSERT INTO batch VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[FIRST] = "SELECT number, body FROM batch ORDER BY number LIMIT 1",
	[OLDEST_OTHER] = "SELECT number, samples, from_ms, to_ms, told, told_from_ms, told_to_ms"
			 " FROM batch WHERE number NOT IN (?1, ?2) ORDER BY number LIMIT 1",
	[DELETE] = "DELETE FROM batch WHERE number = ?1",
	[REFUSE] = "INSERT INTO refused SELECT number, ?2, ?3, body FROM batch WHERE number = ?1",
	[TRIM_REFUSED] = "DELETE FROM refused WHERE number <= (SELECT number FROM refused"
			 " ORDER BY number DESC LIMIT 1 OFFSET ?1)",
	[KEEP] = "INSERT INTO kept VALUES (?1, ?2, ?3, ?4, ?5)",
	[KEPT] = "SELECT samples, from_ms, to_ms, text FROM kept ORDER BY place",
	[FORGET] = "DELETE FROM kept WHERE place >= ?1",
	[GET_LOST] = "SELECT samples, from_ms, to_ms FROM lost",
	[SET_LOST] = "UPDATE lost SET samples = ?1, from_ms = ?2, to_ms = ?3",
	[USED_PAGES] = "SELECT page_count - freelist_count"
		       " FROM pragma_page_count, pragma_freelist_count",
	[COUNT] = "SELECT count(*) FROM batch",
};

static const char schema[] =
	"CREATE TABLE boot(id TEXT NOT NULL CHECK (length(id) = 32)) STRICT;"
	"CREATE TABLE batch("
	" number INTEGER PRIMARY KEY AUTOINCREMENT, samples INTEGER NOT NULL,"
	" from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL,"
	" told INTEGER NOT NULL, told_from_ms INTEGER NOT NULL, told_to_ms INTEGER NOT NULL,"
	" body TEXT NOT NULL) STRICT;"
	"CREATE TABLE refused("
	" number INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, why TEXT NOT NULL,"
	" body TEXT NOT NULL) STRICT;"
	"CREATE TABLE lost("
	" samples INTEGER NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL) STRICT;"
	"INSERT INTO lost VALUES (0, 0, 0);"
	"PRAGMA application_id=" APPLICATION_ID ";";

/* Parts of the batch that is being gathered: each by its place in the batch's text, with the span
 * of the batch up to its end. Made when it is missing: a spool may be older than this table. */
static const char kept_table[] =
	"CREATE TABLE IF NOT EXISTS kept("
	" place INTEGER PRIMARY KEY, samples INTEGER NOT NULL, from_ms INTEGER NOT NULL,"
	" to_ms INTEGER NOT NULL, text TEXT NOT NULL) STRICT";

struct vg_spool {
	sqlite3 *handle;
	sqlite3_stmt *statement[STATEMENTS];
	char *path;
	char boot_id[VG_HEX_LEN(BOOT_ID_BYTES)];
	int64_t bytes_max, page_size;
	int64_t next, held; /* held: the batch that peek() gave, 0 = none */
	struct vg_span lost;
	struct vg_complaint full;
};

/* SQLite. */

static int
fail(struct vg_spool *s, struct vg_err *err, const char *doing)
{
	int code = sqlite3_errcode(s->handle) & 0xff;

	return vg_err_set(err,
			  code == SQLITE_FULL				    ? VG_EFULL
			  : code == SQLITE_BUSY				    ? VG_ECONFLICT
			  : code == SQLITE_CORRUPT || code == SQLITE_NOTADB ? VG_EBROKEN
									    : VG_EIO,
			  "%s: %s: %s", s->path, doing,
			  code == SQLITE_BUSY ? "another process has it open"
					      : sqlite3_errmsg(s->handle));
}

static int
execute(struct vg_spool *s, const char *text, struct vg_err *err)
{
	return sqlite3_exec(s->handle, text, NULL, NULL, NULL) == SQLITE_OK ? 0
									    : fail(s, err, text);
}

/* Runs a statement that gives no rows. */
static int
run(struct vg_spool *s, enum statement id, struct vg_err *err)
{
	int rc = sqlite3_step(s->statement[id]) == SQLITE_DONE ? 0 : fail(s, err, sql[id]);

	(void)sqlite3_reset(s->statement[id]);
	return rc;
}

static void
bind(struct vg_spool *s, enum statement id, int index, int64_t value)
{
	(void)sqlite3_bind_int64(s->statement[id], index, value);
}

static int
get_number(struct vg_spool *s, enum statement id, int64_t *out, struct vg_err *err)
{
	int rc = sqlite3_step(s->statement[id]) == SQLITE_ROW ? 0 : fail(s, err, sql[id]);

	*out = sqlite3_column_int64(s->statement[id], 0);
	(void)sqlite3_reset(s->statement[id]);
	return rc;
}

/* The first row's first column as text; "" when there is no row. */
static int
ask(struct vg_spool *s, const char *text, char *out, size_t size, struct vg_err *err)
{
	sqlite3_stmt *statement = NULL;
	const char *answer = NULL;
	int rc = sqlite3_prepare_v2(s->handle, text, -1, &statement, NULL);

	if (rc == SQLITE_OK && (rc = sqlite3_step(statement)) == SQLITE_ROW)
		answer = (const char *)sqlite3_column_text(statement, 0);
	(void)snprintf(out, size, "%s", answer != NULL ? answer : "");
	rc = rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : fail(s, err, text);
	(void)sqlite3_finalize(statement);
	return rc;
}

static int
require(struct vg_spool *s, const char *question, const char *expected, int code,
	struct vg_err *err)
{
	char answer[64];
	int rc = ask(s, question, answer, sizeof(answer), err);

	if (rc == 0 && strcmp(answer, expected) != 0)
		rc = vg_err_set(err, code, "%s: %s is \"%s\", expected \"%s\"", s->path, question,
				answer, expected);
	return rc;
}

/* Opening. */

/* Locks do not hold on network file systems. */
static int
require_local_file(const char *path, struct vg_err *err)
{
	struct statfs where;
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 && errno != EEXIST)
		return vg_err_set(err, VG_EIO, "%s cannot be made: %s", path, strerror(errno));
	if (fd >= 0)
		(void)close(fd); /* new and empty: no lock of SQLite is lost by it */
	if (statfs(path, &where) != 0)
		return vg_err_set(err, VG_EIO, "%s: %s", path, strerror(errno));
	switch ((unsigned long)where.f_type) {
	case NFS_SUPER_MAGIC:
	case SMB_SUPER_MAGIC:
	case SMB2_SUPER_MAGIC:
	case CIFS_SUPER_MAGIC:
	case CEPH_SUPER_MAGIC:
	case V9FS_MAGIC:
		return vg_err_set(err, VG_EINVALID,
				  "%s lies on a network file system; the spool needs a local disk",
				  path);
	default:
		return 0;
	}
}

/* PRAGMA failures are silent: what matters is read back. */
static int
apply_settings(struct vg_spool *s, struct vg_err *err)
{
	char answer[32];
	int rc;

	if ((rc = require(s, "PRAGMA journal_mode=WAL", "wal", VG_EIO, err)) != 0 ||
	    (rc = execute(s, "PRAGMA synchronous=FULL", err)) != 0 ||
	    (rc = require(s, "PRAGMA synchronous", "2", VG_EIO, err)) != 0 ||
	    (rc = execute(s, "PRAGMA journal_size_limit=1048576", err)) != 0 ||
	    (rc = execute(s, "PRAGMA cache_size=-1024", err)) != 0 ||
	    (rc = ask(s, "PRAGMA page_size", answer, sizeof(answer), err)) != 0)
		return rc;
	s->page_size = strtoll(answer, NULL, 10);
	return 0;
}

static int
create(struct vg_spool *s, struct vg_err *err)
{
	uint8_t random[BOOT_ID_BYTES];
	char text[100];
	int rc;

	vg_random(random, sizeof(random));
	(void)snprintf(text, sizeof(text), "INSERT INTO boot VALUES ('%s')",
		       vg_hex(random, sizeof(random), s->boot_id));
	if ((rc = execute(s, "BEGIN IMMEDIATE", err)) != 0 || (rc = execute(s, schema, err)) != 0 ||
	    (rc = execute(s, text, err)) != 0)
		return rc;
	return execute(s, "COMMIT", err);
}

static int
load(struct vg_spool *s, struct vg_err *err)
{
	sqlite3_stmt *lost = s->statement[GET_LOST];
	char answer[32];
	int rc;

	if ((rc = ask(s, "SELECT id FROM boot", s->boot_id, sizeof(s->boot_id), err)) != 0 ||
	    (rc = ask(s, "SELECT seq FROM sqlite_sequence WHERE name = 'batch'", answer,
		      sizeof(answer), err)) != 0)
		return rc;
	s->next = strtoll(answer, NULL, 10) + 1;
	if (sqlite3_step(lost) != SQLITE_ROW)
		rc = fail(s, err, sql[GET_LOST]);
	s->lost = (struct vg_span){sqlite3_column_int64(lost, 0), sqlite3_column_int64(lost, 1),
				   sqlite3_column_int64(lost, 2)};
	(void)sqlite3_reset(lost);
	return rc;
}

static int
prepare(struct vg_spool *s, struct vg_err *err)
{
	for (int i = 0; i < STATEMENTS; i++)
		if (sqlite3_prepare_v3(s->handle, sql[i], -1, SQLITE_PREPARE_PERSISTENT,
				       &s->statement[i], NULL) != SQLITE_OK)
			return fail(s, err, sql[i]);
	return 0;
}

static int
open_steps(struct vg_spool *s, struct vg_err *err)
{
	char tables[16];
	bool is_new;
	int rc;

	if ((rc = require_local_file(s->path, err)) != 0)
		return rc;
	if (sqlite3_open_v2(s->path, &s->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
			    NULL) != SQLITE_OK)
		return fail(s, err, "open");
	if ((rc = execute(s, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA trusted_schema=OFF", err)) !=
		    0 ||
	    (rc = ask(s, "SELECT count(*) FROM sqlite_schema", tables, sizeof(tables), err)) != 0)
		return rc;
	is_new = strcmp(tables, "0") == 0;
	if ((!is_new &&
	     (rc = require(s, "PRAGMA application_id", APPLICATION_ID, VG_EINVALID, err)) != 0) ||
	    (rc = apply_settings(s, err)) != 0 || (is_new && (rc = create(s, err)) != 0) ||
	    (rc = require(s, "PRAGMA quick_check(1)", "ok", VG_EBROKEN, err)) != 0 ||
	    (rc = execute(s, kept_table, err)) != 0 || (rc = prepare(s, err)) != 0)
		return rc;
	return load(s, err);
}

void
vg_spool_close(struct vg_spool *s)
{
	if (s == NULL)
		return;
	for (int i = 0; i < STATEMENTS; i++)
		(void)sqlite3_finalize(s->statement[i]);
	VG_ASSERT(sqlite3_close(s->handle) == SQLITE_OK);
	free(s->path);
	free(s);
}

static int
open_once(struct vg_spool **out, const char *path, int64_t bytes_max, struct vg_err *err)
{
	struct vg_spool *s = calloc(1, sizeof(*s));
	int rc;

	if (s == NULL || (s->path = strdup(path)) == NULL) {
		free(s);
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	}
	s->bytes_max = bytes_max;
	if ((rc = open_steps(s, err)) != 0) {
		vg_spool_close(s);
		return rc;
	}
	*out = s;
	return 0;
}

/* Its WAL goes too: it belongs to no other file. */
static int
set_aside(const char *path, struct vg_err *err)
{
	static const char *const suffixes[] = {"", "-wal"};
	char from[4096], to[4096];

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		(void)snprintf(from, sizeof(from), "%s%s", path, suffixes[i]);
		(void)snprintf(to, sizeof(to), "%s.broken%s", path, suffixes[i]);
		if (rename(from, to) != 0 && errno != ENOENT)
			return vg_err_set(err, -errno, "%s cannot be set aside: %s", from,
					  strerror(errno));
	}
	return 0;
}

int
vg_spool_open(struct vg_spool **out, const char *path, int64_t bytes_max, struct vg_err *err)
{
	struct vg_err why = {0};
	int rc = open_once(out, path, bytes_max, &why);

	if (rc != VG_EBROKEN)
		return rc == 0 ? 0 : vg_err_set(err, rc, "%s", why.text);
	vg_log(VG_LOG_ERROR, "spool.broken", VG_LOG_TEXT("why", why.text),
	       VG_LOG_TEXT("next", "it is set aside as .broken, and a new one begun"));
	if ((rc = set_aside(path, err)) != 0)
		return rc;
	return open_once(out, path, bytes_max, err);
}

const char *
vg_spool_boot_id(const struct vg_spool *s)
{
	return s->boot_id;
}

/* Putting. */

static int
set_lost(struct vg_spool *s, const struct vg_span *lost, struct vg_err *err)
{
	bind(s, SET_LOST, 1, lost->count);
	bind(s, SET_LOST, 2, lost->from_ms);
	bind(s, SET_LOST, 3, lost->to_ms);
	return run(s, SET_LOST, err);
}

static int
insert(struct vg_spool *s, const struct vg_batch *batch, const char *body, struct vg_err *err)
{
	bind(s, PUT, 1, s->next);
	bind(s, PUT, 2, batch->span.count);
	bind(s, PUT, 3, batch->span.from_ms);
	bind(s, PUT, 4, batch->span.to_ms);
	bind(s, PUT, 5, s->lost.count);
	bind(s, PUT, 6, s->lost.from_ms);
	bind(s, PUT, 7, s->lost.to_ms);
	if (sqlite3_bind_text(s->statement[PUT], 8, body, -1, SQLITE_STATIC) != SQLITE_OK)
		return fail(s, err, "bind a batch");
	return run(s, PUT, err);
}

/* Drops the oldest batch that is neither held nor the one just put, and counts what it held. *more
 * = false when there is none. */
static int
drop_oldest(struct vg_spool *s, struct vg_span *lost, bool *more, struct vg_err *err)
{
	sqlite3_stmt *row = s->statement[OLDEST_OTHER];
	struct vg_span samples, told;
	int64_t number;
	int step;

	bind(s, OLDEST_OTHER, 1, s->held);
	bind(s, OLDEST_OTHER, 2, s->next);
	step = sqlite3_step(row);
	number = sqlite3_column_int64(row, 0);
	samples = (struct vg_span){sqlite3_column_int64(row, 1), sqlite3_column_int64(row, 2),
				   sqlite3_column_int64(row, 3)};
	told = (struct vg_span){sqlite3_column_int64(row, 4), sqlite3_column_int64(row, 5),
				sqlite3_column_int64(row, 6)};
	(void)sqlite3_reset(row);
	*more = step == SQLITE_ROW;
	if (step == SQLITE_DONE)
		return 0;
	if (step != SQLITE_ROW)
		return fail(s, err, sql[OLDEST_OTHER]);
	vg_span_add(lost, &samples);
	vg_span_add(lost, &told);
	bind(s, DELETE, 1, number);
	return run(s, DELETE, err);
}

static int
make_room(struct vg_spool *s, struct vg_span *lost, struct vg_err *err)
{
	bool more = true;
	int64_t pages;
	int rc = 0;

	while (more && (rc = get_number(s, USED_PAGES, &pages, err)) == 0 &&
	       pages * s->page_size > s->bytes_max)
		if ((rc = drop_oldest(s, lost, &more, err)) != 0)
			break;
	return rc;
}

static int
forget_kept(struct vg_spool *s, int64_t from_place, struct vg_err *err)
{
	bind(s, FORGET, 1, from_place);
	return run(s, FORGET, err);
}

/* Ends a transaction: rc is how it went so far. */
static int
commit(struct vg_spool *s, int rc, struct vg_err *err)
{
	if (rc == 0)
		rc = run(s, COMMIT, err);
	if (rc != 0 && !sqlite3_get_autocommit(s->handle))
		(void)sqlite3_exec(s->handle, "ROLLBACK", NULL, NULL, NULL);
	return rc;
}

/* In one transaction; *lost is then what the next batch has to tell. */
static int
put(struct vg_spool *s, const struct vg_batch *batch, const char *body, struct vg_span *lost,
    struct vg_err *err)
{
	int rc;

	if ((rc = run(s, BEGIN, err)) != 0)
		return rc;
	if ((rc = forget_kept(s, 0, err)) == 0 && (rc = insert(s, batch, body, err)) == 0 &&
	    (rc = make_room(s, lost, err)) == 0)
		rc = set_lost(s, lost, err);
	return commit(s, rc, err);
}

int
vg_spool_put(struct vg_spool *s, const struct vg_batch *batch, int64_t sent_ms, struct vg_err *err)
{
	char *body = vg_batch_body(batch, s->boot_id, s->next, sent_ms, &s->lost);
	struct vg_span lost = {0};
	char why[80];
	int rc;

	if (body == NULL)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	rc = put(s, batch, body, &lost, err);
	free(body);
	if (rc != 0)
		return rc;
	(void)snprintf(why, sizeof(why), "at its maximum; %" PRId64 " samples dropped now",
		       lost.count);
	vg_complain(&s->full, "spool.full", lost.count > 0 ? why : NULL, vg_steady_ms());
	s->lost = lost;
	s->next++;
	return 0;
}

/* Keeping. */

static int
insert_kept(struct vg_spool *s, const struct vg_batch *batch, struct vg_err *err)
{
	bind(s, KEEP, 1, (int64_t)batch->kept);
	bind(s, KEEP, 2, batch->span.count);
	bind(s, KEEP, 3, batch->span.from_ms);
	bind(s, KEEP, 4, batch->span.to_ms);
	if (sqlite3_bind_text(s->statement[KEEP], 5, batch->text + batch->kept,
			      (int)(batch->length - batch->kept), SQLITE_STATIC) != SQLITE_OK)
		return fail(s, err, "bind samples");
	return run(s, KEEP, err);
}

/* Places from batch->kept on are those of a batch that was lost: their number is made durable in
 * the same transaction. */
int
vg_spool_keep(struct vg_spool *s, struct vg_batch *batch, struct vg_err *err)
{
	int rc;

	if (batch->kept == batch->length)
		return 0;
	if ((rc = run(s, BEGIN, err)) != 0)
		return rc;
	if ((rc = forget_kept(s, (int64_t)batch->kept, err)) == 0 &&
	    (rc = insert_kept(s, batch, err)) == 0)
		rc = set_lost(s, &s->lost, err);
	if ((rc = commit(s, rc, err)) == 0)
		batch->kept = batch->length;
	return rc;
}

int
vg_spool_resume(struct vg_spool *s, struct vg_batch *batch, struct vg_err *err)
{
	sqlite3_stmt *row = s->statement[KEPT];
	int step, rc;

	VG_ASSERT(batch->length == 0);
	while ((step = sqlite3_step(row)) == SQLITE_ROW) {
		const char *text = (const char *)sqlite3_column_text(row, 3);

		if (text == NULL ||
		    !vg_batch_append(batch, text, (size_t)sqlite3_column_bytes(row, 3)))
			break;
		batch->span =
			(struct vg_span){sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1),
					 sqlite3_column_int64(row, 2)};
	}
	batch->kept = batch->length;
	rc = step == SQLITE_DONE  ? 0
	     : step == SQLITE_ROW ? vg_err_set(err, VG_ENOMEM, "out of memory")
				  : fail(s, err, sql[KEPT]);
	(void)sqlite3_reset(row);
	return rc;
}

void
vg_spool_lose(struct vg_spool *s, const struct vg_span *span)
{
	vg_span_add(&s->lost, span);
}

/* Taking. */

int
vg_spool_peek(struct vg_spool *s, struct vg_spooled *out, struct vg_err *err)
{
	sqlite3_stmt *row = s->statement[FIRST];
	int step = sqlite3_step(row), rc = 0;
	const char *body;

	if (step == SQLITE_ROW) {
		body = (const char *)sqlite3_column_text(row, 1);
		*out = (struct vg_spooled){.number = sqlite3_column_int64(row, 0),
					   .body = body == NULL ? NULL : strdup(body),
					   .length = (size_t)sqlite3_column_bytes(row, 1)};
		s->held = out->number;
		if (out->body == NULL)
			rc = vg_err_set(err, VG_ENOMEM, "out of memory");
	} else if (step == SQLITE_DONE) {
		rc = vg_err_set(err, VG_ENOTFOUND, "%s: nothing waits", s->path);
	} else {
		rc = fail(s, err, sql[FIRST]);
	}
	(void)sqlite3_reset(row);
	return rc;
}

int
vg_spool_delete(struct vg_spool *s, int64_t number, struct vg_err *err)
{
	int rc;

	bind(s, DELETE, 1, number);
	if ((rc = run(s, DELETE, err)) == 0)
		s->held = 0;
	return rc;
}

int
vg_spool_refuse(struct vg_spool *s, int64_t number, int64_t now_ms, const char *why,
		struct vg_err *err)
{
	int rc;

	bind(s, REFUSE, 1, number);
	bind(s, REFUSE, 2, now_ms);
	bind(s, TRIM_REFUSED, 1, VG_SPOOL_REFUSED_MAX);
	bind(s, DELETE, 1, number);
	if ((rc = run(s, BEGIN, err)) != 0)
		return rc;
	if (sqlite3_bind_text(s->statement[REFUSE], 3, why, -1, SQLITE_STATIC) != SQLITE_OK)
		rc = fail(s, err, "bind a reason");
	if (rc == 0 && (rc = run(s, REFUSE, err)) == 0 && (rc = run(s, TRIM_REFUSED, err)) == 0)
		rc = run(s, DELETE, err);
	if ((rc = commit(s, rc, err)) == 0)
		s->held = 0;
	return rc;
}

int
vg_spool_get_state(struct vg_spool *s, struct vg_spool_state *out, struct vg_err *err)
{
	int64_t pages = 0;
	int rc;

	out->dropped = s->lost;
	if ((rc = get_number(s, COUNT, &out->batches, err)) == 0)
		rc = get_number(s, USED_PAGES, &pages, err);
	out->bytes = pages * s->page_size;
	return rc;
}
