// SPDX-License-Identifier: GPL-2.0-only
/* File operations: see fifo.c for what reading and writing do. */
#include <linux/compat.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/splice.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include <asm/ioctls.h>

#include "compat.h"
#include "xchar.h"

/**
 * struct xchar_file - an open file
 * @reader: its reading end, if it is open for reading
 * @writer: its writing end, if it is open for writing and the device is connected
 * @xdev: the device
 */
struct xchar_file {
	struct xchar_reader reader;
	struct xchar_writer writer;
	struct xchar_device *xdev;
};

static int xchar_open(struct inode *inode, struct file *file)
{
	struct xchar_device *xdev = container_of(xdrv_cdev_of(inode), struct xchar_device, cdev);
	struct xchar_file *xfile;
	int err;

	xfile = kzalloc_obj(*xfile);
	if (!xfile)
		return -ENOMEM;

	err = xchar_device_open(xdev);
	if (err) {
		kfree(xfile);
		return err;
	}

	xfile->xdev = xdev;
	if ((file->f_mode & FMODE_WRITE) && xdev->tx) {
		xfile->writer.fifo = xdev->tx;
		xfile->writer.gate = &xdev->cdev.gate;
		xchar_fifo_writers_inc(xdev->tx);
	}
	if (file->f_mode & FMODE_READ)
		xchar_reader_open(&xfile->reader, xdev->rx, &xdev->cdev.gate);

	file->private_data = xfile;
	file->f_mode |= FMODE_NOWAIT;
	return stream_open(inode, file);
}

static int xchar_release(struct inode *inode, struct file *file)
{
	struct xchar_file *xfile = file->private_data;

	if (xfile->writer.fifo)
		xchar_fifo_writers_dec(xfile->writer.fifo);
	xchar_device_close(xfile->xdev);
	kfree(xfile);
	return 0;
}

static enum xchar_io xchar_io_of(const struct kiocb *iocb)
{
	if (iocb->ki_flags & IOCB_NOWAIT)
		return XCHAR_IO_NOWAIT;
	return iocb->ki_filp->f_flags & O_NONBLOCK ? XCHAR_IO_NONBLOCK : XCHAR_IO_BLOCK;
}

static ssize_t xchar_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct xchar_file *xfile = iocb->ki_filp->private_data;

	return xchar_reader_read(&xfile->reader, to, xchar_io_of(iocb));
}

static ssize_t xchar_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct xchar_file *xfile = iocb->ki_filp->private_data;

	if (!xfile->writer.fifo)
		return xchar_device_write(xfile->xdev, from);
	return xchar_writer_write(&xfile->writer, from, xchar_io_of(iocb));
}

static __poll_t xchar_poll(struct file *file, poll_table *wait)
{
	struct xchar_file *xfile = file->private_data;
	struct xchar_fifo *rx = xfile->reader.fifo, *tx = xfile->writer.fifo;
	__poll_t mask = 0;

	if (rx)
		poll_wait(file, &rx->read_wait, wait);
	if (tx)
		poll_wait(file, &tx->write_wait, wait);
	/* On the queues first, then look; older kernels leave the barrier to the caller. */
	smp_mb();

	if (rx)
		mask |= xchar_reader_poll(&xfile->reader);
	if (xdrv_gate_is_closed(&xfile->xdev->cdev.gate))
		mask |= EPOLLHUP | EPOLLERR;
	else if (tx)
		mask |= xchar_writer_poll(&xfile->writer);
	else if (file->f_mode & FMODE_WRITE)
		mask |= EPOLLOUT | EPOLLWRNORM;
	return mask;
}

static int xchar_fasync(int fd, struct file *file, int on)
{
	struct xchar_file *xfile = file->private_data;
	struct xchar_fifo *rx = xfile->reader.fifo, *tx = xfile->writer.fifo;
	int err = 0;

	if (rx)
		err = fasync_helper(fd, file, on, &rx->async_readers);
	if (err < 0 || !tx)
		return err;

	err = fasync_helper(fd, file, on, &tx->async_writers);
	if (err < 0 && rx)
		fasync_helper(-1, file, 0, &rx->async_readers);
	return err;
}

static long xchar_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct xchar_file *xfile = file->private_data;
	struct xchar_fifo *rx = xfile->xdev->rx;

	switch (cmd) {
	case FIONREAD:
		return put_user(xchar_fifo_used(rx), (int __user *)arg);
	default:
		return -ENOTTY;
	}
}

const struct file_operations xchar_fops = {
	.owner = THIS_MODULE,
	.open = xchar_open,
	.release = xchar_release,
	.read_iter = xchar_read_iter,
	.write_iter = xchar_write_iter,
	.splice_read = copy_splice_read,
	.splice_write = iter_file_splice_write,
	.poll = xchar_poll,
	.fasync = xchar_fasync,
	.unlocked_ioctl = xchar_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};
