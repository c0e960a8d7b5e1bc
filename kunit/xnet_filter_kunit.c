// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of xnet's receive filter; what is written to the chip, on a pretend one. */
#include <kunit/test.h>
#include <linux/etherdevice.h>
#include <linux/netdevice.h>

#include "xnet_chip.h"

/* Worked out with another implementation of the Ethernet CRC. */
static const struct xnet_hash {
	const char *name;
	u8 addr[ETH_ALEN];
	unsigned int bit;
} xnet_hashes[] = {
	{ "all hosts", { 0x01, 0x00, 0x5e, 0x00, 0x00, 0x01 }, 31 },
	{ "mDNS", { 0x01, 0x00, 0x5e, 0x00, 0x00, 0xfb }, 15 },
	{ "all nodes", { 0x33, 0x33, 0x00, 0x00, 0x00, 0x01 }, 62 },
	{ "solicited node", { 0x33, 0x33, 0xff, 0x12, 0x34, 0x56 }, 2 },
	{ "LLDP", { 0x01, 0x80, 0xc2, 0x00, 0x00, 0x0e }, 33 },
	{ "broadcast", { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, 63 },
	{ "SSDP", { 0x01, 0x00, 0x5e, 0x7f, 0xff, 0xfa }, 43 },
};

KUNIT_ARRAY_PARAM_DESC(xnet_hash, xnet_hashes, name);

static void xnet_hash_is_the_upper_bits_of_the_crc(struct kunit *test)
{
	const struct xnet_hash *hash = test->param_value;

	KUNIT_EXPECT_EQ(test, xnet_hash_bit(hash->addr), hash->bit);
}

static void xnet_test_apply(struct xnet_chip *chip, unsigned int flags)
{
	chip->xd->dev->flags = flags;
	netif_addr_lock_bh(chip->xd->dev);
	xnet_set_rx_mode(chip->xd->dev);
	netif_addr_unlock_bh(chip->xd->dev);
}

static void xnet_test_join(struct kunit *test, struct xnet_chip *chip, const u8 *addr)
{
	KUNIT_ASSERT_EQ(test, dev_mc_add(chip->xd->dev, addr), 0);
}

#define XNET_TEST_ACCEPTS (XNET_RCR_AB | XNET_RCR_AM | XNET_RCR_APM | XNET_RCR_AAP)

static u32 xnet_test_accepts(const struct xnet_chip *chip)
{
	return xnet_chip_get32(chip, XNET_RCR) & XNET_TEST_ACCEPTS;
}

static const struct xnet_mode {
	const char *name;
	unsigned int flags;
	u32 accepts;
	u64 mar;
} xnet_modes[] = {
	{ "own and broadcast", 0, XNET_RCR_AB | XNET_RCR_APM, 0 },
	{ "all multicast", IFF_ALLMULTI, XNET_RCR_AB | XNET_RCR_APM | XNET_RCR_AM, U64_MAX },
	{ "promiscuous", IFF_PROMISC,
	  XNET_RCR_AB | XNET_RCR_APM | XNET_RCR_AM | XNET_RCR_AAP, U64_MAX },
	{ "both", IFF_PROMISC | IFF_ALLMULTI,
	  XNET_RCR_AB | XNET_RCR_APM | XNET_RCR_AM | XNET_RCR_AAP, U64_MAX },
};

KUNIT_ARRAY_PARAM_DESC(xnet_mode, xnet_modes, name);

static void xnet_filter_follows_the_flags(struct kunit *test)
{
	const struct xnet_mode *mode = test->param_value;
	struct xnet_chip *chip = xnet_chip_create(test);

	xnet_test_apply(chip, mode->flags);
	KUNIT_EXPECT_EQ(test, xnet_test_accepts(chip), mode->accepts);
	KUNIT_EXPECT_EQ(test, xnet_chip_get64(chip, XNET_MAR0), mode->mar);
	/* And back again. */
	xnet_test_apply(chip, 0);
	KUNIT_EXPECT_EQ(test, xnet_test_accepts(chip), XNET_RCR_AB | XNET_RCR_APM);
	KUNIT_EXPECT_EQ(test, xnet_chip_get64(chip, XNET_MAR0), 0ULL);
	KUNIT_EXPECT_EQ(test, chip->misses, 0U);
}

static void xnet_filter_has_the_bit_of_every_group(struct kunit *test)
{
	struct xnet_chip *chip = xnet_chip_create(test);
	u64 mar = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(xnet_hashes); i++) {
		xnet_test_join(test, chip, xnet_hashes[i].addr);
		mar |= BIT_ULL(xnet_hashes[i].bit);
		xnet_test_apply(chip, 0);
		KUNIT_EXPECT_EQ(test, xnet_chip_get64(chip, XNET_MAR0), mar);
		KUNIT_EXPECT_EQ(test, xnet_test_accepts(chip),
				XNET_RCR_AB | XNET_RCR_APM | XNET_RCR_AM);
	}
	for (i = 0; i < ARRAY_SIZE(xnet_hashes); i++)
		KUNIT_ASSERT_EQ(test, dev_mc_del(chip->xd->dev, xnet_hashes[i].addr), 0);
	xnet_test_apply(chip, 0);
	KUNIT_EXPECT_EQ(test, xnet_chip_get64(chip, XNET_MAR0), 0ULL);
	KUNIT_EXPECT_EQ(test, xnet_test_accepts(chip), XNET_RCR_AB | XNET_RCR_APM);
	KUNIT_EXPECT_EQ(test, chip->misses, 0U);
}

