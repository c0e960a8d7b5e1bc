// SPDX-License-Identifier: GPL-2.0-only
/* xdrv_common: helpers for drivers whose devices go away while files are open. */
#include <linux/module.h>

MODULE_DESCRIPTION("xdrv: device class, gate and managed device helpers");
MODULE_AUTHOR("The xdrv authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(XDRV_VERSION);
