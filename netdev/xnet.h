/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of xnet share. */
#ifndef XNET_H
#define XNET_H

#include <linux/bitfield.h>
#include <linux/ethtool.h>
#include <linux/if_vlan.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/mii.h>
#include <linux/mm.h>
#include <linux/netdevice.h>
#include <linux/pci.h>
#include <linux/spinlock.h>
#include <linux/u64_stats_sync.h>
#include <linux/workqueue.h>
#include <net/xdp.h>

#include "regs.h"

/* The Tx ring wraps after 64 whether or not EOR is set. */
#define XNET_TX_SIZE		64U
/* Stop the queue unless the largest skb fits: see xnet_tx_begin_tso(). */
#define XNET_TX_STOP		(MAX_SKB_FRAGS + 4)
/* Ethernet, IPv4 and TCP with all their options, in whole cache lines. */
#define XNET_TX_HEADER		192U
/* The chip's Rx ring has 64 descriptors; the emulated one ends where EOR is. */
#define XNET_RX_SIZE_CHIP	64U
#define XNET_RX_SIZE_EMULATED	1024U
#define XNET_RX_SIZE_MIN	16U
#define XNET_RX_SIZE_MAX	1024U

/* What surrounds an MTU's worth of bytes in a received frame. */
#define XNET_FRAME_OVERHEAD	(ETH_HLEN + VLAN_HLEN + ETH_FCS_LEN)
/* The chip flags longer frames; the emulated one takes 8139cp's limit too. */
#define XNET_MAX_FRAME_CHIP	4096U
#define XNET_MAX_MTU_EMULATED	4096U
#define XNET_RX_BUF_MIN		1536U
#define XNET_COPYBREAK		256U

/* With XDP a frame shares a page with room before it and, behind it, what an skb keeps there. */
#define XNET_XDP_HEADROOM	(XDP_PACKET_HEADROOM + NET_IP_ALIGN)
#define XNET_XDP_MAX_MTU	3000

/* The device holds a whole large send in 64 KiB, and cuts what does not fit. */
#define XNET_MAX_TX_LEN		65535U

struct xnet_tx_slot {
	struct sk_buff *skb; /* in the slot of the frame's last descriptor, else NULL */
	dma_addr_t dma;
	u32 mapped; /* so many bytes; 0: it has a header, or a part of what another slot has */
	u32 bytes; /* on the wire, with skb or xdp */
	u16 segs; /* frames on the wire, with skb */
	bool xdp; /* a frame of XDP, and no skb */
};

struct xnet_tx_stats {
	u64_stats_t packets;
	u64_stats_t bytes;
	u64_stats_t dropped;
	u64_stats_t map_failed;
	u64_stats_t doorbells;
	u64_stats_t tso;
	u64_stats_t deferred; /* frames that were not sent when the doorbell write returned */
	u64_stats_t errors;
	u64_stats_t fifo_errors;
	u64_stats_t window_errors;
	u64_stats_t carrier_errors;
	u64_stats_t aborted_errors;
	u64_stats_t collisions;
	u64_stats_t xdp; /* frames that programs sent or redirected here */
	u64_stats_t xdp_full; /* those that there was no room for */
	struct u64_stats_sync syncp;
};

/* Written under the lock of the Tx queue. The three positions run freely and wrap as u32. */
struct xnet_tx {
	struct xnet_desc *desc;
	u32 head; /* next to fill */
	u32 tail; /* oldest not reclaimed */
	u32 kicked; /* head at the last doorbell */
	bool want_irq; /* frames are left that only TOK or TER will tell about */
	struct xnet_tx_stats stats;
	struct xnet_tx_slot slot[XNET_TX_SIZE];
	struct xdp_frame *xdpf[XNET_TX_SIZE]; /* where the slot says so */
	dma_addr_t dma;
	u8 (*header)[XNET_TX_HEADER]; /* one for each descriptor */
	dma_addr_t header_dma;
};

/* To a page, from the start; one goes with each half that the stack gets. */
#define XNET_PAGE_REFS U16_MAX

/* One half of a page, whose other one may be the stack's; or a page, if the ring has a pool. */
struct xnet_rx_buf {
	struct page *page;
	dma_addr_t dma; /* of the page */
	u32 offset; /* of the frame in it */
	u32 refs; /* to the page, that the ring has, if it has no pool */
};

/* Counted during a poll, and added to the statistics once. */
struct xnet_xdp_sum {
	u32 packets;
	u32 bytes;
	u32 multicast;
	u32 no_memory;
	u32 pass;
	u32 drop;
	u32 tx;
	u32 redirect;
	u32 errors;
};

/* What a ring has whose buffers are whole pages, for a program of XDP to work in. */
struct xnet_rx_pool {
	struct page_pool *pages;
	struct xdp_rxq_info rxq;
	struct xnet_xdp_sum sum;
};

