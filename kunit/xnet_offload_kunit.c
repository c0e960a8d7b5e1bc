// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of what xnet leaves to the device, and what it does not. */
#include <kunit/test.h>
#include <linux/bitfield.h>
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip.h>

#include "../netdev/xnet.h"

struct xnet_frame {
	__be16 protocol;
	u8 l4;
	unsigned int payload;
	unsigned int mss;
};

static void xnet_free_skb(void *skb)
{
	kfree_skb(skb);
}

static void xnet_put_l4(struct sk_buff *skb, u8 l4)
{
	skb_set_transport_header(skb, skb->len);
	if (l4 == IPPROTO_TCP) {
		struct tcphdr *tcp = skb_put_zero(skb, sizeof(*tcp));

		tcp->doff = 5;
		tcp->ack = 1;
		skb->csum_offset = offsetof(struct tcphdr, check);
	} else {
		skb_put_zero(skb, sizeof(struct udphdr));
		skb->csum_offset = offsetof(struct udphdr, check);
	}
	skb->csum_start = skb_transport_header(skb) - skb->head;
	skb->ip_summed = CHECKSUM_PARTIAL;
}

/* A frame as the stack hands it to a driver that does checksums. */
static struct sk_buff *xnet_make_skb(struct kunit *test, const struct xnet_frame *frame)
{
	struct sk_buff *skb = alloc_skb(256 + frame->payload, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, xnet_free_skb, skb), 0);
	skb_reserve(skb, 64);
	skb_reset_mac_header(skb);
	skb_put_zero(skb, ETH_HLEN);
	skb_set_network_header(skb, skb->len);
	skb->protocol = frame->protocol;
	if (frame->protocol == htons(ETH_P_IPV6)) {
		struct ipv6hdr *ip6 = skb_put_zero(skb, sizeof(*ip6));

		ip6->version = 6;
		ip6->nexthdr = frame->l4;
	} else {
		struct iphdr *ip = skb_put_zero(skb, sizeof(*ip));

		ip->version = 4;
		ip->ihl = 5;
		ip->protocol = frame->l4;
	}
	xnet_put_l4(skb, frame->l4);
	skb_put_zero(skb, frame->payload);
	if (frame->mss) {
		skb_shinfo(skb)->gso_size = frame->mss;
		skb_shinfo(skb)->gso_segs = DIV_ROUND_UP(frame->payload, frame->mss);
		skb_shinfo(skb)->gso_type = SKB_GSO_TCPV4;
	}
	return skb;
}

static struct sk_buff *xnet_make_tso(struct kunit *test, unsigned int mss)
{
	return xnet_make_skb(test, &(struct xnet_frame){ .protocol = htons(ETH_P_IP),
							 .l4 = IPPROTO_TCP,
							 .payload = 8000,
							 .mss = mss });
}

static struct sk_buff *xnet_make_tcp(struct kunit *test)
{
	return xnet_make_skb(test, &(struct xnet_frame){ .protocol = htons(ETH_P_IP),
							 .l4 = IPPROTO_TCP,
							 .payload = 100 });
}

#define XNET_ALL (NETIF_F_SG | NETIF_F_IP_CSUM | NETIF_F_TSO | NETIF_F_HW_VLAN_CTAG_TX)

static void xnet_frames_that_the_device_can_do_keep_all_features(struct kunit *test)
{
	struct xnet_frame udp = { .protocol = htons(ETH_P_IP), .l4 = IPPROTO_UDP, .payload = 99 };

	KUNIT_EXPECT_EQ(test, xnet_check_features(xnet_make_tcp(test), XNET_ALL), XNET_ALL);
	KUNIT_EXPECT_EQ(test, xnet_check_features(xnet_make_skb(test, &udp), XNET_ALL), XNET_ALL);
	KUNIT_EXPECT_EQ(test, xnet_check_features(xnet_make_tso(test, 1460), XNET_ALL), XNET_ALL);
	KUNIT_EXPECT_EQ(test, xnet_check_features(xnet_make_tso(test, 2047), XNET_ALL), XNET_ALL);
}

