/* Mapped sources: a row or a document of a foreign system to one of our events, by a YAML file
 * (docs/mapping.md). Tickets are the target, samples of probes, or notices of alarms.
 *
 * Malformed input (no such column, a time that cannot be read) is an error with line, field and
 * what was expected. A value that the mapping does not know (status, municipality, service) is not
 * guessed: the row is quarantined. Every text is masked on the way, and only the fields that the
 * mapping names are ever seen again. */
#ifndef VG_MAPPING_H
#define VG_MAPPING_H

#include "core/agreement.h"
#include "core/event.h"
#include "lib/yaml/yaml.h"

struct vg_mapping;
struct vg_mapping *vg_mapping_load(const char *path, struct vg_yaml_errors *errors);
void vg_mapping_free(struct vg_mapping *mapping);
const char *vg_mapping_source(const struct vg_mapping *mapping); /* the source's name */
const char *vg_mapping_format(const struct vg_mapping *mapping); /* "csv", "ndjson", "json" */
enum vg_kind vg_mapping_kind(const struct vg_mapping *mapping);	 /* of its events */
/* Whether the mapping, of alarms, is for CloudEvents of this type (`cloudevents`: patterns). */
bool vg_mapping_takes_type(const struct vg_mapping *mapping, const char *type);
void vg_mapping_sha256(const struct vg_mapping *mapping, uint8_t out[32]); /* of the file's bytes */

enum vg_mapped { VG_MAPPED_EVENT, VG_MAPPED_QUARANTINE, VG_MAPPED_MALFORMED, VG_MAPPED_IGNORED };

struct vg_mapped_row {
	enum vg_mapped outcome;
	struct vg_event event; /* EVENT: source and actor empty; strings live until the next row.
				  QUARANTINE of a ticket: its occurred_ms, and its municipality
				  when that is one of the agreement's.
				  A samples.reported has one sample and no identity: whoever puts
				  them into batches gives event_id, boot_id and batch */
	const char *title;     /* masked; NULL = none or dropped (store_text: drop, the default).
				  IGNORED: what to tell the operator (tell_when) */
	bool since;	       /* an alarm's at_ms is when it began, not when this was said of it */
	/* QUARANTINE, MALFORMED: */
	int64_t line;
	const char *field, *value, *reason;
	const char *payload; /* QUARANTINE: the named fields, masked, as canonical JSON */
	size_t redacted;     /* identity numbers masked */
};

/* A run over one source: keeps each ticket's row count (for source_order and event ids; at most
 * 4,000,000 tickets). */
struct vg_mapping_run;
struct vg_mapping_run *vg_mapping_run_new(const struct vg_mapping *mapping,
					  const struct vg_agreement *agreement);
void vg_mapping_run_free(struct vg_mapping_run *run);

/* One JSON document (webhook body, or a line of NDJSON), or a quarantined payload again.
 * `agreement` of the run may be NULL: then municipalities and services are not checked. Never
 * fails: the outcome says what became of it. */
void vg_mapping_document(struct vg_mapping_run *run, const char *bytes, size_t length, int64_t line,
			 struct vg_mapped_row *out);

typedef bool vg_mapped_row_cb(const struct vg_mapped_row *row, void *arg);

#define VG_MAPPED_ITEMS_MAX 10000 /* alarms of one document; one with more is malformed */

/* A document of a mapping whose target is alarms, or an item of one that was in quarantine: each
 * item an alarms.reported with one notice, at_ms 0 when the document does not say when, `rule` for
 * the caller to fill in. What cannot be mapped of an item waits in quarantine (`payload` keeps
 * now_ms for later) and the others go on; one MALFORMED row says that it is no such document.
 * Strings live until the next document. `on_row` returns false to stop. */
void vg_mapping_alarms(struct vg_mapping_run *run, const char *bytes, size_t length, int64_t now_ms,
		       vg_mapped_row_cb *on_row, void *arg);

/* A whole CSV or NDJSON file (.gz is read through zlib) from byte 0; `on_row` returns false to
 * stop. *done_bytes is kept up to date for a progress bar. Returns 0, 1 when stopped, or a negative
 * code when the file cannot be read. */
VG_MUST_CHECK int vg_mapping_file(struct vg_mapping_run *run, const char *path,
				  vg_mapped_row_cb *on_row, void *arg, int64_t *done_bytes,
				  int64_t *total_bytes, struct vg_err *err);

#endif