/* An access costs an exit from a virtual machine. */
static void xnet_filter_that_stays_is_not_written_again(struct kunit *test)
{
	struct xnet_chip *chip = xnet_chip_create(test);
	unsigned int writes;

	xnet_test_join(test, chip, xnet_hashes[0].addr);
	xnet_test_apply(chip, 0);
	writes = chip->writes;
	xnet_test_apply(chip, 0);
	KUNIT_EXPECT_EQ(test, chip->writes, writes);
	xnet_test_join(test, chip, xnet_hashes[1].addr);
	xnet_test_apply(chip, 0);
	/* Both halves of MAR, not RCR. */
	KUNIT_EXPECT_EQ(test, chip->writes, writes + 2);
}

static void xnet_filter_is_restored_after_a_reset(struct kunit *test)
{
	struct xnet_chip *chip = xnet_chip_create(test);

	xnet_test_join(test, chip, xnet_hashes[0].addr);
	xnet_test_apply(chip, IFF_PROMISC);
	xnet_hw_reset(chip->xd);
	KUNIT_EXPECT_EQ(test, xnet_test_accepts(chip), 0U);
	xnet_restore_rx_mode(chip->xd);
	KUNIT_EXPECT_EQ(test, xnet_test_accepts(chip), XNET_TEST_ACCEPTS);
	KUNIT_EXPECT_EQ(test, xnet_chip_get64(chip, XNET_MAR0), U64_MAX);

	xnet_hw_reset(chip->xd);
	chip->xd->dev->flags = 0;
	xnet_restore_rx_mode(chip->xd);
	KUNIT_EXPECT_EQ(test, xnet_chip_get64(chip, XNET_MAR0), BIT_ULL(xnet_hashes[0].bit));
	KUNIT_EXPECT_EQ(test, chip->misses, 0U);
}

static struct kunit_case xnet_filter_cases[] = {
	KUNIT_CASE_PARAM(xnet_hash_is_the_upper_bits_of_the_crc, xnet_hash_gen_params),
	KUNIT_CASE_PARAM(xnet_filter_follows_the_flags, xnet_mode_gen_params),
	KUNIT_CASE(xnet_filter_has_the_bit_of_every_group),
	KUNIT_CASE(xnet_filter_that_stays_is_not_written_again),
	KUNIT_CASE(xnet_filter_is_restored_after_a_reset),
	{}
};

static struct kunit_suite xnet_filter_suite = {
	.name = "xnet_filter",
	.test_cases = xnet_filter_cases,
};

kunit_test_suite(xnet_filter_suite);

MODULE_DESCRIPTION("KUnit tests of xnet's receive filter");
MODULE_LICENSE("GPL");
