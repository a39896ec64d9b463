/* device_sensors.c - temperatures, voltages, fans and the like (ENTITY-SENSOR-MIB, RFC 3433).
 *
 * A value is an integer with a scale (thousands up and down) and a number of decimals. Thresholds
 * compare one kind of thing, so with -w or -c a type has to be named. */
#include "plugins/checks/device.h"

#include <stdlib.h>
#include <string.h>

#define COLUMN(n)     "1.3.6.1.2.1.99.1.1.1." #n
#define PHYSICAL_NAME "1.3.6.1.2.1.47.1.1.1.1.7"
#define PHYSICAL_TEXT "1.3.6.1.2.1.47.1.1.1.1.2"
#define SCALE_UNITS   9 /* 10^0 */

enum slot { SLOT_TYPE, SLOT_SCALE, SLOT_PRECISION, SLOT_VALUE, SLOT_STATUS, SLOTS };
enum { STATUS_OK = 1, STATUS_UNAVAILABLE, STATUS_NONOPERATIONAL };

static const struct {
	const char *word, *unit; /* unit: as perfdata has it */
} types[] = {{"", ""},		{"other", ""},	   {"unknown", ""}, {"volts-ac", "V"},
	     {"volts-dc", "V"}, {"amperes", "A"},  {"watts", "W"},  {"hertz", "Hz"},
	     {"celsius", "C"},	{"humidity", "%"}, {"rpm", ""},	    {"airflow", ""},
	     {"truth", ""}};

static size_t
type_of(const struct vg_device_row *row)
{
	double type = row->has[SLOT_TYPE] ? row->value[SLOT_TYPE] : 0;

	return type > 0 && type < (double)(sizeof(types) / sizeof(types[0])) ? (size_t)type : 0;
}

static double
power_of_ten(int exponent)
{
	double power = 1;

	for (; exponent > 0; exponent--)
		power *= 10;
	for (; exponent < 0; exponent++)
		power /= 10;
	return power;
}

static double
value_of(const struct vg_device_row *row)
{
	int scale = row->has[SLOT_SCALE] ? (int)row->value[SLOT_SCALE] : SCALE_UNITS;
	int precision = row->has[SLOT_PRECISION] ? (int)row->value[SLOT_PRECISION] : 0;

	if (scale < 1 || scale > 17)
		scale = SCALE_UNITS;
	if (precision < -8 || precision > 9)
		precision = 0;
	return row->value[SLOT_VALUE] * power_of_ten(3 * (scale - SCALE_UNITS) - precision);
}

static void
judge(struct vg_device *device, const struct vg_device_row *row)
{
	struct vg_plugin *plugin = device->plugin;
	const char *unit = types[type_of(row)].unit;
	double value = value_of(row);
	enum vg_plugin_state state = vg_plugin_judge(plugin, value);

	if (row->has[SLOT_STATUS] && (int)row->value[SLOT_STATUS] == STATUS_NONOPERATIONAL) {
		vg_device_trouble(device, VG_PLUGIN_CRITICAL, "%s ur funktion", row->name);
		return;
	}
	if (row->has[SLOT_STATUS] && (int)row->value[SLOT_STATUS] == STATUS_UNAVAILABLE) {
		vg_device_trouble(device, VG_PLUGIN_OK, "%s ger inget värde nu", row->name);
		return;
	}
	if (state != VG_PLUGIN_OK)
		vg_device_trouble(device, state, "%s %.6g %s", row->name, value, unit);
	vg_plugin_perf(plugin, &(struct vg_perf){.label = row->name,
						 .unit = unit,
						 .value = value,
						 .decimals = 3,
						 .warning = plugin->warning.text,
						 .critical = plugin->critical.text});
}

static void
check_type(const struct vg_device *device)
{
	if (device->type == NULL) {
		if (device->plugin->warning.set || device->plugin->critical.set)
			vg_plugin_usage(device->plugin,
					"--type: must be given when -w or -c are, in mode sensors");
		return;
	}
	for (size_t i = 1; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(device->type, types[i].word) == 0)
			return;
	vg_plugin_usage(device->plugin,
			"--type %s: expected celsius, volts-ac, volts-dc, amperes, watts, hertz, "
			"humidity, rpm, airflow, truth or other",
			device->type);
}

void
vg_device_sensors(struct vg_device *device)
{
	static const char *const columns[SLOTS] = {COLUMN(1), COLUMN(2), COLUMN(3), COLUMN(4),
						   COLUMN(5)};
	struct vg_device_table *table;
	size_t seen = 0;

	check_type(device);
	table = vg_device_table(device, COLUMN(4));
	for (size_t slot = 0; slot < SLOTS; slot++)
		vg_device_numbers(table, slot, columns[slot]);
	vg_device_names(table, PHYSICAL_TEXT);
	vg_device_names(table, PHYSICAL_NAME);
	for (size_t i = 0; i < table->rows; i++) {
		const struct vg_device_row *row = &table->row[i];

		if (!row->has[SLOT_VALUE] || !vg_device_wants(device, row->name) ||
		    (device->type != NULL && strcmp(types[type_of(row)].word, device->type) != 0))
			continue;
		seen++;
		judge(device, row);
	}
	vg_device_sum_up(device);
	if (seen == 0)
		vg_plugin_say(device->plugin, VG_PLUGIN_UNKNOWN,
			      "inga givare passar (ENTITY-SENSOR-MIB)");
	else
		vg_plugin_say(device->plugin, VG_PLUGIN_OK, "%zu givare", seen);
	free(table);
}
