/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of xdrv_common share and do not export. */
#ifndef XDRV_INTERNAL_H
#define XDRV_INTERNAL_H

#include <xdrv/class.h>

/* Seconds that a gate is patient, 0 for ever: a module parameter. */
extern unsigned int xdrv_gate_timeout;

int xdrv_class_get_devt(struct xdrv_class *cls, dev_t *devt);
void xdrv_class_put_devt(struct xdrv_class *cls, dev_t devt);

#endif /* XDRV_INTERNAL_H */
