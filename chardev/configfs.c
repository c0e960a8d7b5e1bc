// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices made and removed at run time, in /sys/kernel/config/xchar/NAME/.
 *
 * A directory is a description; writing 1 to its "power" makes the device, writing 0 or removing
 * the directory takes it away, even while it is open. configfs lets an attribute that is being
 * written finish before it removes the directory, and none be written after that.
 *
 * The directory nmea in it has what is special about that back end, and can be used at any time.
 *
 * A device that the module makes when it is loaded has such a directory, too, by the name of its
 * node. It stays until the module goes, which it does not pin.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/configfs.h>
#include <linux/kstrtox.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <xdrv/param.h>

#include "compat.h"
#include "nmea.h"
#include "xchar.h"

/**
 * struct xchar_config - a directory
 * @group: the configfs part
 * @lock: guards what follows
 * @backend: kind of device; its module stays
 * @setup: how it is to be; not changed while there is a device. Its receiver is there always
 * @dev: the device, or NULL while the power is off
 */
struct xchar_config {
	struct config_group group;

	struct mutex lock; /* guards what follows */
	const struct xchar_backend *backend;
	struct xchar_setup setup;
	struct device *dev;
};

/* Whether users may make directories: not before the module is sure to stay. */
static bool xchar_config_is_open;

static struct xchar_config *xchar_config_of(struct config_item *item)
{
	return container_of(to_config_group(item), struct xchar_config, group);
}

