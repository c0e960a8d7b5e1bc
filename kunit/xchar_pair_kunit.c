// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of the pair back end. */
#include <kunit/test.h>
#include <linux/slab.h>

#include <xdrv/gate.h>

#include "compat.h"
#include "../chardev/fifo.h"
#include "../chardev/xchar.h"
#include "xchar_params.h"
#include "xchar_stream.h"

/* An open file, without one. */
struct xchar_test_end {
	struct xchar_reader reader;
	struct xchar_writer writer;
};

static void xchar_test_end_open(struct xchar_test_end *end, struct xchar_device *xdev)
{
	end->writer.fifo = xdev->tx;
	end->writer.gate = &xdev->cdev.gate;
	xchar_fifo_writers_inc(xdev->tx);
	xchar_reader_open(&end->reader, xdev->rx, &xdev->cdev.gate);
}

static void xchar_test_end_close(struct xchar_test_end *end)
{
	xchar_fifo_writers_dec(end->writer.fifo);
}

static ssize_t xchar_test_end_read(struct xchar_test_end *end, u8 *buf, size_t len)
{
	return xchar_test_read(&end->reader, buf, len, XCHAR_IO_NONBLOCK);
}

static ssize_t xchar_test_end_write(struct xchar_test_end *end, const char *text)
{
	return xchar_test_write(&end->writer, text, strlen(text), XCHAR_IO_NONBLOCK);
}

static struct xchar_device *xchar_test_pair(struct kunit *test)
{
	struct xchar_device *xdev = xchar_test_create(&xchar_pair, &xchar_test_setup);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, xdev);
	KUNIT_ASSERT_NOT_NULL(test, xdev->peer);
	KUNIT_ASSERT_PTR_EQ(test, xdev->peer->peer, xdev);
	return xdev;
}

static void xchar_pair_gives_either_what_the_other_gets(struct kunit *test)
{
	struct xchar_device *xdev = xchar_test_pair(test);
	struct xchar_test_end a, b;
	u8 buf[16] = {};

	xchar_test_end_open(&a, xdev);
	xchar_test_end_open(&b, xdev->peer);
	KUNIT_EXPECT_EQ(test, xchar_test_end_write(&a, "to b"), 4);
	KUNIT_EXPECT_EQ(test, xchar_test_end_write(&b, "to a!"), 5);
	KUNIT_EXPECT_EQ(test, xchar_test_end_read(&a, buf, sizeof(buf)), 5);
	KUNIT_EXPECT_MEMEQ(test, buf, "to a!", 5);
	KUNIT_EXPECT_EQ(test, xchar_test_end_read(&a, buf, sizeof(buf)), -EAGAIN);
	KUNIT_EXPECT_EQ(test, xchar_test_end_read(&b, buf, sizeof(buf)), 4);
	KUNIT_EXPECT_MEMEQ(test, buf, "to b", 4);
	KUNIT_EXPECT_EQ(test, xchar_test_end_read(&b, buf, sizeof(buf)), -EAGAIN);
	xchar_test_end_close(&a);
	xchar_test_end_close(&b);
	xchar_test_destroy(&xchar_pair, xdev);
}

static void xchar_pair_ends_each_way_by_itself(struct kunit *test)
{
	struct xchar_device *xdev = xchar_test_pair(test);
	struct xchar_test_end a, b;
	u8 buf[4];

	xchar_test_end_open(&b, xdev->peer);
	/* The writer that b is counts for the other side, not for b. */
	KUNIT_EXPECT_EQ(test, xchar_test_end_read(&b, buf, sizeof(buf)), -EAGAIN);
	xchar_test_end_open(&a, xdev);
	KUNIT_EXPECT_EQ(test, xchar_test_end_write(&a, "end"), 3);
	xchar_test_end_close(&a);
	KUNIT_EXPECT_EQ(test, (__force u32)xchar_reader_poll(&b.reader),
			(__force u32)(EPOLLHUP | EPOLLIN | EPOLLRDNORM));
	KUNIT_EXPECT_EQ(test, xchar_test_end_read(&b, buf, sizeof(buf)), 3);
	KUNIT_EXPECT_EQ(test, xchar_test_end_read(&b, buf, sizeof(buf)), 0);
	/* The other way goes on, and who comes back is heard. */
	KUNIT_EXPECT_EQ(test, xchar_test_end_write(&b, "x"), 1);
	xchar_test_end_open(&a, xdev);
	KUNIT_EXPECT_EQ(test, xchar_test_end_read(&a, buf, sizeof(buf)), 1);
	KUNIT_EXPECT_EQ(test, xchar_test_end_read(&a, buf, sizeof(buf)), -EAGAIN);
	KUNIT_EXPECT_EQ(test, xchar_test_end_read(&b, buf, sizeof(buf)), -EAGAIN);
	xchar_test_end_close(&a);
	xchar_test_end_close(&b);
	xchar_test_destroy(&xchar_pair, xdev);
}

