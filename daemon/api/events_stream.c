/* events_stream.c - GET /api/v1/events: the live stream. */
#include "daemon/api/judge.h"
#include "daemon/feed/feed.h"

#include <string.h>

/* A municipality of the newest agreement, or the caller's own. */
static bool
is_known(const struct vg_call *call, const char *municipality)
{
	const struct vg_agreement *agreement =
		vg_core_agreement_latest(vg_live_core(call->api->live));

	return strcmp(municipality, call->who->municipality) == 0 ||
	       (agreement != NULL && vg_agreement_municipality(agreement, municipality) != NULL);
}

void
vg_get_event_stream(struct vg_call *call)
{
	const char *municipality = vg_call_query(call, "municipality");

	if (municipality == NULL)
		municipality = call->who->municipality;
	if (!vg_may_see(call->who, municipality))
		vg_reply_problem(call->request, 403, "municipality: %s may see %s only",
				 call->who->name, call->who->municipality);
	else if (!is_known(call, municipality))
		vg_reply_problem(call->request, 404, "no municipality %.20s", municipality);
	else
		vg_feed_join(call->api->events, call, municipality,
			     vg_head_header(vg_request_head(call->request), "Last-Event-ID"));
}
