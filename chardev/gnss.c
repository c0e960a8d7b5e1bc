// SPDX-License-Identifier: GPL-2.0-only
/*
 * xchar_gnss: the receiver of the nmea back end as a device of the kernel's own class gnss,
 * /dev/gnssN, for programs that look for one there. A module of its own, as there are kernels
 * without that class.
 */
#include <linux/err.h>
#include <linux/gnss.h>
#include <linux/kfifo.h>
#include <linux/module.h>

#include "compat.h"
#include "nmea.h"

static unsigned int xchar_gnss_count_lines(const char *text, size_t len)
{
	unsigned int lines = 0;

	while (len--)
		lines += *text++ == '\n';
	return lines;
}

/* All or nothing: what does not fit the core would cut, in the middle of a sentence. */
static unsigned int xchar_gnss_give(void *to, const char *text, size_t len)
{
	struct gnss_device *gdev = to;

	if (kfifo_avail(&gdev->read_fifo) < len)
		return xchar_gnss_count_lines(text, len);
	gnss_insert_raw(gdev, text, len);
	return 0;
}

static int xchar_gnss_open(struct gnss_device *gdev)
{
	xchar_nmea_start(gnss_get_drvdata(gdev));
	return 0;
}

static void xchar_gnss_close(struct gnss_device *gdev)
{
	xchar_nmea_stop(gnss_get_drvdata(gdev));
}

/* As the nmea back end: see there. */
static int xchar_gnss_forget(struct gnss_device *gdev, const unsigned char *buf, size_t count)
{
	return count;
}

static const struct gnss_operations xchar_gnss_ops = {
	.open = xchar_gnss_open,
	.close = xchar_gnss_close,
	.write_raw = xchar_gnss_forget,
};

static struct device *xchar_gnss_create(const struct xchar_setup *setup)
{
	struct gnss_device *gdev;
	int err;

	gdev = gnss_allocate_device(NULL);
	if (!gdev)
		return ERR_PTR(-ENOMEM);
	gdev->type = GNSS_TYPE_NMEA;
	gdev->ops = &xchar_gnss_ops;
	gnss_set_drvdata(gdev, setup->nmea);
	xchar_nmea_turn_on(setup->nmea, xchar_gnss_give, gdev);

	err = gnss_register_device(gdev);
	if (err) {
		xchar_nmea_turn_off(setup->nmea);
		gnss_put_device(gdev);
		return ERR_PTR(err);
	}
	return &gdev->dev;
}

static void xchar_gnss_destroy(struct device *dev)
{
	struct gnss_device *gdev = container_of(dev, struct gnss_device, dev);
	struct xchar_nmea *nmea = gnss_get_drvdata(gdev);

	gnss_deregister_device(gdev);
	xchar_nmea_turn_off(nmea);
	gnss_put_device(gdev);
}

static struct xchar_backend xchar_gnss = {
	.name = "gnss",
	.owner = THIS_MODULE,
	.create = xchar_gnss_create,
	.destroy = xchar_gnss_destroy,
};

static int __init xchar_gnss_init(void)
{
	xchar_backend_register(&xchar_gnss);
	return 0;
}
module_init(xchar_gnss_init);

static void __exit xchar_gnss_exit(void)
{
	xchar_backend_unregister(&xchar_gnss);
}
module_exit(xchar_gnss_exit);

MODULE_DESCRIPTION("xdrv: pretend receivers in the kernel's class gnss");
MODULE_AUTHOR("The xdrv authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(XDRV_VERSION);
MODULE_ALIAS("xchar-backend-gnss");
MODULE_IMPORT_NS(XDRV_NAMESPACE);
