// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit test of the layers of xbd: random operations and power cuts, on them and on a model that
 * knows which contents each sector may have after a cut.
 */
#include <kunit/test.h>
#include <linux/sizes.h>

#include "test_random.h"
#include "xbd_layers_test.h"

#define XBD_CUTS_STEPS 6000
#define XBD_CUTS_SECTOR 512U
#define XBD_CUTS_SECTORS (XBD_TEST_SIZE / XBD_CUTS_SECTOR)

/* So many contents are remembered since the last flush. */
#define XBD_CUTS_CONTENTS 6

/**
 * struct xbd_cuts_sector - what a sector may hold: the number of a write, or 0 for zeroes
 * @now: what is read
 * @durable: what is read after a cut, if nothing has gone down by itself
 * @also: what it had since it was @durable, up to @now
 * @nr: how many of these
 * @snapshot: what it had when the snapshot was taken
 */
struct xbd_cuts_sector {
	u32 now;
	u32 durable;
	u32 also[XBD_CUTS_CONTENTS];
	u32 nr;
	u32 snapshot;
};

/**
 * struct xbd_cuts - the layers and the model of them
 * @layers: the layers
 * @random: what is to be done
 * @exact: whether the cache is so large that nothing goes down by itself
 * @writes: number of the last write
 * @sectors: the model
 */
struct xbd_cuts {
	struct xbd_layers *layers;
	struct rnd_state *random;
	bool exact;
	u32 writes;
	struct xbd_cuts_sector *sectors;
};

static const struct xbd_cuts_kind {
	const char *name;
	u64 cache;
	bool huge;
} xbd_cuts_kinds[] = {
	{ "no cache", 0 },
	{ "a cache with room for everything", SZ_16M },
	{ "a cache with room for everything, huge", SZ_16M, true },
	{ "a small cache", SZ_64K },
	{ "a small cache, huge", SZ_64K, true },
	{ "a cache of one page", SZ_4K },
};

KUNIT_ARRAY_PARAM_DESC(xbd_cuts_kind, xbd_cuts_kinds, name);

/* ---- the model ---- */

static void xbd_cuts_set_durable(struct xbd_cuts_sector *s, u32 content)
{
	s->now = content;
	s->durable = content;
	s->nr = 0;
}

static void xbd_cuts_set_now(struct xbd_cuts *c, struct xbd_cuts_sector *s, u32 content)
{
	if (!c->layers->stores[XBD_CACHE]) {
		xbd_cuts_set_durable(s, content);
		return;
	}
	s->now = content;
	s->also[s->nr++] = content;
}

static void xbd_cuts_all_durable(struct xbd_cuts *c)
{
	u32 i;

	for (i = 0; i < XBD_CUTS_SECTORS; i++)
		xbd_cuts_set_durable(&c->sectors[i], c->sectors[i].now);
}

/* Whether it may hold this after a cut. */
static bool xbd_cuts_may_hold(const struct xbd_cuts *c, const struct xbd_cuts_sector *s,
			      u32 content)
{
	u32 i;

	if (content == s->durable)
		return true;
	for (i = 0; !c->exact && i < s->nr; i++)
		if (content == s->also[i])
			return true;
	return false;
}

/* ---- the layers ---- */

static void xbd_cuts_flush(struct kunit *test, struct xbd_cuts *c)
{
	KUNIT_ASSERT_EQ(test, xbd_layers_test_flush(c->layers), 0);
	xbd_cuts_all_durable(c);
}

/* Room in the memory of the model for one more content. */
static void xbd_cuts_make_room(struct kunit *test, struct xbd_cuts *c, u32 first, u32 nr)
{
	u32 i;

	for (i = first; i < first + nr; i++) {
		if (c->sectors[i].nr == XBD_CUTS_CONTENTS) {
			xbd_cuts_flush(test, c);
			return;
		}
	}
}

static void xbd_cuts_fill(u8 *buffer, u32 content, u32 nr)
{
	u32 *words = (u32 *)buffer, i;

	for (i = 0; i < nr * XBD_CUTS_SECTOR / sizeof(u32); i++)
		words[i] = content;
}

/* In two parts, which need not be made of sectors where nobody can come between them. */
static void xbd_cuts_write(struct kunit *test, struct xbd_cuts *c, u32 first, u32 nr)
{
	u32 len = nr * XBD_CUTS_SECTOR, cut = xdrv_test_below(c->random, len + 1);
	bool fua = !xdrv_test_below(c->random, 4);
	u64 pos = (u64)first * XBD_CUTS_SECTOR;
	struct xbd_test *t = test->priv;
	u32 i;

	if (!c->exact)
		cut = round_down(cut, XBD_CUTS_SECTOR);
	xbd_cuts_make_room(test, c, first, nr);
	xbd_cuts_fill(t->buffer, ++c->writes, nr);
	KUNIT_ASSERT_EQ(test, xbd_layers_test_write_nowait(c->layers, pos, t->buffer, cut, fua), 0);
	KUNIT_ASSERT_EQ(test, xbd_layers_test_write(c->layers, pos + cut, t->buffer + cut,
						    len - cut, fua), 0);
	for (i = first; i < first + nr; i++) {
		if (fua)
			xbd_cuts_set_durable(&c->sectors[i], c->writes);
		else
			xbd_cuts_set_now(c, &c->sectors[i], c->writes);
	}
}

