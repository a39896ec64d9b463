/* Any bytes as a datagram, from anybody, where communities and users are known and where all is
 * open: a message that rules can take, or a reason why not. The first byte chooses how often the
 * rest is read, since the library keeps the time of engines between datagrams. */
#include "lib/base/utf8.h"
#include "lib/snmp/trap.h"

#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The engine that senders of informs in the corpus name. */
static const struct vg_snmp_engine engine = {
	.id = {0x80, 0x00, 0x1f, 0x88, 0x05, 0x01, 0x02, 0x03}, .length = 8, .boots = 1};

static struct vg_snmp_access *
make_access(void)
{
	static const char text[] = "communities: [{community: public, source: net}]\n"
				   "users:\n"
				   "  - {user: open, source: v3}\n"
				   "  - {user: open, engine: 80001f8805aabbccddeeff, source: v3}\n"
				   "  - {user: sealed, auth: sha, auth_file: %s, priv: aes, "
				   "priv_file: %s, source: v3}\n";
	char secret[] = "/tmp/vg-fuzz-XXXXXX", file[] = "/tmp/vg-fuzz-XXXXXX";
	int secret_fd = mkstemp(secret), fd = mkstemp(file);
	struct vg_yaml_errors errors = {0};
	struct vg_snmp_access *access;

	VG_ASSERT(secret_fd >= 0 && fd >= 0);
	VG_ASSERT(dprintf(secret_fd, "fuzzing-phrase\n") > 0);
	VG_ASSERT(dprintf(fd, text, secret, secret) > 0);
	access = vg_snmp_access_load(file, &errors);
	VG_ASSERT(access != NULL && vg_snmp_access_use(access, &engine, NULL) == 0);
	(void)close(secret_fd);
	(void)close(fd);
	(void)unlink(secret);
	(void)unlink(file);
	return access;
}

static void
check_text(const char *text, size_t max)
{
	size_t length = strlen(text);

	VG_ASSERT(length <= max && vg_utf8_valid(text, length) == length);
	for (; *text != '\0'; text++)
		VG_ASSERT((unsigned char)*text >= 0x20 && *text != 0x7f);
}

static void
check(const struct vg_snmp_trap *trap)
{
	const struct vg_message *message = &trap->message;

	if (!trap->taken) {
		VG_ASSERT(trap->refusal < VG_SNMP_REFUSAL_COUNT);
		return;
	}
	VG_ASSERT(message->count <= VG_MESSAGE_VALUES_MAX);
	check_text(message->trap, VG_MESSAGE_VALUE_MAX * 2);
	check_text(message->host, VG_MESSAGE_VALUE_MAX);
	for (size_t i = 0; i < message->count; i++) {
		check_text(message->value[i].name, VG_MESSAGE_VALUE_MAX * 2);
		check_text(message->value[i].value, VG_MESSAGE_VALUE_MAX * 2);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct vg_snmp_reader *readers[2];
	const struct sockaddr_in from = {.sin_family = AF_INET, .sin_port = htons(162)};
	struct vg_snmp_trap trap;

	if (readers[0] == NULL) {
		vg_snmp_start(&engine);
		readers[0] = vg_snmp_reader_new(make_access(), &engine);
		readers[1] = vg_snmp_reader_new(NULL, &engine);
	}
	if (size == 0 || size > VG_SNMP_DATAGRAM_MAX)
		return 0;
	for (int i = 0; i <= data[0] % 2; i++)
		for (int r = 0; r < 2; r++) {
			vg_snmp_read(readers[r], data + 1, size - 1, (const struct sockaddr *)&from,
				     1, &trap);
			check(&trap);
		}
	return 0;
}
