/* SPDX-License-Identifier: GPL-2.0-only */
/* A store for the KUnit tests of xbd. */
#ifndef XBD_TEST_H
#define XBD_TEST_H

#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

#include "../blockdev/store.h"

/* Two leaves and a bit, so that there is more than one level and leaves are dropped as a whole. */
#define XBD_TEST_SIZE (SZ_4M + SZ_64K)

/**
 * struct xbd_test - what every test gets
 * @wq: the workqueue of the store
 * @store: the store under test, XBD_TEST_SIZE bytes
 * @model: what it should hold
 * @buffer: as large, for transfers
 */
struct xbd_test {
	struct workqueue_struct *wq;
	struct xbd_store store;
	u8 *model;
	u8 *buffer;
};

static inline void xbd_test_free(void *memory)
{
	kvfree(memory);
}

static inline void xbd_test_destroy_wq(void *wq)
{
	destroy_workqueue(wq);
}

static inline void xbd_test_destroy(void *store)
{
	xbd_store_destroy(store);
}

static inline u8 *xbd_test_memory(struct kunit *test)
{
	u8 *memory = kvzalloc(XBD_TEST_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, memory);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, xbd_test_free, memory), 0);
	return memory;
}

/* With the reserve filled, so that what is used does not depend on when that happens. */
static inline int xbd_test_init_store(struct xbd_store *store,
				      const struct xbd_store_options *options,
				      struct workqueue_struct *wq)
{
	int err = xbd_store_init(store, options, wq);

	if (!err) {
		xbd_reserve_stock(&store->reserve);
		flush_workqueue(wq);
	}
	return err;
}

static inline int xbd_test_init_size(struct xbd_store *store, u64 size, struct workqueue_struct *wq)
{
	const struct xbd_store_options options = { .size = size, .node = NUMA_NO_NODE };

	return xbd_test_init_store(store, &options, wq);
}

static inline int xbd_test_create_with(struct kunit *test, const struct xbd_store_options *options)
{
	struct xbd_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->model = xbd_test_memory(test);
	t->buffer = xbd_test_memory(test);
	t->wq = alloc_workqueue("xbd_test", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	KUNIT_ASSERT_NOT_NULL(test, t->wq);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, xbd_test_destroy_wq, t->wq), 0);
	KUNIT_ASSERT_EQ(test, xbd_test_init_store(&t->store, options, t->wq), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, xbd_test_destroy, &t->store), 0);
	test->priv = t;
	return 0;
}

static inline int xbd_test_create(struct kunit *test, u64 size)
{
	const struct xbd_store_options options = { .size = size, .node = NUMA_NO_NODE };

	return xbd_test_create_with(test, &options);
}

static inline void xbd_test_read(struct xbd_store *store, u64 pos, void *to, size_t len)
{
	rcu_read_lock();
	xbd_store_read(store, pos, to, len);
	rcu_read_unlock();
}

static inline int xbd_test_write(struct xbd_store *store, u64 pos, const void *from, size_t len)
{
	struct xbd_stash stash = {};
	int err = xbd_store_write_wait(store, pos, from, len, &stash);

	xbd_stash_drain(&stash);
	return err;
}

/* The bytes that are used when only the root and a full reserve are there. */
static inline u64 xbd_test_least_overhead(void)
{
	return (1 + XBD_RESERVE_PAGES) * PAGE_SIZE;
}

#endif /* XBD_TEST_H */
