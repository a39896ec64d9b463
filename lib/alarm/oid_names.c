/* oid_names.c - names of OIDs, and what their numbers mean.
 *
 * The files are read whole and cut up where they stand: a table in order of OID points into them.
 * The hard thing is the longest known prefix: every row knows the nearest row that is a prefix of
 * it, so one binary search and a few steps upwards answer. Names are found through a table of rows
 * hashed by full and by bare name. */
#include "lib/alarm/oid_names.h"

#include "core/index.h"
#include "lib/alarm/whole.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX

struct vg_oid_words {
	const char *oid, *name;
	const char *words; /* "up\0" "1\0" "down\0" "2\0", `count` pairs */
	uint32_t count;
	uint32_t parent; /* row that is the nearest prefix; NONE */
	uint32_t file;	 /* later files win */
};

struct slot {
	uint32_t row; /* + 1; 0 = free */
	bool bare;    /* by its name without module */
	bool shared;  /* several modules have that bare name */
};

struct vg_oid_names {
	char **text; /* one for each file */
	size_t files;
	struct vg_oid_words *row;
	size_t rows, room;
	struct slot *slot;
	size_t slots; /* a power of two */
};

/* --- order --- */

/* Arcs have no leading zeros, so of two that differ the longer one is the greater. */
static int
compare_oids(const char *a, const char *b)
{
	size_t start, x_length = 0, y_length = 0, same = 0;
	int order;

	while (a[same] != '\0' && a[same] == b[same])
		same++;
	for (start = same; start > 0 && a[start - 1] != '.'; start--)
		;
	a += start;
	b += start;
	while (a[x_length] != '\0' && a[x_length] != '.')
		x_length++;
	while (b[y_length] != '\0' && b[y_length] != '.')
		y_length++;
	if (x_length != y_length)
		return x_length < y_length ? -1 : 1;
	if ((order = memcmp(a, b, x_length)) != 0)
		return order;
	return (a[x_length] != '\0') - (b[y_length] != '\0');
}

static bool
is_prefix(const char *prefix, const char *oid)
{
	size_t length = strlen(prefix);

	return strncmp(prefix, oid, length) == 0 && (oid[length] == '\0' || oid[length] == '.');
}

static int
by_oid(const void *a, const void *b)
{
	const struct vg_oid_words *x = a, *y = b;
	int order = compare_oids(x->oid, y->oid);

	return order != 0 ? order : (x->file > y->file) - (x->file < y->file);
}

/* --- reading --- */

static bool
is_oid(const char *text)
{
	do {
		size_t digits = strspn(text, "0123456789");

		if (digits == 0 || digits > 10 || (text[0] == '0' && digits > 1))
			return false;
		text += digits;
	} while (*text++ == '.');
	return text[-1] == '\0';
}

/* Cuts "up=1,down=2" into pairs; false when it is not so written. */
static bool
cut_words(char *text, uint32_t *count)
{
	for (*count = 0; *text != '\0'; (*count)++) {
		size_t word = strcspn(text, "=,"), number, digits;

		if (word == 0 || text[word] != '=')
			return false;
		text[word] = '\0';
		text += word + 1;
		number = strcspn(text, ",");
		digits = strspn(text + (*text == '-'), "0123456789");
		if (digits == 0 || digits + (size_t)(*text == '-') != number)
			return false;
		text += number;
		if (*text == ',')
			*text++ = '\0';
	}
	return true;
}

static int
add_row(struct vg_oid_names *names, const struct vg_oid_words *row, struct vg_err *err)
{
	if (names->rows == names->room) {
		size_t room = names->room == 0 ? 1024 : names->room * 2;
		struct vg_oid_words *grown = realloc(names->row, room * sizeof(*grown));

		if (grown == NULL)
			return vg_err_set(err, VG_ENOMEM, "names of OIDs: out of memory");
		names->row = grown;
		names->room = room;
	}
	names->row[names->rows++] = *row;
	return 0;
}

