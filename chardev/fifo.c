// SPDX-License-Identifier: GPL-2.0-only
/*
 * The stream of bytes: see fifo.h.
 *
 * No wake-up is lost. Who waits puts itself on the queue, then looks; who changes something changes
 * it, then looks at the queue; and there is a full barrier between the two steps of either, in
 * prepare_to_wait() and poll_wait() here, in wq_has_sleeper() or the queue's lock there. One of
 * them sees the other.
 *
 * No herd either. Readers wait exclusively, so bytes wake one of them. It may leave some of them in
 * the ring, or leave with an error and take none; so a reader that has waited wakes the next one
 * on its way out if there are bytes left. A reader that did not wait has taken nobody's wake-up.
 * The same holds for writers who wait for their turn. For space only one of them ever waits, and
 * those who wait until all is read do so beside it.
 */
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include <xdrv/gate.h>

#include "compat.h"
#include "fifo.h"
#include "xchar_trace.h"

#define XCHAR_POLL_IN (EPOLLIN | EPOLLRDNORM)
#define XCHAR_POLL_OUT (EPOLLOUT | EPOLLWRNORM)

/**
 * xchar_fifo_alloc() - make a fifo
 * @size: of its ring, a power of two
 *
 * Context: Process context, may sleep.
 * Return: the fifo with one reference, or an error pointer.
 */
struct xchar_fifo *xchar_fifo_alloc(unsigned int size)
{
	struct xchar_fifo *fifo;
	int err;

	fifo = kzalloc_obj(*fifo);
	if (!fifo)
		return ERR_PTR(-ENOMEM);

	err = xchar_ring_init(&fifo->ring, size);
	if (err) {
		kfree(fifo);
		return ERR_PTR(err);
	}

	mutex_init(&fifo->write_lock);
	mutex_init(&fifo->read_lock);
	spin_lock_init(&fifo->open_lock);
	spin_lock_init(&fifo->insert_lock);
	spin_lock_init(&fifo->cursor_lock);
	INIT_LIST_HEAD(&fifo->cursors);
	init_waitqueue_head(&fifo->read_wait);
	init_waitqueue_head(&fifo->write_wait);
	init_waitqueue_head(&fifo->turn_wait);
	kref_init(&fifo->ref);
	return fifo;
}

/**
 * xchar_fifo_get() - take a reference
 * @fifo: a fifo
 *
 * Context: Any.
 * Return: @fifo.
 */
struct xchar_fifo *xchar_fifo_get(struct xchar_fifo *fifo)
{
	kref_get(&fifo->ref);
	return fifo;
}

static void xchar_fifo_free(struct kref *ref)
{
	struct xchar_fifo *fifo = container_of(ref, struct xchar_fifo, ref);

	xchar_ring_destroy(&fifo->ring);
	kfree(fifo->line);
	kfree(fifo);
}

/**
 * xchar_fifo_put() - drop a reference
 * @fifo: a fifo, or NULL
 *
 * Context: Process context, may sleep.
 */
void xchar_fifo_put(struct xchar_fifo *fifo)
{
	if (fifo)
		kref_put(&fifo->ref, xchar_fifo_free);
}

/**
 * xchar_fifo_keep_lines() - make it a fifo of lines
 * @fifo: a fifo that nobody uses yet; from now on xchar_fifo_insert_lines() alone writes to it
 *
 * What is not read in time makes way for what is new, a whole line at a time. A line that has been
 * read in part is kept aside until the rest of it has been read.
 *
 * Context: Process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int xchar_fifo_keep_lines(struct xchar_fifo *fifo)
{
	fifo->line = kzalloc_obj(*fifo->line);
	if (!fifo->line)
		return -ENOMEM;
	fifo->special = true;
	return 0;
}

/**
 * xchar_fifo_lock() - lock out other readers or writers
 * @lock: the read_lock or the write_lock of a fifo
 * @io: whether to wait for them
 *
 * Interruptible: who holds the lock may be waiting for a page of a user who never delivers it.
 *
 * Context: Process context, may sleep but with XCHAR_IO_NOWAIT.
 * Return: 0, -EAGAIN or -ERESTARTSYS.
 */
int xchar_fifo_lock(struct mutex *lock, enum xchar_io io)
{
	if (io == XCHAR_IO_NOWAIT)
		return mutex_trylock(lock) ? 0 : -EAGAIN;
	return mutex_lock_interruptible(lock) ? -ERESTARTSYS : 0;
}

/**
 * xchar_fifo_wake_reader() - bytes have come
 * @fifo: the fifo
 *
 * Context: Any.
 */
