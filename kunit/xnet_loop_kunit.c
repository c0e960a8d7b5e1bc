// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of xnet on a real 8139C+: frames through the stack, the driver and the device, and
 * back. They go no further than the device, which is told to loop them.
 */
#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <linux/wait.h>
#include <net/checksum.h>
#include <net/ip.h>

#include "xnet_test_device.h"

#define XNET_TEST_PROTOCOL ETH_P_802_EX1 /* for experiments */
#define XNET_TEST_LOOPBACK GENMASK(18, 17) /* of TCR */
#define XNET_TEST_PATIENCE (10 * HZ)

/**
 * struct xnet_test_loop - the device and what it receives
 * @device: the device
 * @tap: sees every frame that the driver hands to the stack
 * @frames: those of them that the test has sent
 * @wait: for them
 * @protocol: what it has sent
 */
struct xnet_test_loop {
	struct xnet_test_device device;
	struct packet_type tap;
	struct sk_buff_head frames;
	wait_queue_head_t wait;
	__be16 protocol;
};

static int xnet_loop_test_init(struct kunit *test)
{
	struct xnet_test_loop *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	skb_queue_head_init(&t->frames);
	init_waitqueue_head(&t->wait);
	xnet_test_find(test, &t->device);
	test->priv = t;
	return 0;
}

/* A copy of one's own: the stack has not finished with the frame, nor with its tag. */
static int xnet_test_tap(struct sk_buff *skb, struct net_device *dev, struct packet_type *tap,
			 struct net_device *orig_dev)
{
	struct xnet_test_loop *t = tap->af_packet_priv;

	skb = skb_share_check(skb, GFP_ATOMIC);
	if (!skb)
		return NET_RX_DROP;
	if (skb->protocol == t->protocol) {
		skb_queue_tail(&t->frames, skb);
		wake_up(&t->wait);
	} else {
		kfree_skb(skb);
	}
	return NET_RX_SUCCESS;
}

static void xnet_test_untap(void *data)
{
	struct xnet_test_loop *t = data;

	dev_remove_pack(&t->tap);
	skb_queue_purge(&t->frames);
}

/* To be done again whenever the driver has started the device. */
static void xnet_test_loop_back(struct xnet *xd)
{
	xnet_w32(xd, XNET_TCR, xnet_r32(xd, XNET_TCR) | XNET_TEST_LOOPBACK);
}

/* Frames that are sent come back. Before the tag is dropped, for want of a VLAN, taps see it. */
static void xnet_test_open_looped(struct kunit *test, u16 protocol)
{
	struct xnet_test_loop *t = test->priv;

	xnet_test_open(test, &t->device);
	xnet_test_loop_back(t->device.xd);
	t->protocol = htons(protocol);
	t->tap = (struct packet_type){
		.type = htons(ETH_P_ALL), .dev = t->device.dev, .func = xnet_test_tap,
		.af_packet_priv = t, .ignore_outgoing = true,
	};
	dev_add_pack(&t->tap);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, xnet_test_untap, t), 0);
}

static void xnet_test_send(struct kunit *test, struct sk_buff *skb)
{
	int err = dev_queue_xmit(skb);

	KUNIT_ASSERT_EQ(test, err, 0);
}

static void xnet_test_expect(struct kunit *test, u32 frames)
{
	struct xnet_test_loop *t = test->priv;

	wait_event_timeout(t->wait, skb_queue_len_lockless(&t->frames) >= frames,
			   XNET_TEST_PATIENCE);
	KUNIT_ASSERT_EQ(test, skb_queue_len(&t->frames), frames);
}

/* An Ethernet frame with room for the rest, to the device itself. */
static struct sk_buff *xnet_test_frame(struct kunit *test, u16 protocol, u32 room)
{
	struct xnet_test_loop *t = test->priv;
	struct sk_buff *skb = netdev_alloc_skb_ip_align(t->device.dev, ETH_HLEN + room);
	struct ethhdr *eth;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reset_mac_header(skb);
	eth = skb_put(skb, ETH_HLEN);
	ether_addr_copy(eth->h_dest, t->device.dev->dev_addr);
	ether_addr_copy(eth->h_source, t->device.dev->dev_addr);
	eth->h_proto = htons(protocol);
	skb_set_network_header(skb, ETH_HLEN);
	skb->protocol = eth->h_proto;
	return skb;
}

