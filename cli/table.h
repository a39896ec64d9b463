/* Rows of JSON as aligned tables for people, and as wide as their terminal. */
#ifndef VG_TABLE_H
#define VG_TABLE_H

#include "cli/words.h"

#include <jansson.h>
#include <stdbool.h>

struct vg_column {
	const char *member;  /* may be a path: "resolution.due", "refs.0.ref" */
	const char *heading; /* a word that vg_words_member() knows in Swedish */
};
/* A member's value for people: its word in Swedish, an instant in local time, ja or nej. Returns
 * out or the value's own text; "" for what is no scalar. */
const char *vg_value_text(const char *member, const json_t *value, char out[VG_WORDS_MAX]);
/* The text in a field of so many letters (not bytes), at its left or right end. */
void vg_put_padded(const char *text, int width, bool right);
/* The text, which ends in … when it has more letters than `width`. */
void vg_put_cut(const char *text, int width);
/* Letters of a line on standard output; INT_MAX when it is no terminal: then nothing is cut. */
int vg_terminal_width(void);
/* An array of objects as an aligned table; columns end with a NULL member. Nothing but "inga" when
 * it is empty. On a terminal that is too narrow, columns without any text are left out and texts
 * are cut, but not ids in the first column, numbers and instants. */
void vg_print_table(const json_t *rows, const struct vg_column *columns);
/* The same; a narrow terminal goes without `spare` columns, too, as many as it must, the first
 * first, and is told so. Members, ended by NULL. */
void vg_print_table_spare(const json_t *rows, const struct vg_column *columns,
			  const char *const *spare);
/* One object, a line for each member that has a text for people. */
void vg_print_members(const json_t *object);

#endif
