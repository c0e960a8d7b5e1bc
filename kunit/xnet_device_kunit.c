// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of xnet on a real 8139C+: what it is like when it is closed and when it is open. */
#include <kunit/test.h>
#include <linux/etherdevice.h>
#include <linux/ethtool.h>

#include "xnet_test_device.h"

static int xnet_device_test_init(struct kunit *test)
{
	struct xnet_test_device *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	xnet_test_find(test, t);
	test->priv = t;
	return 0;
}

static void xnet_device_has_one_interface(struct kunit *test)
{
	struct xnet_test_device *t = test->priv;

	KUNIT_EXPECT_EQ(test, t->dev->reg_state, NETREG_REGISTERED);
	KUNIT_EXPECT_PTR_EQ(test, t->dev->dev.parent, &t->pdev->dev);
	KUNIT_EXPECT_PTR_EQ(test, t->xd->pdev, t->pdev);
	KUNIT_EXPECT_GE(test, t->pdev->revision, 0x20);
	KUNIT_EXPECT_FALSE(test, netif_running(t->dev));
	KUNIT_EXPECT_EQ(test, xnet_r16(t->xd, XNET_IMR), 0);
	KUNIT_EXPECT_EQ(test, xnet_r8(t->xd, XNET_CR) & (XNET_CR_RE | XNET_CR_TE), 0);
}

static void xnet_device_has_one_address(struct kunit *test)
{
	struct xnet_test_device *t = test->priv;
	u8 addr[ETH_ALEN] = {};
	bool read;

	KUNIT_EXPECT_TRUE(test, is_valid_ether_addr(t->dev->dev_addr));
	KUNIT_EXPECT_EQ(test, t->dev->addr_assign_type, NET_ADDR_PERM);
	KUNIT_EXPECT_MEMEQ(test, t->dev->perm_addr, t->dev->dev_addr, ETH_ALEN);
	rtnl_lock();
	read = xnet_eeprom_read_mac(t->xd, addr);
	rtnl_unlock();
	KUNIT_EXPECT_TRUE(test, read);
	KUNIT_EXPECT_MEMEQ(test, addr, t->dev->dev_addr, ETH_ALEN);
	xnet_hw_read_mac(t->xd, addr);
	KUNIT_EXPECT_MEMEQ(test, addr, t->dev->dev_addr, ETH_ALEN);
}

static void xnet_device_runs_while_it_is_open(struct kunit *test)
{
	struct xnet_test_device *t = test->priv;
	u32 mask = XNET_RCR_AB | XNET_RCR_APM | XNET_RCR_AAP;

	xnet_test_open(test, t);
	KUNIT_EXPECT_EQ(test, xnet_r8(t->xd, XNET_CR) & (XNET_CR_RE | XNET_CR_TE),
			XNET_CR_RE | XNET_CR_TE);
	KUNIT_EXPECT_EQ(test, xnet_r32(t->xd, XNET_TNPDS), lower_32_bits(t->xd->tx.dma));
	KUNIT_EXPECT_EQ(test, xnet_r32(t->xd, XNET_RDSAR), lower_32_bits(t->xd->rx.ring.dma));
	KUNIT_EXPECT_EQ(test, xnet_r32(t->xd, XNET_RCR) & mask, XNET_RCR_AB | XNET_RCR_APM);
	KUNIT_EXPECT_EQ(test, xnet_r16(t->xd, XNET_IMR), t->xd->imr);
	KUNIT_EXPECT_NE(test, t->xd->imr, 0);

	kunit_release_action(test, xnet_test_close, t);
	KUNIT_EXPECT_EQ(test, xnet_r16(t->xd, XNET_IMR), 0);
	KUNIT_EXPECT_EQ(test, xnet_r8(t->xd, XNET_CR) & (XNET_CR_RE | XNET_CR_TE), 0);
}

static void xnet_device_has_a_link(struct kunit *test)
{
	struct xnet_test_device *t = test->priv;
	struct ethtool_link_ksettings settings = {};
	int err;

	KUNIT_EXPECT_FALSE(test, netif_carrier_ok(t->dev));
	xnet_test_open(test, t);
	KUNIT_EXPECT_TRUE(test, netif_carrier_ok(t->dev));
	rtnl_lock();
	err = __ethtool_get_link_ksettings(t->dev, &settings);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_EQ(test, settings.base.speed, SPEED_100);
	KUNIT_EXPECT_EQ(test, settings.base.duplex, DUPLEX_FULL);
	kunit_release_action(test, xnet_test_close, t);
	KUNIT_EXPECT_FALSE(test, netif_carrier_ok(t->dev));
}

static struct kunit_case xnet_device_cases[] = {
	KUNIT_CASE(xnet_device_has_one_interface),
	KUNIT_CASE(xnet_device_has_one_address),
	KUNIT_CASE(xnet_device_runs_while_it_is_open),
	KUNIT_CASE(xnet_device_has_a_link),
	{}
};

static struct kunit_suite xnet_device_suite = {
	.name = "xnet_device",
	.init = xnet_device_test_init,
	.test_cases = xnet_device_cases,
};

kunit_test_suite(xnet_device_suite);

MODULE_DESCRIPTION("KUnit tests of xnet on a real device");
MODULE_LICENSE("GPL");