static void xbd_cuts_discard(struct kunit *test, struct xbd_cuts *c, u32 first, u32 nr)
{
	u32 i;

	xbd_cuts_make_room(test, c, first, nr);
	KUNIT_ASSERT_EQ(test, xbd_layers_test_discard(c->layers, (u64)first * XBD_CUTS_SECTOR,
						      (u64)nr * XBD_CUTS_SECTOR), 0);
	for (i = first; i < first + nr; i++)
		xbd_cuts_set_now(c, &c->sectors[i], 0);
}

static void xbd_cuts_forget(struct xbd_cuts *c, u32 first, u32 nr)
{
	u32 i;

	for (i = first; i < first + nr; i++) {
		xbd_cuts_set_durable(&c->sectors[i], 0);
		c->sectors[i].snapshot = 0;
	}
}

static void xbd_cuts_erase(struct kunit *test, struct xbd_cuts *c, u32 first, u32 nr)
{
	xbd_layers_erase(c->layers, (u64)first * XBD_CUTS_SECTOR, (u64)nr * XBD_CUTS_SECTOR);
	xbd_cuts_forget(c, first, nr);
}

static void xbd_cuts_resize(struct kunit *test, struct xbd_cuts *c, u32 end)
{
	if (!end)
		return;
	KUNIT_ASSERT_EQ(test, xbd_layers_resize(c->layers, (u64)end * XBD_CUTS_SECTOR), 0);
	KUNIT_ASSERT_EQ(test, xbd_layers_resize(c->layers, XBD_TEST_SIZE), 0);
	xbd_cuts_all_durable(c);
	xbd_cuts_forget(c, end, XBD_CUTS_SECTORS - end);
}

/* All bytes of a sector are of the same write. Returns its number. */
static u32 xbd_cuts_content(struct kunit *test, const u8 *buffer, u32 sector)
{
	const u32 *words = (const u32 *)buffer;
	u32 i;

	for (i = 1; i < XBD_CUTS_SECTOR / sizeof(u32); i++)
		if (words[i] != words[0])
			KUNIT_FAIL_AND_ABORT(test, "sector %u: of writes %u and %u", sector,
					     words[0], words[i]);
	return words[0];
}

static void xbd_cuts_read(struct kunit *test, struct xbd_cuts *c, u32 first, u32 nr)
{
	struct xbd_test *t = test->priv;
	u32 i;

	xbd_layers_test_read(c->layers, (u64)first * XBD_CUTS_SECTOR, t->buffer,
			     nr * XBD_CUTS_SECTOR);
	for (i = 0; i < nr; i++) {
		u32 content = xbd_cuts_content(test, t->buffer + i * XBD_CUTS_SECTOR, first + i);

		if (content != c->sectors[first + i].now)
			KUNIT_FAIL_AND_ABORT(test, "sector %u: %u, wanted %u", first + i, content,
					     c->sectors[first + i].now);
	}
}

static void xbd_cuts_cut(struct kunit *test, struct xbd_cuts *c)
{
	struct xbd_test *t = test->priv;
	u32 i;

	xbd_layers_empty(c->layers, XBD_CACHE);
	xbd_layers_test_read(c->layers, 0, t->buffer, XBD_TEST_SIZE);
	for (i = 0; i < XBD_CUTS_SECTORS; i++) {
		u32 content = xbd_cuts_content(test, t->buffer + i * XBD_CUTS_SECTOR, i);

		if (!xbd_cuts_may_hold(c, &c->sectors[i], content))
			KUNIT_FAIL_AND_ABORT(test, "sector %u after a cut: %u, durable was %u", i,
					     content, c->sectors[i].durable);
		xbd_cuts_set_durable(&c->sectors[i], content);
	}
}

static void xbd_cuts_take_snapshot(struct kunit *test, struct xbd_cuts *c)
{
	u32 i;

	xbd_layers_test_take_snapshot(test, c->layers);
	xbd_cuts_all_durable(c);
	for (i = 0; i < XBD_CUTS_SECTORS; i++)
		c->sectors[i].snapshot = c->sectors[i].now;
}

static void xbd_cuts_roll_back(struct kunit *test, struct xbd_cuts *c)
{
	u32 i;

	xbd_layers_empty(c->layers, XBD_CACHE);
	xbd_layers_empty(c->layers, XBD_SNAPSHOT);
	for (i = 0; i < XBD_CUTS_SECTORS; i++)
		xbd_cuts_set_durable(&c->sectors[i], c->sectors[i].snapshot);
}

