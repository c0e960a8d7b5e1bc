// SPDX-License-Identifier: GPL-2.0-only
/* What is written to the attributes of a rule, and read from them. */
#include <linux/blkdev.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/string.h>

#include <xdrv/param.h>

#include "rule.h"
#include "store.h"

#define XBD_RULE_LAST_SECTOR ((XBD_STORE_MAX_SIZE >> SECTOR_SHIFT) - 1)

/* Longer than anything that makes sense. */
#define XBD_RULE_MAX_TEXT 512

/* ---- numbers and words ---- */

/* A parameter that is no parameter of the module: its parser does the work. */
static int xbd_parse_number(const char *text, u64 min, u64 max, u64 *value)
{
	const struct xdrv_param param = { .min = min, .max = max };

	return xdrv_param_parse(&param, text, value);
}

/**
 * xbd_parse_decimal() - read a number that may have decimals
 * @text: digits, and perhaps a dot and more of them
 * @len: how many characters of it count
 * @places: how many decimals it may have
 * @value: the number times 10^@places
 *
 * Context: Any.
 * Return: 0, -EINVAL if it is written wrongly, -ERANGE if it does not fit or has more decimals.
 */
int xbd_parse_decimal(const char *text, size_t len, unsigned int places, u64 *value)
{
	int seen = 0, decimals = -1;
	u64 sum = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		if (text[i] == '.' && decimals < 0) {
			decimals = 0;
			continue;
		}
		if (!isdigit(text[i]))
			return -EINVAL;
		if (decimals == (int)places || sum > (U64_MAX - 9) / 10)
			return -ERANGE;
		sum = 10 * sum + text[i] - '0';
		decimals += decimals >= 0;
		seen++;
	}
	if (!seen || !decimals)
		return -EINVAL;
	for (i = max(decimals, 0); i < places; i++) {
		if (sum > U64_MAX / 10)
			return -ERANGE;
		sum *= 10;
	}
	*value = sum;
	return 0;
}

/* Without the newline. */
static size_t xbd_text_len(const char *text)
{
	return strcspn(text, "\n");
}

/* Words, separated by spaces or commas, from a copy that can be taken apart; NULL at the end. */
static char *xbd_next_word(char **rest)
{
	char *word;

	do {
		word = strsep(rest, ",\n ");
	} while (word && !*word);
	return word;
}

/* ---- enabled ---- */

static int xbd_enabled_parse(struct xbd_rule_settings *settings, const char *text)
{
	const struct xdrv_param param = { .kind = XDRV_PARAM_BOOL, .max = 1 };
	u64 value;
	int err = xdrv_param_parse(&param, text, &value);

	if (!err)
		settings->enabled = value;
	return err;
}

static int xbd_enabled_show(const struct xbd_rule_settings *settings, char *page)
{
	return sprintf(page, "%d\n", settings->enabled);
}

const struct xbd_rule_field xbd_field_enabled = {
	.name = "enabled",
	.allowed = "0 or 1",
	.parse = xbd_enabled_parse,
	.show = xbd_enabled_show,
};

/* ---- action ---- */

static const char *const xbd_actions[] = {
	[XBD_ACTION_ERROR] = "error",
	[XBD_ACTION_DELAY] = "delay",
	[XBD_ACTION_TIMEOUT] = "timeout",
	[XBD_ACTION_REQUEUE] = "requeue",
};

static int xbd_action_parse(struct xbd_rule_settings *settings, const char *text)
{
	int action = sysfs_match_string(xbd_actions, text);

	if (action >= 0)
		settings->action = action;
	return min(action, 0);
}

static int xbd_action_show(const struct xbd_rule_settings *settings, char *page)
{
	return sprintf(page, "%s\n", xbd_actions[settings->action]);
}

const struct xbd_rule_field xbd_field_action = {
	.name = "action",
	.allowed = "error, delay, timeout or requeue",
	.parse = xbd_action_parse,
	.show = xbd_action_show,
};

/* ---- status ---- */

/* What programs see; the block layer has a status for each of them. */
static const char *const xbd_statuses[] = {
	"EIO", "ENODATA", "EREMOTEIO", "ENOSPC", "ETIMEDOUT", "ENOLINK", "EBADE", "EILSEQ",
	"EOPNOTSUPP", "ENODEV",
};

static const int xbd_status_errnos[] = {
	EIO, ENODATA, EREMOTEIO, ENOSPC, ETIMEDOUT, ENOLINK, EBADE, EILSEQ,
	EOPNOTSUPP, ENODEV,
};

