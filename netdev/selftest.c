// SPDX-License-Identifier: GPL-2.0-only
/*
 * The self-test, ethtool -t. Offline tests have the device for themselves: it is stopped as if the
 * interface went down, and started again whatever they find. A closed interface has what it would
 * have when open for as long as they take.
 */
#include <linux/bitfield.h>
#include <linux/dma-mapping.h>
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/iopoll.h>
#include <linux/mii.h>
#include <linux/netdevice.h>

#include "xnet.h"

#define XNET_TEST_FRAME_LEN	1000U
#define XNET_TEST_LOOP_US	500000

enum xnet_test {
	XNET_TEST_EEPROM,
	XNET_TEST_LINK,
	XNET_TEST_REGISTERS,
	XNET_TEST_INTERRUPT,
	XNET_TEST_LOOPBACK,
	XNET_TESTS
};

static const char xnet_test_names[XNET_TESTS][ETH_GSTRING_LEN] = {
	[XNET_TEST_EEPROM] = "EEPROM",
	[XNET_TEST_LINK] = "Link",
	[XNET_TEST_REGISTERS] = "Registers (offline)",
	[XNET_TEST_INTERRUPT] = "Interrupt (offline)",
	[XNET_TEST_LOOPBACK] = "Loopback (offline)",
};

/* The frame that goes round is written where segments have their headers. */
static_assert(XNET_TEST_FRAME_LEN / XNET_TX_HEADER < XNET_TX_SIZE);
static_assert(XNET_TEST_FRAME_LEN + ETH_FCS_LEN <= XNET_RX_BUF_MIN);

int xnet_self_test_count(void)
{
	return XNET_TESTS;
}

void xnet_self_test_strings(u8 *data)
{
	memcpy(data, xnet_test_names, sizeof(xnet_test_names));
}

/* It is the one that was found, and has an address that a card can have. */
static bool xnet_test_eeprom(struct xnet *xd)
{
	u8 addr[ETH_ALEN];
	u16 id;

	if (!xd->eeprom_addr_bits)
		return false;
	xnet_eeprom_read(xd, XNET_EEPROM_ID, 1, &id);
	return id == XNET_EEPROM_ID_VALUE && xnet_eeprom_read_mac(xd, addr);
}

static bool xnet_test_link(struct xnet *xd)
{
	bool up;

	spin_lock_bh(&xd->mii_lock);
	up = mii_link_ok(&xd->mii);
	spin_unlock_bh(&xd->mii_lock);
	return up;
}

/* Registers that hold all of their bits, and do nothing with them while the chip is stopped. */
static bool xnet_test_registers(struct xnet *xd)
{
	static const u32 patterns[] = { 0, U32_MAX, 0x5a5a5a5a, 0xa5a5a5a5, 0x01020408 };
	static const unsigned int regs[] = { XNET_MAR0, XNET_MAR0 + 4, XNET_IDR0 };
	bool good = !xnet_hw_reset(xd);
	int i, j;

	xnet_hw_config_unlock(xd);
	for (i = 0; i < ARRAY_SIZE(regs); i++) {
		for (j = 0; j < ARRAY_SIZE(patterns); j++) {
			xnet_w32(xd, regs[i], patterns[j]);
			good &= xnet_r32(xd, regs[i]) == patterns[j];
		}
	}
	xnet_hw_config_lock(xd);
	xnet_hw_set_mac(xd);
	return good;
}

static bool xnet_test_interrupt(struct xnet *xd)
{
	return !xnet_hw_reset(xd) && xnet_irq_comes(xd);
}

/*
 * Ethernet's own group for tests of loopback. Nothing else is let in, for a short ring could be
 * full of frames of others before the one that goes round is there.
 */
static const u8 xnet_test_group[ETH_ALEN] = { 0xcf };

/* Under the ethertype for experiments. */
static void xnet_test_make_frame(struct xnet *xd, u8 *frame)
{
	struct ethhdr *eth = (struct ethhdr *)frame;
	u32 i;

	for (i = ETH_HLEN; i < XNET_TEST_FRAME_LEN; i++)
		frame[i] = i * 7 + (i >> 8);
	ether_addr_copy(eth->h_dest, xnet_test_group);
	ether_addr_copy(eth->h_source, xd->dev->dev_addr);
	eth->h_proto = htons(ETH_P_802_EX1);
}

