// SPDX-License-Identifier: GPL-2.0-only
/*
 * What most calls are: read(2) and write(2) of bytes that are there, or for which there is space,
 * in one piece. Without an iterator, whose making and walking costs as much as the copying of a
 * line; the driver of /dev/zero does so, too. Whatever else there is to it - waiting, the end of
 * file, bytes around the end of the ring, lines, cursors, tracing - goes the way of all others.
 */
#include <linux/uio.h>

#include "compat.h"
#include "xchar.h"
#include "xchar_trace.h"

/* A write that fits in one piece. 0 if it does not, and nothing is changed. */
static ssize_t xchar_put_user_bytes(struct xchar_fifo *fifo, const char __user *buf, size_t len)
{
	ssize_t n = 0;

	if (mutex_lock_interruptible(&fifo->write_lock))
		return -ERESTARTSYS;
	if (!READ_ONCE(fifo->turn))
		n = xchar_ring_put_user(&fifo->ring, buf, len);
	if (n > 0)
		WRITE_ONCE(fifo->bytes_in, fifo->bytes_in + n);
	mutex_unlock(&fifo->write_lock);

	if (n > 0)
		xchar_fifo_wake_reader(fifo);
	return n;
}

/* Apart, for the sake of what the others need not put on the stack. */
static noinline ssize_t xchar_write_otherwise(struct file *file, const char __user *buf, size_t len)
{
	struct iov_iter from;
	struct kiocb iocb;

	init_sync_kiocb(&iocb, file);
	iov_iter_ubuf(&from, ITER_SOURCE, (void __user *)buf, len);
	return xchar_write_iter(&iocb, &from);
}

/**
 * xchar_write() - write(2)
 * @file: an open file
 * @buf: the bytes
 * @len: how many
 * @pos: not used, as the file is a stream
 *
 * Context: Process context, may sleep.
 * Return: as xchar_writer_write() or xchar_device_write().
 */
ssize_t xchar_write(struct file *file, const char __user *buf, size_t len, loff_t *pos)
{
	struct xchar_file *xfile = file->private_data;
	struct xchar_writer *writer = &xfile->writer;
	ssize_t n;

	if (writer->fifo && len && !trace_xchar_in_enabled()) {
		if (xdrv_gate_is_closed(writer->gate))
			return -ENODEV;
		n = xchar_put_user_bytes(writer->fifo, buf, len);
		if (n)
			return n;
	}
	return xchar_write_otherwise(file, buf, len);
}

/* Bytes that are there in one piece. 0 if there are none, and nothing is changed. */
static ssize_t xchar_get_user_bytes(struct xchar_reader *reader, char __user *buf, size_t len)
{
	struct xchar_fifo *fifo = reader->fifo;
	ssize_t n;

	if (mutex_lock_interruptible(&fifo->read_lock))
		return -ERESTARTSYS;
	n = xchar_ring_get_user(&fifo->ring, buf, len);
	if (n > 0)
		WRITE_ONCE(fifo->bytes_out, fifo->bytes_out + n);
	mutex_unlock(&fifo->read_lock);

	if (n > 0)
		xchar_reader_took(reader);
	return n;
}

static noinline ssize_t xchar_read_otherwise(struct file *file, char __user *buf, size_t len)
{
	struct iov_iter to;
	struct kiocb iocb;

	init_sync_kiocb(&iocb, file);
	iov_iter_ubuf(&to, ITER_DEST, buf, len);
	return xchar_read_iter(&iocb, &to);
}

static noinline ssize_t xchar_read_something(struct file *file, char __user *buf, size_t len)
{
	struct xchar_file *xfile = file->private_data;
	struct xchar_reader *reader = &xfile->reader;
	ssize_t n;

	if (len && !reader->fifo->special && !trace_xchar_out_enabled()) {
		n = xchar_get_user_bytes(reader, buf, len);
		if (n)
			return n;
	}
	return xchar_read_otherwise(file, buf, len);
}

/**
 * xchar_read() - read(2)
 * @file: an open file
 * @buf: where the bytes go to
 * @len: how many there may be
 * @pos: not used, as the file is a stream
 *
 * Context: Process context, may sleep.
 * Return: as xchar_reader_read().
 */
ssize_t xchar_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	const struct xchar_file *xfile = file->private_data;
	const struct xchar_fifo *fifo = xfile->reader.fifo;

	if ((file->f_flags & O_NONBLOCK) && xchar_ring_is_empty(&fifo->ring) &&
	    READ_ONCE(fifo->may_expect) && len)
		return -EAGAIN;
	return xchar_read_something(file, buf, len);
}
