/* The receiving side of SMTP without I/O: octets go in, replies come out. */
#ifndef SESSION_H
#define SESSION_H

#include <stddef.h>
#include <stdint.h>

/* Octets that grow at the end and are consumed at the front. */
struct octets {
  char *start;
  size_t from, to, room;
};

/* Makes room behind `to`. */
void octets_reserve(struct octets *octets, size_t more);
void octets_append(struct octets *octets, const char *data, size_t length);

/* What EHLO says beyond PIPELINING, 8BITMIME, SMTPUTF8, SIZE and ENHANCEDSTATUSCODES. */
struct offer {
  int chunking, pipelining, starttls, auth;
};

enum session_state { SESSION_COMMANDS, SESSION_DATA, SESSION_CHUNK, SESSION_STARTTLS, SESSION_CLOSED };

struct session {
  struct offer offer;
  struct octets in, out;
  enum session_state state;
  int has_sender, recipients, is_chunking, awaits_response;
  size_t scanned;       /* DATA: octets behind in.from that hold no end */
  uint64_t stuffed_dots; /* DATA: how many have to be taken out */
  uint64_t chunk_left;  /* BDAT: octets that are still to come */
  int chunk_is_last;
  struct octets message; /* what earlier chunks brought */
  uint64_t dropped;      /* octets of a message too long to be kept */
  int64_t last_id;
};

/* Says the greeting. */
void session_start(struct session *session, struct offer offer);
/* Takes what `in` holds as far as it goes. */
void session_take(struct session *session);
/* After STARTTLS: forgets what was said (RFC 3207 section 4.2). */
void session_secured(struct session *session);
void session_free(struct session *session);

#endif
