/* services.c - access channels, services, and what they need of each other.
 *
 * Services are sorted before anything names them by their place. The hard thing is what they need:
 * a service may name one that comes later in the file, so the needs are read when all are there,
 * and then the whole is looked through for a cycle. */
#include "lib/agreement/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CYCLE_TEXT_MAX 300

static int
by_id(const void *left, const void *right)
{
	return strcmp(((const struct vg_service *)left)->id,
		      ((const struct vg_service *)right)->id);
}

static int
by_channel_id(const void *left, const void *right)
{
	return strcmp(((const struct vg_access_channel *)left)->id,
		      ((const struct vg_access_channel *)right)->id);
}

/* --- channels --- */

static void
read_channels(struct vg_load *load)
{
	struct vg_agreement *agreement = load->agreement;
	const struct vg_yaml_node *section =
		vg_load_member(load, load->root, "channels", VG_YAML_MAP, false);

	if (section == NULL)
		return;
	if (section->count > VG_AGREEMENT_CHANNELS_MAX) {
		vg_yaml_error(load->errors, section, "channels: expected at most %d, found %zu",
			      VG_AGREEMENT_CHANNELS_MAX, section->count);
		return;
	}
	if ((agreement->channel =
		     vg_load_take(load, section->count, sizeof(*agreement->channel))) == NULL)
		return;
	for (size_t i = 0; i < section->count; i++) {
		struct vg_access_channel *channel = &agreement->channel[agreement->channels];

		(void)vg_load_is_id(load, section->key_node[i], "channels");
		channel->name = vg_load_text(load, section, section->key[i], NULL);
		if ((channel->id = vg_load_copy(load, section->key[i])) != NULL)
			agreement->channels++;
	}
	qsort(agreement->channel, agreement->channels, sizeof(*agreement->channel), by_channel_id);
}

/* --- services --- */

static uint32_t
read_service_channels(struct vg_load *load, const struct vg_yaml_node *map)
{
	const struct vg_yaml_node *list =
		vg_load_member(load, map, "channels", VG_YAML_LIST, false);
	struct vg_load_item item;
	uint32_t bits = 0;

	if (list != NULL && load->agreement->channels == 0) {
		vg_yaml_error(load->errors, list, "channels: this agreement has no channels");
		return 0;
	}
	for (size_t i = 0; list != NULL && i < list->count; i++) {
		const struct vg_yaml_node *one = vg_load_item(&item, "channels", list->item[i]);
		int channel =
			vg_yaml_get_word(one, "channels", load->channel_words, -1, load->errors);

		if (channel >= 0)
			bits |= UINT32_C(1) << channel;
	}
	return bits;
}

static void
read_long_form(struct vg_load *load, const struct vg_yaml_node *map, struct vg_service *service)
{
	static const char *const known[] = {"name",    "channels",  "hours", "availability",
					    "depends", "component", NULL};

	(void)vg_yaml_only(map, load->errors, known);
	service->name = vg_load_text(load, map, "name", NULL);
	service->channels = read_service_channels(load, map);
	service->component = vg_yaml_get_bool(map, "component", false, load->errors);
	if (service->component) {
		service->target_ppm = -1;
		if (vg_yaml_find(map, "hours") != NULL || vg_yaml_find(map, "availability") != NULL)
			vg_yaml_error(load->errors, map,
				      "%s: a component is promised to nobody; expected neither "
				      "hours nor availability",
				      service->id);
		return;
	}
	if (vg_yaml_find(map, "hours") != NULL)
		service->hours = vg_load_calendar(load, map, "hours");
	service->target_ppm = vg_load_availability(load, map, load->target_ppm);
}

static void
read_service(struct vg_load *load, const struct vg_yaml_node *section, size_t index)
{
	struct vg_agreement *agreement = load->agreement;
	struct vg_service *service = &agreement->service[agreement->services];

	(void)vg_load_is_id(load, section->key_node[index], "services");
	if ((service->id = vg_load_copy(load, section->key[index])) == NULL)
		return;
	agreement->services++;
	service->hours = vg_agreement_cal(agreement, "24x7");
	service->target_ppm = load->target_ppm;
	if (section->item[index]->type == VG_YAML_MAP)
		read_long_form(load, section->item[index], service);
	else
		service->name = vg_load_text(load, section, section->key[index], NULL);
}

/* --- what they need --- */

