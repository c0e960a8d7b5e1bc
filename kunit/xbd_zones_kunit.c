// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of the zones of xbd: one thing at a time. */
#include <kunit/test.h>
#include <linux/sizes.h>

#include "xbd_zones_test.h"

#define XBD_TEST_ZONE SZ_64K

/* Two conventional zones, six of which three quarters can be written. */
static struct xbd_zones *xbd_test_few_zones(struct kunit *test, unsigned int max_open,
					    unsigned int max_active)
{
	const struct xbd_zone_options options = {
		.size = 8 * XBD_TEST_ZONE,
		.zone_size = XBD_TEST_ZONE,
		.zone_capacity = XBD_TEST_ZONE / 4 * 3,
		.nr_conv = 2,
		.max_open = max_open,
		.max_active = max_active,
		.node = NUMA_NO_NODE,
	};

	return xbd_test_zones(test, &options);
}

static void xbd_zone_is_written_where_its_write_pointer_is(struct kunit *test)
{
	struct xbd_zones *zones = xbd_test_few_zones(test, 0, 0);
	u64 start = 2 * XBD_TEST_ZONE;

	KUNIT_EXPECT_EQ(test, xbd_test_zone_write(zones, start + SZ_4K, SZ_4K), BLK_STS_IOERR);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_cond(zones, 2), BLK_ZONE_COND_EMPTY);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_write(zones, start, SZ_4K), BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_cond(zones, 2), BLK_ZONE_COND_IMP_OPEN);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_write(zones, start, SZ_4K), BLK_STS_IOERR);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_write(zones, start + SZ_8K, SZ_4K), BLK_STS_IOERR);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_write(zones, start + SZ_4K, SZ_4K), BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_wp(zones, 2), start + SZ_8K);
}

static void xbd_zone_is_full_at_its_capacity(struct kunit *test)
{
	struct xbd_zones *zones = xbd_test_few_zones(test, 0, 0);
	u64 start = 3 * XBD_TEST_ZONE, len = XBD_TEST_ZONE / 4 * 3;

	KUNIT_EXPECT_EQ(test, xbd_test_zone_write(zones, start, len + SZ_4K), BLK_STS_IOERR);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_write(zones, start, len), BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_cond(zones, 3), BLK_ZONE_COND_FULL);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_wp(zones, 3), start + XBD_TEST_ZONE);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_write(zones, start + len, SZ_4K), BLK_STS_IOERR);
	KUNIT_EXPECT_EQ(test, xbd_zone_open(zones, &zones->zones[3]), BLK_STS_IOERR);
	KUNIT_EXPECT_EQ(test, xbd_zone_close(zones, &zones->zones[3]), BLK_STS_IOERR);
	KUNIT_EXPECT_EQ(test, xbd_zone_finish(zones, &zones->zones[3]), BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_reset(zones, 3), BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_cond(zones, 3), BLK_ZONE_COND_EMPTY);
}

static void xbd_zone_tells_an_append_where_it_goes(struct kunit *test)
{
	struct xbd_zones *zones = xbd_test_few_zones(test, 0, 0);
	struct xbd_zone *zone = &zones->zones[4];
	u64 start = 4 * XBD_TEST_ZONE, first = start, second = start;

	KUNIT_ASSERT_EQ(test, xbd_zone_begin_write(zones, zone, &first, SZ_4K, true), BLK_STS_OK);
	KUNIT_ASSERT_EQ(test, xbd_zone_begin_write(zones, zone, &second, SZ_8K, true), BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, first, start);
	KUNIT_EXPECT_EQ(test, second, start + SZ_4K);
	xbd_zone_end_write(zones, zone, second, SZ_8K, true);
	xbd_zone_end_write(zones, zone, first, SZ_4K, true);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_wp(zones, 4), start + SZ_4K + SZ_8K);
}

