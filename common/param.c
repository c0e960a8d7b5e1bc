// SPDX-License-Identifier: GPL-2.0-only
/* Reading and checking of numbers: see xdrv/param.h. */
#include <linux/ctype.h>
#include <linux/kstrtox.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/nodemask.h>
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

	switch (param->kind) {
	case XDRV_PARAM_BOOL:
		return sysfs_emit(buf, "%c\n", param->value ? 'Y' : 'N');
	case XDRV_PARAM_WORD:
		return sysfs_emit(buf, "%s\n", param->words[param->value]);
	case XDRV_PARAM_NODE:
		return sysfs_emit(buf, "%d\n", (int)param->value);
	default:
		return sysfs_emit(buf, "%llu\n", param->value);
	}
}

const struct kernel_param_ops xdrv_param_ops = {
	.set = xdrv_param_set,
	.get = xdrv_param_get,
};
EXPORT_SYMBOL_NS_GPL(xdrv_param_ops, XDRV_NAMESPACE);

/**
 * xdrv_parse_size_in() - read a number of bytes
 * @text: decimal; with K, M, G, T, P or E behind it, in units of 2^10, 2^20 … 2^60, with B in
 *        bytes; a newline may follow
 * @shift: without any of them, in units of 2^@shift
 * @size: where it goes to, if it is right
 *
 * memparse() would take "17E" for 1E, and "12x" for 12.
 *
 * Context: Any.
 * Return: 0, -EINVAL if it is no number, -ERANGE if it does not fit.
 */
int xdrv_parse_size_in(const char *text, unsigned int shift, u64 *size)
{
	static const char suffixes[] = "BKMGTPE";
	const char *suffix = NULL;
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
		shift = 10 * (suffix - suffixes);
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
EXPORT_SYMBOL_NS_GPL(xdrv_parse_size_in, XDRV_NAMESPACE);

/* Whole words: kstrtobool() would take "10" for 1 and "year" for y. */
static int xdrv_param_parse_bool(const char *text, u64 *value)
{
	static const char *const words[] = {
		"0", "1", "n", "y", "N", "Y", "no", "yes", "off", "on",
	};
	int i = sysfs_match_string(words, text);

	*value = i > 0 && i % 2;
	return i < 0 ? i : 0;
}

static int xdrv_param_parse_word(const struct xdrv_param *param, const char *text, u64 *value)
{
	for (*value = 0; *value <= param->max; ++*value)
		if (param->words[*value] && sysfs_streq(param->words[*value], text))
			return 0;
	return param->numbered ? kstrtoull(text, 0, value) : -EINVAL;
}

static int xdrv_param_parse_node(const char *text, u64 *value)
{
	long long node;
	int err = kstrtoll(text, 0, &node);

	*value = node;
	return err;
}

/**
 * xdrv_param_validate() - may a parameter have this value?
 * @param: the parameter
 * @value: what it would be
 *
 * Context: Any.
 * Return: 0, -ERANGE, or -EINVAL if it is no power of two though it must be, or no word's number.
 */
int xdrv_param_validate(const struct xdrv_param *param, u64 value)
{
	if (param->kind == XDRV_PARAM_NODE) {
		if ((s64)value == NUMA_NO_NODE)
			return 0;
		return value < nr_node_ids && node_state(value, N_MEMORY) ? 0 : -ERANGE;
	}
	if (value < param->min || value > param->max)
		return -ERANGE;
	if (param->power_of_2 && !is_power_of_2(value))
		return -EINVAL;
	if (param->words && !param->words[value])
		return -EINVAL;
	return 0;
}
EXPORT_SYMBOL_NS_GPL(xdrv_param_validate, XDRV_NAMESPACE);

/**
 * xdrv_param_parse() - read what a parameter is to be
 * @param: the parameter; it does not change
 * @text: as its kind is written; a newline may follow
 * @value: where it goes to; of no use after an error
 *
 * Context: Any.
 * Return: 0, -EINVAL if it is written wrongly, or an error of xdrv_param_validate().
 */
int xdrv_param_parse(const struct xdrv_param *param, const char *text, u64 *value)
{
	int err;

	switch (param->kind) {
	case XDRV_PARAM_SIZE:
		err = xdrv_parse_size(text, value);
		break;
	case XDRV_PARAM_BOOL:
		err = xdrv_param_parse_bool(text, value);
		break;
	case XDRV_PARAM_WORD:
		err = xdrv_param_parse_word(param, text, value);
		break;
	case XDRV_PARAM_NODE:
		err = xdrv_param_parse_node(text, value);
		break;
	default:
		err = kstrtoull(text, 0, value);
	}
	return err ?: xdrv_param_validate(param, *value);
}
EXPORT_SYMBOL_NS_GPL(xdrv_param_parse, XDRV_NAMESPACE);

int __xdrv_param_check(const char *module, struct xdrv_param *param)
{
	u64 value;
	int err;

	if (!param->is_given)
		return 0;

	err = xdrv_param_parse(param, param->given, &value);
	if (err) {
		pr_err("%s: %s=%s is not allowed: use %s\n", module, param->name, param->given,
		       param->allowed);
		return err;
	}
	param->value = value;
	return 0;
}
EXPORT_SYMBOL_NS_GPL(__xdrv_param_check, XDRV_NAMESPACE);
