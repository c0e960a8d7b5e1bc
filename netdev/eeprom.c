// SPDX-License-Identifier: GPL-2.0-only
/* The 93C46 or 93C56 EEPROM, read and written bit by bit through the pins in 9346CR. */
#include <linux/bitfield.h>
#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/iopoll.h>

#include "xnet.h"

/* The start bit and two more. With 0 the highest bits of the address tell what is to be done. */
#define XNET_EEPROM_READ_OP	6
#define XNET_EEPROM_WRITE_OP	5
#define XNET_EEPROM_OTHER_OP	4
#define XNET_EEPROM_ENABLE	3 /* writing, until it is disabled or power is lost */
#define XNET_EEPROM_DISABLE	0
#define XNET_EEPROM_SHORT	6 /* address bits of a 93C46, 64 words */
#define XNET_EEPROM_LONG	8 /* address bits of a 93C56, 128 words and an unused bit */
#define XNET_EEPROM_WRITE_US	20000 /* twice what a word may take */

static void xnet_eeprom_pins(const struct xnet_eeprom_port *port, u8 pins)
{
	port->write(port->ctx, FIELD_PREP(XNET_9346CR_EEM, XNET_9346CR_EEM_PROGRAM) | pins);
	port->read(port->ctx); /* the chip has got it before the time starts */
	udelay(1);
}

/* Data is taken over, and put out, at the rising edge of the clock. */
static void xnet_eeprom_shift_out(const struct xnet_eeprom_port *port, u32 val, int bits)
{
	while (bits--) {
		u8 pins = XNET_9346CR_EECS | (val & BIT(bits) ? XNET_9346CR_EEDI : 0);

		xnet_eeprom_pins(port, pins);
		xnet_eeprom_pins(port, pins | XNET_9346CR_EESK);
	}
}

static u16 xnet_eeprom_shift_in(const struct xnet_eeprom_port *port)
{
	u16 val = 0;
	int i;

	for (i = 0; i < 16; i++) {
		xnet_eeprom_pins(port, XNET_9346CR_EECS);
		xnet_eeprom_pins(port, XNET_9346CR_EECS | XNET_9346CR_EESK);
		val = val << 1 | FIELD_GET(XNET_9346CR_EEDO, port->read(port->ctx));
	}
	return val;
}

static void xnet_eeprom_begin(const struct xnet_eeprom_port *port, unsigned int op,
			      unsigned int addr_bits, unsigned int addr)
{
	xnet_eeprom_pins(port, 0);
	xnet_eeprom_pins(port, XNET_9346CR_EECS);
	xnet_eeprom_shift_out(port, op << addr_bits | addr, 3 + addr_bits);
}

static void xnet_eeprom_end(const struct xnet_eeprom_port *port)
{
	xnet_eeprom_pins(port, 0);
	port->write(port->ctx, FIELD_PREP(XNET_9346CR_EEM, XNET_9346CR_EEM_NORMAL));
}

u16 xnet_eeprom_read_word(const struct xnet_eeprom_port *port, unsigned int addr_bits,
			  unsigned int word)
{
	u16 val;

	xnet_eeprom_begin(port, XNET_EEPROM_READ_OP, addr_bits, word);
	val = xnet_eeprom_shift_in(port);
	xnet_eeprom_end(port);
	return val;
}

void xnet_eeprom_protect(const struct xnet_eeprom_port *port, unsigned int addr_bits, bool protect)
{
	unsigned int what = protect ? XNET_EEPROM_DISABLE : XNET_EEPROM_ENABLE;

	xnet_eeprom_begin(port, XNET_EEPROM_OTHER_OP, addr_bits, what << (addr_bits - 2));
	xnet_eeprom_end(port);
}

