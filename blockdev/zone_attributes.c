// SPDX-License-Identifier: GPL-2.0-only
/* Attributes in configfs of zoned disks. */
#include <linux/kstrtox.h>

#include "attributes.h"
#include "zoned.h"

XBD_ATTR_SHOW(zoned)

static ssize_t xbd_attr_zoned_store(struct config_item *item, const char *page, size_t count)
{
	struct xbd_dir *dir = xbd_dir_of(item);
	u64 zoned;
	int err;

	guard(mutex)(&dir->lock);
	err = xbd_attr_parse_fixed(dir, &xbd_param_zoned, page, &zoned);
	if (err)
		return err;
	if (zoned && !IS_ENABLED(CONFIG_BLK_DEV_ZONED))
		return xdrv_config_refuse(item, "zoned", page,
					  "a kernel with CONFIG_BLK_DEV_ZONED", -EOPNOTSUPP);
	dir->config.zoned = zoned;
	return count;
}
XBD_SHARED_ATTR(zoned);

XBD_ATTR_SHOW(zone_size)
XBD_ATTR_STORE_FIXED(zone_size, xbd_as_given)
XBD_SHARED_ATTR(zone_size);

XBD_ATTR_SHOW(zone_capacity)
XBD_ATTR_STORE_FIXED(zone_capacity, xbd_as_given)
XBD_SHARED_ATTR(zone_capacity);

XBD_ATTR_SHOW(zone_nr_conv)
XBD_ATTR_STORE_FIXED(zone_nr_conv, xbd_as_given)
XBD_SHARED_ATTR(zone_nr_conv);

XBD_ATTR_SHOW(zone_max_open)
XBD_ATTR_STORE_FIXED(zone_max_open, xbd_as_given)
XBD_SHARED_ATTR(zone_max_open);

XBD_ATTR_SHOW(zone_max_active)
XBD_ATTR_STORE_FIXED(zone_max_active, xbd_as_given)
XBD_SHARED_ATTR(zone_max_active);

XBD_ATTR_SHOW(zone_append_max_sectors)
XBD_ATTR_STORE_FIXED(zone_append_max_sectors, xbd_as_given)
XBD_SHARED_ATTR(zone_append_max_sectors);

XBD_ATTR_SHOW(zone_full)
XBD_ATTR_STORE_FIXED(zone_full, xbd_as_given)
XBD_SHARED_ATTR(zone_full);

#define XBD_ZONE_ALLOWED "a sector of a sequential zone, on a zoned disk that has power"

/* A sector of the zone that fails so, or is repaired if it has. */
static ssize_t xbd_attr_break_zone(struct config_item *item, const char *name, const char *page,
				   size_t count, enum blk_zone_cond cond)
{
	struct xbd_dir *dir = xbd_dir_of(item);
	u64 sector;
	int err;

	guard(mutex)(&dir->lock);
	err = kstrtoull(page, 0, &sector);
	if (!err && sector > U64_MAX >> SECTOR_SHIFT)
		err = -ERANGE;
	if (!err)
		err = dir->xbd && dir->xbd->zones ?
		      xbd_zone_set_broken(dir->xbd, sector << SECTOR_SHIFT, cond) : -EINVAL;
	if (err)
		return xdrv_config_refuse(item, name, page, XBD_ZONE_ALLOWED, err);
	return count;
}

static ssize_t xbd_attr_zone_readonly_store(struct config_item *item, const char *page,
					    size_t count)
{
	return xbd_attr_break_zone(item, "zone_readonly", page, count, BLK_ZONE_COND_READONLY);
}
XBD_SHARED_ATTR_WO(zone_readonly);

static ssize_t xbd_attr_zone_offline_store(struct config_item *item, const char *page, size_t count)
{
	return xbd_attr_break_zone(item, "zone_offline", page, count, BLK_ZONE_COND_OFFLINE);
}
XBD_SHARED_ATTR_WO(zone_offline);
