/*
 * A receiver for benchmarks: takes whatever comes, checks it, and says at the end what it was.
 *
 *   sink [--tls implicit|starttls --certificate FILE --key FILE] [--no-chunking] [--no-pipelining] [--auth]
 *        [--payload FILE [--stamp plain|base64]]
 *
 * Listens on a free port of 127.0.0.1 and prints {"port":N}. For each line on its standard input it prints one line of
 * JSON with what came since the last; it ends with its standard input.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef WITH_TLS
#include <openssl/err.h>
#include <openssl/ssl.h>
#endif

#include "ledger.h"
#include "session.h"

enum { MOST_CONNECTIONS = 256, READ_AT_ONCE = 256 * 1024 };

struct connection {
  int fd, wants_write, is_over;
  struct session session;
#ifdef WITH_TLS
  SSL *tls;
#endif
};

static struct connection *connections[MOST_CONNECTIONS];
static int connection_count;
static struct offer offer = {.chunking = 1, .pipelining = 1};
#ifdef WITH_TLS
static SSL_CTX *context;
static int tls_is_implicit;

static void begin_tls(struct connection *connection) {
  connection->tls = SSL_new(context);
  SSL_set_fd(connection->tls, connection->fd);
  SSL_set_accept_state(connection->tls);
}

/* What SSL_read and SSL_write gave when it was not octets. */
static void look_at(struct connection *connection, int result) {
  int error = SSL_get_error(connection->tls, result);
  ERR_clear_error();
  if (error == SSL_ERROR_WANT_WRITE) connection->wants_write = 1;
  else if (error != SSL_ERROR_WANT_READ) connection->is_over = 1;
}
#endif

/* Gives how many octets came; 0 when there are none now. */
static size_t read_some(struct connection *connection, char *to, size_t room) {
  ssize_t count;
#ifdef WITH_TLS
  if (connection->tls != NULL) {
    int got = SSL_read(connection->tls, to, (int)room);
    if (got <= 0) look_at(connection, got);
    return got > 0 ? (size_t)got : 0;
  }
#endif
  count = read(connection->fd, to, room);
  if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) connection->is_over = 1;
  return count > 0 ? (size_t)count : 0;
}

static void write_out(struct connection *connection) {
  struct octets *out = &connection->session.out;
#ifdef WITH_TLS
  /* Only reading shakes hands: what writing read along the way would wait in OpenSSL, and poll would not tell. */
  if (connection->tls != NULL && !SSL_is_init_finished(connection->tls)) return;
#endif
  connection->wants_write = 0;
  while (out->from < out->to && !connection->is_over) {
    ssize_t count;
#ifdef WITH_TLS
    if (connection->tls != NULL) {
      int done = SSL_write(connection->tls, out->start + out->from, (int)(out->to - out->from));
      if (done <= 0) {
        look_at(connection, done);
        return;
      }
      out->from += (size_t)done;
      continue;
    }
#endif
    count = write(connection->fd, out->start + out->from, out->to - out->from);
    if (count < 0) {
      if (errno == EAGAIN) connection->wants_write = 1;
      else connection->is_over = 1;
      return;
    }
    out->from += (size_t)count;
  }
}

/* All that has come, and what is to be said to it: the replies of one reading leave together. */
static void serve(struct connection *connection) {
  struct session *session = &connection->session;
  for (;;) {
    octets_reserve(&session->in, READ_AT_ONCE);
    size_t count = read_some(connection, session->in.start + session->in.to, session->in.room - session->in.to);
    if (count == 0) break;
    session->in.to += count;
    session_take(session);
#ifdef WITH_TLS
    if (session->state == SESSION_STARTTLS) {
      write_out(connection);
      begin_tls(connection);
      session_secured(session);
    }
    if (connection->tls == NULL)
#endif
      if (count < READ_AT_ONCE) break; /* most likely that was all; if not, poll says so */
  }
  write_out(connection);
  if (session->state == SESSION_CLOSED && session->out.from == session->out.to) {
    connection->is_over = 1;
#ifdef WITH_TLS
    if (connection->tls != NULL) SSL_shutdown(connection->tls);
#endif
  }
}

