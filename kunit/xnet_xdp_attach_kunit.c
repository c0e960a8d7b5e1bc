// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of programs of XDP that come and go, and of what else changes meanwhile. */
#include <kunit/test.h>
#include <linux/ethtool.h>
#include <linux/rtnetlink.h>

#include "xnet_xdp_test.h"

static void xnet_attaching_changes_the_ring_and_detaching_brings_it_back(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test, NULL);
	unsigned int maps = card->dma.count;
	int i;

	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_NULL(test, card->xd->rx.ring.pool);
		xnet_test_attach(test, xnet_test_pass);
		KUNIT_EXPECT_NOT_NULL(test, card->xd->rx.ring.pool);
		xnet_test_pass_one(test, 1, XNET_TEST_LEN);
		xnet_test_attach(test, NULL);
		KUNIT_EXPECT_EQ(test, card->dma.count, maps);
		xnet_test_pass_one(test, 2, XNET_TEST_LEN);
	}
	KUNIT_EXPECT_EQ(test, u64_stats_read(&xnet_test_rx(test)->xdp_pass), 3);
}

/* The device goes on as if nothing had been. */
static void xnet_a_program_is_replaced_in_the_same_ring(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test, xnet_test_drop);
	const struct xnet_desc *desc = card->xd->rx.ring.desc;

	xnet_test_arrive(test, 1, XNET_TEST_LEN);
	xnet_test_attach(test, xnet_test_pass);
	KUNIT_EXPECT_PTR_EQ(test, (const struct xnet_desc *)card->xd->rx.ring.desc, desc);
	xnet_test_poll(test);
	xnet_test_expect(test, &card->received, 1, XNET_TEST_LEN);
}

static void xnet_a_closed_interface_takes_a_program(struct kunit *test)
{
	struct xnet_xdp_test *t = test->priv;

	xnet_card_plug(test, t->card);
	xnet_test_attach(test, xnet_test_pass);
	KUNIT_EXPECT_NULL(test, t->card->xd->rx.ring.pool);
	xnet_card_open(test, t->card);
	xnet_test_pass_one(test, 1, XNET_TEST_LEN);
	xnet_test_reopen(test);
	xnet_test_pass_one(test, 2, XNET_TEST_LEN);
	xnet_test_expect_counts(test, 2, 0, 0, 0);
	xnet_test_close(test);
	xnet_test_attach(test, NULL);
	xnet_card_open(test, t->card);
	xnet_test_pass_one(test, 3, XNET_TEST_LEN);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&xnet_test_rx(test)->xdp_pass), 2);
}

static void xnet_without_memory_a_program_is_refused_and_nothing_changes(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test, NULL);
	/* None, the descriptors, some of the pages, all of them but one. */
	static const u32 there[] = { 0, 1, 20, XNET_RX_SIZE_CHIP };
	unsigned int maps = card->dma.count;
	const char *message;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(there); i++) {
		card->dma.limit = maps + there[i];
		KUNIT_EXPECT_EQ(test, xnet_test_set(test, xnet_test_drop, &message), -ENOMEM);
		KUNIT_EXPECT_NOT_NULL(test, message);
		card->dma.limit = 0;
		KUNIT_EXPECT_NULL(test, card->xd->xdp_prog);
		KUNIT_EXPECT_NULL(test, card->xd->rx.ring.pool);
		KUNIT_EXPECT_EQ(test, card->dma.count, maps);
		KUNIT_EXPECT_TRUE(test, card->dev->features & NETIF_F_HW_VLAN_CTAG_RX);
		xnet_test_pass_one(test, i, XNET_TEST_LEN);
	}
	xnet_test_attach(test, xnet_test_drop);
}

/* The pages go with the next ring. */
static void xnet_without_memory_a_program_is_detached_all_the_same(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test, xnet_test_drop);
	u32 i;

	card->dma.limit = card->dma.count;
	xnet_test_attach(test, NULL);
	card->dma.limit = 0;
	KUNIT_EXPECT_NULL(test, card->xd->xdp_prog);
	KUNIT_EXPECT_NOT_NULL(test, card->xd->rx.ring.pool);
	for (i = 0; i < 2 * XNET_RX_SIZE_CHIP; i++)
		xnet_test_pass_one(test, i, XNET_TEST_LEN);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&xnet_test_rx(test)->xdp_pass), 0);
	xnet_test_reopen(test);
	KUNIT_EXPECT_NULL(test, card->xd->rx.ring.pool);
	xnet_test_pass_one(test, 1, XNET_TEST_LEN);
}

static int xnet_test_set_mtu(struct kunit *test, int mtu)
{
	struct net_device *dev = xnet_test_card(test)->dev;
	int err;

	rtnl_lock();
	err = dev_set_mtu(dev, mtu);
	rtnl_unlock();
	return err;
}

