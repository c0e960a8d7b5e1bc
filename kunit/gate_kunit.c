// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of the gate of xdrv_common. */
#include <kunit/test.h>
#include <linux/irq_work.h>

#include <xdrv/gate.h>

#include "compat.h"
#include "compat_kunit.h"
#include "../common/internal.h"
#include "test_call.h"

static void xdrv_test_gate_destroy(void *gate)
{
	xdrv_gate_kill(gate);
	xdrv_gate_destroy(gate);
}

static int xdrv_gate_test_init(struct kunit *test)
{
	struct xdrv_gate *gate = kunit_kzalloc(test, sizeof(*gate), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, gate);
	KUNIT_ASSERT_EQ(test, xdrv_gate_init(gate), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, xdrv_test_gate_destroy, gate), 0);
	test->priv = gate;
	return 0;
}

static int xdrv_test_kill(void *gate)
{
	return xdrv_gate_kill(gate);
}

static int xdrv_test_drain(void *gate)
{
	return xdrv_gate_drain(gate);
}

static void xdrv_gate_lets_in_until_closed(struct kunit *test)
{
	struct xdrv_gate *gate = test->priv;

	KUNIT_EXPECT_FALSE(test, xdrv_gate_is_closed(gate));
	KUNIT_ASSERT_TRUE(test, xdrv_gate_enter(gate));
	xdrv_gate_exit(gate);
	KUNIT_EXPECT_TRUE(test, xdrv_gate_close(gate));
	KUNIT_EXPECT_TRUE(test, xdrv_gate_is_closed(gate));
	KUNIT_EXPECT_FALSE(test, xdrv_gate_enter(gate));
	KUNIT_EXPECT_EQ(test, xdrv_gate_drain(gate), 0);
	KUNIT_EXPECT_FALSE(test, xdrv_gate_enter(gate));
}

static void xdrv_gate_can_be_closed_and_killed_again(struct kunit *test)
{
	struct xdrv_gate *gate = test->priv;

	KUNIT_EXPECT_TRUE(test, xdrv_gate_close(gate));
	KUNIT_EXPECT_FALSE(test, xdrv_gate_close(gate));
	KUNIT_EXPECT_EQ(test, xdrv_gate_kill(gate), 0);
	KUNIT_EXPECT_EQ(test, xdrv_gate_kill(gate), 0);
	KUNIT_EXPECT_EQ(test, xdrv_gate_drain(gate), 0);
}

static void xdrv_gate_can_be_entered_twice(struct kunit *test)
{
	struct xdrv_gate *gate = test->priv;
	struct xdrv_test_call *drain;

	KUNIT_ASSERT_TRUE(test, xdrv_gate_enter(gate));
	KUNIT_ASSERT_TRUE(test, xdrv_gate_enter(gate));
	xdrv_gate_close(gate);
	KUNIT_EXPECT_FALSE(test, xdrv_gate_enter(gate));
	drain = xdrv_test_call(test, xdrv_test_drain, gate);
	xdrv_gate_exit(gate);
	KUNIT_EXPECT_TRUE(test, xdrv_test_call_waits(drain));
	xdrv_gate_exit(gate);
	KUNIT_EXPECT_EQ(test, xdrv_test_call_result(test, drain), 0);
}

static void xdrv_gate_kill_waits_for_those_inside(struct kunit *test)
{
	struct xdrv_gate *gate = test->priv;
	struct xdrv_test_call *first, *second;

	KUNIT_ASSERT_TRUE(test, xdrv_gate_enter(gate));
	first = xdrv_test_call(test, xdrv_test_kill, gate);
	second = xdrv_test_call(test, xdrv_test_kill, gate);
	KUNIT_EXPECT_TRUE(test, xdrv_test_call_waits(first));
	KUNIT_EXPECT_TRUE(test, xdrv_test_call_waits(second));
	KUNIT_EXPECT_FALSE(test, xdrv_gate_enter(gate));
	xdrv_gate_exit(gate);
	KUNIT_EXPECT_EQ(test, xdrv_test_call_result(test, first), 0);
	KUNIT_EXPECT_EQ(test, xdrv_test_call_result(test, second), 0);
}

static void xdrv_gate_does_not_wait_for_another(struct kunit *test)
{
	struct xdrv_gate *gate = test->priv;
	struct xdrv_gate other;

	KUNIT_ASSERT_EQ(test, xdrv_gate_init(&other), 0);
	KUNIT_EXPECT_TRUE(test, xdrv_gate_enter(&other));
	KUNIT_EXPECT_EQ(test, xdrv_gate_kill(gate), 0);
	KUNIT_EXPECT_FALSE(test, xdrv_gate_is_closed(&other));
	xdrv_gate_exit(&other);
	xdrv_gate_destroy(&other);
}

