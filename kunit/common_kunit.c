// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of xdrv_common: every exported function. */
#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/blk-mq.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include <xdrv/cdev.h>
#include <xdrv/class.h>
#include <xdrv/debugfs.h>
#include <xdrv/disk.h>
#include <xdrv/gate.h>

#include "compat.h"
#include "compat_kunit.h"
#include "../common/internal.h"

#define XDRV_TEST_PATIENCE (10 * HZ)

/**
 * struct xdrv_test_call - a call that may wait, made by a worker
 * @work: the worker's part
 * @fn: the call
 * @arg: its argument
 * @result: what it returned
 * @done: completed when it has returned
 */
struct xdrv_test_call {
	struct work_struct work;
	int (*fn)(void *arg);
	void *arg;
	int result;
	struct completion done;
};

static void xdrv_test_call_work(struct work_struct *work)
{
	struct xdrv_test_call *call = container_of(work, struct xdrv_test_call, work);

	call->result = call->fn(call->arg);
	complete(&call->done);
}

static struct xdrv_test_call *xdrv_test_call(struct kunit *test, int (*fn)(void *arg), void *arg)
{
	struct xdrv_test_call *call = kunit_kzalloc(test, sizeof(*call), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, call);
	INIT_WORK(&call->work, xdrv_test_call_work);
	init_completion(&call->done);
	call->fn = fn;
	call->arg = arg;
	schedule_work(&call->work);
	return call;
}

static bool xdrv_test_call_waits(struct xdrv_test_call *call)
{
	msleep(50);
	return !completion_done(&call->done);
}

static int xdrv_test_call_result(struct kunit *test, struct xdrv_test_call *call)
{
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&call->done, XDRV_TEST_PATIENCE), 0);
	flush_work(&call->work);
	return call->result;
}

/* ---- gate ---- */

static void xdrv_test_gate_destroy(void *gate)
{
	xdrv_gate_kill(gate);
	xdrv_gate_destroy(gate);
}

static int xdrv_gate_test_init(struct kunit *test)
{
	struct xdrv_gate *gate = kunit_kzalloc(test, sizeof(*gate), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, gate);
	KUNIT_ASSERT_EQ(test, xdrv_gate_init(gate), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, xdrv_test_gate_destroy, gate), 0);
	test->priv = gate;
	return 0;
}

static int xdrv_test_kill(void *gate)
{
	return xdrv_gate_kill(gate);
}

static int xdrv_test_drain(void *gate)
{
	return xdrv_gate_drain(gate);
}

static void xdrv_gate_lets_in_until_closed(struct kunit *test)
{
	struct xdrv_gate *gate = test->priv;

	KUNIT_EXPECT_FALSE(test, xdrv_gate_is_closed(gate));
	KUNIT_ASSERT_TRUE(test, xdrv_gate_enter(gate));
	xdrv_gate_exit(gate);
	KUNIT_EXPECT_TRUE(test, xdrv_gate_close(gate));
	KUNIT_EXPECT_TRUE(test, xdrv_gate_is_closed(gate));
	KUNIT_EXPECT_FALSE(test, xdrv_gate_enter(gate));
	KUNIT_EXPECT_EQ(test, xdrv_gate_drain(gate), 0);
	KUNIT_EXPECT_FALSE(test, xdrv_gate_enter(gate));
}

static void xdrv_gate_can_be_closed_and_killed_again(struct kunit *test)
{
	struct xdrv_gate *gate = test->priv;

	KUNIT_EXPECT_TRUE(test, xdrv_gate_close(gate));
	KUNIT_EXPECT_FALSE(test, xdrv_gate_close(gate));
	KUNIT_EXPECT_EQ(test, xdrv_gate_kill(gate), 0);
	KUNIT_EXPECT_EQ(test, xdrv_gate_kill(gate), 0);
	KUNIT_EXPECT_EQ(test, xdrv_gate_drain(gate), 0);
}

