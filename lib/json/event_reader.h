/* Strict reading of one JSON object, and the memory behind a parsed event. Private to lib/json. */
#ifndef VG_EVENT_READER_H
#define VG_EVENT_READER_H

#include "lib/json/event_json.h"

#include <jansson.h>

#define VG_READER_MEMBERS_MAX 64
#define VG_HELD_MAX	      8
#define VG_INSTANT_MAX_MS     INT64_C(4102444800000) /* 2100-01-01 */

/* What a parsed event keeps alive. */
struct vg_held {
	json_t *root;
	struct vg_agreement *agreement;
	size_t count;
	void *memory[VG_HELD_MAX];
};

/* One JSON object being read; `path` is what messages call it. The first error is kept, and makes
 * every value that is read harmless: "", 0, the lower bound. */
struct vg_reader {
	const json_t *object;
	const char *path;
	struct vg_err *err;
	struct vg_held *held;
	int rc; /* of the first error */
	size_t taken;
	const char *name[VG_READER_MEMBERS_MAX];
};

/* "<path><member>: expected <expected>"; returns the first error's code. */
int vg_reader_fail(struct vg_reader *reader, const char *member, const char *expected);
/* Zeroed memory that lives as long as the event; NULL after an error. */
void *vg_reader_memory(struct vg_reader *reader, size_t count, size_t size);
/* The same for memory that is there already; NULL = it could not be had. Returns it. */
void *vg_reader_keep(struct vg_reader *reader, void *memory);

/* The member, which the end then knows; NULL when it is absent. */
const json_t *vg_reader_take(struct vg_reader *reader, const char *member, bool required);

/* A value's text without control characters; with `lines`, line ends and tabs are allowed. */
const char *vg_reader_as_text(struct vg_reader *reader, const char *member, const json_t *value,
			      size_t max, bool lines);
int64_t vg_reader_as_int(struct vg_reader *reader, const char *member, const json_t *value,
			 int64_t min, int64_t max);
/* Index in a NULL-ended list of words. */
int vg_reader_as_word(struct vg_reader *reader, const char *member, const json_t *value,
		      const char *const *words);
/* No control characters, but line ends and tabs with `lines`. */
bool vg_reader_is_clean(const char *text, bool lines);
/* Letters a-z, digits and . _ -: a name that needs no escape and no quotes anywhere. */
bool vg_reader_is_id(const char *text);
const char *vg_reader_as_id(struct vg_reader *reader, const char *member, const json_t *value,
			    size_t max);

/* Members; texts of an absent one are "". */
const char *vg_reader_text(struct vg_reader *reader, const char *member, bool required, size_t max);
/* One that must be there and say something. */
const char *vg_reader_name(struct vg_reader *reader, const char *member, size_t max);
const char *vg_reader_id(struct vg_reader *reader, const char *member, bool required, size_t max);
const char *vg_reader_hex(struct vg_reader *reader, const char *member, bool required,
			  size_t digits);
int64_t vg_reader_int(struct vg_reader *reader, const char *member, bool required, int64_t min,
		      int64_t max, int64_t fallback);
int vg_reader_word(struct vg_reader *reader, const char *member, bool required,
		   const char *const *words, int fallback);
/* "2026-01-01" to days since 1970-01-01. */
int64_t vg_reader_day(struct vg_reader *reader, const char *member);
/* "2026-01", from 1970 on, to year * 12 + month - 1. */
int vg_reader_month(struct vg_reader *reader, const char *member);
/* True or false; an absent one is false. */
bool vg_reader_flag(struct vg_reader *reader, const char *member);

/* A list of at most `max` items; NULL when absent, or after an error. */
const json_t *vg_reader_list(struct vg_reader *reader, const char *member, bool required,
			     size_t max);
/* A list of ids as one text, ascending, each once, one space between them; absent or empty = "". */
const char *vg_reader_ids(struct vg_reader *reader, const char *member);
/* The same of ids that were read already, into `text`, which has room for each id and one byte
 * more; returns its end. */
char *vg_reader_join(struct vg_reader *reader, const char *member, const char **id, size_t count,
		     char *text);

/* The first error, or one for a member that nobody took. */
int vg_reader_finish(struct vg_reader *reader);

/* Bodies of availability: event_avail_read.c. */
void vg_read_samples(struct vg_reader *reader, struct vg_samples_body *body);
void vg_read_sealed(struct vg_reader *reader, struct vg_sealed_body *body);
void vg_read_outage(struct vg_reader *reader, enum vg_kind kind, struct vg_outage_body *body);
void vg_read_window(struct vg_reader *reader, enum vg_kind kind, struct vg_window_body *body);

/* Bodies of alarms: event_alarm_read.c. */
void vg_read_notices(struct vg_reader *reader, struct vg_notices_body *body);
void vg_read_alarm(struct vg_reader *reader, enum vg_kind kind, struct vg_alarm_body *body);
void vg_read_resources(struct vg_reader *reader, struct vg_resources_body *body);
void vg_read_proposal(struct vg_reader *reader, enum vg_kind kind, struct vg_proposal_body *body);

/* Bodies of the fee: event_fee_read.c. */
void vg_read_act(struct vg_reader *reader, enum vg_kind kind, const char *municipality,
		 struct vg_act_body *body);
void vg_read_objection(struct vg_reader *reader, enum vg_kind kind, struct vg_objection_body *body);
void vg_read_statement(struct vg_reader *reader, enum vg_kind kind, struct vg_statement_body *body);
void vg_read_report(struct vg_reader *reader, struct vg_report_body *body);
void vg_read_comment(struct vg_reader *reader, struct vg_comment_body *body);

/* Bodies of disturbance information: event_disturbance_read.c. */
void vg_read_disturbance(struct vg_reader *reader, enum vg_kind kind,
			 struct vg_disturbance_body *body);
void vg_read_feedback(struct vg_reader *reader, enum vg_kind kind, struct vg_feedback_body *body);

#endif
