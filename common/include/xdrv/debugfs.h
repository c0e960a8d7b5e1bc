/* SPDX-License-Identifier: GPL-2.0-only */
/* debugfs directories that go away with a device. */
#ifndef XDRV_DEBUGFS_H
#define XDRV_DEBUGFS_H

struct dentry;
struct device;

struct dentry *devm_xdrv_debugfs_create_dir(struct device *owner, struct dentry *parent);

#endif /* XDRV_DEBUGFS_H */
