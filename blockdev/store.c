// SPDX-License-Identifier: GPL-2.0-only
/*
 * The store: a table of pages, several levels deep, without a lock.
 *
 * A node is a page of slots. A slot holds an entry, one word, whose low bits tell what it is:
 *
 *   0             nothing: reads as zeroes
 *   XBD_TAG_NODE  a node one level below, by its address
 *   no tag        a page of data, by its struct page
 *
 * so a lookup goes down until an entry is not a node, wherever that is. The number of levels
 * follows from the size of the store: 512 slots a node make it one for 2 MiB, two for 1 GiB, three
 * for 512 GiB. The root stays; everything else comes with the first write and goes with a discard.
 *
 * Reads, writes and detaching run under rcu_read_lock(), all three at the same time:
 *
 * - An entry is put into an empty slot by cmpxchg(), after what it points to was filled. Of two
 *   writers the loser copies into the winner's page. So no reader sees a page with old contents of
 *   the memory, and no part of a page gets lost when two writers fill its halves.
 * - An entry is taken out by xchg(), so it has one owner. A discard takes out whole subtrees where
 *   its range covers them, at the highest slot possible; what lies below need not be looked at.
 * - What was taken out is freed after a grace period, when nobody can be below it any more. Only
 *   then the subtree is walked, so pages that writers put into it after it was detached are found.
 *
 * What follows for a write and a discard of the same range:
 *
 * - The write was acknowledged before the discard began: its entries are in the table, the discard
 *   finds them.
 * - The write began after the discard had been acknowledged: the slot is empty, it starts afresh.
 * - They overlap in time: the write may find the old page, or an old node, and put its data into
 *   what is being dropped; that is as if it had come first. Or it finds the slot empty: as if it
 *   had come second. This is decided for each page by itself.
 *
 * A write of one part of a page and a discard of another do not meet at all: a page is only dropped
 * by a discard that covers it, and a node only by one that covers everything below it. Nothing
 * leaks, as everything that was detached is walked, and nothing is freed twice, as detaching has
 * one owner.
 *
 * A node whose pages were dropped by several discards, none of which covered the node, stays until
 * a discard covers it, or to the end: at most one page in 513.
 *
 * No I/O writes to a cache line that it shares with other CPUs. The counts are per CPU and change
 * with the allocation of a page only.
 */
#include <linux/highmem.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "store.h"

#define XBD_TAG_NODE	1UL

#define XBD_NODE_SHIFT	(PAGE_SHIFT - ilog2(sizeof(unsigned long)))
#define XBD_NODE_SLOTS	BIT(XBD_NODE_SHIFT)

/* So many slots are visited under one rcu_read_lock(); a short range is done in one go. */
#define XBD_WALK_BATCH	512
static_assert(XBD_STORE_SHORT_RANGE >> PAGE_SHIFT <= XBD_WALK_BATCH);

struct xbd_node {
	unsigned long slots[XBD_NODE_SLOTS];
};

/* ---- entries ---- */

static __always_inline struct xbd_node *xbd_entry_node(unsigned long entry)
{
	return (struct xbd_node *)(entry - XBD_TAG_NODE);
}

static unsigned long xbd_node_entry(struct page *page)
{
	return (unsigned long)page_address(page) + XBD_TAG_NODE;
}

static __always_inline struct page *xbd_entry_page(unsigned long entry)
{
	return (struct page *)entry;
}

static __always_inline unsigned long *xbd_node_slot(struct xbd_node *node, u64 index,
						    unsigned int shift)
{
	return &node->slots[(index >> shift) & (XBD_NODE_SLOTS - 1)];
}

/* ---- chains of detached entries ---- */

/* The page that an entry occupies, be it data or a node: its private word is the link. */
static struct page *xbd_chain_link(unsigned long entry)
{
	if (entry & XBD_TAG_NODE)
		return virt_to_page(xbd_entry_node(entry));
	return xbd_entry_page(entry);
}

