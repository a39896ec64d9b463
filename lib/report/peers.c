/* peers.c - what a municipality may see of the others: tickets and kronor per user, of its size
 * category and of its federation (semantics.md 2.8).
 *
 * A group's figure is a sum over all its municipalities that have figures, itself among them. One
 * that is too small would tell of a neighbour, so it is left out altogether. */
#include "lib/report/grid.h"
#include "lib/report/parts.h"

#include <string.h>

struct peers {
	int64_t municipalities, users, counted, support_ore, operation_ore;
};

static void
add_row(struct peers *peers, const json_t *row)
{
	const json_t *sums = json_object_get(row, "sums");

	peers->municipalities++;
	peers->users += vg_grid_int(row, "users");
	peers->counted += vg_grid_int(sums, "counted");
	peers->support_ore += vg_grid_int(sums, "support_ore");
	peers->operation_ore += vg_grid_int(sums, "operation_ore");
}

/* A trial bills nothing, and without users there is nothing per user. */
static bool
has_figures(const json_t *row)
{
	return vg_grid_int(row, "users") > 0 && strcmp(vg_grid_text(row, "state"), "trial") != 0;
}

enum group { GROUP_OWN, GROUP_SIZE, GROUP_FEDERATION, GROUP_COUNT };

static bool
is_in(enum group group, const struct vg_municipality *one, const struct vg_municipality *own)
{
	if (group == GROUP_OWN)
		return one == own;
	if (group == GROUP_SIZE)
		return strcmp(one->size, own->size) == 0;
	return *own->federation != '\0' && strcmp(one->federation, own->federation) == 0;
}

static json_t *
group_json(const char *kind, const char *name, const struct peers *peers)
{
	return json_pack("{ss ss sI sI s[I,I] s[I,I] s[I,I]}", "kind", kind, "name", name,
			 "municipalities", (json_int_t)peers->municipalities, "users",
			 (json_int_t)peers->users, "tickets", (json_int_t)peers->counted,
			 (json_int_t)peers->users, "support", (json_int_t)peers->support_ore,
			 (json_int_t)peers->users, "operation", (json_int_t)peers->operation_ore,
			 (json_int_t)peers->users);
}

void
vg_report_put_peers(struct maker *maker, json_t *fee, const struct vg_agreement *agreement,
		    const char *code)
{
	const struct vg_municipality *own = vg_agreement_municipality(agreement, code);
	const char *const kinds[GROUP_COUNT] = {"own", "size", "federation"};
	const char *const names[GROUP_COUNT] = {own->name, own->size, own->federation};
	struct peers peers[GROUP_COUNT] = {0};
	json_t *groups = json_array();
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(fee, "municipalities"), i, row)
	{
		const struct vg_municipality *one =
			vg_agreement_municipality(agreement, vg_grid_text(row, "code"));

		for (int group = 0; group < GROUP_COUNT && one != NULL && has_figures(row); group++)
			if (is_in((enum group)group, one, own))
				add_row(&peers[group], row);
	}
	for (int group = 0; group < GROUP_COUNT; group++)
		if (peers[GROUP_OWN].municipalities > 0 &&
		    (group == GROUP_OWN ||
		     peers[group].municipalities >= agreement->fee.peer_group))
			append(maker, groups,
			       group_json(kinds[group], names[group], &peers[group]));
	if (json_array_size(groups) > 1)
		put(maker, fee, "peers", groups);
	else
		json_decref(groups);
}
