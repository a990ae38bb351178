/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The knobs: all that can be made to happen otherwise than usual, by name.
 */
#include "knobs.h"

#include <string.h>

#include "p2p.h"

/*
 * The one table of the named behaviours, and their documentation: manual.c prints it. A name that
 * is neither here nor a fault of a step (below) is refused. Adding a knob means adding a row; the
 * compiler warns if the row has no text. "escargot" switches on those that are marked so.
 */
static const knob_info knobs[] = {
    {"Connections", KNOB_SECTION, NULL, 0, 0, FALSE, ""},
    {"dribble", KNOB_FLAG, NULL, 0, 0, FALSE,
     "Sends every byte as a segment or TLS record of its own."},
    {"latency", KNOB_NUMBER, "MS", 0, 600000, FALSE, "Waits so long before each answer."},
    {"delay", KNOB_NUMBER, "MS", 0, LINK_DELAY_MAX, FALSE,
     "Connections accepted from now on behave as over a link that takes MS (at most 10000) each "
     "way, handshake included."},

    {"Dispatch and notification server", KNOB_SECTION, NULL, 0, 0, FALSE, ""},
    {"no-dispatch", KNOB_FLAG, NULL, 0, 0, TRUE,
     "The dispatch port is a notification server itself."},
    {"ver-without-cvr0", KNOB_FLAG, NULL, 0, 0, TRUE, "Answers VER with MSNP8 alone."},
    {"xfr-short", KNOB_FLAG, NULL, 0, 0, FALSE, "XFR lacks its last two parameters."},
    {"ns-address", KNOB_TEXT, "HOST:PORT", 0, 0, FALSE,
     "XFR names this address instead of the service's own."},
    {"challenge", KNOB_CHALLENGE, "TEXT", 0, 0, FALSE,
     "Sends TEXT as the Passport challenge. Without a value it is the knob chl."},
    {"challenge-any", KNOB_FLAG, NULL, 0, 0, TRUE,
     "The Passport challenge is always ct=1,rver=1,wp=FS_40SEC_0_COMPACT,lc=1,id=1: other keys in "
     "another order."},
    {"no-pipelining", KNOB_CHOICE, "close|error|drop", 0, 0, FALSE,
     "What a server does that cannot take commands before it has answered VER, CVR, USR or SYN. "
     "close: it answers none of them and closes. error: it answers 715 to the first one that came "
     "too early, then closes. drop: it answers the earlier command and loses all that is behind "
     "it. OUT alone never comes too early."},
    {"no-early-syn", KNOB_CHOICE, "close|error|drop", 0, 0, FALSE,
     "The same, but only before the answer to USR TWN S."},
    {"usr-error", KNOB_NUMBER, "NNN", 100, 999, FALSE,
     "Answers the ticket with this error number, then closes."},
    {"handle-case", KNOB_TEXT, "[stored]", 0, 0, FALSE,
     "USR OK names the account in other letter case than the client did; stored: as it was "
     "registered."},
    {"no-profile", KNOB_FLAG, NULL, 0, 0, FALSE, "Sends no profile message after USR OK."},
    {"profile-extra", KNOB_NUMBER, "N", 0, 10000, FALSE, "The profile message has N more fields."},
    {"client-ip", KNOB_TEXT, "ADDRESS", 0, 0, FALSE,
     "The profile message names this address as the client's, not 127.0.0.1."},
    {"split-profile", KNOB_FLAG, NULL, 0, 0, FALSE, "Sends the profile message byte by byte."},
    {"mailbox", KNOB_FLAG, NULL, 0, 0, FALSE,
     "Accounts have a mailbox: the profile and a message after the first CHG say so, and URL names "
     "its pages."},
    {"no-paging", KNOB_FLAG, NULL, 0, 0, TRUE,
     "The server does not know PAG: it would take the payload, and the command behind it, for one "
     "line. A client must never send it one."},
    {"pag-error", KNOB_NUMBER, "NNN", 100, 999, FALSE,
     "Answers each PAG with this error number (509 if the contact has no mobile phone)."},
    {"chl", KNOB_DIGITS, "[DIGITS]", 0, 0, FALSE,
     "Sends a CHL (with these digits) after the first CHG."},

    {"Passport: nexus and login server", KNOB_SECTION, NULL, 0, 0, FALSE, ""},
    {"passporturls-case", KNOB_FLAG, NULL, 0, 0, TRUE, "The nexus writes \"Passporturls\"."},
    {"dalogin-scheme", KNOB_FLAG, NULL, 0, 0, TRUE, "DALogin begins with https://."},
    {"dalogin-query", KNOB_FLAG, NULL, 0, 0, FALSE,
     "DALogin has a query, and the login server insists on it."},
    {"no-dalogin", KNOB_FLAG, NULL, 0, 0, FALSE, "PassportURLs lacks DALogin."},
    {"nexus-status", KNOB_NUMBER, "NNN", 200, 599, FALSE,
     "The nexus answers with this HTTP status."},
    {"nexus-redirect-to", KNOB_TEXT, "URL", 0, 0, FALSE, "The nexus redirects there."},
    {"nexus-name", KNOB_TEXT, "HOST", 0, 0, FALSE, "Requests to the nexus may name this host."},
    {"nexus-cert", KNOB_CERT, "KIND", 0, 0, FALSE,
     "The nexus's certificate: good, expired, wrong-host, unknown-ca or self-signed."},
    {"nexus-body", KNOB_NUMBER, "N", 0, 1000000, FALSE,
     "The nexus's answer has a body of N bytes, in a TLS record of its own."},
    {"nexus-body-short", KNOB_FLAG, NULL, 0, 0, FALSE,
     "The last byte of that body never comes. One byte is announced at least."},
    {"login-cert", KNOB_CERT, "KIND", 0, 0, FALSE,
     "The login server's certificate, as with nexus-cert."},
    {"login-redirects", KNOB_NUMBER, "N", 0, 1000, FALSE,
     "The login server redirects N times to itself before it answers."},
    {"redirect-loop", KNOB_FLAG, NULL, 0, 0, FALSE, "The login server redirects for ever."},
    {"login-redirect-to", KNOB_TEXT, "URL", 0, 0, FALSE, "The login server redirects there."},
    {"login-status", KNOB_NUMBER, "NNN", 200, 599, FALSE,
     "The login server answers with this HTTP status; 401 as for a wrong password."},
    {"401-plain", KNOB_FLAG, NULL, 0, 0, TRUE, "A refusal has no text, only da-status=failed."},
    {"cbtxt", KNOB_TEXT, "TEXT", 0, 0, FALSE,
     "A refusal has this text as its cbtxt, which must be encoded already."},
    {"no-ticket", KNOB_FLAG, NULL, 0, 0, FALSE, "The login server's success lacks from-PP."},
    {"ticket-opaque", KNOB_FLAG, NULL, 0, 0, TRUE, "Tickets are 20 hexadecimal digits."},
    {"keep-alive", KNOB_FLAG, NULL, 0, 0, FALSE,
     "HTTP connections stay open after an answer, whatever the client asked for."},
    {"http-idle", KNOB_NUMBER, "MS", 1, 600000, FALSE,
     "Closes an HTTP connection that stays open when nothing comes on it for so long."},
    {"http-once", KNOB_FLAG, NULL, 0, 0, FALSE,
     "HTTP connections stay open, but close instead of answering a second request."},
    {"one-passport", KNOB_FLAG, NULL, 0, 0, FALSE,
     "The nexus's port is the login server's as well; requests are told apart by their paths. In "
     "the transcript both are NEXUS; nexus-connect and nexus-cert count. DALogin, redirects and "
     "MSNP8_LOGIN_URL name this port; the login server's own port goes on working."},

    {"HTTP gateway (what goes through it is in the transcript as that of the server behind it)",
     KNOB_SECTION, NULL, 0, 0, FALSE, ""},
    {"gateway-plain", KNOB_FLAG, NULL, 0, 0, TRUE,
     "The SessionID stays the same, GW-IP repeats what the client gave as IP, there is no "
     "Session=close, and PNG does no harm."},
    {"gateway-idle", KNOB_NUMBER, "MS", 1, 3600000, FALSE,
     "A session to which no request came for so long is dropped (usually 60000)."},
    {"gateway-dispatch", KNOB_TEXT, "HOST", 0, 0, FALSE,
     "A session opened with Server=NS and IP=HOST is one with the dispatch server."},
    {"gateway-cert", KNOB_CERT, "KIND", 0, 0, FALSE,
     "The certificate of its TLS port, as with nexus-cert."},
    {"gateway-at", KNOB_TEXT, "PATTERN", 0, 0, FALSE,
     "The steps gateway and gateway-answer and the knobs below concern only requests whose name "
     "matches: NS-open, NS-send, NS-poll, SB-open, SB-send or SB-poll. Without it all do."},
    {"gateway-once", KNOB_FLAG, NULL, 0, 0, FALSE,
     "... and only the next one of them: gateway-at is \"never\" then."},
    {"gateway-piece", KNOB_NUMBER, "N", 1, 1000000, FALSE,
     "A response has at most N bytes of what the server said."},
    {"gateway-slow", KNOB_NUMBER, "MS", 0, 600000, FALSE, "A response comes so much later."},
    {"gateway-body", KNOB_CHOICE, "chunked|close", 0, 0, FALSE,
     "The body has no Content-Length: it comes in chunks, or ends with the connection."},
    {"gateway-close", KNOB_CHOICE, "said|unsaid", 0, 0, FALSE,
     "Each response ends its connection; unsaid: without Connection: close, as many proxies do."},
    {"gateway-http10", KNOB_FLAG, NULL, 0, 0, FALSE,
     "Responses are HTTP/1.0, and end their connections without saying so."},
    {"gateway-continue", KNOB_FLAG, NULL, 0, 0, FALSE, "100 Continue comes before each response."},
    {"gateway-header", KNOB_TEXT, "LINE", 0, 0, FALSE,
     "This stands for the header X-MSN-Messenger; \\x20 is a space, {session} the SessionID, {ip} "
     "the IP that the client gave."},
    {"gateway-split", KNOB_NUMBER, "N", 1, 1000000, FALSE,
     "Responses come in two segments, of which the first has N bytes."},
    {"gateway-cut", KNOB_NUMBER, "N", 0, 1000000, FALSE,
     "The connection closes after N bytes of a response."},
    {"direct-only", KNOB_FLAG, NULL, 0, 0, FALSE,
     "Faults of steps do not concern connections through the gateway. (Those of connecting never "
     "do.)"},

    {"Contact lists", KNOB_SECTION, NULL, 0, 0, FALSE, ""},
    {"any-account", KNOB_FLAG, NULL, 0, 0, FALSE, "Every well-formed address can be added."},
    {"limit-fl", KNOB_NUMBER, "N", 0, 1000000, FALSE,
     "The most contacts that can be on FL (usually 600)."},
    {"limit-al", KNOB_NUMBER, "N", 0, 1000000, FALSE, "The most on AL (usually 1500)."},
    {"limit-bl", KNOB_NUMBER, "N", 0, 1000000, FALSE, "The most on BL (usually 1200)."},
    {"limit-groups", KNOB_NUMBER, "N", 0, 1000000, FALSE,
     "The most groups besides group 0 (usually 30)."},
    {"forbidden-word", KNOB_TEXT, "TEXT", 0, 0, FALSE,
     "REA answers 209 to a name with TEXT in it, unless every byte is escaped."},
    {"rea-limit", KNOB_NUMBER, "N", 0, 1000000, FALSE, "REA answers 800 after N in a session."},
    {"syn-lst-more", KNOB_NUMBER, "N", 0, 1000000, FALSE,
     "SYN announces N more LST lines than come."},
    {"syn-lst-less", KNOB_NUMBER, "N", 0, 1000000, FALSE, "SYN announces N fewer LST lines."},
    {"syn-lsg-more", KNOB_NUMBER, "N", 0, 1000000, FALSE,
     "SYN announces N more LSG lines than come."},
    {"syn-twice", KNOB_FLAG, NULL, 0, 0, FALSE, "Each LST line comes twice, and counts twice."},
    {"syn-unknown-group", KNOB_FLAG, NULL, 0, 0, FALSE,
     "Every contact on FL is also in a group that has no LSG line."},
    {"syn-late", KNOB_FLAG, NULL, 0, 0, FALSE,
     "The first ILN lines come in the middle of the LST lines, with the TrID of SYN."},
    {"syn-dribble", KNOB_FLAG, NULL, 0, 0, FALSE, "Each line of the lists is a write of its own."},
    {"syn-bad-lines", KNOB_FLAG, NULL, 0, 0, FALSE,
     "Broken LST, LSG, BPR and PRP lines come among the others; the LST lines count."},
    {"syn-groups-last", KNOB_FLAG, NULL, 0, 0, FALSE, "The LSG lines come after the LST lines."},
    {"session-versions", KNOB_FLAG, NULL, 0, 0, TRUE,
     "List versions count from the one in SYN plus 1, anew in each session."},
    {"syn-full", KNOB_FLAG, NULL, 0, 0, TRUE,
     "SYN sends the lists even to a client that has them."},
    {"lst-groups", KNOB_FLAG, NULL, 0, 0, TRUE, "Every LST line names groups, \"0\" for none."},
    {"add-bare", KNOB_FLAG, NULL, 0, 0, TRUE,
     "No BPR and ILN after ADD FL of somebody who was on no list before."},
    {"add-again", KNOB_FLAG, NULL, 0, 0, TRUE,
     "ADD FL without a group succeeds for a contact that is on FL already."},
    {"rl-quiet", KNOB_FLAG, NULL, 0, 0, TRUE,
     "No ADD 0 RL to an account that has the other one on a list already."},
    {"rem-group-rl", KNOB_FLAG, NULL, 0, 0, TRUE,
     "REM FL with a group takes the account off the contact's RL."},
    {"rem-keeps-fl", KNOB_FLAG, NULL, 0, 0, TRUE,
     "REM FL with a group never takes the contact off FL."},
    {"rem-205", KNOB_FLAG, NULL, 0, 0, TRUE, "REM of an unknown account is answered 205, not 216."},
    {"not-after-rl", KNOB_FLAG, NULL, 0, 0, TRUE, "A NOT follows each ADD 0 RL and REM 0 RL."},
    {"al-and-bl", KNOB_FLAG, NULL, 0, 0, TRUE, "AL and BL do not exclude each other; BL wins."},
    {"group-0-fixed", KNOB_FLAG, NULL, 0, 0, TRUE,
     "Group 0 is no real group: REG and RMG of it are answered 224, being in it besides other "
     "groups is not kept, and being in no group is being in it."},
    {"rmg-keeps", KNOB_FLAG, NULL, 0, 0, TRUE,
     "RMG leaves the group's contacts on the list, in no group."},
    {"no-group-taken", KNOB_FLAG, NULL, 0, 0, TRUE,
     "The group name \"(No Group)\" is answered 228."},
    {"low-group-ids", KNOB_FLAG, NULL, 0, 0, TRUE, "A new group gets the lowest free id."},
    {"mob-silent", KNOB_FLAG, NULL, 0, 0, TRUE,
     "PRP MOB is not answered as long as MBE was never set."},
    {"block-bpr", KNOB_FLAG, NULL, 0, 0, TRUE,
     "Somebody who is blocked gets a BPR without a value first."},
    {"no-nicknames", KNOB_FLAG, NULL, 0, 0, TRUE,
     "Nicknames are not stored: LST has the address. REA for others is only echoed."},
    {"rea-exact", KNOB_FLAG, NULL, 0, 0, TRUE,
     "REA knows the own account only in the registered letter case."},
    {"raw-names", KNOB_FLAG, NULL, 0, 0, TRUE,
     "Of names only %, space, CR and LF are percent-encoded."},

    {"Switchboards", KNOB_SECTION, NULL, 0, 0, FALSE, ""},
    {"sb-ids", KNOB_CHOICE, "decimal|hex", 0, 0, TRUE,
     "How session ids and cookies look: digits, or 31 and 20 hexadecimal digits. Escargot's are "
     "hex."},
    {"xfr-sb-address", KNOB_TEXT, "HOST:PORT", 0, 0, FALSE,
     "XFR SB names this address instead of the service's own."},
    {"ring-address", KNOB_TEXT, "HOST:PORT", 0, 0, FALSE, "RNG names this address."},
    {"xfr-sb-extra", KNOB_FLAG, NULL, 0, 0, FALSE, "XFR SB has more parameters."},
    {"sb-xfr-limit", KNOB_NUMBER, "N", 0, 1000000, FALSE,
     "XFR SB is answered 800 after N in a session."},
    {"sb-cal-limit", KNOB_NUMBER, "N", 0, 1000000, FALSE,
     "CAL is answered 713 after N in a switchboard."},
    {"ring-delay", KNOB_NUMBER, "MS", 0, 600000, FALSE, "RNG comes so much later than RINGING."},
    {"joi-delay", KNOB_NUMBER, "MS", 0, 600000, FALSE,
     "Whoever is called joins so much later: ANS is answered so late, robots come so late."},
    {"joi-before-ringing", KNOB_FLAG, NULL, 0, 0, FALSE,
     "RINGING comes after the JOI of the one who is called."},
    {"robot-delay", KNOB_NUMBER, "MS", 0, 600000, FALSE, "Robots type so long before they answer."},
    {"sb-drop-every", KNOB_NUMBER, "N", 1, 1000000, FALSE,
     "Every Nth text of a connection is lost silently."},
    {"sb-nak-every", KNOB_NUMBER, "N", 1, 1000000, FALSE,
     "Every Nth text of a connection is not relayed, and answered NAK."},
    {"sb-close-every", KNOB_NUMBER, "N", 1, 1000000, FALSE,
     "Every Nth text of a connection is not relayed, and ends the connection."},
    {"sb-lose-ack", KNOB_FLAG, NULL, 0, 0, FALSE, "Messages are relayed, but there is no ACK."},
    {"sb-idle", KNOB_NUMBER, "MS", 1, 3600000, FALSE,
     "A switchboard in which nobody says anything for so long ends: \"BYE account 1\", then the "
     "connections close."},
    {"sb-bad-lines", KNOB_FLAG, NULL, 0, 0, FALSE,
     "Broken lines come before JOI, BYE, ACK and NAK and after USR and ANS."},

    {"sb-no-p2p", KNOB_FLAG, NULL, 0, 0, FALSE,
     "Switchboards know U, N and A alone: a message of MSNP2P (letter D) ends its connection."},
    {"sb-p2p-lose-every", KNOB_NUMBER, "N", 1, 1000000, FALSE,
     "Every Nth message of MSNP2P of a connection is relayed, but there is no ACK."},
    {"sb-p2p-ack-delay", KNOB_NUMBER, "MS", 0, 600000, FALSE, "Their ACK comes so late."},
    {"sb-p2p-nak-every", KNOB_NUMBER, "N", 1, 1000000, FALSE,
     "Every Nth message of MSNP2P of a connection is not relayed, and answered NAK."},
    {"sb-p2p-drop-every", KNOB_NUMBER, "N", 1, 1000000, FALSE, "... or lost silently."},
    {"sb-p2p-close-at", KNOB_NUMBER, "N", 1, 1000000, FALSE,
     "The Nth message of MSNP2P that clients send is not relayed, and ends its switchboard."},

    {"Files that robots send and take (FILE in the transcript)", KNOB_SECTION, NULL, 0, 0, FALSE,
     ""},
    {"file-nat", KNOB_FLAG, NULL, 0, 0, FALSE,
     "Robots cannot be connected to: they announce Connectivity: N, and never listen."},
    {"file-listen", KNOB_FLAG, NULL, 0, 0, FALSE,
     "Robots that take a file always listen (Sender-Connect: TRUE), not only for a client with "
     "Connectivity: N."},
    {"file-address", KNOB_TEXT, "HOST:PORT", 0, 0, FALSE,
     "Robots that listen say that they do so there. Port 0 is their real one."},
    {"file-internal", KNOB_TEXT, "HOST:PORT", 0, 0, FALSE,
     "... and there inside of their network."},
    {"file-elsewhere", KNOB_FLAG, NULL, 0, 0, FALSE,
     "What robots say about a file they say in a new switchboard each time."},
    {"file-size", KNOB_TEXT, "TEXT", 0, 0, FALSE, "The offer has this as its size."},
    {"file-blocks", KNOB_TEXT, "N,N,...", 0, 0, FALSE,
     "The lengths of the blocks, again and again, instead of 2045."},
    {"file-end-block", KNOB_FLAG, NULL, 0, 0, FALSE, "An end block follows the file."},
    {"file-slow", KNOB_NUMBER, "MS", 0, 600000, FALSE,
     "So long a pause after each block, or after each read."},
    {"file-at", KNOB_NUMBER, "N", 0, 1000000000, FALSE,
     "How many bytes of the file have moved at the step file-block."},
    {"file-cut", KNOB_NUMBER, "N", 0, 1000000000, FALSE,
     "Closes the connection when N bytes have passed on it, both ways together."},
    {"file-break", KNOB_NUMBER, "N", 0, 1000000000, FALSE, "The same with a reset."},
    {"file-stranger", KNOB_CHOICE, "garbage|silent|cookie|account|again", 0, 0, FALSE,
     "Before a robot connects somebody else does, who says this instead of what is right; again: "
     "it connects once more while the file moves."},

    {"Robots with MSNP2P, whose client id says so", KNOB_SECTION, NULL, 0, 0, FALSE, ""},
    {"p2p-always", KNOB_FLAG, NULL, 0, 0, FALSE, "All robots know it, whatever their client id."},
    {"p2p-context", KNOB_CHOICE,
     "v2|v3|v3-637|v9|preview|background|unpadded|says-much|short-context|tiny|bad-base64", 0, 0,
     FALSE,
     "The context of their offers: version 2 (the default) or 3, with a preview, without the = at "
     "its end, or a wrong one."},
    {"p2p-size", KNOB_DIGITS, "N", 0, 0, FALSE, "The context has this as its size."},
    {"p2p-piece", KNOB_NUMBER, "N", 1, P2P_PIECE, FALSE, "SLP comes in pieces of N bytes."},
    {"p2p-chunk", KNOB_NUMBER, "N", 1, P2P_PIECE, FALSE, "Data comes in pieces of N bytes."},
    {"p2p-flags", KNOB_CHOICE, "0x20|0x30|0x01000020|0x01000030", 0, 0, FALSE,
     "The flags of data."},
    {"p2p-new-flags", KNOB_FLAG, NULL, 0, 0, FALSE, "The flags of SLP are 0x01000000."},
    {"p2p-footer", KNOB_NUMBER, "N", 0, 1000, FALSE,
     "The footer of everything, instead of 2 (data) and 0."},
    {"p2p-old-identifiers", KNOB_FLAG, NULL, 0, 0, FALSE,
     "Identifiers jump as those of Messenger 6 are said to do."},
    {"p2p-headers", KNOB_CHOICE, "reversed|bare", 0, 0, FALSE,
     "SLP has its headers in reverse order and names the sender in its first line, or in lower "
     "case, without CR and NUL; both have headers of later clients."},
    {"p2p-dest", KNOB_CHOICE, "none|other|case|guid|source", 0, 0, FALSE,
     "P2P-Dest is missing, is somebody else, is in another letter case, or it and P2P-Src are "
     "those "
     "of version 2."},
    {"p2p-transport", KNOB_CHOICE, "plain|hashed|second", 0, 0, FALSE,
     "Before the data robots ask for a direct connection, as the first generation does it or with "
     "a Hashed-Nonce; and once more, as if they listened."},
    {"p2p-early", KNOB_FLAG, NULL, 0, 0, FALSE, "The first data comes before the offer is taken."},
    {"p2p-prepare", KNOB_FLAG, NULL, 0, 0, FALSE, "Four zero bytes come before the data."},
    {"p2p-ack-request", KNOB_FLAG, NULL, 0, 0, FALSE, "An ACK request of SLP comes, too."},
    {"p2p-extra", KNOB_FLAG, NULL, 0, 0, FALSE, "An empty message comes after the data."},
    {"p2p-bye", KNOB_CHOICE, "never|early|receiver", 0, 0, FALSE,
     "Who sends gives no BYE at the end, or gives it before the data is acknowledged; or who "
     "receives gives one, too."},
    {"p2p-bye-ended", KNOB_FLAG, NULL, 0, 0, FALSE, "BYE is acknowledged with 0x40."},
    {"p2p-no-ack", KNOB_TEXT, "WORD,...", 0, 0, FALSE,
     "These are not acknowledged: invite, answer, data, bye."},
    {"p2p-answer", KNOB_NUMBER, "N", 0, 999, FALSE,
     "An offer is answered with this code, not 200; 0: not at all."},
    {"p2p-wait", KNOB_NUMBER, "MS", 0, 3600000, FALSE, "The answer to an offer comes so late."},
    {"p2p-slow", KNOB_NUMBER, "MS", 0, 600000, FALSE, "So long a pause after each piece of data."},
    {"p2p-elsewhere", KNOB_FLAG, NULL, 0, 0, FALSE, "All SLP is said in a new switchboard each."},
    {"p2p-leave", KNOB_FLAG, NULL, 0, 0, FALSE, "Robots leave the switchboard after a file."},
    {"p2p-blind", KNOB_FLAG, NULL, 0, 0, FALSE, "Data is appended whatever its offset is."},
    {"p2p-cancel", KNOB_CHOICE, "603|flags", 0, 0, FALSE,
     "Robots cancel with 603 instead of BYE, or with 0x40 or 0x80 after it."},
    {"p2p-at", KNOB_NUMBER, "N", 0, 1000000000, FALSE,
     "After how many bytes of a file p2p-then is meant; 0 is before the first one."},
    {"p2p-then", KNOB_CHOICE,
     "cancel|stop|close|leave|third|nak|gap|repeat|beyond|longer|other-total", 0, 0, FALSE,
     "The robot cancels, falls silent, has its switchboard closed, leaves it, or invites "
     "p2p-third; "
     "it asks for this byte again; or it leaves out a piece, repeats one, or sends a wrong one."},
    {"p2p-third", KNOB_TEXT, "ADDRESS", 0, 0, FALSE, "Whom p2p-then=third invites."},
    {"p2p-gives-up", KNOB_FLAG, NULL, 0, 0, FALSE,
     "A file ends for the robot with its switchboard; else it goes on in another one."},

    {"All of Escargot", KNOB_SECTION, NULL, 0, 0, FALSE, ""},
    {"escargot", KNOB_FLAG, NULL, 0, 0, FALSE,
     "Behaves like Escargot: everything marked * (sb-ids as hex); CVR echoes the client's version, "
     "the address must be written as registered, there is no CHL, QRY stays unanswered, and HTTP "
     "answers are short."},
};

