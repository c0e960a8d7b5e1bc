/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of xbd share. */
#ifndef XBD_H
#define XBD_H

#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/configfs.h>
#include <linux/jump_label.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/workqueue.h>

#include <xdrv/disk.h>

#include <xdrv/param.h>

#include "bad.h"
#include "cap.h"
#include "faults.h"
#include "held.h"
#include "layers.h"
#include "store.h"

#include "compat_block.h"

struct xbd_zones;

/**
 * enum xbd_queue_mode - how I/O comes to a disk; the numbers are null_blk's
 * @XBD_MODE_BIO: as it was submitted
 * @XBD_MODE_MQ: as requests, by hardware queues
 */
enum xbd_queue_mode {
	XBD_MODE_BIO = 0,
	XBD_MODE_MQ = 2,
};

/**
 * struct xbd_config - what a disk is to be like; all checked
 * @name: of its directory, which stays until the disk has been taken away
 * @size: capacity in bytes, a multiple of @blocksize
 * @blocksize: logical block size in bytes
 * @queue_mode: how I/O comes to it; with XBD_MODE_BIO, the next three mean nothing
 * @submit_queues: number of hardware queues for ordinary requests
 * @poll_queues: number of hardware queues for polled requests
 * @hw_queue_depth: requests that each of them holds
 * @home_node: NUMA node of the memory, or NUMA_NO_NODE
 * @mem_limit: bytes of memory that data may use; 0: as much as the host has
 * @huge: whether to take 2 MiB at a time where that can be had
 * @cache_size: bytes that the volatile cache holds; 0: there is none
 * @discard: whether discard and secure erase are offered
 * @mbps: MiB of data in a second that may go through; 0: as many as can
 * @read_only: whether the disk is read-only
 * @removable: whether it has a medium that can be taken out
 * @zoned: whether it has zones; if not, what follows means nothing
 * @zone_size: of a zone, in bytes, a power of two
 * @zone_capacity: bytes of a sequential zone that can be written; 0: all
 * @zone_nr_conv: zones at the beginning that are conventional
 * @zone_max_open: zones that may be open; 0: all
 * @zone_max_active: zones that may be open or closed; 0: all
 * @zone_append_max_sectors: of an append at most; 0: none, the block layer writes instead
 * @zone_full: whether zones are full at first
 */
struct xbd_config {
	const char *name;
	u64 size;
	unsigned int blocksize;
	enum xbd_queue_mode queue_mode;
	unsigned int submit_queues;
	unsigned int poll_queues;
	unsigned int hw_queue_depth;
	int home_node;
	u64 mem_limit;
	bool huge;
	u64 cache_size;
	bool discard;
	unsigned int mbps;
	bool read_only;
	bool removable;
	bool zoned;
	u64 zone_size;
	u64 zone_capacity;
	unsigned int zone_nr_conv;
	unsigned int zone_max_open;
	unsigned int zone_max_active;
	unsigned int zone_append_max_sectors;
	bool zone_full;
};

/**
 * struct xbd_device - a disk
 * @store: its contents
 * @layers: what lies over them
 * @is_cut: whether its power has been cut, so that all I/O fails
 * @end: bytes that can be reached: the size, or 0 while there is no medium
 * @bad: its bad blocks
 * @faults: rules for its I/O
 * @cap: how much data may go through
 * @holds: I/O that is held back by either
 * @zones: its zones, or NULL; does not change
 * @disk: gendisk and tag set
 * @pm_notifier: is told of hibernation
 * @config: what it was made from; does not change
 */
struct xbd_device {
	struct xbd_store store;
	struct xbd_layers layers;
	bool is_cut;
	u64 end;
	struct xbd_bad *bad;
	const struct xbd_faults *faults;
	struct xbd_cap cap;
	struct xbd_holds holds;
	struct xbd_zones *zones;
	struct xdrv_disk disk;
	struct notifier_block pm_notifier;
	struct xbd_config config;
};

