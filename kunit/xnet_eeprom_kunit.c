// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of how xnet reads and writes its EEPROM: at bare pins, and through a pretend chip. */
#include <kunit/test.h>
#include <linux/bitfield.h>
#include <linux/etherdevice.h>
#include <linux/ethtool.h>

#include "xnet_93c46.h"
#include "xnet_chip.h"

static u8 xnet_test_pins_read(void *ctx)
{
	return xnet_93c46_read(ctx);
}

static void xnet_test_pins_write(void *ctx, u8 val)
{
	xnet_93c46_write(ctx, val);
}

static void xnet_test_fill(struct xnet_93c46 *eeprom, unsigned int addr_bits)
{
	unsigned int i;

	eeprom->addr_bits = addr_bits;
	for (i = 0; i < ARRAY_SIZE(eeprom->words); i++)
		eeprom->words[i] = 0xa55a ^ i * 0x0101;
	eeprom->words[XNET_EEPROM_ID] = XNET_EEPROM_ID_VALUE;
}

static const struct xnet_eeprom_kind {
	const char *name;
	unsigned int addr_bits;
	unsigned int words;
} xnet_eeprom_kinds[] = {
	{ "93C46", 6, 64 },
	{ "93C56", 8, 128 },
};

KUNIT_ARRAY_PARAM_DESC(xnet_eeprom_kind, xnet_eeprom_kinds, name);

static void xnet_eeprom_is_read_word_by_word(struct kunit *test)
{
	const struct xnet_eeprom_kind *kind = test->param_value;
	struct xnet_93c46 *e = kunit_kzalloc(test, sizeof(*e), GFP_KERNEL);
	struct xnet_eeprom_port port = { xnet_test_pins_read, xnet_test_pins_write, e };
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, e);
	xnet_test_fill(e, kind->addr_bits);
	KUNIT_EXPECT_EQ(test, xnet_eeprom_addr_bits(&port), kind->addr_bits);
	for (i = 0; i < kind->words; i++)
		KUNIT_EXPECT_EQ(test, xnet_eeprom_read_word(&port, kind->addr_bits, i),
				e->words[i]);
	KUNIT_EXPECT_EQ(test, e->bad, 0U);
	KUNIT_EXPECT_EQ(test, e->pins, 0);
}

static void xnet_eeprom_is_written_word_by_word(struct kunit *test)
{
	const struct xnet_eeprom_kind *kind = test->param_value;
	struct xnet_93c46 *e = kunit_kzalloc(test, sizeof(*e), GFP_KERNEL);
	struct xnet_eeprom_port port = { xnet_test_pins_read, xnet_test_pins_write, e };
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, e);
	xnet_test_fill(e, kind->addr_bits);
	e->slow = 3;
	xnet_eeprom_protect(&port, kind->addr_bits, false);
	for (i = 0; i < kind->words; i++)
		KUNIT_EXPECT_EQ(test, xnet_eeprom_write_word(&port, kind->addr_bits, i, 0x8001 + i),
				0);
	for (i = 0; i < kind->words; i++)
		KUNIT_EXPECT_EQ(test, e->words[i], 0x8001 + i);
	KUNIT_EXPECT_EQ(test, e->written, kind->words);

	xnet_eeprom_protect(&port, kind->addr_bits, true);
	KUNIT_EXPECT_NE(test, xnet_eeprom_write_word(&port, kind->addr_bits, 1, 0x1234), 0);
	KUNIT_EXPECT_EQ(test, e->words[1], 0x8002);
	KUNIT_EXPECT_EQ(test, e->bad, 0U);
	KUNIT_EXPECT_EQ(test, e->pins, 0);
}

static u8 xnet_stuck_read(void *ctx)
{
	return *(const u8 *)ctx;
}

static void xnet_ignore_write(void *ctx, u8 val)
{
}

static void xnet_no_eeprom_is_noticed(struct kunit *test)
{
	u8 stuck[] = { 0, U8_MAX };
	int i;

	for (i = 0; i < ARRAY_SIZE(stuck); i++) {
		struct xnet_eeprom_port port = { xnet_stuck_read, xnet_ignore_write, &stuck[i] };

		KUNIT_EXPECT_EQ(test, xnet_eeprom_addr_bits(&port), 0U);
	}
}

/* One that is blank has no identifier, and so no address. */
static void xnet_blank_eeprom_is_none(struct kunit *test)
{
	struct xnet_93c46 *e = kunit_kzalloc(test, sizeof(*e), GFP_KERNEL);
	struct xnet_eeprom_port port = { xnet_test_pins_read, xnet_test_pins_write, e };

	KUNIT_ASSERT_NOT_NULL(test, e);
	xnet_test_fill(e, 6);
	e->words[XNET_EEPROM_ID] = 0xffff;
	KUNIT_EXPECT_EQ(test, xnet_eeprom_addr_bits(&port), 0U);
}

