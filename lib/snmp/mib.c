/* mib.c - MIB texts compiled to names.
 *
 * The parser links what it read into one tree, in no order, and may have several nodes for one OID
 * when modules disagree. The hard thing is to write each OID once and in order: the tree is walked
 * by all nodes of an OID together, and the children of all of them are sorted and grouped. */
#include "lib/snmp/mib.h"

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/library/parse.h>

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX   128 /* arcs of an OID */
#define PLACE	    ": At line "
#define SEARCH_PATH "MIB search path" /* where it would have looked by itself: no complaint */
#define MODULES_MAX 100000

struct compiling {
	FILE *out;
	vg_mib_complaint_cb *on_complaint;
	void *arg;
	struct vg_mib_counts *counts;
	unsigned long path[DEPTH_MAX];
	bool no_memory;
};

/* --- complaints --- */

/* "what (token): At line 7 in FILE" as "FILE:7: what (token)". */
static int
on_log(int major, int minor, void *message, void *arg)
{
	const struct snmp_log_message *line = message;
	struct compiling *c = arg;
	const char *place = strstr(line->msg, PLACE), *file;
	int length = (int)strcspn(line->msg, "\n");
	char text[1000];

	(void)major;
	(void)minor;
	if (length == 0 || strncmp(line->msg, SEARCH_PATH, strlen(SEARCH_PATH)) == 0)
		return 0;
	file = place != NULL ? strstr(place, " in ") : NULL;
	if (file == NULL)
		(void)snprintf(text, sizeof(text), "%.*s", length, line->msg);
	else
		(void)snprintf(text, sizeof(text), "%.*s:%ld: %.*s", (int)strcspn(file + 4, "\n"),
			       file + 4, strtol(place + strlen(PLACE), NULL, 10),
			       (int)(place - line->msg), line->msg);
	c->counts->complaints++;
	c->on_complaint(text, c->arg);
	return 0;
}

/* --- the tree --- */

/* What goes by the OID: a node with a type before one without, then by name. */
static int
by_oid(const void *a, const void *b)
{
	const struct tree *x = *(struct tree *const *)a, *y = *(struct tree *const *)b;

	if (x->subid != y->subid)
		return x->subid < y->subid ? -1 : 1;
	if ((x->type == TYPE_OTHER) != (y->type == TYPE_OTHER))
		return x->type == TYPE_OTHER ? 1 : -1;
	return strcmp(x->label, y->label);
}

/* Whether a MIB gave this name: the parser has names of its own for what has none. */
static const char *
module_of(const struct tree *node)
{
	const struct module *module = find_module(node->modid);

	if (module == NULL || module->name == NULL || strncmp(node->label, ANON, ANON_LEN) == 0 ||
	    strchr(node->label, '#') != NULL)
		return NULL;
	return module->name;
}

static void
write_words(struct compiling *c, const struct tree *node)
{
	const char *comma = "";

	/* bits are no numbers */
	if (node->type == TYPE_BITSTRING || node->enums == NULL)
		return;
	for (const struct enum_list *e = node->enums; e != NULL; e = e->next) {
		fprintf(c->out, "%s%s=%d", comma, e->label, e->value);
		comma = ",";
	}
	c->counts->enumerated++;
}

static void
write_node(struct compiling *c, const struct tree *node, const char *module, size_t depth)
{
	for (size_t i = 0; i < depth; i++)
		fprintf(c->out, "%s%lu", i > 0 ? "." : "", c->path[i]);
	fprintf(c->out, "\t%s::%s\t", module, node->label);
	write_words(c, node);
	(void)fputc('\n', c->out);
	c->counts->names++;
}

static size_t
count_peers(const struct tree *node)
{
	size_t count = 0;

	for (; node != NULL; node = node->next_peer)
		count++;
	return count;
}

static void walk(struct compiling *c, struct tree *const *nodes, size_t count, size_t depth);

