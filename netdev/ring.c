// SPDX-License-Identifier: GPL-2.0-only
/* The descriptor rings. */
#include <linux/bitfield.h>
#include <linux/dma-mapping.h>
#include <linux/skbuff.h>
#include <linux/slab.h>

#include "xnet.h"

/* Buffers of one size serve every MTU up to 1500, so that most changes need no new ring. */
u32 xnet_rx_buf_len(unsigned int mtu)
{
	return max(ALIGN(mtu + XNET_FRAME_OVERHEAD, 8), XNET_RX_BUF_MIN);
}

u32 xnet_rx_opts1(u32 index, u32 size, u32 buf_len)
{
	return XNET_DESC_OWN | (index == size - 1 ? XNET_DESC_EOR : 0) |
	       FIELD_PREP(XNET_RX_BUFLEN, buf_len);
}

u32 xnet_tx_opts1(u32 index, u32 len, u32 flags, bool first, bool last)
{
	return XNET_DESC_OWN | (index == XNET_TX_SIZE - 1 ? XNET_DESC_EOR : 0) |
	       (first ? XNET_DESC_FS : 0) | (last ? XNET_DESC_LS : 0) | flags |
	       FIELD_PREP(XNET_TX_LEN, len);
}

/* The Tx ring and the tally block never change, so they live as long as the device is bound. */
int xnet_tx_ring_alloc(struct xnet *xd)
{
	struct device *dev = &xd->pdev->dev;

	xd->tx.desc = dmam_alloc_coherent(dev, XNET_TX_SIZE * sizeof(*xd->tx.desc), &xd->tx.dma,
					  GFP_KERNEL);
	xd->tx.header = dmam_alloc_coherent(dev, XNET_TX_SIZE * sizeof(*xd->tx.header),
					    &xd->tx.header_dma, GFP_KERNEL);
	xd->tally_block = dmam_alloc_coherent(dev, sizeof(*xd->tally_block), &xd->tally_dma,
					      GFP_KERNEL);
	return xd->tx.desc && xd->tx.header && xd->tally_block ? 0 : -ENOMEM;
}

void xnet_tx_unmap(struct xnet *xd, struct xnet_tx_slot *slot)
{
	if (slot->mapped)
		dma_unmap_page(&xd->pdev->dev, slot->dma, slot->mapped, DMA_TO_DEVICE);
}

/* Drop what was not sent. The device is stopped and the queue is disabled. */
void xnet_tx_ring_clean(struct xnet *xd)
{
	struct xnet_tx *tx = &xd->tx;
	u32 dropped = 0;

	for (; tx->tail != tx->head; tx->tail++) {
		struct xnet_tx_slot *slot = &tx->slot[xnet_tx_index(tx->tail)];

		xnet_tx_unmap(xd, slot);
		if (slot->skb || slot->xdp)
			dropped++;
		if (slot->xdp)
			xdp_return_frame(tx->xdpf[xnet_tx_index(tx->tail)]);
		dev_kfree_skb(slot->skb);
		slot->skb = NULL;
		slot->xdp = false;
	}

	local_bh_disable(); /* on 32 bits, who reads the statistics waits for who writes them */
	u64_stats_update_begin(&tx->stats.syncp);
	u64_stats_add(&tx->stats.dropped, dropped);
	u64_stats_update_end(&tx->stats.syncp);
	local_bh_enable();

	memset(tx->desc, 0, XNET_TX_SIZE * sizeof(*tx->desc));
	tx->head = 0;
	tx->tail = 0;
	tx->kicked = 0;
	tx->want_irq = false;
	netdev_reset_queue(xd->dev);
}

/* Make a descriptor the device's. */
void xnet_rx_give(struct xnet_rx_ring *ring, u32 index)
{
	struct xnet_desc *desc = &ring->desc[index];

	desc->opts2 = cpu_to_le32(ring->blank);
	desc->addr = cpu_to_le64(ring->buf[index].dma + ring->buf[index].offset);
	dma_wmb(); /* the rest of the descriptor before OWN */
	WRITE_ONCE(desc->opts1, cpu_to_le32(xnet_rx_opts1(index, ring->size, ring->buf_len)));
}

/* Without a program of XDP a buffer is one half of a page, with one a page of the pool. */
static int xnet_rx_fill(struct xnet *xd, struct xnet_rx_ring *ring, u32 index)
{
	struct xnet_rx_buf *buf = &ring->buf[index];
	int err = ring->pool ? xnet_pool_fill(ring, buf) :
			       xnet_page_alloc(xd, ring, buf, GFP_KERNEL);

	if (!err)
		xnet_rx_give(ring, index);
	return err;
}

int xnet_rx_ring_alloc(struct xnet *xd, struct xnet_rx_ring *ring, u32 size, u32 buf_len)
{
	u32 i;
	int err;

	memset(ring, 0, sizeof(*ring));
	ring->size = size;
	ring->buf_len = buf_len;
	ring->half = xnet_page_half(buf_len);
	ring->headroom = xnet_page_headroom(ring->half, buf_len);
	ring->blank = xd->emulated ? XNET_RX_UNWRITTEN : 0;
	ring->desc = dma_alloc_coherent(&xd->pdev->dev, size * sizeof(*ring->desc), &ring->dma,
					GFP_KERNEL);
	ring->buf = kvcalloc(size, sizeof(*ring->buf), GFP_KERNEL);
	if (!ring->desc || !ring->buf) {
		err = -ENOMEM;
		goto err_free;
	}
	err = xd->rx_pool ? xnet_pool_create(xd, ring) : 0;
	if (err)
		goto err_free;

	for (i = 0; i < size; i++) {
		err = xnet_rx_fill(xd, ring, i);
		if (err)
			goto err_free;
	}
	return 0;

err_free:
	xnet_rx_ring_free(xd, ring);
	return err;
}

void xnet_rx_ring_free(struct xnet *xd, struct xnet_rx_ring *ring)
{
	u32 i;

	if (ring->pool)
		xnet_pool_destroy(ring);
	for (i = 0; ring->buf && i < ring->size && ring->buf[i].page; i++)
		xnet_page_free(xd, ring, &ring->buf[i]);
	kvfree(ring->buf);
	if (ring->desc)
		dma_free_coherent(&xd->pdev->dev, ring->size * sizeof(*ring->desc), ring->desc,
				  ring->dma);
	memset(ring, 0, sizeof(*ring));
}

/* After a reset the device starts at the first descriptor again. Frames not looked at are lost. */
void xnet_rx_ring_rewind(struct xnet *xd)
{
	u32 i;

	for (i = 0; i < xd->rx.ring.size; i++)
		xnet_rx_give(&xd->rx.ring, i);
	xd->rx.next = 0;
}
