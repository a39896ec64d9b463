/* work.c - a queue to a thread and one back, with an eventfd to wake the loop.
 *
 * The hard thing is the end: a job that runs cannot be stopped, so it is waited for; what has not
 * begun never begins. */
#include "daemon/work/work.h"

#include "core/ut.h"

#include <event2/event.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct job {
	vg_work_cb *run, *done;
	void *arg;
	struct job *prev, *next;
};

struct vg_work {
	pthread_t thread;
	bool running; /* the thread was started */
	pthread_mutex_t mutex;
	pthread_cond_t news;
	struct job *todo, *ready; /* under the mutex */
	bool ending;		  /* under the mutex */
	size_t waiting;		  /* loop only */
	int fd;			  /* eventfd: something is ready */
	struct event *event;
};

static void *
work_thread(void *arg)
{
	struct vg_work *work = arg;

	(void)pthread_mutex_lock(&work->mutex);
	while (!work->ending) {
		struct job *job = work->todo;
		const uint64_t one = 1;

		if (job == NULL) {
			(void)pthread_cond_wait(&work->news, &work->mutex);
			continue;
		}
		DL_DELETE(work->todo, job);
		(void)pthread_mutex_unlock(&work->mutex);
		job->run(job->arg);
		(void)pthread_mutex_lock(&work->mutex);
		DL_APPEND(work->ready, job);
		/* an eventfd that is full wakes its reader all the same */
		(void)!write(work->fd, &one, sizeof(one));
	}
	(void)pthread_mutex_unlock(&work->mutex);
	return NULL;
}

/* Hands a list of jobs back to those who gave them. */
static void
hand_back(struct vg_work *work, struct job *list)
{
	struct job *job, *next;

	DL_FOREACH_SAFE(list, job, next)
	{
		work->waiting--;
		job->done(job->arg);
		free(job);
	}
}

static void
on_ready(evutil_socket_t fd, short what, void *arg)
{
	struct vg_work *work = arg;
	struct job *list;
	uint64_t count;

	(void)what;
	(void)!read(fd, &count, sizeof(count));
	(void)pthread_mutex_lock(&work->mutex);
	list = work->ready;
	work->ready = NULL;
	(void)pthread_mutex_unlock(&work->mutex);
	hand_back(work, list);
}

/* Signals belong to the loop. */
static int
start_thread(struct vg_work *work)
{
	sigset_t all, before;
	int rc;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_BLOCK, &all, &before);
	rc = pthread_create(&work->thread, NULL, work_thread, work);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	work->running = rc == 0;
	return rc;
}

int
vg_work_new(struct vg_work **out, struct event_base *base, struct vg_err *err)
{
	struct vg_work *work = calloc(1, sizeof(*work));

	if (work == NULL)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	(void)pthread_mutex_init(&work->mutex, NULL);
	(void)pthread_cond_init(&work->news, NULL);
	work->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (work->fd >= 0)
		work->event = event_new(base, work->fd, EV_READ | EV_PERSIST, on_ready, work);
	if (work->event == NULL || event_add(work->event, NULL) != 0 || start_thread(work) != 0) {
		vg_work_free(work);
		return vg_err_set(err, VG_ENOMEM, "no thread for slow work: %s", strerror(errno));
	}
	*out = work;
	return 0;
}

int
vg_work_submit(struct vg_work *work, vg_work_cb *run, vg_work_cb *done, void *arg,
	       struct vg_err *err)
{
	struct job *job;

	if (work->waiting >= VG_WORK_MAX)
		return vg_err_set(err, VG_EFULL, "%d slow jobs wait already", VG_WORK_MAX);
	if ((job = malloc(sizeof(*job))) == NULL)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	*job = (struct job){.run = run, .done = done, .arg = arg};
	work->waiting++;
	(void)pthread_mutex_lock(&work->mutex);
	DL_APPEND(work->todo, job);
	(void)pthread_cond_signal(&work->news);
	(void)pthread_mutex_unlock(&work->mutex);
	return 0;
}

size_t
vg_work_waiting(const struct vg_work *work)
{
	return work->waiting;
}

void
vg_work_free(struct vg_work *work)
{
	if (work == NULL)
		return;
	if (work->running) {
		(void)pthread_mutex_lock(&work->mutex);
		work->ending = true;
		(void)pthread_cond_signal(&work->news);
		(void)pthread_mutex_unlock(&work->mutex);
		(void)pthread_join(work->thread, NULL);
	}
	hand_back(work, work->ready);
	hand_back(work, work->todo);
	if (work->event != NULL)
		event_free(work->event);
	if (work->fd >= 0)
		(void)close(work->fd);
	(void)pthread_cond_destroy(&work->news);
	(void)pthread_mutex_destroy(&work->mutex);
	free(work);
}
