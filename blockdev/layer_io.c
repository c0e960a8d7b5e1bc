// SPDX-License-Identifier: GPL-2.0-only
/* Reading from layers and writing to them. */
#include <linux/bio.h>

#include "copy.h"
#include "stack.h"

#include "compat_block.h"

/*
 * The page at @index as it is seen from a level down, or NULL for zeroes. Under rcu_read_lock(), or
 * the leaf's lock if it is to stay so.
 */
struct page *xbd_layers_find(const struct xbd_layers *layers, int level, u64 index)
{
	for (; level >= XBD_BASE; level--) {
		const struct xbd_store *store = layers->stores[level];
		unsigned long entry = store ? xbd_store_lookup(store, index) : 0;

		if (entry)
			return entry == XBD_HOLE ? NULL : xbd_entry_leaf(entry, index);
		/* Pairs with xchg(): what left this layer is in the next one. */
		smp_rmb();
	}
	return NULL;
}

/* So many more slots of an overlay are in use. */
void xbd_layers_count_dirty(struct xbd_layers *layers, enum xbd_level level, long nr)
{
	if (level == XBD_CACHE && nr)
		atomic_long_add(nr, &layers->dirty);
}

/**
 * xbd_layers_read() - copy from the topmost layers that have something
 * @layers: the layers
 * @pos: where on the disk, in bytes
 * @to: where to
 * @len: how many bytes; all must lie inside the disk
 *
 * Context: Under rcu_read_lock().
 */
void xbd_layers_read(const struct xbd_layers *layers, u64 pos, void *to, size_t len)
{
	while (len) {
		size_t n = xbd_chunk(pos, len);

		xbd_copy_out(to, xbd_layers_find(layers, XBD_CACHE, pos >> PAGE_SHIFT),
			     offset_in_page(pos), n);
		pos += n;
		to += n;
		len -= n;
	}
}

/* A new page of an overlay, with what the write leaves of its old contents; NULL without memory. */
static struct page *xbd_overlay_new_page(struct xbd_layers *layers, enum xbd_level level,
					 u64 index, bool is_hole, bool is_whole,
					 struct xbd_stash *stash)
{
	struct xbd_store *store = layers->stores[level];
	struct page *page, *below;

	if (!xbd_store_charge(store, 1))
		return NULL;
	page = xbd_store_new_page(store, stash);
	if (!page) {
		xbd_store_uncharge(store, 1);
		return NULL;
	}
	if (is_whole)
		return page;

	below = is_hole ? NULL : xbd_layers_find(layers, level - 1, index);
	if (below)
		copy_highpage(page, below);
	else
		clear_highpage(page);
	return page;
}

/* Write to a page of an overlay. False without memory. Under the leaf's lock. */
static bool xbd_overlay_write(struct xbd_layers *layers, enum xbd_level level, u64 pos,
			      const void *from, size_t len, struct xbd_stash *stash)
{
	struct xbd_store *store = layers->stores[level];
	u64 index = pos >> PAGE_SHIFT;
	unsigned long entry, *slot;
	struct page *page;

	slot = xbd_store_make_slot(store, index, 0, &entry, stash);
	if (!slot)
		return false;
	entry = READ_ONCE(*slot);
	if (xbd_entry_has_pages(entry)) {
		xbd_copy_in(xbd_entry_page(entry), offset_in_page(pos), from, len);
		return true;
	}

	page = xbd_overlay_new_page(layers, level, index, entry == XBD_HOLE, len == PAGE_SIZE,
				    stash);
	if (!page)
		return false;
	xbd_copy_in(page, offset_in_page(pos), from, len);
	xchg(slot, (unsigned long)page);
	this_cpu_inc(store->counts->pages);
	xbd_layers_count_dirty(layers, level, !entry);
	return true;
}

/* Write to a page of one layer. False without memory. Under the leaf's lock. */
static bool xbd_layer_write(struct xbd_layers *layers, enum xbd_level level, u64 pos,
			    const void *from, size_t len, struct xbd_stash *stash)
{
	if (level == XBD_BASE)
		return xbd_store_write(layers->stores[level], pos, from, len, stash) == len;
	return xbd_overlay_write(layers, level, pos, from, len, stash);
}

/*
 * With @fua, the bytes go to the layer below the cache, and to the cache only if it hides what is
 * there: the rest of the page is as volatile as it was.
 */
static bool xbd_layers_write_page(struct xbd_layers *layers, u64 pos, const void *from, size_t len,
				  bool fua, struct xbd_stash *stash)
{
	enum xbd_level top = xbd_layers_top(layers);
	u64 index = pos >> PAGE_SHIFT;

	if (!xbd_layers_prepare(layers, index, stash))
		return false;
	if (top == XBD_CACHE && fua) {
		if (xbd_store_lookup(layers->stores[top], index) &&
		    !xbd_overlay_write(layers, top, pos, from, len, stash))
			return false;
		top = xbd_layers_below_cache(layers);
	}
	return xbd_layer_write(layers, top, pos, from, len, stash);
}

