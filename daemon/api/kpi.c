/* kpi.c - the month's figures and what stands behind them, as the live core knows it. */
#include "daemon/api/api.h"

#include "core/kpi.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define EVIDENCE_MAX 10000 /* rows of one answer */

static const char *const unit_names[] = {"count", "share", "mean_ms", "ms"};

static void
put_text(json_t *object, const char *member, const char *text)
{
	json_object_set_new(object, member, text == NULL ? json_null() : json_string(text));
}

static void
on_cell(const struct vg_kpi_cell *cell, void *arg)
{
	const struct vg_kpi_info *info = &vg_kpi_info[cell->kpi];
	json_t *row = json_object();

	put_text(row, "kpi", info->name);
	put_text(row, "label", info->label);
	put_text(row, "unit", unit_names[info->unit]);
	put_text(row, "rule", info->rule);
	put_text(row, "municipality", cell->key.municipality);
	put_text(row, "service", cell->key.service);
	put_text(row, "priority", cell->key.priority);
	json_object_set_new(row, "line",
			    cell->key.line == 0 ? json_null() : json_integer(cell->key.line));
	json_object_set_new(row, "num", json_integer(cell->num));
	json_object_set_new(row, "den", json_integer(cell->den));
	json_object_set_new(row, "left_out", json_integer(cell->left_out));
	if (info->unit == VG_UNIT_SHARE)
		json_object_set_new(row, "value_ppm",
				    cell->den > 0 ? json_integer(cell->num * 1000000 / cell->den)
						  : json_null());
	json_object_set_new(row, "target_ppm",
			    cell->target_ppm < 0 ? json_null() : json_integer(cell->target_ppm));
	put_text(row, "verdict", vg_kpi_verdict_name(cell->verdict));
	if (cell->verdict == VG_KPI_TOO_FEW) {
		json_object_set_new(row, "rolling_num", json_integer(cell->rolling_num));
		json_object_set_new(row, "rolling_den", json_integer(cell->rolling_den));
	}
	json_array_append_new(arg, row);
}

/* "municipality,priority" to the bit set of one split; false when a word is unknown. */
static bool
read_split(struct vg_call *call, unsigned *split)
{
	static const struct {
		const char *name;
		unsigned bit;
	} words[] = {{"municipality", VG_BY_MUNICIPALITY},
		     {"service", VG_BY_SERVICE},
		     {"priority", VG_BY_PRIORITY},
		     {"line", VG_BY_LINE}};
	const char *text = vg_call_query(call, "by");

	*split = 0;
	while (text != NULL && *text != '\0') {
		size_t length = strcspn(text, ","), i;

		for (i = 0; i < 4; i++)
			if (strlen(words[i].name) == length &&
			    memcmp(words[i].name, text, length) == 0)
				break;
		if (i == 4) {
			vg_reply_problem(call->request, 400,
					 "by: expected municipality, service, priority, line");
			return false;
		}
		*split |= words[i].bit;
		text += length;
		text += *text == ',';
	}
	return true;
}

/* Month and filter of the query; who is bound to a municipality sees that one only. */
static bool
read_filter(struct vg_call *call, int *month, struct vg_kpi_key *filter)
{
	const char *text = vg_call_query(call, "month");
	int64_t line = 0;

	*month = text == NULL ? -1 : vg_month_parse(text);
	if (*month < 0) {
		vg_reply_problem(call->request, 400, "month: expected a month as 2016-04");
		return false;
	}
	if (!vg_call_number(call, "line", -1, 3, &line))
		return false;
	*filter = (struct vg_kpi_key){
		.municipality = vg_call_query(call, "municipality"),
		.service = vg_call_query(call, "service"),
		.priority = vg_call_query(call, "priority"),
		.line = (int)line,
	};
	if (filter->municipality == NULL && *call->who->municipality != '\0')
		filter->municipality = call->who->municipality;
	if (filter->municipality != NULL && !vg_may_see(call->who, filter->municipality)) {
		vg_reply_problem(call->request, 403, "municipality: %s may see %s only",
				 call->who->name, call->who->municipality);
		return false;
	}
	return true;
}

static void
reply_month(struct vg_call *call, int rc, int month, const char *name, json_t *rows, bool more)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	char text[16];

	(void)snprintf(text, sizeof(text), "%04d-%02d", month / 12, month % 12 + 1);
	if (rc == VG_ENOTFOUND) {
		vg_reply_problem(call->request, 404, "no agreement covers the month %s", text);
		json_decref(rows);
		return;
	}
	vg_reply_json(call->request, rc == 0 ? 200 : 503,
		      rc != 0 ? NULL
			      : json_pack("{s:s, s:I, s:o, s:i, s:b, s:o}", "month", text, "seq",
					  (json_int_t)vg_core_seq(core), "asof",
					  vg_json_time(vg_live_now_ms(call->api->live)), "rule_rev",
					  VG_RULE_REV, "more", more, name, rows));
	if (rc != 0)
		json_decref(rows);
}

void
vg_get_kpi(struct vg_call *call)
{
	struct vg_kpi_key filter;
	unsigned split;
	json_t *cells;
	int month, rc;

	if (!read_filter(call, &month, &filter) || !read_split(call, &split))
		return;
	cells = json_array();
	rc = vg_kpi_month(vg_live_core(call->api->live), month, vg_live_now_ms(call->api->live),
			  &filter, &split, 1, on_cell, NULL, cells);
	reply_month(call, rc, month, "cells", cells, false);
}

struct evidence {
	json_t *rows;
	const char *kpi; /* NULL = all */
	int64_t after;	 /* rows to pass over */
	int64_t seen;
};

static void
on_evidence(const struct vg_kpi_evidence *evidence, void *arg)
{
	struct evidence *page = arg;
	const char *name = vg_kpi_info[evidence->kpi].name;
	char id[32];

	if ((page->kpi != NULL && strcmp(page->kpi, name) != 0) || page->seen++ < page->after ||
	    json_array_size(page->rows) >= EVIDENCE_MAX)
		return;
	(void)snprintf(id, sizeof(id), "V-%" PRId64, evidence->ticket);
	json_array_append_new(page->rows, json_pack("{s:s, s:s, s:I, s:I}", "kpi", name, "ticket",
						    id, "num", (json_int_t)evidence->num, "den",
						    (json_int_t)evidence->den));
}

void
vg_get_evidence(struct vg_call *call)
{
	static const unsigned whole = 0;
	struct evidence page = {.kpi = vg_call_query(call, "kpi")};
	struct vg_kpi_key filter;
	int month, rc;

	if (!read_filter(call, &month, &filter) ||
	    !vg_call_number(call, "offset", 0, INT32_MAX, &page.after))
		return;
	page.rows = json_array();
	rc = vg_kpi_month(vg_live_core(call->api->live), month, vg_live_now_ms(call->api->live),
			  &filter, &whole, 1, NULL, on_evidence, &page);
	reply_month(call, rc, month, "evidence", page.rows, page.seen > page.after + EVIDENCE_MAX);
}
