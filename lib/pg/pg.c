/* pg.c - PostgreSQL over blocking libpq.
 *
 * Results come in single-row mode, so a ledger of any size is read in the memory of one row. The
 * hard thing is the end of a query: libpq wants every result taken until NULL, also after an error
 * or when the caller has seen enough, or the next query fails; finish() does that for all of them.
 */
#include "lib/pg/pg.h"

#include <libpq-fe.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define SERVER_VERSION_MIN 150000
#define COPY_PIECE	   (1 << 20) /* bytes handed to libpq at once */

struct vg_pg {
	PGconn *conn;
};

/* libpq's messages end with a line feed and may have several lines. */
static void
one_line(const char *message, char *out, size_t size)
{
	size_t used = 0;

	for (; *message != '\0' && used + 1 < size; message++)
		if (*message != '\n')
			out[used++] = *message;
		else if (message[1] != '\0')
			out[used++] = ' ';
	out[used] = '\0';
}

/* What a state (five characters, by class) means for the caller; see the header. */
static int
code_of_state(const char *state)
{
	static const char *const later[] = {"08", "25", "40", "53", "55", "57", "58", "XX"};
	size_t i;

	if (state == NULL)
		return VG_EIO;
	if (strcmp(state, "42501") == 0 || strncmp(state, "28", 2) == 0)
		return VG_EDENIED;
	for (i = 0; i < sizeof(later) / sizeof(later[0]); i++)
		if (strncmp(state, later[i], 2) == 0)
			return VG_EIO;
	return VG_EINVALID;
}

static int
connection_failed(const struct vg_pg *pg, struct vg_err *err)
{
	char text[VG_ERR_TEXT_MAX];

	one_line(PQerrorMessage(pg->conn), text, sizeof(text));
	return vg_err_set(err, VG_EIO, "pg: %s", text[0] != '\0' ? text : "connection lost");
}

/* DETAIL and the rest of CONTEXT repeat the row's content, which belongs in no log. */
static int
result_failed(const struct vg_pg *pg, const PGresult *result, struct vg_err *err)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *context = PQresultErrorField(result, PG_DIAG_CONTEXT);
	int place = context != NULL && strncmp(context, "COPY ", 5) == 0
			    ? (int)strcspn(context, ":")
			    : 0;

	if (PQstatus(pg->conn) == CONNECTION_OK && PQresultStatus(result) != PGRES_FATAL_ERROR)
		return vg_err_set(err, VG_EINVALID, "pg: unexpected answer %s",
				  PQresStatus(PQresultStatus(result)));
	if (state == NULL || message == NULL)
		return connection_failed(pg, err);
	return vg_err_set(err, code_of_state(state), "pg: %s (SQLSTATE %s%s%.*s)", message, state,
			  place > 0 ? "; " : "", place, place > 0 ? context : "");
}

static void
drop_notice(void *arg, const PGresult *result)
{
	(void)arg;
	(void)result;
}

int
vg_pg_open(struct vg_pg **out, const char *conninfo, const char *application, struct vg_err *err)
{
	const char *const names[] = {"dbname",
				     "application_name",
				     "connect_timeout",
				     "client_encoding",
				     "tcp_user_timeout",
				     "keepalives_idle",
				     NULL};
	const char *const values[] = {conninfo, application, "4", "UTF8", "30000", "30", NULL};
	struct vg_pg *pg = calloc(1, sizeof(*pg));
	int rc;

	*out = NULL;
	if (pg == NULL)
		return vg_err_set(err, VG_ENOMEM, "pg: out of memory");
	pg->conn = PQconnectdbParams(names, values, 1);
	if (pg->conn == NULL) {
		rc = vg_err_set(err, VG_ENOMEM, "pg: out of memory");
		goto fail;
	}
	if (PQstatus(pg->conn) != CONNECTION_OK) {
		rc = connection_failed(pg, err);
		goto fail;
	}
	(void)PQsetNoticeReceiver(pg->conn, drop_notice, NULL);
	if (PQserverVersion(pg->conn) < SERVER_VERSION_MIN) {
		rc = vg_err_set(err, VG_EINVALID,
				"pg: the server is version %d; expected %d or later",
				PQserverVersion(pg->conn) / 10000, SERVER_VERSION_MIN / 10000);
		goto fail;
	}
	rc = vg_pg_exec(pg,
			"select set_config('timezone', 'UTC', false),"
			" set_config('datestyle', 'ISO', false),"
			" set_config('search_path', 'pg_catalog, pg_temp', false)",
			NULL, 0, NULL, err);
	if (rc != 0)
		goto fail;
	*out = pg;
	return 0;
fail:
	vg_pg_close(pg);
	return rc;
}

void
vg_pg_close(struct vg_pg *pg)
{
	if (pg == NULL)
		return;
	PQfinish(pg->conn);
	free(pg);
}

static void
cancel(struct vg_pg *pg)
{
	PGcancel *request = PQgetCancel(pg->conn);
	char text[256];

	/* Failing to cancel only means that more rows are read and dropped. */
	if (request != NULL)
		(void)PQcancel(request, text, sizeof(text));
	PQfreeCancel(request);
}

