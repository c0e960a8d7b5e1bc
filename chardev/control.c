// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is done to a fifo as a whole, seldom: counted, cleared, resized, waited for.
 *
 * Who changes the ring itself holds all of its locks, write_lock first and insert_lock last. head
 * and tail stay as they are when it gets another size, for they count all bytes ever.
 */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include <xdrv/gate.h>

#include "compat.h"
#include "fifo.h"
#include "uapi/xchar.h"

/* So many bytes are dropped, or one line more, while interrupts wait. */
#define XCHAR_DROP_PART SZ_4K

/* Where every reader gets all, none gets what is there now. */
static unsigned int xchar_fifo_forget_all(struct xchar_fifo *fifo)
{
	unsigned int bytes;

	/* Pairs with xchar_ring_put_iter(). */
	bytes = xchar_ring_advance(&fifo->ring, smp_load_acquire(&fifo->ring.head));
	xchar_fifo_push_cursors(fifo);
	return bytes;
}

/* Forgets what can be read and returns how many bytes that were. */
static unsigned int xchar_fifo_forget(struct xchar_fifo *fifo)
{
	struct xchar_line *line = fifo->line;
	unsigned int bytes, n;

	lockdep_assert_held(&fifo->read_lock);
	if (fifo->fanout)
		return xchar_fifo_forget_all(fifo);
	if (!line)
		return xchar_ring_clear(&fifo->ring);

	bytes = line->left;
	WRITE_ONCE(line->left, 0);
	while ((n = xchar_ring_get_line(&fifo->ring, line->text)))
		bytes += n;
	return bytes;
}

/**
 * xchar_fifo_clear() - forget what nobody has read
 * @fifo: a fifo that no user reads just now
 *
 * Context: Process context, may sleep.
 */
void xchar_fifo_clear(struct xchar_fifo *fifo)
{
	guard(mutex)(&fifo->read_lock);
	WRITE_ONCE(fifo->bytes_flushed, fifo->bytes_flushed + xchar_fifo_forget(fifo));
}

/**
 * xchar_fifo_flush() - forget what nobody has read, for a user
 * @fifo: the fifo
 *
 * Context: Process context, may sleep.
 * Return: 0 or -ERESTARTSYS.
 */
int xchar_fifo_flush(struct xchar_fifo *fifo)
{
	int err;

	err = xchar_fifo_lock(&fifo->read_lock, XCHAR_IO_BLOCK);
	if (err)
		return err;
	WRITE_ONCE(fifo->bytes_flushed, fifo->bytes_flushed + xchar_fifo_forget(fifo));
	mutex_unlock(&fifo->read_lock);
	xchar_fifo_wake_writer(fifo);
	return 0;
}

static int xchar_fifo_lock_both(struct xchar_fifo *fifo)
{
	int err;

	err = xchar_fifo_lock(&fifo->write_lock, XCHAR_IO_BLOCK);
	if (err)
		return err;
	err = xchar_fifo_lock(&fifo->read_lock, XCHAR_IO_BLOCK);
	if (err)
		mutex_unlock(&fifo->write_lock);
	return err;
}

static void xchar_fifo_unlock_both(struct xchar_fifo *fifo)
{
	mutex_unlock(&fifo->read_lock);
	mutex_unlock(&fifo->write_lock);
}

/**
 * xchar_fifo_reset() - forget what nobody has read, and all that was counted
 * @fifo: the fifo
 *
 * What the kernel inserts meanwhile counts already.
 *
 * Context: Process context, may sleep.
 * Return: 0 or -ERESTARTSYS.
 */
int xchar_fifo_reset(struct xchar_fifo *fifo)
{
	unsigned long flags;
	int err;

	err = xchar_fifo_lock_both(fifo);
	if (err)
		return err;
	xchar_fifo_forget(fifo);
	spin_lock_irqsave(&fifo->insert_lock, flags);
	WRITE_ONCE(fifo->bytes_in, xchar_fifo_used(fifo));
	WRITE_ONCE(fifo->bytes_out, 0);
	WRITE_ONCE(fifo->lines_in, 0);
	WRITE_ONCE(fifo->lines_out, 0);
	WRITE_ONCE(fifo->bytes_dropped, 0);
	WRITE_ONCE(fifo->lines_dropped, 0);
	WRITE_ONCE(fifo->overruns, 0);
	WRITE_ONCE(fifo->bytes_flushed, 0);
	spin_unlock_irqrestore(&fifo->insert_lock, flags);
	xchar_fifo_unlock_both(fifo);
	xchar_fifo_wake_writer(fifo);
	return 0;
}

/* The oldest lines are dropped until at most @size bytes are left. Returns how many. */
static unsigned int xchar_fifo_drop_to(struct xchar_fifo *fifo, unsigned int size)
{
	unsigned int dropped, bytes = 0;

	lockdep_assert_held(&fifo->insert_lock);
	dropped = xchar_ring_drop_lines(&fifo->ring, 0, size, &bytes);
	if (fifo->fanout)
		xchar_fifo_push_cursors(fifo);
	WRITE_ONCE(fifo->bytes_dropped, fifo->bytes_dropped + bytes);
	WRITE_ONCE(fifo->lines_dropped, fifo->lines_dropped + dropped);
	return dropped;
}