/* Any context. The error of the rule, as the block layer has it. */
blk_status_t xbd_rule_status(const struct xbd_rule_settings *settings)
{
	return errno_to_blk_status(-xbd_status_errnos[settings->status]);
}

static int xbd_status_parse(struct xbd_rule_settings *settings, const char *text)
{
	int status = sysfs_match_string(xbd_statuses, text);

	BUILD_BUG_ON(ARRAY_SIZE(xbd_statuses) != ARRAY_SIZE(xbd_status_errnos));
	if (status >= 0)
		settings->status = status;
	return min(status, 0);
}

static int xbd_status_show(const struct xbd_rule_settings *settings, char *page)
{
	return sprintf(page, "%s\n", xbd_statuses[settings->status]);
}

const struct xbd_rule_field xbd_field_status = {
	.name = "status",
	.allowed =
		"EIO, ENODATA, EREMOTEIO, ENOSPC, ETIMEDOUT, ENOLINK, EBADE, EILSEQ, EOPNOTSUPP or ENODEV",
	.parse = xbd_status_parse,
	.show = xbd_status_show,
};

/* ---- ops ---- */

/* In the order of their bits. */
static const char *const xbd_op_names[XBD_NR_OPS] = {
	"read", "write", "flush", "discard", "secure_erase", "write_zeroes",
};

static int xbd_ops_parse(struct xbd_rule_settings *settings, const char *text)
{
	char copy[XBD_RULE_MAX_TEXT], *rest = copy, *word;
	unsigned int ops = 0;

	if (strscpy(copy, text, sizeof(copy)) < 0)
		return -EINVAL;
	while ((word = xbd_next_word(&rest))) {
		int op = match_string(xbd_op_names, XBD_NR_OPS, word);

		if (op < 0 && strcmp(word, "all"))
			return -EINVAL;
		ops |= op < 0 ? XBD_OPS_ALL : BIT(op);
	}
	if (!ops)
		return -EINVAL;
	settings->ops = ops;
	return 0;
}

static int xbd_ops_show(const struct xbd_rule_settings *settings, char *page)
{
	int i, len = 0;

	if (settings->ops == XBD_OPS_ALL)
		return sprintf(page, "all\n");
	for (i = 0; i < XBD_NR_OPS; i++)
		if (settings->ops & BIT(i))
			len += sprintf(page + len, "%s%s", len ? " " : "", xbd_op_names[i]);
	return len + sprintf(page + len, "\n");
}

const struct xbd_rule_field xbd_field_ops = {
	.name = "ops",
	.allowed = "all, or some of read, write, flush, discard, secure_erase and write_zeroes",
	.parse = xbd_ops_parse,
	.show = xbd_ops_show,
};

/* ---- sectors ---- */

/* "FIRST-LAST", or one sector. Takes the word apart. */
static int xbd_range_parse(char *word, struct xbd_sectors *range)
{
	char *last = strchr(word, '-');
	u64 to, from;
	int err;

	if (last)
		*last++ = '\0';
	err = xbd_parse_number(word, 0, XBD_RULE_LAST_SECTOR, &from) ?:
	      xbd_parse_number(last ?: word, 0, XBD_RULE_LAST_SECTOR, &to);
	if (err)
		return err;
	if (from > to)
		return -EINVAL;
	*range = (struct xbd_sectors){ from, to };
	return 0;
}

static int xbd_ranges_parse(char *text, struct xbd_sectors *ranges)
{
	char *word;
	int err, nr;

	for (nr = 0; (word = xbd_next_word(&text)); nr++) {
		if (nr == XBD_RULE_MAX_RANGES)
			return -ERANGE;
		err = xbd_range_parse(word, &ranges[nr]);
		if (err)
			return err;
	}
	return nr ?: -EINVAL;
}

static int xbd_sectors_parse(struct xbd_rule_settings *settings, const char *text)
{
	struct xbd_sectors ranges[XBD_RULE_MAX_RANGES];
	char copy[XBD_RULE_MAX_TEXT];
	int nr;

	if (sysfs_streq(text, "all")) {
		settings->nr_ranges = 0;
		return 0;
	}
	if (strscpy(copy, text, sizeof(copy)) < 0)
		return -EINVAL;
	nr = xbd_ranges_parse(copy, ranges);
	if (nr < 0)
		return nr;
	memcpy(settings->ranges, ranges, nr * sizeof(*ranges));
	settings->nr_ranges = nr;
	return 0;
}

