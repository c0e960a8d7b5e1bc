// SPDX-License-Identifier: GPL-2.0-only
/* Random numbers: others in each run, the same for each test of it, and told when one fails. */
#include <linux/moduleparam.h>
#include <linux/random.h>

#include "test_random.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "xdrv_kunit."

static unsigned int xdrv_test_seed;
module_param_named(seed, xdrv_test_seed, uint, 0444);
MODULE_PARM_DESC(seed, "what random tests begin with; 0: something new (default 0)");

static void xdrv_test_tell_seed(void *data)
{
	struct kunit *test = data;

	if (test->status == KUNIT_FAILURE)
		kunit_err(test, "the seed was %u: KUNIT_SEED=%u runs it again\n", xdrv_test_seed,
			  xdrv_test_seed);
}

/**
 * xdrv_test_random() - random numbers for a test
 * @test: the test; if it fails, the seed is printed at its end
 *
 * Return: the generator, as it is after it was seeded.
 */
struct rnd_state *xdrv_test_random(struct kunit *test)
{
	struct rnd_state *random = kunit_kzalloc(test, sizeof(*random), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, random);
	if (!xdrv_test_seed)
		xdrv_test_seed = get_random_u32() | 1;
	prandom_seed_state(random, xdrv_test_seed);
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, xdrv_test_tell_seed, test), 0);
	return random;
}
