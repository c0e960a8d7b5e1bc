// SPDX-License-Identifier: GPL-2.0-only
/*
 * Module parameters. They are kept as they were given until the module starts, so that whatever is
 * wrong with one, a word or a number out of range, is told in the same way.
 */
#define pr_fmt(fmt) "xbd: " fmt

#include <linux/cpumask.h>
#include <linux/ctype.h>
#include <linux/kstrtox.h>
#include <linux/log2.h>
#include <linux/moduleparam.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "xbd.h"

enum xbd_param_kind {
	XBD_PARAM_NUMBER,
	XBD_PARAM_SIZE,
	XBD_PARAM_SWITCH,
};

/**
 * struct xbd_param - a module parameter
 * @name: as in the command line
 * @allowed: what it may be, for people
 * @kind: how it is written
 * @power_of_2: whether it must be one
 * @min: least value
 * @max: greatest value
 * @value: the default, later what was given
 * @is_given: whether anything was
 * @given: what was given
 */
struct xbd_param {
	const char *name;
	const char *allowed;
	enum xbd_param_kind kind;
	bool power_of_2;
	u64 min;
	u64 max;
	u64 value;
	bool is_given;
	char given[32];
};

static int xbd_param_set(const char *val, const struct kernel_param *kp)
{
	struct xbd_param *param = kp->arg;

	param->is_given = true;
	return strscpy(param->given, val, sizeof(param->given)) < 0 ? -ENOSPC : 0;
}

static int xbd_param_get(char *buffer, const struct kernel_param *kp)
{
	const struct xbd_param *param = kp->arg;

	if (param->kind == XBD_PARAM_SWITCH)
		return sysfs_emit(buffer, "%c\n", param->value ? 'Y' : 'N');
	return sysfs_emit(buffer, "%llu\n", param->value);
}

static const struct kernel_param_ops xbd_param_ops = {
	.set = xbd_param_set,
	.get = xbd_param_get,
};

static struct xbd_param xbd_param_size = {
	.name = "size",
	.allowed = "bytes, or a number with K, M, G, T, P or E, from 4K to 4E",
	.kind = XBD_PARAM_SIZE,
	.min = PAGE_SIZE,
	.max = XBD_STORE_MAX_SIZE,
	.value = SZ_256M,
};
module_param_cb(size, &xbd_param_ops, &xbd_param_size, 0444);
__MODULE_PARM_TYPE(size, "ullong");
MODULE_PARM_DESC(size, "capacity in bytes, or with a suffix K, M, G, T, P or E (default 256M)");

static struct xbd_param xbd_param_blocksize = {
	.name = "blocksize",
	.allowed = "512, 1024, 2048 or 4096",
	.power_of_2 = true,
	.min = SECTOR_SIZE,
	.max = SZ_4K,
	.value = SECTOR_SIZE,
};
module_param_cb(blocksize, &xbd_param_ops, &xbd_param_blocksize, 0444);
__MODULE_PARM_TYPE(blocksize, "uint");
MODULE_PARM_DESC(blocksize, "logical block size in bytes: 512, 1024, 2048 or 4096 (default 512)");

static struct xbd_param xbd_param_nr_devices = {
	.name = "nr_devices",
	.allowed = "1 to 256",
	.min = 1,
	.max = 256,
	.value = 1,
};
module_param_cb(nr_devices, &xbd_param_ops, &xbd_param_nr_devices, 0444);
__MODULE_PARM_TYPE(nr_devices, "uint");
MODULE_PARM_DESC(nr_devices, "number of disks, 1 to 256 (default 1)");

static struct xbd_param xbd_param_submit_queues = {
	.name = "submit_queues",
	.allowed = "0, for one queue for each CPU, to 4096",
	.max = 4096,
};
module_param_cb(submit_queues, &xbd_param_ops, &xbd_param_submit_queues, 0444);
__MODULE_PARM_TYPE(submit_queues, "uint");
MODULE_PARM_DESC(submit_queues, "hardware queues; 0: one for each CPU that is online (default 0)");

static struct xbd_param xbd_param_poll_queues = {
	.name = "poll_queues",
	.allowed = "0 to 4096",
	.max = 4096,
};
module_param_cb(poll_queues, &xbd_param_ops, &xbd_param_poll_queues, 0444);
__MODULE_PARM_TYPE(poll_queues, "uint");
MODULE_PARM_DESC(poll_queues, "additional hardware queues for polled I/O (default 0)");

