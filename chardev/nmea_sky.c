// SPDX-License-Identifier: GPL-2.0-only
/*
 * Satellites, for GSA and GSV. They are invented, but by rule: the same satellites are in view
 * always, spread over the sky, and each rises and sets slowly, so that a log looks as from a
 * receiver and the same moment always gives the same sentences.
 */
#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/minmax.h>

#include "nmea_sentence.h"

#define XCHAR_NMEA_GSV_SATELLITES 4
#define XCHAR_NMEA_GSA_SATELLITES 12

/**
 * struct xchar_nmea_system - satellite system
 * @talker: of its GSV
 * @number: its number in GSA
 * @first_id: its satellites have numbers from this one on
 * @nr_ids: how many there are
 * @period: of an orbit, in seconds
 */
struct xchar_nmea_system {
	const char *talker;
	char number;
	unsigned int first_id;
	unsigned int nr_ids;
	unsigned int period;
};

/*
 * Numbers of satellites and systems: IEC 61162-1, GSA. Periods: half a sidereal day (IS-GPS-200),
 * 8/17 of one (GLONASS ICD).
 */
static const struct xchar_nmea_system xchar_nmea_systems[] = {
	{ .talker = "GP", .number = '1', .first_id = 1, .nr_ids = 32, .period = 43082 },
	{ .talker = "GL", .number = '2', .first_id = 65, .nr_ids = 24, .period = 40548 },
};

/* How many systems the receiver uses. */
static unsigned int xchar_nmea_nr_systems(const struct xchar_nmea_state *state)
{
	return state->talker == XCHAR_NMEA_GN ? ARRAY_SIZE(xchar_nmea_systems) : 1;
}

/* The part of a system in a number of satellites: all, or the larger half and the smaller. */
static unsigned int xchar_nmea_share(const struct xchar_nmea_state *state, unsigned int system,
				     unsigned int satellites)
{
	unsigned int nr = xchar_nmea_nr_systems(state);

	return (satellites + nr - 1 - system) / nr;
}

static unsigned int xchar_nmea_used(const struct xchar_nmea_state *state)
{
	return state->fix == XCHAR_NMEA_FIX_NONE ? 0 : state->used;
}

/* 7 has no factor in common with the number of either system: all are different. */
static unsigned int xchar_nmea_id(const struct xchar_nmea_system *system, unsigned int i)
{
	return system->first_id + i * 7 % system->nr_ids;
}

/*
 * GSA,A: 2D or 3D by itself,1 to 3: none, 2D, 3D,twelve satellites,PDOP,HDOP,VDOP, and, from
 * version 4.1 on, the system. VDOP is one and a half times HDOP, as where satellites are all over
 * the sky; PDOP follows from both.
 */
static void xchar_nmea_write_gsa_of(struct xchar_nmea_buffer *buffer,
				    const struct xchar_nmea_state *state, unsigned int number)
{
	static const char modes[] = { '1', '2', '3', '3', '3', '3' };
	const struct xchar_nmea_system *system = &xchar_nmea_systems[number];
	unsigned int used = xchar_nmea_share(state, number, xchar_nmea_used(state)), i;
	unsigned int hdop = state->hdop, vdop, pdop;

	BUILD_BUG_ON(ARRAY_SIZE(modes) != XCHAR_NMEA_NR_FIXES);
	xchar_nmea_begin(buffer, xchar_nmea_talkers[state->talker], "GSA");
	xchar_nmea_add(buffer, ",A,%c", modes[state->fix]);
	for (i = 0; i < XCHAR_NMEA_GSA_SATELLITES; i++) {
		if (i < used)
			xchar_nmea_add(buffer, ",%02u", xchar_nmea_id(system, i));
		else
			xchar_nmea_add(buffer, ",");
	}

	if (state->fix == XCHAR_NMEA_FIX_NONE) {
		xchar_nmea_add(buffer, ",,,");
	} else {
		vdop = min(hdop * 3 / 2, XCHAR_NMEA_HDOP_MAX);
		pdop = min(int_sqrt(hdop * hdop + vdop * vdop), XCHAR_NMEA_HDOP_MAX);
		xchar_nmea_add(buffer, ",%u.%02u,%u.%02u,%u.%02u", pdop / 100, pdop % 100,
			       hdop / 100, hdop % 100, vdop / 100, vdop % 100);
	}
	if (state->talker == XCHAR_NMEA_GN)
		xchar_nmea_add(buffer, ",%c", system->number);
	xchar_nmea_end(buffer);
}

