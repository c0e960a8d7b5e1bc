// SPDX-License-Identifier: GPL-2.0-only
/* Counters: the driver's own, and those that the device keeps. */
#include <linux/ethtool.h>
#include <linux/iopoll.h>
#include <linux/rtnetlink.h>
#include <linux/netdevice.h>

#include "xnet.h"

#define XNET_TALLY_TIMEOUT_US 1000

struct xnet_tally {
	char name[ETH_GSTRING_LEN];
	u8 offset;
};

#define XNET_TALLY(field) { "tally_" #field, offsetof(struct xnet_tally_block, field) }

/* All of the block's members in their order, so that each ends where the next begins. */
static const struct xnet_tally xnet_tallies[] = {
	XNET_TALLY(tx_ok),     XNET_TALLY(rx_ok),     XNET_TALLY(tx_err),
	XNET_TALLY(rx_err),    XNET_TALLY(miss_pkt),  XNET_TALLY(fae),
	XNET_TALLY(tx_1col),   XNET_TALLY(tx_mcol),   XNET_TALLY(rx_ok_phy),
	XNET_TALLY(rx_ok_brd), XNET_TALLY(rx_ok_mul), XNET_TALLY(tx_abt),
	XNET_TALLY(tx_undrn),
};

static_assert(ARRAY_SIZE(xnet_tallies) == XNET_TALLIES);
static_assert(sizeof(struct xnet_tally_block) == 64);

/* A counter of the driver: its name, which ring's it is and where in that one's statistics. */
struct xnet_counter {
	char name[ETH_GSTRING_LEN];
	bool rx;
	u16 offset;
};

#define XNET_TX_COUNTER(field) { "tx_" #field, false, offsetof(struct xnet_tx_stats, field) }
#define XNET_RX_COUNTER(field) { "rx_" #field, true, offsetof(struct xnet_rx_stats, field) }

static const struct xnet_counter xnet_counters[] = {
	XNET_TX_COUNTER(packets),
	XNET_TX_COUNTER(bytes),
	XNET_TX_COUNTER(dropped),
	XNET_TX_COUNTER(map_failed),
	XNET_TX_COUNTER(doorbells),
	XNET_TX_COUNTER(tso),
	XNET_TX_COUNTER(deferred),
	XNET_TX_COUNTER(errors),
	XNET_TX_COUNTER(fifo_errors),
	XNET_TX_COUNTER(window_errors),
	XNET_TX_COUNTER(carrier_errors),
	XNET_TX_COUNTER(aborted_errors),
	XNET_TX_COUNTER(collisions),
	XNET_TX_COUNTER(xdp),
	XNET_TX_COUNTER(xdp_full),
	XNET_RX_COUNTER(packets),
	XNET_RX_COUNTER(bytes),
	XNET_RX_COUNTER(multicast),
	XNET_RX_COUNTER(copied),
	XNET_RX_COUNTER(pages),
	XNET_RX_COUNTER(no_memory),
	XNET_RX_COUNTER(fragmented),
	XNET_RX_COUNTER(errors),
	XNET_RX_COUNTER(crc_errors),
	XNET_RX_COUNTER(frame_errors),
	XNET_RX_COUNTER(length_errors),
	XNET_RX_COUNTER(fifo_errors),
	XNET_RX_COUNTER(xdp_pass),
	XNET_RX_COUNTER(xdp_drop),
	XNET_RX_COUNTER(xdp_tx),
	XNET_RX_COUNTER(xdp_redirect),
	XNET_RX_COUNTER(xdp_errors),
};

static const char xnet_other_counters[][ETH_GSTRING_LEN] = { "interrupts", "rx_missed" };

void xnet_init_stats(struct xnet *xd)
{
	spin_lock_init(&xd->stats_lock);
	u64_stats_init(&xd->tx.stats.syncp);
	u64_stats_init(&xd->rx.stats.syncp);
}

static u32 xnet_read_mpc(struct xnet *xd)
{
	u32 missed = xnet_r32(xd, XNET_MPC);

	return missed == U32_MAX ? 0 : missed & XNET_MPC_MASK;
}

static void xnet_add_missed(struct xnet *xd)
{
	u32 missed;

	lockdep_assert_held(&xd->stats_lock);
	missed = xnet_read_mpc(xd);
	if (missed) {
		xd->rx_missed += missed;
		xnet_w32(xd, XNET_MPC, 0);
	}
}

/*
 * The register has 24 bits: add it up before it overflows or is reset. When xnet_down() has, who
 * comes later finds the device down and does not read from it, whether or not it has power.
 */
