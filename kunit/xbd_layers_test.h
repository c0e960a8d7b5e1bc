/* SPDX-License-Identifier: GPL-2.0-only */
/* A store with layers for the KUnit tests of xbd. */
#ifndef XBD_LAYERS_TEST_H
#define XBD_LAYERS_TEST_H

#include "../blockdev/layers.h"
#include "xbd_test.h"

static inline void xbd_layers_test_destroy(void *layers)
{
	xbd_layers_destroy(layers);
}

/* Over the store of the test, which has to be there already. */
static inline struct xbd_layers *xbd_layers_test_create(struct kunit *test)
{
	struct xbd_layers *layers = kunit_kzalloc(test, sizeof(*layers), GFP_KERNEL);
	struct xbd_test *t = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, layers);
	xbd_layers_init(layers, &t->store);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, xbd_layers_test_destroy, layers), 0);
	return layers;
}

static inline struct xbd_store *xbd_layers_test_overlay(struct kunit *test,
							struct xbd_layers *layers)
{
	struct xbd_store *overlay = xbd_overlay_create(layers);
	struct xbd_test *t = test->priv;

	KUNIT_ASSERT_FALSE(test, IS_ERR(overlay));
	xbd_reserve_stock(&overlay->reserve);
	flush_workqueue(t->wq);
	return overlay;
}

static inline void xbd_layers_test_add_cache(struct kunit *test, struct xbd_layers *layers,
					     u64 size)
{
	xbd_layers_set_cache(layers, xbd_layers_test_overlay(test, layers), size);
}

static inline void xbd_layers_test_take_snapshot(struct kunit *test, struct xbd_layers *layers)
{
	KUNIT_ASSERT_EQ(test, xbd_layers_flush(layers), 0);
	xbd_layers_set_overlay(layers, XBD_SNAPSHOT, xbd_layers_test_overlay(test, layers));
}

static inline void xbd_layers_test_end_merge(struct xbd_layers *layers)
{
	struct xbd_store *overlay = layers->stores[XBD_SNAPSHOT];

	xbd_layers_set_overlay(layers, XBD_SNAPSHOT, NULL);
	layers->merging = false;
	xbd_overlay_destroy(overlay);
}

static inline void xbd_layers_test_drop_snapshot(struct kunit *test, struct xbd_layers *layers)
{
	layers->merging = true;
	KUNIT_ASSERT_EQ(test, xbd_layers_merge_snapshot(layers), 0);
	/* Pages that were replaced count until they are free. */
	xbd_layers_settle(layers);
	KUNIT_ASSERT_EQ(test, xbd_layers_bytes(layers, XBD_SNAPSHOT), 0);
	xbd_layers_test_end_merge(layers);
}

static inline void xbd_layers_test_read(const struct xbd_layers *layers, u64 pos, void *to,
					size_t len)
{
	rcu_read_lock();
	xbd_layers_read(layers, pos, to, len);
	rcu_read_unlock();
}

static inline int xbd_layers_test_write(struct xbd_layers *layers, u64 pos, const void *from,
					size_t len, bool fua)
{
	struct xbd_stash stash = {};
	int err = xbd_layers_write_wait(layers, pos, from, len, fua, &stash);

	xbd_stash_drain(&stash);
	return err;
}

/* As I/O does it that must not sleep: what cannot be done so is done the other way. */
static inline int xbd_layers_test_write_nowait(struct xbd_layers *layers, u64 pos,
					       const void *from, size_t len, bool fua)
{
	size_t done;

	rcu_read_lock();
	done = xbd_layers_write(layers, pos, from, len, fua, NULL);
	rcu_read_unlock();
	return done == len ? 0 : xbd_layers_test_write(layers, pos, from, len, fua);
}

static inline int xbd_layers_test_discard(struct xbd_layers *layers, u64 pos, u64 len)
{
	if (len <= XBD_STORE_SHORT_RANGE && xbd_layers_discard_nowait(layers, pos, len))
		return 0;
	return xbd_layers_discard(layers, pos, len);
}

static inline int xbd_layers_test_flush(struct xbd_layers *layers)
{
	return xbd_layers_flush_nowait(layers) ? 0 : xbd_layers_flush(layers);
}

static inline u64 xbd_layers_test_bytes(const struct xbd_layers *layers)
{
	return xbd_layers_bytes(layers, XBD_BASE) + xbd_layers_bytes(layers, XBD_SNAPSHOT) +
	       xbd_layers_bytes(layers, XBD_CACHE);
}

#endif /* XBD_LAYERS_TEST_H */
