/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Links of web pages and other programs, as Messenger had them:
 *
 *   msnim:chat?contact=ADDRESS   (also voice and video) opens a conversation
 *   msnim:add?contact=ADDRESS    asks whether to add a contact
 *
 * Anybody can make one, so none does more than to open a window: nothing is sent.
 */
#ifndef PRPL_MSNIM_H
#define PRPL_MSNIM_H

#include <purple.h>

/* When the plugin is loaded: connects to libpurple's signal for links. */
void prpl_msnim_load(PurplePlugin *plugin);

#endif
