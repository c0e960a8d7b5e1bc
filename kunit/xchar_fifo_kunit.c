// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of xchar's fifo with its end-of-file rule. */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/random.h>
#include <linux/uio.h>

#include <xdrv/gate.h>

#include "compat.h"
#include "../chardev/fifo.h"
#include "xchar_stream.h"

/**
 * struct xchar_test_fifo - a fifo and the gate of the device that it would belong to
 * @fifo: the fifo
 * @gate: the gate
 * @writer: a writing end; who uses it counts itself with xchar_fifo_writers_inc()
 */
struct xchar_test_fifo {
	struct xchar_fifo *fifo;
	struct xdrv_gate gate;
	struct xchar_writer writer;
};

static void xchar_test_fifo_put(void *fifo)
{
	xchar_fifo_put(fifo);
}

static void xchar_test_gate_destroy(void *gate)
{
	xdrv_gate_destroy(gate);
}

static int xchar_fifo_test_init(struct kunit *test)
{
	struct xchar_test_fifo *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	int err;

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->fifo = xchar_fifo_alloc(XCHAR_TEST_SIZE);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, t->fifo);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, xchar_test_fifo_put, t->fifo), 0);
	KUNIT_ASSERT_EQ(test, xdrv_gate_init(&t->gate), 0);
	err = kunit_add_action_or_reset(test, xchar_test_gate_destroy, &t->gate);
	KUNIT_ASSERT_EQ(test, err, 0);
	t->writer.fifo = t->fifo;
	t->writer.gate = &t->gate;
	test->priv = t;
	return 0;
}

static ssize_t xchar_test_read_now(struct xchar_reader *reader)
{
	u8 buf[XCHAR_TEST_SIZE];

	return xchar_test_read(reader, buf, sizeof(buf), XCHAR_IO_NONBLOCK);
}

static void xchar_fifo_end_needs_a_writer_first(struct kunit *test)
{
	struct xchar_test_fifo *t = test->priv;
	struct xchar_reader reader;

	xchar_reader_open(&reader, t->fifo, &t->gate);
	KUNIT_EXPECT_EQ(test, xchar_test_read_now(&reader), -EAGAIN);
	KUNIT_EXPECT_EQ(test, (__force u32)xchar_reader_poll(&reader), 0);
	xchar_fifo_writers_inc(t->fifo);
	KUNIT_EXPECT_EQ(test, xchar_test_read_now(&reader), -EAGAIN);
	KUNIT_EXPECT_EQ(test, (__force u32)xchar_reader_poll(&reader), 0);
	xchar_fifo_writers_dec(t->fifo);
	KUNIT_EXPECT_EQ(test, xchar_test_read_now(&reader), 0);
	KUNIT_EXPECT_EQ(test, (__force u32)xchar_reader_poll(&reader), (__force u32)EPOLLHUP);
	xchar_fifo_writers_inc(t->fifo);
	KUNIT_EXPECT_EQ(test, xchar_test_read_now(&reader), -EAGAIN);
	KUNIT_EXPECT_EQ(test, (__force u32)xchar_reader_poll(&reader), 0);
	xchar_fifo_writers_dec(t->fifo);
}

static void xchar_fifo_end_comes_after_the_data(struct kunit *test)
{
	struct xchar_test_fifo *t = test->priv;
	struct xchar_reader reader, other, late;

	xchar_fifo_writers_inc(t->fifo);
	KUNIT_EXPECT_EQ(test, xchar_test_write(&t->writer, "hi", 2, XCHAR_IO_NONBLOCK), 2);
	xchar_fifo_writers_dec(t->fifo);

	xchar_reader_open(&reader, t->fifo, &t->gate);
	xchar_reader_open(&other, t->fifo, &t->gate);
	KUNIT_EXPECT_EQ(test, (__force u32)xchar_reader_poll(&reader),
			(__force u32)(EPOLLHUP | EPOLLIN | EPOLLRDNORM));
	KUNIT_EXPECT_EQ(test, xchar_test_read_now(&reader), 2);
	KUNIT_EXPECT_EQ(test, xchar_test_read_now(&reader), 0);
	KUNIT_EXPECT_EQ(test, xchar_test_read_now(&other), 0);
	xchar_reader_open(&late, t->fifo, &t->gate);
	KUNIT_EXPECT_EQ(test, xchar_test_read_now(&late), -EAGAIN);
}

/* A reader that opened before data came from the kernel, with no writer ever: reading it began. */
static void xchar_fifo_reading_data_begins_the_stream(struct kunit *test)
{
	struct xchar_test_fifo *t = test->priv;
	struct xchar_reader reader;

	xchar_reader_open(&reader, t->fifo, &t->gate);
	KUNIT_EXPECT_EQ(test, xchar_fifo_insert(t->fifo, "x", 1), 1);
	KUNIT_EXPECT_EQ(test, xchar_test_read_now(&reader), 1);
	KUNIT_EXPECT_EQ(test, xchar_test_read_now(&reader), 0);
}