/* The same, a little at a time, as interrupts wait. Some lines may have come again at the end. */
static void xchar_fifo_drop_in_parts(struct xchar_fifo *fifo, unsigned int size)
{
	bool is_counted = false;
	unsigned long flags;
	unsigned int used;

	while ((used = xchar_ring_used(&fifo->ring)) > size) {
		used -= min_t(unsigned int, used, XCHAR_DROP_PART);
		spin_lock_irqsave(&fifo->insert_lock, flags);
		if (xchar_fifo_drop_to(fifo, max(size, used)) && !is_counted) {
			WRITE_ONCE(fifo->overruns, fifo->overruns + 1);
			is_counted = true;
		}
		spin_unlock_irqrestore(&fifo->insert_lock, flags);
		cond_resched();
	}
}

/* Of lines the oldest are dropped if not all fit. Whether what is left fits. */
static bool xchar_fifo_fits(struct xchar_fifo *fifo, unsigned int size)
{
	lockdep_assert_held(&fifo->insert_lock);
	if (fifo->line && xchar_fifo_drop_to(fifo, size))
		WRITE_ONCE(fifo->overruns, fifo->overruns + 1);
	return xchar_ring_used(&fifo->ring) <= size;
}

/*
 * Moves what is in the ring to @data, which takes the place of the ring's own; returns what is to
 * be freed then. Most is copied before interrupts wait. What is dropped or put meanwhile is dropped
 * from the copy, too, or copied in the end.
 */
static u8 *xchar_fifo_swap(struct xchar_fifo *fifo, u8 *data, unsigned int size)
{
	struct xchar_ring *ring = &fifo->ring;
	unsigned int tail, head;
	unsigned long flags;

	lockdep_assert_held(&fifo->write_lock);
	lockdep_assert_held(&fifo->read_lock);
	if (fifo->line)
		xchar_fifo_drop_in_parts(fifo, size);
	tail = READ_ONCE(ring->tail);
	/* Pairs with xchar_ring_put(): the bytes are there. */
	head = smp_load_acquire(&ring->head);
	if (head - tail <= size)
		xchar_ring_copy(ring, data, size, tail, head);
	else
		head = tail;

	spin_lock_irqsave(&fifo->insert_lock, flags);
	if (xchar_fifo_fits(fifo, size)) {
		if ((int)(ring->tail - head) > 0)
			head = ring->tail;
		xchar_ring_copy(ring, data, size, head, ring->head);
		swap(ring->data, data);
		WRITE_ONCE(ring->size, size);
	}
	spin_unlock_irqrestore(&fifo->insert_lock, flags);
	return data;
}

/**
 * xchar_fifo_resize() - give it more or less memory
 * @fifo: the fifo
 * @size: how many bytes, a power of two
 *
 * What has not been read stays in it, but that of lines the oldest are dropped if not all fit.
 *
 * Context: Process context, may sleep.
 * Return: 0, -EBUSY if there is more in it than fits, -ENOMEM or -ERESTARTSYS.
 */
int xchar_fifo_resize(struct xchar_fifo *fifo, unsigned int size)
{
	u8 *data, *old;
	int err;

	data = xchar_ring_alloc(size);
	if (!data)
		return -ENOMEM;
	err = xchar_fifo_lock_both(fifo);
	if (err) {
		kvfree(data);
		return err;
	}
	old = xchar_fifo_swap(fifo, data, size);
	xchar_fifo_unlock_both(fifo);

	if (old == data)
		err = -EBUSY;
	else
		xchar_fifo_wake_writer(fifo);
	kvfree(old);
	return err;
}

/**
 * xchar_fifo_stats() - how much has passed
 * @fifo: the fifo
 * @stats: to be filled in; each number is right at some moment of the call
 *
 * Context: Any.
 */
void xchar_fifo_stats(const struct xchar_fifo *fifo, struct xchar_stream_stats *stats)
{
	stats->bytes_in = READ_ONCE(fifo->bytes_in);
	stats->bytes_out = READ_ONCE(fifo->bytes_out);
	stats->bytes_dropped = READ_ONCE(fifo->bytes_dropped);
	stats->bytes_flushed = READ_ONCE(fifo->bytes_flushed);
	stats->lines_in = READ_ONCE(fifo->lines_in);
	stats->lines_out = READ_ONCE(fifo->lines_out);
	stats->lines_dropped = READ_ONCE(fifo->lines_dropped);
	stats->overruns = READ_ONCE(fifo->overruns);
	stats->size = READ_ONCE(fifo->ring.size);
	stats->used = xchar_fifo_used(fifo);
}

static bool xchar_fifo_is_past(const struct xchar_fifo *fifo, unsigned int head)
{
	/*
	 * What is left of it is never more than a ring, however much has passed since. Pairs with
	 * xchar_ring_get_iter().
	 */
	return head - smp_load_acquire(&fifo->ring.tail) - 1 >= XCHAR_BUFFER_MAX;
}

/**
 * xchar_writer_drain() - wait until all that has been written is read
 * @writer: an open writing end
 *
 * What others have written to the same fifo before counts, too, for it is read first; what is
 * written from now on does not.
 *
 * Context: Process context, may sleep.
 * Return: 0, -ENODEV if the device is or has been removed before that, or -ERESTARTSYS.
 */
int xchar_writer_drain(const struct xchar_writer *writer)
{
	const struct xchar_fifo *fifo = writer->fifo;
	unsigned int head = READ_ONCE(fifo->ring.head);
	int err;

	if (xdrv_gate_is_closed(writer->gate))
		return -ENODEV;
	err = wait_event_interruptible(writer->fifo->write_wait,
				       xchar_fifo_is_past(fifo, head) ||
				       xdrv_gate_is_closed(writer->gate));
	if (err)
		return err;
	return xchar_fifo_is_past(fifo, head) ? 0 : -ENODEV;
}
