// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of how xnet starts and stops the chip, on a pretend one. */
#include <kunit/test.h>
#include <linux/bitfield.h>
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/rtnetlink.h>

#include "xnet_chip.h"

#define XNET_TEST_TX_RING 0x123456700ULL
#define XNET_TEST_RX_RING 0x234567800ULL

static const u8 xnet_test_mac[ETH_ALEN] = { 0x02, 0x11, 0x22, 0x33, 0x44, 0xf5 };

static int xnet_hw_test_init(struct kunit *test)
{
	struct xnet_chip *chip = xnet_chip_create(test);

	chip->xd->tx.dma = XNET_TEST_TX_RING;
	chip->xd->rx.ring.dma = XNET_TEST_RX_RING;
	eth_hw_addr_set(chip->xd->dev, xnet_test_mac);
	test->priv = chip;
	return 0;
}

static void xnet_reset_waits_for_the_chip(struct kunit *test)
{
	struct xnet_chip *chip = test->priv;

	KUNIT_EXPECT_EQ(test, xnet_hw_reset(chip->xd), 0);
	chip->stuck = true;
	KUNIT_EXPECT_EQ(test, xnet_hw_reset(chip->xd), -ETIMEDOUT);
	chip->gone = true;
	KUNIT_EXPECT_EQ(test, xnet_hw_reset(chip->xd), -ETIMEDOUT);
}

static void xnet_start_programs_the_chip_in_the_order_it_needs(struct kunit *test)
{
	struct xnet_chip *chip = test->priv;

	chip->xd->dac = true;
	chip->xd->dev->features = NETIF_F_RXCSUM | NETIF_F_HW_VLAN_CTAG_RX;
	xnet_chip_set(chip, XNET_ISR, 2, XNET_INT_LINKCHG);
	xnet_hw_start(chip->xd);
	/* These are lost by entering C+ mode later, by a receiver started earlier or by a lock. */
	KUNIT_EXPECT_EQ(test, xnet_chip_get64(chip, XNET_TNPDS), XNET_TEST_TX_RING);
	KUNIT_EXPECT_EQ(test, xnet_chip_get64(chip, XNET_RDSAR), XNET_TEST_RX_RING);
	KUNIT_EXPECT_EQ(test, chip->rx_base, XNET_TEST_RX_RING);
	KUNIT_EXPECT_EQ(test, xnet_chip_get64(chip, XNET_THPDS), 0ULL);
	KUNIT_EXPECT_EQ(test, FIELD_GET(XNET_TCR_IFG, xnet_chip_get32(chip, XNET_TCR)), 3U);
	KUNIT_EXPECT_EQ(test, chip->misses, 0U);

	KUNIT_EXPECT_EQ(test, xnet_chip_get8(chip, XNET_CR), XNET_CR_RE | XNET_CR_TE);
	KUNIT_EXPECT_EQ(test, xnet_chip_get16(chip, XNET_CPCR),
			xnet_cpcr(chip->xd->dev->features, true));
	KUNIT_EXPECT_EQ(test, xnet_chip_get16(chip, XNET_ISR), 0);
	KUNIT_EXPECT_MEMEQ(test, chip->regs + XNET_IDR0, xnet_test_mac, ETH_ALEN);
	KUNIT_EXPECT_EQ(test, xnet_chip_get8(chip, XNET_9346CR), 0);
}

static void xnet_stop_leaves_the_chip_silent(struct kunit *test)
{
	struct xnet_chip *chip = test->priv;

	xnet_hw_start(chip->xd);
	xnet_hw_stop(chip->xd);
	KUNIT_EXPECT_EQ(test, xnet_chip_get8(chip, XNET_CR), 0);
	KUNIT_EXPECT_EQ(test, xnet_chip_get16(chip, XNET_CPCR), 0);
	KUNIT_EXPECT_EQ(test, xnet_chip_get64(chip, XNET_RDSAR), 0ULL);
	KUNIT_EXPECT_EQ(test, chip->misses, 0U);
}

static void xnet_address_is_read_as_it_was_set(struct kunit *test)
{
	struct xnet_chip *chip = test->priv;
	u8 mac[ETH_ALEN];

	xnet_hw_set_mac(chip->xd);
	xnet_hw_read_mac(chip->xd, mac);
	KUNIT_EXPECT_MEMEQ(test, mac, xnet_test_mac, ETH_ALEN);
	KUNIT_EXPECT_EQ(test, chip->misses, 0U);
	KUNIT_EXPECT_EQ(test, xnet_chip_get8(chip, XNET_9346CR), 0);
}

static const struct xnet_wake {
	const char *name;
	u32 wolopts;
	u8 config3;
	u8 config5;
} xnet_wakes[] = {
	{ "nothing", 0, 0, 0 },
	{ "link", WAKE_PHY, BIT(4), 0 },
	{ "magic packet", WAKE_MAGIC, BIT(5), 0 },
	{ "unicast", WAKE_UCAST, 0, BIT(4) },
	{ "multicast", WAKE_MCAST, 0, BIT(5) },
	{ "broadcast", WAKE_BCAST, 0, BIT(6) },
	{ "all", WAKE_PHY | WAKE_MAGIC | WAKE_UCAST | WAKE_MCAST | WAKE_BCAST,
	  BIT(5) | BIT(4), BIT(6) | BIT(5) | BIT(4) },
};

KUNIT_ARRAY_PARAM_DESC(xnet_wake, xnet_wakes, name);