static struct xbd_param xbd_param_hw_queue_depth = {
	.name = "hw_queue_depth",
	.allowed = "1 to 10240",
	.min = 1,
	.max = BLK_MQ_MAX_DEPTH,
	.value = 128,
};
module_param_cb(hw_queue_depth, &xbd_param_ops, &xbd_param_hw_queue_depth, 0444);
__MODULE_PARM_TYPE(hw_queue_depth, "uint");
MODULE_PARM_DESC(hw_queue_depth, "requests that a hardware queue holds, 1 to 10240 (default 128)");

static struct xbd_param xbd_param_discard = {
	.name = "discard",
	.allowed = "y or n",
	.kind = XBD_PARAM_SWITCH,
	.max = 1,
	.value = 1,
};
module_param_cb(discard, &xbd_param_ops, &xbd_param_discard, 0444);
__MODULE_PARM_TYPE(discard, "bool");
MODULE_PARM_DESC(discard, "offer discard and secure erase (default y)");

static struct xbd_param *const xbd_params[] = {
	&xbd_param_size,
	&xbd_param_blocksize,
	&xbd_param_nr_devices,
	&xbd_param_submit_queues,
	&xbd_param_poll_queues,
	&xbd_param_hw_queue_depth,
	&xbd_param_discard,
};

/* memparse() takes "17E" for 1E, and "12x" for 12. */
static int xbd_parse_size(const char *given, u64 *value)
{
	static const char suffixes[] = "KMGTPE";
	char digits[sizeof_field(struct xbd_param, given)];
	const char *suffix = NULL;
	unsigned int shift = 0;
	ssize_t len;
	int err;

	len = strscpy(digits, given, sizeof(digits));
	if (len > 0)
		suffix = strchr(suffixes, toupper(digits[len - 1]));
	if (suffix) {
		shift = 10 * (suffix - suffixes + 1);
		digits[len - 1] = '\0';
	}
	err = kstrtoull(digits, 10, value);
	if (!err && *value > U64_MAX >> shift)
		err = -ERANGE;
	if (!err)
		*value <<= shift;
	return err;
}

static int xbd_param_parse(struct xbd_param *param)
{
	bool on;
	int err;

	if (!param->is_given)
		return 0;

	switch (param->kind) {
	case XBD_PARAM_SIZE:
		err = xbd_parse_size(param->given, &param->value);
		break;
	case XBD_PARAM_SWITCH:
		err = kstrtobool(param->given, &on);
		if (!err)
			param->value = on;
		break;
	default:
		err = kstrtoull(param->given, 0, &param->value);
	}
	if (err)
		return err;
	if (param->value < param->min || param->value > param->max)
		return -ERANGE;
	if (param->power_of_2 && !is_power_of_2(param->value))
		return -EINVAL;
	return 0;
}

/* More queues than CPUs would never be used. */
static unsigned int xbd_queues(u64 wanted)
{
	return min_t(u64, wanted, nr_cpu_ids);
}

/*
 * Check all parameters and turn them into what the disks are to be like. An error has been reported
 * when this returns it.
 */
int xbd_params_check(struct xbd_config *config, unsigned int *nr_devices)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(xbd_params); i++) {
		struct xbd_param *param = xbd_params[i];
		int err = xbd_param_parse(param);

		if (err) {
			pr_err("%s=%s is not possible: it must be %s\n", param->name, param->given,
			       param->allowed);
			return err;
		}
	}

	config->size = xbd_param_size.value;
	config->blocksize = xbd_param_blocksize.value;
	config->submit_queues = xbd_queues(xbd_param_submit_queues.value ?: num_online_cpus());
	config->poll_queues = xbd_queues(xbd_param_poll_queues.value);
	config->hw_queue_depth = xbd_param_hw_queue_depth.value;
	config->discard = xbd_param_discard.value;
	*nr_devices = xbd_param_nr_devices.value;

	if (config->size % config->blocksize) {
		pr_err("size=%s is not possible: it must be a multiple of the block size, %u\n",
		       xbd_param_size.given, config->blocksize);
		return -EINVAL;
	}
	return 0;
}
