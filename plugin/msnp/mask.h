/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which words the debug log must not show: the secrets of a session, wherever a peer repeats them.
 *
 * Only fingerprints of 32 bits are kept, not the secrets. Millions of words share each of them, so
 * that no ticket or cookie can be made of its fingerprint; of a weak password it tells more, but
 * libpurple keeps that in the same memory anyway. A word that is masked by accident does no harm.
 */
#ifndef MSNP_MASK_H
#define MSNP_MASK_H

#include "buf.h"

#define MSNP_MASK_LASTING 64 /* fingerprints of either kind; the oldest is dropped */
#define MSNP_MASK_PASSING 512

/* Instead of a secret. */
#define MSNP_MASKED "***"

/* Fingerprints of one kind, each once. */
typedef struct {
    GHashTable *known; /* NULL before the first */
    GQueue order;      /* the oldest first */
} msnp_prints;

typedef struct {
    msnp_prints lasting; /* password, challenge, ticket */
    msnp_prints passing; /* cookies: a peer that sends many of them must not displace the others */
} msnp_mask;

/* No secrets. */
void msnp_mask_init(msnp_mask *mask);
/* Frees its contents; initialise it before using it again. */
void msnp_mask_clear(msnp_mask *mask);
/*
 * This is a secret from now on, and so is each long part of it ("t=abc&p=def" has the parts abc and
 * def). NULL and "" are fine.
 */
void msnp_mask_add_lasting(msnp_mask *mask, const char *secret);
void msnp_mask_add_passing(msnp_mask *mask, const char *secret);
/*
 * Is this word a secret, or has it one among its parts? In any percent coding, and in upper and
 * lower case.
 */
bool msnp_mask_hides(const msnp_mask *mask, msnp_str word);
/* Is there such a word in this text? */
bool msnp_mask_hides_any(const msnp_mask *mask, const char *text);

#endif
