/* Pieces of HTML that the report's parts share. Private to lib/report. */
#ifndef VG_REPORT_PAGE_H
#define VG_REPORT_PAGE_H

#include "lib/base/err.h"

#include <jansson.h>
#include <stdio.h>

void vg_page_text(FILE *out, const char *text); /* escaped */
void vg_page_instant(FILE *out, int64_t at_ms); /* "2016-04-30 17:00:05" */
void vg_page_number(FILE *out, int64_t number); /* a table's cell */
/* "✓ " for met, "✕ " for missed, "" for what is neither: a verdict without its colour. */
const char *vg_page_mark(const char *verdict);
/* Cells of a table: text ("–" when empty), a share in percent, an instant, a length of time. */
void vg_page_cell(FILE *out, const char *text);
void vg_page_share(FILE *out, int64_t num, int64_t den);
void vg_page_at(FILE *out, int64_t at_ms);
void vg_page_length(FILE *out, int64_t seconds);
/* A table up to its rows; `heads` end with NULL, those after the first `texts` are of numbers. */
void vg_page_table(FILE *out, const char *caption, const char *const *heads, size_t texts);
void vg_page_table_end(FILE *out);
/* What the agreement calls a service, a channel or a municipality, as a cell. */
void vg_page_service(FILE *out, const json_t *model, const json_t *row); /* begins a table's row */
void vg_page_channel(FILE *out, const json_t *model, const json_t *row);
void vg_page_municipality(FILE *out, const json_t *model, const json_t *row);

/* The section of availability; nothing when no service is promised to anybody. 0 or VG_ENOMEM. */
VG_MUST_CHECK int vg_page_availability(FILE *out, const json_t *model);
/* Its parts: measured outages, what persons say of them, and windows. */
VG_MUST_CHECK int vg_page_outages(FILE *out, const json_t *model);
void vg_page_records(FILE *out, const json_t *model);
void vg_page_windows(FILE *out, const json_t *model);

#endif
