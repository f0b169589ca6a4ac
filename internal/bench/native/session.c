/* RFC 5321; 1870 (SIZE), 2920 (PIPELINING), 3030 (CHUNKING, BINARYMIME), 3207 (STARTTLS), 4954 (AUTH), 6152, 6531. */
#define _GNU_SOURCE /* memmem, strcasestr */
#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ledger.h"

enum { LONGEST_LINE = 4096 };

void octets_reserve(struct octets *octets, size_t more) {
  if (octets->from == octets->to) octets->from = octets->to = 0;
  if (octets->room - octets->to >= more) return;
  if (octets->from > 0) {
    memmove(octets->start, octets->start + octets->from, octets->to - octets->from);
    octets->to -= octets->from;
    octets->from = 0;
  }
  while (octets->room - octets->to < more) {
    octets->room = octets->room == 0 ? 65536 : octets->room * 2;
    octets->start = realloc(octets->start, octets->room);
    if (octets->start == NULL) abort();
  }
}

void octets_append(struct octets *octets, const char *data, size_t length) {
  octets_reserve(octets, length);
  memcpy(octets->start + octets->to, data, length);
  octets->to += length;
}

static void say(struct session *session, const char *text) { octets_append(&session->out, text, strlen(text)); }

static void forget_transaction(struct session *session) {
  session->has_sender = session->recipients = session->is_chunking = 0;
  session->message.from = session->message.to = 0;
  session->dropped = 0;
}

void session_start(struct session *session, struct offer offer) {
  memset(session, 0, sizeof *session);
  session->offer = offer;
  session->last_id = -1;
  ledger_connection();
  say(session, "220 sink.example ESMTP\r\n");
}

void session_secured(struct session *session) {
  forget_transaction(session);
  session->state = SESSION_COMMANDS;
  session->offer.starttls = 0;
}

void session_free(struct session *session) {
  free(session->in.start);
  free(session->out.start);
  free(session->message.start);
}

static void say_taken(struct session *session, int64_t id) {
  char reply[80];
  snprintf(reply, sizeof reply, "250 2.0.0 Ok: queued as %lld\r\n", (long long)id);
  say(session, reply);
  forget_transaction(session);
}

/* --- DATA ----------------------------------------------------------------------------------------------------- */

/* RFC 5321 section 4.5.2: the second of two dots at the start of a line goes. */
static size_t without_stuffed_dots(char *start, size_t length) {
  char *to = start, *from = start, *end = start + length;
  for (char *at = start; (at = memchr(at, '.', (size_t)(end - at))) != NULL; at++) {
    if (at != start && !(at - start >= 2 && at[-1] == '\n' && at[-2] == '\r')) continue;
    memmove(to, from, (size_t)(at - from));
    to += at - from;
    from = at + 1;
    /* What follows stays, even another dot. */
    if (from == end) break;
  }
  memmove(to, from, (size_t)(end - from));
  return (size_t)(to + (end - from) - start);
}

/* Gives 0 when more octets have to come. */
static int take_data(struct session *session) {
  struct octets *in = &session->in;
  for (;;) {
    char *start = in->start + in->from, *end = in->start + in->to;
    char *dot = memchr(start + session->scanned, '.', (size_t)(end - start) - session->scanned);
    if (dot == NULL) {
      session->scanned = (size_t)(end - start);
    } else {
      size_t at = (size_t)(dot - start);
      int starts_line = (at == 0 && session->dropped == 0) || (at >= 2 && dot[-1] == '\n' && dot[-2] == '\r');
      if (!starts_line) {
        session->scanned = at + 1;
        continue;
      }
      if (end - dot >= 3) {
        if (dot[1] == '\r' && dot[2] == '\n') {
          size_t length = at;
          in->from += at + 3;
          session->state = SESSION_COMMANDS;
          if (session->dropped > 0) {
            ledger_take_long(session->dropped + length - session->stuffed_dots);
            say_taken(session, -1);
          } else {
            if (session->stuffed_dots > 0) length = without_stuffed_dots(start, length);
            say_taken(session, ledger_take(start, length, &session->last_id));
          }
          return 1;
        }
        session->stuffed_dots++;
        session->scanned = at + 1;
        continue;
      }
      session->scanned = at;
    }
    /* A message too long to be kept: what was looked at goes, but for what the start of a line is told by. */
    if (session->scanned > LONGEST_KEPT) {
      size_t drop = session->scanned - 2;
      in->from += drop;
      session->scanned -= drop;
      session->dropped += drop;
    }
    return 0;
  }
}