/**
 * xchar_nmea_write_gsa() - write the satellites in use
 * @buffer: where to
 * @state: what the receiver knows
 *
 * Context: Any.
 */
void xchar_nmea_write_gsa(struct xchar_nmea_buffer *buffer, const struct xchar_nmea_state *state)
{
	unsigned int i;

	for (i = 0; i < xchar_nmea_nr_systems(state); i++)
		xchar_nmea_write_gsa_of(buffer, state, i);
}

/*
 * Number, elevation, azimuth, signal to noise ratio of a satellite. Once in an orbit it rises from
 * 5 to 85 degrees and sinks again, as it goes around the horizon. Satellites with numbers that
 * follow each other are 137 degrees apart, the golden angle, which spreads any number of them
 * evenly. The higher it is, the better a satellite is heard; without a fix none is tracked.
 */
static void xchar_nmea_add_satellite(struct xchar_nmea_buffer *buffer,
				     const struct xchar_nmea_state *state,
				     const struct xchar_nmea_system *system, unsigned int i)
{
	unsigned int id = xchar_nmea_id(system, i), phase, azimuth, elevation;
	u32 second;

	div_u64_rem(state->time.tv_sec, system->period, &second);
	phase = (second * 160 / system->period + id * 37) % 160;
	elevation = 5 + (phase < 80 ? phase : 160 - phase);
	azimuth = (second * 360 / system->period + id * 137) % 360;

	xchar_nmea_add(buffer, ",%02u,%02u,%03u,", id, elevation, azimuth);
	if (state->fix != XCHAR_NMEA_FIX_NONE)
		xchar_nmea_add(buffer, "%02u", 25 + elevation / 4);
}

/*
 * GSV,how many sentences,which one,satellites in view,up to four satellites, and, from version 4.1
 * on, the signal: 1 is L1 C/A of GPS and G1 C/A of GLONASS.
 */
static void xchar_nmea_write_gsv_of(struct xchar_nmea_buffer *buffer,
				    const struct xchar_nmea_state *state, unsigned int number)
{
	const struct xchar_nmea_system *system = &xchar_nmea_systems[number];
	unsigned int in_view = max(state->in_view, xchar_nmea_used(state));
	unsigned int satellites = xchar_nmea_share(state, number, in_view);
	unsigned int sentences = max(DIV_ROUND_UP(satellites, XCHAR_NMEA_GSV_SATELLITES), 1U);
	unsigned int i, j = 0;

	for (i = 1; i <= sentences; i++) {
		xchar_nmea_begin(buffer, system->talker, "GSV");
		xchar_nmea_add(buffer, ",%u,%u,%02u", sentences, i, satellites);
		for (; j < min(satellites, i * XCHAR_NMEA_GSV_SATELLITES); j++)
			xchar_nmea_add_satellite(buffer, state, system, j);
		if (state->talker == XCHAR_NMEA_GN)
			xchar_nmea_add(buffer, ",1");
		xchar_nmea_end(buffer);
	}
}

/**
 * xchar_nmea_write_gsv() - write the satellites in view
 * @buffer: where to
 * @state: what the receiver knows
 *
 * Context: Any.
 */
void xchar_nmea_write_gsv(struct xchar_nmea_buffer *buffer, const struct xchar_nmea_state *state)
{
	unsigned int i;

	for (i = 0; i < xchar_nmea_nr_systems(state); i++)
		xchar_nmea_write_gsv_of(buffer, state, i);
}
