// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of the store of xbd: random operations, on it and on an array that does the same. */
#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/sizes.h>

#include "test_random.h"
#include "xbd_test.h"

#define XBD_MODEL_STEPS 3000
#define XBD_MODEL_PAGES (XBD_TEST_SIZE / PAGE_SIZE + 1)

/*
 * The array is a window on the largest store there is, around a border between two subtrees of
 * the table or at an end of it, and not aligned to a page.
 */
static const struct xbd_window {
	const char *name;
	u64 start;
	bool huge;
} xbd_windows[] = {
	{ "the beginning", 0 },
	{ "the beginning, huge", 0, true },
	{ "around 1 GiB, huge", SZ_1G - SZ_2M - 1234, true },
	{ "the end, huge", XBD_STORE_MAX_SIZE - XBD_TEST_SIZE, true },
	{ "around 1 GiB", SZ_1G - SZ_2M - 1234 },
	{ "around 512 GiB", BIT_ULL(39) - SZ_1M - 777 },
	{ "around 256 TiB", BIT_ULL(48) - SZ_4M + 4095 },
	{ "the end", XBD_STORE_MAX_SIZE - XBD_TEST_SIZE },
};

KUNIT_ARRAY_PARAM_DESC(xbd_window, xbd_windows, name);

/**
 * struct xbd_model - the window and what has been done to it
 * @start: where it begins
 * @random: what is to be done
 * @present: which pages hold memory, from the one that @start is in
 */
struct xbd_model {
	u64 start;
	struct rnd_state *random;
	DECLARE_BITMAP(present, XBD_MODEL_PAGES);
};

/* The length of a random range: all orders of magnitude are alike. */
static u32 xbd_model_length(struct rnd_state *random)
{
	u32 len = xdrv_test_below(random, 1U << (1 + xdrv_test_below(random, 22))) + 1;

	return min_t(u32, len, XBD_TEST_SIZE);
}

static void xbd_model_add_pages(struct xbd_model *m, u32 pos, u32 len)
{
	u32 base = offset_in_page(m->start) + pos;
	u32 first = base / PAGE_SIZE, behind = DIV_ROUND_UP(base + len, PAGE_SIZE);

	bitmap_set(m->present, first, behind - first);
}

/* Those that lie in the range as a whole. */
static void xbd_model_drop_pages(struct xbd_model *m, u32 pos, u32 len)
{
	u32 base = offset_in_page(m->start) + pos;
	u32 first = DIV_ROUND_UP(base, PAGE_SIZE), behind = (base + len) / PAGE_SIZE;

	if (first < behind)
		bitmap_clear(m->present, first, behind - first);
}

static void xbd_model_write(struct kunit *test, struct xbd_model *m, u32 pos, u32 len, bool nowait)
{
	struct xbd_test *t = test->priv;
	size_t done = 0;

	prandom_bytes_state(m->random, t->buffer, len);
	memcpy(t->model + pos, t->buffer, len);
	if (nowait) {
		rcu_read_lock();
		done = xbd_store_write(&t->store, m->start + pos, t->buffer, len, NULL);
		rcu_read_unlock();
		KUNIT_ASSERT_LE(test, done, len);
	}
	KUNIT_ASSERT_EQ(test, xbd_test_write(&t->store, m->start + pos + done, t->buffer + done,
					     len - done), 0);
	xbd_model_add_pages(m, pos, len);
}

static void xbd_model_zero(struct kunit *test, struct xbd_model *m, u32 pos, u32 len)
{
	struct xbd_test *t = test->priv;

	memset(t->model + pos, 0, len);
	switch (xdrv_test_below(m->random, 3)) {
	case 0:
		xbd_store_zero(&t->store, m->start + pos, len);
		return;
	case 1:
		xbd_store_erase(&t->store, m->start + pos, len);
		break;
	default:
		xbd_store_discard(&t->store, m->start + pos, len);
	}
	xbd_model_drop_pages(m, pos, len);
}

