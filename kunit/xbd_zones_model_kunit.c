// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of the zones of xbd: random operations, on them and on a model that does the same. */
#include <kunit/test.h>
#include <linux/sizes.h>

#include "test_random.h"
#include "xbd_zones_test.h"

#define XBD_MODEL_ZONES 12
#define XBD_MODEL_ZONE SZ_64K
#define XBD_MODEL_STEPS 20000

static const struct xbd_zones_kind {
	const char *name;
	unsigned int nr_conv;
	u64 capacity;
	unsigned int max_open;
	unsigned int max_active;
} xbd_zones_kinds[] = {
	{ "no limits", 0, SZ_64K },
	{ "conventional zones, less capacity", 3, SZ_32K + 512 },
	{ "few may be open", 2, SZ_64K, 3 },
	{ "few may be active", 0, SZ_32K, 0, 4 },
	{ "few may be open, some more active", 1, SZ_64K, 2, 5 },
	{ "one may be open and active", 0, SZ_16K, 1, 1 },
};

KUNIT_ARRAY_PARAM_DESC(xbd_zones_kind, xbd_zones_kinds, name);

/**
 * struct xbd_zones_model - what should be
 * @kind: limits and sizes
 * @random: what is to be done
 * @cond: of each zone
 * @written: bytes of each zone
 * @opened: when each was opened implicitly
 * @now: counts on
 */
struct xbd_zones_model {
	const struct xbd_zones_kind *kind;
	struct rnd_state *random;
	unsigned int cond[XBD_MODEL_ZONES];
	u64 written[XBD_MODEL_ZONES];
	unsigned int opened[XBD_MODEL_ZONES];
	unsigned int now;
};

static unsigned int xbd_zones_model_count(const struct xbd_zones_model *m, unsigned int cond)
{
	unsigned int i, nr = 0;

	for (i = 0; i < XBD_MODEL_ZONES; i++)
		nr += m->cond[i] == cond;
	return nr;
}

static unsigned int xbd_zones_model_closed(const struct xbd_zones_model *m, unsigned int nr)
{
	return m->written[nr] ? BLK_ZONE_COND_CLOSED : BLK_ZONE_COND_EMPTY;
}

static void xbd_zones_model_close_oldest(struct xbd_zones_model *m)
{
	unsigned int i, oldest = XBD_MODEL_ZONES;

	for (i = 0; i < XBD_MODEL_ZONES; i++)
		if (m->cond[i] == BLK_ZONE_COND_IMP_OPEN &&
		    (oldest == XBD_MODEL_ZONES || m->opened[i] < m->opened[oldest]))
			oldest = i;
	m->cond[oldest] = xbd_zones_model_closed(m, oldest);
}

/* From empty or closed. */
static blk_status_t xbd_zones_model_room(struct xbd_zones_model *m, unsigned int nr)
{
	unsigned int implicit = xbd_zones_model_count(m, BLK_ZONE_COND_IMP_OPEN);
	unsigned int open = implicit + xbd_zones_model_count(m, BLK_ZONE_COND_EXP_OPEN);
	unsigned int active = open + xbd_zones_model_count(m, BLK_ZONE_COND_CLOSED);

	if (m->kind->max_active && m->cond[nr] == BLK_ZONE_COND_EMPTY &&
	    active >= m->kind->max_active)
		return BLK_STS_ZONE_ACTIVE_RESOURCE;
	if (!m->kind->max_open || open < m->kind->max_open)
		return BLK_STS_OK;
	if (!implicit)
		return BLK_STS_ZONE_OPEN_RESOURCE;
	xbd_zones_model_close_oldest(m);
	return BLK_STS_OK;
}

static bool xbd_zones_model_is(const struct xbd_zones_model *m, unsigned int nr, unsigned int a,
			       unsigned int b)
{
	return m->cond[nr] == a || m->cond[nr] == b;
}

static bool xbd_zones_model_is_open(const struct xbd_zones_model *m, unsigned int nr)
{
	return xbd_zones_model_is(m, nr, BLK_ZONE_COND_IMP_OPEN, BLK_ZONE_COND_EXP_OPEN);
}

static bool xbd_zones_model_is_idle(const struct xbd_zones_model *m, unsigned int nr)
{
	return xbd_zones_model_is(m, nr, BLK_ZONE_COND_EMPTY, BLK_ZONE_COND_CLOSED);
}

