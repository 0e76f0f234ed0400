/* SPDX-License-Identifier: Apache-2.0 */
/* The session against a server of a few lines: lost connections, expiry, refusals, silence. */
#include "zk_session.h"

#include <zookeeper.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum mode { ANSWER, LOSE_FIRST, EXPIRE_FIRST, EXPIRE_AND_HANG, HANG };

struct server {
	int listener, port;
	enum mode mode;
	int rc; /* of every answer */
	int connections;
	pthread_t thread;
};

static bool exactly(int fd, void *bytes, size_t length)
{
	for (size_t at = 0; at < length;) {
		ssize_t n = recv(fd, (char *)bytes + at, length - at, 0);
		if (n <= 0)
			return false;
		at += (size_t)n;
	}
	return true;
}

static int32_t integer(const unsigned char *at)
{
	return (int32_t)((uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]);
}

static size_t put(unsigned char *at, int32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (unsigned char)((uint32_t)value >> (24 - 8 * i));
	return 4;
}

/* Frame: length, then the bytes from `packet + 4` on. */
static void reply(int fd, unsigned char *packet, size_t length)
{
	put(packet, (int32_t)length);
	send(fd, packet, length + 4, MSG_NOSIGNAL);
}

static void welcome(int fd, int32_t timeout_ms, int32_t session)
{
	unsigned char packet[64] = { 0 };
	put(packet + 8, timeout_ms);
	put(packet + 16, session);
	put(packet + 20, 16);
	reply(fd, packet, 37);
}

/* Serve one connection until it ends. */
static void serve(struct server *s, int fd)
{
	unsigned char request[4096], answer[256] = { 0 };
	bool first = s->connections++ == 0;
	int32_t length, kind;
	if (!exactly(fd, request, 4) || (length = integer(request)) > 4000 || !exactly(fd, request, (size_t)length))
		return;
	if (s->mode == HANG || (s->mode == EXPIRE_AND_HANG && !first && integer(request + 20) == 0)) {
		exactly(fd, request, sizeof request); /* until the client gives up */
		return;
	}
	if (s->mode >= EXPIRE_FIRST && !first && integer(request + 20) != 0) {
		welcome(fd, 0, 0); /* what a server says of a session that it no longer knows */
		return;
	}
	welcome(fd, 4000, 77);
	while (exactly(fd, request, 4) && (length = integer(request)) <= 4000 && exactly(fd, request, (size_t)length)) {
		if (first && s->mode != ANSWER)
			return;
		memset(answer, 0, sizeof answer);
		put(answer + 4, integer(request));
		kind = integer(request + 4);
		if (kind == 11 || kind == -11) { /* ping, close */
			reply(fd, answer, 16);
			if (kind == -11)
				return;
			continue;
		}
		put(answer + 16, s->rc);
		put(answer + 20, 4);
		memcpy(answer + 24, "data", 4);
		reply(fd, answer, s->rc == 0 ? 16 + 8 + 68 : 16);
	}
}

static void *serve_all(void *context)
{
	struct server *s = context;
	for (int fd; (fd = accept(s->listener, NULL, NULL)) >= 0; close(fd))
		serve(s, fd);
	return NULL;
}

static void server_start(struct server *s, enum mode mode, int rc)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof address;
	memset(s, 0, sizeof *s);
	s->mode = mode;
	s->rc = rc;
	s->listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(s->listener, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(s->listener, 8), 0);
	assert_int_equal(getsockname(s->listener, (struct sockaddr *)&address, &size), 0);
	s->port = ntohs(address.sin_port);
	assert_int_equal(pthread_create(&s->thread, NULL, serve_all, s), 0);
}

static void server_stop(struct server *s)
{
	shutdown(s->listener, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->listener);
}

/* Read two nodes; the status after at most `ms`. */
static enum sk_zk_status read_two(struct server *s, struct sk_zk **zk, int ms)
{
	char connect[64], why[128];
	enum sk_zk_status status;
	struct sk_zk_item *items;
	snprintf(connect, sizeof connect, "127.0.0.1:%d/k", s->port);
	*zk = sk_zk_new(connect, 1000, why, sizeof why);
	assert_non_null(*zk);
	assert_true(sk_zk_start(*zk));
	status = sk_zk_wait(*zk, ms);
	if (status != SK_ZK_READY)
		return status;
	items = sk_zk_prepare(*zk, SK_ZK_READ, 2);
	assert_non_null(items);
	items[0].path = strdup("/a");
	items[1].path = strdup("/b");
	sk_zk_ask(*zk);
	return sk_zk_wait(*zk, ms);
}

