/* SPDX-License-Identifier: Apache-2.0 */
/* jobmodel.serialize: containers, tasks and partitions as JobModel JSON, in one pass and linear in partitions. */
#include "jobmodel.h"

#include "bind.h"
#include "java.h"
#include "json.h"
#include "utf8.h"
#include "walk.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What the dialects of the document differ in. */
struct dialect {
	const char *name;
	bool container_id; /* the integer id of 0.9.1 to 0.14 */
	bool processor_id; /* the text id from 0.13 on */
	bool task_mode;
	bool bucket;       /* keyBucket also where none is set */
	bool max;          /* max-change-log-stream-partitions */
};

static const struct dialect dialects[] = {
	{ .name = "U", .container_id = true },
	{ .name = "N2", .container_id = true, .max = true },
	{ .name = "N3", .container_id = true, .processor_id = true, .bucket = true, .max = true },
	{ .name = "S", .processor_id = true, .task_mode = true, .bucket = true, .max = true },
};

struct partition {
	struct sk_text system, stream;
	lua_Integer id, bucket;
};

/* Field names wait on the stack, so that a lookup neither makes nor hashes a string. */
enum { NAMES = 4 };
enum name { ID, TASKS, NAME, CHANGELOG, MODE, PARTITIONS, SYSTEM, STREAM, PARTITION, BUCKET, NAME_COUNT };
static const char *const names[NAME_COUNT] = {
	"id", "tasks", "name", "changelog", "mode", "partitions", "system", "stream", "partition", "bucket",
};

struct writer {
	lua_State *L;
	const struct dialect *dialect;
	struct sk_buf *out;
	struct sk_buf *parts; /* scratch: struct partition[] of one task */
	lua_Integer max;      /* highest changelog partition so far, or -1 */
};

static void push_field(struct writer *w, int table, enum name name)
{
	lua_pushvalue(w->L, NAMES + (int)name);
	lua_rawget(w->L, table);
}

_Noreturn static void wrong(struct writer *w, const struct sk_path *path, const char *what)
{
	sk_fail_at(w->L, "jobmodel.shape", path, what);
	lua_getfield(w->L, -1, "message");
	lua_error(w->L);
	abort(); /* lua_error does not return, but is not declared so */
}

static lua_Integer integer_field(struct writer *w, const struct sk_path *path, int table, enum name name, lua_Integer least)
{
	int is = 0;
	push_field(w, table, name);
	lua_Integer value = lua_type(w->L, -1) == LUA_TNUMBER ? lua_tointegerx(w->L, -1, &is) : 0;
	if (!is || value < least || value > INT32_MAX) {
		struct sk_path field = { .up = path, .key = names[name], .key_length = strlen(names[name]) };
		wrong(w, &field, "must be an integer of Java's int range");
	}
	lua_pop(w->L, 1);
	return value;
}

/* The text stays valid after the pop: its table holds it. */
static struct sk_text text_field(struct writer *w, const struct sk_path *path, int table, enum name name)
{
	struct sk_text text = { 0 };
	push_field(w, table, name);
	if (lua_type(w->L, -1) != LUA_TSTRING) {
		struct sk_path field = { .up = path, .key = names[name], .key_length = strlen(names[name]) };
		wrong(w, &field, "must be a string");
	}
	text.bytes = lua_tolstring(w->L, -1, &text.length);
	lua_pop(w->L, 1);
	return text;
}

/* Push the array in field `name`; its length. */
static lua_Integer array_field(struct writer *w, const struct sk_path *path, int table, enum name name)
{
	push_field(w, table, name);
	if (!lua_istable(w->L, -1)) {
		struct sk_path field = { .up = path, .key = names[name], .key_length = strlen(names[name]) };
		wrong(w, &field, "must be an array");
	}
	return (lua_Integer)lua_rawlen(w->L, -1);
}

static void put_integer(struct sk_buf *out, lua_Integer value)
{
	char digits[24];
	size_t at = sizeof digits;
	lua_Unsigned rest = value < 0 ? 0u - (lua_Unsigned)value : (lua_Unsigned)value;
	do
		digits[--at] = (char)('0' + rest % 10);
	while ((rest /= 10) != 0);
	if (value < 0)
		digits[--at] = '-';
	sk_buf_append(out, digits + at, sizeof digits - at);
}

/* Push nil and an error when `text` is not UTF-8; the caller returns at once then. */
static bool put_text(struct writer *w, const struct sk_path *path, const char *field, struct sk_text text)
{
	if (sk_utf8_check(text.bytes, text.length) != text.length) {
		struct sk_path place = { .up = path, .key = field, .key_length = strlen(field) };
		sk_fail_at(w->L, "jobmodel.utf8", field[0] == '\0' ? path : &place, "is not valid UTF-8");
		return false;
	}
	sk_json_string(w->out, text.bytes, text.length);
	return true;
}

