# SPDX-License-Identifier: GPL-2.0-only
"""What QEMU's trace says about the NICs."""

import re

# QEMU has no events of its own for this NIC; the name is that of its register region.
ACCESS = re.compile(r"memory_region_ops_(read|write) .* name '([^']*)'")
INTERRUPT = re.compile(r'ioapic_set_irq vector: (\d+) level: (\d+)')


def count_events(lines, region='rtl8139'):
    """Accesses to the region, and how often each interrupt line was raised."""
    counts = {'reads': 0, 'writes': 0, 'raises': {}}
    for line in lines:
        access = ACCESS.search(line)
        interrupt = INTERRUPT.search(line)
        if access and access.group(2) == region:
            counts[access.group(1) + 's'] += 1
        elif interrupt and interrupt.group(2) != '0':
            pin = interrupt.group(1)
            counts['raises'][pin] = counts['raises'].get(pin, 0) + 1
    return counts
