// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of xbd's holding back of I/O. */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/ktime.h>

#include "../blockdev/held.h"
#include "compat.h"
#include "test_random.h"

#define XBD_TEST_HELD 100

/* I/O that counts how often it ends. */
struct xbd_test_held {
	struct xbd_held held;
	atomic_t ends;
	ktime_t ended;
	struct completion done;
};

struct xbd_held_test {
	struct xbd_holds holds;
	struct xbd_test_held some[XBD_TEST_HELD];
};

static void xbd_test_held_end(struct xbd_held *held)
{
	struct xbd_test_held *t = container_of(held, struct xbd_test_held, held);

	t->ended = ktime_get();
	atomic_inc(&t->ends);
	complete(&t->done);
}

static int xbd_held_test_init(struct kunit *test)
{
	struct xbd_held_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, t);
	xbd_holds_init(&t->holds);
	for (i = 0; i < XBD_TEST_HELD; i++) {
		t->some[i].held.end = xbd_test_held_end;
		init_completion(&t->some[i].done);
	}
	test->priv = t;
	return 0;
}

static void xbd_held_test_exit(struct kunit *test)
{
	struct xbd_held_test *t = test->priv;

	xbd_holds_close(&t->holds);
}

static void xbd_held_ends_when_its_time_has_come(struct kunit *test)
{
	ktime_t until = ktime_add_ms(ktime_get(), 20);
	struct xbd_held_test *t = test->priv;

	KUNIT_ASSERT_TRUE(test, xbd_hold(&t->holds, &t->some[0].held, until));
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&t->some[0].done, 10 * HZ), 0);
	KUNIT_EXPECT_GE(test, ktime_to_ns(t->some[0].ended), ktime_to_ns(until));
	KUNIT_EXPECT_FALSE(test, xbd_held_take(&t->holds, &t->some[0].held));
	KUNIT_EXPECT_EQ(test, atomic_read(&t->some[0].ends), 1);
}

static void xbd_held_can_be_held_again(struct kunit *test)
{
	struct xbd_held_test *t = test->priv;
	int i;

	for (i = 0; i < 10; i++) {
		KUNIT_ASSERT_TRUE(test, xbd_hold(&t->holds, &t->some[0].held, ktime_get()));
		KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&t->some[0].done, 10 * HZ), 0);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&t->some[0].ends), 10);
}

static void xbd_held_that_is_taken_does_not_end(struct kunit *test)
{
	struct xbd_held_test *t = test->priv;

	KUNIT_EXPECT_FALSE(test, xbd_held_take(&t->holds, &t->some[0].held));
	xbd_hold(&t->holds, &t->some[0].held, ktime_add_ms(ktime_get(), 20));
	xbd_hold(&t->holds, &t->some[1].held, KTIME_MAX);
	KUNIT_EXPECT_TRUE(test, xbd_held_take(&t->holds, &t->some[0].held));
	KUNIT_EXPECT_FALSE(test, xbd_held_take(&t->holds, &t->some[0].held));
	KUNIT_EXPECT_TRUE(test, xbd_held_take(&t->holds, &t->some[1].held));
	msleep(40);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->some[0].ends), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->some[1].ends), 0);
}

static void xbd_holds_that_are_closed_hold_nothing(struct kunit *test)
{
	struct xbd_held_test *t = test->priv;

	xbd_hold(&t->holds, &t->some[0].held, KTIME_MAX);
	xbd_hold(&t->holds, &t->some[1].held, ktime_add_ms(ktime_get(), 100000));
	t->some[1].held.is_capped = true;
	xbd_holds_release_capped(&t->holds);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->some[0].ends), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->some[1].ends), 1);
	xbd_holds_close(&t->holds);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->some[0].ends), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->some[1].ends), 1);
	KUNIT_EXPECT_FALSE(test, xbd_hold(&t->holds, &t->some[0].held, ktime_get()));
	KUNIT_EXPECT_EQ(test, atomic_read(&t->some[0].ends), 1);
}

/* What is served takes a while, and its wait was worked out before. */
static void xbd_held_does_not_wait_for_a_cap_that_has_gone(struct kunit *test)
{
	struct xbd_held_test *t = test->priv;
	int i;

	for (i = 0; i < 2; i++) {
		t->some[i].held.is_capped = true;
		t->some[i].held.releases = xbd_holds_releases(&t->holds);
	}
	xbd_hold(&t->holds, &t->some[0].held, KTIME_MAX);
	xbd_holds_release_capped(&t->holds);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->some[0].ends), 1);
	xbd_hold(&t->holds, &t->some[1].held, ktime_add_ms(ktime_get(), 100000));
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&t->some[1].done, 10 * HZ), 0);
	t->some[2].held.is_capped = true;
	t->some[2].held.releases = xbd_holds_releases(&t->holds);
	xbd_hold(&t->holds, &t->some[2].held, ktime_add_ms(ktime_get(), 100000));
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&t->some[2].done, HZ / 10), 0);
}

/* Timers and a close at the same time. */
static void xbd_held_ends_once_whoever_ends_it(struct kunit *test)
{
	struct rnd_state *random = xdrv_test_random(test);
	struct xbd_held_test *t = test->priv;
	int i;

	for (i = 0; i < XBD_TEST_HELD; i++)
		xbd_hold(&t->holds, &t->some[i].held,
			 ktime_add_us(ktime_get(), xdrv_test_below(random, 2000)));
	udelay(xdrv_test_below(random, 1000));
	xbd_holds_close(&t->holds);
	for (i = 0; i < XBD_TEST_HELD; i++) {
		KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&t->some[i].done, 10 * HZ), 0);
		KUNIT_EXPECT_EQ(test, atomic_read(&t->some[i].ends), 1);
	}
}

static struct kunit_case xbd_held_cases[] = {
	KUNIT_CASE(xbd_held_ends_when_its_time_has_come),
	KUNIT_CASE(xbd_held_can_be_held_again),
	KUNIT_CASE(xbd_held_that_is_taken_does_not_end),
	KUNIT_CASE(xbd_holds_that_are_closed_hold_nothing),
	KUNIT_CASE(xbd_held_does_not_wait_for_a_cap_that_has_gone),
	KUNIT_CASE(xbd_held_ends_once_whoever_ends_it),
	{}
};

static struct kunit_suite xbd_held_suite = {
	.name = "xbd_held",
	.init = xbd_held_test_init,
	.exit = xbd_held_test_exit,
	.test_cases = xbd_held_cases,
};

kunit_test_suite(xbd_held_suite);

MODULE_DESCRIPTION("KUnit tests of xbd's holding back of I/O");
MODULE_LICENSE("GPL");
