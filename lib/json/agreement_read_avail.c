/* agreement_read_avail.c - what is measured and promised, from an agreement's JSON.
 *
 * The hard thing is that services name each other before all of them are read, so what they need is
 * read in a second round, and the whole is then checked for a cycle. */
#include "lib/json/unpack.h"

#include "lib/json/agreement_words.h"

#include <stdlib.h>
#include <string.h>

#define INTERVAL_MAX_MS INT64_C(86400000)
#define EVERY_CHANNEL	(-1)

/* Room for a list's elements; *list is in the agreement, which frees it. */
static int
make_room(struct vg_unpack *r, const char *where, const json_t *json, size_t max, size_t size,
	  void **list, size_t *count)
{
	int rc = vg_unpack_list(r, where, json, max, count);

	if (rc == 0 && (*list = calloc(*count + 1, size)) == NULL)
		rc = vg_unpack_no_memory(r);
	return rc;
}

static int
find_service(const struct vg_unpack *r, const char *id, uint32_t *out)
{
	const struct vg_service *service = vg_agreement_service(r->agreement, id);

	if (service == NULL)
		return vg_unpack_refuse(r, "a service of the agreement");
	*out = (uint32_t)(service - r->agreement->service);
	return 0;
}

static int
find_municipality(const struct vg_unpack *r, const char *code, char **out)
{
	if (vg_agreement_municipality(r->agreement, code) == NULL)
		return vg_unpack_refuse(r, "a municipality of the agreement");
	return vg_unpack_text(r, code, out);
}

static int
find_cal(const struct vg_unpack *r, const char *name, const struct vg_cal **out)
{
	if ((*out = vg_agreement_cal(r->agreement, name)) == NULL)
		return vg_unpack_refuse(r, "a calendar of the agreement");
	return 0;
}

static int
check_target(const struct vg_unpack *r, int64_t ppm)
{
	return vg_unpack_range(r, ppm, -1, 1000000, "target_ppm of at most 1000000");
}

/* --- channels and services --- */

int
vg_unpack_channels(struct vg_unpack *r, const json_t *json)
{
	struct vg_agreement *agreement = r->agreement;
	void *list = NULL;
	const char *id, *name;
	size_t count;
	int rc;

	if (json == NULL)
		return 0;
	if ((rc = make_room(r, "channels", json, VG_AGREEMENT_CHANNELS_MAX,
			    sizeof(*agreement->channel), &list, &count)) != 0)
		return rc;
	agreement->channel = list;
	for (size_t i = 0; i < count; i++) {
		struct vg_access_channel *channel = &agreement->channel[agreement->channels++];

		r->index = i;
		if ((rc = vg_unpack(r, json_array_get(json, i), "{s:s, s:s}", "id", &id, "name",
				    &name)) != 0 ||
		    (rc = vg_unpack_id(r, id, &channel->id)) != 0 ||
		    (rc = vg_unpack_text(r, name, &channel->name)) != 0)
			return rc;
		if (i > 0 && strcmp(channel[-1].id, channel->id) >= 0)
			return vg_unpack_refuse(r, "channels in the order of their ids");
	}
	return 0;
}

static int
read_service_channels(struct vg_unpack *r, const json_t *json, struct vg_service *service)
{
	for (size_t i = 0; i < json_array_size(json); i++) {
		const char *id = json_string_value(json_array_get(json, i));
		int channel = id == NULL ? -1 : vg_agreement_channel(r->agreement, id);

		if (channel < 0)
			return vg_unpack_refuse(r, "channels of the agreement");
		service->channels |= UINT32_C(1) << channel;
	}
	return 0;
}

/* All but what it needs, which may not have been read yet. */
static int
read_service(struct vg_unpack *r, const json_t *json, struct vg_service *service)
{
	const char *id, *name, *hours = "24x7";
	const json_t *channels = NULL, *depends = NULL;
	json_int_t target_ppm = VG_AVAILABILITY_TARGET_PPM;
	int component = 0, rc;

	if ((rc = vg_unpack(r, json, "{s:s, s:s, s?s, s?I, s?b, s?o, s?o}", "id", &id, "name",
			    &name, "hours", &hours, "target_ppm", &target_ppm, "component",
			    &component, "channels", &channels, "depends", &depends)) != 0 ||
	    (rc = vg_unpack_id(r, id, &service->id)) != 0 ||
	    (rc = vg_unpack_text(r, name, &service->name)) != 0 ||
	    (rc = find_cal(r, hours, &service->hours)) != 0 ||
	    (rc = check_target(r, target_ppm)) != 0)
		return rc;
	service->target_ppm = target_ppm;
	service->component = component != 0;
	if (channels != NULL && !json_is_array(channels))
		return vg_unpack_refuse(r, "channels as a list");
	return read_service_channels(r, channels, service);
}

