// SPDX-License-Identifier: GPL-2.0-only
/*
 * A snapshot of a disk: what it had stays as it is, and what is written from then on goes into an
 * overlay, which can be dropped or kept. Each call here is made by one task at a time for the same
 * disk.
 */
#include "xbd.h"

#include "compat_block.h"

bool xbd_device_has_snapshot(const struct xbd_device *xbd)
{
	return xbd->layers.stores[XBD_SNAPSHOT];
}

/*
 * Take a snapshot of what the disk has now. The cache is a part of that, and is flushed: most of it
 * while I/O goes on, the rest while the queue is frozen. May sleep. Returns 0 or -ENOMEM.
 */
int xbd_device_take_snapshot(struct xbd_device *xbd)
{
	struct request_queue *q = xbd->disk.disk->queue;
	struct xbd_store *overlay = xbd_overlay_create(&xbd->layers);
	unsigned int memflags;
	int err;

	if (IS_ERR(overlay))
		return PTR_ERR(overlay);

	xbd_layers_flush(&xbd->layers);
	memflags = blk_mq_freeze_queue(q);
	err = xbd_layers_flush(&xbd->layers);
	if (!err)
		xbd_layers_set_overlay(&xbd->layers, XBD_SNAPSHOT, overlay);
	blk_mq_unfreeze_queue(q, memflags);
	if (err)
		xbd_overlay_destroy(overlay);
	return err;
}

static void xbd_device_begin_merge(struct xbd_device *xbd)
{
	struct request_queue *q = xbd->disk.disk->queue;
	unsigned int memflags = blk_mq_freeze_queue(q);

	xbd->layers.merging = true;
	blk_mq_unfreeze_queue(q, memflags);
}

/* Takes the snapshot's overlay out, which is empty by now. */
static struct xbd_store *xbd_device_end_merge(struct xbd_device *xbd)
{
	struct request_queue *q = xbd->disk.disk->queue;
	unsigned int memflags = blk_mq_freeze_queue(q);
	struct xbd_store *overlay = xbd->layers.stores[XBD_SNAPSHOT];

	xbd_layers_set_overlay(&xbd->layers, XBD_SNAPSHOT, NULL);
	xbd->layers.merging = false;
	blk_mq_unfreeze_queue(q, memflags);
	return overlay;
}

/*
 * Remove the snapshot and keep what the disk has now, while I/O goes on. May sleep, and takes long
 * if much was written since the snapshot. Returns 0 or -ENOMEM; then it goes on with the next call,
 * but there is no way back to the snapshot.
 */
int xbd_device_drop_snapshot(struct xbd_device *xbd)
{
	int err;

	if (!xbd_device_has_snapshot(xbd))
		return 0;
	if (!xbd->layers.merging)
		xbd_device_begin_merge(xbd);
	err = xbd_layers_merge_snapshot(&xbd->layers);
	if (err)
		return err;
	xbd_overlay_destroy(xbd_device_end_merge(xbd));
	return 0;
}

/* All that was written since the snapshot, and the cache, is gone; memory is freed later. */
static void xbd_device_drop_overlays(struct xbd_device *xbd)
{
	struct request_queue *q = xbd->disk.disk->queue;
	unsigned int memflags = blk_mq_freeze_queue(q);

	xbd_layers_empty(&xbd->layers, XBD_CACHE);
	xbd_layers_empty(&xbd->layers, XBD_SNAPSHOT);
	blk_mq_unfreeze_queue(q, memflags);
}

/*
 * Go back to the snapshot, which stays. A file system that is mounted would not know, so the disk
 * is claimed, as by one that is to be mounted, which nobody else can do at the same time. What
 * others have written to the page cache comes to the disk before, not after; what they read is read
 * anew. May sleep. Returns 0, -EBUSY, or -EINPROGRESS if the snapshot is being removed.
 */
int xbd_device_roll_back(struct xbd_device *xbd)
{
	struct block_device *bdev = xbd->disk.disk->part0;
	int err;

	if (xbd->layers.merging)
		return -EINPROGRESS;
	err = bd_prepare_to_claim(bdev, xbd, NULL);
	if (err)
		return err;
	xbd_device_forget_pages(xbd);
	xbd_device_drop_overlays(xbd);
	xbd_device_forget_pages(xbd);
	xbd_device_change_medium(xbd);
	/* Only removable disks have an event for that. */
	kobject_uevent(&disk_to_dev(xbd->disk.disk)->kobj, KOBJ_CHANGE);
	bd_abort_claiming(bdev, xbd);
	return 0;
}
