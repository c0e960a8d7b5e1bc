// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of the rules for faults of xbd: how they are written, and what they strike. */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/time64.h>

#include "../blockdev/faults.h"
#include "test_random.h"

#define XBD_TEST_ROUNDS 10000

/* What is written, the error, and what is shown then; fields by the names of their attributes. */
static const struct xbd_rule_text {
	const struct xbd_rule_field *field;
	const char *text;
	int err;
	const char *shown;
} xbd_rule_texts[] = {
	{ &xbd_field_enabled, "1\n", 0, "1\n" },
	{ &xbd_field_enabled, "n", 0, "0\n" },
	{ &xbd_field_enabled, "2", -EINVAL },
	{ &xbd_field_action, "error\n", 0, "error\n" },
	{ &xbd_field_action, "delay", 0, "delay\n" },
	{ &xbd_field_action, "timeout", 0, "timeout\n" },
	{ &xbd_field_action, "requeue", 0, "requeue\n" },
	{ &xbd_field_action, "errors", -EINVAL },
	{ &xbd_field_action, "", -EINVAL },
	{ &xbd_field_status, "ENODATA\n", 0, "ENODATA\n" },
	{ &xbd_field_status, "ENODEV", 0, "ENODEV\n" },
	{ &xbd_field_status, "EWHAT", -EINVAL },
	{ &xbd_field_status, "5", -EINVAL },
	{ &xbd_field_ops, "read\n", 0, "read\n" },
	{ &xbd_field_ops, " flush,write", 0, "write flush\n" },
	{ &xbd_field_ops, "read write flush discard secure_erase write_zeroes", 0, "all\n" },
	{ &xbd_field_ops, "discard all", 0, "all\n" },
	{ &xbd_field_ops, "read reads", -EINVAL },
	{ &xbd_field_ops, "\n", -EINVAL },
	{ &xbd_field_sectors, "all\n", 0, "all\n" },
	{ &xbd_field_sectors, "0-7, 100-107\n", 0, "0-7 100-107\n" },
	{ &xbd_field_sectors, "9", 0, "9-9\n" },
	{ &xbd_field_sectors, "0x10-0x1f", 0, "16-31\n" },
	{ &xbd_field_sectors, "0-9007199254740991", 0, "0-9007199254740991\n" },
	{ &xbd_field_sectors, "0-9007199254740992", -ERANGE },
	{ &xbd_field_sectors, "2-1", -EINVAL },
	{ &xbd_field_sectors, "1-", -EINVAL },
	{ &xbd_field_sectors, "-1", -EINVAL },
	{ &xbd_field_sectors, "1-2-3", -EINVAL },
	{ &xbd_field_sectors, "1-2 x", -EINVAL },
	{ &xbd_field_sectors, "\n", -EINVAL },
	{ &xbd_field_sectors, "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16", 0,
	  "1-1 2-2 3-3 4-4 5-5 6-6 7-7 8-8 9-9 10-10 11-11 12-12 13-13 14-14 15-15 16-16\n" },
	{ &xbd_field_sectors, "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", -ERANGE },
	{ &xbd_field_probability, "100\n", 0, "100\n" },
	{ &xbd_field_probability, "0.5", 0, "0.5\n" },
	{ &xbd_field_probability, "12.25%\n", 0, "12.25\n" },
	{ &xbd_field_probability, "0.000001", 0, "0.000001\n" },
	{ &xbd_field_probability, "0", 0, "0\n" },
	{ &xbd_field_probability, "0.0000001", -ERANGE },
	{ &xbd_field_probability, "100.000001", -ERANGE },
	{ &xbd_field_probability, "99999999999999999999", -ERANGE },
	{ &xbd_field_probability, "-1", -EINVAL },
	{ &xbd_field_probability, "1.", -EINVAL },
	{ &xbd_field_probability, ".", -EINVAL },
	{ &xbd_field_probability, "1.2.3", -EINVAL },
	{ &xbd_field_probability, "%", -EINVAL },
	{ &xbd_field_probability, "", -EINVAL },
	{ &xbd_field_seed, "4294967295\n", 0, "4294967295\n" },
	{ &xbd_field_seed, "4294967296", -ERANGE },
	{ &xbd_field_seed, "any", -EINVAL },
	{ &xbd_field_times, "3\n", 0, "3\n" },
	{ &xbd_field_times, "-1\n", 0, "-1\n" },
	{ &xbd_field_times, "0", 0, "-1\n" },
	{ &xbd_field_times, "-2", -EINVAL },
	{ &xbd_field_times, "4294967296", -ERANGE },
	{ &xbd_field_interval, "10\n", 0, "10\n" },
	{ &xbd_field_interval, "0", -ERANGE },
	{ &xbd_field_space, "1M\n", 0, "1048576\n" },
	{ &xbd_field_space, "0", 0, "0\n" },
	{ &xbd_field_space, "much", -EINVAL },
};

