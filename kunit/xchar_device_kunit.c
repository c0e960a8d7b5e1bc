// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of xchar's devices, with a back end of the test's own. */
#include <kunit/test.h>
#include <linux/uio.h>

#include <xdrv/gate.h>

#include "compat.h"
#include "../chardev/fifo.h"
#include "../chardev/uapi/xchar.h"
#include "../chardev/xchar.h"
#include "xchar_params.h"
#include "xchar_stream.h"

/**
 * struct xchar_test_backend - what the back end was asked to do
 * @opens: calls of ->open
 * @releases: calls of ->release
 * @error: what ->open answers
 * @take: how many bytes of a write it takes at a time
 * @written: what it took
 * @len: how much of it
 */
struct xchar_test_backend {
	unsigned int opens;
	unsigned int releases;
	int error;
	size_t take;
	u8 written[64];
	size_t len;
};

static int xchar_test_backend_open(struct xchar_device *xdev)
{
	struct xchar_test_backend *backend = xdev->priv;

	backend->opens++;
	return backend->error;
}

static void xchar_test_backend_release(struct xchar_device *xdev)
{
	struct xchar_test_backend *backend = xdev->priv;

	backend->releases++;
}

static ssize_t xchar_test_backend_write(struct xchar_device *xdev, const u8 *buf, size_t len)
{
	struct xchar_test_backend *backend = xdev->priv;

	len = min3(len, backend->take, sizeof(backend->written) - backend->len);
	if (!len)
		return -ENOSPC;
	memcpy(backend->written + backend->len, buf, len);
	backend->len += len;
	return len;
}

static const struct xchar_ops xchar_test_ops = {
	.type = "test",
	.open = xchar_test_backend_open,
	.release = xchar_test_backend_release,
	.write = xchar_test_backend_write,
};

static const struct xchar_ops xchar_test_silent_ops = {
	.type = "silent",
};

static const struct xchar_ops xchar_test_line_ops = {
	.type = "lines",
	.lines = true,
};

static void xchar_test_device_put(void *xdev)
{
	xchar_device_put(xdev);
}

static struct xchar_device *xchar_test_device(struct kunit *test, const struct xchar_ops *ops)
{
	struct xchar_test_backend *backend = kunit_kzalloc(test, sizeof(*backend), GFP_KERNEL);
	struct xchar_device *xdev;

	KUNIT_ASSERT_NOT_NULL(test, backend);
	backend->take = sizeof(backend->written);
	xdev = xchar_device_alloc(ops, &xchar_test_params, backend);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, xdev);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, xchar_test_device_put, xdev), 0);
	KUNIT_ASSERT_EQ(test, xchar_device_register(xdev), 0);
	return xdev;
}

static void xchar_device_opens_its_back_end_once(struct kunit *test)
{
	struct xchar_device *xdev = xchar_test_device(test, &xchar_test_ops);
	struct xchar_test_backend *backend = xdev->priv;

	KUNIT_EXPECT_EQ(test, xchar_device_open(xdev), 0);
	KUNIT_EXPECT_EQ(test, xchar_device_open(xdev), 0);
	KUNIT_EXPECT_EQ(test, backend->opens, 1);
	xchar_device_close(xdev);
	KUNIT_EXPECT_EQ(test, backend->releases, 0);
	xchar_device_close(xdev);
	KUNIT_EXPECT_EQ(test, backend->releases, 1);
	KUNIT_EXPECT_EQ(test, xchar_device_open(xdev), 0);
	KUNIT_EXPECT_EQ(test, backend->opens, 2);
	xchar_device_close(xdev);
	xchar_device_unregister(xdev);
	KUNIT_EXPECT_EQ(test, backend->releases, 2);
}

/* The removal has closed the gate, and has not come to the back end yet. */
static void xchar_device_stops_its_back_end_if_closed_during_the_removal(struct kunit *test)
{
	struct xchar_device *xdev = xchar_test_device(test, &xchar_test_ops);
	struct xchar_test_backend *backend = xdev->priv;

	KUNIT_ASSERT_EQ(test, xchar_device_open(xdev), 0);
	KUNIT_EXPECT_TRUE(test, xdrv_gate_close(&xdev->cdev.gate));
	xchar_device_close(xdev);
	KUNIT_EXPECT_EQ(test, backend->releases, 1);
	xchar_device_unregister(xdev);
	KUNIT_EXPECT_EQ(test, backend->releases, 1);
}

