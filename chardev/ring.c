// SPDX-License-Identifier: GPL-2.0-only
/* The ring of bytes: see ring.h. */
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uio.h>

#include "ring.h"

/**
 * xchar_ring_alloc() - memory for the bytes of a ring
 * @size: how many
 *
 * Context: Process context, may sleep.
 * Return: the memory, to be freed with kvfree(), or NULL.
 */
u8 *xchar_ring_alloc(unsigned int size)
{
	/* A size asked for by a user: fail, rather than kill processes for it. */
	return kvmalloc(size, GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL | __GFP_NOWARN);
}

/**
 * xchar_ring_init() - make an empty ring
 * @ring: the ring
 * @size: its size in bytes, a power of two
 *
 * The bytes are not cleared: none is ever taken that was not put before.
 *
 * Context: Process context, may sleep.
 * Return: 0, -EINVAL, or -ENOMEM.
 */
int xchar_ring_init(struct xchar_ring *ring, unsigned int size)
{
	if (WARN_ON_ONCE(!is_power_of_2(size)))
		return -EINVAL;

	ring->data = xchar_ring_alloc(size);
	if (!ring->data)
		return -ENOMEM;
	ring->size = size;
	ring->head = 0;
	ring->tail = 0;
	return 0;
}

/**
 * xchar_ring_destroy() - free the bytes
 * @ring: a ring that nobody uses any more
 *
 * Context: Process context, may sleep.
 */
void xchar_ring_destroy(struct xchar_ring *ring)
{
	kvfree(ring->data);
}

/**
 * xchar_ring_put() - put bytes from kernel memory
 * @ring: the ring
 * @buf: the bytes
 * @len: how many
 *
 * Context: Any; the caller is the only producer.
 * Return: how many were put, less than @len if the ring is full then.
 */
size_t xchar_ring_put(struct xchar_ring *ring, const void *buf, size_t len)
{
	unsigned int head = ring->head;
	size_t offset = head & (ring->size - 1);
	size_t n = min_t(size_t, len, xchar_ring_space(ring));
	size_t before_wrap = min_t(size_t, n, ring->size - offset);

	memcpy(ring->data + offset, buf, before_wrap);
	memcpy(ring->data, buf + before_wrap, n - before_wrap);
	/* The bytes first: pairs with xchar_ring_used() of the consumer. */
	smp_store_release(&ring->head, head + n);
	return n;
}

/**
 * xchar_ring_put_iter() - put bytes from an iterator
 * @ring: the ring
 * @from: where they come from; advanced by what was put
 *
 * A fault in the middle ends the transfer. What was copied before it stays in the ring and counts.
 *
 * Context: Process context, may sleep if @from is user memory; the caller is the only producer.
 * Return: how many bytes were put, 0 when the ring is full, -EFAULT when the first byte faults.
 */
ssize_t xchar_ring_put_iter(struct xchar_ring *ring, struct iov_iter *from)
{
	unsigned int head = ring->head;
	size_t offset = head & (ring->size - 1);
	size_t n = min_t(size_t, iov_iter_count(from), xchar_ring_space(ring));
	size_t before_wrap = min_t(size_t, n, ring->size - offset);
	size_t done;

	if (!n)
		return 0;

	done = copy_from_iter(ring->data + offset, before_wrap, from);
	if (n > before_wrap && done == before_wrap)
		done += copy_from_iter(ring->data, n - before_wrap, from);

	/* The bytes first: pairs with xchar_ring_used() of the consumer. */
	smp_store_release(&ring->head, head + done);
	return done ?: -EFAULT;
}

/**
 * xchar_ring_get_iter() - take bytes to an iterator
 * @ring: the ring
 * @to: where they go to; advanced by what was taken
 *
 * A fault in the middle ends the transfer. What was not copied before it stays in the ring.
 *
 * Context: Process context, may sleep if @to is user memory; the caller is the only consumer.
 * Return: how many bytes were taken, 0 when the ring is empty, -EFAULT when the first byte faults.
 */
