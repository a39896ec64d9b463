/* device_storage.c - how full disks are, and memory when it is asked for (HOST-RESOURCES-MIB).
 *
 * Sizes are counted in units of each row, in 32 bits with a sign: what has grown past them comes as
 * a negative number, and is put right here. */
#include "plugins/checks/device.h"

#include <stdlib.h>
#include <string.h>

#define TYPES "1.3.6.1.2.1.25.2.1."
#define TYPE  "1.3.6.1.2.1.25.2.3.1.2"
#define DESCR "1.3.6.1.2.1.25.2.3.1.3"
#define UNITS "1.3.6.1.2.1.25.2.3.1.4"
#define SIZE  "1.3.6.1.2.1.25.2.3.1.5"
#define USED  "1.3.6.1.2.1.25.2.3.1.6"
#define WRAP  4294967296.0
#define GIBI  1073741824.0

enum slot { SLOT_UNITS, SLOT_SIZE, SLOT_USED };

static double
unwrapped(double value)
{
	return value < 0 ? value + WRAP : value;
}

/* The limits of a row's type; NULL = it is not looked at. */
static const struct vg_device_limits *
limits_of(const struct vg_device *device, const char *type, const struct vg_device_limits *disks)
{
	if (strcmp(type, TYPES "4") == 0) /* fixed disk */
		return disks;
	if (strcmp(type, TYPES "2") == 0 && device->memory.warning.set)
		return &device->memory;
	if (strcmp(type, TYPES "3") == 0 && device->swap.warning.set)
		return &device->swap;
	return NULL;
}

static void
judge(struct vg_device *device, const struct vg_device_row *row,
      const struct vg_device_limits *limits)
{
	double size = unwrapped(row->value[SLOT_SIZE]), used = unwrapped(row->value[SLOT_USED]);
	double percent = 100 * used / size;
	enum vg_plugin_state state = vg_device_judge(limits, percent);

	if (state != VG_PLUGIN_OK)
		vg_device_trouble(device, state, "%s %.1f %% av %.1f GiB", row->name, percent,
				  size * row->value[SLOT_UNITS] / GIBI);
	vg_plugin_perf(device->plugin, &(struct vg_perf){.label = row->name,
							 .unit = "%",
							 .value = percent,
							 .decimals = 1,
							 .warning = limits->warning.text,
							 .critical = limits->critical.text,
							 .min = "0",
							 .max = "100"});
}

void
vg_device_storage(struct vg_device *device)
{
	struct vg_plugin *plugin = device->plugin;
	struct vg_device_limits disks = {plugin->warning, plugin->critical};
	struct vg_device_table *table = vg_device_table(device, DESCR);
	size_t seen = 0;

	if (!disks.warning.set && !disks.critical.set) {
		(void)vg_range_parse("90", &disks.warning);
		(void)vg_range_parse("95", &disks.critical);
	}
	vg_device_kinds(table, TYPE);
	vg_device_numbers(table, SLOT_UNITS, UNITS);
	vg_device_numbers(table, SLOT_SIZE, SIZE);
	vg_device_numbers(table, SLOT_USED, USED);
	for (size_t i = 0; i < table->rows; i++) {
		const struct vg_device_row *row = &table->row[i];
		const struct vg_device_limits *limits = limits_of(device, row->kind, &disks);

		if (limits == NULL || !row->has[SLOT_SIZE] || !row->has[SLOT_USED] ||
		    row->value[SLOT_SIZE] == 0 || !vg_device_wants(device, row->name))
			continue;
		seen++;
		judge(device, row, limits);
	}
	vg_device_sum_up(device);
	if (seen == 0)
		vg_plugin_say(plugin, VG_PLUGIN_UNKNOWN, "inga lagringsytor passar");
	else
		vg_plugin_say(plugin, VG_PLUGIN_OK, "%zu lagringsytor, %zu över gränsen", seen,
			      device->troubles);
	free(table);
}
