// SPDX-License-Identifier: GPL-2.0-only
/*
 * What most calls are: read(2) and write(2) of bytes that are there, or for which there is space,
 * in one piece. Without an iterator, whose making and walking costs as much as the copying of a
 * line; the driver of /dev/zero does so, too. Whatever else there is to it - waiting, the end of
 * file, bytes around the end of the ring, lines, cursors, tracing - goes the way of all others.
 */
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "compat.h"
#include "xchar.h"
#include "xchar_trace.h"

/* For what is not done here. Not a result of any of it. */
#define XCHAR_OTHERWISE (-ENOIOCTLCMD)

/* A write that fits. Nothing is changed if it does not. */
static ssize_t xchar_put_user_bytes(struct xchar_fifo *fifo, const char __user *buf, size_t len)
{
	struct xchar_ring *ring = &fifo->ring;
	unsigned int head, offset;
	ssize_t n = XCHAR_OTHERWISE;

	if (mutex_lock_interruptible(&fifo->write_lock))
		return -ERESTARTSYS;
	head = ring->head;
	offset = head & (ring->size - 1);
	if (!READ_ONCE(fifo->turn) && len <= xchar_ring_space(ring) && len <= ring->size - offset) {
		n = len - copy_from_user(ring->data + offset, buf, len);
		/* The bytes first: pairs with xchar_ring_used() of the consumer. */
		smp_store_release(&ring->head, head + (unsigned int)n);
		WRITE_ONCE(fifo->bytes_in, fifo->bytes_in + n);
	}
	mutex_unlock(&fifo->write_lock);

	if (n > 0)
		xchar_fifo_wake_reader(fifo);
	return n ?: -EFAULT;
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
	struct iov_iter from;
	struct kiocb iocb;
	ssize_t n;

	if (writer->fifo && len && !trace_xchar_in_enabled()) {
		if (xdrv_gate_is_closed(writer->gate))
			return -ENODEV;
		n = xchar_put_user_bytes(writer->fifo, buf, len);
		if (n != XCHAR_OTHERWISE)
			return n;
	}
	init_sync_kiocb(&iocb, file);
	iov_iter_ubuf(&from, ITER_SOURCE, (void __user *)buf, len);
	return xchar_write_iter(&iocb, &from);
}

/* Bytes that are there. Nothing is changed if there are none. */
static ssize_t xchar_get_user_bytes(struct xchar_reader *reader, char __user *buf, size_t len)
{
	struct xchar_fifo *fifo = reader->fifo;
	struct xchar_ring *ring = &fifo->ring;
	ssize_t n = XCHAR_OTHERWISE;
	unsigned int tail, offset;

	if (mutex_lock_interruptible(&fifo->read_lock))
		return -ERESTARTSYS;
	tail = ring->tail;
	offset = tail & (ring->size - 1);
	len = min_t(size_t, len, xchar_ring_used(ring));
	if (len && len <= ring->size - offset) {
		n = len - copy_to_user(buf, ring->data + offset, len);
		/* Done with the bytes: pairs with xchar_ring_space() of the producer. */
		smp_store_release(&ring->tail, tail + (unsigned int)n);
		WRITE_ONCE(fifo->bytes_out, fifo->bytes_out + n);
	}
	mutex_unlock(&fifo->read_lock);

	if (n > 0) {
		if (!reader->began)
			WRITE_ONCE(reader->began, true);
		xchar_fifo_wake_writer(fifo);
	}
	return n ?: -EFAULT;
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
	struct xchar_file *xfile = file->private_data;
	struct xchar_reader *reader = &xfile->reader;
	struct iov_iter to;
	struct kiocb iocb;
	ssize_t n;

	if (len && !reader->fifo->special && !trace_xchar_out_enabled()) {
		if (xchar_ring_used(&reader->fifo->ring))
			n = xchar_get_user_bytes(reader, buf, len);
		else if (file->f_flags & O_NONBLOCK && xchar_reader_verdict(reader) == -EAGAIN)
			n = -EAGAIN;
		else
			n = XCHAR_OTHERWISE;
		if (n != XCHAR_OTHERWISE)
			return n;
	}
	init_sync_kiocb(&iocb, file);
	iov_iter_ubuf(&to, ITER_DEST, buf, len);
	return xchar_read_iter(&iocb, &to);
}
