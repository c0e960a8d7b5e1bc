/* SPDX-License-Identifier: GPL-2.0-only */
/* A fifo for the KUnit tests of xchar. */
#ifndef XCHAR_TEST_FIFO_H
#define XCHAR_TEST_FIFO_H

#include <kunit/test.h>

#include <xdrv/gate.h>

#include "../chardev/fifo.h"
#include "xchar_stream.h"

/**
 * struct xchar_test_fifo - a fifo and the gate of the device that it would belong to
 * @fifo: the fifo
 * @gate: the gate
 * @writer: a writing end; who uses it counts itself with xchar_fifo_writers_inc()
 */
struct xchar_test_fifo {
	struct xchar_fifo *fifo;
	struct xdrv_gate gate;
	struct xchar_writer writer;
};

static inline void xchar_test_fifo_put(void *fifo)
{
	xchar_fifo_put(fifo);
}

static inline void xchar_test_gate_destroy(void *gate)
{
	xdrv_gate_destroy(gate);
}

static inline int xchar_fifo_test_init(struct kunit *test)
{
	struct xchar_test_fifo *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	int err;

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->fifo = xchar_fifo_alloc(XCHAR_TEST_SIZE);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, t->fifo);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, xchar_test_fifo_put, t->fifo), 0);
	KUNIT_ASSERT_EQ(test, xdrv_gate_init(&t->gate), 0);
	err = kunit_add_action_or_reset(test, xchar_test_gate_destroy, &t->gate);
	KUNIT_ASSERT_EQ(test, err, 0);
	t->writer.fifo = t->fifo;
	t->writer.gate = &t->gate;
	test->priv = t;
	return 0;
}

#endif /* XCHAR_TEST_FIFO_H */
