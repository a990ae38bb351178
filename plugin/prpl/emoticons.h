/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Emoticons as pictures, in Pidgin: as custom smileys of a conversation, which need no choice by
 * the user. Pidgin itself decides where a shortcut is shown as its picture: not where smileys are
 * switched off, and with the picture of the user's smiley theme if that has one. What is sent and
 * logged stays as it was typed.
 */
#ifndef PRPL_EMOTICONS_H
#define PRPL_EMOTICONS_H

#include <purple.h>

/* Connects to libpurple's signals, in Pidgin. Before the plugin is unloaded: stops listening. */
void prpl_emoticons_listen(PurplePlugin *plugin);
void prpl_emoticons_forget(PurplePlugin *plugin);

#endif
