/* redis.c - one connection, one transaction at a time.
 *
 * The hard thing is hiredis's ways of ending: it frees the context itself after a failed connect
 * and after a disconnect, runs every waiting callback with no reply, and must not be freed inside
 * onConnect. So our pointer is forgotten first, a callback without a reply does nothing, and a new
 * connection is only ever begun by the timer. */
#include "daemon/redis/redis.h"

#include "core/disturbance.h"
#include "daemon/api/picture.h"
#include "daemon/feed/board.h"
#include "daemon/redis/link.h"
#include "daemon/redis/message.h"
#include "lib/base/log.h"

#include <event2/event.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TURN_MS		   250	/* at most one look at the state in this time */
#define IDLE_MS		   1000 /* and one in this, since time alone changes states */
#define ANSWER_MS	   10000
#define BACK_OFF_MAX_S	   60
#define OBJECTS_MAX	   2000 /* changed objects looked at in one transaction */
#define TICKETS_OF_SEQ_MAX 200	/* one sequence may change as many as an import brought */
#define BYTES_ENOUGH	   (VG_REDIS_BYTES_MAX / 2) /* a sequence that has begun is told whole */
#define WORDS_MAX	   10			    /* of one command */
#define SERVICES_MAX	   VG_AGREEMENT_SERVICES_MAX
#define SEQ_KEY		   "vinga:seq"
#define SERVICES_KEY	   "vinga:services"
#define STATE_PREFIX	   "vinga:state:"
#define STREAM_KEY	   "vinga:changes"
#define STREAM_MAXLEN	   "10000"

struct vg_redis {
	struct vg_redis_options options;
	struct vg_redis_address address;
	char password[VG_REDIS_PASSWORD_MAX + 1]; /* "" = none */
	redisAsyncContext *context;		  /* NULL = none, or not ours any more */
	struct event *on_turn, *on_time;
	bool poked;
	int wait_s; /* before the next attempt */
	struct vg_redis_state state;
	char held[24];	       /* vinga:seq as Redis has it; "" = nothing */
	int64_t telling_seq;   /* that the transaction under way moves it to */
	size_t bytes;	       /* of that transaction */
	size_t messages;       /* in it */
	bool full;	       /* the whole table has to be told, and that it was */
	bool unsent;	       /* out of memory while a transaction was made */
	bool unfinished;       /* it could not hold all that there is */
	char refusal[120];     /* Redis's first error in it */
	struct vg_board board; /* as last looked at; looked at again when all of it is told */
	size_t told;	       /* its rows before this one are */
	struct vg_complaint away;
};

const char *
vg_redis_status_name(enum vg_redis_status status)
{
	static const char *const names[] = {
		[VG_REDIS_AWAY] = "away",
		[VG_REDIS_CONNECTING] = "connecting",
		[VG_REDIS_TELLING] = "telling",
		[VG_REDIS_CURRENT] = "current",
	};

	return names[status];
}

static const struct vg_core *
core_of(const struct vg_redis *redis)
{
	return vg_live_core(redis->options.api->live);
}

/* Times. */

static struct timeval
milliseconds(int64_t ms)
{
	return (struct timeval){ms / 1000, (ms % 1000) * 1000};
}

static void
set_timer(struct event *timer, int64_t ms)
{
	const struct timeval time = milliseconds(ms);

	(void)evtimer_add(timer, &time);
}

/* The one place where the status changes: each has its time limit. */
static void
set_status(struct vg_redis *redis, enum vg_redis_status status)
{
	const int64_t limit_ms[] = {
		[VG_REDIS_AWAY] = (int64_t)redis->wait_s * 1000,
		[VG_REDIS_CONNECTING] = ANSWER_MS,
		[VG_REDIS_TELLING] = ANSWER_MS,
	};

	redis->state.status = status;
	if (status == VG_REDIS_CURRENT)
		(void)evtimer_del(redis->on_time);
	else
		set_timer(redis->on_time, limit_ms[status]);
}

/* Ends. */

static void
drop(struct vg_redis *redis)
{
	redisAsyncContext *context = redis->context;

	redis->context = NULL;
	if (context != NULL)
		redisAsyncFree(context);
}

