// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of how xnet takes a card, starts and stops it, and of what can go wrong with that. */
#include <kunit/test.h>
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/interrupt.h>
#include <linux/mii.h>
#include <linux/moduleparam.h>
#include <linux/rtnetlink.h>
#include <net/netdev_rx_queue.h>

#include "compat_kunit.h"
#include "xnet_card.h"

#define XNET_TEST_LEN 400U
#define XNET_TEST_PROBE_ALLOCS 3 /* the Tx ring, its headers and the tally block */

static int xnet_card_test_init(struct kunit *test)
{
	struct xnet_card *card = xnet_card_make(test);

	test->priv = card;
	return 0;
}

static void xnet_card_test_exit(struct kunit *test)
{
	xnet_card_destroy(test, test->priv);
}

static struct xnet_card *xnet_test_plug(struct kunit *test)
{
	struct xnet_card *card = test->priv;

	xnet_card_plug(test, card);
	KUNIT_ASSERT_NOT_NULL(test, card->xd);
	return card;
}

static struct xnet_card *xnet_test_open(struct kunit *test)
{
	struct xnet_card *card = xnet_test_plug(test);

	xnet_card_open(test, card);
	return card;
}

static int xnet_test_try_open(struct xnet_card *card)
{
	int err;

	rtnl_lock();
	err = dev_open(card->dev, NULL);
	rtnl_unlock();
	return err;
}

static void xnet_test_close(struct xnet_card *card)
{
	rtnl_lock();
	dev_close(card->dev);
	rtnl_unlock();
}

static void xnet_a_card_becomes_an_interface_that_works(struct kunit *test)
{
	struct xnet_card *card = xnet_test_plug(test);
	u8 addr[ETH_ALEN];

	KUNIT_EXPECT_STREQ(test, card->pdev->dev.driver->name, "xnet");
	KUNIT_EXPECT_TRUE(test, xnet_eeprom_read_mac(card->xd, addr));
	KUNIT_EXPECT_MEMEQ(test, card->dev->dev_addr, addr, ETH_ALEN);
	KUNIT_EXPECT_EQ(test, card->dev->max_mtu, XNET_MAX_FRAME_CHIP - XNET_FRAME_OVERHEAD);
	KUNIT_EXPECT_EQ(test, card->xd->rx_size, XNET_RX_SIZE_CHIP);
	KUNIT_EXPECT_TRUE(test, card->xd->dac);
	KUNIT_EXPECT_EQ(test, card->dma.count, XNET_TEST_PROBE_ALLOCS);

	xnet_card_open(test, card);
	KUNIT_EXPECT_TRUE(test, netif_carrier_ok(card->dev));
	KUNIT_EXPECT_EQ(test, card->dma.count, XNET_TEST_PROBE_ALLOCS + 1 + XNET_RX_SIZE_CHIP);
	xnet_card_works(test, test->priv);

	xnet_test_close(card);
	KUNIT_EXPECT_EQ(test, card->dma.count, XNET_TEST_PROBE_ALLOCS);
	KUNIT_EXPECT_FALSE(test, irq_has_action(card->irq));
	KUNIT_EXPECT_EQ(test, xnet_chip_get8(card->chip, XNET_CR), 0);
	xnet_card_open(test, card);
	xnet_card_works(test, test->priv);
}

/* As a program asks by netlink: ynl --do queue-get. */
static void xnet_queues_have_their_napi_while_open(struct kunit *test)
{
	struct xnet_card *card = xnet_test_plug(test);
	struct netdev_rx_queue *rxq = __netif_get_rx_queue(card->dev, 0);
	struct netdev_queue *txq = netdev_get_tx_queue(card->dev, 0);

	KUNIT_EXPECT_EQ(test, card->xd->napi.irq, card->irq);
	KUNIT_EXPECT_NULL(test, rxq->napi);
	KUNIT_EXPECT_NULL(test, txq->napi);
	xnet_card_open(test, card);
	KUNIT_EXPECT_PTR_EQ(test, rxq->napi, &card->xd->napi);
	KUNIT_EXPECT_PTR_EQ(test, txq->napi, &card->xd->napi);
	xnet_test_close(card);
	KUNIT_EXPECT_NULL(test, rxq->napi);
	KUNIT_EXPECT_NULL(test, txq->napi);
}

