// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of how xnet sends, into the rings of a pretend card. */
#include <kunit/test.h>
#include <linux/bitfield.h>
#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/tcp.h>
#include <net/checksum.h>
#include <net/tcp.h>

#include "compat_kunit.h"
#include "xnet_card.h"

#define XNET_TEST_LEN 100U
#define XNET_TEST_HEADERS (ETH_HLEN + sizeof(struct iphdr) + sizeof(struct tcphdr))

static int xnet_tx_test_init(struct kunit *test)
{
	struct xnet_card *card = xnet_card_make(test);

	test->priv = card;
	return 0;
}

static void xnet_tx_test_exit(struct kunit *test)
{
	xnet_card_destroy(test, test->priv);
}

static struct xnet_card *xnet_test_open(struct kunit *test, bool slow)
{
	struct xnet_card *card = test->priv;

	card->slow = slow;
	xnet_card_plug(test, card);
	xnet_card_open(test, card);
	return card;
}

/* These bytes, the first of them in the linear part and the rest evenly in pages. */
static struct sk_buff *xnet_test_skb(struct kunit *test, const u8 *bytes, u32 len, u32 linear,
				     u32 frags)
{
	struct xnet_card *card = test->priv;
	struct sk_buff *skb = netdev_alloc_skb_ip_align(card->dev, linear);
	u32 done, size;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_put_data(skb, bytes, linear);
	for (done = linear; frags; done += size, frags--) {
		struct page *page = alloc_page(GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, page);
		size = (len - done) / frags;
		memcpy(page_address(page) + frags, bytes + done, size);
		skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page, frags, size, PAGE_SIZE);
	}
	KUNIT_ASSERT_EQ(test, skb->len, len);
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, ETH_HLEN);
	skb->protocol = eth_hdr(skb)->h_proto;
	return skb;
}

static struct sk_buff *xnet_test_frame(struct kunit *test, u8 seed, u32 len, u32 frags)
{
	u8 *bytes = kunit_kmalloc(test, len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bytes);
	xnet_card_fill(test->priv, bytes, len, seed);
	return xnet_test_skb(test, bytes, len, frags ? len / (frags + 1) : len, frags);
}

/* What TCP hands over: as many segments as it takes, and the sum of the pseudo header alone. */
static struct sk_buff *xnet_test_tcp(struct kunit *test, u32 mss, u32 payload, u32 frags, bool psh)
{
	u32 len = XNET_TEST_HEADERS + payload;
	u8 *bytes = kunit_kmalloc(test, len, GFP_KERNEL);
	struct iphdr *ip = (struct iphdr *)(bytes + ETH_HLEN);
	struct tcphdr *tcp = (struct tcphdr *)(ip + 1);
	struct sk_buff *skb;

	KUNIT_ASSERT_NOT_NULL(test, bytes);
	xnet_card_fill(test->priv, bytes, len, 7);
	((struct ethhdr *)bytes)->h_proto = htons(ETH_P_IP);
	*ip = (struct iphdr){ .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_TCP,
			      .tot_len = htons(len - ETH_HLEN), .saddr = htonl(0xc0000201),
			      .daddr = htonl(0xc0000202) };
	ip_send_check(ip);
	*tcp = (struct tcphdr){ .doff = 5, .ack = 1, .psh = psh };
	tcp->check = ~tcp_v4_check(len - ETH_HLEN - sizeof(*ip), ip->saddr, ip->daddr, 0);

	skb = xnet_test_skb(test, bytes, len, frags ? XNET_TEST_HEADERS + 10 : len, frags);
	skb_set_transport_header(skb, ETH_HLEN + sizeof(*ip));
	skb->csum_start = skb_transport_header(skb) - skb->head;
	skb->csum_offset = offsetof(struct tcphdr, check);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb_shinfo(skb)->gso_size = mss;
	skb_shinfo(skb)->gso_segs = DIV_ROUND_UP(payload, mss);
	skb_shinfo(skb)->gso_type = SKB_GSO_TCPV4;
	return skb;
}

