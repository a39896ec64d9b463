/* Alarm rules: the language by small files, its errors by what they say, and the shipped files over
 * traps as the standards define them. */
#include "lib/alarm/rules.h"

#include "lib/alarm/oid_names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define SHIPPED	  VG_SOURCE_DIR "/plugins/alarms"
#define LINK_DOWN "1.3.6.1.6.3.1.1.5.3"
#define LINK_UP	  "1.3.6.1.6.3.1.1.5.4"

/* --- helpers --- */

/* A directory of the test's own files, at most 8. */
struct folder {
	char path[64];
	char file[8][128];
	size_t files;
};

static void
folder_add(struct folder *folder, const char *name, const char *text)
{
	char path[128];
	FILE *file;

	assert_true(folder->files < 8);
	assert_true(snprintf(path, sizeof(path), "%s/%s", folder->path, name) < 128);
	memcpy(folder->file[folder->files++], path, sizeof(path));
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static struct folder
new_folder(void)
{
	struct folder folder = {.path = "/tmp/vinga-rules-XXXXXX"};

	assert_non_null(mkdtemp(folder.path));
	folder_add(&folder, "names.tsv",
		   "1.3.6.1.2.1.2.2.1.1\tIF-MIB::ifIndex\t\n"
		   "1.3.6.1.2.1.2.2.1.2\tIF-MIB::ifDescr\t\n"
		   "1.3.6.1.2.1.2.2.1.8\tIF-MIB::ifOperStatus\tup=1,down=2,testing=3\n"
		   "1.3.6.1.6.3.1.1.5.3\tIF-MIB::linkDown\t\n"
		   "1.3.6.1.6.3.1.1.5.4\tIF-MIB::linkUp\t\n");
	return folder;
}

static void
drop_folder(struct folder *folder)
{
	for (size_t i = 0; i < folder->files; i++)
		assert_int_equal(unlink(folder->file[i]), 0);
	assert_int_equal(rmdir(folder->path), 0);
}

static struct vg_rules *
load(const char *directory, const struct vg_agreement *agreement)
{
	struct vg_yaml_errors errors = {.count = 0};
	struct vg_rules *rules = vg_rules_load(directory, agreement, NULL, &errors);

	for (size_t i = 0; i < errors.count && i < VG_YAML_ERRORS_MAX; i++)
		print_message("%s\n", errors.text[i]);
	assert_int_equal(errors.count, 0);
	assert_non_null(rules);
	vg_yaml_errors_free(&errors);
	return rules;
}

/* Rules of one file's text, beside the names above. */
static struct vg_rules *
rules_of(const char *text)
{
	struct folder folder = new_folder();
	struct vg_rules *rules;

	folder_add(&folder, "own.yaml", text);
	rules = load(folder.path, NULL);
	drop_folder(&folder);
	return rules;
}

static struct vg_message
trap_of(const char *oid, size_t count, const struct vg_message_value *value)
{
	return (struct vg_message){.form = VG_MESSAGE_TRAP,
				   .at_ms = 1000,
				   .peer = "192.0.2.1",
				   .host = "SW-1.example.net",
				   .trap = oid,
				   .count = count,
				   .value = value};
}

static struct vg_message
line_of(size_t count, const struct vg_message_value *value)
{
	return (struct vg_message){.form = VG_MESSAGE_SYSLOG,
				   .at_ms = 1000,
				   .peer = "192.0.2.1",
				   .host = "srv-1",
				   .trap = "",
				   .count = count,
				   .value = value};
}

static const struct vg_message_value port_3[] = {
	{"1.3.6.1.2.1.2.2.1.1.3", "3"},
	{"1.3.6.1.2.1.2.2.1.7.3", "1"},
	{"1.3.6.1.2.1.2.2.1.8.3", "2"},
	{"1.3.6.1.2.1.2.2.1.2.3", "Gi0/3"},
};

/* --- the language --- */

static void
a_pair_gives_both_sides_the_same_key(void **state)
{
	struct vg_rules *rules = rules_of("rules:\n"
					  "  link:\n"
					  "    when: { trap: IF-MIB::linkDown }\n"
					  "    clear_when: { trap: IF-MIB::linkUp }\n"
					  "    set:\n"
					  "      resource: \"{host}/{ifDescr|ifIndex}\"\n"
					  "      type: link-down\n"
					  "      severity: major\n"
					  "      category: availability\n"
					  "      text: \"Länken {ifDescr} är nere\"\n");
	struct vg_message down = trap_of(LINK_DOWN, 4, port_3), up = trap_of(LINK_UP, 4, port_3);
	struct vg_notice notice;

	(void)state;
	assert_int_equal(vg_rules_judge(rules, &down, &notice), VG_JUDGED_NOTICE);
	assert_string_equal(notice.resource, "sw-1.example.net/Gi0/3");
	assert_string_equal(notice.type, "link-down");
	assert_string_equal(notice.qualifier, "");
	assert_int_equal(notice.severity, VG_SEVERITY_MAJOR);
	assert_int_equal(notice.category, VG_ALARM_AVAILABILITY);
	assert_string_equal(notice.text, "Länken Gi0/3 är nere");
	assert_string_equal(notice.rule, "own/link");
	assert_string_equal(notice.peer, "192.0.2.1");
	assert_int_equal(notice.count, 1);
	assert_false(notice.transient);
	assert_string_equal(notice.detail, "trap = 1.3.6.1.6.3.1.1.5.3\n"
					   "name = IF-MIB::linkDown\n"
					   "IF-MIB::ifIndex.3 = 3\n"
					   "1.3.6.1.2.1.2.2.1.7.3 = 1\n"
					   "IF-MIB::ifOperStatus.3 = down(2)\n"
					   "IF-MIB::ifDescr.3 = Gi0/3\n");
	assert_int_equal(vg_rules_judge(rules, &up, &notice), VG_JUDGED_NOTICE);
	assert_string_equal(notice.resource, "sw-1.example.net/Gi0/3");
	assert_string_equal(notice.type, "link-down");
	assert_int_equal(notice.severity, VG_SEVERITY_CLEARED);
	assert_string_equal(notice.text, "Upphört: Länken Gi0/3 är nere");
	vg_rules_free(rules);
}

/* One condition on ifOperStatus.3 = 2 (down) or ifDescr.3 = Gi0/3. */
static const struct test_case {
	const char *values;
	bool fits;
} tests[] = {
	{"{ ifOperStatus: down }", true},
	{"{ ifOperStatus: DOWN }", true},
	{"{ ifOperStatus: 2 }", true},
	{"{ ifOperStatus: up }", false},
	{"{ ifOperStatus: [up, \"do*\"] }", true},
	{"{ ifOperStatus: 2..3 }", true},
	{"{ ifOperStatus: 3..9 }", false},
	{"{ ifOperStatus: \"< 3\" }", true},
	{"{ ifOperStatus: \"< 2\" }", false},
	{"{ ifOperStatus: \">= 2\" }", true},
	{"{ ifOperStatus: \"> 2\" }", false},
	{"{ ifOperStatus: \"<= 2\" }", true},
	{"{ ifOperStatus: { not: up } }", true},
	{"{ ifOperStatus: { not: [up, down] } }", false},
	{"{ ifDescr: \"gi?/*\" }", true},
	{"{ ifDescr: \"gi?\" }", false},
	{"{ ifDescr: { matches: \"^Gi([0-9]+)/\" } }", true},
	{"{ ifDescr: { matches: \"^Te\" } }", false},
	{"{ ifDescr: { present: yes } }", true},
	{"{ ifDescr: { present: no } }", false},
	{"{ 1.3.6.1.2.1.2.2.1.9: { present: no } }", true},
	{"{ 1.3.6.1.2.1.2.2.1.9: { not: up } }", true},
	{"{ 1.3.6.1.2.1.2.2.1.9: \"*\" }", false},
	{"{ host: \"sw-*\", peer: 192.0.2.1 }", true},
	{"{ host: \"sw-*\", peer: 192.0.2.2 }", false},
	{"{ trap: \"IF-MIB::*\" }", true},
};

static void
conditions_hold_or_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		struct vg_message message = trap_of(LINK_DOWN, 4, port_3);
		struct vg_notice notice;
		struct vg_rules *rules;
		char text[400];

		(void)snprintf(text, sizeof(text),
			       "rules:\n  r:\n    when: { trap: IF-MIB::linkDown, values: %s }\n"
			       "    set: { type: t, severity: major }\n",
			       tests[i].values);
		rules = rules_of(text);
		if (vg_rules_judge(rules, &message, &notice) !=
		    (tests[i].fits ? VG_JUDGED_NOTICE : VG_JUDGED_UNKNOWN))
			fail_msg("%s", tests[i].values);
		vg_rules_free(rules);
	}
}

