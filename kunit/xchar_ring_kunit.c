// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of xchar's ring. */
#include <kunit/test.h>
#include <linux/uio.h>

#include "compat.h"
#include "compat_kunit.h"
#include "../chardev/ring.h"
#include "test_random.h"
#include "xchar_stream.h"

static void xchar_test_ring_destroy(void *ring)
{
	xchar_ring_destroy(ring);
}

static struct xchar_ring *xchar_test_ring(struct kunit *test, unsigned int size)
{
	struct xchar_ring *ring = kunit_kzalloc(test, sizeof(*ring), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ring);
	KUNIT_ASSERT_EQ(test, xchar_ring_init(ring, size), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, xchar_test_ring_destroy, ring), 0);
	return ring;
}

static ssize_t xchar_test_ring_get(struct xchar_ring *ring, void *buf, size_t len)
{
	struct kvec kvec = { .iov_base = buf, .iov_len = len };
	struct iov_iter to;

	iov_iter_kvec(&to, ITER_DEST, &kvec, 1, len);
	return xchar_ring_get_iter(ring, &to);
}

static ssize_t xchar_test_ring_put_iter(struct xchar_ring *ring, void *buf, size_t len)
{
	struct kvec kvec = { .iov_base = buf, .iov_len = len };
	struct iov_iter from;

	iov_iter_kvec(&from, ITER_SOURCE, &kvec, 1, len);
	return xchar_ring_put_iter(ring, &from);
}

static void xchar_ring_is_empty_at_first(struct kunit *test)
{
	struct xchar_ring *ring = xchar_test_ring(test, XCHAR_TEST_SIZE);
	u8 byte;

	KUNIT_EXPECT_EQ(test, xchar_ring_used(ring), 0);
	KUNIT_EXPECT_EQ(test, xchar_ring_space(ring), XCHAR_TEST_SIZE);
	KUNIT_EXPECT_EQ(test, xchar_test_ring_get(ring, &byte, 1), 0);
}

static void xchar_ring_uses_every_byte(struct kunit *test)
{
	struct xchar_ring *ring = xchar_test_ring(test, XCHAR_TEST_SIZE);
	u8 buf[XCHAR_TEST_SIZE + 1];

	xchar_test_fill(buf, sizeof(buf), 0);
	KUNIT_EXPECT_EQ(test, xchar_ring_put(ring, buf, sizeof(buf)), XCHAR_TEST_SIZE);
	KUNIT_EXPECT_EQ(test, xchar_ring_space(ring), 0);
	KUNIT_EXPECT_EQ(test, xchar_ring_put(ring, buf, 1), 0);
	KUNIT_EXPECT_EQ(test, xchar_test_ring_put_iter(ring, buf, 1), 0);
	KUNIT_EXPECT_EQ(test, xchar_test_ring_get(ring, buf, sizeof(buf)), XCHAR_TEST_SIZE);
	KUNIT_EXPECT_EQ(test, xchar_test_matching(buf, XCHAR_TEST_SIZE, 0), XCHAR_TEST_SIZE);
}

/* Every length at every place, also where the counters themselves wrap. */
static void xchar_ring_wraps_anywhere(struct kunit *test)
{
	struct xchar_ring *ring = xchar_test_ring(test, 16);
	unsigned int start, len;
	u8 buf[16];
	ssize_t n;

	for (start = UINT_MAX - 40; start != 40; start++) {
		for (len = 1; len <= 16; len++) {
			ring->head = start;
			ring->tail = start;
			xchar_test_fill(buf, len, start);
			n = len & 1 ? xchar_ring_put(ring, buf, len) :
				      xchar_test_ring_put_iter(ring, buf, len);
			KUNIT_ASSERT_EQ(test, n, len);
			KUNIT_ASSERT_EQ(test, xchar_ring_used(ring), len);
			KUNIT_ASSERT_EQ(test, xchar_ring_space(ring), 16 - len);
			memset(buf, 0, sizeof(buf));
			KUNIT_ASSERT_EQ(test, xchar_test_ring_get(ring, buf, 16), len);
			KUNIT_ASSERT_EQ(test, xchar_test_matching(buf, len, start), len);
		}
	}
}

