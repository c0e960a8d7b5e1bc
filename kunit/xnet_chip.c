// SPDX-License-Identifier: GPL-2.0-only
/* The pretend 8139C+: see xnet_chip.h. */
#include <linux/bitfield.h>
#include <linux/etherdevice.h>
#include <linux/io.h>
#include <linux/logic_iomem.h>
#include <linux/mii.h>
#include <linux/rtnetlink.h>
#include <linux/unaligned.h>

#include "xnet_chip.h"

#define XNET_CHIP_START 0x813900000000ULL

u8 xnet_chip_get8(const struct xnet_chip *chip, unsigned int reg)
{
	return chip->regs[reg];
}

u16 xnet_chip_get16(const struct xnet_chip *chip, unsigned int reg)
{
	return get_unaligned_le16(chip->regs + reg);
}

u32 xnet_chip_get32(const struct xnet_chip *chip, unsigned int reg)
{
	return get_unaligned_le32(chip->regs + reg);
}

u64 xnet_chip_get64(const struct xnet_chip *chip, unsigned int reg)
{
	return get_unaligned_le64(chip->regs + reg);
}

/* As if the chip itself had done so: none of the rules for the driver's accesses apply. */
void xnet_chip_set(struct xnet_chip *chip, unsigned int reg, unsigned int size, u32 val)
{
	u8 bytes[4];

	put_unaligned_le32(val, bytes);
	memcpy(chip->regs + reg, bytes, size);
}

void xnet_chip_set_link(struct xnet_chip *chip, bool up)
{
	u16 bmsr = xnet_chip_get16(chip, XNET_BMSR) & ~(BMSR_LSTATUS | BMSR_ANEGCOMPLETE);

	xnet_chip_set(chip, XNET_BMSR, 2, up ? bmsr | BMSR_LSTATUS | BMSR_ANEGCOMPLETE : bmsr);
}

static void xnet_chip_reset(struct xnet_chip *chip)
{
	bool up = xnet_chip_get16(chip, XNET_BMSR) & BMSR_LSTATUS;
	u8 mac[8];

	/* What was loaded from the EEPROM outlasts it. */
	memcpy(mac, chip->regs + XNET_IDR0, sizeof(mac));
	memset(chip->regs, 0, sizeof(chip->regs));
	memcpy(chip->regs + XNET_IDR0, mac, sizeof(mac));
	memset(&chip->tallies, 0, sizeof(chip->tallies));
	chip->rx_next = 0;
	chip->tx_next = 0;
	xnet_chip_set(chip, XNET_CR, 1, chip->stuck ? XNET_CR_RST : 0);
	xnet_chip_set(chip, XNET_BMCR, 2, BMCR_ANENABLE | BMCR_FULLDPLX);
	xnet_chip_set(chip, XNET_BMSR, 2, 0x7800 | BMSR_ANEGCAPABLE | BMSR_ERCAP);
	xnet_chip_set(chip, XNET_ANAR, 2, XNET_CHIP_ANAR);
	xnet_chip_set(chip, XNET_ANLPAR, 2, LPA_LPACK | LPA_100FULL | LPA_100HALF | LPA_10FULL |
		      LPA_10HALF | ADVERTISE_CSMA);
	xnet_chip_set_link(chip, up);
}

/* The width of a register as the data sheet has it, and 0 where any will do. */
static unsigned int xnet_chip_width(unsigned int reg)
{
	switch (reg) {
	case 0x10 ... 0x33:
	case 0x40 ... 0x4f:
	case 0x54 ... 0x57:
	case 0xe4 ... 0xeb:
		return 4;
	case 0x3c ... 0x3f:
	case 0x5c ... 0x5d:
	case 0x60 ... 0x7f:
	case 0xe0 ... 0xe3:
		return 2;
	case 0x34 ... 0x3b:
	case 0x50 ... 0x53:
	case 0x58 ... 0x5b:
	case 0x5e ... 0x5f:
	case 0xd8 ... 0xdf:
	case 0xec:
		return 1;
	default:
		return 0;
	}
}