static void
fail(struct vg_redis *redis, const char *why)
{
	(void)snprintf(redis->state.text, sizeof(redis->state.text), "%s", why);
	drop(redis);
	redis->wait_s = redis->wait_s == 0 ? 1 : redis->wait_s * 2;
	if (redis->wait_s > BACK_OFF_MAX_S)
		redis->wait_s = BACK_OFF_MAX_S;
	vg_complain(&redis->away, "redis.away", redis->state.text, vg_steady_ms());
	set_status(redis, VG_REDIS_AWAY);
}

/* Sending. */

static void
send_words(struct vg_redis *redis, redisCallbackFn *on_reply, const char **word)
{
	size_t length[WORDS_MAX];
	int n;

	for (n = 0; word[n] != NULL; n++) {
		length[n] = strlen(word[n]);
		redis->bytes += length[n];
	}
	if (redis->context == NULL ||
	    redisAsyncCommandArgv(redis->context, on_reply, NULL, n, word, length) != REDIS_OK)
		redis->unsent = true;
}
#define SEND(redis, on_reply, ...)                                                                 \
	send_words((redis), (on_reply), (const char *[]){__VA_ARGS__, NULL})

/* In a transaction the answer to each command is "queued", or why it was not. */
static void
on_queued(redisAsyncContext *context, void *answer, void *arg)
{
	struct vg_redis *redis = context->data;
	const redisReply *reply = answer;

	(void)arg;
	if (reply != NULL && reply->type == REDIS_REPLY_ERROR && *redis->refusal == '\0')
		(void)snprintf(redis->refusal, sizeof(redis->refusal), "%s", reply->str);
}

/* To a channel and into the stream. `text` is taken; NULL = out of memory. */
static void
say(struct vg_redis *redis, const char *channel, const char *kind, char *text)
{
	if (text == NULL) {
		redis->unsent = true;
		return;
	}
	SEND(redis, on_queued, "PUBLISH", channel, text);
	SEND(redis, on_queued, "XADD", STREAM_KEY, "MAXLEN", "~", STREAM_MAXLEN, "*", "kind", kind,
	     "data", text);
	redis->messages++;
	free(text);
}

/* The state table. */

static int
look(struct vg_redis *redis, enum vg_board_news *news)
{
	const struct vg_picture *picture = vg_picture_now(redis->options.api);
	size_t cells;

	if (picture == NULL)
		return VG_ENOMEM;
	cells = picture->cells < VG_BOARD_CELLS_MAX ? picture->cells : VG_BOARD_CELLS_MAX;
	vg_board_begin(&redis->board);
	for (size_t i = 0; i < cells; i++)
		vg_board_put(&redis->board, &picture->cell[i]);
	*news = vg_board_end(&redis->board);
	redis->state.left_out = picture->cells - redis->board.rows;
	redis->told = 0;
	return 0;
}

static void
tell_cell(struct vg_redis *redis, const struct vg_redis_now *now, const struct vg_cell *cell)
{
	char key[VG_AGREEMENT_TEXT_MAX + sizeof(STATE_PREFIX)];
	char *text = vg_redis_cell_text(now, cell);

	if (text == NULL) {
		redis->unsent = true;
		return;
	}
	(void)snprintf(key, sizeof(key), STATE_PREFIX "%s", cell->service);
	SEND(redis, on_queued, "HSET", key, cell->municipality, text);
	if (redis->full) {
		SEND(redis, on_queued, "SADD", SERVICES_KEY, cell->service);
		free(text);
	} else {
		say(redis, "vinga:state", "state", text);
	}
}

static void
tell_cells(struct vg_redis *redis, const struct vg_redis_now *now)
{
	for (; redis->told < redis->board.rows; redis->told++) {
		const struct vg_board_row *row = &redis->board.row[redis->told];

		if (redis->bytes > BYTES_ENOUGH) {
			redis->unfinished = true;
			return;
		}
		if (redis->full || row->changed)
			tell_cell(redis, now, &row->cell);
	}
	if (redis->full)
		say(redis, "vinga:state", "full",
		    vg_redis_full_text(now, redis->board.rows, redis->state.left_out));
	redis->full = false;
}

/* What else changed. */

struct walk {
	struct vg_redis *redis;
	struct vg_redis_now now;
	int64_t seq; /* whose objects are being looked at */
	int64_t of_seq;
	size_t objects;
	bool stopped;
};

