// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of xnet's rings: their arithmetic and their descriptors. */
#include <kunit/test.h>
#include <linux/bitfield.h>
#include <linux/bitmap.h>
#include <linux/if_ether.h>
#include <linux/if_vlan.h>
#include <linux/log2.h>
#include <linux/skbuff.h>

#include "../netdev/xnet.h"

/* Positions run freely: the ring must not notice where they, or their indices, wrap. */
static const struct xnet_place {
	const char *name;
	u32 tail;
} xnet_places[] = {
	{ "at the start", 0 },
	{ "before the index wraps", XNET_TX_SIZE - 1 },
	{ "after the index has wrapped", XNET_TX_SIZE },
	{ "before the position wraps", U32_MAX - 1 },
	{ "a ring before the position wraps", U32_MAX - XNET_TX_SIZE + 1 },
};

KUNIT_ARRAY_PARAM_DESC(xnet_place, xnet_places, name);

static void xnet_ring_counts_from_any_place(struct kunit *test)
{
	const struct xnet_place *place = test->param_value;
	u32 n;

	for (n = 0; n <= XNET_TX_SIZE; n++) {
		KUNIT_EXPECT_EQ(test, xnet_tx_used(place->tail + n, place->tail), n);
		KUNIT_EXPECT_EQ(test, xnet_tx_free(place->tail + n, place->tail),
				XNET_TX_SIZE - n);
	}
}

static void xnet_ring_goes_round_from_any_place(struct kunit *test)
{
	const struct xnet_place *place = test->param_value;
	DECLARE_BITMAP(seen, XNET_TX_SIZE);
	u32 i;

	bitmap_zero(seen, XNET_TX_SIZE);
	for (i = 0; i < XNET_TX_SIZE; i++) {
		u32 index = xnet_tx_index(place->tail + i);

		KUNIT_ASSERT_LT(test, index, XNET_TX_SIZE);
		KUNIT_EXPECT_EQ(test, xnet_tx_index(place->tail + i + 1),
				(index + 1) % XNET_TX_SIZE);
		__set_bit(index, seen);
	}
	KUNIT_EXPECT_TRUE(test, bitmap_full(seen, XNET_TX_SIZE));
}

static void xnet_the_largest_skb_fits_before_the_queue_stops(struct kunit *test)
{
	KUNIT_EXPECT_GE(test, XNET_TX_STOP, (unsigned int)MAX_SKB_FRAGS + 4);
	KUNIT_EXPECT_LE(test, 2 * XNET_TX_STOP, XNET_TX_SIZE);
}

static const struct xnet_ring_size {
	const char *name;
	u32 size;
} xnet_ring_sizes[] = {
	{ "16", XNET_RX_SIZE_MIN },
	{ "64", XNET_RX_SIZE_CHIP },
	{ "256", 256 },
	{ "1024", XNET_RX_SIZE_EMULATED },
};

KUNIT_ARRAY_PARAM_DESC(xnet_ring_size, xnet_ring_sizes, name);

static void xnet_only_the_last_rx_descriptor_ends_the_ring(struct kunit *test)
{
	const struct xnet_ring_size *ring = test->param_value;
	u32 i;

	for (i = 0; i < ring->size; i++) {
		u32 opts1 = xnet_rx_opts1(i, ring->size, 1536);

		KUNIT_EXPECT_TRUE(test, opts1 & XNET_DESC_OWN);
		KUNIT_EXPECT_EQ(test, !!(opts1 & XNET_DESC_EOR), i == ring->size - 1);
		KUNIT_EXPECT_EQ(test, FIELD_GET(XNET_RX_BUFLEN, opts1), 1536U);
	}
}

static void xnet_rx_buffers_hold_a_tagged_frame_with_fcs(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, xnet_rx_buf_len(68), XNET_RX_BUF_MIN);
	KUNIT_EXPECT_EQ(test, xnet_rx_buf_len(1500), XNET_RX_BUF_MIN);
	KUNIT_EXPECT_GE(test, xnet_rx_buf_len(1600), 1600U + ETH_HLEN + VLAN_HLEN + ETH_FCS_LEN);
	KUNIT_EXPECT_EQ(test, xnet_rx_buf_len(XNET_MAX_MTU_EMULATED) % 8, 0U);
	KUNIT_EXPECT_LE(test, xnet_rx_buf_len(XNET_MAX_MTU_EMULATED),
			(u32)FIELD_MAX(XNET_RX_BUFLEN));
	KUNIT_EXPECT_LE(test,
			xnet_rx_buf_len(XNET_MAX_FRAME_CHIP - XNET_FRAME_OVERHEAD),
			XNET_MAX_FRAME_CHIP);
}

static void xnet_half_a_page_holds_any_frame_and_what_an_skb_has_around_it(struct kunit *test)
{
	unsigned int mtu;

	for (mtu = ETH_MIN_MTU; mtu <= XNET_MAX_MTU_EMULATED; mtu++) {
		u32 buf_len = xnet_rx_buf_len(mtu);
		u32 half = xnet_page_half(buf_len);
		u32 headroom = xnet_page_headroom(half, buf_len);

		KUNIT_EXPECT_TRUE(test, is_power_of_2(half));
		KUNIT_EXPECT_EQ(test, 2 * half % PAGE_SIZE, 0UL);
		KUNIT_EXPECT_GE(test, headroom, (u32)(NET_SKB_PAD + NET_IP_ALIGN));
		KUNIT_EXPECT_LE(test, headroom + buf_len, (u32)SKB_WITH_OVERHEAD(half));
	}
}

