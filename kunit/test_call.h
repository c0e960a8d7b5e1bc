/* SPDX-License-Identifier: GPL-2.0-only */
/* Calls that may wait, for KUnit tests of what waits and what does not. */
#ifndef XDRV_TEST_CALL_H
#define XDRV_TEST_CALL_H

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#define XDRV_TEST_PATIENCE (10 * HZ)

/**
 * struct xdrv_test_call - a call that may wait, made by a worker
 * @work: the worker's part
 * @fn: the call
 * @arg: its argument
 * @result: what it returned
 * @done: completed when it has returned
 */
struct xdrv_test_call {
	struct work_struct work;
	int (*fn)(void *arg);
	void *arg;
	int result;
	struct completion done;
};

static inline void xdrv_test_call_work(struct work_struct *work)
{
	struct xdrv_test_call *call = container_of(work, struct xdrv_test_call, work);

	call->result = call->fn(call->arg);
	complete(&call->done);
}

static inline struct xdrv_test_call *xdrv_test_call(struct kunit *test, int (*fn)(void *arg),
						    void *arg)
{
	struct xdrv_test_call *call = kunit_kzalloc(test, sizeof(*call), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, call);
	INIT_WORK(&call->work, xdrv_test_call_work);
	init_completion(&call->done);
	call->fn = fn;
	call->arg = arg;
	schedule_work(&call->work);
	return call;
}

static inline bool xdrv_test_call_waits(struct xdrv_test_call *call)
{
	msleep(50);
	return !completion_done(&call->done);
}

static inline int xdrv_test_call_result(struct kunit *test, struct xdrv_test_call *call)
{
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&call->done, XDRV_TEST_PATIENCE), 0);
	flush_work(&call->work);
	return call->result;
}

#endif /* XDRV_TEST_CALL_H */
