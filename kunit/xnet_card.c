// SPDX-License-Identifier: GPL-2.0-only
/* The pretend network card: see xnet_card.h. */
#include <linux/bitfield.h>
#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/irq.h>
#include <linux/rtnetlink.h>
#include <linux/unaligned.h>

#include "xnet_card.h"

#define XNET_CARD_BUS 0x42 /* any but the machine's own */
#define XNET_CARD_BUS_ADDRESS 0x80000000ULL /* where the card sees the window of its registers */
#define XNET_CARD_LEN 400U /* of frames that show that it works; too long to be copied */
#define XNET_CARD_FIRST_IRQ 64 /* User Mode Linux has taken those below without asking */
#define XNET_CARD_STATUS_W1C 0xf900

static const u8 xnet_card_mac[ETH_ALEN] = { 0x02, 0x81, 0x39, 0xc0, 0x00, 0x20 };

/* Its configuration space. */

static int xnet_card_config_read(struct pci_bus *bus, unsigned int devfn, int where, int size,
				 u32 *val)
{
	struct xnet_card *card = bus->sysdata;
	u8 bytes[4] = {};

	if (devfn || card->chip->gone) {
		*val = ~0U;
		return PCIBIOS_DEVICE_NOT_FOUND;
	}
	memcpy(bytes, card->config + where, size);
	*val = get_unaligned_le32(bytes);
	return PCIBIOS_SUCCESSFUL;
}

static int xnet_card_config_write(struct pci_bus *bus, unsigned int devfn, int where, int size,
				  u32 val)
{
	struct xnet_card *card = bus->sysdata;
	u8 *at = card->config + where;

	if (devfn || card->chip->gone)
		return PCIBIOS_DEVICE_NOT_FOUND;
	switch (where) {
	case PCI_COMMAND:
		put_unaligned_le16(val, at);
		break;
	case XNET_CARD_PM + PCI_PM_CTRL:
		put_unaligned_le16(val & ~PCI_PM_CTRL_PME_STATUS, at);
		break;
	case PCI_STATUS:
		put_unaligned_le16(get_unaligned_le16(at) & ~(val & XNET_CARD_STATUS_W1C), at);
		break;
	case PCI_BASE_ADDRESS_1:
		if (!card->no_regs)
			put_unaligned_le32(val & ~(XNET_REGS_LEN - 1), at);
		break;
	case PCI_INTERRUPT_LINE:
		*at = val;
		break;
	}
	return PCIBIOS_SUCCESSFUL;
}

static struct pci_ops xnet_card_pci_ops = {
	.read = xnet_card_config_read,
	.write = xnet_card_config_write,
};

static int xnet_card_map_irq(const struct pci_dev *pdev, u8 slot, u8 pin)
{
	struct xnet_card *card = pdev->bus->sysdata;

	return card->no_irq ? 0 : card->irq;
}

static void xnet_card_init_config(struct xnet_card *card)
{
	u8 *config = card->config;

	put_unaligned_le16(PCI_VENDOR_ID_REALTEK, config + PCI_VENDOR_ID);
	put_unaligned_le16(PCI_DEVICE_ID_REALTEK_8139, config + PCI_DEVICE_ID);
	put_unaligned_le16(PCI_STATUS_CAP_LIST, config + PCI_STATUS);
	config[PCI_REVISION_ID] = 0x20;
	put_unaligned_le16(PCI_CLASS_NETWORK_ETHERNET, config + PCI_CLASS_DEVICE);
	put_unaligned_le16(PCI_VENDOR_ID_REALTEK, config + PCI_SUBSYSTEM_VENDOR_ID);
	put_unaligned_le16(PCI_DEVICE_ID_REALTEK_8139, config + PCI_SUBSYSTEM_ID);
	config[PCI_CAPABILITY_LIST] = XNET_CARD_PM;
	config[PCI_INTERRUPT_PIN] = 1;
	config[XNET_CARD_PM] = PCI_CAP_ID_PM;
	put_unaligned_le16(2 | PCI_PM_CAP_PME_D3hot, config + XNET_CARD_PM + PCI_PM_PMC);
}

