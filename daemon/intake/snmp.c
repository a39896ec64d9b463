/* snmp.c - SNMP traps and informs into notices.
 *
 * The hard thing is the storm. A turn takes one batch of a socket; when the collector has no room
 * nothing is read, so the kernel's buffer fills, and what it then drops is counted, told as an
 * alarm, and told as over when a minute has passed without. Refusals are counted by reason and
 * logged at most once a minute for each. */
#include "daemon/intake/snmp.h"

#include "daemon/intake/informs.h"
#include "lib/base/log.h"

#include <event2/event.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_MS	     2	   /* between looks whether there is room again */
#define QUIET_MS     60000 /* without loss, then its alarm is cleared */
#define TELL_MS	     60000 /* between two lines of one reason for refusing */
#define ADDRESS_MAX  80
#define LOSSES_MAX   (VG_DATAGRAMS_SOCKETS_MAX + 1)
#define OWN_RESOURCE "vinga/snmp"
#define LOST	     "datagrams-lost"

/* A place where datagrams are lost: a socket of the kernel's, or the collector. */
struct loss {
	char resource[ADDRESS_MAX + sizeof(OWN_RESOURCE)];
	int64_t untold;	  /* not yet in a notice */
	int64_t quiet_ms; /* steady clock: when it is over; 0 = there is none */
};

struct told {
	int64_t next_ms, untold;
};

/* Since the start. */
struct counts {
	int64_t datagrams;	/* read */
	int64_t traps, informs; /* taken; informs once each */
	int64_t repeated;	/* informs that came again */
	int64_t answered;	/* answers to informs that were sent */
	int64_t reports;	/* sent to v3 senders: who we are, or what is wrong */
	int64_t unknown;	/* taken though no rule fitted */
	int64_t ignored;	/* that a rule calls nothing */
	int64_t lost;		/* traps that the collector had no room for */
	int64_t dropped;	/* by the kernel */
	int64_t refused[VG_SNMP_REFUSAL_COUNT];
};

struct vg_snmp_intake {
	struct vg_snmp_options options;
	struct vg_snmp_access *access;
	struct vg_snmp_reader *reader;
	struct vg_informs *informs;
	struct vg_datagrams *datagrams;
	struct event *on_room, *on_second;
	bool paused, stopped;
	size_t losses;
	struct loss loss[LOSSES_MAX]; /* the first is the collector's */
	struct told told[VG_SNMP_REFUSAL_COUNT];
	struct counts counts;
};

/* --- losses --- */

static struct loss *
loss_at(struct vg_snmp_intake *intake, const char *resource)
{
	for (size_t i = 0; i < intake->losses; i++)
		if (strcmp(intake->loss[i].resource, resource) == 0)
			return &intake->loss[i];
	VG_ASSERT(intake->losses < LOSSES_MAX);
	(void)snprintf(intake->loss[intake->losses].resource, sizeof(intake->loss[0].resource),
		       "%s", resource);
	return &intake->loss[intake->losses++];
}

static void
add_loss(struct loss *loss, int64_t count)
{
	loss->untold += count;
	loss->quiet_ms = vg_steady_ms() + QUIET_MS;
}

static void
on_drops(const char *address, uint32_t count, void *arg)
{
	struct vg_snmp_intake *intake = arg;
	char resource[sizeof(intake->loss[0].resource)];

	intake->counts.dropped += count;
	(void)snprintf(resource, sizeof(resource), OWN_RESOURCE ":%s", address);
	add_loss(loss_at(intake, resource), count);
}

static void
tell_loss(struct vg_snmp_intake *intake, struct loss *loss)
{
	bool kernel = loss != &intake->loss[0];
	char text[160];

	(void)snprintf(text, sizeof(text),
		       kernel ? "%" PRId64 " datagram kom inte fram: kärnans buffert var full"
			      : "%" PRId64 " trappar togs inte emot: det fanns inte plats",
		       loss->untold);
	vg_notices_own(intake->options.notices, loss->resource, LOST, VG_SEVERITY_MAJOR,
		       loss->untold, text);
	loss->untold = 0;
}

