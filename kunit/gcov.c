// SPDX-License-Identifier: GPL-2.0-only
/*
 * User Mode Linux ends without the destructors by which gcc writes down how often each line ran:
 * its linker script leaves them out. This does it instead.
 */
#include <init.h>

/* In libgcov, see "info gcc": Profiling and Test Coverage in Freestanding Environments. */
void __gcov_dump(void);

__uml_exitcall(__gcov_dump);
