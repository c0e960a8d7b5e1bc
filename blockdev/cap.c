// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cap is a wire that takes its time for every byte, one after another: what comes while it is
 * busy ends later. Nothing is counted in ticks, so the rate is right over any time.
 */
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#include "cap.h"

/* Who sends one thing after another is not to lose what it takes to send the next. */
#define XBD_CAP_CREDIT (2 * NSEC_PER_MSEC)

void xbd_cap_init(struct xbd_cap *cap)
{
	cap->rate = 0;
	spin_lock_init(&cap->lock);
	cap->free_at = 0;
}

/**
 * xbd_cap_set() - say how much may go through
 * @cap: the cap, of a wire that is free from now on
 * @mbps: MiB in a second; 0: as many as can
 *
 * Context: Any; one caller at a time.
 */
void xbd_cap_set(struct xbd_cap *cap, unsigned int mbps)
{
	unsigned long flags;

	spin_lock_irqsave(&cap->lock, flags);
	WRITE_ONCE(cap->rate, (u64)mbps << 20);
	cap->free_at = 0;
	spin_unlock_irqrestore(&cap->lock, flags);
}

/**
 * __xbd_cap_charge() - send something over the wire
 * @cap: the cap
 * @now: the time, in nanoseconds
 * @bytes: how much, less than 2^34
 *
 * Context: Any.
 * Return: nanoseconds until it is through; 0 if it is at once.
 */
u64 __xbd_cap_charge(struct xbd_cap *cap, u64 now, u64 bytes)
{
	u64 begins = now - min_t(u64, now, XBD_CAP_CREDIT), ends = now;
	unsigned long flags;

	spin_lock_irqsave(&cap->lock, flags);
	if (cap->rate) {
		begins = max(begins, cap->free_at);
		ends = begins + div64_u64(bytes * NSEC_PER_SEC, cap->rate);
		cap->free_at = ends;
	}
	spin_unlock_irqrestore(&cap->lock, flags);
	return ends > now ? ends - now : 0;
}
