// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of how xnet receives, from the rings of a pretend card. */
#include <kunit/test.h>
#include <linux/bitfield.h>
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/page_ref.h>
#include <linux/rtnetlink.h>

#include "xnet_card.h"

#define XNET_TEST_LEN 100U /* of a frame that may be copied */
#define XNET_TEST_LONG 1000U /* of one that is not, but its page replaced */

static const u8 xnet_test_zeroes[4097];

static int xnet_rx_test_init(struct kunit *test)
{
	struct xnet_card *card = xnet_card_make(test);

	test->priv = card;
	return 0;
}

static void xnet_rx_test_exit(struct kunit *test)
{
	xnet_card_destroy(test, test->priv);
}

static struct xnet_card *xnet_test_open(struct kunit *test)
{
	struct xnet_card *card = test->priv;

	xnet_card_plug(test, card);
	xnet_card_open(test, card);
	return card;
}

/* Len is without FCS, as the stack sees it. */
static bool xnet_test_arrive(struct xnet_card *card, u8 seed, u32 len, u32 status, u32 opts2)
{
	u8 frame[ETH_DATA_LEN + ETH_HLEN + ETH_FCS_LEN] = {};

	xnet_card_fill(card, frame, len, seed);
	return xnet_card_receive(card, frame, len + ETH_FCS_LEN, status, opts2);
}

/* The oldest that the stack got is this frame. */
static void xnet_test_expect(struct kunit *test, u8 seed, u32 len)
{
	struct xnet_card *card = test->priv;
	struct sk_buff *skb = skb_dequeue(&card->received);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_EQ(test, skb->len, len - ETH_HLEN);
	KUNIT_EXPECT_EQ(test, skb->protocol, htons(ETH_P_802_EX1));
	KUNIT_EXPECT_TRUE(test, xnet_card_is_frame(card, skb_mac_header(skb), len, seed));
	kfree_skb(skb);
}

static void xnet_test_expect_nothing(struct kunit *test)
{
	struct xnet_card *card = test->priv;

	KUNIT_EXPECT_EQ(test, skb_queue_len(&card->received), 0);
}

static void xnet_test_pass_one(struct kunit *test, u8 seed, u32 len)
{
	struct xnet_card *card = test->priv;

	KUNIT_ASSERT_TRUE(test, xnet_test_arrive(card, seed, len, XNET_CARD_WHOLE, 0));
	KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(card));
	xnet_test_expect(test, seed, len);
	xnet_test_expect_nothing(test);
}