static int text_order(const void *left, const void *right)
{
	const struct sk_text *a = left, *b = right;
	return sk_java_compare(a->bytes, a->length, b->bytes, b->length);
}

static int partition_order(const void *left, const void *right)
{
	const struct partition *a = left, *b = right;
	int order = text_order(&a->system, &b->system);
	if (order == 0)
		order = text_order(&a->stream, &b->stream);
	if (order == 0)
		order = (a->id > b->id) - (a->id < b->id);
	return order != 0 ? order : (a->bucket > b->bucket) - (a->bucket < b->bucket);
}

/* Push scratch with one text for each table in the array on top of the stack: its field `name`, rank its place.
 * Sorted; the same text twice is an error. */
static struct sk_text *sorted_items(struct writer *w, const struct sk_path *path, enum name name, lua_Integer n)
{
	int array = lua_gettop(w->L);
	struct sk_text *items = lua_newuserdatauv(w->L, ((size_t)n + 1) * sizeof *items, 0);
	for (lua_Integer i = 1; i <= n; i++) {
		struct sk_path item = { .up = path, .index = i };
		if (lua_rawgeti(w->L, array, i) != LUA_TTABLE)
			wrong(w, &item, "must be a table");
		items[i - 1] = text_field(w, &item, array + 2, name);
		items[i - 1].rank = i;
		lua_pop(w->L, 1);
	}
	bool sorted = true; /* as the stages pass them, but for ids from "10" on */
	for (lua_Integer i = 1; i < n && sorted; i++)
		sorted = text_order(&items[i - 1], &items[i]) < 0;
	if (!sorted)
		qsort(items, (size_t)n, sizeof *items, text_order);
	for (lua_Integer i = 1; i < n && !sorted; i++)
		if (text_order(&items[i - 1], &items[i]) == 0) {
			struct sk_path item = { .up = path, .index = items[i].rank };
			wrong(w, &item, name == ID ? "has an id that is already taken" : "has a name that is already taken");
		}
	return items;
}

static bool put_partitions(struct writer *w, const struct sk_path *path, int task)
{
	struct sk_path here = { .up = path, .key = "partitions", .key_length = 10 };
	lua_Integer n = array_field(w, path, task, PARTITIONS);
	int array = lua_gettop(w->L);
	bool sorted = true;
	w->parts->length = 0;
	for (lua_Integer i = 1; i <= n; i++) {
		struct sk_path item = { .up = &here, .index = i };
		if (lua_rawgeti(w->L, array, i) != LUA_TTABLE)
			wrong(w, &item, "must be a table");
		struct partition p = {
			.system = text_field(w, &item, array + 1, SYSTEM),
			.stream = text_field(w, &item, array + 1, STREAM),
			.id = integer_field(w, &item, array + 1, PARTITION, 0),
			.bucket = -1,
		};
		p.system.rank = i;
		push_field(w, array + 1, BUCKET);
		bool bucketed = !lua_isnil(w->L, -1);
		lua_pop(w->L, 1);
		if (bucketed)
			p.bucket = integer_field(w, &item, array + 1, BUCKET, -1);
		lua_pop(w->L, 1);
		sk_buf_append(w->parts, &p, sizeof p);
		if (sk_buf_failed(w->parts))
			luaL_error(w->L, "not enough memory");
		const struct partition *all = (const struct partition *)(const void *)w->parts->data;
		sorted = sorted && (i == 1 || partition_order(&all[i - 2], &all[i - 1]) <= 0);
	}
	struct partition *all = (struct partition *)(void *)w->parts->data;
	if (!sorted)
		qsort(all, (size_t)n, sizeof *all, partition_order);
	sk_buf_char(w->out, '[');
	for (lua_Integer i = 0; i < n; i++) {
		struct sk_path item = { .up = &here, .index = all[i].system.rank };
		sk_buf_char(w->out, i == 0 ? '{' : ',');
		if (i > 0)
			sk_buf_char(w->out, '{');
		if (w->dialect->bucket || all[i].bucket >= 0) {
			sk_buf_text(w->out, "\"keyBucket\":");
			put_integer(w->out, all[i].bucket);
			sk_buf_char(w->out, ',');
		}
		sk_buf_text(w->out, "\"partition\":");
		put_integer(w->out, all[i].id);
		sk_buf_text(w->out, ",\"stream\":");
		if (!put_text(w, &item, "stream", all[i].stream))
			return false;
		sk_buf_text(w->out, ",\"system\":");
		if (!put_text(w, &item, "system", all[i].system))
			return false;
		sk_buf_char(w->out, '}');
	}
	sk_buf_char(w->out, ']');
	lua_pop(w->L, 1);
	return true;
}

