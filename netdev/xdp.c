// SPDX-License-Identifier: GPL-2.0-only
/*
 * XDP: programs that see each frame before the stack does, and decide what becomes of it. What they
 * want sent goes into the stack's own ring, under the lock of its queue, and waits for the doorbell
 * at the end of the poll.
 */
#include <linux/bpf_trace.h>
#include <linux/dma-mapping.h>
#include <linux/etherdevice.h>
#include <linux/filter.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

#include "compat_net.h"
#include "xnet.h"

/* Room in the ring beyond what the stack counts on; the lock of the queue is held. */
static bool xnet_xdp_has_room(struct xnet_tx *tx)
{
	if (xnet_tx_has_room(tx))
		return true;
	u64_stats_update_begin(&tx->stats.syncp);
	u64_stats_inc(&tx->stats.xdp_full);
	u64_stats_update_end(&tx->stats.syncp);
	return false;
}

/* Into the ring, which has room. The doorbell is the caller's, unless the ring is full. */
static void xnet_xdp_queue(struct xnet *xd, struct netdev_queue *txq, struct xdp_frame *xdpf,
			   dma_addr_t dma, u32 mapped)
{
	struct xnet_tx *tx = &xd->tx;
	u32 index = xnet_tx_index(tx->head);
	struct xnet_desc *desc = &tx->desc[index];

	tx->xdpf[index] = xdpf;
	tx->slot[index] = (struct xnet_tx_slot){
		.xdp = true, .dma = dma, .mapped = mapped, .bytes = xdpf->len,
	};
	desc->addr = cpu_to_le64(dma);
	desc->opts2 = 0;
	dma_wmb(); /* the frame and the rest of the descriptor before OWN */
	WRITE_ONCE(desc->opts1, cpu_to_le32(xnet_tx_opts1(index, xdpf->len, 0, true, true)));
	tx->head++;
	txq_trans_cond_update(txq);
	if (!xnet_tx_has_room(tx))
		xnet_tx_kick(xd, txq);

	u64_stats_update_begin(&tx->stats.syncp);
	u64_stats_inc(&tx->stats.xdp);
	u64_stats_update_end(&tx->stats.syncp);
}

/* From a page of the ring, which is mapped already. */
static bool xnet_xdp_send(struct xnet *xd, struct xdp_buff *xdp, dma_addr_t dma)
{
	struct netdev_queue *txq = netdev_get_tx_queue(xd->dev, 0);
	struct xdp_frame *xdpf = xdp_convert_buff_to_frame(xdp);
	bool room;

	if (unlikely(!xdpf))
		return false;
	dma_sync_single_for_device(&xd->pdev->dev, dma, xdpf->len, DMA_BIDIRECTIONAL);
	__netif_tx_lock(txq, smp_processor_id());
	room = xnet_xdp_has_room(&xd->tx);
	if (room)
		xnet_xdp_queue(xd, txq, xdpf, dma, 0);
	__netif_tx_unlock(txq);
	return room;
}

static bool xnet_xdp_pass(struct xnet *xd, struct xdp_buff *xdp, u32 opts2)
{
	u32 meta = xdp->data - xdp->data_meta;
	struct sk_buff *skb = napi_build_skb(xdp->data_hard_start, PAGE_SIZE);

	if (unlikely(!skb))
		return false;
	skb_reserve(skb, xdp->data - xdp->data_hard_start);
	__skb_put(skb, xdp->data_end - xdp->data);
	if (meta)
		skb_metadata_set(skb, meta);
	skb_mark_for_recycle(skb);
	/* The device's checksum is that of the frame as it came: the stack looks itself. */
	xnet_rx_put_tag(skb, opts2);
	skb->protocol = eth_type_trans(skb, xd->dev);
	napi_gro_receive(&xd->napi, skb);
	return true;
}

/* Whether the frame goes on, and so leaves its page. */
static bool xnet_xdp_goes_on(struct xnet *xd, struct bpf_prog *prog, u32 verdict)
{
	struct xnet_xdp_sum *sum = &xd->rx.ring.pool->sum;

	switch (verdict) {
	case XDP_PASS:
	case XDP_TX:
	case XDP_REDIRECT:
		return true;
	case XDP_DROP:
		sum->drop++;
		return false;
	default:
		bpf_warn_invalid_xdp_action(xd->dev, prog, verdict);
		fallthrough;
	case XDP_ABORTED:
		trace_xdp_exception(xd->dev, prog, verdict);
		sum->errors++;
		return false;
	}
}

