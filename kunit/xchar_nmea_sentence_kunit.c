// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of the nmea back end's sentences. */
#include <kunit/test.h>
#include <linux/ctype.h>
#include <linux/hex.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "compat.h"
#include "../chardev/nmea_sentence.h"

#define XCHAR_TEST_ALL (BIT(XCHAR_NMEA_NR_SENTENCES) - 1)

/* 23 March 1994, 12:35:19 UTC. */
#define XCHAR_TEST_TIME 764426119

static const struct xchar_nmea_state xchar_test_state = {
	.time = { .tv_sec = XCHAR_TEST_TIME },
	.place = { 481173000, 115166667 },
	.course = 844000000,
	.speed = 22224,
	.altitude = 5454,
	.geoid = 469,
	.hdop = 90,
	.used = 8,
	.in_view = 12,
	.fix = XCHAR_NMEA_FIX_3D,
	.talker = XCHAR_NMEA_GP,
};

/* The sentences as a string. */
static const char *xchar_test_write(struct kunit *test, const struct xchar_nmea_state *state)
{
	struct xchar_nmea_buffer *buffer = kunit_kzalloc(test, sizeof(*buffer), GFP_KERNEL);
	char *text = kunit_kzalloc(test, sizeof(buffer->text) + 1, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buffer);
	KUNIT_ASSERT_NOT_NULL(test, text);
	xchar_nmea_write(buffer, state);
	return memcpy(text, buffer->text, buffer->len);
}

/**
 * struct xchar_test_text - sentences of one kind, word for word
 * @sentences: which
 * @talker: who talks
 * @fix: what is known
 * @text: what is to come; the checksums were computed elsewhere
 */
struct xchar_test_text {
	unsigned long sentences;
	enum xchar_nmea_talker talker;
	enum xchar_nmea_fix fix;
	const char *text;
};

static const struct xchar_test_text xchar_test_texts[] = {
	{ BIT(XCHAR_NMEA_RMC), XCHAR_NMEA_GP, XCHAR_NMEA_FIX_3D,
	  "$GPRMC,123519.000,A,4807.03800,N,01131.00000,E,43.200,84.40,230394,,,A*53\r\n" },
	{ BIT(XCHAR_NMEA_VTG), XCHAR_NMEA_GP, XCHAR_NMEA_FIX_3D,
	  "$GPVTG,84.40,T,,M,43.200,N,80.006,K,A*0E\r\n" },
	{ BIT(XCHAR_NMEA_GGA), XCHAR_NMEA_GP, XCHAR_NMEA_FIX_3D,
	  "$GPGGA,123519.000,4807.03800,N,01131.00000,E,1,08,0.90,545.4,M,46.9,M,,*69\r\n" },
	{ BIT(XCHAR_NMEA_GGA), XCHAR_NMEA_GP, XCHAR_NMEA_FIX_2D,
	  "$GPGGA,123519.000,4807.03800,N,01131.00000,E,1,08,0.90,,,,,,*52\r\n" },
	{ BIT(XCHAR_NMEA_GSA), XCHAR_NMEA_GP, XCHAR_NMEA_FIX_3D,
	  "$GPGSA,A,3,01,08,15,22,29,04,11,18,,,,,1.62,0.90,1.35*02\r\n" },
	{ BIT(XCHAR_NMEA_GSV), XCHAR_NMEA_GP, XCHAR_NMEA_FIX_3D,
	  "$GPGSV,3,1,12,01,46,322,36,08,63,201,40,15,08,080,27,22,69,319,42*74\r\n"
	  "$GPGSV,3,2,12,29,40,198,35,04,75,013,43,11,14,252,28,18,57,131,39*79\r\n"
	  "$GPGSV,3,3,12,25,52,010,38,32,19,249,29,07,26,064,31,14,45,303,36*7F\r\n" },
	{ BIT(XCHAR_NMEA_GLL), XCHAR_NMEA_GP, XCHAR_NMEA_FIX_3D,
	  "$GPGLL,4807.03800,N,01131.00000,E,123519.000,A,A*56\r\n" },
	{ BIT(XCHAR_NMEA_ZDA), XCHAR_NMEA_GP, XCHAR_NMEA_FIX_3D,
	  "$GPZDA,123519.000,23,03,1994,00,00*5C\r\n" },
	{ BIT(XCHAR_NMEA_RMC), XCHAR_NMEA_GP, XCHAR_NMEA_FIX_NONE,
	  "$GPRMC,123519.000,V,,,,,,,230394,,,N*4F\r\n" },
	{ BIT(XCHAR_NMEA_VTG), XCHAR_NMEA_GP, XCHAR_NMEA_FIX_NONE,
	  "$GPVTG,,,,,,,,,N*30\r\n" },
	{ BIT(XCHAR_NMEA_GGA), XCHAR_NMEA_GP, XCHAR_NMEA_FIX_NONE,
	  "$GPGGA,123519.000,,,,,0,00,,,,,,,*75\r\n" },
	{ BIT(XCHAR_NMEA_GSA), XCHAR_NMEA_GP, XCHAR_NMEA_FIX_NONE,
	  "$GPGSA,A,1,,,,,,,,,,,,,,,*1E\r\n" },
	{ BIT(XCHAR_NMEA_GLL), XCHAR_NMEA_GP, XCHAR_NMEA_FIX_NONE,
	  "$GPGLL,,,,,123519.000,V,N*77\r\n" },
	{ BIT(XCHAR_NMEA_RMC), XCHAR_NMEA_GN, XCHAR_NMEA_FIX_3D,
	  "$GNRMC,123519.000,A,4807.03800,N,01131.00000,E,43.200,84.40,230394,,,A,V*37\r\n" },
	{ BIT(XCHAR_NMEA_GSA), XCHAR_NMEA_GN, XCHAR_NMEA_FIX_3D,
	  "$GNGSA,A,3,01,08,15,22,,,,,,,,,1.62,0.90,1.35,1*07\r\n"
	  "$GNGSA,A,3,65,72,79,86,,,,,,,,,1.62,0.90,1.35,2*0F\r\n" },
};

