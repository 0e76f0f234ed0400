/* SPDX-License-Identifier: Apache-2.0 */
#include "zk_session.h"

#include <zookeeper.h>

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "buf.h"

enum { WINDOW = 500, RETRY_MS = 250 };

struct sk_zk {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t thread;
	int shares; /* the caller's and the thread's */
	bool started, closing, ended;

	struct sk_zk_hosts hosts;
	int session_ms;
	struct sk_zk_log log;

	zhandle_t *handle; /* the thread's alone */
	bool connected, is_expired;
	enum sk_zk_status failed; /* SK_ZK_PENDING while all is well */
	const struct sk_zk_item *culprit; /* the item that ended the question */
	size_t expired;

	enum sk_zk_question question;
	struct sk_zk_item *items; /* owned */
	size_t count, next, sent, answered;
	bool asked;
};

static struct timespec from_now(int ms)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += (long)(ms % 1000) * 1000000L;
	if (t.tv_nsec >= 1000000000L) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000L;
	}
	return t;
}

static void items_free(struct sk_zk *zk)
{
	for (size_t i = 0; i < zk->count; i++) {
		free(zk->items[i].path);
		free(zk->items[i].value);
	}
	free(zk->items);
	zk->items = NULL;
	zk->count = zk->next = zk->sent = zk->answered = 0;
	zk->asked = false;
}

/* Called with the lock held; gives it up. */
static void share_drop(struct sk_zk *zk)
{
	bool last = --zk->shares == 0;
	pthread_mutex_unlock(&zk->lock);
	if (!last)
		return;
	items_free(zk);
	sk_zk_hosts_free(&zk->hosts);
	sk_zk_log_free(&zk->log);
	pthread_cond_destroy(&zk->changed);
	pthread_mutex_destroy(&zk->lock);
	free(zk);
}

struct sk_zk *sk_zk_new(const char *connect, int session_ms, char *why, size_t size)
{
	struct sk_zk *zk = calloc(1, sizeof *zk);
	pthread_condattr_t attr;
	if (zk == NULL) {
		snprintf(why, size, "out of memory");
		return NULL;
	}
	pthread_mutex_init(&zk->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&zk->changed, &attr);
	pthread_condattr_destroy(&attr);
	sk_zk_log_init(&zk->log);
	zk->session_ms = session_ms;
	zk->shares = 1;
	zk->failed = SK_ZK_PENDING;
	if (sk_zk_hosts_parse(&zk->hosts, connect, why, size))
		return zk;
	pthread_mutex_lock(&zk->lock);
	share_drop(zk);
	return NULL;
}

/* On the library's completion thread. */
static void session_watch(zhandle_t *handle, int type, int state, const char *path, void *context)
{
	struct sk_zk *zk = context;
	(void)handle, (void)path;
	if (type != ZOO_SESSION_EVENT)
		return;
	pthread_mutex_lock(&zk->lock);
	zk->connected = state == ZOO_CONNECTED_STATE;
	if (state == ZOO_EXPIRED_SESSION_STATE)
		zk->is_expired = true;
	else if (state == ZOO_AUTH_FAILED_STATE)
		zk->failed = SK_ZK_FORBIDDEN;
	pthread_cond_broadcast(&zk->changed);
	pthread_mutex_unlock(&zk->lock);
}

/* Append the addresses of one host as "address:port". The library then has nothing left to resolve, now or later. */
static int resolve(const struct sk_zk_host *host, struct sk_buf *addresses)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG }, *list;
	int rc = getaddrinfo(host->name, host->port, &hints, &list);
	if (rc == EAI_BADFLAGS || rc == EAI_NONAME) { /* AI_ADDRCONFIG overlooks loopback interfaces */
		hints.ai_flags = 0;
		rc = getaddrinfo(host->name, host->port, &hints, &list);
	}
	if (rc != 0)
		return rc;
	for (struct addrinfo *a = list; a != NULL; a = a->ai_next) {
		char address[NI_MAXHOST];
		if (getnameinfo(a->ai_addr, a->ai_addrlen, address, sizeof address, NULL, 0, NI_NUMERICHOST) != 0)
			continue;
		if (addresses->length > 0)
			sk_buf_char(addresses, ',');
		sk_buf_text(addresses, address);
		sk_buf_char(addresses, ':');
		sk_buf_text(addresses, host->port);
	}
	freeaddrinfo(list);
	return 0;
}

