-- SPDX-License-Identifier: Apache-2.0
--- Arrays of records as aligned text, as kubectl prints them.
local sorted = require("samzak8s.sorted")

local M = {}

--- Columns that a text takes: one per character (wide and combining characters count as one).
function M.width(text)
	return not text:find("[\x80-\xFF]") and #text or utf8.len(text) or #text
end

local function cell(value)
	if type(value) == "string" and not value:find("[\0-\31\127]") then return value end
	if type(value) ~= "table" then return (tostring(value):gsub("[\0-\31\127]", " ")) end
	local parts = {}
	for i, item in ipairs(value) do
		if type(item) == "table" then return ("%d items"):format(#value) end
		parts[i] = tostring(item)
	end
	if #parts == 0 and next(value) ~= nil then return "{...}" end
	return table.concat(parts, ",")
end

-- Every key of any record, sorted; the commonest identifying keys first.
local function guess(rows)
	local seen, columns = {}, {}
	for _, row in ipairs(rows) do
		for key in next, row do
			if type(key) == "string" then seen[key] = true end
		end
	end
	for _, key in ipairs({ "name", "id", "system", "stream", "partition" }) do
		if seen[key] then
			columns[#columns + 1] = key
			seen[key] = nil
		end
	end
	for _, key in ipairs(sorted.keys(seen)) do columns[#columns + 1] = key end
	return columns
end

local function normalise(columns, rows)
	local result, positional = {}, #rows > 0 and rows[1][1] ~= nil
	for i, column in ipairs(columns) do
		if type(column) == "string" then column = { key = positional and i or column, title = column:upper() } end
		local right = column.align == "right"
		if column.align == nil then
			right = #rows > 0
			for _, row in ipairs(rows) do
				local value = row[column.key]
				if value ~= nil and type(value) ~= "number" then
					right = false
					break
				end
			end
		end
		result[i] = { key = column.key, title = column.title or column.key:upper(), right = right,
			format = column.format or cell }
	end
	return result
end

local function pad(text, width, right)
	local blanks = (" "):rep(width - M.width(text))
	return right and blanks .. text or text .. blanks
end

local function trim(text)
	local last = #text
	while text:byte(last) == 32 do last = last - 1 end
	return last < #text and text:sub(1, last) or text
end

local NONE = {}

-- The padded cells of a column by value: large listings repeat few values, so each is made once.
local function column_cells(rows, column)
	local cells, width, key = {}, M.width(column.title), column.key
	for _, row in ipairs(rows) do
		local value = row[key]
		if value == nil then value = NONE end
		if not cells[value] then
			local text = value == NONE and "" or column.format(value)
			cells[value] = text
			width = math.max(width, M.width(text))
		end
	end
	for value, text in next, cells do cells[value] = pad(text, width, column.right) end
	return cells, width
end

--- Lay records out in columns.
-- @tparam {table,...} rows records by key, or arrays of cells
-- @tparam[opt] {table|string,...} columns each a key (of arrays: a title), or `{ key =, title = (upper-case key), align = "left"|"right"
-- (numbers right), format = function(value) -> string }`; without it every key of the records
-- @treturn string header and one line per record, two blanks between columns, no blanks at line ends, final newline
function M.format(rows, columns)
	columns = normalise(columns or guess(rows), rows)
	local cells, row_cells, titles, keys = {}, {}, {}, {}
	for i, column in ipairs(columns) do
		local width
		keys[i] = column.key
		cells[i], width = column_cells(rows, column)
		titles[i] = pad(column.title, width, column.right)
	end
	local lines = { trim(table.concat(titles, "  ")) }
	for n, row in ipairs(rows) do
		for i = 1, #keys do
			local value = row[keys[i]]
			if value == nil then value = NONE end
			row_cells[i] = cells[i][value]
		end
		lines[n + 1] = trim(table.concat(row_cells, "  "))
	end
	return table.concat(lines, "\n") .. "\n"
end

--- Whether a value can be laid out as a table: a non-empty array of records.
function M.fits(value)
	if type(value) ~= "table" or #value == 0 then return false end
	local count = 0
	for key, row in next, value do
		if math.type(key) ~= "integer" or type(row) ~= "table" or type(next(row)) ~= "string" then return false end
		count = count + 1
	end
	return count == #value
end

return M
