// SPDX-License-Identifier: GPL-2.0-only
/* What each operation does to a zoned disk, for requests and for bios. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bvec.h>
#include <linux/delay.h>
#include <linux/highmem.h>

#include "zoned.h"

DEFINE_STATIC_KEY_FALSE(xbd_zones_used);

/* How long to wait for what is under way in a zone: others are copying, or giving memory back. */
static void xbd_zone_wait(void)
{
	usleep_range(50, 200);
}

/* Why something cannot be done to a zone, and what can be; @len is 0 for all but a write. */
static void xbd_zone_complain(const struct xbd_device *xbd, struct xbd_zone *zone, const char *what,
			      u64 pos, u64 len, blk_status_t status)
{
	const struct xbd_zone_options *options = &xbd->zones->options;
	const char *name = xbd->disk.disk->disk_name;
	unsigned int nr = xbd_zone_number(xbd->zones, zone);
	struct blk_zone now;

	xbd_zone_describe(xbd->zones, zone, &now);
	if (status == BLK_STS_ZONE_OPEN_RESOURCE)
		pr_err_ratelimited("%s: no %s of zone %u, zone_max_open=%u: close or finish another\n",
				   name, what, nr, options->max_open);
	else if (status == BLK_STS_ZONE_ACTIVE_RESOURCE)
		pr_err_ratelimited("%s: no %s of zone %u, zone_max_active=%u: finish or reset another\n",
				   name, what, nr, options->max_active);
	else if (!len || now.wp >= now.start + now.capacity)
		pr_err_ratelimited("%s: no %s of zone %u, which is %s: use another\n", name, what,
				   nr, blk_zone_cond_str(now.cond));
	else
		pr_err_ratelimited("%s: no %s of %llu sectors at %llu: zone %u is %s, use sectors %llu to %llu\n",
				   name, what, len >> SECTOR_SHIFT, pos >> SECTOR_SHIFT, nr,
				   blk_zone_cond_str(now.cond), now.wp,
				   now.start + now.capacity - 1);
}

/* ---- operations on zones ---- */

/* Give the memory of a zone back that is being reset. May sleep. */
static void xbd_zone_clear(struct xbd_device *xbd, struct xbd_zone *zone)
{
	xbd_store_discard(&xbd->store, xbd_zone_start(xbd->zones, zone),
			  xbd_zone_len(xbd->zones, zone));
	xbd_zone_end_reset(zone);
}

static blk_status_t xbd_zone_reset(struct xbd_device *xbd, struct xbd_zone *zone)
{
	blk_status_t status;

	while ((status = xbd_zone_begin_reset(xbd->zones, zone)) == BLK_STS_RESOURCE)
		xbd_zone_wait();
	if (!status)
		xbd_zone_clear(xbd, zone);
	return status;
}

static blk_status_t xbd_zone_reset_all(struct xbd_device *xbd)
{
	unsigned int i;

	for (i = xbd->zones->options.nr_conv; i < xbd->zones->nr; i++) {
		if (xbd_zone_needs_reset(&xbd->zones->zones[i]))
			xbd_zone_reset(xbd, &xbd->zones->zones[i]);
		cond_resched();
	}
	return BLK_STS_OK;
}

static const char *xbd_zone_op_name(blk_opf_t op)
{
	switch (op) {
	case REQ_OP_ZONE_OPEN:
		return "open";
	case REQ_OP_ZONE_CLOSE:
		return "close";
	case REQ_OP_ZONE_FINISH:
		return "finish";
	default:
		return "reset";
	}
}

/* BLK_STS_RESOURCE if it would have to sleep, or has to be tried again. */
static blk_status_t xbd_zone_manage_nowait(struct xbd_device *xbd, blk_opf_t op,
					   struct xbd_zone *zone)
{
	switch (op) {
	case REQ_OP_ZONE_OPEN:
		return xbd_zone_open(xbd->zones, zone);
	case REQ_OP_ZONE_CLOSE:
		return xbd_zone_close(xbd->zones, zone);
	case REQ_OP_ZONE_FINISH:
		return xbd_zone_finish(xbd->zones, zone);
	default:
		return BLK_STS_RESOURCE;
	}
}

static blk_status_t xbd_zone_manage_wait(struct xbd_device *xbd, blk_opf_t op,
					 struct xbd_zone *zone)
{
	blk_status_t status;

	if (op == REQ_OP_ZONE_RESET)
		return xbd_zone_reset(xbd, zone);
	if (op == REQ_OP_ZONE_RESET_ALL)
		return xbd_zone_reset_all(xbd);
	while ((status = xbd_zone_manage_nowait(xbd, op, zone)) == BLK_STS_RESOURCE)
		xbd_zone_wait();
	return status;
}

