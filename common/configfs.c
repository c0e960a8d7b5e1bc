// SPDX-License-Identifier: GPL-2.0-only
/* What attributes in configfs say when they are not content: see xdrv/configfs.h. */
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/string.h>

#include <xdrv/configfs.h>

#include "compat.h"

/**
 * xdrv_config_list() - names of attributes, for a file that tells scripts which there are
 * @attrs: the attributes; NULL ends them
 * @page: of PAGE_SIZE bytes; a line of names with commas between them
 * @len: what is in it already: 0, or what this returned before, so that it goes on with the line
 *
 * What there is no space for is left out.
 *
 * Context: Any.
 * Return: how many bytes are in @page then.
 */
ssize_t xdrv_config_list(struct configfs_attribute *const *attrs, char *page, ssize_t len)
{
	if (len)
		page[len - 1] = ',';
	for (; *attrs; attrs++)
		len += scnprintf(page + len, PAGE_SIZE - len, "%s%c", (*attrs)->ca_name,
				 attrs[1] ? ',' : '\n');
	return len;
}
EXPORT_SYMBOL_NS_GPL(xdrv_config_list, XDRV_NAMESPACE);

int __xdrv_config_refuse(const char *module, const struct config_item *item, const char *name,
			 const char *page, const char *allowed, int err)
{
	pr_err("%s: configfs %s: %s=%.*s is not allowed: use %s\n", module, item->ci_name, name,
	       min_t(int, strcspn(page, "\n"), 32), page, allowed);
	return err;
}
EXPORT_SYMBOL_NS_GPL(__xdrv_config_refuse, XDRV_NAMESPACE);

int __xdrv_config_refuse_busy(const char *module, const struct config_item *item, const char *name)
{
	pr_err("%s: configfs %s: %s cannot be changed while power is 1\n", module, item->ci_name,
	       name);
	return -EBUSY;
}
EXPORT_SYMBOL_NS_GPL(__xdrv_config_refuse_busy, XDRV_NAMESPACE);

int __xdrv_config_parse(const char *module, const struct config_item *item,
			const struct xdrv_param *param, const char *page, u64 *value)
{
	int err = xdrv_param_parse(param, page, value);

	if (err)
		__xdrv_config_refuse(module, item, param->name, page, param->allowed, err);
	return err;
}
EXPORT_SYMBOL_NS_GPL(__xdrv_config_parse, XDRV_NAMESPACE);