static void xnet_segments_in_software_what_the_device_would_spoil(struct kunit *test)
{
	netdev_features_t want = XNET_ALL & ~NETIF_F_GSO_MASK;
	struct sk_buff *skb;

	KUNIT_EXPECT_EQ(test, xnet_check_features(xnet_make_tso(test, 2048), XNET_ALL), want);

	skb = xnet_make_tso(test, 1460);
	skb_shinfo(skb)->gso_type = SKB_GSO_TCPV6;
	KUNIT_EXPECT_EQ(test, xnet_check_features(skb, XNET_ALL), want);

	/* The stack would leave this one to the device, and 2048 is an MSS of 0 to it. */
	skb = xnet_make_tso(test, 2048);
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	KUNIT_EXPECT_EQ(test, xnet_check_features(skb, XNET_ALL), want);

	skb = xnet_make_tso(test, 1460);
	skb->data_len = XNET_MAX_TX_LEN + 1 - skb->len;
	skb->len += skb->data_len;
	KUNIT_EXPECT_EQ(test, xnet_check_features(skb, XNET_ALL), want);
	skb->len -= skb->data_len;
	skb->data_len = 0;
}

static void xnet_checksums_in_software_what_the_device_does_not_find(struct kunit *test)
{
	netdev_features_t want = XNET_ALL & ~(NETIF_F_CSUM_MASK | NETIF_F_GSO_MASK);
	struct xnet_frame ipv6 = { .protocol = htons(ETH_P_IPV6), .l4 = IPPROTO_TCP };
	struct sk_buff *skb;

	KUNIT_EXPECT_EQ(test, xnet_check_features(xnet_make_skb(test, &ipv6), XNET_ALL), want);

	/* A tag in the frame, put there by someone else. */
	skb = xnet_make_tso(test, 1460);
	skb->protocol = htons(ETH_P_8021Q);
	KUNIT_EXPECT_EQ(test, xnet_check_features(skb, XNET_ALL), want);

	/* A checksum of something inside a tunnel. */
	skb = xnet_make_tcp(test);
	skb->csum_start += 28;
	KUNIT_EXPECT_EQ(test, xnet_check_features(skb, XNET_ALL), want);

	/* UDP-Lite, with its checksum where UDP has it. */
	skb = xnet_make_tcp(test);
	ip_hdr(skb)->protocol = IPPROTO_UDPLITE;
	KUNIT_EXPECT_EQ(test, xnet_check_features(skb, XNET_ALL), want);
}

static void xnet_tags_are_the_devices_only_if_it_inserts_them(struct kunit *test)
{
	netdev_features_t without = XNET_ALL & ~NETIF_F_HW_VLAN_CTAG_TX;
	struct sk_buff *skb = xnet_make_tso(test, 1460);

	__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), 100);
	KUNIT_EXPECT_EQ(test, xnet_check_features(skb, XNET_ALL), XNET_ALL);
	KUNIT_EXPECT_EQ(test, xnet_check_features(skb, without),
			without & ~(NETIF_F_CSUM_MASK | NETIF_F_GSO_MASK));

	__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021AD), 100);
	KUNIT_EXPECT_EQ(test, xnet_check_features(skb, XNET_ALL),
			XNET_ALL & ~(NETIF_F_CSUM_MASK | NETIF_F_GSO_MASK));
}

static void xnet_frames_without_work_keep_all_features(struct kunit *test)
{
	struct sk_buff *skb = xnet_make_tcp(test);

	skb->ip_summed = CHECKSUM_NONE;
	skb->protocol = htons(ETH_P_8021Q);
	KUNIT_EXPECT_EQ(test, xnet_check_features(skb, XNET_ALL), XNET_ALL);
}

static void xnet_flags_ask_for_the_right_checksum(struct kunit *test)
{
	struct xnet_frame udp = { .protocol = htons(ETH_P_IP), .l4 = IPPROTO_UDP };
	struct xnet_frame ipv6 = { .protocol = htons(ETH_P_IPV6), .l4 = IPPROTO_UDP };
	struct xnet_tx_flags flags;
	struct sk_buff *skb;

	KUNIT_EXPECT_TRUE(test, xnet_tx_get_flags(xnet_make_tcp(test), &flags));
	KUNIT_EXPECT_EQ(test, flags.opts1, XNET_TX_IPCS | XNET_TX_TCPCS);
	KUNIT_EXPECT_EQ(test, flags.opts2, 0U);

	KUNIT_EXPECT_TRUE(test, xnet_tx_get_flags(xnet_make_skb(test, &udp), &flags));
	KUNIT_EXPECT_EQ(test, flags.opts1, XNET_TX_IPCS | XNET_TX_UDPCS);

	KUNIT_EXPECT_FALSE(test, xnet_tx_get_flags(xnet_make_skb(test, &ipv6), &flags));
	KUNIT_EXPECT_EQ(test, flags.opts1, 0U);

	skb = xnet_make_tcp(test);
	skb->ip_summed = CHECKSUM_NONE;
	KUNIT_EXPECT_TRUE(test, xnet_tx_get_flags(skb, &flags));
	KUNIT_EXPECT_EQ(test, flags.opts1, 0U);
}

