// SPDX-License-Identifier: GPL-2.0-only
/* xchar: character devices in memory. Loading and unloading. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/log2.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include <xdrv/param.h>

#include "compat.h"
#include "nmea.h"
#include "xchar.h"

static struct xdrv_param xchar_nr_devices = {
	.name = "nr_devices",
	.allowed = "a number from 0 to 1024",
	.max = XCHAR_MAX_DEVICES,
	.value = 1,
};
module_param_cb(nr_devices, &xdrv_param_ops, &xchar_nr_devices, 0444);
__MODULE_PARM_TYPE(nr_devices, "uint");
MODULE_PARM_DESC(nr_devices, "devices to make at load, 0 to 1024 (default 1)");

/* None that is added by a module: that would have to be loaded before, and after this one. */
static const char *const xchar_backend_names[] = { "loopback", "pair", "nmea", "mem" };
static const struct xchar_backend *const xchar_backends[] = {
	&xchar_loopback, &xchar_pair, &xchar_nmea, &xchar_mem,
};

static struct xdrv_param xchar_backend = {
	.name = "backend",
	.allowed = XCHAR_BACKEND_ALLOWED,
	.kind = XDRV_PARAM_WORD,
	.words = xchar_backend_names,
	.max = ARRAY_SIZE(xchar_backend_names) - 1,
};
module_param_cb(backend, &xdrv_param_ops, &xchar_backend, 0444);
__MODULE_PARM_TYPE(backend, "charp");
MODULE_PARM_DESC(backend, "what they are: loopback (default), pair, nmea or mem");

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
MODULE_PARM_DESC(buffer_size, "bytes that each can hold, 4K to 16M, rounded up to a power of two (default 64K)");

static struct xdrv_param xchar_size_limit = {
	.name = "size_limit",
	.allowed = XCHAR_SIZE_LIMIT_ALLOWED,
	.kind = XDRV_PARAM_SIZE,
	.min = XCHAR_SIZE_LIMIT_MIN,
	.max = XCHAR_SIZE_LIMIT_MAX,
	.value = XCHAR_SIZE_LIMIT_DEFAULT,
};
module_param_cb(size_limit, &xdrv_param_ops, &xchar_size_limit, 0444);
__MODULE_PARM_TYPE(size_limit, "ullong");
MODULE_PARM_DESC(size_limit, "bytes that each can come to have if it is mem, 4K to 1T (default 64M)");

static struct xdrv_param xchar_fanout = {
	.name = "fanout",
	.allowed = XCHAR_FANOUT_ALLOWED,
	.kind = XDRV_PARAM_WORD,
	.words = xchar_fanout_names,
	.max = XCHAR_NR_FANOUTS - 1,
};
module_param_cb(fanout, &xdrv_param_ops, &xchar_fanout, 0444);
__MODULE_PARM_TYPE(fanout, "charp");
MODULE_PARM_DESC(fanout, "who gets what can be read: shared (default), or all everything");

static struct xdrv_param xchar_overflow = {
	.name = "overflow",
	.allowed = XCHAR_OVERFLOW_ALLOWED,
	.kind = XDRV_PARAM_WORD,
	.words = xchar_overflow_names,
	.max = XCHAR_NR_OVERFLOWS - 1,
};
module_param_cb(overflow, &xdrv_param_ops, &xchar_overflow, 0444);
__MODULE_PARM_TYPE(overflow, "charp");
MODULE_PARM_DESC(overflow, "when there is no space: block (default), drop-newest or drop-oldest");

static struct xdrv_param xchar_exclusive = {
	.name = "exclusive",
	.allowed = "y or n",
	.kind = XDRV_PARAM_BOOL,
	.max = 1,
};
module_param_cb(exclusive, &xdrv_param_ops, &xchar_exclusive, 0444);
__MODULE_PARM_TYPE(exclusive, "bool");
MODULE_PARM_DESC(exclusive, "one file at a time may have each open (default n)");

static struct xdrv_param *const xchar_params[] = {
	&xchar_nr_devices,
	&xchar_backend,
	&xchar_buffer_size,
	&xchar_size_limit,
	&xchar_fanout,
	&xchar_overflow,
	&xchar_exclusive,
};

/* The devices made at load: as many as were asked for, NULL from the first that was not made. */
static struct xchar_config **xchar_configs;

static int xchar_check_params(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(xchar_params); i++) {
		err = xdrv_param_check(xchar_params[i]);
		if (err)
			return err;
	}
	xchar_buffer_size.value = roundup_pow_of_two(xchar_buffer_size.value);
	return 0;
}

static void xchar_destroy_devices(void)
{
	unsigned int i, nr = 0;

	/* All at once: one after the other, a thousand devices would take a quarter of a minute. */
	while (nr < xchar_nr_devices.value && xchar_configs[nr])
		xchar_config_hangup(xchar_configs[nr++]);

	for (i = nr; i-- > 0;)
		xchar_config_destroy(xchar_configs[i]);
	kvfree(xchar_configs);
}

static int xchar_create_devices(void)
{
	const struct xchar_setup setup = {
		.params.buffer_size = xchar_buffer_size.value,
		.params.exclusive = xchar_exclusive.value,
		.params.fanout = xchar_fanout.value,
		.params.overflow = xchar_overflow.value,
		.size_limit = xchar_size_limit.value,
	};
	struct xchar_config *cfg;
	unsigned int i;

	xchar_configs = kvcalloc(xchar_nr_devices.value, sizeof(*xchar_configs), GFP_KERNEL);
	if (!xchar_configs)
		return -ENOMEM;

	for (i = 0; i < xchar_nr_devices.value; i++) {
		cfg = xchar_config_create(xchar_backends[xchar_backend.value], &setup);
		if (IS_ERR(cfg)) {
			pr_err("cannot make device %u of %llu: %pe\n", i + 1,
			       xchar_nr_devices.value, cfg);
			xchar_destroy_devices();
			return PTR_ERR(cfg);
		}
		xchar_configs[i] = cfg;
	}
	return 0;
}

static int __init xchar_init(void)
{
	int err;

	/* 1. The parameters. */
	err = xchar_check_params();
	if (err)
		return err;

	/* 2. The class, and a directory for the state of its devices. */
	xchar_debugfs_init();
	err = xchar_core_init();
	if (err) {
		pr_err("cannot register the class: %pe\n", ERR_PTR(err));
		goto err_exit_debugfs;
	}

	/* 3. configfs, where devices are described. */
	err = xchar_configfs_init();
	if (err) {
		pr_err("cannot register with configfs: %pe\n", ERR_PTR(err));
		goto err_exit_core;
	}

	/* 4. The devices asked for. Users can make more when all of them are there. */
	err = xchar_create_devices();
	if (err)
		goto err_exit_configfs;
	xchar_configfs_open();

	pr_info("%llu %s device%s; more of any kind through configfs\n", xchar_nr_devices.value,
		xchar_backend_names[xchar_backend.value],
		xchar_nr_devices.value == 1 ? "" : "s");
	return 0;

err_exit_configfs:
	xchar_configfs_exit();
err_exit_core:
	xchar_core_exit();
err_exit_debugfs:
	xchar_debugfs_exit();
	return err;
}
module_init(xchar_init);

static void __exit xchar_exit(void)
{
	xchar_destroy_devices();
	xchar_configfs_exit();
	xchar_core_exit();
	xchar_debugfs_exit();
}
module_exit(xchar_exit);

MODULE_DESCRIPTION("xdrv: character devices in memory");
MODULE_AUTHOR("The xdrv authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(XDRV_VERSION);
MODULE_IMPORT_NS(XDRV_NAMESPACE);