/* The poll with a budget of 0, with interrupts off: it may reclaim, and nothing else. */
static void xnet_netpoll_makes_room_and_receives_nothing(struct kunit *test)
{
	u8 frame[XNET_TEST_LEN + ETH_FCS_LEN] = {};
	struct xnet_card *card = xnet_test_open(test);
	unsigned long flags;
	struct sk_buff *skb;

	card->slow = true;
	skb = netdev_alloc_skb_ip_align(card->dev, XNET_TEST_LEN);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_put_zero(skb, XNET_TEST_LEN);
	KUNIT_EXPECT_EQ(test, (int)xnet_card_xmit(card, skb, false), NETDEV_TX_OK);
	KUNIT_EXPECT_TRUE(test, xnet_card_send(card, 0));
	xnet_card_fill(card, frame, XNET_TEST_LEN, 3);
	KUNIT_ASSERT_TRUE(test, xnet_card_receive(card, frame, sizeof(frame), XNET_CARD_WHOLE, 0));

	local_irq_save(flags);
	KUNIT_EXPECT_EQ(test, xnet_poll(&card->xd->napi, 0), 0);
	local_irq_restore(flags);
	KUNIT_EXPECT_EQ(test, card->xd->tx.tail, card->xd->tx.head);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&card->received), 0);
	KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(card));
	KUNIT_EXPECT_EQ(test, skb_queue_len(&card->received), 1);
}

static void xnet_lack_revision(struct xnet_card *card)
{
	card->config[PCI_REVISION_ID] = 0x1f;
}

static void xnet_lack_registers(struct xnet_card *card)
{
	card->no_regs = true;
}

static void xnet_lack_room(struct xnet_card *card)
{
	card->no_room = true;
}

static void xnet_lack_interrupt(struct xnet_card *card)
{
	card->no_irq = true;
}

static void xnet_lack_addresses(struct xnet_card *card)
{
	card->dma.widest = DMA_BIT_MASK(31);
}

static void xnet_lack_reset(struct xnet_card *card)
{
	card->chip->stuck = true;
	xnet_chip_set(card->chip, XNET_CR, 1, XNET_CR_RST);
}

static void xnet_lack_tx_ring(struct xnet_card *card)
{
	card->dma.fail_in = 1;
}

static void xnet_lack_headers(struct xnet_card *card)
{
	card->dma.fail_in = 2;
}

static void xnet_lack_tallies(struct xnet_card *card)
{
	card->dma.fail_in = 3;
}

static const struct xnet_lack {
	const char *name;
	void (*take)(struct xnet_card *card);
} xnet_lacks[] = {
	{ "an 8139 of another kind", xnet_lack_revision },
	{ "no registers", xnet_lack_registers },
	{ "no addresses for its registers", xnet_lack_room },
	{ "no interrupt", xnet_lack_interrupt },
	{ "no addresses for memory", xnet_lack_addresses },
	{ "never out of reset", xnet_lack_reset },
	{ "no memory for the Tx ring", xnet_lack_tx_ring },
	{ "no memory for headers", xnet_lack_headers },
	{ "no memory for tallies", xnet_lack_tallies },
};

KUNIT_ARRAY_PARAM_DESC(xnet_lack, xnet_lacks, name);

/* xnet_card_destroy() sees whether anything was left. */
static void xnet_a_card_that_cannot_work_is_not_taken(struct kunit *test)
{
	const struct xnet_lack *lack = test->param_value;
	struct xnet_card *card = test->priv;

	lack->take(card);
	xnet_card_plug(test, card);
	KUNIT_EXPECT_NULL(test, card->pdev->dev.driver);
	KUNIT_EXPECT_EQ(test, card->dma.count, 0);
	KUNIT_EXPECT_EQ(test, card->dma.fail_in, 0);
	KUNIT_EXPECT_FALSE(test, irq_has_action(card->irq));
}

