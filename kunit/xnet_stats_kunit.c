// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of xnet's counters, on a pretend chip. */
#include <kunit/test.h>
#include <linux/ethtool.h>
#include <linux/rtnetlink.h>

#include "xnet_chip.h"

static int xnet_stats_test_init(struct kunit *test)
{
	test->priv = xnet_chip_create(test);
	return 0;
}

static int xnet_test_tally(struct xnet_chip *chip, bool add)
{
	int err;

	rtnl_lock();
	err = xnet_read_tallies(chip->xd, add);
	rtnl_unlock();
	return err;
}

static const struct xnet_tally_step {
	const char *name;
	u64 now;
	u64 last;
	unsigned int width;
	u64 delta;
} xnet_tally_steps[] = {
	{ "16 bits", 7, 5, 16, 2 },
	{ "16 bits, none", 5, 5, 16, 0 },
	{ "16 bits, wrapped", 3, 0xfffe, 16, 5 },
	{ "32 bits, wrapped", 0, U32_MAX, 32, 1 },
	{ "64 bits, wrapped", 0, U64_MAX, 64, 1 },
	{ "64 bits, far", 1ULL << 40, 0, 64, 1ULL << 40 },
};

KUNIT_ARRAY_PARAM_DESC(xnet_tally_step, xnet_tally_steps, name);

static void xnet_tally_delta_survives_one_wrap(struct kunit *test)
{
	const struct xnet_tally_step *step = test->param_value;

	KUNIT_EXPECT_EQ(test, xnet_tally_delta(step->now, step->last, step->width), step->delta);
}

static void xnet_tallies_add_up_across_the_wraps_of_each(struct kunit *test)
{
	struct xnet_chip *chip = test->priv;
	const u64 *total = chip->xd->tallies.total;
	int i;

	chip->tallies = (struct xnet_tally_block){
		.tx_ok = cpu_to_le64(U64_MAX), .rx_err = cpu_to_le32(U32_MAX),
		.fae = cpu_to_le16(U16_MAX), .tx_undrn = cpu_to_le16(U16_MAX - 1),
	};
	KUNIT_ASSERT_EQ(test, xnet_test_tally(chip, false), 0);
	for (i = 0; i < XNET_TALLIES; i++)
		KUNIT_EXPECT_EQ(test, total[i], 0ULL);

	chip->tallies = (struct xnet_tally_block){
		.tx_ok = cpu_to_le64(1), .rx_err = cpu_to_le32(2), .fae = cpu_to_le16(3),
		.tx_undrn = cpu_to_le16(4), .rx_ok_brd = cpu_to_le64(1ULL << 33),
	};
	KUNIT_ASSERT_EQ(test, xnet_test_tally(chip, true), 0);
	KUNIT_ASSERT_EQ(test, xnet_test_tally(chip, true), 0);
	KUNIT_EXPECT_EQ(test, total[0], 2ULL); /* tx_ok */
	KUNIT_EXPECT_EQ(test, total[1], 0ULL); /* rx_ok */
	KUNIT_EXPECT_EQ(test, total[3], 3ULL); /* rx_err */
	KUNIT_EXPECT_EQ(test, total[5], 4ULL); /* fae */
	KUNIT_EXPECT_EQ(test, total[9], 1ULL << 33); /* rx_ok_brd */
	KUNIT_EXPECT_EQ(test, total[12], 6ULL); /* tx_undrn */
	KUNIT_EXPECT_EQ(test, chip->misses, 0U);
}

static void xnet_tallies_begin_anew_after_a_reset(struct kunit *test)
{
	struct xnet_chip *chip = test->priv;

	chip->tallies.tx_ok = cpu_to_le64(100);
	KUNIT_ASSERT_EQ(test, xnet_test_tally(chip, true), 0);
	xnet_hw_reset(chip->xd);
	KUNIT_ASSERT_EQ(test, xnet_test_tally(chip, false), 0);
	chip->tallies.tx_ok = cpu_to_le64(5);
	KUNIT_ASSERT_EQ(test, xnet_test_tally(chip, true), 0);
	KUNIT_EXPECT_EQ(test, chip->xd->tallies.total[0], 105ULL);
}

