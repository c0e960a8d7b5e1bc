// SPDX-License-Identifier: GPL-2.0-only
/*
 * One section for each kernel interface that compat*.h has to know about; probe.sh tells how they
 * are read. A section starts with a #line directive that names it and holds only what compiles when
 * the interface is there, whole functions and declarations, so that an error cannot run into the
 * next section. Never include a header that some kernel lacks without asking __has_include.
 */
#include <linux/badblocks.h>
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/cdev.h>
#include <linux/configfs.h>
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/device/class.h>
#include <linux/dma-map-ops.h>
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/hrtimer.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/pci.h>
#include <linux/percpu-refcount.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>
#include <linux/u64_stats_sync.h>
#include <net/xdp.h>

#line 1 "XDRV_CONTROL_MUST_PASS"
struct device *xdrv_control_must_pass(struct device *dev);
struct device *xdrv_control_must_pass(struct device *dev)
{
	return get_device(dev);
}

#line 1 "XDRV_CONTROL_MUST_FAIL"
int xdrv_control_must_fail(struct device *dev);
int xdrv_control_must_fail(struct device *dev)
{
	return xdrv_there_is_no_such_function(dev);
}

/* ---- core: modules, device model, files ---- */

#line 1 "XDRV_HAVE_NAMESPACE_TOKENS"
/* Symbol namespaces were bare words; since 6.13 they are strings. */
MODULE_IMPORT_NS(XDRV_PROBE);

#line 1 "XDRV_HAVE_CLASS_CREATE_OWNER"
/* Before 6.4 class_create() took the owner, too. */
struct class *xdrv_probe_class_create(void);
struct class *xdrv_probe_class_create(void)
{
	return class_create(THIS_MODULE, "probe");
}

#line 1 "XDRV_HAVE_CONST_DEVNODE"
/* 6.2: class->devnode takes a const device. */
char *xdrv_probe_devnode(const struct device *dev, umode_t *mode);
struct class xdrv_probe_devnode_class;
void xdrv_probe_set_devnode(void);
void xdrv_probe_set_devnode(void)
{
	xdrv_probe_devnode_class.devnode = xdrv_probe_devnode;
}

#line 1 "XDRV_HAVE_CONST_UEVENT"
/* 6.2: class->dev_uevent takes a const device. */
int xdrv_probe_uevent(const struct device *dev, struct kobj_uevent_env *env);
struct class xdrv_probe_uevent_class;
void xdrv_probe_set_uevent(void);
void xdrv_probe_set_uevent(void)
{
	xdrv_probe_uevent_class.dev_uevent = xdrv_probe_uevent;
}

#line 1 "XDRV_HAVE_CONST_CONFIGFS_OPS"
/* By 7.2: the operations of configfs items and groups are const. */
void xdrv_probe_configfs_ops(struct config_item_type *type,
			     const struct configfs_item_operations **item_ops);
void xdrv_probe_configfs_ops(struct config_item_type *type,
			     const struct configfs_item_operations **item_ops)
{
	const struct configfs_item_operations **ops = &type->ct_item_ops;

	*item_ops = *ops;
}

#line 1 "XDRV_HAVE_HRTIMER_SETUP"
/* 6.15: a timer and its function are set up together. */
void xdrv_probe_hrtimer_setup(struct hrtimer *timer,
			      enum hrtimer_restart (*function)(struct hrtimer *timer));
