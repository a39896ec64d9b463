/* chart.c - bars and lines, drawn with integers.
 *
 * The hard thing is the axis: it ends at a round number at or past the largest value, below 0 too
 * where there are credits, in at most six steps of 1, 2 or 5 times a power of ten. */
#include "lib/report/chart.h"

#include "lib/report/text.h"

#include <inttypes.h>
#include <string.h>

/* The picture in its own units; labels of the axis stand left of `LEFT`. */
#define WIDTH  720
#define HEIGHT 280
#define LEFT   96
#define RIGHT  12
#define TOP    14
#define BOTTOM 34
#define STEPS  5
/* More points than LYING have their labels upright, for which the picture is so much higher. */
#define LYING	13
#define UPRIGHT 96

struct axis {
	int64_t low, high, step; /* low <= 0 <= high, low < high */
};

static bool
is_upright(const struct vg_chart *chart)
{
	return chart->points > LYING;
}

/* The smallest of 1, 2, 5, 10, 20, 50 ... that is not below `least`. */
static int64_t
round_step(int64_t least)
{
	static const int64_t parts[] = {1, 2, 5};
	int64_t power = 1;

	for (;;) {
		for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
			if (power * parts[i] >= least)
				return power * parts[i];
		if (power > INT64_MAX / 100)
			return INT64_MAX / 100;
		power *= 10;
	}
}

static size_t
points_of(const struct vg_chart *chart)
{
	return chart->points < VG_CHART_POINTS_MAX ? chart->points : VG_CHART_POINTS_MAX;
}

static size_t
series_of(const struct vg_chart *chart)
{
	return chart->series < VG_CHART_SERIES_MAX ? chart->series : VG_CHART_SERIES_MAX;
}

static struct axis
axis_of(const struct vg_chart *chart)
{
	struct axis axis = {0, 0, 1};

	for (size_t s = 0; s < series_of(chart); s++)
		for (size_t i = 0; i < points_of(chart); i++) {
			int64_t value = chart->of[s].value[i];

			if (value == VG_CHART_NONE)
				continue;
			axis.low = value < axis.low ? value : axis.low;
			axis.high = value > axis.high ? value : axis.high;
		}
	axis.step = round_step((axis.high - axis.low + STEPS - 1) / STEPS);
	axis.high = (axis.high / axis.step + (axis.high % axis.step != 0)) * axis.step;
	axis.low = (axis.low / axis.step - (axis.low % axis.step != 0)) * axis.step;
	if (axis.high == axis.low)
		axis.high = axis.low + axis.step;
	return axis;
}

/* Hundredths of a unit from the top. */
static int64_t
y_of(const struct axis *axis, int64_t value)
{
	const int64_t height = (HEIGHT - TOP - BOTTOM) * INT64_C(100);
	__extension__ __int128 down = (__int128)height * (axis->high - value);

	return TOP * 100 + (int64_t)(down / (axis->high - axis->low));
}

/* Left edge of a point's place. */
static int64_t
x_of(const struct vg_chart *chart, size_t point)
{
	return LEFT * 100 +
	       (int64_t)point * (WIDTH - LEFT - RIGHT) * 100 / (int64_t)points_of(chart);
}

static void
put_length(const struct vg_page *page, const char *name, int64_t hundredths)
{
	fprintf(page->out, " %s=\"%" PRId64 ".%02d\"", name, hundredths / 100,
		(int)(hundredths % 100));
}

/* Below its point; upright, it reads from below. */
static void
put_label(const struct vg_page *page, const struct vg_chart *chart, size_t point)
{
	int64_t middle = (x_of(chart, point) + x_of(chart, point + 1)) / 2;
	FILE *out = page->out;

	if (is_upright(chart)) {
		int64_t x = middle + 400;

		fprintf(out,
			"<text text-anchor=end transform=\"translate(%" PRId64 ".%02d %d) "
			"rotate(-90)\">",
			x / 100, (int)(x % 100), HEIGHT - BOTTOM + 8);
	} else {
		fputs("<text text-anchor=middle", out);
		put_length(page, "x", middle);
		fprintf(out, " y=%d>", HEIGHT - BOTTOM + 18);
	}
	vg_page_text(page, chart->label[point]);
	fputs("</text>\n", out);
}

