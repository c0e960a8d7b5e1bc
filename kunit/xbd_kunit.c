// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the store of xbd, against an array that does the same. */
#include <kunit/test.h>

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "../blockdev/store.h"

/* Two leaves and a bit, so that there is more than one level and leaves are dropped as a whole. */
#define XBD_TEST_SIZE (SZ_4M + SZ_64K)

/**
 * struct xbd_test - what every test gets
 * @wq: the workqueue of the store
 * @store: the store under test
 * @model: what it should hold, XBD_TEST_SIZE bytes
 * @buffer: as large, for transfers
 * @random: the same sequence in every run
 */
struct xbd_test {
	struct workqueue_struct *wq;
	struct xbd_store store;
	u8 *model;
	u8 *buffer;
	struct rnd_state random;
};

static int xbd_test_init(struct kunit *test)
{
	struct xbd_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->model = kvzalloc(XBD_TEST_SIZE, GFP_KERNEL);
	t->buffer = kvzalloc(XBD_TEST_SIZE, GFP_KERNEL);
	t->wq = alloc_workqueue("xbd_test", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	prandom_seed_state(&t->random, 20);
	test->priv = t;
	if (!t->model || !t->buffer || !t->wq)
		return -ENOMEM;
	return xbd_store_init(&t->store, XBD_TEST_SIZE, t->wq);
}

static void xbd_test_exit(struct kunit *test)
{
	struct xbd_test *t = test->priv;

	if (t->store.root)
		xbd_store_destroy(&t->store);
	if (t->wq)
		destroy_workqueue(t->wq);
	kvfree(t->buffer);
	kvfree(t->model);
}

static void xbd_test_read(struct xbd_store *store, u64 pos, void *to, size_t len)
{
	rcu_read_lock();
	xbd_store_read(store, pos, to, len);
	rcu_read_unlock();
}

static int xbd_test_write(struct xbd_store *store, u64 pos, const void *from, size_t len)
{
	struct xbd_stash stash = {};
	int err = xbd_store_write_wait(store, pos, from, len, &stash);

	xbd_stash_drain(&stash);
	return err;
}

static u32 xbd_test_below(struct rnd_state *random, u32 limit)
{
	return prandom_u32_state(random) % limit;
}

/* The bytes that are used when only the root and a full reserve are there. */
static u64 xbd_test_least_overhead(void)
{
	return (1 + XBD_RESERVE_PAGES) * PAGE_SIZE;
}

static void xbd_test_hole(struct kunit *test)
{
	struct xbd_test *t = test->priv;

	memset(t->buffer, 0xff, XBD_TEST_SIZE);
	xbd_test_read(&t->store, 0, t->buffer, XBD_TEST_SIZE);
	KUNIT_EXPECT_NULL(test, memchr_inv(t->buffer, 0, XBD_TEST_SIZE));
	KUNIT_EXPECT_EQ(test, xbd_store_bytes(&t->store), 0);
	KUNIT_EXPECT_EQ(test, xbd_store_overhead(&t->store), xbd_test_least_overhead());
}

/* A page comes from the allocator with anything in it; what was not written of it must be zero. */
static void xbd_test_rest_of_page(struct kunit *test)
{
	struct xbd_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, xbd_test_write(&t->store, PAGE_SIZE + 700, "x", 1), 0);
	xbd_test_read(&t->store, 0, t->buffer, 3 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, t->buffer[PAGE_SIZE + 700], 'x');
	t->buffer[PAGE_SIZE + 700] = 0;
	KUNIT_EXPECT_NULL(test, memchr_inv(t->buffer, 0, 3 * PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, xbd_store_bytes(&t->store), PAGE_SIZE);
}

/* Bytes in use according to the model of which pages were allocated. */
static void xbd_test_expect_pages(struct kunit *test, const unsigned long *present)
{
	struct xbd_test *t = test->priv;
	unsigned int i, pages = 0;

	for (i = 0; i < XBD_TEST_SIZE / PAGE_SIZE; i++)
		pages += test_bit(i, present);
	xbd_store_settle(&t->store);
	KUNIT_EXPECT_EQ(test, xbd_store_bytes(&t->store), (u64)pages * PAGE_SIZE);
}

/* The length of a random range: all orders of magnitude are alike. */
static u32 xbd_test_length(struct rnd_state *random)
{
	return xbd_test_below(random, 1U << (1 + xbd_test_below(random, 22))) + 1;
}

static void xbd_test_forget_pages(unsigned long *present, u32 pos, u32 len)
{
	u32 first = DIV_ROUND_UP(pos, PAGE_SIZE), last = (pos + len) / PAGE_SIZE;

	if (first < last)
		bitmap_clear(present, first, last - first);
}

/* One random operation on the store and on the model. */
static void xbd_test_step(struct kunit *test, unsigned long *present)
{
	struct xbd_test *t = test->priv;
	u32 len = min_t(u32, xbd_test_length(&t->random), XBD_TEST_SIZE);
	u32 pos = xbd_test_below(&t->random, XBD_TEST_SIZE - len + 1);
	u32 first = pos / PAGE_SIZE, last = DIV_ROUND_UP(pos + len, PAGE_SIZE);

	switch (xbd_test_below(&t->random, 8)) {
	case 0:
		xbd_store_discard(&t->store, pos, len);
		memset(t->model + pos, 0, len);
		xbd_test_forget_pages(present, pos, len);
		break;
	case 1:
		xbd_store_erase(&t->store, pos, len);
		memset(t->model + pos, 0, len);
		xbd_test_forget_pages(present, pos, len);
		break;
	case 2:
		xbd_store_zero(&t->store, pos, len);
		memset(t->model + pos, 0, len);
		break;
	case 3:
	case 4:
	case 5:
		prandom_bytes_state(&t->random, t->buffer, len);
		memcpy(t->model + pos, t->buffer, len);
		KUNIT_ASSERT_EQ(test, xbd_test_write(&t->store, pos, t->buffer, len), 0);
		bitmap_set(present, first, last - first);
		break;
	default:
		xbd_test_read(&t->store, pos, t->buffer, len);
		KUNIT_EXPECT_MEMEQ(test, t->buffer, t->model + pos, len);
	}
}

static void xbd_test_model(struct kunit *test)
{
	struct xbd_test *t = test->priv;
	unsigned long *present = kunit_kzalloc(test, XBD_TEST_SIZE / PAGE_SIZE / 8 + 8, GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, present);
	for (i = 0; i < 3000; i++) {
		xbd_test_step(test, present);
		if (!(i % 500))
			xbd_test_expect_pages(test, present);
	}
	xbd_test_expect_pages(test, present);

	xbd_test_read(&t->store, 0, t->buffer, XBD_TEST_SIZE);
	KUNIT_EXPECT_MEMEQ(test, t->buffer, t->model, XBD_TEST_SIZE);

	xbd_store_discard(&t->store, 0, XBD_TEST_SIZE);
	xbd_store_settle(&t->store);
	KUNIT_EXPECT_EQ(test, xbd_store_bytes(&t->store), 0);
}

/* A discard that covers a node gives the node back, too. */
static void xbd_test_nodes(struct kunit *test)
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
static void xbd_test_neighbours(struct kunit *test)
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

/* Every size has the levels it needs, and its last byte. */
static void xbd_test_sizes(struct kunit *test)
{
	static const u64 sizes[] = {
		1, 512, PAGE_SIZE, SZ_2M - 1, SZ_2M, SZ_2M + 1, SZ_1G, SZ_1G + 1ULL,
		1ULL << 39, (1ULL << 39) + 1, 1ULL << 48, (1ULL << 57) + 1, XBD_STORE_MAX_SIZE,
	};
	struct xbd_test *t = test->priv;
	struct xbd_store *store = kunit_kzalloc(test, sizeof(*store), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, store);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		u64 last = sizes[i] - 1;
		char c = 0;

		KUNIT_ASSERT_EQ(test, xbd_store_init(store, sizes[i], t->wq), 0);
		KUNIT_EXPECT_EQ(test, xbd_test_write(store, last, "y", 1), 0);
		xbd_test_read(store, last, &c, 1);
		KUNIT_EXPECT_EQ(test, c, 'y');
		if (last) {
			xbd_test_read(store, 0, &c, 1);
			KUNIT_EXPECT_EQ(test, c, last < 1 ? 'y' : 0);
		}
		xbd_store_discard(store, 0, sizes[i]);
		xbd_test_read(store, last, &c, 1);
		KUNIT_EXPECT_EQ(test, c, 0);
		xbd_store_destroy(store);
	}
}

