/* fault_vfs.c - a disk that fails when told to.
 *
 * The hard thing is the power cut. Every write since a file's last fsync is kept with what stood
 * there before. At the cut they are all taken back, and a random subset is written again in order:
 * that is what a disk may hold, and only fsync narrows it down. */
#include "tests/fault/fault_vfs.h"

#include "core/assert.h"

#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One change of a file that no fsync has covered. */
struct change {
	struct change *next; /* newer first */
	sqlite3_int64 size_before, offset;
	int length; /* of `after`; -1 = a truncation to `offset` */
	int before_length;
	char *before, *after;
};

struct fault_file {
	sqlite3_file base;
	struct fault_file *next; /* open files, for the power cut */
	struct change *changes;
	sqlite3_file *real;
};

static sqlite3_vfs *real_vfs;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	enum fault_kind kind;
	int64_t left, failed;
	bool lasting;
	uint64_t random;
	struct fault_file *files;
} disk;

uint64_t
fault_random(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15U);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return z ^ (z >> 31);
}

void
fault_seed(uint64_t seed)
{
	disk.random = seed;
}

void
fault_arm(enum fault_kind kind, int64_t nth, bool lasting)
{
	(void)pthread_mutex_lock(&lock);
	disk.kind = kind;
	disk.left = nth;
	disk.failed = 0;
	disk.lasting = lasting;
	(void)pthread_mutex_unlock(&lock);
}

int64_t
fault_disarm(void)
{
	int64_t failed;

	(void)pthread_mutex_lock(&lock);
	disk.kind = FAULT_NONE;
	failed = disk.failed;
	(void)pthread_mutex_unlock(&lock);
	return failed;
}

/* --- the power cut --- */

static void
forget_changes(struct fault_file *file)
{
	struct change *change;

	while ((change = file->changes) != NULL) {
		file->changes = change->next;
		free(change->before);
		free(change->after);
		free(change);
	}
}

/* Keeps what [offset, offset + length) holds now; the part past the end of the file is nothing. */
static void
keep_change(struct fault_file *file, sqlite3_int64 offset, const void *after, int length)
{
	struct change *change = calloc(1, sizeof(*change));
	sqlite3_int64 end;

	VG_ASSERT(change != NULL);
	VG_ASSERT(file->real->pMethods->xFileSize(file->real, &change->size_before) == SQLITE_OK);
	change->offset = offset;
	change->length = length;
	end = length < 0 ? change->size_before : offset + length;
	if (end > change->size_before)
		end = change->size_before;
	if (end > offset) {
		change->before_length = (int)(end - offset);
		change->before = malloc((size_t)change->before_length);
		VG_ASSERT(change->before != NULL);
		VG_ASSERT(file->real->pMethods->xRead(file->real, change->before,
						      change->before_length, offset) == SQLITE_OK);
	}
	if (length > 0) {
		change->after = malloc((size_t)length);
		VG_ASSERT(change->after != NULL);
		memcpy(change->after, after, (size_t)length);
	}
	change->next = file->changes;
	file->changes = change;
}

static void
take_back(struct fault_file *file, const struct change *change)
{
	const sqlite3_io_methods *real = file->real->pMethods;

	if (change->before_length > 0)
		VG_ASSERT(real->xWrite(file->real, change->before, change->before_length,
				       change->offset) == SQLITE_OK);
	VG_ASSERT(real->xTruncate(file->real, change->size_before) == SQLITE_OK);
}

static void
write_again(struct fault_file *file, const struct change *change)
{
	const sqlite3_io_methods *real = file->real->pMethods;

	if (change->length < 0)
		VG_ASSERT(real->xTruncate(file->real, change->offset) == SQLITE_OK);
	else
		VG_ASSERT(real->xWrite(file->real, change->after, change->length, change->offset) ==
			  SQLITE_OK);
}

static void
lose_unsynced(struct fault_file *file)
{
	struct change *oldest = NULL, *change, *next;

	for (change = file->changes; change != NULL; change = next) {
		next = change->next;
		take_back(file, change);
		change->next = oldest;
		oldest = change;
	}
	for (change = oldest; change != NULL; change = change->next)
		if (fault_random(&disk.random) % 2 == 0)
			write_again(file, change);
	file->changes = oldest;
}

static void
end_process(void)
{
	if (disk.kind == FAULT_POWER_CUT)
		for (struct fault_file *file = disk.files; file != NULL; file = file->next)
			lose_unsynced(file);
	(void)kill(getpid(), SIGKILL);
	for (;;)
		(void)pause();
}

/* --- the operations --- */

/* Whether this operation is to fail; the lock is held. A killing disk counts both sorts. */
static bool
fails(bool sync)
{
	bool both = disk.kind == FAULT_KILL || disk.kind == FAULT_POWER_CUT;

	if (disk.kind == FAULT_NONE || (!both && sync != (disk.kind == FAULT_SYNC)))
		return false;
	if (--disk.left > 0 || (disk.left < 0 && !disk.lasting))
		return false;
	disk.failed++;
	if (both)
		end_process();
	return true;
}

static int
on_write(sqlite3_file *base, const void *bytes, int length, sqlite3_int64 offset)
{
	struct fault_file *file = (struct fault_file *)base;
	const sqlite3_io_methods *real = file->real->pMethods;
	int rc;

	(void)pthread_mutex_lock(&lock);
	if (fails(false)) {
		rc = disk.kind == FAULT_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
		if (disk.kind == FAULT_SHORT_WRITE)
			(void)real->xWrite(file->real, bytes, length / 2, offset);
	} else {
		if (disk.kind == FAULT_POWER_CUT)
			keep_change(file, offset, bytes, length);
		rc = real->xWrite(file->real, bytes, length, offset);
	}
	(void)pthread_mutex_unlock(&lock);
	return rc;
}