static void xnet_tallies_stay_when_the_chip_does_not_answer(struct kunit *test)
{
	struct xnet_chip *chip = test->priv;

	chip->tallies.tx_ok = cpu_to_le64(100);
	KUNIT_ASSERT_EQ(test, xnet_test_tally(chip, true), 0);
	chip->tallies.tx_ok = cpu_to_le64(200);
	chip->stuck = true;
	KUNIT_EXPECT_EQ(test, xnet_test_tally(chip, true), -ETIMEDOUT);
	chip->gone = true;
	KUNIT_EXPECT_EQ(test, xnet_test_tally(chip, true), -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, chip->xd->tallies.total[0], 100ULL);
	chip->stuck = false;
	chip->gone = false;
	KUNIT_EXPECT_EQ(test, xnet_test_tally(chip, true), 0);
	KUNIT_EXPECT_EQ(test, chip->xd->tallies.total[0], 200ULL);
}

/* They are smaller than before, which is not the other way round. */
static void xnet_tallies_begin_anew_when_the_chip_answers_again(struct kunit *test)
{
	struct xnet_chip *chip = test->priv;

	chip->tallies.tx_ok = cpu_to_le64(100);
	KUNIT_ASSERT_EQ(test, xnet_test_tally(chip, true), 0);
	xnet_hw_reset(chip->xd);
	chip->stuck = true;
	KUNIT_EXPECT_EQ(test, xnet_test_tally(chip, false), -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, xnet_test_tally(chip, true), -ETIMEDOUT);
	chip->stuck = false;
	chip->tallies.tx_ok = cpu_to_le64(5);
	KUNIT_ASSERT_EQ(test, xnet_test_tally(chip, true), 0);
	KUNIT_EXPECT_EQ(test, chip->xd->tallies.total[0], 100ULL);
	chip->tallies.tx_ok = cpu_to_le64(7);
	KUNIT_ASSERT_EQ(test, xnet_test_tally(chip, true), 0);
	KUNIT_EXPECT_EQ(test, chip->xd->tallies.total[0], 102ULL);
}

static u64 xnet_test_missed(struct xnet_chip *chip)
{
	struct rtnl_link_stats64 stats = {};

	xnet_get_stats64(chip->xd->dev, &stats);
	return stats.rx_missed_errors;
}

static void xnet_missed_frames_add_up(struct kunit *test)
{
	struct xnet_chip *chip = test->priv;

	chip->xd->up = true;
	KUNIT_EXPECT_EQ(test, xnet_test_missed(chip), 0ULL);
	xnet_chip_set(chip, XNET_MPC, 4, 0xff000000 | 7);
	KUNIT_EXPECT_EQ(test, xnet_test_missed(chip), 7ULL);
	KUNIT_EXPECT_EQ(test, xnet_chip_get32(chip, XNET_MPC), 0U);
	KUNIT_EXPECT_EQ(test, xnet_test_missed(chip), 7ULL);
	xnet_chip_set(chip, XNET_MPC, 4, XNET_MPC_MASK);
	xnet_fold_missed(chip->xd);
	KUNIT_EXPECT_EQ(test, xnet_test_missed(chip), 7ULL + XNET_MPC_MASK);

	/* What it counted while the interface was down is nobody's. */
	xnet_chip_set(chip, XNET_MPC, 4, 9);
	xnet_forget_missed(chip->xd);
	KUNIT_EXPECT_EQ(test, xnet_test_missed(chip), 7ULL + XNET_MPC_MASK);
	chip->gone = true;
	KUNIT_EXPECT_EQ(test, xnet_test_missed(chip), 7ULL + XNET_MPC_MASK);
	chip->gone = false;

	/* A chip that is down is not asked. */
	chip->xd->up = false;
	xnet_chip_set(chip, XNET_MPC, 4, 9);
	KUNIT_EXPECT_EQ(test, xnet_test_missed(chip), 7ULL + XNET_MPC_MASK);
	KUNIT_EXPECT_EQ(test, xnet_chip_get32(chip, XNET_MPC), 9U);
}

