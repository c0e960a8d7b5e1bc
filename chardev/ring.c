// SPDX-License-Identifier: GPL-2.0-only
/* The ring of bytes: see ring.h. */
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uio.h>

#include "ring.h"

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

	/* A size asked for by an administrator: fail, rather than kill processes for it. */
	ring->data = kvmalloc(size, GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL | __GFP_NOWARN);
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
