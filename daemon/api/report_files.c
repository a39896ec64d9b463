/* report_files.c - published files: what there is of a month, and the bytes of each.
 *
 * The hard thing is to give out nothing but that. A file is opened below the month's directory by a
 * name that can be no path, no link is followed, and a municipality's directory is opened for who
 * may see it only. Disks may be slow: all of it is done by the worker. */
#include "daemon/api/api.h"

#include "daemon/work/work.h"
#include "lib/crypto/crypto.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES_MAX      5000
#define FILE_BYTES_MAX (64 * 1024 * 1024)
#define NAME_MAX_BYTES 200
#define BLOCK_BYTES    (64 * 1024)

struct job {
	struct vg_request *request;
	struct vg_live *live;
	char who[VG_NAME_MAX +
		 1]; /* who asked, for the access log: principals may change meanwhile */
	enum vg_by by;
	const char *reports;		    /* the daemon's setting */
	char month[8];			    /* "2026-10" */
	char municipality[VG_NAME_MAX + 1]; /* its directory; "" = the month's own */
	char name[NAME_MAX_BYTES + 1];	    /* "" = list them */
	bool every;			    /* list those of every municipality */
	bool cut;			    /* there are more than are listed */
	json_t *list;
	char *bytes;
	size_t length;
	int error; /* errno of what failed; 0 = nothing did */
	bool ran;
};

static void
job_free(struct job *job)
{
	json_decref(job->list);
	free(job->bytes);
	free(job);
}

/* Names. */

static const struct kind {
	const char *suffix, *type;
	bool shown; /* in the browser; else it is saved */
} kinds[] = {
	{".html", "text/html; charset=utf-8", true},
	{".pdf", "application/pdf", true},
	{".csv", "text/csv; charset=utf-8", false},
	{".json", "application/json", false},
	{".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", false},
	{".xml", "application/xml", false},
};

static bool
ends_with(const char *text, const char *end)
{
	const size_t length = strlen(text), of_end = strlen(end);

	return length > of_end && strcmp(text + length - of_end, end) == 0;
}

/* NULL = no published file has such a name. */
static const struct kind *
kind_of(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (ends_with(name, kinds[i].suffix))
			return &kinds[i];
	return NULL;
}

/* A name in a directory and no path: letters, digits, and what stands between them. */
static bool
is_name(const char *name)
{
	if (*name == '.' || *name == '\0' || strlen(name) > NAME_MAX_BYTES)
		return false;
	for (; *name != '\0'; name++) {
		const unsigned char byte = (unsigned char)*name;

		if (byte <= ' ' || byte == 0x7f || byte == '/' || byte == '\\' || byte == '"')
			return false;
	}
	return true;
}

static bool
is_code(const char *text)
{
	return strlen(text) == 4 && strspn(text, "0123456789") == 4;
}

static bool
is_english(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot != NULL && dot - name >= 3 && strncmp(dot - 3, "-en", 3) == 0;
}

/* On the worker. */

