/* device_ups.c - uninterruptible power: source, battery, load, time left.
 *
 * UPS-MIB (RFC 1628) is asked first, then PowerNet-MIB, which older cards of APC have instead. Both
 * are brought to the same few facts, so they are judged once. */
#include "plugins/checks/device.h"

#define POWERNET "1.3.6.1.4.1.318.1.1.1."

enum source { SOURCE_UNKNOWN, SOURCE_NORMAL, SOURCE_BATTERY, SOURCE_BYPASS, SOURCE_NONE };
enum battery { BATTERY_UNKNOWN, BATTERY_NORMAL, BATTERY_LOW, BATTERY_EMPTY, BATTERY_FAULT };

struct number {
	bool has;
	double value;
};
struct ups {
	enum source source;
	enum battery battery;
	struct number on_battery_s, minutes, charge, load, alarms;
	bool replace;
};

static struct number
number_of(const struct vg_snmp_got *got, double factor)
{
	return (struct number){got->exists && got->is_number, got->number * factor};
}

/* The entry of a list for an enumerated value; the first one when it is not in it. */
static int
word_of(const struct vg_snmp_got *got, const int *list, size_t count)
{
	size_t at = got->is_number && got->number > 0 ? (size_t)got->number : 0;

	return list[at < count ? at : 0];
}

static void
on_load(const struct vg_snmp_got *got, void *arg)
{
	struct number *load = arg;

	if (got->is_number && (!load->has || got->number > load->value))
		*load = (struct number){true, got->number};
}

static bool
ask_ups_mib(struct vg_device *device, struct ups *ups)
{
	static const char *const oids[] = {"1.3.6.1.2.1.33.1.2.1.0", "1.3.6.1.2.1.33.1.4.1.0",
					   "1.3.6.1.2.1.33.1.2.2.0", "1.3.6.1.2.1.33.1.2.3.0",
					   "1.3.6.1.2.1.33.1.2.4.0", "1.3.6.1.2.1.33.1.6.1.0"};
	static const int batteries[] = {BATTERY_UNKNOWN, BATTERY_UNKNOWN, BATTERY_NORMAL,
					BATTERY_LOW, BATTERY_EMPTY};
	static const int sources[] = {SOURCE_UNKNOWN, SOURCE_UNKNOWN, SOURCE_NONE,   SOURCE_NORMAL,
				      SOURCE_BYPASS,  SOURCE_BATTERY, SOURCE_NORMAL, SOURCE_NORMAL};
	struct vg_snmp_got got[sizeof(oids) / sizeof(oids[0])];
	struct vg_err err = {0};

	vg_device_must(device, vg_snmp_get(device->getter, oids, 6, got, &err), &err);
	if (!got[0].exists && !got[1].exists)
		return false;
	ups->battery = (enum battery)word_of(&got[0], batteries, 5);
	ups->source = (enum source)word_of(&got[1], sources, 8);
	ups->on_battery_s = number_of(&got[2], 1);
	ups->minutes = number_of(&got[3], 1);
	ups->charge = number_of(&got[4], 1);
	ups->alarms = number_of(&got[5], 1);
	vg_device_must(device,
		       vg_snmp_walk(device->getter, "1.3.6.1.2.1.33.1.4.4.1.5", VG_DEVICE_ROWS_MAX,
				    on_load, &ups->load, &err),
		       &err);
	return true;
}

static bool
ask_powernet(struct vg_device *device, struct ups *ups)
{
	static const char *const oids[] = {
		POWERNET "2.1.1.0", POWERNET "4.1.1.0", POWERNET "2.1.2.0", POWERNET "2.2.3.0",
		POWERNET "2.2.1.0", POWERNET "2.2.4.0", POWERNET "4.2.3.0"};
	static const int batteries[] = {BATTERY_UNKNOWN, BATTERY_UNKNOWN, BATTERY_NORMAL,
					BATTERY_LOW, BATTERY_FAULT};
	static const int sources[] = {SOURCE_UNKNOWN, SOURCE_UNKNOWN, SOURCE_NORMAL, SOURCE_BATTERY,
				      SOURCE_NORMAL,  SOURCE_NONE,    SOURCE_BYPASS, SOURCE_NONE,
				      SOURCE_NONE,    SOURCE_BYPASS,  SOURCE_BYPASS, SOURCE_NONE,
				      SOURCE_NORMAL};
	struct vg_snmp_got got[sizeof(oids) / sizeof(oids[0])];
	struct vg_err err = {0};

	vg_device_must(device, vg_snmp_get(device->getter, oids, 7, got, &err), &err);
	if (!got[0].exists && !got[1].exists)
		return false;
	ups->battery = (enum battery)word_of(&got[0], batteries, 5);
	ups->source = (enum source)word_of(&got[1], sources, 13);
	ups->on_battery_s = number_of(&got[2], 0.01);
	ups->minutes = number_of(&got[3], 0.01 / 60);
	ups->charge = number_of(&got[4], 1);
	ups->replace = got[5].is_number && (int)got[5].number == 2;
	ups->load = number_of(&got[6], 1);
	return true;
}