ssize_t xchar_ring_get_iter(struct xchar_ring *ring, struct iov_iter *to)
{
	unsigned int tail = ring->tail;
	size_t offset = tail & (ring->size - 1);
	size_t n = min_t(size_t, iov_iter_count(to), xchar_ring_used(ring));
	size_t before_wrap = min_t(size_t, n, ring->size - offset);
	size_t done;

	if (!n)
		return 0;

	done = copy_to_iter(ring->data + offset, before_wrap, to);
	if (n > before_wrap && done == before_wrap)
		done += copy_to_iter(ring->data, n - before_wrap, to);

	/* Done with the bytes: pairs with xchar_ring_space() of the producer. */
	smp_store_release(&ring->tail, tail + done);
	return done ?: -EFAULT;
}

/**
 * xchar_ring_read_iter() - copy bytes to an iterator and leave them where they are
 * @ring: the ring
 * @cursor: count of the first byte, as tail counts, not before that; advanced by what was copied
 * @to: where they go to; advanced by the same
 *
 * Context: Process context, may sleep if @to is user memory; nobody moves tail past @cursor.
 * Return: how many bytes were copied, 0 if there are none, -EFAULT when the first byte faults.
 */
ssize_t xchar_ring_read_iter(const struct xchar_ring *ring, unsigned int *cursor,
			     struct iov_iter *to)
{
	/* Pairs with xchar_ring_put_iter(): the bytes are there. */
	unsigned int head = smp_load_acquire(&ring->head);
	size_t offset = *cursor & (ring->size - 1);
	size_t n = min_t(size_t, iov_iter_count(to), head - *cursor);
	size_t before_wrap = min_t(size_t, n, ring->size - offset);
	size_t done;

	if (!n)
		return 0;

	done = copy_to_iter(ring->data + offset, before_wrap, to);
	if (n > before_wrap && done == before_wrap)
		done += copy_to_iter(ring->data, n - before_wrap, to);
	/* All loads come before: others may move tail to where a cursor is. */
	smp_store_release(cursor, *cursor + done);
	return done ?: -EFAULT;
}

/*
 * Copies the line at @tail to @buf, if that is not NULL, and returns its length with its newline,
 * or 0 if there is none. For a consumer, whose @tail may have been overtaken, the result may be
 * rubbish; but it is never too long.
 */
static unsigned int xchar_ring_peek_line(const struct xchar_ring *ring, unsigned int tail,
					 unsigned int head, u8 *buf)
{
	unsigned int n = 0;
	u8 byte;

	while (n < XCHAR_LINE_MAX && tail + n != head) {
		byte = READ_ONCE(ring->data[(tail + n) & (ring->size - 1)]);
		if (buf)
			buf[n] = byte;
		n++;
		if (byte == '\n')
			break;
	}
	return n;
}

/**
 * xchar_ring_drop_lines() - drop the oldest lines
 * @ring: a ring of lines
 * @space: until there is space for so many bytes
 * @size: if the ring had this size, at most its own
 * @dropped_bytes: grows by the length of what was dropped
 *
 * Context: Any; the caller is the only producer.
 * Return: how many lines were dropped.
 */
unsigned int xchar_ring_drop_lines(struct xchar_ring *ring, size_t space, unsigned int size,
				   unsigned int *dropped_bytes)
{
	unsigned int dropped = 0, tail, n;

	for (;;) {
		/*
		 * By one look at it: a reader may be making space just now. Pairs with
		 * xchar_ring_get_iter(): what it has taken may be overwritten.
		 */
		tail = smp_load_acquire(&ring->tail);
		if (ring->head - tail + space <= size)
			return dropped;
		n = xchar_ring_peek_line(ring, tail, ring->head, NULL);
		/* A full barrier: the line is gone before others are written over it. */
		if (cmpxchg(&ring->tail, tail, tail + n) == tail) {
			*dropped_bytes += n;
			dropped++;
		}
	}
}

/**
 * xchar_ring_put_lines() - put lines, instead of the oldest if there is no space
 * @ring: a ring of lines
 * @buf: the lines: each ends with a newline and is not longer than XCHAR_LINE_MAX
 * @len: how many bytes, at most the size of the ring
 * @dropped_bytes: grows by the length of what was dropped
 *
 * Context: Any; the caller is the only producer.
 * Return: how many lines were dropped for them.
 */
unsigned int xchar_ring_put_lines(struct xchar_ring *ring, const void *buf, size_t len,
				  unsigned int *dropped_bytes)
{
	unsigned int dropped;

	if (WARN_ON_ONCE(len > ring->size))
		return 0;
	dropped = xchar_ring_drop_lines(ring, len, ring->size, dropped_bytes);
	xchar_ring_put(ring, buf, len);
	return dropped;
}

