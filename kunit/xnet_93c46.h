/* SPDX-License-Identifier: GPL-2.0-only */
/* A pretend 93C46 or 93C56, at the pins of 9346CR, for the KUnit tests of xnet. */
#ifndef XNET_93C46_H
#define XNET_93C46_H

#include <linux/limits.h>
#include <linux/types.h>

#define XNET_93C46_FOREVER UINT_MAX

/**
 * struct xnet_93c46 - EEPROM that is read and written bit by bit
 * @words: its contents
 * @addr_bits: length of an address: 6 for the 93C46, 8 for the 93C56
 * @slow: how often it says that it is busy after a word was written, or XNET_93C46_FOREVER
 * @worn: words cannot be written any more
 * @enabled: they may be
 * @written: how many were
 * @writing: the one that is next
 * @busy: how often it will still say so
 * @shows_ready: EEDO tells whether it is ready
 * @pins: what was written to 9346CR last
 * @clocks: rising edges since the start bit
 * @started: the start bit has come
 * @in: what was shifted in since
 * @out: what is still to be shifted out, from bit 15 on
 * @out_pin: level of EEDO
 * @bad: writes to the pins while they were not the EEPROM's, or while it was busy
 */
struct xnet_93c46 {
	u16 words[128];
	unsigned int addr_bits;
	unsigned int slow;
	bool worn;
	bool enabled;
	unsigned int written;
	u16 *writing;
	unsigned int busy;
	bool shows_ready;
	u8 pins;
	unsigned int clocks;
	bool started;
	u32 in;
	u32 out;
	bool out_pin;
	unsigned int bad;
};

void xnet_93c46_write(struct xnet_93c46 *eeprom, u8 val);
u8 xnet_93c46_read(struct xnet_93c46 *eeprom);

#endif /* XNET_93C46_H */
