// SPDX-License-Identifier: GPL-2.0-only
/*
 * The receiver itself: what it tells when. See nmea.h.
 *
 * The receiver tells what it knows at the multiples of 1/rate seconds of UTC. CLOCK_MONOTONIC,
 * which the timer runs by, goes at the pace of CLOCK_REALTIME, slewed or not; they part only where
 * the latter is stepped. So the next time is worked out from CLOCK_REALTIME after every time, and
 * does not drift; after a step the timer comes at a moment that is none to tell anything, or at
 * another one, and the time after that is right again. A step by whole periods, as in a leap
 * second, goes unseen.
 *
 * The timer runs in a softirq, where a few microseconds of arithmetic and text do no harm.
 */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/slab.h>

#include "compat.h"
#include "nmea.h"

/* A clock that is stepped by so little, in nanoseconds, is as good as on time. */
#define XCHAR_NMEA_TOLERANCE NSEC_PER_MSEC

/**
 * xchar_nmea_epoch() - the last multiple of 1/rate seconds
 * @time: up to when, in nanoseconds
 * @rate: in Hz
 *
 * Context: Any.
 * Return: which one, counted from when @time was 0.
 */
u64 xchar_nmea_epoch(u64 time, unsigned int rate)
{
	u64 seconds;
	u32 nsec;

	seconds = div_u64_rem(time, NSEC_PER_SEC, &nsec);
	return seconds * rate + div_u64((u64)nsec * rate, NSEC_PER_SEC);
}

/**
 * xchar_nmea_epoch_time() - when is a multiple of 1/rate seconds?
 * @epoch: which one, counted from 0
 * @rate: in Hz
 *
 * Context: Any.
 * Return: the first nanosecond for which xchar_nmea_epoch() is @epoch.
 */
u64 xchar_nmea_epoch_time(u64 epoch, unsigned int rate)
{
	u64 seconds;
	u32 rest;

	seconds = div_u64_rem(epoch, rate, &rest);
	return seconds * NSEC_PER_SEC + div_u64((u64)rest * NSEC_PER_SEC + rate - 1, rate);
}

/* When the timer is to come next, by the monotonic clock. */
static ktime_t xchar_nmea_next(const struct xchar_nmea *nmea, ktime_t now, u64 utc)
{
	u64 next = xchar_nmea_epoch(utc, nmea->rate) + 1;

	return ktime_add_ns(now, xchar_nmea_epoch_time(next, nmea->rate) - utc);
}

/* @utc by the clock, @now for the motion, which clock steps leave alone. */
static void xchar_nmea_tell(struct xchar_nmea *nmea, u64 utc, s64 now)
{
	struct xchar_nmea_state *state = &nmea->state;
	struct xchar_nmea_point at;

	lockdep_assert_held(&nmea->lock);
	xchar_nmea_motion_at(&nmea->motion, now, &at);
	state->time = ns_to_timespec64(utc);
	state->place = at.place;
	state->course = xchar_nmea_course(at.course);
	state->speed = at.speed;
	xchar_nmea_write(&nmea->buffer, state);
	nmea->dropped += nmea->give(nmea->to, nmea->buffer.text, nmea->buffer.len);
	nmea->epochs++;
}

static enum hrtimer_restart xchar_nmea_tick(struct hrtimer *timer)
{
	struct xchar_nmea *nmea = container_of(timer, struct xchar_nmea, timer);
	ktime_t now = ktime_get();
	u64 utc = ktime_to_ns(ktime_mono_to_real(now));
	u64 late = ktime_to_ns(ktime_sub(now, hrtimer_get_expires(timer)));
	u64 passed, due;

	spin_lock(&nmea->lock);
	due = xchar_nmea_epoch_time(xchar_nmea_epoch(utc, nmea->rate), nmea->rate);
	passed = utc - due;
	/* More has passed since then than the timer is late by: the clock was stepped. */
	if (passed <= late + XCHAR_NMEA_TOLERANCE)
		xchar_nmea_tell(nmea, due, ktime_to_ns(now) - passed);

	nmea->missed += xchar_nmea_epoch(late, nmea->rate);
	hrtimer_set_expires(timer, xchar_nmea_next(nmea, now, utc));
	spin_unlock(&nmea->lock);
	return HRTIMER_RESTART;
}

/**
 * xchar_nmea_start() - somebody listens now
 * @nmea: a receiver that is turned on
 *
 * Context: Process context.
 */