/* The reserve stands in for the allocator, and comes back. */
static void xbd_test_reserve(struct kunit *test)
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

/**
 * struct xbd_test_thread - one of several at work on the same store
 * @store: the store
 * @number: which one it is
 * @problems: what it found wrong
 * @done: completed at its end
 */
struct xbd_test_thread {
	struct xbd_store *store;
	unsigned int number;
	unsigned int problems;
	struct completion done;
};

#define XBD_TEST_THREADS 4

/*
 * A thread owns every fourth 512 bytes, so all of them share every page, and discards go over
 * everybody's. A block holds its owner's mark or zeroes, at any time, and nothing else.
 */
static bool xbd_test_block_is_sane(const u8 *block, u8 mark)
{
	unsigned int i;

	for (i = 0; i < 512; i++)
		if (block[i] != mark && block[i])
			return false;
	return true;
}

static int xbd_test_thread(void *data)
{
	struct xbd_test_thread *thread = data;
	struct rnd_state random;
	u8 block[512];
	unsigned int i;

	prandom_seed_state(&random, 100 + thread->number);
	for (i = 0; i < 20000; i++) {
		u32 nr = xbd_test_below(&random, XBD_TEST_SIZE / 512);
		u64 pos = (u64)nr * 512;

		switch (xbd_test_below(&random, 16)) {
		case 0:
			xbd_store_discard(thread->store, pos & ~(u64)(SZ_64K - 1), SZ_64K);
			break;
		case 1:
			xbd_store_discard(thread->store, pos & ~(u64)(SZ_2M - 1),
					  min_t(u64, SZ_2M,
						XBD_TEST_SIZE - (pos & ~(u64)(SZ_2M - 1))));
			break;
		case 2 ... 8:
			pos = (u64)(nr - nr % XBD_TEST_THREADS + thread->number) * 512;
			memset(block, thread->number + 1, sizeof(block));
			if (xbd_test_write(thread->store, pos, block, sizeof(block)))
				thread->problems++;
			break;
		default:
			xbd_test_read(thread->store, pos, block, sizeof(block));
			if (!xbd_test_block_is_sane(block, nr % XBD_TEST_THREADS + 1))
				thread->problems++;
		}
		if (!(i % 64))
			cond_resched();
	}
	complete(&thread->done);
	return 0;
}