void xchar_fifo_wake_reader(struct xchar_fifo *fifo)
{
	if (wq_has_sleeper(&fifo->read_wait))
		wake_up_interruptible_sync_poll(&fifo->read_wait, XCHAR_POLL_IN);
	if (READ_ONCE(fifo->async_readers))
		kill_fasync(&fifo->async_readers, SIGIO, POLL_IN);
}

/**
 * xchar_fifo_wake_writer() - bytes have gone
 * @fifo: the fifo
 *
 * Context: Any.
 */
void xchar_fifo_wake_writer(struct xchar_fifo *fifo)
{
	if (wq_has_sleeper(&fifo->write_wait))
		wake_up_interruptible_sync_poll(&fifo->write_wait, XCHAR_POLL_OUT);
	if (READ_ONCE(fifo->async_writers))
		kill_fasync(&fifo->async_writers, SIGIO, POLL_OUT);
}

/**
 * xchar_reader_open() - open a reading end
 * @reader: to be filled in
 * @fifo: what it is to read; must outlive it
 * @gate: of the device
 *
 * Context: Process context.
 */
void xchar_reader_open(struct xchar_reader *reader, struct xchar_fifo *fifo,
		       const struct xdrv_gate *gate)
{
	reader->fifo = fifo;
	reader->gate = gate;
	reader->cursor = NULL;

	spin_lock(&fifo->open_lock);
	reader->opens = fifo->writer_opens;
	reader->began = fifo->writers || xchar_fifo_used(fifo);
	spin_unlock(&fifo->open_lock);
}

/**
 * xchar_reader_at_end() - has the last writer left?
 * @reader: an open reading end
 *
 * The end of file is where this is true and then the ring is empty: looked at in the other order,
 * bytes written in between by a writer that has left since would be missed.
 *
 * Context: Any.
 * Return: true if there is no writer, and the stream has begun for this reader.
 */
bool xchar_reader_at_end(const struct xchar_reader *reader)
{
	/* Acquire: who sees that a writer has come must not miss that it is still there. */
	unsigned long opens = smp_load_acquire(&reader->fifo->writer_opens);

	/* Acquire: who sees that a writer has left must see what it wrote. */
	return !smp_load_acquire(&reader->fifo->writers) &&
	       (READ_ONCE(reader->began) || opens != reader->opens);
}

/**
 * xchar_reader_verdict() - why no more bytes come
 * @reader: an open reading end
 *
 * Context: Any.
 * Return: -ENODEV for removal, 0 for the end of file; -EAGAIN if they may come.
 */
int xchar_reader_verdict(const struct xchar_reader *reader)
{
	int verdict = -EAGAIN;

	if (xdrv_gate_is_closed(reader->gate))
		verdict = -ENODEV;
	else if (xchar_reader_at_end(reader))
		verdict = 0;

	/* The caller looks at the ring after this: what was written before the removal counts. */
	smp_rmb();
	return verdict;
}

static bool xchar_reader_need_not_wait(const struct xchar_reader *reader)
{
	return xchar_reader_used(reader) || xchar_reader_verdict(reader) != -EAGAIN;
}

/* Returns its length; 0 if there is none. */
static unsigned int xchar_reader_next_line(struct xchar_reader *reader, u8 *text)
{
	struct xchar_fifo *fifo = reader->fifo;

	return reader->cursor ? xchar_cursor_next_line(fifo, reader->cursor) :
				xchar_ring_get_line(&fifo->ring, text);
}

/* As xchar_ring_get_iter(), for a ring of lines. */
static ssize_t xchar_reader_get_lines(struct xchar_reader *reader, struct iov_iter *to)
{
	struct xchar_fifo *fifo = reader->fifo;
	struct xchar_line *line = reader->cursor ? &reader->cursor->line : fifo->line;
	ssize_t done = 0;
	size_t n;

	while (iov_iter_count(to)) {
		if (!line->left) {
			/* Before the ring lets go of it: see xchar_fifo_used(). */
			WRITE_ONCE(line->left, 1);
			line->len = xchar_reader_next_line(reader, line->text);
			WRITE_ONCE(line->left, line->len);
			if (!line->len)
				break;
		}
		n = copy_to_iter(line->text + line->len - line->left, line->left, to);
		WRITE_ONCE(line->left, line->left - n);
		done += n;
		if (!line->left)
			WRITE_ONCE(fifo->lines_out, fifo->lines_out + 1);
		if (line->left && iov_iter_count(to))
			return done ?: -EFAULT;
	}
	return done;
}

