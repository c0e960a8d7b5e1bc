/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A pretend network card with the pretend 8139C+ on it, in a slot of a PCI bus of its own: the PCI
 * core finds it and has xnet probe it, the stack opens its interface, and frames go both ways
 * through the driver's rings. What the chip does there, a test says step by step.
 */
#ifndef XNET_CARD_H
#define XNET_CARD_H

#include <kunit/test.h>
#include <linux/netdevice.h>
#include <linux/pci.h>
#include <linux/skbuff.h>

#include "xnet_chip.h"
#include "xnet_dma.h"

#define XNET_CARD_PM 0x50 /* where its power management registers are */

/**
 * struct xnet_card - the card
 * @chip: on it
 * @dma: the memory that it reaches
 * @config: its configuration space; before it is plugged in, a test can change it
 * @irq: its interrupt
 * @no_irq: that is not connected
 * @no_regs: it has no registers
 * @no_room: its registers are given no addresses
 * @bus: its bus, or NULL when it is not plugged in
 * @pdev: on that bus
 * @dev: the interface, or NULL if the driver was not bound
 * @xd: the driver's part, or NULL
 * @slow: frames are sent not when the doorbell rings, but by xnet_card_send()
 * @deaf: the interrupt of its timer is lost
 * @sent: the frames that were sent, opts1 and opts2 of their first descriptors in their cb
 * @tap: sees every frame that the driver hands to the stack
 * @received: those frames
 */
struct xnet_card {
	struct xnet_chip *chip;
	struct xnet_dma dma;
	u8 config[PCI_CFG_SPACE_SIZE];
	int irq;
	bool no_irq;
	bool no_regs;
	bool no_room;
	struct pci_bus *bus;
	struct pci_dev *pdev;
	struct net_device *dev;
	struct xnet *xd;
	bool slow;
	bool deaf;
	struct sk_buff_head sent;
	struct packet_type tap;
	struct sk_buff_head received;
};

/**
 * struct xnet_card_sent - what is in the cb of a frame that was sent
 * @opts1: of its first descriptor, as the driver wrote it
 * @opts2: the same
 */
struct xnet_card_sent {
	u32 opts1;
	u32 opts2;
};

/* Of a frame without errors. */
#define XNET_CARD_WHOLE (XNET_DESC_FS | XNET_DESC_LS)

struct xnet_card *__xnet_card_make(struct kunit *test);
void xnet_card_plug(struct kunit *test, struct xnet_card *card);
void xnet_card_unplug(struct xnet_card *card);
void xnet_card_destroy(struct kunit *test, struct xnet_card *card);
void xnet_card_open(struct kunit *test, struct xnet_card *card);
bool xnet_card_interrupt(struct xnet_card *card);
bool xnet_card_receive(struct xnet_card *card, const void *data, u32 len, u32 status, u32 opts2);
bool xnet_card_send(struct xnet_card *card, u32 status);
void xnet_card_fill(const struct xnet_card *card, u8 *frame, u32 len, u8 seed);
bool xnet_card_is_frame(const struct xnet_card *card, const u8 *frame, u32 len, u8 seed);
netdev_tx_t xnet_card_xmit(struct xnet_card *card, struct sk_buff *skb, bool more);
void xnet_card_works(struct kunit *test, struct xnet_card *card);

/**
 * xnet_card_make() - make a card that is not plugged in yet
 * @test: the test; it is skipped where there can be none
 *
 * Return: the card, which the real chip is on; with an EEPROM. xnet_card_destroy() frees it.
 */
static inline struct xnet_card *xnet_card_make(struct kunit *test)
{
	if (!IS_ENABLED(CONFIG_INDIRECT_IOMEM) || !IS_ENABLED(CONFIG_ARCH_HAS_DMA_OPS))
		kunit_skip(test, "needs emulated I/O memory, as User Mode Linux has");
	return __xnet_card_make(test);
}

/* The card is QEMU's. */
static inline void xnet_card_emulate(struct xnet_card *card)
{
	*(__le16 *)(card->config + PCI_SUBSYSTEM_VENDOR_ID) =
		cpu_to_le16(PCI_SUBVENDOR_ID_REDHAT_QUMRANET);
	*(__le16 *)(card->config + PCI_SUBSYSTEM_ID) = cpu_to_le16(PCI_SUBDEVICE_ID_QEMU);
}

#endif /* XNET_CARD_H */
