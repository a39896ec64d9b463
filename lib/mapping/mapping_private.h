/* A loaded mapping file, as the parts of this module share it. */
#ifndef VG_MAPPING_PRIVATE_H
#define VG_MAPPING_PRIVATE_H

#include "lib/mapping/mapping.h"

#include "core/ut.h"
#include "lib/json/document.h"
#include "lib/json/event_json.h"

#define COLUMNS_MAX  128 /* that one mapping may name */
#define FROM_MAX     4	 /* columns joined to one text */
#define FIRST_MAX    8	 /* of which the first that says anything counts */
#define JOIN_MAX     8	 /* bytes between them */
#define EMBEDDED_MAX 4	 /* texts of a document that are documents themselves */
#define DOCUMENT_MAX (1 << 20)

/* Where a text comes from: one column, or several joined by "/". count 0: nowhere. */
struct from {
	size_t column[FROM_MAX];
	size_t count;
};

/* Fields of a sample, behind those of a ticket, with which they share all that rules can do. */
#define FIELD_STATE   ((enum vg_ticket_field)VG_TF_COUNT)
#define FIELD_LATENCY ((enum vg_ticket_field)(VG_TF_COUNT + 1))
#define FIELD_TEXT    ((enum vg_ticket_field)(VG_TF_COUNT + 2))
/* And of a notice of an alarm. */
#define FIELD_RESOURCE	   ((enum vg_ticket_field)(VG_TF_COUNT + 3))
#define FIELD_TYPE	   ((enum vg_ticket_field)(VG_TF_COUNT + 4))
#define FIELD_QUALIFIER	   ((enum vg_ticket_field)(VG_TF_COUNT + 5))
#define FIELD_SEVERITY	   ((enum vg_ticket_field)(VG_TF_COUNT + 6))
#define FIELD_SAYS	   ((enum vg_ticket_field)(VG_TF_COUNT + 7)) /* 0 raised, 1 cleared */
#define FIELD_CATEGORY	   ((enum vg_ticket_field)(VG_TF_COUNT + 8))
#define FIELD_SERVICE	   ((enum vg_ticket_field)(VG_TF_COUNT + 9))
#define FIELD_MUNICIPALITY ((enum vg_ticket_field)(VG_TF_COUNT + 10))
#define FIELD_SUMMARY	   ((enum vg_ticket_field)(VG_TF_COUNT + 11))
#define FIELD_TRANSIENT	   ((enum vg_ticket_field)(VG_TF_COUNT + 12))
#define FIELD_COUNT	   (VG_TF_COUNT + 13)
const struct vg_field_info *vg_mapping_field(enum vg_ticket_field field);

/* A value as a ticket field takes it; `reason` goes with a status. */
struct stated {
	const char *text;
	int64_t number;
	enum vg_reason reason;
};

struct choice {
	const char *key; /* a source value, or a pattern of such */
	struct stated stated;
};

enum pick { PICK_NONE, PICK_NUMBER, PICK_CRC32 };

struct when {
	const char *pattern; /* NULL = that of `time` */
	bool utc;
};

/* How one ticket field gets its value. Lists are YAML lists of texts; NULL = none. */
struct rule {
	enum vg_ticket_field field;
	struct from from; /* count 0: always `fallback` */
	size_t map_count, match_count;
	struct choice *map; /* sorted by key */
	struct choice *match;
	bool has_fallback;
	struct stated fallback;
	const struct vg_yaml_node *none, *not_stated;
	struct when when;
	bool present, first_row_only;
	enum pick pick;
	/* alarms only */
	size_t firsts; /* 0: always `fallback` */
	struct from first[FIRST_MAX];
	const char *join;
	bool has_absent;
	struct stated absent; /* when nothing is stated; without it, `fallback` */
	bool keep;	      /* a text that map and match do not know stays as it is */
	bool host;	      /* of an address, its host */
};

struct condition {
	size_t column;
	const struct vg_yaml_node *patterns;
};

struct also {
	const char *source;
	struct from from;
};

