// SPDX-License-Identifier: GPL-2.0-only
/*
 * Moving pages one layer down: by a flush, when the cache is too full, and at the end of a
 * snapshot. Pages move by pointer. Where 2 MiB of the base are in one piece they are split first,
 * and only without memory for that a page is copied.
 *
 * What is needed are nodes, a page for 512 of data at worst. They are taken even if the host is
 * short: a flush that fails costs data, and what a merge replaces is free afterwards.
 */
#include <linux/highmem.h>
#include <linux/sched.h>

#include "stack.h"

/* With so few slots in use a flush is done at once, not in a workqueue. */
#define XBD_FLUSH_SHORT 256

/* Nor, if they are so far apart that it takes more steps than this to find them. */
#define XBD_FLUSH_STEPS (XBD_FLUSH_SHORT + 64)

/* So many leaves are destaged by one write, at most. */
#define XBD_DESTAGE_TRIES 4

/*
 * The slot of @index in the last level of the layer below. NULL: *@leaf is the page to copy to, in
 * 2 MiB that cannot be split; or, when that is NULL, there is no memory for a node.
 */
static unsigned long *xbd_merge_slot(struct xbd_store *store, u64 index, struct page **leaf,
				     struct xbd_stash *stash)
{
	unsigned long entry, *slot;

	*leaf = NULL;
	slot = xbd_store_make_slot(store, index, 0, &entry, stash);
	if (slot || !entry)
		return slot;

	slot = xbd_store_make_slot(store, index, XBD_HUGE_ORDER, &entry, stash);
	entry = READ_ONCE(*slot);
	if (xbd_store_split(store, slot, entry))
		return xbd_store_make_slot(store, index, 0, &entry, stash);
	*leaf = xbd_entry_leaf(entry, index);
	return NULL;
}

/*
 * Move a page from a slot of one layer into another one below it. False without memory. Under the
 * leaf's lock.
 */
static bool xbd_merge_page(struct xbd_store *upper, unsigned long *slot, struct xbd_store *lower,
			   u64 index, struct xbd_stash *stash)
{
	unsigned long entry = READ_ONCE(*slot), *below, old;
	struct page *leaf;

	below = xbd_merge_slot(lower, index, &leaf, stash);
	if (below) {
		old = xchg(below, entry);
		this_cpu_inc(lower->counts->pages);
		this_cpu_dec(upper->counts->pages);
		if (xbd_entry_has_pages(old))
			xbd_store_drop(lower, old);
		xchg(slot, 0);
		return true;
	}
	if (!leaf)
		return false;
	copy_highpage(leaf, xbd_entry_page(entry));
	xchg(slot, 0);
	xbd_store_drop(upper, entry);
	return true;
}

/*
 * Make a page of a layer read as zeroes: by a hole if it would show what is below, otherwise by
 * nothing. False without memory. Under the leaf's lock.
 */
bool xbd_layers_put_hole(struct xbd_layers *layers, enum xbd_level level, u64 index,
			 struct xbd_stash *stash)
{
	struct xbd_store *store = layers->stores[level];
	unsigned long *slot, entry, hole = 0;
	struct xbd_chain chain = {};

	if (level == XBD_BASE) {
		xbd_store_detach(store, index, index + 1, &chain);
		xbd_store_free_later(store, &chain);
		return true;
	}

	slot = xbd_store_slot(store, index);
	if (xbd_layers_find(layers, level - 1, index)) {
		slot = slot ?: xbd_store_make_slot(store, index, 0, &entry, stash);
		if (!slot)
			return false;
		hole = XBD_HOLE;
	}
	if (!slot)
		return true;
	entry = xchg(slot, hole);
	if (xbd_entry_has_pages(entry))
		xbd_store_drop(store, entry);
	xbd_layers_count_dirty(layers, level, !!hole - !!entry);
	return true;
}

/* Move what is in a slot of an overlay one layer down. As xbd_merge_page(). */
static bool xbd_merge_slot_down(struct xbd_layers *layers, enum xbd_level level, u64 index,
				unsigned long *slot, struct xbd_stash *stash)
{
	enum xbd_level below = level == XBD_CACHE ? xbd_layers_below_cache(layers) : XBD_BASE;
	unsigned long entry = READ_ONCE(*slot);

	if (!entry)
		return true;
	if (level == XBD_CACHE && !xbd_layers_prepare(layers, index, stash))
		return false;
	if (entry == XBD_HOLE) {
		if (!xbd_layers_put_hole(layers, below, index, stash))
			return false;
		xchg(slot, 0);
	} else if (!xbd_merge_page(layers->stores[level], slot, layers->stores[below], index,
				   stash)) {
		return false;
	}
	xbd_layers_count_dirty(layers, level, -1);
	return true;
}

/* What a snapshot that goes down has of a page. False without memory. Under the leaf's lock. */
bool xbd_layers_move_snapshot_page(struct xbd_layers *layers, u64 index, struct xbd_stash *stash)
{
	unsigned long *slot = xbd_store_slot(layers->stores[XBD_SNAPSHOT], index);

	return !slot || xbd_merge_slot_down(layers, XBD_SNAPSHOT, index, slot, stash);
}