static void xnet_test_xmit(struct kunit *test, struct sk_buff *skb, bool more)
{
	KUNIT_ASSERT_EQ(test, (int)xnet_card_xmit(test->priv, skb, more), NETDEV_TX_OK);
}

/* The oldest that was sent is this frame. */
static void xnet_test_expect(struct kunit *test, u8 seed, u32 len)
{
	struct xnet_card *card = test->priv;
	struct sk_buff *skb = skb_dequeue(&card->sent);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_EQ(test, skb->len, len);
	KUNIT_EXPECT_TRUE(test, xnet_card_is_frame(card, skb->data, len, seed));
	kfree_skb(skb);
}

/* At once, or when the chip is told to. */
static void xnet_test_pass_one(struct kunit *test, u8 seed, u32 len, u32 frags)
{
	struct xnet_card *card = test->priv;

	xnet_test_xmit(test, xnet_test_frame(test, seed, len, frags), false);
	if (card->slow) {
		KUNIT_EXPECT_TRUE(test, xnet_card_send(card, 0));
		KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(card));
	}
	xnet_test_expect(test, seed, len);
	KUNIT_EXPECT_EQ(test, card->xd->tx.tail, card->xd->tx.head);
}

static struct rtnl_link_stats64 xnet_test_stats(struct kunit *test)
{
	struct xnet_card *card = test->priv;
	struct rtnl_link_stats64 stats;

	dev_get_stats(card->dev, &stats);
	return stats;
}

static const struct xnet_outcome {
	const char *name;
	u32 status;
	struct rtnl_link_stats64 stats;
} xnet_outcomes[] = {
	{ "sent", 0, { .tx_packets = 1 } },
	{ "sent after a collision", FIELD_PREP_CONST(XNET_TX_CC, 1),
	  { .tx_packets = 1, .collisions = 1 } },
	{ "sent after fifteen collisions", FIELD_PREP_CONST(XNET_TX_CC, 15),
	  { .tx_packets = 1, .collisions = 15 } },
	{ "fifo underrun", XNET_TX_TES | XNET_TX_UNF, { .tx_errors = 1, .tx_fifo_errors = 1 } },
	{ "fifo underrun alone", XNET_TX_UNF, { .tx_errors = 1, .tx_fifo_errors = 1 } },
	{ "collision out of window", XNET_TX_TES | XNET_TX_OWC | FIELD_PREP_CONST(XNET_TX_CC, 1),
	  { .tx_errors = 1, .tx_window_errors = 1, .collisions = 1 } },
	{ "no carrier", XNET_TX_TES | XNET_TX_LNKF, { .tx_errors = 1, .tx_carrier_errors = 1 } },
	{ "too many collisions", XNET_TX_TES | XNET_TX_EXC | XNET_TX_CC,
	  { .tx_errors = 1, .tx_aborted_errors = 1, .collisions = 15 } },
	{ "an error without a name", XNET_TX_TES, { .tx_errors = 1 } },
	{ "everything", XNET_TX_TES | XNET_TX_UNF | XNET_TX_OWC | XNET_TX_LNKF | XNET_TX_EXC |
	  XNET_TX_CC, { .tx_errors = 1, .tx_fifo_errors = 1, .tx_window_errors = 1,
			.tx_carrier_errors = 1, .tx_aborted_errors = 1, .collisions = 15 } },
};

KUNIT_ARRAY_PARAM_DESC(xnet_outcome, xnet_outcomes, name);