static void xbd_rule_text_name(const struct xbd_rule_text *text, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "%s=%.40s", text->field->name, text->text);
	strreplace(name, '\n', ' ');
}

KUNIT_ARRAY_PARAM(xbd_rule_text, xbd_rule_texts, xbd_rule_text_name);

static void xbd_rule_fields_are_read_or_left_alone(struct kunit *test)
{
	const struct xbd_rule_text *text = test->param_value;
	struct xbd_rule_settings *settings = kunit_kzalloc(test, sizeof(*settings), GFP_KERNEL);
	char *page = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, settings);
	KUNIT_ASSERT_NOT_NULL(test, page);
	*settings = xbd_rule_defaults;
	KUNIT_EXPECT_EQ(test, text->field->parse(settings, text->text), text->err);
	if (text->err) {
		KUNIT_EXPECT_MEMEQ(test, settings, &xbd_rule_defaults, sizeof(*settings));
		return;
	}
	KUNIT_EXPECT_EQ(test, text->field->show(settings, page), strlen(text->shown));
	KUNIT_EXPECT_STREQ(test, page, text->shown);
}

static void xbd_rule_shows_no_more_than_a_page(struct kunit *test)
{
	struct xbd_rule_settings *settings = kunit_kzalloc(test, sizeof(*settings), GFP_KERNEL);
	char *page = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, settings);
	KUNIT_ASSERT_NOT_NULL(test, page);
	settings->nr_ranges = XBD_RULE_MAX_RANGES;
	for (i = 0; i < XBD_RULE_MAX_RANGES; i++)
		settings->ranges[i] = (struct xbd_sectors){ U64_MAX - 1, U64_MAX };
	KUNIT_EXPECT_LT(test, xbd_field_sectors.show(settings, page), (int)PAGE_SIZE);
}

static void xbd_rule_statuses_are_those_that_programs_see(struct kunit *test)
{
	static const struct {
		const char *word;
		blk_status_t status;
	} statuses[] = {
		{ "EIO", BLK_STS_IOERR }, { "ENODATA", BLK_STS_MEDIUM },
		{ "EREMOTEIO", BLK_STS_TARGET }, { "ENOSPC", BLK_STS_NOSPC },
		{ "ETIMEDOUT", BLK_STS_TIMEOUT }, { "ENOLINK", BLK_STS_TRANSPORT },
		{ "EILSEQ", BLK_STS_PROTECTION }, { "EOPNOTSUPP", BLK_STS_NOTSUPP },
		{ "ENODEV", BLK_STS_OFFLINE },
	};
	struct xbd_rule_settings *settings = kunit_kzalloc(test, sizeof(*settings), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, settings);
	for (i = 0; i < ARRAY_SIZE(statuses); i++) {
		KUNIT_EXPECT_EQ(test, xbd_field_status.parse(settings, statuses[i].word), 0);
		KUNIT_EXPECT_EQ_MSG(test, (__force u8)xbd_rule_status(settings),
				    (__force u8)statuses[i].status, "%s", statuses[i].word);
	}
}

/* ---- a disk's rules ---- */

