/* agreement.c - look-ups in one version of the agreement.
 *
 * The hard thing is the same time of day on another day: the core knows no zone, only where each
 * local day starts. A day that is not 24 hours long has its clock change in the night, before
 * NIGHT_MS on the wall. */
#include "core/agreement.h"

#include "core/event.h"

#include <stdlib.h>
#include <string.h>

#define DAY_MS	 (INT64_C(24) * 3600 * 1000)
#define NIGHT_MS (INT64_C(3) * 3600 * 1000)

struct vg_agreement *
vg_agreement_new(void)
{
	struct vg_agreement *agreement = calloc(1, sizeof *agreement);

	if (agreement != NULL)
		agreement->refs = 1;
	return agreement;
}

struct vg_agreement *
vg_agreement_ref(struct vg_agreement *agreement)
{
	agreement->refs++;
	return agreement;
}

static void
free_parties(struct vg_agreement *agreement)
{
	size_t i;

	for (i = 0; i < agreement->municipalities; i++) {
		free(agreement->municipality[i].code);
		free(agreement->municipality[i].name);
		free(agreement->municipality[i].federation);
		free(agreement->municipality[i].size);
		free(agreement->municipality[i].customer);
		free(agreement->municipality[i].reference);
	}
	free(agreement->municipality);
	for (i = 0; i < agreement->providers; i++) {
		free(agreement->provider[i].id);
		free(agreement->provider[i].name);
		free(agreement->provider[i].municipality);
	}
	free(agreement->provider);
	free(agreement->fee.index);
	free(agreement->fee.user_rule);
	for (i = 0; i < agreement->services; i++) {
		free(agreement->service[i].id);
		free(agreement->service[i].name);
		free(agreement->service[i].edge);
	}
	free(agreement->service);
	for (i = 0; i < agreement->duties; i++) {
		free(agreement->duty[i].name);
		free(agreement->duty[i].municipality);
		free(agreement->duty[i].channel);
		free(agreement->duty[i].address);
	}
	free(agreement->duty);
}

static void
free_measuring(struct vg_agreement *agreement)
{
	size_t i;

	for (i = 0; i < agreement->channels; i++) {
		free(agreement->channel[i].id);
		free(agreement->channel[i].name);
	}
	free(agreement->channel);
	for (i = 0; i < agreement->probes; i++) {
		free(agreement->probe[i].agent);
		free(agreement->probe[i].name);
		free(agreement->probe[i].municipality);
	}
	free(agreement->probe);
	for (i = 0; i < agreement->calloffs; i++)
		free(agreement->calloff[i].municipality);
	free(agreement->calloff);
	for (i = 0; i < agreement->exceptions; i++)
		free(agreement->exception[i].municipality);
	free(agreement->exception);
}

static void
free_alarms(struct vg_agreement *agreement)
{
	size_t i;

	for (i = 0; i < agreement->alarm_files; i++) {
		free(agreement->alarm_file[i].name);
		free(agreement->alarm_file[i].text);
	}
	free(agreement->alarm_file);
	for (i = 0; i < agreement->alarm_silences; i++)
		free(agreement->alarm_silence[i].source);
	free(agreement->alarm_silence);
}

void
vg_agreement_unref(struct vg_agreement *agreement)
{
	size_t i;

	if (agreement == NULL)
		return;
	VG_ASSERT(agreement->refs > 0);
	if (--agreement->refs > 0)
		return;
	free_parties(agreement);
	free_measuring(agreement);
	free_alarms(agreement);
	for (i = 0; i < agreement->cals; i++)
		vg_cal_free(agreement->cal[i]);
	free(agreement->cal);
	for (i = 0; i < VG_PRIORITY_MAX; i++)
		free(agreement->priority[i]);
	for (i = 0; i < agreement->targets; i++)
		free(agreement->target[i].name);
	free(agreement->target);
	free(agreement->month_start_ms);
	free(agreement->day_start_ms);
	free(agreement->day_working);
	free(agreement->name);
	free(agreement->version);
	free(agreement->zone);
	free(agreement->tzdata);
	free(agreement);
}

/* semantics.md 2.9; texts stay as they are. */
static void
set_fee_defaults(struct vg_fee_rules *fee)
{
	fee->support_ore = 25000;
	fee->operation_ore = 175000;
	fee->tickets_per_user_ppm = 1000000;
	fee->chargeable_types = 1U << VG_TYPE_INCIDENT | 1U << VG_TYPE_SERVICE_REQUEST;
	fee->exclude_sources =
		1U << VG_REQUESTER_VGR | 1U << VG_REQUESTER_ALARM | 1U << VG_REQUESTER_PROBE;
	fee->exclude_test = fee->exclude_vgr_cause = fee->exclude_vgr_problem = true;
	fee->misroute_ms = 600000;
	fee->reopen_days = 14;
	fee->bill_leaving = fee->override_two = fee->index_negative = true;
	fee->reading_day = 1;
	fee->waiting_approval = VG_MISSING_HOLD;
	fee->close_working_day = 5;
	fee->objection_days = 30;
	fee->objection_one_person_ore = 50000;
	fee->vat_ppm = -1;
	fee->peer_group = 3;
	fee->cost_reference_ore = INT64_C(3000000000);
}

