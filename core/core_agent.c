/* core_agent.c - who sends samples: what came last, and sums over all that came.
 *
 * The hard thing is what is no agent: an import speaks for a source of the past, whose silence says
 * nothing, so it leaves none behind. */
#include "core/core_private.h"

#include <string.h>

static int
add_agent(struct vg_core *core, const struct vg_event *event, struct vg_item **out)
{
	struct vg_agent agent = {.source = event->source, .boot_id = ""};

	if (core->items[VG_OBJECT_AGENT].n >= VG_CORE_AGENTS_MAX)
		return 0;
	return vg_item_add(core, VG_OBJECT_AGENT, &agent, out);
}

int
vg_core_agent_note(struct vg_core *core, const struct vg_event *event, int64_t taken, int64_t late,
		   int64_t ahead, const struct vg_agent **out)
{
	const struct vg_samples_body *body = &event->body.samples;
	struct vg_item key = {.of.agent.source = event->source};
	struct vg_item *item = vg_item_find(core, VG_OBJECT_AGENT, &key);
	struct vg_agent *agent;
	int rc;

	*out = NULL;
	if (event->import[0] != '\0')
		return 0;
	if (item == NULL && ((rc = add_agent(core, event, &item)) != 0 || item == NULL))
		return rc;
	agent = &item->of.agent;
	if (strcmp(agent->boot_id, body->boot_id) != 0 &&
	    (rc = vg_item_set_text(core, &agent->boot_id, body->boot_id)) != 0)
		return rc;
	agent->batch = body->batch;
	agent->received_ms = event->received_ms;
	agent->offset_ms = body->sent_ms - event->received_ms;
	agent->samples += taken;
	agent->late += late;
	agent->ahead += ahead;
	agent->dropped += body->dropped;
	vg_item_mark(core, item);
	*out = agent;
	return vg_core_agent_heard(core, agent);
}
