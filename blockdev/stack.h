/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files share that layers are made of. */
#ifndef XBD_STACK_H
#define XBD_STACK_H

#include <linux/lockdep.h>
#include <linux/rcupdate.h>

#include "layers.h"
#include "table.h"

/* What the leaf of a page is changed under. */
static inline spinlock_t *xbd_layers_lock(struct xbd_layers *layers, u64 index)
{
	return &layers->locks[(index >> XBD_NODE_SHIFT) % XBD_LAYER_LOCKS];
}

static inline bool xbd_layers_has(const struct xbd_layers *layers, enum xbd_level level)
{
	return READ_ONCE(layers->stores[level]);
}

/* Where what leaves the cache goes to. */
static inline enum xbd_level xbd_layers_below_cache(const struct xbd_layers *layers)
{
	return xbd_layers_has(layers, XBD_SNAPSHOT) && !layers->merging ? XBD_SNAPSHOT : XBD_BASE;
}

/* Where changes go to. */
static inline enum xbd_level xbd_layers_top(const struct xbd_layers *layers)
{
	return xbd_layers_has(layers, XBD_CACHE) ? XBD_CACHE : xbd_layers_below_cache(layers);
}

/* The first page from @index on that is in another leaf. */
static inline u64 xbd_leaf_end(u64 index)
{
	return (index | (XBD_NODE_SLOTS - 1)) + 1;
}

/* layer_io.c */
struct page *xbd_layers_find(const struct xbd_layers *layers, int level, u64 index);
void xbd_layers_count_dirty(struct xbd_layers *layers, enum xbd_level level, long nr);

/* merge.c */
bool xbd_layers_move_snapshot_page(struct xbd_layers *layers, u64 index, struct xbd_stash *stash);
bool xbd_layers_put_hole(struct xbd_layers *layers, enum xbd_level level, u64 index,
			 struct xbd_stash *stash);
void __xbd_layers_destage(struct xbd_layers *layers);

/* After something was put in the cache, without a lock. Under rcu_read_lock(). */
static inline void xbd_layers_destage(struct xbd_layers *layers)
{
	if (unlikely(atomic_long_read(&layers->dirty) > layers->dirty_limit))
		__xbd_layers_destage(layers);
}

/*
 * While a snapshot goes down into the base: bring down what it has of a page, as changes go to the
 * base then. False without memory. Under the leaf's lock.
 */
static inline bool xbd_layers_prepare(struct xbd_layers *layers, u64 index, struct xbd_stash *stash)
{
	return likely(!layers->merging) || xbd_layers_move_snapshot_page(layers, index, stash);
}

/* Pages that were taken out of a store are freed after a grace period. */
static inline void xbd_store_drop(struct xbd_store *store, unsigned long entry)
{
	struct xbd_chain chain = {};

	xbd_chain_push(&chain, entry);
	xbd_store_free_later(store, &chain);
}

/* The slot of @index in the last level, or NULL. Under rcu_read_lock(). */
static inline unsigned long *xbd_store_slot(const struct xbd_store *store, u64 index)
{
	unsigned long *slot;
	unsigned int shift;

	xbd_store_step(store, index, index + 1, false, &slot, &shift);
	return shift ? NULL : slot;
}

#endif /* XBD_STACK_H */
