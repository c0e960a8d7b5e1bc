// SPDX-License-Identifier: GPL-2.0-only
/* The loopback back end: what is written to a device can be read from it. */
#include <linux/err.h>

#include "xchar.h"

static const struct xchar_ops xchar_loopback_ops = {
	.type = "loopback",
};

static struct device *xchar_loopback_create(const struct xchar_setup *setup)
{
	struct xchar_device *xdev;
	int err;

	xdev = xchar_device_alloc(&xchar_loopback_ops, &setup->params, NULL);
	if (IS_ERR(xdev))
		return ERR_CAST(xdev);
	xchar_device_connect(xdev, xdev);

	err = xchar_device_register(xdev);
	if (err) {
		xchar_device_put(xdev);
		return ERR_PTR(err);
	}
	return &xdev->cdev.dev;
}

static void xchar_loopback_destroy(struct device *dev)
{
	struct xchar_device *xdev = xchar_device_of(dev);

	xchar_device_unregister(xdev);
	xchar_device_put(xdev);
}

const struct xchar_backend xchar_loopback = {
	.name = "loopback",
	.create = xchar_loopback_create,
	.destroy = xchar_loopback_destroy,
};
