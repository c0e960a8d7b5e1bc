// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of xchar's fifo with its end-of-file rule. */
#include <kunit/test.h>
#include <linux/uio.h>

#include <xdrv/gate.h>

#include "compat.h"
#include "../chardev/fifo.h"
#include "test_random.h"
#include "xchar_stream.h"
#include "xchar_test_fifo.h"

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
	struct rnd_state *random;
	unsigned int writers;
	unsigned int bytes;
	bool began[3];
};

static void xchar_test_model_step(struct kunit *test, struct xchar_test_model *m,
				  struct xchar_reader *readers)
{
	struct xchar_test_fifo *t = test->priv;
	unsigned int r = xdrv_test_below(m->random, ARRAY_SIZE(m->began)), i;
	ssize_t want;

	switch (xdrv_test_below(m->random, 5)) {
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
	struct xchar_test_model model = { .random = xdrv_test_random(test) };
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

static void xchar_fifo_takes_what_fits_from_the_kernel(struct kunit *test)
{
	struct xchar_test_fifo *t = test->priv;
	struct xchar_reader reader;
	u8 buf[XCHAR_TEST_SIZE + 1];

	xchar_reader_open(&reader, t->fifo, &t->gate);
	xchar_test_fill(buf, sizeof(buf), 0);
	KUNIT_EXPECT_EQ(test, xchar_fifo_insert(t->fifo, buf, sizeof(buf)), XCHAR_TEST_SIZE);
	KUNIT_EXPECT_EQ(test, xchar_fifo_insert(t->fifo, buf, 1), 0);
	KUNIT_EXPECT_EQ(test, xchar_test_read(&reader, buf, 10, XCHAR_IO_NOWAIT), 10);
	KUNIT_EXPECT_EQ(test, t->fifo->bytes_in, XCHAR_TEST_SIZE);
	KUNIT_EXPECT_EQ(test, t->fifo->bytes_out, 10);
}

static void xchar_fifo_reads_and_writes_of_nothing_do_nothing(struct kunit *test)
{
	struct xchar_test_fifo *t = test->priv;
	struct xchar_reader reader;
	u8 byte;

	xchar_reader_open(&reader, t->fifo, &t->gate);
	KUNIT_EXPECT_EQ(test, xchar_test_read(&reader, &byte, 0, XCHAR_IO_BLOCK), 0);
	KUNIT_EXPECT_EQ(test, xchar_test_write(&t->writer, &byte, 0, XCHAR_IO_BLOCK), 0);
	/* Nor is it the end of file that the first of them has seen. */
	KUNIT_EXPECT_EQ(test, xchar_test_read(&reader, &byte, 1, XCHAR_IO_NONBLOCK), -EAGAIN);
}

static void xchar_fifo_faults_take_and_leave_nothing(struct kunit *test)
{
	void __user *nowhere = (void __user *)(ULONG_MAX - PAGE_SIZE + 1);
	struct xchar_test_fifo *t = test->priv;
	struct xchar_reader reader;
	struct iov_iter iter;

	xchar_fifo_writers_inc(t->fifo);
	xchar_reader_open(&reader, t->fifo, &t->gate);
	iov_iter_ubuf(&iter, ITER_SOURCE, nowhere, XCHAR_TEST_SIZE * 2);
	KUNIT_EXPECT_EQ(test, xchar_writer_write(&t->writer, &iter, XCHAR_IO_BLOCK), -EFAULT);
	KUNIT_EXPECT_EQ(test, t->fifo->bytes_in, 0);
	/* The turn was not left to a write that is over. */
	KUNIT_EXPECT_EQ(test, xchar_test_write(&t->writer, "ab", 2, XCHAR_IO_NONBLOCK), 2);
	iov_iter_ubuf(&iter, ITER_DEST, nowhere, 2);
	KUNIT_EXPECT_EQ(test, xchar_reader_read(&reader, &iter, XCHAR_IO_NONBLOCK),
			-EFAULT);
	KUNIT_EXPECT_EQ(test, t->fifo->bytes_out, 0);
	KUNIT_EXPECT_EQ(test, xchar_test_read_now(&reader), 2);
}

static struct kunit_case xchar_fifo_cases[] = {
	KUNIT_CASE(xchar_fifo_end_needs_a_writer_first),
	KUNIT_CASE(xchar_fifo_end_comes_after_the_data),
	KUNIT_CASE(xchar_fifo_reading_data_begins_the_stream),
	KUNIT_CASE(xchar_fifo_end_agrees_with_a_model),
	KUNIT_CASE(xchar_fifo_nonblocking_calls_do_not_wait),
	KUNIT_CASE(xchar_fifo_nowait_does_not_wait_for_a_lock),
	KUNIT_CASE(xchar_fifo_of_a_removed_device_can_be_drained),
	KUNIT_CASE(xchar_fifo_takes_what_fits_from_the_kernel),
	KUNIT_CASE(xchar_fifo_reads_and_writes_of_nothing_do_nothing),
	KUNIT_CASE(xchar_fifo_faults_take_and_leave_nothing),
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
