/* tls_peer.c - a server with TLS, and the least that a client of it can do.
 *
 * The certificates are made at each start. The server takes one connection at a time: what is
 * measured is the client. */
#include "bench/tls_peer.h"

#include "core/assert.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define SYSTEM_CA "/etc/ssl/certs/ca-certificates.crt"
#define DAY_S	  86400L
#define REQUEST	  "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
#define ANSWER	  "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n"

struct pair {
	X509 *certificate;
	EVP_PKEY *key;
};

/* Certificates. */

static void
extend(X509 *certificate, int kind, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, kind, value);

	VG_ASSERT(extension != NULL && X509_add_ext(certificate, extension, -1) == 1);
	X509_EXTENSION_free(extension);
}

static void
make_pair(struct pair *out, const char *name, const struct pair *issuer)
{
	static long serial = 1;
	X509_NAME *subject = X509_NAME_new();

	out->key = EVP_RSA_gen(2048);
	out->certificate = X509_new();
	VG_ASSERT(subject != NULL && out->key != NULL && out->certificate != NULL);
	VG_ASSERT(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
					     (const unsigned char *)name, -1, -1, 0) == 1);
	VG_ASSERT(X509_set_version(out->certificate, X509_VERSION_3) == 1);
	VG_ASSERT(ASN1_INTEGER_set(X509_get_serialNumber(out->certificate), serial++) == 1);
	VG_ASSERT(X509_set_subject_name(out->certificate, subject) == 1);
	VG_ASSERT(X509_set_issuer_name(out->certificate,
				       issuer != NULL ? X509_get_subject_name(issuer->certificate)
						      : subject) == 1);
	VG_ASSERT(X509_gmtime_adj(X509_getm_notBefore(out->certificate), -DAY_S) != NULL);
	VG_ASSERT(X509_gmtime_adj(X509_getm_notAfter(out->certificate), 365 * DAY_S) != NULL);
	VG_ASSERT(X509_set_pubkey(out->certificate, out->key) == 1);
	X509_NAME_free(subject);
}

static void
sign(struct pair *pair, const struct pair *issuer)
{
	VG_ASSERT(X509_sign(pair->certificate, issuer->key, EVP_sha256()) > 0);
}

static void
free_pair(struct pair *pair)
{
	X509_free(pair->certificate);
	EVP_PKEY_free(pair->key);
}

/* A file of its own with what `before` holds (NULL = nothing) and the root. */
static void
write_ca(char path[64], const char *before, X509 *root)
{
	char bytes[4096];
	FILE *from = before != NULL ? fopen(before, "rbe") : NULL, *to;
	size_t got;
	int fd;

	(void)snprintf(path, 64, "/tmp/vinga-bench-ca-XXXXXX");
	fd = mkstemp(path);
	to = fd >= 0 ? fdopen(fd, "wb") : NULL;
	VG_ASSERT(to != NULL && (before == NULL || from != NULL));
	while (from != NULL && (got = fread(bytes, 1, sizeof(bytes), from)) > 0)
		VG_ASSERT(fwrite(bytes, 1, got, to) == got);
	if (from != NULL)
		(void)fclose(from);
	VG_ASSERT(PEM_write_X509(to, root) == 1 && fclose(to) == 0);
}

/* The server. */

static void
serve(int fd, SSL_CTX *context)
{
	char request[4096];

	for (;;) {
		int peer = accept(fd, NULL, NULL);
		SSL *tls = peer >= 0 ? SSL_new(context) : NULL;

		if (tls != NULL && SSL_set_fd(tls, peer) == 1 && SSL_accept(tls) == 1 &&
		    SSL_read(tls, request, sizeof(request)) > 0) {
			(void)SSL_write(tls, ANSWER, sizeof(ANSWER) - 1);
			(void)SSL_shutdown(tls);
		}
		SSL_free(tls);
		if (peer >= 0)
			(void)close(peer);
	}
}

static int
listen_somewhere(int *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	VG_ASSERT(fd >= 0 && bind(fd, (struct sockaddr *)&address, length) == 0 &&
		  listen(fd, 1000) == 0 &&
		  getsockname(fd, (struct sockaddr *)&address, &length) == 0);
	*port = ntohs(address.sin_port);
	return fd;
}

void
tls_peer_start(struct tls_peer *peer)
{
	struct pair root, middle, leaf;
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	int fd = listen_somewhere(&peer->port);

	make_pair(&root, "Bench Root", NULL);
	extend(root.certificate, NID_basic_constraints, "critical,CA:TRUE");
	sign(&root, &root);
	make_pair(&middle, "Bench Intermediate", &root);
	extend(middle.certificate, NID_basic_constraints, "critical,CA:TRUE");
	sign(&middle, &root);
	make_pair(&leaf, "localhost", &middle);
	extend(leaf.certificate, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
	sign(&leaf, &middle);
	write_ca(peer->private_ca, NULL, root.certificate);
	write_ca(peer->bundle, SYSTEM_CA, root.certificate);
	VG_ASSERT(context != NULL && SSL_CTX_use_certificate(context, leaf.certificate) == 1 &&
		  SSL_CTX_use_PrivateKey(context, leaf.key) == 1 &&
		  SSL_CTX_add1_chain_cert(context, middle.certificate) == 1);
	peer->pid = fork();
	VG_ASSERT(peer->pid >= 0);
	if (peer->pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)signal(SIGPIPE, SIG_IGN);
		serve(fd, context);
	}
	(void)close(fd);
	SSL_CTX_free(context);
	free_pair(&root);
	free_pair(&middle);
	free_pair(&leaf);
}

void
tls_peer_stop(struct tls_peer *peer)
{
	(void)kill(peer->pid, SIGKILL);
	(void)waitpid(peer->pid, NULL, 0);
	(void)unlink(peer->private_ca);
	(void)unlink(peer->bundle);
}

/* The bare client. */

struct tls_bare {
	SSL_CTX *context;
};

static SSL_CTX *
client_context(void)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());

	VG_ASSERT(context != NULL);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	return context;
}

struct tls_bare *
tls_bare_new(const char *ca_file)
{
	struct tls_bare *bare = calloc(1, sizeof(*bare));

	VG_ASSERT(bare != NULL);
	bare->context = client_context();
	VG_ASSERT(SSL_CTX_load_verify_file(bare->context, ca_file) == 1);
	return bare;
}

static void
ask(SSL_CTX *context, int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				      .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	SSL *tls = SSL_new(context);
	char answer[4096];

	VG_ASSERT(fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0);
	VG_ASSERT(tls != NULL && SSL_set_fd(tls, fd) == 1 &&
		  SSL_set_tlsext_host_name(tls, "localhost") == 1 &&
		  SSL_set1_host(tls, "localhost") == 1 && SSL_connect(tls) == 1);
	VG_ASSERT(SSL_write(tls, REQUEST, sizeof(REQUEST) - 1) > 0);
	while (SSL_read(tls, answer, sizeof(answer)) > 0)
		continue;
	(void)SSL_shutdown(tls);
	SSL_free(tls);
	(void)close(fd);
}

void
tls_bare_ask(struct tls_bare *bare, int port)
{
	ask(bare->context, port);
}

void
tls_bare_ask_anew(struct tls_bare *bare, int port)
{
	SSL_CTX *context = client_context();

	SSL_CTX_set1_cert_store(context, SSL_CTX_get_cert_store(bare->context));
	ask(context, port);
	SSL_CTX_free(context);
}

void
tls_bare_free(struct tls_bare *bare)
{
	SSL_CTX_free(bare->context);
	free(bare);
}
