/* dry_run.c - what a mapping would make of a file. */
#include "cli/dry_run.h"

#include "cli/progress.h"
#include "cli/remote.h"
#include "cli/replay.h"
#include "cli/source.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct dry {
	struct vg_cli *cli;
	const char *path;
	const char *source;
	struct vg_core *core;
	json_t *states; /* samples by their state */
	struct vg_unmapped *unmapped;
	struct vg_progress progress;
	int64_t rows, events, quarantined, malformed, ignored, redacted, flagged;
	int64_t done_bytes, total_bytes, seq;
	int rc;
};

/* Counts by a word: an object from word to number. */
static void
count(json_t *counts, const char *word)
{
	const json_t *old = json_object_get(counts, *word != '\0' ? word : "none");

	(void)json_object_set_new(counts, *word != '\0' ? word : "none",
				  json_integer(json_integer_value(old) + 1));
}

static int
step(struct dry *dry, const struct vg_mapped_row *row)
{
	struct vg_event event = row->event;
	struct vg_verdict verdict;

	dry->events++;
	if (event.kind == VG_KIND_SAMPLES_REPORTED) {
		count(dry->states, vg_sample_words[event.body.samples.sample->state]);
		return 0;
	}
	event.seq = ++dry->seq;
	event.source = dry->source;
	event.actor = event.import = "";
	event.received_ms = vg_core_received_ms(dry->core);
	if (event.received_ms < event.occurred_ms)
		event.received_ms = event.occurred_ms;
	if (vg_core_step(dry->core, &event, &verdict) != 0)
		return vg_cli_fail(dry->cli, VG_EXIT_DIFFERS, "out of memory");
	dry->flagged += verdict.code == VG_VERDICT_FLAGGED;
	return 0;
}

static bool
on_row(const struct vg_mapped_row *row, void *arg)
{
	struct dry *dry = arg;

	dry->rows++;
	dry->redacted += (int64_t)row->redacted;
	switch (row->outcome) {
	case VG_MAPPED_EVENT:
		dry->rc = step(dry, row);
		break;
	case VG_MAPPED_QUARANTINE:
		dry->quarantined++;
		vg_unmapped_value(dry->unmapped, row->field, row->value);
		break;
	case VG_MAPPED_MALFORMED:
		dry->malformed++;
		vg_unmapped_malformed(dry->unmapped, dry->path, row);
		break;
	case VG_MAPPED_IGNORED:
		dry->ignored++;
		break;
	}
	vg_progress_show(&dry->progress, dry->done_bytes, dry->total_bytes, dry->rows);
	return dry->rc == 0;
}

static int
run(struct dry *dry, struct vg_mapping *mapping)
{
	struct vg_agreement *agreement = NULL;
	struct vg_mapping_run *mapping_run;
	struct vg_err err = {0};
	int rc = vg_source_agreement(dry->cli, &agreement), read;

	if (rc != 0)
		return rc;
	dry->source = vg_mapping_source(mapping);
	mapping_run = vg_mapping_run_new(mapping, agreement);
	dry->core = vg_core_new();
	dry->unmapped = vg_unmapped_new();
	if (mapping_run == NULL || dry->core == NULL || dry->unmapped == NULL ||
	    vg_replay_apply(dry->core, agreement, ++dry->seq, 0) != 0) {
		rc = vg_cli_fail(dry->cli, VG_EXIT_DIFFERS, "out of memory");
	} else {
		vg_progress_begin(&dry->progress, "dry run");
		read = vg_mapping_file(mapping_run, dry->path, on_row, dry, &dry->done_bytes,
				       &dry->total_bytes, &err);
		vg_progress_end(&dry->progress, dry->rows);
		rc = dry->rc;
		if (rc == 0 && read < 0)
			rc = vg_cli_fail(dry->cli, VG_EXIT_MALFORMED, "%s",
					 vg_err_text(&err, read));
	}
	vg_mapping_run_free(mapping_run);
	vg_agreement_unref(agreement);
	return rc;
}

int
vg_dry_core(struct vg_cli *cli, struct vg_mapping *mapping, const char *path, struct vg_core **out)
{
	struct dry dry = {.cli = cli, .path = path, .states = json_object()};
	int rc = run(&dry, mapping);

	json_decref(dry.states);
	vg_unmapped_free(dry.unmapped);
	if (rc != 0)
		vg_core_free(dry.core);
	*out = rc == 0 ? dry.core : NULL;
	return rc;
}

