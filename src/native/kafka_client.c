/* SPDX-License-Identifier: Apache-2.0 */
#include "kafka_client.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SLICE_MS 200  /* how long librdkafka may wait for a first connection before we look at `stop` */
#define CLOSE_MS 500  /* how long a close waits for the thread */

struct sk_kafka {
	pthread_mutex_t lock;   /* guards what the two threads share: the next three groups */
	pthread_cond_t changed;
	pthread_t thread;

	bool asked;             /* a request waits for the thread */
	bool busy;              /* a request waits or runs: only the thread touches the answer and the names */
	bool stop;              /* give up the request */
	bool ending;            /* destroy the handle, then end */
	bool ended;             /* the handle is destroyed */
	bool abandoned;         /* nobody waits: the thread frees everything */

	int64_t deadline;
	const rd_kafka_metadata_t *answer;
	rd_kafka_resp_err_t error;
	int attempts;
	struct sk_kafka_job *job; /* owned; NULL: the request is for metadata */

	rd_kafka_t *rk;         /* NULL until opened; then the thread is there, too */
	size_t bootstrap_brokers;
	struct sk_buf names;
	struct sk_words words;  /* has its own lock */
};

int64_t sk_kafka_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Wait, with the lock held, for a change or until `until`. */
static void wait_until(struct sk_kafka *k, int64_t until)
{
	struct timespec t = { .tv_sec = (time_t)(until / 1000), .tv_nsec = (long)(until % 1000) * 1000000 };
	pthread_cond_timedwait(&k->changed, &k->lock, &t);
}

static void client_free(struct sk_kafka *k)
{
	sk_buf_free(&k->names);
	sk_words_free(&k->words);
	pthread_cond_destroy(&k->changed);
	pthread_mutex_destroy(&k->lock);
	free(k);
}

bool sk_kafka_stopped(struct sk_kafka *k)
{
	pthread_mutex_lock(&k->lock);
	bool stop = k->stop;
	pthread_mutex_unlock(&k->lock);
	return stop;
}

bool sk_kafka_rest(struct sk_kafka *k, int64_t ms)
{
	int64_t until = sk_kafka_now() + ms;
	pthread_mutex_lock(&k->lock);
	while (!k->stop && sk_kafka_now() < until)
		wait_until(k, until);
	bool stop = k->stop;
	pthread_mutex_unlock(&k->lock);
	return !stop;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const rd_kafka_metadata_topic_t *)a)->topic, ((const rd_kafka_metadata_topic_t *)b)->topic);
}

static int by_id(const void *a, const void *b)
{
	int32_t x = ((const rd_kafka_metadata_broker_t *)a)->id, y = ((const rd_kafka_metadata_broker_t *)b)->id;
	return (x > y) - (x < y);
}

rd_kafka_metadata_topic_t *sk_kafka_topic(const rd_kafka_metadata_t *md, const char *name)
{
	size_t low = 0, high = (size_t)md->topic_cnt;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, md->topics[middle].topic);
		if (order == 0)
			return &md->topics[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* True when one of the names asked for is in the answer with an error that passes: a topic just being made. */
static bool unsettled(const struct sk_kafka *k)
{
	for (size_t at = 0; at < k->names.length; at += strlen(k->names.data + at) + 1) {
		const rd_kafka_metadata_topic_t *t = sk_kafka_topic(k->answer, k->names.data + at);
		if (t != NULL && (t->err == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE || t->err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
				t->err == RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT || t->err == RD_KAFKA_RESP_ERR_NOT_CONTROLLER))
			return true;
	}
	return false;
}

/* The delays and the number of attempts are those of Samza's ExponentialSleepStrategy. An answer with passing errors is kept
 * and given when no better one comes. */
static void request(struct sk_kafka *k)
{
	static const int delays[] = { 500, 1000, 2000, 4000, 8000 };
	bool connected = false;
	rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR__TIMED_OUT;
	for (;;) {
		int64_t before = sk_kafka_now(), left = k->deadline - before;
		if (left <= 0 || sk_kafka_stopped(k))
			break;
		int ms = (int)(connected || left < SLICE_MS ? left : SLICE_MS);
		const rd_kafka_metadata_t *md = NULL;
		error = rd_kafka_metadata(k->rk, 1, NULL, &md, ms);
		if (error == RD_KAFKA_RESP_ERR__TRANSPORT && sk_kafka_now() - before >= ms - SLICE_MS / 10)
			continue; /* no broker to ask yet; nothing was sent */
		if (error == RD_KAFKA_RESP_ERR__TIMED_OUT) {
			connected = true; /* sent: from now on wait as long as it takes */
			continue;
		}
		if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
			sk_kafka_forget(k);
			k->answer = md;
			if (md->topic_cnt > 0)
				qsort(md->topics, (size_t)md->topic_cnt, sizeof *md->topics, by_name);
			if (md->broker_cnt > 0)
				qsort(md->brokers, (size_t)md->broker_cnt, sizeof *md->brokers, by_id);
			if (!unsettled(k))
				break;
		}
		if (k->attempts > (int)(sizeof delays / sizeof *delays))
			break;
		left = k->deadline - sk_kafka_now();
		int64_t delay = delays[k->attempts - 1];
		if (!sk_kafka_rest(k, delay < left / 2 ? delay : left / 2))
			break;
		k->attempts++;
	}
	k->error = k->answer != NULL ? RD_KAFKA_RESP_ERR_NO_ERROR : error;
}

