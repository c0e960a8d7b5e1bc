// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules for faults, in /sys/kernel/config/xbd/NAME/faults/RULE/. They belong to the directory of
 * the disk and stay when its power is turned off. A rule pins the module, as every directory does.
 */
#include <linux/module.h>
#include <linux/random.h>
#include <linux/slab.h>

#include <xdrv/configfs.h>

#include "xbd.h"

#include "compat.h"

/**
 * struct xbd_rule_dir - a directory in configfs: a rule
 * @item: the configfs part
 * @dir: the directory of its disk, which cannot go before
 * @rule: the rule
 */
struct xbd_rule_dir {
	struct config_item item;
	struct xbd_dir *dir;
	struct xbd_rule rule;
};

static struct xbd_rule_dir *xbd_rule_dir_of(struct config_item *item)
{
	return container_of(item, struct xbd_rule_dir, item);
}

static ssize_t xbd_rule_show(struct config_item *item, const struct xbd_rule_field *field,
			     char *page)
{
	struct xbd_rule_dir *rule_dir = xbd_rule_dir_of(item);
	ssize_t len;

	rcu_read_lock();
	len = field->show(rcu_dereference(rule_dir->rule.settings), page);
	rcu_read_unlock();
	return len;
}

static ssize_t xbd_rule_store(struct config_item *item, const struct xbd_rule_field *field,
			      const char *page, size_t count)
{
	struct xbd_rule_dir *rule_dir = xbd_rule_dir_of(item);
	struct xbd_faults *faults = &rule_dir->dir->faults;
	struct xbd_rule_settings *settings;
	int err;

	guard(mutex)(&faults->lock);
	settings = xbd_faults_copy(faults, &rule_dir->rule);
	if (!settings)
		return -ENOMEM;
	err = field->parse(settings, page);
	if (err) {
		kfree(settings);
		return xdrv_config_refuse(item, field->name, page, field->allowed, err);
	}
	if (xbd_rule_needs_requests(settings) &&
	    READ_ONCE(rule_dir->dir->config.queue_mode) == XBD_MODE_BIO) {
		kfree(settings);
		return xdrv_config_refuse(item, field->name, page,
					  "queue_mode=mq for this action: bios have no timeout",
					  -EINVAL);
	}
	xbd_faults_change(faults, &rule_dir->rule, settings);
	return count;
}

#define XBD_RULE_ATTR(_name)                                                                       \
	static ssize_t xbd_rule_attr_##_name##_show(struct config_item *item, char *page)          \
	{                                                                                          \
		return xbd_rule_show(item, &xbd_field_##_name, page);                              \
	}                                                                                          \
	static ssize_t xbd_rule_attr_##_name##_store(struct config_item *item, const char *page,   \
						     size_t count)                                 \
	{                                                                                          \
		return xbd_rule_store(item, &xbd_field_##_name, page, count);                      \
	}                                                                                          \
	CONFIGFS_ATTR(xbd_rule_attr_, _name)

XBD_RULE_ATTR(enabled);
XBD_RULE_ATTR(action);
XBD_RULE_ATTR(status);
XBD_RULE_ATTR(ops);
XBD_RULE_ATTR(sectors);
XBD_RULE_ATTR(probability);
XBD_RULE_ATTR(seed);
XBD_RULE_ATTR(times);
XBD_RULE_ATTR(interval);
XBD_RULE_ATTR(space);
XBD_RULE_ATTR(latency);
XBD_RULE_ATTR(jitter);
XBD_RULE_ATTR(distribution);

/* How much I/O it has struck since it was last told what to do. */
static ssize_t xbd_rule_attr_hits_show(struct config_item *item, char *page)
{
	return sprintf(page, "%llu\n", xbd_rule_hits(&xbd_rule_dir_of(item)->rule));
}
CONFIGFS_ATTR_RO(xbd_rule_attr_, hits);

static struct configfs_attribute *xbd_rule_attributes[] = {
	&xbd_rule_attr_attr_action,
	&xbd_rule_attr_attr_distribution,
	&xbd_rule_attr_attr_enabled,
	&xbd_rule_attr_attr_hits,
	&xbd_rule_attr_attr_interval,
	&xbd_rule_attr_attr_jitter,
	&xbd_rule_attr_attr_latency,
	&xbd_rule_attr_attr_ops,
	&xbd_rule_attr_attr_probability,
	&xbd_rule_attr_attr_sectors,
	&xbd_rule_attr_attr_seed,
	&xbd_rule_attr_attr_space,
	&xbd_rule_attr_attr_status,
	&xbd_rule_attr_attr_times,
	NULL,
};

static void xbd_rule_dir_release(struct config_item *item)
{
	struct xbd_rule_dir *rule_dir = xbd_rule_dir_of(item);

	xbd_rule_destroy(&rule_dir->rule);
	kfree(rule_dir);
}

static xdrv_configfs_const struct configfs_item_operations xbd_rule_dir_ops = {
	.release = xbd_rule_dir_release,
};

static const struct config_item_type xbd_rule_dir_type = {
	.ct_item_ops = &xbd_rule_dir_ops,
	.ct_attrs = xbd_rule_attributes,
	.ct_owner = THIS_MODULE,
};

static struct xbd_dir *xbd_dir_of_faults(struct config_group *group)
{
	return container_of(group, struct xbd_dir, faults_group);
}

/* A new rule does nothing until it is enabled. Its seed can be read, to be had again. */
static struct config_item *xbd_faults_make(struct config_group *group, const char *name)
{
	struct xbd_rule_dir *rule_dir = kzalloc_obj(*rule_dir);
	int err;

	if (!rule_dir)
		return ERR_PTR(-ENOMEM);
	err = xbd_rule_init(&rule_dir->rule, get_random_u32());
	if (err) {
		kfree(rule_dir);
		return ERR_PTR(err);
	}
	rule_dir->dir = xbd_dir_of_faults(group);
	config_item_init_type_name(&rule_dir->item, name, &xbd_rule_dir_type);
	xbd_faults_add(&rule_dir->dir->faults, &rule_dir->rule);
	return &rule_dir->item;
}

static void xbd_faults_drop(struct config_group *group, struct config_item *item)
{
	xbd_faults_remove(&xbd_dir_of_faults(group)->faults, &xbd_rule_dir_of(item)->rule);
	config_item_put(item);
}

static xdrv_configfs_const struct configfs_group_operations xbd_faults_ops = {
	.make_item = xbd_faults_make,
	.drop_item = xbd_faults_drop,
};

static const struct config_item_type xbd_faults_type = {
	.ct_group_ops = &xbd_faults_ops,
	.ct_owner = THIS_MODULE,
};

/* The directory for rules; it comes and goes with that of the disk. */
void xbd_dir_add_faults(struct xbd_dir *dir)
{
	xbd_faults_init(&dir->faults);
	config_group_init_type_name(&dir->faults_group, "faults", &xbd_faults_type);
	configfs_add_default_group(&dir->faults_group, &dir->group);
}
