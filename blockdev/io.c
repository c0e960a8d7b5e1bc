// SPDX-License-Identifier: GPL-2.0-only
/* What each operation does to the store, for requests and for bios. */
#include <linux/highmem.h>
#include <linux/rcupdate.h>

#include "piece.h"
#include "zoned.h"

static __always_inline u64 xbd_bio_pos(const struct bio *bio)
{
	return (u64)bio->bi_iter.bi_sector << SECTOR_SHIFT;
}

static __always_inline u64 xbd_rq_pos(struct request *rq)
{
	return (u64)blk_rq_pos(rq) << SECTOR_SHIFT;
}

/* What is on the disk: in its store, or in what lies over that. */
static void xbd_read(const struct xbd_device *xbd, u64 pos, void *to, size_t len)
{
	if (xbd_layers_active(&xbd->layers))
		xbd_layers_read(&xbd->layers, pos, to, len);
	else
		xbd_store_read(&xbd->store, pos, to, len);
}

static int xbd_write_wait(struct xbd_device *xbd, u64 pos, const void *from, size_t len, bool fua,
			  struct xbd_stash *stash)
{
	if (xbd_layers_active(&xbd->layers))
		return xbd_layers_write_wait(&xbd->layers, pos, from, len, fua, stash);
	return xbd_store_write_wait(&xbd->store, pos, from, len, stash);
}

/*
 * Pieces may start and end anywhere, as dma_alignment allows; only the whole is made of sectors.
 * The store does not mind. Under rcu_read_lock().
 */
static void xbd_bio_read_pieces(const struct xbd_device *xbd, struct bio *bio)
{
	u64 pos = xbd_bio_pos(bio);
	struct bvec_iter iter;
	struct bio_vec bv;

	xbd_for_each_piece(bv, bio, iter) {
		void *to = bvec_kmap_local(&bv);

		xbd_read(xbd, pos, to, bv.bv_len);
		flush_dcache_page(bv.bv_page);
		kunmap_local(to);
		pos += bv.bv_len;
	}
}

/* False if there is no memory without sleeping. Under rcu_read_lock(). */
static bool xbd_bio_write_pieces(struct xbd_device *xbd, struct bio *bio)
{
	u64 pos = xbd_bio_pos(bio);
	struct bvec_iter iter;
	struct bio_vec bv;
	size_t done;

	if (xbd_layers_active(&xbd->layers))
		return xbd_layers_write_bio(&xbd->layers, bio);

	xbd_for_each_piece(bv, bio, iter) {
		const void *from = bvec_kmap_local(&bv);

		done = xbd_store_write(&xbd->store, pos, from, bv.bv_len, NULL);
		kunmap_local(from);
		if (unlikely(done < bv.bv_len))
			return false;
		pos += bv.bv_len;
	}
	return true;
}

/* The stash is kept from one bio of a request to the next. */
static int xbd_bio_write_wait(struct xbd_device *xbd, struct bio *bio, struct xbd_stash *stash)
{
	u64 pos = xbd_bio_pos(bio);
	struct bvec_iter iter;
	struct bio_vec bv;
	int err;

	xbd_for_each_piece(bv, bio, iter) {
		const void *from = bvec_kmap_local(&bv);

		err = xbd_write_wait(xbd, pos, from, bv.bv_len, bio->bi_opf & REQ_FUA, stash);
		kunmap_local(from);
		if (err)
			return err;
		pos += bv.bv_len;
	}
	return 0;
}

/* Operations without data on a disk with layers. Zeroes are holes there, wanted mapped or not. */
static noinline blk_status_t xbd_layers_range(struct xbd_device *xbd, blk_opf_t opf, u64 pos,
					      u64 len)
{
	int err = 0;

	switch (opf & REQ_OP_MASK) {
	case REQ_OP_DISCARD:
	case REQ_OP_WRITE_ZEROES:
		err = xbd_layers_discard(&xbd->layers, pos, len);
		if (!err && (opf & REQ_FUA))
			err = xbd_layers_flush(&xbd->layers);
		break;
	case REQ_OP_SECURE_ERASE:
		xbd_layers_erase(&xbd->layers, pos, len);
		break;
	case REQ_OP_FLUSH:
		err = xbd_layers_flush(&xbd->layers);
		break;
	default:
		return BLK_STS_NOTSUPP;
	}
	return errno_to_blk_status(err);
}

