/* MIB texts compiled and read again: names, words, notifications of both versions, broken texts. */
#include "lib/alarm/oid_names.h"
#include "lib/snmp/mib.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* A maker's text: SMIv1 with a trap, words, bits, an underscore in a name. */
static const char maker[] =
	"PEER-TEST-MIB DEFINITIONS ::= BEGIN\n"
	"IMPORTS enterprises FROM RFC1155-SMI OBJECT-TYPE FROM RFC-1212 TRAP-TYPE FROM RFC-1215;\n"
	"peer OBJECT IDENTIFIER ::= { enterprises 99999 }\n"
	"peerState OBJECT-TYPE SYNTAX INTEGER { good(1), bad(2), not_known(-1) }\n"
	"  ACCESS read-only STATUS mandatory DESCRIPTION \"x\" ::= { peer 10 }\n"
	"peer_mode OBJECT-TYPE SYNTAX INTEGER ACCESS read-only STATUS mandatory\n"
	"  DESCRIPTION \"x\" ::= { peer 9 }\n"
	"peerFailed TRAP-TYPE ENTERPRISE peer VARIABLES { peerState } DESCRIPTION \"x\" ::= 7\n"
	"END\n";
static const char v1_base[] = "RFC1155-SMI DEFINITIONS ::= BEGIN\n"
			      "internet OBJECT IDENTIFIER ::= { iso org(3) dod(6) 1 }\n"
			      "private OBJECT IDENTIFIER ::= { internet 4 }\n"
			      "enterprises OBJECT IDENTIFIER ::= { private 1 }\n"
			      "END\n";
static const char broken[] = "BROKEN-TEST-MIB DEFINITIONS ::= BEGIN\n"
			     "IMPORTS nothing FROM ABSENT-TEST-MIB;\n"
			     "two OBJECT-TYPE SYNTAX ::= ::=\n"
			     "END\n";

struct heard {
	char text[8000];
};

static void
hear(const char *text, void *arg)
{
	struct heard *heard = arg;
	size_t used = strlen(heard->text);

	(void)snprintf(heard->text + used, sizeof(heard->text) - used, "%s\n", text);
}

static void
put(const char *directory, const char *name, const char *text)
{
	char path[200];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void
forget(const char *directory, const char *name)
{
	char path[200];

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	(void)unlink(path);
}

static void
check_name(const struct vg_oid_names *names, const char *oid, const char *want,
	   const char *want_rest)
{
	const char *rest = NULL, *name = vg_oid_name(names, oid, &rest);

	if (name == NULL)
		fail_msg("%s has no name", oid);
	assert_string_equal(name, want);
	assert_string_equal(rest, want_rest);
}

static void
check_names(const struct vg_oid_names *names)
{
	check_name(names, "1.3.6.1.2.1.2.2.1.8.3", "IF-MIB::ifOperStatus", "3");
	check_name(names, "1.3.6.1.6.3.1.1.5.3", "IF-MIB::linkDown", "");
	check_name(names, "1.3.6.1.2.1.33.2.1", "UPS-MIB::upsTrapOnBattery", "");
	check_name(names, "1.3.6.1.4.1.99999.0.7", "PEER-TEST-MIB::peerFailed", "");
	check_name(names, "1.3.6.1.4.1.99999.9.0", "PEER-TEST-MIB::peer_mode", "0");
	check_name(names, "1.3.6.1.4.1.99999.10.0", "PEER-TEST-MIB::peerState", "0");
	check_name(names, "1.3.6.1.4.1.99999.77.1", "PEER-TEST-MIB::peer", "77.1");
	assert_string_equal(vg_oid_word(names, "1.3.6.1.2.1.2.2.1.8.3", 2), "down");
	assert_string_equal(vg_oid_word(names, "1.3.6.1.2.1.2.2.1.3.1", 6), "ethernetCsmacd");
	assert_string_equal(vg_oid_word(names, "1.3.6.1.4.1.99999.10.0", -1), "not_known");
	assert_null(vg_oid_word(names, "1.3.6.1.4.1.99999.9.0", 1));
	assert_string_equal(vg_oid_of(names, "upsAlarmsPresent"), "1.3.6.1.2.1.33.1.6.1");
}

static void
what_is_compiled_can_be_read(void **state)
{
	char directory[] = "/tmp/vinga-mib.XXXXXX", compiled[] = "/tmp/vinga-names.XXXXXX";
	const char *directories[] = {VG_TEST_DATA "/mibs", directory};
	const char *paths[] = {compiled};
	struct vg_oid_names *names = NULL;
	struct vg_mib_counts counts;
	struct heard heard = {{0}};
	struct vg_err err = {0};
	FILE *file;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(directory));
	put(directory, "PEER-TEST-MIB.mib", maker);
	put(directory, "RFC1155-SMI", v1_base);
	put(directory, "BROKEN-TEST-MIB.txt", broken);
	fd = mkstemp(compiled);
	assert_true(fd >= 0);
	file = fdopen(fd, "w");
	if (vg_mib_compile(directories, 2, file, hear, &heard, &counts, &err) != 0)
		fail_msg("%s", err.text);
	assert_int_equal(fclose(file), 0);
	assert_true(counts.names > 300 && counts.enumerated > 10 && counts.modules >= 9);
	assert_true(counts.complaints > 0);
	assert_non_null(strstr(heard.text, "/BROKEN-TEST-MIB.txt:2: "));
	assert_non_null(strstr(heard.text, "/BROKEN-TEST-MIB.txt:3: "));
	assert_null(strstr(heard.text, "/IF-MIB"));
	if (vg_oid_names_load(&names, paths, 1, &err) != 0)
		fail_msg("%s", err.text);
	assert_int_equal(vg_oid_names_count(names), counts.names);
	check_names(names);
	vg_oid_names_free(names);
	forget(directory, "PEER-TEST-MIB.mib");
	forget(directory, "RFC1155-SMI");
	forget(directory, "BROKEN-TEST-MIB.txt");
	assert_int_equal(rmdir(directory), 0);
	assert_int_equal(unlink(compiled), 0);
}

static void
what_is_no_directory_is_refused(void **state)
{
	const char *directories[] = {"/nonexistent"};
	struct vg_mib_counts counts;
	struct heard heard = {{0}};
	struct vg_err err = {0};

	(void)state;
	assert_int_equal(vg_mib_compile(directories, 1, stdout, hear, &heard, &counts, &err),
			 VG_ENOTFOUND);
	assert_non_null(strstr(err.text, "/nonexistent"));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_compiled_can_be_read),
		cmocka_unit_test(what_is_no_directory_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