static void
judge_states(struct vg_plugin *plugin, const struct ups *ups)
{
	static const struct {
		enum vg_plugin_state state;
		const char *text;
	} sources[] = {[SOURCE_UNKNOWN] = {VG_PLUGIN_UNKNOWN, "okänd matning"},
		       [SOURCE_NORMAL] = {VG_PLUGIN_OK, "nätdrift"},
		       [SOURCE_BATTERY] = {VG_PLUGIN_WARNING, "batteridrift"},
		       [SOURCE_BYPASS] = {VG_PLUGIN_WARNING, "förbikopplad"},
		       [SOURCE_NONE] = {VG_PLUGIN_CRITICAL, "ger ingen ström"}},
	  batteries[] = {[BATTERY_UNKNOWN] = {VG_PLUGIN_OK, "okänt batteri"},
			 [BATTERY_NORMAL] = {VG_PLUGIN_OK, "batteri i ordning"},
			 [BATTERY_LOW] = {VG_PLUGIN_CRITICAL, "batteriet snart slut"},
			 [BATTERY_EMPTY] = {VG_PLUGIN_CRITICAL, "batteriet slut"},
			 [BATTERY_FAULT] = {VG_PLUGIN_CRITICAL, "fel på batteriet"}};

	vg_plugin_say(plugin, sources[ups->source].state, "%s", sources[ups->source].text);
	if (ups->source == SOURCE_BATTERY && ups->on_battery_s.has)
		vg_plugin_say(plugin, VG_PLUGIN_OK, "sedan %.0f s", ups->on_battery_s.value);
	vg_plugin_say(plugin, batteries[ups->battery].state, "%s", batteries[ups->battery].text);
	if (ups->replace)
		vg_plugin_say(plugin, VG_PLUGIN_WARNING, "batteriet behöver bytas");
	if (ups->alarms.has && ups->alarms.value > 0)
		vg_plugin_say(plugin, VG_PLUGIN_WARNING, "%.0f larm i enheten", ups->alarms.value);
}

/* Says "WORDS NUMBER UNIT" and gives it as perfdata. */
static void
judge_number(struct vg_plugin *plugin, const struct number *number, const char *words,
	     const char *unit, const struct vg_device_limits *limits, const char *label)
{
	if (!number->has)
		return;
	vg_plugin_say(plugin, vg_device_judge(limits, number->value), "%s %.0f %s", words,
		      number->value, unit);
	vg_plugin_perf(plugin, &(struct vg_perf){.label = label,
						 .unit = *unit == '%' ? "%" : "",
						 .value = number->value,
						 .warning = limits->warning.text,
						 .critical = limits->critical.text,
						 .min = "0"});
}

void
vg_device_ups(struct vg_device *device)
{
	struct vg_plugin *plugin = device->plugin;
	const struct vg_device_limits load = {plugin->warning, plugin->critical}, none = {0};
	struct ups ups = {0};

	if (!ask_ups_mib(device, &ups) && !ask_powernet(device, &ups)) {
		vg_plugin_say(plugin, VG_PLUGIN_UNKNOWN,
			      "enheten har varken UPS-MIB eller PowerNet-MIB");
		return;
	}
	judge_states(plugin, &ups);
	judge_number(plugin, &ups.load, "last", "%", &load, "load");
	judge_number(plugin, &ups.minutes, "räcker", "min", &device->minutes, "minutes_left");
	judge_number(plugin, &ups.charge, "laddat", "%", &none, "charge");
}
