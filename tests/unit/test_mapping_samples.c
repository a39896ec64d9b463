/* State traces by mapping files: small ones, and real ones against figures that were computed
 * elsewhere. */
#include "tests/unit/mapping_support.h"

#define UPPTIME MAPPINGS "upptime.yaml"
#define TRACES	VG_SOURCE_DIR "/../shared/data/uptime-traces/"

struct told {
	char text[4096];
	size_t used;
};

static bool
tell(const struct vg_mapped_row *row, void *arg)
{
	const struct vg_samples_body *body = &row->event.body.samples;
	struct told *told = arg;
	char *out = told->text + told->used;
	size_t size = sizeof(told->text) - told->used;
	int n;

	assert_true(row->outcome != VG_MAPPED_QUARANTINE);
	if (row->outcome == VG_MAPPED_EVENT) {
		assert_int_equal(row->event.kind, VG_KIND_SAMPLES_REPORTED);
		assert_int_equal(body->count, 1);
		assert_int_equal(body->sample->at_ms, row->event.occurred_ms);
		n = snprintf(out, size, "%s@%lld %s %lld '%s'\n", body->sample->probe,
			     (long long)body->sample->at_ms, vg_sample_words[body->sample->state],
			     (long long)body->sample->latency_ms, body->sample->text);
	} else if (row->outcome == VG_MAPPED_IGNORED) {
		n = snprintf(out, size, "ignored\n");
	} else {
		n = snprintf(out, size, "%d! %s '%s': %s\n", (int)row->line, row->field, row->value,
			     row->reason);
	}
	assert_true(n > 0 && (size_t)n < size);
	told->used += (size_t)n;
	return true;
}

static void
a_row_becomes_one_sample_or_a_complaint(void **state)
{
	static const char rules[] =
		"source: trace\ntarget: samples\nref: site\nnot_stated: ['']\n"
		"time: {from: at, pattern: epoch_s}\nignore_when: {site: [demo*]}\n"
		"fields:\n"
		"  state: {from: status, map: {up: ok, slow: warning, down: critical}}\n"
		"  latency_ms: {from: ms, not_stated: ['', '0']}\n"
		"  text: note\n";
	static const char rows[] = "at,site,status,ms,note\n"
				   "1000,web,up,94,HTTP 200\n"
				   "1060,web,down,0,19121212-1212\n"
				   "1120,web-2.A_b,slow,7,\n"
				   "1180,demo-1,up,1,\n"
				   "1240,web,sideways,1,\n"
				   "1300,web,,1,\n"
				   "1360,my web,up,1,\n"
				   "1420,,up,1,\n"
				   "soon,web,up,1,\n"
				   "1540,web,up,-3,\n"
				   "1600,web,up,1.5,\n";
	char mapping_path[] = "/tmp/vinga-test-mapping-XXXXXX";
	char rows_path[] = "/tmp/vinga-test-rows-XXXXXX";
	struct told told = {.used = 0};
	struct vg_mapping_run *run;
	struct vg_mapping *mapping;

	(void)state;
	write_file(mapping_path, rules);
	write_file(rows_path, rows);
	mapping = load(mapping_path);
	assert_int_equal(vg_mapping_kind(mapping), VG_KIND_SAMPLES_REPORTED);
	run = vg_mapping_run_new(mapping, NULL);
	assert_non_null(run);
	assert_int_equal(vg_mapping_file(run, rows_path, tell, &told, NULL, NULL, NULL), 0);
	assert_string_equal(
		told.text,
		"web@1000000 ok 94 'HTTP 200'\n"
		"web@1060000 critical -1 '[PNR]'\n"
		"web-2.A_b@1120000 warning 7 ''\n"
		"ignored\n"
		"6! status 'sideways': the mapping's state does not know this value\n"
		"7! state '': is not stated; expected a value that says it\n"
		"8! site 'my web': expected a probe's name: letters a-z, digits and . _ - only\n"
		"9! site '': is empty; expected the probe's name\n"
		"10! at 'soon': time \"soon\": character 1: expected digits, found \"soon\"\n"
		"11! ms '-3': expected a whole number\n"
		"12! ms '1.5': expected a whole number\n");
	vg_mapping_run_free(run);
	vg_mapping_free(mapping);
	assert_int_equal(unlink(mapping_path), 0);
	assert_int_equal(unlink(rows_path), 0);
}