static void xchar_test_text_name(const struct xchar_test_text *text, char *name)
{
	strscpy(name, text->text + 1, min_t(size_t, strcspn(text->text, "*"), 32));
}

KUNIT_ARRAY_PARAM(xchar_test_text, xchar_test_texts, xchar_test_text_name);

static void xchar_nmea_writes_the_sentence(struct kunit *test)
{
	const struct xchar_test_text *text = test->param_value;
	struct xchar_nmea_state state = xchar_test_state;

	state.sentences = text->sentences;
	state.talker = text->talker;
	state.fix = text->fix;
	KUNIT_EXPECT_STREQ(test, xchar_test_write(test, &state), text->text);
}

/* A field of the first sentence, counted from 0. */
static const char *xchar_test_field(struct kunit *test, const struct xchar_nmea_state *state,
				    unsigned int sentence, unsigned int number)
{
	struct xchar_nmea_state one = *state;
	char *text, *field = NULL;

	one.sentences = BIT(sentence);
	text = (char *)xchar_test_write(test, &one);
	text[strcspn(text, "*")] = '\0';
	do
		field = strsep(&text, ",");
	while (number--);
	return field;
}

/**
 * struct xchar_test_angle - an angle in a sentence
 * @latitude: in 10^-7 degrees
 * @longitude: in 10^-7 degrees
 * @fields: the four fields of GLL
 */
struct xchar_test_angle {
	s32 latitude;
	s32 longitude;
	const char *fields[4];
};

static const struct xchar_test_angle xchar_test_angles[] = {
	{ 0, 0, { "0000.00000", "N", "00000.00000", "E" } },
	{ 900000000, 1800000000, { "9000.00000", "N", "18000.00000", "E" } },
	{ -900000000, -1800000000, { "9000.00000", "S", "18000.00000", "W" } },
	{ 9999999, -9999999, { "0059.99999", "N", "00059.99999", "W" } },
	{ 899999999, 1799999999, { "8959.99999", "N", "17959.99999", "E" } },
	{ -1, 1, { "0000.00001", "S", "00000.00001", "E" } },
	{ 525200000, 134050000, { "5231.20000", "N", "01324.30000", "E" } },
	{ -338567844, 1512152967, { "3351.40706", "S", "15112.91780", "E" } },
};

KUNIT_ARRAY_PARAM(xchar_test_angle, xchar_test_angles, NULL);

static void xchar_nmea_writes_angles_in_minutes(struct kunit *test)
{
	const struct xchar_test_angle *angle = test->param_value;
	struct xchar_nmea_state state = xchar_test_state;
	unsigned int i;

	state.place.latitude = angle->latitude;
	state.place.longitude = angle->longitude;
	for (i = 0; i < ARRAY_SIZE(angle->fields); i++)
		KUNIT_EXPECT_STREQ(test, xchar_test_field(test, &state, XCHAR_NMEA_GLL, i + 1),
				   angle->fields[i]);
}

