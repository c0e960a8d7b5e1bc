/* SPDX-License-Identifier: GPL-2.0-only */
/* I/O that is held back: it ends when its time has come, and at the latest with its disk. */
#ifndef XBD_HELD_H
#define XBD_HELD_H

#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/spinlock.h>

/**
 * struct xbd_holds - what a disk holds back
 * @lock: guards what follows, and who ends what is held
 * @list: what is held, a list of struct xbd_held
 * @is_closed: nothing is held any more
 * @releases: how often what waits for its turn has been released
 */
struct xbd_holds {
	spinlock_t lock; /* guards what follows */
	struct list_head list;
	bool is_closed;
	unsigned int releases;
};

/**
 * struct xbd_held - I/O that may be held back; zeroed before it is used first
 * @timer: tells when it has been held long enough
 * @node: in the list of its disk, while @is_held
 * @is_capped: whether it waits for its turn, and need not if there is no cap any more
 * @releases: if @is_capped: xbd_holds_releases() of before it was worked out how long it waits
 * @is_held: whether it is held; whoever takes this back, under the lock, is the one to end it
 * @holds: of its disk
 * @end: ends it, once; the memory may be gone when it returns. In softirq context from the timer,
 *       in process context from all others
 */
struct xbd_held {
	struct hrtimer timer;
	struct list_head node;
	bool is_capped;
	bool is_held;
	unsigned int releases;
	struct xbd_holds *holds;
	void (*end)(struct xbd_held *held);
};

static inline bool xbd_holds_are_closed(const struct xbd_holds *holds)
{
	return READ_ONCE(holds->is_closed);
}

/* What is worked out after this by a cap that has gone then is not waited for. */
static inline unsigned int xbd_holds_releases(const struct xbd_holds *holds)
{
	/* Pairs with xbd_holds_release_capped(): the cap is older, too. */
	return smp_load_acquire(&holds->releases);
}

void xbd_holds_init(struct xbd_holds *holds);
bool xbd_hold(struct xbd_holds *holds, struct xbd_held *held, ktime_t until);
bool xbd_held_take(struct xbd_holds *holds, struct xbd_held *held);
void xbd_holds_release_capped(struct xbd_holds *holds);
void xbd_holds_close(struct xbd_holds *holds);

#endif /* XBD_HELD_H */
