/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers and descriptors of the RTL-8139C+, under the names that RealTek's data sheet gives
 * them. The width in the comment is the only one that works: some registers ignore other accesses.
 */
#ifndef XNET_REGS_H
#define XNET_REGS_H

#include <linux/bits.h>
#include <linux/types.h>

#define XNET_IDR0	0x00 /* 32, twice: station address */
#define XNET_MAR0	0x08 /* 32, twice: multicast hash */
#define XNET_DTCCR	0x10 /* 32, twice: where to dump the tally counters */
#define XNET_TNPDS	0x20 /* 32, twice: normal priority Tx ring */
#define XNET_THPDS	0x28 /* 32, twice: high priority Tx ring */
#define XNET_CR		0x37 /* 8: command */
#define XNET_IMR	0x3c /* 16: interrupt mask */
#define XNET_ISR	0x3e /* 16: interrupt status, write 1 to clear */
#define XNET_TCR	0x40 /* 32: Tx configuration, writable while CR.TE is set */
#define XNET_RCR	0x44 /* 32: Rx configuration */
#define XNET_TCTR	0x48 /* 32: counts clocks of the PCI bus, a write begins anew */
#define XNET_MPC	0x4c /* 32: missed packets, a write clears */
#define XNET_9346CR	0x50 /* 8: EEPROM pins, and the lock of IDR and CONFIG */
#define XNET_CONFIG1	0x52 /* 8 */
#define XNET_TIMERINT	0x54 /* 32: interrupt when TCTR is there, 0: never */
#define XNET_MSR	0x58 /* 8: media status */
#define XNET_CONFIG3	0x59 /* 8 */
#define XNET_MULINT	0x5c /* 16: early interrupts */
#define XNET_BMCR	0x62 /* 16: the PHY's registers 0, 1, 4, 5 and 6 */
#define XNET_BMSR	0x64
#define XNET_ANAR	0x66
#define XNET_ANLPAR	0x68
#define XNET_ANER	0x6a
#define XNET_CONFIG5	0xd8 /* 8 */
#define XNET_TPPOLL	0xd9 /* 8: Tx doorbell */
#define XNET_CPCR	0xe0 /* 16: C+ command */
#define XNET_RDSAR	0xe4 /* 32, twice: Rx ring */
#define XNET_ETTHR	0xec /* 8: early Tx threshold */
#define XNET_REGS_LEN	0x100

#define XNET_DTCCR_CMD	BIT(3) /* dump now; clears when done */

#define XNET_CR_RST	BIT(4)
#define XNET_CR_RE	BIT(3)
#define XNET_CR_TE	BIT(2)

/* IMR and ISR */
#define XNET_INT_ROK		BIT(0)
#define XNET_INT_RER		BIT(1)
#define XNET_INT_TOK		BIT(2)
#define XNET_INT_TER		BIT(3)
#define XNET_INT_RDU		BIT(4) /* no Rx descriptor */
#define XNET_INT_LINKCHG	BIT(5)
#define XNET_INT_FOVW		BIT(6) /* Rx FIFO overflow */
#define XNET_INT_TDU		BIT(7) /* no Tx descriptor */
#define XNET_INT_TIMEOUT	BIT(14) /* TIMERINT */
#define XNET_INT_SERR		BIT(15) /* PCI system error */

#define XNET_TCR_IFG		GENMASK(25, 24) /* 3: the standard's 96 bit times */
#define XNET_TCR_LBK		GENMASK(18, 17) /* 3: what is sent is received */
#define XNET_TCR_MXDMA		GENMASK(10, 8) /* 16 << n bytes */

#define XNET_RCR_RXFTH		GENMASK(15, 13) /* 16 << n bytes, 7: whole frame */
#define XNET_RCR_MXDMA		GENMASK(10, 8) /* 16 << n bytes, 7: no limit */
#define XNET_RCR_AB		BIT(3) /* broadcast */
#define XNET_RCR_AM		BIT(2) /* multicast that passes the hash */
#define XNET_RCR_APM		BIT(1) /* to the station address */
#define XNET_RCR_AAP		BIT(0) /* any unicast */

#define XNET_MPC_MASK		GENMASK(23, 0)

#define XNET_9346CR_EEM		GENMASK(7, 6)
#define XNET_9346CR_EEM_NORMAL	0
#define XNET_9346CR_EEM_PROGRAM	2 /* the pins below are the EEPROM's */
#define XNET_9346CR_EEM_CONFIG	3 /* IDR and CONFIG are writable */
#define XNET_9346CR_EECS	BIT(3)
#define XNET_9346CR_EESK	BIT(2)
#define XNET_9346CR_EEDI	BIT(1)
#define XNET_9346CR_EEDO	BIT(0)

