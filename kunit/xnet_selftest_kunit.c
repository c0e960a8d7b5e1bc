// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of xnet's self-test, on a pretend card that can be broken in many ways. */
#include <kunit/test.h>
#include <linux/bitfield.h>
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/interrupt.h>
#include <linux/rtnetlink.h>

#include "xnet_card.h"

#define XNET_TEST_LEN 400U
#define XNET_TEST_MOST 16

/* In the order of their names. */
enum { XNET_EEPROM, XNET_LINK, XNET_REGISTERS, XNET_INTERRUPT, XNET_LOOPBACK, XNET_RESULTS };

#define XNET_OFFLINE (BIT(XNET_REGISTERS) | BIT(XNET_INTERRUPT) | BIT(XNET_LOOPBACK))

static int xnet_selftest_test_init(struct kunit *test)
{
	test->priv = xnet_card_make(test);
	xnet_card_plug(test, test->priv);
	return 0;
}

static void xnet_selftest_test_exit(struct kunit *test)
{
	xnet_card_destroy(test, test->priv);
}

/* Returns a bit for each test that failed; the flag must agree. */
static u32 xnet_test_run(struct kunit *test, bool offline)
{
	struct xnet_card *card = test->priv;
	struct ethtool_test etest = { .flags = offline ? ETH_TEST_FL_OFFLINE : 0 };
	u64 results[XNET_TEST_MOST];
	u32 failed = 0;
	int i, count = card->dev->ethtool_ops->get_sset_count(card->dev, ETH_SS_TEST);

	KUNIT_ASSERT_EQ(test, count, XNET_RESULTS);
	memset(results, 0x55, sizeof(results));
	rtnl_lock();
	card->dev->ethtool_ops->self_test(card->dev, &etest, results);
	rtnl_unlock();
	for (i = 0; i < count; i++)
		failed |= results[i] ? BIT(i) : 0;
	KUNIT_EXPECT_EQ(test, !!(etest.flags & ETH_TEST_FL_FAILED), !!failed);
	KUNIT_EXPECT_EQ(test, results[count], 0x5555555555555555ULL);
	return failed;
}

static void xnet_selftest_passes_a_good_card_that_is_open(struct kunit *test)
{
	struct xnet_card *card = test->priv;
	unsigned int maps;
	u32 rcr;

	xnet_card_open(test, card);
	maps = card->dma.count;
	rcr = xnet_chip_get32(card->chip, XNET_RCR);
	xnet_card_works(test, test->priv);
	KUNIT_EXPECT_EQ(test, xnet_test_run(test, true), 0);
	KUNIT_EXPECT_EQ(test, card->dma.count, maps);
	KUNIT_EXPECT_EQ(test, xnet_chip_get32(card->chip, XNET_RCR), rcr);
	KUNIT_EXPECT_EQ(test, FIELD_GET(XNET_TCR_LBK, xnet_chip_get32(card->chip, XNET_TCR)), 0);
	KUNIT_EXPECT_EQ(test, xnet_chip_get32(card->chip, XNET_TIMERINT), 0);
	KUNIT_EXPECT_MEMEQ(test, card->chip->regs + XNET_IDR0, card->dev->dev_addr, ETH_ALEN);
	KUNIT_EXPECT_TRUE(test, netif_carrier_ok(card->dev));
	KUNIT_EXPECT_FALSE(test, netif_queue_stopped(card->dev));
	xnet_card_works(test, test->priv);
}

static void (*xnet_test_doorbell)(struct xnet_chip *chip);
static u32 xnet_test_rcr;
static u64 xnet_test_hash;

static void xnet_test_ring(struct xnet_chip *chip)
{
	xnet_test_rcr = xnet_chip_get32(chip, XNET_RCR);
	xnet_test_hash = xnet_chip_get64(chip, XNET_MAR0);
	xnet_test_doorbell(chip);
}

