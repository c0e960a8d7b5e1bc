// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory that frames are received in. A buffer is one half of a page. The stack gets it with
 * the frame in it, as the memory of the skb, and the device gets the other half, if the stack has
 * none of that page by then. So a frame costs no allocation of memory, which most distributions
 * have the allocator clear, and no mapping.
 *
 * The ring has many references to a page from the start and gives one away with a half, so that
 * taking one is no atomic operation.
 */
#include <linux/dma-mapping.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/page_ref.h>
#include <linux/skbuff.h>

#include "xnet.h"

/* Each frame is synchronised by itself: what else is in the page may be the stack's. */
#define XNET_PAGE_ATTRS DMA_ATTR_SKIP_CPU_SYNC

/* Room for a frame, for headers before it, and for what build_skb() has after it. */
u32 xnet_page_half(u32 buf_len)
{
	u32 len = SKB_HEAD_ALIGN(NET_SKB_PAD + NET_IP_ALIGN + buf_len);

	return max_t(u32, roundup_pow_of_two(len), PAGE_SIZE / 2);
}

/* What is left of a half is before the frame. */
u32 xnet_page_headroom(u32 half, u32 buf_len)
{
	return ALIGN_DOWN(SKB_WITH_OVERHEAD(half) - NET_IP_ALIGN - buf_len, SMP_CACHE_BYTES) +
	       NET_IP_ALIGN;
}

static unsigned int xnet_page_order(const struct xnet_rx_ring *ring)
{
	return get_order(2 * ring->half);
}

/* Let a buffer be in a page of its own. */
int xnet_page_alloc(struct xnet *xd, const struct xnet_rx_ring *ring, struct xnet_rx_buf *buf,
		    gfp_t gfp)
{
	struct device *dev = &xd->pdev->dev;
	struct page *page = __dev_alloc_pages(gfp | __GFP_NOWARN, xnet_page_order(ring));
	dma_addr_t dma;

	if (!page)
		return -ENOMEM;
	dma = dma_map_page_attrs(dev, page, 0, 2 * ring->half, DMA_FROM_DEVICE, XNET_PAGE_ATTRS);
	if (dma_mapping_error(dev, dma)) {
		put_page(page);
		return -ENOMEM;
	}
	page_ref_add(page, XNET_PAGE_REFS - 1);
	*buf = (struct xnet_rx_buf){
		.page = page, .dma = dma, .offset = ring->headroom, .refs = XNET_PAGE_REFS,
	};
	dma_sync_single_range_for_device(dev, dma, buf->offset, ring->buf_len, DMA_FROM_DEVICE);
	return 0;
}

/* The halves that the stack has stay its own. */
void xnet_page_free(struct xnet *xd, const struct xnet_rx_ring *ring, struct xnet_rx_buf *buf)
{
	dma_unmap_page_attrs(&xd->pdev->dev, buf->dma, 2 * ring->half, DMA_FROM_DEVICE,
			     XNET_PAGE_ATTRS);
	page_ref_sub(buf->page, buf->refs - 1);
	put_page(buf->page);
	buf->page = NULL;
}
