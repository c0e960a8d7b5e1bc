// SPDX-License-Identifier: GPL-2.0-only
/* Receiving. What there is to do is read from ring memory, never from the device. */
#include <linux/bitfield.h>
#include <linux/dma-mapping.h>
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/page_ref.h>
#include <linux/skbuff.h>

#include "xnet.h"

/*
 * The time between two writes of the emulated device, with much room for its thread to be slow. A
 * poll waits no longer for all its frames, or a sender of tags that look unwritten could stop it.
 */
#define XNET_RX_OPTS2_SPINS 10000

/* The summary does not say of each chip that the frame's rest was lost. */
#define XNET_RX_ERRORS		(XNET_RX_RES | XNET_RX_RWT)

/* Counted on the stack during a poll, and added to the statistics once. */
struct xnet_rx_sum {
	u32 packets;
	u32 bytes;
	u32 multicast;
	u32 copied;
	u32 pages;
	u32 no_memory;
	u32 spins; /* left for opts2 */
};

static u32 xnet_rx_opts1_at(const struct xnet_rx *rx)
{
	u32 next = READ_ONCE(rx->next); /* the handler asks while a poll is at work */

	return le32_to_cpu(READ_ONCE(rx->ring.desc[next & (rx->ring.size - 1)].opts1));
}

bool xnet_rx_pending(const struct xnet_rx *rx)
{
	return !(xnet_rx_opts1_at(rx) & XNET_DESC_OWN);
}

static u32 xnet_rx_opts2(const struct xnet_rx_ring *ring, const struct xnet_desc *desc,
			 struct xnet_rx_sum *sum)
{
	u32 opts2 = le32_to_cpu(READ_ONCE(desc->opts2));

	if (!ring->blank)
		return opts2;
	for (; opts2 == XNET_RX_UNWRITTEN && sum->spins; sum->spins--) {
		cpu_relax();
		opts2 = le32_to_cpu(READ_ONCE(desc->opts2));
	}
	return opts2;
}

/* A frame that is damaged, or in more than one buffer, which none is that the MTU allows. */
static void xnet_rx_count_error(struct xnet_rx_stats *stats, u32 opts1)
{
	u64_stats_update_begin(&stats->syncp);
	if ((opts1 & (XNET_DESC_FS | XNET_DESC_LS)) != (XNET_DESC_FS | XNET_DESC_LS)) {
		u64_stats_inc(&stats->fragmented);
		/* One for the frame, not one for each of its buffers. */
		if (opts1 & XNET_DESC_FS) {
			u64_stats_inc(&stats->errors);
			u64_stats_inc(&stats->length_errors);
		}
	} else {
		u64_stats_inc(&stats->errors);
		if (opts1 & XNET_RX_CRC)
			u64_stats_inc(&stats->crc_errors);
		if (opts1 & XNET_RX_FAE)
			u64_stats_inc(&stats->frame_errors);
		if (opts1 & XNET_RX_RWT)
			u64_stats_inc(&stats->fifo_errors);
		if (!(opts1 & XNET_RX_ERRORS) || opts1 & (XNET_RX_RUNT | XNET_RX_LONG))
			u64_stats_inc(&stats->length_errors);
	}
	u64_stats_update_end(&stats->syncp);
}

static bool xnet_rx_is_good(u32 opts1, u32 buf_len)
{
	u32 len = FIELD_GET(XNET_RX_FRAMELEN, opts1);

	return (opts1 & (XNET_DESC_FS | XNET_DESC_LS | XNET_RX_ERRORS)) ==
		       (XNET_DESC_FS | XNET_DESC_LS) &&
	       len >= ETH_HLEN + ETH_FCS_LEN && len <= buf_len;
}

/* The emulated device checks no checksum and says "not IP" of every frame. */
static bool xnet_rx_csum_ok(u32 opts1)
{
	switch (FIELD_GET(XNET_RX_PID, opts1)) {
	case XNET_RX_PID_TCP:
		return !(opts1 & (XNET_RX_IPF | XNET_RX_TCPF));
	case XNET_RX_PID_UDP:
		return !(opts1 & (XNET_RX_IPF | XNET_RX_UDPF));
	default:
		return false;
	}
}

/* Whether the device can have the other half of the page: the stack has none of it. */
static bool xnet_rx_can_flip(const struct xnet_rx_buf *buf)
{
	return page_ref_count(buf->page) == buf->refs && dev_page_is_reusable(buf->page);
}

/* An skb whose memory is that half of the page that the frame is in. */
static struct sk_buff *xnet_rx_build(const struct xnet_rx_ring *ring, struct xnet_rx_buf *buf,
				     u32 len)
{
	struct sk_buff *skb = napi_build_skb(xnet_page_frame(buf) - ring->headroom, ring->half);

	if (!skb)
		return NULL;
	skb_reserve(skb, ring->headroom);
	__skb_put(skb, len);
	buf->refs--;
	return skb;
}

static struct sk_buff *xnet_rx_flip(const struct xnet_rx_ring *ring, struct xnet_rx_buf *buf,
				    u32 len)
{
	struct sk_buff *skb = xnet_rx_build(ring, buf, len);

	if (!skb)
		return NULL;
	if (unlikely(buf->refs == 1)) {
		page_ref_add(buf->page, XNET_PAGE_REFS - 1);
		buf->refs = XNET_PAGE_REFS;
	}
	buf->offset ^= ring->half;
	return skb;
}

static struct sk_buff *xnet_rx_copy(struct xnet *xd, const struct xnet_rx_buf *buf, u32 len)
{
	struct sk_buff *skb = napi_alloc_skb(&xd->napi, len);

