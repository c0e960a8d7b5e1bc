// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sending. One doorbell serves a batch of frames, and right after it the sent ones are reclaimed:
 * the emulated device sends them all before the doorbell write returns, so that it never has to
 * interrupt. Only when frames are left, as on the chip, is the interrupt for them turned on.
 */
#include <linux/bitfield.h>
#include <linux/dma-mapping.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>

#include "xnet.h"

bool xnet_tx_pending(const struct xnet_tx *tx)
{
	return READ_ONCE(tx->want_irq) &&
	       !(le32_to_cpu(READ_ONCE(tx->desc[xnet_tx_index(READ_ONCE(tx->tail))].opts1)) &
		 XNET_DESC_OWN);
}

/*
 * Whether a frame was sent; if not, why is counted. With LGSEN the status bits are the MSS's, so
 * nothing can be learned of those frames.
 */
static bool xnet_tx_was_sent(struct xnet_tx_stats *stats, u32 opts1, bool emulated)
{
	if (opts1 & XNET_TX_LGSEN)
		return true;

	/* The emulated device has none, and leaves what asked for a checksum in their place. */
	if (!emulated)
		u64_stats_add(&stats->collisions, FIELD_GET(XNET_TX_CC, opts1));
	if (!(opts1 & (XNET_TX_TES | XNET_TX_UNF)))
		return true;
	u64_stats_inc(&stats->errors);
	if (opts1 & XNET_TX_UNF)
		u64_stats_inc(&stats->fifo_errors);
	if (opts1 & XNET_TX_OWC)
		u64_stats_inc(&stats->window_errors);
	if (opts1 & XNET_TX_LNKF)
		u64_stats_inc(&stats->carrier_errors);
	if (opts1 & XNET_TX_EXC)
		u64_stats_inc(&stats->aborted_errors);
	return false;
}

/*
 * A frame of XDP. Its page can be given back only with interrupts on, so that netpoll, which may be
 * the one who sends, leaves it to the poll.
 */
static bool xnet_tx_reclaim_xdp(struct xnet *xd, u32 index, u32 opts1)
{
	struct xnet_tx_slot *slot = &xd->tx.slot[index];
	struct xnet_tx_stats *stats = &xd->tx.stats;

	if (irqs_disabled())
		return false;
	xnet_tx_unmap(xd, slot);
	if (xnet_tx_was_sent(stats, opts1, xd->emulated)) {
		u64_stats_inc(&stats->packets);
		u64_stats_add(&stats->bytes, slot->bytes);
	}
	xdp_return_frame(xd->tx.xdpf[index]);
	slot->xdp = false;
	return true;
}

/* The lock of the queue is held. */
void xnet_tx_reclaim(struct xnet *xd, struct netdev_queue *txq, int budget)
{
	struct xnet_tx *tx = &xd->tx;
	u32 tail = tx->tail, frames = 0, wire_frames = 0, bytes = 0, wire_bytes = 0;

	u64_stats_update_begin(&tx->stats.syncp);
	for (; tail != tx->head; tail++) {
		struct xnet_tx_slot *slot = &tx->slot[xnet_tx_index(tail)];
		u32 opts1 = le32_to_cpu(READ_ONCE(tx->desc[xnet_tx_index(tail)].opts1));

		if (opts1 & XNET_DESC_OWN)
			break;
		dma_rmb(); /* OWN before what the device has done with the buffer */
		if (unlikely(slot->xdp)) {
			if (!xnet_tx_reclaim_xdp(xd, xnet_tx_index(tail), opts1))
				break;
			continue;
		}
		xnet_tx_unmap(xd, slot);
		if (!slot->skb)
			continue;

		if (xnet_tx_was_sent(&tx->stats, opts1, xd->emulated)) {
			wire_frames += slot->segs;
			wire_bytes += slot->bytes;
		}
		frames++;
		bytes += slot->skb->len;
		napi_consume_skb(slot->skb, budget);
		slot->skb = NULL;
	}
	u64_stats_add(&tx->stats.packets, wire_frames);
	u64_stats_add(&tx->stats.bytes, wire_bytes);
	u64_stats_update_end(&tx->stats.syncp);

	WRITE_ONCE(tx->tail, tail);
	/* A chip that is still at work also sends frames that it was not told of yet. */
	if ((s32)(tail - tx->kicked) >= 0)
		WRITE_ONCE(tx->want_irq, false);
	if (frames)
		netdev_tx_completed_queue(txq, frames, bytes);
}

