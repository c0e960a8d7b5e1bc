// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of the disks of xdrv_common. */
#include <kunit/test.h>
#include <linux/blk-mq.h>

#include <xdrv/disk.h>

#include "compat.h"
#include "compat_kunit.h"
#include "test_call.h"

/**
 * struct xdrv_test_disk - a disk as a driver would have it
 * @xdisk: the disk
 * @group: it is the only one of this
 * @late_put: drops a reference after a while
 * @released: set by ->release, which leaves the memory to KUnit
 */
struct xdrv_test_disk {
	struct xdrv_disk xdisk;
	struct xdrv_disk_group group;
	struct delayed_work late_put;
	bool released;
};

static void xdrv_test_disk_release(struct xdrv_disk *xdisk)
{
	WRITE_ONCE(container_of(xdisk, struct xdrv_test_disk, xdisk)->released, true);
}

static blk_status_t xdrv_test_queue_rq(struct blk_mq_hw_ctx *hctx,
				       const struct blk_mq_queue_data *bd)
{
	blk_mq_start_request(bd->rq);
	blk_mq_end_request(bd->rq, BLK_STS_OK);
	return BLK_STS_OK;
}

static const struct blk_mq_ops xdrv_test_mq_ops = {
	.queue_rq = xdrv_test_queue_rq,
};

static void xdrv_test_submit_bio(struct bio *bio)
{
	bio_endio(bio);
}

static const struct block_device_operations xdrv_test_mq_fops = {
	.owner = THIS_MODULE,
	.free_disk = xdrv_disk_free,
};

static const struct block_device_operations xdrv_test_bio_fops = {
	.owner = THIS_MODULE,
	.submit_bio = xdrv_test_submit_bio,
	.free_disk = xdrv_disk_free,
};

static struct xdrv_test_disk *xdrv_test_disk(struct kunit *test, bool mq)
{
	struct xdrv_test_disk *disk = kunit_kzalloc(test, sizeof(*disk), GFP_KERNEL);
	struct queue_limits lim = { .logical_block_size = 512 };

	KUNIT_ASSERT_NOT_NULL(test, disk);
	xdrv_disk_group_init(&disk->group);
	disk->xdisk.group = &disk->group;
	disk->xdisk.release = xdrv_test_disk_release;
	disk->xdisk.tags.numa_node = NUMA_NO_NODE;
	if (mq) {
		disk->xdisk.tags.ops = &xdrv_test_mq_ops;
		disk->xdisk.tags.nr_hw_queues = 1;
		disk->xdisk.tags.queue_depth = 4;
	}
	KUNIT_ASSERT_EQ(test, xdrv_disk_alloc(&disk->xdisk, &lim), 0);
	KUNIT_ASSERT_NOT_NULL(test, disk->xdisk.disk);
	disk->xdisk.disk->fops = mq ? &xdrv_test_mq_fops : &xdrv_test_bio_fops;
	disk->xdisk.disk->flags |= GENHD_FL_NO_PART;
	strscpy(disk->xdisk.disk->disk_name, "xdrvtest", DISK_NAME_LEN);
	set_capacity(disk->xdisk.disk, 8);
	return disk;
}

/* The last reference can be dropped by a worker of the block layer. */
static bool xdrv_test_disk_is_released(struct xdrv_test_disk *disk)
{
	xdrv_disk_group_drain(&disk->group);
	return READ_ONCE(disk->released);
}

static void xdrv_disk_can_be_given_up_before_it_is_added(struct kunit *test)
{
	struct xdrv_test_disk *disk;
	int mq;

	for (mq = 0; mq < 2; mq++) {
		disk = xdrv_test_disk(test, mq);
		KUNIT_EXPECT_FALSE(test, disk->released);
		xdrv_disk_put(&disk->xdisk);
		KUNIT_EXPECT_TRUE(test, xdrv_test_disk_is_released(disk));
	}
}

