// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads and writes of memory that must not sleep: RWF_NOWAIT, io_uring. The file behind it does
 * not know how to. So this looks for its pages itself, and gives up with -EAGAIN where there is
 * none: where it is swapped out and, for a write, in a hole. Who asked comes back then and takes
 * his time.
 *
 * A program that says RWF_NOWAIT gets what can be had at once. io_uring asks that way of its own
 * accord, and takes less than the program wanted for the answer: it gets all, or -EAGAIN.
 */
#include <linux/mm.h>
#include <linux/highmem.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include "compat.h"
#include "mem.h"

/* The folio of a page that is there, with a reference, or NULL; it may be allocated only. */
static struct folio *xchar_mem_get_folio(const struct xchar_mem *mem, pgoff_t index)
{
	struct folio *folio = filemap_get_folio(mem->file->f_mapping, index);

	/* Older kernels have no error, only NULL. */
	return IS_ERR(folio) ? NULL : folio;
}

/* How many of the bytes from @pos are in the same page and before the end. */
static size_t xchar_mem_in_page(const struct xchar_mem *mem, loff_t pos, size_t len)
{
	loff_t left = xchar_mem_size(mem) - pos;

	if (left <= 0)
		return 0;
	return min3(len, (size_t)(PAGE_SIZE - offset_in_page(pos)),
		    (size_t)min_t(loff_t, left, PAGE_SIZE));
}

/* What to say when @done bytes have been copied and then something stopped it, or nothing. */
static ssize_t xchar_mem_nowait_result(struct iov_iter *iter, loff_t *pos, size_t done, ssize_t n,
				       bool whole)
{
	if (!whole || n != -EAGAIN)
		return done ?: n;
	iov_iter_revert(iter, done);
	*pos -= done;
	return n;
}

/* Within a page. Returns how many bytes were copied. */
static ssize_t xchar_mem_read_page(struct xchar_mem *mem, struct iov_iter *to, loff_t pos,
				   size_t len)
{
	pgoff_t index = pos >> PAGE_SHIFT;
	struct folio *folio;
	struct page *page;
	ssize_t n;

	folio = xchar_mem_get_folio(mem, index);
	if (!folio && !xa_load(&mem->file->f_mapping->i_pages, index))
		return iov_iter_zero(len, to) ?: -EFAULT;
	if (!folio)
		return -EAGAIN;
	page = folio_page(folio, index - folio->index);
	/* It is cleared or, if its memory is broken, told to whoever reads it the ordinary way. */
	if (!folio_test_uptodate(folio) || PageHWPoison(page))
		n = -EAGAIN;
	else
		n = copy_page_to_iter(page, offset_in_page(pos), len, to) ?: -EFAULT;
	folio_put(folio);
	return n;
}

/**
 * xchar_mem_read_nowait() - read what is there
 * @mem: the memory
 * @to: where it goes to
 * @pos: from where; moved behind what was read
 * @whole: if not all can be read before the end, nothing is
 *
 * Context: Process context; sleeps only if @to is user memory that has to come first.
 * Return: how many bytes were read, 0 at the end, or, if none, -EAGAIN or -EFAULT.
 */
ssize_t xchar_mem_read_nowait(struct xchar_mem *mem, struct iov_iter *to, loff_t *pos, bool whole)
{
	size_t len, done = 0;
	ssize_t n = 0;

	while ((len = xchar_mem_in_page(mem, *pos, iov_iter_count(to)))) {
		n = xchar_mem_read_page(mem, to, *pos, len);
		if (n < 0)
			break;
		*pos += n;
		done += n;
	}
	return xchar_mem_nowait_result(to, pos, done, n, whole);
}

/* Allocated only, it has to be cleared around what is written first; that is quick for a page. */
static bool xchar_mem_is_ready(struct folio *folio)
{
	return folio_test_uptodate(folio) || !folio_test_large(folio);
}

static void xchar_mem_write_locked(struct folio *folio, struct page *page, size_t offset,
				   const u8 *buf, size_t len)
{
	bool was_uptodate = folio_test_uptodate(folio);

	if (!was_uptodate)
		folio_zero_segments(folio, 0, offset, offset + len, PAGE_SIZE);
	memcpy_to_page(page, offset, buf, len);
	if (!was_uptodate)
		folio_mark_uptodate(folio);
	folio_mark_dirty(folio);
}

/* Over what is there, within a page; @buf has the bytes. */
static int xchar_mem_write_page(struct xchar_mem *mem, const u8 *buf, loff_t pos, size_t len)
{
	struct address_space *mapping = mem->file->f_mapping;
	pgoff_t index = pos >> PAGE_SHIFT;
	struct folio *folio;
	int err = -EAGAIN;
	struct page *page;

	lockdep_assert_held(&mem->lock);
	folio = xchar_mem_get_folio(mem, index);
	if (!folio)
		return -EAGAIN;
	if (!folio_trylock(folio))
		goto put;
	page = folio_page(folio, index - folio->index);
	/* It may have been swapped out before it was locked. */
	if (folio->mapping == mapping && xchar_mem_is_ready(folio) && !PageHWPoison(page)) {
		xchar_mem_write_locked(folio, page, offset_in_page(pos), buf, len);
		err = 0;
	}
	folio_unlock(folio);
put:
	folio_put(folio);
	return err;
}

static ssize_t xchar_mem_write_some(struct xchar_device *xdev, struct iov_iter *from, loff_t pos,
				    u8 *buf)
{
	struct xchar_mem *mem = xdev->priv;
	ssize_t n = -EAGAIN;
	size_t len, copied;

	/* To make it longer is not for those who cannot wait. */
	len = xchar_mem_in_page(mem, pos, iov_iter_count(from));
	if (!len)
		return -EAGAIN;
	copied = copy_from_iter(buf, len, from);
	if (!copied)
		return -EFAULT;
	if (mutex_trylock(&mem->lock)) {
		/* It may be shorter by now. */
		if (xchar_mem_is_gone(xdev))
			n = -ENODEV;
		else if (xchar_mem_in_page(mem, pos, copied) == copied)
			n = xchar_mem_write_page(mem, buf, pos, copied);
		mutex_unlock(&mem->lock);
	}
	if (n < 0)
		iov_iter_revert(from, copied);
	return n < 0 ? n : copied;
}

/**
 * xchar_mem_write_nowait() - write over what is there
 * @xdev: the device
 * @from: the bytes
 * @pos: where to; moved behind what was written
 * @whole: if not all can be written, -EAGAIN, whatever has been
 *
 * Context: Process context; sleeps only if @from is user memory that has to come first.
 * Return: how many bytes were written, or, if none, -EAGAIN, -ENODEV or -EFAULT.
 */
ssize_t xchar_mem_write_nowait(struct xchar_device *xdev, struct iov_iter *from, loff_t *pos,
			       bool whole)
{
	size_t done = 0;
	ssize_t n = 0;
	u8 *buf;

	buf = kmalloc(PAGE_SIZE, GFP_NOWAIT | __GFP_NOWARN);
	if (!buf)
		return -EAGAIN;
	while (iov_iter_count(from)) {
		n = xchar_mem_write_some(xdev, from, *pos, buf);
		if (n < 0)
			break;
		*pos += n;
		done += n;
	}
	kfree(buf);
	return xchar_mem_nowait_result(from, pos, done, n, whole);
}