/**
 * struct xchar_test_moment - a moment
 * @time: since 1970
 * @clock: in RMC
 * @date: in RMC
 * @year: in ZDA
 */
struct xchar_test_moment {
	struct timespec64 time;
	const char *clock;
	const char *date;
	const char *year;
};

static const struct xchar_test_moment xchar_test_moments[] = {
	{ { 0, 0 }, "000000.000", "010170", "1970" },
	{ { 1483228799, 999999999 }, "235959.999", "311216", "2016" },
	{ { 1483228800, 0 }, "000000.000", "010117", "2017" },
	{ { 951782400, 50000000 }, "000000.050", "290200", "2000" },
	{ { 1709251199, 950000000 }, "235959.950", "290224", "2024" },
	{ { 4102444799, 333333334 }, "235959.333", "311299", "2099" },
	{ { 4102444800, 0 }, "000000.000", "010100", "2100" },
};

KUNIT_ARRAY_PARAM(xchar_test_moment, xchar_test_moments, NULL);

static void xchar_nmea_writes_the_time_of_the_second(struct kunit *test)
{
	const struct xchar_test_moment *moment = test->param_value;
	struct xchar_nmea_state state = xchar_test_state;

	state.time = moment->time;
	KUNIT_EXPECT_STREQ(test, xchar_test_field(test, &state, XCHAR_NMEA_RMC, 1), moment->clock);
	KUNIT_EXPECT_STREQ(test, xchar_test_field(test, &state, XCHAR_NMEA_RMC, 9), moment->date);
	KUNIT_EXPECT_STREQ(test, xchar_test_field(test, &state, XCHAR_NMEA_ZDA, 1), moment->clock);
	KUNIT_EXPECT_STREQ(test, xchar_test_field(test, &state, XCHAR_NMEA_ZDA, 4), moment->year);
}

static void xchar_nmea_rounds_numbers(struct kunit *test)
{
	struct xchar_nmea_state state = xchar_test_state;

	state.course = 3599950000U;
	KUNIT_EXPECT_STREQ(test, xchar_test_field(test, &state, XCHAR_NMEA_RMC, 8), "0.00");
	state.course = 3599949999U;
	KUNIT_EXPECT_STREQ(test, xchar_test_field(test, &state, XCHAR_NMEA_RMC, 8), "359.99");
	state.course = 50000;
	KUNIT_EXPECT_STREQ(test, xchar_test_field(test, &state, XCHAR_NMEA_VTG, 1), "0.01");
	state.speed = XCHAR_NMEA_SPEED_MAX;
	KUNIT_EXPECT_STREQ(test, xchar_test_field(test, &state, XCHAR_NMEA_RMC, 7), "1943.844");
	KUNIT_EXPECT_STREQ(test, xchar_test_field(test, &state, XCHAR_NMEA_VTG, 7), "3600.000");
	state.altitude = -4;
	state.geoid = -1069;
	KUNIT_EXPECT_STREQ(test, xchar_test_field(test, &state, XCHAR_NMEA_GGA, 9), "-0.4");
	KUNIT_EXPECT_STREQ(test, xchar_test_field(test, &state, XCHAR_NMEA_GGA, 11), "-106.9");
	state.hdop = XCHAR_NMEA_HDOP_MAX;
	KUNIT_EXPECT_STREQ(test, xchar_test_field(test, &state, XCHAR_NMEA_GSA, 15), "99.99");
	KUNIT_EXPECT_STREQ(test, xchar_test_field(test, &state, XCHAR_NMEA_GSA, 17), "99.99");
}

