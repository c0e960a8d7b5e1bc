// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of how long the rules of xbd let I/O take. */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/math64.h>
#include <linux/time64.h>

#include "../blockdev/rule.h"
#include "test_random.h"

#define XBD_TEST_DRAWS 20000

/* As whole microseconds, so that squares add up without overflow. */
struct xbd_test_moments {
	u64 mean;
	u64 deviation;
	u64 least;
	u64 most;
};

static u64 xbd_test_draw(const struct xbd_rule_settings *settings, struct rnd_state *random)
{
	return div_u64(xbd_delay_draw(settings, random), NSEC_PER_USEC);
}

static void xbd_test_draws(struct kunit *test, const struct xbd_rule_settings *settings,
			   struct xbd_test_moments *moments)
{
	struct rnd_state *random = xdrv_test_random(test);
	u64 sum = 0, squares = 0;
	int i;

	moments->least = U64_MAX;
	moments->most = 0;
	for (i = 0; i < XBD_TEST_DRAWS; i++) {
		u64 us = xbd_test_draw(settings, random);

		sum += us;
		squares += us * us;
		moments->least = min(moments->least, us);
		moments->most = max(moments->most, us);
	}
	moments->mean = div_u64(sum, XBD_TEST_DRAWS);
	moments->deviation = int_sqrt64(div_u64(squares, XBD_TEST_DRAWS) -
					moments->mean * moments->mean);
}

static void xbd_delay_without_jitter_is_the_latency(struct kunit *test)
{
	const struct xbd_rule_settings settings = { .latency = 5 * NSEC_PER_MSEC };
	struct rnd_state *random = xdrv_test_random(test);

	KUNIT_EXPECT_EQ(test, xbd_delay_draw(&settings, random), 5 * NSEC_PER_MSEC);
	KUNIT_EXPECT_EQ(test, xbd_delay_draw(&xbd_rule_defaults, random), 0);
}

static void xbd_delay_that_is_uniform_keeps_to_its_range(struct kunit *test)
{
	const struct xbd_rule_settings settings = {
		.latency = 10 * NSEC_PER_MSEC,
		.jitter = 6 * NSEC_PER_MSEC,
		.distribution = XBD_UNIFORM,
	};
	struct xbd_test_moments moments;

	xbd_test_draws(test, &settings, &moments);
	KUNIT_EXPECT_GE(test, moments.least, 4000);
	KUNIT_EXPECT_LE(test, moments.least, 4100);
	KUNIT_EXPECT_LE(test, moments.most, 16000);
	KUNIT_EXPECT_GE(test, moments.most, 15900);
	/* The mean of so many has a deviation of 25; the deviation is 6000 / sqrt(3). */
	KUNIT_EXPECT_GE(test, moments.mean, 9750);
	KUNIT_EXPECT_LE(test, moments.mean, 10250);
	KUNIT_EXPECT_GE(test, moments.deviation, 3350);
	KUNIT_EXPECT_LE(test, moments.deviation, 3580);
}

static void xbd_delay_that_is_normal_has_its_moments(struct kunit *test)
{
	const struct xbd_rule_settings settings = {
		.latency = 10 * NSEC_PER_MSEC,
		.jitter = NSEC_PER_MSEC,
		.distribution = XBD_NORMAL,
	};
	struct xbd_test_moments moments;

	xbd_test_draws(test, &settings, &moments);
	KUNIT_EXPECT_GE(test, moments.mean, 9930);
	KUNIT_EXPECT_LE(test, moments.mean, 10070);
	KUNIT_EXPECT_GE(test, moments.deviation, 950);
	KUNIT_EXPECT_LE(test, moments.deviation, 1050);
	KUNIT_EXPECT_LT(test, moments.least, 7500);
	KUNIT_EXPECT_GT(test, moments.most, 12500);
}

static void xbd_delay_that_is_pareto_has_a_long_tail(struct kunit *test)
{
	const struct xbd_rule_settings settings = {
		.latency = 10 * NSEC_PER_MSEC,
		.jitter = 10 * NSEC_PER_MSEC,
		.distribution = XBD_PARETO,
	};
	struct xbd_test_moments moments;

	xbd_test_draws(test, &settings, &moments);
	KUNIT_EXPECT_GE(test, moments.mean, 9300);
	KUNIT_EXPECT_LE(test, moments.mean, 10700);
	/* The shortest are 0.577 of the jitter below the mean: (1 - 1.5) / 0.866. */
	KUNIT_EXPECT_GE(test, moments.least, 4220);
	KUNIT_EXPECT_LE(test, moments.least, 4300);
	KUNIT_EXPECT_GT(test, moments.most, 60000);
}