static void xnet_a_bus_of_32_bits_is_enough(struct kunit *test)
{
	struct xnet_card *card = test->priv;

	card->dma.widest = DMA_BIT_MASK(32);
	xnet_test_open(test);
	KUNIT_EXPECT_FALSE(test, card->xd->dac);
	KUNIT_EXPECT_EQ(test, card->dev->features & NETIF_F_HIGHDMA, 0);
	KUNIT_EXPECT_EQ(test, xnet_chip_get16(card->chip, XNET_CPCR) & XNET_CPCR_DAC, 0);
	xnet_card_works(test, test->priv);
}

static void xnet_an_address_comes_from_the_chip_or_from_nowhere(struct kunit *test)
{
	static const u8 mac[] = { 0x02, 0x11, 0x22, 0x33, 0x44, 0x55 };
	struct xnet_card *card = test->priv;

	card->chip->eeprom.words[XNET_EEPROM_ID] = 0xffff;
	memcpy(card->chip->regs + XNET_IDR0, mac, ETH_ALEN);
	xnet_test_plug(test);
	KUNIT_EXPECT_MEMEQ(test, card->dev->dev_addr, mac, ETH_ALEN);
	KUNIT_EXPECT_EQ(test, card->dev->addr_assign_type, NET_ADDR_PERM);
	xnet_card_unplug(card);

	memset(card->chip->regs + XNET_IDR0, 0xff, ETH_ALEN);
	xnet_test_plug(test);
	KUNIT_EXPECT_TRUE(test, is_valid_ether_addr(card->dev->dev_addr));
	KUNIT_EXPECT_EQ(test, card->dev->addr_assign_type, NET_ADDR_RANDOM);
	xnet_card_open(test, card);
	KUNIT_EXPECT_MEMEQ(test, card->chip->regs + XNET_IDR0, card->dev->dev_addr, ETH_ALEN);
	xnet_card_works(test, test->priv);
}

static void xnet_an_address_written_to_the_eeprom_is_the_next_one(struct kunit *test)
{
	u8 mac[] = { 0x02, 0x66, 0x55, 0x44, 0x33, 0x22 };
	struct ethtool_eeprom eeprom = {
		.magic = XNET_EEPROM_ID_VALUE, .offset = 2 * XNET_EEPROM_MAC, .len = ETH_ALEN,
	};
	struct xnet_card *card = xnet_test_plug(test);
	int err;

	rtnl_lock();
	err = card->dev->ethtool_ops->set_eeprom(card->dev, &eeprom, mac);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_MEMNEQ(test, card->dev->dev_addr, mac, ETH_ALEN);
	xnet_card_unplug(card);
	xnet_test_plug(test);
	KUNIT_EXPECT_MEMEQ(test, card->dev->dev_addr, mac, ETH_ALEN);
	xnet_card_open(test, card);
	xnet_card_works(test, test->priv);
}

/* Opening resets the chip. */
static void xnet_an_advertisement_set_while_closed_holds_when_open(struct kunit *test)
{
	const u16 slow = ADVERTISE_CSMA | ADVERTISE_10FULL;
	struct xnet_card *card = xnet_test_open(test);
	struct mii_if_info *mii = &card->xd->mii;
	int i;

	for (i = 0; i < 2; i++) {
		const u16 advertise = i ? slow : slow | ADVERTISE_10HALF;

		xnet_test_close(card);
		rtnl_lock();
		mii->mdio_write(card->dev, mii->phy_id, MII_ADVERTISE, advertise);
		rtnl_unlock();
		xnet_card_open(test, card);
		KUNIT_EXPECT_EQ(test, xnet_chip_get16(card->chip, XNET_ANAR), advertise);
	}
	xnet_card_works(test, test->priv);
}

static const struct xnet_shortage {
	const char *name;
	u32 nth;
} xnet_shortages[] = {
	{ "no ring", 1 },
	{ "no first buffer", 2 },
	{ "no last buffer", 1 + XNET_RX_SIZE_CHIP },
};

KUNIT_ARRAY_PARAM_DESC(xnet_shortage, xnet_shortages, name);

