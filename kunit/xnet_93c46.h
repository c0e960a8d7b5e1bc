/* SPDX-License-Identifier: GPL-2.0-only */
/* A pretend 93C46 or 93C56, at the pins of 9346CR, for the KUnit tests of xnet. */
#ifndef XNET_93C46_H
#define XNET_93C46_H

#include <linux/types.h>

/**
 * struct xnet_93c46 - EEPROM that is read bit by bit
 * @words: its contents
 * @addr_bits: length of an address: 6 for the 93C46, 8 for the 93C56
 * @pins: what was written to 9346CR last
 * @clocks: rising edges since the start bit
 * @started: the start bit has come
 * @in: what was shifted in since
 * @out: what is still to be shifted out, from bit 15 on
 * @out_pin: level of EEDO
 * @bad: writes to the pins while they were not the EEPROM's
 */
struct xnet_93c46 {
	u16 words[128];
	unsigned int addr_bits;
	u8 pins;
	unsigned int clocks;
	bool started;
	u32 in;
	u32 out;
	bool out_pin;
	unsigned int bad;
};

void xnet_93c46_write(struct xnet_93c46 *eeprom, u8 val);
u8 xnet_93c46_read(const struct xnet_93c46 *eeprom);

#endif /* XNET_93C46_H */
