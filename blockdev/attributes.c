// SPDX-License-Identifier: GPL-2.0-only
/*
 * The attributes of a directory in configfs. They have null_blk's names where they mean the same.
 */
#include "attributes.h"

XBD_ATTR_SHOW(blocksize)
XBD_ATTR_STORE_FIXED(blocksize, xbd_as_given)
CONFIGFS_ATTR(xbd_attr_, blocksize);

XBD_ATTR_SHOW(queue_mode)
XBD_ATTR_STORE_FIXED(queue_mode, xbd_as_given)
CONFIGFS_ATTR(xbd_attr_, queue_mode);

XBD_ATTR_SHOW(submit_queues)
XBD_ATTR_STORE_FIXED(submit_queues, xbd_submit_queues)
CONFIGFS_ATTR(xbd_attr_, submit_queues);

XBD_ATTR_SHOW(poll_queues)
XBD_ATTR_STORE_FIXED(poll_queues, xbd_poll_queues)
CONFIGFS_ATTR(xbd_attr_, poll_queues);

XBD_ATTR_SHOW(hw_queue_depth)
XBD_ATTR_STORE_FIXED(hw_queue_depth, xbd_as_given)
CONFIGFS_ATTR(xbd_attr_, hw_queue_depth);

XBD_ATTR_SHOW(home_node)
XBD_ATTR_STORE_FIXED(home_node, xbd_as_given)
CONFIGFS_ATTR(xbd_attr_, home_node);

XBD_ATTR_SHOW(huge)
XBD_ATTR_STORE_FIXED(huge, xbd_as_given)
CONFIGFS_ATTR(xbd_attr_, huge);

XBD_ATTR_SHOW(cache_size)
XBD_ATTR_STORE_FIXED(cache_size, xbd_as_given)
CONFIGFS_ATTR(xbd_attr_, cache_size);

XBD_ATTR_SHOW(discard)
XBD_ATTR_STORE_FIXED(discard, xbd_as_given)
CONFIGFS_ATTR(xbd_attr_, discard);

static const struct xdrv_param xbd_param_removable = {
	.name = "removable",
	.allowed = "0 or 1",
	.kind = XDRV_PARAM_BOOL,
	.max = 1,
};

XBD_ATTR_SHOW(removable)
XBD_ATTR_STORE_FIXED(removable, xbd_as_given)
CONFIGFS_ATTR(xbd_attr_, removable);

/* It may change while the disk is in use, so its multiple of the block size is checked here. */
static int xbd_attr_set_size(struct xbd_dir *dir, const char *page, u64 size)
{
	struct config_item *item = &dir->group.cg_item;
	int err;

	if (!dir->xbd)
		return 0;
	if (size % dir->config.blocksize)
		return xdrv_config_refuse(item, "size", page, "a multiple of blocksize", -EINVAL);
	if (dir->xbd->zones)
		return xdrv_config_refuse(item, "size", page, "power=0 first: the disk has zones",
					  -EOPNOTSUPP);
	err = xbd_device_resize(dir->xbd, size);
	if (err)
		xdrv_config_refuse(item, "size", page, "less, or free memory first", err);
	return err;
}

XBD_ATTR_SHOW(size)

static ssize_t xbd_attr_size_store(struct config_item *item, const char *page, size_t count)
{
	struct xbd_dir *dir = xbd_dir_of(item);
	u64 size;
	int err;

	guard(mutex)(&dir->lock);
	err = xbd_attr_parse(dir, &xbd_param_size, page, &size) ?:
	      xbd_attr_set_size(dir, page, size);
	if (err)
		return err;
	dir->config.size = size;
	return count;
}
CONFIGFS_ATTR(xbd_attr_, size);

XBD_ATTR_SHOW(mem_limit)

static ssize_t xbd_attr_mem_limit_store(struct config_item *item, const char *page, size_t count)
{
	struct xbd_dir *dir = xbd_dir_of(item);
	u64 limit;
	int err;

	guard(mutex)(&dir->lock);
	err = xbd_attr_parse(dir, &xbd_param_mem_limit, page, &limit);
	if (err)
		return err;
	dir->config.mem_limit = limit;
	if (dir->xbd)
		xbd_device_set_mem_limit(dir->xbd, limit);
	return count;
}
CONFIGFS_ATTR(xbd_attr_, mem_limit);

