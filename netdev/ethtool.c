// SPDX-License-Identifier: GPL-2.0-only
/* What ethtool shows and sets. The core holds RTNL around all of it. */
#include <linux/ethtool.h>
#include <linux/log2.h>
#include <linux/netdevice.h>

#include "xnet.h"

static void xnet_get_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	struct xnet *xd = netdev_priv(dev);

	strscpy(info->driver, KBUILD_MODNAME, sizeof(info->driver));
	strscpy(info->version, XDRV_VERSION, sizeof(info->version));
	strscpy(info->bus_info, pci_name(xd->pdev), sizeof(info->bus_info));
}

static int xnet_get_regs_len(struct net_device *dev)
{
	return XNET_REGS_LEN;
}

/* Registers answer only to accesses of their own width. */
static unsigned int xnet_reg_width(unsigned int reg)
{
	switch (reg) {
	case XNET_IMR ... XNET_ISR + 1:
	case XNET_MULINT ... XNET_MULINT + 1:
	case 0x60 ... 0x7f: /* the PHY */
	case XNET_CPCR ... XNET_CPCR + 3:
		return 2;
	case 0x34 ... XNET_IMR - 1:
	case XNET_9346CR ... XNET_TIMERINT - 1:
	case XNET_TIMERINT + 4 ... XNET_MULINT - 1:
	case XNET_MULINT + 2 ... 0x5f:
	case XNET_CONFIG5 ... XNET_CPCR - 1:
	case XNET_ETTHR:
		return 1;
	default:
		return IS_ALIGNED(reg, 4) ? 4 : 1;
	}
}

static void xnet_get_regs(struct net_device *dev, struct ethtool_regs *regs, void *data)
{
	struct xnet *xd = netdev_priv(dev);
	unsigned int reg, width;

	regs->version = 1;
	for (reg = 0; reg < XNET_REGS_LEN; reg += width) {
		width = xnet_reg_width(reg);
		if (width == 4)
			*(__le32 *)(data + reg) = cpu_to_le32(xnet_r32(xd, reg));
		else if (width == 2)
			*(__le16 *)(data + reg) = cpu_to_le16(xnet_r16(xd, reg));
		else
			*(u8 *)(data + reg) = xnet_r8(xd, reg);
	}
}

static void xnet_ethtool_get_wol(struct net_device *dev, struct ethtool_wolinfo *wol)
{
	struct xnet *xd = netdev_priv(dev);

	wol->supported = xnet_can_wake(xd) ? XNET_WAKE_ALL : 0;
	wol->wolopts = xd->wolopts;
}

static int xnet_ethtool_set_wol(struct net_device *dev, struct ethtool_wolinfo *wol)
{
	return xnet_set_wol(netdev_priv(dev), wol->wolopts);
}

static u32 xnet_get_msglevel(struct net_device *dev)
{
	struct xnet *xd = netdev_priv(dev);

	return xd->msg_enable;
}

static void xnet_set_msglevel(struct net_device *dev, u32 level)
{
	struct xnet *xd = netdev_priv(dev);

	xd->msg_enable = level;
}

static int xnet_nway_reset(struct net_device *dev)
{
	struct xnet *xd = netdev_priv(dev);
	int err;

	spin_lock_bh(&xd->mii_lock);
	err = mii_nway_restart(&xd->mii);
	spin_unlock_bh(&xd->mii_lock);
	return err;
}

static int xnet_get_eeprom_len(struct net_device *dev)
{
	return xnet_eeprom_len(netdev_priv(dev));
}

/* The words that a range of bytes is in. The core has seen to it that the EEPROM has that many. */
struct xnet_eeprom_words {
	unsigned int first;
	unsigned int count;
	u16 data[XNET_EEPROM_WORDS];
};

static int xnet_read_words(struct xnet *xd, const struct ethtool_eeprom *eeprom,
			   struct xnet_eeprom_words *words)
{
	words->first = eeprom->offset / 2;
	words->count = DIV_ROUND_UP(eeprom->offset + eeprom->len, 2) - words->first;
	if (words->count > ARRAY_SIZE(words->data))
		return -EINVAL;
	xnet_eeprom_read(xd, words->first, words->count, words->data);
	return 0;
}

static int xnet_get_eeprom(struct net_device *dev, struct ethtool_eeprom *eeprom, u8 *data)
{
	struct xnet_eeprom_words words;
	unsigned int i;
	int err;

	err = xnet_read_words(netdev_priv(dev), eeprom, &words);
	if (err)
		return err;
	eeprom->magic = XNET_EEPROM_ID_VALUE;
	for (i = 0; i < eeprom->len; i++) {
		unsigned int byte = eeprom->offset + i;

		data[i] = words.data[byte / 2 - words.first] >> (byte % 2 * 8);
	}
	return 0;
}

static int xnet_set_eeprom(struct net_device *dev, struct ethtool_eeprom *eeprom, u8 *data)
{
	struct xnet *xd = netdev_priv(dev);
	struct xnet_eeprom_words words;
	unsigned int i;
	int err;

	if (eeprom->magic != XNET_EEPROM_ID_VALUE) {
		netdev_err(dev, "to write the EEPROM, give the magic number %#x\n",
			   XNET_EEPROM_ID_VALUE);
		return -EINVAL;
	}
	err = xnet_read_words(xd, eeprom, &words);
	if (err)
		return err;
	for (i = 0; i < eeprom->len; i++) {
		unsigned int byte = eeprom->offset + i;
		u16 *word = &words.data[byte / 2 - words.first];

		*word = byte % 2 ? (*word & 0xff) | data[i] << 8 : (*word & 0xff00) | data[i];
	}
	return xnet_eeprom_write(xd, words.first, words.count, words.data);
}

