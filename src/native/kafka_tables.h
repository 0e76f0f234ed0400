/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SK_KAFKA_TABLES_H
#define SK_KAFKA_TABLES_H

#include <librdkafka/rdkafka.h>
#include <lua.h>

#include "kafka_read.h"

/* Push the table that client:metadata returns. `md` is sorted (sk_kafka_answer) and belongs to a client, as this may raise;
 * `asked` is the stack index of the set of topic names wanted, or of nil for all. */
void sk_kafka_push(lua_State *L, const rd_kafka_metadata_t *md, int asked);
/* Push the table that client:read returns. `r` belongs to a client, too. */
void sk_kafka_push_read(lua_State *L, const struct sk_read *r, int partitions);

#endif