static void
a_table_turns_values_into_severities(void **state)
{
	struct vg_rules *rules = rules_of(
		"rules:\n"
		"  port:\n"
		"    when: { trap: 1.3.6.1.4.1.99999.1 }\n"
		"    set:\n"
		"      type: port\n"
		"      qualifier: \"{ifOperStatus#}\"\n"
		"      severity: { from: ifOperStatus, map: { up: cleared, 3: warning }, default: "
		"minor }\n"
		"      text: \"Porten\"\n");
	static const struct {
		const char *value;
		enum vg_severity want;
	} cases[] = {{"1", VG_SEVERITY_CLEARED},
		     {"up", VG_SEVERITY_CLEARED},
		     {"3", VG_SEVERITY_WARNING},
		     {"2", VG_SEVERITY_MINOR},
		     {"", VG_SEVERITY_MINOR}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vg_message_value value = {"1.3.6.1.2.1.2.2.1.8.7", cases[i].value};
		struct vg_message message = trap_of("1.3.6.1.4.1.99999.1", 1, &value);
		struct vg_notice notice;

		assert_int_equal(vg_rules_judge(rules, &message, &notice), VG_JUDGED_NOTICE);
		assert_int_equal(notice.severity, cases[i].want);
		assert_string_equal(notice.qualifier, "7");
		assert_string_equal(notice.text, cases[i].want == VG_SEVERITY_CLEARED
							 ? "Upphört: Porten"
							 : "Porten");
	}
	vg_rules_free(rules);
}