/* Walks what `nodes`, sorted, has, one OID after the other. */
static void
walk_groups(struct compiling *c, struct tree *const *nodes, size_t count, size_t depth)
{
	for (size_t from = 0, to; from < count; from = to) {
		for (to = from + 1; to < count && nodes[to]->subid == nodes[from]->subid; to++)
			;
		c->path[depth] = nodes[from]->subid;
		walk(c, nodes + from, to - from, depth + 1);
	}
}

/* `nodes` are all that the tree has for the OID in c->path. */
static void
walk(struct compiling *c, struct tree *const *nodes, size_t count, size_t depth)
{
	struct tree **children;
	size_t total = 0, used = 0;

	for (size_t i = 0; i < count; i++) {
		const char *module = module_of(nodes[i]);

		if (module == NULL)
			continue;
		write_node(c, nodes[i], module, depth);
		break;
	}
	for (size_t i = 0; i < count; i++)
		total += count_peers(nodes[i]->child_list);
	if (total == 0 || depth == DEPTH_MAX)
		return;
	if ((children = calloc(total, sizeof(*children))) == NULL) {
		c->no_memory = true;
		return;
	}
	for (size_t i = 0; i < count; i++)
		for (struct tree *child = nodes[i]->child_list; child != NULL;
		     child = child->next_peer)
			children[used++] = child;
	qsort(children, used, sizeof(*children), by_oid);
	walk_groups(c, children, used, depth);
	free(children);
}

static void
walk_roots(struct compiling *c)
{
	struct tree *roots[8];
	size_t count = 0;

	for (struct tree *root = get_tree_head(); root != NULL && count < 8; root = root->next_peer)
		roots[count++] = root;
	qsort(roots, count, sizeof(roots[0]), by_oid);
	walk_groups(c, roots, count, 0);
}

/* --- a run --- */

static void
set_parser_up(struct compiling *c)
{
	(void)setenv("MIBS", "", 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_MIB_ERRORS, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_MIB_PARSE_LABEL, 1);
	snmp_disable_log();
	(void)netsnmp_register_loghandler(NETSNMP_LOGHANDLER_CALLBACK, LOG_WARNING);
	(void)snmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, on_log, c);
	netsnmp_init_mib_internals();
}

static size_t
count_modules(void)
{
	size_t count = 0;

	for (int id = 0; id < MODULES_MAX; id++) {
		const struct module *module = find_module(id);

		if (module == NULL)
			break;
		count += module->no_imports >= 0 ? 1 : 0; /* -1 = known by name, never read */
	}
	return count;
}

/* Before the parser is set up, which is for once. */
static int
check_directories(const char *const *directories, size_t count, struct vg_err *err)
{
	for (size_t i = 0; i < count; i++) {
		DIR *directory = opendir(directories[i]);

		if (directory == NULL)
			return vg_err_set(err, VG_ENOTFOUND,
					  "%s: expected a directory of MIB texts: %s",
					  directories[i], strerror(errno));
		(void)closedir(directory);
	}
	return 0;
}

int
vg_mib_compile(const char *const *directories, size_t count, FILE *out,
	       vg_mib_complaint_cb *on_complaint, void *arg, struct vg_mib_counts *counts,
	       struct vg_err *err)
{
	struct compiling c = {
		.out = out, .on_complaint = on_complaint, .arg = arg, .counts = counts};
	int rc;

	*counts = (struct vg_mib_counts){0};
	if ((rc = check_directories(directories, count, err)) != 0)
		return rc;
	set_parser_up(&c);
	for (size_t i = 0; i < count && rc == 0; i++)
		if (add_mibdir(directories[i]) <= 0)
			rc = vg_err_set(err, VG_ENOTFOUND, "%s: holds no MIB text", directories[i]);
	if (rc == 0) {
		(void)read_all_mibs();
		adopt_orphans();
		walk_roots(&c);
		counts->modules = count_modules();
	}
	(void)snmp_unregister_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, on_log, &c, 1);
	unload_all_mibs();
	if (rc == 0 && c.no_memory)
		rc = vg_err_set(err, VG_ENOMEM, "MIBs: out of memory");
	if (rc == 0 && (fflush(out) != 0 || ferror(out)))
		rc = vg_err_set(err, VG_EIO, "names of OIDs: cannot write");
	return rc;
}
