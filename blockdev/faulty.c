// SPDX-License-Identifier: GPL-2.0-only
/* Does to requests and bios what the rules of their disk want. */
#include "xbd.h"

static unsigned int xbd_op_of(blk_opf_t opf, u64 bytes)
{
	switch (opf & REQ_OP_MASK) {
	case REQ_OP_READ:
		return XBD_OP_READ;
	case REQ_OP_WRITE:
		/* A bio that only flushes is a write of nothing. */
		return bytes ? XBD_OP_WRITE : XBD_OP_FLUSH;
	case REQ_OP_FLUSH:
		return XBD_OP_FLUSH;
	case REQ_OP_DISCARD:
		return XBD_OP_DISCARD;
	case REQ_OP_SECURE_ERASE:
		return XBD_OP_SECURE_ERASE;
	case REQ_OP_WRITE_ZEROES:
		return XBD_OP_WRITE_ZEROES;
	default:
		return 0;
	}
}

/**
 * __xbd_rq_is_struck() - does a rule say what becomes of this request?
 * @xbd: its disk
 * @rq: a request that was started
 *
 * Context: Any.
 * Return: true if so: it has ended, or will. False: it has to be served.
 */
bool __xbd_rq_is_struck(struct xbd_device *xbd, struct request *rq)
{
	const struct xbd_io io = {
		.op = xbd_op_of(rq->cmd_flags, blk_rq_bytes(rq)),
		.sector = blk_rq_pos(rq),
		.bytes = blk_rq_bytes(rq),
	};
	struct xbd_verdict verdict;

	if (!xbd_faults_judge(xbd->faults, &io, &verdict))
		return false;
	blk_mq_end_request(rq, verdict.status);
	return true;
}

/**
 * __xbd_bio_is_struck() - does a rule say what becomes of this bio?
 * @xbd: its disk, which has no queues
 * @bio: the bio
 *
 * Context: As for submission; does not sleep.
 * Return: true if so: it has ended, or will. False: it has to be served.
 */
bool __xbd_bio_is_struck(struct xbd_device *xbd, struct bio *bio)
{
	const struct xbd_io io = {
		.op = xbd_op_of(bio->bi_opf, bio->bi_iter.bi_size),
		.sector = bio->bi_iter.bi_sector,
		.bytes = bio->bi_iter.bi_size,
	};
	struct xbd_verdict verdict;

	if (!xbd_faults_judge(xbd->faults, &io, &verdict))
		return false;
	if (blk_queue_io_stat(xbd->disk.disk->queue))
		bio_end_io_acct(bio, bio_start_io_acct(bio));
	xbd_bio_end(bio, verdict.status);
	return true;
}