static void *work(void *opaque)
{
	struct sk_kafka *k = opaque;
	pthread_mutex_lock(&k->lock);
	while (!k->ending) {
		if (!k->asked) {
			pthread_cond_wait(&k->changed, &k->lock);
			continue;
		}
		k->asked = false;
		pthread_mutex_unlock(&k->lock);
		if (k->job != NULL)
			k->job->run(k, k->rk, k->deadline, k->job);
		else
			request(k);
		pthread_mutex_lock(&k->lock);
		k->busy = false;
		pthread_cond_broadcast(&k->changed);
	}
	pthread_mutex_unlock(&k->lock);
	sk_kafka_forget(k);
	rd_kafka_destroy_flags(k->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
	pthread_mutex_lock(&k->lock);
	k->ended = true;
	bool abandoned = k->abandoned;
	pthread_cond_broadcast(&k->changed);
	pthread_mutex_unlock(&k->lock);
	if (abandoned)
		client_free(k);
	return NULL;
}

static void on_error(rd_kafka_t *rk, int error, const char *reason, void *opaque)
{
	(void)rk;
	sk_words_error(&((struct sk_kafka *)opaque)->words, (rd_kafka_resp_err_t)error, reason, sk_kafka_now());
}

static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *line)
{
	(void)level;
	sk_words_log(&((struct sk_kafka *)rd_kafka_opaque(rk))->words, facility, line);
}

struct sk_kafka *sk_kafka_new(void)
{
	pthread_condattr_t steady;
	struct sk_kafka *k = calloc(1, sizeof *k);
	if (k == NULL || !sk_words_init(&k->words)) {
		free(k);
		return NULL;
	}
	pthread_mutex_init(&k->lock, NULL);
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_cond_init(&k->changed, &steady);
	pthread_condattr_destroy(&steady);
	return k;
}

bool sk_kafka_open(struct sk_kafka *k, rd_kafka_type_t type, rd_kafka_conf_t *conf, size_t bootstrap_brokers, char *why, size_t size)
{
	sigset_t all, before;
	rd_kafka_conf_set_opaque(conf, k);
	rd_kafka_conf_set_error_cb(conf, on_error);
	rd_kafka_conf_set_log_cb(conf, on_log);
	k->bootstrap_brokers = bootstrap_brokers;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before); /* the threads inherit it: signals are the main thread's */
	k->rk = rd_kafka_new(type, conf, why, size);
	int rc = k->rk != NULL ? pthread_create(&k->thread, NULL, work, k) : 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc != 0) {
		snprintf(why, size, "no thread: %s", strerror(rc));
		rd_kafka_destroy_flags(k->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
		k->rk = NULL;
	}
	return k->rk != NULL;
}

bool sk_kafka_close(struct sk_kafka *k)
{
	if (k == NULL)
		return true;
	if (k->rk == NULL) {
		client_free(k);
		return true;
	}
	int64_t until = sk_kafka_now() + CLOSE_MS;
	pthread_mutex_lock(&k->lock);
	k->stop = k->ending = true;
	pthread_cond_broadcast(&k->changed);
	while (!k->ended && sk_kafka_now() < until)
		wait_until(k, until);
	bool ended = k->ended;
	pthread_t thread = k->thread;
	k->abandoned = !ended;
	pthread_mutex_unlock(&k->lock); /* if abandoned, `k` may be gone from here on */
	if (!ended) {
		pthread_detach(thread);
		return false;
	}
	pthread_join(thread, NULL);
	client_free(k);
	return true;
}

struct sk_buf *sk_kafka_names(struct sk_kafka *k)
{
	return &k->names;
}

bool sk_kafka_idle(struct sk_kafka *k)
{
	sk_kafka_stop(k);
	return sk_kafka_wait(k, CLOSE_MS);
}

/* Hand the request over to the thread. */
static void start(struct sk_kafka *k, int timeout_ms)
{
	k->deadline = sk_kafka_now() + timeout_ms;
	k->attempts = 1;
	pthread_mutex_lock(&k->lock);
	k->stop = false;
	k->asked = k->busy = true;
	pthread_cond_broadcast(&k->changed);
	pthread_mutex_unlock(&k->lock);
}

void sk_kafka_ask(struct sk_kafka *k, int timeout_ms)
{
	sk_kafka_forget(k);
	start(k, timeout_ms);
}

void sk_kafka_do(struct sk_kafka *k, struct sk_kafka_job *job, int timeout_ms)
{
	sk_kafka_forget(k);
	k->job = job;
	start(k, timeout_ms);
}

bool sk_kafka_wait(struct sk_kafka *k, int ms)
{
	int64_t until = sk_kafka_now() + ms;
	pthread_mutex_lock(&k->lock);
	while (k->busy && sk_kafka_now() < until)
		wait_until(k, until);
	bool there = !k->busy;
	pthread_mutex_unlock(&k->lock);
	rd_kafka_poll(k->rk, 0); /* runs on_error */
	if (there && k->answer != NULL)
		sk_words_clear(&k->words);
	return there;
}

bool sk_kafka_hopeless(struct sk_kafka *k)
{
	return sk_words_hopeless(&k->words, k->bootstrap_brokers, sk_kafka_now());
}

void sk_kafka_stop(struct sk_kafka *k)
{
	pthread_mutex_lock(&k->lock);
	k->stop = true;
	pthread_cond_broadcast(&k->changed);
	pthread_mutex_unlock(&k->lock);
}

const rd_kafka_metadata_t *sk_kafka_answer(struct sk_kafka *k, rd_kafka_resp_err_t *error, int *attempts)
{
	*error = k->error;
	*attempts = k->attempts;
	return k->answer;
}

void sk_kafka_forget(struct sk_kafka *k)
{
	if (k->answer != NULL)
		rd_kafka_metadata_destroy(k->answer);
	if (k->job != NULL)
		k->job->free(k->job);
	k->answer = NULL;
	k->job = NULL;
}

struct sk_words *sk_kafka_words(struct sk_kafka *k)
{
	return &k->words;
}
