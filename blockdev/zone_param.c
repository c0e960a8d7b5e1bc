// SPDX-License-Identifier: GPL-2.0-only
/* Module parameters of zoned disks. */
#define pr_fmt(fmt) "xbd: " fmt

#include <linux/math64.h>
#include <linux/sizes.h>

#include <xdrv/param.h>

#include "zoned.h"

struct xdrv_param xbd_param_zoned = {
	.name = "zoned",
	.allowed = "y or n",
	.kind = XDRV_PARAM_BOOL,
	.max = 1,
};
module_param_cb(zoned, &xdrv_param_ops, &xbd_param_zoned, 0444);
__MODULE_PARM_TYPE(zoned, "bool");
MODULE_PARM_DESC(zoned, "zones that are written in sequence, host-managed (default n)");

struct xdrv_param xbd_param_zone_size = {
	.name = "zone_size",
	.allowed = "a power of two from 64K to 1T",
	.kind = XDRV_PARAM_SIZE,
	.power_of_2 = true,
	.min = SZ_64K,
	.max = BIT_ULL(40),
	.value = SZ_256M,
};
module_param_cb(zone_size, &xdrv_param_ops, &xbd_param_zone_size, 0444);
__MODULE_PARM_TYPE(zone_size, "ullong");
MODULE_PARM_DESC(zone_size, "size of a zone in bytes, or with a suffix, a power of two (default 256M)");

struct xdrv_param xbd_param_zone_capacity = {
	.name = "zone_capacity",
	.allowed = "0 for all of a zone, or as for zone_size, a multiple of blocksize",
	.kind = XDRV_PARAM_SIZE,
	.max = BIT_ULL(40),
};
module_param_cb(zone_capacity, &xdrv_param_ops, &xbd_param_zone_capacity, 0444);
__MODULE_PARM_TYPE(zone_capacity, "ullong");
MODULE_PARM_DESC(zone_capacity, "bytes of a zone that can be written, or with a suffix; 0: all (default 0)");

struct xdrv_param xbd_param_zone_nr_conv = {
	.name = "zone_nr_conv",
	.allowed = "0 or more, less than there are zones",
	.max = UINT_MAX,
};
module_param_cb(zone_nr_conv, &xdrv_param_ops, &xbd_param_zone_nr_conv, 0444);
__MODULE_PARM_TYPE(zone_nr_conv, "uint");
MODULE_PARM_DESC(zone_nr_conv, "conventional zones, at the beginning (default 0)");

struct xdrv_param xbd_param_zone_max_open = {
	.name = "zone_max_open",
	.allowed = "0 for no limit, or more",
	.max = UINT_MAX,
};
module_param_cb(zone_max_open, &xdrv_param_ops, &xbd_param_zone_max_open, 0444);
__MODULE_PARM_TYPE(zone_max_open, "uint");
MODULE_PARM_DESC(zone_max_open, "zones that may be open at a time; 0: all (default 0)");

struct xdrv_param xbd_param_zone_max_active = {
	.name = "zone_max_active",
	.allowed = "0 for no limit, or more",
	.max = UINT_MAX,
};
module_param_cb(zone_max_active, &xdrv_param_ops, &xbd_param_zone_max_active, 0444);
__MODULE_PARM_TYPE(zone_max_active, "uint");
MODULE_PARM_DESC(zone_max_active, "zones that may be open or closed at a time; 0: all (default 0)");

#define XBD_ZONE_APPENDS                                                                           \
	(XDRV_MIN_ZONE_APPEND ?                                                                    \
	 "1 to 4294967295; 0 is for newer kernels" :                                               \
	 "0 to 4294967295; 0: the kernel appends by writing")

