/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A stream of bytes between writers and readers: a ring, the locks that make many producers one
 * and many consumers one, those who wait, and the end-of-file rule of a FIFO.
 *
 * A device reads from one fifo and writes to one. For the loopback both are the same; two devices
 * can be crossed by giving each the other's. The fifo is counted, so that it lives as long as any
 * device, and with it any open file, that uses it.
 */
#ifndef XCHAR_FIFO_H
#define XCHAR_FIFO_H

#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include <xdrv/xchar.h>

#include "ring.h"

struct iov_iter;
struct xchar_stream_stats;
struct xdrv_gate;

/**
 * struct xchar_line - line that is being read
 * @text: the line
 * @len: its length
 * @left: how many bytes at its end have not been read yet
 */
struct xchar_line {
	u8 text[XCHAR_LINE_MAX];
	unsigned int len;
	unsigned int left;
};

/**
 * struct xchar_cursor - place in the stream of a reader who gets all, whoever else reads
 * @node: in the list of the fifo
 * @at: the next byte, as the ring's tail counts; behind that for a moment if bytes are dropped
 * @line: the line that it is at, if the ring is one of lines
 *
 * All but @node are under the fifo's @read_lock; @at and @line.left are also read without it. Who
 * drops lines moves @at without it, too.
 */
struct xchar_cursor {
	struct list_head node;
	unsigned int at;
	struct xchar_line line;
};

/**
 * struct xchar_fifo - stream of bytes
 * @ring: the bytes; its producer is who holds @write_lock, its consumer who holds @read_lock
 * @write_lock: serialises writers; held while user memory is copied, never while waiting for space
 * @turn: the write, by the address of its iterator, that waits for space to go on, or NULL. Others
 *        wait until it is through, so that blocking writes never mix, whatever their size. Set
 *        under @write_lock, cleared by the write itself
 * @bytes_in: all bytes ever written, those dropped at once included; under @write_lock
 * @read_wait: those who wait for bytes or for the end; woken by writers
 * @async_readers: those who want SIGIO for it
 * @special: it has @line or @fanout; not changed once it is used
 * @read_lock: serialises readers; held while user memory is copied, never while waiting for bytes
 * @bytes_out: all bytes ever read; under @read_lock
 * @may_expect: there is a writer, and nothing special: a read that finds no bytes may leave it at
 *              that. Under @open_lock, and read without it
 * @write_wait: the write that has the turn, those who poll for space and those who wait until all
 *              is read; woken by readers
 * @async_writers: those who want SIGIO for it
 * @turn_wait: writes that wait until @turn is NULL
 * @open_lock: guards the next three, and @may_expect; the first two are also read without it
 * @writers: how many writing ends are open
 * @writer_opens: how many have ever been opened
 * @hung_up: the device that reads from it has been removed
 * @ref: counts the devices
 * @number: of the device that reads from it
 * @line: the line that readers are at, if the ring is one of lines; NULL if it is one of bytes.
 *        Under @read_lock; @line->left is also read without it
 * @overflow: what to do when there is no space; not changed once it is used, as the next one
 * @fanout: every reader gets all
 * @cursor_lock: guards @cursors, and that tail follows the last of them; taken in interrupts
 * @cursors: of the readers, if every one gets all
 * @insert_lock: serialises what the kernel writes, and keeps the ring as it is meanwhile; taken in
 *               interrupts
 * @lines_in: lines written, if it is a fifo of lines
 * @lines_out: lines read to their end
 * @bytes_dropped: bytes written that were dropped before they were read, or never got in
 * @lines_dropped: lines that were dropped
 * @overruns: how many times something was dropped
 * @bytes_flushed: bytes written that somebody threw away
 *
 * Counters are under the lock of who changes them: what comes in, and what is dropped, under
 * @write_lock, or @insert_lock if the kernel writes; what goes out, and is flushed, under
 * @read_lock. All are read without them.
 */
struct xchar_fifo {
	struct xchar_ring ring;

	struct mutex write_lock ____cacheline_aligned_in_smp;
	const void *turn;
	u64 bytes_in;
	wait_queue_head_t read_wait;
	struct fasync_struct *async_readers;

	struct mutex read_lock ____cacheline_aligned_in_smp;
	u64 bytes_out;
	bool special;
	bool may_expect;
	wait_queue_head_t write_wait;
	struct fasync_struct *async_writers;

	wait_queue_head_t turn_wait ____cacheline_aligned_in_smp;
	spinlock_t open_lock; /* guards the next three, and may_expect */
	unsigned int writers;
	unsigned long writer_opens;
	bool hung_up;
	struct kref ref;

	unsigned int number;
	struct xchar_line *line;
	enum xchar_overflow overflow;
	bool fanout;
	spinlock_t cursor_lock; /* guards the next one */
	struct list_head cursors;

	spinlock_t insert_lock; /* serialises what the kernel writes */
	u64 lines_in;
	u64 lines_out;
	u64 bytes_dropped;
	u64 lines_dropped;
	u64 overruns;
	u64 bytes_flushed;
};

/**
 * struct xchar_reader - an open reading end
 * @fifo: what it reads
 * @gate: closed when the device has been removed
 * @opens: @fifo->writer_opens when this end was opened and there was no writer
 * @began: the stream has begun for this reader: there was a writer or something to read when it was
 *         opened, or it has read something. From then on no writer and no bytes are the end
 * @cursor: where it is, if every reader gets all; else NULL
 */
