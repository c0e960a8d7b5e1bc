// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of the classes and the character devices of xdrv_common. */
#include <kunit/device.h>
#include <kunit/test.h>

#include <xdrv/cdev.h>
#include <xdrv/class.h>

#include "compat.h"
#include "compat_kunit.h"
#include "test_call.h"

#define XDRV_TEST_DEVICES 2

/**
 * struct xdrv_test_cdev - a device as a driver would have it
 * @xcdev: the device
 * @hangups: calls of ->hangup
 * @gate_was_closed: what the gate looked like then
 * @released: set by ->release, which leaves the memory to KUnit
 */
struct xdrv_test_cdev {
	struct xdrv_cdev xcdev;
	int hangups;
	bool gate_was_closed;
	bool released;
};

static void xdrv_test_hangup(struct xdrv_cdev *xcdev)
{
	struct xdrv_test_cdev *dev = container_of(xcdev, struct xdrv_test_cdev, xcdev);

	dev->hangups++;
	dev->gate_was_closed = xdrv_gate_is_closed(&xcdev->gate);
}

static void xdrv_test_release(struct xdrv_cdev *xcdev)
{
	WRITE_ONCE(container_of(xcdev, struct xdrv_test_cdev, xcdev)->released, true);
}

static const struct xdrv_cdev_ops xdrv_test_cdev_ops = {
	.hangup = xdrv_test_hangup,
	.release = xdrv_test_release,
};

static const struct file_operations xdrv_test_fops = {
	.owner = THIS_MODULE,
};

static int xdrv_test_class_unregister(void *cls)
{
	xdrv_class_unregister(cls);
	return 0;
}

static void xdrv_test_class_cleanup(void *cls)
{
	xdrv_class_unregister(cls);
}

static int xdrv_class_test_init(struct kunit *test)
{
	struct xdrv_class *cls = kunit_kzalloc(test, sizeof(*cls), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, cls);
	cls->class.name = "xdrvtest";
	cls->max_devices = XDRV_TEST_DEVICES;
	KUNIT_ASSERT_EQ(test, xdrv_class_register(cls), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, xdrv_test_class_cleanup, cls), 0);
	test->priv = cls;
	return 0;
}

static struct xdrv_test_cdev *xdrv_test_cdev_alloc(struct kunit *test)
{
	struct xdrv_test_cdev *dev = kunit_kzalloc(test, sizeof(*dev), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, dev);
	return dev;
}

static int xdrv_test_cdev_init(struct kunit *test, struct xdrv_test_cdev *dev)
{
	return xdrv_cdev_init(&dev->xcdev, test->priv, NULL, &xdrv_test_fops, &xdrv_test_cdev_ops);
}

/* With DEBUG_KOBJECT_RELEASE the release comes seconds after the last put. */
static bool xdrv_test_is_released(struct xdrv_test_cdev *dev)
{
	unsigned long end = jiffies + XDRV_TEST_PATIENCE;

	while (!READ_ONCE(dev->released) && time_before(jiffies, end))
		msleep(20);
	return READ_ONCE(dev->released);
}

static struct device *xdrv_test_find(struct kunit *test, struct xdrv_test_cdev *dev)
{
	struct xdrv_class *cls = test->priv;
	struct device *found = class_find_device_by_devt(cls->live, dev->xcdev.dev.devt);

	put_device(found);
	return found;
}

static const struct xdrv_class_nonsense {
	const char *what;
	const char *name;
	unsigned int max_devices;
} xdrv_class_nonsenses[] = {
	{ "no name", NULL, 1 },
	{ "no devices", "xdrvtest2", 0 },
	{ "more devices than minors", "xdrvtest2", BIT(MINORBITS) + 1 },
};

KUNIT_ARRAY_PARAM_DESC(xdrv_class_nonsense, xdrv_class_nonsenses, what);

static void xdrv_class_refuses_what_makes_no_sense(struct kunit *test)
{
	const struct xdrv_class_nonsense *nonsense = test->param_value;
	struct xdrv_class *cls = kunit_kzalloc(test, sizeof(*cls), GFP_KERNEL);
	int err = 0;

	KUNIT_ASSERT_NOT_NULL(test, cls);
	cls->class.name = nonsense->name;
	cls->max_devices = nonsense->max_devices;
	kunit_warning_suppress(test)
		err = xdrv_class_register(cls);
	KUNIT_EXPECT_EQ(test, err, -EINVAL);
}