static void xnet_opening_without_memory_fails_and_leaves_nothing(struct kunit *test)
{
	const struct xnet_shortage *shortage = test->param_value;
	struct xnet_card *card = xnet_test_plug(test);

	card->dma.fail_in = shortage->nth;
	KUNIT_EXPECT_EQ(test, xnet_test_try_open(card), -ENOMEM);
	KUNIT_EXPECT_EQ(test, card->dma.fail_in, 0);
	KUNIT_EXPECT_FALSE(test, netif_running(card->dev));
	KUNIT_EXPECT_FALSE(test, irq_has_action(card->irq));
	KUNIT_EXPECT_EQ(test, card->dma.count, XNET_TEST_PROBE_ALLOCS);
	xnet_card_open(test, card);
	xnet_card_works(test, test->priv);
}

static irqreturn_t xnet_test_other_interrupt(int irq, void *data)
{
	return IRQ_NONE;
}

static void xnet_opening_without_the_interrupt_fails_and_leaves_nothing(struct kunit *test)
{
	struct xnet_card *card = xnet_test_plug(test);
	int err = request_irq(card->irq, xnet_test_other_interrupt, 0, "alone", card);

	KUNIT_ASSERT_EQ(test, err, 0);
	KUNIT_EXPECT_EQ(test, xnet_test_try_open(card), -EBUSY);
	free_irq(card->irq, card);
	KUNIT_EXPECT_EQ(test, card->dma.count, XNET_TEST_PROBE_ALLOCS);
	xnet_card_open(test, card);
	xnet_card_works(test, test->priv);
}

static void xnet_opening_a_stuck_chip_fails_and_leaves_nothing(struct kunit *test)
{
	struct xnet_card *card = xnet_test_plug(test);

	card->chip->stuck = true;
	KUNIT_EXPECT_EQ(test, xnet_test_try_open(card), -ETIMEDOUT);
	KUNIT_EXPECT_FALSE(test, netif_running(card->dev));
	KUNIT_EXPECT_FALSE(test, irq_has_action(card->irq));
	KUNIT_EXPECT_EQ(test, card->dma.count, XNET_TEST_PROBE_ALLOCS);
	card->chip->stuck = false;
	xnet_card_open(test, card);
	xnet_card_works(test, test->priv);
}

static int xnet_test_set_mtu(struct xnet_card *card, int mtu)
{
	int err;

	rtnl_lock();
	err = dev_set_mtu(card->dev, mtu);
	rtnl_unlock();
	return err;
}

/* The first is the ring, those after it its buffers. */
static void xnet_a_new_ring_that_cannot_be_had_leaves_the_old_one(struct kunit *test)
{
	const struct xnet_shortage *shortage = test->param_value;
	struct xnet_card *card = xnet_test_open(test);
	unsigned int maps = card->dma.count;

	card->dma.fail_in = shortage->nth;
	KUNIT_EXPECT_EQ(test, xnet_test_set_mtu(card, 3000), -ENOMEM);
	KUNIT_EXPECT_EQ(test, card->dma.fail_in, 0);
	KUNIT_EXPECT_EQ(test, card->dev->mtu, ETH_DATA_LEN);
	KUNIT_EXPECT_EQ(test, card->xd->rx.ring.buf_len, XNET_RX_BUF_MIN);
	KUNIT_EXPECT_EQ(test, card->dma.count, maps);
	xnet_card_works(test, test->priv);

	KUNIT_EXPECT_EQ(test, xnet_test_set_mtu(card, 3000), 0);
	KUNIT_EXPECT_EQ(test, card->dev->mtu, 3000);
	KUNIT_EXPECT_EQ(test, card->dma.count, maps);
	xnet_card_works(test, test->priv);
}