static void xchar_device_open_can_be_refused(struct kunit *test)
{
	struct xchar_device *xdev = xchar_test_device(test, &xchar_test_ops);
	struct xchar_test_backend *backend = xdev->priv;

	backend->error = -EBUSY;
	KUNIT_EXPECT_EQ(test, xchar_device_open(xdev), -EBUSY);
	backend->error = 0;
	KUNIT_EXPECT_EQ(test, xchar_device_open(xdev), 0);
	KUNIT_EXPECT_EQ(test, backend->opens, 2);
	xchar_device_close(xdev);
	xchar_device_unregister(xdev);
	KUNIT_EXPECT_EQ(test, backend->releases, 1);
}

static void xchar_device_removal_ends_the_back_end(struct kunit *test)
{
	struct xchar_device *xdev = xchar_test_device(test, &xchar_test_ops);
	struct xchar_test_backend *backend = xdev->priv;

	KUNIT_EXPECT_EQ(test, xchar_device_open(xdev), 0);
	xchar_device_unregister(xdev);
	KUNIT_EXPECT_EQ(test, backend->releases, 1);
	KUNIT_EXPECT_EQ(test, xchar_device_open(xdev), -ENODEV);
	xchar_device_close(xdev);
	KUNIT_EXPECT_EQ(test, backend->releases, 1);
	KUNIT_EXPECT_EQ(test, backend->opens, 1);
}

static void xchar_device_gives_what_was_inserted(struct kunit *test)
{
	struct xchar_device *xdev = xchar_test_device(test, &xchar_test_ops);
	struct xchar_reader reader;
	u8 buf[8] = {};

	xchar_reader_open(&reader, xdev->rx, &xdev->cdev.gate);
	KUNIT_EXPECT_EQ(test, xchar_insert(xdev, "$GPRMC", 6), 6);
	KUNIT_EXPECT_EQ(test, xchar_test_read(&reader, buf, 7, XCHAR_IO_NONBLOCK), 6);
	KUNIT_EXPECT_STREQ(test, buf, "$GPRMC");
	/* The back end is a writer that stays: no end of file. */
	KUNIT_EXPECT_EQ(test, xchar_test_read(&reader, buf, 7, XCHAR_IO_NONBLOCK), -EAGAIN);
	xchar_device_unregister(xdev);
	KUNIT_EXPECT_EQ(test, xchar_test_read(&reader, buf, 7, XCHAR_IO_BLOCK), -ENODEV);
}

/* The rest of a line that was read in part is not in the ring. */
static void xchar_device_of_lines_looks_further_than_the_ring(struct kunit *test)
{
	struct xchar_device *xdev = xchar_test_device(test, &xchar_test_line_ops);

	KUNIT_EXPECT_FALSE(test, xdev->rx->may_expect);
	xchar_device_unregister(xdev);
}

static ssize_t xchar_test_device_write(struct xchar_device *xdev, const char *text)
{
	struct kvec kvec = { .iov_base = (void *)text, .iov_len = strlen(text) };
	struct iov_iter from;

	iov_iter_kvec(&from, ITER_SOURCE, &kvec, 1, kvec.iov_len);
	return xchar_device_write(xdev, &from, XCHAR_IO_BLOCK);
}

static void xchar_device_gives_its_back_end_what_is_written(struct kunit *test)
{
	struct xchar_device *xdev = xchar_test_device(test, &xchar_test_ops);
	struct xchar_test_backend *backend = xdev->priv;

	KUNIT_EXPECT_EQ(test, xchar_test_device_write(xdev, ""), 0);
	backend->take = 3;
	KUNIT_EXPECT_EQ(test, xchar_test_device_write(xdev, "0123456789"), 10);
	KUNIT_EXPECT_EQ(test, backend->len, 10);
	KUNIT_EXPECT_MEMEQ(test, backend->written, "0123456789", 10);
	backend->len = sizeof(backend->written) - 4;
	KUNIT_EXPECT_EQ(test, xchar_test_device_write(xdev, "abcdef"), 4);
	KUNIT_EXPECT_EQ(test, xchar_test_device_write(xdev, "g"), -ENOSPC);
	backend->len = 0;
	xchar_device_unregister(xdev);
	KUNIT_EXPECT_EQ(test, xchar_test_device_write(xdev, "h"), -ENODEV);
	KUNIT_EXPECT_EQ(test, backend->len, 0);
}