struct xchar_reader {
	struct xchar_fifo *fifo;
	const struct xdrv_gate *gate;
	unsigned long opens;
	bool began;
	struct xchar_cursor *cursor;
};

/**
 * struct xchar_writer - an open writing end
 * @fifo: what it writes to
 * @gate: closed when the device has been removed
 */
struct xchar_writer {
	struct xchar_fifo *fifo;
	const struct xdrv_gate *gate;
};

/**
 * enum xchar_io - how to read or write
 * @XCHAR_IO_BLOCK: wait for bytes or space
 * @XCHAR_IO_NONBLOCK: do not wait for bytes or space (O_NONBLOCK)
 * @XCHAR_IO_NOWAIT: nor for whoever is reading or writing just now (RWF_NOWAIT, io_uring)
 */
enum xchar_io {
	XCHAR_IO_BLOCK,
	XCHAR_IO_NONBLOCK,
	XCHAR_IO_NOWAIT,
};

struct xchar_fifo *xchar_fifo_alloc(unsigned int size);
struct xchar_fifo *xchar_fifo_get(struct xchar_fifo *fifo);
void xchar_fifo_put(struct xchar_fifo *fifo);
int xchar_fifo_keep_lines(struct xchar_fifo *fifo);
int xchar_fifo_lock(struct mutex *lock, enum xchar_io io);
void xchar_fifo_wake_reader(struct xchar_fifo *fifo);
void xchar_fifo_wake_writer(struct xchar_fifo *fifo);

void xchar_reader_open(struct xchar_reader *reader, struct xchar_fifo *fifo,
		       const struct xdrv_gate *gate);
bool xchar_reader_at_end(const struct xchar_reader *reader);
int xchar_reader_verdict(const struct xchar_reader *reader);
ssize_t xchar_reader_read(struct xchar_reader *reader, struct iov_iter *to, enum xchar_io io);
__poll_t xchar_reader_poll(const struct xchar_reader *reader);

void xchar_fifo_writers_inc(struct xchar_fifo *fifo);
void xchar_fifo_writers_dec(struct xchar_fifo *fifo);
ssize_t xchar_writer_write(const struct xchar_writer *writer, struct iov_iter *from,
			   enum xchar_io io);
__poll_t xchar_writer_poll(const struct xchar_writer *writer);

size_t xchar_fifo_insert(struct xchar_fifo *fifo, const void *buf, size_t len);
unsigned int xchar_fifo_insert_lines(struct xchar_fifo *fifo, const void *buf, size_t len);
void xchar_fifo_hangup_readers(struct xchar_fifo *fifo);
void xchar_fifo_hangup_writers(struct xchar_fifo *fifo);

/* overflow.c */
ssize_t xchar_fifo_overflow(struct xchar_fifo *fifo, struct iov_iter *from, size_t done,
			    enum xchar_io io);

/* fanout.c */
void xchar_fifo_fan_out(struct xchar_fifo *fifo);
int xchar_reader_join(struct xchar_reader *reader);
void xchar_reader_leave(struct xchar_reader *reader);
unsigned int xchar_cursor_used(const struct xchar_reader *reader);
unsigned int xchar_cursor_next_line(struct xchar_fifo *fifo, struct xchar_cursor *cursor);
ssize_t xchar_cursor_get_iter(struct xchar_fifo *fifo, struct xchar_cursor *cursor,
			      struct iov_iter *to);
void xchar_fifo_follow_cursors(struct xchar_fifo *fifo);
void xchar_fifo_push_cursors(struct xchar_fifo *fifo);

/* control.c */
void xchar_fifo_clear(struct xchar_fifo *fifo);
int xchar_fifo_flush(struct xchar_fifo *fifo);
int xchar_fifo_reset(struct xchar_fifo *fifo);
int xchar_fifo_resize(struct xchar_fifo *fifo, unsigned int size);
void xchar_fifo_stats(const struct xchar_fifo *fifo, struct xchar_stream_stats *stats);
int xchar_writer_drain(const struct xchar_writer *writer);

/**
 * xchar_fifo_used() - how many bytes can be read
 * @fifo: the fifo
 *
 * See xchar_ring_used(). The ring is looked at first: a line leaves it after @left has been set.
 *
 * Context: Any.
 */
static inline unsigned int xchar_fifo_used(const struct xchar_fifo *fifo)
{
	unsigned int used = xchar_ring_used(&fifo->ring);

	return fifo->line ? used + READ_ONCE(fifo->line->left) : used;
}

/**
 * xchar_reader_used() - how many bytes can be read through a reading end
 * @reader: an open reading end
 *
 * Context: Any.
 */
static inline unsigned int xchar_reader_used(const struct xchar_reader *reader)
{
	if (likely(!reader->fifo->special))
		return xchar_ring_used(&reader->fifo->ring);
	return reader->cursor ? xchar_cursor_used(reader) : xchar_fifo_used(reader->fifo);
}

/**
 * xchar_reader_took() - bytes have been read through a reading end
 * @reader: an open reading end
 *
 * Context: Any.
 */
static inline void xchar_reader_took(struct xchar_reader *reader)
{
	if (!reader->began)
		WRITE_ONCE(reader->began, true);
	xchar_fifo_wake_writer(reader->fifo);
}

#endif /* XCHAR_FIFO_H */