/**
 * struct xbd_cmd - the driver's part of a request
 * @work: for requests that have to sleep or take long
 * @held: for those that are held back
 * @until: when they are to end
 * @status: what they end with
 * @comes_again: whether they go back to the queue instead
 * @is_placed: whether a write has its place in a zone
 */
struct xbd_cmd {
	struct work_struct work;
	struct xbd_held held;
	ktime_t until;
	blk_status_t status;
	bool comes_again;
	bool is_placed;
};

/* main.c: workqueues for requests, and for freeing and stocking up on pages. */
extern struct workqueue_struct *xbd_request_wq;
extern struct workqueue_struct *xbd_reclaim_wq;

/*
 * For operations on zones, which wait for writes that have their place; these may be deferred, too,
 * and must not find all places in their queue taken.
 */
extern struct workqueue_struct *xbd_zone_wq;

/* param.c */
extern struct xdrv_param xbd_param_size, xbd_param_blocksize, xbd_param_submit_queues;
extern struct xdrv_param xbd_param_poll_queues, xbd_param_hw_queue_depth, xbd_param_home_node;
extern struct xdrv_param xbd_param_discard, xbd_param_queue_mode, xbd_param_mem_limit;
extern struct xdrv_param xbd_param_huge, xbd_param_cache_size;
unsigned int xbd_submit_queues(u64 wanted);
unsigned int xbd_poll_queues(u64 wanted);
int xbd_params_check(struct xbd_config *config, unsigned int *nr_devices);
const char *xbd_config_conflict(const struct xbd_config *config);

/* zone_param.c */
extern struct xdrv_param xbd_param_zoned, xbd_param_zone_size, xbd_param_zone_capacity;
extern struct xdrv_param xbd_param_zone_nr_conv, xbd_param_zone_max_open;
extern struct xdrv_param xbd_param_zone_max_active, xbd_param_zone_append_max_sectors;
extern struct xdrv_param xbd_param_zone_full;
int xbd_zone_params_check(struct xbd_config *config);
const char *xbd_zone_conflict(const struct xbd_config *config);

/* disk.c */
extern struct xdrv_disk_group xbd_disks;
struct xbd_device *xbd_device_create(const struct xbd_config *config, unsigned int index,
				     struct xbd_bad *bad, const struct xbd_faults *faults);
void xbd_device_destroy(struct xbd_device *xbd);

/* hibernate.c */
void xbd_hibernation_watch(struct xbd_device *xbd);
void xbd_hibernation_unwatch(struct xbd_device *xbd);

/* change.c */
bool xbd_device_has_medium(const struct xbd_device *xbd);
int xbd_device_resize(struct xbd_device *xbd, u64 size);
void xbd_device_set_mem_limit(struct xbd_device *xbd, u64 bytes);
void xbd_device_set_mbps(struct xbd_device *xbd, unsigned int mbps);
void xbd_device_eject(struct xbd_device *xbd);
void xbd_device_insert(struct xbd_device *xbd);
void xbd_device_change_medium(struct xbd_device *xbd);

/* snapshot.c */
int xbd_device_take_snapshot(struct xbd_device *xbd);
int xbd_device_drop_snapshot(struct xbd_device *xbd);
int xbd_device_roll_back(struct xbd_device *xbd);
bool xbd_device_has_snapshot(const struct xbd_device *xbd);

/* power.c */
void xbd_device_cut_power(struct xbd_device *xbd);
void xbd_device_restore_power(struct xbd_device *xbd);
void xbd_device_forget_pages(struct xbd_device *xbd);

/* check.c */
DECLARE_STATIC_KEY_FALSE(xbd_checks);
blk_status_t __xbd_check(struct xbd_device *xbd, u64 pos, u64 len);

/* Whether I/O may come to the store. */
static __always_inline blk_status_t xbd_check(struct xbd_device *xbd, u64 pos, u64 len)
{
	return static_branch_unlikely(&xbd_checks) ? __xbd_check(xbd, pos, len) : BLK_STS_OK;
}

