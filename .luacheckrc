-- SPDX-License-Identifier: Apache-2.0
std = "lua54"
max_line_length = false
exclude_files = { "build" }
files["tests/lua"] = { std = "lua54+busted" }
