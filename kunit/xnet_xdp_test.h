/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * XDP on a pretend card, for the KUnit tests. The programs are functions, for the driver does not
 * care what is behind a program; tests/net/xdp attaches real ones.
 */
#ifndef XNET_XDP_TEST_H
#define XNET_XDP_TEST_H

#include <kunit/test.h>
#include <linux/etherdevice.h>
#include <linux/filter.h>
#include <linux/rtnetlink.h>

#include "xnet_card.h"

#define XNET_TEST_LEN 100U
#define XNET_TEST_OUTER 8U /* what a program puts before the frame */

struct xnet_xdp_test {
	struct xnet_card *card;
	struct bpf_prog *prog;
};

typedef unsigned int (*xnet_test_prog)(const void *ctx, const struct bpf_insn *insn);

static inline unsigned int xnet_test_pass(const void *ctx, const struct bpf_insn *insn)
{
	return XDP_PASS;
}

static inline unsigned int xnet_test_drop(const void *ctx, const struct bpf_insn *insn)
{
	return XDP_DROP;
}

static inline unsigned int xnet_test_back(const void *ctx, const struct bpf_insn *insn)
{
	return XDP_TX;
}

/* A header more, as a tunnel has it. */
static inline void xnet_test_push(struct xdp_buff *xdp)
{
	xdp->data -= XNET_TEST_OUTER;
	xdp->data_meta = xdp->data;
	memmove(xdp->data, xdp->data + XNET_TEST_OUTER, ETH_HLEN);
	memset(xdp->data + ETH_HLEN, 0x5a, XNET_TEST_OUTER);
}

static inline int xnet_xdp_test_init(struct kunit *test)
{
	struct xnet_xdp_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->card = xnet_card_make(test);
	t->prog = bpf_prog_alloc(bpf_prog_size(1), GFP_KERNEL);
	test->priv = t;
	KUNIT_ASSERT_NOT_NULL(test, t->prog);
	atomic64_set(&t->prog->aux->refcnt, 1);
	return 0;
}

/* What the driver is told when it is to run this; NULL: nothing. */
static inline int xnet_test_set(struct kunit *test, xnet_test_prog func, const char **message)
{
	struct xnet_xdp_test *t = test->priv;
	struct netlink_ext_ack extack = {};
	struct netdev_bpf bpf = {
		.command = XDP_SETUP_PROG,
		.prog = func ? t->prog : NULL,
		.extack = &extack,
	};
	int err;

	if (func) {
		t->prog->bpf_func = func;
		bpf_prog_inc(t->prog);
	}
	rtnl_lock();
	err = t->card->dev->netdev_ops->ndo_bpf(t->card->dev, &bpf);
	rtnl_unlock();
	if (func && err)
		bpf_prog_put(t->prog);
	if (message)
		*message = extack._msg;
	return err;
}

static inline void xnet_test_attach(struct kunit *test, xnet_test_prog func)
{
	KUNIT_ASSERT_EQ(test, xnet_test_set(test, func, NULL), 0);
}

static inline void xnet_test_close(struct kunit *test)
{
	struct xnet_xdp_test *t = test->priv;

	rtnl_lock();
	dev_close(t->card->dev);
	rtnl_unlock();
}

static inline void xnet_test_reopen(struct kunit *test)
{
	struct xnet_xdp_test *t = test->priv;

	xnet_test_close(test);
	xnet_card_open(test, t->card);
}

/* Pages that the stack still has would keep the pool alive, and mapped. */
static inline void xnet_xdp_test_exit(struct kunit *test)
{
	struct xnet_xdp_test *t = test->priv;

	if (!t)
		return;
	if (t->card && t->card->dev) {
		skb_queue_purge(&t->card->received);
		t->card->dma.limit = 0;
		xnet_test_set(test, NULL, NULL);
		KUNIT_EXPECT_FALSE(test, t->card->xd->rx_pool);
	}
	xnet_card_destroy(test, t->card);
	if (t->prog)
		__bpf_prog_free(t->prog);
}

static inline struct xnet_card *xnet_test_open(struct kunit *test, xnet_test_prog func)
{
	struct xnet_xdp_test *t = test->priv;

	xnet_card_plug(test, t->card);
	xnet_card_open(test, t->card);
	if (func)
		xnet_test_attach(test, func);
	return t->card;
}

static inline struct xnet_card *xnet_test_card(struct kunit *test)
{
	struct xnet_xdp_test *t = test->priv;

	return t->card;
}

static inline void xnet_test_arrive_as(struct kunit *test, u8 seed, u32 len, u32 opts2)
{
	struct xnet_card *card = xnet_test_card(test);
	u8 frame[ETH_DATA_LEN + ETH_HLEN + ETH_FCS_LEN] = {};

	xnet_card_fill(card, frame, len, seed);
	KUNIT_ASSERT_TRUE(test, xnet_card_receive(card, frame, len + ETH_FCS_LEN, XNET_CARD_WHOLE,
						  opts2));
}

static inline void xnet_test_arrive(struct kunit *test, u8 seed, u32 len)
{
	xnet_test_arrive_as(test, seed, len, 0);
}

static inline void xnet_test_poll(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(xnet_test_card(test)));
}

/* The oldest that the stack got, or that was sent, is this frame. */
static inline void xnet_test_expect(struct kunit *test, struct sk_buff_head *queue, u8 seed,
				    u32 len)
{
	struct xnet_card *card = xnet_test_card(test);
	struct sk_buff *skb = skb_dequeue(queue);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	if (queue == &card->received)
		skb_push(skb, ETH_HLEN);
	KUNIT_EXPECT_EQ(test, skb->len, len);
	KUNIT_EXPECT_TRUE(test, xnet_card_is_frame(card, skb->data, len, seed));
	kfree_skb(skb);
}

static inline void xnet_test_expect_nothing(struct kunit *test)
{
	struct xnet_card *card = xnet_test_card(test);

	KUNIT_EXPECT_EQ(test, skb_queue_len(&card->received), 0);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&card->sent), 0);
}

static inline void xnet_test_pass_one(struct kunit *test, u8 seed, u32 len)
{
	struct xnet_card *card = xnet_test_card(test);

	xnet_test_arrive(test, seed, len);
	xnet_test_poll(test);
	xnet_test_expect(test, &card->received, seed, len);
	xnet_test_expect_nothing(test);
}

static inline const struct xnet_rx_stats *xnet_test_rx(struct kunit *test)
{
	return &xnet_test_card(test)->xd->rx.stats;
}

static inline const struct xnet_tx_stats *xnet_test_tx(struct kunit *test)
{
	return &xnet_test_card(test)->xd->tx.stats;
}

static inline void xnet_test_expect_counts(struct kunit *test, u64 pass, u64 drop, u64 tx,
					   u64 errors)
{
	const struct xnet_rx_stats *stats = xnet_test_rx(test);

	KUNIT_EXPECT_EQ(test, u64_stats_read(&stats->packets), pass + drop + tx + errors);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&stats->xdp_pass), pass);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&stats->xdp_drop), drop);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&stats->xdp_tx), tx);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&stats->xdp_redirect), 0);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&stats->xdp_errors), errors);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&stats->no_memory), 0);
}

#endif /* XNET_XDP_TEST_H */