static void xnet_what_became_of_a_frame_is_counted(struct kunit *test)
{
	const struct xnet_outcome *outcome = test->param_value;
	struct xnet_card *card = xnet_test_open(test, true);
	const struct rtnl_link_stats64 *want = &outcome->stats;
	struct rtnl_link_stats64 stats;

	xnet_test_xmit(test, xnet_test_frame(test, 1, XNET_TEST_LEN, 0), false);
	KUNIT_ASSERT_TRUE(test, xnet_card_send(card, outcome->status));
	KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(card));
	stats = xnet_test_stats(test);
	KUNIT_EXPECT_EQ(test, stats.tx_packets, want->tx_packets);
	KUNIT_EXPECT_EQ(test, stats.tx_bytes, want->tx_packets * XNET_TEST_LEN);
	KUNIT_EXPECT_EQ(test, stats.tx_errors, want->tx_errors);
	KUNIT_EXPECT_EQ(test, stats.tx_fifo_errors, want->tx_fifo_errors);
	KUNIT_EXPECT_EQ(test, stats.tx_window_errors, want->tx_window_errors);
	KUNIT_EXPECT_EQ(test, stats.tx_carrier_errors, want->tx_carrier_errors);
	KUNIT_EXPECT_EQ(test, stats.tx_aborted_errors, want->tx_aborted_errors);
	KUNIT_EXPECT_EQ(test, stats.collisions, want->collisions);
	KUNIT_EXPECT_EQ(test, stats.tx_dropped, 0);
	KUNIT_EXPECT_EQ(test, card->xd->tx.tail, 1);
}

/* It leaves what asked for a checksum where the chip writes how many collisions there were. */
static void xnet_checksums_of_the_emulated_card_are_no_collisions(struct kunit *test)
{
	struct xnet_card *card = test->priv;
	struct rtnl_link_stats64 stats;
	struct sk_buff *skb;

	xnet_card_emulate(card);
	xnet_test_open(test, false);
	skb = xnet_test_tcp(test, 1000, 100, 0, false);
	skb_shinfo(skb)->gso_size = 0;
	xnet_test_xmit(test, skb, false);
	stats = xnet_test_stats(test);
	KUNIT_EXPECT_EQ(test, stats.tx_packets, 1);
	KUNIT_EXPECT_EQ(test, stats.tx_errors, 0);
	KUNIT_EXPECT_EQ(test, stats.collisions, 0);
	skb = skb_peek(&card->sent);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_EQ(test, ((struct xnet_card_sent *)skb->cb)->opts1,
			XNET_DESC_OWN | XNET_CARD_WHOLE | XNET_TX_IPCS | XNET_TX_TCPCS |
			(XNET_TEST_HEADERS + 100));
}

/* 1448 has the bits of an error and of collisions. */
static void xnet_the_mss_of_a_burst_is_no_error(struct kunit *test)
{
	const u32 mss = 1448, payload = 10 * mss;
	struct xnet_card *card = xnet_test_open(test, true);
	struct rtnl_link_stats64 stats;
	struct sk_buff *skb;

	xnet_test_xmit(test, xnet_test_tcp(test, mss, payload, 4, false), false);
	KUNIT_ASSERT_TRUE(test, xnet_card_send(card, 0));
	KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(card));
	stats = xnet_test_stats(test);
	KUNIT_EXPECT_EQ(test, stats.tx_packets, 10);
	KUNIT_EXPECT_EQ(test, stats.tx_bytes, payload + 10 * XNET_TEST_HEADERS);
	KUNIT_EXPECT_EQ(test, stats.tx_errors + stats.collisions, 0);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&card->xd->tx.stats.tso), 1);
	skb = skb_peek(&card->sent);
	KUNIT_EXPECT_EQ(test, skb->len, XNET_TEST_HEADERS + payload);
	KUNIT_EXPECT_EQ(test, ((struct xnet_card_sent *)skb->cb)->opts1 &
			(XNET_TX_LGSEN | XNET_TX_MSS), xnet_tso_flags(10, mss));
}

