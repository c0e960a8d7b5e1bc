// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of the debugfs directories of xdrv_common. */
#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/debugfs.h>
#include <linux/device.h>

#include <xdrv/debugfs.h>

#include "compat.h"
#include "compat_kunit.h"

static void xdrv_debugfs_directory_goes_with_its_owner(struct kunit *test)
{
	struct device *owner = kunit_device_register(test, "xdrv-debugfs");
	struct dentry *dir, *found;
	char name[128];

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

/**
 * struct xdrv_test_leaver - what sees the directory when its owner is unbound
 * @name: of the directory
 * @found: whether it was there
 */
struct xdrv_test_leaver {
	char name[128];
	bool found;
};

static void xdrv_test_leave(void *data)
{
	struct xdrv_test_leaver *leaver = data;
	struct dentry *found = debugfs_lookup(leaver->name, NULL);

	leaver->found = found;
	dput(found);
}

/* What a driver makes after the directory can count on it to the end. */
static void xdrv_debugfs_directory_outlives_what_was_made_after_it(struct kunit *test)
{
	struct device *owner = kunit_device_register(test, "xdrv-debugfs");
	struct xdrv_test_leaver *leaver = kunit_kzalloc(test, sizeof(*leaver), GFP_KERNEL);
	struct dentry *dir;

	if (!IS_ENABLED(CONFIG_DEBUG_FS))
		kunit_skip(test, "needs debugfs");
	KUNIT_ASSERT_NOT_NULL(test, leaver);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, owner);
	strscpy(leaver->name, dev_name(owner), sizeof(leaver->name));
	dir = devm_xdrv_debugfs_create_dir(owner, NULL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dir);
	KUNIT_ASSERT_FALSE(test, IS_ERR(debugfs_create_dir("below", dir)));
	KUNIT_ASSERT_EQ(test, devm_add_action(owner, xdrv_test_leave, leaver), 0);
	kunit_device_unregister(test, owner);
	KUNIT_EXPECT_TRUE(test, leaver->found);
	xdrv_test_leave(leaver);
	KUNIT_EXPECT_FALSE(test, leaver->found);
}

static void xdrv_debugfs_directory_that_cannot_be_made_does_no_harm(struct kunit *test)
{
	struct device *owner = kunit_device_register(test, "xdrv-debugfs");
	struct dentry *dir;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, owner);
	dir = devm_xdrv_debugfs_create_dir(owner, ERR_PTR(-ENOENT));
	KUNIT_EXPECT_TRUE(test, IS_ERR(dir));
	KUNIT_EXPECT_TRUE(test, IS_ERR(debugfs_create_dir("below", dir)));
	kunit_device_unregister(test, owner);
}

static struct kunit_case xdrv_debugfs_cases[] = {
	KUNIT_CASE(xdrv_debugfs_directory_goes_with_its_owner),
	KUNIT_CASE(xdrv_debugfs_directory_outlives_what_was_made_after_it),
	KUNIT_CASE(xdrv_debugfs_directory_that_cannot_be_made_does_no_harm),
	{}
};

static struct kunit_suite xdrv_debugfs_suite = {
	.name = "xdrv_debugfs",
	.test_cases = xdrv_debugfs_cases,
};

kunit_test_suite(xdrv_debugfs_suite);

MODULE_DESCRIPTION("KUnit tests of the debugfs directories of xdrv_common");
MODULE_LICENSE("GPL");