struct xdrv_param xbd_param_zone_append_max_sectors = {
	.name = "zone_append_max_sectors",
	.allowed = XBD_ZONE_APPENDS,
	.min = XDRV_MIN_ZONE_APPEND,
	.max = UINT_MAX,
	.value = UINT_MAX,
};
module_param_cb(zone_append_max_sectors, &xdrv_param_ops, &xbd_param_zone_append_max_sectors, 0444);
__MODULE_PARM_TYPE(zone_append_max_sectors, "uint");
MODULE_PARM_DESC(zone_append_max_sectors, "sectors of an append at most; 0: the kernel has to write instead (default: what a request holds)");

struct xdrv_param xbd_param_zone_full = {
	.name = "zone_full",
	.allowed = "y or n",
	.kind = XDRV_PARAM_BOOL,
	.max = 1,
};
module_param_cb(zone_full, &xdrv_param_ops, &xbd_param_zone_full, 0444);
__MODULE_PARM_TYPE(zone_full, "bool");
MODULE_PARM_DESC(zone_full, "whether zones are full at first, not empty (default n)");

static struct xdrv_param *const xbd_zone_params[] = {
	&xbd_param_zoned,
	&xbd_param_zone_size,
	&xbd_param_zone_capacity,
	&xbd_param_zone_nr_conv,
	&xbd_param_zone_max_open,
	&xbd_param_zone_max_active,
	&xbd_param_zone_append_max_sectors,
	&xbd_param_zone_full,
};

/* What does not go with zones at all. */
static const char *xbd_zoned_conflict_with_others(const struct xbd_config *config)
{
	if (config->cache_size)
		return "a zoned disk cannot have a cache: cache_size has to be 0";
	if (config->removable)
		return "a zoned disk cannot be removable";
	if (config->queue_mode == XBD_MODE_BIO && !config->zone_append_max_sectors)
		return "zone_append_max_sectors=0 needs queue_mode=mq";
	return NULL;
}

/* As xbd_config_conflict(), for what there is about zones. */
const char *xbd_zone_conflict(const struct xbd_config *config)
{
	u64 capacity = config->zone_capacity ?: config->zone_size;
	u64 nr;

	if (!config->zoned)
		return NULL;
	if (config->size < config->zone_size)
		return "zone_size has to be size or less";
	if (capacity > config->zone_size || capacity % config->blocksize)
		return "zone_capacity has to be a multiple of blocksize, up to zone_size";
	if (capacity < config->zone_size && config->size % config->zone_size)
		return "size has to be a multiple of zone_size, as zone_capacity is less than that";
	nr = DIV_ROUND_UP_ULL(config->size, config->zone_size);
	if (nr > XBD_MAX_ZONES)
		return "zone_size has to be more: there can be 4194304 zones";
	if (config->zone_nr_conv >= nr)
		return "zone_nr_conv has to be less than size / zone_size";
	if (config->zone_append_max_sectors &&
	    (u64)config->zone_append_max_sectors << SECTOR_SHIFT < config->blocksize)
		return "zone_append_max_sectors has to hold a block";
	return xbd_zoned_conflict_with_others(config);
}

/*
 * Check the parameters of zones and put them into what the disks are to be like. An error has been
 * reported when this returns it.
 */
int xbd_zone_params_check(struct xbd_config *config)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(xbd_zone_params); i++) {
		int err = xdrv_param_check(xbd_zone_params[i]);

		if (err)
			return err;
	}
	if (xbd_param_zoned.value && !IS_ENABLED(CONFIG_BLK_DEV_ZONED)) {
		pr_err("zoned=y is not possible: use a kernel with CONFIG_BLK_DEV_ZONED\n");
		return -EOPNOTSUPP;
	}
	config->zoned = xbd_param_zoned.value;
	config->zone_size = xbd_param_zone_size.value;
	config->zone_capacity = xbd_param_zone_capacity.value;
	config->zone_nr_conv = xbd_param_zone_nr_conv.value;
	config->zone_max_open = xbd_param_zone_max_open.value;
	config->zone_max_active = xbd_param_zone_max_active.value;
	config->zone_append_max_sectors = xbd_param_zone_append_max_sectors.value;
	config->zone_full = xbd_param_zone_full.value;
	return 0;
}