/*
 * The emulated device writes opts1, and so OWN, before opts2. A tag that no frame has marks an
 * opts2 that is still to come.
 */
#define XNET_RX_UNWRITTEN	(XNET_RX_TAVA | XNET_DESC_TAG)

/* Replaced as a whole when its size or that of its buffers changes. */
struct xnet_rx_ring {
	struct xnet_desc *desc;
	struct xnet_rx_buf *buf;
	struct xnet_rx_pool *pool; /* NULL: the buffers are halves of pages */
	u32 size; /* a power of two */
	u32 buf_len;
	u32 half; /* of a page: a power of two */
	u32 headroom; /* before the frame in it */
	u32 blank; /* opts2 before the device writes it */
	dma_addr_t dma;
};

struct xnet_rx_stats {
	u64_stats_t packets;
	u64_stats_t bytes;
	u64_stats_t multicast;
	u64_stats_t copied;
	u64_stats_t pages;
	u64_stats_t no_memory;
	u64_stats_t fragmented;
	u64_stats_t errors;
	u64_stats_t crc_errors;
	u64_stats_t frame_errors;
	u64_stats_t length_errors;
	u64_stats_t fifo_errors;
	u64_stats_t xdp_pass;
	u64_stats_t xdp_drop;
	u64_stats_t xdp_tx;
	u64_stats_t xdp_redirect;
	u64_stats_t xdp_errors;
	struct u64_stats_sync syncp;
};

/* Written by the NAPI poll alone, or while that is disabled. */
struct xnet_rx {
	struct xnet_rx_ring ring;
	u32 next; /* next to look at, runs freely */
	struct xnet_rx_stats stats;
};

/* The tally counters, in the order of xnet_tally_names. */
#define XNET_TALLIES 13

struct xnet_tallies {
	u64 total[XNET_TALLIES];
	u64 last[XNET_TALLIES]; /* the device's value when total was brought up to date */
	bool stale; /* last is of before a reset */
};

struct xnet {
	/* Hardly ever written. */
	void __iomem *regs;
	struct net_device *dev;
	struct pci_dev *pdev;
	int irq;
	u32 copybreak;
	u32 msg_enable;
	bool emulated; /* QEMU's: register writes take effect before they return */
	bool dac; /* the DMA mask has 64 bits */
	u8 eeprom_addr_bits; /* 0: no EEPROM */
	struct bpf_prog *xdp_prog; /* changed under RTNL */

	struct napi_struct napi;

	struct xnet_tx tx ____cacheline_aligned_in_smp;
	struct xnet_rx rx ____cacheline_aligned_in_smp;

	/* Under irq_lock. */
	spinlock_t irq_lock ____cacheline_aligned_in_smp;
	bool irq_enabled; /* between xnet_irq_enable() and xnet_irq_disable() */
	u16 imr; /* what IMR holds: 0 while NAPI polls, unless frames come one by one */
	bool calm; /* they did at the last poll; any poll may write it */
	u16 events; /* rare causes for the poll to look into */
	u64 interrupts;

	/* Under stats_lock: what MPC counted up to its last clearing. */
	spinlock_t stats_lock;
	u64 rx_missed;

	/* Under mii_lock: the PHY's registers too. */
	spinlock_t mii_lock;
	struct mii_if_info mii;

	/* Under the device's address lock. */
	u32 rcr;
	u32 mar[2];

	/* Under RTNL: 9346CR, CONFIG and DTCCR too. */
	bool up; /* between xnet_up() and xnet_down() */
	bool gone; /* it was there no more, which has been logged */
	u32 rx_size; /* what the next Rx ring will have */
	bool rx_pool; /* and whether its buffers will be whole pages, from a pool */
	u16 advertise; /* what ANAR was set to, or 0 */
	int bmcr; /* what BMCR was set to, or -1 */
	u32 wolopts; /* what is to wake the machine, WAKE_... */
	struct xnet_tallies tallies;
	struct xnet_tally_block *tally_block;
	dma_addr_t tally_dma;

	struct work_struct reset_work;
};

static inline u8 xnet_r8(struct xnet *xd, unsigned int reg)
{
	return readb(xd->regs + reg);
}

static inline u16 xnet_r16(struct xnet *xd, unsigned int reg)
{
	return readw(xd->regs + reg);
}

static inline u32 xnet_r32(struct xnet *xd, unsigned int reg)
{
	return readl(xd->regs + reg);
}

static inline void xnet_w8(struct xnet *xd, unsigned int reg, u8 val)
{
	writeb(val, xd->regs + reg);
}

static inline void xnet_w16(struct xnet *xd, unsigned int reg, u16 val)
{
	writew(val, xd->regs + reg);
}

