// SPDX-License-Identifier: GPL-2.0-only
/* /sys/kernel/debug/xnet/<PCI address>/rings: the state of the rings, for bug reports. */
#include <linux/debugfs.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/seq_file.h>

#include <xdrv/debugfs.h>

#include "xnet.h"

static struct dentry *xnet_debugfs_root;

static void xnet_show_desc(struct seq_file *m, u32 index, const struct xnet_desc *desc,
			   const char *marks)
{
	u32 opts1 = le32_to_cpu(READ_ONCE(desc->opts1));

	seq_printf(m, "%4u %c%c%c%c %08x %08x %016llx%s\n", index,
		   opts1 & XNET_DESC_OWN ? 'O' : '-', opts1 & XNET_DESC_EOR ? 'E' : '-',
		   opts1 & XNET_DESC_FS ? 'F' : '-', opts1 & XNET_DESC_LS ? 'L' : '-', opts1,
		   le32_to_cpu(READ_ONCE(desc->opts2)), le64_to_cpu(READ_ONCE(desc->addr)), marks);
}

static void xnet_show_tx(struct seq_file *m, const struct xnet_tx *tx)
{
	u32 head = READ_ONCE(tx->head), tail = READ_ONCE(tx->tail), kicked = READ_ONCE(tx->kicked);
	u32 i;

	seq_printf(m, "tx: %u descriptors at %pad, tail %u, kicked %u, head %u, irq %s\n",
		   XNET_TX_SIZE, &tx->dma, tail, kicked, head, tx->want_irq ? "on" : "off");
	for (i = 0; i < XNET_TX_SIZE; i++)
		xnet_show_desc(m, i, &tx->desc[i],
			       i == xnet_tx_index(tail) ? " <- tail" :
			       i == xnet_tx_index(head) ? " <- head" : "");
}

static void xnet_show_rx(struct seq_file *m, const struct xnet_rx *rx)
{
	const struct xnet_rx_ring *ring = &rx->ring;
	u32 next = READ_ONCE(rx->next);
	u32 i;

	seq_printf(m, "rx: %u descriptors at %pad, buffers of %u bytes, next %u\n", ring->size,
		   &ring->dma, ring->buf_len, next);
	for (i = 0; i < ring->size; i++)
		xnet_show_desc(m, i, &ring->desc[i],
			       i == (next & (ring->size - 1)) ? " <- next" : "");
}

/* The addresses in it are those that the device sees; they say nothing of the kernel's. */
static int xnet_rings_show(struct seq_file *m, void *unused)
{
	struct xnet *xd = m->private;

	rtnl_lock();
	if (xd->up) {
		seq_printf(m, "isr %04x, imr %04x, wanted %04x, events %04x, interrupts %llu\n",
			   xnet_r16(xd, XNET_ISR), xnet_r16(xd, XNET_IMR), READ_ONCE(xd->imr),
			   READ_ONCE(xd->events), READ_ONCE(xd->interrupts));
		xnet_show_tx(m, &xd->tx);
		xnet_show_rx(m, &xd->rx);
	} else {
		seq_puts(m, "the interface is down\n");
	}
	rtnl_unlock();
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(xnet_rings);

void xnet_debugfs_init(void)
{
	xnet_debugfs_root = debugfs_create_dir("xnet", NULL);
}

void xnet_debugfs_exit(void)
{
	debugfs_remove_recursive(xnet_debugfs_root);
}

void xnet_debugfs_add(struct xnet *xd)
{
	struct dentry *dir = devm_xdrv_debugfs_create_dir(&xd->pdev->dev, xnet_debugfs_root);

	debugfs_create_file("rings", 0400, dir, xd, &xnet_rings_fops);
}
