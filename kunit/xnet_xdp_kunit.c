// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of what becomes of frames that a program of XDP looks at. */
#include <kunit/test.h>
#include <linux/if_vlan.h>
#include <linux/skbuff.h>
#include <linux/unaligned.h>

#include "xnet_xdp_test.h"

static unsigned int xnet_test_abort(const void *ctx, const struct bpf_insn *insn)
{
	return XDP_ABORTED;
}

static unsigned int xnet_test_nonsense(const void *ctx, const struct bpf_insn *insn)
{
	return XDP_REDIRECT + 4711;
}

/* To nowhere, as no helper said where to. */
static unsigned int xnet_test_redirect(const void *ctx, const struct bpf_insn *insn)
{
	return XDP_REDIRECT;
}

static unsigned int xnet_test_push_pass(const void *ctx, const struct bpf_insn *insn)
{
	xnet_test_push((struct xdp_buff *)ctx);
	return XDP_PASS;
}

/* A header less, and twice the frame's length behind it, which is then dropped. */
static unsigned int xnet_test_grow_drop(const void *ctx, const struct bpf_insn *insn)
{
	struct xdp_buff *xdp = (struct xdp_buff *)ctx;

	xdp->data += XNET_TEST_OUTER;
	memset(xdp->data_end, 0x77, XNET_TEST_LEN);
	xdp->data_end += XNET_TEST_LEN;
	return XDP_DROP;
}

static unsigned int xnet_test_meta_pass(const void *ctx, const struct bpf_insn *insn)
{
	struct xdp_buff *xdp = (struct xdp_buff *)ctx;

	xdp->data_meta -= 4;
	put_unaligned_le32(0x8139, xdp->data_meta);
	return XDP_PASS;
}

static const struct xnet_xdp_length {
	const char *name;
	u32 len;
} xnet_xdp_lengths[] = {
	{ "a header", ETH_HLEN },
	{ "shortest", ETH_ZLEN },
	{ "longest", ETH_DATA_LEN + ETH_HLEN },
};

KUNIT_ARRAY_PARAM_DESC(xnet_xdp_length, xnet_xdp_lengths, name);

static void xnet_passed_frames_come_whole_round_the_ring(struct kunit *test)
{
	const struct xnet_xdp_length *length = test->param_value;
	const u32 frames = 2 * XNET_RX_SIZE_CHIP + 3;
	u32 i;

	xnet_test_open(test, xnet_test_pass);
	for (i = 0; i < frames; i++)
		xnet_test_pass_one(test, i, length->len);
	xnet_test_expect_counts(test, frames, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&xnet_test_rx(test)->bytes), frames * length->len);
}

/* The stack gets the page itself, and gives it back to the pool. */
static void xnet_passed_frames_are_not_copied(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test, xnet_test_pass);
	const struct page *page = card->xd->rx.ring.buf[0].page;
	struct sk_buff *skb;

	xnet_test_arrive(test, 1, XNET_TEST_LEN);
	xnet_test_poll(test);
	skb = skb_peek(&card->received);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_PTR_EQ(test, (const struct page *)virt_to_page(skb->head), page);
	KUNIT_EXPECT_TRUE(test, skb->pp_recycle);
	KUNIT_EXPECT_PTR_NE(test, (const struct page *)card->xd->rx.ring.buf[0].page, page);
	xnet_test_expect(test, &card->received, 1, XNET_TEST_LEN);
}

static void xnet_dropped_frames_leave_their_pages_in_the_ring(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test, xnet_test_drop);
	const u32 frames = 2 * XNET_RX_SIZE_CHIP + 3;
	unsigned int maps = card->dma.count;
	dma_addr_t dma = card->xd->rx.ring.buf[0].dma;
	u32 i;

	for (i = 0; i < frames; i++) {
		xnet_test_arrive(test, i, XNET_TEST_LEN);
		xnet_test_poll(test);
	}
	xnet_test_expect_nothing(test);
	xnet_test_expect_counts(test, 0, frames, 0, 0);
	KUNIT_EXPECT_EQ(test, card->dma.count, maps);
	KUNIT_EXPECT_EQ(test, card->xd->rx.ring.buf[0].dma, dma);
}

