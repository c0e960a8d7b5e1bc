// SPDX-License-Identifier: GPL-2.0-only
/* xchar: character devices in memory. Loading and unloading. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include <xdrv/param.h>

#include "compat.h"
#include "nmea.h"
#include "xchar.h"

/* By the value of the parameter backend. */
static const struct xchar_backend *const xchar_backends[] = {
	&xchar_loopback, &xchar_pair, &xchar_nmea, &xchar_mem,
};

/* The devices made at load: as many as were asked for, NULL from the first that was not made. */
static struct xchar_config **xchar_configs;

static void xchar_destroy_devices(void)
{
	unsigned int i, nr = 0;

	/* All at once: one after the other, a thousand devices would take a quarter of a minute. */
	while (nr < xchar_param_nr_devices.value && xchar_configs[nr])
		xchar_config_hangup(xchar_configs[nr++]);

	for (i = nr; i-- > 0;)
		xchar_config_destroy(xchar_configs[i]);
	kvfree(xchar_configs);
}

static int xchar_create_devices(void)
{
	const struct xchar_setup setup = {
		.params.buffer_size = xchar_param_buffer_size.value,
		.params.exclusive = xchar_param_exclusive.value,
		.params.fanout = xchar_param_fanout.value,
		.params.overflow = xchar_param_overflow.value,
		.size_limit = xchar_param_size_limit.value,
	};
	struct xchar_config *cfg;
	unsigned int i;

	xchar_configs = kvcalloc(xchar_param_nr_devices.value, sizeof(*xchar_configs), GFP_KERNEL);
	if (!xchar_configs)
		return -ENOMEM;

	for (i = 0; i < xchar_param_nr_devices.value; i++) {
		cfg = xchar_config_create(xchar_backends[xchar_param_backend.value], &setup);
		if (IS_ERR(cfg)) {
			pr_err("cannot make device %u of %llu: %pe\n", i + 1,
			       xchar_param_nr_devices.value, cfg);
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
	err = xchar_params_check();
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

	pr_info("%llu %s device%s; more of any kind through configfs\n",
		xchar_param_nr_devices.value,
		xchar_param_backend.words[xchar_param_backend.value],
		xchar_param_nr_devices.value == 1 ? "" : "s");
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