static void
end_sequence(struct walk *walk)
{
	if (walk->of_seq > TICKETS_OF_SEQ_MAX)
		say(walk->redis, "vinga:ticket", "left_out",
		    vg_redis_left_out_text(&walk->now, walk->of_seq - TICKETS_OF_SEQ_MAX));
	walk->of_seq = 0;
}

static void
tell_object(struct walk *walk, const struct vg_object *object)
{
	if (object->type == VG_OBJECT_TICKET && ++walk->of_seq <= TICKETS_OF_SEQ_MAX)
		say(walk->redis, "vinga:ticket", "ticket",
		    vg_redis_ticket_text(&walk->now, object->of.ticket));
	else if (object->type == VG_OBJECT_DISTURBANCE && object->of.disturbance->published_ms >= 0)
		say(walk->redis, "vinga:disturbance", "disturbance",
		    vg_redis_disturbance_text(&walk->now, object->of.disturbance));
}

static bool
on_changed(const struct vg_object *object, void *arg)
{
	struct walk *walk = arg;

	if (object->changed_seq != walk->seq) {
		end_sequence(walk);
		walk->stopped = walk->objects >= OBJECTS_MAX || walk->redis->bytes > BYTES_ENOUGH;
		if (walk->stopped)
			return false;
		walk->seq = object->changed_seq;
	}
	walk->objects++;
	tell_object(walk, object);
	return true;
}

/* Returns the sequence up to which all is told. */
static int64_t
tell_changes(struct vg_redis *redis, const struct vg_redis_now *now)
{
	struct walk walk = {.redis = redis, .now = *now, .seq = redis->state.seq};

	vg_core_changed_since(now->core, redis->state.seq, on_changed, &walk);
	if (walk.stopped) {
		redis->unfinished = true;
		return walk.seq;
	}
	end_sequence(&walk);
	return vg_core_seq(now->core);
}

/* Transactions. */

static void tell(struct vg_redis *redis);
static void greet(struct vg_redis *redis);

/* The first error among the answers; NULL = none. */
static const char *
find_error(const redisReply *reply)
{
	if (reply->type == REDIS_REPLY_ERROR)
		return reply->str;
	if (reply->type != REDIS_REPLY_ARRAY || reply->elements == 0)
		return "expected the answers of a transaction";
	for (size_t i = 0; i < reply->elements; i++)
		if (reply->element[i]->type == REDIS_REPLY_ERROR)
			return reply->element[i]->str;
	return NULL;
}

/* The last answer of a transaction is what vinga:seq was before it. */
static bool
was_held(const struct vg_redis *redis, const redisReply *reply)
{
	const redisReply *last = reply->element[reply->elements - 1];

	return strcmp(last->type == REDIS_REPLY_STRING ? last->str : "", redis->held) == 0;
}

static void
on_done(redisAsyncContext *context, void *answer, void *arg)
{
	struct vg_redis *redis = context->data;
	const redisReply *reply = answer;
	const char *error;

	(void)arg;
	if (reply == NULL || redis->context != context)
		return;
	error = find_error(reply);
	if (error != NULL) {
		fail(redis, *redis->refusal != '\0' ? redis->refusal : error);
		return;
	}
	if (!was_held(redis, reply)) {
		fail(redis, SEQ_KEY " is not where this daemon left it: emptied, or another one "
				    "writes to it");
		return;
	}
	redis->state.seq = redis->telling_seq;
	(void)snprintf(redis->held, sizeof(redis->held), "%" PRId64, redis->state.seq);
	redis->state.transactions++;
	redis->state.messages += redis->messages;
	*redis->state.text = '\0';
	redis->wait_s = 0;
	vg_complain(&redis->away, "redis.away", NULL, vg_steady_ms());
	set_status(redis, VG_REDIS_CURRENT);
	if (redis->unfinished)
		tell(redis);
}

static void
begin(struct vg_redis *redis)
{
	redis->bytes = redis->messages = 0;
	redis->unsent = redis->unfinished = false;
	*redis->refusal = '\0';
	SEND(redis, on_queued, "MULTI");
}

/* Everything that Redis has not been told, as far as one transaction holds it. */
static void
commit(struct vg_redis *redis)
{
	const struct vg_redis_now now = {core_of(redis), vg_live_now_ms(redis->options.api->live)};
	char seq[24];

	tell_cells(redis, &now);
	redis->telling_seq = tell_changes(redis, &now);
	(void)snprintf(seq, sizeof(seq), "%" PRId64, redis->telling_seq);
	SEND(redis, on_queued, "GETSET", SEQ_KEY, seq);
	SEND(redis, on_done, "EXEC");
	if (redis->unsent)
		fail(redis, "out of memory");
	else
		set_status(redis, VG_REDIS_TELLING);
}

