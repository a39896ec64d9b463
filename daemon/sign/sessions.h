/* Sessions of people: a random token that only its browser knows, and a time after which it is
 * nothing.
 *
 * Pure but for the random bytes: the caller knows the time, on any clock that does not go back. A
 * restart ends all sessions, since nothing of them is written down. */
#ifndef VG_SESSIONS_H
#define VG_SESSIONS_H

#include "daemon/sign/people.h"

#define VG_SESSIONS_MAX	     10000 /* past it the one that has been idle longest gives way */
#define VG_SESSION_COOKIE    "vinga"
#define VG_SESSION_TOKEN_LEN VG_HEX_LEN(32)

struct vg_session {
	uint64_t id; /* never 0, never again */
	const struct vg_account *account;
	int64_t made_ms, used_ms;
	uint8_t digest[VG_SHA256_LEN]; /* of the token */
};

/* Why a session ends. */
enum vg_session_end {
	VG_SESSION_OUT,	    /* signed out */
	VG_SESSION_IDLE,    /* not used for too long */
	VG_SESSION_LONGEST, /* old */
	VG_SESSION_CHANGED, /* its account is gone, or another one now */
	VG_SESSION_ROOM	    /* gave way to a new one */
};
/* The session is still whole, and its account too. */
typedef void vg_session_end_cb(const struct vg_session *session, enum vg_session_end why,
			       void *arg);

/* The token in a Cookie header: the first cookie "vinga" whose value could be one. */
bool vg_session_cookie(const char *header, char token[VG_SESSION_TOKEN_LEN]);

struct vg_sessions;
/* Nothing runs out until limits are set. NULL = out of memory. */
struct vg_sessions *vg_sessions_new(vg_session_end_cb *on_end, void *arg);
void vg_sessions_limit(struct vg_sessions *sessions, int64_t idle_ms, int64_t longest_ms);
void vg_sessions_free(struct vg_sessions *sessions); /* tells nobody */

/* A new session; writes its token, which is kept nowhere. NULL = out of memory. */
const struct vg_session *vg_sessions_open(struct vg_sessions *sessions,
					  const struct vg_account *account, int64_t now_ms,
					  char token[VG_SESSION_TOKEN_LEN]);
/* The session of a token, used now; NULL = of none, or it has run out. Borrowed until the next call
 * but `find`. */
const struct vg_session *vg_sessions_use(struct vg_sessions *sessions, const char *token,
					 int64_t now_ms);
const struct vg_session *vg_sessions_find(const struct vg_sessions *sessions,
					  uint64_t id); /* NULL = none; not used by this */
void vg_sessions_close(struct vg_sessions *sessions, uint64_t id);
/* Ends what has been idle so long, or has become so old. */
void vg_sessions_turn(struct vg_sessions *sessions, int64_t now_ms);
/* Other people hold from now: sessions whose account is the same to the letter go on. To be called
 * while the old ones are still there. */
void vg_sessions_move(struct vg_sessions *sessions, const struct vg_people *to);
size_t vg_sessions_count(const struct vg_sessions *sessions);

#endif