/* The steps that can be made to fail: STEP.silent, STEP.close, STEP.reset and STEP.reply=BYTES. */
static const step_info steps[] = {
    {"ds-connect", "a connection to the dispatch server"},
    {"ds-ver", "its VER"},
    {"ds-cvr", "its CVR"},
    {"ds-usr", "its USR"},
    {"ns-connect", "a connection to the notification server"},
    {"ns-ver", "its VER"},
    {"ns-cvr", "its CVR"},
    {"ns-usr-i", "USR TWN I, which asks for the Passport challenge"},
    {"ns-usr-s", "USR TWN S, with the ticket"},
    {"ns-syn", "SYN, which asks for the lists"},
    {"ns-chg", "CHG, a change of status"},
    {"ns-png", "PNG, the keep-alive"},
    {"ns-qry", "QRY, the answer to CHL"},
    {"ns-url", "URL, a request for the address of a web page"},
    {"ns-add", "every ADD; after a fault of this or the steps below the lists stay as they are"},
    {"ns-add-fl", "ADD FL"},
    {"ns-add-al", "ADD AL"},
    {"ns-add-bl", "ADD BL"},
    {"ns-rem", "every REM"},
    {"ns-rem-fl", "REM FL"},
    {"ns-rem-al", "REM AL"},
    {"ns-rem-bl", "REM BL"},
    {"ns-adg", "ADG, a new group"},
    {"ns-reg", "REG, another name for a group"},
    {"ns-rmg", "RMG, the end of a group"},
    {"ns-rea", "REA, a friendly name"},
    {"ns-blp", "BLP, who may write"},
    {"ns-gtc", "GTC, whether to be asked about additions"},
    {"ns-prp", "PRP, a phone number"},
    {"ns-pag", "PAG, a message to a mobile phone, which has no answer"},
    {"nexus-connect", "a connection to the nexus"},
    {"nexus", "the request to the nexus"},
    {"login-connect", "a connection to the login server"},
    {"login", "the request to the login server"},
    {"gateway-connect", "a connection to the gateway"},
    {"gateway", "a request to the gateway, before it is obeyed"},
    {"gateway-answer", "the response to a request that was obeyed; what the server said is lost"},
    {"ns-xfr-sb", "XFR SB; a cookie in the reply is good"},
    {"sb-connect", "a connection to a switchboard"},
    {"sb-usr", "its USR; OK in the reply lets the client in"},
    {"sb-ans", "its ANS, likewise"},
    {"sb-cal", "CAL; RINGING in the reply calls the other one"},
    {"file-offer",
     "a robot offers a file; all steps of files have STEP.cancel=CODE, too: CANCEL in "
     "the switchboard, and {cookie}, {auth} and {account} are filled in"},
    {"file-accept", "it accepts one"},
    {"file-where", "it listens as the sender, and says where"},
    {"file-connect", "it connects, or takes connections: only file-connect.silent"},
    {"file-ver", "it says VER on the connection"},
    {"file-usr", "its USR, as the receiver"},
    {"file-fil", "its FIL, as the sender"},
    {"file-tfr", "its TFR, as the receiver"},
    {"file-block", "as many bytes have moved as file-at says; nothing follows"},
    {"file-bye", "its BYE, as the receiver"},
    {"sb-msg", "MSG, but not with U; nothing is relayed"},
};

