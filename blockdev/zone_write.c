// SPDX-License-Identifier: GPL-2.0-only
/* Writing to zones, and making them empty again; zones.c tells how. */
#include "zones.h"

/* ---- reading and writing ---- */

/* Whether a write may go there; it does if so. */
static blk_status_t xbd_zone_take(struct xbd_zones *zones, struct xbd_zone *zone, u64 pos, u64 len)
{
	u64 end = xbd_zone_start(zones, zone) + xbd_zone_capacity(zones, zone);
	blk_status_t status = BLK_STS_OK;

	if (zone->is_resetting)
		return BLK_STS_RESOURCE;
	if (pos != zone->wp || len > end - zone->wp)
		return BLK_STS_IOERR;

	switch (zone->cond) {
	case BLK_ZONE_COND_IMP_OPEN:
	case BLK_ZONE_COND_EXP_OPEN:
		break;
	case BLK_ZONE_COND_EMPTY:
	case BLK_ZONE_COND_CLOSED:
		status = xbd_zone_leave(zones, zone, BLK_ZONE_COND_IMP_OPEN);
		break;
	default:
		status = BLK_STS_IOERR;
	}
	if (status)
		return status;
	zone->writers++;
	WRITE_ONCE(zone->wp, pos + len);
	return BLK_STS_OK;
}

/**
 * xbd_zone_begin_write() - take a place in a zone
 * @zones: the zones
 * @zone: the one that is to be written
 * @pos: where to; for an append, where it has been told to go when this returns
 * @len: how much, not nothing
 * @append: whether it goes to wherever the write pointer is
 *
 * Context: Any but an interrupt.
 * Return: BLK_STS_OK, and xbd_zone_end_write() has to be called; BLK_STS_IOERR if a write cannot
 * go there; BLK_STS_ZONE_OPEN_RESOURCE or BLK_STS_ZONE_ACTIVE_RESOURCE if there are too many open
 * or active zones; BLK_STS_RESOURCE: try again.
 */
blk_status_t xbd_zone_begin_write(struct xbd_zones *zones, struct xbd_zone *zone, u64 *pos, u64 len,
				  bool append)
{
	blk_status_t status;
	u64 at;

	spin_lock(&zone->lock);
	at = append ? zone->wp : *pos;
	status = xbd_zone_take(zones, zone, at, len);
	spin_unlock(&zone->lock);
	if (!status)
		*pos = at;
	return status;
}

/**
 * xbd_zone_end_write() - the data is there, or has failed to come
 * @zones: the zones
 * @zone: the one that was to be written
 * @pos: where, as xbd_zone_begin_write() had it
 * @len: how much
 * @done: whether it is there
 *
 * Context: Any but an interrupt.
 */
void xbd_zone_end_write(struct xbd_zones *zones, struct xbd_zone *zone, u64 pos, u64 len, bool done)
{
	u64 start = xbd_zone_start(zones, zone);

	spin_lock(&zone->lock);
	zone->writers--;
	if (unlikely(!done) && zone->wp == pos + len) {
		WRITE_ONCE(zone->wp, pos);
		if (zone->cond == BLK_ZONE_COND_CLOSED && pos == start)
			xbd_zone_set_cond(zones, zone, BLK_ZONE_COND_EMPTY);
	}
	if (!zone->writers && xbd_zone_is_active(zone) &&
	    zone->wp == start + xbd_zone_capacity(zones, zone))
		xbd_zone_set_cond(zones, zone, BLK_ZONE_COND_FULL);
	spin_unlock(&zone->lock);
}

/**
 * xbd_zone_read_end() - how far there is data
 * @zones: the zones
 * @pos: where reading begins
 * @end: where the data ends: what lies behind that in the same zone reads as zeroes; may be before
 *       @pos
 *
 * Context: Any.
 * Return: BLK_STS_OK, or BLK_STS_IOERR if the zone cannot be read.
 */
