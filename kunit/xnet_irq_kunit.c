// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of what an interrupt costs xnet, and that none is forgotten, on a pretend card. */
#include <kunit/test.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/netdevice.h>

#include "xnet_card.h"

#define XNET_TEST_LEN 100U

/* IMR to 0, ISR, IMR. */
#define XNET_TEST_WRITES_OF_A_BURST 3U
/* ISR. */
#define XNET_TEST_WRITES_OF_ONE 1U

static int xnet_irq_test_init(struct kunit *test)
{
	test->priv = xnet_card_make(test);
	return 0;
}

static void xnet_irq_test_exit(struct kunit *test)
{
	xnet_card_destroy(test, test->priv);
}

static struct xnet_card *xnet_test_open(struct kunit *test, bool emulated)
{
	struct xnet_card *card = test->priv;

	if (emulated)
		xnet_card_emulate(card);
	xnet_card_plug(test, card);
	xnet_card_open(test, card);
	return card;
}

static bool xnet_test_arrive(struct xnet_card *card)
{
	u8 frame[XNET_TEST_LEN + ETH_FCS_LEN] = {};

	xnet_card_fill(card, frame, XNET_TEST_LEN, 1);
	return xnet_card_receive(card, frame, sizeof(frame), XNET_CARD_WHOLE, 0);
}

/* Returns how many registers were written for that many frames and one interrupt. */
static unsigned int xnet_test_writes(struct kunit *test, unsigned int frames)
{
	struct xnet_card *card = test->priv;
	unsigned int i, before = card->chip->writes;

	for (i = 0; i < frames; i++)
		KUNIT_ASSERT_TRUE(test, xnet_test_arrive(card));
	KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(card));
	KUNIT_EXPECT_EQ(test, skb_queue_len(&card->received), frames);
	skb_queue_purge(&card->received);
	return card->chip->writes - before;
}

/* Interrupts are possible, none is wanted, and nothing is left in the ring. */
static void xnet_test_expect_rest(struct kunit *test)
{
	struct xnet_card *card = test->priv;

	KUNIT_EXPECT_EQ(test, xnet_chip_get16(card->chip, XNET_IMR), card->xd->imr);
	KUNIT_EXPECT_NE(test, card->xd->imr & XNET_INT_ROK, 0);
	KUNIT_EXPECT_FALSE(test, xnet_card_interrupt(card));
	KUNIT_EXPECT_FALSE(test, xnet_rx_pending(&card->xd->rx));
}

static void xnet_frames_one_by_one_cost_one_write_each(struct kunit *test)
{
	int i;

	xnet_test_open(test, true);
	xnet_test_writes(test, 1);
	for (i = 0; i < 10; i++) {
		KUNIT_EXPECT_EQ(test, xnet_test_writes(test, 1), XNET_TEST_WRITES_OF_ONE);
		xnet_test_expect_rest(test);
	}
}

/* The first of several bursts is taken for a frame that comes alone. */
static void xnet_frames_in_bursts_cost_three_writes_together(struct kunit *test)
{
	int i;

	xnet_test_open(test, true);
	xnet_test_writes(test, 1);
	KUNIT_EXPECT_EQ(test, xnet_test_writes(test, 5), XNET_TEST_WRITES_OF_ONE);
	for (i = 0; i < 10; i++) {
		KUNIT_EXPECT_EQ(test, xnet_test_writes(test, 5), XNET_TEST_WRITES_OF_A_BURST);
		xnet_test_expect_rest(test);
	}
	KUNIT_EXPECT_EQ(test, xnet_test_writes(test, 1), XNET_TEST_WRITES_OF_A_BURST);
	KUNIT_EXPECT_EQ(test, xnet_test_writes(test, 1), XNET_TEST_WRITES_OF_ONE);
}

/* What is written is on its way for a while: the line may be up when the handler returns. */
static void xnet_a_real_chip_is_kept_from_interrupting_a_poll(struct kunit *test)
{
	int i;

	xnet_test_open(test, false);
	for (i = 0; i < 10; i++) {
		KUNIT_EXPECT_EQ(test, xnet_test_writes(test, 1), XNET_TEST_WRITES_OF_A_BURST);
		xnet_test_expect_rest(test);
	}
}

/* During a poll, and with interrupts on: when the stack gets a frame another one comes. */
static unsigned int xnet_test_more;

static int xnet_test_interrupt_poll(struct sk_buff *skb, struct net_device *dev,
				    struct packet_type *tap, struct net_device *orig_dev)
{
	struct xnet_card *card = tap->af_packet_priv;
	unsigned long flags;

	if (xnet_test_more) {
		xnet_test_more--;
		if (xnet_test_arrive(card)) {
			local_irq_save(flags);
			generic_handle_irq(card->irq);
			local_irq_restore(flags);
		}
	}
	kfree_skb(skb);
	return NET_RX_SUCCESS;
}

static void xnet_a_frame_that_comes_during_a_poll_is_received(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test, true);
	struct packet_type tap = {
		.type = htons(ETH_P_ALL), .dev = card->dev, .func = xnet_test_interrupt_poll,
		.af_packet_priv = card,
	};
	int i;

	xnet_test_writes(test, 1);
	dev_add_pack(&tap);
	for (i = 0; i < 8; i++) {
		xnet_test_more = i;
		KUNIT_ASSERT_TRUE(test, xnet_test_arrive(card));
		KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(card));
		while (xnet_card_interrupt(card))
			;
		KUNIT_EXPECT_EQ(test, skb_queue_len(&card->received), 1 + i);
		skb_queue_purge(&card->received);
		xnet_test_expect_rest(test);
	}
	dev_remove_pack(&tap);
}

/* The handler does not read ISR for a frame, so the cause that stays interrupts again. */
static void xnet_the_link_is_seen_also_when_frames_come_one_by_one(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test, true);
	struct xnet_chip *chip = card->chip;
	int i;

	xnet_test_writes(test, 1);
	for (i = 0; i < 4; i++) {
		bool up = i % 2;

		xnet_chip_set_link(chip, up);
		KUNIT_ASSERT_TRUE(test, xnet_test_arrive(card));
		xnet_chip_set(chip, XNET_ISR, 2,
			      xnet_chip_get16(chip, XNET_ISR) | XNET_INT_LINKCHG);
		KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(card));
		KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(card));
		KUNIT_EXPECT_EQ(test, netif_carrier_ok(card->dev), up);
		xnet_test_expect_rest(test);
	}
}

static struct kunit_case xnet_irq_cases[] = {
	KUNIT_CASE(xnet_frames_one_by_one_cost_one_write_each),
	KUNIT_CASE(xnet_frames_in_bursts_cost_three_writes_together),
	KUNIT_CASE(xnet_a_real_chip_is_kept_from_interrupting_a_poll),
	KUNIT_CASE(xnet_a_frame_that_comes_during_a_poll_is_received),
	KUNIT_CASE(xnet_the_link_is_seen_also_when_frames_come_one_by_one),
	{}
};

static struct kunit_suite xnet_irq_suite = {
	.name = "xnet_irq",
	.init = xnet_irq_test_init,
	.exit = xnet_irq_test_exit,
	.test_cases = xnet_irq_cases,
};

kunit_test_suite(xnet_irq_suite);

MODULE_DESCRIPTION("KUnit tests of xnet's interrupts");
MODULE_LICENSE("GPL");
