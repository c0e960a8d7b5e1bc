// SPDX-License-Identifier: GPL-2.0-only
/* The memory that a store uses. */
#include "table.h"

static void xbd_store_sum(const struct xbd_store *store, struct xbd_store_counts *sum)
{
	int cpu;

	*sum = (struct xbd_store_counts){};
	for_each_possible_cpu(cpu) {
		const struct xbd_store_counts *counts = per_cpu_ptr(store->counts, cpu);

		sum->pages += READ_ONCE(counts->pages);
		sum->nodes += READ_ONCE(counts->nodes);
	}
}

/**
 * xbd_store_bytes() - the memory in use for data
 * @store: the store
 *
 * Context: Any. The sum is not exact while I/O is under way.
 * Return: bytes, a multiple of the page size; discarded pages count until they are free.
 */
u64 xbd_store_bytes(const struct xbd_store *store)
{
	struct xbd_store_counts sum;

	xbd_store_sum(store, &sum);
	return (u64)max(sum.pages, 0L) << PAGE_SHIFT;
}

/**
 * xbd_store_overhead() - the memory in use for everything else
 * @store: the store
 *
 * Context: Any. The sum is not exact while I/O is under way.
 * Return: bytes in the table and in the reserve of pages.
 */
u64 xbd_store_overhead(const struct xbd_store *store)
{
	struct xbd_store_counts sum;

	xbd_store_sum(store, &sum);
	return (u64)(max(sum.nodes, 0L) + READ_ONCE(store->reserve.nr)) << PAGE_SHIFT;
}

/* Exact: nothing is added that would have to be taken back. */
bool __xbd_store_charge(struct xbd_store *store, long nr)
{
	struct xbd_limit *limit = store->limit;
	long charged = atomic_long_read(&limit->charged);

	do {
		if (charged + nr > limit->pages)
			return false;
	} while (!atomic_long_try_cmpxchg(&limit->charged, &charged, charged + nr));
	return true;
}

bool xbd_store_is_full(const struct xbd_store *store)
{
	struct xbd_limit *limit = store->limit;

	return limit->pages && atomic_long_read(&limit->charged) >= limit->pages;
}

/**
 * xbd_limit_set() - say how much memory data may use
 * @limit: the limit, of stores that nobody uses meanwhile, all settled
 * @used: the bytes of data that they have
 * @bytes: rounded down to pages, but at least one; 0: as much as the host has
 *
 * If more is in use, that stays, and nothing is added.
 *
 * Context: Any.
 */
void xbd_limit_set(struct xbd_limit *limit, u64 used, u64 bytes)
{
	atomic_long_set(&limit->charged, used >> PAGE_SHIFT);
	limit->pages = bytes ? max_t(u64, bytes >> PAGE_SHIFT, 1) : 0;
}

/**
 * xbd_store_set_limit() - say how much memory the data of a store may use
 * @store: a store that nobody uses meanwhile, whose limit is its own and nobody else's
 * @bytes: as for xbd_limit_set()
 *
 * Context: Process context, may sleep; not on @store's workqueue.
 */
void xbd_store_set_limit(struct xbd_store *store, u64 bytes)
{
	/* The sum is exact when nobody adds and nobody frees. */
	xbd_store_settle(store);
	xbd_limit_set(store->limit, xbd_store_bytes(store), bytes);
}
