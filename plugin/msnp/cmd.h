/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands: verb tables, a line to a view and back, and redaction for logs.
 */
#ifndef MSNP_CMD_H
#define MSNP_CMD_H

#include "event.h"
#include "mask.h"

#define MSNP_LINE_MAX    16384 /* bytes in a line, including CR LF */
#define MSNP_PAYLOAD_MAX 65536 /* bytes in a payload */
#define MSNP_ARGS_MAX    64    /* parameters in a line */

/* Bit of a step in msnp_verb.steps. */
#define MSNP_IN(step) (1u << (step))

/* For msnp_verb.secret: parameter n, or n and all after it. */
#define MSNP_SECRET(n)      (UINT64_C(1) << (n))
#define MSNP_SECRET_FROM(n) (~UINT64_C(0) << (n))

/* A command that a kind of server may send: the first member of a row of its verb table. */
typedef struct {
    char name[4];
    uint8_t min_args; /* parameters, including the transaction id */
    bool payload;     /* the last parameter is the length of a payload */
    uint64_t secret;  /* MSNP_SECRET() of the parameters that are masked in logs */
    uint32_t steps;   /* MSNP_IN() of the steps in which it is valid */
} msnp_verb;

/*
 * A verb table, from ns.h or switchboard.h. Its rows begin with msnp_verb; the rest of a row (the
 * handler) is known only to the file that defines the table.
 */
typedef struct {
    const msnp_verb *first;
    size_t n;
    size_t row_size;
} msnp_verbs;

/* A parsed command. All views borrow from the buffer that it was parsed from. */
typedef struct {
    char name[4];          /* verb, or the three digits of an error */
    const msnp_verb *verb; /* its row; NULL for unknown verbs and errors */
    unsigned number;       /* error number; 0 if it is no error */
    size_t argc;
    msnp_str argv[MSNP_ARGS_MAX];
    msnp_str payload; /* empty if it has none */
} msnp_cmd;

/*
 * Parses one line, given without its line end, and looks up its row in `verbs`. MSNP_ERR_MALFORMED
 * if it does not begin with three letters or digits, contains a NUL or has too many parameters.
 * Empty parameters are kept. msnp_cmd_complete() checks argc.
 */
msnp_err msnp_cmd_parse(msnp_cmd *cmd, const msnp_verbs *verbs, msnp_str line);
/* Does it have at least the parameters that its row requires? True for unknown verbs. */
bool msnp_cmd_complete(const msnp_cmd *cmd);
/* The transaction id in parameter 0; false if there is none. */
bool msnp_cmd_trid(const msnp_cmd *cmd, uint32_t *trid);

/*
 * Appends "NAME trid arg arg..." and CR LF to `out`. If `trid` is 0, it is omitted (PNG, OUT).
 * `args` ends with NULL. MSNP_ERR_MALFORMED, and nothing is appended, if an argument is empty or
 * contains a space or a control character: encode first.
 */
msnp_err msnp_cmd_write(msnp_buf *out, const char *name, uint32_t trid, const char *const *args);

/*
 * The command for the log: secret parameters, payloads and all that `mask` hides are masked, and
 * everything else becomes printable ASCII. `steps` has the receiver's step (MSNP_IN()): a line that
 * is not valid in it, has fewer parameters than its row requires, or is unknown, shows only its
 * verb and the number of its parameters, since a secret may be in any of them. 0: a line of our
 * own. `line` has no line end. The caller frees the result.
 */
char *msnp_cmd_redact(const msnp_verbs *verbs, msnp_str line, size_t payload_len, uint32_t steps,
                      const msnp_mask *mask);

#endif
