/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In whose code the processor is: looked at four times each millisecond while the main loop does
 * not wait. Only the innermost function counts, so what libc does for somebody is libc's. Looking
 * slows everything down: the shares are good, the times are not.
 */
#ifndef BENCH_PROFILE_H
#define BENCH_PROFILE_H

#include "modules.h"

/* Makes it possible; FALSE where it is not. To be called once, before profile_go_on(). */
gboolean profile_prepare(void);
void profile_go_on(void);
void profile_pause(void);
/* How often the processor was seen there, in all. */
void profile_count(guint counts[MODULE_N]);

#endif
