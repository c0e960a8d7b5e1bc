// SPDX-License-Identifier: GPL-2.0-only
/*
 * Holding I/O back. Its timer, the block layer's timeout and the removal of the disk may all want
 * to end it at the same time: the one that takes it from the list does.
 */
#include "held.h"

#include "compat.h"

void xbd_holds_init(struct xbd_holds *holds)
{
	spin_lock_init(&holds->lock);
	INIT_LIST_HEAD(&holds->list);
	holds->is_closed = false;
	holds->releases = 0;
}

static bool __xbd_held_take(struct xbd_held *held)
{
	bool taken = held->is_held;

	if (taken)
		list_del(&held->node);
	held->is_held = false;
	return taken;
}

static enum hrtimer_restart xbd_held_is_due(struct hrtimer *timer)
{
	struct xbd_held *held = container_of(timer, struct xbd_held, timer);
	struct xbd_holds *holds = held->holds;
	unsigned long flags;
	bool taken;

	spin_lock_irqsave(&holds->lock, flags);
	taken = __xbd_held_take(held);
	spin_unlock_irqrestore(&holds->lock, flags);
	if (taken)
		held->end(held);
	return HRTIMER_NORESTART;
}

/**
 * xbd_hold() - hold I/O back
 * @holds: of its disk
 * @held: the I/O, with ->end
 * @until: when it is to end, by the monotonic clock; KTIME_MAX: only when somebody takes it
 *
 * It may have ended when this returns.
 *
 * Context: Any.
 * Return: false if the disk goes: the caller has to end it.
 */
bool xbd_hold(struct xbd_holds *holds, struct xbd_held *held, ktime_t until)
{
	unsigned long flags;
	bool is_held;

	hrtimer_setup(&held->timer, xbd_held_is_due, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_SOFT);
	held->holds = holds;

	/* The timer is started under the lock: nobody can take what has none yet. */
	spin_lock_irqsave(&holds->lock, flags);
	is_held = !holds->is_closed;
	if (is_held) {
		held->is_held = true;
		list_add_tail(&held->node, &holds->list);
		/* It was being served while others were released. */
		if (held->is_capped && held->releases != holds->releases)
			until = 0;
		if (until != KTIME_MAX)
			hrtimer_start(&held->timer, until, HRTIMER_MODE_ABS_SOFT);
	}
	spin_unlock_irqrestore(&holds->lock, flags);
	return is_held;
}

/**
 * xbd_held_take() - end the holding of one thing
 * @holds: of its disk
 * @held: what may be held
 *
 * Context: Process context.
 * Return: true if it was held: the caller has to end it. False: it was not, or somebody else does.
 */
bool xbd_held_take(struct xbd_holds *holds, struct xbd_held *held)
{
	unsigned long flags;
	bool taken;

	spin_lock_irqsave(&holds->lock, flags);
	taken = __xbd_held_take(held);
	spin_unlock_irqrestore(&holds->lock, flags);

	/* The timer may be late and find nothing to do; until then it needs the memory. */
	if (taken)
		hrtimer_cancel(&held->timer);
	return taken;
}

/* Takes the first thing that is held, or the first one that is capped. */
static struct xbd_held *xbd_holds_take_first(struct xbd_holds *holds, bool only_capped)
{
	struct xbd_held *held, *found = NULL;
	unsigned long flags;

	spin_lock_irqsave(&holds->lock, flags);
	list_for_each_entry(held, &holds->list, node) {
		if (only_capped && !held->is_capped)
			continue;
		found = held;
		break;
	}
	if (found)
		__xbd_held_take(found);
	spin_unlock_irqrestore(&holds->lock, flags);
	return found;
}

static void xbd_holds_release(struct xbd_holds *holds, bool only_capped)
{
	struct xbd_held *held;

	while ((held = xbd_holds_take_first(holds, only_capped))) {
		hrtimer_cancel(&held->timer);
		held->end(held);
	}
}

/**
 * xbd_holds_release_capped() - end now what waits because of the cap
 * @holds: of a disk whose cap has changed, or is not for it any more
 *
 * Context: Process context.
 */
void xbd_holds_release_capped(struct xbd_holds *holds)
{
	unsigned long flags;

	spin_lock_irqsave(&holds->lock, flags);
	/* Pairs with xbd_holds_releases(): the cap is older. */
	smp_store_release(&holds->releases, holds->releases + 1);
	spin_unlock_irqrestore(&holds->lock, flags);
	xbd_holds_release(holds, true);
}

/**
 * xbd_holds_close() - end what is held, and hold nothing any more
 * @holds: of a disk that goes
 *
 * Context: Process context.
 */
void xbd_holds_close(struct xbd_holds *holds)
{
	unsigned long flags;

	spin_lock_irqsave(&holds->lock, flags);
	WRITE_ONCE(holds->is_closed, true);
	spin_unlock_irqrestore(&holds->lock, flags);
	xbd_holds_release(holds, false);
}
