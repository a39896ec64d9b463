/* device_interfaces.c - interfaces that should be up and are not (IF-MIB).
 *
 * Counters of errors are given as they are: what has grown since the last run is for whoever stores
 * them, since this program remembers nothing. */
#include "plugins/checks/device.h"

#include <stdio.h>
#include <stdlib.h>

#define IF_DESCR "1.3.6.1.2.1.2.2.1.2"
#define IF_NAME	 "1.3.6.1.2.1.31.1.1.1.1"
#define IF_ALIAS "1.3.6.1.2.1.31.1.1.1.18"

enum slot { ADMIN, OPER, IN_ERRORS, OUT_ERRORS, IN_DISCARDS, OUT_DISCARDS, SLOTS };

static const struct {
	const char *column, *label;
} columns[SLOTS] = {
	[ADMIN] = {"1.3.6.1.2.1.2.2.1.7", NULL},
	[OPER] = {"1.3.6.1.2.1.2.2.1.8", NULL},
	[IN_ERRORS] = {"1.3.6.1.2.1.2.2.1.14", "in_errors"},
	[OUT_ERRORS] = {"1.3.6.1.2.1.2.2.1.20", "out_errors"},
	[IN_DISCARDS] = {"1.3.6.1.2.1.2.2.1.13", "in_discards"},
	[OUT_DISCARDS] = {"1.3.6.1.2.1.2.2.1.19", "out_discards"},
};

/* Its administrator wants it up, and it is down, gone, or what it stands on is down. */
static bool
is_down(const struct vg_device_row *row)
{
	int oper = (int)row->value[OPER];

	return row->has[ADMIN] && (int)row->value[ADMIN] == 1 && row->has[OPER] &&
	       (oper == 2 || oper == 6 || oper == 7);
}

static void
give_counters(struct vg_device *device, const struct vg_device_row *row)
{
	for (size_t slot = IN_ERRORS; slot < SLOTS; slot++) {
		char label[VG_DEVICE_NAME_MAX + 32];

		if (!row->has[slot])
			continue;
		(void)snprintf(label, sizeof(label), "%s %s", row->name, columns[slot].label);
		vg_plugin_perf(
			device->plugin,
			&(struct vg_perf){.label = label, .unit = "c", .value = row->value[slot]});
	}
}

static void
sum_up(struct vg_device *device, size_t seen, size_t down)
{
	struct vg_plugin *plugin = device->plugin;

	vg_device_sum_up(device);
	if (seen == 0)
		vg_plugin_say(plugin, VG_PLUGIN_UNKNOWN,
			      device->filtered ? "inget gränssnitt passar filtret"
					       : "inga gränssnitt (IF-MIB)");
	else
		vg_plugin_say(plugin, vg_plugin_judge(plugin, (double)down),
			      "%zu av %zu gränssnitt nere", down, seen);
	vg_plugin_perf(plugin, &(struct vg_perf){.label = "down",
						 .unit = "",
						 .value = (double)down,
						 .warning = plugin->warning.text,
						 .critical = plugin->critical.text,
						 .min = "0"});
}

void
vg_device_interfaces(struct vg_device *device)
{
	bool counted = device->plugin->warning.set || device->plugin->critical.set;
	struct vg_device_table *table = vg_device_table(device, IF_DESCR);
	size_t seen = 0, down = 0;

	vg_device_names(table, IF_NAME);
	vg_device_kinds(table, IF_ALIAS);
	for (size_t slot = 0; slot < (device->filtered ? (size_t)SLOTS : IN_ERRORS); slot++)
		vg_device_numbers(table, slot, columns[slot].column);
	for (size_t i = 0; i < table->rows; i++) {
		const struct vg_device_row *row = &table->row[i];

		if (!vg_device_wants(device, row->name) && !vg_device_wants(device, row->kind))
			continue;
		seen++;
		if (is_down(row)) {
			down++;
			vg_device_trouble(device, counted ? VG_PLUGIN_OK : VG_PLUGIN_CRITICAL,
					  *row->kind != '\0' ? "%s (%s) nere" : "%s%s nere",
					  row->name, row->kind);
		}
		if (device->filtered)
			give_counters(device, row);
	}
	sum_up(device, seen, down);
	free(table);
}