/*
 * As xchar_ring_get_iter(), for lines or where every reader gets all. Never inline: what it needs
 * is not to be got ready for those who do not.
 */
static noinline ssize_t xchar_reader_get_special(struct xchar_reader *reader, struct iov_iter *to)
{
	struct xchar_fifo *fifo = reader->fifo;
	ssize_t n;

	n = fifo->line ? xchar_reader_get_lines(reader, to) :
			 xchar_cursor_get_iter(fifo, reader->cursor, to);
	if (reader->cursor)
		xchar_fifo_follow_cursors(fifo);
	return n;
}

/* What the fifo has. Returns 0 if that is nothing. */
static ssize_t xchar_reader_take(struct xchar_reader *reader, struct iov_iter *to, enum xchar_io io)
{
	struct xchar_fifo *fifo = reader->fifo;
	ssize_t n;
	int err;

	if (!xchar_reader_used(reader))
		return 0;

	err = xchar_fifo_lock(&fifo->read_lock, io);
	if (err)
		return err;
	n = unlikely(fifo->special) ? xchar_reader_get_special(reader, to) :
				      xchar_ring_get_iter(&fifo->ring, to);
	if (n > 0)
		WRITE_ONCE(fifo->bytes_out, fifo->bytes_out + n);
	mutex_unlock(&fifo->read_lock);

	if (n > 0)
		xchar_reader_took(reader);
	return n;
}

/* Bytes are for one reader, so they wake one; but where every reader gets all, they wake all. */
static noinline int xchar_reader_wait(const struct xchar_reader *reader)
{
	struct xchar_fifo *fifo = reader->fifo;

	if (reader->cursor)
		return wait_event_interruptible(fifo->read_wait,
						xchar_reader_need_not_wait(reader));
	return wait_event_interruptible_exclusive(fifo->read_wait,
						  xchar_reader_need_not_wait(reader));
}

/**
 * xchar_reader_read() - read bytes
 * @reader: an open reading end
 * @to: where they go to
 * @io: whether to wait for them
 *
 * Waits for the first byte only. A fault loses no bytes: those not copied stay in the fifo.
 *
 * Context: Process context, may sleep even with XCHAR_IO_NOWAIT if @to is user memory.
 * Return: how many bytes were read; 0 at the end of file; -EAGAIN if there are none or, with
 * XCHAR_IO_NOWAIT, if another reader is at them; -ENODEV if the device has been removed and what
 * was written before has all been read; -ERESTARTSYS; or -EFAULT.
 */
ssize_t xchar_reader_read(struct xchar_reader *reader, struct iov_iter *to, enum xchar_io io)
{
	struct xchar_fifo *fifo = reader->fifo;
	bool waited = false;
	ssize_t ret;

	if (!iov_iter_count(to))
		return 0;

	while (!(ret = xchar_reader_take(reader, to, io))) {
		ret = xchar_reader_verdict(reader);
		if (ret != -EAGAIN) {
			if (xchar_reader_used(reader))
				continue;
			break;
		}
		if (io != XCHAR_IO_BLOCK)
			break;
		ret = xchar_reader_wait(reader);
		if (ret)
			break;
		waited = true;
		/* Bytes that came after the kill are for the living. */
		if (fatal_signal_pending(current)) {
			ret = -ERESTARTSYS;
			break;
		}
	}

	if (waited && xchar_fifo_used(fifo) && wq_has_sleeper(&fifo->read_wait))
		wake_up_interruptible_poll(&fifo->read_wait, XCHAR_POLL_IN);
	return ret;
}

/**
 * xchar_reader_poll() - what a reader could do now
 * @reader: an open reading end whose caller has called poll_wait() for @read_wait
 *
 * Context: Any.
 * Return: EPOLLIN and EPOLLRDNORM if there are bytes, EPOLLHUP when there is no writer any more, as
 * with a FIFO.
 */
__poll_t xchar_reader_poll(const struct xchar_reader *reader)
{
	__poll_t mask = 0;

	if (xchar_reader_at_end(reader))
		mask |= EPOLLHUP;
	if (xchar_reader_used(reader))
		mask |= XCHAR_POLL_IN;
	return mask;
}

/* May be wrong for a moment: as if who asks had come a moment earlier. */
static void xchar_fifo_update_may_expect(struct xchar_fifo *fifo)
{
	lockdep_assert_held(&fifo->open_lock);
	WRITE_ONCE(fifo->may_expect, fifo->writers && !fifo->special && !fifo->hung_up);
}

