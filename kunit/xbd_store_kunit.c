// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of the store of xbd. */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "xbd_test.h"

static int xbd_store_test_init(struct kunit *test)
{
	return xbd_test_create(test, XBD_TEST_SIZE);
}

static void xbd_store_reads_as_zeroes_where_nothing_was_written(struct kunit *test)
{
	struct xbd_test *t = test->priv;

	memset(t->buffer, 0xff, XBD_TEST_SIZE);
	xbd_test_read(&t->store, 0, t->buffer, XBD_TEST_SIZE);
	KUNIT_EXPECT_NULL(test, memchr_inv(t->buffer, 0, XBD_TEST_SIZE));
	KUNIT_EXPECT_EQ(test, xbd_store_bytes(&t->store), 0);
	KUNIT_EXPECT_EQ(test, xbd_store_overhead(&t->store), xbd_test_least_overhead());
}

/* A page comes from the allocator with anything in it; what was not written of it must be zero. */
static void xbd_store_zeroes_the_rest_of_a_new_page(struct kunit *test)
{
	struct xbd_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, xbd_test_write(&t->store, PAGE_SIZE + 700, "x", 1), 0);
	xbd_test_read(&t->store, 0, t->buffer, 3 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, t->buffer[PAGE_SIZE + 700], 'x');
	t->buffer[PAGE_SIZE + 700] = 0;
	KUNIT_EXPECT_NULL(test, memchr_inv(t->buffer, 0, 3 * PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, xbd_store_bytes(&t->store), PAGE_SIZE);
}

/* A discard that covers a node gives the node back, too. */
static void xbd_store_frees_a_node_that_a_discard_covers(struct kunit *test)
{
	struct xbd_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, xbd_test_write(&t->store, SZ_2M, "x", 1), 0);
	KUNIT_EXPECT_EQ(test, xbd_store_overhead(&t->store), xbd_test_least_overhead() + PAGE_SIZE);
	xbd_store_discard(&t->store, SZ_2M, PAGE_SIZE);
	xbd_store_settle(&t->store);
	KUNIT_EXPECT_EQ(test, xbd_store_bytes(&t->store), 0);
	KUNIT_EXPECT_EQ(test, xbd_store_overhead(&t->store), xbd_test_least_overhead() + PAGE_SIZE);
	xbd_store_discard(&t->store, SZ_2M, SZ_2M);
	xbd_store_settle(&t->store);
	KUNIT_EXPECT_EQ(test, xbd_store_overhead(&t->store), xbd_test_least_overhead());
}

/* What was written survives a discard of everything around it, byte for byte. */
static void xbd_store_discard_leaves_its_neighbours_alone(struct kunit *test)
{
	static const u32 borders[] = { 1, 511, 512, 4095, 4096, 4097, SZ_2M - 1, SZ_2M, SZ_2M + 1 };
	struct xbd_test *t = test->priv;
	unsigned int i;

	memset(t->model, 0xa5, XBD_TEST_SIZE);
	for (i = 0; i < ARRAY_SIZE(borders); i++) {
		u32 pos = borders[i];

		KUNIT_ASSERT_EQ(test, xbd_test_write(&t->store, 0, t->model, XBD_TEST_SIZE), 0);
		xbd_store_discard(&t->store, 0, pos);
		xbd_store_discard(&t->store, pos + 1, XBD_TEST_SIZE - pos - 1);
		xbd_test_read(&t->store, 0, t->buffer, XBD_TEST_SIZE);
		KUNIT_EXPECT_EQ(test, t->buffer[pos], 0xa5);
		t->buffer[pos] = 0;
		KUNIT_EXPECT_NULL(test, memchr_inv(t->buffer, 0, XBD_TEST_SIZE));
	}
}

/* The end of a disk need not be that of a page, nor of a node. */
static void xbd_store_discard_up_to_the_end_frees_everything(struct kunit *test)
{
	struct xbd_test *t = test->priv;
	struct xbd_store *store = kunit_kzalloc(test, sizeof(*store), GFP_KERNEL);
	u64 size = SZ_4M + PAGE_SIZE + 512;

	KUNIT_ASSERT_NOT_NULL(test, store);
	KUNIT_ASSERT_EQ(test, xbd_test_init_size(store, size, t->wq), 0);
	KUNIT_EXPECT_EQ(test, xbd_test_write(store, size - 512, "x", 1), 0);
	KUNIT_EXPECT_EQ(test, xbd_test_write(store, SZ_4M, "x", 1), 0);
	xbd_store_discard(store, SZ_4M, size - SZ_4M);
	xbd_store_settle(store);
	KUNIT_EXPECT_EQ(test, xbd_store_bytes(store), 0);
	KUNIT_EXPECT_EQ(test, xbd_store_overhead(store), xbd_test_least_overhead());
	xbd_store_destroy(store);
}