/* BLK_STS_RESOURCE if it would have to sleep. */
static noinline blk_status_t xbd_layers_range_nowait(struct xbd_device *xbd, blk_opf_t opf,
						     u64 pos, u64 len)
{
	bool done = false;

	switch (opf & (REQ_OP_MASK | REQ_FUA)) {
	case REQ_OP_DISCARD:
	case REQ_OP_WRITE_ZEROES:
		if (len <= XBD_STORE_SHORT_RANGE)
			done = xbd_layers_discard_nowait(&xbd->layers, pos, len);
		break;
	case REQ_OP_FLUSH:
		done = xbd_layers_flush_nowait(&xbd->layers);
		break;
	}
	return done ? BLK_STS_OK : BLK_STS_RESOURCE;
}

/* Operations without data. */
static blk_status_t xbd_io_range(struct xbd_device *xbd, blk_opf_t opf, u64 pos, u64 len)
{
	if (xbd_layers_active(&xbd->layers))
		return xbd_layers_range(xbd, opf, pos, len);

	switch (opf & REQ_OP_MASK) {
	case REQ_OP_DISCARD:
		xbd_store_discard(&xbd->store, pos, len);
		return BLK_STS_OK;
	case REQ_OP_SECURE_ERASE:
		xbd_store_erase(&xbd->store, pos, len);
		return BLK_STS_OK;
	case REQ_OP_WRITE_ZEROES:
		if (opf & REQ_NOUNMAP)
			xbd_store_zero(&xbd->store, pos, len);
		else
			xbd_store_discard(&xbd->store, pos, len);
		return BLK_STS_OK;
	case REQ_OP_FLUSH:
		/* There is no cache that data could be flushed from. */
		return BLK_STS_OK;
	default:
		return BLK_STS_NOTSUPP;
	}
}

/* BLK_STS_RESOURCE if it would have to sleep. */
static blk_status_t xbd_io_range_nowait(struct xbd_device *xbd, blk_opf_t opf, u64 pos, u64 len)
{
	if (xbd_layers_active(&xbd->layers))
		return xbd_layers_range_nowait(xbd, opf, pos, len);
	if (len > XBD_STORE_SHORT_RANGE || (opf & REQ_OP_MASK) == REQ_OP_SECURE_ERASE)
		return BLK_STS_RESOURCE;
	return xbd_io_range(xbd, opf, pos, len);
}

/* ---- requests ---- */

static noinline blk_status_t xbd_rq_read_pieces(struct xbd_device *xbd, struct request *rq)
{
	struct bio *bio;

	__rq_for_each_bio(bio, rq)
		xbd_bio_read_pieces(xbd, bio);
	return BLK_STS_OK;
}

static noinline blk_status_t xbd_rq_write_pieces(struct xbd_device *xbd, struct request *rq)
{
	struct bio *bio;

	__rq_for_each_bio(bio, rq) {
		if (unlikely(!xbd_bio_write_pieces(xbd, bio)))
			return BLK_STS_RESOURCE;
	}
	return BLK_STS_OK;
}

static blk_status_t xbd_rq_write_wait(struct xbd_device *xbd, struct request *rq)
{
	struct xbd_stash stash = {};
	struct bio *bio;
	int err = 0;

	__rq_for_each_bio(bio, rq) {
		err = xbd_bio_write_wait(xbd, bio, &stash);
		if (err)
			break;
	}
	xbd_stash_drain(&stash);
	return errno_to_blk_status(err);
}

/* Whether a request is a page, as most are. Not with layers: the page may be in one of them. */
static __always_inline bool xbd_rq_is_page(const struct xbd_device *xbd, const struct request *rq,
					   struct bio_vec *bv)
{
	return !xbd_layers_active(&xbd->layers) && xbd_bio_is_page(rq->bio, bv) &&
	       !rq->bio->bi_next;
}

static __always_inline blk_status_t xbd_rq_read(struct xbd_device *xbd, struct request *rq)
{
	struct bio_vec bv;

	if (unlikely(!xbd_rq_is_page(xbd, rq, &bv)))
		return xbd_rq_read_pieces(xbd, rq);
	xbd_bio_read_page(&xbd->store, rq->bio, &bv);
	return BLK_STS_OK;
}

static __always_inline blk_status_t xbd_rq_write(struct xbd_device *xbd, struct request *rq)
{
	struct bio_vec bv;

	if (unlikely(!xbd_rq_is_page(xbd, rq, &bv) ||
		     !xbd_bio_write_page(&xbd->store, rq->bio, &bv)))
		return xbd_rq_write_pieces(xbd, rq);
	return BLK_STS_OK;
}

static noinline blk_status_t xbd_rq_other(struct xbd_device *xbd, struct request *rq)
{
	if (req_op(rq) == REQ_OP_ZONE_APPEND)
		return xbd_rq_write_pieces(xbd, rq);
	return xbd_io_range_nowait(xbd, rq->cmd_flags, xbd_rq_pos(rq), blk_rq_bytes(rq));
}

