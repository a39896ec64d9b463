/* probes.c - what each probe measures, and from where.
 *
 * The hard thing is the vantage: it decides which probes count for a municipality, and when it is
 * not stated it follows from the probes themselves. */
#include "lib/agreement/load.h"

#include <stdlib.h>
#include <string.h>

#define INTERVAL_MIN_MS 1000
#define INTERVAL_MAX_MS 86400000

static const char *const vantages[] = {
	[VG_VANTAGE_LOCAL] = "local", [VG_VANTAGE_CENTRAL] = "central", NULL};

struct placed_probe {
	struct vg_probe_rule probe;
	const struct vg_yaml_node *node;
};

static int
by_agent_and_name(const void *left, const void *right)
{
	const struct vg_probe_rule *a = &((const struct placed_probe *)left)->probe;
	const struct vg_probe_rule *b = &((const struct placed_probe *)right)->probe;
	int order = strcmp(a->agent, b->agent);

	return order != 0 ? order : strcmp(a->name, b->name);
}

/* A name that samples come under; NULL after an error. */
static char *
read_id(struct vg_load *load, const struct vg_yaml_node *map, const char *key)
{
	const char *text = vg_yaml_get_text(map, key, true, NULL, load->errors);

	if (text == NULL || !vg_load_is_id(load, vg_yaml_find(map, key), key))
		return NULL;
	return vg_load_copy(load, text);
}

static void
read_reference(struct vg_load *load, const struct vg_yaml_node *map, struct vg_probe_rule *probe)
{
	static const char *const foreign[] = {"service", "channel", "municipality",
					      "vantage", "trace",   NULL};

	for (size_t i = 0; foreign[i] != NULL; i++)
		if (vg_yaml_find(map, foreign[i]) != NULL)
			vg_yaml_error(load->errors, vg_yaml_find(map, foreign[i]),
				      "%s: a reference target measures its agent's own line; "
				      "expected no %s",
				      foreign[i], foreign[i]);
	probe->vantage = VG_VANTAGE_CENTRAL;
	probe->municipality = vg_load_copy(load, "");
}

static int
read_channel(struct vg_load *load, const struct vg_yaml_node *map, int service)
{
	const struct vg_agreement *agreement = load->agreement;
	const struct vg_yaml_node *node = vg_yaml_find(map, "channel");
	const char *words[VG_AGREEMENT_CHANNELS_MAX + 1];
	int channels[VG_AGREEMENT_CHANNELS_MAX], word;
	size_t count = 0;

	if (node == NULL || service < 0)
		return -1;
	for (size_t i = 0; i < agreement->channels; i++)
		if ((agreement->service[service].channels >> i & 1) != 0) {
			channels[count] = (int)i;
			words[count++] = agreement->channel[i].id;
		}
	words[count] = NULL;
	if (count == 0) {
		vg_yaml_error(load->errors, node, "channel: %s has no channels",
			      agreement->service[service].id);
		return -1;
	}
	word = vg_yaml_get_word(map, "channel", words, -1, load->errors);
	return word < 0 ? -1 : channels[word];
}

static void
read_scope(struct vg_load *load, const struct vg_yaml_node *map, struct vg_probe_rule *probe)
{
	const char *municipality;
	int service, vantage;

	vg_load_require(load, map, "service", "what it measures, or reference: yes");
	vg_load_require(load, map, "municipality", "a code, or all");
	vg_load_require(load, map, "vantage", "local or central");
	service = vg_load_service(load, map);
	probe->service = service < 0 ? 0 : (uint32_t)service;
	probe->channel = read_channel(load, map, service);
	vantage = vg_yaml_get_word(map, "vantage", vantages, VG_VANTAGE_CENTRAL, load->errors);
	probe->vantage = (enum vg_vantage)vantage;
	probe->trace = vg_yaml_get_bool(map, "trace", false, load->errors);
	municipality = vg_load_municipality(load, map, true);
	if (municipality != NULL && strcmp(municipality, "*") == 0 &&
	    probe->vantage == VG_VANTAGE_LOCAL)
		vg_yaml_error(load->errors, vg_load_place(map, "municipality"),
			      "municipality: a local probe stands in one municipality; expected "
			      "its code");
	probe->municipality = vg_load_copy(load, municipality != NULL ? municipality : "");
}

