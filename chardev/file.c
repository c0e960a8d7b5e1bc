// SPDX-License-Identifier: GPL-2.0-only
/* File operations: see fifo.c for what reading and writing do. */
#include <linux/compat.h>
#include <linux/poll.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/splice.h>
#include <linux/uio.h>

#include "compat.h"
#include "uapi/xchar.h"
#include "xchar.h"
#include "xchar_trace.h"

static int xchar_file_open_reader(struct xchar_file *xfile)
{
	struct xchar_device *xdev = xfile->xdev;

	xchar_reader_open(&xfile->reader, xdev->rx, &xdev->cdev.gate);
	return xdev->rx->fanout ? xchar_reader_join(&xfile->reader) : 0;
}

static int xchar_open(struct inode *inode, struct file *file)
{
	struct xchar_device *xdev = container_of(xdrv_cdev_of(inode), struct xchar_device, cdev);
	struct xchar_file *xfile;
	int err;

	xfile = kzalloc_obj(*xfile);
	if (!xfile)
		return -ENOMEM;

	err = xchar_device_open(xdev);
	if (err)
		goto err_free;

	xfile->xdev = xdev;
	if (file->f_mode & FMODE_READ) {
		err = xchar_file_open_reader(xfile);
		if (err)
			goto err_close;
	}
	if ((file->f_mode & FMODE_WRITE) && xdev->tx) {
		xfile->writer.fifo = xdev->tx;
		xfile->writer.gate = &xdev->cdev.gate;
		xchar_fifo_writers_inc(xdev->tx);
	}
	file->private_data = xfile;
	file->f_mode |= FMODE_NOWAIT;
	return stream_open(inode, file);

err_close:
	xchar_device_close(xdev);
err_free:
	kfree(xfile);
	return err;
}

static int xchar_release(struct inode *inode, struct file *file)
{
	struct xchar_file *xfile = file->private_data;

	if (xfile->writer.fifo)
		xchar_fifo_writers_dec(xfile->writer.fifo);
	xchar_reader_leave(&xfile->reader);
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

/* Apart, so that those which are not traced need not come back to see whether they are. */
static noinline ssize_t xchar_read_traced(struct xchar_file *xfile, struct iov_iter *to,
					  enum xchar_io io)
{
	ssize_t n = xchar_reader_read(&xfile->reader, to, io);

	if (n > 0)
		trace_xchar_out(xchar_device_number(xfile->xdev), n);
	return n;
}

/**
 * xchar_read_iter() - any read but the simplest, see user.c
 * @iocb: what is read, and how
 * @to: where the bytes go to
 *
 * Context: Process context, may sleep.
 * Return: as xchar_reader_read().
 */
ssize_t xchar_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct xchar_file *xfile = iocb->ki_filp->private_data;

	if (trace_xchar_out_enabled())
		return xchar_read_traced(xfile, to, xchar_io_of(iocb));
	return xchar_reader_read(&xfile->reader, to, xchar_io_of(iocb));
}

static noinline ssize_t xchar_write_traced(struct xchar_file *xfile, struct iov_iter *from,
					   enum xchar_io io)
{
	ssize_t n;

	n = xfile->writer.fifo ? xchar_writer_write(&xfile->writer, from, io) :
				 xchar_device_write(xfile->xdev, from, io);
	if (n > 0)
		trace_xchar_in(xchar_device_number(xfile->xdev), n);
	return n;
}

/**
 * xchar_write_iter() - any write but the simplest, see user.c
 * @iocb: what is written to, and how
 * @from: the bytes
 *
 * Context: Process context, may sleep.
 * Return: as xchar_writer_write() or xchar_device_write().
 */
ssize_t xchar_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct xchar_file *xfile = iocb->ki_filp->private_data;

	if (trace_xchar_in_enabled())
		return xchar_write_traced(xfile, from, xchar_io_of(iocb));
	if (!xfile->writer.fifo)
		return xchar_device_write(xfile->xdev, from, xchar_io_of(iocb));
	return xchar_writer_write(&xfile->writer, from, xchar_io_of(iocb));
}

static __poll_t xchar_poll(struct file *file, poll_table *wait)
{
	struct xchar_file *xfile = file->private_data;
	struct xchar_fifo *rx = xfile->reader.fifo, *tx = xfile->writer.fifo;
	__poll_t mask = 0;

	/* Those who read, and those who have no other queue on which to learn of the removal. */
	if (rx || !tx)
		poll_wait(file, &xfile->xdev->rx->read_wait, wait);
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

	if (!rx && !tx)
		return fasync_helper(fd, file, on, &xfile->xdev->async);
	if (rx)
		err = fasync_helper(fd, file, on, &rx->async_readers);
	if (err < 0 || !tx)
		return err;

	err = fasync_helper(fd, file, on, &tx->async_writers);
	if (err < 0 && rx)
		fasync_helper(-1, file, 0, &rx->async_readers);
	return err;
}

/* There is nothing behind the device that data could be brought to but its readers. */
static int xchar_fsync(struct file *file, loff_t start, loff_t end, int datasync)
{
	struct xchar_file *xfile = file->private_data;

	if (xfile->writer.fifo)
		return xchar_writer_drain(&xfile->writer);
	return xdrv_gate_is_closed(&xfile->xdev->cdev.gate) ? -ENODEV : 0;
}

static void xchar_show_stream(struct seq_file *m, const char *name,
			      const struct xchar_stream_stats *stats)
{
	seq_printf(m, "xchar-%s-size:\t%u\n", name, stats->size);
	seq_printf(m, "xchar-%s-used:\t%u\n", name, stats->used);
	seq_printf(m, "xchar-%s-dropped:\t%llu\n", name, stats->bytes_dropped);
}

/**
 * xchar_show_device() - what /proc/PID/fdinfo says about any device
 * @m: where to
 * @xdev: the device
 * @stats: to be filled in with its counters, for what the caller says
 *
 * Context: Process context.
 */
void xchar_show_device(struct seq_file *m, const struct xchar_device *xdev,
		       struct xchar_stats *stats)
{
	xchar_device_stats(xdev, stats);
	seq_printf(m, "xchar-device:\t%s\n", dev_name(&xdev->cdev.dev));
	seq_printf(m, "xchar-type:\t%s\n", xdev->type);
	seq_printf(m, "xchar-removed:\t%d\n", xdrv_gate_is_closed(&xdev->cdev.gate));
	seq_printf(m, "xchar-exclusive:\t%d\n", !!(stats->flags & XCHAR_STATS_EXCLUSIVE));
}

static void xchar_show_fdinfo(struct seq_file *m, struct file *file)
{
	struct xchar_file *xfile = file->private_data;
	struct xchar_stats stats;

	xchar_show_device(m, xfile->xdev, &stats);
	if (xfile->reader.fifo)
		xchar_show_stream(m, "rx", &stats.rx);
	if (xfile->writer.fifo)
		xchar_show_stream(m, "tx", &stats.tx);
}

const struct file_operations xchar_fops = {
	.owner = THIS_MODULE,
	.open = xchar_open,
	.release = xchar_release,
	.read = xchar_read,
	.write = xchar_write,
	.read_iter = xchar_read_iter,
	.write_iter = xchar_write_iter,
	.splice_read = copy_splice_read,
	.splice_write = iter_file_splice_write,
	.poll = xchar_poll,
	.fasync = xchar_fasync,
	.fsync = xchar_fsync,
	.show_fdinfo = xchar_show_fdinfo,
	.unlocked_ioctl = xchar_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};