	if (skb)
		skb_put_data(skb, xnet_page_frame(buf), len);
	return skb;
}

/* Take the frame's page out of the ring, if there is another one to put in its place. */
static struct sk_buff *xnet_rx_replace(struct xnet *xd, struct xnet_rx_buf *buf, u32 len)
{
	const struct xnet_rx_ring *ring = &xd->rx.ring;
	struct xnet_rx_buf new;
	struct sk_buff *skb;

	if (xnet_page_alloc(xd, ring, &new, GFP_ATOMIC))
		return NULL;
	skb = xnet_rx_build(ring, buf, len);
	if (!skb) {
		xnet_page_free(xd, ring, &new);
		return NULL;
	}
	xnet_page_free(xd, ring, buf);
	*buf = new;
	return skb;
}

/* What is short is copied only where that spares a page. */
static struct sk_buff *xnet_rx_get_skb(struct xnet *xd, struct xnet_rx_buf *buf, u32 len,
				       struct xnet_rx_sum *sum)
{
	const struct xnet_rx_ring *ring = &xd->rx.ring;
	struct device *dev = &xd->pdev->dev;
	struct sk_buff *skb;

	dma_sync_single_range_for_cpu(dev, buf->dma, buf->offset, len, DMA_FROM_DEVICE);
	if (likely(xnet_rx_can_flip(buf))) {
		skb = xnet_rx_flip(ring, buf, len);
	} else if (len <= READ_ONCE(xd->copybreak)) {
		skb = xnet_rx_copy(xd, buf, len);
		sum->copied += !!skb;
	} else {
		skb = xnet_rx_replace(xd, buf, len);
		sum->pages += !!skb;
	}
	sum->no_memory += !skb;
	dma_sync_single_range_for_device(dev, buf->dma, buf->offset, ring->buf_len,
					 DMA_FROM_DEVICE);
	return skb;
}

static void xnet_rx_one(struct xnet *xd, u32 index, u32 opts1, struct xnet_rx_sum *sum)
{
	struct xnet_rx_ring *ring = &xd->rx.ring;
	u32 opts2 = xnet_rx_opts2(ring, &ring->desc[index], sum);
	u32 len = FIELD_GET(XNET_RX_FRAMELEN, opts1) - ETH_FCS_LEN;
	struct sk_buff *skb;

	if (unlikely(ring->pool)) {
		xnet_xdp_receive(xd, index, opts1, opts2);
		return;
	}
	skb = xnet_rx_get_skb(xd, &ring->buf[index], len, sum);
	xnet_rx_give(ring, index);
	if (!skb)
		return;

	sum->packets++;
	sum->bytes += len;
	sum->multicast += !!(opts1 & XNET_RX_MAR);
	if (xd->dev->features & NETIF_F_RXCSUM && xnet_rx_csum_ok(opts1))
		skb->ip_summed = CHECKSUM_UNNECESSARY;
	xnet_rx_put_tag(skb, opts2);
	skb->protocol = eth_type_trans(skb, xd->dev);
	napi_gro_receive(&xd->napi, skb);
}

static void xnet_rx_add_stats(struct xnet_rx_stats *stats, const struct xnet_rx_sum *sum)
{
	u64_stats_update_begin(&stats->syncp);
	u64_stats_add(&stats->packets, sum->packets);
	u64_stats_add(&stats->bytes, sum->bytes);
	u64_stats_add(&stats->multicast, sum->multicast);
	u64_stats_add(&stats->copied, sum->copied);
	u64_stats_add(&stats->pages, sum->pages);
	u64_stats_add(&stats->no_memory, sum->no_memory);
	u64_stats_update_end(&stats->syncp);
}

/* For the self-test, with no one but it using the ring. */
bool xnet_rx_holds(struct xnet *xd, u32 index, const void *data, u32 len)
{
	enum dma_data_direction dir = xd->rx.ring.pool ? DMA_BIDIRECTIONAL : DMA_FROM_DEVICE;
	const struct xnet_rx_buf *buf = &xd->rx.ring.buf[index];
	bool same;

	dma_sync_single_range_for_cpu(&xd->pdev->dev, buf->dma, buf->offset, len, dir);
	same = !memcmp(xnet_page_frame(buf), data, len);
	dma_sync_single_range_for_device(&xd->pdev->dev, buf->dma, buf->offset, len, dir);
	return same;
}

/* Returns the number of descriptors that were dealt with. */
int xnet_rx_poll(struct xnet *xd, int budget)
{
	struct xnet_rx_sum sum = { .spins = XNET_RX_OPTS2_SPINS };
	struct xnet_rx *rx = &xd->rx;
	int done;

	for (done = 0; done < budget; done++) {
		u32 index = rx->next & (rx->ring.size - 1);
		u32 opts1 = xnet_rx_opts1_at(rx);

		if (opts1 & XNET_DESC_OWN)
			break;
		dma_rmb(); /* OWN before the rest of the descriptor and the frame */
		WRITE_ONCE(rx->next, rx->next + 1);
		if (likely(xnet_rx_is_good(opts1, rx->ring.buf_len))) {
			xnet_rx_one(xd, index, opts1, &sum);
		} else {
			xnet_rx_count_error(&rx->stats, opts1);
			xnet_rx_opts2(&rx->ring, &rx->ring.desc[index], &sum);
			xnet_rx_give(&rx->ring, index);
		}
	}
	if (done)
		xnet_rx_add_stats(&rx->stats, &sum);
	if (unlikely(rx->ring.pool))
		xnet_xdp_flush(xd);
	return done;
}
