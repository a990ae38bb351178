/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mapping memory takes long compared to what is done with it, so mappings of the usual size are
 * kept for the next one who needs a place.
 */
#include "guard.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define USUAL_ROOM ((size_t)1 << 17)

static char *kept[4];
static unsigned n_kept;

static size_t page_size(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

/* Forbidden page, room, forbidden page. */
static char *map_room(size_t room)
{
    size_t page = page_size();
    char *map = mmap(NULL, room + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    g_assert_true(map != MAP_FAILED);
    g_assert_cmpint(mprotect(map + page, room, PROT_READ | PROT_WRITE), ==, 0);
    return map;
}

static guarded new_place(const void *data, size_t len, bool after)
{
    size_t page = page_size();
    size_t room = len <= USUAL_ROOM ? USUAL_ROOM : (len + page - 1) / page * page;
    guarded place = {.len = len, .size = room + 2 * page};
    place.map = room == USUAL_ROOM && n_kept > 0 ? kept[--n_kept] : map_room(room);
    place.data = after ? place.map + page + room - len : place.map + page;
    if (len > 0)
        memcpy(place.data, data, len);
    return place;
}

guarded guard_after(const void *data, size_t len)
{
    return new_place(data, len, true);
}

guarded guard_before(const void *data, size_t len)
{
    return new_place(data, len, false);
}

msnp_str guard_view(const guarded *place)
{
    return (msnp_str){place->data, place->len};
}

void guard_free(guarded *place)
{
    /* Whoever still looks at it sees that it is gone. */
    if (place->len > 0)
        memset(place->data, 0xdb, place->len);
    if (place->size == USUAL_ROOM + 2 * page_size() && n_kept < G_N_ELEMENTS(kept))
        kept[n_kept++] = place->map;
    else
        g_assert_cmpint(munmap(place->map, place->size), ==, 0);
    *place = (guarded){0};
}

void guard_both(const void *data, size_t len, void (*check)(msnp_str text, void *user), void *user)
{
    guarded after = guard_after(data, len);
    check(guard_view(&after), user);
    guard_free(&after);

    guarded before = guard_before(data, len);
    check(guard_view(&before), user);
    guard_free(&before);
}

void guard_prefixes(const void *data, size_t len, void (*check)(msnp_str text, void *user),
                    void *user)
{
    for (size_t n = 0; n <= len; n++)
        guard_both(data, n, check, user);
}