/* The ring is the one that fits the MTU, whoever starts the device after that. */
static void xnet_a_change_that_the_chip_does_not_survive_is_none(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test);
	unsigned int maps = card->dma.count;
	int err;

	KUNIT_ASSERT_EQ(test, xnet_test_set_mtu(card, 3000), 0);
	card->chip->stuck = true;
	KUNIT_EXPECT_EQ(test, xnet_test_set_mtu(card, ETH_DATA_LEN), -ETIMEDOUT);
	rtnl_lock();
	err = xnet_resize_rx(card->xd, XNET_RX_SIZE_MIN, 3000);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, err, -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, card->dev->mtu, 3000);
	KUNIT_EXPECT_EQ(test, card->xd->rx.ring.buf_len, xnet_rx_buf_len(3000));
	KUNIT_EXPECT_EQ(test, card->xd->rx.ring.size, XNET_RX_SIZE_CHIP);
	KUNIT_EXPECT_EQ(test, card->xd->rx_size, XNET_RX_SIZE_CHIP);

	card->chip->stuck = false;
	card->dev->netdev_ops->ndo_tx_timeout(card->dev, 0);
	flush_work(&card->xd->reset_work);
	KUNIT_EXPECT_EQ(test, card->dma.count, maps);
	xnet_card_works(test, test->priv);
}

/* The line is shared: what is not this card's interrupt is another's. */
static void xnet_interrupts_of_others_are_left_to_them(struct kunit *test)
{
	struct xnet_card *card = xnet_test_plug(test);

	xnet_chip_set(card->chip, XNET_ISR, 2, XNET_INT_ROK);
	KUNIT_EXPECT_EQ(test, (int)xnet_interrupt(card->irq, card->xd), IRQ_NONE);

	xnet_card_open(test, card);
	KUNIT_EXPECT_EQ(test, (int)xnet_interrupt(card->irq, card->xd), IRQ_NONE);
	xnet_chip_set(card->chip, XNET_ISR, 2, XNET_INT_TDU); /* is not asked for */
	KUNIT_EXPECT_EQ(test, (int)xnet_interrupt(card->irq, card->xd), IRQ_NONE);
	card->chip->gone = true;
	KUNIT_EXPECT_EQ(test, (int)xnet_interrupt(card->irq, card->xd), IRQ_NONE);
	card->chip->gone = false;
	flush_work(&card->xd->reset_work);
	KUNIT_EXPECT_EQ(test, card->xd->interrupts, 0);
	xnet_card_works(test, test->priv);
	KUNIT_EXPECT_EQ(test, card->xd->interrupts, 1);
}

static void xnet_a_change_of_the_link_is_seen_by_its_interrupt(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test);
	int i;

	for (i = 0; i < 4; i++) {
		bool up = i % 2;

		xnet_chip_set_link(card->chip, up);
		xnet_chip_set(card->chip, XNET_ISR, 2, XNET_INT_LINKCHG);
		KUNIT_EXPECT_NE(test, netif_carrier_ok(card->dev), up);
		KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(card));
		KUNIT_EXPECT_EQ(test, netif_carrier_ok(card->dev), up);
		KUNIT_EXPECT_EQ(test, xnet_chip_get16(card->chip, XNET_ISR), 0);
	}
	xnet_card_works(test, test->priv);
}

static u16 xnet_test_config(const struct xnet_card *card, unsigned int where)
{
	return le16_to_cpu(*(const __le16 *)(card->config + where));
}

static bool xnet_test_was_master;

static void xnet_test_note_master(struct xnet_chip *chip)
{
	struct xnet_card *card = container_of(chip->dma, struct xnet_card, dma);

	xnet_test_was_master |= xnet_test_config(card, PCI_COMMAND) & PCI_COMMAND_MASTER;
}

/* Another kernel, or the firmware, may have left it with a ring of theirs. */
static void xnet_a_card_reaches_no_memory_before_it_was_reset(struct kunit *test)
{
	struct xnet_card *card = test->priv;

	xnet_test_was_master = false;
	card->chip->reset = xnet_test_note_master;
	xnet_test_plug(test);
	card->chip->reset = NULL;
	KUNIT_EXPECT_FALSE(test, xnet_test_was_master);
	KUNIT_EXPECT_TRUE(test, xnet_test_config(card, PCI_COMMAND) & PCI_COMMAND_MASTER);
}

