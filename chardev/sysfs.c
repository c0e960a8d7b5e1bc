// SPDX-License-Identifier: GPL-2.0-only
/* Attributes of a device in /sys/class/xchar. */
#include <linux/device.h>
#include <linux/sysfs.h>

#include "uapi/xchar.h"
#include "xchar.h"

static ssize_t type_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", xchar_device_of(dev)->type);
}
static DEVICE_ATTR_RO(type);

static ssize_t buffer_size_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct xchar_fifo *rx = xchar_device_of(dev)->rx;

	return sysfs_emit(buf, "%u\n", rx ? READ_ONCE(rx->ring.size) : 0);
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

/*
 * As seen by programs: what they got from the device is rx, what they sent to it tx; dropped, too,
 * is what they did not get and what they sent in vain.
 */
#define XCHAR_STATISTIC(_name, _direction, _member)						\
static ssize_t _name##_show(struct device *dev, struct device_attribute *attr, char *buf)	\
{												\
	struct xchar_stats stats;								\
												\
	xchar_device_stats(xchar_device_of(dev), &stats);					\
	return sysfs_emit(buf, "%llu\n", stats._direction._member);				\
}												\
static DEVICE_ATTR_RO(_name)

XCHAR_STATISTIC(rx_bytes, rx, bytes_out);
XCHAR_STATISTIC(rx_lines, rx, lines_out);
XCHAR_STATISTIC(rx_dropped, rx, bytes_dropped);
XCHAR_STATISTIC(rx_overruns, rx, overruns);
XCHAR_STATISTIC(tx_bytes, tx, bytes_in);
XCHAR_STATISTIC(tx_dropped, tx, bytes_dropped);
XCHAR_STATISTIC(tx_overruns, tx, overruns);

static struct attribute *xchar_statistics_attrs[] = {
	&dev_attr_rx_bytes.attr,
	&dev_attr_rx_lines.attr,
	&dev_attr_rx_dropped.attr,
	&dev_attr_rx_overruns.attr,
	&dev_attr_tx_bytes.attr,
	&dev_attr_tx_dropped.attr,
	&dev_attr_tx_overruns.attr,
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
