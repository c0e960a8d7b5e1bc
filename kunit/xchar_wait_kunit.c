// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of those who wait at xchar's fifo, each in a task of its own. */
#include <kunit/test.h>
#include <linux/uio.h>

#include <xdrv/gate.h>

#include "compat.h"
#include "../chardev/fifo.h"
#include "test_call.h"
#include "test_random.h"
#include "xchar_stream.h"
#include "xchar_test_fifo.h"

/**
 * struct xchar_test_task - a kthread that reads or writes
 * @t: the fifo
 * @reader: where it reads
 * @start: place in the stream of the first byte
 * @len: how many bytes
 * @chunk: how many in one call, at most
 * @random: how many of them
 * @wrong: bytes read that are not those of the stream
 * @call: its task, which returns bytes done, or the error that ended it
 */
struct xchar_test_task {
	struct xchar_test_fifo *t;
	struct xchar_reader reader;
	u64 start;
	size_t len;
	size_t chunk;
	struct rnd_state random;
	size_t wrong;
	struct xdrv_test_call *call;
};

static int xchar_test_writer_task(void *data)
{
	struct xchar_test_task *task = data;
	u8 *buf = kmalloc(task->chunk, GFP_KERNEL);
	size_t n = 0;
	ssize_t ret = 0;

	while (buf && n < task->len) {
		size_t len = min(task->chunk, task->len - n);

		xchar_test_fill(buf, len, task->start + n);
		ret = xchar_test_write(&task->t->writer, buf, len, XCHAR_IO_BLOCK);
		if (ret <= 0)
			break;
		n += ret;
	}
	kfree(buf);
	xchar_fifo_writers_dec(task->t->fifo);
	return n ?: ret;
}

static int xchar_test_reader_task(void *data)
{
	struct xchar_test_task *task = data;
	u8 *buf = kmalloc(task->chunk, GFP_KERNEL);
	size_t n = 0;
	ssize_t ret = 0;

	while (buf && n < task->len) {
		size_t most = min(task->chunk, task->len - n);
		size_t len = 1 + xdrv_test_below(&task->random, most);

		ret = xchar_test_read(&task->reader, buf, len, XCHAR_IO_BLOCK);
		if (ret <= 0)
			break;
		task->wrong += ret - xchar_test_matching(buf, ret, task->start + n);
		n += ret;
	}
	kfree(buf);
	return n ?: ret;
}

static struct xchar_test_task *xchar_test_start(struct kunit *test, int (*fn)(void *), u64 start,
						size_t len, size_t chunk)
{
	struct xchar_test_task *task = kunit_kzalloc(test, sizeof(*task), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, task);
	task->t = test->priv;
	task->start = start;
	task->len = len;
	task->chunk = chunk;
	task->random = *xdrv_test_random(test);
	xchar_reader_open(&task->reader, task->t->fifo, &task->t->gate);
	if (fn == xchar_test_writer_task)
		xchar_fifo_writers_inc(task->t->fifo);
	task->call = xdrv_test_call(test, fn, task);
	return task;
}

static int xchar_test_result(struct kunit *test, struct xchar_test_task *task)
{
	int result = xdrv_test_call_result(test, task->call);

	KUNIT_EXPECT_EQ(test, task->wrong, 0);
	return result;
}

static void xchar_test_expect_blocked(struct kunit *test, struct xchar_test_task *task)
{
	KUNIT_EXPECT_TRUE(test, xdrv_test_call_waits(task->call));
}

static void xchar_fifo_passes_a_stream_between_tasks(struct kunit *test)
{
	const size_t len = 100000;
	struct xchar_test_task *reader, *writer;

	reader = xchar_test_start(test, xchar_test_reader_task, 0, len + 1, 97);
	writer = xchar_test_start(test, xchar_test_writer_task, 0, len, 171);
	KUNIT_EXPECT_EQ(test, xchar_test_result(test, writer), len);
	KUNIT_EXPECT_EQ(test, xchar_test_result(test, reader), len);
}

static void xchar_fifo_blocked_readers_share_what_comes(struct kunit *test)
{
	struct xchar_test_fifo *t = test->priv;
	struct xchar_test_task *readers[3];
	u8 buf[3];
	int i;

	xchar_fifo_writers_inc(t->fifo);
	memset(buf, xchar_test_byte(0), sizeof(buf));
	for (i = 0; i < ARRAY_SIZE(readers); i++)
		readers[i] = xchar_test_start(test, xchar_test_reader_task, 0, 1, 1);
	xchar_test_expect_blocked(test, readers[0]);
	KUNIT_EXPECT_EQ(test, xchar_test_write(&t->writer, buf, 3, XCHAR_IO_BLOCK), 3);
	for (i = 0; i < ARRAY_SIZE(readers); i++)
		KUNIT_EXPECT_EQ(test, xchar_test_result(test, readers[i]), 1);
}