struct xbd_rule_test {
	struct xbd_faults faults;
	struct xbd_rule rules[2];
};

static int xbd_rule_test_init(struct kunit *test)
{
	struct xbd_rule_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, t);
	xbd_faults_init(&t->faults);
	for (i = 0; i < ARRAY_SIZE(t->rules); i++) {
		KUNIT_ASSERT_EQ(test, xbd_rule_init(&t->rules[i], 42), 0);
		xbd_faults_add(&t->faults, &t->rules[i]);
	}
	test->priv = t;
	return 0;
}

static void xbd_rule_test_exit(struct kunit *test)
{
	struct xbd_rule_test *t = test->priv;
	int i;

	for (i = 0; i < ARRAY_SIZE(t->rules); i++) {
		xbd_faults_remove(&t->faults, &t->rules[i]);
		xbd_rule_destroy(&t->rules[i]);
	}
	xbd_faults_destroy(&t->faults);
}

static void xbd_rule_test_set(struct kunit *test, int nr, const struct xbd_rule_field *field,
			      const char *text)
{
	struct xbd_rule_test *t = test->priv;
	struct xbd_rule_settings *settings;

	guard(mutex)(&t->faults.lock);
	settings = xbd_faults_copy(&t->faults, &t->rules[nr]);
	KUNIT_ASSERT_NOT_NULL(test, settings);
	KUNIT_EXPECT_EQ_MSG(test, field->parse(settings, text), 0, "%s=%s", field->name, text);
	xbd_faults_change(&t->faults, &t->rules[nr], settings);
}

static bool xbd_rule_test_strikes(struct kunit *test, unsigned int op, sector_t sector, u64 bytes)
{
	const struct xbd_io io = { .op = op, .sector = sector, .bytes = bytes };
	struct xbd_rule_test *t = test->priv;
	struct xbd_verdict verdict;

	return xbd_faults_judge(&t->faults, &io, &verdict);
}

/* Of so many reads of a sector. */
static unsigned int xbd_rule_test_count(struct kunit *test, unsigned int rounds)
{
	unsigned int i, hits = 0;

	for (i = 0; i < rounds; i++)
		hits += xbd_rule_test_strikes(test, XBD_OP_READ, 0, SECTOR_SIZE);
	return hits;
}

static void xbd_rule_does_nothing_until_it_is_enabled(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, static_key_enabled(&xbd_faults_used));
	KUNIT_EXPECT_EQ(test, xbd_rule_test_count(test, 10), 0);
	xbd_rule_test_set(test, 0, &xbd_field_enabled, "1");
	xbd_rule_test_set(test, 0, &xbd_field_enabled, "1");
	KUNIT_EXPECT_TRUE(test, static_key_enabled(&xbd_faults_used));
	KUNIT_EXPECT_EQ(test, xbd_rule_test_count(test, 10), 10);
	xbd_rule_test_set(test, 1, &xbd_field_enabled, "1");
	xbd_rule_test_set(test, 0, &xbd_field_enabled, "0");
	KUNIT_EXPECT_TRUE(test, static_key_enabled(&xbd_faults_used));
	xbd_rule_test_set(test, 1, &xbd_field_enabled, "0");
	KUNIT_EXPECT_FALSE(test, static_key_enabled(&xbd_faults_used));
	KUNIT_EXPECT_EQ(test, xbd_rule_test_count(test, 10), 0);
}

