// SPDX-License-Identifier: GPL-2.0-only
/*
 * The layers of a disk. Over its store, the base, there can be two overlays: what was written since
 * a snapshot was taken, and what is in the volatile cache. Each is a store, too, of single pages,
 * in which an empty slot means that the layer below has what is looked for, and XBD_HOLE stands for
 * zeroes that hide what is below. docs/xbd-store.md has the whole argument; in short:
 *
 * - Readers take no lock. They look from the top down, with a read barrier in between. Whoever
 *   moves a page down puts it into the lower layer first and then takes it from the upper one, so a
 *   reader who found the upper slot empty finds the page below.
 * - Changes are made under a spinlock of the leaf, the node with the 512 slots around the page; it
 *   covers the slots of this leaf in all layers. Without it, a writer that found a slot of the
 *   cache empty, and copied what is below to write a part of it, could put that into the slot after
 *   another writer had filled it and a flush had emptied it again: cmpxchg() would see nothing of
 *   that, and the other's data would be hidden by an older copy.
 * - The lock covers a leaf, not a page, so that the leaf of an overlay can be freed when a merge
 *   has emptied it. A flush would have to look through it again and again otherwise.
 * - Holes are put only where a layer below has something to hide. So a discard of everything adds
 *   no more to the tables than those below have.
 * - What changes an overlay as a whole (taking a snapshot, going back to it, a power cut, a resize)
 *   is done while the queue is frozen.
 */
#include <linux/slab.h>

#include "stack.h"

DEFINE_STATIC_KEY_FALSE(xbd_layers_used);

/**
 * xbd_layers_init() - begin with a base and nothing over it
 * @layers: the storage, contents do not matter
 * @base: the base, which stays the caller's to destroy
 *
 * Context: Any.
 */
void xbd_layers_init(struct xbd_layers *layers, struct xbd_store *base)
{
	unsigned int i;

	memset(layers, 0, sizeof(*layers));
	layers->stores[XBD_BASE] = base;
	for (i = 0; i < XBD_LAYER_LOCKS; i++)
		spin_lock_init(&layers->locks[i]);
}

/**
 * xbd_overlay_create() - make an empty overlay
 * @layers: what it is to be put over
 *
 * Context: Process context, may sleep, and must not be called with a queue frozen.
 * Return: the overlay, or an error pointer.
 */
struct xbd_store *xbd_overlay_create(const struct xbd_layers *layers)
{
	const struct xbd_store *base = layers->stores[XBD_BASE];
	const struct xbd_store_options options = {
		.size = base->size,
		.limit = base->limit,
		.node = base->node,
	};
	struct xbd_store *overlay;
	int err;

	overlay = kmalloc(sizeof(*overlay), GFP_KERNEL);
	if (!overlay)
		return ERR_PTR(-ENOMEM);
	err = xbd_store_init(overlay, &options, base->wq);
	if (err) {
		kfree(overlay);
		return ERR_PTR(err);
	}
	static_branch_enable(&xbd_layers_used);
	return overlay;
}

/* An overlay that is in use no more, with all that is in it; NULL is none. May sleep. */
void xbd_overlay_destroy(struct xbd_store *overlay)
{
	if (!overlay)
		return;
	/* Someone may be adding up its pages. */
	synchronize_rcu();
	xbd_store_destroy(overlay);
	kfree(overlay);
}

/* Put an overlay in, or take it out with NULL. Nobody uses the layers meanwhile. */
void xbd_layers_set_overlay(struct xbd_layers *layers, enum xbd_level level,
			    struct xbd_store *overlay)
{
	/* What is in it goes first: someone may be adding up its pages. */
	smp_store_release(&layers->stores[level], overlay);
	layers->active = layers->stores[XBD_SNAPSHOT] || layers->stores[XBD_CACHE];
}