/* As xbd_layers_write(), under the leaf's lock, and without looking how full the cache is. */
static size_t xbd_layers_write_part(struct xbd_layers *layers, u64 pos, const void *from,
				    size_t len, bool fua, struct xbd_stash *stash)
{
	size_t done, n;

	lockdep_assert_held(xbd_layers_lock(layers, pos >> PAGE_SHIFT));
	for (done = 0; done < len; done += n) {
		n = xbd_chunk(pos + done, len - done);
		if (!xbd_layers_write_page(layers, pos + done, from + done, n, fua, stash))
			break;
	}
	return done;
}

/*
 * Where writing has to let others in: so much is written under one lock. Logical blocks lie within,
 * so nobody moves a half of one down, and no power cut leaves a half of one.
 */
static u64 xbd_layers_part_end(u64 pos)
{
	return round_down(pos, BLK_MAX_BLOCK_SIZE) + BLK_MAX_BLOCK_SIZE;
}

/**
 * xbd_layers_write() - copy into the topmost layer, without sleeping
 * @layers: the layers
 * @pos: where on the disk, in bytes
 * @from: where from
 * @len: how many bytes; all must lie inside the disk
 * @fua: whether it has to survive a power cut when this returns
 * @stash: pages to use first, or NULL
 *
 * Context: Under rcu_read_lock().
 * Return: the bytes written, from the start; less than @len only if there is no memory without
 * sleeping.
 */
size_t xbd_layers_write(struct xbd_layers *layers, u64 pos, const void *from, size_t len, bool fua,
			struct xbd_stash *stash)
{
	size_t done = 0;

	while (done < len) {
		size_t n = min_t(u64, len - done, xbd_layers_part_end(pos + done) - pos - done);
		spinlock_t *lock = xbd_layers_lock(layers, (pos + done) >> PAGE_SHIFT);
		size_t written;

		spin_lock(lock);
		written = xbd_layers_write_part(layers, pos + done, from + done, n, fua, stash);
		spin_unlock(lock);
		xbd_layers_destage(layers);
		done += written;
		if (written < n)
			break;
	}
	return done;
}

/* Segments of a bio, up to the end of what is written under one lock. False without memory. */
static bool xbd_layers_write_segments(struct xbd_layers *layers, struct bio *bio,
				      struct bvec_iter *iter, u64 *pos)
{
	u64 end = xbd_layers_part_end(*pos);
	bool fua = bio->bi_opf & REQ_FUA;

	while (iter->bi_size && *pos < end) {
		struct bio_vec bv = bio_iter_iovec(bio, *iter);
		size_t n = min_t(u64, bv.bv_len, end - *pos), done;
		const void *from = bvec_kmap_local(&bv);

		done = xbd_layers_write_part(layers, *pos, from, n, fua, NULL);
		kunmap_local(from);
		if (done < n)
			return false;
		bio_advance_iter_single(bio, iter, n);
		*pos += n;
	}
	return true;
}

/**
 * xbd_layers_write_bio() - copy what a bio has into the topmost layer, without sleeping
 * @layers: the layers
 * @bio: the bio
 *
 * Context: Under rcu_read_lock().
 * Return: whether it is done; if not, there is no memory without sleeping, and a part may have been
 * written.
 */
bool xbd_layers_write_bio(struct xbd_layers *layers, struct bio *bio)
{
	u64 pos = (u64)bio->bi_iter.bi_sector << SECTOR_SHIFT;
	struct bvec_iter iter = bio->bi_iter;
	bool done = true;

	while (done && iter.bi_size) {
		spinlock_t *lock = xbd_layers_lock(layers, pos >> PAGE_SHIFT);

		spin_lock(lock);
		done = xbd_layers_write_segments(layers, bio, &iter, &pos);
		spin_unlock(lock);
		xbd_layers_destage(layers);
	}
	return done;
}

/*
 * Room for one page, at the cost of the cache: what it has hides old pages, which are free when it
 * has been flushed. May sleep. 0 or an error.
 */
static int xbd_layers_make_room(struct xbd_layers *layers, struct xbd_stash *stash)
{
	struct xbd_store *base = layers->stores[XBD_BASE];
	int err = xbd_store_make_room(base, stash);

	if (!err)
		return 0;
	xbd_layers_flush(layers);
	xbd_layers_settle(layers);
	return xbd_store_make_room(base, stash);
}

/**
 * xbd_layers_write_wait() - copy into the topmost layer, waiting for memory
 * @layers: the layers
 * @pos: where on the disk, in bytes
 * @from: where from
 * @len: how many bytes; all must lie inside the disk
 * @fua: whether it has to survive a power cut when this returns
 * @stash: as for xbd_store_write_wait()
 *
 * Where there is no memory for a page in the cache, what is below is written. Only here, without
 * memory, a flush may come between two parts of a logical block.
 *
 * Context: Process context, may sleep.
 * Return: 0, or -ENOSPC when the host has no memory to give or the limit is reached; the start may
 * have been written then.
 */
int xbd_layers_write_wait(struct xbd_layers *layers, u64 pos, const void *from, size_t len,
			  bool fua, struct xbd_stash *stash)
{
	for (;;) {
		bool through = fua;
		size_t done;

		for (;;) {
			rcu_read_lock();
			done = xbd_layers_write(layers, pos, from, len, through, stash);
			rcu_read_unlock();
			if (done == len)
				return 0;
			if (done || !xbd_layers_make_room(layers, stash))
				break;
			if (through)
				return -ENOSPC;
			through = true;
		}
		pos += done;
		from += done;
		len -= done;
	}
}
