/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The commands that the service as a program takes while it runs.
 */
#ifndef SERVICE_CONTROL_H
#define SERVICE_CONTROL_H

#include "service.h"

/* Obeys a line. Returns the answer, "ok ..." or "no: ..."; the caller frees it. */
char *control_obey(service *svc, const char *line);

/* Acts on "KNOB[=VALUE]", and on "ADDRESS:PASSWORD[:FRIENDLY]"; FALSE if that makes no sense. */
gboolean control_set(service *svc, const char *text);
gboolean control_register(service *svc, const char *text);

#endif
