/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lets code written for the newest kernel compile on older ones. This file and its neighbours
 * compat_*.h alone read what probe.sh found out; include them after the kernel's headers. Every
 * shim says when it can go.
 */
#ifndef XDRV_COMPAT_H
#define XDRV_COMPAT_H

#include <linux/device/class.h>
#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "compat_config.h"

/*
 * The symbol namespace of the suite, in the form that EXPORT_SYMBOL_NS_GPL() and MODULE_IMPORT_NS()
 * want. Can go, in favour of "XDRV", with support for 6.12.
 */
#ifdef XDRV_HAVE_NAMESPACE_TOKENS
#define XDRV_NAMESPACE XDRV
#else
#define XDRV_NAMESPACE "XDRV"
#endif

/* The device that class->devnode gets. Can go with support for 6.1. */
#ifdef XDRV_HAVE_CONST_DEVNODE
#define xdrv_devnode_const const
#else
#define xdrv_devnode_const
#endif

/* The device that class->dev_uevent gets. Can go with support for 6.1. */
#ifdef XDRV_HAVE_CONST_UEVENT
#define xdrv_uevent_const const
#else
#define xdrv_uevent_const
#endif

/* Can go with support for 6.1. */
#ifdef XDRV_HAVE_CLASS_CREATE_OWNER
static inline struct class *xdrv_class_create(const char *name)
{
	return class_create(THIS_MODULE, name);
}

#undef class_create
#define class_create(name) xdrv_class_create(name)
#endif

/* For operations of configfs items and groups. Can go with support for 6.12. */
#ifdef XDRV_HAVE_CONST_CONFIGFS_OPS
#define xdrv_configfs_const const
#else
#define xdrv_configfs_const
#endif

/* Allocation by type, GFP_KERNEL if nothing else is said. Can go with support for 6.1. */
#ifndef XDRV_HAVE_KZALLOC_OBJ
#define xdrv_second_arg(first, second, ...) second
#define kzalloc_obj(obj, ...) \
	kzalloc(sizeof(obj), xdrv_second_arg(, ##__VA_ARGS__, GFP_KERNEL))
#endif

/* Can go with support for 6.12. */
#ifndef XDRV_HAVE_HRTIMER_SETUP
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *timer),
				 clockid_t clock_id, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock_id, mode);
	timer->function = function;
}
#endif

/* Can go with support for 6.12. */
#ifndef XDRV_HAVE_VFS_MMAP
static inline int vfs_mmap(struct file *file, struct vm_area_struct *vma)
{
	return call_mmap(file, vma);
}
#endif

/* Flags of shmem_file_setup() for memory that is charged as it is used. Can go with 6.12. */
#ifdef XDRV_HAVE_VMA_FLAGS_SHMEM
#define XDRV_SHMEM_NORESERVE mk_vma_flags(VMA_NORESERVE_BIT)
#else
#define XDRV_SHMEM_NORESERVE VM_NORESERVE
#endif

/*
 * Where these are inline there is none without the look of hardened usercopy. Can go with support
 * for 6.12.
 */
#ifdef INLINE_COPY_TO_USER
#define _copy_to_user copy_to_user
#endif
#ifdef INLINE_COPY_FROM_USER
#define _copy_from_user copy_from_user
#endif

/* Can go with support for 6.1. */
#ifndef XDRV_HAVE_COPY_SPLICE_READ
#define copy_splice_read generic_file_splice_read
#endif

#endif /* XDRV_COMPAT_H */