static void xdrv_gate_can_be_entered_twice(struct kunit *test)
{
	struct xdrv_gate *gate = test->priv;
	struct xdrv_test_call *drain;

	KUNIT_ASSERT_TRUE(test, xdrv_gate_enter(gate));
	KUNIT_ASSERT_TRUE(test, xdrv_gate_enter(gate));
	xdrv_gate_close(gate);
	KUNIT_EXPECT_FALSE(test, xdrv_gate_enter(gate));
	drain = xdrv_test_call(test, xdrv_test_drain, gate);
	xdrv_gate_exit(gate);
	KUNIT_EXPECT_TRUE(test, xdrv_test_call_waits(drain));
	xdrv_gate_exit(gate);
	KUNIT_EXPECT_EQ(test, xdrv_test_call_result(test, drain), 0);
}

static void xdrv_gate_kill_waits_for_those_inside(struct kunit *test)
{
	struct xdrv_gate *gate = test->priv;
	struct xdrv_test_call *first, *second;

	KUNIT_ASSERT_TRUE(test, xdrv_gate_enter(gate));
	first = xdrv_test_call(test, xdrv_test_kill, gate);
	second = xdrv_test_call(test, xdrv_test_kill, gate);
	KUNIT_EXPECT_TRUE(test, xdrv_test_call_waits(first));
	KUNIT_EXPECT_TRUE(test, xdrv_test_call_waits(second));
	KUNIT_EXPECT_FALSE(test, xdrv_gate_enter(gate));
	xdrv_gate_exit(gate);
	KUNIT_EXPECT_EQ(test, xdrv_test_call_result(test, first), 0);
	KUNIT_EXPECT_EQ(test, xdrv_test_call_result(test, second), 0);
}

static void xdrv_gate_does_not_wait_for_another(struct kunit *test)
{
	struct xdrv_gate *gate = test->priv;
	struct xdrv_gate other;

	KUNIT_ASSERT_EQ(test, xdrv_gate_init(&other), 0);
	KUNIT_EXPECT_TRUE(test, xdrv_gate_enter(&other));
	KUNIT_EXPECT_EQ(test, xdrv_gate_kill(gate), 0);
	KUNIT_EXPECT_FALSE(test, xdrv_gate_is_closed(&other));
	xdrv_gate_exit(&other);
	xdrv_gate_destroy(&other);
}

/* The warning comes without lockdep; with it, lockdep reports the deadlock before it happens. */
static void xdrv_gate_kill_from_inside_is_caught(struct kunit *test)
{
	struct xdrv_gate *gate = test->priv;
	unsigned int timeout = xdrv_gate_timeout;
	int err = 0;

	if (IS_ENABLED(CONFIG_LOCKDEP))
		kunit_skip(test, "lockdep reports it and turns itself off");
	xdrv_gate_timeout = 1;
	KUNIT_EXPECT_TRUE(test, xdrv_gate_enter(gate));
	kunit_warning_suppress(test)
		err = xdrv_gate_kill(gate);
	KUNIT_EXPECT_EQ(test, err, -EDEADLK);
	xdrv_gate_timeout = timeout;
	xdrv_gate_exit(gate);
	KUNIT_EXPECT_EQ(test, xdrv_gate_drain(gate), 0);
}

static void xdrv_gate_timeout_of_0_waits_on(struct kunit *test)
{
	struct xdrv_gate *gate = test->priv;
	unsigned int timeout = xdrv_gate_timeout;
	struct xdrv_test_call *kill;

	xdrv_gate_timeout = 0;
	KUNIT_EXPECT_TRUE(test, xdrv_gate_enter(gate));
	kill = xdrv_test_call(test, xdrv_test_kill, gate);
	KUNIT_EXPECT_TRUE(test, xdrv_test_call_waits(kill));
	xdrv_gate_timeout = timeout;
	xdrv_gate_exit(gate);
	KUNIT_EXPECT_EQ(test, xdrv_test_call_result(test, kill), 0);
}