/* The device numbers were taken by then; that they were given back shows in who gets them next. */
static void xdrv_class_of_a_name_in_use_leaves_nothing_behind(struct kunit *test)
{
	struct xdrv_class *cls = kunit_kzalloc(test, sizeof(*cls), GFP_KERNEL);
	dev_t first;

	KUNIT_ASSERT_NOT_NULL(test, cls);
	cls->class.name = "xdrvtest";
	cls->max_devices = BIT(MINORBITS);
	KUNIT_EXPECT_EQ(test, xdrv_class_register(cls), -EEXIST);
	first = cls->first;
	cls->class.name = "xdrvtest2";
	KUNIT_ASSERT_EQ(test, xdrv_class_register(cls), 0);
	KUNIT_EXPECT_EQ(test, cls->first, first);
	xdrv_class_unregister(cls);
}

static void xdrv_class_registers_again_after_unregister(struct kunit *test)
{
	struct xdrv_class *cls = test->priv;
	dev_t first = cls->first;

	kunit_remove_action(test, xdrv_test_class_cleanup, cls);
	xdrv_class_unregister(cls);
	KUNIT_ASSERT_EQ(test, xdrv_class_register(cls), 0);
	KUNIT_EXPECT_EQ(test, cls->first, first);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, xdrv_test_class_cleanup, cls), 0);
}

static void xdrv_class_gives_minors_again_after_release(struct kunit *test)
{
	struct xdrv_test_cdev *devs[XDRV_TEST_DEVICES + 1];
	dev_t devt;
	int i;

	for (i = 0; i < ARRAY_SIZE(devs); i++) {
		devs[i] = xdrv_test_cdev_alloc(test);
		KUNIT_EXPECT_EQ(test, xdrv_test_cdev_init(test, devs[i]),
				i < XDRV_TEST_DEVICES ? 0 : -ENOSPC);
	}
	devt = devs[0]->xcdev.dev.devt;
	KUNIT_EXPECT_STREQ(test, dev_name(&devs[1]->xcdev.dev), "xdrvtest1");

	/* A reference that is held, as by an open file, keeps the number. */
	xdrv_cdev_get(&devs[0]->xcdev);
	xdrv_cdev_put(&devs[0]->xcdev);
	KUNIT_EXPECT_EQ(test, xdrv_test_cdev_init(test, devs[2]), -ENOSPC);
	xdrv_cdev_put(&devs[0]->xcdev);
	KUNIT_EXPECT_TRUE(test, xdrv_test_is_released(devs[0]));
	KUNIT_EXPECT_EQ(test, xdrv_test_cdev_init(test, devs[2]), 0);
	KUNIT_EXPECT_EQ(test, devs[2]->xcdev.dev.devt, devt);
	xdrv_cdev_put(&devs[1]->xcdev);
	xdrv_cdev_put(&devs[2]->xcdev);
}

static void xdrv_class_unregister_waits_for_release(struct kunit *test)
{
	struct xdrv_test_cdev *dev = xdrv_test_cdev_alloc(test);
	struct xdrv_test_call *unregister;

	KUNIT_ASSERT_EQ(test, xdrv_test_cdev_init(test, dev), 0);
	kunit_remove_action(test, xdrv_test_class_cleanup, test->priv);
	unregister = xdrv_test_call(test, xdrv_test_class_unregister, test->priv);
	KUNIT_EXPECT_TRUE(test, xdrv_test_call_waits(unregister));
	KUNIT_EXPECT_FALSE(test, dev->released);
	xdrv_cdev_put(&dev->xcdev);
	xdrv_test_call_result(test, unregister);
	KUNIT_EXPECT_TRUE(test, dev->released);
}