static void xnet_flags_carry_the_mss(struct kunit *test)
{
	struct xnet_tx_flags flags;

	KUNIT_EXPECT_TRUE(test, xnet_tx_get_flags(xnet_make_tso(test, 1448), &flags));
	KUNIT_EXPECT_EQ(test, flags.opts1, XNET_TX_LGSEN | 1448 << 16);
}

static void xnet_one_segment_is_no_burst(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, xnet_tso_flags(1, 1448), XNET_TX_IPCS | XNET_TX_TCPCS);
	KUNIT_EXPECT_EQ(test, xnet_tso_flags(2, 1448), XNET_TX_LGSEN | 1448 << 16);
}

static void xnet_test_part(struct kunit *test, struct sk_buff *skb, u32 offset, u32 len, bool last)
{
	u8 *header = kunit_kzalloc(test, XNET_TX_HEADER, GFP_KERNEL);
	struct iphdr *ip = (struct iphdr *)(header + ETH_HLEN);
	struct tcphdr *tcp = (struct tcphdr *)(ip + 1);

	KUNIT_ASSERT_NOT_NULL(test, header);
	xnet_tso_header(header, skb, offset, len);
	KUNIT_EXPECT_EQ(test, ntohs(ip->tot_len), 40 + len);
	KUNIT_EXPECT_EQ(test, ntohs(ip->id), (u16)(0xfffe + offset / 1000));
	KUNIT_EXPECT_EQ(test, ip_fast_csum(ip, ip->ihl), 0);
	KUNIT_EXPECT_EQ(test, ntohl(tcp->seq), 0xfffffff0 + offset);
	KUNIT_EXPECT_EQ(test, (bool)tcp->fin, last);
	KUNIT_EXPECT_EQ(test, (bool)tcp->psh, last);
	KUNIT_EXPECT_TRUE(test, tcp->ack);
	KUNIT_EXPECT_EQ(test, (__force u16)tcp->check,
			(__force u16)~csum_tcpudp_magic(ip->saddr, ip->daddr, 20 + len,
							IPPROTO_TCP, 0));
	KUNIT_EXPECT_EQ(test, header[ETH_HLEN + 40], 0);
}

static void xnet_parts_of_a_large_send_have_headers_of_their_own(struct kunit *test)
{
	struct sk_buff *skb = xnet_make_tso(test, 1000);

	ip_hdr(skb)->id = htons(0xfffe);
	ip_hdr(skb)->saddr = htonl(0x0a090001);
	ip_hdr(skb)->daddr = htonl(0x0a090002);
	tcp_hdr(skb)->seq = htonl(0xfffffff0);
	tcp_hdr(skb)->fin = 1;
	tcp_hdr(skb)->psh = 1;
	xnet_test_part(test, skb, 0, 7000, false);
	xnet_test_part(test, skb, 7000, 1000, true);
}

static void xnet_flags_carry_the_tag_in_network_order(struct kunit *test)
{
	struct sk_buff *skb = xnet_make_tcp(test);
	struct xnet_tx_flags flags;

	__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), 0x6123);
	KUNIT_EXPECT_TRUE(test, xnet_tx_get_flags(skb, &flags));
	KUNIT_EXPECT_EQ(test, flags.opts2, XNET_TX_TAGC | 0x2361);
}

