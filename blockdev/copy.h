/* SPDX-License-Identifier: GPL-2.0-only */
/* Copying to and from the pages of a store. */
#ifndef XBD_COPY_H
#define XBD_COPY_H

#include <linux/highmem.h>
#include <linux/minmax.h>
#include <linux/mm.h>

/* copy_page() wants whole pages; it does them in half the time that memcpy() takes on some CPUs. */
static __always_inline void xbd_copy(void *to, const void *from, size_t len)
{
	if (likely(len == PAGE_SIZE && !offset_in_page((unsigned long)to | (unsigned long)from)))
		copy_page(to, (void *)from);
	else
		memcpy(to, from, len);
}

static __always_inline void xbd_clear(void *to, size_t len)
{
	if (likely(len == PAGE_SIZE && !offset_in_page(to)))
		clear_page(to);
	else
		memset(to, 0, len);
}

static __always_inline void xbd_copy_in(struct page *page, unsigned int offset, const void *from,
					size_t len)
{
	void *to = kmap_local_page(page);

	xbd_copy(to + offset, from, len);
	kunmap_local(to);
}

/* The bytes from @pos on that are in the same page, @len at most. */
static __always_inline size_t xbd_chunk(u64 pos, u64 len)
{
	return min_t(u64, len, PAGE_SIZE - offset_in_page(pos));
}

/* A part of a page that may not be there: zeroes then. */
static __always_inline void xbd_copy_out(void *to, struct page *page, unsigned int offset,
					 size_t len)
{
	if (likely(page)) {
		void *from = kmap_local_page(page);

		xbd_copy(to, from + offset, len);
		kunmap_local(from);
	} else {
		xbd_clear(to, len);
	}
}

#endif /* XBD_COPY_H */