/* Take an empty leaf out of the table; the root stays. Under the leaf's lock. */
static void xbd_overlay_drop_leaf(struct xbd_store *store, u64 index)
{
	unsigned long entry, *slot;

	if (!store->shift)
		return;
	slot = xbd_store_make_slot(store, index, XBD_NODE_SHIFT, &entry, NULL);
	xbd_store_drop(store, xchg(slot, 0));
}

/* Move everything in a leaf of an overlay one layer down. False without memory. */
static bool xbd_merge_leaf(struct xbd_layers *layers, enum xbd_level level, u64 index,
			   struct xbd_stash *stash)
{
	struct xbd_store *store = layers->stores[level];
	spinlock_t *lock = xbd_layers_lock(layers, index);
	u64 first = round_down(index, XBD_NODE_SLOTS);
	unsigned long *slots;
	bool done = true;
	unsigned int i;

	spin_lock(lock);
	slots = xbd_store_slot(store, first);
	for (i = 0; slots && done && i < XBD_NODE_SLOTS; i++)
		done = xbd_merge_slot_down(layers, level, first + i, slots + i, stash);
	if (slots && done)
		xbd_overlay_drop_leaf(store, index);
	spin_unlock(lock);
	return done;
}

/*
 * Move the next leaf from *@index on one layer down, and *@index behind it. False without memory.
 * Under rcu_read_lock().
 */
static bool xbd_merge_step(struct xbd_layers *layers, enum xbd_level level, u64 *index,
			   struct xbd_stash *stash)
{
	struct xbd_store *store = layers->stores[level];
	u64 end = xbd_store_pages(store);

	*index = xbd_store_next(store, *index, end);
	if (*index >= end)
		return true;
	if (!xbd_merge_leaf(layers, level, *index, stash))
		return false;
	*index = xbd_leaf_end(*index);
	return true;
}

/* Move all of an overlay one layer down. May sleep. 0 or -ENOMEM. */
static int xbd_layers_merge(struct xbd_layers *layers, enum xbd_level level)
{
	struct xbd_store *store = layers->stores[level];
	u64 index = 0, end = xbd_store_pages(store);
	struct xbd_stash stash = {};
	int err = 0;

	while (!err && index < end) {
		bool done;

		rcu_read_lock();
		done = xbd_merge_step(layers, level, &index, &stash);
		rcu_read_unlock();
		if (!done)
			err = xbd_stash_fill_anyway(&stash, store->node);
		cond_resched();
	}
	xbd_stash_drain(&stash);
	return err;
}

/**
 * xbd_layers_flush() - make what was written before this call survive a power cut
 * @layers: the layers
 *
 * Context: Process context, may sleep.
 * Return: 0, or -ENOMEM without memory for tables; it can be called again.
 */
int xbd_layers_flush(struct xbd_layers *layers)
{
	if (!layers->stores[XBD_CACHE] || !atomic_long_read(&layers->dirty))
		return 0;
	return xbd_layers_merge(layers, XBD_CACHE);
}

/**
 * xbd_layers_flush_nowait() - the same, without sleeping and without taking long
 * @layers: the layers
 *
 * Context: Any but an interrupt.
 * Return: whether it is done; if not, it has to be done by xbd_layers_flush().
 */
bool xbd_layers_flush_nowait(struct xbd_layers *layers)
{
	long dirty = atomic_long_read(&layers->dirty);
	unsigned int steps = 0;
	bool done = true;
	u64 index = 0, end;

	if (!layers->stores[XBD_CACHE] || !dirty)
		return true;
	if (dirty > XBD_FLUSH_SHORT)
		return false;

	end = xbd_store_pages(layers->stores[XBD_CACHE]);
	rcu_read_lock();
	while (done && index < end)
		done = steps++ < XBD_FLUSH_STEPS &&
		       xbd_merge_step(layers, XBD_CACHE, &index, NULL);
	rcu_read_unlock();
	return done;
}

/**
 * xbd_layers_merge_snapshot() - move what was written since the snapshot into the base
 * @layers: layers with a snapshot, whose @merging was set while nobody used them
 *
 * The snapshot is empty then, and nothing is added to it.
 *
 * Context: Process context, may sleep.
 * Return: 0, or -ENOMEM without memory for tables; it can be called again.
 */
int xbd_layers_merge_snapshot(struct xbd_layers *layers)
{
	return xbd_layers_merge(layers, XBD_SNAPSHOT);
}

/*
 * The cache is too full: some of it goes down now, wherever the hand is. Without memory it stays
 * too full. Two that do this at once may do the same leaf, which does not matter.
 */
void __xbd_layers_destage(struct xbd_layers *layers)
{
	u64 end = xbd_store_pages(layers->stores[XBD_CACHE]);
	unsigned int tries;

	for (tries = 0; tries < XBD_DESTAGE_TRIES; tries++) {
		u64 index = READ_ONCE(layers->hand);
		bool done;

		if (atomic_long_read(&layers->dirty) <= layers->dirty_limit)
			return;
		done = xbd_merge_step(layers, XBD_CACHE, &index, NULL);
		WRITE_ONCE(layers->hand, index < end ? index : 0);
		if (!done)
			return;
	}
}
