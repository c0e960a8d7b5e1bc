// SPDX-License-Identifier: GPL-2.0-only
/* Requests: what each operation does to the store. */
#include <linux/bvec.h>
#include <linux/highmem.h>
#include <linux/rcupdate.h>

#include "xbd.h"

static __always_inline u64 xbd_rq_pos(struct request *rq)
{
	return (u64)blk_rq_pos(rq) << SECTOR_SHIFT;
}

/*
 * Segments may start and end anywhere, as dma_alignment allows; only the request as a whole is made
 * of sectors. The store does not mind.
 */
static blk_status_t xbd_io_read(struct xbd_device *xbd, struct request *rq)
{
	struct req_iterator iter;
	u64 pos = xbd_rq_pos(rq);
	struct bio_vec bv;

	rcu_read_lock();
	rq_for_each_segment(bv, rq, iter) {
		void *to = bvec_kmap_local(&bv);

		xbd_store_read(&xbd->store, pos, to, bv.bv_len);
		flush_dcache_page(bv.bv_page);
		kunmap_local(to);
		pos += bv.bv_len;
	}
	rcu_read_unlock();
	return BLK_STS_OK;
}

static blk_status_t xbd_io_write(struct xbd_device *xbd, struct request *rq)
{
	struct req_iterator iter;
	u64 pos = xbd_rq_pos(rq);
	struct bio_vec bv;
	size_t done;

	rcu_read_lock();
	rq_for_each_segment(bv, rq, iter) {
		const void *from = bvec_kmap_local(&bv);

		done = xbd_store_write(&xbd->store, pos, from, bv.bv_len, NULL);
		kunmap_local(from);
		if (unlikely(done < bv.bv_len)) {
			rcu_read_unlock();
			return BLK_STS_RESOURCE;
		}
		pos += bv.bv_len;
	}
	rcu_read_unlock();
	return BLK_STS_OK;
}

static blk_status_t xbd_io_write_wait(struct xbd_device *xbd, struct request *rq)
{
	struct xbd_stash stash = {};
	struct req_iterator iter;
	u64 pos = xbd_rq_pos(rq);
	struct bio_vec bv;
	int err = 0;

	rq_for_each_segment(bv, rq, iter) {
		const void *from = bvec_kmap_local(&bv);

		err = xbd_store_write_wait(&xbd->store, pos, from, bv.bv_len, &stash);
		kunmap_local(from);
		if (err)
			break;
		pos += bv.bv_len;
	}
	xbd_stash_drain(&stash);
	return errno_to_blk_status(err);
}

/* Operations without data. */
static blk_status_t xbd_io_range(struct xbd_device *xbd, struct request *rq)
{
	u64 pos = xbd_rq_pos(rq);
	u64 len = blk_rq_bytes(rq);

	switch (req_op(rq)) {
	case REQ_OP_DISCARD:
		xbd_store_discard(&xbd->store, pos, len);
		return BLK_STS_OK;
	case REQ_OP_SECURE_ERASE:
		xbd_store_erase(&xbd->store, pos, len);
		return BLK_STS_OK;
	case REQ_OP_WRITE_ZEROES:
		if (rq->cmd_flags & REQ_NOUNMAP)
			xbd_store_zero(&xbd->store, pos, len);
		else
			xbd_store_discard(&xbd->store, pos, len);
		return BLK_STS_OK;
	case REQ_OP_FLUSH:
		/* There is nothing behind the store that data could be flushed to. */
		return BLK_STS_OK;
	default:
		return BLK_STS_NOTSUPP;
	}
}

/*
 * Serve a request without sleeping. BLK_STS_RESOURCE: it has to be done by xbd_io_wait(), from the
 * start; a write may have been done in part.
 */
blk_status_t xbd_io_nowait(struct xbd_device *xbd, struct request *rq)
{
	switch (req_op(rq)) {
	case REQ_OP_READ:
		return xbd_io_read(xbd, rq);
	case REQ_OP_WRITE:
		return xbd_io_write(xbd, rq);
	case REQ_OP_SECURE_ERASE:
		return BLK_STS_RESOURCE;
	default:
		if (blk_rq_bytes(rq) > XBD_STORE_SHORT_RANGE)
			return BLK_STS_RESOURCE;
		return xbd_io_range(xbd, rq);
	}
}

/* Serve a request for good. May sleep. */
blk_status_t xbd_io_wait(struct xbd_device *xbd, struct request *rq)
{
	if (req_op(rq) == REQ_OP_WRITE)
		return xbd_io_write_wait(xbd, rq);
	return xbd_io_range(xbd, rq);
}
