// SPDX-License-Identifier: GPL-2.0-only
/* The pretend IOMMU: see xnet_dma.h. */
#include <linux/dma-map-ops.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "compat_kunit.h"
#include "xnet_dma.h"

#define XNET_DMA_FIRST 0x10000000ULL
#define XNET_DMA_HIGH  0x900000000ULL /* addresses that need more than 32 bits */
#define XNET_DMA_ALIGN 0x1000
#define XNET_DMA_POISON 0xa5

/* The device's bytes are those behind it, or the driver's where there is no cpu: allocated. */
struct xnet_dma_map {
	struct list_head node;
	u64 addr;
	size_t size;
	enum dma_data_direction dir;
	void *cpu;
	u8 bytes[] __aligned(8);
};

static struct xnet_dma *xnet_dma_of(struct device *dev)
{
	return dev_get_platdata(dev);
}

static bool xnet_dma_fails(struct xnet_dma *dma)
{
	return (dma->limit && dma->count >= dma->limit) || (dma->fail_in && !--dma->fail_in);
}

/*
 * With a gap after it, so that one byte too many is one that nobody has. A test may let it fail
 * many times, and quietly: the traces would be more than a console takes on a busy machine.
 */
static struct xnet_dma_map *xnet_dma_add(struct xnet_dma *dma, size_t size, gfp_t gfp)
{
	struct xnet_dma_map *map;
	unsigned long flags;

	if (xnet_dma_fails(dma))
		return NULL;
	map = kzalloc(sizeof(*map) + size, gfp | __GFP_NOWARN);
	if (!map)
		return NULL;
	map->size = size;
	spin_lock_irqsave(&dma->lock, flags);
	map->addr = dma->next + (dma->widest > U32_MAX ? XNET_DMA_HIGH : 0);
	dma->next += ALIGN(size + 1, XNET_DMA_ALIGN);
	list_add(&map->node, &dma->maps);
	dma->count++;
	spin_unlock_irqrestore(&dma->lock, flags);
	return map;
}

static struct xnet_dma_map *xnet_dma_find(struct xnet_dma *dma, u64 addr, size_t len)
{
	struct xnet_dma_map *map, *found = NULL;
	unsigned long flags;

	spin_lock_irqsave(&dma->lock, flags);
	list_for_each_entry(map, &dma->maps, node) {
		if (addr >= map->addr && addr + len <= map->addr + map->size) {
			found = map;
			break;
		}
	}
	if (!found)
		dma->faults++;
	spin_unlock_irqrestore(&dma->lock, flags);
	return found;
}

static void xnet_dma_del(struct xnet_dma *dma, struct xnet_dma_map *map)
{
	unsigned long flags;

	spin_lock_irqsave(&dma->lock, flags);
	list_del(&map->node);
	dma->count--;
	spin_unlock_irqrestore(&dma->lock, flags);
	kfree(map);
}

/* What the driver wrote, if it may, is the device's. The driver sees no more of it. */
static void xnet_dma_to_device(struct xnet_dma_map *map, size_t from, size_t size)
{
	if (map->dir != DMA_FROM_DEVICE)
		memcpy(map->bytes + from, map->cpu + from, size);
	if (map->dir != DMA_TO_DEVICE)
		memset(map->cpu + from, XNET_DMA_POISON, size);
}

static void xnet_dma_to_cpu(struct xnet_dma_map *map, size_t from, size_t size)
{
	if (map->dir != DMA_TO_DEVICE)
		memcpy(map->cpu + from, map->bytes + from, size);
}

static dma_addr_t xnet_dma_map(struct device *dev, xdrv_dma_map_args, size_t size,
			       enum dma_data_direction dir, unsigned long attrs)
{
	struct xnet_dma_map *map = xnet_dma_add(xnet_dma_of(dev), size, GFP_ATOMIC);

	if (!map)
		return DMA_MAPPING_ERROR;
	map->cpu = xdrv_dma_map_virt();
	map->dir = dir;
	memset(map->bytes, XNET_DMA_POISON, size);
	if (!(attrs & DMA_ATTR_SKIP_CPU_SYNC))
		xnet_dma_to_device(map, 0, size);
	return map->addr;
}

/* What was mapped as a whole is unmapped as a whole, and in the same direction. */
static void xnet_dma_unmap(struct device *dev, dma_addr_t addr, size_t size,
			   enum dma_data_direction dir, unsigned long attrs)
{
	struct xnet_dma *dma = xnet_dma_of(dev);
	struct xnet_dma_map *map = xnet_dma_find(dma, addr, size);

