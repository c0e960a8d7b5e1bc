// SPDX-License-Identifier: GPL-2.0-only
/* Making and unmaking disks. */
#include <linux/hdreg.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "zoned.h"

#include "compat_block.h"

struct xdrv_disk_group xbd_disks;

/*
 * What hdparm and old partitioners ask for: 64 heads of 32 sectors make a cylinder of 1 MiB. The
 * block layer says itself where a partition starts.
 */
static int xbd_getgeo(xdrv_getgeo_disk *disk, struct hd_geometry *geo)
{
	sector_t cylinders = xdrv_getgeo_capacity(disk) >> (20 - SECTOR_SHIFT);

	geo->heads = 64;
	geo->sectors = 32;
	geo->cylinders = min_t(sector_t, cylinders, U16_MAX);
	return 0;
}

static int xbd_open(xdrv_open_disk *disk, xdrv_open_mode mode)
{
	struct xdrv_disk *xdisk = xdrv_opened_disk(disk)->private_data;

	return xbd_device_has_medium(container_of(xdisk, struct xbd_device, disk)) ? 0 :
	       -ENOMEDIUM;
}

static const struct block_device_operations xbd_mq_fops = {
	.owner = THIS_MODULE,
	.open = xbd_open,
	.report_zones = xbd_report_zones,
	.getgeo = xbd_getgeo,
	.free_disk = xdrv_disk_free,
};

static const struct block_device_operations xbd_bio_fops = {
	.owner = THIS_MODULE,
	.open = xbd_open,
	.submit_bio = xbd_submit_bio,
	.report_zones = xbd_report_zones,
	.getgeo = xbd_getgeo,
	.free_disk = xdrv_disk_free,
};

static void xbd_device_release(struct xdrv_disk *xdisk)
{
	struct xbd_device *xbd = container_of(xdisk, struct xbd_device, disk);

	xbd_zones_destroy(xbd->zones);
	xbd_layers_destroy(&xbd->layers);
	xbd_store_destroy(&xbd->store);
	kfree(xbd);
}

/* May sleep. 0 or -ENOMEM. */
static int xbd_device_add_cache(struct xbd_device *xbd)
{
	struct xbd_store *cache;

	if (!xbd->config.cache_size)
		return 0;
	cache = xbd_overlay_create(&xbd->layers);
	if (IS_ERR(cache))
		return PTR_ERR(cache);
	xbd_layers_set_cache(&xbd->layers, cache, xbd->config.cache_size);
	return 0;
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
	lim->physical_block_size = max_t(unsigned int, PAGE_SIZE, config->blocksize);
	lim->max_hw_sectors = SZ_16M >> SECTOR_SHIFT;
	lim->max_segments = USHRT_MAX;
	lim->max_segment_size = UINT_MAX;
	lim->dma_alignment = 3;

	if (config->cache_size)
		xdrv_limits_set_write_cache(lim);
	/* Zones are reset, not discarded, and the block layer writes their zeroes. */
	if (config->zoned) {
		xbd_zoned_fill_limits(lim, config);
		return;
	}
	lim->max_write_zeroes_sectors = XBD_MAX_RANGE_SECTORS;
	xdrv_limits_set_wzeroes_unmap(lim, lim->max_write_zeroes_sectors);
	if (!config->discard)
		return;
	lim->discard_granularity = lim->physical_block_size;
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
	tags->flags = BLK_MQ_F_NO_SCHED_BY_DEFAULT;
	tags->driver_data = config;
}

/* Nobody has to ask for the events: they come with xbd_device_eject() and xbd_device_insert(). */
static void xbd_make_removable(struct gendisk *disk)
{
	disk->flags |= GENHD_FL_REMOVABLE;
	disk->events = DISK_EVENT_MEDIA_CHANGE;
	disk->event_flags = DISK_EVENT_FLAG_UEVENT;
}

/*
 * Make the disk xbd<index> and show it. May sleep. Returns an error pointer if it cannot, and then
 * leaves nothing behind. @bad and @faults have to stay until xbd_device_destroy() has returned.
 */
struct xbd_device *xbd_device_create(const struct xbd_config *config, unsigned int index,
				     struct xbd_bad *bad, const struct xbd_faults *faults)
{
	const struct xbd_store_options options = {
		.size = config->size,
		.mem_limit = config->mem_limit,
		.node = config->home_node,
		.huge = config->huge,
	};
	struct queue_limits lim = {};
	struct xbd_device *xbd;
	struct gendisk *disk;
	int err;

	xbd = kzalloc(sizeof(*xbd), GFP_KERNEL);
	if (!xbd)
		return ERR_PTR(-ENOMEM);
	xbd->config = *config;
	xbd->end = config->size;
	xbd->bad = bad;
	xbd->faults = faults;
	xbd_cap_init(&xbd->cap);
	xbd_holds_init(&xbd->holds);

	err = xbd_store_init(&xbd->store, &options, xbd_reclaim_wq);
	if (err)
		goto err_free;
	xbd_layers_init(&xbd->layers, &xbd->store);
	err = xbd_device_add_cache(xbd);
	if (err)
		goto err_destroy_store;
	if (config->zoned) {
		err = xbd_device_add_zones(xbd);
		if (err)
			goto err_destroy_layers;
	}

	xbd_fill_limits(&lim, &xbd->config);
	xbd->disk.tags.numa_node = config->home_node;
	if (config->queue_mode == XBD_MODE_MQ)
		xbd_fill_tags(&xbd->disk.tags, &xbd->config);
	else
		xdrv_limits_set_bio_features(&lim);
	xbd->disk.group = &xbd_disks;
	xbd->disk.release = xbd_device_release;
	err = xdrv_disk_alloc(&xbd->disk, &lim);
	if (err)
		goto err_destroy_zones;

	disk = xbd->disk.disk;
	disk->fops = config->queue_mode == XBD_MODE_MQ ? &xbd_mq_fops : &xbd_bio_fops;
	snprintf(disk->disk_name, DISK_NAME_LEN, "xbd%u", index);
	set_capacity(disk, config->size >> SECTOR_SHIFT);
	set_disk_ro(disk, config->read_only);
	if (config->removable)
		xbd_make_removable(disk);
	xdrv_queue_set_nonrot(disk->queue);
	if (config->queue_mode == XBD_MODE_MQ)
		xdrv_disable_wbt(disk->queue);
	else
		xdrv_queue_set_bio_features(disk->queue);
	if (config->cache_size)
		xdrv_queue_set_write_cache(disk->queue);

	err = config->zoned ? xbd_device_show_zones(xbd) : 0;
	if (!err)
		err = xdrv_disk_add(&xbd->disk, NULL, xbd_attr_groups);
	if (err) {
		xdrv_disk_put(&xbd->disk);
		return ERR_PTR(err);
	}
	xbd_device_set_mbps(xbd, config->mbps);
	xbd_hibernation_watch(xbd);
	return xbd;

err_destroy_zones:
	xbd_zones_destroy(xbd->zones);
err_destroy_layers:
	xbd_layers_destroy(&xbd->layers);
err_destroy_store:
	xbd_store_destroy(&xbd->store);
err_free:
	kfree(xbd);
	return ERR_PTR(err);
}

/*
 * Take the disk away. May sleep. What is held back ends before: the block layer waits for requests.
 * The memory goes when the last file is closed.
 */
void xbd_device_destroy(struct xbd_device *xbd)
{
	xbd_hibernation_unwatch(xbd);
	xbd_holds_close(&xbd->holds);
	xbd_device_set_mbps(xbd, 0);
	xdrv_disk_del(&xbd->disk);
	xdrv_disk_put(&xbd->disk);
}
