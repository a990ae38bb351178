/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the live tests of conversations share: a person in conversations, who writes, types, invites
 * and closes windows the way Pidgin does it, and a record of all that appears in them.
 *
 * A place is an address (a conversation with one person) or the name of a chat. What
 * appears in it is kept line by line until a test has read it, and at the end of a test nothing may
 * be left unread: so each line is seen, once, and nothing else is.
 */
#ifndef LIVE_CONV_HELPERS_H
#define LIVE_CONV_HELPERS_H

#include "blist_helpers.h"

/* How libpurple gets what robots say: they write in this font. */
#define ARIAL(html) "<font face=\"Arial\">" html "</font>"
/* Seconds in which what is to happen at once happens on a slow machine, too. */
#define CONV_PATIENCE 10.0

/*
 * Is this a run in which everything takes several times as long (LIVE_SCALE is 4 or more)? Then
 * mere variants of a test are left out, and what waits for half a minute.
 */
gboolean conv_is_slow(void);

/* A service with ALICE and these robots (ended by NULL), which have the given manners. */
service *conv_service(const char *manners, ...) G_GNUC_NULL_TERMINATED;
/*
 * The end of a test: everything that appeared was read; all windows are closed, and then nobody
 * is in a switchboard any more. Then live_end_lists().
 */
void conv_end_all(service *svc, user *const *users, guint n);
void conv_end(service *svc, user *u);
/* Has everything that appeared in all places been read? */
gboolean conv_all_read(const user *self);

/* --- what the person does --------------------------------------------------------------------- */

/* Opens a window for a conversation with this person, if there is none. */
void conv_open(user *self, const char *who);
/* Closes the window. */
void conv_close(user *self, const char *place);
/* Writes this HTML and presses Enter; opens the window if it is that of one person. */
void conv_send(user *self, const char *place, const char *html);
void conv_send_with(user *self, const char *place, const char *html, PurpleMessageFlags flags);
/* Presses a key, or stops doing so; returns after how many seconds libpurple is to say it again. */
guint conv_type(user *self, const char *who, PurpleTypingState state);
/* The "Attention!" button. */
void conv_nudge(user *self, const char *who);
/* A command without its slash. What it has to say against it is in conv_complaint(). */
PurpleCmdStatus conv_command(user *self, const char *place, const char *command);
const char *conv_complaint(void);
/* An item of the window's "More" menu, or of a buddy's menu; FALSE if there is none. */
gboolean conv_menu(user *self, const char *place, const char *word);
gboolean conv_buddy_menu(user *self, const char *who, const char *word);
/* The chat window's "Invite..." dialog. */
void conv_invite(user *self, const char *chat, const char *who, const char *message);

/* --- what the person sees --------------------------------------------------------------------- */

/* The window of a place, NULL if there is none. */
PurpleConversation *conv_window(const user *self, const char *place);
/* What stands above a window. */
const char *conv_title(const user *self, const char *place);
/* How many windows the person has. */
guint conv_n_windows(const user *self);
/* The name of the newest chat, which has to be another one than at the last call, soon. */
#define conv_new_chat(self) conv_new_chat_at(__FILE__, __LINE__, G_STRFUNC, self)
const char *conv_new_chat_at(const char *file, int line, const char *function, user *self);
/*
 * Waits until what appeared in a place since it was last read is exactly this text (as printf
 * makes it), and takes it as read. A line is a few signs that say what it is, a blank, in chats who
 * wrote it and ": ", and the HTML; it ends in a '\n', but for the last one.
 *   '>' own, '<' received, '*' of the system, '!' an error, '~' by an automaton, '+' a notification
 */
#define conv_saw(self, place, ...) \
    conv_saw_at(__FILE__, __LINE__, G_STRFUNC, self, place, __VA_ARGS__)
void conv_saw_at(const char *file, int line, const char *function, user *self, const char *place,
                 const char *format, ...) G_GNUC_PRINTF(6, 7);
/* What appeared in a place and is not read; owned by the helpers, until something appears. */
const char *conv_unread(const user *self, const char *place);
/* Takes as read what appeared in all places. */
void conv_forget(user *self);
/* Does the person see that somebody is typing? */
gboolean conv_sees_typing(const user *self, const char *who);
/* How often the client was told that somebody is typing, since conv_service(). */
guint conv_typing_told(void);
/*
 * The last line that told who a stranger is, "" if there was none. These lines come with the first
 * message of any stranger who has a name, and need not be read.
 */
const char *conv_stranger(void);
/* Who is in a chat, sorted, joined by ", "; the caller frees it. */
char *conv_members(const user *self, const char *chat);
/* Waits until exactly these are in a chat. */
#define conv_has_members(self, chat, who) \
    conv_has_members_at(__FILE__, __LINE__, G_STRFUNC, self, chat, who)
void conv_has_members_at(const char *file, int line, const char *function, user *self,
                         const char *chat, const char *who);
/* The name under which the lines of somebody in a chat are shown. */
char *conv_name_in(const user *self, const char *chat, const char *who);

#endif
