// SPDX-License-Identifier: GPL-2.0-only
/* I/O that fails before it comes to the store. */
#include "xbd.h"

/*
 * On from the first time that a disk shrinks, loses its medium or its power, or gets a bad block.
 * The block layer keeps I/O within the capacity, but that of a partition which lies behind the end
 * it lets through.
 */
DEFINE_STATIC_KEY_FALSE(xbd_checks);

/* Any context. Without power everything fails; what lies behind the end, or is bad, always. */
blk_status_t __xbd_check(struct xbd_device *xbd, u64 pos, u64 len)
{
	if (READ_ONCE(xbd->is_cut))
		return BLK_STS_IOERR;
	if (!len)
		return BLK_STS_OK;
	if (pos + len > READ_ONCE(xbd->end))
		return BLK_STS_IOERR;
	if (xbd_bad_hit(xbd->bad, pos >> SECTOR_SHIFT, len >> SECTOR_SHIFT))
		return BLK_STS_IOERR;
	return BLK_STS_OK;
}
