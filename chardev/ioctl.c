// SPDX-License-Identifier: GPL-2.0-only
/*
 * What programs can ask of a device: see uapi/xchar.h. As reading and writing, none of it enters
 * the gate: it touches what the last open file frees.
 */
#include <linux/compat.h>
#include <linux/fs.h>
#include <linux/log2.h>
#include <linux/uaccess.h>

#include <asm/ioctls.h>

#include "compat.h"
#include "uapi/xchar.h"
#include "xchar.h"

/* Of structures that grow a command has more than one number: this is what they have in common. */
#define XCHAR_IOC_OF_ANY_SIZE(cmd) ((cmd) & ~IOCSIZE_MASK)

static long xchar_ioctl_stats(struct xchar_device *xdev, unsigned int cmd, void __user *arg)
{
	size_t size = _IOC_SIZE(cmd);
	struct xchar_stats stats;

	xchar_device_stats(xdev, &stats);
	if (copy_to_user(arg, &stats, min(size, sizeof(stats))))
		return -EFAULT;
	if (size > sizeof(stats) && clear_user(arg + sizeof(stats), size - sizeof(stats)))
		return -EFAULT;
	return 0;
}

static unsigned int xchar_ioctl_used(const struct xchar_file *xfile)
{
	return xfile->reader.fifo ? xchar_reader_used(&xfile->reader) :
				    xchar_fifo_used(xfile->xdev->rx);
}

static long xchar_ioctl_space(struct xchar_device *xdev, s32 __user *arg)
{
	if (!xdev->tx)
		return -EINVAL;
	return put_user(xchar_ring_space(&xdev->tx->ring), arg);
}

static long xchar_ioctl_exclusive(struct xchar_device *xdev, u32 __user *arg)
{
	u32 exclusive;

	if (get_user(exclusive, arg))
		return -EFAULT;
	if (exclusive > 1)
		return -EINVAL;
	xchar_device_set_exclusive(xdev, exclusive);
	return 0;
}

static long xchar_ioctl_resize(struct xchar_device *xdev, fmode_t mode, u32 __user *arg)
{
	u32 size;
	int err;

	if (!(mode & FMODE_WRITE))
		return -EBADF;
	if (get_user(size, arg))
		return -EFAULT;
	if (size < XCHAR_BUFFER_MIN || size > XCHAR_BUFFER_MAX)
		return -ERANGE;
	size = roundup_pow_of_two(size);
	err = xchar_fifo_resize(xdev->rx, size);
	return err ?: put_user(size, arg);
}

static long xchar_ioctl_flush(struct xchar_device *xdev, fmode_t mode, const u32 __user *arg)
{
	u32 which;
	int err = 0;

	if (get_user(which, arg))
		return -EFAULT;
	if (!which || which & ~(XCHAR_FLUSH_RX | XCHAR_FLUSH_TX))
		return -EINVAL;
	if ((which & XCHAR_FLUSH_RX && !(mode & FMODE_READ)) ||
	    (which & XCHAR_FLUSH_TX && !(mode & FMODE_WRITE)))
		return -EBADF;

	if (which & XCHAR_FLUSH_RX)
		err = xchar_fifo_flush(xdev->rx);
	if (!err && which & XCHAR_FLUSH_TX && xdev->tx)
		err = xchar_fifo_flush(xdev->tx);
	return err;
}

static long xchar_ioctl_reset(struct xchar_device *xdev, fmode_t mode)
{
	int err;

	if (~mode & (FMODE_READ | FMODE_WRITE))
		return -EBADF;
	err = xchar_fifo_reset(xdev->rx);
	if (!err && xdev->tx && xdev->tx != xdev->rx)
		err = xchar_fifo_reset(xdev->tx);
	return err;
}

/**
 * xchar_ioctl_device() - an ioctl that a device of any kind has
 * @xdev: the device
 * @cmd: what is wanted
 * @arg: where in the program its argument is
 *
 * Context: Process context, may sleep.
 * Return: 0, -ENOTTY if there is no such command, -EFAULT or -EINVAL.
 */
long xchar_ioctl_device(struct xchar_device *xdev, unsigned int cmd, void __user *arg)
{
	if (cmd == XCHAR_IOC_VERSION)
		return put_user(XCHAR_API_VERSION, (u32 __user *)arg);
	if (cmd == XCHAR_IOC_EXCLUSIVE)
		return xchar_ioctl_exclusive(xdev, arg);
	if (XCHAR_IOC_OF_ANY_SIZE(cmd) == XCHAR_IOC_OF_ANY_SIZE(XCHAR_IOC_STATS))
		return xchar_ioctl_stats(xdev, cmd, arg);
	return -ENOTTY;
}

/**
 * xchar_ioctl() - an ioctl, of a program of whatever word size
 * @file: an open file
 * @cmd: what is wanted
 * @arg: where in the program its argument is
 *
 * A program may call this as often as it likes, so what is wrong is not worth a line in the log.
 *
 * Context: Process context, may sleep.
 * Return: 0; -ENOTTY if there is no such command; -ENODEV if the device has been removed; -EFAULT;
 * -EBADF if the file is not open for what is wanted; -EINVAL or -ERANGE if the argument is wrong;
 * or what the command says.
 */
long xchar_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct xchar_file *xfile = file->private_data;
	struct xchar_device *xdev = xfile->xdev;
	void __user *user = (void __user *)arg;

	if (cmd == FIONREAD)
		return put_user(xchar_ioctl_used(xfile), (int __user *)user);
	if (xdrv_gate_is_closed(&xdev->cdev.gate))
		return -ENODEV;

	switch (cmd) {
	case FIONSPACE:
		return xchar_ioctl_space(xdev, user);
	case XCHAR_IOC_RESIZE:
		return xchar_ioctl_resize(xdev, file->f_mode, user);
	case XCHAR_IOC_FLUSH:
		return xchar_ioctl_flush(xdev, file->f_mode, user);
	case XCHAR_IOC_RESET:
		return xchar_ioctl_reset(xdev, file->f_mode);
	}
	return xchar_ioctl_device(xdev, cmd, user);
}
