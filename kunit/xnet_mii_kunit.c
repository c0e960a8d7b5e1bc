// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of xnet's PHY, on a pretend chip. */
#include <kunit/test.h>
#include <linux/ethtool.h>
#include <linux/mii.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>

#include "xnet_chip.h"

static int xnet_mii_test_init(struct kunit *test)
{
	test->priv = xnet_chip_create(test);
	return 0;
}

static int xnet_test_mdio_read(struct xnet_chip *chip, int location)
{
	return chip->xd->mii.mdio_read(chip->xd->dev, chip->xd->mii.phy_id, location);
}

static void xnet_test_mdio_write(struct xnet_chip *chip, int location, int val)
{
	rtnl_lock();
	chip->xd->mii.mdio_write(chip->xd->dev, chip->xd->mii.phy_id, location, val);
	rtnl_unlock();
}

static const struct xnet_mii_place {
	const char *name;
	int location;
	unsigned int reg;
} xnet_mii_places[] = {
	{ "BMCR", MII_BMCR, XNET_BMCR },
	{ "BMSR", MII_BMSR, XNET_BMSR },
	{ "ANAR", MII_ADVERTISE, XNET_ANAR },
	{ "ANLPAR", MII_LPA, XNET_ANLPAR },
	{ "ANER", MII_EXPANSION, XNET_ANER },
};

KUNIT_ARRAY_PARAM_DESC(xnet_mii_place, xnet_mii_places, name);

static void xnet_mii_registers_are_where_the_standard_has_them(struct kunit *test)
{
	const struct xnet_mii_place *place = test->param_value;
	struct xnet_chip *chip = test->priv;

	xnet_chip_set(chip, place->reg, 2, 0x4321);
	KUNIT_EXPECT_EQ(test, xnet_test_mdio_read(chip, place->location), 0x4321);
	KUNIT_EXPECT_EQ(test, chip->misses, 0U);
}

static void xnet_mii_registers_that_are_not_there_read_as_0(struct kunit *test)
{
	struct xnet_chip *chip = test->priv;
	unsigned int writes = chip->writes;
	int location;

	memset(chip->regs, 0x55, sizeof(chip->regs));
	for (location = 0; location < 32; location++) {
		if (location <= MII_BMSR ||
		    (location >= MII_ADVERTISE && location <= MII_EXPANSION))
			continue;
		KUNIT_EXPECT_EQ_MSG(test, xnet_test_mdio_read(chip, location), 0, "%d", location);
		xnet_test_mdio_write(chip, location, 0x1234);
	}
	KUNIT_EXPECT_EQ(test, chip->writes, writes);
}

static void xnet_mii_unlocks_what_the_chip_protects(struct kunit *test)
{
	struct xnet_chip *chip = test->priv;

	xnet_test_mdio_write(chip, MII_BMCR, BMCR_SPEED100);
	KUNIT_EXPECT_EQ(test, xnet_chip_get16(chip, XNET_BMCR), BMCR_SPEED100);
	KUNIT_EXPECT_EQ(test, chip->misses, 0U);
	KUNIT_EXPECT_EQ(test, xnet_chip_get8(chip, XNET_9346CR), 0);
}

static void xnet_mii_link_is_the_carrier(struct kunit *test)
{
	struct xnet_chip *chip = test->priv;
	struct net_device *dev = chip->xd->dev;

	xnet_check_link(chip->xd);
	KUNIT_EXPECT_FALSE(test, netif_carrier_ok(dev));
	xnet_chip_set_link(chip, true);
	xnet_check_link(chip->xd);
	KUNIT_EXPECT_TRUE(test, netif_carrier_ok(dev));
	xnet_chip_set_link(chip, false);
	xnet_check_link(chip->xd);
	KUNIT_EXPECT_FALSE(test, netif_carrier_ok(dev));
}

static void xnet_mii_of_a_chip_that_is_gone_has_no_link(struct kunit *test)
{
	struct xnet_chip *chip = test->priv;

	xnet_chip_set_link(chip, true);
	xnet_check_link(chip->xd);
	chip->gone = true;
	xnet_check_link(chip->xd);
	KUNIT_EXPECT_FALSE(test, netif_carrier_ok(chip->xd->dev));
	KUNIT_EXPECT_EQ(test, xnet_test_mdio_read(chip, MII_BMSR), 0);
}

static void xnet_test_reset(struct xnet_chip *chip)
{
	rtnl_lock();
	xnet_hw_reset(chip->xd);
	xnet_restore_phy(chip->xd);
	rtnl_unlock();
}

static void xnet_mii_advertisement_survives_a_reset(struct kunit *test)
{
	struct xnet_chip *chip = test->priv;
	u16 slow = ADVERTISE_CSMA | ADVERTISE_10FULL;

	xnet_test_mdio_write(chip, MII_ADVERTISE, slow);
	xnet_test_reset(chip);
	KUNIT_EXPECT_EQ(test, xnet_chip_get16(chip, XNET_ANAR), slow);
	KUNIT_EXPECT_EQ(test, chip->restarts, 1U);
	KUNIT_EXPECT_EQ(test, chip->misses, 0U);
}

