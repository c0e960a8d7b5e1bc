/* SPDX-License-Identifier: GPL-2.0-only */
/* Calls in tasks of their own, for KUnit tests of what waits and what goes on together. */
#ifndef XDRV_TEST_CALL_H
#define XDRV_TEST_CALL_H

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/slab.h>

/* Enough for a call that has much to do, on a kernel that checks each step. */
#define XDRV_TEST_PATIENCE (100 * HZ)

/**
 * struct xdrv_test_call - a call that is made by a kthread
 * @fn: the call
 * @arg: its argument
 * @result: what it returned, or why there is no kthread
 * @done: completed when it has returned
 */
struct xdrv_test_call {
	int (*fn)(void *arg);
	void *arg;
	int result;
	struct completion done;
};

static inline int xdrv_test_call_thread(void *data)
{
	struct xdrv_test_call *call = data;

	call->result = call->fn(call->arg);
	complete(&call->done);
	return 0;
}

static inline struct xdrv_test_call *xdrv_test_call(struct kunit *test, int (*fn)(void *arg),
						    void *arg)
{
	struct xdrv_test_call *call = kunit_kzalloc(test, sizeof(*call), GFP_KERNEL);
	struct task_struct *task;

	KUNIT_ASSERT_NOT_NULL(test, call);
	init_completion(&call->done);
	call->fn = fn;
	call->arg = arg;
	task = kthread_run(xdrv_test_call_thread, call, "xdrv_call");
	if (IS_ERR(task)) { /* the test goes on, for others may be at work with what it has */
		call->result = PTR_ERR(task);
		complete(&call->done);
	}
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
	return call->result;
}

#endif /* XDRV_TEST_CALL_H */
