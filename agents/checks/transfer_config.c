/* transfer_config.c - the common members of the checks that libcurl talks for.
 *
 * What cannot work is said here, with its line, and not at the first run: URLs are parsed by
 * libcurl's own parser, so the hard thing (what it will make of a text) is never guessed. */
#include "agents/checks/transfer.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HEADER_MAX	     4096 /* bytes of "Name: value" */
#define CERTIFICATE_DAYS_MAX 3650

char *
vg_transfer_read_file(const char *path, size_t max, size_t *length, char *why)
{
	char *bytes = malloc(max + 1), *fitting;
	FILE *file = bytes != NULL ? fopen(path, "rbe") : NULL;

	if (file == NULL) {
		(void)snprintf(why, VG_CHECK_TEXT_MAX + 1, "%s cannot be read: %s", path,
			       strerror(errno));
		free(bytes);
		return NULL;
	}
	*length = fread(bytes, 1, max, file);
	if (ferror(file) || fgetc(file) != EOF) {
		(void)snprintf(why, VG_CHECK_TEXT_MAX + 1,
			       "%s cannot be read; expected a file of at most %zu bytes", path,
			       max);
		(void)fclose(file);
		free(bytes);
		return NULL;
	}
	(void)fclose(file);
	bytes[*length] = '\0';
	fitting = realloc(bytes, *length + 1); /* a thousand probes may have a ca_file */
	return fitting != NULL ? fitting : bytes;
}

/* A copy of an optional text; *ok is left alone unless memory is out. */
static char *
copy_text(const struct vg_yaml_node *map, const char *key, struct vg_yaml_errors *errors, bool *ok)
{
	const char *text = vg_yaml_get_text(map, key, false, NULL, errors);
	char *copy = text != NULL ? strdup(text) : NULL;

	if (text != NULL && copy == NULL)
		*ok = false;
	return copy;
}

/* The system's file is read when a run needs it: not everybody has it. */
static bool
read_ca(struct vg_transfer_settings *settings, const struct vg_yaml_node *map,
	struct vg_yaml_errors *errors)
{
	const char *path = vg_yaml_get_text(map, "ca_file", false, NULL, errors);

	settings->trust = vg_trust_get(path != NULL ? path : VG_TRUST_SYSTEM);
	if (settings->trust == NULL)
		return false;
	if (path == NULL || vg_trust_load(settings->trust))
		return true;
	vg_yaml_error(errors, vg_yaml_find(map, "ca_file"), "%s", vg_trust_why(settings->trust));
	return false;
}

static bool
read_days(struct vg_transfer_settings *settings, const struct vg_yaml_node *map,
	  struct vg_yaml_errors *errors)
{
	static const char *const known[] = {"warning", "critical", NULL};
	const struct vg_yaml_node *days = vg_yaml_find(map, "certificate_days");

	settings->warning_days = 14;
	settings->critical_days = 3;
	if (days == NULL)
		return true;
	if (days->type != VG_YAML_MAP) {
		vg_yaml_error(errors, days,
			      "certificate_days is no map; expected { warning: 14, critical: 3 }");
		return false;
	}
	if (!vg_yaml_only(days, errors, known))
		return false;
	settings->warning_days = vg_yaml_get_int(days, "warning", false, 0, CERTIFICATE_DAYS_MAX,
						 settings->warning_days, errors);
	settings->critical_days = vg_yaml_get_int(days, "critical", false, 0, CERTIFICATE_DAYS_MAX,
						  settings->critical_days, errors);
	return true;
}

/* An address as it stands in a URL; false when it is none. */
static bool
bracket(const char *address, char *out, size_t size)
{
	struct in6_addr bytes;

	if (inet_pton(AF_INET6, address, &bytes) == 1)
		return (size_t)snprintf(out, size, "[%s]", address) < size;
	return inet_pton(AF_INET, address, &bytes) == 1 &&
	       (size_t)snprintf(out, size, "%s", address) < size;
}

static bool
read_host_address(struct vg_transfer_settings *settings, const struct vg_yaml_node *map,
		  const char *host, struct vg_yaml_errors *errors)
{
	const char *address = vg_yaml_get_text(map, "host_address", false, NULL, errors);
	char in_url[INET6_ADDRSTRLEN + 2], *line = NULL;

	if (address == NULL)
		return true;
	if (!bracket(address, in_url, sizeof(in_url))) {
		vg_yaml_error(errors, vg_yaml_find(map, "host_address"),
			      "host_address is \"%s\"; expected an IPv4 or IPv6 address", address);
		return false;
	}
	if (asprintf(&line, "%s::%s:", host, in_url) < 0)
		return false;
	settings->connect_to = curl_slist_append(NULL, line);
	free(line);
	return settings->connect_to != NULL;
}

static bool
is_one_of(const char *word, const char *const *words)
{
	for (size_t i = 0; words[i] != NULL; i++)
		if (strcmp(word, words[i]) == 0)
			return true;
	return false;
}