/* What cannot go where it was meant to gives its page back to the pool. */
static void xnet_xdp_go_on(struct xnet *xd, struct xdp_buff *xdp, struct bpf_prog *prog,
			   u32 verdict, dma_addr_t dma, u32 opts2)
{
	struct xnet_xdp_sum *sum = &xd->rx.ring.pool->sum;
	u32 *count, *failed = &sum->errors;
	bool done;

	switch (verdict) {
	case XDP_TX:
		count = &sum->tx;
		done = xnet_xdp_send(xd, xdp, dma);
		break;
	case XDP_REDIRECT:
		count = &sum->redirect;
		done = !xdp_do_redirect(xd->dev, xdp, prog);
		break;
	default:
		count = &sum->pass;
		failed = &sum->no_memory;
		done = xnet_xdp_pass(xd, xdp, opts2);
	}
	if (likely(done)) {
		*count += !!prog;
		return;
	}
	(*failed)++;
	if (verdict != XDP_PASS)
		trace_xdp_exception(xd->dev, prog, verdict);
	xdp_return_buff(xdp);
}

/* What the device wrote and what the program may have added is the device's again. */
static void xnet_xdp_keep(struct xnet *xd, dma_addr_t dma, const struct xdp_buff *xdp, u32 len)
{
	const void *frame = xdp->data_hard_start + XNET_XDP_HEADROOM;
	u32 used = clamp_t(long, xdp->data_end - frame, len, xd->rx.ring.buf_len);

	dma_sync_single_for_device(&xd->pdev->dev, dma, used, DMA_BIDIRECTIONAL);
}

/* What goes on needs another page in its place; what does not leaves its own there. */
void xnet_xdp_receive(struct xnet *xd, u32 index, u32 opts1, u32 opts2)
{
	u32 len = FIELD_GET(XNET_RX_FRAMELEN, opts1) - ETH_FCS_LEN;
	struct bpf_prog *prog = READ_ONCE(xd->xdp_prog);
	struct xnet_rx_ring *ring = &xd->rx.ring;
	struct xnet_rx_buf *buf = &ring->buf[index];
	struct xnet_xdp_sum *sum = &ring->pool->sum;
	dma_addr_t dma = buf->dma + buf->offset;
	u32 verdict = XDP_PASS;
	struct xdp_buff xdp;
	bool goes_on;

	sum->packets++;
	sum->bytes += len;
	sum->multicast += !!(opts1 & XNET_RX_MAR);
	dma_sync_single_for_cpu(&xd->pdev->dev, dma, len, DMA_BIDIRECTIONAL);
	xdp_init_buff(&xdp, PAGE_SIZE, &ring->pool->rxq);
	xdp_prepare_buff(&xdp, page_address(buf->page), buf->offset, len, true);
	if (prog)
		verdict = bpf_prog_run_xdp(prog, &xdp);

	goes_on = xnet_xdp_goes_on(xd, prog, verdict);
	if (goes_on && unlikely(xnet_pool_fill(ring, buf))) {
		sum->no_memory++;
		goes_on = false;
	}
	if (!goes_on)
		xnet_xdp_keep(xd, dma, &xdp, len);
	xnet_rx_give(ring, index);
	if (!goes_on)
		return;
	dma += xdp.data - xdp.data_hard_start - XNET_XDP_HEADROOM;
	xnet_xdp_go_on(xd, &xdp, prog, verdict, dma, opts2);
}

static void xnet_xdp_add_stats(struct xnet_rx_stats *stats, const struct xnet_xdp_sum *sum)
{
	u64_stats_update_begin(&stats->syncp);
	u64_stats_add(&stats->packets, sum->packets);
	u64_stats_add(&stats->bytes, sum->bytes);
	u64_stats_add(&stats->multicast, sum->multicast);
	u64_stats_add(&stats->no_memory, sum->no_memory);
	u64_stats_add(&stats->xdp_pass, sum->pass);
	u64_stats_add(&stats->xdp_drop, sum->drop);
	u64_stats_add(&stats->xdp_tx, sum->tx);
	u64_stats_add(&stats->xdp_redirect, sum->redirect);
	u64_stats_add(&stats->xdp_errors, sum->errors);
	u64_stats_update_end(&stats->syncp);
}