static __always_inline blk_status_t xbd_rq_plain_nowait(struct xbd_device *xbd, struct request *rq)
{
	RCU_LOCKDEP_WARN(!rcu_read_lock_held(), "dispatch without rcu_read_lock()");
	switch (req_op(rq)) {
	case REQ_OP_READ:
		return xbd_rq_read(xbd, rq);
	case REQ_OP_WRITE:
		return xbd_rq_write(xbd, rq);
	default:
		return xbd_rq_other(xbd, rq);
	}
}

/* As xbd_rq_nowait(), whether there are zones or not. */
noinline blk_status_t __xbd_rq_nowait(struct xbd_device *xbd, struct request *rq)
{
	blk_status_t status = xbd_check(xbd, xbd_rq_pos(rq), blk_rq_bytes(rq));

	return unlikely(status) ? status : xbd_rq_plain_nowait(xbd, rq);
}

/*
 * Serve a request without sleeping. BLK_STS_RESOURCE: it has to be done by xbd_rq_wait(), from the
 * start; a write may have been done in part. Under rcu_read_lock(), which is how the block layer
 * dispatches to queues that do not block: one less than a lock of our own.
 *
 * What is off costs an instruction that does nothing, and no register has to be saved for it: it
 * does not come back here.
 */
blk_status_t xbd_rq_nowait(struct xbd_device *xbd, struct request *rq)
{
	if (xbd_is_zoned(xbd))
		return xbd_zoned_rq_nowait(xbd, rq);
	if (static_branch_unlikely(&xbd_checks))
		return __xbd_rq_nowait(xbd, rq);
	return xbd_rq_plain_nowait(xbd, rq);
}

/* As xbd_rq_wait(), whether there are zones or not. */
blk_status_t __xbd_rq_wait(struct xbd_device *xbd, struct request *rq)
{
	if (req_op(rq) == REQ_OP_WRITE || req_op(rq) == REQ_OP_ZONE_APPEND)
		return xbd_rq_write_wait(xbd, rq);
	return xbd_io_range(xbd, rq->cmd_flags, xbd_rq_pos(rq), blk_rq_bytes(rq));
}

/* Serve a request for good. May sleep. */
blk_status_t xbd_rq_wait(struct xbd_device *xbd, struct request *rq)
{
	if (xbd_is_zoned(xbd))
		return xbd_zoned_rq_wait(xbd, rq);
	return __xbd_rq_wait(xbd, rq);
}

/* ---- bios ---- */

/* A bio that was not done without sleeping. */
static noinline blk_status_t xbd_bio_wait(struct xbd_device *xbd, struct bio *bio)
{
	struct xbd_stash stash = {};
	int err;

	if (bio->bi_opf & REQ_NOWAIT)
		return BLK_STS_AGAIN;
	if (bio_op(bio) != REQ_OP_WRITE && bio_op(bio) != REQ_OP_ZONE_APPEND)
		return xbd_io_range(xbd, bio->bi_opf, xbd_bio_pos(bio), bio->bi_iter.bi_size);
	err = xbd_bio_write_wait(xbd, bio, &stash);
	xbd_stash_drain(&stash);
	return errno_to_blk_status(err);
}

static noinline blk_status_t xbd_bio_read_by_pieces(struct xbd_device *xbd, struct bio *bio)
{
	rcu_read_lock();
	xbd_bio_read_pieces(xbd, bio);
	rcu_read_unlock();
	return BLK_STS_OK;
}

static noinline blk_status_t xbd_bio_write_by_pieces(struct xbd_device *xbd, struct bio *bio)
{
	bool done;

	rcu_read_lock();
	done = xbd_bio_write_pieces(xbd, bio);
	rcu_read_unlock();
	return likely(done) ? BLK_STS_OK : xbd_bio_wait(xbd, bio);
}

static __always_inline blk_status_t xbd_bio_read(struct xbd_device *xbd, struct bio *bio)
{
	struct bio_vec bv;

	if (unlikely(xbd_layers_active(&xbd->layers) || !xbd_bio_is_page(bio, &bv)))
		return xbd_bio_read_by_pieces(xbd, bio);
	rcu_read_lock();
	xbd_bio_read_page(&xbd->store, bio, &bv);
	rcu_read_unlock();
	return BLK_STS_OK;
}

static __always_inline blk_status_t xbd_bio_write(struct xbd_device *xbd, struct bio *bio)
{
	struct bio_vec bv;
	bool done;

	if (unlikely(xbd_layers_active(&xbd->layers) || !xbd_bio_is_page(bio, &bv)))
		return xbd_bio_write_by_pieces(xbd, bio);
	rcu_read_lock();
	done = xbd_bio_write_page(&xbd->store, bio, &bv);
	rcu_read_unlock();
	return likely(done) ? BLK_STS_OK : xbd_bio_write_by_pieces(xbd, bio);
}