/* What the stack asks, with the rules that hold for every device. */
static void xnet_features_check_has_the_stacks_rules_too(struct kunit *test)
{
	struct net_device *dev = alloc_etherdev(0);
	struct sk_buff *skb = xnet_make_tso(test, 2048);

	KUNIT_ASSERT_NOT_NULL(test, dev);
	KUNIT_EXPECT_EQ(test, xnet_features_check(skb, dev, XNET_ALL),
			XNET_ALL & ~NETIF_F_GSO_MASK);
	skb = xnet_make_tso(test, 1460);
	KUNIT_EXPECT_EQ(test, xnet_features_check(skb, dev, XNET_ALL), XNET_ALL);

	/* Two tags: nothing but what vlan_features_check() leaves of it. */
	skb->protocol = htons(ETH_P_8021Q);
	skb->ip_summed = CHECKSUM_NONE;
	__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), 100);
	KUNIT_EXPECT_EQ(test, xnet_features_check(skb, dev, XNET_ALL),
			NETIF_F_SG | NETIF_F_HW_VLAN_CTAG_TX);
	free_netdev(dev);
}

static void xnet_features_are_what_the_device_can_do(struct kunit *test)
{
	netdev_features_t all = NETIF_F_SG | NETIF_F_IP_CSUM | NETIF_F_TSO | NETIF_F_RXCSUM |
				NETIF_F_HW_VLAN_CTAG_TX | NETIF_F_HW_VLAN_CTAG_RX;
	struct net_device *dev = alloc_etherdev(sizeof(struct xnet));
	struct xnet *xd;

	KUNIT_ASSERT_NOT_NULL(test, dev);
	xd = netdev_priv(dev);
	xd->dev = dev;
	dev->features = NETIF_F_HIGHDMA;
	xnet_init_features(xd);
	KUNIT_EXPECT_EQ(test, dev->hw_features, all);
	KUNIT_EXPECT_EQ(test, dev->features, all | NETIF_F_HIGHDMA);
	/* On top of a tag that the device inserts there is no second one. */
	KUNIT_EXPECT_EQ(test, dev->vlan_features,
			NETIF_F_SG | NETIF_F_IP_CSUM | NETIF_F_TSO | NETIF_F_HIGHDMA);
	KUNIT_EXPECT_EQ(test, dev->tso_max_size, XNET_MAX_TX_LEN);
	free_netdev(dev);
}

static void xnet_cpcr_follows_the_features(struct kunit *test)
{
	u16 always = XNET_CPCR_CPTX | XNET_CPCR_CPRX | XNET_CPCR_MULRW;

	KUNIT_EXPECT_EQ(test, xnet_cpcr(0, false), always);
	KUNIT_EXPECT_EQ(test, xnet_cpcr(0, true), (u16)(always | XNET_CPCR_DAC));
	KUNIT_EXPECT_EQ(test, xnet_cpcr(NETIF_F_RXCSUM, false),
			(u16)(always | XNET_CPCR_RXCHKSUM));
	KUNIT_EXPECT_EQ(test, xnet_cpcr(NETIF_F_HW_VLAN_CTAG_RX, false),
			(u16)(always | XNET_CPCR_RXVLAN));
}

static struct kunit_case xnet_offload_cases[] = {
	KUNIT_CASE(xnet_frames_that_the_device_can_do_keep_all_features),
	KUNIT_CASE(xnet_segments_in_software_what_the_device_would_spoil),
	KUNIT_CASE(xnet_checksums_in_software_what_the_device_does_not_find),
	KUNIT_CASE(xnet_tags_are_the_devices_only_if_it_inserts_them),
	KUNIT_CASE(xnet_frames_without_work_keep_all_features),
	KUNIT_CASE(xnet_flags_ask_for_the_right_checksum),
	KUNIT_CASE(xnet_flags_carry_the_mss),
	KUNIT_CASE(xnet_one_segment_is_no_burst),
	KUNIT_CASE(xnet_parts_of_a_large_send_have_headers_of_their_own),
	KUNIT_CASE(xnet_flags_carry_the_tag_in_network_order),
	KUNIT_CASE(xnet_features_check_has_the_stacks_rules_too),
	KUNIT_CASE(xnet_features_are_what_the_device_can_do),
	KUNIT_CASE(xnet_cpcr_follows_the_features),
	{}
};

static struct kunit_suite xnet_offload_suite = {
	.name = "xnet_offload",
	.test_cases = xnet_offload_cases,
};

kunit_test_suite(xnet_offload_suite);

MODULE_DESCRIPTION("KUnit tests of xnet's offloads");
MODULE_LICENSE("GPL");
