// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of the store of xbd: how much memory it takes, and 2 MiB at a time. */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/sizes.h>

#include "xbd_test.h"

#define XBD_MEMORY_LIMIT (8 * PAGE_SIZE)

static int xbd_limit_test_init(struct kunit *test)
{
	const struct xbd_store_options options = {
		.size = XBD_TEST_SIZE,
		.mem_limit = XBD_MEMORY_LIMIT + 100,
		.node = NUMA_NO_NODE,
	};

	return xbd_test_create_with(test, &options);
}

static void xbd_limit_is_exact(struct kunit *test)
{
	struct xbd_test *t = test->priv;
	unsigned int i;

	for (i = 0; i < XBD_MEMORY_LIMIT / PAGE_SIZE; i++)
		KUNIT_ASSERT_EQ(test, xbd_test_write(&t->store, i * SZ_64K, "x", 1), 0);
	KUNIT_EXPECT_EQ(test, xbd_store_bytes(&t->store), XBD_MEMORY_LIMIT);
	KUNIT_EXPECT_EQ(test, xbd_test_write(&t->store, SZ_2M, "x", 1), -ENOSPC);
	KUNIT_EXPECT_EQ(test, xbd_store_bytes(&t->store), XBD_MEMORY_LIMIT);

	/* What is there can be written; what is zeroed or read takes nothing. */
	KUNIT_EXPECT_EQ(test, xbd_test_write(&t->store, 0, "yy", 2), 0);
	xbd_store_zero(&t->store, 0, XBD_TEST_SIZE);
	xbd_test_read(&t->store, 0, t->buffer, XBD_TEST_SIZE);
	KUNIT_EXPECT_EQ(test, xbd_store_bytes(&t->store), XBD_MEMORY_LIMIT);
}

static void xbd_limit_lets_in_what_was_discarded(struct kunit *test)
{
	struct xbd_test *t = test->priv;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, xbd_test_write(&t->store, 0, t->model, XBD_MEMORY_LIMIT), 0);
	for (i = 1; i < 100; i++) {
		xbd_store_discard(&t->store, (i - 1) * PAGE_SIZE, PAGE_SIZE);
		KUNIT_ASSERT_EQ(test, xbd_test_write(&t->store, (i + 7) * PAGE_SIZE, "x", 1), 0);
		KUNIT_ASSERT_LE(test, xbd_store_bytes(&t->store), XBD_MEMORY_LIMIT);
	}
	KUNIT_EXPECT_EQ(test, xbd_test_write(&t->store, SZ_2M, "x", 1), -ENOSPC);
	xbd_store_erase(&t->store, 0, XBD_TEST_SIZE);
	KUNIT_EXPECT_EQ(test, xbd_test_write(&t->store, 0, t->model, XBD_MEMORY_LIMIT), 0);
	KUNIT_EXPECT_EQ(test, xbd_test_write(&t->store, SZ_2M, "x", 1), -ENOSPC);
}

static void xbd_limit_can_change(struct kunit *test)
{
	struct xbd_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, xbd_test_write(&t->store, 0, t->model, XBD_MEMORY_LIMIT), 0);
	xbd_store_set_limit(&t->store, 0);
	KUNIT_EXPECT_EQ(test, xbd_test_write(&t->store, SZ_2M, t->model, SZ_2M), 0);
	xbd_store_set_limit(&t->store, SZ_1M);
	KUNIT_EXPECT_EQ(test, xbd_test_write(&t->store, SZ_1M, "x", 1), -ENOSPC);
	xbd_store_discard(&t->store, SZ_2M, SZ_2M);
	KUNIT_EXPECT_EQ(test, xbd_test_write(&t->store, SZ_1M, t->model,
					     SZ_1M - XBD_MEMORY_LIMIT), 0);
	KUNIT_EXPECT_EQ(test, xbd_test_write(&t->store, SZ_2M, "x", 1), -ENOSPC);
	KUNIT_EXPECT_EQ(test, xbd_store_bytes(&t->store), SZ_1M);
}

static struct kunit_case xbd_limit_cases[] = {
	KUNIT_CASE(xbd_limit_is_exact),
	KUNIT_CASE(xbd_limit_lets_in_what_was_discarded),
	KUNIT_CASE(xbd_limit_can_change),
	{}
};

static struct kunit_suite xbd_limit_suite = {
	.name = "xbd_limit",
	.init = xbd_limit_test_init,
	.test_cases = xbd_limit_cases,
};

static int xbd_huge_test_init(struct kunit *test)
{
	const struct xbd_store_options options = {
		.size = XBD_TEST_SIZE,
		.node = NUMA_NO_NODE,
		.huge = true,
	};

	return xbd_test_create_with(test, &options);
}

/* Skips the test where the host has no 2 MiB in one piece. */
static void xbd_huge_begin(struct kunit *test, u64 pos)
{
	struct xbd_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, xbd_test_write(&t->store, pos, "h", 1), 0);
	if (xbd_store_bytes(&t->store) == PAGE_SIZE)
		kunit_skip(test, "no 2 MiB in one piece");
}