void xnet_fold_missed(struct xnet *xd)
{
	unsigned long flags;

	spin_lock_irqsave(&xd->stats_lock, flags);
	xnet_add_missed(xd);
	spin_unlock_irqrestore(&xd->stats_lock, flags);
}

void xnet_forget_missed(struct xnet *xd)
{
	xnet_w32(xd, XNET_MPC, 0);
}

static u64 xnet_rx_missed(struct xnet *xd)
{
	unsigned long flags;
	u64 missed;

	spin_lock_irqsave(&xd->stats_lock, flags);
	/* One that is down counts nothing, and may have no power. */
	if (READ_ONCE(xd->up))
		xnet_add_missed(xd);
	missed = xd->rx_missed;
	spin_unlock_irqrestore(&xd->stats_lock, flags);
	return missed;
}

static void xnet_get_tx_stats(const struct xnet_tx_stats *tx, struct rtnl_link_stats64 *stats)
{
	unsigned int start;

	do {
		start = u64_stats_fetch_begin(&tx->syncp);
		stats->tx_packets = u64_stats_read(&tx->packets);
		stats->tx_bytes = u64_stats_read(&tx->bytes);
		stats->tx_dropped = u64_stats_read(&tx->dropped);
		stats->tx_errors = u64_stats_read(&tx->errors);
		stats->tx_fifo_errors = u64_stats_read(&tx->fifo_errors);
		stats->tx_window_errors = u64_stats_read(&tx->window_errors);
		stats->tx_carrier_errors = u64_stats_read(&tx->carrier_errors);
		stats->tx_aborted_errors = u64_stats_read(&tx->aborted_errors);
		stats->collisions = u64_stats_read(&tx->collisions);
	} while (u64_stats_fetch_retry(&tx->syncp, start));
}

static void xnet_get_rx_stats(const struct xnet_rx_stats *rx, struct rtnl_link_stats64 *stats)
{
	unsigned int start;

	do {
		start = u64_stats_fetch_begin(&rx->syncp);
		stats->rx_packets = u64_stats_read(&rx->packets);
		stats->rx_bytes = u64_stats_read(&rx->bytes);
		stats->multicast = u64_stats_read(&rx->multicast);
		stats->rx_dropped = u64_stats_read(&rx->no_memory);
		stats->rx_errors = u64_stats_read(&rx->errors);
		stats->rx_crc_errors = u64_stats_read(&rx->crc_errors);
		stats->rx_frame_errors = u64_stats_read(&rx->frame_errors);
		stats->rx_length_errors = u64_stats_read(&rx->length_errors);
		stats->rx_fifo_errors = u64_stats_read(&rx->fifo_errors);
	} while (u64_stats_fetch_retry(&rx->syncp, start));
}

void xnet_get_stats64(struct net_device *dev, struct rtnl_link_stats64 *stats)
{
	struct xnet *xd = netdev_priv(dev);

	xnet_get_tx_stats(&xd->tx.stats, stats);
	xnet_get_rx_stats(&xd->rx.stats, stats);
	stats->rx_missed_errors = xnet_rx_missed(xd);
}

/* In bits. */
static unsigned int xnet_tally_width(unsigned int i)
{
	unsigned int end = i + 1 < XNET_TALLIES ? xnet_tallies[i + 1].offset :
						  sizeof(struct xnet_tally_block);

	return (end - xnet_tallies[i].offset) * BITS_PER_BYTE;
}

static u64 xnet_tally_value(const struct xnet_tally_block *block, unsigned int i)
{
	const void *at = (const void *)block + xnet_tallies[i].offset;

	switch (xnet_tally_width(i)) {
	case 16:
		return le16_to_cpu(*(const __le16 *)at);
	case 32:
		return le32_to_cpu(*(const __le32 *)at);
	default:
		return le64_to_cpu(*(const __le64 *)at);
	}
}

/* How far a counter of so many bits has come, if it has not wrapped twice. */
u64 xnet_tally_delta(u64 now, u64 last, unsigned int width)
{
	return (now - last) & GENMASK_ULL(width - 1, 0);
}

/*
 * Have the device dump its counters, and add up what they gained since the last time; or, after a
 * reset, which may have cleared them, only note where they are: then, or when it next dumps them.
 */
