// SPDX-License-Identifier: GPL-2.0-only
/* xchar: character devices in memory. Loading and unloading. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/list.h>
#include <linux/module.h>
#include <linux/printk.h>

#include "compat.h"
#include "param.h"
#include "xchar.h"

static struct xchar_param xchar_nr_devices = {
	.name = "nr_devices",
	.allowed = "a number from 0 to 1024",
	.parse = xchar_parse_count,
	.value = 1,
};
module_param_cb(nr_devices, &xchar_param_ops, &xchar_nr_devices, 0444);
MODULE_PARM_DESC(nr_devices, "loopback devices to make at load, 0 to 1024 (default 1)");

static struct xchar_param xchar_buffer_size = {
	.name = "buffer_size",
	.allowed = "a number of bytes from 4K to 16M",
	.parse = xchar_parse_buffer_size,
	.value = XCHAR_BUFFER_DEFAULT,
};
module_param_cb(buffer_size, &xchar_param_ops, &xchar_buffer_size, 0444);
MODULE_PARM_DESC(buffer_size, "bytes that a device made at load can hold, 4K to 16M, rounded up to a power of two (default 64K)");

/* The devices made at load. */
static LIST_HEAD(xchar_devices);

static void xchar_destroy_devices(void)
{
	struct xchar_device *xdev, *next;

	/* All at once: one after the other, a thousand devices would take a quarter of a minute. */
	list_for_each_entry(xdev, &xchar_devices, node)
		xdrv_cdev_hangup(&xdev->cdev);

	list_for_each_entry_safe_reverse(xdev, next, &xchar_devices, node) {
		list_del(&xdev->node);
		xchar_loopback.destroy(xdev);
	}
}

static int xchar_create_devices(void)
{
	const struct xchar_params params = { .buffer_size = xchar_buffer_size.value };
	struct xchar_device *xdev;
	unsigned int i;

	for (i = 0; i < xchar_nr_devices.value; i++) {
		xdev = xchar_loopback.create(&params);
		if (IS_ERR(xdev)) {
			pr_err("cannot make device %u of %u: %pe\n", i + 1, xchar_nr_devices.value,
			       xdev);
			xchar_destroy_devices();
			return PTR_ERR(xdev);
		}
		list_add_tail(&xdev->node, &xchar_devices);
	}
	return 0;
}

static int __init xchar_init(void)
{
	int err;

	/* 1. The parameters. */
	err = xchar_param_check(&xchar_nr_devices) ?: xchar_param_check(&xchar_buffer_size);
	if (err)
		return err;

	/* 2. The class. */
	err = xchar_core_init();
	if (err) {
		pr_err("cannot register the class: %pe\n", ERR_PTR(err));
		return err;
	}

	/* 3. The devices asked for. */
	err = xchar_create_devices();
	if (err)
		goto err_exit_core;

	/* 4. configfs, for more of them. */
	err = xchar_configfs_init();
	if (err) {
		pr_err("cannot register with configfs: %pe\n", ERR_PTR(err));
		goto err_destroy_devices;
	}

	pr_info("%u loopback device%s of %u KiB; more through configfs\n", xchar_nr_devices.value,
		xchar_nr_devices.value == 1 ? "" : "s", xchar_buffer_size.value / SZ_1K);
	return 0;

err_destroy_devices:
	xchar_destroy_devices();
err_exit_core:
	xchar_core_exit();
	return err;
}
module_init(xchar_init);

static void __exit xchar_exit(void)
{
	xchar_configfs_exit();
	xchar_destroy_devices();
	xchar_core_exit();
}
module_exit(xchar_exit);

MODULE_DESCRIPTION("xdrv: character devices in memory");
MODULE_AUTHOR("The xdrv authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(XDRV_VERSION);
MODULE_IMPORT_NS(XDRV_NAMESPACE);
