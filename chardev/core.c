// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices and their lives.
 *
 * Reading and writing do not enter the gate: they touch the fifo alone, which the core owns and
 * the last open file frees, and copying to or from a user's memory can take as long as that user
 * likes (userfaultfd, a page of a FUSE file), which must not hold up a removal. They look whether
 * the gate is closed. The back end is called inside the gate or under open_lock, and never again
 * once the device is unregistered.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/ctype.h>
#include <linux/device.h>
#include <linux/export.h>
#include <linux/log2.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include <xdrv/class.h>

#include "compat.h"
#include "uapi/xchar.h"
#include "xchar.h"
#include "xchar_trace.h"

/* A line end in it would make a line of its own in the file "uevent". */
static bool xchar_can_be_seen(const char *text)
{
	while (isgraph(*text) && isascii(*text))
		text++;
	return !*text;
}

static int xchar_uevent(xdrv_uevent_const struct device *dev, struct kobj_uevent_env *env)
{
	const struct xchar_device *xdev = xchar_device_of(dev);
	int err;

	err = add_uevent_var(env, "XCHAR_TYPE=%s", xdev->type);
	if (err || !xdev->label || !xchar_can_be_seen(xdev->label))
		return err;
	return add_uevent_var(env, "XCHAR_NAME=%s%s", xdev->label, xdev->side);
}

static struct xdrv_class xchar_class = {
	.class = {
		.name = "xchar",
		.dev_groups = xchar_groups,
		.dev_uevent = xchar_uevent,
	},
	.max_devices = XCHAR_MAX_DEVICES,
};

/**
 * xchar_is_device() - is it one of ours?
 * @dev: a device of any class
 *
 * Context: Any.
 * Return: true if xchar_device_of() says which.
 */
bool xchar_is_device(const struct device *dev)
{
	return dev->class == xchar_class.live;
}

/**
 * xchar_core_init() - make the class
 *
 * Return: 0 or an error of xdrv_class_register().
 */
int xchar_core_init(void)
{
	return xdrv_class_register(&xchar_class);
}

/**
 * xchar_core_exit() - remove the class
 *
 * All devices have been unregistered; waits until they are freed.
 */
void xchar_core_exit(void)
{
	xdrv_class_unregister(&xchar_class);
}

static int xchar_device_start(struct xchar_device *xdev)
{
	int err = 0;

	lockdep_assert_held(&xdev->open_lock);
	if (xdev->ops.open)
		err = xdev->ops.open(xdev);
	xdev->started = !err;
	return err;
}

/*
 * Once for each start: by the last file that is closed, or by the removal, whichever comes first.
 * The gate does not tell which that is: it is closed before the removal comes here.
 */
static void xchar_device_stop(struct xchar_device *xdev)
{
	lockdep_assert_held(&xdev->open_lock);
	if (xdev->started && xdev->ops.release)
		xdev->ops.release(xdev);
	xdev->started = false;
}

static void xchar_device_hangup(struct xdrv_cdev *xcdev)
{
	struct xchar_device *xdev = container_of(xcdev, struct xchar_device, cdev);

	if (xdev->rx)
		xchar_fifo_hangup_readers(xdev->rx);
	if (xdev->tx)
		xchar_fifo_hangup_writers(xdev->tx);
	if (xdev->ops.own)
		xdev->ops.own->hangup(xdev);
	kill_fasync(&xdev->async, SIGIO, POLL_HUP);

	/* The back end leaves now; files that close later find it gone. */
	guard(mutex)(&xdev->open_lock);
	trace_xchar_remove(xchar_device_number(xdev), xdev->users);
	xchar_device_stop(xdev);
}

static void xchar_device_release(struct xdrv_cdev *xcdev)
{
	struct xchar_device *xdev = container_of(xcdev, struct xchar_device, cdev);

	xchar_fifo_put(xdev->tx);
	xchar_fifo_put(xdev->rx);
	if (xdev->ops.own)
		xdev->ops.own->free(xdev);
	mutex_destroy(&xdev->open_lock);
	kfree(xdev);
}

static const struct xdrv_cdev_ops xchar_cdev_ops = {
	.hangup = xchar_device_hangup,
	.release = xchar_device_release,
};

