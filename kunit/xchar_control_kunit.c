// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of what is done to xchar's fifos and devices as a whole. */
#include <kunit/test.h>
#include <linux/cred.h>
#include <linux/uio.h>

#include <xdrv/gate.h>

#include "compat.h"
#include "../chardev/fifo.h"
#include "../chardev/uapi/xchar.h"
#include "../chardev/xchar.h"
#include "test_call.h"
#include "test_random.h"
#include "xchar_params.h"
#include "xchar_stream.h"
#include "xchar_test_fifo.h"

/* As a program of 32 bits has them, whose 64-bit numbers need not be aligned to 8 bytes. */
static_assert(sizeof(struct xchar_stream_stats) == 72);
static_assert(sizeof(struct xchar_stats) == 176);
static_assert(offsetof(struct xchar_stats, rx) == 8);
static_assert(offsetof(struct xchar_stats, tx) == 80);
static_assert(offsetof(struct xchar_stream_stats, used) == 68);

static void xchar_test_expect_sum(struct kunit *test, const struct xchar_fifo *fifo)
{
	struct xchar_stream_stats s;

	xchar_fifo_stats(fifo, &s);
	KUNIT_EXPECT_EQ(test, s.bytes_in - s.bytes_out - s.bytes_dropped - s.bytes_flushed, s.used);
}

static void xchar_fifo_counts_what_passes(struct kunit *test)
{
	struct xchar_test_fifo *t = test->priv;
	struct xchar_stream_stats s;
	struct xchar_reader reader;
	u8 buf[4];

	xchar_reader_open(&reader, t->fifo, &t->gate);
	KUNIT_EXPECT_EQ(test, xchar_test_write(&t->writer, "012345", 6, XCHAR_IO_BLOCK), 6);
	KUNIT_EXPECT_EQ(test, xchar_test_read(&reader, buf, 4, XCHAR_IO_BLOCK), 4);
	xchar_fifo_stats(t->fifo, &s);
	KUNIT_EXPECT_EQ(test, s.bytes_in, 6);
	KUNIT_EXPECT_EQ(test, s.bytes_out, 4);
	KUNIT_EXPECT_EQ(test, s.size, XCHAR_TEST_SIZE);
	KUNIT_EXPECT_EQ(test, s.used, 2);
	KUNIT_EXPECT_EQ(test, s.overruns + s.bytes_dropped + s.bytes_flushed + s.lines_in, 0);
}

static void xchar_fifo_flush_throws_away_what_is_there(struct kunit *test)
{
	struct xchar_test_fifo *t = test->priv;
	struct xchar_stream_stats s;
	struct xchar_reader reader;
	u8 byte;

	xchar_fifo_writers_inc(t->fifo);
	xchar_reader_open(&reader, t->fifo, &t->gate);
	KUNIT_EXPECT_EQ(test, xchar_fifo_flush(t->fifo), 0);
	KUNIT_EXPECT_EQ(test, xchar_test_write(&t->writer, "old", 3, XCHAR_IO_BLOCK), 3);
	KUNIT_EXPECT_EQ(test, xchar_fifo_flush(t->fifo), 0);
	KUNIT_EXPECT_EQ(test, xchar_test_read(&reader, &byte, 1, XCHAR_IO_NONBLOCK), -EAGAIN);
	KUNIT_EXPECT_EQ(test, xchar_test_write(&t->writer, "n", 1, XCHAR_IO_BLOCK), 1);
	xchar_test_expect_sum(test, t->fifo);
	KUNIT_EXPECT_EQ(test, xchar_test_read(&reader, &byte, 1, XCHAR_IO_NONBLOCK), 1);
	KUNIT_EXPECT_EQ(test, byte, 'n');
	xchar_fifo_stats(t->fifo, &s);
	KUNIT_EXPECT_EQ(test, s.bytes_flushed, 3);
	KUNIT_EXPECT_EQ(test, s.bytes_out, 1);
}

