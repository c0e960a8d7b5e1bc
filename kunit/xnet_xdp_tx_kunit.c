// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of frames that programs of XDP send back, or redirect from elsewhere. */
#include <kunit/test.h>
#include <linux/etherdevice.h>
#include <linux/mm.h>
#include <linux/skbuff.h>
#include <net/xdp.h>

#include "xnet_xdp_test.h"

#define XNET_TEST_FIT (XNET_TX_SIZE - XNET_TX_STOP + 1) /* what XDP may have of the Tx ring */

static unsigned int xnet_test_push_back(const void *ctx, const struct bpf_insn *insn)
{
	xnet_test_push((struct xdp_buff *)ctx);
	return XDP_TX;
}

static void xnet_frames_of_a_poll_are_sent_by_one_doorbell(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test, xnet_test_back);
	u32 round, i;

	for (round = 0; round < 5; round++) {
		for (i = 0; i < XNET_TEST_FIT; i++)
			xnet_test_arrive(test, i, XNET_TEST_LEN);
		xnet_test_poll(test);
		for (i = 0; i < XNET_TEST_FIT; i++)
			xnet_test_expect(test, &card->sent, i, XNET_TEST_LEN);
		xnet_test_expect_nothing(test);
		KUNIT_EXPECT_EQ(test, u64_stats_read(&xnet_test_tx(test)->doorbells), round + 1);
	}
	xnet_test_expect_counts(test, 0, 0, round * XNET_TEST_FIT, 0);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&xnet_test_tx(test)->xdp), round * XNET_TEST_FIT);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&xnet_test_tx(test)->packets), round * XNET_TEST_FIT);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&xnet_test_tx(test)->bytes),
			round * XNET_TEST_FIT * XNET_TEST_LEN);
}

/* A whole budget of them, which is more than the ring has room for. */
static void xnet_a_ring_that_is_full_is_sent_before_the_poll_ends(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test, xnet_test_back);
	u32 i;

	for (i = 0; i < XNET_RX_SIZE_CHIP; i++)
		xnet_test_arrive(test, i, XNET_TEST_LEN);
	xnet_test_poll(test);
	for (i = 0; i < XNET_RX_SIZE_CHIP; i++)
		xnet_test_expect(test, &card->sent, i, XNET_TEST_LEN);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&xnet_test_tx(test)->doorbells), 2);
	KUNIT_EXPECT_FALSE(test, netif_queue_stopped(card->dev));
	xnet_test_expect_counts(test, 0, 0, XNET_RX_SIZE_CHIP, 0);
}

/* The chip sends later. The stack's queue waits meanwhile, for what it counts on is not there. */
static void xnet_frames_that_find_no_room_are_counted_and_lost(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test, xnet_test_back);
	const u32 lost = XNET_RX_SIZE_CHIP - XNET_TEST_FIT;
	u32 i;

	card->slow = true;
	for (i = 0; i < XNET_RX_SIZE_CHIP; i++)
		xnet_test_arrive(test, i, XNET_TEST_LEN);
	xnet_test_poll(test);
	KUNIT_EXPECT_TRUE(test, netif_queue_stopped(card->dev));
	xnet_test_expect_counts(test, 0, 0, XNET_TEST_FIT, lost);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&xnet_test_tx(test)->xdp_full), lost);

	for (i = 0; i < XNET_TEST_FIT; i++)
		KUNIT_EXPECT_TRUE(test, xnet_card_send(card, 0));
	KUNIT_EXPECT_FALSE(test, xnet_card_send(card, 0));
	xnet_test_poll(test);
	KUNIT_EXPECT_FALSE(test, netif_queue_stopped(card->dev));
	for (i = 0; i < XNET_TEST_FIT; i++)
		xnet_test_expect(test, &card->sent, i, XNET_TEST_LEN);
	xnet_test_arrive(test, 99, XNET_TEST_LEN);
	xnet_test_poll(test);
	KUNIT_EXPECT_TRUE(test, xnet_card_send(card, 0));
	xnet_test_expect(test, &card->sent, 99, XNET_TEST_LEN);
}

/* From where the program has moved its head to. */
static void xnet_a_frame_with_another_header_is_sent_from_there(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test, xnet_test_push_back);
	u32 i;

	for (i = 0; i < 2 * XNET_RX_SIZE_CHIP + 3; i++) {
		struct sk_buff *skb;

		xnet_test_arrive(test, i, XNET_TEST_LEN);
		xnet_test_poll(test);
		skb = skb_dequeue(&card->sent);
		KUNIT_ASSERT_NOT_NULL(test, skb);
		KUNIT_EXPECT_EQ(test, skb->len, XNET_TEST_LEN + XNET_TEST_OUTER);
		KUNIT_EXPECT_TRUE(test, ether_addr_equal(skb->data, card->dev->dev_addr));
		KUNIT_EXPECT_EQ(test, skb->data[ETH_HLEN], 0x5a);
		memmove(skb->data + XNET_TEST_OUTER, skb->data, ETH_HLEN);
		KUNIT_EXPECT_TRUE(test, xnet_card_is_frame(card, skb->data + XNET_TEST_OUTER,
							   XNET_TEST_LEN, i));
		kfree_skb(skb);
	}
}

