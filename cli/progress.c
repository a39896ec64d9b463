/* progress.c - a bar with bytes, rows a second and the time that is left. */
#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BAR 30

static int64_t
now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void
vg_progress_begin(struct vg_progress *progress, const char *what)
{
	*progress = (struct vg_progress){
		.what = what, .terminal = isatty(STDERR_FILENO) == 1, .begun_ms = now_ms()};
	progress->shown_ms = progress->begun_ms;
}

static int64_t
rate(const struct vg_progress *progress, int64_t rows, int64_t at_ms)
{
	int64_t spent_ms = at_ms - progress->begun_ms;

	return spent_ms > 0 ? rows * 1000 / spent_ms : 0;
}

void
vg_progress_show(struct vg_progress *progress, int64_t done_bytes, int64_t total_bytes,
		 int64_t rows)
{
	int64_t at_ms = now_ms(), total = total_bytes > 0 ? total_bytes : 1, left_s = 0;
	int share, filled;

	if (at_ms - progress->shown_ms < (progress->terminal ? 100 : 10000))
		return;
	progress->shown_ms = at_ms;
	share = (int)(done_bytes * 100 / total);
	if (done_bytes > 0)
		left_s = (at_ms - progress->begun_ms) * (total - done_bytes) / done_bytes / 1000;
	if (!progress->terminal) {
		fprintf(stderr, "%s: %d %%, %" PRId64 " rows, %" PRId64 " rows/s\n", progress->what,
			share, rows, rate(progress, rows, at_ms));
		return;
	}
	filled = share * BAR / 100;
	fprintf(stderr,
		"\r%s [%.*s%*s] %3d %%  %" PRId64 " of %" PRId64 " KiB  %" PRId64 " rows  %" PRId64
		" rows/s  %" PRId64 ":%02" PRId64 " left  ",
		progress->what, filled, "##############################", BAR - filled, "", share,
		done_bytes / 1024, total_bytes / 1024, rows, rate(progress, rows, at_ms),
		left_s / 60, left_s % 60);
}

void
vg_progress_end(struct vg_progress *progress, int64_t rows)
{
	int64_t at_ms = now_ms();

	fprintf(stderr, "%s%s: %" PRId64 " rows in %" PRId64 ".%" PRId64 " s, %" PRId64 " rows/s\n",
		progress->terminal ? "\r\033[K" : "", progress->what, rows,
		(at_ms - progress->begun_ms) / 1000, (at_ms - progress->begun_ms) / 100 % 10,
		rate(progress, rows, at_ms));
}
