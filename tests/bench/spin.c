// SPDX-License-Identifier: GPL-2.0-only
/*
 * spin FILE: counts in the first eight bytes of FILE for ever. On one CPU and under icount, what is
 * missing from the count is what everybody else did, see meter.py.
 */
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "loops.h"

int main(int argc, char **argv)
{
	volatile uint64_t *count;
	int fd = argc == 2 ? open(argv[1], O_RDWR) : -1;

	if (fd < 0)
		cannot_errno("spin FILE");
	count = mmap(NULL, sizeof(*count), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (count == MAP_FAILED)
		cannot_errno("mmap");
	for (;;)
		(*count)++;
}
