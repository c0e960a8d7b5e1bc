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

kunit_test_suite(xdrv_debugfs_suite);

MODULE_DESCRIPTION("KUnit tests of the debugfs directories of xdrv_common");
MODULE_LICENSE("GPL");