static struct kunit_case xdrv_gate_cases[] = {
	KUNIT_CASE(xdrv_gate_lets_in_until_closed),
	KUNIT_CASE(xdrv_gate_can_be_closed_and_killed_again),
	KUNIT_CASE(xdrv_gate_can_be_entered_twice),
	KUNIT_CASE(xdrv_gate_kill_waits_for_those_inside),
	KUNIT_CASE(xdrv_gate_does_not_wait_for_another),
	KUNIT_CASE(xdrv_gate_kill_from_inside_is_caught),
	KUNIT_CASE(xdrv_gate_timeout_of_0_waits_on),
	{}
};

static struct kunit_suite xdrv_gate_suite = {
	.name = "xdrv_gate",
	.init = xdrv_gate_test_init,
	.test_cases = xdrv_gate_cases,
};

/* ---- class and cdev ---- */

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
	struct device *found = class_find_device_by_devt(&cls->class, dev->xcdev.dev.devt);

	put_device(found);
	return found;
}

static void xdrv_class_refuses_what_makes_no_sense(struct kunit *test)
{
	struct xdrv_class *cls = kunit_kzalloc(test, sizeof(*cls), GFP_KERNEL);
	int err = 0;

	KUNIT_ASSERT_NOT_NULL(test, cls);
	cls->class.name = "xdrvtest2";
	kunit_warning_suppress(test)
		err = xdrv_class_register(cls);
	KUNIT_EXPECT_EQ(test, err, -EINVAL);
	cls->max_devices = (1U << MINORBITS) + 1;
	kunit_warning_suppress(test)
		err = xdrv_class_register(cls);
	KUNIT_EXPECT_EQ(test, err, -EINVAL);
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
	KUNIT_CASE(xdrv_class_refuses_what_makes_no_sense),
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
	KUNIT_CASE(xdrv_cdev_of_a_driver_goes_at_unbind),
	{}
};

static struct kunit_suite xdrv_cdev_suite = {
	.name = "xdrv_cdev",
	.init = xdrv_class_test_init,
	.test_cases = xdrv_cdev_cases,
};

/* ---- debugfs ---- */

static void xdrv_debugfs_directory_goes_with_its_owner(struct kunit *test)
{
	struct device *owner = kunit_device_register(test, "xdrv-debugfs");
	struct dentry *dir, *found;
	char name[64];

	if (!IS_ENABLED(CONFIG_DEBUG_FS))
		kunit_skip(test, "needs debugfs");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, owner);
	strscpy(name, dev_name(owner), sizeof(name));
	dir = devm_xdrv_debugfs_create_dir(owner, NULL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dir);
	found = debugfs_lookup(name, NULL);
	KUNIT_EXPECT_PTR_EQ(test, found, dir);
	dput(found);
	kunit_device_unregister(test, owner);
	found = debugfs_lookup(name, NULL);
	KUNIT_EXPECT_NULL(test, found);
	dput(found);
}

static struct kunit_case xdrv_debugfs_cases[] = {
	KUNIT_CASE(xdrv_debugfs_directory_goes_with_its_owner),
	{}
};

static struct kunit_suite xdrv_debugfs_suite = {
	.name = "xdrv_debugfs",
	.test_cases = xdrv_debugfs_cases,
};

kunit_test_suites(&xdrv_gate_suite, &xdrv_class_suite, &xdrv_cdev_suite, &xdrv_debugfs_suite);

/* ---- disk ---- */

#ifdef CONFIG_BLOCK

/**
 * struct xdrv_test_disk - a disk as a driver would have it
 * @xdisk: the disk
 * @group: it is the only one of this
 * @late_put: drops a reference after a while
 * @released: set by ->release, which leaves the memory to KUnit
 */
