// SPDX-License-Identifier: GPL-2.0-only
/* KUnit test of the zones of xbd: appends, resets and all the rest at the same time. */
#include <kunit/test.h>
#include <linux/sched.h>
#include <linux/sizes.h>

#include "test_call.h"
#include "test_random.h"
#include "xbd_zones_test.h"

#define XBD_ZRACE_THREADS 4
#define XBD_ZRACE_STEPS 20000
#define XBD_ZRACE_ZONES 6
#define XBD_ZRACE_ZONE SZ_64K
#define XBD_ZRACE_BLOCK SZ_4K
#define XBD_ZRACE_BLOCKS (XBD_ZRACE_ZONE / XBD_ZRACE_BLOCK)
#define XBD_ZRACE_CAPACITY (XBD_ZRACE_ZONE / 4 * 3)

/* What a block holds: nothing, data, or else the number of who is writing it. */
#define XBD_ZRACE_NOTHING 0
#define XBD_ZRACE_DATA (-1)

/**
 * struct xbd_zrace - zones, and instead of memory what is in each block
 * @zones: the zones
 * @blocks: the blocks of all of them
 */
struct xbd_zrace {
	struct xbd_zones *zones;
	atomic_t blocks[XBD_ZRACE_ZONES * XBD_ZRACE_BLOCKS];
};

/**
 * struct xbd_zracer - one of several at work on them
 * @race: the zones
 * @number: which one it is, from 1 on
 * @random: what it does
 * @zone: where a write of it is under way, or NULL
 * @pos: the first byte of that
 * @len: how many they are
 * @writes: how many it has done
 * @resets: how many it has done
 * @problems: what it found wrong
 * @call: its task
 */
struct xbd_zracer {
	struct xbd_zrace *race;
	int number;
	struct rnd_state random;
	struct xbd_zone *zone;
	u64 pos;
	u64 len;
	unsigned int writes;
	unsigned int resets;
	unsigned int problems;
	struct xdrv_test_call *call;
};

/* All that a write takes must be as it was left, and is changed. */
static void xbd_zrace_change(struct xbd_zracer *racer, u64 pos, u64 len, int from, int to)
{
	atomic_t *block = &racer->race->blocks[pos / XBD_ZRACE_BLOCK];
	atomic_t *end = block + len / XBD_ZRACE_BLOCK;

	for (; block < end; block++)
		racer->problems += atomic_cmpxchg(block, from, to) != from;
}

/* It stays under way until the end of a later step. */
static void xbd_zrace_begin_write(struct xbd_zracer *racer, struct xbd_zone *zone)
{
	struct xbd_zones *zones = racer->race->zones;
	bool append = xdrv_test_below(&racer->random, 8);
	u64 pos = append ? xbd_zone_start(zones, zone) : READ_ONCE(zone->wp);
	u64 len = XBD_ZRACE_BLOCK * (1 + xdrv_test_below(&racer->random, 3));

	if (xbd_zone_begin_write(zones, zone, &pos, len, append))
		return;
	if (pos < xbd_zone_start(zones, zone) ||
	    pos + len > xbd_zone_start(zones, zone) + XBD_ZRACE_CAPACITY) {
		racer->problems++;
		return;
	}
	xbd_zrace_change(racer, pos, len, XBD_ZRACE_NOTHING, racer->number);
	racer->zone = zone;
	racer->pos = pos;
	racer->len = len;
}

static void xbd_zrace_end_write(struct xbd_zracer *racer)
{
	bool done = xdrv_test_below(&racer->random, 8);

	xbd_zrace_change(racer, racer->pos, racer->len, racer->number,
			 done ? XBD_ZRACE_DATA : XBD_ZRACE_NOTHING);
	xbd_zone_end_write(racer->race->zones, racer->zone, racer->pos, racer->len, done);
	racer->zone = NULL;
	racer->writes += done;
}

