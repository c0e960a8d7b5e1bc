// SPDX-License-Identifier: GPL-2.0-only
/*
 * sleeper: a module for tests that lets one PCI device sleep and wake up, by the steps that the
 * kernel takes with all when the machine does. The root file system of the tests would not survive
 * that. What is written to /sys/module/sleeper/parameters/state does it: "sleep", "lose" for what
 * the device forgets without power, "wake".
 *
 * Or all do sleep, but for the PCI devices of one vendor: those that have the root file system.
 */
#include <linux/io.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pm.h>

static char *device = "";
module_param(device, charp, 0444);

static unsigned short spare;
module_param(spare, ushort, 0444);
MODULE_PARM_DESC(spare, "PCI vendor of the devices that stay awake when the machine sleeps");

static struct pci_dev *pdev;

typedef int (*step_t)(struct device *dev);

static int take(const step_t *steps, int count)
{
	struct device *dev = &pdev->dev;
	int i, err = 0;

	device_lock(dev);
	for (i = 0; !err && i < count; i++)
		if (steps[i])
			err = steps[i](dev);
	device_unlock(dev);
	return err;
}

static int go_to_sleep(void)
{
	const struct dev_pm_ops *pm = pdev->dev.bus->pm;
	const step_t steps[] = { pm->suspend, pm->suspend_late, pm->suspend_noirq };

	return take(steps, ARRAY_SIZE(steps));
}

static int sleeper_wake(void)
{
	const struct dev_pm_ops *pm = pdev->dev.bus->pm;
	const step_t steps[] = { pm->resume_noirq, pm->resume_early, pm->resume };

	return take(steps, ARRAY_SIZE(steps));
}

/* An 8139C+'s address, filters and rings, then where the bus has it. */
static int lose_power(void)
{
	void __iomem *regs = pci_iomap(pdev, 1, 0);
	unsigned int reg;

	if (!regs)
		return -ENOMEM;
	writeb(0xc0, regs + 0x50);
	for (reg = 0; reg < 0x10; reg += 4)
		writel(0xdeadbeef, regs + reg);
	writeb(0, regs + 0x50);
	for (reg = 0x20; reg < 0x30; reg += 4)
		writel(0xdeadbe00, regs + reg);
	writel(0xdeadbe00, regs + 0xe4);
	pci_iounmap(pdev, regs);

	pci_write_config_word(pdev, PCI_COMMAND, 0);
	pci_write_config_dword(pdev, PCI_BASE_ADDRESS_0, 0);
	pci_write_config_dword(pdev, PCI_BASE_ADDRESS_1, 0);
	pci_write_config_byte(pdev, PCI_INTERRUPT_LINE, 0);
	return 0;
}

static int set_state(const char *val, const struct kernel_param *kp)
{
	if (!pdev)
		return -ENODEV;
	if (sysfs_streq(val, "sleep"))
		return go_to_sleep();
	if (sysfs_streq(val, "lose"))
		return lose_power();
	if (sysfs_streq(val, "wake"))
		return sleeper_wake();
	return -EINVAL;
}

static const struct kernel_param_ops state_ops = { .set = set_state };
module_param_cb(state, &state_ops, NULL, 0200);

static void set_spared(bool spared)
{
	struct pci_dev *each = NULL;

	if (!spare)
		return;
	for_each_pci_dev(each)
		if (each->vendor == spare)
			dev_pm_syscore_device(&each->dev, spared);
}

static int __init sleeper_init(void)
{
	set_spared(true);
	if (!*device)
		return 0;
	for_each_pci_dev(pdev)
		if (!strcmp(pci_name(pdev), device))
			return 0;
	set_spared(false);
	return -ENODEV;
}
module_init(sleeper_init);

static void __exit sleeper_exit(void)
{
	set_spared(false);
	pci_dev_put(pdev);
}
module_exit(sleeper_exit);

MODULE_DESCRIPTION("Lets a PCI device sleep and wake up, or all but some");
MODULE_LICENSE("GPL");