/* A COPY that nobody asked for is ended from this side, or its result would come for ever. */
static bool
end_copy(struct vg_pg *pg, ExecStatusType status)
{
	char *piece = NULL;

	if (status == PGRES_COPY_IN)
		return PQputCopyEnd(pg->conn, "no rows were expected") == 1;
	while (status == PGRES_COPY_OUT && PQgetCopyData(pg->conn, &piece, 0) > 0)
		PQfreemem(piece);
	return true;
}

/* Takes every result that is left. The first error wins over `rc` 0. */
static int
finish(struct vg_pg *pg, int rc, struct vg_err *err)
{
	PGresult *result;

	while ((result = PQgetResult(pg->conn)) != NULL) {
		ExecStatusType status = PQresultStatus(result);

		if (rc == 0 && status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
			rc = result_failed(pg, result, err);
		PQclear(result);
		if (!end_copy(pg, status) || PQstatus(pg->conn) != CONNECTION_OK)
			break;
	}
	if (rc == 0 && PQstatus(pg->conn) != CONNECTION_OK)
		return connection_failed(pg, err);
	return rc;
}

/* Hands one result's rows (one in single-row mode, none at the end) to the callback. */
static int
hand_rows(const PGresult *result, const char **cells, vg_pg_row_cb *on_row, void *arg)
{
	int columns = PQnfields(result), row, column, rc = 0;

	for (row = 0; row < PQntuples(result) && rc == 0; row++) {
		for (column = 0; column < columns; column++) {
			cells[column] = PQfname(result, column);
			cells[columns + column] = PQgetisnull(result, row, column)
							  ? NULL
							  : PQgetvalue(result, row, column);
		}
		rc = on_row(columns, cells, cells + columns, arg);
	}
	return rc;
}

static int
read_rows(struct vg_pg *pg, vg_pg_row_cb *on_row, void *arg, struct vg_err *err)
{
	const char **cells = NULL;
	PGresult *result;
	int rc = 0;

	while (rc == 0 && (result = PQgetResult(pg->conn)) != NULL) {
		ExecStatusType status = PQresultStatus(result);

		if (status != PGRES_SINGLE_TUPLE && status != PGRES_TUPLES_OK &&
		    status != PGRES_COMMAND_OK) {
			rc = result_failed(pg, result, err);
		} else if (PQntuples(result) > 0) {
			if (cells == NULL)
				cells = calloc(2 * (size_t)PQnfields(result), sizeof(*cells));
			if (cells == NULL)
				rc = vg_err_set(err, VG_ENOMEM, "pg: out of memory");
			else
				rc = hand_rows(result, cells, on_row, arg);
			if (rc != 0)
				cancel(pg);
		}
		PQclear(result);
	}
	free(cells);
	return rc;
}

int
vg_pg_query(struct vg_pg *pg, const char *sql, const char *const *params, int param_count,
	    vg_pg_row_cb *on_row, void *arg, struct vg_err *err)
{
	if (PQsendQueryParams(pg->conn, sql, param_count, NULL, params, NULL, NULL, 0) != 1)
		return connection_failed(pg, err);
	(void)PQsetSingleRowMode(pg->conn);
	return finish(pg, read_rows(pg, on_row, arg, err), err);
}

int
vg_pg_exec(struct vg_pg *pg, const char *sql, const char *const *params, int param_count,
	   int64_t *affected, struct vg_err *err)
{
	PGresult *result = PQexecParams(pg->conn, sql, param_count, NULL, params, NULL, NULL, 0);
	ExecStatusType status = PQresultStatus(result);
	int rc = 0;

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		rc = result_failed(pg, result, err);
	else if (affected != NULL)
		*affected = strtoll(PQcmdTuples(result), NULL, 10);
	PQclear(result);
	return rc == 0 ? 0 : finish(pg, rc, err);
}

int
vg_pg_copy(struct vg_pg *pg, const char *sql, const char *text, size_t length, struct vg_err *err)
{
	PGresult *result = PQexec(pg->conn, sql);
	size_t at, piece;
	int rc = 0;

	if (PQresultStatus(result) != PGRES_COPY_IN)
		rc = result_failed(pg, result, err);
	PQclear(result);
	if (rc != 0)
		return finish(pg, rc, err);
	for (at = 0; at < length; at += piece) {
		piece = length - at < COPY_PIECE ? length - at : COPY_PIECE;
		if (PQputCopyData(pg->conn, text + at, (int)piece) != 1)
			break;
	}
	/* What went wrong on the way is told by the results. */
	(void)PQputCopyEnd(pg->conn, at < length ? "the connection failed on the way" : NULL);
	return finish(pg, 0, err);
}

int
vg_pg_fd(const struct vg_pg *pg)
{
	return PQsocket(pg->conn);
}

bool
vg_pg_alive(struct vg_pg *pg)
{
	return PQconsumeInput(pg->conn) == 1 && PQstatus(pg->conn) == CONNECTION_OK;
}

void
vg_pg_interrupt(struct vg_pg *pg)
{
	int fd = PQsocket(pg->conn);

	if (fd >= 0)
		(void)shutdown(fd, SHUT_RDWR);
}
