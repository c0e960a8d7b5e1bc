// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of xnet when the bus fails or the card is gone, on a pretend one. */
#include <kunit/test.h>
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/mii.h>
#include <linux/rtnetlink.h>
#include <linux/unaligned.h>

#include "xnet_card.h"

#define XNET_TEST_LEN 400U

static int xnet_error_test_init(struct kunit *test)
{
	test->priv = xnet_card_make(test);
	xnet_card_plug(test, test->priv);
	return 0;
}

static void xnet_error_test_exit(struct kunit *test)
{
	xnet_card_destroy(test, test->priv);
}

static struct xnet_card *xnet_test_open(struct kunit *test)
{
	struct xnet_card *card = test->priv;

	xnet_card_open(test, card);
	return card;
}

static struct sk_buff *xnet_test_frame(struct kunit *test)
{
	struct xnet_card *card = test->priv;
	struct sk_buff *skb = netdev_alloc_skb_ip_align(card->dev, XNET_TEST_LEN);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	xnet_card_fill(card, skb_put(skb, XNET_TEST_LEN), XNET_TEST_LEN, 4);
	return skb;
}

static const struct pci_error_handlers *xnet_test_handlers(struct xnet_card *card)
{
	return to_pci_driver(card->pdev->dev.driver)->err_handler;
}

/* A slot that is reset has lost all that the driver and the kernel had told it. */
static void xnet_test_reset_slot(struct xnet_card *card)
{
	put_unaligned_le16(0, card->config + PCI_COMMAND);
	memset(card->chip->regs + ETH_ALEN, 0, XNET_REGS_LEN - ETH_ALEN);
	xnet_chip_set(card->chip, XNET_ANAR, 2, XNET_CHIP_ANAR);
	xnet_chip_set_link(card->chip, true);
	card->chip->rx_next = 0;
	card->chip->tx_next = 0;
	card->chip->gone = false;
}

static void xnet_error_resets_the_slot_and_all_goes_on(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test);
	const struct pci_error_handlers *handlers = xnet_test_handlers(card);
	const u16 slow = ADVERTISE_CSMA | ADVERTISE_10FULL;
	unsigned int maps = card->dma.count;
	int i;

	rtnl_lock();
	card->xd->mii.mdio_write(card->dev, card->xd->mii.phy_id, MII_ADVERTISE, slow);
	rtnl_unlock();
	xnet_schedule_reset(card->xd);
	flush_work(&card->xd->reset_work);

	for (i = 0; i < 2; i++) {
		xnet_card_works(test, test->priv);
		card->chip->gone = true;
		KUNIT_EXPECT_EQ(test, handlers->error_detected(card->pdev, pci_channel_io_frozen),
				PCI_ERS_RESULT_NEED_RESET);
		KUNIT_EXPECT_FALSE(test, netif_device_present(card->dev));
		KUNIT_EXPECT_TRUE(test, netif_queue_stopped(card->dev));
		KUNIT_EXPECT_EQ(test, card->dma.count, maps);

		xnet_test_reset_slot(card);
		KUNIT_EXPECT_EQ(test, handlers->slot_reset(card->pdev),
				PCI_ERS_RESULT_RECOVERED);
		KUNIT_EXPECT_EQ(test, get_unaligned_le16(card->config + PCI_COMMAND) &
				(PCI_COMMAND_MASTER | PCI_COMMAND_MEMORY),
				PCI_COMMAND_MASTER | PCI_COMMAND_MEMORY);
		handlers->resume(card->pdev);
		KUNIT_EXPECT_TRUE(test, netif_device_present(card->dev));
		KUNIT_EXPECT_TRUE(test, netif_carrier_ok(card->dev));
		/* What it could not be asked for is not forgotten. */
		KUNIT_EXPECT_EQ(test, xnet_chip_get16(card->chip, XNET_ANAR), slow);
	}
	xnet_card_works(test, test->priv);
}

static void xnet_error_on_a_closed_interface_is_survived(struct kunit *test)
{
	struct xnet_card *card = test->priv;
	const struct pci_error_handlers *handlers = xnet_test_handlers(card);

	KUNIT_EXPECT_EQ(test, handlers->error_detected(card->pdev, pci_channel_io_normal),
			PCI_ERS_RESULT_NEED_RESET);
	xnet_test_reset_slot(card);
	KUNIT_EXPECT_EQ(test, handlers->slot_reset(card->pdev), PCI_ERS_RESULT_RECOVERED);
	handlers->resume(card->pdev);
	KUNIT_EXPECT_FALSE(test, card->xd->up);
	xnet_card_open(test, card);
	xnet_card_works(test, test->priv);
}

