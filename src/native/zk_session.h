/* SPDX-License-Identifier: Apache-2.0 */
/* A ZooKeeper session on a thread of ours: libzookeeper may sit in DNS or in a dead socket, the caller never does.
 * Free of lua.h. The caller's side: create, start, then ask and wait by turns, then close. */
#ifndef SK_ZK_SESSION_H
#define SK_ZK_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "zk_hosts.h"
#include "zk_log.h"

struct sk_zk; /* shared by the caller and the thread; the last one frees it */

enum sk_zk_status {
	SK_ZK_PENDING,    /* not yet; wait again */
	SK_ZK_READY,      /* connected, and every item of the question is answered */
	SK_ZK_UNRESOLVED, /* no host has an address; the notes say why */
	SK_ZK_CONFIG,     /* the library refused the connect string */
	SK_ZK_FORBIDDEN,  /* authentication failed, or is demanded */
	SK_ZK_BROKEN,     /* a node was answered with an error; see sk_zk_facts.rc */
};

enum sk_zk_question { SK_ZK_CHILDREN, SK_ZK_READ };

struct sk_zk_item {
	struct sk_zk *owner;
	char *path;   /* owned; without the chroot */
	int rc;       /* ZOK or ZNONODE, once the question is ready */
	char *value;  /* owned; the node's bytes, or the children's names, each ended by a NUL; NULL when empty */
	size_t length;
	enum { SK_ZK_NEW, SK_ZK_SENT, SK_ZK_DONE } state;
};

/* Where things stand when the time is over. */
struct sk_zk_facts {
	bool connected;
	size_t expired;  /* sessions that expired */
	size_t answered; /* items of the question */
	int rc;          /* of the node that ended the question, when forbidden or broken; else 0 */
	const char *path; /* of that node, without the chroot; or NULL */
};

/* A new session, or NULL with a reason in `why` when `connect` is no connect string. `session_ms` is the session timeout
 * asked for. */
struct sk_zk *sk_zk_new(const char *connect, int session_ms, char *why, size_t size);
/* Start the thread, with every signal blocked in it. False when the system gives no thread. */
bool sk_zk_start(struct sk_zk *zk);
/* Begin a question of `count` items; NULL when memory is short, or when an earlier question was left before its end.
 * The caller fills in each path, then calls sk_zk_ask. */
struct sk_zk_item *sk_zk_prepare(struct sk_zk *zk, enum sk_zk_question question, size_t count);
void sk_zk_ask(struct sk_zk *zk);
/* Wait up to `ms` for the answer (or, before any question, for the connection). */
enum sk_zk_status sk_zk_wait(struct sk_zk *zk, int ms);
/* The items of the question that sk_zk_wait called ready. Good until the next question. */
const struct sk_zk_item *sk_zk_items(struct sk_zk *zk, size_t *count);
struct sk_zk_facts sk_zk_facts(struct sk_zk *zk);
struct sk_zk_log *sk_zk_log(struct sk_zk *zk);
const struct sk_zk_hosts *sk_zk_hosts(const struct sk_zk *zk);
/* End the session and drop the caller's share. False when the thread did not come back within `ms`: it is left behind. */
bool sk_zk_close(struct sk_zk *zk, int ms);

#endif
