// SPDX-License-Identifier: GPL-2.0-only
/* Classes that cannot be destroyed under a live device. */
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/module.h>

#include <xdrv/class.h>

#include "compat.h"
#include "internal.h"

/**
 * xdrv_class_register() - register a class and reserve its device numbers
 * @cls: static or zeroed storage, with the members set that are the driver's
 *
 * Context: Process context, may sleep.
 * Return: 0, or an error of alloc_chrdev_region() or class_create().
 */
int xdrv_class_register(struct xdrv_class *cls)
{
	int err;

	if (WARN_ON(!cls->class.name || !cls->max_devices ||
		    cls->max_devices > BIT(MINORBITS)))
		return -EINVAL;

	err = alloc_chrdev_region(&cls->first, 0, cls->max_devices, cls->class.name);
	if (err)
		return err;

	ida_init(&cls->minors);
	refcount_set(&cls->users, 1);
	init_completion(&cls->unused);

	cls->live = class_create(cls->class.name);
	if (IS_ERR(cls->live)) {
		unregister_chrdev_region(cls->first, cls->max_devices);
		return PTR_ERR(cls->live);
	}
	cls->live->dev_groups = cls->class.dev_groups;
	cls->live->dev_uevent = cls->class.dev_uevent;
	cls->live->devnode = cls->class.devnode;
	return 0;
}
EXPORT_SYMBOL_NS_GPL(xdrv_class_register, XDRV_NAMESPACE);

static void xdrv_class_put(struct xdrv_class *cls)
{
	if (refcount_dec_and_test(&cls->users))
		complete(&cls->unused);
}

/**
 * xdrv_class_unregister() - undo xdrv_class_register()
 * @cls: a class whose devices have all been unregistered
 *
 * Waits until the release of every device of the class has returned, so that the caller, the exit
 * of a module as a rule, may go away. What can still hold a device is an open file; a module with
 * open files is not unloaded, and then this does not wait long.
 *
 * Context: Process context, may sleep.
 */
void xdrv_class_unregister(struct xdrv_class *cls)
{
	xdrv_class_put(cls);
	wait_for_completion(&cls->unused);
	class_destroy(cls->live);
	unregister_chrdev_region(cls->first, cls->max_devices);
	ida_destroy(&cls->minors);
}
EXPORT_SYMBOL_NS_GPL(xdrv_class_unregister, XDRV_NAMESPACE);

int xdrv_class_get_devt(struct xdrv_class *cls, dev_t *devt)
{
	int minor = ida_alloc_max(&cls->minors, cls->max_devices - 1, GFP_KERNEL);

	if (minor < 0)
		return minor;
	refcount_inc(&cls->users);
	*devt = cls->first + minor;
	return 0;
}

void xdrv_class_put_devt(struct xdrv_class *cls, dev_t devt)
{
	ida_free(&cls->minors, devt - cls->first);
	xdrv_class_put(cls);
}
