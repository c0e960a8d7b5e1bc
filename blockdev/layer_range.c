// SPDX-License-Identifier: GPL-2.0-only
/* Ranges of a disk with layers that become zeroes: leaf by leaf, where there is anything. */
#include <linux/sched.h>

#include "stack.h"

/* The first page from @index on whose leaf has something in any layer; or how far it got. */
static u64 xbd_layers_next(const struct xbd_layers *layers, u64 index, u64 end)
{
	u64 next = end;
	int level;

	for (level = XBD_BASE; level < XBD_LEVELS; level++)
		if (layers->stores[level])
			next = min(next, xbd_store_next(layers->stores[level], index, end));
	return next;
}

/* Put holes from *@index on, up to the end of a leaf. False without memory. */
static bool xbd_layers_discard_leaf(struct xbd_layers *layers, u64 *index, u64 end,
				    struct xbd_stash *stash)
{
	spinlock_t *lock = xbd_layers_lock(layers, *index);
	u64 stop = min(end, xbd_leaf_end(*index));
	bool done = true;

	spin_lock(lock);
	while (*index < stop) {
		done = xbd_layers_prepare(layers, *index, stash) &&
		       xbd_layers_put_hole(layers, xbd_layers_top(layers), *index, stash);
		if (!done)
			break;
		++*index;
	}
	spin_unlock(lock);
	return done;
}

/* Put holes in the next leaf that has something. False without memory. */
static bool xbd_layers_discard_step(struct xbd_layers *layers, u64 *index, u64 end,
				    struct xbd_stash *stash)
{
	bool done = true;

	rcu_read_lock();
	*index = xbd_layers_next(layers, *index, end);
	if (*index < end)
		done = xbd_layers_discard_leaf(layers, index, end, stash);
	if (done)
		xbd_layers_destage(layers);
	rcu_read_unlock();
	return done;
}

static bool xbd_layers_reads_as_zeroes(const struct xbd_layers *layers, u64 index)
{
	bool is_zero;

	rcu_read_lock();
	is_zero = !xbd_layers_find(layers, XBD_CACHE, index);
	rcu_read_unlock();
	return is_zero;
}

/* Zero a part of one page, if there is something. False without memory. */
static bool xbd_layers_zero_part(struct xbd_layers *layers, u64 pos, size_t len)
{
	const void *zeroes = page_address(ZERO_PAGE(0));
	size_t done;

	if (!len || xbd_layers_reads_as_zeroes(layers, pos >> PAGE_SHIFT))
		return true;
	rcu_read_lock();
	done = xbd_layers_write(layers, pos, zeroes, len, false, NULL);
	rcu_read_unlock();
	return done == len;
}

static int xbd_layers_zero_part_wait(struct xbd_layers *layers, u64 pos, size_t len)
{
	const void *zeroes = page_address(ZERO_PAGE(0));
	struct xbd_stash stash = {};
	int err;

	if (!len || xbd_layers_reads_as_zeroes(layers, pos >> PAGE_SHIFT))
		return 0;
	err = xbd_layers_write_wait(layers, pos, zeroes, len, false, &stash);
	xbd_stash_drain(&stash);
	return err;
}

/**
 * xbd_layers_discard_nowait() - make a range read as zeroes, without sleeping
 * @layers: the layers
 * @pos: start in bytes
 * @len: length in bytes, XBD_STORE_SHORT_RANGE at most; all must lie inside the disk
 *
 * Context: Any but an interrupt.
 * Return: whether it is done; if not, it has to be done by xbd_layers_discard().
 */
bool xbd_layers_discard_nowait(struct xbd_layers *layers, u64 pos, u64 len)
{
	struct xbd_span span = xbd_store_span(layers->stores[XBD_BASE], pos, len);
	u64 index = span.index;

	while (index < span.end)
		if (!xbd_layers_discard_step(layers, &index, span.end, NULL))
			return false;
	return xbd_layers_zero_part(layers, pos, span.head) &&
	       xbd_layers_zero_part(layers, span.end << PAGE_SHIFT, span.tail);
}