static void xbd_huge_takes_2_mib_with_the_first_write(struct kunit *test)
{
	struct xbd_test *t = test->priv;

	xbd_huge_begin(test, SZ_2M + 5000);
	KUNIT_EXPECT_EQ(test, xbd_store_bytes(&t->store), SZ_2M);
	KUNIT_EXPECT_EQ(test, xbd_store_overhead(&t->store), xbd_test_least_overhead());
	xbd_test_read(&t->store, 0, t->buffer, XBD_TEST_SIZE);
	KUNIT_EXPECT_EQ(test, t->buffer[SZ_2M + 5000], 'h');
	t->buffer[SZ_2M + 5000] = 0;
	KUNIT_EXPECT_NULL(test, memchr_inv(t->buffer, 0, XBD_TEST_SIZE));
	xbd_store_discard(&t->store, SZ_2M, SZ_2M);
	xbd_store_settle(&t->store);
	KUNIT_EXPECT_EQ(test, xbd_store_bytes(&t->store), 0);
}

/* XBD_TEST_SIZE ends with 64 KiB behind the last 2 MiB. */
static void xbd_huge_does_not_reach_over_the_end(struct kunit *test)
{
	struct xbd_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, xbd_test_write(&t->store, SZ_4M, "h", 1), 0);
	KUNIT_EXPECT_EQ(test, xbd_store_bytes(&t->store), PAGE_SIZE);
}

/* Sub-ranges of the second 2 MiB, in bytes. */
static const struct xbd_part {
	const char *name;
	u32 pos;
	u32 len;
} xbd_parts[] = {
	{ "the first page", 0, SZ_4K },
	{ "the last page", SZ_2M - SZ_4K, SZ_4K },
	{ "all but a page", SZ_4K, SZ_2M - SZ_4K },
	{ "the middle, with parts of pages", SZ_64K + 100, SZ_1M },
	{ "less than a page", 5000, 100 },
};

KUNIT_ARRAY_PARAM_DESC(xbd_part, xbd_parts, name);

static void xbd_huge_gives_back_what_is_discarded_of_it(struct kunit *test)
{
	const struct xbd_part *part = test->param_value;
	u32 first = DIV_ROUND_UP(part->pos, PAGE_SIZE);
	u32 behind = (part->pos + part->len) / PAGE_SIZE;
	u32 given_back = first < behind ? (behind - first) * PAGE_SIZE : 0;
	struct xbd_test *t = test->priv;

	memset(t->model, 0x77, SZ_2M);
	xbd_huge_begin(test, SZ_2M);
	KUNIT_ASSERT_EQ(test, xbd_test_write(&t->store, SZ_2M, t->model, SZ_2M), 0);
	xbd_store_discard(&t->store, SZ_2M + part->pos, part->len);
	memset(t->model + part->pos, 0, part->len);
	xbd_test_read(&t->store, SZ_2M, t->buffer, SZ_2M);
	KUNIT_EXPECT_EQ(test, memcmp(t->buffer, t->model, SZ_2M), 0);
	xbd_store_settle(&t->store);
	KUNIT_EXPECT_EQ(test, xbd_store_bytes(&t->store), SZ_2M - given_back);

	/* Its pages are like any others now. */
	KUNIT_ASSERT_EQ(test, xbd_test_write(&t->store, SZ_2M + part->pos, "n", 1), 0);
	xbd_store_erase(&t->store, SZ_2M, SZ_2M);
	KUNIT_EXPECT_EQ(test, xbd_store_bytes(&t->store), 0);
}

static void xbd_huge_is_zeroed_in_part_and_kept(struct kunit *test)
{
	const struct xbd_part *part = test->param_value;
	struct xbd_test *t = test->priv;

	memset(t->model, 0x55, SZ_2M);
	xbd_huge_begin(test, 0);
	KUNIT_ASSERT_EQ(test, xbd_test_write(&t->store, 0, t->model, SZ_2M), 0);
	xbd_store_zero(&t->store, part->pos, part->len);
	memset(t->model + part->pos, 0, part->len);
	xbd_test_read(&t->store, 0, t->buffer, SZ_2M);
	KUNIT_EXPECT_EQ(test, memcmp(t->buffer, t->model, SZ_2M), 0);
	KUNIT_EXPECT_EQ(test, xbd_store_bytes(&t->store), SZ_2M);
}

/* There is room for one, and then for pages. */
static void xbd_huge_falls_back_below_a_limit(struct kunit *test)
{
	struct xbd_test *t = test->priv;

	xbd_huge_begin(test, 0);
	xbd_store_set_limit(&t->store, SZ_2M + 3 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, xbd_test_write(&t->store, SZ_2M, t->model, 3 * PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, xbd_store_bytes(&t->store), SZ_2M + 3 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, xbd_test_write(&t->store, SZ_4M - 1, "x", 1), -ENOSPC);
}

static struct kunit_case xbd_huge_cases[] = {
	KUNIT_CASE(xbd_huge_takes_2_mib_with_the_first_write),
	KUNIT_CASE(xbd_huge_does_not_reach_over_the_end),
	KUNIT_CASE_PARAM(xbd_huge_gives_back_what_is_discarded_of_it, xbd_part_gen_params),
	KUNIT_CASE_PARAM(xbd_huge_is_zeroed_in_part_and_kept, xbd_part_gen_params),
	KUNIT_CASE(xbd_huge_falls_back_below_a_limit),
	{}
};

static struct kunit_suite xbd_huge_suite = {
	.name = "xbd_huge",
	.init = xbd_huge_test_init,
	.test_cases = xbd_huge_cases,
};

kunit_test_suites(&xbd_limit_suite, &xbd_huge_suite);

MODULE_DESCRIPTION("KUnit tests of the memory of the store of xbd");
MODULE_LICENSE("GPL");
