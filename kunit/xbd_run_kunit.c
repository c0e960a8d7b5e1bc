// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of how xbd gives pages back that are neighbours. */
#include <kunit/test.h>
#include <linux/mm.h>

#include "test_random.h"
#include "../blockdev/table.h"

#define XBD_TEST_ORDER 6
#define XBD_TEST_PAGES BIT(XBD_TEST_ORDER)

/* Each is one of its own. */
static struct page *xbd_test_neighbours(struct kunit *test)
{
	struct page *first = alloc_pages(GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN, XBD_TEST_ORDER);

	KUNIT_ASSERT_NOT_NULL(test, first);
	split_page(first, XBD_TEST_ORDER);
	return first;
}

static void xbd_run_grows_at_both_ends(struct kunit *test)
{
	struct page *first = xbd_test_neighbours(test);
	struct xbd_run run = { .first = first + 3, .nr = 1 };
	unsigned int i;

	KUNIT_EXPECT_TRUE(test, xbd_run_add(&run, first + 4));
	KUNIT_EXPECT_TRUE(test, xbd_run_add(&run, first + 2));
	KUNIT_EXPECT_FALSE(test, xbd_run_add(&run, first));
	KUNIT_EXPECT_FALSE(test, xbd_run_add(&run, first + 6));
	KUNIT_EXPECT_PTR_EQ(test, run.first, first + 2);
	KUNIT_EXPECT_EQ(test, run.nr, 3U);
	for (i = 0; i < XBD_TEST_PAGES; i++)
		__free_page(first + i);
}

static void xbd_run_ends_when_it_is_long(struct kunit *test)
{
	struct page *first = xbd_test_neighbours(test);
	struct xbd_run run = { .first = first, .nr = XBD_NODE_SLOTS };
	unsigned int i;

	KUNIT_EXPECT_FALSE(test, xbd_run_add(&run, first + XBD_NODE_SLOTS));
	for (i = 0; i < XBD_TEST_PAGES; i++)
		__free_page(first + i);
}

static void xbd_test_mark(struct page *page)
{
	*(struct page **)page_address(page) = page;
}

/* Whether nobody has freed it: he who had it next would have written to it. */
static bool xbd_test_is_left(const struct page *page)
{
	return page_count(page) && *(const struct page **)page_address(page) == page;
}

/* Some of the pages; one of those may be held by somebody, who is the last to put it. */
static void xbd_test_free_run(struct kunit *test, struct rnd_state *random)
{
	struct page *first = xbd_test_neighbours(test), *held = NULL;
	unsigned int from = xdrv_test_below(random, XBD_TEST_PAGES);
	unsigned int to = from + 1 + xdrv_test_below(random, XBD_TEST_PAGES - from);
	struct xbd_run run = { .first = first + from, .nr = to - from };
	unsigned int i, left = 0;

	for (i = 0; i < XBD_TEST_PAGES; i++)
		xbd_test_mark(first + i);
	if (xdrv_test_below(random, 2)) {
		held = first + from + xdrv_test_below(random, run.nr);
		get_page(held);
	}
	xbd_run_free(&run);
	for (i = from; i < to; i++)
		left += xbd_test_is_left(first + i);
	KUNIT_EXPECT_EQ(test, run.nr, 0U);
	KUNIT_ASSERT_EQ(test, left, held ? 1 : 0);
	if (held) {
		KUNIT_EXPECT_EQ(test, page_count(held), 1);
		KUNIT_EXPECT_TRUE(test, xbd_test_is_left(held));
		put_page(held);
	}
	for (i = 0; i < XBD_TEST_PAGES; i++)
		if (i < from || i >= to)
			__free_page(first + i);
}

static void xbd_run_leaves_no_page_behind(struct kunit *test)
{
	struct rnd_state *random = xdrv_test_random(test);
	unsigned int i;

	for (i = 0; i < 2000; i++) {
		xbd_test_free_run(test, random);
		cond_resched();
	}
}

static struct kunit_case xbd_run_cases[] = {
	KUNIT_CASE(xbd_run_grows_at_both_ends),
	KUNIT_CASE(xbd_run_ends_when_it_is_long),
	KUNIT_CASE(xbd_run_leaves_no_page_behind),
	{}
};

static struct kunit_suite xbd_run_suite = {
	.name = "xbd_run",
	.test_cases = xbd_run_cases,
};

kunit_test_suite(xbd_run_suite);

MODULE_DESCRIPTION("KUnit tests of how xbd gives pages back");
MODULE_LICENSE("GPL");
