/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bodies of application/x-msnmsgrp2p, by which newer clients offer files, pictures and others:
 * only what is needed to tell the user of a file.
 */
#ifndef MSNP_P2P_H
#define MSNP_P2P_H

#include "buf.h"

/*
 * Is this the beginning of an invitation (INVITE of MSNSLP) to receive a file? False for the later
 * parts of one that is split, and for all else.
 */
bool msnp_p2p_offers_file(msnp_str body);

#endif
