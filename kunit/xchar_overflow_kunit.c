// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of what xchar's fifos do without space, and with readers who all get all. */
#include <kunit/test.h>
#include <linux/uio.h>

#include <xdrv/gate.h>

#include "compat.h"
#include "../chardev/fifo.h"
#include "../chardev/uapi/xchar.h"
#include "test_call.h"
#include "test_random.h"
#include "xchar_stream.h"
#include "xchar_test_fifo.h"

#define XCHAR_TEST_READERS 3

/* Numbers of bytes that are above and below the size of the ring. */
#define XCHAR_TEST_MOST (2 * XCHAR_TEST_SIZE + 9)

/**
 * struct xchar_test_model - a fifo in the simplest words there are
 * @tail: place in the stream of the oldest byte that is there
 * @head: place of the next byte to come
 * @at: where the readers are
 * @is_open: which of them there are
 * @out: bytes read, by any of them
 * @dropped: bytes dropped
 */
struct xchar_test_model {
	u64 tail;
	u64 head;
	u64 at[XCHAR_TEST_READERS];
	bool is_open[XCHAR_TEST_READERS];
	u64 out;
	u64 dropped;
};

/* What a write of @len bytes leaves in the stream, and how many of them are done with. */
static ssize_t xchar_test_model_write(struct xchar_test_model *m, enum xchar_overflow overflow,
				      size_t len)
{
	u64 space = m->tail + XCHAR_TEST_SIZE - m->head;
	int r;

	if (overflow != XCHAR_OVERFLOW_DROP_OLDEST) {
		u64 fits = min_t(u64, len, space);

		m->head += fits;
		if (overflow == XCHAR_OVERFLOW_BLOCK)
			return fits ?: len ? -EAGAIN : 0;
		m->dropped += len - fits;
		return len;
	}

	m->head += len;
	if (m->head - m->tail > XCHAR_TEST_SIZE) {
		m->dropped += m->head - XCHAR_TEST_SIZE - m->tail;
		m->tail = m->head - XCHAR_TEST_SIZE;
	}
	for (r = 0; r < XCHAR_TEST_READERS; r++)
		m->at[r] = max(m->at[r], m->tail);
	return len;
}

static void xchar_test_model_follow(struct xchar_test_model *m)
{
	u64 least = U64_MAX;
	int r;

	for (r = 0; r < XCHAR_TEST_READERS; r++)
		if (m->is_open[r])
			least = min(least, m->at[r]);
	if (least != U64_MAX)
		m->tail = max(m->tail, least);
}

static unsigned int xchar_test_model_readers(const struct xchar_test_model *m)
{
	unsigned int r, n = 0;

	for (r = 0; r < XCHAR_TEST_READERS; r++)
		n += m->is_open[r];
	return n;
}

static void xchar_test_step_write(struct kunit *test, struct xchar_test_model *m,
				  struct rnd_state *random)
{
	struct xchar_test_fifo *t = test->priv;
	size_t len = xdrv_test_below(random, XCHAR_TEST_MOST + 1);
	u8 buf[XCHAR_TEST_MOST];
	ssize_t want;

	/* What is dropped leaves no gap in the stream of what gets in. */
	xchar_test_fill(buf, len, m->head);
	want = xchar_test_model_write(m, t->fifo->overflow, len);
	KUNIT_ASSERT_EQ(test, xchar_test_write(&t->writer, buf, len, XCHAR_IO_NONBLOCK), want);
}

static void xchar_test_step_read(struct kunit *test, struct xchar_test_model *m,
				 struct rnd_state *random, struct xchar_reader *reader, int r)
{
	size_t most = 1 + xdrv_test_below(random, XCHAR_TEST_MOST);
	size_t n = min_t(u64, most, m->head - m->at[r]);
	u8 buf[XCHAR_TEST_MOST];

	KUNIT_ASSERT_EQ(test, xchar_reader_used(reader), m->head - m->at[r]);
	KUNIT_ASSERT_EQ(test, xchar_test_read(reader, buf, most, XCHAR_IO_NONBLOCK),
			n ? (ssize_t)n : -EAGAIN);
	KUNIT_ASSERT_EQ(test, xchar_test_matching(buf, n, m->at[r]), n);
	m->at[r] += n;
	m->out += n;
	xchar_test_model_follow(m);
}

