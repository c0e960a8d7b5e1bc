/* SPDX-License-Identifier: GPL-2.0-only */
/* Zoned disks, as the rest of the driver sees them; without CONFIG_BLK_DEV_ZONED there are none. */
#ifndef XBD_ZONED_H
#define XBD_ZONED_H

#include <linux/jump_label.h>

#include "xbd.h"
#include "zones.h"

#include "compat_zoned.h"

#ifdef CONFIG_BLK_DEV_ZONED
DECLARE_STATIC_KEY_FALSE(xbd_zones_used);

/* The key is on from the first zoned disk on, so that others need not look. */
static __always_inline bool xbd_is_zoned(const struct xbd_device *xbd)
{
	return static_branch_unlikely(&xbd_zones_used) && xbd->zones;
}

/* zoned.c */
int xbd_device_add_zones(struct xbd_device *xbd);
void xbd_zoned_fill_limits(struct queue_limits *lim, const struct xbd_config *config);
int xbd_device_show_zones(struct xbd_device *xbd);
XDRV_REPORT_ZONES_OF(xbd_report_zones);

/* zone_io.c */
int xbd_zone_set_broken(struct xbd_device *xbd, u64 pos, enum blk_zone_cond cond);
blk_status_t xbd_zoned_rq_nowait(struct xbd_device *xbd, struct request *rq);
blk_status_t xbd_zoned_rq_wait(struct xbd_device *xbd, struct request *rq);
blk_status_t xbd_zoned_bio_serve(struct xbd_device *xbd, struct bio *bio);
#else
static inline bool xbd_is_zoned(const struct xbd_device *xbd)
{
	return false;
}

static inline int xbd_device_add_zones(struct xbd_device *xbd)
{
	return -EOPNOTSUPP;
}

static inline void xbd_zoned_fill_limits(struct queue_limits *lim, const struct xbd_config *config)
{
}

static inline int xbd_device_show_zones(struct xbd_device *xbd)
{
	return -EOPNOTSUPP;
}

static inline int xbd_zone_set_broken(struct xbd_device *xbd, u64 pos, enum blk_zone_cond cond)
{
	return -EINVAL;
}

static inline blk_status_t xbd_zoned_rq_nowait(struct xbd_device *xbd, struct request *rq)
{
	return BLK_STS_NOTSUPP;
}

static inline blk_status_t xbd_zoned_rq_wait(struct xbd_device *xbd, struct request *rq)
{
	return BLK_STS_NOTSUPP;
}

static inline blk_status_t xbd_zoned_bio_serve(struct xbd_device *xbd, struct bio *bio)
{
	return BLK_STS_NOTSUPP;
}

static inline void xbd_zones_destroy(struct xbd_zones *zones)
{
}

static inline void xbd_zones_lose_power(struct xbd_zones *zones)
{
}

#define xbd_report_zones NULL
#endif

#endif /* XBD_ZONED_H */
