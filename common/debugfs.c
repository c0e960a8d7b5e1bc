// SPDX-License-Identifier: GPL-2.0-only
/* Managed debugfs directories. */
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/module.h>

#include <xdrv/debugfs.h>

#include "compat.h"

static void xdrv_debugfs_remove(void *dir)
{
	debugfs_remove_recursive(dir);
}

/**
 * devm_xdrv_debugfs_create_dir() - make a debugfs directory for a device
 * @owner: the device; the directory has its dev_name()
 * @parent: the driver's directory
 *
 * The directory and all in it are removed when @owner is unbound, after the devres entries made
 * later than it. Nothing depends on debugfs being there, so as with debugfs itself the result need
 * not be checked: without it, files made in the directory are silently not made.
 *
 * Context: Process context, may sleep.
 * Return: the directory, or an error pointer that debugfs functions accept as a parent.
 */
struct dentry *devm_xdrv_debugfs_create_dir(struct device *owner, struct dentry *parent)
{
	struct dentry *dir = debugfs_create_dir(dev_name(owner), parent);
	int err = devm_add_action_or_reset(owner, xdrv_debugfs_remove, dir);

	return err ? ERR_PTR(err) : dir;
}
EXPORT_SYMBOL_NS_GPL(devm_xdrv_debugfs_create_dir, XDRV_NAMESPACE);