void
vg_agreement_set_defaults(struct vg_agreement *agreement)
{
	agreement->slot_ms = 60000;
	agreement->confirm_slots = 2;
	agreement->join_gap_s = 300;
	agreement->flap_changes = VG_FLAP_CHANGES;
	agreement->flap_window_ms = VG_FLAP_WINDOW_MS;
	agreement->degraded_ppm = 0;
	agreement->coverage_ppm = 950000;
	agreement->window_notice_days = 10;
	agreement->unknown_policy = VG_UNKNOWN_EXCLUDE;
	agreement->external_policy = VG_EXTERNAL_AS_UP;
	agreement->alarm_transient_ms = VG_ALARM_TRANSIENT_MS;
	agreement->major_municipalities = 3;
	agreement->major_window_ms = 900000;
	agreement->alarm_ticket_severity = 0;
	set_fee_defaults(&agreement->fee);
}

static int
compare_cal(const void *name, const void *element)
{
	return strcmp(name, (*(struct vg_cal *const *)element)->name);
}

static int
compare_municipality(const void *code, const void *element)
{
	return strcmp(code, ((const struct vg_municipality *)element)->code);
}

static int
compare_service(const void *id, const void *element)
{
	return strcmp(id, ((const struct vg_service *)element)->id);
}

const struct vg_cal *
vg_agreement_cal(const struct vg_agreement *agreement, const char *name)
{
	struct vg_cal *const *found = NULL;

	if (agreement->cals > 0)
		found = bsearch(name, agreement->cal, agreement->cals, sizeof(struct vg_cal *),
				compare_cal);
	return found == NULL ? NULL : *found;
}

const struct vg_municipality *
vg_agreement_municipality(const struct vg_agreement *agreement, const char *code)
{
	if (agreement->municipalities == 0)
		return NULL;
	return bsearch(code, agreement->municipality, agreement->municipalities,
		       sizeof agreement->municipality[0], compare_municipality);
}

static int
compare_provider(const void *id, const void *element)
{
	return strcmp(id, ((const struct vg_provider *)element)->id);
}

const struct vg_provider *
vg_agreement_provider(const struct vg_agreement *agreement, const char *id)
{
	if (agreement->providers == 0)
		return NULL;
	return bsearch(id, agreement->provider, agreement->providers, sizeof agreement->provider[0],
		       compare_provider);
}

const struct vg_service *
vg_agreement_service(const struct vg_agreement *agreement, const char *id)
{
	if (agreement->services == 0)
		return NULL;
	return bsearch(id, agreement->service, agreement->services, sizeof agreement->service[0],
		       compare_service);
}

const struct vg_target *
vg_agreement_target(const struct vg_agreement *agreement, const char *name)
{
	size_t i;

	for (i = 0; i < agreement->targets; i++)
		if (strcmp(agreement->target[i].name, name) == 0)
			return &agreement->target[i];
	return NULL;
}

int
vg_agreement_priority(const struct vg_agreement *agreement, const char *name)
{
	size_t i;

	for (i = 0; i < agreement->priorities; i++)
		if (strcmp(agreement->priority[i], name) == 0)
			return (int)i;
	return -1;
}

struct probe_key {
	const char *agent, *name;
};

static int
compare_probe(const void *key, const void *element)
{
	const struct probe_key *a = key;
	const struct vg_probe_rule *b = element;
	int order = strcmp(a->agent, b->agent);

	return order != 0 ? order : strcmp(a->name, b->name);
}

const struct vg_probe_rule *
vg_agreement_probe(const struct vg_agreement *agreement, const char *agent, const char *name)
{
	struct probe_key key = {agent, name};

	if (agreement->probes == 0)
		return NULL;
	return bsearch(&key, agreement->probe, agreement->probes, sizeof agreement->probe[0],
		       compare_probe);
}

int
vg_agreement_channel(const struct vg_agreement *agreement, const char *id)
{
	size_t i;

	for (i = 0; i < agreement->channels; i++)
		if (strcmp(agreement->channel[i].id, id) == 0)
			return (int)i;
	return -1;
}

static uint32_t
service_index(const struct vg_agreement *agreement, const struct vg_service *service)
{
	return (uint32_t)(service - agreement->service);
}

struct party_key {
	uint32_t service;
	const char *municipality;
};

static int
compare_exception(const void *key, const void *element)
{
	const struct party_key *a = key;
	const struct vg_exception *b = element;

	if (a->service != b->service)
		return a->service < b->service ? -1 : 1;
	return strcmp(a->municipality, b->municipality);
}