static const struct xnet_damage {
	const char *name;
	u32 status;
	u32 len; /* with FCS, as the chip gives it */
	struct rtnl_link_stats64 stats;
	u64 fragmented;
} xnet_damages[] = {
	{ "crc", XNET_CARD_WHOLE | XNET_RX_RES | XNET_RX_CRC, 68,
	  { .rx_errors = 1, .rx_crc_errors = 1 } },
	{ "runt", XNET_CARD_WHOLE | XNET_RX_RES | XNET_RX_RUNT, 40,
	  { .rx_errors = 1, .rx_length_errors = 1 } },
	{ "runt with bad crc", XNET_CARD_WHOLE | XNET_RX_RES | XNET_RX_RUNT | XNET_RX_CRC, 40,
	  { .rx_errors = 1, .rx_length_errors = 1, .rx_crc_errors = 1 } },
	{ "alignment", XNET_CARD_WHOLE | XNET_RX_RES | XNET_RX_FAE | XNET_RX_CRC, 68,
	  { .rx_errors = 1, .rx_frame_errors = 1, .rx_crc_errors = 1 } },
	{ "fifo overrun", XNET_CARD_WHOLE | XNET_RX_RES | XNET_RX_RWT, 68,
	  { .rx_errors = 1, .rx_fifo_errors = 1 } },
	{ "fifo overrun without a summary", XNET_CARD_WHOLE | XNET_RX_RWT, 68,
	  { .rx_errors = 1, .rx_fifo_errors = 1 } },
	{ "too long", XNET_CARD_WHOLE | XNET_RX_RES | XNET_RX_LONG, 4097,
	  { .rx_errors = 1, .rx_length_errors = 1 } },
	{ "longer than its buffer", XNET_CARD_WHOLE, XNET_RX_BUF_MIN + 1,
	  { .rx_errors = 1, .rx_length_errors = 1 } },
	{ "shorter than a header", XNET_CARD_WHOLE, ETH_HLEN + ETH_FCS_LEN - 1,
	  { .rx_errors = 1, .rx_length_errors = 1 } },
	{ "shorter than its FCS", XNET_CARD_WHOLE, 0, { .rx_errors = 1, .rx_length_errors = 1 } },
	{ "everything", XNET_CARD_WHOLE | XNET_RX_RES | XNET_RX_CRC | XNET_RX_RUNT | XNET_RX_FAE |
	  XNET_RX_RWT | XNET_RX_LONG, 68,
	  { .rx_errors = 1, .rx_length_errors = 1, .rx_crc_errors = 1, .rx_frame_errors = 1,
	    .rx_fifo_errors = 1 } },
	{ "first part", XNET_DESC_FS, 1536, { .rx_errors = 1, .rx_length_errors = 1 }, 1 },
	{ "middle part", 0, 1536, {}, 1 },
	{ "last part", XNET_DESC_LS, 100, {}, 1 },
	{ "last part with bad crc", XNET_DESC_LS | XNET_RX_RES | XNET_RX_CRC, 100, {}, 1 },
};

KUNIT_ARRAY_PARAM_DESC(xnet_damage, xnet_damages, name);

static void xnet_test_expect_rx_errors(struct kunit *test, const struct rtnl_link_stats64 *want)
{
	struct xnet_card *card = test->priv;
	struct rtnl_link_stats64 stats;

	dev_get_stats(card->dev, &stats);
	KUNIT_EXPECT_EQ(test, stats.rx_errors, want->rx_errors);
	KUNIT_EXPECT_EQ(test, stats.rx_crc_errors, want->rx_crc_errors);
	KUNIT_EXPECT_EQ(test, stats.rx_frame_errors, want->rx_frame_errors);
	KUNIT_EXPECT_EQ(test, stats.rx_length_errors, want->rx_length_errors);
	KUNIT_EXPECT_EQ(test, stats.rx_fifo_errors, want->rx_fifo_errors);
	KUNIT_EXPECT_EQ(test, stats.rx_dropped, want->rx_dropped);
}

/* Its buffer is the chip's again, so that as many of them as one likes do no harm. */
static void xnet_damaged_frames_are_counted_and_not_received(struct kunit *test)
{
	const struct xnet_damage *damage = test->param_value;
	struct xnet_card *card = xnet_test_open(test);
	struct rtnl_link_stats64 stats;

	KUNIT_ASSERT_TRUE(test, xnet_card_receive(card, xnet_test_zeroes, damage->len,
						  damage->status, 0));
	KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(card));
	xnet_test_expect_nothing(test);
	xnet_test_expect_rx_errors(test, &damage->stats);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&card->xd->rx.stats.fragmented), damage->fragmented);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(card->xd->rx.ring.desc[0].opts1),
			xnet_rx_opts1(0, XNET_RX_SIZE_CHIP, XNET_RX_BUF_MIN));

	xnet_test_pass_one(test, 1, XNET_TEST_LEN);
	xnet_test_expect_rx_errors(test, &damage->stats);
	dev_get_stats(card->dev, &stats);
	KUNIT_EXPECT_EQ(test, stats.rx_packets, 1ULL);
	KUNIT_EXPECT_EQ(test, stats.rx_bytes, XNET_TEST_LEN);
}

