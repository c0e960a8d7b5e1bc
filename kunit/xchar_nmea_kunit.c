// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of the nmea back end: its times, what users write, and a device that runs. */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "../chardev/nmea.h"
#include "test_call.h"
#include "xchar_params.h"
#include "xchar_stream.h"

static void xchar_nmea_epochs_are_multiples_of_the_period(struct kunit *test)
{
	const u64 second = 1483228799ULL * NSEC_PER_SEC;
	unsigned int rate, i;
	u64 epoch, time;

	for (rate = 1; rate <= XCHAR_NMEA_RATE_MAX; rate++) {
		epoch = xchar_nmea_epoch(second, rate);
		KUNIT_EXPECT_EQ(test, xchar_nmea_epoch_time(epoch, rate), second);
		for (i = 0; i <= rate; i++) {
			time = xchar_nmea_epoch_time(epoch + i, rate);
			KUNIT_EXPECT_EQ(test, time, second + DIV_ROUND_UP(i * NSEC_PER_SEC, rate));
			KUNIT_EXPECT_EQ(test, xchar_nmea_epoch(time, rate), epoch + i);
			KUNIT_EXPECT_EQ(test, xchar_nmea_epoch(time - 1, rate), epoch + i - 1);
		}
		KUNIT_EXPECT_EQ(test, time, second + NSEC_PER_SEC);
	}
}

/**
 * struct xchar_test_number - a number as written by a user
 * @text: what is written
 * @decimals: how many are kept
 * @error: what comes of it
 * @number: what it is
 * @shown: how it is written back
 */
struct xchar_test_number {
	const char *text;
	unsigned int decimals;
	int error;
	s64 number;
	const char *shown;
};

static const struct xchar_test_number xchar_test_numbers[] = {
	{ "52.5200000", 7, 0, 525200000, "52.5200000" },
	{ "52.52\n", 7, 0, 525200000, "52.5200000" },
	{ "-0.0000001", 7, 0, -1, "-0.0000001" },
	{ "+7", 7, 0, 70000000, "7.0000000" },
	{ ".5", 1, 0, 5, "0.5" },
	{ "5.", 1, 0, 50, "5.0" },
	{ "0.04999999999999999999999", 1, 0, 0, "0.0" },
	{ "0.05", 1, 0, 1, "0.1" },
	{ "-0.95", 1, 0, -10, "-1.0" },
	{ "20", 0, 0, 20, "20" },
	{ "-3", 0, 0, -3, "-3" },
	{ "0000000000000000000000000001", 0, 0, 1, "1" },
	{ "", 7, -EINVAL }, { "\n", 7, -EINVAL }, { "-", 7, -EINVAL }, { ".", 7, -EINVAL },
	{ "1.5", 0, -EINVAL }, { "1e3", 7, -EINVAL }, { "0x10", 0, -EINVAL }, { "5 ", 0, -EINVAL },
	{ "5\n\n", 0, -EINVAL }, { "1.2.3", 7, -EINVAL }, { "1,5", 7, -EINVAL },
	{ "N52", 7, -EINVAL },
	{ "--5", 0, -EINVAL }, { " 5", 0, -EINVAL }, { "nan", 7, -EINVAL },
	{ "9999999999999999999", 0, -ERANGE }, { "999999999999", 7, -ERANGE },
};

KUNIT_ARRAY_PARAM(xchar_test_number, xchar_test_numbers, NULL);

static void xchar_nmea_reads_and_shows_a_number(struct kunit *test)
{
	const struct xchar_test_number *number = test->param_value;
	char shown[32] = {};
	s64 value = 42;
	int len;

	KUNIT_ASSERT_EQ(test, xchar_nmea_parse_number(number->text, number->decimals, &value),
			number->error);
	if (number->error) {
		KUNIT_EXPECT_EQ(test, value, 42);
		return;
	}
	KUNIT_EXPECT_EQ(test, value, number->number);
	len = xchar_nmea_print_number(shown, value, number->decimals);
	KUNIT_EXPECT_EQ(test, len, strlen(shown));
	KUNIT_EXPECT_STREQ(test, shown, number->shown);
}