const knob_info *knobs_table(guint *n)
{
    *n = G_N_ELEMENTS(knobs);
    return knobs;
}

const step_info *knobs_steps(guint *n)
{
    *n = G_N_ELEMENTS(steps);
    return steps;
}

static const knob_info *find_knob(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(knobs); i++)
        if (knobs[i].kind != KNOB_SECTION && g_str_equal(knobs[i].name, name))
            return &knobs[i];
    return NULL;
}

static gboolean is_step(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(steps); i++)
        if (g_str_equal(steps[i].name, name))
            return TRUE;
    return FALSE;
}

/* The action of a "STEP.action" name, NULL if it is no such name. */
static const char *step_action(const char *name)
{
    static const char *const actions[] = {"silent", "close", "reset", "reply", "cancel", NULL};
    const char *dot = strchr(name, '.');
    g_autofree char *step = dot ? g_strndup(name, (gsize)(dot - name)) : NULL;

    if (!dot || !is_step(step) || !g_strv_contains(actions, dot + 1))
        return NULL;
    return dot + 1;
}

static int hex_pair(const char *p)
{
    if (!g_ascii_isxdigit(p[0]) || !g_ascii_isxdigit(p[1]))
        return -1;
    return g_ascii_xdigit_value(p[0]) * 16 + g_ascii_xdigit_value(p[1]);
}