static u8 xnet_test_byte(u32 frame, u32 i)
{
	return frame * 41 + i * 7 + (i >> 8);
}

static struct sk_buff *xnet_test_numbered(struct kunit *test, u32 frame, u32 len)
{
	struct sk_buff *skb = xnet_test_frame(test, XNET_TEST_PROTOCOL, len);
	u32 i;

	for (i = 0; i < len; i++)
		skb_put_u8(skb, xnet_test_byte(frame, i));
	return skb;
}

static bool xnet_test_is_numbered(const struct sk_buff *skb, u32 frame, u32 len)
{
	u32 i;

	if (skb->len < len)
		return false;
	for (i = 0; i < len; i++)
		if (skb->data[i] != xnet_test_byte(frame, i))
			return false;
	return true;
}

static const struct xnet_pass {
	const char *name;
	u32 len;
	u16 tag;
} xnet_passes[] = {
	{ "shortest", 46, 0 },
	{ "short", XNET_COPYBREAK - ETH_HLEN, 0 },
	{ "not short", XNET_COPYBREAK - ETH_HLEN + 1, 0 },
	{ "longest", ETH_DATA_LEN, 0 },
	{ "tagged", 100, 0x6123 },
	{ "longest tagged", ETH_DATA_LEN, 0x0001 },
};

KUNIT_ARRAY_PARAM_DESC(xnet_pass, xnet_passes, name);

static void xnet_frames_pass_the_device(struct kunit *test)
{
	const struct xnet_pass *pass = test->param_value;
	struct xnet_test_loop *t = test->priv;
	struct sk_buff *skb = xnet_test_numbered(test, 1, pass->len);
	u32 len = pass->len;

	if (pass->tag)
		__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), pass->tag);
	xnet_test_open_looped(test, XNET_TEST_PROTOCOL);
	xnet_test_send(test, skb);
	xnet_test_expect(test, 1);
	skb = skb_peek(&t->frames);
	/* On its way back QEMU forgets that the tag made the frame longer. */
	if (pass->tag && skb->len == pass->len - VLAN_HLEN)
		len -= VLAN_HLEN;
	KUNIT_EXPECT_EQ(test, skb->len, len);
	KUNIT_EXPECT_TRUE(test, xnet_test_is_numbered(skb, 1, len));
	KUNIT_EXPECT_EQ(test, skb_vlan_tag_present(skb), !!pass->tag);
	if (pass->tag)
		KUNIT_EXPECT_EQ(test, skb_vlan_tag_get(skb), pass->tag);
}

/* Several times around both rings; now and then more than the Tx ring has descriptors for. */
static void xnet_frames_keep_their_order(struct kunit *test)
{
	const u32 rounds = 20, batch = 40;
	struct xnet_test_loop *t = test->priv;
	struct sk_buff *skb;
	u32 i, n = 0;

	xnet_test_open_looped(test, XNET_TEST_PROTOCOL);
	for (i = 0; i < rounds; i++) {
		for (n = i * batch; n < (i + 1) * batch; n++)
			xnet_test_send(test, xnet_test_numbered(test, n, 46 + n));
		xnet_test_expect(test, n);
	}
	n = 0;
	skb_queue_walk(&t->frames, skb) {
		KUNIT_EXPECT_TRUE_MSG(test, xnet_test_is_numbered(skb, n, 46 + n), "%u", n);
		n++;
	}
}

static void xnet_test_stats(struct xnet_test_loop *t, struct rtnl_link_stats64 *stats,
			    u64 *tally_tx, u64 *tally_rx)
{
	dev_get_stats(t->device.dev, stats);
	rtnl_lock();
	xnet_read_tallies(t->device.xd, true);
	rtnl_unlock();
	*tally_tx = t->device.xd->tallies.total[0];
	*tally_rx = t->device.xd->tallies.total[1];
}

