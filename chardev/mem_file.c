// SPDX-License-Identifier: GPL-2.0-only
/* File operations of the mem back end: see mem.h. */
#include <linux/compat.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/splice.h>
#include <linux/uio.h>

#include "compat.h"
#include "mem.h"
#include "uapi/xchar.h"
#include "xchar_trace.h"

/* So many bytes of a write are written at once. */
#define XCHAR_MEM_PIECE SZ_64K

static int xchar_mem_open(struct inode *inode, struct file *file)
{
	struct xchar_device *xdev = container_of(xdrv_cdev_of(inode), struct xchar_device, cdev);
	int err;

	err = xchar_device_open(xdev);
	if (err)
		return err;
	if ((file->f_flags & O_TRUNC) && (file->f_mode & FMODE_WRITE)) {
		err = xchar_mem_resize(xdev->priv, 0);
		if (err) {
			xchar_device_close(xdev);
			return err;
		}
	}
	file->private_data = xdev;
	file->f_mode |= FMODE_NOWAIT;
	return 0;
}

static int xchar_mem_release(struct inode *inode, struct file *file)
{
	xchar_device_close(xchar_mem_device(file));
	return 0;
}

static loff_t xchar_mem_llseek(struct file *file, loff_t offset, int whence)
{
	struct xchar_device *xdev = xchar_mem_device(file);
	struct xchar_mem *mem = xdev->priv;

	if (xchar_mem_is_gone(xdev))
		return -ENODEV;
	if (whence != SEEK_DATA && whence != SEEK_HOLE)
		return generic_file_llseek_size(file, offset, whence, mem->limit,
						xchar_mem_size(mem));
	offset = vfs_llseek(mem->file, offset, whence);
	return offset < 0 ? offset : vfs_setpos(file, offset, mem->limit);
}

static ssize_t xchar_mem_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct xchar_device *xdev = xchar_mem_device(iocb->ki_filp);
	struct xchar_mem *mem = xdev->priv;
	ssize_t n;

	if (!iov_iter_count(to))
		return 0;
	if (iocb->ki_flags & IOCB_NOWAIT)
		n = xchar_mem_read_nowait(mem, to, &iocb->ki_pos, !is_sync_kiocb(iocb));
	else
		n = vfs_iter_read(mem->file, to, &iocb->ki_pos, 0);
	/* There is nothing left then; but what was read before that counts. */
	if (n <= 0)
		return xchar_mem_is_gone(xdev) ? -ENODEV : n;
	atomic64_add(n, &mem->bytes_read);
	trace_xchar_out(xchar_device_number(xdev), n);
	return n;
}

/* A piece of a write, at most up to the limit. Returns how many bytes of it are written. */
static ssize_t xchar_mem_write_piece(struct xchar_mem *mem, const u8 *buf, size_t len, loff_t *pos)
{
	lockdep_assert_held(&mem->lock);
	if (*pos >= mem->limit)
		return -ENOSPC;
	return kernel_write(mem->file, buf, min_t(loff_t, len, mem->limit - *pos), pos);
}

/*
 * In pieces that are in kernel memory: a user's may take as long as he likes to come, and the
 * removal must not wait for a lock that is held meanwhile. What is appended in one piece stays
 * together.
 */
static ssize_t xchar_mem_write_some(struct xchar_device *xdev, struct kiocb *iocb,
				    struct iov_iter *from, u8 *buf)
{
	struct xchar_mem *mem = xdev->priv;
	size_t len;
	ssize_t n;

	len = copy_from_iter(buf, min_t(size_t, iov_iter_count(from), XCHAR_MEM_PIECE), from);
	if (!len)
		return -EFAULT;
	guard(mutex)(&mem->lock);
	/* Looked at with the lock held: the removal cuts off what is written before. */
	if (xchar_mem_is_gone(xdev))
		return -ENODEV;
	if (iocb->ki_flags & IOCB_APPEND)
		iocb->ki_pos = xchar_mem_size(mem);
	n = xchar_mem_write_piece(mem, buf, len, &iocb->ki_pos);
	if (n < (ssize_t)len)
		iov_iter_revert(from, len - max_t(ssize_t, n, 0));
	return n;
}

