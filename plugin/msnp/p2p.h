/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bodies of application/x-msnmsgrp2p, by which newer clients offer files, pictures and others:
 * only what is needed to tell the user what somebody offers.
 */
#ifndef MSNP_P2P_H
#define MSNP_P2P_H

#include "types.h"

/*
 * Is this the beginning of an invitation (INVITE of MSNSLP), or of ink? `extra`: to what. False for
 * the later parts of one that is split, for pictures, which clients exchange on their own, and for
 * all else.
 */
bool msnp_p2p_read(msnp_str body, msnp_extra *extra);

#endif