struct xdrv_test_disk {
	struct xdrv_disk xdisk;
	struct xdrv_disk_group group;
	struct delayed_work late_put;
	bool released;
};

static void xdrv_test_disk_release(struct xdrv_disk *xdisk)
{
	WRITE_ONCE(container_of(xdisk, struct xdrv_test_disk, xdisk)->released, true);
}

static blk_status_t xdrv_test_queue_rq(struct blk_mq_hw_ctx *hctx,
				       const struct blk_mq_queue_data *bd)
{
	blk_mq_start_request(bd->rq);
	blk_mq_end_request(bd->rq, BLK_STS_OK);
	return BLK_STS_OK;
}

static const struct blk_mq_ops xdrv_test_mq_ops = {
	.queue_rq = xdrv_test_queue_rq,
};

static void xdrv_test_submit_bio(struct bio *bio)
{
	bio_endio(bio);
}

static const struct block_device_operations xdrv_test_mq_fops = {
	.owner = THIS_MODULE,
	.free_disk = xdrv_disk_free,
};

static const struct block_device_operations xdrv_test_bio_fops = {
	.owner = THIS_MODULE,
	.submit_bio = xdrv_test_submit_bio,
	.free_disk = xdrv_disk_free,
};

static struct xdrv_test_disk *xdrv_test_disk(struct kunit *test, bool mq)
{
	struct xdrv_test_disk *disk = kunit_kzalloc(test, sizeof(*disk), GFP_KERNEL);
	struct queue_limits lim = { .logical_block_size = 512 };

	KUNIT_ASSERT_NOT_NULL(test, disk);
	xdrv_disk_group_init(&disk->group);
	disk->xdisk.group = &disk->group;
	disk->xdisk.release = xdrv_test_disk_release;
	disk->xdisk.tags.numa_node = NUMA_NO_NODE;
	if (mq) {
		disk->xdisk.tags.ops = &xdrv_test_mq_ops;
		disk->xdisk.tags.nr_hw_queues = 1;
		disk->xdisk.tags.queue_depth = 4;
	}
	KUNIT_ASSERT_EQ(test, xdrv_disk_alloc(&disk->xdisk, &lim), 0);
	KUNIT_ASSERT_NOT_NULL(test, disk->xdisk.disk);
	disk->xdisk.disk->fops = mq ? &xdrv_test_mq_fops : &xdrv_test_bio_fops;
	disk->xdisk.disk->flags |= GENHD_FL_NO_PART;
	strscpy(disk->xdisk.disk->disk_name, "xdrvtest", DISK_NAME_LEN);
	set_capacity(disk->xdisk.disk, 8);
	return disk;
}

/* The last reference can be dropped by a worker of the block layer. */
static bool xdrv_test_disk_is_released(struct xdrv_test_disk *disk)
{
	xdrv_disk_group_drain(&disk->group);
	return READ_ONCE(disk->released);
}

static void xdrv_disk_can_be_given_up_before_it_is_added(struct kunit *test)
{
	struct xdrv_test_disk *disk;
	int mq;

	for (mq = 0; mq < 2; mq++) {
		disk = xdrv_test_disk(test, mq);
		KUNIT_EXPECT_FALSE(test, disk->released);
		xdrv_disk_put(&disk->xdisk);
		KUNIT_EXPECT_TRUE(test, xdrv_test_disk_is_released(disk));
	}
}

static void xdrv_disk_comes_and_goes(struct kunit *test)
{
	struct xdrv_test_disk *disk;
	int mq;

	for (mq = 0; mq < 2; mq++) {
		disk = xdrv_test_disk(test, mq);
		KUNIT_ASSERT_EQ(test, xdrv_disk_add(&disk->xdisk, NULL, NULL), 0);
		KUNIT_EXPECT_TRUE(test, disk_live(disk->xdisk.disk));
		xdrv_disk_del(&disk->xdisk);
		KUNIT_EXPECT_FALSE(test, disk_live(disk->xdisk.disk));
		KUNIT_EXPECT_FALSE(test, disk->released);
		xdrv_disk_put(&disk->xdisk);
		KUNIT_EXPECT_TRUE(test, xdrv_test_disk_is_released(disk));
	}
}