static void
a_wrong_mapping_of_samples_is_told(void **state)
{
	static const struct {
		const char *text, *want;
	} wrong[] = {
		{"source: x\ntarget: sample\nref: a\ntime: {from: b, pattern: iso}\nfields: {}\n",
		 "2:9: "},
		{"source: x\ntarget: samples\nref: a\ntime: {from: b, pattern: iso}\nfields:\n"
		 "  text: c\n",
		 "expected \"state\": ok, warning, critical or unknown"},
		{"source: x\ntarget: samples\nref: a\ntime: {from: b, pattern: iso}\nfields:\n"
		 "  state: {from: c, map: {up: yes}}\n",
		 "6:30: state \"yes\": is not a word of this field: one of ok, warning, critical"},
		{"source: x\ntarget: samples\nref: a\ntime: {from: b, pattern: iso}\nfields:\n"
		 "  state: c\n  status: d\n",
		 "7:3: key \"status\" is not known; did you mean \"state\"?"},
		{"source: x\ntarget: samples\nformat: json\nref: a\n"
		 "time: {from: b, pattern: iso}\nfields:\n  state: c\n",
		 "3:9: format: samples are read from csv only"},
		{"source: x\ntarget: samples\nref: a\norder: o\ntime: {from: b, pattern: iso}\n"
		 "fields:\n  state: c\n",
		 "4:1: key \"order\" is not known"},
		{"source: x\nref: a\ntime: {from: b, pattern: iso}\nfields:\n  state: c\n",
		 "5:3: key \"state\" is not known"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char path[] = "/tmp/vinga-test-mapping-XXXXXX";
		struct vg_yaml_errors errors = {.count = 0};

		write_file(path, wrong[i].text);
		assert_null(vg_mapping_load(path, &errors));
		assert_int_equal(unlink(path), 0);
		assert_true(errors.count > 0);
		if (strstr(errors.text[0], wrong[i].want) == NULL)
			fail_msg("%s, not %s", errors.text[0], wrong[i].want);
		vg_yaml_errors_free(&errors);
	}
}

/* --- real traces --- */

struct seen {
	char probe[100];
	int64_t at_ms;
	size_t place; /* in the file */
	bool down;
};

struct trace {
	size_t count, ignored;
	struct seen seen[12000];
};

static bool
collect(const struct vg_mapped_row *row, void *arg)
{
	const struct vg_sample *sample = row->event.body.samples.sample;
	struct trace *trace = arg;
	struct seen *seen = &trace->seen[trace->count];

	if (row->outcome == VG_MAPPED_IGNORED) {
		trace->ignored++;
		return true;
	}
	assert_int_equal(row->outcome, VG_MAPPED_EVENT);
	assert_true(trace->count < sizeof(trace->seen) / sizeof(trace->seen[0]));
	(void)snprintf(seen->probe, sizeof(seen->probe), "%s", sample->probe);
	seen->at_ms = sample->at_ms;
	seen->down = sample->state == VG_SAMPLE_CRITICAL;
	seen->place = trace->count++;
	return true;
}

static int
by_site_and_time(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;
	int order = strcmp(x->probe, y->probe);

	if (order == 0)
		order = (x->at_ms > y->at_ms) - (x->at_ms < y->at_ms);
	return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

struct figures {
	size_t sites, rows, outages;
	int64_t down_ms, observed_ms;
};

/* One site's rows: a status holds until the next row; sites with fewer than 10 rows are left out.
 */
static void
add_site(const struct seen *seen, size_t count, struct figures *out)
{
	if (count < 10)
		return;
	out->sites++;
	out->rows += count;
	out->observed_ms += seen[count - 1].at_ms - seen[0].at_ms;
	for (size_t i = 0; i < count; i++) {
		if (!seen[i].down)
			continue;
		out->outages += i == 0 || !seen[i - 1].down;
		if (i + 1 < count)
			out->down_ms += seen[i + 1].at_ms - seen[i].at_ms;
	}
}

static struct figures
reckon(struct trace *trace)
{
	struct figures figures = {0};
	size_t first = 0;

	qsort(trace->seen, trace->count, sizeof(trace->seen[0]), by_site_and_time);
	for (size_t i = 1; i <= trace->count; i++) {
		if (i < trace->count && strcmp(trace->seen[i].probe, trace->seen[first].probe) == 0)
			continue;
		add_site(&trace->seen[first], i - first, &figures);
		first = i;
	}
	return figures;
}

/* expected.json beside the traces, by an independent program. */
static void
the_real_traces_give_the_expected_downtime(void **state)
{
	static const struct {
		const char *file;
		size_t sites, rows, outages;
		int64_t down_ms, observed_ms; /* sums over the sites */
	} want[] = {
		{TRACES "dhbern.csv.gz", 49, 10527, 774, 2077006429, 675701916984},
		{TRACES "manticore.csv.gz", 16, 318, 47, 72218460, 13463167052},
	};
	struct trace *trace = calloc(1, sizeof(*trace));
	struct vg_mapping *mapping = load(UPPTIME);

	(void)state;
	assert_non_null(trace);
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		struct vg_mapping_run *run = vg_mapping_run_new(mapping, NULL);
		struct figures got;

		assert_non_null(run);
		trace->count = trace->ignored = 0;
		if (access(want[i].file, R_OK) != 0) {
			print_message("%s is not here: skipped\n", want[i].file);
			vg_mapping_run_free(run);
			continue;
		}
		assert_int_equal(
			vg_mapping_file(run, want[i].file, collect, trace, NULL, NULL, NULL), 0);
		vg_mapping_run_free(run);
		got = reckon(trace);
		assert_true(trace->ignored > 0);
		assert_int_equal(got.sites, want[i].sites);
		assert_int_equal(got.rows, want[i].rows);
		assert_int_equal(got.outages, want[i].outages);
		assert_int_equal(got.down_ms, want[i].down_ms);
		assert_int_equal(got.observed_ms, want[i].observed_ms);
	}
	vg_mapping_free(mapping);
	free(trace);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_becomes_one_sample_or_a_complaint),
		cmocka_unit_test(a_wrong_mapping_of_samples_is_told),
		cmocka_unit_test(the_real_traces_give_the_expected_downtime),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