static void xdrv_disk_comes_and_goes(struct kunit *test)
{
	struct xdrv_test_disk *disk;
	int mq;

	for (mq = 0; mq < 2; mq++) {
		disk = xdrv_test_disk(test, mq);
		KUNIT_ASSERT_EQ(test, xdrv_disk_add(&disk->xdisk, NULL, NULL), 0);
		KUNIT_EXPECT_TRUE(test, disk_live(disk->xdisk.disk));
		xdrv_disk_del(&disk->xdisk);
		KUNIT_EXPECT_FALSE(test, disk_live(disk->xdisk.disk));
		KUNIT_EXPECT_FALSE(test, disk->released);
		xdrv_disk_put(&disk->xdisk);
		KUNIT_EXPECT_TRUE(test, xdrv_test_disk_is_released(disk));
	}
}

static void xdrv_disk_without_free_disk_is_refused(struct kunit *test)
{
	static const struct block_device_operations fops = { .owner = THIS_MODULE };
	struct xdrv_test_disk *disk = xdrv_test_disk(test, true);
	int err = 0;

	disk->xdisk.disk->fops = &fops;
	kunit_warning_suppress(test)
		err = xdrv_disk_add(&disk->xdisk, NULL, NULL);
	KUNIT_EXPECT_EQ(test, err, -EINVAL);
	xdrv_disk_put(&disk->xdisk);
	KUNIT_EXPECT_TRUE(test, xdrv_test_disk_is_released(disk));
}

static void xdrv_disk_alloc_failure_leaves_the_memory(struct kunit *test)
{
	struct xdrv_test_disk *disk = kunit_kzalloc(test, sizeof(*disk), GFP_KERNEL);
	struct queue_limits lim = {};

	KUNIT_ASSERT_NOT_NULL(test, disk);
	xdrv_disk_group_init(&disk->group);
	disk->xdisk.group = &disk->group;
	disk->xdisk.release = xdrv_test_disk_release;
	disk->xdisk.tags.ops = &xdrv_test_mq_ops;
	disk->xdisk.tags.nr_hw_queues = 1;
	/* No depth: the tag set is refused. */
	KUNIT_EXPECT_EQ(test, xdrv_disk_alloc(&disk->xdisk, &lim), -EINVAL);
	/* Nor is the group left waiting for it. */
	xdrv_disk_group_drain(&disk->group);
	KUNIT_EXPECT_FALSE(test, disk->released);
}

static void xdrv_test_disk_put_late(struct work_struct *work)
{
	struct xdrv_test_disk *disk = container_of(to_delayed_work(work), struct xdrv_test_disk,
						   late_put);

	put_device(disk_to_dev(disk->xdisk.disk));
}

static void xdrv_disk_group_drain_waits_for_the_last_reference(struct kunit *test)
{
	struct xdrv_test_disk *disk = xdrv_test_disk(test, true);

	INIT_DELAYED_WORK(&disk->late_put, xdrv_test_disk_put_late);
	KUNIT_ASSERT_EQ(test, xdrv_disk_add(&disk->xdisk, NULL, NULL), 0);
	get_device(disk_to_dev(disk->xdisk.disk));
	xdrv_disk_del(&disk->xdisk);
	xdrv_disk_put(&disk->xdisk);
	KUNIT_EXPECT_FALSE(test, READ_ONCE(disk->released));

	schedule_delayed_work(&disk->late_put, msecs_to_jiffies(100));
	xdrv_disk_group_drain(&disk->group);
	KUNIT_EXPECT_TRUE(test, READ_ONCE(disk->released));
	flush_delayed_work(&disk->late_put);
}

static struct kunit_case xdrv_disk_cases[] = {
	KUNIT_CASE(xdrv_disk_can_be_given_up_before_it_is_added),
	KUNIT_CASE(xdrv_disk_comes_and_goes),
	KUNIT_CASE(xdrv_disk_without_free_disk_is_refused),
	KUNIT_CASE(xdrv_disk_alloc_failure_leaves_the_memory),
	KUNIT_CASE(xdrv_disk_group_drain_waits_for_the_last_reference),
	{}
};

static struct kunit_suite xdrv_disk_suite = {
	.name = "xdrv_disk",
	.test_cases = xdrv_disk_cases,
};

kunit_test_suite(xdrv_disk_suite);

MODULE_DESCRIPTION("KUnit tests of the disks of xdrv_common");
MODULE_LICENSE("GPL");
