/* sessions.c - two tables of the same sessions, by their token's digest and by their number; the
 * first is in the order of use.
 *
 * The hard thing is that a token is as good as a password while it lives: only its digest is here,
 * and looking a digest up tells nothing of a token by the time it takes. */
#include "daemon/sign/sessions.h"

#include "core/ut.h"

#include <stdlib.h>
#include <string.h>

struct node {
	struct vg_session session;
	UT_hash_handle hh;    /* by digest, the one used last at the end */
	UT_hash_handle by_id; /* by number */
};

struct vg_sessions {
	struct node *nodes, *by_id;
	uint64_t last_id;
	int64_t idle_ms, longest_ms;
	vg_session_end_cb *on_end;
	void *arg;
};

bool
vg_session_cookie(const char *header, char token[VG_SESSION_TOKEN_LEN])
{
	static const char name[] = VG_SESSION_COOKIE "=";
	const size_t length = VG_SESSION_TOKEN_LEN - 1;

	for (const char *at = header; *at != '\0';) {
		const char *value = at + sizeof(name) - 1;

		if (strncmp(at, name, sizeof(name) - 1) == 0 &&
		    strspn(value, "0123456789abcdef") == length &&
		    (value[length] == '\0' || value[length] == ';')) {
			memcpy(token, value, length);
			token[length] = '\0';
			return true;
		}
		at += strcspn(at, ";");
		at += strspn(at, "; ");
	}
	return false;
}

struct vg_sessions *
vg_sessions_new(vg_session_end_cb *on_end, void *arg)
{
	struct vg_sessions *sessions = calloc(1, sizeof(*sessions));

	if (sessions != NULL) {
		sessions->idle_ms = sessions->longest_ms = INT64_MAX;
		sessions->on_end = on_end;
		sessions->arg = arg;
	}
	return sessions;
}

void
vg_sessions_limit(struct vg_sessions *sessions, int64_t idle_ms, int64_t longest_ms)
{
	sessions->idle_ms = idle_ms;
	sessions->longest_ms = longest_ms;
}

static void
drop(struct vg_sessions *sessions, struct node *node)
{
	HASH_DEL(sessions->nodes, node);
	HASH_DELETE(by_id, sessions->by_id, node);
	free(node);
}

void
vg_sessions_free(struct vg_sessions *sessions)
{
	if (sessions == NULL)
		return;
	while (sessions->nodes != NULL)
		drop(sessions, sessions->nodes);
	free(sessions);
}

static void
end(struct vg_sessions *sessions, struct node *node, enum vg_session_end why)
{
	sessions->on_end(&node->session, why, sessions->arg);
	drop(sessions, node);
}

/* Whether it has run out; then it has ended. */
static bool
run_out(struct vg_sessions *sessions, struct node *node, int64_t now_ms)
{
	if (now_ms - node->session.used_ms >= sessions->idle_ms)
		end(sessions, node, VG_SESSION_IDLE);
	else if (now_ms - node->session.made_ms >= sessions->longest_ms)
		end(sessions, node, VG_SESSION_LONGEST);
	else
		return false;
	return true;
}

const struct vg_session *
vg_sessions_open(struct vg_sessions *sessions, const struct vg_account *account, int64_t now_ms,
		 char token[VG_SESSION_TOKEN_LEN])
{
	struct node *node;
	uint8_t random[32];

	if (HASH_COUNT(sessions->nodes) >= VG_SESSIONS_MAX)
		end(sessions, sessions->nodes, VG_SESSION_ROOM);
	if ((node = calloc(1, sizeof(*node))) == NULL)
		return NULL;
	vg_random(random, sizeof(random));
	(void)vg_hex(random, sizeof(random), token);
	node->session = (struct vg_session){.id = ++sessions->last_id,
					    .account = account,
					    .made_ms = now_ms,
					    .used_ms = now_ms};
	vg_sha256(token, strlen(token), node->session.digest);
	HASH_ADD(hh, sessions->nodes, session.digest, VG_SHA256_LEN, node);
	if (node->hh.tbl == NULL) {
		free(node);
		return NULL;
	}
	HASH_ADD(by_id, sessions->by_id, session.id, sizeof(node->session.id), node);
	if (node->by_id.tbl == NULL) {
		HASH_DEL(sessions->nodes, node);
		free(node);
		return NULL;
	}
	return &node->session;
}

const struct vg_session *
vg_sessions_use(struct vg_sessions *sessions, const char *token, int64_t now_ms)
{
	uint8_t digest[VG_SHA256_LEN];
	struct node *node;

	vg_sha256(token, strlen(token), digest);
	HASH_FIND(hh, sessions->nodes, digest, sizeof(digest), node);
	if (node == NULL || run_out(sessions, node, now_ms))
		return NULL;
	node->session.used_ms = now_ms;
	HASH_DEL(sessions->nodes, node); /* and to the end of the order */
	HASH_ADD(hh, sessions->nodes, session.digest, VG_SHA256_LEN, node);
	if (node->hh.tbl != NULL)
		return &node->session;
	HASH_DELETE(by_id, sessions->by_id, node); /* no memory for a table's head: it is lost */
	free(node);
	return NULL;
}

static struct node *
find(const struct vg_sessions *sessions, uint64_t id)
{
	struct node *node;

	HASH_FIND(by_id, sessions->by_id, &id, sizeof(id), node);
	return node;
}

const struct vg_session *
vg_sessions_find(const struct vg_sessions *sessions, uint64_t id)
{
	const struct node *node = find(sessions, id);

	return node != NULL ? &node->session : NULL;
}

void
vg_sessions_close(struct vg_sessions *sessions, uint64_t id)
{
	struct node *node = find(sessions, id);

	if (node != NULL)
		end(sessions, node, VG_SESSION_OUT);
}

void
vg_sessions_turn(struct vg_sessions *sessions, int64_t now_ms)
{
	struct node *node, *next;

	HASH_ITER(hh, sessions->nodes, node, next)
	{
		(void)run_out(sessions, node, now_ms);
	}
}

void
vg_sessions_move(struct vg_sessions *sessions, const struct vg_people *to)
{
	struct node *node, *next;

	HASH_ITER(hh, sessions->nodes, node, next)
	{
		const struct vg_account *now = vg_people_find(to, node->session.account->who.name);

		if (now == NULL ||
		    memcmp(now->stamp, node->session.account->stamp, VG_SHA256_LEN) != 0)
			end(sessions, node, VG_SESSION_CHANGED);
		else
			node->session.account = now;
	}
}

size_t
vg_sessions_count(const struct vg_sessions *sessions)
{
	return HASH_COUNT(sessions->nodes);
}
