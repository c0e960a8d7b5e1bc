// SPDX-License-Identifier: GPL-2.0-only
/*
 * A back end for xchar by somebody else: a thermometer. While a program has it open it gives a line
 * every period; a program that writes a number of thousandths of a degree makes it that warm.
 *
 *   # insmod thermometer.ko period_ms=500
 *   # echo 36600 >/dev/xchar1
 *   # head -n 2 /dev/xchar1
 *   36.600
 *   36.600
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include <xdrv/xchar.h>

#define THERMOMETER_MIN (-273150)
#define THERMOMETER_MAX 999999

static unsigned int period_ms = 1000;
module_param(period_ms, uint, 0444);
MODULE_PARM_DESC(period_ms, "milliseconds between two lines, 1 to 60000 (default 1000)");

/**
 * struct thermometer - the only one
 * @xdev: its device
 * @work: gives the next line; runs while a program has the device open
 * @temperature: thousandths of a degree Celsius
 */
struct thermometer {
	struct xchar_device *xdev;
	struct delayed_work work;
	int temperature;
};

static struct thermometer thermometer;

static void thermometer_tell(struct work_struct *work)
{
	struct thermometer *t = container_of(to_delayed_work(work), struct thermometer, work);
	int now = READ_ONCE(t->temperature);
	char line[XCHAR_LINE_MAX];
	int len;

	len = scnprintf(line, sizeof(line), "%s%d.%03d\n", now < 0 ? "-" : "", abs(now) / 1000,
			abs(now) % 1000);
	xchar_insert_lines(t->xdev, line, len);
	schedule_delayed_work(&t->work, msecs_to_jiffies(period_ms));
}

static int thermometer_open(struct xchar_device *xdev)
{
	struct thermometer *t = xchar_device_priv(xdev);

	schedule_delayed_work(&t->work, 0);
	return 0;
}

static void thermometer_release(struct xchar_device *xdev)
{
	struct thermometer *t = xchar_device_priv(xdev);

	/* It starts itself again; this waits until it does not any more. */
	cancel_delayed_work_sync(&t->work);
}

static ssize_t thermometer_write(struct xchar_device *xdev, const u8 *buf, size_t len)
{
	struct thermometer *t = xchar_device_priv(xdev);
	int temperature, err;
	char text[16];

	if (len >= sizeof(text))
		return -EINVAL;
	memcpy(text, buf, len);
	text[len] = '\0';
	err = kstrtoint(text, 10, &temperature);
	if (err)
		return err;
	if (temperature < THERMOMETER_MIN || temperature > THERMOMETER_MAX)
		return -ERANGE;
	WRITE_ONCE(t->temperature, temperature);
	return len;
}

static const struct xchar_ops thermometer_ops = {
	.type = "thermometer",
	.lines = true,
	.open = thermometer_open,
	.release = thermometer_release,
	.write = thermometer_write,
};

static int __init thermometer_init(void)
{
	/* Every program that has it open gets every line. */
	static const struct xchar_params params = { .fanout = true };
	struct thermometer *t = &thermometer;
	int err;

	if (period_ms < 1 || period_ms > 60000) {
		pr_err("period_ms=%u is not allowed: use 1 to 60000\n", period_ms);
		return -ERANGE;
	}
	INIT_DELAYED_WORK(&t->work, thermometer_tell);
	t->temperature = 21500;
	t->xdev = xchar_device_alloc(&thermometer_ops, &params, t);
	if (IS_ERR(t->xdev))
		return PTR_ERR(t->xdev);

	/* It can be opened from here on, so all that ->open needs must be ready. */
	err = xchar_device_register(t->xdev);
	if (err) {
		xchar_device_put(t->xdev);
		return err;
	}
	pr_info("a thermometer at /dev/%s\n", xchar_device_name(t->xdev));
	return 0;
}
module_init(thermometer_init);

static void __exit thermometer_exit(void)
{
	struct thermometer *t = &thermometer;

	xchar_device_unregister(t->xdev);
	xchar_device_put(t->xdev);
}
module_exit(thermometer_exit);

MODULE_DESCRIPTION("Example of a back end for xchar");
MODULE_AUTHOR("The xdrv authors");
MODULE_LICENSE("GPL");
MODULE_INFO(import_ns, "XDRV");
