/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All that the adapter needs of the protocol core. The core does no I/O: bytes, time and user
 * actions go in; bytes and typed events come out.
 */
#ifndef MSNP_H
#define MSNP_H

#include "cache.h"
#include "clock.h"
#include "codec.h"
#include "err.h"
#include "event.h"
#include "format.h"
#include "message.h"
#include "pace.h"
#include "page.h"
#include "roster.h"
#include "session.h"
#include "url.h"

#endif
