// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of what xnet computes: rings, descriptors, the filter, features and the EEPROM. */
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

/* ---- ring arithmetic ---- */

static void xnet_ring_counts_across_the_wrap(struct kunit *test)
{
	u32 tail = U32_MAX - 1;

	KUNIT_EXPECT_EQ(test, xnet_tx_used(tail, tail), 0U);
	KUNIT_EXPECT_EQ(test, xnet_tx_free(tail, tail), XNET_TX_SIZE);
	KUNIT_EXPECT_EQ(test, xnet_tx_used(tail + 5, tail), 5U);
	KUNIT_EXPECT_EQ(test, xnet_tx_free(tail + 5, tail), XNET_TX_SIZE - 5);
	KUNIT_EXPECT_EQ(test, xnet_tx_free(tail + XNET_TX_SIZE, tail), 0U);
}

static void xnet_ring_index_follows_on_at_the_wrap(struct kunit *test)
{
	u32 pos = U32_MAX - 10;
	int i;

	for (i = 0; i < 20; i++, pos++)
		KUNIT_EXPECT_EQ(test, xnet_tx_index(pos + 1),
				(xnet_tx_index(pos) + 1) % XNET_TX_SIZE);
	KUNIT_EXPECT_EQ(test, xnet_tx_index(XNET_TX_SIZE - 1), XNET_TX_SIZE - 1);
	KUNIT_EXPECT_EQ(test, xnet_tx_index(XNET_TX_SIZE), 0U);
}

static void xnet_the_largest_skb_fits_before_the_queue_stops(struct kunit *test)
{
	KUNIT_EXPECT_GE(test, XNET_TX_STOP, (unsigned int)MAX_SKB_FRAGS + 4);
	KUNIT_EXPECT_LE(test, 2 * XNET_TX_STOP, XNET_TX_SIZE);
}

static void xnet_only_the_last_rx_descriptor_ends_the_ring(struct kunit *test)
{
	u32 i;

	for (i = 0; i < 64; i++) {
		u32 opts1 = xnet_rx_opts1(i, 64, 1536);

		KUNIT_EXPECT_TRUE(test, opts1 & XNET_DESC_OWN);
		KUNIT_EXPECT_EQ(test, !!(opts1 & XNET_DESC_EOR), i == 63);
		KUNIT_EXPECT_EQ(test, FIELD_GET(XNET_RX_BUFLEN, opts1), 1536U);
	}
	KUNIT_EXPECT_FALSE(test, xnet_rx_opts1(63, 256, 1536) & XNET_DESC_EOR);
	KUNIT_EXPECT_TRUE(test, xnet_rx_opts1(255, 256, 1536) & XNET_DESC_EOR);
}

static void xnet_rx_buffers_hold_a_tagged_frame_with_fcs(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, xnet_rx_buf_len(68), XNET_RX_BUF_MIN);
	KUNIT_EXPECT_EQ(test, xnet_rx_buf_len(1500), XNET_RX_BUF_MIN);
	KUNIT_EXPECT_GE(test, xnet_rx_buf_len(1600), 1600U + ETH_HLEN + VLAN_HLEN + ETH_FCS_LEN);
	KUNIT_EXPECT_EQ(test, xnet_rx_buf_len(XNET_MAX_MTU_EMULATED) % 8, 0U);
	KUNIT_EXPECT_LE(test, xnet_rx_buf_len(XNET_MAX_MTU_EMULATED),
			(u32)FIELD_MAX(XNET_RX_BUFLEN));
	KUNIT_EXPECT_LE(test,
			xnet_rx_buf_len(XNET_MAX_FRAME_CHIP - XNET_FRAME_OVERHEAD),
			XNET_MAX_FRAME_CHIP);
}

