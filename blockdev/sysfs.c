// SPDX-License-Identifier: GPL-2.0-only
/* Attributes in /sys/block/xbd<N>/xbd/. */
#include <linux/device.h>
#include <linux/sysfs.h>

#include "xbd.h"

static struct xbd_device *xbd_of(struct device *dev)
{
	return container_of((struct xdrv_disk *)dev_to_disk(dev)->private_data, struct xbd_device,
			    disk);
}

/* Bytes in pages that hold data; discarded ones count until they are free, a few milliseconds. */
static ssize_t memory_used_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", xbd_store_bytes(&xbd_of(dev)->store));
}
static DEVICE_ATTR_RO(memory_used);

/* Bytes in pages that hold none: the table and the reserve. */
static ssize_t memory_overhead_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", xbd_store_overhead(&xbd_of(dev)->store));
}
static DEVICE_ATTR_RO(memory_overhead);

static struct attribute *xbd_attrs[] = {
	&dev_attr_memory_used.attr,
	&dev_attr_memory_overhead.attr,
	NULL,
};

static const struct attribute_group xbd_attr_group = {
	.name = "xbd",
	.attrs = xbd_attrs,
};

const struct attribute_group *xbd_attr_groups[] = {
	&xbd_attr_group,
	NULL,
};