static int xnet_test_set_speed(struct xnet_chip *chip, u8 autoneg, u32 speed, u8 duplex)
{
	struct net_device *dev = chip->xd->dev;
	struct ethtool_link_ksettings settings = {};
	int err;

	rtnl_lock();
	dev->ethtool_ops->get_link_ksettings(dev, &settings);
	settings.base.autoneg = autoneg;
	settings.base.speed = speed;
	settings.base.duplex = duplex;
	linkmode_copy(settings.link_modes.advertising, settings.link_modes.supported);
	err = dev->ethtool_ops->set_link_ksettings(dev, &settings);
	rtnl_unlock();
	return err;
}

static const struct xnet_mii_speed {
	const char *name;
	u32 speed;
	u8 duplex;
	u16 bmcr;
} xnet_mii_speeds[] = {
	{ "10 half", SPEED_10, DUPLEX_HALF, 0 },
	{ "10 full", SPEED_10, DUPLEX_FULL, BMCR_FULLDPLX },
	{ "100 half", SPEED_100, DUPLEX_HALF, BMCR_SPEED100 },
	{ "100 full", SPEED_100, DUPLEX_FULL, BMCR_SPEED100 | BMCR_FULLDPLX },
};

KUNIT_ARRAY_PARAM_DESC(xnet_mii_speed, xnet_mii_speeds, name);

static void xnet_mii_speed_set_by_hand_survives_a_reset(struct kunit *test)
{
	const struct xnet_mii_speed *speed = test->param_value;
	struct xnet_chip *chip = test->priv;
	int err = xnet_test_set_speed(chip, AUTONEG_DISABLE, speed->speed, speed->duplex);

	KUNIT_ASSERT_EQ(test, err, 0);
	KUNIT_EXPECT_EQ(test, xnet_chip_get16(chip, XNET_BMCR), speed->bmcr);
	xnet_test_reset(chip);
	KUNIT_EXPECT_EQ(test, xnet_chip_get16(chip, XNET_BMCR), speed->bmcr);
	KUNIT_EXPECT_EQ(test, chip->restarts, 0U);

	/* Nor is it remembered any more when it is negotiated again. */
	KUNIT_ASSERT_EQ(test, xnet_test_set_speed(chip, AUTONEG_ENABLE, SPEED_100, DUPLEX_FULL), 0);
	xnet_test_reset(chip);
	KUNIT_EXPECT_EQ(test, xnet_chip_get16(chip, XNET_BMCR) & BMCR_ANENABLE, BMCR_ANENABLE);
	KUNIT_EXPECT_EQ(test, chip->misses, 0U);
}

static void xnet_mii_of_a_chip_that_is_gone_remembers_nothing(struct kunit *test)
{
	struct xnet_chip *chip = test->priv;
	u16 slow = ADVERTISE_CSMA | ADVERTISE_10FULL;

	xnet_test_mdio_write(chip, MII_ADVERTISE, slow);
	chip->gone = true;
	xnet_test_mdio_write(chip, MII_ADVERTISE, ADVERTISE_CSMA);
	chip->gone = false;
	xnet_test_reset(chip);
	KUNIT_EXPECT_EQ(test, xnet_chip_get16(chip, XNET_ANAR), slow);
}

static void xnet_mii_keeps_the_link_up_where_a_reset_changed_nothing(struct kunit *test)
{
	struct xnet_chip *chip = test->priv;

	xnet_test_reset(chip);
	KUNIT_EXPECT_EQ(test, xnet_chip_get16(chip, XNET_ANAR), XNET_CHIP_ANAR);
	KUNIT_EXPECT_EQ(test, chip->restarts, 0U);
}

static void xnet_mii_answers_ethtool(struct kunit *test)
{
	struct xnet_chip *chip = test->priv;
	struct net_device *dev = chip->xd->dev;
	struct ethtool_link_ksettings settings = {};

	xnet_chip_set_link(chip, true);
	xnet_check_link(chip->xd);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, dev->ethtool_ops->get_link_ksettings(dev, &settings), 0);
	KUNIT_EXPECT_EQ(test, settings.base.speed, SPEED_100);
	KUNIT_EXPECT_EQ(test, settings.base.duplex, DUPLEX_FULL);
	KUNIT_EXPECT_EQ(test, settings.base.autoneg, AUTONEG_ENABLE);

	settings.base.autoneg = AUTONEG_DISABLE;
	settings.base.speed = SPEED_10;
	settings.base.duplex = DUPLEX_HALF;
	KUNIT_EXPECT_EQ(test, dev->ethtool_ops->set_link_ksettings(dev, &settings), 0);
	KUNIT_EXPECT_EQ(test, xnet_chip_get16(chip, XNET_BMCR), 0);
	KUNIT_EXPECT_EQ(test, dev->ethtool_ops->nway_reset(dev), -EINVAL);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, chip->restarts, 0U);
	KUNIT_EXPECT_EQ(test, chip->misses, 0U);
}