/* Log lines name the directory, and show what was written without its end of line. */
#define xchar_config_err(cfg, fmt, ...) \
	pr_err("configfs %s: " fmt, config_item_name(&(cfg)->group.cg_item), ##__VA_ARGS__)

/**
 * xchar_config_refuse() - say why a value is not taken
 * @item: the directory of the device
 * @name: of the attribute
 * @page: what was written to it
 * @allowed: what might have been
 * @err: the error
 *
 * Context: Any.
 * Return: @err.
 */
int xchar_config_refuse(const struct config_item *item, const char *name, const char *page,
			const char *allowed, int err)
{
	pr_err("configfs %s: %s=%.*s is not allowed: use %s\n", item->ci_name, name,
	       min_t(int, strcspn(page, "\n"), 32), page, allowed);
	return err;
}

static int xchar_config_refuse_while_on(struct xchar_config *cfg, const char *name)
{
	lockdep_assert_held(&cfg->lock);
	if (!cfg->dev)
		return 0;
	xchar_config_err(cfg, "%s cannot be changed while power is 1\n", name);
	return -EBUSY;
}

static int xchar_config_power_on(struct xchar_config *cfg)
{
	struct device *dev;

	lockdep_assert_held(&cfg->lock);
	if (cfg->dev)
		return 0;
	dev = cfg->backend->create(&cfg->setup);
	if (IS_ERR(dev)) {
		xchar_config_err(cfg, "cannot make a device: %pe\n", dev);
		return PTR_ERR(dev);
	}
	cfg->dev = dev;
	return 0;
}

static void xchar_config_power_off(struct xchar_config *cfg)
{
	lockdep_assert_held(&cfg->lock);
	if (!cfg->dev)
		return;
	cfg->backend->destroy(cfg->dev);
	cfg->dev = NULL;
}

static ssize_t xchar_config_backend_show(struct config_item *item, char *page)
{
	struct xchar_config *cfg = xchar_config_of(item);

	guard(mutex)(&cfg->lock);
	return sprintf(page, "%s\n", cfg->backend->name);
}

static ssize_t xchar_config_backend_store(struct config_item *item, const char *page, size_t count)
{
	struct xchar_config *cfg = xchar_config_of(item);
	const struct xchar_backend *backend;
	int err;

	guard(mutex)(&cfg->lock);
	err = xchar_config_refuse_while_on(cfg, "backend");
	if (err)
		return err;

	backend = xchar_backend_get(page);
	if (!backend)
		return xchar_config_refuse(item, "backend", page,
					   "loopback, pair, nmea, mem or, if there is xchar_gnss, gnss",
					   -EINVAL);
	xchar_backend_put(cfg->backend);
	cfg->backend = backend;
	return count;
}
CONFIGFS_ATTR(xchar_config_, backend);

static ssize_t xchar_config_buffer_size_show(struct config_item *item, char *page)
{
	struct xchar_config *cfg = xchar_config_of(item);

	guard(mutex)(&cfg->lock);
	return sprintf(page, "%u\n", cfg->setup.params.buffer_size);
}

static int xchar_config_parse_buffer_size(const char *page, unsigned int *size)
{
	u64 bytes;
	int err;

	err = xdrv_parse_size(page, &bytes);
	if (err)
		return err;
	if (bytes < XCHAR_BUFFER_MIN || bytes > XCHAR_BUFFER_MAX)
		return -ERANGE;
	*size = roundup_pow_of_two(bytes);
	return 0;
}

static ssize_t xchar_config_buffer_size_store(struct config_item *item, const char *page,
					      size_t count)
{
	struct xchar_config *cfg = xchar_config_of(item);
	int err;

	guard(mutex)(&cfg->lock);
	err = xchar_config_refuse_while_on(cfg, "buffer_size");
	if (err)
		return err;

	err = xchar_config_parse_buffer_size(page, &cfg->setup.params.buffer_size);
	if (err)
		return xchar_config_refuse(item, "buffer_size", page, XCHAR_BUFFER_ALLOWED, err);
	return count;
}
CONFIGFS_ATTR(xchar_config_, buffer_size);

static ssize_t xchar_config_size_limit_show(struct config_item *item, char *page)
{
	struct xchar_config *cfg = xchar_config_of(item);

	guard(mutex)(&cfg->lock);
	return sprintf(page, "%llu\n", cfg->setup.size_limit);
}

static ssize_t xchar_config_size_limit_store(struct config_item *item, const char *page,
					     size_t count)
{
	struct xchar_config *cfg = xchar_config_of(item);
	u64 bytes;
	int err;

	guard(mutex)(&cfg->lock);
	err = xchar_config_refuse_while_on(cfg, "size_limit");
	if (err)
		return err;

	err = xdrv_parse_size(page, &bytes);
	if (!err && (bytes < XCHAR_SIZE_LIMIT_MIN || bytes > XCHAR_SIZE_LIMIT_MAX))
		err = -ERANGE;
	if (err)
		return xchar_config_refuse(item, "size_limit", page, XCHAR_SIZE_LIMIT_ALLOWED, err);
	cfg->setup.size_limit = bytes;
	return count;
}
CONFIGFS_ATTR(xchar_config_, size_limit);

static ssize_t xchar_config_exclusive_show(struct config_item *item, char *page)
{
	struct xchar_config *cfg = xchar_config_of(item);

	guard(mutex)(&cfg->lock);
	return sprintf(page, "%d\n", cfg->setup.params.exclusive);
}

static ssize_t xchar_config_exclusive_store(struct config_item *item, const char *page,
					    size_t count)
{
	struct xchar_config *cfg = xchar_config_of(item);
	unsigned int exclusive;
	int err;

	guard(mutex)(&cfg->lock);
	err = xchar_config_refuse_while_on(cfg, "exclusive");
	if (err)
		return err;

	err = kstrtouint(page, 0, &exclusive);
	if (err || exclusive > 1)
		return xchar_config_refuse(item, "exclusive", page, "0 or 1", -EINVAL);
	cfg->setup.params.exclusive = exclusive;
	return count;
}
CONFIGFS_ATTR(xchar_config_, exclusive);

/* Which of these words is on the page, or -EINVAL. */
static int xchar_config_parse_word(const char *page, const char *const *words, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (sysfs_streq(page, words[i]))
			return i;
	return -EINVAL;
}

const char *const xchar_fanout_names[XCHAR_NR_FANOUTS] = { "shared", "all" };

static ssize_t xchar_config_fanout_show(struct config_item *item, char *page)
{
	struct xchar_config *cfg = xchar_config_of(item);

	guard(mutex)(&cfg->lock);
	return sprintf(page, "%s\n", xchar_fanout_names[cfg->setup.params.fanout]);
}

static ssize_t xchar_config_fanout_store(struct config_item *item, const char *page, size_t count)
{
	struct xchar_config *cfg = xchar_config_of(item);
	int word;

	guard(mutex)(&cfg->lock);
	word = xchar_config_refuse_while_on(cfg, "fanout");
	if (word)
		return word;

	word = xchar_config_parse_word(page, xchar_fanout_names, XCHAR_NR_FANOUTS);
	if (word < 0)
		return xchar_config_refuse(item, "fanout", page, XCHAR_FANOUT_ALLOWED, word);
	cfg->setup.params.fanout = word;
	return count;
}
CONFIGFS_ATTR(xchar_config_, fanout);

const char *const xchar_overflow_names[XCHAR_NR_OVERFLOWS] = {
	[XCHAR_OVERFLOW_BLOCK] = "block",
	[XCHAR_OVERFLOW_DROP_NEWEST] = "drop-newest",
	[XCHAR_OVERFLOW_DROP_OLDEST] = "drop-oldest",
};

static ssize_t xchar_config_overflow_show(struct config_item *item, char *page)
{
	struct xchar_config *cfg = xchar_config_of(item);

	guard(mutex)(&cfg->lock);
	return sprintf(page, "%s\n", xchar_overflow_names[cfg->setup.params.overflow]);
}

static ssize_t xchar_config_overflow_store(struct config_item *item, const char *page,
					   size_t count)
{
	struct xchar_config *cfg = xchar_config_of(item);
	int word;

	guard(mutex)(&cfg->lock);
	word = xchar_config_refuse_while_on(cfg, "overflow");
	if (word)
		return word;

	word = xchar_config_parse_word(page, xchar_overflow_names, XCHAR_NR_OVERFLOWS);
	if (word < 0)
		return xchar_config_refuse(item, "overflow", page, XCHAR_OVERFLOW_ALLOWED, word);
	cfg->setup.params.overflow = word;
	return count;
}
CONFIGFS_ATTR(xchar_config_, overflow);

static ssize_t xchar_config_power_show(struct config_item *item, char *page)
{
	struct xchar_config *cfg = xchar_config_of(item);

	guard(mutex)(&cfg->lock);
	return sprintf(page, "%d\n", !!cfg->dev);
}

static ssize_t xchar_config_power_store(struct config_item *item, const char *page, size_t count)
{
	struct xchar_config *cfg = xchar_config_of(item);
	unsigned int on;
	int err;

	guard(mutex)(&cfg->lock);
	err = kstrtouint(page, 0, &on);
	if (err || on > 1)
		return xchar_config_refuse(item, "power", page, "0 or 1", -EINVAL);

	if (on) {
		err = xchar_config_power_on(cfg);
		return err ?: count;
	}
	xchar_config_power_off(cfg);
	return count;
}
CONFIGFS_ATTR(xchar_config_, power);

/* The name of the node in /dev; an empty line while there is none. */
static ssize_t xchar_config_dev_show(struct config_item *item, char *page)
{
	struct xchar_config *cfg = xchar_config_of(item);

	guard(mutex)(&cfg->lock);
	return sprintf(page, "%s\n", cfg->dev ? dev_name(cfg->dev) : "");
}
CONFIGFS_ATTR_RO(xchar_config_, dev);

/* The other side of a pair, or NULL. */
static struct xchar_device *xchar_config_peer(const struct xchar_config *cfg)
{
	lockdep_assert_held(&cfg->lock);
	return cfg->dev && xchar_is_device(cfg->dev) ? xchar_device_of(cfg->dev)->peer : NULL;
}

/* That of the other side of a pair; an empty line where there is none. */
static ssize_t xchar_config_peer_show(struct config_item *item, char *page)
{
	struct xchar_config *cfg = xchar_config_of(item);
	const struct xchar_device *peer;

	guard(mutex)(&cfg->lock);
	peer = xchar_config_peer(cfg);
	return sprintf(page, "%s\n", peer ? dev_name(&peer->cdev.dev) : "");
}
CONFIGFS_ATTR_RO(xchar_config_, peer);

static struct configfs_attribute *xchar_config_attrs[] = {
	&xchar_config_attr_backend,
	&xchar_config_attr_buffer_size,
	&xchar_config_attr_exclusive,
	&xchar_config_attr_fanout,
	&xchar_config_attr_overflow,
	&xchar_config_attr_size_limit,
	&xchar_config_attr_power,
	&xchar_config_attr_dev,
	&xchar_config_attr_peer,
	NULL,
};

static void xchar_config_release(struct config_item *item)
{
	struct xchar_config *cfg = xchar_config_of(item);

	xchar_backend_put(cfg->backend);
	xchar_nmea_free(cfg->setup.nmea);
	mutex_destroy(&cfg->lock);
	kfree(cfg);
}

static xdrv_configfs_const struct configfs_item_operations xchar_config_item_ops = {
	.release = xchar_config_release,
};

static const struct config_item_type xchar_config_type = {
	.ct_item_ops = &xchar_config_item_ops,
	.ct_attrs = xchar_config_attrs,
	.ct_owner = THIS_MODULE,
};

static struct xchar_config *xchar_config_alloc(const struct xchar_backend *backend,
					       const struct xchar_setup *setup)
{
	struct xchar_config *cfg;

	cfg = kzalloc_obj(*cfg);
	if (!cfg)
		return NULL;
	cfg->setup = *setup;
	cfg->setup.nmea = xchar_nmea_alloc();
	if (!cfg->setup.nmea) {
		kfree(cfg);
		return NULL;
	}
	mutex_init(&cfg->lock);
	cfg->backend = backend;
	return cfg;
}

/* From now on config_item_put() frees it. */
static void xchar_config_name(struct xchar_config *cfg, const char *name)
{
	config_group_init_type_name(&cfg->group, name, &xchar_config_type);
	xchar_nmea_configfs_init(cfg->setup.nmea);
	configfs_add_default_group(&cfg->setup.nmea->group, &cfg->group);
}

static struct config_group *xchar_config_make(struct config_group *group, const char *name)
{
	static const struct xchar_setup setup = {
		.params.buffer_size = XCHAR_BUFFER_DEFAULT,
		.size_limit = XCHAR_SIZE_LIMIT_DEFAULT,
	};
	struct xchar_config *cfg;

	if (!READ_ONCE(xchar_config_is_open))
		return ERR_PTR(-EBUSY);
	cfg = xchar_config_alloc(&xchar_loopback, &setup);
	if (!cfg)
		return ERR_PTR(-ENOMEM);
	xchar_config_name(cfg, name);
	return &cfg->group;
}

static void xchar_config_drop(struct config_group *group, struct config_item *item)
{
	struct xchar_config *cfg = xchar_config_of(item);

	scoped_guard(mutex, &cfg->lock)
		xchar_config_power_off(cfg);
	config_item_put(item);
}

static xdrv_configfs_const struct configfs_group_operations xchar_config_group_ops = {
	.make_group = xchar_config_make,
	.drop_item = xchar_config_drop,
};

static const struct config_item_type xchar_config_root_type = {
	.ct_group_ops = &xchar_config_group_ops,
	.ct_owner = THIS_MODULE,
};

static struct configfs_subsystem xchar_configfs = {
	.su_group = {
		.cg_item = {
			.ci_namebuf = "xchar",
			.ci_type = &xchar_config_root_type,
		},
	},
};

/* The device first, as it has the name; the directory of one that fails is not seen by anybody. */
static int xchar_config_add(struct xchar_config *cfg)
{
	struct device *dev;
	int err;

	dev = cfg->backend->create(&cfg->setup);
	if (IS_ERR(dev)) {
		xchar_config_name(cfg, "none");
		return PTR_ERR(dev);
	}
	cfg->dev = dev;
	xchar_config_name(cfg, dev_name(dev));
	err = configfs_register_group(&xchar_configfs.su_group, &cfg->group);
	if (err) {
		guard(mutex)(&cfg->lock);
		xchar_config_power_off(cfg);
	}
	return err;
}

/**
 * xchar_config_create() - make a device, and a directory that describes it
 * @backend: what kind of device
 * @setup: how it is to be; without a receiver
 *
 * Users can change it, but not remove the directory.
 *
 * Context: Process context, may sleep.
 * Return: the description, or an error pointer.
 */
struct xchar_config *xchar_config_create(const struct xchar_backend *backend,
					 const struct xchar_setup *setup)
{
	struct xchar_config *cfg = xchar_config_alloc(backend, setup);
	int err;

	if (!cfg)
		return ERR_PTR(-ENOMEM);
	err = xchar_config_add(cfg);
	if (err) {
		config_item_put(&cfg->group.cg_item);
		return ERR_PTR(err);
	}
	return cfg;
}

/**
 * xchar_config_hangup() - begin to take away what was made, see xdrv_cdev_hangup()
 * @cfg: what xchar_config_create() made
 *
 * Context: Process context, may sleep.
 */
void xchar_config_hangup(struct xchar_config *cfg)
{
	struct xchar_device *peer;

	guard(mutex)(&cfg->lock);
	if (!cfg->dev || !xchar_is_device(cfg->dev))
		return;
	xdrv_cdev_hangup(&xchar_device_of(cfg->dev)->cdev);
	peer = xchar_config_peer(cfg);
	if (peer)
		xdrv_cdev_hangup(&peer->cdev);
}

/**
 * xchar_config_destroy() - take away what was made
 * @cfg: what xchar_config_create() made
 *
 * Context: Process context, may sleep.
 */
void xchar_config_destroy(struct xchar_config *cfg)
{
	configfs_unregister_group(&cfg->group);
	scoped_guard(mutex, &cfg->lock)
		xchar_config_power_off(cfg);
	config_item_put(&cfg->group.cg_item);
}

/**
 * xchar_configfs_open() - let users make directories
 *
 * Each pins the module, so there must be nothing left that could fail.
 */
void xchar_configfs_open(void)
{
	WRITE_ONCE(xchar_config_is_open, true);
}

/**
 * xchar_configfs_init() - make /sys/kernel/config/xchar
 *
 * Return: 0 or an error of configfs_register_subsystem().
 */
int xchar_configfs_init(void)
{
	config_group_init(&xchar_configfs.su_group);
	mutex_init(&xchar_configfs.su_mutex);
	return configfs_register_subsystem(&xchar_configfs);
}

/**
 * xchar_configfs_exit() - remove /sys/kernel/config/xchar
 *
 * It is empty: each directory that a user has made in it pins the module.
 */
void xchar_configfs_exit(void)
{
	configfs_unregister_subsystem(&xchar_configfs);
	mutex_destroy(&xchar_configfs.su_mutex);
}