static const struct xdrv_param xbd_param_read_only = {
	.name = "read_only",
	.allowed = "0 or 1",
	.kind = XDRV_PARAM_BOOL,
	.max = 1,
};

XBD_ATTR_SHOW(read_only)

static ssize_t xbd_attr_read_only_store(struct config_item *item, const char *page, size_t count)
{
	struct xbd_dir *dir = xbd_dir_of(item);
	u64 read_only;
	int err;

	guard(mutex)(&dir->lock);
	err = xbd_attr_parse(dir, &xbd_param_read_only, page, &read_only);
	if (err)
		return err;
	dir->config.read_only = read_only;
	if (dir->xbd)
		set_disk_ro(dir->xbd->disk.disk, read_only);
	return count;
}
CONFIGFS_ATTR(xbd_attr_, read_only);

static const struct xdrv_param xbd_param_mbps = {
	.name = "mbps",
	.allowed = "0 for no cap, or MiB in a second, up to 1048576",
	.max = 1 << 20,
};

static ssize_t xbd_attr_mbps_show(struct config_item *item, char *page)
{
	struct xbd_dir *dir = xbd_dir_of(item);

	guard(mutex)(&dir->mbps_lock);
	return xbd_attr_show(&xbd_param_mbps, dir->config.mbps, page);
}

static ssize_t xbd_attr_mbps_store(struct config_item *item, const char *page, size_t count)
{
	struct xbd_dir *dir = xbd_dir_of(item);
	u64 mbps;
	int err;

	guard(mutex)(&dir->mbps_lock);
	err = xbd_attr_parse(dir, &xbd_param_mbps, page, &mbps);
	if (err)
		return err;
	dir->config.mbps = mbps;
	if (dir->xbd)
		xbd_device_set_mbps(dir->xbd, mbps);
	return count;
}
CONFIGFS_ATTR(xbd_attr_, mbps);

static const struct xdrv_param xbd_param_media = {
	.name = "media",
	.allowed = "0 or 1, on a disk that is removable and has power",
	.kind = XDRV_PARAM_BOOL,
	.max = 1,
};

/* Whether there is a medium in the drive. */
static ssize_t xbd_attr_media_show(struct config_item *item, char *page)
{
	struct xbd_dir *dir = xbd_dir_of(item);

	guard(mutex)(&dir->lock);
	return sprintf(page, "%d\n", dir->xbd && xbd_device_has_medium(dir->xbd));
}

static ssize_t xbd_attr_media_store(struct config_item *item, const char *page, size_t count)
{
	struct xbd_dir *dir = xbd_dir_of(item);
	u64 inserted;
	int err;

	guard(mutex)(&dir->lock);
	err = xbd_attr_parse(dir, &xbd_param_media, page, &inserted);
	if (err)
		return err;
	if (!dir->xbd || !dir->config.removable)
		return xdrv_config_refuse(item, "media", page, xbd_param_media.allowed, -EINVAL);
	if (inserted)
		xbd_device_insert(dir->xbd);
	else
		xbd_device_eject(dir->xbd);
	return count;
}
CONFIGFS_ATTR(xbd_attr_, media);

static const struct xdrv_param xbd_param_power_cut = {
	.name = "power_cut",
	.allowed = "0 or 1, on a disk that has power",
	.kind = XDRV_PARAM_BOOL,
	.max = 1,
};

static ssize_t xbd_attr_power_cut_show(struct config_item *item, char *page)
{
	struct xbd_dir *dir = xbd_dir_of(item);

	guard(mutex)(&dir->lock);
	return sprintf(page, "%d\n", dir->xbd && dir->xbd->is_cut);
}

static ssize_t xbd_attr_power_cut_store(struct config_item *item, const char *page, size_t count)
{
	struct xbd_dir *dir = xbd_dir_of(item);
	u64 cut;
	int err;

	guard(mutex)(&dir->lock);
	err = xbd_attr_parse(dir, &xbd_param_power_cut, page, &cut);
	if (err)
		return err;
	if (!dir->xbd)
		return xdrv_config_refuse(item, "power_cut", page, xbd_param_power_cut.allowed,
					  -EINVAL);
	if (cut)
		xbd_device_cut_power(dir->xbd);
	else
		xbd_device_restore_power(dir->xbd);
	return count;
}
CONFIGFS_ATTR(xbd_attr_, power_cut);