static void xnet_eeprom_of_the_chip_has_its_address(struct kunit *test)
{
	static const u8 mac[ETH_ALEN] = { 0x52, 0x54, 0x00, 0xab, 0xcd, 0xef };
	struct xnet_chip *chip = xnet_chip_create(test);
	u8 addr[ETH_ALEN] = {};

	xnet_test_fill(&chip->eeprom, 6);
	chip->eeprom.words[XNET_EEPROM_MAC] = 0x5452;
	chip->eeprom.words[XNET_EEPROM_MAC + 1] = 0xab00;
	chip->eeprom.words[XNET_EEPROM_MAC + 2] = 0xefcd;
	xnet_init_eeprom(chip->xd);
	KUNIT_EXPECT_EQ(test, xnet_eeprom_len(chip->xd), 128U);
	KUNIT_EXPECT_TRUE(test, xnet_eeprom_read_mac(chip->xd, addr));
	KUNIT_EXPECT_MEMEQ(test, addr, mac, ETH_ALEN);
	KUNIT_EXPECT_EQ(test, chip->eeprom.bad, 0U);
	KUNIT_EXPECT_EQ(test, chip->misses, 0U);

	/* A group address is nobody's. */
	chip->eeprom.words[XNET_EEPROM_MAC] = 0x5453;
	KUNIT_EXPECT_FALSE(test, xnet_eeprom_read_mac(chip->xd, addr));
	chip->eeprom.words[XNET_EEPROM_ID] = 0;
	xnet_init_eeprom(chip->xd);
	KUNIT_EXPECT_EQ(test, xnet_eeprom_len(chip->xd), 0U);
	KUNIT_EXPECT_FALSE(test, xnet_eeprom_read_mac(chip->xd, addr));
}

static const struct xnet_eeprom_range {
	const char *name;
	u32 offset;
	u32 len;
} xnet_eeprom_ranges[] = {
	{ "all", 0, 256 },
	{ "a word", 14, 2 },
	{ "the upper half of a word", 15, 1 },
	{ "from the middle to the middle of a word", 1, 4 },
	{ "the end", 255, 1 },
};

KUNIT_ARRAY_PARAM_DESC(xnet_eeprom_range, xnet_eeprom_ranges, name);

static void xnet_eeprom_is_shown_from_any_byte_on(struct kunit *test)
{
	const struct xnet_eeprom_range *range = test->param_value;
	struct xnet_chip *chip = xnet_chip_create(test);
	struct ethtool_eeprom eeprom = { .offset = range->offset, .len = range->len };
	u8 *data = kunit_kzalloc(test, range->len + 1, GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, data);
	data[range->len] = 0x77;
	xnet_test_fill(&chip->eeprom, 8);
	xnet_init_eeprom(chip->xd);
	KUNIT_ASSERT_EQ(test, xnet_ethtool_ops.get_eeprom_len(chip->xd->dev), 256);
	KUNIT_ASSERT_EQ(test, xnet_ethtool_ops.get_eeprom(chip->xd->dev, &eeprom, data), 0);
	KUNIT_EXPECT_EQ(test, eeprom.magic, XNET_EEPROM_ID_VALUE);
	for (i = 0; i < range->len; i++) {
		u32 byte = range->offset + i;

		KUNIT_EXPECT_EQ(test, data[i],
				(u8)(chip->eeprom.words[byte / 2] >> (byte % 2 ? 8 : 0)));
	}
	KUNIT_EXPECT_EQ(test, data[range->len], 0x77);
}

/* As ethtool -E does it. */
static int xnet_test_write(struct xnet_chip *chip, u32 magic, u32 offset, u32 len, u8 *data)
{
	struct ethtool_eeprom eeprom = { .magic = magic, .offset = offset, .len = len };

	return xnet_ethtool_ops.set_eeprom(chip->xd->dev, &eeprom, data);
}

static void xnet_eeprom_is_changed_from_any_byte_on(struct kunit *test)
{
	const struct xnet_eeprom_range *range = test->param_value;
	struct xnet_chip *chip = xnet_chip_create(test);
	u8 *data = kunit_kzalloc(test, range->len, GFP_KERNEL);
	u8 before[256];
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, data);
	xnet_test_fill(&chip->eeprom, 8);
	xnet_init_eeprom(chip->xd);
	for (i = 0; i < 256; i++)
		before[i] = chip->eeprom.words[i / 2] >> (i % 2 ? 8 : 0);
	for (i = 0; i < range->len; i++)
		data[i] = ~before[range->offset + i];
	KUNIT_ASSERT_EQ(test, xnet_test_write(chip, XNET_EEPROM_ID_VALUE, range->offset,
					      range->len, data), 0);
	for (i = 0; i < 256; i++) {
		bool changed = i >= range->offset && i < range->offset + range->len;

		KUNIT_EXPECT_EQ_MSG(test, (u8)(chip->eeprom.words[i / 2] >> (i % 2 ? 8 : 0)),
				    (u8)(changed ? ~before[i] : before[i]), "%u", i);
	}
	KUNIT_EXPECT_FALSE(test, chip->eeprom.enabled);
	KUNIT_EXPECT_EQ(test, chip->eeprom.bad, 0U);
	KUNIT_EXPECT_EQ(test, chip->misses, 0U);
}

