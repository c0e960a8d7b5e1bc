// SPDX-License-Identifier: GPL-2.0-only
/* KUnit test of the store of xbd: all operations at the same time. */
#include <kunit/test.h>
#include <linux/sizes.h>

#include "test_call.h"
#include "test_random.h"
#include "xbd_test.h"

#define XBD_RACE_THREADS 4
#define XBD_RACE_STEPS 20000
#define XBD_RACE_BLOCK 512U
#define XBD_RACE_BLOCKS (XBD_TEST_SIZE / XBD_RACE_BLOCK)
#define XBD_RACE_OWN (XBD_RACE_BLOCKS / XBD_RACE_THREADS)

/*
 * A thread writes to every fourth block, so all of them share every page, and reads and discards
 * everybody's. It marks what it writes with its number and how often it has written the block. A
 * block then holds zeroes, or a mark of its owner; and for the owner, who knows, the last one.
 */
#define XBD_RACE_MARK(number, times) ((number) << 6 | ((times) % 63 + 1))

/**
 * struct xbd_racer - one of several at work on the same store
 * @store: the store
 * @start: where on it
 * @number: which one it is
 * @random: what it does
 * @times: how often it has written each of its blocks
 * @problems: what it found wrong
 * @call: its task
 */
struct xbd_racer {
	struct xbd_store *store;
	u64 start;
	unsigned int number;
	struct rnd_state random;
	u8 times[XBD_RACE_OWN];
	unsigned int problems;
	struct xdrv_test_call *call;
};

static void xbd_race_write(struct xbd_racer *racer, unsigned int own)
{
	u64 nr = own * XBD_RACE_THREADS + racer->number;
	u8 block[XBD_RACE_BLOCK];

	memset(block, XBD_RACE_MARK(racer->number, ++racer->times[own]), sizeof(block));
	if (xbd_test_write(racer->store, racer->start + nr * XBD_RACE_BLOCK, block, sizeof(block)))
		racer->problems++;
}

static void xbd_race_read_own(struct xbd_racer *racer, unsigned int own)
{
	u64 nr = own * XBD_RACE_THREADS + racer->number;
	u8 mark = XBD_RACE_MARK(racer->number, racer->times[own]);
	u8 block[XBD_RACE_BLOCK];
	unsigned int i;

	xbd_test_read(racer->store, racer->start + nr * XBD_RACE_BLOCK, block, sizeof(block));
	for (i = 0; i < sizeof(block); i++)
		if (block[i] && (block[i] != mark || !racer->times[own]))
			break;
	racer->problems += i < sizeof(block);
}

static void xbd_race_read(struct xbd_racer *racer, unsigned int nr)
{
	u8 block[XBD_RACE_BLOCK];
	unsigned int i;

	xbd_test_read(racer->store, racer->start + (u64)nr * XBD_RACE_BLOCK, block, sizeof(block));
	for (i = 0; i < sizeof(block); i++)
		if (block[i] && block[i] >> 6 != nr % XBD_RACE_THREADS)
			break;
	racer->problems += i < sizeof(block);
}

/* Ranges that begin and end anywhere, of up to a leaf, and now and then everything. */
static void xbd_race_zero(struct xbd_racer *racer)
{
	u32 len = 1U << xdrv_test_below(&racer->random, 22);
	u32 pos = xdrv_test_below(&racer->random, XBD_TEST_SIZE - len);

	switch (xdrv_test_below(&racer->random, 64)) {
	case 0:
		xbd_store_discard(racer->store, 0, XBD_STORE_MAX_SIZE);
		break;
	case 1:
		xbd_store_erase(racer->store, racer->start + pos, len);
		break;
	case 2 ... 16:
		xbd_store_zero(racer->store, racer->start + pos, len);
		break;
	default:
		xbd_store_discard(racer->store, racer->start + pos, len);
	}
}