static void xbd_delay_is_never_less_than_nothing(struct kunit *test)
{
	struct xbd_rule_settings settings = {
		.latency = NSEC_PER_USEC,
		.jitter = 1000 * NSEC_PER_SEC,
	};
	struct rnd_state *random = xdrv_test_random(test);
	int i, nr = 0;

	for (settings.distribution = XBD_UNIFORM; settings.distribution <= XBD_PARETO;
	     settings.distribution++) {
		for (i = 0; i < XBD_TEST_DRAWS; i++) {
			u64 ns = xbd_delay_draw(&settings, random);

			nr += !ns;
			/* The rarest that is drawn is one of 2^28, 744 deviations away. */
			KUNIT_ASSERT_LE(test, ns, 1000000 * NSEC_PER_SEC);
		}
	}
	KUNIT_EXPECT_GT(test, nr, XBD_TEST_DRAWS / 2);
}

static const struct xbd_delay_text {
	const struct xbd_rule_field *field;
	const char *text;
	int err;
	const char *shown;
} xbd_delay_texts[] = {
	{ &xbd_field_latency, "0\n", 0, "0\n" },
	{ &xbd_field_latency, "0s", 0, "0\n" },
	{ &xbd_field_latency, "10ms\n", 0, "10ms\n" },
	{ &xbd_field_latency, "1500us", 0, "1500us\n" },
	{ &xbd_field_latency, "1.5ms", 0, "1500us\n" },
	{ &xbd_field_latency, "1000000ns", 0, "1ms\n" },
	{ &xbd_field_latency, "0.000000001s", 0, "1ns\n" },
	{ &xbd_field_latency, "1000s", 0, "1000s\n" },
	{ &xbd_field_latency, "1001s", -ERANGE },
	{ &xbd_field_latency, "99999999999999999999s", -ERANGE },
	{ &xbd_field_latency, "0.5ns", -ERANGE },
	{ &xbd_field_latency, "10", -EINVAL },
	{ &xbd_field_latency, "ms", -EINVAL },
	{ &xbd_field_latency, "10 ms", -EINVAL },
	{ &xbd_field_latency, "10msec", -EINVAL },
	{ &xbd_field_latency, "-1ms", -EINVAL },
	{ &xbd_field_latency, "", -EINVAL },
	{ &xbd_field_jitter, "2us\n", 0, "2us\n" },
	{ &xbd_field_jitter, "two", -EINVAL },
	{ &xbd_field_distribution, "pareto\n", 0, "pareto\n" },
	{ &xbd_field_distribution, "normal", 0, "normal\n" },
	{ &xbd_field_distribution, "gauss", -EINVAL },
};

static void xbd_delay_text_name(const struct xbd_delay_text *text, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "%s=%s", text->field->name, text->text);
	strreplace(name, '\n', ' ');
}

KUNIT_ARRAY_PARAM(xbd_delay_text, xbd_delay_texts, xbd_delay_text_name);

static void xbd_delay_fields_are_read_or_left_alone(struct kunit *test)
{
	const struct xbd_delay_text *text = test->param_value;
	struct xbd_rule_settings settings = xbd_rule_defaults;
	char page[32];

	KUNIT_EXPECT_EQ(test, text->field->parse(&settings, text->text), text->err);
	if (text->err) {
		KUNIT_EXPECT_MEMEQ(test, &settings, &xbd_rule_defaults, sizeof(settings));
		return;
	}
	KUNIT_EXPECT_EQ(test, text->field->show(&settings, page), strlen(text->shown));
	KUNIT_EXPECT_STREQ(test, page, text->shown);
}

static struct kunit_case xbd_delay_cases[] = {
	KUNIT_CASE(xbd_delay_without_jitter_is_the_latency),
	KUNIT_CASE(xbd_delay_that_is_uniform_keeps_to_its_range),
	KUNIT_CASE(xbd_delay_that_is_normal_has_its_moments),
	KUNIT_CASE(xbd_delay_that_is_pareto_has_a_long_tail),
	KUNIT_CASE(xbd_delay_is_never_less_than_nothing),
	KUNIT_CASE_PARAM(xbd_delay_fields_are_read_or_left_alone, xbd_delay_text_gen_params),
	{}
};

static struct kunit_suite xbd_delay_suite = {
	.name = "xbd_delay",
	.test_cases = xbd_delay_cases,
};

kunit_test_suite(xbd_delay_suite);

MODULE_DESCRIPTION("KUnit tests of the delays of xbd");
MODULE_LICENSE("GPL");
