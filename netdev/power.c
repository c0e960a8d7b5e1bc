// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sleep, shutdown and what wakes the machine. While it sleeps the chip may have no power: it is
 * stopped as if the interface went down, with clean rings, and started from reset again.
 */
#include <linux/ethtool.h>
#include <linux/netdevice.h>
#include <linux/pci.h>
#include <linux/pm.h>
#include <linux/rtnetlink.h>

#include "xnet.h"

/* Whether the bus can be told of what the chip sees while it sleeps. */
bool xnet_can_wake(const struct xnet *xd)
{
	return device_can_wakeup(&xd->pdev->dev);
}

/* What the EEPROM or the firmware has asked for holds until something else is set. */
void xnet_init_wol(struct xnet *xd)
{
	if (!xnet_can_wake(xd))
		return;
	xd->wolopts = xnet_hw_get_wol(xd);
	device_set_wakeup_enable(&xd->pdev->dev, xd->wolopts);
}

int xnet_set_wol(struct xnet *xd, u32 wolopts)
{
	if (!xnet_can_wake(xd))
		return -EOPNOTSUPP;
	if (wolopts & ~XNET_WAKE_ALL)
		return -EINVAL;
	xd->wolopts = wolopts;
	xnet_hw_set_wol(xd, wolopts);
	device_set_wakeup_enable(&xd->pdev->dev, wolopts);
	return 0;
}

static void xnet_quiesce(struct xnet *xd)
{
	rtnl_lock();
	xnet_detach(xd);
	if (xd->wolopts) {
		/* The reset may have cleared it, and what a frame that wakes has to pass. */
		xnet_hw_set_wol(xd, xd->wolopts);
		xnet_hw_set_mac(xd);
		xnet_restore_rx_mode(xd);
	}
	rtnl_unlock();
}

static int xnet_suspend(struct device *dev)
{
	xnet_quiesce(dev_get_drvdata(dev));
	return 0;
}

static int xnet_resume(struct device *dev)
{
	int err;

	/* The PCI core has used up what probe() saved for xnet_slot_reset(). */
	pci_save_state(to_pci_dev(dev));
	rtnl_lock();
	err = xnet_attach(dev_get_drvdata(dev));
	rtnl_unlock();
	return err;
}

const struct dev_pm_ops xnet_pm_ops = {
	SYSTEM_SLEEP_PM_OPS(xnet_suspend, xnet_resume)
};

/* No more DMA from here on, for the next kernel may use the memory; and off, if all is. */
void xnet_shutdown(struct pci_dev *pdev)
{
	xnet_quiesce(pci_get_drvdata(pdev));

	if (system_state == SYSTEM_POWER_OFF && pdev->pm_cap) {
		pci_wake_from_d3(pdev, device_may_wakeup(&pdev->dev));
		pci_set_power_state(pdev, PCI_D3hot);
	}
}