GString *knobs_unescape(const char *text)
{
    static const char names[] = "rnt0\\";
    static const char bytes[] = "\r\n\t\0\\";
    GString *out = g_string_new(NULL);

    for (const char *p = text; *p; p++) {
        const char *name = p[0] == '\\' && p[1] ? strchr(names, p[1]) : NULL;
        int byte = p[0] == '\\' && p[1] == 'x' ? hex_pair(p + 2) : -1;

        if (name)
            g_string_append_c(out, bytes[name - names]);
        else if (byte >= 0)
            g_string_append_c(out, (char)byte);
        else if (*p != '\\')
            g_string_append_c(out, *p);
        else
            return g_string_free(out, TRUE), NULL;
        p += name ? 1 : byte >= 0 ? 3 : 0;
    }
    return out;
}

static gboolean all_digits(const char *text)
{
    return text[strspn(text, "0123456789")] == '\0';
}

/* No byte that could end a line or a parameter. */
static gboolean is_word(const char *text)
{
    for (const char *p = text; *p; p++)
        if (*p < 0x21 || *p == 0x7f)
            return FALSE;
    return *text != '\0';
}

static gboolean is_one_of(const char *choices, const char *value)
{
    g_auto(GStrv) words = g_strsplit(choices, "|", -1);

    return g_strv_contains((const char *const *)words, value);
}