/* It erases the word first, by itself, and when it is selected again it shows that it is ready. */
int xnet_eeprom_write_word(const struct xnet_eeprom_port *port, unsigned int addr_bits,
			   unsigned int word, u16 val)
{
	u8 pins;
	int err;

	xnet_eeprom_begin(port, XNET_EEPROM_WRITE_OP, addr_bits, word);
	xnet_eeprom_shift_out(port, val, 16);
	xnet_eeprom_pins(port, 0);
	xnet_eeprom_pins(port, XNET_9346CR_EECS);
	err = read_poll_timeout(port->read, pins, pins & XNET_9346CR_EEDO, 100,
				XNET_EEPROM_WRITE_US, false, port->ctx);
	xnet_eeprom_end(port);
	if (!err && xnet_eeprom_read_word(port, addr_bits, word) != val)
		err = -EIO;
	return err;
}

/* The wrong address length reads the identifier shifted. 0 says that there is no EEPROM. */
unsigned int xnet_eeprom_addr_bits(const struct xnet_eeprom_port *port)
{
	if (xnet_eeprom_read_word(port, XNET_EEPROM_LONG, XNET_EEPROM_ID) == XNET_EEPROM_ID_VALUE)
		return XNET_EEPROM_LONG;
	if (xnet_eeprom_read_word(port, XNET_EEPROM_SHORT, XNET_EEPROM_ID) == XNET_EEPROM_ID_VALUE)
		return XNET_EEPROM_SHORT;
	return 0;
}

static u8 xnet_eeprom_reg_read(void *ctx)
{
	return xnet_r8(ctx, XNET_9346CR);
}

static void xnet_eeprom_reg_write(void *ctx, u8 val)
{
	xnet_w8(ctx, XNET_9346CR, val);
}

static struct xnet_eeprom_port xnet_eeprom_port(struct xnet *xd)
{
	return (struct xnet_eeprom_port){
		.read = xnet_eeprom_reg_read,
		.write = xnet_eeprom_reg_write,
		.ctx = xd,
	};
}

/* In bytes. */
unsigned int xnet_eeprom_len(struct xnet *xd)
{
	return xd->eeprom_addr_bits == XNET_EEPROM_LONG ? 256 : xd->eeprom_addr_bits ? 128 : 0;
}

void xnet_eeprom_read(struct xnet *xd, unsigned int word, unsigned int count, u16 *data)
{
	struct xnet_eeprom_port port = xnet_eeprom_port(xd);

	while (count--)
		*data++ = xnet_eeprom_read_word(&port, xd->eeprom_addr_bits, word++);
}

/* Words that are as they should be are left alone, for each can be written only so many times. */
int xnet_eeprom_write(struct xnet *xd, unsigned int word, unsigned int count, const u16 *data)
{
	struct xnet_eeprom_port port = xnet_eeprom_port(xd);
	unsigned int bits = xd->eeprom_addr_bits;
	int err = 0;

	xnet_eeprom_protect(&port, bits, false);
	for (; count--; word++, data++) {
		if (xnet_eeprom_read_word(&port, bits, word) == *data)
			continue;
		err = xnet_eeprom_write_word(&port, bits, word, *data);
		if (err) {
			netdev_err(xd->dev, "word %u of the EEPROM does not take %04x: %pe\n", word,
				   *data, ERR_PTR(err));
			break;
		}
	}
	xnet_eeprom_protect(&port, bits, true);
	return err ? -EIO : 0;
}

bool xnet_eeprom_read_mac(struct xnet *xd, u8 *addr)
{
	u16 words[ETH_ALEN / 2];
	int i;

	if (!xd->eeprom_addr_bits)
		return false;
	xnet_eeprom_read(xd, XNET_EEPROM_MAC, ARRAY_SIZE(words), words);
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		addr[2 * i] = words[i] & 0xff;
		addr[2 * i + 1] = words[i] >> 8;
	}
	return is_valid_ether_addr(addr);
}

void xnet_init_eeprom(struct xnet *xd)
{
	struct xnet_eeprom_port port = xnet_eeprom_port(xd);

	xd->eeprom_addr_bits = xnet_eeprom_addr_bits(&port);
}