/* On a busy segment they would fill a short ring before the frame that is looked for. */
static void xnet_selftest_takes_no_frames_of_others(struct kunit *test)
{
	static const u8 group[ETH_ALEN] = { 0xcf };
	struct xnet_card *card = test->priv;
	u32 rcr;

	xnet_card_open(test, card);
	rcr = xnet_chip_get32(card->chip, XNET_RCR);
	xnet_test_doorbell = card->chip->doorbell;
	card->chip->doorbell = xnet_test_ring;
	KUNIT_EXPECT_EQ(test, xnet_test_run(test, true), 0);
	card->chip->doorbell = xnet_test_doorbell;
	KUNIT_EXPECT_EQ(test, xnet_test_rcr & (XNET_RCR_AB | XNET_RCR_AM | XNET_RCR_APM |
					       XNET_RCR_AAP), XNET_RCR_AM);
	KUNIT_EXPECT_EQ(test, xnet_test_hash, BIT_ULL(xnet_hash_bit(group)));
	KUNIT_EXPECT_EQ(test, xnet_chip_get32(card->chip, XNET_RCR), rcr);
	xnet_card_works(test, test->priv);
}

static void xnet_selftest_passes_a_good_card_that_is_closed(struct kunit *test)
{
	struct xnet_card *card = test->priv;
	unsigned int maps = card->dma.count;

	KUNIT_EXPECT_EQ(test, xnet_test_run(test, true), 0);
	KUNIT_EXPECT_EQ(test, card->dma.count, maps);
	KUNIT_EXPECT_FALSE(test, irq_has_action(card->irq));
	KUNIT_EXPECT_EQ(test, xnet_chip_get8(card->chip, XNET_CR), 0);
	KUNIT_EXPECT_EQ(test, xnet_chip_get16(card->chip, XNET_IMR), 0);
	KUNIT_EXPECT_FALSE(test, netif_running(card->dev));
	KUNIT_EXPECT_FALSE(test, netif_carrier_ok(card->dev));
	xnet_card_open(test, card);
	xnet_card_works(test, test->priv);
}

/* What has arrived before it is still there after it. */
static void xnet_selftest_online_leaves_the_interface_alone(struct kunit *test)
{
	u8 frame[XNET_TEST_LEN + ETH_FCS_LEN] = {};
	struct xnet_card *card = test->priv;

	xnet_card_open(test, card);
	xnet_card_fill(card, frame, XNET_TEST_LEN, 5);
	KUNIT_EXPECT_TRUE(test, xnet_card_receive(card, frame, sizeof(frame), XNET_CARD_WHOLE, 0));
	KUNIT_EXPECT_EQ(test, xnet_test_run(test, false), 0);
	KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(card));
	KUNIT_EXPECT_EQ(test, skb_queue_len(&card->received), 1);
	skb_queue_purge(&card->received);
	xnet_card_works(test, test->priv);
}

static void xnet_break_eeprom(struct xnet_card *card, bool broken)
{
	card->chip->eeprom.words[XNET_EEPROM_ID] = broken ? 0x8128 : XNET_EEPROM_ID_VALUE;
}

static void xnet_break_address(struct xnet_card *card, bool broken)
{
	card->chip->eeprom.words[XNET_EEPROM_MAC] ^= 1;
}

static void xnet_break_link(struct xnet_card *card, bool broken)
{
	xnet_chip_set_link(card->chip, !broken);
}

static void xnet_break_registers(struct xnet_card *card, bool broken)
{
	card->chip->broken = broken ? BIT(17) : 0;
}

static void xnet_break_interrupt(struct xnet_card *card, bool broken)
{
	card->deaf = broken;
}

static void xnet_break_loopback(struct xnet_card *card, bool broken)
{
	card->slow = broken;
}

static const struct xnet_break {
	const char *name;
	void (*set)(struct xnet_card *card, bool broken);
	u32 failed;
} xnet_breaks[] = {
	{ "another identifier", xnet_break_eeprom, BIT(XNET_EEPROM) },
	{ "a group address", xnet_break_address, BIT(XNET_EEPROM) },
	{ "no cable", xnet_break_link, BIT(XNET_LINK) },
	{ "a bit that is always 0", xnet_break_registers, BIT(XNET_REGISTERS) },
	{ "no interrupts", xnet_break_interrupt, BIT(XNET_INTERRUPT) },
	{ "nothing is sent", xnet_break_loopback, BIT(XNET_LOOPBACK) },
};

KUNIT_ARRAY_PARAM_DESC(xnet_break, xnet_breaks, name);