static void xnet_counters_are_those_of_the_rings(struct kunit *test)
{
	struct xnet_chip *chip = test->priv;
	struct rtnl_link_stats64 stats = {};

	u64_stats_set(&chip->xd->tx.stats.packets, 1);
	u64_stats_set(&chip->xd->tx.stats.bytes, 2);
	u64_stats_set(&chip->xd->tx.stats.carrier_errors, 3);
	u64_stats_set(&chip->xd->tx.stats.collisions, 4);
	u64_stats_set(&chip->xd->rx.stats.packets, 5);
	u64_stats_set(&chip->xd->rx.stats.bytes, 6);
	u64_stats_set(&chip->xd->rx.stats.no_memory, 7);
	u64_stats_set(&chip->xd->rx.stats.crc_errors, 8);
	xnet_get_stats64(chip->xd->dev, &stats);
	KUNIT_EXPECT_EQ(test, stats.tx_packets, 1ULL);
	KUNIT_EXPECT_EQ(test, stats.tx_bytes, 2ULL);
	KUNIT_EXPECT_EQ(test, stats.tx_carrier_errors, 3ULL);
	KUNIT_EXPECT_EQ(test, stats.collisions, 4ULL);
	KUNIT_EXPECT_EQ(test, stats.rx_packets, 5ULL);
	KUNIT_EXPECT_EQ(test, stats.rx_bytes, 6ULL);
	KUNIT_EXPECT_EQ(test, stats.rx_dropped, 7ULL);
	KUNIT_EXPECT_EQ(test, stats.rx_crc_errors, 8ULL);
	KUNIT_EXPECT_EQ(test, stats.tx_errors + stats.rx_errors, 0ULL);
}

/* The value beside a name in what ethtool -S shows. */
static u64 xnet_test_value(struct kunit *test, struct xnet_chip *chip, const char *name)
{
	const struct ethtool_ops *ops = chip->xd->dev->ethtool_ops;
	int count = ops->get_sset_count(chip->xd->dev, ETH_SS_STATS);
	u8 *names = kunit_kzalloc(test, count * ETH_GSTRING_LEN, GFP_KERNEL);
	u64 *values = kunit_kcalloc(test, count, sizeof(*values), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, names);
	KUNIT_ASSERT_NOT_NULL(test, values);
	ops->get_strings(chip->xd->dev, ETH_SS_STATS, names);
	rtnl_lock();
	ops->get_ethtool_stats(chip->xd->dev, NULL, values);
	rtnl_unlock();
	for (i = 0; i < count; i++)
		if (!strcmp(names + i * ETH_GSTRING_LEN, name))
			return values[i];
	KUNIT_FAIL(test, "no counter is called %s", name);
	return 0;
}

static void xnet_counters_are_beside_their_names(struct kunit *test)
{
	struct xnet_chip *chip = test->priv;

	u64_stats_set(&chip->xd->tx.stats.packets, 11);
	u64_stats_set(&chip->xd->tx.stats.collisions, 12);
	u64_stats_set(&chip->xd->rx.stats.packets, 13);
	u64_stats_set(&chip->xd->rx.stats.fifo_errors, 14);
	chip->xd->interrupts = 15;
	xnet_chip_set(chip, XNET_MPC, 4, 16);
	chip->tallies.tx_ok = cpu_to_le64(17);
	chip->tallies.tx_undrn = cpu_to_le16(18);
	chip->xd->up = true;
	KUNIT_EXPECT_EQ(test, xnet_test_value(test, chip, "tx_packets"), 11ULL);
	KUNIT_EXPECT_EQ(test, xnet_test_value(test, chip, "tx_collisions"), 12ULL);
	KUNIT_EXPECT_EQ(test, xnet_test_value(test, chip, "rx_packets"), 13ULL);
	KUNIT_EXPECT_EQ(test, xnet_test_value(test, chip, "rx_fifo_errors"), 14ULL);
	KUNIT_EXPECT_EQ(test, xnet_test_value(test, chip, "interrupts"), 15ULL);
	KUNIT_EXPECT_EQ(test, xnet_test_value(test, chip, "rx_missed"), 16ULL);
	KUNIT_EXPECT_EQ(test, xnet_test_value(test, chip, "tally_tx_ok"), 17ULL);
	KUNIT_EXPECT_EQ(test, xnet_test_value(test, chip, "tally_tx_undrn"), 18ULL);

	/* A chip that is down is not asked. */
	chip->xd->up = false;
	chip->tallies.tx_ok = cpu_to_le64(1000);
	KUNIT_EXPECT_EQ(test, xnet_test_value(test, chip, "tally_tx_ok"), 17ULL);
}

static void xnet_test_mac_stats(struct xnet_chip *chip, struct ethtool_eth_mac_stats *mac)
{
	memset(mac, 0xff, sizeof(*mac));
	rtnl_lock();
	chip->xd->dev->ethtool_ops->get_eth_mac_stats(chip->xd->dev, mac);
	rtnl_unlock();
}

