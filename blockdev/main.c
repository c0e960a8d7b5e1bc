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
struct workqueue_struct *xbd_zone_wq;

static void xbd_announce(const struct xbd_config *config, unsigned int nr_devices)
{
	char size[16], queues[24], range[24] = "";

	if (!nr_devices) {
		pr_info("no disk yet; they are made through configfs\n");
		return;
	}
	string_get_size(config->size, 1, STRING_UNITS_2, size, sizeof(size));
	if (nr_devices > 1)
		snprintf(range, sizeof(range), " to xbd%u, each", nr_devices - 1);
	if (config->queue_mode == XBD_MODE_BIO)
		snprintf(queues, sizeof(queues), "no queue");
	else
		snprintf(queues, sizeof(queues), "%u queues",
			 config->submit_queues + config->poll_queues);
	pr_info("xbd0%s %s in blocks of %u bytes, %s\n", range, size, config->blocksize, queues);
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
	xbd_zone_wq = alloc_workqueue("xbd_zone", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	if (!xbd_zone_wq) {
		err = -ENOMEM;
		goto err_destroy_reclaim_wq;
	}

	/* 3. Memory for bios that are held back. */
	err = xbd_faulty_init();
	if (err)
		goto err_destroy_zone_wq;

	/* 4. Disks, and configfs for more of them. */
	xdrv_disk_group_init(&xbd_disks);
	err = xbd_configfs_init(&config, nr_devices);
	if (err)
		goto err_drain_disks;

	xbd_announce(&config, nr_devices);
	return 0;

err_drain_disks:
	xdrv_disk_group_drain(&xbd_disks);
	xbd_faulty_exit();
err_destroy_zone_wq:
	destroy_workqueue(xbd_zone_wq);
err_destroy_reclaim_wq:
	destroy_workqueue(xbd_reclaim_wq);
err_destroy_request_wq:
	destroy_workqueue(xbd_request_wq);
	return err;
}
module_init(xbd_init);

static void __exit xbd_exit(void)
{
	xbd_configfs_exit();
	xdrv_disk_group_drain(&xbd_disks);
	xbd_faulty_exit();
	destroy_workqueue(xbd_zone_wq);
	destroy_workqueue(xbd_reclaim_wq);
	destroy_workqueue(xbd_request_wq);
}
module_exit(xbd_exit);

MODULE_DESCRIPTION("xdrv: multi-queue RAM disk");
MODULE_AUTHOR("The xdrv authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(XDRV_VERSION);
MODULE_IMPORT_NS(XDRV_NAMESPACE);
