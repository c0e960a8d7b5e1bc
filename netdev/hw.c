// SPDX-License-Identifier: GPL-2.0-only
/* Starting and stopping the chip, its address and its wake-up settings. */
#include <linux/bitfield.h>
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/iopoll.h>

#include "xnet.h"

#define XNET_RESET_TIMEOUT_US	10000
/* Sent before the whole frame is in the FIFO; a slow bus cannot underrun it at 100 Mb/s. */
#define XNET_EARLY_TX_BYTES	256

static void xnet_w64(struct xnet *xd, unsigned int reg, u64 val)
{
	xnet_w32(xd, reg, lower_32_bits(val));
	xnet_w32(xd, reg + 4, upper_32_bits(val));
}

/* A device that is gone reads as all ones, so RST never clears and this ends with the timeout. */
int xnet_hw_reset(struct xnet *xd)
{
	u8 cr;

	xnet_w8(xd, XNET_CR, XNET_CR_RST);
	return readb_poll_timeout(xd->regs + XNET_CR, cr, !(cr & XNET_CR_RST), 10,
				  XNET_RESET_TIMEOUT_US);
}

/* Bits that are 0 in any chip are set where none answers. */
bool xnet_hw_is_gone(struct xnet *xd)
{
	return xnet_r8(xd, XNET_CR) == U8_MAX;
}

void xnet_hw_config_unlock(struct xnet *xd)
{
	xnet_w8(xd, XNET_9346CR, FIELD_PREP(XNET_9346CR_EEM, XNET_9346CR_EEM_CONFIG));
}

void xnet_hw_config_lock(struct xnet *xd)
{
	xnet_w8(xd, XNET_9346CR, FIELD_PREP(XNET_9346CR_EEM, XNET_9346CR_EEM_NORMAL));
}

void xnet_hw_set_mac(struct xnet *xd)
{
	const u8 *addr = xd->dev->dev_addr;

	xnet_hw_config_unlock(xd);
	xnet_w32(xd, XNET_IDR0, addr[0] | addr[1] << 8 | addr[2] << 16 | (u32)addr[3] << 24);
	xnet_w32(xd, XNET_IDR0 + 4, addr[4] | addr[5] << 8);
	xnet_hw_config_lock(xd);
}

void xnet_hw_read_mac(struct xnet *xd, u8 *addr)
{
	int i;

	for (i = 0; i < ETH_ALEN; i++)
		addr[i] = xnet_r8(xd, XNET_IDR0 + i);
}

/*
 * After a reset. The order matters to the chip: CPCR first, because entering C+ mode loses the ring
 * addresses; these before CR.RE, because from then on it fetches descriptors; TCR after CR.TE,
 * because before that it is read-only.
 */
void xnet_hw_start(struct xnet *xd)
{
	xnet_w16(xd, XNET_CPCR, xnet_cpcr(xd->dev->features, xd->dac));
	xnet_w64(xd, XNET_THPDS, 0);
	xnet_w64(xd, XNET_TNPDS, xd->tx.dma);
	xnet_w64(xd, XNET_RDSAR, xd->rx.ring.dma);
	xnet_w8(xd, XNET_ETTHR, FIELD_PREP(XNET_ETTHR_MASK, XNET_EARLY_TX_BYTES / 32));
	xnet_w8(xd, XNET_CR, XNET_CR_RE | XNET_CR_TE);
	xnet_w32(xd, XNET_TCR, XNET_TCR_IFG | FIELD_PREP(XNET_TCR_MXDMA, 6));

	xnet_hw_set_mac(xd);
	xnet_hw_config_unlock(xd);
	xnet_w8(xd, XNET_CONFIG1, xnet_r8(xd, XNET_CONFIG1) | XNET_CONFIG1_DVRLOAD);
	xnet_hw_config_lock(xd);
	xnet_w16(xd, XNET_MULINT, 0);
	xnet_w16(xd, XNET_ISR, U16_MAX);
}

/* Ends with a reset, so that when it returns the chip no longer touches the rings. */
void xnet_hw_stop(struct xnet *xd)
{
	xnet_w8(xd, XNET_CR, 0);
	xnet_w16(xd, XNET_CPCR, 0);
	if (xnet_hw_reset(xd) && !xd->gone)
		netdev_err(xd->dev, "the device does not answer to a reset; is it still there?\n");
}

u32 xnet_hw_get_wol(struct xnet *xd)
{
	u8 config3 = xnet_r8(xd, XNET_CONFIG3);
	u8 config5 = xnet_r8(xd, XNET_CONFIG5);
	u32 wolopts = 0;

	if (config3 & XNET_CONFIG3_LINKUP)
		wolopts |= WAKE_PHY;
	if (config3 & XNET_CONFIG3_MAGIC)
		wolopts |= WAKE_MAGIC;
	if (config5 & XNET_CONFIG5_UWF)
		wolopts |= WAKE_UCAST;
	if (config5 & XNET_CONFIG5_MWF)
		wolopts |= WAKE_MCAST;
	if (config5 & XNET_CONFIG5_BWF)
		wolopts |= WAKE_BCAST;
	return wolopts;
}

void xnet_hw_set_wol(struct xnet *xd, u32 wolopts)
{
	u8 config3 = xnet_r8(xd, XNET_CONFIG3) & ~(XNET_CONFIG3_LINKUP | XNET_CONFIG3_MAGIC);
	u8 config5 = xnet_r8(xd, XNET_CONFIG5) &
		     ~(XNET_CONFIG5_UWF | XNET_CONFIG5_MWF | XNET_CONFIG5_BWF);

	if (wolopts & WAKE_PHY)
		config3 |= XNET_CONFIG3_LINKUP;
	if (wolopts & WAKE_MAGIC)
		config3 |= XNET_CONFIG3_MAGIC;
	if (wolopts & WAKE_UCAST)
		config5 |= XNET_CONFIG5_UWF;
	if (wolopts & WAKE_MCAST)
		config5 |= XNET_CONFIG5_MWF;
	if (wolopts & WAKE_BCAST)
		config5 |= XNET_CONFIG5_BWF;

	xnet_hw_config_unlock(xd);
	if (wolopts)
		xnet_w8(xd, XNET_CONFIG1, xnet_r8(xd, XNET_CONFIG1) | XNET_CONFIG1_PMEN);
	xnet_w8(xd, XNET_CONFIG3, config3);
	xnet_w8(xd, XNET_CONFIG5, config5 | XNET_CONFIG5_LANWAKE);
	xnet_hw_config_lock(xd);
}
