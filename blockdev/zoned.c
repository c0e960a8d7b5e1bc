// SPDX-License-Identifier: GPL-2.0-only
/* What makes a disk a zoned one, and how the block layer learns of its zones. */
#include <linux/math64.h>
#include <linux/minmax.h>

#include "zoned.h"

/* A limit that cannot be reached is none. */
static unsigned int xbd_zone_limit(unsigned int limit, unsigned int nr)
{
	return limit < nr ? limit : 0;
}

static struct xbd_zone_options xbd_zone_options_of(const struct xbd_config *config)
{
	unsigned int nr = DIV_ROUND_UP_ULL(config->size, config->zone_size) - config->zone_nr_conv;
	unsigned int active = xbd_zone_limit(config->zone_max_active, nr);
	unsigned int open = xbd_zone_limit(config->zone_max_open, nr);

	return (struct xbd_zone_options){
		.size = config->size,
		.zone_size = config->zone_size,
		.zone_capacity = config->zone_capacity ?: config->zone_size,
		.nr_conv = config->zone_nr_conv,
		.max_open = active ? min(open, active) : open,
		.max_active = active,
		.full = config->zone_full,
		.node = config->home_node,
	};
}

static struct xdrv_zone_limits xbd_zone_limits_of(const struct xbd_config *config)
{
	const struct xbd_zone_options options = xbd_zone_options_of(config);
	u64 append = min_t(u64, (u64)config->zone_append_max_sectors << SECTOR_SHIFT,
			   options.zone_capacity);

	return (struct xdrv_zone_limits){
		.zone_sectors = options.zone_size >> SECTOR_SHIFT,
		.max_append_sectors = round_down(append, config->blocksize) >> SECTOR_SHIFT,
		.max_open = options.max_open,
		.max_active = options.max_active,
	};
}

/* May sleep. 0 or -ENOMEM. */
int xbd_device_add_zones(struct xbd_device *xbd)
{
	const struct xbd_zone_options options = xbd_zone_options_of(&xbd->config);

	xbd->zones = xbd_zones_create(&options);
	if (!xbd->zones)
		return -ENOMEM;
	static_branch_enable(&xbd_zones_used);
	return 0;
}

/* Of a zoned disk's queue. */
void xbd_zoned_fill_limits(struct queue_limits *lim, const struct xbd_config *config)
{
	const struct xdrv_zone_limits zones = xbd_zone_limits_of(config);

	xdrv_limits_set_zoned(lim, &zones);
}

/* Before a zoned disk is added. May sleep. 0 or an error of the block layer. */
int xbd_device_show_zones(struct xbd_device *xbd)
{
	const struct xdrv_zone_limits zones = xbd_zone_limits_of(&xbd->config);

	xdrv_disk_set_zoned(xbd->disk.disk, &zones);
	return blk_revalidate_disk_zones(xbd->disk.disk);
}

static int xbd_report_zones_by_args(struct gendisk *disk, sector_t sector, unsigned int nr_zones,
				    struct blk_report_zones_args *args)
{
	struct xbd_device *xbd = container_of((struct xdrv_disk *)disk->private_data,
					      struct xbd_device, disk);
	struct xbd_zones *zones = xbd->zones;
	u64 first = ((u64)sector << SECTOR_SHIFT) >> zones->shift;
	struct blk_zone zone;
	unsigned int i;
	int err;

	if (first >= zones->nr)
		return 0;
	nr_zones = min_t(u64, nr_zones, zones->nr - first);
	for (i = 0; i < nr_zones; i++) {
		xbd_zone_describe(zones, &zones->zones[first + i], &zone);
		err = disk_report_zone(disk, &zone, i, args);
		if (err)
			return err;
	}
	return nr_zones;
}

/* The ->report_zones of all disks; the block layer asks those that are zoned. */
XDRV_REPORT_ZONES(xbd_report_zones)
