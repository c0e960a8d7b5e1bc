// SPDX-License-Identifier: GPL-2.0-only
/* The gate: see xdrv/gate.h. */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

#include <xdrv/gate.h>

#include "compat.h"
#include "internal.h"

unsigned int xdrv_gate_timeout = 60;
module_param_named(gate_timeout, xdrv_gate_timeout, uint, 0644);
MODULE_PARM_DESC(gate_timeout, "seconds that the removal of a device waits for its operations to end before it warns and goes on; 0: without limit (default 60)");

static void xdrv_gate_drained(struct percpu_ref *inside)
{
	complete_all(&container_of(inside, struct xdrv_gate, inside)->drained);
}

int __xdrv_gate_init(struct xdrv_gate *gate, const char *name, struct lock_class_key *key)
{
	gate->closed = 0;
	init_completion(&gate->drained);
	lockdep_init_map(&gate->dep_map, name, key, 0);
	return percpu_ref_init(&gate->inside, xdrv_gate_drained, 0, GFP_KERNEL);
}
EXPORT_SYMBOL_NS_GPL(__xdrv_gate_init, XDRV_NAMESPACE);

/**
 * xdrv_gate_destroy() - free what xdrv_gate_init() allocated
 * @gate: a gate that nobody can enter any more and nobody is inside
 *
 * Belongs into the release of the object that the gate is a part of.
 *
 * Context: Any but a hard interrupt.
 */
void xdrv_gate_destroy(struct xdrv_gate *gate)
{
	percpu_ref_exit(&gate->inside);
}
EXPORT_SYMBOL_NS_GPL(xdrv_gate_destroy, XDRV_NAMESPACE);

/**
 * xdrv_gate_close() - let nobody in any more
 * @gate: an initialised gate
 *
 * First half of xdrv_gate_kill(), for removals that have to wake sleepers in between.
 *
 * Context: Any.
 * Return: true if this call closed the gate, false if it had been closed before.
 */
bool xdrv_gate_close(struct xdrv_gate *gate)
{
	if (test_and_set_bit(0, &gate->closed))
		return false;
	percpu_ref_kill(&gate->inside);
	return true;
}
EXPORT_SYMBOL_NS_GPL(xdrv_gate_close, XDRV_NAMESPACE);

/**
 * xdrv_gate_drain() - wait until everybody has left
 * @gate: a gate that was closed
 *
 * Second half of xdrv_gate_kill(). Calling it from inside the gate is a bug: lockdep reports it,
 * and without lockdep the wait ends with a warning after the module parameter gate_timeout.
 *
 * Context: Process context, may sleep.
 * Return: 0 when the gate is empty, -EDEADLK when it was not within the time allowed.
 */
int xdrv_gate_drain(struct xdrv_gate *gate)
{
	unsigned long seconds = READ_ONCE(xdrv_gate_timeout);
	unsigned long patience = seconds ? seconds * HZ : MAX_SCHEDULE_TIMEOUT;

	might_sleep();
	lock_map_acquire(&gate->dep_map);
	lock_map_release(&gate->dep_map);
	if (WARN(!wait_for_completion_timeout(&gate->drained, patience),
		 "xdrv: an operation does not leave the gate; was it killed from inside?\n"))
		return -EDEADLK;
	return 0;
}
EXPORT_SYMBOL_NS_GPL(xdrv_gate_drain, XDRV_NAMESPACE);

/**
 * xdrv_gate_kill() - close the gate and wait until everybody has left
 * @gate: an initialised gate
 *
 * When it returns 0 no operation is running behind the gate, and none will. May be called more
 * than once and from several tasks.
 *
 * Context: Process context, may sleep; not from inside the gate.
 * Return: 0, or -EDEADLK as xdrv_gate_drain().
 */
int xdrv_gate_kill(struct xdrv_gate *gate)
{
	xdrv_gate_close(gate);
	return xdrv_gate_drain(gate);
}
EXPORT_SYMBOL_NS_GPL(xdrv_gate_kill, XDRV_NAMESPACE);
