// SPDX-License-Identifier: GPL-2.0-only
/* xnet: driver for the RealTek RTL-8139C+, and for QEMU's "-device rtl8139". */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/devm-helpers.h>
#include <linux/dma-mapping.h>
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/pci.h>
#include <linux/pm.h>
#include <linux/rtnetlink.h>

#include "compat_net.h"
#include "xnet.h"

#define XNET_REVISION_CPLUS	0x20 /* those below are 8139 to 8139C, which 8139too drives */
#define XNET_BAR		1 /* memory; 0 is the same in I/O ports */
#define XNET_TX_TIMEOUT		(5 * HZ)
#define XNET_MSG_DEFAULT	(NETIF_MSG_DRV | NETIF_MSG_PROBE | NETIF_MSG_LINK)

#define XNET_DEBUG_MAX		16

static int xnet_debug = -1;

static int xnet_set_debug(const char *val, const struct kernel_param *kp)
{
	int debug;

	if (kstrtoint(val, 0, &debug) || debug < -1 || debug > XNET_DEBUG_MAX) {
		pr_err("debug=%s: must be a number of message types, 0 to %d, or -1\n", val,
		       XNET_DEBUG_MAX);
		return -EINVAL;
	}
	xnet_debug = debug;
	return 0;
}

static const struct kernel_param_ops xnet_debug_ops = {
	.set = xnet_set_debug,
	.get = param_get_int,
};
module_param_cb(debug, &xnet_debug_ops, &xnet_debug, 0444);
__MODULE_PARM_TYPE(debug, "int"); /* as module_param() would say */
MODULE_PARM_DESC(debug, "how many types of messages to log, 0 to 16; -1: drv, probe and link");

void xnet_schedule_reset(struct xnet *xd)
{
	schedule_work(&xd->reset_work);
}

/* Tell the stack, and whoever asks it, which NAPI serves the queues; with NULL, that none does. */
static void xnet_set_queue_napi(struct xnet *xd, struct napi_struct *napi)
{
	netif_queue_set_napi(xd->dev, 0, NETDEV_QUEUE_TYPE_RX, napi);
	netif_queue_set_napi(xd->dev, 0, NETDEV_QUEUE_TYPE_TX, napi);
}

/* The rings are allocated and clean. The reverse of xnet_down(). */
int xnet_up(struct xnet *xd)
{
	int err;

	ASSERT_RTNL();
	/* 1. The device. */
	err = xnet_hw_reset(xd);
	if (err) {
		netdev_err(xd->dev, "the device does not come out of reset: %pe\n", ERR_PTR(err));
		return err;
	}
	xd->gone = false;
	xnet_hw_start(xd);
	xnet_forget_missed(xd);
	xnet_read_tallies(xd, false);
	xnet_restore_phy(xd);

	/* 2. Interrupts and polling. */
	napi_enable(&xd->napi);
	xnet_set_queue_napi(xd, &xd->napi);
	xnet_irq_enable(xd);

	/* 3. What the stack sees. */
	WRITE_ONCE(xd->up, true);
	xnet_check_link(xd);
	xnet_restore_rx_mode(xd);
	netif_trans_update(xd->dev);
	netif_wake_queue(xd->dev);
	return 0;
}

/* When it returns, neither the device nor anyone else uses the rings, which are clean again. */
void xnet_down(struct xnet *xd)
{
	ASSERT_RTNL();
	if (!xd->up)
		return;
	WRITE_ONCE(xd->up, false);

	/* 2. The poll wakes the Tx queue, so it has to end before that is stopped. */
	xnet_irq_disable(xd);
	xnet_set_queue_napi(xd, NULL);
	napi_disable(&xd->napi);
	netif_tx_disable(xd->dev);

	/* 1. */
	xnet_fold_missed(xd);
	xnet_read_tallies(xd, true);
	xnet_hw_stop(xd);
	xnet_tx_ring_clean(xd);
	xnet_rx_ring_rewind(xd);
}

