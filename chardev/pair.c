// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pair back end: a null modem. What is written to either of two devices can be read from the
 * other. Each direction has a fifo of its own, with the end-of-file rule of one: who reads sees
 * the end when nobody has the other device open for writing any more.
 *
 * Both devices come and go together, so neither ever writes to one that is gone.
 */
#include <linux/err.h>

#include "xchar.h"

static const struct xchar_ops xchar_pair_ops = {
	.type = "pair",
};

static struct xchar_device *xchar_pair_alloc(const struct xchar_setup *setup)
{
	struct xchar_device *xdev, *peer;

	xdev = xchar_device_alloc(&xchar_pair_ops, &setup->params, NULL);
	if (IS_ERR(xdev))
		return xdev;
	peer = xchar_device_alloc(&xchar_pair_ops, &setup->params, NULL);
	if (IS_ERR(peer)) {
		xchar_device_put(xdev);
		return peer;
	}

	peer->side = "-peer";
	xdev->peer = peer;
	peer->peer = xdev;
	xchar_device_connect(xdev, peer);
	xchar_device_connect(peer, xdev);
	return xdev;
}

static void xchar_pair_put(struct xchar_device *xdev)
{
	xchar_device_put(xdev->peer);
	xchar_device_put(xdev);
}

static struct device *xchar_pair_create(const struct xchar_setup *setup)
{
	struct xchar_device *xdev = xchar_pair_alloc(setup);
	int err;

	if (IS_ERR(xdev))
		return ERR_CAST(xdev);

	err = xchar_device_register(xdev);
	if (err)
		goto err_put;
	err = xchar_device_register(xdev->peer);
	if (err)
		goto err_unregister;
	return &xdev->cdev.dev;

err_unregister:
	xchar_device_unregister(xdev);
err_put:
	xchar_pair_put(xdev);
	return ERR_PTR(err);
}

static void xchar_pair_destroy(struct device *dev)
{
	struct xchar_device *xdev = xchar_device_of(dev);

	/* Both at once: nobody is to wait for the answer of a side that is going. */
	xdrv_cdev_hangup(&xdev->cdev);
	xdrv_cdev_hangup(&xdev->peer->cdev);
	xchar_device_unregister(xdev->peer);
	xchar_device_unregister(xdev);
	xchar_pair_put(xdev);
}

const struct xchar_backend xchar_pair = {
	.name = "pair",
	.create = xchar_pair_create,
	.destroy = xchar_pair_destroy,
};
