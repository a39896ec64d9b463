/* Names of OIDs: the longest prefix, words of numbers, names back to numbers, files over each
 * other, and what a wrong file says. */
#include "lib/alarm/oid_names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct table {
	char path[40];
};

static struct table
table_of(const char *text)
{
	struct table table = {.path = "/tmp/vinga-names-XXXXXX"};
	int fd = mkstemp(table.path);
	size_t length = strlen(text);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, length), length);
	assert_int_equal(close(fd), 0);
	return table;
}

static struct vg_oid_names *
load(const char *first, const char *second)
{
	struct table one = table_of(first), two = table_of(second);
	const char *paths[] = {one.path, two.path};
	struct vg_oid_names *names;
	struct vg_err err = {0};

	assert_int_equal(vg_oid_names_load(&names, paths, second[0] != '\0' ? 2 : 1, &err), 0);
	assert_int_equal(unlink(one.path) | unlink(two.path), 0);
	return names;
}

static const char objects[] = "1.3.6.1.2.1\tSNMPv2-SMI::mib-2\t\n"
			      "1.3.6.1.2.1.2.2.1.1\tIF-MIB::ifIndex\t\n"
			      "1.3.6.1.2.1.2.2.1.7\tIF-MIB::ifAdminStatus\tup=1,down=2,testing=3\n"
			      "1.3.6.1.2.1.2.2.1.10\tIF-MIB::ifInOctets\t\n"
			      "1.3.6.1.4.1.8.1\tA-MIB::status\tbad=-1,good=0\n"
			      "1.3.6.1.4.1.9.1\tB-MIB::status\t\n"
			      "1.3.6.1.4.1.9.2\tB-MIB::ifIndex\t\n";

static void
the_longest_known_prefix_gives_the_name(void **state)
{
	static const struct {
		const char *oid, *name, *rest;
	} cases[] = {
		{"1.3.6.1.2.1.2.2.1.1.3", "IF-MIB::ifIndex", "3"},
		{"1.3.6.1.2.1.2.2.1.1", "IF-MIB::ifIndex", ""},
		{"1.3.6.1.2.1.2.2.1.10.192.0.2.1", "IF-MIB::ifInOctets", "192.0.2.1"},
		{"1.3.6.1.2.1.2.2.1.11", "SNMPv2-SMI::mib-2", "2.2.1.11"},
		{"1.3.6.1.2.1.2.2.1.1.99999999999", "IF-MIB::ifIndex", "99999999999"},
		{"1.3.6.1.2.1", "SNMPv2-SMI::mib-2", ""},
		{"1.3.6.1.2.10", NULL, NULL},
		{"1.3.6.1.4.1.8", NULL, NULL},
		{"0.1", NULL, NULL},
		{"", NULL, NULL},
		{"no oid", NULL, NULL},
	};
	struct vg_oid_names *names = load(objects, "");

	(void)state;
	assert_int_equal(vg_oid_names_count(names), 7);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *rest = NULL, *name = vg_oid_name(names, cases[i].oid, &rest);

		if (cases[i].name == NULL) {
			assert_null(name);
			continue;
		}
		assert_string_equal(name, cases[i].name);
		assert_string_equal(rest, cases[i].rest);
	}
	vg_oid_names_free(names);
}

static void
numbers_have_words(void **state)
{
	struct vg_oid_names *names = load(objects, "");

	(void)state;
	assert_string_equal(vg_oid_word(names, "1.3.6.1.2.1.2.2.1.7.3", 2), "down");
	assert_string_equal(vg_oid_word(names, "1.3.6.1.2.1.2.2.1.7", 3), "testing");
	assert_null(vg_oid_word(names, "1.3.6.1.2.1.2.2.1.7", 4));
	assert_null(vg_oid_word(names, "1.3.6.1.2.1.2.2.1.1", 1));
	assert_string_equal(vg_oid_word(names, "1.3.6.1.4.1.8.1.0", -1), "bad");
	vg_oid_names_free(names);
}

static void
names_have_numbers(void **state)
{
	struct vg_oid_names *names = load(objects, "");

	(void)state;
	assert_string_equal(vg_oid_of(names, "IF-MIB::ifAdminStatus"), "1.3.6.1.2.1.2.2.1.7");
	assert_string_equal(vg_oid_of(names, "ifAdminStatus"), "1.3.6.1.2.1.2.2.1.7");
	assert_string_equal(vg_oid_of(names, "B-MIB::ifIndex"), "1.3.6.1.4.1.9.2");
	/* a standard's before a maker's; of two makers none */
	assert_string_equal(vg_oid_of(names, "ifIndex"), "1.3.6.1.2.1.2.2.1.1");
	assert_null(vg_oid_of(names, "status"));
	assert_null(vg_oid_of(names, "IF-MIB::status"));
	assert_null(vg_oid_of(names, ""));
	vg_oid_names_free(names);
}

