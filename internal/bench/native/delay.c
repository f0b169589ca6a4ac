/*
 * A long line: what goes in at one end comes out at the other after a time, in both directions. A delay, no limit of how
 * much: any number of octets may be on their way.
 *
 *   delay PORT MILLISECONDS
 *
 * Listens on a free port of 127.0.0.1, prints {"port":N}, and ends with its standard input.
 */
#define _GNU_SOURCE /* ppoll */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_LINES = 64, READ_AT_ONCE = 64 * 1024 };

struct flight {
  struct flight *next;
  int64_t due_ns;
  size_t from, to;
  char octets[];
};

/* One direction; an empty flight is the end of the stream. */
struct way {
  int in, out, has_ended, is_blocked;
  struct flight *first, **last;
};

struct line {
  struct way ways[2];
};

static struct line *lines[MOST_LINES];
static int line_count;
static int64_t delay_ns;

static int64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void take_in(struct way *way) {
  char octets[READ_AT_ONCE];
  ssize_t count = read(way->in, octets, sizeof octets);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count < 0) count = 0;
  struct flight *flight = malloc(sizeof *flight + (size_t)count);
  if (flight == NULL) abort();
  *flight = (struct flight){.due_ns = now_ns() + delay_ns, .to = (size_t)count};
  memcpy(flight->octets, octets, (size_t)count);
  *way->last = flight;
  way->last = &flight->next;
  if (count == 0) way->has_ended = 1;
}

/* Gives 0 when the direction has come to its end. */
static int let_out(struct way *way) {
  int64_t now = now_ns();
  way->is_blocked = 0;
  while (way->first != NULL && way->first->due_ns <= now) {
    struct flight *flight = way->first;
    if (flight->to == 0) {
      shutdown(way->out, SHUT_WR);
      way->first = NULL;
      way->last = &way->first;
      free(flight);
      return 0;
    }
    ssize_t count = write(way->out, flight->octets + flight->from, flight->to - flight->from);
    if (count < 0) {
      way->is_blocked = errno == EAGAIN;
      return way->is_blocked;
    }
    flight->from += (size_t)count;
    if (flight->from < flight->to) continue;
    way->first = flight->next;
    if (way->first == NULL) way->last = &way->first;
    free(flight);
  }
  return 1;
}

static void prepare(int fd) {
  int yes = 1;
  fcntl(fd, F_SETFL, O_NONBLOCK);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

static void welcome(int listener, int port) {
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int near = accept(listener, NULL, NULL);
  if (near < 0) return;
  int far = socket(AF_INET, SOCK_STREAM, 0);
  if (far < 0 || line_count == MOST_LINES || connect(far, (struct sockaddr *)&address, sizeof address) != 0) {
    if (far >= 0) close(far);
    close(near);
    return;
  }
  prepare(near);
  prepare(far);
  struct line *line = calloc(1, sizeof *line);
  if (line == NULL) abort();
  line->ways[0] = (struct way){.in = near, .out = far};
  line->ways[1] = (struct way){.in = far, .out = near};
  for (int at = 0; at < 2; at++) line->ways[at].last = &line->ways[at].first;
  lines[line_count++] = line;
}

static void part_with(int index) {
  struct line *line = lines[index];
  for (int at = 0; at < 2; at++) {
    for (struct flight *flight = line->ways[at].first, *next; flight != NULL; flight = next) {
      next = flight->next;
      free(flight);
    }
    close(line->ways[at].in);
  }
  free(line);
  lines[index] = lines[--line_count];
}

int main(int count, char **given) {
  if (count != 3) return 2;
  int port = atoi(given[1]);
  delay_ns = (int64_t)atoi(given[2]) * 1000000;
  signal(SIGPIPE, SIG_IGN);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
      listen(listener, 64) != 0 || getsockname(listener, (struct sockaddr *)&address, &length) != 0) {
    perror("delay");
    return 1;
  }
  fcntl(listener, F_SETFL, O_NONBLOCK);
  printf("{\"port\":%d}\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) {
    struct pollfd polled[2 + 2 * MOST_LINES] = {
        {.fd = STDIN_FILENO, .events = POLLIN},
        {.fd = listener, .events = POLLIN},
    };
    int polled_lines = line_count;
    int64_t next_ns = INT64_MAX;
    for (int at = 0; at < polled_lines; at++) {
      struct way *ways = lines[at]->ways;
      for (int which = 0; which < 2; which++) {
        /* What is read on one end of a line is written there by the other direction. */
        short events = (short)((ways[which].has_ended ? 0 : POLLIN) | (ways[1 - which].is_blocked ? POLLOUT : 0));
        polled[2 + 2 * at + which] = (struct pollfd){.fd = events == 0 ? -1 : ways[which].in, .events = events};
        if (!ways[which].is_blocked && ways[which].first != NULL && ways[which].first->due_ns < next_ns)
          next_ns = ways[which].first->due_ns;
      }
    }
    int64_t wait_ns = next_ns == INT64_MAX ? -1 : next_ns - now_ns();
    if (wait_ns < 0 && next_ns != INT64_MAX) wait_ns = 0;
    struct timespec wait = {.tv_sec = wait_ns / 1000000000, .tv_nsec = wait_ns % 1000000000};
    if (ppoll(polled, 2 + 2 * (nfds_t)polled_lines, wait_ns < 0 ? NULL : &wait, NULL) < 0 && errno != EINTR) return 1;
    for (int at = polled_lines - 1; at >= 0; at--) {
      struct way *ways = lines[at]->ways;
      int open = 0;
      for (int which = 0; which < 2; which++) {
        if (polled[2 + 2 * at + which].revents & (POLLIN | POLLHUP | POLLERR) && !ways[which].has_ended)
          take_in(&ways[which]);
        int goes_on = let_out(&ways[which]);
        open += goes_on && !(ways[which].has_ended && ways[which].first == NULL);
      }
      if (open == 0) part_with(at);
    }
    if (polled[1].revents != 0) welcome(listener, port);
    if (polled[0].revents & (POLLHUP | POLLIN)) {
      char ignored[64];
      if (read(STDIN_FILENO, ignored, sizeof ignored) <= 0) return 0;
    }
  }
}