static void xnet_frames_not_sent_go_with_a_reset(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test, xnet_test_back);
	u32 i;

	card->slow = true;
	for (i = 0; i < 7; i++)
		xnet_test_arrive(test, i, XNET_TEST_LEN);
	xnet_test_poll(test);
	xnet_schedule_reset(card->xd);
	flush_work(&card->xd->reset_work);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&xnet_test_tx(test)->dropped), 7);
	KUNIT_EXPECT_EQ(test, card->xd->tx.head, 0);
	KUNIT_EXPECT_FALSE(test, xnet_card_send(card, 0));

	card->slow = false;
	for (i = 0; i < XNET_TX_SIZE + 1; i++) {
		xnet_test_arrive(test, i, XNET_TEST_LEN);
		xnet_test_poll(test);
		xnet_test_expect(test, &card->sent, i, XNET_TEST_LEN);
	}
}

/* With interrupts off, as in netpoll, a page cannot be given back: the poll does that. */
static void xnet_with_interrupts_off_frames_wait_for_the_poll(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test, xnet_test_back);
	struct netdev_queue *txq = netdev_get_tx_queue(card->dev, 0);
	unsigned long flags;

	card->slow = true;
	xnet_test_arrive(test, 1, XNET_TEST_LEN);
	xnet_test_poll(test);
	KUNIT_ASSERT_TRUE(test, xnet_card_send(card, 0));
	local_irq_save(flags);
	__netif_tx_lock(txq, smp_processor_id());
	xnet_tx_reclaim(card->xd, txq, 0);
	__netif_tx_unlock(txq);
	local_irq_restore(flags);
	KUNIT_EXPECT_EQ(test, card->xd->tx.tail, 0);
	xnet_test_poll(test);
	KUNIT_EXPECT_EQ(test, card->xd->tx.tail, 1);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&xnet_test_tx(test)->packets), 1);
	xnet_test_expect(test, &card->sent, 1, XNET_TEST_LEN);
}

/* Sending what others redirect here. */

/* In a page of nobody's, the page's other reference being the test's. */
static struct xdp_frame *xnet_test_xdp_frame(struct kunit *test, struct page *page, u8 seed)
{
	struct xdp_rxq_info rxq = { .mem.type = MEM_TYPE_PAGE_ORDER0 };
	struct xdp_frame *xdpf;
	struct xdp_buff xdp;

	xdp_init_buff(&xdp, PAGE_SIZE, &rxq);
	xdp_prepare_buff(&xdp, page_address(page), XDP_PACKET_HEADROOM, XNET_TEST_LEN, false);
	xnet_card_fill(xnet_test_card(test), xdp.data, XNET_TEST_LEN, seed);
	xdpf = xdp_convert_buff_to_frame(&xdp);
	KUNIT_ASSERT_NOT_NULL(test, xdpf);
	get_page(page);
	return xdpf;
}

#define XNET_TEST_PAGES (XNET_TX_SIZE + 4)

struct xnet_test_frames {
	struct page *page[XNET_TEST_PAGES];
	struct xdp_frame *xdpf[XNET_TEST_PAGES];
};

static struct xnet_test_frames *xnet_test_make_frames(struct kunit *test)
{
	struct xnet_test_frames *frames = kunit_kzalloc(test, sizeof(*frames), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, frames);
	for (i = 0; i < XNET_TEST_PAGES; i++) {
		frames->page[i] = alloc_page(GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, frames->page[i]);
		frames->xdpf[i] = xnet_test_xdp_frame(test, frames->page[i], i);
	}
	return frames;
}

/* The first ones are the test's alone again; the others were never taken. */
static void xnet_test_free_frames(struct kunit *test, struct xnet_test_frames *frames, int given)
{
	int i;

	for (i = 0; i < XNET_TEST_PAGES; i++) {
		KUNIT_EXPECT_EQ(test, page_count(frames->page[i]), i < given ? 1 : 2);
		if (i >= given)
			put_page(frames->page[i]);
		put_page(frames->page[i]);
	}
}

static int xnet_test_xdp_xmit(struct kunit *test, struct xdp_frame **xdpf, int n, u32 flags)
{
	struct net_device *dev = xnet_test_card(test)->dev;
	int sent;

	local_bh_disable();
	sent = dev->netdev_ops->ndo_xdp_xmit(dev, n, xdpf, flags);
	local_bh_enable();
	return sent;
}

