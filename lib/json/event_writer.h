/* Canonical JSON being written: a growing text, and the members of one object. Private to lib/json.
 */
#ifndef VG_EVENT_WRITER_H
#define VG_EVENT_WRITER_H

#include "core/event.h"

#define VG_MEMBERS_MAX	    64
#define VG_MEMBERS_TEXT_MAX 4

/* After a failed allocation it stays failed, and what is put is lost. */
struct vg_json_text {
	char *bytes;
	size_t length, size;
	bool failed;
};

void vg_put_bytes(struct vg_json_text *text, const char *bytes, size_t length);
void vg_put_char(struct vg_json_text *text, char c);
void vg_put_string(struct vg_json_text *text, const char *string);
void vg_put_integer(struct vg_json_text *text, int64_t number);
/* A separator before every item but the first of a list. */
void vg_put_next(struct vg_json_text *text, size_t index);

/* A text that needs no escape. */
void vg_put_id(struct vg_json_text *text, const char *id, size_t length);
/* A list of ids, as the core keeps them, as a JSON list. */
void vg_put_ids(struct vg_json_text *text, const char *ids);

enum vg_member_form {
	VG_MEMBER_INTEGER,
	VG_MEMBER_STRING,
	VG_MEMBER_BOOLEAN,
	VG_MEMBER_NOTHING,
	VG_MEMBER_RAW,	/* JSON already */
	VG_MEMBER_TEXT, /* the same, written by the caller into one of the texts */
};

struct vg_member {
	const char *name;
	enum vg_member_form form;
	int64_t number;
	const char *text; /* borrowed */
};

/* The members of one object, in any order; zero to begin with. */
struct vg_members {
	size_t count, texts;
	struct vg_member member[VG_MEMBERS_MAX];
	struct vg_json_text text[VG_MEMBERS_TEXT_MAX];
};

/* Names are ours, need no escape and are borrowed, as are texts. */
void vg_add(struct vg_members *members, const char *name, enum vg_member_form form, int64_t number,
	    const char *text);
void vg_add_integer(struct vg_members *members, const char *name, int64_t number);
void vg_add_string(struct vg_members *members, const char *name, const char *text);
/* Left out when it is empty. */
void vg_add_text(struct vg_members *members, const char *name, const char *text);
/* A list of ids; left out when it is empty. */
void vg_add_ids(struct vg_members *members, const char *name, const char *ids);
/* Days since 1970-01-01 as "2026-01-31". */
void vg_add_day(struct vg_members *members, const char *name, int64_t day);
/* year * 12 + month - 1 as "2026-01". */
void vg_add_month(struct vg_members *members, const char *name, int month);
/* A member whose JSON the caller puts into the text that is returned. */
struct vg_json_text *vg_add_json(struct vg_members *members, const char *name);

/* Writes the object, members sorted by name, and frees the members' texts. */
void vg_put_object(struct vg_json_text *text, struct vg_members *members);

/* Bodies of availability: event_avail_write.c. */
void vg_add_samples(struct vg_members *members, const struct vg_samples_body *body);
void vg_add_sealed(struct vg_members *members, const struct vg_sealed_body *body);
void vg_add_outage(struct vg_members *members, enum vg_kind kind,
		   const struct vg_outage_body *body);
void vg_add_window(struct vg_members *members, enum vg_kind kind,
		   const struct vg_window_body *body);

/* Bodies of alarms: event_alarm_write.c. */
void vg_add_notices(struct vg_members *members, const struct vg_notices_body *body);
void vg_add_alarm(struct vg_members *members, enum vg_kind kind, const struct vg_alarm_body *body);
void vg_add_resources(struct vg_members *members, const struct vg_resources_body *body);
void vg_add_proposal(struct vg_members *members, enum vg_kind kind,
		     const struct vg_proposal_body *body);

/* Bodies of the fee: event_fee_write.c. */
void vg_add_act(struct vg_members *members, enum vg_kind kind, const struct vg_act_body *body);
void vg_add_objection(struct vg_members *members, enum vg_kind kind,
		      const struct vg_objection_body *body);
void vg_add_statement(struct vg_members *members, enum vg_kind kind,
		      const struct vg_statement_body *body);
void vg_add_report(struct vg_members *members, const struct vg_report_body *body);
void vg_add_comment(struct vg_members *members, const struct vg_comment_body *body);

/* Bodies of disturbance information: event_disturbance_write.c. */
void vg_add_disturbance(struct vg_members *members, enum vg_kind kind,
			const struct vg_disturbance_body *body);
void vg_add_feedback(struct vg_members *members, enum vg_kind kind,
		     const struct vg_feedback_body *body);

#endif
