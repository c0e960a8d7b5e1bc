// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of how the nmea back end moves. What is expected was computed with 40 digits, by the
 * usual formulas of spherical trigonometry and not by vectors.
 */
#include <kunit/test.h>
#include <linux/slab.h>
#include <linux/time64.h>

#include "compat.h"
#include "../chardev/nmea_motion.h"

#define XCHAR_TEST_METRE 1000000ULL

/* The difference of two angles in 10^-7 degrees, whatever turns are between them. */
static s64 xchar_test_apart(s64 a, s64 b)
{
	s64 apart = abs(a - b) % XCHAR_NMEA_TURN;

	return min_t(s64, apart, XCHAR_NMEA_TURN - apart);
}

/**
 * struct xchar_test_ahead - a way that begins at a place
 * @latitude: where; all angles in 10^-7 degrees
 * @longitude: where
 * @course: the direction there
 * @distance: how far, in micrometres
 * @to_latitude: where that is
 * @to_longitude: where that is
 * @to_course: the direction then
 */
struct xchar_test_ahead {
	s32 latitude;
	s32 longitude;
	s64 course;
	u64 distance;
	s32 to_latitude;
	s32 to_longitude;
	s64 to_course;
};

static const struct xchar_test_ahead xchar_test_ahead[] = {
	{ 481173000, 115166667, 844000000, 22224000ULL, 481173195, 115169646, 844002218 },
	{ 481173000, 115166667, 844000000, 1000000ULL, 481173009, 115166801, 844000100 },
	{ 0, 0, 0, 1000000000000ULL, 89932037, 0, 0 },
	{ 0, 0, 900000000, 5000000000000ULL, 0, 449660184, 900000000 },
	{ 899999000, 0, 0, 1000000000ULL, 899911068, -1800000000, 1800000000 },
	{ -335000000, -703000000, 2255000000, 9000000000000ULL,
	  -416139569, -1798924024, 3072943649 },
	{ 100000000, 1799999000, 900000000, 1000000000ULL, 99999999, -1799909681, 900015857 },
	{ -100000000, -1799999000, 2700000000, 1000000000ULL,
	  -99999999, 1799909681, 2700015857 },
	{ 600000000, 250000000, 3599999999, 123456789012ULL, 611102720, 250000000, 3599999999 },
	{ 525200000, 134050000, 450000000, 20015114352233ULL,
	  -525200000, -1665950000, 1350000000 },
	{ -899000000, 450000000, 1800000000, 30000000000ULL, -898302039, -1350000000, 0 },
	/* Around the earth, and nowhere. */
	{ 525200000, 134050000, 450000000, XCHAR_NMEA_CIRCUMFERENCE,
	  525200000, 134050000, 450000000 },
	{ 900000000, 134050000, 450000000, 0, 900000000, 134050000, 450000000 },
};

KUNIT_ARRAY_PARAM(xchar_test_ahead, xchar_test_ahead, NULL);

static void xchar_nmea_goes_along_great_circles(struct kunit *test)
{
	const struct xchar_test_ahead *ahead = test->param_value;
	struct xchar_nmea_leg leg = {
		.from = { ahead->latitude, ahead->longitude },
		.course = xchar_nmea_angle(ahead->course),
	};
	struct xchar_nmea_place place;
	u64 course;

	place = xchar_nmea_leg_at(&leg, ahead->distance, &course);
	KUNIT_EXPECT_LE(test, abs(place.latitude - ahead->to_latitude), 1);
	KUNIT_EXPECT_LE(test, xchar_test_apart(place.longitude, ahead->to_longitude), 1);
	KUNIT_EXPECT_LE(test, xchar_test_apart(xchar_nmea_course(course), ahead->to_course), 1);
	KUNIT_EXPECT_LE(test, abs(place.latitude), XCHAR_NMEA_LATITUDE_MAX);
	KUNIT_EXPECT_LE(test, abs(place.longitude), XCHAR_NMEA_LONGITUDE_MAX);
}

/**
 * struct xchar_test_between - the way from one place to another
 * @from: one
 * @to: the other
 * @course: the direction at the beginning, in 10^-7 degrees
 * @length: how far it is, in micrometres
 */
struct xchar_test_between {
	struct xchar_nmea_place from;
	struct xchar_nmea_place to;
	s64 course;
	u64 length;
};

