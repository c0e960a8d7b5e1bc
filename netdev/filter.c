// SPDX-License-Identifier: GPL-2.0-only
/* Which frames are received. */
#include <linux/bitfield.h>
#include <linux/crc32.h>
#include <linux/etherdevice.h>
#include <linux/netdevice.h>

#include "xnet.h"

/* A transfer starts at 512 bytes in the FIFO, in bursts of 256: known to work with the chip. */
#define XNET_RCR_BASE                                                                              \
	(FIELD_PREP(XNET_RCR_RXFTH, 5) | FIELD_PREP(XNET_RCR_MXDMA, 4) | XNET_RCR_AB | XNET_RCR_APM)

/* The bit of the 64 in MAR that an address falls on: the upper six bits of the Ethernet CRC. */
unsigned int xnet_hash_bit(const u8 *addr)
{
	return ether_crc(ETH_ALEN, addr) >> 26;
}

static void xnet_get_hash(struct net_device *dev, u32 mar[2])
{
	struct netdev_hw_addr *ha;

	mar[0] = 0;
	mar[1] = 0;
	netdev_for_each_mc_addr(ha, dev) {
		unsigned int bit = xnet_hash_bit(ha->addr);

		mar[bit / 32] |= BIT(bit % 32);
	}
}

static u32 xnet_get_rcr(struct net_device *dev, u32 mar[2])
{
	if (dev->flags & (IFF_PROMISC | IFF_ALLMULTI)) {
		mar[0] = U32_MAX;
		mar[1] = U32_MAX;
		return XNET_RCR_BASE | XNET_RCR_AM | (dev->flags & IFF_PROMISC ? XNET_RCR_AAP : 0);
	}
	xnet_get_hash(dev, mar);
	return XNET_RCR_BASE | (mar[0] || mar[1] ? XNET_RCR_AM : 0);
}

/* The stack calls it with the device's address lock held, each time that a list changes. */
void xnet_set_rx_mode(struct net_device *dev)
{
	struct xnet *xd = netdev_priv(dev);
	u32 mar[2];
	u32 rcr = xnet_get_rcr(dev, mar);

	if (mar[0] != xd->mar[0] || mar[1] != xd->mar[1]) {
		xd->mar[0] = mar[0];
		xd->mar[1] = mar[1];
		xnet_w32(xd, XNET_MAR0, mar[0]);
		xnet_w32(xd, XNET_MAR0 + 4, mar[1]);
	}
	if (rcr != xd->rcr) {
		xd->rcr = rcr;
		xnet_w32(xd, XNET_RCR, rcr);
	}
}

/* Until xnet_restore_rx_mode() receive what is sent to a group, and to those of the same hash. */
void xnet_set_rx_group(struct xnet *xd, const u8 *addr)
{
	unsigned int bit = xnet_hash_bit(addr);
	u32 mar[2] = {};

	mar[bit / 32] = BIT(bit % 32);
	xnet_w32(xd, XNET_MAR0, mar[0]);
	xnet_w32(xd, XNET_MAR0 + 4, mar[1]);
	xnet_w32(xd, XNET_RCR, (XNET_RCR_BASE & ~(XNET_RCR_AB | XNET_RCR_APM)) | XNET_RCR_AM);
}

/* After a reset the registers hold nothing that can be relied on. */
void xnet_restore_rx_mode(struct xnet *xd)
{
	netif_addr_lock_bh(xd->dev);
	xd->rcr = xnet_get_rcr(xd->dev, xd->mar);
	xnet_w32(xd, XNET_MAR0, xd->mar[0]);
	xnet_w32(xd, XNET_MAR0 + 4, xd->mar[1]);
	xnet_w32(xd, XNET_RCR, xd->rcr);
	netif_addr_unlock_bh(xd->dev);
}
