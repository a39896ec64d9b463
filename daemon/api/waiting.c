/* waiting.c - how much waits for a person. Nobody is asked to approve what it stated itself. */
#include "daemon/api/waiting.h"

#include "core/alarm.h"
#include "core/fee.h"

#include <string.h>

/* Whether it concerns the principal's municipality alone, if it is bound to one: that of others it
 * may not decide on. */
static bool
is_own(const struct vg_principal *who, const char *municipalities)
{
	return *who->municipality == '\0' || strcmp(municipalities, who->municipality) == 0;
}

static bool
is_by_another(const struct vg_principal *who, const char *author)
{
	return strcmp(author, who->name) != 0;
}

static int64_t
count_fee(const struct vg_core *core, const struct vg_principal *who)
{
	const struct vg_objection *objection;
	const struct vg_act *act;
	int64_t count = 0;

	for (size_t i = 0; (act = vg_core_item(core, VG_OBJECT_ACT, i)) != NULL; i++)
		count += act->state == VG_ACT_WAITING && is_by_another(who, act->author);
	for (size_t i = 0; (objection = vg_core_item(core, VG_OBJECT_OBJECTION, i)) != NULL; i++)
		count += objection->state == VG_OBJECTION_OPEN &&
			 is_by_another(who, objection->author);
	return count;
}

static bool
window_waits(const struct vg_window *window, const struct vg_principal *who)
{
	if (!is_own(who, window->municipalities))
		return false;
	if (window->withdrawn)
		return *window->withdrawal_approved_by == '\0' &&
		       is_by_another(who, window->withdrawn_by);
	return *window->approved_by == '\0' && is_by_another(who, window->author);
}

static int64_t
count_windows(const struct vg_core *core, const struct vg_principal *who)
{
	const struct vg_window *window;
	int64_t count = 0, series = 0;

	for (size_t i = 0; (window = vg_core_item(core, VG_OBJECT_WINDOW, i)) != NULL; i++)
		if (window->series != series && window_waits(window, who)) {
			series = window->series;
			count++;
		}
	return count;
}

static int64_t
count_judgements(const struct vg_core *core, const struct vg_principal *who)
{
	const struct vg_outage_record *record;
	const struct vg_proposal *proposal;
	int64_t count = 0;

	for (size_t i = 0; (record = vg_core_item(core, VG_OBJECT_OUTAGE, i)) != NULL; i++)
		count += *record->approved_by == '\0' && !record->withdrawn &&
			 is_by_another(who, record->author) && is_own(who, record->municipalities);
	for (size_t i = 0; (proposal = vg_core_item(core, VG_OBJECT_PROPOSAL, i)) != NULL; i++)
		count += proposal->state == VG_PROPOSAL_OPEN &&
			 is_own(who, proposal->municipalities);
	return count;
}

int64_t
vg_waiting_count(const struct vg_core *core, const struct vg_principal *who)
{
	int64_t count = 0;

	if (who->rights & VG_RIGHT_FINANCE)
		count += count_fee(core, who);
	if (who->rights & VG_RIGHT_CORRECT)
		count += count_judgements(core, who) + count_windows(core, who);
	return count;
}