enum format { FORMAT_CSV, FORMAT_NDJSON, FORMAT_JSON };
enum target { TARGET_TICKETS, TARGET_SAMPLES, TARGET_ALARMS };

struct vg_mapping {
	struct vg_yaml *yaml; /* owns every text here */
	uint8_t sha256[32];
	const char *source, *documents;
	enum format format;
	enum target target;
	char delimiter;
	bool store_text;
	size_t columns;
	const struct vg_yaml_node
		*column[COLUMNS_MAX]; /* text = the name; where it was first named */
	unsigned uses[COLUMNS_MAX];   /* how often each is named */
	const struct vg_yaml_node *not_stated, *id_patterns;
	struct from ref, title, time, order, key; /* order: count 0 = the row's number */
	bool repeats_numbered;
	struct when when;
	size_t ignores, tells, also_count, rules;
	struct condition *ignore, *tell;
	struct also also[VG_EVENT_REFS_MAX];
	struct rule rule[FIELD_COUNT]; /* status first */
	/* alarms only; lists are of paths, NULL = none */
	const struct vg_yaml_node *common, *embedded, *cloudevents;
	bool whole_item; /* is the detail; else the columns in it are */
	bool in_detail[COLUMNS_MAX];
	struct from at[FIRST_MAX], cleared_at[FIRST_MAX]; /* when: in general, and of a clearing */
	size_t ats, cleared_ats;
	bool since;
};

/* --- loading; each tells what is wrong, and where --- */

struct vg_loader {
	struct vg_mapping *mapping;
	struct vg_yaml_errors *errors;
};
size_t vg_load_column(struct vg_loader *l, const struct vg_yaml_node *name);
void vg_load_from(struct vg_loader *l, const struct vg_yaml_node *node, struct from *out);
void vg_load_from_key(struct vg_loader *l, const struct vg_yaml_node *map, const char *key,
		      bool required, struct from *out);
const struct vg_yaml_node *vg_load_list(struct vg_loader *l, const struct vg_yaml_node *map,
					const char *key);
void vg_load_when(struct vg_loader *l, const struct vg_yaml_node *map, const struct when *inherited,
		  struct when *out);
void vg_load_stated(struct vg_loader *l, enum vg_ticket_field field,
		    const struct vg_yaml_node *node, struct stated *out);
/* A rule's `map` and `match`. */
void vg_load_maps(struct vg_loader *l, const struct vg_yaml_node *node, struct rule *rule);
struct condition *vg_load_conditions(struct vg_loader *l, const struct vg_yaml_node *root,
				     const char *key, size_t *count);
/* The whole of a file with `target: alarms`. */
void vg_mapping_load_alarms(struct vg_loader *l, const struct vg_yaml_node *root);

/* Is the text in the list? */
bool vg_mapping_listed(const struct vg_yaml_node *list, const char *text);
/* A sample's field, as stated. */
void vg_row_sample_field(struct vg_mapping_run *run, enum vg_ticket_field field,
			 const struct stated *stated);
/* A text as a field takes it; NULL, or what was expected instead. TIME is not for here. */
const char *vg_mapping_state(enum vg_ticket_field field, const char *text, struct stated *out);

/* How often a ticket, or an event key, has been met. */
struct met {
	int64_t count;
	UT_hash_handle hh;
	char key[];
};

/* Memory that lives until the next row. */
struct kept {
	struct kept *next;
	char bytes[];
};

/* A named column's value in this row, masked. NULL = absent. */
struct cell {
	const char *text;
	const char *unmasked; /* for ids that are allowed to look like a number */
	size_t hits;
};

struct vg_document;

struct vg_mapping_run {
	const struct vg_mapping *mapping;
	const struct vg_agreement *agreement;
	struct met *tickets, *keys;
	/* this row */
	struct kept *kept;
	struct vg_document *document; /* that the texts lie in; freed at the next row */
	char number[COLUMNS_MAX][VG_DOCUMENT_NUMBER_MAX];
	struct cell cell[COLUMNS_MAX];
	int64_t row, repeat; /* of the ticket's rows; of the key */
	struct vg_sample sample;
	bool has_state; /* of the sample */
	struct vg_notice notice;
	char event_id[VG_EVENT_ID_MAX + 1];
	char value[VG_NAME_MAX + 1];
	char reason[VG_ERR_TEXT_MAX];
	struct vg_mapped_row *out;
};

