// SPDX-License-Identifier: GPL-2.0-only
/*
 * NMEA 0183 sentences: see nmea_sentence.h.
 *
 * UTC is the kernel's clock, which is that of POSIX: it has no leap seconds. When one is inserted
 * the kernel shows 23:59:59 twice, and so do the sentences; 23:59:60, which a receiver would write,
 * never appears. With a clock that is smeared they follow the smear.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/stdarg.h>
#include <linux/time.h>

#include "compat.h"
#include "nmea_sentence.h"

const char *const xchar_nmea_talkers[] = {
	[XCHAR_NMEA_GP] = "GP",
	[XCHAR_NMEA_GN] = "GN",
};

/**
 * struct xchar_nmea_quality - how sentences tell a fix
 * @status: A: valid, V: a warning (RMC, GLL)
 * @mode: N: not valid, A: autonomous, D: differential, F: RTK float, R: RTK (RMC, VTG, GLL)
 * @quality: of GGA
 */
struct xchar_nmea_quality {
	char status;
	char mode;
	char quality;
};

static const struct xchar_nmea_quality xchar_nmea_qualities[XCHAR_NMEA_NR_FIXES] = {
	[XCHAR_NMEA_FIX_NONE] = { 'V', 'N', '0' },
	[XCHAR_NMEA_FIX_2D] = { 'A', 'A', '1' },
	[XCHAR_NMEA_FIX_3D] = { 'A', 'A', '1' },
	[XCHAR_NMEA_FIX_DGPS] = { 'A', 'D', '2' },
	[XCHAR_NMEA_FIX_RTK_FLOAT] = { 'A', 'F', '5' },
	[XCHAR_NMEA_FIX_RTK] = { 'A', 'R', '4' },
};

/**
 * xchar_nmea_add() - write a part of a sentence
 * @buffer: where to
 * @fmt: as for printf()
 *
 * Context: Any.
 */
void xchar_nmea_add(struct xchar_nmea_buffer *buffer, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	buffer->len += vscnprintf(buffer->text + buffer->len, sizeof(buffer->text) - buffer->len,
				  fmt, args);
	va_end(args);
}

/**
 * xchar_nmea_begin() - begin a sentence
 * @buffer: where it goes to
 * @talker: two letters
 * @type: three letters
 *
 * Context: Any.
 */
void xchar_nmea_begin(struct xchar_nmea_buffer *buffer, const char *talker, const char *type)
{
	buffer->start = buffer->len;
	xchar_nmea_add(buffer, "$%s%s", talker, type);
}

/**
 * xchar_nmea_end() - end a sentence
 * @buffer: where it is
 *
 * The checksum is the exclusive or of all that is between $ and *.
 *
 * Context: Any.
 */
void xchar_nmea_end(struct xchar_nmea_buffer *buffer)
{
	u8 checksum = 0;
	size_t i;

	for (i = buffer->start + 1; i < buffer->len; i++)
		checksum ^= buffer->text[i];
	xchar_nmea_add(buffer, "*%02X\r\n", checksum);
	WARN_ON_ONCE(buffer->len - buffer->start > XCHAR_NMEA_SENTENCE_LEN);
}

static void xchar_nmea_begin_own(struct xchar_nmea_buffer *buffer,
				 const struct xchar_nmea_state *state, const char *type)
{
	xchar_nmea_begin(buffer, xchar_nmea_talkers[state->talker], type);
}

/* hhmmss.sss: the fraction is cut off, as a clock does it. */
static void xchar_nmea_add_time(struct xchar_nmea_buffer *buffer, const struct timespec64 *time)
{
	struct tm tm;

	time64_to_tm(time->tv_sec, 0, &tm);
	xchar_nmea_add(buffer, ",%02d%02d%02d.%03ld", tm.tm_hour, tm.tm_min, tm.tm_sec,
		       time->tv_nsec / (long)NSEC_PER_MSEC);
}

/* dddmm.mmmmm: 10^-5 minutes, 19 mm. 59.99999 is the most that rounding can give. */
static void xchar_nmea_add_angle(struct xchar_nmea_buffer *buffer, s32 angle, int width,
				 const char *letters)
{
	u32 size = abs(angle), degrees = size / XCHAR_NMEA_DEGREE;
	u32 minutes = (size % XCHAR_NMEA_DEGREE * 6 + 5) / 10;

	xchar_nmea_add(buffer, ",%0*u%02u.%05u,%c", width, degrees, minutes / 100000,
		       minutes % 100000, letters[angle < 0]);
}