/* Its last segment is a frame of its own, with headers of its own. */
static void xnet_the_end_of_a_pushed_burst_is_a_frame(struct kunit *test)
{
	const u32 mss = 1000, burst = 3 * mss;
	struct xnet_card *card = xnet_test_open(test, true);
	struct tcphdr *tcp;
	struct sk_buff *skb;

	xnet_test_xmit(test, xnet_test_tcp(test, mss, burst + 1, 3, true), false);
	KUNIT_ASSERT_TRUE(test, xnet_card_send(card, 0));
	KUNIT_ASSERT_TRUE(test, xnet_card_send(card, XNET_TX_TES | XNET_TX_LNKF));
	KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(card));
	skb = skb_dequeue(&card->sent);
	tcp = (struct tcphdr *)(skb->data + ETH_HLEN + sizeof(struct iphdr));
	KUNIT_EXPECT_EQ(test, skb->len, XNET_TEST_HEADERS + burst);
	KUNIT_EXPECT_FALSE(test, tcp->psh);
	kfree_skb(skb);

	skb = skb_dequeue(&card->sent);
	tcp = (struct tcphdr *)(skb->data + ETH_HLEN + sizeof(struct iphdr));
	KUNIT_EXPECT_EQ(test, skb->len, XNET_TEST_HEADERS + 1);
	KUNIT_EXPECT_TRUE(test, tcp->psh);
	KUNIT_EXPECT_EQ(test, ntohl(tcp->seq), burst);
	kfree_skb(skb);
	KUNIT_EXPECT_EQ(test, xnet_test_stats(test).tx_carrier_errors, 1);
}

static const struct xnet_start {
	const char *name;
	u32 frames; /* sent before */
} xnet_starts[] = {
	{ "at the start", 0 },
	{ "where the ring wraps", XNET_TX_SIZE - 2 },
	{ "at the end of the ring", XNET_TX_SIZE - 1 },
	{ "after many rounds", 10 * XNET_TX_SIZE + 1 },
};

KUNIT_ARRAY_PARAM_DESC(xnet_start, xnet_starts, name);

static void xnet_test_start(struct kunit *test)
{
	const struct xnet_start *start = test->param_value;
	u32 i;

	for (i = 0; i < start->frames; i++)
		xnet_test_pass_one(test, i, ETH_ZLEN, 0);
}

static void xnet_frames_in_pieces_are_sent_whole(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test, true);
	unsigned int maps = card->dma.count;
	u32 frags;

	xnet_test_start(test);
	for (frags = 0; frags <= MAX_SKB_FRAGS; frags++)
		xnet_test_pass_one(test, frags, 500 + frags, frags);
	KUNIT_EXPECT_EQ(test, card->dma.count, maps);
}

static bool xnet_test_all_are_ours(const struct xnet_card *card)
{
	u32 i;

	for (i = 0; i < XNET_TX_SIZE; i++)
		if (le32_to_cpu(card->xd->tx.desc[i].opts1) & XNET_DESC_OWN)
			return false;
	return true;
}

static void xnet_test_fails_to_map(struct kunit *test, struct sk_buff *skb, u32 nth)
{
	struct xnet_card *card = test->priv;
	struct rtnl_link_stats64 stats = xnet_test_stats(test);
	unsigned int maps = card->dma.count;
	u32 head = card->xd->tx.head;

	card->dma.fail_in = nth;
	xnet_test_xmit(test, skb, false);
	KUNIT_EXPECT_EQ(test, card->dma.fail_in, 0);
	KUNIT_EXPECT_EQ(test, card->dma.count, maps);
	KUNIT_EXPECT_EQ(test, card->xd->tx.head, head);
	KUNIT_EXPECT_TRUE(test, xnet_test_all_are_ours(card));
	KUNIT_EXPECT_FALSE(test, xnet_card_send(card, 0));
	KUNIT_EXPECT_EQ(test, xnet_test_stats(test).tx_dropped, stats.tx_dropped + 1);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&card->xd->tx.stats.map_failed),
			stats.tx_dropped + 1);
	KUNIT_EXPECT_EQ(test, xnet_test_stats(test).tx_packets, stats.tx_packets);
}

/* Whichever part of it that is, nothing of it stays, and the chip never sees the rest. */
static void xnet_a_frame_that_cannot_be_mapped_is_dropped_as_a_whole(struct kunit *test)
{
	const u32 frags = 3;
	u32 nth;

	xnet_test_open(test, true);
	xnet_test_start(test);
	for (nth = 1; nth <= 1 + frags; nth++) {
		xnet_test_fails_to_map(test, xnet_test_frame(test, 1, 1000, frags), nth);
		xnet_test_fails_to_map(test, xnet_test_tcp(test, 1000, 3001, frags, true), nth);
	}
	for (nth = 0; nth < XNET_TX_SIZE; nth++)
		xnet_test_pass_one(test, nth, 1000, frags);
}

