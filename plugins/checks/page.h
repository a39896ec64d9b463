/* What the two page checks judge alike: time, content, the certificate's last days. */
#ifndef VG_PAGE_H
#define VG_PAGE_H

#include "plugins/checks/fetch.h"
#include "plugins/checks/plugin.h"

/* "21,7" to days; vg_plugin_usage() when it is none or the second is more than the first. */
struct vg_days {
	long warning, critical;
};
struct vg_days vg_page_days(const struct vg_plugin *plugin, const char *text);

/* False when there was no answer or not a 2xx status: that is then said. `what` names the page. */
bool vg_page_answered(struct vg_plugin *plugin, const char *what, const struct vg_page *page);
/* Critical when `text` is not there, or is though it should not. */
void vg_page_holds(struct vg_plugin *plugin, const char *what, const struct vg_page *page,
		   const char *text, bool expected);
/* Days left, with perfdata; a page without a certificate is left alone. */
void vg_page_certificate(struct vg_plugin *plugin, const struct vg_page *page,
			 const struct vg_days *days);
/* Total time against -w and -c, and the phases as perfdata. */
void vg_page_times(struct vg_plugin *plugin, const struct vg_page *page);

#endif