static inline void xnet_w32(struct xnet *xd, unsigned int reg, u32 val)
{
	writel(val, xd->regs + reg);
}

/* main.c */
int xnet_claim(struct xnet *xd);
void xnet_unclaim(struct xnet *xd);
int xnet_up(struct xnet *xd);
void xnet_down(struct xnet *xd);
int xnet_resize_rx(struct xnet *xd, u32 size, unsigned int mtu);
void xnet_schedule_reset(struct xnet *xd);
void xnet_detach(struct xnet *xd);
int xnet_attach(struct xnet *xd);

/* hw.c */
#define XNET_WAKE_ALL (WAKE_PHY | WAKE_MAGIC | WAKE_UCAST | WAKE_MCAST | WAKE_BCAST)

int xnet_hw_reset(struct xnet *xd);
bool xnet_hw_is_gone(struct xnet *xd);
void xnet_hw_start(struct xnet *xd);
void xnet_hw_stop(struct xnet *xd);
void xnet_hw_config_unlock(struct xnet *xd);
void xnet_hw_config_lock(struct xnet *xd);
void xnet_hw_set_mac(struct xnet *xd);
void xnet_hw_read_mac(struct xnet *xd, u8 *addr);
u32 xnet_hw_get_wol(struct xnet *xd);
void xnet_hw_set_wol(struct xnet *xd, u32 wolopts);

/* ring.c */
static inline u32 xnet_tx_index(u32 pos)
{
	return pos % XNET_TX_SIZE;
}

static inline u32 xnet_tx_used(u32 head, u32 tail)
{
	return head - tail;
}

static inline u32 xnet_tx_free(u32 head, u32 tail)
{
	return XNET_TX_SIZE - xnet_tx_used(head, tail);
}

u32 xnet_rx_buf_len(unsigned int mtu);
u32 xnet_rx_opts1(u32 index, u32 size, u32 buf_len);
u32 xnet_tx_opts1(u32 index, u32 len, u32 flags, bool first, bool last);
int xnet_tx_ring_alloc(struct xnet *xd);
void xnet_tx_ring_clean(struct xnet *xd);
void xnet_tx_unmap(struct xnet *xd, struct xnet_tx_slot *slot);
int xnet_rx_ring_alloc(struct xnet *xd, struct xnet_rx_ring *ring, u32 size, u32 buf_len);
void xnet_rx_ring_free(struct xnet *xd, struct xnet_rx_ring *ring);
void xnet_rx_ring_rewind(struct xnet *xd);
void xnet_rx_give(struct xnet_rx_ring *ring, u32 index);

/* pages.c */
u32 xnet_page_half(u32 buf_len);
u32 xnet_page_headroom(u32 half, u32 buf_len);
int xnet_page_alloc(struct xnet *xd, const struct xnet_rx_ring *ring, struct xnet_rx_buf *buf,
		    gfp_t gfp);
void xnet_page_free(struct xnet *xd, const struct xnet_rx_ring *ring, struct xnet_rx_buf *buf);

static inline void *xnet_page_frame(const struct xnet_rx_buf *buf)
{
	return page_address(buf->page) + buf->offset;
}

/* tx.c */
netdev_tx_t xnet_start_xmit(struct sk_buff *skb, struct net_device *dev);
void xnet_tx_reclaim(struct xnet *xd, struct netdev_queue *txq, int budget);
bool xnet_tx_poll(struct xnet *xd, int budget);
bool xnet_tx_pending(const struct xnet_tx *tx);
bool xnet_tx_has_room(const struct xnet_tx *tx);
void xnet_tx_kick(struct xnet *xd, struct netdev_queue *txq);
void xnet_tx_timeout(struct net_device *dev, unsigned int txqueue);

/* rx.c */
static inline void xnet_rx_put_tag(struct sk_buff *skb, u32 opts2)
{
	if (opts2 & XNET_RX_TAVA)
		__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q),
				       swab16(FIELD_GET(XNET_DESC_TAG, opts2)));
}

int xnet_rx_poll(struct xnet *xd, int budget);
bool xnet_rx_pending(const struct xnet_rx *rx);
bool xnet_rx_holds(struct xnet *xd, u32 index, const void *data, u32 len);

/* pool.c */
int xnet_pool_create(struct xnet *xd, struct xnet_rx_ring *ring);
void xnet_pool_destroy(struct xnet_rx_ring *ring);
int xnet_pool_fill(struct xnet_rx_ring *ring, struct xnet_rx_buf *buf);

/* xdp.c */
void xnet_xdp_receive(struct xnet *xd, u32 index, u32 opts1, u32 opts2);
void xnet_xdp_flush(struct xnet *xd);
int xnet_xdp_xmit(struct net_device *dev, int n, struct xdp_frame **frames, u32 flags);
int xnet_bpf(struct net_device *dev, struct netdev_bpf *bpf);

