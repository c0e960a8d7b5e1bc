/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The core of xchar and what its own back ends need of it, beyond what those of others do: see
 * xdrv/xchar.h for the life of a device. Between alloc and register they can connect it, so that
 * what is written to it can be read from ...
 */
#ifndef XCHAR_H
#define XCHAR_H

#include <linux/bits.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/sizes.h>
#include <linux/types.h>

#include <xdrv/cdev.h>
#include <xdrv/param.h>
#include <xdrv/xchar.h>

#include "fifo.h"

#define XCHAR_MAX_DEVICES 1024

/* Bytes that a device of the mem back end can come to have. */
#define XCHAR_SIZE_LIMIT_MIN SZ_4K
#define XCHAR_SIZE_LIMIT_MAX BIT_ULL(40)
#define XCHAR_SIZE_LIMIT_DEFAULT SZ_64M

#define XCHAR_NR_FANOUTS 2

struct config_item;
struct seq_file;
struct xchar_config;
struct xchar_device;
struct xchar_nmea;
struct xchar_stats;

/**
 * struct xchar_own - what a back end does that is not content with a fifo
 * @fops: file operations: the device has no fifo, and of its operations only @type is used
 * @hangup: the device has been removed: wake who waits for it
 * @free: the last reference is gone: free what is the back end's own
 * @stats: fill in the counters, which are all 0
 */
struct xchar_own {
	const struct file_operations *fops;
	void (*hangup)(struct xchar_device *xdev);
	void (*free)(struct xchar_device *xdev);
	void (*stats)(const struct xchar_device *xdev, struct xchar_stats *stats);
};

/**
 * struct xchar_device - character device
 * @cdev: the device and its node
 * @ops: the back end's part; a copy, as files outlive the module of the back end
 * @type: what it is
 * @label: what users call it, or NULL; not used once it is unregistered
 * @side: which of those with that label it is: "" or what is to follow the label
 * @priv: the back end's, for its own use
 * @rx: what is read from the device; NULL if the back end has file operations of its own
 * @tx: what is written to it; NULL unless it is connected. Not changed once it is registered
 * @peer: the other one of a pair, or NULL. Each can be used until both are unregistered
 * @async: those who are to get a signal for the removal, and have nothing else to wait for
 * @single: one file at a time may have it open. Not changed once it is registered
 * @open_lock: serialises the back end's ->open and ->release; guards what follows
 * @users: open files that the back end knows of
 * @started: the back end's ->open was successful, and its ->release is to come
 * @exclusive: a file keeps it for those that are open now; also read without the lock
 */
struct xchar_device {
	struct xdrv_cdev cdev;
	struct xchar_ops ops;
	char type[XCHAR_TYPE_MAX];
	const char *label;
	const char *side;
	void *priv;
	struct xchar_fifo *rx;
	struct xchar_fifo *tx;
	struct xchar_device *peer;
	struct fasync_struct *async;
	bool single;

	struct mutex open_lock; /* guards what follows, serialises ->open and ->release */
	unsigned int users;
	bool started;
	bool exclusive;
};

/* The device of a class device of this class. */
static inline struct xchar_device *xchar_device_of(const struct device *dev)
{
	return container_of(dev, struct xchar_device, cdev.dev);
}

/* The N of xcharN. */
static inline unsigned int xchar_device_number(const struct xchar_device *xdev)
{
	return MINOR(xdev->cdev.dev.devt);
}

/**
 * struct xchar_file - an open file
 * @reader: its reading end, if it is open for reading
 * @writer: its writing end, if it is open for writing and the device is connected
 * @xdev: the device
 */
struct xchar_file {
	struct xchar_reader reader;
	struct xchar_writer writer;
	struct xchar_device *xdev;
};

/**
 * struct xchar_setup - all that describes a device of one of the back ends here
 * @params: what any has
 * @size_limit: how many bytes the mem back end may come to have
 * @nmea: the receiver that the nmea back end makes a device for
 */
struct xchar_setup {
	struct xchar_params params;
	u64 size_limit;
	struct xchar_nmea *nmea;
};

/**
 * struct xchar_backend - kind of device, for those who make them by name
 * @name: what users call it: lower-case letters, fewer than XCHAR_TYPE_MAX
 * @owner: the module that added it; NULL of those in xchar itself
 * @node: in the list of those that were added
 * @create: makes a device and shows it to users. May sleep. Returns it or an error pointer
 * @destroy: undoes @create, whether files are open or not. May sleep
 */
struct xchar_backend {
	const char *name;
	struct module *owner;
	struct list_head node;
	struct device *(*create)(const struct xchar_setup *setup);
	void (*destroy)(struct device *dev);
};

/* core.c */
int xchar_core_init(void);
void xchar_core_exit(void);
bool xchar_is_device(const struct device *dev);
void xchar_device_connect(struct xchar_device *from, struct xchar_device *to);
int xchar_device_open(struct xchar_device *xdev);
void xchar_device_close(struct xchar_device *xdev);
void xchar_device_set_exclusive(struct xchar_device *xdev, bool exclusive);
void xchar_device_stats(const struct xchar_device *xdev, struct xchar_stats *stats);
ssize_t xchar_device_write(struct xchar_device *xdev, struct iov_iter *from, enum xchar_io io);

/* file.c */
extern const struct file_operations xchar_fops;
ssize_t xchar_read_iter(struct kiocb *iocb, struct iov_iter *to);
ssize_t xchar_write_iter(struct kiocb *iocb, struct iov_iter *from);
void xchar_show_device(struct seq_file *m, const struct xchar_device *xdev,
		       struct xchar_stats *stats);

/* user.c */
ssize_t xchar_read(struct file *file, char __user *buf, size_t len, loff_t *pos);
ssize_t xchar_write(struct file *file, const char __user *buf, size_t len, loff_t *pos);

/* ioctl.c */
long xchar_ioctl_device(struct xchar_device *xdev, unsigned int cmd, void __user *arg);
long xchar_ioctl(struct file *file, unsigned int cmd, unsigned long arg);

/* debugfs.c */
void xchar_debugfs_init(void);
void xchar_debugfs_exit(void);
void xchar_debugfs_add(struct xchar_device *xdev);

/* sysfs.c */
extern const struct attribute_group *xchar_groups[];

/* loopback.c */
extern const struct xchar_backend xchar_loopback;

/* mem.c */
extern const struct xchar_backend xchar_mem;

/* pair.c */
extern const struct xchar_backend xchar_pair;

/* backend.c */
void xchar_backend_register(struct xchar_backend *backend);
void xchar_backend_unregister(struct xchar_backend *backend);
const struct xchar_backend *xchar_backend_get(const char *text);
void xchar_backend_put(const struct xchar_backend *backend);

/* param.c */
extern struct xdrv_param xchar_param_nr_devices, xchar_param_backend, xchar_param_buffer_size;
extern struct xdrv_param xchar_param_size_limit, xchar_param_fanout, xchar_param_overflow;
extern struct xdrv_param xchar_param_exclusive;
extern const char *const xchar_fanout_names[XCHAR_NR_FANOUTS];
extern const char *const xchar_overflow_names[XCHAR_NR_OVERFLOWS];
int xchar_params_check(void);

/* configfs.c */
struct xchar_config *xchar_config_create(const struct xchar_backend *backend,
					 const struct xchar_setup *setup);
void xchar_config_hangup(struct xchar_config *cfg);
void xchar_config_destroy(struct xchar_config *cfg);
int xchar_configfs_init(void);
void xchar_configfs_open(void);
void xchar_configfs_exit(void);

#endif /* XCHAR_H */
