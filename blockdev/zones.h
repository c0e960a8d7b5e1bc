/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The zones of a disk: what may be written where, and how many of them are open. zones.c tells how
 * they work; positions and lengths are in bytes.
 */
#ifndef XBD_ZONES_H
#define XBD_ZONES_H

#include <linux/blk_types.h>
#include <linux/blkzoned.h>
#include <linux/cache.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/spinlock.h>
#include <linux/types.h>

/* Some, so that what describes them is not larger than memory is. */
#define XBD_MAX_ZONES BIT(22)

/**
 * struct xbd_zone_options - how zones are to be; all checked
 * @size: of the disk
 * @zone_size: of a zone, a power of two; the last one may be smaller
 * @zone_capacity: what can be written of a sequential zone, up to @zone_size
 * @nr_conv: zones at the beginning that are conventional, fewer than there are zones
 * @max_open: zones that may be open, or 0
 * @max_active: zones that may be open or closed, or 0
 * @full: whether they are full, or empty
 * @node: NUMA node of the memory, or NUMA_NO_NODE
 */
struct xbd_zone_options {
	u64 size;
	u64 zone_size;
	u64 zone_capacity;
	unsigned int nr_conv;
	unsigned int max_open;
	unsigned int max_active;
	bool full;
	int node;
};

/**
 * struct xbd_zone - a zone
 * @lock: guards all but @node
 * @cond: enum blk_zone_cond; changes under the lock of all zones, too
 * @is_resetting: whether its memory is being given back; nothing can be written then
 * @writers: writes whose place is taken, and that have not ended
 * @wp: where the next write goes to; its data ends there
 * @node: in the list of those that are open implicitly
 */
struct xbd_zone {
	spinlock_t lock; /* guards all but @node */
	u8 cond;
	bool is_resetting;
	unsigned int writers;
	u64 wp;
	struct list_head node;
} ____cacheline_aligned_in_smp;

/* One for each enum blk_zone_cond. */
#define XBD_ZONE_CONDS 16

/**
 * struct xbd_zones - the zones of a disk
 * @options: how they are
 * @shift: of a position, to get a number
 * @nr: how many there are
 * @zones: all of them
 * @lock: guards what follows; taken with that of a zone held
 * @nr_with: zones in each condition
 * @implicit: those that are open implicitly, the oldest first
 */
struct xbd_zones {
	struct xbd_zone_options options;
	unsigned int shift;
	unsigned int nr;
	struct xbd_zone *zones;
	spinlock_t lock; /* guards what follows */
	unsigned int nr_with[XBD_ZONE_CONDS];
	struct list_head implicit;
};

static inline struct xbd_zone *xbd_zone_at(const struct xbd_zones *zones, u64 pos)
{
	return &zones->zones[pos >> zones->shift];
}

static inline unsigned int xbd_zone_number(const struct xbd_zones *zones,
					   const struct xbd_zone *zone)
{
	return zone - zones->zones;
}

static inline u64 xbd_zone_start(const struct xbd_zones *zones, const struct xbd_zone *zone)
{
	return (u64)xbd_zone_number(zones, zone) << zones->shift;
}

static inline bool xbd_zone_is_conv(const struct xbd_zones *zones, const struct xbd_zone *zone)
{
	return xbd_zone_number(zones, zone) < zones->options.nr_conv;
}

static inline u64 xbd_zone_len(const struct xbd_zones *zones, const struct xbd_zone *zone)
{
	return min(zones->options.zone_size, zones->options.size - xbd_zone_start(zones, zone));
}

/* How much can be written. */
static inline u64 xbd_zone_capacity(const struct xbd_zones *zones, const struct xbd_zone *zone)
{
	u64 len = xbd_zone_len(zones, zone);

	return xbd_zone_is_conv(zones, zone) ? len : min(len, zones->options.zone_capacity);
}

static inline bool xbd_zone_is_open(const struct xbd_zone *zone)
{
	return zone->cond == BLK_ZONE_COND_IMP_OPEN || zone->cond == BLK_ZONE_COND_EXP_OPEN;
}

static inline bool xbd_zone_is_active(const struct xbd_zone *zone)
{
	return xbd_zone_is_open(zone) || zone->cond == BLK_ZONE_COND_CLOSED;
}

#ifdef CONFIG_BLK_DEV_ZONED
/* zones.c */
struct xbd_zones *xbd_zones_create(const struct xbd_zone_options *options);
void xbd_zones_destroy(struct xbd_zones *zones);
void xbd_zones_lose_power(struct xbd_zones *zones);
void xbd_zone_set_cond(struct xbd_zones *zones, struct xbd_zone *zone, enum blk_zone_cond cond);
blk_status_t xbd_zone_leave(struct xbd_zones *zones, struct xbd_zone *zone,
			    enum blk_zone_cond cond);

blk_status_t xbd_zone_open(struct xbd_zones *zones, struct xbd_zone *zone);
blk_status_t xbd_zone_close(struct xbd_zones *zones, struct xbd_zone *zone);
blk_status_t xbd_zone_finish(struct xbd_zones *zones, struct xbd_zone *zone);
void xbd_zone_describe(const struct xbd_zones *zones, struct xbd_zone *zone,
		       struct blk_zone *description);

/* zone_write.c */
blk_status_t xbd_zone_begin_write(struct xbd_zones *zones, struct xbd_zone *zone, u64 *pos, u64 len,
				  bool append);
void xbd_zone_end_write(struct xbd_zones *zones, struct xbd_zone *zone, u64 pos, u64 len,
			bool done);
blk_status_t xbd_zone_read_end(const struct xbd_zones *zones, u64 pos, u64 *end);
bool xbd_zone_needs_reset(const struct xbd_zone *zone);
blk_status_t xbd_zone_begin_reset(struct xbd_zones *zones, struct xbd_zone *zone);
void xbd_zone_end_reset(struct xbd_zone *zone);
void xbd_zone_break(struct xbd_zones *zones, struct xbd_zone *zone, enum blk_zone_cond cond);
blk_status_t xbd_zone_begin_repair(struct xbd_zones *zones, struct xbd_zone *zone);
#endif

#endif /* XBD_ZONES_H */