/* Resolve every host and start the handle. On the thread, without the lock. Returns SK_ZK_PENDING when done or worth
 * trying again, else why not. */
static enum sk_zk_status handle_open(struct sk_zk *zk)
{
	struct sk_buf addresses = { 0 };
	enum sk_zk_status status = SK_ZK_UNRESOLVED;
	for (size_t i = 0; i < zk->hosts.count; i++) {
		int rc = resolve(&zk->hosts.list[i], &addresses);
		char text[512];
		if (rc == 0)
			continue;
		snprintf(text, sizeof text, "cannot resolve \"%s\": %s", zk->hosts.list[i].name, gai_strerror(rc));
		sk_zk_log_say(&zk->log, true, text);
		if (rc == EAI_AGAIN)
			status = SK_ZK_PENDING;
	}
	if (addresses.length > 0) {
		sk_buf_text(&addresses, zk->hosts.chroot);
		sk_buf_char(&addresses, '\0');
		status = SK_ZK_PENDING;
		if (!sk_buf_failed(&addresses)) {
			zk->handle = zookeeper_init2(addresses.data, session_watch, zk->session_ms, NULL, zk, 0, sk_zk_log_callback);
			if (zk->handle == NULL) {
				int error = errno;
				char text[128];
				snprintf(text, sizeof text, "cannot start a session: %s", strerror(error));
				sk_zk_log_say(&zk->log, true, text);
				if (error == EINVAL)
					status = SK_ZK_CONFIG;
			}
		}
	}
	sk_buf_free(&addresses);
	return status;
}

/* Called with the lock held, which it gives up meanwhile: the library's threads take it in their callbacks. */
static void handle_close(struct sk_zk *zk)
{
	pthread_mutex_unlock(&zk->lock);
	if (zk->handle != NULL)
		zookeeper_close(zk->handle);
	zk->handle = NULL;
	pthread_mutex_lock(&zk->lock);
	zk->connected = zk->is_expired = false;
}

static void question_end(struct sk_zk *zk, const struct sk_zk_item *culprit, enum sk_zk_status status)
{
	if (zk->failed != SK_ZK_PENDING)
		return;
	zk->failed = status;
	zk->culprit = culprit;
}

/* One item has its answer. On the library's completion thread. */
static void item_answer(struct sk_zk_item *item, int rc, struct sk_buf *value)
{
	struct sk_zk *zk = item->owner;
	pthread_mutex_lock(&zk->lock);
	zk->sent--;
	item->rc = rc;
	item->state = SK_ZK_DONE;
	switch (rc) {
	case ZOK:
		if (sk_buf_failed(value)) {
			item->rc = ZSYSTEMERROR;
			question_end(zk, item, SK_ZK_BROKEN);
			break;
		}
		item->value = value->data;
		item->length = value->length;
		memset(value, 0, sizeof *value);
		zk->answered++;
		break;
	case ZNONODE:
		zk->answered++;
		break;
	case ZCONNECTIONLOSS:
	case ZOPERATIONTIMEOUT:
	case ZSESSIONEXPIRED:
	case ZSESSIONMOVED:
	case ZINVALIDSTATE:
	case ZCLOSING:
		/* To be asked again, once the library says that it is connected: that event comes after the last of these. */
		item->state = SK_ZK_NEW;
		zk->next = 0;
		zk->connected = false;
		break;
	case ZNOAUTH:
	case ZAUTHFAILED:
	case ZSESSIONCLOSEDREQUIRESASLAUTH:
		question_end(zk, item, SK_ZK_FORBIDDEN);
		break;
	default:
		question_end(zk, item, SK_ZK_BROKEN);
		break;
	}
	/* Woken for each answer, the thread would send one question at a time. */
	if (zk->sent == WINDOW / 2 || zk->sent == 0 || zk->answered == zk->count || zk->failed != SK_ZK_PENDING)
		pthread_cond_broadcast(&zk->changed);
	pthread_mutex_unlock(&zk->lock);
	sk_buf_free(value);
}

