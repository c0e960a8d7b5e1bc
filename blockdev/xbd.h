/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of xbd share. */
#ifndef XBD_H
#define XBD_H

#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/list.h>
#include <linux/workqueue.h>

#include <xdrv/disk.h>

#include "store.h"

/**
 * struct xbd_config - what a disk is to be like; all checked
 * @size: capacity in bytes, a multiple of @blocksize
 * @blocksize: logical block size in bytes
 * @submit_queues: number of hardware queues for ordinary requests
 * @poll_queues: number of hardware queues for polled requests
 * @hw_queue_depth: requests that each of them holds
 * @discard: whether discard and secure erase are offered
 */
struct xbd_config {
	u64 size;
	unsigned int blocksize;
	unsigned int submit_queues;
	unsigned int poll_queues;
	unsigned int hw_queue_depth;
	bool discard;
};

/**
 * struct xbd_device - a disk
 * @store: its contents
 * @disk: gendisk and tag set
 * @config: what it was made from; does not change
 * @node: in the list of all disks
 */
struct xbd_device {
	struct xbd_store store;
	struct xdrv_disk disk;
	struct xbd_config config;
	struct list_head node;
};

/**
 * struct xbd_cmd - the driver's part of a request
 * @work: for requests that have to sleep or take long
 */
struct xbd_cmd {
	struct work_struct work;
};

/* main.c: workqueues for requests, and for freeing and stocking up on pages. */
extern struct workqueue_struct *xbd_request_wq;
extern struct workqueue_struct *xbd_reclaim_wq;

/* param.c */
int xbd_params_check(struct xbd_config *config, unsigned int *nr_devices);

/* disk.c */
extern struct xdrv_disk_group xbd_disks;
struct xbd_device *xbd_device_create(const struct xbd_config *config, unsigned int index);
void xbd_device_destroy(struct xbd_device *xbd);

/* queue.c */
extern const struct blk_mq_ops xbd_mq_ops;

/* io.c */
blk_status_t xbd_io_nowait(struct xbd_device *xbd, struct request *rq);
blk_status_t xbd_io_wait(struct xbd_device *xbd, struct request *rq);

/* sysfs.c */
extern const struct attribute_group *xbd_attr_groups[];

#endif /* XBD_H */
