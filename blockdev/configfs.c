// SPDX-License-Identifier: GPL-2.0-only
/*
 * Disks made, described and removed at run time, in /sys/kernel/config/xbd/NAME/.
 *
 * A directory is a description; writing 1 to its "power" makes the disk, writing 0 or removing the
 * directory takes it away, even while it is open or mounted. The disks made at load have such
 * directories, too, which stay as long as the driver. configfs lets an attribute that is being
 * written finish before it removes a directory, and none be written after that.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/idr.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <xdrv/configfs.h>

#include "xbd.h"

#include "compat.h"

#define XBD_MAX_INDEX (BIT(MINORBITS) - 1)

/* N of the xbd<N> that there are directories for. */
static DEFINE_IDA(xbd_indexes);

/* Of the disks made at load. Changed by init and exit only. */
static LIST_HEAD(xbd_default_dirs);

/* What a new directory begins with: as the disks made at load. */
static struct xbd_config xbd_defaults;

/* N for a directory: of xbd<N> it is N, of any other name the lowest that is free. */
static int xbd_index_get(const char *name)
{
	char canonical[16];
	unsigned int index;
	int got;

	if (strncmp(name, "xbd", 3) || kstrtouint(name + 3, 10, &index) || index > XBD_MAX_INDEX)
		return ida_alloc_max(&xbd_indexes, XBD_MAX_INDEX, GFP_KERNEL);
	snprintf(canonical, sizeof(canonical), "xbd%u", index);
	if (strcmp(name, canonical))
		return ida_alloc_max(&xbd_indexes, XBD_MAX_INDEX, GFP_KERNEL);

	got = ida_alloc_range(&xbd_indexes, index, index, GFP_KERNEL);
	if (got == -ENOSPC) {
		pr_err("configfs %s: another directory has index %u: remove that, or use another name\n",
		       name, index);
		return -EEXIST;
	}
	return got;
}

static int xbd_dir_power_on(struct xbd_dir *dir)
{
	const char *name = config_item_name(&dir->group.cg_item);
	const char *conflict = xbd_config_conflict(&dir->config);
	struct xbd_device *xbd;

	if (conflict) {
		pr_err("configfs %s: no disk can be made: %s\n", name, conflict);
		return -EINVAL;
	}
	if (dir->config.queue_mode == XBD_MODE_BIO && xbd_faults_need_requests(&dir->faults)) {
		pr_err("configfs %s: no disk can be made: rules with action timeout or requeue need queue_mode=mq\n",
		       name);
		return -EINVAL;
	}
	guard(mutex)(&dir->mbps_lock);
	xbd = xbd_device_create(&dir->config, dir->index, &dir->bad, &dir->faults);
	if (IS_ERR(xbd)) {
		pr_err("configfs %s: cannot make xbd%u: %pe\n", name, dir->index, xbd);
		return PTR_ERR(xbd);
	}
	dir->xbd = xbd;
	return 0;
}

/* Make the disk, or take it away. May sleep. Has said what is wrong when it returns an error. */
int xbd_dir_set_power(struct xbd_dir *dir, bool on)
{
	struct xbd_device *xbd = dir->xbd;

	lockdep_assert_held(&dir->lock);
	if (on == !!xbd)
		return 0;
	if (on)
		return xbd_dir_power_on(dir);
	scoped_guard(mutex, &dir->mbps_lock)
		dir->xbd = NULL;
	xbd_device_destroy(xbd);
	return 0;
}

/*
 * Before the disk is taken away: who has the lock may wait for I/O that is held back, and that ends
 * now. May sleep.
 */
void xbd_dir_let_go(struct xbd_dir *dir)
{
	guard(mutex)(&dir->mbps_lock);
	if (dir->xbd)
		xbd_holds_close(&dir->xbd->holds);
}

static void xbd_dir_power_off(struct xbd_dir *dir)
{
	xbd_dir_let_go(dir);
	guard(mutex)(&dir->lock);
	xbd_dir_set_power(dir, false);
}

static void xbd_dir_release(struct config_item *item)
{
	struct xbd_dir *dir = xbd_dir_of(item);

	ida_free(&xbd_indexes, dir->index);
	xbd_faults_destroy(&dir->faults);
	xbd_bad_destroy(&dir->bad);
	mutex_destroy(&dir->mbps_lock);
	mutex_destroy(&dir->lock);
	kfree(dir);
}

static xdrv_configfs_const struct configfs_item_operations xbd_dir_ops = {
	.release = xbd_dir_release,
};