/**
 * xbd_layers_discard() - make a range read as zeroes, and free the memory that it has at the top
 * @layers: the layers
 * @pos: start in bytes
 * @len: length in bytes; all must lie inside the disk
 *
 * Parts of pages are zeroed. In the cache, this is as volatile as a write.
 *
 * Context: Process context, may sleep.
 * Return: 0, or -ENOSPC without memory for holes or parts of pages.
 */
int xbd_layers_discard(struct xbd_layers *layers, u64 pos, u64 len)
{
	struct xbd_store *base = layers->stores[XBD_BASE];
	struct xbd_span span = xbd_store_span(base, pos, len);
	struct xbd_stash stash = {};
	u64 index = span.index;
	int err = 0;

	while (!err && index < span.end) {
		if (!xbd_layers_discard_step(layers, &index, span.end, &stash))
			err = xbd_stash_fill_anyway(&stash, base->node) ? -ENOSPC : 0;
		cond_resched();
	}
	xbd_stash_drain(&stash);
	return err ?: xbd_layers_zero_part_wait(layers, pos, span.head) ?:
	       xbd_layers_zero_part_wait(layers, span.end << PAGE_SHIFT, span.tail);
}

/* Slots of the cache in use; they are in one leaf. Under its lock. */
static long xbd_layers_dirty_in(const struct xbd_layers *layers, u64 index, u64 end)
{
	const struct xbd_store *cache = layers->stores[XBD_CACHE];
	long nr = 0;

	for (; cache && index < end; index++)
		nr += !!xbd_store_lookup(cache, index);
	return nr;
}

/* Take pages of one leaf out of all layers, from the bottom up: what hides others goes last. */
static void xbd_layers_detach(struct xbd_layers *layers, u64 index, u64 end,
			      struct xbd_chain *chains)
{
	spinlock_t *lock = xbd_layers_lock(layers, index);
	int level;

	spin_lock(lock);
	xbd_layers_count_dirty(layers, XBD_CACHE, -xbd_layers_dirty_in(layers, index, end));
	for (level = XBD_BASE; level < XBD_LEVELS; level++) {
		struct xbd_store *store = layers->stores[level];
		u64 i = index;

		while (store && i < end)
			i = xbd_store_detach(store, i, end, &chains[level]);
	}
	spin_unlock(lock);
}

/* A part of a page, in every layer that has it: what is left of the page stays where it is. */
static void xbd_layers_erase_part(struct xbd_layers *layers, u64 pos, size_t len)
{
	spinlock_t *lock = xbd_layers_lock(layers, pos >> PAGE_SHIFT);
	int level;

	spin_lock(lock);
	for (level = XBD_BASE; level < XBD_LEVELS; level++)
		if (layers->stores[level])
			xbd_store_zero_part(layers->stores[level], pos, len);
	spin_unlock(lock);
}

/**
 * xbd_layers_erase() - make a range read as zeroes, and leave no copy of it in any layer
 * @layers: the layers
 * @pos: start in bytes
 * @len: length in bytes; all must lie inside the disk
 *
 * That includes the snapshot: it has zeroes there, too. No power cut brings anything back.
 *
 * Context: Process context, may sleep.
 */
void xbd_layers_erase(struct xbd_layers *layers, u64 pos, u64 len)
{
	struct xbd_span span = xbd_store_span(layers->stores[XBD_BASE], pos, len);
	struct xbd_chain chains[XBD_LEVELS] = {};
	u64 index = span.index;
	int level;

	might_sleep();
	xbd_layers_erase_part(layers, pos, span.head);
	xbd_layers_erase_part(layers, span.end << PAGE_SHIFT, span.tail);
	while (index < span.end) {
		rcu_read_lock();
		index = xbd_layers_next(layers, index, span.end);
		if (index < span.end) {
			u64 stop = min(span.end, xbd_leaf_end(index));

			xbd_layers_detach(layers, index, stop, chains);
			index = stop;
		}
		rcu_read_unlock();
		cond_resched();
	}

	/* Readers may still be in them. */
	synchronize_rcu();
	for (level = XBD_BASE; level < XBD_LEVELS; level++)
		if (layers->stores[level])
			xbd_store_free_chain(layers->stores[level], &chains[level], true);
}