	if (!map)
		return;
	if (map->addr != addr || map->size != size || map->dir != dir || !map->cpu)
		dma->faults++;
	else if (!(attrs & DMA_ATTR_SKIP_CPU_SYNC))
		xnet_dma_to_cpu(map, 0, size);
	xnet_dma_del(dma, map);
}

static void xnet_dma_sync_for_cpu(struct device *dev, dma_addr_t addr, size_t size,
				  enum dma_data_direction dir)
{
	struct xnet_dma *dma = xnet_dma_of(dev);
	struct xnet_dma_map *map = xnet_dma_find(dma, addr, size);

	if (!map)
		return;
	if (map->dir != dir)
		dma->faults++;
	else
		xnet_dma_to_cpu(map, addr - map->addr, size);
}

static void xnet_dma_sync_for_device(struct device *dev, dma_addr_t addr, size_t size,
				     enum dma_data_direction dir)
{
	struct xnet_dma *dma = xnet_dma_of(dev);
	struct xnet_dma_map *map = xnet_dma_find(dma, addr, size);

	if (!map)
		return;
	if (map->dir != dir)
		dma->faults++;
	else
		xnet_dma_to_device(map, addr - map->addr, size);
}

static void *xnet_dma_alloc(struct device *dev, size_t size, dma_addr_t *addr, gfp_t gfp,
			    unsigned long attrs)
{
	struct xnet_dma_map *map = xnet_dma_add(xnet_dma_of(dev), size, gfp);

	if (!map)
		return NULL;
	map->dir = DMA_BIDIRECTIONAL;
	*addr = map->addr;
	return map->bytes;
}

static void xnet_dma_free(struct device *dev, size_t size, void *cpu, dma_addr_t addr,
			  unsigned long attrs)
{
	struct xnet_dma *dma = xnet_dma_of(dev);
	struct xnet_dma_map *map = xnet_dma_find(dma, addr, size);

	if (!map)
		return;
	if (map->addr != addr || map->size != size || map->bytes != cpu)
		dma->faults++;
	xnet_dma_del(dma, map);
}

static int xnet_dma_supported(struct device *dev, u64 mask)
{
	return mask <= xnet_dma_of(dev)->widest;
}

static const struct dma_map_ops xnet_dma_ops = {
	.alloc = xnet_dma_alloc,
	.free = xnet_dma_free,
	.xdrv_dma_map_op = xnet_dma_map,
	.xdrv_dma_unmap_op = xnet_dma_unmap,
	.sync_single_for_cpu = xnet_dma_sync_for_cpu,
	.sync_single_for_device = xnet_dma_sync_for_device,
	.dma_supported = xnet_dma_supported,
};

void xnet_dma_init(struct xnet_dma *dma)
{
	spin_lock_init(&dma->lock);
	INIT_LIST_HEAD(&dma->maps);
	dma->next = XNET_DMA_FIRST;
	dma->widest = U64_MAX;
}

/**
 * xnet_dma_attach() - let a device have its memory from here, before its driver is bound
 * @dma: that which was initialised
 * @dev: the device; its platform data is @dma from now on
 */
void xnet_dma_attach(struct xnet_dma *dma, struct device *dev)
{
	dev->platform_data = dma;
	set_dma_ops(dev, &xnet_dma_ops);
}

/**
 * xnet_dma_read() - what the device reads
 * @dma: its memory
 * @addr: where
 * @len: how many bytes
 *
 * Return: the bytes, or NULL if they are not mapped for it to read, which is a fault.
 */
const void *xnet_dma_read(struct xnet_dma *dma, u64 addr, size_t len)
{
	struct xnet_dma_map *map = xnet_dma_find(dma, addr, len);

	if (!map)
		return NULL;
	if (map->dir == DMA_FROM_DEVICE) {
		dma->faults++;
		return NULL;
	}
	return map->bytes + (addr - map->addr);
}

/**
 * xnet_dma_write() - where the device writes
 * @dma: its memory
 * @addr: where
 * @len: how many bytes
 *
 * Return: the place, or NULL if it is not mapped for it to write, which is a fault.
 */
void *xnet_dma_write(struct xnet_dma *dma, u64 addr, size_t len)
{
	struct xnet_dma_map *map = xnet_dma_find(dma, addr, len);

	if (!map)
		return NULL;
	if (map->dir == DMA_TO_DEVICE) {
		dma->faults++;
		return NULL;
	}
	return map->bytes + (addr - map->addr);
}
