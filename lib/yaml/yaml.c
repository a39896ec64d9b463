/* yaml.c - a strict reading of YAML files into a tree.
 *
 * The parser's events become nodes in one arena. The hard thing is what YAML allows and an
 * agreement must not: keys said twice, values that change type by their spelling, references from
 * one place to another. All of it is refused here with the place named, so that readers of the tree
 * see text, lists and maps only (pitfalls.md 9). */
#include "lib/yaml/yaml.h"

#include <yaml.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NODES_MAX   200000 /* of one file; 4 MiB of "- " would be two million */
#define BLOCK_BYTES 16384

struct block {
	struct block *next;
	size_t used, size;
	_Alignas(max_align_t) char bytes[];
};

struct vg_yaml {
	struct block *blocks;
	const char *file;
	struct vg_yaml_node *root;
	size_t nodes;
};

/* --- errors --- */

static char out_of_memory[] = "out of memory";

static void
add_error(struct vg_yaml_errors *errors, const char *file, int line, int column, const char *format,
	  va_list args)
{
	char *what = NULL, *text = NULL;

	if (errors->count++ >= VG_YAML_ERRORS_MAX)
		return;
	if (vasprintf(&what, format, args) < 0)
		what = NULL;
	if (what == NULL || asprintf(&text, "%s:%d:%d: %s", file, line, column, what) < 0)
		text = out_of_memory;
	free(what);
	errors->text[errors->count - 1] = text;
}

void
vg_yaml_error(struct vg_yaml_errors *errors, const struct vg_yaml_node *at, const char *format, ...)
{
	va_list args;

	VG_ASSERT(errors != NULL && at != NULL);
	va_start(args, format);
	add_error(errors, at->file, at->line, at->column, format, args);
	va_end(args);
}

static void __attribute__((format(printf, 4, 5)))
error_at(struct vg_yaml_errors *errors, const char *file, yaml_mark_t mark, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_error(errors, file, (int)mark.line + 1, (int)mark.column + 1, format, args);
	va_end(args);
}

void
vg_yaml_errors_free(struct vg_yaml_errors *errors)
{
	for (size_t i = 0; i < errors->count && i < VG_YAML_ERRORS_MAX; i++)
		if (errors->text[i] != out_of_memory)
			free(errors->text[i]);
	*errors = (struct vg_yaml_errors){0};
}

/* --- memory --- */

