/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers that an administrator sets.
 *
 * The kernel's own message for a wrong module parameter does not say what is allowed. These keep
 * the text as it was given; the module's init function checks it and refuses to load with one line
 * that names the parameter, its value and what to use.
 *
 *   static struct xdrv_param my_depth = {
 *           .name = "depth", .allowed = "1 to 64", .min = 1, .max = 64, .value = 16,
 *   };
 *   module_param_cb(depth, &xdrv_param_ops, &my_depth, 0444);
 *   __MODULE_PARM_TYPE(depth, "uint");
 */
#ifndef XDRV_PARAM_H
#define XDRV_PARAM_H

#include <linux/moduleparam.h>
#include <linux/types.h>

/**
 * enum xdrv_param_kind - how a parameter is written
 * @XDRV_PARAM_NUMBER: decimal, or with 0x or 0 before it
 * @XDRV_PARAM_SIZE: bytes, decimal, or a number with a suffix: see xdrv_parse_size()
 * @XDRV_PARAM_BOOL: y, n, Y, N, 1, 0, yes, no, on or off
 * @XDRV_PARAM_WORD: one of some words
 * @XDRV_PARAM_NODE: number of a NUMA node with memory, or -1 for any
 */
enum xdrv_param_kind {
	XDRV_PARAM_NUMBER,
	XDRV_PARAM_SIZE,
	XDRV_PARAM_BOOL,
	XDRV_PARAM_WORD,
	XDRV_PARAM_NODE,
};

/**
 * struct xdrv_param - module parameter that is checked when the module starts
 * @name: as in the command line
 * @allowed: what it may be, for people; continues "use …"
 * @kind: how it is written
 * @power_of_2: whether it must be one
 * @min: least value; 0 for XDRV_PARAM_BOOL
 * @max: greatest value; 1 for XDRV_PARAM_BOOL, the number of the last word for XDRV_PARAM_WORD
 * @words: for XDRV_PARAM_WORD: @max + 1 of them, each the name of its number; NULL: not allowed
 * @numbered: for XDRV_PARAM_WORD: the number of a word may stand for it
 * @value: the default; what was given, once xdrv_param_check() returned 0
 * @is_given: whether anything was
 * @given: what was given, or the beginning of it
 */
struct xdrv_param {
	const char *name;
	const char *allowed;
	enum xdrv_param_kind kind;
	bool power_of_2;
	u64 min;
	u64 max;
	const char *const *words;
	bool numbered;
	u64 value;
	bool is_given;
	char given[32];
};

extern const struct kernel_param_ops xdrv_param_ops;

/**
 * xdrv_param_check() - was the right thing given, if anything?
 * @param: the parameter; its value is what was given when this returns 0
 *
 * Has said what is wrong when it returns an error.
 *
 * Context: Process context.
 * Return: 0, -EINVAL if it is written wrongly or no power of two though it must be, -ERANGE.
 */
#define xdrv_param_check(param)	__xdrv_param_check(KBUILD_MODNAME, param)

int __xdrv_param_check(const char *module, struct xdrv_param *param);
int xdrv_param_parse(const struct xdrv_param *param, const char *text, u64 *value);
int xdrv_param_validate(const struct xdrv_param *param, u64 value);
int xdrv_parse_size_in(const char *text, unsigned int shift, u64 *size);

/**
 * xdrv_parse_size() - read a number of bytes
 * @text: as for xdrv_parse_size_in()
 * @size: where it goes to, if it is right
 *
 * Context: Any.
 * Return: 0, -EINVAL or -ERANGE as xdrv_parse_size_in().
 */
static inline int xdrv_parse_size(const char *text, u64 *size)
{
	return xdrv_parse_size_in(text, 0, size);
}

#endif /* XDRV_PARAM_H */
