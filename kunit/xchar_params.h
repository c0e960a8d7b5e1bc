/* SPDX-License-Identifier: GPL-2.0-only */
/* How the devices of the KUnit tests of xchar are. */
#ifndef XCHAR_TEST_PARAMS_H
#define XCHAR_TEST_PARAMS_H

#include <linux/err.h>
#include <linux/sizes.h>

#include "../chardev/xchar.h"

static const struct xchar_params xchar_test_params __maybe_unused = {
	.buffer_size = SZ_4K,
};

static const struct xchar_setup xchar_test_setup __maybe_unused = {
	.params = { .buffer_size = SZ_4K },
};

/* Back ends make devices of any class; those tested here are of ours. */
static inline struct xchar_device *xchar_test_create(const struct xchar_backend *backend,
						     const struct xchar_setup *setup)
{
	struct device *dev = backend->create(setup);

	return IS_ERR(dev) ? ERR_CAST(dev) : xchar_device_of(dev);
}

static inline void xchar_test_destroy(const struct xchar_backend *backend,
				      struct xchar_device *xdev)
{
	backend->destroy(&xdev->cdev.dev);
}

#endif /* XCHAR_TEST_PARAMS_H */