/* Inserts by the place of the service. */
static void
add_edge(struct vg_service *service, struct vg_edge edge)
{
	size_t at = service->edges++;

	for (; at > 0 && service->edge[at - 1].service > edge.service; at--)
		service->edge[at] = service->edge[at - 1];
	service->edge[at] = edge;
}

static void
read_edges(struct vg_load *load, const struct vg_yaml_node *map, struct vg_service *service)
{
	static const char *const kinds[] = {"soft", "hard", NULL};
	const struct vg_yaml_node *needs = vg_load_member(load, map, "depends", VG_YAML_MAP, false);
	struct vg_load_item item;

	if (needs == NULL)
		return;
	if (needs->count > VG_AGREEMENT_EDGES_MAX) {
		vg_yaml_error(load->errors, needs, "depends: expected at most %d, found %zu",
			      VG_AGREEMENT_EDGES_MAX, needs->count);
		return;
	}
	if ((service->edge = vg_load_take(load, needs->count, sizeof(*service->edge))) == NULL)
		return;
	for (size_t i = 0; i < needs->count; i++) {
		const struct vg_yaml_node *key = vg_load_item(&item, "depends", needs->key_node[i]);
		int to = vg_yaml_get_word(key, "depends", load->service_words, -1, load->errors);
		int kind = vg_yaml_get_word(needs, needs->key[i], kinds, 0, load->errors);

		if (to >= 0)
			add_edge(service, (struct vg_edge){(uint32_t)to, kind == 1});
	}
}

static void
refuse_cycle(struct vg_load *load, const struct vg_yaml_node *section)
{
	const struct vg_agreement *agreement = load->agreement;
	uint32_t cycle[VG_AGREEMENT_SERVICES_MAX];
	size_t count = vg_agreement_cycle(agreement, cycle), used = 0;
	char text[CYCLE_TEXT_MAX] = "";

	if (count == 0)
		return;
	for (size_t i = 0; i < count && used < sizeof(text); i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s needs ",
					 agreement->service[cycle[i]].id);
	vg_yaml_error(load->errors, vg_yaml_find(section, agreement->service[cycle[0]].id),
		      "depends: %s%s: a service cannot need itself", text,
		      agreement->service[cycle[0]].id);
}

static const char **
make_words(struct vg_load *load, size_t count)
{
	return vg_load_take(load, count, sizeof(const char *));
}

static void
read_services(struct vg_load *load, const struct vg_yaml_node *section)
{
	struct vg_agreement *agreement = load->agreement;

	if ((agreement->service =
		     vg_load_take(load, section->count, sizeof(*agreement->service))) == NULL)
		return;
	for (size_t i = 0; i < section->count; i++)
		read_service(load, section, i);
	qsort(agreement->service, agreement->services, sizeof(*agreement->service), by_id);
	if ((load->service_words = make_words(load, agreement->services)) == NULL)
		return;
	for (size_t i = 0; i < agreement->services; i++)
		load->service_words[i] = agreement->service[i].id;
	for (size_t i = 0; i < agreement->services; i++) {
		struct vg_service *service = &agreement->service[i];
		const struct vg_yaml_node *node = vg_yaml_find(section, service->id);

		if (node->type == VG_YAML_MAP)
			read_edges(load, node, service);
	}
	refuse_cycle(load, section);
}

int
vg_load_service(struct vg_load *load, const struct vg_yaml_node *map)
{
	if (load->service_words == NULL || load->service_words[0] == NULL) {
		if (vg_yaml_find(map, "service") != NULL)
			vg_yaml_error(load->errors, vg_yaml_find(map, "service"),
				      "service: this agreement has no services");
		return -1;
	}
	return vg_yaml_get_word(map, "service", load->service_words, -1, load->errors);
}

void
vg_load_services(struct vg_load *load)
{
	const struct vg_agreement *agreement = load->agreement;
	const struct vg_yaml_node *section =
		vg_load_member(load, load->root, "services", VG_YAML_MAP, false);

	read_channels(load);
	if ((load->channel_words = make_words(load, agreement->channels)) == NULL)
		return;
	for (size_t i = 0; i < agreement->channels; i++)
		load->channel_words[i] = agreement->channel[i].id;
	if (section == NULL)
		return;
	if (section->count > VG_AGREEMENT_SERVICES_MAX)
		vg_yaml_error(load->errors, section, "services: expected at most %d, found %zu",
			      VG_AGREEMENT_SERVICES_MAX, section->count);
	else
		read_services(load, section);
}
