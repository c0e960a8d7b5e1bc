// SPDX-License-Identifier: GPL-2.0-only
/*
 * The nmea back end: see nmea.h.
 *
 * The receiver tells what it knows at the multiples of 1/rate seconds of UTC. CLOCK_MONOTONIC,
 * which the timer runs by, goes at the pace of CLOCK_REALTIME, slewed or not; they part only where
 * the latter is stepped. So the next time is worked out from CLOCK_REALTIME after every time, and
 * does not drift; after a step the timer comes at a moment that is none to tell anything, or at
 * another one, and the time after that is right again. A step by whole periods, as in a leap
 * second, goes unseen.
 *
 * The timer runs in a softirq, where a few microseconds of arithmetic and text do no harm.
 *
 * What is written to the device is taken and forgotten. gpsd asks every new device what it is, in
 * the languages of a dozen makers. If one of them were answered it would go on in that language;
 * one that keeps silent is a plain NMEA 0183 receiver, and an error would make gpsd complain.
 */
#include <linux/err.h>
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
	nmea->dropped += xchar_insert_lines(nmea->xdev, nmea->buffer.text, nmea->buffer.len);
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

static int xchar_nmea_open(struct xchar_device *xdev)
{
	struct xchar_nmea *nmea = xdev->priv;
	ktime_t now = ktime_get(), next;

	spin_lock_bh(&nmea->lock);
	next = xchar_nmea_next(nmea, now, ktime_to_ns(ktime_mono_to_real(now)));
	spin_unlock_bh(&nmea->lock);
	hrtimer_start(&nmea->timer, next, HRTIMER_MODE_ABS_SOFT);
	return 0;
}

static void xchar_nmea_release(struct xchar_device *xdev)
{
	struct xchar_nmea *nmea = xdev->priv;

	hrtimer_cancel(&nmea->timer);
}

static ssize_t xchar_nmea_forget(struct xchar_device *xdev, const u8 *buf, size_t len)
{
	return len;
}

static const struct xchar_ops xchar_nmea_ops = {
	.type = "nmea",
	.lines = true,
	.open = xchar_nmea_open,
	.release = xchar_nmea_release,
	.write = xchar_nmea_forget,
};

static void xchar_nmea_switch(struct xchar_nmea *nmea, struct xchar_device *xdev)
{
	spin_lock_bh(&nmea->lock);
	xchar_nmea_motion_switch(&nmea->motion, ktime_get_ns(), xdev);
	nmea->xdev = xdev;
	if (xdev) {
		nmea->epochs = 0;
		nmea->missed = 0;
		nmea->dropped = 0;
	}
	spin_unlock_bh(&nmea->lock);
}

static struct xchar_device *xchar_nmea_create(const struct xchar_setup *setup)
{
	struct xchar_nmea *nmea = setup->nmea;
	struct xchar_device *xdev;
	int err;

	xdev = xchar_device_alloc(&xchar_nmea_ops, &setup->params, nmea);
	if (IS_ERR(xdev))
		return xdev;
	xchar_nmea_switch(nmea, xdev);

	err = xchar_device_register(xdev);
	if (err) {
		xchar_nmea_switch(nmea, NULL);
		xchar_device_put(xdev);
		return ERR_PTR(err);
	}
	return xdev;
}

static void xchar_nmea_destroy(struct xchar_device *xdev)
{
	struct xchar_nmea *nmea = xdev->priv;

	xchar_device_unregister(xdev);
	xchar_nmea_switch(nmea, NULL);
	xchar_device_put(xdev);
}

const struct xchar_backend xchar_nmea = {
	.name = "nmea",
	.create = xchar_nmea_create,
	.destroy = xchar_nmea_destroy,
};

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