static gboolean value_fits(const knob_info *k, const char *value)
{
    guint64 number = 0;

    switch (k->kind) {
    case KNOB_FLAG:
        return !*value;
    case KNOB_NUMBER:
        return reader_number(value, k->most, &number) && number >= k->least;
    case KNOB_CERT:
        return cert_kind_from_name(value) != CERT_N_KINDS;
    case KNOB_DIGITS:
        return all_digits(value);
    case KNOB_CHALLENGE:
        return is_word(value);
    case KNOB_CHOICE:
        return is_one_of(k->value, value);
    case KNOB_SECTION:
        return FALSE;
    case KNOB_TEXT:
        break;
    }
    if (g_str_equal(k->name, "handle-case"))
        return !*value || g_str_equal(value, "stored");
    return is_word(value);
}

gboolean service_set(service *self, const char *knob, const char *value)
{
    const char *action = step_action(knob);
    const knob_info *k = find_knob(knob);
    const char *given = value ? value : "";

    if (action && g_str_equal(action, "cancel")) {
        if (!is_word(given))
            return FALSE;
    } else if (action && g_str_equal(action, "reply")) {
        GString *bytes = value ? knobs_unescape(value) : NULL;

        if (!bytes)
            return FALSE;
        g_string_free(bytes, TRUE);
    } else if (action) {
        if (*given)
            return FALSE;
    } else {
        if (k && k->kind == KNOB_CHALLENGE && !*given)
            k = find_knob("chl");
        if (!k || !value_fits(k, given))
            return FALSE;
    }
    g_hash_table_replace(self->knobs, g_strdup(k ? k->name : knob), g_strdup(given));
    return TRUE;
}