/* To @cond from open, and from empty or closed if there is room. */
static blk_status_t xbd_zones_model_go(struct xbd_zones_model *m, unsigned int nr,
				       unsigned int cond)
{
	blk_status_t status = BLK_STS_OK;

	if (xbd_zones_model_is_idle(m, nr))
		status = xbd_zones_model_room(m, nr);
	else if (!xbd_zones_model_is_open(m, nr))
		return m->cond[nr] == cond ? BLK_STS_OK : BLK_STS_IOERR;
	if (!status)
		m->cond[nr] = cond;
	return status;
}

/* @done: what comes after it has its place works. */
static blk_status_t xbd_zones_model_write(struct xbd_zones_model *m, unsigned int nr, u64 offset,
					  u64 len, bool done)
{
	blk_status_t status;

	if (offset != m->written[nr] || offset + len > m->kind->capacity)
		return BLK_STS_IOERR;
	if (xbd_zones_model_is_idle(m, nr)) {
		status = xbd_zones_model_go(m, nr, BLK_ZONE_COND_IMP_OPEN);
		if (status)
			return status;
		m->opened[nr] = ++m->now;
	} else if (!xbd_zones_model_is_open(m, nr)) {
		return BLK_STS_IOERR;
	}
	if (done)
		m->written[nr] += len;
	if (m->written[nr] == m->kind->capacity)
		m->cond[nr] = BLK_ZONE_COND_FULL;
	return BLK_STS_OK;
}

static void xbd_zones_model_step_write(struct kunit *test, struct xbd_zones_model *m,
				       struct xbd_zones *zones, unsigned int nr)
{
	u64 start = (u64)nr * XBD_MODEL_ZONE, offset = m->written[nr], pos = start;
	u64 len = 512 * (1 + xdrv_test_below(m->random, 40));
	bool append = xdrv_test_below(m->random, 2), done = xdrv_test_below(m->random, 8);
	blk_status_t status;

	if (!append) {
		if (!xdrv_test_below(m->random, 8))
			offset = 512 * xdrv_test_below(m->random, XBD_MODEL_ZONE / 512);
		pos += offset;
	}
	if (xdrv_test_below(m->random, 2) && offset < m->kind->capacity)
		len = min(len, m->kind->capacity - offset);
	status = xbd_zone_begin_write(zones, &zones->zones[nr], &pos, len, append);
	KUNIT_ASSERT_EQ(test, status, xbd_zones_model_write(m, nr, offset, len, done));
	if (status)
		return;
	KUNIT_ASSERT_EQ(test, pos, start + offset);
	xbd_zone_end_write(zones, &zones->zones[nr], pos, len, done);
}

static blk_status_t xbd_zones_model_close(struct xbd_zones_model *m, unsigned int nr)
{
	if (xbd_zones_model_is_open(m, nr))
		m->cond[nr] = xbd_zones_model_closed(m, nr);
	else if (m->cond[nr] != BLK_ZONE_COND_CLOSED)
		return BLK_STS_IOERR;
	return BLK_STS_OK;
}

static blk_status_t xbd_zones_model_reset(struct xbd_zones_model *m, unsigned int nr)
{
	if (xbd_zones_model_is(m, nr, BLK_ZONE_COND_READONLY, BLK_ZONE_COND_OFFLINE) ||
	    m->cond[nr] == BLK_ZONE_COND_NOT_WP)
		return BLK_STS_IOERR;
	m->written[nr] = 0;
	m->cond[nr] = BLK_ZONE_COND_EMPTY;
	return BLK_STS_OK;
}

/* It fails, or is repaired. */
static void xbd_zones_model_step_break(struct kunit *test, struct xbd_zones_model *m,
				       struct xbd_zones *zones, unsigned int nr)
{
	unsigned int cond = xdrv_test_below(m->random, 2) ? BLK_ZONE_COND_READONLY :
			    BLK_ZONE_COND_OFFLINE;

	if (nr < m->kind->nr_conv)
		return;
	if (m->cond[nr] != cond) {
		xbd_zone_break(zones, &zones->zones[nr], cond);
		m->cond[nr] = cond;
		return;
	}
	KUNIT_ASSERT_EQ(test, xbd_zone_begin_repair(zones, &zones->zones[nr]), BLK_STS_OK);
	xbd_zone_end_reset(&zones->zones[nr]);
	m->written[nr] = 0;
	m->cond[nr] = BLK_ZONE_COND_EMPTY;
}

