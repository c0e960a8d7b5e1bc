// SPDX-License-Identifier: GPL-2.0-only
/*
 * The nmea back end: see nmea.h.
 *
 * What is written to the device is taken and forgotten. gpsd asks every new device what it is, in
 * the languages of a dozen makers. If one of them were answered it would go on in that language;
 * one that keeps silent is a plain NMEA 0183 receiver, and an error would make gpsd complain.
 */
#include <linux/err.h>

#include "compat.h"
#include "nmea.h"

static unsigned int xchar_nmea_give(void *xdev, const char *text, size_t len)
{
	return xchar_insert_lines(xdev, text, len);
}

static int xchar_nmea_open(struct xchar_device *xdev)
{
	xchar_nmea_start(xdev->priv);
	return 0;
}

static void xchar_nmea_release(struct xchar_device *xdev)
{
	xchar_nmea_stop(xdev->priv);
}

static ssize_t xchar_nmea_forget(struct xchar_device *xdev, const u8 *buf, size_t len)
{
	return len;
}

static const struct xchar_ops xchar_nmea_ops = {
	.type = "nmea",
	.lines = true,
	.open = xchar_nmea_open,
	.release = xchar_nmea_release,
	.write = xchar_nmea_forget,
};

static struct device *xchar_nmea_create(const struct xchar_setup *setup)
{
	struct xchar_nmea *nmea = setup->nmea;
	struct xchar_device *xdev;
	int err;

	xdev = xchar_device_alloc(&xchar_nmea_ops, &setup->params, nmea);
	if (IS_ERR(xdev))
		return ERR_CAST(xdev);
	xchar_nmea_turn_on(nmea, xchar_nmea_give, xdev);

	err = xchar_device_register(xdev);
	if (err) {
		xchar_nmea_turn_off(nmea);
		xchar_device_put(xdev);
		return ERR_PTR(err);
	}
	return &xdev->cdev.dev;
}

static void xchar_nmea_destroy(struct device *dev)
{
	struct xchar_device *xdev = xchar_device_of(dev);
	struct xchar_nmea *nmea = xdev->priv;

	xchar_device_unregister(xdev);
	xchar_nmea_turn_off(nmea);
	xchar_device_put(xdev);
}

const struct xchar_backend xchar_nmea = {
	.name = "nmea",
	.create = xchar_nmea_create,
	.destroy = xchar_nmea_destroy,
};
