/* trace.c - the profile of a state trace: how long each probe of a file was observed and down.
 *
 * A trace has a row at each change of state, so a state holds until the probe's next row; a probe
 * counts from its first to its last row, and an outage from its first row that is down to the next
 * that is up. Times come from the core's runs; only the response times, which runs do not have, are
 * collected on the way. */
#include "cli/trace.h"

#include "cli/progress.h"
#include "core/avail.h"
#include "core/ut.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MIN   10 /* a probe with fewer is left out of the sums */
#define PROBES_MAX 10000

struct site {
	UT_hash_handle hh;
	size_t count, size;
	int64_t *latency_ms; /* of rows that are up */
	char name[];
};

struct trace {
	struct vg_cli *cli;
	const char *path, *source;
	struct vg_core *core;
	struct site *sites;
	struct vg_progress progress;
	int64_t seq, rows, malformed, done_bytes, total_bytes;
	int rc;
};

/* What one probe comes to. */
struct sums {
	int64_t rows, first_ms, last_ms, down_ms, outages, longest_ms;
	int64_t down_since_ms; /* -1 = up */
};

static int
no_memory(const struct trace *trace)
{
	return vg_cli_fail(trace->cli, VG_EXIT_DIFFERS, "out of memory");
}

/* --- reading --- */

static struct site *
site_of(struct trace *trace, const char *name)
{
	struct site *site;
	size_t length = strlen(name);

	HASH_FIND_STR(trace->sites, name, site);
	if (site != NULL || HASH_COUNT(trace->sites) == PROBES_MAX)
		return site;
	site = calloc(1, sizeof(*site) + length + 1);
	if (site == NULL)
		return NULL;
	memcpy(site->name, name, length);
	HASH_ADD_STR(trace->sites, name, site);
	return site;
}

static bool
keep_latency(struct site *site, int64_t latency_ms)
{
	if (site->count == site->size) {
		size_t size = site->size == 0 ? 64 : site->size * 2;
		int64_t *grown = reallocarray(site->latency_ms, size, sizeof(*grown));

		if (grown == NULL)
			return false;
		site->latency_ms = grown;
		site->size = size;
	}
	site->latency_ms[site->count++] = latency_ms;
	return true;
}

static int
take(struct trace *trace, const struct vg_mapped_row *row)
{
	struct vg_event event = row->event;
	const struct vg_sample *sample = event.body.samples.sample;
	struct site *site = site_of(trace, sample->probe);
	struct vg_verdict verdict;

	if (site == NULL)
		return vg_cli_fail(trace->cli, VG_EXIT_MALFORMED,
				   "%s: more than %d probes, or out of memory", trace->path,
				   PROBES_MAX);
	if (sample->state == VG_SAMPLE_OK && sample->latency_ms >= 0 &&
	    !keep_latency(site, sample->latency_ms))
		return no_memory(trace);
	event.seq = ++trace->seq;
	event.source = trace->source;
	event.event_id = event.actor = event.import = "";
	event.body.samples.boot_id = "trace";
	event.body.samples.batch = event.seq;
	event.body.samples.sent_ms = sample->at_ms;
	event.received_ms = vg_core_received_ms(trace->core);
	if (event.received_ms < sample->at_ms)
		event.received_ms = sample->at_ms;
	return vg_core_step(trace->core, &event, &verdict) == 0 ? 0 : no_memory(trace);
}

static bool
on_row(const struct vg_mapped_row *row, void *arg)
{
	struct trace *trace = arg;

	trace->rows++;
	if (row->outcome == VG_MAPPED_EVENT) {
		trace->rc = take(trace, row);
	} else if (row->outcome == VG_MAPPED_MALFORMED) {
		trace->malformed++;
		fprintf(stderr, "%s:%" PRId64 ": %s: %s\n", trace->path, row->line, row->field,
			row->reason);
	}
	vg_progress_show(&trace->progress, trace->done_bytes, trace->total_bytes, trace->rows);
	return trace->rc == 0;
}

static int
read_file(struct trace *trace, struct vg_mapping *mapping)
{
	struct vg_mapping_run *run = vg_mapping_run_new(mapping, NULL);
	struct vg_err err = {0};
	int read;

	if (run == NULL)
		return no_memory(trace);
	vg_progress_begin(&trace->progress, "profile");
	read = vg_mapping_file(run, trace->path, on_row, trace, &trace->done_bytes,
			       &trace->total_bytes, &err);
	vg_progress_end(&trace->progress, trace->rows);
	vg_mapping_run_free(run);
	if (trace->rc == 0 && read < 0)
		return vg_cli_fail(trace->cli, VG_EXIT_MALFORMED, "%s", vg_err_text(&err, read));
	return trace->rc;
}

/* --- summing --- */

static void
end_outage(struct sums *sums, int64_t at_ms)
{
	int64_t length_ms = at_ms - sums->down_since_ms;

	sums->down_ms += length_ms;
	if (length_ms > sums->longest_ms)
		sums->longest_ms = length_ms;
	sums->down_since_ms = -1;
}

