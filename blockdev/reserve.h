/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the pages of a store come from when the page allocator has none at once, and when to stop
 * taking them. There are two small stocks:
 *
 *   reserve   one per store, for contexts that cannot sleep; filled in the background once there is
 *             a table to speak of, and again when it has been used
 *   stash     one per sleeping write, filled by the writer before it takes rcu_read_lock()
 *
 * The allocator would give its last page to a disk, and the rest of the host would live from then
 * on by killing processes. So the host keeps a share: what /proc/meminfo calls available is looked
 * at after every XBD_HOST_PERIOD pages that a CPU took for a disk.
 */
#ifndef XBD_RESERVE_H
#define XBD_RESERVE_H

#include <linux/gfp.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

struct page;

/* 128 KiB: a page for every request of a plugged batch while the refill gets going. */
#define XBD_RESERVE_PAGES 32

/* A page in the deepest table, that of 2^62 bytes, takes 5 nodes under the root, and itself. */
#define XBD_STASH_PAGES 8

/*
 * All pages of a store are taken with __GFP_NOMEMALLOC: a disk in memory must not eat what the
 * kernel keeps back for freeing memory.
 */
#define XBD_GFP_ATOMIC	(GFP_NOWAIT | __GFP_NOMEMALLOC | __GFP_NOWARN)
/*
 * __GFP_RETRY_MAYFAIL: tries hard, and fails in the end, where a plain GFP_NOIO allocation of one
 * page would try for ever.
 */
#define XBD_GFP_SLEEP	(GFP_NOIO | __GFP_NOMEMALLOC | __GFP_NOWARN | __GFP_RETRY_MAYFAIL)

#define XBD_HOST_PERIOD 256

struct xbd_reserve {
	spinlock_t lock; /* guards the next two */
	unsigned int nr;
	struct page *pages[XBD_RESERVE_PAGES];

	struct work_struct refill;
	struct workqueue_struct *wq;
	int node;
};

struct xbd_stash {
	unsigned int nr;
	struct page *pages[XBD_STASH_PAGES];
};

void xbd_reserve_init(struct xbd_reserve *reserve, int node, struct workqueue_struct *wq);
void xbd_reserve_destroy(struct xbd_reserve *reserve);
void xbd_reserve_stock(struct xbd_reserve *reserve);
struct page *xbd_reserve_take(struct xbd_reserve *reserve);

extern bool xbd_host_is_short;
bool xbd_host_check(void);

int xbd_stash_fill(struct xbd_stash *stash, int node);
int xbd_stash_fill_anyway(struct xbd_stash *stash, int node);
struct page *xbd_stash_take(struct xbd_stash *stash);
void xbd_stash_drain(struct xbd_stash *stash);

#endif /* XBD_RESERVE_H */
