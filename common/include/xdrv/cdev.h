/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A character device that is its own reference-counted object, with its node in /dev.
 *
 * The life of one:
 *
 *   xdrv_cdev_init()        memory is now freed by ->release, at the last put
 *   xdrv_cdev_register()    node and uevent; files may be opened
 *   xdrv_cdev_unregister()  node gone, operations ended; open files keep the memory
 *   xdrv_cdev_put()
 *
 * or, in place of the last three, devm_xdrv_cdev_register().
 */
#ifndef XDRV_CDEV_H
#define XDRV_CDEV_H

#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>

#include <xdrv/class.h>
#include <xdrv/gate.h>

struct xdrv_cdev;

/**
 * struct xdrv_cdev_ops - what a driver does in the life of its device
 * @hangup: the device has been removed: wake everybody who sleeps for it and send SIGIO; their
 *          conditions see xdrv_gate_is_closed(). Called once, from xdrv_cdev_hangup(),
 *          xdrv_cdev_unregister(), or xdrv_cdev_register() when it fails, while operations may
 *          still be inside the gate.
 *          Optional. May sleep.
 * @release: the last reference is gone: free the memory that the device is part of. Called once,
 *           after xdrv_cdev_init() succeeded. May sleep.
 */
struct xdrv_cdev_ops {
	void (*hangup)(struct xdrv_cdev *xcdev);
	void (*release)(struct xdrv_cdev *xcdev);
};

/**
 * struct xdrv_cdev - character device, to be embedded in the driver's own
 * @dev: the device; dev_name() is the name of its class and its minor, as in "xchar0"
 * @cdev: its character device; from ->open an inode leads here by xdrv_cdev_of()
 * @gate: killed when the device is unregistered; file operations enter it
 * @cls: the class
 * @ops: the driver's part
 */
struct xdrv_cdev {
	struct device dev;
	struct cdev cdev;
	struct xdrv_gate gate;
	struct xdrv_class *cls;
	const struct xdrv_cdev_ops *ops;
};

int xdrv_cdev_init(struct xdrv_cdev *xcdev, struct xdrv_class *cls, struct device *parent,
		   const struct file_operations *fops, const struct xdrv_cdev_ops *ops);
int xdrv_cdev_register(struct xdrv_cdev *xcdev);
void xdrv_cdev_hangup(struct xdrv_cdev *xcdev);
void xdrv_cdev_unregister(struct xdrv_cdev *xcdev);
int devm_xdrv_cdev_register(struct device *owner, struct xdrv_cdev *xcdev);

/**
 * xdrv_cdev_get() - take a reference
 * @xcdev: a device, or NULL
 *
 * A file needs none: while it is open, the cdev keeps the device.
 *
 * Context: Any.
 * Return: @xcdev.
 */
static inline struct xdrv_cdev *xdrv_cdev_get(struct xdrv_cdev *xcdev)
{
	if (xcdev)
		get_device(&xcdev->dev);
	return xcdev;
}

/**
 * xdrv_cdev_put() - drop a reference
 * @xcdev: a device, or NULL
 *
 * Context: Process context, may sleep.
 */
static inline void xdrv_cdev_put(struct xdrv_cdev *xcdev)
{
	if (xcdev)
		put_device(&xcdev->dev);
}

/**
 * xdrv_cdev_of() - the device behind an inode
 * @inode: what ->open got
 *
 * Context: ->open of a device made by xdrv_cdev_init().
 * Return: the device, valid while the file is open.
 */
static inline struct xdrv_cdev *xdrv_cdev_of(struct inode *inode)
{
	return container_of(inode->i_cdev, struct xdrv_cdev, cdev);
}

#endif /* XDRV_CDEV_H */