void xdrv_probe_hrtimer_setup(struct hrtimer *timer,
			      enum hrtimer_restart (*function)(struct hrtimer *timer))
{
	hrtimer_setup(timer, function, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
}

#line 1 "XDRV_HAVE_VFS_MMAP"
/* 6.16: maps a file whether it has ->mmap or ->mmap_prepare. */
int xdrv_probe_vfs_mmap(struct file *file, struct vm_area_struct *vma);
int xdrv_probe_vfs_mmap(struct file *file, struct vm_area_struct *vma)
{
	return vfs_mmap(file, vma);
}

#line 1 "XDRV_HAVE_VMA_FLAGS_SHMEM"
/* 7.0: flags of a mapping are a type of their own. */
struct file *xdrv_probe_shmem(const char *name);
struct file *xdrv_probe_shmem(const char *name)
{
	return shmem_file_setup(name, 0, mk_vma_flags(VMA_NORESERVE_BIT));
}

#line 1 "XDRV_HAVE_KZALLOC_OBJ"
/* 7.0: allocation by type, GFP_KERNEL if nothing else is said. */
struct device *xdrv_probe_kzalloc_obj(void);
struct device *xdrv_probe_kzalloc_obj(void)
{
	struct device *dev = kzalloc_obj(*dev);

	return dev ? dev : kzalloc_obj(*dev, GFP_ATOMIC);
}

#line 1 "XDRV_HAVE_COPY_SPLICE_READ"
/* 6.5: generic_file_splice_read() gone, copy_splice_read() instead. */
void *xdrv_probe_copy_splice_read(void);
void *xdrv_probe_copy_splice_read(void)
{
	return copy_splice_read;
}

/* ---- block ---- */

#line 1 "XDRV_HAVE_ALLOC_DISK_LIMITS"
/* 6.9: limits are given when a disk is allocated. */
struct gendisk *xdrv_probe_alloc_disk(struct blk_mq_tag_set *set, struct queue_limits *lim);
struct gendisk *xdrv_probe_alloc_disk(struct blk_mq_tag_set *set, struct queue_limits *lim)
{
	return set ? blk_mq_alloc_disk(set, lim, NULL) : blk_alloc_disk(lim, NUMA_NO_NODE);
}

#line 1 "XDRV_HAVE_SHOULD_MERGE"
/* 6.14: BLK_MQ_F_SHOULD_MERGE gone, requests are merged without it. */
unsigned int xdrv_probe_should_merge(void);
unsigned int xdrv_probe_should_merge(void)
{
	return BLK_MQ_F_SHOULD_MERGE;
}

#line 1 "XDRV_HAVE_RQ_LIST"
/* 6.13: ->queue_rqs takes a struct rq_list. */
void xdrv_probe_queue_rqs(struct blk_mq_ops *ops, void (*queue_rqs)(struct rq_list *rqs));
void xdrv_probe_queue_rqs(struct blk_mq_ops *ops, void (*queue_rqs)(struct rq_list *rqs))
{
	ops->queue_rqs = queue_rqs;
}

#line 1 "XDRV_HAVE_RQF_MQ_INFLIGHT"
/*
 * Gone in 6.7, in the same series as a duty of ->queue_rqs: to put each request into the table of
 * tags, where timeouts and statistics look for it. Since then blk_mq_start_request() does.
 */
req_flags_t xdrv_probe_mq_inflight(void);
req_flags_t xdrv_probe_mq_inflight(void)
{
	return RQF_MQ_INFLIGHT;
}

#line 1 "XDRV_HAVE_BD_INODE"
/* 6.11: the inode of a block device is found through ->bd_mapping. */
struct inode *xdrv_probe_bd_inode(struct block_device *bdev);
struct inode *xdrv_probe_bd_inode(struct block_device *bdev)
{
	return bdev->bd_inode;
}

#line 1 "XDRV_HAVE_GETGEO_DISK"
/* 6.18: ->getgeo takes the gendisk. */
struct hd_geometry;
void xdrv_probe_getgeo(struct block_device_operations *fops,
		       int (*getgeo)(struct gendisk *disk, struct hd_geometry *geo));
void xdrv_probe_getgeo(struct block_device_operations *fops,
		       int (*getgeo)(struct gendisk *disk, struct hd_geometry *geo))
{
	fops->getgeo = getgeo;
}

#line 1 "XDRV_HAVE_BADBLOCKS_BOOL"
/* 6.15: bad blocks are counted by sector_t, and calls tell whether they worked. */
int xdrv_probe_badblocks(struct badblocks *bb, sector_t *first_bad, sector_t *nr_bad);
int xdrv_probe_badblocks(struct badblocks *bb, sector_t *first_bad, sector_t *nr_bad)
{
	return badblocks_check(bb, 0, 1, first_bad, nr_bad);
}

#line 1 "XDRV_HAVE_OPEN_DISK"
/* 6.5: ->open takes the gendisk and a mode of its own type. */
void xdrv_probe_open(struct block_device_operations *fops,
		     int (*open)(struct gendisk *disk, blk_mode_t mode));
void xdrv_probe_open(struct block_device_operations *fops,
		     int (*open)(struct gendisk *disk, blk_mode_t mode))
{
	fops->open = open;
}

#line 1 "XDRV_HAVE_LIMIT_FEATURES"
/* 6.11: what a queue can do is one of its limits. */
void xdrv_probe_limit_features(struct queue_limits *lim);
void xdrv_probe_limit_features(struct queue_limits *lim)
{
	lim->features |= BLK_FEAT_NOWAIT | BLK_FEAT_IO_STAT | BLK_FEAT_SYNCHRONOUS;
	lim->features |= BLK_FEAT_WRITE_CACHE | BLK_FEAT_FUA;
}

#line 1 "XDRV_HAVE_CLAIM_OPS"
/* 6.5: who claims a block device has operations. */
int xdrv_probe_claim(struct block_device *bdev, void *holder);
int xdrv_probe_claim(struct block_device *bdev, void *holder)
{
	return bd_prepare_to_claim(bdev, holder, NULL);
}

#line 1 "XDRV_HAVE_FREEZE_MEMFLAGS"
/* 6.14: freezing a queue gives what unfreezing takes. */
void xdrv_probe_freeze(struct request_queue *q);
void xdrv_probe_freeze(struct request_queue *q)
{
	unsigned int memflags = blk_mq_freeze_queue(q);

	blk_mq_unfreeze_queue(q, memflags);
}

#line 1 "XDRV_HAVE_FORCE_MEDIA_CHANGE"
/* 6.6: a forced event is always that of a media change. */
void xdrv_probe_force_media_change(struct gendisk *disk);
void xdrv_probe_force_media_change(struct gendisk *disk)
{
	disk_force_media_change(disk);
}

#line 1 "XDRV_HAVE_WZEROES_UNMAP"
/* 6.17: a limit for zeroing by unmapping. */
void xdrv_probe_wzeroes_unmap(struct queue_limits *lim);
void xdrv_probe_wzeroes_unmap(struct queue_limits *lim)
{
	lim->max_hw_wzeroes_unmap_sectors = 0;
}

#line 1 "XDRV_HAVE_REPORT_ZONES_ARGS"
/* 6.19: ->report_zones is given what disk_report_zone() wants. */
struct blk_report_zones_args;
void xdrv_probe_report_zones(struct block_device_operations *fops,
			     int (*report_zones)(struct gendisk *disk, sector_t sector,
						 unsigned int nr_zones,
						 struct blk_report_zones_args *args));
void xdrv_probe_report_zones(struct block_device_operations *fops,
			     int (*report_zones)(struct gendisk *disk, sector_t sector,
						 unsigned int nr_zones,
						 struct blk_report_zones_args *args))
{
	fops->report_zones = report_zones;
}

#line 1 "XDRV_HAVE_REVALIDATE_ZONES_DISK"
/* 6.10: blk_revalidate_disk_zones() takes the disk and nothing else. */
int xdrv_probe_revalidate_zones(struct gendisk *disk);
int xdrv_probe_revalidate_zones(struct gendisk *disk)
{
	return blk_revalidate_disk_zones(disk);
}

#line 1 "XDRV_HAVE_ZONED_MODEL"
/* Before 6.8 a disk that is zoned was so in one of two ways. */
void xdrv_probe_zoned_model(struct gendisk *disk);
void xdrv_probe_zoned_model(struct gendisk *disk)
{
	disk_set_zoned(disk, BLK_ZONED_HM);
}

#line 1 "XDRV_HAVE_HW_ZONE_APPEND"
/* 6.13: the limit of appends that a driver sets is not the one that is in force. */
void xdrv_probe_hw_zone_append(struct queue_limits *lim);
void xdrv_probe_hw_zone_append(struct queue_limits *lim)
{
	lim->max_hw_zone_append_sectors = 1;
}

#line 1 "XDRV_HAVE_ZONE_LIMITS"
/* 6.10: how many zones may be open is a limit. */
void xdrv_probe_zone_limits(struct queue_limits *lim);
void xdrv_probe_zone_limits(struct queue_limits *lim)
{
	lim->max_open_zones = 1;
	lim->max_active_zones = 1;
}

#line 1 "XDRV_HAVE_DISABLE_WBT_FLAG"
/* 6.19: the scheduler's flag against write-back throttling is one of the queue. */
unsigned int xdrv_probe_disable_wbt(void);
unsigned int xdrv_probe_disable_wbt(void)
{
	return QUEUE_FLAG_DISABLE_WBT_DEF;
}

/* ---- net ---- */

#line 1 "XDRV_HAVE_PCIM_IOMAP_REGION"
/* 6.11: one BAR requested and mapped in one call. */
void __iomem *xdrv_probe_iomap_region(struct pci_dev *pdev);
void __iomem *xdrv_probe_iomap_region(struct pci_dev *pdev)
{
	return pcim_iomap_region(pdev, 1, "");
}

#line 1 "XDRV_HAVE_IRQ_INTX"
/* 6.8: PCI_IRQ_LEGACY was renamed. */
int xdrv_probe_irq_intx(void);
int xdrv_probe_irq_intx(void)
{
	return PCI_IRQ_INTX;
}

#line 1 "XDRV_HAVE_QUEUE_SET_NAPI"
/* 6.8: the stack is told which NAPI serves a queue, and which interrupt a NAPI. */
void xdrv_probe_queue_set_napi(struct net_device *dev, struct napi_struct *napi);
void xdrv_probe_queue_set_napi(struct net_device *dev, struct napi_struct *napi)
{
	netif_napi_set_irq(napi, 1);
	netif_queue_set_napi(dev, 0, NETDEV_QUEUE_TYPE_RX, napi);
}

#line 1 "XDRV_HAVE_PAGE_POOL_HELPERS"
/* 6.6: the page pool has several headers. */
#if !__has_include("net/page_pool/helpers.h")
#error "There is one."
#endif

#line 1 "XDRV_HAVE_XDP_FEATURES"
/* 6.3: a device says what it can do for XDP. */
void xdrv_probe_xdp_features(struct net_device *dev);
void xdrv_probe_xdp_features(struct net_device *dev)
{
	xdp_set_features_flag(dev, NETDEV_XDP_ACT_BASIC | NETDEV_XDP_ACT_REDIRECT |
				   NETDEV_XDP_ACT_NDO_XMIT);
}

/* ---- KUnit ---- */

#line 1 "XDRV_HAVE_DMA_MAP_PHYS"
/* 6.18: what maps for DMA is given a physical address, no longer a page. */
void xdrv_probe_dma_map_phys(struct dma_map_ops *ops,
			     dma_addr_t (*map_phys)(struct device *dev, phys_addr_t phys,
						    size_t size, enum dma_data_direction dir,
						    unsigned long attrs));
void xdrv_probe_dma_map_phys(struct dma_map_ops *ops,
			     dma_addr_t (*map_phys)(struct device *dev, phys_addr_t phys,
						    size_t size, enum dma_data_direction dir,
						    unsigned long attrs))
{
	ops->map_phys = map_phys;
}