static void xbd_chain_push(struct xbd_chain *chain, unsigned long entry)
{
	set_page_private(xbd_chain_link(entry), chain->first);
	if (!chain->first)
		chain->last = entry;
	chain->first = entry;
}

static unsigned long xbd_chain_pop(struct xbd_chain *chain)
{
	unsigned long entry = chain->first;

	if (entry) {
		chain->first = page_private(xbd_chain_link(entry));
		set_page_private(xbd_chain_link(entry), 0);
	}
	return entry;
}

/* All of @from to the front of @to. */
static void xbd_chain_splice(struct xbd_chain *to, const struct xbd_chain *from)
{
	set_page_private(xbd_chain_link(from->last), to->first);
	if (!to->first)
		to->last = from->last;
	to->first = from->first;
}

/* ---- freeing ---- */

/*
 * Free what is on the chain, subtrees included. A node's entries join the chain, so that there is
 * neither recursion nor a need to know the level. Nobody else may be able to reach the entries. May
 * sleep.
 */
static void xbd_store_free_chain(struct xbd_store *store, struct xbd_chain *chain, bool erase)
{
	unsigned long entry;
	unsigned int nr = 0;

	while ((entry = xbd_chain_pop(chain))) {
		struct page *page = xbd_chain_link(entry);

		if (entry & XBD_TAG_NODE) {
			struct xbd_node *node = xbd_entry_node(entry);
			unsigned int i;

			for (i = 0; i < XBD_NODE_SLOTS; i++)
				if (node->slots[i])
					xbd_chain_push(chain, node->slots[i]);
			this_cpu_dec(store->counts->nodes);
		} else {
			if (erase)
				clear_highpage(page);
			this_cpu_dec(store->counts->pages);
		}
		__free_page(page);

		if (!(++nr % XBD_NODE_SLOTS))
			cond_resched();
	}
}

static void xbd_store_reclaim(struct work_struct *work)
{
	struct xbd_store *store = container_of(work, struct xbd_store, reclaim);
	struct xbd_chain chain;

	scoped_guard(spinlock, &store->lock) {
		chain = store->detached;
		store->detached.first = 0;
	}
	if (!chain.first)
		return;
	synchronize_rcu();
	xbd_store_free_chain(store, &chain, false);
}

/* Free what is on the chain, after a grace period and in the background. */
static void xbd_store_free_later(struct xbd_store *store, const struct xbd_chain *chain)
{
	if (!chain->first)
		return;
	scoped_guard(spinlock, &store->lock)
		xbd_chain_splice(&store->detached, chain);
	queue_work(store->wq, &store->reclaim);
}

/* ---- lookup and insertion ---- */

static __always_inline struct page *xbd_store_find(const struct xbd_store *store, u64 index)
{
	unsigned long entry = store->root;
	unsigned int shift = store->shift;

	do {
		/* Whoever put the entry there filled it first; the dependency orders the rest. */
		entry = READ_ONCE(*xbd_node_slot(xbd_entry_node(entry), index, shift));
		shift -= XBD_NODE_SHIFT;
	} while (entry & XBD_TAG_NODE);
	return xbd_entry_page(entry);
}

/* A page with anything in it, or NULL if there is none without sleeping. */
static struct page *xbd_store_new_page(struct xbd_store *store, struct xbd_stash *stash)
{
	struct page *page = stash ? xbd_stash_take(stash) : NULL;

	if (page)
		return page;
	if (!(this_cpu_inc_return(store->counts->taken) % XBD_HOST_PERIOD))
		xbd_host_check();
	if (unlikely(READ_ONCE(xbd_host_is_short)))
		return NULL;

	page = alloc_page(XBD_GFP_ATOMIC);
	if (!page)
		page = xbd_reserve_take(&store->reserve);
	return page;
}

/* Fill an empty slot with a node. Returns what is in the slot now, or 0 without memory. */
static unsigned long xbd_store_add_node(struct xbd_store *store, unsigned long *slot,
					struct xbd_stash *stash)
{
	struct page *page = xbd_store_new_page(store, stash);
	unsigned long old;

