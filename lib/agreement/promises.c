/* promises.c - who has called off which service, and what was agreed on otherwise.
 *
 * Both are sorted by service and municipality for the core's look-ups. The hard thing is to tell
 * where two rows collide: a row of a CSV file is gone when the whole is sorted, so its place is
 * kept until then. */
#include "lib/agreement/load.h"

#include <stdlib.h>
#include <string.h>

/* --- call-offs --- */

struct placed_calloff {
	struct vg_calloff calloff;
	struct vg_yaml_node at; /* place alone */
};

/* While call-offs are read. */
struct vg_load_calling {
	struct placed_calloff *row;
	size_t count;
	char *file; /* the path of the file that they come from, for messages */
	bool too_many;
};

static const char *const calloff_keys[] = {"municipality", "service", "go_live", "end", NULL};

static void
read_calloff(struct vg_load *load, const struct vg_yaml_node *map)
{
	struct vg_load_calling *calling = load->calling;
	struct placed_calloff *row = &calling->row[calling->count];
	const char *municipality;
	int service;

	if (!vg_load_is(load, map, VG_YAML_MAP, "calloffs"))
		return;
	(void)vg_yaml_only(map, load->errors, calloff_keys);
	if (calling->count == VG_AGREEMENT_CALLOFFS_MAX) {
		if (!calling->too_many)
			vg_yaml_error(load->errors, map, "calloffs: expected at most %d",
				      VG_AGREEMENT_CALLOFFS_MAX);
		calling->too_many = true;
		return;
	}
	vg_load_require(load, map, "municipality", "the code of a municipality");
	vg_load_require(load, map, "service", "the id of a service");
	municipality = vg_load_municipality(load, map, false);
	service = vg_load_service(load, map);
	row->calloff.from_ms = vg_load_day_ms(load, map, "go_live", INT64_MIN);
	row->calloff.to_ms = vg_load_day_ms(load, map, "end", INT64_MAX);
	if (row->calloff.to_ms <= row->calloff.from_ms)
		vg_yaml_error(load->errors, vg_load_place(map, "end"),
			      "end: expected a date after go_live (it is the first day that is not "
			      "covered)");
	if (service >= 0 && load->agreement->service[service].component)
		vg_yaml_error(load->errors, vg_load_place(map, "service"),
			      "service: %s is a component, which is promised to nobody",
			      load->agreement->service[service].id);
	if (municipality == NULL || service < 0 ||
	    (row->calloff.municipality = vg_load_copy(load, municipality)) == NULL)
		return;
	row->calloff.service = (uint32_t)service;
	if (calling->file == NULL)
		calling->file = vg_load_copy(load, map->file);
	row->at = (struct vg_yaml_node){
		.file = calling->file, .line = map->line, .column = map->column};
	calling->count++;
}

static int
by_scope_and_start(const void *left, const void *right)
{
	const struct vg_calloff *a = &((const struct placed_calloff *)left)->calloff;
	const struct vg_calloff *b = &((const struct placed_calloff *)right)->calloff;
	int order = (a->service > b->service) - (a->service < b->service);

	if (order == 0)
		order = strcmp(a->municipality, b->municipality);
	return order != 0 ? order : (a->from_ms > b->from_ms) - (a->from_ms < b->from_ms);
}

static void
check_overlap(struct vg_load *load, const struct placed_calloff *before,
	      const struct placed_calloff *row)
{
	if (before->calloff.service == row->calloff.service &&
	    strcmp(before->calloff.municipality, row->calloff.municipality) == 0 &&
	    before->calloff.to_ms > row->calloff.from_ms)
		vg_yaml_error(load->errors, &row->at,
			      "municipality %s has called off %s twice at the same time; line %d "
			      "has it too",
			      row->calloff.municipality,
			      load->agreement->service[row->calloff.service].id, before->at.line);
}