static void xnet_tx_descriptor_has_its_marks(struct kunit *test)
{
	u32 flags = XNET_TX_IPCS | XNET_TX_TCPCS;

	KUNIT_EXPECT_EQ(test, xnet_tx_opts1(0, 60, flags, true, true),
			XNET_DESC_OWN | XNET_DESC_FS | XNET_DESC_LS | flags | 60);
	KUNIT_EXPECT_EQ(test, xnet_tx_opts1(5, 1000, flags, true, false),
			XNET_DESC_OWN | XNET_DESC_FS | flags | 1000);
	KUNIT_EXPECT_EQ(test, xnet_tx_opts1(XNET_TX_SIZE - 1, 65535, 0, false, true),
			XNET_DESC_OWN | XNET_DESC_EOR | XNET_DESC_LS | 65535);
	KUNIT_EXPECT_EQ(test, xnet_tx_opts1(62, 1, 0, false, false), XNET_DESC_OWN | 1);
}

/* A ring of two descriptors, without what a real one has around it. */
struct xnet_test_ring {
	struct xnet_desc desc[2];
	struct xnet_rx_buf buf[2];
	struct xnet_rx rx;
};

static struct xnet_test_ring *xnet_test_ring(struct kunit *test)
{
	struct xnet_test_ring *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->rx.ring = (struct xnet_rx_ring){
		.desc = t->desc, .buf = t->buf, .size = 2, .buf_len = 1536,
		.blank = XNET_RX_UNWRITTEN,
	};
	t->buf[0].dma = 0x1122334000ULL;
	t->buf[0].offset = 0x455;
	t->buf[1].dma = 0x66778899aaULL;
	return t;
}

static void xnet_rx_descriptor_given_away_is_the_devices(struct kunit *test)
{
	struct xnet_test_ring *t = xnet_test_ring(test);

	KUNIT_EXPECT_TRUE(test, xnet_rx_pending(&t->rx));
	xnet_rx_give(&t->rx.ring, 0);
	KUNIT_EXPECT_FALSE(test, xnet_rx_pending(&t->rx));
	KUNIT_EXPECT_EQ(test, le64_to_cpu(t->desc[0].addr), 0x1122334455ULL);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(t->desc[0].opts2), XNET_RX_UNWRITTEN);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(t->desc[0].opts1), XNET_DESC_OWN | 1536U);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(t->desc[1].opts1), 0U);

	/* The next one to look at, wherever the count of all is. */
	t->rx.next = U32_MAX;
	KUNIT_EXPECT_TRUE(test, xnet_rx_pending(&t->rx));
	xnet_rx_give(&t->rx.ring, 1);
	KUNIT_EXPECT_FALSE(test, xnet_rx_pending(&t->rx));
	KUNIT_EXPECT_EQ(test, le32_to_cpu(t->desc[1].opts1),
			XNET_DESC_OWN | XNET_DESC_EOR | 1536U);
	t->desc[1].opts1 &= ~cpu_to_le32(XNET_DESC_OWN);
	KUNIT_EXPECT_TRUE(test, xnet_rx_pending(&t->rx));
}

static void xnet_tx_is_pending_when_a_frame_was_sent_that_matters(struct kunit *test)
{
	struct xnet_tx *tx = kunit_kzalloc(test, sizeof(*tx), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, tx);
	tx->desc = kunit_kcalloc(test, XNET_TX_SIZE, sizeof(*tx->desc), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, tx->desc);
	tx->tail = U32_MAX;
	tx->head = 1;
	KUNIT_EXPECT_FALSE(test, xnet_tx_pending(tx));
	tx->want_irq = true;
	KUNIT_EXPECT_TRUE(test, xnet_tx_pending(tx));
	tx->desc[XNET_TX_SIZE - 1].opts1 = cpu_to_le32(XNET_DESC_OWN);
	KUNIT_EXPECT_FALSE(test, xnet_tx_pending(tx));
}

static struct kunit_case xnet_ring_cases[] = {
	KUNIT_CASE_PARAM(xnet_ring_counts_from_any_place, xnet_place_gen_params),
	KUNIT_CASE_PARAM(xnet_ring_goes_round_from_any_place, xnet_place_gen_params),
	KUNIT_CASE(xnet_the_largest_skb_fits_before_the_queue_stops),
	KUNIT_CASE_PARAM(xnet_only_the_last_rx_descriptor_ends_the_ring, xnet_ring_size_gen_params),
	KUNIT_CASE(xnet_rx_buffers_hold_a_tagged_frame_with_fcs),
	KUNIT_CASE(xnet_half_a_page_holds_any_frame_and_what_an_skb_has_around_it),
	KUNIT_CASE(xnet_tx_descriptor_has_its_marks),
	KUNIT_CASE(xnet_rx_descriptor_given_away_is_the_devices),
	KUNIT_CASE(xnet_tx_is_pending_when_a_frame_was_sent_that_matters),
	{}
};

static struct kunit_suite xnet_ring_suite = {
	.name = "xnet_ring",
	.test_cases = xnet_ring_cases,
};

kunit_test_suite(xnet_ring_suite);

MODULE_DESCRIPTION("KUnit tests of xnet's rings");
MODULE_LICENSE("GPL");
