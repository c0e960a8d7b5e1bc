/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A ring of bytes for one producer and one consumer at a time, which need no lock between them.
 *
 * head counts all bytes ever put and tail all bytes ever taken, both modulo 2^32, so that the
 * difference is the number of bytes in the ring and no byte has to stay unused. Each is written
 * by its own side alone and published with release semantics after the bytes have been copied; the
 * other side reads it with acquire semantics before it copies.
 *
 * A ring of lines is one that is used by xchar_ring_put_lines() and xchar_ring_get_line() alone.
 * Its producer too moves tail, to drop the oldest lines for new ones. So the consumer copies a line
 * and then takes it with cmpxchg(), which fails if the line was dropped meanwhile; what it has
 * copied may be torn then, and it begins anew. tail is always at the beginning of a line.
 *
 * Several consumers can each read all: each has a cursor of its own that counts as tail does, and
 * tail follows the last of them. Who moves tail past a cursor soon moves that, too: they must not
 * get so far from each other that the one behind seems to be ahead.
 */
#ifndef XCHAR_RING_H
#define XCHAR_RING_H

#include <linux/cache.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/types.h>
#include <linux/uaccess.h>
#include <asm/barrier.h>

#include <xdrv/xchar.h>

#include "compat.h"

struct iov_iter;

/**
 * struct xchar_ring - ring of bytes
 * @data: the bytes
 * @size: how many, a power of two of at most 2^31; also read by those who are neither side
 * @head: bytes put so far; written by the producer
 * @tail: bytes taken so far; written by the consumer, and by the producer if it is a ring of lines
 */
struct xchar_ring {
	u8 *data;
	unsigned int size;

	unsigned int head ____cacheline_aligned_in_smp;

	unsigned int tail ____cacheline_aligned_in_smp;
};

u8 *xchar_ring_alloc(unsigned int size);
int xchar_ring_init(struct xchar_ring *ring, unsigned int size);
void xchar_ring_destroy(struct xchar_ring *ring);
size_t xchar_ring_put(struct xchar_ring *ring, const void *buf, size_t len);
ssize_t xchar_ring_put_iter(struct xchar_ring *ring, struct iov_iter *from);
ssize_t xchar_ring_get_iter(struct xchar_ring *ring, struct iov_iter *to);
ssize_t xchar_ring_read_iter(const struct xchar_ring *ring, unsigned int *cursor,
			     struct iov_iter *to);
unsigned int xchar_ring_put_lines(struct xchar_ring *ring, const void *buf, size_t len,
				  unsigned int *dropped_bytes);
unsigned int xchar_ring_drop_lines(struct xchar_ring *ring, size_t space, unsigned int size,
				   unsigned int *dropped_bytes);
unsigned int xchar_ring_get_line(struct xchar_ring *ring, u8 *buf);
unsigned int xchar_ring_read_line(const struct xchar_ring *ring, unsigned int *cursor, u8 *buf);
unsigned int xchar_ring_clear(struct xchar_ring *ring);
unsigned int xchar_ring_advance(struct xchar_ring *ring, unsigned int tail);
void xchar_ring_copy(const struct xchar_ring *ring, u8 *data, unsigned int size, unsigned int from,
		     unsigned int to);

static inline unsigned int __xchar_ring_used(const struct xchar_ring *ring, unsigned int size)
{
	/* Pairs with xchar_ring_get_iter(): what it has taken may be overwritten. */
	unsigned int tail = smp_load_acquire(&ring->tail);

	/* Pairs with xchar_ring_put() and xchar_ring_put_iter(): the bytes are there. */
	return min(smp_load_acquire(&ring->head) - tail, size);
}

/**
 * xchar_ring_used() - how many bytes can be taken
 * @ring: the ring
 *
 * Exact for the consumer, who alone can make it smaller. For everybody else the value is one that
 * may have passed by the time it is used; it is never more than the size. tail is read first: read
 * after head it might have overtaken it.
 *
 * Context: Any.
 */
static inline unsigned int xchar_ring_used(const struct xchar_ring *ring)
{
	return __xchar_ring_used(ring, READ_ONCE(ring->size));
}

/**
 * xchar_ring_is_empty() - whether there are no bytes to take
 * @ring: the ring
 *
 * As xchar_ring_used(), but it orders nothing.
 *
 * Context: Any.
 */
static inline bool xchar_ring_is_empty(const struct xchar_ring *ring)
{
	return READ_ONCE(ring->tail) == READ_ONCE(ring->head);
}

/**
 * xchar_ring_space() - how many bytes can be put
 * @ring: the ring
 *
 * Exact for the producer, as xchar_ring_used() is for the consumer.
 *
 * Context: Any.
 */
static inline unsigned int xchar_ring_space(const struct xchar_ring *ring)
{
	/* Once: for who is neither side it may change. */
	unsigned int size = READ_ONCE(ring->size);

	return size - __xchar_ring_used(ring, size);
}

/**
 * xchar_ring_put_user() - put bytes from user memory that are to lie there in one piece
 * @ring: the ring
 * @buf: the bytes
 * @len: how many, at least one
 *
 * For short calls: see user.c. A fault in the middle ends it as in xchar_ring_put_iter().
 *
 * Context: Process context, may sleep; the caller is the only producer.
 * Return: how many bytes were put, 0 if there is no space for all of them in one piece, -EFAULT
 * when the first byte faults.
 */
static __always_inline ssize_t xchar_ring_put_user(struct xchar_ring *ring, const void __user *buf,
						   size_t len)
{
	unsigned int head = ring->head;
	size_t offset = head & (ring->size - 1);
	size_t n;

	if (len > xchar_ring_space(ring) || len > ring->size - offset)
		return 0;
	/* That it stays in the ring has just been looked at; copy_from_user() would look again. */
	n = len - _copy_from_user(ring->data + offset, buf, len);
	/* The bytes first: pairs with xchar_ring_used() of the consumer. */
	smp_store_release(&ring->head, head + (unsigned int)n);
	return (ssize_t)n ?: -EFAULT;
}

/**
 * xchar_ring_get_user() - take bytes that lie in one piece to user memory
 * @ring: the ring
 * @buf: where they go to
 * @len: how many there may be, at least one
 *
 * For short calls: see user.c. A fault in the middle ends it as in xchar_ring_get_iter().
 *
 * Context: Process context, may sleep; the caller is the only consumer.
 * Return: how many bytes were taken, 0 if there are none or not in one piece, -EFAULT when the
 * first byte faults.
 */
static __always_inline ssize_t xchar_ring_get_user(struct xchar_ring *ring, void __user *buf,
						   size_t len)
{
	unsigned int tail = ring->tail;
	size_t offset = tail & (ring->size - 1);
	size_t n = min_t(size_t, len, xchar_ring_used(ring));

	if (!n || n > ring->size - offset)
		return 0;
	/* That it is in the ring has just been looked at; copy_to_user() would look again. */
	n -= _copy_to_user(buf, ring->data + offset, n);
	/* Done with the bytes: pairs with xchar_ring_space() of the producer. */
	smp_store_release(&ring->tail, tail + (unsigned int)n);
	return (ssize_t)n ?: -EFAULT;
}

#endif /* XCHAR_RING_H */
