// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes of a receiver, in /sys/kernel/config/xchar/NAME/nmea/. They can be written at any
 * time, whether there is a device or not; what they say is told from the next time on.
 */
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <xdrv/configfs.h>

#include "compat.h"
#include "nmea.h"

#define XCHAR_NMEA_LIST_ALLOWED "at least one of RMC, VTG, GGA, GSA, GSV, GLL, ZDA"
#define XCHAR_NMEA_PLACE_ALLOWED "the track, or write an empty line to that first"
#define XCHAR_NMEA_TRACK_ALLOWED "up to 128 points LATITUDE,LONGITUDE in degrees, or an empty line"

static const char *const xchar_nmea_fixes[XCHAR_NMEA_NR_FIXES] = {
	[XCHAR_NMEA_FIX_NONE] = "none",
	[XCHAR_NMEA_FIX_2D] = "2d",
	[XCHAR_NMEA_FIX_3D] = "3d",
	[XCHAR_NMEA_FIX_DGPS] = "dgps",
	[XCHAR_NMEA_FIX_RTK_FLOAT] = "rtk-float",
	[XCHAR_NMEA_FIX_RTK] = "rtk",
};

static const char *const xchar_nmea_types[XCHAR_NMEA_NR_SENTENCES] = {
	[XCHAR_NMEA_RMC] = "RMC",
	[XCHAR_NMEA_VTG] = "VTG",
	[XCHAR_NMEA_GGA] = "GGA",
	[XCHAR_NMEA_GSA] = "GSA",
	[XCHAR_NMEA_GSV] = "GSV",
	[XCHAR_NMEA_GLL] = "GLL",
	[XCHAR_NMEA_ZDA] = "ZDA",
};

static struct xchar_nmea *xchar_nmea_of(struct config_item *item)
{
	return container_of(to_config_group(item), struct xchar_nmea, group);
}

/* Log lines name the directory of the device, which is the one above. */
static int xchar_nmea_refuse(struct xchar_nmea *nmea, const char *name, const char *page,
			     const char *allowed, int err)
{
	return xdrv_config_refuse(nmea->group.cg_item.ci_parent, name, page, allowed, err);
}

/**
 * struct xchar_nmea_number - attribute that is a number
 * @name: of the attribute
 * @allowed: what is, in words
 * @decimals: how many it has
 * @min: smallest number allowed, in units of 10^-@decimals, as all that follow
 * @max: largest
 * @member: where it is in struct xchar_nmea, with 32 bits; or
 * @get: returns it; the lock is held, and
 * @set: sets it; the lock is held
 * @is_place: it is where the receiver is, which a track decides if there is one
 */
struct xchar_nmea_number {
	const char *name;
	const char *allowed;
	unsigned int decimals;
	s64 min;
	s64 max;
	size_t member;
	s64 (*get)(struct xchar_nmea *nmea);
	void (*set)(struct xchar_nmea *nmea, s64 number);
	bool is_place;
};

static s64 xchar_nmea_number_get(const struct xchar_nmea_number *attr, struct xchar_nmea *nmea)
{
	return attr->get ? attr->get(nmea) : *(s32 *)((void *)nmea + attr->member);
}

static void xchar_nmea_number_set(const struct xchar_nmea_number *attr, struct xchar_nmea *nmea,
				  s64 number)
{
	if (attr->set)
		attr->set(nmea, number);
	else
		*(s32 *)((void *)nmea + attr->member) = number;
}

static ssize_t xchar_nmea_number_show(struct config_item *item, char *page,
				      const struct xchar_nmea_number *attr)
{
	struct xchar_nmea *nmea = xchar_nmea_of(item);
	s64 number;
	int len;

	spin_lock_bh(&nmea->lock);
	number = xchar_nmea_number_get(attr, nmea);
	spin_unlock_bh(&nmea->lock);
	len = xchar_nmea_print_number(page, number, attr->decimals);
	return len + sprintf(page + len, "\n");
}

static ssize_t xchar_nmea_number_store(struct config_item *item, const char *page, size_t count,
				       const struct xchar_nmea_number *attr)
{
	struct xchar_nmea *nmea = xchar_nmea_of(item);
	s64 number;
	int err;

	err = xchar_nmea_parse_number(page, attr->decimals, &number);
	if (!err && (number < attr->min || number > attr->max))
		err = -ERANGE;
	if (err)
		return xchar_nmea_refuse(nmea, attr->name, page, attr->allowed, err);

	spin_lock_bh(&nmea->lock);
	if (attr->is_place && nmea->motion.track)
		err = -EBUSY;
	else
		xchar_nmea_number_set(attr, nmea, number);
	spin_unlock_bh(&nmea->lock);
	if (err)
		return xchar_nmea_refuse(nmea, attr->name, page, XCHAR_NMEA_PLACE_ALLOWED, err);
	return count;
}