/* What an interface that is open has and a closed one does not. */
int xnet_claim(struct xnet *xd)
{
	int err;

	err = xnet_rx_ring_alloc(xd, &xd->rx.ring, xd->rx_size, xnet_rx_buf_len(xd->dev->mtu));
	if (err)
		return err;
	err = request_irq(xd->irq, xnet_interrupt, IRQF_SHARED, xd->dev->name, xd);
	if (err)
		xnet_rx_ring_free(xd, &xd->rx.ring);
	return err;
}

void xnet_unclaim(struct xnet *xd)
{
	free_irq(xd->irq, xd);
	xnet_rx_ring_free(xd, &xd->rx.ring);
}

/* The stack leaves the device alone from now on, also the work that resets it. */
void xnet_detach(struct xnet *xd)
{
	ASSERT_RTNL();
	netif_device_detach(xd->dev);
	xnet_down(xd);
}

/*
 * If the device does not start, the stack's watchdog asks for another try. To attach wakes the
 * queue, so that frames may have come that nobody else would take out of the ring again.
 */
int xnet_attach(struct xnet *xd)
{
	int err = netif_running(xd->dev) ? xnet_up(xd) : 0;

	netif_device_attach(xd->dev);
	if (err) {
		netif_tx_disable(xd->dev);
		xnet_tx_ring_clean(xd);
	}
	return err;
}

static int xnet_open(struct net_device *dev)
{
	struct xnet *xd = netdev_priv(dev);
	int err;

	err = xnet_claim(xd);
	if (err)
		return err;
	err = xnet_up(xd);
	if (err)
		xnet_unclaim(xd);
	return err;
}

static int xnet_stop(struct net_device *dev)
{
	struct xnet *xd = netdev_priv(dev);

	xnet_down(xd);
	netif_carrier_off(dev);
	xnet_unclaim(xd);
	return 0;
}

/* Nothing has changed if there is no memory for the new ring, or the device does not restart. */
int xnet_resize_rx(struct xnet *xd, u32 size, unsigned int mtu)
{
	u32 buf_len = xnet_rx_buf_len(mtu);
	struct xnet_rx_ring ring;
	int err = 0;

	ASSERT_RTNL();
	if (netif_running(xd->dev) &&
	    (xd->rx.ring.size != size || xd->rx.ring.buf_len != buf_len ||
	     !!xd->rx.ring.pool != xd->rx_pool)) {
		err = xnet_rx_ring_alloc(xd, &ring, size, buf_len);
		if (err)
			return err;
		xnet_down(xd);
		swap(xd->rx.ring, ring);
		err = xnet_up(xd);
		if (err)
			swap(xd->rx.ring, ring);
		xnet_rx_ring_free(xd, &ring);
	}
	if (!err)
		xd->rx_size = size;
	return err;
}

static int xnet_change_mtu(struct net_device *dev, int mtu)
{
	struct xnet *xd = netdev_priv(dev);
	int err;

	if (xd->xdp_prog && mtu > XNET_XDP_MAX_MTU) {
		netdev_err(dev, "with an XDP program the MTU can be at most %u; detach it first\n",
			   XNET_XDP_MAX_MTU);
		return -EINVAL;
	}
	err = xnet_resize_rx(xd, xd->rx_size, mtu);
	if (!err)
		WRITE_ONCE(dev->mtu, mtu);
	return err;
}

static int xnet_set_mac_address(struct net_device *dev, void *addr)
{
	struct xnet *xd = netdev_priv(dev);
	int err = eth_mac_addr(dev, addr);

	if (!err && xd->up)
		xnet_hw_set_mac(xd);
	return err;
}

/* What reads as all ones was pulled out or has lost its power: nobody is to wait for it. */
static void xnet_give_up(struct xnet *xd)
{
	netdev_err(xd->dev, "the device is gone; when it is back, unbind the driver and bind it\n");
	xd->gone = true;
	netif_carrier_off(xd->dev);
	xnet_detach(xd);
}

/* It waits for RTNL, so it may only be cancelled without that: see where it is set up. */
static void xnet_reset_work(struct work_struct *work)
{
	struct xnet *xd = container_of(work, struct xnet, reset_work);

	rtnl_lock();
	/* Also if the last reset failed: the watchdog asks for another try. */
	if (netif_running(xd->dev) && netif_device_present(xd->dev)) {
		if (xnet_hw_is_gone(xd)) {
			xnet_give_up(xd);
		} else {
			xnet_down(xd);
			xnet_up(xd);
		}
	}
	rtnl_unlock();
}

