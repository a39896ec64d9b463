/* rules.c - loading a set of rules: the agreement's files, a directory of shipped ones, their
 * tables.
 *
 * Order is the meaning here: tables of names come first, since rules are written with names; then
 * the agreement's rules, then the directory's, each in order of file name. */
#include "lib/alarm/rules_private.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_BYTES 4096
#define NAMES_FILE "names.tsv"
#define OUR_FILE   "catalogue.tsv" /* comes first, so that all others win over it */

struct listing {
	char *name[FILES_MAX];
	size_t count;
};

static void
complain(struct vg_yaml_errors *errors, const char *file, const char *text)
{
	struct vg_yaml_node at = {.file = file, .line = 1, .column = 1};

	vg_yaml_error(errors, &at, "%s", text);
}

static bool
ends_in(const char *name, const char *ending)
{
	size_t length = strlen(name), tail = strlen(ending);

	return name[0] != '.' && length > tail && strcmp(name + length - tail, ending) == 0;
}

static int
by_name(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

static void
free_listing(struct listing *listing)
{
	for (size_t i = 0; i < listing->count; i++)
		free(listing->name[i]);
}

/* The directory's files of one kind, in order of name. */
static bool
list_files(const char *directory, const char *ending, struct listing *out,
	   struct vg_yaml_errors *errors)
{
	DIR *dir = opendir(directory);
	const struct dirent *item;
	const char *wrong = NULL;

	out->count = 0;
	if (dir == NULL) {
		complain(errors, directory, strerror(errno));
		return false;
	}
	while (wrong == NULL && (item = readdir(dir)) != NULL) {
		if (!ends_in(item->d_name, ending))
			continue;
		if (out->count == FILES_MAX)
			wrong = "expected at most 200 files of a kind";
		else if ((out->name[out->count] = strdup(item->d_name)) == NULL)
			wrong = "out of memory";
		else
			out->count++;
	}
	(void)closedir(dir);
	if (wrong != NULL) {
		complain(errors, directory, wrong);
		free_listing(out);
		return false;
	}
	qsort(out->name, out->count, sizeof(out->name[0]), by_name);
	return true;
}

static bool
make_path(char path[PATH_BYTES], const char *directory, const char *name,
	  struct vg_yaml_errors *errors)
{
	if (snprintf(path, PATH_BYTES, "%s/%s", directory, name) < PATH_BYTES)
		return true;
	complain(errors, directory, "the path is too long");
	return false;
}

/* --- tables --- */

static void
read_names(struct vg_rules *rules, const char *path, struct vg_yaml_errors *errors)
{
	const char *paths[] = {path};
	struct vg_err err = {0};

	if (vg_oid_names_load(&rules->own, paths, 1, &err) != 0)
		complain(errors, path, err.text);
}

/* The names first, our catalogue next, then whatever the site has laid over it. */
static int
table_rank(const char *name)
{
	return strcmp(name, NAMES_FILE) == 0 ? 0 : strcmp(name, OUR_FILE) == 0 ? 1 : 2;
}

static void
read_tables(struct vg_rules *rules, const char *directory, struct vg_yaml_errors *errors)
{
	struct listing listing;
	char path[PATH_BYTES];

	if (!list_files(directory, ".tsv", &listing, errors))
		return;
	for (int rank = 0; rank <= 2; rank++)
		for (size_t i = 0; i < listing.count; i++) {
			if (table_rank(listing.name[i]) != rank ||
			    !make_path(path, directory, listing.name[i], errors))
				continue;
			if (rank == 0)
				read_names(rules, path, errors);
			else
				(void)vg_catalogue_read(rules, path, errors);
		}
	free_listing(&listing);
}

/* --- rules --- */

/* Reads one parsed file, whose name in rules' ids is without ".yaml". */
static void
read_yaml(struct vg_rules *rules, struct vg_yaml *yaml, const char *name,
	  const struct vg_agreement *agreement, struct vg_yaml_errors *errors)
{
	char file[NAME_BYTES + 1];
	struct text text = vg_text_into(file, sizeof(file));

	if (yaml == NULL)
		return;
	vg_text_put(&text, name, strlen(name) - (ends_in(name, ".yaml") ? strlen(".yaml") : 0));
	vg_rules_read(rules, vg_yaml_root(yaml), file, agreement, errors);
	vg_yaml_free(yaml);
}

static void
read_directory(struct vg_rules *rules, const char *directory, const struct vg_agreement *agreement,
	       struct vg_yaml_errors *errors)
{
	struct listing listing;
	char path[PATH_BYTES];

	if (!list_files(directory, ".yaml", &listing, errors))
		return;
	for (size_t i = 0; i < listing.count; i++)
		if (make_path(path, directory, listing.name[i], errors))
			read_yaml(rules, vg_yaml_load_file(path, errors), listing.name[i],
				  agreement, errors);
	free_listing(&listing);
}

struct vg_rules *
vg_rules_load(const char *directory, const struct vg_agreement *agreement,
	      const struct vg_oid_names *names, struct vg_yaml_errors *errors)
{
	struct vg_rules *rules = calloc(1, sizeof(*rules));
	size_t before = errors->count;

	if (rules == NULL || (rules->cache = calloc(CACHE_SLOTS, sizeof(*rules->cache))) == NULL) {
		complain(errors, directory, "out of memory");
		free(rules);
		return NULL;
	}
	rules->names = names;
	if (directory[0] != '\0')
		read_tables(rules, directory, errors);
	for (size_t i = 0; agreement != NULL && i < agreement->alarm_files; i++) {
		const struct vg_alarm_file *file = &agreement->alarm_file[i];

		read_yaml(rules,
			  vg_yaml_load_bytes(file->name, file->text, strlen(file->text), errors),
			  file->name, agreement, errors);
	}
	if (directory[0] != '\0')
		read_directory(rules, directory, agreement, errors);
	if (errors->count == before)
		return rules;
	vg_rules_free(rules);
	return NULL;
}

void
vg_rules_free(struct vg_rules *rules)
{
	if (rules == NULL)
		return;
	for (struct expression *e = rules->expressions; e != NULL; e = e->next)
		regfree(&e->compiled);
	vg_index_free(rules);
	vg_catalogue_free(rules);
	vg_oid_names_free(rules->own);
	vg_arena_free(&rules->arena);
	free(rules->cache);
	free(rules);
}

size_t
vg_rules_count(const struct vg_rules *rules)
{
	return rules->count;
}

void
vg_rules_each(const struct vg_rules *rules, void (*on_rule)(const char *id, void *arg), void *arg)
{
	for (const struct rule *rule = rules->first; rule != NULL; rule = rule->next)
		on_rule(rule->id, arg);
}
