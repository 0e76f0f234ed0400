-- SPDX-License-Identifier: Apache-2.0
-- embed.lua VERSION FILE.lua ...: prints the C source that holds the files as byte arrays, sorted by module name.
-- lua/a/b.lua is module a.b, lua/a/init.lua is module a.
local version, sources = arg[1], {}
for i = 2, #arg do
	local path = arg[i]
	local module = path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", ".")
	local file = assert(io.open(path, "rb"))
	sources[#sources + 1] = { module = module, path = path, text = file:read("a") }
	file:close()
end
table.sort(sources, function(a, b) return a.module < b.module end)

local out = { '/* Made by src/embed.lua. */\n#include "embed.h"\n\n' }
local function add(...) out[#out + 1] = string.format(...) end

for i, source in ipairs(sources) do
	add("static const unsigned char source_%d[] = {\n", i)
	for line = 1, #source.text, 24 do
		local bytes = { source.text:byte(line, line + 23) }
		add("%s,\n", table.concat(bytes, ","))
	end
	add("0};\n")
end
add("\nconst struct sk_source sk_sources[] = {\n")
for i, source in ipairs(sources) do
	add('\t{ "%s", "@%s", source_%d, %d },\n', source.module, source.path, i, #source.text)
end
add("};\n\nconst size_t sk_source_count = %d;\nconst char sk_version[] = \"%s\";\n", #sources, version)
io.write(table.concat(out))
