/* Pieces of HTML that the report's and the statement's parts share. Private to lib/report. */
#ifndef VG_REPORT_PAGE_H
#define VG_REPORT_PAGE_H

#include "lib/report/grid.h"
#include "lib/report/words.h"

#include <jansson.h>
#include <stdio.h>

/* A page that is being written, of one model in one language. */
struct vg_page {
	FILE *out;
	const json_t *model;
	enum vg_language language;
};

/* <section> with its heading, which is what #id leads to. */
void vg_page_section(const struct vg_page *page, const char *id, const char *heading);
/* What the report is of: "Hela regionen", or the name of its scope. */
const char *vg_page_whole(const struct vg_page *page);

/* What is said in Swedish, in the page's language. Used for every word that a person reads; data
 * goes through vg_page_text. */
const char *vg_say(const struct vg_page *page, const char *swedish) __attribute__((format_arg(2)));
/* A number of lib/report/text.h as the language writes it. Returns text. */
char *vg_say_number(const struct vg_page *page, char *text);
/* One of a thing, or several: "ärende", "ärenden". */
const char *vg_say_count(const struct vg_page *page, int64_t count, const char *one,
			 const char *many);

/* From the doctype into the body, and its end. The title is escaped. */
void vg_page_begin(const struct vg_page *page, const char *title);
void vg_page_end(const struct vg_page *page);

void vg_page_text(const struct vg_page *page, const char *text); /* escaped */
/* The same between two pieces of markup. */
void vg_page_between(const struct vg_page *page, const char *before, const char *text,
		     const char *after);
/* "2016-04-30 17:00:05"; a local day "2016-04-30". */
void vg_page_instant(const struct vg_page *page, int64_t at_ms);
void vg_page_day(const struct vg_page *page, const char *day);
/* "✓ " for met, "✕ " for missed, "" for what is neither: a verdict without its colour. */
const char *vg_page_mark(const char *verdict);
/* "januari 2026". Returns out, which has VG_NUMBER_MAX bytes. */
char *vg_page_month(const struct vg_page *page, int month, char *out);
int vg_page_month_of(const json_t *object, const char *member); /* "2026-10" as a number */

/* Cells of a table: text ("–" when empty), a number, kronor, a share in percent, an instant, a
 * length of time. */
void vg_page_cell(const struct vg_page *page, const char *text);
void vg_page_number(const struct vg_page *page, int64_t number);
void vg_page_money(const struct vg_page *page, int64_t ore);
void vg_page_share(const struct vg_page *page, int64_t num, int64_t den);
void vg_page_at(const struct vg_page *page, int64_t at_ms);
void vg_page_length(const struct vg_page *page, int64_t seconds);
/* A member that is an instant: "–" when it has not happened. The narrow form has the time under its
 * day. */
void vg_page_at_narrow(const struct vg_page *page, const json_t *object, const char *member);
void vg_page_at_member(const struct vg_page *page, const json_t *object, const char *member);
/* A table up to its rows; `heads` end with NULL, those after the first `texts` are of numbers.
 * Caption and heads are said in the page's language. */
void vg_page_table(const struct vg_page *page, const char *caption, const char *const *heads,
		   size_t texts);
void vg_page_table_end(const struct vg_page *page);
/* What the agreement calls a service, a channel or a municipality, as a cell. */
void vg_page_service(const struct vg_page *page, const json_t *row); /* begins a table's row */
void vg_page_channel(const struct vg_page *page, const json_t *row);
void vg_page_municipality(const struct vg_page *page, const json_t *row);

/* KPI tables: page_kpi.c. Value and unit, verdict in words, and a whole table of one subject, whose
 * values lead to `href`; when it ends with "#kpi-", each to its own, which has the KPI's name
 * after that; with "" nowhere. */
void vg_page_figure(const struct vg_page *page, enum vg_kpi kpi, const struct vg_grid_cell *cell);
void vg_page_verdict(const struct vg_page *page, enum vg_kpi kpi, const struct vg_grid_cell *cell);
void vg_page_parts(const struct vg_page *page, enum vg_kpi kpi, const struct vg_grid_cell *cell);
void vg_page_kpis(const struct vg_page *page, const struct vg_grid_row *row, const char *caption,
		  const char *href);

/* From what the page was made; what persons say of missed targets, set apart from what is computed:
 * page_proof.c. */
void vg_page_provenance(const struct vg_page *page);
void vg_page_comments(const struct vg_page *page, const json_t *comments);

/* The section of availability; nothing when no service is promised to anybody. 0 or VG_ENOMEM. */
VG_MUST_CHECK int vg_page_availability(const struct vg_page *page);
/* Its parts: measured outages, what persons say of them, and windows. */
VG_MUST_CHECK int vg_page_outages(const struct vg_page *page);
void vg_page_records(const struct vg_page *page);
void vg_page_windows(const struct vg_page *page);

/* The report's fee (a sentence, and its section), corrections, alarm effect and administrations:
 * html_fee.c; nothing when the model has none. */
void vg_page_fee_lead(const struct vg_page *page);
void vg_page_fee(const struct vg_page *page);
void vg_page_peers(const struct vg_page *page); /* html_peers.c */
void vg_page_corrections(const struct vg_page *page);
bool vg_page_has_alarms(const struct vg_page *page);
void vg_page_alarm_effect(const struct vg_page *page);
void vg_page_administrations(const struct vg_page *page);

/* KPIs by municipality, and tickets: html_evidence.c. */
void vg_page_evidence(const struct vg_page *page, const struct vg_grid *grid);

/* page_style.c */
extern const char vg_page_style[];

#endif
