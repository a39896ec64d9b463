/* ticket/class.c - which priority, target and calendar a ticket is measured with, and from which
 * version.
 *
 * The hard thing is the version. A class is read in the agreement version that was valid at the
 * fact that set it, and a fact sets it only when it changes what the class follows from: a source
 * that repeats the priority in every row is judged like one that says it once. The first known
 * class holds from creation, in the version valid then. */
#include "core/ticket/private.h"

#include <string.h>

#define REQUEST	     "request"
#define LIFTED_INDEX 1 /* semantics.md 3.6: at least P2 */

static const struct vg_cal around_the_clock = {.name = (char *)"24x7", .always = true};

static const enum vg_ticket_field input_fields[] = {VG_TF_PRIORITY,	  VG_TF_IMPACT,
						    VG_TF_URGENCY,	  VG_TF_TYPE,
						    VG_TF_PATIENT_SAFETY, VG_TF_SECURITY_BREACH};
enum { INPUTS = sizeof input_fields / sizeof input_fields[0] };

_Static_assert(INPUTS == sizeof((struct vg_class_track *)0)->inputs / sizeof(int64_t),
	       "one remembered value for each input");

static bool
is_level(int64_t value)
{
	return value >= 1 && value <= VG_LEVELS;
}

/* Index of the priority in force: as stated when the agreement has it, else impact x urgency; -1 =
 * not known. */
static int
priority_index(const struct vg_agreement *agreement, const struct vg_pool *pool,
	       const int64_t number[VG_TF_COUNT])
{
	const char *stated = vg_pool_get(pool, (uint32_t)number[VG_TF_PRIORITY]);
	int index = vg_agreement_priority(agreement, stated);

	if (index < 0 && is_level(number[VG_TF_IMPACT]) && is_level(number[VG_TF_URGENCY]))
		index = agreement->matrix[number[VG_TF_IMPACT] - 1][number[VG_TF_URGENCY] - 1];
	if ((number[VG_TF_PATIENT_SAFETY] == 1 || number[VG_TF_SECURITY_BREACH] == 1) &&
	    (index < 0 || index > LIFTED_INDEX))
		index = LIFTED_INDEX;
	return index < (int)agreement->priorities ? index : -1;
}

static struct vg_sla_class
class_of(const struct vg_agreement *agreement, const struct vg_pool *pool,
	 const int64_t number[VG_TF_COUNT])
{
	struct vg_sla_class class = {agreement, "", "", NULL, &around_the_clock};
	int index;

	if (agreement == NULL)
		return class;
	if ((index = priority_index(agreement, pool, number)) >= 0)
		class.priority = class.name = agreement->priority[index];
	if (number[VG_TF_TYPE] == VG_TYPE_SERVICE_REQUEST)
		class.target = vg_agreement_target(agreement, REQUEST);
	if (class.target != NULL)
		class.name = class.target->name;
	else
		class.target = vg_agreement_target(agreement, class.name);
	if (class.target != NULL && class.target->cal != NULL)
		class.cal = class.target->cal;
	return class;
}

void
vg_class_track_init(struct vg_class_track *track, const struct vg_core *core, int64_t created_ms)
{
	memset(track, 0, sizeof *track);
	track->class.agreement = vg_core_agreement_at(core, created_ms);
	track->class.priority = track->class.name = "";
	track->class.cal = &around_the_clock;
}

/* Remembers the inputs and tells whether one of them differs from before. */
static bool
inputs_changed(struct vg_class_track *track, const int64_t number[VG_TF_COUNT])
{
	bool changed = false;
	int i;

	for (i = 0; i < INPUTS; i++) {
		changed |= track->inputs[i] != number[input_fields[i]];
		track->inputs[i] = number[input_fields[i]];
	}
	return changed;
}

void
vg_class_track_follow(struct vg_class_track *track, const struct vg_core *core,
		      const int64_t number[VG_TF_COUNT], int64_t at_ms)
{
	struct vg_sla_class class;
	bool first = track->class.name[0] == '\0';

	if (!inputs_changed(track, number))
		return;
	class = class_of(first ? track->class.agreement : vg_core_agreement_at(core, at_ms),
			 vg_core_pool(core), number);
	if (class.name[0] == '\0')
		return; /* no longer known: the last known one holds */
	if (strcmp(class.name, track->class.name) == 0)
		track->class.priority = class.priority;
	else
		track->class = class;
}