#define XNET_CONFIG1_DVRLOAD	BIT(5) /* a driver is loaded */
#define XNET_CONFIG1_PMEN	BIT(0)
#define XNET_CONFIG3_MAGIC	BIT(5) /* wake on a magic packet */
#define XNET_CONFIG3_LINKUP	BIT(4) /* wake on link up */
#define XNET_CONFIG5_BWF	BIT(6) /* wake on broadcast, multicast, unicast */
#define XNET_CONFIG5_MWF	BIT(5)
#define XNET_CONFIG5_UWF	BIT(4)
#define XNET_CONFIG5_LANWAKE	BIT(1)

#define XNET_MSR_TXFCE		BIT(7) /* pause frames are sent, and obeyed, with full duplex */
#define XNET_MSR_RXFCE		BIT(6)

#define XNET_TPPOLL_NPQ		BIT(6) /* the normal priority ring has work */

#define XNET_CPCR_RXVLAN	BIT(6)
#define XNET_CPCR_RXCHKSUM	BIT(5)
#define XNET_CPCR_DAC		BIT(4) /* 64-bit addresses */
#define XNET_CPCR_MULRW		BIT(3) /* PCI memory read/write multiple */
#define XNET_CPCR_CPRX		BIT(1)
#define XNET_CPCR_CPTX		BIT(0)

#define XNET_ETTHR_MASK		GENMASK(5, 0) /* in units of 32 bytes */

/* A descriptor of either ring. */
struct xnet_desc {
	__le32 opts1;
	__le32 opts2;
	__le64 addr;
};

/* Both rings, opts1 */
#define XNET_DESC_OWN		BIT(31) /* the device's */
#define XNET_DESC_EOR		BIT(30) /* last of the ring */
#define XNET_DESC_FS		BIT(29) /* first of a frame */
#define XNET_DESC_LS		BIT(28) /* last of a frame */

/* Tx opts1, as the driver writes it */
#define XNET_TX_LGSEN		BIT(27) /* large send, that is TSO */
#define XNET_TX_MSS		GENMASK(26, 16) /* with LGSEN */
#define XNET_TX_IPCS		BIT(18) /* without LGSEN: which checksums to insert */
#define XNET_TX_UDPCS		BIT(17)
#define XNET_TX_TCPCS		BIT(16)
#define XNET_TX_LEN		GENMASK(15, 0)

/* Tx opts1, as the device writes it back after a frame without LGSEN */
#define XNET_TX_UNF		BIT(25) /* FIFO underrun */
#define XNET_TX_TES		BIT(23) /* any error */
#define XNET_TX_OWC		BIT(22) /* collision out of window */
#define XNET_TX_LNKF		BIT(21) /* no carrier */
#define XNET_TX_EXC		BIT(20) /* too many collisions */
#define XNET_TX_CC		GENMASK(19, 16) /* collisions */

/* Tx opts2 */
#define XNET_TX_TAGC		BIT(17) /* insert the tag */
#define XNET_DESC_TAG		GENMASK(15, 0) /* in network byte order */

/* Rx opts1, as the driver writes it */
#define XNET_RX_BUFLEN		GENMASK(12, 0)

/* Rx opts1, as the device writes it back */
#define XNET_RX_FAE		BIT(27) /* alignment error */
#define XNET_RX_MAR		BIT(26) /* multicast */
#define XNET_RX_RWT		BIT(22) /* FIFO overrun */
#define XNET_RX_LONG		BIT(21) /* more than 4096 bytes */
#define XNET_RX_RES		BIT(20) /* any error */
#define XNET_RX_RUNT		BIT(19)
#define XNET_RX_CRC		BIT(18)
#define XNET_RX_PID		GENMASK(17, 16)
#define XNET_RX_PID_TCP		1
#define XNET_RX_PID_UDP		2
#define XNET_RX_IPF		BIT(15) /* checksum failures */
#define XNET_RX_UDPF		BIT(14)
#define XNET_RX_TCPF		BIT(13)
#define XNET_RX_FRAMELEN	GENMASK(12, 0) /* with the FCS */

/* Rx opts2 */
#define XNET_RX_TAVA		BIT(16) /* a tag was stripped */

/* What DTCCR dumps. */
struct xnet_tally_block {
	__le64 tx_ok;
	__le64 rx_ok;
	__le64 tx_err;
	__le32 rx_err;
	__le16 miss_pkt;
	__le16 fae;
	__le32 tx_1col;
	__le32 tx_mcol;
	__le64 rx_ok_phy;
	__le64 rx_ok_brd;
	__le32 rx_ok_mul;
	__le16 tx_abt;
	__le16 tx_undrn;
} __packed __aligned(64);

#endif /* XNET_REGS_H */