bool xnet_tx_has_room(const struct xnet_tx *tx)
{
	return xnet_tx_free(tx->head, tx->tail) >= XNET_TX_STOP;
}

/*
 * Reclaim from the poll, which netconsole can call while this CPU sends: then xnet_start_xmit()
 * does it. Returns whether the interrupts for sent frames may be acknowledged.
 */
bool xnet_tx_poll(struct xnet *xd, int budget)
{
	struct netdev_queue *txq = netdev_get_tx_queue(xd->dev, 0);

	if (!READ_ONCE(xd->tx.want_irq))
		return true;
	if (!__netif_tx_trylock(txq))
		return false;
	xnet_tx_reclaim(xd, txq, budget);
	if (netif_tx_queue_stopped(txq) && xnet_tx_has_room(&xd->tx))
		netif_tx_wake_queue(txq);
	__netif_tx_unlock(txq);
	return true;
}

/* An skb on its way into the ring: one frame, or a burst and the segment after it. */
struct xnet_tx_build {
	struct sk_buff *skb;
	struct xnet_tx_flags flags; /* of the frame that is being described */
	u32 pos; /* of the next descriptor */
	u32 left; /* bytes of this frame that are not described yet */
	u32 tail; /* payload of the segment after it, or 0 */
	bool first; /* the next descriptor begins a frame */
	__le32 held_back; /* opts1 of the skb's first descriptor, before which none is looked at */
};

/* The flags are in each descriptor: the chip reads the first one's, the emulated one the last's. */
static void xnet_tx_put(struct xnet *xd, struct xnet_tx_build *b, dma_addr_t dma, u32 len)
{
	u32 index = xnet_tx_index(b->pos);
	struct xnet_desc *desc = &xd->tx.desc[index];
	bool last = len == b->left;
	__le32 opts1 = cpu_to_le32(xnet_tx_opts1(index, len, b->flags.opts1, b->first, last));

	desc->addr = cpu_to_le64(dma);
	desc->opts2 = cpu_to_le32(b->flags.opts2);
	if (b->pos == xd->tx.head)
		b->held_back = opts1;
	else
		desc->opts1 = opts1;
	b->left -= len;
	b->first = last;
	b->pos++;
}

static void xnet_tx_put_header(struct xnet *xd, struct xnet_tx_build *b, u32 offset, u32 len)
{
	u32 header_len = skb_tcp_all_headers(b->skb);
	u32 index = xnet_tx_index(b->pos);

	xnet_tso_header(xd->tx.header[index] + NET_IP_ALIGN, b->skb, offset, len);
	xd->tx.slot[index].mapped = 0;
	b->left = header_len + len;
	xnet_tx_put(xd, b, xd->tx.header_dma + index * XNET_TX_HEADER + NET_IP_ALIGN, header_len);
}

/* What is mapped at once may belong to both frames: then the later slot unmaps it. */
static void xnet_tx_put_mapped(struct xnet *xd, struct xnet_tx_build *b, dma_addr_t dma, u32 mapped)
{
	u32 done, len;

	for (done = 0; done < mapped; done += len) {
		struct xnet_tx_slot *slot;

		if (!b->left) {
			b->flags.opts1 = xnet_tso_flags(1, 0);
			xnet_tx_put_header(xd, b, b->skb->len - skb_tcp_all_headers(b->skb) -
					   b->tail, b->tail);
		}
		len = min(mapped - done, b->left);
		slot = &xd->tx.slot[xnet_tx_index(b->pos)];
		slot->dma = dma;
		slot->mapped = done + len < mapped ? 0 : mapped;
		xnet_tx_put(xd, b, dma + done, len);
	}
}

