/* The worker thread: order, the way back to the loop, what is refused, and the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/work/work.h"

#include <event2/event.h>

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>

struct job {
	struct event_base *base;
	int *clock; /* counts what has run */
	int ran_as, done_as;
	pthread_t ran_on;
	sem_t *gate; /* waited for, when not NULL */
	bool last;
};

static int done_count;

static void
on_run(void *arg)
{
	struct job *job = arg;

	if (job->gate != NULL)
		assert_int_equal(sem_wait(job->gate), 0);
	job->ran_on = pthread_self();
	job->ran_as = ++*job->clock;
}

static void
on_done(void *arg)
{
	struct job *job = arg;

	job->done_as = ++done_count;
	if (job->last)
		event_base_loopbreak(job->base);
}

static void
test_order(void **state)
{
	struct event_base *base = event_base_new();
	struct job jobs[100] = {0};
	struct vg_work *work;
	struct vg_err err;
	int clock = 0;

	(void)state;
	done_count = 0;
	assert_int_equal(vg_work_new(&work, base, &err), 0);
	for (int i = 0; i < 100; i++) {
		jobs[i] = (struct job){.base = base, .clock = &clock, .last = i == 99};
		assert_int_equal(vg_work_submit(work, on_run, on_done, &jobs[i], &err), 0);
	}
	assert_int_equal(vg_work_waiting(work), 100);
	(void)event_base_dispatch(base);
	assert_int_equal(vg_work_waiting(work), 0);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(jobs[i].ran_as, i + 1);
		assert_int_equal(jobs[i].done_as, i + 1);
		assert_false(pthread_equal(jobs[i].ran_on, pthread_self()));
	}
	vg_work_free(work);
	event_base_free(base);
}

/* The first stands still, the rest wait: as many as may, and one more is refused. At the end the
 * one that runs is waited for, and each is handed back once, whether it ran or not. */
static void
test_full_and_end(void **state)
{
	static struct job jobs[VG_WORK_MAX + 1];
	struct event_base *base = event_base_new();
	struct vg_work *work;
	struct vg_err err;
	sem_t gate;
	int clock = 0, handed_back = 0;

	(void)state;
	done_count = 0;
	assert_int_equal(sem_init(&gate, 0, 0), 0);
	assert_int_equal(vg_work_new(&work, base, &err), 0);
	for (int i = 0; i <= VG_WORK_MAX; i++) {
		jobs[i] =
			(struct job){.base = base, .clock = &clock, .gate = i == 0 ? &gate : NULL};
		assert_int_equal(vg_work_submit(work, on_run, on_done, &jobs[i], &err),
				 i < VG_WORK_MAX ? 0 : VG_EFULL);
	}
	assert_int_equal(sem_post(&gate), 0);
	vg_work_free(work);
	for (int i = 0; i < VG_WORK_MAX; i++)
		handed_back += jobs[i].done_as > 0;
	assert_int_equal(handed_back, VG_WORK_MAX);
	assert_int_equal(jobs[VG_WORK_MAX].done_as, 0);
	assert_int_equal(done_count, VG_WORK_MAX);
	assert_int_equal(sem_destroy(&gate), 0);
	event_base_free(base);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_full_and_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