/* BLK_STS_RESOURCE if it may not sleep, but would have to. */
static blk_status_t xbd_zone_manage(struct xbd_device *xbd, blk_opf_t op, u64 pos, bool may_sleep)
{
	struct xbd_zone *zone = xbd_zone_at(xbd->zones, pos);
	blk_status_t status = xbd_check(xbd, 0, 0);

	if (status)
		return status;
	status = may_sleep ? xbd_zone_manage_wait(xbd, op, zone) :
		 xbd_zone_manage_nowait(xbd, op, zone);
	if (unlikely(status && status != BLK_STS_RESOURCE))
		xbd_zone_complain(xbd, zone, xbd_zone_op_name(op), pos, 0, status);
	return status;
}

/**
 * xbd_zone_set_broken() - let a zone fail, or repair one that has failed in the same way
 * @xbd: a zoned disk
 * @pos: where the zone is
 * @cond: BLK_ZONE_COND_READONLY or BLK_ZONE_COND_OFFLINE
 *
 * One that is repaired is empty. By one task at a time for the same disk.
 *
 * Context: Process context, may sleep.
 * Return: 0, or -EINVAL if there is no such zone, or it is conventional.
 */
int xbd_zone_set_broken(struct xbd_device *xbd, u64 pos, enum blk_zone_cond cond)
{
	struct xbd_zone *zone;

	if (pos >= xbd->zones->options.size)
		return -EINVAL;
	zone = xbd_zone_at(xbd->zones, pos);
	if (xbd_zone_is_conv(xbd->zones, zone))
		return -EINVAL;
	if (READ_ONCE(zone->cond) != cond) {
		xbd_zone_break(xbd->zones, zone, cond);
		return 0;
	}
	while (xbd_zone_begin_repair(xbd->zones, zone))
		xbd_zone_wait();
	xbd_zone_clear(xbd, zone);
	return 0;
}

/* ---- reads ---- */

/* Of what was read, that which lies from @end on is zeroes. */
static noinline void xbd_bio_zero_from(struct bio *bio, u64 end)
{
	u64 pos = (u64)bio->bi_iter.bi_sector << SECTOR_SHIFT;
	struct bvec_iter iter;
	struct bio_vec bv;

	bio_for_each_segment(bv, bio, iter) {
		u64 keep = end > pos ? end - pos : 0;

		if (keep < bv.bv_len)
			memzero_page(bv.bv_page, bv.bv_offset + keep, bv.bv_len - keep);
		pos += bv.bv_len;
	}
}

static blk_status_t xbd_zoned_rq_read(struct xbd_device *xbd, struct request *rq)
{
	u64 pos = (u64)blk_rq_pos(rq) << SECTOR_SHIFT, end;
	blk_status_t status = xbd_zone_read_end(xbd->zones, pos, &end);
	struct bio *bio;

	if (status)
		return status;
	status = __xbd_rq_nowait(xbd, rq);
	if (!status && unlikely(pos + blk_rq_bytes(rq) > end))
		__rq_for_each_bio(bio, rq)
			xbd_bio_zero_from(bio, end);
	return status;
}

static blk_status_t xbd_zoned_bio_read(struct xbd_device *xbd, struct bio *bio)
{
	u64 pos = (u64)bio->bi_iter.bi_sector << SECTOR_SHIFT, end;
	blk_status_t status = xbd_zone_read_end(xbd->zones, pos, &end);

	if (status)
		return status;
	status = __xbd_bio_serve(xbd, bio);
	if (!status && unlikely(pos + bio->bi_iter.bi_size > end))
		xbd_bio_zero_from(bio, end);
	return status;
}

/* ---- writes ---- */

/*
 * Take the place of a write in its zone; *@pos is where it goes to. BLK_STS_RESOURCE if it may not
 * sleep, but would have to.
 */
static blk_status_t xbd_zoned_place(struct xbd_device *xbd, struct xbd_zone *zone, u64 *pos,
				    u64 len, bool append, bool may_sleep)
{
	blk_status_t status;

	for (;;) {
		status = xbd_zone_begin_write(xbd->zones, zone, pos, len, append);
		if (likely(!status))
			return status;
		if (status != BLK_STS_RESOURCE)
			break;
		if (!may_sleep)
			return status;
		xbd_zone_wait();
	}
	xbd_zone_complain(xbd, zone, append ? "append" : "write", *pos, len, status);
	return status;
}

/* A write that has its place. BLK_STS_RESOURCE if it may not sleep, but would have to. */
static blk_status_t xbd_zoned_rq_copy(struct xbd_device *xbd, struct xbd_zone *zone,
				      struct request *rq, bool may_sleep)
{
	blk_status_t status;

	rcu_read_lock();
	status = __xbd_rq_nowait(xbd, rq);
	rcu_read_unlock();
	if (unlikely(status == BLK_STS_RESOURCE)) {
		if (!may_sleep)
			return status;
		status = __xbd_rq_wait(xbd, rq);
	}
	xbd_zone_end_write(xbd->zones, zone, (u64)blk_rq_pos(rq) << SECTOR_SHIFT,
			   blk_rq_bytes(rq), !status);
	return status;
}