static void
on_second(evutil_socket_t fd, short what, void *arg)
{
	struct vg_snmp_intake *intake = arg;
	int64_t now = vg_steady_ms();

	(void)fd;
	(void)what;
	for (size_t i = 0; i < intake->losses; i++) {
		struct loss *loss = &intake->loss[i];

		if (loss->untold > 0) {
			if (vg_notices_has_room(intake->options.notices))
				tell_loss(intake, loss);
		} else if (loss->quiet_ms != 0 && now >= loss->quiet_ms) {
			vg_notices_own(intake->options.notices, loss->resource, LOST,
				       VG_SEVERITY_CLEARED, 1,
				       "inget har gått förlorat på en minut");
			loss->quiet_ms = 0;
		}
	}
}

/* What was lost before the start ends a quiet minute after it. */
static void
take_up_loss(struct vg_snmp_intake *intake, const char *resource)
{
	const struct vg_core *core = vg_live_core(intake->options.live);
	const struct vg_alarm *alarm = vg_core_alarm_of(core, resource, LOST, "");
	struct loss *loss = loss_at(intake, resource);

	if (alarm != NULL && alarm->cleared_ms < 0)
		loss->quiet_ms = vg_steady_ms() + QUIET_MS;
}

/* --- refusals --- */

static void
tell_refusal(struct vg_snmp_intake *intake, const struct vg_snmp_trap *trap,
	     const union vg_address *peer)
{
	struct told *told = &intake->told[trap->refusal];
	int64_t now = vg_steady_ms();
	char address[INET6_ADDRSTRLEN];

	told->untold++;
	if (now < told->next_ms || trap->refusal == VG_SNMP_REFUSED_DISCOVERY)
		return;
	vg_log(VG_LOG_WARNING, "snmp.refused",
	       VG_LOG_TEXT("why", vg_snmp_refusal_words[trap->refusal]),
	       VG_LOG_TEXT("peer", vg_address_text(peer, address)),
	       VG_LOG_TEXT("engine", trap->engine), VG_LOG_TEXT("user", trap->user),
	       VG_LOG_INT("count", told->untold));
	told->next_ms = now + TELL_MS;
	told->untold = 0;
}

/* --- answers --- */

/* What is not sent now is asked for again. */
static bool
send_bytes(struct vg_snmp_intake *intake, const struct vg_datagram_path *path, const uint8_t *bytes,
	   size_t length)
{
	return vg_datagrams_send(intake->datagrams, path, bytes, length, NULL) == 0;
}

static void
send_answer(struct vg_snmp_intake *intake, const struct vg_datagram_path *path,
	    const uint8_t *bytes, size_t length)
{
	if (send_bytes(intake, path, bytes, length))
		intake->counts.answered++;
}

static void
on_durable(int64_t seq, int error, void *arg)
{
	struct vg_inform *inform = arg;
	struct vg_snmp_intake *intake = inform->owner;

	(void)seq;
	if (error != 0) {
		vg_inform_fail(inform);
		return;
	}
	intake->counts.informs++;
	if (inform->answer != NULL)
		send_answer(intake, &inform->path, inform->answer, inform->answer_length);
	vg_inform_settle(inform);
}

/* --- notices --- */

static void
look_for_room(struct vg_snmp_intake *intake)
{
	static const struct timeval soon = {0, ROOM_MS * 1000};
	bool room = !intake->stopped && vg_notices_has_room(intake->options.notices);

	if (!room && !intake->stopped)
		(void)evtimer_add(intake->on_room, &soon);
	if (room == !intake->paused)
		return;
	intake->paused = !room;
	if (room)
		vg_datagrams_resume(intake->datagrams);
	else
		vg_datagrams_pause(intake->datagrams);
}

static void
on_room(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	look_for_room(arg);
}

static void
take_trap(struct vg_snmp_intake *intake, const struct vg_snmp_trap *trap,
	  const struct vg_notice *notice)
{
	if (vg_notices_add(intake->options.notices, trap->source, trap->actor, notice, 1, NULL,
			   NULL, NULL) == 0) {
		intake->counts.traps++;
		return;
	}
	intake->counts.lost++;
	add_loss(&intake->loss[0], 1);
}

/* When anything is short it is not answered, and so comes again. */
static void
take_inform(struct vg_snmp_intake *intake, const struct vg_snmp_trap *trap,
	    struct vg_notice *notice, const struct vg_datagram_path *path)
{
	struct vg_inform *inform;

