/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mem back end: memory that can be read and written at any place, sparse, and mapped.
 *
 * mem.c          the device and the memory behind it
 * mem_file.c     file operations
 * mem_nowait.c   reads and writes that must not sleep
 * mem_ioctl.c    what programs can ask of it
 */
#ifndef XCHAR_MEM_H
#define XCHAR_MEM_H

#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "xchar.h"

/**
 * struct xchar_mem - memory behind a device
 * @file: the file that has it
 * @limit: how long it may become, in bytes
 * @lock: serialises what changes it but for mappings; never held while a user's memory is copied
 * @wait: those who poll; they wait for the removal alone
 * @bytes_read: by all programs
 * @bytes_written: by all programs; neither counts what goes through mappings
 */
struct xchar_mem {
	struct file *file;
	loff_t limit;
	struct mutex lock; /* serialises what changes it */
	wait_queue_head_t wait;
	atomic64_t bytes_read;
	atomic64_t bytes_written;
};

/* An open file of such a device has its device as private_data, and no ends to read or write. */
static inline struct xchar_device *xchar_mem_device(const struct file *file)
{
	return file->private_data;
}

static inline bool xchar_mem_is_gone(const struct xchar_device *xdev)
{
	return xdrv_gate_is_closed(&xdev->cdev.gate);
}

static inline loff_t xchar_mem_size(const struct xchar_mem *mem)
{
	return i_size_read(file_inode(mem->file));
}

/* mem.c */
int xchar_mem_resize(struct xchar_mem *mem, loff_t size);

/* mem_file.c */
extern const struct file_operations xchar_mem_fops;

/* mem_nowait.c */
ssize_t xchar_mem_read_nowait(struct xchar_mem *mem, struct iov_iter *to, loff_t *pos, bool whole);
ssize_t xchar_mem_write_nowait(struct xchar_device *xdev, struct iov_iter *from, loff_t *pos,
			       bool whole);

/* mem_ioctl.c */
long xchar_mem_ioctl(struct file *file, unsigned int cmd, unsigned long arg);

#endif /* XCHAR_MEM_H */
