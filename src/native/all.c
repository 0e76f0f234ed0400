/* SPDX-License-Identifier: Apache-2.0 */
#include "all.h"

#include <stddef.h>

int luaopen_samzak8s_native_child(lua_State *L);
int luaopen_samzak8s_native_coordinator(lua_State *L);
int luaopen_samzak8s_native_digest(lua_State *L);
int luaopen_samzak8s_native_err(lua_State *L);
int luaopen_samzak8s_native_jobmodel(lua_State *L);
int luaopen_samzak8s_native_kafka(lua_State *L);
int luaopen_samzak8s_native_props(lua_State *L);
int luaopen_samzak8s_native_regex(lua_State *L);
int luaopen_samzak8s_native_system(lua_State *L);
int luaopen_samzak8s_native_yaml(lua_State *L);
int luaopen_samzak8s_native_zookeeper(lua_State *L);

const struct sk_module sk_modules[] = {
	{ "samzak8s.native.child", luaopen_samzak8s_native_child },
	{ "samzak8s.native.coordinator", luaopen_samzak8s_native_coordinator },
	{ "samzak8s.native.digest", luaopen_samzak8s_native_digest },
	{ "samzak8s.native.err", luaopen_samzak8s_native_err },
	{ "samzak8s.native.jobmodel", luaopen_samzak8s_native_jobmodel },
	{ "samzak8s.native.kafka", luaopen_samzak8s_native_kafka },
	{ "samzak8s.native.props", luaopen_samzak8s_native_props },
	{ "samzak8s.native.regex", luaopen_samzak8s_native_regex },
	{ "samzak8s.native.system", luaopen_samzak8s_native_system },
	{ "samzak8s.native.yaml", luaopen_samzak8s_native_yaml },
	{ "samzak8s.native.zookeeper", luaopen_samzak8s_native_zookeeper },
	{ NULL, NULL },
};
