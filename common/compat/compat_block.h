/* SPDX-License-Identifier: GPL-2.0-only */
/* Block layer part of compat.h. */
#ifndef XDRV_COMPAT_BLOCK_H
#define XDRV_COMPAT_BLOCK_H

#include <linux/badblocks.h>
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/err.h>
#include <linux/sched/mm.h>

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

/*
 * Timeouts and statistics look for requests in the table of tags. Until 6.7 the core filled it in
 * for ->queue_rq only, not for ->queue_rqs. Can go with support for 6.1.
 */
#ifdef XDRV_HAVE_RQF_MQ_INFLIGHT
static inline void xdrv_compat_start_request(struct request *rq)
{
	rq->mq_hctx->tags->rqs[rq->tag] = rq;
	blk_mq_start_request(rq);
}

#define blk_mq_start_request(rq) xdrv_compat_start_request(rq)
#endif

/*
 * To reset all zones was none of these until 6.18 and its backports. Can go with support for 6.12.
 */
static inline bool xdrv_op_is_zone_mgmt(enum req_op op)
{
	return op_is_zone_mgmt(op) || op == REQ_OP_ZONE_RESET_ALL;
}

#define op_is_zone_mgmt(op) xdrv_op_is_zone_mgmt(op)

/* What ->getgeo is told the disk by. Can go, in favour of the gendisk, with support for 6.12. */
#ifdef XDRV_HAVE_GETGEO_DISK
#define xdrv_getgeo_disk struct gendisk
#define xdrv_getgeo_capacity(disk) get_capacity(disk)
#else
#define xdrv_getgeo_disk struct block_device
#define xdrv_getgeo_capacity(bdev) get_capacity((bdev)->bd_disk)
#endif

/*
 * What ->open is told the disk and the mode by. Can go, in favour of gendisk and blk_mode_t, with
 * support for 6.1.
 */
#ifdef XDRV_HAVE_OPEN_DISK
#define xdrv_open_disk struct gendisk
#define xdrv_open_mode blk_mode_t
#define xdrv_opened_disk(disk) (disk)
#else
#define xdrv_open_disk struct block_device
#define xdrv_open_mode fmode_t
#define xdrv_opened_disk(bdev) ((bdev)->bd_disk)
#endif

/* The largest logical block, from 6.15 more than a page. Can go with support for 6.12. */
#ifndef BLK_MAX_BLOCK_SIZE
#define BLK_MAX_BLOCK_SIZE PAGE_SIZE
#endif

/* Freezing keeps allocations from doing I/O since 6.14. Can go with support for 6.12. */
#ifndef XDRV_HAVE_FREEZE_MEMFLAGS
static inline unsigned int xdrv_freeze_queue(struct request_queue *q)
{
	unsigned int memflags = memalloc_noio_save();

	blk_mq_freeze_queue(q);
	return memflags;
}

static inline void xdrv_unfreeze_queue(struct request_queue *q, unsigned int memflags)
{
	blk_mq_unfreeze_queue(q);
	memalloc_noio_restore(memflags);
}

#define blk_mq_freeze_queue(q) xdrv_freeze_queue(q)
#define blk_mq_unfreeze_queue(q, memflags) xdrv_unfreeze_queue(q, memflags)
#endif

/* Block devices had a pointer to their inode until 6.11. Can go with support for 6.1. */
#ifdef XDRV_HAVE_BD_INODE
#define xdrv_bdev_inode(bdev) ((bdev)->bd_inode)
#else
#define xdrv_bdev_inode(bdev) ((bdev)->bd_mapping->host)
#endif

/* Before 6.6 the caller said what is to be told. Can go with support for 6.1. */
#ifndef XDRV_HAVE_FORCE_MEDIA_CHANGE
#define disk_force_media_change(disk) disk_force_media_change(disk, DISK_EVENT_MEDIA_CHANGE)
#endif

/* Bad blocks: shorter ranges, and other answers, until 6.15. Can go with support for 6.12. */
#ifndef XDRV_HAVE_BADBLOCKS_BOOL
#define XDRV_BADBLOCKS_PIECE BIT(30)