/* A zone that is being reset has nobody who writes, and keeps what it is made: empty. */
static void xbd_zrace_clear(struct xbd_zracer *racer, struct xbd_zone *zone)
{
	u64 start = xbd_zone_start(racer->race->zones, zone);
	atomic_t *block = &racer->race->blocks[start / XBD_ZRACE_BLOCK];
	unsigned int i;

	for (i = 0; i < XBD_ZRACE_BLOCKS; i++)
		racer->problems += atomic_xchg(&block[i], XBD_ZRACE_NOTHING) > XBD_ZRACE_NOTHING;
	cond_resched();
	for (i = 0; i < XBD_ZRACE_BLOCKS; i++)
		racer->problems += atomic_read(&block[i]) != XBD_ZRACE_NOTHING;
	xbd_zone_end_reset(zone);
	racer->resets++;
}

/* Only one lets zones fail, and repairs them, as xbd_zone_set_broken() wants it. */
static void xbd_zrace_break(struct xbd_zracer *racer, struct xbd_zone *zone)
{
	struct xbd_zones *zones = racer->race->zones;

	if (racer->number != 1)
		return;
	if (READ_ONCE(zone->cond) != BLK_ZONE_COND_READONLY)
		xbd_zone_break(zones, zone, BLK_ZONE_COND_READONLY);
	else if (!xbd_zone_begin_repair(zones, zone))
		xbd_zrace_clear(racer, zone);
}

static void xbd_zrace_check_limits(struct xbd_zracer *racer)
{
	struct xbd_zones *zones = racer->race->zones;
	const struct xbd_zone_options *options = &zones->options;
	unsigned int open, active;

	spin_lock(&zones->lock);
	open = zones->nr_with[BLK_ZONE_COND_IMP_OPEN] + zones->nr_with[BLK_ZONE_COND_EXP_OPEN];
	active = open + zones->nr_with[BLK_ZONE_COND_CLOSED];
	spin_unlock(&zones->lock);
	racer->problems += options->max_open && open > options->max_open;
	racer->problems += options->max_active && active > options->max_active;
}

static void xbd_zrace_step(struct xbd_zracer *racer)
{
	struct xbd_zones *zones = racer->race->zones;
	struct xbd_zone *zone = &zones->zones[xdrv_test_below(&racer->random, XBD_ZRACE_ZONES)];

	switch (xdrv_test_below(&racer->random, 64)) {
	case 0:
		xbd_zone_open(zones, zone);
		break;
	case 1 ... 2:
		xbd_zone_close(zones, zone);
		break;
	case 3 ... 4:
		xbd_zone_finish(zones, zone);
		break;
	case 5:
		xbd_zrace_break(racer, zone);
		break;
	case 6 ... 15:
		if (!xbd_zone_begin_reset(zones, zone))
			xbd_zrace_clear(racer, zone);
		break;
	case 16 ... 18:
		xbd_zrace_check_limits(racer);
		break;
	default:
		if (racer->zone)
			xbd_zrace_end_write(racer);
		else
			xbd_zrace_begin_write(racer, zone);
	}
}

static int xbd_zrace_run(void *data)
{
	struct xbd_zracer *racer = data;
	unsigned int i;

	for (i = 0; i < XBD_ZRACE_STEPS; i++) {
		xbd_zrace_step(racer);
		cond_resched();
	}
	if (racer->zone)
		xbd_zrace_end_write(racer);
	return racer->problems;
}

static struct xbd_zracer *xbd_zrace_begin(struct kunit *test, struct xbd_zrace *race, int number,
					  struct rnd_state *random)
{
	struct xbd_zracer *racer = kunit_kzalloc(test, sizeof(*racer), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, racer);
	racer->race = race;
	racer->number = number;
	prandom_seed_state(&racer->random, prandom_u32_state(random));
	racer->call = xdrv_test_call(test, xbd_zrace_run, racer);
	return racer;
}