static struct kunit_case xdrv_class_cases[] = {
	KUNIT_CASE_PARAM(xdrv_class_refuses_what_makes_no_sense, xdrv_class_nonsense_gen_params),
	KUNIT_CASE(xdrv_class_of_a_name_in_use_leaves_nothing_behind),
	KUNIT_CASE(xdrv_class_registers_again_after_unregister),
	KUNIT_CASE(xdrv_class_gives_minors_again_after_release),
	KUNIT_CASE(xdrv_class_unregister_waits_for_release),
	{}
};

static struct kunit_suite xdrv_class_suite = {
	.name = "xdrv_class",
	.init = xdrv_class_test_init,
	.test_cases = xdrv_class_cases,
};

static void xdrv_cdev_init_failure_leaves_the_memory(struct kunit *test)
{
	struct xdrv_test_cdev *devs[XDRV_TEST_DEVICES], *late = xdrv_test_cdev_alloc(test);
	int i;

	for (i = 0; i < ARRAY_SIZE(devs); i++) {
		devs[i] = xdrv_test_cdev_alloc(test);
		KUNIT_ASSERT_EQ(test, xdrv_test_cdev_init(test, devs[i]), 0);
	}
	KUNIT_EXPECT_EQ(test, xdrv_test_cdev_init(test, late), -ENOSPC);
	KUNIT_EXPECT_FALSE(test, late->released);
	for (i = 0; i < ARRAY_SIZE(devs); i++)
		xdrv_cdev_put(&devs[i]->xcdev);
	/* The class counts no user for it: the unregister at the end of the test does not wait. */
}

static void xdrv_cdev_comes_and_goes(struct kunit *test)
{
	struct xdrv_test_cdev *dev = xdrv_test_cdev_alloc(test);

	KUNIT_ASSERT_EQ(test, xdrv_test_cdev_init(test, dev), 0);
	KUNIT_EXPECT_NULL(test, xdrv_test_find(test, dev));
	KUNIT_ASSERT_EQ(test, xdrv_cdev_register(&dev->xcdev), 0);
	KUNIT_EXPECT_PTR_EQ(test, xdrv_test_find(test, dev), &dev->xcdev.dev);
	KUNIT_EXPECT_TRUE(test, xdrv_gate_enter(&dev->xcdev.gate));
	xdrv_gate_exit(&dev->xcdev.gate);

	xdrv_cdev_unregister(&dev->xcdev);
	KUNIT_EXPECT_NULL(test, xdrv_test_find(test, dev));
	KUNIT_EXPECT_EQ(test, dev->hangups, 1);
	KUNIT_EXPECT_TRUE(test, dev->gate_was_closed);
	KUNIT_EXPECT_FALSE(test, xdrv_gate_enter(&dev->xcdev.gate));
	KUNIT_EXPECT_FALSE(test, dev->released);
	xdrv_cdev_put(&dev->xcdev);
	KUNIT_EXPECT_TRUE(test, xdrv_test_is_released(dev));
}

static void xdrv_cdev_is_hung_up_once(struct kunit *test)
{
	struct xdrv_test_cdev *dev = xdrv_test_cdev_alloc(test);

	KUNIT_ASSERT_EQ(test, xdrv_test_cdev_init(test, dev), 0);
	KUNIT_ASSERT_EQ(test, xdrv_cdev_register(&dev->xcdev), 0);
	xdrv_cdev_hangup(&dev->xcdev);
	KUNIT_EXPECT_EQ(test, dev->hangups, 1);
	KUNIT_EXPECT_TRUE(test, dev->gate_was_closed);
	KUNIT_EXPECT_PTR_EQ(test, xdrv_test_find(test, dev), &dev->xcdev.dev);

	xdrv_cdev_unregister(&dev->xcdev);
	KUNIT_EXPECT_NULL(test, xdrv_test_find(test, dev));
	KUNIT_EXPECT_EQ(test, dev->hangups, 1);
	xdrv_cdev_put(&dev->xcdev);
}

static int xdrv_test_cdev_unregister(void *xcdev)
{
	xdrv_cdev_unregister(xcdev);
	return 0;
}