static int xchar_device_alloc_fifo(struct xchar_device *xdev, const struct xchar_params *params)
{
	unsigned int size = params->buffer_size ?: XCHAR_BUFFER_DEFAULT;
	struct xchar_fifo *fifo;
	int err = 0;

	if (!is_power_of_2(size) || size < XCHAR_BUFFER_MIN || size > XCHAR_BUFFER_MAX ||
	    (unsigned int)params->overflow >= XCHAR_NR_OVERFLOWS)
		return -EINVAL;
	fifo = xchar_fifo_alloc(size);
	if (IS_ERR(fifo))
		return PTR_ERR(fifo);
	xdev->rx = fifo;
	fifo->overflow = params->overflow;
	if (params->fanout)
		xchar_fifo_fan_out(fifo);
	if (xdev->ops.lines)
		err = xchar_fifo_keep_lines(fifo);
	/* Last, as it looks at what the others have set: see may_expect. */
	xchar_fifo_writers_inc(fifo);
	return err;
}

/**
 * xchar_device_alloc() - make a device, not yet visible
 * @ops: the back end's operations; what they point to must be there until
 *       xchar_device_unregister() returns
 * @params: how it is to be
 * @priv: the back end's own, see xchar_device_priv()
 *
 * The back end counts as the one writer of the device: readers never see an end of file.
 *
 * Context: Process context, may sleep.
 * Return: the device, to be given up with xchar_device_put(), or an error pointer: -EINVAL if the
 * type has no name or too long a one, or @params has a value that is not allowed; -ENOMEM; -ENOSPC
 * when there are 1024 devices.
 */
struct xchar_device *xchar_device_alloc(const struct xchar_ops *ops,
					const struct xchar_params *params, void *priv)
{
	struct xchar_device *xdev;
	int err;

	xdev = kzalloc_obj(*xdev);
	if (!xdev)
		return ERR_PTR(-ENOMEM);

	xdev->ops = *ops;
	if (strscpy(xdev->type, ops->type, sizeof(xdev->type)) <= 0) {
		kfree(xdev);
		return ERR_PTR(-EINVAL);
	}
	xdev->label = params->label;
	xdev->side = "";
	xdev->priv = priv;
	xdev->single = params->exclusive;
	mutex_init(&xdev->open_lock);

	err = ops->own ? 0 : xchar_device_alloc_fifo(xdev, params);
	if (err)
		goto err_put_fifo;

	err = xdrv_cdev_init(&xdev->cdev, &xchar_class, params->parent,
			     ops->own ? ops->own->fops : &xchar_fops, &xchar_cdev_ops);
	if (err)
		goto err_put_fifo;
	if (xdev->rx)
		xdev->rx->number = xchar_device_number(xdev);
	return xdev;

err_put_fifo:
	xchar_fifo_put(xdev->rx);
	kfree(xdev);
	return ERR_PTR(err);
}
EXPORT_SYMBOL_NS_GPL(xchar_device_alloc, XDRV_NAMESPACE);

/**
 * xchar_device_priv() - the back end's own
 * @xdev: a device
 *
 * Context: Any.
 * Return: what xchar_device_alloc() was given.
 */
void *xchar_device_priv(const struct xchar_device *xdev)
{
	return xdev->priv;
}
EXPORT_SYMBOL_NS_GPL(xchar_device_priv, XDRV_NAMESPACE);

/**
 * xchar_device_name() - the name of a device and of its node in /dev
 * @xdev: a device
 *
 * Context: Any.
 * Return: the name, as "xchar3"; it lives as long as the device.
 */
const char *xchar_device_name(const struct xchar_device *xdev)
{
	return dev_name(&xdev->cdev.dev);
}
EXPORT_SYMBOL_NS_GPL(xchar_device_name, XDRV_NAMESPACE);

/**
 * xchar_device_connect() - let what is written to one device be read from another
 * @from: a device that is not registered yet and not connected
 * @to: a device that is not registered yet and to which no other is connected; may be @from itself
 *
 * From now on the files that have @from open for writing are the writers of @to, and readers see
 * the end of file when the last of them is closed. The back end must not call xchar_insert() for
 * @to.
 *
 * Context: Process context.
 */
