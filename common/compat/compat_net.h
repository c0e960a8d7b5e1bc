/* SPDX-License-Identifier: GPL-2.0-only */
/* Network part of compat.h. */
#ifndef XDRV_COMPAT_NET_H
#define XDRV_COMPAT_NET_H

#include <linux/netdevice.h>
#include <linux/pci.h>
#include <net/xdp.h>

#include "compat.h"

/* Can go with support for 6.1. */
#ifndef XDRV_HAVE_PCIM_IOMAP_REGION
static inline void __iomem *xdrv_compat_iomap_region(struct pci_dev *pdev, int bar,
						     const char *name)
{
	int err = pcim_iomap_regions(pdev, BIT(bar), name);

	return err ? IOMEM_ERR_PTR(err) : pcim_iomap_table(pdev)[bar];
}

#define pcim_iomap_region xdrv_compat_iomap_region
#endif

/* Can go with support for 6.1. */
#ifndef XDRV_HAVE_IRQ_INTX
#define PCI_IRQ_INTX PCI_IRQ_LEGACY
#endif

/* Nobody asks. Can go with support for 6.1. */
#ifndef XDRV_HAVE_QUEUE_SET_NAPI
#define netif_napi_set_irq(napi, irq) do { } while (0)
#define netif_queue_set_napi(dev, queue, type, napi) do { } while (0)
#endif

/* Where the page pool is declared. Can go with support for 6.1. */
#ifdef XDRV_HAVE_PAGE_POOL_HELPERS
#include <net/page_pool/helpers.h>
#else
#include <net/page_pool.h>
#endif

/* Nobody is told. Can go with support for 6.1. */
#ifndef XDRV_HAVE_XDP_FEATURES
#define xdp_set_features_flag(dev, flags) do { } while (0)
#endif

#endif /* XDRV_COMPAT_NET_H */