static void xnet_card_init_eeprom(struct xnet_card *card)
{
	u16 *words = card->chip->eeprom.words;
	int i;

	words[XNET_EEPROM_ID] = XNET_EEPROM_ID_VALUE;
	for (i = 0; i < ETH_ALEN / 2; i++)
		words[XNET_EEPROM_MAC + i] = get_unaligned_le16(xnet_card_mac + 2 * i);
}

/* Its rings. */

static struct xnet_desc *xnet_card_desc(struct xnet_card *card, unsigned int ring, u32 index)
{
	u64 addr = xnet_chip_get64(card->chip, ring) + index * sizeof(struct xnet_desc);

	return xnet_dma_write(&card->dma, addr, sizeof(struct xnet_desc));
}

static u32 xnet_card_after(u32 index, u32 opts1)
{
	return opts1 & XNET_DESC_EOR ? 0 : index + 1;
}

static void xnet_card_raise(struct xnet_card *card, u16 cause)
{
	xnet_chip_set(card->chip, XNET_ISR, 2, xnet_chip_get16(card->chip, XNET_ISR) | cause);
}

/**
 * xnet_card_receive() - a buffer's worth of a frame arrives
 * @card: the card
 * @data: what goes into the buffer, as far as it has room
 * @len: how much that is, and what is said of it in opts1
 * @status: the rest of opts1: XNET_CARD_WHOLE, or what is wrong
 * @opts2: the same, or XNET_RX_UNWRITTEN to leave it as it was
 *
 * Return: whether the driver had a buffer for it.
 */
bool xnet_card_receive(struct xnet_card *card, const void *data, u32 len, u32 status, u32 opts2)
{
	struct xnet_chip *chip = card->chip;
	struct xnet_desc *desc;
	u32 opts1, room;
	void *to;

	if (!(chip->regs[XNET_CR] & XNET_CR_RE))
		return false;
	desc = xnet_card_desc(card, XNET_RDSAR, chip->rx_next);
	opts1 = desc ? le32_to_cpu(desc->opts1) : 0;
	if (!(opts1 & XNET_DESC_OWN)) {
		xnet_card_raise(card, XNET_INT_RDU);
		return false;
	}
	room = min(FIELD_GET(XNET_RX_BUFLEN, opts1), len);
	to = xnet_dma_write(&card->dma, le64_to_cpu(desc->addr), FIELD_GET(XNET_RX_BUFLEN, opts1));
	if (to)
		memcpy(to, data, room);
	if (opts2 != XNET_RX_UNWRITTEN)
		desc->opts2 = cpu_to_le32(opts2);
	desc->opts1 = cpu_to_le32((opts1 & XNET_DESC_EOR) | status |
				  FIELD_PREP(XNET_RX_FRAMELEN, len));
	chip->rx_next = xnet_card_after(chip->rx_next, opts1);
	xnet_card_raise(card, status & XNET_RX_RES ? XNET_INT_RER : XNET_INT_ROK);
	return true;
}

/* Add a descriptor's bytes to the frame; the bits that begin one and end one must be right. */
static void xnet_card_gather(struct xnet_card *card, struct sk_buff *skb,
			     const struct xnet_desc *desc, u32 opts1)
{
	struct xnet_card_sent *sent = (struct xnet_card_sent *)skb->cb;
	u32 len = FIELD_GET(XNET_TX_LEN, opts1);
	const void *from = xnet_dma_read(&card->dma, le64_to_cpu(desc->addr), len);

	if (!(opts1 & XNET_DESC_FS) != !!skb->len)
		card->dma.faults++;
	if (!skb->len) {
		sent->opts1 = opts1;
		sent->opts2 = le32_to_cpu(desc->opts2);
	}
	if (from)
		skb_put_data(skb, from, len);
}

/* The chip writes its status over what asked for checksums, the emulated one leaves that. */
static u32 xnet_card_written_back(struct xnet_card *card, u32 opts1, u32 status)
{
	opts1 &= ~XNET_DESC_OWN;
	if (!(opts1 & XNET_DESC_LS) || opts1 & XNET_TX_LGSEN)
		return opts1;
	if (!card->xd->emulated)
		opts1 &= ~GENMASK(26, 16);
	return opts1 | status;
}

