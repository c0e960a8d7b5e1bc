/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a receiver is at any time: it stands, goes ahead along a great circle, or follows a track.
 *
 * A place is always computed from where the receiver started and how far it has come since then,
 * never from the place before, so that nothing adds up: neither the rounding of places nor that of
 * times.
 */
#ifndef XCHAR_NMEA_MOTION_H
#define XCHAR_NMEA_MOTION_H

#include "nmea_sphere.h"

/* As many as fit into an attribute. */
#define XCHAR_NMEA_TRACK_MAX 128

/**
 * struct xchar_nmea_track - list of points to follow
 * @nr_points: how many, at least 1
 * @length: from the first to the last, in micrometres
 * @legs: @nr_points of them: from each point to the next, and from the last to the first
 */
struct xchar_nmea_track {
	unsigned int nr_points;
	u64 length;
	struct xchar_nmea_leg legs[];
};

/**
 * struct xchar_nmea_motion - how a receiver moves
 * @ahead: where it started and in which direction, without a track
 * @track: what it follows, or NULL
 * @loop: begin the track anew when it ends, or stop there
 * @speed: in mm/s
 * @is_on: it moves at all
 * @since: when it got this speed, in nanoseconds
 * @before: how far it had come until then, in micrometres
 */
struct xchar_nmea_motion {
	struct xchar_nmea_leg ahead;
	struct xchar_nmea_track *track;
	bool loop;
	u32 speed;
	bool is_on;
	s64 since;
	u64 before;
};

/**
 * struct xchar_nmea_point - where and how a receiver is at one moment
 * @place: where it is
 * @course: where it goes, in fractions of a turn
 * @speed: how fast, in mm/s; 0 at the end of a track
 */
struct xchar_nmea_point {
	struct xchar_nmea_place place;
	u64 course;
	u32 speed;
};

void xchar_nmea_track_prepare(struct xchar_nmea_track *track);
void xchar_nmea_motion_at(const struct xchar_nmea_motion *motion, s64 now,
			  struct xchar_nmea_point *at);
void xchar_nmea_motion_switch(struct xchar_nmea_motion *motion, s64 now, bool on);
void xchar_nmea_motion_set_speed(struct xchar_nmea_motion *motion, s64 now, u32 speed);
void xchar_nmea_motion_set_loop(struct xchar_nmea_motion *motion, s64 now, bool loop);
void xchar_nmea_motion_set_ahead(struct xchar_nmea_motion *motion, s64 now,
				 struct xchar_nmea_place place, u64 course);
struct xchar_nmea_track *xchar_nmea_motion_set_track(struct xchar_nmea_motion *motion, s64 now,
						     struct xchar_nmea_track *track);

#endif /* XCHAR_NMEA_MOTION_H */
