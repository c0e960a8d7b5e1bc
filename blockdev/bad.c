// SPDX-License-Identifier: GPL-2.0-only
/* Bad blocks: the kernel's list of them, written as null_blk has it. */
#include <linux/kstrtox.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "bad.h"
#include "store.h"

#include "compat_block.h"

#define XBD_BAD_LAST_SECTOR ((XBD_STORE_MAX_SIZE >> SECTOR_SHIFT) - 1)

/* May sleep. 0 or -ENOMEM. */
int xbd_bad_init(struct xbd_bad *bad)
{
	bad->once = false;
	return badblocks_init(&bad->blocks, 1);
}

void xbd_bad_destroy(struct xbd_bad *bad)
{
	badblocks_exit(&bad->blocks);
}

/**
 * xbd_bad_parse() - read what is to become of which sectors
 * @text: "+FIRST-LAST" makes these sectors bad, "-FIRST-LAST" good; a newline may follow
 * @range: where it goes to; of no use after an error
 *
 * Context: Any.
 * Return: 0, -EINVAL, or -ERANGE if no disk has that many sectors.
 */
int xbd_bad_parse(const char *text, struct xbd_bad_range *range)
{
	char copy[48], *rest = copy + 1, *first;
	u64 from, to;
	int err;

	if (strscpy(copy, text, sizeof(copy)) < 0 || (copy[0] != '+' && copy[0] != '-'))
		return -EINVAL;
	first = strsep(&rest, "-");
	if (!rest)
		return -EINVAL;
	err = kstrtoull(first, 0, &from) ?: kstrtoull(rest, 0, &to);
	if (err)
		return err;
	if (from > to)
		return -EINVAL;
	if (to > XBD_BAD_LAST_SECTOR)
		return -ERANGE;

	range->first = from;
	range->nr = to - from + 1;
	range->bad = copy[0] == '+';
	return 0;
}

/* The first bad sectors from @first to @last, those in one entry of the list. */
static bool xbd_bad_find(const struct xbd_bad *bad, sector_t first, sector_t last, sector_t *from,
			 sector_t *nr)
{
	const struct badblocks *blocks = &bad->blocks;
	unsigned int seq;
	bool found;
	int i;

	do {
		seq = read_seqbegin(&blocks->lock);
		found = false;
		for (i = 0; i < blocks->count && !found; i++) {
			sector_t start = BB_OFFSET(blocks->page[i]);
			sector_t end = start + BB_LEN(blocks->page[i]);

			*from = max(start, first);
			*nr = min(end, last + 1) - *from;
			found = start <= last && end > first;
		}
	} while (read_seqretry(&blocks->lock, seq));
	return found;
}

/*
 * Entry by entry: the kernel counts sectors in an int, and some kernels never return when there are
 * more of them.
 */
static bool xbd_bad_clear(struct xbd_bad *bad, sector_t first, sector_t last)
{
	sector_t from, nr;

	while (xbd_bad_find(bad, first, last, &from, &nr))
		if (!badblocks_clear(&bad->blocks, from, nr))
			return false;
	return true;
}

/*
 * The list is filled from the beginning of a range, and not every kernel says so when there was no
 * room for the end.
 */
static bool xbd_bad_set(struct xbd_bad *bad, sector_t first, sector_t last)
{
	sector_t from, nr;

	if (last - first >= MAX_BADBLOCKS * BB_MAX_LEN)
		return false;
	return badblocks_set(&bad->blocks, first, last - first + 1, 1) &&
	       badblocks_check(&bad->blocks, last, 1, &from, &nr);
}

/* Any context. 0, or -ENOSPC: the list has a page, with up to 512 sectors in an entry. */
int xbd_bad_change(struct xbd_bad *bad, const struct xbd_bad_range *range)
{
	sector_t last = range->first + range->nr - 1;
	bool done = range->bad ? xbd_bad_set(bad, range->first, last) :
				 xbd_bad_clear(bad, range->first, last);

	return done ? 0 : -ENOSPC;
}

/* Any context. Whether some of these sectors are bad. */
bool xbd_bad_hit(struct xbd_bad *bad, sector_t first, sector_t nr)
{
	sector_t first_bad, nr_bad;

	if (!badblocks_check(&bad->blocks, first, nr, &first_bad, &nr_bad))
		return false;
	if (READ_ONCE(bad->once))
		badblocks_clear(&bad->blocks, first_bad, nr_bad);
	return true;
}
