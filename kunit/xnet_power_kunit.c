// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of how xnet sleeps, wakes up and shuts down, on a pretend card. */
#include <kunit/test.h>
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/pm.h>
#include <linux/reboot.h>
#include <linux/rtnetlink.h>
#include <linux/unaligned.h>

#include "xnet_card.h"

#define XNET_TEST_LEN 400U
#define XNET_TEST_QUEUED 3U

static int xnet_power_test_init(struct kunit *test)
{
	if (!IS_ENABLED(CONFIG_PM_SLEEP))
		kunit_skip(test, "needs a kernel that can sleep");
	test->priv = xnet_card_make(test);
	xnet_card_plug(test, test->priv);
	return 0;
}

static void xnet_power_test_exit(struct kunit *test)
{
	xnet_card_destroy(test, test->priv);
}

static struct xnet_card *xnet_test_open(struct kunit *test)
{
	struct xnet_card *card = test->priv;

	xnet_card_open(test, card);
	return card;
}

static u16 xnet_test_pm_ctrl(const struct xnet_card *card)
{
	return get_unaligned_le16(card->config + XNET_CARD_PM + PCI_PM_CTRL);
}

/* As the kernel does it, with what the PCI core has to do before and after the driver. */
static int xnet_test_sleep(struct xnet_card *card)
{
	struct device *dev = &card->pdev->dev;
	int err = dev->bus->pm->suspend(dev);

	return err ? err : dev->bus->pm->suspend_noirq(dev);
}

static int xnet_test_wake(struct xnet_card *card)
{
	struct device *dev = &card->pdev->dev;
	int err = dev->bus->pm->resume_noirq(dev);

	return err ? err : dev->bus->pm->resume(dev);
}

/* The chip forgets all but what it has from the EEPROM, and the bus where its registers are. */
static void xnet_test_lose_power(struct xnet_card *card)
{
	memset(card->chip->regs + ETH_ALEN, 0, XNET_REGS_LEN - ETH_ALEN);
	xnet_chip_set_link(card->chip, true);
	card->chip->rx_next = 0;
	card->chip->tx_next = 0;
	put_unaligned_le16(0, card->config + PCI_COMMAND);
}

static bool xnet_test_arrives(struct xnet_card *card, u8 seed)
{
	u8 frame[XNET_TEST_LEN + ETH_FCS_LEN] = {};

	xnet_card_fill(card, frame, XNET_TEST_LEN, seed);
	return xnet_card_receive(card, frame, sizeof(frame), XNET_CARD_WHOLE, 0);
}

static struct sk_buff *xnet_test_frame(struct kunit *test, u8 seed)
{
	struct xnet_card *card = test->priv;
	struct sk_buff *skb = netdev_alloc_skb_ip_align(card->dev, XNET_TEST_LEN);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	xnet_card_fill(card, skb_put(skb, XNET_TEST_LEN), XNET_TEST_LEN, seed);
	return skb;
}

static void xnet_sleep_silences_the_chip_and_waking_starts_it_anew(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test);
	unsigned int maps = card->dma.count;

	xnet_card_works(test, test->priv);
	KUNIT_ASSERT_EQ(test, xnet_test_sleep(card), 0);
	KUNIT_EXPECT_FALSE(test, netif_device_present(card->dev));
	KUNIT_EXPECT_TRUE(test, netif_queue_stopped(card->dev));
	KUNIT_EXPECT_EQ(test, xnet_chip_get8(card->chip, XNET_CR), 0);
	KUNIT_EXPECT_EQ(test, xnet_chip_get16(card->chip, XNET_IMR), 0);
	KUNIT_EXPECT_EQ(test, xnet_test_pm_ctrl(card) & PCI_PM_CTRL_STATE_MASK,
			(__force int)PCI_D3hot);

	xnet_test_lose_power(card);
	KUNIT_ASSERT_EQ(test, xnet_test_wake(card), 0);
	KUNIT_EXPECT_TRUE(test, netif_device_present(card->dev));
	KUNIT_EXPECT_FALSE(test, netif_queue_stopped(card->dev));
	KUNIT_EXPECT_TRUE(test, netif_carrier_ok(card->dev));
	KUNIT_EXPECT_EQ(test, xnet_test_pm_ctrl(card) & PCI_PM_CTRL_STATE_MASK, 0);
	KUNIT_EXPECT_TRUE(test, get_unaligned_le16(card->config + PCI_COMMAND) &
			  PCI_COMMAND_MASTER);
	/* For a reset of the slot, which may come later. */
	KUNIT_EXPECT_TRUE(test, to_pci_dev(card->dev->dev.parent)->state_saved);
	KUNIT_EXPECT_EQ(test, card->dma.count, maps);
	xnet_card_works(test, test->priv);
}