static void xchar_test_step_open(struct kunit *test, struct xchar_test_model *m,
				 struct xchar_reader *reader, int r)
{
	struct xchar_test_fifo *t = test->priv;

	m->at[r] = xchar_test_model_readers(m) ? m->head : m->tail;
	m->is_open[r] = true;
	xchar_reader_open(reader, t->fifo, &t->gate);
	KUNIT_ASSERT_EQ(test, xchar_reader_join(reader), 0);
}

static void xchar_test_step_close(struct xchar_test_model *m, struct xchar_reader *reader, int r)
{
	m->is_open[r] = false;
	xchar_test_model_follow(m);
	xchar_reader_leave(reader);
}

static void xchar_test_run_model(struct kunit *test, enum xchar_overflow overflow)
{
	struct xchar_test_fifo *t = test->priv;
	struct rnd_state *random = xdrv_test_random(test);
	struct xchar_reader readers[XCHAR_TEST_READERS];
	struct xchar_test_model m = {};
	struct xchar_stream_stats s;
	int i, r;

	t->fifo->overflow = overflow;
	xchar_fifo_fan_out(t->fifo);
	xchar_fifo_writers_inc(t->fifo);
	for (i = 0; i < 20000; i++) {
		r = xdrv_test_below(random, XCHAR_TEST_READERS);
		if (xdrv_test_below(random, 3) == 0)
			xchar_test_step_write(test, &m, random);
		else if (!m.is_open[r])
			xchar_test_step_open(test, &m, &readers[r], r);
		else if (xdrv_test_below(random, 10) == 0)
			xchar_test_step_close(&m, &readers[r], r);
		else
			xchar_test_step_read(test, &m, random, &readers[r], r);
		KUNIT_ASSERT_EQ(test, xchar_ring_used(&t->fifo->ring), m.head - m.tail);
	}
	for (r = 0; r < XCHAR_TEST_READERS; r++)
		if (m.is_open[r])
			xchar_reader_leave(&readers[r]);
	xchar_fifo_stats(t->fifo, &s);
	KUNIT_EXPECT_EQ(test, s.bytes_dropped, m.dropped);
	KUNIT_EXPECT_EQ(test, s.bytes_out, m.out);
}

static void xchar_fanout_gives_all_to_every_reader(struct kunit *test)
{
	xchar_test_run_model(test, XCHAR_OVERFLOW_BLOCK);
}

static void xchar_fanout_drops_the_newest_for_all(struct kunit *test)
{
	xchar_test_run_model(test, XCHAR_OVERFLOW_DROP_NEWEST);
}

static void xchar_fanout_drops_the_oldest_for_the_slowest(struct kunit *test)
{
	xchar_test_run_model(test, XCHAR_OVERFLOW_DROP_OLDEST);
}

static void xchar_overflow_keeps_the_oldest(struct kunit *test)
{
	struct xchar_test_fifo *t = test->priv;
	struct xchar_stream_stats s;
	struct xchar_reader reader;
	u8 buf[XCHAR_TEST_MOST];

	t->fifo->overflow = XCHAR_OVERFLOW_DROP_NEWEST;
	xchar_fifo_writers_inc(t->fifo);
	xchar_reader_open(&reader, t->fifo, &t->gate);
	xchar_test_fill(buf, sizeof(buf), 0);
	/* Nobody reads, and a write that waits is through at once. */
	KUNIT_EXPECT_EQ(test, xchar_test_write(&t->writer, buf, sizeof(buf), XCHAR_IO_BLOCK),
			sizeof(buf));
	KUNIT_EXPECT_EQ(test, xchar_test_write(&t->writer, buf, 1, XCHAR_IO_NOWAIT), 1);
	KUNIT_EXPECT_EQ(test, (__force u32)xchar_writer_poll(&t->writer),
			(__force u32)(EPOLLOUT | EPOLLWRNORM));
	KUNIT_EXPECT_EQ(test, xchar_test_read(&reader, buf, sizeof(buf), XCHAR_IO_BLOCK),
			XCHAR_TEST_SIZE);
	KUNIT_EXPECT_EQ(test, xchar_test_matching(buf, XCHAR_TEST_SIZE, 0), XCHAR_TEST_SIZE);
	xchar_fifo_stats(t->fifo, &s);
	KUNIT_EXPECT_EQ(test, s.bytes_in, sizeof(buf) + 1);
	KUNIT_EXPECT_EQ(test, s.bytes_dropped, sizeof(buf) + 1 - XCHAR_TEST_SIZE);
	KUNIT_EXPECT_EQ(test, s.overruns, 2);
}

