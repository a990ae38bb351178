/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Takes the secrets out of transcript entries that go to the eyes of people.
 */
#ifndef SERVICE_MASK_H
#define SERVICE_MASK_H

/* The caller frees it. */
char *mask_entry(const char *entry);

#endif
