/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory behind a disk: a sparse array of bytes. store.c tells how it works. */
#ifndef XBD_STORE_H
#define XBD_STORE_H

#include <linux/bits.h>
#include <linux/cache.h>
#include <linux/percpu.h>
#include <linux/sizes.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "reserve.h"

/* 4 EiB. */
#define XBD_STORE_MAX_SIZE BIT_ULL(62)

/*
 * Up to this many bytes xbd_store_discard() and xbd_store_zero() do not sleep and do not take long:
 * 256 pages, 25 us if all of them have to be zeroed.
 */
#define XBD_STORE_SHORT_RANGE SZ_1M

/* Detached entries on their way to the allocator, linked through page_private(). */
struct xbd_chain {
	unsigned long first;
	unsigned long last;
};

/**
 * struct xbd_store_counts - what one CPU counts
 * @pages: pages of data
 * @nodes: pages of the table
 * @taken: pages taken from the allocator, ever
 */
struct xbd_store_counts {
	long pages;
	long nodes;
	unsigned int taken;
};

/**
 * struct xbd_store - a sparse array of bytes; what was never written reads as zeroes
 * @root: entry of the topmost node, which stays for the life of the store
 * @shift: what an index of a page is shifted by to get the index of a slot of the root
 * @counts: pages in use by this CPU's count; only the sum over all CPUs means something
 * @wq: runs @reclaim and the refill of @reserve
 * @lock: guards @detached
 * @detached: entries that wait for a grace period before they are freed
 * @reclaim: frees them
 * @reserve: for writes that cannot sleep
 *
 * An I/O reads the first four and writes none of them.
 */
struct xbd_store {
	unsigned long root;
	unsigned int shift;
	u64 size;
	struct xbd_store_counts __percpu *counts;
	struct workqueue_struct *wq;

	spinlock_t lock ____cacheline_aligned_in_smp;
	struct xbd_chain detached;
	struct work_struct reclaim;

	struct xbd_reserve reserve;
};

int xbd_store_init(struct xbd_store *store, u64 size, struct workqueue_struct *wq);
void xbd_store_destroy(struct xbd_store *store);

void xbd_store_read(const struct xbd_store *store, u64 pos, void *to, size_t len);
size_t xbd_store_write(struct xbd_store *store, u64 pos, const void *from, size_t len,
		       struct xbd_stash *stash);
int xbd_store_write_wait(struct xbd_store *store, u64 pos, const void *from, size_t len,
			 struct xbd_stash *stash);

void xbd_store_discard(struct xbd_store *store, u64 pos, u64 len);
void xbd_store_erase(struct xbd_store *store, u64 pos, u64 len);
void xbd_store_zero(struct xbd_store *store, u64 pos, u64 len);

void xbd_store_settle(struct xbd_store *store);
u64 xbd_store_bytes(const struct xbd_store *store);
u64 xbd_store_overhead(const struct xbd_store *store);

#endif /* XBD_STORE_H */
