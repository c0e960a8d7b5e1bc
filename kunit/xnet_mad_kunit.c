// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit test of xnet on a card that has gone mad: descriptors, registers and interrupts are random.
 * The driver may count, complain and reset, but it uses no memory that is not its own, gets not
 * stuck, leaks nothing, and works as soon as the card does.
 */
#include <kunit/test.h>
#include <linux/etherdevice.h>
#include <linux/mii.h>
#include <linux/rtnetlink.h>

#include "test_random.h"
#include "xnet_card.h"

#define XNET_MAD_STEPS 4000
#define XNET_MAD_LEN 100U

/* What the chip may write to a descriptor that it gives back, without its length. */
#define XNET_MAD_STATUS (~(XNET_DESC_OWN | XNET_DESC_EOR | XNET_RX_FRAMELEN))
#define XNET_MAD_LONGEST 0x2000U

static const u8 xnet_mad_bytes[XNET_MAD_LONGEST];

/* Registers that say something to the driver, and how wide they are. */
static const struct xnet_mad_reg {
	unsigned int reg;
	unsigned int size;
} xnet_mad_regs[] = {
	{ XNET_ISR, 2 }, { XNET_BMCR, 2 }, { XNET_BMSR, 2 }, { XNET_ANLPAR, 2 }, { XNET_MSR, 1 },
	{ XNET_MPC, 4 },
};

/**
 * struct xnet_mad - the test
 * @card: the card
 * @random: what it does
 */
struct xnet_mad {
	struct xnet_card *card;
	struct rnd_state *random;
};

static u32 xnet_mad_u32(struct xnet_mad *mad)
{
	return prandom_u32_state(mad->random);
}

static bool xnet_mad_one_in(struct xnet_mad *mad, u32 times)
{
	return !xdrv_test_below(mad->random, times);
}

static void xnet_mad_receive(struct xnet_mad *mad)
{
	u32 status = xnet_mad_u32(mad) & XNET_MAD_STATUS;
	u32 len = xdrv_test_below(mad->random, XNET_MAD_LONGEST);
	u32 opts2 = xnet_mad_one_in(mad, 8) ? XNET_RX_UNWRITTEN : xnet_mad_u32(mad);

	if (xnet_mad_one_in(mad, 2))
		status = XNET_CARD_WHOLE;
	if (xnet_mad_one_in(mad, 2))
		len = XNET_MAD_LEN;
	xnet_card_receive(mad->card, xnet_mad_bytes, len, status, opts2);
}

static void xnet_mad_xmit(struct xnet_mad *mad)
{
	struct net_device *dev = mad->card->dev;
	u32 len = ETH_HLEN + xdrv_test_below(mad->random, ETH_DATA_LEN);
	struct sk_buff *skb;

	if (!netif_device_present(dev) || netif_queue_stopped(dev))
		return;
	skb = netdev_alloc_skb_ip_align(dev, len);
	if (!skb)
		return;
	skb_put_zero(skb, len);
	xnet_card_xmit(mad->card, skb, xnet_mad_one_in(mad, 4));
}

static void xnet_mad_write(struct xnet_mad *mad)
{
	u32 nr = xdrv_test_below(mad->random, ARRAY_SIZE(xnet_mad_regs));
	const struct xnet_mad_reg *reg = &xnet_mad_regs[nr];

	xnet_chip_set(mad->card->chip, reg->reg, reg->size, xnet_mad_u32(mad));
}

/* What users and the stack do meanwhile. */
static void xnet_mad_use(struct xnet_mad *mad)
{
	struct net_device *dev = mad->card->dev;
	struct rtnl_link_stats64 stats;

	rtnl_lock();
	switch (xdrv_test_below(mad->random, 6)) {
	case 0:
		dev_close(dev);
		dev_open(dev, NULL);
		break;
	case 1:
		dev_set_mtu(dev, xnet_mad_one_in(mad, 2) ? ETH_DATA_LEN : 3000);
		break;
	case 2:
		xnet_resize_rx(mad->card->xd, xnet_mad_one_in(mad, 2) ? 16 : 64, dev->mtu);
		break;
	case 3:
		dev->netdev_ops->ndo_tx_timeout(dev, 0);
		break;
	default:
		dev_get_stats(dev, &stats);
	}
	rtnl_unlock();
}

