/* acts.c - what two persons decide about the fee: one proposes, another approves or rejects.
 *
 * Each proposal has an address of its own, since each states other things; what becomes of it is
 * the same for all, so there is one list, and one way to decide. */
#include "daemon/api/fee.h"

#include "lib/civil/civil.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PAGE_DEFAULT 100
#define PAGE_MAX     1000

/* --- shared with objections, statements and comments --- */

json_t *
vg_json_named(char letter, int64_t id)
{
	return id == 0 ? json_null() : json_sprintf("%c-%" PRId64, letter, id);
}

json_t *
vg_json_day(int64_t day)
{
	int y, m, d;

	if (day == -1)
		return json_null();
	vg_civil_from_days(day, &y, &m, &d);
	return json_sprintf("%04d-%02d-%02d", y, m, d);
}

json_t *
vg_json_text(const char *text)
{
	return *text == '\0' ? json_null() : json_string(text);
}

/* Items of these types lie in the order of their ids, and begin with them. */
const void *
vg_api_by_id(const struct vg_core *core, enum vg_object_type type, int64_t id)
{
	size_t low = 0, high = vg_item_count(core, type);

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const int64_t *item = vg_core_item(core, type, middle);

		if (*item == id)
			return item;
		if (*item < id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static bool
read_state(struct vg_call *call, const char *const *states, int *state)
{
	const char *text = vg_call_query(call, "state");
	char known[100] = "";

	if (text == NULL || states == NULL)
		return true;
	for (int i = 0; states[i] != NULL; i++) {
		const size_t used = strlen(known);

		if (strcmp(states[i], text) == 0) {
			*state = i;
			return true;
		}
		(void)snprintf(known + used, sizeof(known) - used, "%s, ", states[i]);
	}
	*state = -1;
	if (strcmp(text, "all") == 0)
		return true;
	vg_reply_problem(call->request, 400, "state: expected %sor all", known);
	return false;
}

bool
vg_page_read(struct vg_call *call, const char *const *states, int fallback, struct vg_page *out)
{
	*out = (struct vg_page){.limit = PAGE_DEFAULT, .below = INT64_MAX, .state = fallback};
	return vg_call_number(call, "limit", 1, PAGE_MAX, &out->limit) &&
	       vg_call_number(call, "cursor", 0, INT64_MAX, &out->below) &&
	       read_state(call, states, &out->state);
}

void
vg_page_reply(struct vg_call *call, const struct vg_page *page, const char *member, json_t *rows,
	      int64_t last_id)
{
	const bool full = (int64_t)json_array_size(rows) == page->limit;

	vg_reply_json(
		call->request, 200,
		vg_json_with_seq(call, json_pack("{s:o, s:o}", member, rows, "next",
						 full ? json_integer(last_id) : json_null())));
}

/* --- acts as JSON --- */

/* What it states beside its reason. */
static json_t *
stated_json(const struct vg_act *act)
{
	switch ((enum vg_act_kind)act->kind) {
	case VG_ACT_RATE:
		return json_pack("{s:s, s:i, s:I, s:o, s:s}", "index", act->index, "year",
				 act->year, "rate_ppb", (json_int_t)act->amount_ore, "decided_day",
				 vg_json_day(act->decided_day), "document", act->document);
	case VG_ACT_COST:
		return json_pack("{s:i, s:I, s:o, s:s}", "year", act->year, "cost_ore",
				 (json_int_t)act->amount_ore, "decided_day",
				 vg_json_day(act->decided_day), "document", act->document);
	case VG_ACT_OVERRIDE:
		return json_pack("{s:o, s:s}", "ticket", vg_json_named('V', act->ticket), "outcome",
				 vg_override_words[act->outcome]);
	case VG_ACT_OPENING:
		return json_pack("{s:o, s:s, s:I, s:I}", "month", vg_judge_month_name(act->month),
				 "municipality", act->municipalities, "support_ore",
				 (json_int_t)act->amount_ore, "operation_ore",
				 (json_int_t)act->operation_ore);
	case VG_ACT_CLOSE:
		return json_pack("{s:o, s:o}", "month", vg_judge_month_name(act->month),
				 "municipalities", vg_judge_ids(act->municipalities));
	case VG_ACT_OBJECTION:
		return json_pack("{s:o, s:I}", "objection", vg_json_named('D', act->objection),
				 "amount_ore", (json_int_t)act->amount_ore);
	case VG_ACT_KIND_COUNT:
		break;
	}
	return NULL;
}

static json_t *
act_json(const struct vg_act *act)
{
	json_t *object = json_pack(
		"{s:o, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:b, s:I}", "id",
		vg_json_named('P', act->id), "kind", vg_act_kind_name((enum vg_act_kind)act->kind),
		"state", vg_act_state_name((enum vg_act_state)act->state), "author", act->author,
		"reason", act->reason, "proposed", vg_json_time(act->proposed_ms), "decided_by",
		vg_json_text(act->decided_by), "decided",
		vg_json_time(act->state == VG_ACT_WAITING ? -1 : act->decided_ms), "decided_reason",
		vg_json_text(act->decided_reason), "automatic",
		act->state == VG_ACT_APPROVED && *act->decided_by == '\0', "changed_seq",
		(json_int_t)act->changed_seq);

	json_object_update_new(object, stated_json(act));
	return object;
}

/* --- lists --- */

static bool
is_of_ticket(const struct vg_core *core, int64_t id, const char *municipality, int64_t now_ms)
{
	const struct vg_ticket *ticket = vg_core_ticket(core, id);
	struct vg_ticket_view view;

	if (ticket == NULL)
		return false;
	vg_ticket_view(core, ticket, now_ms, &view, NULL, NULL);
	return view.text[VG_TF_MUNICIPALITY] != NULL &&
	       strcmp(view.text[VG_TF_MUNICIPALITY], municipality) == 0;
}

static bool
is_of_objection(const struct vg_core *core, int64_t id, const char *municipality)
{
	const struct vg_objection *objection = vg_api_by_id(core, VG_OBJECT_OBJECTION, id);

	return objection != NULL && strcmp(objection->municipality, municipality) == 0;
}

bool
vg_act_concerns(const struct vg_core *core, const struct vg_act *act, const char *municipality,
		int64_t now_ms)
{
	if (*municipality == '\0')
		return true;
	switch ((enum vg_act_kind)act->kind) {
	case VG_ACT_RATE:
		return true;
	case VG_ACT_OVERRIDE:
		return is_of_ticket(core, act->ticket, municipality, now_ms);
	case VG_ACT_OPENING:
	case VG_ACT_CLOSE:
		return vg_judge_has_id(act->municipalities, municipality);
	case VG_ACT_OBJECTION:
		return is_of_objection(core, act->objection, municipality);
	case VG_ACT_COST:
	case VG_ACT_KIND_COUNT:
		break;
	}
	return false;
}

static bool
may_see(const struct vg_call *call, const struct vg_act *act)
{
	return vg_act_concerns(vg_live_core(call->api->live), act, call->who->municipality,
			       vg_live_now_ms(call->api->live));
}

/* The newest first; without `state` those that wait. */
void
vg_get_acts(struct vg_call *call)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	const char *states[VG_ACT_STATE_COUNT + 1] = {NULL};
	struct vg_page page;
	int64_t last = 0;
	json_t *rows;

	for (int i = 0; i < VG_ACT_STATE_COUNT; i++)
		states[i] = vg_act_state_name((enum vg_act_state)i);
	if (!vg_page_read(call, states, VG_ACT_WAITING, &page))
		return;
	rows = json_array();
	for (size_t i = vg_item_count(core, VG_OBJECT_ACT);
	     i-- > 0 && (int64_t)json_array_size(rows) < page.limit;) {
		const struct vg_act *act = vg_core_item(core, VG_OBJECT_ACT, i);

		if (act->id >= page.below || (page.state >= 0 && act->state != page.state) ||
		    !may_see(call, act))
			continue;
		json_array_append_new(rows, act_json(act));
		last = act->id;
	}
	vg_page_reply(call, &page, "acts", rows, last);
}

/* By the path; NULL: the call is answered. */
static const struct vg_act *
act_of_path(struct vg_call *call)
{
	const struct vg_act *act = NULL;
	int64_t id, n;

	if (vg_judge_id(call->param[0], 'P', &id, &n) && n < 0)
		act = vg_api_by_id(vg_live_core(call->api->live), VG_OBJECT_ACT, id);
	if (act != NULL && may_see(call, act))
		return act;
	vg_reply_problem(call->request, 404, "no act %.40s; expected P-<number>", call->param[0]);
	return NULL;
}

void
vg_get_act(struct vg_call *call)
{
	const struct vg_act *act = act_of_path(call);

	if (act != NULL)
		vg_reply_json(call->request, 200, vg_json_with_seq(call, act_json(act)));
}

/* --- proposing and deciding --- */

static void
propose(struct vg_call *call, enum vg_kind kind)
{
	json_t *object = vg_call_object(call);

	if (object != NULL)
		vg_take_named(call, kind, object, "act", "P-");
}

void
vg_post_rate(struct vg_call *call)
{
	propose(call, VG_KIND_RATE_PROPOSED);
}

void
vg_post_cost(struct vg_call *call)
{
	propose(call, VG_KIND_COST_PROPOSED);
}

void
vg_post_override(struct vg_call *call)
{
	propose(call, VG_KIND_OVERRIDE_PROPOSED);
}

void
vg_post_opening(struct vg_call *call)
{
	propose(call, VG_KIND_OPENING_PROPOSED);
}

void
vg_post_closing(struct vg_call *call)
{
	propose(call, VG_KIND_CLOSE_PROPOSED);
}

static void
decide(struct vg_call *call, enum vg_kind kind)
{
	json_t *object;

	if (act_of_path(call) == NULL || (object = vg_call_object(call)) == NULL)
		return;
	json_object_set_new(object, "act", json_string(call->param[0]));
	vg_take_command(call, kind, object);
}

void
vg_post_act_approve(struct vg_call *call)
{
	decide(call, VG_KIND_ACT_APPROVED);
}

void
vg_post_act_reject(struct vg_call *call)
{
	decide(call, VG_KIND_ACT_REJECTED);
}
