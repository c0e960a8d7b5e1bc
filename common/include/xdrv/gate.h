/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A gate keeps the operations of a device apart from its removal: operations enter and exit, the
 * removal kills the gate and then has the device to itself.
 */
#ifndef XDRV_GATE_H
#define XDRV_GATE_H

#include <linux/completion.h>
#include <linux/lockdep.h>
#include <linux/percpu-refcount.h>

/**
 * struct xdrv_gate - lets operations into a device until it is removed
 * @inside: counts those inside, per CPU, so that entering writes no shared cache line
 * @drained: completed when the gate is closed and the last one has left
 * @closed: bit 0 is set once the gate has been closed
 * @dep_map: what lockdep knows the gate by; a kill from inside the gate is a deadlock to it
 *
 * All members are private to the implementation.
 */
struct xdrv_gate {
	struct percpu_ref inside;
	struct completion drained;
	unsigned long closed;
	struct lockdep_map dep_map;
};

int __xdrv_gate_init(struct xdrv_gate *gate, const char *name, struct lock_class_key *key);

/**
 * xdrv_gate_init() - make a gate, open
 * @gate: the gate
 *
 * Undo with xdrv_gate_destroy(). The place of the call is what lockdep tells gates apart by.
 *
 * Context: Process context, may sleep.
 * Return: 0, or -ENOMEM.
 */
#define xdrv_gate_init(gate)                                                                       \
	({                                                                                         \
		static struct lock_class_key __key;                                                \
		__xdrv_gate_init(gate, #gate, &__key);                                             \
	})

void xdrv_gate_destroy(struct xdrv_gate *gate);
bool xdrv_gate_close(struct xdrv_gate *gate);
int xdrv_gate_drain(struct xdrv_gate *gate);
int xdrv_gate_kill(struct xdrv_gate *gate);

/**
 * xdrv_gate_enter() - begin an operation on the device behind the gate
 * @gate: an initialised gate
 *
 * Costs a per-CPU increment. May nest. Leave with xdrv_gate_exit() soon: whoever is inside holds
 * up the removal of the device, so never wait inside for data, a user or the hardware's mercy.
 *
 * Context: Any, interrupts included.
 * Return: true if inside; false if the gate is closed, the usual answer is then -ENODEV.
 */
static inline bool xdrv_gate_enter(struct xdrv_gate *gate)
{
	if (!percpu_ref_tryget_live(&gate->inside))
		return false;
	lock_acquire_shared_recursive(&gate->dep_map, 0, 1, NULL, _RET_IP_);
	return true;
}

/**
 * xdrv_gate_exit() - end an operation begun with xdrv_gate_enter()
 * @gate: the gate that was entered
 *
 * Context: Any; in the context that entered.
 */
static inline void xdrv_gate_exit(struct xdrv_gate *gate)
{
	lock_release(&gate->dep_map, _RET_IP_);
	percpu_ref_put(&gate->inside);
}

/**
 * xdrv_gate_is_closed() - has the device behind the gate been removed?
 * @gate: an initialised gate
 *
 * For the condition of a wait outside the gate: the removal closes the gate first and wakes the
 * sleepers afterwards.
 *
 * Context: Any.
 * Return: true once xdrv_gate_close() was called.
 */
static inline bool xdrv_gate_is_closed(const struct xdrv_gate *gate)
{
	return test_bit(0, &gate->closed);
}

#endif /* XDRV_GATE_H */
