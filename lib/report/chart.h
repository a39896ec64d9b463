/* Charts as inline SVG, each with the table of its numbers.
 *
 * A screen reader gets a title, a sentence and the table; who does not see colours gets hatching,
 * dashes and marks; who prints gets vectors. Coordinates are integers in hundredths, so the same
 * numbers give the same bytes. */
#ifndef VG_REPORT_CHART_H
#define VG_REPORT_CHART_H

#include "lib/report/page.h"

#include <stdint.h>

#define VG_CHART_POINTS_MAX 62
#define VG_CHART_SERIES_MAX 4
#define VG_CHART_NONE	    INT64_MIN /* no value at this point */

struct vg_chart_series {
	const char *name;
	bool line;	      /* else bars */
	const int64_t *value; /* one for each point */
};

/* The value as its axis and table have it; out has VG_NUMBER_MAX bytes. Returns out. */
typedef char *vg_chart_text_cb(int64_t value, char *out);

struct vg_chart {
	const char *id;		  /* unique in the page; letters and - */
	const char *title, *desc; /* in the page's language */
	const char *subject;	  /* what a point is: the head of the table's first column */
	size_t points, series;	  /* more than the maximum are left out of the picture */
	const char *const *label; /* of each point */
	const struct vg_chart_series *of;
	vg_chart_text_cb *text;
};

/* <figure> with the picture, its legend and, unfolded, the table. */
void vg_chart(const struct vg_page *page, const struct vg_chart *chart);

#endif
