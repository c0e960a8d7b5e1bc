// SPDX-License-Identifier: GPL-2.0-only
/*
 * The store: a table of pages, several levels deep, without a lock.
 *
 * A node is a page of slots. A slot holds an entry, one word, whose low bits tell what it is:
 *
 *   0             nothing: reads as zeroes
 *   XBD_TAG_NODE  a node one level below, by its address
 *   XBD_TAG_HUGE  512 pages of data, by the struct page of the first: see huge.c
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
 * with the allocation of a page only. With a limit, one count is shared, and is written then.
 */
#include "table.h"

/* What the indexes of a root's slots are shifted by, in a store of this size. */
static unsigned int xbd_store_shift(u64 size)
{
	u64 last = (size - 1) >> PAGE_SHIFT;
	unsigned int shift = 0;

	while (last >> shift >= XBD_NODE_SLOTS)
		shift += XBD_NODE_SHIFT;
	return shift;
}

/**
 * xbd_store_init() - make an empty store
 * @store: the storage, contents do not matter
 * @options: how it is to be
 * @wq: a workqueue with WQ_MEM_RECLAIM that nothing runs on which waits for a store
 *
 * Context: Process context, may sleep.
 * Return: 0 or -ENOMEM, nothing is left behind then.
 */
int xbd_store_init(struct xbd_store *store, const struct xbd_store_options *options,
		   struct workqueue_struct *wq)
{
	struct page *root;

	memset(store, 0, sizeof(*store));
	store->size = options->size;
	store->node = options->node;
	store->huge = options->huge;
	store->limit = options->limit ?: &store->own_limit;
	spin_lock_init(&store->lock);
	INIT_WORK(&store->reclaim, xbd_store_reclaim);
	store->wq = wq;
	store->shift = xbd_store_shift(store->size);
	xbd_reserve_init(&store->reserve, store->node, wq);

	store->counts = alloc_percpu(struct xbd_store_counts);
	if (!store->counts)
		return -ENOMEM;

	root = alloc_pages_node(store->node, GFP_KERNEL | __GFP_ZERO, 0);
	if (!root) {
		free_percpu(store->counts);
		return -ENOMEM;
	}
	store->root = xbd_node_entry(root);
	this_cpu_inc(store->counts->nodes);

	xbd_limit_set(&store->own_limit, 0, options->mem_limit);
	if (store->huge)
		static_branch_enable(&xbd_huge_used);
	return 0;
}

/* Put a new root above the old one, until there are as many levels as the size needs. */
static int xbd_store_add_levels(struct xbd_store *store, u64 size)
{
	while (store->shift < xbd_store_shift(size)) {
		struct page *root = alloc_pages_node(store->node, GFP_NOIO | __GFP_ZERO, 0);

		if (!root)
			return -ENOMEM;
		*xbd_node_slot(page_address(root), 0, 0) = store->root;
		store->root = xbd_node_entry(root);
		store->shift += XBD_NODE_SHIFT;
		this_cpu_inc(store->counts->nodes);
	}
	return 0;
}

/**
 * xbd_store_resize() - move the end of a store
 * @store: a store that nobody uses meanwhile
 * @size: in bytes, 1 to XBD_STORE_MAX_SIZE
 *
 * What lies behind the new end is discarded; it reads as zeroes if the store grows again. Levels
 * stay, as the node that they begin with may be in use.
 *
 * Context: Process context, may sleep.
 * Return: 0, or -ENOMEM if it cannot grow; it has its old size then.
 */
int xbd_store_resize(struct xbd_store *store, u64 size)
{
	u64 end = PAGE_ALIGN(store->size);
	int err;

	if (size < store->size) {
		store->size = size;
		xbd_store_discard(store, size, end - size);
		return 0;
	}
	err = xbd_store_add_levels(store, size);
	if (err)
		return err;
	store->size = size;
	return 0;
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