/* Sizes around those where the table gets another level. */
static const struct xbd_size {
	const char *name;
	u64 size;
} xbd_sizes[] = {
	{ "1", 1 },
	{ "512", 512 },
	{ "a page", PAGE_SIZE },
	{ "less than 2 MiB", SZ_2M - 1 },
	{ "2 MiB", SZ_2M },
	{ "more than 2 MiB", SZ_2M + 1 },
	{ "1 GiB", SZ_1G },
	{ "more than 1 GiB", SZ_1G + 1ULL },
	{ "512 GiB", BIT_ULL(39) },
	{ "more than 512 GiB", BIT_ULL(39) + 1 },
	{ "256 TiB", BIT_ULL(48) },
	{ "more than 128 PiB", BIT_ULL(57) + 1 },
	{ "4 EiB", XBD_STORE_MAX_SIZE },
};

KUNIT_ARRAY_PARAM_DESC(xbd_size, xbd_sizes, name);

static void xbd_store_has_the_last_byte_of_any_size(struct kunit *test)
{
	const struct xbd_size *size = test->param_value;
	struct xbd_test *t = test->priv;
	struct xbd_store *store = kunit_kzalloc(test, sizeof(*store), GFP_KERNEL);
	u64 last = size->size - 1;
	char c = 0;

	KUNIT_ASSERT_NOT_NULL(test, store);
	KUNIT_ASSERT_EQ(test, xbd_test_init_size(store, size->size, t->wq), 0);
	KUNIT_EXPECT_EQ(test, xbd_test_write(store, last, "y", 1), 0);
	xbd_test_read(store, last, &c, 1);
	KUNIT_EXPECT_EQ(test, c, 'y');
	if (last) {
		xbd_test_read(store, 0, &c, 1);
		KUNIT_EXPECT_EQ(test, c, 0);
	}
	xbd_store_discard(store, 0, size->size);
	xbd_test_read(store, last, &c, 1);
	KUNIT_EXPECT_EQ(test, c, 0);
	xbd_store_settle(store);
	if (PAGE_ALIGNED(size->size))
		KUNIT_EXPECT_EQ(test, xbd_store_overhead(store), xbd_test_least_overhead());
	xbd_store_destroy(store);
}

/* The reserve stands in for the allocator, and comes back. */
static void xbd_store_reserve_is_filled_again(struct kunit *test)
{
	struct xbd_test *t = test->priv;
	struct page *pages[XBD_RESERVE_PAGES];
	unsigned int i, nr = 0;

	for (i = 0; i < XBD_RESERVE_PAGES; i++) {
		pages[i] = xbd_reserve_take(&t->store.reserve);
		nr += !!pages[i];
	}
	KUNIT_EXPECT_EQ(test, nr, XBD_RESERVE_PAGES);
	flush_workqueue(t->wq);
	KUNIT_EXPECT_EQ(test, t->store.reserve.nr, XBD_RESERVE_PAGES);
	for (i = 0; i < XBD_RESERVE_PAGES; i++)
		if (pages[i])
			__free_page(pages[i]);
}

/* What the host needs is not taken by a write that cannot wait for it; one that can looks again. */
static void xbd_store_leaves_the_host_its_memory(struct kunit *test)
{
	struct xbd_test *t = test->priv;
	size_t done;

	KUNIT_ASSERT_EQ(test, xbd_test_write(&t->store, 0, "a", 1), 0);
	rcu_read_lock();
	WRITE_ONCE(xbd_host_is_short, true);
	done = xbd_store_write(&t->store, PAGE_SIZE, "b", 1, NULL);
	KUNIT_EXPECT_EQ(test, done, 0);
	/* A page that is there takes no memory. */
	done = xbd_store_write(&t->store, 1, "bc", 2, NULL);
	KUNIT_EXPECT_EQ(test, done, 2);
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, xbd_store_bytes(&t->store), PAGE_SIZE);

	KUNIT_EXPECT_EQ(test, xbd_test_write(&t->store, PAGE_SIZE, "b", 1), 0);
	KUNIT_EXPECT_FALSE(test, READ_ONCE(xbd_host_is_short));
	xbd_test_read(&t->store, 0, t->buffer, 3);
	KUNIT_EXPECT_MEMEQ(test, t->buffer, "abc", 3);
	WRITE_ONCE(xbd_host_is_short, false);
}

/* A write over a hole stops before it, and what was written before the hole stays. */
static void xbd_store_write_tells_how_far_it_got(struct kunit *test)
{
	struct xbd_test *t = test->priv;
	size_t done;

	memset(t->model, 0x5a, 3 * PAGE_SIZE);
	KUNIT_ASSERT_EQ(test, xbd_test_write(&t->store, 0, t->model, 1), 0);
	rcu_read_lock();
	WRITE_ONCE(xbd_host_is_short, true);
	done = xbd_store_write(&t->store, 100, t->model, 2 * PAGE_SIZE, NULL);
	WRITE_ONCE(xbd_host_is_short, false);
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, done, PAGE_SIZE - 100);
	xbd_test_read(&t->store, 0, t->buffer, 3 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, t->buffer[0], 0x5a);
	KUNIT_EXPECT_NULL(test, memchr_inv(t->buffer + 1, 0, 99));
	KUNIT_EXPECT_NULL(test, memchr_inv(t->buffer + 100, 0x5a, PAGE_SIZE - 100));
	KUNIT_EXPECT_NULL(test, memchr_inv(t->buffer + PAGE_SIZE, 0, 2 * PAGE_SIZE));
}