/* From none to one, back to it, and, with steps in between, to none again. */
static void xbd_cuts_snapshot(struct kunit *test, struct xbd_cuts *c)
{
	struct xbd_layers *layers = c->layers;

	if (!layers->stores[XBD_SNAPSHOT])
		xbd_cuts_take_snapshot(test, c);
	else if (layers->merging)
		xbd_layers_test_drop_snapshot(test, layers);
	else if (xdrv_test_below(c->random, 2))
		xbd_cuts_roll_back(test, c);
	else
		layers->merging = true;
}

static void xbd_cuts_step(struct kunit *test, struct xbd_cuts *c)
{
	u32 nr = xdrv_test_below(c->random, 1U << (1 + xdrv_test_below(c->random, 13))) + 1;
	u32 first;

	nr = min(nr, XBD_CUTS_SECTORS);
	first = xdrv_test_below(c->random, XBD_CUTS_SECTORS - nr + 1);
	switch (xdrv_test_below(c->random, 128)) {
	case 0:
		xbd_cuts_resize(test, c, first);
		break;
	case 1 ... 3:
		xbd_cuts_snapshot(test, c);
		break;
	case 4 ... 5:
		xbd_cuts_cut(test, c);
		break;
	case 6 ... 10:
		xbd_cuts_flush(test, c);
		break;
	case 11 ... 13:
		xbd_cuts_erase(test, c, first, nr);
		break;
	case 14 ... 33:
		xbd_cuts_discard(test, c, first, nr);
		break;
	case 34 ... 83:
		xbd_cuts_write(test, c, first, nr);
		break;
	default:
		xbd_cuts_read(test, c, first, nr);
	}
}

/* Every page is counted where it is, and all of them go in the end. */
static void xbd_cuts_expect_no_memory(struct kunit *test, struct xbd_cuts *c)
{
	struct xbd_layers *layers = c->layers;
	struct xbd_test *t = test->priv;

	xbd_cuts_flush(test, c);
	KUNIT_EXPECT_EQ(test, xbd_layers_dirty(layers), 0);
	if (layers->stores[XBD_SNAPSHOT])
		xbd_layers_test_drop_snapshot(test, layers);
	xbd_layers_settle(layers);
	KUNIT_EXPECT_EQ(test, xbd_layers_bytes(layers, XBD_CACHE), 0);
	xbd_cuts_read(test, c, 0, XBD_CUTS_SECTORS);
	xbd_test_read(&t->store, 0, t->model, XBD_TEST_SIZE);
	KUNIT_EXPECT_EQ(test, memcmp(t->model, t->buffer, XBD_TEST_SIZE), 0);

	KUNIT_EXPECT_EQ(test, xbd_layers_discard(layers, 0, XBD_TEST_SIZE), 0);
	KUNIT_EXPECT_EQ(test, xbd_layers_flush(layers), 0);
	xbd_store_discard(&t->store, 0, XBD_TEST_SIZE);
	xbd_layers_settle(layers);
	flush_workqueue(t->wq);
	KUNIT_EXPECT_EQ(test, xbd_layers_test_bytes(layers), 0);
	KUNIT_EXPECT_EQ(test, xbd_store_overhead(&t->store), xbd_test_least_overhead());
	KUNIT_EXPECT_EQ(test, atomic_long_read(&t->store.limit->charged), 0);
}

static void xbd_layers_do_what_the_model_allows(struct kunit *test)
{
	const struct xbd_cuts_kind *kind = test->param_value;
	struct xbd_cuts *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, c);
	c->sectors = kvcalloc(XBD_CUTS_SECTORS, sizeof(*c->sectors), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, c->sectors);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, xbd_test_free, c->sectors), 0);
	c->layers = xbd_layers_test_create(test);
	c->random = xdrv_test_random(test);
	c->exact = kind->cache > XBD_TEST_SIZE;
	if (kind->cache)
		xbd_layers_test_add_cache(test, c->layers, kind->cache);
	for (i = 0; i < XBD_CUTS_STEPS; i++)
		xbd_cuts_step(test, c);
	xbd_cuts_expect_no_memory(test, c);
}

/* With a limit that is never reached, so that what is charged is counted. */
static int xbd_cuts_test_init(struct kunit *test)
{
	const struct xbd_cuts_kind *kind = test->param_value;
	const struct xbd_store_options options = {
		.size = XBD_TEST_SIZE,
		.mem_limit = SZ_1G,
		.node = NUMA_NO_NODE,
		.huge = kind->huge,
	};

	return xbd_test_create_with(test, &options);
}

static struct kunit_case xbd_cuts_cases[] = {
	KUNIT_CASE_PARAM(xbd_layers_do_what_the_model_allows, xbd_cuts_kind_gen_params),
	{}
};

static struct kunit_suite xbd_cuts_suite = {
	.name = "xbd_cuts",
	.init = xbd_cuts_test_init,
	.test_cases = xbd_cuts_cases,
};

kunit_test_suite(xbd_cuts_suite);

MODULE_DESCRIPTION("KUnit test of the layers of xbd against a model of power cuts");
MODULE_LICENSE("GPL");