void service_unset(service *self, const char *knob)
{
    g_hash_table_remove(self->knobs, knob);
    /* "challenge" without a value had set the other one. */
    if (g_str_equal(knob, "challenge"))
        g_hash_table_remove(self->knobs, "chl");
}

const char *knob_get(const service *self, const char *name)
{
    const char *value = g_hash_table_lookup(self->knobs, name);
    const knob_info *k;

    if (value || !g_hash_table_contains(self->knobs, "escargot"))
        return value;
    k = find_knob(name);
    return k && k->escargot ? "" : NULL;
}

gboolean knob_on(const service *self, const char *name)
{
    return knob_get(self, name) != NULL;
}

guint knob_number(const service *self, const char *name, guint otherwise)
{
    const char *value = knob_get(self, name);
    guint64 number = 0;

    return value && reader_number(value, G_MAXUINT32, &number) ? (guint)number : otherwise;
}

/* What stands for "{name}" in a reply; NULL if that is no name of ours. */
static char *placeholder(gconstpointer data, const char *name)
{
    const conn *c = data;
    const service *svc = c->svc;

    if (g_str_equal(name, "trid"))
        return g_strdup_printf("%" G_GUINT64_FORMAT, c->trid);
    if (g_str_equal(name, "account"))
        return g_strdup(c->account ? c->account : "");
    if (g_str_equal(name, "ds"))
        return g_strdup_printf("127.0.0.1:%u", service_port(svc, SERVICE_DISPATCH));
    if (g_str_equal(name, "ns"))
        return g_strdup_printf("127.0.0.1:%u", service_port(svc, SERVICE_NOTIFICATION));
    if (g_str_equal(name, "sb"))
        return g_strdup_printf("127.0.0.1:%u", service_port(svc, SERVICE_SWITCHBOARD));
    if (g_str_equal(name, "nexus"))
        return g_strdup_printf("localhost:%u", service_port(svc, SERVICE_NEXUS));
    if (g_str_equal(name, "login"))
        return g_strdup_printf("localhost:%u", login_port(svc));
    return NULL;
}