/* A driver that began at the first descriptors with old ones behind them would stall. */
static void xnet_sleep_leaves_nothing_in_the_rings(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test);
	unsigned int maps = card->dma.count;
	struct rtnl_link_stats64 stats;
	unsigned int i;

	card->slow = true;
	for (i = 0; i < XNET_TEST_QUEUED; i++) {
		KUNIT_EXPECT_EQ(test, (int)xnet_card_xmit(card, xnet_test_frame(test, i), false),
				NETDEV_TX_OK);
		KUNIT_EXPECT_TRUE(test, xnet_test_arrives(card, i));
	}
	KUNIT_ASSERT_EQ(test, xnet_test_sleep(card), 0);
	KUNIT_EXPECT_EQ(test, card->dma.count, maps);
	dev_get_stats(card->dev, &stats);
	KUNIT_EXPECT_EQ(test, stats.tx_dropped, XNET_TEST_QUEUED);

	xnet_test_lose_power(card);
	card->slow = false;
	KUNIT_ASSERT_EQ(test, xnet_test_wake(card), 0);
	KUNIT_EXPECT_FALSE(test, xnet_card_send(card, 0));
	for (i = 0; i < 3 * XNET_TX_SIZE; i++)
		xnet_card_works(test, test->priv);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&card->received), 0);
}

static void xnet_sleep_changes_nothing_that_was_set(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test);
	u8 mac[ETH_ALEN];
	u32 rcr;

	eth_random_addr(mac);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, dev_set_promiscuity(card->dev, 1), 0);
	eth_hw_addr_set(card->dev, mac);
	xnet_hw_set_mac(card->xd);
	rtnl_unlock();
	rcr = xnet_chip_get32(card->chip, XNET_RCR);
	KUNIT_EXPECT_TRUE(test, rcr & XNET_RCR_AAP);

	KUNIT_ASSERT_EQ(test, xnet_test_sleep(card), 0);
	xnet_test_lose_power(card);
	memset(card->chip->regs + XNET_IDR0, 0, ETH_ALEN);
	KUNIT_ASSERT_EQ(test, xnet_test_wake(card), 0);
	KUNIT_EXPECT_EQ(test, xnet_chip_get32(card->chip, XNET_RCR), rcr);
	KUNIT_EXPECT_MEMEQ(test, card->chip->regs + XNET_IDR0, mac, ETH_ALEN);
	xnet_card_works(test, test->priv);
}

static void xnet_sleep_of_a_closed_interface_is_undisturbed(struct kunit *test)
{
	struct xnet_card *card = test->priv;
	unsigned int writes = card->chip->writes;

	KUNIT_ASSERT_EQ(test, xnet_test_sleep(card), 0);
	xnet_test_lose_power(card);
	KUNIT_ASSERT_EQ(test, xnet_test_wake(card), 0);
	KUNIT_EXPECT_EQ(test, card->chip->writes, writes);
	KUNIT_EXPECT_FALSE(test, card->xd->up);
	xnet_card_open(test, card);
	xnet_card_works(test, test->priv);
}

static void xnet_sleep_is_not_disturbed_by_a_reset(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test);
	unsigned int writes;

	KUNIT_ASSERT_EQ(test, xnet_test_sleep(card), 0);
	writes = card->chip->writes;
	xnet_schedule_reset(card->xd);
	flush_work(&card->xd->reset_work);
	KUNIT_EXPECT_EQ(test, card->chip->writes, writes);
	KUNIT_ASSERT_EQ(test, xnet_test_wake(card), 0);
	xnet_card_works(test, test->priv);
}