/**
 * xchar_fifo_writers_inc() - a writing end is opened
 * @fifo: what it writes to
 *
 * Context: Process context.
 */
void xchar_fifo_writers_inc(struct xchar_fifo *fifo)
{
	spin_lock(&fifo->open_lock);
	WRITE_ONCE(fifo->writers, fifo->writers + 1);
	/* Released after that: see xchar_reader_at_end(). */
	smp_store_release(&fifo->writer_opens, fifo->writer_opens + 1);
	xchar_fifo_update_may_expect(fifo);
	spin_unlock(&fifo->open_lock);
}

/**
 * xchar_fifo_writers_dec() - a writing end is closed
 * @fifo: what it wrote to
 *
 * With the last one every reader learns of the end of file.
 *
 * Context: Process context.
 */
void xchar_fifo_writers_dec(struct xchar_fifo *fifo)
{
	bool last;

	spin_lock(&fifo->open_lock);
	/* Released: what was written can be seen by who sees this. */
	smp_store_release(&fifo->writers, fifo->writers - 1);
	last = !fifo->writers;
	xchar_fifo_update_may_expect(fifo);
	spin_unlock(&fifo->open_lock);

	if (!last)
		return;
	wake_up_interruptible_all(&fifo->read_wait);
	kill_fasync(&fifo->async_readers, SIGIO, POLL_IN);
}

/*
 * Puts what fits. A write that has to wait for the rest takes the turn before it lets go of the
 * lock, so that nobody gets in between; see xchar_fifo_overflow(). Returns 0 if nothing fits or it
 * is another's turn.
 */
static ssize_t xchar_fifo_fill(struct xchar_fifo *fifo, struct iov_iter *from, enum xchar_io io)
{
	const void *turn;
	ssize_t n = 0;
	int err;

	err = xchar_fifo_lock(&fifo->write_lock, io);
	if (err)
		return err;
	turn = READ_ONCE(fifo->turn);
	if (!turn || turn == from) {
		n = xchar_ring_put_iter(&fifo->ring, from);
		if (unlikely(n >= 0 && iov_iter_count(from)))
			n = xchar_fifo_overflow(fifo, from, n, io);
		if (n > 0)
			WRITE_ONCE(fifo->bytes_in, fifo->bytes_in + n);
	}
	mutex_unlock(&fifo->write_lock);

	if (n > 0)
		xchar_fifo_wake_reader(fifo);
	return n;
}

/* Waits for space, or for the turn if another has it. */
static int xchar_writer_wait(const struct xchar_writer *writer, const struct iov_iter *from)
{
	struct xchar_fifo *fifo = writer->fifo;

	if (READ_ONCE(fifo->turn) == from)
		return wait_event_interruptible(fifo->write_wait,
						xchar_ring_space(&fifo->ring) ||
						xdrv_gate_is_closed(writer->gate));
	return wait_event_interruptible_exclusive(fifo->turn_wait,
						  !READ_ONCE(fifo->turn) ||
						  xdrv_gate_is_closed(writer->gate));
}

/* A write that has waited ends: the next one may go on, and those who poll may find space. */
static void xchar_fifo_end_turn(struct xchar_fifo *fifo, const struct iov_iter *from)
{
	if (READ_ONCE(fifo->turn) == from)
		WRITE_ONCE(fifo->turn, NULL);
	if (wq_has_sleeper(&fifo->turn_wait))
		wake_up_interruptible(&fifo->turn_wait);
	if (xchar_ring_space(&fifo->ring))
		xchar_fifo_wake_writer(fifo);
}

/**
 * xchar_writer_write() - write bytes
 * @writer: an open writing end
 * @from: where they come from
 * @io: whether to wait for space
 *
 * With XCHAR_IO_BLOCK all are written unless a signal, a fault or the removal of the device comes
 * first, and no other write's bytes come between. A partial count is what can be or has been read.
 *
 * Context: Process context, may sleep even with XCHAR_IO_NOWAIT if @from is user memory.
 * Return: how many bytes were written; if none, -EAGAIN, -ENODEV if the device has been removed,
 * -ERESTARTSYS or -EFAULT.
 */
ssize_t xchar_writer_write(const struct xchar_writer *writer, struct iov_iter *from,
			   enum xchar_io io)
{
	struct xchar_fifo *fifo = writer->fifo;
	bool waited = false;
	size_t done = 0;
	ssize_t ret = 0;