static void welcome(int listener) {
  int fd = accept(listener, NULL, NULL);
  if (fd < 0) return;
  if (connection_count == MOST_CONNECTIONS) {
    close(fd);
    return;
  }
  int yes = 1;
  fcntl(fd, F_SETFL, O_NONBLOCK);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  struct connection *connection = calloc(1, sizeof *connection);
  if (connection == NULL) abort();
  connection->fd = fd;
  connections[connection_count++] = connection;
  session_start(&connection->session, offer);
#ifdef WITH_TLS
  if (context != NULL && tls_is_implicit) begin_tls(connection);
#endif
  write_out(connection);
}

static void part_with(int index) {
  struct connection *connection = connections[index];
#ifdef WITH_TLS
  if (connection->tls != NULL) SSL_free(connection->tls);
#endif
  close(connection->fd);
  session_free(&connection->session);
  free(connection);
  connections[index] = connections[--connection_count];
}

static int listen_on_loopback(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
      listen(listener, 128) != 0 || getsockname(listener, (struct sockaddr *)&address, &length) != 0) {
    perror("sink");
    exit(1);
  }
  fcntl(listener, F_SETFL, O_NONBLOCK);
  printf("{\"port\":%d}\n", ntohs(address.sin_port));
  fflush(stdout);
  return listener;
}

/* Gives 0 at the end of the standard input. */
static int answer_control(void) {
  char lines[256];
  ssize_t count = read(STDIN_FILENO, lines, sizeof lines);
  for (ssize_t at = 0; at < count; at++)
    if (lines[at] == '\n') ledger_report(stdout);
  return count > 0;
}

static void prepare_tls(const char *mode, const char *certificate, const char *key) {
  if (mode == NULL) return;
#ifdef WITH_TLS
  context = SSL_CTX_new(TLS_server_method());
  tls_is_implicit = strcmp(mode, "implicit") == 0;
  offer.starttls = !tls_is_implicit;
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_default_read_buffer_len(context, READ_AT_ONCE);
  if (certificate == NULL || key == NULL || SSL_CTX_use_certificate_chain_file(context, certificate) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) {
    ERR_print_errors_fp(stderr);
    exit(1);
  }
#else
  (void)certificate, (void)key;
  fprintf(stderr, "sink: built without OpenSSL\n");
  exit(1);
#endif
}

int main(int count, char **given) {
  const char *tls = NULL, *certificate = NULL, *key = NULL, *payload = NULL;
  enum stamp stamp = STAMP_PLAIN;
  for (int at = 1; at < count; at++) {
    const char *name = given[at];
    if (strcmp(name, "--no-chunking") == 0) offer.chunking = 0;
    else if (strcmp(name, "--no-pipelining") == 0) offer.pipelining = 0;
    else if (strcmp(name, "--auth") == 0) offer.auth = 1;
    else if (at + 1 == count) return 2;
    else if (strcmp(name, "--tls") == 0) tls = given[++at];
    else if (strcmp(name, "--certificate") == 0) certificate = given[++at];
    else if (strcmp(name, "--key") == 0) key = given[++at];
    else if (strcmp(name, "--payload") == 0) payload = given[++at];
    else if (strcmp(name, "--stamp") == 0) stamp = strcmp(given[++at], "base64") == 0 ? STAMP_BASE64 : STAMP_PLAIN;
    else return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  prepare_tls(tls, certificate, key);
  if (payload != NULL) ledger_expect(payload, stamp);
  int listener = listen_on_loopback();
  for (;;) {
    struct pollfd polled[MOST_CONNECTIONS + 2] = {
        {.fd = STDIN_FILENO, .events = POLLIN},
        {.fd = listener, .events = POLLIN},
    };
    int polled_connections = connection_count;
    for (int at = 0; at < polled_connections; at++) {
      polled[at + 2].fd = connections[at]->fd;
      polled[at + 2].events = (short)(POLLIN | (connections[at]->wants_write ? POLLOUT : 0));
    }
    if (poll(polled, (nfds_t)polled_connections + 2, -1) < 0 && errno != EINTR) return 1;
    for (int at = polled_connections - 1; at >= 0; at--) {
      if (polled[at + 2].revents == 0) continue;
      serve(connections[at]);
      if (connections[at]->is_over) part_with(at);
    }
    if (polled[1].revents != 0) welcome(listener);
    if (polled[0].revents != 0 && !answer_control()) return 0;
  }
}