static void
tell(struct vg_redis *redis)
{
	begin(redis);
	commit(redis);
}

/* Looks at the state, and tells what is new. */
static void
turn(struct vg_redis *redis)
{
	enum vg_board_news news;

	if (look(redis, &news) != 0)
		fail(redis, "out of memory");
	else if (news == VG_BOARD_OTHER)
		greet(redis);
	else if (news == VG_BOARD_CHANGED || vg_core_seq(core_of(redis)) > redis->state.seq)
		tell(redis);
}

static void
on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct vg_redis *redis = arg;

	(void)fd;
	(void)what;
	redis->poked = false;
	if (redis->state.status == VG_REDIS_CURRENT)
		turn(redis);
	set_timer(redis->on_turn, IDLE_MS);
}

void
vg_redis_poke(struct vg_redis *redis)
{
	if (redis->poked)
		return;
	redis->poked = true;
	set_timer(redis->on_turn, TURN_MS);
}

/* What Redis holds. */

static void
on_password(redisAsyncContext *context, void *answer, void *arg)
{
	struct vg_redis *redis = context->data;
	const redisReply *reply = answer;

	(void)arg;
	if (reply != NULL && redis->context == context && reply->type == REDIS_REPLY_ERROR)
		fail(redis, reply->str);
}

/* Of no position, and of one that is not this installation's, nothing follows: changes are told
 * from now on. One that is past what Redis has confirmed moved with a transaction that it refused
 * in part, or whose answer was lost: that is told again. */
static void
on_position(redisAsyncContext *context, void *answer, void *arg)
{
	struct vg_redis *redis = context->data;
	const redisReply *reply = answer;
	int64_t seq, now_seq;

	(void)arg;
	if (reply == NULL || redis->context != context)
		return;
	if (reply->type == REDIS_REPLY_ERROR) {
		fail(redis, reply->str);
		return;
	}
	(void)snprintf(redis->held, sizeof(redis->held), "%s",
		       reply->type == REDIS_REPLY_STRING ? reply->str : "");
	seq = strtoll(redis->held, NULL, 10);
	now_seq = vg_core_seq(core_of(redis));
	if (seq <= 0 || seq > now_seq)
		redis->state.seq = now_seq;
	else if (redis->state.seq == 0 || seq < redis->state.seq)
		redis->state.seq = seq;
}

/* The services whose hashes there are: they go, and the whole table comes, in one transaction. */
static void
on_services(redisAsyncContext *context, void *answer, void *arg)
{
	struct vg_redis *redis = context->data;
	const redisReply *reply = answer;

	(void)arg;
	if (reply == NULL || redis->context != context)
		return;
	if (reply->type != REDIS_REPLY_ARRAY || reply->elements > SERVICES_MAX) {
		fail(redis, reply->type == REDIS_REPLY_ERROR ? reply->str
							     : SERVICES_KEY
				    ": expected a set of services");
		return;
	}
	begin(redis);
	SEND(redis, on_queued, "DEL", SERVICES_KEY);
	for (size_t i = 0; i < reply->elements; i++) {
		char key[VG_AGREEMENT_TEXT_MAX + sizeof(STATE_PREFIX)];

		(void)snprintf(key, sizeof(key), STATE_PREFIX "%s", reply->element[i]->str);
		SEND(redis, on_queued, "DEL", key);
	}
	redis->told = 0;
	redis->full = true;
	commit(redis);
}

/* Asks what Redis holds, and tells the whole state after the answer. */
static void
greet(struct vg_redis *redis)
{
	set_status(redis, VG_REDIS_CONNECTING);
	SEND(redis, on_position, "GET", SEQ_KEY);
	SEND(redis, on_services, "SMEMBERS", SERVICES_KEY);
}

/* The connection. */

