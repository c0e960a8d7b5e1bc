/* SPDX-License-Identifier: GPL-2.0-only OR CC0-1.0 */
/*
 * What programs can ask of an xchar device beyond reading and writing.
 *
 * All layouts are the same for programs of 32 and of 64 bits. Structures only grow at their end:
 * the size is a part of the number of the ioctl, the kernel fills in what both know and clears what
 * it does not know, so a program may be older or newer than the kernel.
 *
 * FIONREAD of <sys/ioctl.h> works, too, and says what is left once the device has been removed: of
 * memory nothing. All others fail with ENODEV then.
 */
#ifndef _UAPI_XCHAR_H
#define _UAPI_XCHAR_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* What XCHAR_IOC_VERSION says; grows when something is added. */
#define XCHAR_API_VERSION 1

/**
 * struct xchar_stream_stats - one direction of a device
 * @bytes_in: bytes put into the buffer
 * @bytes_out: bytes read from it
 * @bytes_dropped: bytes that nobody will read, for want of space; of a receiver they are those of
 *                 the lines dropped
 * @bytes_flushed: bytes that somebody threw away with XCHAR_IOC_FLUSH or XCHAR_IOC_RESET. What is
 *                 in the buffer is @bytes_in - @bytes_out - @bytes_dropped - @bytes_flushed; where
 *                 every reader gets all, @bytes_out counts each of them, and this does not hold
 * @lines_in: lines put into the buffer, of a device that gives lines as nmea does; else 0, as
 *            the next two
 * @lines_out: lines read to their end
 * @lines_dropped: lines dropped
 * @overruns: how many times something was dropped
 * @size: size of the buffer in bytes
 * @used: bytes in it that have not been read
 */
struct xchar_stream_stats {
	__aligned_u64 bytes_in;
	__aligned_u64 bytes_out;
	__aligned_u64 bytes_dropped;
	__aligned_u64 bytes_flushed;
	__aligned_u64 lines_in;
	__aligned_u64 lines_out;
	__aligned_u64 lines_dropped;
	__aligned_u64 overruns;
	__u32 size;
	__u32 used;
};

/**
 * struct xchar_mem_stats - memory of a device of the mem back end
 * @length: bytes up to its end
 * @limit: bytes that it can come to have
 * @allocated: bytes that are really there, in pages; the others are in holes
 */
struct xchar_mem_stats {
	__aligned_u64 length;
	__aligned_u64 limit;
	__aligned_u64 allocated;
};

/* The two directions are one: what is written to the device is read from it. */
#define XCHAR_STATS_LOOPBACK 0x1
/* A file has the device for itself. */
#define XCHAR_STATS_EXCLUSIVE 0x2

/**
 * struct xchar_stats - counters of a device
 * @version: XCHAR_API_VERSION of the kernel
 * @flags: XCHAR_STATS_LOOPBACK, XCHAR_STATS_EXCLUSIVE
 * @rx: what programs read from the device
 * @tx: what programs write to it; all 0 if there is no buffer for that
 * @mem: of a device of the mem back end; else all 0. Of @rx and @tx it has the bytes that were read
 *       and written alone
 */
struct xchar_stats {
	__u32 version;
	__u32 flags;
	struct xchar_stream_stats rx;
	struct xchar_stream_stats tx;
	struct xchar_mem_stats mem;
};

/* Which directions XCHAR_IOC_FLUSH is about: what is to be read, what has been written. */
#define XCHAR_FLUSH_RX 0x1
#define XCHAR_FLUSH_TX 0x2

#define XCHAR_IOC_MAGIC 0xbc

/* The version of this interface. */
#define XCHAR_IOC_VERSION _IOR(XCHAR_IOC_MAGIC, 0, __u32)

/* Counters. */
#define XCHAR_IOC_STATS _IOR(XCHAR_IOC_MAGIC, 1, struct xchar_stats)

/*
 * 1: nobody else may open the device; they get EBUSY, but for processes with CAP_SYS_ADMIN. Files
 * that are open stay so. 0: they may. Ends with the last close.
 */
#define XCHAR_IOC_EXCLUSIVE _IOW(XCHAR_IOC_MAGIC, 2, __u32)

/*
 * Size of the buffer that is read from, in bytes, 4096 to 16777216; becomes what it really is, a
 * power of two. What is in it stays. EBUSY if that is more than fits. Needs a file open for
 * writing.
 */
#define XCHAR_IOC_RESIZE _IOWR(XCHAR_IOC_MAGIC, 3, __u32)

/*
 * Throw away what nobody has read yet: XCHAR_FLUSH_RX, which needs a file open for reading, or
 * XCHAR_FLUSH_TX, which needs one open for writing, or both.
 */
#define XCHAR_IOC_FLUSH _IOW(XCHAR_IOC_MAGIC, 4, __u32)

/* Flush both and set all counters to 0. Needs a file open for reading and writing. */
#define XCHAR_IOC_RESET _IO(XCHAR_IOC_MAGIC, 5)

/*
 * What follows is for the mem back end, which in turn has no RESIZE, FLUSH and RESET. Both need a
 * file open for writing.
 */

/* As ftruncate(): how long it is to be, in bytes. EFBIG if that is more than its limit. */
#define XCHAR_IOC_TRUNCATE _IOW(XCHAR_IOC_MAGIC, 6, __u64)

/**
 * struct xchar_fallocate - what fallocate() would be asked
 * @mode: 0 or FALLOC_FL_KEEP_SIZE: have memory ready; EFBIG if that is behind the limit.
 *        FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE: give it back, and read zeros from now on.
 *        EOPNOTSUPP for any other
 * @reserved: 0
 * @offset: from where, in bytes
 * @length: how many bytes, not 0
 *
 * What fails half way leaves the device as long as it was. Holes that have been filled stay filled.
 */
struct xchar_fallocate {
	__u32 mode;
	__u32 reserved;
	__aligned_u64 offset;
	__aligned_u64 length;
};

#define XCHAR_IOC_FALLOCATE _IOW(XCHAR_IOC_MAGIC, 7, struct xchar_fallocate)

/* As the BSDs have it: how many bytes can be written. EINVAL if there is no buffer for that. */
#ifndef FIONSPACE
#define FIONSPACE _IOR('f', 118, __s32)
#endif

#endif /* _UAPI_XCHAR_H */