/* napi.c */
irqreturn_t xnet_interrupt(int irq, void *data);
int xnet_poll(struct napi_struct *napi, int budget);
void xnet_irq_enable(struct xnet *xd);
void xnet_irq_disable(struct xnet *xd);
void xnet_irq_want_tx(struct xnet *xd);
bool xnet_irq_comes(struct xnet *xd);

/* offload.c */
struct xnet_tx_flags {
	u32 opts1;
	u32 opts2;
};

u16 xnet_cpcr(netdev_features_t features, bool dac);
u32 xnet_tso_flags(u32 segs, u32 mss);
void xnet_tso_header(u8 *to, const struct sk_buff *skb, u32 offset, u32 len);
bool xnet_tx_get_flags(const struct sk_buff *skb, struct xnet_tx_flags *flags);
netdev_features_t xnet_check_features(const struct sk_buff *skb, netdev_features_t features);
netdev_features_t xnet_features_check(struct sk_buff *skb, struct net_device *dev,
				      netdev_features_t features);
netdev_features_t xnet_fix_features(struct net_device *dev, netdev_features_t features);
int xnet_set_features(struct net_device *dev, netdev_features_t features);
void xnet_init_features(struct xnet *xd);

/* filter.c */
unsigned int xnet_hash_bit(const u8 *addr);
void xnet_set_rx_mode(struct net_device *dev);
void xnet_set_rx_group(struct xnet *xd, const u8 *addr);
void xnet_restore_rx_mode(struct xnet *xd);

/* stats.c */
void xnet_init_stats(struct xnet *xd);
void xnet_get_stats64(struct net_device *dev, struct rtnl_link_stats64 *stats);
void xnet_fold_missed(struct xnet *xd);
void xnet_forget_missed(struct xnet *xd);
u64 xnet_tally_delta(u64 now, u64 last, unsigned int width);
int xnet_read_tallies(struct xnet *xd, bool add);
int xnet_stats_count(void);
void xnet_stats_strings(u8 *data);
void xnet_stats_values(struct xnet *xd, u64 *data);
void xnet_get_eth_mac_stats(struct net_device *dev, struct ethtool_eth_mac_stats *mac);

/* eeprom.c */
struct xnet_eeprom_port {
	u8 (*read)(void *ctx);
	void (*write)(void *ctx, u8 val);
	void *ctx;
};

/* Where the EEPROM holds what, in 16-bit words. */
#define XNET_EEPROM_ID		0
#define XNET_EEPROM_ID_VALUE	0x8129
#define XNET_EEPROM_MAC		7
#define XNET_EEPROM_WORDS	128 /* of the larger one */

unsigned int xnet_eeprom_addr_bits(const struct xnet_eeprom_port *port);
u16 xnet_eeprom_read_word(const struct xnet_eeprom_port *port, unsigned int addr_bits,
			  unsigned int word);
void xnet_eeprom_protect(const struct xnet_eeprom_port *port, unsigned int addr_bits, bool protect);
int xnet_eeprom_write_word(const struct xnet_eeprom_port *port, unsigned int addr_bits,
			   unsigned int word, u16 val);
void xnet_init_eeprom(struct xnet *xd);
unsigned int xnet_eeprom_len(struct xnet *xd);
void xnet_eeprom_read(struct xnet *xd, unsigned int word, unsigned int count, u16 *data);
int xnet_eeprom_write(struct xnet *xd, unsigned int word, unsigned int count, const u16 *data);
bool xnet_eeprom_read_mac(struct xnet *xd, u8 *addr);

/* mii.c */
void xnet_init_mii(struct xnet *xd);
void xnet_check_link(struct xnet *xd);
void xnet_get_pauseparam(struct net_device *dev, struct ethtool_pauseparam *pause);
void xnet_restore_phy(struct xnet *xd);
int xnet_eth_ioctl(struct net_device *dev, struct ifreq *rq, int cmd);

/* power.c */
extern const struct dev_pm_ops xnet_pm_ops;
bool xnet_can_wake(const struct xnet *xd);
void xnet_init_wol(struct xnet *xd);
int xnet_set_wol(struct xnet *xd, u32 wolopts);
void xnet_shutdown(struct pci_dev *pdev);

/* error.c */
extern const struct pci_error_handlers xnet_err_handlers;

/* selftest.c */
int xnet_self_test_count(void);
void xnet_self_test_strings(u8 *data);
void xnet_self_test(struct net_device *dev, struct ethtool_test *etest, u64 *data);

/* ethtool.c */
extern const struct ethtool_ops xnet_ethtool_ops;

/* debugfs.c */
void xnet_debugfs_init(void);
void xnet_debugfs_exit(void);
void xnet_debugfs_add(struct xnet *xd);

#endif /* XNET_H */