/* Zeroed memory that lives as long as the file's tree; NULL = out of memory. */
static void *
take(struct vg_yaml *yaml, size_t size)
{
	struct block *block = yaml->blocks;
	size_t room;
	void *out;

	size = (size + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
	if (block == NULL || block->size - block->used < size) {
		room = size > BLOCK_BYTES ? size : BLOCK_BYTES;
		if ((block = calloc(1, sizeof(*block) + room)) == NULL)
			return NULL;
		block->size = room;
		block->next = yaml->blocks;
		yaml->blocks = block;
	}
	out = block->bytes + block->used;
	block->used += size;
	return out;
}

static const char *
take_text(struct vg_yaml *yaml, const char *text, size_t length)
{
	char *copy = take(yaml, length + 1);

	return copy == NULL ? NULL : memcpy(copy, text, length);
}

void
vg_yaml_free(struct vg_yaml *yaml)
{
	struct block *next;

	if (yaml == NULL)
		return;
	for (struct block *block = yaml->blocks; block != NULL; block = next) {
		next = block->next;
		free(block);
	}
	free(yaml);
}

/* --- building --- */

/* A list or map that is not closed yet. Its members are collected here and move to the arena when
 * it closes. */
struct open_node {
	struct vg_yaml_node *node;
	struct vg_yaml_node **members; /* of a map: key, value, key, value, ... */
	size_t count, size;
};

struct builder {
	yaml_parser_t parser;
	struct vg_yaml *yaml;
	struct vg_yaml_errors *errors;
	struct open_node open[VG_YAML_DEPTH_MAX];
	size_t depth;
	size_t documents;
};

/* Errors from here on end the reading: what follows a broken place only repeats it. */
#define refuse(builder, mark, ...)                                                                 \
	(error_at((builder)->errors, (builder)->yaml->file, mark, __VA_ARGS__), false)

static bool
awaits_key(const struct builder *b)
{
	const struct open_node *open = b->depth > 0 ? &b->open[b->depth - 1] : NULL;

	return open != NULL && open->node->type == VG_YAML_MAP && open->count % 2 == 0;
}

static bool
keep_member(struct builder *b, struct vg_yaml_node *node, yaml_mark_t mark)
{
	struct open_node *open = &b->open[b->depth - 1];

	if (open->count == open->size) {
		size_t size = open->size == 0 ? 16 : open->size * 2;
		struct vg_yaml_node **members = realloc(open->members, size * sizeof(*members));

		if (members == NULL)
			return refuse(b, mark, "out of memory");
		open->members = members;
		open->size = size;
	}
	open->members[open->count++] = node;
	return true;
}

/* A new node in its place in the tree; NULL after an error. */
static struct vg_yaml_node *
add_node(struct builder *b, enum vg_yaml_type type, const yaml_event_t *event)
{
	struct vg_yaml_node *node;

	if (++b->yaml->nodes > NODES_MAX) {
		(void)refuse(b, event->start_mark, "too many values; expected at most %d in a file",
			     NODES_MAX);
		return NULL;
	}
	if ((node = take(b->yaml, sizeof(*node))) == NULL) {
		(void)refuse(b, event->start_mark, "out of memory");
		return NULL;
	}
	node->type = type;
	node->file = b->yaml->file;
	node->line = (int)event->start_mark.line + 1;
	node->column = (int)event->start_mark.column + 1;
	if (b->depth == 0)
		b->yaml->root = node;
	else if (!keep_member(b, node, event->start_mark))
		return NULL;
	return node;
}

static bool
check_plain(struct builder *b, const yaml_char_t *anchor, const yaml_char_t *tag, yaml_mark_t mark)
{
	if (anchor != NULL)
		return refuse(b, mark,
			      "anchor \"&%.40s\" is not allowed; write the value where it is used",
			      (const char *)anchor);
	if (tag != NULL)
		return refuse(b, mark, "tag \"%.60s\" is not allowed; every value is plain text",
			      (const char *)tag);
	return true;
}

static bool
on_scalar(struct builder *b, const yaml_event_t *event)
{
	const char *text = (const char *)event->data.scalar.value;
	size_t length = event->data.scalar.length;
	bool quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	bool is_key = awaits_key(b);
	struct vg_yaml_node *node;

	if (!check_plain(b, event->data.scalar.anchor, event->data.scalar.tag, event->start_mark))
		return false;
	if (memchr(text, '\0', length) != NULL)
		return refuse(b, event->start_mark, "a NUL character is not allowed in text");
	if (is_key && !quoted && strcmp(text, "<<") == 0)
		return refuse(b, event->start_mark,
			      "merge key \"<<\" is not allowed; write the members out");
	if (is_key && length == 0)
		return refuse(b, event->start_mark,
			      "a key is empty; expected a name before the colon");
	if ((node = add_node(b, VG_YAML_SCALAR, event)) == NULL)
		return false;
	node->quoted = quoted;
	if ((node->text = take_text(b->yaml, text, length)) == NULL)
		return refuse(b, event->start_mark, "out of memory");
	return true;
}

static bool
on_open(struct builder *b, enum vg_yaml_type type, const yaml_event_t *event,
	const yaml_char_t *anchor, const yaml_char_t *tag)
{
	struct vg_yaml_node *node;

	if (!check_plain(b, anchor, tag, event->start_mark))
		return false;
	if (awaits_key(b))
		return refuse(b, event->start_mark, "a key is a %s; expected a name",
			      type == VG_YAML_LIST ? "list" : "map");
	if (b->depth == VG_YAML_DEPTH_MAX)
		return refuse(b, event->start_mark, "nested too deeply; expected at most %d levels",
			      VG_YAML_DEPTH_MAX);
	if ((node = add_node(b, type, event)) == NULL)
		return false;
	b->open[b->depth++] = (struct open_node){.node = node};
	return true;
}

static int
by_key_and_place(const void *left, const void *right)
{
	const struct vg_yaml_node *a = *(const struct vg_yaml_node *const *)left;
	const struct vg_yaml_node *b = *(const struct vg_yaml_node *const *)right;
	int order = strcmp(a->text, b->text);

	if (order != 0)
		return order;
	return a->line != b->line ? (a->line < b->line ? -1 : 1) : a->column - b->column;
}

/* Sorted neighbours, so that a map of a hundred thousand keys costs no more than sorting it. */
static bool
check_keys_unique(struct builder *b, const struct vg_yaml_node *map)
{
	size_t before = b->errors->count;
	const struct vg_yaml_node **sorted;

	if (map->count < 2)
		return true;
	if ((sorted = malloc(map->count * sizeof(const struct vg_yaml_node *))) == NULL) {
		vg_yaml_error(b->errors, map, "out of memory");
		return false;
	}
	for (size_t i = 0; i < map->count; i++)
		sorted[i] = map->key_node[i];
	qsort(sorted, map->count, sizeof(const struct vg_yaml_node *), by_key_and_place);
	for (size_t i = 1; i < map->count; i++)
		if (strcmp(sorted[i - 1]->text, sorted[i]->text) == 0)
			vg_yaml_error(b->errors, sorted[i],
				      "key \"%.60s\" is there twice; the first is on line %d",
				      sorted[i]->text, sorted[i - 1]->line);
	free(sorted);
	return b->errors->count == before;
}

static bool
close_map(struct builder *b, struct vg_yaml_node *node, struct vg_yaml_node **members, size_t count)
{
	const struct vg_yaml_node **keys, **items;
	const char **names;

	node->count = count;
	keys = take(b->yaml, count * sizeof(const struct vg_yaml_node *));
	items = take(b->yaml, count * sizeof(const struct vg_yaml_node *));
	names = take(b->yaml, count * sizeof(const char *));
	if (keys == NULL || items == NULL || names == NULL) {
		vg_yaml_error(b->errors, node, "out of memory");
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		keys[i] = members[2 * i];
		items[i] = members[2 * i + 1];
		names[i] = members[2 * i]->text;
	}
	node->key = names;
	node->key_node = keys;
	node->item = items;
	return check_keys_unique(b, node);
}

static bool
close_list(struct builder *b, struct vg_yaml_node *node, struct vg_yaml_node **members,
	   size_t count)
{
	const struct vg_yaml_node **items =
		take(b->yaml, count * sizeof(const struct vg_yaml_node *));

	if (items == NULL) {
		vg_yaml_error(b->errors, node, "out of memory");
		return false;
	}
	for (size_t i = 0; i < count; i++)
		items[i] = members[i];
	node->count = count;
	node->item = items;
	return true;
}

static bool
on_close(struct builder *b)
{
	struct open_node *open = &b->open[--b->depth];
	bool ok = open->node->type == VG_YAML_MAP
			  ? close_map(b, open->node, open->members, open->count / 2)
			  : close_list(b, open->node, open->members, open->count);

	free(open->members);
	return ok;
}

static bool
on_document(struct builder *b, const yaml_event_t *event)
{
	if (event->data.document_start.version_directive != NULL ||
	    event->data.document_start.tag_directives.start !=
		    event->data.document_start.tag_directives.end)
		return refuse(b, event->start_mark, "a %% directive is not allowed");
	if (b->documents++ > 0)
		return refuse(b, event->start_mark,
			      "a second document begins; expected one in a file");
	return true;
}

static bool
on_event(struct builder *b, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		return on_document(b, event);
	case YAML_ALIAS_EVENT:
		return refuse(
			b, event->start_mark,
			"alias \"*%.40s\" is not allowed; a text that begins with * needs quotes",
			(const char *)event->data.alias.anchor);
	case YAML_SCALAR_EVENT:
		return on_scalar(b, event);
	case YAML_SEQUENCE_START_EVENT:
		return on_open(b, VG_YAML_LIST, event, event->data.sequence_start.anchor,
			       event->data.sequence_start.tag);
	case YAML_MAPPING_START_EVENT:
		return on_open(b, VG_YAML_MAP, event, event->data.mapping_start.anchor,
			       event->data.mapping_start.tag);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return on_close(b);
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_END_EVENT:
	default:
		return true;
	}
}