	while (iov_iter_count(from)) {
		if (xdrv_gate_is_closed(writer->gate)) {
			ret = -ENODEV;
			break;
		}
		ret = xchar_fifo_fill(fifo, from, io);
		if (ret < 0)
			break;
		done += ret;
		if (!iov_iter_count(from))
			break;
		if (io != XCHAR_IO_BLOCK) {
			ret = -EAGAIN;
			break;
		}
		waited = true;
		ret = xchar_writer_wait(writer, from);
		if (ret)
			break;
	}

	if (waited)
		xchar_fifo_end_turn(fifo, from);
	return done ?: ret;
}

/**
 * xchar_writer_poll() - what a writer could do now
 * @writer: an open writing end whose caller has called poll_wait() for @write_wait
 *
 * Context: Any.
 * Return: EPOLLOUT and EPOLLWRNORM if there is space that nobody else is waiting for, or space is
 * made for every write.
 */
__poll_t xchar_writer_poll(const struct xchar_writer *writer)
{
	const struct xchar_fifo *fifo = writer->fifo;

	if (xchar_ring_space(&fifo->ring) && !READ_ONCE(fifo->turn))
		return XCHAR_POLL_OUT;
	return fifo->overflow == XCHAR_OVERFLOW_BLOCK ? 0 : XCHAR_POLL_OUT;
}

/**
 * xchar_fifo_insert() - write bytes from the kernel
 * @fifo: a fifo that no user writes to
 * @buf: the bytes
 * @len: how many
 *
 * Context: Any.
 * Return: how many were written; less than @len if the fifo is full then.
 */
size_t xchar_fifo_insert(struct xchar_fifo *fifo, const void *buf, size_t len)
{
	unsigned long flags;
	size_t n;

	spin_lock_irqsave(&fifo->insert_lock, flags);
	n = xchar_ring_put(&fifo->ring, buf, len);
	WRITE_ONCE(fifo->bytes_in, fifo->bytes_in + n);
	spin_unlock_irqrestore(&fifo->insert_lock, flags);

	if (n)
		xchar_fifo_wake_reader(fifo);
	return n;
}

static unsigned int xchar_count_lines(const u8 *buf, size_t len)
{
	unsigned int lines = 0;

	while (len--)
		lines += *buf++ == '\n';
	return lines;
}

/**
 * xchar_fifo_insert_lines() - write lines from the kernel
 * @fifo: a fifo of lines
 * @buf: the lines, as for xchar_ring_put_lines()
 * @len: how many bytes
 *
 * Context: Any.
 * Return: how many lines that nobody had read were dropped for them.
 */
unsigned int xchar_fifo_insert_lines(struct xchar_fifo *fifo, const void *buf, size_t len)
{
	unsigned int lines = xchar_count_lines(buf, len), dropped, bytes = 0;
	unsigned long flags;

	spin_lock_irqsave(&fifo->insert_lock, flags);
	dropped = xchar_ring_put_lines(&fifo->ring, buf, len, &bytes);
	WRITE_ONCE(fifo->bytes_in, fifo->bytes_in + len);
	WRITE_ONCE(fifo->lines_in, fifo->lines_in + lines);
	if (dropped) {
		WRITE_ONCE(fifo->bytes_dropped, fifo->bytes_dropped + bytes);
		WRITE_ONCE(fifo->lines_dropped, fifo->lines_dropped + dropped);
		WRITE_ONCE(fifo->overruns, fifo->overruns + 1);
	}
	spin_unlock_irqrestore(&fifo->insert_lock, flags);

	if (dropped)
		trace_xchar_drop(fifo->number, bytes, dropped);
	if (dropped && fifo->fanout)
		xchar_fifo_push_cursors(fifo);
	xchar_fifo_wake_reader(fifo);
	return dropped;
}

/**
 * xchar_fifo_hangup_readers() - the device that reads from this has been removed
 * @fifo: the fifo; the gate has been closed
 *
 * Context: Process context.
 */
void xchar_fifo_hangup_readers(struct xchar_fifo *fifo)
{
	scoped_guard(spinlock, &fifo->open_lock) {
		fifo->hung_up = true;
		xchar_fifo_update_may_expect(fifo);
	}
	wake_up_all(&fifo->read_wait);
	kill_fasync(&fifo->async_readers, SIGIO, POLL_HUP);
}

/**
 * xchar_fifo_hangup_writers() - the device that writes to this has been removed
 * @fifo: the fifo; the gate has been closed
 *
 * Context: Any.
 */
void xchar_fifo_hangup_writers(struct xchar_fifo *fifo)
{
	wake_up_all(&fifo->write_wait);
	wake_up_all(&fifo->turn_wait);
	kill_fasync(&fifo->async_writers, SIGIO, POLL_HUP);
}
