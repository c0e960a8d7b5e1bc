// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ways along great circles: see nmea_sphere.h.
 *
 * Everything is made of two operations on a vector in the plane, to turn it by an angle and to find
 * its length and direction. CORDIC (Volder 1959) does both with additions and shifts: it turns the
 * vector by atan(2^-i) to one side or the other, for i from 0 on, until nothing is left of the
 * angle or the vector lies on the x axis. The vector gets longer by a constant meanwhile.
 *
 * A place on the unit sphere is seen in the frame of the place where a leg begins: its parts up,
 * north and east. Turning (up, north) by the latitude of the beginning gives the part away from the
 * axis of the earth and the part along it; with the part east these are the place, its longitude
 * counted from that of the beginning.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/math64.h>

#include "nmea_sphere.h"

/* The length 1: leaves room for the growth by 1.65 and a sign. */
#define XCHAR_NMEA_ONE ((s64)BIT_ULL(60))

/* What is left after so many steps, 2^-58 radians, is less than the rounding of all of them. */
#define XCHAR_NMEA_STEPS 58

/* The product of cos(atan(2^-i)) over all steps, in units of 2^-64. */
#define XCHAR_NMEA_SHRINK 0x9b74eda8435e5a68ULL

#define XCHAR_NMEA_HALF_TURN BIT_ULL(63)
#define XCHAR_NMEA_QUARTER_TURN BIT_ULL(62)

/* atan(2^-i), rounded. From the last one on each is half of the one before, to the last bit. */
static const u64 xchar_nmea_atan[] = {
	0x2000000000000000, 0x12e4051d9df30866, 0x09fb385b5ee39e8e,
	0x051111d41ddd9a1b, 0x028b0d430e589aed, 0x0145d7e159046278,
	0x00a2f61e5c28262a, 0x00517c5511d442af, 0x0028be5346d0c337,
	0x00145f2ebb30ab38, 0x000a2f980091ba7b, 0x000517cc14a80cb7,
	0x00028be60cdfec62, 0x000145f306c172f2, 0x0000a2f9836ae911,
	0x0000517cc1b6ba7c, 0x000028be60db85fc, 0x0000145f306dc816,
	0x00000a2f9836e4ae, 0x00000517cc1b726b, 0x0000028be60db938,
};

struct xchar_nmea_vector {
	s64 x;
	s64 y;
};

static struct xchar_nmea_vector xchar_nmea_vector(s64 x, s64 y)
{
	return (struct xchar_nmea_vector){ .x = x, .y = y };
}

static u64 xchar_nmea_step_angle(unsigned int i)
{
	const unsigned int last = ARRAY_SIZE(xchar_nmea_atan) - 1;

	return i <= last ? xchar_nmea_atan[i] : xchar_nmea_atan[last] >> (i - last);
}

static s64 xchar_nmea_shrink(s64 length)
{
	s64 shrunk = mul_u64_u64_shr(abs(length), XCHAR_NMEA_SHRINK, 64);

	return length < 0 ? -shrunk : shrunk;
}

/* One step to the left, or to the right. */
static void xchar_nmea_step(struct xchar_nmea_vector *v, unsigned int i, bool left)
{
	s64 dx = v->y >> i, dy = v->x >> i;

	v->x += left ? -dx : dx;
	v->y += left ? dy : -dy;
}

/* Turns a vector of at most the length 1 to the left. */
static struct xchar_nmea_vector xchar_nmea_turn(struct xchar_nmea_vector v, u64 angle)
{
	s64 rest = angle;
	unsigned int i;

	/* The steps together reach 99 degrees. */
	if (angle + XCHAR_NMEA_QUARTER_TURN >= XCHAR_NMEA_HALF_TURN) {
		v.x = -v.x;
		v.y = -v.y;
		rest = angle - XCHAR_NMEA_HALF_TURN;
	}
	for (i = 0; i < XCHAR_NMEA_STEPS; i++) {
		bool left = rest >= 0;

		xchar_nmea_step(&v, i, left);
		rest += left ? -xchar_nmea_step_angle(i) : xchar_nmea_step_angle(i);
	}
	v.x = xchar_nmea_shrink(v.x);
	v.y = xchar_nmea_shrink(v.y);
	return v;
}

/* The direction of a vector, counted to the left from the x axis, and its length. */
static u64 xchar_nmea_direction(struct xchar_nmea_vector v, s64 *length)
{
	u64 angle = 0;
	unsigned int i;

	if (v.x < 0) {
		v.x = -v.x;
		v.y = -v.y;
		angle = XCHAR_NMEA_HALF_TURN;
	}
	for (i = 0; i < XCHAR_NMEA_STEPS && (v.x || v.y); i++) {
		bool left = v.y < 0;

		xchar_nmea_step(&v, i, left);
		angle += left ? -xchar_nmea_step_angle(i) : xchar_nmea_step_angle(i);
	}
	if (length)
		*length = xchar_nmea_shrink(v.x);
	return angle;
}

/**
 * xchar_nmea_angle() - an angle as a fraction of a turn
 * @degrees: in 10^-7 degrees, -360 to 360 degrees
 *
 * 2^64 / 3600000000 is 5124095576.030431.
 *
 * Context: Any.
 */
