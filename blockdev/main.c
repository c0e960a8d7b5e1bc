// SPDX-License-Identifier: GPL-2.0-only
/* xbd: RAM disks /dev/xbd0 and on. Loading and unloading. */
#define pr_fmt(fmt) "xbd: " fmt

#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/string_helpers.h>

#include "xbd.h"

#include "compat.h"

struct workqueue_struct *xbd_request_wq;
struct workqueue_struct *xbd_reclaim_wq;

/* Changed by init and exit only. */
static LIST_HEAD(xbd_devices);

static void xbd_destroy_all(void)
{
	struct xbd_device *xbd, *next;

	list_for_each_entry_safe_reverse(xbd, next, &xbd_devices, node) {
		list_del(&xbd->node);
		xbd_device_destroy(xbd);
	}
}

static int xbd_create_all(const struct xbd_config *config, unsigned int nr_devices)
{
	unsigned int i;

	for (i = 0; i < nr_devices; i++) {
		struct xbd_device *xbd = xbd_device_create(config, i);

		if (IS_ERR(xbd)) {
			pr_err("cannot make xbd%u: %pe\n", i, xbd);
			xbd_destroy_all();
			return PTR_ERR(xbd);
		}
		list_add_tail(&xbd->node, &xbd_devices);
	}
	return 0;
}

static void xbd_announce(const struct xbd_config *config, unsigned int nr_devices)
{
	char size[16], range[24] = "";

	string_get_size(config->size, 1, STRING_UNITS_2, size, sizeof(size));
	if (nr_devices > 1)
		snprintf(range, sizeof(range), " to xbd%u, each", nr_devices - 1);
	pr_info("xbd0%s %s in blocks of %u bytes, %u queues\n", range, size, config->blocksize,
		config->submit_queues + config->poll_queues);
}

static int __init xbd_init(void)
{
	struct xbd_config config;
	unsigned int nr_devices;
	int err;

	/* 1. What is wanted. */
	err = xbd_params_check(&config, &nr_devices);
	if (err)
		return err;

	/* 2. Workqueues. Requests may wait for what is done on the second one. */
	xbd_request_wq = alloc_workqueue("xbd", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	if (!xbd_request_wq)
		return -ENOMEM;
	xbd_reclaim_wq = alloc_workqueue("xbd_reclaim", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	if (!xbd_reclaim_wq) {
		err = -ENOMEM;
		goto err_destroy_request_wq;
	}

	/* 3. Disks. */
	xdrv_disk_group_init(&xbd_disks);
	err = xbd_create_all(&config, nr_devices);
	if (err)
		goto err_drain_disks;

	xbd_announce(&config, nr_devices);
	return 0;

err_drain_disks:
	xdrv_disk_group_drain(&xbd_disks);
	destroy_workqueue(xbd_reclaim_wq);
err_destroy_request_wq:
	destroy_workqueue(xbd_request_wq);
	return err;
}
module_init(xbd_init);

static void __exit xbd_exit(void)
{
	xbd_destroy_all();
	xdrv_disk_group_drain(&xbd_disks);
	destroy_workqueue(xbd_reclaim_wq);
	destroy_workqueue(xbd_request_wq);
}
module_exit(xbd_exit);

MODULE_DESCRIPTION("xdrv: multi-queue RAM disk");
MODULE_AUTHOR("The xdrv authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(XDRV_VERSION);
MODULE_IMPORT_NS(XDRV_NAMESPACE);
