/* Pieces of HTML that the report's parts share. Private to lib/report. */
#ifndef VG_REPORT_PAGE_H
#define VG_REPORT_PAGE_H

#include <jansson.h>
#include <stdio.h>

void vg_page_text(FILE *out, const char *text); /* escaped */
void vg_page_instant(FILE *out, int64_t at_ms); /* "2016-04-30 17:00:05" */
void vg_page_number(FILE *out, int64_t number); /* a table's cell */
/* The section of availability; nothing when no service is promised to anybody. */
void vg_page_availability(FILE *out, const json_t *model);

#endif
