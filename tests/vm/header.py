# SPDX-License-Identifier: GPL-2.0-only
"""What the first lines of a test program say about it: "# NAME: VALUE", one to a line."""

import re

NAMES = ('timeout', 'needs', 'machine', 'forgives', 'plain')
LINE = re.compile(r'^# (%s): *(.*)$' % '|'.join(NAMES))


def read_header(path):
    """The values by name; what a test does not mention is empty."""
    values = dict.fromkeys(NAMES, '')
    with open(path, encoding='utf-8', errors='replace') as file:
        for line in file.read(4096).splitlines()[:30]:
            match = LINE.match(line)
            if match:
                values[match.group(1)] = match.group(2).strip()
    return values
