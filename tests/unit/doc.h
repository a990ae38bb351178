/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A documented sign-in of example@passport.com, as it was on the wire.
 */
#ifndef DOC_H
#define DOC_H

#define DOC_ACCOUNT  "example@passport.com"
#define DOC_DISPATCH "messenger.hotmail.com"
#define DOC_PASSWORD "password"

#define DOC_VER "VER 1 MSNP8 CVR0\r\n"
#define DOC_CVR "CVR 2 0x0409 win 4.10 i386 MSNMSGR 5.0.0544 MSMSGS example@passport.com\r\n"
#define DOC_CVR_ANSWER                                                                   \
    "CVR 2 6.0.0602 6.0.0602 1.0.0000 "                                                  \
    "http://download.microsoft.com/download/8/a/4/8a42bcae-f533-4468-b871-d2bc8dd32e9e/" \
    "SETUP9x.EXE http://messenger.msn.com.\r\n"
#define DOC_USR "USR 3 TWN I example@passport.com\r\n"
#define DOC_XFR "XFR 3 NS 207.46.106.35:1863 0 207.46.104.20:1863\r\n"

#define DOC_TPF "43f8a4c8ed940c04e3740be46c4d1619"
#define DOC_CHALLENGE                                                                           \
    "lc=1033,id=507,tw=40,fs=1,ru=http%3A%2F%2Fmessenger%2Emsn%2Ecom,ct=1062764229,kpp=1,kv=5," \
    "ver=2.1.0173.1,tpf=" DOC_TPF
#define DOC_USR_CHALLENGE "USR 3 TWN S " DOC_CHALLENGE "\r\n"

#define DOC_TICKET                                                                         \
    "t=53*1hAu8ADuD3TEwdXoOMi08sD*2!cMrntTwVMTjoB3p6stWTqzbkKZPVQzA5NOt19SLI60PY!b8K4YhC!" \
    "Ooo5ug$$&p=5eKBBC!yBH6ex5mftp!a9DrSb0B3hU8aqAWpaPn07iCGBw5akemiWSd7t2ot!okPvIR!Wqk!"  \
    "MKvi1IMpxfhkao9wpxlMWYAZ!DqRfACmyQGG112Bp9xrk04!BVBUa9*"                              \
    "H9mJLoWw39m63YQRE1yHnYNv08nyz43D3OnMcaCoeSaEHVM7LpR*LWDme29qq2X3j8N"
#define DOC_USR_TICKET "USR 4 TWN S " DOC_TICKET "\r\n"
#define DOC_USR_OK     "USR 4 OK example@passport.com example%20friendlyname 1 0\r\n"

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
#define DOC_NEXUS_REQUEST \
    "GET /rdr/pprdr.asp HTTP/1.0\r\nHost: nexus.passport.com\r\nConnection: keep-alive\r\n\r\n"
#define DOC_NEXUS_ANSWER                                                             \
    "HTTP/1.1 200 OK\r\n"                                                            \
    "Server: Microsoft-IIS/5.0\r\n"                                                  \
    "Date: Mon, 02 Jun 2003 11:57:47 GMT\r\n"                                        \
    "Connection: close\r\n"                                                          \
    "PassportURLs: DARealm=Passport.Net,DALogin=login.passport.com/login2.srf,"      \
    "DAReg=http://register.passport.net/uixpwiz.srf,"                                \
    "Properties=https://register.passport.net/editprof.srf,"                         \
    "Privacy=http://www.passport.com/consumer/privacypolicy.asp,"                    \
    "GeneralRedir=http://nexusrdr.passport.com/redir.asp,"                           \
    "Help=http://memberservices.passport.net/memberservice.srf,ConfigVersion=11\r\n" \
    "Content-Length: 0\r\n"                                                          \
    "Content-Type: text/html\r\n"                                                    \
    "Cache-control: private\r\n"                                                     \
    "\r\n"

#define DOC_AUTHORIZATION                                                               \
    "Authorization: Passport1.4 OrgVerb=GET,OrgURL=http%3A%2F%2Fmessenger%2Emsn%2Ecom," \
    "sign-in=example%40passport.com,pwd=password," DOC_CHALLENGE "\r\n"
#define DOC_LOGIN_REQUEST                            \
    "GET /login2.srf HTTP/1.1\r\n" DOC_AUTHORIZATION \
    "Host: login.passport.com\r\nConnection: close\r\n\r\n"
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
#define DOC_LOGIN_REQUEST_2                                  \
    "GET /login2.srf?lc=1033 HTTP/1.1\r\n" DOC_AUTHORIZATION \
    "Host: loginnet.passport.com\r\nConnection: close\r\n\r\n"
#define DOC_LOGIN_ANSWER                                                                 \
    "HTTP/1.1 200 OK\r\n"                                                                \
    "Server: Microsoft-IIS/5.0\r\n"                                                      \
    "Date: Mon, 02 Jun 2003 11:59:00 GMT\r\n"                                            \
    "PPServer: H: LAWPPIIS6B061\r\n"                                                     \
    "Connection: close\r\n"                                                              \
    "Content-Type: text/html\r\n"                                                        \
    "Set-Cookie: MSPSec1= ; expires=Thu, 30-Oct-1980 16:00:00 GMT;domain=.passport.com;" \
    "path=/;HTTPOnly= ;version=1\r\n"                                                    \
    "Set-Cookie: MSPAuth=5yDBU0BqvDa7UiY9W9nVEncRXCLD4gjLmtEr2Xkunnaf$$; HTTPOnly= ; "   \
    "domain=.passport.com;path=/\r\n"                                                    \
    "Authentication-Info: Passport1.4 da-status=success,tname=MSPAuth,tname=MSPProf,"    \
    "tname=MSPSec,from-PP='" DOC_TICKET "',ru=http://messenger.msn.com\r\n"              \
    "Content-Length: 0\r\n"                                                              \
    "\r\n"
#define DOC_LOGIN_REFUSAL                                                                 \
    "HTTP/1.1 401 Unauthorized\r\n"                                                       \
    "Server: Microsoft-IIS/5.0\r\n"                                                       \
    "Connection: close\r\n"                                                               \
    "PassportConfig: ConfigVersion=11\r\n"                                                \
    "WWW-Authenticate: Passport1.4 da-status=failed,srealm=Passport.NET,ts=-3,prompt,"    \
    "cburl=http://www.passportimages.com/XPPassportLogo.gif,"                             \
    "cbtxt=Type%20your%20e-mail%20address%20and%20password%20correctly.%20If%20you%20"    \
    "haven%E2%80%99t%20registered%20with%20.NET%20Passport%2C%20click%20the%20Get%20a%20" \
    ".NET%20Passport%20link.\r\n"                                                         \
    "Content-Length: 390\r\n"                                                             \
    "\r\n"
#define DOC_REFUSAL_TEXT                                                                     \
    "Type your e-mail address and password correctly. If you haven\xe2\x80\x99t registered " \
    "with .NET Passport, click the Get a .NET Passport link."

#endif