static void on_read(int rc, const char *bytes, int length, const struct Stat *stat, const void *data)
{
	union { const void *given; struct sk_zk_item *item; } context = { .given = data };
	struct sk_buf value = { 0 };
	(void)stat;
	if (rc == ZOK && length > 0)
		sk_buf_append(&value, bytes, (size_t)length);
	item_answer(context.item, rc, &value);
}

static void on_children(int rc, const struct String_vector *names, const struct Stat *stat, const void *data)
{
	union { const void *given; struct sk_zk_item *item; } context = { .given = data };
	struct sk_buf value = { 0 };
	(void)stat;
	for (int i = 0; rc == ZOK && names != NULL && i < names->count; i++)
		sk_buf_append(&value, names->data[i], strlen(names->data[i]) + 1);
	item_answer(context.item, rc, &value);
}

/* Send what the window has room for. With the lock held; gives it up around each call. False when the library took none. */
static bool items_send(struct sk_zk *zk)
{
	while (zk->connected && zk->asked && !zk->closing && zk->failed == SK_ZK_PENDING && zk->sent < WINDOW && zk->next < zk->count) {
		struct sk_zk_item *item = &zk->items[zk->next++];
		int rc;
		if (item->state != SK_ZK_NEW)
			continue;
		item->state = SK_ZK_SENT;
		zk->sent++;
		pthread_mutex_unlock(&zk->lock);
		if (zk->question == SK_ZK_READ)
			rc = zoo_aget(zk->handle, item->path, 0, on_read, item);
		else
			rc = zoo_aget_children2(zk->handle, item->path, 0, on_children, item);
		pthread_mutex_lock(&zk->lock);
		if (rc == ZOK)
			continue;
		zk->sent--;
		item->rc = rc;
		if (rc != ZINVALIDSTATE) {
			item->state = SK_ZK_DONE;
			question_end(zk, item, SK_ZK_BROKEN);
			pthread_cond_broadcast(&zk->changed);
			return true;
		}
		item->state = SK_ZK_NEW;
		zk->next = 0;
		return false;
	}
	return true;
}

static void *session_run(void *context)
{
	struct sk_zk *zk = context;
	sk_zk_log_listen(&zk->log);
	pthread_mutex_lock(&zk->lock);
	while (!zk->closing) {
		bool again = false;
		if (zk->is_expired) {
			zk->expired++;
			handle_close(zk);
		} else if (zk->handle == NULL && zk->failed == SK_ZK_PENDING) {
			enum sk_zk_status status;
			pthread_mutex_unlock(&zk->lock);
			status = handle_open(zk);
			pthread_mutex_lock(&zk->lock);
			if (status != SK_ZK_PENDING) {
				zk->failed = status;
				pthread_cond_broadcast(&zk->changed);
			}
			again = zk->handle == NULL;
		} else {
			again = !items_send(zk);
		}
		if (zk->closing || zk->is_expired)
			continue;
		if (again) {
			struct timespec until = from_now(RETRY_MS);
			pthread_cond_timedwait(&zk->changed, &zk->lock, &until);
		} else if (zk->handle != NULL || zk->failed != SK_ZK_PENDING) {
			if (!zk->connected || !zk->asked || zk->sent >= WINDOW || zk->next >= zk->count || zk->failed != SK_ZK_PENDING)
				pthread_cond_wait(&zk->changed, &zk->lock);
		}
	}
	handle_close(zk);
	sk_zk_log_deafen(&zk->log);
	zk->ended = true;
	pthread_cond_broadcast(&zk->changed);
	share_drop(zk);
	return NULL;
}