static void
the_first_rule_that_fits_decides(void **state)
{
	struct folder folder = new_folder();
	struct vg_alarm_file file = {
		(char *)(uintptr_t) "own.yaml",
		(char *)(uintptr_t) "rules:\n"
				    "  ours:\n"
				    "    when: { trap: 1.3.6.1.4.1.99999.0.2 }\n"
				    "    set: { type: ours, severity: minor }\n"};
	struct vg_agreement *agreement = vg_agreement_new();
	struct vg_rules *rules;
	static const struct {
		const char *trap, *rule;
	} cases[] = {
		{"1.3.6.1.4.1.99999.0.1", "b/exact"},	{"1.3.6.1.4.1.99999.0.2", "own/ours"},
		{"1.3.6.1.4.1.99999.0.3", "b/subtree"}, {"1.3.6.1.4.1.99999.0.4", "b/subtree"},
		{"1.3.6.1.4.1.99998.0.4", "c/all"},
	};

	(void)state;
	folder_add(&folder, "c.yaml",
		   "rules:\n"
		   "  all: { when: { trap: 1.3.6.* }, set: { type: all, severity: minor } }\n");
	folder_add(&folder, "b.yaml",
		   "rules:\n"
		   "  exact: { when: { trap: 1.3.6.1.4.1.99999.0.1 }, set: { type: e, severity: "
		   "minor } }\n"
		   "  subtree: { when: { trap: 1.3.6.1.4.1.99999.* }, set: { type: s, severity: "
		   "minor } }\n"
		   "  late: { when: { trap: 1.3.6.1.4.1.99999.0.4 }, set: { type: l, severity: "
		   "minor } }\n");
	agreement->alarm_files = 1;
	agreement->alarm_file = &file;
	rules = load(folder.path, agreement);
	assert_int_equal(vg_rules_count(rules), 5);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vg_message message = trap_of(cases[i].trap, 0, NULL);
		struct vg_notice notice;

		assert_int_equal(vg_rules_judge(rules, &message, &notice), VG_JUDGED_NOTICE);
		assert_string_equal(notice.rule, cases[i].rule);
	}
	vg_rules_free(rules);
	agreement->alarm_files = 0;
	agreement->alarm_file = NULL;
	vg_agreement_unref(agreement);
	drop_folder(&folder);
}

/* Agents of the first version put a 0 before a trap's last number, or leave it out. */
static void
the_zero_before_the_last_number_tells_nothing(void **state)
{
	struct vg_rules *rules = rules_of(
		"rules:\n"
		"  r: { when: { trap: [1.3.6.1.4.1.9.0.5, 1.3.6.1.4.1.8.6] }, set: { type: t, "
		"severity: minor } }\n");
	static const char *const traps[] = {"1.3.6.1.4.1.9.0.5", "1.3.6.1.4.1.9.5",
					    "1.3.6.1.4.1.8.0.6", "1.3.6.1.4.1.8.6"};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct vg_message message = trap_of(traps[i], 0, NULL);
		struct vg_notice notice;

		assert_int_equal(vg_rules_judge(rules, &message, &notice), VG_JUDGED_NOTICE);
	}
	vg_rules_free(rules);
}

