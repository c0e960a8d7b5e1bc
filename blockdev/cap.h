/* SPDX-License-Identifier: GPL-2.0-only */
/* A cap on how much data goes through a disk in a second. */
#ifndef XBD_CAP_H
#define XBD_CAP_H

#include <linux/spinlock.h>
#include <linux/types.h>

/**
 * struct xbd_cap - a cap
 * @rate: bytes in a second; 0: as many as can
 * @lock: guards what follows
 * @free_at: when all that has come so far will be through, in nanoseconds of the monotonic clock
 */
struct xbd_cap {
	u64 rate;
	spinlock_t lock; /* guards what follows */
	u64 free_at;
};

void xbd_cap_init(struct xbd_cap *cap);
void xbd_cap_set(struct xbd_cap *cap, unsigned int mbps);
u64 __xbd_cap_charge(struct xbd_cap *cap, u64 now, u64 bytes);

/* Any context. As __xbd_cap_charge(), and 0 without a cap. */
static inline u64 xbd_cap_charge(struct xbd_cap *cap, u64 now, u64 bytes)
{
	return READ_ONCE(cap->rate) ? __xbd_cap_charge(cap, now, bytes) : 0;
}

#endif /* XBD_CAP_H */
