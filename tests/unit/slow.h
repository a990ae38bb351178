/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where each case costs many times as much as usual, only some of them are tried: which are tried
 * with which tool is no question of the cases that the tool finds something in.
 */
#ifndef UNIT_SLOW_H
#define UNIT_SLOW_H

#if defined(__has_include)
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif
#endif
#ifndef RUNNING_ON_VALGRIND
#define RUNNING_ON_VALGRIND 0
#endif

#if defined(__SANITIZE_ADDRESS__)
#define SLOW_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SLOW_SANITIZED 1
#endif
#endif
#ifndef SLOW_SANITIZED
#define SLOW_SANITIZED 0
#endif

/* The one of these that is for how the program runs: as it is, under AddressSanitizer, valgrind. */
static inline unsigned slow_choice(unsigned plain, unsigned sanitized, unsigned valgrind)
{
    return RUNNING_ON_VALGRIND ? valgrind : SLOW_SANITIZED ? sanitized : plain;
}

/* From one case to the next, where there are thousands of a kind. */
static inline unsigned slow_step(void)
{
    return slow_choice(1, 1, 7);
}

#endif