	if (!page)
		return 0;

	clear_page(page_address(page));
	old = cmpxchg(slot, 0, xbd_node_entry(page));
	if (old) {
		__free_page(page);
		return old;
	}
	this_cpu_inc(store->counts->nodes);
	return xbd_node_entry(page);
}

/*
 * Put a page in. Returns the page that is there now: @page, or one that was faster and is the
 * caller's to write to; or NULL without memory for a node.
 */
static struct page *xbd_store_insert(struct xbd_store *store, u64 index, struct page *page,
				     struct xbd_stash *stash)
{
	struct xbd_node *node = xbd_entry_node(store->root);
	unsigned int shift;
	unsigned long old;

	for (shift = store->shift; shift; shift -= XBD_NODE_SHIFT) {
		unsigned long *slot = xbd_node_slot(node, index, shift);
		unsigned long entry = READ_ONCE(*slot);

		if (!entry)
			entry = xbd_store_add_node(store, slot, stash);
		if (!entry)
			return NULL;
		node = xbd_entry_node(entry);
	}

	old = cmpxchg(xbd_node_slot(node, index, 0), 0, (unsigned long)page);
	if (old)
		return xbd_entry_page(old);
	this_cpu_inc(store->counts->pages);
	return page;
}

/* ---- reading and writing ---- */

/* copy_page() wants whole pages; it does them in half the time that memcpy() takes on some CPUs. */
static __always_inline void xbd_copy(void *to, const void *from, size_t len)
{
	if (likely(len == PAGE_SIZE && !offset_in_page((unsigned long)to | (unsigned long)from)))
		copy_page(to, (void *)from);
	else
		memcpy(to, from, len);
}

static __always_inline void xbd_clear(void *to, size_t len)
{
	if (likely(len == PAGE_SIZE && !offset_in_page(to)))
		clear_page(to);
	else
		memset(to, 0, len);
}

static __always_inline void xbd_copy_in(struct page *page, unsigned int offset, const void *from,
					size_t len)
{
	void *to = kmap_local_page(page);

	xbd_copy(to + offset, from, len);
	kunmap_local(to);
}

/* The bytes from @pos on that are in the same page, @len at most. */
static __always_inline size_t xbd_chunk(u64 pos, u64 len)
{
	return min_t(u64, len, PAGE_SIZE - offset_in_page(pos));
}

/**
 * xbd_store_read() - copy from the store
 * @store: the store
 * @pos: where in the store, in bytes
 * @to: where to
 * @len: how many bytes; all must lie inside the store
 *
 * Context: Under rcu_read_lock().
 */
void xbd_store_read(const struct xbd_store *store, u64 pos, void *to, size_t len)
{
	while (len) {
		struct page *page = xbd_store_find(store, pos >> PAGE_SHIFT);
		size_t n = xbd_chunk(pos, len);

		if (likely(page)) {
			void *from = kmap_local_page(page);

			xbd_copy(to, from + offset_in_page(pos), n);
			kunmap_local(from);
		} else {
			xbd_clear(to, n);
		}
		pos += n;
		to += n;
		len -= n;
	}
}

/* Write to a page that is not there yet; false without memory. */
static noinline bool xbd_store_fill_hole(struct xbd_store *store, u64 pos, const void *from,
					 size_t len, struct xbd_stash *stash)
{
	struct page *page = xbd_store_new_page(store, stash);
	struct page *present;

	if (!page)
		return false;

	if (len < PAGE_SIZE)
		clear_highpage(page);
	xbd_copy_in(page, offset_in_page(pos), from, len);

	present = xbd_store_insert(store, pos >> PAGE_SHIFT, page, stash);
	if (present == page)
		return true;

	__free_page(page);
	if (!present)
		return false;
	xbd_copy_in(present, offset_in_page(pos), from, len);
	return true;
}