bool sk_zk_start(struct sk_zk *zk)
{
	sigset_t all, before;
	int rc;
	zoo_set_debug_level(ZOO_LOG_LEVEL_INFO);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	zk->shares++;
	rc = pthread_create(&zk->thread, NULL, session_run, zk);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	zk->started = rc == 0;
	if (!zk->started)
		zk->shares--;
	return zk->started;
}

struct sk_zk_item *sk_zk_prepare(struct sk_zk *zk, enum sk_zk_question question, size_t count)
{
	struct sk_zk_item *items = calloc(count > 0 ? count : 1, sizeof *items);
	bool free_to_ask;
	if (items == NULL)
		return NULL;
	pthread_mutex_lock(&zk->lock);
	free_to_ask = zk->failed == SK_ZK_PENDING && (!zk->asked || zk->answered == zk->count);
	if (free_to_ask) {
		items_free(zk);
		zk->question = question;
		zk->items = items;
		zk->count = count;
		for (size_t i = 0; i < count; i++)
			items[i].owner = zk;
	}
	pthread_mutex_unlock(&zk->lock);
	if (free_to_ask)
		return items;
	free(items);
	return NULL;
}

void sk_zk_ask(struct sk_zk *zk)
{
	pthread_mutex_lock(&zk->lock);
	zk->asked = true;
	pthread_cond_broadcast(&zk->changed);
	pthread_mutex_unlock(&zk->lock);
}

static enum sk_zk_status status_now(const struct sk_zk *zk)
{
	if (zk->failed != SK_ZK_PENDING)
		return zk->failed;
	if (zk->asked)
		return zk->answered == zk->count ? SK_ZK_READY : SK_ZK_PENDING;
	return zk->connected ? SK_ZK_READY : SK_ZK_PENDING;
}

enum sk_zk_status sk_zk_wait(struct sk_zk *zk, int ms)
{
	struct timespec until = from_now(ms);
	enum sk_zk_status status;
	pthread_mutex_lock(&zk->lock);
	while ((status = status_now(zk)) == SK_ZK_PENDING) {
		if (pthread_cond_timedwait(&zk->changed, &zk->lock, &until) == ETIMEDOUT) {
			status = status_now(zk);
			break;
		}
	}
	pthread_mutex_unlock(&zk->lock);
	return status;
}

const struct sk_zk_item *sk_zk_items(struct sk_zk *zk, size_t *count)
{
	*count = zk->count;
	return zk->items;
}

struct sk_zk_facts sk_zk_facts(struct sk_zk *zk)
{
	struct sk_zk_facts facts;
	pthread_mutex_lock(&zk->lock);
	facts.connected = zk->connected;
	facts.expired = zk->expired;
	facts.answered = zk->answered;
	facts.rc = zk->culprit != NULL ? zk->culprit->rc : 0;
	facts.path = zk->culprit != NULL ? zk->culprit->path : NULL;
	pthread_mutex_unlock(&zk->lock);
	return facts;
}

struct sk_zk_log *sk_zk_log(struct sk_zk *zk)
{
	return &zk->log;
}

const struct sk_zk_hosts *sk_zk_hosts(const struct sk_zk *zk)
{
	return &zk->hosts;
}

bool sk_zk_close(struct sk_zk *zk, int ms)
{
	struct timespec until = from_now(ms);
	bool started, ended;
	pthread_t thread;
	pthread_mutex_lock(&zk->lock);
	zk->closing = true;
	pthread_cond_broadcast(&zk->changed);
	while (zk->started && !zk->ended) {
		if (pthread_cond_timedwait(&zk->changed, &zk->lock, &until) == ETIMEDOUT)
			break;
	}
	started = zk->started;
	ended = zk->ended;
	thread = zk->thread;
	share_drop(zk);
	if (!started)
		return true;
	if (ended)
		pthread_join(thread, NULL); /* its last lines only: it holds neither lock nor handle any more */
	else
		pthread_detach(thread);
	return ended;
}
