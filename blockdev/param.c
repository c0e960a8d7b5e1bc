// SPDX-License-Identifier: GPL-2.0-only
/* Module parameters. */
#define pr_fmt(fmt) "xbd: " fmt

#include <linux/cpumask.h>
#include <linux/sizes.h>

#include <xdrv/param.h>

#include "xbd.h"

static struct xdrv_param xbd_param_size = {
	.name = "size",
	.allowed = "bytes, or a number with K, M, G, T, P or E, from 4K to 4E",
	.kind = XDRV_PARAM_SIZE,
	.min = PAGE_SIZE,
	.max = XBD_STORE_MAX_SIZE,
	.value = SZ_256M,
};
module_param_cb(size, &xdrv_param_ops, &xbd_param_size, 0444);
__MODULE_PARM_TYPE(size, "ullong");
MODULE_PARM_DESC(size, "capacity in bytes, or with a suffix K, M, G, T, P or E (default 256M)");

static struct xdrv_param xbd_param_blocksize = {
	.name = "blocksize",
	.allowed = "512, 1024, 2048 or 4096",
	.power_of_2 = true,
	.min = SECTOR_SIZE,
	.max = SZ_4K,
	.value = SECTOR_SIZE,
};
module_param_cb(blocksize, &xdrv_param_ops, &xbd_param_blocksize, 0444);
__MODULE_PARM_TYPE(blocksize, "uint");
MODULE_PARM_DESC(blocksize, "logical block size in bytes: 512, 1024, 2048 or 4096 (default 512)");

static struct xdrv_param xbd_param_nr_devices = {
	.name = "nr_devices",
	.allowed = "1 to 256",
	.min = 1,
	.max = 256,
	.value = 1,
};
module_param_cb(nr_devices, &xdrv_param_ops, &xbd_param_nr_devices, 0444);
__MODULE_PARM_TYPE(nr_devices, "uint");
MODULE_PARM_DESC(nr_devices, "number of disks, 1 to 256 (default 1)");

static struct xdrv_param xbd_param_submit_queues = {
	.name = "submit_queues",
	.allowed = "0, for one queue for each CPU, to 4096",
	.max = 4096,
};
module_param_cb(submit_queues, &xdrv_param_ops, &xbd_param_submit_queues, 0444);
__MODULE_PARM_TYPE(submit_queues, "uint");
MODULE_PARM_DESC(submit_queues, "hardware queues; 0: one for each CPU that is online (default 0)");

static struct xdrv_param xbd_param_poll_queues = {
	.name = "poll_queues",
	.allowed = "0 to 4096",
	.max = 4096,
};
module_param_cb(poll_queues, &xdrv_param_ops, &xbd_param_poll_queues, 0444);
__MODULE_PARM_TYPE(poll_queues, "uint");
MODULE_PARM_DESC(poll_queues, "additional hardware queues for polled I/O (default 0)");

static struct xdrv_param xbd_param_hw_queue_depth = {
	.name = "hw_queue_depth",
	.allowed = "1 to 10240",
	.min = 1,
	.max = BLK_MQ_MAX_DEPTH,
	.value = 128,
};
module_param_cb(hw_queue_depth, &xdrv_param_ops, &xbd_param_hw_queue_depth, 0444);
__MODULE_PARM_TYPE(hw_queue_depth, "uint");
MODULE_PARM_DESC(hw_queue_depth, "requests that a hardware queue holds, 1 to 10240 (default 128)");

static struct xdrv_param xbd_param_discard = {
	.name = "discard",
	.allowed = "y or n",
	.kind = XDRV_PARAM_BOOL,
	.max = 1,
	.value = 1,
};
module_param_cb(discard, &xdrv_param_ops, &xbd_param_discard, 0444);
__MODULE_PARM_TYPE(discard, "bool");
MODULE_PARM_DESC(discard, "offer discard and secure erase (default y)");

static struct xdrv_param *const xbd_params[] = {
	&xbd_param_size,
	&xbd_param_blocksize,
	&xbd_param_nr_devices,
	&xbd_param_submit_queues,
	&xbd_param_poll_queues,
	&xbd_param_hw_queue_depth,
	&xbd_param_discard,
};

/* More queues than CPUs would never be used. */
static unsigned int xbd_queues(u64 wanted)
{
	return min_t(u64, wanted, nr_cpu_ids);
}

/*
 * Check all parameters and turn them into what the disks are to be like. An error has been reported
 * when this returns it.
 */
int xbd_params_check(struct xbd_config *config, unsigned int *nr_devices)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(xbd_params); i++) {
		int err = xdrv_param_check(xbd_params[i]);

		if (err)
			return err;
	}

	config->size = xbd_param_size.value;
	config->blocksize = xbd_param_blocksize.value;
	config->submit_queues = xbd_queues(xbd_param_submit_queues.value ?: num_online_cpus());
	config->poll_queues = xbd_queues(xbd_param_poll_queues.value);
	config->hw_queue_depth = xbd_param_hw_queue_depth.value;
	config->discard = xbd_param_discard.value;
	*nr_devices = xbd_param_nr_devices.value;

	if (config->size % config->blocksize) {
		pr_err("size=%llu is not allowed: use a multiple of the block size, %u\n",
		       config->size, config->blocksize);
		return -EINVAL;
	}
	return 0;
}