static void xnet_frames_are_counted_by_both(struct kunit *test)
{
	struct xnet_test_loop *t = test->priv;
	struct rtnl_link_stats64 before, after;
	u64 tx_before, rx_before, tx, rx;
	u32 i;

	xnet_test_open_looped(test, XNET_TEST_PROTOCOL);
	xnet_test_stats(t, &before, &tx_before, &rx_before);
	for (i = 0; i < 10; i++)
		xnet_test_send(test, xnet_test_numbered(test, i, 100));
	xnet_test_expect(test, 10);
	xnet_test_stats(t, &after, &tx, &rx);
	KUNIT_EXPECT_EQ(test, after.tx_packets - before.tx_packets, 10ULL);
	KUNIT_EXPECT_EQ(test, after.tx_bytes - before.tx_bytes, 10ULL * (100 + ETH_HLEN));
	KUNIT_EXPECT_EQ(test, after.rx_packets - before.rx_packets, 10ULL);
	KUNIT_EXPECT_EQ(test, after.rx_bytes - before.rx_bytes, 10ULL * (100 + ETH_HLEN));
	KUNIT_EXPECT_EQ(test, after.tx_errors + after.rx_errors + after.tx_dropped, 0ULL);
	KUNIT_EXPECT_EQ(test, tx - tx_before, 10ULL);
	KUNIT_EXPECT_EQ(test, rx - rx_before, 10ULL);
}

static void xnet_counts_stay_when_the_interface_is_closed(struct kunit *test)
{
	struct xnet_test_loop *t = test->priv;
	struct rtnl_link_stats64 before, after;
	u64 tx_before, rx_before, tx;

	xnet_test_open_looped(test, XNET_TEST_PROTOCOL);
	xnet_test_stats(t, &before, &tx_before, &rx_before);
	xnet_test_send(test, xnet_test_numbered(test, 0, 100));
	xnet_test_expect(test, 1);
	kunit_release_action(test, xnet_test_close, &t->device);
	dev_get_stats(t->device.dev, &after);
	KUNIT_EXPECT_EQ(test, after.tx_packets - before.tx_packets, 1ULL);
	KUNIT_EXPECT_EQ(test, after.rx_packets - before.rx_packets, 1ULL);
	tx = t->device.xd->tallies.total[0];
	KUNIT_EXPECT_EQ(test, tx - tx_before, 1ULL);
}

/* The Rx ring is replaced while the interface is up. */
static void xnet_frames_pass_with_an_rx_ring_of_any_size(struct kunit *test)
{
	struct xnet_test_loop *t = test->priv;
	u32 size, n = 0, i;
	int err;

	xnet_test_open_looped(test, XNET_TEST_PROTOCOL);
	for (size = XNET_RX_SIZE_MIN; size <= XNET_RX_SIZE_MAX; size *= 4) {
		rtnl_lock();
		err = xnet_resize_rx(t->device.xd, size, t->device.dev->mtu);
		rtnl_unlock();
		KUNIT_ASSERT_EQ(test, err, 0);
		xnet_test_loop_back(t->device.xd);
		for (i = 0; i < 2 * size; i++) {
			xnet_test_send(test, xnet_test_numbered(test, n++, 60));
			xnet_test_expect(test, n);
		}
	}
	rtnl_lock();
	xnet_resize_rx(t->device.xd, XNET_RX_SIZE_EMULATED, t->device.dev->mtu);
	rtnl_unlock();
}

static struct iphdr *xnet_test_put_ip(struct sk_buff *skb, u8 protocol, u32 len)
{
	struct iphdr *ip = skb_put_zero(skb, sizeof(*ip));

	ip->version = 4;
	ip->ihl = 5;
	ip->ttl = 64;
	ip->protocol = protocol;
	ip->tot_len = htons(sizeof(*ip) + len);
	ip->saddr = htonl(0xc0000201);
	ip->daddr = htonl(0xc0000202);
	ip_send_check(ip);
	skb_set_transport_header(skb, skb->len);
	return ip;
}

/* As the stack leaves it to a device: the sum of the pseudo header, and where the rest goes. */
static void xnet_test_leave_csum(struct sk_buff *skb, const struct iphdr *ip, u32 len, u16 offset,
				 __sum16 *check)
{
	*check = ~csum_tcpudp_magic(ip->saddr, ip->daddr, len, ip->protocol, 0);
	skb->csum_start = skb_transport_header(skb) - skb->head;
	skb->csum_offset = offset;
	skb->ip_summed = CHECKSUM_PARTIAL;
}

static void xnet_test_put_payload(struct sk_buff *skb, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++)
		skb_put_u8(skb, xnet_test_byte(0, i));
}

