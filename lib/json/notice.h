/* The members of one notice of alarms.reported: reading, writing and copying follow this table.
 * Private to lib/json. */
#ifndef VG_JSON_NOTICE_H
#define VG_JSON_NOTICE_H

#include "lib/json/event_reader.h"

enum vg_notice_form {
	VG_NOTICE_TEXT,	   /* one line */
	VG_NOTICE_LINES,   /* text with line ends and tabs */
	VG_NOTICE_ID,	   /* letters a-z, digits and . _ - only */
	VG_NOTICE_INTEGER, /* int64_t */
	VG_NOTICE_WORD,	   /* an enumeration */
	VG_NOTICE_FLAG,	   /* bool */
};

/* A member that is not required is left out when it says what its absence does. */
struct vg_notice_member {
	const char *name, *key; /* key: as it is written, with its colon */
	size_t key_length;
	enum vg_notice_form form;
	bool required;
	size_t offset;	  /* in struct vg_notice */
	int64_t min, max; /* of texts in bytes */
	const char *const *words;
	const char *expected;
};

/* Ascending by name. */
enum {
	VG_NOTICE_AT_MS,
	VG_NOTICE_CATEGORY,
	VG_NOTICE_COUNT,
	VG_NOTICE_DETAIL,
	VG_NOTICE_ID_MEMBER,
	VG_NOTICE_LAST_MS,
	VG_NOTICE_MUNICIPALITY,
	VG_NOTICE_PEER,
	VG_NOTICE_QUALIFIER,
	VG_NOTICE_RESOURCE,
	VG_NOTICE_RULE,
	VG_NOTICE_SERVICE,
	VG_NOTICE_SEVERITY,
	VG_NOTICE_TEXT_MEMBER,
	VG_NOTICE_TRANSIENT,
	VG_NOTICE_TYPE,
	VG_NOTICE_MEMBERS
};
extern const struct vg_notice_member vg_notice_members[VG_NOTICE_MEMBERS];

/* Where a member's value stands: const char *, int64_t, unsigned or bool by its form. */
static inline void *
vg_notice_value(const struct vg_notice *notice, const struct vg_notice_member *member)
{
	return (char *)(uintptr_t)notice + member->offset;
}

bool vg_notice_is_text(const struct vg_notice_member *member);
/* Whether a text is one that the member may have; UTF-8 is the caller's to know. */
bool vg_notice_fits(const struct vg_notice_member *member, const char *text, size_t length);

#endif