static void xbd_zone_takes_back_the_place_of_the_last_write_if_it_fails(struct kunit *test)
{
	struct xbd_zones *zones = xbd_test_few_zones(test, 0, 0);
	struct xbd_zone *zone = &zones->zones[4];
	u64 start = 4 * XBD_TEST_ZONE, first = start, second = start, end;

	KUNIT_ASSERT_EQ(test, xbd_zone_begin_write(zones, zone, &first, SZ_4K, true), BLK_STS_OK);
	KUNIT_ASSERT_EQ(test, xbd_zone_begin_write(zones, zone, &second, SZ_4K, true), BLK_STS_OK);
	xbd_zone_end_write(zones, zone, first, SZ_4K, false);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_wp(zones, 4), start + SZ_8K);
	xbd_zone_end_write(zones, zone, second, SZ_4K, false);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_wp(zones, 4), start + SZ_4K);
	KUNIT_EXPECT_EQ(test, xbd_zone_read_end(zones, start, &end), BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, end, start + SZ_4K);
}

static void xbd_zone_is_full_when_all_writes_have_ended(struct kunit *test)
{
	struct xbd_zones *zones = xbd_test_few_zones(test, 0, 0);
	struct xbd_zone *zone = &zones->zones[4];
	u64 start = 4 * XBD_TEST_ZONE, len = XBD_TEST_ZONE / 4 * 3 - SZ_4K;
	u64 first = start, second = start;

	KUNIT_ASSERT_EQ(test, xbd_zone_begin_write(zones, zone, &first, len, true), BLK_STS_OK);
	KUNIT_ASSERT_EQ(test, xbd_zone_begin_write(zones, zone, &second, SZ_4K, true), BLK_STS_OK);
	xbd_zone_end_write(zones, zone, second, SZ_4K, true);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_cond(zones, 4), BLK_ZONE_COND_IMP_OPEN);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_write(zones, second + SZ_4K, SZ_4K), BLK_STS_IOERR);
	xbd_zone_end_write(zones, zone, first, len, true);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_cond(zones, 4), BLK_ZONE_COND_FULL);
}

static void xbd_zone_that_is_open_longest_makes_room(struct kunit *test)
{
	struct xbd_zones *zones = xbd_test_few_zones(test, 2, 0);

	KUNIT_EXPECT_EQ(test, xbd_test_zone_write(zones, 2 * XBD_TEST_ZONE, SZ_4K), BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, xbd_zone_open(zones, &zones->zones[3]), BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_write(zones, 4 * XBD_TEST_ZONE, SZ_4K), BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_cond(zones, 2), BLK_ZONE_COND_CLOSED);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_cond(zones, 3), BLK_ZONE_COND_EXP_OPEN);
	KUNIT_EXPECT_EQ(test, xbd_zone_open(zones, &zones->zones[4]), BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, xbd_zone_open(zones, &zones->zones[5]), BLK_STS_ZONE_OPEN_RESOURCE);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_write(zones, 2 * XBD_TEST_ZONE + SZ_4K, SZ_4K),
			BLK_STS_ZONE_OPEN_RESOURCE);
	KUNIT_EXPECT_EQ(test, xbd_zone_close(zones, &zones->zones[3]), BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_cond(zones, 3), BLK_ZONE_COND_EMPTY);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_write(zones, 2 * XBD_TEST_ZONE + SZ_4K, SZ_4K),
			BLK_STS_OK);
}

static void xbd_zones_are_not_more_active_than_allowed(struct kunit *test)
{
	struct xbd_zones *zones = xbd_test_few_zones(test, 1, 2);

	KUNIT_EXPECT_EQ(test, xbd_test_zone_write(zones, 2 * XBD_TEST_ZONE, SZ_4K), BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_write(zones, 3 * XBD_TEST_ZONE, SZ_4K), BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_write(zones, 4 * XBD_TEST_ZONE, SZ_4K),
			BLK_STS_ZONE_ACTIVE_RESOURCE);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_write(zones, 2 * XBD_TEST_ZONE + SZ_4K, SZ_4K),
			BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, xbd_zone_finish(zones, &zones->zones[3]), BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_write(zones, 4 * XBD_TEST_ZONE, SZ_4K), BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_reset(zones, 2), BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, xbd_zone_open(zones, &zones->zones[5]), BLK_STS_OK);
}

