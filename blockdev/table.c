// SPDX-License-Identifier: GPL-2.0-only
/* The growing of a store's table. */
#include "table.h"

/* Whether the host can spare so many pages; counts them as taken. */
bool xbd_store_may_take(struct xbd_store *store, unsigned int nr)
{
	unsigned int taken = this_cpu_add_return(store->counts->taken, nr);

	if (taken % XBD_HOST_PERIOD < nr)
		xbd_host_check();
	return likely(!READ_ONCE(xbd_host_is_short));
}

/* A page with anything in it, or NULL if there is none without sleeping. */
struct page *xbd_store_new_page(struct xbd_store *store, struct xbd_stash *stash)
{
	struct page *page = stash ? xbd_stash_take(stash) : NULL;

	if (page)
		return page;
	if (!xbd_store_may_take(store, 1))
		return NULL;

	page = alloc_pages_node(store->node, XBD_GFP_ATOMIC, 0);
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

	/* The first node of many: from now on there is something to lose. */
	xbd_reserve_stock(&store->reserve);

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
 * The slot of @index in the level whose indexes are shifted by @bottom. NULL if the way there ends:
 * at the huge entry that *@leaf is then, or, when that is 0, without memory for a node.
 */
unsigned long *xbd_store_make_slot(struct xbd_store *store, u64 index, unsigned int bottom,
				   unsigned long *leaf, struct xbd_stash *stash)
{
	unsigned long entry = store->root;
	unsigned int shift;

	for (shift = store->shift; shift != bottom; shift -= XBD_NODE_SHIFT) {
		unsigned long *slot = xbd_node_slot(xbd_entry_node(entry), index, shift);

		entry = READ_ONCE(*slot);
		if (!entry)
			entry = xbd_store_add_node(store, slot, stash);
		if (!(entry & XBD_TAG_NODE)) {
			*leaf = entry;
			return NULL;
		}
	}
	return xbd_node_slot(xbd_entry_node(entry), index, bottom);
}

/*
 * Put a page in. Returns the page that is there now: @page, or one that was faster and is the
 * caller's to write to; or NULL without memory for a node.
 */
struct page *xbd_store_insert(struct xbd_store *store, u64 index, struct page *page,
			      struct xbd_stash *stash)
{
	unsigned long old, *slot;

	slot = xbd_store_make_slot(store, index, 0, &old, stash);
	if (!slot)
		return old ? xbd_entry_leaf(old, index) : NULL;
	old = cmpxchg(slot, 0, (unsigned long)page);
	if (old)
		return xbd_entry_leaf(old, index);
	this_cpu_inc(store->counts->pages);
	return page;
}