static void xnet_waking_that_failed_is_tried_again(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test);

	KUNIT_ASSERT_EQ(test, xnet_test_sleep(card), 0);
	card->chip->stuck = true;
	KUNIT_EXPECT_EQ(test, xnet_test_wake(card), -ETIMEDOUT);
	KUNIT_EXPECT_TRUE(test, netif_device_present(card->dev));
	KUNIT_EXPECT_TRUE(test, netif_queue_stopped(card->dev));

	card->chip->stuck = false;
	card->dev->netdev_ops->ndo_tx_timeout(card->dev, 0);
	flush_work(&card->xd->reset_work);
	KUNIT_EXPECT_TRUE(test, card->xd->up);
	xnet_card_works(test, test->priv);
}

/* To the stack it is awake for a moment. */
static void xnet_waking_that_failed_leaves_nothing_in_the_ring(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test);
	unsigned int maps = card->dma.count;

	KUNIT_ASSERT_EQ(test, xnet_test_sleep(card), 0);
	card->slow = true;
	KUNIT_EXPECT_EQ(test, (int)xnet_card_xmit(card, xnet_test_frame(test, 4), false),
			NETDEV_TX_OK);
	card->chip->stuck = true;
	KUNIT_EXPECT_EQ(test, xnet_test_wake(card), -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, card->dma.count, maps);
	KUNIT_EXPECT_EQ(test, card->xd->tx.head, 0);
	KUNIT_EXPECT_TRUE(test, netif_queue_stopped(card->dev));
	card->chip->stuck = false;
}

static void xnet_test_set_wol(struct kunit *test, u32 wolopts)
{
	struct xnet_card *card = test->priv;
	struct ethtool_wolinfo wol = { .wolopts = wolopts };

	rtnl_lock();
	KUNIT_EXPECT_EQ(test, card->dev->ethtool_ops->set_wol(card->dev, &wol), 0);
	wol.wolopts = 0;
	card->dev->ethtool_ops->get_wol(card->dev, &wol);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, wol.wolopts, wolopts);
}

/* It waits, in D3, for what it was told to wait for, and lets such frames through its filter. */
static void xnet_test_expect_armed(struct kunit *test, u32 wolopts)
{
	struct xnet_card *card = test->priv;
	u16 pm = xnet_test_pm_ctrl(card);
	u32 rcr = xnet_chip_get32(card->chip, XNET_RCR);

	KUNIT_EXPECT_EQ(test, pm & PCI_PM_CTRL_STATE_MASK, (__force int)PCI_D3hot);
	KUNIT_EXPECT_EQ(test, !!(pm & PCI_PM_CTRL_PME_ENABLE), !!wolopts);
	KUNIT_EXPECT_EQ(test, xnet_hw_get_wol(card->xd), wolopts);
	KUNIT_EXPECT_EQ(test, !!(rcr & XNET_RCR_APM), !!wolopts);
	KUNIT_EXPECT_EQ(test, xnet_chip_get8(card->chip, XNET_CR), 0);
}

static const struct xnet_wake_up {
	const char *name;
	u32 wolopts;
} xnet_wake_ups[] = {
	{ "by nothing", 0 },
	{ "by a magic packet", WAKE_MAGIC },
	{ "by all", WAKE_PHY | WAKE_MAGIC | WAKE_UCAST | WAKE_MCAST | WAKE_BCAST },
};

KUNIT_ARRAY_PARAM_DESC(xnet_wake_up, xnet_wake_ups, name);

static void xnet_sleep_leaves_the_card_waiting_for_what_wakes_it(struct kunit *test)
{
	const struct xnet_wake_up *wake = test->param_value;
	struct xnet_card *card = xnet_test_open(test);

	xnet_test_set_wol(test, wake->wolopts);
	KUNIT_ASSERT_EQ(test, xnet_test_sleep(card), 0);
	xnet_test_expect_armed(test, wake->wolopts);
	KUNIT_ASSERT_EQ(test, xnet_test_wake(card), 0);
	KUNIT_EXPECT_EQ(test, xnet_test_pm_ctrl(card) & PCI_PM_CTRL_PME_ENABLE, 0);
	xnet_card_works(test, test->priv);

	/* It has not forgotten. */
	KUNIT_ASSERT_EQ(test, xnet_test_sleep(card), 0);
	xnet_test_expect_armed(test, wake->wolopts);
	KUNIT_ASSERT_EQ(test, xnet_test_wake(card), 0);
}

