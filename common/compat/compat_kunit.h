/* SPDX-License-Identifier: GPL-2.0-only */
/* KUnit part of compat.h. */
#ifndef XDRV_COMPAT_KUNIT_H
#define XDRV_COMPAT_KUNIT_H

#include <kunit/test.h>

#include "compat.h"

/*
 * A block whose warnings are expected and not printed; without it they are printed, and the test
 * goes on all the same. Asked by name: it is a macro, and kernels without KUnit have no use for a
 * probe. Can go with support for 6.12.
 */
#ifndef kunit_warning_suppress
#define kunit_warning_suppress(test)
#endif

/*
 * What the map and unmap operations of a struct dma_map_ops are called, what the first is given
 * between the device and the size, and where that is. Can go with support for 6.12.
 */
#ifdef XDRV_HAVE_DMA_MAP_PHYS
#define xdrv_dma_map_op map_phys
#define xdrv_dma_unmap_op unmap_phys
#define xdrv_dma_map_args phys_addr_t phys
#define xdrv_dma_map_virt() phys_to_virt(phys)
#else
#define xdrv_dma_map_op map_page
#define xdrv_dma_unmap_op unmap_page
#define xdrv_dma_map_args struct page *page, unsigned long offset
#define xdrv_dma_map_virt() (page_address(page) + offset)
#endif

#endif /* XDRV_COMPAT_KUNIT_H */