static void xbd_zone_is_reset_when_nothing_is_under_way(struct kunit *test)
{
	struct xbd_zones *zones = xbd_test_few_zones(test, 0, 0);
	struct xbd_zone *zone = &zones->zones[4];
	u64 start = 4 * XBD_TEST_ZONE, pos = start, end;

	KUNIT_ASSERT_EQ(test, xbd_zone_begin_write(zones, zone, &pos, SZ_4K, false), BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, xbd_zone_begin_reset(zones, zone), BLK_STS_RESOURCE);
	xbd_zone_end_write(zones, zone, pos, SZ_4K, true);
	KUNIT_EXPECT_EQ(test, xbd_zone_begin_reset(zones, zone), BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, xbd_zone_begin_reset(zones, zone), BLK_STS_RESOURCE);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_write(zones, start, SZ_4K), BLK_STS_RESOURCE);
	KUNIT_EXPECT_EQ(test, xbd_zone_read_end(zones, start, &end), BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, end, start);
	xbd_zone_end_reset(zone);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_write(zones, start, SZ_4K), BLK_STS_OK);
}

static void xbd_zone_that_has_failed_can_be_repaired(struct kunit *test)
{
	struct xbd_zones *zones = xbd_test_few_zones(test, 1, 1);
	struct xbd_zone *zone = &zones->zones[4];
	u64 start = 4 * XBD_TEST_ZONE, end;

	KUNIT_ASSERT_EQ(test, xbd_test_zone_write(zones, start, SZ_4K), BLK_STS_OK);
	xbd_zone_break(zones, zone, BLK_ZONE_COND_READONLY);
	KUNIT_EXPECT_EQ(test, xbd_zone_read_end(zones, start, &end), BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, end, start + SZ_4K);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_write(zones, start + SZ_4K, SZ_4K), BLK_STS_IOERR);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_reset(zones, 4), BLK_STS_IOERR);
	KUNIT_EXPECT_EQ(test, xbd_zone_finish(zones, zone), BLK_STS_IOERR);
	KUNIT_EXPECT_FALSE(test, xbd_zone_needs_reset(zone));
	KUNIT_EXPECT_EQ(test, xbd_zone_open(zones, &zones->zones[5]), BLK_STS_OK);
	xbd_zone_break(zones, zone, BLK_ZONE_COND_OFFLINE);
	KUNIT_EXPECT_EQ(test, xbd_zone_read_end(zones, start, &end), BLK_STS_IOERR);
	KUNIT_EXPECT_EQ(test, xbd_zone_begin_repair(zones, zone), BLK_STS_OK);
	xbd_zone_end_reset(zone);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_cond(zones, 4), BLK_ZONE_COND_EMPTY);
}

static void xbd_zones_are_closed_by_a_power_cut(struct kunit *test)
{
	struct xbd_zones *zones = xbd_test_few_zones(test, 0, 0);

	KUNIT_EXPECT_EQ(test, xbd_test_zone_write(zones, 2 * XBD_TEST_ZONE, SZ_4K), BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, xbd_zone_open(zones, &zones->zones[3]), BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, xbd_zone_finish(zones, &zones->zones[4]), BLK_STS_OK);
	xbd_zones_lose_power(zones);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_cond(zones, 2), BLK_ZONE_COND_CLOSED);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_cond(zones, 3), BLK_ZONE_COND_EMPTY);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_cond(zones, 4), BLK_ZONE_COND_FULL);
}

