/* SPDX-License-Identifier: GPL-2.0-only */
/* Bad blocks: sectors of a disk that cannot be read or written. */
#ifndef XBD_BAD_H
#define XBD_BAD_H

#include <linux/badblocks.h>
#include <linux/types.h>

/**
 * struct xbd_bad - bad blocks of a disk
 * @blocks: which sectors; has a lock of its own
 * @once: whether they are good again after the first I/O that failed for them
 */
struct xbd_bad {
	struct badblocks blocks;
	bool once;
};

/**
 * struct xbd_bad_range - what is written to badblocks in configfs
 * @first: sector of 512 bytes
 * @nr: of sectors
 * @bad: whether they become bad, or good
 */
struct xbd_bad_range {
	sector_t first;
	sector_t nr;
	bool bad;
};

int xbd_bad_init(struct xbd_bad *bad);
void xbd_bad_destroy(struct xbd_bad *bad);
int xbd_bad_parse(const char *text, struct xbd_bad_range *range);
int xbd_bad_change(struct xbd_bad *bad, const struct xbd_bad_range *range);
bool xbd_bad_hit(struct xbd_bad *bad, sector_t first, sector_t nr);

#endif /* XBD_BAD_H */
