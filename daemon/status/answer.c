/* answer.c - a public page on its way out: found, written once a second at most, and kept.
 *
 * Anybody may ask as often as they like. The hard thing is that a storm of readers, which comes
 * exactly when something is wrong, must cost nothing: a page is written once for all who ask within
 * a second, unless somebody has said something meanwhile, and who has it already gets no body. */
#include "daemon/status/sheet.h"

#include "lib/crypto/crypto.h"

#include <stdlib.h>
#include <string.h>

#define KEPT_MAX 64		   /* pages; the one that was asked for longest ago gives way */
#define PAGE_MAX (4 * 1024 * 1024) /* bytes; one that is longer is not kept */
#define SECURITY                                                                                   \
	"Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self'; "          \
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'\r\n"                          \
	"X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"

struct kept {
	char key[VG_SHEET_PATH_MAX + 4]; /* language and path; "" = free */
	int64_t seq, second;
	uint64_t asked; /* the count when it was last asked for */
	char *bytes;
	size_t length;
	char etag[20]; /* with its quotes */
};
struct vg_sheet_cache {
	struct kept page[KEPT_MAX];
	uint64_t asked;
};

struct vg_sheet_cache *
vg_sheet_cache_new(void)
{
	return calloc(1, sizeof(struct vg_sheet_cache));
}

void
vg_sheet_cache_free(struct vg_sheet_cache *cache)
{
	for (size_t i = 0; cache != NULL && i < KEPT_MAX; i++)
		free(cache->page[i].bytes);
	free(cache);
}

/* The page under a key, or the place for it. */
static struct kept *
place_for(struct vg_sheet_cache *cache, const char *key)
{
	struct kept *oldest = &cache->page[0];

	for (size_t i = 0; i < KEPT_MAX; i++) {
		if (strcmp(cache->page[i].key, key) == 0)
			return &cache->page[i];
		if (cache->page[i].asked < oldest->asked)
			oldest = &cache->page[i];
	}
	return oldest;
}

static bool
is_told(const struct vg_object *object, void *arg)
{
	bool *told = arg;

	*told = object->type == VG_OBJECT_DISTURBANCE || object->type == VG_OBJECT_FEEDBACK ||
		object->type == VG_OBJECT_WINDOW || object->type == VG_OBJECT_AGREEMENT;
	return !*told;
}

/* A page holds for a second; what people say ends it before. */
static bool
is_fresh(const struct kept *page, const struct vg_sheet *sheet)
{
	bool told = false;

	if (page->second != sheet->now_ms / 1000)
		return false;
	vg_core_changed_since(sheet->core, page->seq, is_told, &told);
	return !told;
}

/* What `render` writes, malloc'ed; NULL = out of memory. */
static char *
written(struct vg_sheet *sheet, vg_sheet_cb *render, size_t *length)
{
	char *bytes = NULL;

	sheet->page.out = open_memstream(&bytes, length);
	if (sheet->page.out == NULL)
		return NULL;
	render(sheet);
	if (fclose(sheet->page.out) == 0)
		return bytes;
	free(bytes);
	return NULL;
}

static void
put_etag(const char *bytes, size_t length, char out[20])
{
	uint8_t digest[VG_SHA256_LEN];
	char hex[17];

	vg_sha256(bytes, length, digest);
	(void)snprintf(out, 20, "\"%s\"", vg_hex(digest, 8, hex));
}

static void
reply(struct vg_call *call, const struct vg_sheet *sheet, int status, const char *type,
      const char *bytes, size_t length, const char *etag)
{
	char extra[600];

	(void)snprintf(extra, sizeof(extra),
		       SECURITY "Cache-Control: %s\r\nContent-Language: %s\r\n%s%s%s",
		       status == 200 ? "max-age=30" : "no-store",
		       sheet->page.language == VG_ENGLISH ? "en" : "sv",
		       *etag != '\0' ? "ETag: " : "", etag, *etag != '\0' ? "\r\n" : "");
	if (status == 200 && vg_head_knows(vg_request_head(call->request), etag))
		vg_request_reply(call->request, 304, type, extra, "", 0);
	else
		vg_request_reply(call->request, status, type, extra, bytes, length);
}

static const char *
type_or_html(const char *type)
{
	return type != NULL ? type : "text/html; charset=utf-8";
}

void
vg_sheet_answer(struct vg_call *call, struct vg_sheet *sheet, const char *type, vg_sheet_cb *render)
{
	struct vg_sheet_cache *cache = sheet->pages->cache;
	char key[VG_SHEET_PATH_MAX + 4];
	struct kept *page;

	(void)snprintf(key, sizeof(key), "%s%s", vg_sheet_root(sheet), sheet->path);
	page = place_for(cache, key);
	if (strcmp(page->key, key) != 0 || !is_fresh(page, sheet)) {
		free(page->bytes);
		*page = (struct kept){.seq = vg_core_seq(sheet->core),
				      .second = sheet->now_ms / 1000};
		page->bytes = written(sheet, render, &page->length);
		if (page->bytes == NULL) {
			vg_reply_json(call->request, 503, NULL);
			return;
		}
		memcpy(page->key, key, sizeof(key));
		put_etag(page->bytes, page->length, page->etag);
	}
	page->asked = ++cache->asked;
	reply(call, sheet, 200, type_or_html(type), page->bytes, page->length, page->etag);
	if (page->length > PAGE_MAX) {
		free(page->bytes);
		*page = (struct kept){.seq = 0};
	}
}