static void xnet_tx_descriptor_has_its_marks(struct kunit *test)
{
	u32 flags = XNET_TX_IPCS | XNET_TX_TCPCS;

	KUNIT_EXPECT_EQ(test, xnet_tx_opts1(0, 60, flags, true, true),
			XNET_DESC_OWN | XNET_DESC_FS | XNET_DESC_LS | flags | 60);
	KUNIT_EXPECT_EQ(test, xnet_tx_opts1(5, 1000, flags, true, false),
			XNET_DESC_OWN | XNET_DESC_FS | flags | 1000);
	KUNIT_EXPECT_EQ(test, xnet_tx_opts1(XNET_TX_SIZE - 1, 65535, 0, false, true),
			XNET_DESC_OWN | XNET_DESC_EOR | XNET_DESC_LS | 65535);
	KUNIT_EXPECT_EQ(test, xnet_tx_opts1(62, 1, 0, false, false), XNET_DESC_OWN | 1);
}

/* ---- receive filter ---- */

struct xnet_hash_case {
	u8 addr[ETH_ALEN];
	unsigned int bit;
};

/* Worked out with another implementation of the Ethernet CRC. */
static const struct xnet_hash_case xnet_hash_cases[] = {
	{ { 0x01, 0x00, 0x5e, 0x00, 0x00, 0x01 }, 31 },
	{ { 0x01, 0x00, 0x5e, 0x00, 0x00, 0xfb }, 15 },
	{ { 0x33, 0x33, 0x00, 0x00, 0x00, 0x01 }, 62 },
	{ { 0x33, 0x33, 0xff, 0x12, 0x34, 0x56 }, 2 },
	{ { 0x01, 0x80, 0xc2, 0x00, 0x00, 0x0e }, 33 },
	{ { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, 63 },
	{ { 0x01, 0x00, 0x5e, 0x7f, 0xff, 0xfa }, 43 },
};

static void xnet_hash_is_the_upper_bits_of_the_crc(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(xnet_hash_cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, xnet_hash_bit(xnet_hash_cases[i].addr),
				    xnet_hash_cases[i].bit, "%pM", xnet_hash_cases[i].addr);
}

/* ---- offloads ---- */

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

/* ---- statistics ---- */

static void xnet_tally_delta_survives_one_wrap(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, xnet_tally_delta(7, 5, 16), 2ULL);
	KUNIT_EXPECT_EQ(test, xnet_tally_delta(3, 0xfffe, 16), 5ULL);
	KUNIT_EXPECT_EQ(test, xnet_tally_delta(0, U32_MAX, 32), 1ULL);
	KUNIT_EXPECT_EQ(test, xnet_tally_delta(0, U64_MAX, 64), 1ULL);
	KUNIT_EXPECT_EQ(test, xnet_tally_delta(1ULL << 40, 0, 64), 1ULL << 40);
}

/* ---- EEPROM ---- */

/* A 93C46 or 93C56 at the pins of 9346CR. It ignores what its data sheet does. */
struct xnet_fake_eeprom {
	u16 words[128];
	unsigned int addr_bits;
	u8 pins;
	unsigned int clocks; /* since the start bit */
	bool started;
	u32 in;
	u32 out;
	bool out_pin;
	unsigned int bad; /* accesses in another mode than programming */
};

static void xnet_fake_clock(struct xnet_fake_eeprom *e)
{
	bool di = e->pins & XNET_9346CR_EEDI;

	if (!e->started) {
		e->started = di;
		return;
	}
	e->clocks++;
	if (e->clocks <= 2 + e->addr_bits) {
		e->in = e->in << 1 | di;
		if (e->clocks == 2 + e->addr_bits && e->in >> e->addr_bits == 2)
			e->out = e->words[e->in & (ARRAY_SIZE(e->words) - 1)];
		return;
	}
	e->out_pin = e->out & BIT(15);
	e->out <<= 1;
}