static void xdrv_cdev_unregister_waits_for_operations(struct kunit *test)
{
	struct xdrv_test_cdev *dev = xdrv_test_cdev_alloc(test);
	struct xdrv_test_call *unregister;

	KUNIT_ASSERT_EQ(test, xdrv_test_cdev_init(test, dev), 0);
	KUNIT_ASSERT_EQ(test, xdrv_cdev_register(&dev->xcdev), 0);
	KUNIT_ASSERT_TRUE(test, xdrv_gate_enter(&dev->xcdev.gate));
	unregister = xdrv_test_call(test, xdrv_test_cdev_unregister, &dev->xcdev);
	KUNIT_EXPECT_TRUE(test, xdrv_test_call_waits(unregister));
	KUNIT_EXPECT_EQ(test, dev->hangups, 1);
	xdrv_gate_exit(&dev->xcdev.gate);
	xdrv_test_call_result(test, unregister);
	xdrv_cdev_put(&dev->xcdev);
	KUNIT_EXPECT_TRUE(test, xdrv_test_is_released(dev));
}

static void xdrv_cdev_lives_until_the_last_put(struct kunit *test)
{
	struct xdrv_test_cdev *dev = xdrv_test_cdev_alloc(test);

	KUNIT_ASSERT_EQ(test, xdrv_test_cdev_init(test, dev), 0);
	KUNIT_EXPECT_PTR_EQ(test, xdrv_cdev_get(&dev->xcdev), &dev->xcdev);
	xdrv_cdev_put(&dev->xcdev);
	msleep(50);
	KUNIT_EXPECT_FALSE(test, READ_ONCE(dev->released));
	xdrv_cdev_put(&dev->xcdev);
	KUNIT_EXPECT_TRUE(test, xdrv_test_is_released(dev));
	KUNIT_EXPECT_NULL(test, xdrv_cdev_get(NULL));
	xdrv_cdev_put(NULL);
}

static void xdrv_cdev_failed_register_hangs_up(struct kunit *test)
{
	struct xdrv_test_cdev *dev = xdrv_test_cdev_alloc(test);

	KUNIT_ASSERT_EQ(test, xdrv_test_cdev_init(test, dev), 0);
	/* Without a name the second step of the registration fails. */
	kfree_const(dev->xcdev.dev.kobj.name);
	dev->xcdev.dev.kobj.name = NULL;
	KUNIT_EXPECT_NE(test, xdrv_cdev_register(&dev->xcdev), 0);
	KUNIT_EXPECT_EQ(test, dev->hangups, 1);
	KUNIT_EXPECT_FALSE(test, xdrv_gate_enter(&dev->xcdev.gate));
	xdrv_cdev_put(&dev->xcdev);
	KUNIT_EXPECT_TRUE(test, xdrv_test_is_released(dev));
}

static const struct xdrv_cdev_ops xdrv_test_quiet_ops = {
	.release = xdrv_test_release,
};

static void xdrv_cdev_needs_no_hangup(struct kunit *test)
{
	struct xdrv_test_cdev *dev = xdrv_test_cdev_alloc(test);

	KUNIT_ASSERT_EQ(test, xdrv_cdev_init(&dev->xcdev, test->priv, NULL, &xdrv_test_fops,
					     &xdrv_test_quiet_ops), 0);
	KUNIT_ASSERT_EQ(test, xdrv_cdev_register(&dev->xcdev), 0);
	xdrv_cdev_hangup(&dev->xcdev);
	xdrv_cdev_unregister(&dev->xcdev);
	KUNIT_EXPECT_TRUE(test, xdrv_gate_is_closed(&dev->xcdev.gate));
	xdrv_cdev_put(&dev->xcdev);
	KUNIT_EXPECT_TRUE(test, xdrv_test_is_released(dev));
}

