// SPDX-License-Identifier: GPL-2.0-only
/*
 * How an attribute of a directory in configfs is read and written: as the module's parameter, but
 * sizes are in MiB, as null_blk has them, unless a suffix says something else.
 */
#include <linux/kstrtox.h>
#include <linux/sizes.h>

#include "attributes.h"

/* Of a size that is no multiple of a MiB, with the suffix that it takes. */
static ssize_t xbd_attr_show_size(u64 size, char *page)
{
	if (!(size % SZ_1M))
		return sprintf(page, "%llu\n", size / SZ_1M);
	if (!(size % SZ_1K))
		return sprintf(page, "%lluK\n", size / SZ_1K);
	return sprintf(page, "%lluB\n", size);
}

ssize_t xbd_attr_show(const struct xdrv_param *param, u64 value, char *page)
{
	switch (param->kind) {
	case XDRV_PARAM_SIZE:
		return xbd_attr_show_size(value, page);
	case XDRV_PARAM_WORD:
		return sprintf(page, "%s\n", param->words[value]);
	default:
		return sprintf(page, "%lld\n", (s64)value);
	}
}

int xbd_attr_parse(struct xbd_dir *dir, const struct xdrv_param *param, const char *page,
		   u64 *value)
{
	int err;

	if (param->kind != XDRV_PARAM_SIZE)
		return xdrv_config_parse(&dir->group.cg_item, param, page, value);

	err = xdrv_parse_size_in(page, 20, value) ?: xdrv_param_validate(param, *value);
	if (err)
		xdrv_config_refuse(&dir->group.cg_item, param->name, page, param->allowed, err);
	return err;
}

/* Of what a disk cannot change. */
int xbd_attr_parse_fixed(struct xbd_dir *dir, const struct xdrv_param *param, const char *page,
			 u64 *value)
{
	lockdep_assert_held(&dir->lock);
	if (dir->xbd)
		return xdrv_config_refuse_busy(&dir->group.cg_item, param->name);
	return xbd_attr_parse(dir, param, page, value);
}