static void xchar_overflow_keeps_the_newest(struct kunit *test)
{
	struct xchar_test_fifo *t = test->priv;
	struct xchar_stream_stats s;
	struct xchar_reader reader;
	u8 buf[XCHAR_TEST_MOST];

	t->fifo->overflow = XCHAR_OVERFLOW_DROP_OLDEST;
	xchar_fifo_writers_inc(t->fifo);
	xchar_reader_open(&reader, t->fifo, &t->gate);
	xchar_test_fill(buf, sizeof(buf), 0);
	KUNIT_EXPECT_EQ(test, xchar_test_write(&t->writer, buf, 10, XCHAR_IO_BLOCK), 10);
	KUNIT_EXPECT_EQ(test, xchar_test_write(&t->writer, buf + 10, XCHAR_TEST_SIZE,
					       XCHAR_IO_BLOCK), XCHAR_TEST_SIZE);
	xchar_fifo_stats(t->fifo, &s);
	KUNIT_EXPECT_EQ(test, s.bytes_dropped, 10);
	KUNIT_EXPECT_EQ(test, s.overruns, 1);
	/* With a reader at it the oldest cannot go. */
	scoped_guard(mutex, &t->fifo->read_lock)
		KUNIT_EXPECT_EQ(test, xchar_test_write(&t->writer, "x", 1, XCHAR_IO_NOWAIT),
				-EAGAIN);
	KUNIT_EXPECT_EQ(test, xchar_test_read(&reader, buf, sizeof(buf), XCHAR_IO_BLOCK),
			XCHAR_TEST_SIZE);
	KUNIT_EXPECT_EQ(test, xchar_test_matching(buf, XCHAR_TEST_SIZE, 10), XCHAR_TEST_SIZE);
	xchar_test_fill(buf, sizeof(buf), 0);
	KUNIT_EXPECT_EQ(test, xchar_test_write(&t->writer, buf, sizeof(buf), XCHAR_IO_BLOCK),
			sizeof(buf));
	KUNIT_EXPECT_EQ(test, xchar_test_read(&reader, buf, sizeof(buf), XCHAR_IO_BLOCK),
			XCHAR_TEST_SIZE);
	KUNIT_EXPECT_EQ(test, xchar_test_matching(buf, XCHAR_TEST_SIZE,
						  sizeof(buf) - XCHAR_TEST_SIZE), XCHAR_TEST_SIZE);
}

static void xchar_overflow_does_not_hide_a_fault(struct kunit *test)
{
	void __user *nowhere = (void __user *)(ULONG_MAX - PAGE_SIZE + 1);
	struct xchar_test_fifo *t = test->priv;
	enum xchar_overflow overflow;
	struct iov_iter iter;

	for (overflow = 0; overflow < XCHAR_NR_OVERFLOWS; overflow++) {
		t->fifo->overflow = overflow;
		iov_iter_ubuf(&iter, ITER_SOURCE, nowhere, XCHAR_TEST_SIZE / 2);
		KUNIT_EXPECT_EQ(test, xchar_writer_write(&t->writer, &iter, XCHAR_IO_BLOCK),
				-EFAULT);
	}
	KUNIT_EXPECT_EQ(test, t->fifo->bytes_in, 0);
	KUNIT_EXPECT_EQ(test, t->fifo->bytes_dropped, 0);
}

static ssize_t xchar_test_read_text(struct xchar_reader *reader, char *text, size_t len)
{
	ssize_t n = xchar_test_read(reader, text, len, XCHAR_IO_NONBLOCK);

	text[max_t(ssize_t, n, 0)] = '\0';
	return n;
}