/**
 * struct xbd_dir - a directory in configfs: the description of a disk, and the disk
 * @group: the configfs part
 * @faults_group: the directory in it for rules
 * @index: N in xbd<N>
 * @node: in the list of those made at load
 * @bad: bad blocks of the disk, whether it is there or not
 * @faults: rules for its I/O, the same
 * @lock: guards what follows
 * @config: how the disk is, or is to be
 * @xbd: the disk, or NULL while the power is off
 */
struct xbd_dir {
	struct config_group group;
	struct config_group faults_group;
	unsigned int index;
	struct list_head node;
	struct xbd_bad bad;
	struct xbd_faults faults;

	/*
	 * Who has the first lock may wait for I/O that is held back: it must be possible to lift
	 * the cap on the bandwidth, and to take the disk away. The second one is taken inside the
	 * first.
	 */
	struct mutex lock;	/* guards config but for mbps, and xbd */
	struct mutex mbps_lock;	/* guards config.mbps and, to change it, xbd */
	struct xbd_config config;
	struct xbd_device *xbd;
};

static inline struct xbd_dir *xbd_dir_of(struct config_item *item)
{
	return container_of(to_config_group(item), struct xbd_dir, group);
}

/* configfs.c */
int xbd_configfs_init(const struct xbd_config *config, unsigned int nr_devices);
void xbd_configfs_exit(void);
void xbd_dir_let_go(struct xbd_dir *dir);
int xbd_dir_set_power(struct xbd_dir *dir, bool on);

/* attributes.c */
extern struct configfs_attribute *xbd_attributes[];

/* faults_dir.c */
void xbd_dir_add_faults(struct xbd_dir *dir);

/* queue.c */
extern const struct blk_mq_ops xbd_mq_ops;

static __always_inline struct xbd_device *xbd_of_request(struct request *rq)
{
	return container_of((struct xdrv_disk *)rq->q->queuedata, struct xbd_device, disk);
}

/* Where a request is served that has to wait. */
static inline struct workqueue_struct *xbd_rq_wq(struct request *rq)
{
	return op_is_zone_mgmt(req_op(rq)) ? xbd_zone_wq : xbd_request_wq;
}

/* io.c */
blk_status_t xbd_rq_nowait(struct xbd_device *xbd, struct request *rq);
blk_status_t xbd_rq_wait(struct xbd_device *xbd, struct request *rq);
blk_status_t xbd_bio_do(struct xbd_device *xbd, struct bio *bio);
blk_status_t __xbd_rq_nowait(struct xbd_device *xbd, struct request *rq);
blk_status_t __xbd_rq_wait(struct xbd_device *xbd, struct request *rq);
blk_status_t __xbd_bio_serve(struct xbd_device *xbd, struct bio *bio);
void xbd_submit_bio(struct bio *bio);

/* Who would not wait and cannot be served so tries again; that is no error to tell of. */
static __always_inline void xbd_bio_end(struct bio *bio, blk_status_t status)
{
	bio->bi_status = status;
	if (unlikely(status == BLK_STS_AGAIN))
		bio_set_flag(bio, BIO_QUIET);
	bio_endio(bio);
}

/* faulty.c */
int xbd_faulty_init(void);
void xbd_faulty_exit(void);
enum blk_eh_timer_return xbd_rq_timeout(struct request *rq);
bool __xbd_rq_is_struck(struct xbd_device *xbd, struct request *rq);
bool __xbd_bio_is_struck(struct xbd_device *xbd, struct bio *bio);

/* Whether a rule has taken care of a request, which was started. */
static __always_inline bool xbd_rq_is_struck(struct xbd_device *xbd, struct request *rq)
{
	return static_branch_unlikely(&xbd_faults_used) && __xbd_rq_is_struck(xbd, rq);
}

/* Whether a rule has taken care of a bio. */
static __always_inline bool xbd_bio_is_struck(struct xbd_device *xbd, struct bio *bio)
{
	return static_branch_unlikely(&xbd_faults_used) && __xbd_bio_is_struck(xbd, bio);
}

/* sysfs.c */
extern const struct attribute_group *xbd_attr_groups[];

#endif /* XBD_H */
