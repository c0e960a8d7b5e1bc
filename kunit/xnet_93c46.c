// SPDX-License-Identifier: GPL-2.0-only
/* The pretend EEPROM: it does what the data sheet of the 93C46 says of a READ, and nothing else. */
#include <linux/bitfield.h>
#include <linux/kernel.h>

#include "../netdev/regs.h"
#include "xnet_93c46.h"

#define XNET_93C46_READ 2

static void xnet_93c46_clock(struct xnet_93c46 *e)
{
	bool di = e->pins & XNET_9346CR_EEDI;

	if (!e->started) {
		e->started = di;
		return;
	}
	e->clocks++;
	if (e->clocks <= 2 + e->addr_bits) {
		e->in = e->in << 1 | di;
		if (e->clocks == 2 + e->addr_bits && e->in >> e->addr_bits == XNET_93C46_READ)
			e->out = e->words[e->in & (ARRAY_SIZE(e->words) - 1)];
		return;
	}
	e->out_pin = e->out & BIT(15);
	e->out <<= 1;
}

/* The pins are looked at when they belong to the EEPROM; another mode than that deselects it. */
void xnet_93c46_write(struct xnet_93c46 *e, u8 val)
{
	bool ours = FIELD_GET(XNET_9346CR_EEM, val) == XNET_9346CR_EEM_PROGRAM;
	bool rising = !(e->pins & XNET_9346CR_EESK) && val & XNET_9346CR_EESK;

	if (!ours && val & (XNET_9346CR_EECS | XNET_9346CR_EESK | XNET_9346CR_EEDI))
		e->bad++;
	e->pins = val;
	if (!ours || !(val & XNET_9346CR_EECS)) {
		e->started = false;
		e->clocks = 0;
		e->in = 0;
	} else if (rising) {
		xnet_93c46_clock(e);
	}
}

u8 xnet_93c46_read(const struct xnet_93c46 *e)
{
	return (e->pins & ~XNET_9346CR_EEDO) | (e->out_pin ? XNET_9346CR_EEDO : 0);
}
