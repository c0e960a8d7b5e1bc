// SPDX-License-Identifier: GPL-2.0-only
/*
 * 2 MiB at a time. A huge entry stands in the slot where otherwise the node with its 512 pages
 * would be: a lookup is shorter by a level, and freeing it is one call.
 *
 * A discard of a part splits it: the slot gets a node with the 512 pages, by cmpxchg(), and each
 * page becomes one of its own. Whoever found the huge entry before goes on with the same pages,
 * which nobody frees before a grace period; and whoever is splitting is within rcu_read_lock(), so
 * the pages have become their own when the first of them is freed.
 */
#include <linux/highmem.h>

#include "table.h"

DEFINE_STATIC_KEY_FALSE(xbd_huge_used);

/* Zeroed, or NULL if there are none without sleeping. No compound page: those cannot be split. */
static struct page *xbd_store_new_huge(struct xbd_store *store)
{
	struct page *first;
	unsigned int i;

	if (!xbd_store_may_take(store, XBD_HUGE_PAGES))
		return NULL;
	first = alloc_pages_node(store->node, XBD_GFP_ATOMIC, XBD_HUGE_ORDER);
	if (!first)
		return NULL;
	for (i = 0; i < XBD_HUGE_PAGES; i++)
		clear_highpage(first + i);
	return first;
}

/*
 * Fill the 2 MiB around @index, where nothing was written yet. False if that cannot be, be it that
 * there is something now; it takes single pages then.
 */
bool xbd_store_fill_huge(struct xbd_store *store, u64 index, struct xbd_stash *stash)
{
	u64 behind = (index | (XBD_HUGE_PAGES - 1)) + 1;
	unsigned long *slot, leaf;
	struct page *first;

	if (behind > store->size >> PAGE_SHIFT || store->shift < XBD_HUGE_ORDER)
		return false;
	slot = xbd_store_make_slot(store, index, XBD_HUGE_ORDER, &leaf, stash);
	if (!slot || READ_ONCE(*slot) || !xbd_store_charge(store, XBD_HUGE_PAGES))
		return false;

	first = xbd_store_new_huge(store);
	if (first && !cmpxchg(slot, 0, xbd_huge_entry(first))) {
		this_cpu_add(store->counts->pages, XBD_HUGE_PAGES);
		return true;
	}
	if (first)
		__free_pages(first, XBD_HUGE_ORDER);
	xbd_store_uncharge(store, XBD_HUGE_PAGES);
	return false;
}

/*
 * Make single pages of the huge entry in @slot. False without memory for the node. True otherwise:
 * look at the slot again. Under rcu_read_lock().
 */
bool xbd_store_split(struct xbd_store *store, unsigned long *slot, unsigned long entry)
{
	struct page *page = alloc_pages_node(store->node, XBD_GFP_ATOMIC, 0);
	struct page *first = xbd_entry_first(entry);
	struct xbd_node *node;
	unsigned int i;

	if (!page)
		return false;

	node = page_address(page);
	for (i = 0; i < XBD_NODE_SLOTS; i++)
		node->slots[i] = (unsigned long)(first + i);
	if (cmpxchg(slot, entry, xbd_node_entry(page)) != entry) {
		__free_page(page);
		return true;
	}
	split_page(first, XBD_HUGE_ORDER);
	this_cpu_inc(store->counts->nodes);
	return true;
}