static void xnet_test_send_frame(struct xnet *xd)
{
	struct xnet_desc *desc = &xd->tx.desc[0];

	xnet_test_make_frame(xd, xd->tx.header[0]);
	desc->addr = cpu_to_le64(xd->tx.header_dma);
	desc->opts2 = 0;
	dma_wmb(); /* the frame and the rest of the descriptor before OWN */
	WRITE_ONCE(desc->opts1, cpu_to_le32(xnet_tx_opts1(0, XNET_TEST_FRAME_LEN, 0, true, true)));
	xnet_w8(xd, XNET_TPPOLL, XNET_TPPOLL_NPQ);
}

/* Frames of others to that group may have come before it. */
static bool xnet_test_frame_came(struct xnet *xd)
{
	struct xnet_rx_ring *ring = &xd->rx.ring;
	u32 i;

	for (i = 0; i < ring->size; i++) {
		u32 opts1 = le32_to_cpu(READ_ONCE(ring->desc[i].opts1));

		if (opts1 & XNET_DESC_OWN)
			return false;
		dma_rmb(); /* OWN before the frame */
		if (FIELD_GET(XNET_RX_FRAMELEN, opts1) == XNET_TEST_FRAME_LEN + ETH_FCS_LEN &&
		    xnet_rx_holds(xd, i, xd->tx.header[0], XNET_TEST_FRAME_LEN))
			return true;
	}
	return false;
}

static bool xnet_test_loopback(struct xnet *xd)
{
	bool came = false;

	if (xnet_hw_reset(xd))
		return false;
	xnet_hw_start(xd);
	xnet_set_rx_group(xd, xnet_test_group);
	xnet_w32(xd, XNET_TCR, xnet_r32(xd, XNET_TCR) | XNET_TCR_LBK);
	xnet_test_send_frame(xd);
	read_poll_timeout(xnet_test_frame_came, came, came, 1000, XNET_TEST_LOOP_US, false, xd);

	xnet_hw_stop(xd);
	xnet_tx_ring_clean(xd);
	xnet_rx_ring_rewind(xd);
	return came;
}

static int xnet_test_begin_offline(struct xnet *xd)
{
	if (netif_running(xd->dev)) {
		xnet_down(xd);
		return 0;
	}
	return xnet_claim(xd);
}

static int xnet_test_end_offline(struct xnet *xd)
{
	if (netif_running(xd->dev))
		return xnet_up(xd);
	xnet_unclaim(xd);
	return 0;
}

/* What cannot be tested has failed. An error can also be that the interface did not come back. */
static int xnet_test_offline(struct xnet *xd, u64 *data)
{
	int err = xnet_test_begin_offline(xd);

	data[XNET_TEST_REGISTERS] = err || !xnet_test_registers(xd);
	data[XNET_TEST_INTERRUPT] = err || !xnet_test_interrupt(xd);
	data[XNET_TEST_LOOPBACK] = err || !xnet_test_loopback(xd);
	return err ? err : xnet_test_end_offline(xd);
}

void xnet_self_test(struct net_device *dev, struct ethtool_test *etest, u64 *data)
{
	struct xnet *xd = netdev_priv(dev);
	int i, err = 0;

	memset(data, 0, XNET_TESTS * sizeof(*data));
	data[XNET_TEST_EEPROM] = !xnet_test_eeprom(xd);
	data[XNET_TEST_LINK] = !xnet_test_link(xd);
	if (etest->flags & ETH_TEST_FL_OFFLINE)
		err = xnet_test_offline(xd, data);

	if (err) {
		netdev_err(dev, "the self-test did not come to its end: %pe\n", ERR_PTR(err));
		etest->flags |= ETH_TEST_FL_FAILED;
	}
	for (i = 0; i < XNET_TESTS; i++)
		if (data[i])
			etest->flags |= ETH_TEST_FL_FAILED;
}
