// SPDX-License-Identifier: GPL-2.0-only
/* Module parameters; those of a device are attributes of its directory in configfs, too. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/log2.h>

#include <xdrv/param.h>

#include "xchar.h"

struct xdrv_param xchar_param_nr_devices = {
	.name = "nr_devices",
	.allowed = "a number from 0 to 1024",
	.max = XCHAR_MAX_DEVICES,
	.value = 1,
};
module_param_cb(nr_devices, &xdrv_param_ops, &xchar_param_nr_devices, 0444);
__MODULE_PARM_TYPE(nr_devices, "uint");
MODULE_PARM_DESC(nr_devices, "devices to make at load, 0 to 1024 (default 1)");

/* None that is added by a module: that would have to be loaded before, and after this one. */
static const char *const xchar_backend_names[] = { "loopback", "pair", "nmea", "mem" };

struct xdrv_param xchar_param_backend = {
	.name = "backend",
	.allowed = "loopback, pair, nmea or mem",
	.kind = XDRV_PARAM_WORD,
	.words = xchar_backend_names,
	.max = ARRAY_SIZE(xchar_backend_names) - 1,
};
module_param_cb(backend, &xdrv_param_ops, &xchar_param_backend, 0444);
__MODULE_PARM_TYPE(backend, "charp");
MODULE_PARM_DESC(backend, "what they are: loopback (default), pair, nmea or mem");

struct xdrv_param xchar_param_buffer_size = {
	.name = "buffer_size",
	.allowed = "a number of bytes from 4K to 16M",
	.kind = XDRV_PARAM_SIZE,
	.min = XCHAR_BUFFER_MIN,
	.max = XCHAR_BUFFER_MAX,
	.value = XCHAR_BUFFER_DEFAULT,
};
module_param_cb(buffer_size, &xdrv_param_ops, &xchar_param_buffer_size, 0444);
__MODULE_PARM_TYPE(buffer_size, "uint");
MODULE_PARM_DESC(buffer_size, "bytes that each can hold, 4K to 16M, rounded up to a power of two (default 64K)");

struct xdrv_param xchar_param_size_limit = {
	.name = "size_limit",
	.allowed = "a number of bytes from 4K to 1T",
	.kind = XDRV_PARAM_SIZE,
	.min = XCHAR_SIZE_LIMIT_MIN,
	.max = XCHAR_SIZE_LIMIT_MAX,
	.value = XCHAR_SIZE_LIMIT_DEFAULT,
};
module_param_cb(size_limit, &xdrv_param_ops, &xchar_param_size_limit, 0444);
__MODULE_PARM_TYPE(size_limit, "ullong");
MODULE_PARM_DESC(size_limit, "bytes that each can come to have if it is mem, 4K to 1T (default 64M)");

const char *const xchar_fanout_names[XCHAR_NR_FANOUTS] = { "shared", "all" };

struct xdrv_param xchar_param_fanout = {
	.name = "fanout",
	.allowed = "shared or all",
	.kind = XDRV_PARAM_WORD,
	.words = xchar_fanout_names,
	.max = XCHAR_NR_FANOUTS - 1,
};
module_param_cb(fanout, &xdrv_param_ops, &xchar_param_fanout, 0444);
__MODULE_PARM_TYPE(fanout, "charp");
MODULE_PARM_DESC(fanout, "who gets what can be read: shared (default), or all everything");

const char *const xchar_overflow_names[XCHAR_NR_OVERFLOWS] = {
	[XCHAR_OVERFLOW_BLOCK] = "block",
	[XCHAR_OVERFLOW_DROP_NEWEST] = "drop-newest",
	[XCHAR_OVERFLOW_DROP_OLDEST] = "drop-oldest",
};

struct xdrv_param xchar_param_overflow = {
	.name = "overflow",
	.allowed = "block, drop-newest or drop-oldest",
	.kind = XDRV_PARAM_WORD,
	.words = xchar_overflow_names,
	.max = XCHAR_NR_OVERFLOWS - 1,
};
module_param_cb(overflow, &xdrv_param_ops, &xchar_param_overflow, 0444);
__MODULE_PARM_TYPE(overflow, "charp");
MODULE_PARM_DESC(overflow, "when there is no space: block (default), drop-newest or drop-oldest");

struct xdrv_param xchar_param_exclusive = {
	.name = "exclusive",
	.allowed = "y or n",
	.kind = XDRV_PARAM_BOOL,
	.max = 1,
};
module_param_cb(exclusive, &xdrv_param_ops, &xchar_param_exclusive, 0444);
__MODULE_PARM_TYPE(exclusive, "bool");
MODULE_PARM_DESC(exclusive, "one file at a time may have each open (default n)");

static struct xdrv_param *const xchar_params[] = {
	&xchar_param_nr_devices,
	&xchar_param_backend,
	&xchar_param_buffer_size,
	&xchar_param_size_limit,
	&xchar_param_fanout,
	&xchar_param_overflow,
	&xchar_param_exclusive,
};

/* Check all parameters. An error has been reported when this returns it. */
int xchar_params_check(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(xchar_params); i++) {
		err = xdrv_param_check(xchar_params[i]);
		if (err)
			return err;
	}
	xchar_param_buffer_size.value = roundup_pow_of_two(xchar_param_buffer_size.value);
	return 0;
}
