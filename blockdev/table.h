/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of a store, for the files that it is made of; store.c tells how it works.
 *
 *   table.c     putting pages in
 *   huge.c      2 MiB at a time
 *   transfer.c  reading and writing
 *   range.c     discarding, erasing and zeroing
 *   reclaim.c   freeing what was taken out
 *   run.c       giving pages back to the allocator
 *   account.c   what is in use
 *   store.c     making and unmaking
 */
#ifndef XBD_TABLE_H
#define XBD_TABLE_H

#include <linux/jump_label.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>

#include "store.h"

#define XBD_TAG_NODE	1UL
#define XBD_TAG_HUGE	2UL

/* In a store that lies over another one: zeroes that hide what is below. No page is there. */
#define XBD_HOLE	4UL

#define XBD_NODE_SHIFT	(PAGE_SHIFT - ilog2(sizeof(unsigned long)))
#define XBD_NODE_SLOTS	BIT(XBD_NODE_SHIFT)

/* What a slot of the last but one level stands for: 2 MiB with pages of 4 KiB. */
#define XBD_HUGE_ORDER	XBD_NODE_SHIFT
#define XBD_HUGE_PAGES	XBD_NODE_SLOTS

/* On from the first store on that has huge entries, so that others need not look for them. */
DECLARE_STATIC_KEY_FALSE(xbd_huge_used);

struct xbd_node {
	unsigned long slots[XBD_NODE_SLOTS];
};

static __always_inline struct xbd_node *xbd_entry_node(unsigned long entry)
{
	return (struct xbd_node *)(entry - XBD_TAG_NODE);
}

static inline unsigned long xbd_node_entry(struct page *page)
{
	return (unsigned long)page_address(page) + XBD_TAG_NODE;
}

static __always_inline struct page *xbd_entry_page(unsigned long entry)
{
	return (struct page *)entry;
}

static inline unsigned long xbd_huge_entry(struct page *first)
{
	return (unsigned long)first + XBD_TAG_HUGE;
}

/* The first page of a huge entry. */
static inline struct page *xbd_entry_first(unsigned long entry)
{
	return (struct page *)(entry - XBD_TAG_HUGE);
}

/* The page at @index of an entry that is no node. */
static __always_inline struct page *xbd_entry_leaf(unsigned long entry, u64 index)
{
	if (static_branch_unlikely(&xbd_huge_used) && (entry & XBD_TAG_HUGE))
		return xbd_entry_first(entry) + (index & (XBD_HUGE_PAGES - 1));
	return xbd_entry_page(entry);
}

static __always_inline unsigned long *xbd_node_slot(struct xbd_node *node, u64 index,
						    unsigned int shift)
{
	return &node->slots[(index >> shift) & (XBD_NODE_SLOTS - 1)];
}

/* Whether an entry that is no node has pages. */
static __always_inline bool xbd_entry_has_pages(unsigned long entry)
{
	return entry && entry != XBD_HOLE;
}

/* The entry at @index that is no node. Under rcu_read_lock(). */
static __always_inline unsigned long xbd_store_lookup(const struct xbd_store *store, u64 index)
{
	unsigned long entry = store->root;
	unsigned int shift = store->shift;

	do {
		/* Whoever put the entry there filled it first; the dependency orders the rest. */
		entry = READ_ONCE(*xbd_node_slot(xbd_entry_node(entry), index, shift));
		shift -= XBD_NODE_SHIFT;
	} while (entry & XBD_TAG_NODE);
	return entry;
}

/* The page at @index, or NULL; of a store that lies over no other. Under rcu_read_lock(). */
static __always_inline struct page *xbd_store_find(const struct xbd_store *store, u64 index)
{
	return xbd_entry_leaf(xbd_store_lookup(store, index), index);
}

/* The number of pages, the last of which need not be whole. */
static inline u64 xbd_store_pages(const struct xbd_store *store)
{
	return DIV_ROUND_UP_ULL(store->size, PAGE_SIZE);
}

/* table.c */
unsigned long *xbd_store_make_slot(struct xbd_store *store, u64 index, unsigned int bottom,
				   unsigned long *leaf, struct xbd_stash *stash);
bool xbd_store_may_take(struct xbd_store *store, unsigned int nr);
struct page *xbd_store_new_page(struct xbd_store *store, struct xbd_stash *stash);
struct page *xbd_store_insert(struct xbd_store *store, u64 index, struct page *page,
			      struct xbd_stash *stash);

/* huge.c */
bool xbd_store_fill_huge(struct xbd_store *store, u64 index, struct xbd_stash *stash);
bool xbd_store_split(struct xbd_store *store, unsigned long *slot, unsigned long entry);

/* transfer.c */
int xbd_store_make_room(struct xbd_store *store, struct xbd_stash *stash);

/**
 * struct xbd_span - a range by pages
 * @index: first whole page
 * @end: the page behind the last whole one
 * @head: bytes before @index
 * @tail: bytes from @end on
 */
struct xbd_span {
	u64 index;
	u64 end;
	size_t head;
	size_t tail;
};

/* range.c */
unsigned long xbd_store_step(const struct xbd_store *store, u64 index, u64 end, bool whole,
			     unsigned long **slot, unsigned int *shift);
u64 xbd_store_next(const struct xbd_store *store, u64 index, u64 end);
u64 xbd_store_detach(struct xbd_store *store, u64 index, u64 end, struct xbd_chain *chain);
void xbd_store_zero_part(struct xbd_store *store, u64 pos, size_t len);
struct xbd_span xbd_store_span(const struct xbd_store *store, u64 pos, u64 len);

/* account.c */
bool __xbd_store_charge(struct xbd_store *store, long nr);
bool xbd_store_is_full(const struct xbd_store *store);

/* Before pages of data are taken: whether the limit allows it. They count from now on. */
static inline bool xbd_store_charge(struct xbd_store *store, long nr)
{
	return !store->limit->pages || __xbd_store_charge(store, nr);
}

static inline void xbd_store_uncharge(struct xbd_store *store, long nr)
{
	if (store->limit->pages)
		atomic_long_sub(nr, &store->limit->charged);
}

/**
 * struct xbd_run - pages that are neighbours
 * @first: the first of them, if there are any
 * @nr: how many there are, no more than in a node
 */
struct xbd_run {
	struct page *first;
	unsigned int nr;
};

/* run.c */
bool xbd_run_add(struct xbd_run *run, struct page *page);
void xbd_run_free(struct xbd_run *run);

/* reclaim.c */
void xbd_chain_push(struct xbd_chain *chain, unsigned long entry);
void xbd_store_free_chain(struct xbd_store *store, struct xbd_chain *chain, bool erase);
void xbd_store_free_later(struct xbd_store *store, const struct xbd_chain *chain);
void xbd_store_reclaim(struct work_struct *work);

#endif /* XBD_TABLE_H */