/* As dma_map_single(), which would look every time whether an skb's own memory is vmalloc()'s. */
static int xnet_tx_map_linear(struct xnet *xd, struct xnet_tx_build *b, u32 from)
{
	const void *data = b->skb->data + from;
	u32 len = skb_headlen(b->skb) - from;
	dma_addr_t dma;

	if (!len)
		return 0;
	dma = dma_map_page(&xd->pdev->dev, virt_to_page(data), offset_in_page(data), len,
			   DMA_TO_DEVICE);
	if (dma_mapping_error(&xd->pdev->dev, dma))
		return -ENOMEM;
	xnet_tx_put_mapped(xd, b, dma, len);
	return 0;
}

static int xnet_tx_map_frag(struct xnet *xd, struct xnet_tx_build *b, const skb_frag_t *frag)
{
	u32 len = skb_frag_size(frag);
	dma_addr_t dma = skb_frag_dma_map(&xd->pdev->dev, frag, 0, len, DMA_TO_DEVICE);

	if (dma_mapping_error(&xd->pdev->dev, dma))
		return -ENOMEM;
	xnet_tx_put_mapped(xd, b, dma, len);
	return 0;
}

/*
 * The device takes FIN and PSH off all of a burst, and the stack sets PSH on every one. So the last
 * segment is made a frame of its own, which costs a header each for it and the burst, and a
 * descriptor more where the payload is divided. Returns the bytes of the skb that were described.
 */
static u32 xnet_tx_begin_tso(struct xnet *xd, struct xnet_tx_build *b)
{
	u32 mss = skb_shinfo(b->skb)->gso_size;
	u32 payload = b->skb->len - skb_tcp_all_headers(b->skb);
	u32 segs = DIV_ROUND_UP(payload, mss);

	if (segs < 2 || !(tcp_hdr(b->skb)->fin || tcp_hdr(b->skb)->psh))
		return 0;
	b->tail = payload - (segs - 1) * mss;
	b->flags.opts1 = xnet_tso_flags(segs - 1, mss);
	xnet_tx_put_header(xd, b, 0, payload - b->tail);
	return skb_tcp_all_headers(b->skb);
}

/* Nothing of it was the device's yet. */
static void xnet_tx_undo(struct xnet *xd, u32 pos)
{
	while (pos-- != xd->tx.head) {
		xnet_tx_unmap(xd, &xd->tx.slot[xnet_tx_index(pos)]);
		xd->tx.desc[xnet_tx_index(pos)].opts1 = 0;
	}
}

/* The first descriptor becomes the device's last, so that it never sees half a frame. */
static void xnet_tx_commit(struct xnet *xd, const struct xnet_tx_build *b)
{
	struct xnet_tx *tx = &xd->tx;
	struct xnet_tx_slot *slot = &tx->slot[xnet_tx_index(b->pos - 1)];
	struct sk_buff *skb = b->skb;

	slot->skb = skb;
	slot->segs = skb_is_gso(skb) ? skb_shinfo(skb)->gso_segs : 1;
	slot->bytes = skb->len + (slot->segs - 1) *
		      (skb_is_gso(skb) ? skb_tcp_all_headers(skb) : 0);

	dma_wmb(); /* the other descriptors, and the rest of this, before OWN */
	WRITE_ONCE(tx->desc[xnet_tx_index(tx->head)].opts1, b->held_back);
	tx->head = b->pos;
}

static int xnet_tx_queue_skb(struct xnet *xd, struct sk_buff *skb,
			     const struct xnet_tx_flags *flags)
{
	struct xnet_tx_build b = {
		.skb = skb,
		.flags = *flags,
		.pos = xd->tx.head,
		.left = skb->len,
		.first = true,
	};
	u32 from = skb_is_gso(skb) ? xnet_tx_begin_tso(xd, &b) : 0;
	int err = xnet_tx_map_linear(xd, &b, from);
	int i;

	for (i = 0; !err && i < skb_shinfo(skb)->nr_frags; i++)
		err = xnet_tx_map_frag(xd, &b, &skb_shinfo(skb)->frags[i]);
	if (err)
		xnet_tx_undo(xd, b.pos);
	else
		xnet_tx_commit(xd, &b);
	return err;
}