/* --- reading --- */

/* The place of a byte, for errors that carry an offset only. */
static yaml_mark_t
mark_of_offset(const char *bytes, size_t length, size_t offset)
{
	yaml_mark_t mark = {.index = offset};

	for (size_t i = 0; i < offset && i < length; i++) {
		if (bytes[i] == '\n') {
			mark.line++;
			mark.column = 0;
		} else if (((unsigned char)bytes[i] & 0xc0) != 0x80) {
			mark.column++;
		}
	}
	return mark;
}

static void
syntax_error(struct builder *b, const char *bytes, size_t length)
{
	const yaml_parser_t *parser = &b->parser;
	const char *problem = parser->problem != NULL ? parser->problem : "cannot be read";
	const char *hint = "";

	if (parser->error == YAML_MEMORY_ERROR) {
		(void)refuse(b, parser->mark, "out of memory");
		return;
	}
	if (parser->error == YAML_READER_ERROR) {
		(void)refuse(b, mark_of_offset(bytes, length, parser->problem_offset),
			     "%s; expected UTF-8 text", problem);
		return;
	}
	if (strstr(problem, "cannot start any token") != NULL)
		hint = " (indent with spaces, never tabs; a text that begins with % @ ` needs "
		       "quotes)";
	if (strstr(problem, "mapping values are not allowed") != NULL)
		hint = " (a text with a colon and a space needs quotes)";
	(void)refuse(b, parser->problem_mark, "%s%s", problem, hint);
}