static void
on_connect(const redisAsyncContext *context, int status)
{
	struct vg_redis *redis = context->data;
	char why[128];

	if (redis->context != context)
		return;
	if (status != REDIS_OK) {
		(void)snprintf(why, sizeof(why), "%s", context->errstr);
		redis->context = NULL; /* hiredis frees it after this */
		fail(redis, why);
		return;
	}
	redis->state.connects++;
	if (*redis->password != '\0')
		SEND(redis, on_password, "AUTH", redis->password);
	greet(redis);
}

static void
on_disconnect(const redisAsyncContext *context, int status)
{
	struct vg_redis *redis = context->data;
	char why[128];

	if (redis->context != context)
		return;
	(void)snprintf(why, sizeof(why), "%s",
		       status == REDIS_OK ? "connection closed" : context->errstr);
	redis->context = NULL;
	fail(redis, why);
}

static void
connect_to(struct vg_redis *redis)
{
	struct vg_err err = {0};
	enum vg_board_news news;
	int rc = look(redis, &news);

	if (rc == 0)
		rc = vg_redis_link(&redis->context, &redis->address, redis->options.base, &err);
	if (rc != 0) {
		fail(redis, vg_err_text(&err, rc));
		return;
	}
	redis->context->data = redis;
	(void)redisAsyncSetConnectCallback(redis->context, on_connect);
	(void)redisAsyncSetDisconnectCallback(redis->context, on_disconnect);
	set_status(redis, VG_REDIS_CONNECTING);
}

static void
on_time(evutil_socket_t fd, short what, void *arg)
{
	struct vg_redis *redis = arg;

	(void)fd;
	(void)what;
	if (redis->state.status == VG_REDIS_AWAY)
		connect_to(redis);
	else
		fail(redis, "no answer within 10 s");
}

/* Start and stop. */

int
vg_redis_check_address(const char *address, struct vg_err *err)
{
	struct vg_redis_address parsed;

	return vg_redis_address_parse(&parsed, address, err);
}

static int
read_password(struct vg_redis *redis, struct vg_err *err)
{
	const char *path = redis->options.password_file;
	FILE *file;
	bool read;

	if (*path == '\0')
		return 0;
	file = fopen(path, "re");
	if (file == NULL)
		return vg_err_set(err, VG_EIO, "redis_password_file: cannot open %s: %s", path,
				  strerror(errno));
	read = fgets(redis->password, sizeof(redis->password), file) != NULL;
	(void)fclose(file);
	redis->password[strcspn(redis->password, "\r\n")] = '\0';
	if (!read || *redis->password == '\0')
		return vg_err_set(err, VG_EIO,
				  "redis_password_file: %s: expected a password in the first line",
				  path);
	return 0;
}

int
vg_redis_new(struct vg_redis **out, const struct vg_redis_options *options, struct vg_err *err)
{
	struct vg_redis *redis = calloc(1, sizeof(*redis));
	int rc;

	*out = NULL;
	if (redis == NULL)
		return vg_err_set(err, VG_ENOMEM, "redis: out of memory");
	redis->options = *options;
	rc = vg_redis_address_parse(&redis->address, options->address, err);
	if (rc == 0)
		rc = read_password(redis, err);
	if (rc != 0)
		goto fail;
	redis->on_turn = evtimer_new(options->base, on_turn, redis);
	redis->on_time = evtimer_new(options->base, on_time, redis);
	if (redis->on_turn == NULL || redis->on_time == NULL ||
	    event_priority_set(redis->on_turn, 2) != 0 ||
	    event_priority_set(redis->on_time, 2) != 0) {
		rc = vg_err_set(err, VG_ENOMEM, "redis: out of memory");
		goto fail;
	}
	set_status(redis, VG_REDIS_AWAY); /* after no time: the timer connects */
	set_timer(redis->on_turn, IDLE_MS);
	*out = redis;
	return 0;
fail:
	vg_redis_free(redis);
	return rc;
}

void
vg_redis_free(struct vg_redis *redis)
{
	if (redis == NULL)
		return;
	drop(redis);
	if (redis->on_turn != NULL)
		event_free(redis->on_turn);
	if (redis->on_time != NULL)
		event_free(redis->on_time);
	vg_board_fini(&redis->board);
	explicit_bzero(redis->password, sizeof(redis->password));
	free(redis);
}

void
vg_redis_get_state(const struct vg_redis *redis, struct vg_redis_state *out)
{
	*out = redis->state;
	out->waiting_bytes = redis->state.status == VG_REDIS_TELLING ? redis->bytes : 0;
}