static void xnet_eeprom_words_that_do_not_change_are_not_written(struct kunit *test)
{
	struct xnet_chip *chip = xnet_chip_create(test);
	u8 data[8] = {};

	xnet_test_fill(&chip->eeprom, 6);
	xnet_init_eeprom(chip->xd);
	KUNIT_EXPECT_EQ(test, xnet_test_write(chip, XNET_EEPROM_ID_VALUE, 20, 8, data), 0);
	KUNIT_EXPECT_EQ(test, chip->eeprom.written, 4);
	data[5] = 1;
	KUNIT_EXPECT_EQ(test, xnet_test_write(chip, XNET_EEPROM_ID_VALUE, 20, 8, data), 0);
	KUNIT_EXPECT_EQ(test, chip->eeprom.written, 5);
	KUNIT_EXPECT_EQ(test, chip->eeprom.words[12], 0x0100);
}

static void xnet_eeprom_is_not_written_by_mistake(struct kunit *test)
{
	struct xnet_chip *chip = xnet_chip_create(test);
	u8 data[2] = {};

	xnet_test_fill(&chip->eeprom, 6);
	xnet_init_eeprom(chip->xd);
	KUNIT_EXPECT_EQ(test, xnet_test_write(chip, 0, 20, 2, data), -EINVAL);
	KUNIT_EXPECT_EQ(test, xnet_test_write(chip, 0x8139, 20, 2, data), -EINVAL);
	KUNIT_EXPECT_EQ(test, xnet_test_write(chip, XNET_EEPROM_ID_VALUE, 20, 1000, data), -EINVAL);
	KUNIT_EXPECT_EQ(test, chip->eeprom.written, 0);
	KUNIT_EXPECT_EQ(test, chip->eeprom.words[10], 0xa55a ^ 10 * 0x0101);
}

static void xnet_eeprom_that_cannot_be_written_is_noticed(struct kunit *test)
{
	struct xnet_chip *chip = xnet_chip_create(test);
	u8 data[4] = {};

	xnet_test_fill(&chip->eeprom, 6);
	xnet_init_eeprom(chip->xd);
	chip->eeprom.worn = true;
	KUNIT_EXPECT_EQ(test, xnet_test_write(chip, XNET_EEPROM_ID_VALUE, 20, 4, data), -EIO);
	KUNIT_EXPECT_EQ(test, chip->eeprom.written, 0);

	chip->eeprom.worn = false;
	chip->eeprom.slow = XNET_93C46_FOREVER;
	KUNIT_EXPECT_EQ(test, xnet_test_write(chip, XNET_EEPROM_ID_VALUE, 20, 4, data), -EIO);
	KUNIT_EXPECT_EQ(test, chip->eeprom.written, 1);

	chip->eeprom.slow = 0;
	chip->eeprom.busy = 0;
	chip->gone = true;
	KUNIT_EXPECT_EQ(test, xnet_test_write(chip, XNET_EEPROM_ID_VALUE, 20, 4, data), -EIO);
	chip->gone = false;
	KUNIT_EXPECT_EQ(test, xnet_test_write(chip, XNET_EEPROM_ID_VALUE, 20, 4, data), 0);
}

static struct kunit_case xnet_eeprom_cases[] = {
	KUNIT_CASE_PARAM(xnet_eeprom_is_read_word_by_word, xnet_eeprom_kind_gen_params),
	KUNIT_CASE_PARAM(xnet_eeprom_is_written_word_by_word, xnet_eeprom_kind_gen_params),
	KUNIT_CASE(xnet_no_eeprom_is_noticed),
	KUNIT_CASE(xnet_blank_eeprom_is_none),
	KUNIT_CASE(xnet_eeprom_of_the_chip_has_its_address),
	KUNIT_CASE_PARAM(xnet_eeprom_is_shown_from_any_byte_on, xnet_eeprom_range_gen_params),
	KUNIT_CASE_PARAM(xnet_eeprom_is_changed_from_any_byte_on, xnet_eeprom_range_gen_params),
	KUNIT_CASE(xnet_eeprom_words_that_do_not_change_are_not_written),
	KUNIT_CASE(xnet_eeprom_is_not_written_by_mistake),
	KUNIT_CASE(xnet_eeprom_that_cannot_be_written_is_noticed),
	{}
};

static struct kunit_suite xnet_eeprom_suite = {
	.name = "xnet_eeprom",
	.test_cases = xnet_eeprom_cases,
};

kunit_test_suite(xnet_eeprom_suite);

MODULE_DESCRIPTION("KUnit tests of xnet's EEPROM");
MODULE_LICENSE("GPL");