static void xnet_selftest_names_what_is_broken(struct kunit *test)
{
	const struct xnet_break *defect = test->param_value;
	struct xnet_card *card = test->priv;

	defect->set(card, true);
	KUNIT_EXPECT_EQ(test, xnet_test_run(test, false), defect->failed & ~XNET_OFFLINE);
	KUNIT_EXPECT_EQ(test, xnet_test_run(test, true), defect->failed);
	defect->set(card, false);
	xnet_card_open(test, card);
	defect->set(card, true);
	KUNIT_EXPECT_EQ(test, xnet_test_run(test, true), defect->failed);
	defect->set(card, false);
	xnet_check_link(card->xd);
	KUNIT_EXPECT_EQ(test, xnet_test_run(test, true), 0);
	xnet_card_works(test, test->priv);
}

/* Then the interface is as one whose reset failed: the stack's watchdog has it tried again. */
static void xnet_selftest_of_a_chip_that_gets_stuck_is_survived(struct kunit *test)
{
	struct xnet_card *card = test->priv;

	xnet_card_open(test, card);
	card->chip->stuck = true;
	KUNIT_EXPECT_EQ(test, xnet_test_run(test, true), XNET_OFFLINE);
	KUNIT_EXPECT_FALSE(test, card->xd->up);
	KUNIT_EXPECT_TRUE(test, netif_queue_stopped(card->dev));
	KUNIT_EXPECT_EQ(test, xnet_test_run(test, true), XNET_OFFLINE);

	card->chip->stuck = false;
	card->dev->netdev_ops->ndo_tx_timeout(card->dev, 0);
	flush_work(&card->xd->reset_work);
	xnet_card_works(test, test->priv);
}

static void xnet_selftest_without_memory_fails_and_leaves_nothing(struct kunit *test)
{
	struct xnet_card *card = test->priv;
	unsigned int maps = card->dma.count;

	card->dma.fail_in = 2;
	KUNIT_EXPECT_EQ(test, xnet_test_run(test, true), XNET_OFFLINE);
	KUNIT_EXPECT_EQ(test, card->dma.fail_in, 0);
	KUNIT_EXPECT_EQ(test, card->dma.count, maps);
	KUNIT_EXPECT_FALSE(test, irq_has_action(card->irq));
	KUNIT_EXPECT_EQ(test, xnet_test_run(test, true), 0);
}

static void xnet_selftest_results_have_names(struct kunit *test)
{
	static const char * const names[XNET_RESULTS] = {
		"EEPROM", "Link", "Registers (offline)", "Interrupt (offline)",
		"Loopback (offline)",
	};
	struct xnet_card *card = test->priv;
	u8 strings[XNET_RESULTS * ETH_GSTRING_LEN];
	int i;

	card->dev->ethtool_ops->get_strings(card->dev, ETH_SS_TEST, strings);
	for (i = 0; i < XNET_RESULTS; i++)
		KUNIT_EXPECT_STREQ(test, (char *)strings + i * ETH_GSTRING_LEN, names[i]);
}

static struct kunit_case xnet_selftest_cases[] = {
	KUNIT_CASE(xnet_selftest_passes_a_good_card_that_is_open),
	KUNIT_CASE(xnet_selftest_takes_no_frames_of_others),
	KUNIT_CASE(xnet_selftest_passes_a_good_card_that_is_closed),
	KUNIT_CASE(xnet_selftest_online_leaves_the_interface_alone),
	KUNIT_CASE_PARAM(xnet_selftest_names_what_is_broken, xnet_break_gen_params),
	KUNIT_CASE(xnet_selftest_of_a_chip_that_gets_stuck_is_survived),
	KUNIT_CASE(xnet_selftest_without_memory_fails_and_leaves_nothing),
	KUNIT_CASE(xnet_selftest_results_have_names),
	{}
};

static struct kunit_suite xnet_selftest_suite = {
	.name = "xnet_selftest",
	.init = xnet_selftest_test_init,
	.exit = xnet_selftest_test_exit,
	.test_cases = xnet_selftest_cases,
};

kunit_test_suite(xnet_selftest_suite);

MODULE_DESCRIPTION("KUnit tests of xnet's self-test");
MODULE_LICENSE("GPL");
