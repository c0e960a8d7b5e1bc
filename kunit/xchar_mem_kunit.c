// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of the mem back end, through its file operations but without a node in /dev. */
#include <kunit/test.h>
#include <linux/fs.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include "compat.h"
#include "../chardev/mem.h"
#include "../chardev/uapi/xchar.h"
#include "xchar_params.h"

#define XCHAR_TEST_LIMIT (16 * PAGE_SIZE)

/* An open file, without a node. */
static struct file *xchar_test_mem_open(struct kunit *test, struct xchar_device *xdev)
{
	struct file *file = kunit_kzalloc(test, sizeof(*file), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, file);
	spin_lock_init(&file->f_lock);
	file->private_data = xdev;
	file->f_op = &xchar_mem_fops;
	return file;
}

static void xchar_test_mem_destroy(void *xdev)
{
	xchar_test_destroy(&xchar_mem, xdev);
}

static int xchar_mem_test_init(struct kunit *test)
{
	const struct xchar_setup setup = { .size_limit = XCHAR_TEST_LIMIT };
	struct xchar_device *xdev = xchar_test_create(&xchar_mem, &setup);
	int err;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, xdev);
	err = kunit_add_action_or_reset(test, xchar_test_mem_destroy, xdev);
	KUNIT_ASSERT_EQ(test, err, 0);
	test->priv = xchar_test_mem_open(test, xdev);
	return 0;
}

static ssize_t xchar_test_read_by(struct kiocb *iocb, void *buf, size_t len)
{
	struct kvec kvec = { .iov_base = buf, .iov_len = len };
	loff_t pos = iocb->ki_pos;
	struct iov_iter to;
	ssize_t n;

	iov_iter_kvec(&to, ITER_DEST, &kvec, 1, len);
	n = xchar_mem_fops.read_iter(iocb, &to);
	/* What was not read is still to be read, and the place is behind what was. */
	if (iov_iter_count(&to) != len - max_t(ssize_t, n, 0))
		return -EIO;
	return iocb->ki_pos != pos + max_t(ssize_t, n, 0) ? -EIO : n;
}

static ssize_t xchar_test_pread(struct file *file, void *buf, size_t len, loff_t pos, int flags)
{
	struct kiocb iocb;

	init_sync_kiocb(&iocb, file);
	iocb.ki_flags |= flags;
	iocb.ki_pos = pos;
	return xchar_test_read_by(&iocb, buf, len);
}

static void xchar_test_complete(struct kiocb *iocb, long res)
{
}

/* As io_uring does: what is short now stays short. */
static ssize_t xchar_test_pread_whole(struct file *file, void *buf, size_t len, loff_t pos)
{
	struct kiocb iocb;

	init_sync_kiocb(&iocb, file);
	iocb.ki_complete = xchar_test_complete;
	iocb.ki_flags |= IOCB_NOWAIT;
	iocb.ki_pos = pos;
	return xchar_test_read_by(&iocb, buf, len);
}

static ssize_t xchar_test_pwrite(struct file *file, const void *buf, size_t len, loff_t pos,
				 int flags)
{
	struct kvec kvec = { .iov_base = (void *)buf, .iov_len = len };
	struct iov_iter from;
	struct kiocb iocb;
	ssize_t n;

	init_sync_kiocb(&iocb, file);
	iocb.ki_flags |= flags;
	iocb.ki_pos = pos;
	iov_iter_kvec(&from, ITER_SOURCE, &kvec, 1, len);
	n = xchar_mem_fops.write_iter(&iocb, &from);
	/* What was not written is still to be written, and the place is behind what was. */
	if (iov_iter_count(&from) != len - max_t(ssize_t, n, 0))
		return -EIO;
	return n > 0 && !(flags & IOCB_APPEND) && iocb.ki_pos != pos + n ? -EIO : n;
}

static loff_t xchar_test_seek(struct file *file, loff_t offset, int whence)
{
	return xchar_mem_fops.llseek(file, offset, whence);
}

static struct xchar_mem_stats xchar_test_mem_stats(struct file *file)
{
	struct xchar_stats stats;

	xchar_device_stats(xchar_mem_device(file), &stats);
	return stats.mem;
}

