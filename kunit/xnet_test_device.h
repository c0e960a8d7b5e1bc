/* SPDX-License-Identifier: GPL-2.0-only */
/* A real 8139C+, one that xnet has probed, for the KUnit tests: QEMU's in the x86_64 run. */
#ifndef XNET_TEST_DEVICE_H
#define XNET_TEST_DEVICE_H

#include <kunit/test.h>
#include <linux/netdevice.h>
#include <linux/pci.h>
#include <linux/rtnetlink.h>

#include "../netdev/xnet.h"

/**
 * struct xnet_test_device - the device
 * @pdev: on its bus
 * @dev: its interface
 * @xd: the driver's part
 */
struct xnet_test_device {
	struct pci_dev *pdev;
	struct net_device *dev;
	struct xnet *xd;
};

static inline void xnet_test_pci_put(void *pdev)
{
	pci_dev_put(pdev);
}

static inline void xnet_test_find(struct kunit *test, struct xnet_test_device *t)
{
	t->pdev = pci_get_device(PCI_VENDOR_ID_REALTEK, PCI_DEVICE_ID_REALTEK_8139, NULL);
	if (!t->pdev)
		kunit_skip(test, "no 8139C+ in this machine");
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, xnet_test_pci_put, t->pdev), 0);
	KUNIT_ASSERT_NOT_NULL(test, t->pdev->dev.driver);
	KUNIT_ASSERT_STREQ(test, t->pdev->dev.driver->name, "xnet");
	t->xd = pci_get_drvdata(t->pdev);
	t->dev = t->xd->dev;
}

static inline void xnet_test_close(void *data)
{
	struct xnet_test_device *t = data;

	rtnl_lock();
	dev_close(t->dev);
	rtnl_unlock();
}

/* Without GRO, so that what is received is seen as it came. */
static inline void xnet_test_open(struct kunit *test, struct xnet_test_device *t)
{
	int err;

	rtnl_lock();
	t->dev->wanted_features &= ~NETIF_F_GRO;
	netdev_update_features(t->dev);
	err = dev_open(t->dev, NULL);
	rtnl_unlock();
	KUNIT_ASSERT_EQ(test, err, 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, xnet_test_close, t), 0);
}

#endif /* XNET_TEST_DEVICE_H */
