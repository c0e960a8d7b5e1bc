/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The layers of a disk: a store, and overlays that hold what differs from it. layers.c tells how
 * they work.
 *
 *   layers.c       making and unmaking, size and memory
 *   layer_io.c     reading and writing
 *   merge.c        moving pages one layer down
 *   layer_range.c  discarding and erasing
 */
#ifndef XBD_LAYERS_H
#define XBD_LAYERS_H

#include <linux/atomic.h>
#include <linux/jump_label.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "store.h"

struct bio;

/* A leaf of 2 MiB is changed under one of these. */
#define XBD_LAYER_LOCKS 64

/**
 * enum xbd_level - the layers, from the bottom
 * @XBD_BASE: the store of the disk
 * @XBD_SNAPSHOT: what was written since the snapshot
 * @XBD_CACHE: what was written and not flushed
 */
enum xbd_level {
	XBD_BASE,
	XBD_SNAPSHOT,
	XBD_CACHE,
	XBD_LEVELS,
};

/**
 * struct xbd_layers - a store and what lies over it
 * @stores: by level; overlays may be NULL. Change while nobody uses the layers; their numbers may
 *          be looked at under rcu_read_lock() meanwhile
 * @active: whether there is an overlay
 * @merging: whether the snapshot goes down into the base; nothing is added to it then
 * @dirty_limit: the most slots that are to be in use in the cache
 * @hand: page at which the cache is made smaller next
 * @dirty: slots that are in use in the cache: pages and holes
 * @locks: guard the contents of all layers, each those of every 64th leaf
 *
 * An I/O on a disk without overlays reads @active, if there is another disk with some.
 */
struct xbd_layers {
	struct xbd_store *stores[XBD_LEVELS];
	bool active;
	bool merging;
	long dirty_limit;
	u64 hand;
	atomic_long_t dirty ____cacheline_aligned_in_smp;
	spinlock_t locks[XBD_LAYER_LOCKS]; /* guard the contents of all layers */
};

/* On from the first overlay on, so that others need not look. */
DECLARE_STATIC_KEY_FALSE(xbd_layers_used);

static __always_inline bool xbd_layers_active(const struct xbd_layers *layers)
{
	return static_branch_unlikely(&xbd_layers_used) && layers->active;
}

void xbd_layers_init(struct xbd_layers *layers, struct xbd_store *base);
struct xbd_store *xbd_overlay_create(const struct xbd_layers *layers);
void xbd_overlay_destroy(struct xbd_store *overlay);
void xbd_layers_set_overlay(struct xbd_layers *layers, enum xbd_level level,
			    struct xbd_store *overlay);
void xbd_layers_set_cache(struct xbd_layers *layers, struct xbd_store *overlay, u64 size);
void xbd_layers_destroy(struct xbd_layers *layers);

void xbd_layers_read(const struct xbd_layers *layers, u64 pos, void *to, size_t len);
size_t xbd_layers_write(struct xbd_layers *layers, u64 pos, const void *from, size_t len, bool fua,
			struct xbd_stash *stash);
bool xbd_layers_write_bio(struct xbd_layers *layers, struct bio *bio);
int xbd_layers_write_wait(struct xbd_layers *layers, u64 pos, const void *from, size_t len,
			  bool fua, struct xbd_stash *stash);

int xbd_layers_flush(struct xbd_layers *layers);
bool xbd_layers_flush_nowait(struct xbd_layers *layers);
int xbd_layers_merge_snapshot(struct xbd_layers *layers);

bool xbd_layers_discard_nowait(struct xbd_layers *layers, u64 pos, u64 len);
int xbd_layers_discard(struct xbd_layers *layers, u64 pos, u64 len);
void xbd_layers_erase(struct xbd_layers *layers, u64 pos, u64 len);

void xbd_layers_empty(struct xbd_layers *layers, enum xbd_level level);
int xbd_layers_resize(struct xbd_layers *layers, u64 size);
void xbd_layers_settle(struct xbd_layers *layers);
void xbd_layers_set_limit(struct xbd_layers *layers, u64 bytes);
u64 xbd_layers_bytes(const struct xbd_layers *layers, enum xbd_level level);
u64 xbd_layers_overhead(const struct xbd_layers *layers);
u64 xbd_layers_dirty(const struct xbd_layers *layers);

#endif /* XBD_LAYERS_H */