/* A command never ends, for a while. */
static void xnet_mad_hang(struct xnet_mad *mad)
{
	struct xnet_chip *chip = mad->card->chip;

	chip->stuck = true;
	xnet_card_interrupt(mad->card);
	xnet_mad_use(mad);
	flush_work(&mad->card->xd->reset_work);
	chip->stuck = false;
}

static void xnet_mad_step(struct xnet_mad *mad)
{
	switch (xdrv_test_below(mad->random, 400)) {
	case 0 ... 139:
		xnet_mad_receive(mad);
		break;
	case 140 ... 219:
		xnet_mad_xmit(mad);
		break;
	case 220 ... 259:
		if (mad->card->chip->regs[XNET_CR] & XNET_CR_TE)
			xnet_card_send(mad->card, xnet_mad_u32(mad) & GENMASK(27, 16));
		break;
	case 260 ... 339:
		xnet_card_interrupt(mad->card);
		break;
	case 340 ... 379:
		xnet_mad_write(mad);
		break;
	case 380 ... 397:
		xnet_mad_use(mad);
		break;
	default:
		xnet_mad_hang(mad);
	}
	skb_queue_purge(&mad->card->received);
	skb_queue_purge(&mad->card->sent);
}

/* A frame each way, once the interface was down and up. */
static void xnet_mad_expect_sane(struct kunit *test, struct xnet_mad *mad)
{
	struct xnet_card *card = mad->card;

	flush_work(&card->xd->reset_work);
	xnet_chip_set(card->chip, XNET_BMCR, 2, BMCR_ANENABLE);
	xnet_chip_set_link(card->chip, true);
	rtnl_lock();
	dev_close(card->dev);
	KUNIT_EXPECT_EQ(test, dev_open(card->dev, NULL), 0);
	rtnl_unlock();
	card->slow = false;
	xnet_card_works(test, card);
}

static const struct xnet_mad_kind {
	const char *name;
	bool emulated;
	bool slow;
} xnet_mad_kinds[] = {
	{ "a real one that takes its time", false, true },
	{ "a real one that sends at once", false, false },
	{ "an emulated one", true, false },
	{ "an emulated one that takes its time", true, true },
};

KUNIT_ARRAY_PARAM_DESC(xnet_mad_kind, xnet_mad_kinds, name);

static void xnet_survives_a_mad_card(struct kunit *test)
{
	const struct xnet_mad_kind *kind = test->param_value;
	struct xnet_mad mad = { .card = test->priv, .random = xdrv_test_random(test) };
	unsigned int maps;
	int i;

	if (kind->emulated)
		xnet_card_emulate(mad.card);
	xnet_card_plug(test, mad.card);
	maps = mad.card->dma.count;
	xnet_card_open(test, mad.card);
	mad.card->slow = kind->slow;
	for (i = 0; i < XNET_MAD_STEPS; i++)
		xnet_mad_step(&mad);
	xnet_mad_expect_sane(test, &mad);
	rtnl_lock();
	dev_close(mad.card->dev);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, mad.card->dma.count, maps);
}

static int xnet_mad_test_init(struct kunit *test)
{
	test->priv = xnet_card_make(test);
	return 0;
}

static void xnet_mad_test_exit(struct kunit *test)
{
	xnet_card_destroy(test, test->priv);
}

static struct kunit_case xnet_mad_cases[] = {
	KUNIT_CASE_PARAM(xnet_survives_a_mad_card, xnet_mad_kind_gen_params),
	{}
};

static struct kunit_suite xnet_mad_suite = {
	.name = "xnet_mad",
	.init = xnet_mad_test_init,
	.exit = xnet_mad_test_exit,
	.test_cases = xnet_mad_cases,
};

kunit_test_suite(xnet_mad_suite);

MODULE_DESCRIPTION("KUnit test of xnet on a card that has gone mad");
MODULE_LICENSE("GPL");
