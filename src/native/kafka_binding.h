/* SPDX-License-Identifier: Apache-2.0 */
/* The Lua client of kafka.c, for those of its methods that stand in kafka_binding.c. */
#ifndef SK_KAFKA_BINDING_H
#define SK_KAFKA_BINDING_H

#include <stdbool.h>
#include <stdint.h>

#include "bind.h"
#include "kafka_client.h"

struct sk_client;

/* The open client at stack 1; raises for any other. */
struct sk_client *sk_client_open(lua_State *L);
struct sk_kafka *sk_client_kafka(struct sk_client *c);
/* Raise unless the client is one that writes, or one that reads. */
void sk_client_role(lua_State *L, const struct sk_client *c, bool writer);
/* The options table at stack 2 may have `keys` only. Leave that of the first key, a `type` or nil, at stack 3, and .wait at 4;
 * return .timeout_ms. */
int sk_client_options(lua_State *L, const char *const *keys, const char *wrong, int type);
/* Get ready for a request; zero, or the number of results of a failure. */
int sk_client_prepare(lua_State *L, struct sk_client *c, int timeout);
/* Wait for what the thread was told, since `start`; zero, or the number of results of a failure. */
int sk_client_await(lua_State *L, struct sk_client *c, int64_t start, int timeout);
/* The request is over without an answer; `late_ms` is the timeout where that is why, else 0. */
int sk_client_failed(lua_State *L, struct sk_client *c, rd_kafka_resp_err_t error, int attempts, lua_Integer late_ms);

/* The methods themselves. */
int sk_client_create(lua_State *L);
int sk_client_configs(lua_State *L);
int sk_client_write(lua_State *L);

#endif