/* It takes no program to be redirected to. */
static void xnet_redirected_frames_are_sent_by_one_doorbell(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test, NULL);
	struct xnet_test_frames *frames = xnet_test_make_frames(test);
	unsigned int maps = card->dma.count;
	int i;

	KUNIT_EXPECT_EQ(test, xnet_test_xdp_xmit(test, frames->xdpf, 16, XDP_XMIT_FLUSH), 16);
	for (i = 0; i < 16; i++)
		xnet_test_expect(test, &card->sent, i, XNET_TEST_LEN);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&xnet_test_tx(test)->doorbells), 1);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&xnet_test_tx(test)->xdp), 16);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&xnet_test_tx(test)->packets), 16);
	KUNIT_EXPECT_EQ(test, card->dma.count, maps);

	/* Without the flag they wait for more. */
	KUNIT_EXPECT_EQ(test, xnet_test_xdp_xmit(test, frames->xdpf + 16, 4, 0), 4);
	xnet_test_expect_nothing(test);
	KUNIT_EXPECT_EQ(test, xnet_test_xdp_xmit(test, frames->xdpf + 20, 4, XDP_XMIT_FLUSH), 4);
	for (i = 16; i < 24; i++)
		xnet_test_expect(test, &card->sent, i, XNET_TEST_LEN);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&xnet_test_tx(test)->doorbells), 2);
	xnet_test_free_frames(test, frames, 24);
}

static void xnet_redirected_frames_without_room_stay_their_owners(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test, NULL);
	struct xnet_test_frames *frames = xnet_test_make_frames(test);
	u32 i;

	card->slow = true;
	KUNIT_EXPECT_EQ(test, xnet_test_xdp_xmit(test, frames->xdpf, XNET_TEST_PAGES,
						 XDP_XMIT_FLUSH), XNET_TEST_FIT);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&xnet_test_tx(test)->xdp_full), 1);
	for (i = 0; i < XNET_TEST_FIT; i++) {
		KUNIT_EXPECT_TRUE(test, xnet_card_send(card, 0));
		xnet_test_expect(test, &card->sent, i, XNET_TEST_LEN);
	}
	xnet_test_poll(test);
	xnet_test_free_frames(test, frames, XNET_TEST_FIT);
}

static void xnet_redirected_frames_that_cannot_be_mapped_stay_their_owners(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test, NULL);
	struct xnet_test_frames *frames = xnet_test_make_frames(test);
	int i;

	card->dma.fail_in = 3;
	KUNIT_EXPECT_EQ(test, xnet_test_xdp_xmit(test, frames->xdpf, 5, XDP_XMIT_FLUSH), 2);
	for (i = 0; i < 2; i++)
		xnet_test_expect(test, &card->sent, i, XNET_TEST_LEN);
	xnet_test_expect_nothing(test);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&xnet_test_tx(test)->map_failed), 1);
	xnet_test_free_frames(test, frames, 2);
}

static void xnet_frames_are_not_redirected_to_who_cannot_send(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test, NULL);
	struct xnet_test_frames *frames = xnet_test_make_frames(test);

	KUNIT_EXPECT_EQ(test, xnet_test_xdp_xmit(test, frames->xdpf, 1, ~XDP_XMIT_FLAGS_MASK),
			-EINVAL);
	netif_carrier_off(card->dev);
	KUNIT_EXPECT_EQ(test, xnet_test_xdp_xmit(test, frames->xdpf, 1, XDP_XMIT_FLUSH),
			-ENETDOWN);
	netif_carrier_on(card->dev);
	KUNIT_EXPECT_EQ(test, xnet_test_xdp_xmit(test, frames->xdpf, 1, XDP_XMIT_FLUSH), 1);
	xnet_test_close(test);
	KUNIT_EXPECT_EQ(test, xnet_test_xdp_xmit(test, frames->xdpf + 1, 1, XDP_XMIT_FLUSH),
			-ENETDOWN);
	xnet_test_free_frames(test, frames, 1);
}

static struct kunit_case xnet_xdp_tx_cases[] = {
	KUNIT_CASE(xnet_frames_of_a_poll_are_sent_by_one_doorbell),
	KUNIT_CASE(xnet_a_ring_that_is_full_is_sent_before_the_poll_ends),
	KUNIT_CASE(xnet_frames_that_find_no_room_are_counted_and_lost),
	KUNIT_CASE(xnet_a_frame_with_another_header_is_sent_from_there),
	KUNIT_CASE(xnet_frames_not_sent_go_with_a_reset),
	KUNIT_CASE(xnet_with_interrupts_off_frames_wait_for_the_poll),
	KUNIT_CASE(xnet_redirected_frames_are_sent_by_one_doorbell),
	KUNIT_CASE(xnet_redirected_frames_without_room_stay_their_owners),
	KUNIT_CASE(xnet_redirected_frames_that_cannot_be_mapped_stay_their_owners),
	KUNIT_CASE(xnet_frames_are_not_redirected_to_who_cannot_send),
	{}
};

static struct kunit_suite xnet_xdp_tx_suite = {
	.name = "xnet_xdp_tx",
	.init = xnet_xdp_test_init,
	.exit = xnet_xdp_test_exit,
	.test_cases = xnet_xdp_tx_cases,
};

kunit_test_suite(xnet_xdp_tx_suite);

MODULE_DESCRIPTION("KUnit tests of what xnet sends for XDP");
MODULE_LICENSE("GPL");
