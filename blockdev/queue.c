// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hardware queues. A request is served where it is submitted and completed there and then: no
 * interrupt, no other CPU and no poll is involved. Those that would have to sleep, which is writes
 * while memory is short and discards of long ranges, go to a workqueue. Dispatch never blocks.
 */
#include "xbd.h"

#include "compat_block.h"

static void xbd_request_work(struct work_struct *work)
{
	struct request *rq = blk_mq_rq_from_pdu(container_of(work, struct xbd_cmd, work));

	blk_mq_end_request(rq, xbd_rq_wait(xbd_of_request(rq), rq));
}

static void xbd_request_defer(struct request *rq)
{
	struct xbd_cmd *cmd = blk_mq_rq_to_pdu(rq);

	INIT_WORK(&cmd->work, xbd_request_work);
	queue_work(xbd_rq_wq(rq), &cmd->work);
}

static blk_status_t xbd_queue_rq(struct blk_mq_hw_ctx *hctx, const struct blk_mq_queue_data *bd)
{
	struct request *rq = bd->rq;
	blk_status_t status;

	blk_mq_start_request(rq);
	if (xbd_rq_is_struck(xbd_of_request(rq), rq))
		return BLK_STS_OK;
	status = xbd_rq_nowait(xbd_of_request(rq), rq);
	if (unlikely(status == BLK_STS_RESOURCE))
		xbd_request_defer(rq);
	else
		blk_mq_end_request(rq, status);
	return BLK_STS_OK;
}

/* A plugged or polled batch, all for the same queue: one round of tags and timestamps for all. */
static void xbd_queue_rqs(xdrv_rq_list *rqs)
{
	DEFINE_IO_COMP_BATCH(batch);
	struct request *rq;

	while ((rq = rq_list_pop(rqs))) {
		blk_status_t status;

		blk_mq_start_request(rq);
		if (xbd_rq_is_struck(xbd_of_request(rq), rq))
			continue;
		status = xbd_rq_nowait(xbd_of_request(rq), rq);
		if (unlikely(status == BLK_STS_RESOURCE))
			xbd_request_defer(rq);
		else if (status ||
			 !blk_mq_add_to_batch(rq, &batch, false, blk_mq_end_request_batch))
			blk_mq_end_request(rq, status);
	}
	if (batch.complete)
		batch.complete(&batch);
}

/*
 * Requests complete when they are queued. What a poll may have to wait for is in the workqueue and
 * completes there.
 */
static int xbd_poll(struct blk_mq_hw_ctx *hctx, struct io_comp_batch *batch)
{
	return 0;
}

/* Queues 0 to submit_queues - 1 are for everything, the rest for polling. */
static void xbd_map_queues(struct blk_mq_tag_set *set)
{
	const struct xbd_config *config = set->driver_data;
	struct blk_mq_queue_map *map = &set->map[HCTX_TYPE_DEFAULT];

	map->nr_queues = config->submit_queues;
	map->queue_offset = 0;
	blk_mq_map_queues(map);

	if (!config->poll_queues)
		return;
	set->map[HCTX_TYPE_READ].nr_queues = 0;
	map = &set->map[HCTX_TYPE_POLL];
	map->nr_queues = config->poll_queues;
	map->queue_offset = config->submit_queues;
	blk_mq_map_queues(map);
}

const struct blk_mq_ops xbd_mq_ops = {
	.queue_rq = xbd_queue_rq,
	.queue_rqs = xbd_queue_rqs,
	.poll = xbd_poll,
	.timeout = xbd_rq_timeout,
	.map_queues = xbd_map_queues,
};
