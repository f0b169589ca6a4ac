/* What came: each message is checked on arrival, counted, and forgotten. */
#ifndef LEDGER_H
#define LEDGER_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* How the stamp, 57 digits with zeros in front that say the number of the message, stands before the payload. */
enum stamp { STAMP_PLAIN, STAMP_BASE64 };

/* A message that is longer than this is counted as it passes, and not looked at. */
enum { LONGEST_KEPT = 16 * 1024 * 1024 };

/* What every message has to hold behind its stamp, octet by octet as on the wire; without it only numbers are looked at. */
void ledger_expect(const char *payload_file, enum stamp stamp);

/*
 * One whole message, dots taken out. Gives its number, the value of its field X-Bench-Number, or -1.
 * `last_id` is the number of the message before it on the same connection; it is brought up to date.
 */
int64_t ledger_take(const char *octets, size_t length, int64_t *last_id);

/* A message too long to be kept. */
void ledger_take_long(uint64_t length);

/* One more connection, or one more QUIT. */
void ledger_connection(void);
void ledger_quit(void);

/* All of it as one line of JSON; then it starts anew. */
void ledger_report(FILE *to);

#endif
