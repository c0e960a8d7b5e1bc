// SPDX-License-Identifier: GPL-2.0-only
/* Numbers, words and tracks as users write them. */
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "nmea.h"

/* More decimals than are kept are looked at, but not used. */
#define XCHAR_NMEA_DIGITS 18

static const char xchar_nmea_separators[] = " \t\n;";

static const char *xchar_nmea_skip_separators(const char *text)
{
	return text + strspn(text, xchar_nmea_separators);
}

/*
 * Reads a decimal number in units of 10^-@decimals, rounded, and moves @text behind it. -ERANGE if
 * it has too many digits.
 */
static int xchar_nmea_scan_number(const char **text, unsigned int decimals, s64 *number)
{
	const char *p = *text;
	bool negative = *p == '-', has_point = false;
	unsigned int digits = 0, fraction = 0;
	s64 value = 0;

	if (*p == '-' || *p == '+')
		p++;
	for (; isdigit(*p) || (*p == '.' && decimals && !has_point); p++) {
		if (*p == '.') {
			has_point = true;
			continue;
		}
		digits++;
		fraction += has_point;
		if (fraction == decimals + 1 && *p >= '5')
			value++;
		if (fraction > decimals)
			continue;
		if (value >= int_pow(10, XCHAR_NMEA_DIGITS - 1))
			return -ERANGE;
		value = value * 10 + *p - '0';
	}
	if (!digits)
		return -EINVAL;

	for (; fraction < decimals; fraction++) {
		if (value >= int_pow(10, XCHAR_NMEA_DIGITS - 1))
			return -ERANGE;
		value *= 10;
	}
	*number = negative ? -value : value;
	*text = p;
	return 0;
}

/**
 * xchar_nmea_parse_number() - read a decimal number
 * @text: the number; a newline may follow
 * @decimals: how many decimals to keep
 * @number: where it goes to, in units of 10^-@decimals, rounded
 *
 * Context: Any.
 * Return: 0; -EINVAL if it is no number, -ERANGE if it has more than 18 digits.
 */
int xchar_nmea_parse_number(const char *text, unsigned int decimals, s64 *number)
{
	s64 value;
	int err;

	err = xchar_nmea_scan_number(&text, decimals, &value);
	if (err)
		return err;
	if (*text == '\n')
		text++;
	if (*text)
		return -EINVAL;
	*number = value;
	return 0;
}

/**
 * xchar_nmea_print_number() - write a decimal number
 * @page: where to
 * @number: in units of 10^-@decimals
 * @decimals: how many decimals it has
 *
 * Context: Any.
 * Return: how many bytes.
 */
int xchar_nmea_print_number(char *page, s64 number, unsigned int decimals)
{
	u64 size = abs(number), whole, rest;

	if (!decimals)
		return sprintf(page, "%lld", number);
	whole = div64_u64_rem(size, int_pow(10, decimals), &rest);
	return sprintf(page, "%s%llu.%0*llu", number < 0 ? "-" : "", whole, decimals, rest);
}

static int xchar_nmea_find_word(const char *text, size_t len, const char *const *words,
				unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (strlen(words[i]) == len && !strncasecmp(text, words[i], len))
			return i;
	}
	return -EINVAL;
}

/**
 * xchar_nmea_parse_word() - read one of several words
 * @text: the word, in any case; a newline may follow
 * @words: what it may be
 * @nr: how many
 *
 * Context: Any.
 * Return: which one, or -EINVAL.
 */
int xchar_nmea_parse_word(const char *text, const char *const *words, unsigned int nr)
{
	size_t len = strcspn(text, "\n");

	if (text[len] && text[len + 1])
		return -EINVAL;
	return xchar_nmea_find_word(text, len, words, nr);
}

/**
 * xchar_nmea_parse_words() - read a list of words
 * @text: at least one word, in any case, with spaces or commas between them
 * @words: what they may be
 * @nr: how many
 * @set: a bit for each that is there
 *
 * Context: Any.
 * Return: 0 or -EINVAL.
 */
int xchar_nmea_parse_words(const char *text, const char *const *words, unsigned int nr,
			   unsigned long *set)
{
	unsigned long found = 0;
	size_t len;
	int i;

	for (text += strspn(text, " ,\n"); *text; text += len + strspn(text + len, " ,\n")) {
		len = strcspn(text, " ,\n");
		i = xchar_nmea_find_word(text, len, words, nr);
		if (i < 0)
			return i;
		found |= BIT(i);
	}
	if (!found)
		return -EINVAL;
	*set = found;
	return 0;
}

/* Latitude,longitude in decimal degrees. */
static int xchar_nmea_scan_place(const char **text, struct xchar_nmea_place *place)
{
	s64 latitude, longitude;
	int err;

	err = xchar_nmea_scan_number(text, 7, &latitude);
	if (err)
		return err;
	if (*(*text)++ != ',')
		return -EINVAL;
	err = xchar_nmea_scan_number(text, 7, &longitude);
	if (err)
		return err;
	if (**text && !strchr(xchar_nmea_separators, **text))
		return -EINVAL;
	if (abs(latitude) > XCHAR_NMEA_LATITUDE_MAX || abs(longitude) > XCHAR_NMEA_LONGITUDE_MAX)
		return -ERANGE;
	place->latitude = latitude;
	place->longitude = longitude;
	return 0;
}

static int xchar_nmea_scan_track(const char *text, struct xchar_nmea_track *track)
{
	int err;

	for (text = xchar_nmea_skip_separators(text); *text;
	     text = xchar_nmea_skip_separators(text)) {
		if (track->nr_points == XCHAR_NMEA_TRACK_MAX)
			return -ERANGE;
		err = xchar_nmea_scan_place(&text, &track->legs[track->nr_points].from);
		if (err)
			return err;
		track->nr_points++;
	}
	return 0;
}

/**
 * xchar_nmea_parse_track() - read a track
 * @text: points, each as latitude,longitude in decimal degrees, with spaces, newlines or semicolons
 *        between them
 *
 * Context: Process context, may sleep.
 * Return: the track, to be freed with kfree(); NULL if there is no point; or an error pointer:
 * -EINVAL, -ERANGE or -ENOMEM.
 */
struct xchar_nmea_track *xchar_nmea_parse_track(const char *text)
{
	struct xchar_nmea_track *track;
	int err;

	track = kzalloc(struct_size(track, legs, XCHAR_NMEA_TRACK_MAX), GFP_KERNEL);
	if (!track)
		return ERR_PTR(-ENOMEM);

	err = xchar_nmea_scan_track(text, track);
	if (err || !track->nr_points) {
		kfree(track);
		return ERR_PTR(err);
	}
	xchar_nmea_track_prepare(track);
	return track;
}

/**
 * xchar_nmea_print_track() - write a track
 * @page: where to, PAGE_SIZE bytes
 * @track: the track, or NULL
 *
 * Context: Any.
 * Return: how many bytes.
 */
ssize_t xchar_nmea_print_track(char *page, const struct xchar_nmea_track *track)
{
	ssize_t len = 0;
	unsigned int i;

	if (!track)
		return sprintf(page, "\n");
	for (i = 0; i < track->nr_points; i++) {
		len += xchar_nmea_print_number(page + len, track->legs[i].from.latitude, 7);
		page[len++] = ',';
		len += xchar_nmea_print_number(page + len, track->legs[i].from.longitude, 7);
		page[len++] = '\n';
	}
	page[len] = '\0';
	return len;
}
