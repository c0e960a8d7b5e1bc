// SPDX-License-Identifier: GPL-2.0-only
/* Attributes of a device in /sys/class/xchar. */
#include <linux/device.h>
#include <linux/sysfs.h>

#include "xchar.h"

static ssize_t type_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", xchar_device_of(dev)->ops->type);
}
static DEVICE_ATTR_RO(type);

static ssize_t buffer_size_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(xchar_device_of(dev)->rx->ring.size));
}
static DEVICE_ATTR_RO(buffer_size);

/* The other side of a pair; an empty line where there is none. */
static ssize_t peer_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct xchar_device *peer = xchar_device_of(dev)->peer;

	return sysfs_emit(buf, "%s\n", peer ? dev_name(&peer->cdev.dev) : "");
}
static DEVICE_ATTR_RO(peer);

static struct attribute *xchar_attrs[] = {
	&dev_attr_type.attr,
	&dev_attr_buffer_size.attr,
	&dev_attr_peer.attr,
	NULL,
};

static const struct attribute_group xchar_group = {
	.attrs = xchar_attrs,
};

/* As seen by programs: what they got from the device is rx, what they sent to it tx. */
static ssize_t rx_bytes_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", READ_ONCE(xchar_device_of(dev)->rx->bytes_out));
}
static DEVICE_ATTR_RO(rx_bytes);

static ssize_t tx_bytes_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct xchar_fifo *tx = xchar_device_of(dev)->tx;

	return sysfs_emit(buf, "%llu\n", tx ? READ_ONCE(tx->bytes_in) : 0);
}
static DEVICE_ATTR_RO(tx_bytes);

static struct attribute *xchar_statistics_attrs[] = {
	&dev_attr_rx_bytes.attr,
	&dev_attr_tx_bytes.attr,
	NULL,
};

static const struct attribute_group xchar_statistics_group = {
	.name = "statistics",
	.attrs = xchar_statistics_attrs,
};

const struct attribute_group *xchar_groups[] = {
	&xchar_group,
	&xchar_statistics_group,
	NULL,
};