/**
 * xnet_card_send() - the next frame in the Tx ring is sent
 * @card: the card
 * @status: what the chip has to say of it
 *
 * Return: whether there was one. It is in @card->sent.
 */
bool xnet_card_send(struct xnet_card *card, u32 status)
{
	struct xnet_chip *chip = card->chip;
	struct sk_buff *skb = alloc_skb(2 * XNET_MAX_TX_LEN, GFP_ATOMIC);
	struct xnet_desc *desc;
	u32 opts1;

	if (!skb)
		return false;
	do {
		desc = xnet_card_desc(card, XNET_TNPDS, chip->tx_next);
		opts1 = desc ? le32_to_cpu(desc->opts1) : 0;
		if (!(opts1 & XNET_DESC_OWN)) {
			if (skb->len)
				card->dma.faults++;
			kfree_skb(skb);
			return false;
		}
		xnet_card_gather(card, skb, desc, opts1);
		desc->opts1 = cpu_to_le32(xnet_card_written_back(card, opts1, status));
		chip->tx_next = xnet_card_after(chip->tx_next, opts1);
	} while (!(opts1 & XNET_DESC_LS));
	skb_queue_tail(&card->sent, skb);
	xnet_card_raise(card, status & XNET_TX_TES ? XNET_INT_TER : XNET_INT_TOK);
	return true;
}

/* With loopback what was sent comes back, and nobody else sees it. */
static void xnet_card_loop_back(struct xnet_card *card)
{
	struct sk_buff *skb = skb_dequeue_tail(&card->sent);

	skb_put_zero(skb, ETH_FCS_LEN);
	xnet_card_receive(card, skb->data, skb->len, XNET_CARD_WHOLE, 0);
	kfree_skb(skb);
}

/* The emulated one sends all, the chip none before the write is over. */
static void xnet_card_doorbell(struct xnet_chip *chip)
{
	struct xnet_card *card = container_of(chip->dma, struct xnet_card, dma);

	if (card->slow)
		return;
	while (xnet_card_send(card, 0))
		if (FIELD_GET(XNET_TCR_LBK, xnet_chip_get32(chip, XNET_TCR)))
			xnet_card_loop_back(card);
}

/* The interrupt comes at once, not when a test wants it. */
static void xnet_card_timer(struct xnet_chip *chip)
{
	struct xnet_card *card = container_of(chip->dma, struct xnet_card, dma);

	if (!card->deaf)
		xnet_card_interrupt(card);
}

/* What the machine does. */

static u8 xnet_card_byte(u32 i, u8 seed)
{
	return seed * 41 + i * 7 + (i >> 8);
}

/**
 * xnet_card_fill() - make a frame to the card from somebody else
 * @card: the card
 * @frame: where
 * @len: how long, with its header and without FCS
 * @seed: what makes its bytes differ from those of others
 */
void xnet_card_fill(const struct xnet_card *card, u8 *frame, u32 len, u8 seed)
{
	struct ethhdr *eth = (struct ethhdr *)frame;
	u32 i;

	for (i = 0; i < len; i++)
		frame[i] = xnet_card_byte(i, seed);
	ether_addr_copy(eth->h_dest, card->dev->dev_addr);
	eth->h_source[0] = 0x02;
	eth->h_proto = htons(ETH_P_802_EX1);
}

/**
 * xnet_card_is_frame() - is this the frame that xnet_card_fill() made?
 * @card: the card
 * @frame: what may be it
 * @len: its length
 * @seed: the same as then
 *
 * Return: whether all of its payload is.
 */
bool xnet_card_is_frame(const struct xnet_card *card, const u8 *frame, u32 len, u8 seed)
{
	u32 i;

	for (i = ETH_HLEN; i < len; i++)
		if (frame[i] != xnet_card_byte(i, seed))
			return false;
	return !memcmp(frame, card->dev->dev_addr, ETH_ALEN);
}