/* The one that was to ring for all is dropped. */
static void xnet_a_dropped_frame_rings_for_those_before_it(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test, false);

	xnet_test_xmit(test, xnet_test_frame(test, 1, XNET_TEST_LEN, 0), true);
	xnet_test_xmit(test, xnet_test_frame(test, 2, XNET_TEST_LEN, 0), true);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&card->sent), 0);
	card->dma.fail_in = 1;
	xnet_test_xmit(test, xnet_test_frame(test, 3, XNET_TEST_LEN, 0), true);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&card->sent), 0);
	card->dma.fail_in = 1;
	xnet_test_xmit(test, xnet_test_frame(test, 4, XNET_TEST_LEN, 0), false);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&card->sent), 2);
	xnet_test_expect(test, 1, XNET_TEST_LEN);
	xnet_test_expect(test, 2, XNET_TEST_LEN);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&card->xd->tx.stats.doorbells), 1);
	KUNIT_EXPECT_EQ(test, xnet_test_stats(test).tx_dropped, 2);

	/* With nothing before it, there is nothing to ring for. */
	card->dma.fail_in = 1;
	xnet_test_xmit(test, xnet_test_frame(test, 5, XNET_TEST_LEN, 0), false);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&card->xd->tx.stats.doorbells), 1);
}

/* Of a protocol that the chip does not know. */
static struct sk_buff *xnet_test_unknown_sum(struct kunit *test, u32 start, u32 offset)
{
	struct sk_buff *skb = xnet_test_frame(test, 1, XNET_TEST_LEN, 0);

	skb->csum_start = skb_headroom(skb) + start;
	skb->csum_offset = offset;
	skb->ip_summed = CHECKSUM_PARTIAL;
	memset(skb->data + start + offset, 0, sizeof(__sum16));
	return skb;
}

static void xnet_a_checksum_that_the_chip_cannot_make_is_made(struct kunit *test)
{
	const u32 start = ETH_HLEN + 8, offset = 6;
	struct xnet_card *card = xnet_test_open(test, false);
	struct sk_buff *skb;

	xnet_test_xmit(test, xnet_test_unknown_sum(test, start, offset), false);
	skb = skb_peek(&card->sent);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_EQ(test, csum_fold(csum_partial(skb->data + start, XNET_TEST_LEN - start, 0)),
			0);
	KUNIT_EXPECT_NE(test, skb->data[start + offset] + skb->data[start + offset + 1], 0);
	KUNIT_EXPECT_EQ(test, ((struct xnet_card_sent *)skb->cb)->opts1 &
			(XNET_TX_IPCS | XNET_TX_TCPCS | XNET_TX_UDPCS), 0);
}

/* Bytes that are somebody else's, too, have to be copied first. */
static void xnet_a_frame_without_memory_for_its_checksum_is_dropped(struct kunit *test)
{
#ifdef CONFIG_FAILSLAB
	struct xnet_card *card = xnet_test_open(test, false);
	struct sk_buff *skb = xnet_test_unknown_sum(test, ETH_HLEN, 6);
	struct sk_buff *clone = skb_clone(skb, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, clone);
	xnet_test_xmit(test, xnet_test_frame(test, 9, XNET_TEST_LEN, 0), true);
	current->fail_nth = 1;
	xnet_test_xmit(test, skb, false);
	KUNIT_EXPECT_EQ(test, current->fail_nth, 0);
	current->fail_nth = 0;
	kfree_skb(clone);
	KUNIT_EXPECT_EQ(test, xnet_test_stats(test).tx_dropped, 1);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&card->xd->tx.stats.map_failed), 0);
	xnet_test_expect(test, 9, XNET_TEST_LEN);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&card->sent), 0);
