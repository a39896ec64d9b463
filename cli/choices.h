/* Words that must be one of a fixed list. Each function returns 0, or VG_EXIT_USAGE after a
 * complaint that names the nearest valid word, or all of them when none is near. */
#ifndef VG_CHOICES_H
#define VG_CHOICES_H

#include "cli/cli.h"
#include "core/event.h"

/* The value of an option without its dashes; options that take any text always pass. */
VG_MUST_CHECK int vg_check_option(const struct vg_cli *cli, const char *option, const char *value);
/* A ticket field's name; *field is VG_TF_COUNT when it is none. */
VG_MUST_CHECK int vg_check_field(const struct vg_cli *cli, const char *name,
				 enum vg_ticket_field *field);
/* The value of a field that takes a word; other fields always pass. */
VG_MUST_CHECK int vg_check_word(const struct vg_cli *cli, enum vg_ticket_field field,
				const char *word);

#endif
