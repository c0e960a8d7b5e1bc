/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers that an administrator sets, as module parameters or through configfs. */
#ifndef XCHAR_PARAM_H
#define XCHAR_PARAM_H

#include <linux/moduleparam.h>
#include <linux/sizes.h>

#define XCHAR_BUFFER_MIN SZ_4K
#define XCHAR_BUFFER_MAX SZ_16M
#define XCHAR_BUFFER_DEFAULT SZ_64K

/**
 * struct xchar_param - module parameter that is checked when the module is loaded
 * @name: its name
 * @allowed: what is allowed, in words
 * @parse: reads it; returns 0 or an error
 * @value: its value
 * @wrong: the beginning of the text that @parse did not accept
 * @err: what @parse said, 0 if all is well
 *
 * The kernel's own message for a wrong parameter does not say what is allowed. So the text is
 * accepted when it is read, and xchar_param_check() refuses it.
 */
struct xchar_param {
	const char *name;
	const char *allowed;
	int (*parse)(const char *text, unsigned int *value);
	unsigned int value;
	char wrong[24];
	int err;
};

extern const struct kernel_param_ops xchar_param_ops;

int xchar_param_check(const struct xchar_param *param);
int xchar_parse_count(const char *text, unsigned int *count);
int xchar_parse_buffer_size(const char *text, unsigned int *size);

#endif /* XCHAR_PARAM_H */
