/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Attributes in configfs that say why they do not take a value. One line in the kernel log names
 * the directory, the attribute, what was written and what is allowed.
 */
#ifndef XDRV_CONFIGFS_H
#define XDRV_CONFIGFS_H

#include <linux/configfs.h>

#include <xdrv/param.h>

int __xdrv_config_refuse(const char *module, const struct config_item *item, const char *name,
			 const char *page, const char *allowed, int err);
int __xdrv_config_refuse_busy(const char *module, const struct config_item *item,
			      const char *name);
int __xdrv_config_parse(const char *module, const struct config_item *item,
			const struct xdrv_param *param, const char *page, u64 *value);

ssize_t xdrv_config_list(struct configfs_attribute *const *attrs, char *page, ssize_t len);

/**
 * xdrv_config_refuse() - say why a value is not taken
 * @item: the directory
 * @name: of the attribute
 * @page: what was written to it
 * @allowed: what it may be, for people; continues "use …"
 * @err: the error
 *
 * Context: Any.
 * Return: @err.
 */
#define xdrv_config_refuse(item, name, page, allowed, err) \
	__xdrv_config_refuse(KBUILD_MODNAME, item, name, page, allowed, err)

/**
 * xdrv_config_refuse_busy() - say that an attribute cannot change while there is a device
 * @item: the directory
 * @name: of the attribute
 *
 * Context: Any.
 * Return: -EBUSY.
 */
#define xdrv_config_refuse_busy(item, name) \
	__xdrv_config_refuse_busy(KBUILD_MODNAME, item, name)

/**
 * xdrv_config_parse() - read what was written to an attribute that is a parameter, too
 * @item: the directory
 * @param: the parameter; it does not change
 * @page: what was written
 * @value: where it goes to; of no use after an error
 *
 * Has said what is wrong when it returns an error.
 *
 * Context: Any.
 * Return: 0 or an error of xdrv_param_parse().
 */
#define xdrv_config_parse(item, param, page, value) \
	__xdrv_config_parse(KBUILD_MODNAME, item, param, page, value)

#endif /* XDRV_CONFIGFS_H */