static void xbd_zones_model_step(struct kunit *test, struct xbd_zones_model *m,
				 struct xbd_zones *zones)
{
	unsigned int nr = xdrv_test_below(m->random, XBD_MODEL_ZONES);
	struct xbd_zone *zone = &zones->zones[nr];

	switch (xdrv_test_below(m->random, 32)) {
	case 0 ... 2:
		KUNIT_ASSERT_EQ(test, xbd_zone_open(zones, zone),
				xbd_zones_model_go(m, nr, BLK_ZONE_COND_EXP_OPEN));
		break;
	case 3 ... 5:
		KUNIT_ASSERT_EQ(test, xbd_zone_close(zones, zone), xbd_zones_model_close(m, nr));
		break;
	case 6 ... 7:
		KUNIT_ASSERT_EQ(test, xbd_zone_finish(zones, zone),
				xbd_zones_model_go(m, nr, BLK_ZONE_COND_FULL));
		break;
	case 8 ... 12:
		KUNIT_ASSERT_EQ(test, xbd_test_zone_reset(zones, nr),
				xbd_zones_model_reset(m, nr));
		break;
	case 13:
		xbd_zones_model_step_break(test, m, zones, nr);
		break;
	default:
		if (nr >= m->kind->nr_conv)
			xbd_zones_model_step_write(test, m, zones, nr);
	}
}

/* Where reading finds data. */
static void xbd_zones_model_expect_end(struct kunit *test, const struct xbd_zones_model *m,
				       const struct xbd_zones *zones, unsigned int nr)
{
	u64 start = (u64)nr * XBD_MODEL_ZONE, end;
	blk_status_t status = xbd_zone_read_end(zones, start, &end);

	KUNIT_ASSERT_EQ(test, status, m->cond[nr] == BLK_ZONE_COND_OFFLINE ? BLK_STS_IOERR :
			BLK_STS_OK);
	if (!status)
		KUNIT_ASSERT_EQ(test, end - start, nr < m->kind->nr_conv ? XBD_MODEL_ZONE :
				m->written[nr]);
}

static void xbd_zones_agree_with_a_model(struct kunit *test)
{
	struct xbd_zones_model *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	const struct xbd_zones_kind *kind = test->param_value;
	const struct xbd_zone_options options = {
		.size = XBD_MODEL_ZONES * XBD_MODEL_ZONE,
		.zone_size = XBD_MODEL_ZONE,
		.zone_capacity = kind->capacity,
		.nr_conv = kind->nr_conv,
		.max_open = kind->max_open,
		.max_active = kind->max_active,
		.node = NUMA_NO_NODE,
	};
	struct xbd_zones *zones = xbd_test_zones(test, &options);
	unsigned int i, nr;

	KUNIT_ASSERT_NOT_NULL(test, m);
	m->kind = kind;
	m->random = xdrv_test_random(test);
	for (nr = 0; nr < XBD_MODEL_ZONES; nr++)
		m->cond[nr] = nr < kind->nr_conv ? BLK_ZONE_COND_NOT_WP : BLK_ZONE_COND_EMPTY;
	for (i = 0; i < XBD_MODEL_STEPS; i++) {
		xbd_zones_model_step(test, m, zones);
		nr = i % XBD_MODEL_ZONES;
		KUNIT_ASSERT_EQ(test, xbd_test_zone_cond(zones, nr), m->cond[nr]);
		xbd_zones_model_expect_end(test, m, zones, nr);
	}
	for (i = 0; i < XBD_ZONE_CONDS; i++)
		KUNIT_EXPECT_EQ(test, zones->nr_with[i], xbd_zones_model_count(m, i));
}

static struct kunit_case xbd_zones_model_cases[] = {
	KUNIT_CASE_PARAM(xbd_zones_agree_with_a_model, xbd_zones_kind_gen_params),
	{}
};

static struct kunit_suite xbd_zones_model_suite = {
	.name = "xbd_zones_model",
	.test_cases = xbd_zones_model_cases,
};

kunit_test_suite(xbd_zones_model_suite);

MODULE_DESCRIPTION("KUnit tests of the zones of xbd against a model");
MODULE_LICENSE("GPL");