static void xbd_rule_is_about_its_operations(struct kunit *test)
{
	xbd_rule_test_set(test, 0, &xbd_field_enabled, "1");
	xbd_rule_test_set(test, 0, &xbd_field_ops, "write flush");
	KUNIT_EXPECT_FALSE(test, xbd_rule_test_strikes(test, XBD_OP_READ, 0, SECTOR_SIZE));
	KUNIT_EXPECT_TRUE(test, xbd_rule_test_strikes(test, XBD_OP_WRITE, 0, SECTOR_SIZE));
	KUNIT_EXPECT_TRUE(test, xbd_rule_test_strikes(test, XBD_OP_FLUSH, 0, 0));
	KUNIT_EXPECT_FALSE(test, xbd_rule_test_strikes(test, XBD_OP_DISCARD, 0, SECTOR_SIZE));
	xbd_rule_test_set(test, 0, &xbd_field_ops, "all");
	KUNIT_EXPECT_TRUE(test, xbd_rule_test_strikes(test, XBD_OP_WRITE_ZEROES, 0, SECTOR_SIZE));
	KUNIT_EXPECT_FALSE(test, xbd_rule_test_strikes(test, 0, 0, SECTOR_SIZE));
}

static void xbd_rule_is_about_its_sectors(struct kunit *test)
{
	xbd_rule_test_set(test, 0, &xbd_field_enabled, "1");
	xbd_rule_test_set(test, 0, &xbd_field_sectors, "8-15 100-100");
	KUNIT_EXPECT_FALSE(test, xbd_rule_test_strikes(test, XBD_OP_READ, 0, 8 * SECTOR_SIZE));
	KUNIT_EXPECT_TRUE(test, xbd_rule_test_strikes(test, XBD_OP_READ, 0, 9 * SECTOR_SIZE));
	KUNIT_EXPECT_TRUE(test, xbd_rule_test_strikes(test, XBD_OP_READ, 15, SECTOR_SIZE));
	KUNIT_EXPECT_FALSE(test, xbd_rule_test_strikes(test, XBD_OP_READ, 16, 84 * SECTOR_SIZE));
	KUNIT_EXPECT_TRUE(test, xbd_rule_test_strikes(test, XBD_OP_READ, 16, 85 * SECTOR_SIZE));
	KUNIT_EXPECT_FALSE(test, xbd_rule_test_strikes(test, XBD_OP_READ, 101, SECTOR_SIZE));
	KUNIT_EXPECT_FALSE(test, xbd_rule_test_strikes(test, XBD_OP_FLUSH, 0, 0));
}

static void xbd_rule_strikes_so_many_times(struct kunit *test)
{
	struct xbd_rule_test *t = test->priv;

	xbd_rule_test_set(test, 0, &xbd_field_times, "3");
	xbd_rule_test_set(test, 0, &xbd_field_enabled, "1");
	KUNIT_EXPECT_EQ(test, xbd_rule_test_count(test, 10), 3);
	KUNIT_EXPECT_EQ(test, xbd_rule_hits(&t->rules[0]), 3);
	xbd_rule_test_set(test, 0, &xbd_field_enabled, "0");
	KUNIT_EXPECT_EQ(test, xbd_rule_hits(&t->rules[0]), 3);
	xbd_rule_test_set(test, 0, &xbd_field_enabled, "1");
	KUNIT_EXPECT_EQ(test, xbd_rule_hits(&t->rules[0]), 0);
	KUNIT_EXPECT_EQ(test, xbd_rule_test_count(test, 10), 3);
}

static void xbd_rule_strikes_each_nth(struct kunit *test)
{
	unsigned int i;

	xbd_rule_test_set(test, 0, &xbd_field_ops, "read");
	xbd_rule_test_set(test, 0, &xbd_field_interval, "3");
	xbd_rule_test_set(test, 0, &xbd_field_enabled, "1");
	for (i = 1; i <= 12; i++) {
		KUNIT_EXPECT_EQ(test, xbd_rule_test_count(test, 1), !(i % 3));
		KUNIT_EXPECT_FALSE(test, xbd_rule_test_strikes(test, XBD_OP_WRITE, 0, 512));
	}
}

static void xbd_rule_lets_its_space_pass(struct kunit *test)
{
	xbd_rule_test_set(test, 0, &xbd_field_space, "5K");
	xbd_rule_test_set(test, 0, &xbd_field_enabled, "1");
	KUNIT_EXPECT_FALSE(test, xbd_rule_test_strikes(test, XBD_OP_READ, 0, 4096));
	KUNIT_EXPECT_TRUE(test, xbd_rule_test_strikes(test, XBD_OP_READ, 0, 4096));
	KUNIT_EXPECT_EQ(test, xbd_rule_test_count(test, 3), 2);
}

