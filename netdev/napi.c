// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts and polling. In a virtual machine each register access leaves the guest, and an
 * interrupt costs three: IMR=0, then after the poll ISR is cleared and IMR restored. Both rings are
 * then looked at again, for what came before ISR was cleared. While frames come one by one, one is
 * enough: the handler clears ISR, and what comes after that interrupts again, also during the poll.
 *
 * As long as IMR is 0, and so while the interface is down, an interrupt is another device's on the
 * same line.
 */
#include <linux/interrupt.h>
#include <linux/iopoll.h>
#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

#include "xnet.h"

#define XNET_INT_RX	(XNET_INT_ROK | XNET_INT_RER | XNET_INT_RDU | XNET_INT_FOVW)
#define XNET_INT_TX	(XNET_INT_TOK | XNET_INT_TER | XNET_INT_TDU)
#define XNET_INT_RARE	(XNET_INT_LINKCHG | XNET_INT_SERR)
/* TDU only says that the device has sent everything. */
#define XNET_INT_TX_WANTED (XNET_INT_TOK | XNET_INT_TER)

/* For the self-test: 1 ms on a bus of 33 MHz, and the time that a busy machine may need. */
#define XNET_TEST_CLOCKS	33000
#define XNET_TEST_IRQ_US	500000

static void xnet_set_imr(struct xnet *xd, u16 imr)
{
	lockdep_assert_held(&xd->irq_lock);
	WRITE_ONCE(xd->imr, imr);
	xnet_w16(xd, XNET_IMR, imr);
}

static u16 xnet_wanted_irqs(const struct xnet *xd)
{
	return XNET_INT_RX | XNET_INT_RARE |
	       (READ_ONCE(xd->tx.want_irq) ? XNET_INT_TX_WANTED : 0);
}

/* Whether the device interrupts, if the ring does not tell. */
static bool xnet_irq_ask(struct xnet *xd)
{
	u16 isr = xnet_r16(xd, XNET_ISR);

	lockdep_assert_held(&xd->irq_lock);
	if (isr == U16_MAX) { /* the device is gone, as the work will find */
		xnet_schedule_reset(xd);
		return false;
	}
	xd->events |= isr & XNET_INT_RARE;
	return isr & xd->imr;
}

/* If NAPI polls already, its end will see that an interrupt was missed, and restores IMR. */
static void xnet_irq_poll(struct xnet *xd, bool calm)
{
	bool first = napi_schedule_prep(&xd->napi);

	lockdep_assert_held(&xd->irq_lock);
	xd->interrupts++;
	if (first && calm)
		xnet_w16(xd, XNET_ISR, XNET_INT_RX);
	else
		xnet_set_imr(xd, 0);
	if (first)
		__napi_schedule_irqoff(&xd->napi);
}

irqreturn_t xnet_interrupt(int irq, void *data)
{
	struct xnet *xd = data;
	bool ours = true;

	if (!READ_ONCE(xd->imr))
		return IRQ_NONE;

	spin_lock(&xd->irq_lock);
	if (!xd->imr)
		ours = false;
	else if (xnet_rx_pending(&xd->rx))
		xnet_irq_poll(xd, READ_ONCE(xd->calm) && !(xd->imr & XNET_INT_TX_WANTED));
	else if (xnet_irq_ask(xd))
		xnet_irq_poll(xd, false);
	else
		ours = false;
	spin_unlock(&xd->irq_lock);
	return IRQ_RETVAL(ours);
}

/* Make sure that there will be an interrupt when the device has sent what it was told of. */
void xnet_irq_want_tx(struct xnet *xd)
{
	unsigned long flags;

	WRITE_ONCE(xd->tx.want_irq, true);
	spin_lock_irqsave(&xd->irq_lock, flags);
	if (xd->imr && !(xd->imr & XNET_INT_TX_WANTED))
		xnet_set_imr(xd, xd->imr | XNET_INT_TX_WANTED);
	spin_unlock_irqrestore(&xd->irq_lock, flags);
}

/*
 * The end of a poll. Unless IMR still is what it should be, ISR is written once and while IMR is 0,
 * so that the line does not flicker. What the poll has not looked into stays set and interrupts as
 * soon as IMR allows. All of it is under the lock, because after napi_complete_done() only
 * irq_enabled tells that there are rings.
 */
