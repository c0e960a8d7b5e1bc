/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracepoints; they name a device by its number, the N of /dev/xcharN. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM xchar

#if !defined(XCHAR_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define XCHAR_TRACE_H

#include <linux/tracepoint.h>
#include <linux/types.h>

DECLARE_EVENT_CLASS(xchar_bytes,
	TP_PROTO(unsigned int number, size_t bytes),
	TP_ARGS(number, bytes),
	TP_STRUCT__entry(
		__field(unsigned int, number)
		__field(size_t, bytes)
	),
	TP_fast_assign(
		__entry->number = number;
		__entry->bytes = bytes;
	),
	TP_printk("xchar%u bytes=%zu", __entry->number, __entry->bytes)
);

/* Written to the device by a program, or given by its back end to whoever reads it. */
DEFINE_EVENT(xchar_bytes, xchar_in,
	TP_PROTO(unsigned int number, size_t bytes),
	TP_ARGS(number, bytes)
);

/* Read from the device by a program. */
DEFINE_EVENT(xchar_bytes, xchar_out,
	TP_PROTO(unsigned int number, size_t bytes),
	TP_ARGS(number, bytes)
);

/* Dropped, for want of space, from what can be read from the device. */
TRACE_EVENT(xchar_drop,
	TP_PROTO(unsigned int number, size_t bytes, unsigned int lines),
	TP_ARGS(number, bytes, lines),
	TP_STRUCT__entry(
		__field(unsigned int, number)
		__field(size_t, bytes)
		__field(unsigned int, lines)
	),
	TP_fast_assign(
		__entry->number = number;
		__entry->bytes = bytes;
		__entry->lines = lines;
	),
	TP_printk("xchar%u bytes=%zu lines=%u", __entry->number, __entry->bytes, __entry->lines)
);

DECLARE_EVENT_CLASS(xchar_files,
	TP_PROTO(unsigned int number, unsigned int files),
	TP_ARGS(number, files),
	TP_STRUCT__entry(
		__field(unsigned int, number)
		__field(unsigned int, files)
	),
	TP_fast_assign(
		__entry->number = number;
		__entry->files = files;
	),
	TP_printk("xchar%u files=%u", __entry->number, __entry->files)
);

/* Opened; with how many files open now. */
DEFINE_EVENT(xchar_files, xchar_open,
	TP_PROTO(unsigned int number, unsigned int files),
	TP_ARGS(number, files)
);

/* Removed; with how many files still open. */
DEFINE_EVENT(xchar_files, xchar_remove,
	TP_PROTO(unsigned int number, unsigned int files),
	TP_ARGS(number, files)
);

#endif /* XCHAR_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE xchar_trace
#include <trace/define_trace.h>
