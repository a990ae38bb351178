/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is AddressSanitizer at work? What takes a second takes a minute then. */
#ifndef UNIT_SLOW_H
#define UNIT_SLOW_H

#if defined(__SANITIZE_ADDRESS__)
#define SLOW 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SLOW 1
#endif
#endif
#ifndef SLOW
#define SLOW 0
#endif

#endif
