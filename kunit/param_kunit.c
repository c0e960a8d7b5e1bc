// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of xdrv_common: numbers that an administrator sets. */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include <xdrv/configfs.h>
#include <xdrv/param.h>

#define XDRV_TEST_UNTOUCHED 12345

static void xdrv_parse_size_reads_bytes_and_units(struct kunit *test)
{
	static const struct {
		const char *text;
		int err;
		u64 size;
	} sizes[] = {
		{ "0", 0, 0 }, { "1", 0, 1 }, { "65536\n", 0, SZ_64K }, { "010", 0, 10 },
		{ "4K", 0, SZ_4K }, { "5k\n", 0, 5 * SZ_1K }, { "16M", 0, SZ_16M },
		{ "3g", 0, 3ULL * SZ_1G }, { "2T", 0, 2ULL << 40 }, { "7P", 0, 7ULL << 50 },
		{ "4096B", 0, SZ_4K }, { "15E", 0, 15ULL << 60 },
		{ "18446744073709551615", 0, U64_MAX },
		{ "", -EINVAL }, { "\n", -EINVAL }, { "K", -EINVAL }, { "4KK", -EINVAL },
		{ "4K ", -EINVAL }, { "1M5", -EINVAL }, { "12x", -EINVAL }, { "four", -EINVAL },
		{ "-4096", -EINVAL }, { "0x10", -EINVAL },
		{ "16E", -ERANGE }, { "18446744073709551616", -ERANGE },
		{ "18014398509481984K", -ERANGE },
		{ "1234567890123456789012345678901234567890", -EINVAL },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		u64 size = XDRV_TEST_UNTOUCHED;

		KUNIT_EXPECT_EQ_MSG(test, xdrv_parse_size(sizes[i].text, &size), sizes[i].err,
				    "%s", sizes[i].text);
		KUNIT_EXPECT_EQ_MSG(test, size, sizes[i].err ? XDRV_TEST_UNTOUCHED : sizes[i].size,
				    "%s", sizes[i].text);
	}
}

static void xdrv_parse_size_in_applies_its_unit_to_bare_numbers(struct kunit *test)
{
	u64 size;

	KUNIT_EXPECT_EQ(test, xdrv_parse_size_in("3\n", 20, &size), 0);
	KUNIT_EXPECT_EQ(test, size, 3 * SZ_1M);
	KUNIT_EXPECT_EQ(test, xdrv_parse_size_in("3K", 20, &size), 0);
	KUNIT_EXPECT_EQ(test, size, 3 * SZ_1K);
	KUNIT_EXPECT_EQ(test, xdrv_parse_size_in("3b", 20, &size), 0);
	KUNIT_EXPECT_EQ(test, size, 3);
	KUNIT_EXPECT_EQ(test, xdrv_parse_size_in("17592186044416", 20, &size), -ERANGE);
	KUNIT_EXPECT_EQ(test, size, 3);
}

static const struct xdrv_param xdrv_test_number = {
	.name = "number", .allowed = "3 to 40", .min = 3, .max = 40, .value = 7,
};

static const struct xdrv_param xdrv_test_power = {
	.name = "power", .allowed = "512 to 4096", .kind = XDRV_PARAM_SIZE, .power_of_2 = true,
	.min = SZ_512, .max = SZ_4K, .value = SZ_1K,
};

static const struct xdrv_param xdrv_test_bool = {
	.name = "bool", .allowed = "y or n", .kind = XDRV_PARAM_BOOL, .max = 1, .value = 1,
};

static const char *const xdrv_test_words[] = { "none", NULL, "some" };

static const struct xdrv_param xdrv_test_word = {
	.name = "word", .allowed = "none or some", .kind = XDRV_PARAM_WORD, .max = 2,
	.words = xdrv_test_words, .numbered = true, .value = 2,
};

static const struct xdrv_param xdrv_test_plain_word = {
	.name = "word", .allowed = "none or some", .kind = XDRV_PARAM_WORD, .max = 2,
	.words = xdrv_test_words, .value = 2,
};

static const struct xdrv_param xdrv_test_node = {
	.name = "node", .allowed = "a node or -1", .kind = XDRV_PARAM_NODE, .value = NUMA_NO_NODE,
};

