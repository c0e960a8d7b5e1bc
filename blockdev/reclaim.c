// SPDX-License-Identifier: GPL-2.0-only
/* Freeing what was taken out of a store's table. */
#include <linux/highmem.h>
#include <linux/sched.h>

#include "table.h"

/* The page that an entry occupies, or the first: its private word is the link. */
static struct page *xbd_chain_link(unsigned long entry)
{
	if (entry & XBD_TAG_HUGE)
		return xbd_entry_first(entry);
	if (entry & XBD_TAG_NODE)
		return virt_to_page(xbd_entry_node(entry));
	return xbd_entry_page(entry);
}

void xbd_chain_push(struct xbd_chain *chain, unsigned long entry)
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

static void xbd_store_free_run(struct xbd_store *store, struct xbd_run *run)
{
	unsigned int nr = run->nr;

	xbd_run_free(run);
	this_cpu_sub(store->counts->pages, nr);
	xbd_store_uncharge(store, nr);
}

static void xbd_store_free_huge(struct xbd_store *store, struct page *first, bool erase)
{
	unsigned int i;

	if (erase)
		for (i = 0; i < XBD_HUGE_PAGES; i++)
			clear_highpage(first + i);
	__free_pages(first, XBD_HUGE_ORDER);
	this_cpu_sub(store->counts->pages, XBD_HUGE_PAGES);
	xbd_store_uncharge(store, XBD_HUGE_PAGES);
}

/* A page waits in @run for its neighbours. */
static void xbd_store_free_data(struct xbd_store *store, struct xbd_run *run, unsigned long entry,
				bool erase)
{
	struct page *page = xbd_entry_page(entry);

	if (entry & XBD_TAG_HUGE) {
		xbd_store_free_huge(store, xbd_entry_first(entry), erase);
		return;
	}
	if (erase)
		clear_highpage(page);
	if (run->nr && xbd_run_add(run, page))
		return;
	xbd_store_free_run(store, run);
	*run = (struct xbd_run){ .first = page, .nr = 1 };
}

/* The nodes below join the chain: there is no recursion, and no need to know the level. */
static void xbd_store_free_node(struct xbd_store *store, struct xbd_chain *chain,
				unsigned long entry, bool erase)
{
	struct xbd_node *node = xbd_entry_node(entry);
	struct xbd_run run = {};
	unsigned int i;

	for (i = 0; i < XBD_NODE_SLOTS; i++) {
		unsigned long below = node->slots[i];

		if (below & XBD_TAG_NODE)
			xbd_chain_push(chain, below);
		else if (xbd_entry_has_pages(below))
			xbd_store_free_data(store, &run, below, erase);
	}
	xbd_store_free_run(store, &run);
	this_cpu_dec(store->counts->nodes);
	__free_page(virt_to_page(node));
	cond_resched();
}

/*
 * Free what is on the chain, subtrees included. Nobody else may be able to reach the entries. May
 * sleep.
 */
void xbd_store_free_chain(struct xbd_store *store, struct xbd_chain *chain, bool erase)
{
	struct xbd_run run = {};
	unsigned long entry;
	unsigned int nr = 0;

	while ((entry = xbd_chain_pop(chain))) {
		if (entry & XBD_TAG_NODE)
			xbd_store_free_node(store, chain, entry, erase);
		else
			xbd_store_free_data(store, &run, entry, erase);
		if (!(++nr % XBD_NODE_SLOTS))
			cond_resched();
	}
	xbd_store_free_run(store, &run);
}

void xbd_store_reclaim(struct work_struct *work)
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
void xbd_store_free_later(struct xbd_store *store, const struct xbd_chain *chain)
{
	if (!chain->first)
		return;
	scoped_guard(spinlock, &store->lock)
		xbd_chain_splice(&store->detached, chain);
	queue_work(store->wq, &store->reclaim);
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