static const struct xnet_mii_pause {
	const char *name;
	u8 msr;
	bool half;
	bool emulated;
	struct ethtool_pauseparam want;
} xnet_mii_pauses[] = {
	{ "none", 0, false, false, { .autoneg = 1 } },
	{ "sent", XNET_MSR_TXFCE, false, false, { .autoneg = 1, .tx_pause = 1 } },
	{ "obeyed", XNET_MSR_RXFCE, false, false, { .autoneg = 1, .rx_pause = 1 } },
	{ "half duplex has none", XNET_MSR_TXFCE | XNET_MSR_RXFCE, true, false, { .autoneg = 1 } },
	{ "QEMU's has none", XNET_MSR_TXFCE | XNET_MSR_RXFCE, false, true, {} },
	{ "one that is gone has none", U8_MAX, false, false, {} },
};

KUNIT_ARRAY_PARAM_DESC(xnet_mii_pause, xnet_mii_pauses, name);

static void xnet_mii_pause_is_what_the_chip_does(struct kunit *test)
{
	const struct xnet_mii_pause *pause = test->param_value;
	struct xnet_chip *chip = test->priv;
	struct net_device *dev = chip->xd->dev;
	struct ethtool_pauseparam got = {};

	chip->xd->emulated = pause->emulated;
	xnet_chip_set(chip, XNET_ANLPAR, 2, LPA_LPACK | (pause->half ? LPA_100HALF : LPA_100FULL));
	xnet_chip_set_link(chip, true);
	xnet_check_link(chip->xd);
	xnet_chip_set(chip, XNET_MSR, 1, pause->msr);
	rtnl_lock();
	dev->ethtool_ops->get_pauseparam(dev, &got);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, got.autoneg, pause->want.autoneg);
	KUNIT_EXPECT_EQ(test, got.tx_pause, pause->want.tx_pause);
	KUNIT_EXPECT_EQ(test, got.rx_pause, pause->want.rx_pause);
	KUNIT_EXPECT_EQ(test, chip->misses, 0U);
}

static void xnet_mii_answers_the_ioctl_while_the_interface_is_up(struct kunit *test)
{
	struct xnet_chip *chip = test->priv;
	struct net_device *dev = chip->xd->dev;
	struct ifreq rq = {};
	struct mii_ioctl_data *mii = if_mii(&rq);

	KUNIT_EXPECT_EQ(test, xnet_eth_ioctl(dev, &rq, SIOCGMIIPHY), -EINVAL);
	set_bit(__LINK_STATE_START, &dev->state);
	KUNIT_EXPECT_EQ(test, xnet_eth_ioctl(dev, &rq, SIOCGMIIPHY), 0);
	KUNIT_EXPECT_EQ(test, mii->phy_id, chip->xd->mii.phy_id);
	mii->reg_num = MII_ADVERTISE;
	KUNIT_EXPECT_EQ(test, xnet_eth_ioctl(dev, &rq, SIOCGMIIREG), 0);
	KUNIT_EXPECT_EQ(test, mii->val_out, XNET_CHIP_ANAR);
	KUNIT_EXPECT_EQ(test, xnet_eth_ioctl(dev, &rq, SIOCDEVPRIVATE), -EOPNOTSUPP);
	clear_bit(__LINK_STATE_START, &dev->state);
}

static struct kunit_case xnet_mii_cases[] = {
	KUNIT_CASE_PARAM(xnet_mii_registers_are_where_the_standard_has_them,
			 xnet_mii_place_gen_params),
	KUNIT_CASE(xnet_mii_registers_that_are_not_there_read_as_0),
	KUNIT_CASE(xnet_mii_unlocks_what_the_chip_protects),
	KUNIT_CASE(xnet_mii_link_is_the_carrier),
	KUNIT_CASE(xnet_mii_of_a_chip_that_is_gone_has_no_link),
	KUNIT_CASE(xnet_mii_advertisement_survives_a_reset),
	KUNIT_CASE_PARAM(xnet_mii_speed_set_by_hand_survives_a_reset, xnet_mii_speed_gen_params),
	KUNIT_CASE(xnet_mii_of_a_chip_that_is_gone_remembers_nothing),
	KUNIT_CASE(xnet_mii_keeps_the_link_up_where_a_reset_changed_nothing),
	KUNIT_CASE(xnet_mii_answers_ethtool),
	KUNIT_CASE_PARAM(xnet_mii_pause_is_what_the_chip_does, xnet_mii_pause_gen_params),
	KUNIT_CASE(xnet_mii_answers_the_ioctl_while_the_interface_is_up),
	{}
};

static struct kunit_suite xnet_mii_suite = {
	.name = "xnet_mii",
	.init = xnet_mii_test_init,
	.test_cases = xnet_mii_cases,
};

kunit_test_suite(xnet_mii_suite);

MODULE_DESCRIPTION("KUnit tests of xnet's PHY");
MODULE_LICENSE("GPL");
