/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SK_YAML_PARSE_H
#define SK_YAML_PARSE_H

#include <lua.h>

/* The function samzak8s.native.yaml.parse. */
int sk_yaml_parse(lua_State *L);

#endif
