// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of xchar's fifo of lines, which drops the oldest when nobody reads. */
#include <kunit/test.h>
#include <linux/uio.h>

#include <xdrv/gate.h>

#include "compat.h"
#include "../chardev/fifo.h"
#include "../chardev/xchar.h"
#include "test_random.h"
#include "xchar_params.h"
#include "xchar_stream.h"
#include "xchar_test_fifo.h"

static int xchar_line_test_init(struct kunit *test)
{
	struct xchar_test_fifo *t;
	int err;

	err = xchar_fifo_test_init(test);
	if (err)
		return err;
	t = test->priv;
	err = xchar_fifo_keep_lines(t->fifo);
	/* The back end, which stays. */
	xchar_fifo_writers_inc(t->fifo);
	return err;
}

static unsigned int xchar_test_insert(struct xchar_test_fifo *t, const char *lines)
{
	return xchar_fifo_insert_lines(t->fifo, lines, strlen(lines));
}

static void xchar_test_expect(struct kunit *test, struct xchar_reader *reader, size_t len,
			      const char *text)
{
	char buf[XCHAR_TEST_SIZE + 1] = {};

	KUNIT_EXPECT_EQ(test, xchar_test_read(reader, buf, len, XCHAR_IO_NONBLOCK), strlen(text));
	KUNIT_EXPECT_STREQ(test, buf, text);
}

static void xchar_lines_are_read_as_a_stream(struct kunit *test)
{
	struct xchar_test_fifo *t = test->priv;
	struct xchar_reader reader;
	u8 byte;

	xchar_reader_open(&reader, t->fifo, &t->gate);
	KUNIT_EXPECT_EQ(test, xchar_test_insert(t, "one\ntwo\n"), 0);
	KUNIT_EXPECT_EQ(test, xchar_test_insert(t, "three\n"), 0);
	xchar_test_expect(test, &reader, 2, "on");
	KUNIT_EXPECT_EQ(test, xchar_fifo_used(t->fifo), 12);
	xchar_test_expect(test, &reader, 4, "e\ntw");
	xchar_test_expect(test, &reader, XCHAR_TEST_SIZE, "o\nthree\n");
	KUNIT_EXPECT_EQ(test, xchar_fifo_used(t->fifo), 0);
	KUNIT_EXPECT_EQ(test, xchar_test_read(&reader, &byte, 1, XCHAR_IO_NONBLOCK), -EAGAIN);
	KUNIT_EXPECT_EQ(test, t->fifo->bytes_in, 14);
	KUNIT_EXPECT_EQ(test, t->fifo->bytes_out, 14);
}

/* 64 bytes: three lines of 16, of which the first has been begun, then two of 24. */
static void xchar_lines_are_dropped_whole_and_the_oldest_first(struct kunit *test)
{
	struct xchar_test_fifo *t = test->priv;
	struct xchar_reader reader;

	xchar_reader_open(&reader, t->fifo, &t->gate);
	KUNIT_EXPECT_EQ(test, xchar_test_insert(t, "a23456789012345\nb23456789012345\n"), 0);
	KUNIT_EXPECT_EQ(test, xchar_test_insert(t, "c23456789012345\n"), 0);
	xchar_test_expect(test, &reader, 5, "a2345");
	KUNIT_EXPECT_EQ(test, xchar_test_insert(t, "d2345678901234567890123\n"), 0);
	KUNIT_EXPECT_EQ(test, xchar_test_insert(t, "e2345678901234567890123\n"), 1);
	xchar_test_expect(test, &reader, 27, "6789012345\nc23456789012345\n");
	xchar_test_expect(test, &reader, XCHAR_TEST_SIZE,
			  "d2345678901234567890123\ne2345678901234567890123\n");
}

static void xchar_lines_can_fill_the_buffer_to_the_last_byte(struct kunit *test)
{
	struct xchar_test_fifo *t = test->priv;
	struct xchar_reader reader;
	char all[XCHAR_TEST_SIZE + 1];

	memset(all, 'x', XCHAR_TEST_SIZE);
	all[XCHAR_TEST_SIZE - 1] = '\n';
	all[XCHAR_TEST_SIZE] = '\0';
	xchar_reader_open(&reader, t->fifo, &t->gate);
	KUNIT_EXPECT_EQ(test, xchar_test_insert(t, "gone\n"), 0);
	KUNIT_EXPECT_EQ(test, xchar_test_insert(t, all), 1);
	KUNIT_EXPECT_EQ(test, xchar_test_insert(t, all), 1);
	xchar_test_expect(test, &reader, XCHAR_TEST_SIZE, all);
}

static void xchar_lines_lose_nothing_by_a_fault(struct kunit *test)
{
	void __user *nowhere = (void __user *)(ULONG_MAX - PAGE_SIZE + 1);
	struct xchar_test_fifo *t = test->priv;
	struct xchar_reader reader;
	struct iov_iter iter;

	xchar_reader_open(&reader, t->fifo, &t->gate);
	KUNIT_EXPECT_EQ(test, xchar_test_insert(t, "line\n"), 0);
	iov_iter_ubuf(&iter, ITER_DEST, nowhere, 8);
	KUNIT_EXPECT_EQ(test, xchar_reader_read(&reader, &iter, XCHAR_IO_NONBLOCK), -EFAULT);
	KUNIT_EXPECT_EQ(test, xchar_fifo_used(t->fifo), 5);
	KUNIT_EXPECT_EQ(test, (__force u32)xchar_reader_poll(&reader),
			(__force u32)(EPOLLIN | EPOLLRDNORM));
	xchar_test_expect(test, &reader, XCHAR_TEST_SIZE, "line\n");
}

