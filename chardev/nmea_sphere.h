/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ways along great circles, in integers.
 *
 * Angles come in two units. Users and sentences have 10^-7 degrees, 11 mm on the ground. Inside,
 * an angle is a fraction of a turn, 2^64 to a turn, so that it wraps around by itself.
 *
 * The earth is a sphere with the mean radius R1 = (2a + b) / 3 of the WGS 84 ellipsoid (NIMA
 * TR8350.2: a = 6378137 m, b = 6356752.3142 m). Distances differ from those on the ellipsoid by up
 * to 0.56 percent. On the sphere a place is right to 10^-7 degrees, of which half is the rounding
 * to that unit: what CORDIC leaves is below 10^-15 radians, except for the longitude within some
 * metres of a pole, where it means little.
 */
#ifndef XCHAR_NMEA_SPHERE_H
#define XCHAR_NMEA_SPHERE_H

#include <linux/types.h>

#define XCHAR_NMEA_DEGREE 10000000
#define XCHAR_NMEA_LATITUDE_MAX (90 * XCHAR_NMEA_DEGREE)
#define XCHAR_NMEA_LONGITUDE_MAX (180 * XCHAR_NMEA_DEGREE)
#define XCHAR_NMEA_TURN (360LL * XCHAR_NMEA_DEGREE)

/* 2 pi R1, in micrometres. */
#define XCHAR_NMEA_CIRCUMFERENCE 40030228704467ULL

/**
 * struct xchar_nmea_place - place on the earth
 * @latitude: in 10^-7 degrees, north is positive, -90 to 90 degrees
 * @longitude: in 10^-7 degrees, east is positive, -180 to 180 degrees
 */
struct xchar_nmea_place {
	s32 latitude;
	s32 longitude;
};

/**
 * struct xchar_nmea_leg - way along a great circle
 * @from: where it begins
 * @course: its direction there, clockwise from north, in fractions of a turn
 * @length: in micrometres
 */
struct xchar_nmea_leg {
	struct xchar_nmea_place from;
	u64 course;
	u64 length;
};

u64 xchar_nmea_angle(s64 degrees);
u32 xchar_nmea_course(u64 angle);
void xchar_nmea_leg_to(struct xchar_nmea_leg *leg, struct xchar_nmea_place to);
struct xchar_nmea_place xchar_nmea_leg_at(const struct xchar_nmea_leg *leg, u64 distance,
					  u64 *course);

#endif /* XCHAR_NMEA_SPHERE_H */
