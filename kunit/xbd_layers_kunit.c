// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of the layers of xbd: each thing by itself. */
#include <kunit/test.h>
#include <linux/sizes.h>

#include "xbd_layers_test.h"

static int xbd_layers_test_init(struct kunit *test)
{
	return xbd_test_create(test, XBD_TEST_SIZE);
}

static u8 xbd_layers_byte(const struct xbd_layers *layers, u64 pos)
{
	u8 byte;

	xbd_layers_test_read(layers, pos, &byte, 1);
	return byte;
}

static u8 xbd_base_byte(struct kunit *test, u64 pos)
{
	struct xbd_test *t = test->priv;
	u8 byte;

	xbd_test_read(&t->store, pos, &byte, 1);
	return byte;
}

static void xbd_layers_write_ok(struct kunit *test, struct xbd_layers *layers, u64 pos,
				const char *text, bool fua)
{
	KUNIT_ASSERT_EQ(test, xbd_layers_test_write(layers, pos, text, strlen(text), fua), 0);
}

static void xbd_cut_drops_what_was_not_flushed(struct kunit *test)
{
	struct xbd_layers *layers = xbd_layers_test_create(test);

	xbd_layers_test_add_cache(test, layers, SZ_1M);
	xbd_layers_write_ok(test, layers, 0, "flushed", false);
	KUNIT_EXPECT_EQ(test, xbd_layers_dirty(layers), PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, xbd_layers_flush(layers), 0);
	KUNIT_EXPECT_EQ(test, xbd_layers_dirty(layers), 0);
	xbd_layers_write_ok(test, layers, 7, "lost", false);
	KUNIT_EXPECT_EQ(test, xbd_layers_byte(layers, 0), 'f');
	KUNIT_EXPECT_EQ(test, xbd_layers_byte(layers, 7), 'l');
	xbd_layers_empty(layers, XBD_CACHE);
	KUNIT_EXPECT_EQ(test, xbd_layers_dirty(layers), 0);
	KUNIT_EXPECT_EQ(test, xbd_layers_byte(layers, 0), 'f');
	KUNIT_EXPECT_EQ(test, xbd_layers_byte(layers, 7), 0);
}

/* Of a page of which other sectors are volatile, FUA brings down its own only. */
static void xbd_fua_survives_a_cut_and_nothing_beside_it(struct kunit *test)
{
	struct xbd_layers *layers = xbd_layers_test_create(test);

	xbd_layers_test_add_cache(test, layers, SZ_1M);
	xbd_layers_write_ok(test, layers, 0, "vv", false);
	xbd_layers_write_ok(test, layers, 512, "f", true);
	xbd_layers_write_ok(test, layers, 1024, "v", false);
	KUNIT_EXPECT_EQ(test, xbd_layers_byte(layers, 0), 'v');
	KUNIT_EXPECT_EQ(test, xbd_layers_byte(layers, 512), 'f');
	xbd_layers_empty(layers, XBD_CACHE);
	KUNIT_EXPECT_EQ(test, xbd_layers_byte(layers, 0), 0);
	KUNIT_EXPECT_EQ(test, xbd_layers_byte(layers, 512), 'f');
	KUNIT_EXPECT_EQ(test, xbd_layers_byte(layers, 1024), 0);

	/* Where the cache has nothing, it gets nothing. */
	xbd_layers_write_ok(test, layers, SZ_64K, "f", true);
	KUNIT_EXPECT_EQ(test, xbd_layers_dirty(layers), 0);
	KUNIT_EXPECT_EQ(test, xbd_base_byte(test, SZ_64K), 'f');
}

