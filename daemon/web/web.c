/* web.c - files of the web application.
 *
 * The hard thing is what a page may do: its policy lets it load from here alone, run no script but
 * the bundle, and be framed by nobody. */
#include "daemon/web/web.h"

#include "daemon/http/server.h"
#include "lib/crypto/crypto.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE	4096
#define NAME_LENGTH_MAX 100

#define ALWAYS                                                                                     \
	"X-Content-Type-Options: nosniff\r\n"                                                      \
	"Referrer-Policy: same-origin\r\n"                                                         \
	"Cross-Origin-Opener-Policy: same-origin\r\n"                                              \
	"Cross-Origin-Resource-Policy: same-origin\r\n"                                            \
	"Vary: Accept-Encoding\r\n"
#define POLICY                                                                                     \
	"Content-Security-Policy: default-src 'self'; img-src 'self' data:; object-src 'none'; "   \
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'\r\n"

struct bytes {
	char *at; /* NULL = there is none */
	size_t length;
};

struct file {
	char path[NAME_LENGTH_MAX + 16]; /* "/assets/app.0123.js" */
	const char *type;
	bool for_ever; /* its name says what is in it */
	char etag[24];
	struct bytes plain, gzip;
};

struct vg_web {
	size_t files, bytes;
	struct file file[VG_WEB_FILES_MAX];
};

/* Reading. */

static const char *
type_of(const char *name)
{
	static const char *const types[][2] = {{".html", "text/html; charset=utf-8"},
					       {".js", "text/javascript; charset=utf-8"},
					       {".json", "application/json"},
					       {".css", "text/css; charset=utf-8"},
					       {".svg", "image/svg+xml"},
					       {".png", "image/png"},
					       {".ico", "image/x-icon"},
					       {".woff2", "font/woff2"},
					       {".txt", "text/plain; charset=utf-8"}};
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot != NULL && i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i][0], dot) == 0)
			return types[i][1];
	return NULL;
}

static int
read_all(int fd, struct bytes *out, size_t length)
{
	size_t done = 0;

	if ((out->at = malloc(length + 1)) == NULL)
		return -ENOMEM;
	while (done < length) {
		ssize_t n = read(fd, out->at + done, length - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		done += (size_t)n;
	}
	out->length = length;
	return 0;
}

/* A file that may not be there is left out; what else is wrong is said. */
static int
read_file(struct vg_web *web, const char *path, struct bytes *out, bool optional,
	  struct vg_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	int rc = 0;

	if (fd < 0 && errno == ENOENT && optional)
		return 0;
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		rc = fd < 0 ? -errno : -EINVAL;
	} else if ((size_t)st.st_size > VG_WEB_BYTES_MAX - web->bytes) {
		(void)close(fd);
		return vg_err_set(err, VG_EFULL, "web_root: %s: more than %d bytes in all", path,
				  VG_WEB_BYTES_MAX);
	} else {
		rc = read_all(fd, out, (size_t)st.st_size);
		web->bytes += (size_t)st.st_size;
	}
	if (fd >= 0)
		(void)close(fd);
	return rc == 0 ? 0 : vg_err_set(err, rc, "web_root: %s: %s", path, strerror(-rc));
}

static int
add_file(struct vg_web *web, const char *root, const char *path, bool for_ever, bool optional,
	 struct vg_err *err)
{
	struct file *file = &web->file[web->files];
	uint8_t digest[VG_SHA256_LEN];
	char where[PATH_SIZE];
	int rc;

	if (web->files == VG_WEB_FILES_MAX)
		return vg_err_set(err, VG_EFULL, "web_root: more than %d files", VG_WEB_FILES_MAX);
	(void)snprintf(where, sizeof(where) - 4, "%s%s", root, path);
	if ((rc = read_file(web, where, &file->plain, optional, err)) != 0 ||
	    file->plain.at == NULL)
		return rc;
	(void)snprintf(file->path, sizeof(file->path), "%s", path);
	file->type = type_of(path);
	file->for_ever = for_ever;
	web->files++;
	vg_sha256(file->plain.at, file->plain.length, digest);
	(void)snprintf(file->etag, sizeof(file->etag), "W/\"%02x%02x%02x%02x%02x%02x%02x%02x\"",
		       digest[0], digest[1], digest[2], digest[3], digest[4], digest[5], digest[6],
		       digest[7]);
	memcpy(where + strlen(where), ".gz", 4);
	return read_file(web, where, &file->gzip, true, err);
}

