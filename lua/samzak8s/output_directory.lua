-- SPDX-License-Identifier: Apache-2.0
--- Output as a directory, one file for each object. An index names the files that are ours: those that left are removed,
-- those of others are never touched, and unchanged ones keep their times.
local report = require("samzak8s.report")
local sorted = require("samzak8s.sorted")
local system = require("samzak8s.native.system")

local M = {}

M.index = ".samzak8s-index"
local HEADER = "# The files in this directory that samzak8s wrote: it replaces and removes these, and no others.\n"
local NEW = ".samzak8s-new-" -- files that take their places when all are complete
local NAME = "^[a-z0-9][a-z0-9.-]*%.yaml$"

local function at(directory, name)
	return directory:gsub("/*$", "/") .. name
end

--- A name of a file, as the index holds it.
function M.is_name(name)
	return name:find(NAME) ~= nil
end

-- The names in the index; none when there is no index.
local function read_index(directory)
	local path = at(directory, M.index)
	if system.kind(path) == nil then return {} end
	local text, err = system.read(path)
	if not text then return nil, err end
	local names = {}
	if text:sub(1, #HEADER) ~= HEADER then
		return report.fail { code = "output.index", source = path, message = "is not the index that this program writes",
			hint = "name another directory, or remove this file and the manifests beside it" }
	end
	for line in text:sub(#HEADER + 1):gmatch("[^\n]+") do
		if not M.is_name(line) then
			return report.fail { code = "output.index", source = path, message = ("%q is no name of a file that this program writes"):format(line),
				hint = "remove that line" }
		end
		names[line] = true
	end
	return names
end

local function write_index(directory, names)
	local path, text = at(directory, M.index), HEADER .. table.concat(sorted.keys(names), "\n") .. "\n"
	if system.read(path) == text then return true end
	return system.write(path, text)
end

--- The manifests of an earlier run, put together.
-- @tparam string directory
-- @treturn string|nil text; nil without err when the directory holds no index
-- @treturn table|nil err
function M.read(directory)
	if system.kind(at(directory, M.index)) == nil then return nil end
	local names, err = read_index(directory)
	if not names then return nil, err end
	local texts = {}
	for _, name in ipairs(sorted.keys(names)) do
		if name ~= "kustomization.yaml" and system.kind(at(directory, name)) then
			local text
			text, err = system.read(at(directory, name))
			if not text then return nil, err end
			texts[#texts + 1] = text
		end
	end
	return table.concat(texts)
end

-- Files of others under names that we need.
local function check_foreign(directory, files, owned)
	local foreign = {}
	for _, file in ipairs(files) do
		if not owned[file.name] and system.kind(at(directory, file.name)) then foreign[#foreign + 1] = file.name end
	end
	if #foreign == 0 then return true end
	local more = #foreign > 1 and { ("and so are %d more"):format(#foreign - 1) } or nil
	return report.fail { code = "output.foreign", source = at(directory, foreign[1]), notes = more,
		message = "is there already, and the index of the directory does not say that this program wrote it",
		hint = "name another directory, or move the file away" }
end

-- Write every changed file beside its place. The names of those files, or nil, err: then none is left.
local function prepare(directory, files)
	local changed = {}
	for _, file in ipairs(files) do
		local path = at(directory, file.name)
		if system.kind(path) ~= "file" or system.read(path) ~= file.text then
			local ok, err = system.write(at(directory, NEW .. file.name), file.text)
			if not ok then
				for _, name in ipairs(changed) do system.remove(at(directory, NEW .. name)) end
				return nil, err
			end
			changed[#changed + 1] = file.name
		end
	end
	return changed
end

-- What a run that was killed left behind.
local function sweep(directory)
	for _, name in ipairs(system.list(directory) or {}) do
		if name:sub(1, #NEW) == NEW then system.remove(at(directory, name)) end
	end
end

local function keys_of(files)
	local names = {}
	for _, file in ipairs(files) do names[file.name] = true end
	return names
end

-- Rename the new files into place, then remove those that left. While that goes on the index names both.
local function commit(directory, changed, wanted, owned)
	local all = {}
	for _, names in ipairs { wanted, owned } do
		for name in pairs(names) do all[name] = true end
	end
	local ok, err = write_index(directory, all)
	if not ok then return nil, err end
	for _, name in ipairs(changed) do
		ok, err = system.rename(at(directory, NEW .. name), at(directory, name))
		if not ok then return nil, err end
	end
	for _, name in ipairs(sorted.keys(owned)) do
		if not wanted[name] and system.kind(at(directory, name)) == "file" then
			ok, err = system.remove(at(directory, name))
			if not ok then return nil, err end
		end
	end
	return write_index(directory, wanted)
end

local function same(a, b)
	for name in pairs(a) do
		if not b[name] then return false end
	end
	for name in pairs(b) do
		if not a[name] then return false end
	end
	return true
end

--- Make a directory hold these files, beside those of others.
-- @tparam string directory made when it is not there; its parent must be
-- @tparam {{name=string,text=string},...} files
-- @treturn boolean|nil true; or nil, err, and nothing has changed unless the disk failed in the middle of renaming
function M.write(directory, files)
	local kind = system.kind(directory:gsub("(.)/+$", "%1"))
	if kind and kind ~= "directory" then
		return report.fail { code = "output.no-directory", source = directory, message = "is no directory",
			hint = "leave out the / at its end to write one file, or name another place" }
	end
	local owned, err = {}, nil
	if kind then owned, err = read_index(directory) end
	if not owned then return nil, err end
	local ok
	if kind then ok, err = check_foreign(directory, files, owned) else ok, err = system.mkdir(directory) end
	if not ok then return nil, err end
	sweep(directory)
	local changed
	changed, err = prepare(directory, files)
	if not changed then
		if not kind then system.remove(directory) end
		return nil, err
	end
	local wanted = keys_of(files)
	if #changed == 0 and same(wanted, owned) then return true end
	ok, err = commit(directory, changed, wanted, owned)
	if ok then return true end
	sweep(directory)
	return nil, err
end

return M
