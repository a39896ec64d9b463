/* A loaded set of rules, as the parts of this module share it.
 *
 * Everything is made once, in one arena, and never changed: judging only reads it and writes the
 * scratch space. */
#ifndef VG_ALARM_RULES_PRIVATE_H
#define VG_ALARM_RULES_PRIVATE_H

#include "lib/alarm/rules.h"

#include "core/ut.h"
#include "lib/alarm/oid_names.h"

#include <regex.h>

#define RULES_MAX     20000 /* of all files */
#define FILES_MAX     200   /* of a directory */
#define TRAPS_MAX     200   /* of one rule */
#define PATTERNS_MAX  200   /* of one condition or table */
#define PIECES_MAX    32    /* of one template */
#define CAPTURES      10    /* {m1} to {m9} */
#define ARCS_MAX      63    /* of a subtree's OID */
#define OID_MAX	      400   /* bytes; a longer one is nobody's */
#define CATALOGUE_MAX 100000
#define NAME_BYTES    200 /* bytes of resource, type and qualifier */
#define LINE_BYTES    400 /* bytes of a notice's text */

/* --- memory --- */

struct block;
/* Zeroed memory that lives as long as the arena; NULL = out of memory. */
void *vg_arena_take(struct block **arena, size_t size);
char *vg_arena_text(struct block **arena, const char *text, size_t length);
void vg_arena_free(struct block **arena);

/* --- where a text comes from --- */

enum ref_kind { REF_VALUE, REF_INSTANCE, REF_HOST, REF_PEER, REF_TRAP, REF_CAPTURE };

struct ref {
	enum ref_kind kind;
	const char *name; /* VALUE, INSTANCE: numeric OID, or the name of a line's value */
	size_t length;
	const struct vg_oid_words *words; /* NULL = it is no enumeration */
	int capture;
};

/* A literal text, or the first of its references that has a text. */
struct piece {
	const char *literal;
	size_t length;
	const struct ref *ref;
	size_t refs;
};
struct template
{
	size_t pieces;
	const struct piece *piece;
};

/* --- what a value must be --- */

struct pattern {
	const char *glob; /* NULL = a range */
	int64_t from, to;
};

struct expression {
	regex_t compiled;
	const char *literal; /* text that every match holds; "" = none is known */
	struct expression *next;
};

enum test { TEST_PATTERNS, TEST_NOT, TEST_PRESENT, TEST_ABSENT, TEST_EXPRESSION };

struct condition {
	struct ref ref;
	enum test test;
	size_t patterns;
	const struct pattern *pattern;
	const struct expression *expression;
};

/* --- rules --- */

struct severity {
	struct ref from; /* cases > 0 */
	size_t cases;
	const struct pattern *pattern;
	const enum vg_severity *then;
	enum vg_severity otherwise;
};

struct rule {
	const char *id; /* "<file>/<rule>" */
	bool ignore, transient;
	struct template resource, type, qualifier, service, municipality, text;
	struct severity severity;
	enum vg_alarm_category category;
	struct rule *next; /* as read */
};

/* One way to meet a rule. */
struct entry {
	const struct rule *rule;
	bool clear; /* it ends the alarm that the rule raises */
	size_t order;
	size_t conditions;
	const struct condition *condition;
	const struct entry *next; /* of the same OID or subtree, in order */
};

/* The entries of a trap, or of a subtree of traps. */
struct bucket {
	const char *oid;
	struct entry *first, *last;
	UT_hash_handle hh;
};

/* A row of the catalogue. */
struct known {
	const char *oid, *name, *type;
	const char *key;       /* OID as traps are looked up by */
	const char *qualifier; /* values that tell alarms apart; "" = none */
	enum vg_severity severity;
	bool transient;
	bool shared;			 /* others have its bare name too */
	UT_hash_handle hh;		 /* by key */
	UT_hash_handle hh_name, hh_bare; /* by name, with and without module */
};

/* What is asked again and again in a storm: the names of values' OIDs, of some thousand interfaces.
 */
#define CACHE_SLOTS 16384
#define CACHE_OID   80
struct cached {
	char oid[CACHE_OID];
	const char *name; /* NULL = unknown */
	size_t rest;	  /* where in the OID the instance starts */
	const struct vg_oid_words *words;
};

