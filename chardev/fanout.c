// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every reader gets all: each has a cursor of its own, and a byte leaves the ring when the last of
 * them has passed it. The one who opens the device alone begins with what is there, others with
 * what comes.
 *
 * Readers still copy one at a time, under read_lock; a cursor is taken away without that, by a
 * close, which must not wait for a reader who copies to memory that does not come. Who drops what
 * is oldest moves the cursors of those who have not read it.
 */
#include <linux/slab.h>
#include <linux/uio.h>

#include "compat.h"
#include "fifo.h"

/**
 * xchar_fifo_fan_out() - let every reader get all
 * @fifo: a fifo that nobody uses yet
 *
 * Context: Any.
 */
void xchar_fifo_fan_out(struct xchar_fifo *fifo)
{
	fifo->fanout = true;
	fifo->special = true;
}

/**
 * xchar_reader_join() - give a reading end a cursor
 * @reader: an end that has just been opened, of a fifo that fans out
 *
 * Undo with xchar_reader_leave().
 *
 * Context: Process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int xchar_reader_join(struct xchar_reader *reader)
{
	struct xchar_fifo *fifo = reader->fifo;
	struct xchar_cursor *cursor;

	cursor = kzalloc_obj(*cursor);
	if (!cursor)
		return -ENOMEM;

	scoped_guard(spinlock_irqsave, &fifo->cursor_lock) {
		cursor->at = READ_ONCE(fifo->ring.tail);
		if (!list_empty(&fifo->cursors))
			/* Pairs with xchar_ring_put_iter(): what is there now is not for it. */
			cursor->at = smp_load_acquire(&fifo->ring.head);
		list_add_tail(&cursor->node, &fifo->cursors);
	}
	reader->cursor = cursor;

	spin_lock(&fifo->open_lock);
	reader->began = fifo->writers || xchar_cursor_used(reader);
	spin_unlock(&fifo->open_lock);
	return 0;
}

/* Without a cursor tail stays where the last one was: the next reader goes on there. */
static void __xchar_fifo_follow_cursors(struct xchar_fifo *fifo)
{
	unsigned int tail = READ_ONCE(fifo->ring.tail);
	const struct xchar_cursor *cursor;
	int least = INT_MAX;

	lockdep_assert_held(&fifo->cursor_lock);
	list_for_each_entry(cursor, &fifo->cursors, node)
		least = min(least, (int)(READ_ONCE(cursor->at) - tail));
	if (least != INT_MAX)
		xchar_ring_advance(&fifo->ring, tail + least);
}

/**
 * xchar_fifo_follow_cursors() - let go of what every reader has read
 * @fifo: a fifo that fans out
 *
 * Context: Process context.
 */
void xchar_fifo_follow_cursors(struct xchar_fifo *fifo)
{
	unsigned long flags;

	spin_lock_irqsave(&fifo->cursor_lock, flags);
	__xchar_fifo_follow_cursors(fifo);
	spin_unlock_irqrestore(&fifo->cursor_lock, flags);
}

/**
 * xchar_fifo_push_cursors() - move cursors to what is there, for what they were at has been dropped
 * @fifo: a fifo
 *
 * A reader of lines who has just copied one may move its cursor back to behind that; it sees itself
 * that more is gone.
 *
 * Context: Any, interrupts included.
 */
void xchar_fifo_push_cursors(struct xchar_fifo *fifo)
{
	unsigned int tail = READ_ONCE(fifo->ring.tail);
	struct xchar_cursor *cursor;
	unsigned long flags;

	spin_lock_irqsave(&fifo->cursor_lock, flags);
	list_for_each_entry(cursor, &fifo->cursors, node)
		if ((int)(tail - READ_ONCE(cursor->at)) > 0)
			WRITE_ONCE(cursor->at, tail);
	spin_unlock_irqrestore(&fifo->cursor_lock, flags);
}

/**
 * xchar_reader_leave() - take the cursor of a reading end away
 * @reader: an end that nobody reads through any more; it need not have a cursor
 *
 * Context: Process context.
 */
void xchar_reader_leave(struct xchar_reader *reader)
{
	struct xchar_cursor *cursor = reader->cursor;
	struct xchar_fifo *fifo = reader->fifo;

	if (!cursor)
		return;
	scoped_guard(spinlock_irqsave, &fifo->cursor_lock) {
		/* The last one leaves what it has not read to the next. */
		if (list_is_singular(&fifo->cursors))
			__xchar_fifo_follow_cursors(fifo);
		list_del(&cursor->node);
		__xchar_fifo_follow_cursors(fifo);
	}
	kfree(cursor);
	/* It may have been the one who held up the writers. */
	xchar_fifo_wake_writer(fifo);
}

/**
 * xchar_cursor_used() - how many bytes can be read from a cursor
 * @reader: an open reading end that has one
 *
 * Context: Any.
 */
unsigned int xchar_cursor_used(const struct xchar_reader *reader)
{
	const struct xchar_ring *ring = &reader->fifo->ring;
	const struct xchar_cursor *cursor = reader->cursor;
	unsigned int left = READ_ONCE(cursor->line.left);
	/* Before head, as tail. */
	unsigned int at = smp_load_acquire(&cursor->at);
	/* As in xchar_ring_used(). */
	unsigned int tail = smp_load_acquire(&ring->tail);

	if ((int)(tail - at) > 0)
		at = tail;
	/* As in xchar_ring_used(). */
	return left + min(smp_load_acquire(&ring->head) - at, READ_ONCE(ring->size));
}

/**
 * xchar_cursor_next_line() - copy the next line to the cursor
 * @fifo: a fifo of lines; its read_lock is held
 * @cursor: the cursor
 *
 * Context: Process context.
 * Return: its length; 0 if there is none.
 */
unsigned int xchar_cursor_next_line(struct xchar_fifo *fifo, struct xchar_cursor *cursor)
{
	lockdep_assert_held(&fifo->read_lock);
	return xchar_ring_read_line(&fifo->ring, &cursor->at, cursor->line.text);
}

/**
 * xchar_cursor_get_iter() - copy bytes from a cursor
 * @fifo: a fifo of bytes; its read_lock is held
 * @cursor: the cursor
 * @to: where they go to
 *
 * Context: Process context, may sleep if @to is user memory.
 * Return: as xchar_ring_read_iter().
 */
ssize_t xchar_cursor_get_iter(struct xchar_fifo *fifo, struct xchar_cursor *cursor,
			      struct iov_iter *to)
{
	lockdep_assert_held(&fifo->read_lock);
	return xchar_ring_read_iter(&fifo->ring, &cursor->at, to);
}