/* --- BDAT ----------------------------------------------------------------------------------------------------- */

static int take_chunk(struct session *session) {
  struct octets *in = &session->in, *kept = &session->message;
  size_t there = in->to - in->from;
  size_t kept_length = kept->to - kept->from;
  /* A message in one chunk is looked at where it is. */
  if (session->chunk_is_last && kept_length == 0 && session->dropped == 0 && session->chunk_left <= LONGEST_KEPT) {
    if (there < session->chunk_left) return 0;
    size_t length = (size_t)session->chunk_left;
    char *start = in->start + in->from;
    in->from += length;
    session->state = SESSION_COMMANDS;
    if (session->recipients == 0) {
      say(session, "503 5.5.1 MAIL and RCPT first\r\n");
      forget_transaction(session);
    } else {
      say_taken(session, ledger_take(start, length, &session->last_id));
    }
    return 1;
  }
  size_t count = there < session->chunk_left ? there : (size_t)session->chunk_left;
  if (session->dropped > 0 || kept_length + count > LONGEST_KEPT) {
    session->dropped += kept_length + count;
    kept->from = kept->to = 0;
  } else {
    octets_append(kept, in->start + in->from, count);
  }
  in->from += count;
  session->chunk_left -= count;
  if (session->chunk_left > 0) return 0;
  session->state = SESSION_COMMANDS;
  if (session->recipients == 0) {
    say(session, "503 5.5.1 MAIL and RCPT first\r\n");
    forget_transaction(session);
  } else if (!session->chunk_is_last) {
    say(session, "250 2.0.0 chunk taken\r\n");
  } else if (session->dropped > 0) {
    ledger_take_long(session->dropped);
    say_taken(session, -1);
  } else {
    say_taken(session, ledger_take(kept->start + kept->from, kept->to - kept->from, &session->last_id));
  }
  return 1;
}

static void begin_chunk(struct session *session, const char *line) {
  char *rest = NULL;
  unsigned long long length = strtoull(line + 4, &rest, 10);
  int is_last = rest != NULL && strcasecmp(rest, " LAST") == 0;
  if (line[4] != ' ' || rest == line + 5 || (*rest != '\0' && !is_last)) {
    say(session, "501 5.5.4 BDAT length [LAST]\r\n");
    session->state = SESSION_CLOSED; /* where the next command starts is not known */
    return;
  }
  session->is_chunking = 1;
  session->chunk_left = length;
  session->chunk_is_last = is_last;
  session->state = SESSION_CHUNK;
}

/* --- commands --------------------------------------------------------------------------------------------------- */

static int is_verb(const char *line, const char *verb) {
  size_t length = strlen(verb);
  return strncasecmp(line, verb, length) == 0 && (line[length] == '\0' || line[length] == ' ');
}

static void say_offer(struct session *session) {
  const struct offer *offer = &session->offer;
  say(session, "250-sink.example\r\n");
  if (offer->pipelining) say(session, "250-PIPELINING\r\n");
  if (offer->chunking) say(session, "250-CHUNKING\r\n250-BINARYMIME\r\n");
  if (offer->starttls) say(session, "250-STARTTLS\r\n");
  if (offer->auth) say(session, "250-AUTH PLAIN LOGIN\r\n");
  say(session, "250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE 1073741824\r\n");
}