static void xnet_a_frame_in_many_buffers_is_one_error(struct kunit *test)
{
	const struct rtnl_link_stats64 want = { .rx_errors = 1, .rx_length_errors = 1 };
	const u32 parts = 2 * XNET_RX_SIZE_CHIP + 3;
	struct xnet_card *card = xnet_test_open(test);
	u32 i;

	for (i = 0; i < parts; i++) {
		u32 status = i == 0 ? XNET_DESC_FS : i == parts - 1 ? XNET_DESC_LS : 0;

		KUNIT_ASSERT_TRUE(test, xnet_card_receive(card, xnet_test_zeroes,
							  XNET_RX_BUF_MIN, status, 0));
		xnet_card_interrupt(card);
	}
	xnet_test_expect_nothing(test);
	xnet_test_expect_rx_errors(test, &want);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&card->xd->rx.stats.fragmented), parts);
	xnet_test_pass_one(test, 1, XNET_TEST_LEN);
}

static const struct xnet_length {
	const char *name;
	u32 len;
	bool copied; /* if its page cannot be used again */
} xnet_lengths[] = {
	{ "a header", ETH_HLEN, true },
	{ "shortest", ETH_ZLEN, true },
	{ "longest that is copied", XNET_COPYBREAK, true },
	{ "shortest that is not", XNET_COPYBREAK + 1, false },
	{ "longest", ETH_DATA_LEN + ETH_HLEN, false },
};

KUNIT_ARRAY_PARAM_DESC(xnet_length, xnet_lengths, name);

static void xnet_test_expect_spent(struct kunit *test, u64 copied, u64 pages)
{
	struct xnet_card *card = test->priv;

	KUNIT_EXPECT_EQ(test, u64_stats_read(&card->xd->rx.stats.copied), copied);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&card->xd->rx.stats.pages), pages);
}

/* More of them than the ring has buffers: each is used again, and with what was in it last. */
static void xnet_frames_of_any_length_come_whole_round_the_ring(struct kunit *test)
{
	const struct xnet_length *length = test->param_value;
	const u32 frames = 3 * XNET_RX_SIZE_CHIP + 3;
	struct xnet_card *card = xnet_test_open(test);
	struct rtnl_link_stats64 stats;
	unsigned int maps = card->dma.count;
	u32 i;

	for (i = 0; i < frames; i++)
		xnet_test_pass_one(test, i, length->len);
	dev_get_stats(card->dev, &stats);
	KUNIT_EXPECT_EQ(test, stats.rx_packets, frames);
	KUNIT_EXPECT_EQ(test, stats.rx_bytes, frames * length->len);
	xnet_test_expect_spent(test, 0, 0);
	KUNIT_EXPECT_EQ(test, card->dma.count, maps);
	KUNIT_EXPECT_EQ(test, card->xd->rx.next, frames);
}

/* The stack gets so many frames and keeps them. */
static void xnet_test_pass_and_keep(struct kunit *test, u32 from, u32 to, u32 len)
{
	struct xnet_card *card = test->priv;
	u32 i;

	for (i = from; i < to; i++) {
		KUNIT_ASSERT_TRUE(test, xnet_test_arrive(card, i, len, XNET_CARD_WHOLE, 0));
		KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(card));
	}
}

/*
 * A half of each page goes to the stack, and the other one waits for a frame, which then cannot go
 * there: what is short is copied, for what is long there is a new page, whose halves do the same.
 */
static void xnet_frames_that_the_stack_keeps_stay_as_they_came(struct kunit *test)
{
	const struct xnet_length *length = test->param_value;
	struct xnet_card *card = xnet_test_open(test);
	const u32 size = XNET_RX_SIZE_CHIP;
	unsigned int maps = card->dma.count;
	u32 i;

	xnet_test_pass_and_keep(test, 0, size, length->len);
	xnet_test_expect_spent(test, 0, 0);
	xnet_test_pass_and_keep(test, size, 2 * size, length->len);
	xnet_test_expect_spent(test, length->copied ? size : 0, length->copied ? 0 : size);
	xnet_test_pass_and_keep(test, 2 * size, 3 * size + 3, length->len);
	xnet_test_expect_spent(test, length->copied ? 2 * size + 3 : 0,
			       length->copied ? 0 : size + 3);
	KUNIT_EXPECT_EQ(test, card->dma.count, maps);

	for (i = 0; i < 3 * size + 3; i++)
		xnet_test_expect(test, i, length->len);
	for (i = 0; i < 2 * size; i++)
		xnet_test_pass_one(test, i, length->len);
	xnet_test_expect_spent(test, length->copied ? 2 * size + 3 : 0,
			       length->copied ? 0 : size + 3);
}

