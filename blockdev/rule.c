// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which I/O a rule strikes. The conditions are those of the kernel's fault injection, in its order,
 * and every one of them has to agree: times, space, interval, probability.
 */
#include <linux/math64.h>
#include <linux/slab.h>

#include "rule.h"

const struct xbd_rule_settings xbd_rule_defaults = {
	.action = XBD_ACTION_ERROR,
	.ops = XBD_OPS_ALL,
	.probability = XBD_ALWAYS,
	.interval = 1,
};

/* May sleep. 0 or -ENOMEM. */
int xbd_rule_init(struct xbd_rule *rule, u32 seed)
{
	struct xbd_rule_settings *settings;

	settings = kmemdup(&xbd_rule_defaults, sizeof(*settings), GFP_KERNEL);
	if (!settings)
		return -ENOMEM;
	settings->seed = seed;
	RCU_INIT_POINTER(rule->settings, settings);
	spin_lock_init(&rule->lock);
	rule->hits = 0;
	return 0;
}

/* Any context. Nobody looks at the rule any more. */
void xbd_rule_destroy(struct xbd_rule *rule)
{
	kfree(rcu_access_pointer(rule->settings));
}

/* Begin anew, with random numbers that repeat. */
static void xbd_rule_restart(struct xbd_rule *rule, const struct xbd_rule_settings *settings)
{
	lockdep_assert_held(&rule->lock);
	prandom_seed_state(&rule->random, settings->seed);
	rule->space = settings->space;
	rule->seen = 0;
	rule->hits = 0;
}

/**
 * xbd_rule_replace() - say what is wanted of a rule
 * @rule: the rule
 * @settings: from kmalloc(); the rule's from now on
 *
 * An enabled rule begins anew. One that is not keeps its count of hits.
 *
 * Context: Any; one caller at a time for a rule.
 */
void xbd_rule_replace(struct xbd_rule *rule, struct xbd_rule_settings *settings)
{
	struct xbd_rule_settings *old;
	unsigned long flags;

	spin_lock_irqsave(&rule->lock, flags);
	old = rcu_dereference_protected(rule->settings, lockdep_is_held(&rule->lock));
	if (settings->enabled)
		xbd_rule_restart(rule, settings);
	rcu_assign_pointer(rule->settings, settings);
	spin_unlock_irqrestore(&rule->lock, flags);
	kfree_rcu(old, rcu);
}

/* Any context. */
u64 xbd_rule_hits(struct xbd_rule *rule)
{
	unsigned long flags;
	u64 hits;

	spin_lock_irqsave(&rule->lock, flags);
	hits = rule->hits;
	spin_unlock_irqrestore(&rule->lock, flags);
	return hits;
}

static bool xbd_rule_is_about(const struct xbd_rule_settings *settings, const struct xbd_io *io)
{
	sector_t end = io->sector + (io->bytes >> SECTOR_SHIFT);
	unsigned int i;

	if (!settings->enabled || !(settings->ops & io->op))
		return false;
	for (i = 0; i < settings->nr_ranges; i++)
		if (io->sector <= settings->ranges[i].last && end > settings->ranges[i].first)
			return true;
	return !settings->nr_ranges;
}

/* Draws a random number only if the answer depends on it. */
static bool xbd_rule_is_likely(struct xbd_rule *rule, u32 probability)
{
	if (probability == XBD_ALWAYS)
		return true;
	return mul_u32_u32(prandom_u32_state(&rule->random), XBD_ALWAYS) >> 32 < probability;
}

static bool xbd_rule_decide(struct xbd_rule *rule, const struct xbd_rule_settings *settings,
			    u64 bytes)
{
	u64 nth;

	lockdep_assert_held(&rule->lock);
	if (settings->times && rule->hits >= settings->times)
		return false;
	if (rule->space > bytes) {
		rule->space -= bytes;
		return false;
	}
	rule->seen++;
	div64_u64_rem(rule->seen, settings->interval, &nth);
	if (nth || !xbd_rule_is_likely(rule, settings->probability))
		return false;
	rule->hits++;
	return true;
}

static void xbd_rule_judge(struct xbd_rule *rule, const struct xbd_rule_settings *settings,
			   struct xbd_verdict *verdict)
{
	lockdep_assert_held(&rule->lock);
	verdict->delay += xbd_delay_draw(settings, &rule->random);
	if (settings->action == XBD_ACTION_DELAY)
		return;
	verdict->is_final = true;
	verdict->action = settings->action;
	verdict->status = xbd_rule_status(settings);
}

/**
 * xbd_rule_strikes() - does a rule strike this I/O?
 * @rule: the rule, which counts it
 * @io: what comes to the disk
 * @verdict: what becomes of it by the rules before, and by this one if it strikes
 *
 * Context: Any, under rcu_read_lock().
 * Return: true if it does.
 */
bool xbd_rule_strikes(struct xbd_rule *rule, const struct xbd_io *io, struct xbd_verdict *verdict)
{
	const struct xbd_rule_settings *settings = rcu_dereference(rule->settings);
	unsigned long flags;
	bool strikes;

	if (!xbd_rule_is_about(settings, io))
		return false;
	spin_lock_irqsave(&rule->lock, flags);
	strikes = xbd_rule_decide(rule, settings, io->bytes);
	if (strikes)
		xbd_rule_judge(rule, settings, verdict);
	spin_unlock_irqrestore(&rule->lock, flags);
	return strikes;
}