static void check_answers(struct sk_zk *zk)
{
	size_t count;
	const struct sk_zk_item *items = sk_zk_items(zk, &count);
	assert_int_equal(count, 2);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(items[i].rc, ZOK);
		assert_int_equal(items[i].length, 4);
		assert_memory_equal(items[i].value, "data", 4);
	}
}

static void reads_nodes(void **state)
{
	struct server s;
	struct sk_zk *zk;
	(void)state;
	server_start(&s, ANSWER, 0);
	assert_int_equal(read_two(&s, &zk, 5000), SK_ZK_READY);
	check_answers(zk);
	assert_true(sk_zk_close(zk, 5000));
	server_stop(&s);
	assert_int_equal(s.connections, 1);
}

static void asks_again_after_a_lost_connection(void **state)
{
	struct server s;
	struct sk_zk *zk;
	(void)state;
	server_start(&s, LOSE_FIRST, 0);
	assert_int_equal(read_two(&s, &zk, 5000), SK_ZK_READY);
	check_answers(zk);
	assert_true(sk_zk_close(zk, 5000));
	server_stop(&s);
}

static void makes_a_new_session_when_one_expired(void **state)
{
	struct server s;
	struct sk_zk *zk;
	(void)state;
	server_start(&s, EXPIRE_FIRST, 0);
	assert_int_equal(read_two(&s, &zk, 5000), SK_ZK_READY);
	check_answers(zk);
	assert_int_equal(sk_zk_facts(zk).expired, 1);
	assert_true(sk_zk_close(zk, 5000));
	server_stop(&s);
	assert_int_equal(s.connections, 3);
}

static void remembers_an_expiry_at_the_deadline(void **state)
{
	struct server s;
	struct sk_zk *zk;
	(void)state;
	server_start(&s, EXPIRE_AND_HANG, 0);
	assert_int_equal(read_two(&s, &zk, 1000), SK_ZK_PENDING);
	assert_int_equal(sk_zk_facts(zk).expired, 1);
	assert_false(sk_zk_facts(zk).connected);
	assert_null(sk_zk_prepare(zk, SK_ZK_READ, 1)); /* the first question is still open */
	assert_true(sk_zk_close(zk, 5000));
	server_stop(&s);
}

static void ends_at_once_when_forbidden(void **state)
{
	static const int codes[] = { ZNOAUTH, ZAUTHFAILED, ZSESSIONCLOSEDREQUIRESASLAUTH };
	(void)state;
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		struct server s;
		struct sk_zk *zk;
		struct sk_zk_facts facts;
		server_start(&s, ANSWER, codes[i]);
		assert_int_equal(read_two(&s, &zk, 5000), SK_ZK_FORBIDDEN);
		facts = sk_zk_facts(zk);
		assert_int_equal(facts.rc, codes[i]);
		assert_string_equal(facts.path, "/a");
		assert_true(sk_zk_close(zk, 5000));
		server_stop(&s);
	}
}

static void tells_missing_nodes_from_errors(void **state)
{
	struct server s;
	struct sk_zk *zk;
	size_t count;
	(void)state;
	server_start(&s, ANSWER, ZNONODE);
	assert_int_equal(read_two(&s, &zk, 5000), SK_ZK_READY);
	assert_int_equal(sk_zk_items(zk, &count)[1].rc, ZNONODE);
	assert_true(sk_zk_close(zk, 5000));
	server_stop(&s);
	server_start(&s, ANSWER, ZUNIMPLEMENTED);
	assert_int_equal(read_two(&s, &zk, 5000), SK_ZK_BROKEN);
	assert_int_equal(sk_zk_facts(zk).rc, ZUNIMPLEMENTED);
	assert_true(sk_zk_close(zk, 5000));
	server_stop(&s);
}

static void waits_no_longer_than_told(void **state)
{
	struct server s;
	struct sk_zk *zk;
	(void)state;
	server_start(&s, HANG, 0);
	assert_int_equal(read_two(&s, &zk, 150), SK_ZK_PENDING);
	assert_true(sk_zk_close(zk, 5000));
	server_stop(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_nodes),
		cmocka_unit_test(asks_again_after_a_lost_connection),
		cmocka_unit_test(makes_a_new_session_when_one_expired),
		cmocka_unit_test(remembers_an_expiry_at_the_deadline),
		cmocka_unit_test(ends_at_once_when_forbidden),
		cmocka_unit_test(tells_missing_nodes_from_errors),
		cmocka_unit_test(waits_no_longer_than_told),
	};
	return cmocka_run_group_tests_name("zk_session", tests, NULL, NULL);
}