static int
read_edges(struct vg_unpack *r, const json_t *json, struct vg_service *service)
{
	const json_t *list = json_object_get(json, "depends");
	size_t count = json_array_size(list);
	int rc;

	if (list == NULL)
		return 0;
	if (!json_is_array(list) || count > VG_AGREEMENT_EDGES_MAX)
		return vg_unpack_refuse(r, "depends as a list of at most 32");
	if ((service->edge = calloc(count + 1, sizeof(*service->edge))) == NULL)
		return vg_unpack_no_memory(r);
	for (size_t i = 0; i < count; i++) {
		struct vg_edge *edge = &service->edge[service->edges++];
		const char *id;
		int hard;

		if ((rc = vg_unpack(r, json_array_get(list, i), "{s:s, s:b}", "service", &id,
				    "hard", &hard)) != 0 ||
		    (rc = find_service(r, id, &edge->service)) != 0)
			return rc;
		edge->hard = hard != 0;
		if (i > 0 && edge[-1].service >= edge->service)
			return vg_unpack_refuse(r, "depends in the order of the ids");
	}
	return 0;
}

int
vg_unpack_services(struct vg_unpack *r, const json_t *json)
{
	struct vg_agreement *agreement = r->agreement;
	uint32_t cycle[VG_AGREEMENT_SERVICES_MAX];
	void *list = NULL;
	size_t count;
	int rc;

	if ((rc = make_room(r, "services", json, VG_AGREEMENT_SERVICES_MAX,
			    sizeof(*agreement->service), &list, &count)) != 0)
		return rc;
	agreement->service = list;
	for (size_t i = 0; i < count; i++) {
		struct vg_service *service = &agreement->service[agreement->services++];

		r->index = i;
		if ((rc = read_service(r, json_array_get(json, i), service)) != 0)
			return rc;
		if (i > 0 && strcmp(service[-1].id, service->id) >= 0)
			return vg_unpack_refuse(r, "services in the order of their ids");
	}
	for (size_t i = 0; i < count; i++) {
		r->index = i;
		if ((rc = read_edges(r, json_array_get(json, i), &agreement->service[i])) != 0)
			return rc;
	}
	vg_unpack_enter(r, "services");
	return vg_agreement_cycle(agreement, cycle) == 0
		       ? 0
		       : vg_unpack_refuse(r, "dependencies without a cycle");
}

/* --- probes --- */

/* The scope of a probe that measures a service. */
static int
read_probe_scope(struct vg_unpack *r, const char *service, const char *channel,
		 const char *municipality, struct vg_probe_rule *probe)
{
	int rc;

	if (service == NULL || municipality == NULL)
		return vg_unpack_refuse(r, "a service and a municipality");
	if ((rc = find_service(r, service, &probe->service)) != 0)
		return rc;
	if (channel != NULL) {
		probe->channel = vg_agreement_channel(r->agreement, channel);
		if (probe->channel < 0 ||
		    (r->agreement->service[probe->service].channels >> probe->channel & 1) == 0)
			return vg_unpack_refuse(r, "a channel of the service");
	}
	if (strcmp(municipality, "*") != 0)
		return find_municipality(r, municipality, &probe->municipality);
	if (probe->vantage == VG_VANTAGE_LOCAL)
		return vg_unpack_refuse(r, "one municipality for a local probe");
	return vg_unpack_text(r, municipality, &probe->municipality);
}

static int
read_probe(struct vg_unpack *r, const json_t *json, struct vg_probe_rule *probe)
{
	const char *agent, *name, *service = NULL, *channel = NULL, *municipality = NULL;
	const char *vantage_word = vg_agreement_vantage_words[VG_VANTAGE_CENTRAL];
	json_int_t interval_ms = VG_PROBE_INTERVAL_MS;
	int reference = 0, trace = 0, vantage, rc;

	if ((rc = vg_unpack(r, json, "{s:s, s:s, s?s, s?s, s?s, s?s, s?I, s?b, s?b}", "agent",
			    &agent, "name", &name, "service", &service, "channel", &channel,
			    "municipality", &municipality, "vantage", &vantage_word, "interval_ms",
			    &interval_ms, "reference", &reference, "trace", &trace)) != 0 ||
	    (rc = vg_unpack_id(r, agent, &probe->agent)) != 0 ||
	    (rc = vg_unpack_id(r, name, &probe->name)) != 0 ||
	    (rc = vg_unpack_word(r, vantage_word, vg_agreement_vantage_words, &vantage)) != 0 ||
	    (rc = vg_unpack_range(r, interval_ms, 1000, INTERVAL_MAX_MS,
				  "interval_ms from 1000 to 86400000")) != 0)
		return rc;
	probe->reference = reference != 0;
	probe->trace = trace != 0;
	probe->vantage = (enum vg_vantage)vantage;
	probe->interval_ms = interval_ms;
	probe->channel = EVERY_CHANNEL;
	if (!probe->reference)
		return read_probe_scope(r, service, channel, municipality, probe);
	if (probe->trace || service != NULL || channel != NULL || municipality != NULL)
		return vg_unpack_refuse(r, "no trace and no scope for a reference target");
	return vg_unpack_text(r, "", &probe->municipality);
}

