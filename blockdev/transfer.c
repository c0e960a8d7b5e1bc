// SPDX-License-Identifier: GPL-2.0-only
/* Reading from a store and writing to it. */
#include "copy.h"
#include "table.h"

/**
 * xbd_store_read() - copy from the store
 * @store: the store
 * @pos: where in the store, in bytes
 * @to: where to
 * @len: how many bytes; all must lie inside the store
 *
 * Context: Under rcu_read_lock().
 */
void xbd_store_read(const struct xbd_store *store, u64 pos, void *to, size_t len)
{
	while (len) {
		struct page *page = xbd_store_find(store, pos >> PAGE_SHIFT);
		size_t n = xbd_chunk(pos, len);

		xbd_copy_out(to, page, offset_in_page(pos), n);
		pos += n;
		to += n;
		len -= n;
	}
}

/* Put in a page with the data in it, or write to one that was faster; false without memory. */
static bool xbd_store_fill_page(struct xbd_store *store, u64 pos, const void *from, size_t len,
				struct xbd_stash *stash)
{
	struct page *page = xbd_store_new_page(store, stash);
	struct page *present;

	if (!page)
		return false;

	if (len < PAGE_SIZE)
		clear_highpage(page);
	xbd_copy_in(page, offset_in_page(pos), from, len);

	present = xbd_store_insert(store, pos >> PAGE_SHIFT, page, stash);
	if (present == page)
		return true;

	__free_page(page);
	if (!present)
		return false;
	xbd_store_uncharge(store, 1);
	xbd_copy_in(present, offset_in_page(pos), from, len);
	return true;
}

/* Write to a page that is not there yet; false without memory. */
static noinline bool xbd_store_fill_hole(struct xbd_store *store, u64 pos, const void *from,
					 size_t len, struct xbd_stash *stash)
{
	struct page *page;

	if (store->huge && xbd_store_fill_huge(store, pos >> PAGE_SHIFT, stash)) {
		page = xbd_store_find(store, pos >> PAGE_SHIFT);
		if (page) {
			xbd_copy_in(page, offset_in_page(pos), from, len);
			return true;
		}
	}
	if (!xbd_store_charge(store, 1))
		return false;
	if (xbd_store_fill_page(store, pos, from, len, stash))
		return true;
	xbd_store_uncharge(store, 1);
	return false;
}

/**
 * xbd_store_write() - copy into the store, without sleeping
 * @store: the store
 * @pos: where in the store, in bytes
 * @from: where from
 * @len: how many bytes; all must lie inside the store
 * @stash: pages to use first, or NULL
 *
 * Context: Under rcu_read_lock().
 * Return: the bytes written, from the start; less than @len only if there is no memory without
 * sleeping, not even in the reserve.
 */
size_t xbd_store_write(struct xbd_store *store, u64 pos, const void *from, size_t len,
		       struct xbd_stash *stash)
{
	size_t done = 0;

	while (done < len) {
		struct page *page = xbd_store_find(store, pos >> PAGE_SHIFT);
		size_t n = xbd_chunk(pos, len - done);

		if (likely(page))
			xbd_copy_in(page, offset_in_page(pos), from + done, n);
		else if (!xbd_store_fill_hole(store, pos, from + done, n, stash))
			break;
		pos += n;
		done += n;
	}
	return done;
}

/* Room for one page, below the limit and in the stash. May sleep. 0 or an error. */
int xbd_store_make_room(struct xbd_store *store, struct xbd_stash *stash)
{
	return xbd_store_is_full(store) ? -ENOSPC : xbd_stash_fill(stash, store->node);
}

/**
 * xbd_store_write_wait() - copy into the store, waiting for memory
 * @store: the store
 * @pos: where in the store, in bytes
 * @from: where from
 * @len: how many bytes; all must lie inside the store
 * @stash: zeroed before the first call; what is left in it helps the next one, and has to be
 *         drained after the last
 *
 * Context: Process context, may sleep.
 * Return: 0, or -ENOSPC when the host has no memory to give or the limit is reached; the start may
 * have been written then.
 */
int xbd_store_write_wait(struct xbd_store *store, u64 pos, const void *from, size_t len,
			 struct xbd_stash *stash)
{
	for (;;) {
		size_t done;

		rcu_read_lock();
		done = xbd_store_write(store, pos, from, len, stash);
		rcu_read_unlock();
		if (done == len)
			return 0;

		pos += done;
		from += done;
		len -= done;
		if (xbd_store_make_room(store, stash)) {
			/* Pages that were discarded a moment ago are all that can be had. */
			xbd_store_settle(store);
			if (xbd_store_make_room(store, stash))
				return -ENOSPC;
		}
	}
}