/* Whether a document is a payload that was kept in quarantine, and a number in it; 0 = none. */
bool vg_mapping_is_payload(const struct vg_document_node *node);
int64_t vg_mapping_number(const struct vg_document_node *node, const char *key, int64_t max);
/* Where the items lie in a document: what `documents` names, a list at the top, or the document
 * itself (NULL). */
const struct vg_document_node *vg_mapping_list(const struct vg_mapping *m,
					       const struct vg_document_node *root);

/* A row as it came: its named columns' bytes in the mapping's order, NULL = absent; they live until
 * the next row. `row` and `repeat` are what a quarantined payload kept; 0 = count. */
struct raw_row {
	int64_t line, row, repeat;
	const char *value[COLUMNS_MAX];
	size_t length[COLUMNS_MAX];
};
void vg_mapping_row(struct vg_mapping_run *run, const struct raw_row *raw,
		    struct vg_mapped_row *out);
/* A row that cannot even be read. */
void vg_mapping_malformed(struct vg_mapping_run *run, int64_t line, const char *field,
			  const char *value, const char *reason, struct vg_mapped_row *out);

/* --- of the row being mapped; those that return bool tell the fault and return false --- */

/* Always false. */
bool vg_row_malformed(struct vg_mapping_run *run, const char *field, const char *value,
		      const char *reason, ...) __attribute__((format(printf, 4, 5)));
/* The first thing that cannot be mapped is told; the row is read on, since it may be malformed too.
 */
void vg_row_unmapped(struct vg_mapping_run *run, const char *field, const char *value,
		     const char *reason, ...) __attribute__((format(printf, 4, 5)));
/* A copy that lives until the next row; NULL = out of memory. */
char *vg_row_keep(struct vg_mapping_run *run, const char *bytes, size_t length);
/* At most `max` bytes of text, not ending inside a character. */
size_t vg_row_cut(const char *text, size_t max);
/* What messages call it: the first column. */
const char *vg_row_column(const struct vg_mapping_run *run, const struct from *from);

/* Checks and masks all columns, the good ones even when one is bad: the row's number needs its
 * reference. */
bool vg_row_cells(struct vg_mapping_run *run, const struct raw_row *raw);
/* The text of one column, or of several joined by "/"; NULL when all are absent. `unmasked` asks
 * for it as it came. */
const char *vg_row_value(struct vg_mapping_run *run, const struct from *from, bool unmasked);
/* A reference to a ticket: as it came when nothing in it, or a pattern, speaks against it. */
bool vg_row_id(struct vg_mapping_run *run, const struct from *from, const char *text,
	       const char **out);

bool vg_row_time(struct vg_mapping_run *run, const struct from *from, const struct when *when,
		 const char *text, int64_t *at_ms);
bool vg_row_rule(struct vg_mapping_run *run, const struct rule *rule);
/* What map, match and default say of a text; NULL = nothing. */
const struct stated *vg_rule_choose(const struct rule *rule, const char *text);
/* Does a condition fit the row? */
bool vg_row_fits(const struct vg_mapping_run *run, const struct condition *condition, size_t count);

/* Begins a row, and frees what belonged to the one before. */
void vg_mapped_begin(struct vg_mapping_run *run, int64_t line, struct vg_mapped_row *out);
/* Begins a further row of the same document: what was kept stays. */
void vg_row_next(struct vg_mapping_run *run, int64_t line, struct vg_mapped_row *out);
/* The named columns, masked, behind `member`s own: enough to take the row again with a mended
 * mapping. False: told. */
bool vg_row_payload(struct vg_mapping_run *run, const struct vg_document_member *own, size_t owns,
		    const char *ref);

#endif