static void xchar_nmea_add_place(struct xchar_nmea_buffer *buffer,
				 const struct xchar_nmea_state *state)
{
	if (state->fix == XCHAR_NMEA_FIX_NONE) {
		xchar_nmea_add(buffer, ",,,,");
		return;
	}
	xchar_nmea_add_angle(buffer, state->place.latitude, 2, "NS");
	xchar_nmea_add_angle(buffer, state->place.longitude, 3, "EW");
}

/* A number with decimals that are given in its unit, 10 for one, 100 for two, 1000 for three. */
static void xchar_nmea_add_number(struct xchar_nmea_buffer *buffer, s32 number, u32 unit)
{
	u32 size = abs(number);

	xchar_nmea_add(buffer, ",%s%u.%0*u", number < 0 ? "-" : "", size / unit,
		       unit == 10 ? 1 : unit == 100 ? 2 : 3, size % unit);
}

/* Hundredths of a degree; 359.995 is rounded to 0. */
static void xchar_nmea_add_course(struct xchar_nmea_buffer *buffer,
				  const struct xchar_nmea_state *state)
{
	const u32 unit = XCHAR_NMEA_DEGREE / 100;

	xchar_nmea_add_number(buffer, ((u64)state->course + unit / 2) / unit % 36000, 100);
}

/* In 1/1000 of what @factor / @divisor mm/s make. */
static void xchar_nmea_add_speed(struct xchar_nmea_buffer *buffer,
				 const struct xchar_nmea_state *state, u32 factor, u32 divisor)
{
	u64 speed = (u64)state->speed * factor + divisor / 2;

	xchar_nmea_add_number(buffer, div_u64(speed, divisor), 1000);
}

/* A knot is 1852 m in 3600 s. */
static void xchar_nmea_add_knots(struct xchar_nmea_buffer *buffer,
				 const struct xchar_nmea_state *state)
{
	xchar_nmea_add_speed(buffer, state, 900, 463);
}

/* A kilometre per hour is 1000 m in 3600 s. */
static void xchar_nmea_add_kmh(struct xchar_nmea_buffer *buffer,
			       const struct xchar_nmea_state *state)
{
	xchar_nmea_add_speed(buffer, state, 18, 5);
}

/*
 * RMC,time,status,latitude,N,longitude,E,speed in knots,course,ddmmyy,magnetic variation,E,mode
 * and, from version 4.1 on, the navigational status: V, it is not provided.
 */
static void xchar_nmea_write_rmc(struct xchar_nmea_buffer *buffer,
				 const struct xchar_nmea_state *state)
{
	const struct xchar_nmea_quality *quality = &xchar_nmea_qualities[state->fix];
	struct tm tm;

	time64_to_tm(state->time.tv_sec, 0, &tm);
	xchar_nmea_begin_own(buffer, state, "RMC");
	xchar_nmea_add_time(buffer, &state->time);
	xchar_nmea_add(buffer, ",%c", quality->status);
	xchar_nmea_add_place(buffer, state);
	if (state->fix == XCHAR_NMEA_FIX_NONE) {
		xchar_nmea_add(buffer, ",,");
	} else {
		xchar_nmea_add_knots(buffer, state);
		xchar_nmea_add_course(buffer, state);
	}
	xchar_nmea_add(buffer, ",%02d%02d%02d,,,%c", tm.tm_mday, tm.tm_mon + 1,
		       (int)((tm.tm_year + 1900) % 100), quality->mode);
	if (state->talker == XCHAR_NMEA_GN)
		xchar_nmea_add(buffer, ",V");
	xchar_nmea_end(buffer);
}

/* VTG,course,T,magnetic course,M,speed in knots,N,speed in km/h,K,mode */
static void xchar_nmea_write_vtg(struct xchar_nmea_buffer *buffer,
				 const struct xchar_nmea_state *state)
{
	xchar_nmea_begin_own(buffer, state, "VTG");
	if (state->fix == XCHAR_NMEA_FIX_NONE) {
		xchar_nmea_add(buffer, ",,,,,,,,");
	} else {
		xchar_nmea_add_course(buffer, state);
		xchar_nmea_add(buffer, ",T,,M");
		xchar_nmea_add_knots(buffer, state);
		xchar_nmea_add(buffer, ",N");
		xchar_nmea_add_kmh(buffer, state);
		xchar_nmea_add(buffer, ",K");
	}
	xchar_nmea_add(buffer, ",%c", xchar_nmea_qualities[state->fix].mode);
	xchar_nmea_end(buffer);
}