static void
an_unknown_trap_is_kept(void **state)
{
	struct vg_rules *rules = rules_of("rules: {}\n");
	struct vg_message message = trap_of("1.3.6.1.4.1.99999.0.1", 4, port_3);
	struct vg_notice notice;

	(void)state;
	assert_int_equal(vg_rules_judge(rules, &message, &notice), VG_JUDGED_UNKNOWN);
	assert_string_equal(notice.resource, "sw-1.example.net");
	assert_string_equal(notice.type, "trap:1.3.6.1.4.1.99999.0.1");
	assert_int_equal(notice.severity, VG_SEVERITY_INDETERMINATE);
	assert_true(notice.transient);
	assert_string_equal(notice.rule, "");
	assert_string_equal(notice.text, "1.3.6.1.4.1.99999.0.1: Gi0/3");
	assert_non_null(strstr(notice.detail, "IF-MIB::ifIndex.3 = 3\n"));
	message.host = "";
	message.trap = LINK_DOWN; /* a name, but no rule */
	assert_int_equal(vg_rules_judge(rules, &message, &notice), VG_JUDGED_UNKNOWN);
	assert_string_equal(notice.resource, "192.0.2.1");
	assert_string_equal(notice.type, "linkDown");
	vg_rules_free(rules);
}

static void
what_is_ignored_makes_no_notice(void **state)
{
	struct vg_rules *rules =
		rules_of("rules:\n  r: { when: { trap: IF-MIB::linkUp }, ignore: yes }\n");
	struct vg_message message = trap_of(LINK_UP, 0, NULL);
	struct vg_notice notice;

	(void)state;
	assert_int_equal(vg_rules_judge(rules, &message, &notice), VG_JUDGED_IGNORED);
	vg_rules_free(rules);
}

static void
no_identity_number_gets_through(void **state)
{
	struct vg_rules *rules = rules_of("rules:\n"
					  "  r:\n"
					  "    when: { trap: IF-MIB::linkDown }\n"
					  "    set: { type: t, qualifier: \"{ifDescr}\", severity: "
					  "minor, text: \"{ifDescr}\" }\n");
	struct vg_message_value value = {"1.3.6.1.2.1.2.2.1.2.3",
					 "user 19121212-1212, again 121212-1212."};
	struct vg_message message = trap_of(LINK_DOWN, 1, &value);
	struct vg_notice notice;

	(void)state;
	assert_int_equal(vg_rules_judge(rules, &message, &notice), VG_JUDGED_NOTICE);
	assert_string_equal(notice.qualifier, "user [PNR], again [PNR].");
	assert_string_equal(notice.text, "user [PNR], again [PNR].");
	assert_null(strstr(notice.detail, "1212-1212"));
	vg_rules_free(rules);
}

static void
long_and_odd_texts_are_cut_and_cleaned(void **state)
{
	struct vg_rules *rules = rules_of("rules:\n"
					  "  r:\n"
					  "    when: { trap: IF-MIB::linkDown }\n"
					  "    set: { type: \"{ifDescr}\", severity: minor, text: "
					  "\"{ifDescr}\" }\n");
	char wide[1001] = "";
	struct vg_message_value value[VG_MESSAGE_VALUES_MAX];
	struct vg_message message = trap_of(LINK_DOWN, VG_MESSAGE_VALUES_MAX, value);
	struct vg_notice notice;
	const char *end;

	(void)state;
	for (size_t i = 0; i < 500; i++)
		memcpy(wide + 2 * i, "å", 3);
	wide[0] = '\n';
	wide[1] = '\t';
	for (size_t i = 0; i < VG_MESSAGE_VALUES_MAX; i++)
		value[i] = (struct vg_message_value){"1.3.6.1.2.1.2.2.1.2.3", wide};
	message.cut = 3;
	assert_int_equal(vg_rules_judge(rules, &message, &notice), VG_JUDGED_NOTICE);
	assert_int_equal(strlen(notice.type), 200);
	assert_int_equal(strncmp(notice.type, "  å", 4), 0);
	assert_true(strlen(notice.detail) <= VG_NOTICE_DETAIL_MAX);
	end = strstr(notice.detail, "left-out = ");
	assert_non_null(end);
	assert_string_equal(end, "left-out = 64\n"); /* 61 of 64, and 3 */
	vg_rules_free(rules);
}

/* --- syslog --- */

static const struct vg_message_value sshd[] = {
	{"facility", "auth"},
	{"severity", "warning"},
	{"host", "srv-1"},
	{"app", "sshd"},
	{"msg", "Failed password for invalid user admin from 203.0.113.9 port 4022 ssh2"}};

