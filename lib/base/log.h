/* The log: one line per entry on stderr, as key=value text or as JSON.
 *
 * An entry is an event's name and typed fields; the text is one rendering of them. Every text goes
 * through the mask that was set at start, so no identity number reaches a log. Never blocks, and a
 * line is never longer than VG_LOG_LINE_MAX. Any thread, after vg_log_init. */
#ifndef VG_BASE_LOG_H
#define VG_BASE_LOG_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VG_LOG_LINE_MAX 4096 /* what a pipe takes in one piece; a longer line is cut, and says so  \
			      */
#define VG_LOG_VALUE_MAX 600 /* bytes of one value as it is written */

enum vg_log_level { VG_LOG_INFO, VG_LOG_WARNING, VG_LOG_ERROR };

/* A field is text (NULL = "") or a number. The key is a word of at most 40 bytes. */
struct vg_log_field {
	const char *key;
	bool is_text;
	const char *text;
	int64_t number;
};
#define VG_LOG_TEXT(key, value) ((struct vg_log_field){(key), true, (value), 0})
#define VG_LOG_INT(key, value)	((struct vg_log_field){(key), false, NULL, (value)})

/* A masked copy of a text, malloc'ed; NULL = out of memory, then the value is left out. */
typedef char *vg_log_mask_cb(const char *text, size_t length);

/* setting: the value of VINGA_LOG, words parted by commas: "json" or "text" (D), and the lowest
 * level that is written: "info" (D), "warning", "error". NULL = defaults. VG_EINVALID
 * names an unknown word. mask NULL = texts are written as they are (programs that meet no persons).
 * Before the first entry, from one thread. */
VG_MUST_CHECK int vg_log_init(const char *setting, vg_log_mask_cb *mask, struct vg_err *err);
/* Where lines go instead of stderr: for tests. */
void vg_log_to(int fd);

/* vg_log(VG_LOG_WARNING, "journal.full", VG_LOG_TEXT("why", why), VG_LOG_INT("seq", seq)); */
#define vg_log(level, event, ...)                                                                  \
	vg_log_write((level), (event), (const struct vg_log_field[]){{0}, ##__VA_ARGS__},          \
		     sizeof((const struct vg_log_field[]){{0}, ##__VA_ARGS__}) /                   \
			     sizeof(struct vg_log_field))
/* fields[0] is not used. Use vg_log. */
void vg_log_write(enum vg_log_level level, const char *event, const struct vg_log_field *fields,
		  size_t count);

/* Milliseconds of a clock that does not jump; its beginning means nothing. */
int64_t vg_steady_ms(void);

/* A lasting complaint backs off: it is logged at once, after a minute, then each time after twice
 * the time, at most an hour, and once when it is over. Zeroed at start; one thread. */
struct vg_complaint {
	int64_t since_ms, next_ms, wait_ms; /* wait_ms 0 = there is none */
};
/* How it is now, told as often as one likes: `why` as a warning, NULL or "" = all is well. now_ms
 * is vg_steady_ms(). */
void vg_complain(struct vg_complaint *complaint, const char *event, const char *why,
		 int64_t now_ms);

#endif
