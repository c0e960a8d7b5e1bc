// SPDX-License-Identifier: GPL-2.0-only
/*
 * What programs can ask of memory: see uapi/xchar.h. The kernel does not let ftruncate(2) and
 * fallocate(2) through to a character device; two of these do what they would.
 */
#include <linux/fs.h>
#include <linux/falloc.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/uaccess.h>

#include <asm/ioctls.h>

#include "compat.h"
#include "mem.h"
#include "uapi/xchar.h"

/* So much is allocated at once: the removal waits for no more than that. */
#define XCHAR_MEM_ALLOCATION SZ_2M

#define XCHAR_MEM_HOLE (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE)

/* As of a file: what is between the place of the file and the end. */
static int xchar_mem_left(const struct file *file, const struct xchar_device *xdev)
{
	if (xchar_mem_is_gone(xdev))
		return 0;
	return clamp_t(loff_t, xchar_mem_size(xdev->priv) - file->f_pos, 0, INT_MAX);
}

static long xchar_mem_truncate(struct xchar_device *xdev, const u64 __user *arg)
{
	struct xchar_mem *mem = xdev->priv;
	u64 size;

	if (copy_from_user(&size, arg, sizeof(size)))
		return -EFAULT;
	if (size > mem->limit)
		return -EFBIG;
	guard(mutex)(&mem->lock);
	if (xchar_mem_is_gone(xdev))
		return -ENODEV;
	return vfs_truncate(&mem->file->f_path, size);
}

static int xchar_mem_fallocate_some(struct xchar_device *xdev, int mode, loff_t offset, loff_t len)
{
	struct xchar_mem *mem = xdev->priv;

	guard(mutex)(&mem->lock);
	if (xchar_mem_is_gone(xdev))
		return -ENODEV;
	return vfs_fallocate(mem->file, mode, offset, len);
}

/* As long as it was before, unless somebody else has changed that meanwhile. */
static void xchar_mem_shorten_again(struct xchar_mem *mem, loff_t before, loff_t after)
{
	guard(mutex)(&mem->lock);
	if (after > before && xchar_mem_size(mem) == after)
		vfs_truncate(&mem->file->f_path, before);
}

static int xchar_mem_allocate(struct xchar_device *xdev, int mode, loff_t offset, loff_t len)
{
	loff_t before = xchar_mem_size(xdev->priv), n;
	int err = 0;

	for (; len && !err; offset += n, len -= n) {
		n = min_t(loff_t, len, XCHAR_MEM_ALLOCATION);
		err = xchar_mem_fallocate_some(xdev, mode, offset, n);
		if (err)
			break;
		/* Others would let it begin anew each time, and a timer never get anywhere. */
		if (fatal_signal_pending(current))
			err = -EINTR;
	}
	if (err && !(mode & FALLOC_FL_KEEP_SIZE))
		xchar_mem_shorten_again(xdev->priv, before, offset);
	return err;
}

static long xchar_mem_fallocate(struct xchar_device *xdev,
				const struct xchar_fallocate __user *arg)
{
	struct xchar_mem *mem = xdev->priv;
	struct xchar_fallocate what;

	if (copy_from_user(&what, arg, sizeof(what)))
		return -EFAULT;
	if (what.reserved || !what.length || what.offset > S64_MAX ||
	    what.length > S64_MAX - what.offset)
		return -EINVAL;

	switch (what.mode) {
	case XCHAR_MEM_HOLE:
		/* There is nothing behind the limit that could be a hole. */
		if (what.offset >= mem->limit)
			return 0;
		what.length = min_t(u64, what.length, mem->limit - what.offset);
		return xchar_mem_fallocate_some(xdev, what.mode, what.offset, what.length);
	case 0:
	case FALLOC_FL_KEEP_SIZE:
		if (what.offset + what.length > mem->limit)
			return -EFBIG;
		return xchar_mem_allocate(xdev, what.mode, what.offset, what.length);
	}
	return -EOPNOTSUPP;
}

/**
 * xchar_mem_ioctl() - an ioctl, of a program of whatever word size
 * @file: an open file of a device of the mem back end
 * @cmd: what is wanted
 * @arg: where in the program its argument is
 *
 * Context: Process context, may sleep.
 * Return: as xchar_ioctl(), and -EFBIG for what would be longer than it may become.
 */
long xchar_mem_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct xchar_device *xdev = xchar_mem_device(file);
	void __user *user = (void __user *)arg;

	if (cmd == FIONREAD)
		return put_user(xchar_mem_left(file, xdev), (int __user *)user);
	if (xchar_mem_is_gone(xdev))
		return -ENODEV;
	switch (cmd) {
	case XCHAR_IOC_TRUNCATE:
		return file->f_mode & FMODE_WRITE ? xchar_mem_truncate(xdev, user) : -EBADF;
	case XCHAR_IOC_FALLOCATE:
		return file->f_mode & FMODE_WRITE ? xchar_mem_fallocate(xdev, user) : -EBADF;
	}
	return xchar_ioctl_device(xdev, cmd, user);
}
