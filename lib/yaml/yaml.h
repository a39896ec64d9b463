/* YAML files as a tree of marked nodes, strictly: every scalar is text, every node knows file, line
 * and column.
 *
 * Duplicate keys (both lines named), anchors, aliases, tags, merge keys, several documents, more
 * than 16 levels and files over 4 MiB are errors (pitfalls.md 9). What a value means is the
 * reader's business: the vg_yaml_get_* functions check type and range and collect errors, up to 20,
 * with the nearest known name for an unknown key. */
#ifndef VG_YAML_H
#define VG_YAML_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VG_YAML_DEPTH_MAX  16
#define VG_YAML_BYTES_MAX  (4 << 20)
#define VG_YAML_ERRORS_MAX 20

enum vg_yaml_type { VG_YAML_SCALAR, VG_YAML_LIST, VG_YAML_MAP };

struct vg_yaml_node {
	enum vg_yaml_type type;
	const char *file;
	int line, column; /* from 1 */
	const char *text; /* SCALAR */
	bool quoted;
	size_t count;			      /* LIST, MAP */
	const char **key;		      /* MAP: names, in file order */
	const struct vg_yaml_node **key_node; /* MAP: where each key stands */
	const struct vg_yaml_node **item;     /* LIST, MAP */
};

/* Errors of one or several files, collected. "file:line:column: what is wrong, what was expected".
 */
struct vg_yaml_errors {
	size_t count; /* counts on past the maximum */
	char *text[VG_YAML_ERRORS_MAX];
};
void vg_yaml_error(struct vg_yaml_errors *errors, const struct vg_yaml_node *at, const char *format,
		   ...) __attribute__((format(printf, 3, 4)));
void vg_yaml_errors_free(struct vg_yaml_errors *errors);

struct vg_yaml; /* a file's nodes */
/* NULL when the file or bytes cannot be read as such YAML; what is wrong is in errors. `name` is
 * for messages. */
struct vg_yaml *vg_yaml_load_file(const char *path, struct vg_yaml_errors *errors);
struct vg_yaml *vg_yaml_load_bytes(const char *name, const char *bytes, size_t length,
				   struct vg_yaml_errors *errors);
const struct vg_yaml_node *vg_yaml_root(const struct vg_yaml *yaml);
void vg_yaml_free(struct vg_yaml *yaml);

/* A map's member; NULL = absent. */
const struct vg_yaml_node *vg_yaml_find(const struct vg_yaml_node *map, const char *key);
/* Error for every key of `map` that is not in the NULL-ended list, with the nearest one. False when
 * there was one. */
bool vg_yaml_only(const struct vg_yaml_node *map, struct vg_yaml_errors *errors,
		  const char *const *known);

/* Typed reading of map[key]. Absent: `fallback` (or an error when `required`). On an error the
 * fallback is returned and errors has grown. */
const char *vg_yaml_get_text(const struct vg_yaml_node *map, const char *key, bool required,
			     const char *fallback, struct vg_yaml_errors *errors);
int64_t vg_yaml_get_int(const struct vg_yaml_node *map, const char *key, bool required, int64_t min,
			int64_t max, int64_t fallback, struct vg_yaml_errors *errors);
bool vg_yaml_get_bool(const struct vg_yaml_node *map, const char *key, bool fallback,
		      struct vg_yaml_errors *errors); /* yes/no/true/false */
/* "30s", "15min", "4h", "1h30m", "500ms" to ms. */
int64_t vg_yaml_get_duration_ms(const struct vg_yaml_node *map, const char *key, bool required,
				int64_t fallback, struct vg_yaml_errors *errors);
/* The same of a text: number and unit, largest unit first, each at most once; 366 days at most.
 * False: it is none, and *out_ms says nothing. */
bool vg_yaml_parse_duration(const char *text, int64_t *out_ms);
/* "90 %", "99,8 %", "99.95%" exactly to ppm. */
int64_t vg_yaml_get_ppm(const struct vg_yaml_node *map, const char *key, bool required,
			int64_t fallback, struct vg_yaml_errors *errors);
/* "250 kr", "1 234,50 kr", "30 000 000 kr" exactly to öre, from 0 to max_ore. */
int64_t vg_yaml_get_ore(const struct vg_yaml_node *map, const char *key, bool required,
			int64_t max_ore, int64_t fallback, struct vg_yaml_errors *errors);
/* The same of a text, of at most a thousand milliards of kronor. False: it is none, and *out_ore
 * says nothing. */
bool vg_yaml_parse_ore(const char *text, int64_t *out_ore);
/* "1,0", "0.85": a number above 0 with at most six decimals, exactly to millionths. */
int64_t vg_yaml_get_ratio_ppm(const struct vg_yaml_node *map, const char *key, int64_t max_ppm,
			      int64_t fallback, struct vg_yaml_errors *errors);
/* Index in the NULL-ended list of words, with the nearest valid word in the error. */
int vg_yaml_get_word(const struct vg_yaml_node *map, const char *key, const char *const *words,
		     int fallback, struct vg_yaml_errors *errors);
/* "2016-01-01" to days since 1970-01-01. */
int64_t vg_yaml_get_date(const struct vg_yaml_node *map, const char *key, bool required,
			 int64_t fallback, struct vg_yaml_errors *errors);
/* "2026-10" to year * 12 + month - 1. */
int vg_yaml_get_month(const struct vg_yaml_node *map, const char *key, int fallback,
		      struct vg_yaml_errors *errors);
/* Nearest of the NULL-ended list by edit distance, NULL when none is near. */
const char *vg_yaml_nearest(const char *word, const char *const *known);

#endif