/* FUA into a page that the cache has discarded: below, the rest is still there. */
static void xbd_fua_over_a_hole_keeps_the_hole(struct kunit *test)
{
	struct xbd_layers *layers = xbd_layers_test_create(test);

	xbd_layers_write_ok(test, layers, 0, "old", false);
	xbd_layers_test_add_cache(test, layers, SZ_1M);
	KUNIT_ASSERT_EQ(test, xbd_layers_discard(layers, 0, PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, xbd_layers_byte(layers, 0), 0);
	xbd_layers_write_ok(test, layers, 1, "F", true);
	KUNIT_EXPECT_EQ(test, xbd_layers_byte(layers, 0), 0);
	KUNIT_EXPECT_EQ(test, xbd_layers_byte(layers, 1), 'F');
	xbd_layers_empty(layers, XBD_CACHE);
	KUNIT_EXPECT_EQ(test, xbd_layers_byte(layers, 0), 'o');
	KUNIT_EXPECT_EQ(test, xbd_layers_byte(layers, 1), 'F');
}

static void xbd_discard_is_as_volatile_as_a_write(struct kunit *test)
{
	struct xbd_layers *layers = xbd_layers_test_create(test);
	struct xbd_test *t = test->priv;

	xbd_layers_write_ok(test, layers, SZ_2M, "kept", false);
	xbd_layers_test_add_cache(test, layers, SZ_1M);
	KUNIT_ASSERT_EQ(test, xbd_layers_discard(layers, 0, XBD_TEST_SIZE), 0);
	KUNIT_EXPECT_EQ(test, xbd_layers_byte(layers, SZ_2M), 0);
	KUNIT_EXPECT_EQ(test, xbd_layers_dirty(layers), PAGE_SIZE);
	xbd_layers_empty(layers, XBD_CACHE);
	KUNIT_EXPECT_EQ(test, xbd_layers_byte(layers, SZ_2M), 'k');

	KUNIT_ASSERT_EQ(test, xbd_layers_discard(layers, 0, XBD_TEST_SIZE), 0);
	KUNIT_ASSERT_EQ(test, xbd_layers_flush(layers), 0);
	xbd_layers_empty(layers, XBD_CACHE);
	KUNIT_EXPECT_EQ(test, xbd_layers_byte(layers, SZ_2M), 0);
	xbd_store_settle(&t->store);
	KUNIT_EXPECT_EQ(test, xbd_layers_test_bytes(layers), 0);
}

static void xbd_rollback_brings_back_everything(struct kunit *test)
{
	struct xbd_layers *layers = xbd_layers_test_create(test);
	unsigned int i;

	xbd_layers_write_ok(test, layers, 0, "aaa", false);
	xbd_layers_write_ok(test, layers, SZ_2M, "bbb", false);
	xbd_layers_test_take_snapshot(test, layers);
	for (i = 0; i < 3; i++) {
		xbd_layers_write_ok(test, layers, 1, "X", false);
		xbd_layers_write_ok(test, layers, SZ_1M, "new", false);
		KUNIT_ASSERT_EQ(test, xbd_layers_discard(layers, SZ_2M, SZ_2M), 0);
		KUNIT_EXPECT_EQ(test, xbd_layers_byte(layers, 0), 'a');
		KUNIT_EXPECT_EQ(test, xbd_layers_byte(layers, 1), 'X');
		KUNIT_EXPECT_EQ(test, xbd_layers_byte(layers, SZ_2M), 0);
		xbd_layers_empty(layers, XBD_SNAPSHOT);
		KUNIT_EXPECT_EQ(test, xbd_layers_byte(layers, 1), 'a');
		KUNIT_EXPECT_EQ(test, xbd_layers_byte(layers, SZ_1M), 0);
		KUNIT_EXPECT_EQ(test, xbd_layers_byte(layers, SZ_2M), 'b');
	}
	xbd_layers_settle(layers);
	KUNIT_EXPECT_EQ(test, xbd_layers_bytes(layers, XBD_SNAPSHOT), 0);
	KUNIT_EXPECT_EQ(test, xbd_layers_bytes(layers, XBD_BASE), 2 * PAGE_SIZE);
}

static void xbd_removed_snapshot_leaves_what_is_there(struct kunit *test)
{
	struct xbd_layers *layers = xbd_layers_test_create(test);
	struct xbd_test *t = test->priv;

	xbd_layers_write_ok(test, layers, 0, "aaa", false);
	xbd_layers_write_ok(test, layers, SZ_2M, "bbb", false);
	xbd_layers_test_take_snapshot(test, layers);
	xbd_layers_write_ok(test, layers, 1, "X", false);
	KUNIT_ASSERT_EQ(test, xbd_layers_discard(layers, SZ_2M, PAGE_SIZE), 0);
	layers->merging = true;
	/* What is written meanwhile goes below, and nothing of the snapshot may hide it. */
	xbd_layers_write_ok(test, layers, 2, "Y", false);
	KUNIT_EXPECT_EQ(test, xbd_layers_byte(layers, 1), 'X');
	KUNIT_EXPECT_EQ(test, xbd_layers_byte(layers, 2), 'Y');
	KUNIT_EXPECT_EQ(test, xbd_base_byte(test, 2), 'Y');
	xbd_layers_test_drop_snapshot(test, layers);
	KUNIT_EXPECT_EQ(test, xbd_base_byte(test, 0), 'a');
	KUNIT_EXPECT_EQ(test, xbd_base_byte(test, 1), 'X');
	KUNIT_EXPECT_EQ(test, xbd_base_byte(test, SZ_2M), 0);
	xbd_store_settle(&t->store);
	KUNIT_EXPECT_EQ(test, xbd_store_bytes(&t->store), PAGE_SIZE);
}

/* A page of the cache that goes down while a snapshot does must not come to lie under it. */
static void xbd_flush_goes_below_a_snapshot_that_is_removed(struct kunit *test)
{
	struct xbd_layers *layers = xbd_layers_test_create(test);

	xbd_layers_test_add_cache(test, layers, SZ_1M);
	xbd_layers_test_take_snapshot(test, layers);
	xbd_layers_write_ok(test, layers, 0, "old", true);
	xbd_layers_write_ok(test, layers, 0, "new", false);
	layers->merging = true;
	KUNIT_ASSERT_EQ(test, xbd_layers_flush(layers), 0);
	KUNIT_EXPECT_EQ(test, xbd_layers_byte(layers, 0), 'n');
	xbd_layers_test_drop_snapshot(test, layers);
	KUNIT_EXPECT_EQ(test, xbd_layers_byte(layers, 0), 'n');
	KUNIT_EXPECT_EQ(test, xbd_base_byte(test, 0), 'n');
}

static void xbd_erase_leaves_no_copy_in_any_layer(struct kunit *test)
{
	struct xbd_layers *layers = xbd_layers_test_create(test);
	struct xbd_test *t = test->priv;
	int level;

	memset(t->model, 0xee, XBD_TEST_SIZE);
	KUNIT_ASSERT_EQ(test, xbd_layers_test_write(layers, 0, t->model, SZ_64K, false), 0);
	xbd_layers_test_add_cache(test, layers, SZ_1M);
	xbd_layers_test_take_snapshot(test, layers);
	KUNIT_ASSERT_EQ(test, xbd_layers_test_write(layers, 0, t->model, SZ_64K, true), 0);
	KUNIT_ASSERT_EQ(test, xbd_layers_test_write(layers, 0, t->model, SZ_64K, false), 0);
	KUNIT_EXPECT_EQ(test, xbd_layers_test_bytes(layers), 3 * SZ_64K);
	xbd_layers_erase(layers, 100, SZ_64K - 200);

	for (level = XBD_BASE; level < XBD_LEVELS; level++) {
		KUNIT_EXPECT_EQ(test, xbd_layers_bytes(layers, level), 2 * PAGE_SIZE);
		xbd_test_read(layers->stores[level], 0, t->buffer, PAGE_SIZE);
		KUNIT_EXPECT_NULL(test, memchr_inv(t->buffer, 0xee, 100));
		KUNIT_EXPECT_NULL(test, memchr_inv(t->buffer + 100, 0, PAGE_SIZE - 100));
	}
	KUNIT_EXPECT_EQ(test, xbd_layers_dirty(layers), 2 * PAGE_SIZE);
	xbd_layers_erase(layers, 0, XBD_TEST_SIZE);
	KUNIT_EXPECT_EQ(test, xbd_layers_test_bytes(layers), 0);
	KUNIT_EXPECT_EQ(test, xbd_layers_dirty(layers), 0);
}

/* Some goes down before anybody asks; how much is in the cache stays near its size. */
static void xbd_cache_holds_no_more_than_its_size(struct kunit *test)
{
	struct xbd_layers *layers = xbd_layers_test_create(test);
	struct xbd_test *t = test->priv;
	unsigned int i;

	memset(t->model, 0x33, XBD_TEST_SIZE);
	xbd_layers_test_add_cache(test, layers, SZ_64K);
	for (i = 0; i < XBD_TEST_SIZE / PAGE_SIZE; i++) {
		KUNIT_ASSERT_EQ(test, xbd_layers_test_write(layers, i * PAGE_SIZE, t->model,
							    PAGE_SIZE, false), 0);
		KUNIT_ASSERT_LE(test, xbd_layers_dirty(layers), SZ_64K);
	}
	KUNIT_EXPECT_GE(test, xbd_layers_bytes(layers, XBD_BASE), XBD_TEST_SIZE - SZ_64K);
	xbd_layers_test_read(layers, 0, t->buffer, XBD_TEST_SIZE);
	KUNIT_EXPECT_NULL(test, memchr_inv(t->buffer, 0x33, XBD_TEST_SIZE));
}

/* A flush gives back the leaves that it has emptied. */
static void xbd_cache_is_empty_after_a_flush(struct kunit *test)
{
	struct xbd_layers *layers = xbd_layers_test_create(test);
	struct xbd_test *t = test->priv;
	u64 empty;

	xbd_layers_test_add_cache(test, layers, SZ_4M);
	empty = xbd_store_overhead(layers->stores[XBD_CACHE]);
	xbd_layers_write_ok(test, layers, 0, "a", false);
	xbd_layers_write_ok(test, layers, SZ_2M, "b", false);
	KUNIT_EXPECT_EQ(test, xbd_store_overhead(layers->stores[XBD_CACHE]), empty + 2 * PAGE_SIZE);
	KUNIT_ASSERT_EQ(test, xbd_layers_flush(layers), 0);
	xbd_layers_settle(layers);
	flush_workqueue(t->wq);
	KUNIT_EXPECT_EQ(test, xbd_store_overhead(layers->stores[XBD_CACHE]), empty);
	KUNIT_EXPECT_EQ(test, xbd_layers_bytes(layers, XBD_CACHE), 0);
	KUNIT_EXPECT_EQ(test, xbd_layers_bytes(layers, XBD_BASE), 2 * PAGE_SIZE);
}

/* A discard of what nothing lies under needs no hole, however long it is. */
static void xbd_discard_of_nothing_takes_no_memory(struct kunit *test)
{
	struct xbd_layers *layers = xbd_layers_test_create(test);
	struct xbd_test *t = test->priv;
	u64 before;

	KUNIT_ASSERT_EQ(test, xbd_store_resize(&t->store, XBD_STORE_MAX_SIZE), 0);
	xbd_layers_test_add_cache(test, layers, SZ_1M);
	xbd_layers_test_take_snapshot(test, layers);
	before = xbd_layers_overhead(layers);
	KUNIT_EXPECT_EQ(test, xbd_layers_discard(layers, 0, XBD_STORE_MAX_SIZE), 0);
	flush_workqueue(t->wq);
	KUNIT_EXPECT_EQ(test, xbd_layers_overhead(layers), before);
	KUNIT_EXPECT_EQ(test, xbd_layers_dirty(layers), 0);
}

/* One limit for all layers; what is there can be written again, cache or not. */
static void xbd_limit_counts_all_layers(struct kunit *test)
{
	struct xbd_layers *layers = xbd_layers_test_create(test);
	struct xbd_test *t = test->priv;
	unsigned int i;

	xbd_layers_set_limit(layers, 8 * PAGE_SIZE);
	for (i = 0; i < 8; i++)
		xbd_layers_write_ok(test, layers, i * PAGE_SIZE, "a", false);
	xbd_layers_test_add_cache(test, layers, SZ_1M);
	for (i = 0; i < 8; i++)
		xbd_layers_write_ok(test, layers, i * PAGE_SIZE, "b", false);
	KUNIT_EXPECT_EQ(test, xbd_layers_test_write(layers, SZ_1M, "c", 1, false), -ENOSPC);
	KUNIT_EXPECT_EQ(test, xbd_layers_test_bytes(layers), 8 * PAGE_SIZE);
	for (i = 0; i < 8; i++)
		KUNIT_EXPECT_EQ(test, xbd_layers_byte(layers, i * PAGE_SIZE), 'b');

	KUNIT_ASSERT_EQ(test, xbd_layers_flush(layers), 0);
	KUNIT_ASSERT_EQ(test, xbd_layers_discard(layers, 0, 2 * PAGE_SIZE), 0);
	KUNIT_ASSERT_EQ(test, xbd_layers_flush(layers), 0);
	xbd_layers_settle(layers);
	xbd_layers_test_take_snapshot(test, layers);
	xbd_layers_write_ok(test, layers, 2 * PAGE_SIZE, "c", true);
	xbd_layers_write_ok(test, layers, 3 * PAGE_SIZE, "c", true);
	KUNIT_EXPECT_EQ(test, xbd_layers_test_write(layers, 4 * PAGE_SIZE, "c", 1, true), -ENOSPC);
	KUNIT_EXPECT_EQ(test, xbd_layers_test_bytes(layers), 8 * PAGE_SIZE);
	xbd_layers_test_drop_snapshot(test, layers);
	xbd_layers_settle(layers);
	KUNIT_EXPECT_EQ(test, xbd_layers_test_bytes(layers), 6 * PAGE_SIZE);
	xbd_store_discard(&t->store, 0, XBD_TEST_SIZE);
	xbd_layers_settle(layers);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&t->store.limit->charged), 0);
}

