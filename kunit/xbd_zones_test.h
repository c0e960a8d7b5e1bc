/* SPDX-License-Identifier: GPL-2.0-only */
/* Zones for the KUnit tests of xbd. */
#ifndef XBD_ZONES_TEST_H
#define XBD_ZONES_TEST_H

#include <kunit/test.h>

#include "../blockdev/zones.h"

static inline void xbd_test_destroy_zones(void *zones)
{
	xbd_zones_destroy(zones);
}

static inline struct xbd_zones *xbd_test_zones(struct kunit *test,
					       const struct xbd_zone_options *options)
{
	struct xbd_zones *zones = xbd_zones_create(options);

	KUNIT_ASSERT_NOT_NULL(test, zones);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, xbd_test_destroy_zones, zones), 0);
	return zones;
}

/* Begun and ended. */
static inline blk_status_t xbd_test_zone_write(struct xbd_zones *zones, u64 pos, u64 len)
{
	struct xbd_zone *zone = xbd_zone_at(zones, pos);
	blk_status_t status = xbd_zone_begin_write(zones, zone, &pos, len, false);

	if (!status)
		xbd_zone_end_write(zones, zone, pos, len, true);
	return status;
}

static inline blk_status_t xbd_test_zone_reset(struct xbd_zones *zones, unsigned int nr)
{
	blk_status_t status = xbd_zone_begin_reset(zones, &zones->zones[nr]);

	if (!status)
		xbd_zone_end_reset(&zones->zones[nr]);
	return status;
}

static inline unsigned int xbd_test_zone_cond(struct xbd_zones *zones, unsigned int nr)
{
	struct blk_zone now;

	xbd_zone_describe(zones, &zones->zones[nr], &now);
	return now.cond;
}

static inline u64 xbd_test_zone_wp(struct xbd_zones *zones, unsigned int nr)
{
	struct blk_zone now;

	xbd_zone_describe(zones, &zones->zones[nr], &now);
	return (u64)now.wp << SECTOR_SHIFT;
}

#endif /* XBD_ZONES_TEST_H */
