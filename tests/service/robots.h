/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * People without a client who take part in conversations.
 */
#ifndef SERVICE_ROBOTS_H
#define SERVICE_ROBOTS_H

#include "sb.h"

typedef struct robot robot;

void robot_free(gpointer data);
robot *robot_find(const service *svc, const person *p);
/* Whether it joins when it is called. */
gboolean robot_joins(const robot *r);
/* A file of it has come to its end, about which it spoke there. */
void robot_speak_of(robot *r, board *b, const service_file *f);
/* A message of `speaker` reaches it; `from` is NULL if that is another robot. */
void robot_hear(robot *r, board *b, const person *speaker, const conn *from, const char *payload,
                gsize length);

/* A text reaches its mobile phone, from this client. */
void robot_paged(robot *r, service *svc, const char *from, const char *text);

#endif
