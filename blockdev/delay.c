// SPDX-License-Identifier: GPL-2.0-only
/* How long a rule lets I/O take: a mean, a spread and a distribution, as tc-netem(8) has them. */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/string.h>

#include "rule.h"

/* ---- drawing ---- */

#define XBD_DEVIATE_SHIFT 16

/* From -1 to 1, all the same. */
static s64 xbd_deviate_uniform(struct rnd_state *random)
{
	return (s64)(prandom_u32_state(random) >> (31 - XBD_DEVIATE_SHIFT)) -
	       BIT(XBD_DEVIATE_SHIFT);
}

/* Twelve numbers from 0 to 1 have a sum whose mean is 6 and whose standard deviation is 1. */
static s64 xbd_deviate_normal(struct rnd_state *random)
{
	s64 sum = -6LL * BIT(XBD_DEVIATE_SHIFT);
	int i;

	for (i = 0; i < 6; i++) {
		u32 two = prandom_u32_state(random);

		sum += (two & U16_MAX) + (two >> 16);
	}
	return sum;
}

/* The greatest number whose cube is no more than @value. */
static u64 xbd_cube_root(u64 value)
{
	u64 root = 0, bit;

	for (bit = BIT(21); bit; bit >>= 1) {
		u64 more = root | bit;

		if (div64_u64(value, more) >= more * more)
			root = more;
	}
	return root;
}

/*
 * Pareto with a shape of 3: one by the cube root of what is uniform from 0 to 1. It is 1 or more;
 * its mean is 1.5 and its standard deviation 0.866, which become 0 and 1.
 */
static s64 xbd_deviate_pareto(struct rnd_state *random)
{
	u64 uniform = (prandom_u32_state(random) >> 4) + 1;
	s64 pareto = xbd_cube_root(div64_u64(U64_MAX, uniform));

	/* Of 2^28 for a uniform of 1, so 2^12 for a Pareto of 1; 18919 is 2^14 / 0.866. */
	return (pareto - 6144) * 18919 >> 10;
}

static s64 xbd_deviate(enum xbd_distribution distribution, struct rnd_state *random)
{
	switch (distribution) {
	case XBD_NORMAL:
		return xbd_deviate_normal(random);
	case XBD_PARETO:
		return xbd_deviate_pareto(random);
	default:
		return xbd_deviate_uniform(random);
	}
}

/**
 * xbd_delay_draw() - how long does it take this time?
 * @settings: latency, jitter and distribution
 * @random: random numbers; of no use without jitter
 *
 * Context: Any.
 * Return: nanoseconds.
 */
u64 xbd_delay_draw(const struct xbd_rule_settings *settings, struct rnd_state *random)
{
	s64 deviate;
	u64 off;

	if (!settings->jitter)
		return settings->latency;
	deviate = xbd_deviate(settings->distribution, random);
	off = mul_u64_u64_shr(settings->jitter, abs(deviate), XBD_DEVIATE_SHIFT);
	if (deviate < 0)
		return settings->latency - min(settings->latency, off);
	return settings->latency + off;
}

/* ---- as text ---- */

/* More would be as good as never. */
#define XBD_MAX_TIME (1000 * NSEC_PER_SEC)

static const struct xbd_unit {
	const char *name;
	unsigned int places;
	u64 ns;
} xbd_units[] = {
	{ "s", 9, NSEC_PER_SEC },
	{ "ms", 6, NSEC_PER_MSEC },
	{ "us", 3, NSEC_PER_USEC },
	{ "ns", 0, 1 },
};

static int xbd_time_parse(const char *text, u64 *ns)
{
	size_t len = strspn(text, "0123456789.");
	int i, err;

	if (sysfs_streq(text, "0")) {
		*ns = 0;
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(xbd_units); i++) {
		if (!sysfs_streq(text + len, xbd_units[i].name))
			continue;
		err = xbd_parse_decimal(text, len, xbd_units[i].places, ns);
		if (err)
			return err;
		return *ns <= XBD_MAX_TIME ? 0 : -ERANGE;
	}
	return -EINVAL;
}

/* In the largest unit that shows all of it. */
static int xbd_time_show(u64 ns, char *page)
{
	u64 rest;
	int i;

	if (!ns)
		return sprintf(page, "0\n");
	for (i = 0; i < ARRAY_SIZE(xbd_units) - 1; i++) {
		div64_u64_rem(ns, xbd_units[i].ns, &rest);
		if (!rest)
			break;
	}
	return sprintf(page, "%llu%s\n", div64_u64(ns, xbd_units[i].ns), xbd_units[i].name);
}

#define XBD_TIME_ALLOWED "0, or a number with ns, us, ms or s, up to 1000s"

static int xbd_latency_parse(struct xbd_rule_settings *settings, const char *text)
{
	u64 ns;
	int err = xbd_time_parse(text, &ns);

	if (!err)
		settings->latency = ns;
	return err;
}

static int xbd_latency_show(const struct xbd_rule_settings *settings, char *page)
{
	return xbd_time_show(settings->latency, page);
}

const struct xbd_rule_field xbd_field_latency = {
	.name = "latency",
	.allowed = XBD_TIME_ALLOWED,
	.parse = xbd_latency_parse,
	.show = xbd_latency_show,
};

static int xbd_jitter_parse(struct xbd_rule_settings *settings, const char *text)
{
	u64 ns;
	int err = xbd_time_parse(text, &ns);

	if (!err)
		settings->jitter = ns;
	return err;
}

static int xbd_jitter_show(const struct xbd_rule_settings *settings, char *page)
{
	return xbd_time_show(settings->jitter, page);
}

const struct xbd_rule_field xbd_field_jitter = {
	.name = "jitter",
	.allowed = XBD_TIME_ALLOWED,
	.parse = xbd_jitter_parse,
	.show = xbd_jitter_show,
};

static const char *const xbd_distributions[] = {
	[XBD_UNIFORM] = "uniform",
	[XBD_NORMAL] = "normal",
	[XBD_PARETO] = "pareto",
};

static int xbd_distribution_parse(struct xbd_rule_settings *settings, const char *text)
{
	int distribution = sysfs_match_string(xbd_distributions, text);

	if (distribution >= 0)
		settings->distribution = distribution;
	return min(distribution, 0);
}

static int xbd_distribution_show(const struct xbd_rule_settings *settings, char *page)
{
	return sprintf(page, "%s\n", xbd_distributions[settings->distribution]);
}

const struct xbd_rule_field xbd_field_distribution = {
	.name = "distribution",
	.allowed = "uniform, normal or pareto",
	.parse = xbd_distribution_parse,
	.show = xbd_distribution_show,
};
