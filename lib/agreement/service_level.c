/* service_level.c - priorities, their matrix, and the targets.
 *
 * Targets are kept sorted by name, so that the order of an author's lines is no change of the
 * agreement. */
#include "lib/agreement/load.h"

#include <string.h>

#define REQUEST "request" /* the target of service requests, which have no priority */

/* The names as a list for the nearest one; `words` has room for all priorities, one more word and
 * the NULL. */
static void
list_priorities(const struct vg_agreement *agreement, const char **words, const char *further)
{
	size_t count = 0;

	for (size_t i = 0; i < agreement->priorities; i++)
		words[count++] = agreement->priority[i];
	if (further != NULL)
		words[count++] = further;
	words[count] = NULL;
}

static void
read_priorities(struct vg_load *load)
{
	struct vg_agreement *agreement = load->agreement;
	const struct vg_yaml_node *list =
		vg_load_member(load, load->root, "priorities", VG_YAML_LIST, true);

	if (list == NULL)
		return;
	if (list->count < 1 || list->count > VG_PRIORITY_MAX) {
		vg_yaml_error(load->errors, list,
			      "priorities: expected 1 to %d names, the gravest first, found %zu",
			      VG_PRIORITY_MAX, list->count);
		return;
	}
	for (size_t i = 0; i < list->count; i++) {
		const struct vg_yaml_node *item = list->item[i];

		if (!vg_load_is(load, item, VG_YAML_SCALAR, "priorities") ||
		    !vg_load_is_id(load, item, "priorities"))
			continue;
		if (vg_agreement_priority(agreement, item->text) >= 0 ||
		    strcmp(item->text, REQUEST) == 0)
			vg_yaml_error(load->errors, item, "priorities: \"%s\" is %s", item->text,
				      strcmp(item->text, REQUEST) == 0
					      ? "the name of the target for service requests"
					      : "there twice");
		else if ((agreement->priority[agreement->priorities] =
				  vg_load_copy(load, item->text)) != NULL)
			agreement->priorities++;
	}
}

static void
read_matrix_row(struct vg_load *load, const struct vg_yaml_node *row, const char *const *words,
		uint8_t *out)
{
	struct vg_load_item item;

	if (!vg_load_is(load, row, VG_YAML_LIST, "matrix"))
		return;
	if (row->count != VG_LEVELS) {
		vg_yaml_error(load->errors, row,
			      "matrix: expected %d priorities in a row (urgency 1 to 4), found %zu",
			      VG_LEVELS, row->count);
		return;
	}
	for (size_t i = 0; i < VG_LEVELS; i++)
		out[i] = (uint8_t)vg_yaml_get_word(vg_load_item(&item, "matrix", row->item[i]),
						   "matrix", words, 0, load->errors);
}

static void
read_matrix(struct vg_load *load)
{
	const struct vg_yaml_node *list =
		vg_load_member(load, load->root, "matrix", VG_YAML_LIST, true);
	const char *words[VG_PRIORITY_MAX + 1];

	if (list == NULL || load->agreement->priorities == 0)
		return;
	if (list->count != VG_LEVELS) {
		vg_yaml_error(load->errors, list,
			      "matrix: expected %d rows (impact 1 to 4), found %zu", VG_LEVELS,
			      list->count);
		return;
	}
	list_priorities(load->agreement, words, NULL);
	for (size_t i = 0; i < VG_LEVELS; i++)
		read_matrix_row(load, list->item[i], words, load->agreement->matrix[i]);
}

/* Inserts by name. */
static void
add_target(struct vg_agreement *agreement, struct vg_target target)
{
	size_t at = agreement->targets;

	for (; at > 0 && strcmp(agreement->target[at - 1].name, target.name) > 0; at--)
		agreement->target[at] = agreement->target[at - 1];
	agreement->target[at] = target;
	agreement->targets++;
}

static void
read_target(struct vg_load *load, const struct vg_yaml_node *key, const struct vg_yaml_node *map)
{
	static const char *const known[] = {"response", "resolution", "share", "calendar", NULL};
	struct vg_target target = {0};

	if (!vg_load_is(load, map, VG_YAML_MAP, key->text))
		return;
	(void)vg_yaml_only(map, load->errors, known);
	target.response_ms = vg_yaml_get_duration_ms(map, "response", false, -1, load->errors);
	target.resolution_ms = vg_yaml_get_duration_ms(map, "resolution", false, -1, load->errors);
	target.share_ppm = vg_yaml_get_ppm(map, "share", true, 0, load->errors);
	target.cal = vg_load_calendar(load, map, "calendar");
	vg_load_require(load, map, "calendar", "the name of one");
	if (vg_yaml_find(map, "response") == NULL && vg_yaml_find(map, "resolution") == NULL)
		vg_yaml_error(load->errors, map, "target %s: expected response, resolution or both",
			      key->text);
	if ((target.name = vg_load_copy(load, key->text)) != NULL)
		add_target(load->agreement, target);
}

static void
read_targets(struct vg_load *load)
{
	struct vg_agreement *agreement = load->agreement;
	const struct vg_yaml_node *section =
		vg_load_member(load, load->root, "targets", VG_YAML_MAP, true);
	const char *words[VG_PRIORITY_MAX + 2];
	struct vg_load_item item;

	if (section == NULL || agreement->priorities == 0 ||
	    (agreement->target = vg_load_take(load, agreement->priorities + 1,
					      sizeof(*agreement->target))) == NULL)
		return;
	list_priorities(agreement, words, REQUEST);
	for (size_t i = 0; i < section->count; i++) {
		const struct vg_yaml_node *key = section->key_node[i];

		if (vg_yaml_get_word(vg_load_item(&item, "targets", key), "targets", words, -1,
				     load->errors) >= 0)
			read_target(load, key, section->item[i]);
	}
	for (size_t i = 0; words[i] != NULL; i++)
		if (vg_agreement_target(agreement, words[i]) == NULL)
			vg_load_warning(
				load, section,
				"targets: none for %s; its tickets are measured but not judged",
				words[i]);
}

void
vg_load_service_levels(struct vg_load *load)
{
	read_priorities(load);
	read_matrix(load);
	read_targets(load);
}