#else
	kunit_skip(test, "needs CONFIG_FAILSLAB");
#endif
}

/* The interrupt is asked for only then, for it costs more than the frame. */
static void xnet_frames_left_in_the_ring_are_told_of_by_an_interrupt(struct kunit *test)
{
	const u16 sent = XNET_INT_TOK | XNET_INT_TER;
	struct xnet_card *card = xnet_test_open(test, true);
	u32 i;

	KUNIT_EXPECT_EQ(test, xnet_chip_get16(card->chip, XNET_IMR) & sent, 0);
	for (i = 0; i < 3; i++)
		xnet_test_xmit(test, xnet_test_frame(test, i, XNET_TEST_LEN, 0), false);
	KUNIT_EXPECT_EQ(test, xnet_chip_get16(card->chip, XNET_IMR) & sent, sent);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&card->xd->tx.stats.deferred), 3);
	KUNIT_EXPECT_FALSE(test, xnet_tx_pending(&card->xd->tx));

	/* One of them: for the others the interrupt stays on. */
	KUNIT_ASSERT_TRUE(test, xnet_card_send(card, 0));
	KUNIT_EXPECT_TRUE(test, xnet_tx_pending(&card->xd->tx));
	KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(card));
	KUNIT_EXPECT_EQ(test, card->xd->tx.tail, 1);
	KUNIT_EXPECT_EQ(test, xnet_chip_get16(card->chip, XNET_IMR) & sent, sent);
	KUNIT_EXPECT_FALSE(test, xnet_card_interrupt(card));

	while (xnet_card_send(card, 0))
		;
	KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(card));
	KUNIT_EXPECT_EQ(test, card->xd->tx.tail, 3);
	KUNIT_EXPECT_EQ(test, xnet_chip_get16(card->chip, XNET_IMR) & sent, 0);
	for (i = 0; i < 3; i++)
		xnet_test_expect(test, i, XNET_TEST_LEN);
}

/* One that is at work goes on with what the ring has, though it was not told of it yet. */
static void xnet_frames_sent_before_the_doorbell_leave_the_poll_nothing_to_do(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test, true);
	u32 i;

	for (i = 0; i < 3; i++)
		xnet_test_xmit(test, xnet_test_frame(test, i, XNET_TEST_LEN, 0), i);
	KUNIT_EXPECT_EQ(test, card->xd->tx.kicked, 1);
	while (xnet_card_send(card, 0))
		;
	local_bh_disable();
	KUNIT_EXPECT_TRUE(test, xnet_tx_poll(card->xd, NAPI_POLL_WEIGHT));
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, card->xd->tx.tail, 3);
	KUNIT_ASSERT_FALSE(test, xnet_tx_pending(&card->xd->tx));
	KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(card));
	for (i = 0; i < 3; i++)
		xnet_test_expect(test, i, XNET_TEST_LEN);
	xnet_test_pass_one(test, i, XNET_TEST_LEN, 0);
}

static void xnet_frames_sent_at_once_need_no_interrupt(struct kunit *test)
{
	struct xnet_card *card = test->priv;
	u32 i;

	xnet_card_emulate(card);
	xnet_test_open(test, false);
	for (i = 0; i < 2 * XNET_TX_SIZE; i++) {
		xnet_test_pass_one(test, i, XNET_TEST_LEN, i % 3);
		KUNIT_EXPECT_FALSE(test, xnet_card_interrupt(card));
	}
	KUNIT_EXPECT_EQ(test, u64_stats_read(&card->xd->tx.stats.deferred), 0);
	KUNIT_EXPECT_EQ(test, xnet_test_stats(test).tx_packets, i);
}

