// SPDX-License-Identifier: GPL-2.0-only
/* Where a receiver is at any time: see nmea_motion.h. */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#include "nmea_motion.h"

/**
 * xchar_nmea_track_prepare() - find the courses and lengths of a track
 * @track: its number of points and where the legs begin are given, the rest is filled in
 *
 * Context: Any; takes about a microsecond for each point.
 */
void xchar_nmea_track_prepare(struct xchar_nmea_track *track)
{
	unsigned int i, next;

	track->length = 0;
	for (i = 0; i < track->nr_points; i++) {
		next = i + 1 == track->nr_points ? 0 : i + 1;
		xchar_nmea_leg_to(&track->legs[i], track->legs[next].from);
		if (next)
			track->length += track->legs[i].length;
	}
}

/* How far it is around. */
static u64 xchar_nmea_track_round(const struct xchar_nmea_track *track)
{
	return track->length + track->legs[track->nr_points - 1].length;
}

/*
 * How far it has come, in micrometres. At the highest speed that is counted for three centuries; a
 * clock that goes back does not turn it around.
 */
static u64 xchar_nmea_motion_distance(const struct xchar_nmea_motion *motion, s64 now)
{
	u64 distance = motion->before, seconds;
	u32 nsec;

	if (motion->is_on && now > motion->since) {
		seconds = div_u64_rem(now - motion->since, NSEC_PER_SEC, &nsec);
		distance += seconds * motion->speed * 1000;
		distance += div_u64((u64)nsec * motion->speed, NSEC_PER_SEC / 1000);
	}
	if (!motion->track)
		return distance;
	if (!motion->loop)
		return min(distance, motion->track->length);
	if (xchar_nmea_track_round(motion->track))
		div64_u64_rem(distance, xchar_nmea_track_round(motion->track), &distance);
	else
		distance = 0;
	return distance;
}

/* The leg of a track that is so far from its beginning, and how far it is on that. */
static const struct xchar_nmea_leg *xchar_nmea_track_leg(const struct xchar_nmea_track *track,
							 bool loop, u64 *distance)
{
	unsigned int last = loop ? track->nr_points - 1 : max(track->nr_points, 2U) - 2, i;

	for (i = 0; i < last && *distance >= track->legs[i].length; i++)
		*distance -= track->legs[i].length;
	return &track->legs[i];
}

/**
 * xchar_nmea_motion_at() - where is the receiver?
 * @motion: how it moves
 * @now: when, in nanoseconds
 * @at: is filled in
 *
 * Context: Any; takes about two microseconds.
 */
void xchar_nmea_motion_at(const struct xchar_nmea_motion *motion, s64 now,
			  struct xchar_nmea_point *at)
{
	u64 distance = xchar_nmea_motion_distance(motion, now);
	const struct xchar_nmea_track *track = motion->track;
	const struct xchar_nmea_leg *leg = &motion->ahead;
	bool at_end = false;

	at->speed = motion->is_on ? motion->speed : 0;
	if (track) {
		at_end = !motion->loop && distance == track->length;
		if (at_end || !xchar_nmea_track_round(track))
			at->speed = 0;
		leg = xchar_nmea_track_leg(track, motion->loop, &distance);
	}
	at->place = xchar_nmea_leg_at(leg, distance, &at->course);
	/* Not where the way of the last leg leads to, which is rounded. */
	if (at_end)
		at->place = track->legs[track->nr_points - 1].from;
}

/* What comes from now on may be different; what was before stays. */
static void xchar_nmea_motion_settle(struct xchar_nmea_motion *motion, s64 now)
{
	motion->before = xchar_nmea_motion_distance(motion, now);
	motion->since = now;
	if (!motion->track)
		div64_u64_rem(motion->before, XCHAR_NMEA_CIRCUMFERENCE, &motion->before);
}

/**
 * xchar_nmea_motion_switch() - let it move, or let it stand
 * @motion: how it moves
 * @now: the time, in nanoseconds
 * @on: let it move
 *
 * Context: Any.
 */
void xchar_nmea_motion_switch(struct xchar_nmea_motion *motion, s64 now, bool on)
{
	xchar_nmea_motion_settle(motion, now);
	motion->is_on = on;
}

/**
 * xchar_nmea_motion_set_speed() - move faster or slower
 * @motion: how it moves
 * @now: the time, in nanoseconds
 * @speed: in mm/s
 *
 * Context: Any.
 */
void xchar_nmea_motion_set_speed(struct xchar_nmea_motion *motion, s64 now, u32 speed)
{
	xchar_nmea_motion_settle(motion, now);
	motion->speed = speed;
}

/**
 * xchar_nmea_motion_set_loop() - follow the track again and again, or once
 * @motion: how it moves
 * @now: the time, in nanoseconds
 * @loop: again and again
 *
 * If it is on its way back from the last point to the first when that is turned off, it is put at
 * the last point.
 *
 * Context: Any.
 */
void xchar_nmea_motion_set_loop(struct xchar_nmea_motion *motion, s64 now, bool loop)
{
	xchar_nmea_motion_settle(motion, now);
	motion->loop = loop;
}

/**
 * xchar_nmea_motion_set_ahead() - put it somewhere, without a track
 * @motion: how it moves; has no track
 * @now: the time, in nanoseconds
 * @place: where
 * @course: where it goes from there
 *
 * Context: Any.
 */
void xchar_nmea_motion_set_ahead(struct xchar_nmea_motion *motion, s64 now,
				 struct xchar_nmea_place place, u64 course)
{
	motion->ahead.from = place;
	motion->ahead.course = course;
	motion->before = 0;
	motion->since = now;
}

/**
 * xchar_nmea_motion_set_track() - put it at the first point of a track
 * @motion: how it moves
 * @now: the time, in nanoseconds
 * @track: the track, or NULL: then it goes ahead from where it is
 *
 * Context: Any.
 * Return: the track that it had, or NULL.
 */
struct xchar_nmea_track *xchar_nmea_motion_set_track(struct xchar_nmea_motion *motion, s64 now,
						     struct xchar_nmea_track *track)
{
	struct xchar_nmea_track *old = motion->track;
	struct xchar_nmea_point at;

	xchar_nmea_motion_at(motion, now, &at);
	xchar_nmea_motion_set_ahead(motion, now, at.place, at.course);
	motion->track = track;
	return old;
}
