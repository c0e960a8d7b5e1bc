// SPDX-License-Identifier: GPL-2.0-only
/* Reading and checking of numbers: see xdrv/param.h. */
#include <linux/ctype.h>
#include <linux/kstrtox.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include <xdrv/param.h>

#include "compat.h"

/* What is too long for a parameter cannot be right; its beginning is enough to tell. */
static int xdrv_param_set(const char *text, const struct kernel_param *kp)
{
	struct xdrv_param *param = kp->arg;

	param->is_given = true;
	strscpy(param->given, text, sizeof(param->given));
	return 0;
}

static int xdrv_param_get(char *buf, const struct kernel_param *kp)
{
	const struct xdrv_param *param = kp->arg;

	if (param->kind == XDRV_PARAM_BOOL)
		return sysfs_emit(buf, "%c\n", param->value ? 'Y' : 'N');
	if (param->kind == XDRV_PARAM_WORD)
		return sysfs_emit(buf, "%s\n", param->words[param->value]);
	return sysfs_emit(buf, "%llu\n", param->value);
}

const struct kernel_param_ops xdrv_param_ops = {
	.set = xdrv_param_set,
	.get = xdrv_param_get,
};
EXPORT_SYMBOL_NS_GPL(xdrv_param_ops, XDRV_NAMESPACE);

/**
 * xdrv_parse_size() - read a number of bytes
 * @text: decimal, in bytes or, with K, M, G, T, P or E behind it, in units of 2^10, 2^20 … 2^60;
 *        a newline may follow
 * @size: where it goes to, if it is right
 *
 * memparse() would take "17E" for 1E, and "12x" for 12.
 *
 * Context: Any.
 * Return: 0, -EINVAL if it is no number, -ERANGE if it does not fit.
 */
int xdrv_parse_size(const char *text, u64 *size)
{
	static const char suffixes[] = "KMGTPE";
	const char *suffix = NULL;
	unsigned int shift = 0;
	char digits[32];
	ssize_t len;
	u64 value;
	int err;

	len = strscpy(digits, text, sizeof(digits));
	if (len < 0)
		return -EINVAL;
	if (len && digits[len - 1] == '\n')
		digits[--len] = '\0';
	if (len)
		suffix = strchr(suffixes, toupper(digits[len - 1]));
	if (suffix) {
		shift = 10 * (suffix - suffixes + 1);
		digits[len - 1] = '\0';
	}

	err = kstrtoull(digits, 10, &value);
	if (err)
		return err;
	if (value > U64_MAX >> shift)
		return -ERANGE;
	*size = value << shift;
	return 0;
}
EXPORT_SYMBOL_NS_GPL(xdrv_parse_size, XDRV_NAMESPACE);

static int xdrv_param_parse(const struct xdrv_param *param, u64 *value)
{
	bool on;
	int err, word;

	switch (param->kind) {
	case XDRV_PARAM_SIZE:
		return xdrv_parse_size(param->given, value);
	case XDRV_PARAM_BOOL:
		err = kstrtobool(param->given, &on);
		*value = !err && on;
		return err;
	case XDRV_PARAM_WORD:
		word = __sysfs_match_string(param->words, param->max + 1, param->given);
		*value = word;
		return word < 0 ? word : 0;
	default:
		return kstrtoull(param->given, 0, value);
	}
}

int __xdrv_param_check(const char *module, struct xdrv_param *param)
{
	u64 value;
	int err;

	if (!param->is_given)
		return 0;

	err = xdrv_param_parse(param, &value);
	if (!err && (value < param->min || value > param->max))
		err = -ERANGE;
	if (!err && param->power_of_2 && !is_power_of_2(value))
		err = -EINVAL;
	if (err) {
		pr_err("%s: %s=%s is not allowed: use %s\n", module, param->name, param->given,
		       param->allowed);
		return err;
	}
	param->value = value;
	return 0;
}
EXPORT_SYMBOL_NS_GPL(__xdrv_param_check, XDRV_NAMESPACE);