/*
 * GGA,time,latitude,N,longitude,E,quality,satellites in use,HDOP,altitude,M,geoid,M,age,station
 *
 * Corrections come from nowhere, so their age and their station stay empty, as there would not be
 * space for them with the largest numbers either.
 */
static void xchar_nmea_write_gga(struct xchar_nmea_buffer *buffer,
				 const struct xchar_nmea_state *state)
{
	bool has_fix = state->fix != XCHAR_NMEA_FIX_NONE;

	xchar_nmea_begin_own(buffer, state, "GGA");
	xchar_nmea_add_time(buffer, &state->time);
	xchar_nmea_add_place(buffer, state);
	xchar_nmea_add(buffer, ",%c,%02u", xchar_nmea_qualities[state->fix].quality,
		       has_fix ? state->used : 0);
	if (has_fix)
		xchar_nmea_add_number(buffer, state->hdop, 100);
	else
		xchar_nmea_add(buffer, ",");
	if (state->fix >= XCHAR_NMEA_FIX_3D) {
		xchar_nmea_add_number(buffer, state->altitude, 10);
		xchar_nmea_add(buffer, ",M");
		xchar_nmea_add_number(buffer, state->geoid, 10);
		xchar_nmea_add(buffer, ",M,,");
	} else {
		xchar_nmea_add(buffer, ",,,,,,");
	}
	xchar_nmea_end(buffer);
}

/* GLL,latitude,N,longitude,E,time,status,mode */
static void xchar_nmea_write_gll(struct xchar_nmea_buffer *buffer,
				 const struct xchar_nmea_state *state)
{
	const struct xchar_nmea_quality *quality = &xchar_nmea_qualities[state->fix];

	xchar_nmea_begin_own(buffer, state, "GLL");
	xchar_nmea_add_place(buffer, state);
	xchar_nmea_add_time(buffer, &state->time);
	xchar_nmea_add(buffer, ",%c,%c", quality->status, quality->mode);
	xchar_nmea_end(buffer);
}

/* ZDA,time,day,month,year,local zone's hours,minutes */
static void xchar_nmea_write_zda(struct xchar_nmea_buffer *buffer,
				 const struct xchar_nmea_state *state)
{
	struct tm tm;

	time64_to_tm(state->time.tv_sec, 0, &tm);
	xchar_nmea_begin_own(buffer, state, "ZDA");
	xchar_nmea_add_time(buffer, &state->time);
	xchar_nmea_add(buffer, ",%02d,%02d,%04ld,00,00", tm.tm_mday, tm.tm_mon + 1,
		       tm.tm_year + 1900);
	xchar_nmea_end(buffer);
}

/**
 * xchar_nmea_write() - write the sentences for one moment
 * @buffer: where they go to, instead of what was there
 * @state: what the receiver knows
 *
 * Context: Any.
 */
void xchar_nmea_write(struct xchar_nmea_buffer *buffer, const struct xchar_nmea_state *state)
{
	static void (*const writers[])(struct xchar_nmea_buffer *buffer,
				       const struct xchar_nmea_state *state) = {
		[XCHAR_NMEA_RMC] = xchar_nmea_write_rmc,
		[XCHAR_NMEA_VTG] = xchar_nmea_write_vtg,
		[XCHAR_NMEA_GGA] = xchar_nmea_write_gga,
		[XCHAR_NMEA_GSA] = xchar_nmea_write_gsa,
		[XCHAR_NMEA_GSV] = xchar_nmea_write_gsv,
		[XCHAR_NMEA_GLL] = xchar_nmea_write_gll,
		[XCHAR_NMEA_ZDA] = xchar_nmea_write_zda,
	};
	unsigned int i;

	buffer->len = 0;
	for (i = 0; i < ARRAY_SIZE(writers); i++) {
		if (state->sentences & BIT(i))
			writers[i](buffer, state);
	}
}
