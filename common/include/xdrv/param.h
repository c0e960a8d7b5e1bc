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
 * @XDRV_PARAM_BOOL: as kstrtobool() has it: y, n, 1, 0, on, off …
 * @XDRV_PARAM_WORD: a word of a list; its value is the place in that, from 0
 */
enum xdrv_param_kind {
	XDRV_PARAM_NUMBER,
	XDRV_PARAM_SIZE,
	XDRV_PARAM_BOOL,
	XDRV_PARAM_WORD,
};

/**
 * struct xdrv_param - module parameter that is checked when the module starts
 * @name: as in the command line
 * @allowed: what it may be, for people; continues "use …"
 * @kind: how it is written
 * @power_of_2: whether it must be one
 * @words: the list for XDRV_PARAM_WORD, @max + 1 of them
 * @min: least value; 0 for XDRV_PARAM_BOOL and XDRV_PARAM_WORD
 * @max: greatest value; 1 for XDRV_PARAM_BOOL
 * @value: the default; what was given, once xdrv_param_check() returned 0
 * @is_given: whether anything was
 * @given: what was given, or the beginning of it
 */
struct xdrv_param {
	const char *name;
	const char *allowed;
	enum xdrv_param_kind kind;
	bool power_of_2;
	const char *const *words;
	u64 min;
	u64 max;
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
int xdrv_parse_size(const char *text, u64 *size);

#endif /* XDRV_PARAM_H */
