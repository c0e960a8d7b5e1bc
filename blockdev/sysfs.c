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
	const struct xbd_layers *layers = &xbd_of(dev)->layers;

	return sysfs_emit(buf, "%llu\n", xbd_layers_bytes(layers, XBD_BASE) +
			  xbd_layers_bytes(layers, XBD_SNAPSHOT) +
			  xbd_layers_bytes(layers, XBD_CACHE));
}
static DEVICE_ATTR_RO(memory_used);

/* Those of them that were written since the snapshot. */
static ssize_t memory_snapshot_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", xbd_layers_bytes(&xbd_of(dev)->layers, XBD_SNAPSHOT));
}
static DEVICE_ATTR_RO(memory_snapshot);

/* Those of them that are in the cache. */
static ssize_t memory_cache_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", xbd_layers_bytes(&xbd_of(dev)->layers, XBD_CACHE));
}
static DEVICE_ATTR_RO(memory_cache);

/* Bytes that a power cut would drop, in whole pages; discarded ones that come back count, too. */
static ssize_t cache_dirty_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", xbd_layers_dirty(&xbd_of(dev)->layers));
}
static DEVICE_ATTR_RO(cache_dirty);

/* Bytes in pages that hold none: the tables and the reserves. */
static ssize_t memory_overhead_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", xbd_layers_overhead(&xbd_of(dev)->layers));
}
static DEVICE_ATTR_RO(memory_overhead);

/* Of the directory in configfs, for udev's links. */
static ssize_t name_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", xbd_of(dev)->config.name);
}
static DEVICE_ATTR_RO(name);

static struct attribute *xbd_attrs[] = {
	&dev_attr_name.attr,
	&dev_attr_cache_dirty.attr,
	&dev_attr_memory_used.attr,
	&dev_attr_memory_cache.attr,
	&dev_attr_memory_snapshot.attr,
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
