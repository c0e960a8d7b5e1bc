// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of the cap on what goes through a disk of xbd. */
#include <kunit/test.h>
#include <linux/math64.h>
#include <linux/sizes.h>
#include <linux/time64.h>

#include "../blockdev/cap.h"

/* When a test begins; any time will do. */
#define XBD_TEST_START (1000 * NSEC_PER_SEC)

static struct xbd_cap *xbd_cap_test_create(struct kunit *test, unsigned int mbps)
{
	struct xbd_cap *cap = kunit_kzalloc(test, sizeof(*cap), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, cap);
	xbd_cap_init(cap);
	xbd_cap_set(cap, mbps);
	return cap;
}

static void xbd_cap_of_none_lets_all_through(struct kunit *test)
{
	struct xbd_cap *cap = xbd_cap_test_create(test, 0);

	KUNIT_EXPECT_EQ(test, xbd_cap_charge(cap, XBD_TEST_START, SZ_1G), 0);
	KUNIT_EXPECT_EQ(test, __xbd_cap_charge(cap, XBD_TEST_START, SZ_1G), 0);
	KUNIT_EXPECT_EQ(test, xbd_cap_charge(cap, XBD_TEST_START, SZ_1G), 0);
}

static void xbd_cap_makes_wait_what_comes_at_once(struct kunit *test)
{
	struct xbd_cap *cap = xbd_cap_test_create(test, 1);
	u64 wait = 0;
	int i;

	/* 10 MiB, less what there is for free in the beginning. */
	for (i = 0; i < 160; i++)
		wait = xbd_cap_charge(cap, XBD_TEST_START, SZ_64K);
	KUNIT_EXPECT_EQ(test, wait, 10 * NSEC_PER_SEC - 2 * NSEC_PER_MSEC);
}

static void xbd_cap_is_exact_for_one_thing_after_another(struct kunit *test)
{
	struct xbd_cap *cap = xbd_cap_test_create(test, 8);
	u64 now = XBD_TEST_START;
	int i;

	/* Each is sent 100 us after the one before has ended. */
	for (i = 0; i < 2048; i++)
		now += xbd_cap_charge(cap, now, SZ_4K) + 100 * NSEC_PER_USEC;
	KUNIT_EXPECT_GE(test, now - XBD_TEST_START, NSEC_PER_SEC - 3 * NSEC_PER_MSEC);
	KUNIT_EXPECT_LE(test, now - XBD_TEST_START, NSEC_PER_SEC + 3 * NSEC_PER_MSEC);
}

static void xbd_cap_keeps_no_more_than_a_little(struct kunit *test)
{
	struct xbd_cap *cap = xbd_cap_test_create(test, 1);

	xbd_cap_charge(cap, XBD_TEST_START, SZ_4K);
	KUNIT_EXPECT_EQ(test, xbd_cap_charge(cap, XBD_TEST_START + 100 * NSEC_PER_SEC, SZ_1M),
			NSEC_PER_SEC - 2 * NSEC_PER_MSEC);
}

static void xbd_cap_that_is_set_begins_anew(struct kunit *test)
{
	struct xbd_cap *cap = xbd_cap_test_create(test, 1);

	KUNIT_EXPECT_GT(test, xbd_cap_charge(cap, XBD_TEST_START, 100 * SZ_1M), 99 * NSEC_PER_SEC);
	xbd_cap_set(cap, 1000);
	KUNIT_EXPECT_EQ(test, xbd_cap_charge(cap, XBD_TEST_START, SZ_1M), 0);
	xbd_cap_set(cap, 1 << 20);
	KUNIT_EXPECT_EQ(test, xbd_cap_charge(cap, XBD_TEST_START, 16ULL * SZ_1G - 1),
			div_u64(15625 * NSEC_PER_MSEC, 1000) - 2 * NSEC_PER_MSEC - 1);
}

static struct kunit_case xbd_cap_cases[] = {
	KUNIT_CASE(xbd_cap_of_none_lets_all_through),
	KUNIT_CASE(xbd_cap_makes_wait_what_comes_at_once),
	KUNIT_CASE(xbd_cap_is_exact_for_one_thing_after_another),
	KUNIT_CASE(xbd_cap_keeps_no_more_than_a_little),
	KUNIT_CASE(xbd_cap_that_is_set_begins_anew),
	{}
};

static struct kunit_suite xbd_cap_suite = {
	.name = "xbd_cap",
	.test_cases = xbd_cap_cases,
};

kunit_test_suite(xbd_cap_suite);

MODULE_DESCRIPTION("KUnit tests of the cap of xbd");
MODULE_LICENSE("GPL");