static void xchar_device_without_write_refuses_it(struct kunit *test)
{
	struct xchar_device *xdev = xchar_test_device(test, &xchar_test_silent_ops);

	KUNIT_EXPECT_EQ(test, xchar_test_device_write(xdev, "x"), -EINVAL);
	KUNIT_EXPECT_EQ(test, xchar_device_open(xdev), 0);
	xchar_device_close(xdev);
	xchar_device_unregister(xdev);
}

static void xchar_devices_can_be_crossed(struct kunit *test)
{
	struct xchar_writer writer;
	struct xchar_reader reader;
	struct xchar_device *a, *b;
	u8 buf[4] = {};

	a = xchar_device_alloc(&xchar_test_silent_ops, &xchar_test_params, NULL);
	b = xchar_device_alloc(&xchar_test_silent_ops, &xchar_test_params, NULL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, a);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, b);
	xchar_device_connect(a, b);
	xchar_device_connect(b, a);
	KUNIT_EXPECT_PTR_EQ(test, a->tx, b->rx);
	KUNIT_EXPECT_PTR_EQ(test, b->tx, a->rx);
	writer.fifo = a->tx;
	writer.gate = &a->cdev.gate;
	xchar_fifo_writers_inc(a->tx);
	xchar_reader_open(&reader, b->rx, &b->cdev.gate);
	KUNIT_EXPECT_EQ(test, xchar_test_write(&writer, "abc", 3, XCHAR_IO_NONBLOCK), 3);
	/* The fifo outlives the device that is put first. */
	xchar_fifo_writers_dec(a->tx);
	xchar_device_put(a);
	KUNIT_EXPECT_EQ(test, xchar_test_read(&reader, buf, 4, XCHAR_IO_NONBLOCK), 3);
	KUNIT_EXPECT_EQ(test, xchar_test_read(&reader, buf, 4, XCHAR_IO_NONBLOCK), 0);
	xchar_device_put(b);
}

static void xchar_device_of_memory_has_no_fifo(struct kunit *test)
{
	const struct xchar_setup setup = { .size_limit = SZ_4K };
	struct xchar_device *xdev = xchar_test_create(&xchar_mem, &setup);
	struct xchar_stats stats;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, xdev);
	KUNIT_EXPECT_NULL(test, xdev->rx);
	xchar_device_stats(xdev, &stats);
	KUNIT_EXPECT_EQ(test, stats.flags, 0);
	KUNIT_EXPECT_EQ(test, stats.rx.size, 0);
	KUNIT_EXPECT_EQ(test, xchar_device_open(xdev), 0);
	/* As an open file does. */
	get_device(&xdev->cdev.dev);
	xchar_test_destroy(&xchar_mem, xdev);
	KUNIT_EXPECT_EQ(test, xchar_device_open(xdev), -ENODEV);
	xchar_device_close(xdev);
	put_device(&xdev->cdev.dev);
}

static void xchar_device_that_is_described_wrongly_is_not_made(struct kunit *test)
{
	static const struct xchar_params params[] = {
		{ .buffer_size = SZ_4K - 1 }, { .buffer_size = SZ_2K }, { .buffer_size = 5000 },
		{ .buffer_size = SZ_32M }, { .buffer_size = 1 },
		{ .overflow = XCHAR_NR_OVERFLOWS }, { .overflow = -1 },
	};
	struct xchar_ops ops = { .type = "test" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(params); i++)
		KUNIT_EXPECT_EQ(test, PTR_ERR(xchar_device_alloc(&ops, &params[i], NULL)), -EINVAL);
	ops.type = "";
	KUNIT_EXPECT_EQ(test, PTR_ERR(xchar_device_alloc(&ops, &xchar_test_params, NULL)), -EINVAL);
	ops.type = "0123456789abcdef";
	KUNIT_EXPECT_EQ(test, PTR_ERR(xchar_device_alloc(&ops, &xchar_test_params, NULL)), -EINVAL);
}

