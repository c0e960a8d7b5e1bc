/* SPDX-License-Identifier: GPL-2.0-only */
/* What attributes of a directory in configfs are made of. */
#ifndef XBD_ATTRIBUTES_H
#define XBD_ATTRIBUTES_H

#include <linux/module.h>
#include <linux/stringify.h>

#include <xdrv/configfs.h>

#include "xbd.h"

/* attribute.c */
ssize_t xbd_attr_show(const struct xdrv_param *param, u64 value, char *page);
int xbd_attr_parse(struct xbd_dir *dir, const struct xdrv_param *param, const char *page,
		   u64 *value);
int xbd_attr_parse_fixed(struct xbd_dir *dir, const struct xdrv_param *param, const char *page,
			 u64 *value);

#define XBD_ATTR_SHOW(_name)                                                                       \
	static ssize_t xbd_attr_##_name##_show(struct config_item *item, char *page)               \
	{                                                                                          \
		struct xbd_dir *dir = xbd_dir_of(item);                                            \
		guard(mutex)(&dir->lock);                                                          \
		return xbd_attr_show(&xbd_param_##_name, dir->config._name, page);                 \
	}

/* Where the value is what was written. */
#define xbd_as_given(value) (value)

/* Into a member of struct xbd_config, made of what was written by _convert. */
#define XBD_ATTR_STORE_FIXED(_name, _convert)                                                      \
	static ssize_t xbd_attr_##_name##_store(struct config_item *item, const char *page,        \
						size_t count)                                      \
	{                                                                                          \
		struct xbd_dir *dir = xbd_dir_of(item);                                            \
		u64 value;                                                                         \
		int err;                                                                           \
		guard(mutex)(&dir->lock);                                                          \
		err = xbd_attr_parse_fixed(dir, &xbd_param_##_name, page, &value);                 \
		if (err)                                                                           \
			return err;                                                                \
		dir->config._name = _convert(value);                                               \
		return count;                                                                      \
	}

/* As CONFIGFS_ATTR() and CONFIGFS_ATTR_WO(), to be listed in another file. */
#define XBD_SHARED_ATTR(_name)                                                                     \
	struct configfs_attribute xbd_attr_attr_##_name = {                                        \
		.ca_name = __stringify(_name),                                                     \
		.ca_mode = 0644,                                                                   \
		.ca_owner = THIS_MODULE,                                                           \
		.show = xbd_attr_##_name##_show,                                                   \
		.store = xbd_attr_##_name##_store,                                                 \
	}

#define XBD_SHARED_ATTR_WO(_name)                                                                  \
	struct configfs_attribute xbd_attr_attr_##_name = {                                        \
		.ca_name = __stringify(_name),                                                     \
		.ca_mode = 0200,                                                                   \
		.ca_owner = THIS_MODULE,                                                           \
		.store = xbd_attr_##_name##_store,                                                 \
	}

/* zone_attributes.c */
extern struct configfs_attribute xbd_attr_attr_zone_append_max_sectors;
extern struct configfs_attribute xbd_attr_attr_zone_capacity;
extern struct configfs_attribute xbd_attr_attr_zone_full;
extern struct configfs_attribute xbd_attr_attr_zone_max_active;
extern struct configfs_attribute xbd_attr_attr_zone_max_open;
extern struct configfs_attribute xbd_attr_attr_zone_nr_conv;
extern struct configfs_attribute xbd_attr_attr_zone_offline;
extern struct configfs_attribute xbd_attr_attr_zone_readonly;
extern struct configfs_attribute xbd_attr_attr_zone_size;
extern struct configfs_attribute xbd_attr_attr_zoned;

#endif /* XBD_ATTRIBUTES_H */