static void xbd_zone_that_is_conventional_has_no_write_pointer(struct kunit *test)
{
	struct xbd_zones *zones = xbd_test_few_zones(test, 0, 0);
	struct xbd_zone *zone = &zones->zones[1];
	struct blk_zone now;
	u64 pos = XBD_TEST_ZONE, end;

	xbd_zone_describe(zones, zone, &now);
	KUNIT_EXPECT_EQ(test, now.type, BLK_ZONE_TYPE_CONVENTIONAL);
	KUNIT_EXPECT_EQ(test, now.cond, BLK_ZONE_COND_NOT_WP);
	KUNIT_EXPECT_EQ(test, now.capacity, XBD_TEST_ZONE >> SECTOR_SHIFT);
	KUNIT_EXPECT_EQ(test, xbd_zone_begin_write(zones, zone, &pos, SZ_4K, true), BLK_STS_IOERR);
	KUNIT_EXPECT_EQ(test, xbd_zone_open(zones, zone), BLK_STS_IOERR);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_reset(zones, 1), BLK_STS_IOERR);
	KUNIT_EXPECT_EQ(test, xbd_zone_read_end(zones, pos, &end), BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, end, 2 * XBD_TEST_ZONE);
}

static void xbd_zone_at_the_end_may_be_smaller_and_zones_full_at_first(struct kunit *test)
{
	const struct xbd_zone_options options = {
		.size = 2 * XBD_TEST_ZONE + SZ_4K,
		.zone_size = XBD_TEST_ZONE,
		.zone_capacity = XBD_TEST_ZONE,
		.full = true,
		.node = NUMA_NO_NODE,
	};
	struct xbd_zones *zones = xbd_test_zones(test, &options);
	struct blk_zone now;

	KUNIT_ASSERT_EQ(test, zones->nr, 3);
	xbd_zone_describe(zones, &zones->zones[2], &now);
	KUNIT_EXPECT_EQ(test, now.len, SZ_4K >> SECTOR_SHIFT);
	KUNIT_EXPECT_EQ(test, now.capacity, SZ_4K >> SECTOR_SHIFT);
	KUNIT_EXPECT_EQ(test, now.cond, BLK_ZONE_COND_FULL);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_reset(zones, 2), BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_write(zones, 2 * XBD_TEST_ZONE, SZ_8K), BLK_STS_IOERR);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_write(zones, 2 * XBD_TEST_ZONE, SZ_4K), BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, xbd_test_zone_cond(zones, 2), BLK_ZONE_COND_FULL);
}

static struct kunit_case xbd_zones_cases[] = {
	KUNIT_CASE(xbd_zone_is_written_where_its_write_pointer_is),
	KUNIT_CASE(xbd_zone_is_full_at_its_capacity),
	KUNIT_CASE(xbd_zone_tells_an_append_where_it_goes),
	KUNIT_CASE(xbd_zone_takes_back_the_place_of_the_last_write_if_it_fails),
	KUNIT_CASE(xbd_zone_is_full_when_all_writes_have_ended),
	KUNIT_CASE(xbd_zone_that_is_open_longest_makes_room),
	KUNIT_CASE(xbd_zones_are_not_more_active_than_allowed),
	KUNIT_CASE(xbd_zone_is_reset_when_nothing_is_under_way),
	KUNIT_CASE(xbd_zone_that_has_failed_can_be_repaired),
	KUNIT_CASE(xbd_zones_are_closed_by_a_power_cut),
	KUNIT_CASE(xbd_zone_that_is_conventional_has_no_write_pointer),
	KUNIT_CASE(xbd_zone_at_the_end_may_be_smaller_and_zones_full_at_first),
	{}
};

static struct kunit_suite xbd_zones_suite = {
	.name = "xbd_zones",
	.test_cases = xbd_zones_cases,
};

kunit_test_suite(xbd_zones_suite);

MODULE_DESCRIPTION("KUnit tests of the zones of xbd");
MODULE_LICENSE("GPL");