static void
read_calloffs(struct vg_load *load)
{
	struct vg_agreement *agreement = load->agreement;
	const struct vg_yaml_node *list = vg_yaml_find(load->root, "calloffs");
	const struct vg_yaml_node *file = vg_yaml_find(load->root, "calloffs_file");
	struct vg_load_calling calling = {0};

	if (list != NULL && file != NULL)
		vg_yaml_error(load->errors, file,
			      "expected either calloffs or calloffs_file, found both");
	if ((list == NULL) == (file == NULL))
		return;
	calling.row = vg_load_take(load, VG_AGREEMENT_CALLOFFS_MAX, sizeof(struct placed_calloff));
	if (calling.row == NULL)
		return;
	load->calling = &calling;
	if (file != NULL)
		vg_load_table(load, file, "calloffs_file", calloff_keys, read_calloff);
	else if (vg_load_is(load, list, VG_YAML_LIST, "calloffs"))
		for (size_t i = 0; i < list->count; i++)
			read_calloff(load, list->item[i]);
	load->calling = NULL;
	qsort(calling.row, calling.count, sizeof(*calling.row), by_scope_and_start);
	for (size_t i = 1; i < calling.count; i++)
		check_overlap(load, &calling.row[i - 1], &calling.row[i]);
	agreement->calloff = vg_load_take(load, calling.count, sizeof(*agreement->calloff));
	for (size_t i = 0; i < calling.count; i++) {
		if (agreement->calloff != NULL)
			agreement->calloff[agreement->calloffs++] = calling.row[i].calloff;
		else
			free(calling.row[i].calloff.municipality);
	}
	free(calling.row);
	free(calling.file);
}

/* --- exceptions --- */

static int
by_scope(const void *left, const void *right)
{
	const struct vg_exception *a = left, *b = right;
	int order = (a->service > b->service) - (a->service < b->service);

	return order != 0 ? order : strcmp(a->municipality, b->municipality);
}

static void
read_exception(struct vg_load *load, const struct vg_yaml_node *map)
{
	static const char *const known[] = {"municipality", "service", "hours", "availability",
					    NULL};
	struct vg_agreement *agreement = load->agreement;
	struct vg_exception new = {.target_ppm = -1};
	const char *municipality;
	int service;

	(void)vg_yaml_only(map, load->errors, known);
	vg_load_require(load, map, "municipality", "the code of a municipality");
	vg_load_require(load, map, "service", "the id of a service");
	municipality = vg_load_municipality(load, map, false);
	service = vg_load_service(load, map);
	new.hours = vg_load_calendar(load, map, "hours");
	new.target_ppm = vg_yaml_get_ppm(map, "availability", false, -1, load->errors);
	if (vg_yaml_find(map, "hours") == NULL && vg_yaml_find(map, "availability") == NULL)
		vg_yaml_error(load->errors, map, "expected hours, availability or both");
	if (municipality == NULL || service < 0)
		return;
	new.service = (uint32_t)service;
	if (agreement->service[service].component)
		vg_yaml_error(load->errors, vg_load_place(map, "service"),
			      "service: %s is a component, which is promised to nobody",
			      agreement->service[service].id);
	for (size_t i = 0; i < agreement->exceptions; i++)
		if (agreement->exception[i].service == new.service &&
		    strcmp(agreement->exception[i].municipality, municipality) == 0)
			vg_yaml_error(load->errors, map,
				      "municipality %s has an exception for %s already",
				      municipality, agreement->service[service].id);
	if ((new.municipality = vg_load_copy(load, municipality)) != NULL)
		agreement->exception[agreement->exceptions++] = new;
}

static void
read_exceptions(struct vg_load *load)
{
	struct vg_agreement *agreement = load->agreement;
	const struct vg_yaml_node *list =
		vg_load_member(load, load->root, "exceptions", VG_YAML_LIST, false);

	if (list == NULL)
		return;
	if (list->count > VG_AGREEMENT_EXCEPTIONS_MAX) {
		vg_yaml_error(load->errors, list, "exceptions: expected at most %d, found %zu",
			      VG_AGREEMENT_EXCEPTIONS_MAX, list->count);
		return;
	}
	if ((agreement->exception =
		     vg_load_take(load, list->count, sizeof(*agreement->exception))) == NULL)
		return;
	for (size_t i = 0; i < list->count; i++)
		if (vg_load_is(load, list->item[i], VG_YAML_MAP, "exceptions"))
			read_exception(load, list->item[i]);
	qsort(agreement->exception, agreement->exceptions, sizeof(*agreement->exception), by_scope);
}

void
vg_load_promises(struct vg_load *load)
{
	read_calloffs(load);
	read_exceptions(load);
}