/* Also when the ring that they came in is no more. */
static void xnet_frames_that_the_stack_keeps_outlive_the_ring(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test);
	u32 i;

	xnet_test_pass_and_keep(test, 0, XNET_RX_SIZE_CHIP + 1, XNET_TEST_LONG);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, xnet_resize_rx(card->xd, XNET_RX_SIZE_MIN, ETH_DATA_LEN), 0);
	rtnl_unlock();
	xnet_test_pass_and_keep(test, XNET_RX_SIZE_CHIP + 1, 2 * XNET_RX_SIZE_CHIP, XNET_TEST_LONG);
	for (i = 0; i < 2 * XNET_RX_SIZE_CHIP; i++)
		xnet_test_expect(test, i, XNET_TEST_LONG);
}

/* A page has many references in stock, and gets more of them before they are used up. */
static void xnet_the_references_to_a_page_never_run_out(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test);
	struct xnet_rx_buf *buf = &card->xd->rx.ring.buf[0];
	u32 i;

	page_ref_sub(buf->page, buf->refs - 2);
	buf->refs = 2;
	for (i = 0; i < XNET_RX_SIZE_CHIP + 1; i++)
		xnet_test_pass_one(test, i, XNET_TEST_LEN);
	KUNIT_EXPECT_EQ(test, buf->refs, XNET_PAGE_REFS - 1);
	KUNIT_EXPECT_EQ(test, page_ref_count(buf->page), XNET_PAGE_REFS - 1);
	xnet_test_expect_spent(test, 0, 0);
}

/* The ring of the emulated card has more frames than one poll may take. */
static void xnet_a_full_ring_is_received_in_order_by_several_polls(struct kunit *test)
{
	struct xnet_card *card = test->priv;
	u32 i;

	xnet_card_emulate(card);
	xnet_test_open(test);
	for (i = 0; i < XNET_RX_SIZE_EMULATED; i++)
		KUNIT_ASSERT_TRUE(test, xnet_test_arrive(card, i, XNET_TEST_LEN, XNET_CARD_WHOLE,
							 0));
	KUNIT_EXPECT_FALSE(test, xnet_test_arrive(card, i, XNET_TEST_LEN, XNET_CARD_WHOLE, 0));
	KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(card));
	for (i = 0; i < XNET_RX_SIZE_EMULATED; i++)
		xnet_test_expect(test, i, XNET_TEST_LEN);
	xnet_test_expect_nothing(test);
	KUNIT_EXPECT_EQ(test, card->xd->interrupts, 1ULL);
	KUNIT_EXPECT_FALSE(test, xnet_rx_pending(&card->xd->rx));
	xnet_test_pass_one(test, 1, XNET_TEST_LEN);
}