void xchar_nmea_start(struct xchar_nmea *nmea)
{
	ktime_t now = ktime_get(), next;

	spin_lock_bh(&nmea->lock);
	next = xchar_nmea_next(nmea, now, ktime_to_ns(ktime_mono_to_real(now)));
	spin_unlock_bh(&nmea->lock);
	hrtimer_start(&nmea->timer, next, HRTIMER_MODE_ABS_SOFT);
}
EXPORT_SYMBOL_NS_GPL(xchar_nmea_start, XDRV_NAMESPACE);

/**
 * xchar_nmea_stop() - nobody listens any more
 * @nmea: a receiver that was started
 *
 * It tells nothing any more when this returns, though it goes on moving.
 *
 * Context: Process context, may sleep.
 */
void xchar_nmea_stop(struct xchar_nmea *nmea)
{
	hrtimer_cancel(&nmea->timer);
}
EXPORT_SYMBOL_NS_GPL(xchar_nmea_stop, XDRV_NAMESPACE);

static void xchar_nmea_switch(struct xchar_nmea *nmea, xchar_nmea_give_fn give, void *to)
{
	spin_lock_bh(&nmea->lock);
	xchar_nmea_motion_switch(&nmea->motion, ktime_get_ns(), give);
	nmea->give = give;
	nmea->to = to;
	if (give) {
		nmea->epochs = 0;
		nmea->missed = 0;
		nmea->dropped = 0;
	}
	spin_unlock_bh(&nmea->lock);
}

/**
 * xchar_nmea_turn_on() - let it move, and tell somebody who starts it
 * @nmea: a receiver that is turned off
 * @give: called with the sentences of each time, in a softirq; returns how many were dropped, of
 *        these or older ones
 * @to: for @give
 *
 * Context: Process context.
 */
void xchar_nmea_turn_on(struct xchar_nmea *nmea, xchar_nmea_give_fn give, void *to)
{
	xchar_nmea_switch(nmea, give, to);
}
EXPORT_SYMBOL_NS_GPL(xchar_nmea_turn_on, XDRV_NAMESPACE);

/**
 * xchar_nmea_turn_off() - let it stand where it is
 * @nmea: a receiver that is turned on and was stopped, if it was started
 *
 * Context: Process context.
 */
void xchar_nmea_turn_off(struct xchar_nmea *nmea)
{
	xchar_nmea_switch(nmea, NULL, NULL);
}
EXPORT_SYMBOL_NS_GPL(xchar_nmea_turn_off, XDRV_NAMESPACE);

/* Munich, as in the sentences by which everybody explains NMEA 0183. */
static const struct xchar_nmea_state xchar_nmea_default = {
	.altitude = 5454,
	.geoid = 469,
	.hdop = 90,
	.used = 8,
	.in_view = 12,
	.fix = XCHAR_NMEA_FIX_3D,
	.talker = XCHAR_NMEA_GP,
	.sentences = BIT(XCHAR_NMEA_RMC) | BIT(XCHAR_NMEA_VTG) | BIT(XCHAR_NMEA_GGA) |
		     BIT(XCHAR_NMEA_GSA) | BIT(XCHAR_NMEA_GSV) | BIT(XCHAR_NMEA_ZDA),
};

static const struct xchar_nmea_place xchar_nmea_default_place = {
	.latitude = 481173000,
	.longitude = 115166667,
};

/**
 * xchar_nmea_alloc() - make a receiver that is turned off
 *
 * Context: Process context, may sleep.
 * Return: the receiver, or NULL.
 */
struct xchar_nmea *xchar_nmea_alloc(void)
{
	struct xchar_nmea *nmea;

	nmea = kzalloc_obj(*nmea);
	if (!nmea)
		return NULL;

	spin_lock_init(&nmea->lock);
	nmea->rate = 1;
	nmea->state = xchar_nmea_default;
	xchar_nmea_motion_set_ahead(&nmea->motion, 0, xchar_nmea_default_place, 0);
	hrtimer_setup(&nmea->timer, xchar_nmea_tick, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_SOFT);
	return nmea;
}

/**
 * xchar_nmea_free() - free a receiver
 * @nmea: a receiver that is turned off, or NULL
 *
 * Context: Process context, may sleep.
 */
void xchar_nmea_free(struct xchar_nmea *nmea)
{
	if (!nmea)
		return;
	kfree(nmea->motion.track);
	kfree(nmea);
}