static void take_command(struct session *session, const char *line) {
  if (session->awaits_response) { /* whoever asks may come in */
    session->awaits_response--;
    say(session, session->awaits_response > 0 ? "334 UGFzc3dvcmQ6\r\n" : "235 2.7.0 welcome\r\n");
  } else if (is_verb(line, "MAIL")) {
    if (session->has_sender) {
      say(session, "503 5.5.1 one MAIL at a time\r\n");
    } else {
      session->has_sender = 1;
      say(session, "250 2.1.0 Ok\r\n");
    }
  } else if (is_verb(line, "RCPT")) {
    if (!session->has_sender) {
      say(session, "503 5.5.1 MAIL first\r\n");
    } else {
      session->recipients++;
      say(session, "250 2.1.5 Ok\r\n");
    }
  } else if (is_verb(line, "DATA")) {
    if (session->recipients == 0 || session->is_chunking) {
      say(session, "503 5.5.1 not now\r\n");
    } else {
      session->state = SESSION_DATA;
      session->scanned = 0;
      session->stuffed_dots = 0;
      say(session, "354 go on\r\n");
    }
  } else if (is_verb(line, "BDAT") && session->offer.chunking) {
    begin_chunk(session, line);
  } else if (is_verb(line, "EHLO")) {
    forget_transaction(session);
    say_offer(session);
  } else if (is_verb(line, "HELO")) {
    forget_transaction(session);
    say(session, "250 sink.example\r\n");
  } else if (is_verb(line, "RSET")) {
    forget_transaction(session);
    say(session, "250 2.0.0 Ok\r\n");
  } else if (is_verb(line, "NOOP")) {
    say(session, "250 2.0.0 Ok\r\n");
  } else if (is_verb(line, "QUIT")) {
    ledger_quit();
    say(session, "221 2.0.0 bye\r\n");
    session->state = SESSION_CLOSED;
  } else if (is_verb(line, "STARTTLS") && session->offer.starttls) {
    say(session, "220 2.0.0 go on\r\n");
    session->state = SESSION_STARTTLS;
  } else if (is_verb(line, "AUTH") && session->offer.auth) {
    if (strncasecmp(line + 5, "PLAIN ", 6) == 0) {
      say(session, "235 2.7.0 welcome\r\n");
    } else if (strncasecmp(line + 5, "LOGIN", 5) == 0) {
      session->awaits_response = 2;
      say(session, "334 VXNlcm5hbWU6\r\n");
    } else {
      session->awaits_response = 1;
      say(session, "334 \r\n");
    }
  } else {
    say(session, "502 5.5.1 what?\r\n");
  }
}

/* Gives 0 when more octets have to come. */
static int take_line(struct session *session) {
  struct octets *in = &session->in;
  char *start = in->start + in->from;
  size_t there = in->to - in->from;
  if (there == 0) return 0;
  char *end = memmem(start, there < LONGEST_LINE ? there : LONGEST_LINE, "\r\n", 2);
  if (end == NULL) {
    if (there < LONGEST_LINE) return 0;
    say(session, "500 5.5.2 line too long\r\n");
    session->state = SESSION_CLOSED;
    return 1;
  }
  *end = '\0';
  in->from += (size_t)(end - start) + 2;
  take_command(session, start);
  return 1;
}

void session_take(struct session *session) {
  for (int goes_on = 1; goes_on;) {
    switch (session->state) {
      case SESSION_COMMANDS: goes_on = take_line(session); break;
      case SESSION_DATA: goes_on = take_data(session); break;
      case SESSION_CHUNK: goes_on = take_chunk(session); break;
      case SESSION_STARTTLS: /* what was sent before TLS does not count after it */
        session->in.from = session->in.to = 0;
        goes_on = 0;
        break;
      case SESSION_CLOSED: goes_on = 0; break;
    }
  }
}
