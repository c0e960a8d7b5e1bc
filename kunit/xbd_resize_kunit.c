// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of the store of xbd: its end moves. */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/sizes.h>

#include "xbd_test.h"

static int xbd_resize_test_init(struct kunit *test)
{
	return xbd_test_create(test, XBD_TEST_SIZE);
}

static u8 xbd_resize_byte(struct xbd_store *store, u64 pos)
{
	u8 byte;

	xbd_test_read(store, pos, &byte, 1);
	return byte;
}

/* From no level to all of them, one by one and in one go. */
static const struct xbd_growth {
	const char *name;
	u64 from;
	u64 to;
} xbd_growths[] = {
	{ "within a level", SZ_4K, SZ_1M },
	{ "to two levels", SZ_2M, SZ_2M + 1 },
	{ "to three levels", SZ_1G, SZ_1G + 1ULL },
	{ "from one level to three", SZ_4K, BIT_ULL(38) },
	{ "to seven levels", SZ_4K, XBD_STORE_MAX_SIZE },
	{ "by part of a page", SZ_4K - 1024, SZ_4K },
};

KUNIT_ARRAY_PARAM_DESC(xbd_growth, xbd_growths, name);

static void xbd_store_keeps_its_data_when_it_grows(struct kunit *test)
{
	const struct xbd_growth *growth = test->param_value;
	struct xbd_test *t = test->priv;
	struct xbd_store *store = &t->store;

	KUNIT_ASSERT_EQ(test, xbd_store_resize(store, growth->from), 0);
	KUNIT_ASSERT_EQ(test, xbd_test_write(store, 0, "a", 1), 0);
	KUNIT_ASSERT_EQ(test, xbd_test_write(store, growth->from - 1, "b", 1), 0);
	KUNIT_ASSERT_EQ(test, xbd_store_resize(store, growth->to), 0);
	KUNIT_EXPECT_EQ(test, xbd_resize_byte(store, 0), 'a');
	KUNIT_EXPECT_EQ(test, xbd_resize_byte(store, growth->from - 1), 'b');
	KUNIT_EXPECT_EQ(test, xbd_resize_byte(store, growth->from), 0);
	KUNIT_ASSERT_EQ(test, xbd_test_write(store, growth->to - 1, "c", 1), 0);
	KUNIT_EXPECT_EQ(test, xbd_resize_byte(store, growth->to - 1), 'c');
	KUNIT_EXPECT_EQ(test, xbd_resize_byte(store, growth->from - 1), 'b');
	xbd_store_discard(store, 0, growth->to);
	xbd_store_settle(store);
	KUNIT_EXPECT_EQ(test, xbd_store_bytes(store), 0);
}

/* Ends in the middle of a page, of a leaf, and of the table. */
static const struct xbd_end {
	const char *name;
	u32 end;
} xbd_ends[] = {
	{ "a sector", 512 },
	{ "within a page", SZ_64K + 1536 },
	{ "between pages", SZ_64K },
	{ "between leaves", SZ_2M },
	{ "after a sector of a leaf", SZ_2M + 512 },
	{ "a sector less", XBD_TEST_SIZE - 512 },
};

KUNIT_ARRAY_PARAM_DESC(xbd_end, xbd_ends, name);

static void xbd_store_drops_what_lies_behind_its_new_end(struct kunit *test)
{
	const struct xbd_end *end = test->param_value;
	struct xbd_test *t = test->priv;
	struct xbd_store *store = &t->store;

	memset(t->model, 0xa5, XBD_TEST_SIZE);
	KUNIT_ASSERT_EQ(test, xbd_test_write(store, 0, t->model, XBD_TEST_SIZE), 0);
	KUNIT_EXPECT_EQ(test, xbd_store_resize(store, end->end), 0);
	xbd_store_settle(store);
	KUNIT_EXPECT_EQ(test, xbd_store_bytes(store), PAGE_ALIGN(end->end));

	KUNIT_EXPECT_EQ(test, xbd_store_resize(store, XBD_TEST_SIZE), 0);
	xbd_test_read(store, 0, t->buffer, XBD_TEST_SIZE);
	KUNIT_EXPECT_NULL(test, memchr_inv(t->buffer, 0xa5, end->end));
	KUNIT_EXPECT_NULL(test, memchr_inv(t->buffer + end->end, 0, XBD_TEST_SIZE - end->end));
}

static struct kunit_case xbd_resize_cases[] = {
	KUNIT_CASE_PARAM(xbd_store_keeps_its_data_when_it_grows, xbd_growth_gen_params),
	KUNIT_CASE_PARAM(xbd_store_drops_what_lies_behind_its_new_end, xbd_end_gen_params),
	{}
};

static struct kunit_suite xbd_resize_suite = {
	.name = "xbd_resize",
	.init = xbd_resize_test_init,
	.test_cases = xbd_resize_cases,
};

kunit_test_suite(xbd_resize_suite);

MODULE_DESCRIPTION("KUnit tests of the store of xbd whose end moves");
MODULE_LICENSE("GPL");