/* The warning comes without lockdep; with it, lockdep reports the deadlock before it happens. */
static void xdrv_gate_kill_from_inside_is_caught(struct kunit *test)
{
	struct xdrv_gate *gate = test->priv;
	unsigned int timeout = xdrv_gate_timeout;
	int err = 0;

	if (IS_ENABLED(CONFIG_LOCKDEP))
		kunit_skip(test, "lockdep reports it and turns itself off");
	xdrv_gate_timeout = 1;
	KUNIT_EXPECT_TRUE(test, xdrv_gate_enter(gate));
	kunit_warning_suppress(test)
		err = xdrv_gate_kill(gate);
	KUNIT_EXPECT_EQ(test, err, -EDEADLK);
	xdrv_gate_timeout = timeout;
	xdrv_gate_exit(gate);
	KUNIT_EXPECT_EQ(test, xdrv_gate_drain(gate), 0);
}

static void xdrv_gate_timeout_of_0_waits_on(struct kunit *test)
{
	struct xdrv_gate *gate = test->priv;
	unsigned int timeout = xdrv_gate_timeout;
	struct xdrv_test_call *kill;

	xdrv_gate_timeout = 0;
	KUNIT_EXPECT_TRUE(test, xdrv_gate_enter(gate));
	kill = xdrv_test_call(test, xdrv_test_kill, gate);
	KUNIT_EXPECT_TRUE(test, xdrv_test_call_waits(kill));
	xdrv_gate_timeout = timeout;
	xdrv_gate_exit(gate);
	KUNIT_EXPECT_EQ(test, xdrv_test_call_result(test, kill), 0);
}

/**
 * struct xdrv_test_irq - what is done to a gate in an interrupt
 * @work: the interrupt
 * @gate: the gate
 * @entered: whether it could be entered
 * @closed: whether it could be closed
 * @done: completed by it
 */
struct xdrv_test_irq {
	struct irq_work work;
	struct xdrv_gate *gate;
	bool entered;
	bool closed;
	struct completion done;
};

static void xdrv_test_enter_in_irq(struct irq_work *work)
{
	struct xdrv_test_irq *irq = container_of(work, struct xdrv_test_irq, work);

	irq->entered = xdrv_gate_enter(irq->gate);
	if (irq->entered)
		xdrv_gate_exit(irq->gate);
	complete(&irq->done);
}

/* The exit of the last one inside is what ends a drain. */
static void xdrv_test_close_in_irq(struct irq_work *work)
{
	struct xdrv_test_irq *irq = container_of(work, struct xdrv_test_irq, work);

	irq->entered = xdrv_gate_enter(irq->gate);
	irq->closed = xdrv_gate_close(irq->gate);
	if (irq->entered)
		xdrv_gate_exit(irq->gate);
	complete(&irq->done);
}

static struct xdrv_test_irq *xdrv_test_irq(struct kunit *test, void (*fn)(struct irq_work *work))
{
	struct xdrv_test_irq *irq = kunit_kzalloc(test, sizeof(*irq), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, irq);
	irq->gate = test->priv;
	init_completion(&irq->done);
	irq->work = IRQ_WORK_INIT_HARD(fn);
	irq_work_queue(&irq->work);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&irq->done, XDRV_TEST_PATIENCE), 0);
	irq_work_sync(&irq->work);
	return irq;
}

static void xdrv_gate_can_be_entered_in_an_interrupt(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, xdrv_test_irq(test, xdrv_test_enter_in_irq)->entered);
	KUNIT_EXPECT_EQ(test, xdrv_gate_kill(test->priv), 0);
	KUNIT_EXPECT_FALSE(test, xdrv_test_irq(test, xdrv_test_enter_in_irq)->entered);
}

static void xdrv_gate_can_be_closed_in_an_interrupt(struct kunit *test)
{
	struct xdrv_test_irq *irq = xdrv_test_irq(test, xdrv_test_close_in_irq);

	KUNIT_EXPECT_TRUE(test, irq->entered);
	KUNIT_EXPECT_TRUE(test, irq->closed);
	KUNIT_EXPECT_FALSE(test, xdrv_gate_enter(test->priv));
	KUNIT_EXPECT_EQ(test, xdrv_gate_drain(test->priv), 0);
}

static struct kunit_case xdrv_gate_cases[] = {
	KUNIT_CASE(xdrv_gate_lets_in_until_closed),
	KUNIT_CASE(xdrv_gate_can_be_closed_and_killed_again),
	KUNIT_CASE(xdrv_gate_can_be_entered_twice),
	KUNIT_CASE(xdrv_gate_kill_waits_for_those_inside),
	KUNIT_CASE(xdrv_gate_does_not_wait_for_another),
	KUNIT_CASE(xdrv_gate_kill_from_inside_is_caught),
	KUNIT_CASE(xdrv_gate_timeout_of_0_waits_on),
	KUNIT_CASE(xdrv_gate_can_be_entered_in_an_interrupt),
	KUNIT_CASE(xdrv_gate_can_be_closed_in_an_interrupt),
	{}
};

static struct kunit_suite xdrv_gate_suite = {
	.name = "xdrv_gate",
	.init = xdrv_gate_test_init,
	.test_cases = xdrv_gate_cases,
};

kunit_test_suite(xdrv_gate_suite);

MODULE_DESCRIPTION("KUnit tests of the gate of xdrv_common");
MODULE_LICENSE("GPL");
