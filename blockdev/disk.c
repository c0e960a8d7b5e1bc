// SPDX-License-Identifier: GPL-2.0-only
/* Making and unmaking disks. */
#include <linux/hdreg.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "xbd.h"

#include "compat_block.h"

struct xdrv_disk_group xbd_disks;

/* What hdparm and old partitioners ask for: 64 heads of 32 sectors make a cylinder of 1 MiB. */
static int xbd_getgeo(xdrv_getgeo_disk *disk, struct hd_geometry *geo)
{
	sector_t cylinders = xdrv_getgeo_capacity(disk) >> (20 - SECTOR_SHIFT);

	geo->heads = 64;
	geo->sectors = 32;
	geo->cylinders = min_t(sector_t, cylinders, U16_MAX);
	geo->start = 0;
	return 0;
}

static const struct block_device_operations xbd_fops = {
	.owner = THIS_MODULE,
	.getgeo = xbd_getgeo,
	.free_disk = xdrv_disk_free,
};

static void xbd_device_release(struct xdrv_disk *xdisk)
{
	struct xbd_device *xbd = container_of(xdisk, struct xbd_device, disk);

	xbd_store_destroy(&xbd->store);
	kfree(xbd);
}

/* For requests without data: a round number, so that long discards end where nodes do. */
#define XBD_MAX_RANGE_SECTORS (SZ_2G >> SECTOR_SHIFT)

/*
 * Nothing here does DMA, so the only limit of a request is how long it may keep a CPU busy, and the
 * block layer's own of a few MiB is less than this. Buffers for O_DIRECT need to be aligned to 4
 * bytes, as for NVMe; a mask of 0 would stand for a sector.
 */
static void xbd_fill_limits(struct queue_limits *lim, const struct xbd_config *config)
{
	lim->logical_block_size = config->blocksize;
	lim->physical_block_size = PAGE_SIZE;
	lim->max_hw_sectors = SZ_16M >> SECTOR_SHIFT;
	lim->max_segments = USHRT_MAX;
	lim->max_segment_size = UINT_MAX;
	lim->dma_alignment = 3;

	lim->max_write_zeroes_sectors = XBD_MAX_RANGE_SECTORS;
	xdrv_limits_set_wzeroes_unmap(lim, lim->max_write_zeroes_sectors);
	if (!config->discard)
		return;
	lim->discard_granularity = PAGE_SIZE;
	lim->max_hw_discard_sectors = XBD_MAX_RANGE_SECTORS;
	lim->max_secure_erase_sectors = XBD_MAX_RANGE_SECTORS;
}

static void xbd_fill_tags(struct blk_mq_tag_set *tags, struct xbd_config *config)
{
	tags->ops = &xbd_mq_ops;
	tags->nr_hw_queues = config->submit_queues + config->poll_queues;
	tags->nr_maps = config->poll_queues ? HCTX_MAX_TYPES : 1;
	tags->queue_depth = config->hw_queue_depth;
	tags->cmd_size = sizeof(struct xbd_cmd);
	tags->numa_node = NUMA_NO_NODE;
	tags->flags = BLK_MQ_F_NO_SCHED_BY_DEFAULT;
	tags->driver_data = config;
}

/*
 * Make the disk xbd<index> and show it. May sleep. Returns an error pointer if it cannot, and then
 * leaves nothing behind.
 */
struct xbd_device *xbd_device_create(const struct xbd_config *config, unsigned int index)
{
	struct queue_limits lim = {};
	struct xbd_device *xbd;
	struct gendisk *disk;
	int err;

	xbd = kzalloc(sizeof(*xbd), GFP_KERNEL);
	if (!xbd)
		return ERR_PTR(-ENOMEM);
	xbd->config = *config;

	err = xbd_store_init(&xbd->store, config->size, xbd_reclaim_wq);
	if (err)
		goto err_free;

	xbd_fill_limits(&lim, &xbd->config);
	xbd_fill_tags(&xbd->disk.tags, &xbd->config);
	xbd->disk.group = &xbd_disks;
	xbd->disk.release = xbd_device_release;
	err = xdrv_disk_alloc(&xbd->disk, &lim);
	if (err)
		goto err_destroy_store;

	disk = xbd->disk.disk;
	disk->fops = &xbd_fops;
	snprintf(disk->disk_name, DISK_NAME_LEN, "xbd%u", index);
	set_capacity(disk, config->size >> SECTOR_SHIFT);
	xdrv_disable_wbt(disk->queue);

	err = xdrv_disk_add(&xbd->disk, NULL, xbd_attr_groups);
	if (err) {
		xdrv_disk_put(&xbd->disk);
		return ERR_PTR(err);
	}
	return xbd;

err_destroy_store:
	xbd_store_destroy(&xbd->store);
err_free:
	kfree(xbd);
	return ERR_PTR(err);
}

/* Take the disk away. May sleep. Its memory goes when the last file on it is closed. */
void xbd_device_destroy(struct xbd_device *xbd)
{
	xdrv_disk_del(&xbd->disk);
	xdrv_disk_put(&xbd->disk);
}