static inline bool xdrv_badblocks_set(struct badblocks *bb, sector_t s, sector_t nr, int ack)
{
	bool done = true;

	for (; nr > XDRV_BADBLOCKS_PIECE; s += XDRV_BADBLOCKS_PIECE, nr -= XDRV_BADBLOCKS_PIECE)
		done &= !badblocks_set(bb, s, XDRV_BADBLOCKS_PIECE, ack);
	return !badblocks_set(bb, s, nr, ack) && done;
}

static inline bool xdrv_badblocks_clear(struct badblocks *bb, sector_t s, sector_t nr)
{
	bool done = true;

	for (; nr > XDRV_BADBLOCKS_PIECE; s += XDRV_BADBLOCKS_PIECE, nr -= XDRV_BADBLOCKS_PIECE)
		done &= !badblocks_clear(bb, s, XDRV_BADBLOCKS_PIECE);
	return !badblocks_clear(bb, s, nr) && done;
}

static inline int xdrv_badblocks_check(struct badblocks *bb, sector_t s, sector_t nr,
				       sector_t *first_bad, sector_t *nr_bad)
{
	int bad = 0, found = badblocks_check(bb, s, nr, first_bad, &bad);

	*nr_bad = bad;
	return found;
}

#define badblocks_set xdrv_badblocks_set
#define badblocks_clear xdrv_badblocks_clear
#define badblocks_check xdrv_badblocks_check
#endif

/* How many sectors can be zeroed by unmapping them, from 6.17. Can go with support for 6.12. */
static inline void xdrv_limits_set_wzeroes_unmap(struct queue_limits *lim, unsigned int sectors)
{
#ifdef XDRV_HAVE_WZEROES_UNMAP
	lim->max_hw_wzeroes_unmap_sectors = sectors;
#endif
}

/*
 * What disks for requests get from the block layer and disks for bios have to ask for: not to make
 * who said so wait, statistics, and for swap, that I/O is done when its submission is. A limit
 * since 6.11, flags of the queue before. Can go, the second one as it is, with support for 6.1.
 */
static inline void xdrv_limits_set_bio_features(struct queue_limits *lim)
{
#ifdef XDRV_HAVE_LIMIT_FEATURES
	lim->features |= BLK_FEAT_NOWAIT | BLK_FEAT_IO_STAT | BLK_FEAT_SYNCHRONOUS;
#endif
}

static inline void xdrv_queue_set_bio_features(struct request_queue *q)
{
#ifndef XDRV_HAVE_LIMIT_FEATURES
	blk_queue_flag_set(QUEUE_FLAG_NOWAIT, q);
	blk_queue_flag_set(QUEUE_FLAG_IO_STAT, q);
#endif
}

/*
 * That it does not rotate: until 6.11 a disk did unless it said this, since then if it says so. Can
 * go with support for 6.1.
 */
static inline void xdrv_queue_set_nonrot(struct request_queue *q)
{
#ifndef XDRV_HAVE_LIMIT_FEATURES
	blk_queue_flag_set(QUEUE_FLAG_NONROT, q);
#endif
}

/*
 * That there is a volatile cache, which is to be flushed, and that FUA goes round it. A limit since
 * 6.11, a call before. Can go, the second one as it is, with support for 6.1.
 */
static inline void xdrv_limits_set_write_cache(struct queue_limits *lim)
{
#ifdef XDRV_HAVE_LIMIT_FEATURES
	lim->features |= BLK_FEAT_WRITE_CACHE | BLK_FEAT_FUA;
#endif
}

static inline void xdrv_queue_set_write_cache(struct request_queue *q)
{
#ifndef XDRV_HAVE_LIMIT_FEATURES
	blk_queue_write_cache(q, true, true);
#endif
}

/* Claims had no operations of their holder until 6.5. Can go with support for 6.1. */
#ifndef XDRV_HAVE_CLAIM_OPS
#define bd_prepare_to_claim(bdev, holder, hops) bd_prepare_to_claim(bdev, holder)
#endif

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