static const struct xnet_xdp_error {
	const char *name;
	xnet_test_prog prog;
} xnet_xdp_errors[] = {
	{ "aborted", xnet_test_abort },
	{ "a verdict that there is not", xnet_test_nonsense },
	{ "redirected to nowhere", xnet_test_redirect },
};

KUNIT_ARRAY_PARAM_DESC(xnet_xdp_error, xnet_xdp_errors, name);

static void xnet_what_a_program_does_wrong_is_counted_and_lost(struct kunit *test)
{
	const struct xnet_xdp_error *error = test->param_value;
	const u32 frames = 2 * XNET_RX_SIZE_CHIP + 3;
	u32 i;

	xnet_test_open(test, error->prog);
	for (i = 0; i < frames; i++) {
		xnet_test_arrive(test, i, XNET_TEST_LEN);
		xnet_test_poll(test);
	}
	xnet_test_expect_nothing(test);
	xnet_test_expect_counts(test, 0, 0, 0, frames);
	xnet_test_attach(test, xnet_test_pass);
	xnet_test_pass_one(test, 1, XNET_TEST_LEN);
}

/* Damaged ones are none of the program's business. */
static void xnet_damaged_frames_are_not_shown_to_the_program(struct kunit *test)
{
	static const u8 frame[XNET_TEST_LEN];
	struct xnet_card *card = xnet_test_open(test, xnet_test_back);

	KUNIT_ASSERT_TRUE(test, xnet_card_receive(card, frame, sizeof(frame), XNET_CARD_WHOLE |
						  XNET_RX_RES | XNET_RX_CRC, 0));
	KUNIT_ASSERT_TRUE(test, xnet_card_receive(card, frame, sizeof(frame), XNET_DESC_FS, 0));
	xnet_test_poll(test);
	xnet_test_expect_nothing(test);
	xnet_test_expect_counts(test, 0, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&xnet_test_rx(test)->errors), 2);
}

static void xnet_a_passed_frame_is_what_the_program_made_of_it(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test, xnet_test_push_pass);
	const u32 len = XNET_TEST_LEN + XNET_TEST_OUTER;
	struct sk_buff *skb;

	xnet_test_arrive(test, 1, XNET_TEST_LEN);
	xnet_test_poll(test);
	skb = skb_dequeue(&card->received);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_EQ(test, skb->len, len - ETH_HLEN);
	KUNIT_EXPECT_EQ(test, skb->data[0], 0x5a);
	KUNIT_EXPECT_EQ(test, skb->data[XNET_TEST_OUTER - 1], 0x5a);
	/* The frame as it came is where it was. */
	memmove(skb_mac_header(skb) + XNET_TEST_OUTER, skb_mac_header(skb), ETH_HLEN);
	KUNIT_EXPECT_TRUE(test, xnet_card_is_frame(card, skb_mac_header(skb) + XNET_TEST_OUTER,
						   XNET_TEST_LEN, 1));
	kfree_skb(skb);

	xnet_test_attach(test, xnet_test_meta_pass);
	xnet_test_arrive(test, 2, XNET_TEST_LEN);
	xnet_test_poll(test);
	skb = skb_peek(&card->received);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_EQ(test, skb_metadata_len(skb), 4);
	KUNIT_EXPECT_EQ(test, get_unaligned_le32(skb_metadata_end(skb) - 4), 0x8139);
	xnet_test_expect(test, &card->received, 2, XNET_TEST_LEN);
}

/* In a bounce buffer that would be there when the next frame is shorter. */
static void xnet_what_a_dropped_frame_grew_by_is_synchronised(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test, xnet_test_grow_drop);
	const struct xnet_rx_buf *buf = &card->xd->rx.ring.buf[0];
	const u8 *bytes = xnet_dma_read(&card->dma, buf->dma + buf->offset, 2 * XNET_TEST_LEN);

	KUNIT_ASSERT_NOT_NULL(test, bytes);
	xnet_test_arrive(test, 1, XNET_TEST_LEN);
	xnet_test_poll(test);
	KUNIT_EXPECT_EQ(test, bytes[XNET_TEST_LEN], 0x77);
	KUNIT_EXPECT_EQ(test, bytes[2 * XNET_TEST_LEN - 1], 0x77);
	xnet_test_expect_counts(test, 0, 1, 0, 0);
}