static void xnet_error_that_lasts_ends_in_a_disconnect(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test);
	const struct pci_error_handlers *handlers = xnet_test_handlers(card);

	card->chip->gone = true;
	KUNIT_EXPECT_EQ(test, handlers->error_detected(card->pdev, pci_channel_io_frozen),
			PCI_ERS_RESULT_NEED_RESET);
	KUNIT_EXPECT_EQ(test, handlers->slot_reset(card->pdev), PCI_ERS_RESULT_DISCONNECT);
	KUNIT_EXPECT_EQ(test, handlers->error_detected(card->pdev, pci_channel_io_perm_failure),
			PCI_ERS_RESULT_DISCONNECT);
	KUNIT_EXPECT_FALSE(test, netif_carrier_ok(card->dev));
	KUNIT_EXPECT_FALSE(test, netif_device_present(card->dev));
}

/* Nobody waits for it, nothing comes from it, and it can be taken away. */
static void xnet_test_expect_given_up(struct kunit *test)
{
	struct xnet_card *card = test->priv;
	struct rtnl_link_stats64 stats;
	int err;

	flush_work(&card->xd->reset_work);
	KUNIT_EXPECT_TRUE(test, card->xd->gone);
	KUNIT_EXPECT_FALSE(test, netif_carrier_ok(card->dev));
	KUNIT_EXPECT_FALSE(test, netif_device_present(card->dev));
	KUNIT_EXPECT_TRUE(test, netif_queue_stopped(card->dev));
	KUNIT_EXPECT_FALSE(test, card->xd->up);
	KUNIT_EXPECT_EQ(test, (int)xnet_interrupt(card->irq, card->xd), IRQ_NONE);
	KUNIT_EXPECT_FALSE(test, work_pending(&card->xd->reset_work));
	dev_get_stats(card->dev, &stats);

	rtnl_lock();
	dev_close(card->dev);
	err = dev_open(card->dev, NULL);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, err, -ENODEV);
	xnet_card_unplug(card);
	KUNIT_EXPECT_EQ(test, card->dma.count, 0);
}

static void xnet_card_that_is_gone_is_given_up_by_an_interrupt(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test);

	xnet_card_works(test, test->priv);
	card->chip->gone = true;
	KUNIT_EXPECT_EQ(test, (int)xnet_interrupt(card->irq, card->xd), IRQ_NONE);
	xnet_test_expect_given_up(test);
}

static void xnet_card_that_is_gone_is_given_up_by_the_watchdog(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test);

	card->slow = true;
	KUNIT_EXPECT_EQ(test, (int)xnet_card_xmit(card, xnet_test_frame(test), false),
			NETDEV_TX_OK);
	card->chip->gone = true;
	KUNIT_EXPECT_EQ(test, (int)xnet_card_xmit(card, xnet_test_frame(test), false),
			NETDEV_TX_OK);
	card->dev->netdev_ops->ndo_tx_timeout(card->dev, 0);
	xnet_test_expect_given_up(test);
}

/* It is asked about its link, its EEPROM, its counters and its registers. */
static void xnet_card_that_is_gone_keeps_nobody_waiting(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test);
	struct xnet *xd = card->xd;
	u64 *values = kunit_kcalloc(test, xnet_stats_count(), sizeof(*values), GFP_KERNEL);
	unsigned long start = jiffies;
	u8 addr[ETH_ALEN];

	KUNIT_ASSERT_NOT_NULL(test, values);
	card->chip->gone = true;
	rtnl_lock();
	xnet_check_link(xd);
	KUNIT_EXPECT_FALSE(test, netif_carrier_ok(card->dev));
	KUNIT_EXPECT_FALSE(test, xnet_eeprom_read_mac(xd, addr));
	xnet_stats_values(xd, values);
	card->dev->ethtool_ops->nway_reset(card->dev);
	rtnl_unlock();
	local_bh_disable();
	napi_schedule(&xd->napi);
	local_bh_enable();
	KUNIT_EXPECT_LT(test, jiffies - start, 2 * HZ);
	xnet_schedule_reset(xd);
	xnet_test_expect_given_up(test);
}

static struct kunit_case xnet_error_cases[] = {
	KUNIT_CASE(xnet_error_resets_the_slot_and_all_goes_on),
	KUNIT_CASE(xnet_error_on_a_closed_interface_is_survived),
	KUNIT_CASE(xnet_error_that_lasts_ends_in_a_disconnect),
	KUNIT_CASE(xnet_card_that_is_gone_is_given_up_by_an_interrupt),
	KUNIT_CASE(xnet_card_that_is_gone_is_given_up_by_the_watchdog),
	KUNIT_CASE(xnet_card_that_is_gone_keeps_nobody_waiting),
	{}
};

static struct kunit_suite xnet_error_suite = {
	.name = "xnet_error",
	.init = xnet_error_test_init,
	.exit = xnet_error_test_exit,
	.test_cases = xnet_error_cases,
};

kunit_test_suite(xnet_error_suite);

MODULE_DESCRIPTION("KUnit tests of xnet when the bus fails or the card is gone");
MODULE_LICENSE("GPL");