static const struct xchar_test_between xchar_test_between[] = {
	{ { 525200000, 134050000 }, { 488566000, 23522000 }, 2467434232, 877464533985ULL },
	{ { 0, 0 }, { 0, 1 }, 900000000, 11120ULL },
	{ { 0, -1799999999 }, { 0, 1799999999 }, 2700000000, 22239ULL },
	{ { -335000000, -703000000 }, { 351000000, 1397000000 },
	  2821966604, 17264004898644ULL },
	{ { 899999999, 0 }, { 899999999, 1800000000 }, 0, 22239ULL },
	{ { 100000000, 200000000 }, { -100000000, -1599000000 },
	  2699913176, 20004163774613ULL },
	{ { 481173000, 115166667 }, { 481173000, 115166668 }, 900000000, 7423ULL },
};

KUNIT_ARRAY_PARAM(xchar_test_between, xchar_test_between, NULL);

static void xchar_nmea_finds_the_shortest_way(struct kunit *test)
{
	const struct xchar_test_between *between = test->param_value;
	struct xchar_nmea_leg leg = { .from = between->from };
	struct xchar_nmea_place place;

	xchar_nmea_leg_to(&leg, between->to);
	/* The direction of a step is known the worse the smaller the step. */
	if (between->length > XCHAR_TEST_METRE)
		KUNIT_EXPECT_LE(test, xchar_test_apart(xchar_nmea_course(leg.course),
						       between->course), 1);
	KUNIT_EXPECT_LE(test, abs_diff(leg.length, between->length), 1);
	place = xchar_nmea_leg_at(&leg, leg.length, NULL);
	KUNIT_EXPECT_LE(test, abs(place.latitude - between->to.latitude), 1);
	/* One pole's longitude is as good as another. */
	if (abs(place.latitude) < 899999990)
		KUNIT_EXPECT_LE(test, xchar_test_apart(place.longitude, between->to.longitude), 1);
}

static void xchar_nmea_way_to_where_one_is_is_none(struct kunit *test)
{
	struct xchar_nmea_leg leg = { .from = { .longitude = 134050000 } };
	struct xchar_nmea_place to;
	s32 latitude;

	/* Every hundredth of a degree, both poles included, where all longitudes are one place. */
	for (latitude = -XCHAR_NMEA_LATITUDE_MAX; latitude <= XCHAR_NMEA_LATITUDE_MAX;
	     latitude += 100000) {
		leg.from.latitude = latitude;
		to = leg.from;
		if (abs(latitude) == XCHAR_NMEA_LATITUDE_MAX)
			to.longitude = -150000000;
		xchar_nmea_leg_to(&leg, to);
		if (leg.length > 1)
			KUNIT_FAIL(test, "at %d it is %llu um long", latitude, leg.length);
	}
}

static void xchar_nmea_dateline_is_no_way_around(struct kunit *test)
{
	struct xchar_nmea_leg leg = { .from = { .longitude = XCHAR_NMEA_LONGITUDE_MAX } };
	struct xchar_nmea_place to = { .longitude = -XCHAR_NMEA_LONGITUDE_MAX };

	for (to.latitude = -899000000; to.latitude <= 899000000; to.latitude += 100000) {
		leg.from.latitude = to.latitude;
		xchar_nmea_leg_to(&leg, to);
		if (leg.length > 1)
			KUNIT_FAIL(test, "at %d it is %llu um long", to.latitude, leg.length);
	}
}

static void xchar_nmea_angles_come_back(struct kunit *test)
{
	static const s64 courses[] = { 0, 1, 899999999, 900000000, 1800000000, 1800000001,
				       3599999999 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(courses); i++)
		KUNIT_EXPECT_EQ(test, xchar_nmea_course(xchar_nmea_angle(courses[i])), courses[i]);
	KUNIT_EXPECT_EQ(test, xchar_nmea_course(xchar_nmea_angle(XCHAR_NMEA_TURN)), 0);
	KUNIT_EXPECT_EQ(test, xchar_nmea_course(xchar_nmea_angle(-1)), 3599999999U);
}