/* What the end-of-file rule says, in the simplest words there are. */
struct xchar_test_model {
	unsigned int writers;
	unsigned int bytes;
	bool began[3];
};

static void xchar_test_model_step(struct kunit *test, struct xchar_test_model *m,
				  struct xchar_reader *readers)
{
	struct xchar_test_fifo *t = test->priv;
	unsigned int r = get_random_u32_below(ARRAY_SIZE(m->began)), i;
	ssize_t want;

	switch (get_random_u32_below(5)) {
	case 0:
		xchar_fifo_writers_inc(t->fifo);
		m->writers++;
		for (i = 0; i < ARRAY_SIZE(m->began); i++)
			m->began[i] = true;
		break;
	case 1:
		if (m->writers) {
			xchar_fifo_writers_dec(t->fifo);
			m->writers--;
		}
		break;
	case 2:
		if (m->writers && m->bytes < XCHAR_TEST_SIZE) {
			KUNIT_ASSERT_EQ(test, xchar_test_write(&t->writer, "x", 1, XCHAR_IO_NOWAIT),
					1);
			m->bytes++;
		}
		break;
	case 3:
		xchar_reader_open(&readers[r], t->fifo, &t->gate);
		m->began[r] = m->writers || m->bytes;
		break;
	default:
		want = m->writers || !m->began[r] ? -EAGAIN : 0;
		if (m->bytes)
			want = m->bytes;
		KUNIT_ASSERT_EQ(test, xchar_test_read_now(&readers[r]), want);
		m->began[r] = m->began[r] || m->bytes;
		m->bytes = 0;
	}
}

static void xchar_fifo_end_agrees_with_a_model(struct kunit *test)
{
	struct xchar_test_fifo *t = test->priv;
	struct xchar_reader readers[3];
	struct xchar_test_model model = {};
	int i, r;

	for (r = 0; r < ARRAY_SIZE(readers); r++)
		xchar_reader_open(&readers[r], t->fifo, &t->gate);
	for (i = 0; i < 20000; i++) {
		xchar_test_model_step(test, &model, readers);
		for (r = 0; r < ARRAY_SIZE(readers); r++)
			KUNIT_ASSERT_EQ(test, xchar_reader_at_end(&readers[r]),
					!model.writers && model.began[r]);
	}
}

static void xchar_fifo_nonblocking_calls_do_not_wait(struct kunit *test)
{
	struct xchar_test_fifo *t = test->priv;
	static const u8 zeros[XCHAR_TEST_SIZE + 1];
	struct xchar_reader reader;
	enum xchar_io io;

	xchar_fifo_writers_inc(t->fifo);
	xchar_reader_open(&reader, t->fifo, &t->gate);
	for (io = XCHAR_IO_NONBLOCK; io <= XCHAR_IO_NOWAIT; io++) {
		KUNIT_EXPECT_EQ(test, xchar_test_write(&t->writer, zeros, 0, io), 0);
		KUNIT_EXPECT_EQ(test, xchar_test_write(&t->writer, zeros, sizeof(zeros), io),
				XCHAR_TEST_SIZE);
		KUNIT_EXPECT_EQ(test, xchar_test_write(&t->writer, zeros, 1, io), -EAGAIN);
		KUNIT_EXPECT_EQ(test, (__force u32)xchar_writer_poll(&t->writer), 0);
		KUNIT_EXPECT_EQ(test, xchar_test_read_now(&reader), XCHAR_TEST_SIZE);
		KUNIT_EXPECT_EQ(test, xchar_test_read_now(&reader), -EAGAIN);
		KUNIT_EXPECT_EQ(test, (__force u32)xchar_writer_poll(&t->writer),
				(__force u32)(EPOLLOUT | EPOLLWRNORM));
	}
}

static void xchar_fifo_nowait_does_not_wait_for_a_lock(struct kunit *test)
{
	struct xchar_test_fifo *t = test->priv;
	struct xchar_reader reader;
	u8 byte = 0;

	xchar_fifo_writers_inc(t->fifo);
	xchar_reader_open(&reader, t->fifo, &t->gate);
	KUNIT_EXPECT_EQ(test, xchar_test_write(&t->writer, "ab", 2, XCHAR_IO_BLOCK), 2);
	scoped_guard(mutex, &t->fifo->read_lock)
		KUNIT_EXPECT_EQ(test, xchar_test_read(&reader, &byte, 1, XCHAR_IO_NOWAIT), -EAGAIN);
	scoped_guard(mutex, &t->fifo->write_lock)
		KUNIT_EXPECT_EQ(test, xchar_test_write(&t->writer, "c", 1, XCHAR_IO_NOWAIT),
				-EAGAIN);
	KUNIT_EXPECT_EQ(test, xchar_test_read(&reader, &byte, 1, XCHAR_IO_NOWAIT), 1);
	KUNIT_EXPECT_EQ(test, byte, 'a');
}