static bool xnet_test_csum_ok(const struct sk_buff *skb)
{
	const struct iphdr *ip = (const struct iphdr *)skb->data;
	u32 len = ntohs(ip->tot_len) - ip->ihl * 4;
	__wsum sum = skb_checksum(skb, ip->ihl * 4, len, 0);

	return !ip_fast_csum(ip, ip->ihl) &&
	       !csum_tcpudp_magic(ip->saddr, ip->daddr, len, ip->protocol, sum);
}

static void xnet_checksums_are_made_by_the_device(struct kunit *test)
{
	const u32 len = sizeof(struct udphdr) + 333;
	struct xnet_test_loop *t = test->priv;
	struct sk_buff *skb = xnet_test_frame(test, ETH_P_IP, sizeof(struct iphdr) + len);
	struct iphdr *ip = xnet_test_put_ip(skb, IPPROTO_UDP, len);
	struct udphdr *udp = skb_put_zero(skb, sizeof(*udp));

	udp->source = htons(9);
	udp->dest = htons(9);
	udp->len = htons(len);
	xnet_test_put_payload(skb, 333);
	xnet_test_leave_csum(skb, ip, len, offsetof(struct udphdr, check), &udp->check);
	xnet_test_open_looped(test, ETH_P_IP);
	xnet_test_send(test, skb);
	xnet_test_expect(test, 1);
	KUNIT_EXPECT_TRUE(test, xnet_test_csum_ok(skb_peek(&t->frames)));
}

/* Four segments; the device takes PSH off all that it cuts, so the driver sends the last itself. */
static void xnet_large_sends_are_cut_and_end_with_psh(struct kunit *test)
{
	const u32 mss = 1000, payload = 3 * mss + 1, len = sizeof(struct tcphdr) + payload;
	struct xnet_test_loop *t = test->priv;
	struct sk_buff *skb = xnet_test_frame(test, ETH_P_IP, sizeof(struct iphdr) + len);
	struct iphdr *ip = xnet_test_put_ip(skb, IPPROTO_TCP, len);
	struct tcphdr *tcp = skb_put_zero(skb, sizeof(*tcp));
	u32 seq = 0xfffffc00;

	*tcp = (struct tcphdr){ .seq = htonl(seq), .doff = 5, .ack = 1, .psh = 1 };
	xnet_test_put_payload(skb, payload);
	xnet_test_leave_csum(skb, ip, len, offsetof(struct tcphdr, check), &tcp->check);
	skb_shinfo(skb)->gso_size = mss;
	skb_shinfo(skb)->gso_segs = 4;
	skb_shinfo(skb)->gso_type = SKB_GSO_TCPV4;
	xnet_test_open_looped(test, ETH_P_IP);
	xnet_test_send(test, skb);
	xnet_test_expect(test, 4);

	skb_queue_walk(&t->frames, skb) {
		bool last = skb_queue_is_last(&t->frames, skb);

		ip = (struct iphdr *)skb->data;
		tcp = (struct tcphdr *)(ip + 1);
		KUNIT_EXPECT_TRUE(test, xnet_test_csum_ok(skb));
		KUNIT_EXPECT_EQ(test, ntohl(tcp->seq), seq);
		KUNIT_EXPECT_EQ(test, ntohs(ip->tot_len), 40 + (last ? 1 : mss));
		KUNIT_EXPECT_EQ(test, (bool)tcp->psh, last);
		KUNIT_EXPECT_EQ(test, *(u8 *)(tcp + 1), xnet_test_byte(0, seq - 0xfffffc00));
		seq += mss;
	}
}

static struct kunit_case xnet_loop_cases[] = {
	KUNIT_CASE_PARAM(xnet_frames_pass_the_device, xnet_pass_gen_params),
	KUNIT_CASE(xnet_frames_keep_their_order),
	KUNIT_CASE(xnet_frames_are_counted_by_both),
	KUNIT_CASE(xnet_counts_stay_when_the_interface_is_closed),
	KUNIT_CASE(xnet_frames_pass_with_an_rx_ring_of_any_size),
	KUNIT_CASE(xnet_checksums_are_made_by_the_device),
	KUNIT_CASE(xnet_large_sends_are_cut_and_end_with_psh),
	{}
};

static struct kunit_suite xnet_loop_suite = {
	.name = "xnet_loop",
	.init = xnet_loop_test_init,
	.test_cases = xnet_loop_cases,
};

kunit_test_suite(xnet_loop_suite);

MODULE_DESCRIPTION("KUnit tests of xnet with frames through a real device");
MODULE_LICENSE("GPL");
