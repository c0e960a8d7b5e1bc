// SPDX-License-Identifier: GPL-2.0-only
/* Disks whose memory outlives their last file: see xdrv/disk.h. */
#include <linux/module.h>

#include <xdrv/disk.h>

#include "compat_block.h"

/**
 * xdrv_disk_group_init() - begin a group without disks
 * @group: the storage, as a rule static in the driver's module
 *
 * Context: Any.
 */
void xdrv_disk_group_init(struct xdrv_disk_group *group)
{
	refcount_set(&group->users, 1);
	init_completion(&group->unused);
}
EXPORT_SYMBOL_NS_GPL(xdrv_disk_group_init, XDRV_NAMESPACE);

static void xdrv_disk_group_put(struct xdrv_disk_group *group)
{
	if (refcount_dec_and_test(&group->users))
		complete(&group->unused);
}

/**
 * xdrv_disk_group_drain() - wait until every disk of a group has been released
 * @group: a group whose disks have all been put; it is of no use afterwards
 *
 * When it returns, no ->release is running or will run, so the module that holds them may go away.
 * An open file holds a disk, but also the module; what else can hold one does not do so for long.
 *
 * Context: Process context, may sleep.
 */
void xdrv_disk_group_drain(struct xdrv_disk_group *group)
{
	xdrv_disk_group_put(group);
	wait_for_completion(&group->unused);
}
EXPORT_SYMBOL_NS_GPL(xdrv_disk_group_drain, XDRV_NAMESPACE);

static void xdrv_disk_free_tags(struct xdrv_disk *xdisk)
{
	if (xdisk->tags.ops)
		blk_mq_free_tag_set(&xdisk->tags);
}

static void xdrv_disk_release(struct xdrv_disk *xdisk)
{
	struct xdrv_disk_group *group = xdisk->group;

	xdrv_disk_free_tags(xdisk);
	xdisk->release(xdisk);
	xdrv_disk_group_put(group);
}

/**
 * xdrv_disk_alloc() - make a disk, not yet visible
 * @xdisk: zeroed storage with @tags, @group and @release filled in
 * @lim: limits of the queue
 *
 * On success xdrv_disk_put() frees everything, ->release included. On failure nothing is left
 * behind, and the memory is still the caller's.
 *
 * Context: Process context, may sleep.
 * Return: 0, -ENOMEM, or -EINVAL for a tag set or limits that make no sense.
 */
int xdrv_disk_alloc(struct xdrv_disk *xdisk, struct queue_limits *lim)
{
	struct gendisk *disk;
	int err;

	if (xdisk->tags.ops) {
		xdisk->tags.flags |= XDRV_TAG_SET_FLAGS;
		err = blk_mq_alloc_tag_set(&xdisk->tags);
		if (err)
			return err;
		disk = blk_mq_alloc_disk(&xdisk->tags, lim, xdisk);
	} else {
		disk = blk_alloc_disk(lim, xdisk->tags.numa_node);
	}
	if (IS_ERR(disk)) {
		xdrv_disk_free_tags(xdisk);
		return PTR_ERR(disk);
	}

	disk->private_data = xdisk;
	xdisk->disk = disk;
	refcount_inc(&xdisk->group->users);
	return 0;
}
EXPORT_SYMBOL_NS_GPL(xdrv_disk_alloc, XDRV_NAMESPACE);

/**
 * xdrv_disk_add() - show the disk to user space
 * @xdisk: a disk from xdrv_disk_alloc(), with fops, name and capacity set
 * @parent: parent in the device tree, or NULL for a virtual device
 * @groups: additional sysfs attributes, or NULL
 *
 * I/O must work before this is called. The partition table is read by the first who opens the
 * disk, not here as device_add_disk() would: the file that it opens is closed when the task
 * returns to user space (fput()), so that a module's init that has to fail after this would wait
 * forever in xdrv_disk_group_drain(). And the disk has its name before: device_add_disk() does not
 * look whether there was memory for that, and says -EINVAL then.
 *
 * Context: Process context, may sleep.
 * Return: 0, -ENOMEM or another error of device_add_disk(); the disk then needs only
 * xdrv_disk_put().
 */
int xdrv_disk_add(struct xdrv_disk *xdisk, struct device *parent,
		  const struct attribute_group **groups)
{
	struct gendisk *disk = xdisk->disk;
	int err;

	if (WARN_ON(disk->fops->free_disk != xdrv_disk_free))
		return -EINVAL;
	err = dev_set_name(disk_to_dev(disk), "%s", disk->disk_name);
	if (err)
		return err;
	if (disk->flags & GENHD_FL_NO_PART)
		return device_add_disk(parent, disk, groups);

	set_bit(GD_SUPPRESS_PART_SCAN, &disk->state);
	err = device_add_disk(parent, disk, groups);
	clear_bit(GD_SUPPRESS_PART_SCAN, &disk->state);
	if (!err)
		set_bit(GD_NEED_PART_SCAN, &disk->state);
	return err;
}
EXPORT_SYMBOL_NS_GPL(xdrv_disk_add, XDRV_NAMESPACE);

/**
 * xdrv_disk_del() - take the disk away from user space
 * @xdisk: an added disk
 *
 * Waits for the I/O under way; what comes later fails. Files may stay open.
 *
 * Context: Process context, may sleep.
 */
void xdrv_disk_del(struct xdrv_disk *xdisk)
{
	del_gendisk(xdisk->disk);
}
EXPORT_SYMBOL_NS_GPL(xdrv_disk_del, XDRV_NAMESPACE);

/**
 * xdrv_disk_put() - give up a disk
 * @xdisk: a disk from xdrv_disk_alloc(), never added or deleted again
 *
 * ->release runs when the last file is closed, or at once for a disk that was never added (the
 * block layer calls ->free_disk for added disks only).
 *
 * Context: Process context, may sleep.
 */
void xdrv_disk_put(struct xdrv_disk *xdisk)
{
	bool was_added = test_bit(GD_ADDED, &xdisk->disk->state);

	put_disk(xdisk->disk);
	if (!was_added)
		xdrv_disk_release(xdisk);
}
EXPORT_SYMBOL_NS_GPL(xdrv_disk_put, XDRV_NAMESPACE);

/**
 * xdrv_disk_free() - the ->free_disk of every disk of this kind
 * @disk: called by the block layer when the last reference to an added disk is gone
 *
 * Context: Process context, may sleep.
 */
void xdrv_disk_free(struct gendisk *disk)
{
	xdrv_disk_release(disk->private_data);
}
EXPORT_SYMBOL_NS_GPL(xdrv_disk_free, XDRV_NAMESPACE);
