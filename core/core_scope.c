/* core_scope.c - the names in statements about availability: lists of ids, "O-17", "W-17.2", and
 * whether the agreement knows them.
 *
 * The hard thing is which version is asked: the one that judges the stretch a statement is about,
 * not the one in force when somebody types it; where no version judges, the newest. */
#include "core/core_private.h"

#include <string.h>

bool
vg_list_holds(const char *list, const char *id)
{
	size_t length = strlen(id);
	const char *at = list;

	if (list[0] == '\0')
		return true;
	while (length > 0 && (at = strstr(at, id)) != NULL) {
		if ((at == list || at[-1] == ' ') && (at[length] == '\0' || at[length] == ' '))
			return true;
		at += length;
	}
	return false;
}

bool
vg_list_next(const char **at, char id[VG_LIST_ID_SIZE])
{
	size_t length = strcspn(*at, " ");
	size_t kept = length < VG_LIST_ID_SIZE ? length : VG_LIST_ID_SIZE - 1;

	memcpy(id, *at, kept);
	id[kept] = '\0';
	*at += length;
	*at += strspn(*at, " ");
	return length > 0;
}

void
vg_list_add(char list[VG_SCOPE_TEXT_MAX + 1], const char *id)
{
	size_t length = strlen(id), whole = strlen(list);
	char *at = list;

	while (*at != '\0') {
		size_t other = strcspn(at, " ");
		int order = strncmp(at, id, other);

		if (order == 0)
			order = other < length ? -1 : 0;
		if (order == 0)
			return;
		if (order > 0)
			break;
		at += other;
		at += strspn(at, " ");
	}
	if (whole + length + 1 > VG_SCOPE_TEXT_MAX)
		return;
	if (*at != '\0') {
		memmove(at + length + 1, at, (size_t)(list + whole - at) + 1);
		at[length] = ' ';
	} else {
		if (whole > 0)
			*at++ = ' ';
		at[length] = '\0';
	}
	memcpy(at, id, length);
}

/* Most often all of it is there already. */
void
vg_list_join(char list[VG_SCOPE_TEXT_MAX + 1], const char *more)
{
	char id[VG_LIST_ID_SIZE];

	if (list[0] != '\0' && vg_list_holds(list, more))
		return;
	while (vg_list_next(&more, id))
		vg_list_add(list, id);
}

static const char *
read_number(const char *text, int64_t *number)
{
	if (*text < '0' || *text > '9')
		return NULL;
	for (*number = 0; *text >= '0' && *text <= '9'; text++) {
		if (*number > INT64_MAX / 10 - 1)
			return NULL;
		*number = *number * 10 + (*text - '0');
	}
	return text;
}

bool
vg_own_id(const char *text, char letter, int64_t *id, int64_t *n)
{
	*id = 0;
	*n = -1;
	if (text[0] != letter || text[1] != '-' || (text = read_number(text + 2, id)) == NULL)
		return false;
	if (*text == '.' && (text = read_number(text + 1, n)) == NULL)
		return false;
	return *text == '\0';
}

/* The first id of a list that `known` does not know goes to `id`; false = it knows all. */
static bool
has_unknown(const struct vg_agreement *agreement, const char *list,
	    bool (*known)(const struct vg_agreement *agreement, const char *id),
	    char id[VG_LIST_ID_SIZE])
{
	while (vg_list_next(&list, id)) {
		if (!known(agreement, id))
			return true;
	}
	return false;
}

static bool
knows_service(const struct vg_agreement *agreement, const char *id)
{
	return vg_agreement_service(agreement, id) != NULL;
}

static bool
knows_channel(const struct vg_agreement *agreement, const char *id)
{
	return vg_agreement_channel(agreement, id) >= 0;
}

static bool
knows_municipality(const struct vg_agreement *agreement, const char *code)
{
	return vg_agreement_municipality(agreement, code) != NULL;
}

const struct vg_agreement *
vg_scope_agreement(const struct vg_core *core, int64_t at_ms, const struct vg_scope_lists *scope,
		   struct vg_verdict *out)
{
	const struct vg_agreement *agreement = vg_core_agreement_at(core, at_ms);
	char id[VG_LIST_ID_SIZE];
	const char *what;

	if (agreement == NULL)
		agreement = vg_core_agreement_latest(core);
	if (agreement == NULL) {
		vg_verdict_set(out, VG_VERDICT_REFUSED,
			       "no agreement is applied: it says which services there are");
		return NULL;
	}
	if (has_unknown(agreement, scope->services, knows_service, id))
		what = "service";
	else if (has_unknown(agreement, scope->channels, knows_channel, id))
		what = "channel";
	else if (has_unknown(agreement, scope->municipalities, knows_municipality, id))
		what = "municipality";
	else
		return agreement;
	vg_verdict_set(out, VG_VERDICT_REFUSED, "agreement %.40s %.20s has no %s %.60s",
		       agreement->name, agreement->version, what, id);
	return NULL;
}
