/* What the parts of the agreement's loader share. Private to lib/agreement.
 *
 * Every reader takes the node it reads and puts what it finds into load->agreement. Readers go on
 * after an error, so that one run shows all of them; the agreement is thrown away when there was
 * any. */
#ifndef VG_AGREEMENT_LOAD_H
#define VG_AGREEMENT_LOAD_H

#include "lib/agreement/agreement_yaml.h"

struct vg_load_calling;

struct vg_load {
	struct vg_agreement *agreement;
	struct vg_yaml_errors *errors;
	struct vg_yaml_errors warnings;
	const struct vg_yaml_node *root;
	const char *directory;
	int64_t target_ppm;	    /* of availability, for services that state none */
	const char **service_words; /* ids as words, NULL-ended; the words are the agreement's */
	const char **channel_words;
	struct vg_load_calling *calling; /* while call-offs are read */
	int first_year, end_year; /* the expansion: whole local years, end_year not included */
};

/* Zeroed; NULL after an "out of memory" error. */
void *vg_load_take(struct vg_load *load, size_t count, size_t size);
char *vg_load_copy(struct vg_load *load, const char *text);

/* map[key] when it has that type; NULL when absent, or after an error. */
const struct vg_yaml_node *vg_load_member(struct vg_load *load, const struct vg_yaml_node *map,
					  const char *key, enum vg_yaml_type type, bool required);
/* Error when map[key] is not there; `expected` says what should be. */
void vg_load_require(struct vg_load *load, const struct vg_yaml_node *map, const char *key,
		     const char *expected);
/* Error and false when the node has another type. `what` names it. */
bool vg_load_is(struct vg_load *load, const struct vg_yaml_node *node, enum vg_yaml_type type,
		const char *what);
/* A map of one member, so that the vg_yaml_get_* functions can read an item of a list. Borrows
 * everything. */
struct vg_load_item {
	struct vg_yaml_node map;
	const char *key;
	const struct vg_yaml_node *node;
};
const struct vg_yaml_node *vg_load_item(struct vg_load_item *item, const char *what,
					const struct vg_yaml_node *node);

/* Text of at most VG_AGREEMENT_TEXT_MAX bytes without control characters, copied. `fallback` NULL =
 * required. */
char *vg_load_text(struct vg_load *load, const struct vg_yaml_node *map, const char *key,
		   const char *fallback);
/* Whether a node's text can name things: letters, digits and . _ -; an error when not. */
bool vg_load_is_id(struct vg_load *load, const struct vg_yaml_node *node, const char *what);
/* Midnight at the start of the date at map[key]. */
int64_t vg_load_day_ms(struct vg_load *load, const struct vg_yaml_node *map, const char *key,
		       int64_t fallback_ms);

void vg_load_warning(struct vg_load *load, const struct vg_yaml_node *at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A table in a CSV file beside the agreement, that `node` names: comma or semicolon, UTF-8, at most
 * 1 MiB, with a header of the NULL-ended names. Calls on_row with each row as a map, which is gone
 * afterwards. */
typedef void vg_load_row_cb(struct vg_load *load, const struct vg_yaml_node *row);
void vg_load_table(struct vg_load *load, const struct vg_yaml_node *node, const char *key,
		   const char *const *columns, vg_load_row_cb *on_row);

/* The bytes of a file beside the agreement that `node` names, with a NUL behind them, to be freed;
 * *path is its path, likewise. NULL after an error. */
char *vg_load_file(struct vg_load *load, const struct vg_yaml_node *node, const char *key,
		   size_t bytes_max, size_t *length, char **path);

/* Where to point for map[key]: the value, or the map when it is not there. */
const struct vg_yaml_node *vg_load_place(const struct vg_yaml_node *map, const char *key);

/* map["availability"]: a share in ppm; "none" = -1. */
int64_t vg_load_availability(struct vg_load *load, const struct vg_yaml_node *map,
			     int64_t fallback);
/* Index of the service that map["service"] names; -1 when absent, or after an error. */
int vg_load_service(struct vg_load *load, const struct vg_yaml_node *map);
/* Whole seconds, at least min_s and at most max_s, at map[key], in ms. */
int64_t vg_load_seconds_ms(struct vg_load *load, const struct vg_yaml_node *map, const char *key,
			   int64_t min_s, int64_t max_s, int64_t fallback_ms);
/* "14 days" at map[key], 0 to max. */
int64_t vg_load_days(struct vg_load *load, const struct vg_yaml_node *map, const char *key,
		     int64_t max, int64_t fallback);
/* The calendar at map[key]; NULL when absent, or after an error. */
const struct vg_cal *vg_load_calendar(struct vg_load *load, const struct vg_yaml_node *map,
				      const char *key);
/* Code of the municipality at map["municipality"], "*" for "all" where that is allowed; borrowed.
 * NULL when absent, or after an error. */
const char *vg_load_municipality(struct vg_load *load, const struct vg_yaml_node *map, bool all);

/* What a municipality has until its probes are known. */
#define VG_LOAD_VANTAGE_UNSTATED ((enum vg_vantage)2)

/* The parts, in the order in which they must be read. */
void vg_load_rules(struct vg_load *load);
void vg_load_calendars(struct vg_load *load);
void vg_load_service_levels(struct vg_load *load);
void vg_load_services(struct vg_load *load); /* and channels */
void vg_load_parties(struct vg_load *load);  /* municipalities, providers and duties */
void vg_load_promises(struct vg_load *load); /* call-offs and exceptions */
void vg_load_probes(struct vg_load *load);
void vg_load_alarms(struct vg_load *load);
void vg_load_fee(struct vg_load *load);

#endif