/* From somewhere in the window to an end of the store, with whole subtrees on the way. */
static void xbd_model_discard_far(struct kunit *test, struct xbd_model *m, u32 pos)
{
	struct xbd_test *t = test->priv;
	u64 at = m->start + pos;
	u32 base = offset_in_page(m->start) + pos;
	u32 first = DIV_ROUND_UP(base, PAGE_SIZE);

	if (xdrv_test_below(m->random, 2)) {
		xbd_store_discard(&t->store, at, XBD_STORE_MAX_SIZE - at);
		memset(t->model + pos, 0, XBD_TEST_SIZE - pos);
		bitmap_clear(m->present, first, XBD_MODEL_PAGES - first);
	} else {
		xbd_store_discard(&t->store, 0, at);
		memset(t->model, 0, pos);
		bitmap_clear(m->present, 0, base / PAGE_SIZE);
	}
}

/* Says where the first wrong byte is; what all of them are would be megabytes. */
static void xbd_model_read(struct kunit *test, struct xbd_model *m, u32 pos, u32 len)
{
	struct xbd_test *t = test->priv;
	u32 i = 0;

	xbd_test_read(&t->store, m->start + pos, t->buffer, len);
	if (!memcmp(t->buffer, t->model + pos, len))
		return;
	while (t->buffer[i] == t->model[pos + i])
		i++;
	KUNIT_FAIL_AND_ABORT(test, "%u bytes from %u: wrong from byte %u on", len, pos, i);
}

static void xbd_model_step(struct kunit *test, struct xbd_model *m)
{
	u32 len = xbd_model_length(m->random);
	u32 pos = xdrv_test_below(m->random, XBD_TEST_SIZE - len + 1);

	switch (xdrv_test_below(m->random, 32)) {
	case 0:
		xbd_model_discard_far(test, m, pos);
		break;
	case 1 ... 10:
		xbd_model_zero(test, m, pos, len);
		break;
	case 11 ... 16:
		xbd_model_write(test, m, pos, len, true);
		break;
	case 17 ... 22:
		xbd_model_write(test, m, pos, len, false);
		break;
	default:
		xbd_model_read(test, m, pos, len);
	}
}

/* Huge entries bring pages that nobody has written to. */
static void xbd_model_expect_pages(struct kunit *test, const struct xbd_model *m)
{
	const struct xbd_window *window = test->param_value;
	u64 written = (u64)bitmap_weight(m->present, XBD_MODEL_PAGES) * PAGE_SIZE;
	struct xbd_test *t = test->priv;

	xbd_store_settle(&t->store);
	if (window->huge)
		KUNIT_ASSERT_GE(test, xbd_store_bytes(&t->store), written);
	else
		KUNIT_ASSERT_EQ(test, xbd_store_bytes(&t->store), written);
}

static void xbd_store_agrees_with_an_array(struct kunit *test)
{
	const struct xbd_window *window = test->param_value;
	struct xbd_model *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	struct xbd_test *t = test->priv;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, m);
	m->start = window->start;
	m->random = xdrv_test_random(test);
	for (i = 0; i < XBD_MODEL_STEPS; i++) {
		xbd_model_step(test, m);
		if (!(i % 200))
			xbd_model_expect_pages(test, m);
	}
	xbd_model_expect_pages(test, m);
	xbd_model_read(test, m, 0, XBD_TEST_SIZE);

	xbd_store_discard(&t->store, 0, XBD_STORE_MAX_SIZE);
	memset(t->model, 0, XBD_TEST_SIZE);
	xbd_model_read(test, m, 0, XBD_TEST_SIZE);
	xbd_store_settle(&t->store);
	KUNIT_EXPECT_EQ(test, xbd_store_bytes(&t->store), 0ULL);
	KUNIT_EXPECT_EQ(test, xbd_store_overhead(&t->store), xbd_test_least_overhead());
}

static int xbd_model_test_init(struct kunit *test)
{
	const struct xbd_window *window = test->param_value;
	const struct xbd_store_options options = {
		.size = XBD_STORE_MAX_SIZE,
		.node = NUMA_NO_NODE,
		.huge = window->huge,
	};

	return xbd_test_create_with(test, &options);
}

static struct kunit_case xbd_model_cases[] = {
	KUNIT_CASE_PARAM(xbd_store_agrees_with_an_array, xbd_window_gen_params),
	{}
};

static struct kunit_suite xbd_model_suite = {
	.name = "xbd_model",
	.init = xbd_model_test_init,
	.test_cases = xbd_model_cases,
};

kunit_test_suite(xbd_model_suite);

MODULE_DESCRIPTION("KUnit tests of the store of xbd against a model");
MODULE_LICENSE("GPL");