static const struct config_item_type xbd_dir_type = {
	.ct_item_ops = &xbd_dir_ops,
	.ct_attrs = xbd_attributes,
	.ct_owner = THIS_MODULE,
};

static struct xbd_dir *xbd_dir_create(const char *name)
{
	struct xbd_dir *dir;
	int index, err;

	dir = kzalloc_obj(*dir);
	if (!dir)
		return ERR_PTR(-ENOMEM);
	err = xbd_bad_init(&dir->bad);
	if (err)
		goto err_free;
	index = xbd_index_get(name);
	if (index < 0) {
		err = index;
		goto err_destroy_bad;
	}

	dir->index = index;
	mutex_init(&dir->lock);
	mutex_init(&dir->mbps_lock);
	dir->config = xbd_defaults;
	config_group_init_type_name(&dir->group, name, &xbd_dir_type);
	dir->config.name = config_item_name(&dir->group.cg_item);
	xbd_dir_add_faults(dir);
	return dir;

err_destroy_bad:
	xbd_bad_destroy(&dir->bad);
err_free:
	kfree(dir);
	return ERR_PTR(err);
}

static struct config_group *xbd_dir_make(struct config_group *root, const char *name)
{
	struct xbd_dir *dir = xbd_dir_create(name);

	return IS_ERR(dir) ? ERR_CAST(dir) : &dir->group;
}

static void xbd_dir_drop(struct config_group *root, struct config_item *item)
{
	xbd_dir_power_off(xbd_dir_of(item));
	config_item_put(item);
}

/* The names of all attributes, for scripts that have to know. */
static ssize_t xbd_root_features_show(struct config_item *item, char *page)
{
	return xdrv_config_list(xbd_attributes, page, 0);
}
CONFIGFS_ATTR_RO(xbd_root_, features);

static struct configfs_attribute *xbd_root_attributes[] = {
	&xbd_root_attr_features,
	NULL,
};

static xdrv_configfs_const struct configfs_group_operations xbd_root_ops = {
	.make_group = xbd_dir_make,
	.drop_item = xbd_dir_drop,
};

static const struct config_item_type xbd_root_type = {
	.ct_group_ops = &xbd_root_ops,
	.ct_attrs = xbd_root_attributes,
	.ct_owner = THIS_MODULE,
};

static struct configfs_subsystem xbd_configfs = {
	.su_group = {
		.cg_item = {
			.ci_namebuf = "xbd",
			.ci_type = &xbd_root_type,
		},
	},
};

/* One of the disks made at load, with its directory, which appears with the subsystem. */
static int xbd_default_create(unsigned int nr)
{
	struct xbd_dir *dir;
	char name[16];
	int err;

	snprintf(name, sizeof(name), "xbd%u", nr);
	dir = xbd_dir_create(name);
	if (IS_ERR(dir))
		return PTR_ERR(dir);
	scoped_guard(mutex, &dir->lock)
		err = xbd_dir_set_power(dir, true);
	if (err) {
		config_item_put(&dir->group.cg_item);
		return err;
	}
	list_add_tail(&dir->node, &xbd_default_dirs);
	configfs_add_default_group(&dir->group, &xbd_configfs.su_group);
	return 0;
}

static void xbd_defaults_destroy(void)
{
	struct xbd_dir *dir, *next;

	list_for_each_entry_safe_reverse(dir, next, &xbd_default_dirs, node) {
		list_del(&dir->node);
		xbd_dir_power_off(dir);
		config_item_put(&dir->group.cg_item);
	}
}

/*
 * Make the disks wanted at load and /sys/kernel/config/xbd. Has said what is wrong when it returns
 * an error, and then leaves nothing behind.
 */
int xbd_configfs_init(const struct xbd_config *config, unsigned int nr_devices)
{
	unsigned int i;
	int err;

	xbd_defaults = *config;
	config_group_init(&xbd_configfs.su_group);
	mutex_init(&xbd_configfs.su_mutex);
	for (i = 0; i < nr_devices; i++) {
		err = xbd_default_create(i);
		if (err)
			goto err_destroy_defaults;
	}
	err = configfs_register_subsystem(&xbd_configfs);
	if (err) {
		pr_err("cannot register with configfs: %pe\n", ERR_PTR(err));
		goto err_destroy_defaults;
	}
	return 0;

err_destroy_defaults:
	xbd_defaults_destroy();
	mutex_destroy(&xbd_configfs.su_mutex);
	return err;
}

/* There are no other directories left: each of them pins the module. */
void xbd_configfs_exit(void)
{
	configfs_unregister_subsystem(&xbd_configfs);
	xbd_defaults_destroy();
	mutex_destroy(&xbd_configfs.su_mutex);
}