blk_status_t xbd_zone_read_end(const struct xbd_zones *zones, u64 pos, u64 *end)
{
	const struct xbd_zone *zone = xbd_zone_at(zones, pos);

	if (READ_ONCE(zone->cond) == BLK_ZONE_COND_OFFLINE)
		return BLK_STS_IOERR;
	*end = xbd_zone_is_conv(zones, zone) ?
	       xbd_zone_start(zones, zone) + zones->options.zone_size : READ_ONCE(zone->wp);
	return BLK_STS_OK;
}

/* ---- resets ---- */

/* Any context. Whether there is anything that a reset would change. */
bool xbd_zone_needs_reset(const struct xbd_zone *zone)
{
	switch (READ_ONCE(zone->cond)) {
	case BLK_ZONE_COND_NOT_WP:
	case BLK_ZONE_COND_EMPTY:
	case BLK_ZONE_COND_READONLY:
	case BLK_ZONE_COND_OFFLINE:
		return false;
	default:
		return true;
	}
}

static blk_status_t xbd_zone_empty(struct xbd_zones *zones, struct xbd_zone *zone)
{
	lockdep_assert_held(&zone->lock);
	if (zone->is_resetting || zone->writers)
		return BLK_STS_RESOURCE;
	zone->is_resetting = true;
	WRITE_ONCE(zone->wp, xbd_zone_start(zones, zone));
	xbd_zone_set_cond(zones, zone, BLK_ZONE_COND_EMPTY);
	return BLK_STS_OK;
}

static bool xbd_zone_is_broken(const struct xbd_zone *zone)
{
	return zone->cond == BLK_ZONE_COND_READONLY || zone->cond == BLK_ZONE_COND_OFFLINE;
}

/**
 * xbd_zone_begin_reset() - make a zone empty
 * @zones: the zones
 * @zone: one of them
 *
 * On success the caller gives the memory back, and then calls xbd_zone_end_reset().
 *
 * Context: Any but an interrupt.
 * Return: BLK_STS_OK; BLK_STS_IOERR if it is not one that can be reset; BLK_STS_RESOURCE: something
 * is under way, try again.
 */
blk_status_t xbd_zone_begin_reset(struct xbd_zones *zones, struct xbd_zone *zone)
{
	blk_status_t status = BLK_STS_IOERR;

	spin_lock(&zone->lock);
	if (!xbd_zone_is_conv(zones, zone) && !xbd_zone_is_broken(zone))
		status = xbd_zone_empty(zones, zone);
	spin_unlock(&zone->lock);
	return status;
}

/* Any context but an interrupt. The memory has been given back. */
void xbd_zone_end_reset(struct xbd_zone *zone)
{
	spin_lock(&zone->lock);
	zone->is_resetting = false;
	spin_unlock(&zone->lock);
}

/**
 * xbd_zone_break() - let a zone fail
 * @zones: the zones
 * @zone: one of them, sequential
 * @cond: BLK_ZONE_COND_READONLY, which can be read, or BLK_ZONE_COND_OFFLINE, which cannot
 *
 * Writes under way go on.
 *
 * Context: Any but an interrupt.
 */
void xbd_zone_break(struct xbd_zones *zones, struct xbd_zone *zone, enum blk_zone_cond cond)
{
	spin_lock(&zone->lock);
	xbd_zone_set_cond(zones, zone, cond);
	spin_unlock(&zone->lock);
}

/**
 * xbd_zone_begin_repair() - make a zone empty that had failed
 * @zones: the zones
 * @zone: one of them, sequential
 *
 * Context: As of xbd_zone_begin_reset().
 * Return: BLK_STS_OK, and the rest is as for xbd_zone_begin_reset(); BLK_STS_RESOURCE: try again.
 */
blk_status_t xbd_zone_begin_repair(struct xbd_zones *zones, struct xbd_zone *zone)
{
	blk_status_t status;

	spin_lock(&zone->lock);
	status = xbd_zone_empty(zones, zone);
	spin_unlock(&zone->lock);
	return status;
}