static void xchar_nmea_tells_each_fix_by_its_letters(struct kunit *test)
{
	static const char *const letters[][5] = {
		[XCHAR_NMEA_FIX_NONE] = { "V", "N", "0", "1", "" },
		[XCHAR_NMEA_FIX_2D] = { "A", "A", "1", "2", "" },
		[XCHAR_NMEA_FIX_3D] = { "A", "A", "1", "3", "545.4" },
		[XCHAR_NMEA_FIX_DGPS] = { "A", "D", "2", "3", "545.4" },
		[XCHAR_NMEA_FIX_RTK_FLOAT] = { "A", "F", "5", "3", "545.4" },
		[XCHAR_NMEA_FIX_RTK] = { "A", "R", "4", "3", "545.4" },
	};
	struct xchar_nmea_state state = xchar_test_state;
	unsigned int i;

	for (i = 0; i < XCHAR_NMEA_NR_FIXES; i++) {
		state.fix = i;
		KUNIT_EXPECT_STREQ(test, xchar_test_field(test, &state, XCHAR_NMEA_RMC, 2),
				   letters[i][0]);
		KUNIT_EXPECT_STREQ(test, xchar_test_field(test, &state, XCHAR_NMEA_RMC, 12),
				   letters[i][1]);
		KUNIT_EXPECT_STREQ(test, xchar_test_field(test, &state, XCHAR_NMEA_GGA, 6),
				   letters[i][2]);
		KUNIT_EXPECT_STREQ(test, xchar_test_field(test, &state, XCHAR_NMEA_GSA, 2),
				   letters[i][3]);
		KUNIT_EXPECT_STREQ(test, xchar_test_field(test, &state, XCHAR_NMEA_GGA, 9),
				   letters[i][4]);
	}
}

/* Each sentence has a checksum that is right, an end and a length that is allowed. */
static unsigned int xchar_test_check_all(struct kunit *test, const char *text)
{
	unsigned int sentences = 0;
	const char *star, *end, *p;
	u8 checksum;

	for (; *text; text = end + 2) {
		end = strstr(text, "\r\n");
		star = strchr(text, '*');
		KUNIT_ASSERT_NOT_NULL(test, end);
		KUNIT_ASSERT_PTR_EQ(test, star, end - 3);
		KUNIT_EXPECT_EQ(test, *text, '$');
		KUNIT_EXPECT_LE(test, end + 2 - text, XCHAR_NMEA_SENTENCE_LEN);
		for (p = text + 1, checksum = 0; p < star; p++) {
			KUNIT_EXPECT_TRUE(test, isprint(*p));
			checksum ^= *p;
		}
		KUNIT_EXPECT_EQ(test, checksum, hex_to_bin(star[1]) * 16 + hex_to_bin(star[2]));
		sentences++;
	}
	return sentences;
}