static void
put_axis(const struct vg_page *page, const struct vg_chart *chart, const struct axis *axis)
{
	FILE *out = page->out;
	char text[VG_NUMBER_MAX];

	for (int64_t value = axis->low; value <= axis->high; value += axis->step) {
		int64_t y = y_of(axis, value);

		fprintf(out, "<line class=\"%s\" x1=%d x2=%d", value == 0 ? "zero" : "grid", LEFT,
			WIDTH - RIGHT);
		put_length(page, "y1", y);
		put_length(page, "y2", y);
		fprintf(out, "/><text text-anchor=end x=%d", LEFT - 6);
		put_length(page, "y", y + 400);
		fprintf(out, ">%s</text>\n", vg_say_number(page, chart->text(value, text)));
	}
	for (size_t i = 0; i < points_of(chart); i++)
		put_label(page, chart, i);
}

/* The first kind of bar is plain, the others are hatched each its own way. */
static void
put_patterns(const struct vg_page *page, const struct vg_chart *chart)
{
	static const char *const strokes[VG_CHART_SERIES_MAX] = {"", "M0 8L8 0", "M4 0V8",
								 "M0 4H8M4 0V8"};

	fputs("<defs>", page->out);
	for (size_t s = 1; s < series_of(chart); s++)
		if (!chart->of[s].line)
			fprintf(page->out,
				"<pattern id=\"%s-p%zu\" width=8 height=8 "
				"patternUnits=userSpaceOnUse><path class=hatch "
				"d=\"%s\"/></pattern>",
				chart->id, s, strokes[s]);
	fputs("</defs>\n", page->out);
}

static void
put_bar_style(const struct vg_page *page, const struct vg_chart *chart, size_t series)
{
	if (series == 0)
		fputs("<rect class=bar fill=currentColor", page->out);
	else
		fprintf(page->out, "<rect class=\"bar b%zu\" fill=\"url(#%s-p%zu)\"", series,
			chart->id, series);
}

/* Bars stand side by side in a point's place, with a quarter of it free. */
static void
put_bars(const struct vg_page *page, const struct vg_chart *chart, const struct axis *axis,
	 size_t series, size_t bar, size_t bars)
{
	for (size_t i = 0; i < points_of(chart); i++) {
		int64_t value = chart->of[series].value[i], from = x_of(chart, i),
			place = (x_of(chart, i + 1) - from) * 3 / 4, zero = y_of(axis, 0), y;

		if (value == VG_CHART_NONE)
			continue;
		y = y_of(axis, value);
		put_bar_style(page, chart, series);
		put_length(page, "x", from + place / 6 + place * (int64_t)bar / (int64_t)bars);
		put_length(page, "width", place / (int64_t)bars);
		put_length(page, "y", y < zero ? y : zero);
		put_length(page, "height", y < zero ? zero - y : y - zero);
		fputs("/>\n", page->out);
	}
}

/* A stroke from each known point to the next, and a mark on it where there is room. */
static void
put_line(const struct vg_page *page, const struct vg_chart *chart, const struct axis *axis,
	 size_t series)
{
	FILE *out = page->out;
	bool drawn = false;

	fprintf(out, "<path class=\"l%zu\" d=\"", series);
	for (size_t i = 0; i < points_of(chart); i++) {
		int64_t value = chart->of[series].value[i], x, y;

		if (value == VG_CHART_NONE) {
			drawn = false;
			continue;
		}
		x = (x_of(chart, i) + x_of(chart, i + 1)) / 2;
		y = y_of(axis, value);
		fprintf(out, "%c%" PRId64 ".%02d %" PRId64 ".%02d", drawn ? 'L' : 'M', x / 100,
			(int)(x % 100), y / 100, (int)(y % 100));
		drawn = true;
	}
	fputs("\"/>\n", out);
	for (size_t i = 0; i < points_of(chart) && !is_upright(chart); i++) {
		if (chart->of[series].value[i] == VG_CHART_NONE)
			continue;
		fprintf(out, "<circle class=\"m%zu\" r=3", series);
		put_length(page, "cx", (x_of(chart, i) + x_of(chart, i + 1)) / 2);
		put_length(page, "cy", y_of(axis, chart->of[series].value[i]));
		fputs("/>", out);
	}
	fputc('\n', out);
}

