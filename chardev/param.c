// SPDX-License-Identifier: GPL-2.0-only
/* Reading and checking of numbers: see param.h. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kstrtox.h>
#include <linux/log2.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "param.h"
#include "xchar.h"

/**
 * xchar_parse_count() - read a number of devices
 * @text: decimal, or with a prefix of 0x or 0
 * @count: where it goes to, if it is right
 *
 * Return: 0, -EINVAL if it is no number, -ERANGE if it is more than XCHAR_MAX_DEVICES.
 */
int xchar_parse_count(const char *text, unsigned int *count)
{
	unsigned int value;
	int err;

	err = kstrtouint(text, 0, &value);
	if (err)
		return err;
	if (value > XCHAR_MAX_DEVICES)
		return -ERANGE;
	*count = value;
	return 0;
}

/**
 * xchar_parse_buffer_size() - read the size of a buffer
 * @text: bytes, or with K or M behind it units of 1024 or 1048576
 * @size: where it goes to, if it is right, rounded up to a power of two
 *
 * Return: 0, -EINVAL if it is no number, -ERANGE if it is less than XCHAR_BUFFER_MIN or more than
 * XCHAR_BUFFER_MAX.
 */
int xchar_parse_buffer_size(const char *text, unsigned int *size)
{
	unsigned int shift = 0, value;
	char digits[24];
	ssize_t len;
	int err;

	len = strscpy(digits, text, sizeof(digits));
	if (len < 0)
		return -EINVAL;
	len = strcspn(digits, "KkMm\n");
	if (digits[len] && digits[len] != '\n') {
		if (digits[len + 1] && digits[len + 1] != '\n')
			return -EINVAL;
		shift = digits[len] == 'K' || digits[len] == 'k' ? 10 : 20;
		digits[len] = '\0';
	}

	err = kstrtouint(digits, 0, &value);
	if (err)
		return err;
	if (value > XCHAR_BUFFER_MAX >> shift || value << shift < XCHAR_BUFFER_MIN)
		return -ERANGE;
	*size = roundup_pow_of_two(value << shift);
	return 0;
}

static int xchar_param_set(const char *text, const struct kernel_param *kp)
{
	struct xchar_param *param = kp->arg;

	param->err = param->parse(text, &param->value);
	if (param->err)
		strscpy(param->wrong, text, sizeof(param->wrong));
	return 0;
}

static int xchar_param_get(char *buf, const struct kernel_param *kp)
{
	const struct xchar_param *param = kp->arg;

	return sysfs_emit(buf, "%u\n", param->value);
}

const struct kernel_param_ops xchar_param_ops = {
	.set = xchar_param_set,
	.get = xchar_param_get,
};

/**
 * xchar_param_check() - was the parameter right?
 * @param: the parameter
 *
 * Says what is wrong with it if it was not.
 *
 * Return: 0 or the error of its parser.
 */
int xchar_param_check(const struct xchar_param *param)
{
	if (param->err)
		pr_err("%s=%s is not allowed: use %s\n", param->name, param->wrong,
		       param->allowed);
	return param->err;
}