/* As the kernel does with "name=text" before the module starts; NULL: nothing was given. */
static int xdrv_test_give(struct kunit *test, struct xdrv_param *param, const char *text)
{
	const struct kernel_param kp = { .name = param->name, .arg = param };

	if (text)
		KUNIT_EXPECT_EQ(test, xdrv_param_ops.set(text, &kp), 0);
	return xdrv_param_check(param);
}

static void xdrv_param_takes_what_is_allowed(struct kunit *test)
{
	static const struct {
		const struct xdrv_param *param;
		const char *text;
		int err;
		u64 value;
	} given[] = {
		{ &xdrv_test_number, NULL, 0, 7 }, { &xdrv_test_number, "3", 0, 3 },
		{ &xdrv_test_number, "40", 0, 40 }, { &xdrv_test_number, "0x10", 0, 16 },
		{ &xdrv_test_number, "2", -ERANGE }, { &xdrv_test_number, "41", -ERANGE },
		{ &xdrv_test_number, "4K", -EINVAL }, { &xdrv_test_number, "", -EINVAL },
		{ &xdrv_test_number, "-1", -EINVAL },
		{ &xdrv_test_number, "99999999999999999999", -ERANGE },
		{ &xdrv_test_number, "99999999999999999999999999999999999999", -ERANGE },
		{ &xdrv_test_power, NULL, 0, SZ_1K }, { &xdrv_test_power, "4K", 0, SZ_4K },
		{ &xdrv_test_power, "512", 0, SZ_512 }, { &xdrv_test_power, "1536", -EINVAL },
		{ &xdrv_test_power, "8K", -ERANGE }, { &xdrv_test_power, "0", -ERANGE },
		{ &xdrv_test_bool, NULL, 0, 1 }, { &xdrv_test_bool, "n", 0, 0 },
		{ &xdrv_test_bool, "1", 0, 1 }, { &xdrv_test_bool, "off", 0, 0 },
		{ &xdrv_test_bool, "10", -EINVAL },
		{ &xdrv_test_bool, "year", -EINVAL }, { &xdrv_test_bool, "yes", 0, 1 },
		{ &xdrv_test_bool, "maybe", -EINVAL }, { &xdrv_test_bool, "", -EINVAL },
		{ &xdrv_test_word, NULL, 0, 2 }, { &xdrv_test_word, "none", 0, 0 },
		{ &xdrv_test_word, "some\n", 0, 2 }, { &xdrv_test_word, "0", 0, 0 },
		{ &xdrv_test_word, "2", 0, 2 }, { &xdrv_test_word, "1", -EINVAL },
		{ &xdrv_test_word, "3", -ERANGE }, { &xdrv_test_word, "so", -EINVAL },
		{ &xdrv_test_word, "", -EINVAL }, { &xdrv_test_plain_word, "some", 0, 2 },
		{ &xdrv_test_plain_word, "2", -EINVAL },
		{ &xdrv_test_node, NULL, 0, NUMA_NO_NODE }, { &xdrv_test_node, "0", 0, 0 },
		{ &xdrv_test_node, "-1", 0, NUMA_NO_NODE }, { &xdrv_test_node, "-2", -ERANGE },
		{ &xdrv_test_node, "1000000", -ERANGE }, { &xdrv_test_node, "here", -EINVAL },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(given); i++) {
		struct xdrv_param param = *given[i].param;
		const char *text = given[i].text ?: "(nothing)";

		KUNIT_EXPECT_EQ_MSG(test, xdrv_test_give(test, &param, given[i].text),
				    given[i].err, "%s=%s", param.name, text);
		KUNIT_EXPECT_EQ_MSG(test, param.value,
				    given[i].err ? given[i].param->value : given[i].value,
				    "%s=%s", param.name, text);
	}
}