/*
 * An append learns here where it goes to: the block layer takes that from the request. Whoever asks
 * for a place a second time has it from the first.
 */
static blk_status_t xbd_zoned_rq_write(struct xbd_device *xbd, struct request *rq, bool may_sleep)
{
	u64 pos = (u64)blk_rq_pos(rq) << SECTOR_SHIFT;
	struct xbd_zone *zone = xbd_zone_at(xbd->zones, pos);
	struct xbd_cmd *cmd = blk_mq_rq_to_pdu(rq);
	bool append = req_op(rq) == REQ_OP_ZONE_APPEND;
	blk_status_t status;

	if (!cmd->is_placed) {
		status = xbd_zoned_place(xbd, zone, &pos, blk_rq_bytes(rq), append, may_sleep);
		if (status)
			return status;
		cmd->is_placed = true;
		if (append) {
			rq->__sector = pos >> SECTOR_SHIFT;
			rq->bio->bi_iter.bi_sector = rq->__sector;
		}
	}
	return xbd_zoned_rq_copy(xbd, zone, rq, may_sleep);
}

static blk_status_t xbd_zoned_bio_write(struct xbd_device *xbd, struct bio *bio)
{
	u64 pos = (u64)bio->bi_iter.bi_sector << SECTOR_SHIFT;
	struct xbd_zone *zone = xbd_zone_at(xbd->zones, pos);
	blk_status_t status;

	status = xbd_zoned_place(xbd, zone, &pos, bio->bi_iter.bi_size,
				 bio_op(bio) == REQ_OP_ZONE_APPEND, !(bio->bi_opf & REQ_NOWAIT));
	if (status)
		return status == BLK_STS_RESOURCE ? BLK_STS_AGAIN : status;
	bio->bi_iter.bi_sector = pos >> SECTOR_SHIFT;
	status = __xbd_bio_serve(xbd, bio);
	xbd_zone_end_write(xbd->zones, zone, pos, bio->bi_iter.bi_size, !status);
	return status;
}

/* ---- all of them ---- */

/* Whether it has nothing to do with the write pointer of a zone. */
static bool xbd_zoned_is_plain(const struct xbd_device *xbd, blk_opf_t op, u64 pos)
{
	return op == REQ_OP_WRITE &&
	       xbd_zone_is_conv(xbd->zones, xbd_zone_at(xbd->zones, pos));
}

/* As xbd_rq_nowait(). */
blk_status_t xbd_zoned_rq_nowait(struct xbd_device *xbd, struct request *rq)
{
	u64 pos = (u64)blk_rq_pos(rq) << SECTOR_SHIFT;
	struct xbd_cmd *cmd = blk_mq_rq_to_pdu(rq);

	if (op_is_zone_mgmt(req_op(rq)))
		return xbd_zone_manage(xbd, req_op(rq), pos, false);
	if (!blk_rq_bytes(rq))
		return __xbd_rq_nowait(xbd, rq);
	if (req_op(rq) == REQ_OP_READ)
		return xbd_zoned_rq_read(xbd, rq);
	if (xbd_zoned_is_plain(xbd, req_op(rq), pos))
		return __xbd_rq_nowait(xbd, rq);
	cmd->is_placed = false;
	return xbd_zoned_rq_write(xbd, rq, false);
}

/* As xbd_rq_wait(). */
blk_status_t xbd_zoned_rq_wait(struct xbd_device *xbd, struct request *rq)
{
	u64 pos = (u64)blk_rq_pos(rq) << SECTOR_SHIFT;

	if (op_is_zone_mgmt(req_op(rq)))
		return xbd_zone_manage(xbd, req_op(rq), pos, true);
	if (!blk_rq_bytes(rq) || xbd_zoned_is_plain(xbd, req_op(rq), pos))
		return __xbd_rq_wait(xbd, rq);
	return xbd_zoned_rq_write(xbd, rq, true);
}

/* Serve a bio for good, unless it may not wait. */
blk_status_t xbd_zoned_bio_serve(struct xbd_device *xbd, struct bio *bio)
{
	u64 pos = (u64)bio->bi_iter.bi_sector << SECTOR_SHIFT;

	if (op_is_zone_mgmt(bio_op(bio)))
		return xbd_zone_manage(xbd, bio_op(bio), pos, true);
	if (!bio->bi_iter.bi_size || xbd_zoned_is_plain(xbd, bio_op(bio), pos))
		return __xbd_bio_serve(xbd, bio);
	if (bio_op(bio) == REQ_OP_READ)
		return xbd_zoned_bio_read(xbd, bio);
	return xbd_zoned_bio_write(xbd, bio);
}
