// SPDX-License-Identifier: GPL-2.0-only
/* Kinds of devices that can be asked for by name: those here, and what modules add. */
#include <linux/ctype.h>
#include <linux/export.h>
#include <linux/kmod.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include "compat.h"
#include "nmea.h"
#include "xchar.h"

static const struct xchar_backend *const xchar_own_backends[] = {
	&xchar_loopback,
	&xchar_pair,
	&xchar_nmea,
	&xchar_mem,
};

static DEFINE_MUTEX(xchar_backend_lock); /* guards the next one */
static LIST_HEAD(xchar_added_backends);

/**
 * xchar_backend_register() - let devices be made by name
 * @backend: the back end, with an owner and an alias "xchar-backend-NAME" of that
 *
 * Context: Process context, may sleep.
 */
void xchar_backend_register(struct xchar_backend *backend)
{
	guard(mutex)(&xchar_backend_lock);
	list_add_tail(&backend->node, &xchar_added_backends);
}
EXPORT_SYMBOL_NS_GPL(xchar_backend_register, XDRV_NAMESPACE);

/**
 * xchar_backend_unregister() - let no more be made
 * @backend: a back end of which there is no device; each pins its owner
 *
 * Context: Process context, may sleep.
 */
void xchar_backend_unregister(struct xchar_backend *backend)
{
	guard(mutex)(&xchar_backend_lock);
	list_del(&backend->node);
}
EXPORT_SYMBOL_NS_GPL(xchar_backend_unregister, XDRV_NAMESPACE);

static const struct xchar_backend *xchar_backend_find_added(const char *name)
{
	struct xchar_backend *backend;

	guard(mutex)(&xchar_backend_lock);
	list_for_each_entry(backend, &xchar_added_backends, node)
		if (!strcmp(name, backend->name))
			return try_module_get(backend->owner) ? backend : NULL;
	return NULL;
}

/* Whether it may be given to modprobe. */
static bool xchar_backend_is_name(const char *name)
{
	if (!*name)
		return false;
	while (islower(*name))
		name++;
	return !*name;
}

/**
 * xchar_backend_get() - a kind of device by its name, with its module, which is loaded for it
 * @text: the name; a newline may follow
 *
 * Context: Process context, may sleep.
 * Return: the back end, to be given up with xchar_backend_put(), or NULL if there is none.
 */
const struct xchar_backend *xchar_backend_get(const char *text)
{
	const struct xchar_backend *backend;
	char name[XCHAR_TYPE_MAX];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(xchar_own_backends); i++)
		if (sysfs_streq(text, xchar_own_backends[i]->name))
			return xchar_own_backends[i];

	if (strscpy(name, text, sizeof(name)) < 0)
		return NULL;
	name[strcspn(name, "\n")] = '\0';
	if (!xchar_backend_is_name(name))
		return NULL;
	backend = xchar_backend_find_added(name);
	if (backend || request_module("xchar-backend-%s", name))
		return backend;
	return xchar_backend_find_added(name);
}

/**
 * xchar_backend_put() - give up a kind of device
 * @backend: what xchar_backend_get() returned
 *
 * Context: Process context.
 */
void xchar_backend_put(const struct xchar_backend *backend)
{
	module_put(backend->owner);
}