/* The end of a poll: one doorbell, and one flush, for all of its frames. */
void xnet_xdp_flush(struct xnet *xd)
{
	struct netdev_queue *txq = netdev_get_tx_queue(xd->dev, 0);
	struct xnet_xdp_sum *sum = &xd->rx.ring.pool->sum;

	if (!sum->packets)
		return;
	if (sum->redirect)
		xdp_do_flush();
	if (sum->tx) {
		__netif_tx_lock(txq, smp_processor_id());
		xnet_tx_kick(xd, txq);
		__netif_tx_unlock(txq);
	}
	xnet_xdp_add_stats(&xd->rx.stats, sum);
	*sum = (struct xnet_xdp_sum){};
}

/* A frame of somebody else, from memory of theirs. */
static bool xnet_xdp_take(struct xnet *xd, struct netdev_queue *txq, struct xdp_frame *xdpf)
{
	struct device *dev = &xd->pdev->dev;
	dma_addr_t dma;

	if (xdp_frame_has_frags(xdpf) || !xnet_xdp_has_room(&xd->tx))
		return false;
	dma = dma_map_page(dev, virt_to_page(xdpf->data), offset_in_page(xdpf->data), xdpf->len,
			   DMA_TO_DEVICE);
	if (dma_mapping_error(dev, dma)) {
		u64_stats_update_begin(&xd->tx.stats.syncp);
		u64_stats_inc(&xd->tx.stats.map_failed);
		u64_stats_update_end(&xd->tx.stats.syncp);
		return false;
	}
	xnet_xdp_queue(xd, txq, xdpf, dma, xdpf->len);
	return true;
}

/*
 * Frames that were redirected here. Those not sent stay the caller's. Under the lock of the queue,
 * which xnet_down() waits for, xd->up tells that the rings are in use.
 */
int xnet_xdp_xmit(struct net_device *dev, int n, struct xdp_frame **frames, u32 flags)
{
	struct netdev_queue *txq = netdev_get_tx_queue(dev, 0);
	struct xnet *xd = netdev_priv(dev);
	int sent = 0;

	if (flags & ~XDP_XMIT_FLAGS_MASK)
		return -EINVAL;

	__netif_tx_lock(txq, smp_processor_id());
	if (!READ_ONCE(xd->up) || !netif_carrier_ok(dev)) {
		__netif_tx_unlock(txq);
		return -ENETDOWN;
	}
	while (sent < n && xnet_xdp_take(xd, txq, frames[sent]))
		sent++;
	if (flags & XDP_XMIT_FLUSH)
		xnet_tx_kick(xd, txq);
	__netif_tx_unlock(txq);
	return sent;
}

/*
 * Another ring, if the one that there is has the wrong kind of buffers. A device that is detached,
 * as in sleep, keeps it for now.
 */
static int xnet_xdp_set_pool(struct xnet *xd, bool pool)
{
	xd->rx_pool = pool;
	netdev_update_features(xd->dev);
	return netif_device_present(xd->dev) ? xnet_resize_rx(xd, xd->rx_size, xd->dev->mtu) : 0;
}

static int xnet_xdp_prepare(struct xnet *xd, struct netlink_ext_ack *extack)
{
	int err;

	if (xd->dev->mtu > XNET_XDP_MAX_MTU) {
		NL_SET_ERR_MSG(extack, "the MTU is too large for XDP; it can be at most "
			       __stringify(XNET_XDP_MAX_MTU));
		return -EINVAL;
	}
	if (!netif_device_present(xd->dev)) {
		NL_SET_ERR_MSG(extack, "the device is gone or asleep");
		return -ENODEV;
	}
	err = xnet_xdp_set_pool(xd, true);
	if (err) {
		NL_SET_ERR_MSG(extack, "no memory for another ring, or the device did not start");
		xnet_xdp_set_pool(xd, false);
	}
	return err;
}

/* The ring has pages before a program sees it, and for as long as one may. */
static int xnet_xdp_attach(struct xnet *xd, struct bpf_prog *prog, struct netlink_ext_ack *extack)
{
	struct bpf_prog *old = xd->xdp_prog;
	int err;

	ASSERT_RTNL();
	if (prog && !old) {
		err = xnet_xdp_prepare(xd, extack);
		if (err)
			return err;
	}
	WRITE_ONCE(xd->xdp_prog, prog);
	if (old)
		bpf_prog_put(old); /* who runs it is waited for */
	/* If there is no memory for another ring, pages do, too. */
	if (old && !prog)
		xnet_xdp_set_pool(xd, false);
	return 0;
}

int xnet_bpf(struct net_device *dev, struct netdev_bpf *bpf)
{
	switch (bpf->command) {
	case XDP_SETUP_PROG:
		return xnet_xdp_attach(netdev_priv(dev), bpf->prog, bpf->extack);
	default:
		return -EINVAL;
	}
}