static bool put_task(struct writer *w, const struct sk_path *path, int task, struct sk_text name)
{
	lua_Integer changelog = integer_field(w, path, task, CHANGELOG, 0);
	if (changelog > w->max)
		w->max = changelog;
	if (!put_text(w, path, "name", name))
		return false;
	sk_buf_text(w->out, ":{\"changelog-partition\":");
	put_integer(w->out, changelog);
	sk_buf_text(w->out, ",\"system-stream-partitions\":");
	if (!put_partitions(w, path, task))
		return false;
	push_field(w, task, MODE);
	const char *mode = lua_isnil(w->L, -1) ? "Active" : lua_tostring(w->L, -1);
	if (mode == NULL || (strcmp(mode, "Active") != 0 && strcmp(mode, "Standby") != 0))
		wrong(w, path, "must have the mode Active or Standby");
	if (!w->dialect->task_mode && strcmp(mode, "Active") != 0)
		wrong(w, path, "is a standby task, which only dialect S can say");
	if (w->dialect->task_mode) {
		sk_buf_text(w->out, ",\"task-mode\":\"");
		sk_buf_text(w->out, mode);
		sk_buf_char(w->out, '"');
	}
	lua_pop(w->L, 1);
	sk_buf_text(w->out, ",\"task-name\":");
	if (!put_text(w, path, "name", name))
		return false;
	sk_buf_char(w->out, '}');
	return true;
}

/* Is the text a Java int as Integer.toString writes it? */
static bool is_java_int(struct sk_text id)
{
	lua_Integer value = 0;
	size_t sign = id.length > 1 && id.bytes[0] == '-' ? 1 : 0;
	if (id.length == sign || id.length > 10 + sign || (id.bytes[sign] == '0' && id.length > 1))
		return false;
	for (size_t i = sign; i < id.length; i++) {
		if (id.bytes[i] < '0' || id.bytes[i] > '9')
			return false;
		value = value * 10 + (id.bytes[i] - '0');
	}
	return value <= INT32_MAX + (lua_Integer)sign;
}

static bool put_container(struct writer *w, const struct sk_path *path, int container, struct sk_text id)
{
	struct sk_path here = { .up = path, .key = "tasks", .key_length = 5 };
	bool number = is_java_int(id);
	if (w->dialect->container_id && !w->dialect->processor_id && !number)
		wrong(w, path, "has an id that is no integer, which only dialects N3 and S can say");
	if (!put_text(w, path, "id", id))
		return false;
	sk_buf_text(w->out, ":{");
	if (w->dialect->container_id) {
		sk_buf_text(w->out, "\"container-id\":");
		if (number)
			sk_buf_append(w->out, id.bytes, id.length);
		else
			sk_buf_text(w->out, "-1"); /* as Samza 0.13 and 0.14 write it then */
		sk_buf_char(w->out, ',');
	}
	if (w->dialect->processor_id) {
		sk_buf_text(w->out, "\"processor-id\":");
		sk_json_string(w->out, id.bytes, id.length);
		sk_buf_char(w->out, ',');
	}
	sk_buf_text(w->out, "\"tasks\":{");
	lua_Integer n = array_field(w, path, container, TASKS);
	int array = lua_gettop(w->L);
	const struct sk_text *tasks = sorted_items(w, &here, NAME, n);
	for (lua_Integer i = 0; i < n; i++) {
		struct sk_path item = { .up = &here, .index = tasks[i].rank };
		if (i > 0)
			sk_buf_char(w->out, ',');
		lua_rawgeti(w->L, array, tasks[i].rank);
		if (!put_task(w, &item, array + 2, tasks[i]))
			return false;
		lua_pop(w->L, 1);
	}
	lua_settop(w->L, array - 1);
	sk_buf_text(w->out, "}}");
	return true;
}