static void xnet_a_full_ring_stops_the_queue_and_room_wakes_it(struct kunit *test)
{
	const u32 fit = XNET_TX_SIZE - XNET_TX_STOP + 1;
	struct xnet_card *card = xnet_test_open(test, true);
	struct netdev_queue *txq = netdev_get_tx_queue(card->dev, 0);
	struct sk_buff *skb;
	u32 i;

	for (i = 0; i < fit; i++) {
		KUNIT_EXPECT_FALSE(test, netif_tx_queue_stopped(txq));
		xnet_test_xmit(test, xnet_test_frame(test, i, XNET_TEST_LEN, 0), false);
	}
	KUNIT_EXPECT_TRUE(test, netif_tx_queue_stopped(txq));

	/* Who sends all the same keeps the frame. */
	skb = xnet_test_frame(test, i, XNET_TEST_LEN, 0);
	kunit_warning_suppress(test)
		KUNIT_EXPECT_EQ(test, (int)xnet_card_xmit(card, skb, false), NETDEV_TX_BUSY);
	kfree_skb(skb);
	KUNIT_EXPECT_TRUE(test, netif_tx_queue_stopped(txq));
	KUNIT_EXPECT_EQ(test, card->xd->tx.head, fit);

	KUNIT_ASSERT_TRUE(test, xnet_card_send(card, 0));
	KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(card));
	KUNIT_EXPECT_FALSE(test, netif_tx_queue_stopped(txq));
	while (xnet_card_send(card, 0))
		;
	KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(card));
	for (i = 0; i < fit; i++)
		xnet_test_expect(test, i, XNET_TEST_LEN);
	KUNIT_EXPECT_EQ(test, xnet_test_stats(test).tx_packets, fit);
}

/* The chip empties the ring as soon as it is told of it, and the queue goes on without a poll. */
static void xnet_a_batch_that_fills_the_ring_does_not_stop_the_queue(struct kunit *test)
{
	const u32 fit = XNET_TX_SIZE - XNET_TX_STOP + 1;
	struct xnet_card *card = xnet_test_open(test, false);
	struct netdev_queue *txq = netdev_get_tx_queue(card->dev, 0);
	u32 i;

	for (i = 0; i < fit; i++) {
		KUNIT_EXPECT_EQ(test, skb_queue_len(&card->sent), 0);
		xnet_test_xmit(test, xnet_test_frame(test, i, XNET_TEST_LEN, 0), true);
	}
	KUNIT_EXPECT_EQ(test, skb_queue_len(&card->sent), fit);
	KUNIT_EXPECT_FALSE(test, netif_tx_queue_stopped(txq));
	KUNIT_EXPECT_EQ(test, u64_stats_read(&card->xd->tx.stats.doorbells), 1);
}

static void (*xnet_test_doorbell)(struct xnet_chip *chip);
static const struct net_device *xnet_test_dev;
static bool xnet_test_rang_stopped;

static void xnet_test_ring(struct xnet_chip *chip)
{
	xnet_test_rang_stopped |= netif_queue_stopped(xnet_test_dev);
	xnet_test_doorbell(chip);
}

/* A qdisc that sees it stopped, while another sends, waits until it is woken: and nobody would. */
static void xnet_a_queue_that_is_not_woken_was_never_stopped(struct kunit *test)
{
	const u32 fit = XNET_TX_SIZE - XNET_TX_STOP + 1;
	struct xnet_card *card = xnet_test_open(test, false);
	u32 i;

	xnet_test_rang_stopped = false;
	xnet_test_dev = card->dev;
	xnet_test_doorbell = card->chip->doorbell;
	card->chip->doorbell = xnet_test_ring;
	for (i = 0; i < 2 * fit; i++)
		xnet_test_xmit(test, xnet_test_frame(test, i, XNET_TEST_LEN, 0), true);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&card->xd->tx.stats.doorbells), 2);
	KUNIT_EXPECT_FALSE(test, xnet_test_rang_stopped);
}