/* "OID TAB MODULE::name TAB words", cut in place. */
static const char *
cut_line(char *line, struct vg_oid_words *row)
{
	char *name = strchr(line, '\t'), *words = name != NULL ? strchr(name + 1, '\t') : NULL;

	if (words == NULL)
		return "expected \"OID TAB MODULE::name TAB words\"";
	*name++ = '\0';
	*words++ = '\0';
	if (!is_oid(line))
		return "the OID is not numbers with dots";
	if (strstr(name, "::") == NULL || strchr(words, '\t') != NULL)
		return "the name is not MODULE::name";
	row->oid = line;
	row->name = name;
	row->words = words;
	if (!cut_words(words, &row->count))
		return "the words are not as in \"up=1,down=2\"";
	return NULL;
}

static int
read_rows(struct vg_oid_names *names, const char *path, struct vg_err *err)
{
	uint32_t file = (uint32_t)names->files;
	const char *before = "";
	char *at, *line;
	int number = 1, rc;

	if ((rc = vg_whole_read(path, VG_OID_NAMES_BYTES, &names->text[file], err)) != 0)
		return vg_err_wrap(err, rc, "names of OIDs");
	names->files++;
	for (at = names->text[file]; (line = vg_whole_line(&at)) != NULL; number++) {
		struct vg_oid_words row = {.file = file, .parent = NONE};
		const char *wrong = cut_line(line, &row);

		if (wrong == NULL && compare_oids(before, row.oid) >= 0)
			wrong = "it does not stand in order of OID";
		if (wrong == NULL && number > VG_OID_NAMES_MAX)
			wrong = "there are too many lines";
		if (wrong != NULL)
			return vg_err_set(err, VG_EINVALID, "names of OIDs: %s:%d: %s", path,
					  number, wrong);
		if ((rc = add_row(names, &row, err)) != 0)
			return rc;
		before = row.oid;
	}
	return 0;
}

/* One row for each OID, that of the last file, and each row's parent. */
static void
lay_over(struct vg_oid_names *names)
{
	uint32_t above = NONE;
	size_t kept = 0;

	if (names->files > 1)
		qsort(names->row, names->rows, sizeof(*names->row), by_oid);
	for (size_t i = 0; i < names->rows; i++) {
		if (i + 1 < names->rows &&
		    compare_oids(names->row[i].oid, names->row[i + 1].oid) == 0)
			continue;
		names->row[kept] = names->row[i];
		while (above != NONE && !is_prefix(names->row[above].oid, names->row[kept].oid))
			above = names->row[above].parent;
		names->row[kept].parent = above;
		above = (uint32_t)kept++;
	}
	names->rows = kept;
}

/* --- names --- */

static const char *
bare(const char *name)
{
	return strstr(name, "::") + 2;
}

static size_t
hash(const char *text)
{
	uint64_t h = vg_index_hash(VG_INDEX_HASH, text, strlen(text));

	return (size_t)(h ^ h >> 29);
}

/* The name's slot, or the free one where it belongs. */
static struct slot *
find_slot(const struct vg_oid_names *names, const char *name, bool by_bare)
{
	for (size_t i = hash(name) & (names->slots - 1);; i = (i + 1) & (names->slots - 1)) {
		struct slot *slot = &names->slot[i];
		const char *theirs;

		if (slot->row == 0)
			return slot;
		theirs = names->row[slot->row - 1].name;
		if (slot->bare == by_bare && strcmp(by_bare ? bare(theirs) : theirs, name) == 0)
			return slot;
	}
}

static bool
is_makers(const struct vg_oid_words *row)
{
	return is_prefix("1.3.6.1.4.1", row->oid);
}

/* A bare name is that of a standard before any maker's; else it must be one module's alone. */
static void
index_bare(struct vg_oid_names *names, size_t at)
{
	struct slot *slot = find_slot(names, bare(names->row[at].name), true);
	bool makers = is_makers(&names->row[at]);

	if (slot->row == 0 || (!makers && is_makers(&names->row[slot->row - 1])))
		*slot = (struct slot){.row = (uint32_t)at + 1, .bare = true};
	else if (makers == is_makers(&names->row[slot->row - 1]))
		slot->shared = true;
}

