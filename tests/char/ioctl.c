// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program without a C library, for 32 or 64 bits: does on file 2 the ioctls that it is told of on
 * file 0 and tells on file 1 what came of them. First it tells what its header says.
 */
#include <linux/types.h>

#include "../../chardev/uapi/xchar.h"

struct call {
	__u32 cmd;
	__s32 result;
	__u8 argument[256];
};

static const __u32 header[] = {
	XCHAR_IOC_VERSION, XCHAR_IOC_STATS, XCHAR_IOC_EXCLUSIVE, XCHAR_IOC_RESIZE, XCHAR_IOC_FLUSH,
	XCHAR_IOC_RESET, FIONSPACE, XCHAR_IOC_TRUNCATE, XCHAR_IOC_FALLOCATE,
	sizeof(struct xchar_stats), sizeof(struct xchar_stream_stats),
	sizeof(struct xchar_mem_stats), sizeof(struct xchar_fallocate), sizeof(long),
};

#ifdef __i386__
enum { SYS_READ = 3, SYS_WRITE = 4, SYS_IOCTL = 54, SYS_EXIT = 1 };

static long call3(long number, long a, long b, long c)
{
	long result;

	__asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory");
	return result;
}
#elif defined(__aarch64__)
enum { SYS_READ = 63, SYS_WRITE = 64, SYS_IOCTL = 29, SYS_EXIT = 93 };

static long call3(long number, long a, long b, long c)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
	return x0;
}
#else
enum { SYS_READ = 0, SYS_WRITE = 1, SYS_IOCTL = 16, SYS_EXIT = 60 };

static long call3(long number, long a, long b, long c)
{
	long result;

	__asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return result;
}
#endif

#ifdef __aarch64__
#define ENTRY
#else
#define ENTRY __attribute__((force_align_arg_pointer))
#endif

ENTRY void _start(void)
{
	static struct call call;

	call3(SYS_WRITE, 1, (long)header, sizeof(header));
	while (call3(SYS_READ, 0, (long)&call, sizeof(call)) == sizeof(call)) {
		call.result = call3(SYS_IOCTL, 2, call.cmd, (long)call.argument);
		call3(SYS_WRITE, 1, (long)&call, sizeof(call));
	}
	call3(SYS_EXIT, 0, 0, 0);
}