void
vg_sheet_answer_once(struct vg_call *call, struct vg_sheet *sheet, int status, vg_sheet_cb *render)
{
	size_t length;
	char *bytes = written(sheet, render, &length);

	if (bytes == NULL)
		vg_reply_json(call->request, 503, NULL);
	else
		reply(call, sheet, status, type_or_html(NULL), bytes, length, "");
	free(bytes);
}

static void
render_not_found(const struct vg_sheet *sheet)
{
	const char *title = vg_say(&sheet->page, "Sidan finns inte");

	vg_sheet_begin(sheet, title, "");
	fprintf(sheet->page.out, "<h1>%s</h1><p><a href=\"%s/status\">%s</a></p>", title,
		vg_sheet_root(sheet), vg_say(&sheet->page, "Till läget nu"));
	vg_sheet_end(sheet);
}

void
vg_sheet_not_found(struct vg_call *call, struct vg_sheet *sheet)
{
	(void)snprintf(sheet->path, sizeof(sheet->path), "/status");
	sheet->place = NULL;
	vg_sheet_answer_once(call, sheet, 404, render_not_found);
}

/* The path without its language, as it was asked for: segments hold what is known of them. */
static void
put_path(const struct vg_head *head, struct vg_sheet *sheet)
{
	const size_t from = sheet->page.language == VG_ENGLISH ? 1 : 0;
	size_t used = 0;

	for (size_t i = from; i < head->segments && used < sizeof(sheet->path); i++)
		used += (size_t)snprintf(sheet->path + used, sizeof(sheet->path) - used, "/%s",
					 head->segment[i]);
}

bool
vg_sheet_open(struct vg_call *call, struct vg_sheet *sheet)
{
	const struct vg_head *head = vg_request_head(call->request);
	const size_t from = strcmp(head->segment[0], "en") == 0 ? 1 : 0;

	*sheet = (struct vg_sheet){.pages = call->api->pages,
				   .core = vg_live_core(call->api->live),
				   .now_ms = vg_live_now_ms(call->api->live)};
	sheet->page.language = from == 1 ? VG_ENGLISH : VG_SWEDISH;
	sheet->agreement = vg_core_agreement_at(sheet->core, sheet->now_ms);
	if (head->segments < from + 3 || strcmp(head->segment[from + 1], "kommun") != 0) {
		put_path(head, sheet);
		return true;
	}
	if (sheet->agreement != NULL)
		sheet->place = vg_agreement_municipality(sheet->agreement, head->segment[from + 2]);
	if (sheet->place == NULL) {
		vg_sheet_not_found(call, sheet);
		return false;
	}
	put_path(head, sheet);
	return true;
}

/* --- the whole --- */

struct vg_public *
vg_public_new(struct vg_live *live)
{
	struct vg_public *pages = calloc(1, sizeof(*pages));

	if (pages == NULL)
		return NULL;
	pages->live = live;
	pages->history = vg_history_new();
	pages->cache = vg_sheet_cache_new();
	pages->desk = vg_feedback_desk_new();
	if (pages->history != NULL && pages->cache != NULL && pages->desk != NULL)
		return pages;
	vg_public_free(pages);
	return NULL;
}

void
vg_public_free(struct vg_public *pages)
{
	if (pages == NULL)
		return;
	vg_history_free(pages->history);
	vg_sheet_cache_free(pages->cache);
	vg_feedback_desk_free(pages->desk);
	free(pages);
}

void
vg_public_turn(struct vg_public *pages, const struct vg_core *core, int64_t now_ms)
{
	vg_history_turn(pages->history, core, now_ms);
}

const char *
vg_public_feedback_text(const struct vg_public *pages, int64_t id)
{
	return vg_feedback_desk_text(pages->desk, id);
}

/* --- what pages fetch --- */

static void
reply_asset(struct vg_call *call, const char *type, const char *text)
{
	const size_t length = strlen(text);
	char etag[20], extra[200];

	put_etag(text, length, etag);
	(void)snprintf(extra, sizeof(extra),
		       "X-Content-Type-Options: nosniff\r\nCache-Control: max-age=3600\r\n"
		       "ETag: %s\r\n",
		       etag);
	if (vg_head_knows(vg_request_head(call->request), etag))
		vg_request_reply(call->request, 304, type, extra, "", 0);
	else
		vg_request_reply(call->request, 200, type, extra, text, length);
}

void
vg_get_status_style(struct vg_call *call)
{
	reply_asset(call, "text/css; charset=utf-8", vg_status_style);
}

void
vg_get_status_icon(struct vg_call *call)
{
	reply_asset(call, "image/svg+xml", vg_status_icon);
}
