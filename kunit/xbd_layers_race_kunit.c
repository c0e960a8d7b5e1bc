// SPDX-License-Identifier: GPL-2.0-only
/* KUnit test of the layers of xbd: writers, readers, flushes and a merge at the same time. */
#include <kunit/test.h>
#include <linux/sizes.h>

#include "../blockdev/table.h"
#include "test_call.h"
#include "test_random.h"
#include "xbd_layers_test.h"

#define XBD_LRACE_THREADS 4
#define XBD_LRACE_STEPS 12000

/* Half of the store in sectors, half in pages; every fourth of either is a thread's own. */
#define XBD_LRACE_HALF (XBD_TEST_SIZE / 2)
#define XBD_LRACE_SECTOR 512U
#define XBD_LRACE_SECTORS (XBD_LRACE_HALF / XBD_LRACE_SECTOR / XBD_LRACE_THREADS)
#define XBD_LRACE_PAGES ((u32)(XBD_LRACE_HALF / PAGE_SIZE / XBD_LRACE_THREADS))
#define XBD_LRACE_OWN (XBD_LRACE_SECTORS + XBD_LRACE_PAGES)

/* Contents since a flush that are remembered. */
#define XBD_LRACE_CONTENTS 8

/**
 * struct xbd_lrace_block - a sector or a page that only its owner changes
 * @contents: the byte that it is full of: the one that is durable, and those it had since then
 * @nr: how many of these; the last one is what is read now
 */
struct xbd_lrace_block {
	u8 contents[XBD_LRACE_CONTENTS];
	u8 nr;
};

/**
 * struct xbd_lracer - one of several at work on the same layers
 * @layers: the layers
 * @number: which one it is
 * @random: what it does
 * @blocks: what it knows of its own
 * @buffer: a page
 * @writes: how many it made
 * @problems: what it found wrong
 */
struct xbd_lracer {
	struct xbd_layers *layers;
	unsigned int number;
	struct rnd_state random;
	struct xbd_lrace_block blocks[XBD_LRACE_OWN];
	u8 buffer[PAGE_SIZE];
	unsigned int writes;
	unsigned int problems;
};

static u64 xbd_lrace_pos(const struct xbd_lracer *racer, unsigned int own, size_t *len)
{
	if (own < XBD_LRACE_SECTORS) {
		*len = XBD_LRACE_SECTOR;
		return (u64)(own * XBD_LRACE_THREADS + racer->number) * XBD_LRACE_SECTOR;
	}
	*len = PAGE_SIZE;
	own -= XBD_LRACE_SECTORS;
	return XBD_LRACE_HALF + (u64)(own * XBD_LRACE_THREADS + racer->number) * PAGE_SIZE;
}

static void xbd_lrace_settle(struct xbd_lrace_block *block)
{
	block->contents[0] = block->contents[block->nr - 1];
	block->nr = 1;
}

/* All that this one wrote is durable then; others' may be. */
static void xbd_lrace_flush(struct xbd_lracer *racer)
{
	unsigned int own;

	if (xbd_layers_test_flush(racer->layers))
		racer->problems++;
	for (own = 0; own < XBD_LRACE_OWN; own++)
		xbd_lrace_settle(&racer->blocks[own]);
}

static void xbd_lrace_change(struct xbd_lracer *racer, unsigned int own)
{
	struct xbd_lrace_block *block = &racer->blocks[own];
	bool fua = !xdrv_test_below(&racer->random, 4);
	bool discard = !xdrv_test_below(&racer->random, 4);
	u8 content = discard ? 0 : ++racer->writes % 255 + 1;
	size_t len;
	u64 pos = xbd_lrace_pos(racer, own, &len);
	int err;

	if (block->nr == XBD_LRACE_CONTENTS)
		xbd_lrace_flush(racer);
	memset(racer->buffer, content, len);
	if (discard)
		err = xbd_layers_test_discard(racer->layers, pos, len);
	else
		err = xbd_layers_test_write_nowait(racer->layers, pos, racer->buffer, len, fua);
	racer->problems += !!err;
	block->contents[block->nr++] = content;
	if (fua && !discard)
		xbd_lrace_settle(block);
}

/* The byte that a block is full of, or -1. */
static int xbd_lrace_content(struct xbd_lracer *racer, unsigned int own)
{
	size_t len;
	u64 pos = xbd_lrace_pos(racer, own, &len);

	xbd_layers_test_read(racer->layers, pos, racer->buffer, len);
	return memchr_inv(racer->buffer, racer->buffer[0], len) ? -1 : racer->buffer[0];
}

static void xbd_lrace_read(struct xbd_lracer *racer, unsigned int own)
{
	const struct xbd_lrace_block *block = &racer->blocks[own];

	racer->problems += xbd_lrace_content(racer, own) != block->contents[block->nr - 1];
}

static int xbd_lrace_work(void *data)
{
	struct xbd_lracer *racer = data;
	unsigned int i;

	for (i = 0; i < XBD_LRACE_STEPS; i++) {
		unsigned int own = xdrv_test_below(&racer->random, XBD_LRACE_OWN);

		switch (xdrv_test_below(&racer->random, 64)) {
		case 0:
			xbd_lrace_flush(racer);
			break;
		case 1 ... 31:
			xbd_lrace_change(racer, own);
			break;
		default:
			xbd_lrace_read(racer, own);
		}
		if (!(i % 16))
			cond_resched();
	}
	return racer->problems;
}