/**
 * xchar_ring_get_line() - take the oldest line
 * @ring: a ring of lines
 * @buf: where it goes to, XCHAR_LINE_MAX bytes
 *
 * Context: Any; the caller is the only consumer.
 * Return: its length with its newline; 0 if there is none.
 */
unsigned int xchar_ring_get_line(struct xchar_ring *ring, u8 *buf)
{
	unsigned int tail, head, n;

	do {
		/* tail first, as in xchar_ring_used(). */
		tail = smp_load_acquire(&ring->tail);
		/* Pairs with xchar_ring_put(): the bytes are there. */
		head = smp_load_acquire(&ring->head);
		n = xchar_ring_peek_line(ring, tail, head, buf);
		/* A full barrier: the line has been copied, and was not overwritten before that. */
	} while (cmpxchg(&ring->tail, tail, tail + n) != tail);
	return n;
}

/**
 * xchar_ring_read_line() - copy the next line and leave it where it is
 * @ring: a ring of lines
 * @cursor: where the line is, as tail counts; moved behind it
 * @buf: where it goes to, XCHAR_LINE_MAX bytes
 *
 * What was dropped before it could be read is passed over.
 *
 * Context: Any; one call at a time for each cursor.
 * Return: its length with its newline; 0 if there is none.
 */
unsigned int xchar_ring_read_line(const struct xchar_ring *ring, unsigned int *cursor, u8 *buf)
{
	unsigned int at = READ_ONCE(*cursor), tail, head, n;

	do {
		/* tail first, as in xchar_ring_used(). */
		tail = smp_load_acquire(&ring->tail);
		if ((int)(tail - at) > 0)
			at = tail;
		/* Pairs with xchar_ring_put(): the bytes are there. */
		head = smp_load_acquire(&ring->head);
		n = xchar_ring_peek_line(ring, at, head, buf);
		/* Copied, then looked whether it was dropped: see xchar_ring_drop_lines(). */
		smp_rmb();
	} while ((int)(READ_ONCE(ring->tail) - at) > 0);
	WRITE_ONCE(*cursor, at + n);
	return n;
}

/**
 * xchar_ring_advance() - take bytes that somebody has read, or nobody shall
 * @ring: the ring
 * @tail: count of the first byte that stays; nothing is done if that has gone already
 *
 * Context: Any; with others that do the same.
 * Return: how many were taken.
 */
unsigned int xchar_ring_advance(struct xchar_ring *ring, unsigned int tail)
{
	unsigned int old = READ_ONCE(ring->tail), seen;

	/* A full barrier: done with the bytes, as in xchar_ring_get_iter(). */
	while ((int)(tail - old) > 0) {
		seen = cmpxchg(&ring->tail, old, tail);
		if (seen == old)
			return tail - old;
		old = seen;
	}
	return 0;
}

/**
 * xchar_ring_clear() - take all bytes and forget them
 * @ring: a ring that is not one of lines
 *
 * Context: Any; the caller is the only consumer.
 * Return: how many there were.
 */
unsigned int xchar_ring_clear(struct xchar_ring *ring)
{
	unsigned int n = xchar_ring_used(ring);

	/* Done with the bytes, as in xchar_ring_get_iter(). */
	smp_store_release(&ring->tail, ring->tail + n);
	return n;
}

/**
 * xchar_ring_copy() - copy bytes to where they belong in a ring of another size
 * @ring: the ring
 * @data: memory for the bytes of the other ring
 * @size: how many those are, a power of two
 * @from: count of the first byte, as tail counts
 * @to: count of the byte after the last one, as head counts
 *
 * Context: Any; the caller is the only consumer. What is put meanwhile is not copied.
 */
void xchar_ring_copy(const struct xchar_ring *ring, u8 *data, unsigned int size, unsigned int from,
		     unsigned int to)
{
	unsigned int n;

	while (from != to) {
		n = min(to - from, ring->size - (from & (ring->size - 1)));
		n = min(n, size - (from & (size - 1)));
		memcpy(data + (from & (size - 1)), ring->data + (from & (ring->size - 1)), n);
		from += n;
	}
}
