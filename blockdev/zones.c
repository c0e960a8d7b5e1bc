// SPDX-License-Identifier: GPL-2.0-only
/*
 * The zones of a disk, as ZBC, ZAC and ZNS have them. A zone is conventional, and this file has
 * little to do with it, or sequential: it is written from its beginning to its capacity, at its
 * write pointer and nowhere else, until it is reset.
 *
 * - A write takes its place first, which moves the write pointer, and copies its data after that
 *   without a lock. So appends to the same zone do not wait for each other, and different zones
 *   share nothing but the counts of open ones, which do not change with every write.
 * - A write that has failed gives its place back if it was the last one. If others have taken
 *   places behind it, a hole with zeroes stays.
 * - What was not written is zeroes: what lies behind the write pointer is not looked at. So nothing
 *   has to be tidied up when a write has failed half-way, or when a zone is finished.
 * - A reset has the zone for itself: it begins when no write is under way, and while the memory is
 *   given back none can begin. Who comes too early gets BLK_STS_RESOURCE and tries again.
 * - A zone that has to be closed to make room for another is locked against the order of locks, and
 *   only if its lock is free at once.
 */
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "zones.h"

#include "compat.h"

static void xbd_zone_init(struct xbd_zones *zones, struct xbd_zone *zone)
{
	u64 start = xbd_zone_start(zones, zone);

	spin_lock_init(&zone->lock);
	INIT_LIST_HEAD(&zone->node);
	zone->wp = start;
	if (xbd_zone_is_conv(zones, zone)) {
		zone->cond = BLK_ZONE_COND_NOT_WP;
	} else if (zones->options.full) {
		zone->cond = BLK_ZONE_COND_FULL;
		zone->wp = start + xbd_zone_capacity(zones, zone);
	} else {
		zone->cond = BLK_ZONE_COND_EMPTY;
	}
	zones->nr_with[zone->cond]++;
}

/**
 * xbd_zones_create() - make the zones of a disk
 * @options: how they are to be
 *
 * Context: Process context, may sleep.
 * Return: the zones, or NULL without memory.
 */
struct xbd_zones *xbd_zones_create(const struct xbd_zone_options *options)
{
	struct xbd_zones *zones;
	unsigned int i;

	zones = kzalloc_obj(*zones);
	if (!zones)
		return NULL;
	zones->options = *options;
	zones->shift = ilog2(options->zone_size);
	zones->nr = DIV_ROUND_UP_ULL(options->size, options->zone_size);
	spin_lock_init(&zones->lock);
	INIT_LIST_HEAD(&zones->implicit);
	zones->zones = kvmalloc_node(array_size(zones->nr, sizeof(*zones->zones)),
				     GFP_KERNEL | __GFP_ZERO, options->node);
	if (!zones->zones) {
		kfree(zones);
		return NULL;
	}
	for (i = 0; i < zones->nr; i++) {
		xbd_zone_init(zones, &zones->zones[i]);
		cond_resched();
	}
	return zones;
}

/* Nobody uses them any more; NULL are none. */
void xbd_zones_destroy(struct xbd_zones *zones)
{
	if (!zones)
		return;
	kvfree(zones->zones);
	kfree(zones);
}

/* ---- conditions ---- */

static void __xbd_zone_set_cond(struct xbd_zones *zones, struct xbd_zone *zone,
				enum blk_zone_cond cond)
{
	lockdep_assert_held(&zone->lock);
	lockdep_assert_held(&zones->lock);
	zones->nr_with[zone->cond]--;
	zones->nr_with[cond]++;
	WRITE_ONCE(zone->cond, cond);
	if (cond == BLK_ZONE_COND_IMP_OPEN)
		list_add_tail(&zone->node, &zones->implicit);
	else
		list_del_init(&zone->node);
}

/* Under the lock of the zone. */
void xbd_zone_set_cond(struct xbd_zones *zones, struct xbd_zone *zone, enum blk_zone_cond cond)
{
	spin_lock(&zones->lock);
	__xbd_zone_set_cond(zones, zone, cond);
	spin_unlock(&zones->lock);
}

/* What a zone is when it is no longer open. */
static enum blk_zone_cond xbd_zone_closed_cond(const struct xbd_zones *zones,
					       const struct xbd_zone *zone)
{
	return zone->wp == xbd_zone_start(zones, zone) ? BLK_ZONE_COND_EMPTY :
	       BLK_ZONE_COND_CLOSED;
}

/* Close a zone that nobody has opened explicitly. False if all of them are locked just now. */
static bool xbd_zones_close_one(struct xbd_zones *zones)
{
	struct xbd_zone *zone;

	list_for_each_entry(zone, &zones->implicit, node) {
		if (!spin_trylock(&zone->lock))
			continue;
		__xbd_zone_set_cond(zones, zone, xbd_zone_closed_cond(zones, zone));
		spin_unlock(&zone->lock);
		return true;
	}
	return false;
}

/* Room for one more open zone, which is empty or closed now. Under the lock of all. */
static blk_status_t xbd_zones_make_room(struct xbd_zones *zones, const struct xbd_zone *zone)
{
	const struct xbd_zone_options *options = &zones->options;
	unsigned int open = zones->nr_with[BLK_ZONE_COND_IMP_OPEN] +
			    zones->nr_with[BLK_ZONE_COND_EXP_OPEN];
	unsigned int active = open + zones->nr_with[BLK_ZONE_COND_CLOSED];

	if (zone->cond == BLK_ZONE_COND_EMPTY && options->max_active &&
	    active >= options->max_active)
		return BLK_STS_ZONE_ACTIVE_RESOURCE;
	if (!options->max_open || open < options->max_open)
		return BLK_STS_OK;
	if (!zones->nr_with[BLK_ZONE_COND_IMP_OPEN])
		return BLK_STS_ZONE_OPEN_RESOURCE;
	return xbd_zones_close_one(zones) ? BLK_STS_OK : BLK_STS_RESOURCE;
}