static void xchar_pair_fills_one_way_and_not_the_other(struct kunit *test)
{
	u8 *zeros = kunit_kzalloc(test, SZ_4K + 1, GFP_KERNEL);
	struct xchar_device *xdev = xchar_test_pair(test);
	struct xchar_test_end a, b;

	KUNIT_ASSERT_NOT_NULL(test, zeros);
	xchar_test_end_open(&a, xdev);
	xchar_test_end_open(&b, xdev->peer);
	KUNIT_EXPECT_EQ(test, xchar_test_write(&a.writer, zeros, SZ_4K + 1, XCHAR_IO_NONBLOCK),
			SZ_4K);
	KUNIT_EXPECT_EQ(test, xchar_test_end_write(&a, "x"), -EAGAIN);
	KUNIT_EXPECT_EQ(test, (__force u32)xchar_writer_poll(&a.writer), 0);
	KUNIT_EXPECT_EQ(test, xchar_test_end_write(&b, "x"), 1);
	xchar_test_end_close(&a);
	xchar_test_end_close(&b);
	xchar_test_destroy(&xchar_pair, xdev);
}

static void xchar_pair_goes_with_both_sides(struct kunit *test)
{
	struct xchar_device *xdev = xchar_test_pair(test), *peer = xdev->peer;
	struct xchar_test_end a, b;
	u8 buf[8];

	xchar_test_end_open(&a, xdev);
	xchar_test_end_open(&b, peer);
	KUNIT_EXPECT_EQ(test, xchar_test_end_write(&a, "left"), 4);
	/* As open files do. */
	get_device(&xdev->cdev.dev);
	get_device(&peer->cdev.dev);
	xchar_test_destroy(&xchar_pair, xdev);
	KUNIT_EXPECT_EQ(test, xchar_device_open(xdev), -ENODEV);
	KUNIT_EXPECT_EQ(test, xchar_device_open(peer), -ENODEV);
	KUNIT_EXPECT_EQ(test, xchar_test_end_write(&a, "x"), -ENODEV);
	KUNIT_EXPECT_EQ(test, xchar_test_end_write(&b, "x"), -ENODEV);
	KUNIT_EXPECT_EQ(test, xchar_test_end_read(&a, buf, sizeof(buf)), -ENODEV);
	xchar_test_end_close(&a);
	put_device(&xdev->cdev.dev);
	/* What one side has left can be read when it is gone for good. */
	KUNIT_EXPECT_EQ(test, xchar_test_end_read(&b, buf, sizeof(buf)), 4);
	KUNIT_EXPECT_MEMEQ(test, buf, "left", 4);
	KUNIT_EXPECT_EQ(test, xchar_test_end_read(&b, buf, sizeof(buf)), -ENODEV);
	xchar_test_end_close(&b);
	put_device(&peer->cdev.dev);
}

/* With one number left there is none for the second device, and then one left again. */
static void xchar_pair_that_cannot_be_made_leaves_nothing(struct kunit *test)
{
	static const struct xchar_ops ops = { .type = "filler" };
	struct xchar_device **fillers, *xdev;
	unsigned int nr = 0;

	fillers = kunit_kcalloc(test, XCHAR_MAX_DEVICES, sizeof(*fillers), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fillers);
	while (!IS_ERR(xdev = xchar_device_alloc(&ops, &xchar_test_params, NULL)))
		fillers[nr++] = xdev;
	KUNIT_EXPECT_EQ(test, PTR_ERR(xdev), -ENOSPC);
	KUNIT_ASSERT_NE(test, nr, 0);
	xchar_device_put(fillers[--nr]);

	KUNIT_EXPECT_EQ(test, PTR_ERR(xchar_test_create(&xchar_pair, &xchar_test_setup)), -ENOSPC);
	xdev = xchar_device_alloc(&ops, &xchar_test_params, NULL);
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, xdev);
	if (!IS_ERR(xdev))
		fillers[nr++] = xdev;
	while (nr)
		xchar_device_put(fillers[--nr]);
}

static struct kunit_case xchar_pair_cases[] = {
	KUNIT_CASE(xchar_pair_gives_either_what_the_other_gets),
	KUNIT_CASE(xchar_pair_ends_each_way_by_itself),
	KUNIT_CASE(xchar_pair_fills_one_way_and_not_the_other),
	KUNIT_CASE(xchar_pair_goes_with_both_sides),
	KUNIT_CASE(xchar_pair_that_cannot_be_made_leaves_nothing),
	{}
};

static struct kunit_suite xchar_pair_suite = {
	.name = "xchar_pair",
	.test_cases = xchar_pair_cases,
};

kunit_test_suite(xchar_pair_suite);

MODULE_DESCRIPTION("KUnit tests of xchar's pair back end");
MODULE_LICENSE("GPL");
