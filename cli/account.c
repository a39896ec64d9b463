/* account.c - a line of the people file: a name, what it may, and its password as Argon2id.
 *
 * Nothing is asked of the daemon, and nothing is written anywhere: whoever may change the file puts
 * the line there. */
#include "cli/commands.h"
#include "lib/password/password.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* One line of standard input without its end; a terminal does not show it. False = no line. */
static bool
read_secret(const char *prompt, char *out, size_t size)
{
	struct termios shown, hidden;
	const bool terminal = tcgetattr(STDIN_FILENO, &shown) == 0;
	bool got;

	if (terminal) {
		hidden = shown;
		hidden.c_lflag &= ~(tcflag_t)ECHO;
		(void)fputs(prompt, stderr);
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	}
	got = fgets(out, (int)size, stdin) != NULL;
	if (terminal) {
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
		(void)fputc('\n', stderr);
	}
	if (got)
		out[strcspn(out, "\r\n")] = '\0';
	return got;
}

/* Asked twice of a person, who does not see what it types. An exit code. */
static int
hash_password(const struct vg_cli *cli, char hash[VG_PASSWORD_HASH_LEN])
{
	char one[VG_PASSWORD_MAX + 2], two[sizeof(one)];
	struct vg_err err = {0};
	int rc, code = VG_EXIT_OK;

	if (!read_secret("Password: ", one, sizeof(one)))
		return vg_cli_fail(cli, VG_EXIT_MALFORMED, "expected a password on standard input");
	if (isatty(STDIN_FILENO) &&
	    (!read_secret("Once more: ", two, sizeof(two)) || strcmp(one, two) != 0))
		code = vg_cli_fail(cli, VG_EXIT_MALFORMED, "the two passwords differ");
	else if ((rc = vg_password_hash(one, strlen(one), hash, &err)) != 0)
		code = vg_cli_fail(cli, VG_EXIT_MALFORMED, "%s", vg_err_text(&err, rc));
	vg_password_forget(one, sizeof(one));
	vg_password_forget(two, sizeof(two));
	return code;
}

static json_t *
roles_json(const struct vg_cli *cli)
{
	json_t *roles = json_array();

	for (int i = 0; i < cli->givens; i++)
		if (strcmp(cli->given[i].name, "role") == 0)
			json_array_append_new(roles, json_string(cli->given[i].value));
	return roles;
}

static void
print_item(const struct vg_cli *cli, const char *hash, const json_t *roles)
{
	const char *municipality = vg_cli_value(cli, "municipality", NULL);

	printf("  - { name: %s, password: \"%s\", roles: [", cli->operand[0], hash);
	for (size_t i = 0; i < json_array_size(roles); i++)
		printf("%s%s", i > 0 ? ", " : "", json_string_value(json_array_get(roles, i)));
	printf("]");
	if (municipality != NULL)
		printf(", municipality: \"%s\"", municipality);
	printf("%s%s }\n", vg_cli_flag(cli, "one-time") ? ", one_time: yes" : "",
	       vg_cli_flag(cli, "break-glass") ? ", break_glass: yes" : "");
}

static void
print_json(const struct vg_cli *cli, const char *hash, json_t *roles)
{
	json_t *object = json_pack(
		"{s:s, s:s, s:O, s:s, s:b, s:b}", "name", cli->operand[0], "password", hash,
		"roles", roles, "municipality", vg_cli_value(cli, "municipality", ""), "one_time",
		vg_cli_flag(cli, "one-time"), "break_glass", vg_cli_flag(cli, "break-glass"));

	(void)json_dumpf(object, stdout, JSON_INDENT(2));
	(void)putchar('\n');
	json_decref(object);
}

int
vg_run_account(struct vg_cli *cli)
{
	char hash[VG_PASSWORD_HASH_LEN];
	json_t *roles = roles_json(cli);
	int code = VG_EXIT_OK;

	if (json_array_size(roles) == 0)
		code = vg_cli_fail(cli, VG_EXIT_USAGE, "--role is missing");
	else if ((code = hash_password(cli, hash)) == VG_EXIT_OK && vg_cli_flag(cli, "json"))
		print_json(cli, hash, roles);
	else if (code == VG_EXIT_OK)
		print_item(cli, hash, roles);
	json_decref(roles);
	return code;
}
