/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A documented sign-in of example@passport.com, as it was on the wire.
 */
#ifndef DOC_H
#define DOC_H

#define DOC_ACCOUNT  "example@passport.com"
#define DOC_DISPATCH "messenger.hotmail.com"

#define DOC_VER "VER 1 MSNP8 CVR0\r\n"
#define DOC_CVR_ANSWER                                                                   \
    "CVR 2 6.0.0602 6.0.0602 1.0.0000 "                                                  \
    "http://download.microsoft.com/download/8/a/4/8a42bcae-f533-4468-b871-d2bc8dd32e9e/" \
    "SETUP9x.EXE http://messenger.msn.com.\r\n"

#define DOC_TPF "43f8a4c8ed940c04e3740be46c4d1619"
#define DOC_CHALLENGE                                                                           \
    "lc=1033,id=507,tw=40,fs=1,ru=http%3A%2F%2Fmessenger%2Emsn%2Ecom,ct=1062764229,kpp=1,kv=5," \
    "ver=2.1.0173.1,tpf=" DOC_TPF
#define DOC_USR_CHALLENGE "USR 3 TWN S " DOC_CHALLENGE "\r\n"

#define DOC_USR_OK "USR 4 OK example@passport.com example%20friendlyname 1 0\r\n"

#define DOC_MSPAUTH "5yDBU0BqvDa7UiY9W9nVEncRXCLD4gjL$$"
#define DOC_PROFILE_BODY                                    \
    "MIME-Version: 1.0\r\n"                                 \
    "Content-Type: text/x-msmsgsprofile; charset=UTF-8\r\n" \
    "LoginTime: 1062764235\r\n"                             \
    "EmailEnabled: 1\r\n"                                   \
    "MemberIdHigh: 85040\r\n"                               \
    "MemberIdLow: -517030579\r\n"                           \
    "lang_preference: 1033\r\n"                             \
    "preferredEmail: example@passport.com\r\n"              \
    "country: US\r\n"                                       \
    "PostalCode: 90201\r\n"                                 \
    "Gender: m\r\n"                                         \
    "Kid: 0\r\n"                                            \
    "Age: \r\n"                                             \
    "BDayPre: 5\r\n"                                        \
    "Birthday: 0\r\n"                                       \
    "Wallet: 0\r\n"                                         \
    "Flags: 1027\r\n"                                       \
    "sid: 507\r\n"                                          \
    "kv: 5\r\n"                                             \
    "MSPAuth: " DOC_MSPAUTH "\r\n"                          \
    "ClientIP: 203.0.113.7\r\n"                             \
    "ClientPort: 17668\r\n"                                 \
    "\r\n"
#define DOC_PROFILE "MSG Hotmail Hotmail 430\r\n" DOC_PROFILE_BODY

#define DOC_LISTS                                                                          \
    "SYN 5 27 3 2\r\nGTC A\r\nBLP AL\r\nPRP PHH 01%20234\r\nLSG 0 Other%20Contacts 0\r\n"  \
    "LSG 1 Friends 0\r\nLST bob@example.com Bob 11 1\r\nBPR PHM 555-1234\r\nBPR MOB Y\r\n" \
    "LST carol@example.com Carol 3 0,1\r\nLST dave@example.com Dave 8\r\n"

#define DOC_CHL    "CHL 0 15570131571988941333\r\n"
#define DOC_DIGEST "8f2f5a91b72102cd28355e9fc9000d6e"

#define DOC_NEXUS_URL "https://nexus.passport.com/rdr/pprdr.asp"

#define DOC_LOGIN_REDIRECT                                           \
    "HTTP/1.1 302 Found\r\n"                                         \
    "Server: Microsoft-IIS/5.0\r\n"                                  \
    "Date: Mon, 02 Jun 2003 11:58:32 GMT\r\n"                        \
    "PPServer: H: LAWPPLOG5C006\r\n"                                 \
    "Connection: close\r\n"                                          \
    "Content-Type: text/html\r\n"                                    \
    "Expires: Mon, 02 Jun 2003 11:57:32 GMT\r\n"                     \
    "Cache-Control: no-cache\r\n"                                    \
    "cachecontrol: no-store\r\n"                                     \
    "Pragma: no-cache\r\n"                                           \
    "P3P: CP=\"DSP CUR OTPi IND OTRi ONL FIN\"\r\n"                  \
    "Authentication-Info: Passport1.4 da-status=redir\r\n"           \
    "Location: https://loginnet.passport.com/login2.srf?lc=1033\r\n" \
    "\r\n"

#endif
