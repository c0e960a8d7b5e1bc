// SPDX-License-Identifier: GPL-2.0-only
/*
 * What of a disk changes while it is in use. Each call here is made by one task at a time for the
 * same disk; xbd_device_set_mbps() while others of them may be waiting, see struct xbd_dir.
 */
#include "xbd.h"

#include "compat_block.h"

bool xbd_device_has_medium(const struct xbd_device *xbd)
{
	return READ_ONCE(xbd->end);
}

/*
 * Make a disk larger or smaller, and tell its users; partitions stay as they are. What lies beyond
 * the new end is dropped, and its memory freed. May sleep. Returns 0 or -ENOMEM.
 */
int xbd_device_resize(struct xbd_device *xbd, u64 size)
{
	struct gendisk *disk = xbd->disk.disk;
	bool has_medium = xbd_device_has_medium(xbd);
	bool grows = size > xbd->store.size;
	unsigned int memflags;
	int err;

	if (!grows) {
		static_branch_enable(&xbd_checks);
		if (has_medium)
			set_capacity_and_notify(disk, size >> SECTOR_SHIFT);
	}

	/* Nothing is under way while the table changes. */
	memflags = blk_mq_freeze_queue(disk->queue);
	err = xbd_layers_resize(&xbd->layers, size);
	if (!err && has_medium)
		WRITE_ONCE(xbd->end, size);
	blk_mq_unfreeze_queue(disk->queue, memflags);

	/* Larger, or as it was. */
	if (has_medium && grows == !err)
		set_capacity_and_notify(disk, xbd->store.size >> SECTOR_SHIFT);
	return err;
}

/* Say how much memory data may use. May sleep. */
void xbd_device_set_mem_limit(struct xbd_device *xbd, u64 bytes)
{
	struct request_queue *q = xbd->disk.disk->queue;
	unsigned int memflags = blk_mq_freeze_queue(q);

	xbd_layers_set_limit(&xbd->layers, bytes);
	blk_mq_unfreeze_queue(q, memflags);
}

/*
 * Say how many MiB of data may go through in a second; 0: as many as can. What waits because of the
 * old cap ends at once. May sleep.
 */
void xbd_device_set_mbps(struct xbd_device *xbd, unsigned int mbps)
{
	bool was_capped = xbd->cap.rate;

	if (mbps && !was_capped)
		static_branch_inc(&xbd_faults_used);
	xbd_cap_set(&xbd->cap, mbps);
	xbd_holds_release_capped(&xbd->holds);
	if (!mbps && was_capped)
		static_branch_dec(&xbd_faults_used);
}

/* Those who look for partitions, or have a file system on it, have to look again. May sleep. */
void xbd_device_change_medium(struct xbd_device *xbd)
{
	struct gendisk *disk = xbd->disk.disk;

	disk_force_media_change(disk);
	set_bit(GD_NEED_PART_SCAN, &disk->state);
}

/* Take the medium out: I/O fails from now on, and no file can be opened. May sleep. */
void xbd_device_eject(struct xbd_device *xbd)
{
	if (!xbd_device_has_medium(xbd))
		return;
	static_branch_enable(&xbd_checks);
	WRITE_ONCE(xbd->end, 0);
	set_capacity_and_notify(xbd->disk.disk, 0);
	xbd_device_change_medium(xbd);
}

/* Put the medium in again, with all that is on it. May sleep. */
void xbd_device_insert(struct xbd_device *xbd)
{
	if (xbd_device_has_medium(xbd))
		return;
	WRITE_ONCE(xbd->end, xbd->store.size);
	set_capacity_and_notify(xbd->disk.disk, xbd->store.size >> SECTOR_SHIFT);
	xbd_device_change_medium(xbd);
}