	if (vg_informs_add(intake->informs, trap->id, trap->message.at_ms, &inform, NULL) != 0)
		return;
	notice->id = trap->id;
	if (vg_inform_keep_answer(inform, path, trap->answer, trap->answer_length) != 0 ||
	    vg_notices_add(intake->options.notices, trap->source, trap->actor, notice, 1,
			   on_durable, inform, NULL) != 0)
		vg_inform_fail(inform);
}

static void
take_repeated(struct vg_snmp_intake *intake, const struct vg_snmp_trap *trap,
	      struct vg_inform *inform, const struct vg_datagram_path *path)
{
	if (inform->durable)
		send_answer(intake, path, trap->answer, trap->answer_length);
	else if (vg_inform_keep_answer(inform, path, trap->answer, trap->answer_length) != 0)
		return; /* no room: when it comes again it is durable */
	intake->counts.repeated++;
}

static void
take(struct vg_snmp_intake *intake, const struct vg_snmp_trap *trap,
     const struct vg_datagram_path *path)
{
	struct vg_rules *rules = vg_notices_rules(intake->options.notices);
	bool is_inform = trap->id[0] != '\0';
	struct vg_inform *inform = NULL;
	struct vg_notice notice;
	enum vg_judged judged;

	if (is_inform)
		inform = vg_informs_find(intake->informs, trap->id, trap->message.at_ms);
	if (inform != NULL) {
		take_repeated(intake, trap, inform, path);
		return;
	}
	judged = vg_rules_judge(rules, &trap->message, &notice);
	if (judged == VG_JUDGED_IGNORED) {
		intake->counts.ignored++;
		if (is_inform)
			send_answer(intake, path, trap->answer, trap->answer_length);
		return;
	}
	if (judged == VG_JUDGED_UNKNOWN)
		intake->counts.unknown++;
	notice.id = "";
	if (is_inform)
		take_inform(intake, trap, &notice, path);
	else
		take_trap(intake, trap, &notice);
}

static void
on_batch(const struct vg_datagram *datagram, size_t count, void *arg)
{
	struct vg_snmp_intake *intake = arg;
	int64_t now_ms = vg_live_now_ms(intake->options.live);
	struct vg_snmp_trap trap;

	for (size_t i = 0; i < count; i++) {
		const struct vg_datagram_path *path = &datagram[i].path;

		vg_snmp_read(intake->reader, datagram[i].bytes, datagram[i].length, &path->peer.any,
			     now_ms, &trap);
		intake->counts.datagrams++;
		if (trap.taken) {
			take(intake, &trap, path);
			continue;
		}
		intake->counts.refused[trap.refusal]++;
		tell_refusal(intake, &trap, &path->peer);
		if (trap.answer_length > 0 &&
		    send_bytes(intake, path, trap.answer, trap.answer_length))
			intake->counts.reports++;
	}
	look_for_room(intake);
}

/* --- the whole --- */

static int
listen_all(struct vg_snmp_intake *intake, struct vg_err *err)
{
	char list[VG_DATAGRAMS_SOCKETS_MAX * ADDRESS_MAX], *rest = list;
	char resource[sizeof(intake->loss[0].resource)];
	const char *address;
	int rc = 0;

	if ((size_t)snprintf(list, sizeof(list), "%s", intake->options.listen) >= sizeof(list))
		return vg_err_set(err, VG_EINVALID, "at most %d addresses",
				  VG_DATAGRAMS_SOCKETS_MAX);
	while (rc == 0 && (address = strsep(&rest, " ")) != NULL) {
		if (*address == '\0')
			continue;
		rc = vg_datagrams_listen(intake->datagrams, address, err);
		(void)snprintf(resource, sizeof(resource), OWN_RESOURCE ":%s", address);
		if (rc == 0)
			take_up_loss(intake, resource);
	}
	return rc;
}

static int
make_parts(struct vg_snmp_intake *intake, struct vg_err *err)
{
	static const struct timeval second = {1, 0};
	const struct vg_snmp_options *options = &intake->options;
	const struct vg_datagrams_options datagrams = {
		.base = options->base,
		.bytes_max = VG_SNMP_DATAGRAM_MAX,
		.on_batch = on_batch,
		.on_drops = on_drops,
		.arg = intake,
	};

	intake->reader = vg_snmp_reader_new(intake->access, options->engine);
	intake->informs = vg_informs_new(intake);
	intake->on_room = evtimer_new(options->base, on_room, intake);
	intake->on_second = event_new(options->base, -1, EV_PERSIST, on_second, intake);
	if (intake->reader == NULL || intake->informs == NULL || intake->on_room == NULL ||
	    intake->on_second == NULL || event_add(intake->on_second, &second) != 0)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	take_up_loss(intake, OWN_RESOURCE);
	return vg_datagrams_new(&intake->datagrams, &datagrams, err);
}

