/* SPDX-License-Identifier: GPL-2.0-only */
/* How the devices of the KUnit tests of xchar are. */
#ifndef XCHAR_TEST_PARAMS_H
#define XCHAR_TEST_PARAMS_H

#include <linux/sizes.h>

#include "../chardev/xchar.h"

static const struct xchar_params xchar_test_params __maybe_unused = {
	.buffer_size = SZ_4K,
};

static const struct xchar_setup xchar_test_setup __maybe_unused = {
	.params = { .buffer_size = SZ_4K },
};

#endif /* XCHAR_TEST_PARAMS_H */
