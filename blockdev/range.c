// SPDX-License-Identifier: GPL-2.0-only
/* Ranges of a store that become zeroes: by giving pages back, or by clearing them. */
#include <linux/highmem.h>
#include <linux/math64.h>
#include <linux/sched.h>

#include "table.h"

/* So many slots are visited under one rcu_read_lock(); a short range is done in one go. */
#define XBD_WALK_BATCH	512
static_assert(XBD_STORE_SHORT_RANGE >> PAGE_SHIFT <= XBD_WALK_BATCH);

/* The same for those which are only looked at, one beside the other. */
#define XBD_NEXT_BATCH	4096

/*
 * The entry on the way to @index where a walk has to stop: a page, or 512; nothing; or, when
 * @whole, a node that lies in @index to @end with all that it has of the store. *@slot is where it
 * was found, and it stands for 1 << *@shift pages.
 */
unsigned long xbd_store_step(const struct xbd_store *store, u64 index, u64 end, bool whole,
			     unsigned long **slot, unsigned int *shift)
{
	u64 pages = xbd_store_pages(store);
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

/* Whether a slot for @index has another one before it in its node. */
static bool xbd_is_inside_node(u64 index, unsigned int shift)
{
	return (index >> shift) & (XBD_NODE_SLOTS - 1);
}

/*
 * The first index from @index on, below @end, where the table has a leaf or a huge entry; or how
 * far it got. Where there was something once there are nodes still, whose slots are empty: those
 * behind the first one are not looked for from the root. Under rcu_read_lock().
 */
u64 xbd_store_next(const struct xbd_store *store, u64 index, u64 end)
{
	unsigned int budget = XBD_NEXT_BATCH;

	while (index < end && budget) {
		unsigned long *slot;
		unsigned int shift;

		if (xbd_store_step(store, index, end, false, &slot, &shift) || !shift)
			return index;
		do
			index = xbd_store_behind(index, shift);
		while (--budget && xbd_is_inside_node(index, shift) && !READ_ONCE(*++slot));
	}
	return min(index, end);
}

/*
 * What there is to do about a huge entry that a range covers in part: split it. Without memory for
 * that, its pages stay and are zeroed, one at a time. Returns how far it got.
 */
static u64 xbd_store_detach_part(struct xbd_store *store, unsigned long *slot, unsigned long entry,
				 u64 index)
{
	if (xbd_store_split(store, slot, entry))
		return index;
	clear_highpage(xbd_entry_leaf(entry, index));
	return index + 1;
}

static bool xbd_huge_is_partial(unsigned long entry, u64 index, u64 end)
{
	return (entry & XBD_TAG_HUGE) &&
	       ((index & (XBD_HUGE_PAGES - 1)) || end - index < XBD_HUGE_PAGES);
}

/* Take the pages from @index on out of the table. Returns how far it got; under rcu_read_lock(). */
u64 xbd_store_detach(struct xbd_store *store, u64 index, u64 end, struct xbd_chain *chain)
{
	unsigned int budget = XBD_WALK_BATCH;

	for (; index < end && budget; budget--) {
		unsigned long *slot;
		unsigned int shift;
		unsigned long entry = xbd_store_step(store, index, end, true, &slot, &shift);

		if (xbd_huge_is_partial(entry, index, end)) {
			index = xbd_store_detach_part(store, slot, entry, index);
			continue;
		}
		/*
		 * An empty slot stays alone: it may stand for more than the range, and a node may
		 * have come into it by now.
		 */
		if (entry)
			entry = xchg(slot, 0);
		if (xbd_entry_has_pages(entry))
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
			clear_highpage(xbd_entry_leaf(entry, index));
		index = entry & XBD_TAG_HUGE ? index + 1 : xbd_store_behind(index, shift);
	}
	return index;
}

/* Zero a part of one page, if the page is there. */
void xbd_store_zero_part(struct xbd_store *store, u64 pos, size_t len)
{
	u64 index = pos >> PAGE_SHIFT;
	unsigned long entry;

	if (!len)
		return;
	rcu_read_lock();
	entry = xbd_store_lookup(store, index);
	if (xbd_entry_has_pages(entry))
		memzero_page(xbd_entry_leaf(entry, index), offset_in_page(pos), len);
	rcu_read_unlock();
}

/*
 * Divide a range into whole pages and the parts of pages at its two ends. A range up to the end of
 * the store covers the last page, of which there may be less than a whole.
 */
struct xbd_span xbd_store_span(const struct xbd_store *store, u64 pos, u64 len)
{
	struct xbd_span span;
	u64 stop = pos + len;

	if (stop == store->size)
		stop = ALIGN(stop, PAGE_SIZE);
	span.index = DIV_ROUND_UP_ULL(pos, PAGE_SIZE);
	span.end = stop >> PAGE_SHIFT;
	if (span.index > span.end) {
		span.index = span.end;
		span.head = len;
		span.tail = 0;
	} else {
		span.head = (span.index << PAGE_SHIFT) - pos;
		span.tail = offset_in_page(stop);
	}
	return span;
}

/* The range of a store, of which the parts of pages have been zeroed. */
static struct xbd_span xbd_store_trim_ends(struct xbd_store *store, u64 pos, u64 len)
{
	struct xbd_span span = xbd_store_span(store, pos, len);

	xbd_store_zero_part(store, pos, span.head);
	xbd_store_zero_part(store, span.end << PAGE_SHIFT, span.tail);
	return span;
}

static void xbd_store_detach_range(struct xbd_store *store, u64 pos, u64 len,
				   struct xbd_chain *chain)
{
	struct xbd_span span;
	u64 index;

	might_sleep_if(len > XBD_STORE_SHORT_RANGE);
	span = xbd_store_trim_ends(store, pos, len);
	for (index = span.index; index < span.end;) {
		rcu_read_lock();
		index = xbd_store_detach(store, index, span.end, chain);
		rcu_read_unlock();
		if (index < span.end)
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
	struct xbd_span span;
	u64 index;

	might_sleep_if(len > XBD_STORE_SHORT_RANGE);
	span = xbd_store_trim_ends(store, pos, len);
	for (index = span.index; index < span.end;) {
		rcu_read_lock();
		index = xbd_store_clear(store, index, span.end);
		rcu_read_unlock();
		if (index < span.end)
			cond_resched();
	}
}