static void xchar_fifo_of_a_removed_device_can_be_drained(struct kunit *test)
{
	struct xchar_test_fifo *t = test->priv;
	struct xchar_reader reader;

	xchar_fifo_writers_inc(t->fifo);
	xchar_reader_open(&reader, t->fifo, &t->gate);
	KUNIT_EXPECT_EQ(test, xchar_test_write(&t->writer, "ab", 2, XCHAR_IO_BLOCK), 2);
	xdrv_gate_kill(&t->gate);
	KUNIT_EXPECT_EQ(test, xchar_test_write(&t->writer, "c", 1, XCHAR_IO_BLOCK), -ENODEV);
	KUNIT_EXPECT_EQ(test, xchar_test_read_now(&reader), 2);
	KUNIT_EXPECT_EQ(test, xchar_test_read_now(&reader), -ENODEV);
	xchar_fifo_writers_dec(t->fifo);
	KUNIT_EXPECT_EQ(test, xchar_test_read_now(&reader), -ENODEV);
}

/**
 * struct xchar_test_task - a kthread that reads or writes
 * @t: the fifo
 * @reader: where it reads
 * @start: place in the stream of the first byte
 * @len: how many bytes
 * @chunk: how many in one call
 * @result: bytes done, or the error that ended it
 * @wrong: bytes read that are not those of the stream
 * @done: completed at the end
 */
struct xchar_test_task {
	struct xchar_test_fifo *t;
	struct xchar_reader reader;
	u64 start;
	size_t len;
	size_t chunk;
	ssize_t result;
	size_t wrong;
	struct completion done;
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
	task->result = n ?: ret;
	xchar_fifo_writers_dec(task->t->fifo);
	complete(&task->done);
	return 0;
}

static int xchar_test_reader_task(void *data)
{
	struct xchar_test_task *task = data;
	u8 *buf = kmalloc(task->chunk, GFP_KERNEL);
	size_t n = 0;
	ssize_t ret = 0;

	while (buf && n < task->len) {
		size_t len = get_random_u32_inclusive(1, min(task->chunk, task->len - n));

		ret = xchar_test_read(&task->reader, buf, len, XCHAR_IO_BLOCK);
		if (ret <= 0)
			break;
		task->wrong += ret - xchar_test_matching(buf, ret, task->start + n);
		n += ret;
	}
	kfree(buf);
	task->result = n ?: ret;
	complete(&task->done);
	return 0;
}

static struct xchar_test_task *xchar_test_start(struct kunit *test, int (*fn)(void *), u64 start,
						size_t len, size_t chunk)
{
	struct xchar_test_task *task = kunit_kzalloc(test, sizeof(*task), GFP_KERNEL);
	struct task_struct *thread;

	KUNIT_ASSERT_NOT_NULL(test, task);
	task->t = test->priv;
	task->start = start;
	task->len = len;
	task->chunk = chunk;
	init_completion(&task->done);
	xchar_reader_open(&task->reader, task->t->fifo, &task->t->gate);
	if (fn == xchar_test_writer_task)
		xchar_fifo_writers_inc(task->t->fifo);
	thread = kthread_run(fn, task, "xchar_kunit");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, thread);
	return task;
}

static ssize_t xchar_test_result(struct kunit *test, struct xchar_test_task *task)
{
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&task->done, XCHAR_TEST_PATIENCE), 0);
	KUNIT_EXPECT_EQ(test, task->wrong, 0);
	return task->result;
}

static void xchar_test_expect_blocked(struct kunit *test, struct xchar_test_task *task)
{
	msleep(30);
	KUNIT_EXPECT_FALSE(test, completion_done(&task->done));
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

static struct kunit_case xchar_fifo_cases[] = {
	KUNIT_CASE(xchar_fifo_end_needs_a_writer_first),
	KUNIT_CASE(xchar_fifo_end_comes_after_the_data),
	KUNIT_CASE(xchar_fifo_reading_data_begins_the_stream),
	KUNIT_CASE(xchar_fifo_end_agrees_with_a_model),
	KUNIT_CASE(xchar_fifo_nonblocking_calls_do_not_wait),
	KUNIT_CASE(xchar_fifo_nowait_does_not_wait_for_a_lock),
	KUNIT_CASE(xchar_fifo_of_a_removed_device_can_be_drained),
	KUNIT_CASE(xchar_fifo_passes_a_stream_between_tasks),
	KUNIT_CASE(xchar_fifo_blocked_readers_share_what_comes),
	KUNIT_CASE(xchar_fifo_end_wakes_every_reader),
	KUNIT_CASE(xchar_fifo_hangup_wakes_everybody),
	KUNIT_CASE(xchar_fifo_blocking_writes_do_not_mix),
	{}
};

static struct kunit_suite xchar_fifo_suite = {
	.name = "xchar_fifo",
	.init = xchar_fifo_test_init,
	.test_cases = xchar_fifo_cases,
};

kunit_test_suite(xchar_fifo_suite);

MODULE_DESCRIPTION("KUnit tests of xchar's fifo");
MODULE_LICENSE("GPL");