static void xnet_the_mtu_is_what_a_page_has_room_for(struct kunit *test)
{
	const char *message;

	xnet_test_open(test, NULL);
	KUNIT_ASSERT_EQ(test, xnet_test_set_mtu(test, XNET_XDP_MAX_MTU + 1), 0);
	KUNIT_EXPECT_EQ(test, xnet_test_set(test, xnet_test_pass, &message), -EINVAL);
	KUNIT_ASSERT_NOT_NULL(test, message);
	KUNIT_EXPECT_NOT_NULL(test, strstr(message, __stringify(XNET_XDP_MAX_MTU)));

	KUNIT_ASSERT_EQ(test, xnet_test_set_mtu(test, XNET_XDP_MAX_MTU), 0);
	xnet_test_attach(test, xnet_test_pass);
	KUNIT_EXPECT_EQ(test, xnet_test_set_mtu(test, XNET_XDP_MAX_MTU + 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, xnet_test_card(test)->dev->mtu, XNET_XDP_MAX_MTU);
	xnet_test_pass_one(test, 1, XNET_TEST_LEN);
	KUNIT_EXPECT_EQ(test, xnet_test_set_mtu(test, ETH_DATA_LEN), 0);
	xnet_test_pass_one(test, 2, XNET_TEST_LEN);
	xnet_test_attach(test, NULL);
	KUNIT_EXPECT_EQ(test, xnet_test_set_mtu(test, XNET_XDP_MAX_MTU + 1), 0);
}

static void xnet_the_ring_changes_under_a_program(struct kunit *test)
{
	static const u32 sizes[] = { 16, 32, 64, 16 };
	struct xnet_card *card = xnet_test_open(test, xnet_test_pass);
	u32 i, j;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		rtnl_lock();
		KUNIT_EXPECT_EQ(test, xnet_resize_rx(card->xd, sizes[i], card->dev->mtu), 0);
		rtnl_unlock();
		KUNIT_EXPECT_NOT_NULL(test, card->xd->rx.ring.pool);
		for (j = 0; j < 2 * sizes[i] + 1; j++)
			xnet_test_pass_one(test, j, XNET_TEST_LEN);
	}
}

/* Asleep, say: whoever wakes it up starts it with the ring that there is. */
static void xnet_a_detached_device_takes_no_program_but_loses_one(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test, NULL);
	const char *message;

	rtnl_lock();
	xnet_detach(card->xd);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, xnet_test_set(test, xnet_test_pass, &message), -ENODEV);
	KUNIT_EXPECT_NOT_NULL(test, message);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, xnet_attach(card->xd), 0);
	rtnl_unlock();
	xnet_test_pass_one(test, 1, XNET_TEST_LEN);

	xnet_test_attach(test, xnet_test_drop);
	rtnl_lock();
	xnet_detach(card->xd);
	rtnl_unlock();
	xnet_test_attach(test, NULL);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, xnet_attach(card->xd), 0);
	rtnl_unlock();
	xnet_test_pass_one(test, 2, XNET_TEST_LEN);
}

static void xnet_the_self_test_passes_with_a_program(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test, xnet_test_drop);
	struct ethtool_test etest = { .flags = ETH_TEST_FL_OFFLINE };
	u64 results[8] = {};

	rtnl_lock();
	xnet_self_test(card->dev, &etest, results);
	rtnl_unlock();
	KUNIT_EXPECT_FALSE(test, etest.flags & ETH_TEST_FL_FAILED);
	xnet_test_attach(test, xnet_test_pass);
	xnet_test_pass_one(test, 1, XNET_TEST_LEN);
}

static void xnet_other_commands_are_refused(struct kunit *test)
{
	struct xnet_card *card = xnet_test_open(test, NULL);
	struct netdev_bpf bpf = { .command = XDP_SETUP_XSK_POOL };

	rtnl_lock();
	KUNIT_EXPECT_EQ(test, card->dev->netdev_ops->ndo_bpf(card->dev, &bpf), -EINVAL);
	rtnl_unlock();
}

static struct kunit_case xnet_xdp_attach_cases[] = {
	KUNIT_CASE(xnet_attaching_changes_the_ring_and_detaching_brings_it_back),
	KUNIT_CASE(xnet_a_program_is_replaced_in_the_same_ring),
	KUNIT_CASE(xnet_a_closed_interface_takes_a_program),
	KUNIT_CASE(xnet_without_memory_a_program_is_refused_and_nothing_changes),
	KUNIT_CASE(xnet_without_memory_a_program_is_detached_all_the_same),
	KUNIT_CASE(xnet_the_mtu_is_what_a_page_has_room_for),
	KUNIT_CASE(xnet_the_ring_changes_under_a_program),
	KUNIT_CASE(xnet_a_detached_device_takes_no_program_but_loses_one),
	KUNIT_CASE(xnet_the_self_test_passes_with_a_program),
	KUNIT_CASE(xnet_other_commands_are_refused),
	{}
};

static struct kunit_suite xnet_xdp_attach_suite = {
	.name = "xnet_xdp_attach",
	.init = xnet_xdp_test_init,
	.exit = xnet_xdp_test_exit,
	.test_cases = xnet_xdp_attach_cases,
};

kunit_test_suite(xnet_xdp_attach_suite);

MODULE_DESCRIPTION("KUnit tests of programs that come and go in xnet");
MODULE_LICENSE("GPL");