static noinline blk_status_t xbd_bio_other(struct xbd_device *xbd, struct bio *bio)
{
	blk_status_t status;

	if (bio_op(bio) == REQ_OP_ZONE_APPEND)
		return xbd_bio_write_by_pieces(xbd, bio);
	status = xbd_io_range_nowait(xbd, bio->bi_opf, xbd_bio_pos(bio), bio->bi_iter.bi_size);
	return status == BLK_STS_RESOURCE ? xbd_bio_wait(xbd, bio) : status;
}

static __always_inline blk_status_t xbd_bio_plain_serve(struct xbd_device *xbd, struct bio *bio)
{
	switch (bio_op(bio)) {
	case REQ_OP_READ:
		return xbd_bio_read(xbd, bio);
	case REQ_OP_WRITE:
		return xbd_bio_write(xbd, bio);
	default:
		return xbd_bio_other(xbd, bio);
	}
}

/*
 * What comes before the data. The block layer makes requests of it, but bios come as they are: with
 * no data, this is all that there is to do.
 */
static noinline blk_status_t xbd_bio_preflush(struct xbd_device *xbd, struct bio *bio)
{
	if (xbd_layers_flush_nowait(&xbd->layers))
		return BLK_STS_OK;
	if (bio->bi_opf & REQ_NOWAIT)
		return BLK_STS_AGAIN;
	return errno_to_blk_status(xbd_layers_flush(&xbd->layers));
}

/* As xbd_bio_serve(), whether there are zones or not. */
noinline blk_status_t __xbd_bio_serve(struct xbd_device *xbd, struct bio *bio)
{
	blk_status_t status = xbd_check(xbd, xbd_bio_pos(bio), bio->bi_iter.bi_size);

	if (unlikely(status))
		return status;
	if (xbd_layers_active(&xbd->layers) && (bio->bi_opf & REQ_PREFLUSH)) {
		status = xbd_bio_preflush(xbd, bio);
		if (status || !bio->bi_iter.bi_size)
			return status;
	}
	return xbd_bio_plain_serve(xbd, bio);
}

/* As in xbd_rq_nowait(), what is off costs nothing but itself. */
static __always_inline blk_status_t xbd_bio_serve(struct xbd_device *xbd, struct bio *bio)
{
	if (xbd_is_zoned(xbd))
		return xbd_zoned_bio_serve(xbd, bio);
	if (static_branch_unlikely(&xbd_checks) || xbd_layers_active(&xbd->layers))
		return __xbd_bio_serve(xbd, bio);
	return xbd_bio_plain_serve(xbd, bio);
}

/* Serve a bio for those who have time. May sleep as its submission may. */
noinline blk_status_t xbd_bio_do(struct xbd_device *xbd, struct bio *bio)
{
	return xbd_bio_serve(xbd, bio);
}

static noinline blk_status_t xbd_bio_serve_counted(struct xbd_device *xbd, struct bio *bio)
{
	unsigned long started = bio_start_io_acct(bio);
	blk_status_t status = xbd_bio_serve(xbd, bio);

	bio_end_io_acct(bio, started);
	return status;
}

/* So much is done under one rcu_read_lock(), as in a request of the largest size. */
#define XBD_MAX_BIO_SIZE SZ_1M

/* Bios lie within a zone if there are zones. */
static __always_inline bool xbd_bio_is_long(const struct xbd_device *xbd, const struct bio *bio)
{
	return bio->bi_iter.bi_size > XBD_MAX_BIO_SIZE ||
	       (xbd_is_zoned(xbd) && bio->bi_iter.bi_size);
}

/*
 * Serve a bio where it is submitted: no request, no queue. The submitter waits if it must be and
 * REQ_NOWAIT does not forbid it.
 */
void xbd_submit_bio(struct bio *bio)
{
	struct gendisk *disk = bio->bi_bdev->bd_disk;
	struct xbd_device *xbd = container_of((struct xdrv_disk *)disk->private_data,
					      struct xbd_device, disk);

	if (unlikely(xbd_bio_is_long(xbd, bio))) {
		bio = bio_split_to_limits(bio);
		if (!bio)
			return;
	}
	if (xbd_bio_is_struck(xbd, bio))
		return;
	if (blk_queue_io_stat(disk->queue))
		xbd_bio_end(bio, xbd_bio_serve_counted(xbd, bio));
	else
		xbd_bio_end(bio, xbd_bio_serve(xbd, bio));
}
