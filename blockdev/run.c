// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages on their way back to the allocator. What it does for a block of pages it has to do for a
 * page as well, so neighbours go back together: split_page() the other way round. What is written
 * in one go mostly gets neighbours, and is discarded in one go.
 */
#include <linux/bitops.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/page_ref.h>

#include "table.h"

/* Kernels that count who has which pages want them back as they were taken. */
#if IS_ENABLED(CONFIG_PAGE_OWNER) || IS_ENABLED(CONFIG_MEM_ALLOC_PROFILING)
#define XBD_RUN_ORDER 0
#else
#define XBD_RUN_ORDER min_t(unsigned int, XBD_HUGE_ORDER, ilog2(MAX_ORDER_NR_PAGES))
#endif

/**
 * xbd_run_add() - let a page go with others
 * @run: those others
 * @page: the page; nobody else has it
 *
 * Context: Any.
 * Return: whether it can: it is the next one, or the one before them, in the same zone.
 */
bool xbd_run_add(struct xbd_run *run, struct page *page)
{
	if (run->nr == XBD_NODE_SLOTS || page_zone_id(page) != page_zone_id(run->first))
		return false;
	if (page == run->first - 1)
		run->first = page;
	else if (page != run->first + run->nr)
		return false;
	run->nr++;
	return true;
}

/*
 * The block has one reference, that of its first page. Those who look at all pages of the host may
 * have one of another page for a moment: then each is freed by itself, that one by them.
 */
static void xbd_run_free_block(struct page *first, unsigned int order)
{
	struct page *end = first + BIT(order);
	struct page *page = first + 1;

	while (page < end && page_ref_freeze(page, 1))
		page++;
	if (likely(page == end)) {
		__free_pages(first, order);
		return;
	}
	while (--page > first)
		page_ref_unfreeze(page, 1);
	for (; page < end; page++)
		__free_page(page);
}

/**
 * xbd_run_free() - give pages back
 * @run: the pages; there are none afterwards
 *
 * Context: Any.
 */
void xbd_run_free(struct xbd_run *run)
{
	while (run->nr) {
		unsigned int order = __ffs(page_to_pfn(run->first) | BIT(XBD_RUN_ORDER));

		order = min_t(unsigned int, order, ilog2(run->nr));
		xbd_run_free_block(run->first, order);
		run->first += BIT(order);
		run->nr -= BIT(order);
	}
}