/**
 * xnet_card_interrupt() - interrupt if the chip wants to, and poll until all is done
 * @card: the card
 *
 * Return: whether it wanted to.
 */
bool xnet_card_interrupt(struct xnet_card *card)
{
	struct xnet_chip *chip = card->chip;
	unsigned long flags;

	if (!(xnet_chip_get16(chip, XNET_ISR) & xnet_chip_get16(chip, XNET_IMR)))
		return false;
	local_bh_disable();
	local_irq_save(flags);
	generic_handle_irq(card->irq);
	local_irq_restore(flags);
	local_bh_enable();
	/* What took long was left to a thread, which napi_synchronize() waits for with SMP only. */
	while (card->xd->up && test_bit(NAPI_STATE_SCHED, &card->xd->napi.state))
		fsleep(1000);
	return true;
}

/**
 * xnet_card_xmit() - have the driver queue a frame, as the stack does
 * @card: the card
 * @skb: the frame
 * @more: another one follows at once
 *
 * Return: what the driver says.
 */
netdev_tx_t xnet_card_xmit(struct xnet_card *card, struct sk_buff *skb, bool more)
{
	struct netdev_queue *txq = netdev_get_tx_queue(card->dev, 0);
	netdev_tx_t result;

	local_bh_disable();
	__netif_tx_lock(txq, smp_processor_id());
	result = netdev_start_xmit(skb, card->dev, txq, more);
	__netif_tx_unlock(txq);
	local_bh_enable();
	return result;
}

/**
 * xnet_card_works() - expect that a frame passes each way, and nothing else does
 * @test: the test
 * @card: the card; its interface is open, and it sends at once
 */
void xnet_card_works(struct kunit *test, struct xnet_card *card)
{
	u8 frame[XNET_CARD_LEN + ETH_FCS_LEN] = {};
	struct sk_buff *skb;

	xnet_card_fill(card, frame, XNET_CARD_LEN, 3);
	KUNIT_ASSERT_TRUE(test, xnet_card_receive(card, frame, sizeof(frame), XNET_CARD_WHOLE, 0));
	KUNIT_EXPECT_TRUE(test, xnet_card_interrupt(card));
	skb = skb_dequeue(&card->received);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_TRUE(test, xnet_card_is_frame(card, skb_mac_header(skb), XNET_CARD_LEN, 3));
	kfree_skb(skb);

	skb = netdev_alloc_skb_ip_align(card->dev, XNET_CARD_LEN);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	xnet_card_fill(card, skb_put(skb, XNET_CARD_LEN), XNET_CARD_LEN, 4);
	KUNIT_EXPECT_EQ(test, (int)xnet_card_xmit(card, skb, false), NETDEV_TX_OK);
	skb = skb_dequeue(&card->sent);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_TRUE(test, xnet_card_is_frame(card, skb->data, XNET_CARD_LEN, 4));
	kfree_skb(skb);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&card->received), 0);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&card->sent), 0);
}

static int xnet_card_tap(struct sk_buff *skb, struct net_device *dev, struct packet_type *tap,
			 struct net_device *orig_dev)
{
	struct xnet_card *card = tap->af_packet_priv;

	skb = skb_share_check(skb, GFP_ATOMIC);
	if (skb)
		skb_queue_tail(&card->received, skb);
	return NET_RX_SUCCESS;
}

static void xnet_card_add_tap(struct xnet_card *card)
{
	card->tap = (struct packet_type){
		.type = htons(ETH_P_ALL), .dev = card->dev, .func = xnet_card_tap,
		.af_packet_priv = card, .ignore_outgoing = true,
	};
	dev_add_pack(&card->tap);
}

/**
 * xnet_card_open() - open the interface, without GRO, so that what is received is seen as it came
 * @test: the test
 * @card: the card; plugged in and bound
 */
void xnet_card_open(struct kunit *test, struct xnet_card *card)
{
	int err;

	KUNIT_ASSERT_NOT_NULL(test, card->dev);
	rtnl_lock();
	card->dev->wanted_features &= ~NETIF_F_GRO;
	netdev_update_features(card->dev);
	err = dev_open(card->dev, NULL);
	rtnl_unlock();
	KUNIT_ASSERT_EQ(test, err, 0);
}

