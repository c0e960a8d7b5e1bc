/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A pretend 8139C+: a register file with the side effects that xnet counts on, behind readl() and
 * its like, so that the driver's code runs as it is. It needs a machine whose I/O memory is
 * emulated, as that of User Mode Linux is; elsewhere a test that asks for it is skipped.
 */
#ifndef XNET_CHIP_H
#define XNET_CHIP_H

#include <kunit/test.h>

#include "../netdev/xnet.h"
#include "xnet_93c46.h"
#include "xnet_dma.h"

/* Where a dump of the tally counters goes, if the chip has no memory but this. */
#define XNET_CHIP_TALLY_DMA 0x1234567840ULL

/* What the PHY advertises after a reset: all that it can. */
#define XNET_CHIP_ANAR 0x05e1

/**
 * struct xnet_chip - pretend 8139C+ with the driver's device on top
 * @xd: the driver's device
 * @pdev: where @xd finds its bus
 * @regs: the register file
 * @eeprom: what is at the pins of 9346CR
 * @tallies: the counters, as a dump writes them
 * @dma: the memory that it reaches, or NULL
 * @reset: called before the driver resets it, or NULL
 * @timer: called when the chip's timer runs out, or NULL
 * @doorbell: called when the driver says that there is something to send, or NULL
 * @rx_base: the Rx ring, as it was when the receiver was started
 * @rx_next: the next descriptor of it; 0 after a reset
 * @tx_next: the next descriptor of the Tx ring; 0 after a reset
 * @gone: pulled out: reads are all ones
 * @stuck: a command never ends
 * @broken: bits of the filter that are always 0
 * @writes: writes that it answered to
 * @misses: accesses that it did not answer to: of another width, or to what is locked
 * @restarts: of the autonegotiation
 */
struct xnet_chip {
	struct xnet *xd;
	struct pci_dev *pdev;
	u8 regs[XNET_REGS_LEN];
	struct xnet_93c46 eeprom;
	struct xnet_tally_block tallies;
	struct xnet_dma *dma;
	void (*reset)(struct xnet_chip *chip);
	void (*timer)(struct xnet_chip *chip);
	void (*doorbell)(struct xnet_chip *chip);
	u64 rx_base;
	u32 rx_next;
	u32 tx_next;
	bool gone;
	bool stuck;
	u32 broken;
	unsigned int writes;
	unsigned int misses;
	unsigned int restarts;
};

struct xnet_chip *xnet_chip_make(struct kunit *test);
struct resource *xnet_chip_window(void);
struct xnet_chip *__xnet_chip_create(struct kunit *test);
u8 xnet_chip_get8(const struct xnet_chip *chip, unsigned int reg);
u16 xnet_chip_get16(const struct xnet_chip *chip, unsigned int reg);
u32 xnet_chip_get32(const struct xnet_chip *chip, unsigned int reg);
u64 xnet_chip_get64(const struct xnet_chip *chip, unsigned int reg);
void xnet_chip_set(struct xnet_chip *chip, unsigned int reg, unsigned int size, u32 val);
void xnet_chip_set_link(struct xnet_chip *chip, bool up);

/**
 * xnet_chip_create() - plug in a chip
 * @test: the test; it goes with it, and is skipped where there can be none
 *
 * Return: the chip, just reset, with a driver's device that is down.
 */
static inline struct xnet_chip *xnet_chip_create(struct kunit *test)
{
	if (!IS_ENABLED(CONFIG_INDIRECT_IOMEM))
		kunit_skip(test, "needs emulated I/O memory, as User Mode Linux has");
	return __xnet_chip_create(test);
}

#endif /* XNET_CHIP_H */
