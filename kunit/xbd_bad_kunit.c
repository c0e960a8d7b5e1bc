// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of the bad blocks of xbd. */
#include <kunit/test.h>
#include <linux/errno.h>

#include "../blockdev/bad.h"

static const struct xbd_bad_text {
	const char *text;
	int err;
	struct xbd_bad_range range;
} xbd_bad_texts[] = {
	{ "+0-0", 0, { 0, 1, true } },
	{ "-8-15\n", 0, { 8, 8, false } },
	{ "+0x10-0x1f", 0, { 16, 16, true } },
	{ "+0-9007199254740991", 0, { 0, 1ULL << 53, true } },
	{ "+0-9007199254740992", -ERANGE },
	{ "+18446744073709551616-1", -ERANGE },
	{ "+2-1", -EINVAL },
	{ "1-2", -EINVAL },
	{ "+1", -EINVAL },
	{ "+-1", -EINVAL },
	{ "+1-", -EINVAL },
	{ "--1-2", -EINVAL },
	{ "+1-2 ", -EINVAL },
	{ "+", -EINVAL },
	{ "", -EINVAL },
	{ "\n", -EINVAL },
	{ "+00000000000000000000000000000000000000000000000001-2", -EINVAL },
};

KUNIT_ARRAY_PARAM_DESC(xbd_bad_text, xbd_bad_texts, text);

static void xbd_bad_parse_takes_what_null_blk_takes(struct kunit *test)
{
	const struct xbd_bad_text *text = test->param_value;
	struct xbd_bad_range range;

	KUNIT_ASSERT_EQ(test, xbd_bad_parse(text->text, &range), text->err);
	if (text->err)
		return;
	KUNIT_EXPECT_EQ(test, range.first, text->range.first);
	KUNIT_EXPECT_EQ(test, range.nr, text->range.nr);
	KUNIT_EXPECT_EQ(test, range.bad, text->range.bad);
}

static void xbd_bad_blocks_are_hit_until_they_are_good(struct kunit *test)
{
	const struct xbd_bad_range whole = { 0, 1ULL << 53, false };
	const struct xbd_bad_range too_much = { 0, 1 << 20, true };
	const struct xbd_bad_range far_too_much = { 0, 1ULL << 53, true };
	const struct xbd_bad_range range = { 100, 10, true };
	struct xbd_bad *bad = kunit_kzalloc(test, sizeof(*bad), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bad);
	KUNIT_ASSERT_EQ(test, xbd_bad_init(bad), 0);
	KUNIT_EXPECT_FALSE(test, xbd_bad_hit(bad, 0, 1000));
	KUNIT_EXPECT_EQ(test, xbd_bad_change(bad, &range), 0);
	KUNIT_EXPECT_FALSE(test, xbd_bad_hit(bad, 99, 1));
	KUNIT_EXPECT_TRUE(test, xbd_bad_hit(bad, 99, 2));
	KUNIT_EXPECT_TRUE(test, xbd_bad_hit(bad, 109, 1));
	KUNIT_EXPECT_FALSE(test, xbd_bad_hit(bad, 110, 1000));
	KUNIT_EXPECT_EQ(test, xbd_bad_change(bad, &too_much), -ENOSPC);
	KUNIT_EXPECT_EQ(test, xbd_bad_change(bad, &far_too_much), -ENOSPC);
	KUNIT_EXPECT_EQ(test, xbd_bad_change(bad, &whole), 0);
	KUNIT_EXPECT_EQ(test, xbd_bad_change(bad, &range), 0);
	bad->once = true;
	KUNIT_EXPECT_TRUE(test, xbd_bad_hit(bad, 0, 105));
	KUNIT_EXPECT_FALSE(test, xbd_bad_hit(bad, 0, 105));
	bad->once = false;
	KUNIT_EXPECT_EQ(test, xbd_bad_change(bad, &range), 0);
	KUNIT_EXPECT_EQ(test, xbd_bad_change(bad, &whole), 0);
	KUNIT_EXPECT_FALSE(test, xbd_bad_hit(bad, 0, 1000));
	xbd_bad_destroy(bad);
}

static struct kunit_case xbd_bad_cases[] = {
	KUNIT_CASE_PARAM(xbd_bad_parse_takes_what_null_blk_takes, xbd_bad_text_gen_params),
	KUNIT_CASE(xbd_bad_blocks_are_hit_until_they_are_good),
	{}
};

static struct kunit_suite xbd_bad_suite = {
	.name = "xbd_bad",
	.test_cases = xbd_bad_cases,
};

kunit_test_suite(xbd_bad_suite);

MODULE_DESCRIPTION("KUnit tests of the bad blocks of xbd");
MODULE_LICENSE("GPL");