struct scratch {
	const struct vg_message *message;
	const char *text[VG_MESSAGE_VALUES_MAX]; /* values, masked */
	size_t values;
	const char *host, *peer, *trap; /* trap: its name */
	const char *subject;		/* of the expression that fitted last */
	regmatch_t match[CAPTURES];
	char host_text[NAME_BYTES + 1];
	char trap_text[NAME_BYTES + 1];
	char trap_key[OID_MAX + 1];
	char resource[NAME_BYTES + 1], type[NAME_BYTES + 1], qualifier[NAME_BYTES + 1];
	char service[NAME_BYTES + 1], municipality[NAME_BYTES + 1];
	char line[LINE_BYTES + 1];
	char detail[VG_NOTICE_DETAIL_MAX + 1];
	char masked[VG_MESSAGE_VALUES_MAX * (VG_MESSAGE_VALUE_MAX + 1)];
	size_t masked_used;
};

struct vg_rules {
	struct block *arena;
	const struct vg_oid_names *names; /* the caller's; NULL */
	struct vg_oid_names *own;	  /* those of the directory; NULL */
	struct expression *expressions;
	struct bucket *exact, *subtree;
	uint64_t depths; /* bit per number of arcs that some subtree has */
	struct entry *lines, *last_line;
	struct rule *first, *last;
	size_t count, orders;
	struct known *known, *known_by_name, *known_by_bare;
	struct cached *cache;
	struct scratch scratch;
};

/* rules_pattern.c. On an error `errors` has grown, and false or -1 is returned. */
bool vg_pattern_read(struct pattern *out, const struct vg_yaml_node *at, const char *text,
		     struct vg_yaml_errors *errors);
bool vg_pattern_fits(const struct pattern *pattern, const char *text);
const struct expression *vg_expression_read(struct vg_rules *rules, const struct vg_yaml_node *at,
					    struct vg_yaml_errors *errors);
bool vg_expression_fits(const struct expression *expression, const char *text,
			regmatch_t match[CAPTURES]);

/* rules_template.c */
bool vg_ref_read(struct vg_rules *rules, enum vg_message_form form, struct ref *out,
		 const struct vg_yaml_node *at, const char *text, size_t length,
		 struct vg_yaml_errors *errors);
bool vg_template_read(struct vg_rules *rules, enum vg_message_form form, struct template *out,
		      const struct vg_yaml_node *at, const char *text,
		      struct vg_yaml_errors *errors);
/* A text of the message, or NULL when it has none; not NUL-terminated. */
const char *vg_ref_text(const struct vg_rules *rules, const struct ref *ref, size_t *length);
/* Writes at most `size` - 1 bytes, without control characters, and a NUL. */
void vg_template_write(const struct vg_rules *rules, const struct template *template, char *out,
		       size_t size);

/* rules_names.c */
/* NULL = nobody knows it. */
const char *vg_rules_name(struct vg_rules *rules, const char *oid, size_t *rest,
			  const struct vg_oid_words **words);
const struct vg_oid_words *vg_rules_words(const struct vg_rules *rules, const char *oid);

/* rules_catalogue.c */
bool vg_catalogue_read(struct vg_rules *rules, const char *path, struct vg_yaml_errors *errors);
const struct known *vg_catalogue_find(const struct vg_rules *rules, const char *key);
const struct known *vg_catalogue_named(const struct vg_rules *rules, const char *name);
void vg_catalogue_free(struct vg_rules *rules);

/* rules_index.c */
/* The OID by which traps are looked up: without the 0 before its last number, which the agents of
 * the first version put in and leave out (RFC 3584). False when it is too long. */
bool vg_trap_key(const char *oid, char out[OID_MAX + 1]);
/* Files an entry under a trap's OID, or with `subtree` under all that begin so. False = out of
 * memory. */
bool vg_index_add(struct vg_rules *rules, const char *oid, bool subtree, struct entry *entry);
void vg_index_free(struct vg_rules *rules);
/* Walks the entries for a trap in order of rules. */
struct index_walk {
	const struct entry *head[ARCS_MAX + 2];
	size_t heads;
};
void vg_index_walk(const struct vg_rules *rules, const char *key, struct index_walk *walk);
const struct entry *vg_index_next(struct index_walk *walk);

/* rules_file.c */
void vg_rules_read(struct vg_rules *rules, const struct vg_yaml_node *root, const char *file,
		   const struct vg_agreement *agreement, struct vg_yaml_errors *errors);

/* text.c */
struct text {
	char *at;
	size_t size, used;
	bool cut;
};
struct text vg_text_into(char *buffer, size_t size);
/* Appends what has room, whole characters only, each control character as a space. */
void vg_text_put(struct text *text, const char *bytes, size_t length);
void vg_text_puts(struct text *text, const char *string);

#endif