static int
on_truncate(sqlite3_file *base, sqlite3_int64 size)
{
	struct fault_file *file = (struct fault_file *)base;
	int rc;

	(void)pthread_mutex_lock(&lock);
	if (disk.kind == FAULT_POWER_CUT)
		keep_change(file, size, NULL, -1);
	rc = file->real->pMethods->xTruncate(file->real, size);
	(void)pthread_mutex_unlock(&lock);
	return rc;
}

static int
on_sync(sqlite3_file *base, int flags)
{
	struct fault_file *file = (struct fault_file *)base;
	int rc = SQLITE_IOERR_FSYNC;

	(void)pthread_mutex_lock(&lock);
	if (!fails(true)) {
		rc = file->real->pMethods->xSync(file->real, flags);
		forget_changes(file);
	}
	(void)pthread_mutex_unlock(&lock);
	return rc;
}

static int
on_close(sqlite3_file *base)
{
	struct fault_file *file = (struct fault_file *)base, **link;
	int rc;

	(void)pthread_mutex_lock(&lock);
	for (link = &disk.files; *link != NULL; link = &(*link)->next)
		if (*link == file) {
			*link = file->next;
			break;
		}
	forget_changes(file);
	(void)pthread_mutex_unlock(&lock);
	rc = file->real->pMethods != NULL ? file->real->pMethods->xClose(file->real) : SQLITE_OK;
	return rc;
}

/* --- what passes through --- */

#define REAL(base) (((struct fault_file *)(base))->real)

static int
pass_read(sqlite3_file *base, void *bytes, int length, sqlite3_int64 offset)
{
	return REAL(base)->pMethods->xRead(REAL(base), bytes, length, offset);
}

static int
pass_size(sqlite3_file *base, sqlite3_int64 *size)
{
	return REAL(base)->pMethods->xFileSize(REAL(base), size);
}

static int
pass_lock(sqlite3_file *base, int level)
{
	return REAL(base)->pMethods->xLock(REAL(base), level);
}

static int
pass_unlock(sqlite3_file *base, int level)
{
	return REAL(base)->pMethods->xUnlock(REAL(base), level);
}

static int
pass_check_reserved(sqlite3_file *base, int *out)
{
	return REAL(base)->pMethods->xCheckReservedLock(REAL(base), out);
}

static int
pass_control(sqlite3_file *base, int op, void *arg)
{
	return REAL(base)->pMethods->xFileControl(REAL(base), op, arg);
}

static int
pass_sector(sqlite3_file *base)
{
	return REAL(base)->pMethods->xSectorSize(REAL(base));
}

/* No promise of the real device holds for a failing one. */
static int
no_characteristics(sqlite3_file *base)
{
	(void)base;
	return 0;
}

static int
pass_shm_map(sqlite3_file *base, int page, int size, int extend, void volatile **out)
{
	return REAL(base)->pMethods->xShmMap(REAL(base), page, size, extend, out);
}

static int
pass_shm_lock(sqlite3_file *base, int offset, int n, int flags)
{
	return REAL(base)->pMethods->xShmLock(REAL(base), offset, n, flags);
}

static void
pass_shm_barrier(sqlite3_file *base)
{
	REAL(base)->pMethods->xShmBarrier(REAL(base));
}

static int
pass_shm_unmap(sqlite3_file *base, int remove)
{
	return REAL(base)->pMethods->xShmUnmap(REAL(base), remove);
}

static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = on_close,
	.xRead = pass_read,
	.xWrite = on_write,
	.xTruncate = on_truncate,
	.xSync = on_sync,
	.xFileSize = pass_size,
	.xLock = pass_lock,
	.xUnlock = pass_unlock,
	.xCheckReservedLock = pass_check_reserved,
	.xFileControl = pass_control,
	.xSectorSize = pass_sector,
	.xDeviceCharacteristics = no_characteristics,
	.xShmMap = pass_shm_map,
	.xShmLock = pass_shm_lock,
	.xShmBarrier = pass_shm_barrier,
	.xShmUnmap = pass_shm_unmap,
};

static int
on_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *out_flags)
{
	struct fault_file *file = (struct fault_file *)base;
	int rc;

	(void)vfs;
	memset(file, 0, sizeof(*file));
	file->real = (sqlite3_file *)(file + 1);
	rc = real_vfs->xOpen(real_vfs, name, file->real, flags, out_flags);
	if (rc != SQLITE_OK)
		return rc;
	file->base.pMethods = &methods;
	(void)pthread_mutex_lock(&lock);
	file->next = disk.files;
	disk.files = file;
	(void)pthread_mutex_unlock(&lock);
	return SQLITE_OK;
}

void
fault_install(void)
{
	static sqlite3_vfs vfs;

	VG_ASSERT(sqlite3_initialize() == SQLITE_OK);
	real_vfs = sqlite3_vfs_find(NULL);
	vfs = *real_vfs;
	vfs.zName = "fault";
	vfs.pNext = NULL;
	vfs.szOsFile = (int)sizeof(struct fault_file) + real_vfs->szOsFile;
	vfs.xOpen = on_open;
	VG_ASSERT(sqlite3_vfs_register(&vfs, 1) == SQLITE_OK);
}
