/* SPDX-License-Identifier: GPL-2.0-only */
/* What attributes of a directory in configfs are made of. */
#ifndef XBD_ATTRIBUTES_H
#define XBD_ATTRIBUTES_H

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

#endif /* XBD_ATTRIBUTES_H */