static void xchar_ring_agrees_with_a_model(struct kunit *test)
{
	struct xchar_ring *ring = xchar_test_ring(test, XCHAR_TEST_SIZE);
	struct rnd_state *random = xdrv_test_random(test);
	u64 put = 0, got = 0;
	u8 buf[100];
	int i;

	for (i = 0; i < 20000; i++) {
		size_t len = 1 + xdrv_test_below(random, sizeof(buf));
		size_t want;
		ssize_t n;

		if (xdrv_test_below(random, 2)) {
			want = min_t(u64, len, XCHAR_TEST_SIZE - (put - got));
			xchar_test_fill(buf, len, put);
			n = xdrv_test_below(random, 2) ? xchar_ring_put(ring, buf, len) :
							 xchar_test_ring_put_iter(ring, buf, len);
			put += want;
		} else {
			want = min_t(u64, len, put - got);
			n = xchar_test_ring_get(ring, buf, len);
			KUNIT_ASSERT_EQ(test, xchar_test_matching(buf, want, got), want);
			got += want;
		}
		KUNIT_ASSERT_EQ(test, n, want);
		KUNIT_ASSERT_EQ(test, xchar_ring_used(ring), put - got);
	}
}

static void xchar_ring_has_a_power_of_two_of_bytes(struct kunit *test)
{
	static const unsigned int sizes[] = { 0, 3, 100, XCHAR_TEST_SIZE - 1, XCHAR_TEST_SIZE + 1 };
	struct xchar_ring ring;
	int i, err = 0;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		kunit_warning_suppress(test)
			err = xchar_ring_init(&ring, sizes[i]);
		KUNIT_EXPECT_EQ(test, err, -EINVAL);
	}
	KUNIT_ASSERT_EQ(test, xchar_ring_init(&ring, 1), 0);
	KUNIT_EXPECT_EQ(test, xchar_ring_put(&ring, "ab", 2), 1);
	xchar_ring_destroy(&ring);
}

/* No user has memory at the very end of the address space. */
static void xchar_ring_loses_nothing_by_a_fault(struct kunit *test)
{
	void __user *nowhere = (void __user *)(ULONG_MAX - PAGE_SIZE + 1);
	struct xchar_ring *ring = xchar_test_ring(test, 16);
	struct iov_iter iter;
	u8 buf[16];

	ring->head = 12;
	ring->tail = 12;
	iov_iter_ubuf(&iter, ITER_SOURCE, nowhere, 8);
	KUNIT_EXPECT_EQ(test, xchar_ring_put_iter(ring, &iter), -EFAULT);
	KUNIT_EXPECT_EQ(test, iov_iter_count(&iter), 8);
	KUNIT_EXPECT_EQ(test, xchar_ring_used(ring), 0);

	xchar_test_fill(buf, 8, 0);
	KUNIT_EXPECT_EQ(test, xchar_ring_put(ring, buf, 8), 8);
	iov_iter_ubuf(&iter, ITER_DEST, nowhere, 8);
	KUNIT_EXPECT_EQ(test, xchar_ring_get_iter(ring, &iter), -EFAULT);
	KUNIT_EXPECT_EQ(test, iov_iter_count(&iter), 8);
	KUNIT_EXPECT_EQ(test, xchar_test_ring_get(ring, buf, 16), 8);
	KUNIT_EXPECT_EQ(test, xchar_test_matching(buf, 8, 0), 8);
}

static struct kunit_case xchar_ring_cases[] = {
	KUNIT_CASE(xchar_ring_is_empty_at_first),
	KUNIT_CASE(xchar_ring_uses_every_byte),
	KUNIT_CASE(xchar_ring_wraps_anywhere),
	KUNIT_CASE(xchar_ring_agrees_with_a_model),
	KUNIT_CASE(xchar_ring_has_a_power_of_two_of_bytes),
	KUNIT_CASE(xchar_ring_loses_nothing_by_a_fault),
	{}
};

static struct kunit_suite xchar_ring_suite = {
	.name = "xchar_ring",
	.test_cases = xchar_ring_cases,
};

kunit_test_suite(xchar_ring_suite);

MODULE_DESCRIPTION("KUnit tests of xchar's ring");
MODULE_LICENSE("GPL");