static json_t *
shares(const struct vg_core *core)
{
	json_t *municipality = json_object(), *line = json_object(), *priority = json_object(),
	       *status = json_object();
	static const char *const lines[] = {"unknown", "1", "2", "3"};

	for (const struct vg_ticket *ticket = vg_core_ticket_next(core, NULL); ticket != NULL;
	     ticket = vg_core_ticket_next(core, ticket)) {
		struct vg_ticket_view view;

		vg_ticket_view(core, ticket, INT64_MAX, &view, NULL, NULL);
		count(municipality,
		      view.text[VG_TF_MUNICIPALITY] != NULL ? view.text[VG_TF_MUNICIPALITY] : "");
		count(line, lines[view.highest_line]);
		count(priority, view.priority);
		count(status, vg_word(VG_TF_STATUS, (int64_t)view.status));
	}
	return json_pack("{so so so so}", "municipality", municipality, "highest_line", line,
			 "priority", priority, "status", status);
}

struct share {
	const char *word;
	int64_t n;
};

/* The commonest first. */
static int
by_count(const void *a, const void *b)
{
	const struct share *x = a, *y = b;

	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return strcmp(x->word, y->word);
}

static void
print_counts(const json_t *counts, int64_t tickets)
{
	struct share *share = calloc(json_object_size(counts) + 1, sizeof(*share));
	const char *word;
	json_t *number;
	size_t n = 0;

	if (share == NULL)
		return;
	json_object_foreach((json_t *)(uintptr_t)counts, word, number) share[n++] =
		(struct share){word, json_integer_value(number)};
	qsort(share, n, sizeof(*share), by_count);
	for (size_t i = 0; i < n; i++)
		printf("  %8" PRId64 "  %3" PRId64 ",%" PRId64 " %%  %s\n", share[i].n,
		       share[i].n * 100 / tickets, share[i].n * 1000 / tickets % 10, share[i].word);
	free(share);
}

static void
print_shares(const json_t *all, int64_t tickets)
{
	const char *name;
	json_t *counts;

	json_object_foreach((json_t *)(uintptr_t)all, name, counts)
	{
		printf("%s:\n", name);
		print_counts(counts, tickets);
	}
}

static int
print(struct dry *dry)
{
	int64_t tickets = (int64_t)vg_core_ticket_count(dry->core);
	json_t *by = shares(dry->core), *json;
	int rc = VG_EXIT_OK;

	if (vg_cli_flag(dry->cli, "json")) {
		json = json_pack("{sI sI sI sI sI sI sI sI sO}", "rows", (json_int_t)dry->rows,
				 "events", (json_int_t)dry->events, "tickets", (json_int_t)tickets,
				 "flagged", (json_int_t)dry->flagged, "quarantined",
				 (json_int_t)dry->quarantined, "malformed",
				 (json_int_t)dry->malformed, "ignored", (json_int_t)dry->ignored,
				 "redacted", (json_int_t)dry->redacted, "shares", by);
		rc = vg_print_json(dry->cli, json);
		json_decref(json);
	} else {
		printf("%" PRId64 " rows give %" PRId64 " events on %" PRId64 " tickets; %" PRId64
		       " with data faults, %" PRId64 " would be in quarantine, %" PRId64
		       " malformed, %" PRId64 " ignored, %" PRId64 " identity numbers masked\n",
		       dry->rows, dry->events, tickets, dry->flagged, dry->quarantined,
		       dry->malformed, dry->ignored, dry->redacted);
		if (tickets > 0)
			print_shares(by, tickets);
		if (dry->quarantined > 0) {
			puts("values that the mapping does not know:");
			vg_unmapped_print(dry->unmapped, 20);
		}
	}
	json_decref(by);
	return rc;
}

static int
print_samples(struct dry *dry)
{
	json_t *json;
	int rc = VG_EXIT_OK;

	if (vg_cli_flag(dry->cli, "json")) {
		json = json_pack("{sI sI sI sI sI s{sO}}", "rows", (json_int_t)dry->rows, "samples",
				 (json_int_t)dry->events, "malformed", (json_int_t)dry->malformed,
				 "ignored", (json_int_t)dry->ignored, "redacted",
				 (json_int_t)dry->redacted, "shares", "state", dry->states);
		rc = vg_print_json(dry->cli, json);
		json_decref(json);
		return rc;
	}
	printf("%" PRId64 " rows give %" PRId64 " samples; %" PRId64 " malformed, %" PRId64
	       " ignored, %" PRId64 " identity numbers masked\n",
	       dry->rows, dry->events, dry->malformed, dry->ignored, dry->redacted);
	if (dry->events > 0) {
		puts("state:");
		print_counts(dry->states, dry->events);
	}
	return rc;
}

int
vg_dry_run(struct vg_cli *cli, struct vg_mapping *mapping, const char *path)
{
	struct dry dry = {.cli = cli, .path = path, .states = json_object()};
	int rc = run(&dry, mapping);

	if (rc == 0)
		rc = vg_mapping_kind(mapping) == VG_KIND_SAMPLES_REPORTED ? print_samples(&dry)
									  : print(&dry);
	if (rc == 0 && dry.malformed > 0)
		rc = VG_EXIT_MALFORMED;
	json_decref(dry.states);
	vg_unmapped_free(dry.unmapped);
	vg_core_free(dry.core);
	return rc;
}