static void
a_line_is_matched_by_expression(void **state)
{
	struct vg_rules *rules =
		rules_of("rules:\n"
			 "  login:\n"
			 "    when:\n"
			 "      syslog:\n"
			 "        app: sshd\n"
			 "        severity: [warning, err]\n"
			 "        msg: { matches: \"Failed password for (invalid user )?([^ ]+) "
			 "from ([^ ]+)\" }\n"
			 "    set:\n"
			 "      type: login-failed\n"
			 "      qualifier: \"{m3}\"\n"
			 "      severity: { from: m2, map: { admin: major }, default: warning }\n"
			 "      category: security\n"
			 "      transient: yes\n"
			 "      text: \"Fel lösenord för {m2} på {host} från {m3}\"\n");
	struct vg_message message = line_of(5, sshd);
	struct vg_message_value other[5];
	struct vg_notice notice;

	(void)state;
	assert_int_equal(vg_rules_judge(rules, &message, &notice), VG_JUDGED_NOTICE);
	assert_string_equal(notice.resource, "srv-1");
	assert_string_equal(notice.qualifier, "203.0.113.9");
	assert_int_equal(notice.severity, VG_SEVERITY_MAJOR);
	assert_string_equal(notice.text, "Fel lösenord för admin på srv-1 från 203.0.113.9");
	assert_true(notice.transient);
	assert_non_null(strstr(notice.detail, "app = sshd\n"));
	memcpy(other, sshd, sizeof(other));
	other[4].value = "Accepted publickey for admin";
	message.value = other;
	assert_int_equal(vg_rules_judge(rules, &message, &notice), VG_JUDGED_UNKNOWN);
	vg_rules_free(rules);
}

/* The literal that is looked for before the matcher runs must never hide a match. */
static void
expressions_fit_what_they_should(void **state)
{
	static const struct {
		const char *expression, *text;
		bool fits;
	} cases[] = {
		{"ab+c", "xabbbc", true},
		{"ab*c", "ac", true},
		{"ab?cd", "acd", true},
		{"ab{0,2}cd", "acd", true},
		{"abc|de", "de", true},
		{"x(abc|de)y", "xdey", true},
		{"[[:digit:]]+ errors", "7 errors", true},
		{"[]x]y", "]y", true},
		{"[^]]y", "ay", true},
		{"a\\.b", "a.b", true},
		{"a\\.b", "axb", false},
		{"\\bword\\b", "a word", true},
		{"\\w+ is down", "eth0 is down", true},
		{"^(.*)$", "", true},
		{"(abc)?def", "def", true},
		{"a(b(c|d)e)*f", "af", true},
		{"disk \\(.*\\) failed", "disk (sda) failed", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vg_message_value value = {"msg", cases[i].text};
		struct vg_message message = line_of(1, &value);
		struct vg_notice notice;
		struct vg_rules *rules;
		char text[400];

		(void)snprintf(text, sizeof(text),
			       "rules:\n  r:\n    when: { syslog: { msg: { matches: '%s' } } }\n"
			       "    set: { type: t, severity: major }\n",
			       cases[i].expression);
		rules = rules_of(text);
		if ((vg_rules_judge(rules, &message, &notice) == VG_JUDGED_NOTICE) != cases[i].fits)
			fail_msg("%s over %s", cases[i].expression, cases[i].text);
		vg_rules_free(rules);
	}
}

/* --- errors --- */

static const struct wrong_case {
	const char *text, *says;
} wrong[] = {
	{"[]\n", "own.yaml:1:1: expected a map, such as rules: { ... }"},
	{"rule: {}\n", "own.yaml:1:1: key \"rule\" is not known; did you mean \"rules\"?"},
	{"rules:\n  r: { when: { trap: 1.3.6 } }\n",
	 "own.yaml:2:3: expected when, and either set or ignore: yes"},
	{"rules:\n  r: { when: { trap: IF-MIB::linkDwn }, ignore: yes }\n",
	 "own.yaml:2:22: the trap \"IF-MIB::linkDwn\" is not known"},
	{"rules:\n  r: { when: { trap: 1.3.6, values: { ifFoo: 1 } }, ignore: yes }\n",
	 "own.yaml:2:39: the name \"ifFoo\" is not known"},
	{"rules:\n  r: { when: { syslog: { app: x }, trap: 1.3.6 }, ignore: yes }\n",
	 "own.yaml:2:14: expected either trap, with or without values, or syslog"},
	{"rules:\n  r: { when: { syslog: { msg: { matches: \"(\" } } }, ignore: yes }\n",
	 "own.yaml:2:42: the expression cannot be read"},
	{"rules:\n  r: { when: { syslog: { msg: { matches: \"(a)\\\\1\" } } }, ignore: yes }\n",
	 "without references back"},
	{"rules:\n  r: { when: { syslog: { msg: { matches: \"((a{1,100}){1,100}){9}\" } } }, "
	 "ignore: yes }\n",
	 "whose {} multiply to at most 1000"},
	{"rules:\n  r: { when: { trap: 1.3.6, values: { ifIndex: \"< x\" } }, ignore: yes }\n",
	 "own.yaml:2:48: \"< x\" is no comparison; expected such as \"< 5\""},
	{"rules:\n  r: { when: { trap: 1.3.6, values: { ifIndex: 9..5 } }, ignore: yes }\n",
	 "the range \"9..5\" is empty"},
	{"rules:\n  r: { when: { trap: 1.3.6 }, set: { type: t } }\n",
	 "own.yaml:2:36: expected severity: with a word, or a table"},
	{"rules:\n  r: { when: { trap: 1.3.6 }, set: { type: t, severity: majr } }\n",
	 "own.yaml:2:57: "},
	{"rules:\n  r: { when: { trap: 1.3.6 }, set: { severity: major } }\n",
	 "own.yaml:2:36: expected type: such as link-down"},
	{"rules:\n  r: { when: { trap: 1.3.6 }, set: { type: \"{ifIndex\", severity: major } }\n",
	 "own.yaml:2:44: expected } after \"{ifIndex\""},
	{"rules:\n  r: { when: { trap: 1.3.6 }, set: { type: t, severity: major, service: nope } "
	 "}\n",
	 "own.yaml:2:73: the agreement has no service \"nope\""},
	{"rules:\n  r: { when: { trap: 1.3.6 }, set: { type: t, severity: major, municipality: "
	 "\"0001\" } }\n",
	 "the agreement has no municipality \"0001\""},
	{"rules:\n  r: { when: { trap: 1.3.6 }, clear_when: { trap: 1.3.7 }, set: { type: t, "
	 "severity: major, transient: yes } }\n",
	 "own.yaml:2:3: expected either transient or clear_when"},
};

static void
errors_say_what_and_where(void **state)
{
	struct vg_agreement *agreement = vg_agreement_new();

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct folder folder = new_folder();
		struct vg_yaml_errors errors = {.count = 0};

		folder_add(&folder, "own.yaml", wrong[i].text);
		assert_null(vg_rules_load(folder.path, agreement, NULL, &errors));
		assert_true(errors.count > 0);
		if (strstr(errors.text[0], wrong[i].says) == NULL)
			fail_msg("%s: %s", wrong[i].text, errors.text[0]);
		vg_yaml_errors_free(&errors);
		drop_folder(&folder);
	}
	vg_agreement_unref(agreement);
}