static void xchar_mem_is_empty_at_first(struct kunit *test)
{
	struct file *file = test->priv;
	u8 byte = 7;

	KUNIT_EXPECT_EQ(test, xchar_test_pread(file, &byte, 1, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, xchar_test_pread(file, &byte, 1, XCHAR_TEST_LIMIT, 0), 0);
	KUNIT_EXPECT_EQ(test, byte, 7);
	KUNIT_EXPECT_EQ(test, xchar_test_seek(file, 0, SEEK_END), 0);
	KUNIT_EXPECT_EQ(test, xchar_test_seek(file, 0, SEEK_DATA), -ENXIO);
	KUNIT_EXPECT_EQ(test, xchar_test_seek(file, 0, SEEK_HOLE), -ENXIO);
	KUNIT_EXPECT_EQ(test, xchar_test_mem_stats(file).allocated, 0);
	KUNIT_EXPECT_EQ(test, xchar_test_mem_stats(file).limit, XCHAR_TEST_LIMIT);
}

static void xchar_mem_has_memory_only_where_it_was_written(struct kunit *test)
{
	struct file *file = test->priv;
	u8 buf[8];

	KUNIT_EXPECT_EQ(test, xchar_test_pwrite(file, "data", 4, 5 * PAGE_SIZE - 2, 0), 4);
	KUNIT_EXPECT_EQ(test, xchar_test_mem_stats(file).allocated, 2 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, xchar_test_mem_stats(file).length, 5 * PAGE_SIZE + 2);
	memset(buf, 7, sizeof(buf));
	KUNIT_EXPECT_EQ(test, xchar_test_pread(file, buf, 8, 5 * PAGE_SIZE - 4, 0), 6);
	KUNIT_EXPECT_MEMEQ(test, buf, "\0\0data\7\7", 8);
	KUNIT_EXPECT_EQ(test, xchar_test_pread(file, buf, 8, 2 * PAGE_SIZE - 4, 0), 8);
	KUNIT_EXPECT_MEMEQ(test, buf, "\0\0\0\0\0\0\0\0", 8);
	KUNIT_EXPECT_EQ(test, xchar_test_mem_stats(file).allocated, 2 * PAGE_SIZE);
}

static void xchar_mem_finds_holes_and_data(struct kunit *test)
{
	struct file *file = test->priv;
	const loff_t page = PAGE_SIZE, end = 6 * page + 10;

	KUNIT_EXPECT_EQ(test, xchar_test_pwrite(file, "a", 1, page, 0), 1);
	KUNIT_EXPECT_EQ(test, xchar_test_pwrite(file, "b", 1, end - 1, 0), 1);
	KUNIT_EXPECT_EQ(test, xchar_test_seek(file, 0, SEEK_HOLE), 0);
	KUNIT_EXPECT_EQ(test, xchar_test_seek(file, 0, SEEK_DATA), page);
	KUNIT_EXPECT_EQ(test, xchar_test_seek(file, 2 * page - 1, SEEK_DATA), 2 * page - 1);
	KUNIT_EXPECT_EQ(test, xchar_test_seek(file, page, SEEK_HOLE), 2 * page);
	KUNIT_EXPECT_EQ(test, xchar_test_seek(file, 2 * page, SEEK_DATA), 6 * page);
	/* The end is a hole, and behind it there is nothing. */
	KUNIT_EXPECT_EQ(test, xchar_test_seek(file, 6 * page, SEEK_HOLE), end);
	KUNIT_EXPECT_EQ(test, xchar_test_seek(file, end - 1, SEEK_DATA), end - 1);
	KUNIT_EXPECT_EQ(test, xchar_test_seek(file, end, SEEK_DATA), -ENXIO);
	KUNIT_EXPECT_EQ(test, xchar_test_seek(file, end, SEEK_HOLE), -ENXIO);
	KUNIT_EXPECT_EQ(test, xchar_test_seek(file, -1, SEEK_DATA), -ENXIO);
	/* What failed has not moved the place. */
	KUNIT_EXPECT_EQ(test, xchar_test_seek(file, 0, SEEK_CUR), end - 1);
}

static void xchar_mem_seeks_up_to_its_limit(struct kunit *test)
{
	struct file *file = test->priv;

	KUNIT_EXPECT_EQ(test, xchar_test_seek(file, XCHAR_TEST_LIMIT, SEEK_SET), XCHAR_TEST_LIMIT);
	KUNIT_EXPECT_EQ(test, xchar_test_seek(file, 1, SEEK_CUR), -EINVAL);
	KUNIT_EXPECT_EQ(test, xchar_test_seek(file, -1, SEEK_CUR), XCHAR_TEST_LIMIT - 1);
	KUNIT_EXPECT_EQ(test, xchar_test_seek(file, -1, SEEK_SET), -EINVAL);
	KUNIT_EXPECT_EQ(test, xchar_test_seek(file, LLONG_MAX, SEEK_SET), -EINVAL);
}

static void xchar_mem_is_written_up_to_its_limit(struct kunit *test)
{
	struct file *file = test->priv;
	u8 buf[4];

	KUNIT_EXPECT_EQ(test, xchar_test_pwrite(file, "abcd", 4, XCHAR_TEST_LIMIT - 3, 0), 3);
	KUNIT_EXPECT_EQ(test, xchar_test_pwrite(file, "x", 1, XCHAR_TEST_LIMIT, 0), -ENOSPC);
	KUNIT_EXPECT_EQ(test, xchar_test_pwrite(file, "x", 1, LLONG_MAX, 0), -ENOSPC);
	KUNIT_EXPECT_EQ(test, xchar_test_pwrite(file, "x", 1, 0, IOCB_APPEND), -ENOSPC);
	KUNIT_EXPECT_EQ(test, xchar_test_pwrite(file, "x", 0, LLONG_MAX, 0), 0);
	KUNIT_EXPECT_EQ(test, xchar_test_pread(file, buf, 4, XCHAR_TEST_LIMIT - 3, 0), 3);
	KUNIT_EXPECT_MEMEQ(test, buf, "abc", 3);
	KUNIT_EXPECT_EQ(test, xchar_test_mem_stats(file).length, XCHAR_TEST_LIMIT);
}

static void xchar_mem_appends_where_it_ends(struct kunit *test)
{
	struct file *file = test->priv;
	u8 buf[6];

	KUNIT_EXPECT_EQ(test, xchar_test_pwrite(file, "abc", 3, 0, 0), 3);
	KUNIT_EXPECT_EQ(test, xchar_test_pwrite(file, "def", 3, 1, IOCB_APPEND), 3);
	KUNIT_EXPECT_EQ(test, xchar_test_pread(file, buf, 6, 0, 0), 6);
	KUNIT_EXPECT_MEMEQ(test, buf, "abcdef", 6);
}

static void xchar_mem_without_waiting_reads_what_is_there(struct kunit *test)
{
	struct file *file = test->priv;
	u8 *buf = kunit_kzalloc(test, 3 * PAGE_SIZE, GFP_KERNEL);
	u8 *data = kunit_kzalloc(test, 2 * PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	KUNIT_ASSERT_NOT_NULL(test, data);
	get_random_bytes(data, 2 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, xchar_test_pwrite(file, data, 2 * PAGE_SIZE, 100, 0), 2 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, xchar_test_pread(file, buf, 3 * PAGE_SIZE, 150, IOCB_NOWAIT),
			2 * PAGE_SIZE - 50);
	KUNIT_EXPECT_MEMEQ(test, buf, data + 50, 2 * PAGE_SIZE - 50);
	KUNIT_EXPECT_EQ(test, xchar_test_pread(file, buf, 9, 2 * PAGE_SIZE + 100, IOCB_NOWAIT), 0);

	/* Behind it there is a hole, and then data again. */
	KUNIT_EXPECT_EQ(test, xchar_test_pwrite(file, "x", 1, 5 * PAGE_SIZE, 0), 1);
	KUNIT_EXPECT_EQ(test, xchar_test_pread(file, buf, 2 * PAGE_SIZE + 9, 3 * PAGE_SIZE - 8,
					       IOCB_NOWAIT), 2 * PAGE_SIZE + 9);
	KUNIT_EXPECT_PTR_EQ(test, memchr_inv(buf, 0, 2 * PAGE_SIZE + 8), NULL);
	KUNIT_EXPECT_EQ(test, buf[2 * PAGE_SIZE + 8], 'x');
}

/* A page that was never written to, and has memory, is one that the file behind has to clear. */
static void xchar_mem_without_waiting_stops_where_somebody_has_to_wait(struct kunit *test)
{
	struct file *file = test->priv;
	struct xchar_mem *mem = xchar_mem_device(file)->priv;
	u8 buf[8];

	KUNIT_EXPECT_EQ(test, xchar_test_pwrite(file, "x", 1, 4 * PAGE_SIZE, 0), 1);
	KUNIT_ASSERT_EQ(test, vfs_fallocate(mem->file, 0, PAGE_SIZE, PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, xchar_test_pread(file, buf, 8, PAGE_SIZE, IOCB_NOWAIT), -EAGAIN);
	KUNIT_EXPECT_EQ(test, xchar_test_pread(file, buf, 8, PAGE_SIZE - 5, IOCB_NOWAIT), 5);
	KUNIT_EXPECT_EQ(test, xchar_test_pread_whole(file, buf, 8, PAGE_SIZE - 5), -EAGAIN);
	KUNIT_EXPECT_EQ(test, xchar_test_pread_whole(file, buf, 8, 3 * PAGE_SIZE), 8);
	KUNIT_EXPECT_EQ(test, xchar_test_pread_whole(file, buf, 8, 4 * PAGE_SIZE), 1);
}

static void xchar_mem_without_waiting_writes_over_what_is_there(struct kunit *test)
{
	struct file *file = test->priv;
	u8 buf[8];

	KUNIT_EXPECT_EQ(test, xchar_test_pwrite(file, "x", 1, 0, IOCB_NOWAIT), -EAGAIN);
	KUNIT_EXPECT_EQ(test, xchar_test_pwrite(file, "abcd", 4, PAGE_SIZE - 2, 0), 4);
	KUNIT_EXPECT_EQ(test, xchar_test_pwrite(file, "1234", 4, PAGE_SIZE - 1, IOCB_NOWAIT), 3);
	KUNIT_EXPECT_EQ(test, xchar_test_pwrite(file, "4", 1, PAGE_SIZE + 2, IOCB_NOWAIT), -EAGAIN);
	KUNIT_EXPECT_EQ(test, xchar_test_pwrite(file, "4", 1, 0, IOCB_NOWAIT | IOCB_APPEND),
			-EAGAIN);
	KUNIT_EXPECT_EQ(test, xchar_test_pread(file, buf, 8, PAGE_SIZE - 2, 0), 4);
	KUNIT_EXPECT_MEMEQ(test, buf, "a123", 4);
}

static void xchar_mem_without_waiting_does_not_wait_for_a_writer(struct kunit *test)
{
	struct file *file = test->priv;
	struct xchar_mem *mem = xchar_mem_device(file)->priv;

	KUNIT_EXPECT_EQ(test, xchar_test_pwrite(file, "abc", 3, 0, 0), 3);
	mutex_lock(&mem->lock);
	KUNIT_EXPECT_EQ(test, xchar_test_pwrite(file, "x", 1, 0, IOCB_NOWAIT), -EAGAIN);
	mutex_unlock(&mem->lock);
	KUNIT_EXPECT_EQ(test, xchar_test_pwrite(file, "x", 1, 0, IOCB_NOWAIT), 1);
}

static void xchar_mem_shortened_forgets_the_rest(struct kunit *test)
{
	struct file *file = test->priv;
	struct xchar_mem *mem = xchar_mem_device(file)->priv;
	u8 buf[4];

	KUNIT_EXPECT_EQ(test, xchar_test_pwrite(file, "abcd", 4, 0, 0), 4);
	KUNIT_EXPECT_EQ(test, xchar_mem_resize(mem, 2), 0);
	KUNIT_EXPECT_EQ(test, xchar_test_pread(file, buf, 4, 0, 0), 2);
	KUNIT_EXPECT_EQ(test, xchar_mem_resize(mem, 4), 0);
	KUNIT_EXPECT_EQ(test, xchar_test_pread(file, buf, 4, 0, 0), 4);
	KUNIT_EXPECT_MEMEQ(test, buf, "ab\0\0", 4);
	KUNIT_EXPECT_EQ(test, xchar_mem_resize(mem, 0), 0);
	KUNIT_EXPECT_EQ(test, xchar_test_mem_stats(file).allocated, 0);
}

static void xchar_mem_counts_what_is_read_and_written(struct kunit *test)
{
	struct file *file = test->priv;
	struct xchar_stats stats;
	u8 buf[8];

	KUNIT_EXPECT_EQ(test, xchar_test_pwrite(file, "abcd", 4, 0, 0), 4);
	KUNIT_EXPECT_EQ(test, xchar_test_pwrite(file, "ef", 2, 1, IOCB_NOWAIT), 2);
	KUNIT_EXPECT_EQ(test, xchar_test_pread(file, buf, 8, 0, 0), 4);
	KUNIT_EXPECT_EQ(test, xchar_test_pread(file, buf, 3, 0, IOCB_NOWAIT), 3);
	KUNIT_EXPECT_EQ(test, xchar_test_pwrite(file, "x", 1, XCHAR_TEST_LIMIT, 0), -ENOSPC);
	xchar_device_stats(xchar_mem_device(file), &stats);
	KUNIT_EXPECT_EQ(test, stats.tx.bytes_in, 6);
	KUNIT_EXPECT_EQ(test, stats.rx.bytes_out, 7);
	KUNIT_EXPECT_EQ(test, stats.mem.length, 4);
}

static void xchar_mem_of_a_removed_device_is_gone(struct kunit *test)
{
	struct file *file = test->priv;
	struct xchar_device *xdev = xchar_mem_device(file);
	u8 byte;

	KUNIT_EXPECT_EQ(test, xchar_test_pwrite(file, "abcd", 4, 0, 0), 4);
	/* As an open file does. */
	get_device(&xdev->cdev.dev);
	kunit_release_action(test, xchar_test_mem_destroy, xdev);
	KUNIT_EXPECT_EQ(test, xchar_test_mem_stats(file).allocated, 0);
	KUNIT_EXPECT_EQ(test, xchar_test_pread(file, &byte, 1, 0, 0), -ENODEV);
	KUNIT_EXPECT_EQ(test, xchar_test_pread(file, &byte, 1, 0, IOCB_NOWAIT), -ENODEV);
	KUNIT_EXPECT_EQ(test, xchar_test_pwrite(file, "x", 1, 0, 0), -ENODEV);
	KUNIT_EXPECT_EQ(test, xchar_test_pwrite(file, "x", 1, 0, IOCB_NOWAIT), -ENODEV);
	KUNIT_EXPECT_EQ(test, xchar_test_seek(file, 0, SEEK_SET), -ENODEV);
	KUNIT_EXPECT_EQ(test, xchar_mem_fops.fsync(file, 0, LLONG_MAX, 0), -ENODEV);
	put_device(&xdev->cdev.dev);
}

static struct kunit_case xchar_mem_cases[] = {
	KUNIT_CASE(xchar_mem_is_empty_at_first),
	KUNIT_CASE(xchar_mem_has_memory_only_where_it_was_written),
	KUNIT_CASE(xchar_mem_finds_holes_and_data),
	KUNIT_CASE(xchar_mem_seeks_up_to_its_limit),
	KUNIT_CASE(xchar_mem_is_written_up_to_its_limit),
	KUNIT_CASE(xchar_mem_appends_where_it_ends),
	KUNIT_CASE(xchar_mem_without_waiting_reads_what_is_there),
	KUNIT_CASE(xchar_mem_without_waiting_stops_where_somebody_has_to_wait),
	KUNIT_CASE(xchar_mem_without_waiting_writes_over_what_is_there),
	KUNIT_CASE(xchar_mem_without_waiting_does_not_wait_for_a_writer),
	KUNIT_CASE(xchar_mem_shortened_forgets_the_rest),
	KUNIT_CASE(xchar_mem_counts_what_is_read_and_written),
	KUNIT_CASE(xchar_mem_of_a_removed_device_is_gone),
	{}
};

static struct kunit_suite xchar_mem_suite = {
	.name = "xchar_mem",
	.init = xchar_mem_test_init,
	.test_cases = xchar_mem_cases,
};

kunit_test_suite(xchar_mem_suite);

MODULE_DESCRIPTION("KUnit tests of the mem back end of xchar");
MODULE_LICENSE("GPL");