static void xnet_a_frame_without_another_page_is_dropped_and_its_own_kept(struct kunit *test)
{
	const u32 frames = 5 * XNET_RX_SIZE_CHIP;
	struct xnet_card *card = xnet_test_open(test, xnet_test_pass);
	u32 i, came;

	xnet_test_pass_one(test, 1, XNET_TEST_LEN);
	card->dma.limit = card->dma.count;
	for (i = 0; i < frames; i++) {
		xnet_test_arrive(test, i, XNET_TEST_LEN);
		xnet_test_poll(test);
	}
	/* The pool had some in stock. */
	came = skb_queue_len(&card->received);
	KUNIT_EXPECT_GT(test, came, 0);
	KUNIT_EXPECT_LT(test, came, frames);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&xnet_test_rx(test)->no_memory), frames - came);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&xnet_test_rx(test)->xdp_pass), 1 + came);
	for (i = 0; i < came; i++)
		xnet_test_expect(test, &card->received, i, XNET_TEST_LEN);

	/* They are in the pool again. */
	xnet_test_pass_one(test, 1, XNET_TEST_LEN);
	card->dma.limit = 0;
	for (i = 0; i < frames; i++)
		xnet_test_pass_one(test, i, XNET_TEST_LEN);
}

/* The chip leaves it in the frame, where the program looks for it; what it was stays. */
static void xnet_tags_are_stripped_only_without_a_program(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test, NULL);
	struct sk_buff *skb;

	KUNIT_EXPECT_TRUE(test, xnet_chip_get16(card->chip, XNET_CPCR) & XNET_CPCR_RXVLAN);
	xnet_test_attach(test, xnet_test_pass);
	KUNIT_EXPECT_FALSE(test, xnet_chip_get16(card->chip, XNET_CPCR) & XNET_CPCR_RXVLAN);
	KUNIT_EXPECT_FALSE(test, card->dev->features & NETIF_F_HW_VLAN_CTAG_RX);
	xnet_test_reopen(test);
	KUNIT_EXPECT_FALSE(test, xnet_chip_get16(card->chip, XNET_CPCR) & XNET_CPCR_RXVLAN);
	xnet_test_pass_one(test, 1, XNET_TEST_LEN);

	/* One that was stripped before. */
	xnet_test_arrive_as(test, 2, XNET_TEST_LEN, XNET_RX_TAVA | 0x2361);
	xnet_test_poll(test);
	skb = skb_peek(&card->received);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_TRUE(test, skb_vlan_tag_present(skb));
	KUNIT_EXPECT_EQ(test, skb_vlan_tag_get(skb), 0x6123);
	xnet_test_expect(test, &card->received, 2, XNET_TEST_LEN);

	xnet_test_attach(test, NULL);
	KUNIT_EXPECT_TRUE(test, xnet_chip_get16(card->chip, XNET_CPCR) & XNET_CPCR_RXVLAN);
	KUNIT_EXPECT_TRUE(test, card->dev->features & NETIF_F_HW_VLAN_CTAG_RX);
}

static struct kunit_case xnet_xdp_cases[] = {
	KUNIT_CASE_PARAM(xnet_passed_frames_come_whole_round_the_ring, xnet_xdp_length_gen_params),
	KUNIT_CASE(xnet_passed_frames_are_not_copied),
	KUNIT_CASE(xnet_dropped_frames_leave_their_pages_in_the_ring),
	KUNIT_CASE_PARAM(xnet_what_a_program_does_wrong_is_counted_and_lost,
			 xnet_xdp_error_gen_params),
	KUNIT_CASE(xnet_damaged_frames_are_not_shown_to_the_program),
	KUNIT_CASE(xnet_a_passed_frame_is_what_the_program_made_of_it),
	KUNIT_CASE(xnet_what_a_dropped_frame_grew_by_is_synchronised),
	KUNIT_CASE(xnet_a_frame_without_another_page_is_dropped_and_its_own_kept),
	KUNIT_CASE(xnet_tags_are_stripped_only_without_a_program),
	{}
};

static struct kunit_suite xnet_xdp_suite = {
	.name = "xnet_xdp",
	.init = xnet_xdp_test_init,
	.exit = xnet_xdp_test_exit,
	.test_cases = xnet_xdp_cases,
};

kunit_test_suite(xnet_xdp_suite);

MODULE_DESCRIPTION("KUnit tests of XDP in xnet");
MODULE_LICENSE("GPL");
