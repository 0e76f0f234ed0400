-- SPDX-License-Identifier: Apache-2.0
std = "lua54"
max_line_length = false
exclude_files = { "build", "lua/meta/samzak8s.lua", "tests/golden" } -- the policies of golden cases are wrong on purpose
files["tests/lua"] = { std = "lua54+busted" }
files["tests/repl"] = { read_globals = { "config", "previous", "partitions", "tasks", "containers", "model", "resources" } }
