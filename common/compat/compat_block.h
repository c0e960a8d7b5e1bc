/* SPDX-License-Identifier: GPL-2.0-only */
/* Block layer part of compat.h. */
#ifndef XDRV_COMPAT_BLOCK_H
#define XDRV_COMPAT_BLOCK_H

#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/err.h>

#include "compat.h"

/* Allocate a disk with its limits. Can go with support for 6.1. */
#ifndef XDRV_HAVE_ALLOC_DISK_LIMITS
static inline void xdrv_compat_set_limits(struct request_queue *q, const struct queue_limits *lim)
{
	if (lim->logical_block_size)
		blk_queue_logical_block_size(q, lim->logical_block_size);
	if (lim->physical_block_size)
		blk_queue_physical_block_size(q, lim->physical_block_size);
	if (lim->io_min)
		blk_queue_io_min(q, lim->io_min);
	if (lim->io_opt)
		blk_queue_io_opt(q, lim->io_opt);
	if (lim->max_hw_sectors)
		blk_queue_max_hw_sectors(q, lim->max_hw_sectors);
	if (lim->max_segments)
		blk_queue_max_segments(q, lim->max_segments);
	if (lim->max_segment_size)
		blk_queue_max_segment_size(q, lim->max_segment_size);
	if (lim->max_hw_discard_sectors)
		blk_queue_max_discard_sectors(q, lim->max_hw_discard_sectors);
	if (lim->max_discard_segments)
		blk_queue_max_discard_segments(q, lim->max_discard_segments);
	if (lim->max_secure_erase_sectors)
		blk_queue_max_secure_erase_sectors(q, lim->max_secure_erase_sectors);
	if (lim->max_write_zeroes_sectors)
		blk_queue_max_write_zeroes_sectors(q, lim->max_write_zeroes_sectors);
	if (lim->dma_alignment)
		blk_queue_dma_alignment(q, lim->dma_alignment);
	q->limits.discard_granularity = lim->discard_granularity;
	/* Since 6.11 a disk is taken to rotate only if it says so. */
	blk_queue_flag_set(QUEUE_FLAG_NONROT, q);
}

static inline struct gendisk *xdrv_compat_limit_disk(struct gendisk *disk,
						     const struct queue_limits *lim)
{
	if (!disk)
		return ERR_PTR(-ENOMEM);
	if (!IS_ERR(disk))
		xdrv_compat_set_limits(disk->queue, lim);
	return disk;
}

#undef blk_alloc_disk
#define blk_alloc_disk(lim, node)                                                                  \
	({                                                                                         \
		static struct lock_class_key __key;                                                \
		xdrv_compat_limit_disk(__blk_alloc_disk(node, &__key), lim);                       \
	})
#undef blk_mq_alloc_disk
#define blk_mq_alloc_disk(set, lim, data)                                                          \
	({                                                                                         \
		static struct lock_class_key __key;                                                \
		xdrv_compat_limit_disk(__blk_mq_alloc_disk(set, data, &__key), lim);               \
	})
#endif /* XDRV_HAVE_ALLOC_DISK_LIMITS */

/* Merging was to be asked for until 6.14. Can go, with its user, with support for 6.12. */
#ifdef XDRV_HAVE_SHOULD_MERGE
#define XDRV_TAG_SET_FLAGS BLK_MQ_F_SHOULD_MERGE
#else
#define XDRV_TAG_SET_FLAGS 0
#endif

/*
 * Lists of requests were bare pointers to the first one, until 6.13 and its backports. What is done
 * to them by rq_list_pop() reads the same. Can go with support for 6.1.
 */
#ifdef XDRV_HAVE_RQ_LIST
#define xdrv_rq_list struct rq_list
#else
#define xdrv_rq_list struct request *
#endif

/* What ->getgeo is told the disk by. Can go, in favour of the gendisk, with support for 6.12. */
#ifdef XDRV_HAVE_GETGEO_DISK
#define xdrv_getgeo_disk struct gendisk
#define xdrv_getgeo_capacity(disk) get_capacity(disk)
#else
#define xdrv_getgeo_disk struct block_device
#define xdrv_getgeo_capacity(bdev) get_capacity((bdev)->bd_disk)
#endif

/* How many sectors can be zeroed by unmapping them, from 6.17. Can go with support for 6.12. */
static inline void xdrv_limits_set_wzeroes_unmap(struct queue_limits *lim, unsigned int sectors)
{
#ifdef XDRV_HAVE_WZEROES_UNMAP
	lim->max_hw_wzeroes_unmap_sectors = sectors;
#endif
}

/*
 * Keep write-back throttling from attaching itself to a disk that is not yet added. Older kernels
 * leave no other way than a udev rule. Can go, in favour of the flag, with support for 6.12.
 */
static inline void xdrv_disable_wbt(struct request_queue *q)
{
#ifdef XDRV_HAVE_DISABLE_WBT_FLAG
	blk_queue_flag_set(QUEUE_FLAG_DISABLE_WBT_DEF, q);
#endif
}

#endif /* XDRV_COMPAT_BLOCK_H */