static const struct net_device_ops xnet_netdev_ops = {
	.ndo_open = xnet_open,
	.ndo_stop = xnet_stop,
	.ndo_start_xmit = xnet_start_xmit,
	.ndo_features_check = xnet_features_check,
	.ndo_fix_features = xnet_fix_features,
	.ndo_set_features = xnet_set_features,
	.ndo_set_rx_mode = xnet_set_rx_mode,
	.ndo_set_mac_address = xnet_set_mac_address,
	.ndo_validate_addr = eth_validate_addr,
	.ndo_change_mtu = xnet_change_mtu,
	.ndo_tx_timeout = xnet_tx_timeout,
	.ndo_get_stats64 = xnet_get_stats64,
	.ndo_eth_ioctl = xnet_eth_ioctl,
	.ndo_bpf = xnet_bpf,
	.ndo_xdp_xmit = xnet_xdp_xmit,
};

static int xnet_check_revision(struct pci_dev *pdev)
{
	if (pdev->revision >= XNET_REVISION_CPLUS)
		return 0;
	dev_info(&pdev->dev, "revision %02x is not an 8139C+; use the 8139too driver for it\n",
		 pdev->revision);
	return -ENODEV;
}

static int xnet_init_pci(struct xnet *xd)
{
	struct pci_dev *pdev = xd->pdev;
	struct device *dev = &pdev->dev;
	int err;

	err = pcim_enable_device(pdev);
	if (err)
		return dev_err_probe(dev, err, "cannot enable the device\n");
	if (!(pci_resource_flags(pdev, XNET_BAR) & IORESOURCE_MEM) ||
	    pci_resource_len(pdev, XNET_BAR) < XNET_REGS_LEN)
		return dev_err_probe(dev, -ENODEV, "BAR %d is not %d bytes of memory\n", XNET_BAR,
				     XNET_REGS_LEN);
	xd->regs = pcim_iomap_region(pdev, XNET_BAR, KBUILD_MODNAME);
	if (IS_ERR(xd->regs))
		return dev_err_probe(dev, PTR_ERR(xd->regs), "cannot map the registers\n");

	xd->dac = !dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));
	if (!xd->dac) {
		err = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(32));
		if (err)
			return dev_err_probe(dev, err, "no usable DMA addresses\n");
	}

	err = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_MSI | PCI_IRQ_INTX);
	if (err < 0)
		return dev_err_probe(dev, err, "no interrupt\n");
	xd->irq = pci_irq_vector(pdev, 0);
	return 0;
}

/* The EEPROM has the card's own address; in IDR may be what another driver set. */
static void xnet_init_mac(struct xnet *xd)
{
	u8 addr[ETH_ALEN];

	if (!xnet_eeprom_read_mac(xd, addr))
		xnet_hw_read_mac(xd, addr);
	if (is_valid_ether_addr(addr)) {
		eth_hw_addr_set(xd->dev, addr);
		return;
	}
	eth_hw_addr_random(xd->dev);
	dev_warn(&xd->pdev->dev, "no valid address in the EEPROM, using a random one: %pM\n",
		 xd->dev->dev_addr);
}

static void xnet_init_netdev(struct xnet *xd)
{
	struct net_device *dev = xd->dev;

	dev->netdev_ops = &xnet_netdev_ops;
	dev->ethtool_ops = &xnet_ethtool_ops;
	dev->watchdog_timeo = XNET_TX_TIMEOUT;
	dev->priv_flags |= IFF_LIVE_ADDR_CHANGE;
	dev->max_mtu = xd->emulated ? XNET_MAX_MTU_EMULATED :
				      XNET_MAX_FRAME_CHIP - XNET_FRAME_OVERHEAD;
	if (xd->dac)
		dev->features |= NETIF_F_HIGHDMA;
	xnet_init_features(xd);
	netif_napi_add(dev, &xd->napi, xnet_poll);
	netif_napi_set_irq(&xd->napi, xd->irq);
	netif_carrier_off(dev);
}