static bool xnet_chip_is_locked(const struct xnet_chip *chip, unsigned int reg)
{
	switch (reg) {
	case 0x00 ... 0x07: /* IDR */
	case XNET_CONFIG1:
	case XNET_CONFIG3:
	case XNET_BMCR:
	case XNET_CONFIG5:
		return FIELD_GET(XNET_9346CR_EEM, chip->regs[XNET_9346CR]) !=
		       XNET_9346CR_EEM_CONFIG;
	case XNET_TCR:
		return !(chip->regs[XNET_CR] & XNET_CR_TE);
	case XNET_BMSR:
	case XNET_ANLPAR:
		return true;
	default:
		return false;
	}
}

static void xnet_chip_write_tallies(struct xnet_chip *chip, u64 to)
{
	struct xnet_tally_block *block = NULL;

	if (chip->dma)
		block = xnet_dma_write(chip->dma, to, sizeof(*block));
	else if (to == XNET_CHIP_TALLY_DMA)
		block = chip->xd->tally_block;
	if (block)
		*block = chip->tallies;
}

static void xnet_chip_dump(struct xnet_chip *chip)
{
	u64 to = xnet_chip_get64(chip, XNET_DTCCR);

	if (!(to & XNET_DTCCR_CMD) || chip->stuck)
		return;
	xnet_chip_write_tallies(chip, to & ~63ULL);
	chip->regs[XNET_DTCCR] &= ~XNET_DTCCR_CMD;
}

/* The mode of the C+ has rings of its own; what was in their registers is lost. */
static void xnet_chip_enter_cplus(struct xnet_chip *chip)
{
	memset(chip->regs + XNET_TNPDS, 0, 2 * sizeof(u64));
	memset(chip->regs + XNET_RDSAR, 0, sizeof(u64));
}

static void xnet_chip_command(struct xnet_chip *chip, u8 old)
{
	u8 command = chip->regs[XNET_CR];

	if (command & XNET_CR_RST && chip->reset)
		chip->reset(chip);
	if (command & XNET_CR_RST)
		xnet_chip_reset(chip);
	else if (command & ~old & XNET_CR_RE)
		chip->rx_base = xnet_chip_get64(chip, XNET_RDSAR);
}

/* Time flies: the timer has run out as soon as it was started. */
static void xnet_chip_start_timer(struct xnet_chip *chip)
{
	if (!xnet_chip_get32(chip, XNET_TIMERINT))
		return;
	xnet_chip_set(chip, XNET_ISR, 2, xnet_chip_get16(chip, XNET_ISR) | XNET_INT_TIMEOUT);
	if (chip->timer)
		chip->timer(chip);
}

static unsigned long xnet_chip_read(void *priv, unsigned int reg, int size)
{
	struct xnet_chip *chip = priv;
	unsigned int width = xnet_chip_width(reg);

	if (chip->gone)
		return ~0UL;
	if (width && width != size) {
		chip->misses++;
		return 0;
	}
	if (reg == XNET_9346CR)
		return xnet_93c46_read(&chip->eeprom);
	return size == 4 ? xnet_chip_get32(chip, reg) :
	       size == 2 ? xnet_chip_get16(chip, reg) : chip->regs[reg];
}

static void xnet_chip_write(void *priv, unsigned int reg, int size, unsigned long val)
{
	struct xnet_chip *chip = priv;
	unsigned int width = xnet_chip_width(reg);
	u8 command = chip->regs[XNET_CR];
	u16 cpcr = xnet_chip_get16(chip, XNET_CPCR);

	if (chip->gone)
		return;
	if ((width && width != size) || xnet_chip_is_locked(chip, reg)) {
		chip->misses++;
		return;
	}
	chip->writes++;
	if (reg == XNET_ISR)
		val = xnet_chip_get16(chip, reg) & ~val;
	if (reg == XNET_MPC)
		val = 0;
	if (reg == XNET_BMCR && val & BMCR_ANRESTART) {
		chip->restarts++;
		val &= ~BMCR_ANRESTART;
	}
	if (reg == XNET_MAR0)
		val &= ~chip->broken;
	xnet_chip_set(chip, reg, size, val);

	if (reg == XNET_CR)
		xnet_chip_command(chip, command);
	else if (reg == XNET_9346CR)
		xnet_93c46_write(&chip->eeprom, val);
	else if (reg == XNET_DTCCR)
		xnet_chip_dump(chip);
	else if (reg == XNET_CPCR && !cpcr && val)
		xnet_chip_enter_cplus(chip);
	else if (reg == XNET_TCTR)
		xnet_chip_start_timer(chip);
	else if (reg == XNET_TPPOLL && chip->doorbell)
		chip->doorbell(chip);
}