int
vg_snmp_intake_new(struct vg_snmp_intake **out, const struct vg_snmp_options *options,
		   struct vg_err *err)
{
	struct vg_snmp_intake *intake = calloc(1, sizeof(*intake));
	int rc;

	if (intake == NULL) {
		vg_snmp_access_free(options->access);
		return vg_err_set(err, VG_ENOMEM, "snmp: out of memory");
	}
	intake->options = *options;
	intake->access = options->access;
	if ((rc = vg_snmp_access_use(intake->access, options->engine, err)) != 0 ||
	    (rc = make_parts(intake, err)) != 0 ||
	    (rc = vg_informs_refill(intake->informs, vg_live_journal_path(options->live),
				    vg_core_seq(vg_live_core(options->live)),
				    vg_live_now_ms(options->live), err)) != 0 ||
	    (rc = listen_all(intake, err)) != 0) {
		vg_snmp_intake_free(intake);
		return vg_err_wrap(err, rc, "snmp_listen");
	}
	*out = intake;
	return 0;
}

void
vg_snmp_intake_free(struct vg_snmp_intake *intake)
{
	if (intake == NULL)
		return;
	if (intake->datagrams != NULL)
		vg_datagrams_free(intake->datagrams);
	if (intake->on_room != NULL)
		event_free(intake->on_room);
	if (intake->on_second != NULL)
		event_free(intake->on_second);
	vg_informs_free(intake->informs);
	vg_snmp_reader_free(intake->reader);
	vg_snmp_access_free(intake->access);
	free(intake);
}

void
vg_snmp_intake_stop(struct vg_snmp_intake *intake)
{
	intake->stopped = true;
	look_for_room(intake);
}

int
vg_snmp_intake_reload(struct vg_snmp_intake *intake, struct vg_snmp_access *access,
		      struct vg_err *err)
{
	int rc = vg_snmp_access_use(access, intake->options.engine, err);

	if (rc != 0) {
		vg_snmp_access_free(access);
		if (vg_snmp_access_use(intake->access, intake->options.engine, NULL) != 0)
			vg_log(VG_LOG_ERROR, "snmp.users", VG_LOG_TEXT("why", "some are missing"));
		return rc;
	}
	vg_snmp_reader_set(intake->reader, access);
	vg_snmp_access_free(intake->access);
	intake->access = access;
	return 0;
}

void
vg_snmp_intake_print(const struct vg_snmp_intake *intake, FILE *out)
{
	const struct counts *c = &intake->counts;
	const struct {
		const char *name, *help;
		int64_t value;
	} counters[] = {
		{"datagrams", "SNMP datagrams read.", c->datagrams},
		{"traps", "Traps taken.", c->traps},
		{"informs", "Informs made durable, each once.", c->informs},
		{"informs_repeated", "Informs that came again.", c->repeated},
		{"informs_answered", "Answers sent to informs.", c->answered},
		{"reports", "Reports sent to v3 senders: who we are, what is wrong.", c->reports},
		{"unknown", "Notifications taken that no rule fitted.", c->unknown},
		{"ignored", "Notifications that a rule calls nothing.", c->ignored},
		{"lost", "Traps that the collector had no room for.", c->lost},
		{"dropped", "Datagrams that the kernel dropped.", c->dropped},
	};

	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++)
		(void)fprintf(out,
			      "# TYPE vinga_snmp_%s counter\n# HELP vinga_snmp_%s %s\n"
			      "vinga_snmp_%s_total %" PRId64 "\n",
			      counters[i].name, counters[i].name, counters[i].help,
			      counters[i].name, counters[i].value);
	(void)fputs("# TYPE vinga_snmp_refused counter\n"
		    "# HELP vinga_snmp_refused SNMP datagrams not taken, by reason.\n",
		    out);
	for (int why = 0; why < VG_SNMP_REFUSAL_COUNT; why++)
		(void)fprintf(out, "vinga_snmp_refused_total{why=\"%s\"} %" PRId64 "\n",
			      vg_snmp_refusal_words[why], c->refused[why]);
}