/* There are few interrupts, and they are never given back unless the card gives its own. */
static int xnet_card_get_irq(void)
{
	int irq = irq_alloc_desc_from(XNET_CARD_FIRST_IRQ, NUMA_NO_NODE);

	if (irq > 0)
		irq_set_chip_and_handler(irq, &dummy_irq_chip, handle_simple_irq);
	return irq;
}

struct xnet_card *__xnet_card_make(struct kunit *test)
{
	struct xnet_card *card = kunit_kzalloc(test, sizeof(*card), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, card);
	card->chip = xnet_chip_make(test);
	xnet_chip_set_link(card->chip, true);
	xnet_dma_init(&card->dma);
	card->chip->dma = &card->dma;
	card->chip->doorbell = xnet_card_doorbell;
	card->chip->timer = xnet_card_timer;
	skb_queue_head_init(&card->sent);
	skb_queue_head_init(&card->received);
	xnet_card_init_config(card);
	xnet_card_init_eeprom(card);
	card->irq = xnet_card_get_irq();
	KUNIT_ASSERT_GT(test, card->irq, 0);
	return card;
}

static struct pci_bus *xnet_card_scan(struct xnet_card *card)
{
	struct pci_host_bridge *bridge = pci_alloc_host_bridge(0);
	struct resource *window = xnet_chip_window();

	if (!bridge)
		return NULL;
	pci_add_resource_offset(&bridge->windows, window, window->start - XNET_CARD_BUS_ADDRESS);
	bridge->sysdata = card;
	bridge->busnr = XNET_CARD_BUS;
	bridge->ops = &xnet_card_pci_ops;
	bridge->map_irq = xnet_card_map_irq;
	if (pci_scan_root_bus_bridge(bridge)) {
		pci_free_host_bridge(bridge);
		return NULL;
	}
	return bridge->bus;
}

/**
 * xnet_card_plug() - plug the card in, and have the driver probe it
 * @test: the test
 * @card: the card
 */
void xnet_card_plug(struct kunit *test, struct xnet_card *card)
{
	pci_lock_rescan_remove();
	card->bus = xnet_card_scan(card);
	card->pdev = card->bus ? pci_get_slot(card->bus, 0) : NULL;
	if (card->pdev) {
		xnet_dma_attach(&card->dma, &card->pdev->dev);
		if (!card->no_room)
			pci_assign_unassigned_root_bus_resources(card->bus);
		pci_bus_add_devices(card->bus);
	}
	pci_unlock_rescan_remove();
	KUNIT_ASSERT_NOT_NULL(test, card->pdev);
	if (!card->pdev->dev.driver)
		return;
	card->xd = pci_get_drvdata(card->pdev);
	card->dev = card->xd->dev;
	xnet_card_add_tap(card);
}

/**
 * xnet_card_unplug() - take the card out of its slot, and the bus away
 * @card: the card
 */
void xnet_card_unplug(struct xnet_card *card)
{
	if (!card->bus)
		return;
	if (card->dev)
		dev_remove_pack(&card->tap);
	card->dev = NULL;
	card->xd = NULL;
	pci_dev_put(card->pdev);
	pci_lock_rescan_remove();
	pci_stop_root_bus(card->bus);
	pci_remove_root_bus(card->bus);
	pci_unlock_rescan_remove();
	card->bus = NULL;
}

/**
 * xnet_card_destroy() - unplug the card; the driver must have given back all that it had mapped
 * @test: the test
 * @card: the card, or NULL
 */
void xnet_card_destroy(struct kunit *test, struct xnet_card *card)
{
	if (!card)
		return;
	xnet_card_unplug(card);
	KUNIT_EXPECT_EQ(test, card->dma.count, 0);
	KUNIT_EXPECT_EQ(test, card->dma.faults, 0);
	KUNIT_EXPECT_EQ(test, card->chip->misses, 0);
	skb_queue_purge(&card->sent);
	skb_queue_purge(&card->received);
	irq_free_desc(card->irq);
}