static const struct xdrv_param xbd_param_snapshot = {
	.name = "snapshot",
	.allowed = "0 or 1, on a disk that has power",
	.kind = XDRV_PARAM_BOOL,
	.max = 1,
};

/* Whether there is one. */
static ssize_t xbd_attr_snapshot_show(struct config_item *item, char *page)
{
	struct xbd_dir *dir = xbd_dir_of(item);

	guard(mutex)(&dir->lock);
	return sprintf(page, "%d\n", dir->xbd && xbd_device_has_snapshot(dir->xbd));
}

static int xbd_attr_set_snapshot(struct xbd_dir *dir, const char *page, bool wanted)
{
	struct config_item *item = &dir->group.cg_item;
	int err;

	if (!dir->xbd)
		return xdrv_config_refuse(item, "snapshot", page, xbd_param_snapshot.allowed,
					  -EINVAL);
	if (wanted && dir->xbd->zones)
		return xdrv_config_refuse(item, "snapshot", page,
					  "a disk without zones: write pointers do not go back",
					  -EOPNOTSUPP);
	if (wanted && xbd_device_has_snapshot(dir->xbd))
		return xdrv_config_refuse(item, "snapshot", page,
					  "0 first: there is a snapshot", -EEXIST);
	err = wanted ? xbd_device_take_snapshot(dir->xbd) : xbd_device_drop_snapshot(dir->xbd);
	if (err)
		xdrv_config_refuse(item, "snapshot", page, "it again with more memory free", err);
	return err;
}

static ssize_t xbd_attr_snapshot_store(struct config_item *item, const char *page, size_t count)
{
	struct xbd_dir *dir = xbd_dir_of(item);
	u64 wanted;
	int err;

	guard(mutex)(&dir->lock);
	err = xbd_attr_parse(dir, &xbd_param_snapshot, page, &wanted) ?:
	      xbd_attr_set_snapshot(dir, page, wanted);
	return err ?: count;
}
CONFIGFS_ATTR(xbd_attr_, snapshot);

static const struct xdrv_param xbd_param_rollback = {
	.name = "rollback",
	.allowed = "1, on a disk that has power and a snapshot",
	.kind = XDRV_PARAM_BOOL,
	.min = 1,
	.max = 1,
};

static ssize_t xbd_attr_rollback_store(struct config_item *item, const char *page, size_t count)
{
	struct xbd_dir *dir = xbd_dir_of(item);
	u64 wanted;
	int err;

	guard(mutex)(&dir->lock);
	err = xbd_attr_parse(dir, &xbd_param_rollback, page, &wanted);
	if (err)
		return err;
	if (!dir->xbd || !xbd_device_has_snapshot(dir->xbd))
		return xdrv_config_refuse(item, "rollback", page, xbd_param_rollback.allowed,
					  -EINVAL);
	err = xbd_device_roll_back(dir->xbd);
	if (err == -EBUSY)
		return xdrv_config_refuse(item, "rollback", page,
					  "it when nothing on the disk is mounted", err);
	if (err)
		return xdrv_config_refuse(item, "rollback", page,
					  "snapshot=0, whose removal has begun", err);
	return count;
}
CONFIGFS_ATTR_WO(xbd_attr_, rollback);

#define XBD_BAD_ALLOWED "+FIRST-LAST to make sectors bad, -FIRST-LAST to make them good"

/* One range for each line: its first sector and how many. */
static ssize_t xbd_attr_badblocks_show(struct config_item *item, char *page)
{
	return badblocks_show(&xbd_dir_of(item)->bad.blocks, page, 0);
}

static ssize_t xbd_attr_badblocks_store(struct config_item *item, const char *page, size_t count)
{
	struct xbd_bad_range range;
	int err;

	err = xbd_bad_parse(page, &range);
	if (err)
		return xdrv_config_refuse(item, "badblocks", page, XBD_BAD_ALLOWED, err);
	if (range.bad)
		static_branch_enable(&xbd_checks);
	err = xbd_bad_change(&xbd_dir_of(item)->bad, &range);
	if (err)
		return xdrv_config_refuse(item, "badblocks", page, "less: the list is full", err);
	return count;
}
CONFIGFS_ATTR(xbd_attr_, badblocks);

static const struct xdrv_param xbd_param_badblocks_once = {
	.name = "badblocks_once",
	.allowed = "0 or 1",
	.kind = XDRV_PARAM_BOOL,
	.max = 1,
};