void xchar_device_connect(struct xchar_device *from, struct xchar_device *to)
{
	from->tx = xchar_fifo_get(to->rx);
	xchar_fifo_writers_dec(to->rx);
}

/**
 * xchar_device_register() - show the device to users
 * @xdev: a device, ready for use: the back end may be called before this returns
 *
 * Context: Process context, may sleep.
 * Return: 0 or a negative errno; only xchar_device_put() is left to do then, and the back end is
 * not called any more.
 */
int xchar_device_register(struct xchar_device *xdev)
{
	xchar_debugfs_add(xdev);
	return xdrv_cdev_register(&xdev->cdev);
}
EXPORT_SYMBOL_NS_GPL(xchar_device_register, XDRV_NAMESPACE);

/**
 * xchar_device_unregister() - take the device away
 * @xdev: a registered device
 *
 * Files may stay open. They read what was written before, and then all they get is -ENODEV. When
 * this returns the back end's operations have ended and are not called again.
 *
 * Context: Process context, may sleep; not from a back end's operation.
 */
void xchar_device_unregister(struct xchar_device *xdev)
{
	xdrv_cdev_unregister(&xdev->cdev);
}
EXPORT_SYMBOL_NS_GPL(xchar_device_unregister, XDRV_NAMESPACE);

/**
 * xchar_device_put() - give up a device
 * @xdev: a device that is not registered
 *
 * Its memory goes with the last file.
 *
 * Context: Process context, may sleep.
 */
void xchar_device_put(struct xchar_device *xdev)
{
	xdrv_cdev_put(&xdev->cdev);
}
EXPORT_SYMBOL_NS_GPL(xchar_device_put, XDRV_NAMESPACE);

/**
 * xchar_insert() - give bytes to whoever reads the device
 * @xdev: a device to which none is connected, between its ->open and its ->release
 * @buf: the bytes
 * @len: how many
 *
 * Context: Any, interrupts included; one call at a time for each device.
 * Return: how many were taken; less than @len if the buffer is full then.
 */
size_t xchar_insert(struct xchar_device *xdev, const void *buf, size_t len)
{
	size_t n;

	if (WARN_ON_ONCE(xdev->ops.lines || xdev->tx))
		return 0;
	n = xchar_fifo_insert(xdev->rx, buf, len);
	trace_xchar_in(xchar_device_number(xdev), n);
	return n;
}
EXPORT_SYMBOL_NS_GPL(xchar_insert, XDRV_NAMESPACE);

/**
 * xchar_insert_lines() - give lines to whoever reads the device
 * @xdev: a device of a back end that gives lines, between its ->open and its ->release
 * @buf: the lines: each ends with a newline and is not longer than XCHAR_LINE_MAX
 * @len: how many bytes, at most XCHAR_BUFFER_MIN
 *
 * All of them are taken. If there is no space, the oldest lines that nobody has read are dropped.
 *
 * Context: Any, interrupts included; one call at a time for each device.
 * Return: how many lines were dropped.
 */
unsigned int xchar_insert_lines(struct xchar_device *xdev, const void *buf, size_t len)
{
	if (WARN_ON_ONCE(!xdev->ops.lines || len > XCHAR_BUFFER_MIN))
		return 0;
	trace_xchar_in(xchar_device_number(xdev), len);
	return xchar_fifo_insert_lines(xdev->rx, buf, len);
}
EXPORT_SYMBOL_NS_GPL(xchar_insert_lines, XDRV_NAMESPACE);

/* A lock that any user may set must not keep out who administers the machine; its own may. */
static bool xchar_device_is_taken(const struct xchar_device *xdev)
{
	lockdep_assert_held(&xdev->open_lock);
	if (!xdev->users)
		return false;
	return xdev->single || (xdev->exclusive && !capable(CAP_SYS_ADMIN));
}

/**
 * xchar_device_open() - a file is opened
 * @xdev: the device
 *
 * Context: Process context, may sleep.
 * Return: 0, -ENODEV if it has been removed, -EBUSY if another file has it for itself, or what the
 * back end says.
 */