static void xchar_nmea_reads_words(struct kunit *test)
{
	static const char *const words[] = { "RMC", "GGA", "GSA" };
	unsigned long set = 42;

	KUNIT_EXPECT_EQ(test, xchar_nmea_parse_word("GGA", words, 3), 1);
	KUNIT_EXPECT_EQ(test, xchar_nmea_parse_word("gsa\n", words, 3), 2);
	KUNIT_EXPECT_EQ(test, xchar_nmea_parse_word("", words, 3), -EINVAL);
	KUNIT_EXPECT_EQ(test, xchar_nmea_parse_word("GG", words, 3), -EINVAL);
	KUNIT_EXPECT_EQ(test, xchar_nmea_parse_word("GGA\nx", words, 3), -EINVAL);
	KUNIT_EXPECT_EQ(test, xchar_nmea_parse_words("", words, 3, &set), -EINVAL);
	KUNIT_EXPECT_EQ(test, xchar_nmea_parse_words(" ,\n", words, 3, &set), -EINVAL);
	KUNIT_EXPECT_EQ(test, xchar_nmea_parse_words("RMC ZDA", words, 3, &set), -EINVAL);
	KUNIT_EXPECT_EQ(test, set, 42);
	KUNIT_EXPECT_EQ(test, xchar_nmea_parse_words("gsa, RMC\n", words, 3, &set), 0);
	KUNIT_EXPECT_EQ(test, set, 5);
}

static void xchar_nmea_reads_a_track(struct kunit *test)
{
	static const char shown[] = "52.5200000,13.4050000\n-1.0000000,-180.0000000\n";
	char *page = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	struct xchar_nmea_track *track;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, page);
	track = xchar_nmea_parse_track(" 52.52,13.405;\n-1,-180 ;\n");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, track);
	KUNIT_EXPECT_EQ(test, track->nr_points, 2);
	KUNIT_EXPECT_GT(test, track->length, 0);
	KUNIT_EXPECT_EQ(test, xchar_nmea_print_track(page, track), strlen(shown));
	KUNIT_EXPECT_STREQ(test, page, shown);
	kfree(track);

	KUNIT_EXPECT_NULL(test, xchar_nmea_parse_track("\n"));
	KUNIT_EXPECT_EQ(test, PTR_ERR(xchar_nmea_parse_track("1")), -EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR(xchar_nmea_parse_track("1,2,3")), -EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR(xchar_nmea_parse_track("1, 2")), -EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR(xchar_nmea_parse_track("1,2 91,0")), -ERANGE);
	KUNIT_EXPECT_EQ(test, PTR_ERR(xchar_nmea_parse_track("1,180.0000001")), -ERANGE);

	/* As many points as there may be, and one more. What is shown fits into a page. */
	for (page[0] = '\0', i = 0; i < XCHAR_NMEA_TRACK_MAX; i++)
		strcat(page, "-1.1234567,-101.1234567;");
	track = xchar_nmea_parse_track(page);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, track);
	KUNIT_EXPECT_EQ(test, track->nr_points, XCHAR_NMEA_TRACK_MAX);
	strcat(page, "1,2");
	KUNIT_EXPECT_EQ(test, PTR_ERR(xchar_nmea_parse_track(page)), -ERANGE);
	KUNIT_EXPECT_LT(test, xchar_nmea_print_track(page, track), PAGE_SIZE);
	kfree(track);
}

static void xchar_test_receiver_free(void *nmea)
{
	xchar_nmea_free(nmea);
}

static void xchar_test_receiver_destroy(void *xdev)
{
	xchar_test_destroy(&xchar_nmea, xdev);
}

static struct xchar_device *xchar_test_receiver(struct kunit *test, struct xchar_nmea **nmea)
{
	struct xchar_setup setup = { .params = { .buffer_size = SZ_4K } };
	struct xchar_device *xdev;

	*nmea = setup.nmea = xchar_nmea_alloc();
	KUNIT_ASSERT_NOT_NULL(test, *nmea);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, xchar_test_receiver_free, *nmea), 0);
	xdev = xchar_test_create(&xchar_nmea, &setup);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, xdev);
	KUNIT_ASSERT_EQ(test,
			kunit_add_action_or_reset(test, xchar_test_receiver_destroy, xdev), 0);
	return xdev;
}

/* Sentences in a text, of which each is whole. */
static unsigned int xchar_test_count(struct kunit *test, const u8 *text, size_t len)
{
	unsigned int count = 0;
	const u8 *end;

	for (; len; count++) {
		KUNIT_ASSERT_EQ(test, *text, '$');
		end = memchr(text, '\n', len);
		KUNIT_ASSERT_NOT_NULL(test, end);
		KUNIT_ASSERT_EQ(test, end[-1], '\r');
		len -= end + 1 - text;
		text = end + 1;
	}
	return count;
}

