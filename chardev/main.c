// SPDX-License-Identifier: GPL-2.0-only
/* xchar: character devices in memory. Loading and unloading. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/list.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/printk.h>

#include <xdrv/param.h>

#include "compat.h"
#include "xchar.h"

static struct xdrv_param xchar_nr_devices = {
	.name = "nr_devices",
	.allowed = "a number from 0 to 1024",
	.max = XCHAR_MAX_DEVICES,
	.value = 1,
};
module_param_cb(nr_devices, &xdrv_param_ops, &xchar_nr_devices, 0444);
__MODULE_PARM_TYPE(nr_devices, "uint");
MODULE_PARM_DESC(nr_devices, "loopback devices to make at load, 0 to 1024 (default 1)");

static struct xdrv_param xchar_buffer_size = {
	.name = "buffer_size",
	.allowed = XCHAR_BUFFER_ALLOWED,
	.kind = XDRV_PARAM_SIZE,
	.min = XCHAR_BUFFER_MIN,
	.max = XCHAR_BUFFER_MAX,
	.value = XCHAR_BUFFER_DEFAULT,
};
module_param_cb(buffer_size, &xdrv_param_ops, &xchar_buffer_size, 0444);
__MODULE_PARM_TYPE(buffer_size, "uint");
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
			pr_err("cannot make device %u of %llu: %pe\n", i + 1,
			       xchar_nr_devices.value, xdev);
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
	err = xdrv_param_check(&xchar_nr_devices) ?: xdrv_param_check(&xchar_buffer_size);
	if (err)
		return err;
	xchar_buffer_size.value = roundup_pow_of_two(xchar_buffer_size.value);

	/* 2. The class, and a directory for the state of its devices. */
	xchar_debugfs_init();
	err = xchar_core_init();
	if (err) {
		pr_err("cannot register the class: %pe\n", ERR_PTR(err));
		goto err_exit_debugfs;
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

	pr_info("%llu loopback device%s of %llu KiB; more through configfs\n",
		xchar_nr_devices.value, xchar_nr_devices.value == 1 ? "" : "s",
		xchar_buffer_size.value / SZ_1K);
	return 0;

err_destroy_devices:
	xchar_destroy_devices();
err_exit_core:
	xchar_core_exit();
err_exit_debugfs:
	xchar_debugfs_exit();
	return err;
}
module_init(xchar_init);

static void __exit xchar_exit(void)
{
	xchar_configfs_exit();
	xchar_destroy_devices();
	xchar_core_exit();
	xchar_debugfs_exit();
}
module_exit(xchar_exit);

MODULE_DESCRIPTION("xdrv: character devices in memory");
MODULE_AUTHOR("The xdrv authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(XDRV_VERSION);
MODULE_IMPORT_NS(XDRV_NAMESPACE);
