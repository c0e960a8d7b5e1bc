/* SPDX-License-Identifier: GPL-2.0-only */
/* Faults: what becomes of a disk's I/O by the rules that it has. */
#ifndef XBD_FAULTS_H
#define XBD_FAULTS_H

#include <linux/jump_label.h>
#include <linux/list.h>
#include <linux/mutex.h>

#include "rule.h"

/**
 * struct xbd_faults - the rules of a disk
 * @lock: guards which there are, and their settings, against others that change them
 * @rules: in the order in which they were made; I/O looks at them under rcu_read_lock()
 */
struct xbd_faults {
	struct mutex lock; /* guards the list, and what changes a rule */
	struct list_head rules;
};

/* On while a rule of any disk is enabled, or a cap set. */
DECLARE_STATIC_KEY_FALSE(xbd_faults_used);

void xbd_faults_init(struct xbd_faults *faults);
void xbd_faults_destroy(struct xbd_faults *faults);
void xbd_faults_add(struct xbd_faults *faults, struct xbd_rule *rule);
void xbd_faults_remove(struct xbd_faults *faults, struct xbd_rule *rule);
struct xbd_rule_settings *xbd_faults_copy(const struct xbd_faults *faults,
					  const struct xbd_rule *rule);
void xbd_faults_change(struct xbd_faults *faults, struct xbd_rule *rule,
		       struct xbd_rule_settings *settings);
bool xbd_faults_need_requests(struct xbd_faults *faults);
bool xbd_faults_judge(const struct xbd_faults *faults, const struct xbd_io *io,
		      struct xbd_verdict *verdict);

#endif /* XBD_FAULTS_H */