GString *knobs_expand(const char *value, char *(*fill)(gconstpointer data, const char *name),
                      gconstpointer data)
{
    GString *bytes = knobs_unescape(value);
    GString *out = g_string_new(NULL);
    gsize at = 0;

    while (at < bytes->len) {
        const char *p = bytes->str + at;
        const char *end = *p == '{' ? strchr(p, '}') : NULL;
        g_autofree char *name = end ? g_strndup(p + 1, (gsize)(end - p - 1)) : NULL;
        g_autofree char *text = name ? fill(data, name) : NULL;

        if (text)
            g_string_append(out, text);
        else
            g_string_append_c(out, *p);
        at += text ? (gsize)(end - p) + 1 : 1;
    }
    g_string_free(bytes, TRUE);
    return out;
}

/* The bytes that a reply stands for; the caller frees it. */
static GString *expand_reply(const conn *c, const char *value)
{
    return knobs_expand(value, placeholder, c);
}

static void send_reply(conn *c, const char *value)
{
    GString *bytes = expand_reply(c, value);

    conn_send(c, bytes->str, (gssize)bytes->len);
    g_string_free(bytes, TRUE);
}

static const char *step_get(const conn *c, const char *step, const char *action)
{
    g_autofree char *name = g_strconcat(step, ".", action, NULL);

    return knob_get(c->svc, name);
}

char *step_replied_word(const conn *c, const char *step, const char *before)
{
    const char *reply = step_get(c, step, "reply");
    GString *bytes = reply ? expand_reply(c, reply) : NULL;
    const char *found = bytes ? strstr(bytes->str, before) : NULL;
    const char *word = found ? found + strlen(before) : NULL;
    char *copy = word ? g_strndup(word, strcspn(word, " \r\n")) : NULL;

    if (bytes)
        g_string_free(bytes, TRUE);
    return copy;
}

step_result step_apply(conn *c, const char *step)
{
    const char *reply = step_get(c, step, "reply");

    if (c->tunnelled && knob_on(c->svc, "direct-only"))
        return STEP_NORMAL;
    if (step_get(c, step, "silent"))
        return STEP_NOTHING;
    if (reply)
        send_reply(c, reply);
    if (step_get(c, step, "reset")) {
        conn_reset(c);
        return STEP_NOTHING;
    }
    if (step_get(c, step, "close")) {
        conn_finish(c);
        return STEP_NOTHING;
    }
    return reply ? STEP_REPLIED : STEP_NORMAL;
}