u64 xchar_nmea_angle(s64 degrees)
{
	return degrees * 5124095576ULL + div_s64(degrees * 30431, 1000000);
}

/* Rounded; -180 to 180 degrees. */
static s64 xchar_nmea_degrees(u64 angle)
{
	s64 signed_angle = angle;
	u64 turned = signed_angle < 0 ? -angle : angle;
	s64 degrees = (mul_u64_u64_shr(turned, XCHAR_NMEA_TURN, 63) + 1) >> 1;

	return signed_angle < 0 ? -degrees : degrees;
}

/**
 * xchar_nmea_course() - a fraction of a turn as a course
 * @angle: the angle
 *
 * Context: Any.
 * Return: in 10^-7 degrees, from 0 to less than 360 degrees.
 */
u32 xchar_nmea_course(u64 angle)
{
	s64 degrees = xchar_nmea_degrees(angle);

	return degrees < 0 ? degrees + XCHAR_NMEA_TURN : degrees;
}

/**
 * xchar_nmea_leg_to() - the shortest way to a place
 * @leg: its @from is given, the rest is filled in
 * @to: where it leads to
 *
 * Context: Any; takes about a microsecond.
 */
void xchar_nmea_leg_to(struct xchar_nmea_leg *leg, struct xchar_nmea_place to)
{
	u64 eastward = xchar_nmea_angle((s64)to.longitude - leg->from.longitude);
	struct xchar_nmea_vector axis, plane, upright;
	s64 across;
	u64 angle;

	/* Away from the axis and along it; then the former to the front and to the east. */
	axis = xchar_nmea_turn(xchar_nmea_vector(XCHAR_NMEA_ONE, 0),
			       xchar_nmea_angle(to.latitude));
	plane = xchar_nmea_turn(xchar_nmea_vector(axis.x, 0), eastward);
	/* Up and north, as seen from the beginning. */
	upright = xchar_nmea_turn(xchar_nmea_vector(plane.x, axis.y),
				  -xchar_nmea_angle(leg->from.latitude));

	leg->course = xchar_nmea_direction(xchar_nmea_vector(upright.y, plane.y), &across);
	angle = xchar_nmea_direction(xchar_nmea_vector(upright.x, across), NULL);
	/* No way is longer than half a turn: that is none, and a little to the wrong side of it. */
	if (angle >= XCHAR_NMEA_HALF_TURN + XCHAR_NMEA_QUARTER_TURN)
		angle = 0;
	leg->length = mul_u64_u64_shr(angle, XCHAR_NMEA_CIRCUMFERENCE, 64);
}

/*
 * The direction after an angle on the way. cos(latitude) sin(course) is the same all along a great
 * circle (Clairaut); cos(latitude) cos(course) is what the direction ahead has of the axis.
 */
static u64 xchar_nmea_course_after(const struct xchar_nmea_leg *leg, u64 angle)
{
	struct xchar_nmea_vector start, heading, end;

	start = xchar_nmea_turn(xchar_nmea_vector(XCHAR_NMEA_ONE, 0),
				xchar_nmea_angle(leg->from.latitude));
	heading = xchar_nmea_turn(xchar_nmea_vector(start.x, 0), leg->course);
	end = xchar_nmea_turn(xchar_nmea_vector(heading.x, start.y), angle);
	return xchar_nmea_direction(xchar_nmea_vector(end.x, heading.y), NULL);
}

/**
 * xchar_nmea_leg_at() - a place on the way
 * @leg: the way; its length does not matter
 * @distance: from its beginning, in micrometres; more than a circumference goes around
 * @course: the direction there, in fractions of a turn; may be NULL
 *
 * Context: Any; takes about a microsecond.
 * Return: the place.
 */
struct xchar_nmea_place xchar_nmea_leg_at(const struct xchar_nmea_leg *leg, u64 distance,
					  u64 *course)
{
	struct xchar_nmea_vector up, level, axis;
	u64 latitude, longitude, angle;
	struct xchar_nmea_place place;
	s64 away;

	div64_u64_rem(distance, XCHAR_NMEA_CIRCUMFERENCE, &distance);
	if (!distance) {
		if (course)
			*course = leg->course;
		return leg->from;
	}
	/* 2^96 / circumference. */
	angle = mul_u64_u64_shr(distance, 1979208340256702ULL, 32);

	/* Up and ahead; the latter to the north and east; away from the axis and along it. */
	up = xchar_nmea_turn(xchar_nmea_vector(XCHAR_NMEA_ONE, 0), angle);
	level = xchar_nmea_turn(xchar_nmea_vector(up.y, 0), leg->course);
	axis = xchar_nmea_turn(xchar_nmea_vector(up.x, level.x),
			       xchar_nmea_angle(leg->from.latitude));

	longitude = xchar_nmea_angle(leg->from.longitude);
	longitude += xchar_nmea_direction(xchar_nmea_vector(axis.x, level.y), &away);
	place.longitude = xchar_nmea_degrees(longitude);
	latitude = xchar_nmea_direction(xchar_nmea_vector(away, axis.y), NULL);
	place.latitude = xchar_nmea_degrees(latitude);
	if (course)
		*course = xchar_nmea_course_after(leg, angle);
	return place;
}