static void xnet_fake_write(void *ctx, u8 val)
{
	struct xnet_fake_eeprom *e = ctx;
	bool rising = !(e->pins & XNET_9346CR_EESK) && val & XNET_9346CR_EESK;
	bool selected = val & XNET_9346CR_EECS;

	if (FIELD_GET(XNET_9346CR_EEM, val) != XNET_9346CR_EEM_PROGRAM)
		e->bad += val != 0;
	e->pins = val;
	if (!selected) {
		e->started = false;
		e->clocks = 0;
		e->in = 0;
	} else if (rising) {
		xnet_fake_clock(e);
	}
}

static u8 xnet_fake_read(void *ctx)
{
	struct xnet_fake_eeprom *e = ctx;

	return (e->pins & ~XNET_9346CR_EEDO) | (e->out_pin ? XNET_9346CR_EEDO : 0);
}

static void xnet_test_eeprom(struct kunit *test, unsigned int addr_bits, unsigned int words)
{
	struct xnet_fake_eeprom *e = kunit_kzalloc(test, sizeof(*e), GFP_KERNEL);
	struct xnet_eeprom_port port = { xnet_fake_read, xnet_fake_write, e };
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, e);
	e->addr_bits = addr_bits;
	for (i = 0; i < ARRAY_SIZE(e->words); i++)
		e->words[i] = 0xa55a ^ i * 0x0101;
	e->words[XNET_EEPROM_ID] = XNET_EEPROM_ID_VALUE;

	KUNIT_EXPECT_EQ(test, xnet_eeprom_addr_bits(&port), addr_bits);
	for (i = 0; i < words; i++)
		KUNIT_EXPECT_EQ(test, xnet_eeprom_read_word(&port, addr_bits, i), e->words[i]);
	KUNIT_EXPECT_EQ(test, e->bad, 0U);
	KUNIT_EXPECT_EQ(test, e->pins, 0);
}

static void xnet_eeprom_of_64_words_is_read(struct kunit *test)
{
	xnet_test_eeprom(test, 6, 64);
}

static void xnet_eeprom_of_128_words_is_read(struct kunit *test)
{
	xnet_test_eeprom(test, 8, 128);
}

static u8 xnet_stuck_read(void *ctx)
{
	return U8_MAX;
}

static void xnet_ignore_write(void *ctx, u8 val)
{
}

static void xnet_no_eeprom_is_noticed(struct kunit *test)
{
	struct xnet_eeprom_port port = { xnet_stuck_read, xnet_ignore_write, NULL };

	KUNIT_EXPECT_EQ(test, xnet_eeprom_addr_bits(&port), 0U);
}

static struct kunit_case xnet_kunit_cases[] = {
	KUNIT_CASE(xnet_ring_counts_across_the_wrap),
	KUNIT_CASE(xnet_ring_index_follows_on_at_the_wrap),
	KUNIT_CASE(xnet_the_largest_skb_fits_before_the_queue_stops),
	KUNIT_CASE(xnet_only_the_last_rx_descriptor_ends_the_ring),
	KUNIT_CASE(xnet_rx_buffers_hold_a_tagged_frame_with_fcs),
	KUNIT_CASE(xnet_tx_descriptor_has_its_marks),
	KUNIT_CASE(xnet_hash_is_the_upper_bits_of_the_crc),
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
	KUNIT_CASE(xnet_cpcr_follows_the_features),
	KUNIT_CASE(xnet_tally_delta_survives_one_wrap),
	KUNIT_CASE(xnet_eeprom_of_64_words_is_read),
	KUNIT_CASE(xnet_eeprom_of_128_words_is_read),
	KUNIT_CASE(xnet_no_eeprom_is_noticed),
	{}
};

static struct kunit_suite xnet_kunit_suite = {
	.name = "xnet",
	.test_cases = xnet_kunit_cases,
};

kunit_test_suite(xnet_kunit_suite);

MODULE_DESCRIPTION("KUnit tests of xnet");
MODULE_LICENSE("GPL");
