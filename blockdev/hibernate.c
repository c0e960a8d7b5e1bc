// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hibernation. What is on a disk is in memory, so that sleep does no harm to it, and hibernation
 * saves it with all the rest. But an image that is written to a disk in memory is gone when power
 * is, and everything with it.
 */
#define pr_fmt(fmt) "xbd: " fmt

#include <linux/suspend.h>

#include "xbd.h"

#include "compat_block.h"

static bool xbd_is_swapped_to(struct gendisk *disk)
{
	struct block_device *part;
	unsigned long partno;
	bool found = false;

	rcu_read_lock();
	xa_for_each(&disk->part_tbl, partno, part)
		found |= IS_SWAPFILE(xdrv_bdev_inode(part));
	rcu_read_unlock();
	return found;
}

static int xbd_pm_event(struct notifier_block *notifier, unsigned long event, void *unused)
{
	struct xbd_device *xbd = container_of(notifier, struct xbd_device, pm_notifier);
	struct gendisk *disk = xbd->disk.disk;

	if (event != PM_HIBERNATION_PREPARE || !xbd_is_swapped_to(disk))
		return NOTIFY_DONE;
	pr_warn("%s: no hibernation, it would be lost with the memory it swaps to: use swapoff first\n",
		disk->disk_name);
	return notifier_from_errno(-EBUSY);
}

/* May sleep. From now on no hibernation when the disk, or a partition of it, is for swap. */
void xbd_hibernation_watch(struct xbd_device *xbd)
{
	xbd->pm_notifier.notifier_call = xbd_pm_event;
	/* Fails only if it is there already. */
	WARN_ON(register_pm_notifier(&xbd->pm_notifier));
}

/* May sleep. When this returns, nobody asks for the disk any more. */
void xbd_hibernation_unwatch(struct xbd_device *xbd)
{
	unregister_pm_notifier(&xbd->pm_notifier);
}