static void xchar_fifo_reset_begins_to_count_anew(struct kunit *test)
{
	struct xchar_test_fifo *t = test->priv;
	struct xchar_stream_stats s;
	struct xchar_reader reader;
	u8 byte;

	xchar_reader_open(&reader, t->fifo, &t->gate);
	KUNIT_EXPECT_EQ(test, xchar_test_write(&t->writer, "012345", 6, XCHAR_IO_BLOCK), 6);
	KUNIT_EXPECT_EQ(test, xchar_test_read(&reader, &byte, 1, XCHAR_IO_BLOCK), 1);
	KUNIT_EXPECT_EQ(test, xchar_fifo_reset(t->fifo), 0);
	xchar_fifo_stats(t->fifo, &s);
	KUNIT_EXPECT_EQ(test, s.bytes_in + s.bytes_out + s.bytes_flushed + s.used, 0);
	KUNIT_EXPECT_EQ(test, xchar_test_write(&t->writer, "x", 1, XCHAR_IO_BLOCK), 1);
	xchar_test_expect_sum(test, t->fifo);
}

/* Puts, takes and new sizes in any order: the stream stays whole. */
static void xchar_fifo_resize_loses_nothing(struct kunit *test)
{
	struct xchar_test_fifo *t = test->priv;
	struct rnd_state *random = xdrv_test_random(test);
	struct xchar_reader reader;
	u64 in = 0, out = 0;
	ssize_t n;
	u8 *buf;
	int i;

	buf = kunit_kmalloc(test, SZ_1K, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, buf);
	xchar_reader_open(&reader, t->fifo, &t->gate);
	for (i = 0; i < 5000; i++) {
		unsigned int size = 16 << xdrv_test_below(random, 7);

		n = 1 + xdrv_test_below(random, SZ_1K);
		xchar_test_fill(buf, n, in);
		n = xchar_test_write(&t->writer, buf, n, XCHAR_IO_NONBLOCK);
		in += max_t(ssize_t, n, 0);
		KUNIT_ASSERT_EQ(test, xchar_fifo_resize(t->fifo, size),
				in - out > size ? -EBUSY : 0);
		if (in - out <= size)
			KUNIT_ASSERT_EQ(test, t->fifo->ring.size, size);
		n = xchar_test_read(&reader, buf, 1 + xdrv_test_below(random, SZ_1K),
				    XCHAR_IO_NONBLOCK);
		n = max_t(ssize_t, n, 0);
		KUNIT_ASSERT_EQ(test, xchar_test_matching(buf, n, out), n);
		out += n;
		KUNIT_ASSERT_EQ(test, xchar_fifo_used(t->fifo), in - out);
	}
}

static void xchar_fifo_of_lines_shrinks_by_the_oldest(struct kunit *test)
{
	struct xchar_test_fifo *t = test->priv;
	struct xchar_stream_stats s;
	struct xchar_reader reader;
	u8 buf[33] = {};

	xchar_fifo_writers_inc(t->fifo);
	KUNIT_ASSERT_EQ(test, xchar_fifo_keep_lines(t->fifo), 0);
	xchar_reader_open(&reader, t->fifo, &t->gate);
	KUNIT_EXPECT_EQ(test, xchar_fifo_insert_lines(t->fifo, "the first\nsecond\n3\n", 19), 0);
	KUNIT_EXPECT_EQ(test, xchar_fifo_resize(t->fifo, 32), 0);
	KUNIT_EXPECT_EQ(test, xchar_fifo_used(t->fifo), 19);
	KUNIT_EXPECT_EQ(test, xchar_fifo_resize(t->fifo, 16), 0);
	xchar_test_expect_sum(test, t->fifo);
	KUNIT_EXPECT_EQ(test, xchar_test_read(&reader, buf, 32, XCHAR_IO_NONBLOCK), 9);
	KUNIT_EXPECT_STREQ(test, buf, "second\n3\n");
	xchar_fifo_stats(t->fifo, &s);
	KUNIT_EXPECT_EQ(test, s.lines_in, 3);
	KUNIT_EXPECT_EQ(test, s.lines_out, 2);
	KUNIT_EXPECT_EQ(test, s.lines_dropped, 1);
	KUNIT_EXPECT_EQ(test, s.bytes_dropped, 10);
	KUNIT_EXPECT_EQ(test, s.overruns, 1);
}

