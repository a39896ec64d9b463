/* event.c - the word tables behind the event: kinds, ticket fields, and the words that a field may
 * take. */
#include "core/event.h"

#include <string.h>

_Static_assert(VG_TF_COUNT <= 64, "a fact's set of fields is one 64-bit word");

static const struct {
	const char *name;
	enum vg_kind_class kind_class;
} kinds[VG_KIND_COUNT] = {
#define X(constant, name, class) {name, VG_CLASS_##class},
	VG_KINDS(X)
#undef X
};

#define X(constant, word) word,
static const char *const words_statuses[] = {VG_STATUSES(X)};
static const char *const words_reasons[] = {VG_REASONS(X)};
static const char *const words_types[] = {VG_TYPES(X)};
static const char *const words_channels[] = {VG_CHANNELS(X)};
static const char *const words_requesters[] = {VG_REQUESTERS(X)};
static const char *const words_parties[] = {VG_PARTIES(X)};
#undef X

#define X(constant, word) word,
const char *const vg_sample_words[] = {VG_SAMPLE_STATES(X) NULL};
const char *const vg_effect_words[] = {VG_OUTAGE_EFFECTS(X) NULL};
const char *const vg_category_words[] = {VG_WINDOW_CATEGORIES(X) NULL};
const char *const vg_party_words[] = {VG_PARTIES(X) NULL};
const char *const vg_severity_words[] = {VG_SEVERITIES(X) NULL};
const char *const vg_alarm_category_words[] = {VG_ALARM_CATEGORIES(X) NULL};
const char *const vg_override_words[] = {VG_OVERRIDES(X) NULL};
const char *const vg_access_words[] = {VG_ACCESSES(X) NULL};
const char *const vg_disturbance_words[] = {VG_DISTURBANCE_KINDS(X) NULL};
#undef X

#define COUNT(array)	((int)(sizeof(array) / sizeof(array)[0]))
#define LIST_none	NULL, 0
#define LIST_statuses	words_statuses, COUNT(words_statuses)
#define LIST_reasons	words_reasons, COUNT(words_reasons)
#define LIST_types	words_types, COUNT(words_types)
#define LIST_channels	words_channels, COUNT(words_channels)
#define LIST_requesters words_requesters, COUNT(words_requesters)
#define LIST_parties	words_parties, COUNT(words_parties)

const struct vg_field_info vg_ticket_field_info[VG_TF_COUNT] = {
#define X(constant, name, form, words) {name, VG_FORM_##form, LIST_##words},
	VG_TICKET_FIELDS(X)
#undef X
};

const char *
vg_kind_name(enum vg_kind kind)
{
	VG_ASSERT(kind < VG_KIND_COUNT);
	return kinds[kind].name;
}

enum vg_kind_class
vg_kind_class(enum vg_kind kind)
{
	VG_ASSERT(kind < VG_KIND_COUNT);
	return kinds[kind].kind_class;
}

enum vg_kind
vg_kind_find(const char *name)
{
	enum vg_kind kind = 0;

	while (kind < VG_KIND_COUNT && strcmp(kinds[kind].name, name) != 0)
		kind++;
	return kind;
}

enum vg_ticket_field
vg_ticket_field_find(const char *name)
{
	enum vg_ticket_field field = 0;

	while (field < VG_TF_COUNT && strcmp(vg_ticket_field_info[field].name, name) != 0)
		field++;
	return field;
}

int
vg_word_find(enum vg_ticket_field field, const char *word)
{
	const struct vg_field_info *info;
	int i;

	VG_ASSERT(field < VG_TF_COUNT);
	info = &vg_ticket_field_info[field];
	for (i = 0; i < info->word_count; i++)
		if (strcmp(info->words[i], word) == 0)
			return i;
	return -1;
}

const char *
vg_word(enum vg_ticket_field field, int64_t value)
{
	VG_ASSERT(field < VG_TF_COUNT);
	VG_ASSERT(value >= 0 && value < vg_ticket_field_info[field].word_count);
	return vg_ticket_field_info[field].words[value];
}
