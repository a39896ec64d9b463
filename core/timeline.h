/* From probes to a timeline, step by step; for core/avail/quorum.c, timeline*.c and avail*.c only.
 */
#ifndef VG_CORE_TIMELINE_H
#define VG_CORE_TIMELINE_H

#include "core/avail.h"
#include "core/core_private.h"

struct vg_pieces {
	struct vg_avail_piece *piece;
	size_t n, size;
};

/* What the probes of a scope say together. Not yet floored. */
struct vg_measured {
	int64_t from_ms, to_ms;
	enum vg_avail_state state;
	const struct vg_agreement *rules; /* in force at from_ms; NULL = none */
	bool exact;			  /* counts as measured: no slots, nothing is rewritten */
	bool rewritten, flapping, pending;
};
struct vg_measures {
	struct vg_measured *at;
	size_t n, size;
};

/* Appends, or lengthens the last one when it says the same. */
VG_MUST_CHECK int vg_pieces_add(struct vg_pieces *list, const struct vg_avail_piece *piece);
VG_MUST_CHECK int vg_measures_add(struct vg_measures *list, const struct vg_measured *piece);

/* The instant after at_ms at which another version may come into force; INT64_MAX = none. */
int64_t vg_version_end_ms(const struct vg_core *core, int64_t at_ms);
/* Whether a record that is in force speaks of the scope. */
bool vg_record_holds(const struct vg_outage_record *record, const struct vg_scope *scope);

/* Outages closer to each other than this are one in number; 0 where the states are imported ones of
 * another product. The scope's municipality is not NULL. */
int64_t vg_join_gap_ms(const struct vg_core *core, const struct vg_scope *scope, int64_t at_ms);

/* avail/quorum.c: q(t) of a scope, whose channel and municipality are not NULL, over [from_ms,
 * to_ms): semantics.md 3.1, 1 to 3, and refuted stretches of 8. */
VG_MUST_CHECK int vg_quorum(const struct vg_core *core, const struct vg_scope *scope,
			    int64_t from_ms, int64_t to_ms, struct vg_measures *out);

/* avail/timeline_confirm.c: slots, the short-interval rule and flapping (3.1.4); back-dated,
 * floored. Exactly [from_ms, to_ms), both whole seconds, out of what is known up to known_ms. */
VG_MUST_CHECK int vg_confirmed(const struct vg_core *core, const struct vg_scope *scope,
			       int64_t from_ms, int64_t to_ms, int64_t known_ms,
			       struct vg_pieces *out);

/* avail/timeline.c: the whole. Timelines of components are remembered from one call to the next, as
 * long as municipality and span are the same. To begin with all but core and known_ms is zero. */
struct vg_timelines {
	const struct vg_core *core;
	int64_t known_ms;	  /* what lies after it is not known */
	int64_t from_ms, to_ms;	  /* the span that is made: one version judges it */
	const char *municipality; /* borrowed */
	struct vg_component {
		const char *service;
		struct vg_pieces pieces;
	} * component;
	size_t components, components_size;
};
/* Whether the cause counts against the provider; nobody's does until someone decides. */
bool vg_avail_counts(const struct vg_avail_piece *piece);
void vg_timelines_fini(struct vg_timelines *timelines);
/* The pieces of [from_ms, to_ms), whole seconds; a scope that nobody knows is NO_DATA. `out` is
 * emptied first. */
VG_MUST_CHECK int vg_timeline_make(struct vg_timelines *timelines, const struct vg_scope *scope,
				   int64_t from_ms, int64_t to_ms, struct vg_pieces *out);

#endif
