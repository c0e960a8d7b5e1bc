// SPDX-License-Identifier: GPL-2.0-only
/* Power cuts: what the volatile cache held is gone, and nothing works until the power is back. */
#include "zoned.h"

#include "compat_block.h"

/*
 * Cut the power: what was neither flushed nor written with FUA is dropped, all at once, and I/O
 * fails from now on. What is under way is finished before, so no acknowledged flush is lost; what
 * waits because of the cap on the bandwidth, at once. May sleep.
 */
void xbd_device_cut_power(struct xbd_device *xbd)
{
	struct request_queue *q = xbd->disk.disk->queue;
	unsigned int memflags;

	static_branch_enable(&xbd_checks);
	WRITE_ONCE(xbd->is_cut, true);
	xbd_holds_release_capped(&xbd->holds);
	memflags = blk_mq_freeze_queue(q);
	xbd_layers_empty(&xbd->layers, XBD_CACHE);
	if (xbd->zones)
		xbd_zones_lose_power(xbd->zones);
	blk_mq_unfreeze_queue(q, memflags);
}

/*
 * What the page cache has of the disk and its partitions would hide what is on them, or overwrite
 * it later: write it now, and forget it. Pages that are in use stay. May sleep.
 */
void xbd_device_forget_pages(struct xbd_device *xbd)
{
	struct gendisk *disk = xbd->disk.disk;
	struct block_device *part;
	unsigned long number;

	guard(mutex)(&disk->open_mutex);
	xa_for_each(&disk->part_tbl, number, part) {
		sync_blockdev(part);
		invalidate_bdev(part);
	}
}

/* The power is back. The page cache is that of a machine that was off, too. May sleep. */
void xbd_device_restore_power(struct xbd_device *xbd)
{
	if (!xbd->is_cut)
		return;
	xbd_device_forget_pages(xbd);
	WRITE_ONCE(xbd->is_cut, false);
}