/* GSV for GPS and GLONASS: how many for so many satellites. */
static void xchar_nmea_divides_satellites_among_sentences(struct kunit *test)
{
	struct xchar_nmea_state state = xchar_test_state;
	unsigned int i, j, total, number, satellites, seen;
	const char *text;
	int n;

	state.sentences = BIT(XCHAR_NMEA_GSV);
	state.used = 0;
	for (i = 0; i <= XCHAR_NMEA_IN_VIEW_MAX; i++) {
		state.in_view = i;
		text = xchar_test_write(test, &state);
		KUNIT_EXPECT_EQ(test, xchar_test_check_all(test, text), max((i + 3) / 4, 1U));
		for (seen = 0, j = 1; *text; text = strchr(text, '\n') + 1, j++) {
			n = sscanf(text, "$GPGSV,%u,%u,%u", &total, &number, &satellites);
			KUNIT_ASSERT_EQ(test, n, 3);
			KUNIT_EXPECT_EQ(test, total, max((i + 3) / 4, 1U));
			KUNIT_EXPECT_EQ(test, number, j);
			KUNIT_EXPECT_EQ(test, satellites, i);
			seen++;
		}
		KUNIT_EXPECT_EQ(test, seen, total);
	}

	/* Those in use are in view, and two systems share them. */
	state.in_view = 0;
	state.used = 9;
	state.talker = XCHAR_NMEA_GN;
	text = xchar_test_write(test, &state);
	KUNIT_EXPECT_EQ(test, xchar_test_check_all(test, text), 3);
	KUNIT_EXPECT_TRUE(test, strstarts(text, "$GPGSV,2,1,05,"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(text, "$GPGSV,2,2,05,"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(text, "$GLGSV,1,1,04,"));
}

static void xchar_nmea_satellites_are_plausible_and_all_different(struct kunit *test)
{
	struct xchar_nmea_state state = xchar_test_state;
	unsigned int id, elevation, azimuth, snr, hour, i;
	const char *text;
	u64 ids;
	int n;

	state.sentences = BIT(XCHAR_NMEA_GSV);
	state.in_view = XCHAR_NMEA_IN_VIEW_MAX;
	for (hour = 0; hour < 24; hour++) {
		state.time.tv_sec += 3600;
		text = xchar_test_write(test, &state);
		for (ids = 0, i = 0; i < XCHAR_NMEA_IN_VIEW_MAX; i++) {
			/* Behind "$GPGSV,6,1,24", and then one after the other. */
			text = i % 4 ? text : strchr(text, '$') + strlen("$GPGSV,6,1,24");
			n = sscanf(text, ",%2u,%2u,%3u,%2u", &id, &elevation, &azimuth, &snr);
			KUNIT_ASSERT_EQ(test, n, 4);
			KUNIT_EXPECT_FALSE(test, ids & BIT_ULL(id));
			ids |= BIT_ULL(id);
			KUNIT_EXPECT_TRUE(test, id >= 1 && id <= 32);
			KUNIT_EXPECT_TRUE(test, elevation >= 5 && elevation <= 85);
			KUNIT_EXPECT_LT(test, azimuth, 360);
			KUNIT_EXPECT_TRUE(test, snr >= 25 && snr <= 50);
			text += strlen(",01,46,322,36");
		}
	}
}

/* All extremes at once: the longest sentences that there are. */
static void xchar_nmea_sentences_are_never_too_long(struct kunit *test)
{
	struct xchar_nmea_state state = {
		.time = { .tv_sec = XCHAR_TEST_TIME, .tv_nsec = 950000000 },
		.place = { -899999999, -1799999999 },
		.course = 3599949999U,
		.speed = XCHAR_NMEA_SPEED_MAX,
		.altitude = XCHAR_NMEA_ALTITUDE_MIN,
		.geoid = -XCHAR_NMEA_GEOID_MAX,
		.hdop = XCHAR_NMEA_HDOP_MAX,
		.used = XCHAR_NMEA_USED_MAX,
		.in_view = XCHAR_NMEA_IN_VIEW_MAX,
		.sentences = XCHAR_TEST_ALL,
	};
	unsigned int fix, talker;

	for (talker = 0; talker < XCHAR_NMEA_NR_TALKERS; talker++) {
		for (fix = 0; fix < XCHAR_NMEA_NR_FIXES; fix++) {
			state.talker = talker;
			state.fix = fix;
			KUNIT_EXPECT_EQ(test,
					xchar_test_check_all(test, xchar_test_write(test, &state)),
					talker == XCHAR_NMEA_GN ? 13 : 12);
		}
	}
	state.altitude = XCHAR_NMEA_ALTITUDE_MAX;
	xchar_test_check_all(test, xchar_test_write(test, &state));
}

static void xchar_nmea_writes_only_what_is_chosen(struct kunit *test)
{
	struct xchar_nmea_state state = xchar_test_state;
	const char *text;

	state.sentences = 0;
	KUNIT_EXPECT_STREQ(test, xchar_test_write(test, &state), "");
	state.sentences = BIT(XCHAR_NMEA_ZDA) | BIT(XCHAR_NMEA_RMC);
	text = xchar_test_write(test, &state);
	KUNIT_EXPECT_EQ(test, xchar_test_check_all(test, text), 2);
	KUNIT_EXPECT_TRUE(test, strstarts(text, "$GPRMC,"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(text, "\r\n$GPZDA,"));
}

static struct kunit_case xchar_nmea_sentence_cases[] = {
	KUNIT_CASE_PARAM(xchar_nmea_writes_the_sentence, xchar_test_text_gen_params),
	KUNIT_CASE_PARAM(xchar_nmea_writes_angles_in_minutes, xchar_test_angle_gen_params),
	KUNIT_CASE_PARAM(xchar_nmea_writes_the_time_of_the_second, xchar_test_moment_gen_params),
	KUNIT_CASE(xchar_nmea_rounds_numbers),
	KUNIT_CASE(xchar_nmea_tells_each_fix_by_its_letters),
	KUNIT_CASE(xchar_nmea_divides_satellites_among_sentences),
	KUNIT_CASE(xchar_nmea_satellites_are_plausible_and_all_different),
	KUNIT_CASE(xchar_nmea_sentences_are_never_too_long),
	KUNIT_CASE(xchar_nmea_writes_only_what_is_chosen),
	{}
};

static struct kunit_suite xchar_nmea_sentence_suite = {
	.name = "xchar_nmea_sentence",
	.test_cases = xchar_nmea_sentence_cases,
};

kunit_test_suite(xchar_nmea_sentence_suite);

MODULE_DESCRIPTION("KUnit tests of xchar's NMEA sentences");
MODULE_LICENSE("GPL");