static ssize_t xbd_attr_badblocks_once_show(struct config_item *item, char *page)
{
	return sprintf(page, "%d\n", READ_ONCE(xbd_dir_of(item)->bad.once));
}

static ssize_t xbd_attr_badblocks_once_store(struct config_item *item, const char *page,
					     size_t count)
{
	struct xbd_dir *dir = xbd_dir_of(item);
	u64 once;
	int err;

	err = xbd_attr_parse(dir, &xbd_param_badblocks_once, page, &once);
	if (err)
		return err;
	WRITE_ONCE(dir->bad.once, once);
	return count;
}
CONFIGFS_ATTR(xbd_attr_, badblocks_once);

static const struct xdrv_param xbd_param_power = {
	.name = "power",
	.allowed = "0 or 1",
	.kind = XDRV_PARAM_BOOL,
	.max = 1,
};

static ssize_t xbd_attr_power_show(struct config_item *item, char *page)
{
	struct xbd_dir *dir = xbd_dir_of(item);

	guard(mutex)(&dir->lock);
	return sprintf(page, "%d\n", !!dir->xbd);
}

static ssize_t xbd_attr_power_store(struct config_item *item, const char *page, size_t count)
{
	struct xbd_dir *dir = xbd_dir_of(item);
	u64 on;
	int err;

	err = xbd_attr_parse(dir, &xbd_param_power, page, &on);
	if (err)
		return err;
	if (!on)
		xbd_dir_let_go(dir);
	guard(mutex)(&dir->lock);
	err = xbd_dir_set_power(dir, on);
	return err ?: count;
}
CONFIGFS_ATTR(xbd_attr_, power);

/* N in xbd<N>. */
static ssize_t xbd_attr_index_show(struct config_item *item, char *page)
{
	return sprintf(page, "%u\n", xbd_dir_of(item)->index);
}
CONFIGFS_ATTR_RO(xbd_attr_, index);

/* For scripts made for null_blk: what is written is kept, always. */
static const struct xdrv_param xbd_param_memory_backed = {
	.name = "memory_backed",
	.allowed = "1: there is no disk without its data",
	.kind = XDRV_PARAM_BOOL,
	.min = 1,
	.max = 1,
};

static ssize_t xbd_attr_memory_backed_show(struct config_item *item, char *page)
{
	return sprintf(page, "1\n");
}

static ssize_t xbd_attr_memory_backed_store(struct config_item *item, const char *page,
					    size_t count)
{
	struct xbd_dir *dir = xbd_dir_of(item);
	u64 value;

	return xbd_attr_parse(dir, &xbd_param_memory_backed, page, &value) ?: count;
}
CONFIGFS_ATTR(xbd_attr_, memory_backed);

struct configfs_attribute *xbd_attributes[] = {
	&xbd_attr_attr_badblocks,
	&xbd_attr_attr_badblocks_once,
	&xbd_attr_attr_blocksize,
	&xbd_attr_attr_cache_size,
	&xbd_attr_attr_discard,
	&xbd_attr_attr_home_node,
	&xbd_attr_attr_huge,
	&xbd_attr_attr_hw_queue_depth,
	&xbd_attr_attr_index,
	&xbd_attr_attr_mbps,
	&xbd_attr_attr_media,
	&xbd_attr_attr_mem_limit,
	&xbd_attr_attr_memory_backed,
	&xbd_attr_attr_poll_queues,
	&xbd_attr_attr_power,
	&xbd_attr_attr_power_cut,
	&xbd_attr_attr_queue_mode,
	&xbd_attr_attr_read_only,
	&xbd_attr_attr_removable,
	&xbd_attr_attr_rollback,
	&xbd_attr_attr_size,
	&xbd_attr_attr_snapshot,
	&xbd_attr_attr_submit_queues,
	&xbd_attr_attr_zone_append_max_sectors,
	&xbd_attr_attr_zone_capacity,
	&xbd_attr_attr_zone_full,
	&xbd_attr_attr_zone_max_active,
	&xbd_attr_attr_zone_max_open,
	&xbd_attr_attr_zone_nr_conv,
	&xbd_attr_attr_zone_offline,
	&xbd_attr_attr_zone_readonly,
	&xbd_attr_attr_zone_size,
	&xbd_attr_attr_zoned,
	NULL,
};
