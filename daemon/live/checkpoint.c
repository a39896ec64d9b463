/* checkpoint.c - the core's state on disk.
 *
 * The hard thing is knowing that a checkpoint belongs to this journal: instance, sequence and the
 * chain head at that sequence must all agree, or a journal restored from yesterday would be joined
 * to a state that saw another today. The head is read back from the journal by the writing thread,
 * so that the loop never touches the disk. */
#include "daemon/live/checkpoint.h"

#include "lib/base/replace.h"
#include "lib/crypto/crypto.h"
#include "lib/journal/journal.h"

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#define FORMAT	   "vinga-checkpoint 1"
#define HEADER_MAX 200
#define FILE_NAME  "checkpoint"

struct vg_checkpoint_writer {
	char *directory, *journal_path;
	int fd;
	bool running;
	pthread_t thread;
	struct vg_checkpoint_mark mark;
	char *bytes;
	size_t length, size;
	int rc; /* of the thread */
	struct vg_err why;
};

static bool
keep_head(const struct vg_journal_row *row, void *arg)
{
	vg_hex(row->h, VG_SHA256_LEN, arg);
	return false;
}

bool
vg_checkpoint_head_at(const char *journal_path, int64_t seq, char out[65])
{
	struct vg_journal_reader *reader;
	int64_t rows;

	if (vg_journal_reader_open(&reader, journal_path, NULL) != 0)
		return false;
	rows = vg_journal_read(reader, seq - 1, seq, 1, keep_head, out, NULL);
	vg_journal_reader_close(reader);
	return rows == 1;
}

static char *
read_file(const char *path, size_t *length)
{
	struct stat info;
	char *bytes = NULL;
	FILE *file = fopen(path, "rbe");

	if (file == NULL)
		return NULL;
	if (fstat(fileno(file), &info) == 0 && info.st_size > 0)
		bytes = malloc((size_t)info.st_size + 1);
	if (bytes != NULL) {
		*length = fread(bytes, 1, (size_t)info.st_size, file);
		bytes[*length] = '\0';
	}
	(void)fclose(file);
	return bytes;
}

struct vg_core *
vg_checkpoint_read(const char *directory, struct vg_checkpoint_mark *mark)
{
	struct vg_core *core = NULL;
	char path[4096], *bytes;
	size_t length = 0;
	int used = 0;

	(void)snprintf(path, sizeof(path), "%s/" FILE_NAME, directory);
	bytes = read_file(path, &length);
	if (bytes == NULL)
		return NULL;
	memset(mark, 0, sizeof(*mark));
	if (sscanf(bytes, FORMAT " %32[0-9a-f] %" SCNd64 " %64[0-9a-f]%n", mark->instance,
		   &mark->seq, mark->head, &used) == 3 &&
	    bytes[used] == '\n')
		core = vg_core_load(bytes + used + 1, length - (size_t)used - 1);
	free(bytes);
	if (core != NULL && vg_core_seq(core) != mark->seq) {
		vg_core_free(core);
		core = NULL;
	}
	return core;
}

int
vg_checkpoint_writer_new(struct vg_checkpoint_writer **out, const char *directory,
			 const char *journal_path, struct vg_err *err)
{
	struct vg_checkpoint_writer *writer = calloc(1, sizeof(*writer));

	if (writer == NULL)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	writer->directory = strdup(directory);
	writer->journal_path = strdup(journal_path);
	writer->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (writer->directory == NULL || writer->journal_path == NULL || writer->fd < 0) {
		vg_checkpoint_writer_free(writer);
		return vg_err_set(err, VG_ENOMEM, "checkpoint: no memory or file descriptor left");
	}
	*out = writer;
	return 0;
}

void
vg_checkpoint_writer_free(struct vg_checkpoint_writer *writer)
{
	if (writer == NULL)
		return;
	if (writer->running)
		(void)pthread_join(writer->thread, NULL);
	if (writer->fd >= 0)
		(void)close(writer->fd);
	free(writer->directory);
	free(writer->journal_path);
	free(writer->bytes);
	free(writer);
}

static int
append(const void *bytes, size_t length, void *arg)
{
	struct vg_checkpoint_writer *writer = arg;

	if (writer->length + length > writer->size) {
		size_t size = (writer->length + length) * 2;
		char *grown = realloc(writer->bytes, size);

		if (grown == NULL)
			return VG_ENOMEM;
		writer->bytes = grown;
		writer->size = size;
	}
	memcpy(writer->bytes + writer->length, bytes, length);
	writer->length += length;
	return 0;
}

static int
write_file(struct vg_checkpoint_writer *writer)
{
	char path[4096], header[HEADER_MAX];
	struct iovec part[] = {{.iov_base = header},
			       {.iov_base = writer->bytes, .iov_len = writer->length}};

	(void)snprintf(path, sizeof(path), "%s/" FILE_NAME, writer->directory);
	part[0].iov_len =
		(size_t)snprintf(header, sizeof(header), FORMAT " %s %" PRId64 " %s\n",
				 writer->mark.instance, writer->mark.seq, writer->mark.head);
	return vg_replace_file(path, part, 2);
}

static void *
run(void *arg)
{
	struct vg_checkpoint_writer *writer = arg;
	uint64_t one = 1;

	if (!vg_checkpoint_head_at(writer->journal_path, writer->mark.seq, writer->mark.head))
		writer->rc = vg_err_set(&writer->why, VG_EIO,
					"checkpoint: row %" PRId64 " is not in the journal",
					writer->mark.seq);
	else if ((writer->rc = write_file(writer)) != 0)
		(void)vg_err_set(&writer->why, writer->rc, "checkpoint in %s: %s",
				 writer->directory, strerror(-writer->rc));
	(void)!write(writer->fd, &one, sizeof(one));
	return NULL;
}

/* The thread takes no signals: they belong to the loop. */
static int
start_thread(struct vg_checkpoint_writer *writer)
{
	sigset_t all, before;
	int rc;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&writer->thread, NULL, run, writer);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -rc;
}

int
vg_checkpoint_begin(struct vg_checkpoint_writer *writer, const struct vg_core *core,
		    const char *instance, struct vg_err *err)
{
	int rc;

	if (writer->running)
		return vg_err_set(err, VG_ELIMIT, "a checkpoint is being written");
	writer->length = 0;
	rc = vg_core_save(core, append, writer);
	if (rc != 0)
		return vg_err_set(err, rc, "checkpoint: out of memory");
	writer->mark.seq = vg_core_seq(core);
	(void)snprintf(writer->mark.instance, sizeof(writer->mark.instance), "%s", instance);
	rc = start_thread(writer);
	if (rc != 0)
		return vg_err_set(err, rc, "checkpoint: cannot start a thread: %s", strerror(-rc));
	writer->running = true;
	return 0;
}

int
vg_checkpoint_fd(const struct vg_checkpoint_writer *writer)
{
	return writer->fd;
}

int
vg_checkpoint_end(struct vg_checkpoint_writer *writer, int64_t *seq, struct vg_err *err)
{
	uint64_t count;

	*seq = 0;
	if (!writer->running)
		return 0;
	(void)pthread_join(writer->thread, NULL);
	writer->running = false;
	(void)!read(writer->fd, &count, sizeof(count));
	free(writer->bytes); /* as large as the state: not kept between two checkpoints */
	writer->bytes = NULL;
	writer->size = 0;
	if (writer->rc != 0)
		return vg_err_set(err, writer->rc, "%s", writer->why.text);
	*seq = writer->mark.seq;
	return 0;
}
