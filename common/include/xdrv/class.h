/* SPDX-License-Identifier: GPL-2.0-only */
/* A device class together with its device numbers. */
#ifndef XDRV_CLASS_H
#define XDRV_CLASS_H

#include <linux/completion.h>
#include <linux/device/class.h>
#include <linux/idr.h>
#include <linux/refcount.h>
#include <linux/types.h>

/**
 * struct xdrv_class - a class, its chrdev region and the allocator of its minors
 * @class: what the driver wants: the name and, where it wants them, dev_groups, dev_uevent and
 *         devnode, set before xdrv_class_register(); the name is also that of the chrdev region,
 *         and devices are called by it and their minor
 * @max_devices: how many minors to reserve, set by the driver, 1 to 1048576
 * @live: the class itself. The kernel may let go of it after our module is gone, so its memory and
 *        its release belong to the kernel; private
 * @first: first device number of the region; private
 * @minors: minors in use; private
 * @users: the registration and every device that is not yet released; private
 * @unused: completed when @users drops to 0; private
 */
struct xdrv_class {
	struct class class;
	unsigned int max_devices;
	struct class *live;
	dev_t first;
	struct ida minors;
	refcount_t users;
	struct completion unused;
};

int xdrv_class_register(struct xdrv_class *cls);
void xdrv_class_unregister(struct xdrv_class *cls);

#endif /* XDRV_CLASS_H */
