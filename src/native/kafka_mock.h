/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SK_KAFKA_MOCK_H
#define SK_KAFKA_MOCK_H

#include <lua.h>

/* Register the userdata type of clusters. Pushes nothing. */
void sk_kafka_mock_type(lua_State *L);
int sk_kafka_mock(lua_State *L);

#endif