/* Which it was told while the interface was closed, and never since. */
static void xnet_sleep_leaves_the_card_waiting_under_its_address(struct kunit *test)
{
	struct xnet_card *card = test->priv;
	u8 mac[ETH_ALEN];

	eth_random_addr(mac);
	rtnl_lock();
	eth_hw_addr_set(card->dev, mac);
	rtnl_unlock();
	xnet_test_set_wol(test, WAKE_MAGIC);
	KUNIT_ASSERT_EQ(test, xnet_test_sleep(card), 0);
	KUNIT_EXPECT_MEMEQ(test, card->chip->regs + XNET_IDR0, mac, ETH_ALEN);
	KUNIT_ASSERT_EQ(test, xnet_test_wake(card), 0);
}

static void xnet_what_the_eeprom_wakes_by_is_what_is_shown(struct kunit *test)
{
	struct xnet_card *card = test->priv;
	struct ethtool_wolinfo wol = {};

	KUNIT_EXPECT_FALSE(test, device_may_wakeup(&card->pdev->dev));
	xnet_chip_set(card->chip, XNET_CONFIG3, 1, XNET_CONFIG3_MAGIC);
	xnet_init_wol(card->xd);
	rtnl_lock();
	card->dev->ethtool_ops->get_wol(card->dev, &wol);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, wol.wolopts, WAKE_MAGIC);
	KUNIT_EXPECT_TRUE(test, device_may_wakeup(&card->pdev->dev));
}

static void xnet_test_shutdown(struct xnet_card *card)
{
	to_pci_driver(card->pdev->dev.driver)->shutdown(card->pdev);
}

static void xnet_shutdown_silences_the_chip(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test);

	xnet_test_shutdown(card);
	KUNIT_EXPECT_FALSE(test, netif_device_present(card->dev));
	KUNIT_EXPECT_EQ(test, xnet_chip_get8(card->chip, XNET_CR), 0);
	KUNIT_EXPECT_EQ(test, xnet_chip_get16(card->chip, XNET_IMR), 0);
	KUNIT_EXPECT_EQ(test, xnet_test_pm_ctrl(card), 0);
}

/* For as long as this takes, the machine thinks that it is on its way. */
static void xnet_power_off_leaves_the_card_waiting_for_what_wakes_it(struct kunit *test)
{
	const struct xnet_wake_up *wake = test->param_value;
	struct xnet_card *card = xnet_test_open(test);
	enum system_states state = system_state;

	xnet_test_set_wol(test, wake->wolopts);
	system_state = SYSTEM_POWER_OFF;
	xnet_test_shutdown(card);
	system_state = state;
	xnet_test_expect_armed(test, wake->wolopts);
}

static struct kunit_case xnet_power_cases[] = {
	KUNIT_CASE(xnet_sleep_silences_the_chip_and_waking_starts_it_anew),
	KUNIT_CASE(xnet_sleep_leaves_nothing_in_the_rings),
	KUNIT_CASE(xnet_sleep_changes_nothing_that_was_set),
	KUNIT_CASE(xnet_sleep_of_a_closed_interface_is_undisturbed),
	KUNIT_CASE(xnet_sleep_is_not_disturbed_by_a_reset),
	KUNIT_CASE(xnet_waking_that_failed_is_tried_again),
	KUNIT_CASE(xnet_waking_that_failed_leaves_nothing_in_the_ring),
	KUNIT_CASE_PARAM(xnet_sleep_leaves_the_card_waiting_for_what_wakes_it,
			 xnet_wake_up_gen_params),
	KUNIT_CASE(xnet_sleep_leaves_the_card_waiting_under_its_address),
	KUNIT_CASE(xnet_what_the_eeprom_wakes_by_is_what_is_shown),
	KUNIT_CASE(xnet_shutdown_silences_the_chip),
	KUNIT_CASE_PARAM(xnet_power_off_leaves_the_card_waiting_for_what_wakes_it,
			 xnet_wake_up_gen_params),
	{}
};

static struct kunit_suite xnet_power_suite = {
	.name = "xnet_power",
	.init = xnet_power_test_init,
	.exit = xnet_power_test_exit,
	.test_cases = xnet_power_cases,
};

kunit_test_suite(xnet_power_suite);

MODULE_DESCRIPTION("KUnit tests of how xnet sleeps, wakes up and shuts down");
MODULE_LICENSE("GPL");