static void
add_run(const struct vg_run *run, void *arg)
{
	struct sums *sums = arg;
	bool down = run->state == VG_SAMPLE_CRITICAL;

	if (sums->rows == 0)
		sums->first_ms = run->first_ms;
	sums->rows += run->count;
	sums->last_ms = run->last_ms;
	if (down && sums->down_since_ms < 0) {
		sums->down_since_ms = run->first_ms;
		sums->outages++;
	} else if (!down && sums->down_since_ms >= 0) {
		end_outage(sums, run->first_ms);
	}
}

static int
ascending(const void *left, const void *right)
{
	const int64_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

/* Interpolated at (n - 1) q, in ms. */
static json_t *
quantile(const struct site *site, size_t percent)
{
	size_t at = site->count > 0 ? (site->count - 1) * percent : 0, low = at / 100;
	double value;

	if (site->count == 0)
		return json_null();
	value = (double)site->latency_ms[low];
	if (at % 100 != 0)
		value += (double)(site->latency_ms[low + 1] - site->latency_ms[low]) *
			 (double)(at % 100) / 100;
	return json_real(value);
}

/* A number with so many decimals. */
static json_t *
rounded(double value, int decimals)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "%.*f", decimals, value);
	return json_real(strtod(text, NULL));
}

static json_t *
availability(int64_t down_ms, int64_t observed_ms)
{
	return observed_ms > 0 ? rounded(1 - (double)down_ms / (double)observed_ms, 8)
			       : json_null();
}

static json_t *
site_json(struct site *site, struct sums *sums)
{
	bool open = sums->down_since_ms >= 0;

	if (open)
		end_outage(sums, sums->last_ms);
	if (site->count > 0)
		qsort(site->latency_ms, site->count, sizeof(*site->latency_ms), ascending);
	return json_pack(
		"{sI sI sI sI sI sI si sI so so so}", "rows", (json_int_t)sums->rows, "first_ms",
		(json_int_t)sums->first_ms, "last_ms", (json_int_t)sums->last_ms, "observed_ms",
		(json_int_t)(sums->last_ms - sums->first_ms), "downtime_ms",
		(json_int_t)sums->down_ms, "outages", (json_int_t)sums->outages, "open_at_end",
		open ? 1 : 0, "longest_outage_ms", (json_int_t)sums->longest_ms, "availability",
		availability(sums->down_ms, sums->last_ms - sums->first_ms), "up_response_p50_ms",
		quantile(site, 50), "up_response_p95_ms", quantile(site, 95));
}

static int
by_name(const struct site *a, const struct site *b)
{
	return strcmp(a->name, b->name);
}

/* The sites one by one and pooled; NULL = out of memory. */
static json_t *
make_json(struct trace *trace)
{
	json_t *sites = json_object(), *left_out = json_array();
	int64_t rows = 0, outages = 0, down_ms = 0, observed_ms = 0;
	struct site *site, *next;

	HASH_SORT(trace->sites, by_name);
	HASH_ITER(hh, trace->sites, site, next)
	{
		struct sums sums = {.down_since_ms = -1};

		if (vg_probe_runs(trace->core, trace->source, site->name, INT64_MIN, INT64_MAX,
				  add_run, &sums) != 0) {
			trace->rc = VG_ENOMEM;
			break;
		}
		if (sums.rows < ROWS_MIN) {
			(void)json_array_append_new(left_out, json_string(site->name));
			continue;
		}
		(void)json_object_set_new(sites, site->name, site_json(site, &sums));
		rows += sums.rows;
		outages += sums.outages;
		down_ms += sums.down_ms;
		observed_ms += sums.last_ms - sums.first_ms;
	}
	return json_pack("{sI so sI sI so so so so}", "sites_counted",
			 (json_int_t)json_object_size(sites), "sites_left_out", left_out, "rows",
			 (json_int_t)rows, "outages", (json_int_t)outages, "downtime_h",
			 rounded((double)down_ms / 3600000, 4), "observed_h",
			 rounded((double)observed_ms / 3600000, 4), "availability_pooled",
			 availability(down_ms, observed_ms), "sites", sites);
}

static int
print(struct trace *trace)
{
	json_t *json = make_json(trace);
	size_t form = vg_cli_flag(trace->cli, "json") ? JSON_COMPACT : JSON_INDENT(1);
	int rc = trace->rc != 0 || json == NULL ? no_memory(trace) : 0;

	if (rc == 0 &&
	    (json_dumpf(json, stdout, JSON_SORT_KEYS | JSON_REAL_PRECISION(12) | form) != 0 ||
	     putchar('\n') == EOF))
		rc = vg_cli_fail(trace->cli, VG_EXIT_DIFFERS, "standard output: write failed");
	json_decref(json);
	return rc;
}

int
vg_trace_profile(struct vg_cli *cli, struct vg_mapping *mapping, const char *path)
{
	struct trace trace = {.cli = cli,
			      .path = path,
			      .source = vg_mapping_source(mapping),
			      .core = vg_core_new()};
	struct site *site, *next;
	int rc = trace.core != NULL ? read_file(&trace, mapping) : no_memory(&trace);

	if (rc == 0)
		rc = print(&trace);
	if (rc == 0 && trace.malformed > 0)
		rc = VG_EXIT_MALFORMED;
	HASH_ITER(hh, trace.sites, site, next)
	{
		HASH_DEL(trace.sites, site);
		free(site->latency_ms);
		free(site);
	}
	vg_core_free(trace.core);
	return rc;
}