static int xchar_test_drain(void *writer)
{
	return xchar_writer_drain(writer);
}

static struct xdrv_test_call *xchar_test_start_drain(struct kunit *test)
{
	struct xchar_test_fifo *t = test->priv;
	struct xdrv_test_call *drain = xdrv_test_call(test, xchar_test_drain, &t->writer);

	KUNIT_EXPECT_TRUE(test, xdrv_test_call_waits(drain));
	return drain;
}

static void xchar_fifo_drain_waits_for_readers(struct kunit *test)
{
	struct xchar_test_fifo *t = test->priv;
	struct xdrv_test_call *drain;
	struct xchar_reader reader;
	u8 buf[2];

	xchar_reader_open(&reader, t->fifo, &t->gate);
	KUNIT_EXPECT_EQ(test, xchar_writer_drain(&t->writer), 0);
	KUNIT_EXPECT_EQ(test, xchar_test_write(&t->writer, "abc", 3, XCHAR_IO_BLOCK), 3);
	drain = xchar_test_start_drain(test);
	KUNIT_EXPECT_EQ(test, xchar_test_read(&reader, buf, 2, XCHAR_IO_BLOCK), 2);
	/* What comes later need not be waited for. */
	KUNIT_EXPECT_EQ(test, xchar_test_write(&t->writer, "d", 1, XCHAR_IO_BLOCK), 1);
	KUNIT_EXPECT_TRUE(test, xdrv_test_call_waits(drain));
	KUNIT_EXPECT_EQ(test, xchar_test_read(&reader, buf, 1, XCHAR_IO_BLOCK), 1);
	KUNIT_EXPECT_EQ(test, xdrv_test_call_result(test, drain), 0);

	drain = xchar_test_start_drain(test);
	KUNIT_EXPECT_EQ(test, xchar_fifo_flush(t->fifo), 0);
	KUNIT_EXPECT_EQ(test, xdrv_test_call_result(test, drain), 0);
}

static void xchar_fifo_drain_ends_however_much_has_passed(struct kunit *test)
{
	struct xchar_test_fifo *t = test->priv;
	struct xchar_ring *ring = &t->fifo->ring;
	struct xdrv_test_call *drain;

	KUNIT_EXPECT_EQ(test, xchar_test_write(&t->writer, "abc", 3, XCHAR_IO_BLOCK), 3);
	drain = xchar_test_start_drain(test);
	/* More than 2 GiB while it had no CPU, and nobody writes any more. */
	WRITE_ONCE(ring->head, ring->head + 0x90000000U);
	WRITE_ONCE(ring->tail, ring->head);
	xchar_fifo_wake_writer(t->fifo);
	KUNIT_EXPECT_EQ(test, xdrv_test_call_result(test, drain), 0);
}

static void xchar_fifo_drain_ends_with_the_device(struct kunit *test)
{
	struct xchar_test_fifo *t = test->priv;
	struct xdrv_test_call *drain;

	KUNIT_EXPECT_EQ(test, xchar_test_write(&t->writer, "abc", 3, XCHAR_IO_BLOCK), 3);
	drain = xchar_test_start_drain(test);
	xdrv_gate_kill(&t->gate);
	xchar_fifo_hangup_writers(t->fifo);
	KUNIT_EXPECT_EQ(test, xdrv_test_call_result(test, drain), -ENODEV);
	/* Nothing is left to wait for, but nor is there a device. */
	KUNIT_EXPECT_EQ(test, xchar_fifo_flush(t->fifo), 0);
	KUNIT_EXPECT_EQ(test, xchar_writer_drain(&t->writer), -ENODEV);
}