static bool
build(struct builder *b, const char *bytes, size_t length)
{
	yaml_event_t event;
	bool ok = true, done = false;

	while (ok && !done) {
		if (yaml_parser_parse(&b->parser, &event) == 0) {
			syntax_error(b, bytes, length);
			return false;
		}
		done = event.type == YAML_STREAM_END_EVENT;
		ok = on_event(b, &event);
		yaml_event_delete(&event);
	}
	if (ok && b->yaml->root == NULL)
		return refuse(b, (yaml_mark_t){0}, "the file is empty; expected keys and values");
	return ok;
}

static struct vg_yaml *
new_tree(const char *name)
{
	struct vg_yaml *yaml = calloc(1, sizeof(*yaml));

	if (yaml != NULL && (yaml->file = take_text(yaml, name, strlen(name))) == NULL) {
		vg_yaml_free(yaml);
		yaml = NULL;
	}
	return yaml;
}

struct vg_yaml *
vg_yaml_load_bytes(const char *name, const char *bytes, size_t length,
		   struct vg_yaml_errors *errors)
{
	struct builder b = {.errors = errors};
	bool ok;

	VG_ASSERT(name != NULL && errors != NULL && (bytes != NULL || length == 0));
	if (length > VG_YAML_BYTES_MAX) {
		error_at(errors, name, (yaml_mark_t){0}, "the file has more than %d bytes",
			 VG_YAML_BYTES_MAX);
		return NULL;
	}
	if ((b.yaml = new_tree(name)) == NULL || yaml_parser_initialize(&b.parser) == 0) {
		error_at(errors, name, (yaml_mark_t){0}, "out of memory");
		vg_yaml_free(b.yaml);
		return NULL;
	}
	yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&b.parser, (const unsigned char *)(length > 0 ? bytes : ""),
				     length);
	ok = build(&b, bytes, length);
	yaml_parser_delete(&b.parser);
	while (b.depth > 0)
		free(b.open[--b.depth].members);
	if (!ok) {
		vg_yaml_free(b.yaml);
		return NULL;
	}
	return b.yaml;
}

struct vg_yaml *
vg_yaml_load_file(const char *path, struct vg_yaml_errors *errors)
{
	struct vg_yaml *yaml = NULL;
	char *bytes = NULL;
	size_t length;
	FILE *file;

	if ((file = fopen(path, "rbe")) == NULL) {
		error_at(errors, path, (yaml_mark_t){0}, "cannot be opened: %s", strerror(errno));
		return NULL;
	}
	if ((bytes = malloc(VG_YAML_BYTES_MAX + 1)) == NULL) {
		error_at(errors, path, (yaml_mark_t){0}, "out of memory");
	} else {
		length = fread(bytes, 1, VG_YAML_BYTES_MAX + 1, file);
		if (ferror(file))
			error_at(errors, path, (yaml_mark_t){0}, "cannot be read: %s",
				 strerror(errno));
		else
			yaml = vg_yaml_load_bytes(path, bytes, length, errors);
	}
	free(bytes);
	(void)fclose(file);
	return yaml;
}

const struct vg_yaml_node *
vg_yaml_root(const struct vg_yaml *yaml)
{
	return yaml->root;
}

const struct vg_yaml_node *
vg_yaml_find(const struct vg_yaml_node *map, const char *key)
{
	if (map->type != VG_YAML_MAP)
		return NULL;
	for (size_t i = 0; i < map->count; i++)
		if (strcmp(map->key[i], key) == 0)
			return map->item[i];
	return NULL;
}
