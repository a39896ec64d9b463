/* retention.c - raw rows: which months hold any, until when they are kept, and letting go those
 * that may.
 *
 * The database decides: ledger.drop_raw() refuses a month of samples that is too young or not
 * sealed, and its reason is printed. Figures do not change, since they are made of sealed runs.
 * Repeated notices of alarms have no seal that keeps their counts, so they stay, whatever their
 * age. */
#include "cli/commands.h"
#include "cli/remote.h"
#include "lib/pg/pg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DATABASE_DEFAULT "dbname=vinga user=vinga_reader"

struct rows {
	json_t *list;
};

/* A row as an object; a count is a number, all else text. */
static int
on_row(int columns, const char *const *names, const char *const *values, void *arg)
{
	struct rows *rows = arg;
	json_t *row = json_object();

	for (int i = 0; i < columns; i++) {
		json_t *value = strcmp(names[i], "rows") == 0
					? json_integer(strtoll(values[i], NULL, 10))
					: json_string(values[i]);

		if (json_object_set_new(row, names[i], value) != 0)
			return VG_ENOMEM;
	}
	return json_array_append_new(rows->list, row) == 0 ? 0 : VG_ENOMEM;
}

/* Months with raw rows; "may" tells those that are past their age and have something that stands
 * for them. */
static int
list_months(struct vg_pg *pg, struct rows *rows, struct vg_err *err)
{
	static const char sql[] =
		"select to_char(month, 'YYYY-MM') as month, 'samples' as raw, count(*) as rows,"
		" to_char(month + interval '1 month 90 days', 'YYYY-MM-DD') as kept_until,"
		" case when month + interval '1 month 90 days' <= now() at time zone 'UTC'"
		" then 'yes' else 'no' end as may"
		" from ledger.raw group by month"
		" union all select to_char(month, 'YYYY-MM'), 'alarms', count(*),"
		" to_char(month + interval '14 months', 'YYYY-MM-DD'), 'no'"
		" from ledger.alarm group by month"
		" order by month, raw desc";

	return vg_pg_query(pg, sql, NULL, 0, on_row, rows, err);
}

static const char *
text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text != NULL ? text : "";
}

/* Lets one month go; a refusal is said and ends nothing. */
static int
drop(const struct vg_cli *cli, struct vg_pg *pg, json_t *month)
{
	const char *const params[] = {text_of(month, "month")};
	struct rows dropped = {json_array()};
	struct vg_err err = {0};
	int rc = vg_pg_query(pg, "select ledger.drop_raw(to_date($1, 'YYYY-MM')) as rows", params,
			     1, on_row, &dropped, &err);

	if (rc == 0)
		(void)json_object_set(month, "dropped",
				      json_object_get(json_array_get(dropped.list, 0), "rows"));
	else
		rc = vg_cli_fail(cli, VG_EXIT_DIFFERS, "%s: %s", params[0], vg_err_text(&err, rc));
	json_decref(dropped.list);
	return rc;
}

static int
print(const struct vg_cli *cli, json_t *months)
{
	static const struct vg_column columns[] = {{"month", "month"}, {"raw", "what"},
						   {"rows", "rows"},   {"kept_until", "kept_until"},
						   {"may", "may"},     {"dropped", "taken_away"},
						   {NULL, NULL}};
	json_t *row;
	size_t i;

	if (vg_cli_flag(cli, "json"))
		return vg_print_json(cli, months);
	json_array_foreach(months, i, row)(void) json_object_set_new(
		row, "may", json_boolean(strcmp(text_of(row, "may"), "yes") == 0));
	vg_print_table(months, columns);
	return VG_EXIT_OK;
}

int
vg_run_retention(struct vg_cli *cli)
{
	const char *conninfo = vg_cli_value(cli, "database", getenv("VINGA_DATABASE"));
	struct rows months = {json_array()};
	struct vg_pg *pg = NULL;
	struct vg_err err = {0};
	json_t *month;
	size_t i;
	int refused = 0, rc;

	rc = vg_pg_open(&pg, conninfo != NULL ? conninfo : DATABASE_DEFAULT, "vinga", &err);
	if (rc == 0)
		rc = list_months(pg, &months, &err);
	if (rc != 0)
		rc = vg_cli_fail(cli, VG_EXIT_UNREACHABLE, "%s", vg_err_text(&err, rc));
	json_array_foreach(months.list, i, month)
	{
		if (rc == 0 && vg_cli_flag(cli, "apply") &&
		    strcmp(text_of(month, "may"), "yes") == 0 && drop(cli, pg, month) != 0)
			refused++;
	}
	if (rc == 0)
		rc = print(cli, months.list);
	if (rc == 0 && refused > 0)
		rc = VG_EXIT_DIFFERS;
	json_decref(months.list);
	vg_pg_close(pg);
	return rc;
}
