/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The nmea back end: a pretend GNSS receiver.
 *
 * nmea_text.c       numbers and lists as users write them
 * nmea_sphere.c     ways along great circles
 * nmea_motion.c     where the receiver is at any time
 * nmea_sentence.c   sentences; nmea_sky.c those about satellites
 * nmea_receiver.c   what it tells when
 * nmea.c            the device
 * nmea_configfs.c   its attributes
 */
#ifndef XCHAR_NMEA_H
#define XCHAR_NMEA_H

#include <linux/configfs.h>
#include <linux/hrtimer.h>
#include <linux/spinlock.h>

#include "nmea_motion.h"
#include "nmea_sentence.h"
#include "xchar.h"

#define XCHAR_NMEA_RATE_MAX 20

typedef unsigned int (*xchar_nmea_give_fn)(void *to, const char *text, size_t len);

/**
 * struct xchar_nmea - receiver
 * @group: its directory in configfs
 * @lock: guards what follows up to @buffer; taken in softirqs
 * @rate: how many times a second it tells what it knows
 * @state: what it knows; place, course, speed and time are as of when it last told them
 * @motion: how it moves, by CLOCK_MONOTONIC
 * @epochs: how many times it has told
 * @missed: how many times it should have, but the timer came too late
 * @dropped: sentences that nobody has read in time
 * @buffer: what it tells
 * @timer: for the next time; runs while a file is open
 * @give: what takes what it tells; NULL while it is turned off
 * @to: its argument
 */
struct xchar_nmea {
	struct config_group group;

	spinlock_t lock; /* guards what follows up to buffer */
	unsigned int rate;
	struct xchar_nmea_state state;
	struct xchar_nmea_motion motion;
	u64 epochs;
	u64 missed;
	u64 dropped;
	struct xchar_nmea_buffer buffer;

	struct hrtimer timer;
	xchar_nmea_give_fn give;
	void *to;
};

/* nmea_receiver.c */
struct xchar_nmea *xchar_nmea_alloc(void);
void xchar_nmea_free(struct xchar_nmea *nmea);
u64 xchar_nmea_epoch(u64 time, unsigned int rate);
u64 xchar_nmea_epoch_time(u64 epoch, unsigned int rate);
void xchar_nmea_turn_on(struct xchar_nmea *nmea, xchar_nmea_give_fn give, void *to);
void xchar_nmea_turn_off(struct xchar_nmea *nmea);
void xchar_nmea_start(struct xchar_nmea *nmea);
void xchar_nmea_stop(struct xchar_nmea *nmea);

/* nmea.c */
extern const struct xchar_backend xchar_nmea;

/* nmea_text.c */
int xchar_nmea_parse_number(const char *text, unsigned int decimals, s64 *number);
int xchar_nmea_print_number(char *page, s64 number, unsigned int decimals);
int xchar_nmea_parse_word(const char *text, const char *const *words, unsigned int nr);
int xchar_nmea_parse_words(const char *text, const char *const *words, unsigned int nr,
			   unsigned long *set);
struct xchar_nmea_track *xchar_nmea_parse_track(const char *text);
ssize_t xchar_nmea_print_track(char *page, const struct xchar_nmea_track *track);

/* nmea_configfs.c */
extern struct configfs_attribute *xchar_nmea_attrs[];
void xchar_nmea_configfs_init(struct xchar_nmea *nmea);

#endif /* XCHAR_NMEA_H */