static void xchar_nmea_tells_while_it_is_open(struct kunit *test)
{
	u8 *text = kunit_kzalloc(test, SZ_8K, GFP_KERNEL);
	struct xchar_reader reader;
	struct xchar_device *xdev;
	struct xchar_nmea *nmea;
	unsigned int count;
	u64 epochs;
	ssize_t n;

	KUNIT_ASSERT_NOT_NULL(test, text);
	xdev = xchar_test_receiver(test, &nmea);
	nmea->rate = 20;
	nmea->state.sentences = BIT(XCHAR_NMEA_RMC);
	msleep(150);
	KUNIT_EXPECT_EQ(test, nmea->epochs, 0);
	KUNIT_EXPECT_FALSE(test, hrtimer_active(&nmea->timer));

	KUNIT_ASSERT_EQ(test, xchar_device_open(xdev), 0);
	xchar_reader_open(&reader, xdev->rx, &xdev->cdev.gate);
	msleep(500);
	n = xchar_test_read(&reader, text, SZ_8K, XCHAR_IO_NONBLOCK);
	epochs = nmea->epochs;
	KUNIT_ASSERT_GT(test, n, 0);
	count = xchar_test_count(test, text, n);
	/* As many as there have been, but for one that came in between. */
	KUNIT_EXPECT_GE(test, count + 1, epochs);
	KUNIT_EXPECT_GE(test, epochs + nmea->missed, 9);

	xchar_device_close(xdev);
	KUNIT_EXPECT_FALSE(test, hrtimer_active(&nmea->timer));
	epochs = nmea->epochs;
	msleep(150);
	KUNIT_EXPECT_EQ(test, nmea->epochs, epochs);
}

static void xchar_nmea_drops_what_is_not_read_in_time(struct kunit *test)
{
	u8 *text = kunit_kzalloc(test, SZ_8K, GFP_KERNEL);
	unsigned long end = jiffies + XDRV_TEST_PATIENCE;
	struct xchar_reader reader;
	struct xchar_device *xdev;
	struct xchar_nmea *nmea;
	ssize_t n;

	KUNIT_ASSERT_NOT_NULL(test, text);
	xdev = xchar_test_receiver(test, &nmea);
	nmea->rate = 20;
	nmea->state.in_view = XCHAR_NMEA_IN_VIEW_MAX;
	KUNIT_ASSERT_EQ(test, xchar_device_open(xdev), 0);
	xchar_reader_open(&reader, xdev->rx, &xdev->cdev.gate);
	/* Some 700 bytes each time, into 4096; times are missed while the machine stands still. */
	while (!READ_ONCE(nmea->dropped) && time_before(jiffies, end))
		msleep(50);
	KUNIT_EXPECT_GT(test, nmea->dropped, 0);
	n = xchar_test_read(&reader, text, SZ_8K, XCHAR_IO_NONBLOCK);
	KUNIT_EXPECT_GT(test, n, SZ_2K);
	KUNIT_EXPECT_GT(test, xchar_test_count(test, text, n), 0);
	xchar_device_close(xdev);
}

static void xchar_nmea_removal_ends_the_timer(struct kunit *test)
{
	struct xchar_device *xdev;
	struct xchar_nmea *nmea;

	xdev = xchar_test_receiver(test, &nmea);
	KUNIT_ASSERT_EQ(test, xchar_device_open(xdev), 0);
	KUNIT_EXPECT_TRUE(test, hrtimer_active(&nmea->timer));
	kunit_release_action(test, xchar_test_receiver_destroy, xdev);
	KUNIT_EXPECT_FALSE(test, hrtimer_active(&nmea->timer));
	KUNIT_EXPECT_NULL(test, nmea->give);
}

static struct kunit_case xchar_nmea_cases[] = {
	KUNIT_CASE(xchar_nmea_epochs_are_multiples_of_the_period),
	KUNIT_CASE_PARAM(xchar_nmea_reads_and_shows_a_number, xchar_test_number_gen_params),
	KUNIT_CASE(xchar_nmea_reads_words),
	KUNIT_CASE(xchar_nmea_reads_a_track),
	KUNIT_CASE(xchar_nmea_tells_while_it_is_open),
	KUNIT_CASE(xchar_nmea_drops_what_is_not_read_in_time),
	KUNIT_CASE(xchar_nmea_removal_ends_the_timer),
	{}
};

static struct kunit_suite xchar_nmea_suite = {
	.name = "xchar_nmea",
	.test_cases = xchar_nmea_cases,
};

kunit_test_suite(xchar_nmea_suite);

MODULE_DESCRIPTION("KUnit tests of xchar's receiver");
MODULE_LICENSE("GPL");