int xnet_read_tallies(struct xnet *xd, bool add)
{
	struct xnet_tallies *tallies = &xd->tallies;
	u32 dtccr;
	int i, err;

	ASSERT_RTNL();
	tallies->stale |= !add;
	xnet_w32(xd, XNET_DTCCR + 4, upper_32_bits(xd->tally_dma));
	xnet_w32(xd, XNET_DTCCR, lower_32_bits(xd->tally_dma) | XNET_DTCCR_CMD);
	err = readl_poll_timeout(xd->regs + XNET_DTCCR, dtccr, !(dtccr & XNET_DTCCR_CMD), 10,
				 XNET_TALLY_TIMEOUT_US);
	if (err)
		return err;

	for (i = 0; i < XNET_TALLIES; i++) {
		u64 now = xnet_tally_value(xd->tally_block, i);

		if (!tallies->stale)
			tallies->total[i] += xnet_tally_delta(now, tallies->last[i],
							      xnet_tally_width(i));
		tallies->last[i] = now;
	}
	tallies->stale = false;
	return 0;
}

int xnet_stats_count(void)
{
	return ARRAY_SIZE(xnet_counters) + ARRAY_SIZE(xnet_other_counters) + XNET_TALLIES;
}

void xnet_stats_strings(u8 *data)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(xnet_counters); i++, data += ETH_GSTRING_LEN)
		memcpy(data, xnet_counters[i].name, ETH_GSTRING_LEN);
	for (i = 0; i < ARRAY_SIZE(xnet_other_counters); i++, data += ETH_GSTRING_LEN)
		memcpy(data, xnet_other_counters[i], ETH_GSTRING_LEN);
	for (i = 0; i < XNET_TALLIES; i++, data += ETH_GSTRING_LEN)
		memcpy(data, xnet_tallies[i].name, ETH_GSTRING_LEN);
}

static u64 xnet_counter_value(struct xnet *xd, const struct xnet_counter *counter)
{
	const void *stats = counter->rx ? (const void *)&xd->rx.stats : &xd->tx.stats;
	const struct u64_stats_sync *syncp = counter->rx ? &xd->rx.stats.syncp :
							   &xd->tx.stats.syncp;
	unsigned int start;
	u64 val;

	do {
		start = u64_stats_fetch_begin(syncp);
		val = u64_stats_read((const u64_stats_t *)(stats + counter->offset));
	} while (u64_stats_fetch_retry(syncp, start));
	return val;
}

/* What is down has been asked before. */
static void xnet_refresh_tallies(struct xnet *xd)
{
	if (xd->up && xnet_read_tallies(xd, true))
		netdev_warn(xd->dev, "the device does not dump its counters\n");
}

void xnet_stats_values(struct xnet *xd, u64 *data)
{
	int i;

	xnet_refresh_tallies(xd);
	for (i = 0; i < ARRAY_SIZE(xnet_counters); i++)
		*data++ = xnet_counter_value(xd, &xnet_counters[i]);
	*data++ = READ_ONCE(xd->interrupts);
	*data++ = xnet_rx_missed(xd);
	memcpy(data, xd->tallies.total, sizeof(xd->tallies.total));
}

static u64 xnet_tally_at(const struct xnet *xd, size_t offset)
{
	int i = 0;

	while (xnet_tallies[i].offset != offset)
		i++;
	return xd->tallies.total[i];
}

#define XNET_TOTAL(xd, field) xnet_tally_at(xd, offsetof(struct xnet_tally_block, field))

/*
 * Counters of IEEE 802.3, section 30.3.1: the device's, and what descriptors tell where it has
 * none. Others have no value.
 */
void xnet_get_eth_mac_stats(struct net_device *dev, struct ethtool_eth_mac_stats *mac)
{
	struct rtnl_link_stats64 stats = {};
	struct xnet *xd = netdev_priv(dev);

	xnet_refresh_tallies(xd);
	mac->FramesTransmittedOK = XNET_TOTAL(xd, tx_ok);
	mac->SingleCollisionFrames = XNET_TOTAL(xd, tx_1col);
	mac->MultipleCollisionFrames = XNET_TOTAL(xd, tx_mcol);
	mac->FramesAbortedDueToXSColls = XNET_TOTAL(xd, tx_abt);
	mac->FramesLostDueToIntMACXmitError = XNET_TOTAL(xd, tx_undrn);
	mac->FramesReceivedOK = XNET_TOTAL(xd, rx_ok);
	mac->AlignmentErrors = XNET_TOTAL(xd, fae);
	mac->FramesLostDueToIntMACRcvError = XNET_TOTAL(xd, miss_pkt);
	mac->MulticastFramesReceivedOK = XNET_TOTAL(xd, rx_ok_mul);
	mac->BroadcastFramesReceivedOK = XNET_TOTAL(xd, rx_ok_brd);

	xnet_get_tx_stats(&xd->tx.stats, &stats);
	xnet_get_rx_stats(&xd->rx.stats, &stats);
	mac->LateCollisions = stats.tx_window_errors;
	mac->CarrierSenseErrors = stats.tx_carrier_errors;
	mac->FrameCheckSequenceErrors = stats.rx_crc_errors;
}