/* Put a cache in that holds so many bytes. Nobody uses the layers meanwhile. */
void xbd_layers_set_cache(struct xbd_layers *layers, struct xbd_store *overlay, u64 size)
{
	layers->dirty_limit = clamp_t(u64, size >> PAGE_SHIFT, 1, LONG_MAX);
	xbd_layers_set_overlay(layers, XBD_CACHE, overlay);
}

/* Free the overlays and what is in them. Nobody uses the layers any more. May sleep. */
void xbd_layers_destroy(struct xbd_layers *layers)
{
	xbd_overlay_destroy(layers->stores[XBD_CACHE]);
	xbd_overlay_destroy(layers->stores[XBD_SNAPSHOT]);
}

/* Take everything out of an overlay. Nobody uses the layers meanwhile. May sleep. */
void xbd_layers_empty(struct xbd_layers *layers, enum xbd_level level)
{
	struct xbd_store *store = layers->stores[level];

	if (!store)
		return;
	xbd_store_discard(store, 0, store->size);
	if (level == XBD_CACHE)
		atomic_long_set(&layers->dirty, 0);
}

/**
 * xbd_layers_resize() - move the end of all layers
 * @layers: layers that nobody uses meanwhile
 * @size: in bytes, 1 to XBD_STORE_MAX_SIZE
 *
 * What lies behind a new end is gone in all of them. The cache is flushed before that.
 *
 * Context: Process context, may sleep.
 * Return: 0, or -ENOMEM; it has its old size then.
 */
int xbd_layers_resize(struct xbd_layers *layers, u64 size)
{
	u64 old = layers->stores[XBD_BASE]->size;
	int level, err = 0;

	if (size < old)
		err = xbd_layers_flush(layers);
	for (level = XBD_BASE; !err && level < XBD_LEVELS; level++)
		if (layers->stores[level])
			err = xbd_store_resize(layers->stores[level], size);
	if (!err || size < old)
		return err;

	/* Those that grew have nothing behind the old end. */
	for (level = XBD_BASE; level < XBD_LEVELS; level++)
		if (layers->stores[level] && layers->stores[level]->size == size)
			xbd_store_resize(layers->stores[level], old);
	return err;
}

/* Wait until the memory of what was taken out earlier is free. May sleep. */
void xbd_layers_settle(struct xbd_layers *layers)
{
	int level;

	for (level = XBD_BASE; level < XBD_LEVELS; level++)
		if (layers->stores[level])
			xbd_store_settle(layers->stores[level]);
}

/* Say how much memory all layers may use for data. Nobody uses them meanwhile. May sleep. */
void xbd_layers_set_limit(struct xbd_layers *layers, u64 bytes)
{
	u64 used = 0;
	int level;

	xbd_layers_settle(layers);
	for (level = XBD_BASE; level < XBD_LEVELS; level++)
		used += xbd_layers_bytes(layers, level);
	xbd_limit_set(layers->stores[XBD_BASE]->limit, used, bytes);
}

/* The memory that a layer has for data, in bytes; 0 if it is not there. Any context. */
u64 xbd_layers_bytes(const struct xbd_layers *layers, enum xbd_level level)
{
	const struct xbd_store *store;
	u64 bytes = 0;

	rcu_read_lock();
	store = READ_ONCE(layers->stores[level]);
	if (store)
		bytes = xbd_store_bytes(store);
	rcu_read_unlock();
	return bytes;
}

/* The memory that all layers have for everything else, in bytes. Any context. */
u64 xbd_layers_overhead(const struct xbd_layers *layers)
{
	const struct xbd_store *store;
	u64 bytes = 0;
	int level;

	rcu_read_lock();
	for (level = XBD_BASE; level < XBD_LEVELS; level++) {
		store = READ_ONCE(layers->stores[level]);
		if (store)
			bytes += xbd_store_overhead(store);
	}
	rcu_read_unlock();
	return bytes;
}

/* What a power cut would drop, in bytes of whole pages. Any context. */
u64 xbd_layers_dirty(const struct xbd_layers *layers)
{
	return (u64)max(atomic_long_read(&layers->dirty), 0L) << PAGE_SHIFT;
}