static const struct vg_exception *
exception_of(const struct vg_agreement *agreement, const struct vg_service *service,
	     const char *municipality)
{
	struct party_key key = {service_index(agreement, service), municipality};

	if (agreement->exceptions == 0)
		return NULL;
	return bsearch(&key, agreement->exception, agreement->exceptions,
		       sizeof agreement->exception[0], compare_exception);
}

const struct vg_cal *
vg_agreement_hours(const struct vg_agreement *agreement, const struct vg_service *service,
		   const char *municipality)
{
	const struct vg_exception *exception = exception_of(agreement, service, municipality);

	if (exception != NULL && exception->hours != NULL)
		return exception->hours;
	return service->hours != NULL ? service->hours : vg_agreement_cal(agreement, "24x7");
}

int64_t
vg_agreement_target_ppm(const struct vg_agreement *agreement, const struct vg_service *service,
			const char *municipality)
{
	const struct vg_exception *exception = exception_of(agreement, service, municipality);

	return exception != NULL && exception->target_ppm >= 0 ? exception->target_ppm
							       : service->target_ppm;
}

/* Place of the first call-off that is not before (service, municipality). */
static size_t
first_calloff(const struct vg_agreement *agreement, uint32_t service, const char *municipality)
{
	size_t low = 0, high = agreement->calloffs;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct vg_calloff *x = &agreement->calloff[middle];

		if (x->service < service ||
		    (x->service == service && strcmp(x->municipality, municipality) < 0))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
vg_agreement_member(const struct vg_agreement *agreement, const struct vg_service *service,
		    const char *municipality, size_t index, int64_t *from_ms, int64_t *to_ms)
{
	const struct vg_municipality *party = vg_agreement_municipality(agreement, municipality);
	uint32_t number = service_index(agreement, service);
	size_t i = first_calloff(agreement, number, "");

	if (party == NULL)
		return false;
	if (i == agreement->calloffs || agreement->calloff[i].service != number) {
		*from_ms = party->go_live_ms;
		*to_ms = party->end_ms;
		return index == 0 && *from_ms < *to_ms;
	}
	for (i = first_calloff(agreement, number, municipality); i < agreement->calloffs; i++) {
		const struct vg_calloff *x = &agreement->calloff[i];

		if (x->service != number || strcmp(x->municipality, municipality) != 0)
			return false;
		*from_ms = x->from_ms > party->go_live_ms ? x->from_ms : party->go_live_ms;
		*to_ms = x->to_ms < party->end_ms ? x->to_ms : party->end_ms;
		if (*from_ms < *to_ms && index-- == 0)
			return true;
	}
	return false;
}

/* Index of the stretch [start[i], start[i + 1]) that holds an instant; `count` when none does. */
static size_t
stretch_of(const int64_t *start_ms, size_t count, int64_t at_ms)
{
	size_t low = 0, high = count;

	if (count == 0 || at_ms < start_ms[0] || at_ms >= start_ms[count])
		return count;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (start_ms[middle] <= at_ms)
			low = middle;
		else
			high = middle;
	}
	return low;
}

int
vg_agreement_month_of(const struct vg_agreement *agreement, int64_t at_ms)
{
	size_t i = stretch_of(agreement->month_start_ms, agreement->months, at_ms);

	return i == agreement->months ? -1 : agreement->first_month + (int)i;
}

int64_t
vg_agreement_month_start_ms(const struct vg_agreement *agreement, int month)
{
	if (agreement->months == 0 || month < agreement->first_month ||
	    month - agreement->first_month > (int)agreement->months)
		return -1;
	return agreement->month_start_ms[month - agreement->first_month];
}

int64_t
vg_agreement_day_of(const struct vg_agreement *agreement, int64_t at_ms)
{
	size_t i = stretch_of(agreement->day_start_ms, agreement->days, at_ms);

	return i == agreement->days ? INT64_MIN : agreement->first_day + (int64_t)i;
}

/* Time on the wall since local midnight. */
static int64_t
time_of_day_ms(const int64_t *day_ms, int64_t at_ms)
{
	int64_t change_ms = day_ms[1] - day_ms[0] - DAY_MS; /* -1 h, 0 or +1 h */
	int64_t since_ms = at_ms - day_ms[0];

	return since_ms >= NIGHT_MS + (change_ms < 0 ? change_ms : 0) ? since_ms - change_ms
								      : since_ms;
}

int64_t
vg_agreement_add_working_days_ms(const struct vg_agreement *agreement, int64_t at_ms, int64_t days)
{
	size_t i = stretch_of(agreement->day_start_ms, agreement->days, at_ms);
	int64_t wall_ms;

	if (days <= 0)
		return at_ms;
	if (i == agreement->days)
		return -1;
	wall_ms = time_of_day_ms(&agreement->day_start_ms[i], at_ms);
	while (days > 0) {
		if (++i == agreement->days)
			return -1;
		days -= agreement->day_working[i];
	}
	if (wall_ms < NIGHT_MS)
		return agreement->day_start_ms[i] + wall_ms;
	return agreement->day_start_ms[i + 1] - (DAY_MS - wall_ms);
}