static bool put_config(struct writer *w, int config)
{
	struct sk_path here = { .key = "config", .key_length = 6 };
	size_t n;
	lua_Integer length;
	enum sk_kind kind = sk_table_kind(w->L, config, &length);
	if (kind != SK_MAP && kind != SK_EMPTY)
		wrong(w, &here, "must map strings to strings");
	struct sk_text *keys = sk_table_keys(w->L, config, &n);
	qsort(keys, n, sizeof *keys, text_order);
	sk_buf_char(w->out, '{');
	for (size_t i = 0; i < n; i++) {
		struct sk_path item = { .up = &here, .key = keys[i].bytes, .key_length = keys[i].length };
		struct sk_text value;
		if (i > 0)
			sk_buf_char(w->out, ',');
		lua_pushlstring(w->L, keys[i].bytes, keys[i].length);
		if (lua_rawget(w->L, config) != LUA_TSTRING)
			wrong(w, &item, "must be a string");
		value.bytes = lua_tolstring(w->L, -1, &value.length);
		if (!put_text(w, &item, "", keys[i]))
			return false;
		sk_buf_char(w->out, ':');
		if (!put_text(w, &item, "", value))
			return false;
		lua_pop(w->L, 1);
	}
	sk_buf_char(w->out, '}');
	lua_pop(w->L, 1);
	return true;
}

static bool put_model(struct writer *w, int config, int containers, lua_Integer max)
{
	struct sk_path here = { .key = "containers", .key_length = 10 };
	sk_buf_text(w->out, "{\"config\":");
	if (!put_config(w, config))
		return false;
	sk_buf_text(w->out, ",\"containers\":{");
	lua_pushvalue(w->L, containers);
	int array = lua_gettop(w->L);
	lua_Integer n = (lua_Integer)lua_rawlen(w->L, array);
	const struct sk_text *items = sorted_items(w, &here, ID, n);
	for (lua_Integer i = 0; i < n; i++) {
		struct sk_path item = { .up = &here, .index = items[i].rank };
		if (i > 0)
			sk_buf_char(w->out, ',');
		lua_rawgeti(w->L, array, items[i].rank);
		if (!put_container(w, &item, array + 2, items[i]))
			return false;
		lua_pop(w->L, 1);
	}
	sk_buf_char(w->out, '}');
	if (w->dialect->max) {
		sk_buf_text(w->out, ",\"max-change-log-stream-partitions\":");
		put_integer(w->out, max >= 0 ? max : w->max + 1);
	}
	sk_buf_char(w->out, '}');
	return true;
}

static const struct dialect *check_options(lua_State *L, int index, lua_Integer *max)
{
	const struct dialect *dialect = NULL;
	luaL_checktype(L, index, LUA_TTABLE);
	for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
		const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
		if (strcmp(name, "dialect") == 0) {
			for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++)
				if (lua_type(L, -1) == LUA_TSTRING && strcmp(lua_tostring(L, -1), dialects[i].name) == 0)
					dialect = &dialects[i];
		} else if (strcmp(name, "max") == 0 && lua_isinteger(L, -1) && lua_tointeger(L, -1) >= 0) {
			*max = lua_tointeger(L, -1);
		} else {
			luaL_argerror(L, index, "only dialect and max (an integer, >= 0) are known");
		}
	}
	luaL_argcheck(L, dialect != NULL, index, "dialect must be U, N2, N3 or S");
	luaL_argcheck(L, *max < 0 || dialect->max, index, "dialect U has no max");
	return dialect;
}

/* serialize(config, containers, { dialect = "U", max = integer|nil }) -> text | nil, err
 * config: map of strings to strings. containers: array of { id = "0", tasks = { { name =, changelog = 0, mode = "Active"|nil,
 * partitions = { { system =, stream =, partition = 0, bucket = nil|0 }, ... } }, ... } }. Pure ASCII, one line, every object's
 * keys in Java's order, partitions by system, stream, number. err ("jobmodel.utf8", path) names a string that is not UTF-8;
 * a model of the wrong shape raises. `max`: max-change-log-stream-partitions, by default 1 + the highest changelog. */
int sk_jobmodel_serialize(lua_State *L)
{
	struct writer w = { .L = L, .max = -1 };
	lua_Integer max = -1;
	luaL_checktype(L, 1, LUA_TTABLE);
	luaL_checktype(L, 2, LUA_TTABLE);
	lua_settop(L, 3);
	w.dialect = check_options(L, 3, &max);
	luaL_checkstack(L, 64, "not enough memory");
	for (int i = 0; i < NAME_COUNT; i++)
		lua_pushstring(L, names[i]);
	w.out = sk_own_buf(L);
	lua_toclose(L, -1);
	w.parts = sk_own_buf(L);
	lua_toclose(L, -1);
	if (!put_model(&w, 1, 2, max))
		return 2;
	if (sk_buf_failed(w.out))
		return luaL_error(L, "not enough memory");
	lua_pushlstring(L, w.out->data, w.out->length);
	return 1;
}