static void xnet_a_poll_takes_no_more_than_its_budget(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test);
	u8 frame[XNET_TEST_LEN] = {};
	u32 i;

	/* Damaged ones are work, too. */
	for (i = 0; i < 7; i++)
		KUNIT_ASSERT_TRUE(test, i % 2 ?
				  xnet_card_receive(card, frame, XNET_TEST_LEN, XNET_CARD_WHOLE |
						    XNET_RX_RES | XNET_RX_CRC, 0) :
				  xnet_test_arrive(card, i, XNET_TEST_LEN, XNET_CARD_WHOLE, 0));
	local_bh_disable();
	KUNIT_EXPECT_EQ(test, xnet_rx_poll(card->xd, 0), 0);
	KUNIT_EXPECT_EQ(test, xnet_rx_poll(card->xd, 3), 3);
	KUNIT_EXPECT_EQ(test, card->xd->rx.next, 3);
	KUNIT_EXPECT_TRUE(test, xnet_rx_pending(&card->xd->rx));
	KUNIT_EXPECT_EQ(test, xnet_rx_poll(card->xd, 4), 4);
	KUNIT_EXPECT_FALSE(test, xnet_rx_pending(&card->xd->rx));
	KUNIT_EXPECT_EQ(test, xnet_rx_poll(card->xd, 4), 0);
	local_bh_enable();

	KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(card));
	for (i = 0; i < 7; i += 2)
		xnet_test_expect(test, i, XNET_TEST_LEN);
	xnet_test_expect_nothing(test);
}

static const struct xnet_sum {
	const char *name;
	u32 status;
	bool on;
	int summed;
} xnet_sums[] = {
	{ "tcp", FIELD_PREP_CONST(XNET_RX_PID, XNET_RX_PID_TCP), true, CHECKSUM_UNNECESSARY },
	{ "bad tcp", FIELD_PREP_CONST(XNET_RX_PID, XNET_RX_PID_TCP) | XNET_RX_TCPF, true,
	  CHECKSUM_NONE },
	{ "tcp in bad ip", FIELD_PREP_CONST(XNET_RX_PID, XNET_RX_PID_TCP) | XNET_RX_IPF, true,
	  CHECKSUM_NONE },
	{ "tcp with the bit of udp", FIELD_PREP_CONST(XNET_RX_PID, XNET_RX_PID_TCP) | XNET_RX_UDPF,
	  true, CHECKSUM_UNNECESSARY },
	{ "udp", FIELD_PREP_CONST(XNET_RX_PID, XNET_RX_PID_UDP), true, CHECKSUM_UNNECESSARY },
	{ "bad udp", FIELD_PREP_CONST(XNET_RX_PID, XNET_RX_PID_UDP) | XNET_RX_UDPF, true,
	  CHECKSUM_NONE },
	{ "udp in bad ip", FIELD_PREP_CONST(XNET_RX_PID, XNET_RX_PID_UDP) | XNET_RX_IPF, true,
	  CHECKSUM_NONE },
	{ "udp with the bit of tcp", FIELD_PREP_CONST(XNET_RX_PID, XNET_RX_PID_UDP) | XNET_RX_TCPF,
	  true, CHECKSUM_UNNECESSARY },
	{ "other ip", XNET_RX_PID, true, CHECKSUM_NONE },
	{ "not ip", 0, true, CHECKSUM_NONE },
	{ "tcp while it is off", FIELD_PREP_CONST(XNET_RX_PID, XNET_RX_PID_TCP), false,
	  CHECKSUM_NONE },
};

KUNIT_ARRAY_PARAM_DESC(xnet_sum, xnet_sums, name);

/* A frame whose checksum is bad is the stack's to judge. */
static void xnet_checksums_are_trusted_as_far_as_the_chip_checked_them(struct kunit *test)
{
	const struct xnet_sum *sum = test->param_value;
	struct xnet_card *card = xnet_test_open(test);
	struct sk_buff *skb;

	if (!sum->on) {
		rtnl_lock();
		card->dev->wanted_features &= ~NETIF_F_RXCSUM;
		netdev_update_features(card->dev);
		rtnl_unlock();
	}
	KUNIT_ASSERT_TRUE(test, xnet_test_arrive(card, 1, XNET_TEST_LEN,
						 XNET_CARD_WHOLE | sum->status, 0));
	KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(card));
	skb = skb_peek(&card->received);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_EQ(test, (int)skb->ip_summed, sum->summed);
	xnet_test_expect(test, 1, XNET_TEST_LEN);
}