int xchar_device_open(struct xchar_device *xdev)
{
	int err;

	guard(mutex)(&xdev->open_lock);
	if (xdrv_gate_is_closed(&xdev->cdev.gate))
		return -ENODEV;
	if (xchar_device_is_taken(xdev))
		return -EBUSY;
	if (!xdev->users && xdev->ops.lines)
		xchar_fifo_clear(xdev->rx);
	if (!xdev->users) {
		err = xchar_device_start(xdev);
		if (err)
			return err;
	}
	xdev->users++;
	trace_xchar_open(xchar_device_number(xdev), xdev->users);
	return 0;
}

/**
 * xchar_device_close() - a file is closed
 * @xdev: the device, for which xchar_device_open() was successful
 *
 * Context: Process context, may sleep.
 */
void xchar_device_close(struct xchar_device *xdev)
{
	guard(mutex)(&xdev->open_lock);
	if (--xdev->users)
		return;
	WRITE_ONCE(xdev->exclusive, false);
	xchar_device_stop(xdev);
}

/**
 * xchar_device_set_exclusive() - keep the device for the files that are open, or no more
 * @xdev: a device that is open
 * @exclusive: whether to
 *
 * Context: Process context, may sleep.
 */
void xchar_device_set_exclusive(struct xchar_device *xdev, bool exclusive)
{
	guard(mutex)(&xdev->open_lock);
	WRITE_ONCE(xdev->exclusive, exclusive);
}

/**
 * xchar_device_stats() - the counters of a device
 * @xdev: the device
 * @stats: to be filled in
 *
 * Context: Any.
 */
void xchar_device_stats(const struct xchar_device *xdev, struct xchar_stats *stats)
{
	memset(stats, 0, sizeof(*stats));
	stats->version = XCHAR_API_VERSION;
	if (xdev->tx && xdev->tx == xdev->rx)
		stats->flags |= XCHAR_STATS_LOOPBACK;
	if (xdev->single || READ_ONCE(xdev->exclusive))
		stats->flags |= XCHAR_STATS_EXCLUSIVE;
	if (xdev->rx)
		xchar_fifo_stats(xdev->rx, &stats->rx);
	if (xdev->tx)
		xchar_fifo_stats(xdev->tx, &stats->tx);
	if (xdev->ops.own)
		xdev->ops.own->stats(xdev, stats);
}

/* Bytes for the back end, which takes them from kernel memory: inside the gate none may fault. */
static ssize_t xchar_device_write_some(struct xchar_device *xdev, struct iov_iter *from, u8 *buf)
{
	size_t len = copy_from_iter(buf, min_t(size_t, iov_iter_count(from), PAGE_SIZE), from);
	ssize_t taken = -ENODEV;

	if (!len)
		return -EFAULT;
	if (xdrv_gate_enter(&xdev->cdev.gate)) {
		taken = min_t(ssize_t, xdev->ops.write(xdev, buf, len), len);
		xdrv_gate_exit(&xdev->cdev.gate);
	}
	if (taken < (ssize_t)len)
		iov_iter_revert(from, len - max_t(ssize_t, taken, 0));
	return taken;
}

/**
 * xchar_device_write() - bytes for a device that is not connected
 * @xdev: the device
 * @from: the bytes
 * @io: whether the caller may sleep; see also &xchar_ops.write
 *
 * Context: Process context, may sleep.
 * Return: how many the back end took; if none, what it says, -EINVAL if it takes none ever, -ENODEV
 * if the device has been removed, -EFAULT, or for want of memory -ENOMEM, or -EAGAIN with
 * XCHAR_IO_NOWAIT.
 */
ssize_t xchar_device_write(struct xchar_device *xdev, struct iov_iter *from, enum xchar_io io)
{
	bool nowait = io == XCHAR_IO_NOWAIT;
	size_t done = 0;
	ssize_t ret = 0;
	u8 *buf;

	if (!xdev->ops.write)
		return -EINVAL;
	buf = kmalloc(PAGE_SIZE, nowait ? GFP_NOWAIT | __GFP_NOWARN : GFP_KERNEL);
	if (!buf)
		return nowait ? -EAGAIN : -ENOMEM;

	while (iov_iter_count(from)) {
		ret = xchar_device_write_some(xdev, from, buf);
		if (ret <= 0)
			break;
		done += ret;
		if (signal_pending(current)) {
			ret = -ERESTARTSYS;
			break;
		}
	}

	kfree(buf);
	return done ?: ret;
}
