/* main.c - vinga-check, which holds an evidence pack against itself.
 *
 * It reads one file, with no database, no network and no clock, so that a municipality can run it
 * where it trusts the machine. The hard thing is what it proves: that the rows are the first ones
 * follows only from a head which was printed before, so that is asked for (--head). */
#include "check/print.h"
#include "lib/civil/civil.h"
#include "lib/report/statement.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ANCHORS_MAX 400 /* months of thirty years */

enum { EXIT_HOLDS = 0, EXIT_BROKEN = 1, EXIT_USAGE = 2, EXIT_MALFORMED = 3 };

struct arguments {
	const char *pack, *out;
	struct vg_pack_anchor anchor[ANCHORS_MAX];
	size_t anchors;
	bool json;
};

static const char usage[] =
	"Användning: vinga-check PAKET [--head ÅÅÅÅ-MM=KEDJEHUVUD ...] [--out KATALOG] [--json]\n"
	"\n"
	"Kontrollerar ett bevispaket från Vinga utan databas och nät: varje rads kontrollsumma "
	"och\n"
	"plats i kedjan, kedjehuvudena på tidigare utskrivna underlag, och varje fastställt "
	"underlag\n"
	"omräknat ur raderna.\n"
	"\n"
	"  --head ÅÅÅÅ-MM=HEX  kedjehuvudet som står på månadens underlag; får ges flera gånger\n"
	"  --out KATALOG       skriver de omräknade underlagen dit som HTML\n"
	"  --json              svarar med JSON\n"
	"  --help, --version\n"
	"\n"
	"Slutkoder: 0 paketet håller, 1 det håller inte, 2 fel i anropet, 3 filen är inget helt "
	"paket.\n";

static int __attribute__((format(printf, 2, 3))) fail(int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("vinga-check: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	return code;
}

/* "2026-10=<64 hex digits>" */
static bool
read_anchor(const char *text, struct vg_pack_anchor *out)
{
	static const char pattern[] = "dddd-dd=";
	int year, month;

	for (size_t i = 0; pattern[i] != '\0'; i++)
		if (pattern[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != pattern[i])
			return false;
	year = (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + text[3] -
	       '0';
	month = (text[5] - '0') * 10 + text[6] - '0';
	text += sizeof(pattern) - 1;
	if (month < 1 || month > 12 || strlen(text) != 64 || strspn(text, "0123456789abcdef") != 64)
		return false;
	out->month = year * 12 + month - 1;
	memcpy(out->head, text, 65);
	return true;
}

static int
add_anchor(struct arguments *arguments, const char *text)
{
	if (arguments->anchors == ANCHORS_MAX)
		return fail(EXIT_USAGE, "--head kan ges högst %d gånger", ANCHORS_MAX);
	if (!read_anchor(text, &arguments->anchor[arguments->anchors]))
		return fail(EXIT_USAGE,
			    "--head %s: väntade ÅÅÅÅ-MM=KEDJEHUVUD, 64 hexadecimala siffror", text);
	arguments->anchors++;
	return EXIT_HOLDS;
}

/* An exit code, or -1 to go on. */
static int
read_arguments(int argc, char **argv, struct arguments *out)
{
	static const struct option options[] = {
		{"head", required_argument, NULL, 'h'}, {"out", required_argument, NULL, 'o'},
		{"json", no_argument, NULL, 'j'},	{"help", no_argument, NULL, 'i'},
		{"version", no_argument, NULL, 'v'},	{NULL, 0, NULL, 0}};
	int c, rc;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'h' && (rc = add_anchor(out, optarg)) != EXIT_HOLDS)
			return rc;
		if (c == 'o')
			out->out = optarg;
		if (c == 'j')
			out->json = true;
		if (c == 'v')
			return puts("vinga-check " VG_VERSION) < 0 ? EXIT_BROKEN : EXIT_HOLDS;
		if (c == 'i')
			return fputs(usage, stdout) < 0 ? EXIT_BROKEN : EXIT_HOLDS;
		if (c == '?')
			return fail(EXIT_USAGE, "%s: okänt eller utan värde; se --help",
				    argv[optind - 1]);
	}
	if (optind + 1 != argc)
		return fail(EXIT_USAGE, "väntade en fil; se --help");
	out->pack = argv[optind];
	return -1;
}

/* A statement as it came out of the rows. Its page shows local time: the agreement's. */
static int
write_page(const struct vg_closed_statement *statement, const struct vg_core *core,
	   const json_t *model, void *arg)
{
	const struct vg_agreement *agreement = vg_core_agreement_latest(core);
	const struct arguments *arguments = arg;
	struct vg_err err = {0};
	char path[4096];
	FILE *file;
	int rc;

	if (agreement == NULL || vg_civil_set_zone(agreement->zone, &err) != 0)
		return fail(VG_EINVALID, "--out: %s", err.text);
	if ((size_t)snprintf(path, sizeof(path), "%s/%04d-%02d-%s.html", arguments->out,
			     statement->month / 12, statement->month % 12 + 1,
			     statement->municipality) >= sizeof(path))
		return fail(VG_EINVALID, "--out: sökvägen är för lång");
	if (strchr(statement->municipality, '/') != NULL)
		return fail(VG_EINVALID, "--out: kommunkoden %s kan inte stå i ett filnamn",
			    statement->municipality);
	file = fopen(path, "w");
	if (file == NULL)
		return fail(VG_EIO, "%s: %s", path, strerror(errno));
	rc = vg_statement_html(model, VG_SWEDISH, file);
	if (fclose(file) != 0 || rc != 0)
		return fail(VG_EIO, "%s: %s", path, strerror(errno));
	return 0;
}

static int
check_file(struct arguments *arguments, FILE *file)
{
	struct vg_pack_check check = {.anchor = arguments->anchor,
				      .anchors = arguments->anchors,
				      .on_made = arguments->out != NULL ? write_page : NULL,
				      .arg = arguments};
	bool holds = vg_pack_check(&check, file);
	int code = holds ? EXIT_HOLDS : EXIT_BROKEN;

	if (check.fault != VG_PACK_FAULT_NONE && !vg_pack_fault_broken(check.fault))
		code = EXIT_MALFORMED;
	if (!arguments->json)
		vg_print_words(&check, holds);
	else if (vg_print_json(&check, holds) != 0)
		code = fail(EXIT_MALFORMED, "svaret kunde inte skrivas");
	vg_pack_check_fini(&check);
	return code;
}

int
main(int argc, char **argv)
{
	static struct arguments arguments;
	int code = read_arguments(argc, argv, &arguments);
	FILE *file;

	if (code >= 0)
		return code;
	if (arguments.out != NULL && mkdir(arguments.out, 0755) != 0 && errno != EEXIST)
		return fail(EXIT_MALFORMED, "--out %s: %s", arguments.out, strerror(errno));
	file = fopen(arguments.pack, "r");
	if (file == NULL)
		return fail(EXIT_MALFORMED, "%s: %s", arguments.pack, strerror(errno));
	code = check_file(&arguments, file);
	(void)fclose(file);
	return fflush(stdout) != 0 || ferror(stdout)
		       ? fail(EXIT_MALFORMED, "svaret kunde inte skrivas")
		       : code;
}