static void xnet_get_ringparam(struct net_device *dev, struct ethtool_ringparam *ring,
			       struct kernel_ethtool_ringparam *kernel_ring,
			       struct netlink_ext_ack *extack)
{
	struct xnet *xd = netdev_priv(dev);

	ring->tx_max_pending = XNET_TX_SIZE;
	ring->tx_pending = XNET_TX_SIZE;
	ring->rx_max_pending = xd->emulated ? XNET_RX_SIZE_MAX : XNET_RX_SIZE_CHIP;
	ring->rx_pending = xd->rx_size;
}

static int xnet_set_ringparam(struct net_device *dev, struct ethtool_ringparam *ring,
			      struct kernel_ethtool_ringparam *kernel_ring,
			      struct netlink_ext_ack *extack)
{
	struct xnet *xd = netdev_priv(dev);

	if (ring->tx_pending != XNET_TX_SIZE) {
		NL_SET_ERR_MSG(extack, "the device has 64 Tx descriptors, no more and no fewer");
		return -EINVAL;
	}
	if (ring->rx_pending < XNET_RX_SIZE_MIN || !is_power_of_2(ring->rx_pending)) {
		NL_SET_ERR_MSG(extack, "the Rx ring must be a power of two, at least 16");
		return -EINVAL;
	}
	return xnet_resize_rx(xd, ring->rx_pending, dev->mtu);
}

static int xnet_get_sset_count(struct net_device *dev, int set)
{
	switch (set) {
	case ETH_SS_STATS:
		return xnet_stats_count();
	case ETH_SS_TEST:
		return xnet_self_test_count();
	default:
		return -EOPNOTSUPP;
	}
}

static void xnet_get_strings(struct net_device *dev, u32 set, u8 *data)
{
	if (set == ETH_SS_STATS)
		xnet_stats_strings(data);
	else if (set == ETH_SS_TEST)
		xnet_self_test_strings(data);
}

static void xnet_get_ethtool_stats(struct net_device *dev, struct ethtool_stats *stats, u64 *data)
{
	xnet_stats_values(netdev_priv(dev), data);
}

static int xnet_get_tunable(struct net_device *dev, const struct ethtool_tunable *tuna, void *data)
{
	struct xnet *xd = netdev_priv(dev);

	if (tuna->id != ETHTOOL_RX_COPYBREAK)
		return -EOPNOTSUPP;
	*(u32 *)data = xd->copybreak;
	return 0;
}

static int xnet_set_tunable(struct net_device *dev, const struct ethtool_tunable *tuna,
			    const void *data)
{
	struct xnet *xd = netdev_priv(dev);
	u32 val;

	if (tuna->id != ETHTOOL_RX_COPYBREAK)
		return -EOPNOTSUPP;
	val = *(const u32 *)data;
	if (val > XNET_RX_BUF_MIN) {
		netdev_err(dev, "rx-copybreak must be 0 to %u\n", XNET_RX_BUF_MIN);
		return -EINVAL;
	}
	WRITE_ONCE(xd->copybreak, val);
	return 0;
}

static int xnet_get_link_ksettings(struct net_device *dev, struct ethtool_link_ksettings *cmd)
{
	struct xnet *xd = netdev_priv(dev);

	spin_lock_bh(&xd->mii_lock);
	mii_ethtool_get_link_ksettings(&xd->mii, cmd);
	spin_unlock_bh(&xd->mii_lock);
	return 0;
}

static int xnet_set_link_ksettings(struct net_device *dev,
				   const struct ethtool_link_ksettings *cmd)
{
	struct xnet *xd = netdev_priv(dev);
	int err;

	spin_lock_bh(&xd->mii_lock);
	err = mii_ethtool_set_link_ksettings(&xd->mii, cmd);
	spin_unlock_bh(&xd->mii_lock);
	return err;
}

const struct ethtool_ops xnet_ethtool_ops = {
	.get_drvinfo = xnet_get_drvinfo,
	.get_regs_len = xnet_get_regs_len,
	.get_regs = xnet_get_regs,
	.get_wol = xnet_ethtool_get_wol,
	.set_wol = xnet_ethtool_set_wol,
	.get_msglevel = xnet_get_msglevel,
	.set_msglevel = xnet_set_msglevel,
	.nway_reset = xnet_nway_reset,
	.get_link = ethtool_op_get_link,
	.get_eeprom_len = xnet_get_eeprom_len,
	.get_eeprom = xnet_get_eeprom,
	.set_eeprom = xnet_set_eeprom,
	.get_pauseparam = xnet_get_pauseparam,
	.get_ringparam = xnet_get_ringparam,
	.set_ringparam = xnet_set_ringparam,
	.self_test = xnet_self_test,
	.get_strings = xnet_get_strings,
	.get_ethtool_stats = xnet_get_ethtool_stats,
	.get_eth_mac_stats = xnet_get_eth_mac_stats,
	.get_sset_count = xnet_get_sset_count,
	.get_ts_info = ethtool_op_get_ts_info,
	.get_tunable = xnet_get_tunable,
	.set_tunable = xnet_set_tunable,
	.get_link_ksettings = xnet_get_link_ksettings,
	.set_link_ksettings = xnet_set_link_ksettings,
};
