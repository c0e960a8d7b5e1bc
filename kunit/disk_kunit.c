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

static const struct xdrv_disk_kind {
	const char *name;
	bool mq;
} xdrv_disk_kinds[] = {
	{ "for bios", false },
	{ "for requests", true },
};

KUNIT_ARRAY_PARAM_DESC(xdrv_disk_kind, xdrv_disk_kinds, name);

static bool xdrv_test_mq(struct kunit *test)
{
	return ((const struct xdrv_disk_kind *)test->param_value)->mq;
}

static void xdrv_disk_can_be_given_up_before_it_is_added(struct kunit *test)
{
	struct xdrv_test_disk *disk = xdrv_test_disk(test, xdrv_test_mq(test));

	KUNIT_EXPECT_FALSE(test, disk->released);
	xdrv_disk_put(&disk->xdisk);
	KUNIT_EXPECT_TRUE(test, xdrv_test_disk_is_released(disk));
}

/* One sector; of what is in it these disks know nothing. */
static int xdrv_test_io(struct kunit *test, struct xdrv_test_disk *disk)
{
	void *page = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	struct bio_vec vec;
	struct bio bio;
	int err;

	KUNIT_ASSERT_NOT_NULL(test, page);
	bio_init(&bio, disk->xdisk.disk->part0, &vec, 1, REQ_OP_READ);
	KUNIT_EXPECT_EQ(test, bio_add_page(&bio, virt_to_page(page), SECTOR_SIZE,
					   offset_in_page(page)), SECTOR_SIZE);
	err = submit_bio_wait(&bio);
	bio_uninit(&bio);
	return err;
}

static void xdrv_disk_comes_and_goes(struct kunit *test)
{
	struct xdrv_test_disk *disk = xdrv_test_disk(test, xdrv_test_mq(test));

	KUNIT_EXPECT_PTR_EQ(test, disk->xdisk.disk->private_data, &disk->xdisk);
	KUNIT_ASSERT_EQ(test, xdrv_disk_add(&disk->xdisk, NULL, NULL), 0);
	KUNIT_EXPECT_TRUE(test, disk_live(disk->xdisk.disk));
	KUNIT_EXPECT_EQ(test, xdrv_test_io(test, disk), 0);
	xdrv_disk_del(&disk->xdisk);
	KUNIT_EXPECT_FALSE(test, disk_live(disk->xdisk.disk));
	KUNIT_EXPECT_NE(test, xdrv_test_io(test, disk), 0);
	KUNIT_EXPECT_FALSE(test, disk->released);
	xdrv_disk_put(&disk->xdisk);
	KUNIT_EXPECT_TRUE(test, xdrv_test_disk_is_released(disk));
}

/* A file that xdrv_disk_add() had opened would hold the disk until the task is in user space. */
static void xdrv_disk_add_leaves_partitions_to_who_opens(struct kunit *test)
{
	struct xdrv_test_disk *disk = xdrv_test_disk(test, xdrv_test_mq(test));

	disk->xdisk.disk->flags &= ~GENHD_FL_NO_PART;
	KUNIT_ASSERT_EQ(test, xdrv_disk_add(&disk->xdisk, NULL, NULL), 0);
	KUNIT_EXPECT_EQ(test, disk_openers(disk->xdisk.disk), 0);
	KUNIT_EXPECT_TRUE(test, test_bit(GD_NEED_PART_SCAN, &disk->xdisk.disk->state));
	KUNIT_EXPECT_TRUE(test, disk_has_partscan(disk->xdisk.disk));
	xdrv_disk_del(&disk->xdisk);
	xdrv_disk_put(&disk->xdisk);
	KUNIT_EXPECT_TRUE(test, xdrv_test_disk_is_released(disk));
}

/* The second one cannot be shown: all that is left to do is to put it. */
static void xdrv_disk_of_a_name_in_use_needs_only_a_put(struct kunit *test)
{
	struct xdrv_test_disk *disk = xdrv_test_disk(test, xdrv_test_mq(test));
	struct xdrv_test_disk *other = xdrv_test_disk(test, xdrv_test_mq(test));

	KUNIT_ASSERT_EQ(test, xdrv_disk_add(&disk->xdisk, NULL, NULL), 0);
	KUNIT_EXPECT_EQ(test, xdrv_disk_add(&other->xdisk, NULL, NULL), -EEXIST);
	KUNIT_EXPECT_FALSE(test, other->released);
	xdrv_disk_put(&other->xdisk);
	KUNIT_EXPECT_TRUE(test, xdrv_test_disk_is_released(other));
	KUNIT_EXPECT_FALSE(test, READ_ONCE(disk->released));
	xdrv_disk_del(&disk->xdisk);
	xdrv_disk_put(&disk->xdisk);
	KUNIT_EXPECT_TRUE(test, xdrv_test_disk_is_released(disk));
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

static struct xdrv_test_disk *xdrv_test_disk_unmade(struct kunit *test)
{
	struct xdrv_test_disk *disk = kunit_kzalloc(test, sizeof(*disk), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, disk);
	xdrv_disk_group_init(&disk->group);
	disk->xdisk.group = &disk->group;
	disk->xdisk.release = xdrv_test_disk_release;
	disk->xdisk.tags.numa_node = NUMA_NO_NODE;
	return disk;
}

static void xdrv_disk_alloc_refuses_a_tag_set_without_tags(struct kunit *test)
{
	struct xdrv_test_disk *disk = xdrv_test_disk_unmade(test);
	struct queue_limits lim = {};

	disk->xdisk.tags.ops = &xdrv_test_mq_ops;
	disk->xdisk.tags.nr_hw_queues = 1;
	KUNIT_EXPECT_EQ(test, xdrv_disk_alloc(&disk->xdisk, &lim), -EINVAL);
	/* Nor is the group left waiting for it. */
	xdrv_disk_group_drain(&disk->group);
	KUNIT_EXPECT_FALSE(test, disk->released);
}

static void xdrv_disk_alloc_refuses_limits_that_make_no_sense(struct kunit *test)
{
	struct xdrv_test_disk *disk = xdrv_test_disk_unmade(test);
	struct queue_limits lim = { .logical_block_size = 512, .max_hw_sectors = 1 };
	int err = 0;

	if (xdrv_test_mq(test)) {
		disk->xdisk.tags.ops = &xdrv_test_mq_ops;
		disk->xdisk.tags.nr_hw_queues = 1;
		disk->xdisk.tags.queue_depth = 4;
	}
	kunit_warning_suppress(test)
		err = xdrv_disk_alloc(&disk->xdisk, &lim);
	KUNIT_EXPECT_EQ(test, err, -EINVAL);
	KUNIT_EXPECT_NULL(test, disk->xdisk.tags.tags);
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
	KUNIT_CASE_PARAM(xdrv_disk_can_be_given_up_before_it_is_added, xdrv_disk_kind_gen_params),
	KUNIT_CASE_PARAM(xdrv_disk_comes_and_goes, xdrv_disk_kind_gen_params),
	KUNIT_CASE_PARAM(xdrv_disk_add_leaves_partitions_to_who_opens, xdrv_disk_kind_gen_params),
	KUNIT_CASE_PARAM(xdrv_disk_of_a_name_in_use_needs_only_a_put, xdrv_disk_kind_gen_params),
	KUNIT_CASE(xdrv_disk_without_free_disk_is_refused),
	KUNIT_CASE(xdrv_disk_alloc_refuses_a_tag_set_without_tags),
	KUNIT_CASE_PARAM(xdrv_disk_alloc_refuses_limits_that_make_no_sense,
			 xdrv_disk_kind_gen_params),
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