static void
later_files_lie_over_earlier_ones(void **state)
{
	struct vg_oid_names *names = load(objects, "1.3.6.1.2.1.2.2.1.7\tNEW-MIB::admin\ton=1\n"
						   "1.3.6.1.2.1.2.2.1.8\tNEW-MIB::oper\t");
	const char *rest;

	(void)state;
	assert_int_equal(vg_oid_names_count(names), 8);
	assert_string_equal(vg_oid_name(names, "1.3.6.1.2.1.2.2.1.7.1", &rest), "NEW-MIB::admin");
	assert_string_equal(vg_oid_word(names, "1.3.6.1.2.1.2.2.1.7.1", 1), "on");
	assert_string_equal(vg_oid_name(names, "1.3.6.1.2.1.2.2.1.8.1", &rest), "NEW-MIB::oper");
	assert_string_equal(vg_oid_name(names, "1.3.6.1.2.1.2.2.1.1.1", &rest), "IF-MIB::ifIndex");
	vg_oid_names_free(names);
}

static void
a_wrong_file_says_what_and_where(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{"1.3\tA::b\n", ":1: expected \"OID TAB MODULE::name TAB words\""},
		{"1.3\tA::b\t\n1.2\tA::c\t\n", ":2: it does not stand in order of OID"},
		{"1.3\tA::b\t\n1.3\tA::c\t\n", ":2: it does not stand in order of OID"},
		{"1.10\tA::b\t\n1.9\tA::c\t\n", ":2: it does not stand in order of OID"},
		{"1..3\tA::b\t\n", ":1: the OID is not numbers with dots"},
		{"1.03\tA::b\t\n", ":1: the OID is not numbers with dots"},
		{"1.3.\tA::b\t\n", ":1: the OID is not numbers with dots"},
		{"1.3\tb\t\n", ":1: the name is not MODULE::name"},
		{"1.3\tA::b\tup\n", ":1: the words are not"},
		{"1.3\tA::b\tup=x\n", ":1: the words are not"},
		{"1.3\tA::b\t=1\n", ":1: the words are not"},
		{"1.3\tA::b\tup=1,,down=2\n", ":1: the words are not"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct table table = table_of(cases[i].text);
		const char *paths[] = {table.path};
		struct vg_oid_names *names;
		struct vg_err err = {0};

		assert_int_equal(vg_oid_names_load(&names, paths, 1, &err), VG_EINVALID);
		assert_null(names);
		if (strstr(err.text, cases[i].says) == NULL)
			fail_msg("%s: %s", cases[i].text, err.text);
		assert_int_equal(unlink(table.path), 0);
	}
}

static void
a_file_that_is_not_there_is_named(void **state)
{
	const char *paths[] = {"/nonexistent/names.tsv"}, *directory[] = {"/tmp"};
	struct vg_oid_names *names;
	struct vg_err err = {0};

	(void)state;
	assert_true(vg_oid_names_load(&names, paths, 1, &err) < 0);
	assert_string_equal(err.text,
			    "names of OIDs: /nonexistent/names.tsv: No such file or directory");
	assert_int_equal(vg_oid_names_load(&names, directory, 1, &err), VG_EINVALID);
}

static void
an_empty_table_knows_nothing(void **state)
{
	struct vg_oid_names *names = load("", "");
	const char *rest;

	(void)state;
	assert_int_equal(vg_oid_names_count(names), 0);
	assert_null(vg_oid_name(names, "1.3.6", &rest));
	assert_null(vg_oid_of(names, "x"));
	vg_oid_names_free(names);
}

/* What ships: every name leads to its number and back. */
static void
the_shipped_names_lead_both_ways(void **state)
{
	const char *paths[] = {VG_SOURCE_DIR "/plugins/alarms/names.tsv"};
	struct vg_oid_names *names;
	struct vg_err err = {0};
	char line[20000];
	FILE *file = fopen(paths[0], "re");
	size_t rows = 0;

	(void)state;
	assert_non_null(file);
	assert_int_equal(vg_oid_names_load(&names, paths, 1, &err), 0);
	while (fgets(line, sizeof(line), file) != NULL) {
		char *name = strchr(line, '\t'), *words = strchr(name + 1, '\t');
		const char *rest;

		*name++ = *words = '\0';
		assert_string_equal(vg_oid_name(names, line, &rest), name);
		assert_string_equal(rest, "");
		assert_non_null(vg_oid_of(names, name));
		rows++;
	}
	assert_int_equal(vg_oid_names_count(names), rows);
	assert_true(rows > 5000);
	assert_int_equal(fclose(file), 0);
	vg_oid_names_free(names);
}

int
main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(the_longest_known_prefix_gives_the_name),
		cmocka_unit_test(numbers_have_words),
		cmocka_unit_test(names_have_numbers),
		cmocka_unit_test(later_files_lie_over_earlier_ones),
		cmocka_unit_test(a_wrong_file_says_what_and_where),
		cmocka_unit_test(a_file_that_is_not_there_is_named),
		cmocka_unit_test(an_empty_table_knows_nothing),
		cmocka_unit_test(the_shipped_names_lead_both_ways),
	};

	return cmocka_run_group_tests(all, NULL, NULL);
}
