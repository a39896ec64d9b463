/* One public page being written, and what its parts share. Private to daemon/status. */
#ifndef VG_SHEET_H
#define VG_SHEET_H

#include "daemon/api/display.h"
#include "daemon/status/status.h"

#include "core/disturbance.h"
#include "lib/report/page.h"

#define VG_SHEET_PATH_MAX 80

struct vg_sheet {
	struct vg_page page; /* out and language */
	struct vg_public *pages;
	const struct vg_core *core;
	const struct vg_agreement *agreement; /* in force; NULL = none */
	const struct vg_municipality *place;  /* NULL = the whole region */
	int64_t now_ms;
	char path[VG_SHEET_PATH_MAX]; /* without the language: "/status/kommun/1489" */
};

/* --- frame: sheet.c --- */

/* From the doctype into <main>, and its end. The title is escaped. `menu`: path of the page's entry
 * in the menu, or "". Pages about disturbances name the feed of their place. */
void vg_sheet_begin(const struct vg_sheet *sheet, const char *title, const char *menu);
void vg_sheet_end(const struct vg_sheet *sheet);
/* "" or "/en": what stands before a path in the page's language. */
const char *vg_sheet_root(const struct vg_sheet *sheet);
/* In the page's language, with the arguments of printf; not escaped. */
void vg_sheet_say(const struct vg_sheet *sheet, const char *swedish, ...)
	__attribute__((format(printf, 2, 3)));

/* "✕", and "✕ Avbrott", framed as its state. */
const char *vg_sheet_mark(enum vg_display state);
void vg_sheet_state(const struct vg_sheet *sheet, enum vg_display state);
/* "22 november kl. 10.14", with the hour's season where it comes twice; and the clock alone. */
void vg_sheet_moment(const struct vg_sheet *sheet, int64_t at_ms);
void vg_sheet_clock(const struct vg_sheet *sheet, int64_t at_ms);
/* "2026-11-22T09:14:00Z", of an instant from 1970 on. Returns out. */
#define VG_INSTANT_MAX 80
char *vg_sheet_instant(int64_t at_ms, char out[VG_INSTANT_MAX]);
/* A local day, "22 november". */
void vg_sheet_day(const struct vg_sheet *sheet, int64_t day);
/* What a list of ids stands for, by name, with commas; "" = all of them. */
void vg_sheet_services(const struct vg_sheet *sheet, const char *ids);
void vg_sheet_places(const struct vg_sheet *sheet, const char *ids);
/* Text of a person, in paragraphs; the page's language when it was translated, or else Swedish and
 * marked so. Nothing when both are empty. */
void vg_sheet_prose(const struct vg_sheet *sheet, const char *swedish, const char *english);
/* The same in one line, without markup around it but a language mark. */
void vg_sheet_phrase(const struct vg_sheet *sheet, const char *swedish, const char *english);

/* Names as Swedish sorts them: å, ä and ö last. */
int vg_swedish_compare(const char *a, const char *b);

/* --- what is shown --- */

/* Whether something of a scope is to be seen on the page: it concerns its place. */
bool vg_sheet_concerns(const struct vg_sheet *sheet, const char *municipalities);
/* The next disturbance that the public sees and that concerns the page, from the newest on; *at is
 * SIZE_MAX to begin with. NULL = no more. */
const struct vg_disturbance *vg_sheet_next(const struct vg_sheet *sheet, size_t *at);
/* When the newest of its messages was told. */
int64_t vg_disturbance_told_ms(const struct vg_disturbance *disturbance);
/* A window that the public may know of: approved, not withdrawn, and it concerns the page. */
bool vg_sheet_shows_window(const struct vg_sheet *sheet, const struct vg_window *window);

/* --- the last 90 days: history.c --- */

#define VG_HISTORY_DAYS 90

/* One service on one local day. */
struct vg_history_day {
	int64_t day;
	int64_t down, degraded, unknown; /* municipalities that were */
	int64_t hit;			 /* down or degraded */
	int64_t places;			 /* to which it was promised */
	int64_t down_s, degraded_s;	 /* of the one that had it longest */
};
/* Its days, oldest first, for the page's place or for all. False: not counted yet. */
bool vg_history_of(const struct vg_sheet *sheet, const struct vg_service *service,
		   struct vg_history_day out[VG_HISTORY_DAYS]);
/* Strip and table. */
void vg_sheet_history(const struct vg_sheet *sheet, const struct vg_service *service);

struct vg_history;
struct vg_history *vg_history_new(void);
void vg_history_free(struct vg_history *history);
void vg_history_turn(struct vg_history *history, const struct vg_core *core, int64_t now_ms);

/* --- answers: answer.c --- */

typedef void vg_sheet_cb(const struct vg_sheet *sheet);

/* The page of a call: language and municipality from the path. False: the call is answered 404. */
bool vg_sheet_open(struct vg_call *call, struct vg_sheet *sheet);
/* Answers with what `render` writes, or with what it wrote for the same path in this second, when
 * nothing was told since. `type` NULL = text/html. */
void vg_sheet_answer(struct vg_call *call, struct vg_sheet *sheet, const char *type,
		     vg_sheet_cb *render);
/* The same with another status, never kept. */
void vg_sheet_answer_once(struct vg_call *call, struct vg_sheet *sheet, int status,
			  vg_sheet_cb *render);
void vg_sheet_not_found(struct vg_call *call, struct vg_sheet *sheet);

struct vg_public {
	struct vg_live *live;
	struct vg_history *history;
	struct vg_sheet_cache *cache;
	struct vg_feedback_desk *desk;
};
struct vg_sheet_cache *vg_sheet_cache_new(void);
void vg_sheet_cache_free(struct vg_sheet_cache *cache);

/* --- feedback: desk.c --- */

struct vg_feedback_desk *vg_feedback_desk_new(void);
void vg_feedback_desk_free(struct vg_feedback_desk *desk);
/* Whether the sender of a request may write once more within the hour; counts it. */
bool vg_feedback_desk_lets(struct vg_feedback_desk *desk, const struct vg_request *request,
			   int64_t now_ms);
/* Keeps what was written under its number, as long as it waits for an answer. */
void vg_feedback_desk_keep(struct vg_feedback_desk *desk, const struct vg_core *core, int64_t id,
			   const char *text);
const char *vg_feedback_desk_text(const struct vg_feedback_desk *desk, int64_t id);

/* style.c */
extern const char vg_status_style[], vg_status_icon[];

#endif
