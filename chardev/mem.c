// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mem back end: memory that can be read and written at any place, sparse, and mapped.
 *
 * The bytes are those of a file of the kernel's own in shared memory, which nobody sees. It knows
 * holes, can be swapped out, and counts to the memory of who writes. Where mappings of it are cut
 * off they fault with SIGBUS, so that is what the removal of the device does.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include "compat.h"
#include "uapi/xchar.h"
#include "xchar.h"

/* So many bytes of a write are written at once. */
#define XCHAR_MEM_PIECE SZ_64K

/**
 * struct xchar_mem - memory behind a device
 * @file: the file that has it
 * @limit: how long it may become, in bytes
 * @lock: serialises writes and cuts; never held while a user's memory is copied
 */
struct xchar_mem {
	struct file *file;
	loff_t limit;
	struct mutex lock; /* serialises writes and cuts */
};

/* An open file of such a device has its device as private_data, and no ends to read or write. */
static struct xchar_mem *xchar_mem_of(const struct file *file, struct xchar_device **xdev)
{
	*xdev = file->private_data;
	return (*xdev)->priv;
}

static bool xchar_mem_is_gone(const struct xchar_device *xdev)
{
	return xdrv_gate_is_closed(&xdev->cdev.gate);
}

static loff_t xchar_mem_size(const struct xchar_mem *mem)
{
	return i_size_read(file_inode(mem->file));
}

/* To nothing: what was mapped of it faults from now on. */
static int xchar_mem_cut(struct xchar_mem *mem)
{
	guard(mutex)(&mem->lock);
	return vfs_truncate(&mem->file->f_path, 0);
}

static int xchar_mem_open(struct inode *inode, struct file *file)
{
	struct xchar_device *xdev = container_of(xdrv_cdev_of(inode), struct xchar_device, cdev);
	int err;

	err = xchar_device_open(xdev);
	if (err)
		return err;
	if ((file->f_flags & O_TRUNC) && (file->f_mode & FMODE_WRITE)) {
		err = xchar_mem_cut(xdev->priv);
		if (err) {
			xchar_device_close(xdev);
			return err;
		}
	}
	file->private_data = xdev;
	return 0;
}

static int xchar_mem_release(struct inode *inode, struct file *file)
{
	xchar_device_close(file->private_data);
	return 0;
}

static loff_t xchar_mem_llseek(struct file *file, loff_t offset, int whence)
{
	struct xchar_device *xdev;
	struct xchar_mem *mem = xchar_mem_of(file, &xdev);

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
	struct xchar_device *xdev;
	struct xchar_mem *mem = xchar_mem_of(iocb->ki_filp, &xdev);
	ssize_t n;

	if (!iov_iter_count(to))
		return 0;
	n = vfs_iter_read(mem->file, to, &iocb->ki_pos, 0);
	/* There is nothing left then; but what was read before that counts. */
	return !n && xchar_mem_is_gone(xdev) ? -ENODEV : n;
}

/* A piece of a write, at most up to the limit. Returns how many bytes of it are written. */
static ssize_t xchar_mem_write_piece(struct xchar_mem *mem, u8 *buf, size_t len, loff_t *pos)
{
	struct kvec kvec = { .iov_base = buf };
	struct iov_iter from;
	ssize_t n;

	lockdep_assert_held(&mem->lock);
	if (*pos >= mem->limit)
		return -ENOSPC;
	kvec.iov_len = min_t(loff_t, len, mem->limit - *pos);
	iov_iter_kvec(&from, ITER_SOURCE, &kvec, 1, kvec.iov_len);
	file_start_write(mem->file);
	n = vfs_iter_write(mem->file, &from, pos, 0);
	file_end_write(mem->file);
	return n;
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

static ssize_t xchar_mem_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct xchar_device *xdev = iocb->ki_filp->private_data;
	size_t done = 0;
	ssize_t n = 0;
	u8 *buf;

	if (xchar_mem_is_gone(xdev))
		return -ENODEV;
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

static __poll_t xchar_mem_poll(struct file *file, poll_table *wait)
{
	struct xchar_device *xdev = file->private_data;

	if (xchar_mem_is_gone(xdev))
		return EPOLLHUP | EPOLLERR;
	return EPOLLIN | EPOLLRDNORM | EPOLLOUT | EPOLLWRNORM;
}

/* From then on the memory is that of the file behind, which the mapping keeps. */
static int xchar_mem_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct xchar_device *xdev;
	struct xchar_mem *mem = xchar_mem_of(file, &xdev);

	if (xchar_mem_is_gone(xdev))
		return -ENODEV;
	vma_set_file(vma, mem->file);
	return vfs_mmap(mem->file, vma);
}

static int xchar_mem_fsync(struct file *file, loff_t start, loff_t end, int datasync)
{
	return xchar_mem_is_gone(file->private_data) ? -ENODEV : 0;
}

static const struct file_operations xchar_mem_fops = {
	.owner = THIS_MODULE,
	.open = xchar_mem_open,
	.release = xchar_mem_release,
	.llseek = xchar_mem_llseek,
	.read_iter = xchar_mem_read_iter,
	.write_iter = xchar_mem_write_iter,
	.splice_read = copy_splice_read,
	.splice_write = iter_file_splice_write,
	.poll = xchar_mem_poll,
	.mmap = xchar_mem_mmap,
	.fsync = xchar_mem_fsync,
};

static void xchar_mem_free(struct xchar_device *xdev)
{
	struct xchar_mem *mem = xdev->priv;

	fput(mem->file);
	mutex_destroy(&mem->lock);
	kfree(mem);
}

static const struct xchar_ops xchar_mem_ops = {
	.type = "mem",
	.fops = &xchar_mem_fops,
	.free = xchar_mem_free,
};

static struct xchar_mem *xchar_mem_alloc(loff_t limit)
{
	struct xchar_mem *mem;
	struct file *file;

	mem = kzalloc_obj(*mem);
	if (!mem)
		return ERR_PTR(-ENOMEM);
	file = shmem_file_setup("xchar", 0, XDRV_SHMEM_NORESERVE);
	if (IS_ERR(file)) {
		kfree(mem);
		return ERR_CAST(file);
	}
	/* Whether a user may use it is a matter of the device, not of this. */
	file_inode(file)->i_flags |= S_PRIVATE;
	mem->file = file;
	mem->limit = limit;
	mutex_init(&mem->lock);
	return mem;
}

static struct xchar_device *xchar_mem_create(const struct xchar_params *params)
{
	struct xchar_mem *mem = xchar_mem_alloc(params->size_limit);
	struct xchar_device *xdev;
	int err;

	if (IS_ERR(mem))
		return ERR_CAST(mem);
	xdev = xchar_device_alloc(&xchar_mem_ops, params, mem);
	if (IS_ERR(xdev)) {
		fput(mem->file);
		kfree(mem);
		return xdev;
	}

	err = xchar_device_register(xdev);
	if (err) {
		xchar_device_put(xdev);
		return ERR_PTR(err);
	}
	return xdev;
}

static void xchar_mem_destroy(struct xchar_device *xdev)
{
	xdrv_cdev_hangup(&xdev->cdev);
	xchar_mem_cut(xdev->priv);
	xchar_device_unregister(xdev);
	xchar_device_put(xdev);
}

const struct xchar_backend xchar_mem = {
	.name = "mem",
	.create = xchar_mem_create,
	.destroy = xchar_mem_destroy,
};
