#define _GNU_SOURCE /* memmem */
#include "ledger.h"

#include <stdlib.h>
#include <string.h>

enum { STAMP_DIGITS = 57, STAMP_BASE64_LENGTH = 76, MOST_IDS = 1 << 26 };

static char *payload;
static size_t payload_length, needle_length;
static enum stamp payload_stamp;

static uint8_t *seen; /* one bit a number */
static uint64_t messages, octets_in_all, damaged, doubled, unnumbered, out_of_order, connections, quits;
static int64_t first_id = -1, last_id_of_all = -1;

void ledger_expect(const char *payload_file, enum stamp stamp) {
  FILE *file = fopen(payload_file, "rb");
  if (file == NULL) {
    perror(payload_file);
    exit(1);
  }
  size_t room = 0;
  for (;;) {
    room += 65536;
    payload = realloc(payload, room);
    if (payload == NULL) abort();
    size_t count = fread(payload + payload_length, 1, room - payload_length, file);
    payload_length += count;
    if (payload_length < room) break;
  }
  fclose(file);
  needle_length = payload_length < 64 ? payload_length : 64;
  payload_stamp = stamp;
}

/* Three octets to four letters; 57 is a multiple of three, so there is no padding. */
static void encode_stamp(const char *digits, char *letters) {
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (int at = 0; at < STAMP_DIGITS; at += 3) {
    uint32_t three = (uint32_t)(uint8_t)digits[at] << 16 | (uint32_t)(uint8_t)digits[at + 1] << 8 |
                     (uint8_t)digits[at + 2];
    *letters++ = alphabet[three >> 18];
    *letters++ = alphabet[three >> 12 & 63];
    *letters++ = alphabet[three >> 6 & 63];
    *letters++ = alphabet[three & 63];
  }
}

/* The payload has to be there, whole, and right behind the stamp of this very message. */
static int is_intact(const char *octets, size_t length, int64_t id) {
  if (payload == NULL) return 1;
  const char *found = memmem(octets, length, payload, needle_length);
  if (found == NULL || (size_t)(octets + length - found) < payload_length) return 0;
  if (memcmp(found, payload, payload_length) != 0) return 0;
  char stamp[STAMP_BASE64_LENGTH + 2], digits[STAMP_DIGITS + 1];
  snprintf(digits, sizeof digits, "%0*lld", STAMP_DIGITS, (long long)id);
  size_t stamp_length = payload_stamp == STAMP_PLAIN ? STAMP_DIGITS : STAMP_BASE64_LENGTH;
  if (payload_stamp == STAMP_PLAIN) memcpy(stamp, digits, STAMP_DIGITS);
  else encode_stamp(digits, stamp);
  memcpy(stamp + stamp_length, "\r\n", 2);
  stamp_length += 2;
  return (size_t)(found - octets) >= stamp_length && memcmp(found - stamp_length, stamp, stamp_length) == 0;
}

static int64_t id_of(const char *octets, size_t length) {
  static const char name[] = "\r\nX-Bench-Number: ";
  const size_t name_length = sizeof name - 1;
  const char *end_of_fields = memmem(octets, length, "\r\n\r\n", 4);
  size_t fields = end_of_fields == NULL ? length : (size_t)(end_of_fields - octets) + 2;
  /* It may be the first of all fields. */
  const char *found = length >= name_length - 2 && memcmp(octets, name + 2, name_length - 2) == 0
                          ? octets - 2
                          : memmem(octets, fields, name, name_length);
  if (found == NULL) return -1;
  int64_t id = 0;
  const char *at = found + name_length;
  if (*at == '\r') return -1;
  for (; at < octets + fields && *at >= '0' && *at <= '9' && id < MOST_IDS; at++) id = id * 10 + (*at - '0');
  return *at == '\r' && id < MOST_IDS ? id : -1;
}

int64_t ledger_take(const char *octets, size_t length, int64_t *last_id) {
  messages++;
  octets_in_all += length;
  int64_t id = id_of(octets, length);
  if (id < 0) {
    unnumbered++;
    return -1;
  }
  if (seen == NULL) seen = calloc(MOST_IDS / 8, 1);
  if (seen == NULL) abort();
  if (seen[id >> 3] >> (id & 7) & 1) doubled++;
  seen[id >> 3] |= (uint8_t)(1 << (id & 7));
  if (id <= *last_id) out_of_order++;
  *last_id = id;
  if (first_id < 0 || id < first_id) first_id = id;
  if (id > last_id_of_all) last_id_of_all = id;
  if (!is_intact(octets, length, id)) damaged++;
  return id;
}

void ledger_take_long(uint64_t length) {
  messages++;
  octets_in_all += length;
  unnumbered++;
}

void ledger_connection(void) { connections++; }

void ledger_quit(void) { quits++; }

void ledger_report(FILE *to) {
  fprintf(to,
          "{\"messages\":%llu,\"octets\":%llu,\"damaged\":%llu,\"doubled\":%llu,\"unnumbered\":%llu,"
          "\"outOfOrder\":%llu,\"connections\":%llu,\"quits\":%llu,\"firstId\":%lld,\"lastId\":%lld}\n",
          (unsigned long long)messages, (unsigned long long)octets_in_all, (unsigned long long)damaged,
          (unsigned long long)doubled, (unsigned long long)unnumbered, (unsigned long long)out_of_order,
          (unsigned long long)connections, (unsigned long long)quits, (long long)first_id,
          (long long)last_id_of_all);
  fflush(to);
  messages = octets_in_all = damaged = doubled = unnumbered = out_of_order = connections = quits = 0;
  first_id = last_id_of_all = -1;
  /* What was seen stays seen: a message that comes again in a later round is doubled too. */
}
