/* SPDX-License-Identifier: GPL-2.0-only */
/* Bytes for the KUnit tests of xchar. */
#ifndef XCHAR_TEST_STREAM_H
#define XCHAR_TEST_STREAM_H

#include <linux/types.h>
#include <linux/uio.h>

#include "../chardev/fifo.h"

#define XCHAR_TEST_SIZE 64

/* The byte at a place of the stream; a stream that is shifted or torn does not fit it. */
static inline u8 xchar_test_byte(u64 place)
{
	return (place * 0x9e3779b97f4a7c15ULL) >> 56;
}

static inline void xchar_test_fill(u8 *buf, size_t len, u64 place)
{
	while (len--)
		*buf++ = xchar_test_byte(place++);
}

/* How many bytes from the beginning are those of the stream from @place on. */
static inline size_t xchar_test_matching(const u8 *buf, size_t len, u64 place)
{
	size_t n = 0;

	while (n < len && buf[n] == xchar_test_byte(place + n))
		n++;
	return n;
}

static inline ssize_t xchar_test_read(struct xchar_reader *reader, void *buf, size_t len,
				      enum xchar_io io)
{
	struct kvec kvec = { .iov_base = buf, .iov_len = len };
	struct iov_iter to;

	iov_iter_kvec(&to, ITER_DEST, &kvec, 1, len);
	return xchar_reader_read(reader, &to, io);
}

static inline ssize_t xchar_test_write(const struct xchar_writer *writer, const void *buf,
				       size_t len, enum xchar_io io)
{
	struct kvec kvec = { .iov_base = (void *)buf, .iov_len = len };
	struct iov_iter from;

	iov_iter_kvec(&from, ITER_SOURCE, &kvec, 1, len);
	return xchar_writer_write(writer, &from, io);
}

#endif /* XCHAR_TEST_STREAM_H */