static void xbd_rule_is_as_likely_as_its_probability(struct kunit *test)
{
	struct rnd_state *random = xdrv_test_random(test);
	char seed[16];
	unsigned int hits;

	snprintf(seed, sizeof(seed), "%u", prandom_u32_state(random));
	xbd_rule_test_set(test, 0, &xbd_field_seed, seed);
	xbd_rule_test_set(test, 0, &xbd_field_probability, "25");
	xbd_rule_test_set(test, 0, &xbd_field_enabled, "1");
	hits = xbd_rule_test_count(test, XBD_TEST_ROUNDS);
	/* The standard deviation is 43: this is ten of them. */
	KUNIT_EXPECT_GT(test, hits, 2070);
	KUNIT_EXPECT_LT(test, hits, 2930);
	xbd_rule_test_set(test, 0, &xbd_field_probability, "0");
	KUNIT_EXPECT_EQ(test, xbd_rule_test_count(test, XBD_TEST_ROUNDS), 0);
}

static u64 xbd_rule_test_pattern(struct kunit *test)
{
	u64 pattern = 0;
	int i;

	for (i = 0; i < 64; i++)
		pattern = pattern << 1 | xbd_rule_test_count(test, 1);
	return pattern;
}

static void xbd_rule_repeats_with_its_seed(struct kunit *test)
{
	u64 first, second;

	xbd_rule_test_set(test, 0, &xbd_field_probability, "50");
	xbd_rule_test_set(test, 0, &xbd_field_seed, "7");
	xbd_rule_test_set(test, 0, &xbd_field_enabled, "1");
	first = xbd_rule_test_pattern(test);
	KUNIT_EXPECT_NE(test, xbd_rule_test_pattern(test), first);
	xbd_rule_test_set(test, 0, &xbd_field_seed, "8");
	second = xbd_rule_test_pattern(test);
	KUNIT_EXPECT_NE(test, second, first);
	xbd_rule_test_set(test, 0, &xbd_field_seed, "7");
	KUNIT_EXPECT_EQ(test, xbd_rule_test_pattern(test), first);
	xbd_rule_test_set(test, 0, &xbd_field_enabled, "1");
	KUNIT_EXPECT_EQ(test, xbd_rule_test_pattern(test), first);
}

static void xbd_rules_are_asked_in_turn_until_one_decides(struct kunit *test)
{
	const struct xbd_io io = { .op = XBD_OP_READ, .bytes = 512 };
	struct xbd_rule_test *t = test->priv;
	struct xbd_verdict verdict;

	xbd_rule_test_set(test, 0, &xbd_field_status, "ENODATA");
	xbd_rule_test_set(test, 0, &xbd_field_times, "1");
	xbd_rule_test_set(test, 0, &xbd_field_enabled, "1");
	xbd_rule_test_set(test, 1, &xbd_field_status, "ENOSPC");
	xbd_rule_test_set(test, 1, &xbd_field_enabled, "1");
	KUNIT_EXPECT_TRUE(test, xbd_faults_judge(&t->faults, &io, &verdict));
	KUNIT_EXPECT_TRUE(test, verdict.is_final);
	KUNIT_EXPECT_EQ(test, verdict.action, XBD_ACTION_ERROR);
	KUNIT_EXPECT_EQ(test, (__force u8)verdict.status, (__force u8)BLK_STS_MEDIUM);
	KUNIT_EXPECT_EQ(test, xbd_rule_hits(&t->rules[1]), 0);
	KUNIT_EXPECT_TRUE(test, xbd_faults_judge(&t->faults, &io, &verdict));
	KUNIT_EXPECT_EQ(test, (__force u8)verdict.status, (__force u8)BLK_STS_NOSPC);
	KUNIT_EXPECT_EQ(test, xbd_rule_hits(&t->rules[1]), 1);
}