/*
 * Numbered lines of any length, read in pieces of any size by one who cannot keep up. What is read
 * is whole lines with rising numbers, and with those dropped they are all.
 */
static void xchar_lines_are_never_torn(struct kunit *test)
{
	struct xchar_test_fifo *t = test->priv;
	struct rnd_state *rnd = xdrv_test_random(test);
	unsigned int number = 0, expected = 0, seen = 0, dropped = 0, whole = 0;
	unsigned int used = 0, torn = 0, i;
	char line[32], text[128];
	struct xchar_reader reader;
	u8 buf[XCHAR_TEST_SIZE];
	ssize_t n, j;

	xchar_reader_open(&reader, t->fifo, &t->gate);
	for (i = 0; i < 20000; i++) {
		if (xdrv_test_below(rnd, 3)) {
			scnprintf(line, sizeof(line), "%u:%.*s\n", number++,
				  xdrv_test_below(rnd, 16), "................");
			dropped += xchar_test_insert(t, line);
			continue;
		}
		n = xchar_test_read(&reader, buf, 1 + xdrv_test_below(rnd, 20),
				    XCHAR_IO_NONBLOCK);
		for (j = 0; j < n; j++) {
			text[min(used++, 126U)] = buf[j];
			if (buf[j] != '\n')
				continue;
			text[min(used, 127U)] = '\0';
			if (sscanf(text, "%u:", &seen) != 1 || seen < expected)
				torn++;
			expected = seen + 1;
			whole++;
			used = 0;
		}
	}
	KUNIT_EXPECT_EQ(test, torn, 0);
	KUNIT_EXPECT_GT(test, dropped, 0);
	KUNIT_EXPECT_GT(test, whole, 0);
	/* One may be half read; the rest of those missing are still in the fifo. */
	KUNIT_EXPECT_LE(test, whole + dropped, number);
	KUNIT_EXPECT_GE(test, whole + dropped + 1 + xchar_fifo_used(t->fifo) / 3, number);
}

static void xchar_test_line_device_put(void *xdev)
{
	xchar_device_put(xdev);
}

static const struct xchar_ops xchar_test_line_ops = {
	.type = "lines",
	.lines = true,
};

static void xchar_lines_of_earlier_times_are_gone_at_open(struct kunit *test)
{
	struct xchar_reader reader;
	struct xchar_device *xdev;

	xdev = xchar_device_alloc(&xchar_test_line_ops, &xchar_test_params, NULL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, xdev);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, xchar_test_line_device_put, xdev), 0);
	KUNIT_ASSERT_EQ(test, xchar_device_register(xdev), 0);

	KUNIT_EXPECT_EQ(test, xchar_device_open(xdev), 0);
	xchar_reader_open(&reader, xdev->rx, &xdev->cdev.gate);
	KUNIT_EXPECT_EQ(test, xchar_insert_lines(xdev, "old\nolder\n", 10), 0);
	xchar_test_expect(test, &reader, 2, "ol");
	/* A second file does not take away what the first has not read yet. */
	KUNIT_EXPECT_EQ(test, xchar_device_open(xdev), 0);
	KUNIT_EXPECT_EQ(test, xchar_fifo_used(xdev->rx), 8);
	xchar_device_close(xdev);
	xchar_device_close(xdev);

	KUNIT_EXPECT_EQ(test, xchar_device_open(xdev), 0);
	KUNIT_EXPECT_EQ(test, xchar_fifo_used(xdev->rx), 0);
	KUNIT_EXPECT_EQ(test, xchar_insert_lines(xdev, "new\n", 4), 0);
	xchar_test_expect(test, &reader, XCHAR_TEST_SIZE, "new\n");
	xchar_device_close(xdev);
	xchar_device_unregister(xdev);
}

static struct kunit_case xchar_line_cases[] = {
	KUNIT_CASE(xchar_lines_are_read_as_a_stream),
	KUNIT_CASE(xchar_lines_are_dropped_whole_and_the_oldest_first),
	KUNIT_CASE(xchar_lines_can_fill_the_buffer_to_the_last_byte),
	KUNIT_CASE(xchar_lines_lose_nothing_by_a_fault),
	KUNIT_CASE(xchar_lines_are_never_torn),
	KUNIT_CASE(xchar_lines_of_earlier_times_are_gone_at_open),
	{}
};

static struct kunit_suite xchar_line_suite = {
	.name = "xchar_line",
	.init = xchar_line_test_init,
	.test_cases = xchar_line_cases,
};

kunit_test_suite(xchar_line_suite);

MODULE_DESCRIPTION("KUnit tests of xchar's lines");
MODULE_LICENSE("GPL");