static void xchar_fanout_gives_whole_lines_to_every_reader(struct kunit *test)
{
	struct xchar_test_fifo *t = test->priv;
	struct xchar_reader slow, fast;
	char text[XCHAR_TEST_SIZE + 1];
	int i;

	KUNIT_ASSERT_EQ(test, xchar_fifo_keep_lines(t->fifo), 0);
	xchar_fifo_fan_out(t->fifo);
	xchar_fifo_writers_inc(t->fifo);
	xchar_reader_open(&slow, t->fifo, &t->gate);
	KUNIT_ASSERT_EQ(test, xchar_reader_join(&slow), 0);
	xchar_reader_open(&fast, t->fifo, &t->gate);
	KUNIT_ASSERT_EQ(test, xchar_reader_join(&fast), 0);
	KUNIT_EXPECT_EQ(test, xchar_fifo_insert_lines(t->fifo, "line 0\n", 7), 0);
	KUNIT_EXPECT_EQ(test, xchar_test_read_text(&slow, text, 2), 2);
	KUNIT_EXPECT_STREQ(test, text, "li");
	KUNIT_EXPECT_EQ(test, xchar_test_read_text(&fast, text, XCHAR_TEST_SIZE), 7);
	KUNIT_EXPECT_STREQ(test, text, "line 0\n");
	/* More than there is space for: only who does not read misses some, and whole ones. */
	for (i = 1; i <= 20; i++) {
		char line[16];
		int len = scnprintf(line, sizeof(line), "line %d\n", i);

		xchar_fifo_insert_lines(t->fifo, line, len);
		KUNIT_EXPECT_EQ(test, xchar_test_read_text(&fast, text, XCHAR_TEST_SIZE), len);
		KUNIT_EXPECT_STREQ(test, text, line);
	}
	KUNIT_EXPECT_EQ(test, xchar_test_read_text(&slow, text, 5), 5);
	KUNIT_EXPECT_STREQ(test, text, "ne 0\n");
	KUNIT_EXPECT_EQ(test, xchar_test_read_text(&slow, text, 16), 16);
	KUNIT_EXPECT_STREQ(test, text, "line 13\nline 14\n");
	KUNIT_EXPECT_EQ(test, xchar_reader_used(&slow), 6 * 8);
	xchar_reader_leave(&slow);
	KUNIT_EXPECT_EQ(test, xchar_fifo_used(t->fifo), 0);
	xchar_reader_leave(&fast);
}

static int xchar_test_listen(void *reader)
{
	u8 byte;

	return xchar_test_read(reader, &byte, 1, XCHAR_IO_BLOCK);
}

static void xchar_fanout_wakes_every_reader(struct kunit *test)
{
	struct xchar_test_fifo *t = test->priv;
	struct xdrv_test_call *calls[XCHAR_TEST_READERS];
	struct xchar_reader *readers;
	int i;

	readers = kunit_kcalloc(test, XCHAR_TEST_READERS, sizeof(*readers), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, readers);
	xchar_fifo_fan_out(t->fifo);
	xchar_fifo_writers_inc(t->fifo);
	for (i = 0; i < XCHAR_TEST_READERS; i++) {
		xchar_reader_open(&readers[i], t->fifo, &t->gate);
		KUNIT_ASSERT_EQ(test, xchar_reader_join(&readers[i]), 0);
		calls[i] = xdrv_test_call(test, xchar_test_listen, &readers[i]);
	}
	KUNIT_EXPECT_TRUE(test, xdrv_test_call_waits(calls[0]));
	KUNIT_EXPECT_EQ(test, xchar_test_write(&t->writer, "x", 1, XCHAR_IO_BLOCK), 1);
	for (i = 0; i < XCHAR_TEST_READERS; i++) {
		KUNIT_EXPECT_EQ(test, xdrv_test_call_result(test, calls[i]), 1);
		xchar_reader_leave(&readers[i]);
	}
}

static struct kunit_case xchar_overflow_cases[] = {
	KUNIT_CASE(xchar_overflow_keeps_the_oldest),
	KUNIT_CASE(xchar_overflow_keeps_the_newest),
	KUNIT_CASE(xchar_overflow_does_not_hide_a_fault),
	KUNIT_CASE(xchar_fanout_gives_all_to_every_reader),
	KUNIT_CASE(xchar_fanout_drops_the_newest_for_all),
	KUNIT_CASE(xchar_fanout_drops_the_oldest_for_the_slowest),
	KUNIT_CASE(xchar_fanout_gives_whole_lines_to_every_reader),
	KUNIT_CASE(xchar_fanout_wakes_every_reader),
	{}
};

static struct kunit_suite xchar_overflow_suite = {
	.name = "xchar_overflow",
	.init = xchar_fifo_test_init,
	.test_cases = xchar_overflow_cases,
};

kunit_test_suite(xchar_overflow_suite);

MODULE_DESCRIPTION("KUnit tests of xchar's overflow policies and of its fan-out");
MODULE_LICENSE("GPL");
