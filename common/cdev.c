// SPDX-License-Identifier: GPL-2.0-only
/* Reference-counted character devices: see xdrv/cdev.h. */
#include <linux/module.h>

#include <xdrv/cdev.h>

#include "compat.h"
#include "internal.h"

static void xdrv_cdev_release(struct device *dev)
{
	struct xdrv_cdev *xcdev = container_of(dev, struct xdrv_cdev, dev);
	struct xdrv_class *cls = xcdev->cls;
	dev_t devt = dev->devt;

	xdrv_gate_destroy(&xcdev->gate);
	xcdev->ops->release(xcdev);
	xdrv_class_put_devt(cls, devt);
}

/**
 * xdrv_cdev_init() - make a device, not yet visible
 * @xcdev: zeroed storage inside the driver's device
 * @cls: a registered class
 * @parent: parent in the device tree, or NULL for a virtual device
 * @fops: file operations; their owner is pinned while a file is open
 * @ops: the driver's part, ->release is required
 *
 * On success the caller owns a reference, and the memory belongs to ->release. On failure it is
 * still the caller's. The driver may set dev.groups, dev.type and drvdata before it registers.
 *
 * Context: Process context, may sleep.
 * Return: 0, -ENOMEM, or -ENOSPC when all minors are in use.
 */
int xdrv_cdev_init(struct xdrv_cdev *xcdev, struct xdrv_class *cls, struct device *parent,
		   const struct file_operations *fops, const struct xdrv_cdev_ops *ops)
{
	dev_t devt;
	int err;

	err = xdrv_gate_init(&xcdev->gate);
	if (err)
		return err;

	err = xdrv_class_get_devt(cls, &devt);
	if (err)
		goto err_destroy_gate;

	device_initialize(&xcdev->dev);
	xcdev->cls = cls;
	xcdev->ops = ops;
	xcdev->dev.class = cls->live;
	xcdev->dev.parent = parent;
	xcdev->dev.devt = devt;
	xcdev->dev.release = xdrv_cdev_release;
	cdev_init(&xcdev->cdev, fops);
	xcdev->cdev.owner = fops->owner;

	err = dev_set_name(&xcdev->dev, "%s%u", cls->class.name, (unsigned int)(devt - cls->first));
	if (err)
		goto err_put_devt;
	return 0;

err_put_devt:
	xdrv_class_put_devt(cls, devt);
err_destroy_gate:
	xdrv_gate_destroy(&xcdev->gate);
	return err;
}
EXPORT_SYMBOL_NS_GPL(xdrv_cdev_init, XDRV_NAMESPACE);

/**
 * xdrv_cdev_hangup() - begin to take the device away
 * @xcdev: an initialised device
 *
 * Closes the gate and has ->hangup wake the sleepers; the first time only. A part of
 * xdrv_cdev_unregister(), of its own use where many devices go: the gates of all of them then empty
 * at the same time, each of which takes an RCU grace period.
 *
 * Context: Process context, may sleep if ->hangup does.
 */
void xdrv_cdev_hangup(struct xdrv_cdev *xcdev)
{
	if (xdrv_gate_close(&xcdev->gate) && xcdev->ops->hangup)
		xcdev->ops->hangup(xcdev);
}
EXPORT_SYMBOL_NS_GPL(xdrv_cdev_hangup, XDRV_NAMESPACE);

/**
 * xdrv_cdev_register() - show the device to user space
 * @xcdev: an initialised device, ready for use: it may be opened before this returns
 *
 * A failure can come after a file was opened; it is then hung up as if the device had been there.
 *
 * Context: Process context, may sleep.
 * Return: 0 or an error of cdev_device_add(); the device then needs only xdrv_cdev_put().
 */
int xdrv_cdev_register(struct xdrv_cdev *xcdev)
{
	int err;

	err = cdev_device_add(&xcdev->cdev, &xcdev->dev);
	if (err) {
		xdrv_cdev_hangup(xcdev);
		xdrv_gate_drain(&xcdev->gate);
	}
	return err;
}
EXPORT_SYMBOL_NS_GPL(xdrv_cdev_register, XDRV_NAMESPACE);

/**
 * xdrv_cdev_unregister() - take the device away from user space
 * @xcdev: a registered device
 *
 * Closes the gate, has ->hangup wake the sleepers, removes the node and waits for the operations
 * inside the gate. Files may stay open, their operations find the gate closed. The caller keeps its
 * reference.
 *
 * Context: Process context, may sleep; not from inside the gate.
 */
void xdrv_cdev_unregister(struct xdrv_cdev *xcdev)
{
	xdrv_cdev_hangup(xcdev);
	cdev_device_del(&xcdev->cdev, &xcdev->dev);
	xdrv_gate_drain(&xcdev->gate);
}
EXPORT_SYMBOL_NS_GPL(xdrv_cdev_unregister, XDRV_NAMESPACE);

static void xdrv_cdev_unregister_and_put(void *xcdev)
{
	xdrv_cdev_unregister(xcdev);
	xdrv_cdev_put(xcdev);
}

/**
 * devm_xdrv_cdev_register() - register a device until its owner is unbound
 * @owner: the device whose driver this is
 * @xcdev: an initialised device
 *
 * At unbind the device is unregistered and the caller's reference dropped; the memory goes with
 * the last open file. On failure the reference stays with the caller.
 *
 * Context: Process context, may sleep.
 * Return: 0, -ENOMEM, or an error of cdev_device_add().
 */
int devm_xdrv_cdev_register(struct device *owner, struct xdrv_cdev *xcdev)
{
	int err;

	err = xdrv_cdev_register(xcdev);
	if (err)
		return err;

	err = devm_add_action(owner, xdrv_cdev_unregister_and_put, xcdev);
	if (err)
		xdrv_cdev_unregister(xcdev);
	return err;
}
EXPORT_SYMBOL_NS_GPL(devm_xdrv_cdev_register, XDRV_NAMESPACE);
