/* SPDX-License-Identifier: GPL-2.0-only */
/* KUnit part of compat.h. */
#ifndef XDRV_COMPAT_KUNIT_H
#define XDRV_COMPAT_KUNIT_H

#include <kunit/test.h>

/*
 * A block whose warnings are expected and not printed; without it they are printed, and the test
 * goes on all the same. Asked by name: it is a macro, and kernels without KUnit have no use for a
 * probe. Can go with support for 6.12.
 */
#ifndef kunit_warning_suppress
#define kunit_warning_suppress(test)
#endif

#endif /* XDRV_COMPAT_KUNIT_H */