static void
a_directory_that_is_not_there_is_an_error(void **state)
{
	struct vg_yaml_errors errors = {.count = 0};

	(void)state;
	assert_null(vg_rules_load("/nonexistent/alarms", NULL, NULL, &errors));
	assert_string_equal(errors.text[0], "/nonexistent/alarms:1:1: No such file or directory");
	vg_yaml_errors_free(&errors);
}

/* --- the catalogue --- */

#define CATALOGUE                                                                                  \
	"# a remark\n"                                                                             \
	"1.3.6.1.4.1.99999.0.1\tX-MIB::xFanFailed\tmajor\txFanFailed\t1.3.6.1.4.1.99999.7\t\n"     \
	"1.3.6.1.4.1.99999.0.2\tX-MIB::xFanOk\tcleared\txFanFailed\t1.3.6.1.4.1.99999.7\t\n"       \
	"1.3.6.1.4.1.99999.0.3\tX-MIB::xLogin\twarning\txLogin\t\ttransient\n"

static void
the_catalogue_knows_what_no_rule_knows(void **state)
{
	struct folder folder = new_folder();
	struct vg_message_value fan = {"1.3.6.1.4.1.99999.7.2", "rear fan"},
				scalar = {"1.3.6.1.4.1.99999.7.0", "rear fan"};
	struct vg_message message = trap_of("1.3.6.1.4.1.99999.0.1", 1, &fan);
	struct vg_notice notice;
	struct vg_rules *rules;

	(void)state;
	folder_add(&folder, "catalogue.tsv", CATALOGUE);
	folder_add(&folder, "a-site.tsv",
		   "1.3.6.1.4.1.99999.0.3\tSITE::login\tminor\tlogin\t$1\ttransient\n");
	folder_add(&folder, "own.yaml",
		   "rules:\n  r: { when: { trap: X-MIB::xFanOk, values: { 1.3.6.1.4.1.99999.8: "
		   "1 } }, ignore: yes }\n");
	rules = load(folder.path, NULL);
	assert_int_equal(vg_rules_judge(rules, &message, &notice), VG_JUDGED_NOTICE);
	assert_string_equal(notice.rule, "catalogue");
	assert_string_equal(notice.type, "xFanFailed");
	assert_string_equal(notice.qualifier, "2");
	assert_int_equal(notice.severity, VG_SEVERITY_MAJOR);
	assert_false(notice.transient);
	assert_string_equal(notice.text, "xFanFailed: rear fan");
	message.trap = "1.3.6.1.4.1.99999.2";
	message.value = &scalar; /* an instance of 0 tells nothing apart, its text does */
	assert_int_equal(vg_rules_judge(rules, &message, &notice), VG_JUDGED_NOTICE);
	assert_string_equal(notice.type, "xFanFailed");
	assert_string_equal(notice.qualifier, "rear fan");
	assert_int_equal(notice.severity, VG_SEVERITY_CLEARED);
	message.trap = "1.3.6.1.4.1.99999.0.3"; /* the site's row wins, the name stays */
	assert_int_equal(vg_rules_judge(rules, &message, &notice), VG_JUDGED_NOTICE);
	assert_string_equal(notice.type, "login");
	assert_string_equal(notice.qualifier, "rear fan");
	assert_int_equal(notice.severity, VG_SEVERITY_MINOR);
	assert_true(notice.transient);
	assert_string_equal(notice.text, "xLogin: rear fan");
	assert_string_equal(vg_rules_oid(rules, "X-MIB::xLogin"), "1.3.6.1.4.1.99999.0.3");
	assert_null(vg_rules_oid(rules, "Y-MIB::xLogin"));
	vg_rules_free(rules);
	drop_folder(&folder);
}

