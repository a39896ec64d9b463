/* What a probe over TLS is measured against: a server with a chain of three certificates (root,
 * intermediate, leaf; RSA of 2048 bits, as most public ones), and a client that does no more than
 * OpenSSL must. Benches only: what fails ends the program. */
#ifndef VG_BENCH_TLS_PEER_H
#define VG_BENCH_TLS_PEER_H

#include <stdbool.h>
#include <sys/types.h>

/* A process that answers each connection with a short page, until it is killed. */
struct tls_peer {
	pid_t pid;
	int port;
	char private_ca[64]; /* PEM file: the root alone */
	char bundle[64];     /* PEM file: the root behind all that the system trusts */
};
void tls_peer_start(struct tls_peer *peer);
void tls_peer_stop(struct tls_peer *peer);

/* Connects, shakes hands in full, verifies chain and name, asks, reads to the end; context and
 * trusted certificates are made once. */
struct tls_bare;
struct tls_bare *tls_bare_new(const char *ca_file);
void tls_bare_ask(struct tls_bare *bare, int port);
/* The same, with a context of its own for each, as libcurl makes it. */
void tls_bare_ask_anew(struct tls_bare *bare, int port);
void tls_bare_free(struct tls_bare *bare);

#endif
