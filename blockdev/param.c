// SPDX-License-Identifier: GPL-2.0-only
/* Module parameters. */
#define pr_fmt(fmt) "xbd: " fmt

#include <linux/cpumask.h>
#include <linux/sizes.h>

#include <xdrv/param.h>

#include "xbd.h"

#include "compat_block.h"

struct xdrv_param xbd_param_size = {
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

#define XBD_BLOCK_SIZES                                                                            \
	((BLK_MAX_BLOCK_SIZE) > SZ_4K ?                                                            \
	 "a power of two from 512 to 65536" :                                                      \
	 "512, 1024, 2048 or 4096, which is all that this kernel can do")

struct xdrv_param xbd_param_blocksize = {
	.name = "blocksize",
	.allowed = XBD_BLOCK_SIZES,
	.power_of_2 = true,
	.min = SECTOR_SIZE,
	.max = BLK_MAX_BLOCK_SIZE,
	.value = SECTOR_SIZE,
};
module_param_cb(blocksize, &xdrv_param_ops, &xbd_param_blocksize, 0444);
__MODULE_PARM_TYPE(blocksize, "uint");
MODULE_PARM_DESC(blocksize, "logical block size in bytes: 512 to 4096, or to 65536 where the kernel can do it (default 512)");

static struct xdrv_param xbd_param_nr_devices = {
	.name = "nr_devices",
	.allowed = "0 to 256",
	.max = 256,
	.value = 1,
};
module_param_cb(nr_devices, &xdrv_param_ops, &xbd_param_nr_devices, 0444);
__MODULE_PARM_TYPE(nr_devices, "uint");
MODULE_PARM_DESC(nr_devices, "disks to make at load, 0 to 256 (default 1)");

static const char *const xbd_queue_modes[] = {
	[XBD_MODE_BIO] = "bio",
	[XBD_MODE_MQ] = "mq",
};

struct xdrv_param xbd_param_queue_mode = {
	.name = "queue_mode",
	.allowed = "bio or mq",
	.kind = XDRV_PARAM_WORD,
	.words = xbd_queue_modes,
	.numbered = true,
	.max = XBD_MODE_MQ,
	.value = XBD_MODE_MQ,
};
module_param_cb(queue_mode, &xdrv_param_ops, &xbd_param_queue_mode, 0444);
__MODULE_PARM_TYPE(queue_mode, "charp");
MODULE_PARM_DESC(queue_mode, "mq: requests in hardware queues; bio: none of them (default mq)");

struct xdrv_param xbd_param_submit_queues = {
	.name = "submit_queues",
	.allowed = "0, for one queue for each CPU, to 4096",
	.max = 4096,
};
module_param_cb(submit_queues, &xdrv_param_ops, &xbd_param_submit_queues, 0444);
__MODULE_PARM_TYPE(submit_queues, "uint");
MODULE_PARM_DESC(submit_queues, "hardware queues; 0: one for each CPU that is online (default 0)");

struct xdrv_param xbd_param_poll_queues = {
	.name = "poll_queues",
	.allowed = "0 to 4096",
	.max = 4096,
};
module_param_cb(poll_queues, &xdrv_param_ops, &xbd_param_poll_queues, 0444);
__MODULE_PARM_TYPE(poll_queues, "uint");
MODULE_PARM_DESC(poll_queues, "additional hardware queues for polled I/O (default 0)");

struct xdrv_param xbd_param_hw_queue_depth = {
	.name = "hw_queue_depth",
	.allowed = "1 to 10240",
	.min = 1,
	.max = BLK_MQ_MAX_DEPTH,
	.value = 128,
};
module_param_cb(hw_queue_depth, &xdrv_param_ops, &xbd_param_hw_queue_depth, 0444);
__MODULE_PARM_TYPE(hw_queue_depth, "uint");
MODULE_PARM_DESC(hw_queue_depth, "requests that a hardware queue holds, 1 to 10240 (default 128)");

struct xdrv_param xbd_param_home_node = {
	.name = "home_node",
	.allowed = "the number of a NUMA node with memory, or -1 for any",
	.kind = XDRV_PARAM_NODE,
	.value = NUMA_NO_NODE,
};
module_param_cb(home_node, &xdrv_param_ops, &xbd_param_home_node, 0444);
__MODULE_PARM_TYPE(home_node, "int");
MODULE_PARM_DESC(home_node, "NUMA node of the memory, or -1 for any (default -1)");

struct xdrv_param xbd_param_mem_limit = {
	.name = "mem_limit",
	.allowed = "0 for no limit, or as for size, up to 4E",
	.kind = XDRV_PARAM_SIZE,
	.max = XBD_STORE_MAX_SIZE,
};
module_param_cb(mem_limit, &xdrv_param_ops, &xbd_param_mem_limit, 0444);
__MODULE_PARM_TYPE(mem_limit, "ullong");
MODULE_PARM_DESC(mem_limit, "bytes of memory that data may use, or with a suffix as size; 0: no limit (default 0)");

struct xdrv_param xbd_param_huge = {
	.name = "huge",
	.allowed = "y or n",
	.kind = XDRV_PARAM_BOOL,
	.max = 1,
};
module_param_cb(huge, &xdrv_param_ops, &xbd_param_huge, 0444);
__MODULE_PARM_TYPE(huge, "bool");
MODULE_PARM_DESC(huge, "take memory 2 MiB at a time where that can be had (default n)");

struct xdrv_param xbd_param_cache_size = {
	.name = "cache_size",
	.allowed = "0 for no cache, or as for size, up to 4E",
	.kind = XDRV_PARAM_SIZE,
	.max = XBD_STORE_MAX_SIZE,
};
module_param_cb(cache_size, &xdrv_param_ops, &xbd_param_cache_size, 0444);
__MODULE_PARM_TYPE(cache_size, "ullong");
MODULE_PARM_DESC(cache_size, "bytes that a volatile write cache holds, or with a suffix as size; 0: no cache (default 0)");

struct xdrv_param xbd_param_discard = {
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
	&xbd_param_queue_mode,
	&xbd_param_submit_queues,
	&xbd_param_poll_queues,
	&xbd_param_hw_queue_depth,
	&xbd_param_home_node,
	&xbd_param_mem_limit,
	&xbd_param_huge,
	&xbd_param_cache_size,
	&xbd_param_discard,
};

/* More queues than CPUs would never be used. */
unsigned int xbd_poll_queues(u64 wanted)
{
	return min_t(u64, wanted, nr_cpu_ids);
}

unsigned int xbd_submit_queues(u64 wanted)
{
	return xbd_poll_queues(wanted ?: num_online_cpus());
}

/* Whether all is right together, too. Returns what is wrong, for people, or NULL. */
const char *xbd_config_conflict(const struct xbd_config *config)
{
	if (config->size % config->blocksize)
		return "size has to be a multiple of blocksize";
	if (config->queue_mode == XBD_MODE_BIO && config->poll_queues)
		return "poll_queues needs queue_mode=mq";
	return xbd_zone_conflict(config);
}

/*
 * Check all parameters and turn them into what the disks are to be like. An error has been reported
 * when this returns it.
 */
int xbd_params_check(struct xbd_config *config, unsigned int *nr_devices)
{
	const char *conflict;
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(xbd_params); i++) {
		err = xdrv_param_check(xbd_params[i]);
		if (err)
			return err;
	}

	*config = (struct xbd_config){
		.size = xbd_param_size.value,
		.blocksize = xbd_param_blocksize.value,
		.queue_mode = xbd_param_queue_mode.value,
		.submit_queues = xbd_submit_queues(xbd_param_submit_queues.value),
		.poll_queues = xbd_poll_queues(xbd_param_poll_queues.value),
		.hw_queue_depth = xbd_param_hw_queue_depth.value,
		.home_node = xbd_param_home_node.value,
		.mem_limit = xbd_param_mem_limit.value,
		.huge = xbd_param_huge.value,
		.cache_size = xbd_param_cache_size.value,
		.discard = xbd_param_discard.value,
	};
	*nr_devices = xbd_param_nr_devices.value;
	err = xbd_zone_params_check(config);
	if (err)
		return err;

	conflict = xbd_config_conflict(config);
	if (conflict) {
		pr_err("size=%llu blocksize=%u poll_queues=%u is not allowed: %s\n", config->size,
		       config->blocksize, config->poll_queues, conflict);
		return -EINVAL;
	}
	return 0;
}