static void xnet_irq_rearm(struct xnet *xd, u16 ack, int done)
{
	unsigned long flags;

	spin_lock_irqsave(&xd->irq_lock, flags);
	if (!xd->irq_enabled)
		goto out;
	/* On a real bus the handler would have to wait for what it has written. */
	WRITE_ONCE(xd->calm, xd->emulated && done <= 1);
	if (xd->imr == xnet_wanted_irqs(xd))
		goto out;
	xnet_w16(xd, XNET_ISR, ack);
	xnet_set_imr(xd, xnet_wanted_irqs(xd));
	if (!xd->emulated)
		xnet_r16(xd, XNET_IMR); /* the chip has got the writes before the rings are read */
	if ((xnet_rx_pending(&xd->rx) || xnet_tx_pending(&xd->tx)) &&
	    napi_schedule_prep(&xd->napi)) {
		xnet_set_imr(xd, 0);
		__napi_schedule(&xd->napi);
	}
out:
	spin_unlock_irqrestore(&xd->irq_lock, flags);
}

static void xnet_pci_error(struct xnet *xd)
{
	u16 status = 0;

	pci_read_config_word(xd->pdev, PCI_STATUS, &status);
	pci_write_config_word(xd->pdev, PCI_STATUS, status);
	if (net_ratelimit()) /* of a broken bus there may be no end */
		netdev_err(xd->dev, "PCI bus error, status %04x; resetting\n", status);
	xnet_schedule_reset(xd);
}

/* ISR is cleared first: a change of the link after that is a new event. */
static void xnet_handle_events(struct xnet *xd)
{
	u16 events;

	spin_lock_irq(&xd->irq_lock);
	events = xd->events;
	xd->events = 0;
	xnet_w16(xd, XNET_ISR, events);
	spin_unlock_irq(&xd->irq_lock);

	if (events & XNET_INT_LINKCHG)
		xnet_check_link(xd);
	if (events & XNET_INT_SERR)
		xnet_pci_error(xd);
}

int xnet_poll(struct napi_struct *napi, int budget)
{
	struct xnet *xd = container_of(napi, struct xnet, napi);
	u16 ack = XNET_INT_RX;
	int done;

	if (xnet_tx_poll(xd, budget))
		ack |= XNET_INT_TX;
	if (!budget) /* netpoll, with interrupts off */
		return 0;

	if (unlikely(READ_ONCE(xd->events)))
		xnet_handle_events(xd);
	done = xnet_rx_poll(xd, budget);
	if (done == budget)
		return done;
	if (napi_complete_done(napi, done))
		xnet_irq_rearm(xd, ack, done);
	else
		WRITE_ONCE(xd->calm, false); /* more has come, or interrupts are to be put off */
	return done;
}

void xnet_irq_enable(struct xnet *xd)
{
	spin_lock_irq(&xd->irq_lock);
	xd->irq_enabled = true;
	xd->events = 0;
	xnet_set_imr(xd, xnet_wanted_irqs(xd));
	spin_unlock_irq(&xd->irq_lock);
}

/* When it returns, the interrupt handler has ended and the poll will not enable anything. */
void xnet_irq_disable(struct xnet *xd)
{
	spin_lock_irq(&xd->irq_lock);
	xd->irq_enabled = false;
	xnet_set_imr(xd, 0);
	spin_unlock_irq(&xd->irq_lock);
	synchronize_irq(xd->irq);
}

/*
 * For the self-test, with no one but it using the device: the chip's timer is to interrupt. NAPI
 * cannot be scheduled, so the handler only counts the interrupt and turns it off.
 */
bool xnet_irq_comes(struct xnet *xd)
{
	u64 before = READ_ONCE(xd->interrupts);
	u64 now;

	ASSERT_RTNL();
	spin_lock_irq(&xd->irq_lock);
	xnet_w16(xd, XNET_ISR, U16_MAX);
	xnet_set_imr(xd, XNET_INT_TIMEOUT);
	spin_unlock_irq(&xd->irq_lock);
	xnet_w32(xd, XNET_TIMERINT, XNET_TEST_CLOCKS);
	xnet_w32(xd, XNET_TCTR, 0);

	read_poll_timeout(READ_ONCE, now, now != before, 1000, XNET_TEST_IRQ_US, false,
			  xd->interrupts);
	xnet_w32(xd, XNET_TIMERINT, 0);
	xnet_irq_disable(xd);
	return now != before;
}
