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

#include <xdrv/configfs.h>

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

#define xchar_config_err(cfg, fmt, ...) \
	pr_err("configfs %s: " fmt, config_item_name(&(cfg)->group.cg_item), ##__VA_ARGS__)

static int xchar_config_refuse_while_on(struct xchar_config *cfg, const char *name)
{
	lockdep_assert_held(&cfg->lock);
	return cfg->dev ? xdrv_config_refuse_busy(&cfg->group.cg_item, name) : 0;
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
		return xdrv_config_refuse(item, "backend", page,
					   "loopback, pair, nmea, mem or, if there is xchar_gnss, gnss",
					   -EINVAL);
	xchar_backend_put(cfg->backend);
	cfg->backend = backend;
	return count;
}
CONFIGFS_ATTR(xchar_config_, backend);

static ssize_t xchar_config_show(const struct xdrv_param *param, u64 value, char *page)
{
	if (param->kind == XDRV_PARAM_WORD)
		return sprintf(page, "%s\n", param->words[value]);
	return sprintf(page, "%llu\n", value);
}

/* What a device is made from cannot change while it is there. */
static int xchar_config_parse(struct xchar_config *cfg, const struct xdrv_param *param,
			      const char *page, u64 *value)
{
	return xchar_config_refuse_while_on(cfg, param->name) ?:
	       xdrv_config_parse(&cfg->group.cg_item, param, page, value);
}

/* Of an attribute that is a module parameter, too, and a member of struct xchar_setup. */
#define XCHAR_CONFIG_SHOW(_name, _member)                                                          \
	static ssize_t xchar_config_##_name##_show(struct config_item *item, char *page)           \
	{                                                                                          \
		struct xchar_config *cfg = xchar_config_of(item);                                  \
		guard(mutex)(&cfg->lock);                                                          \
		return xchar_config_show(&xchar_param_##_name, cfg->setup._member, page);          \
	}

#define XCHAR_CONFIG_STORE(_name, _member, _convert)                                               \
	static ssize_t xchar_config_##_name##_store(struct config_item *item, const char *page,    \
						    size_t count)                                  \
	{                                                                                          \
		struct xchar_config *cfg = xchar_config_of(item);                                  \
		u64 value;                                                                         \
		int err;                                                                           \
		guard(mutex)(&cfg->lock);                                                          \
		err = xchar_config_parse(cfg, &xchar_param_##_name, page, &value);                 \
		if (err)                                                                           \
			return err;                                                                \
		cfg->setup._member = _convert(value);                                              \
		return count;                                                                      \
	}

/* Where the value is what was written. */
#define xchar_as_given(value) (value)

XCHAR_CONFIG_SHOW(buffer_size, params.buffer_size)
XCHAR_CONFIG_STORE(buffer_size, params.buffer_size, roundup_pow_of_two)
CONFIGFS_ATTR(xchar_config_, buffer_size);

XCHAR_CONFIG_SHOW(size_limit, size_limit)
XCHAR_CONFIG_STORE(size_limit, size_limit, xchar_as_given)
CONFIGFS_ATTR(xchar_config_, size_limit);

XCHAR_CONFIG_SHOW(exclusive, params.exclusive)
XCHAR_CONFIG_STORE(exclusive, params.exclusive, xchar_as_given)
CONFIGFS_ATTR(xchar_config_, exclusive);

XCHAR_CONFIG_SHOW(fanout, params.fanout)
XCHAR_CONFIG_STORE(fanout, params.fanout, xchar_as_given)
CONFIGFS_ATTR(xchar_config_, fanout);

XCHAR_CONFIG_SHOW(overflow, params.overflow)
XCHAR_CONFIG_STORE(overflow, params.overflow, xchar_as_given)
CONFIGFS_ATTR(xchar_config_, overflow);

static const struct xdrv_param xchar_param_power = {
	.name = "power",
	.allowed = "0 or 1",
	.kind = XDRV_PARAM_BOOL,
	.max = 1,
};

static ssize_t xchar_config_power_show(struct config_item *item, char *page)
{
	struct xchar_config *cfg = xchar_config_of(item);

	guard(mutex)(&cfg->lock);
	return sprintf(page, "%d\n", !!cfg->dev);
}

static ssize_t xchar_config_power_store(struct config_item *item, const char *page, size_t count)
{
	struct xchar_config *cfg = xchar_config_of(item);
	u64 on;
	int err;

	guard(mutex)(&cfg->lock);
	err = xdrv_config_parse(item, &xchar_param_power, page, &on);
	if (err)
		return err;
	if (on)
		err = xchar_config_power_on(cfg);
	else
		xchar_config_power_off(cfg);
	return err ?: count;
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
	cfg->setup.params.label = config_item_name(&cfg->group.cg_item);
	return &cfg->group;
}

static void xchar_config_drop(struct config_group *group, struct config_item *item)
{
	struct xchar_config *cfg = xchar_config_of(item);

	scoped_guard(mutex, &cfg->lock)
		xchar_config_power_off(cfg);
	config_item_put(item);
}

/* The names of all attributes, those in nmea/ included, for scripts that have to know. */
static ssize_t xchar_root_features_show(struct config_item *item, char *page)
{
	ssize_t len = xdrv_config_list(xchar_config_attrs, page, 0);

	return xdrv_config_list(xchar_nmea_attrs, page, len);
}
CONFIGFS_ATTR_RO(xchar_root_, features);

static struct configfs_attribute *xchar_root_attrs[] = {
	&xchar_root_attr_features,
	NULL,
};

static xdrv_configfs_const struct configfs_group_operations xchar_config_group_ops = {
	.make_group = xchar_config_make,
	.drop_item = xchar_config_drop,
};

static const struct config_item_type xchar_config_root_type = {
	.ct_group_ops = &xchar_config_group_ops,
	.ct_attrs = xchar_root_attrs,
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