static int
index_names(struct vg_oid_names *names, struct vg_err *err)
{
	for (names->slots = 16; names->slots < 4 * names->rows; names->slots *= 2)
		;
	if ((names->slot = calloc(names->slots, sizeof(*names->slot))) == NULL)
		return vg_err_set(err, VG_ENOMEM, "names of OIDs: out of memory");
	for (size_t i = 0; i < names->rows; i++) {
		struct slot *full = find_slot(names, names->row[i].name, false);

		if (full->row == 0)
			*full = (struct slot){.row = (uint32_t)i + 1};
		index_bare(names, i);
	}
	return 0;
}

int
vg_oid_names_load(struct vg_oid_names **out, const char *const *paths, size_t count,
		  struct vg_err *err)
{
	struct vg_oid_names *names = calloc(1, sizeof(*names));
	int rc = 0;

	*out = NULL;
	if (names == NULL || (names->text = calloc(count + 1, sizeof(*names->text))) == NULL)
		rc = vg_err_set(err, VG_ENOMEM, "names of OIDs: out of memory");
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = read_rows(names, paths[i], err);
	if (rc == 0) {
		lay_over(names);
		rc = index_names(names, err);
	}
	if (rc == 0)
		*out = names;
	else
		vg_oid_names_free(names);
	return rc;
}

void
vg_oid_names_free(struct vg_oid_names *names)
{
	if (names == NULL)
		return;
	for (size_t i = 0; names->text != NULL && i < names->files; i++)
		free(names->text[i]);
	free(names->text);
	free(names->row);
	free(names->slot);
	free(names);
}

size_t
vg_oid_names_count(const struct vg_oid_names *names)
{
	return names->rows;
}

/* --- questions --- */

/* The row with the longest prefix of `oid`; NULL. */
static const struct vg_oid_words *
find_row(const struct vg_oid_names *names, const char *oid)
{
	size_t low = 0, high = names->rows;
	uint32_t at;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_oids(names->row[middle].oid, oid) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (at = low > 0 ? (uint32_t)low - 1 : NONE; at != NONE; at = names->row[at].parent)
		if (is_prefix(names->row[at].oid, oid))
			return &names->row[at];
	return NULL;
}

const char *
vg_oid_name(const struct vg_oid_names *names, const char *oid, const char **rest)
{
	const struct vg_oid_words *row = find_row(names, oid);
	size_t length;

	if (row == NULL)
		return NULL;
	length = strlen(row->oid);
	*rest = oid + length + (oid[length] == '.');
	return row->name;
}

const struct vg_oid_words *
vg_oid_words(const struct vg_oid_names *names, const char *oid)
{
	const struct vg_oid_words *row = find_row(names, oid);

	return row != NULL && row->count > 0 ? row : NULL;
}

const char *
vg_oid_words_at(const struct vg_oid_words *words, const char *number)
{
	const char *at = words->words;

	for (uint32_t i = 0; i < words->count; i++) {
		const char *theirs = at + strlen(at) + 1;

		if (strcmp(theirs, number) == 0)
			return at;
		at = theirs + strlen(theirs) + 1;
	}
	return NULL;
}

const char *
vg_oid_word(const struct vg_oid_names *names, const char *oid, int64_t value)
{
	const struct vg_oid_words *words = vg_oid_words(names, oid);
	char number[24];

	(void)snprintf(number, sizeof(number), "%" PRId64, value);
	return words != NULL ? vg_oid_words_at(words, number) : NULL;
}

const char *
vg_oid_of(const struct vg_oid_names *names, const char *name)
{
	const struct slot *slot = find_slot(names, name, strstr(name, "::") == NULL);

	return slot->row != 0 && !slot->shared ? names->row[slot->row - 1].oid : NULL;
}