static void xnet_a_stalled_queue_is_emptied_and_works_again(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test, true);
	unsigned int maps = card->dma.count;
	u32 i;

	for (i = 0; i < 5; i++)
		xnet_test_pass_one(test, i, XNET_TEST_LEN, 0);
	xnet_test_xmit(test, xnet_test_frame(test, 1, XNET_TEST_LEN, 2), false);
	xnet_test_xmit(test, xnet_test_tcp(test, 1000, 3001, 3, true), false);
	card->dev->netdev_ops->ndo_tx_timeout(card->dev, 0);
	flush_work(&card->xd->reset_work);

	KUNIT_EXPECT_EQ(test, card->dma.count, maps);
	KUNIT_EXPECT_EQ(test, card->xd->tx.head, 0);
	KUNIT_EXPECT_EQ(test, xnet_test_stats(test).tx_dropped, 2);
	KUNIT_EXPECT_FALSE(test, xnet_card_send(card, 0));
	for (i = 0; i < XNET_TX_SIZE + 1; i++)
		xnet_test_pass_one(test, i, XNET_TEST_LEN, 1);
}

/* netpoll calls so, to make room with interrupts off. */
static void xnet_a_poll_without_budget_takes_back_what_was_sent_only(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test, true);
	u8 frame[XNET_TEST_LEN + ETH_FCS_LEN] = {};

	xnet_card_fill(card, frame, XNET_TEST_LEN, 1);
	KUNIT_ASSERT_TRUE(test, xnet_card_receive(card, frame, sizeof(frame), XNET_CARD_WHOLE, 0));
	xnet_test_xmit(test, xnet_test_frame(test, 1, XNET_TEST_LEN, 0), false);
	KUNIT_ASSERT_TRUE(test, xnet_card_send(card, 0));
	local_bh_disable();
	KUNIT_EXPECT_EQ(test, xnet_poll(&card->xd->napi, 0), 0);
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, card->xd->tx.tail, 1);
	KUNIT_EXPECT_EQ(test, card->xd->rx.next, 0);
	KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(card));
	KUNIT_EXPECT_EQ(test, skb_queue_len(&card->received), 1);
}

static struct kunit_case xnet_tx_cases[] = {
	KUNIT_CASE_PARAM(xnet_what_became_of_a_frame_is_counted, xnet_outcome_gen_params),
	KUNIT_CASE(xnet_checksums_of_the_emulated_card_are_no_collisions),
	KUNIT_CASE(xnet_the_mss_of_a_burst_is_no_error),
	KUNIT_CASE(xnet_the_end_of_a_pushed_burst_is_a_frame),
	KUNIT_CASE_PARAM(xnet_frames_in_pieces_are_sent_whole, xnet_start_gen_params),
	KUNIT_CASE_PARAM(xnet_a_frame_that_cannot_be_mapped_is_dropped_as_a_whole,
			 xnet_start_gen_params),
	KUNIT_CASE(xnet_a_dropped_frame_rings_for_those_before_it),
	KUNIT_CASE(xnet_a_checksum_that_the_chip_cannot_make_is_made),
	KUNIT_CASE(xnet_a_frame_without_memory_for_its_checksum_is_dropped),
	KUNIT_CASE(xnet_frames_left_in_the_ring_are_told_of_by_an_interrupt),
	KUNIT_CASE(xnet_frames_sent_before_the_doorbell_leave_the_poll_nothing_to_do),
	KUNIT_CASE(xnet_frames_sent_at_once_need_no_interrupt),
	KUNIT_CASE(xnet_a_full_ring_stops_the_queue_and_room_wakes_it),
	KUNIT_CASE(xnet_a_batch_that_fills_the_ring_does_not_stop_the_queue),
	KUNIT_CASE(xnet_a_queue_that_is_not_woken_was_never_stopped),
	KUNIT_CASE(xnet_a_stalled_queue_is_emptied_and_works_again),
	KUNIT_CASE(xnet_a_poll_without_budget_takes_back_what_was_sent_only),
	{}
};

static struct kunit_suite xnet_tx_suite = {
	.name = "xnet_tx",
	.init = xnet_tx_test_init,
	.exit = xnet_tx_test_exit,
	.test_cases = xnet_tx_cases,
};

kunit_test_suite(xnet_tx_suite);

MODULE_DESCRIPTION("KUnit tests of how xnet sends");
MODULE_LICENSE("GPL");
