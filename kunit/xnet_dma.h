/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory as a device sees it behind an IOMMU that copies: what is mapped has an address and bytes
 * of its own, and they reach the driver's only when it unmaps or synchronises them. So what a
 * driver forgets to map, to synchronise or to unmap is seen, and any mapping can be made to fail.
 */
#ifndef XNET_DMA_H
#define XNET_DMA_H

#include <linux/device.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

/**
 * struct xnet_dma - what a device can reach
 * @lock: of @maps and what counts them
 * @maps: what is mapped or allocated
 * @count: how many @maps there are
 * @next: the next address to give away
 * @widest: the widest mask that the bus has addresses for
 * @fail_in: the how many-th mapping or allocation from now on fails; 0: none
 * @limit: how many @maps there can be; 0: any number
 * @faults: wrong calls of the driver, and accesses of the device to what is not mapped for them
 */
struct xnet_dma {
	spinlock_t lock; /* of maps and what counts them */
	struct list_head maps;
	unsigned int count;
	u64 next;
	u64 widest;
	unsigned int fail_in;
	unsigned int limit;
	unsigned int faults;
};

void xnet_dma_init(struct xnet_dma *dma);
void xnet_dma_attach(struct xnet_dma *dma, struct device *dev);
const void *xnet_dma_read(struct xnet_dma *dma, u64 addr, size_t len);
void *xnet_dma_write(struct xnet_dma *dma, u64 addr, size_t len);

#endif /* XNET_DMA_H */