/**
 * xbd_store_write() - copy into the store, without sleeping
 * @store: the store
 * @pos: where in the store, in bytes
 * @from: where from
 * @len: how many bytes; all must lie inside the store
 * @stash: pages to use first, or NULL
 *
 * Context: Under rcu_read_lock().
 * Return: the bytes written, from the start; less than @len only if there is no memory without
 * sleeping, not even in the reserve.
 */
size_t xbd_store_write(struct xbd_store *store, u64 pos, const void *from, size_t len,
		       struct xbd_stash *stash)
{
	size_t done = 0;

	while (done < len) {
		struct page *page = xbd_store_find(store, pos >> PAGE_SHIFT);
		size_t n = xbd_chunk(pos, len - done);

		if (likely(page))
			xbd_copy_in(page, offset_in_page(pos), from + done, n);
		else if (!xbd_store_fill_hole(store, pos, from + done, n, stash))
			break;
		pos += n;
		done += n;
	}
	return done;
}

/**
 * xbd_store_write_wait() - copy into the store, waiting for memory
 * @store: the store
 * @pos: where in the store, in bytes
 * @from: where from
 * @len: how many bytes; all must lie inside the store
 * @stash: zeroed before the first call; what is left in it helps the next one, and has to be
 *         drained after the last
 *
 * Context: Process context, may sleep.
 * Return: 0, or -ENOSPC when the host has no memory to give; the start may have been written then.
 */
int xbd_store_write_wait(struct xbd_store *store, u64 pos, const void *from, size_t len,
			 struct xbd_stash *stash)
{
	for (;;) {
		size_t done;

		rcu_read_lock();
		done = xbd_store_write(store, pos, from, len, stash);
		rcu_read_unlock();
		if (done == len)
			return 0;

		pos += done;
		from += done;
		len -= done;
		if (xbd_stash_fill(stash)) {
			/* Pages that were discarded a moment ago are all that can be had. */
			xbd_store_settle(store);
			if (xbd_stash_fill(stash))
				return -ENOSPC;
		}
	}
}

/* ---- discard and zeroing ---- */

/*
 * The entry on the way to @index where a walk has to stop: a page; nothing; or, when @whole, a node
 * that lies in @index to @end with all that it has of the store. *@slot is where it was found, and
 * it stands for 1 << *@shift pages.
 */
static unsigned long xbd_store_step(const struct xbd_store *store, u64 index, u64 end, bool whole,
				    unsigned long **slot, unsigned int *shift)
{
	u64 pages = DIV_ROUND_UP_ULL(store->size, PAGE_SIZE);
	unsigned long entry = store->root;
	unsigned int s = store->shift;

	for (;; s -= XBD_NODE_SHIFT) {
		u64 span = 1ULL << s;

		*slot = xbd_node_slot(xbd_entry_node(entry), index, s);
		entry = READ_ONCE(**slot);
		if (!(entry & XBD_TAG_NODE))
			break;
		if (whole && !(index & (span - 1)) && end >= min(index + span, pages))
			break;
	}
	*shift = s;
	return entry;
}

/* The first index behind the entry at @index that xbd_store_step() found. */
static u64 xbd_store_behind(u64 index, unsigned int shift)
{
	return ((index >> shift) + 1) << shift;
}

/* Take the pages from @index on out of the table. Returns how far it got; under rcu_read_lock(). */
static u64 xbd_store_detach(struct xbd_store *store, u64 index, u64 end, struct xbd_chain *chain)
{
	unsigned int budget = XBD_WALK_BATCH;

	for (; index < end && budget; budget--) {
		unsigned long *slot;
		unsigned int shift;
		unsigned long entry = xbd_store_step(store, index, end, true, &slot, &shift);

		/*
		 * An empty slot stays alone: it may stand for more than the range, and a node may
		 * have come into it by now.
		 */
		if (entry)
			entry = xchg(slot, 0);
		if (entry)
			xbd_chain_push(chain, entry);
		index = xbd_store_behind(index, shift);
	}
	return index;
}

