// SPDX-License-Identifier: GPL-2.0-only
/* The PHY on the chip. Its registers are the chip's own, so accesses are quick and never sleep. */
#include <linux/mii.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

#include "xnet.h"

#define XNET_PHY_ID 32 /* not on an MDIO bus, so no address that one could have */

static const u8 xnet_phy_regs[] = {
	[MII_BMCR] = XNET_BMCR,
	[MII_BMSR] = XNET_BMSR,
	[MII_ADVERTISE] = XNET_ANAR,
	[MII_LPA] = XNET_ANLPAR,
	[MII_EXPANSION] = XNET_ANER,
};

static unsigned int xnet_phy_reg(int location)
{
	return location < ARRAY_SIZE(xnet_phy_regs) ? xnet_phy_regs[location] : 0;
}

/* No register of the PHY can hold all ones, but one of a device that is gone reads so. */
static int xnet_mdio_read(struct net_device *dev, int phy_id, int location)
{
	struct xnet *xd = netdev_priv(dev);
	unsigned int reg = xnet_phy_reg(location);
	u16 val = reg ? xnet_r16(xd, reg) : 0;

	return val == U16_MAX ? 0 : val;
}

/*
 * A reset of the chip may take the PHY's settings with it, also the one with which an interface
 * comes up: remember what was set and the PHY took, whenever that was.
 */
static void xnet_remember_phy(struct xnet *xd, int location)
{
	u16 val = xnet_r16(xd, xnet_phy_reg(location));

	if (val == U16_MAX)
		return;
	if (location == MII_ADVERTISE)
		xd->advertise = val;
	else if (location == MII_BMCR)
		xd->bmcr = val & ~(BMCR_RESET | BMCR_ANRESTART);
}

static void xnet_mdio_write(struct net_device *dev, int phy_id, int location, int val)
{
	struct xnet *xd = netdev_priv(dev);
	unsigned int reg = xnet_phy_reg(location);

	ASSERT_RTNL();
	if (!reg)
		return;
	/* The chip protects BMCR as it does CONFIG. */
	xnet_hw_config_unlock(xd);
	xnet_w16(xd, reg, val);
	xnet_hw_config_lock(xd);
	xnet_remember_phy(xd, location);
}

void xnet_init_mii(struct xnet *xd)
{
	spin_lock_init(&xd->mii_lock);
	xd->bmcr = -1;
	xd->mii = (struct mii_if_info){
		.dev = xd->dev,
		.phy_id = XNET_PHY_ID,
		.phy_id_mask = 0x3f,
		.reg_num_mask = 0x1f,
		.mdio_read = xnet_mdio_read,
		.mdio_write = xnet_mdio_write,
	};
}

void xnet_check_link(struct xnet *xd)
{
	spin_lock_bh(&xd->mii_lock);
	mii_check_media(&xd->mii, netif_msg_link(xd), false);
	spin_unlock_bh(&xd->mii_lock);
}

/* Speed and duplex that were set by hand, or what was to be negotiated. */
void xnet_restore_phy(struct xnet *xd)
{
	spin_lock_bh(&xd->mii_lock);
	if (xd->mii.force_media && xd->bmcr >= 0 &&
	    xd->bmcr != xnet_mdio_read(xd->dev, XNET_PHY_ID, MII_BMCR))
		xnet_mdio_write(xd->dev, XNET_PHY_ID, MII_BMCR, xd->bmcr);
	if (xd->advertise &&
	    xd->advertise != xnet_mdio_read(xd->dev, XNET_PHY_ID, MII_ADVERTISE)) {
		xnet_mdio_write(xd->dev, XNET_PHY_ID, MII_ADVERTISE, xd->advertise);
		mii_nway_restart(&xd->mii);
	}
	spin_unlock_bh(&xd->mii_lock);
}

/* The emulated device has none, although its status says so. */
void xnet_get_pauseparam(struct net_device *dev, struct ethtool_pauseparam *pause)
{
	struct xnet *xd = netdev_priv(dev);
	u8 msr = xnet_r8(xd, XNET_MSR);

	if (xd->emulated || msr == U8_MAX)
		return;
	spin_lock_bh(&xd->mii_lock);
	pause->autoneg = !!(xnet_mdio_read(dev, XNET_PHY_ID, MII_BMCR) & BMCR_ANENABLE);
	spin_unlock_bh(&xd->mii_lock);
	pause->tx_pause = xd->mii.full_duplex && msr & XNET_MSR_TXFCE;
	pause->rx_pause = xd->mii.full_duplex && msr & XNET_MSR_RXFCE;
}

int xnet_eth_ioctl(struct net_device *dev, struct ifreq *rq, int cmd)
{
	struct xnet *xd = netdev_priv(dev);
	int err;

	if (!netif_running(dev))
		return -EINVAL;
	spin_lock_bh(&xd->mii_lock);
	err = generic_mii_ioctl(&xd->mii, if_mii(rq), cmd, NULL);
	spin_unlock_bh(&xd->mii_lock);
	return err;
}
