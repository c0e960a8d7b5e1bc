/* SPDX-License-Identifier: GPL-2.0-only */
/* Zoned disks' part of compat.h, for kernels with CONFIG_BLK_DEV_ZONED. */
#ifndef XDRV_COMPAT_ZONED_H
#define XDRV_COMPAT_ZONED_H

#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/blkzoned.h>
#include <linux/math64.h>

#include "compat.h"

/*
 * XDRV_REPORT_ZONES() defines the ->report_zones of this kernel by the function <name>_by_args(),
 * which is as the newest one wants it. Until 6.19 there was a callback instead of
 * disk_report_zone(). XDRV_REPORT_ZONES_OF() declares it. Can go, with the function itself in its
 * place, with support for 6.12.
 */
#ifdef XDRV_HAVE_REPORT_ZONES_ARGS
#define XDRV_REPORT_ZONES_OF(name)                                                                 \
	int name(struct gendisk *disk, sector_t sector, unsigned int nr_zones,                     \
		 struct blk_report_zones_args *args)
#define XDRV_REPORT_ZONES(name)                                                                    \
	XDRV_REPORT_ZONES_OF(name)                                                                 \
	{                                                                                          \
		return name##_by_args(disk, sector, nr_zones, args);                               \
	}
#else
struct blk_report_zones_args {
	report_zones_cb cb;
	void *data;
};

static inline int disk_report_zone(struct gendisk *disk, struct blk_zone *zone, unsigned int idx,
				   struct blk_report_zones_args *args)
{
	return args->cb(zone, idx, args->data);
}

#define XDRV_REPORT_ZONES_OF(name)                                                                 \
	int name(struct gendisk *disk, sector_t sector, unsigned int nr_zones, report_zones_cb cb, \
		 void *data)
#define XDRV_REPORT_ZONES(name)                                                                    \
	XDRV_REPORT_ZONES_OF(name)                                                                 \
	{                                                                                          \
		struct blk_report_zones_args args = { cb, data };                                  \
		return name##_by_args(disk, sector, nr_zones, &args);                              \
	}
#endif

/**
 * struct xdrv_zone_limits - what the block layer has to know of zones
 * @zone_sectors: size of a zone
 * @max_append_sectors: of an append to a zone; 0: writes are to stand in for appends
 * @max_open: zones that may be open, or 0
 * @max_active: zones that may be open or closed, or 0
 */
struct xdrv_zone_limits {
	unsigned int zone_sectors;
	unsigned int max_append_sectors;
	unsigned int max_open;
	unsigned int max_active;
};

/* Since 6.10 writes can stand in for appends. Can go with support for 6.1. */
#ifdef XDRV_HAVE_REVALIDATE_ZONES_DISK
#define XDRV_MIN_ZONE_APPEND 0
#else
#define XDRV_MIN_ZONE_APPEND 1
#endif

#ifdef CONFIG_BLK_DEV_ZONED
/*
 * That a disk is zoned. A limit since 6.11, calls before, and in between something of both. The
 * name of a limit changed with 6.13. Can go, all but the first one with its newest name, with
 * support for 6.1 and 6.12.
 */
static inline void xdrv_limits_set_zoned(struct queue_limits *lim,
					 const struct xdrv_zone_limits *zones)
{
	lim->chunk_sectors = zones->zone_sectors;
#ifdef XDRV_HAVE_LIMIT_FEATURES
	lim->features |= BLK_FEAT_ZONED;
#elif defined(XDRV_HAVE_ALLOC_DISK_LIMITS)
	lim->zoned = true;
#endif
#ifdef XDRV_HAVE_HW_ZONE_APPEND
	lim->max_hw_zone_append_sectors = zones->max_append_sectors;
#else
	lim->max_zone_append_sectors = zones->max_append_sectors;
#endif
#ifdef XDRV_HAVE_ZONE_LIMITS
	lim->max_open_zones = zones->max_open;
	lim->max_active_zones = zones->max_active;
#endif
}

static inline void xdrv_disk_set_zoned(struct gendisk *disk, const struct xdrv_zone_limits *zones)
{
#ifdef XDRV_HAVE_ZONED_MODEL
	disk_set_zoned(disk, BLK_ZONED_HM);
#elif !defined(XDRV_HAVE_ALLOC_DISK_LIMITS)
	disk_set_zoned(disk);
#endif
#ifndef XDRV_HAVE_ALLOC_DISK_LIMITS
	blk_queue_chunk_sectors(disk->queue, zones->zone_sectors);
	blk_queue_max_zone_append_sectors(disk->queue, zones->max_append_sectors);
#endif
#ifndef XDRV_HAVE_ZONE_LIMITS
	disk_set_max_open_zones(disk, zones->max_open);
	disk_set_max_active_zones(disk, zones->max_active);
#endif
#if !defined(XDRV_HAVE_LIMIT_FEATURES) && defined(QUEUE_FLAG_ZONE_RESETALL)
	blk_queue_flag_set(QUEUE_FLAG_ZONE_RESETALL, disk->queue);
#endif
#ifdef ELEVATOR_F_ZBD_SEQ_WRITE
	/* It alone keeps writes in order. */
	blk_queue_required_elevator_features(disk->queue, ELEVATOR_F_ZBD_SEQ_WRITE);
#endif
}

/*
 * Let the block layer ask for the zones of a disk that is not yet added. Before 6.10 that was for
 * requests only. Can go with support for 6.1.
 */
#ifndef XDRV_HAVE_REVALIDATE_ZONES_DISK
static inline int xdrv_revalidate_disk_zones(struct gendisk *disk)
{
	if (queue_is_mq(disk->queue))
		return blk_revalidate_disk_zones(disk, NULL);
	disk->nr_zones = DIV_ROUND_UP_ULL(get_capacity(disk), disk->queue->limits.chunk_sectors);
	return 0;
}

#define blk_revalidate_disk_zones(disk) xdrv_revalidate_disk_zones(disk)
#endif
#endif /* CONFIG_BLK_DEV_ZONED */

#endif /* XDRV_COMPAT_ZONED_H */