/*
 * Whether sent skbs may go to what NAPI has in stock on this CPU, from where received frames take
 * theirs. The stack sends with bottom halves off, but netconsole in any context.
 */
static bool xnet_tx_is_bh(void)
{
	return in_softirq() && !in_hardirq() && !irqs_disabled();
}

/*
 * Tell the device of all that is queued, and take back what it sends at once. Only if that leaves
 * no room is the queue stopped: others who find it so, such as a qdisc while pktgen or netpoll
 * sends past it, leave their frames where they are until it is woken, which the poll does.
 */
void xnet_tx_kick(struct xnet *xd, struct netdev_queue *txq)
{
	struct xnet_tx *tx = &xd->tx;
	bool bh = xnet_tx_is_bh();

	if (tx->kicked == tx->head)
		return;
	tx->kicked = tx->head;
	xnet_w8(xd, XNET_TPPOLL, XNET_TPPOLL_NPQ); /* orders the descriptors before itself */
	xnet_tx_reclaim(xd, txq, bh);
	if (tx->tail != tx->kicked) {
		/* The poll may have acknowledged what is sent from here on: look once more. */
		xnet_irq_want_tx(xd);
		xnet_tx_reclaim(xd, txq, bh);
	}
	if (!xnet_tx_has_room(tx))
		netif_tx_stop_queue(txq);

	u64_stats_update_begin(&tx->stats.syncp);
	u64_stats_inc(&tx->stats.doorbells);
	if (tx->tail != tx->kicked)
		u64_stats_inc(&tx->stats.deferred);
	u64_stats_update_end(&tx->stats.syncp);
}

static void xnet_tx_drop(struct xnet *xd, struct sk_buff *skb, u64_stats_t *reason)
{
	u64_stats_update_begin(&xd->tx.stats.syncp);
	u64_stats_inc(&xd->tx.stats.dropped);
	if (reason)
		u64_stats_inc(reason);
	u64_stats_update_end(&xd->tx.stats.syncp);
	dev_kfree_skb_any(skb);
}

netdev_tx_t xnet_start_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct netdev_queue *txq = netdev_get_tx_queue(dev, 0);
	struct xnet *xd = netdev_priv(dev);
	struct xnet_tx *tx = &xd->tx;
	struct xnet_tx_flags flags;
	unsigned int len = skb->len;

	if (WARN_ON_ONCE(!xnet_tx_has_room(tx))) {
		netif_tx_stop_queue(txq);
		return NETDEV_TX_BUSY;
	}

	if (!xnet_tx_get_flags(skb, &flags) && skb_checksum_help(skb)) {
		xnet_tx_drop(xd, skb, NULL);
		goto kick;
	}
	if (xnet_tx_queue_skb(xd, skb, &flags)) {
		xnet_tx_drop(xd, skb, &tx->stats.map_failed);
		goto kick;
	}

	if (skb_is_gso(skb)) {
		u64_stats_update_begin(&tx->stats.syncp);
		u64_stats_inc(&tx->stats.tso);
		u64_stats_update_end(&tx->stats.syncp);
	}
	skb_tx_timestamp(skb);
	/* A full ring is sent before the rest of its batch. */
	if (__netdev_tx_sent_queue(txq, len, netdev_xmit_more() && xnet_tx_has_room(tx)))
		xnet_tx_kick(xd, txq);
	return NETDEV_TX_OK;

kick:
	/* Others of the batch may be waiting for the doorbell that this one was to ring. */
	if (!netdev_xmit_more())
		xnet_tx_kick(xd, txq);
	return NETDEV_TX_OK;
}

void xnet_tx_timeout(struct net_device *dev, unsigned int txqueue)
{
	struct xnet *xd = netdev_priv(dev);
	u16 isr = xnet_r16(xd, XNET_ISR);

	if (isr != U16_MAX) /* of a device that is gone the work tells */
		netdev_warn(dev,
			    "sending has stalled at %u of %u to %u, ISR %04x, IMR %04x; resetting\n",
			    xd->tx.tail, xd->tx.kicked, xd->tx.head, isr, READ_ONCE(xd->imr));
	xnet_schedule_reset(xd);
}
