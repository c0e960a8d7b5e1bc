/* SPDX-License-Identifier: GPL-2.0-only */
/* The data of a bio: what it consists of, and what most of them have, a page. */
#ifndef XBD_PIECE_H
#define XBD_PIECE_H

#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/bvec.h>
#include <linux/highmem.h>

#include "table.h"

/*
 * A piece is mapped as a whole: a page or a part of one, or more where all memory is mapped anyway
 * and no cache has to hear of each page.
 */
#if defined(CONFIG_KMAP_LOCAL) || ARCH_IMPLEMENTS_FLUSH_DCACHE_PAGE
#define xbd_for_each_piece bio_for_each_segment
#define xbd_piece_at bvec_iter_bvec
#else
#define xbd_for_each_piece bio_for_each_bvec
#define xbd_piece_at mp_bvec_iter_bvec
#endif

/* Whether the data is one page, of the disk and in memory; *@bv is that then. */
static __always_inline bool xbd_bio_is_page(const struct bio *bio, struct bio_vec *bv)
{
	if (bio->bi_iter.bi_size != PAGE_SIZE || bio->bi_iter.bi_sector % PAGE_SECTORS)
		return false;
	*bv = xbd_piece_at(bio->bi_io_vec, bio->bi_iter);
	return bv->bv_len == PAGE_SIZE && !offset_in_page(bv->bv_offset);
}

static __always_inline struct page *xbd_bio_find_page(const struct xbd_store *store,
						      const struct bio *bio)
{
	return xbd_store_find(store, bio->bi_iter.bi_sector / PAGE_SECTORS);
}

/* Read what xbd_bio_is_page(). Under rcu_read_lock(). */
static __always_inline void xbd_bio_read_page(const struct xbd_store *store,
					      const struct bio *bio, struct bio_vec *bv)
{
	struct page *page = xbd_bio_find_page(store, bio);
	void *to = bvec_kmap_local(bv);

	if (likely(page)) {
		void *from = kmap_local_page(page);

		copy_page(to, from);
		kunmap_local(from);
	} else {
		clear_page(to);
	}
	flush_dcache_page(bv->bv_page);
	kunmap_local(to);
}

/* Write what xbd_bio_is_page(), if the page is there. Under rcu_read_lock(). */
static __always_inline bool xbd_bio_write_page(const struct xbd_store *store,
					       const struct bio *bio, struct bio_vec *bv)
{
	struct page *page = xbd_bio_find_page(store, bio);
	void *from, *to;

	if (unlikely(!page))
		return false;
	from = bvec_kmap_local(bv);
	to = kmap_local_page(page);
	copy_page(to, from);
	kunmap_local(to);
	kunmap_local(from);
	return true;
}

#endif /* XBD_PIECE_H */