static void xchar_device_has_what_its_back_end_asked_for(struct kunit *test)
{
	const struct xchar_params params = { .fanout = true };
	const struct xchar_ops ops = { .type = "0123456789abcde" };
	struct xchar_device *xdev = xchar_device_alloc(&ops, &params, test);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, xdev);
	KUNIT_EXPECT_STREQ(test, xdev->type, ops.type);
	KUNIT_EXPECT_PTR_EQ(test, xchar_device_priv(xdev), (void *)test);
	KUNIT_EXPECT_EQ(test, strncmp(xchar_device_name(xdev), "xchar", 5), 0);
	KUNIT_EXPECT_EQ(test, xdev->rx->ring.size, XCHAR_BUFFER_DEFAULT);
	KUNIT_EXPECT_TRUE(test, xdev->rx->fanout);
	xchar_device_put(xdev);
}

/* Its module may be gone by then, and with it the operations and their names. */
static void xchar_device_removed_does_not_need_its_back_end(struct kunit *test)
{
	struct xchar_ops *ops = kunit_kzalloc(test, sizeof(*ops), GFP_KERNEL);
	char *type = kunit_kzalloc(test, XCHAR_TYPE_MAX, GFP_KERNEL);
	struct xchar_test_backend backend = {};
	struct xchar_device *xdev;
	struct kvec kvec = { .iov_base = "x", .iov_len = 1 };
	struct iov_iter from;

	KUNIT_ASSERT_NOT_NULL(test, ops);
	KUNIT_ASSERT_NOT_NULL(test, type);
	*ops = xchar_test_ops;
	strscpy(type, "guest", XCHAR_TYPE_MAX);
	ops->type = type;
	xdev = xchar_device_alloc(ops, &xchar_test_params, &backend);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, xdev);
	KUNIT_ASSERT_EQ(test, xchar_device_register(xdev), 0);
	KUNIT_EXPECT_EQ(test, xchar_device_open(xdev), 0);
	xchar_device_unregister(xdev);
	memset(ops, 0x5a, sizeof(*ops));
	memset(type, 0x5a, XCHAR_TYPE_MAX);

	KUNIT_EXPECT_STREQ(test, xdev->type, "guest");
	iov_iter_kvec(&from, ITER_SOURCE, &kvec, 1, 1);
	KUNIT_EXPECT_EQ(test, xchar_device_write(xdev, &from, XCHAR_IO_BLOCK), -ENODEV);
	KUNIT_EXPECT_EQ(test, xchar_device_open(xdev), -ENODEV);
	xchar_device_close(xdev);
	KUNIT_EXPECT_EQ(test, backend.releases, 1);
	xchar_device_put(xdev);
}

static struct kunit_case xchar_device_cases[] = {
	KUNIT_CASE(xchar_device_that_is_described_wrongly_is_not_made),
	KUNIT_CASE(xchar_device_has_what_its_back_end_asked_for),
	KUNIT_CASE(xchar_device_removed_does_not_need_its_back_end),
	KUNIT_CASE(xchar_device_opens_its_back_end_once),
	KUNIT_CASE(xchar_device_stops_its_back_end_if_closed_during_the_removal),
	KUNIT_CASE(xchar_device_open_can_be_refused),
	KUNIT_CASE(xchar_device_removal_ends_the_back_end),
	KUNIT_CASE(xchar_device_gives_what_was_inserted),
	KUNIT_CASE(xchar_device_of_lines_looks_further_than_the_ring),
	KUNIT_CASE(xchar_device_gives_its_back_end_what_is_written),
	KUNIT_CASE(xchar_device_without_write_refuses_it),
	KUNIT_CASE(xchar_devices_can_be_crossed),
	KUNIT_CASE(xchar_device_of_memory_has_no_fifo),
	{}
};

static struct kunit_suite xchar_device_suite = {
	.name = "xchar_device",
	.test_cases = xchar_device_cases,
};

kunit_test_suite(xchar_device_suite);

MODULE_DESCRIPTION("KUnit tests of xchar's devices");
MODULE_LICENSE("GPL");
