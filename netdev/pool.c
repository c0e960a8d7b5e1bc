// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers for receiving with XDP: whole pages, from a pool that keeps them mapped. Before the frame
 * there is room for the program, after it for what an skb keeps behind its data. Without a program
 * the ring has halves of pages, see pages.c, and none of this runs.
 */
#include <linux/bpf.h>
#include <linux/dma-mapping.h>
#include <linux/mm.h>
#include <linux/skbuff.h>
#include <linux/slab.h>

#include "compat_net.h"
#include "xnet.h"

static_assert(XNET_XDP_HEADROOM + ALIGN(XNET_XDP_MAX_MTU + XNET_FRAME_OVERHEAD, 8) <=
	      SKB_WITH_OVERHEAD(PAGE_SIZE));

/* What is sent from a page is read by the device, too. */
static struct page_pool *xnet_pool_make(struct xnet *xd, const struct xnet_rx_ring *ring)
{
	struct page_pool_params params = {
		.flags = PP_FLAG_DMA_MAP | PP_FLAG_DMA_SYNC_DEV,
		.pool_size = ring->size,
		.nid = NUMA_NO_NODE,
		.dev = &xd->pdev->dev,
		.dma_dir = DMA_BIDIRECTIONAL,
		.offset = XNET_XDP_HEADROOM,
		.max_len = ring->buf_len,
	};

	return page_pool_create(&params);
}

int xnet_pool_create(struct xnet *xd, struct xnet_rx_ring *ring)
{
	struct xnet_rx_pool *pool = kzalloc_obj(*pool);
	int err;

	if (!pool)
		return -ENOMEM;
	pool->pages = xnet_pool_make(xd, ring);
	if (IS_ERR(pool->pages)) {
		err = PTR_ERR(pool->pages);
		goto err_free;
	}
	err = xdp_rxq_info_reg(&pool->rxq, xd->dev, 0, xd->napi.napi_id);
	if (err)
		goto err_destroy_pool;
	err = xdp_rxq_info_reg_mem_model(&pool->rxq, MEM_TYPE_PAGE_POOL, pool->pages);
	if (err)
		goto err_unreg;
	ring->pool = pool;
	return 0;

err_unreg:
	xdp_rxq_info_unreg(&pool->rxq);
err_destroy_pool:
	page_pool_destroy(pool->pages);
err_free:
	kfree(pool);
	return err;
}

/* The ring's pages go, too. Those that others still have keep the pool alive. */
void xnet_pool_destroy(struct xnet_rx_ring *ring)
{
	struct xnet_rx_pool *pool = ring->pool;
	u32 i;

	for (i = 0; i < ring->size && ring->buf[i].page; i++) {
		page_pool_put_full_page(pool->pages, ring->buf[i].page, false);
		ring->buf[i].page = NULL;
	}
	xdp_rxq_info_unreg(&pool->rxq);
	page_pool_destroy(pool->pages);
	kfree(pool);
	ring->pool = NULL;
}

/*
 * Without memory for another, the page that there is stays. Nobody waits for memory, not even when
 * the ring is made: a pool that has mapped a page and has no memory to remember that would wait for
 * it with bottom halves off.
 */
int xnet_pool_fill(struct xnet_rx_ring *ring, struct xnet_rx_buf *buf)
{
	struct page *page = page_pool_dev_alloc_pages(ring->pool->pages);

	if (!page)
		return -ENOMEM;
	*buf = (struct xnet_rx_buf){
		.page = page, .dma = page_pool_get_dma_addr(page), .offset = XNET_XDP_HEADROOM,
	};
	return 0;
}