/* The tag is in network byte order in a register that is not. */
static void xnet_a_stripped_tag_goes_with_its_frame(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test);
	struct sk_buff *skb;

	KUNIT_ASSERT_TRUE(test, xnet_test_arrive(card, 1, XNET_TEST_LEN, XNET_CARD_WHOLE,
						 XNET_RX_TAVA | 0x2361));
	KUNIT_ASSERT_TRUE(test, xnet_test_arrive(card, 2, XNET_TEST_LEN, XNET_CARD_WHOLE, 0x2361));
	KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(card));
	skb = skb_peek(&card->received);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_TRUE(test, skb_vlan_tag_present(skb));
	KUNIT_EXPECT_EQ(test, skb_vlan_tag_get(skb), 0x6123);
	KUNIT_EXPECT_EQ(test, skb->vlan_proto, htons(ETH_P_8021Q));
	xnet_test_expect(test, 1, XNET_TEST_LEN);
	KUNIT_EXPECT_FALSE(test, skb_vlan_tag_present(skb_peek(&card->received)));
	xnet_test_expect(test, 2, XNET_TEST_LEN);
}

/* Should the emulated device never write it, the driver must not look for it forever. */
static void xnet_a_tag_that_never_comes_is_not_waited_for_forever(struct kunit *test)
{
	struct xnet_card *card = test->priv;

	xnet_card_emulate(card);
	xnet_test_open(test);
	KUNIT_ASSERT_TRUE(test, xnet_test_arrive(card, 1, XNET_TEST_LEN, XNET_CARD_WHOLE,
						 XNET_RX_UNWRITTEN));
	KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(card));
	xnet_test_expect(test, 1, XNET_TEST_LEN);
	xnet_test_pass_one(test, 2, XNET_TEST_LEN);
}

static void xnet_multicast_is_counted_as_the_chip_says(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test);
	struct rtnl_link_stats64 stats;

	xnet_test_pass_one(test, 1, XNET_TEST_LEN);
	KUNIT_ASSERT_TRUE(test, xnet_test_arrive(card, 2, XNET_TEST_LEN,
						 XNET_CARD_WHOLE | XNET_RX_MAR, 0));
	KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(card));
	dev_get_stats(card->dev, &stats);
	KUNIT_EXPECT_EQ(test, stats.multicast, 1ULL);
	KUNIT_EXPECT_EQ(test, stats.rx_packets, 2ULL);
}

/* The buffer that could not be replaced stays, and so the ring never runs dry. */
static void xnet_a_frame_without_a_new_buffer_is_dropped_and_its_own_kept(struct kunit *test)
{
	const struct rtnl_link_stats64 want = { .rx_dropped = 1 };
	struct xnet_card *card = xnet_test_open(test);
	unsigned int maps = card->dma.count;
	u32 i;

	xnet_test_pass_and_keep(test, 0, XNET_RX_SIZE_CHIP, XNET_TEST_LONG);
	KUNIT_ASSERT_TRUE(test, xnet_test_arrive(card, 1, XNET_TEST_LONG, XNET_CARD_WHOLE, 0));
	card->dma.fail_in = 1;
	KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(card));
	KUNIT_EXPECT_EQ(test, card->dma.fail_in, 0);
	xnet_test_expect_rx_errors(test, &want);
	KUNIT_EXPECT_EQ(test, card->dma.count, maps);

	for (i = 0; i < XNET_RX_SIZE_CHIP; i++)
		xnet_test_expect(test, i, XNET_TEST_LONG);
	xnet_test_expect_nothing(test);
	for (i = 0; i < XNET_RX_SIZE_CHIP + 1; i++)
		xnet_test_pass_one(test, i, XNET_TEST_LONG);
	xnet_test_expect_rx_errors(test, &want);
}

static const struct xnet_shortage {
	const char *name;
	u32 len;
	u32 kept; /* frames that the stack keeps before */
} xnet_shortages[] = {
	{ "none kept", XNET_TEST_LONG, 0 },
	{ "copied", XNET_TEST_LEN, XNET_RX_SIZE_CHIP },
	{ "not copied", XNET_TEST_LONG, XNET_RX_SIZE_CHIP },
};

