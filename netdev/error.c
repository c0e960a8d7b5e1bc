// SPDX-License-Identifier: GPL-2.0-only
/*
 * When the PCI bus fails: its errors are handled on the way that Documentation/PCI describes. The
 * device is always reset, for what it did when the error came cannot be known.
 */
#include <linux/netdevice.h>
#include <linux/pci.h>
#include <linux/rtnetlink.h>

#include "xnet.h"

/* The registers may read as all ones from here on, until the slot was reset. */
static pci_ers_result_t xnet_error_detected(struct pci_dev *pdev, pci_channel_state_t state)
{
	struct xnet *xd = pci_get_drvdata(pdev);

	rtnl_lock();
	if (state == pci_channel_io_perm_failure)
		netif_carrier_off(xd->dev);
	xnet_detach(xd);
	rtnl_unlock();
	return state == pci_channel_io_perm_failure ? PCI_ERS_RESULT_DISCONNECT :
						      PCI_ERS_RESULT_NEED_RESET;
}

static pci_ers_result_t xnet_slot_reset(struct pci_dev *pdev)
{
	struct xnet *xd = pci_get_drvdata(pdev);

	pci_restore_state(pdev);
	pci_save_state(pdev); /* restoring it uses it up */
	if (xnet_hw_reset(xd)) {
		netdev_err(xd->dev, "the device does not come out of reset after a bus error\n");
		return PCI_ERS_RESULT_DISCONNECT;
	}
	return PCI_ERS_RESULT_RECOVERED;
}

static void xnet_error_resume(struct pci_dev *pdev)
{
	rtnl_lock();
	xnet_attach(pci_get_drvdata(pdev));
	rtnl_unlock();
}

const struct pci_error_handlers xnet_err_handlers = {
	.error_detected = xnet_error_detected,
	.slot_reset = xnet_slot_reset,
	.resume = xnet_error_resume,
};