/* The bits are RealTek's: CONFIG3 has the magic packet and the link, CONFIG5 the frames. */
static void xnet_wakes_by_what_was_asked_for(struct kunit *test)
{
	const struct xnet_wake *wake = test->param_value;
	struct xnet_chip *chip = test->priv;
	const u8 others3 = 0x8f, others5 = 0x01;

	/* What is to go, and what is somebody else's. */
	xnet_chip_set(chip, XNET_CONFIG3, 1, others3 | (~wake->config3 & (BIT(4) | BIT(5))));
	xnet_chip_set(chip, XNET_CONFIG5, 1, others5 | (~wake->config5 & GENMASK(6, 4)));
	xnet_hw_set_wol(chip->xd, wake->wolopts);
	KUNIT_EXPECT_EQ(test, xnet_chip_get8(chip, XNET_CONFIG3), others3 | wake->config3);
	KUNIT_EXPECT_EQ(test, xnet_chip_get8(chip, XNET_CONFIG5),
			others5 | XNET_CONFIG5_LANWAKE | wake->config5);
	KUNIT_EXPECT_EQ(test, !!(xnet_chip_get8(chip, XNET_CONFIG1) & XNET_CONFIG1_PMEN),
			!!wake->wolopts);
	KUNIT_EXPECT_EQ(test, xnet_hw_get_wol(chip->xd), wake->wolopts);
	KUNIT_EXPECT_EQ(test, chip->misses, 0U);
	KUNIT_EXPECT_EQ(test, xnet_chip_get8(chip, XNET_9346CR), 0);
}

static void xnet_wake_up_needs_a_chip_that_can(struct kunit *test)
{
	struct xnet_chip *chip = test->priv;
	const struct ethtool_ops *ops = chip->xd->dev->ethtool_ops;
	struct ethtool_wolinfo wol = { .wolopts = WAKE_ARP };

	KUNIT_EXPECT_EQ(test, ops->set_wol(chip->xd->dev, &wol), -EINVAL);
	ops->get_wol(chip->xd->dev, &wol);
	KUNIT_EXPECT_EQ(test, wol.supported, WAKE_PHY | WAKE_MAGIC | WAKE_UCAST | WAKE_MCAST |
			WAKE_BCAST);
	KUNIT_EXPECT_EQ(test, wol.wolopts, 0U);

	device_set_wakeup_capable(&chip->pdev->dev, false);
	wol = (struct ethtool_wolinfo){ .wolopts = WAKE_MAGIC };
	KUNIT_EXPECT_EQ(test, ops->set_wol(chip->xd->dev, &wol), -EOPNOTSUPP);
	wol.wolopts = 0;
	ops->get_wol(chip->xd->dev, &wol);
	KUNIT_EXPECT_EQ(test, wol.supported, 0U);
}

static void xnet_features_reach_the_chip_when_it_is_up(struct kunit *test)
{
	struct xnet_chip *chip = test->priv;

	chip->xd->dev->features = NETIF_F_RXCSUM;
	KUNIT_EXPECT_EQ(test, xnet_set_features(chip->xd->dev, NETIF_F_HW_VLAN_CTAG_RX), 0);
	KUNIT_EXPECT_EQ(test, chip->writes, 0U);
	chip->xd->up = true;
	KUNIT_EXPECT_EQ(test, xnet_set_features(chip->xd->dev, NETIF_F_HW_VLAN_CTAG_RX), 0);
	KUNIT_EXPECT_EQ(test, xnet_chip_get16(chip, XNET_CPCR),
			xnet_cpcr(NETIF_F_HW_VLAN_CTAG_RX, false));
	KUNIT_EXPECT_EQ(test, chip->misses, 0U);
}

/* A register that is read with another width than its own reads as anything. */
static void xnet_register_dump_reads_all_in_their_width(struct kunit *test)
{
	struct xnet_chip *chip = test->priv;
	const struct ethtool_ops *ops = chip->xd->dev->ethtool_ops;
	struct ethtool_regs regs = {};
	u8 *dump;
	int i;

	KUNIT_ASSERT_EQ(test, ops->get_regs_len(chip->xd->dev), XNET_REGS_LEN);
	dump = kunit_kzalloc(test, XNET_REGS_LEN, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, dump);
	for (i = 0; i < XNET_REGS_LEN; i++)
		chip->regs[i] = i ^ 0xa5;
	chip->eeprom.pins = chip->regs[XNET_9346CR] & ~XNET_9346CR_EEDO;
	chip->regs[XNET_9346CR] = chip->eeprom.pins;
	ops->get_regs(chip->xd->dev, &regs, dump);
	KUNIT_EXPECT_MEMEQ(test, dump, chip->regs, XNET_REGS_LEN);
	KUNIT_EXPECT_EQ(test, chip->misses, 0U);
	KUNIT_EXPECT_EQ(test, chip->writes, 0U);
}

static struct kunit_case xnet_hw_cases[] = {
	KUNIT_CASE(xnet_reset_waits_for_the_chip),
	KUNIT_CASE(xnet_start_programs_the_chip_in_the_order_it_needs),
	KUNIT_CASE(xnet_stop_leaves_the_chip_silent),
	KUNIT_CASE(xnet_address_is_read_as_it_was_set),
	KUNIT_CASE_PARAM(xnet_wakes_by_what_was_asked_for, xnet_wake_gen_params),
	KUNIT_CASE(xnet_wake_up_needs_a_chip_that_can),
	KUNIT_CASE(xnet_features_reach_the_chip_when_it_is_up),
	KUNIT_CASE(xnet_register_dump_reads_all_in_their_width),
	{}
};

static struct kunit_suite xnet_hw_suite = {
	.name = "xnet_hw",
	.init = xnet_hw_test_init,
	.test_cases = xnet_hw_cases,
};

kunit_test_suite(xnet_hw_suite);

MODULE_DESCRIPTION("KUnit tests of how xnet starts and stops the chip");
MODULE_LICENSE("GPL");
