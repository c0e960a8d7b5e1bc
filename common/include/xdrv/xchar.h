/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For modules that have something to say: devices of the class xchar, /dev/xcharN, whose other side
 * is not a program but a driver. xchar has the buffer, the waiting, the end of a device that is
 * open; the driver, its back end, gives bytes and takes them.
 *
 * The life of a device:
 *
 *   xchar_device_alloc()       what the back end does, how the device is to be
 *   xchar_device_register()    /dev/xcharN; from now on ->open, ->release and ->write are called
 *   xchar_insert()             between ->open and ->release: bytes for whoever reads the device
 *   xchar_device_unregister()  no operation of the back end runs any more or is called again; files
 *                              that are open can still read what is in the buffer
 *   xchar_device_put()
 *
 * Files that are still open keep the device and the module xchar, but not the back end: after
 * xchar_device_unregister() its data can be freed and its module unloaded.
 *
 * Everything is exported GPL-only in the namespace XDRV, for which a module needs
 *
 *   MODULE_INFO(import_ns, "XDRV");
 *
 * which is what MODULE_IMPORT_NS() makes of it, however a kernel wants that to be written.
 * docs/examples/thermometer is a whole back end.
 */
#ifndef XDRV_XCHAR_H
#define XDRV_XCHAR_H

#include <linux/types.h>

struct device;
struct xchar_device;
struct xchar_own;

/* Bytes that a device can hold. */
#define XCHAR_BUFFER_MIN 4096
#define XCHAR_BUFFER_MAX 16777216
#define XCHAR_BUFFER_DEFAULT 65536

/* The longest line for xchar_insert_lines(), with its newline. */
#define XCHAR_LINE_MAX 128

/* The longest name of a kind of device, with its end. */
#define XCHAR_TYPE_MAX 16

/**
 * enum xchar_overflow - what becomes of a program's write for which there is no space
 * @XCHAR_OVERFLOW_BLOCK: it waits, or fails with -EAGAIN
 * @XCHAR_OVERFLOW_DROP_NEWEST: what does not fit is dropped
 * @XCHAR_OVERFLOW_DROP_OLDEST: what has waited longest to be read is dropped for it
 */
enum xchar_overflow {
	XCHAR_OVERFLOW_BLOCK,
	XCHAR_OVERFLOW_DROP_NEWEST,
	XCHAR_OVERFLOW_DROP_OLDEST,
	XCHAR_NR_OVERFLOWS,
};

/**
 * struct xchar_ops - what a back end does for a device
 * @type: name of the kind of device, less than XCHAR_TYPE_MAX characters, shown in sysfs and as
 *        XCHAR_TYPE in the uevent
 * @lines: it gives lines, by xchar_insert_lines(). When the first file is opened there are none of
 *         earlier times
 * @own: for the back ends in xchar itself; NULL
 * @open: the first file is opened: start producing. An error fails the open. Optional
 * @release: the last file is closed, or the device is being removed with files open: stop
 *           producing; none of the xchar_insert functions may be called any more when it returns.
 *           Optional
 * @write: a program has written @len bytes, at most a page, to the device; @buf is in kernel
 *         memory. The removal of the device waits for it, and it is called for those who asked not
 *         to wait, too (RWF_NOWAIT, io_uring), so it has to return soon. Several files can write at
 *         the same time. Returns how many it took, 1 to @len, or an error. Optional:
 *         without it, writes fail with -EINVAL
 *
 * @open and @release are called in turns, one at a time. All are called in process context and may
 * sleep; none is called after xchar_device_unregister(). The structure is copied.
 */
struct xchar_ops {
	const char *type;
	bool lines;
	const struct xchar_own *own;
	int (*open)(struct xchar_device *xdev);
	void (*release)(struct xchar_device *xdev);
	ssize_t (*write)(struct xchar_device *xdev, const u8 *buf, size_t len);
};

/**
 * struct xchar_params - how a device is to be
 * @parent: its parent in the device tree, which must not go before it is unregistered; or NULL
 * @label: what users call it, or NULL: XCHAR_NAME in the uevent if it is all of characters that can
 *         be seen, for udev's links. It must not go before the device is unregistered
 * @buffer_size: how many bytes it holds, a power of two from XCHAR_BUFFER_MIN to XCHAR_BUFFER_MAX,
 *               or 0 for XCHAR_BUFFER_DEFAULT
 * @exclusive: one file at a time may have it open
 * @fanout: every reader gets all
 * @overflow: what to do with a program's write for which there is no space; of no use to a back end
 *            with ->write
 */
struct xchar_params {
	struct device *parent;
	const char *label;
	unsigned int buffer_size;
	bool exclusive;
	bool fanout;
	enum xchar_overflow overflow;
};

struct xchar_device *xchar_device_alloc(const struct xchar_ops *ops,
					const struct xchar_params *params, void *priv);
int xchar_device_register(struct xchar_device *xdev);
void xchar_device_unregister(struct xchar_device *xdev);
void xchar_device_put(struct xchar_device *xdev);
void *xchar_device_priv(const struct xchar_device *xdev);
const char *xchar_device_name(const struct xchar_device *xdev);
size_t xchar_insert(struct xchar_device *xdev, const void *buf, size_t len);
unsigned int xchar_insert_lines(struct xchar_device *xdev, const void *buf, size_t len);

#endif /* XDRV_XCHAR_H */
