/* SPDX-License-Identifier: GPL-2.0-only */
/* What the measuring loops share: the clock, the samples, the way to give up. */
#ifndef BENCH_LOOPS_H
#define BENCH_LOOPS_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Exit status for "this cannot be measured here"; the reason is on stderr. */
#define EXIT_CANNOT 3

#define cannot(format, ...) \
	do { \
		fprintf(stderr, format "\n", ##__VA_ARGS__); \
		exit(EXIT_CANNOT); \
	} while (0)

#define cannot_errno(what) cannot("%s: %s", what, strerror(errno))

/* Under -icount shift=0 a nanosecond of this clock is an instruction. */
static inline double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

struct plan {
	long loops;
	long samples;
};

/*
 * Runs loop(arg) for warm-up, then prints one line per sample: the cost of one operation in ns,
 * where a loop is worth so many operations.
 */
static inline void measure(const struct plan *plan, void (*loop)(void *), void *arg,
			   long worth)
{
	for (long i = 0; i < plan->loops / 8 + 8; i++)
		loop(arg);
	for (long sample = 0; sample < plan->samples; sample++) {
		double start = now();

		for (long i = 0; i < plan->loops; i++)
			loop(arg);
		printf("%.2f\n", (now() - start) / plan->loops / worth);
		fflush(stdout);
	}
}

#endif