/* A directory below another; -1 = there is none. */
static int
open_directory(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* The month's directory; -1 = there is none, or nothing is published here. */
static int
open_month(const struct job *job)
{
	const int root = open(job->reports, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const int month = root < 0 ? -1 : open_directory(root, job->month);

	if (root >= 0)
		(void)close(root);
	return month;
}

/* A regular file; -1 with errno, EFBIG when it is larger than is given out. */
static int
open_file(int at, const char *name, size_t *bytes)
{
	const int fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat status;
	int error = 0;

	if (fd < 0)
		return -1;
	if (fstat(fd, &status) != 0)
		error = errno;
	else if (!S_ISREG(status.st_mode))
		error = ENOENT;
	else if (status.st_size > FILE_BYTES_MAX)
		error = EFBIG;
	if (error == 0) {
		*bytes = (size_t)status.st_size;
		return fd;
	}
	(void)close(fd);
	errno = error;
	return -1;
}

static bool
digest(int fd, char hex[2 * VG_SHA256_LEN + 1])
{
	struct vg_sha256_state *state = vg_sha256_begin();
	uint8_t sum[VG_SHA256_LEN];
	char block[BLOCK_BYTES];
	ssize_t n = -1;

	if (state == NULL)
		return false;
	while ((n = read(fd, block, sizeof(block))) > 0)
		vg_sha256_add(state, block, (size_t)n);
	vg_sha256_end(state, n == 0 ? sum : NULL);
	if (n == 0)
		vg_hex(sum, sizeof(sum), hex);
	return n == 0;
}

static void
list_file(struct job *job, int at, const char *name, const char *municipality)
{
	char hex[2 * VG_SHA256_LEN + 1];
	size_t bytes;
	int fd;

	if (!is_name(name) || kind_of(name) == NULL || (fd = open_file(at, name, &bytes)) < 0)
		return;
	if (json_array_size(job->list) == FILES_MAX)
		job->cut = true;
	else if (digest(fd, hex))
		json_array_append_new(job->list,
				      json_pack("{s:s, s:s, s:I, s:s, s:s?, s:s}", "name", name,
						"type", kind_of(name)->type, "bytes",
						(json_int_t)bytes, "sha256", hex, "municipality",
						municipality, "language",
						is_english(name) ? "en" : "sv"));
	(void)close(fd);
}

/* By name; `at` is taken over. In the month's own directory (municipality NULL) those of
 * municipalities are gone into. */
static void
list_directory(struct job *job, int at, const char *municipality)
{
	struct dirent **entry = NULL;
	const int count = scandirat(at, ".", &entry, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		const char *name = entry[i]->d_name;

		list_file(job, at, name, municipality);
		if (municipality == NULL && is_code(name) &&
		    (job->every || strcmp(name, job->municipality) == 0)) {
			const int below = open_directory(at, name);

			if (below >= 0)
				list_directory(job, below, name);
		}
		free(entry[i]);
	}
	free(entry);
	(void)close(at);
}

static void
read_file(struct job *job, int at)
{
	const int fd = open_file(at, job->name, &job->length);
	size_t used = 0;
	ssize_t n = 1;

	if (fd >= 0)
		job->bytes = malloc(job->length + 1);
	while (job->bytes != NULL && n > 0 && used < job->length) {
		n = read(fd, job->bytes + used, job->length - used);
		used += n > 0 ? (size_t)n : 0;
	}
	if (fd < 0 || job->bytes == NULL || n < 0)
		job->error = errno;
	else
		job->length = used;
	if (fd >= 0)
		(void)close(fd);
}

static void
run(void *arg)
{
	struct job *job = arg;
	int at = open_month(job);

	job->ran = true;
	if (*job->name == '\0') {
		if (at >= 0)
			list_directory(job, at, NULL);
		return;
	}
	if (at >= 0 && *job->municipality != '\0') {
		const int below = open_directory(at, job->municipality);

		(void)close(at);
		at = below;
	}
	if (at < 0) {
		job->error = ENOENT;
		return;
	}
	read_file(job, at);
	(void)close(at);
}

/* On the loop again. */

/* As RFC 8187 writes it. */
static void
put_encoded(char *out, size_t size, const char *name)
{
	size_t used = 0;

	for (; *name != '\0' && used + 4 < size; name++) {
		const unsigned char byte = (unsigned char)*name;
		const bool plain = strchr("-._~", byte) != NULL || (byte >= '0' && byte <= '9') ||
				   ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');

		used += (size_t)snprintf(out + used, size - used, plain ? "%c" : "%%%02X", byte);
	}
}

static void
note_export(const struct job *job)
{
	char file[NAME_MAX_BYTES + VG_NAME_MAX + 20];

	(void)snprintf(file, sizeof(file), "reports/%s/%s%s%s", job->month, job->municipality,
		       *job->municipality != '\0' ? "/" : "", job->name);
	vg_audit_export(job->live, job->who, job->by, file);
}

/* What a page from a file may do in a browser: be read. */
static void
reply_file(struct job *job)
{
	const struct kind *kind = kind_of(job->name);
	char name[3 * NAME_MAX_BYTES + 8] = "", extra[3 * NAME_MAX_BYTES + 400];

	put_encoded(name, sizeof(name), job->name);
	(void)snprintf(extra, sizeof(extra),
		       "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
		       "Content-Security-Policy: sandbox; default-src 'none'; "
		       "style-src 'unsafe-inline'; img-src data:\r\n"
		       "Content-Disposition: %s; filename*=UTF-8''%s\r\n",
		       kind->shown ? "inline" : "attachment", name);
	vg_request_reply(job->request, 200, kind->type, extra, job->bytes, job->length);
}

static void
reply_error(const struct job *job)
{
	if (!job->ran || job->error == ENOMEM)
		vg_reply_json(job->request, 503, NULL);
	else if (job->error == EFBIG)
		vg_reply_problem(job->request, 413, "%s: larger than %d bytes", job->name,
				 FILE_BYTES_MAX);
	else
		vg_reply_problem(job->request, 404, "no published file %s of %s", job->name,
				 job->month);
}

static void
done(void *arg)
{
	struct job *job = arg;

	if (!job->ran || job->error != 0) {
		reply_error(job);
	} else if (*job->name != '\0') {
		note_export(job);
		reply_file(job);
	} else {
		vg_reply_json(job->request, 200,
			      json_pack("{s:s, s:o, s:b}", "month", job->month, "files", job->list,
					"cut", job->cut));
		job->list = NULL;
	}
	job_free(job);
}

/* Month and municipality of the call; NULL: it is answered. */
static struct job *
job_new(struct vg_call *call)
{
	const char *of = vg_call_query(call, "municipality");
	struct job *job;

	if (vg_month_parse(call->param[0]) < 0) {
		vg_reply_problem(call->request, 400, "month: expected a month as 2016-04");
		return NULL;
	}
	if (of != NULL && !is_code(of)) {
		vg_reply_problem(call->request, 400, "municipality: expected a code as 1489");
		return NULL;
	}
	if (of != NULL && !vg_may_see(call->who, of)) {
		vg_reply_problem(call->request, 403, "municipality: %s may see %s only",
				 call->who->name, call->who->municipality);
		return NULL;
	}
	job = calloc(1, sizeof(*job));
	if (job == NULL) {
		vg_reply_json(call->request, 503, NULL);
		return NULL;
	}
	job->request = call->request;
	job->live = call->api->live;
	job->by = call->by;
	(void)snprintf(job->who, sizeof(job->who), "%s", call->who->name);
	job->reports = call->api->reports;
	(void)snprintf(job->month, sizeof(job->month), "%s", call->param[0]);
	(void)snprintf(job->municipality, sizeof(job->municipality), "%s", of == NULL ? "" : of);
	return job;
}

static void
submit(struct vg_call *call, struct job *job)
{
	struct vg_err err = {0};

	if (vg_work_submit(call->api->work, run, done, job, &err) == 0)
		return;
	vg_reply_json(call->request, 503, NULL);
	job_free(job);
}

/* Those of the region, and of each municipality that the principal may see. */
void
vg_get_report_files(struct vg_call *call)
{
	struct job *job = job_new(call);

	if (job == NULL)
		return;
	job->list = json_array();
	job->every = *call->who->municipality == '\0' && *job->municipality == '\0';
	if (*call->who->municipality != '\0')
		(void)snprintf(job->municipality, sizeof(job->municipality), "%s",
			       call->who->municipality);
	submit(call, job);
}

void
vg_get_report_file(struct vg_call *call)
{
	const char *name = call->param[1];
	struct job *job;

	if (!is_name(name) || kind_of(name) == NULL) {
		vg_reply_problem(call->request, 404,
				 "no published file has that name; expected one of "
				 "/api/v1/reports/{month}/files");
		return;
	}
	if ((job = job_new(call)) == NULL)
		return;
	(void)snprintf(job->name, sizeof(job->name), "%s", name);
	submit(call, job);
}
