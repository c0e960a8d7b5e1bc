// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pretend EEPROM: it does what the data sheet of the 93C46 says of READ, WRITE, EWEN and EWDS,
 * and nothing else.
 */
#include <linux/bitfield.h>
#include <linux/kernel.h>

#include "../netdev/regs.h"
#include "xnet_93c46.h"

#define XNET_93C46_OTHER 0
#define XNET_93C46_WRITE 1
#define XNET_93C46_READ 2
#define XNET_93C46_EWDS 0
#define XNET_93C46_EWEN 3

static u16 *xnet_93c46_word(struct xnet_93c46 *e)
{
	return &e->words[e->in & (BIT(e->addr_bits) - 1) & (ARRAY_SIZE(e->words) - 1)];
}

static void xnet_93c46_command(struct xnet_93c46 *e)
{
	unsigned int other = e->in >> (e->addr_bits - 2);

	e->writing = NULL;
	switch (e->in >> e->addr_bits) {
	case XNET_93C46_READ:
		e->out = *xnet_93c46_word(e);
		break;
	case XNET_93C46_WRITE:
		e->writing = xnet_93c46_word(e);
		break;
	case XNET_93C46_OTHER:
		if (other == XNET_93C46_EWEN || other == XNET_93C46_EWDS)
			e->enabled = other == XNET_93C46_EWEN;
		break;
	}
}

static void xnet_93c46_clock(struct xnet_93c46 *e)
{
	bool di = e->pins & XNET_9346CR_EEDI;

	if (!e->started) {
		e->started = di;
		return;
	}
	e->clocks++;
	e->in = e->in << 1 | di;
	if (e->clocks == 2 + e->addr_bits)
		xnet_93c46_command(e);
	if (e->clocks <= 2 + e->addr_bits)
		return;
	e->out_pin = e->out & BIT(15);
	e->out <<= 1;
}

/* The end of a WRITE: with all of the word it begins to be programmed, if that is allowed. */
static void xnet_93c46_deselect(struct xnet_93c46 *e)
{
	if (e->writing && e->clocks == 2 + e->addr_bits + 16 && e->enabled && !e->worn) {
		*e->writing = e->in;
		e->written++;
		e->busy = e->slow;
		e->shows_ready = true;
	}
	e->writing = NULL;
	e->started = false;
	e->clocks = 0;
	e->in = 0;
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
		xnet_93c46_deselect(e);
	} else if (rising) {
		/* What is still programmed takes no command. */
		if (e->busy)
			e->bad++;
		e->shows_ready = false;
		xnet_93c46_clock(e);
	}
}

u8 xnet_93c46_read(struct xnet_93c46 *e)
{
	if (e->shows_ready && e->pins & XNET_9346CR_EECS) {
		e->out_pin = !e->busy;
		if (e->busy && e->busy != XNET_93C46_FOREVER)
			e->busy--;
	}
	return (e->pins & ~XNET_9346CR_EEDO) | (e->out_pin ? XNET_9346CR_EEDO : 0);
}