static struct xnet *xnet_alloc(struct pci_dev *pdev)
{
	struct net_device *dev = devm_alloc_etherdev(&pdev->dev, sizeof(struct xnet));
	struct xnet *xd;

	if (!dev)
		return NULL;
	SET_NETDEV_DEV(dev, &pdev->dev);
	xd = netdev_priv(dev);
	xd->dev = dev;
	xd->pdev = pdev;
	xd->emulated = pdev->subsystem_vendor == PCI_SUBVENDOR_ID_REDHAT_QUMRANET &&
		       pdev->subsystem_device == PCI_SUBDEVICE_ID_QEMU;
	xd->rx_size = xd->emulated ? XNET_RX_SIZE_EMULATED : XNET_RX_SIZE_CHIP;
	xd->copybreak = XNET_COPYBREAK;
	xd->msg_enable = netif_msg_init(xnet_debug, XNET_MSG_DEFAULT);
	spin_lock_init(&xd->irq_lock);
	xnet_init_stats(xd);
	xnet_init_mii(xd);
	return xd;
}

/* All is given back in reverse order when the driver is unbound; there is no remove function. */
static int xnet_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct xnet *xd;
	int err;

	/* 1. Is it ours? */
	err = xnet_check_revision(pdev);
	if (err)
		return err;

	/* 2. Memory. */
	xd = xnet_alloc(pdev);
	if (!xd)
		return -ENOMEM;
	pci_set_drvdata(pdev, xd);

	/* 3. The device, and quiet. */
	err = xnet_init_pci(xd);
	if (err)
		return err;
	err = xnet_hw_reset(xd);
	if (err)
		return dev_err_probe(&pdev->dev, err, "the device does not come out of reset\n");
	pci_set_master(pdev); /* now it has no addresses left that somebody else gave it */
	err = xnet_tx_ring_alloc(xd);
	if (err)
		return err;
	xnet_init_eeprom(xd);
	xnet_init_mac(xd);
	xnet_init_wol(xd);

	/* 4. The interface. The work comes first, so that it is cancelled after unregistering. */
	err = devm_work_autocancel(&pdev->dev, &xd->reset_work, xnet_reset_work);
	if (err)
		return err;
	xnet_init_netdev(xd);
	xnet_debugfs_add(xd);
	err = devm_register_netdev(&pdev->dev, xd->dev);
	if (err)
		return dev_err_probe(&pdev->dev, err, "cannot register the interface\n");
	pci_save_state(pdev); /* for xnet_slot_reset() */

	netif_info(xd, probe, xd->dev, "RTL-8139C+%s at %s, %pM, irq %d\n",
		   xd->emulated ? " (emulated)" : "", pci_name(pdev), xd->dev->dev_addr, xd->irq);
	return 0;
}

static const struct pci_device_id xnet_pci_ids[] = {
	{ PCI_VDEVICE(REALTEK, PCI_DEVICE_ID_REALTEK_8139) },
	{}
};
MODULE_DEVICE_TABLE(pci, xnet_pci_ids);

static struct pci_driver xnet_driver = {
	.name = KBUILD_MODNAME,
	.id_table = xnet_pci_ids,
	.probe = xnet_probe,
	.shutdown = xnet_shutdown,
	.err_handler = &xnet_err_handlers,
	.driver.pm = pm_sleep_ptr(&xnet_pm_ops),
};

static int __init xnet_init(void)
{
	int err;

	xnet_debugfs_init();
	err = pci_register_driver(&xnet_driver);
	if (err)
		xnet_debugfs_exit();
	return err;
}
module_init(xnet_init);

static void __exit xnet_exit(void)
{
	pci_unregister_driver(&xnet_driver);
	xnet_debugfs_exit();
}
module_exit(xnet_exit);

MODULE_DESCRIPTION("RealTek RTL-8139C+ Ethernet driver");
MODULE_AUTHOR("The xdrv authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(XDRV_VERSION);
MODULE_IMPORT_NS(XDRV_NAMESPACE);