/* Zero the pages from @index on where they are. Returns how far it got; under rcu_read_lock(). */
static u64 xbd_store_clear(struct xbd_store *store, u64 index, u64 end)
{
	unsigned int budget = XBD_WALK_BATCH;

	for (; index < end && budget; budget--) {
		unsigned long *slot;
		unsigned int shift;
		unsigned long entry = xbd_store_step(store, index, end, false, &slot, &shift);

		if (entry)
			clear_highpage(xbd_entry_page(entry));
		index = xbd_store_behind(index, shift);
	}
	return index;
}

/* Zero a part of one page, if the page is there. */
static void xbd_store_zero_part(struct xbd_store *store, u64 pos, size_t len)
{
	struct page *page;

	if (!len)
		return;
	rcu_read_lock();
	page = xbd_store_find(store, pos >> PAGE_SHIFT);
	if (page)
		memzero_page(page, offset_in_page(pos), len);
	rcu_read_unlock();
}

/*
 * Deal with the parts of pages at the two ends of a range. Returns whether there are whole pages in
 * between, *@index to *@end. A range up to the end of the store covers the last page, of which
 * there may be less than a whole.
 */
static bool xbd_store_trim_ends(struct xbd_store *store, u64 pos, u64 len, u64 *index, u64 *end)
{
	u64 stop = pos + len;

	if (stop == store->size)
		stop = ALIGN(stop, PAGE_SIZE);
	*index = DIV_ROUND_UP_ULL(pos, PAGE_SIZE);
	*end = stop >> PAGE_SHIFT;
	if (*index > *end) {
		xbd_store_zero_part(store, pos, len);
		return false;
	}
	xbd_store_zero_part(store, pos, (*index << PAGE_SHIFT) - pos);
	xbd_store_zero_part(store, *end << PAGE_SHIFT, offset_in_page(stop));
	return *index < *end;
}

static void xbd_store_detach_range(struct xbd_store *store, u64 pos, u64 len,
				   struct xbd_chain *chain)
{
	u64 index, end;

	might_sleep_if(len > XBD_STORE_SHORT_RANGE);
	if (!xbd_store_trim_ends(store, pos, len, &index, &end))
		return;
	for (;;) {
		rcu_read_lock();
		index = xbd_store_detach(store, index, end, chain);
		rcu_read_unlock();
		if (index >= end)
			break;
		cond_resched();
	}
}

/**
 * xbd_store_discard() - make a range read as zeroes, and free its memory
 * @store: the store
 * @pos: start in bytes
 * @len: length in bytes; all must lie inside the store
 *
 * Parts of pages are zeroed. The memory is free after a grace period of RCU; see
 * xbd_store_settle().
 *
 * Context: May sleep if @len is more than XBD_STORE_SHORT_RANGE.
 */
void xbd_store_discard(struct xbd_store *store, u64 pos, u64 len)
{
	struct xbd_chain chain = {};

	xbd_store_detach_range(store, pos, len, &chain);
	xbd_store_free_later(store, &chain);
}

/**
 * xbd_store_erase() - make a range read as zeroes, and leave no copy of it in memory
 * @store: the store
 * @pos: start in bytes
 * @len: length in bytes; all must lie inside the store
 *
 * When it returns, the pages have been zeroed and freed.
 *
 * Context: Process context, may sleep.
 */
void xbd_store_erase(struct xbd_store *store, u64 pos, u64 len)
{
	struct xbd_chain chain = {};

	might_sleep();
	xbd_store_detach_range(store, pos, len, &chain);
	if (!chain.first)
		return;
	/* A write that is under way may still put something into the pages. */
	synchronize_rcu();
	xbd_store_free_chain(store, &chain, true);
}

/**
 * xbd_store_zero() - make a range read as zeroes, and keep the memory that it has
 * @store: the store
 * @pos: start in bytes
 * @len: length in bytes; all must lie inside the store
 *
 * No memory is allocated for what was never written.
 *
 * Context: May sleep if @len is more than XBD_STORE_SHORT_RANGE.
 */
