/* SPDX-License-Identifier: GPL-2.0-only */
/* A rule says what becomes of some of a disk's I/O. Knows neither disks nor configfs. */
#ifndef XBD_RULE_H
#define XBD_RULE_H

#include <linux/bits.h>
#include <linux/blk_types.h>
#include <linux/list.h>
#include <linux/prandom.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>

/* Operations, as bits, for a rule can be about several. */
#define XBD_OP_READ BIT(0)
#define XBD_OP_WRITE BIT(1)
#define XBD_OP_FLUSH BIT(2)
#define XBD_OP_DISCARD BIT(3)
#define XBD_OP_SECURE_ERASE BIT(4)
#define XBD_OP_WRITE_ZEROES BIT(5)
#define XBD_NR_OPS 6
#define XBD_OPS_ALL GENMASK(XBD_NR_OPS - 1, 0)

#define XBD_RULE_MAX_RANGES 16

/* What a probability of 100 % is; the sixth decimal of a percentage counts. */
#define XBD_ALWAYS 100000000

/**
 * enum xbd_action - what a rule does to the I/O that it strikes
 * @XBD_ACTION_ERROR: it fails, and nothing of it is done
 * @XBD_ACTION_DELAY: nothing but that it takes longer
 * @XBD_ACTION_TIMEOUT: it never ends by itself; the block layer has to notice
 * @XBD_ACTION_REQUEUE: it goes back to the queue, to come again
 */
enum xbd_action {
	XBD_ACTION_ERROR,
	XBD_ACTION_DELAY,
	XBD_ACTION_TIMEOUT,
	XBD_ACTION_REQUEUE,
	XBD_NR_ACTIONS,
};

/**
 * enum xbd_distribution - how long I/O takes that is struck
 * @XBD_UNIFORM: anything from latency - jitter to latency + jitter
 * @XBD_NORMAL: with the mean latency and the standard deviation jitter
 * @XBD_PARETO: the same mean and deviation; most is a little shorter, some very much longer
 */
enum xbd_distribution {
	XBD_UNIFORM,
	XBD_NORMAL,
	XBD_PARETO,
};

/**
 * struct xbd_sectors - some sectors, of 512 bytes
 * @first: the first of them
 * @last: the last of them
 */
struct xbd_sectors {
	sector_t first;
	sector_t last;
};

/**
 * struct xbd_rule_settings - what was written to the attributes of a rule; does not change
 * @enabled: whether it strikes at all
 * @action: what it does
 * @status: number of the word for the error, see xbd_rule_status()
 * @ops: operations that it is about, XBD_OP_READ …
 * @nr_ranges: how many of @ranges there are; 0: it is about all sectors, and flushes
 * @ranges: sectors that it is about
 * @probability: of a strike, in parts of XBD_ALWAYS
 * @seed: what its random numbers begin with
 * @times: how often it may strike; 0: as often as it likes
 * @interval: the first one to strike is the @interval-th that it is about, and so on; at least 1
 * @space: bytes that pass before
 * @latency: nanoseconds that I/O takes longer
 * @jitter: nanoseconds by which that differs from one to the next
 * @distribution: how it differs
 * @rcu: I/O under way may still look at it
 */
struct xbd_rule_settings {
	bool enabled;
	enum xbd_action action;
	unsigned int status;
	unsigned int ops;
	unsigned int nr_ranges;
	struct xbd_sectors ranges[XBD_RULE_MAX_RANGES];
	u32 probability;
	u32 seed;
	u32 times;
	u64 interval;
	u64 space;
	u64 latency;
	u64 jitter;
	enum xbd_distribution distribution;
	struct rcu_head rcu;
};

/**
 * struct xbd_rule - a rule
 * @node: in the list of rules of a disk
 * @settings: what is wanted of it; replaced as a whole
 * @lock: guards what follows
 * @random: where its random numbers come from
 * @space: bytes that are still to pass
 * @seen: how many it was about, since then
 * @hits: how many it has struck
 */
struct xbd_rule {
	struct list_head node;
	struct xbd_rule_settings __rcu *settings;

	spinlock_t lock; /* guards what follows */
	struct rnd_state random;
	u64 space;
	u64 seen;
	u64 hits;
};

/**
 * struct xbd_io - what a rule knows of I/O
 * @op: one of XBD_OP_READ …; 0 for what no rule is about
 * @sector: the first sector
 * @bytes: its length
 */
struct xbd_io {
	unsigned int op;
	sector_t sector;
	u64 bytes;
};

/**
 * struct xbd_verdict - what becomes of I/O
 * @is_final: whether @action tells; otherwise it is done as it was meant
 * @action: what becomes of it
 * @status: how it ends, for XBD_ACTION_ERROR
 * @delay: nanoseconds that it takes, at least
 */
struct xbd_verdict {
	bool is_final;
	enum xbd_action action;
	blk_status_t status;
	u64 delay;
};

/**
 * struct xbd_rule_field - a setting, as it is written and shown
 * @name: of the attribute
 * @allowed: what it may be, for people; continues "use …"
 * @parse: reads it; 0, -EINVAL or -ERANGE, and has changed nothing but what it is about
 * @show: writes it, with a newline, to a page; returns its length
 */
struct xbd_rule_field {
	const char *name;
	const char *allowed;
	int (*parse)(struct xbd_rule_settings *settings, const char *text);
	int (*show)(const struct xbd_rule_settings *settings, char *page);
};

/* rule.c */
extern const struct xbd_rule_settings xbd_rule_defaults;
int xbd_rule_init(struct xbd_rule *rule, u32 seed);
void xbd_rule_destroy(struct xbd_rule *rule);
void xbd_rule_replace(struct xbd_rule *rule, struct xbd_rule_settings *settings);
u64 xbd_rule_hits(struct xbd_rule *rule);
bool xbd_rule_strikes(struct xbd_rule *rule, const struct xbd_io *io,
		      struct xbd_verdict *verdict);

/* Whether a rule is for requests only. */
static inline bool xbd_rule_needs_requests(const struct xbd_rule_settings *settings)
{
	return settings->action == XBD_ACTION_TIMEOUT || settings->action == XBD_ACTION_REQUEUE;
}

/* rule_text.c */
extern const struct xbd_rule_field xbd_field_enabled, xbd_field_action, xbd_field_status;
extern const struct xbd_rule_field xbd_field_ops, xbd_field_sectors, xbd_field_probability;
extern const struct xbd_rule_field xbd_field_seed, xbd_field_times, xbd_field_interval;
extern const struct xbd_rule_field xbd_field_space;
blk_status_t xbd_rule_status(const struct xbd_rule_settings *settings);
int xbd_parse_decimal(const char *text, size_t len, unsigned int places, u64 *value);

/* delay.c */
extern const struct xbd_rule_field xbd_field_latency, xbd_field_jitter, xbd_field_distribution;
u64 xbd_delay_draw(const struct xbd_rule_settings *settings, struct rnd_state *random);

#endif /* XBD_RULE_H */