static void
a_wrong_catalogue_says_what_and_where(void **state)
{
	static const struct wrong_case cases[] = {
		{"1.3\tX::y\tmajor\tt\n", "bad.tsv:1:1: expected six columns"},
		{"x\tX::y\tmajor\tt\t\t\n", "bad.tsv:1:1: expected OIDs as numbers"},
		{"#\n1.3\ty\tmajor\tt\t\t\n", "bad.tsv:2:1: expected MODULE::name"},
		{"1.3\tX::y\tbad\tt\t\t\n", "bad.tsv:1:1: expected a severity"},
		{"1.3\tX::y\tmajor\t\t\t\n", "bad.tsv:1:1: expected a type"},
		{"1.3\tX::y\tmajor\tt\t$0\t\n", "bad.tsv:1:1: expected in the fifth column"},
		{"1.3\tX::y\tmajor\tt\t\tlong\n", "bad.tsv:1:1: expected \"transient\" or nothing"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct folder folder = new_folder();
		struct vg_yaml_errors errors = {.count = 0};

		folder_add(&folder, "bad.tsv", cases[i].text);
		assert_null(vg_rules_load(folder.path, NULL, NULL, &errors));
		if (strstr(errors.text[0], cases[i].says) == NULL)
			fail_msg("%s: %s", cases[i].text, errors.text[0]);
		vg_yaml_errors_free(&errors);
		drop_folder(&folder);
	}
}

/* --- what ships --- */

static const struct shipped_case {
	const char *trap;
	struct vg_message_value value[4];
	const char *resource, *type, *qualifier;
	enum vg_severity severity;
	bool transient;
} shipped[] = {
	{"1.3.6.1.6.3.1.1.5.1",
	 {{NULL, NULL}},
	 "sw-1.example.net",
	 "device-restarted",
	 "",
	 VG_SEVERITY_WARNING,
	 true},
	{LINK_DOWN,
	 {{"1.3.6.1.2.1.2.2.1.1.3", "3"},
	  {"1.3.6.1.2.1.2.2.1.7.3", "1"},
	  {"1.3.6.1.2.1.31.1.1.1.1.3", "Gi3"}},
	 "sw-1.example.net/Gi3",
	 "link-down",
	 "",
	 VG_SEVERITY_MAJOR,
	 false},
	{LINK_DOWN, /* somebody shut it */
	 {{"1.3.6.1.2.1.2.2.1.1.3", "3"}, {"1.3.6.1.2.1.2.2.1.7.3", "2"}},
	 "sw-1.example.net/3",
	 "link-down",
	 "",
	 VG_SEVERITY_WARNING,
	 false},
	{LINK_UP,
	 {{"1.3.6.1.2.1.2.2.1.1.3", "3"}},
	 "sw-1.example.net/3",
	 "link-down",
	 "",
	 VG_SEVERITY_CLEARED,
	 false},
	{"1.3.6.1.2.1.15.7.2",
	 {{"1.3.6.1.2.1.15.3.1.2.192.0.2.9", "1"}},
	 "sw-1.example.net",
	 "bgp-peer-down",
	 "192.0.2.9",
	 VG_SEVERITY_MAJOR,
	 false},
	{"1.3.6.1.2.1.15.7.1",
	 {{"1.3.6.1.2.1.15.3.1.2.192.0.2.9", "6"}},
	 "sw-1.example.net",
	 "bgp-peer-down",
	 "192.0.2.9",
	 VG_SEVERITY_CLEARED,
	 false},
	{"1.3.6.1.2.1.14.16.2.2",
	 {{"1.3.6.1.2.1.14.10.1.3.192.0.2.9.0", "192.0.2.7"},
	  {"1.3.6.1.2.1.14.10.1.6.192.0.2.9.0", "1"}},
	 "sw-1.example.net",
	 "ospf-neighbor-down",
	 "192.0.2.7",
	 VG_SEVERITY_MAJOR,
	 false},
	{"1.3.6.1.2.1.14.16.2.2",
	 {{"1.3.6.1.2.1.14.10.1.3.192.0.2.9.0", "192.0.2.7"},
	  {"1.3.6.1.2.1.14.10.1.6.192.0.2.9.0", "8"}},
	 "sw-1.example.net",
	 "ospf-neighbor-down",
	 "192.0.2.7",
	 VG_SEVERITY_CLEARED,
	 false},
	{"1.3.6.1.2.1.33.2.0.1",
	 {{"1.3.6.1.2.1.33.1.2.3.0", "100"}, {"1.3.6.1.2.1.33.1.2.2.0", "120"}},
	 "sw-1.example.net",
	 "power-on-battery",
	 "",
	 VG_SEVERITY_MAJOR,
	 false},
	{"1.3.6.1.2.1.33.2.1",
	 {{"1.3.6.1.2.1.33.1.2.3.0", "4"}, {"1.3.6.1.2.1.33.1.2.2.0", "120"}},
	 "sw-1.example.net",
	 "power-on-battery",
	 "",
	 VG_SEVERITY_CRITICAL,
	 false},
	{"1.3.6.1.2.1.33.2.4",
	 {{"1.3.6.1.2.1.33.1.6.2.1.1.7", "7"},
	  {"1.3.6.1.2.1.33.1.6.2.1.2.7", "1.3.6.1.2.1.33.1.6.3.2"}},
	 "sw-1.example.net",
	 "power-on-battery",
	 "",
	 VG_SEVERITY_CLEARED,
	 false},
	{"1.3.6.1.2.1.118.0.2",
	 {{"1.3.6.1.2.1.118.1.2.2.1.13.1", "1.3.6.1.2.1.118.1.1.2.1.3.1.1.6"},
	  {"1.3.6.1.2.1.118.1.2.2.1.10.1", "1.3.6.1.2.1.2.2.1.1.3"}},
	 "sw-1.example.net",
	 "device-alarm",
	 "1.3.6.1.2.1.2.2.1.1.3",
	 VG_SEVERITY_CRITICAL,
	 false},
};

static void
shipped_rules_know_the_standards(void **state)
{
	struct vg_rules *rules = load(SHIPPED, NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(shipped) / sizeof(shipped[0]); i++) {
		const struct shipped_case *c = &shipped[i];
		struct vg_message message = trap_of(c->trap, 0, c->value);
		struct vg_notice notice;

		while (message.count < 4 && c->value[message.count].name != NULL)
			message.count++;
		assert_int_equal(vg_rules_judge(rules, &message, &notice), VG_JUDGED_NOTICE);
		assert_string_equal(notice.resource, c->resource);
		assert_string_equal(notice.type, c->type);
		assert_string_equal(notice.qualifier, c->qualifier);
		assert_int_equal(notice.severity, c->severity);
		assert_int_equal(notice.transient, c->transient);
	}
	vg_rules_free(rules);
}

int
main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(a_pair_gives_both_sides_the_same_key),
		cmocka_unit_test(conditions_hold_or_not),
		cmocka_unit_test(a_table_turns_values_into_severities),
		cmocka_unit_test(the_first_rule_that_fits_decides),
		cmocka_unit_test(the_zero_before_the_last_number_tells_nothing),
		cmocka_unit_test(an_unknown_trap_is_kept),
		cmocka_unit_test(what_is_ignored_makes_no_notice),
		cmocka_unit_test(no_identity_number_gets_through),
		cmocka_unit_test(long_and_odd_texts_are_cut_and_cleaned),
		cmocka_unit_test(a_line_is_matched_by_expression),
		cmocka_unit_test(expressions_fit_what_they_should),
		cmocka_unit_test(errors_say_what_and_where),
		cmocka_unit_test(a_directory_that_is_not_there_is_an_error),
		cmocka_unit_test(the_catalogue_knows_what_no_rule_knows),
		cmocka_unit_test(a_wrong_catalogue_says_what_and_where),
		cmocka_unit_test(shipped_rules_know_the_standards),
	};

	return cmocka_run_group_tests(all, NULL, NULL);
}
