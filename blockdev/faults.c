// SPDX-License-Identifier: GPL-2.0-only
/* The rules of a disk, one after another. */
#include <linux/rculist.h>
#include <linux/slab.h>

#include "faults.h"

DEFINE_STATIC_KEY_FALSE(xbd_faults_used);

void xbd_faults_init(struct xbd_faults *faults)
{
	mutex_init(&faults->lock);
	INIT_LIST_HEAD(&faults->rules);
}

/* All rules have been removed. */
void xbd_faults_destroy(struct xbd_faults *faults)
{
	mutex_destroy(&faults->lock);
}

/* May sleep. From now on I/O looks at the rule, after all the others. */
void xbd_faults_add(struct xbd_faults *faults, struct xbd_rule *rule)
{
	guard(mutex)(&faults->lock);
	list_add_tail_rcu(&rule->node, &faults->rules);
}

static struct xbd_rule_settings *xbd_faults_settings(const struct xbd_faults *faults,
						     const struct xbd_rule *rule)
{
	return rcu_dereference_protected(rule->settings, lockdep_is_held(&faults->lock));
}

/* May sleep. When this returns, no I/O looks at the rule any more. */
void xbd_faults_remove(struct xbd_faults *faults, struct xbd_rule *rule)
{
	guard(mutex)(&faults->lock);
	list_del_rcu(&rule->node);
	if (xbd_faults_settings(faults, rule)->enabled)
		static_branch_dec(&xbd_faults_used);
	synchronize_rcu();
}

/* May sleep. A copy of a rule's settings for xbd_faults_change(), or NULL. */
struct xbd_rule_settings *xbd_faults_copy(const struct xbd_faults *faults,
					  const struct xbd_rule *rule)
{
	return kmemdup(xbd_faults_settings(faults, rule), sizeof(struct xbd_rule_settings),
		       GFP_KERNEL);
}

/* May sleep. The settings become the rule's; I/O under way may have looked at the old ones. */
void xbd_faults_change(struct xbd_faults *faults, struct xbd_rule *rule,
		       struct xbd_rule_settings *settings)
{
	bool was_enabled = xbd_faults_settings(faults, rule)->enabled;

	if (settings->enabled && !was_enabled)
		static_branch_inc(&xbd_faults_used);
	if (!settings->enabled && was_enabled)
		static_branch_dec(&xbd_faults_used);
	xbd_rule_replace(rule, settings);
}

/* May sleep. Whether some rule, enabled or not, cannot be one of a disk without queues. */
bool xbd_faults_need_requests(struct xbd_faults *faults)
{
	struct xbd_rule *rule;

	guard(mutex)(&faults->lock);
	list_for_each_entry(rule, &faults->rules, node)
		if (xbd_rule_needs_requests(xbd_faults_settings(faults, rule)))
			return true;
	return false;
}

/**
 * xbd_faults_judge() - what becomes of this I/O?
 * @faults: the rules
 * @io: what comes to the disk
 * @verdict: the answer, if it is not "what was meant"
 *
 * The times of all rules that strike add up, until one decides more than that; those behind it do
 * not count the I/O.
 *
 * Context: Any.
 * Return: false if no rule strikes.
 */
bool xbd_faults_judge(const struct xbd_faults *faults, const struct xbd_io *io,
		      struct xbd_verdict *verdict)
{
	struct xbd_rule *rule;
	bool struck = false;

	*verdict = (struct xbd_verdict){};
	rcu_read_lock();
	list_for_each_entry_rcu(rule, &faults->rules, node) {
		struck |= xbd_rule_strikes(rule, io, verdict);
		if (verdict->is_final)
			break;
	}
	rcu_read_unlock();
	return struck;
}