static int xbd_sectors_show(const struct xbd_rule_settings *settings, char *page)
{
	unsigned int i;
	int len = 0;

	if (!settings->nr_ranges)
		return sprintf(page, "all\n");
	for (i = 0; i < settings->nr_ranges; i++)
		len += sprintf(page + len, "%s%llu-%llu", len ? " " : "",
			       (u64)settings->ranges[i].first, (u64)settings->ranges[i].last);
	return len + sprintf(page + len, "\n");
}

const struct xbd_rule_field xbd_field_sectors = {
	.name = "sectors",
	.allowed = "all, or up to 16 ranges FIRST-LAST",
	.parse = xbd_sectors_parse,
	.show = xbd_sectors_show,
};

/* ---- probability ---- */

#define XBD_PERCENT_PLACES 6

static int xbd_probability_parse(struct xbd_rule_settings *settings, const char *text)
{
	size_t len = xbd_text_len(text);
	u64 value;
	int err;

	if (len && text[len - 1] == '%')
		len--;
	err = xbd_parse_decimal(text, len, XBD_PERCENT_PLACES, &value);
	if (err)
		return err;
	if (value > XBD_ALWAYS)
		return -ERANGE;
	settings->probability = value;
	return 0;
}

static int xbd_probability_show(const struct xbd_rule_settings *settings, char *page)
{
	unsigned int unit = XBD_ALWAYS / 100;
	int len = sprintf(page, "%u.%06u", settings->probability / unit,
			  settings->probability % unit);

	while (page[len - 1] == '0')
		len--;
	if (page[len - 1] == '.')
		len--;
	return len + sprintf(page + len, "\n");
}

const struct xbd_rule_field xbd_field_probability = {
	.name = "probability",
	.allowed = "a percentage from 0 to 100, with up to six decimals",
	.parse = xbd_probability_parse,
	.show = xbd_probability_show,
};

/* ---- seed ---- */

static int xbd_seed_parse(struct xbd_rule_settings *settings, const char *text)
{
	u64 value;
	int err = xbd_parse_number(text, 0, U32_MAX, &value);

	if (!err)
		settings->seed = value;
	return err;
}

static int xbd_seed_show(const struct xbd_rule_settings *settings, char *page)
{
	return sprintf(page, "%u\n", settings->seed);
}

const struct xbd_rule_field xbd_field_seed = {
	.name = "seed",
	.allowed = "0 to 4294967295",
	.parse = xbd_seed_parse,
	.show = xbd_seed_show,
};

/* ---- times, interval, space ---- */

static int xbd_times_parse(struct xbd_rule_settings *settings, const char *text)
{
	u64 value = 0;
	int err = 0;

	if (!sysfs_streq(text, "-1"))
		err = xbd_parse_number(text, 0, U32_MAX, &value);
	if (!err)
		settings->times = value;
	return err;
}

static int xbd_times_show(const struct xbd_rule_settings *settings, char *page)
{
	return settings->times ? sprintf(page, "%u\n", settings->times) : sprintf(page, "-1\n");
}

const struct xbd_rule_field xbd_field_times = {
	.name = "times",
	.allowed = "1 to 4294967295, or -1 for no limit",
	.parse = xbd_times_parse,
	.show = xbd_times_show,
};

static int xbd_interval_parse(struct xbd_rule_settings *settings, const char *text)
{
	u64 value;
	int err = xbd_parse_number(text, 1, U32_MAX, &value);

	if (!err)
		settings->interval = value;
	return err;
}

static int xbd_interval_show(const struct xbd_rule_settings *settings, char *page)
{
	return sprintf(page, "%llu\n", settings->interval);
}

const struct xbd_rule_field xbd_field_interval = {
	.name = "interval",
	.allowed = "1 to 4294967295",
	.parse = xbd_interval_parse,
	.show = xbd_interval_show,
};

static int xbd_space_parse(struct xbd_rule_settings *settings, const char *text)
{
	u64 value;
	int err = xdrv_parse_size(text, &value);

	if (!err)
		settings->space = value;
	return err;
}

static int xbd_space_show(const struct xbd_rule_settings *settings, char *page)
{
	return sprintf(page, "%llu\n", settings->space);
}

const struct xbd_rule_field xbd_field_space = {
	.name = "space",
	.allowed = "bytes, or a number with K, M, G, T, P or E",
	.parse = xbd_space_parse,
	.show = xbd_space_show,
};
