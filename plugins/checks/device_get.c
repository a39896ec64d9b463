/* device_get.c - single values, compared with thresholds or with a text. */
#include "plugins/checks/device.h"

#include <string.h>

static void
judge_number(struct vg_device *device, const char *label, double value)
{
	struct vg_plugin *plugin = device->plugin;
	double number = value / device->divide;

	vg_plugin_say(plugin, vg_plugin_judge(plugin, number), "%s %.10g%s", label, number,
		      device->unit);
	vg_plugin_perf(plugin, &(struct vg_perf){.label = label,
						 .unit = device->unit,
						 .value = number,
						 .decimals = device->divide > 1 ? 3 : 0,
						 .warning = plugin->warning.text,
						 .critical = plugin->critical.text});
}

static void
judge(struct vg_device *device, const char *label, const struct vg_snmp_got *got)
{
	struct vg_plugin *plugin = device->plugin;

	if (!got->exists)
		vg_plugin_say(plugin, VG_PLUGIN_UNKNOWN, "%s finns inte", label);
	else if (device->expect != NULL)
		vg_plugin_say(plugin,
			      strcmp(got->text, device->expect) == 0 ? VG_PLUGIN_OK
								     : VG_PLUGIN_CRITICAL,
			      "%s är %.200s", label, got->text);
	else if (got->is_number)
		judge_number(device, label, got->number);
	else if (plugin->warning.set || plugin->critical.set)
		vg_plugin_say(plugin, VG_PLUGIN_UNKNOWN, "%s är inget tal: %.200s", label,
			      got->text);
	else
		vg_plugin_say(plugin, VG_PLUGIN_OK, "%s är %.200s", label, got->text);
}

void
vg_device_get(struct vg_device *device)
{
	struct vg_snmp_got got[VG_DEVICE_OIDS_MAX];
	struct vg_err err = {0};

	if (device->oids == 0)
		vg_plugin_usage(device->plugin, "--oid: must be given in mode get");
	vg_device_must(device, vg_snmp_get(device->getter, device->oid, device->oids, got, &err),
		       &err);
	for (size_t i = 0; i < device->oids; i++)
		judge(device, device->label[i], &got[i]);
}