/* In the deepest table, where a write of one page needs the most of it. */
static void xbd_stash_holds_all_that_a_page_can_need(struct kunit *test)
{
	struct xbd_test *t = test->priv;
	struct xbd_store *store = kunit_kzalloc(test, sizeof(*store), GFP_KERNEL);
	struct xbd_stash stash = {};
	size_t done;

	KUNIT_ASSERT_NOT_NULL(test, store);
	KUNIT_ASSERT_EQ(test, xbd_test_init_size(store, XBD_STORE_MAX_SIZE, t->wq), 0);
	KUNIT_EXPECT_EQ(test, xbd_stash_fill(&stash, NUMA_NO_NODE), 0);
	KUNIT_EXPECT_EQ(test, stash.nr, XBD_STASH_PAGES);
	rcu_read_lock();
	WRITE_ONCE(xbd_host_is_short, true);
	done = xbd_store_write(store, XBD_STORE_MAX_SIZE - 1, "z", 1, &stash);
	WRITE_ONCE(xbd_host_is_short, false);
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, done, 1);
	KUNIT_EXPECT_EQ(test, stash.nr, XBD_STASH_PAGES - 6);
	xbd_stash_drain(&stash);
	KUNIT_EXPECT_EQ(test, stash.nr, 0);
	KUNIT_EXPECT_NULL(test, xbd_stash_take(&stash));
	xbd_store_destroy(store);
}

static void xbd_store_zero_keeps_the_memory(struct kunit *test)
{
	struct xbd_test *t = test->priv;
	u64 used;

	memset(t->model, 0xff, XBD_TEST_SIZE);
	KUNIT_ASSERT_EQ(test, xbd_test_write(&t->store, 0, t->model, XBD_TEST_SIZE / 2), 0);
	used = xbd_store_bytes(&t->store);
	xbd_store_zero(&t->store, 0, XBD_TEST_SIZE);
	xbd_store_settle(&t->store);
	KUNIT_EXPECT_EQ(test, xbd_store_bytes(&t->store), used);
	xbd_test_read(&t->store, 0, t->buffer, XBD_TEST_SIZE);
	KUNIT_EXPECT_NULL(test, memchr_inv(t->buffer, 0, XBD_TEST_SIZE));
}

/* No grace period later, nor after settling: the pages are zeroed and gone when it returns. */
static void xbd_store_erase_frees_at_once(struct kunit *test)
{
	struct xbd_test *t = test->priv;

	memset(t->model, 0xff, XBD_TEST_SIZE);
	KUNIT_ASSERT_EQ(test, xbd_test_write(&t->store, 0, t->model, XBD_TEST_SIZE), 0);
	xbd_store_erase(&t->store, 1, XBD_TEST_SIZE - 1);
	KUNIT_EXPECT_EQ(test, xbd_store_bytes(&t->store), PAGE_SIZE);
	xbd_test_read(&t->store, 0, t->buffer, XBD_TEST_SIZE);
	KUNIT_EXPECT_EQ(test, t->buffer[0], 0xff);
	KUNIT_EXPECT_NULL(test, memchr_inv(t->buffer + 1, 0, XBD_TEST_SIZE - 1));
}

static struct kunit_case xbd_store_cases[] = {
	KUNIT_CASE(xbd_store_reads_as_zeroes_where_nothing_was_written),
	KUNIT_CASE(xbd_store_zeroes_the_rest_of_a_new_page),
	KUNIT_CASE(xbd_store_frees_a_node_that_a_discard_covers),
	KUNIT_CASE(xbd_store_discard_leaves_its_neighbours_alone),
	KUNIT_CASE(xbd_store_discard_up_to_the_end_frees_everything),
	KUNIT_CASE_PARAM(xbd_store_has_the_last_byte_of_any_size, xbd_size_gen_params),
	KUNIT_CASE(xbd_store_reserve_is_filled_again),
	KUNIT_CASE(xbd_store_leaves_the_host_its_memory),
	KUNIT_CASE(xbd_store_write_tells_how_far_it_got),
	KUNIT_CASE(xbd_stash_holds_all_that_a_page_can_need),
	KUNIT_CASE(xbd_store_zero_keeps_the_memory),
	KUNIT_CASE(xbd_store_erase_frees_at_once),
	{}
};

static struct kunit_suite xbd_store_suite = {
	.name = "xbd_store",
	.init = xbd_store_test_init,
	.test_cases = xbd_store_cases,
};

kunit_test_suite(xbd_store_suite);

MODULE_DESCRIPTION("KUnit tests of the store of xbd");
MODULE_LICENSE("GPL");