/* What the build makes; anything else that lies there is not served. */
static bool
is_asset(const char *name)
{
	return *name != '.' && strlen(name) <= NAME_LENGTH_MAX && type_of(name) != NULL &&
	       name[strspn(name,
			   "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")] ==
		       '\0';
}

static int
add_assets(struct vg_web *web, const char *root, struct vg_err *err)
{
	char path[PATH_SIZE];
	struct dirent *entry;
	DIR *directory;
	int rc = 0;

	(void)snprintf(path, sizeof(path), "%s/assets", root);
	if ((directory = opendir(path)) == NULL)
		return vg_err_set(err, -errno, "web_root: %s: %s", path, strerror(errno));
	while (rc == 0 && (entry = readdir(directory)) != NULL) {
		if (!is_asset(entry->d_name))
			continue;
		(void)snprintf(path, sizeof(path), "/assets/%s", entry->d_name);
		rc = add_file(web, root, path, true, false, err);
	}
	(void)closedir(directory);
	return rc;
}

int
vg_web_load(struct vg_web **out, const char *root, struct vg_err *err)
{
	struct vg_web *web;
	int rc;

	if (strlen(root) > PATH_SIZE / 2)
		return vg_err_set(err, VG_EINVALID, "web_root: expected at most %d bytes",
				  PATH_SIZE / 2);
	if ((web = calloc(1, sizeof(*web))) == NULL)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	rc = add_file(web, root, "/index.html", false, false, err);
	if (rc == 0)
		rc = add_file(web, root, "/theme.css", false, true, err);
	if (rc == 0)
		rc = add_assets(web, root, err);
	if (rc != 0) {
		vg_web_free(web);
		return rc;
	}
	*out = web;
	return 0;
}

void
vg_web_free(struct vg_web *web)
{
	if (web == NULL)
		return;
	for (size_t i = 0; i < VG_WEB_FILES_MAX; i++) {
		free(web->file[i].plain.at);
		free(web->file[i].gzip.at);
	}
	free(web);
}

/* Answering. */

static const struct file *
find(const struct vg_web *web, const char *path)
{
	for (size_t i = 0; i < web->files; i++)
		if (strcmp(web->file[i].path, path) == 0)
			return &web->file[i];
	return NULL;
}

/* An address of the application: no file, and none of the daemon's other doors. */
static bool
is_page(const struct vg_head *head)
{
	static const char *const others[] = {"api",    "tmf-api", "health",	   "metrics",
					     "status", "assets",  "tillganglighet"};
	const char *first = head->segments == 0 ? "" : head->segment[0];

	if (strcmp(first, "en") == 0)
		first = head->segments == 1 ? "" : head->segment[1];
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(first, others[i]) == 0)
			return false;
	return strchr(first, '.') == NULL;
}

static bool
takes_gzip(const struct vg_head *head)
{
	const char *accepted = vg_head_header(head, "Accept-Encoding");
	const char *gzip = accepted == NULL ? NULL : strstr(accepted, "gzip");

	return gzip != NULL && strncmp(gzip + 4, ";q=0", 4) != 0;
}

static void
answer(const struct file *file, struct vg_request *request)
{
	const struct vg_head *head = vg_request_head(request);
	const bool gzip = file->gzip.at != NULL && takes_gzip(head);
	const struct bytes *bytes = gzip ? &file->gzip : &file->plain;
	const bool same = vg_head_knows(head, file->etag);
	char extra[1024];

	(void)snprintf(extra, sizeof(extra), ALWAYS "%s%sETag: %s\r\nCache-Control: %s\r\n",
		       file->for_ever ? "" : POLICY, gzip ? "Content-Encoding: gzip\r\n" : "",
		       file->etag,
		       file->for_ever ? "public, max-age=31536000, immutable" : "no-cache");
	vg_request_reply(request, same ? 304 : 200, file->type, extra, same ? "" : bytes->at,
			 same ? 0 : bytes->length);
}

bool
vg_web_answer(const struct vg_web *web, struct vg_request *request)
{
	const struct vg_head *head = vg_request_head(request);
	const struct file *file;

	if (web == NULL || (head->method != VG_GET && head->method != VG_HEAD))
		return false;
	file = find(web, head->path);
	if (file == NULL && is_page(head))
		file = find(web, "/index.html");
	if (file == NULL)
		return false;
	answer(file, request);
	return true;
}