static void xchar_fifo_end_wakes_every_reader(struct kunit *test)
{
	struct xchar_test_fifo *t = test->priv;
	struct xchar_test_task *readers[3];
	int i;

	xchar_fifo_writers_inc(t->fifo);
	for (i = 0; i < ARRAY_SIZE(readers); i++)
		readers[i] = xchar_test_start(test, xchar_test_reader_task, 0, 1, 1);
	xchar_test_expect_blocked(test, readers[0]);
	xchar_fifo_writers_dec(t->fifo);
	for (i = 0; i < ARRAY_SIZE(readers); i++)
		KUNIT_EXPECT_EQ(test, xchar_test_result(test, readers[i]), 0);
}

static void xchar_fifo_hangup_wakes_everybody(struct kunit *test)
{
	struct xchar_test_fifo *t = test->priv;
	struct xchar_test_task *reader, *first, *second;

	reader = xchar_test_start(test, xchar_test_reader_task, 0, 1, 1);
	xchar_test_expect_blocked(test, reader);
	KUNIT_EXPECT_EQ(test, xdrv_gate_kill(&t->gate), 0);
	xchar_fifo_hangup_readers(t->fifo);
	KUNIT_EXPECT_EQ(test, xchar_test_result(test, reader), -ENODEV);

	xdrv_gate_destroy(&t->gate);
	KUNIT_ASSERT_EQ(test, xdrv_gate_init(&t->gate), 0);
	first = xchar_test_start(test, xchar_test_writer_task, 0, XCHAR_TEST_SIZE + 9, 100);
	xchar_test_expect_blocked(test, first);
	second = xchar_test_start(test, xchar_test_writer_task, 0, 1, 1);
	xchar_test_expect_blocked(test, second);
	KUNIT_EXPECT_EQ(test, xdrv_gate_kill(&t->gate), 0);
	xchar_fifo_hangup_writers(t->fifo);
	KUNIT_EXPECT_EQ(test, xchar_test_result(test, first), XCHAR_TEST_SIZE);
	KUNIT_EXPECT_EQ(test, xchar_test_result(test, second), -ENODEV);
}

/* Each of three writes more in one call than fits; the stream has them one after the other. */
static void xchar_fifo_blocking_writes_do_not_mix(struct kunit *test)
{
	const size_t len = 5 * XCHAR_TEST_SIZE + 3;
	struct xchar_test_fifo *t = test->priv;
	struct xchar_test_task *writers[3];
	struct xchar_reader reader;
	size_t i, n, total = 0;
	u8 *stream;

	stream = kunit_kzalloc(test, 3 * len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, stream);
	for (i = 0; i < ARRAY_SIZE(writers); i++)
		writers[i] = xchar_test_start(test, xchar_test_writer_task, i * 1000, len, len);
	xchar_reader_open(&reader, t->fifo, &t->gate);
	while (total < 3 * len) {
		size_t want = min_t(size_t, 7, 3 * len - total);
		ssize_t ret = xchar_test_read(&reader, stream + total, want, XCHAR_IO_BLOCK);

		KUNIT_ASSERT_GT(test, ret, 0);
		total += ret;
	}
	for (i = 0; i < ARRAY_SIZE(writers); i++)
		KUNIT_EXPECT_EQ(test, xchar_test_result(test, writers[i]), len);
	for (i = 0; i < ARRAY_SIZE(writers); i++) {
		for (n = 0; n < ARRAY_SIZE(writers); n++)
			if (xchar_test_matching(stream + i * len, len, n * 1000) == len)
				break;
		KUNIT_EXPECT_LT(test, n, ARRAY_SIZE(writers));
	}
}

static struct kunit_case xchar_wait_cases[] = {
	KUNIT_CASE(xchar_fifo_passes_a_stream_between_tasks),
	KUNIT_CASE(xchar_fifo_blocked_readers_share_what_comes),
	KUNIT_CASE(xchar_fifo_end_wakes_every_reader),
	KUNIT_CASE(xchar_fifo_hangup_wakes_everybody),
	KUNIT_CASE(xchar_fifo_blocking_writes_do_not_mix),
	{}
};

static struct kunit_suite xchar_wait_suite = {
	.name = "xchar_wait",
	.init = xchar_fifo_test_init,
	.test_cases = xchar_wait_cases,
};

kunit_test_suite(xchar_wait_suite);

MODULE_DESCRIPTION("KUnit tests of those who wait at xchar's fifo");
MODULE_LICENSE("GPL");
