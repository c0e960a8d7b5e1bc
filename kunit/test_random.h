/* SPDX-License-Identifier: GPL-2.0-only */
/* Random numbers for KUnit tests that can be had again. */
#ifndef XDRV_TEST_RANDOM_H
#define XDRV_TEST_RANDOM_H

#include <kunit/test.h>
#include <linux/prandom.h>

struct rnd_state *xdrv_test_random(struct kunit *test);

/* From 0 to @limit - 1. */
static inline u32 xdrv_test_below(struct rnd_state *random, u32 limit)
{
	return prandom_u32_state(random) % limit;
}

#endif /* XDRV_TEST_RANDOM_H */
