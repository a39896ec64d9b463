/* write.c - windows as a calendar feed. An occurrence is an event of its own, in UTC: what a reader
 * shows is then what the figures use, whatever zone data it has. */
#include "lib/ical/ical_private.h"

#include "core/assert.h"
#include "lib/civil/civil.h"

#include <stdlib.h>
#include <string.h>

static struct icaltimetype
utc_time(int64_t at_ms)
{
	struct icaltimetype time = vg_ical_time(at_ms / 1000);

	time.zone = icaltimezone_get_utc_timezone();
	return time;
}

static bool
add(icalcomponent *component, icalproperty *property)
{
	if (property != NULL)
		icalcomponent_add_property(component, property);
	return property != NULL;
}

static bool
add_services(icalcomponent *event, const char *services)
{
	bool added = true;

	while (*services != '\0' && added) {
		size_t length = strcspn(services, " ");
		char *id = strndup(services, length);

		added = id != NULL && add(event, icalproperty_new_categories(id));
		free(id);
		services += length + (services[length] == ' ');
	}
	return added;
}

static bool
add_event(icalcomponent *calendar, const struct vg_ical_item *item)
{
	static const enum icalproperty_status words[] = {
		ICAL_STATUS_TENTATIVE, ICAL_STATUS_CONFIRMED, ICAL_STATUS_CANCELLED};
	icalcomponent *event = icalcomponent_new(ICAL_VEVENT_COMPONENT);

	if (event == NULL)
		return false;
	icalcomponent_add_component(calendar, event);
	return add(event, icalproperty_new_uid(item->uid)) &&
	       add(event, icalproperty_new_dtstamp(utc_time(item->stamp_ms))) &&
	       add(event, icalproperty_new_dtstart(utc_time(item->from_ms))) &&
	       add(event, icalproperty_new_dtend(utc_time(item->to_ms))) &&
	       add(event, icalproperty_new_summary(item->name)) &&
	       add(event, icalproperty_new_sequence((int)item->sequence)) &&
	       add(event, icalproperty_new_status(words[item->status])) &&
	       add(event, icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT)) &&
	       add_services(event, item->services);
}

char *
vg_ical_write(const struct vg_ical_item *item, size_t count)
{
	icalcomponent *calendar = icalcomponent_new(ICAL_VCALENDAR_COMPONENT);
	char *text = NULL;
	bool added;

	if (calendar == NULL)
		return NULL;
	added = add(calendar, icalproperty_new_version("2.0")) &&
		add(calendar, icalproperty_new_prodid("-//Vinga//Servicefonster//SV")) &&
		add(calendar, icalproperty_new_method(ICAL_METHOD_PUBLISH));
	for (size_t i = 0; i < count && added; i++)
		added = add_event(calendar, &item[i]);
	if (added)
		text = icalcomponent_as_ical_string_r(calendar);
	icalcomponent_free(calendar);
	return text;
}