/* From empty or closed to @cond, by way of being open. Under the lock of the zone. */
blk_status_t xbd_zone_leave(struct xbd_zones *zones, struct xbd_zone *zone,
			    enum blk_zone_cond cond)
{
	blk_status_t status;

	spin_lock(&zones->lock);
	status = xbd_zones_make_room(zones, zone);
	if (!status)
		__xbd_zone_set_cond(zones, zone, cond);
	spin_unlock(&zones->lock);
	return status;
}

/**
 * xbd_zone_open() - open a zone explicitly
 * @zones: the zones
 * @zone: one of them
 *
 * Context: Any but an interrupt.
 * Return: BLK_STS_OK; BLK_STS_IOERR if it is not one that can be open;
 * BLK_STS_ZONE_OPEN_RESOURCE or BLK_STS_ZONE_ACTIVE_RESOURCE if there are too many;
 * BLK_STS_RESOURCE: try again.
 */
blk_status_t xbd_zone_open(struct xbd_zones *zones, struct xbd_zone *zone)
{
	blk_status_t status = BLK_STS_OK;

	spin_lock(&zone->lock);
	switch (zone->cond) {
	case BLK_ZONE_COND_EXP_OPEN:
		break;
	case BLK_ZONE_COND_IMP_OPEN:
		xbd_zone_set_cond(zones, zone, BLK_ZONE_COND_EXP_OPEN);
		break;
	case BLK_ZONE_COND_EMPTY:
	case BLK_ZONE_COND_CLOSED:
		status = xbd_zone_leave(zones, zone, BLK_ZONE_COND_EXP_OPEN);
		break;
	default:
		status = BLK_STS_IOERR;
	}
	spin_unlock(&zone->lock);
	return status;
}

/**
 * xbd_zone_close() - close a zone
 * @zones: the zones
 * @zone: one of them
 *
 * If nothing was written to it, it is empty again. Writes under way go on.
 *
 * Context: Any but an interrupt.
 * Return: BLK_STS_OK, or BLK_STS_IOERR if it is neither open nor closed.
 */
blk_status_t xbd_zone_close(struct xbd_zones *zones, struct xbd_zone *zone)
{
	blk_status_t status = BLK_STS_OK;

	spin_lock(&zone->lock);
	if (xbd_zone_is_open(zone))
		xbd_zone_set_cond(zones, zone, xbd_zone_closed_cond(zones, zone));
	else if (zone->cond != BLK_ZONE_COND_CLOSED)
		status = BLK_STS_IOERR;
	spin_unlock(&zone->lock);
	return status;
}

/**
 * xbd_zone_finish() - let nothing more be written to a zone
 * @zones: the zones
 * @zone: one of them
 *
 * As ZBC has it, a zone that is not open needs room as if it were opened. Writes under way go on.
 *
 * Context: Any but an interrupt.
 * Return: as of xbd_zone_open().
 */
blk_status_t xbd_zone_finish(struct xbd_zones *zones, struct xbd_zone *zone)
{
	blk_status_t status = BLK_STS_OK;

	spin_lock(&zone->lock);
	switch (zone->cond) {
	case BLK_ZONE_COND_FULL:
		break;
	case BLK_ZONE_COND_IMP_OPEN:
	case BLK_ZONE_COND_EXP_OPEN:
		xbd_zone_set_cond(zones, zone, BLK_ZONE_COND_FULL);
		break;
	case BLK_ZONE_COND_EMPTY:
	case BLK_ZONE_COND_CLOSED:
		status = xbd_zone_leave(zones, zone, BLK_ZONE_COND_FULL);
		break;
	default:
		status = BLK_STS_IOERR;
	}
	spin_unlock(&zone->lock);
	return status;
}

/* Zones that are open are closed then. Nobody uses them meanwhile. May sleep. */
void xbd_zones_lose_power(struct xbd_zones *zones)
{
	unsigned int i;

	for (i = zones->options.nr_conv; i < zones->nr; i++) {
		struct xbd_zone *zone = &zones->zones[i];

		if (xbd_zone_is_open(zone))
			xbd_zone_close(zones, zone);
		cond_resched();
	}
}

/**
 * xbd_zone_describe() - say what a zone is like
 * @zones: the zones
 * @zone: one of them
 * @description: where that goes to; where a zone has no write pointer, it is at the end
 *
 * Context: Any but an interrupt.
 */
void xbd_zone_describe(const struct xbd_zones *zones, struct xbd_zone *zone,
		       struct blk_zone *description)
{
	u64 end = xbd_zone_start(zones, zone) + xbd_zone_len(zones, zone);

	*description = (struct blk_zone){
		.start = xbd_zone_start(zones, zone) >> SECTOR_SHIFT,
		.len = xbd_zone_len(zones, zone) >> SECTOR_SHIFT,
		.capacity = xbd_zone_capacity(zones, zone) >> SECTOR_SHIFT,
		.type = xbd_zone_is_conv(zones, zone) ? BLK_ZONE_TYPE_CONVENTIONAL :
			BLK_ZONE_TYPE_SEQWRITE_REQ,
	};
	spin_lock(&zone->lock);
	description->cond = zone->cond;
	description->wp = (zone->cond == BLK_ZONE_COND_EMPTY || xbd_zone_is_active(zone) ?
			   zone->wp : end) >> SECTOR_SHIFT;
	spin_unlock(&zone->lock);
}