static void xdrv_disk_without_free_disk_is_refused(struct kunit *test)
{
	static const struct block_device_operations fops = { .owner = THIS_MODULE };
	struct xdrv_test_disk *disk = xdrv_test_disk(test, true);
	int err = 0;

	disk->xdisk.disk->fops = &fops;
	kunit_warning_suppress(test)
		err = xdrv_disk_add(&disk->xdisk, NULL, NULL);
	KUNIT_EXPECT_EQ(test, err, -EINVAL);
	xdrv_disk_put(&disk->xdisk);
	KUNIT_EXPECT_TRUE(test, xdrv_test_disk_is_released(disk));
}

static void xdrv_disk_alloc_failure_leaves_the_memory(struct kunit *test)
{
	struct xdrv_test_disk *disk = kunit_kzalloc(test, sizeof(*disk), GFP_KERNEL);
	struct queue_limits lim = {};

	KUNIT_ASSERT_NOT_NULL(test, disk);
	xdrv_disk_group_init(&disk->group);
	disk->xdisk.group = &disk->group;
	disk->xdisk.release = xdrv_test_disk_release;
	disk->xdisk.tags.ops = &xdrv_test_mq_ops;
	disk->xdisk.tags.nr_hw_queues = 1;
	/* No depth: the tag set is refused. */
	KUNIT_EXPECT_EQ(test, xdrv_disk_alloc(&disk->xdisk, &lim), -EINVAL);
	/* Nor is the group left waiting for it. */
	xdrv_disk_group_drain(&disk->group);
	KUNIT_EXPECT_FALSE(test, disk->released);
}

static void xdrv_test_disk_put_late(struct work_struct *work)
{
	struct xdrv_test_disk *disk = container_of(to_delayed_work(work), struct xdrv_test_disk,
						   late_put);

	put_device(disk_to_dev(disk->xdisk.disk));
}

static void xdrv_disk_group_drain_waits_for_the_last_reference(struct kunit *test)
{
	struct xdrv_test_disk *disk = xdrv_test_disk(test, true);

	INIT_DELAYED_WORK(&disk->late_put, xdrv_test_disk_put_late);
	KUNIT_ASSERT_EQ(test, xdrv_disk_add(&disk->xdisk, NULL, NULL), 0);
	get_device(disk_to_dev(disk->xdisk.disk));
	xdrv_disk_del(&disk->xdisk);
	xdrv_disk_put(&disk->xdisk);
	KUNIT_EXPECT_FALSE(test, READ_ONCE(disk->released));

	schedule_delayed_work(&disk->late_put, msecs_to_jiffies(100));
	xdrv_disk_group_drain(&disk->group);
	KUNIT_EXPECT_TRUE(test, READ_ONCE(disk->released));
	flush_delayed_work(&disk->late_put);
}

static struct kunit_case xdrv_disk_cases[] = {
	KUNIT_CASE(xdrv_disk_can_be_given_up_before_it_is_added),
	KUNIT_CASE(xdrv_disk_comes_and_goes),
	KUNIT_CASE(xdrv_disk_without_free_disk_is_refused),
	KUNIT_CASE(xdrv_disk_alloc_failure_leaves_the_memory),
	KUNIT_CASE(xdrv_disk_group_drain_waits_for_the_last_reference),
	{}
};

static struct kunit_suite xdrv_disk_suite = {
	.name = "xdrv_disk",
	.test_cases = xdrv_disk_cases,
};

kunit_test_suite(xdrv_disk_suite);

#endif /* CONFIG_BLOCK */

MODULE_DESCRIPTION("KUnit tests of xdrv_common");
MODULE_LICENSE("GPL");