static void
read_probe(struct vg_load *load, const struct vg_yaml_node *map, struct vg_probe_rule *probe)
{
	static const char *const known[] = {"agent",	    "probe",   "service",  "channel",
					    "municipality", "vantage", "interval", "reference",
					    "trace",	    NULL};

	(void)vg_yaml_only(map, load->errors, known);
	probe->agent = read_id(load, map, "agent");
	probe->name = read_id(load, map, "probe");
	probe->channel = -1;
	probe->reference = vg_yaml_get_bool(map, "reference", false, load->errors);
	probe->interval_ms =
		vg_yaml_get_duration_ms(map, "interval", false, VG_PROBE_INTERVAL_MS, load->errors);
	if (probe->interval_ms < INTERVAL_MIN_MS || probe->interval_ms > INTERVAL_MAX_MS)
		vg_yaml_error(load->errors, vg_load_place(map, "interval"),
			      "interval: expected 1s to 24h");
	if (probe->reference)
		read_reference(load, map, probe);
	else
		read_scope(load, map, probe);
	if (probe->trace && vg_yaml_find(map, "interval") != NULL)
		vg_yaml_error(load->errors, vg_yaml_find(map, "interval"),
			      "interval: a trace holds until its next row; expected none");
}

/* Sorts, and puts what has its key into the agreement; the rest is freed. */
static void
take_over(struct vg_load *load, struct placed_probe *row, size_t count)
{
	struct vg_agreement *agreement = load->agreement;

	qsort(row, count, sizeof(*row), by_agent_and_name);
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && by_agent_and_name(&row[i - 1], &row[i]) == 0)
			vg_yaml_error(load->errors, row[i].node,
				      "probe %s of agent %s is there twice; line %d has it too",
				      row[i].probe.name, row[i].probe.agent, row[i - 1].node->line);
		agreement->probe[agreement->probes++] = row[i].probe;
	}
}

static void
read_probes(struct vg_load *load, const struct vg_yaml_node *list)
{
	struct placed_probe *row = vg_load_take(load, list->count, sizeof(*row));
	size_t count = 0;

	load->agreement->probe = vg_load_take(load, list->count, sizeof(*load->agreement->probe));
	if (row == NULL || load->agreement->probe == NULL)
		goto out;
	for (size_t i = 0; i < list->count; i++) {
		struct vg_probe_rule *probe = &row[count].probe;

		if (!vg_load_is(load, list->item[i], VG_YAML_MAP, "probes"))
			continue;
		row[count].node = list->item[i];
		read_probe(load, list->item[i], probe);
		if (probe->agent != NULL && probe->name != NULL) {
			count++;
			continue;
		}
		free(probe->agent);
		free(probe->name);
		free(probe->municipality);
		*probe = (struct vg_probe_rule){0};
	}
	take_over(load, row, count);
out:
	free(row);
}

/* Local where an agent stands, unless something else was agreed on. */
static void
settle_vantages(struct vg_agreement *agreement)
{
	for (size_t i = 0; i < agreement->municipalities; i++) {
		struct vg_municipality *municipality = &agreement->municipality[i];

		if (municipality->vantage != VG_LOAD_VANTAGE_UNSTATED)
			continue;
		municipality->vantage = VG_VANTAGE_CENTRAL;
		for (size_t k = 0; k < agreement->probes && municipality->code != NULL; k++)
			if (agreement->probe[k].vantage == VG_VANTAGE_LOCAL &&
			    agreement->probe[k].municipality != NULL &&
			    strcmp(agreement->probe[k].municipality, municipality->code) == 0)
				municipality->vantage = VG_VANTAGE_LOCAL;
	}
}

void
vg_load_probes(struct vg_load *load)
{
	const struct vg_yaml_node *list =
		vg_load_member(load, load->root, "probes", VG_YAML_LIST, false);

	if (list != NULL && list->count > VG_AGREEMENT_PROBES_MAX)
		vg_yaml_error(load->errors, list, "probes: expected at most %d, found %zu",
			      VG_AGREEMENT_PROBES_MAX, list->count);
	else if (list != NULL)
		read_probes(load, list);
	settle_vantages(load->agreement);
}
