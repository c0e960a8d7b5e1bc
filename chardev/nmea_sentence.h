/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NMEA 0183 sentences of a GNSS receiver, from a description of what it knows.
 *
 * What is written follows NMEA 0183 (IEC 61162-1). A receiver that talks as GP is one for GPS alone
 * and writes sentences of version 2.3, which everybody reads. One that talks as GN uses GPS and
 * GLONASS and writes those of version 4.11: GSA for each system, with its number; GSV for each, as
 * GP and GL, with the signal; RMC with the navigational status.
 */
#ifndef XCHAR_NMEA_SENTENCE_H
#define XCHAR_NMEA_SENTENCE_H

#include <linux/bits.h>
#include <linux/time64.h>
#include <linux/types.h>

#include "nmea_sphere.h"

/* IEC 61162-1, 7.1.2: from the $ to the line feed. */
#define XCHAR_NMEA_SENTENCE_LEN 82

/* All there can be for one moment: RMC, VTG, GGA, two GSA, seven GSV, GLL, ZDA. */
#define XCHAR_NMEA_SENTENCES_MAX 14
#define XCHAR_NMEA_EPOCH_LEN (XCHAR_NMEA_SENTENCES_MAX * XCHAR_NMEA_SENTENCE_LEN)

/* GGA counts up to 12 satellites in use, GSA names as many. */
#define XCHAR_NMEA_USED_MAX 12
#define XCHAR_NMEA_IN_VIEW_MAX 24

/* The largest height or depth that leaves GGA within its length, in decimetres. */
#define XCHAR_NMEA_ALTITUDE_MIN (-99999)
#define XCHAR_NMEA_ALTITUDE_MAX 999999

/* The geoid EGM96 is 107 m below to 86 m above the ellipsoid; in decimetres. */
#define XCHAR_NMEA_GEOID_MAX 1100

/* In hundredths. */
#define XCHAR_NMEA_HDOP_MAX 9999

/* In mm/s. */
#define XCHAR_NMEA_SPEED_MAX 1000000

/**
 * enum xchar_nmea_sentence - sentences, in the order in which they are written
 * @XCHAR_NMEA_RMC: recommended minimum: time, place, speed, course, date
 * @XCHAR_NMEA_VTG: course and speed over ground
 * @XCHAR_NMEA_GGA: time, place, altitude, quality of the fix
 * @XCHAR_NMEA_GSA: dilution of precision and satellites in use
 * @XCHAR_NMEA_GSV: satellites in view
 * @XCHAR_NMEA_GLL: place and time
 * @XCHAR_NMEA_ZDA: time and date
 * @XCHAR_NMEA_NR_SENTENCES: how many there are
 */
enum xchar_nmea_sentence {
	XCHAR_NMEA_RMC,
	XCHAR_NMEA_VTG,
	XCHAR_NMEA_GGA,
	XCHAR_NMEA_GSA,
	XCHAR_NMEA_GSV,
	XCHAR_NMEA_GLL,
	XCHAR_NMEA_ZDA,
	XCHAR_NMEA_NR_SENTENCES,
};

/**
 * enum xchar_nmea_talker - who talks
 * @XCHAR_NMEA_GP: a receiver for GPS
 * @XCHAR_NMEA_GN: a receiver for several systems
 * @XCHAR_NMEA_NR_TALKERS: how many there are
 */
enum xchar_nmea_talker {
	XCHAR_NMEA_GP,
	XCHAR_NMEA_GN,
	XCHAR_NMEA_NR_TALKERS,
};

/**
 * enum xchar_nmea_fix - what the receiver has found out
 * @XCHAR_NMEA_FIX_NONE: the time alone
 * @XCHAR_NMEA_FIX_2D: the place without its altitude
 * @XCHAR_NMEA_FIX_3D: the place
 * @XCHAR_NMEA_FIX_DGPS: the place, with corrections
 * @XCHAR_NMEA_FIX_RTK_FLOAT: the place by the phase of the carrier
 * @XCHAR_NMEA_FIX_RTK: the same, its whole cycles known
 * @XCHAR_NMEA_NR_FIXES: how many there are
 */
enum xchar_nmea_fix {
	XCHAR_NMEA_FIX_NONE,
	XCHAR_NMEA_FIX_2D,
	XCHAR_NMEA_FIX_3D,
	XCHAR_NMEA_FIX_DGPS,
	XCHAR_NMEA_FIX_RTK_FLOAT,
	XCHAR_NMEA_FIX_RTK,
	XCHAR_NMEA_NR_FIXES,
};

/**
 * struct xchar_nmea_state - what a receiver knows at one moment
 * @time: UTC, from 1970 on
 * @place: where it is
 * @course: where it goes, in 10^-7 degrees, 0 to less than 360 degrees
 * @speed: in mm/s, at most XCHAR_NMEA_SPEED_MAX
 * @altitude: above mean sea level, in decimetres
 * @geoid: mean sea level above the ellipsoid of WGS 84, in decimetres
 * @hdop: horizontal dilution of precision, in hundredths
 * @used: satellites in use, at most XCHAR_NMEA_USED_MAX
 * @in_view: satellites in view, at most XCHAR_NMEA_IN_VIEW_MAX; those in use are, in any case
 * @fix: what it has found out
 * @talker: who talks
 * @sentences: which to write, a bit for each of enum xchar_nmea_sentence
 */
struct xchar_nmea_state {
	struct timespec64 time;
	struct xchar_nmea_place place;
	u32 course;
	u32 speed;
	s32 altitude;
	s32 geoid;
	unsigned int hdop;
	unsigned int used;
	unsigned int in_view;
	enum xchar_nmea_fix fix;
	enum xchar_nmea_talker talker;
	unsigned long sentences;
};

/**
 * struct xchar_nmea_buffer - sentences
 * @text: the sentences, each with CR and LF; no NUL at the end
 * @len: how many bytes
 * @start: where the sentence begins that is being written
 */
struct xchar_nmea_buffer {
	char text[XCHAR_NMEA_EPOCH_LEN];
	size_t len;
	size_t start;
};

/* nmea_sentence.c */
void xchar_nmea_write(struct xchar_nmea_buffer *buffer, const struct xchar_nmea_state *state);
__printf(2, 3) void xchar_nmea_add(struct xchar_nmea_buffer *buffer, const char *fmt, ...);
void xchar_nmea_begin(struct xchar_nmea_buffer *buffer, const char *talker, const char *type);
void xchar_nmea_end(struct xchar_nmea_buffer *buffer);

/* nmea_sky.c */
void xchar_nmea_write_gsa(struct xchar_nmea_buffer *buffer, const struct xchar_nmea_state *state);
void xchar_nmea_write_gsv(struct xchar_nmea_buffer *buffer, const struct xchar_nmea_state *state);

extern const char *const xchar_nmea_talkers[XCHAR_NMEA_NR_TALKERS];

#endif /* XCHAR_NMEA_SENTENCE_H */
