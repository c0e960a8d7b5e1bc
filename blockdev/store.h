/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory behind a disk: a sparse array of bytes. store.c tells how it works. */
#ifndef XBD_STORE_H
#define XBD_STORE_H

#include <linux/atomic.h>
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
 * struct xbd_limit - how much memory data may use, in one store or in several
 * @pages: most pages of data, or 0
 * @charged: pages of data, counted while there is a limit, exactly
 */
struct xbd_limit {
	long pages;
	atomic_long_t charged ____cacheline_aligned_in_smp;
};

/**
 * struct xbd_store_options - how a store is to be
 * @size: in bytes, 1 to XBD_STORE_MAX_SIZE
 * @mem_limit: bytes of memory that data may use, rounded down to pages; 0: as much as the host has
 * @limit: of another store, which this one adds to then; NULL: one of its own, with @mem_limit
 * @node: NUMA node that memory is taken from as long as it has any, or NUMA_NO_NODE
 * @huge: whether to take 2 MiB at a time where that can be had
 */
struct xbd_store_options {
	u64 size;
	u64 mem_limit;
	struct xbd_limit *limit;
	int node;
	bool huge;
};

/**
 * struct xbd_store - a sparse array of bytes; what was never written reads as zeroes
 * @root: entry of the topmost node, which stays for the life of the store
 * @shift: what an index of a page is shifted by to get the index of a slot of the root
 * @counts: pages in use by this CPU's count; only the sum over all CPUs means something
 * @wq: runs @reclaim and the refill of @reserve
 * @node: NUMA node of its memory, or NUMA_NO_NODE
 * @huge: whether 2 MiB are taken at a time
 * @limit: what bounds its data, @own_limit or that of another store
 * @own_limit: the former
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
	int node;
	bool huge;
	struct xbd_limit *limit;

	struct xbd_limit own_limit;
	spinlock_t lock ____cacheline_aligned_in_smp;
	struct xbd_chain detached;
	struct work_struct reclaim;

	struct xbd_reserve reserve;
};

int xbd_store_init(struct xbd_store *store, const struct xbd_store_options *options,
		   struct workqueue_struct *wq);
void xbd_store_destroy(struct xbd_store *store);
int xbd_store_resize(struct xbd_store *store, u64 size);

void xbd_store_read(const struct xbd_store *store, u64 pos, void *to, size_t len);
size_t xbd_store_write(struct xbd_store *store, u64 pos, const void *from, size_t len,
		       struct xbd_stash *stash);
int xbd_store_write_wait(struct xbd_store *store, u64 pos, const void *from, size_t len,
			 struct xbd_stash *stash);

void xbd_store_discard(struct xbd_store *store, u64 pos, u64 len);
void xbd_store_erase(struct xbd_store *store, u64 pos, u64 len);
void xbd_store_zero(struct xbd_store *store, u64 pos, u64 len);

void xbd_store_settle(struct xbd_store *store);
void xbd_store_set_limit(struct xbd_store *store, u64 bytes);
void xbd_limit_set(struct xbd_limit *limit, u64 used, u64 bytes);
u64 xbd_store_bytes(const struct xbd_store *store);
u64 xbd_store_overhead(const struct xbd_store *store);

#endif /* XBD_STORE_H */
