// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mem back end: see mem.h.
 *
 * The bytes are those of a file of the kernel's own in shared memory, which nobody sees. It knows
 * holes, can be swapped out, and counts to the memory of who writes. Where mappings of it are cut
 * off they fault with SIGBUS, so that is what the removal of the device does.
 */
#include <linux/fcntl.h>
#include <linux/mm.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>

#include "compat.h"
#include "mem.h"
#include "uapi/xchar.h"

/**
 * xchar_mem_resize() - make it shorter or longer
 * @mem: the memory
 * @size: how long, in bytes; what is cut off is gone, what is added is a hole
 *
 * What was mapped of what is cut off faults from now on.
 *
 * Context: Process context, may sleep.
 * Return: 0 or an error of vfs_truncate().
 */
int xchar_mem_resize(struct xchar_mem *mem, loff_t size)
{
	guard(mutex)(&mem->lock);
	return vfs_truncate(&mem->file->f_path, size);
}

static void xchar_mem_hangup(struct xchar_device *xdev)
{
	struct xchar_mem *mem = xdev->priv;

	wake_up_all(&mem->wait);
}

static void xchar_mem_free(struct xchar_device *xdev)
{
	struct xchar_mem *mem = xdev->priv;

	fput(mem->file);
	mutex_destroy(&mem->lock);
	kfree(mem);
}

static void xchar_mem_stats(const struct xchar_device *xdev, struct xchar_stats *stats)
{
	const struct xchar_mem *mem = xdev->priv;

	stats->rx.bytes_out = atomic64_read(&mem->bytes_read);
	stats->tx.bytes_in = atomic64_read(&mem->bytes_written);
	stats->mem.length = xchar_mem_size(mem);
	stats->mem.limit = mem->limit;
	stats->mem.allocated = (u64)READ_ONCE(file_inode(mem->file)->i_blocks) << SECTOR_SHIFT;
}

static const struct xchar_own xchar_mem_own = {
	.fops = &xchar_mem_fops,
	.hangup = xchar_mem_hangup,
	.free = xchar_mem_free,
	.stats = xchar_mem_stats,
};

static const struct xchar_ops xchar_mem_ops = {
	.type = "mem",
	.own = &xchar_mem_own,
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
	/* Else writes would end at 2 GiB. */
	file->f_flags |= O_LARGEFILE;
	mem->file = file;
	mem->limit = limit;
	mutex_init(&mem->lock);
	init_waitqueue_head(&mem->wait);
	return mem;
}

static struct device *xchar_mem_create(const struct xchar_setup *setup)
{
	struct xchar_mem *mem = xchar_mem_alloc(setup->size_limit);
	struct xchar_device *xdev;
	int err;

	if (IS_ERR(mem))
		return ERR_CAST(mem);
	xdev = xchar_device_alloc(&xchar_mem_ops, &setup->params, mem);
	if (IS_ERR(xdev)) {
		fput(mem->file);
		kfree(mem);
		return ERR_CAST(xdev);
	}

	err = xchar_device_register(xdev);
	if (err) {
		xchar_device_put(xdev);
		return ERR_PTR(err);
	}
	return &xdev->cdev.dev;
}

static void xchar_mem_destroy(struct device *dev)
{
	struct xchar_device *xdev = xchar_device_of(dev);

	xdrv_cdev_hangup(&xdev->cdev);
	xchar_mem_resize(xdev->priv, 0);
	xchar_device_unregister(xdev);
	xchar_device_put(xdev);
}

const struct xchar_backend xchar_mem = {
	.name = "mem",
	.create = xchar_mem_create,
	.destroy = xchar_mem_destroy,
};