int
vg_unpack_probes(struct vg_unpack *r, const json_t *json)
{
	struct vg_agreement *agreement = r->agreement;
	void *list = NULL;
	size_t count;
	int rc;

	if (json == NULL)
		return 0;
	if ((rc = make_room(r, "probes", json, VG_AGREEMENT_PROBES_MAX, sizeof(*agreement->probe),
			    &list, &count)) != 0)
		return rc;
	agreement->probe = list;
	for (size_t i = 0; i < count; i++) {
		struct vg_probe_rule *probe = &agreement->probe[agreement->probes++];
		int order;

		r->index = i;
		if ((rc = read_probe(r, json_array_get(json, i), probe)) != 0)
			return rc;
		order = i == 0 ? -1 : strcmp(probe[-1].agent, probe->agent);
		if (order > 0 || (order == 0 && strcmp(probe[-1].name, probe->name) >= 0))
			return vg_unpack_refuse(r, "probes in the order of agent and name");
	}
	return 0;
}

/* --- call-offs and exceptions --- */

int
vg_unpack_calloffs(struct vg_unpack *r, const json_t *json)
{
	struct vg_agreement *agreement = r->agreement;
	void *list = NULL;
	size_t count;
	int rc;

	if (json == NULL)
		return 0;
	if ((rc = make_room(r, "calloffs", json, VG_AGREEMENT_CALLOFFS_MAX,
			    sizeof(*agreement->calloff), &list, &count)) != 0)
		return rc;
	agreement->calloff = list;
	for (size_t i = 0; i < count; i++) {
		struct vg_calloff *x = &agreement->calloff[agreement->calloffs++];
		json_int_t from_ms = INT64_MIN, to_ms = INT64_MAX;
		const char *service, *municipality;
		int order;

		r->index = i;
		if ((rc = vg_unpack(r, json_array_get(json, i), "{s:s, s:s, s?I, s?I}", "service",
				    &service, "municipality", &municipality, "from_ms", &from_ms,
				    "to_ms", &to_ms)) != 0 ||
		    (rc = find_service(r, service, &x->service)) != 0 ||
		    (rc = find_municipality(r, municipality, &x->municipality)) != 0)
			return rc;
		x->from_ms = from_ms;
		x->to_ms = to_ms;
		if (to_ms <= from_ms)
			return vg_unpack_refuse(r, "to_ms after from_ms");
		if (i == 0 || x[-1].service < x->service)
			continue;
		order = strcmp(x[-1].municipality, x->municipality);
		if (x[-1].service > x->service || order > 0 ||
		    (order == 0 && x[-1].to_ms > x->from_ms))
			return vg_unpack_refuse(r, "call-offs in order, not overlapping");
	}
	return 0;
}

int
vg_unpack_exceptions(struct vg_unpack *r, const json_t *json)
{
	struct vg_agreement *agreement = r->agreement;
	void *list = NULL;
	size_t count;
	int rc;

	if (json == NULL)
		return 0;
	if ((rc = make_room(r, "exceptions", json, VG_AGREEMENT_EXCEPTIONS_MAX,
			    sizeof(*agreement->exception), &list, &count)) != 0)
		return rc;
	agreement->exception = list;
	for (size_t i = 0; i < count; i++) {
		struct vg_exception *x = &agreement->exception[agreement->exceptions++];
		const char *service, *municipality, *hours = NULL;
		json_int_t target_ppm = -1;

		r->index = i;
		if ((rc = vg_unpack(r, json_array_get(json, i), "{s:s, s:s, s?s, s?I}", "service",
				    &service, "municipality", &municipality, "hours", &hours,
				    "target_ppm", &target_ppm)) != 0 ||
		    (rc = find_service(r, service, &x->service)) != 0 ||
		    (rc = find_municipality(r, municipality, &x->municipality)) != 0 ||
		    (rc = check_target(r, target_ppm)) != 0 ||
		    (hours != NULL && (rc = find_cal(r, hours, &x->hours)) != 0))
			return rc;
		x->target_ppm = target_ppm;
		if (i > 0 && (x[-1].service > x->service ||
			      (x[-1].service == x->service &&
			       strcmp(x[-1].municipality, x->municipality) >= 0)))
			return vg_unpack_refuse(r, "exceptions in order, each once");
	}
	return 0;
}
