// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state of a device, for debugging: /sys/kernel/debug/xchar/xcharN/state. The kernel takes
 * managed resources of a device that has no driver away when it is removed, or, as 6.1 does, with
 * its last reference.
 */
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/seq_file.h>

#include <xdrv/debugfs.h>

#include "compat.h"
#include "uapi/xchar.h"
#include "xchar.h"

static struct dentry *xchar_debugfs_root;

static void xchar_state_show_cursors(struct seq_file *m, struct xchar_fifo *fifo)
{
	const struct xchar_cursor *cursor;
	unsigned int tail = READ_ONCE(fifo->ring.tail);
	unsigned long flags;

	spin_lock_irqsave(&fifo->cursor_lock, flags);
	list_for_each_entry(cursor, &fifo->cursors, node)
		seq_printf(m, "  reader: tail + %d, %u left of a line\n",
			   (int)(READ_ONCE(cursor->at) - tail), READ_ONCE(cursor->line.left));
	spin_unlock_irqrestore(&fifo->cursor_lock, flags);
}

static bool xchar_state_is_awaited(struct wait_queue_head *queue)
{
	/* To be shown, not to decide whether to wake: no barrier. */
	return waitqueue_active(queue);
}

static void xchar_state_show_fifo(struct seq_file *m, const char *name, struct xchar_fifo *fifo)
{
	struct xchar_stream_stats s;

	xchar_fifo_stats(fifo, &s);
	seq_printf(m, "%s: %u of %u bytes, head %u, tail %u\n", name, s.used, s.size,
		   READ_ONCE(fifo->ring.head), READ_ONCE(fifo->ring.tail));
	seq_printf(m, "  writers: %u open, %lu ever\n", READ_ONCE(fifo->writers),
		   READ_ONCE(fifo->writer_opens));
	seq_printf(m, "  bytes: %llu in, %llu out, %llu dropped, %llu flushed\n", s.bytes_in,
		   s.bytes_out, s.bytes_dropped, s.bytes_flushed);
	seq_printf(m, "  lines: %llu in, %llu out, %llu dropped\n", s.lines_in, s.lines_out,
		   s.lines_dropped);
	seq_printf(m, "  overruns: %llu\n", s.overruns);
	seq_printf(m, "  locked: read %d, write %d; a write has the turn: %d\n",
		   mutex_is_locked(&fifo->read_lock), mutex_is_locked(&fifo->write_lock),
		   !!READ_ONCE(fifo->turn));
	seq_printf(m, "  waiting: to read %d, to write %d, for the turn %d\n",
		   xchar_state_is_awaited(&fifo->read_wait),
		   xchar_state_is_awaited(&fifo->write_wait),
		   xchar_state_is_awaited(&fifo->turn_wait));
	xchar_state_show_cursors(m, fifo);
}

static int xchar_state_show(struct seq_file *m, void *unused)
{
	struct xchar_device *xdev = m->private;

	seq_printf(m, "type: %s\n", xdev->type);
	seq_printf(m, "removed: %d\n", xdrv_gate_is_closed(&xdev->cdev.gate));
	seq_printf(m, "files: %u\n", READ_ONCE(xdev->users));
	seq_printf(m, "exclusive: %d\n", xdev->single || READ_ONCE(xdev->exclusive));
	if (!xdev->rx)
		return 0;
	seq_printf(m, "fanout: %s\n", xchar_fanout_names[xdev->rx->fanout]);
	seq_printf(m, "overflow: %s\n", xchar_overflow_names[xdev->rx->overflow]);
	xchar_state_show_fifo(m, xdev->rx == xdev->tx ? "rx and tx" : "rx", xdev->rx);
	if (xdev->tx && xdev->tx != xdev->rx)
		xchar_state_show_fifo(m, "tx", xdev->tx);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(xchar_state);

/**
 * xchar_debugfs_init() - make the directory of the driver
 */
void xchar_debugfs_init(void)
{
	xchar_debugfs_root = debugfs_create_dir("xchar", NULL);
}

/**
 * xchar_debugfs_exit() - remove it, and with it what should not be there any more
 */
void xchar_debugfs_exit(void)
{
	debugfs_remove_recursive(xchar_debugfs_root);
}

/**
 * xchar_debugfs_add() - make the directory of a device
 * @xdev: a device that is not registered yet
 *
 * It goes with the device.
 *
 * Context: Process context, may sleep.
 */
void xchar_debugfs_add(struct xchar_device *xdev)
{
	struct dentry *dir = devm_xdrv_debugfs_create_dir(&xdev->cdev.dev, xchar_debugfs_root);

	debugfs_create_file("state", 0400, dir, xdev, &xchar_state_fops);
}