static void xchar_nmea_does_not_drift(struct kunit *test)
{
	struct xchar_nmea_motion motion = {};
	struct xchar_nmea_point often, once;
	struct xchar_nmea_place place = { 0, 0 };
	s64 now;

	/* 7 mm a second for a day: each step is less than a place can show. */
	xchar_nmea_motion_set_ahead(&motion, 0, place, xchar_nmea_angle(900000000));
	xchar_nmea_motion_switch(&motion, 0, true);
	xchar_nmea_motion_set_speed(&motion, 0, 7);
	for (now = 0; now <= 86400 * NSEC_PER_SEC; now += 10 * NSEC_PER_SEC) {
		xchar_nmea_motion_at(&motion, now, &often);
		xchar_nmea_motion_set_speed(&motion, now, 7);
	}
	/* 604.8 m on the equator. */
	KUNIT_EXPECT_EQ(test, often.place.longitude, 54391);
	KUNIT_EXPECT_EQ(test, often.speed, 7);

	/* The clock that goes back, and a year at the highest speed: almost 788 times around. */
	xchar_nmea_motion_at(&motion, 0, &once);
	KUNIT_EXPECT_EQ(test, once.place.longitude, 54391);
	xchar_nmea_motion_set_ahead(&motion, 0, place, xchar_nmea_angle(900000000));
	xchar_nmea_motion_set_speed(&motion, 0, 1000000);
	xchar_nmea_motion_at(&motion, 365 * 86400 * NSEC_PER_SEC, &once);
	KUNIT_EXPECT_EQ(test, once.place.latitude, 0);
	KUNIT_EXPECT_LE(test, xchar_test_apart(once.place.longitude, -703288233), 1);
}

static void xchar_nmea_stands_while_it_is_off(struct kunit *test)
{
	struct xchar_nmea_motion motion = { .speed = 10000 };
	struct xchar_nmea_place place = { 0, 0 };
	struct xchar_nmea_point at;

	xchar_nmea_motion_set_ahead(&motion, 0, place, 0);
	xchar_nmea_motion_at(&motion, 100 * NSEC_PER_SEC, &at);
	KUNIT_EXPECT_EQ(test, at.place.latitude, 0);
	KUNIT_EXPECT_EQ(test, at.speed, 0);
	xchar_nmea_motion_switch(&motion, 100 * NSEC_PER_SEC, true);
	xchar_nmea_motion_at(&motion, 110 * NSEC_PER_SEC, &at);
	KUNIT_EXPECT_EQ(test, at.place.latitude, 8993);
	xchar_nmea_motion_switch(&motion, 110 * NSEC_PER_SEC, false);
	xchar_nmea_motion_at(&motion, 999 * NSEC_PER_SEC, &at);
	KUNIT_EXPECT_EQ(test, at.place.latitude, 8993);
}

/* A triangle on the equator and back to the beginning: 1 degree, that is 111195 m, to each side. */
static struct xchar_nmea_track *xchar_test_track(struct kunit *test, unsigned int nr_points)
{
	static const struct xchar_nmea_place points[] = {
		{ 0, 0 }, { 0, 10000000 }, { 10000000, 10000000 },
	};
	struct xchar_nmea_track *track;
	unsigned int i;

	track = kunit_kzalloc(test, struct_size(track, legs, nr_points), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, track);
	track->nr_points = nr_points;
	for (i = 0; i < nr_points; i++)
		track->legs[i].from = points[i];
	xchar_nmea_track_prepare(track);
	return track;
}

static void xchar_test_on_track(struct kunit *test, const struct xchar_nmea_motion *motion,
				s64 seconds, s32 latitude, s32 longitude, u32 speed)
{
	struct xchar_nmea_point at;

	xchar_nmea_motion_at(motion, seconds * NSEC_PER_SEC, &at);
	KUNIT_EXPECT_LE(test, abs(at.place.latitude - latitude), 1);
	KUNIT_EXPECT_LE(test, abs(at.place.longitude - longitude), 1);
	KUNIT_EXPECT_EQ(test, at.speed, speed);
}

static void xchar_nmea_follows_a_track_and_stops(struct kunit *test)
{
	struct xchar_nmea_motion motion = { .speed = 100000 };

	xchar_nmea_motion_switch(&motion, 0, true);
	xchar_nmea_motion_set_track(&motion, 0, xchar_test_track(test, 3));
	xchar_test_on_track(test, &motion, 0, 0, 0, 100000);
	/* 100 m/s: 0.000899320 degrees a second, 1111.95 s to a degree. */
	xchar_test_on_track(test, &motion, 1000, 0, 8993204, 100000);
	xchar_test_on_track(test, &motion, 2000, 7986407, 10000000, 100000);
	xchar_test_on_track(test, &motion, 2223, 9991892, 10000000, 100000);
	xchar_test_on_track(test, &motion, 2224, 10000000, 10000000, 0);
	xchar_test_on_track(test, &motion, 999999, 10000000, 10000000, 0);

	/* Off the track it goes ahead from where it is, in the direction that it had: north. */
	xchar_nmea_motion_set_track(&motion, 3000 * NSEC_PER_SEC, NULL);
	xchar_test_on_track(test, &motion, 3000, 10000000, 10000000, 100000);
	xchar_test_on_track(test, &motion, 3100, 10899320, 10000000, 100000);
}