static void xdrv_cdev_is_found_by_its_inode(struct kunit *test)
{
	struct xdrv_test_cdev *dev = xdrv_test_cdev_alloc(test);
	struct inode *inode = kunit_kzalloc(test, sizeof(*inode), GFP_KERNEL);
	struct device *parent = kunit_device_register(test, "xdrv-parent");

	KUNIT_ASSERT_NOT_NULL(test, inode);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, parent);
	KUNIT_ASSERT_EQ(test, xdrv_cdev_init(&dev->xcdev, test->priv, parent, &xdrv_test_fops,
					     &xdrv_test_cdev_ops), 0);
	KUNIT_ASSERT_EQ(test, xdrv_cdev_register(&dev->xcdev), 0);
	KUNIT_EXPECT_PTR_EQ(test, dev->xcdev.dev.parent, parent);
	KUNIT_EXPECT_PTR_EQ(test, dev->xcdev.cdev.ops, &xdrv_test_fops);
	inode->i_cdev = &dev->xcdev.cdev;
	KUNIT_EXPECT_PTR_EQ(test, xdrv_cdev_of(inode), &dev->xcdev);
	xdrv_cdev_unregister(&dev->xcdev);
	xdrv_cdev_put(&dev->xcdev);
}

static void xdrv_cdev_of_a_driver_that_cannot_register_stays_the_drivers(struct kunit *test)
{
	struct xdrv_test_cdev *dev = xdrv_test_cdev_alloc(test);
	struct device *owner = kunit_device_register(test, "xdrv-owner");

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, owner);
	KUNIT_ASSERT_EQ(test, xdrv_test_cdev_init(test, dev), 0);
	kfree_const(dev->xcdev.dev.kobj.name);
	dev->xcdev.dev.kobj.name = NULL;
	KUNIT_EXPECT_NE(test, devm_xdrv_cdev_register(owner, &dev->xcdev), 0);
	KUNIT_EXPECT_EQ(test, dev->hangups, 1);
	kunit_device_unregister(test, owner);
	msleep(50);
	KUNIT_EXPECT_FALSE(test, READ_ONCE(dev->released));
	xdrv_cdev_put(&dev->xcdev);
	KUNIT_EXPECT_TRUE(test, xdrv_test_is_released(dev));
}

static void xdrv_cdev_of_a_driver_goes_at_unbind(struct kunit *test)
{
	struct xdrv_test_cdev *dev = xdrv_test_cdev_alloc(test);
	struct device *owner = kunit_device_register(test, "xdrv-owner");

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, owner);
	KUNIT_ASSERT_EQ(test, xdrv_test_cdev_init(test, dev), 0);
	KUNIT_ASSERT_EQ(test, devm_xdrv_cdev_register(owner, &dev->xcdev), 0);
	KUNIT_EXPECT_PTR_EQ(test, xdrv_test_find(test, dev), &dev->xcdev.dev);

	/* An open file. */
	xdrv_cdev_get(&dev->xcdev);
	kunit_device_unregister(test, owner);
	KUNIT_EXPECT_NULL(test, xdrv_test_find(test, dev));
	KUNIT_EXPECT_EQ(test, dev->hangups, 1);
	KUNIT_EXPECT_FALSE(test, READ_ONCE(dev->released));
	xdrv_cdev_put(&dev->xcdev);
	KUNIT_EXPECT_TRUE(test, xdrv_test_is_released(dev));
}

static struct kunit_case xdrv_cdev_cases[] = {
	KUNIT_CASE(xdrv_cdev_init_failure_leaves_the_memory),
	KUNIT_CASE(xdrv_cdev_comes_and_goes),
	KUNIT_CASE(xdrv_cdev_is_hung_up_once),
	KUNIT_CASE(xdrv_cdev_unregister_waits_for_operations),
	KUNIT_CASE(xdrv_cdev_lives_until_the_last_put),
	KUNIT_CASE(xdrv_cdev_failed_register_hangs_up),
	KUNIT_CASE(xdrv_cdev_needs_no_hangup),
	KUNIT_CASE(xdrv_cdev_is_found_by_its_inode),
	KUNIT_CASE(xdrv_cdev_of_a_driver_that_cannot_register_stays_the_drivers),
	KUNIT_CASE(xdrv_cdev_of_a_driver_goes_at_unbind),
	{}
};

static struct kunit_suite xdrv_cdev_suite = {
	.name = "xdrv_cdev",
	.init = xdrv_class_test_init,
	.test_cases = xdrv_cdev_cases,
};

kunit_test_suites(&xdrv_class_suite, &xdrv_cdev_suite);

MODULE_DESCRIPTION("KUnit tests of the classes and devices of xdrv_common");
MODULE_LICENSE("GPL");