static ssize_t xchar_mem_write_all(struct xchar_device *xdev, struct kiocb *iocb,
				   struct iov_iter *from)
{
	size_t done = 0;
	ssize_t n = 0;
	u8 *buf;

	buf = kvmalloc(min_t(size_t, iov_iter_count(from), XCHAR_MEM_PIECE), GFP_KERNEL);
	if (!buf)
		return -ENOMEM;

	while (iov_iter_count(from)) {
		n = xchar_mem_write_some(xdev, iocb, from, buf);
		if (n <= 0)
			break;
		done += n;
		if (fatal_signal_pending(current)) {
			n = -EINTR;
			break;
		}
	}
	kvfree(buf);
	return done ?: n;
}

static ssize_t xchar_mem_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct xchar_device *xdev = xchar_mem_device(iocb->ki_filp);
	struct xchar_mem *mem = xdev->priv;
	ssize_t n;

	if (xchar_mem_is_gone(xdev))
		return -ENODEV;
	if (!iov_iter_count(from))
		return 0;
	if (!(iocb->ki_flags & IOCB_NOWAIT))
		n = xchar_mem_write_all(xdev, iocb, from);
	else if (iocb->ki_flags & IOCB_APPEND)
		n = -EAGAIN;
	else
		n = xchar_mem_write_nowait(xdev, from, &iocb->ki_pos, !is_sync_kiocb(iocb));
	if (n > 0) {
		atomic64_add(n, &mem->bytes_written);
		trace_xchar_in(xchar_device_number(xdev), n);
	}
	return n;
}

static __poll_t xchar_mem_poll(struct file *file, poll_table *wait)
{
	struct xchar_device *xdev = xchar_mem_device(file);
	struct xchar_mem *mem = xdev->priv;

	poll_wait(file, &mem->wait, wait);
	/* On the queue first, then look; older kernels leave the barrier to the caller. */
	smp_mb();
	if (xchar_mem_is_gone(xdev))
		return EPOLLHUP | EPOLLERR;
	return EPOLLIN | EPOLLRDNORM | EPOLLOUT | EPOLLWRNORM;
}

/* There is always something to read and space: only the removal is news. */
static int xchar_mem_fasync(int fd, struct file *file, int on)
{
	return fasync_helper(fd, file, on, &xchar_mem_device(file)->async);
}

/* From then on the memory is that of the file behind, which the mapping keeps. */
static int xchar_mem_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct xchar_device *xdev = xchar_mem_device(file);
	struct xchar_mem *mem = xdev->priv;

	if (xchar_mem_is_gone(xdev))
		return -ENODEV;
	vma_set_file(vma, mem->file);
	return vfs_mmap(mem->file, vma);
}

static int xchar_mem_fsync(struct file *file, loff_t start, loff_t end, int datasync)
{
	return xchar_mem_is_gone(xchar_mem_device(file)) ? -ENODEV : 0;
}

static void xchar_mem_show_fdinfo(struct seq_file *m, struct file *file)
{
	const struct xchar_device *xdev = xchar_mem_device(file);
	struct xchar_stats stats;

	xchar_show_device(m, xdev, &stats);
	seq_printf(m, "xchar-mem-length:\t%llu\n", stats.mem.length);
	seq_printf(m, "xchar-mem-limit:\t%llu\n", stats.mem.limit);
	seq_printf(m, "xchar-mem-allocated:\t%llu\n", stats.mem.allocated);
}

const struct file_operations xchar_mem_fops = {
	.owner = THIS_MODULE,
	.open = xchar_mem_open,
	.release = xchar_mem_release,
	.llseek = xchar_mem_llseek,
	.read_iter = xchar_mem_read_iter,
	.write_iter = xchar_mem_write_iter,
	.splice_read = copy_splice_read,
	.splice_write = iter_file_splice_write,
	.poll = xchar_mem_poll,
	.fasync = xchar_mem_fasync,
	.mmap = xchar_mem_mmap,
	.fsync = xchar_mem_fsync,
	.show_fdinfo = xchar_mem_show_fdinfo,
	.unlocked_ioctl = xchar_mem_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};
