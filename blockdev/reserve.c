// SPDX-License-Identifier: GPL-2.0-only
/* Pages for the moments when the allocator has none at once: see reserve.h. */
#include <linux/mm.h>

#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/vmstat.h>

#include "reserve.h"

/* What xbd_host_check() found; hardly ever written. */
bool xbd_host_is_short __read_mostly;

/*
 * What the host could give to a disk, in pages. Areas for contiguous allocations count as free, but
 * are lent only to what can be moved away.
 */
static long xbd_host_available(void)
{
	return si_mem_available() - (long)global_zone_page_state(NR_FREE_CMA_PAGES);
}

/*
 * Look at the memory of the host. Returns whether a disk may take more of it: not the last
 * sixteenth, or GiB.
 */
bool xbd_host_check(void)
{
	unsigned long share = clamp_t(unsigned long, totalram_pages() / 16, SZ_16M >> PAGE_SHIFT,
				      SZ_1G >> PAGE_SHIFT);
	bool is_short = xbd_host_available() < (long)share;

	if (is_short != READ_ONCE(xbd_host_is_short))
		WRITE_ONCE(xbd_host_is_short, is_short);
	return !is_short;
}

/*
 * One page into the reserve. The allocation is made outside the lock, so the reserve may have been
 * filled meanwhile.
 */
static bool xbd_reserve_add(struct xbd_reserve *reserve)
{
	struct page *page = alloc_pages_node(reserve->node, XBD_GFP_SLEEP, 0);

	if (!page)
		return false;

	scoped_guard(spinlock, &reserve->lock) {
		if (reserve->nr < XBD_RESERVE_PAGES) {
			reserve->pages[reserve->nr++] = page;
			return true;
		}
	}
	__free_page(page);
	return false;
}

static void xbd_reserve_refill(struct work_struct *work)
{
	struct xbd_reserve *reserve = container_of(work, struct xbd_reserve, refill);

	/* When even this fails, the next one to take a page starts another try. */
	while (READ_ONCE(reserve->nr) < XBD_RESERVE_PAGES)
		if (!xbd_reserve_add(reserve))
			break;
}

/* The refill runs on @wq, which must make progress under memory pressure. */
void xbd_reserve_init(struct xbd_reserve *reserve, int node, struct workqueue_struct *wq)
{
	spin_lock_init(&reserve->lock);
	INIT_WORK(&reserve->refill, xbd_reserve_refill);
	reserve->wq = wq;
	reserve->node = node;
	reserve->nr = 0;
}

void xbd_reserve_destroy(struct xbd_reserve *reserve)
{
	cancel_work_sync(&reserve->refill);
	while (reserve->nr)
		__free_page(reserve->pages[--reserve->nr]);
}

/* Any context. Has the reserve filled if little is in it; somebody may need it. */
void xbd_reserve_stock(struct xbd_reserve *reserve)
{
	if (READ_ONCE(reserve->nr) < XBD_RESERVE_PAGES / 2)
		queue_work(reserve->wq, &reserve->refill);
}

/* Any context but an interrupt. A page with anything in it, or NULL: the reserve is empty. */
struct page *xbd_reserve_take(struct xbd_reserve *reserve)
{
	struct page *page = NULL;

	scoped_guard(spinlock, &reserve->lock) {
		if (reserve->nr)
			page = reserve->pages[--reserve->nr];
	}
	xbd_reserve_stock(reserve);
	return page;
}

/* Also if the host is short: for what must not fail. May sleep. As xbd_stash_fill(). */
int xbd_stash_fill_anyway(struct xbd_stash *stash, int node)
{
	while (stash->nr < XBD_STASH_PAGES) {
		struct page *page = alloc_pages_node(node, XBD_GFP_SLEEP, 0);

		if (!page)
			return -ENOMEM;
		stash->pages[stash->nr++] = page;
	}
	return 0;
}

/* May sleep. 0 when the stash holds all that inserting one page can need, or -ENOMEM. */
int xbd_stash_fill(struct xbd_stash *stash, int node)
{
	return xbd_host_check() ? xbd_stash_fill_anyway(stash, node) : -ENOMEM;
}

struct page *xbd_stash_take(struct xbd_stash *stash)
{
	return stash->nr ? stash->pages[--stash->nr] : NULL;
}

void xbd_stash_drain(struct xbd_stash *stash)
{
	while (stash->nr)
		__free_page(stash->pages[--stash->nr]);
}
