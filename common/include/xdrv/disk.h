/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A gendisk with its blk-mq tag set, freed in the right order.
 *
 * The life of one:
 *
 *   xdrv_disk_group_init()  once for the module
 *
 *   fill in xdisk->tags     ops, nr_hw_queues, queue_depth and so on; no ops: a disk for bios
 *   xdrv_disk_alloc()       queue and disk; set its fops, capacity, name
 *   xdrv_disk_add()         users may open it; the first one has it scanned for partitions
 *   xdrv_disk_del()         no I/O any more; open files keep the memory
 *   xdrv_disk_put()
 *
 *   xdrv_disk_group_drain() once, before the module goes
 */
#ifndef XDRV_DISK_H
#define XDRV_DISK_H

#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/completion.h>
#include <linux/refcount.h>

/**
 * struct xdrv_disk_group - the disks of a module
 * @users: the module and every disk that is not yet released; private
 * @unused: completed when @users drops to 0; private
 */
struct xdrv_disk_group {
	refcount_t users;
	struct completion unused;
};

/**
 * struct xdrv_disk - disk, to be embedded in the driver's own
 * @tags: the tag set, filled in by the driver before xdrv_disk_alloc(); of a disk for bios only
 *        numa_node
 * @disk: the gendisk; its private_data leads back here, its fops must have
 *        xdrv_disk_free() as ->free_disk
 * @group: set by the driver before xdrv_disk_alloc()
 * @release: the last file is closed: free the memory that the disk is part of. Set by the driver
 *           before xdrv_disk_alloc(). May sleep.
 */
struct xdrv_disk {
	struct blk_mq_tag_set tags;
	struct gendisk *disk;
	struct xdrv_disk_group *group;
	void (*release)(struct xdrv_disk *xdisk);
};

void xdrv_disk_group_init(struct xdrv_disk_group *group);
void xdrv_disk_group_drain(struct xdrv_disk_group *group);

int xdrv_disk_alloc(struct xdrv_disk *xdisk, struct queue_limits *lim);
int xdrv_disk_add(struct xdrv_disk *xdisk, struct device *parent,
		  const struct attribute_group **groups);
void xdrv_disk_del(struct xdrv_disk *xdisk);
void xdrv_disk_put(struct xdrv_disk *xdisk);
void xdrv_disk_free(struct gendisk *disk);

#endif /* XDRV_DISK_H */
