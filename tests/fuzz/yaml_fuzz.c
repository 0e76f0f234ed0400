/* SPDX-License-Identifier: Apache-2.0 */
/* yaml.parse on any bytes: it ends, and what it reads can be written and read again without change. yaml.emit: any text comes
 * back the same, as a value and as a key. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

int luaopen_samzak8s_native_yaml(lua_State *L);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char CHUNK[] =
	"local yaml = ...\n"
	"local function same(a, b)\n"
	"  if type(a) ~= 'table' or type(b) ~= 'table' then return a == b and math.type(a) == math.type(b) end\n"
	"  for k, v in next, a do if not same(v, b[k]) then return false end end\n"
	"  for k in next, b do if a[k] == nil then return false end end\n"
	"  return true\n"
	"end\n"
	"return function(bytes)\n"
	"  local documents, err = yaml.parse(bytes)\n"
	"  if documents then\n"
	"    local text = yaml.emit(documents)\n"
	"    if text then assert(same(documents, assert(yaml.parse(text)))) end\n"
	"  else\n"
	"    assert(err.line >= 1 and #err.message > 0)\n"
	"  end\n"
	"  if utf8.len(bytes) then\n"
	"    local document = { [bytes] = bytes, list = { bytes, { bytes } } }\n"
	"    assert(same({ document }, assert(yaml.parse(assert(yaml.emit({ document }))))))\n"
	"  end\n"
	"end\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static lua_State *L;
	if (L == NULL) {
		L = luaL_newstate();
		luaL_openlibs(L);
		if (luaL_loadstring(L, CHUNK) != LUA_OK)
			abort();
		luaL_requiref(L, "samzak8s.native.yaml", luaopen_samzak8s_native_yaml, 0);
		lua_call(L, 1, 1);
	}
	lua_settop(L, 1);
	lua_pushvalue(L, 1);
	lua_pushlstring(L, size == 0 ? "" : (const char *)data, size);
	lua_call(L, 1, 0);
	lua_gc(L, LUA_GCCOLLECT); /* else libFuzzer suspects a leak and looks for it after every input */
	return 0;
}