void xbd_store_zero(struct xbd_store *store, u64 pos, u64 len)
{
	u64 index, end;

	might_sleep_if(len > XBD_STORE_SHORT_RANGE);
	if (!xbd_store_trim_ends(store, pos, len, &index, &end))
		return;
	for (;;) {
		rcu_read_lock();
		index = xbd_store_clear(store, index, end);
		rcu_read_unlock();
		if (index >= end)
			break;
		cond_resched();
	}
}

/* ---- the store as a whole ---- */

static void xbd_store_sum(const struct xbd_store *store, struct xbd_store_counts *sum)
{
	int cpu;

	*sum = (struct xbd_store_counts){};
	for_each_possible_cpu(cpu) {
		const struct xbd_store_counts *counts = per_cpu_ptr(store->counts, cpu);

		sum->pages += READ_ONCE(counts->pages);
		sum->nodes += READ_ONCE(counts->nodes);
	}
}

/**
 * xbd_store_settle() - wait until the memory of earlier discards is free
 * @store: the store
 *
 * Context: Process context, may sleep; not on @store's workqueue.
 */
void xbd_store_settle(struct xbd_store *store)
{
	flush_work(&store->reclaim);
}

/**
 * xbd_store_bytes() - the memory in use for data
 * @store: the store
 *
 * Context: Any. The sum is not exact while I/O is under way.
 * Return: bytes, a multiple of the page size; discarded pages count until they are free.
 */
u64 xbd_store_bytes(const struct xbd_store *store)
{
	struct xbd_store_counts sum;

	xbd_store_sum(store, &sum);
	return (u64)max(sum.pages, 0L) << PAGE_SHIFT;
}

/**
 * xbd_store_overhead() - the memory in use for everything else
 * @store: the store
 *
 * Context: Any. The sum is not exact while I/O is under way.
 * Return: bytes in the table and in the reserve of pages.
 */
u64 xbd_store_overhead(const struct xbd_store *store)
{
	struct xbd_store_counts sum;

	xbd_store_sum(store, &sum);
	return (u64)(max(sum.nodes, 0L) + READ_ONCE(store->reserve.nr)) << PAGE_SHIFT;
}

/**
 * xbd_store_init() - make an empty store
 * @store: the storage, contents do not matter
 * @size: in bytes, 1 to XBD_STORE_MAX_SIZE
 * @wq: a workqueue with WQ_MEM_RECLAIM that nothing runs on which waits for a store
 *
 * Context: Process context, may sleep.
 * Return: 0 or -ENOMEM, nothing is left behind then.
 */
int xbd_store_init(struct xbd_store *store, u64 size, struct workqueue_struct *wq)
{
	u64 last = (size - 1) >> PAGE_SHIFT;
	struct page *root;
	int err;

	memset(store, 0, sizeof(*store));
	store->size = size;
	spin_lock_init(&store->lock);
	INIT_WORK(&store->reclaim, xbd_store_reclaim);
	store->wq = wq;
	while (last >> store->shift >= XBD_NODE_SLOTS)
		store->shift += XBD_NODE_SHIFT;

	store->counts = alloc_percpu(struct xbd_store_counts);
	if (!store->counts)
		return -ENOMEM;

	root = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!root) {
		err = -ENOMEM;
		goto err_free_counts;
	}
	store->root = xbd_node_entry(root);
	this_cpu_inc(store->counts->nodes);

	err = xbd_reserve_init(&store->reserve, wq);
	if (err)
		goto err_free_root;
	return 0;

err_free_root:
	__free_page(root);
err_free_counts:
	free_percpu(store->counts);
	return err;
}

/**
 * xbd_store_destroy() - free a store and all that is in it
 * @store: a store that nobody uses any more
 *
 * Context: Process context, may sleep.
 */
void xbd_store_destroy(struct xbd_store *store)
{
	struct xbd_chain chain = {};

	flush_work(&store->reclaim);
	xbd_reserve_destroy(&store->reserve);
	xbd_chain_push(&chain, store->root);
	xbd_store_free_chain(store, &chain, false);
	free_percpu(store->counts);
}