/* Opens a device as a user without any privilege does. */
static int xchar_test_open_as_user(struct kunit *test, struct xchar_device *xdev)
{
	struct cred *cred = prepare_creds();
	const struct cred *old;
	int err;

	KUNIT_ASSERT_NOT_NULL(test, cred);
	cap_clear(cred->cap_effective);
	old = override_creds(cred);
	err = xchar_device_open(xdev);
	revert_creds(old);
	put_cred(cred);
	return err;
}

static void xchar_device_can_be_kept_by_those_who_have_it(struct kunit *test)
{
	struct xchar_device *xdev = xchar_test_create(&xchar_loopback, &xchar_test_setup);
	struct xchar_stats stats;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, xdev);
	KUNIT_EXPECT_EQ(test, xchar_test_open_as_user(test, xdev), 0);
	xchar_device_set_exclusive(xdev, true);
	KUNIT_EXPECT_EQ(test, xchar_test_open_as_user(test, xdev), -EBUSY);
	xchar_device_stats(xdev, &stats);
	KUNIT_EXPECT_EQ(test, stats.flags, XCHAR_STATS_EXCLUSIVE | XCHAR_STATS_LOOPBACK);
	/* But not from who could take it away altogether. */
	KUNIT_EXPECT_EQ(test, xchar_device_open(xdev), 0);
	xchar_device_close(xdev);
	KUNIT_EXPECT_EQ(test, xchar_test_open_as_user(test, xdev), -EBUSY);
	xchar_device_set_exclusive(xdev, false);
	KUNIT_EXPECT_EQ(test, xchar_test_open_as_user(test, xdev), 0);
	xchar_device_set_exclusive(xdev, true);
	xchar_device_close(xdev);
	xchar_device_close(xdev);
	KUNIT_EXPECT_EQ(test, xchar_test_open_as_user(test, xdev), 0);
	KUNIT_EXPECT_EQ(test, xchar_test_open_as_user(test, xdev), 0);
	xchar_device_close(xdev);
	xchar_device_close(xdev);
	xchar_test_destroy(&xchar_loopback, xdev);
}

static void xchar_device_can_be_for_one_at_a_time(struct kunit *test)
{
	const struct xchar_setup setup = {
		.params = { .buffer_size = SZ_4K, .exclusive = true },
	};
	struct xchar_device *xdev = xchar_test_create(&xchar_loopback, &setup);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, xdev);
	KUNIT_EXPECT_EQ(test, xchar_device_open(xdev), 0);
	KUNIT_EXPECT_EQ(test, xchar_device_open(xdev), -EBUSY);
	xchar_device_set_exclusive(xdev, false);
	KUNIT_EXPECT_EQ(test, xchar_device_open(xdev), -EBUSY);
	xchar_device_close(xdev);
	KUNIT_EXPECT_EQ(test, xchar_device_open(xdev), 0);
	xchar_device_close(xdev);
	xchar_test_destroy(&xchar_loopback, xdev);
}

static struct kunit_case xchar_control_cases[] = {
	KUNIT_CASE(xchar_fifo_counts_what_passes),
	KUNIT_CASE(xchar_fifo_flush_throws_away_what_is_there),
	KUNIT_CASE(xchar_fifo_reset_begins_to_count_anew),
	KUNIT_CASE(xchar_fifo_resize_loses_nothing),
	KUNIT_CASE(xchar_fifo_of_lines_shrinks_by_the_oldest),
	KUNIT_CASE(xchar_fifo_drain_waits_for_readers),
	KUNIT_CASE(xchar_fifo_drain_ends_however_much_has_passed),
	KUNIT_CASE(xchar_fifo_drain_ends_with_the_device),
	KUNIT_CASE(xchar_device_can_be_kept_by_those_who_have_it),
	KUNIT_CASE(xchar_device_can_be_for_one_at_a_time),
	{}
};

static struct kunit_suite xchar_control_suite = {
	.name = "xchar_control",
	.init = xchar_fifo_test_init,
	.test_cases = xchar_control_cases,
};

kunit_test_suite(xchar_control_suite);

MODULE_DESCRIPTION("KUnit tests of what is done to xchar's devices as a whole");
MODULE_LICENSE("GPL");