static void xnet_a_bus_error_is_cleared_and_the_chip_reset(struct kunit *test)
{
	const u16 error = PCI_STATUS_REC_MASTER_ABORT;
	struct xnet_card *card = xnet_test_open(test);

	xnet_card_works(test, test->priv);
	*(__le16 *)(card->config + PCI_STATUS) = cpu_to_le16(PCI_STATUS_CAP_LIST | error);
	xnet_chip_set(card->chip, XNET_ISR, 2, XNET_INT_SERR);
	KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(card));
	flush_work(&card->xd->reset_work);
	KUNIT_EXPECT_EQ(test, xnet_test_config(card, PCI_STATUS), PCI_STATUS_CAP_LIST);
	KUNIT_EXPECT_EQ(test, card->chip->rx_next, 0);
	KUNIT_EXPECT_EQ(test, card->xd->rx.next, 0);
	KUNIT_EXPECT_FALSE(test, xnet_card_interrupt(card));
	xnet_card_works(test, test->priv);
}

static void xnet_a_reset_that_failed_is_tried_again(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test);

	card->chip->stuck = true;
	xnet_schedule_reset(card->xd);
	flush_work(&card->xd->reset_work);
	KUNIT_EXPECT_FALSE(test, card->xd->up);
	KUNIT_EXPECT_TRUE(test, netif_queue_stopped(card->dev));

	card->chip->stuck = false;
	card->dev->netdev_ops->ndo_tx_timeout(card->dev, 0);
	flush_work(&card->xd->reset_work);
	KUNIT_EXPECT_TRUE(test, card->xd->up);
	xnet_card_works(test, test->priv);
}

static void xnet_a_closed_interface_is_not_reset(struct kunit *test)
{
	struct xnet_card *card = xnet_test_plug(test);
	unsigned int writes = card->chip->writes;

	xnet_schedule_reset(card->xd);
	flush_work(&card->xd->reset_work);
	KUNIT_EXPECT_EQ(test, card->chip->writes, writes);
	KUNIT_EXPECT_FALSE(test, card->xd->up);
}

/* First its registers are all ones; then the bus notices. */
static void xnet_a_card_pulled_out_while_in_use_leaves_nothing(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test);
	struct sk_buff *skb;

	card->slow = true;
	skb = netdev_alloc_skb_ip_align(card->dev, XNET_TEST_LEN);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_put_zero(skb, XNET_TEST_LEN);
	KUNIT_EXPECT_EQ(test, (int)xnet_card_xmit(card, skb, false), NETDEV_TX_OK);
	card->chip->gone = true;
	xnet_card_unplug(card);
	KUNIT_EXPECT_EQ(test, card->dma.count, 0);
	KUNIT_EXPECT_FALSE(test, irq_has_action(card->irq));
}

static void xnet_tallies_come_through_memory(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test);

	card->chip->tallies.tx_ok = cpu_to_le64(0x123456789ULL);
	card->chip->tallies.tx_undrn = cpu_to_le16(77);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, xnet_read_tallies(card->xd, true), 0);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, card->xd->tallies.total[0], 0x123456789ULL);
	KUNIT_EXPECT_EQ(test, card->xd->tallies.total[XNET_TALLIES - 1], 77);
}

/* Those of an interface that is up; a warning is all that can be done. */
static void xnet_tallies_that_do_not_come_are_as_they_were(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test);
	u64 *values = kunit_kcalloc(test, xnet_stats_count(), sizeof(*values), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, values);
	card->xd->tallies.total[0] = 42;
	card->chip->stuck = true;
	rtnl_lock();
	xnet_stats_values(card->xd, values);
	rtnl_unlock();
	card->chip->stuck = false;
	KUNIT_EXPECT_EQ(test, values[xnet_stats_count() - XNET_TALLIES], 42);
}

static int xnet_test_set_debug(const char *val)
{
	char args[40], *rest;

	snprintf(args, sizeof(args), "xnet.debug=%s", val);
	rest = parse_args("xnet", args, __start___param, __stop___param - __start___param, -1, -1,
			  NULL, NULL);
	return PTR_ERR_OR_ZERO(rest);
}

static void xnet_test_debug_default(void *unused)
{
	xnet_test_set_debug("-1");
}