static void xchar_nmea_follows_a_track_in_a_loop(struct kunit *test)
{
	struct xchar_nmea_motion motion = { .speed = 100000, .loop = true };
	struct xchar_nmea_track *track = xchar_test_track(test, 3);
	s64 around = track->length + track->legs[2].length;
	struct xchar_nmea_point at;

	/* The way back is the diagonal. */
	KUNIT_EXPECT_LE(test, abs_diff(track->legs[2].length, 157249597769ULL), 1);
	xchar_nmea_motion_switch(&motion, 0, true);
	xchar_nmea_motion_set_track(&motion, 0, track);
	xchar_test_on_track(test, &motion, 1000, 0, 8993204, 100000);
	xchar_nmea_motion_at(&motion, around * 10, &at);
	KUNIT_EXPECT_LE(test, abs(at.place.latitude), 1);
	KUNIT_EXPECT_LE(test, abs(at.place.longitude), 1);
	xchar_nmea_motion_at(&motion, around * 20 + 1000 * NSEC_PER_SEC, &at);
	KUNIT_EXPECT_LE(test, abs(at.place.longitude - 8993204), 1);
	KUNIT_EXPECT_EQ(test, at.speed, 100000);
}

static void xchar_nmea_track_of_one_point_is_a_place(struct kunit *test)
{
	struct xchar_nmea_motion motion = { .speed = 100000 };

	xchar_nmea_motion_switch(&motion, 0, true);
	xchar_nmea_motion_set_track(&motion, 0, xchar_test_track(test, 1));
	xchar_test_on_track(test, &motion, 0, 0, 0, 0);
	xchar_test_on_track(test, &motion, 5, 0, 0, 0);
	xchar_nmea_motion_set_loop(&motion, 5, true);
	xchar_test_on_track(test, &motion, 7, 0, 0, 0);
}

static void xchar_nmea_keeps_its_place_when_the_speed_changes(struct kunit *test)
{
	struct xchar_nmea_motion motion = { .speed = 100000 };

	xchar_nmea_motion_switch(&motion, 0, true);
	xchar_nmea_motion_set_track(&motion, 0, xchar_test_track(test, 2));
	xchar_nmea_motion_set_speed(&motion, 500 * NSEC_PER_SEC, 0);
	xchar_test_on_track(test, &motion, 900, 0, 4496602, 0);
	xchar_nmea_motion_set_speed(&motion, 1000 * NSEC_PER_SEC, 200000);
	xchar_test_on_track(test, &motion, 1250, 0, 8993204, 200000);
	xchar_test_on_track(test, &motion, 1400, 0, 10000000, 0);
}

static struct kunit_case xchar_nmea_motion_cases[] = {
	KUNIT_CASE_PARAM(xchar_nmea_goes_along_great_circles, xchar_test_ahead_gen_params),
	KUNIT_CASE_PARAM(xchar_nmea_finds_the_shortest_way, xchar_test_between_gen_params),
	KUNIT_CASE(xchar_nmea_way_to_where_one_is_is_none),
	KUNIT_CASE(xchar_nmea_dateline_is_no_way_around),
	KUNIT_CASE(xchar_nmea_angles_come_back),
	KUNIT_CASE(xchar_nmea_does_not_drift),
	KUNIT_CASE(xchar_nmea_stands_while_it_is_off),
	KUNIT_CASE(xchar_nmea_follows_a_track_and_stops),
	KUNIT_CASE(xchar_nmea_follows_a_track_in_a_loop),
	KUNIT_CASE(xchar_nmea_track_of_one_point_is_a_place),
	KUNIT_CASE(xchar_nmea_keeps_its_place_when_the_speed_changes),
	{}
};

static struct kunit_suite xchar_nmea_motion_suite = {
	.name = "xchar_nmea_motion",
	.test_cases = xchar_nmea_motion_cases,
};

kunit_test_suite(xchar_nmea_motion_suite);

MODULE_DESCRIPTION("KUnit tests of how xchar's receiver moves");
MODULE_LICENSE("GPL");