/* Of a zone that nobody uses any more: what is in it lies before its write pointer. */
static void xbd_zrace_expect_settled(struct kunit *test, struct xbd_zrace *race, unsigned int nr)
{
	struct xbd_zone *zone = &race->zones->zones[nr];
	u64 start = xbd_zone_start(race->zones, zone), pos;

	KUNIT_EXPECT_EQ(test, zone->writers, 0U);
	KUNIT_EXPECT_FALSE(test, zone->is_resetting);
	if (zone->cond == BLK_ZONE_COND_EMPTY)
		KUNIT_EXPECT_EQ(test, zone->wp, start);
	KUNIT_EXPECT_EQ(test, list_empty(&zone->node), zone->cond != BLK_ZONE_COND_IMP_OPEN);
	for (pos = zone->wp; pos < start + XBD_ZRACE_ZONE; pos += XBD_ZRACE_BLOCK)
		KUNIT_EXPECT_EQ(test, atomic_read(&race->blocks[pos / XBD_ZRACE_BLOCK]),
				XBD_ZRACE_NOTHING);
}

static const struct xbd_zrace_kind {
	const char *name;
	unsigned int max_open;
	unsigned int max_active;
} xbd_zrace_kinds[] = {
	{ "no limits" },
	{ "few may be open", 2 },
	{ "few may be open, some more active", 2, 4 },
	{ "one may be open and active", 1, 1 },
};

KUNIT_ARRAY_PARAM_DESC(xbd_zrace_kind, xbd_zrace_kinds, name);

static struct xbd_zrace *xbd_zrace_create(struct kunit *test)
{
	const struct xbd_zrace_kind *kind = test->param_value;
	const struct xbd_zone_options options = {
		.size = XBD_ZRACE_ZONES * XBD_ZRACE_ZONE,
		.zone_size = XBD_ZRACE_ZONE,
		.zone_capacity = XBD_ZRACE_CAPACITY,
		.max_open = kind->max_open,
		.max_active = kind->max_active,
		.node = NUMA_NO_NODE,
	};
	struct xbd_zrace *race = kunit_kzalloc(test, sizeof(*race), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, race);
	race->zones = xbd_test_zones(test, &options);
	return race;
}

static void xbd_zones_serve_all_at_the_same_time(struct kunit *test)
{
	struct rnd_state *random = xdrv_test_random(test);
	struct xbd_zrace *race = xbd_zrace_create(test);
	struct xbd_zracer *racers[XBD_ZRACE_THREADS];
	unsigned int i, writes = 0, resets = 0, nr_with[XBD_ZONE_CONDS] = {};

	for (i = 0; i < XBD_ZRACE_THREADS; i++)
		racers[i] = xbd_zrace_begin(test, race, 1 + i, random);
	for (i = 0; i < XBD_ZRACE_THREADS; i++) {
		KUNIT_EXPECT_EQ(test, xdrv_test_call_result(test, racers[i]->call), 0);
		writes += racers[i]->writes;
		resets += racers[i]->resets;
	}
	for (i = 0; i < XBD_ZRACE_ZONES; i++) {
		xbd_zrace_expect_settled(test, race, i);
		nr_with[race->zones->zones[i].cond]++;
	}
	for (i = 0; i < XBD_ZONE_CONDS; i++)
		KUNIT_EXPECT_EQ(test, race->zones->nr_with[i], nr_with[i]);
	kunit_info(test, "%u writes, %u resets\n", writes, resets);
	KUNIT_EXPECT_GE(test, writes, XBD_ZRACE_STEPS / 10);
	KUNIT_EXPECT_GE(test, resets, XBD_ZRACE_STEPS / 100);
}

static struct kunit_case xbd_zrace_cases[] = {
	KUNIT_CASE_PARAM(xbd_zones_serve_all_at_the_same_time, xbd_zrace_kind_gen_params),
	{}
};

static struct kunit_suite xbd_zrace_suite = {
	.name = "xbd_zones_race",
	.test_cases = xbd_zrace_cases,
};

kunit_test_suite(xbd_zrace_suite);

MODULE_DESCRIPTION("KUnit test of the zones of xbd with everything at the same time");
MODULE_LICENSE("GPL");