static const struct xnet_debug_value {
	const char *name;
	int err;
	u32 msg_enable;
} xnet_debug_values[] = {
	{ "-1", 0, NETIF_MSG_DRV | NETIF_MSG_PROBE | NETIF_MSG_LINK },
	{ "0", 0, 0 },
	{ "3", 0, 7 },
	{ "0x10", 0, 0xffff },
	{ "17", -EINVAL, 3 },
	{ "-2", -EINVAL, 3 },
	{ "all", -EINVAL, 3 },
	{ "99999999999", -EINVAL, 3 },
};

KUNIT_ARRAY_PARAM_DESC(xnet_debug_value, xnet_debug_values, name);

static void xnet_debug_is_a_number_of_message_types(struct kunit *test)
{
	const struct xnet_debug_value *debug = test->param_value;
	int err = kunit_add_action_or_reset(test, xnet_test_debug_default, NULL);
	struct xnet_card *card;

	KUNIT_ASSERT_EQ(test, err, 0);
	KUNIT_ASSERT_EQ(test, xnet_test_set_debug("2"), 0);
	KUNIT_EXPECT_EQ(test, xnet_test_set_debug(debug->name), debug->err);
	card = xnet_test_plug(test);
	KUNIT_EXPECT_EQ(test, card->xd->msg_enable, debug->msg_enable);
}

static struct kunit_case xnet_card_cases[] = {
	KUNIT_CASE(xnet_a_card_becomes_an_interface_that_works),
	KUNIT_CASE(xnet_queues_have_their_napi_while_open),
	KUNIT_CASE(xnet_netpoll_makes_room_and_receives_nothing),
	KUNIT_CASE_PARAM(xnet_a_card_that_cannot_work_is_not_taken, xnet_lack_gen_params),
	KUNIT_CASE(xnet_a_bus_of_32_bits_is_enough),
	KUNIT_CASE(xnet_an_address_comes_from_the_chip_or_from_nowhere),
	KUNIT_CASE(xnet_an_address_written_to_the_eeprom_is_the_next_one),
	KUNIT_CASE(xnet_an_advertisement_set_while_closed_holds_when_open),
	KUNIT_CASE_PARAM(xnet_opening_without_memory_fails_and_leaves_nothing,
			 xnet_shortage_gen_params),
	KUNIT_CASE(xnet_opening_without_the_interrupt_fails_and_leaves_nothing),
	KUNIT_CASE(xnet_opening_a_stuck_chip_fails_and_leaves_nothing),
	KUNIT_CASE_PARAM(xnet_a_new_ring_that_cannot_be_had_leaves_the_old_one,
			 xnet_shortage_gen_params),
	KUNIT_CASE(xnet_a_change_that_the_chip_does_not_survive_is_none),
	KUNIT_CASE(xnet_interrupts_of_others_are_left_to_them),
	KUNIT_CASE(xnet_a_change_of_the_link_is_seen_by_its_interrupt),
	KUNIT_CASE(xnet_a_card_reaches_no_memory_before_it_was_reset),
	KUNIT_CASE(xnet_a_bus_error_is_cleared_and_the_chip_reset),
	KUNIT_CASE(xnet_a_reset_that_failed_is_tried_again),
	KUNIT_CASE(xnet_a_closed_interface_is_not_reset),
	KUNIT_CASE(xnet_a_card_pulled_out_while_in_use_leaves_nothing),
	KUNIT_CASE(xnet_tallies_come_through_memory),
	KUNIT_CASE(xnet_tallies_that_do_not_come_are_as_they_were),
	KUNIT_CASE_PARAM(xnet_debug_is_a_number_of_message_types, xnet_debug_value_gen_params),
	{}
};

static struct kunit_suite xnet_card_suite = {
	.name = "xnet_card",
	.init = xnet_card_test_init,
	.exit = xnet_card_test_exit,
	.test_cases = xnet_card_cases,
};

kunit_test_suite(xnet_card_suite);

MODULE_DESCRIPTION("KUnit tests of how xnet takes, starts and stops a card");
MODULE_LICENSE("GPL");