static const struct logic_iomem_ops xnet_chip_ops = {
	.read = xnet_chip_read,
	.write = xnet_chip_write,
};

/* The one whose registers are being mapped. */
static struct xnet_chip *xnet_chip_mapped;

static long xnet_chip_map(unsigned long offset, size_t size, const struct logic_iomem_ops **ops,
			  void **priv)
{
	*ops = &xnet_chip_ops;
	*priv = xnet_chip_mapped;
	return 0;
}

static const struct logic_iomem_region_ops xnet_chip_region_ops = {
	.map = xnet_chip_map,
};

static struct resource xnet_chip_resource = {
	.name = "xnet_chip",
	.start = XNET_CHIP_START,
	.end = XNET_CHIP_START + XNET_REGS_LEN - 1,
	.flags = IORESOURCE_MEM,
};

/* A region cannot be taken back, so it is made once. */
static int xnet_chip_add_region(void)
{
	if (!IS_ENABLED(CONFIG_INDIRECT_IOMEM))
		return -EOPNOTSUPP;
	if (xnet_chip_resource.parent)
		return 0;
	return logic_iomem_add_region(&xnet_chip_resource, &xnet_chip_region_ops);
}

static void xnet_chip_unmap(void *regs)
{
	iounmap(regs);
}

static void xnet_chip_free_netdev(void *dev)
{
	free_netdev(dev);
}

/* As the driver's probe does it, with what the tests need of it. */
static void xnet_chip_add_driver(struct kunit *test, struct xnet_chip *chip)
{
	struct net_device *dev = alloc_etherdev(sizeof(struct xnet));
	struct xnet *xd;

	KUNIT_ASSERT_NOT_NULL(test, dev);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, xnet_chip_free_netdev, dev), 0);
	xd = netdev_priv(dev);
	chip->xd = xd;
	device_set_wakeup_capable(&chip->pdev->dev, true);
	xd->dev = dev;
	xd->pdev = chip->pdev;
	xd->tally_dma = XNET_CHIP_TALLY_DMA;
	xd->tally_block = kunit_kzalloc(test, sizeof(*xd->tally_block), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, xd->tally_block);
	spin_lock_init(&xd->irq_lock);
	xnet_init_stats(xd);
	xnet_init_mii(xd);
	dev->ethtool_ops = &xnet_ethtool_ops;
	netif_carrier_off(dev);
}

/* Just reset, and the one whose registers are mapped from now on. */
struct xnet_chip *xnet_chip_make(struct kunit *test)
{
	struct xnet_chip *chip = kunit_kzalloc(test, sizeof(*chip), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, chip);
	chip->eeprom.addr_bits = 6;
	xnet_chip_reset(chip);
	KUNIT_ASSERT_EQ(test, xnet_chip_add_region(), 0);
	xnet_chip_mapped = chip;
	return chip;
}

/* Where its registers can be mapped. */
struct resource *xnet_chip_window(void)
{
	return &xnet_chip_resource;
}

struct xnet_chip *__xnet_chip_create(struct kunit *test)
{
	struct xnet_chip *chip = xnet_chip_make(test);
	int err;

	chip->pdev = kunit_kzalloc(test, sizeof(*chip->pdev), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, chip->pdev);
	xnet_chip_add_driver(test, chip);
	chip->xd->regs = ioremap(XNET_CHIP_START, XNET_REGS_LEN);
	KUNIT_ASSERT_NOT_NULL(test, (__force void *)chip->xd->regs);
	err = kunit_add_action_or_reset(test, xnet_chip_unmap, (__force void *)chip->xd->regs);
	KUNIT_ASSERT_EQ(test, err, 0);
	return chip;
}
