/* agreed.c - agreed service time as intervals.
 *
 * The agreement may change within the span: it is walked from one instant to the next at which a
 * version begins or ends. */
#include "lib/rows/agreed.h"

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void
in_hours(const struct vg_cal *cal, int64_t from_ms, int64_t to_ms, vg_agreed_cb *on_interval,
	 void *arg)
{
	if (cal->always && from_ms < to_ms)
		on_interval(from_ms, to_ms, arg);
	for (size_t i = 0; !cal->always && i < cal->n; i++) {
		const int64_t start_ms = later(cal->start_ms[i], from_ms);
		const int64_t end_ms = earlier(cal->end_ms[i], to_ms);

		if (start_ms < end_ms)
			on_interval(start_ms, end_ms, arg);
	}
}

static void
in_version(const struct vg_agreement *agreement, const char *service, const char *municipality,
	   int64_t from_ms, int64_t to_ms, vg_agreed_cb *on_interval, void *arg)
{
	const struct vg_service *promised = vg_agreement_service(agreement, service);
	int64_t since_ms, until_ms;

	if (promised == NULL || promised->component)
		return;
	for (size_t i = 0;
	     vg_agreement_member(agreement, promised, municipality, i, &since_ms, &until_ms); i++)
		in_hours(vg_agreement_hours(agreement, promised, municipality),
			 later(from_ms, since_ms), earlier(to_ms, until_ms), on_interval, arg);
}

/* The first instant after at_ms at which another version may hold. */
static int64_t
next_version_ms(const struct vg_core *core, int64_t at_ms)
{
	int64_t next_ms = INT64_MAX;

	for (size_t i = 0; i < vg_core_agreement_count(core); i++) {
		const struct vg_agreement *agreement = vg_core_agreement(core, i);

		if (agreement->valid_from_ms > at_ms)
			next_ms = earlier(next_ms, agreement->valid_from_ms);
		if (agreement->valid_to_ms > at_ms)
			next_ms = earlier(next_ms, agreement->valid_to_ms);
	}
	return next_ms;
}

void
vg_agreed_time(const struct vg_core *core, const char *service, const char *municipality,
	       int64_t from_ms, int64_t to_ms, vg_agreed_cb *on_interval, void *arg)
{
	for (int64_t at_ms = from_ms, end_ms; at_ms < to_ms; at_ms = end_ms) {
		const struct vg_agreement *agreement = vg_core_agreement_at(core, at_ms);

		end_ms = earlier(to_ms, next_version_ms(core, at_ms));
		if (agreement != NULL)
			in_version(agreement, service, municipality, at_ms, end_ms, on_interval,
				   arg);
	}
}