static void xbd_rules_that_delay_add_up(struct kunit *test)
{
	const struct xbd_io io = { .op = XBD_OP_READ, .bytes = 512 };
	struct xbd_rule_test *t = test->priv;
	struct xbd_verdict verdict;

	xbd_rule_test_set(test, 0, &xbd_field_action, "delay");
	xbd_rule_test_set(test, 0, &xbd_field_latency, "3ms");
	xbd_rule_test_set(test, 0, &xbd_field_enabled, "1");
	KUNIT_EXPECT_TRUE(test, xbd_faults_judge(&t->faults, &io, &verdict));
	KUNIT_EXPECT_FALSE(test, verdict.is_final);
	KUNIT_EXPECT_EQ(test, verdict.delay, 3 * NSEC_PER_MSEC);
	xbd_rule_test_set(test, 1, &xbd_field_latency, "4ms");
	xbd_rule_test_set(test, 1, &xbd_field_enabled, "1");
	KUNIT_EXPECT_TRUE(test, xbd_faults_judge(&t->faults, &io, &verdict));
	KUNIT_EXPECT_TRUE(test, verdict.is_final);
	KUNIT_EXPECT_EQ(test, verdict.delay, 7 * NSEC_PER_MSEC);
}

static void xbd_rules_that_need_requests_are_known(struct kunit *test)
{
	struct xbd_rule_test *t = test->priv;

	xbd_rule_test_set(test, 0, &xbd_field_action, "delay");
	KUNIT_EXPECT_FALSE(test, xbd_faults_need_requests(&t->faults));
	xbd_rule_test_set(test, 1, &xbd_field_action, "timeout");
	KUNIT_EXPECT_TRUE(test, xbd_faults_need_requests(&t->faults));
	xbd_rule_test_set(test, 1, &xbd_field_action, "requeue");
	KUNIT_EXPECT_TRUE(test, xbd_faults_need_requests(&t->faults));
	xbd_rule_test_set(test, 1, &xbd_field_action, "error");
	KUNIT_EXPECT_FALSE(test, xbd_faults_need_requests(&t->faults));
}

static struct kunit_case xbd_rule_text_cases[] = {
	KUNIT_CASE_PARAM(xbd_rule_fields_are_read_or_left_alone, xbd_rule_text_gen_params),
	KUNIT_CASE(xbd_rule_shows_no_more_than_a_page),
	KUNIT_CASE(xbd_rule_statuses_are_those_that_programs_see),
	{}
};

static struct kunit_case xbd_rule_cases[] = {
	KUNIT_CASE(xbd_rule_does_nothing_until_it_is_enabled),
	KUNIT_CASE(xbd_rule_is_about_its_operations),
	KUNIT_CASE(xbd_rule_is_about_its_sectors),
	KUNIT_CASE(xbd_rule_strikes_so_many_times),
	KUNIT_CASE(xbd_rule_strikes_each_nth),
	KUNIT_CASE(xbd_rule_lets_its_space_pass),
	KUNIT_CASE(xbd_rule_is_as_likely_as_its_probability),
	KUNIT_CASE(xbd_rule_repeats_with_its_seed),
	KUNIT_CASE(xbd_rules_are_asked_in_turn_until_one_decides),
	KUNIT_CASE(xbd_rules_that_delay_add_up),
	KUNIT_CASE(xbd_rules_that_need_requests_are_known),
	{}
};

static struct kunit_suite xbd_rule_text_suite = {
	.name = "xbd_rule_text",
	.test_cases = xbd_rule_text_cases,
};

static struct kunit_suite xbd_rule_suite = {
	.name = "xbd_rule",
	.init = xbd_rule_test_init,
	.exit = xbd_rule_test_exit,
	.test_cases = xbd_rule_cases,
};

kunit_test_suites(&xbd_rule_text_suite, &xbd_rule_suite);

MODULE_DESCRIPTION("KUnit tests of the rules for faults of xbd");
MODULE_LICENSE("GPL");