static void
put_picture(const struct vg_page *page, const struct vg_chart *chart)
{
	const struct axis axis = axis_of(chart);
	size_t bars = 0, bar = 0;
	FILE *out = page->out;

	for (size_t s = 0; s < series_of(chart); s++)
		bars += !chart->of[s].line;
	fprintf(out,
		"<svg class=chart role=img aria-labelledby=\"%s-t %s-d\" viewBox=\"0 0 %d %d\">"
		"<title id=\"%s-t\">",
		chart->id, chart->id, WIDTH, HEIGHT + (is_upright(chart) ? UPRIGHT : 0), chart->id);
	vg_page_text(page, chart->title);
	fprintf(out, "</title><desc id=\"%s-d\">", chart->id);
	vg_page_text(page, chart->desc);
	fputs("</desc>\n", out);
	put_patterns(page, chart);
	put_axis(page, chart, &axis);
	for (size_t s = 0; s < series_of(chart); s++)
		if (!chart->of[s].line)
			put_bars(page, chart, &axis, s, bar++, bars);
	for (size_t s = 0; s < series_of(chart); s++)
		if (chart->of[s].line)
			put_line(page, chart, &axis, s);
	fputs("</svg>\n", out);
}

/* What each hatching and dash stands for; the table says it in words. */
static void
put_legend(const struct vg_page *page, const struct vg_chart *chart)
{
	FILE *out = page->out;

	fputs("<figcaption>", out);
	for (size_t s = 0; s < series_of(chart); s++) {
		fputs("<span class=key><svg aria-hidden=true width=26 height=14 "
		      "viewBox=\"0 0 26 14\">",
		      out);
		if (chart->of[s].line)
			fprintf(out,
				"<path class=\"l%zu\" d=\"M1 7L25 7\"/>"
				"<circle class=\"m%zu\" r=3 cx=13 cy=7 />",
				s, s);
		else
			put_bar_style(page, chart, s);
		fputs(chart->of[s].line ? "" : " x=1 y=1 width=24 height=12 />", out);
		fputs("</svg> ", out);
		vg_page_text(page, chart->of[s].name);
		fputs("</span>", out);
	}
	fputs("</figcaption>\n", out);
}

static void
put_table(const struct vg_page *page, const struct vg_chart *chart)
{
	const char *heads[VG_CHART_SERIES_MAX + 2] = {chart->subject};
	char text[VG_NUMBER_MAX];

	for (size_t s = 0; s < series_of(chart); s++)
		heads[s + 1] = chart->of[s].name;
	fprintf(page->out, "<details><summary>%s</summary>\n", vg_say(page, "Diagrammets tal"));
	vg_page_table(page, chart->title, heads, 1);
	for (size_t i = 0; i < chart->points; i++) {
		fputs("<tr><th scope=row>", page->out);
		vg_page_text(page, chart->label[i]);
		fputs("</th>", page->out);
		for (size_t s = 0; s < series_of(chart); s++) {
			int64_t value = chart->of[s].value[i];

			fprintf(page->out, "<td class=n>%s</td>",
				value == VG_CHART_NONE
					? "–"
					: vg_say_number(page, chart->text(value, text)));
		}
		fputs("</tr>\n", page->out);
	}
	vg_page_table_end(page);
	fputs("</details>", page->out);
}

void
vg_chart(const struct vg_page *page, const struct vg_chart *chart)
{
	if (chart->points == 0)
		return;
	fprintf(page->out, "<figure>\n<div class=wide tabindex=0 role=group aria-label=\"%s\">\n",
		vg_say(page, "Diagram"));
	put_picture(page, chart);
	fputs("</div>\n", page->out);
	put_legend(page, chart);
	put_table(page, chart);
	fputs("</figure>\n", page->out);
}