KUNIT_ARRAY_PARAM_DESC(xnet_shortage, xnet_shortages, name);

/* Each allocation in turn fails. What needs none of those that the allocator has in stock comes. */
static void xnet_a_frame_without_memory_is_dropped_and_counted(struct kunit *test)
{
#ifdef CONFIG_FAILSLAB
	const struct xnet_shortage *shortage = test->param_value;
	struct xnet_card *card = xnet_test_open(test);
	struct sk_buff_head kept;
	u64 dropped = 0, packets;
	u32 i, nth;

	skb_queue_head_init(&kept);
	xnet_test_pass_and_keep(test, 0, shortage->kept, shortage->len);
	skb_queue_splice_init(&card->received, &kept);
	for (nth = 1; nth <= 8; nth++) {
		struct rtnl_link_stats64 stats;

		/* Empties what NAPI has in stock, too. */
		for (i = 0; i < XNET_RX_SIZE_CHIP; i++) {
			KUNIT_ASSERT_TRUE(test, xnet_test_arrive(card, i, shortage->len,
								 XNET_CARD_WHOLE, 0));
			local_bh_disable();
			current->fail_nth = nth;
			KUNIT_EXPECT_EQ(test, xnet_rx_poll(card->xd, 1), 1);
			current->fail_nth = 0;
			local_bh_enable();
		}
		xnet_card_interrupt(card);
		packets = skb_queue_len(&card->received);
		skb_queue_purge(&card->received);
		dev_get_stats(card->dev, &stats);
		KUNIT_EXPECT_EQ(test, packets + stats.rx_dropped - dropped, XNET_RX_SIZE_CHIP);
		dropped = stats.rx_dropped;
	}
	KUNIT_EXPECT_GT(test, dropped, 0);
	skb_queue_purge(&kept);
	xnet_test_pass_one(test, 1, shortage->len);
#else
	kunit_skip(test, "needs CONFIG_FAILSLAB");
#endif
}

static struct kunit_case xnet_rx_cases[] = {
	KUNIT_CASE_PARAM(xnet_damaged_frames_are_counted_and_not_received, xnet_damage_gen_params),
	KUNIT_CASE(xnet_a_frame_in_many_buffers_is_one_error),
	KUNIT_CASE_PARAM(xnet_frames_of_any_length_come_whole_round_the_ring,
			 xnet_length_gen_params),
	KUNIT_CASE_PARAM(xnet_frames_that_the_stack_keeps_stay_as_they_came,
			 xnet_length_gen_params),
	KUNIT_CASE(xnet_frames_that_the_stack_keeps_outlive_the_ring),
	KUNIT_CASE(xnet_the_references_to_a_page_never_run_out),
	KUNIT_CASE(xnet_a_full_ring_is_received_in_order_by_several_polls),
	KUNIT_CASE(xnet_a_poll_takes_no_more_than_its_budget),
	KUNIT_CASE_PARAM(xnet_checksums_are_trusted_as_far_as_the_chip_checked_them,
			 xnet_sum_gen_params),
	KUNIT_CASE(xnet_a_stripped_tag_goes_with_its_frame),
	KUNIT_CASE(xnet_a_tag_that_never_comes_is_not_waited_for_forever),
	KUNIT_CASE(xnet_multicast_is_counted_as_the_chip_says),
	KUNIT_CASE(xnet_a_frame_without_a_new_buffer_is_dropped_and_its_own_kept),
	KUNIT_CASE_PARAM(xnet_a_frame_without_memory_is_dropped_and_counted,
			 xnet_shortage_gen_params),
	{}
};

static struct kunit_suite xnet_rx_suite = {
	.name = "xnet_rx",
	.init = xnet_rx_test_init,
	.exit = xnet_rx_test_exit,
	.test_cases = xnet_rx_cases,
};

kunit_test_suite(xnet_rx_suite);

MODULE_DESCRIPTION("KUnit tests of how xnet receives");
MODULE_LICENSE("GPL");
