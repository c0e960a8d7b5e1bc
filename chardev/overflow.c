// SPDX-License-Identifier: GPL-2.0-only
/*
 * What becomes of a write for which there is no space. Writes for which there is never get here, so
 * a policy costs nothing until it is needed.
 */
#include <linux/uio.h>

#include "compat.h"
#include "fifo.h"
#include "xchar_trace.h"

static void xchar_fifo_count_dropped(struct xchar_fifo *fifo, size_t bytes)
{
	lockdep_assert_held(&fifo->write_lock);
	WRITE_ONCE(fifo->bytes_dropped, fifo->bytes_dropped + bytes);
	WRITE_ONCE(fifo->overruns, fifo->overruns + 1);
	trace_xchar_drop(fifo->number, bytes, 0);
}

/* What readers have made space for since then still gets in. A fault ends the write. */
static ssize_t xchar_fifo_drop_newest(struct xchar_fifo *fifo, struct iov_iter *from)
{
	size_t done = 0, rest;
	ssize_t n;

	while ((n = xchar_ring_put_iter(&fifo->ring, from)) > 0)
		done += n;
	if (n < 0)
		return done ?: n;

	rest = iov_iter_count(from);
	iov_iter_advance(from, rest);
	if (rest)
		xchar_fifo_count_dropped(fifo, rest);
	return done + rest;
}

/*
 * Of a write that is larger than the ring its own beginning is the oldest. Readers must not be at
 * what is dropped: this waits for them as they do for each other.
 */
static ssize_t xchar_fifo_drop_oldest(struct xchar_fifo *fifo, struct iov_iter *from,
				      enum xchar_io io)
{
	struct xchar_ring *ring = &fifo->ring;
	size_t skip, dropped;
	ssize_t n;
	int err;

	err = xchar_fifo_lock(&fifo->read_lock, io);
	if (err)
		return err;
	skip = iov_iter_count(from) - min_t(size_t, iov_iter_count(from), ring->size);
	iov_iter_advance(from, skip);
	dropped = skip + xchar_ring_advance(ring, ring->head + iov_iter_count(from) - ring->size);
	if (fifo->fanout)
		xchar_fifo_push_cursors(fifo);
	n = xchar_ring_put_iter(ring, from);
	mutex_unlock(&fifo->read_lock);

	if (dropped)
		xchar_fifo_count_dropped(fifo, dropped);
	xchar_fifo_wake_writer(fifo);
	return n < 0 && !skip ? n : skip + max_t(ssize_t, n, 0);
}

/**
 * xchar_fifo_overflow() - a write does not fit
 * @fifo: the fifo; its write_lock is held
 * @from: what does not
 * @done: how many bytes of the write did just now
 * @io: whether it waits
 *
 * Context: Process context, may sleep.
 * Return: how many bytes of the write are done with, @done included; if none, 0 if it has to wait
 * for space, -EAGAIN, -ERESTARTSYS or -EFAULT.
 */
ssize_t xchar_fifo_overflow(struct xchar_fifo *fifo, struct iov_iter *from, size_t done,
			    enum xchar_io io)
{
	ssize_t n = 0;

	lockdep_assert_held(&fifo->write_lock);
	switch (fifo->overflow) {
	case XCHAR_OVERFLOW_DROP_NEWEST:
		n = xchar_fifo_drop_newest(fifo, from);
		break;
	case XCHAR_OVERFLOW_DROP_OLDEST:
		n = xchar_fifo_drop_oldest(fifo, from, io);
		break;
	default:
		if (io == XCHAR_IO_BLOCK)
			WRITE_ONCE(fifo->turn, from);
	}
	return n < 0 && done ? done : done + n;
}
