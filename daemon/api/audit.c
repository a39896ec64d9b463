/* audit.c - who came in, and who took out what: the newest rows access.noted. */
#include "daemon/api/alarms.h"
#include "daemon/api/fee.h"

static json_t *
access_json(const struct vg_access *access)
{
	return json_pack("{s:I, s:o, s:s, s:o, s:o, s:o, s:I}", "seq", (json_int_t)access->seq,
			 "at", vg_json_time(access->at_ms), "what", vg_access_words[access->what],
			 "who", vg_json_text(access->who), "by", vg_json_text(access->by), "about",
			 vg_json_text(access->about), "count", (json_int_t)access->count);
}

/* The newest first. */
void
vg_get_audit(struct vg_call *call)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	struct vg_page page;
	int64_t last = 0;
	json_t *rows;

	if (!vg_page_read(call, NULL, -1, &page))
		return;
	rows = json_array();
	for (size_t i = vg_item_count(core, VG_OBJECT_ACCESS);
	     i-- > 0 && (int64_t)json_array_size(rows) < page.limit;) {
		const struct vg_access *access = vg_core_item(core, VG_OBJECT_ACCESS, i);

		if (access->seq >= page.below)
			continue;
		json_array_append_new(rows, access_json(access));
		last = access->seq;
	}
	vg_page_reply(call, &page, "accesses", rows, last);
}