static void xdrv_param_is_shown_as_it_is_written(struct kunit *test)
{
	struct xdrv_param number = xdrv_test_number, on = xdrv_test_bool;
	struct xdrv_param word = xdrv_test_word, node = xdrv_test_node;
	const struct kernel_param kp_number = { .arg = &number }, kp_on = { .arg = &on };
	const struct kernel_param kp_word = { .arg = &word }, kp_node = { .arg = &node };
	char *page = kunit_kmalloc(test, 2 * PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	page = PTR_ALIGN(page, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, xdrv_param_ops.get(page, &kp_number), 2);
	KUNIT_EXPECT_STREQ(test, page, "7\n");
	KUNIT_EXPECT_EQ(test, xdrv_param_ops.get(page, &kp_on), 2);
	KUNIT_EXPECT_STREQ(test, page, "Y\n");
	KUNIT_EXPECT_EQ(test, xdrv_param_ops.get(page, &kp_word), 5);
	KUNIT_EXPECT_STREQ(test, page, "some\n");
	KUNIT_EXPECT_EQ(test, xdrv_param_ops.get(page, &kp_node), 3);
	KUNIT_EXPECT_STREQ(test, page, "-1\n");
}

static void xdrv_param_parse_leaves_the_parameter_alone(struct kunit *test)
{
	u64 value;

	KUNIT_EXPECT_EQ(test, xdrv_param_parse(&xdrv_test_number, "9\n", &value), 0);
	KUNIT_EXPECT_EQ(test, value, 9);
	KUNIT_EXPECT_EQ(test, xdrv_param_parse(&xdrv_test_number, "41", &value), -ERANGE);
	KUNIT_EXPECT_EQ(test, xdrv_test_number.value, 7);
	KUNIT_EXPECT_EQ(test, xdrv_param_validate(&xdrv_test_power, SZ_2K), 0);
	KUNIT_EXPECT_EQ(test, xdrv_param_validate(&xdrv_test_power, 3 * SZ_512), -EINVAL);
	KUNIT_EXPECT_EQ(test, xdrv_param_validate(&xdrv_test_power, SZ_8K), -ERANGE);
}

static void xdrv_config_lists_names_that_fit(struct kunit *test)
{
	static struct configfs_attribute a = { .ca_name = "first" }, b = { .ca_name = "second" };
	struct configfs_attribute *two[] = { &a, &b, NULL }, *one[] = { &b, NULL };
	char *page = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	ssize_t len = 0;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, page);
	len = xdrv_config_list(two, page, 0);
	KUNIT_EXPECT_STREQ(test, page, "first,second\n");
	len = xdrv_config_list(one, page, len);
	KUNIT_EXPECT_STREQ(test, page, "first,second,second\n");
	KUNIT_EXPECT_EQ(test, len, 20);
	for (i = 0; i < PAGE_SIZE; i++)
		len = xdrv_config_list(two, page, len);
	KUNIT_EXPECT_LT(test, len, PAGE_SIZE);
}

/* They print a line for people; what counts for programs is the error. */
static void xdrv_config_hands_its_errors_on(struct kunit *test)
{
	struct config_item item = { .ci_name = "test" };
	u64 value;

	KUNIT_EXPECT_EQ(test, xdrv_config_parse(&item, &xdrv_test_number, "4\n", &value), 0);
	KUNIT_EXPECT_EQ(test, value, 4);
	KUNIT_EXPECT_EQ(test, xdrv_config_parse(&item, &xdrv_test_number, "x\n", &value), -EINVAL);
	KUNIT_EXPECT_EQ(test, xdrv_config_parse(&item, &xdrv_test_number, "50", &value), -ERANGE);
	KUNIT_EXPECT_EQ(test, xdrv_config_refuse(&item, "a", "b", "c", -EPERM), -EPERM);
	KUNIT_EXPECT_EQ(test, xdrv_config_refuse_busy(&item, "a"), -EBUSY);
}

static struct kunit_case xdrv_param_cases[] = {
	KUNIT_CASE(xdrv_parse_size_reads_bytes_and_units),
	KUNIT_CASE(xdrv_parse_size_in_applies_its_unit_to_bare_numbers),
	KUNIT_CASE(xdrv_param_takes_what_is_allowed),
	KUNIT_CASE(xdrv_param_is_shown_as_it_is_written),
	KUNIT_CASE(xdrv_param_parse_leaves_the_parameter_alone),
	KUNIT_CASE(xdrv_config_lists_names_that_fit),
	KUNIT_CASE(xdrv_config_hands_its_errors_on),
	{}
};

static struct kunit_suite xdrv_param_suite = {
	.name = "xdrv_param",
	.test_cases = xdrv_param_cases,
};

kunit_test_suite(xdrv_param_suite);

MODULE_DESCRIPTION("KUnit tests of the parameters of xdrv_common");
MODULE_LICENSE("GPL");