/* A number, with initialisers of its struct xchar_nmea_number. */
#define XCHAR_NMEA_NUMBER(_name, ...)								\
static const struct xchar_nmea_number xchar_nmea_number_##_name = {				\
	.name = #_name, __VA_ARGS__								\
};												\
												\
static ssize_t xchar_nmea_##_name##_show(struct config_item *item, char *page)			\
{												\
	return xchar_nmea_number_show(item, page, &xchar_nmea_number_##_name);			\
}												\
												\
static ssize_t xchar_nmea_##_name##_store(struct config_item *item, const char *page,		\
					  size_t count)						\
{												\
	return xchar_nmea_number_store(item, page, count, &xchar_nmea_number_##_name);		\
}												\
CONFIGFS_ATTR(xchar_nmea_, _name)

XCHAR_NMEA_NUMBER(rate, .member = offsetof(struct xchar_nmea, rate),
		  .allowed = "a number from 1 to 20 Hz",
		  .min = 1, .max = XCHAR_NMEA_RATE_MAX);

XCHAR_NMEA_NUMBER(altitude, .member = offsetof(struct xchar_nmea, state.altitude),
		  .allowed = "metres above mean sea level, -9999.9 to 99999.9", .decimals = 1,
		  .min = XCHAR_NMEA_ALTITUDE_MIN, .max = XCHAR_NMEA_ALTITUDE_MAX);

XCHAR_NMEA_NUMBER(geoid, .member = offsetof(struct xchar_nmea, state.geoid),
		  .allowed = "metres of mean sea level above the ellipsoid, -110 to 110",
		  .decimals = 1,
		  .min = -XCHAR_NMEA_GEOID_MAX, .max = XCHAR_NMEA_GEOID_MAX);

XCHAR_NMEA_NUMBER(hdop, .member = offsetof(struct xchar_nmea, state.hdop),
		  .allowed = "a number from 0.01 to 99.99", .decimals = 2,
		  .min = 1, .max = XCHAR_NMEA_HDOP_MAX);

XCHAR_NMEA_NUMBER(satellites, .member = offsetof(struct xchar_nmea, state.used),
		  .allowed = "a number from 0 to 12",
		  .max = XCHAR_NMEA_USED_MAX);

XCHAR_NMEA_NUMBER(satellites_in_view, .member = offsetof(struct xchar_nmea, state.in_view),
		  .allowed = "a number from 0 to 24",
		  .max = XCHAR_NMEA_IN_VIEW_MAX);

static struct xchar_nmea_point xchar_nmea_now(struct xchar_nmea *nmea)
{
	struct xchar_nmea_point at;

	lockdep_assert_held(&nmea->lock);
	xchar_nmea_motion_at(&nmea->motion, ktime_get_ns(), &at);
	return at;
}

static s64 xchar_nmea_get_latitude(struct xchar_nmea *nmea)
{
	return xchar_nmea_now(nmea).place.latitude;
}

static void xchar_nmea_set_latitude(struct xchar_nmea *nmea, s64 number)
{
	struct xchar_nmea_point at = xchar_nmea_now(nmea);

	at.place.latitude = number;
	xchar_nmea_motion_set_ahead(&nmea->motion, ktime_get_ns(), at.place, at.course);
}

XCHAR_NMEA_NUMBER(latitude, .get = xchar_nmea_get_latitude, .set = xchar_nmea_set_latitude,
		  .allowed = "degrees from -90 to 90", .decimals = 7, .is_place = true,
		  .min = -XCHAR_NMEA_LATITUDE_MAX, .max = XCHAR_NMEA_LATITUDE_MAX);

static s64 xchar_nmea_get_longitude(struct xchar_nmea *nmea)
{
	return xchar_nmea_now(nmea).place.longitude;
}

static void xchar_nmea_set_longitude(struct xchar_nmea *nmea, s64 number)
{
	struct xchar_nmea_point at = xchar_nmea_now(nmea);

	at.place.longitude = number;
	xchar_nmea_motion_set_ahead(&nmea->motion, ktime_get_ns(), at.place, at.course);
}

XCHAR_NMEA_NUMBER(longitude, .get = xchar_nmea_get_longitude, .set = xchar_nmea_set_longitude,
		  .allowed = "degrees from -180 to 180", .decimals = 7, .is_place = true,
		  .min = -XCHAR_NMEA_LONGITUDE_MAX, .max = XCHAR_NMEA_LONGITUDE_MAX);

static s64 xchar_nmea_get_course(struct xchar_nmea *nmea)
{
	return xchar_nmea_course(xchar_nmea_now(nmea).course);
}

static void xchar_nmea_set_course(struct xchar_nmea *nmea, s64 number)
{
	struct xchar_nmea_point at = xchar_nmea_now(nmea);

	xchar_nmea_motion_set_ahead(&nmea->motion, ktime_get_ns(), at.place,
				    xchar_nmea_angle(number));
}

XCHAR_NMEA_NUMBER(course, .get = xchar_nmea_get_course, .set = xchar_nmea_set_course,
		  .allowed = "degrees from 0 to 360", .decimals = 7, .is_place = true,
		  .max = XCHAR_NMEA_TURN);

static s64 xchar_nmea_get_speed(struct xchar_nmea *nmea)
{
	return nmea->motion.speed;
}

static void xchar_nmea_set_speed(struct xchar_nmea *nmea, s64 number)
{
	xchar_nmea_motion_set_speed(&nmea->motion, ktime_get_ns(), number);
}

XCHAR_NMEA_NUMBER(speed, .get = xchar_nmea_get_speed, .set = xchar_nmea_set_speed,
		  .allowed = "metres per second from 0 to 1000", .decimals = 3,
		  .max = XCHAR_NMEA_SPEED_MAX);

static s64 xchar_nmea_get_track_loop(struct xchar_nmea *nmea)
{
	return nmea->motion.loop;
}

static void xchar_nmea_set_track_loop(struct xchar_nmea *nmea, s64 number)
{
	xchar_nmea_motion_set_loop(&nmea->motion, ktime_get_ns(), number);
}

XCHAR_NMEA_NUMBER(track_loop, .get = xchar_nmea_get_track_loop, .set = xchar_nmea_set_track_loop,
		  .allowed = "0 or 1", .max = 1);

static ssize_t xchar_nmea_fix_show(struct config_item *item, char *page)
{
	return sprintf(page, "%s\n", xchar_nmea_fixes[READ_ONCE(xchar_nmea_of(item)->state.fix)]);
}

static ssize_t xchar_nmea_fix_store(struct config_item *item, const char *page, size_t count)
{
	struct xchar_nmea *nmea = xchar_nmea_of(item);
	int fix = xchar_nmea_parse_word(page, xchar_nmea_fixes, XCHAR_NMEA_NR_FIXES);

	if (fix < 0)
		return xchar_nmea_refuse(nmea, "fix", page,
					 "none, 2d, 3d, dgps, rtk-float or rtk", fix);
	spin_lock_bh(&nmea->lock);
	WRITE_ONCE(nmea->state.fix, fix);
	spin_unlock_bh(&nmea->lock);
	return count;
}
CONFIGFS_ATTR(xchar_nmea_, fix);

static ssize_t xchar_nmea_talker_show(struct config_item *item, char *page)
{
	enum xchar_nmea_talker talker = READ_ONCE(xchar_nmea_of(item)->state.talker);

	return sprintf(page, "%s\n", xchar_nmea_talkers[talker]);
}

static ssize_t xchar_nmea_talker_store(struct config_item *item, const char *page, size_t count)
{
	struct xchar_nmea *nmea = xchar_nmea_of(item);
	int talker = xchar_nmea_parse_word(page, xchar_nmea_talkers, XCHAR_NMEA_NR_TALKERS);

	if (talker < 0)
		return xchar_nmea_refuse(nmea, "talker", page, "GP or GN", talker);
	spin_lock_bh(&nmea->lock);
	WRITE_ONCE(nmea->state.talker, talker);
	spin_unlock_bh(&nmea->lock);
	return count;
}
CONFIGFS_ATTR(xchar_nmea_, talker);

static ssize_t xchar_nmea_sentences_show(struct config_item *item, char *page)
{
	unsigned long sentences = READ_ONCE(xchar_nmea_of(item)->state.sentences);
	ssize_t len = 0;
	unsigned int i;

	for_each_set_bit(i, &sentences, XCHAR_NMEA_NR_SENTENCES)
		len += sprintf(page + len, "%s%s", len ? " " : "", xchar_nmea_types[i]);
	return len + sprintf(page + len, "\n");
}

static ssize_t xchar_nmea_sentences_store(struct config_item *item, const char *page, size_t count)
{
	struct xchar_nmea *nmea = xchar_nmea_of(item);
	unsigned long sentences;
	int err;

	err = xchar_nmea_parse_words(page, xchar_nmea_types, XCHAR_NMEA_NR_SENTENCES, &sentences);
	if (err)
		return xchar_nmea_refuse(nmea, "sentences", page, XCHAR_NMEA_LIST_ALLOWED, err);
	spin_lock_bh(&nmea->lock);
	WRITE_ONCE(nmea->state.sentences, sentences);
	spin_unlock_bh(&nmea->lock);
	return count;
}
CONFIGFS_ATTR(xchar_nmea_, sentences);

static ssize_t xchar_nmea_track_show(struct config_item *item, char *page)
{
	struct xchar_nmea *nmea = xchar_nmea_of(item);
	ssize_t len;

	spin_lock_bh(&nmea->lock);
	len = xchar_nmea_print_track(page, nmea->motion.track);
	spin_unlock_bh(&nmea->lock);
	return len;
}

static ssize_t xchar_nmea_track_store(struct config_item *item, const char *page, size_t count)
{
	struct xchar_nmea *nmea = xchar_nmea_of(item);
	struct xchar_nmea_track *track = xchar_nmea_parse_track(page);

	if (IS_ERR(track))
		return xchar_nmea_refuse(nmea, "track", page, XCHAR_NMEA_TRACK_ALLOWED,
					 PTR_ERR(track));
	spin_lock_bh(&nmea->lock);
	track = xchar_nmea_motion_set_track(&nmea->motion, ktime_get_ns(), track);
	spin_unlock_bh(&nmea->lock);
	kfree(track);
	return count;
}
CONFIGFS_ATTR(xchar_nmea_, track);

/* What can only be read: counters since the device was made. */
static ssize_t xchar_nmea_counter_show(struct config_item *item, char *page, const u64 *counter)
{
	struct xchar_nmea *nmea = xchar_nmea_of(item);
	u64 count;

	spin_lock_bh(&nmea->lock);
	count = *counter;
	spin_unlock_bh(&nmea->lock);
	return sprintf(page, "%llu\n", count);
}

static ssize_t xchar_nmea_epochs_show(struct config_item *item, char *page)
{
	return xchar_nmea_counter_show(item, page, &xchar_nmea_of(item)->epochs);
}
CONFIGFS_ATTR_RO(xchar_nmea_, epochs);

static ssize_t xchar_nmea_missed_show(struct config_item *item, char *page)
{
	return xchar_nmea_counter_show(item, page, &xchar_nmea_of(item)->missed);
}
CONFIGFS_ATTR_RO(xchar_nmea_, missed);

static ssize_t xchar_nmea_dropped_show(struct config_item *item, char *page)
{
	return xchar_nmea_counter_show(item, page, &xchar_nmea_of(item)->dropped);
}
CONFIGFS_ATTR_RO(xchar_nmea_, dropped);

struct configfs_attribute *xchar_nmea_attrs[] = {
	&xchar_nmea_attr_rate,
	&xchar_nmea_attr_talker,
	&xchar_nmea_attr_sentences,
	&xchar_nmea_attr_fix,
	&xchar_nmea_attr_satellites,
	&xchar_nmea_attr_satellites_in_view,
	&xchar_nmea_attr_hdop,
	&xchar_nmea_attr_latitude,
	&xchar_nmea_attr_longitude,
	&xchar_nmea_attr_altitude,
	&xchar_nmea_attr_geoid,
	&xchar_nmea_attr_course,
	&xchar_nmea_attr_speed,
	&xchar_nmea_attr_track,
	&xchar_nmea_attr_track_loop,
	&xchar_nmea_attr_epochs,
	&xchar_nmea_attr_missed,
	&xchar_nmea_attr_dropped,
	NULL,
};

static const struct config_item_type xchar_nmea_type = {
	.ct_attrs = xchar_nmea_attrs,
	.ct_owner = THIS_MODULE,
};

/**
 * xchar_nmea_configfs_init() - prepare the directory of a receiver
 * @nmea: the receiver, whose @group the caller puts where it belongs
 *
 * Context: Process context.
 */
void xchar_nmea_configfs_init(struct xchar_nmea *nmea)
{
	config_group_init_type_name(&nmea->group, "nmea", &xchar_nmea_type);
}