static struct kunit_case xbd_layers_cases[] = {
	KUNIT_CASE(xbd_cut_drops_what_was_not_flushed),
	KUNIT_CASE(xbd_fua_survives_a_cut_and_nothing_beside_it),
	KUNIT_CASE(xbd_fua_over_a_hole_keeps_the_hole),
	KUNIT_CASE(xbd_discard_is_as_volatile_as_a_write),
	KUNIT_CASE(xbd_rollback_brings_back_everything),
	KUNIT_CASE(xbd_removed_snapshot_leaves_what_is_there),
	KUNIT_CASE(xbd_flush_goes_below_a_snapshot_that_is_removed),
	KUNIT_CASE(xbd_erase_leaves_no_copy_in_any_layer),
	KUNIT_CASE(xbd_cache_holds_no_more_than_its_size),
	KUNIT_CASE(xbd_cache_is_empty_after_a_flush),
	KUNIT_CASE(xbd_discard_of_nothing_takes_no_memory),
	KUNIT_CASE(xbd_limit_counts_all_layers),
	{}
};

static struct kunit_suite xbd_layers_suite = {
	.name = "xbd_layers",
	.init = xbd_layers_test_init,
	.test_cases = xbd_layers_cases,
};

kunit_test_suite(xbd_layers_suite);

MODULE_DESCRIPTION("KUnit tests of the layers of xbd");
MODULE_LICENSE("GPL");
