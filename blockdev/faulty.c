// SPDX-License-Identifier: GPL-2.0-only
/* Does to requests and bios what the rules of their disk want. */
#include <linux/mempool.h>

#include "xbd.h"

static unsigned int xbd_op_of(blk_opf_t opf, u64 bytes)
{
	switch (opf & REQ_OP_MASK) {
	case REQ_OP_READ:
		return XBD_OP_READ;
	case REQ_OP_WRITE:
	case REQ_OP_ZONE_APPEND:
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

/*
 * What becomes of I/O by the rules, and how long it takes by the cap, which is about data that goes
 * through, and so not about that of a disk without power. False: it has to be served as if there
 * were neither.
 */
static bool xbd_judge(struct xbd_device *xbd, const struct xbd_io *io, struct xbd_verdict *verdict,
		      u64 *cap_delay)
{
	bool struck = xbd_faults_judge(xbd->faults, io, verdict);

	*cap_delay = 0;
	if (!verdict->is_final && io->op & (XBD_OP_READ | XBD_OP_WRITE) &&
	    !READ_ONCE(xbd->is_cut))
		*cap_delay = xbd_cap_charge(&xbd->cap, ktime_get_ns(), io->bytes);
	verdict->delay += *cap_delay;
	return struck || *cap_delay;
}

/* ---- requests ---- */

static void xbd_rq_end(struct xbd_cmd *cmd)
{
	struct request *rq = blk_mq_rq_from_pdu(cmd);

	if (cmd->comes_again)
		blk_mq_requeue_request(rq, true);
	else
		blk_mq_end_request(rq, cmd->status);
}

static void xbd_rq_end_work(struct work_struct *work)
{
	xbd_rq_end(container_of(work, struct xbd_cmd, work));
}

/* Who polls expects that bios end in process context. */
static void xbd_rq_held_end(struct xbd_held *held)
{
	struct xbd_cmd *cmd = container_of(held, struct xbd_cmd, held);

	if (blk_mq_rq_from_pdu(cmd)->cmd_flags & REQ_POLLED && !in_task()) {
		INIT_WORK(&cmd->work, xbd_rq_end_work);
		queue_work(xbd_request_wq, &cmd->work);
	} else {
		xbd_rq_end(cmd);
	}
}

/* Ends when cmd->until comes, or if it is capped, when there is no cap any more. */
static void xbd_rq_hold(struct xbd_device *xbd, struct xbd_cmd *cmd)
{
	cmd->held.end = xbd_rq_held_end;
	if (!xbd_hold(&xbd->holds, &cmd->held, cmd->until))
		xbd_rq_end(cmd);
}

/**
 * xbd_rq_timeout() - a request has not ended in the time that the queue allows
 * @rq: the request
 *
 * One that is held back has been given up then. All others are being served, or it is their turn
 * only later, and will end.
 *
 * Context: Process context.
 * Return: what the block layer is to do.
 */
enum blk_eh_timer_return xbd_rq_timeout(struct request *rq)
{
	struct xbd_cmd *cmd = blk_mq_rq_to_pdu(rq);

	if (READ_ONCE(cmd->held.is_capped) ||
	    !xbd_held_take(&xbd_of_request(rq)->holds, &cmd->held))
		return BLK_EH_RESET_TIMER;
	blk_mq_end_request(rq, BLK_STS_TIMEOUT);
	return BLK_EH_DONE;
}

static void xbd_rq_serve_work(struct work_struct *work)
{
	struct xbd_cmd *cmd = container_of(work, struct xbd_cmd, work);
	struct request *rq = blk_mq_rq_from_pdu(cmd);
	struct xbd_device *xbd = xbd_of_request(rq);

	cmd->status = xbd_rq_wait(xbd, rq);
	xbd_rq_hold(xbd, cmd);
}

/* It is served at once, and ends later: what the drive has done before it answers, nobody knows. */
static void xbd_rq_serve_and_hold(struct xbd_device *xbd, struct request *rq)
{
	struct xbd_cmd *cmd = blk_mq_rq_to_pdu(rq);

	cmd->status = xbd_rq_nowait(xbd, rq);
	if (cmd->status == BLK_STS_RESOURCE) {
		INIT_WORK(&cmd->work, xbd_rq_serve_work);
		queue_work(xbd_rq_wq(rq), &cmd->work);
		return;
	}
	xbd_rq_hold(xbd, cmd);
}

/* What is lost is not done. It fails when the disk goes before the block layer notices. */
static void xbd_rq_lose(struct xbd_device *xbd, struct xbd_cmd *cmd)
{
	cmd->status = BLK_STS_IOERR;
	cmd->until = KTIME_MAX;
	xbd_rq_hold(xbd, cmd);
}

static void xbd_rq_strike(struct xbd_device *xbd, struct request *rq,
			  const struct xbd_verdict *verdict, bool is_capped)
{
	struct xbd_cmd *cmd = blk_mq_rq_to_pdu(rq);

	cmd->until = ktime_add_ns(ktime_get(), verdict->delay);
	cmd->held.is_capped = is_capped;
	cmd->status = verdict->status;
	cmd->comes_again = verdict->is_final && verdict->action == XBD_ACTION_REQUEUE;
	if (!verdict->is_final)
		xbd_rq_serve_and_hold(xbd, rq);
	else if (verdict->action == XBD_ACTION_TIMEOUT)
		xbd_rq_lose(xbd, cmd);
	else if (verdict->delay)
		xbd_rq_hold(xbd, cmd);
	else
		xbd_rq_end(cmd);
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
	struct xbd_cmd *cmd = blk_mq_rq_to_pdu(rq);
	struct xbd_verdict verdict;
	u64 cap_delay;

	cmd->held.releases = xbd_holds_releases(&xbd->holds);
	/* What was sent back ends when the disk goes. */
	if (xbd_holds_are_closed(&xbd->holds) || !xbd_judge(xbd, &io, &verdict, &cap_delay))
		return false;
	xbd_rq_strike(xbd, rq, &verdict, cap_delay);
	return true;
}

/* ---- bios ---- */

/**
 * struct xbd_held_bio - a bio that takes longer
 * @held: for holding it back
 * @bio: the bio
 * @is_counted: whether statistics count it
 * @started: since when
 * @status: what it ends with
 */
struct xbd_held_bio {
	struct xbd_held held;
	struct bio *bio;
	bool is_counted;
	unsigned long started;
	blk_status_t status;
};

/* So that there is always memory for one more: those that have it end by themselves. */
#define XBD_MIN_HELD_BIOS 4

static mempool_t *xbd_held_bios;

/* Module init. May sleep. 0 or -ENOMEM. */
int xbd_faulty_init(void)
{
	xbd_held_bios = mempool_create_kmalloc_pool(XBD_MIN_HELD_BIOS,
						    sizeof(struct xbd_held_bio));
	return xbd_held_bios ? 0 : -ENOMEM;
}

/* There are no disks any more. */
void xbd_faulty_exit(void)
{
	mempool_destroy(xbd_held_bios);
}

/* The driver may be gone when the bio has ended: that comes last. */
static void xbd_held_bio_end(struct xbd_held_bio *held_bio)
{
	struct bio *bio = held_bio->bio;
	blk_status_t status = held_bio->status;

	if (held_bio->is_counted)
		bio_end_io_acct(bio, held_bio->started);
	mempool_free(held_bio, xbd_held_bios);
	xbd_bio_end(bio, status);
}

static void xbd_bio_held_end(struct xbd_held *held)
{
	xbd_held_bio_end(container_of(held, struct xbd_held_bio, held));
}

/* May sleep, unless the bio forbids it; NULL only then. */
static struct xbd_held_bio *xbd_held_bio_begin(struct xbd_device *xbd, struct bio *bio)
{
	struct xbd_held_bio *held_bio;

	held_bio = mempool_alloc(xbd_held_bios, bio->bi_opf & REQ_NOWAIT ? GFP_NOWAIT : GFP_NOIO);
	if (!held_bio)
		return NULL;
	*held_bio = (struct xbd_held_bio){
		.held.end = xbd_bio_held_end,
		.bio = bio,
		.is_counted = blk_queue_io_stat(xbd->disk.disk->queue),
	};
	if (held_bio->is_counted)
		held_bio->started = bio_start_io_acct(bio);
	return held_bio;
}

/**
 * __xbd_bio_is_struck() - does a rule say what becomes of this bio?
 * @xbd: its disk, which has no queues
 * @bio: the bio
 *
 * A bio that must not wait may take long, too: its submitter does not wait for that.
 *
 * Context: As for submission.
 * Return: true if so: it has ended, or will. False: it has to be served.
 */
bool __xbd_bio_is_struck(struct xbd_device *xbd, struct bio *bio)
{
	const struct xbd_io io = {
		.op = xbd_op_of(bio->bi_opf, bio->bi_iter.bi_size),
		.sector = bio->bi_iter.bi_sector,
		.bytes = bio->bi_iter.bi_size,
	};
	struct xbd_held_bio *held_bio;
	struct xbd_verdict verdict;
	unsigned int releases = xbd_holds_releases(&xbd->holds);
	ktime_t until;
	u64 cap_delay;

	if (!xbd_judge(xbd, &io, &verdict, &cap_delay))
		return false;
	until = ktime_add_ns(ktime_get(), verdict.delay);
	held_bio = xbd_held_bio_begin(xbd, bio);
	if (!held_bio) {
		xbd_bio_end(bio, BLK_STS_AGAIN);
		return true;
	}
	held_bio->held.is_capped = cap_delay;
	held_bio->held.releases = releases;
	if (verdict.is_final && verdict.action == XBD_ACTION_ERROR)
		held_bio->status = verdict.status;
	else
		held_bio->status = xbd_bio_do(xbd, bio);
	if (!verdict.delay || held_bio->status == BLK_STS_AGAIN ||
	    !xbd_hold(&xbd->holds, &held_bio->held, until))
		xbd_held_bio_end(held_bio);
	return true;
}