static struct xbd_lracer *xbd_lrace_create(struct kunit *test, struct xbd_layers *layers,
					   unsigned int number, struct rnd_state *random)
{
	struct xbd_lracer *racer = kvzalloc(sizeof(*racer), GFP_KERNEL);
	unsigned int own;

	KUNIT_ASSERT_NOT_NULL(test, racer);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, xbd_test_free, racer), 0);
	racer->layers = layers;
	racer->number = number;
	prandom_seed_state(&racer->random, prandom_u32_state(random));
	for (own = 0; own < XBD_LRACE_OWN; own++)
		racer->blocks[own].nr = 1;
	return racer;
}

static void xbd_lrace_run(struct kunit *test, struct xbd_lracer **racers)
{
	struct xdrv_test_call *calls[XBD_LRACE_THREADS];
	unsigned int i;

	for (i = 0; i < XBD_LRACE_THREADS; i++)
		calls[i] = xdrv_test_call(test, xbd_lrace_work, racers[i]);
	/* What goes on at the same time as all this. */
	if (racers[0]->layers->merging)
		KUNIT_EXPECT_EQ(test, xbd_layers_merge_snapshot(racers[0]->layers), 0);
	for (i = 0; i < XBD_LRACE_THREADS; i++)
		KUNIT_EXPECT_EQ(test, xdrv_test_call_result(test, calls[i]), 0);
}

/* What each block holds after a cut is something that its owner wrote and no flush made old. */
static void xbd_lrace_check_cut(struct kunit *test, struct xbd_lracer **racers)
{
	unsigned int i, own, wrong = 0;

	xbd_layers_empty(racers[0]->layers, XBD_CACHE);
	for (i = 0; i < XBD_LRACE_THREADS; i++) {
		for (own = 0; own < XBD_LRACE_OWN; own++) {
			struct xbd_lrace_block *block = &racers[i]->blocks[own];
			int content = xbd_lrace_content(racers[i], own);

			if (content < 0 || !memchr(block->contents, content, block->nr))
				wrong++;
			block->contents[0] = content;
			block->nr = 1;
		}
	}
	KUNIT_EXPECT_EQ(test, wrong, 0U);
}

static const struct xbd_lrace_kind {
	const char *name;
	u64 cache;
	bool huge;
} xbd_lrace_kinds[] = {
	{ "a large cache", SZ_16M },
	{ "a small cache", SZ_128K },
	{ "a small cache, huge", SZ_128K, true },
	{ "no cache", 0 },
};

KUNIT_ARRAY_PARAM_DESC(xbd_lrace_kind, xbd_lrace_kinds, name);

static void xbd_layers_serve_all_at_the_same_time(struct kunit *test)
{
	const struct xbd_lrace_kind *kind = test->param_value;
	struct xbd_layers *layers = xbd_layers_test_create(test);
	struct rnd_state *random = xdrv_test_random(test);
	struct xbd_lracer *racers[XBD_LRACE_THREADS];
	struct xbd_test *t = test->priv;
	u64 pages = xbd_store_pages(layers->stores[XBD_BASE]);
	unsigned int i;

	if (kind->cache)
		xbd_layers_test_add_cache(test, layers, kind->cache);
	for (i = 0; i < XBD_LRACE_THREADS; i++)
		racers[i] = xbd_lrace_create(test, layers, i, random);

	xbd_lrace_run(test, racers);
	xbd_lrace_check_cut(test, racers);
	xbd_layers_test_take_snapshot(test, layers);
	xbd_lrace_run(test, racers);
	xbd_lrace_check_cut(test, racers);
	layers->merging = true;
	xbd_lrace_run(test, racers);
	/* Nothing is left in it; what was replaced is free when no reader can have it. */
	KUNIT_EXPECT_EQ(test, xbd_store_next(layers->stores[XBD_SNAPSHOT], 0, pages), pages);
	xbd_layers_settle(layers);
	KUNIT_EXPECT_EQ(test, xbd_layers_bytes(layers, XBD_SNAPSHOT), 0);
	xbd_layers_test_end_merge(layers);
	xbd_lrace_check_cut(test, racers);

	/* Nothing has leaked, and nothing was freed twice. */
	xbd_layers_erase(layers, 0, XBD_TEST_SIZE);
	xbd_layers_settle(layers);
	KUNIT_EXPECT_EQ(test, xbd_layers_test_bytes(layers), 0);
	KUNIT_EXPECT_EQ(test, xbd_layers_dirty(layers), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&t->store.limit->charged), 0);
}

static int xbd_lrace_test_init(struct kunit *test)
{
	const struct xbd_lrace_kind *kind = test->param_value;
	const struct xbd_store_options options = {
		.size = XBD_TEST_SIZE,
		.mem_limit = SZ_1G,
		.node = NUMA_NO_NODE,
		.huge = kind->huge,
	};

	return xbd_test_create_with(test, &options);
}

static struct kunit_case xbd_lrace_cases[] = {
	KUNIT_CASE_PARAM(xbd_layers_serve_all_at_the_same_time, xbd_lrace_kind_gen_params),
	{}
};

static struct kunit_suite xbd_lrace_suite = {
	.name = "xbd_layers_race",
	.init = xbd_lrace_test_init,
	.test_cases = xbd_lrace_cases,
};

kunit_test_suite(xbd_lrace_suite);

MODULE_DESCRIPTION("KUnit test of the layers of xbd with everything at the same time");
MODULE_LICENSE("GPL");
