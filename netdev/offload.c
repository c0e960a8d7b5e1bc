// SPDX-License-Identifier: GPL-2.0-only
/* What the device can do for the stack, and what it would get wrong. */
#include <linux/bitfield.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip.h>

#include "compat_net.h"
#include "xnet.h"

#define XNET_HW_FEATURES                                                                           \
	(NETIF_F_SG | NETIF_F_IP_CSUM | NETIF_F_TSO | NETIF_F_RXCSUM | NETIF_F_HW_VLAN_CTAG_TX |   \
	 NETIF_F_HW_VLAN_CTAG_RX)

void xnet_init_features(struct xnet *xd)
{
	struct net_device *dev = xd->dev;

	dev->hw_features = XNET_HW_FEATURES;
	dev->features |= XNET_HW_FEATURES;
	dev->vlan_features |= NETIF_F_SG | NETIF_F_IP_CSUM | NETIF_F_TSO | NETIF_F_HIGHDMA;
	netif_set_tso_max_size(dev, XNET_MAX_TX_LEN);
	xdp_set_features_flag(dev, NETDEV_XDP_ACT_BASIC | NETDEV_XDP_ACT_REDIRECT |
				   NETDEV_XDP_ACT_NDO_XMIT);
}

u16 xnet_cpcr(netdev_features_t features, bool dac)
{
	return XNET_CPCR_CPTX | XNET_CPCR_CPRX | XNET_CPCR_MULRW | (dac ? XNET_CPCR_DAC : 0) |
	       (features & NETIF_F_RXCSUM ? XNET_CPCR_RXCHKSUM : 0) |
	       (features & NETIF_F_HW_VLAN_CTAG_RX ? XNET_CPCR_RXVLAN : 0);
}

/* A program of XDP looks for the tag in the frame. */
netdev_features_t xnet_fix_features(struct net_device *dev, netdev_features_t features)
{
	struct xnet *xd = netdev_priv(dev);

	return xd->rx_pool ? features & ~NETIF_F_HW_VLAN_CTAG_RX : features;
}

int xnet_set_features(struct net_device *dev, netdev_features_t features)
{
	struct xnet *xd = netdev_priv(dev);

	if (xd->up)
		xnet_w16(xd, XNET_CPCR, xnet_cpcr(features, xd->dac));
	return 0;
}

/*
 * The device finds the headers itself: IPv4 right after the Ethernet header, then TCP or UDP. It
 * looks at nothing else, so the headers that the stack wants done must be those.
 */
static bool xnet_can_csum(const struct sk_buff *skb)
{
	const struct iphdr *ip = ip_hdr(skb);

	if (skb->protocol != htons(ETH_P_IP) || skb_network_offset(skb) != ETH_HLEN ||
	    skb_checksum_start_offset(skb) != ETH_HLEN + ip->ihl * 4)
		return false;
	if (ip->protocol == IPPROTO_TCP)
		return skb->csum_offset == offsetof(struct tcphdr, check);
	return ip->protocol == IPPROTO_UDP && skb->csum_offset == offsetof(struct udphdr, check);
}

/* An MSS of 0 would hang the device. */
static bool xnet_can_tso(const struct sk_buff *skb)
{
	unsigned int mss = skb_shinfo(skb)->gso_size;

	return skb_shinfo(skb)->gso_type & SKB_GSO_TCPV4 && mss &&
	       mss <= FIELD_MAX(XNET_TX_MSS) && skb->len <= XNET_MAX_TX_LEN &&
	       skb_headlen(skb) >= skb_tcp_all_headers(skb);
}

/* What asks for so many segments. One alone is no burst. */
u32 xnet_tso_flags(u32 segs, u32 mss)
{
	if (segs == 1)
		return XNET_TX_IPCS | XNET_TX_TCPCS;
	return XNET_TX_LGSEN | FIELD_PREP(XNET_TX_MSS, mss);
}

/*
 * Headers for a part of a large send, len bytes of payload from offset, as the stack would make
 * them for it: the checksum of TCP is that of the pseudo header. FIN and PSH are the last part's.
 */
void xnet_tso_header(u8 *to, const struct sk_buff *skb, u32 offset, u32 len)
{
	u32 header_len = skb_tcp_all_headers(skb);
	struct iphdr *ip = (struct iphdr *)(to + skb_network_offset(skb));
	struct tcphdr *tcp = (struct tcphdr *)(to + skb_transport_offset(skb));
	u32 tcp_len = tcp_hdrlen(skb) + len;

	memcpy(to, skb->data, header_len);
	ip->tot_len = htons(ip->ihl * 4 + tcp_len);
	ip->id = htons(ntohs(ip->id) + offset / skb_shinfo(skb)->gso_size);
	ip_send_check(ip);
	tcp->seq = htonl(ntohl(tcp->seq) + offset);
	if (header_len + offset + len < skb->len) {
		tcp->fin = 0;
		tcp->psh = 0;
	}
	tcp->check = ~csum_tcpudp_magic(ip->saddr, ip->daddr, tcp_len, IPPROTO_TCP, 0);
}

/* With a tag in the frame the device does not find the headers; it ignores 802.1ad altogether. */
static bool xnet_tag_in_frame(const struct sk_buff *skb, netdev_features_t features)
{
	if (eth_type_vlan(skb->protocol))
		return true;
	return skb_vlan_tag_present(skb) && (skb->vlan_proto != htons(ETH_P_8021Q) ||
					     !(features & NETIF_F_HW_VLAN_CTAG_TX));
}

netdev_features_t xnet_check_features(const struct sk_buff *skb, netdev_features_t features)
{
	/* Nobody has looked whether the device can segment what comes with a checksum. */
	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return skb_is_gso(skb) ? features & ~NETIF_F_GSO_MASK : features;
	if (xnet_tag_in_frame(skb, features) || !xnet_can_csum(skb))
		return features & ~(NETIF_F_CSUM_MASK | NETIF_F_GSO_MASK);
	if (skb_is_gso(skb) && !xnet_can_tso(skb))
		return features & ~NETIF_F_GSO_MASK;
	return features;
}

netdev_features_t xnet_features_check(struct sk_buff *skb, struct net_device *dev,
				      netdev_features_t features)
{
	return vlan_features_check(skb, xnet_check_features(skb, features));
}

/* Returns false if the checksum has to be made in software. */
bool xnet_tx_get_flags(const struct sk_buff *skb, struct xnet_tx_flags *flags)
{
	flags->opts1 = 0;
	flags->opts2 = 0;
	if (skb_vlan_tag_present(skb))
		flags->opts2 = XNET_TX_TAGC |
			       FIELD_PREP(XNET_DESC_TAG, swab16(skb_vlan_tag_get(skb)));

	if (skb_is_gso(skb)) {
		flags->opts1 = XNET_TX_LGSEN |
			       FIELD_PREP(XNET_TX_MSS, skb_shinfo(skb)->gso_size);
	} else if (skb->ip_summed == CHECKSUM_PARTIAL) {
		if (!xnet_can_csum(skb))
			return false;
		flags->opts1 = XNET_TX_IPCS | (ip_hdr(skb)->protocol == IPPROTO_TCP ?
						       XNET_TX_TCPCS : XNET_TX_UDPCS);
	}
	return true;
}