/* Octets of the standard are without headers, which nobody counts: like others they are not set. */
static void xnet_standard_counters_are_those_that_there_are(struct kunit *test)
{
	struct xnet_chip *chip = test->priv;
	struct ethtool_eth_mac_stats *mac = kunit_kzalloc(test, sizeof(*mac), GFP_KERNEL);
	struct ethtool_eth_mac_stats *want = kunit_kzalloc(test, sizeof(*want), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, mac);
	KUNIT_ASSERT_NOT_NULL(test, want);
	memset(want, 0xff, sizeof(*want));
	want->FramesTransmittedOK = 1ULL << 40;
	want->FramesReceivedOK = 2;
	want->AlignmentErrors = 3;
	want->SingleCollisionFrames = 4;
	want->MultipleCollisionFrames = 5;
	want->FramesAbortedDueToXSColls = 6;
	want->FramesLostDueToIntMACXmitError = 7;
	want->FramesLostDueToIntMACRcvError = 8;
	want->BroadcastFramesReceivedOK = 9;
	want->MulticastFramesReceivedOK = 10;
	want->LateCollisions = 11;
	want->CarrierSenseErrors = 12;
	want->FrameCheckSequenceErrors = 13;

	chip->xd->up = true;
	chip->tallies = (struct xnet_tally_block){
		.tx_ok = cpu_to_le64(1ULL << 40), .rx_ok = cpu_to_le64(2), .fae = cpu_to_le16(3),
		.tx_1col = cpu_to_le32(4), .tx_mcol = cpu_to_le32(5), .tx_abt = cpu_to_le16(6),
		.tx_undrn = cpu_to_le16(7), .miss_pkt = cpu_to_le16(8),
		.rx_ok_brd = cpu_to_le64(9), .rx_ok_mul = cpu_to_le32(10),
	};
	u64_stats_set(&chip->xd->tx.stats.window_errors, 11);
	u64_stats_set(&chip->xd->tx.stats.carrier_errors, 12);
	u64_stats_set(&chip->xd->rx.stats.crc_errors, 13);
	xnet_test_mac_stats(chip, mac);
	KUNIT_EXPECT_MEMEQ(test, mac, want, sizeof(*want));
	KUNIT_EXPECT_EQ(test, chip->misses, 0U);
}

static void xnet_standard_counters_outlive_a_reset(struct kunit *test)
{
	struct xnet_chip *chip = test->priv;
	struct ethtool_eth_mac_stats *mac = kunit_kzalloc(test, sizeof(*mac), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, mac);
	chip->xd->up = true;
	chip->tallies.rx_ok = cpu_to_le64(100);
	chip->tallies.miss_pkt = cpu_to_le16(U16_MAX);
	xnet_test_mac_stats(chip, mac);
	chip->tallies.miss_pkt = cpu_to_le16(4);
	xnet_test_mac_stats(chip, mac);
	xnet_hw_reset(chip->xd);
	KUNIT_ASSERT_EQ(test, xnet_test_tally(chip, false), 0);
	chip->tallies.rx_ok = cpu_to_le64(5);
	xnet_test_mac_stats(chip, mac);
	KUNIT_EXPECT_EQ(test, mac->FramesReceivedOK, 105);
	KUNIT_EXPECT_EQ(test, mac->FramesLostDueToIntMACRcvError, U16_MAX + 5);

	/* A chip that is down is not asked. */
	chip->xd->up = false;
	chip->tallies.rx_ok = cpu_to_le64(6);
	xnet_test_mac_stats(chip, mac);
	KUNIT_EXPECT_EQ(test, mac->FramesReceivedOK, 105);
}

static struct kunit_case xnet_stats_cases[] = {
	KUNIT_CASE_PARAM(xnet_tally_delta_survives_one_wrap, xnet_tally_step_gen_params),
	KUNIT_CASE(xnet_tallies_add_up_across_the_wraps_of_each),
	KUNIT_CASE(xnet_tallies_begin_anew_after_a_reset),
	KUNIT_CASE(xnet_tallies_stay_when_the_chip_does_not_answer),
	KUNIT_CASE(xnet_tallies_begin_anew_when_the_chip_answers_again),
	KUNIT_CASE(xnet_missed_frames_add_up),
	KUNIT_CASE(xnet_counters_are_those_of_the_rings),
	KUNIT_CASE(xnet_counters_are_beside_their_names),
	KUNIT_CASE(xnet_standard_counters_are_those_that_there_are),
	KUNIT_CASE(xnet_standard_counters_outlive_a_reset),
	{}
};

static struct kunit_suite xnet_stats_suite = {
	.name = "xnet_stats",
	.init = xnet_stats_test_init,
	.test_cases = xnet_stats_cases,
};

kunit_test_suite(xnet_stats_suite);

MODULE_DESCRIPTION("KUnit tests of xnet's counters");
MODULE_LICENSE("GPL");