static int xbd_race_run(void *data)
{
	struct xbd_racer *racer = data;
	unsigned int i;

	for (i = 0; i < XBD_RACE_STEPS; i++) {
		unsigned int own = xdrv_test_below(&racer->random, XBD_RACE_OWN);

		switch (xdrv_test_below(&racer->random, 16)) {
		case 0:
			xbd_race_zero(racer);
			break;
		case 1 ... 7:
			xbd_race_write(racer, own);
			break;
		case 8 ... 11:
			xbd_race_read_own(racer, own);
			break;
		default:
			xbd_race_read(racer, xdrv_test_below(&racer->random, XBD_RACE_BLOCKS));
		}
		if (!(i % 16))
			cond_resched();
	}
	return racer->problems;
}

static struct xbd_racer *xbd_race_begin(struct kunit *test, u64 start, unsigned int number,
					struct rnd_state *random)
{
	struct xbd_racer *racer = kunit_kzalloc(test, sizeof(*racer), GFP_KERNEL);
	struct xbd_test *t = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, racer);
	racer->store = &t->store;
	racer->start = start;
	racer->number = number;
	prandom_seed_state(&racer->random, prandom_u32_state(random));
	racer->call = xdrv_test_call(test, xbd_race_run, racer);
	return racer;
}

static const struct xbd_course {
	const char *name;
	u64 start;
	bool huge;
} xbd_courses[] = {
	{ "the beginning", 0 },
	{ "the beginning, huge", 0, true },
	{ "around 512 GiB, huge", BIT_ULL(39) - SZ_2M, true },
	{ "around 512 GiB", BIT_ULL(39) - SZ_2M },
	{ "around 128 PiB", BIT_ULL(57) - SZ_2M - SZ_4K },
};

KUNIT_ARRAY_PARAM_DESC(xbd_course, xbd_courses, name);

static void xbd_store_serves_all_at_the_same_time(struct kunit *test)
{
	const struct xbd_course *course = test->param_value;
	struct rnd_state *random = xdrv_test_random(test);
	struct xbd_racer *racers[XBD_RACE_THREADS];
	struct xbd_test *t = test->priv;
	unsigned int i;

	for (i = 0; i < XBD_RACE_THREADS; i++)
		racers[i] = xbd_race_begin(test, course->start, i, random);
	for (i = 0; i < XBD_RACE_THREADS; i++)
		KUNIT_EXPECT_EQ(test, xdrv_test_call_result(test, racers[i]->call), 0);

	/* Nothing has leaked, and nothing was freed twice. */
	xbd_store_discard(&t->store, 0, XBD_STORE_MAX_SIZE);
	xbd_store_settle(&t->store);
	KUNIT_EXPECT_EQ(test, xbd_store_bytes(&t->store), 0ULL);
	flush_workqueue(t->wq);
	KUNIT_EXPECT_LE(test, xbd_store_overhead(&t->store), xbd_test_least_overhead());
	xbd_test_read(&t->store, course->start, t->buffer, XBD_TEST_SIZE);
	KUNIT_EXPECT_NULL(test, memchr_inv(t->buffer, 0, XBD_TEST_SIZE));
}

static int xbd_race_test_init(struct kunit *test)
{
	const struct xbd_course *course = test->param_value;
	const struct xbd_store_options options = {
		.size = XBD_STORE_MAX_SIZE,
		.node = NUMA_NO_NODE,
		.huge = course->huge,
	};

	return xbd_test_create_with(test, &options);
}

static struct kunit_case xbd_race_cases[] = {
	KUNIT_CASE_PARAM(xbd_store_serves_all_at_the_same_time, xbd_course_gen_params),
	{}
};

static struct kunit_suite xbd_race_suite = {
	.name = "xbd_race",
	.init = xbd_race_test_init,
	.test_cases = xbd_race_cases,
};

kunit_test_suite(xbd_race_suite);

MODULE_DESCRIPTION("KUnit test of the store of xbd with everything at the same time");
MODULE_LICENSE("GPL");