static void xbd_test_concurrency(struct kunit *test)
{
	struct xbd_test *t = test->priv;
	struct xbd_test_thread *threads;
	unsigned int i;

	threads = kunit_kcalloc(test, XBD_TEST_THREADS, sizeof(*threads), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, threads);
	for (i = 0; i < XBD_TEST_THREADS; i++) {
		struct task_struct *task;

		threads[i].store = &t->store;
		threads[i].number = i;
		init_completion(&threads[i].done);
		task = kthread_run(xbd_test_thread, &threads[i], "xbd_test%u", i);
		if (IS_ERR(task)) {
			threads[i].problems++;
			complete(&threads[i].done);
		}
	}
	for (i = 0; i < XBD_TEST_THREADS; i++) {
		wait_for_completion(&threads[i].done);
		KUNIT_EXPECT_EQ(test, threads[i].problems, 0);
	}

	xbd_store_discard(&t->store, 0, XBD_TEST_SIZE);
	xbd_store_settle(&t->store);
	KUNIT_EXPECT_EQ(test, xbd_store_bytes(&t->store), 0);
	xbd_test_read(&t->store, 0, t->buffer, XBD_TEST_SIZE);
	KUNIT_EXPECT_NULL(test, memchr_inv(t->buffer, 0, XBD_TEST_SIZE));
}

static struct kunit_case xbd_test_cases[] = {
	KUNIT_CASE(xbd_test_hole),
	KUNIT_CASE(xbd_test_rest_of_page),
	KUNIT_CASE(xbd_test_model),
	KUNIT_CASE(xbd_test_nodes),
	KUNIT_CASE(xbd_test_neighbours),
	KUNIT_CASE(xbd_test_sizes),
	KUNIT_CASE(xbd_test_reserve),
	KUNIT_CASE(xbd_test_concurrency),
	{}
};

static struct kunit_suite xbd_test_suite = {
	.name = "xbd_store",
	.init = xbd_test_init,
	.exit = xbd_test_exit,
	.test_cases = xbd_test_cases,
};

kunit_test_suite(xbd_test_suite);

MODULE_DESCRIPTION("KUnit tests of the store of xbd");
MODULE_LICENSE("GPL");