/* Checks settings->url and reads what depends on its host. */
static bool
read_url(struct vg_transfer_settings *settings, const struct vg_yaml_node *map,
	 const char *const *schemes, struct vg_yaml_errors *errors)
{
	const struct vg_yaml_node *at = vg_yaml_find(map, "url");
	char *scheme = NULL, *host = NULL;
	CURLU *parts = curl_url();
	CURLUcode code = CURLUE_OUT_OF_MEMORY;
	bool ok = false;

	if (parts != NULL)
		code = curl_url_set(parts, CURLUPART_URL, settings->url, 0);
	if (code == CURLUE_OK)
		code = curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0);
	if (code == CURLUE_OK)
		code = curl_url_get(parts, CURLUPART_HOST, &host, 0);
	if (code != CURLUE_OK || !is_one_of(scheme, schemes)) {
		vg_yaml_error(errors, at != NULL ? at : map,
			      "\"%s\" is no address of this check%s%s; expected such as "
			      "%s://host/path",
			      settings->url, code != CURLUE_OK ? ": " : "",
			      code != CURLUE_OK ? curl_url_strerror(code) : "", schemes[0]);
	} else {
		settings->tls = scheme[strlen(scheme) - 1] == 's';
		ok = read_host_address(settings, map, host, errors);
	}
	curl_free(scheme);
	curl_free(host);
	curl_url_cleanup(parts);
	return ok;
}

bool
vg_transfer_configure(struct vg_transfer_settings *settings, const struct vg_yaml_node *map,
		      char *url, const char *const *schemes, struct vg_yaml_errors *errors)
{
	size_t before = errors->count;
	bool ok = true;

	settings->url = url;
	if (url == NULL) {
		const char *text = vg_yaml_get_text(map, "url", true, NULL, errors);

		if (text == NULL || (settings->url = strdup(text)) == NULL)
			return false;
	}
	settings->client_certificate = copy_text(map, "client_certificate", errors, &ok);
	settings->client_key = copy_text(map, "client_key", errors, &ok);
	settings->slow_after_ms = vg_yaml_get_duration_ms(map, "slow_after", false, 0, errors);
	ok = ok && read_url(settings, map, schemes, errors) && read_ca(settings, map, errors) &&
	     read_days(settings, map, errors);
	return ok && errors->count == before;
}

char *
vg_transfer_peer_url(const char *host, int port, bool tls)
{
	char in_url[INET6_ADDRSTRLEN + 2], *url = NULL;

	if (asprintf(&url, "http%s://%s:%d/", tls ? "s" : "",
		     bracket(host, in_url, sizeof(in_url)) ? in_url : host, port) < 0)
		return NULL;
	return url;
}

bool
vg_transfer_configure_peer(struct vg_transfer_settings *settings, const struct vg_yaml_node *map,
			   struct vg_yaml_errors *errors)
{
	static const char *const schemes[] = {"http", "https", NULL};
	const char *host = vg_yaml_get_text(map, "host", true, NULL, errors);
	int64_t port = vg_yaml_get_int(map, "port", true, 1, 65535, 0, errors);
	bool tls = vg_yaml_get_bool(map, "tls", false, errors);
	char *url;

	if (host == NULL || port == 0)
		return false;
	if (*host == '\0' || strpbrk(host, "/@?# ") != NULL) {
		vg_yaml_error(errors, vg_yaml_find(map, "host"),
			      "host is \"%s\"; expected a name or an address", host);
		return false;
	}
	url = vg_transfer_peer_url(host, (int)port, tls);
	return url != NULL && vg_transfer_configure(settings, map, url, schemes, errors);
}

static bool
is_header_name(const char *name)
{
	for (const char *c = name; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && strchr("!#$%&'*+-.^_`|~", *c) == NULL)
			return false;
	return *name != '\0';
}

static bool
is_header_value(const struct vg_yaml_node *value)
{
	if (value->type != VG_YAML_SCALAR)
		return false;
	for (const char *c = value->text; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return false;
	return true;
}

/* A header without value is "Name;" to libcurl. */
static bool
add_header(struct vg_transfer_settings *settings, const char *name, const char *value)
{
	char line[HEADER_MAX];
	struct curl_slist *longer;

	if (snprintf(line, sizeof(line), "%s%s%s", name, *value != '\0' ? ": " : ";", value) >=
	    (int)sizeof(line))
		return false;
	longer = curl_slist_append(settings->headers, line);
	if (longer != NULL)
		settings->headers = longer;
	return longer != NULL;
}

bool
vg_transfer_configure_headers(struct vg_transfer_settings *settings, const struct vg_yaml_node *map,
			      struct vg_yaml_errors *errors)
{
	const struct vg_yaml_node *headers = vg_yaml_find(map, "headers");

	if (headers == NULL)
		return true;
	if (headers->type != VG_YAML_MAP || headers->count > VG_TRANSFER_HEADERS_MAX) {
		vg_yaml_error(errors, headers, "headers: expected a map of at most %d names",
			      VG_TRANSFER_HEADERS_MAX);
		return false;
	}
	for (size_t i = 0; i < headers->count; i++) {
		if (!is_header_name(headers->key[i]) || !is_header_value(headers->item[i])) {
			vg_yaml_error(errors, headers->key_node[i],
				      "header \"%s\": expected a name of letters, digits and "
				      "hyphens, and a text of one line",
				      headers->key[i]);
			return false;
		}
		if (!add_header(settings, headers->key[i], headers->item[i]->text)) {
			vg_yaml_error(errors, headers->key_node[i],
				      "header \"%s\" is too long; expected at most %d bytes",
				      headers->key[i], HEADER_MAX - 1);
			return false;
		}
	}
	return true;
}

void
vg_transfer_unconfigure(struct vg_transfer_settings *settings)
{
	free(settings->url);
	vg_trust_put(settings->trust);
	free(settings->client_certificate);
	free(settings->client_key);
	curl_slist_free_all(settings->headers);
	curl_slist_free_all(settings->connect_to);
}
